/* Changes to residents during a year: see env.h. */
#include "process/env.h"

#include "process/live.h"

/* One fewer of kind `from`, one more of kind `to`. */
static void
recount(uint32_t *count, unsigned from, unsigned to)
{
    count[from]--;
    count[to]++;
}

void
rh_env_set_activity(rh_env *env, uint32_t i, enum rh_activity activity)
{
    rh_person w = env->word[i];
    rh_county_tally *here = &env->tally->county[rh_env_county(env, w)];
    recount(here->activity[rh_person_residence(w) & 1], rh_person_activity(w), activity);
    env->word[i] = rh_person_with_activity(w, activity);
}

void
rh_env_set_education(rh_env *env, uint32_t i, enum rh_education education)
{
    rh_person w = env->word[i];
    rh_county_tally *here = &env->tally->county[rh_env_county(env, w)];
    recount(here->education[rh_person_residence(w) & 1], rh_person_education(w), education);
    env->word[i] = rh_person_with_education(w, education);
}

void
rh_env_set_hukou(rh_env *env, uint32_t i, enum rh_hukou hukou)
{
    rh_person w = env->word[i];
    uint32_t county = rh_env_county(env, w), part = rh_person_residence(w) & 1;
    enum rh_migrant_class class = rh_env_class(env, w, county);
    recount(env->tally->county[county].status[part][class], rh_person_hukou(w), hukou);
    recount(env->tally->registered_hukou[env->county], rh_person_hukou(w), hukou);
    env->word[i] = rh_person_with_hukou(w, hukou);
}

/* The year of j is over, or j is in the middle of an event of its own. */
static bool
year_is_over(const rh_env *env, uint32_t j)
{
    return rh_bit(env->edits->lived, env->first + j);
}

/* After the change: fresh candidates from `time` on, or only from next year where j's year is over already. */
static void
live_on(rh_env *env, uint32_t j, float time, bool year_over)
{
    if (year_over) {
        env->word[j] = env->live->redraw(env, env->word[j], (uint32_t)rh_env_bits(env));
    } else {
        env->live->on(env, j, time);
    }
}

static void
leave_store(rh_env *env, uint32_t i)
{
    rh_bit_set(env->edits->gone, env->first + i);
    rh_bit_set(env->edits->touched, env->first + i);
}

void
rh_env_die(rh_env *env, uint32_t i, float time)
{
    rh_person w = env->word[i];
    rh_env_count(env, w, UINT32_MAX);
    rh_env_count_wife(env, w, UINT32_MAX);
    rh_env_event(env, w, RH_EVENT_DEATH);
    env->tally->registered[env->county]--;
    env->tally->registered_hukou[env->county][rh_person_hukou(w)]--;
    leave_store(env, i);
    if (rh_person_marital(w) != RH_MARRIED) {
        return;
    }
    uint32_t j = rh_env_spouse(env, i);
    bool over = year_is_over(env, j);
    if (!over && !rh_env_gone(env, j)) {
        env->live->until(env, j, time);
    }
    if (!rh_env_gone(env, j)) {
        rh_env_count_wife(env, env->word[j], UINT32_MAX);
        env->word[j] = rh_person_with_marital(env->word[j], RH_WIDOWED);
        rh_env_event(env, env->word[j], RH_EVENT_WIDOWED);
        live_on(env, j, time, over);
    }
}

void
rh_env_bear(rh_env *env, uint32_t i, float time)
{
    rh_person mother = env->word[i];
    unsigned born = rh_person_children(mother);
    rh_env_count_wife(env, mother, UINT32_MAX);
    env->word[i] = rh_person_with_children(mother, born < 3 ? born + 1 : 3);
    rh_env_count_wife(env, env->word[i], 1);
    rh_env_event(env, mother, RH_EVENT_BIRTH);
    double male_share =
        env->world->series->male_share[env->year - env->world->series->first_year];
    rh_person child = 0;
    child = rh_person_with_residence(child, rh_person_residence(mother));
    child = rh_person_with_birth(child, (unsigned)(env->year - RH_BIRTH_ZERO));
    child = rh_person_with_sex(child, rh_env_chance(env, male_share) ? RH_MALE : RH_FEMALE);
    child = rh_person_with_hukou(child, rh_person_hukou(mother));
    child = rh_person_with_arrival(child,
                                   rh_person_is_away(mother) ? rh_arrival_code(env->year) : 0);
    rh_env_count(env, child, 1);
    env->tally->registered[env->county]++;
    env->tally->registered_hukou[env->county][rh_person_hukou(child)]++;
    if (env->live->first_months(env, &child, time)) {
        rh_status status =
            rh_insertions_add(&env->edits->births, env->first + i, child, env->err);
        env->status = env->status != RH_OK ? env->status : status;
        rh_bit_set(env->edits->touched, env->first + i);
    }
}

