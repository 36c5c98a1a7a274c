/* Homestead leases from outside: the numbers of the table hold, only idle homes are leased, the same ones stay leased. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/mem.h"
#include "process/homestead_leases.h"
#include "small_run.h"
#include "tiny_region.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char table_path[] = "/tmp/rh_homesteadXXXXXX";

static const char *
table(const char *text)
{
    FILE *f = fopen(table_path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
    return table_path;
}

static uint64_t
homes(const rh_store *store, uint32_t town, unsigned state)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < store->block[town].count; i++) {
        n += rh_person_homestead(store->block[town].word[i]) == state;
    }
    return n;
}

/* The township with the most idle homes. */
static uint32_t
town_with_idle(const rh_simulation *s)
{
    uint32_t best = 0;
    for (uint32_t t = 1; t < s->store.n_blocks; t++) {
        if (homes(&s->store, t, RH_HOMESTEAD_IDLE) >
            homes(&s->store, best, RH_HOMESTEAD_IDLE)) {
            best = t;
        }
    }
    return best;
}

static void
numbers_of_the_table_hold_and_the_same_homes_stay_leased(void **unused)
{
    (void)unused;
    rh_err err = {0};
    rh_region *region = tiny_region_of(10);
    rh_scenario *scenario = small_scenario(3, NULL);
    rh_simulation *s = small_simulation(region, scenario, 1, 1, NULL);
    uint32_t town = town_with_idle(s);
    uint64_t idle = homes(&s->store, town, RH_HOMESTEAD_IDLE);
    assert_true(idle >= 20);
    char text[400];
    unsigned long long code = (unsigned long long)region->town.code[town];
    snprintf(text, sizeof text,
             "township,year,leased,rent\n%llu,2010,8,1\n%llu,2011,12,1\n%llu,2012,5,1\n%llu,"
             "2013,%llu,1\n",
             code, code, code, code, (unsigned long long)idle + 7);
    rh_homestead_leases leases;
    assert_int_equal(rh_homestead_leases_read(table(text), region, &leases, &err), RH_OK);
    assert_int_equal(leases.n, 4);
    rh_block *block = &s->store.block[town];
    rh_person *first = rh_alloc(block->count, sizeof *first),
              *before = rh_alloc(block->count, sizeof *before);
    memcpy(before, block->word, block->count * sizeof *before);
    uint64_t missing;
    static const uint64_t wanted[] = {8, 12, 5};
    for (int y = 0; y < 3; y++) {
        assert_int_equal(
            rh_homestead_leases_year(&leases, &s->store, 1, 1, 2010 + y, &missing, &err),
            RH_OK);
        assert_int_equal(homes(&s->store, town, RH_HOMESTEAD_LEASED_OUT), wanted[y]);
        assert_int_equal(homes(&s->store, town, RH_HOMESTEAD_IDLE), idle - wanted[y]);
        assert_int_equal(missing, 0);
        for (uint32_t i = 0; i < block->count; i++) {
            unsigned was = rh_person_homestead(before[i]),
                     is = rh_person_homestead(block->word[i]);
            assert_true(was == is ||
                        (was == RH_HOMESTEAD_IDLE && is == RH_HOMESTEAD_LEASED_OUT)); /* H1 */
            assert_int_equal(rh_person_with_homestead(block->word[i], was), before[i]);
            if (y == 1 && rh_person_homestead(first[i]) == RH_HOMESTEAD_LEASED_OUT) {
                assert_int_equal(is, RH_HOMESTEAD_LEASED_OUT);
            }
            if (y == 2 && is == RH_HOMESTEAD_LEASED_OUT) {
                assert_int_equal(rh_person_homestead(first[i]), RH_HOMESTEAD_LEASED_OUT);
            }
        }
        memcpy(first, block->word, block->count * sizeof *first);
    }
    assert_int_equal(rh_homestead_leases_year(&leases, &s->store, 1, 1, 2013, &missing, &err),
                     RH_OK);
    assert_int_equal(missing, 7);
    assert_int_equal(homes(&s->store, town, RH_HOMESTEAD_IDLE), 0);
    small_verify(s);
    rh_homestead_leases_release(&leases);
    rh_free(first);
    rh_free(before);
    rh_simulation_free(s);
    rh_scenario_free(scenario);
    rh_region_free(region);
}

static void
a_run_keeps_to_the_table_from_year_to_year(void **unused)
{
    (void)unused;
    rh_region *region = tiny_region_of(10);
    rh_scenario *plain = small_scenario(3, NULL);
    rh_simulation *s = small_simulation(region, plain, 1, 1, NULL);
    uint32_t town = town_with_idle(s);
    rh_simulation_free(s);
    char text[400], line[200];
    unsigned long long code = (unsigned long long)region->town.code[town];
    snprintf(text, sizeof text, "township,year,leased\n%llu,2010,3\n%llu,2011,6\n%llu,2012,4\n",
             code, code, code);
    snprintf(line, sizeof line, "homestead_leases: %s\n", table(text));
    rh_scenario *scenario = small_scenario(3, line);
    s = small_simulation(region, scenario, 1, 2, NULL);
    assert_int_equal(homes(&s->store, town, RH_HOMESTEAD_LEASED_OUT), 3);
    small_year(s);
    assert_int_equal(homes(&s->store, town, RH_HOMESTEAD_LEASED_OUT), 6);
    small_year(s);
    assert_int_equal(homes(&s->store, town, RH_HOMESTEAD_LEASED_OUT), 4);
    small_verify(s);
    rh_simulation_free(s);
    rh_scenario_free(scenario);
    rh_scenario_free(plain);
    rh_region_free(region);
}

static void
what_is_wrong_with_a_table_is_said_all_at_once(void **unused)
{
    (void)unused;
    rh_err err = {0};
    rh_region *region = tiny_region();
    rh_homestead_leases leases;
    char text[300];
    unsigned long long code = (unsigned long long)region->town.code[0];
    snprintf(text, sizeof text,
             "township,year,leased\n999999999,2010,3\n%llu,2010,-1\n%llu,2011,2\n%llu,2011,3\n",
             code, code, code);
    assert_int_equal(rh_homestead_leases_read(table(text), region, &leases, &err), RH_INPUT);
    assert_non_null(strstr(err.text, "no township 999999999"));
    assert_non_null(strstr(err.text, "-1"));
    assert_non_null(strstr(err.text, "stands twice for 2011"));
    rh_homestead_leases_release(&leases);
    rh_region_free(region);
}

static int
start(void **unused)
{
    (void)unused;
    int fd = mkstemp(table_path);
    return fd < 0 ? -1 : close(fd);
}

static int
finish(void **unused)
{
    (void)unused;
    return unlink(table_path);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_the_table_hold_and_the_same_homes_stay_leased),
        cmocka_unit_test(a_run_keeps_to_the_table_from_year_to_year),
        cmocka_unit_test(what_is_wrong_with_a_table_is_said_all_at_once),
    };
    return cmocka_run_group_tests(tests, start, finish);
}
