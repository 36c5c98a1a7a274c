/* Broken tables end a build with sentences that name file, line, column, place and value. The
 * tables are those of tests/data/small_census (five invented counties), one cell changed at a
 * time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "place/build.h"

static const char good[] = "tests/data/small_census";
static const char *const file[] = {"census2010_county_core.csv",
                                   "census2010_county_full.csv",
                                   "townships_2023.csv",
                                   "county_link_2010_2020.csv",
                                   "county_geo_2010.csv",
                                   "county_adjacency_2010.csv",
                                   "prefecture_gdp_2010.csv",
                                   "od_province_1995_2000_2005.csv",
                                   "od_province_birthplace_2000_2010.csv"};
enum { FILES = sizeof file / sizeof *file };

static char *
read_text(const char *path)
{
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    char *text = calloc(1, 1 << 16);
    assert_true(fread(text, 1, (1 << 16) - 1, in) > 0);
    fclose(in);
    return text;
}

static void
write_text(const char *path, const char *before, size_t size, const char *to, const char *after)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fwrite(before, 1, size, out);
    fputs(to, out);
    fputs(after, out);
    fclose(out);
}

/* A folder with the good tables, but the first `from` of `changed` replaced by `to` (NULL: the
 * file is left out). */
static void
make_folder(char *folder, const char *changed, const char *from, const char *to)
{
    assert_non_null(mkdtemp(folder));
    for (int f = 0; f < FILES; f++) {
        char source[300], target[300];
        snprintf(source, sizeof source, "%s/%s", good, file[f]);
        snprintf(target, sizeof target, "%s/%s", folder, file[f]);
        char *text = read_text(source);
        const bool here = changed != NULL && strcmp(changed, file[f]) == 0;
        if (!here) {
            write_text(target, text, 0, text, "");
        } else if (from != NULL) {
            const char *at = strstr(text, from);
            assert_non_null(at);
            write_text(target, text, (size_t)(at - text), to, at + strlen(from));
        }
        free(text);
    }
}

static void
remove_folder(const char *folder)
{
    for (int f = 0; f < FILES; f++) {
        char path[300];
        snprintf(path, sizeof path, "%s/%s", folder, file[f]);
        unlink(path);
    }
    rmdir(folder);
}

static void
is_refused(const char *changed, const char *from, const char *to, const char *sentence)
{
    char folder[] = "/tmp/ronghe-bad-XXXXXX";
    make_folder(folder, changed, from, to);
    rh_region *region = NULL;
    rh_err err = {0};
    const rh_status st = rh_build_census(folder, NULL, &region, &err);
    remove_folder(folder);
    rh_region_free(region);
    assert_int_not_equal(st, RH_OK);
    if (strstr(err.text, sentence) == NULL || strstr(err.text, changed) == NULL) {
        print_error("expected \"%s\" in: %s\n", sentence, err.text);
        fail();
    }
    assert_null(region == NULL ? NULL : region);
}

static void
test_the_small_tables_are_good(void **state)
{
    (void)state;
    rh_region *region = NULL;
    rh_err err = {0};
    assert_int_equal(rh_build_census(good, NULL, &region, &err), RH_OK);
    assert_int_equal(rh_region_population(region), 30000);
    assert_int_equal(region->county.n, 5);
    assert_int_equal(region->prefecture.n, 3);
    assert_string_equal(region->prefecture.name[1], "石家庄市");
    rh_region_free(region);
}

static void
test_a_missing_table_is_named(void **state)
{
    (void)state;
    for (int f = 0; f < FILES; f++) {
        is_refused(file[f], NULL, NULL, file[f]);
    }
}

static void
test_a_missing_column_is_named(void **state)
{
    (void)state;
    is_refused("census2010_county_core.csv", "hukou_pop", "registered", "hukou_pop");
    is_refused("census2010_county_full.csv", "三代户", "三世同堂", "三代户");
    is_refused("townships_2023.csv", "county_code", "county", "county_code");
    is_refused("county_geo_2010.csv", "lon,", "longitude,", "lon");
}

static void
test_codes_twice_or_unknown_are_refused(void **state)
{
    (void)state;
    is_refused(
        "census2010_county_core.csv", "\n110102,", "\n110101,",
        "census2010_county_core.csv:3: code: the code 110101 occurs twice, first on line 2");
    is_refused("census2010_county_core.csv", "\n130102,", "\n30102,",
               "30102 is not the code of a county");
    is_refused("census2010_county_full.csv", "\n130121,", "\n130129,",
               "census2010_county_full.csv:5: leaf_code: 130129 is not a county");
    is_refused("county_link_2010_2020.csv", "\n130121,", "\n139999,", "139999 is not a county");
}

