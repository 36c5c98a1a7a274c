/* Delimited tables (io/csv.h): encodings, quotes, typed cells, collected problems. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/mem.h"
#include "io/csv.h"

static rh_csv *
parsed(const char *bytes)
{
    rh_csv *csv = NULL;
    rh_err err = {0};
    if (rh_csv_parse("表.csv", bytes, strlen(bytes), &csv, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    return csv;
}

static void
assert_refused(const char *bytes, size_t size, const char *sentence)
{
    rh_csv *csv = NULL;
    rh_err err = {0};
    assert_int_equal(rh_csv_parse("表.csv", bytes, size, &csv, &err), RH_INPUT);
    assert_null(csv);
    assert_string_equal(err.text, sentence);
}

static void
test_utf8_with_and_without_mark_and_crlf_read_alike(void **state)
{
    (void)state;
    const char *forms[] = {
        "code,name\n110114,昌平区\n110115,大兴区\n",
        "\xef\xbb\xbf\x63ode,name\r\n110114,昌平区\r\n110115,大兴区",
        "code\tname\n110114\t 昌平区\n\n110115\t\xe3\x80\x80大兴区\xc2\xa0\n\t\n",
        "\"code\",\"name\"\n 110114 ,\"昌平区\"\r\n\"110115\" ,大兴区\n,\n",
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        rh_csv *csv = parsed(forms[i]);
        assert_int_equal(rh_csv_rows(csv), 2);
        assert_int_equal(rh_csv_columns(csv), 2);
        assert_string_equal(rh_csv_header(csv, 0), "code");
        assert_int_equal(rh_csv_find(csv, "name"), 1);
        assert_int_equal(rh_csv_find(csv, "nam"), -1);
        assert_string_equal(rh_csv_text(csv, 0, 1), "昌平区");
        assert_string_equal(rh_csv_text(csv, 1, 1), "大兴区");
        assert_int_equal(rh_csv_count(csv, 1, 0), 110115);
        rh_csv_free(csv);
    }
}

static void
test_gb18030_becomes_utf8(void **state)
{
    (void)state;
    /* "县名,人口" and "西沙群岛,444" in GB18030 */
    rh_csv *csv =
        parsed("\xcf\xd8\xc3\xfb,\xc8\xcb\xbf\xda\n\xce\xf7\xc9\xb3\xc8\xba\xb5\xba,444\n");
    assert_int_equal(rh_csv_find(csv, "县名"), 0);
    assert_string_equal(rh_csv_text(csv, 0, 0), "西沙群岛");
    assert_int_equal(rh_csv_count(csv, 0, rh_csv_find(csv, "人口")), 444);
    rh_csv_free(csv);
}

static void
test_quotes_hold_separators_quotes_and_lines(void **state)
{
    (void)state;
    rh_csv *csv = parsed("a,b\n\"1,5\",\"says \"\"hi\"\"\"\n\"two\nlines\",5\" pipe\nx,\"\"\n");
    assert_string_equal(rh_csv_text(csv, 0, 0), "1,5");
    assert_string_equal(rh_csv_text(csv, 0, 1), "says \"hi\"");
    assert_string_equal(rh_csv_text(csv, 1, 0), "two\nlines");
    assert_string_equal(rh_csv_text(csv, 1, 1), "5\" pipe");
    assert_string_equal(rh_csv_text(csv, 2, 1), "");
    assert_int_equal(rh_csv_line(csv, 0), 2);
    assert_int_equal(rh_csv_line(csv, 1), 3);
    assert_int_equal(rh_csv_line(csv, 2), 5);
    rh_csv_free(csv);
}

static void
test_unreadable_files_say_why_and_where(void **state)
{
    (void)state;
    assert_refused("", 0, "表.csv is empty: it has no header line.");
    assert_refused("\n \n", 3, "表.csv is empty: it has no header line.");
    assert_refused("a,b\n1,\"x\n", 9, "表.csv:2: a quote opened on this line is never closed.");
    assert_refused(
        "a,b\n1,\"x\"y\n", 11,
        "表.csv:2: text follows a closing quote; quotes inside a cell must be doubled.");
    assert_refused("a,b\n1,\xff\xff\n", 9,
                   "表.csv:2: the text is neither UTF-8 nor GB18030 (byte 0xff).");
    assert_refused(
        "\xef\xbb\xbf"
        "a,b\n1,\xd6\xd0\n",
        12,
        "表.csv:2: the file begins with the mark of UTF-8, but byte 0xd6 here is not UTF-8.");
    assert_refused("a,\0b\n", 5, "表.csv is not text: byte 2 is zero.");
    assert_refused("\xff\xfe"
                   "a\0",
                   4, "表.csv is UTF-16 text; save it as UTF-8 or GB18030 and try again.");
    assert_refused("a,b\n1,2\n1\n1,2,3\n", 16,
                   "表.csv:3: this row has 1 cells, but the header has 2.\n"
                   "表.csv:4: this row has 3 cells, but the header has 2.");
    rh_csv *csv = NULL;
    rh_err err = {0};
    assert_int_equal(rh_csv_open("no/such.csv", &csv, &err), RH_IO);
    assert_string_equal(err.text, "no/such.csv cannot be opened: No such file or directory.");
}

