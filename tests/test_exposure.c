/* Exposure to departure and return: bits of words, and the sums against a plain twin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/random.h"
#include "process/exposure.h"
#include "process/family_bits.h"
#include "process/kin.h"
#include "small_run.h"
#include "tiny_region.h"

static void
test_bits_are_the_same_from_every_instruction_set(void **state)
{
    (void)state;
    rh_family_bits_of *plain = rh_family_bits_named("plain"),
                      *wide = rh_family_bits_named("avx512");
    assert_null(rh_family_bits_named("abacus"));
    for (uint32_t n = 0; n <= 64; n++) {
        rh_person word[65];
        for (uint32_t i = 0; i < 65; i++) {
            word[i] = rh_fold(n, 1000 + i);
            word[i] = rh_person_with_residence(word[i], rh_person_residence(word[i]) % 3);
            word[i] = rh_person_with_birth(word[i], 80 + rh_person_birth(word[i]) % 40);
            word[i] = rh_person_with_arrival(word[i], rh_person_arrival(word[i]) % 2);
        }
        const rh_family_bits b = plain(word + 1, n, word[0], 2011);
        for (uint32_t i = 0; i < 64; i++) {
            const rh_person w = word[1 + (i < n ? i : 0)], last = word[i < n ? i : 0];
            const int age = rh_person_age(w, 2011);
            const bool married = rh_person_marital(w) == RH_MARRIED;
            assert_int_equal(b.child >> i & 1, i < n && age < RH_CHILD_AGE &&
                                                   !rh_person_head(w) &&
                                                   rh_person_marital(w) == RH_NEVER_MARRIED);
            assert_int_equal(b.moved >> i & 1,
                             i < n && rh_person_residence(w) != rh_person_residence(last));
            assert_int_equal(b.adult >> i & 1, i < n && age >= RH_MOVE_AGE);
            assert_int_equal(b.away >> i & 1, i < n && rh_person_is_away(w));
            assert_int_equal(b.husband >> i & 1,
                             i < n && married && rh_person_sex(w) == RH_MALE);
            assert_int_equal(b.wife >> i & 1,
                             i < n && married && rh_person_sex(w) == RH_FEMALE);
        }
        if (wide != NULL) {
            const rh_family_bits v = wide(word + 1, n, word[0], 2011);
            assert_memory_equal(&b, &v, sizeof b);
        }
    }
}

/* Family members of i at `leaf`, or at home when `leaf` is UINT32_MAX. */
static double
members(const rh_block *b, uint32_t i, int year, uint32_t leaf, bool *spouse)
{
    rh_family f = rh_family_in(b->word, b->count, i, year);
    double n = 0;
    *spouse = false;
    for (uint32_t j = f.children; j < f.children_end; j++) {
        n += leaf == UINT32_MAX ? !rh_person_is_away(b->word[j])
                                : rh_person_residence(b->word[j]) == leaf;
    }
    if (f.spouse != RH_NOBODY) {
        *spouse = leaf == UINT32_MAX ? !rh_person_is_away(b->word[f.spouse])
                                     : rh_person_residence(b->word[f.spouse]) == leaf;
    }
    return n;
}

typedef struct twin {
    double departing[3], joining[3], alone[3], together[3];
} twin;

