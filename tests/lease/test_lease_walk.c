/* Random walks: commands with random fields by random people. Whatever is asked, nothing breaks, what moves moves by the table, the registry and the fold of
 * its rows agree (small_township.c), and the invariants of DOMAIN.md 2.4 hold after every accepted command. */
#include "small_township.h"

#include "domain/calendar_day.h"
#include "domain/scheme_life.h"
#include "domain/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t
draw(uint64_t *seed, uint64_t n)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*seed >> 33) % n;
}

static int64_t
some_number(const small_township *t, const rh_field *f, uint64_t *seed)
{
    static const int64_t ints[] = {0, 1, 2, 5, 7, 12, 60, 120, 240, 2000, 10000, 1200000};
    static const int64_t fens[] = {0, 1000, 150000, 300000, 1800000};
    switch (f->type) {
    case RH_FIELD_BOOL:
        return (int64_t)draw(seed, 2);
    case RH_FIELD_CODE:
        return (int64_t)draw(seed, (uint64_t)f->codes->n);
    case RH_FIELD_DATE:
        return small_today(t) + (int64_t)draw(seed, 40) - 10;
    case RH_FIELD_FEN:
        return fens[draw(seed, sizeof fens / sizeof fens[0])];
    case RH_FIELD_ID: {
        if (f->optional && draw(seed, 3) == 0) {
            return RH_NONE;
        }
        rh_row_kind kind = rh_reference_kind(f);
        if (kind == RH_ROW_source) {
            return t->source[draw(seed, rh_source_kind_count)];
        }
        int64_t n = kind == RH_ROW_NONE ? 3 : rh_registry_count(t->registry, kind);
        /* mostly one of the last few */
        int64_t back = (int64_t)draw(seed, draw(seed, 3) == 0 ? 1000 : 6);
        return n == 0 ? 1 : n - back % n;
    }
    case RH_FIELD_PRIVATE:
        return 1 + (int64_t)draw(seed, 1000);
    default:
        return ints[draw(seed, sizeof ints / sizeof ints[0])];
    }
}

static void
fill(const small_township *t, rh_command_kind kind, rh_command *command, uint64_t *seed)
{
    const rh_record_type *type = rh_command_type(kind);
    memset(command, 0, sizeof *command);
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        char *at = (char *)command + f->offset;
        if (f->type == RH_FIELD_TEXT) {
            *(const char **)(void *)at = "some words";
        } else if (f->type == RH_FIELD_HASH) {
            at[0] = 1;
        } else {
            *(int64_t *)(void *)at = some_number(t, f, seed);
        }
    }
}

/* The object that the command moves, in a state in which it may. */
static void
choose_object(const small_township *t, rh_command_kind kind, rh_command *c, uint64_t *seed)
{
    const rh_rule *rule = rh_rule_of(kind);
    const rh_record_type *type = rh_command_type(kind);
    int64_t n = rule->object == RH_ROW_NONE ? 0 : rh_registry_count(t->registry, rule->object);
    for (int i = 0; i < type->n && n > 0; i++) {
        const rh_field *f = &type->field[i];
        if (f->type != RH_FIELD_ID || f->optional || rh_reference_kind(f) != rule->object) {
            continue;
        }
        int64_t first = (int64_t)draw(seed, (uint64_t)n);
        for (int64_t k = 0; k < n; k++) {
            int64_t id = 1 + (first + k) % n;
            if (rule->from &
                RH_BIT(rh_state_of(rule->object,
                                   rh_registry_get(t->registry, rule->object, id)))) {
                *(int64_t *)(void *)((char *)c + f->offset) = id;
                return;
            }
        }
    }
}

