/* A resident's year: candidates, acceptance, events. See live.h. Built once for each instruction set (meson.build), under the
 * name RH_LIVE_KERNEL; plain C in a fixed order, so that all give the same bits. */
#include "process/live.h"

#ifndef RH_LIVE_KERNEL
#define RH_LIVE_KERNEL rh_live_plain
#endif

#include "process/env.h"

#include <math.h>

/* Certain candidates (school entry) fall on 1 September. */
static const float FIXED_TIME = 2.0f / 3, YEAR_END = 0.99999994f;

/* What is known of a resident's random candidates in the rest of the year: nothing, that there is one, that there is none. */
enum candidate { CANDIDATE_FRESH, CANDIDATE_KNOWN, CANDIDATE_NONE };

/* Where a resident stands: the row of the class, the slot of the age. */
typedef struct standing {
    const rh_row *row;
    const rh_slot *slot;
    uint32_t county; /* of residence */
    uint16_t class_;
    int16_t age;
} standing;

/* Without branches on the resident: who is away cannot be predicted. */
static inline standing
standing_of(const rh_env *env, rh_person w)
{
    const rh_bounds *b = &env->engine->bounds;
    int age = rh_person_age(w, env->year);
    age = age > RH_AGE_LAST ? RH_AGE_LAST : age;
    unsigned state = b->state_of[rh_class_bits(w)];
    uint32_t county = env->world->county_of_town[rh_person_residence(w) >> 1];
    unsigned migrant = RH_OTHER_PROVINCE;
    migrant -= env->world->province_of_county[county] == env->province;
    migrant -= county == env->county;
    migrant = rh_person_is_away(w) ? migrant : RH_LOCAL;
    const rh_row *away =
        b->away + ((size_t)b->level[county] * (RH_CLASS_COUNT - 1) + migrant - 1) * RH_STATES;
    standing s = {.row = (migrant != RH_LOCAL ? away : env->home) + state,
                  .county = county,
                  .class_ = (uint16_t)(state + RH_STATES * migrant),
                  .age = (int16_t)age};
    s.slot = &s.row->slot[age];
    return s;
}

static inline rh_person
with_next(const rh_env *env, rh_person w, const standing *s, float wait)
{
    int year = env->year - s->age + rh_row_next_age(s->row, s->age, wait);
    return rh_person_with_next(w, (unsigned)year % RH_NEXT_CYCLE);
}

static rh_person
redraw(const rh_env *env, rh_person w, uint32_t bits)
{
    standing s = standing_of(env, w);
    return with_next(env, w, &s, rh_exponential(bits));
}

static rh_person
redraw_elsewhere(const rh_env *env, rh_person w, uint32_t county, uint32_t bits)
{
    const rh_bounds *b = &env->engine->bounds;
    int age = rh_person_age(w, env->year);
    age = age > RH_AGE_LAST ? RH_AGE_LAST : age;
    int next = rh_bounds_next_age_at_home(b, county, b->state_of[rh_class_bits(w)], age,
                                          rh_exponential(bits));
    return rh_person_with_next(w, (unsigned)(env->year - age + next) % RH_NEXT_CYCLE);
}

/* Yearly rate of process p, without its condition. */
static inline float
rate_of(const rh_env *env, unsigned p, rh_person w, const standing *s)
{
    const rh_engine *engine = env->engine;
    unsigned part = rh_person_residence(w) & 1;
    float factor = env->factor[part][p];
    if (s->class_ >= RH_STATES && (engine->by_residence >> p & 1) != 0) {
        factor = engine->rates[p].factor[2 * s->county + part];
    }
    return engine->rate[s->class_][s->age][p] * factor;
}

static void
happen(rh_env *env, unsigned p, uint32_t i, float time)
{
    env->turnover[p].accepted++;
    env->engine->process[p]->apply(env, i, time);
}

/* One candidate of process p: true when its event happens. */
static inline bool
accepts(rh_env *env, unsigned p, uint32_t i, rh_person w, const standing *s, uint32_t draw24)
{
    env->turnover[p].candidates++;
    float target = (float)draw24 * 0x1p-24f * rh_slot_bound(s->slot, p),
          rate = rate_of(env, p, w, s);
    if (target >= rate) {
        return false;
    }
    const rh_process *process = env->engine->process[p];
    if (process->condition == NULL) {
        return true;
    }
    float bound = rh_slot_bound(s->slot, p); /* what is above it is the excess process's */
    return target < (rate < bound ? rate : bound) * process->condition(env, i, w, s->age);
}

