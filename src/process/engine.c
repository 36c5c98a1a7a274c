/* The engine: see engine.h. */
#include "process/engine.h"

#include "core/mem.h"
#include "core/threads.h"
#include "process/env.h"
#include "policy/lever.h"
#include "process/groups.h"
#include "process/reclassification_rate.h"
#include "process/reclassify.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Certain candidates (school entry) fall on 1 September. */
static const float FIXED_TIME = 2.0f / 3;

struct rh_out_segment {
    unsigned worker;
    uint64_t first, end; /* in that worker's list of movers */
};

static const size_t CELLS = (size_t)RH_CLASSES * RH_CLASS_AGES;

static const uint64_t KEY_START = 1, KEY_YEAR = 2; /* purposes of keys */

/* ---- one resident's year ---- */

static inline const rh_slot *
slot_of(const rh_calendar *c, rh_person w, int year, unsigned *class_, int *age)
{
    int a = rh_person_age(w, year);
    *age = a > RH_AGE_LAST ? RH_AGE_LAST : a;
    *class_ = c->class_of[rh_class_bits(w)];
    return &c->slot[*class_][*age];
}

static inline rh_person
with_next(rh_person w, int year)
{
    return rh_person_with_next(w, (unsigned)year % RH_NEXT_CYCLE);
}

rh_person
rh_engine_redraw(const rh_calendar *calendar, rh_person w, int year, uint32_t bits)
{
    unsigned class_;
    int age;
    slot_of(calendar, w, year, &class_, &age);
    return with_next(
        w, year + rh_calendar_next_age(calendar, class_, age, rh_exponential(bits)) - age);
}

/* Factor of the place that process p's rate depends on. */
static inline float
place_factor(const rh_env *env, const rh_rates *r, const rh_process *process, rh_person w)
{
    uint32_t row = process->by_home ? 2 * env->county
                                    : 2 * rh_env_county(env, w) + (rh_person_residence(w) & 1);
    return r->factor != NULL ? r->factor[row] : 1;
}

static inline float
rate_of(const rh_env *env, unsigned p, rh_person w, unsigned class_, int age)
{
    const rh_rates *r = &env->engine->rates[p];
    return r->scale * r->base[class_][age] * place_factor(env, r, env->engine->process[p], w);
}

/* Rates above their bounds: the superposed process of this year. */
static float
excess_of(const rh_env *env, const rh_slot *s, rh_person w, unsigned class_, int age,
          float part[RH_PROCESS_MAX])
{
    float sum = 0;
    for (unsigned p = 0; p < env->engine->n_processes; p++) {
        float over = rate_of(env, p, w, class_, age) - rh_slot_bound(s, p);
        part[p] = over > 0 ? over : 0;
        sum += part[p];
    }
    return sum;
}

static void
happen(rh_env *env, unsigned p, uint32_t i, float time, rh_person w, int age, float chance,
       uint32_t draw24)
{
    const rh_process *process = env->engine->process[p];
    if (process->condition != NULL) {
        chance *= process->condition(env, i, w, age);
    }
    if ((float)draw24 * 0x1p-24f < chance) {
        process->apply(env, i, time);
        env->turnover[p].accepted++;
    }
}

/* Events of person i from `from` to `until`. `state` is what is known of the random candidates. Sets `next` when until = 1. */
static void
live(rh_env *env, uint32_t i, float from, enum rh_candidate state, float until)
{
    const rh_calendar *c = env->calendar;
    const bool excess_year = env->engine->excess_county != NULL;
    for (;;) {
        rh_person w = env->word[i];
        unsigned class_;
        int age;
        const rh_slot *s = slot_of(c, w, env->year, &class_, &age);
        const bool fixed = s->fixed && from < FIXED_TIME;
        if (state == RH_CANDIDATE_KNOWN && s->fixed) {
            state = RH_CANDIDATE_FRESH;
        }
        uint64_t bits = rh_env_bits(env);
        uint32_t draw32 = (uint32_t)bits;
        float wait = 0, time = 2;
        if (state == RH_CANDIDATE_KNOWN) {
            time = rh_exponential((uint32_t)((float)draw32 * s->hit)) * s->inverse;
            time = time < 0.99999994f ? time : 0.99999994f;
        } else if (state == RH_CANDIDATE_FRESH) {
            wait = rh_exponential(draw32);
            time = from + wait * s->inverse;
            time = s->sum > 0 ? time : 2;
        }
        float part[RH_PROCESS_MAX], over = 0, extra_time = 2;
        if (excess_year && env->engine->excess_county[rh_env_county(env, w)]) {
            over = excess_of(env, s, w, class_, age, part);
            extra_time =
                over > 0 ? from + rh_exponential((uint32_t)rh_env_bits(env)) / over : 2;
        }
        float first = time < extra_time ? time : extra_time;
        if (fixed && FIXED_TIME <= first) {
            if (FIXED_TIME >= until) {
                return;
            }
            env->engine->process[env->engine->options.process_of_fixed_ages]->apply(env, i,
                                                                                    FIXED_TIME);
            from = FIXED_TIME;
        } else if (first >= until) {
            if (until >= 1 && state != RH_CANDIDATE_NONE) {
                float rest = wait - (1 - from) * s->sum;
                env->word[i] =
                    with_next(w, env->year - age +
                                     rh_calendar_next_age(c, class_, age, rest > 0 ? rest : 0));
            }
            return;
        } else if (time <= extra_time) {
            unsigned p = rh_slot_pick(s, (unsigned)(((bits >> 40) * 65535) >> 24));
            if (p < env->engine->n_processes) {
                env->turnover[p].candidates++;
                float chance = rate_of(env, p, w, class_, age) / rh_slot_bound(s, p);
                happen(env, p, i, time, w, age, chance < 1 ? chance : 1,
                       (uint32_t)(rh_fold(bits, 0x9e3779b97f4a7c15ULL) >> 40));
            }
            from = time;
        } else {
            float target = (float)(rh_unit(rh_env_bits(env))) * over;
            unsigned p = 0;
            while (p + 1 < env->engine->n_processes && target >= part[p]) {
                target -= part[p++];
            }
            env->turnover[p].excess++;
            rh_env_event(env, w, RH_EVENT_EXCESS);
            happen(env, p, i, extra_time, w, age, 1, (uint32_t)(rh_env_bits(env) >> 40));
            from = extra_time;
        }
        state = RH_CANDIDATE_FRESH;
        if (rh_env_gone(env, i)) {
            return;
        }
    }
}