/* Fields that chance would hardly ever make fit together. */
static void
fill_well(const small_township *t, rh_command_kind kind, rh_command *c, uint64_t *seed)
{
    choose_object(t, kind, c, seed);
    int household = (int)draw(seed, SMALL_HOUSEHOLDS);
    const small_household *h = &t->household[household];
    switch (kind) {
    case RH_DO_scheme_draft:
        c->scheme_draft = small_scheme(t);
        break;
    case RH_DO_scheme_call:
        c->scheme_call.kind = rh_meeting_kind_assembly;
        c->scheme_call.held = small_today(t) + 10;
        c->scheme_call.papers = small_today(t);
        break;
    case RH_DO_ballot_cast:
        c->ballot_cast.mandate = RH_NONE;
        c->ballot_cast.via = rh_via_in_person;
        break;
    case RH_DO_meeting_count: {
        const rh_row_meeting *m = SMALL_GET(t, meeting, c->meeting_count.meeting);
        int64_t n = m == NULL ? 0 : rh_roll_of(t->registry, t->village[0].collective, m->held);
        c->meeting_count.attended = n;
        c->meeting_count.abstain = c->meeting_count.no = 0;
        c->meeting_count.yes = n;
        c->meeting_count.roll = RH_NONE;
        break;
    }
    case RH_DO_offer_draft:
        c->offer_draft = small_offer(t, household);
        break;
    case RH_DO_offer_consent:
        c->offer_consent.warned = 1;
        c->offer_consent.person = h->adult[draw(seed, (uint64_t)h->n_adults)];
        break;
    case RH_DO_offer_unconsent:
        c->offer_unconsent.person = h->adult[draw(seed, (uint64_t)h->n_adults)];
        break;
    case RH_DO_bid_place:
        c->bid_place.fen_year = 1800000;
        c->bid_place.purpose = rh_lessee_use_residence;
        break;
    case RH_DO_offer_match:
        c->offer_match.start = small_today(t) + 20;
        c->offer_match.step_bp = c->offer_match.step_years = 0;
        c->offer_match.period_months = 6;
        break;
    case RH_DO_household_member_add:
        c->household_member_add.born = rh_day_of(1990, 1, 1);
        c->household_member_add.capacity = rh_capacity_full;
        c->household_member_add.head = 0;
        c->household_member_add.household = h->party;
        c->household_member_add.guardian = RH_NONE;
        break;
    case RH_DO_membership_add:
        c->membership_add.collective = t->village[h->village].collective;
        break;
    case RH_DO_rrr_succeed:
        c->rrr_succeed.household = h->party;
        break;
    default:
        break;
    }
}

static int64_t
some_actor(const small_township *t, int64_t role, uint64_t *seed)
{
    if (role == rh_role_system) {
        return RH_NONE;
    }
    int64_t n = rh_registry_count(t->registry, RH_ROW_role_grant),
            first = 1 + (int64_t)draw(seed, (uint64_t)n);
    for (int64_t i = 0; i < n; i++) {
        const rh_row_role_grant *g = SMALL_GET(t, role_grant, 1 + (first + i) % n);
        if (g->role == role) {
            return g->party;
        }
    }
    const small_household *h = &t->household[draw(seed, SMALL_HOUSEHOLDS)];
    return draw(seed, 5) == 0 ? t->lessee : h->adult[draw(seed, (uint64_t)h->n_adults)];
}

static int64_t
some_role(rh_command_kind kind, uint64_t *seed)
{
    int64_t role;
    do {
        role = (int64_t)draw(seed, rh_role_count);
    } while ((rh_command_roles(kind) & RH_BIT(role)) == 0);
    return role;
}

static void
assert_invariants(const small_township *t)
{
    int64_t n_units = rh_registry_count(t->registry, RH_ROW_baunit);
    for (int64_t unit = 1; unit <= n_units; unit++) {
        const rh_row_baunit *u = SMALL_GET(t, baunit, unit);
        int basic[4] = {0}, live = 0;
        for (int64_t id = rh_first(t->registry, RH_BY_rrr_baunit, unit); id != 0;
             id = rh_next(t->registry, RH_BY_rrr_baunit, id)) {
            const rh_row_rrr *r = SMALL_GET(t, rrr, id);
            assert_true(r->source > 0); /* I5 */
            if (r->status == rh_rrr_status_current && r->kind <= rh_rrr_kind_house_ownership) {
                assert_int_equal(r->share_num, r->share_den);
                assert_int_equal(r->party, r->kind == rh_rrr_kind_ownership
                                               ? u->collective
                                               : u->household); /* I4 */
                basic[r->kind]++;
            }
        }
        for (int kind = 0; kind < 4; kind++) {
            assert_int_equal(basic[kind], 1);
        }
        assert_int_equal(SMALL_GET(t, party, u->household)->kind, rh_party_kind_household);
        for (int64_t id = rh_first(t->registry, RH_BY_offer_baunit, unit); id != 0;
             id = rh_next(t->registry, RH_BY_offer_baunit, id)) {
            live += SMALL_GET(t, offer, id)->state <= rh_offer_state_open;
        }
        assert_true(live <= 1); /* S9 */
    }
    int active = 0;
    for (int64_t id = rh_first(t->registry, RH_BY_scheme_collective, t->village[0].collective);
         id != 0; id = rh_next(t->registry, RH_BY_scheme_collective, id)) {
        const rh_row_scheme *s = SMALL_GET(t, scheme, id);
        active +=
            s->state == rh_scheme_state_active && s->purpose == rh_scheme_purpose_homestead_use;
        assert_int_equal(s->farmer_bp + s->collective_bp + s->reserve_bp, 10000);
    }
    assert_true(active <= 1);
    for (int64_t id = 1; id <= rh_registry_count(t->registry, RH_ROW_membership);
         id++) { /* I17 */
        const rh_row_membership *m = SMALL_GET(t, membership, id);
        assert_int_equal(m->valid_to == RH_NONE, m->end_reason == RH_NONE);
    }
}

