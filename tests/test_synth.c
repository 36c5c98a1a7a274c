/* Tests of the synthesis: Y1–Y3 of synth.h, V1–V5 of store.h, couples, mothers, samples. */
#include "core/mem.h"
#include "person/synth.h"
#include "person/verify.h"
#include "tiny_region.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

enum { TIMES = 20, SEED = 7 };

static rh_store
synthesise(const rh_region *region, uint64_t seed, double sample, unsigned threads)
{
    rh_err err = {0};
    rh_synth *synth;
    rh_store store;
    assert_int_equal(rh_synth_new(region, seed, sample, threads, &synth, &err), RH_OK);
    assert_int_equal(rh_store_init(&store, region->town.n, rh_region_population(region), &err),
                     RH_OK);
    assert_int_equal(rh_synth_all(synth, &store, threads, NULL, NULL, &err), RH_OK);
    rh_synth_free(synth);
    return store;
}

static bool
same_stores(const rh_store *a, const rh_store *b)
{
    for (uint32_t t = 0; t < a->n_blocks; t++) {
        if (a->block[t].count != b->block[t].count ||
            (a->block[t].count > 0 && memcmp(a->block[t].word, b->block[t].word,
                                             a->block[t].count * sizeof(rh_person)) != 0)) {
            return false;
        }
    }
    return true;
}

static void
test_every_cell_and_leaf_has_exactly_its_residents(void **state)
{
    (void)state;
    rh_region *region = tiny_region_of(TIMES);
    rh_store store = synthesise(region, SEED, 1, 2);
    assert_true(rh_store_count(&store) == rh_region_population(region));
    rh_cell *cell = rh_alloc(region->county.n, sizeof *cell);
    uint32_t(*leaf)[RH_CLASS_COUNT] = rh_alloc(2 * region->town.n, sizeof *leaf);
    for (uint32_t t = 0; t < store.n_blocks; t++) {
        for (uint32_t i = 0; i < store.block[t].count; i++) {
            rh_person w = store.block[t].word[i];
            uint32_t place = rh_person_residence(w);
            enum rh_migrant_class k = rh_region_class(region, t, place / 2);
            int group = rh_age_group_of(rh_person_age(w, region->base_year));
            cell[region->town.parent[place / 2]].n[k][place % 2][rh_person_sex(w)][group]++;
            leaf[place][k]++;
        }
    }
    assert_memory_equal(cell, region->cell, region->county.n * sizeof *cell);
    assert_memory_equal(leaf, region->leaf_class, 2 * region->town.n * sizeof *leaf);
    rh_free(cell);
    rh_free(leaf);
    rh_store_release(&store);
    rh_region_free(region);
}

static void
test_home_flows_are_exactly_those_of_the_region(void **state)
{
    (void)state;
    rh_region *region = tiny_region_of(TIMES);
    rh_store store = synthesise(region, SEED, 1, 1);
    uint32_t n = region->county.n;
    uint32_t(*flow)[RH_PART_COUNT] = rh_alloc((size_t)n * n, sizeof *flow);
    for (uint32_t t = 0; t < store.n_blocks; t++) {
        for (uint32_t i = 0; i < store.block[t].count; i++) {
            uint32_t place = rh_person_residence(store.block[t].word[i]);
            flow[region->town.parent[t] * n + region->town.parent[place / 2]][place % 2]++;
        }
    }
    for (uint32_t o = 0; o < n; o++) {
        for (uint64_t e = region->flow_first[o]; e < region->flow_first[o + 1]; e++) {
            for (int part = 0; part < RH_PART_COUNT; part++) {
                assert_int_equal(flow[o * n + region->flow_dest[e]][part],
                                 region->flow_n[e][part]);
            }
        }
    }
    rh_free(flow);
    rh_store_release(&store);
    rh_region_free(region);
}

