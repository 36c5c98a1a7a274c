/* Indicators: partitions, ratios by hand, the decomposition of the urban share (indicator.h D1,
 * D2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/random.h"
#include "indicator/indicator.h"
#include "random_store.h"
#include "tiny_region.h"

static rh_facts *
facts_of_random_store(const rh_region *region, rh_tally *tally)
{
    rh_store store;
    random_store(&store, region, 11, 80, 2010);
    assert_int_equal(rh_tally_init(tally, region, NULL), RH_OK);
    assert_int_equal(rh_tally_recount(tally, region, &store, 1, NULL), RH_OK);
    rh_facts *facts = NULL;
    assert_int_equal(rh_facts_new(region, tally, NULL, 2010, &facts, NULL), RH_OK);
    rh_store_release(&store);
    return facts;
}

static double
value(const rh_facts *facts, enum rh_indicator_id id, enum rh_value_part part)
{
    return rh_indicator_value(id, facts, NULL, false, part, 1);
}
#define VALUE(facts, id, part) value(facts, RH_INDICATOR_##id, part)

static void
test_the_three_classes_the_sexes_and_the_ages_are_partitions(void **state) /* ASK-15 */
{
    (void)state;
    rh_region *region = tiny_region();
    rh_tally tally;
    rh_facts *facts = facts_of_random_store(region, &tally);
    for (uint32_t i = 0; i < rh_place_count(region); i++) {
        for (int p = 0; p < RH_VALUE_PARTS; p++) {
            enum rh_value_part part = (enum rh_value_part)p;
            double all = VALUE(&facts[i], population, part);
            assert_true(all > 0);
            assert_true(VALUE(&facts[i], class_farmers, part) +
                            VALUE(&facts[i], class_citizens, part) +
                            VALUE(&facts[i], floating_population, part) ==
                        all);

            assert_true(VALUE(&facts[i], age_0_14, part) + VALUE(&facts[i], age_15_64, part) +
                            VALUE(&facts[i], age_65_plus, part) ==
                        all);
        }
        assert_true(VALUE(&facts[i], male, RH_WHOLE) + VALUE(&facts[i], female, RH_WHOLE) ==
                    VALUE(&facts[i], population, RH_WHOLE));
        assert_true(VALUE(&facts[i], class_floating, RH_WHOLE) ==
                    VALUE(&facts[i], floating_population, RH_WHOLE));
        assert_true(VALUE(&facts[i], urban_population, RH_WHOLE) ==
                    VALUE(&facts[i], population, RH_URBAN_PART));
    }
    rh_free(facts);
    rh_tally_release(&tally);
    rh_region_free(region);
}

static void
test_places_add_up_to_the_nation_and_districts_have_no_floating_inside(void **state)
{
    (void)state;
    rh_region *region = tiny_region();
    rh_tally tally;
    rh_facts *facts = facts_of_random_store(region, &tally);
    for (int level = RH_PROVINCE; level < RH_VALUE_LEVELS; level++) {
        double sum = 0, floating = 0;
        uint32_t first = rh_place_first(region, (enum rh_value_level)level);
        for (uint32_t i = 0; i < rh_level_count(region, (enum rh_value_level)level); i++) {
            sum += VALUE(&facts[first + i], population, RH_WHOLE);
            floating += VALUE(&facts[first + i], floating_population, RH_WHOLE);
        }
        assert_true(sum == VALUE(&facts[0], population, RH_WHOLE));
        assert_true(floating == VALUE(&facts[0], floating_population, RH_WHOLE));
    }
    uint32_t first = rh_place_first(region, RH_COUNTY), districts = 0;
    for (uint32_t c = 0; c < region->county.n; c++) {
        const rh_facts *f = &facts[first + c];
        double outside = VALUE(f, migrants_in_province, RH_WHOLE) +
                         VALUE(f, migrants_other_province, RH_WHOLE);
        double inside = VALUE(f, migrants_in_county, RH_WHOLE);
        assert_true(inside > 0);
        assert_true(VALUE(f, floating_population, RH_WHOLE) ==
                    outside + (region->column.district[c] ? 0 : inside));
        districts += region->column.district[c];
    }
    assert_true(districts > 0 && districts < region->county.n);
    rh_free(facts);
    rh_tally_release(&tally);
    rh_region_free(region);
}

