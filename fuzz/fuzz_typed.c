/* libFuzzer: any text typed as a date, an amount, an area, a count (web/format.h): what is accepted lies in its range and is read back
 * from how it is shown (F1); what is refused names a message and leaves the value alone; and the text, escaped, holds no markup
 * (web/html.h, H1, H2). */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "web/format.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
expect(bool good)
{
    if (!good) {
        abort();
    }
}

static void
numbers(const char *text)
{
    int64_t n = RH_NONE, back;
    enum rh_web_message why = rh_read_date(text, &n);
    expect((why == RH_WEB_NOTHING) == (n != RH_NONE) && why < RH_WEB_COUNT);
    if (why == RH_WEB_NOTHING) {
        expect(rh_read_date(rh_show_date(RH_CHINESE, n).text, &back) == RH_WEB_NOTHING &&
               back == n);
    }
    n = RH_NONE;
    why = rh_read_money(text, &n);
    expect((why == RH_WEB_NOTHING) == (n != RH_NONE));
    if (why == RH_WEB_NOTHING) {
        expect(n >= 0 && n <= 99999999999999);
        expect(rh_read_money(rh_show_money(n).text, &back) == RH_WEB_NOTHING && back == n);
        expect(rh_show_capital_money(n).text[0] != '\0');
    }
    n = RH_NONE;
    why = rh_read_area(text, &n);
    expect((why == RH_WEB_NOTHING) == (n != RH_NONE));
    expect(why != RH_WEB_NOTHING || (n > 0 && n <= 10000000000));
    n = RH_NONE;
    why = rh_read_count(text, 1000, &n);
    expect((why == RH_WEB_NOTHING) == (n != RH_NONE));
    expect(why != RH_WEB_NOTHING || (n >= 0 && n <= 1000));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL) {
        return 0;
    }
    if (size > 0) {
        memcpy(text, bytes, size);
    }
    text[size] = '\0';
    numbers(text);
    rh_id_number_valid(text);
    rh_mask_name(text);
    rh_mask_phone(text);
    rh_shown s = rh_shorten(text, 20);
    expect(rh_text_width(s.text) <= 20 || rh_text_valid(text, size) != size);
    rh_html h = {.language = RH_CHINESE};
    rh_html_bytes(&h, (const char *)bytes, size);
    expect(size == 0 || rh_text_valid(h.bytes, h.size) == h.size);
    for (size_t i = 0; i < h.size; i++) {
        expect(strchr("<>\"'", h.bytes[i]) == NULL || h.bytes[i] == '\0');
    }
    rh_html_href(&h, text);
    rh_html_url(&h, text);
    rh_html_release(&h);
    free(text);
    return 0;
}
