/* Forms, multipart bodies and JSON bodies (http/form.h, multipart.h, json_body.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "http/form.h"
#include "http/json_body.h"
#include "http/multipart.h"

static rh_problem
read_form(rh_form *form, const char *text)
{
    rh_form_limits limits = rh_form_limits_usual();
    rh_form_clear(form);
    return rh_form_read(form, text, strlen(text), &limits);
}

static void
test_pairs_are_decoded(void **state)
{
    (void)state;
    rh_form f = {0};
    assert_int_equal(read_form(&f, "a=1&b=x+y%2B&%E7%A7%9F=%E9%87%91&&empty=&bare&c=d=e"), 0);
    assert_int_equal(f.n, 6);
    assert_string_equal(rh_form_text(&f, "b"), "x y+");
    assert_string_equal(rh_form_text(&f, "租"), "金");
    assert_string_equal(rh_form_get(&f, "empty"), "");
    assert_string_equal(rh_form_get(&f, "bare"), "");
    assert_string_equal(rh_form_text(&f, "c"), "d=e");
    assert_null(rh_form_get(&f, "absent"));
    rh_form_release(&f);
}

static void
test_a_name_given_twice_is_refused_unless_it_is_a_list(void **state)
{
    (void)state;
    rh_form f = {0};
    assert_int_equal(read_form(&f, "rent=1&rent=2&note=z"), RH_PROBLEM_FIELD_TWICE);
    assert_string_equal(f.problem_at, "rent");
    assert_string_equal(rh_form_text(&f, "rent"), "1");
    assert_string_equal(rh_form_text(&f, "note"), "z");
    assert_int_equal(read_form(&f, "use[]=a&use%5B%5D=b"), 0);
    assert_int_equal(f.n, 2);
    assert_string_equal(rh_form_value_at(&f, 1), "b");
    rh_form_release(&f);
}

static void
test_nothing_typed_is_lost_behind_a_problem(void **state)
{
    (void)state;
    rh_form f = {0};
    assert_int_equal(read_form(&f, "a=%zz1&b=%ff%E7%A7&c=good&d=%00x"),
                     RH_PROBLEM_FORM_MALFORMED);
    assert_string_equal(rh_form_text(&f, "a"), "%zz1");
    assert_string_equal(rh_form_text(&f, "b"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    assert_string_equal(rh_form_text(&f, "c"), "good");
    assert_string_equal(rh_form_text(&f, "d"), "\xef\xbf\xbdx");
    assert_int_equal(read_form(&f, "b=%c0%80"), RH_PROBLEM_NOT_UTF8);
    assert_string_equal(f.problem_at, "b");
    assert_int_equal(read_form(&f, "b=a%00b"), RH_PROBLEM_NOT_UTF8);
    rh_form_release(&f);
}

static void
test_limits_are_exact_and_cut_between_characters(void **state)
{
    (void)state;
    rh_form f = {0};
    rh_form_limits limits = {.fields = 2, .name = 3, .value = 6};
    const char *fine = "abc=%E7%A7%9F%E9%87%91&x=123456";
    assert_int_equal(rh_form_read(&f, fine, strlen(fine), &limits), 0);
    rh_form_clear(&f);
    const char *longer = "abc=%E7%A7%9F%E9%87%91%E7%A7%9F";
    assert_int_equal(rh_form_read(&f, longer, strlen(longer), &limits),
                     RH_PROBLEM_FIELD_TOO_LONG);
    assert_string_equal(rh_form_text(&f, "abc"), "租金");
    rh_form_clear(&f);
    const char *middle = "x=1%E7%A7%9F%E9%87%91";
    assert_int_equal(rh_form_read(&f, middle, strlen(middle), &limits),
                     RH_PROBLEM_FIELD_TOO_LONG);
    assert_string_equal(rh_form_text(&f, "x"), "1租");
    rh_form_clear(&f);
    assert_int_equal(rh_form_read(&f, "abcd=1", 6, &limits), RH_PROBLEM_FIELD_TOO_LONG);
    rh_form_clear(&f);
    assert_int_equal(rh_form_read(&f, "a=1&b=2&c=3", 11, &limits), RH_PROBLEM_TOO_MANY_FIELDS);
    assert_int_equal(f.n, 2);
    rh_form_release(&f);
}

static void
test_memory_that_runs_out_is_a_problem_not_a_crash(void **state)
{
    (void)state;
    char text[3000];
    memset(text, 'x', sizeof text);
    memcpy(text, "a=1&b=", 6);
    rh_form_limits limits = rh_form_limits_usual();
    for (long n = 1; n < 4; n++) {
        rh_form f = {0};
        rh_mem_fail_after(n);
        rh_problem problem = rh_form_read(&f, text, sizeof text, &limits);
        rh_mem_fail_after(0);
        assert_int_equal(problem, RH_PROBLEM_INTERNAL);
        rh_form_release(&f);
    }
}

/* Feed a body in pieces of that many bytes. */
static rh_problem
multipart(rh_form *form, const char *type, const char *body, size_t size, size_t piece,
          const rh_form_limits *limits)
{
    rh_form_clear(form);
    rh_multipart *p = rh_multipart_new(type, form, limits);
    if (p == NULL) {
        return form->problem;
    }
    for (size_t at = 0; at < size; at += piece) {
        rh_multipart_feed(p, body + at, size - at < piece ? size - at : piece);
    }
    rh_problem problem = rh_multipart_end(p);
    rh_multipart_free(p);
    return problem;
}

