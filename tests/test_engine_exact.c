/* Is the engine exact? Waiting times and shares under constant rates, rates above their bounds, headroom, and every
 * shipped process against its reference twin (twin_rates.h, twin_projection.h).
 *
 * Test processes write into the recorder below, so these runs have one thread. With Λ a resident's hazard summed over
 * time, what happens at t after an event at s, given that something happens before the end T, has
 *   u = (1 - exp(-(Λ(t) - Λ(s)))) / (1 - exp(-(Λ(T) - Λ(s))))   uniform on [0, 1),
 * and the events of a process less the hazard that its residents went through is a martingale: its standard error is
 * the root of that hazard. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/mem.h"
#include "process/env.h"
#include "small_run.h"
#include "tiny_region.h"
#include "twin_projection.h"
#include "twin_rates.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SEED = 21, FIRST = 2010, LAST = 2020 };

/* Nothing but the processes of the engine's list happens, and nothing is aligned to national totals. */
static const char QUIET[] = "series: {births: none, deaths: none}\nlevers:\n"
                            "  - {lever: urban.reclassification_factor, value: 0}\n"
                            "  - {lever: hukou.in_situ_rate, value: 0}\n";

/* ---- recording ---- */

static struct {
    uint64_t n_people;
    uint64_t *base; /* number of a block's first resident */
    double *last;   /* time of a resident's last random event or change of rate */
    double *hazard; /* since the last random event, up to `last` */
    double *u;
    size_t n_u, room;
    uint64_t events[3], certain, disorder;
    double through[3]; /* hazard gone through, by process */
    double (*rate)(unsigned process, rh_person w, uint32_t county, int year);
    const rh_simulation *s;
} record;

static void
begin_record(rh_simulation *s,
             double (*rate)(unsigned process, rh_person w, uint32_t county, int year))
{
    memset(&record, 0, sizeof record);
    record.s = s;
    record.rate = rate;
    record.base = rh_alloc(s->store.n_blocks + 1, sizeof *record.base);
    for (uint32_t t = 0; t < s->store.n_blocks; t++) {
        record.base[t + 1] = record.base[t] + s->store.block[t].count;
    }
    record.n_people = record.base[s->store.n_blocks];
    record.last = rh_alloc(record.n_people, sizeof(double));
    record.hazard = rh_alloc(record.n_people, sizeof(double));
    record.room = record.n_people * 40;
    record.u = rh_alloc(record.room, sizeof(double));
    for (uint64_t i = 0; i < record.n_people; i++) {
        record.last[i] = FIRST + 1;
    }
}

static void
end_record(void)
{
    rh_free(record.base);
    rh_free(record.last);
    rh_free(record.hazard);
    rh_free(record.u);
}

/* Hazard of a resident in this state from `from` to `to`, summed over the processes; each process's own is added to
 * through[] when `count` says so. */
static double
hazard_between(rh_person w, uint32_t county, double from, double to, bool count)
{
    double sum = 0;
    for (int year = (int)from; year < to; year++) {
        double span = fmin(to, year + 1) - fmax(from, year);
        for (unsigned p = 0; p < 3; p++) {
            double h = record.rate(p, w, county, year) * span;
            record.through[p] += count ? h : 0;
            sum += h;
        }
    }
    return sum;
}

/* Time goes on to `now` for a resident who has been in state w. */
static uint64_t
pass_time(const rh_env *env, uint32_t i, double now)
{
    uint64_t who = record.base[env->town] + i;
    rh_person w = env->word[i];
    record.disorder += now < record.last[who];
    record.hazard[who] += hazard_between(w, rh_env_county(env, w), record.last[who], now, true);
    record.last[who] = now;
    return who;
}