/* Candidates from `time` on of somebody to whom something has just happened. Most have none this year: one exponential. */
static void
go_on(rh_env *env, uint32_t i, float time)
{
    rh_person w = env->word[i];
    unsigned class_;
    int age;
    const rh_slot *s = slot_of(env->calendar, w, env->year, &class_, &age);
    if (env->engine->excess_county == NULL && !(s->fixed && time < FIXED_TIME)) {
        float rest = rh_exponential((uint32_t)rh_env_bits(env)) - (1 - time) * s->sum;
        if (rest >= 0) {
            env->word[i] = with_next(
                w, env->year - age + rh_calendar_next_age(env->calendar, class_, age, rest));
            return;
        }
        env->n_draws--; /* live draws the same bits again */
    }
    live(env, i, time, RH_CANDIDATE_FRESH, 1);
}

/* One candidate: true when its event happened. */
static inline bool
try_candidate(rh_env *env, uint32_t i, const rh_slot *s, rh_person w, unsigned class_, int age,
              float time, uint64_t bits)
{
    const rh_engine *engine = env->engine;
    unsigned p = rh_slot_pick(s, (unsigned)((bits >> 48) * 65535 >> 16));
    if (p >= engine->n_processes) {
        return false;
    }
    const rh_process *process = engine->process[p];
    env->turnover[p].candidates++;
    float chance =
        env->chance[((size_t)p * RH_CLASSES + class_) * RH_CLASS_AGES + (unsigned)age] *
        place_factor(env, &engine->rates[p], process, w);
    float draw = (float)(bits >> 24 & 0xffffff) * 0x1p-24f;
    if (draw >= chance) {
        return false;
    }
    if (process->condition != NULL &&
        draw >= (chance < 1 ? chance : 1) * process->condition(env, i, w, age)) {
        return false;
    }
    env->turnover[p].accepted++;
    process->apply(env, i, time);
    return true;
}

/* Number of candidates of a year known to have at least two: Poisson(sum) given ≥ 2, from a 24-bit draw. */
static unsigned
two_or_more(const rh_slot *s, uint32_t draw24)
{
    double sum = (double)s->sum, none = 1 - (double)s->hit;
    double term = none * sum * sum / 2, tail = (double)s->hit - none * sum,
           u = ((double)draw24 + 0.5) * 0x1p-24 * tail;
    unsigned k = 2;
    while (u > term && k < 64) {
        u -= term;
        k++;
        term *= sum / k;
    }
    return k;
}

/* The earliest of n uniform times in (time, 1), from a 24-bit draw. */
static float
earliest(float time, unsigned n, uint32_t draw24)
{
    double left = 1 - (double)draw24 * 0x1p-24;
    double root = n == 1 ? left : n == 2 ? sqrt(left) : pow(left, 1.0 / n);
    return time + (1 - time) * (float)(1 - root);
}

/* A whole year of somebody due, without excess: the count of candidates is drawn first (one, mostly), their times only when
 * needed: given their number they are uniform. As long as nothing happens the class stays, and the next year's candidate is
 * a fresh exponential from the year's end. */