static const char type_x[] = "multipart/form-data; boundary=AaB03x";

static rh_form_limits
with_files(void)
{
    rh_form_limits limits = rh_form_limits_usual();
    limits.files = 2;
    limits.file = 1000;
    limits.folder = "/tmp";
    return limits;
}

static void
assert_file(const rh_upload *upload, const char *bytes, size_t size)
{
    char got[2000];
    assert_non_null(upload);
    assert_int_equal(upload->size, size);
    assert_int_equal(pread(upload->fd, got, sizeof got, 0), (ssize_t)size);
    assert_memory_equal(got, bytes, size);
}

static void
test_fields_and_files_arrive_whatever_the_pieces(void **state)
{
    (void)state;
    /* fields as in RFC 7578, 4.2; preamble and epilogue as RFC 2046 allows; a file with what looks like a boundary, NULs, CR LF */
    static const char body[] =
        "This is the preamble.\r\n--AaB03x\r\n"
        "Content-Disposition: form-data; name=\"user\"\r\n\r\n"
        "Joe owes \xe2\x82\xac"
        "100.\r\n--AaB03x  \r\n"
        "content-type: image/png\r\n"
        "CONTENT-DISPOSITION:form-data; name=photo; filename=\"C:\\x\\门.png\"\r\n\r\n"
        "\r\n--AaB03\r\n-\0-\r\nend\r\n\r\n--AaB03x\r\n"
        "Content-Disposition: form-data; filename=\"\"; name=\"none\"\r\n"
        "Content-Type: application/octet-stream\r\n\r\n"
        "\r\n--AaB03x\r\n"
        "Content-Disposition: form-data; name=\"a%22b\"\r\n\r\n"
        "\r\n--AaB03x--\r\nepilogue\r\n--AaB03x\r\n";
    static const char file[] = "\r\n--AaB03\r\n-\0-\r\nend\r\n";
    rh_form f = {0};
    rh_form_limits limits = with_files();
    for (size_t piece = 1; piece <= sizeof body; piece++) {
        assert_int_equal(multipart(&f, type_x, body, sizeof body - 1, piece, &limits), 0);
        assert_int_equal(f.n, 2);
        assert_string_equal(rh_form_text(&f, "user"), "Joe owes €100.");
        assert_string_equal(rh_form_get(&f, "a\"b"), "");
        assert_int_equal(f.n_uploads, 1);
        const rh_upload *photo = rh_form_file(&f, "photo");
        assert_file(photo, file, sizeof file - 1);
        assert_string_equal(photo->name, "门.png");
        assert_string_equal(photo->type, "image/png");
        assert_null(rh_form_file(&f, "none"));
    }
    rh_form_release(&f);
}

#define PART(name, value)                                                                      \
    "--AaB03x\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define FILE_PART(name, value)                                                                 \
    "--AaB03x\r\nContent-Disposition: form-data; name=\"" name                                 \
    "\"; filename=\"f\"\r\n\r\n" value "\r\n"

static rh_problem
whole(rh_form *f, const char *body)
{
    rh_form_limits limits = with_files();
    return multipart(f, type_x, body, strlen(body), 7, &limits);
}