/* A random event of process p; uniform when no change of state can happen before the end. */
static void
happened(rh_env *env, uint32_t i, float time, unsigned p)
{
    double now = env->year + (double)time;
    uint64_t who = pass_time(env, i, now);
    rh_person w = env->word[i];
    double rest = hazard_between(w, rh_env_county(env, w), now, LAST + 1, false);
    record.events[p]++;
    if (record.n_u < record.room) {
        record.u[record.n_u++] =
            expm1(-record.hazard[who]) / expm1(-(record.hazard[who] + rest));
    }
    record.hazard[who] = 0;
}

static void
finish_record(void)
{
    const rh_store *store = &record.s->store;
    for (uint32_t t = 0; t < store->n_blocks; t++) {
        for (uint32_t i = 0; i < store->block[t].count; i++) {
            rh_person w = store->block[t].word[i];
            uint32_t county = record.s->region->town.parent[rh_person_residence(w) / 2];
            hazard_between(w, county, record.last[record.base[t] + i], LAST + 1, true);
        }
    }
}

static void
check_counts(double limit)
{
    for (unsigned p = 0; p < 3; p++) {
        char what[40];
        snprintf(what, sizeof what, "events of process %u", p);
        small_near(what, (double)record.events[p], record.through[p], record.through[p], limit);
    }
    assert_true(record.disorder == 0); /* a resident's events come in the order of time */
}

static void
check_waiting_times(void)
{
    assert_true(record.n_u > 20000);
    double distance = small_uniform_distance(record.u, record.n_u);
    if (distance > 1.63) {
        fail_msg("Kolmogorov-Smirnov: %.2f over %zu waiting times", distance, record.n_u);
    }
}

/* Run 2011 … 2020 with these processes; the store must not change its positions. */
static void
run_recorded(uint32_t times, const rh_process *const *process, unsigned n, unsigned owner,
             unsigned levels,
             double (*rate)(unsigned process, rh_person w, uint32_t county, int year),
             rh_turnover *sum_2013)
{
    rh_region *region = tiny_region_of(times);
    rh_scenario *scenario = small_scenario(SEED, QUIET);
    rh_engine_options o = {.headroom = 1,
                           .process = process,
                           .n_processes = n,
                           .process_of_fixed_ages = owner,
                           .levels = levels};
    rh_simulation *s = small_simulation(region, scenario, 1, 1, &o);
    begin_record(s, rate);
    for (int year = FIRST + 1; year <= LAST; year++) {
        small_year(s);
        if (year == 2013 && sum_2013 != NULL) {
            memcpy(sum_2013, s->engine.turnover, n * sizeof *sum_2013);
        }
    }
    small_verify(s);
    finish_record();
    rh_simulation_free(s);
    rh_scenario_free(scenario);
    rh_region_free(region);
}

/* ---- constant rates ---- */

static const double TOGGLE_FARM = 0.3, TOGGLE_OTHER = 0.6, MARK = 0.2;

/* Process 0 changes the class (farm ↔ service) and with it its own rate, process 1 changes nothing. */
static double
constant_rate(unsigned process, rh_person w, uint32_t county, int year)
{
    (void)county;
    (void)year;
    bool farm = rh_person_activity(w) == RH_FARM;
    return process == 0 ? (farm ? TOGGLE_FARM : TOGGLE_OTHER) : process == 1 ? MARK : 0;
}

static rh_status
toggle_base(const rh_world *world, int year, float rate[RH_CLASSES][RH_CLASS_AGES], rh_err *err)
{
    (void)world;
    (void)year;
    (void)err;
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        for (int a = 0; a < RH_CLASS_AGES; a++) {
            rate[k][a] =
                (float)(rh_class_at(k).work == RH_WORK_FARM ? TOGGLE_FARM : TOGGLE_OTHER);
        }
    }
    return RH_OK;
}

static rh_status
mark_base(const rh_world *world, int year, float rate[RH_CLASSES][RH_CLASS_AGES], rh_err *err)
{
    (void)world;
    (void)year;
    (void)err;
    for (size_t i = 0; i < (size_t)RH_CLASSES * RH_CLASS_AGES; i++) {
        (&rate[0][0])[i] = (float)MARK;
    }
    return RH_OK;
}

