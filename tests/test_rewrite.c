/* What becomes of a block after a year: deaths and heirs, new households, births, hukou transfers, weddings, and the
 * families that processes see. Every case is a handful of residents written by hand.
 *
 * A block is drawn as text: "[" opens a run at its head, the number is the age at the end of 2010 (unique, so it names
 * the resident; -1 a child born since), "+" stands between husband and wife. A resident's integration score is the
 * script: what the one test process does to this resident in 2011. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/mem.h"
#include "process/env.h"
#include "process/kin.h"
#include "small_run.h"
#include "tiny_region.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST = 2010,
    ARRIVED = 2005,
    HERE = 0,
    THERE = 5
}; /* two townships, of different counties */
enum { LEAVE_ALONE, DIE, FOUND, SETTLE, BEAR, SEEK, SEEK_AGAIN, LOOK_AT_FAMILY };

static struct {
    int age, spouse;
    unsigned n_children;
    int child[8];
} seen;

static int
age_of(rh_person w)
{
    return rh_person_age(w, FIRST);
}

static void
look_at_family(const rh_env *env, uint32_t i)
{
    rh_family f = rh_family_of(env, i);
    memset(&seen, 0, sizeof seen);
    seen.age = age_of(env->word[i]);
    seen.spouse = f.spouse == RH_NOBODY ? -99 : age_of(env->word[f.spouse]);
    for (uint32_t j = f.children; j < f.children_end && seen.n_children < 8; j++) {
        seen.child[seen.n_children++] = age_of(env->word[j]);
    }
}

static void
follow_script(rh_env *env, uint32_t i, float time)
{
    unsigned what = rh_person_integration(env->word[i]);
    if (what != SEEK_AGAIN) {
        env->word[i] = rh_person_with_integration(env->word[i], LEAVE_ALONE);
    }
    switch (what) {
    case DIE:
        rh_env_die(env, i, time);
        break;
    case FOUND:
        rh_env_found_household(env, i);
        break;
    case SETTLE:
        rh_env_settle(env, i);
        break;
    case BEAR:
        rh_env_bear(env, i, time);
        break;
    case LOOK_AT_FAMILY:
        look_at_family(env, i);
        break;
    default:
        rh_env_await_marriage(env, i);
        break;
    }
}

static float
has_script(const rh_env *env, uint32_t i, rh_person w, int age)
{
    (void)env;
    (void)i;
    (void)age;
    return rh_person_integration(w) != LEAVE_ALONE;
}

/* Forty candidates a year: nobody's script is left undone. */
static rh_status
often(const rh_world *world, int year, float rate[RH_CLASSES][RH_CLASS_AGES], rh_err *err)
{
    (void)world;
    (void)year;
    (void)err;
    for (size_t i = 0; i < (size_t)RH_CLASSES * RH_CLASS_AGES; i++) {
        (&rate[0][0])[i] = 40;
    }
    return RH_OK;
}

static const rh_process script = {.name = "script",
                                  .headroom = 1,
                                  .base = often,
                                  .condition = has_script,
                                  .apply = follow_script};
static const rh_process *const list[] = {&script, &small_idle};

typedef struct stage {
    rh_region *region;
    rh_scenario *scenario;
    rh_simulation *s;
} stage;

static stage
empty_stage(void)
{
    stage g = {tiny_region(),
               small_scenario(3, "levers:\n"
                                 "  - {lever: urban.reclassification_factor, value: 0}\n"
                                 "  - {lever: hukou.in_situ_rate, value: 0}\n"),
               NULL};
    rh_engine_options o = {
        .headroom = 1, .process = list, .n_processes = 2, .process_of_fixed_ages = 1};
    g.s = small_simulation(g.region, g.scenario, 1, 1, &o);
    for (uint32_t t = 0; t < g.s->store.n_blocks; t++) {
        g.s->store.block[t].count = 0;
    }
    return g;
}

/* Add the residents of a drawing to a township's block. Somebody of an odd age is a woman. They live at `leaf`; the
 * script of a resident follows the age behind a colon: "[51:1+49 20]". Wives are women whatever their age. */
