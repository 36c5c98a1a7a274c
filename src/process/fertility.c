/* Fertility: births of married women by age and children ever born, scaled to each county's own birth rate.
 *
 * The age × parity profile (behaviour.csv, fertility.parity*) moves with the total fertility rate of the series:
 * rate(a, parity, year) = profile(a, parity) × TFR(year) / TFR(base year) × county factor × alignment.
 * National births may be aligned to the exogenous totals, from the married women at the start of the year.
 * A1 a birth is written behind the mother.  A2 children ever born rises by one (capped at 3). */
#include "policy/lever.h"
#include "process/engine.h"
#include "process/env.h"

#include <math.h>
#include <string.h>

static double
total_fertility(const rh_series *series, int year)
{
    int y = year < series->first_year ? 0 : year - series->first_year;
    double sum = 0;
    for (int a = 0; a < RH_SERIES_FERTILE; a++) {
        sum += (double)series->fertility[y][a];
    }
    return sum;
}

static rh_status
base(const rh_world *world, int year, float rate[RH_CLASSES][RH_CLASS_AGES], rh_err *err)
{
    (void)err;
    double trend = world->birth_level * total_fertility(world->series, year) /
                   total_fertility(world->series, world->first_year + 1) *
                   rh_lever_value(world->scenario, RH_LEVER_FERTILITY_FACTOR, 0, year);
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        rh_class c = rh_class_at(k);
        for (int a = 0; a < RH_CLASS_AGES && c.sex == RH_FEMALE && c.marital == RH_MARRIED;
             a++) {
            rate[k][a] = (float)(trend * (double)world->profile.birth[c.children][a]);
        }
    }
    return RH_OK;
}

static rh_status
factor(const rh_world *world, int year, float *f, rh_err *err)
{
    (void)year;
    (void)err;
    for (uint32_t i = 0; i < 2 * world->region->county.n && world->fertility_factor != NULL;
         i++) {
        f[i] = world->fertility_factor[i];
    }
    return RH_OK;
}

/* Births that the base rates times `factor` ask of the married women at the start of the year. A birth moves its mother to
 * another parity, so a woman counts 1 - exp(-rate) times. */
static double
expected_births(const struct rh_engine *engine, int year, const rh_rates *rates, double factor)
{
    double sum = 0;
    for (unsigned b = 0; b < RH_COHORTS; b++) {
        int age = year - RH_BIRTH_ZERO - (int)b;
        for (unsigned children = 0; children < 4 && age >= 0 && age < RH_CLASS_AGES;
             children++) {
            rh_class c = {.sex = RH_FEMALE, .marital = RH_MARRIED, .children = children};
            double rate = factor * (double)rates->base[rh_class_number(c)][age];
            sum += engine->tally.wives[b][children] * -expm1(-rate);
        }
    }
    return sum * engine->world->weight;
}

/* The scale for which expected births × what places and the year's own events made of last year's expectation = target. */
static rh_status
scale(const struct rh_engine *engine, int year, rh_rates *rates, rh_err *err)
{
    (void)err;
    const rh_world *world = engine->world;
    const rh_series *series = world->series;
    const char *setting = world->scenario != NULL ? world->scenario->births_series : NULL;
    if (setting == NULL || strcmp(setting, "national") != 0) {
        rates->scale = 1;
        return RH_OK;
    }
    double realised = 1;
    if (year > world->first_year + 1 && rates->expected > 0) {
        uint64_t born = 0;
        for (uint32_t c = 0; c < world->region->county.n; c++) {
            born += engine->last_births[c];
        }
        realised = born > 0 ? (double)born * world->weight / rates->expected : 1;
    }
    double target = rh_world_births(world, year - series->first_year), factor = 1;
    for (int round = 0; round < 8; round++) {
        double expected = expected_births(engine, year, rates, factor) * realised;
        factor *= expected > 0 ? target / expected : 1;
    }
    rates->scale = (float)factor;
    rates->expected = expected_births(engine, year, rates, factor);
    return RH_OK;
}

static void
apply(rh_env *env, uint32_t i, float time)
{
    rh_env_bear(env, i, time);
}

const rh_process rh_process_fertility = {
    .name = "fertility",
    .meaning = "births of married women by age, children ever born, place and year",
    .levers = "fertility.factor",
    .changes = "children; a new word behind the mother",
    .headroom = 1.2f,
    .base = base,
    .factor = factor,
    .scale = scale,
    .apply = apply,
};
