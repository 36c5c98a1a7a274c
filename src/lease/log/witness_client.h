/* Asking witnesses to cosign a checkpoint: C2SP tlog-witness, add-checkpoint.
 *
 * HTTP/1.1 without TLS over a socket, to loopback and private addresses only (127/8, 10/8, 172.16/12, 192.168/16, 169.254/16, ::1, fc00::/7,
 * fe80::/10); farther witnesses are reached through a tunnel or a proxy nearby. Nothing secret is sent and every answer is a
 * signature that is verified, so who sits between can refuse, but not forge. */
#ifndef RH_LOG_WITNESS_CLIENT_H
#define RH_LOG_WITNESS_CLIENT_H

#include "log/checkpoint.h"

enum { RH_WITNESSES_MOST = 16, RH_WITNESS_NEED = 2 /* of three, DOMAIN.md 2.6 */ };

typedef struct rh_witness {
    char host[256], port[8], path[256]; /* of the URL; the path without add-checkpoint */
    rh_verifier key;
    uint64_t size; /* what it is believed to have cosigned last; it corrects us */
} rh_witness;

/* Gives the consistency proof from `old` to `size` entries. Several threads may call it at once. */
typedef rh_status rh_witness_prove(void *context, uint64_t old, uint64_t size,
                                   rh_digest proof[RH_PROOF_MOST], unsigned *n, rh_err *err);

/* "http://host:port/path" and the witness's key. Errors: RH_INPUT. */
RH_MUST_CHECK rh_status rh_witness_of(const char *url, const char *key, rh_witness *out,
                                      rh_err *err);

/* Ask one witness; `lines` are its verified cosignatures. Takes `timeout_ms` at most.
 * Errors: RH_IO (not reached, too late); RH_INVARIANT (it refuses: sentence says why); RH_INPUT (an answer that is none). */
RH_MUST_CHECK rh_status rh_witness_ask(rh_witness *witness, const rh_note *note,
                                       rh_witness_prove *prove, void *context,
                                       unsigned timeout_ms, rh_note *lines, rh_err *err);

/* Ask all n at once and take their cosignatures into the note. `have` (NULL allowed): how many signed.
 * Errors: RH_MISSING with each one's reason when fewer than `need` signed; what came is in the note. */
RH_MUST_CHECK rh_status rh_witness_collect(rh_witness *witness, unsigned n, unsigned need,
                                           rh_witness_prove *prove, void *context,
                                           unsigned timeout_ms, rh_note *note, unsigned *have,
                                           rh_err *err);

#endif