static void
live_year(rh_env *env, uint32_t i)
{
    const rh_calendar *c = env->calendar;
    rh_person w = env->word[i];
    unsigned class_;
    int age;
    const rh_slot *s = slot_of(c, w, env->year, &class_, &age);
    uint64_t bits = rh_env_bits(env), more = rh_env_bits(env);
    float wait = rh_exponential((uint32_t)(s->fixed ? bits : more));
    if (s->fixed) {
        if (wait <
            FIXED_TIME *
                s->sum) { /* a random candidate comes first: live draws it again from the same bits */
            env->n_draws = 0;
            live(env, i, 0, RH_CANDIDATE_FRESH, 1);
            return;
        }
        env->engine->process[env->engine->options.process_of_fixed_ages]->apply(env, i,
                                                                                FIXED_TIME);
        w = env->word[i];
        if (c->class_of[rh_class_bits(w)] != class_) {
            go_on(env, i, FIXED_TIME);
        } else if (wait < s->sum) { /* the candidate that the year was found to have */
            float time = wait * s->inverse;
            time = time < 0.99999994f ? time : 0.99999994f;
            try_candidate(env, i, s, w, class_, age, time, more);
            if (!rh_env_gone(env, i)) {
                go_on(env, i, time);
            }
        } else {
            env->word[i] = with_next(
                w, env->year - age + rh_calendar_next_age(c, class_, age, wait - s->sum));
        }
        return;
    }
    if ((uint32_t)(bits & 0xffffff) < s->single) {
        float time = (float)(more >> 40) * 0x1p-24f;
        if (try_candidate(env, i, s, w, class_, age, time, bits)) {
            if (!rh_env_gone(env, i)) {
                go_on(env, i, time);
            }
            return;
        }
    } else {
        unsigned n = two_or_more(s, (uint32_t)(more >> 40));
        float time = 0;
        for (; n > 0; n--) {
            time = earliest(time, n, (uint32_t)(rh_env_bits(env) >> 40));
            if (try_candidate(env, i, s, w, class_, age, time, rh_env_bits(env))) {
                if (!rh_env_gone(env, i)) {
                    go_on(env, i, time);
                }
                return;
            }
        }
    }
    env->word[i] = with_next(w, env->year - age + rh_calendar_next_age(c, class_, age, wait));
}

void
rh_engine_live(rh_env *env, uint32_t i, float from, enum rh_candidate known, float until)
{
    if (known == RH_CANDIDATE_FRESH && until >= 1) {
        go_on(env, i, from);
    } else {
        live(env, i, from, known, until);
    }
}

bool
rh_engine_first_months(rh_env *env, rh_person *child, float time)
{
    unsigned class_;
    int age;
    const rh_slot *s = slot_of(env->calendar, *child, env->year, &class_, &age);
    for (;;) {
        uint64_t bits = rh_env_bits(env);
        float wait = rh_exponential((uint32_t)bits), left = (1 - time) * s->sum;
        if (wait >= left) {
            *child = with_next(*child, env->year + rh_calendar_next_age(env->calendar, class_,
                                                                        age, wait - left));
            return true;
        }
        time += wait * s->inverse;
        unsigned p = rh_slot_pick(s, (unsigned)(((bits >> 40) * 65535) >> 24));
        float rate = rate_of(env, p, *child, class_, age);
        /* Of a newborn's candidates only death can happen in the year of birth. */
        if (env->engine->process[p]->ends_life &&
            rh_unit(rh_env_bits(env)) * (double)rh_slot_bound(s, p) < (double)rate) {
            rh_env_count(env, *child, UINT32_MAX);
            rh_env_event(env, *child, RH_EVENT_DEATH);
            env->tally->registered[env->county]--;
            env->tally->registered_hukou[env->county][rh_person_hukou(*child)]--;
            return false;
        }
    }
}

/* ---- one county's year ---- */

typedef struct year_run {
    rh_engine *engine;
    void (*progress)(void *context, uint64_t done, uint64_t total);
    void *context;
    _Atomic uint64_t done;
    rh_turnover *turnover; /* worker × process */
    uint64_t total;
} year_run;

static void
open_block(rh_env *env, const rh_engine *engine, uint32_t town)
{
    const rh_block *b = &engine->store->block[town];
    env->town = town;
    env->word = b->word;
    env->count = b->count;
    rh_key year = rh_key_with(rh_key_with(engine->world->seed, KEY_YEAR), (uint64_t)env->year);
    env->block_key = rh_key_with(year, town);
}

/* N1: the key of this person's turn, and the year is under way. */
static inline void
take_turn(rh_env *env, uint32_t i)
{
    env->key = env->block_key + i * 0xd1342543de82ef95ULL;
    env->n_draws = 0;
    rh_bit_set(env->edits->lived, env->first + i);
}

static void
live_block(rh_env *env, rh_due_scan *scan)
{
    rh_edits *e = env->edits;
    unsigned code = (unsigned)env->year % RH_NEXT_CYCLE;
    e->n_due = (uint32_t)scan(env->word, env->count, code, e->due);
    for (uint32_t k = 0; k < 8; k++) {
        e->due[e->n_due + k] = 0; /* sentinels for the look-ahead */
    }
    for (uint32_t k = 0; k < e->n_due; k++) {
        unsigned class_;
        int age;
        __builtin_prefetch(
            slot_of(env->calendar, env->word[e->due[k + 6]], env->year, &class_, &age));
        uint32_t i = e->due[k];
        if (!rh_bit(e->lived, env->first + i) && !rh_env_gone(env, i)) {
            take_turn(env, i);
            live_year(env, i);
        }
    }
}

/* In a year with rates above their bounds everybody concerned lives the year, due or not. */
static void
live_block_with_excess(rh_env *env, rh_due_scan *scan)
{
    rh_edits *e = env->edits;
    const unsigned char *concerned = env->engine->excess_county;
    unsigned code = (unsigned)env->year % RH_NEXT_CYCLE;
    e->n_due = (uint32_t)scan(env->word, env->count, code, e->due);
    for (uint32_t i = 0; i < env->count; i++) {
        bool due = rh_person_next(env->word[i]) == code;
        if ((due || concerned[rh_env_county(env, env->word[i])]) &&
            !rh_bit(e->lived, env->first + i) && !rh_env_gone(env, i)) {
            take_turn(env, i);
            live(env, i, 0, due ? RH_CANDIDATE_KNOWN : RH_CANDIDATE_NONE, 1);
        }
    }
}

