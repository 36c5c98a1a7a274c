/* A QR code as inline SVG (ISO/IEC 18004, byte mode): one path of horizontal runs, a quiet zone of 4 modules on all sides.
 *
 * Error correction M (15 %) while the text fits, else L (7 %): at most 2,953 bytes. A .tlog-proof receipt takes up to 1.9 KB and fits M. */
#ifndef RH_WEB_QR_H
#define RH_WEB_QR_H

#include "web/html.h"

enum { RH_QR_BYTES_M = 2331, RH_QR_BYTES_L = 2953 };

/* Draw `size` bytes (1 to RH_QR_BYTES_L) as <svg class="qr">; `label` is what it is for somebody who cannot see it, NULL for "QR code".
 * Errors: RH_RANGE, RH_MEMORY; nothing is written then. */
RH_MUST_CHECK rh_status rh_qr_svg(rh_html *h, const char *bytes, size_t size, const char *label,
                                  rh_err *err);

#endif