static void
switch_work(rh_env *env, uint32_t i)
{
    rh_env_set_activity(env, i,
                        rh_person_activity(env->word[i]) == RH_FARM ? RH_SERVICE : RH_FARM);
}

static void
toggle(rh_env *env, uint32_t i, float time)
{
    happened(env, i, time, 0);
    switch_work(env, i);
}

static void
mark(rh_env *env, uint32_t i, float time)
{
    happened(env, i, time, 1);
}

static const rh_process toggle_process = {
    .name = "toggle", .headroom = 2.5f, .base = toggle_base, .apply = toggle};
static const rh_process mark_process = {
    .name = "mark", .headroom = 1.3f, .base = mark_base, .apply = mark};

static void
test_waiting_times_and_shares_are_those_of_competing_constant_rates(void **state)
{
    (void)state;
    const rh_process *const list[] = {&toggle_process, &mark_process, &small_idle};
    run_recorded(3, list, 3, 2, 0, constant_rate, NULL);
    check_waiting_times();
    check_counts(3);
    end_record();
}

/* Every third age is fixed. The event of the fixed age changes nothing, or the class. */
static void
fixed_ages(unsigned char mark_at[RH_CLASSES][RH_CLASS_AGES])
{
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        for (int a = 0; a < RH_CLASS_AGES; a += 3) {
            mark_at[k][a] = 1;
        }
    }
}

static void
certain(rh_env *env, uint32_t i, float time)
{
    pass_time(env, i, env->year + (double)time);
    record.certain++;
}

static void
certain_switch(rh_env *env, uint32_t i, float time)
{
    certain(env, i, time);
    switch_work(env, i);
}

static const rh_process certain_process = {
    .name = "certain", .headroom = 1, .base = NULL, .fixed = fixed_ages, .apply = certain};

/* Residents whose age reached in a year is a multiple of three, summed over the years. */
static uint64_t
expected_certain(uint32_t times)
{
    rh_region *region = tiny_region_of(times);
    rh_scenario *scenario = small_scenario(SEED, QUIET);
    rh_simulation *s = small_simulation(region, scenario, 1, 1, NULL);
    uint64_t n = 0;
    for (uint32_t t = 0; t < s->store.n_blocks; t++) {
        for (uint32_t i = 0; i < s->store.block[t].count; i++) {
            for (int year = FIRST + 1; year <= LAST; year++) {
                int age = rh_person_age(s->store.block[t].word[i], year);
                n += age >= RH_AGE_LAST || age % 3 == 0;
            }
        }
    }
    rh_simulation_free(s);
    rh_scenario_free(scenario);
    rh_region_free(region);
    return n;
}

static void
test_fixed_ages_are_met_once_and_leave_other_waiting_times_alone(void **state)
{
    (void)state;
    rh_process always = certain_process;
    always.base = small_idle.base;
    const rh_process *const list[] = {&toggle_process, &mark_process, &always};
    run_recorded(3, list, 3, 2, 0, constant_rate, NULL);
    assert_int_equal(record.certain, expected_certain(3));
    check_counts(3);
    check_waiting_times();
    end_record();
}

static void
test_a_fixed_age_may_change_the_class_and_its_rates(void **state)
{
    (void)state;
    rh_process always = certain_process;
    always.base = small_idle.base;
    always.apply = certain_switch;
    const rh_process *const list[] = {&toggle_process, &mark_process, &always};
    run_recorded(3, list, 3, 2, 0, constant_rate, NULL);
    assert_int_equal(record.certain, expected_certain(3));
    check_counts(3);
    end_record();
}

/* ---- rates above their bounds ---- */

/* Factor of county c: 1, 1.5, 2 …; the year 2013 multiplies the rate of process 1 by this. */
static const double JUMP = 8;

