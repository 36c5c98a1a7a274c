/* demo: a township of three villages with a year of activity behind it, for people who want to look around and for the tests of the program.
 *
 * Everything is done by the ordinary commands, by people who may, on a simulated clock; the same seed gives the same commands. Every state of a
 * scheme, an offer, a bid, a lease, a payout, an objection, a dispute and an inspection has been passed by something; all states of offers and leases
 * are still there at the end. Names are made up of common ones and belong to nobody. */
#include "core/random.h"
#include "http/totp.h"
#include "verbs/running.h"
#include "verbs/said.h"

#include "domain/calendar_day.h"
#include "domain/lists.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { VILLAGES = 3, HOUSES = 14, LESSEES = 12 };

static const int64_t minute = 60000, day_ms = 86400000;

typedef struct house {
    int64_t household, head, spouse, unit, account;
} house;

typedef struct village {
    int64_t place, collective, account;
    int64_t clerk, council, supervisor, treasurer, party_org;
    int64_t n_members;
    house house[HOUSES];
} village;

typedef struct story {
    rh_running r;
    rh_status status; /* the first failure ends the story */
    rh_err *err;
    rh_key key;
    uint64_t drawn;
    rh_done done; /* of the last command */
    int64_t place, officer, officer2, county, auditor, bank, court;
    int64_t source[rh_source_kind_count];
    int64_t lessee[LESSEES], lessee_account[LESSEES];
    int next_lessee, bank_ref;
    village village[VILLAGES];
    FILE *logins;
} story;

/* ---- telling ---- */

static int64_t
draw(story *s, int64_t n)
{
    return (int64_t)rh_below(rh_draw(s->key, s->drawn++), (uint64_t)n);
}

static int64_t
today(const story *s)
{
    return rh_day_of_time(rh_clock_now(&s->r.clock));
}

/* What an optional number says with 0 is "not said"; no command of this story means a 0. */
static void
tell(story *s, rh_command_kind kind, const rh_command *given, int64_t actor, int64_t role,
     size_t n_texts, const rh_private_text *text)
{
    if (s->status != RH_OK) {
        return;
    }
    rh_command command;
    const rh_record_type *type = rh_command_type(kind);
    memcpy(&command, given, type->size);
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        int64_t *number = (int64_t *)(void *)((char *)&command + f->offset);
        if (f->type == RH_FIELD_PRIVATE || (f->optional && f->type != RH_FIELD_TEXT &&
                                            f->type != RH_FIELD_HASH && *number == 0)) {
            *number = RH_NONE;
        }
    }
    rh_clock_set(&s->r.clock, rh_clock_now(&s->r.clock) + minute);
    rh_submission what = {
        .ask = {kind, &command, actor, role, 0}, .n_texts = n_texts, .text = text};
    s->status = rh_running_do(&s->r, &what, &s->done, s->err);
}

