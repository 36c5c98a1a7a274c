/* Counting the store from nothing: rh_tally_recount of tally.h.
 *
 * One job a home county (its blocks are neighbours). Everybody is first counted as living in the
 * home township: without a branch, by two stretches of the word as they stand, into tables that
 * stay in the cache; the tally's counts are sums over those tables, taken once a county. Those
 * who live elsewhere, one in five, are gathered on the way and moved from home to where they
 * live. Who lives in another county needs counts that lie far apart: they are fetched ahead.
 *
 * Each worker counts into a tally of its own, and the workers' sums are added at the end:
 * integers modulo 2^32, so the order does not matter. */
#include "core/mem.h"
#include "core/threads.h"
#include "indicator/tally.h"

#include <string.h>

/* Two stretches of a word: birth, sex, marital state, children; and schooling, work, hukou. */
enum {
    LIFE_LOW = rh_birth_low,
    COHORT_BITS = rh_birth_bits + rh_sex_bits,
    LIVES = 1 << (COHORT_BITS + rh_marital_bits + rh_children_bits),
    COHORTS = 1 << COHORT_BITS, /* both sexes */
    WORK_LOW = rh_education_low,
    WORKS = 1 << (rh_education_bits + rh_activity_bits + rh_hukou_bits),
    STRETCH = 1024 /* words counted before those away among them: 8 KB */
};
_Static_assert(rh_sex_low == LIFE_LOW + rh_birth_bits &&
                   rh_marital_low == rh_sex_low + rh_sex_bits &&
                   rh_children_low == rh_marital_low + rh_marital_bits &&
                   rh_activity_low == WORK_LOW + rh_education_bits &&
                   rh_hukou_low == rh_activity_low + rh_activity_bits && rh_residence_low == 0,
               "stretches of a word are counted as they stand");

/* What one worker counts with. */
typedef struct counter {
    rh_tally tally;
    uint32_t life[LIVES]
                 [RH_PART_COUNT]; /* of the home county under the count, by part lived in */
    uint32_t work[WORKS][RH_PART_COUNT];
    rh_person away[STRETCH];
    uint32_t county[STRETCH]; /* where they live, if in another county */
} counter;

typedef struct recount {
    const rh_region *region;
    const rh_store *store;
    counter *worker; /* one a worker */
} recount;

static unsigned
life_of(rh_person w)
{
    return (unsigned)(w >> LIFE_LOW) % LIVES;
}

static unsigned
work_of(rh_person w)
{
    return (unsigned)(w >> WORK_LOW) % WORKS;
}

/* Count all as living in the home township; who does not goes to `away`. Returns their number. */
static uint32_t
count_stretch(counter *c, uint32_t block, const rh_person *word, uint32_t n)
{
    const uint32_t first_leaf = 2 * block;
    uint32_t n_away = 0, urban = 0;
    for (uint32_t i = 0; i < n; i++) {
        const rh_person w = word[i];
        const uint32_t apart = rh_person_residence(w) ^ first_leaf, part = apart % 2;
        c->life[life_of(w)][part]++;
        c->work[work_of(w)][part]++;
        urban += part;
        c->away[n_away] = w;
        n_away += apart > 1;
    }
    c->tally.leaf[first_leaf + RH_RURAL] += n - urban;
    c->tally.leaf[first_leaf + RH_URBAN] += urban;
    return n_away;
}

/* Move the first `n` of `away` to the leaf where they live and to their migrant class. Those
 * outside the county are left in `away`. Returns their number, UINT32_MAX when a word cannot be
 * counted. */
static uint32_t
move_away(const rh_region *region, counter *c, uint32_t home, uint32_t block, uint32_t n)
{
    const uint32_t *county_of = region->town.parent, n_leaves = c->tally.n_leaves;
    rh_county_tally *own = &c->tally.county[home];
    uint32_t outside = 0;
    for (uint32_t i = 0; i < n; i++) {
        const rh_person w = c->away[i];
        const uint32_t leaf = rh_person_residence(w), part = leaf % 2;
        if (leaf >= n_leaves || rh_person_education(w) >= RH_EDUCATION_COUNT) {
            return UINT32_MAX;
        }
        const uint32_t county = county_of[leaf / 2];
        const unsigned hukou = rh_person_hukou(w);
        c->tally.leaf[2 * block + part]--;
        c->tally.leaf[leaf]++;
        own->status[part][RH_LOCAL][hukou]--;
        own->status[part][RH_IN_COUNTY][hukou] += county == home;
        rh_county_tally *t = &c->tally.county[county];
        __builtin_prefetch(&t->cohort[part][rh_person_sex(w)][rh_person_birth(w)], 1);
        __builtin_prefetch(&t->status[part], 1);
        __builtin_prefetch(&t->activity[part], 1);
        __builtin_prefetch(&t->education[part], 1);
        c->away[outside] = w;
        c->county[outside] = county;
        outside += county != home;
    }
    return outside;
}

/* Move the first `n` of `away` to the counties where they live. */
static void
move_outside(const rh_region *region, counter *c, uint32_t home, uint32_t n)
{
    const uint32_t *prefecture_of = region->county.parent,
                   *province_of = region->prefecture.parent;
    const uint32_t home_province = province_of[prefecture_of[home]];
    rh_county_tally *own = &c->tally.county[home];
    for (uint32_t i = 0; i < n; i++) {
        const rh_person w = c->away[i];
        const uint32_t part = rh_person_residence(w) % 2, county = c->county[i];
        const unsigned sex = rh_person_sex(w), birth = rh_person_birth(w),
                       activity = rh_person_activity(w), schooling = rh_person_education(w);
        const bool other = province_of[prefecture_of[county]] != home_province;
        rh_county_tally *t = &c->tally.county[county];
        own->cohort[part][sex][birth]--;
        t->cohort[part][sex][birth]++;
        own->activity[part][activity]--;
        t->activity[part][activity]++;
        own->education[part][schooling]--;
        t->education[part][schooling]++;
        t->status[part][RH_IN_PROVINCE + other][rh_person_hukou(w)]++;
    }
}

