/* The marriage market of a county: those whose marriage candidate was accepted this year find each other.
 *
 * Men choose in the order of their positions: a woman about two years younger, first one of the same township who
 * lives in the same kind of place (both at home, or both away), then any of the township, then the county's. Whoever
 * finds nobody stays single and looks again at the next candidate. Marriages take effect on 31 December.
 *
 * M1 the wife is written directly behind the husband (store.h V2).  M2 nobody marries twice.
 * Who moves to whom is an assumption: data/china/behaviour.csv, marriage.* . */
#include "core/mem.h"
#include "process/live.h"
#include "process/env.h"

/* IN_…: how many years from the wished age a partner may be; the county's last choice is wide, so that thin markets of small
 * samples clear as well. */
enum { AGE_LOW = 15, AGES = 90, NOBODY = -1, IN_TOWNSHIP = 7, IN_COUNTY = 20 };

/* Women by age and kind of residence, as stacks; links are indices into the list of women. */
typedef struct stacks {
    int32_t top[2][AGES];
    int32_t *below;
} stacks;

static unsigned
age_cell(int age)
{
    int cell = age - AGE_LOW;
    return (unsigned)(cell < 0 ? 0 : cell >= AGES ? AGES - 1 : cell);
}

static void
stacks_clear(stacks *s)
{
    for (unsigned k = 0; k < 2; k++) {
        for (unsigned a = 0; a < AGES; a++) {
            s->top[k][a] = NOBODY;
        }
    }
}

static int32_t
stacks_take(stacks *s, unsigned away, int age, int widest)
{
    for (unsigned k = 0; k < 2; k++, away ^= 1) {
        for (int o = 0; o <= 2 * widest; o++) {
            int offset = o % 2 == 0 ? o / 2 : -(o + 1) / 2; /* 0, -1, 1, -2, 2, … */
            int32_t *top = &s->top[away][age_cell(age + offset)];
            if (*top != NOBODY) {
                int32_t woman = *top;
                *top = s->below[woman];
                return woman;
            }
        }
    }
    return NOBODY;
}

typedef struct market {
    rh_env *env;
    rh_store *store;
    uint32_t first_town, n_towns;
    const uint32_t *first;
} market;

static rh_person *
word_at(const market *m, uint32_t at, uint32_t town)
{
    return &m->store->block[m->first_town + town].word[at - m->first[town]];
}

static bool
available(const rh_edits *e, uint32_t at)
{
    return !rh_bit(e->gone, at) && !rh_bit(e->leaving, at);
}

static void
offer(const market *m, stacks *s, int32_t woman, uint32_t at, uint32_t town)
{
    rh_person w = *word_at(m, at, town);
    int32_t *top = &s->top[rh_person_is_away(w)][age_cell(rh_person_age(w, m->env->year))];
    s->below[woman] = *top;
    *top = woman;
}

static int32_t
choose(const market *m, stacks *s, uint32_t at, uint32_t town, int widest)
{
    rh_person w = *word_at(m, at, town);
    uint64_t bits = rh_env_bits(m->env);
    int younger =
        (int)(rh_below(bits & 0xffffffff, 3) + rh_below(bits >> 32, 3)); /* 0 … 4, mean 2 */
    return stacks_take(s, rh_person_is_away(w), rh_person_age(w, m->env->year) - younger,
                       widest);
}

/* Move a spouse's word to a leaf, in terms of a home township. */
static rh_person
placed(const rh_env *env, rh_person w, uint32_t leaf, uint32_t home)
{
    bool moved = leaf != rh_person_residence(w);
    w = rh_person_with_residence(w, leaf);
    if (leaf >> 1 == home) {
        return rh_person_with_arrival(w, 0);
    }
    return moved || !rh_person_is_away(w)
               ? rh_person_with_arrival(w, rh_arrival_code(env->year))
               : w;
}

