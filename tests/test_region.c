/* Regions (place/region.h): look-ups, classes and the checks of G1–G5, on the tiny region. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "core/mem.h"
#include "tiny_region.h"

static int
setup(void **state)
{
    *state = tiny_region();
    return 0;
}

static int
teardown(void **state)
{
    rh_region_free(*state);
    return 0;
}

static void
assert_broken(const rh_region *region, const char *sentence)
{
    rh_err err = {0};
    assert_int_equal(rh_region_verify(region, &err), RH_INVARIANT);
    assert_string_equal(err.text, sentence);
}

static void
test_the_tiny_region_keeps_its_invariants_at_any_size(void **state)
{
    (void)state;
    for (uint32_t times = 1; times < 200; times = 3 * times + 1) {
        rh_err err = {0};
        rh_region *region = tiny_region_of(times);
        if (rh_region_verify(region, &err) != RH_OK) {
            fail_msg("%s", err.text);
        }
        assert_int_equal(rh_region_population(region), 6000 * times);
        rh_region_free(region);
    }
}

static void
test_age_groups_tile_the_ages(void **state)
{
    (void)state;
    assert_int_equal(rh_age_group_low(0), 0);
    assert_int_equal(rh_age_group_high(RH_AGE_GROUPS - 1), 110);
    for (int group = 0; group < RH_AGE_GROUPS; group++) {
        assert_int_equal(rh_age_group_of(rh_age_group_low(group)), group);
        assert_int_equal(rh_age_group_of(rh_age_group_high(group)), group);
        if (group > 0) {
            assert_int_equal(rh_age_group_low(group), rh_age_group_high(group - 1) + 1);
        }
    }
    assert_int_equal(rh_age_group_low(2), 5);
    assert_int_equal(rh_age_group_low(18), 85);
    assert_int_equal(rh_age_group_of(130), 18);
}

static void
test_counties_are_found_by_code(void **state)
{
    const rh_region *region = *state;
    for (uint32_t c = 0; c < region->county.n; c++) {
        assert_int_equal(rh_region_find_county(region, region->county.code[c]), c);
    }
    assert_int_equal(rh_region_find_county(region, 0), UINT32_MAX);
    assert_int_equal(rh_region_find_county(region, 910122), UINT32_MAX);
    assert_int_equal(rh_region_find_county(region, 999999), UINT32_MAX);
}

static void
test_class_follows_the_tree(void **state)
{
    const rh_region *region = *state;
    assert_int_equal(rh_region_class(region, 0, 0), RH_LOCAL);
    assert_int_equal(rh_region_class(region, 0, 3), RH_IN_COUNTY);
    assert_int_equal(rh_region_class(region, 0, 4),
                     RH_IN_PROVINCE); /* other county, same prefecture */
    assert_int_equal(rh_region_class(region, 0, 12), RH_IN_PROVINCE); /* other prefecture */
    assert_int_equal(rh_region_class(region, 0, 13), RH_OTHER_PROVINCE);
    assert_int_equal(rh_region_class(region, 19, 13), RH_IN_PROVINCE);
}

static void
test_broken_tree_names_the_place(void **state)
{
    rh_region *region = *state;
    region->town.parent[5] = 2;
    assert_broken(
        region,
        "910121002 石桥镇 stands among the townships of 910121 北山县, but its parent is "
        "number 2 instead of 1 (G1).");
    region->town.parent[5] = 1;
    region->town.code[5] = region->town.code[4];
    assert_broken(region, "The code 910121001 stands twice among the townships (G1).");
    region->town.code[5] = 910121000;
    assert_broken(
        region, "In 910121 北山县, 910121001 山前镇 stands before 910121000 石桥镇: codes must "
                "rise (G1).");
    region->town.code[5] = 910121002;
    region->county.first[2] = region->county.first[1];
    assert_broken(region, "910121 北山县 has no townships: its children run from 4 to 4 (G1).");
    region->county.first[2] = 1000;
    assert_broken(region,
                  "910181 西山市 has no townships: its children run from 1000 to 10 (G1).");
}

static void
test_leaves_that_miss_one_person_name_both_values(void **state)
{
    rh_region *region = *state;
    region->leaf_class[rh_leaf(1, RH_URBAN)][RH_LOCAL]++;
    assert_broken(
        region, "910101 东山区 has 765 urban residents local in its age table, but 766 in its "
                "townships (G3).");
}

static void
test_flows_that_miss_one_person_name_both_values(void **state)
{
    rh_region *region = *state;
    region->flow_n[0][RH_URBAN]--;
    assert_broken(
        region,
        "910121 北山县 has 16 urban residents registered elsewhere in the province in its "
        "age table, but 15 arrive from their home counties (G4).");
    region->flow_n[0][RH_URBAN]++;
    region->flow_dest[0] = 0;
    assert_broken(
        region,
        "A flow of home county 910101 东山区 goes to county number 0, which is itself (G4).");
    region->flow_dest[0] = 6;
    assert_broken(region, "A flow of home county 910101 东山区 goes to county number 6, which "
                          "is not in the region (G4).");
}

static void
test_migrants_inside_a_county_need_two_townships(void **state)
{
    rh_region *region = *state;
    /* 江源县 (towns 17–19) keeps one township; the other two go to 江口区. */
    for (uint32_t t = 17; t < 19; t++) {
        region->town.parent[t] = 4;
        region->town.code[t] = 920102900 + t;
        for (int part = 0; part < RH_PART_COUNT; part++) {
            for (int k = 0; k < RH_CLASS_COUNT; k++) {
                region->leaf_class[rh_leaf(19, part)][k] +=
                    region->leaf_class[rh_leaf(t, part)][k];
                region->leaf_class[rh_leaf(t, part)][k] = 0;
            }
        }
    }
    region->county.first[5] = 19;
    assert_broken(
        region, "920122 江源县 has 26 residents registered elsewhere in the county, but only 1 "
                "township (G5).");
}

static void
test_neighbours_go_both_ways(void **state)
{
    rh_region *region = *state;
    region->near[region->near_first[3]] = 4;
    assert_broken(region,
                  "910221 清水县 is a neighbour of 910181 西山市, but not the reverse.");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_tiny_region_keeps_its_invariants_at_any_size),
        cmocka_unit_test(test_age_groups_tile_the_ages),
        cmocka_unit_test_setup_teardown(test_counties_are_found_by_code, setup, teardown),
        cmocka_unit_test_setup_teardown(test_class_follows_the_tree, setup, teardown),
        cmocka_unit_test_setup_teardown(test_broken_tree_names_the_place, setup, teardown),
        cmocka_unit_test_setup_teardown(test_leaves_that_miss_one_person_name_both_values,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_flows_that_miss_one_person_name_both_values, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_migrants_inside_a_county_need_two_townships, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_neighbours_go_both_ways, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