static double
jumping_rate(unsigned process, rh_person w, uint32_t county, int year)
{
    double rate = constant_rate(process, w, county, year);
    return process == 1 ? rate * (1 + 0.5 * county) * (year == 2013 ? JUMP : 1) : rate;
}

static rh_status
county_factor(const rh_world *world, int year, float *factor, rh_err *err)
{
    (void)year;
    (void)err;
    for (uint32_t c = 0; c < world->region->county.n; c++) {
        factor[2 * c] = factor[2 * c + 1] = (float)(1 + 0.5 * c);
    }
    return RH_OK;
}

static rh_status
jump(const struct rh_engine *engine, int year, rh_rates *rates, rh_err *err)
{
    (void)engine;
    (void)err;
    rates->scale = year == 2013 ? (float)JUMP : 1;
    return RH_OK;
}

/* With one level the bound is that of the largest factor: only some counties pass it. */
static void
check_jump(double factor_of_headroom, unsigned levels)
{
    rh_process jumping = mark_process, slow = toggle_process;
    jumping.factor = county_factor;
    jumping.scale = jump;
    jumping.headroom = (float)((double)mark_process.headroom * factor_of_headroom);
    slow.headroom = (float)((double)toggle_process.headroom * factor_of_headroom);
    const rh_process *const list[] = {&slow, &jumping, &small_idle};
    rh_turnover sum[3];
    run_recorded(3, list, 3, 2, levels, jumping_rate, sum);
    check_counts(3);
    check_waiting_times();
    end_record();
    assert_true(sum[1].excess > 1000);
}

static void
test_a_year_with_rates_above_their_bounds_has_the_right_counts_and_times(void **state)
{
    (void)state;
    check_jump(1, 0);
}

static void
test_only_some_counties_may_be_above_their_bounds(void **state)
{
    (void)state;
    check_jump(1, 1);
}

static void
test_bounds_below_all_rates_change_no_waiting_time(void **state)
{
    (void)state;
    check_jump(0.3, 0);
}

/* ---- shipped processes against their twins ---- */

enum { MOST = RH_PROCESS_MAX, CELLS = 2 * 12 }; /* sex × ten years of age */

static double counted[MOST][CELLS], hazard[MOST][CELLS];

static unsigned
cell_of(rh_person w, int year)
{
    int decade = rh_person_age(w, year) / 10;
    return rh_person_sex(w) * 12 + (unsigned)(decade < 11 ? decade : 11);
}

static void
count_only(unsigned p, const rh_env *env, uint32_t i)
{
    counted[p][cell_of(env->word[i], env->year)]++;
}

#define COUNT(p)                                                                               \
    static void count_##p(rh_env *env, uint32_t i, float time)                                 \
    {                                                                                          \
        (void)time;                                                                            \
        count_only(p, env, i);                                                                 \
    }
#define COUNTERS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
/* clang-format off */
COUNTERS(COUNT)
/* clang-format on */
#undef COUNT

/* The shipped processes compete with all their tables and conditions, but each event is only counted: every resident
 * keeps the state of 1 January, so that the counts are Poisson around the sum of the twin's rates. */