static inline unsigned
pick(const rh_slot *s, uint64_t bits)
{
    return rh_slot_pick(s, (unsigned)((bits >> 48) * 65535 >> 16));
}

static inline uint32_t
draw24(uint64_t bits)
{
    return (uint32_t)(bits >> 24) & 0xffffff;
}

/* ---- the general year: any moment on, rates above their bounds ---- */

/* Rates above their bounds: the superposed process of this year. */
static float
excess_of(const rh_env *env, rh_person w, const standing *s, float part[RH_PROCESS_MAX])
{
    float sum = 0;
    for (unsigned p = 0; p < env->engine->n_processes; p++) {
        float over = rate_of(env, p, w, s) - rh_slot_bound(s->slot, p);
        part[p] = over > 0 ? over : 0;
        sum += part[p];
    }
    return sum;
}

static void
happen_in_excess(rh_env *env, uint32_t i, rh_person w, int age, float time,
                 const float part[RH_PROCESS_MAX], float over)
{
    float target = (float)rh_unit(rh_env_bits(env)) * over;
    unsigned p = 0;
    while (p + 1 < env->engine->n_processes && target >= part[p]) {
        target -= part[p++];
    }
    env->turnover[p].excess++;
    rh_env_event(env, w, RH_EVENT_EXCESS);
    const rh_process *process = env->engine->process[p];
    double chance = process->condition != NULL ? (double)process->condition(env, i, w, age) : 1;
    if (rh_env_chance(env, chance)) {
        happen(env, p, i, time);
    }
}

static void
live(rh_env *env, uint32_t i, float from, enum candidate state, float until)
{
    const unsigned char *excess_county = env->engine->excess_county;
    for (;;) {
        rh_person w = env->word[i];
        standing s = standing_of(env, w);
        const bool fixed = rh_slot_fixed(s.slot) && from < FIXED_TIME;
        float sum = rh_slot_sum(s.slot);
        if (state == CANDIDATE_KNOWN && rh_slot_fixed(s.slot)) {
            state = CANDIDATE_FRESH; /* K2 */
        }
        uint64_t bits = rh_env_bits(env);
        uint32_t draw32 = (uint32_t)rh_env_bits(env);
        float wait = 0, time = 2;
        if (state == CANDIDATE_KNOWN) {
            time = rh_exponential((uint32_t)((double)draw32 * rh_slot_hit(s.slot))) / sum;
            time = time < YEAR_END ? time : YEAR_END;
        } else if (state == CANDIDATE_FRESH) {
            wait = rh_exponential(draw32);
            time = sum > 0 ? from + wait / sum : 2;
        }
        float part[RH_PROCESS_MAX], over = 0, extra_time = 2;
        if (excess_county != NULL && excess_county[s.county]) {
            over = excess_of(env, w, &s, part);
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
            if (until >= 1 && state != CANDIDATE_NONE) {
                float rest = wait - (1 - from) * sum;
                env->word[i] = with_next(env, w, &s, rest > 0 ? rest : 0);
            }
            return;
        } else if (time <= extra_time) {
            unsigned p = pick(s.slot, bits);
            if (p < env->engine->n_processes && accepts(env, p, i, w, &s, draw24(bits))) {
                happen(env, p, i, time);
            }
            from = time;
        } else {
            happen_in_excess(env, i, w, s.age, extra_time, part, over);
            from = extra_time;
        }
        state = CANDIDATE_FRESH;
        if (rh_env_gone(env, i)) {
            return;
        }
    }
}

static void
live_on(rh_env *env, uint32_t i, float time)
{
    rh_person w = env->word[i];
    standing s = standing_of(env, w);
    if (env->engine->excess_county == NULL && !(rh_slot_fixed(s.slot) && time < FIXED_TIME)) {
        float sum = rh_slot_sum(s.slot), wait = rh_exponential((uint32_t)rh_env_bits(env)),
              rest = wait - (1 - time) * sum;
        if (rest >= 0) { /* most have no further candidate this year */
            env->word[i] = with_next(env, w, &s, rest);
            return;
        }
        time += wait / sum;
        time = time < YEAR_END ? time : YEAR_END;
        uint64_t bits = rh_env_bits(env);
        unsigned p = pick(s.slot, bits);
        if (p < env->engine->n_processes && accepts(env, p, i, w, &s, draw24(bits))) {
            happen(env, p, i, time);
        }
        if (rh_env_gone(env, i)) {
            return;
        }
    }
    live(env, i, time, CANDIDATE_FRESH, 1);
}

