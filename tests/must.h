/* A call that must not fail: the test fails with its sentence. */
#ifndef MUST_H
#define MUST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/status.h"

static inline void
must(rh_status status, const rh_err *err)
{
    if (status != RH_OK) {
        fail_msg("%s", err->text);
    }
}

#endif