static void
test_every_process_happens_as_often_as_its_twin_expects(void **state)
{
    (void)state;
#define NAME(p) count_##p,
    static void (*const count[])(rh_env * env, uint32_t i, float time) = {COUNTERS(NAME)};
#undef NAME
    unsigned n, owner = rh_process_of_fixed_ages();
    const rh_process *const *shipped = rh_processes(&n);
    rh_process copy[MOST];
    const rh_process *list[MOST];
    for (unsigned p = 0; p < n; p++) {
        copy[p] = *shipped[p];
        copy[p].apply = count[p];
        list[p] = &copy[p];
    }
    rh_region *region = tiny_region_of(100);
    rh_scenario *scenario = small_scenario(SEED, QUIET);
    rh_engine_options o = {
        .headroom = 1, .process = list, .n_processes = n, .process_of_fixed_ages = owner};
    rh_simulation *s = small_simulation(region, scenario, 1, 1, &o);
    memset(counted, 0, sizeof counted);
    memset(hazard, 0, sizeof hazard);
    for (uint32_t t = 0; t < s->store.n_blocks; t++) {
        for (uint32_t i = 0; i < s->store.block[t].count; i++) {
            twin_resident r = {s, t, i, s->store.block[t].word[i], FIRST + 1};
            for (unsigned p = 0; p < n; p++) {
                hazard[p][cell_of(r.word, r.year)] += twin_rate(shipped[p]->name, &r);
            }
        }
    }
    small_year(s);
    for (unsigned p = 0; p < n; p++) {
        double all = 0, expected = 0, chi = 0, cells = 0;
        for (unsigned k = 0; k < CELLS && p != owner; k++) {
            all += counted[p][k];
            expected += hazard[p][k];
            double off = counted[p][k] - hazard[p][k];
            cells += hazard[p][k] > 8;
            chi += hazard[p][k] > 8 ? off * off / hazard[p][k] : 0;
            assert_true(hazard[p][k] > 0 || !(counted[p][k] > 0));
        }
        print_message(
            "# %-16s %8.0f events, %10.1f expected; chi-square %6.1f over %.0f cells\n",
            shipped[p]->name, all, expected, chi, cells);
        assert_true(expected > 30 || p == owner);
        small_near(shipped[p]->name, all, expected, expected, 3);
        assert_true(chi < cells + 4 * sqrt(2 * cells + 1));
    }
    rh_simulation_free(s);
    rh_scenario_free(scenario);
    rh_region_free(region);
}

/* Ready to run one process alone, with its real events. */
static rh_simulation *
alone(const rh_region *region, const rh_scenario *scenario, const rh_process *const list[2])
{
    rh_engine_options o = {
        .headroom = 1, .process = list, .n_processes = 2, .process_of_fixed_ages = 1};
    return small_simulation(region, scenario, 1, 1, &o);
}

/* Cohorts of one county and part: residents by age at the start of the year, sex and `state`. */
static void
cohorts_of(twin_cohorts *cohorts, const rh_simulation *s, size_t row, int n_states,
           int (*state)(rh_person w))
{
    memset(cohorts, 0, sizeof *cohorts);
    cohorts->n_states = n_states;
    for (uint32_t t = 0; t < s->store.n_blocks; t++) {
        for (uint32_t i = 0; i < s->store.block[t].count; i++) {
            rh_person w = s->store.block[t].word[i];
            uint32_t leaf = rh_person_residence(w);
            int age = rh_person_age(w, FIRST), own = state(w);
            if (2 * (size_t)s->region->town.parent[leaf / 2] + leaf % 2 == row && own >= 0) {
                cohorts->n[age < TWIN_AGES ? age : TWIN_AGES - 1][rh_person_sex(w)][own]++;
            }
        }
    }
}

static int
alive(rh_person w)
{
    (void)w;
    return TWIN_ALIVE;
}

static int
children_of_wife(rh_person w)
{
    bool wife = rh_person_sex(w) == RH_FEMALE && rh_person_marital(w) == RH_MARRIED;
    return wife ? (int)rh_person_children(w) : -1;
}

/* A resident of the row at this age, sex and state, whose rates are wanted. */
static twin_resident
somebody(const rh_simulation *s, size_t row, int age, unsigned sex, unsigned children)
{
    uint32_t town = s->region->county.first[row / 2];
    rh_person w = rh_person_with_residence(0, 2 * town + (uint32_t)row % 2);
    w = rh_person_with_birth(w, (unsigned)(FIRST - age - RH_BIRTH_ZERO));
    w = rh_person_with_marital(rh_person_with_sex(w, sex), RH_MARRIED);
    return (twin_resident){s, town, 0, rh_person_with_children(w, children), FIRST + 1};
}

