/* Templates: strict reading (T1), values only once (T2), the canonical text as the header says (T3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/mem.h"
#include "web/template.h"

#include <string.h>

static const char *const value_name[] = {"who", "what"};
static const char *const flag_name[] = {"sunny"};
static const char *const table_name[] = {"rows"};
static const rh_template_names names = {value_name, flag_name, table_name, 2, 1, 1};

static const char *const cell[4] = {"a", "b", "1", "2"};
static const rh_block table = {.cell = cell, .rows = 2, .columns = 2};
static const char *const signatory[1] = {"me"};

static rh_status
fill(const char *text, enum rh_language language, const char *who, bool sunny, rh_filled *out,
     rh_err *err)
{
    rh_template *t;
    rh_status st = rh_template_parse("t.txt", text, strlen(text), &names, &t, err);
    if (st != RH_OK) {
        return st;
    }
    const char *const value[2] = {who, "rain"};
    const rh_template_values v = {value, &sunny, &table, signatory, 1};
    st = rh_template_fill(t, language, &v, out, err);
    rh_template_free(t);
    return st;
}

static void
test_the_canonical_text_is_what_the_header_says(void **state)
{
    (void)state;
    static const char text[] =
        "# a remark\n\ntitle {who} and {what}\r\nclause @first One, see {@last}.  \nitem "
        "x\nitem y\n"
        "if sunny\nclause Sun.\nend\nunless sunny\nclause Cloud.\nend\n"
        "clause @last Two, see {@first}.\nitem z\ntable rows\nsignatures Date:";
    rh_filled f;
    assert_int_equal(fill(text, RH_ENGLISH, "{what}", true, &f, NULL), RH_OK);
    assert_string_equal(
        f.text, "title {what} and rain\nclause 1. One, see clause 3.\nitem (1) x\nitem (2) y\n"
                "clause 2. Sun.\nclause 3. Two, see clause 1.\nitem (1) z\ntable\nrow a | "
                "b\nrow 1 | 2\n"
                "signatures Date:\nrow me\n");
    assert_int_equal(f.size, strlen(f.text));
    rh_sha256 sha;
    char hex[RH_SHA256_HEX];
    rh_sha256_init(&sha);
    rh_sha256_add(&sha, f.text, f.size);
    rh_sha256_hex(&sha, hex);
    assert_string_equal(f.hash, hex);
    rh_filled_release(&f);
    assert_int_equal(fill(text, RH_CHINESE, "甲", false, &f, NULL), RH_OK);
    assert_non_null(strstr(f.text, "clause 第一条 One, see 第三条.\nitem （1） x\n"));
    assert_non_null(strstr(f.text, "clause 第二条 Cloud.\n"));
    rh_filled_release(&f);
}

static void
test_clauses_are_counted_in_chinese(void **state)
{
    (void)state;
    char text[3000] = "";
    size_t used = 0;
    for (int i = 0; i < 120; i++) {
        memcpy(text + used, "clause x\n", 9);
        used += 9;
    }
    rh_filled f;
    assert_int_equal(fill(text, RH_CHINESE, "甲", false, &f, NULL), RH_OK);
    static const struct {
        int n;
        const char *text;
    } known[] = {{1, "第一条"},      {9, "第九条"},    {10, "第十条"},
                 {11, "第十一条"},   {19, "第十九条"}, {20, "第二十条"},
                 {21, "第二十一条"}, {30, "第三十条"}, {99, "第九十九条"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_string_equal(f.block[known[i].n - 1].number, known[i].text);
    }
    rh_filled_release(&f);
}

static void
test_a_broken_template_is_refused_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *line;
    } bad[] = {{"title x\nclause {nobody}", "t.txt:2:"},
               {"title x\ntext {who", "t.txt:2:"},
               {"title x\ntext who}", "t.txt:2:"},
               {"text {{who}}", "t.txt:1:"},
               {"text {}", "t.txt:1:"},
               {"text {@none}", "t.txt:1:"},
               {"\n\nif sunny\nclause @a x\nend\ntext {@a}", "t.txt:6:"},
               {"clause @a x\nclause @a y", "t.txt:2:"},
               {"clause @a", "t.txt:1:"},
               {"clause @ x", "t.txt:1:"},
               {"paragraph x", "t.txt:1:"},
               {" title x", "t.txt:1:"},
               {"title", "t.txt:1:"},
               {"if sunny\ntitle x", "t.txt:1:"},
               {"if cloudy\ntitle x\nend", "t.txt:1:"},
               {"if sunny\nif sunny\nend\nend", "t.txt:2:"},
               {"title x\nend", "t.txt:2:"},
               {"table columns", "t.txt:1:"},
               {"title a\nbroken \xff", "t.txt:2:"},
               {"title a\ttab", "t.txt:1:"},
               {"", "t.txt"},
               {"# nothing\n", "t.txt"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        rh_err err = {0};
        rh_template *t = NULL;
        rh_status st =
            rh_template_parse("t.txt", bad[i].text, strlen(bad[i].text), &names, &t, &err);
        if (st != RH_INPUT || strncmp(err.text, bad[i].line, strlen(bad[i].line)) != 0) {
            print_message("# %s: %s\n", bad[i].text, err.text);
        }
        assert_int_equal(st, RH_INPUT);
        assert_null(t);
        assert_int_equal(strncmp(err.text, bad[i].line, strlen(bad[i].line)), 0);
    }
}

static void
test_a_value_cannot_make_a_line_of_its_own(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "甲\nclause 9. evil", "a\rb", "a\tb", "\x7f", "\xff", NULL};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        rh_filled f;
        rh_err err = {0};
        assert_int_equal(fill("text {who}", RH_ENGLISH, bad[i], true, &f, &err), RH_INPUT);
        assert_non_null(strstr(err.text, "who"));
        assert_null(f.text);
    }
}

static void
test_memory_that_runs_out_leaves_nothing_behind(void **state)
{
    (void)state;
    for (long n = 1; n < 60; n++) {
        rh_filled f = {0};
        rh_mem_fail_after(n);
        rh_status st = fill("title {who}\nclause a {what}\nitem b\nitem c\ntable rows\n",
                            RH_ENGLISH, "x", true, &f, NULL);
        rh_mem_fail_after(0);
        assert_true(st == RH_OK || st == RH_MEMORY);
        rh_filled_release(&f);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_canonical_text_is_what_the_header_says),
        cmocka_unit_test(test_clauses_are_counted_in_chinese),
        cmocka_unit_test(test_a_broken_template_is_refused_with_its_line),
        cmocka_unit_test(test_a_value_cannot_make_a_line_of_its_own),
        cmocka_unit_test(test_memory_that_runs_out_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
