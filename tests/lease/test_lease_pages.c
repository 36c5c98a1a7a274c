/* Every page that a person reads: it answers in both languages, its elements close, its links lead to pages, nothing personal stands on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "site_help.h"

#include "domain/calendar_day.h"
#include "web/papers.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "font_leaks.h"

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
        if (strncmp(c.path[i], "/login", 6) == 0 ||
            strncmp(c.path[i], "/open-data/", 11) == 0) {
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
    for (int k = 0; k < RH_COMMAND_COUNT; k++) {
        if (k != RH_DO_tick) {
            snprintf(path, sizeof path, "/do/%s", rh_command_type((rh_command_kind)k)->name);
            assert_page(path);
        }
    }
    assert_page("/do/offer_consent?offer=2");
    assert_page("/do/bid_place?offer=2");
    assert_page("/do/lease_sign?lease=1");
    assert_page("/do/receipt_post?line=3");
    assert_page("/village/2");
    assert_page("/notice/1");
}

static int64_t
looks_kept(void)
{
    rh_db *db = NULL;
    rh_err err = {0};
    int64_t n = 0;
    assert_int_equal(rh_service_db_take(site->service, &db, &err), RH_OK);
    assert_int_equal(rh_db_largest(db, RH_KEEP_access, &n, &err), RH_OK);
    rh_service_db_give(site->service, db);
    return n;
}

/* Names and contract are the parties': the lessee and the household see them and each look is kept; the other lessee and officers of nothing do not. */
static void
test_parties_see_their_lease(void **state)
{
    (void)state;
    char page[80], contract[100];
    snprintf(page, sizeof page, "/lease/%lld", (long long)site->active_lease);
    snprintf(contract, sizeof contract, "%s/contract", page);
    const int64_t party[] = {site->t.lessee, site->t.household[0].adult[1]};
    for (int i = 0; i < 2; i++) {
        int64_t before = looks_kept();
        http_reply reply = site_get_as(site, party[i], page);
        assert_int_equal(reply.status, 200);
        assert_non_null(strstr(reply.body, SITE_CANARY));
        assert_int_equal(looks_kept(), before + 2);
        reply = site_get_as(site, party[i], contract);
        assert_int_equal(reply.status, 200);
        assert_memory_equal(reply.body, "%PDF", 4);
        assert_int_equal(looks_kept(), before + 4);
    }
    int64_t before = looks_kept();
    assert_null(strstr(site_get_as(site, site->t.lessee2, page).body, SITE_CANARY));
    assert_int_equal(site_get_as(site, site->t.lessee2, contract).status, 404);
    assert_int_equal(looks_kept(), before);
}

/* The register is for the offices of the place, and shows no personal value even to them. */
static void
test_offices_see_their_register(void **state)
{
    (void)state;
    static const char *const pages[] = {"/desk/dashboard",       "/desk/registry/party",
                                        "/desk/registry/parcel", "/desk/registry/lease",
                                        "/desk/registry/source", "/desk"};
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        http_reply reply = site_get_as(site, site->t.officer, pages[i]);
        assert_int_equal(reply.status, 200);
        assert_nested(pages[i], reply.body);
        assert_null(strstr(reply.body, SITE_CANARY));
        if (i < 5) {
            assert_int_equal(site_get_as(site, site->t.lessee, pages[i]).status, 404);
        }
    }
    /* a clerk of one village does not see the other's parcels */
    http_reply all = site_get_as(site, site->t.officer, "/desk/registry/parcel");
    size_t of_all = all.body_size;
    http_reply own = site_get_as(site, site->t.village[1].clerk, "/desk/registry/parcel");
    assert_int_equal(own.status, 200);
    assert_true(own.body_size < of_all);
}

static void
derive(rh_asking *asking, int64_t party, char room[512])
{
    rh_err err = {0};
    const rh_registry *r = rh_service_read_begin(site->service);
    rh_status st = rh_papers_derive(&site->site, r, party, asking, room, &err);
    rh_service_read_end(site->service);
    if (st != RH_OK) {
        fail_msg("%s", err.text);
    }
}

/* The mark is what papers.h says: Ed25519 over these lines, by the township's key, and over nothing else. */
static void
test_a_mark_can_be_checked_by_anybody(void **state)
{
    (void)state;
    char room[512], hex[65], said[300];
    uint8_t signature[crypto_sign_BYTES];
    rh_asking asking = {.kind = RH_DO_lease_sign};
    asking.command.lease_sign.lease = site->active_lease;
    derive(&asking, site->t.lessee, room);
    const char *mark = asking.command.lease_sign.mark;
    assert_memory_equal(mark, "ed25519:", 8);
    assert_int_equal(sodium_hex2bin(signature, sizeof signature, mark + 8, strlen(mark + 8),
                                    NULL, NULL, NULL),
                     0);
    const rh_registry *r = rh_service_read_begin(site->service);
    const rh_row_lease *l = RH_OBJECT(r, lease, site->active_lease);
    sodium_bin2hex(hex, sizeof hex, l->text.byte, sizeof l->text.byte);
    int64_t version = l->version;
    rh_service_read_end(site->service);
    for (int64_t other = 0; other < 2; other++) {
        int n = snprintf(said, sizeof said, "ronghe-lease mark v1\n%s\n%lld\n%lld\n%lld\n", hex,
                         (long long)(site->t.lessee + other), (long long)site->active_lease,
                         (long long)version);
        assert_int_equal(crypto_sign_verify_detached(signature, (const uint8_t *)said,
                                                     (unsigned long long)n,
                                                     site->signing_key + 32),
                         other == 0 ? 0 : -1);
    }
}