static void
test_deaths_of_a_year_are_those_of_the_cohort_twin(void **state)
{
    (void)state;
    /* Five times the deaths: a cell of the rates that is off by some per cent shows. */
    static const char mortal[] = "series: {births: none, deaths: none}\nlevers:\n"
                                 "  - {lever: urban.reclassification_factor, value: 0}\n"
                                 "  - {lever: hukou.in_situ_rate, value: 0}\n"
                                 "  - {lever: mortality.factor, value: 5}\n";
    rh_region *region = tiny_region_of(60);
    rh_scenario *scenario = small_scenario(SEED, mortal);
    const rh_process *const list[2] = {&rh_process_mortality, &small_idle};
    rh_simulation *s = alone(region, scenario, list);
    double expected[2] = {0}, variance[2] = {0};
    twin_cohorts cohorts;
    twin_events events;
    static twin_hazards hazards;
    for (size_t row = 0; row < 2 * (size_t)region->county.n; row++) {
        static double rate[TWIN_AGES][2];
        for (int age = 0; age < TWIN_AGES; age++) {
            for (unsigned sex = 0; sex < 2; sex++) {
                twin_resident r = somebody(s, row, age, sex, 0);
                rate[age][sex] = twin_rate("mortality", &r);
            }
        }
        twin_death_hazards(&hazards, rate);
        cohorts_of(&cohorts, s, row, 2, alive);
        twin_cohorts before = cohorts;
        twin_year(&cohorts, &events, &hazards);
        for (int sex = 0; sex < 2; sex++) {
            for (int age = 0; age < TWIN_AGES; age++) {
                double n = before.n[age][sex][TWIN_ALIVE],
                       dead = cohorts.n[age][sex][TWIN_DEAD];
                expected[sex] += dead;
                variance[sex] += n > 0 ? dead * (1 - dead / n) : 0;
            }
        }
    }
    uint64_t before = rh_store_count(&s->store);
    double men = 0;
    for (uint32_t c = 0; c < region->county.n; c++) {
        for (unsigned k = 0; k < 2 * RH_COHORTS; k++) {
            men += s->engine.tally.county[c].cohort[k / RH_COHORTS][RH_MALE][k % RH_COHORTS];
        }
    }
    small_year(s);
    small_verify(s);
    for (uint32_t c = 0; c < region->county.n; c++) {
        for (unsigned k = 0; k < 2 * RH_COHORTS; k++) {
            men -= s->engine.tally.county[c].cohort[k / RH_COHORTS][RH_MALE][k % RH_COHORTS];
        }
    }
    double all = (double)small_events(s, RH_EVENT_DEATH, -1);
    assert_true(before - rh_store_count(&s->store) == small_events(s, RH_EVENT_DEATH, -1));
    small_near("deaths of men", men, expected[RH_MALE], variance[RH_MALE], 3);
    small_near("deaths of women", all - men, expected[RH_FEMALE], variance[RH_FEMALE], 3);
    rh_simulation_free(s);
    rh_scenario_free(scenario);
    rh_region_free(region);
}

