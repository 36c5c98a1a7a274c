/* Fertility: births of married women by age and children ever born, scaled to each county's own birth rate.
 *
 * The age × parity profile (behaviour.csv, fertility.parity*) moves with the total fertility rate of the series:
 * rate(a, parity, year) = profile(a, parity) × TFR(year) / TFR(base year) × county factor × alignment.
 * National births may be aligned to the exogenous totals: each year's scale carries last year's miss forward.
 * A1 a birth is written behind the mother.  A2 children ever born rises by one (capped at 3). */
#include "policy/lever.h"
#include "process/engine.h"
#include "process/env.h"

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
    double trend = total_fertility(world->series, year) / total_fertility(world->series, world->first_year + 1) *
                   rh_lever_value(world->scenario, RH_LEVER_FERTILITY_FACTOR, 0, year);
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        rh_class c = rh_class_at(k);
        for (int a = 0; a < RH_CLASS_AGES && c.sex == RH_FEMALE && c.marital == RH_MARRIED; a++) {
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
    for (uint32_t i = 0; i < 2 * world->region->county.n && world->fertility_factor != NULL; i++) {
        f[i] = world->fertility_factor[i];
    }
    return RH_OK;
}

static rh_status
scale(const struct rh_engine *engine, int year, float *s, rh_err *err)
{
    (void)err;
    const rh_world *world = engine->world;
    const rh_series *series = world->series;
    if (!rh_world_aligned(world, world->scenario != NULL ? world->scenario->births_series : NULL)) {
        *s = 1;
        return RH_OK;
    }
    int y = year - series->first_year;
    if (year == world->first_year + 1) {
        *s = (float)(world->first_births > 0 ? series->births[y] / world->first_births : 1);
        return RH_OK;
    }
    uint64_t born = 0;
    for (uint32_t c = 0; c < world->region->county.n; c++) {
        born += engine->last_births[c];
    }
    double last = (double)born * world->weight;
    double own_trend = total_fertility(series, year) / total_fertility(series, year - 1);
    double wanted = series->births[y] / (last > 0 ? last : 1);
    *s = (float)((double)*s * wanted / own_trend);
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
