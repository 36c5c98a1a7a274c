/* Region files (io/region_file.h): round trip, and one clear sentence for every kind of damage.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/mem.h"
#include "io/region_file.h"
#include "tiny_region.h"

/* main() goes into a folder of its own first. */
static const char path[] = "test_region_file.gpkg";
static const char partial[] = "test_region_file.gpkg.partial";

static int
setup(void **state)
{
    rh_err err = {0};
    rh_region *region = tiny_region();
    unlink(path);
    if (rh_region_write(region, path, &err) != RH_OK) {
        print_error("%s\n", err.text);
        return -1;
    }
    *state = region;
    return 0;
}

static int
teardown(void **state)
{
    rh_region_free(*state);
    unlink(path);
    return 0;
}

static void
change(const char *sql)
{
    sqlite3 *db;
    char *why = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
        fail_msg("%s: %s", sql, why);
    }
    sqlite3_close(db);
}

static void
assert_refused(rh_status expected, const char *sentence)
{
    rh_region *region = NULL;
    rh_err err = {0};
    rh_status status = rh_region_read(path, &region, &err);
    assert_null(region);
    assert_string_equal(err.text, sentence);
    assert_int_equal(status, expected);
}

/* Change a fresh file and expect the sentence. */
static void
assert_damage(const char *sql, rh_status expected, const char *sentence)
{
    rh_err err = {0};
    rh_region *region = tiny_region();
    assert_int_equal(rh_region_write(region, path, &err), RH_OK);
    rh_region_free(region);
    change(sql);
    assert_refused(expected, sentence);
}

static void
assert_same_reals(const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_true(a[i] == b[i] || (isnan(a[i]) && isnan(b[i])));
    }
}

static void
assert_same_level(const rh_level *a, const rh_level *b, bool children)
{
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->code, b->code, a->n * sizeof *a->code);
    assert_memory_equal(a->parent, b->parent, a->n * sizeof *a->parent);
    assert_same_reals(a->lon, b->lon, a->n);
    assert_same_reals(a->lat, b->lat, a->n);
    for (uint32_t i = 0; i < a->n; i++) {
        assert_string_equal(a->name[i], b->name[i]);
    }
    if (children) {
        assert_memory_equal(a->first, b->first, (a->n + 1) * sizeof *a->first);
    }
}

