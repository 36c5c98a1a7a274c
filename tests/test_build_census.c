/* The census builder against the tables themselves, read a second time by a plain reader
 * (place/build.h, G1–G5). Skips where the county tables are not there (RONGHE_DATA, else
 * ../shared/data). */
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
#include "place/prior.h"

static const char *
data_dir(void)
{
    const char *named = getenv("RONGHE_DATA");
    return named != NULL && named[0] != '\0' ? named : "../shared/data";
}

typedef struct world {
    rh_region *region;
} world;

static int
build_whole(void **state)
{
    char path[2000];
    snprintf(path, sizeof path, "%s/census2010_county_core.csv", data_dir());
    world *w = calloc(1, sizeof *w); /* NULL region: skip */
    *state = w;
    if (access(path, R_OK) != 0) {
        return 0;
    }
    rh_err err = {0};
    if (rh_build_census(data_dir(), NULL, &w->region, &err) != RH_OK) {
        print_error("%s\n", err.text);
        return -1;
    }
    return 0;
}

static int
free_whole(void **state)
{
    rh_region_free(((world *)*state)->region);
    free(*state);
    return 0;
}

static const rh_region *
region_of(void **state)
{
    const rh_region *region = ((world *)*state)->region;
    if (region == NULL) {
        print_message("the county tables are not in %s: skipped\n", data_dir());
        skip();
    }
    return region;
}

/* Plain reader: cells of one line, no quotes. */
static unsigned
cells_of(char *line, char **cell, unsigned most)
{
    unsigned n = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *p = line; p != NULL && n < most; n++) {
        cell[n] = strsep(&p, ",");
    }
    return n;
}

static uint32_t
cell_sum(const rh_cell *cell, int class, int part, int sex, int group)
{
    uint32_t sum = 0;
    for (int k = 0; k < RH_CLASS_COUNT; k++) {
        for (int p = 0; p < RH_PART_COUNT; p++) {
            for (int s = 0; s < 2; s++) {
                for (int g = 0; g < RH_AGE_GROUPS; g++) {
                    const int fits = (class < 0 || k == class) && (part < 0 || p == part) &&
                                     (sex < 0 || s == sex) && (group < 0 || g == group);
                    sum += fits ? cell->n[k][p][s][g] : 0;
                }
            }
        }
    }
    return sum;
}

static uint32_t
number(const char *text)
{
    return (uint32_t)strtoul(text, NULL, 10);
}

/* What the table says of one county, with the documented mends (docs/region.md) applied here by
 * hand. */
static void
check_county(const rh_region *region, char **cell)
{
    enum { POP = 4, HUKOU = 7, URBAN = 9, RURAL = 10, HH = 11, IN_COUNTY = 13, AGES = 28 };
    const uint32_t c = rh_region_find_county(region, number(cell[0]));
    assert_int_not_equal(c, UINT32_MAX);
    const rh_cell *got = &region->cell[c];
    assert_int_equal(cell_sum(got, -1, -1, -1, -1), number(cell[POP]));
    assert_int_equal(cell_sum(got, -1, -1, 0, -1), number(cell[POP + 1]));
    assert_int_equal(cell_sum(got, -1, -1, 1, -1), number(cell[POP + 2]));
    assert_int_equal(cell_sum(got, -1, RH_URBAN, -1, -1), number(cell[URBAN]));
    const bool xisha = strcmp(cell[0], "460371") == 0, shigu = strcmp(cell[0], "430407") == 0;
    assert_int_equal(cell_sum(got, -1, RH_RURAL, -1, -1), xisha ? 0 : number(cell[RURAL]));
    for (int k = RH_IN_COUNTY; k < RH_CLASS_COUNT; k++) {
        assert_int_equal(cell_sum(got, k, -1, -1, -1), number(cell[IN_COUNTY + k - 1]));
    }
    uint32_t mended = 0;
    for (int s = 0; s < 2; s++) {
        for (int g = 0; g < RH_AGE_GROUPS; g++) {
            uint32_t want = number(cell[AGES + s * RH_AGE_GROUPS + g]);
            const uint32_t is = cell_sum(got, -1, -1, s, g);
            want -= strcmp(cell[0], "211422") == 0 && s == 1 && g == 8 ? 30000 : 0;
            mended += shigu && s == 0 ? is - want : 0;
            if (!shigu || s == 1) {
                assert_int_equal(is, want);
            }
        }
    }
    assert_int_equal(mended, shigu ? 6 : 0);
    assert_int_equal(region->column.registered[c], number(cell[HUKOU]));
    assert_int_equal(region->column.households[c], number(cell[HH]));
}

