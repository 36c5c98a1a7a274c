/* What a process may do while it acts: the environment of one block in one year.
 *
 * All changes to residents go through these functions, which keep the tallies (tally.h L1) and record the edits
 * that the end of the county's year carries out (edits.h).
 * N1 every draw is rh_draw(key of the person whose turn it is, running number): a function of seed, year, block and
 *    position alone. */
#ifndef RH_PROCESS_ENV_H
#define RH_PROCESS_ENV_H

#include "core/random.h"
#include "indicator/tally.h"
#include "process/edits.h"
#include "process/process.h"

struct rh_engine;

struct rh_env {
    const rh_world *world;
    const struct rh_live_kernel *live;
    const rh_row *home; /* rows of the county's local residents, by state */
    float factor[RH_PART_COUNT][RH_PROCESS_ROOM]; /* of their rates, by part of residence */
    rh_tally *tally; /* this worker's share; added up after the year */
    rh_edits *edits;
    const struct rh_engine *engine;
    int year;
    uint32_t town, county, province; /* of the block */
    uint32_t first; /* position of the block's first resident within the county (for edits) */
    rh_person *word;
    uint32_t count;
    rh_key block_key, key;
    uint64_t n_draws;
    rh_turnover turnover[RH_PROCESS_MAX];
    rh_status status; /* the first failure of an edit */
    rh_err *err;
};

/* Next 64 random bits of the person whose turn it is. */
static inline uint64_t
rh_env_bits(rh_env *env)
{
    return rh_draw(env->key, env->n_draws++);
}

/* True with chance p. */
static inline bool
rh_env_chance(rh_env *env, double p)
{
    return rh_unit(rh_env_bits(env)) < p;
}

/* County of residence, from the word. */
static inline uint32_t
rh_env_county(const rh_env *env, rh_person w)
{
    return rh_person_is_away(w) ? env->world->county_of_town[rh_person_residence(w) >> 1]
                                : env->county;
}

static inline enum rh_migrant_class
rh_env_class(const rh_env *env, rh_person w, uint32_t residence_county)
{
    if (!rh_person_is_away(w)) {
        return RH_LOCAL;
    }
    if (residence_county == env->county) {
        return RH_IN_COUNTY;
    }
    return env->world->province_of_county[residence_county] == env->province
               ? RH_IN_PROVINCE
               : RH_OTHER_PROVINCE;
}

/* Count a resident in (step 1) or out (step UINT32_MAX, that is -1) of the tallies by residence. */
static inline void
rh_env_count(rh_env *env, rh_person w, uint32_t step)
{
    uint32_t county = rh_env_county(env, w), leaf = rh_person_residence(w), part = leaf & 1;
    rh_county_tally *t = &env->tally->county[county];
    t->cohort[part][rh_person_sex(w)][rh_person_birth(w)] += step;
    t->status[part][rh_env_class(env, w, county)][rh_person_hukou(w)] += step;
    t->activity[part][rh_person_activity(w)] += step;
    t->education[part][rh_person_education(w)] += step;
    env->tally->leaf[leaf] += step;
}

/* Count a married woman in or out (tally.h, wives). */
static inline void
rh_env_count_wife(rh_env *env, rh_person w, uint32_t step)
{
    if (rh_person_sex(w) == RH_FEMALE && rh_person_marital(w) == RH_MARRIED) {
        env->tally->wives[rh_person_birth(w)][rh_person_children(w)] += step;
    }
}

/* Count an event at the residence of `w`. */
static inline void
rh_env_event(rh_env *env, rh_person w, enum rh_event event)
{
    env->tally->county[rh_env_county(env, w)].event[rh_person_residence(w) & 1][event]++;
}

/* True when the resident at i has left the block's store this year (died, married out). */
static inline bool
rh_env_gone(const rh_env *env, uint32_t i)
{
    return rh_bit(env->edits->gone, env->first + i);
}

/* First position of the run that i stands in, and the position behind its last. O(run length). */
static inline uint32_t
rh_env_run_start(const rh_env *env, uint32_t i)
{
    while (i > 0 && !rh_person_head(env->word[i])) {
        i--;
    }
    return i;
}

static inline uint32_t
rh_env_run_end(const rh_env *env, uint32_t i)
{
    do {
        i++;
    } while (i < env->count && !rh_person_head(env->word[i]));
    return i;
}

/* Position of the spouse of a married resident: couples are adjacent (store.h V2). */
static inline uint32_t
rh_env_spouse(const rh_env *env, uint32_t i)
{
    return rh_person_sex(env->word[i]) == RH_MALE ? i + 1 : i - 1;
}

/* True for the unmarried, and for the married whose spouse lives in the same leaf: only those may leave the block. */
bool rh_env_couple_together(const rh_env *env, uint32_t i);

/* Change activity, schooling or hukou kind where the resident lives. */
void rh_env_set_activity(rh_env *env, uint32_t i, enum rh_activity activity);
void rh_env_set_education(rh_env *env, uint32_t i, enum rh_education education);
void rh_env_set_hukou(rh_env *env, uint32_t i, enum rh_hukou hukou);

/* The resident dies; a spouse is widowed and gets a fresh draw from `time` on. */
void rh_env_die(rh_env *env, uint32_t i, float time);

/* A child of i is born, written behind the mother; lives where she lives. */
void rh_env_bear(rh_env *env, uint32_t i, float time);

/* Count the arrival and the departure of a move. */
void rh_env_count_move(rh_env *env, rh_person from, rh_person to);

/* i looks for a spouse: matched at the end of the county's year. */
void rh_env_await_marriage(rh_env *env, uint32_t i);

/* i (with wife and own minor children behind) founds a household of its own. */
void rh_env_found_household(rh_env *env, uint32_t i);

/* i moves to `leaf` (any place; home township included) and counts arrivals and departures. */
void rh_env_move(rh_env *env, uint32_t i, uint32_t leaf);

/* j goes along with the person whose turn it is: candidates of j before `time` happen first, then j moves to
 * `leaf`, then j gets a fresh draw. */
void rh_env_take_along(rh_env *env, uint32_t j, uint32_t leaf, float time);

/* i takes up hukou at the place of residence, effective on 31 December (unless i has gone home by then). */
void rh_env_settle(rh_env *env, uint32_t i);

#endif
