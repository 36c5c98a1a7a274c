/* Recount, comparison, household walk, flow walk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "core/mem.h"
#include "indicator/household_walk.h"
#include "indicator/tally.h"
#include "random_store.h"
#include "tiny_region.h"

static void
test_recount_agrees_with_counting_person_by_person(void **state)
{
    (void)state;
    rh_region *region = tiny_region();
    rh_store store;
    random_store(&store, region, 1, 60, 2010);
    rh_tally tally;
    assert_int_equal(rh_tally_init(&tally, region, NULL), RH_OK);
    assert_int_equal(rh_tally_recount(&tally, region, &store, 2, NULL), RH_OK);
    uint64_t all = 0, leaves = 0, registered = 0, urban = 0;
    for (uint32_t leaf = 0; leaf < tally.n_leaves; leaf++) {
        leaves += tally.leaf[leaf];
    }
    for (uint32_t b = 0; b < store.n_blocks; b++) {
        for (uint32_t i = 0; i < store.block[b].count; i++) {
            /* Take every person out again; what is left at the end must be nothing. */
            rh_person w = store.block[b].word[i];
            uint32_t leaf = rh_person_residence(w), part = leaf % 2;
            rh_county_tally *t = &tally.county[region->town.parent[leaf / 2]];
            t->cohort[part][rh_person_sex(w)][rh_person_birth(w)]--;
            t->status[part][rh_region_class(region, b, leaf / 2)][rh_person_hukou(w)]--;
            t->activity[part][rh_person_activity(w)]--;
            t->education[part][rh_person_education(w)]--;
            tally.leaf[leaf]--;
            tally.registered[region->town.parent[b]]--;
            tally.registered_hukou[region->town.parent[b]][rh_person_hukou(w)]--;
            all++;
            urban += rh_person_hukou(w);
        }
    }
    assert_int_equal(leaves, all);
    assert_int_equal(all, rh_store_count(&store));
    assert_true(urban > 0);
    for (uint32_t c = 0; c < tally.n_counties; c++) {
        const rh_county_tally zero = {0};
        assert_memory_equal(&tally.county[c], &zero, sizeof zero);
        registered +=
            tally.registered[c] + tally.registered_hukou[c][0] + tally.registered_hukou[c][1];
    }
    assert_int_equal(registered, 0);
    rh_tally_release(&tally);
    rh_store_release(&store);
    rh_region_free(region);
}

static void
test_comparison_names_the_place_and_both_counts(void **state)
{
    (void)state;
    rh_region *region = tiny_region();
    rh_store store;
    random_store(&store, region, 2, 30, 2010);
    rh_tally kept, counted;
    rh_err err = {0};
    assert_int_equal(rh_tally_init(&kept, region, &err), RH_OK);
    assert_int_equal(rh_tally_init(&counted, region, &err), RH_OK);
    assert_int_equal(rh_tally_recount(&kept, region, &store, 1, &err), RH_OK);
    assert_int_equal(rh_tally_recount(&counted, region, &store, 2, &err), RH_OK);
    kept.county[0].event[0][RH_EVENT_BIRTH] = 5; /* events are not compared */
    assert_int_equal(rh_tally_compare(&kept, &counted, region, &err), RH_OK);

    kept.county[4].cohort[RH_URBAN][RH_FEMALE][95] += 7;
    assert_int_equal(rh_tally_compare(&kept, &counted, region, &err), RH_INVARIANT);
    assert_non_null(strstr(err.text, "江口区"));
    assert_non_null(strstr(err.text, "920102"));
    assert_non_null(strstr(err.text, "born in 1985"));
    kept.county[4].cohort[RH_URBAN][RH_FEMALE][95] -= 7;

    err = (rh_err){0};
    kept.leaf[2 * 19 + 1] += 1;
    assert_int_equal(rh_tally_compare(&kept, &counted, region, &err), RH_INVARIANT);
    assert_non_null(strstr(err.text, "云雾民族乡"));
    kept.leaf[2 * 19 + 1] -= 1;

    err = (rh_err){0};
    kept.registered_hukou[2][1]--;
    assert_int_equal(rh_tally_compare(&kept, &counted, region, &err), RH_INVARIANT);
    assert_non_null(strstr(err.text, "西山市"));
    rh_tally_release(&kept);
    rh_tally_release(&counted);
    rh_store_release(&store);
    rh_region_free(region);
}