static void
test_births_by_parity_are_those_of_the_cohort_twin(void **state)
{
    (void)state;
    rh_region *region = tiny_region_of(40);
    rh_scenario *scenario = small_scenario(SEED, QUIET);
    const rh_process *const list[2] = {&rh_process_fertility, &small_idle};
    rh_simulation *s = alone(region, scenario, list);
    double births = 0, after[4] = {0}, got[4] = {0}, moved[4] = {0};
    twin_cohorts cohorts;
    twin_events events;
    static twin_hazards hazards;
    for (size_t row = 0; row < 2 * (size_t)region->county.n; row++) {
        static double rate[TWIN_AGES][4];
        for (int age = 0; age < TWIN_AGES; age++) {
            for (unsigned k = 0; k < 4; k++) {
                twin_resident r = somebody(s, row, age, RH_FEMALE, k);
                rate[age][k] = twin_rate("fertility", &r);
            }
        }
        twin_birth_hazards(&hazards, rate);
        cohorts_of(&cohorts, s, row, 4, children_of_wife);
        twin_year(&cohorts, &events, &hazards);
        births += twin_events_sum(&events, -1, -1, -1);
        for (int k = 0; k < 4; k++) {
            after[k] += twin_cohorts_sum(&cohorts, RH_FEMALE, k);
            moved[k] += twin_events_sum(&events, -1, k, k + 1 < 4 ? k + 1 : 3);
        }
    }
    small_year(s);
    small_verify(s);
    for (uint32_t t = 0; t < s->store.n_blocks; t++) {
        for (uint32_t i = 0; i < s->store.block[t].count; i++) {
            int k = children_of_wife(s->store.block[t].word[i]);
            if (k >= 0) {
                got[k]++;
            }
        }
    }
    small_near("births", (double)small_events(s, RH_EVENT_BIRTH, -1), births, births, 3);
    for (int k = 0; k < 4; k++) {
        char what[40];
        snprintf(what, sizeof what, "wives with %d children", k);
        double in = k > 0 ? moved[k - 1] : 0, out = k < 3 ? moved[k] : 0;
        small_near(what, got[k], after[k], in + out, 3);
    }
    rh_simulation_free(s);
    rh_scenario_free(scenario);
    rh_region_free(region);
}

static int
activity_of(rh_person w)
{
    return (int)rh_person_activity(w);
}

static void
test_work_changes_are_those_of_the_cohort_twin(void **state)
{
    (void)state;
    rh_region *region = tiny_region_of(40);
    rh_scenario *scenario = small_scenario(SEED, QUIET);
    const rh_process *const list[2] = {&rh_process_work, &small_idle};
    rh_simulation *s = alone(region, scenario, list);
    double after[RH_ACTIVITY_COUNT] = {0}, variance[RH_ACTIVITY_COUNT] = {0},
           got[RH_ACTIVITY_COUNT] = {0};
    twin_cohorts cohorts;
    twin_events events;
    static twin_hazards hazards;
    for (size_t row = 0; row < 2 * (size_t)region->county.n; row++) {
        memset(&hazards, 0, sizeof hazards);
        hazards.n_states = RH_ACTIVITY_COUNT;
        for (int age = 0; age < TWIN_AGES; age++) {
            for (unsigned k = 0; k < 2 * RH_ACTIVITY_COUNT; k++) {
                twin_resident r = somebody(s, row, age, k % 2, 0);
                r.word = rh_person_with_activity(r.word, k / 2);
                twin_work_rates(&r, hazards.rate[age][k % 2][k / 2]);
            }
        }
        cohorts_of(&cohorts, s, row, RH_ACTIVITY_COUNT, activity_of);
        twin_year(&cohorts, &events, &hazards);
        for (int a = 0; a < RH_ACTIVITY_COUNT; a++) {
            after[a] += twin_cohorts_sum(&cohorts, RH_MALE, a) +
                        twin_cohorts_sum(&cohorts, RH_FEMALE, a);
            variance[a] +=
                twin_events_sum(&events, -1, a, -1) + twin_events_sum(&events, -1, -1, a);
        }
    }
    small_year(s);
    small_verify(s);
    for (uint32_t c = 0; c < region->county.n; c++) {
        for (unsigned a = 0; a < RH_ACTIVITY_COUNT; a++) {
            got[a] += (double)s->engine.tally.county[c].activity[RH_RURAL][a] +
                      (double)s->engine.tally.county[c].activity[RH_URBAN][a];
        }
    }
    for (unsigned a = 0; a < RH_ACTIVITY_COUNT; a++) {
        char what[40];
        snprintf(what, sizeof what, "residents of activity %u", a);
        small_near(what, got[a], after[a], variance[a], 3);
    }
    rh_simulation_free(s);
    rh_scenario_free(scenario);
    rh_region_free(region);
}

/* ---- headroom ---- */

enum { SEEDS = 12, MEASURES = 8, YEARS = 2 };