static bool
first_months(rh_env *env, rh_person *child, float time)
{
    standing s = standing_of(env, *child);
    float sum = rh_slot_sum(s.slot);
    for (;;) {
        uint64_t bits = rh_env_bits(env);
        float wait = rh_exponential((uint32_t)rh_env_bits(env)), left = (1 - time) * sum;
        if (wait >= left) {
            *child = with_next(env, *child, &s, wait - left);
            return true;
        }
        time += wait / sum;
        unsigned p = pick(s.slot, bits);
        /* Of a newborn's candidates only death can happen in the year of birth. */
        if (p < env->engine->n_processes && env->engine->process[p]->ends_life &&
            (float)draw24(bits) * 0x1p-24f * rh_slot_bound(s.slot, p) <
                rate_of(env, p, *child, &s)) {
            rh_env_count(env, *child, UINT32_MAX);
            rh_env_event(env, *child, RH_EVENT_DEATH);
            env->tally->registered[env->county]--;
            env->tally->registered_hukou[env->county][rh_person_hukou(*child)]--;
            return false;
        }
    }
}

/* ---- the usual year of somebody due ---- */

/* Somebody due. The number of candidates of the year is drawn first (one, mostly), their times only when needed. As
 * long as nothing happens the class stays, and the next year's candidate is a fresh exponential from the year's end. */
typedef struct visit {
    standing at;
    uint64_t bits, more;
    uint32_t i;
} visit;

/* N1: the turn of this person. */
static inline void
take_turn(rh_env *env, uint32_t i)
{
    env->key = env->block_key + i * 0xd1342543de82ef95ULL;
    env->n_draws = 0;
    rh_bit_set(env->edits->lived, env->first + i);
}

/* The candidate of a visit at `time`: true when its event happens. */
static inline bool
happens(rh_env *env, const visit *v, uint64_t bits, float time)
{
    unsigned p = pick(v->at.slot, bits);
    if (p < env->engine->n_processes &&
        accepts(env, p, v->i, env->word[v->i], &v->at, draw24(bits))) {
        happen(env, p, v->i, time);
        return true;
    }
    return false;
}

static inline void
go_on(rh_env *env, uint32_t i, float time)
{
    if (!rh_env_gone(env, i)) {
        live_on(env, i, time);
    }
}

/* The year of a fixed age: the random candidate may come first; when it comes later and the class is still the same it
 * stays the next one, else a fresh one is drawn. */
static void
live_fixed_age(rh_env *env, const visit *v)
{
    float sum = rh_slot_sum(v->at.slot), wait = rh_exponential((uint32_t)v->more);
    float time = sum > 0 ? wait / sum : 2;
    if (time < FIXED_TIME) {
        happens(env, v, v->bits, time);
        go_on(env, v->i, time);
        return;
    }
    env->engine->process[env->engine->options.process_of_fixed_ages]->apply(env, v->i,
                                                                            FIXED_TIME);
    rh_person w = env->word[v->i];
    if (env->engine->bounds.state_of[rh_class_bits(w)] != v->at.class_ % RH_STATES) {
        live_on(env, v->i, FIXED_TIME);
    } else if (time < 1) {
        happens(env, v, v->bits, time);
        go_on(env, v->i, time);
    } else {
        wait -= sum;
        env->word[v->i] = with_next(env, w, &v->at, wait > 0 ? wait : 0);
    }
}

/* Number of candidates of a year known to have at least two, from a 24-bit draw: Poisson(x) given ≥ 2 has weights x^(k-2) / k!
 * for k = 2, 3, …, here up to the point where the rest does not matter. */
static unsigned
two_or_more(const rh_slot *s, uint32_t bits24)
{
    double x = (double)rh_slot_sum(s), term = 0.5, all = 0;
    unsigned last = 2, k = 2;
    while (term > 1e-9 * all && last < 200) {
        all += term;
        term *= x / ++last;
    }
    double u = ((double)bits24 + 0.5) * 0x1p-24 * all;
    term = 0.5;
    while (u > term && k < last) {
        u -= term;
        term *= x / ++k;
    }
    return k;
}