/* Asked for seldom, or little else would go on. */
static bool
destroys(rh_command_kind kind)
{
    return kind == RH_DO_scheme_draft || kind == RH_DO_role_grant_end ||
           kind == RH_DO_household_member_end || kind == RH_DO_membership_end ||
           kind == RH_DO_scheme_annul || kind == RH_DO_scheme_drop || kind == RH_DO_rrr_add ||
           kind == RH_DO_building_assess || kind == RH_DO_parameter_set ||
           kind == RH_DO_place_add || kind == RH_DO_party_add || kind == RH_DO_offer_withdraw ||
           kind == RH_DO_kin_add || kind == RH_DO_rrr_succeed;
}

/* A township with something in every stage, then 40,000 random commands. */
static void
walk(uint64_t seed, int64_t *accepted)
{
    small_township t;
    small_open(&t);
    small_open_offer(&t, 0);
    small_bid(&t, 1, t.lessee, 1800000);
    rh_command_offer_draft draft = small_offer(&t, 1);
    small_offer_to(&t, 1, &draft, rh_offer_state_notice);
    for (int step = 0; step < 40000; step++) {
        if (draw(&seed, 80) == 0) {
            small_days(&t, 1 + (int64_t)draw(&seed, 4));
        }
        rh_command_kind kind = (rh_command_kind)draw(&seed, RH_COMMAND_COUNT);
        if (rh_rule_of(kind)->effect == NULL || kind == RH_DO_tick ||
            (destroys(kind) && draw(&seed, 60) != 0)) {
            continue;
        }
        rh_command command;
        fill(&t, kind, &command, &seed);
        if (draw(&seed, 8) != 0) {
            fill_well(&t, kind, &command, &seed);
        }
        int64_t role = some_role(kind, &seed), actor = some_actor(&t, role, &seed);
        if (small_do(&t, kind, &command, actor, role) == SMALL_DONE) {
            accepted[kind]++;
            assert_invariants(&t);
        } else {
            assert_int_equal(t.out.n_rows, 0);
            char text[RH_LANGUAGE_COUNT][900];
            for (int i = 0; i < t.out.refusals.n; i++) {
                rh_refusal_text(&t.out.refusals.refusal[i], RH_CHINESE, text[0],
                                sizeof text[0]);
                rh_refusal_text(&t.out.refusals.refusal[i], RH_ENGLISH, text[1],
                                sizeof text[1]);
                assert_null(strchr(text[0], '{'));
                assert_null(strchr(text[1], '{'));
                assert_null(strstr(text[1], "-9223372036854775808"));
            }
        }
    }
    small_close(&t);
}

static void
whatever_is_asked_the_invariants_hold(void **unused)
{
    (void)unused;
    int64_t accepted[RH_COMMAND_COUNT] = {0};
    for (uint64_t seed = 1; seed <= 12; seed++) {
        walk(seed, accepted);
    }
    /* the walks come far enough to mean something */
    int kinds = 0;
    for (int i = 0; i < RH_COMMAND_COUNT; i++) {
        kinds += accepted[i] > 0;
        if (getenv("WALK") != NULL) {
            print_message("# %-24s %d\n", rh_command_type((rh_command_kind)i)->name,
                          (int)accepted[i]);
        }
    }
    assert_true(kinds >= 36);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_is_asked_the_invariants_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
