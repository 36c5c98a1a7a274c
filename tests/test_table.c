/* Tables of any kind (io/table.h, io/xlsx.h, io/layer.h, io/run_table.h): the same cells whatever the file is. */
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
#include <xlsxwriter.h>

#include "core/mem.h"
#include "io/gpkg.h"
#include "io/run_file.h"
#include "io/table.h"
#include "io/xlsx.h"
#include "random_store.h"
#include "small_zip.h"
#include "tiny_region.h"

static char folder[64], path[128];

static int
set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/ronghe_table_XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int
tear_down(void **state)
{
    (void)state;
    char command[120];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

static const char *
at(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static rh_csv *
opened(const char *file, const char *part)
{
    rh_csv *t = NULL;
    rh_err err = {0};
    if (rh_table_open(file, part, &t, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    return t;
}

static void
assert_refused(const char *file, const char *part, const char *sentence)
{
    rh_csv *t = NULL;
    rh_err err = {0};
    assert_int_not_equal(rh_table_open(file, part, &t, &err), RH_OK);
    assert_null(t);
    if (strstr(err.text, sentence) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", sentence, err.text);
    }
}

static const char *
cell(const rh_csv *t, uint32_t row, const char *column)
{
    int c = rh_csv_find(t, column);
    if (c < 0) {
        fail_msg("no column %s", column);
    }
    return rh_csv_text(t, row, c);
}

static void
write_bytes(const char *file, const char *bytes, size_t size)
{
    FILE *f = fopen(file, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    fclose(f);
}

/* The table of a hand-made XLSX file, or its sentence in *err. */
static rh_csv *
parsed(const char *rows, const char *behind, const char *shared, const char *styles,
       rh_err *err)
{
    size_t size = 0;
    rh_csv *t = NULL;
    void *bytes = small_xlsx(rows, behind, shared, styles, &size);
    assert_non_null(bytes);
    rh_status status = rh_xlsx_parse("表.xlsx", bytes, size, NULL, &t, err);
    free(bytes);
    assert_int_equal(status == RH_OK, t != NULL);
    return t;
}

static void
assert_xlsx_refused(const char *rows, const char *behind, const char *sentence)
{
    rh_err err = {0};
    assert_null(parsed(rows, behind, NULL, NULL, &err));
    assert_string_equal(err.text, sentence);
}

static void
test_a_workbook_reads_as_it_was_written(void **state)
{
    (void)state;
    const char *file = at("两表.xlsx");
    lxw_workbook *book = workbook_new(file);
    lxw_worksheet *first = workbook_add_worksheet(book, "说明");
    lxw_worksheet *second = workbook_add_worksheet(book, "各省 2020");
    lxw_format *date = workbook_add_format(book);
    format_set_num_format(date, "yyyy\"年\"m\"月\"d\"日\"");
    worksheet_write_string(first, 0, 0, "只有说明", NULL);
    worksheet_merge_range(second, 0, 0, 0, 3, "表1 各省情况", NULL);
    const char *header[] = {"省", "人均", "日期", "注"};
    for (uint16_t c = 0; c < 4; c++) {
        worksheet_write_string(second, 2, c, header[c], NULL);
    }
    worksheet_write_string(second, 3, 0, " 海南省 ", NULL);
    worksheet_write_number(second, 3, 1, 0.1, NULL);
    worksheet_write_number(second, 3, 2, 44136, date);
    worksheet_write_formula_num(second, 5, 1, "=B4*3", NULL, 0.75);
    worksheet_write_string(second, 5, 0, "宁夏\n回族自治区", NULL);
    worksheet_write_boolean(second, 5, 3, 1, NULL);
    assert_int_equal(workbook_close(book), LXW_NO_ERROR);

    rh_csv *t = opened(file, "各省 2020");
    assert_int_equal(rh_csv_rows(t), 2);
    assert_int_equal(rh_csv_columns(t), 4);
    assert_string_equal(cell(t, 0, "省"), "海南省");
    assert_string_equal(cell(t, 0, "日期"), "2020-11-01");
    assert_string_equal(cell(t, 0, "注"), "");
    assert_string_equal(cell(t, 1, "省"), "宁夏\n回族自治区");
    assert_string_equal(cell(t, 1, "注"), "TRUE");
    assert_int_equal(rh_csv_line(t, 0), 4);
    assert_int_equal(rh_csv_line(t, 1), 6);
    double *x = NULL;
    assert_int_equal(rh_table_numbers(t, "人均", &x, NULL), RH_OK);
    assert_true(x[0] == 0.1 && x[1] == 0.75);
    rh_free(x);
    rh_csv_number(t, 1, 0);
    rh_err err = {0};
    assert_int_equal(rh_csv_finish(t, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "两表.xlsx[各省 2020]:6: 省: "));
    rh_csv_free(t);
    assert_refused(file, "2020", "has no sheet \"2020\"; it has \"说明\", \"各省 2020\".");
    t = opened(file, NULL);
    assert_string_equal(rh_csv_header(t, 0), "只有说明");
    rh_csv_free(t);
}

static void
test_texts_of_every_kind_and_cells_without_place_are_read(void **state)
{
    (void)state;
    rh_err err = {0};
    rh_csv *t = parsed(
        "<row><c t=\"s\"><v>0</v></c><c "
        "t=\"inlineStr\"><is><r><t>人</t></r><r><t>口</t></r></is></c>"
        "<c t=\"str\"><f>x</f><v>c</v></c></row>"
        "<row r=\"4\"><c r=\"A4\" t=\"s\"><v>1</v></c><c r=\"C4\" t=\"e\"><v>#N/A</v></c></row>"
        "<x:row xmlns:x=\"y\" r=\"5\"><x:c r=\"B5\"><x:v>0.30000000000000004</x:v></x:c>"
        "<x:c t=\"e\"><x:v>#DIV/0!</x:v></x:c></x:row>",
        NULL,
        "<si><t>名</t></si><si><r><t>东</t></r><r><t>京</t></r><rPh><t>とう</t></rPh></si>",
        NULL, &err);
    assert_non_null(t);
    assert_int_equal(rh_csv_rows(t), 2);
    assert_string_equal(cell(t, 0, "名"), "东京");
    assert_string_equal(cell(t, 0, "人口"), "");
    assert_string_equal(cell(t, 0, "c"), "NA");
    assert_string_equal(cell(t, 1, "人口"), "0.30000000000000004");
    assert_string_equal(cell(t, 1, "c"), "#DIV/0!");
    assert_int_equal(rh_csv_line(t, 1), 5);
    rh_csv_free(t);
}

static void
test_merged_cells_all_have_the_value_and_the_table_may_begin_anywhere(void **state)
{
    (void)state;
    rh_err err = {0};
    rh_csv *t = parsed("<row r=\"1\"><c r=\"B1\"><v>2020</v></c></row>"
                       "<row r=\"3\"><c r=\"B3\" t=\"str\"><v>省</v></c><c r=\"C3\" "
                       "t=\"str\"><v>x</v></c></row>"
                       "<row r=\"4\"><c r=\"B4\" t=\"str\"><v>甲</v></c><c "
                       "r=\"C4\"><v>1</v></c></row>"
                       "<row r=\"5\"><c r=\"B5\" s=\"1\"/><c r=\"C5\"><v>2</v></c></row>"
                       "<row r=\"6\"><c r=\"C6\"><v>3</v></c></row>",
                       "<mergeCells><mergeCell ref=\"B1:C1\"/><mergeCell "
                       "ref=\"B4:B1048576\"/></mergeCells>",
                       NULL, NULL, &err);
    assert_non_null(t);
    assert_int_equal(rh_csv_columns(t), 2);
    assert_int_equal(rh_csv_rows(t), 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_string_equal(cell(t, i, "省"), "甲");
    }
    assert_string_equal(cell(t, 2, "x"), "3");
    rh_csv_free(t);
}

static void
test_styles_tell_days_from_numbers(void **state)
{
    (void)state;
    rh_err err = {0};
    rh_csv *t = parsed(
        "<row><c t=\"str\"><v>a</v></c><c t=\"str\"><v>b</v></c><c t=\"str\"><v>c</v></c><c "
        "t=\"str\"><v>d</v></c></row>"
        "<row><c s=\"1\"><v>1</v></c><c s=\"2\"><v>59.5</v></c><c s=\"3\"><v>61</v></c><c "
        "s=\"1\"><v>60</v></c></row>"
        "<row><c s=\"0\"><v>43831</v></c><c s=\"4\"><v>43831</v></c><c "
        "s=\"1\"><v>2958465</v></c><c s=\"1\"><v>-1</v></c></row>",
        NULL, NULL,
        "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\"/><numFmt "
        "numFmtId=\"165\" "
        "formatCode=\"[Red]0.0&quot;day&quot;;d\"/></numFmts><cellStyleXfs><xf "
        "numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf "
        "numFmtId=\"14\"/><xf numFmtId=\"22\"/><xf numFmtId=\"164\"/><xf "
        "numFmtId=\"165\"/></cellXfs></styleSheet>",
        &err);
    assert_non_null(t);
    assert_string_equal(cell(t, 0, "a"), "1900-01-01");
    assert_string_equal(cell(t, 0, "b"), "1900-02-28T12:00:00");
    assert_string_equal(cell(t, 0, "c"), "1900-03-01");
    assert_string_equal(cell(t, 0, "d"), "60"); /* 29 February 1900 never was */
    assert_string_equal(cell(t, 1, "a"), "43831");
    assert_string_equal(cell(t, 1, "b"), "43831");
    assert_string_equal(cell(t, 1, "c"), "9999-12-31");
    assert_string_equal(cell(t, 1, "d"), "-1");
    rh_csv_free(t);
}

static void
test_malformed_workbooks_give_a_sentence(void **state)
{
    (void)state;
    assert_xlsx_refused("", NULL, "表.xlsx[数据] is empty: it has no header line.");
    assert_xlsx_refused(
        "<row><c t=\"str\"><v>a</v></c></row><row r=\"2\"><c r=\"A2\"><f>1/0</f></c></row>",
        NULL,
        "表.xlsx[数据]:2: A2 holds a formula without its value; open the file in a "
        "spreadsheet program and save it.");
    assert_xlsx_refused("<row><c t=\"s\"><v>3</v></c></row>", NULL,
                        "表.xlsx[数据]:1: A1 refers to text 3, but there are 0.");
    assert_xlsx_refused("<row r=\"0\"/>", NULL, "表.xlsx[数据]: \"0\" is no number of a row.");
    assert_xlsx_refused("<row><c r=\"XFE1\"><v>1</v></c></row>", NULL,
                        "表.xlsx[数据]: \"XFE1\" is no place of a cell.");
    assert_xlsx_refused("<row><c r=\"A1\"><v>1</v></c><c r=\"A1\"><v>2</v></c></row>", NULL,
                        "表.xlsx[数据]:1: the cell A1 stands twice.");
    assert_xlsx_refused(
        "<row><c><v>1</v></c><c><v>1</v></c></row><row r=\"9\"><c r=\"AA9\"><v>2</v></c></row>",
        NULL,
        "表.xlsx[数据]:9: the cell AA9 stands under no header; the header in row 1 "
        "ends at column B.");
    assert_xlsx_refused("<row><c><v>1</v></c></row>", "<mergeCell ref=\"A1\"/>",
                        "表.xlsx[数据]: \"A1\" is no range of merged cells.");
    assert_xlsx_refused("<row><c></row>", NULL,
                        "表.xlsx[数据]: the part xl/worksheets/sheet1.xml is no XML in line 1: "
                        "mismatched tag.");
    char far[9000] = "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"XFD1\"><v>1</v></c></row>";
    for (int row = 2; row < 90; row++) {
        snprintf(far + strlen(far), sizeof far - strlen(far),
                 "<row r=\"%d\"><c r=\"A%d\"><v>1</v></c></row>", row * 1000, row * 1000);
    }
    assert_xlsx_refused(far, NULL,
                        "表.xlsx[数据]: 90 filled cells stand far apart, in 88 rows and 16384 "
                        "columns; this is no table.");
}

static void
test_a_file_that_is_none_of_the_kinds_is_refused(void **state)
{
    (void)state;
    write_bytes(at("a.xlsx"), "code,name\n1,x\n", 14);
    assert_refused(path, NULL, "a.xlsx is no XLSX file (");
    write_bytes(at("b.xlsx"), "PK\3\4 and no more", 16);
    assert_refused(path, NULL, "b.xlsx is no XLSX file (");
    write_bytes(at("c.xls"), "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
    assert_refused(path, NULL, "c.xls is an old .xls or has a password");
    write_bytes(at("d.gpkg"), "nothing of the kind", 19);
    assert_refused(path, NULL, "d.gpkg");
    write_bytes(at("e.csv"), "a,b\n1,2\n", 8);
    assert_refused(path, "数据", "has no part \"数据\" to choose.");
    assert_refused(at("none.csv"), NULL, "none.csv cannot be opened: No such file");
    const small_part empty[] = {{"x", "y", 1}};
    size_t size = 0;
    void *bytes = small_zip(empty, 1, &size);
    write_bytes(at("f.xlsx"), bytes, size);
    free(bytes);
    assert_refused(path, NULL, "f.xlsx is no XLSX workbook: _rels/.rels does not say");
}

static void
test_both_encodings_read_alike(void **state)
{
    (void)state;
    write_bytes(at("u.csv"), "\xef\xbb\xbf省,x\r\n海南,0.1\r\n", 22);
    rh_csv *u = opened(path, NULL);
    write_bytes(at("g.csv"), "\xca\xa1,x\r\n\xba\xa3\xc4\xcf,0.1\r\n", 16);
    rh_csv *g = opened(path, NULL);
    assert_string_equal(cell(u, 0, "省"), cell(g, 0, "省"));
    assert_string_equal(cell(g, 0, "省"), "海南");
    rh_csv_free(u);
    rh_csv_free(g);
}

static void
run_sql(sqlite3 *db, const char *sql)
{
    char *trouble = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &trouble) != SQLITE_OK) {
        fail_msg("%s", trouble);
    }
}

static void
test_a_layer_of_points_gains_lon_and_lat(void **state)
{
    (void)state;
    sqlite3 *db = NULL;
    unsigned char point[RH_GPKG_POINT_SIZE];
    rh_gpkg_point(point, 110.33, 20.03);
    assert_int_equal(sqlite3_open(at("点.gpkg"), &db), SQLITE_OK);
    run_sql(db, rh_gpkg_schema);
    run_sql(db,
            "CREATE TABLE 乡镇 (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT, x DOUBLE, n "
            "INTEGER, picture BLOB);"
            "INSERT INTO 乡镇 VALUES (7, NULL, '甲', 0.1, NULL, x'00'), (9, x'00', '乙', 3, "
            "12345678901, NULL);"
            "INSERT INTO gpkg_contents (table_name, data_type, last_change) VALUES ('乡镇', "
            "'features', ''), "
            "('表', 'attributes', '');"
            "INSERT INTO gpkg_geometry_columns VALUES ('乡镇', 'geom', 'POINT', 4326, 0, 0);"
            "CREATE TABLE 表 (a, b); INSERT INTO 表 VALUES (1, 'x');");
    sqlite3_stmt *s = NULL;
    assert_int_equal(
        sqlite3_prepare_v2(db, "UPDATE 乡镇 SET geom = ? WHERE fid = 7", -1, &s, NULL), 0);
    sqlite3_bind_blob(s, 1, point, sizeof point, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(s), SQLITE_DONE);
    sqlite3_finalize(s);
    sqlite3_close(db);

    rh_csv *t = opened(path, NULL);
    assert_int_equal(rh_csv_rows(t), 2);
    assert_int_equal(rh_csv_columns(t), 6);
    assert_string_equal(cell(t, 0, "name"), "甲");
    assert_string_equal(cell(t, 0, "n"), "");
    assert_string_equal(cell(t, 1, "n"), "12345678901");
    assert_string_equal(cell(t, 0, "x"), "0.1");
    assert_string_equal(cell(t, 0, "lon"), "110.33");
    assert_string_equal(cell(t, 0, "lat"), "20.03");
    assert_string_equal(cell(t, 1, "lon"), "");
    rh_csv_free(t);
    t = opened(path, "表");
    assert_string_equal(cell(t, 0, "b"), "x");
    rh_csv_free(t);
    assert_refused(path, "县", "has no layer \"县\"; it has \"乡镇\", \"表\".");
}

static void
test_a_run_is_a_table_of_places(void **state)
{
    (void)state;
    rh_region *region = tiny_region();
    const char *name = at("run.gpkg");
    random_run(name, region);

    rh_csv *t = opened(name, NULL);
    assert_int_equal(rh_csv_rows(t), region->county.n);
    for (uint32_t i = 0; i < region->county.n; i++) {
        assert_int_equal(rh_csv_count(t, i, rh_csv_find(t, "code")), region->county.code[i]);
        assert_string_equal(cell(t, i, "name"), region->county.name[i]);
    }
    assert_string_equal(cell(t, 0, "province"), region->province.name[0]);
    assert_string_equal(cell(t, 0, "prefecture"), region->prefecture.name[0]);
    double *last = NULL, *first = NULL;
    assert_int_equal(rh_table_numbers_all(t, "population", &last, NULL), RH_OK);
    assert_int_equal(rh_csv_finish(t, NULL), RH_OK);
    rh_csv *earlier = opened(name, "province:2010:urban");
    assert_int_equal(rh_csv_rows(earlier), region->province.n);
    assert_int_equal(rh_table_numbers_all(earlier, "population", &first, NULL), RH_OK);
    rh_run *run = NULL;
    double direct[64];
    assert_int_equal(rh_run_open(name, &run, NULL), RH_OK);
    assert_int_equal(rh_run_column(run, 2010, RH_PROVINCE,
                                   rh_run_find_indicator(run, "population"), RH_URBAN_PART,
                                   direct, NULL),
                     RH_OK);
    assert_true(first[0] == direct[0] && first[1] == direct[1]);
    rh_run_free(run);
    rh_free(last);
    rh_free(first);
    rh_csv_free(t);
    rh_csv_free(earlier);
    const uint32_t n_counties = region->county.n;
    rh_region_free(region);

    rh_csv *all_years = opened(name, ":*"); /* both years, one below the other */
    assert_int_equal(rh_csv_rows(all_years), 2 * n_counties);
    for (uint32_t i = 0; i < 2 * n_counties; i++) {
        assert_string_equal(cell(all_years, i, "year"), i < n_counties ? "2010" : "2011");
        assert_string_equal(cell(all_years, i, "code"),
                            cell(all_years, i % n_counties, "code"));
    }
    rh_csv *of_path =
        opened(at("run.gpkg#province:2010"), NULL); /* the part behind the file's name */
    assert_string_equal(cell(of_path, 0, "year"), "2010");
    rh_csv_free(of_path);
    rh_csv_free(all_years);
    assert_refused(at("run.gpkg#province"), "county", "the part is chosen twice");
    name = at("run.gpkg");
    assert_refused(name, "village", "has no level \"village\"");
    assert_refused(name, "county:1999",
                   "has no year \"1999\"; it holds 2010 to 2011 (* for all).");
    assert_refused(name, "county:2010:x", "has no part \"x\"");
}

static void
test_columns_become_numbers_groups_and_ids(void **state)
{
    (void)state;
    rh_csv *t = NULL;
    const char *text = "id,g,x\na,北,1\nb,南,NA\na,北,2\n,南,y\n";
    assert_int_equal(rh_csv_parse("t.csv", text, strlen(text), &t, NULL), RH_OK);
    double *x = NULL;
    uint32_t *group = NULL, n = 0;
    const char **label = NULL, **id = NULL;
    assert_int_equal(rh_table_numbers_all(t, "x", &x, NULL), RH_OK);
    assert_int_equal(rh_table_groups(t, "g", &group, &label, &n, NULL), RH_OK);
    assert_int_equal(rh_table_ids(t, NULL, &id, NULL), RH_OK);
    assert_int_equal(n, 2);
    assert_true(group[0] == 0 && group[1] == 1 && group[2] == 0 && group[3] == 1);
    assert_string_equal(label[1], "南");
    rh_err err = {0};
    assert_int_equal(rh_csv_finish(t, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "t.csv:3: x: a number is missing"));
    assert_non_null(strstr(err.text, "t.csv:5: x: \"y\""));
    assert_non_null(strstr(err.text, "t.csv:4: id: \"a\" stands in line 2 already"));
    assert_non_null(strstr(err.text, "t.csv:5: id: a name is missing"));
    rh_free(x);
    rh_free(group);
    rh_free(label);
    rh_free(id);
    rh_csv_free(t);
}

static void
test_memory_that_runs_out_is_a_sentence(void **state)
{
    (void)state;
    size_t size = 0;
    void *bytes = small_xlsx("<row><c t=\"s\"><v>0</v></c><c><v>1</v></c></row>",
                             "<mergeCell ref=\"A1:A2\"/>", "<si><t>a</t></si>",
                             "<s><numFmt numFmtId=\"164\" "
                             "formatCode=\"d\"/><cellXfs><xf/></cellXfs></s>",
                             &size);
    for (long n = 1;; n++) {
        rh_csv *t = NULL;
        rh_err err = {0};
        rh_mem_fail_after(n);
        rh_status status = rh_xlsx_parse("m.xlsx", bytes, size, NULL, &t, &err);
        rh_mem_fail_after(0);
        if (status == RH_OK) {
            rh_csv_free(t);
            assert_true(n > 5);
            break;
        }
        assert_int_equal(status, RH_MEMORY);
        assert_true(err.text[0] != '\0');
    }
    free(bytes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_workbook_reads_as_it_was_written),
        cmocka_unit_test(test_texts_of_every_kind_and_cells_without_place_are_read),
        cmocka_unit_test(test_merged_cells_all_have_the_value_and_the_table_may_begin_anywhere),
        cmocka_unit_test(test_styles_tell_days_from_numbers),
        cmocka_unit_test(test_malformed_workbooks_give_a_sentence),
        cmocka_unit_test(test_a_file_that_is_none_of_the_kinds_is_refused),
        cmocka_unit_test(test_both_encodings_read_alike),
        cmocka_unit_test(test_a_layer_of_points_gains_lon_and_lat),
        cmocka_unit_test(test_a_run_is_a_table_of_places),
        cmocka_unit_test(test_columns_become_numbers_groups_and_ids),
        cmocka_unit_test(test_memory_that_runs_out_is_a_sentence),
    };
    return cmocka_run_group_tests_name("table", tests, set_up, tear_down);
}