static rh_status
county_job(void *context, unsigned job, unsigned worker, rh_err *err)
{
    year_run *run = context;
    rh_engine *engine = run->engine;
    const rh_region *region = engine->world->region;
    uint32_t first_town = region->county.first[job],
             n_towns = region->county.first[job + 1] - first_town;
    uint32_t residents = 0, largest = 0;
    for (uint32_t t = 0; t < n_towns; t++) {
        uint32_t count = engine->store->block[first_town + t].count;
        residents += count;
        largest = count > largest ? count : largest;
    }
    rh_edits *e = &engine->edits[worker];
    RH_TRY(rh_edits_begin(e, residents, largest, err));
    rh_env env = {.world = engine->world,
                  .calendar = &engine->calendar[engine->group[job]],
                  .chance = engine->chance + engine->group[job] * engine->n_processes * CELLS,
                  .tally = &engine->share[worker],
                  .edits = e,
                  .engine = engine,
                  .year = engine->year + 1,
                  .county = job,
                  .province = engine->world->province_of_county[job],
                  .err = err};
    uint64_t out_first = e->out.n;
    uint32_t *first, *ends;
    RH_NEW(first, n_towns + 1, err);
    ends = rh_alloc(2 * (size_t)n_towns, sizeof *ends);
    if (ends == NULL) {
        rh_free(first);
        return rh_fail(err, RH_MEMORY, "Not enough memory for the townships of county %u.",
                       job);
    }
    uint32_t *const seekers_end[2] = {ends, ends + n_towns};
    for (uint32_t t = 0; t < n_towns; t++) {
        open_block(&env, engine, first_town + t);
        env.first = first[t];
        first[t + 1] = first[t] + env.count;
        rh_reclassify_block(&env);
        rh_convert_block(&env);
        (engine->excess_county != NULL ? live_block_with_excess : live_block)(&env,
                                                                              engine->scan);
        seekers_end[0][t] = e->n_seekers[0];
        seekers_end[1][t] = e->n_seekers[1];
    }
    rh_status status = env.status;
    if (status == RH_OK) {
        status = rh_market_clear(&env, engine->store, first_town, n_towns, first, seekers_end);
    }
    uint32_t birth = 0, joined = 0;
    for (uint32_t t = 0; t < n_towns && status == RH_OK; t++) {
        open_block(&env, engine, first_town + t);
        env.first = first[t];
        status = rh_rewrite_block(&env, engine->store, &birth, &joined);
    }
    rh_free(first);
    rh_free(ends);
    engine->segment[job] = (struct rh_out_segment){worker, out_first, e->out.n};
    for (unsigned p = 0; p < engine->n_processes; p++) {
        rh_turnover *sum = &run->turnover[worker * RH_PROCESS_MAX + p];
        sum->candidates += env.turnover[p].candidates;
        sum->accepted += env.turnover[p].accepted;
        sum->excess += env.turnover[p].excess;
    }
    uint64_t done = atomic_fetch_add(&run->done, residents) + residents;
    if (run->progress != NULL && worker == 0) {
        run->progress(run->context, done, run->total);
    }
    return status;
}

/* ---- hukou transfers to other blocks ---- */

/* Movers are added in the order of their old counties, then of their positions: the same for any schedule. */
static rh_status
exchange(rh_engine *engine, rh_err *err)
{
    const rh_region *region = engine->world->region;
    uint32_t n_towns = region->town.n;
    uint32_t *arriving;
    RH_NEW(arriving, n_towns, err);
    for (uint32_t c = 0; c < region->county.n; c++) {
        struct rh_out_segment s = engine->segment[c];
        for (uint64_t k = s.first; k < s.end; k++) {
            arriving[engine->edits[s.worker].out.entry[k].town]++;
        }
    }
    rh_status status = RH_OK;
    for (uint32_t t = 0; t < n_towns && status == RH_OK; t++) {
        if (arriving[t] > 0) {
            status = rh_block_reserve(engine->store, t,
                                      engine->store->block[t].count + arriving[t], err);
        }
    }
    for (uint32_t c = 0; c < region->county.n && status == RH_OK; c++) {
        struct rh_out_segment s = engine->segment[c];
        for (uint64_t k = s.first; k < s.end; k++) {
            const rh_mover *m = &engine->edits[s.worker].out.entry[k];
            rh_block *b = &engine->store->block[m->town];
            b->word[b->count] = b->count == 0 ? rh_person_with_head(m->word, 1) : m->word;
            b->count++;
        }
    }
    for (unsigned w = 0; w < engine->options.n_threads; w++) {
        engine->edits[w].out.n = 0;
    }
    rh_free(arriving);
    return status;
}

/* ---- rates and bounds ---- */

