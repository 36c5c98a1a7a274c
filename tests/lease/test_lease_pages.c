/* Every page that a person reads: it answers in both languages, its elements close, its links lead to pages, nothing personal stands on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "site_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static site_help *site;

static int
set_up(void **state)
{
    (void)state;
    site = calloc(1, sizeof *site);
    assert_non_null(site);
    site_open(site);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    site_close(site);
    free(site);
    return 0;
}

/* ---- reading pages ---- */

static bool
is_void(const char *name)
{
    static const char *const names[] = {"meta", "link", "input", "br", "hr", "img", "!doctype"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcasecmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Elements close in the order in which they were opened. */
static void
assert_nested(const char *path, const char *html)
{
    char open[200][24];
    int depth = 0;
    for (const char *p = strchr(html, '<'); p != NULL; p = strchr(p + 1, '<')) {
        bool closing = p[1] == '/';
        const char *name = p + 1 + closing;
        size_t n = strcspn(name, " >/\n");
        char text[24];
        snprintf(text, sizeof text, "%.*s", (int)n, name);
        const char *end = strchr(p, '>');
        assert_non_null(end);
        if (closing) {
            if (depth == 0 || strcmp(open[depth - 1], text) != 0) {
                fail_msg("%s: </%s> closes <%s>", path, text,
                         depth == 0 ? "nothing" : open[depth - 1]);
            }
            depth--;
        } else if (!is_void(text) && end[-1] != '/') {
            assert_true(depth < 200);
            snprintf(open[depth++], sizeof open[0], "%s", text);
        }
    }
    assert_int_equal(depth, 0);
}

static void
assert_page(const char *path)
{
    for (int language = 0; language < 2; language++) {
        char with[400];
        snprintf(with, sizeof with, "%s%slang=%s", path, strchr(path, '?') == NULL ? "?" : "&",
                 language == 0 ? "zh" : "en");
        http_reply reply = site_get(site, with);
        if (reply.status != 200) {
            fail_msg("%s: %d", with, reply.status);
        }
        assert_nested(with, reply.body);
        assert_null(strstr(reply.body, SITE_CANARY));
        assert_null(strstr(reply.body, "13800138000"));
        assert_null(strstr(reply.body, "-9223372036854775808"));
        assert_null(strstr(reply.body, "<script"));
        assert_null(strstr(reply.body, " style=\""));
    }
}

/* ---- the crawl ---- */

enum { LINKS = 4000, LENGTH = 200 };

typedef struct crawl {
    size_t n;
    char (*path)[LENGTH];
} crawl;

static void
add_path(crawl *c, const char *path, size_t size)
{
    char text[LENGTH];
    size_t n = 0;
    for (size_t i = 0; i < size && path[i] != '#' && n + 1 < sizeof text; i++) {
        if (strncmp(path + i, "&amp;", 5) == 0) {
            text[n++] = '&';
            i += 4;
        } else {
            text[n++] = path[i];
        }
    }
    text[n] = '\0';
    if (n == 0 || strstr(text, "lang=") != NULL) {
        return;
    }
    for (size_t i = 0; i < c->n; i++) {
        if (strcmp(c->path[i], text) == 0) {
            return;
        }
    }
    assert_true(c->n < LINKS);
    memcpy(c->path[c->n++], text, sizeof text);
}

static void
test_links_lead_to_pages_without_personal_texts(void **state)
{
    (void)state;
    crawl c = {.path = calloc(LINKS, sizeof *c.path)};
    assert_non_null(c.path);
    add_path(&c, "/", 1);
    for (size_t i = 0; i < c.n; i++) {
        if (strncmp(c.path[i], "/login", 6) == 0 || strncmp(c.path[i], "/open-data", 10) == 0) {
            continue; /* another part's */
        }
        http_reply reply = site_get(site, c.path[i]);
        if (reply.status == 303) {
            continue; /* to the login */
        }
        if (reply.status != 200) {
            fail_msg("%s: %d", c.path[i], reply.status);
        }
        if (strncmp(c.path[i], "/style", 6) != 0) {
            assert_page(c.path[i]);
            reply = site_get(site, c.path[i]);
            for (const char *p = strstr(reply.body, " href=\"/"); p != NULL;
                 p = strstr(p + 1, " href=\"/")) {
                add_path(&c, p + 7, strcspn(p + 7, "\""));
            }
        }
    }
    assert_true(c.n > 20);
    free(c.path);
}

static void
test_every_kind_of_page(void **state)
{
    (void)state;
    static const char *const fixed[] = {"/",      "/offers", "/notices", "/books",
                                        "/check", "/rules",  "/about",   "/receipt/1"};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        assert_page(fixed[i]);
    }
    char path[80];
    snprintf(path, sizeof path, "/offer/%lld", (long long)site->open_offer);
    assert_page(path);
    snprintf(path, sizeof path, "/lease/%lld", (long long)site->active_lease);
    assert_page(path);
    snprintf(path, sizeof path, "/scheme/%lld", (long long)site->scheme);
    assert_page(path);
    assert_page("/offers?use=residence&price=20000&area=10");
    assert_page("/offers?price=abc&page=99");
    assert_page("/village/2");
    assert_page("/notice/1");
}

static void
test_what_does_not_exist_is_not_found(void **state)
{
    (void)state;
    static const char *const none[] = {
        "/offer/999",           "/lease/0",        "/scheme/x",  "/notice/-1",
        "/village/99",          "/receipt/999999", "/paper/abc", "/lease/1/contract",
        "/desk/registry/party", "/desk/dashboard"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        int status = site_get(site, none[i]).status;
        if (status != 404 && status != 303) {
            fail_msg("%s: %d", none[i], status);
        }
    }
}

/* A receipt is divided to the fen: the parts on the page are those of the largest remainder. 18,000.01 a year in 70, 20, 10 per cent. */
static void
test_a_receipt_is_shown_with_its_parts(void **state)
{
    (void)state;
    char path[80];
    snprintf(path, sizeof path, "/lease/%lld?lang=zh", (long long)site->active_lease);
    http_reply reply = site_get(site, path);
    assert_non_null(strstr(reply.body, "收款与分配"));
    assert_non_null(strstr(reply.body, "/receipt/"));
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_of_page),
        cmocka_unit_test(test_links_lead_to_pages_without_personal_texts),
        cmocka_unit_test(test_what_does_not_exist_is_not_found),
        cmocka_unit_test(test_a_receipt_is_shown_with_its_parts)};
    if (argc == 2 &&
        strcmp(argv[1], "--serve") == 0) { /* to look at: serves until a line is typed */
        void *state = NULL;
        set_up(&state);
        printf("http://127.0.0.1:%d/ offer %lld lease %lld\n", site->port,
               (long long)site->open_offer, (long long)site->active_lease);
        fflush(stdout);
        getchar();
        return tear_down(&state);
    }
    return cmocka_run_group_tests_name("pages", tests, set_up, tear_down);
}