static void
put(stage *g, uint32_t town, uint32_t leaf, const char *drawing)
{
    rh_block *b = &g->s->store.block[town];
    bool wife = false, head = false;
    for (const char *p = drawing; *p != '\0';) {
        if (strchr("[]+ ", *p) != NULL) {
            head = *p++ == '[';
            continue;
        }
        char *end;
        int age = (int)strtol(p, &end, 10);
        unsigned what = *end == ':' ? (unsigned)strtol(end + 1, &end, 10) : LEAVE_ALONE;
        bool husband = *end == '+';
        rh_person w = rh_person_with_residence(0, leaf);
        w = rh_person_with_birth(w, (unsigned)(FIRST - age - RH_BIRTH_ZERO));
        w = rh_person_with_sex(w, husband ? RH_MALE : wife ? RH_FEMALE : (unsigned)age % 2);
        w = rh_person_with_marital(w, husband || wife ? RH_MARRIED : RH_NEVER_MARRIED);
        w = rh_person_with_activity(w, age < 7 ? RH_PRESCHOOL : RH_SERVICE);
        w = rh_person_with_arrival(w, leaf / 2 == town ? 0 : rh_arrival_code(ARRIVED));
        w = rh_person_with_head(w, head);
        w = rh_person_with_homestead(w, head ? RH_HOMESTEAD_IDLE : RH_HOMESTEAD_NONE);
        w = rh_person_with_integration(w, what);
        b->word[b->count++] = w;
        wife = husband;
        p = end;
    }
}

static void
play(stage *g)
{
    rh_err err = {0};
    assert_int_equal(rh_tally_recount(&g->s->engine.tally, g->region, &g->s->store, 1, &err),
                     RH_OK);
    assert_int_equal(rh_engine_start(&g->s->engine, &err), RH_OK);
    small_verify(g->s);
    small_year(g->s);
    small_verify(g->s);
}

static void
expect(const stage *g, uint32_t town, const char *drawing)
{
    char got[1000] = "";
    const rh_block *b = &g->s->store.block[town];
    for (uint32_t i = 0; i < b->count; i++) {
        rh_person w = b->word[i];
        bool wife = rh_person_sex(w) == RH_FEMALE && rh_person_marital(w) == RH_MARRIED;
        size_t n = strlen(got);
        snprintf(got + n, sizeof got - n, "%s%s%d", rh_person_head(w) && i > 0 ? "]" : "",
                 rh_person_head(w) ? "["
                 : wife            ? "+"
                                   : " ",
                 age_of(w));
    }
    strncat(got, b->count > 0 ? "]" : "", sizeof got - strlen(got) - 1);
    if (strcmp(got, drawing) != 0) {
        fail_msg("township %u is %s instead of %s", town, got, drawing);
    }
}

static void
leave_stage(stage *g)
{
    rh_simulation_free(g->s);
    rh_scenario_free(g->scenario);
    rh_region_free(g->region);
}

/* One block before and after. */
static void
becomes(const char *before, const char *after)
{
    stage g = empty_stage();
    put(&g, HERE, rh_leaf(HERE, RH_URBAN), before);
    play(&g);
    expect(&g, HERE, after);
    leave_stage(&g);
}

static rh_person
resident(const stage *g, uint32_t town, int age)
{
    const rh_block *b = &g->s->store.block[town];
    for (uint32_t i = 0; i < b->count; i++) {
        if (age_of(b->word[i]) == age) {
            return b->word[i];
        }
    }
    fail_msg("nobody of age %d in township %u", age, town);
    return 0;
}

static void
test_the_next_of_the_run_inherits_the_head_mark_and_the_homestead(void **state)
{
    (void)state;
    becomes("[52+50 20] [70 65]", "[52+50 20][70 65]"); /* nothing scripted, nothing changes */
    becomes("[52+50:1 20] [70 65]", "[52 20][70 65]");
    becomes("[52:1+50:1 20] [70 65]", "[20][70 65]");
    becomes("[52:1+50:1 20:1] [70 65]", "[70 65]");
    becomes("[52+50 20] [70:1 65:1]", "[52+50 20]");
    becomes("[52:1+50:1 20:1] [70:1 65:1]", "");
    stage g = empty_stage();
    put(&g, HERE, rh_leaf(HERE, RH_URBAN), "[52:1+50 20][70 65]");
    play(&g);
    expect(&g, HERE, "[50 20][70 65]");
    assert_int_equal(rh_person_homestead(resident(&g, HERE, 50)), RH_HOMESTEAD_IDLE);
    assert_int_equal(rh_person_marital(resident(&g, HERE, 50)), RH_WIDOWED);
    assert_int_equal(small_events(g.s, RH_EVENT_WIDOWED, RH_URBAN), 1);
    assert_int_equal(small_events(g.s, RH_EVENT_DEATH, RH_URBAN), 1);
    leave_stage(&g);
}

static void
test_a_new_household_goes_to_the_end_with_wife_and_children(void **state)
{
    (void)state;
    becomes("[60+58 30:2+28 3 25] [80]", "[60+58 25][80][30+28 3]");
    becomes("[60+58 30+28:2 3 25] [80]", "[60+58 25][80][30+28 3]");
    becomes("[60+58 30+28 3 25:2] [80]", "[60+58 30+28 3][80][25]");
    becomes("[60:2+58 30+28 3 25] [80]", "[60+58 30+28 3 25][80]"); /* a head has a household */
    becomes("[60:1+58:1 30:2+28 3]", "[30+28 3]");
    becomes("[62+60 40:2 12 22]",
            "[62+60 22][40 12]"); /* a lone parent; 22 is a sibling, not a child */
}