static void
test_threads_and_county_order_change_no_bit(void **state)
{
    (void)state;
    rh_err err = {0};
    rh_region *region = tiny_region_of(TIMES);
    rh_store one = synthesise(region, SEED, 1, 1), two = synthesise(region, SEED, 1, 2), back;
    assert_true(same_stores(&one, &two));
    rh_synth *synth;
    assert_int_equal(rh_synth_new(region, SEED, 1, 1, &synth, &err), RH_OK);
    assert_int_equal(rh_store_init(&back, region->town.n, rh_region_population(region), &err),
                     RH_OK);
    for (uint32_t c = region->county.n; c-- > 0;) {
        assert_int_equal(rh_synth_county(synth, c, &back, &err), RH_OK);
    }
    assert_true(same_stores(&one, &back));
    rh_store other = synthesise(region, SEED + 1, 1, 1);
    assert_false(same_stores(&one, &other));
    rh_synth_free(synth);
    rh_store_release(&one);
    rh_store_release(&two);
    rh_store_release(&back);
    rh_store_release(&other);
    rh_region_free(region);
}

static void
test_the_store_keeps_its_invariants(void **state)
{
    (void)state;
    rh_err err = {0};
    rh_region *region = tiny_region_of(TIMES);
    rh_store store = synthesise(region, SEED, 1, 2);
    assert_int_equal(rh_store_verify(&store, region, rh_region_population(region), 2, &err),
                     RH_OK);
    rh_store_release(&store);
    rh_region_free(region);
}

/* Break one word of a good store and expect the sentence. */
static void
expect_broken(const rh_region *region, rh_store *store, uint32_t town, uint32_t at, rh_person w,
              const char *invariant)
{
    rh_err err = {0};
    rh_person keep = store->block[town].word[at];
    store->block[town].word[at] = w;
    assert_int_equal(rh_store_verify(store, region, RH_ANY_COUNT, 1, &err), RH_INVARIANT);
    assert_non_null(strstr(err.text, invariant));
    assert_non_null(strstr(err.text, region->town.name[town]));
    store->block[town].word[at] = keep;
}

static void
test_verify_names_the_place_of_every_broken_invariant(void **state)
{
    (void)state;
    rh_err err = {0};
    rh_region *region = tiny_region_of(TIMES);
    rh_store store = synthesise(region, SEED, 1, 2);
    rh_person *word = store.block[3].word;
    uint32_t man = 0, second = 0;
    while (rh_person_marital(word[man]) != RH_MARRIED) {
        man++;
    }
    while (rh_person_head(word[second])) {
        second++;
    }
    expect_broken(region, &store, 3, 0,
                  rh_person_with_homestead(rh_person_with_head(word[0], 0), 0), "V1");
    expect_broken(region, &store, 3, 5, rh_person_with_education(word[5], 7), "V1");
    expect_broken(region, &store, 3, 5, rh_person_with_residence(word[5], 2 * region->town.n),
                  "V1");
    expect_broken(region, &store, 3, man, rh_person_with_marital(word[man], RH_DIVORCED), "V2");
    expect_broken(region, &store, 3, man + 1, rh_person_with_head(word[man + 1], 1), "V2");
    expect_broken(region, &store, 3, 5,
                  rh_person_with_arrival(word[5], !rh_person_is_away(word[5])), "V3");
    expect_broken(region, &store, 3, second, rh_person_with_homestead(word[second], 2), "V5");
    assert_int_equal(rh_store_verify(&store, region, 5, 1, &err), RH_INVARIANT);
    assert_non_null(strstr(err.text, "V4"));
    rh_store_release(&store);
    rh_region_free(region);
}

