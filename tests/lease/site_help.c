/* A site in this process: see site_help.h. */
#include "site_help.h"

#include "core/mem.h"
#include "domain/calendar_day.h"
#include "web/papers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

enum { ROOM = 1 << 22 };

#define MUST(call) assert_int_equal((call), RH_OK)

/* ---- rows into the database ---- */

static void
keep_private(site_help *s, int64_t id)
{
    rh_err err = {0};
    while (s->private_value < id) {
        char text[80];
        rh_keep_private_commitment c = {.id = ++s->private_value};
        snprintf(text, sizeof text, "%s%lld 13800138000 330101199001010010", SITE_CANARY,
                 (long long)c.id);
        rh_keep_private_value v = {.id = c.id, .kind = "name", .value = text};
        v.salt.byte[0] = 1;
        c.hash.byte[0] = 1;
        MUST(rh_db_add(s->db, RH_KEEP_private_commitment, &c, 0, &err));
        MUST(rh_db_add(s->db, RH_KEEP_private_value, &v, 0, &err));
    }
}

static void
keep_outcome(void *context, const rh_ask *ask, const rh_outcome *out)
{
    site_help *s = context;
    rh_err err = {0};
    if (out->n_rows == 0) {
        return;
    }
    int64_t seq = rh_row_head_of(out->row[0])->seq;
    rh_keep_journal line = {.seq = seq,
                            .recorded = rh_row_head_of(out->row[0])->recorded,
                            .actor = ask->actor,
                            .role = ask->role,
                            .name = rh_command_type(ask->kind)->name,
                            .arguments = "{}",
                            .entry = "{}"};
    line.salt.byte[0] = 1;
    for (size_t i = 0; i < out->n_rows; i++) {
        const rh_record_type *type = rh_row_type(out->row[i].kind);
        for (int k = 0; k < type->n; k++) {
            if (type->field[k].type == RH_FIELD_PRIVATE) {
                int64_t id = rh_record_number(out->row[i].record, &type->field[k]);
                keep_private(s, id == RH_NONE ? 0 : id);
            }
        }
    }
    if (rh_db_add(s->db, RH_KEEP_journal, &line, 0, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    for (size_t i = 0; i < out->n_rows; i++) {
        if (rh_db_add(s->db, rh_table_of_row(out->row[i].kind), out->row[i].record,
                      (seq << RH_DB_POSITION_BITS) + (int64_t)i, &err) != RH_OK) {
            fail_msg("%s", err.text);
        }
    }
}

/* ---- what is worth a page ---- */

static void
object(site_help *s, int64_t notice)
{
    rh_command_objection_raise c = {.notice = notice, .ground = ++s->t.private_value};
    small_must(&s->t, RH_DO_objection_raise, &c, s->t.village[0].supervisor,
               rh_role_supervisors);
}

static void
sign(site_help *s, int64_t lease, int64_t actor, int64_t role)
{
    rh_command_lease_sign c = {
        .lease = lease, .text = SMALL_GET(&s->t, lease, lease)->text, .mark = "ed25519:00"};
    small_must(&s->t, RH_DO_lease_sign, &c, actor, role);
}

/* A lease signed, on notice, filed, begun, and one payment received. */
static int64_t
found_lease(site_help *s, int household)
{
    small_township *t = &s->t;
    int64_t offer = small_open_offer(t, household);
    int64_t bid = small_bid(t, offer, t->lessee, INT64_C(1800001));
    small_days(t, 8);
    int64_t lease = small_match(t, offer, bid);
    for (int i = 0; i < t->household[household].n_adults; i++) {
        sign(s, lease, t->household[household].adult[i], rh_role_holder);
    }
    sign(s, lease, t->lessee, rh_role_lessee);
    sign(s, lease, t->village[0].council, rh_role_council);
    sign(s, lease, t->officer, rh_role_township);
    rh_command_lease_publicise publicise = {.lease = lease};
    publicise.text.byte[0] = 7;
    small_must(t, RH_DO_lease_publicise, &publicise, t->village[0].council, rh_role_council);
    small_days(t, 8);
    rh_command_lease_file file = {.lease = lease};
    small_must(t, RH_DO_lease_file, &file, t->officer, rh_role_township);
    small_days(t, 31);
    for (int64_t id = 1; id <= small_newest(t, RH_ROW_rent_line); id++) {
        const rh_row_rent_line *line = SMALL_GET(t, rent_line, id);
        if (line->lease == lease && line->due <= small_today(t)) {
            char reference[40];
            snprintf(reference, sizeof reference, "%s-%lld", SITE_CANARY, (long long)id);
            rh_command_receipt_post receipt = {
                .line = id, .amount_fen = line->amount_fen, .bank_ref = reference};
            small_must(t, RH_DO_receipt_post, &receipt, t->bank, rh_role_bank);
        }
    }
    return lease;
}

static void
found(site_help *s)
{
    small_township *t = &s->t;
    small_open_told(t, keep_outcome, s);
    s->scheme = small_active_scheme(t);
    s->active_lease = found_lease(s, 0);
    /* an offer that was objected to in vain */
    rh_command_offer_draft draft = small_offer(t, 1);
    draft.summary = "三间砖房，带院子，近公路。";
    s->open_offer = small_offer_to(t, 1, &draft, rh_offer_state_notice);
    object(s, small_newest(t, RH_ROW_notice));
    rh_command_objection_decide decide = {.objection = small_newest(t, RH_ROW_objection),
                                          .upheld = 0,
                                          .reply = SITE_CANARY "：不成立"};
    small_must(t, RH_DO_objection_decide, &decide, t->officer2, rh_role_township);
    small_days(t, 10);
    small_bid(t, s->open_offer, t->lessee2, INT64_C(2000000));
    /* a notice that runs */
    rh_command_scheme_draft next = small_scheme(t);
    small_scheme_to(t, &next, rh_scheme_state_publicised);
    small_days(t, 2);
}

/* ---- the site ---- */

static int64_t
now_of(void *context)
{
    return rh_clock_now(&((site_help *)context)->clock);
}

/* The token is the party's number; its account has the same number. */
static bool
bearer(void *context, const char *token, int64_t now_ms, int64_t *account, uint32_t *roles)
{
    site_help *s = (site_help *)(void *)((char *)context - offsetof(site_help, site));
    (void)now_ms;
    *account = strtoll(token, NULL, 10);
    const rh_registry *r = rh_service_read_begin(s->service);
    *roles = rh_accounts_roles(r, *account, rh_day_of_time(rh_clock_now(&s->clock)));
    rh_service_read_end(s->service);
    return true;
}

/* An account for every party, with its number. */
static void
keep_accounts(site_help *s)
{
    rh_err err = {0};
    for (int64_t party = 1; party <= rh_registry_count(s->t.registry, RH_ROW_party); party++) {
        char login[40];
        snprintf(login, sizeof login, "party%lld", (long long)party);
        rh_keep_account account = {.id = party,
                                   .login = login,
                                   .party = party,
                                   .password = "-",
                                   .role = RH_NONE,
                                   .place = RH_NONE,
                                   .changed = s->t.now,
                                   .changed_by = RH_NONE};
        MUST(rh_db_add(s->db, RH_KEEP_account, &account, 0, &err));
    }
}

void
site_open(site_help *s)
{
    rh_err err = {0};
    *s = (site_help){.memory = NULL};
    snprintf(s->folder, sizeof s->folder, "/tmp/ronghe_site_XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    snprintf(s->database, sizeof s->database, "%s/township.db", s->folder);
    MUST(rh_db_open(s->database, NULL, RH_DB_WRITE, &s->db, &err));
    MUST(rh_db_begin(s->db, &err));
    found(s);
    keep_accounts(s);
    MUST(rh_db_commit(s->db, &err));
    rh_db_close(s->db);
    rh_clock_set(&s->clock, s->t.now);
    small_close(&s->t);
    rh_service_options options = {.database = s->database, .clock = &s->clock};
    if (rh_service_open(&options, &s->service, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    uint8_t public_key[32];
    crypto_sign_keypair(public_key, s->signing_key);
    s->site = (rh_site){.service = s->service,
                        .clock = &s->clock,
                        .name = {[RH_ENGLISH] = "Small Town", [RH_CHINESE] = "小镇"},
                        .documents = s->folder,
                        .signing_key = s->signing_key};
    MUST(rh_accounts_load(s->service, &s->site.accounts, &err));
    size_t n;
    const rh_route *routes = rh_site_routes(&n);
    rh_server_options server = {.routes = routes,
                                .n_routes = n,
                                .error_page = rh_site_problem,
                                .context = &s->site,
                                .bearer = bearer,
                                .now = {now_of, s}};
    if (rh_server_start(&server, &s->server, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    s->port = rh_server_port(s->server);
    s->memory = malloc(ROOM);
    assert_non_null(s->memory);
}

void
site_close(site_help *s)
{
    char command[100];
    rh_server_stop(s->server);
    rh_accounts_free(s->site.accounts);
    rh_service_close(s->service);
    free(s->memory);
    snprintf(command, sizeof command, "rm -r %s", s->folder);
    assert_int_equal(system(command), 0);
}

http_reply
site_get(site_help *s, const char *path)
{
    return site_get_as(s, RH_NONE, path);
}

http_reply
site_get_as(site_help *s, int64_t party, const char *path)
{
    char request[2000], extra[80];
    snprintf(extra, sizeof extra, "Authorization: Bearer %lld\r\n", (long long)party);
    http_reply reply = {0};
    size_t size = http_write(request, sizeof request, "GET", path, NULL,
                             party == RH_NONE ? NULL : extra, NULL, NULL, 0);
    if (!http_call(s->port, request, size, s->memory, ROOM - 1, &reply)) {
        fail_msg("%s: no answer", path);
    }
    ((char *)(uintptr_t)reply.body)[reply.body_size] = '\0';
    return reply;
}