static void
test_births_stand_behind_the_mother_wherever_she_goes(void **state)
{
    (void)state;
    becomes("[60+58 30+28:4 3 25]", "[60+58 30+28 -1 3 25]");
    becomes("[60+58 30:2+28:4 3 25]", "[60+58 25][30+28 -1 3]");
    becomes("[30+28:4] [29+27:4]", "[30+28 -1][29+27 -1]");
    stage g = empty_stage();
    put(&g, HERE, rh_leaf(THERE, RH_URBAN), "[30+28:4]");
    play(&g);
    expect(&g, HERE, "[30+28 -1]");
    rh_person child = resident(&g, HERE, -1), mother = resident(&g, HERE, 28);
    assert_int_equal(rh_person_residence(child), rh_person_residence(mother));
    assert_int_equal(rh_person_arrival(child), rh_arrival_code(FIRST + 1));
    assert_int_equal(rh_person_children(mother), 1);
    assert_int_equal(small_events(g.s, RH_EVENT_BIRTH, RH_URBAN), 1);
    leave_stage(&g);
}

static void
transfer(const char *before, const char *here, const char *there, uint64_t moved)
{
    stage g = empty_stage();
    put(&g, HERE, rh_leaf(THERE, RH_URBAN), before);
    put(&g, THERE, rh_leaf(THERE, RH_URBAN), "[80]");
    play(&g);
    expect(&g, HERE, here);
    expect(&g, THERE, there);
    assert_int_equal(small_events(g.s, RH_EVENT_HUKOU_MOVED, RH_URBAN), moved);
    uint32_t home = g.region->town.parent[HERE], new_home = g.region->town.parent[THERE];
    assert_true(home != new_home);
    assert_int_equal(g.s->engine.tally.registered[new_home], 1 + moved);
    leave_stage(&g);
}

static void
test_hukou_transfers_keep_couples_together(void **state)
{
    (void)state;
    transfer("[52:3+50:3 20:3]", "", "[80][52+50 20]", 3);
    transfer("[52:3+50:3 20]", "[20]", "[80][52+50]", 2);
    transfer("[52:3+50 20]", "[52+50 20]", "[80]", 0); /* together or not at all */
    transfer("[52+50:3 20]", "[52+50 20]", "[80]", 0);
    transfer("[52+50 20:3]", "[52+50]", "[80][20]", 1);
    transfer("[52:3+50:3] [60 21:3]", "[60]", "[80][52+50][21]", 3);
    transfer("[52:3+50:3] [41:3 20]", "[20]", "[80][52+50][41]", 3);
}

static void
test_who_settles_is_a_local_of_the_new_home_with_its_hukou(void **state)
{
    (void)state;
    stage g = empty_stage();
    put(&g, HERE, rh_leaf(THERE, RH_URBAN), "[52:3+50:3]");
    play(&g);
    expect(&g, HERE, "");
    expect(&g, THERE, "[52+50]"); /* an empty block's first resident is a head */
    rh_person w = resident(&g, THERE, 52);
    assert_int_equal(rh_person_residence(w), rh_leaf(THERE, RH_URBAN));
    assert_int_equal(rh_person_arrival(w), 0);
    assert_int_equal(rh_person_hukou(w), RH_HUKOU_URBAN);
    assert_int_equal(rh_person_homestead(w), RH_HOMESTEAD_NONE);
    leave_stage(&g);
    g = empty_stage(); /* in a rural part the kind of hukou stays */
    put(&g, HERE, rh_leaf(THERE, RH_RURAL), "[52:3+50:3]");
    play(&g);
    assert_int_equal(rh_person_hukou(resident(&g, THERE, 52)), RH_HUKOU_RURAL);
    leave_stage(&g);
    g = empty_stage(); /* who lives at home has nowhere to settle */
    put(&g, HERE, rh_leaf(HERE, RH_URBAN), "[52:3+50:3]");
    play(&g);
    expect(&g, HERE, "[52+50]");
    leave_stage(&g);
}

static void
wed(const char *before, double neolocal, const char *after)
{
    stage g = empty_stage();
    g.s->world.marriage.neolocal = neolocal;
    put(&g, HERE, rh_leaf(HERE, RH_URBAN), before);
    play(&g);
    expect(&g, HERE, after);
    leave_stage(&g);
}