static void
test_ratios_by_hand_and_counts_carry_the_weight(void **state)
{
    (void)state;
    rh_region *region = tiny_region();
    rh_tally tally;
    assert_int_equal(rh_tally_init(&tally, region, NULL), RH_OK);
    rh_county_tally *t = &tally.county[3]; /* 清水县 */
    const int birth = 2010 - RH_BIRTH_ZERO;
    t->cohort[RH_RURAL][RH_MALE][birth - 5] = 10; /* 5 years old */
    t->cohort[RH_RURAL][RH_FEMALE][birth - 14] = 10;
    t->cohort[RH_URBAN][RH_FEMALE][birth - 15] = 30;
    t->cohort[RH_URBAN][RH_MALE][birth - 64] = 20;
    t->cohort[RH_URBAN][RH_MALE][birth - 65] = 5;
    t->education[RH_RURAL][RH_NO_SCHOOL] = 10;
    t->education[RH_RURAL][RH_PRIMARY] = 10;
    t->education[RH_URBAN][RH_JUNIOR] = 30;
    t->education[RH_URBAN][RH_GRADUATE] = 25;
    t->status[RH_URBAN][RH_LOCAL][RH_HUKOU_URBAN] = 24;
    t->status[RH_RURAL][RH_LOCAL][RH_HUKOU_URBAN] = 6;
    t->activity[RH_RURAL][RH_FARM] = 3;
    t->activity[RH_URBAN][RH_SERVICE] = 9;
    rh_facts *facts = NULL;
    assert_int_equal(rh_facts_new(region, &tally, NULL, 2010, &facts, NULL), RH_OK);
    const rh_facts *f = &facts[rh_place_first(region, RH_COUNTY) + 3];
    assert_true(VALUE(f, child_dependency, RH_WHOLE) == 40);
    assert_true(VALUE(f, old_dependency, RH_WHOLE) == 10);
    assert_true(VALUE(f, total_dependency, RH_WHOLE) == 50);
    assert_true(fabs(VALUE(f, urban_share, RH_WHOLE) - 100 * 55.0 / 75) < 1e-12);
    assert_true(isnan(VALUE(f, urban_share, RH_URBAN_PART)));
    assert_true(VALUE(f, hukou_urban_share, RH_WHOLE) == 40); /* the gap of ASK-10 */
    assert_true(fabs(VALUE(f, education_years, RH_WHOLE) - (60 + 270 + 475) / 65.0) < 1e-12);
    assert_true(VALUE(f, farm_employment_share, RH_WHOLE) == 25);
    assert_true(rh_indicator_value(RH_INDICATOR_population, f, NULL, false, RH_WHOLE, 100) ==
                7500);
    assert_true(
        rh_indicator_value(RH_INDICATOR_old_dependency, f, NULL, false, RH_WHOLE, 100) == 10);
    assert_true(isnan(VALUE(f, households, RH_WHOLE)));
    assert_true(isnan(VALUE(f, births, RH_WHOLE)));
    assert_true(isnan(VALUE(&facts[rh_place_first(region, RH_COUNTY)], urban_share, RH_WHOLE)));
    rh_free(facts);
    rh_tally_release(&tally);
    rh_region_free(region);
}

static void
test_crude_rates_use_the_mean_population(void **state)
{
    (void)state;
    rh_facts now = {0};
    now.n[RH_RURAL][RH_FACT_population] = 900;
    now.n[RH_URBAN][RH_FACT_population] = 300;
    now.n[RH_RURAL][RH_FACT_birth] = 11;
    now.n[RH_URBAN][RH_FACT_death] = 5;
    const int64_t before[] = {700, 300};
    double rate =
        rh_indicator_value(RH_INDICATOR_birth_rate, &now, before, false, RH_WHOLE, 100);
    assert_true(fabs(rate - 10) < 1e-12);
    rate = rh_indicator_value(RH_INDICATOR_birth_rate, &now, before, false, RH_RURAL_PART, 100);
    assert_true(fabs(rate - 1000 * 11 / 800.0) < 1e-12);
    assert_true(rh_indicator_value(RH_INDICATOR_natural_change, &now, before, false, RH_WHOLE,
                                   100) == 600);
}

/* Random events between two states of sizes up to the country's. */
static void
test_the_parts_of_the_urban_shares_change_add_up_exactly(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 20000; round++) {
        rh_key key = rh_key_with(77, round);
        uint64_t size = 1 + rh_below(rh_draw(key, 0), round % 3 == 0   ? 30
                                                      : round % 3 == 1 ? 100000
                                                                       : 700000000);
        uint64_t n = 1;
        int64_t u0 = (int64_t)rh_below(rh_draw(key, n++), size) + 1;
        int64_t r0 = (int64_t)rh_below(rh_draw(key, n++), size) + 1;
        rh_facts now = {0};
        int64_t *u = now.n[RH_URBAN], *r = now.n[RH_RURAL];
        for (int f = RH_FACT_birth; f <= RH_FACT_out_other_event; f++) {
            u[f] = (int64_t)rh_below(rh_draw(key, n++), (uint64_t)u0 / 8 + 1);
            r[f] = (int64_t)rh_below(rh_draw(key, n++), (uint64_t)r0 / 8 + 1);
        }
        int64_t redrawn = u[RH_FACT_reclassified_event] =
            (int64_t)rh_below(rh_draw(key, n++), (uint64_t)r0 / 8 + 1);
#define CHANGE(x)                                                                              \
    (x[RH_FACT_birth] - x[RH_FACT_death] + x[RH_FACT_in_county_event] +                        \
     x[RH_FACT_in_province_event] + x[RH_FACT_in_other_event] - x[RH_FACT_out_county_event] -  \
     x[RH_FACT_out_province_event] - x[RH_FACT_out_other_event])
        u[RH_FACT_population] = u0 + CHANGE(u) + redrawn;
        r[RH_FACT_population] = r0 + CHANGE(r) - redrawn;
        int64_t u1 = u[RH_FACT_population], p0 = u0 + r0, p1 = u1 + r[RH_FACT_population];
        if (u1 < 0 || p1 <= 0) {
            continue;
        }
        rh_urban_change d = rh_urban_change_of(&now, u0, p0);
        assert_true(d.closes);
        assert_true(d.numerator[1] + d.numerator[2] + d.numerator[3] == d.numerator[0]);
        assert_true(d.natural + d.migration + d.reclassified == d.change);
        double share = 100 * ((double)u1 / (double)p1 - (double)u0 / (double)p0);
        assert_true(fabs(d.change - share) < 1e-9);
        /* One person forgotten opens the books. */
        u[RH_FACT_death]++;
        assert_false(rh_urban_change_of(&now, u0, p0).closes);
    }
}