static void
test_differences_of_workers_add_up_in_any_order(void **state)
{
    (void)state;
    rh_region *region = tiny_region();
    rh_tally sum, one, two;
    assert_int_equal(rh_tally_init(&sum, region, NULL), RH_OK);
    assert_int_equal(rh_tally_init(&one, region, NULL), RH_OK);
    assert_int_equal(rh_tally_init(&two, region, NULL), RH_OK);
    sum.leaf[3] = 10;
    one.leaf[3]--; /* below zero in this worker */
    one.county[1].event[1][RH_EVENT_DEATH]++;
    two.leaf[3] += 4;
    rh_tally_merge(&sum, &one);
    rh_tally_merge(&sum, &two);
    assert_int_equal(sum.leaf[3], 13);
    assert_int_equal(sum.county[1].event[1][RH_EVENT_DEATH], 1);
    assert_int_equal(one.leaf[3], 0);
    assert_int_equal(two.leaf[3], 0);
    rh_tally_release(&sum);
    rh_tally_release(&one);
    rh_tally_release(&two);
    rh_region_free(region);
}

static void
test_a_resident_in_no_place_is_refused(void **state)
{
    (void)state;
    rh_region *region = tiny_region();
    rh_store store;
    random_store(&store, region, 3, 10, 2010);
    store.block[7].word[2] =
        rh_person_with_residence(store.block[7].word[2], 2 * region->town.n);
    rh_tally tally;
    rh_err err = {0};
    assert_int_equal(rh_tally_init(&tally, region, NULL), RH_OK);
    assert_int_equal(rh_tally_recount(&tally, region, &store, 2, &err), RH_INVARIANT);
    assert_non_null(strstr(err.text, region->town.name[7]));
    rh_tally_release(&tally);
    rh_store_release(&store);
    rh_region_free(region);
}

/* ---- households ---- */

/* One run in block 0 (东山区) of people given as sex, age, marital state, children, leaf. */
typedef struct member {
    int sex, age;
    enum rh_marital marital;
    unsigned children;
    uint32_t leaf;
} member;

static rh_family_tally
walk_of(const member *m, uint32_t n, uint32_t county)
{
    rh_region *region = tiny_region();
    rh_store store;
    assert_int_equal(rh_store_init(&store, region->town.n, 100, NULL), RH_OK);
    assert_int_equal(rh_block_reserve(&store, 0, n, NULL), RH_OK);
    for (uint32_t i = 0; i < n; i++) {
        rh_person w = rh_person_with_head(0, i == 0);
        w = rh_person_with_sex(w, (unsigned)m[i].sex);
        w = rh_person_with_birth(w, (unsigned)(2010 - RH_BIRTH_ZERO - m[i].age));
        w = rh_person_with_marital(w, m[i].marital);
        w = rh_person_with_children(w, m[i].children);
        w = rh_person_with_residence(w, m[i].leaf);
        store.block[0].word[i] = w;
    }
    store.block[0].count = n;
    rh_family_tally family[6];
    assert_int_equal(rh_family_walk(family, region, &store, 2010, 2, NULL), RH_OK);
    rh_store_release(&store);
    rh_region_free(region);
    return family[county];
}
#define WALK(county, ...)                                                                      \
    walk_of((const member[]){__VA_ARGS__},                                                     \
            sizeof((const member[]){__VA_ARGS__}) / sizeof(member), county)