static rh_status
fill_factor(const rh_engine *engine, unsigned p, int year, float *factor, rh_err *err)
{
    uint32_t rows = 2 * engine->world->region->county.n;
    for (uint32_t i = 0; i < rows; i++) {
        factor[i] = 1;
    }
    return engine->process[p]->factor != NULL
               ? engine->process[p]->factor(engine->world, year, factor, err)
               : RH_OK;
}

static rh_status
fill_rates(rh_engine *engine, int year, rh_err *err)
{
    for (unsigned p = 0; p < engine->n_processes; p++) {
        rh_rates *r = &engine->rates[p];
        memset(r->base, 0, sizeof r->base);
        RH_TRY(engine->process[p]->base(engine->world, year, r->base, err));
        RH_TRY(fill_factor(engine, p, year, r->factor, err));
        if (engine->process[p]->scale != NULL) {
            RH_TRY(engine->process[p]->scale(engine, year, r, err));
        }
    }
    return RH_OK;
}

/* Acceptance without the place: scale × base / bound, for every group. */
static rh_status
fill_chances(void *context, unsigned group, unsigned worker, rh_err *err)
{
    (void)worker;
    (void)err;
    rh_engine *engine = context;
    const rh_calendar *calendar = &engine->calendar[group];
    for (unsigned p = 0; p < engine->n_processes; p++) {
        const rh_rates *r = &engine->rates[p];
        float *chance = engine->chance + (group * engine->n_processes + p) * CELLS;
        for (unsigned k = 0; k < RH_CLASSES; k++) {
            for (int a = 0; a < RH_CLASS_AGES; a++) {
                float bound = rh_slot_bound(&calendar->slot[k][a], p);
                chance[k * RH_CLASS_AGES + (unsigned)a] =
                    bound > 0 ? r->scale * r->base[k][a] / bound : 0;
            }
        }
    }
    return RH_OK;
}

/* How far this year's rates of process p may be multiplied before one passes the largest base rate of the run. */
static float
slack_of(const rh_engine *engine, unsigned p)
{
    const rh_rates *r = &engine->rates[p];
    const float *most = engine->most + p * CELLS, *base = &r->base[0][0];
    float slack = INFINITY;
    for (size_t i = 0; i < CELLS; i++) {
        float ratio = base[i] > 0 ? most[i] / base[i] : INFINITY;
        slack = ratio < slack ? ratio : slack;
    }
    return slack / r->scale *
           (1 + 5e-7f); /* the calendar's bounds are 1e-6 above the declared ones */
}

/* Mark the counties of residence where a rate passes its bound this year. */
static rh_status
find_excess(rh_engine *engine, rh_err *err)
{
    uint32_t n = engine->world->region->county.n;
    rh_free(engine->excess_county);
    engine->excess_county = NULL;
    for (unsigned p = 0; p < engine->n_processes; p++) {
        const float *factor = engine->rates[p].factor;
        bool by_home = engine->process[p]->by_home;
        float slack = slack_of(engine, p);
        for (uint32_t g = 0; g < engine->n_groups; g++) {
            const float *limit = engine->limit + 2 * (p * engine->n_groups + g);
            float at_home = slack * limit[0], away = slack * limit[1];
            for (uint32_t c = 0; c < n; c++) {
                float most =
                    factor[2 * c] > factor[2 * c + 1] ? factor[2 * c] : factor[2 * c + 1];
                bool own = engine->group[c] == g;
                bool here = own && most > at_home;
                bool elsewhere = most > away && (own || !by_home);
                if (!here && !elsewhere) {
                    continue;
                }
                if (engine->excess_county == NULL) {
                    RH_NEW(engine->excess_county, n, err);
                }
                if (elsewhere && by_home) {
                    memset(engine->excess_county, 1,
                           n); /* the away of this home may live anywhere */
                }
                engine->excess_county[c] = 1;
            }
        }
    }
    return RH_OK;
}

/* Largest base rates and factors over the years of the run. */
typedef struct maxima {
    float *base;   /* process × class × age */
    float *factor; /* process × (county × part) */
} maxima;

static rh_status
find_maxima(rh_engine *engine, maxima *m, float *year_factor, rh_err *err)
{
    const rh_world *world = engine->world;
    size_t rows = 2 * (size_t)world->region->county.n;
    for (unsigned p = 0; p < engine->n_processes; p++) {
        rh_rates *r = &engine->rates[p];
        for (int year = world->first_year + 1; year <= world->last_year; year++) {
            memset(r->base, 0, sizeof r->base);
            RH_TRY(engine->process[p]->base(world, year, r->base, err));
            RH_TRY(fill_factor(engine, p, year, year_factor, err));
            for (size_t i = 0; i < CELLS; i++) {
                float *b = &m->base[p * CELLS + i], rate = (&r->base[0][0])[i];
                *b = rate > *b ? rate : *b;
            }
            for (size_t i = 0; i < rows; i++) {
                float *f = &m->factor[p * rows + i];
                *f = year_factor[i] > *f ? year_factor[i] : *f;
            }
        }
    }
    return RH_OK;
}