static void
test_every_county_equals_the_published_integers(void **state)
{
    const rh_region *region = region_of(state);
    char path[2000], line[4000];
    char *cell[80];
    snprintf(path, sizeof path, "%s/census2010_county_core.csv", data_dir());
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    assert_non_null(fgets(line, sizeof line, in));
    assert_non_null(strstr(line, "house_m2_pc,m_0,")); /* the ages begin after 28 columns */
    unsigned n = 0;
    while (fgets(line, sizeof line, in) != NULL) {
        assert_int_equal(cells_of(line, cell, 80), 66);
        check_county(region, cell);
        n++;
    }
    fclose(in);
    assert_int_equal(n, region->county.n);
    assert_int_equal(n, 2870);
    assert_int_equal(rh_region_population(region), 1332810869);
}

static void
test_the_invariants_of_a_region_hold(void **state)
{
    rh_err err = {0};
    assert_int_equal(rh_region_verify(region_of(state), &err), RH_OK);
}

static double
outside(const rh_region *region, uint32_t c)
{
    return (double)cell_sum(&region->cell[c], RH_IN_PROVINCE, -1, -1, -1) +
           cell_sum(&region->cell[c], RH_OTHER_PROVINCE, -1, -1, -1);
}

/* Bound: half the sum of absolute differences is below 0.3 % of all migrants. */
static void
test_people_away_from_home_are_as_many_as_the_registers_say(void **state)
{
    const rh_region *region = region_of(state);
    const uint32_t n = region->county.n;
    double *want = calloc(n, sizeof *want), sum = 0, all = 0, wrong = 0;
    for (uint32_t o = 0; o < n; o++) {
        const double m = (double)region->column.registered[o] -
                         cell_sum(&region->cell[o], -1, -1, -1, -1) + outside(region, o);
        want[o] = fmax(m, fmax(1, 0.01 * region->column.registered[o]));
        sum += want[o];
        all += outside(region, o);
    }
    for (uint32_t o = 0; o < n; o++) {
        double got = 0;
        for (uint64_t i = region->flow_first[o]; i < region->flow_first[o + 1]; i++) {
            got += (double)region->flow_n[i][0] + region->flow_n[i][1];
        }
        wrong += fabs(got - want[o] * all / sum);
    }
    free(want);
    assert_true(all > 170e6);
    assert_true(wrong / 2 < 0.003 * all);
}

/* Anhui's people live in Jiangsu, Zhejiang and Shanghai rather than in Guangdong (the 2005
 * survey's order). */
static void
test_flows_between_provinces_keep_the_pattern_of_the_survey(void **state)
{
    const rh_region *region = region_of(state);
    double to[100] = {0};
    for (uint32_t o = 0; o < region->county.n; o++) {
        if (region->county.code[o] / 10000 == 34) {
            for (uint64_t i = region->flow_first[o]; i < region->flow_first[o + 1]; i++) {
                const uint32_t d = region->flow_dest[i];
                to[region->county.code[d] / 10000] +=
                    (double)region->flow_n[i][0] + region->flow_n[i][1];
            }
        }
    }
    assert_true(to[31] > 1.5e6 && to[32] > 1.5e6 && to[33] > 1.5e6);
    assert_true(to[44] < to[31] && to[44] < to[32] && to[44] < to[33]);
    assert_true(to[54] < 2e4);
}