#define DO(s, name, actor, role, ...)                                                          \
    tell((s), RH_DO_##name, &(const rh_command){.name = {__VA_ARGS__}}, (actor),               \
         rh_role_##role, 0, NULL)
#define MADE(s, kind) ((s)->done.id[RH_ROW_##kind])

/* Morning after morning, so that what is due happens on its day. */
static void
wait_days(story *s, int64_t days)
{
    for (int64_t i = 0; s->status == RH_OK && i < days; i++) {
        rh_clock_set(&s->r.clock, (today(s) + 1) * day_ms + 60 * minute);
        s->status = rh_service_wake(s->r.service, s->err);
    }
}

static rh_hash
hash_of(const char *what, int64_t n)
{
    char text[80];
    rh_hash hash;
    snprintf(text, sizeof text, "ronghe-lease demo %s %" PRId64, what, n);
    crypto_hash_sha256(hash.byte, (const unsigned char *)text, strlen(text));
    return hash;
}

/* ---- people ---- */

static int64_t
party(story *s, int64_t kind, int64_t place, const char *name)
{
    const rh_private_text text = {"name", name};
    const rh_command c = {.party_add = {.kind = kind, .place = place}};
    bool first = s->officer == 0;
    tell(s, RH_DO_party_add, &c, first ? RH_NONE : s->officer,
         first ? rh_role_system : rh_role_township, 1, &text);
    return MADE(s, party);
}

static int64_t
person(story *s, int64_t place)
{
    static const char *const family[] = {"王", "李", "张", "刘", "陈", "杨",
                                         "赵", "黄", "周", "吴", "徐", "孙"};
    static const char *const given[] = {"秀英", "建国", "桂兰", "志明", "玉珍", "海涛",
                                        "春梅", "永福", "小芳", "德顺", "文静", "国强"};
    char name[32];
    snprintf(name, sizeof name, "%s%s", family[draw(s, 12)], given[draw(s, 12)]);
    return party(s, rh_party_kind_person, place, name);
}

/* A login of the demonstration: its password and secret are printed, so that anybody can be anybody. */
static void
login(story *s, const char *name, int64_t who, const char *what)
{
    char password[32], hash[RH_PASSWORD_HASH], base32[RH_TOTP_BASE32], code[7];
    uint8_t secret[RH_TOTP_SECRET], seed[32] = {0};
    int64_t id;
    if (s->status != RH_OK) {
        return;
    }
    for (int i = 0; i < 4; i++) {
        uint64_t bits = rh_draw(s->key, s->drawn++);
        memcpy(seed + 8 * i, &bits, sizeof bits);
    }
    snprintf(password, sizeof password, "demo-%02x%02x-%02x%02x", seed[0], seed[1], seed[2],
             seed[3]);
    memcpy(secret, seed + 8, sizeof secret);
    if (crypto_pwhash_str(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
        s->status = rh_fail(s->err, RH_MEMORY, "Not enough memory to hash a password.");
        return;
    }
    s->status = rh_totp_base32(secret, base32, s->err);
    s->status = s->status == RH_OK ? rh_accounts_add(s->r.accounts, name, who, hash, secret,
                                                     rh_clock_now(&s->r.clock), &id, s->err)
                                   : s->status;
    if (s->status == RH_OK) {
        rh_clock machine = {0};
        rh_totp_code(secret, sizeof secret, rh_clock_now(&machine) / 1000 / RH_TOTP_STEP_S,
                     code);
        printf("%-14s %-16s %s  %s  %s\n", name, password, base32, code, what);
        fprintf(s->logins, "%s,%s,%s,%" PRId64 ",%s\n", name, password, base32, who, what);
    }
}

static int64_t
officer(story *s, int64_t role, int64_t place)
{
    int64_t who = person(s, place);
    const rh_command c = {.role_grant_add = {.party = who, .role = role, .place = place}};
    bool first = s->officer == 0;
    tell(s, RH_DO_role_grant_add, &c, first ? RH_NONE : s->officer,
         first ? rh_role_system : rh_role_township, 0, NULL);
    return who;
}

static int64_t
account(story *s, int64_t who, int64_t kind)
{
    char number[32];
    snprintf(number, sizeof number, "6200%012" PRId64, draw(s, INT64_C(999999999999)));
    const rh_private_text text = {"number", number};
    const rh_command c = {.bank_account_add = {.party = who, .kind = kind}};
    tell(s, RH_DO_bank_account_add, &c, s->officer, rh_role_township, 1, &text);
    return MADE(s, bank_account);
}

static void
found(story *s, const char *code, const char *name)
{
    const rh_command c = {
        .place_add = {.code = code, .level = rh_level_township, .name = name}};
    tell(s, RH_DO_place_add, &c, RH_NONE, rh_role_system, 0, NULL);
    s->place = MADE(s, place);
    s->officer = officer(s, rh_role_township, s->place);
    s->officer2 = officer(s, rh_role_township, s->place);
    s->county = officer(s, rh_role_county, s->place);
    s->auditor = officer(s, rh_role_auditor, s->place);
    s->bank = officer(s, rh_role_bank, s->place);
    s->court = party(s, rh_party_kind_court, s->place, "县人民法院");
    DO(s, role_grant_add, s->officer, township, .party = s->court, .role = rh_role_court,
       .place = s->place);
    for (int kind = 0; kind < rh_source_kind_count; kind++) {
        DO(s, source_add, s->officer, township, .kind = kind,
           .document = hash_of("source", kind), .dated = today(s), .place = s->place);
        s->source[kind] = MADE(s, source);
    }
    DO(s, parameter_set, s->officer, township, .place = s->place,
       .key = rh_parameter_area_cap_cm2, .value = 1400000, .source = "省宅基地管理办法（演示）",
       .from = today(s));
    DO(s, parameter_set, s->officer, township, .place = s->place,
       .key = rh_parameter_house_price_fen_m2, .value = 300000, .source = "演示数据",
       .from = today(s));
    for (int i = 0; i < LESSEES; i++) {
        s->lessee[i] = person(s, s->place);
        s->lessee_account[i] = account(s, s->lessee[i], rh_bank_kind_personal);
    }
}

static int64_t
villager(story *s, village *v, int64_t household, bool head)
{
    int64_t who = person(s, v->place);
    DO(s, household_member_add, s->officer, township, .household = household, .person = who,
       .right_holder = 1, .head = head, .born = rh_day_of(1955 + (int)draw(s, 40), 3, 1),
       .capacity = rh_capacity_full);
    DO(s, membership_add, s->officer, township, .collective = v->collective, .person = who,
       .source = s->source[rh_source_kind_resolution], .from = today(s));
    v->n_members++;
    return who;
}

static void
settle_house(story *s, village *v, int n)
{
    house *h = &v->house[n];
    char name[40], number[24];
    snprintf(name, sizeof name, "第%d户", n + 1);
    snprintf(number, sizeof number, "JC%05d", n + 1);
    h->household = party(s, rh_party_kind_household, v->place, name);
    h->head = villager(s, v, h->household, true);
    h->spouse = n % 2 == 0 ? villager(s, v, h->household, false) : 0;
    h->account = account(s, h->head, rh_bank_kind_personal);
    DO(s, parcel_add, s->officer, township, .village = v->place, .number = number,
       .area_cm2 = 900000 + 10000 * draw(s, 40));
    int64_t parcel = MADE(s, parcel);
    DO(s, building_add, s->officer, township, .parcel = parcel, .year = 1985 + draw(s, 30),
       .floors = 1 + draw(s, 3), .area_cm2 = 800000 + 10000 * draw(s, 80),
       .safety = rh_safety_b, .source = s->source[rh_source_kind_report]);
    DO(s, baunit_add, s->officer, township, .parcel = parcel, .building = MADE(s, building),
       .household = h->household, .collective = v->collective,
       .source = s->source[rh_source_kind_certificate]);
    h->unit = MADE(s, baunit);
}

static void
settle_village(story *s, int n, const char *code, const char *name)
{
    village *v = &s->village[n];
    char whole[80];
    DO(s, place_add, s->officer, township, .code = code, .level = rh_level_village,
       .parent = s->place, .name = name);
    v->place = MADE(s, place);
    snprintf(whole, sizeof whole, "%s股份经济合作社", name);
    v->collective = party(s, rh_party_kind_collective, v->place, whole);
    v->account = account(s, v->collective, rh_bank_kind_collective);
    v->clerk = officer(s, rh_role_clerk, v->place);
    v->council = officer(s, rh_role_council, v->place);
    v->supervisor = officer(s, rh_role_supervisors, v->place);
    v->treasurer = officer(s, rh_role_treasurer, v->place);
    v->party_org = officer(s, rh_role_party_org, v->place);
    for (int i = 0; i < HOUSES; i++) {
        settle_house(s, v, i);
    }
}

/* ---- schemes ---- */

static int64_t
draft_scheme(story *s, const village *v, int64_t purpose)
{
    DO(s, scheme_draft, v->council, council, .collective = v->collective, .purpose = purpose,
       .uses = (1 << rh_lessee_use_count) - 1, .farmer_bp = 7000, .collective_bp = 2000,
       .reserve_bp = 1000, .floor_fen_m2_year = 3000, .notice_days = 7,
       .collective_role = rh_collective_role_witness, .text = hash_of("scheme", v->place));
    return MADE(s, scheme);
}

/* Drafted, discussed, called for the day in ten days; the meeting. */
static int64_t
called_scheme(story *s, const village *v, int64_t purpose, int64_t *meeting)
{
    int64_t scheme = draft_scheme(s, v, purpose);
    DO(s, scheme_discuss, v->party_org, party_org, .scheme = scheme,
       .source = s->source[rh_source_kind_minutes]);
    DO(s, scheme_call, v->council, council, .scheme = scheme, .kind = rh_meeting_kind_assembly,
       .held = today(s) + 10, .papers = today(s));
    *meeting = MADE(s, meeting);
    return scheme;
}

static void
count(story *s, const village *v, int64_t meeting, bool passes)
{
    int64_t n = v->n_members, yes = passes ? n - n / 5 : n / 3;
    DO(s, meeting_count, v->supervisor, supervisors, .meeting = meeting, .attended = n,
       .yes = yes, .no = n - yes, .minutes = s->source[rh_source_kind_minutes]);
}

static void
activate(story *s, int64_t scheme)
{
    DO(s, scheme_file, s->officer, township, .scheme = scheme);
    DO(s, scheme_activate, s->officer, township, .scheme = scheme);
}

static void
adopt_schemes(story *s)
{
    int64_t scheme[VILLAGES], meeting[VILLAGES];
    for (int round = 0; round < 2; round++) { /* the second supersedes the first */
        for (int i = 0; i < VILLAGES; i++) {
            scheme[i] =
                called_scheme(s, &s->village[i], rh_scheme_purpose_homestead_use, &meeting[i]);
        }
        wait_days(s, 10);
        for (int i = 0; i < VILLAGES; i++) {
            count(s, &s->village[i], meeting[i], true);
            DO(s, scheme_publicise, s->village[i].council, council, .scheme = scheme[i]);
        }
        wait_days(s, 9);
        for (int i = 0; i < VILLAGES; i++) {
            activate(s, scheme[i]);
        }
    }
}

/* In the last weeks the third village deliberates about its construction land: one scheme in every state. */
static void
deliberate(story *s)
{
    const village *v = &s->village[2];
    int64_t scheme[5], meeting[5];
    for (int i = 0; i < 5; i++) {
        scheme[i] = called_scheme(s, v, rh_scheme_purpose_construction_land, &meeting[i]);
    }
    wait_days(s, 10);
    for (int i = 0; i < 5; i++) {
        count(s, v, meeting[i], i != 0); /* 0 failed */
    }
    for (int i = 2; i < 4; i++) { /* 1 passed */
        DO(s, scheme_publicise, v->council, council, .scheme = scheme[i]);
    }
    DO(s, scheme_annul, s->court, court, .scheme = scheme[4],
       .source = s->source[rh_source_kind_order]);
    int64_t dropped = draft_scheme(s, v, rh_scheme_purpose_construction_land);
    DO(s, scheme_drop, v->council, council, .scheme = dropped);
    wait_days(s, 9);
    DO(s, scheme_file, s->officer, township, .scheme = scheme[2]); /* 3 stays publicised */
}

static void
last_schemes(story *s)
{
    const village *v = &s->village[2];
    int64_t unused;
    called_scheme(s, v, rh_scheme_purpose_construction_land, &unused);
    draft_scheme(s, v, rh_scheme_purpose_construction_land);
    int64_t discussed = draft_scheme(s, v, rh_scheme_purpose_construction_land);
    DO(s, scheme_discuss, v->party_org, party_org, .scheme = discussed,
       .source = s->source[rh_source_kind_minutes]);
}

/* ---- offers ---- */

static int64_t
draft_offer(story *s, const house *h, int64_t months)
{
    DO(s, offer_draft, h->head, holder_rep, .baunit = h->unit,
       .asking_fen_year = 1000000 + 50000 * draw(s, 20), .months = months,
       .uses = 1 << rh_lessee_use_residence | 1 << rh_lessee_use_homestay |
               1 << rh_lessee_use_studio,
       .deposit_fen = 100000, .other_housing = 1,
       .title = s->source[rh_source_kind_certificate],
       .summary = "院落完整，通水通电，距公交站步行十分钟。",
       .housing_source = s->source[rh_source_kind_statement]);
    return MADE(s, offer);
}

/* The steps of an offer up to a state. */
static int64_t
offer_to(story *s, const village *v, const house *h, int64_t months, int64_t state)
{
    int64_t offer = draft_offer(s, h, months);
    if (state >= rh_offer_state_consented) {
        DO(s, offer_consent, h->head, holder, .offer = offer, .person = h->head, .warned = 1);
        if (h->spouse != 0) {
            DO(s, offer_consent, h->spouse, holder, .offer = offer, .person = h->spouse,
               .warned = 1);
        }
    }
    if (state >= rh_offer_state_verified) {
        DO(s, offer_verify, v->clerk, clerk, .offer = offer);
    }
    if (state >= rh_offer_state_acknowledged) {
        DO(s, offer_acknowledge, v->council, council, .offer = offer);
    }
    if (state >= rh_offer_state_notice) {
        DO(s, offer_review, s->officer, township, .offer = offer,
           .text = hash_of("notice", offer));
    }
    return offer;
}

static int64_t
bid(story *s, int64_t offer, int64_t lessee, int64_t fen_year)
{
    DO(s, bid_place, lessee, lessee, .offer = offer, .fen_year = fen_year,
       .purpose = rh_lessee_use_residence);
    return MADE(s, bid);
}

/* ---- leases ---- */

typedef struct tenancy {
    const village *v;
    const house *h;
    int64_t offer, lease, lessee, lessee_account, fen_year;
} tenancy;

/* Offers of the first n houses of a village, all on notice at once; then bids and matches. */
static void
match_houses(story *s, const village *v, int first, int n, const int64_t *months,
             int64_t start_in, int64_t period, tenancy *out)
{
    for (int i = 0; i < n; i++) {
        out[i] = (tenancy){.v = v, .h = &v->house[first + i]};
        out[i].offer = offer_to(s, v, out[i].h, months[i], rh_offer_state_notice);
    }
    wait_days(s, 18); /* seven days of notice, seven of members' priority */
    for (int i = 0; i < n; i++) {
        int l = s->next_lessee++ % LESSEES;
        out[i].lessee = s->lessee[l];
        out[i].lessee_account = s->lessee_account[l];
        out[i].fen_year = 2000000 + 12 * 1000 * draw(s, 100);
        int64_t other =
            bid(s, out[i].offer, s->lessee[(l + 1) % LESSEES], out[i].fen_year - 12000);
        int64_t best = bid(s, out[i].offer, out[i].lessee, out[i].fen_year);
        if (i % 3 == 0) {
            DO(s, bid_withdraw, s->lessee[(l + 1) % LESSEES], lessee, .bid = other);
        }
        DO(s, offer_match, out[i].h->head, holder_rep, .offer = out[i].offer, .bid = best,
           .start = today(s) + start_in, .step_bp = 300, .step_years = 3,
           .period_months = period, .text = hash_of("lease", out[i].offer));
        out[i].lease = MADE(s, lease);
    }
}

static void
sign(story *s, const tenancy *t)
{
    const rh_hash text = hash_of("lease", t->offer);
    DO(s, lease_sign, t->h->head, holder, .lease = t->lease, .text = text, .mark = "demo");
    if (t->h->spouse != 0) {
        DO(s, lease_sign, t->h->spouse, holder, .lease = t->lease, .text = text,
           .mark = "demo");
    }
    DO(s, lease_sign, t->lessee, lessee, .lease = t->lease, .text = text, .mark = "demo");
    DO(s, lease_sign, t->v->council, council, .lease = t->lease, .text = text, .mark = "demo");
    DO(s, lease_sign, s->officer, township, .lease = t->lease, .text = text, .mark = "demo");
}

static void
publicise(story *s, const tenancy *t)
{
    DO(s, lease_publicise, t->v->council, council, .lease = t->lease,
       .text = hash_of("result", t->lease));
}

/* Pay what is due of a lease by today. */
static void
pay(story *s, const tenancy *t)
{
    for (bool more = true; more && s->status == RH_OK;) {
        int64_t line = 0, fen = 0;
        const rh_registry *r = rh_service_read_begin(s->r.service);
        for (int64_t id = r != NULL ? rh_first(r, RH_BY_rent_line_lease, t->lease) : 0; id != 0;
             id = rh_next(r, RH_BY_rent_line_lease, id)) {
            const rh_row_rent_line *l = RH_OBJECT(r, rent_line, id);
            int64_t open = l->amount_fen - rh_received(r, id);
            if (l->due <= today(s) && open > 0 && l->cancelled != 1 && line == 0 &&
                (l->kind == rh_line_kind_rent || l->kind == rh_line_kind_deposit)) {
                line = id;
                fen = open;
            }
        }
        rh_service_read_end(s->r.service);
        more = line != 0;
        if (more) {
            char reference[32];
            snprintf(reference, sizeof reference, "DEMO%08d", ++s->bank_ref);
            DO(s, receipt_post, s->bank, bank, .line = line, .amount_fen = fen,
               .bank_ref = reference);
        }
    }
}

/* Pay out what a side of a lease has in its account. */
static int64_t
propose(story *s, const tenancy *t, int64_t payee, int64_t from, int64_t to)
{
    const rh_registry *r = rh_service_read_begin(s->r.service);
    int64_t fen = r != NULL ? -rh_balance(r, t->lease, (enum rh_account_code)from) : 0;
    rh_service_read_end(s->r.service);
    if (fen <= 0) {
        return 0;
    }
    DO(s, payout_propose, t->v->treasurer, treasurer, .lease = t->lease, .payee = payee,
       .amount_fen = fen, .account = to);
    return MADE(s, payout);
}

static void
pay_out(story *s, const tenancy *t, bool whole)
{
    int64_t payout[3] = {
        propose(s, t, rh_payee_farmer, rh_account_farmer, t->h->account),
        propose(s, t, rh_payee_collective, rh_account_collective, t->v->account),
        propose(s, t, rh_payee_reserve, rh_account_reserve, t->v->account)};
    for (int i = 0; i < 3 && whole; i++) {
        if (payout[i] != 0) {
            char reference[32];
            DO(s, payout_approve, t->v->supervisor, supervisors, .payout = payout[i]);
            snprintf(reference, sizeof reference, "OUT%08d", ++s->bank_ref);
            DO(s, payout_reconcile, s->bank, bank, .payout = payout[i], .bank_ref = reference);
        }
    }
}

static void
hand_back(story *s, const tenancy *t)
{
    DO(s, lease_hand_back, s->officer, township, .lease = t->lease,
       .source = s->source[rh_source_kind_report]);
}

static void
settle(story *s, const tenancy *t)
{
    DO(s, lease_settle, s->officer, township, .lease = t->lease);
}

static void
give_deposit_back(story *s, const tenancy *t)
{
    int64_t payout = propose(s, t, rh_payee_lessee, rh_account_lessee, t->lessee_account);
    if (payout != 0) {
        DO(s, payout_approve, t->v->supervisor, supervisors, .payout = payout);
    }
}

/* The first village's leases, begun early in the year: half a year, a year, five, ten, twenty years. */
static void
first_leases(story *s, tenancy t[10])
{
    static const int64_t months[10] = {6, 6, 6, 6, 12, 60, 120, 120, 120, 240};
    match_houses(s, &s->village[0], 0, 10, months, 25, 3, t);
    for (int i = 0; i < 10; i++) {
        sign(s, &t[i]);
        publicise(s, &t[i]);
    }
    wait_days(s, 9);
    for (int i = 0; i < 10; i++) {
        DO(s, lease_file, s->officer, township, .lease = t[i].lease);
    }
    wait_days(s, 16);
    for (int i = 0; i < 10; i++) {
        pay(s, &t[i]);
    }
    pay_out(s, &t[5], true);
}

static void
through_the_year(story *s, tenancy t[10])
{
    for (int quarter = 0; quarter < 2; quarter++) {
        wait_days(s, 93);
        for (int i = 0; i < 10; i++) {
            if (i != 6) { /* it falls into arrears */
                pay(s, &t[i]);
                pay_out(s, &t[i], quarter == 0 || (i != 8 && i != 4));
            }
        }
    }
    /* 0 expired, 1 handed back, 2 settled, 3 closed; 4 expiring; 5 terminated; 6 arrears; 7 unsafe; 8 void; 9 active */
    for (int i = 1; i < 4; i++) {
        hand_back(s, &t[i]);
    }
    for (int i = 2; i < 4; i++) {
        settle(s, &t[i]);
    }
    give_deposit_back(s, &t[3]);
    DO(s, lease_close, s->officer, township, .lease = t[3].lease);
    DO(s, lease_terminate, s->officer, township, .lease = t[5].lease,
       .ground = rh_termination_ground_mutual, .source = s->source[rh_source_kind_contract]);
    DO(s, lease_unsafe, t[7].v->clerk, clerk, .lease = t[7].lease,
       .source = s->source[rh_source_kind_report]);
    DO(s, lease_void, s->court, court, .lease = t[8].lease,
       .source = s->source[rh_source_kind_order]);
    int64_t refused = propose(s, &t[9], rh_payee_farmer, rh_account_farmer, t[9].h->account);
    if (refused != 0) {
        DO(s, payout_refuse, t[9].v->supervisor, supervisors, .payout = refused);
    }
    const rh_private_text ground = {"ground", "对维修费用有争议"};
    const rh_command c = {.dispute_open = {.object = rh_object_kind_lease,
                                           .object_id = t[9].lease,
                                           .contested_fen = 50000,
                                           .contested_of = rh_payee_collective}};
    tell(s, RH_DO_dispute_open, &c, t[9].lessee, rh_role_lessee, 1, &ground);
    int64_t dispute = MADE(s, dispute);
    DO(s, dispute_close, s->county, county, .dispute = dispute, .outcome = rh_outcome_settled,
       .source = s->source[rh_source_kind_contract]);
    DO(s, inspection_open, s->county, county, .lease = t[9].lease, .flag = rh_flag_manual,
       .finding = "例行检查");
    DO(s, inspection_close, s->county, county, .inspection = MADE(s, inspection),
       .finding = "未发现问题");
    DO(s, inspection_open, s->county, county, .lease = t[4].lease, .flag = rh_flag_manual,
       .finding = "群众来电反映");
    tell(s, RH_DO_dispute_open, &c, t[9].lessee, rh_role_lessee, 1, &ground);
    DO(s, sublet_ask, t[9].lessee, lessee, .lease = t[9].lease,
       .sublessee = s->lessee[LESSEES - 1], .start = today(s) + 30, .end = today(s) + 395,
       .purpose = rh_lessee_use_residence);
}

/* The second village: leases that are just being made. */
static void
new_leases(story *s, tenancy t[5])
{
    static const int64_t months[5] = {120, 120, 60, 240, 36};
    match_houses(s, &s->village[1], 0, 5, months, 60, 6, t);
    DO(s, lease_drop, t[0].lessee, lessee, .lease = t[0].lease);
    for (int i = 2; i < 5; i++) { /* 1 stays negotiated */
        sign(s, &t[i]);
    }
    publicise(s, &t[3]);
    publicise(s, &t[4]);
    wait_days(s, 9);
    DO(s, lease_file, s->officer, township,
       .lease = t[4].lease); /* 2 stays signed, 3 on notice */
}

static int64_t
notice_of(const story *s, int64_t offer)
{
    const rh_registry *r = rh_service_read_begin(s->r.service);
    int64_t found_id = 0;
    for (int64_t id = 1; r != NULL && id <= rh_registry_count(r, RH_ROW_notice); id++) {
        const rh_row_notice *n = RH_OBJECT(r, notice, id);
        found_id = n->object == rh_notice_object_offer && n->object_id == offer ? id : found_id;
    }
    rh_service_read_end(s->r.service);
    return found_id;
}

static void
object_to(story *s, const village *v, int64_t offer, const char *why)
{
    const rh_private_text ground = {"ground", why};
    const rh_command c = {.objection_raise = {.notice = notice_of(s, offer)}};
    tell(s, RH_DO_objection_raise, &c, v->house[13].head, rh_role_member, 1, &ground);
}

/* The third village: an offer in every state. One draft lapses in the course of the year; these two go on notice some weeks before the end. */
static void
offers_on_notice(story *s)
{
    const village *v = &s->village[2];
    int64_t refused;
    int64_t opens = offer_to(s, v, &v->house[1], 120, rh_offer_state_notice);
    refused = offer_to(s, v, &v->house[2], 120, rh_offer_state_notice);
    wait_days(s, 1);
    object_to(s, v, refused, "围墙占用公共通道");
    DO(s, objection_decide, s->officer2, township, .objection = MADE(s, objection), .upheld = 1,
       .reply = "经勘查属实。");
    object_to(s, v, opens, "租金偏低");
    DO(s, objection_decide, s->officer2, township, .objection = MADE(s, objection),
       .reply = "不低于方案底价。");
}

static void
last_offers(story *s)
{
    static const int64_t state[] = {rh_offer_state_notice,       rh_offer_state_notice,
                                    rh_offer_state_acknowledged, rh_offer_state_verified,
                                    rh_offer_state_consented,    rh_offer_state_draft};
    const village *v = &s->village[2];
    for (int i = 0; i < 6; i++) {
        int64_t offer = offer_to(s, v, &v->house[3 + i], 120, state[i]);
        if (i == 0) {
            object_to(s, v, offer, "担心影响邻居采光");
        }
    }
    int64_t offer = offer_to(s, v, &v->house[9], 120, rh_offer_state_consented);
    DO(s, offer_withdraw, v->house[9].head, holder_rep, .offer = offer);
}

/* ---- the whole year ---- */

static void
live_a_year(story *s)
{
    tenancy first[10], second[5];
    found(s, "330199101", "河口镇");
    settle_village(s, 0, "330199101201", "南塘村");
    settle_village(s, 1, "330199101202", "北溪村");
    settle_village(s, 2, "330199101203", "东岭村");
    adopt_schemes(s);
    draft_offer(s, &s->village[2].house[0], 120); /* lapses */
    first_leases(s, first);
    through_the_year(s, first);
    deliberate(s);
    offers_on_notice(s);
    new_leases(s, second);
    last_schemes(s);
    last_offers(s);
}

static void
open_accounts(story *s, const char *folder)
{
    char path[RH_TOWNSHIP_TEXT + 32], token[RH_TOKEN];
    int64_t id;
    if (s->status != RH_OK) {
        return;
    }
    snprintf(path, sizeof path, "%s/logins.csv", folder);
    mode_t mask = umask(0077);
    s->logins = fopen(path, "we");
    umask(mask);
    if (s->logins == NULL) {
        s->status = rh_fail(s->err, RH_IO, "%s cannot be made.", path);
        return;
    }
    fputs("login,password,secret,party,who\n", s->logins);
    const village *v = &s->village[0];
    const struct {
        const char *name;
        int64_t who;
        const char *what;
    } all[] = {{"township", s->officer, "乡镇经办 township officer"},
               {"township2", s->officer2, "乡镇经办 township officer"},
               {"county", s->county, "县级主管 county officer"},
               {"auditor", s->auditor, "审计 auditor"},
               {"court", s->court, "法院 court"},
               {"clerk", v->clerk, "村级经办员 village clerk"},
               {"council", v->council, "理事会 council"},
               {"supervisor", v->supervisor, "监事会 supervisory board"},
               {"treasurer", v->treasurer, "财务 treasurer"},
               {"party", v->party_org, "村党组织 Party organisation"},
               {"household", v->house[0].head, "户代表 representative of a household"},
               {"holder", v->house[0].spouse, "使用权人 right-holder"},
               {"member", v->house[1].head, "集体成员 member"},
               {"lessee", s->lessee[0], "承租人 lessee"}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        login(s, all[i].name, all[i].who, all[i].what);
    }
    if (s->status == RH_OK) {
        s->status = rh_accounts_create_machine(s->r.accounts, "bank", s->bank, RH_NONE,
                                               rh_clock_now(&s->r.clock), token, &id, s->err);
    }
    if (s->status == RH_OK) {
        printf("%-14s %s  银行入账 bank import (Authorization: Bearer)\n", "bank", token);
        fprintf(s->logins, "bank,%s,,%" PRId64 ",bank\n", token, s->bank);
    }
    if (fclose(s->logins) != 0 && s->status == RH_OK) {
        s->status = rh_fail(s->err, RH_IO, "%s cannot be written.", path);
    }
}

rh_status
rh_verb_demo(const rh_said *said, rh_err *err)
{
    int64_t seed = 1;
    rh_clock machine = {0};
    if (said->seed != NULL) {
        RH_TRY(rh_said_number("--seed", said->seed, 0, INT64_MAX, &seed, err));
    }
    rh_new_township made = {.folder = said->what[0],
                            .name_zh = "河口镇（演示）",
                            .name_en = "Hekou (demonstration)",
                            .origin = "demo.township/ronghe",
                            .listen = "127.0.0.1:8080"};
    story s = {.err = err, .key = rh_key_with(20260301, (uint64_t)seed)};
    /* The story takes some 315 days; it ends shortly before the present day. */
    int64_t begins = rh_clock_now(&machine) / day_ms - 320;
    RH_TRY(rh_township_make(&made, err));
    RH_TRY(rh_running_open(made.folder, begins * day_ms + 60 * minute, &s.r, err));
    live_a_year(&s);
    open_accounts(&s, made.folder);
    int64_t seq = rh_service_count(s.r.service).seq;
    char key[RH_KEY_TEXT] = "";
    if (s.status == RH_OK) {
        s.status = rh_township_key(&s.r.file, key, err);
    }
    rh_status closed = rh_running_close(&s.r, s.status == RH_OK ? err : NULL);
    RH_TRY(s.status);
    RH_TRY(closed);
    printf("%s %s\n", rh_in(said, "Public key of the log:", "公开日志的公钥："), key);
    RH_SAY(
        said,
        "%lld commands. Passwords and secrets are also in %s/logins.csv. Next: ronghe-lease "
        "serve %s\n",
        "共 %lld 条命令。口令与动态口令密钥也在 %s/logins.csv。下一步：ronghe-lease serve %s\n",
        (long long)seq, made.folder, made.folder);
    return RH_OK;
}