static void
test_typed_cells_are_checked_and_name_line_column_value(void **state)
{
    (void)state;
    rh_csv *csv = parsed(
        "n,x\n12,1.5\n12.0,\n,NA\n-3,1e3\n2.5,nan\n18446744073709551616000,0x10\n十,-0.1\n");
    assert_int_equal(rh_csv_count(csv, 0, 0), 12);
    assert_int_equal(rh_csv_count(csv, 1, 0), 12);
    assert_true(rh_csv_number(csv, 0, 1) == 1.5);
    assert_true(isnan(rh_csv_number(csv, 1, 1)));
    assert_true(isnan(rh_csv_number(csv, 2, 1)));
    assert_true(rh_csv_number(csv, 3, 1) == 1000);
    assert_true(rh_csv_number(csv, 6, 1) == -0.1);
    rh_err err = {0};
    assert_int_equal(rh_csv_finish(csv, &err), RH_OK);

    for (uint32_t row = 2; row < 7; row++) {
        assert_int_equal(rh_csv_count(csv, row, 0), 0);
    }
    assert_true(isnan(rh_csv_number(csv, 4, 1)));
    assert_true(isnan(rh_csv_number(csv, 5, 1)));
    assert_int_equal(rh_csv_finish(csv, &err), RH_INPUT);
    assert_string_equal(err.text,
                        "表.csv:4: n: the cell is empty; a whole number is needed.\n"
                        "表.csv:5: n: \"-3\" is not a whole number of 0 or more.\n"
                        "表.csv:6: n: \"2.5\" is not a whole number of 0 or more.\n"
                        "表.csv:7: n: 18446744073709551616000 is too large for a count.\n"
                        "表.csv:8: n: \"十\" is not a whole number of 0 or more.\n"
                        "表.csv:6: x: \"nan\" is not a number.\n"
                        "表.csv:7: x: \"0x10\" is not a number.");
    rh_csv_free(csv);
}

static void
test_missing_and_double_columns_are_problems(void **state)
{
    (void)state;
    rh_csv *csv = parsed("code,pop,pop\n1,2,3\n");
    int lost = rh_csv_need(csv, "urban");
    assert_int_equal(lost, -1);
    assert_int_equal(rh_csv_count(csv, 0, lost), 0);
    assert_string_equal(rh_csv_text(csv, 0, lost), "");
    assert_int_equal(rh_csv_need(csv, "pop"), 1);
    rh_csv_problem(csv, 0, 0, "the code %d is unknown.", 1);
    rh_err err = {0};
    assert_int_equal(rh_csv_finish(csv, &err), RH_INPUT);
    assert_string_equal(err.text,
                        "表.csv:1: the column urban is missing; there are code, pop, pop.\n"
                        "表.csv:1: the column pop stands twice, as columns 2 and 3.\n"
                        "表.csv:2: code: the code 1 is unknown.");
    rh_csv_free(csv);
}

static void
test_a_cell_and_a_column_are_told_once_with_the_nearest_name(void **state)
{
    (void)state;
    rh_csv *csv = parsed("code,population,n\n1,x,2\n2,3,y\n");
    rh_err err = {0};
    assert_true(isnan(rh_csv_number(csv, 0, 1)));
    rh_csv_problem(csv, 0, 1, "a number is missing");
    assert_true(isnan(rh_csv_number(csv, 0, 1)));
    rh_csv_problem(csv, 1, 2, "wrong");
    rh_csv_problem(csv, 1, -1, "the row is odd");
    assert_int_equal(rh_csv_need(csv, "popluation"), -1);
    assert_int_equal(rh_csv_need(csv, "popluation"), -1);
    assert_int_equal(rh_csv_need(csv, "m"), -1);
    assert_int_equal(rh_csv_need(csv, "q"), -1);
    assert_int_equal(rh_csv_finish(csv, &err), RH_INPUT);
    assert_string_equal(err.text,
                        "表.csv:2: population: \"x\" is not a number.\n"
                        "表.csv:3: n: wrong\n"
                        "表.csv:3: the row is odd\n"
                        "表.csv:1: the column popluation is missing; did you mean population?\n"
                        "表.csv:1: the column m is missing; there are code, population, n.\n"
                        "表.csv:1: the column q is missing.");
    rh_csv_free(csv);
}