static void
test_multipart_that_is_not_well_formed_is_refused_and_the_rest_kept(void **state)
{
    (void)state;
    static const char *const bad[] = {
        PART("a", "1") PART("b", "2"),                    /* no end */
        PART("a", "1") "--AaB03x\r\n\r\nx\r\n--AaB03x--", /* no head */
        PART("a", "1") "--AaB03x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--AaB03x--",
        PART("a", "1") "--AaB03x\r\nContent-Disposition: attachment; "
                       "name=\"b\"\r\n\r\nx\r\n--AaB03x--",
        PART("a",
             "1") "--AaB03x\r\nContent-Disposition: form-data; name=\"b\r\n\r\nx\r\n--AaB03x--",
        PART("a", "1") "--AaB03xyz\r\n",
        PART("a", "1") "--AaB03x",
    };
    rh_form f = {0};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(whole(&f, bad[i]), RH_PROBLEM_FORM_MALFORMED);
        assert_string_equal(rh_form_text(&f, "a"), "1");
    }
    assert_int_equal(whole(&f, ""), RH_PROBLEM_FORM_MALFORMED);
    char head[6000];
    int n = snprintf(head, sizeof head, "--AaB03x\r\nX: ");
    memset(head + n, 'x', sizeof head - (size_t)n - 1);
    head[sizeof head - 1] = '\0';
    assert_int_equal(whole(&f, head), RH_PROBLEM_FORM_MALFORMED);
    rh_form_release(&f);
}

static void
test_a_file_that_ends_early_is_not_kept(void **state)
{
    (void)state;
    rh_form f = {0};
    assert_int_equal(whole(&f, FILE_PART("a", "all") PART("b", "1")),
                     RH_PROBLEM_FORM_MALFORMED);
    assert_int_equal(f.n_uploads, 1);
    assert_int_equal(whole(&f, FILE_PART("a", "half")), RH_PROBLEM_FORM_MALFORMED);
    assert_int_equal(f.n_uploads, 0);
    assert_int_equal(whole(&f, "--AaB03x\r\nContent-Disposition: form-data; name=\"a\"; "
                               "filename=\"f\"\r\n\r\nhalf"),
                     RH_PROBLEM_FORM_MALFORMED);
    assert_int_equal(f.n_uploads, 0);
    rh_form_release(&f);
}

static void
test_files_have_limits_and_fields_survive_them(void **state)
{
    (void)state;
    static char body[4000];
    char large[1002];
    rh_form f = {0};
    for (size_t size = 1000; size <= 1001; size++) {
        memset(large, 'x', size);
        large[size] = '\0';
        snprintf(body, sizeof body, FILE_PART("a", "%s") PART("b", "2") "--AaB03x--", large);
        rh_problem problem = whole(&f, body);
        assert_int_equal(problem, size == 1000 ? RH_PROBLEM_NONE : RH_PROBLEM_FILE_TOO_LARGE);
        assert_int_equal(f.n_uploads, size == 1000);
        assert_string_equal(rh_form_text(&f, "b"), "2");
    }
    assert_int_equal(
        whole(&f, FILE_PART("a", "1") FILE_PART("b", "2") FILE_PART("c", "3") "--AaB03x--"),
        RH_PROBLEM_TOO_MANY_FILES);
    assert_int_equal(f.n_uploads, 2);
    assert_string_equal(f.problem_at, "c");
    rh_form_limits none = rh_form_limits_usual();
    const char *one = FILE_PART("a", "1") PART("b", "2") "--AaB03x--";
    assert_int_equal(multipart(&f, type_x, one, strlen(one), 50, &none),
                     RH_PROBLEM_TOO_MANY_FILES);
    assert_string_equal(rh_form_text(&f, "b"), "2");
    rh_form_release(&f);
}

static void
test_boundaries_are_checked(void **state)
{
    (void)state;
    rh_form f = {0};
    rh_form_limits limits = rh_form_limits_usual();
    static const char *const bad[] = {
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"a b \"",
        "multipart/form-data; boundary=\"open",
        "multipart/form-data; boundary=a{b",
        "multipart/form-data; "
        "boundary=01234567890123456789012345678901234567890123456789012345678901234567890",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        rh_form_clear(&f);
        assert_null(rh_multipart_new(bad[i], &f, &limits));
        assert_int_equal(f.problem, RH_PROBLEM_FORM_MALFORMED);
    }
    const char *body =
        "--a b'?\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--a b'?--";
    assert_int_equal(multipart(&f, "multipart/form-data; charset=x; Boundary=\"a b'?\"", body,
                               strlen(body), 1, &limits),
                     0);
    assert_string_equal(rh_form_text(&f, "x"), "1");
    rh_form_release(&f);
}

