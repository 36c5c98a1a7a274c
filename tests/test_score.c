/* ronghe score on six counties whose errors are worked out by hand; ronghe show and flows on
 * the same run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "io/run_file.h"
#include "run/report.h"
#include "tiny_region.h"

typedef struct bench {
    char folder[64], run[96], observed[96];
} bench;

/* Residents in the rural and in the urban part, 2010 and 2011. */
static const uint32_t people[2][6][2] = {
    {{0, 100}, {100, 100}, {200, 200}, {300, 100}, {250, 250}, {150, 50}},
    {{0, 110}, {90, 110}, {180, 240}, {270, 110}, {250, 350}, {130, 50}},
};

static int
set_up(void **state)
{
    static char text[] = "x", title[] = "小地方";
    bench *b = calloc(1, sizeof *b);
    strcpy(b->folder, "/tmp/ronghe_score_XXXXXX");
    assert_non_null(mkdtemp(b->folder));
    snprintf(b->run, sizeof b->run, "%s/run.gpkg", b->folder);
    snprintf(b->observed, sizeof b->observed, "%s/observed.csv", b->folder);
    rh_region *region = tiny_region();
    rh_scenario scenario = {
        .title = title, .text = text, .sample = 1, .output = RH_OUTPUT_COUNTY};
    rh_run_file *file = NULL;
    assert_int_equal(rh_run_file_create(b->run, region, &scenario, &file, NULL), RH_OK);
    uint32_t stock[36] = {0};
    for (int y = 0; y < 2; y++) {
        rh_tally tally;
        assert_int_equal(rh_tally_init(&tally, region, NULL), RH_OK);
        for (int c = 0; c < 6; c++) {
            for (int part = 0; part < 2; part++) {
                tally.county[c].cohort[part][0][90] = people[y][c][part];
                tally.county[c].event[part][RH_EVENT_BIRTH] =
                    y == 1 && people[1][c][part] > people[0][c][part]
                        ? people[1][c][part] - people[0][c][part]
                        : 0;
                tally.county[c].event[part][RH_EVENT_DEATH] =
                    y == 1 && people[1][c][part] < people[0][c][part]
                        ? people[0][c][part] - people[1][c][part]
                        : 0;
            }
        }
        stock[0 * 6 + 4] = 7;  /* 东山区 → 江口区: other province */
        stock[1 * 6 + 4] = 20; /* 北山县 → 江口区 */
        stock[1 * 6 + 0] = 5;  /* 北山县 → 东山区: same prefecture */
        stock[3 * 6 + 0] = 9;  /* 清水县 → 东山区: other prefecture */
        stock[5 * 6 + 5] = 99; /* at home */
        assert_int_equal(rh_run_file_flows(file, 2010 + y, stock, NULL), RH_OK);
        assert_int_equal(rh_run_file_year(file, 2010 + y, &tally, NULL, NULL), RH_OK);
        rh_tally_release(&tally);
    }
    assert_int_equal(rh_run_file_close(file, NULL), RH_OK);
    rh_region_free(region);
    *state = b;
    return 0;
}

static int
tear_down(void **state)
{
    bench *b = *state;
    unlink(b->run);
    unlink(b->observed);
    rmdir(b->folder);
    free(b);
    return 0;
}

static void
observe(const bench *b, const char *rows)
{
    FILE *file = fopen(b->observed, "w");
    assert_non_null(file);
    fprintf(file, "code,indicator,year,value\n%s", rows);
    fclose(file);
}

/* What the function writes with this query (caller frees). */
typedef rh_status reporter(const bench *, const rh_query *, FILE *, rh_err *);

static rh_status
score(const bench *b, const rh_query *query, FILE *out, rh_err *err)
{
    return rh_score(b->run, b->observed, query, out, err);
}

static rh_status
show(const bench *b, const rh_query *query, FILE *out, rh_err *err)
{
    return rh_show(b->run, query, out, err);
}

static rh_status
flows(const bench *b, const rh_query *query, FILE *out, rh_err *err)
{
    return rh_flows(b->run, query, out, err);
}

static char *
text_of(const bench *b, reporter *report, rh_query query)
{
    char *text = NULL;
    size_t size = 0;
    rh_err err = {0};
    FILE *out = open_memstream(&text, &size);
    rh_status status = report(b, &query, out, &err);
    fclose(out);
    if (status != RH_OK) {
        fail_msg("%s", err.text);
    }
    return text;
}

static json_t *
json_of(const bench *b, reporter *report, rh_query query)
{
    query.json = true;
    char *text = text_of(b, report, query);
    json_error_t error;
    json_t *root = json_loads(text, 0, &error);
    if (root == NULL) {
        fail_msg("%s in %s", error.text, text);
    }
    free(text);
    return root;
}

static double
number(const json_t *root, unsigned group, const char *forecast, const char *key)
{
    json_t *g = json_array_get(json_object_get(root, "scores"), group);
    return json_number_value(
        json_object_get(json_object_get(json_object_get(g, "forecasts"), forecast), key));
}

