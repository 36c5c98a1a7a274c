/* Small runs for tests: see small_run.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "small_run.h"

#include "core/mem.h"
#include "core/random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

rh_scenario *
small_scenario(uint64_t seed, const char *more)
{
    char text[2000];
    rh_scenario *scenario;
    rh_err err = {0};
    snprintf(text, sizeof text, "region: embedded\nyears: [2010, 2020]\nseed: %lu\n%s",
             (unsigned long)seed, more != NULL ? more : "");
    if (rh_scenario_parse("small.yaml", text, strlen(text), &scenario, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    return scenario;
}

rh_simulation *
small_simulation(const rh_region *region, const rh_scenario *scenario, double sample,
                 unsigned threads, const rh_engine_options *options)
{
    rh_simulation *s;
    rh_err err = {0};
    if (rh_simulation_new(region, scenario, "data/china", sample, threads, &s, &err) != RH_OK ||
        rh_simulation_people(s, options, NULL, NULL, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    return s;
}

void
small_year(rh_simulation *s)
{
    rh_err err = {0};
    if (rh_simulation_year(s, NULL, NULL, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
}

void
small_verify(const rh_simulation *s)
{
    rh_err err = {0};
    if (rh_simulation_verify(s, &err) != RH_OK) {
        fail_msg("%d: %s", s->engine.year, err.text);
    }
}

static uint64_t
add(uint64_t h, uint64_t x)
{
    return rh_fold(h ^ x, 0x9e3779b97f4a7c15ULL + (h >> 32));
}

static uint64_t
add_words32(uint64_t h, const uint32_t *n, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        h = add(h, n[i]);
    }
    return h;
}

uint64_t
small_fingerprint(const rh_simulation *s)
{
    uint64_t h = (uint64_t)s->engine.year;
    for (uint32_t t = 0; t < s->store.n_blocks; t++) {
        const rh_block *b = &s->store.block[t];
        h = add(h, b->count);
        for (uint32_t i = 0; i < b->count; i++) {
            h = add(h, b->word[i]);
        }
    }
    const rh_tally *t = &s->engine.tally;
    h = add_words32(h, (const uint32_t *)t->county,
                    t->n_counties * sizeof *t->county / sizeof(uint32_t));
    h = add_words32(h, t->leaf, t->n_leaves);
    h = add_words32(h, t->registered, t->n_counties);
    return add_words32(h, &t->registered_hukou[0][0], 2 * (size_t)t->n_counties);
}

uint64_t
small_events(const rh_simulation *s, enum rh_event event, int part)
{
    uint64_t sum = 0;
    for (uint32_t c = 0; c < s->region->county.n; c++) {
        for (int p = 0; p < RH_PART_COUNT; p++) {
            sum += part < 0 || part == p ? s->engine.tally.county[c].event[p][event] : 0;
        }
    }
    return sum;
}

static rh_status
no_base(const rh_world *world, int year, float rate[RH_CLASSES][RH_CLASS_AGES], rh_err *err)
{
    (void)world;
    (void)year;
    (void)rate;
    (void)err;
    return RH_OK;
}

static void
nothing(rh_env *env, uint32_t i, float time)
{
    (void)env;
    (void)i;
    (void)time;
}

const rh_process small_idle = {.name = "idle",
                               .meaning = "never",
                               .levers = "",
                               .changes = "",
                               .headroom = 1,
                               .base = no_base,
                               .apply = nothing};

static int
rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

double
small_uniform_distance(double *u, size_t n)
{
    double most = 0;
    qsort(u, n, sizeof *u, rising);
    for (size_t i = 0; i < n; i++) {
        most = fmax(most, fmax(fabs(u[i] - (double)i / (double)n),
                               fabs(u[i] - (double)(i + 1) / (double)n)));
    }
    return most * sqrt((double)n);
}

void
small_near(const char *what, double got, double expected, double variance, double limit)
{
    double error = sqrt(variance > 1 ? variance : 1);
    if (!(fabs(got - expected) <= limit * error)) {
        fail_msg("%s: %.1f instead of %.1f, %.2f standard errors off", what, got, expected,
                 (got - expected) / error);
    }
}
