/* Status codes and the error sentence: see status.h. */
#include "core/status.h"

#include <stdarg.h>
#include <stdio.h>

const char *
rh_status_text(rh_status status)
{
    static const char *const text[] = {
#define X(name, words) words,
        RH_STATUS_LIST(X)
#undef X
    };
    return (unsigned)status < RH_STATUS_COUNT ? text[status] : "unknown status";
}

#undef rh_fail /* see status.h */
rh_status
rh_fail(rh_err *err, rh_status status, const char *format, ...)
{
    if (err != NULL && err->status == RH_OK) {
        va_list args;
        va_start(args, format);
        err->status = status;
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
    }
    return status;
}
