/* A bench for tests of leases: one village with one house on offer, made of rows directly, so that these tests want no other rule. Every command that
 * is carried out on it is checked (bench_audit): journals sum to 0, escrow is what came in less what went out and never below 0, splits sum to their
 * receipt, leases move as their rules say, and a second registry that only sees the rows has the same books. */
#ifndef RH_TESTS_LEASE_BENCH_H
#define RH_TESTS_LEASE_BENCH_H

#include "domain/calendar_day.h"
#include "domain/lease_life.h"
#include "domain/rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TOWN = 1, VILLAGE };
enum {
    OFFICER = 1, /* of the township */
    COUNCILLOR,
    TREASURER,
    SUPERVISOR,
    BANK,
    AUDITOR,
    COURT,
    COUNTY,
    HOUSE, /* the household, with three adult right-holders */
    ANA,   /* its representative */
    BEN,
    CEN, /* without capacity: GUS acts */
    GUS,
    VILLAGERS,   /* the collective */
    LI,          /* the lessee */
    MA,          /* another person */
    OFFICER_2,   /* of the township, kin of ANA */
    SUPERVISOR_2 /* kin of the treasurer */
};
enum { ORDER = 1, CONTRACT, REPORT }; /* sources */
enum {
    ACCOUNT_ANA = 1,
    ACCOUNT_VILLAGERS,
    ACCOUNT_VILLAGERS_PRIVATE,
    ACCOUNT_TREASURER,
    ACCOUNT_LI
};

typedef struct bench {
    rh_registry *r, *mirror;
    rh_outcome out;
    int64_t time;
    int64_t lease;
    int64_t received, paid; /* fen, by the audit */
    rh_err err;
} bench;

static inline int64_t
bench_day(int y, int m, int d)
{
    return rh_day_of(y, m, d);
}

static inline void
bench_go(bench *b, int64_t day)
{
    int64_t time = (day * 24 + 1) * INT64_C(3600000); /* nine in the morning, UTC+8 */
    assert_true(time >= b->time);
    b->time = time;
}

static inline int64_t
bench_today(const bench *b)
{
    return rh_day_of_time(b->time);
}

/* ---- rows ---- */

static inline void
bench_blank(rh_row_kind kind, void *record)
{
    const rh_record_type *type = rh_row_type(kind);
    memset(record, 0, type->size);
    for (int i = 0; i < type->n; i++) {
        if (type->field[i].type != RH_FIELD_TEXT && type->field[i].type != RH_FIELD_HASH) {
            *(int64_t *)(void *)((char *)record + type->field[i].offset) = RH_NONE;
        }
    }
}

static inline int64_t
bench_put(bench *b, rh_row_kind kind, void *record)
{
    rh_row_head *head = record;
    *head = (rh_row_head){rh_registry_count(b->r, kind) + 1,
                          1,
                          rh_registry_seq(b->r) + 1,
                          b->time,
                          bench_day(2000, 1, 1),
                          RH_NONE};
    assert_int_equal(rh_registry_apply(b->r, (rh_row){kind, record}, &b->err), RH_OK);
    assert_int_equal(rh_registry_apply(b->mirror, (rh_row){kind, record}, &b->err), RH_OK);
    return head->id;
}