static void
test_a_bride_goes_to_the_grooms_household_or_both_found_one(void **state)
{
    (void)state;
    wed("[60+58 30:5] [55+53 27:5]", 0, "[60+58 30+27][55+53]");
    wed("[60+58 30:5] [55+53 27:5]", 1, "[60+58][55+53][30+27]");
    wed("[60+58 27:5] [55+53 30:5 22]", 0, "[60+58][55+53 30+27 22]");
    wed("[30:5] [27:5]", 1, "[30+27]"); /* a head stays where he is */
    wed("[30:5] [27:5 3]", 0,
        "[30+27][3]"); /* the bride's child stays in her run and opens it */
}

static void
test_nobody_marries_twice_in_a_year(void **state)
{
    (void)state;
    wed("[30:6] [27:6]", 0, "[30+27]");
    stage g = empty_stage();
    put(&g, HERE, rh_leaf(HERE, RH_URBAN), "[30:6] [32:6] [34:6] [27:6] [29:6]");
    play(&g);
    assert_int_equal(small_events(g.s, RH_EVENT_MARRIAGE, -1),
                     4); /* two couples of three men and two women */
    assert_int_equal(rh_store_count(&g.s->store), 5);
    leave_stage(&g);
    wed("[30:5] [32:5] [80]", 0, "[30][32][80]"); /* men only */
    wed("[30:5] [71:5]", 0,
        "[30][71]"); /* too far in age: M of market.c looks seven years around */
}

static void
test_spouses_of_two_townships_meet_in_the_county_and_one_may_move(void **state)
{
    (void)state;
    static const struct {
        double wife, husband;
        unsigned his, hers;
    } cases[] = {{1, 0, HERE, HERE}, {0, 1, HERE + 1, HERE + 1}, {0, 0, HERE, HERE + 1}};
    for (unsigned k = 0; k < 3; k++) {
        stage g = empty_stage();
        g.s->world.marriage.wife_joins = cases[k].wife;
        g.s->world.marriage.husband_joins = cases[k].husband;
        g.s->world.marriage.neolocal = 0;
        put(&g, HERE, rh_leaf(HERE, RH_URBAN), "[60+58 30:5]");
        put(&g, HERE + 1, rh_leaf(HERE + 1, RH_URBAN), "[55+53 27:5]");
        play(&g);
        expect(&g, HERE, "[60+58 30+27]"); /* her home is his township now */
        expect(&g, HERE + 1, "[55+53]");
        rh_person man = resident(&g, HERE, 30), woman = resident(&g, HERE, 27);
        assert_int_equal(rh_person_residence(man), rh_leaf(cases[k].his, RH_URBAN));
        assert_int_equal(rh_person_residence(woman), rh_leaf(cases[k].hers, RH_URBAN));
        assert_int_equal(small_events(g.s, RH_EVENT_IN_COUNTY, -1), k < 2);
        leave_stage(&g);
    }
}

static void
family_is(const char *block, int age, int spouse, unsigned n, const int *child)
{
    stage g = empty_stage();
    put(&g, HERE, rh_leaf(HERE, RH_URBAN), block);
    play(&g);
    assert_int_equal(seen.age, age);
    assert_int_equal(seen.spouse, spouse);
    assert_int_equal(seen.n_children, n);
    for (unsigned k = 0; k < n; k++) {
        assert_int_equal(seen.child[k], child[k]);
    }
    leave_stage(&g);
}

static void
test_a_family_is_spouse_and_own_minor_children(void **state)
{
    (void)state;
    static const int children[] = {10, 3};
    family_is("[60+58 32:7+28 10 3 25] [5]", 32, 28, 2, children);
    family_is("[60+58 32+28:7 10 3 25] [5]", 28, 32, 2, children);
    family_is("[60:7+58 32+28 10 3 25] [5]", 60, 58, 0,
              NULL); /* the first behind them is grown up */
    family_is("[60+58 32+28 10 3 25:7] [5]", 25, -99, 0,
              NULL); /* the next run's child is nobody's here */
    family_is("[60+58 32:7 10 3]", 32, -99, 2, children);
    family_is("[40:7+38 20 10]", 40, 38, 0, NULL);
    family_is("[25:7 12]", 25, -99, 0, NULL); /* thirteen years younger: a sibling */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_next_of_the_run_inherits_the_head_mark_and_the_homestead),
        cmocka_unit_test(test_a_new_household_goes_to_the_end_with_wife_and_children),
        cmocka_unit_test(test_births_stand_behind_the_mother_wherever_she_goes),
        cmocka_unit_test(test_hukou_transfers_keep_couples_together),
        cmocka_unit_test(test_who_settles_is_a_local_of_the_new_home_with_its_hukou),
        cmocka_unit_test(test_a_bride_goes_to_the_grooms_household_or_both_found_one),
        cmocka_unit_test(test_nobody_marries_twice_in_a_year),
        cmocka_unit_test(test_spouses_of_two_townships_meet_in_the_county_and_one_may_move),
        cmocka_unit_test(test_a_family_is_spouse_and_own_minor_children),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