#define NEAR(a, b) assert_true(fabs((a) - (b)) < 1e-9)

static void
test_errors_are_those_worked_out_by_hand(void **state)
{
    const bench *b = *state;
    /* Run 2011: 110, 200, 420, 380, 600, 180; 2010: 100, 200, 400, 400, 500, 200 (sum 1800).
     * Observed sum 1980. */
    observe(
        b,
        "910101,population,2011,120\n910121,population,2011,200\n910181,population,2011,400\n"
        "910221,population,2011,400\n920102,population,2011,640\n920122,population,2011,220\n");
    json_t *root = json_of(b, score, (rh_query){0});
    assert_int_equal(json_array_size(json_object_get(root, "scores")), 1);
    NEAR(number(root, 0, "this run", "n"), 6);
    /* errors: -10, 0, 20, -20, -40, -40 */
    NEAR(number(root, 0, "this run", "bias"), -90 / 6.0);
    NEAR(number(root, 0, "this run", "mae"), 130 / 6.0);
    NEAR(number(root, 0, "this run", "mape"),
         100 * (10 / 120.0 + 20 / 400.0 + 20 / 400.0 + 40 / 640.0 + 40 / 220.0) / 6);
    NEAR(number(root, 0, "this run", "wmape"), 100 * 130 / 1980.0);
    /* ranks of the run 1 3 5 4 6 2; of the observed 1 2 4.5 4.5 6 3 */
    NEAR(number(root, 0, "this run", "rank"), 16 / sqrt(17.5 * 17.0));
    /* unchanged: -20, 0, 0, 0, -140, -20 */
    NEAR(number(root, 0, "unchanged", "bias"), -30);
    NEAR(number(root, 0, "unchanged", "mae"), 30);
    NEAR(number(root, 0, "unchanged", "wmape"), 100 * 180 / 1980.0);
    /* growth 1.1: 110, 220, 440, 440, 550, 220: errors -10, 20, 40, 40, -90, 0 */
    NEAR(number(root, 0, "national growth", "bias"), 0);
    NEAR(number(root, 0, "national growth", "mae"), 200 / 6.0);
    json_decref(root);
}

static void
test_the_nations_row_sets_the_growth_and_shares_rise_in_points(void **state)
{
    const bench *b = *state;
    /* Nation 2010: 800 urban of 1800; the observed nation rises by 10 points. */
    char rows[400];
    snprintf(rows, sizeof rows,
             "100000,urban_share,2011,%.15g\n910121,urban_share,2011,58\n920122,urban_share,"
             "2011,30\n",
             100 * 800.0 / 1800 + 10);
    observe(b, rows);
    json_t *root = json_of(b, score, (rh_query){0});
    assert_int_equal(json_array_size(json_object_get(root, "scores")), 2);
    /* counties: 2010 50 and 25, risen 60 and 35 against 58 and 30 */
    NEAR(number(root, 1, "national growth", "bias"), 3.5);
    NEAR(number(root, 1, "unchanged", "mae"), 6.5);
    NEAR(number(root, 0, "national growth", "mae"), 0);
    json_decref(root);
    /* Without the nation's row: residents of 2010 (200 and 200) weigh the rise: mean of 8
     * and 5. */
    observe(b, "910121,urban_share,2011,58\n920122,urban_share,2011,30\n");
    root = json_of(b, score, (rh_query){0});
    NEAR(number(root, 0, "national growth", "bias"), 0);
    NEAR(number(root, 0, "national growth", "mae"), 1.5);
    json_decref(root);
}

static void
test_places_of_several_levels_are_scored_together_unless_levels_are_named(void **state)
{
    const bench *b = *state;
    /* 乙省, 甲山市 and 清水县 in the run 2011: 780, 730, 380. */
    observe(b,
            "92,population,2011,770\n9101,population,2011,760\n910221,population,2011,380\n");
    json_t *root = json_of(b, score, (rh_query){0});
    assert_int_equal(json_array_size(json_object_get(root, "scores")), 1);
    NEAR(number(root, 0, "this run", "n"), 3);
    NEAR(number(root, 0, "this run", "mae"), 40 / 3.0);
    json_decref(root);
    FILE *file = fopen(b->observed, "w");
    fputs("code,indicator,year,value,level\n920000,population,2011,770,province\n"
          "910100,population,2011,760,prefecture\n",
          file);
    fclose(file);
    root = json_of(b, score, (rh_query){0});
    assert_int_equal(json_array_size(json_object_get(root, "scores")), 2);
    json_decref(root);
}