static void
test_children_are_no_older_than_their_mother_less_twelve(void **state)
{
    (void)state;
    rh_region *region = tiny_region_of(TIMES);
    rh_store store = synthesise(region, SEED, 1, 2);
    uint32_t children = 0, with_mother = 0, couples = 0, gap_sum = 0;
    for (uint32_t t = 0; t < store.n_blocks; t++) {
        int mother = -1;
        for (uint32_t i = 0; i < store.block[t].count; i++) {
            rh_person w = store.block[t].word[i];
            int age = rh_person_age(w, region->base_year);
            if (rh_person_head(w)) {
                mother = -1;
            }
            if (rh_person_sex(w) == RH_FEMALE && rh_person_children(w) > 0) {
                mother = age;
            }
            if (rh_person_marital(w) == RH_MARRIED && rh_person_sex(w) == RH_MALE) {
                int wife = rh_person_age(store.block[t].word[i + 1], region->base_year);
                couples++;
                gap_sum += (uint32_t)(wife > age ? wife - age : age - wife);
            }
            if (age < 18) {
                children++;
                with_mother += mother >= 0;
                assert_true(mother < 0 || age <= mother - 12);
            }
        }
    }
    assert_true(with_mother > children * 9 / 10);
    assert_true(gap_sum < 6 * couples);
    rh_store_release(&store);
    rh_region_free(region);
}

static uint32_t
runs_of(const rh_store *store)
{
    uint32_t runs = 0;
    for (uint32_t t = 0; t < store->n_blocks; t++) {
        for (uint32_t i = 0; i < store->block[t].count; i++) {
            runs += rh_person_head(store->block[t].word[i]);
        }
    }
    return runs;
}

static void
test_a_sample_keeps_whole_households_in_its_share(void **state)
{
    (void)state;
    rh_err err = {0};
    rh_region *region = tiny_region_of(TIMES);
    rh_store all = synthesise(region, SEED, 1, 2);
    const double shares[] = {0.5, 0.1, 0.01};
    for (unsigned k = 0; k < sizeof shares / sizeof shares[0]; k++) {
        rh_store part = synthesise(region, SEED, shares[k], 2),
                 again = synthesise(region, SEED, shares[k], 1);
        assert_int_equal(rh_store_verify(&part, region, RH_ANY_COUNT, 1, &err), RH_OK);
        assert_true(same_stores(&part, &again));
        double expected = shares[k] * runs_of(&all);
        assert_true(fabs(runs_of(&part) - expected) < 4 * sqrt(expected));
        rh_store_release(&part);
        rh_store_release(&again);
    }
    rh_store_release(&all);
    rh_region_free(region);
}

/* Persons by class and part, by sex and ages, by marital state, and some kinds of them; runs, and persons in
 * runs by its size. */
enum {
    OF_PLACE,
    OF_AGE = 8,
    OF_STATE = 18,
    FARMERS = 22,
    TOWNSMEN,
    SHARED,
    RUNS,
    OF_SIZE,
    COUNTS = OF_SIZE + 4
};

static void
count_kinds(const rh_region *region, const rh_store *store, double n[COUNTS])
{
    for (uint32_t t = 0; t < store->n_blocks; t++) {
        const rh_block *b = &store->block[t];
        uint32_t size = 0;
        for (uint32_t i = 0; i < b->count; i++) {
            rh_person w = b->word[i];
            uint32_t place = rh_person_residence(w);
            int age = rh_person_age(w, region->base_year);
            n[OF_PLACE + 2 * rh_region_class(region, t, place / 2) + place % 2]++;
            n[OF_AGE + 5 * rh_person_sex(w) +
              (age < 15   ? 0
               : age < 30 ? 1
               : age < 45 ? 2
               : age < 60 ? 3
                          : 4)]++;
            n[OF_STATE + rh_person_marital(w)]++;
            n[FARMERS] += rh_person_activity(w) == RH_FARM;
            n[TOWNSMEN] += rh_person_hukou(w);
            n[SHARED] += rh_person_collective(w);
            n[RUNS] += rh_person_head(w);
            size++;
            if (i + 1 == b->count || rh_person_head(b->word[i + 1])) {
                n[OF_SIZE + (size > 3 ? 3 : size - 1)] += size;
                size = 0;
            }
        }
    }
}