static rh_status
group_counties(rh_engine *engine, const maxima *m, rh_err *err)
{
    uint32_t n = engine->world->region->county.n;
    unsigned n_p = engine->n_processes;
    float *factor = rh_alloc((size_t)n_p * n, sizeof *factor);
    double *weight = rh_alloc(n, sizeof *weight), base[RH_PROCESS_MAX] = {0};
    rh_status status = RH_OK;
    if (factor == NULL || weight == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory to group %u counties.", n);
    } else {
        for (unsigned p = 0; p < n_p; p++) {
            for (uint32_t c = 0; c < n; c++) {
                const float *f = &m->factor[(size_t)p * 2 * n + 2 * c];
                factor[(size_t)p * n + c] = f[0] > f[1] ? f[0] : f[1];
            }
            for (size_t i = 0; i < CELLS; i++) {
                base[p] += (double)m->base[p * CELLS + i] / (double)CELLS;
            }
        }
        for (uint32_t c = 0; c < n; c++) {
            weight[c] = engine->world->region->column
                            .registered[c]; /* not the store: a resumed run cuts the same */
        }
        uint32_t most = engine->options.groups > 0 ? engine->options.groups : 64;
        status = rh_groups_cut(n, n_p, factor, base, weight, most, engine->group,
                               &engine->n_groups, err);
    }
    rh_free(factor);
    rh_free(weight);
    return status;
}

/* Bounds of a group: those at home meet its own factors, the away meet the factors of any place of residence. */
static rh_status
build_group(rh_engine *engine, const maxima *m, uint32_t group, float *bound,
            const unsigned char *fixed, rh_err *err)
{
    uint32_t n = engine->world->region->county.n;
    for (unsigned p = 0; p < engine->n_processes; p++) {
        const float *factor = &m->factor[(size_t)p * 2 * n];
        float own = 0, any = 0,
              head = engine->process[p]->headroom * (float)engine->options.headroom;
        for (uint32_t c = 0; c < n; c++) {
            float f = factor[2 * c] > factor[2 * c + 1] ? factor[2 * c] : factor[2 * c + 1];
            any = f > any ? f : any;
            own = engine->group[c] == group && f > own ? f : own;
        }
        float *limit = engine->limit + 2 * (p * engine->n_groups + group);
        limit[0] = head * own;
        limit[1] = head * (engine->process[p]->by_home ? own : any);
        for (unsigned k = 0; k < RH_CLASSES; k++) {
            float f = limit[rh_class_at(k).away];
            for (size_t a = 0; a < RH_CLASS_AGES; a++) {
                size_t i = p * CELLS + k * RH_CLASS_AGES + a;
                bound[i] = m->base[i] * f;
            }
        }
    }
    return rh_calendar_build(&engine->calendar[group], engine->n_processes, bound, fixed, err);
}

static rh_status
build_calendars(rh_engine *engine, maxima *m, float *bound, float *year_factor,
                unsigned char (*fixed)[RH_CLASS_AGES], rh_err *err)
{
    RH_TRY(find_maxima(engine, m, year_factor, err));
    RH_TRY(group_counties(engine, m, err));
    RH_NEW(engine->calendar, engine->n_groups, err);
    RH_NEW(engine->chance, (size_t)engine->n_groups * engine->n_processes * CELLS, err);
    RH_NEW(engine->limit, 2 * (size_t)engine->n_groups * engine->n_processes, err);
    for (unsigned p = 0; p < engine->n_processes; p++) {
        if (engine->process[p]->fixed != NULL) {
            engine->process[p]->fixed(fixed);
        }
    }
    for (uint32_t g = 0; g < engine->n_groups; g++) {
        RH_TRY(build_group(engine, m, g, bound, &fixed[0][0], err));
    }
    return RH_OK;
}

static rh_status
build_calendar(rh_engine *engine, rh_err *err)
{
    size_t n_p = engine->n_processes, rows = 2 * (size_t)engine->world->region->county.n;
    engine->most = rh_alloc(n_p * CELLS, sizeof(float));
    maxima m = {engine->most, rh_alloc(n_p * rows, sizeof(float))};
    float *bound = rh_alloc(n_p * CELLS, sizeof(float)),
          *year_factor = rh_alloc(rows, sizeof(float));
    unsigned char(*fixed)[RH_CLASS_AGES] = rh_alloc(RH_CLASSES, sizeof *fixed);
    rh_status status = RH_OK;
    if (m.base == NULL || m.factor == NULL || bound == NULL || year_factor == NULL ||
        fixed == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for the calendars.");
    } else {
        status = build_calendars(engine, &m, bound, year_factor, fixed, err);
    }
    rh_free(m.factor);
    rh_free(bound);
    rh_free(year_factor);
    rh_free(fixed);
    return status;
}

/* Under a settlement plan (hukou.plan_share by hukou.plan_end) hukou rates move at the pace that the goal asks for: persons
 * still missing, spread over the years left, against those expected without a plan. */