static void
test_rows_that_fit_nothing_are_listed_with_their_lines(void **state)
{
    const bench *b = *state;
    observe(b, "910101,population,2011,120\n123456,population,2011,1\n910101,populaton,2011,1\n"
               "910101,population,2011,130\n91,population,2011,NA\n910101,births,2010,3\n");
    json_t *root = json_of(b, score, (rh_query){0});
    json_t *rows = json_object_get(root, "unused_rows");
    assert_int_equal(json_array_size(rows), 4);
    const char *wanted[] = {
        "line 3: unknown code 123456",
        "line 4: unknown indicator \"populaton\", the nearest is \"population\"",
        "line 5: the same place, indicator and year as line 2",
        "line 7: the run has no births"};
    for (size_t i = 0; i < 4; i++) {
        const char *row = json_string_value(json_array_get(rows, i));
        if (strncmp(row, wanted[i], strlen(wanted[i])) != 0) {
            fail_msg("\"%s\" is not \"%s\"", row, wanted[i]);
        }
    }
    json_decref(root);
    char *text = text_of(b, score, (rh_query){.chinese = true});
    assert_non_null(strstr(text, "4 行未用"));
    free(text);
}

static void
test_an_unusable_table_is_refused_in_one_sentence(void **state)
{
    const bench *b = *state;
    const rh_query query = {0};
    rh_err err = {0};
    observe(b, "910101,population,2011,many\n");
    assert_int_equal(rh_score(b->run, b->observed, &query, stderr, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "many"));
    err = (rh_err){0};
    observe(b, "910101,urban_share,2011,0.9\n920122,urban_share,2011,0.3\n");
    assert_int_equal(rh_score(b->run, b->observed, &query, stderr, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "multiply them by 100"));
    err = (rh_err){0};
    observe(b, "1,population,2011,5\n");
    assert_int_equal(rh_score(b->run, b->observed, &query, stderr, &err), RH_INPUT);
    FILE *file = fopen(b->observed, "w");
    fputs("code,year,value\n1,2,3\n", file);
    fclose(file);
    err = (rh_err){0};
    assert_int_equal(rh_score(b->run, b->observed, &query, stderr, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "indicator"));
}

static void
test_show_prints_the_path_and_the_parts_that_add_up(void **state)
{
    const bench *b = *state;
    char *text = text_of(b, show, (rh_query){0});
    assert_non_null(strstr(text, "小地方"));
    assert_non_null(strstr(text, "1,890"));
    free(text);
    json_t *root = json_of(b, show, (rh_query){.place = 910121});
    json_t *values =
        json_object_get(json_array_get(json_object_get(root, "years"), 1), "values");
#define VALUE(id) json_number_value(json_object_get(values, id))
    NEAR(VALUE("urban_share_change"), 5);
    NEAR(VALUE("urban_change_natural"), 5);
    NEAR(VALUE("urban_change_migration"), 0);
    json_decref(root);
    text = text_of(
        b, show, (rh_query){.level = "prefecture", .indicator = "population", .chinese = true});
    assert_non_null(strstr(text, "甲山市"));
    assert_non_null(strstr(text, "730"));
    free(text);
    text = text_of(b, show, (rh_query){.level = "county", .year = 2011, .top = 2});
    assert_non_null(strstr(text, "of 6 places"));
    free(text);
    rh_err err = {0};
    const rh_query wrong = {.indicator = "urban_shar"};
    assert_int_equal(rh_show(b->run, &wrong, stderr, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "\"urban_share\""));
}

static void
test_flows_add_up_at_every_level(void **state)
{
    const bench *b = *state;
    char *text = text_of(b, flows, (rh_query){.csv = true});
    assert_string_equal(
        text, "home,home_name,residence,residence_name,persons\n910000,甲省,920000,乙省,27\n");
    free(text);
    text = text_of(b, flows, (rh_query){.csv = true, .level = "prefecture", .year = 2010});
    assert_string_equal(
        text,
        "home,home_name,residence,residence_name,persons\n910100,甲山市,920100,乙江市,27\n"
        "910200,甲水市,910100,甲山市,9\n");
    free(text);
    text = text_of(b, flows, (rh_query){.csv = true, .level = "county", .top = 1});
    assert_string_equal(
        text,
        "home,home_name,residence,residence_name,persons\n910121,北山县,920102,江口区,20\n");
    free(text);
    text = text_of(b, flows, (rh_query){.csv = true, .level = "nation"});
    assert_non_null(strstr(text, "100000,所含地区合计,100000,所含地区合计,140\n"));
    free(text);
    text = text_of(b, flows, (rh_query){.level = "county", .place = 910221});
    assert_non_null(strstr(text, "清水县"));
    assert_null(strstr(text, "北山县"));
    free(text);
    rh_err err = {0};
    const rh_query query = {.year = 2020};
    assert_int_equal(rh_flows(b->run, &query, stderr, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "2020"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_errors_are_those_worked_out_by_hand),
        TEST(test_the_nations_row_sets_the_growth_and_shares_rise_in_points),
        TEST(test_places_of_several_levels_are_scored_together_unless_levels_are_named),
        TEST(test_rows_that_fit_nothing_are_listed_with_their_lines),
        TEST(test_an_unusable_table_is_refused_in_one_sentence),
        TEST(test_show_prints_the_path_and_the_parts_that_add_up),
        TEST(test_flows_add_up_at_every_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
