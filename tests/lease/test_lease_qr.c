/* QR codes: a reader of another make (zbarimg) gets the bytes back from the picture that the SVG draws. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "web/qr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SCALE = 4, MOST = 185 };

/* Rasterises the path "Mx yhNv1h-Nz…" of the SVG into a PGM, reading nothing but the SVG. */
static int
rasterise(const char *svg, FILE *out)
{
    static unsigned char dark[MOST][MOST];
    memset(dark, 0, sizeof dark);
    int width = 0, height = 0;
    const char *box = strstr(svg, "viewBox=\"");
    assert_non_null(box);
    assert_int_equal(sscanf(box, "viewBox=\"0 0 %d %d\"", &width, &height), 2);
    assert_int_equal(width, height);
    assert_true(width <= MOST);
    const char *p = strstr(svg, " d=\"");
    assert_non_null(p);
    p += 4;
    while (*p == 'M') {
        int x, y, n, back, used = 0;
        assert_int_equal(sscanf(p, "M%d %dh%dv1h%dz%n", &x, &y, &n, &back, &used), 4);
        assert_true(used > 0 && back == -n && n > 0);
        /* the quiet zone stays empty */
        assert_true(x >= 4 && y >= 4 && x + n <= width - 4 && y < height - 4);
        memset(&dark[y][x], 1, (size_t)n);
        p += used;
    }
    assert_int_equal(*p, '"');
    fprintf(out, "P5 %d %d 255\n", width * SCALE, height * SCALE);
    for (int y = 0; y < height * SCALE; y++) {
        for (int x = 0; x < width * SCALE; x++) {
            fputc(dark[y / SCALE][x / SCALE] ? 0 : 255, out);
        }
    }
    return width;
}

static void
assert_read_back(const char *text, size_t size)
{
    rh_html h = {.language = RH_ENGLISH};
    rh_err err = {0};
    assert_int_equal(rh_qr_svg(&h, text, size, "<receipt>", &err), RH_OK);
    rh_html_raw(&h, "", 1);
    assert_non_null(strstr(h.bytes, "aria-label=\"&lt;receipt&gt;\""));
    char path[] = "/tmp/test_lease_qr.XXXXXX", command[200];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *out = fdopen(fd, "w");
    assert_non_null(out);
    rasterise(h.bytes, out);
    fclose(out);
    snprintf(command, sizeof command,
             "zbarimg --raw --quiet -Sdisable -Sqrcode.enable pgm:%s 2>/dev/null", path);
    FILE *in = popen(command, "re");
    assert_non_null(in);
    char back[4000];
    size_t got = fread(back, 1, sizeof back - 1, in);
    assert_int_equal(pclose(in), 0);
    unlink(path);
    rh_html_release(&h);
    assert_true(got > 0 && back[got - 1] == '\n'); /* zbarimg ends each code with LF */
    assert_int_equal(got - 1, size);
    assert_memory_equal(back, text, size);
}

static void
test_another_reader_gets_the_bytes_back(void **state)
{
    (void)state;
    if (system("zbarimg --version >/dev/null 2>&1") != 0) {
        skip();
    }
    assert_read_back("x", 1);
    static const char chinese[] = "https://example.invalid/凭证/青溪镇";
    assert_read_back(chinese, sizeof chinese - 1);
    /* a receipt of the log: lines of base64 */
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char receipt[RH_QR_BYTES_L];
    unsigned seed = 3;
    for (size_t i = 0; i < sizeof receipt; i++) {
        seed = seed * 1103515245u + 12345u;
        receipt[i] = i % 44 == 43 ? '\n' : letters[(seed >> 16) % 64];
    }
    receipt[1899] = receipt[RH_QR_BYTES_M - 1] = receipt[RH_QR_BYTES_L - 1] = 'x';
    assert_read_back(receipt, 1900);
    assert_read_back(receipt, RH_QR_BYTES_M);
    assert_read_back(receipt, RH_QR_BYTES_M + 1); /* now at level L */
    assert_read_back(receipt, RH_QR_BYTES_L);
}

static void
test_what_does_not_fit_is_refused(void **state)
{
    (void)state;
    static char much[RH_QR_BYTES_L + 1];
    memset(much, 'a', sizeof much);
    rh_html h = {.language = RH_ENGLISH};
    rh_err err = {0};
    assert_int_equal(rh_qr_svg(&h, much, sizeof much, NULL, &err), RH_RANGE);
    assert_true(err.text[0] != '\0');
    assert_int_equal(rh_qr_svg(&h, much, 0, NULL, NULL), RH_RANGE);
    assert_int_equal(h.size, 0);
    rh_html_release(&h);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_another_reader_gets_the_bytes_back),
        cmocka_unit_test(test_what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
