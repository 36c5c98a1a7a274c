/* What a witness knows and how it answers. All of it stands in one folder:
 *
 *     witness.key      its private key, mode 0600      witness.pub   its public key
 *     logs             public keys of the logs that it watches, one a line
 *     state/<hash>     the last checkpoint that it cosigned, one file a log (hash of the origin)
 *     evidence/...     two checkpoints of one size with different roots, both signed by the log
 *
 * W1 nothing is cosigned before the new checkpoint is durably in `state`.  W2 the size of a log never goes back.
 * W3 of one size at most one root is ever cosigned.  One program a folder (it is locked), one question at a time. */
#ifndef RH_WITNESS_BOOK_H
#define RH_WITNESS_BOOK_H

#include "log/checkpoint.h"

typedef struct rh_witness_book rh_witness_book;

/* One watched log. */
typedef struct rh_watched {
    rh_verifier key;
    char file[20]; /* in state/: 16 digits of SHA-256 of the origin */
    uint64_t size;
    rh_digest root;
    rh_note note; /* size 0: none yet */
} rh_watched;

typedef struct rh_witness_answer {
    int code;         /* of HTTP */
    const char *type; /* Content-Type */
    rh_note body;
} rh_witness_answer;

/* A new folder with a new key. Errors: RH_IO; RH_INPUT. */
RH_MUST_CHECK rh_status rh_witness_book_make(const char *dir, const char *name, rh_err *err);

/* One more log to watch; the folder may not be in use. Errors: RH_IO; RH_INPUT, also for a name that is watched already. */
RH_MUST_CHECK rh_status rh_witness_book_watch(const char *dir, const char *key, rh_err *err);

/* `alone`: lock the folder, to answer or to change it; looking needs no lock.
 * Errors: RH_IO; RH_INPUT; RH_INVARIANT when a state file is damaged or another program has the folder. */
RH_MUST_CHECK rh_status rh_witness_book_open(const char *dir, bool alone, rh_witness_book **out,
                                             rh_err *err);
void rh_witness_book_close(rh_witness_book *book);

const rh_verifier *rh_witness_book_key(const rh_witness_book *book);
size_t rh_witness_book_count(const rh_witness_book *book);
const rh_watched *rh_witness_book_at(const rh_witness_book *book, size_t i);
/* Files in evidence/. */
size_t rh_witness_book_evidence(const rh_witness_book *book);

/* Answer the body of add-checkpoint at `now_s` (seconds since 1970): 200, 400, 403, 404, 409, 422 as in tlog-witness, 500 when the
 * disk fails. */
void rh_witness_book_answer(rh_witness_book *book, const char *bytes, size_t size,
                            uint64_t now_s, rh_witness_answer *out);

#endif
