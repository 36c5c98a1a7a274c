/* run.gpkg: years, kill, resume, digest, full disk (run_file.h O1, O2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/mem.h"
#include "io/run_file.h"
#include "random_store.h"
#include "tiny_region.h"

enum { FIRST = 2010, LAST = 2013 };

typedef struct bench {
    rh_region *region;
    rh_scenario scenario;
    rh_lever_setting lever;
    rh_tally tally[LAST - FIRST + 1];
    rh_family_tally family[6];
    uint32_t stock[36];
    char folder[64], path[96], other[96];
} bench;

static int
set_up(void **state)
{
    static char text[] = "title: 小地方\n", lever[] = "hukou.in_situ_rate", place[] = "91",
                title[] = "小地方";
    bench *b = calloc(1, sizeof *b);
    b->region = tiny_region();
    b->lever = (rh_lever_setting){
        .lever = lever, .place = place, .from = 2011, .until = 2012, .value = 0.02};
    b->scenario = (rh_scenario){.title = title,
                                .text = text,
                                .first_year = FIRST,
                                .last_year = LAST,
                                .seed = 7,
                                .sample = 0.01,
                                .output = RH_OUTPUT_TOWNSHIP,
                                .lever = &b->lever,
                                .n_levers = 1};
    for (int y = FIRST; y <= LAST; y++) {
        rh_store store;
        rh_tally *t = &b->tally[y - FIRST];
        random_store(&store, b->region, (uint64_t)y, 40, y);
        assert_int_equal(rh_tally_init(t, b->region, NULL), RH_OK);
        assert_int_equal(rh_tally_recount(t, b->region, &store, 1, NULL), RH_OK);
        if (y == LAST) {
            assert_int_equal(rh_family_walk(b->family, b->region, &store, y, 1, NULL), RH_OK);
            assert_int_equal(rh_flow_walk(b->stock, b->region, &store, 1, NULL), RH_OK);
        }
        rh_store_release(&store);
    }
    strcpy(b->folder, "/tmp/ronghe_run_XXXXXX");
    assert_non_null(mkdtemp(b->folder));
    snprintf(b->path, sizeof b->path, "%s/run.gpkg", b->folder);
    snprintf(b->other, sizeof b->other, "%s/other.gpkg", b->folder);
    *state = b;
    return 0;
}

static int
tear_down(void **state)
{
    bench *b = *state;
    char command[120];
    for (int y = 0; y <= LAST - FIRST; y++) {
        rh_tally_release(&b->tally[y]);
    }
    rh_region_free(b->region);
    snprintf(command, sizeof command, "rm -r '%s'", b->folder);
    int code = system(command);
    free(b);
    return code;
}

/* Write the years from `from` on; stop without closing after `stop`. */
static void
write_years(bench *b, rh_run_file *file, int from, int stop)
{
    rh_err err = {0};
    for (int y = from; y <= LAST && y <= stop; y++) {
        if (y == FIRST || y == LAST) {
            assert_int_equal(rh_run_file_flows(file, y, b->stock, &err), RH_OK);
        }
        rh_status status =
            rh_run_file_year(file, y, &b->tally[y - FIRST], y == LAST ? b->family : NULL, &err);
        if (status != RH_OK) {
            fail_msg("%s", err.text);
        }
    }
}

static void
write_whole(bench *b, const char *path)
{
    rh_run_file *file = NULL;
    assert_int_equal(rh_run_file_create(path, b->region, &b->scenario, &file, NULL), RH_OK);
    write_years(b, file, FIRST, LAST);
    assert_int_equal(rh_run_file_provenance(file, "time", path, NULL), RH_OK);
    assert_int_equal(rh_run_file_close(file, NULL), RH_OK);
}