static void
test_samples_have_the_expectation_of_the_whole(void **state)
{
    (void)state;
    enum { SAMPLES = 25 };
    const double share = 0.02;
    rh_region *region = tiny_region_of(TIMES);
    double whole[COUNTS] = {0}, sampled[COUNTS] = {0};
    rh_store all = synthesise(region, SEED, 1, 2);
    count_kinds(region, &all, whole);
    for (unsigned k = 0; k < SAMPLES; k++) {
        rh_store part = synthesise(region, 100 + k, share, 2);
        count_kinds(region, &part, sampled);
        rh_store_release(&part);
    }
    for (unsigned i = 0; i < COUNTS; i++) {
        /* Kept whole, members of a household bring each other along: a cluster of four. Few neighbours
         * make a few more small families: a bias allowed up to 3 %. */
        double expected = whole[i] * share * SAMPLES,
               error = 4 * sqrt(4 * expected * (1 + share * SAMPLES)) +
                       (i >= RUNS ? 0.03 * expected : 0);
        if (fabs(sampled[i] - expected) > error) {
            fail_msg("count %u: %.0f, %.0f ± %.0f expected", i, sampled[i], expected, error);
        }
    }
    rh_store_release(&all);
    rh_region_free(region);
}

static void
test_a_sample_share_outside_0_to_1_is_refused(void **state)
{
    (void)state;
    rh_err err = {0};
    rh_region *region = tiny_region();
    rh_synth *synth;
    assert_int_equal(rh_synth_new(region, SEED, 0, 1, &synth, &err), RH_RANGE);
    assert_null(synth);
    rh_region_free(region);
}

static const rh_margin_residual *
find_margin(const rh_margin_residual *r, unsigned n, const char *name)
{
    for (unsigned i = 0; i < n; i++) {
        if (strcmp(r[i].margin, name) == 0) {
            return &r[i];
        }
    }
    return NULL;
}

static void
test_the_audit_finds_the_margins_near_and_a_moved_resident(void **state)
{
    (void)state;
    rh_err err = {0};
    rh_region *region = tiny_region_of(TIMES);
    rh_store store = synthesise(region, SEED, 1, 2);
    rh_margin_residual *r;
    unsigned n;
    assert_int_equal(rh_synth_audit(region, &store, 2, &r, &n, &err), RH_OK);
    const char *const close[] = {"households", "urban hukou", "education: junior, female",
                                 "work: farm", "marital: married, female"};
    for (unsigned i = 0; i < sizeof close / sizeof close[0]; i++) {
        const rh_margin_residual *m = find_margin(r, n, close[i]);
        assert_non_null(m);
        if (fabs(m->got - m->target) > 0.06 * m->target) {
            fail_msg("%s: %.0f, target %.0f", m->margin, m->got, m->target);
        }
    }
    rh_free(r);
    rh_person *w = &store.block[0].word[0];
    *w = rh_person_with_sex(*w, 1 - rh_person_sex(*w));
    assert_int_equal(rh_synth_audit(region, &store, 2, &r, &n, &err), RH_INVARIANT);
    assert_non_null(strstr(err.text, "Y1"));
    rh_store_release(&store);
    rh_region_free(region);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_cell_and_leaf_has_exactly_its_residents),
        cmocka_unit_test(test_home_flows_are_exactly_those_of_the_region),
        cmocka_unit_test(test_threads_and_county_order_change_no_bit),
        cmocka_unit_test(test_the_store_keeps_its_invariants),
        cmocka_unit_test(test_verify_names_the_place_of_every_broken_invariant),
        cmocka_unit_test(test_children_are_no_older_than_their_mother_less_twelve),
        cmocka_unit_test(test_a_sample_keeps_whole_households_in_its_share),
        cmocka_unit_test(test_samples_have_the_expectation_of_the_whole),
        cmocka_unit_test(test_a_sample_share_outside_0_to_1_is_refused),
        cmocka_unit_test(test_the_audit_finds_the_margins_near_and_a_moved_resident),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
