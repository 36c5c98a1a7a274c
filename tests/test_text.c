/* UTF-8 widths and padding (core/text.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

static void
test_chinese_characters_take_two_columns(void **state)
{
    (void)state;
    assert_int_equal(rh_text_width("abc"), 3);
    assert_int_equal(rh_text_width("昌平区"), 6);
    assert_int_equal(rh_text_width("（2010年）"), 2 + 4 + 2 + 2);
    assert_int_equal(rh_text_width("e\xcc\x81"), 1);  /* e with a combining accent */
    assert_int_equal(rh_text_width("\U00020BB7"), 2); /* 𠮷, beyond the basic plane */
    assert_int_equal(rh_text_width(""), 0);
}

static void
test_a_prefix_never_cuts_a_character(void **state)
{
    (void)state;
    assert_int_equal(rh_text_fit("昌平区", 5), 6);
    assert_int_equal(rh_text_fit("a昌平", 3), 4);
    assert_int_equal(rh_text_fit("昌平区", 1), 0);
    char cut[] = "昌平区";
    cut[8] = '\0';
    rh_text_mend(cut);
    assert_string_equal(cut, "昌平");
    rh_text_mend(cut);
    assert_string_equal(cut, "昌平");
}

static void
test_broken_utf8_is_found_at_its_byte(void **state)
{
    (void)state;
    assert_int_equal(rh_text_valid("plain text, long enough", 23), 23);
    assert_int_equal(rh_text_valid("昌平\xff", 7), 6);
    assert_int_equal(rh_text_valid("a\xc0\xaf", 3), 1);     /* overlong */
    assert_int_equal(rh_text_valid("a\xed\xa0\x80", 4), 1); /* surrogate */
    assert_int_equal(rh_text_valid("abcdefgh昌", 10), 8);   /* cut short */
}

static void
test_padding_counts_columns(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    rh_text_left(out, "昌平", 6);
    rh_text_right(out, "12", 4);
    rh_text_right(out, "昌平区", 2);
    fclose(out);
    assert_string_equal(text, "昌平    12昌平区");
    free(text);
}

static void
test_counts_carry_separators(void **state)
{
    (void)state;
    assert_string_equal(rh_text_count(0).text, "0");
    assert_string_equal(rh_text_count(999).text, "999");
    assert_string_equal(rh_text_count(1332810869).text, "1,332,810,869");
    assert_string_equal(rh_text_count(UINT64_MAX).text, "18,446,744,073,709,551,615");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chinese_characters_take_two_columns),
        cmocka_unit_test(test_a_prefix_never_cuts_a_character),
        cmocka_unit_test(test_broken_utf8_is_found_at_its_byte),
        cmocka_unit_test(test_padding_counts_columns),
        cmocka_unit_test(test_counts_carry_separators),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
