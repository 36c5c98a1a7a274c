/* The embedded builder: three real provinces' totals over a small piece of the real skeleton
 * (place/build.h, M1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "place/build.h"

static const char provinces_csv[] = "tests/data/small_provinces.csv";
static const char skeleton_csv[] = "tests/data/small_skeleton.csv";

static int
build(void **state)
{
    rh_region *region = NULL;
    rh_err err = {0};
    if (rh_build_embedded(provinces_csv, skeleton_csv, NULL, &region, &err) != RH_OK) {
        print_error("%s\n", err.text);
        return -1;
    }
    *state = region;
    return 0;
}

static int
drop(void **state)
{
    rh_region_free(*state);
    return 0;
}

/* Persons of a province in one class (-1: all), part, sex and broad age group. */
static uint64_t
persons(const rh_region *region, uint64_t province, int class, int part, int sex, int broad)
{
    uint64_t sum = 0;
    for (uint32_t c = 0; c < region->county.n; c++) {
        for (int k = 0; k < RH_CLASS_COUNT; k++) {
            for (int p = 0; p < RH_PART_COUNT; p++) {
                for (int s = 0; s < 2; s++) {
                    for (int g = 0; g < RH_AGE_GROUPS; g++) {
                        const int b = g < 4 ? 0 : g < 14 ? 1 : 2;
                        const int fits = region->county.code[c] / 10000 == province / 10000 &&
                                         (class < 0 || class == k) && (part < 0 || part == p) &&
                                         (sex < 0 || sex == s) && (broad < 0 || broad == b);
                        sum += fits ? region->cell[c].n[k][p][s][g] : 0;
                    }
                }
            }
        }
    }
    return sum;
}

static void
test_every_published_total_of_a_province_is_met(void **state)
{
    /* 2010 census, as in data/china/province_2010.csv: Ningxia. */
    const rh_region *region = *state;
    const uint64_t nx = 640000;
    assert_int_equal(persons(region, nx, -1, -1, -1, -1), 6301350);
    assert_int_equal(persons(region, nx, -1, -1, 0, -1), 3227404);
    assert_int_equal(persons(region, nx, -1, RH_URBAN, -1, -1), 3022022);
    assert_int_equal(persons(region, nx, -1, -1, -1, 2), 402787);
    assert_int_equal(persons(region, nx, RH_OTHER_PROVINCE, -1, -1, -1), 368451);
    assert_int_equal(rh_region_population(region), 6301350 + 3002165 + 8671485);
}

static void
test_registered_people_and_households_sum_to_the_province(void **state)
{
    const rh_region *region = *state;
    uint64_t households = 0, persons_in_them = 0, registered = 0;
    for (uint32_t c = 0; c < region->county.n; c++) {
        if (region->county.code[c] / 10000 == 64) {
            households += region->column.households[c];
            persons_in_them += region->column.household_persons[c];
            registered += region->column.registered[c];
        }
    }
    assert_int_equal(households, 1882205);
    assert_int_equal(registered, 6323117);
    assert_true(persons_in_them > 5.8e6 && persons_in_them < 6.0e6);
}

static void
test_it_says_that_it_is_synthetic_below_the_province(void **state)
{
    const rh_region *region = *state;
    assert_true(region->synthetic_below_province);
    assert_non_null(strstr(region->title, "synthetic below the province"));
    assert_non_null(strstr(region->title, "省以下为合成"));
    assert_non_null(strstr(region->notes, "only province totals are observed"));
    assert_true(isfinite(region->county.lon[0]) == 0);
    assert_true(isfinite(region->province.lon[0]) != 0);
}

static void
test_invariants_hold_and_single_townships_get_a_made_partner(void **state)
{
    const rh_region *region = *state;
    rh_err err = {0};
    assert_int_equal(rh_region_verify(region, &err), RH_OK);
    const uint32_t haitang = rh_region_find_county(region, 460202);
    assert_int_equal(region->county.first[haitang + 1] - region->county.first[haitang], 2);
    assert_string_equal(region->town.name[region->county.first[haitang] + 1], "海棠区·1");
    assert_non_null(
        strstr(region->notes, "海棠区 (460202) has 1 townships in the skeleton; 1 made."));
}

static void
test_urban_units_are_larger_than_rural_ones(void **state)
{
    const rh_region *region = *state;
    double size[4] = {0}, n[4] = {0};
    for (uint32_t t = 0; t < region->town.n; t++) {
        n[region->town_kind[t]]++;
        for (int p = 0; p < RH_PART_COUNT; p++) {
            for (int k = 0; k < RH_CLASS_COUNT; k++) {
                size[region->town_kind[t]] += region->leaf_class[rh_leaf(t, p)][k];
            }
        }
    }
    assert_true(size[RH_STREET] / n[RH_STREET] > size[RH_TOWNSHIP] / n[RH_TOWNSHIP]);
}

