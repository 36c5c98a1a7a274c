/* Exports: CSV that score reads back without an error, XLSX, a GeoPackage layer; nothing
 * half-written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/csv.h"
#include "random_store.h"
#include "run/report.h"
#include "tiny_region.h"

typedef struct bench {
    char folder[64], run[96], out[96];
} bench;

static int
set_up(void **state)
{
    bench *b = calloc(1, sizeof *b);
    strcpy(b->folder, "/tmp/ronghe_export_XXXXXX");
    assert_non_null(mkdtemp(b->folder));
    snprintf(b->run, sizeof b->run, "%s/run.gpkg", b->folder);
    rh_region *region = tiny_region();
    random_run(b->run, region);
    rh_region_free(region);
    *state = b;
    return 0;
}

static int
tear_down(void **state)
{
    bench *b = *state;
    char command[120];
    snprintf(command, sizeof command, "rm -r '%s'", b->folder);
    int code = system(command);
    free(b);
    return code;
}

static const char *
export_to(bench *b, const char *name, rh_query query)
{
    rh_err err = {0};
    snprintf(b->out, sizeof b->out, "%s/%s", b->folder, name);
    if (rh_export(b->run, &query, b->out, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    return b->out;
}

static void
test_a_csv_scores_without_error_against_its_own_run(void **state)
{
    bench *b = *state;
    export_to(b, "all.csv", (rh_query){0});
    rh_csv *csv = NULL;
    assert_int_equal(rh_csv_open(b->out, &csv, NULL), RH_OK);
    assert_true(rh_csv_rows(csv) > 1000);
    rh_csv_free(csv);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    const rh_query query = {0};
    rh_err err = {0};
    if (rh_score(b->run, b->out, &query, out, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    fclose(out);
    assert_null(strstr(text, "not used"));
    int runs = 0;
    for (char *line = text; (line = strstr(line, "this run")) != NULL; runs++) {
        int n;
        double bias, mae;
        assert_int_equal(sscanf(line, "this run %d %lf %lf", &n, &bias, &mae), 3);
        assert_true(bias == 0 && mae == 0);
        line++;
    }
    assert_true(runs > 100);
    free(text);
}

static void
test_a_layer_has_one_row_a_place_with_wide_columns(void **state)
{
    bench *b = *state;
    export_to(b, "层.gpkg", (rh_query){.level = "county", .year = 2010});
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    assert_int_equal(sqlite3_open(b->out, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(
            db,
            "SELECT count(*), sum(population), sum(male + female), min(length(geom)),"
            " min(year), (SELECT table_name FROM gpkg_geometry_columns) FROM county",
            -1, &s, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(s, 0), 6);
    assert_true(sqlite3_column_double(s, 1) > 0);
    assert_true(sqlite3_column_double(s, 1) == sqlite3_column_double(s, 2));
    assert_int_equal(sqlite3_column_int(s, 3), 29);
    assert_int_equal(sqlite3_column_int(s, 4), 2010);
    assert_string_equal((const char *)sqlite3_column_text(s, 5), "county");
    sqlite3_finalize(s);
    sqlite3_close(db);
}

static void
test_a_workbook_is_a_zip_with_a_sheet_a_level_and_the_meanings(void **state)
{
    bench *b = *state;
    export_to(b, "run.xlsx", (rh_query){0});
    char command[300], text[4096];
    FILE *file = fopen(b->out, "rb");
    assert_non_null(file);
    assert_int_equal(fread(text, 1, 2, file), 2);
    assert_memory_equal(text, "PK", 2);
    fclose(file);
    snprintf(command, sizeof command,
             "python3 -c \"import zipfile; z = zipfile.ZipFile('%s');"
             " print(z.testzip(), z.read('xl/workbook.xml').decode().count('<sheet '),"
             " z.read('xl/worksheets/sheet4.xml').decode().count('<row '))\"",
             b->out);
    FILE *pipe = popen(command, "r");
    assert_non_null(fgets(text, sizeof text, pipe));
    pclose(pipe);
    assert_string_equal(text, "None 5 14\n");
}

static void
test_what_cannot_be_written_says_why_and_leaves_nothing(void **state)
{
    bench *b = *state;
    rh_query query = {0};
    rh_err err = {0};
    assert_int_equal(rh_export(b->run, &query, "x.pdf", &err), RH_INPUT);
    assert_non_null(strstr(err.text, "x.pdf"));
    static const char *const endings[] = {"csv", "xlsx", "gpkg"};
    for (int i = 0; i < 3; i++) {
        char path[120];
        err = (rh_err){0};
        snprintf(path, sizeof path, "%s/没有/x.%s", b->folder, endings[i]);
        assert_int_equal(rh_export(b->run, &query, path, &err), RH_IO);
        assert_non_null(strstr(err.text, "没有"));
    }
    query.year = 2033;
    err = (rh_err){0};
    snprintf(b->out, sizeof b->out, "%s/x.csv", b->folder);
    assert_int_equal(rh_export(b->run, &query, b->out, &err), RH_INPUT);
    assert_int_not_equal(access(b->out, F_OK), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_csv_scores_without_error_against_its_own_run),
        TEST(test_a_layer_has_one_row_a_place_with_wide_columns),
        TEST(test_a_workbook_is_a_zip_with_a_sheet_a_level_and_the_meanings),
        TEST(test_what_cannot_be_written_says_why_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
