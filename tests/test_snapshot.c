/* Reading residents from a snapshot (run/snapshot.h): the words of the simulation, or a sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/snapshot.h"
#include "small_run.h"
#include "tiny_region.h"

typedef struct seen {
    const rh_simulation *s;
    uint64_t residents;
} seen;

static rh_status
compare(void *context, const rh_snapshot_about *about, uint32_t town, const rh_person *word,
        uint32_t count, rh_err *err)
{
    seen *k = context;
    (void)err;
    assert_int_equal(about->year, 2010);
    if (k->s != NULL) {
        assert_int_equal(count, k->s->store.block[town].count);
        assert_memory_equal(word, k->s->store.block[town].word, count * sizeof *word);
    }
    k->residents += count;
    return RH_OK;
}

static void
test_a_walk_meets_every_resident_and_finds_damage(void **state)
{
    (void)state;
    char path[] = "/tmp/ronghe_snapshot_XXXXXX";
    close(mkstemp(path));
    rh_region *region = tiny_region(), *other = tiny_region_of(2);
    rh_scenario *scenario = small_scenario(3, NULL);
    rh_simulation *s = small_simulation(region, scenario, 1, 1, NULL);
    assert_int_equal(rh_simulation_save(s, path, NULL), RH_OK);
    seen k = {.s = s};
    rh_snapshot_about about;
    rh_err err = {0};
    if (rh_snapshot_walk(path, region, compare, &k, &about, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(k.residents, rh_store_count(&s->store));
    assert_int_equal(about.residents, k.residents);
    assert_true(about.weight == 1);

    assert_int_equal(rh_snapshot_walk(path, other, compare, &k, &about, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "is of another region"));

    FILE *f = fopen(path, "r+b"); /* one word of the last township changes */
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    fseek(f, size / 2, SEEK_SET);
    int byte = fgetc(f);
    fseek(f, size / 2, SEEK_SET);
    fputc(byte ^ 1, f);
    fclose(f);
    k.s = NULL;
    err = (rh_err){0};
    assert_int_equal(rh_snapshot_walk(path, region, compare, &k, &about, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "the snapshot is damaged"));
    assert_int_equal(truncate(path, size / 2), 0);
    err = (rh_err){0};
    assert_int_equal(rh_snapshot_walk(path, region, compare, &k, &about, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "ends too early"));
    unlink(path);
    rh_simulation_free(s);
    rh_scenario_free(scenario);
    rh_region_free(region);
    rh_region_free(other);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_walk_meets_every_resident_and_finds_damage),
    };
    return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
