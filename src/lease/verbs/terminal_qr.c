/* QR codes of half blocks: see terminal_qr.h. Light modules are drawn, so that it can be read on a dark terminal. */
#include "verbs/terminal_qr.h"

#include <qrencode.h>
#include <stdbool.h>

enum { QUIET = 4 };

static bool
light(const QRcode *code, int x, int y)
{
    return x < 0 || y < 0 || x >= code->width || y >= code->width ||
           (code->data[y * code->width + x] & 1) == 0;
}

rh_status
rh_terminal_qr(FILE *out, const char *text, rh_err *err)
{
    static const char *const block[2][2] = {{" ", "▄"}, {"▀", "█"}}; /* upper, lower */
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
    if (code == NULL) {
        return rh_fail(err, RH_RANGE, "The text does not fit a QR code.");
    }
    for (int y = -QUIET; y < code->width + QUIET; y += 2) {
        for (int x = -QUIET; x < code->width + QUIET; x++) {
            bool below = y + 1 < code->width + QUIET && light(code, x, y + 1);
            fputs(block[light(code, x, y)][below], out);
        }
        fputc('\n', out);
    }
    QRcode_free(code);
    return RH_OK;
}