static void
test_reading_gives_back_what_was_written(void **state)
{
    const rh_region *a = *state;
    rh_region *b = NULL;
    rh_err err = {0};
    if (rh_region_read(path, &b, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    assert_string_equal(a->title, b->title);
    assert_string_equal(a->source, b->source);
    assert_string_equal(a->notes, b->notes);
    assert_int_equal(a->base_year, b->base_year);
    assert_int_equal(a->synthetic_below_province, b->synthetic_below_province);
    assert_same_level(&a->province, &b->province, true);
    assert_same_level(&a->prefecture, &b->prefecture, true);
    assert_same_level(&a->county, &b->county, true);
    assert_same_level(&a->town, &b->town, false);
    uint32_t n = a->county.n;
    uint64_t flows = a->flow_first[n];
    assert_memory_equal(a->town_kind, b->town_kind, a->town.n);
    assert_memory_equal(a->cell, b->cell, n * sizeof *a->cell);
    assert_memory_equal(a->leaf_class, b->leaf_class, 2 * a->town.n * sizeof *a->leaf_class);
    assert_memory_equal(a->flow_first, b->flow_first, (n + 1) * sizeof *a->flow_first);
    assert_memory_equal(a->flow_dest, b->flow_dest, flows * sizeof *a->flow_dest);
    assert_memory_equal(a->flow_n, b->flow_n, flows * sizeof *a->flow_n);
    assert_memory_equal(a->near_first, b->near_first, (n + 1) * sizeof *a->near_first);
    assert_memory_equal(a->near, b->near, a->near_first[n] * sizeof *a->near);
    const rh_county_columns *c = &a->column, *d = &b->column;
    assert_memory_equal(c->district, d->district, n * sizeof *c->district);
    assert_memory_equal(c->registered, d->registered, n * sizeof *c->registered);
    assert_memory_equal(c->households, d->households, n * sizeof *c->households);
    assert_memory_equal(c->household_persons, d->household_persons,
                        n * sizeof *c->household_persons);
    assert_same_reals(c->area_km2, d->area_km2, n);
    assert_same_reals(c->gdp_per_head_yuan, d->gdp_per_head_yuan, n);
    assert_same_reals(c->urban_hukou_share, d->urban_hukou_share, n);
    assert_same_reals(c->birth_rate, d->birth_rate, n);
    assert_same_reals(c->death_rate, d->death_rate, n);
    assert_same_reals(c->mean_children, d->mean_children, n);
    assert_same_reals(c->household_kind[0], d->household_kind[0], 5 * n);
    assert_same_reals(c->education[0][0], d->education[0][0], 2 * RH_CENSUS_EDUCATION * n);
    assert_same_reals(c->marital[0][0], d->marital[0][0], 8 * n);
    assert_same_reals(c->work[0], d->work[0], 6 * n);
    rh_region_free(b);
}

static unsigned char *
whole_file(size_t *size)
{
    FILE *in = fopen(path, "rb");
    unsigned char *bytes = malloc(1 << 24);
    *size = fread(bytes, 1, 1 << 24, in);
    fclose(in);
    return bytes;
}

static void
test_the_same_region_gives_the_same_bytes(void **state)
{
    rh_err err = {0};
    size_t size, again;
    unsigned char *first = whole_file(&size);
    rh_region *read = NULL;
    assert_int_equal(rh_region_read(path, &read, &err), RH_OK);
    assert_int_equal(rh_region_write(read, path, &err), RH_OK);
    unsigned char *second = whole_file(&again);
    assert_int_equal(size, again);
    assert_memory_equal(first, second, size);
    rh_region_free(read);
    free(first);
    free(second);
    (void)state;
}

static void
test_a_file_cut_anywhere_is_refused(void **state)
{
    (void)state;
    size_t size;
    unsigned char *bytes = whole_file(&size);
    for (size_t cut = 0; cut < size; cut += 1 + size / 97) {
        rh_err err = {0};
        rh_region *region = NULL;
        FILE *out = fopen(path, "wb");
        assert_int_equal(fwrite(bytes, 1, cut, out), cut);
        fclose(out);
        assert_int_not_equal(rh_region_read(path, &region, &err), RH_OK);
        assert_null(region);
        assert_int_equal(strncmp(err.text, path, strlen(path)), 0);
        assert_int_equal(err.text[strlen(err.text) - 1], '.');
    }
    free(bytes);
}

static void
test_other_files_are_refused(void **state)
{
    (void)state;
    unlink(path);
    assert_refused(RH_IO, "test_region_file.gpkg cannot be opened: No such file or directory.");
    FILE *out = fopen(path, "wb");
    fputs("code,name\n110101,东城区\n", out);
    fclose(out);
    assert_refused(RH_INPUT, "test_region_file.gpkg: reading failed: file is not a database.");
    unlink(path);
    change("CREATE TABLE region (key, value)");
    assert_refused(RH_INPUT, "test_region_file.gpkg is a database, but not a GeoPackage.");
    assert_damage("DROP TABLE county_array", RH_INPUT,
                  "test_region_file.gpkg is not a complete region file: the table county_array "
                  "is missing.");
    assert_damage("DROP TABLE county_array; CREATE VIEW county_array AS SELECT * FROM county",
                  RH_INPUT,
                  "test_region_file.gpkg is not a complete region file: the table county_array "
                  "is missing.");
    assert_damage(
        "UPDATE region SET value = '2' WHERE key = 'layout'", RH_INPUT,
        "test_region_file.gpkg: layout in the table region is \"2\"; it must be 1 to 1.");
    assert_damage(
        "ALTER TABLE county RENAME birth_rate TO births", RH_INPUT,
        "test_region_file.gpkg: reading the table county failed: no such column: birth_rate.");
}

static void
test_wrong_parents_and_cycles_are_told_apart(void **state)
{
    (void)state;
    assert_damage("UPDATE county SET parent = 999999 WHERE code = 910121", RH_INPUT,
                  "test_region_file.gpkg: county: the parent of 910121 北山县 is 999999, which "
                  "is not in the "
                  "table prefecture.");
    assert_damage("UPDATE county SET parent = 920100 WHERE code = 910121", RH_INPUT,
                  "test_region_file.gpkg: county: the parent of 910121 北山县 is 920100 "
                  "乙江市, but no child of "
                  "910200 甲水市 stands before it; children of a place must stand together, in "
                  "the order of "
                  "their parents.");
    assert_damage("UPDATE county SET parent = 910100 WHERE code = 920122", RH_INPUT,
                  "test_region_file.gpkg: county: the parent of 920122 江源县 is 910100 "
                  "甲山市, whose other "
                  "children stand further up; children of a place must stand together.");
    assert_damage("DELETE FROM prefecture WHERE code = 920100", RH_INPUT,
                  "test_region_file.gpkg: county: the parent of 920102 江口区 is 920100, which "
                  "is not in the table "
                  "prefecture.\n"
                  "test_region_file.gpkg: county: the parent of 920122 江源县 is 920100, which "
                  "is not in the table "
                  "prefecture.");
    assert_damage("DELETE FROM county WHERE code = 920122; DELETE FROM township WHERE parent = "
                  "920122; DELETE "
                  "FROM county_array WHERE code = 920122; UPDATE county SET parent = 910200 "
                  "WHERE parent = 920100",
                  RH_INVARIANT,
                  "test_region_file.gpkg: 920100 乙江市 has no counties: its children run from "
                  "5 to 5 (G1).");
    assert_damage("UPDATE prefecture SET parent = 910121 WHERE code = 910100", RH_INPUT,
                  "test_region_file.gpkg: prefecture: the parent of 910100 甲山市 is 910121, "
                  "which is below it: "
                  "the place tree has a cycle.");
    assert_damage("UPDATE county SET parent = 910121001 WHERE code = 910121", RH_INPUT,
                  "test_region_file.gpkg: county: the parent of 910121 北山县 is 910121001, "
                  "which is below it: "
                  "the place tree has a cycle.");
    assert_damage("UPDATE prefecture SET parent = 920100 WHERE code = 920100", RH_INPUT,
                  "test_region_file.gpkg: prefecture: the parent of 920100 乙江市 is 920100, "
                  "which is the place "
                  "itself: the place tree has a cycle.");
}

static void
test_values_are_checked_one_by_one(void **state)
{
    (void)state;
    assert_damage(
        "UPDATE township SET code = 910101001 WHERE code = 910101002", RH_INVARIANT,
        "test_region_file.gpkg: The code 910101001 stands twice among the townships (G1).");
    assert_damage("UPDATE county SET registered = -7 WHERE code = 920102", RH_INPUT,
                  "test_region_file.gpkg: county: registered of 920102 江口区 is -7; it must "
                  "be a whole number "
                  "from 0 to 4294967295.");
    assert_damage("UPDATE township SET urban_local = 2.5 WHERE code = 910101001", RH_INPUT,
                  "test_region_file.gpkg: township: urban_local of 910101001 城关街道 is 2.5; "
                  "it must be a whole "
                  "number from 0 to 4294967295.");
    assert_damage(
        "UPDATE county SET work_farm = 1.5 WHERE code = 920102", RH_INPUT,
        "test_region_file.gpkg: county: work_farm of 920102 江口区 is 1.5; it must be 0 to 1.");
    assert_damage("UPDATE county SET area_km2 = 'big' WHERE code = 920102", RH_INPUT,
                  "test_region_file.gpkg: county: area_km2 of 920102 江口区 is big; it must be "
                  "0 or more.");
    assert_damage("UPDATE township SET kind = 'city' WHERE code = 910101001", RH_INPUT,
                  "test_region_file.gpkg: township: kind of 910101001 城关街道 is city; it "
                  "must be street, "
                  "town, township or other.");
    assert_damage("UPDATE township SET name = '' WHERE code = 910101001", RH_INPUT,
                  "test_region_file.gpkg: township: 910101001 in row 1 has no readable name.");
    assert_damage(
        "UPDATE township SET geom = x'4750' WHERE code = 910101001", RH_INPUT,
        "test_region_file.gpkg: township: geom of 910101001 城关街道 is not a point in degrees "
        "(little-endian GeoPackage geometry).");
}

static void
test_up_to_twenty_problems_are_told_at_once(void **state)
{
    (void)state;
    assert_damage(
        "UPDATE county SET registered = -7 WHERE code = 910101; UPDATE county SET work_farm = "
        "2, "
        "parent = 1 WHERE code = 920122",
        RH_INPUT,
        "test_region_file.gpkg: county: registered of 910101 东山区 is -7; it must be a whole "
        "number "
        "from 0 to 4294967295.\n"
        "test_region_file.gpkg: county: the parent of 920122 江源县 is 1, which is not in the "
        "table "
        "prefecture.\n"
        "test_region_file.gpkg: county: work_farm of 920122 江源县 is 2.0; it must be 0 to 1.");
    change(
        "UPDATE county SET registered = 1, work_farm = 0, parent = 920100 WHERE code = 920122;"
        "UPDATE county SET registered = 1; UPDATE township SET urban_local = -1, rural_local = "
        "'x'");
    rh_err err = {0};
    rh_region *region = NULL;
    assert_int_equal(rh_region_read(path, &region, &err), RH_INPUT);
    unsigned lines = 1;
    for (const char *p = err.text; *p != '\0'; p++) {
        lines += *p == '\n';
    }
    assert_int_equal(lines, 20);
}

static void
test_broken_margins_name_both_values(void **state)
{
    (void)state;
    assert_damage("UPDATE township SET urban_local = urban_local + 1 WHERE code = 910101002",
                  RH_INVARIANT,
                  "test_region_file.gpkg: 910101 东山区 has 765 urban residents local in its "
                  "age table, but 766 "
                  "in its townships (G3).");
    assert_damage("UPDATE county SET population = 1499 WHERE code = 910101", RH_INVARIANT,
                  "test_region_file.gpkg: county: population of 910101 东山区 is 1499, but its "
                  "townships hold "
                  "1500 (G2).");
}

static void
test_arrays_of_the_wrong_length_are_refused(void **state)
{
    (void)state;
    assert_damage("UPDATE county_array SET cell = substr(cell, 1, 1212) WHERE code = 910121",
                  RH_INPUT,
                  "test_region_file.gpkg: county_array: cell of 910121 北山县 has 1212 bytes; "
                  "304 entries of 4 "
                  "bytes are needed.");
    assert_damage("UPDATE county_array SET flow = x'' WHERE code = 910121", RH_INPUT,
                  "test_region_file.gpkg: county_array: flow of 910121 北山县 has 0 bytes; 5 "
                  "entries of 12 "
                  "bytes are needed.");
    assert_damage(
        "DELETE FROM county_array WHERE code = 920122", RH_INPUT,
        "test_region_file.gpkg: county_array has fewer rows than there are counties (6).");
    assert_damage(
        "UPDATE county_array SET code = 1 WHERE code = 910121", RH_INPUT,
        "test_region_file.gpkg: county_array: row 2 has the code 1 instead of 910121 北山县.");
}

static void
test_a_broken_region_is_not_written(void **state)
{
    rh_region *region = *state;
    rh_err err = {0};
    unlink(path);
    region->cell[1].n[0][0][0][0]++;
    assert_int_equal(rh_region_write(region, path, &err), RH_INVARIANT);
    assert_string_equal(
        err.text, "test_region_file.gpkg is not written: 910121 北山县 has 568 rural residents "
                  "local in its age table, but 567 in its townships (G3).");
    assert_int_equal(access(path, F_OK), -1);
    region->cell[1].n[0][0][0][0]--;
    region->column.death_rate[2] = -0.1;
    memset(&err, 0, sizeof err);
    assert_int_equal(rh_region_write(region, path, &err), RH_RANGE);
    assert_string_equal(err.text, "test_region_file.gpkg: county: death_rate of 910181 西山市 "
                                  "is -0.1; it must be 0 to 1.");
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(access(partial, F_OK), -1);
}

static void
test_a_full_disk_leaves_the_old_file_and_nothing_else(void **state)
{
    rh_err err = {0};
    size_t size, again;
    unsigned char *before = whole_file(&size);
    struct rlimit old, small;
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = 40000;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    rh_status status = rh_region_write(*state, path, &err);
    setrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(status, RH_IO);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(access(partial, F_OK), -1);
    unsigned char *after = whole_file(&again);
    assert_int_equal(size, again);
    assert_memory_equal(before, after, size);
    free(before);
    free(after);
    memset(&err, 0, sizeof err);
    assert_int_equal(rh_region_write(*state, "no/such/folder.gpkg", &err), RH_IO);
    assert_string_equal(err.text,
                        "no/such/folder.gpkg cannot be written: unable to open database file.");
}

static void
test_every_failing_allocation_is_reported(void **state)
{
    (void)state;
    for (long n = 1;; n++) {
        rh_region *region = NULL;
        rh_err err = {0};
        rh_mem_fail_after(n);
        rh_status status = rh_region_read(path, &region, &err);
        rh_mem_fail_after(0);
        if (status == RH_OK) {
            assert_true(n > 40);
            rh_region_free(region);
            break;
        }
        assert_int_equal(status, RH_MEMORY);
        assert_null(region);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reading_gives_back_what_was_written, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_the_same_region_gives_the_same_bytes, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_file_cut_anywhere_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_other_files_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_parents_and_cycles_are_told_apart, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_values_are_checked_one_by_one, setup, teardown),
        cmocka_unit_test_setup_teardown(test_up_to_twenty_problems_are_told_at_once, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_broken_margins_name_both_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_arrays_of_the_wrong_length_are_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_a_broken_region_is_not_written, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_full_disk_leaves_the_old_file_and_nothing_else,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_failing_allocation_is_reported, setup,
                                        teardown),
    };
    char folder[] = "/tmp/ronghe-region-XXXXXX";
    if (mkdtemp(folder) == NULL || chdir(folder) != 0) {
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return rmdir(folder) == 0 ? failed : 1; /* nothing may be left behind */
}