static void
test_reclassification_alone_moves_nobody(void **state)
{
    (void)state;
    rh_facts now = {0};
    now.n[RH_URBAN][RH_FACT_population] = 600;
    now.n[RH_RURAL][RH_FACT_population] = 400;
    now.n[RH_URBAN][RH_FACT_reclassified_event] = 100;
    rh_urban_change d = rh_urban_change_of(&now, 500, 1000);
    assert_true(d.natural == 0 && d.migration == 0);
    assert_true(fabs(d.reclassified - 10) < 1e-12);
}

static void
test_running_time_backwards_turns_the_sign_of_every_part(void **state)
{
    (void)state;
    rh_facts there = {0}, back = {0};
    int64_t *u = there.n[RH_URBAN], *r = there.n[RH_RURAL];
    u[RH_FACT_birth] = 30;
    r[RH_FACT_birth] = 70;
    u[RH_FACT_in_county_event] = 55;
    r[RH_FACT_out_county_event] = 40;
    u[RH_FACT_reclassified_event] = 25;
    u[RH_FACT_population] = 400 + 30 + 55 + 25;
    r[RH_FACT_population] = 600 + 70 - 40 - 25;
    back.n[RH_URBAN][RH_FACT_death] = 30;
    back.n[RH_RURAL][RH_FACT_death] = 70;
    back.n[RH_URBAN][RH_FACT_out_county_event] = 55;
    back.n[RH_RURAL][RH_FACT_in_county_event] = 40;
    back.n[RH_URBAN][RH_FACT_reclassified_event] = -25;
    back.n[RH_URBAN][RH_FACT_population] = 400;
    back.n[RH_RURAL][RH_FACT_population] = 600;
    rh_urban_change a = rh_urban_change_of(&there, 400, 1000);
    rh_urban_change b = rh_urban_change_of(&back, 510, 1115);
    assert_true(a.closes && b.closes);
    for (int i = 0; i < 4; i++) {
        assert_true(a.numerator[i] == -b.numerator[i]);
        assert_true(a.numerator[i] != 0);
    }
}

static void
test_every_row_of_the_table_is_filled_and_found_by_its_id(void **state)
{
    (void)state;
    for (int i = 0; i < RH_INDICATOR_COUNT; i++) {
        const rh_indicator *r = rh_indicator_get((enum rh_indicator_id)i);
        assert_true(strlen(r->zh) > 0 && strlen(r->en) > 0 && strlen(r->unit) > 0);
        assert_int_equal(rh_indicator_find(r->id), i);
    }
    assert_int_equal(rh_indicator_find("no such thing"), -1);
}

/* RONGHE_REWRITE=1 writes the page instead. */
static void
test_the_page_of_indicators_is_current(void **state)
{
    (void)state;
    char *page = NULL, *kept;
    size_t size = 0;
    FILE *out = open_memstream(&page, &size);
    rh_indicator_write_markdown(out);
    fclose(out);
    FILE *file = fopen("docs/indicators.md", getenv("RONGHE_REWRITE") ? "w+" : "r");
    if (file == NULL) {
        free(page);
        skip(); /* not started from the root of the project */
    }
    if (getenv("RONGHE_REWRITE")) {
        fputs(page, file);
        rewind(file);
    }
    kept = calloc(size + 2, 1);
    assert_int_equal(fread(kept, 1, size + 1, file), size);
    assert_string_equal(kept, page);
    fclose(file);
    free(kept);
    free(page);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_three_classes_the_sexes_and_the_ages_are_partitions),
        cmocka_unit_test(
            test_places_add_up_to_the_nation_and_districts_have_no_floating_inside),
        cmocka_unit_test(test_ratios_by_hand_and_counts_carry_the_weight),
        cmocka_unit_test(test_crude_rates_use_the_mean_population),
        cmocka_unit_test(test_the_parts_of_the_urban_shares_change_add_up_exactly),
        cmocka_unit_test(test_reclassification_alone_moves_nobody),
        cmocka_unit_test(test_the_page_of_indicators_is_current),
        cmocka_unit_test(test_running_time_backwards_turns_the_sign_of_every_part),
        cmocka_unit_test(test_every_row_of_the_table_is_filled_and_found_by_its_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
