/* Exogenous national series (policy/series.h, V1–V3) against the tables of the source. */
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

#include "policy/series.h"

/* United Nations, World Population Prospects 2024: life expectancy at birth 2010–2020, males,
 * females. */
static const double published_e0[][2] = {
    {73.1912, 78.3286}, {73.3343, 78.6496}, {73.6240, 78.9814}, {73.8809, 79.2226},
    {74.1188, 79.5104}, {74.3646, 79.7847}, {74.5752, 80.0523}, {74.4481, 80.2701},
    {75.0345, 80.5735}, {75.3033, 80.7471}, {75.2450, 80.9992},
};
/* The same source: total fertility 2010–2020. */
static const double published_tfr[] = {1.686548, 1.668272, 1.798379, 1.714028,
                                       1.769427, 1.669555, 1.771931, 1.795339,
                                       1.538705, 1.496117, 1.235682};

static const char *
china_dir(void)
{
    static const char *const tried[] = {"data/china", "../data/china"};
    return access(tried[0], R_OK) == 0 ? tried[0] : tried[1];
}

static rh_series *
read_series(int first, int last)
{
    rh_series *series;
    rh_err err = {0};
    if (rh_series_read(china_dir(), first, last, &series, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    return series;
}

static void
test_life_expectancy_is_the_published_one(void **state)
{
    (void)state;
    rh_series *series = read_series(2010, 2020);
    for (int i = 0; i <= 10; i++) {
        for (int s = 0; s < 2; s++) {
            double e0 = rh_series_life_expectancy(series->mortality[i][s]);
            assert_true(fabs(e0 - published_e0[i][s]) < 0.001);
        }
    }
    rh_series_free(series);
}

static void
test_group_rates_stay_near_the_published_period_rates(void **state)
{
    /* Females 30–34 and 70–74 in 2010–2014: 0.00065964 and 0.02396706 (WPP 2024); the middle
     * year 2012 is moved from them only by the life-expectancy factor, which must be small. */
    (void)state;
    rh_series *series = read_series(2012, 2012);
    double young = 0, old = 0;
    for (int x = 0; x < 5; x++) {
        young += (double)series->mortality[0][RH_SERIES_FEMALE][30 + x] / 5;
        old += (double)series->mortality[0][RH_SERIES_FEMALE][70 + x] / 5;
    }
    assert_true(fabs(young / 0.00065964 - 1) < 0.03);
    assert_true(fabs(old / 0.02396706 - 1) < 0.04);
    rh_series_free(series);
}

static void
test_death_rates_rise_with_age_from_30(void **state)
{
    (void)state;
    rh_series *series = read_series(2000, 2050);
    for (int i = 0; i <= 50; i++) {
        for (int s = 0; s < 2; s++) {
            for (int x = 31; x < RH_SERIES_AGES; x++) {
                /* A step down where groups meet may be small only (largest at 100, the open
                 * group). */
                float before = series->mortality[i][s][x - 1], now = series->mortality[i][s][x];
                assert_true(now > (x == 100 ? 0.94F : 0.97F) * before);
            }
        }
    }
    rh_series_free(series);
}

static void
test_fertility_sums_to_tfr_and_keeps_the_age_groups(void **state)
{
    (void)state;
    rh_series *series = read_series(2010, 2020);
    for (int i = 0; i <= 10; i++) {
        double sum = 0;
        for (int x = 0; x < RH_SERIES_FERTILE; x++) {
            assert_true(series->fertility[i][x] >= 0);
            sum += (double)series->fertility[i][x];
        }
        assert_true(fabs(sum - published_tfr[i]) < 1e-6);
    }
    double twenties = 0; /* 2010: 32.494173 % of births at 20–24 */
    for (int x = 20; x < 25; x++) {
        twenties += (double)series->fertility[0][x];
    }
    assert_true(fabs(twenties / 1.686548 - 0.32494173) < 1e-5);
    assert_true(series->fertility[0][9] <= 0);
    rh_series_free(series);
}

static void
test_births_and_deaths_are_the_typed_ones(void **state)
{
    (void)state;
    rh_series *series = read_series(2010, 2020);
    assert_true(fabs(series->births[0] - 17912367) < 0.5);
    assert_true(fabs(series->births[10] - 11843469) < 0.5);
    assert_true(fabs(series->deaths[0] - 8788797) < 0.5);
    assert_true(fabs(series->male_share[0] - 1.171 / 2.171) < 1e-12);
    rh_series_free(series);
}

static void
test_a_year_outside_the_tables_is_named(void **state)
{
    (void)state;
    rh_series *series;
    rh_err err = {0};
    assert_int_equal(rh_series_read(china_dir(), 2045, 2060, &series, &err), RH_MISSING);
    assert_non_null(strstr(err.text, "2051"));
    assert_null(series);
    err = (rh_err){0};
    assert_int_equal(rh_series_read(china_dir(), 2020, 2010, &series, &err), RH_RANGE);
    err = (rh_err){0};
    assert_int_equal(rh_series_read("nowhere", 2010, 2020, &series, &err), RH_IO);
}

/* A folder with the shipped fertility.csv and mortality.csv and the given vital.csv. */
static void
write_vital(const char *dir, const char *vital)
{
    static const char *const shipped[] = {"fertility.csv", "mortality.csv"};
    char from[512], to[512], buffer[4096];
    for (int i = 0; i < 2; i++) {
        snprintf(from, sizeof from, "%s/%s", china_dir(), shipped[i]);
        snprintf(to, sizeof to, "%s/%s", dir, shipped[i]);
        FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
        assert_non_null(in);
        assert_non_null(out);
        for (size_t n; (n = fread(buffer, 1, sizeof buffer, in)) > 0;) {
            fwrite(buffer, 1, n, out);
        }
        fclose(in);
        fclose(out);
    }
    snprintf(to, sizeof to, "%s/vital.csv", dir);
    FILE *out = fopen(to, "wb");
    assert_non_null(out);
    fputs(vital, out);
    fclose(out);
}

static void
refuse_vital(const char *vital, const char *said, const char *also)
{
    char dir[] = "/tmp/ronghe-series-XXXXXX", path[512];
    static const char *const file[] = {"fertility.csv", "mortality.csv", "vital.csv"};
    assert_non_null(mkdtemp(dir));
    write_vital(dir, vital);
    rh_series *series = NULL;
    rh_err err = {0};
    rh_status status = rh_series_read(dir, 2010, 2011, &series, &err);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, file[i]);
        unlink(path);
    }
    rmdir(dir);
    assert_int_not_equal(status, RH_OK);
    assert_null(series);
    if (strstr(err.text, said) == NULL || strstr(err.text, also) == NULL) {
        fail_msg("\"%s\" names neither or only one of \"%s\", \"%s\"", err.text, said, also);
    }
}