static void
test_migrants_live_in_towns_and_are_young(void **state)
{
    const rh_region *region = region_of(state);
    double urban[2] = {0}, young[2] = {0}, all[2] = {0};
    for (uint32_t c = 0; c < region->county.n; c++) {
        for (int k = 0; k < RH_CLASS_COUNT; k++) {
            const int other = k == RH_OTHER_PROVINCE;
            all[other] += cell_sum(&region->cell[c], k, -1, -1, -1);
            urban[other] += cell_sum(&region->cell[c], k, RH_URBAN, -1, -1);
            for (int g = 4; g <= 8; g++) { /* 15 to 39 */
                young[other] += cell_sum(&region->cell[c], k, -1, -1, g);
            }
        }
    }
    assert_true(urban[1] / all[1] > urban[0] / all[0] + 0.2);
    assert_true(young[1] / all[1] > young[0] / all[0] + 0.2);
}

/* Iterative proportional fitting keeps every cross-product ratio of the prior: 慈溪市, men of
 * 20–24, urban and rural, locals and people from other provinces. Rounding may move it by a few
 * per cent. */
static void
test_cells_keep_the_odds_of_the_prior(void **state)
{
    const rh_region *region = region_of(state);
    rh_prior prior;
    assert_int_equal(rh_prior_read(NULL, &prior, NULL), RH_OK);
    const int group = 5;
    const rh_cell *cell = &region->cell[rh_region_find_county(region, 330282)];
    double got[RH_CLASS_COUNT], want[RH_CLASS_COUNT];
    for (int k = 0; k < RH_CLASS_COUNT; k++) {
        got[k] = (double)cell->n[k][RH_URBAN][0][group] / cell->n[k][RH_RURAL][0][group];
        want[k] = prior.cell[k][RH_URBAN][0][group] / prior.cell[k][RH_RURAL][0][group];
    }
    for (int k = RH_IN_COUNTY; k < RH_CLASS_COUNT; k++) {
        assert_true(fabs(log(got[k] / got[RH_LOCAL]) - log(want[k] / want[RH_LOCAL])) < 0.05);
    }
}

static void
test_streets_are_urban_and_townships_rural(void **state)
{
    const rh_region *region = region_of(state);
    uint64_t urban[4] = {0}, all[4] = {0};
    for (uint32_t t = 0; t < region->town.n; t++) {
        for (int p = 0; p < RH_PART_COUNT; p++) {
            for (int k = 0; k < RH_CLASS_COUNT; k++) {
                const uint32_t n = region->leaf_class[rh_leaf(t, p)][k];
                all[region->town_kind[t]] += n;
                urban[region->town_kind[t]] += p == RH_URBAN ? n : 0;
            }
        }
    }
    assert_true(urban[RH_STREET] * 10 > all[RH_STREET] * 7);
    assert_true(urban[RH_TOWNSHIP] * 4 < all[RH_TOWNSHIP]);
}

static void
shares_are_whole(const double *share, int n, bool rest)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        assert_true(share[i] >= 0 && share[i] <= 1);
        sum += share[i];
    }
    assert_true(rest ? sum <= 1 + 1e-9 : fabs(sum - 1) < 1e-9);
}

static void
test_columns_are_shares_and_known_values(void **state)
{
    const rh_region *region = region_of(state);
    const rh_county_columns *column = &region->column;
    for (uint32_t c = 0; c < region->county.n; c++) {
        for (int s = 0; s < 2; s++) {
            shares_are_whole(column->education[c][s], RH_CENSUS_EDUCATION, false);
            shares_are_whole(column->marital[c][s], 4, false);
        }
        if (column->households[c] > 0) {
            shares_are_whole(column->household_kind[c], 5, false);
        }
        shares_are_whole(column->work[c], 6, true);
        assert_true(column->gdp_per_head_yuan[c] > 1000);
        assert_true(isfinite(region->county.lon[c]) != 0);
    }
    const uint32_t c =
        rh_region_find_county(region, 110101); /* 东城区: figures of the table, by hand */
    assert_true(column->district[c]);
    assert_float_equal(column->household_kind[c][0], 46085.0 / 190192, 1e-6);
    assert_float_equal(column->work[c][0], 17.0 / 49226, 1e-6);
    assert_float_equal(column->work[c][4], 17716.0 / 49226, 1e-6);
    assert_float_equal(column->birth_rate[c], 0.00633, 1e-9);
    assert_float_equal(column->urban_hukou_share[c], 0.841, 1e-9);
}