static rh_status
wed(const market *m, uint32_t groom_at, uint32_t groom_town, uint32_t bride_at,
    uint32_t bride_town)
{
    rh_env *env = m->env;
    rh_edits *e = env->edits;
    rh_person *groom = word_at(m, groom_at, groom_town),
              bride = *word_at(m, bride_at, bride_town);
    uint32_t home = m->first_town + groom_town;
    uint32_t his = rh_person_residence(*groom), hers = rh_person_residence(bride);
    rh_person old_bride = bride, old_groom = *groom;
    if (rh_bit(e->gone, bride_at) || rh_person_marital(*groom) == RH_MARRIED) {
        return RH_OK; /* looked twice this year and has found somebody already (M2) */
    }
    const rh_marriage_rules *rules = &env->world->marriage;
    double u = rh_unit(rh_env_bits(env));
    bool she_moves = his != hers && u < rules->wife_joins;
    bool he_moves = his != hers && !she_moves && u < rules->wife_joins + rules->husband_joins;
    bride = placed(env, bride, she_moves ? his : hers, home);
    *groom = placed(env, *groom, he_moves ? hers : his, home);
    bride = rh_person_with_homestead(
        rh_person_with_head(rh_person_with_marital(bride, RH_MARRIED), 0), RH_HOMESTEAD_NONE);
    bride = rh_person_with_collective(bride, 0);
    *groom = rh_person_with_collective(rh_person_with_marital(*groom, RH_MARRIED), 0);
    rh_env_count(env, old_bride, UINT32_MAX);
    rh_env_count(env, bride, 1);
    rh_env_count_wife(env, bride, 1);
    if (she_moves) {
        rh_env_count_move(env, old_bride, bride);
    }
    if (he_moves) {
        rh_env_count(env, old_groom, UINT32_MAX);
        rh_env_count(env, *groom, 1);
        rh_env_count_move(env, old_groom, *groom);
    }
    rh_env_event(env, bride, RH_EVENT_MARRIAGE);
    rh_env_event(env, *groom, RH_EVENT_MARRIAGE);
    uint64_t bits = rh_env_bits(env);
    bride = env->live->redraw(env, bride, (uint32_t)bits);
    *groom = env->live->redraw(env, *groom, (uint32_t)(bits >> 32));
    if (!rh_person_head(*groom) && rh_env_chance(env, rules->neolocal)) {
        *groom = rh_person_with_head(*groom, 1);
        rh_bit_set(e->tail, groom_at);
        bool at_home =
            !rh_person_is_away(*groom) && (rh_person_residence(*groom) & 1) == RH_RURAL;
        *groom = rh_person_with_homestead(*groom,
                                          at_home ? RH_HOMESTEAD_LIVED_IN : RH_HOMESTEAD_NONE);
        rh_env_event(env, *groom, RH_EVENT_NEW_HOUSEHOLD);
    }
    rh_bit_set(e->gone, bride_at);
    rh_bit_set(e->touched, bride_at);
    rh_bit_set(e->touched, groom_at);
    return rh_insertions_add(&e->joined, groom_at, bride, env->err);
}

rh_status
rh_market_clear(rh_env *env, rh_store *store, uint32_t first_town, uint32_t n_towns,
                const uint32_t *first, uint32_t *const seekers_end[2])
{
    rh_edits *e = env->edits;
    const uint32_t *men = e->seeker[RH_MALE], *women = e->seeker[RH_FEMALE];
    uint32_t n_men = e->n_seekers[RH_MALE], n_women = e->n_seekers[RH_FEMALE];
    if (n_men == 0 || n_women == 0) {
        return RH_OK;
    }
    market m = {env, store, first_town, n_towns, first};
    RH_TRY(rh_edits_scratch(e, (uint64_t)n_men + 3 * (uint64_t)n_women, env->err));
    int32_t *wife = (int32_t *)e->scratch, *below = wife + n_men;
    uint32_t *town_of = (uint32_t *)below + n_women;
    uint32_t *taken = town_of + n_women;
    stacks s = {.below = below};
    env->key = rh_key_with(env->block_key, UINT32_MAX - 1);
    env->n_draws = 0;
    for (uint32_t t = 0, man = 0, woman = 0; t < n_towns; t++) {
        stacks_clear(&s);
        for (; woman < seekers_end[RH_FEMALE][t]; woman++) {
            town_of[woman] = t;
            taken[woman] = !available(e, women[woman]);
            if (!taken[woman]) {
                offer(&m, &s, (int32_t)woman, women[woman], t);
            }
        }
        for (; man < seekers_end[RH_MALE][t]; man++) {
            wife[man] =
                available(e, men[man]) ? choose(&m, &s, men[man], t, IN_TOWNSHIP) : NOBODY;
            if (wife[man] != NOBODY) {
                taken[wife[man]] = 1;
            }
        }
    }
    stacks_clear(&s);
    for (uint32_t woman = 0; woman < n_women; woman++) {
        if (!taken[woman]) {
            offer(&m, &s, (int32_t)woman, women[woman], town_of[woman]);
        }
    }
    for (uint32_t t = 0, man = 0; t < n_towns; t++) {
        for (; man < seekers_end[RH_MALE][t]; man++) {
            if (wife[man] == NOBODY && available(e, men[man])) {
                wife[man] = choose(&m, &s, men[man], t, IN_COUNTY);
            }
            if (wife[man] != NOBODY) {
                env->town = first_town + t;
                RH_TRY(wed(&m, men[man], t, women[wife[man]], town_of[wife[man]]));
            }
        }
    }
    return RH_OK;
}