void
rh_env_await_marriage(rh_env *env, uint32_t i)
{
    unsigned sex = rh_person_sex(env->word[i]);
    rh_edits *e = env->edits;
    uint32_t n = e->n_seekers[sex], at = env->first + i;
    if (n < e->seekers_room[sex] && (n == 0 || e->seeker[sex][n - 1] != at)) {
        e->seeker[sex][e->n_seekers[sex]++] = at;
    }
}

void
rh_env_found_household(rh_env *env, uint32_t i)
{
    rh_person w = env->word[i];
    if (rh_person_marital(w) == RH_MARRIED && rh_person_sex(w) == RH_FEMALE) {
        i--;
        w = env->word[i];
    }
    if (rh_person_head(w)) {
        return;
    }
    uint32_t end = rh_env_run_end(env, i), j = i + 1;
    env->word[i] = rh_person_with_head(w, 1);
    if (rh_person_marital(w) == RH_MARRIED) {
        rh_bit_set(env->edits->tail, env->first + j);
        rh_bit_set(env->edits->touched, env->first + j);
        j++;
    }
    /* Own children stand behind the mother (or the lone parent), before anybody else of the run. */
    uint32_t parent = j - 1;
    for (; j < end && rh_person_marital(env->word[j]) == RH_NEVER_MARRIED &&
           rh_person_birth(env->word[j]) >= rh_person_birth(env->word[parent]) + 15 &&
           rh_person_age(env->word[j], env->year) < 20;
         j++) {
        rh_bit_set(env->edits->tail, env->first + j);
        rh_bit_set(env->edits->touched, env->first + j);
    }
    rh_bit_set(env->edits->tail, env->first + i);
    rh_bit_set(env->edits->touched, env->first + i);
    bool lives_at_home = !rh_person_is_away(w) && (rh_person_residence(w) & 1) == RH_RURAL;
    env->word[i] = rh_person_with_homestead(env->word[i], lives_at_home ? RH_HOMESTEAD_LIVED_IN
                                                                        : RH_HOMESTEAD_NONE);
    rh_env_event(env, w, RH_EVENT_NEW_HOUSEHOLD);
}

void
rh_env_count_move(rh_env *env, rh_person from, rh_person to)
{
    uint32_t old = rh_env_county(env, from), new = rh_env_county(env, to);
    unsigned old_part = rh_person_residence(from) & 1, new_part = rh_person_residence(to) & 1;
    unsigned distance =
        old == new                                                                   ? 0
        : env->world->province_of_county[old] == env->world->province_of_county[new] ? 1
                                                                                     : 2;
    env->tally->county[old].event[old_part][RH_EVENT_OUT_COUNTY + distance]++;
    env->tally->county[new].event[new_part][RH_EVENT_IN_COUNTY + distance]++;
    if (old_part != new_part) {
        env->tally->county[old].event[old_part][RH_EVENT_PART_OUT]++;
        env->tally->county[new].event[new_part][RH_EVENT_PART_IN]++;
    }
}

void
rh_env_move(rh_env *env, uint32_t i, uint32_t leaf)
{
    rh_person from = env->word[i], to = rh_person_with_residence(from, leaf);
    bool home = leaf >> 1 == env->town;
    to = rh_person_with_arrival(to, home ? 0 : rh_arrival_code(env->year));
    to = rh_person_with_collective(to, 0);
    rh_env_count(env, from, UINT32_MAX);
    rh_env_count(env, to, 1);
    rh_env_count_move(env, from, to);
    if (home && rh_person_is_away(from)) {
        rh_env_event(env, to, RH_EVENT_RETURN);
    }
    env->word[i] = to;
}

void
rh_env_take_along(rh_env *env, uint32_t j, uint32_t leaf, float time)
{
    bool over = year_is_over(env, j);
    if (!over) {
        env->live->until(env, j, time);
    }
    if (!rh_env_gone(env, j)) {
        rh_env_move(env, j, leaf);
        rh_env_event(env, env->word[j], RH_EVENT_JOINED);
        live_on(env, j, time, over);
    }
}

bool
rh_env_couple_together(const rh_env *env, uint32_t i)
{
    rh_person w = env->word[i];
    if (rh_person_marital(w) != RH_MARRIED) {
        return true;
    }
    uint32_t j = rh_env_spouse(env, i);
    return !rh_env_gone(env, j) && rh_person_residence(env->word[j]) == rh_person_residence(w);
}

void
rh_env_settle(rh_env *env, uint32_t i)
{
    rh_bit_set(env->edits->leaving, env->first + i);
    rh_bit_set(env->edits->touched, env->first + i);
}