static void
test_contradictions_and_gaps_are_in_the_notes(void **state)
{
    const char *notes = region_of(state)->notes;
    assert_non_null(strstr(notes, "建昌县 (211422): female age groups sum to 284114"));
    assert_non_null(strstr(notes, "石鼓区 (430407): male age groups sum to 116266"));
    assert_non_null(strstr(notes, "西沙群岛 (460371): urban 444 and rural 45"));
    assert_non_null(strstr(notes, "垫江县 (500231): \"9.04\""));
    assert_non_null(strstr(notes, "are made (synthetic)"));
}

static void
test_neighbours_go_both_ways(void **state)
{
    const rh_region *region = region_of(state);
    uint32_t seen = 0;
    for (uint32_t a = 0; a < region->county.n; a++) {
        for (uint32_t i = region->near_first[a]; i < region->near_first[a + 1]; i++) {
            const uint32_t b = region->near[i];
            bool back = false;
            for (uint32_t k = region->near_first[b]; k < region->near_first[b + 1]; k++) {
                back |= region->near[k] == a;
            }
            assert_true(back);
            seen++;
        }
    }
    assert_true(seen > 13000);
}

static void
test_part_of_the_country_keeps_its_own_counties_and_every_person(void **state)
{
    const rh_region *whole = region_of(state);
    const int provinces[] = {64, 62, 0};
    rh_region *part = NULL;
    rh_err err = {0};
    assert_int_equal(rh_build_census(data_dir(), provinces, &part, &err), RH_OK);
    assert_int_equal(part->province.n, 2);
    uint64_t persons = 0, local = 0, local_whole = 0;
    for (uint32_t c = 0; c < part->county.n; c++) {
        const uint32_t w = rh_region_find_county(whole, part->county.code[c]);
        assert_int_equal(cell_sum(&part->cell[c], -1, -1, -1, -1),
                         cell_sum(&whole->cell[w], -1, -1, -1, -1));
        assert_int_equal(cell_sum(&part->cell[c], RH_IN_PROVINCE, -1, -1, -1),
                         cell_sum(&whole->cell[w], RH_IN_PROVINCE, -1, -1, -1));
        persons += cell_sum(&part->cell[c], -1, -1, -1, -1);
        local += cell_sum(&part->cell[c], RH_LOCAL, -1, -1, -1);
        local_whole += cell_sum(&whole->cell[w], RH_LOCAL, -1, -1, -1);
    }
    assert_int_equal(persons, 25575263 + 6301350); /* Gansu and Ningxia, published totals */
    char line[200];
    snprintf(line, sizeof line, "Part of the country: %llu migrants",
             (unsigned long long)(local - local_whole));
    assert_true(local > local_whole);
    assert_non_null(strstr(part->notes, line));
    rh_region_free(part);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_county_equals_the_published_integers),
        cmocka_unit_test(test_the_invariants_of_a_region_hold),
        cmocka_unit_test(test_people_away_from_home_are_as_many_as_the_registers_say),
        cmocka_unit_test(test_flows_between_provinces_keep_the_pattern_of_the_survey),
        cmocka_unit_test(test_migrants_live_in_towns_and_are_young),
        cmocka_unit_test(test_cells_keep_the_odds_of_the_prior),
        cmocka_unit_test(test_streets_are_urban_and_townships_rural),
        cmocka_unit_test(test_columns_are_shares_and_known_values),
        cmocka_unit_test(test_contradictions_and_gaps_are_in_the_notes),
        cmocka_unit_test(test_neighbours_go_both_ways),
        cmocka_unit_test(test_part_of_the_country_keeps_its_own_counties_and_every_person),
    };
    return cmocka_run_group_tests(tests, build_whole, free_whole);
}