/* A contract made from the same rows has the same hash, another start another one; its text is kept, and is not for everybody. */
static void
test_a_contract_is_made_from_rows(void **state)
{
    (void)state;
    char room[512], hex[65], path[100];
    rh_hash hash[3];
    for (int i = 0; i < 3; i++) {
        rh_asking asking = {.kind = RH_DO_offer_match};
        asking.command.offer_match =
            (rh_command_offer_match){.offer = site->open_offer,
                                     .bid = 2,
                                     .start = rh_day_of_time(site->t.now) + 30 + (i == 2),
                                     .step_years = 0,
                                     .period_months = 12};
        derive(&asking, site->t.household[1].adult[0], room);
        hash[i] = asking.command.offer_match.text;
    }
    assert_memory_equal(&hash[0], &hash[1], sizeof hash[0]);
    assert_memory_not_equal(&hash[0], &hash[2], sizeof hash[0]);
    sodium_bin2hex(hex, sizeof hex, hash[0].byte, sizeof hash[0].byte);
    snprintf(path, sizeof path, "/paper/%s?lang=zh", hex);
    http_reply reply = site_get(site, path);
    assert_int_equal(reply.status, 200);
    assert_null(strstr(reply.body, "农村住宅长期租赁合同"));
    rh_growing text = {0};
    rh_err err = {0};
    bool restricted = false;
    assert_int_equal(rh_paper_kept(&site->site, hex, &restricted, &text, &err), RH_OK);
    assert_true(restricted);
    assert_non_null(strstr(text.text, "农村住宅长期租赁合同"));
    assert_null(strstr(text.text, SITE_CANARY));
    rh_growing_release(&text);
}

/* A page that kept the read lock would stop every writer: this waits for a commit behind all of them. */
static void
test_pages_let_writers_in(void **state)
{
    (void)state;
    rh_err err = {0};
    int64_t key = RH_NONE;
    rh_keep_access look = {
        .id = RH_NONE, .time = site->t.now, .party = 1, .what = "test", .private = RH_NONE};
    assert_int_equal(rh_service_keep(site->service, RH_KEEP_access, &look, &key, &err), RH_OK);
    rh_command_tick tick = {.today = small_today(&site->t)};
    rh_submission submission = {
        .ask = {
            .kind = RH_DO_tick, .command = &tick, .actor = RH_NONE, .role = rh_role_system}};
    assert_int_equal(rh_service_do(site->service, &submission, NULL, NULL, &err), RH_OK);
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

/* ---- to look at, and to measure ---- */

static size_t
next_request(void *context, unsigned connection, char *out, size_t room)
{
    (void)connection;
    return http_write(out, room, "GET", context, NULL, NULL, NULL, NULL, 0);
}

static void
measure(const char *path)
{
    http_load load = {.port = site->port,
                      .connections = 32,
                      .seconds = 2,
                      .context = (void *)(uintptr_t)path,
                      .next = next_request};
    http_load_result result;
    assert_true(http_load_run(&load, &result));
    printf("%-12s %8.0f a second, %llu errors, %llu bytes a page, p99 %.1f ms\n", path,
           (double)result.requests / result.seconds, (unsigned long long)result.errors,
           (unsigned long long)(result.bytes / (result.requests + 1)), result.p99_ms);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_of_page),
        cmocka_unit_test(test_links_lead_to_pages_without_personal_texts),
        cmocka_unit_test(test_what_does_not_exist_is_not_found),
        cmocka_unit_test(test_parties_see_their_lease),
        cmocka_unit_test(test_offices_see_their_register),
        cmocka_unit_test(test_a_mark_can_be_checked_by_anybody),
        cmocka_unit_test(test_a_contract_is_made_from_rows),
        cmocka_unit_test(test_pages_let_writers_in),
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
    if (argc == 2 && strcmp(argv[1], "--measure") == 0) {
        static const char *const paths[] = {"/",        "/offers", "/offer/1",
                                            "/lease/1", "/books",  "/rules"};
        void *state = NULL;
        set_up(&state);
        for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
            measure(paths[i]);
        }
        return tear_down(&state);
    }
    return cmocka_run_group_tests_name("pages", tests, set_up, tear_down);
}