static void
test_twenty_problems_are_shown_and_the_rest_counted(void **state)
{
    (void)state;
    char bytes[1000] = "n\n";
    for (int i = 0; i < 33; i++) {
        strcat(bytes, "汉字\n");
    }
    rh_csv *csv = parsed(bytes);
    for (uint32_t row = 0; row < rh_csv_rows(csv); row++) {
        rh_csv_count(csv, row, 0);
    }
    rh_err err = {0};
    assert_int_equal(rh_csv_finish(csv, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "表.csv:21: n: \"汉字\""));
    assert_null(strstr(err.text, "表.csv:22:"));
    assert_non_null(strstr(err.text, "\n... and 13 more problems."));
    rh_csv_free(csv);
}

static void
test_numbers_equal_strtod_to_the_last_bit(void **state)
{
    (void)state;
    const char *texts[] = {"0.1",
                           "123456.789",
                           "-0.000001",
                           "999999999999999",
                           "1.7976931348623157e99",
                           "0.30000000000000004",
                           "12345678901234567890.5",
                           "+7",
                           "5.",
                           ".5"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char bytes[64];
        snprintf(bytes, sizeof bytes, "x\n%s\n", texts[i]);
        rh_csv *csv = parsed(bytes);
        assert_true(rh_csv_number(csv, 0, 0) == strtod(texts[i], NULL));
        rh_csv_free(csv);
    }
}

static void
test_every_failing_allocation_is_reported(void **state)
{
    (void)state;
    const char bytes[] = "a,b\n1,2\n";
    for (long n = 1;; n++) {
        rh_csv *csv = NULL;
        rh_err err = {0};
        rh_mem_fail_after(n);
        rh_status status = rh_csv_parse("表.csv", bytes, sizeof bytes - 1, &csv, &err);
        rh_mem_fail_after(0);
        if (status == RH_OK) {
            assert_true(n > 3);
            rh_csv_free(csv);
            break;
        }
        assert_int_equal(status, RH_MEMORY);
        assert_true(err.text[0] != '\0');
    }
}

static void
test_ten_megabytes_take_well_under_a_second(void **state)
{
    (void)state;
    const char row[] = "110114,昌平区,1660501,0.8123,123.25,7\n";
    size_t rows = 10000000 / (sizeof row - 1), size = 0;
    char *bytes = malloc(rows * sizeof row + 100);
    size += (size_t)sprintf(bytes, "code,name,population,share,x,y\n");
    for (size_t i = 0; i < rows; i++) {
        memcpy(bytes + size, row, sizeof row - 1);
        size += sizeof row - 1;
    }
    struct timespec from, to;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    rh_csv *csv = NULL;
    rh_err err = {0};
    assert_int_equal(rh_csv_parse("big.csv", bytes, size, &csv, &err), RH_OK);
    uint64_t sum = 0;
    double share = 0;
    for (uint32_t i = 0; i < rh_csv_rows(csv); i++) {
        sum += rh_csv_count(csv, i, 2);
        share += rh_csv_number(csv, i, 3);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    double seconds =
        (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) * 1e-9;
    print_message("# %zu bytes in %.3f s of processor time\n", size, seconds);
    assert_int_equal(sum, 1660501 * rows);
    assert_true(share > 0.8 * (double)rows);
    assert_true(seconds < 5); /* about 0.1 s; ten times that under sanitizers */
    rh_csv_free(csv);
    free(bytes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_with_and_without_mark_and_crlf_read_alike),
        cmocka_unit_test(test_gb18030_becomes_utf8),
        cmocka_unit_test(test_quotes_hold_separators_quotes_and_lines),
        cmocka_unit_test(test_unreadable_files_say_why_and_where),
        cmocka_unit_test(test_typed_cells_are_checked_and_name_line_column_value),
        cmocka_unit_test(test_missing_and_double_columns_are_problems),
        cmocka_unit_test(test_a_cell_and_a_column_are_told_once_with_the_nearest_name),
        cmocka_unit_test(test_twenty_problems_are_shown_and_the_rest_counted),
        cmocka_unit_test(test_numbers_equal_strtod_to_the_last_bit),
        cmocka_unit_test(test_every_failing_allocation_is_reported),
        cmocka_unit_test(test_ten_megabytes_take_well_under_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
