/* Status codes and the error sentence.
 *
 * A function that can fail returns rh_status and fills rh_err (caller's stack, last argument, NULL
 * allowed) with one whole sentence that names file, line or row, place and value.
 * S1 the first cause is kept: a later rh_fail on an err already set changes nothing. */
#ifndef RH_CORE_STATUS_H
#define RH_CORE_STATUS_H

#include <stddef.h>

#define RH_STATUS_LIST(X)                                                                      \
    X(OK, "ok")                                                                                \
    X(USAGE, "wrong use of the command line")                                                  \
    X(INPUT, "input that cannot be used")                                                      \
    X(RANGE, "value out of range")                                                             \
    X(MISSING, "something is missing")                                                         \
    X(IO, "reading or writing failed")                                                         \
    X(MEMORY, "out of memory")                                                                 \
    X(INVARIANT, "an invariant is broken")                                                     \
    X(INTERRUPTED, "interrupted")

typedef enum rh_status {
#define X(name, text) RH_##name,
    RH_STATUS_LIST(X)
#undef X
        RH_STATUS_COUNT
} rh_status;

#define RH_MUST_CHECK __attribute__((warn_unused_result))
#define RH_PRINTF(a, b) __attribute__((format(printf, a, b)))

typedef struct rh_err {
    rh_status status;
    char text[4000]; /* one sentence (or up to 20 problems, one a line), UTF-8 */
} rh_err;

/* Short English text of a status ("out of memory"). Never NULL. */
const char *rh_status_text(rh_status status);

/* Record the failure and return `status`, so that callers write `return rh_fail(err, RH_IO, ...)`. */
rh_status rh_fail(rh_err *err, rh_status status, const char *format, ...) RH_PRINTF(3, 4);
#ifdef __clang_analyzer__ /* lint sees one file at a time: tell it that the status comes back as given */
#define rh_fail(err, status, ...)                                                              \
    ({                                                                                         \
        (void)(rh_fail)((err), (status), __VA_ARGS__);                                         \
        (status);                                                                              \
    })
#endif

/* Propagate: `RH_TRY(f(x, err));` returns from the caller when f fails. */
#define RH_TRY(call)                                                                           \
    do {                                                                                       \
        rh_status rh_try_status_ = (call);                                                     \
        if (rh_try_status_ != RH_OK) {                                                         \
            return rh_try_status_;                                                             \
        }                                                                                      \
    } while (0)

#endif
