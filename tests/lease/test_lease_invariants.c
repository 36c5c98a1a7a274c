/* The second model itself: its arithmetic against the published fixtures, and a broken row for every invariant, which it must find.
 *
 * The broken rows are made from good ones: a random stream runs, and whenever its rows fit a line of the table below, a copy of the model is
 * fed with them, one thing changed. */
#include "random_stream.h"

#include "core/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS_MOST = 400, TRIES_MOST = 400 };

/* The rows of one command, to be changed, and a model that may be changed, too. */
typedef struct trial {
    invariants *m;
    rh_row row[ROWS_MOST + 1];
    size_t n;
} trial;

/* Rows of a kind: NULL when there is none that fits. */
static void *
row_of(const trial *t, rh_row_kind kind)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->row[i].kind == kind) {
            return (void *)(uintptr_t)t->row[i].record;
        }
    }
    return NULL;
}
#define ROW_IN(t, kind) ((rh_row_##kind *)row_of(t, RH_ROW_##kind))

/* A row of the model, to be changed. */
#define IN_MODEL(t, kind, id)                                                                  \
    ((rh_row_##kind *)(uintptr_t)invariants_row((t)->m, RH_ROW_##kind, id))

static rh_row_lease *
lease_in(const trial *t, int64_t state)
{
    for (size_t i = 0; i < t->n; i++) {
        rh_row_lease *l = (void *)(uintptr_t)t->row[i].record;
        if (t->row[i].kind == RH_ROW_lease && l->state == state) {
            return l;
        }
    }
    return NULL;
}

static bool
one_day_over_20_years(trial *t)
{
    rh_row_lease *l = lease_in(t, rh_lease_state_signed);
    if (l != NULL) {
        l->end = plain_months_later(l->start, 240) + 1;
    }
    return l != NULL;
}

static bool
renewal_runs_too_long(trial *t)
{
    rh_row_lease *l = lease_in(t, rh_lease_state_signed);
    if (l == NULL || l->supersedes == RH_NONE || l->start <= l->signed_on + 1) {
        return false;
    }
    l->end = plain_months_later(l->signed_on, 240) + 1;
    return true;
}

static bool
renewal_is_signed_too_early(trial *t)
{
    rh_row_lease *l = lease_in(t, rh_lease_state_signed);
    if (l == NULL || l->supersedes == RH_NONE) {
        return false;
    }
    IN_MODEL(t, lease, l->supersedes)->end = plain_months_later(l->signed_on, 25);
    return true;
}

static bool
second_lease_of_a_unit(trial *t)
{
    rh_row_lease *l = lease_in(t, rh_lease_state_active);
    for (int64_t id = 1; l != NULL && id <= invariants_count(t->m, RH_ROW_lease); id++) {
        const rh_row_lease *other = IN_MODEL(t, lease, id);
        if (other->id != l->id && other->state == rh_lease_state_active &&
            other->village == l->village && l->supersedes == RH_NONE) {
            l->baunit = other->baunit;
            return true;
        }
    }
    return false;
}

static bool
sublease_outlives_its_lease(trial *t)
{
    rh_row_sublet *s = ROW_IN(t, sublet);
    if (s == NULL || s->state != rh_sublet_state_allowed) {
        return false;
    }
    s->end = IN_MODEL(t, lease, s->lease)->end + 1;
    return true;
}

static bool
use_right_goes_to_a_person(trial *t)
{
    for (size_t i = 0; i < t->n; i++) {
        rh_row_rrr *r = (void *)(uintptr_t)t->row[i].record;
        if (t->row[i].kind == RH_ROW_rrr && r->kind == rh_rrr_kind_use_right) {
            r->party = 1; /* the first party is a township officer */
            return true;
        }
    }
    return false;
}

static bool
half_a_right(trial *t)
{
    rh_row_rrr *r = ROW_IN(t, rrr);
    if (r == NULL || r->kind > rh_rrr_kind_house_ownership || r->version > 1) {
        return false;
    }
    r->share_den *= 2;
    return true;
}

static bool
right_without_source(trial *t)
{
    rh_row_rrr *r = ROW_IN(t, rrr);
    if (r != NULL) {
        r->source = 1000000;
    }
    return r != NULL;
}

static bool
consent_withdrawn_before_signing(trial *t)
{
    const rh_row_lease *l = lease_in(t, rh_lease_state_signed);
    bool any = false;
    for (int64_t id = 1;
         l != NULL && l->supersedes == RH_NONE && id <= invariants_count(t->m, RH_ROW_consent);
         id++) {
        rh_row_consent *c = IN_MODEL(t, consent, id);
        if (c->offer == l->offer && !c->withdrawn) {
            c->withdrawn = 1;
            any = true;
        }
    }
    return any;
}

static rh_row_meeting *
meeting_that_passed(const trial *t)
{
    rh_row_scheme *s = ROW_IN(t, scheme);
    rh_row_meeting *m = ROW_IN(t, meeting);
    return s != NULL && m != NULL && s->state == rh_scheme_state_passed &&
                   s->purpose == rh_scheme_purpose_homestead_use
               ? m
               : NULL;
}

static bool
representatives_pass_it(trial *t)
{
    rh_row_meeting *m = meeting_that_passed(t);
    if (m != NULL) {
        m->kind = rh_meeting_kind_representatives;
    }
    return m != NULL;
}

static bool
too_few_say_yes(trial *t)
{
    rh_row_meeting *m = meeting_that_passed(t);
    if (m != NULL) {
        m->yes = (2 * m->roll - 1) / 3;
    }
    return m != NULL;
}

static bool
one_member_votes_twice(trial *t)
{
    rh_row_ballot *v = ROW_IN(t, ballot);
    int64_t last = invariants_count(t->m, RH_ROW_ballot);
    if (v == NULL || last == 0 || IN_MODEL(t, ballot, last)->meeting != v->meeting) {
        return false;
    }
    v->member = IN_MODEL(t, ballot, last)->member;
    return true;
}

static bool
offer_opens_too_early(trial *t)
{
    const rh_row_offer *o = ROW_IN(t, offer);
    if (o == NULL || o->state != rh_offer_state_open ||
        IN_MODEL(t, offer, o->id)->state != rh_offer_state_notice) {
        return false;
    }
    IN_MODEL(t, scheme, o->scheme)->notice_days = 1000000;
    return true;
}

static bool
lease_is_filed_too_early(trial *t)
{
    const rh_row_lease *l = lease_in(t, rh_lease_state_filed);
    if (l == NULL || IN_MODEL(t, lease, l->id)->state == rh_lease_state_filed) {
        return false;
    }
    IN_MODEL(t, scheme, l->scheme)->notice_days = 1000000;
    return true;
}

static bool
a_fen_more_in_a_split(trial *t)
{
    rh_row_split_line *s = ROW_IN(t, split_line);
    if (s != NULL) {
        s->amount_fen++;
    }
    return s != NULL;
}

static bool
a_fen_to_another_payee(trial *t)
{
    rh_row_split_line *s = ROW_IN(t, split_line);
    for (size_t i = 0; s != NULL && i < t->n; i++) {
        rh_row_split_line *other = (void *)(uintptr_t)t->row[i].record;
        if (t->row[i].kind == RH_ROW_split_line && other != s && s->amount_fen > 0) {
            s->amount_fen--;
            other->amount_fen++;
            return true;
        }
    }
    return false;
}

static bool
a_journal_is_a_fen_off(trial *t)
{
    rh_row_posting *p = ROW_IN(t, posting);
    if (p != NULL) {
        p->amount_fen++;
    }
    return p != NULL;
}

static bool
a_payout_that_was_not_booked(trial *t)
{
    rh_row_payout *p = ROW_IN(t, payout);
    if (p == NULL || p->state != rh_payout_state_proposed || p->version != 1) {
        return false;
    }
    p->state = rh_payout_state_paid;
    return true;
}

static bool
split_moves_without_amendment(trial *t)
{
    rh_row_lease *l = ROW_IN(t, lease);
    if (l == NULL || l->version == 1 || ROW_IN(t, amendment) != NULL || l->reserve_bp == 0) {
        return false;
    }
    l->reserve_bp--;
    l->farmer_bp++;
    return true;
}

static bool
household_gets_less_than_the_scheme_says(trial *t)
{
    rh_row_lease *l = ROW_IN(t, lease);
    if (l == NULL || l->version != 1) {
        return false;
    }
    l->farmer_bp--;
    l->reserve_bp++;
    return true;
}

static bool
collective_money_to_a_private_account(trial *t)
{
    rh_row_payout *p = ROW_IN(t, payout);
    if (p == NULL || (p->payee != rh_payee_collective && p->payee != rh_payee_reserve)) {
        return false;
    }
    p->account = 1; /* the first accounts are the lessees' own */
    return true;
}

static bool
proposer_approves(trial *t)
{
    rh_row_payout *p = ROW_IN(t, payout);
    if (p == NULL || p->approved_by == RH_NONE || p->state != rh_payout_state_paid) {
        return false;
    }
    p->approved_by = p->proposed_by;
    return true;
}

static bool
membership_ends_without_ground(trial *t)
{
    rh_row_membership *s = ROW_IN(t, membership);
    if (s == NULL || s->valid_to == RH_NONE) {
        return false;
    }
    s->end_reason = RH_NONE;
    return true;
}

static bool
more_is_promised_than_owed(trial *t)
{
    rh_row_payout *p = ROW_IN(t, payout);
    if (p == NULL || p->version != 1) {
        return false;
    }
    p->amount_fen += invariants_free_fen(t->m, p->lease, p->payee) - p->amount_fen + 1;
    return true;
}

static bool
consent_is_withdrawn_and_the_offer_goes_on(trial *t)
{
    rh_row_consent *c = ROW_IN(t, consent);
    if (c == NULL || c->withdrawn || IN_MODEL(t, offer, c->offer) == NULL) {
        return false;
    }
    c->withdrawn = 1;
    return true;
}

static bool
lease_without_deadline(trial *t)
{
    rh_row_lease *l = lease_in(t, rh_lease_state_active);
    if (l != NULL) {
        l->until = RH_NONE;
    }
    return l != NULL;
}

static bool
offer_without_deadline(trial *t)
{
    rh_row_offer *o = ROW_IN(t, offer);
    if (o == NULL || o->state != rh_offer_state_open) {
        return false;
    }
    o->until = RH_NONE;
    return true;
}

static bool
a_number_is_left_out(trial *t)
{
    for (size_t i = 0; i < t->n; i++) {
        ((rh_row_head *)(uintptr_t)t->row[i].record)->seq++;
    }
    return t->n > 0;
}

static bool
a_moment_goes_back(trial *t)
{
    for (size_t i = 0; i < t->n; i++) {
        ((rh_row_head *)(uintptr_t)t->row[i].record)->recorded -= INT64_C(100000000000);
    }
    return t->n > 0 && t->row[0].kind != RH_ROW_place;
}

static bool
booked_in_another_village(trial *t)
{
    rh_row_posting *p = ROW_IN(t, posting);
    if (p != NULL) {
        p->village = p->village == 2 ? 3 : 2;
    }
    return p != NULL;
}

static bool
lease_falls_with_its_scheme(trial *t)
{
    const rh_row_scheme *s = ROW_IN(t, scheme);
    if (s == NULL ||
        (s->state != rh_scheme_state_annulled && s->state != rh_scheme_state_superseded)) {
        return false;
    }
    for (int64_t id = 1; id <= invariants_count(t->m, RH_ROW_lease); id++) {
        const rh_row_lease *l = IN_MODEL(t, lease, id);
        if (l->scheme == s->id && l->state == rh_lease_state_active) {
            rh_row_lease *fallen = rh_alloc(1, sizeof *fallen);
            assert_non_null(fallen);
            *fallen = *l;
            fallen->version++;
            fallen->seq = s->seq;
            fallen->recorded = s->recorded;
            fallen->state = rh_lease_state_void;
            t->row[t->n++] = (rh_row){RH_ROW_lease, fallen};
            return true;
        }
    }
    return false;
}

static bool
a_stranger_votes(trial *t)
{
    rh_row_ballot *v = ROW_IN(t, ballot);
    if (v != NULL) {
        v->member = 1;
    }
    return v != NULL;
}

static bool
house_is_offered_twice(trial *t)
{
    rh_row_offer *o = ROW_IN(t, offer);
    for (int64_t id = 1; o != NULL && id <= invariants_count(t->m, RH_ROW_offer); id++) {
        const rh_row_offer *other = IN_MODEL(t, offer, id);
        if (id != o->id && other->state <= rh_offer_state_open &&
            o->state == rh_offer_state_draft) {
            o->baunit = other->baunit;
            return true;
        }
    }
    return false;
}

static bool
verified_without_a_consent(trial *t)
{
    const rh_row_offer *o = ROW_IN(t, offer);
    bool any = false;
    for (int64_t id = 1; o != NULL && o->state == rh_offer_state_verified &&
                         id <= invariants_count(t->m, RH_ROW_consent);
         id++) {
        rh_row_consent *c = IN_MODEL(t, consent, id);
        if (c->offer == o->id) {
            c->withdrawn = 1;
            any = true;
        }
    }
    return any;
}

static bool
another_text_is_signed(trial *t)
{
    rh_row_signature *s = ROW_IN(t, signature);
    if (s != NULL) {
        s->document.byte[31] ^= 1;
    }
    return s != NULL;
}

static bool
more_is_received_than_due(trial *t)
{
    const rh_row_receipt *r = ROW_IN(t, receipt);
    if (r == NULL || r->reverses != RH_NONE) {
        return false;
    }
    IN_MODEL(t, rent_line, r->line)->amount_fen = r->amount_fen - 1;
    return true;
}

static bool
a_lease_speaks_of_sale(trial *t)
{
    rh_row_lease *l = lease_in(t, rh_lease_state_signed);
    if (l != NULL) {
        l->wording = "房屋永久归承租人";
    }
    return l != NULL;
}

static const struct mutation {
    const char *invariant;
    rh_row_kind kind; /* of a row that must be there */
    bool (*change)(trial *t);
    const char *what;
} mutations[] = {
#define MUTATION(invariant, kind, change)                                                      \
    {                                                                                          \
        invariant, RH_ROW_##kind, change, #change                                              \
    }
    MUTATION("I1", lease, one_day_over_20_years),
    MUTATION("I2", lease, renewal_runs_too_long),
    MUTATION("I2", lease, renewal_is_signed_too_early),
    MUTATION("I3", lease, second_lease_of_a_unit),
    MUTATION("I3", sublet, sublease_outlives_its_lease),
    MUTATION("I3", offer, house_is_offered_twice),
    MUTATION("I4", lease, a_lease_speaks_of_sale),
    MUTATION("I4", rrr, use_right_goes_to_a_person),
    MUTATION("I5", rrr, half_a_right),
    MUTATION("I5", rrr, right_without_source),
    MUTATION("I6", lease, consent_withdrawn_before_signing),
    MUTATION("I6", offer, verified_without_a_consent),
    MUTATION("I6", signature, another_text_is_signed),
    MUTATION("I7", ballot, a_stranger_votes),
    MUTATION("I7", meeting, representatives_pass_it),
    MUTATION("I7", meeting, too_few_say_yes),
    MUTATION("I7", ballot, one_member_votes_twice),
    MUTATION("I8", offer, offer_opens_too_early),
    MUTATION("I8", lease, lease_is_filed_too_early),
    MUTATION("I9", split_line, a_fen_more_in_a_split),
    MUTATION("I9", split_line, a_fen_to_another_payee),
    MUTATION("I10", posting, a_journal_is_a_fen_off),
    MUTATION("I10", receipt, more_is_received_than_due),
    MUTATION("I10", payout, a_payout_that_was_not_booked),
    MUTATION("I11", lease, split_moves_without_amendment),
    MUTATION("I11", lease, household_gets_less_than_the_scheme_says),
    MUTATION("I12", payout, collective_money_to_a_private_account),
    MUTATION("I13", payout, proposer_approves),
    MUTATION("I17", membership, membership_ends_without_ground),
    MUTATION("I19", payout, more_is_promised_than_owed),
    MUTATION("I21", consent, consent_is_withdrawn_and_the_offer_goes_on),
    MUTATION("I22", lease, lease_without_deadline),
    MUTATION("I22", offer, offer_without_deadline),
    MUTATION("I23", source, a_number_is_left_out),
    MUTATION("I23", source, a_moment_goes_back),
    MUTATION("I24", posting, booked_in_another_village),
    MUTATION("I25", scheme, lease_falls_with_its_scheme),
#undef MUTATION
};
enum { MUTATIONS = sizeof mutations / sizeof mutations[0] };

typedef struct hunt {
    bool found[MUTATIONS];
    int tries[MUTATIONS];
    char last[MUTATIONS][200]; /* what was found instead */
} hunt;

static bool
has_kind(const rh_outcome *out, rh_row_kind kind)
{
    for (size_t i = 0; i < out->n_rows; i++) {
        if (out->row[i].kind == kind) {
            return true;
        }
    }
    return false;
}

static void
try_mutation(hunt *h, int i, const invariants *m, const rh_outcome *out)
{
    trial t = {.m = invariants_copy(m), .n = out->n_rows};
    for (size_t r = 0; r < out->n_rows; r++) {
        size_t size = rh_row_type(out->row[r].kind)->size;
        void *copy = rh_alloc(1, size);
        assert_non_null(copy);
        memcpy(copy, out->row[r].record, size);
        t.row[r] = (rh_row){out->row[r].kind, copy};
    }
    if (mutations[i].change(&t)) {
        broken b = {0};
        bool good = invariants_feed(t.m, t.row, t.n, &b);
        h->found[i] = !good && strcmp(b.invariant, mutations[i].invariant) == 0;
        h->tries[i]++;
        snprintf(h->last[i], sizeof h->last[i], "%s: %.180s", good ? "nothing" : b.invariant,
                 b.why);
    }
    for (size_t r = 0; r < t.n; r++) {
        rh_free((void *)(uintptr_t)t.row[r].record);
    }
    invariants_free(t.m);
}

static void
watch(void *context, const invariants *m, const random_ask *ask, const rh_outcome *out)
{
    (void)ask;
    hunt *h = context;
    for (int i = 0; i < MUTATIONS; i++) {
        if (!h->found[i] && h->tries[i] < TRIES_MOST && out->n_rows <= ROWS_MOST &&
            has_kind(out, mutations[i].kind)) {
            try_mutation(h, i, m, out);
        }
    }
}

static void
a_broken_row_is_found_for_every_invariant(void **unused)
{
    (void)unused;
    hunt h = {0};
    for (uint64_t seed = 100; seed < 104; seed++) {
        assert_true(random_stream_runs(seed, 12000, NULL, watch, &h));
    }
    int missing = 0;
    for (int i = 0; i < MUTATIONS; i++) {
        if (!h.found[i]) {
            printf("# %s not found: %s (%d tries; %s)\n", mutations[i].invariant,
                   mutations[i].what, h.tries[i], h.last[i]);
            missing++;
        }
    }
    assert_int_equal(missing, 0);
}

static void
a_field_about_hukou_is_found(void **unused)
{
    (void)unused;
    assert_true(invariants_speaks_of_hukou("hukou_kind", "类型", "kind"));
    assert_true(invariants_speaks_of_hukou("kind", "户籍所在地", "where registered"));
    assert_false(invariants_speaks_of_hukou("household", "农户", "household"));
    for (int k = 0; k < RH_COMMAND_COUNT; k++) {
        const rh_record_type *t = rh_command_type((rh_command_kind)k);
        for (int f = 0; f < t->n; f++) {
            assert_false(
                invariants_speaks_of_hukou(t->field[f].name, t->field[f].zh, t->field[f].en));
        }
    }
}

static int64_t
day(int64_t y, int64_t m, int64_t d)
{
    return plain_months_later(0, (y - 1970) * 12 + m - 1) + d - 1;
}

/* Fixtures of the specification (2.4, 2.7) and of 民法典 201–202. */
static void
the_plain_arithmetic_is_right(void **unused)
{
    (void)unused;
    int64_t part[3];
    plain_split(1000001, 3, (const int64_t[]){7000, 2000, 1000}, part);
    assert_true(part[0] == 700001 && part[1] == 200000 && part[2] == 100000);
    plain_split(100, 3, (const int64_t[]){3333, 3333, 3334}, part);
    assert_true(part[0] == 33 && part[1] == 33 && part[2] == 34);
    plain_split(1, 3, (const int64_t[]){7000, 2000, 1000}, part);
    assert_true(part[0] == 1 && part[1] == 0 && part[2] == 0);
    assert_int_equal(day(2000, 3, 1), 11017);
    assert_int_equal(plain_months_later(day(2026, 3, 1), 240), day(2046, 3, 1));
    assert_int_equal(plain_months_later(day(2024, 2, 29), 12), day(2025, 2, 28));
    assert_int_equal(plain_months_later(day(2026, 1, 31), 1), day(2026, 2, 28));
    assert_int_equal(plain_months_later(day(2026, 3, 31), -1), day(2026, 2, 28));
    assert_int_equal(plain_months_later(day(1969, 12, 31), 2), day(1970, 2, 28));
    assert_int_equal(plain_day(0), 0);
    assert_int_equal(plain_day(INT64_C(16) * 3600000), 1);
    assert_int_equal(plain_day(-INT64_C(8) * 3600000 - 1), -1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plain_arithmetic_is_right),
        cmocka_unit_test(a_field_about_hukou_is_found),
        cmocka_unit_test(a_broken_row_is_found_for_every_invariant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