static void
pace_hukou(rh_engine *engine, int year)
{
    const rh_scenario *s = engine->world->scenario;
    double in_situ = rh_lever_value(s, RH_LEVER_HUKOU_IN_SITU_RATE, 0, year) *
                     rh_lever_value(s, RH_LEVER_HUKOU_PLAN_FACTOR, 0, year);
    double settle = rh_lever_value(s, RH_LEVER_HUKOU_SETTLEMENT_RATE, 0, year);
    double goal = rh_lever_value(s, RH_LEVER_HUKOU_PLAN_SHARE, 0, year);
    int years = (int)rh_lever_value(s, RH_LEVER_HUKOU_PLAN_END, 0, year) - year + 1;
    double people = 0, urban = 0, converting = 0, settling = 0;
    for (uint32_t c = 0; c < engine->world->region->county.n; c++) {
        const rh_county_tally *t = &engine->tally.county[c];
        for (unsigned part = 0; part < 2; part++) {
            for (unsigned k = 0; k < RH_CLASS_COUNT; k++) {
                const uint32_t *n = t->status[part][k];
                people += (double)n[0] + n[1];
                urban += n[1];
                converting +=
                    part == RH_URBAN && k == RH_LOCAL ? n[RH_HUKOU_RURAL] * in_situ : 0;
                settling +=
                    part == RH_URBAN && k != RH_LOCAL ? n[RH_HUKOU_RURAL] * settle / 2 : 0;
            }
        }
    }
    engine->settlement_pace = 1;
    engine->in_situ = in_situ;
    if (goal > 0 && years > 0 && converting > 0) {
        /* Settlement quickens at most threefold (its bound); the rest of the goal falls to conversion in place. */
        double missing = (goal * people - urban) / years,
               pace = missing / (converting + settling);
        pace = pace > 0 ? pace : 0;
        engine->settlement_pace = pace < 3 ? pace : 3;
        double rest = missing - engine->settlement_pace * settling;
        engine->in_situ = rest > 0 ? in_situ * rest / converting : 0;
    }
}

/* Per-county columns of the year that levers decide. */
static rh_status
fill_year(rh_engine *engine, int year)
{
    const rh_world *world = engine->world;
    const rh_level *county = &world->region->county;
    pace_hukou(engine, year);
    engine->senior_share =
        rh_lever_value(world->scenario, RH_LEVER_SCHOOLING_SENIOR_RATE, 0, year);
    engine->college_share =
        rh_lever_value(world->scenario, RH_LEVER_SCHOOLING_COLLEGE_RATE, 0, year);
    engine->reclassification_max = 0;
    for (uint32_t c = 0; c < county->n; c++) {
        double rate = 0;
        if (world->reclassification != NULL) {
            rate = world->profile.reclassification *
                   rh_reclassification_rate(world->reclassification, c, year) *
                   rh_lever_value(world->scenario, RH_LEVER_URBAN_RECLASSIFICATION_FACTOR,
                                  county->code[c], year);
        }
        engine->reclassification[c] = (float)(rate < 1 ? rate : 1);
        if (engine->reclassification[c] > engine->reclassification_max) {
            engine->reclassification_max = engine->reclassification[c];
        }
        double years = rh_lever_value(world->scenario, RH_LEVER_HUKOU_YEARS_REQUIRED,
                                      county->code[c], year);
        engine->years_required[c] = (uint8_t)(years > 0 ? years : 0);
    }
    return RH_OK;
}

/* ---- life of an engine ---- */

typedef struct sized {
    uint64_t size;
    unsigned county;
} sized;

static int
larger_first(const void *a, const void *b)
{
    const sized *x = a, *y = b;
    if (x->size != y->size) {
        return x->size < y->size ? 1 : -1;
    }
    return x->county < y->county ? -1 : 1;
}

static rh_status
order_counties(rh_engine *engine, rh_err *err)
{
    const rh_region *region = engine->world->region;
    sized *list;
    RH_NEW(list, region->county.n, err);
    for (unsigned c = 0; c < region->county.n; c++) {
        list[c].county = c;
        for (uint32_t t = region->county.first[c]; t < region->county.first[c + 1]; t++) {
            list[c].size += engine->store->block[t].count;
        }
    }
    qsort(list, region->county.n, sizeof *list, larger_first);
    for (unsigned c = 0; c < region->county.n; c++) {
        engine->order[c] = engine->options.county_order != NULL
                               ? engine->options.county_order[c]
                               : list[c].county;
    }
    rh_free(list);
    return RH_OK;
}

static rh_status
init(rh_engine *engine, rh_err *err)
{
    const rh_engine_options *o = &engine->options;
    const rh_region *region = engine->world->region;
    engine->process = o->process;
    engine->n_processes = o->n_processes;
    if (engine->process == NULL) {
        engine->process = rh_processes(&engine->n_processes);
        engine->options.process_of_fixed_ages = rh_process_of_fixed_ages();
    }
    engine->scan = o->kernel != NULL ? rh_due_named(o->kernel) : rh_due_best().scan;
    if (engine->scan == NULL) {
        return rh_fail(err, RH_USAGE, "This machine lacks the instruction set '%s'.",
                       o->kernel);
    }
    if (engine->n_processes > RH_PROCESS_MAX) {
        return rh_fail(err, RH_RANGE, "%u processes are more than a calendar holds (%d).",
                       engine->n_processes, RH_PROCESS_MAX);
    }
    RH_NEW(engine->group, region->county.n, err);
    RH_NEW(engine->last_births, region->county.n, err);
    RH_NEW(engine->reclassification, region->county.n, err);
    RH_NEW(engine->years_required, region->county.n, err);
    RH_NEW(engine->rates, engine->n_processes, err);
    for (unsigned p = 0; p < engine->n_processes; p++) {
        engine->rates[p].scale = 1;
        RH_NEW(engine->rates[p].factor, 2 * (size_t)region->county.n, err);
    }
    RH_NEW(engine->segment, region->county.n, err);
    RH_NEW(engine->order, region->county.n, err);
    RH_NEW(engine->share, o->n_threads, err);
    RH_NEW(engine->edits, o->n_threads, err);
    for (unsigned w = 0; w < o->n_threads; w++) {
        RH_TRY(rh_tally_init(&engine->share[w], region, err));
    }
    RH_TRY(rh_tally_init(&engine->tally, region, err));
    RH_TRY(rh_tally_recount(&engine->tally, region, engine->store, o->n_threads, err));
    engine->year = engine->world->first_year;
    return build_calendar(engine, err);
}

