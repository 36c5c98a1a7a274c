/* Counts that need households: see tally.h.
 *
 * A household is the members of one run who live in one leaf, collective residents left out.
 * Generations: the longest chain of members, each at least GENERATION_GAP years older than the
 * next, in which everybody but the last can be a parent (ever married, or a woman with
 * children); a couple living together is one link with the age of the younger spouse. A
 * 22-year-old unmarried son and his sister of 3 are thus one generation, a grandparent with a
 * grandchild whose parents are away is two, as in the census. Left behind (留守): under 16,
 * living in the home county, a parent living outside it. Parents of a child are the couple or
 * the single parent last met before the child in the run (children stand behind the mother).
 * Alone: 65 or over with nobody aged 16–64 of the run in the same township.
 *
 * Most runs live in one leaf, at home, and take one pass (`one_leaf`); the others take
 * `split_run`. */
#include "core/mem.h"
#include "core/threads.h"
#include "indicator/tally.h"

#include <string.h>

/* 假设: years between a parent and a child at least; below 15 there are hardly any births. */
enum { GENERATION_GAP = 15, CHILD = 16, ELDER = 65 };

/* Ages present among the members of a household: bit a of those who can be parents, and of the
 * others. */
typedef __uint128_t age_set;

typedef struct walk {
    const rh_region *region;
    const rh_store *store;
    int year;
    rh_family_tally **worker;
} walk;

static int
age_of(rh_person w, int year)
{
    int age = rh_person_age(w, year);
    return age < 0 ? 0 : age > 127 ? 127 : age;
}

static bool
can_be_parent(rh_person w)
{
    return rh_person_marital(w) != RH_NEVER_MARRIED ||
           (rh_person_sex(w) == RH_FEMALE && rh_person_children(w) > 0);
}

static bool
is_husband(rh_person w)
{
    return rh_person_marital(w) == RH_MARRIED && rh_person_sex(w) == RH_MALE;
}

static int
highest(age_set set)
{
    uint64_t high = (uint64_t)(set >> 64);
    return high ? 127 - __builtin_clzll(high) : 63 - __builtin_clzll((uint64_t)set);
}

/* Number of generations, 1 … 4 (4 stands for more). */
static int
generations(age_set parents, age_set others)
{
    int n = 0;
    age_set below = ~(age_set)0;
    while (n < 4 && (parents & below)) {
        int age = highest(parents & below);
        below = age >= GENERATION_GAP ? (((age_set)1 << (age - GENERATION_GAP)) << 1) - 1 : 0;
        n++;
    }
    n += (others & below) != 0;
    return n > 4 ? 4 : n;
}

/* Count a household of n members. */
static void
add_household(rh_family_tally *t, uint32_t part, uint32_t n, age_set parents, age_set others)
{
    t->households[part]++;
    t->household_persons[part] += n;
    t->one_person[part] += n == 1;
    t->generations[part][n == 1 ? 0 : generations(parents, others) - 1]++;
}

/* A run whose members all live in one leaf, none of them in a collective household. */
static void
one_leaf(rh_family_tally *t, uint32_t part, const rh_person *run, uint32_t n, int year)
{
    age_set parents = 0, others = 0;
    uint32_t elders = 0, adults = 0;
    for (uint32_t i = 0; i < n; i++) {
        int age = age_of(run[i], year);
        const bool parent = can_be_parent(run[i]);
        elders += age >= ELDER;
        adults += age >= CHILD && age < ELDER;
        if (is_husband(run[i]) && i + 1 < n) {
            const int wife = age_of(run[++i], year);
            elders += wife >= ELDER;
            adults += wife >= CHILD && wife < ELDER;
            age = wife < age ? wife : age;
        }
        parents |= (age_set)parent << age;
        others |= (age_set)!parent << age;
    }
    add_household(t, part, n, parents, others);
    t->elders_alone[part] += adults == 0 ? elders : 0;
}

/* The household that member `first` opens in its leaf; nothing if an earlier member did. */
static void
household_of(rh_family_tally *family, const rh_region *region, const rh_person *run, uint32_t n,
             uint32_t first, int year)
{
    const uint32_t leaf = rh_person_residence(run[first]);
    age_set parents = 0, others = 0;
    uint32_t members = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (rh_person_residence(run[i]) != leaf || rh_person_collective(run[i])) {
            continue;
        }
        if (i < first) {
            return;
        }
        int age = age_of(run[i], year);
        if (is_husband(run[i]) && i + 1 < n && rh_person_residence(run[i + 1]) == leaf &&
            !rh_person_collective(run[i + 1])) {
            int wife = age_of(run[i + 1], year);
            age = wife < age ? wife : age;
            members++;
            i++;
        }
        members++;
        if (can_be_parent(run[i])) {
            parents |= (age_set)1 << age;
        } else {
            others |= (age_set)1 << age;
        }
    }
    add_household(&family[region->town.parent[leaf / 2]], leaf % 2, members, parents, others);
}