static void
test_generations_follow_parents_not_age_gaps(void **state)
{
    (void)state;
    /* Parents with a grown unmarried son and his small sister: two. A husband much older than
     * his wife: no more. */
    rh_family_tally f = WALK(0, {0, 50, RH_MARRIED, 0, 0}, {1, 34, RH_MARRIED, 2, 0},
                             {0, 17, RH_NEVER_MARRIED, 0, 0}, {1, 1, RH_NEVER_MARRIED, 0, 0});
    assert_int_equal(f.generations[0][1], 1);
    assert_int_equal(f.households[0], 1);
    assert_int_equal(f.household_persons[0], 4);
    /* Grandparents, parents, child. */
    f = WALK(0, {0, 70, RH_MARRIED, 0, 1}, {1, 68, RH_MARRIED, 2, 1}, {0, 44, RH_MARRIED, 0, 1},
             {1, 40, RH_MARRIED, 1, 1}, {0, 12, RH_NEVER_MARRIED, 0, 1});
    assert_int_equal(f.generations[1][2], 1);
    /* A widow of 90 above them, and a grandchild below: four. */
    f = WALK(0, {1, 90, RH_WIDOWED, 3, 1}, {0, 70, RH_MARRIED, 0, 1}, {1, 68, RH_MARRIED, 2, 1},
             {0, 44, RH_MARRIED, 0, 1}, {1, 40, RH_MARRIED, 1, 1},
             {0, 12, RH_NEVER_MARRIED, 0, 1});
    assert_int_equal(f.generations[1][3], 1);
    /* A couple alone is one generation of two persons; a person alone is one as well. */
    f = WALK(0, {0, 70, RH_MARRIED, 0, 1}, {1, 48, RH_MARRIED, 2, 1});
    assert_int_equal(f.generations[1][0], 1);
    assert_int_equal(f.one_person[1], 0);
    f = WALK(0, {0, 70, RH_WIDOWED, 0, 1});
    assert_int_equal(f.generations[1][0], 1);
    assert_int_equal(f.one_person[1], 1);
    /* Same ages as a spouse of somebody else must not vanish. */
    f = WALK(0, {1, 60, RH_WIDOWED, 3, 1}, {0, 60, RH_MARRIED, 0, 1}, {1, 30, RH_MARRIED, 2, 1},
             {0, 5, RH_NEVER_MARRIED, 0, 1});
    assert_int_equal(f.generations[1][2], 1);
}

static void
test_left_behind_children_and_elders_alone(void **state)
{
    (void)state;
    /* Leaf 30 is in 江口区, leaf 4 in another township of 东山区. Parents away, child with
     * grandparents. */
    rh_family_tally f = WALK(0, {0, 70, RH_MARRIED, 0, 0}, {1, 66, RH_MARRIED, 1, 0},
                             {0, 40, RH_MARRIED, 0, 30}, {1, 38, RH_MARRIED, 2, 30},
                             {0, 12, RH_NEVER_MARRIED, 0, 0}, {0, 3, RH_NEVER_MARRIED, 0, 30});
    assert_int_equal(f.left_behind_children[0], 1);
    assert_int_equal(f.elders_alone[0], 2);
    assert_int_equal(f.households[0], 1);
    assert_int_equal(f.household_persons[0], 3);
    assert_int_equal(f.generations[0][1], 1);
    /* Only the father is away: left behind, and the mother looks after the elder. */
    f = WALK(0, {1, 70, RH_WIDOWED, 1, 0}, {0, 40, RH_MARRIED, 0, 30},
             {1, 38, RH_MARRIED, 2, 0}, {0, 12, RH_NEVER_MARRIED, 0, 0},
             {0, 16, RH_NEVER_MARRIED, 0, 0});
    assert_int_equal(f.left_behind_children[0], 1);
    assert_int_equal(f.elders_alone[0], 0);
    /* Parents in another township of the county: not left behind; an elder has nobody in the
     * township. */
    f = WALK(0, {1, 70, RH_WIDOWED, 1, 0}, {0, 40, RH_MARRIED, 0, 4}, {1, 38, RH_MARRIED, 2, 4},
             {0, 12, RH_NEVER_MARRIED, 0, 0});
    assert_int_equal(f.left_behind_children[0], 0);
    assert_int_equal(f.elders_alone[0], 1);
    assert_int_equal(f.households[0], 2);
    /* The other part of the same township is near enough. */
    f = WALK(0, {1, 70, RH_WIDOWED, 1, 0}, {0, 40, RH_DIVORCED, 0, 1});
    assert_int_equal(f.elders_alone[0], 0);
    /* The household in 江口区 is counted there. */
    f = WALK(4, {0, 40, RH_MARRIED, 0, 30}, {1, 38, RH_MARRIED, 2, 30},
             {0, 12, RH_NEVER_MARRIED, 0, 0});
    assert_int_equal(f.households[0], 1);
    assert_int_equal(f.household_persons[0], 2);
}