static void
measure(uint64_t seed, double headroom, double out[MEASURES])
{
    static const enum rh_event events[MEASURES - 1] = {
        RH_EVENT_BIRTH,     RH_EVENT_DEATH,  RH_EVENT_MARRIAGE,   RH_EVENT_NEW_HOUSEHOLD,
        RH_EVENT_IN_COUNTY, RH_EVENT_RETURN, RH_EVENT_HUKOU_MOVED};
    rh_region *region = tiny_region_of(16);
    rh_scenario *scenario = small_scenario(seed, NULL);
    rh_engine_options o = {.headroom = headroom};
    rh_simulation *s = small_simulation(region, scenario, 1, 1, &o);
    memset(out, 0, MEASURES * sizeof *out);
    for (int year = 0; year < YEARS; year++) {
        small_year(s);
        for (unsigned k = 0; k + 1 < MEASURES; k++) {
            out[k] += (double)small_events(s, events[k], -1);
        }
    }
    for (uint32_t c = 0; c < region->county.n; c++) {
        for (unsigned k = 0; k < RH_PART_COUNT; k++) {
            out[MEASURES - 1] += s->engine.tally.county[c].activity[k][RH_FARM];
        }
    }
    rh_simulation_free(s);
    rh_scenario_free(scenario);
    rh_region_free(region);
}

/* Twelve pairs of runs from the same residents; Student's t with 11 degrees of freedom passes 3.8 in three cases of a
 * thousand, as a normal variable passes 3. */
static void
test_headroom_changes_no_expectation(void **state)
{
    (void)state;
    static const char *const names[MEASURES] = {"births",          "deaths",      "marriages",
                                                "households",      "arrivals",    "returns",
                                                "hukou transfers", "farm workers"};
    static const double headrooms[] = {0.5, 2, 4};
    static double base[SEEDS][MEASURES], other[SEEDS][MEASURES];
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        measure(100 + seed, 1, base[seed]);
    }
    for (unsigned h = 0; h < 3; h++) {
        for (unsigned seed = 0; seed < SEEDS; seed++) {
            measure(100 + seed, headrooms[h], other[seed]);
        }
        for (unsigned k = 0; k < MEASURES; k++) {
            double mean = 0, square = 0, level = 0;
            for (unsigned seed = 0; seed < SEEDS; seed++) {
                double d = other[seed][k] - base[seed][k];
                mean += d / SEEDS;
                square += d * d / SEEDS;
                level += base[seed][k] / SEEDS;
            }
            double error = sqrt((square - mean * mean) / (SEEDS - 1));
            assert_true(level > 0);
            print_message("# headroom %.1f: %-16s %9.1f, %+7.2f, t %+.2f\n", headrooms[h],
                          names[k], level, mean, mean / error);
            if (fabs(mean) > 3.8 * error) {
                fail_msg("headroom %g changes %s from %.1f by %.1f, standard error %.1f",
                         headrooms[h], names[k], level, mean, error);
            }
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waiting_times_and_shares_are_those_of_competing_constant_rates),
        cmocka_unit_test(test_fixed_ages_are_met_once_and_leave_other_waiting_times_alone),
        cmocka_unit_test(test_a_fixed_age_may_change_the_class_and_its_rates),
        cmocka_unit_test(
            test_a_year_with_rates_above_their_bounds_has_the_right_counts_and_times),
        cmocka_unit_test(test_only_some_counties_may_be_above_their_bounds),
        cmocka_unit_test(test_bounds_below_all_rates_change_no_waiting_time),
        cmocka_unit_test(test_every_process_happens_as_often_as_its_twin_expects),
        cmocka_unit_test(test_deaths_of_a_year_are_those_of_the_cohort_twin),
        cmocka_unit_test(test_births_by_parity_are_those_of_the_cohort_twin),
        cmocka_unit_test(test_work_changes_are_those_of_the_cohort_twin),
        cmocka_unit_test(test_headroom_changes_no_expectation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