static bool
has_adult_in(const rh_person *run, uint32_t n, uint32_t town, int year)
{
    for (uint32_t i = 0; i < n; i++) {
        int age = age_of(run[i], year);
        if (age >= CHILD && age < ELDER && rh_person_residence(run[i]) / 2 == town) {
            return true;
        }
    }
    return false;
}

/* A run whose members live in several places or partly in collective households. */
static void
split_run(rh_family_tally *family, const rh_region *region, uint32_t home, const rh_person *run,
          uint32_t n, int year)
{
    const uint32_t *county_of = region->town.parent;
    bool parent_outside = false;
    for (uint32_t i = 0; i < n; i++) {
        const rh_person w = run[i];
        const uint32_t leaf = rh_person_residence(w), county = county_of[leaf / 2];
        const int age = age_of(w, year);
        if (can_be_parent(w)) {
            bool wife = i > 0 && is_husband(run[i - 1]);
            parent_outside = (wife && parent_outside) || county != home;
        } else if (age < CHILD && parent_outside && county == home) {
            family[county].left_behind_children[leaf % 2]++;
        }
        if (rh_person_collective(w)) {
            continue;
        }
        household_of(family, region, run, n, i, year);
        if (age >= ELDER && !has_adult_in(run, n, leaf / 2, year)) {
            family[county].elders_alone[leaf % 2]++;
        }
    }
}

static rh_status
walk_block(const walk *f, rh_family_tally *family, uint32_t home, uint32_t block, rh_err *err)
{
    const rh_region *region = f->region;
    const rh_person *word = f->store->block[block].word;
    const uint32_t count = f->store->block[block].count, n_leaves = 2 * region->town.n;
    const rh_person where =
        ((1ULL << rh_residence_bits) - 1) << rh_residence_low | 1ULL << rh_collective_low;
    for (uint32_t i = 0, n; i < count; i += n) {
        const rh_person *run = word + i;
        rh_person apart = 0;
        uint32_t most = rh_person_residence(run[0]);
        for (n = 1; i + n < count && !rh_person_head(run[n]); n++) {
            uint32_t leaf = rh_person_residence(run[n]);
            apart |= run[n] ^ run[0];
            most = leaf > most ? leaf : most;
        }
        unsigned homestead = rh_person_homestead(run[0]);
        if (most >= n_leaves || homestead > RH_HOMESTEAD_LEASED_IN) {
            return rh_fail(
                err, RH_INVARIANT,
                "The household at resident %u of %s (%llu) has residence leaf %u of %u and "
                "homestead state %u.",
                (unsigned)i, region->town.name[block],
                (unsigned long long)region->town.code[block], (unsigned)most,
                (unsigned)n_leaves, homestead);
        }
        family[home].homestead[homestead]++;
        if ((apart & where) == 0 && !rh_person_collective(run[0])) {
            uint32_t leaf = rh_person_residence(run[0]);
            uint32_t county = leaf / 2 == block ? home : region->town.parent[leaf / 2];
            one_leaf(&family[county], leaf % 2, run, n, f->year);
        } else {
            split_run(family, region, home, run, n, f->year);
        }
    }
    return RH_OK;
}

static rh_status
walk_county(void *context, unsigned job, unsigned worker, rh_err *err)
{
    const walk *f = context;
    const uint32_t *first = f->region->county.first;
    for (uint32_t block = first[job]; block < first[job + 1]; block++) {
        RH_TRY(walk_block(f, f->worker[worker], job, block, err));
    }
    return RH_OK;
}

rh_status
rh_family_walk(rh_family_tally *family, const rh_region *region, const rh_store *store,
               int year, unsigned n_threads, rh_err *err)
{
    const size_t n = region->county.n;
    walk f = {region, store, year, NULL};
    rh_family_tally *sums = rh_alloc(n * n_threads, sizeof *sums);
    f.worker = rh_alloc(n_threads, sizeof *f.worker);
    rh_status status = RH_OK;
    if (sums == NULL || f.worker == NULL) {
        status = rh_fail(err, RH_MEMORY,
                         "Not enough memory to count the households of %zu counties.", n);
    } else {
        for (unsigned i = 0; i < n_threads; i++) {
            f.worker[i] = sums + n * i;
        }
        status = rh_threads_run(n_threads, region->county.n, NULL, walk_county, &f, err);
    }
    if (status == RH_OK) {
        memset(family, 0, n * sizeof *family);
        const size_t words = n * (sizeof *family / sizeof(uint32_t));
        for (unsigned i = 0; i < n_threads; i++) {
            const uint32_t *from = (const uint32_t *)f.worker[i];
            uint32_t *into = (uint32_t *)family;
            for (size_t k = 0; k < words; k++) {
                into[k] += from[k];
            }
        }
    }
    rh_free(f.worker);
    rh_free(sums);
    return status;
}