/* The earliest of n uniform times in (time, 1), from a 24-bit draw. */
static float
earliest(float time, unsigned n, uint32_t bits24)
{
    double left = 1 - (double)bits24 * 0x1p-24;
    double root = n == 1 ? left : n == 2 ? sqrt(left) : pow(left, 1.0 / n);
    return time + (1 - time) * (float)(1 - root);
}

/* A year of several candidates: their times are uniform given the number. True when an event happened. */
static bool
live_several(rh_env *env, const visit *v)
{
    float time = 0;
    for (unsigned n = two_or_more(v->at.slot, (uint32_t)(v->more >> 40)); n > 0; n--) {
        uint64_t bits = rh_env_bits(env);
        time = earliest(time, n, (uint32_t)(rh_env_bits(env) >> 40));
        if (happens(env, v, bits, time)) {
            go_on(env, v->i, time);
            return true;
        }
    }
    return false;
}

static inline void
live_visit(rh_env *env, const visit *v)
{
    if (rh_slot_fixed(v->at.slot)) {
        live_fixed_age(env, v);
        return;
    }
    bool happened;
    if ((float)(v->bits & 0xffffff) * 0x1p-24f < rh_slot_single(v->at.slot)) {
        float time = (float)(v->more >> 40) * 0x1p-24f;
        happened = happens(env, v, v->bits, time);
        if (happened) {
            go_on(env, v->i, time);
        }
    } else {
        happened = live_several(env, v);
    }
    if (!happened) {
        env->word[v->i] =
            with_next(env, env->word[v->i], &v->at, rh_exponential((uint32_t)v->more));
    }
}

static void
block(rh_env *env)
{
    enum { AHEAD = 8 }; /* residents whose tables are fetched beforehand */
    rh_edits *e = env->edits;
    e->n_due = (uint32_t)env->engine->scan(env->word, env->count,
                                           (unsigned)env->year % RH_NEXT_CYCLE, e->due);
    standing soon[AHEAD];
    for (uint32_t k = 0; k < e->n_due + AHEAD; k++) {
        standing *s = &soon[k % AHEAD];
        /* Who was taken along by somebody of the family meanwhile has had the year already. */
        if (k >= AHEAD && !rh_bit(e->lived, env->first + e->due[k - AHEAD])) {
            visit v = {.at = *s, .i = e->due[k - AHEAD]};
            take_turn(env, v.i);
            v.bits = rh_env_bits(env);
            v.more =
                rh_fold(v.bits ^ 0x589965cc75374cc3ULL, env->key | 1); /* of the same draw */
            live_visit(env, &v);
        }
        if (k < e->n_due) {
            *s = standing_of(env, env->word[e->due[k]]);
            __builtin_prefetch(s->slot);
            __builtin_prefetch(&env->engine->rate[s->class_][s->age]);
        }
    }
}

static void
live_until(rh_env *env, uint32_t i, float time)
{
    rh_bit_set(env->edits->lived, env->first + i);
    if (rh_person_next(env->word[i]) == (unsigned)env->year % RH_NEXT_CYCLE) {
        live(env, i, 0, CANDIDATE_KNOWN, time);
    } else if (env->engine->excess_county != NULL) {
        live(env, i, 0, CANDIDATE_NONE, time);
    }
}

static void
block_with_excess(rh_env *env)
{
    rh_edits *e = env->edits;
    const unsigned char *concerned = env->engine->excess_county;
    unsigned code = (unsigned)env->year % RH_NEXT_CYCLE;
    for (uint32_t i = 0; i < env->count; i++) {
        bool due = rh_person_next(env->word[i]) == code;
        if ((due || concerned[rh_env_county(env, env->word[i])]) &&
            !rh_bit(e->lived, env->first + i) && !rh_env_gone(env, i)) {
            take_turn(env, i);
            live(env, i, 0, due ? CANDIDATE_KNOWN : CANDIDATE_NONE, 1);
        }
    }
}

static void
redraw_block(rh_env *env, rh_key key)
{
    for (uint32_t i = 0; i < env->count; i++) {
        env->word[i] = redraw(env, env->word[i], (uint32_t)rh_draw(key, i));
    }
}

const rh_live_kernel RH_LIVE_KERNEL = {block,      block_with_excess, redraw_block,
                                       live_until, live_on,           first_months,
                                       redraw,     redraw_elsewhere};