static void
test_a_run_reads_back_as_written(void **state)
{
    bench *b = *state;
    write_whole(b, b->path);
    rh_run *run = NULL;
    rh_err err = {0};
    if (rh_run_open(b->path, &run, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(run->n_years, 4);
    assert_int_equal(run->year[3], LAST);
    assert_string_equal(run->title, "小地方");
    assert_true(fabs(run->weight - 100) < 1e-12);
    assert_int_equal(run->n_places[RH_COUNTY], 6);
    assert_int_equal(run->n_indicators, RH_INDICATOR_COUNT);
    const rh_run_indicator *population = rh_run_find_indicator(run, "population");
    double value[6], one;
    assert_int_equal(
        rh_run_column(run, 2012, RH_COUNTY, population, RH_URBAN_PART, value, &err), RH_OK);
    for (uint32_t c = 0; c < 6; c++) {
        uint64_t n = 0;
        for (int birth = 0; birth < RH_COHORTS; birth++) {
            n += b->tally[2].county[c].cohort[1][0][birth] +
                 b->tally[2].county[c].cohort[1][1][birth];
        }
        uint32_t at = rh_run_find_place(run, RH_COUNTY, b->region->county.code[c]);
        assert_true(value[at] == (double)n * 100);
        assert_string_equal(run->place[RH_COUNTY][at].name, b->region->county.name[c]);
    }
    const rh_run_indicator *households = rh_run_find_indicator(run, "households");
    assert_int_equal(
        rh_run_value(run, 2012, RH_NATION, RH_NATION_CODE, households, RH_WHOLE, &one, &err),
        RH_OK);
    assert_true(isnan(one));
    assert_int_equal(
        rh_run_value(run, LAST, RH_NATION, RH_NATION_CODE, households, RH_WHOLE, &one, &err),
        RH_OK);
    assert_true(one > 0);
    /* Events were not filled in, and the file says that they do not explain the change. */
    sqlite3_stmt *s = NULL;
    assert_int_equal(sqlite3_prepare_v2(run->db,
                                        "SELECT count(*), min(year), min(text) FROM warning",
                                        -1, &s, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int(s, 0), LAST - FIRST);
    assert_int_equal(sqlite3_column_int(s, 1), FIRST + 1);
    assert_non_null(strstr((const char *)sqlite3_column_text(s, 2), "910101"));
    sqlite3_finalize(s);
    assert_int_equal(
        sqlite3_prepare_v2(run->db,
                           "SELECT sum(persons) FROM township_population WHERE year = 2010", -1,
                           &s, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    assert_int_equal(
        rh_run_value(run, 2010, RH_NATION, RH_NATION_CODE, population, RH_WHOLE, &one, &err),
        RH_OK);
    assert_true(sqlite3_column_double(s, 0) == one);
    sqlite3_finalize(s);
    rh_run_free(run);
}

static void
test_a_killed_run_keeps_its_finished_years_and_resumes_to_the_same_digest(void **state)
{
    bench *b = *state;
    char whole[RH_SHA256_HEX], again[RH_SHA256_HEX];
    write_whole(b, b->path);
    assert_int_equal(rh_run_file_digest(b->path, whole, NULL), RH_OK);
    for (int kill_year = FIRST; kill_year < LAST; kill_year++) {
        pid_t child = fork();
        if (child == 0) {
            rh_run_file *file = NULL;
            if (rh_run_file_create(b->other, b->region, &b->scenario, &file, NULL) != RH_OK) {
                _exit(1);
            }
            write_years(b, file, FIRST, kill_year);
            /* In the middle of the next year, with pages already written over the disk. */
            (void)!rh_run_file_warn(file, kill_year + 1, "half a year", NULL);
            (void)!rh_run_file_flows(file, kill_year + 1, b->stock, NULL);
            raise(SIGKILL);
        }
        int how = 0;
        waitpid(child, &how, 0);
        assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
        rh_run *run = NULL;
        assert_int_equal(rh_run_open(b->other, &run, NULL), RH_OK);
        assert_int_equal(run->n_years, kill_year - FIRST + 1);
        rh_run_free(run);
        /* Resume from the year before the last finished one, as a run does whose snapshot is
         * older. */
        int from = kill_year > FIRST ? kill_year - 1 : FIRST;
        rh_run_file *file = NULL;
        rh_err err = {0};
        if (rh_run_file_resume(b->other, b->region, &b->scenario, from, &file, &err) != RH_OK) {
            fail_msg("%s", err.text);
        }
        write_years(b, file, from + 1, LAST);
        assert_int_equal(rh_run_file_close(file, NULL), RH_OK);
        assert_int_equal(rh_run_file_digest(b->other, again, NULL), RH_OK);
        assert_string_equal(whole, again);
    }
}

static void
test_an_unfinished_year_is_dropped_at_close(void **state)
{
    bench *b = *state;
    rh_run_file *file = NULL;
    assert_int_equal(rh_run_file_create(b->path, b->region, &b->scenario, &file, NULL), RH_OK);
    write_years(b, file, FIRST, 2011);
    assert_int_equal(rh_run_file_close(file, NULL), RH_OK);
    char one[RH_SHA256_HEX], two[RH_SHA256_HEX];
    assert_int_equal(rh_run_file_digest(b->path, one, NULL), RH_OK);
    assert_int_equal(rh_run_file_resume(b->path, b->region, &b->scenario, 2011, &file, NULL),
                     RH_OK);
    assert_int_equal(rh_run_file_flows(file, 2012, b->stock, NULL), RH_OK);
    assert_int_equal(rh_run_file_close(file, NULL), RH_OK);
    assert_int_equal(rh_run_file_digest(b->path, two, NULL), RH_OK);
    assert_string_equal(one, two);
}

static void
test_the_digest_sees_every_value_and_no_provenance(void **state)
{
    bench *b = *state;
    char one[RH_SHA256_HEX], two[RH_SHA256_HEX];
    write_whole(b, b->path);
    write_whole(b, b->other); /* another provenance ("time") */
    assert_int_equal(rh_run_file_digest(b->path, one, NULL), RH_OK);
    assert_int_equal(rh_run_file_digest(b->other, two, NULL), RH_OK);
    assert_string_equal(one, two);
    static const char *const changes[] = {
        "UPDATE value SET value = value + 1 WHERE year = 2012 AND code = 920122 AND indicator "
        "= 1 AND part = 2",
        "DELETE FROM flow WHERE home = 910100 AND residence = 920100 AND year = 2010",
        "UPDATE flow_county SET pairs = x'0001' WHERE home = 910101 AND year = 2010",
        "UPDATE county SET name = '东山' WHERE code = 910101",
        "INSERT INTO warning VALUES (99, 2010, 'x')",
    };
    for (unsigned i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        sqlite3 *db = NULL;
        assert_int_equal(sqlite3_open(b->other, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, changes[i], NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_changes(db), 1);
        sqlite3_close(db);
        strcpy(one, two);
        assert_int_equal(rh_run_file_digest(b->other, two, NULL), RH_OK);
        assert_string_not_equal(one, two);
    }
}

static void
test_another_scenario_or_a_missing_year_cannot_be_resumed(void **state)
{
    bench *b = *state;
    rh_run_file *file = NULL;
    rh_err err = {0};
    write_whole(b, b->path);
    char other[] = "title: 别处\n";
    b->scenario.text = other;
    assert_int_equal(rh_run_file_resume(b->path, b->region, &b->scenario, 2011, &file, &err),
                     RH_INPUT);
    assert_non_null(strstr(err.text, "another scenario"));
    char text[] = "title: 小地方\n";
    b->scenario.text = text;
    err = (rh_err){0};
    assert_int_equal(rh_run_file_resume(b->path, b->region, &b->scenario, 2020, &file, &err),
                     RH_INPUT);
    assert_non_null(strstr(err.text, "2020"));
}

static void
test_a_full_disk_leaves_the_finished_years_or_nothing(void **state)
{
    bench *b = *state;
    int refused = 0;
    /* A file-size limit stands for the full disk: first none fits, then some years do. */
    for (rlim_t room = 40 << 10; room <= 320 << 10; room += 40 << 10) {
        unlink(b->path);
        pid_t child = fork();
        if (child == 0) {
            signal(SIGXFSZ, SIG_IGN);
            struct rlimit limit = {room, room};
            setrlimit(RLIMIT_FSIZE, &limit);
            rh_run_file *file = NULL;
            rh_err err = {0};
            rh_status status =
                rh_run_file_create(b->path, b->region, &b->scenario, &file, &err);
            for (int y = FIRST; y <= LAST && status == RH_OK; y++) {
                status = rh_run_file_flows(file, y, b->stock, &err);
                if (status == RH_OK) {
                    status = rh_run_file_year(file, y, &b->tally[y - FIRST], b->family, &err);
                }
            }
            _exit(status == RH_IO && strstr(err.text, b->path) != NULL ? 3
                  : status == RH_OK                                    ? 0
                                                                       : 1);
        }
        int how = 0;
        waitpid(child, &how, 0);
        assert_true(WIFEXITED(how));
        refused += WEXITSTATUS(how) == 3;
        assert_int_not_equal(WEXITSTATUS(how), 1);
        char partial[120];
        snprintf(partial, sizeof partial, "%s.partial", b->path);
        assert_int_not_equal(access(partial, F_OK), 0);
        if (access(b->path, F_OK) == 0) {
            rh_run *run = NULL;
            assert_int_equal(rh_run_open(b->path, &run, NULL), RH_OK);
            assert_true(run->n_years < 4 || WEXITSTATUS(how) == 0);
            rh_run_free(run);
        }
    }
    assert_true(refused >= 3);
}

static void
test_a_folder_that_is_not_there_is_one_sentence(void **state)
{
    bench *b = *state;
    rh_run_file *file = NULL;
    rh_err err = {0};
    assert_int_equal(
        rh_run_file_create("/tmp/没有/这里/run.gpkg", b->region, &b->scenario, &file, &err),
        RH_IO);
    assert_non_null(strstr(err.text, "没有"));
    rh_run *run = NULL;
    err = (rh_err){0};
    assert_int_equal(rh_run_open("/tmp/没有/run.gpkg", &run, &err), RH_IO);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_run_reads_back_as_written),
        TEST(test_a_killed_run_keeps_its_finished_years_and_resumes_to_the_same_digest),
        TEST(test_an_unfinished_year_is_dropped_at_close),
        TEST(test_the_digest_sees_every_value_and_no_provenance),
        TEST(test_another_scenario_or_a_missing_year_cannot_be_resumed),
        TEST(test_a_full_disk_leaves_the_finished_years_or_nothing),
        TEST(test_a_folder_that_is_not_there_is_one_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
