/* The description of a region (place/region_text.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "place/region_text.h"
#include "tiny_region.h"

static char *
described(const rh_region *region, enum rh_language language)
{
    char *text = NULL;
    size_t size = 0;
    rh_err err = {0};
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(rh_region_describe(region, language, out, &err), RH_OK);
    fclose(out);
    return text;
}

/* Display width of the first line that contains `words`. */
static unsigned
width_of_line_with(const char *text, const char *words)
{
    const char *at = strstr(text, words);
    if (at == NULL) {
        fail_msg("no line with \"%s\" in:\n%s", words, text);
    }
    while (at > text && at[-1] != '\n') {
        at--;
    }
    char line[512];
    snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
    return rh_text_width(line);
}

static void
test_it_names_the_region_its_sums_and_its_largest_places(void **state)
{
    (void)state;
    rh_region *region = tiny_region();
    char *text = described(region, RH_ENGLISH);
    const char *opening = "试验小区域 (tiny region for tests)\nBase year 2010\n";
    assert_int_equal(strncmp(text, opening, strlen(opening)), 0);
    assert_non_null(strstr(text, "\n  townships                        20\n"));
    assert_non_null(
        strstr(text, "    910101    东山区                              1,500       85.0 %"));
    assert_non_null(
        strstr(text, "\nSources\n  Invented for tests.\n  Shape of the age pyramid"));
    assert_non_null(strstr(
        text, "gaps in county columns                                                1\n"));
    assert_non_null(strstr(text, "6,000  100.0 %\n"));
    assert_null(strstr(text, "SYNTHETIC"));
    assert_true(strstr(text, "东山区") < strstr(text, "江口区"));
    free(text);
    region->synthetic_below_province = true;
    text = described(region, RH_CHINESE);
    assert_non_null(strstr(text, "省级以下为合成数据"));
    assert_non_null(strstr(text, "\n人口最多的地方\n"));
    assert_null(strstr(text, "Largest"));
    free(text);
    rh_region_free(region);
}

static void
test_columns_stand_under_each_other_in_both_languages(void **state)
{
    (void)state;
    rh_region *region = tiny_region();
    char *text = described(region, RH_CHINESE);
    assert_int_equal(width_of_line_with(text, "户口登记地"),
                     width_of_line_with(text, "本县其他乡镇街道"));
    assert_int_equal(width_of_line_with(text, "户口登记地"), width_of_line_with(text, "全部"));
    assert_int_equal(width_of_line_with(text, "外省户口"), width_of_line_with(text, "东山区"));
    free(text);
    text = described(region, RH_ENGLISH);
    assert_int_equal(width_of_line_with(text, "registered  "),
                     width_of_line_with(text, "in another province"));
    assert_int_equal(width_of_line_with(text, "沙洲镇"), width_of_line_with(text, "城关街道"));
    free(text);
    rh_region_free(region);
}

static void
test_a_full_disk_is_reported(void **state)
{
    (void)state;
    rh_region *region = tiny_region();
    rh_err err = {0};
    FILE *out = fopen("/dev/full", "w");
    if (out == NULL) {
        rh_region_free(region);
        skip();
    }
    assert_int_equal(rh_region_describe(region, RH_ENGLISH, out, &err), RH_IO);
    assert_string_equal(
        err.text, "The description of 试验小区域 (tiny region for tests) cannot be written: No "
                  "space left on device.");
    fclose(out);
    rh_region_free(region);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_names_the_region_its_sums_and_its_largest_places),
        cmocka_unit_test(test_columns_stand_under_each_other_in_both_languages),
        cmocka_unit_test(test_a_full_disk_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