static void
test_counts_that_are_negative_or_broken_are_refused(void **state)
{
    (void)state;
    is_refused("census2010_county_core.csv", ",2040,", ",-2040,",
               "census2010_county_core.csv:2: male: \"-2040\"");
    is_refused("census2010_county_core.csv", ",2040,", ",2040.5,", "2040.5");
    is_refused("census2010_county_core.csv", ",2040,", ",,",
               "census2010_county_core.csv:2: male: the cell is empty");
    is_refused("census2010_county_full.csv", ",东城区,1333,166,", ",东城区,1333,many,",
               "一人户: \"many\"");
    is_refused("townships_2023.csv", ",street,", ",boulevard,",
               "\"boulevard\" is not a kind of township");
    is_refused("prefecture_gdp_2010.csv", "13777.9", "-13777.9", "not negative");
}

static void
test_margins_that_cannot_be_met_are_refused(void **state)
{
    (void)state;
    is_refused("census2010_county_core.csv", ",240,200,480,", ",240,200,4800,",
               "东城区: 5240 migrants are more than the population 4000");
    is_refused("census2010_county_core.csv", ",2040,1960,", ",2041,1960,",
               "东城区: male 2041 and female 1960 do not sum to the population 4000");
    is_refused("census2010_county_core.csv", ",4000,0,1333", ",4001,0,1333",
               "urban 4001 is more than the population");
    is_refused("census2010_county_core.csv", ",2400,5600,", ",2400,1600,",
               "井陉县: urban 2400 and rural 1600 do not sum to the population 8000");
    is_refused("census2010_county_core.csv", "9.50,6.10,21,", "9.50,6.10,2100,",
               "the male age groups sum to");
    is_refused("census2010_county_core.csv", ",1333,3720,", ",1333,37200,",
               "1333 households of 37200 persons do not fit a population of 4000");
}

static void
test_several_problems_are_reported_at_once(void **state)
{
    (void)state;
    is_refused("census2010_county_core.csv", ",2040,1960,3300,", ",x,y,z,", "hukou_pop: \"z\"");
    is_refused("census2010_county_core.csv", ",2040,1960,3300,", ",x,y,z,", "male: \"x\"");
}

static void
test_small_slips_are_mended_and_noted(void **state)
{
    (void)state;
    char folder[] = "/tmp/ronghe-bad-XXXXXX";
    make_folder(folder, "census2010_county_core.csv", "9.50,6.10,21,", "9.50,6.10,24,");
    rh_region *region = NULL;
    rh_err err = {0};
    const rh_status st = rh_build_census(folder, NULL, &region, &err);
    remove_folder(folder);
    assert_int_equal(st, RH_OK);
    assert_non_null(
        strstr(region->notes,
               "census2010_county_core.csv:2: 东城区 (110101): male age groups sum to 2043, "
               "the total 2040 wins"));
    rh_region_free(region);
}

static void
test_an_unknown_province_is_refused(void **state)
{
    (void)state;
    rh_region *region = NULL;
    rh_err err = {0};
    const int provinces[] = {11, 99, 0};
    assert_int_equal(rh_build_census(good, provinces, &region, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "no province 99"));
    assert_null(region);
}

/* Every allocation may fail: the build says so and leaves nothing behind (the sanitizers look).
 */
static void
test_running_out_of_memory_is_reported(void **state)
{
    (void)state;
    bool built = false;
    for (long n = 1; n < 20000 && !built; n += 1 + n / 8) {
        rh_region *region = NULL;
        rh_err err = {0};
        rh_mem_fail_after(n);
        const rh_status st = rh_build_census(good, NULL, &region, &err);
        rh_mem_fail_after(0);
        assert_true(st == RH_OK || st == RH_MEMORY);
        assert_true((region != NULL) == (st == RH_OK));
        built = st == RH_OK;
        rh_region_free(region);
    }
    assert_true(built);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_small_tables_are_good),
        cmocka_unit_test(test_a_missing_table_is_named),
        cmocka_unit_test(test_a_missing_column_is_named),
        cmocka_unit_test(test_codes_twice_or_unknown_are_refused),
        cmocka_unit_test(test_counts_that_are_negative_or_broken_are_refused),
        cmocka_unit_test(test_margins_that_cannot_be_met_are_refused),
        cmocka_unit_test(test_several_problems_are_reported_at_once),
        cmocka_unit_test(test_small_slips_are_mended_and_noted),
        cmocka_unit_test(test_an_unknown_province_is_refused),
        cmocka_unit_test(test_running_out_of_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