rh_status
rh_engine_init(rh_engine *engine, const rh_world *world, rh_store *store,
               const rh_engine_options *options, rh_err *err)
{
    *engine = (rh_engine){.world = world, .store = store, .options = *options};
    rh_status status = init(engine, err);
    if (status != RH_OK) {
        rh_engine_release(engine);
    }
    return status;
}

void
rh_engine_release(rh_engine *engine)
{
    rh_free(engine->calendar);
    for (unsigned p = 0; engine->rates != NULL && p < engine->n_processes; p++) {
        rh_free(engine->rates[p].factor);
    }
    rh_free(engine->rates);
    rh_free(engine->segment);
    rh_free(engine->order);
    for (unsigned w = 0; w < engine->options.n_threads; w++) {
        if (engine->share != NULL) {
            rh_tally_release(&engine->share[w]);
        }
        if (engine->edits != NULL) {
            rh_edits_release(&engine->edits[w]);
        }
    }
    rh_free(engine->share);
    rh_free(engine->edits);
    rh_tally_release(&engine->tally);
    rh_free(engine->excess_county);
    rh_free(engine->group);
    rh_free(engine->limit);
    rh_free(engine->chance);
    rh_free(engine->most);
    rh_free(engine->last_births);
    rh_free(engine->reclassification);
    rh_free(engine->years_required);
    *engine = (rh_engine){0};
}

static rh_status
start_job(void *context, unsigned county, unsigned worker, rh_err *err)
{
    (void)worker;
    (void)err;
    rh_engine *engine = context;
    const rh_level *counties = &engine->world->region->county;
    const rh_calendar *calendar = &engine->calendar[engine->group[county]];
    rh_key start = rh_key_with(engine->world->seed, KEY_START);
    for (uint32_t t = counties->first[county]; t < counties->first[county + 1]; t++) {
        rh_block *b = &engine->store->block[t];
        rh_key key = rh_key_with(start, t);
        for (uint32_t i = 0; i < b->count; i++) {
            b->word[i] =
                rh_engine_redraw(calendar, b->word[i], engine->year, (uint32_t)rh_draw(key, i));
        }
    }
    return RH_OK;
}

rh_status
rh_engine_start(rh_engine *engine, rh_err *err)
{
    return rh_threads_run(engine->options.n_threads, engine->world->region->county.n, NULL,
                          start_job, engine, err);
}

rh_status
rh_engine_year(rh_engine *engine,
               void (*progress)(void *context, uint64_t done, uint64_t total), void *context,
               rh_err *err)
{
    uint32_t n_counties = engine->world->region->county.n;
    for (uint32_t c = 0; c < n_counties; c++) {
        const rh_county_tally *t = &engine->tally.county[c];
        engine->last_births[c] =
            (uint64_t)t->event[RH_RURAL][RH_EVENT_BIRTH] + t->event[RH_URBAN][RH_EVENT_BIRTH];
    }
    RH_TRY(fill_year(engine, engine->year + 1));
    RH_TRY(fill_rates(engine, engine->year + 1, err));
    RH_TRY(find_excess(engine, err));
    RH_TRY(rh_threads_run(engine->options.n_threads, engine->n_groups, NULL, fill_chances,
                          engine, err));
    RH_TRY(order_counties(engine, err));
    for (uint32_t c = 0; c < n_counties; c++) {
        memset(engine->tally.county[c].event, 0, sizeof engine->tally.county[c].event);
    }
    year_run run = {.engine = engine,
                    .progress = progress,
                    .context = context,
                    .total = rh_store_count(engine->store)};
    RH_NEW(run.turnover, (size_t)engine->options.n_threads * RH_PROCESS_MAX, err);
    rh_status status = rh_threads_run(engine->options.n_threads, n_counties, engine->order,
                                      county_job, &run, err);
    memset(engine->turnover, 0, sizeof engine->turnover);
    for (unsigned k = 0; k < engine->options.n_threads * RH_PROCESS_MAX; k++) {
        rh_turnover *sum = &engine->turnover[k % RH_PROCESS_MAX];
        sum->candidates += run.turnover[k].candidates;
        sum->accepted += run.turnover[k].accepted;
        sum->excess += run.turnover[k].excess;
    }
    rh_free(run.turnover);
    RH_TRY(status);
    RH_TRY(exchange(engine, err));
    for (unsigned w = 0; w < engine->options.n_threads; w++) {
        rh_tally_merge(&engine->tally, &engine->share[w]);
    }
    engine->year++;
    return RH_OK;
}
