/* Rewriting a block after a county's year: the dead and those who leave drop out, births and spouses are
 * written in, new households go to the end, hukou transfers go to the list of movers.
 *
 * W1 a run whose head drops out gives the head mark and the homestead to its next member.
 * W2 untouched stretches are copied whole. */
#include "process/live.h"
#include "process/env.h"

#include <string.h>

typedef struct writer {
    rh_person *out;
    uint32_t n;
    bool heir; /* the run's head has dropped out: the next member of the run inherits */
    unsigned homestead; /* what it inherits */
} writer;

/* Give the head mark to the first of the words about to be written, if it is due. */
static void
inherit(writer *w, rh_person *next)
{
    if (w->heir) {
        if (!rh_person_head(*next)) {
            *next = rh_person_with_homestead(rh_person_with_head(*next, 1), w->homestead);
        }
        w->heir = false;
    }
}

static void
put(writer *w, rh_person word)
{
    inherit(w, &word);
    w->out[w->n++] = word;
}

static void
bequeath(writer *w, rh_person gone)
{
    if (rh_person_head(gone)) {
        w->heir = true;
        w->homestead = rh_person_homestead(gone);
    }
}

/* A hukou transfer: the word goes to its township of residence as a local there. */
static rh_status
transfer(rh_env *env, rh_person w, bool opens_run)
{
    uint32_t leaf = rh_person_residence(w), county = rh_env_county(env, w);
    rh_county_tally *t = &env->tally->county[county];
    unsigned part = leaf & 1, old_hukou = rh_person_hukou(w);
    unsigned hukou = part == RH_URBAN ? RH_HUKOU_URBAN : old_hukou;
    t->status[part][rh_env_class(env, w, county)][old_hukou]--;
    t->status[part][RH_LOCAL][hukou]++;
    t->event[part][RH_EVENT_HUKOU_MOVED]++;
    env->tally->registered[env->county]--;
    env->tally->registered_hukou[env->county][old_hukou]--;
    env->tally->registered[county]++;
    env->tally->registered_hukou[county][hukou]++;
    w = rh_person_with_hukou(rh_person_with_arrival(w, 0), hukou);
    w = rh_person_with_homestead(rh_person_with_head(w, opens_run), RH_HOMESTEAD_NONE);
    w = rh_person_with_integration(w, 0);
    w = env->live->redraw_elsewhere(env, w, county, (uint32_t)rh_env_bits(env));
    return rh_movers_add(&env->edits->out, w, leaf >> 1, env->err);
}

/* Still away, and a couple goes together or not at all (store.h V2). */
static bool
transfers(const rh_env *env, uint32_t i)
{
    const rh_edits *e = env->edits;
    rh_person w = env->word[i];
    if (!rh_bit(e->leaving, env->first + i) || rh_bit(e->gone, env->first + i) ||
        !rh_person_is_away(w)) {
        return false;
    }
    if (rh_person_marital(w) != RH_MARRIED) {
        return true;
    }
    uint32_t j = rh_env_spouse(env, i);
    return rh_env_couple_together(env, i) && rh_bit(e->leaving, env->first + j);
}

rh_status
rh_rewrite_block(rh_env *env, rh_store *store, uint32_t *birth, uint32_t *joined)
{
    rh_edits *e = env->edits;
    writer body = {.out = e->fresh}, tail = {.out = e->end};
    uint32_t done = 0, last_mover = UINT32_MAX, last_town = 0;
    env->key = rh_key_with(env->block_key, UINT32_MAX);
    env->n_draws = 0;
    uint32_t end = env->first + env->count;
    for (uint32_t block = env->first >> 6;
         block <= (end > 0 ? (end - 1) >> 6 : 0) && env->count > 0; block++) {
        uint64_t set = e->touched[block];
        for (; set != 0; set &= set - 1) {
            uint32_t at = block * 64 + (uint32_t)__builtin_ctzll(set);
            if (at < env->first || at >= end) {
                continue;
            }
            uint32_t i = at - env->first;
            if (i > done) {
                inherit(&body, &env->word[done]);
                memcpy(body.out + body.n, env->word + done, (i - done) * sizeof(rh_person));
                body.n += i - done;
            }
            done = i + 1;
            rh_person w = env->word[i];
            writer *to = rh_bit(e->tail, at) ? &tail : &body;
            bool leaves = transfers(env, i);
            if (rh_bit(e->gone, at)) {
                bequeath(to, w);
            } else if (leaves) {
                uint32_t town = rh_person_residence(w) >> 1;
                bool opens = last_mover + 1 != i || last_town != town || rh_person_head(w);
                RH_TRY(transfer(env, w, opens));
                last_mover = i;
                last_town = town;
                bequeath(to, w);
            } else {
                put(to, w);
            }
            for (; *birth < e->births.n && e->births.entry[*birth].at == at; (*birth)++) {
                put(to, e->births.entry[*birth].word);
            }
            for (; *joined < e->joined.n && e->joined.entry[*joined].at == at; (*joined)++) {
                put(to, e->joined.entry[*joined].word);
            }
        }
    }
    if (env->count > done) {
        inherit(&body, &env->word[done]);
        memcpy(body.out + body.n, env->word + done, (env->count - done) * sizeof(rh_person));
        body.n += env->count - done;
    }
    if (body.n == 0 && tail.n > 0) {
        inherit(&tail, &tail.out[0]);
    }
    RH_TRY(rh_block_reserve(store, env->town, body.n + tail.n, env->err));
    rh_block *b = &store->block[env->town];
    memcpy(b->word, body.out, body.n * sizeof(rh_person));
    memcpy(b->word + body.n, tail.out, tail.n * sizeof(rh_person));
    b->count = body.n + tail.n;
    return RH_OK;
}