/* One home county, person by person in the order of the store. */
static twin
twin_of(const rh_simulation *s, uint32_t county)
{
    twin t = {0};
    const rh_region *r = s->region;
    const rh_migration *m = &s->migration;
    const rh_profiles *p = &s->world.profile;
    const int year = s->world.first_year + 1;
    for (uint32_t town = r->county.first[county]; town < r->county.first[county + 1]; town++) {
        const rh_block *b = &s->store.block[town];
        for (uint32_t i = 0; i < b->count; i++) {
            const rh_person w = b->word[i];
            const int last = RH_MIGRATION_AGES - 1, reached = rh_person_age(w, year),
                      age = reached < last ? reached : last;
            bool here, home;
            const double children = members(b, i, year, rh_person_residence(w), &here);
            const double children_home = members(b, i, year, UINT32_MAX, &home);
            if (age < RH_MOVE_AGE) {
                continue;
            }
            if (!rh_person_is_away(w)) {
                double spouse = here ? p->spouse_along : 0;
                double along = 1 + spouse + (here ? spouse : 1) * p->child_along * children;
                unsigned marital = rh_person_marital(w);
                double factor = m->marital[marital == RH_DIVORCED ? RH_WIDOWED : marital] *
                                m->education[rh_person_education(w)] * along;
                for (unsigned nest = 0; nest < 3; nest++) {
                    t.departing[nest] +=
                        factor * (double)m->profile[nest][rh_person_sex(w)][age];
                }
                continue;
            }
            unsigned nest = rh_region_class(r, town, rh_person_residence(w) / 2) - 1U;
            double hazard =
                rh_migration_return(m, (enum rh_nest)nest, rh_person_stay(w, year), age) +
                m->onward[nest];
            double back = here ? p->return_together : 1;
            t.alone[nest] += hazard;
            t.together[nest] +=
                hazard * (1 + (here ? p->return_together : 0) + back * children);
            if (rh_person_marital(w) == RH_MARRIED && age < 70) {
                t.joining[nest] += p->joining * (home + children_home);
            }
        }
    }
    return t;
}

/* Families of all kinds: some live apart, siblings and parents have any age. */
static void
mix_up(rh_simulation *s)
{
    for (uint32_t town = 0; town < s->store.n_blocks; town++) {
        rh_block *b = &s->store.block[town];
        for (uint32_t i = 0; i < b->count; i++) {
            const uint32_t chance = (uint32_t)rh_fold(town, i);
            rh_person w = b->word[i];
            w = rh_person_with_birth(w, rh_person_birth(w) -
                                            (rh_person_birth(w) > 50 ? chance % 16 : 0));
            if (chance >> 8 & 1) {
                w = rh_person_with_residence(
                    w, 2 * ((town + 1 + (chance >> 9) % 2) % s->region->town.n));
                w = rh_person_with_arrival(w, rh_arrival_code(2008 + (int)(chance >> 10) % 3));
            }
            b->word[i] = w;
        }
    }
}

static void
test_exposure_is_that_of_counting_family_by_family(void **state)
{
    (void)state;
    rh_region *region = tiny_region();
    rh_scenario *scenario = small_scenario(3, NULL);
    rh_simulation *s = small_simulation(region, scenario, 1, 2, NULL);
    mix_up(s);
    rh_destination *d = s->destination;
    double arrivals[6][3], alone[3] = {0}, together[3] = {0};
    for (uint32_t c = 0; c < region->county.n; c++) {
        for (unsigned nest = 0; nest < 3; nest++) {
            arrivals[c][nest] = d->base[c][nest] * d->exposure[c][nest];
        }
    }
    rh_err err = {0};
    assert_int_equal(rh_exposure_measure(d, &s->world, &s->store, 2, &err), RH_OK);
    for (uint32_t c = 0; c < region->county.n; c++) {
        const twin t = twin_of(s, c);
        for (unsigned nest = 0; nest < 3; nest++) {
            const double weight = s->world.weight, most = 0.7 * arrivals[c][nest];
            double joiners = t.joining[nest] * weight;
            joiners = joiners < most ? joiners : most;
            double own = arrivals[c][nest] > 0 ? 1 - joiners / arrivals[c][nest] : 1;
            assert_true(d->exposure[c][nest] == t.departing[nest] * weight / own);
            alone[nest] += t.alone[nest];
            together[nest] += t.together[nest];
        }
    }
    for (unsigned nest = 0; nest < 3; nest++) {
        assert_true(alone[nest] > 0);
        assert_true(s->world.return_scale[nest] == alone[nest] / together[nest]);
    }
    rh_simulation_free(s);
    rh_scenario_free(scenario);
    rh_region_free(region);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bits_are_the_same_from_every_instruction_set),
        cmocka_unit_test(test_exposure_is_that_of_counting_family_by_family),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
