/* QR codes: see qr.h. The code itself is libqrencode's. */
#include "web/qr.h"

#include "web/web_message.h"

#include <errno.h>
#include <qrencode.h>

enum { QUIET = 4 };

/* "M x y h n v 1 h -n z" for each run of dark modules of a row. */
static void
draw(rh_html *h, const QRcode *code)
{
    const int n = code->width;
    for (int y = 0; y < n; y++) {
        const unsigned char *row = code->data + (size_t)y * (size_t)n;
        for (int x = 0, end; x < n; x = end) {
            for (end = x; end < n && (row[end] & 1) == (row[x] & 1); end++) {
            }
            if (row[x] & 1) {
                RH_RAW(h, "M");
                rh_html_number(h, x + QUIET);
                RH_RAW(h, " ");
                rh_html_number(h, y + QUIET);
                RH_RAW(h, "h");
                rh_html_number(h, end - x);
                RH_RAW(h, "v1h");
                rh_html_number(h, x - end);
                RH_RAW(h, "z");
            }
        }
    }
}

rh_status
rh_qr_svg(rh_html *h, const char *bytes, size_t size, const char *label, rh_err *err)
{
    if (size == 0 || size > RH_QR_BYTES_L) {
        return rh_fail(err, RH_RANGE, "A QR code holds 1 to %d bytes, not %zu.", RH_QR_BYTES_L,
                       size);
    }
    QRcode *code = QRcode_encodeData((int)size, (const unsigned char *)bytes, 0,
                                     size <= RH_QR_BYTES_M ? QR_ECLEVEL_M : QR_ECLEVEL_L);
    if (code == NULL) {
        return errno == ENOMEM
                   ? rh_fail(err, RH_MEMORY, "Not enough memory for a QR code.")
                   : rh_fail(err, RH_RANGE, "%zu bytes do not fit a QR code.", size);
    }
    RH_RAW(h, "<svg class=\"qr\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"");
    RH_ATTRIBUTE(h, "aria-label",
                 label != NULL ? label : rh_web_text(h->language, RH_WEB_QR_LABEL));
    RH_RAW(h, " viewBox=\"0 0 ");
    rh_html_number(h, code->width + 2 * QUIET);
    RH_RAW(h, " ");
    rh_html_number(h, code->width + 2 * QUIET);
    RH_RAW(
        h,
        "\" shape-rendering=\"crispEdges\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
        "<path fill=\"#000\" d=\"");
    draw(h, code);
    RH_RAW(h, "\"/></svg>\n");
    QRcode_free(code);
    return rh_html_finish(h, err);
}