static void
test_household_counts_are_whole_and_independent_of_threads(void **state)
{
    (void)state;
    rh_region *region = tiny_region();
    rh_store store;
    random_store(&store, region, 5, 200, 2010);
    rh_family_tally one[6], two[6];
    assert_int_equal(rh_family_walk(one, region, &store, 2010, 1, NULL), RH_OK);
    assert_int_equal(rh_family_walk(two, region, &store, 2010, 2, NULL), RH_OK);
    assert_memory_equal(one, two, sizeof one);
    uint64_t persons = 0, members = 0, heads = 0, counted_heads = 0, households = 0,
             generations = 0;
    for (uint32_t c = 0; c < 6; c++) {
        for (int part = 0; part < 2; part++) {
            members += one[c].household_persons[part];
            households += one[c].households[part];
            assert_true(one[c].one_person[part] <= one[c].generations[part][0]);
            for (int g = 0; g < 4; g++) {
                generations += one[c].generations[part][g];
            }
        }
        for (int h = 0; h < 5; h++) {
            counted_heads += one[c].homestead[h];
        }
    }
    for (uint32_t b = 0; b < store.n_blocks; b++) {
        for (uint32_t i = 0; i < store.block[b].count; i++) {
            persons += !rh_person_collective(store.block[b].word[i]);
            heads += rh_person_head(store.block[b].word[i]);
        }
    }
    assert_int_equal(members, persons);
    assert_int_equal(counted_heads, heads);
    assert_int_equal(households, generations);
    rh_store_release(&store);
    rh_region_free(region);
}

static void
test_households_counted_in_vectors_are_the_same(void **state)
{
    (void)state;
    if (!rh_household_has_lanes()) {
        skip();
    }
    rh_region *region = tiny_region();
    for (uint64_t seed = 1; seed <= 20; seed++) {
        rh_store store;
        random_store(&store, region, seed, 150, 2010);
        /* Runs of every length, wives older than husbands, dormitories inside households. */
        for (uint32_t b = 0; b < store.n_blocks; b++) {
            for (uint32_t i = 1; i < store.block[b].count; i++) {
                rh_person w = store.block[b].word[i];
                const uint32_t chance = (i + 1000 * b) * 2654435761U >> 8;
                w = rh_person_with_birth(w, rh_person_birth(w) - chance % 12);
                w = chance % 7 == 0 ? rh_person_with_collective(w, 1) : w;
                w = chance % 16 < seed ? rh_person_with_head(w, 0) : w;
                store.block[b].word[i] = w;
            }
            store.block[b].count -= b % 5 == 0 ? store.block[b].count % 16 : 0;
        }
        rh_family_tally wide[6], plain[6];
        assert_int_equal(rh_household_walk_all(wide, region, &store, 2010, true, 1, NULL),
                         RH_OK);
        assert_int_equal(rh_household_walk_all(plain, region, &store, 2010, false, 1, NULL),
                         RH_OK);
        assert_memory_equal(wide, plain, sizeof wide);
        rh_store_release(&store);
    }
    rh_region_free(region);
}

static void
test_flow_table_holds_everybody_once(void **state)
{
    (void)state;
    rh_region *region = tiny_region();
    rh_store store;
    random_store(&store, region, 6, 50, 2010);
    uint32_t stock[6 * 6], wanted[6 * 6] = {0};
    assert_int_equal(rh_flow_walk(stock, region, &store, 2, NULL), RH_OK);
    for (uint32_t b = 0; b < store.n_blocks; b++) {
        for (uint32_t i = 0; i < store.block[b].count; i++) {
            uint32_t to = region->town.parent[rh_person_residence(store.block[b].word[i]) / 2];
            wanted[region->town.parent[b] * 6 + to]++;
        }
    }
    assert_memory_equal(stock, wanted, sizeof stock);
    rh_store_release(&store);
    rh_region_free(region);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recount_agrees_with_counting_person_by_person),
        cmocka_unit_test(test_comparison_names_the_place_and_both_counts),
        cmocka_unit_test(test_differences_of_workers_add_up_in_any_order),
        cmocka_unit_test(test_a_resident_in_no_place_is_refused),
        cmocka_unit_test(test_generations_follow_parents_not_age_gaps),
        cmocka_unit_test(test_left_behind_children_and_elders_alone),
        cmocka_unit_test(test_household_counts_are_whole_and_independent_of_threads),
        cmocka_unit_test(test_households_counted_in_vectors_are_the_same),
        cmocka_unit_test(test_flow_table_holds_everybody_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