static void
test_file_names_keep_no_folder_and_no_tricks(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a.jpg", "a.jpg"},
        {"../../etc/passwd", "passwd"},
        {"C:\\Users\\我\\照片.jpg", "照片.jpg"},
        {".htaccess", "htaccess"},
        {"...", "file"},
        {"", "file"},
        {"a/", "file"},
        {"a\r\nb\x01\"<>|.txt", "a__b_____.txt"},
        {"\xff\xfe.png", "__.png"},
        {"\xc2\x85x", "_x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[RH_UPLOAD_NAME + 1];
        rh_upload_name(cases[i][0], strlen(cases[i][0]), name);
        assert_string_equal(name, cases[i][1]);
    }
    char given[400], name[RH_UPLOAD_NAME + 1];
    for (int i = 0; i < 130; i++) {
        memcpy(given + 3 * i, "租", 3);
    }
    rh_upload_name(given, 390, name);
    assert_int_equal(strlen(name), 99); /* whole characters */
}

static void
test_json_has_limits(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        rh_problem problem;
    } cases[] = {
        {"{\"a\":[1,2,{\"b\":\"租\"}]}", RH_PROBLEM_NONE},
        {"[[[\"[[[[[[{{{{\"]]]", RH_PROBLEM_NONE},
        {"[[[[1]]]]", RH_PROBLEM_JSON_TOO_DEEP},
        {"[[[{\"a\":1}]]]", RH_PROBLEM_JSON_TOO_DEEP},
        {"{\"a\":1,\"a\":2}", RH_PROBLEM_JSON_MALFORMED},
        {"{\"a\":1} x", RH_PROBLEM_JSON_MALFORMED},
        {"{\"a\":\"\\u0000\"}", RH_PROBLEM_JSON_MALFORMED},
        {"{\"a\":\"\xff\"}", RH_PROBLEM_JSON_MALFORMED},
        {"", RH_PROBLEM_JSON_MALFORMED},
        {"[1,]", RH_PROBLEM_JSON_MALFORMED},
        {"1e999", RH_PROBLEM_JSON_MALFORMED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *json;
        rh_problem problem = rh_json_read(cases[i].text, strlen(cases[i].text), 3, &json);
        if (problem != cases[i].problem || (json != NULL) != (problem == RH_PROBLEM_NONE)) {
            fail_msg("%s: %d", cases[i].text, (int)problem);
        }
        json_decref(json);
    }
}

static void
test_each_problem_has_two_sentences_and_a_status(void **state)
{
    (void)state;
    for (int p = 1; p < RH_PROBLEM_COUNT; p++) {
        const char *zh = rh_problem_text((rh_problem)p, RH_CHINESE);
        const char *en = rh_problem_text((rh_problem)p, RH_ENGLISH);
        int status = rh_problem_status((rh_problem)p);
        assert_true(status >= 400 && status <= 503);
        assert_string_equal(zh + strlen(zh) - 3, "。");
        assert_int_equal(en[strlen(en) - 1], '.');
        assert_true((unsigned char)zh[0] >= 0x80 || strncmp(zh, "JSON", 4) == 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs_are_decoded),
        cmocka_unit_test(test_a_name_given_twice_is_refused_unless_it_is_a_list),
        cmocka_unit_test(test_nothing_typed_is_lost_behind_a_problem),
        cmocka_unit_test(test_limits_are_exact_and_cut_between_characters),
        cmocka_unit_test(test_memory_that_runs_out_is_a_problem_not_a_crash),
        cmocka_unit_test(test_fields_and_files_arrive_whatever_the_pieces),
        cmocka_unit_test(test_multipart_that_is_not_well_formed_is_refused_and_the_rest_kept),
        cmocka_unit_test(test_a_file_that_ends_early_is_not_kept),
        cmocka_unit_test(test_files_have_limits_and_fields_survive_them),
        cmocka_unit_test(test_boundaries_are_checked),
        cmocka_unit_test(test_file_names_keep_no_folder_and_no_tricks),
        cmocka_unit_test(test_json_has_limits),
        cmocka_unit_test(test_each_problem_has_two_sentences_and_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