#define VITAL_HEAD "year,births,deaths,sex_ratio_at_birth,e0_male,e0_female,source\n"

static void
test_bad_rows_are_refused_with_line_and_value(void **state)
{
    (void)state;
    refuse_vital(VITAL_HEAD "2010,17912367,8788797,1.171,73.2,78.3,x\n", "vital.csv", "2011");
    refuse_vital(VITAL_HEAD "2010,-5,8788797,1.171,73.2,78.3,x\n2011,1,1,1.1,73,78,x\n",
                 "vital.csv:2", "-5");
    refuse_vital(VITAL_HEAD
                 "2010,5,8,1.171,73.2,78.3,x\n2010,1,1,1.1,73,78,x\n2011,1,1,1.1,73,78,x\n",
                 "vital.csv:3", "2010");
    refuse_vital(VITAL_HEAD "2010,5,8,1.171,173.2,78.3,x\n2011,1,1,1.1,73,78,x\n", "173.2",
                 "2010");
    refuse_vital("year,births,deaths,e0_male,e0_female\n2010,5,8,73,78\n2011,5,8,73,78\n",
                 "vital.csv", "sex_ratio_at_birth");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life_expectancy_is_the_published_one),
        cmocka_unit_test(test_group_rates_stay_near_the_published_period_rates),
        cmocka_unit_test(test_death_rates_rise_with_age_from_30),
        cmocka_unit_test(test_fertility_sums_to_tfr_and_keeps_the_age_groups),
        cmocka_unit_test(test_births_and_deaths_are_the_typed_ones),
        cmocka_unit_test(test_a_year_outside_the_tables_is_named),
        cmocka_unit_test(test_bad_rows_are_refused_with_line_and_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
