/* Checkpoints: how many entries a log has and what root, signed by the log and by witnesses.
 * C2SP tlog-checkpoint, signed-note, tlog-cosignature (cosignature/v1, Ed25519).
 *
 *     county.example/ronghe          origin: the name of the log's key
 *     70000                          entries
 *     CsUYapGGPo4dkMgIAUqom/Xaj...   root, base64
 *                                    (empty line)
 *     — county.example/ronghe base64(id ‖ signature)
 *     — witness.example base64(id ‖ time in seconds, 8 bytes ‖ signature)
 *
 * N1 one checkpoint has one form: numbers without leading zeros, base64 with its padding and no spare bits, no control characters, so
 *    that no byte can change unnoticed.  N2 a note that parses has at least one signature; a signature of a known key that is wrong
 *    spoils the note; signatures of unknown keys are passed over. */
#ifndef RH_LOG_CHECKPOINT_H
#define RH_LOG_CHECKPOINT_H

#include "log/signer.h"
#include "log/tree.h"

enum {
    RH_NOTE_MOST = 16384,    /* bytes of a note */
    RH_SIGNATURES_MOST = 32, /* of a note */
    RH_SIGNATURE_BYTES =
        8 + 64 /* time and Ed25519 signature; longer ones are of unknown kinds */
};

/* A note as it is written; the text ends with NUL. */
typedef struct rh_note {
    size_t size;
    char text[RH_NOTE_MOST + 1];
} rh_note;

typedef struct rh_signature {
    const char *name; /* in the note */
    size_t name_size;
    uint8_t id[4];
    uint8_t bytes[RH_SIGNATURE_BYTES]; /* the first ones */
    size_t size;                       /* all of them */
} rh_signature;

/* What a note says. Borrows the note's bytes. */
typedef struct rh_checkpoint {
    char origin[RH_KEY_NAME];
    uint64_t size;
    rh_digest root;
    const char *text; /* what is signed */
    size_t text_size;
    unsigned n;
    rh_signature signature[RH_SIGNATURES_MOST];
} rh_checkpoint;

/* Text of a checkpoint and the empty line; no signature yet. Errors: RH_INPUT for an origin that may not be a name. */
RH_MUST_CHECK rh_status rh_note_begin(const char *origin, uint64_t size, const rh_digest *root,
                                      rh_note *out, rh_err *err);

/* Add a signature line. `time_s`: seconds since 1970, said by witnesses; a log's signature says none. Errors: RH_RANGE, full. */
RH_MUST_CHECK rh_status rh_note_sign(rh_note *note, const rh_signer *signer, uint64_t time_s,
                                     rh_err *err);
/* The line alone, as a witness answers it. */
RH_MUST_CHECK rh_status rh_cosignature(const rh_checkpoint *checkpoint, const rh_signer *signer,
                                       uint64_t time_s, rh_note *line, rh_err *err);

/* Take the lines of `lines` that are right signatures of `key` into the note. Errors: RH_MISSING when there is none, RH_INVARIANT. */
RH_MUST_CHECK rh_status rh_note_take(rh_note *note, const char *lines, size_t size,
                                     const rh_verifier *key, rh_err *err);

/* Strict reading (N1, N2); no signature is verified. Errors: RH_INPUT. */
RH_MUST_CHECK rh_status rh_checkpoint_parse(const char *note, size_t size, rh_checkpoint *out,
                                            rh_err *err);

/* RH_OK when the key signed; RH_MISSING when it did not; RH_INVARIANT when a signature in its name is wrong.
 * `time_s` (NULL allowed): what a witness said, the latest. */
RH_MUST_CHECK rh_status rh_checkpoint_verify(const rh_checkpoint *checkpoint,
                                             const rh_verifier *key, uint64_t *time_s,
                                             rh_err *err);

/* Did the log sign, is the origin its name, and did at least `need` different witnesses of the n sign? Errors: as above. */
RH_MUST_CHECK rh_status rh_checkpoint_trust(const rh_checkpoint *checkpoint,
                                            const rh_verifier *log, const rh_verifier *witness,
                                            unsigned n, unsigned need, rh_err *err);

/* A decimal number without leading zeros, up to 2^63 - 1, that ends exactly at `end`. */
bool rh_note_number(const char *text, const char *end, uint64_t *out);
/* 32 bytes in base64 (44 characters) that end exactly at `end`. */
bool rh_note_digest(const char *text, const char *end, rh_digest *out);
void rh_digest_text(const rh_digest *digest, char out[45]);

#endif