/* Add the tables of a home county to the tally and clear them. */
static void
fold(counter *c, uint32_t home)
{
    rh_tally *tally = &c->tally;
    rh_county_tally *t = &tally->county[home];
    for (unsigned i = 0; i < LIVES; i++) {
        const rh_person w = (rh_person)i << LIFE_LOW;
        const unsigned sex = rh_person_sex(w), birth = rh_person_birth(w);
        const uint32_t rural = c->life[i][RH_RURAL], urban = c->life[i][RH_URBAN];
        t->cohort[RH_RURAL][sex][birth] += rural;
        t->cohort[RH_URBAN][sex][birth] += urban;
        if (sex == RH_FEMALE && rh_person_marital(w) == RH_MARRIED) {
            tally->wives[birth][rh_person_children(w)] += rural + urban;
        }
    }
    for (unsigned i = 0; i < WORKS; i++) {
        const rh_person w = (rh_person)i << WORK_LOW;
        const unsigned hukou = rh_person_hukou(w);
        if (rh_person_education(w) >= RH_EDUCATION_COUNT) {
            continue; /* nobody: count_county has looked (has_odd_schooling) */
        }
        for (unsigned part = 0; part < RH_PART_COUNT; part++) {
            const uint32_t n = c->work[i][part];
            t->status[part][RH_LOCAL][hukou] += n;
            t->activity[part][rh_person_activity(w)] += n;
            t->education[part][rh_person_education(w)] += n;
            tally->registered[home] += n;
            tally->registered_hukou[home][hukou] += n;
        }
    }
    memset(c->life, 0, sizeof c->life);
    memset(c->work, 0, sizeof c->work);
}

/* Somebody of the county has schooling that there is not. */
static bool
has_odd_schooling(const counter *c)
{
    uint32_t n = 0;
    for (unsigned i = 0; i < WORKS; i++) {
        bool odd = rh_person_education((rh_person)i << WORK_LOW) >= RH_EDUCATION_COUNT;
        n |= odd ? c->work[i][RH_RURAL] | c->work[i][RH_URBAN] : 0;
    }
    return n != 0;
}

/* The sentence about the first resident of a home county whose word cannot be counted. */
static rh_status
complain(const recount *r, uint32_t home, uint32_t n_leaves, rh_err *err)
{
    const uint32_t *first = r->region->county.first;
    for (uint32_t block = first[home]; block < first[home + 1]; block++) {
        for (uint32_t i = 0; i < r->store->block[block].count; i++) {
            const rh_person w = r->store->block[block].word[i];
            const unsigned leaf = rh_person_residence(w), schooling = rh_person_education(w);
            if (leaf >= n_leaves || schooling >= RH_EDUCATION_COUNT) {
                return rh_fail(err, RH_INVARIANT,
                               "Resident %u of %s (%llu) has residence leaf %u of %u and "
                               "schooling %u of %d.",
                               (unsigned)i, r->region->town.name[block],
                               (unsigned long long)r->region->town.code[block], leaf,
                               (unsigned)n_leaves, schooling, RH_EDUCATION_COUNT);
            }
        }
    }
    return RH_OK;
}

static rh_status
count_county(void *context, unsigned home, unsigned worker, rh_err *err)
{
    const recount *r = context;
    counter *c = &r->worker[worker];
    const uint32_t *first = r->region->county.first;
    bool odd = false;
    for (uint32_t block = first[home]; block < first[home + 1] && !odd; block++) {
        const rh_block *b = &r->store->block[block];
        for (uint32_t i = 0; i < b->count && !odd; i += STRETCH) {
            const uint32_t rest = b->count - i, n = rest < STRETCH ? rest : STRETCH;
            const uint32_t n_away = count_stretch(c, block, b->word + i, n);
            const uint32_t outside = move_away(r->region, c, home, block, n_away);
            odd = outside == UINT32_MAX;
            move_outside(r->region, c, home, odd ? 0 : outside);
        }
    }
    if (odd || has_odd_schooling(c)) {
        return complain(r, home, c->tally.n_leaves, err);
    }
    fold(c, home);
    return RH_OK;
}

rh_status
rh_tally_recount(rh_tally *tally, const rh_region *region, const rh_store *store,
                 unsigned n_threads, rh_err *err)
{
    recount r = {region, store, NULL};
    RH_NEW(r.worker, n_threads, err);
    rh_status status = RH_OK;
    for (unsigned i = 0; i < n_threads && status == RH_OK; i++) {
        status = rh_tally_init(&r.worker[i].tally, region, err);
    }
    if (status == RH_OK) {
        status = rh_threads_run(n_threads, region->county.n, NULL, count_county, &r, err);
    }
    if (status == RH_OK) {
        memset(tally->county, 0, tally->n_counties * sizeof *tally->county);
        memset(tally->leaf, 0, tally->n_leaves * sizeof *tally->leaf);
        memset(tally->registered, 0, tally->n_counties * sizeof *tally->registered);
        memset(tally->registered_hukou, 0, tally->n_counties * sizeof *tally->registered_hukou);
        memset(tally->wives, 0, RH_COHORTS * sizeof *tally->wives);
        for (unsigned i = 0; i < n_threads; i++) {
            rh_tally_merge(tally, &r.worker[i].tally);
        }
    }
    for (unsigned i = 0; i < n_threads; i++) {
        rh_tally_release(&r.worker[i].tally);
    }
    rh_free(r.worker);
    return status;
}