static void
is_refused(const char *from, const char *to, const char *sentence)
{
    char path[] = "/tmp/ronghe-provinces-XXXXXX", text[8000] = {0};
    FILE *in = fopen(provinces_csv, "r");
    assert_non_null(in);
    assert_true(fread(text, 1, sizeof text - 1, in) > 0);
    fclose(in);
    const int fd = mkstemp(path);
    FILE *out = fdopen(fd, "w");
    assert_non_null(out);
    char *at = strstr(text, from);
    assert_non_null(at);
    fprintf(out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    fclose(out);
    rh_region *region = NULL;
    rh_err err = {0};
    const rh_status st = rh_build_embedded(path, skeleton_csv, NULL, &region, &err);
    unlink(path);
    assert_int_not_equal(st, RH_OK);
    assert_null(region);
    if (strstr(err.text, sentence) == NULL) {
        print_error("expected \"%s\" in: %s\n", sentence, err.text);
        fail();
    }
}

static void
test_broken_totals_are_refused(void **state)
{
    (void)state;
    is_refused("6301350", "6301351",
               "宁夏回族自治区: male and female sum to 6301350, the population is 6301351");
    is_refused("6301350", "many", "population: \"many\"");
    is_refused("1882205", "9882205", "households are more than");
    is_refused("640000", "540000", "the code 540000 occurs twice");
    is_refused("640000", "610000", "lies in no province of the province table");
    is_refused(",age_0_14", ",children", "age_0_14");
}

static void
test_a_province_can_be_built_alone(void **state)
{
    (void)state;
    const int only[] = {64, 0}, wrong[] = {11, 0};
    rh_region *region = NULL;
    rh_err err = {0};
    assert_int_equal(rh_build_embedded(provinces_csv, skeleton_csv, only, &region, &err),
                     RH_OK);
    assert_int_equal(rh_region_population(region), 6301350);
    assert_int_equal(persons(region, 640000, RH_OTHER_PROVINCE, -1, -1, -1), 0);
    rh_region_free(region);
    region = NULL;
    assert_int_equal(rh_build_embedded(provinces_csv, skeleton_csv, wrong, &region, &err),
                     RH_INPUT);
    assert_null(region);
}

/* With the skeleton that `make` writes (out/skeleton.csv): the whole country; skips without it.
 */
static void
test_the_whole_country_is_spread_over_the_real_skeleton(void **state)
{
    (void)state;
    if (access("out/skeleton.csv", R_OK) != 0) {
        print_message("out/skeleton.csv is not there: skipped\n");
        skip();
    }
    rh_region *region = NULL;
    rh_err err = {0};
    assert_int_equal(rh_build_embedded("data/china/province_2010.csv", "out/skeleton.csv", NULL,
                                       &region, &err),
                     RH_OK);
    assert_int_equal(rh_region_population(region), 1332810869);
    assert_int_equal(region->province.n, 31);
    assert_int_equal(persons(region, 440000, RH_OTHER_PROVINCE, -1, -1, -1), 21497787);
    rh_region_free(region);
}

static void
test_the_same_input_gives_the_same_bits(void **state)
{
    const rh_region *one = *state;
    rh_region *two = NULL;
    assert_int_equal(rh_build_embedded(provinces_csv, skeleton_csv, NULL, &two, NULL), RH_OK);
    const uint64_t flows = one->flow_first[one->county.n];
    assert_int_equal(two->flow_first[two->county.n], flows);
    assert_memory_equal(one->flow_n, two->flow_n, flows * sizeof *one->flow_n);
    assert_memory_equal(one->cell, two->cell, one->county.n * sizeof *one->cell);
    assert_memory_equal(one->leaf_class, two->leaf_class,
                        2 * one->town.n * sizeof *one->leaf_class);
    assert_string_equal(one->notes, two->notes);
    rh_region_free(two);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_published_total_of_a_province_is_met),
        cmocka_unit_test(test_registered_people_and_households_sum_to_the_province),
        cmocka_unit_test(test_it_says_that_it_is_synthetic_below_the_province),
        cmocka_unit_test(test_invariants_hold_and_single_townships_get_a_made_partner),
        cmocka_unit_test(test_urban_units_are_larger_than_rural_ones),
        cmocka_unit_test(test_broken_totals_are_refused),
        cmocka_unit_test(test_a_province_can_be_built_alone),
        cmocka_unit_test(test_the_same_input_gives_the_same_bits),
        cmocka_unit_test(test_the_whole_country_is_spread_over_the_real_skeleton),
    };
    return cmocka_run_group_tests(tests, build, drop);
}
