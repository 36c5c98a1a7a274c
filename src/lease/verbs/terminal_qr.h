/* A QR code on a terminal: two modules a character, by Unicode half blocks, with a quiet zone of 4 modules (ISO/IEC 18004). */
#ifndef RH_VERBS_TERMINAL_QR_H
#define RH_VERBS_TERMINAL_QR_H

#include "core/status.h"

#include <stdio.h>

/* Errors: RH_RANGE (too long). */
RH_MUST_CHECK rh_status rh_terminal_qr(FILE *out, const char *text, rh_err *err);

#endif
