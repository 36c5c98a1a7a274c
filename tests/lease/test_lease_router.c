/* Paths, routes, cookies and languages (http/router.h, cookie.h, language.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "http/cookie.h"
#include "http/language.h"
#include "http/router.h"

static rh_problem
parse(const char *raw, rh_path *path)
{
    return rh_path_parse(raw, strlen(raw), path);
}

static void
test_parts_are_decoded_once(void **state)
{
    (void)state;
    rh_path path;
    assert_int_equal(parse("/lease/12/%E7%A7%9F", &path), RH_PROBLEM_NONE);
    assert_int_equal(path.n, 3);
    assert_string_equal(path.part[0], "lease");
    assert_string_equal(path.part[2], "租");
    assert_int_equal(path.size[2], 3);
    assert_int_equal(parse("/a/%252e%252e", &path), RH_PROBLEM_NONE);
    assert_string_equal(path.part[1], "%2e%2e");
    assert_int_equal(parse("/a+b", &path), RH_PROBLEM_NONE);
    assert_string_equal(path.part[0], "a+b");
    assert_int_equal(parse("/", &path), RH_PROBLEM_NONE);
    assert_int_equal(path.n, 1);
    assert_int_equal(path.size[0], 0);
}

static void
test_paths_that_could_mean_another_file_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",          "a",          "/..",
        "/a/../b",   "/a/./b",     "/a//b",
        "/%2e%2e",   "/a/%2E%2e/", "/a%2fb",
        "/a%5cb",    "/a\\..\\b",  "/a%00",
        "/a%0d%0a",  "/%c0%ae",    "/%e0%80%af",
        "/%ff",      "/%",         "/%4",
        "/%zz",      "/%u002e",    "/a/%ed%a0%80",
        "/.%2e/etc", "/\x7f",      "/a/b/c/d/e/f/g/h/i/j/k/l/m",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        rh_path path;
        if (parse(bad[i], &path) != RH_PROBLEM_BAD_PATH) {
            fail_msg("%s was taken", bad[i]);
        }
    }
    char longest[RH_PATH_MOST + 2];
    memset(longest, 'a', sizeof longest);
    longest[0] = '/';
    rh_path path;
    assert_int_equal(rh_path_parse(longest, RH_PATH_MOST, &path), RH_PROBLEM_NONE);
    assert_int_equal(rh_path_parse(longest, RH_PATH_MOST + 1, &path), RH_PROBLEM_BAD_PATH);
    assert_int_equal(rh_path_parse("/a\0b", 4, &path), RH_PROBLEM_BAD_PATH);
}

static void
handler(rh_request *request, rh_response *response)
{
    (void)request, (void)response;
}

#define ROUTE(m, p)                                                                            \
    {                                                                                          \
        .method = m, .pattern = p, .handler = handler                                          \
    }
static const rh_route routes[] = {
    ROUTE(RH_GET, "/lease/{id}"),
    ROUTE(RH_GET, "/lease/new"),
    ROUTE(RH_POST, "/lease/new"),
    ROUTE(RH_POST, "/lease/{id}/end"),
    ROUTE(RH_GET, "/"),
    ROUTE(RH_GET, "/static/{path*}"),
    ROUTE(RH_GET, "/static/robots"),
    ROUTE(RH_GET, "/{any}/x"),
    ROUTE(RH_GET, "/lease/x"),
};

static const char *
found(const rh_router *router, rh_method method, const char *raw, unsigned *allowed)
{
    rh_path path;
    assert_int_equal(parse(raw, &path), RH_PROBLEM_NONE);
    const rh_route *route = rh_router_find(router, method, &path, allowed);
    return route != NULL ? route->pattern : "-";
}

static void
test_the_most_literal_route_is_found_in_any_order_of_the_table(void **state)
{
    (void)state;
    enum { N = sizeof routes / sizeof routes[0] };
    for (size_t turn = 0; turn < N; turn++) {
        rh_route turned[N];
        for (size_t i = 0; i < N; i++) {
            turned[i] = routes[(i + turn) % N];
        }
        rh_router *router;
        unsigned allowed;
        rh_err err = {0};
        assert_int_equal(rh_router_new(turned, N, &router, &err), RH_OK);
        assert_string_equal(found(router, RH_GET, "/lease/7", &allowed), "/lease/{id}");
        assert_string_equal(found(router, RH_HEAD, "/lease/7", &allowed), "/lease/{id}");
        assert_string_equal(found(router, RH_GET, "/lease/new", &allowed), "/lease/new");
        assert_string_equal(found(router, RH_GET, "/lease/x", &allowed), "/lease/x");
        assert_string_equal(found(router, RH_GET, "/other/x", &allowed), "/{any}/x");
        assert_string_equal(found(router, RH_GET, "/", &allowed), "/");
        assert_string_equal(found(router, RH_GET, "/static/robots", &allowed),
                            "/static/robots");
        assert_string_equal(found(router, RH_GET, "/static/a/b/c", &allowed),
                            "/static/{path*}");
        assert_string_equal(found(router, RH_GET, "/static/", &allowed), "-");
        assert_string_equal(found(router, RH_GET, "/lease/", &allowed), "-");
        assert_string_equal(found(router, RH_GET, "/nothing", &allowed), "-");
        assert_int_equal(allowed, 0);
        assert_string_equal(found(router, RH_GET, "/lease/7/end", &allowed), "-");
        assert_int_equal(allowed, 1U << RH_POST);
        assert_string_equal(found(router, RH_DELETE, "/lease/new", &allowed), "-");
        assert_int_equal(allowed, 1U << RH_GET | 1U << RH_POST);
        rh_router_free(router);
    }
}

static void
test_parts_are_called_by_name(void **state)
{
    (void)state;
    rh_path path;
    assert_int_equal(parse("/lease/31/end", &path), RH_PROBLEM_NONE);
    assert_string_equal(rh_route_part(&routes[3], &path, "id"), "31");
    assert_string_equal(rh_route_part(&routes[3], &path, "i"), "");
    assert_int_equal(rh_route_rest(&routes[3]), -1);
    assert_int_equal(rh_route_rest(&routes[5]), 1);
    assert_int_equal(parse("/static/a/b", &path), RH_PROBLEM_NONE);
    assert_string_equal(rh_route_part(&routes[5], &path, "path"), "a");
}

static void
test_tables_that_cannot_be_told_apart_or_read_are_refused(void **state)
{
    (void)state;
    static const rh_route bad[][2] = {
        {ROUTE(RH_GET, "/a/{x}"), ROUTE(RH_GET, "/a/{y}")},
        {ROUTE(RH_GET, "/a"), ROUTE(RH_GET, "/a")},
        {ROUTE(RH_GET, "a"), ROUTE(RH_GET, "/b")},
        {ROUTE(RH_GET, "/{x*}/b"), ROUTE(RH_GET, "/b")},
        {ROUTE(RH_GET, "/{X}"), ROUTE(RH_GET, "/b")},
        {ROUTE(RH_GET, "/a//b"), ROUTE(RH_GET, "/b")},
        {ROUTE(RH_GET, "/a{b}"), ROUTE(RH_GET, "/b")},
        {ROUTE(RH_HEAD, "/a"), ROUTE(RH_GET, "/b")},
        {{.method = RH_GET, .pattern = "/a"}, ROUTE(RH_GET, "/b")},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        rh_router *router = NULL;
        rh_err err = {0};
        assert_int_equal(rh_router_new(bad[i], 2, &router, &err), RH_INPUT);
        assert_null(router);
        assert_true(strlen(err.text) > 10);
    }
}

static void
assert_cookie(const char *header, const char *value)
{
    size_t size;
    const char *at = rh_cookie_find(header, "sid", &size);
    if (value == NULL) {
        assert_null(at);
    } else {
        assert_non_null(at);
        assert_int_equal(size, strlen(value));
        assert_memory_equal(at, value, size);
    }
}

static void
test_a_cookie_is_found_by_its_whole_name_and_only_once(void **state)
{
    (void)state;
    assert_cookie("sid=abc", "abc");
    assert_cookie("a=1; sid=abc; b=2", "abc");
    assert_cookie("xsid=1;sid=abc ", "abc");
    assert_cookie("sid=", "");
    assert_cookie("sidx=1; a=sid=2", NULL);
    assert_cookie("sid=abc; sid=def", NULL);
    assert_cookie("sid=a\"b", NULL);
    assert_cookie("sid=a b", NULL);
    assert_cookie("sid", NULL);
    assert_cookie(";;;", NULL);
    assert_cookie(NULL, NULL);
}

static void
test_a_cookie_is_written_strict_unless_asked_otherwise(void **state)
{
    (void)state;
    char text[RH_COOKIE_MOST];
    rh_cookie c = {.name = "sid", .value = "abc", .max_age_s = -1, .secure = true};
    assert_true(rh_cookie_write(&c, text));
    assert_string_equal(text, "sid=abc; Path=/; HttpOnly; SameSite=Strict; Secure");
    c = (rh_cookie){
        .name = "lang", .value = "en", .max_age_s = 60, .lax = true, .readable = true};
    assert_true(rh_cookie_write(&c, text));
    assert_string_equal(text, "lang=en; Path=/; Max-Age=60; SameSite=Lax");
    c.value = "a; Domain=evil";
    assert_false(rh_cookie_write(&c, text));
    c.value = "a\r\nX: y";
    assert_false(rh_cookie_write(&c, text));
    c = (rh_cookie){.name = "a=b", .value = ""};
    assert_false(rh_cookie_write(&c, text));
}

static void
test_chinese_unless_english_ranks_higher(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        enum rh_language language;
    } cases[] = {
        {NULL, RH_CHINESE},
        {"", RH_CHINESE},
        {"*", RH_CHINESE},
        {"fr, de;q=0.5", RH_CHINESE},
        {"zh-CN,zh;q=0.9,en;q=0.8", RH_CHINESE},
        {"en-GB,en;q=0.9,zh;q=0.8", RH_ENGLISH},
        {"zh;q=0.1, en;q=0.2", RH_ENGLISH},
        {"en;q=0", RH_CHINESE},
        {"fr, en;q=0.3", RH_ENGLISH},
        {"EN", RH_ENGLISH},
        {"english", RH_CHINESE},
        {"en;q=0.999,zh;q=1.000", RH_CHINESE},
        {"en, zh", RH_ENGLISH},
        {"zh, en", RH_CHINESE},
        {"zh;q=, en;q=x", RH_CHINESE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (rh_language_accepted(cases[i].header) != cases[i].language) {
            fail_msg("%s", cases[i].header);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_are_decoded_once),
        cmocka_unit_test(test_paths_that_could_mean_another_file_are_refused),
        cmocka_unit_test(test_the_most_literal_route_is_found_in_any_order_of_the_table),
        cmocka_unit_test(test_parts_are_called_by_name),
        cmocka_unit_test(test_tables_that_cannot_be_told_apart_or_read_are_refused),
        cmocka_unit_test(test_a_cookie_is_found_by_its_whole_name_and_only_once),
        cmocka_unit_test(test_a_cookie_is_written_strict_unless_asked_otherwise),
        cmocka_unit_test(test_chinese_unless_english_ranks_higher),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