/* PUT(b, kind, .field = value, …); fields not named are not said. */
#define PUT(b, kind, ...) bench_put_##kind((b), (const rh_row_##kind){__VA_ARGS__})
#define PUTTER(kind)                                                                           \
    static inline int64_t bench_put_##kind(bench *b, rh_row_##kind given)                      \
    {                                                                                          \
        rh_row_##kind row;                                                                     \
        bench_blank(RH_ROW_##kind, &row);                                                      \
        const rh_record_type *type = rh_row_type(RH_ROW_##kind);                               \
        for (int i = 6; i < type->n; i++) { /* what was named: not zero */                     \
            size_t at = type->field[i].offset;                                                 \
            bool hash = type->field[i].type == RH_FIELD_HASH;                                  \
            if (hash || *(int64_t *)(void *)((char *)&given + at) != 0 ||                      \
                !type->field[i].optional) {                                                    \
                memcpy((char *)&row + at, (char *)&given + at, hash ? 32 : 8);                 \
            }                                                                                  \
        }                                                                                      \
        return bench_put(b, RH_ROW_##kind, &row);                                              \
    }
PUTTER(place)
PUTTER(party)
PUTTER(role_grant)
PUTTER(kin)
PUTTER(source)
PUTTER(household_member)
PUTTER(bank_account)
PUTTER(parcel)
PUTTER(building)
PUTTER(baunit)
PUTTER(scheme)
PUTTER(offer)
PUTTER(consent)
PUTTER(bid)
PUTTER(lease)
PUTTER(parameter)
PUTTER(mandate)
PUTTER(membership)

static inline rh_hash
bench_hash(int n)
{
    rh_hash h = {{0}};
    h.byte[0] = (uint8_t)n;
    h.byte[31] = 1;
    return h;
}

static inline void
bench_set(bench *b, int64_t key, int64_t value)
{
    PUT(b, parameter, .place = TOWN, .key = key, .value = value, .source = "test");
}

/* A lease in negotiation on the house; terms can be changed by the caller before bench_lease. */
static inline rh_row_lease
bench_terms(int64_t start, int64_t end)
{
    return (rh_row_lease){.village = VILLAGE,
                          .offer = 1,
                          .baunit = 1,
                          .household = HOUSE,
                          .lessee = LI,
                          .collective = VILLAGERS,
                          .collective_role = rh_collective_role_party,
                          .state = rh_lease_state_negotiated,
                          .start = start,
                          .end = end,
                          .purpose = rh_lessee_use_residence,
                          .fen_year = 1200000,
                          .step_bp = 0,
                          .step_years = 1,
                          .period_months = 12,
                          .deposit_fen = 200000,
                          .farmer_bp = 7000,
                          .collective_bp = 2000,
                          .reserve_bp = 1000,
                          .scheme = 1,
                          .scheme_version = 1,
                          .text = bench_hash(1),
                          .since = start,
                          .until = start + 20000};
}

static inline int64_t
bench_lease(bench *b, rh_row_lease terms)
{
    b->lease = bench_put_lease(b, terms);
    return b->lease;
}

static inline void
bench_open(bench *b, int64_t day)
{
    *b = (bench){0};
    assert_int_equal(rh_registry_new(&b->r, &b->err), RH_OK);
    assert_int_equal(rh_registry_new(&b->mirror, &b->err), RH_OK);
    bench_go(b, day);
    PUT(b, place, .code = "110101001", .level = rh_level_township, .name = "东乡");
    PUT(b, place, .code = "110101001201", .level = rh_level_village, .parent = TOWN,
        .name = "南村");
    for (int64_t i = OFFICER; i <= SUPERVISOR_2; i++) {
        PUT(b, party,
            .kind = i == HOUSE       ? rh_party_kind_household
                    : i == VILLAGERS ? rh_party_kind_collective
                                     : rh_party_kind_person,
            .place = VILLAGE);
    }
    static const struct {
        int64_t party, role;
    } office[] = {{OFFICER, rh_role_township},
                  {OFFICER_2, rh_role_township},
                  {COUNCILLOR, rh_role_council},
                  {TREASURER, rh_role_treasurer},
                  {SUPERVISOR, rh_role_supervisors},
                  {SUPERVISOR_2, rh_role_supervisors},
                  {BANK, rh_role_bank},
                  {AUDITOR, rh_role_auditor},
                  {COURT, rh_role_court},
                  {COUNTY, rh_role_county}};
    for (size_t i = 0; i < sizeof office / sizeof office[0]; i++) {
        PUT(b, role_grant, .party = office[i].party, .role = office[i].role, .place = TOWN);
    }
    PUT(b, kin, .one = OFFICER_2, .other = ANA);
    PUT(b, kin, .one = SUPERVISOR_2, .other = TREASURER);
    PUT(b, source, .kind = rh_source_kind_order, .document = bench_hash(201), .place = VILLAGE);
    PUT(b, source, .kind = rh_source_kind_contract, .document = bench_hash(202),
        .place = VILLAGE);
    PUT(b, source, .kind = rh_source_kind_report, .document = bench_hash(203),
        .place = VILLAGE);
    int64_t born = bench_day(1970, 1, 1) + 1;
    PUT(b, household_member, .household = HOUSE, .person = ANA, .right_holder = 1, .head = 1,
        .born = born, .capacity = rh_capacity_full);
    PUT(b, household_member, .household = HOUSE, .person = BEN, .right_holder = 1, .head = 0,
        .born = born, .capacity = rh_capacity_full);
    PUT(b, household_member, .household = HOUSE, .person = CEN, .right_holder = 1, .head = 0,
        .born = born, .capacity = rh_capacity_none, .guardian = GUS);
    PUT(b, bank_account, .party = ANA, .kind = rh_bank_kind_personal, .number = 1);
    PUT(b, bank_account, .party = VILLAGERS, .kind = rh_bank_kind_collective, .number = 2);
    PUT(b, bank_account, .party = VILLAGERS, .kind = rh_bank_kind_personal, .number = 3);
    PUT(b, bank_account, .party = TREASURER, .kind = rh_bank_kind_personal, .number = 4);
    PUT(b, bank_account, .party = LI, .kind = rh_bank_kind_personal, .number = 5);
    PUT(b, parcel, .village = VILLAGE, .number = "1", .area_cm2 = 1200000);
    PUT(b, building, .parcel = 1, .year = 1990, .floors = 2, .area_cm2 = 1000000); /* 100 m² */
    PUT(b, baunit, .village = VILLAGE, .parcel = 1, .building = 1, .household = HOUSE,
        .collective = VILLAGERS);
    PUT(b, scheme, .village = VILLAGE, .collective = VILLAGERS, .state = rh_scheme_state_active,
        .uses = 255, .farmer_bp = 7000, .collective_bp = 2000, .reserve_bp = 1000,
        .notice_days = 7, .since = day, .text = bench_hash(200));
    PUT(b, offer, .village = VILLAGE, .baunit = 1, .household = HOUSE, .scheme = 1,
        .state = rh_offer_state_matched, .asking_fen_year = 1200000, .months = 240, .uses = 255,
        .area_cm2 = 1000000, .since = day, .verified_by = MA);
    PUT(b, consent, .offer = 1, .person = ANA, .signer = ANA, .warned = 1);
    PUT(b, consent, .offer = 1, .person = BEN, .signer = BEN, .warned = 1);
    PUT(b, consent, .offer = 1, .person = CEN, .signer = GUS, .warned = 1);
    PUT(b, bid, .offer = 1, .party = LI, .fen_year = 1200000, .state = rh_bid_state_accepted);
}

/* ---- commands ---- */

/* May the lease go from one state to the other: by the rule of the command, or in a tick by a deadline, or by several of them? */
static inline bool
bench_may_move(rh_command_kind kind, int64_t from, int64_t to)
{
    const rh_rule *rule = rh_rule_of(kind);
    if (from == to) {
        return true;
    }
    int n;
    const rh_also_rule *also = rh_also_rules(&n);
    for (int i = 0; i < n; i++) {
        if (also[i].command == kind && also[i].object == RH_ROW_lease &&
            (also[i].from & RH_BIT(from)) != 0 && (also[i].to & RH_BIT(to)) != 0) {
            return true;
        }
    }
    if (kind != RH_DO_tick) {
        return rule->object == RH_ROW_lease && (rule->from & RH_BIT(from)) != 0 &&
               (rule->to & RH_BIT(to)) != 0;
    }
    const rh_due_rule *due = rh_due_rules(&n);
    for (int i = 0; i < n; i++) {
        if (due[i].object == RH_ROW_lease && (due[i].from & RH_BIT(from)) != 0 &&
            (due[i].to & RH_BIT(to)) != 0) {
            return true;
        }
    }
    return false;
}

static inline void
bench_audit(bench *b, rh_command_kind kind)
{
    int64_t journal = RH_NONE, sum = 0, receipt = RH_NONE, parts = 0, whole = 0;
    for (size_t i = 0; i < b->out.n_rows; i++) {
        rh_row row = b->out.row[i];
        if (row.kind == RH_ROW_posting) {
            const rh_row_posting *p = row.record;
            if (p->journal != journal) {
                assert_int_equal(sum, 0);
                journal = p->journal;
            }
            sum += p->amount_fen;
        } else if (row.kind == RH_ROW_split_line) {
            const rh_row_split_line *s = row.record;
            assert_true(s->amount_fen >= 0);
            assert_true(receipt == RH_NONE || receipt == s->receipt);
            receipt = s->receipt;
            parts += s->amount_fen;
        } else if (row.kind == RH_ROW_receipt) {
            const rh_row_receipt *c = row.record;
            b->received += c->reverses == RH_NONE ? c->amount_fen : -c->amount_fen;
            whole = c->amount_fen;
        } else if (row.kind == RH_ROW_payout) {
            const rh_row_payout *p = row.record;
            b->paid += p->state == rh_payout_state_paid ? p->amount_fen : 0;
        } else if (row.kind == RH_ROW_lease) {
            const rh_row_lease *l = row.record, *was = RH_GET(b->mirror, lease, l->id);
            assert_true(was == NULL || bench_may_move(kind, was->state, l->state));
        }
        assert_int_equal(rh_registry_apply(b->mirror, row, &b->err), RH_OK);
    }
    assert_int_equal(sum, 0);
    assert_true(receipt == RH_NONE || parts == whole);
    int64_t escrow = 0;
    for (int64_t id = 1; id <= rh_registry_count(b->r, RH_ROW_lease); id++) {
        const rh_books *books = rh_books_of(b->r, id), *copy = rh_books_of(b->mirror, id);
        assert_memory_equal(books, copy, sizeof *books);
        int64_t all = 0;
        for (int a = 0; a < rh_account_count; a++) {
            all += books->balance[a];
        }
        assert_int_equal(all, 0);
        assert_true(books->balance[rh_account_escrow] >= 0);
        escrow += books->balance[rh_account_escrow];
    }
    assert_int_equal(escrow, b->received - b->paid);
}

/* Ask; true when it was done. */
static inline bool
bench_do(bench *b, rh_command_kind kind, int64_t actor, int64_t role, const void *command)
{
    rh_ask ask = {kind, command, actor, role, b->time};
    assert_int_equal(rh_registry_do(b->r, &ask, &b->out, &b->err), RH_OK);
    if (b->out.refusals.n == 0) {
        bench_audit(b, kind);
    }
    return b->out.refusals.n == 0;
}

#define DO(b, name, actor, role, ...)                                                          \
    bench_do((b), RH_DO_##name, (actor), rh_role_##role,                                       \
             &(const rh_command_##name){__VA_ARGS__})

static inline bool
bench_refused(const bench *b, rh_guard guard)
{
    for (int i = 0; i < b->out.refusals.n; i++) {
        if (b->out.refusals.refusal[i].guard == guard) {
            return true;
        }
    }
    return false;
}

/* Done; or refused by this guard (perhaps among others). */
static inline void
bench_show(const bench *b)
{
    for (int i = 0; i < b->out.refusals.n; i++) {
        char text[600];
        rh_refusal_text(&b->out.refusals.refusal[i], RH_ENGLISH, text, sizeof text);
        print_message("%s: %s\n", rh_guard_name(b->out.refusals.refusal[i].guard), text);
    }
}
#define OK(b, name, actor, role, ...)                                                          \
    do {                                                                                       \
        if (!DO(b, name, actor, role, __VA_ARGS__)) {                                          \
            bench_show(b);                                                                     \
            fail_msg("%s was refused", #name);                                                 \
        }                                                                                      \
    } while (0)
#define NO(b, guard, name, actor, role, ...)                                                   \
    do {                                                                                       \
        if (DO(b, name, actor, role, __VA_ARGS__) || !bench_refused(b, RH_GUARD_##guard)) {    \
            bench_show(b);                                                                     \
            fail_msg("%s was not refused by %s", #name, #guard);                               \
        }                                                                                      \
    } while (0)

static inline void
bench_tick(bench *b, int64_t day)
{
    bench_go(b, day);
    OK(b, tick, RH_NONE, system, .today = day);
}

static inline const rh_row_lease *
bench_the_lease(const bench *b, int64_t id)
{
    return RH_GET(b->r, lease, id);
}

static inline int64_t
bench_state(const bench *b)
{
    return bench_the_lease(b, b->lease)->state;
}

#define SIGN(b, who, as)                                                                       \
    DO(b, lease_sign, who, as, .lease = (b)->lease,                                            \
       .text = bench_the_lease((b), (b)->lease)->text, .mark = "signed")

/* All signatures but the last (ANA's); then all. */
static inline void
bench_sign_but_one(bench *b)
{
    assert_true(SIGN(b, OFFICER, township));
    assert_true(SIGN(b, COUNCILLOR, council));
    assert_true(SIGN(b, LI, lessee));
    assert_true(SIGN(b, GUS, holder));
    assert_true(SIGN(b, BEN, holder));
}

static inline void
bench_sign(bench *b)
{
    bench_sign_but_one(b);
    if (!SIGN(b, ANA, holder)) {
        bench_show(b);
        fail_msg("the last signature was refused");
    }
    assert_int_equal(bench_state(b), rh_lease_state_signed);
}

/* Notice, filing, and the tick of the start day. */
static inline void
bench_begin(bench *b)
{
    OK(b, lease_publicise, COUNCILLOR, council, .lease = b->lease, .text = bench_hash(9));
    bench_tick(b, bench_today(b) + 8);
    OK(b, lease_file, OFFICER, township, .lease = b->lease);
    int64_t start = bench_the_lease(b, b->lease)->start;
    bench_tick(b, start > bench_today(b) ? start : bench_today(b));
}

/* The n-th line of a lease in the order in which they were made; NULL: there are fewer. */
static inline const rh_row_rent_line *
bench_line(const bench *b, int64_t lease, int n)
{
    for (int64_t id = 1; id <= rh_registry_count(b->r, RH_ROW_rent_line); id++) {
        const rh_row_rent_line *line = RH_GET(b->r, rent_line, id);
        if (line->lease == lease && n-- == 0) {
            return line;
        }
    }
    return NULL;
}

static inline int64_t
bench_count(const bench *b, rh_row_kind kind)
{
    return rh_registry_count(b->r, kind);
}

static inline void
bench_close(bench *b)
{
    rh_outcome_release(&b->out);
    rh_registry_free(b->r);
    rh_registry_free(b->mirror);
}

#endif
