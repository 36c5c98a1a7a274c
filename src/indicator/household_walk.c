/* Counts that need households: see tally.h.
 *
 * A household is the members of one run who live in one leaf, collective residents left out.
 * Generations: the longest chain of members, each at least RH_GENERATION_GAP years older than the
 * next, in which everybody but the last can be a parent (ever married, or a woman with
 * children); a couple living together is one link with the age of the younger spouse. A
 * 22-year-old unmarried son and his sister of 3 are thus one generation, a grandparent with a
 * grandchild whose parents are away is two, as in the census. Left behind (留守): under 16,
 * living in the home county, a parent living outside it. Parents of a child are the couple or
 * the single parent last met before the child in the run (children stand behind the mother).
 * Alone: 65 or over with nobody aged 16–64 of the run in the same township.
 *
 * Where the processor has vectors of 512 bits, runs of up to 8 members are counted in them
 * (household_lanes.c). Otherwise most runs, living in one leaf, take one pass, the others
 * `split_run`. */
#include "indicator/household_walk.h"

#include "core/mem.h"
#include "core/threads.h"

#include <string.h>

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

/* Elders and persons of working age, in one word. */
enum { ELDER_SHIFT = 0, ADULT_SHIFT = 32 };

/* Bit of a birth year: the oldest at the bottom. */
static uint64_t
birth_bit(int birth, int oldest_pair)
{
    int pair = (birth - oldest_pair) / 2;
    return 1ULL << (pair < 0 ? 0 : pair > 63 ? 63 : pair);
}

/* Count the household that member `first` opens in its leaf. Returns its members among the first
 * 64 of the run, one bit each. */
static uint64_t
household_of(const rh_household_walk *f, rh_family_tally *family, const rh_person *run,
             uint32_t n, uint32_t first)
{
    const uint32_t leaf = rh_person_residence(run[first]);
    rh_ages a = {0};
    uint32_t members = 0;
    uint64_t who = 0;
    for (uint32_t i = first; i < n; i++) {
        if (rh_person_residence(run[i]) != leaf || rh_person_collective(run[i])) {
            continue;
        }
        who |= i < 64 ? 1ULL << i : 0;
        uint64_t bit = f->bit[rh_person_birth(run[i])];
        if (is_husband(run[i]) && i + 1 < n && rh_person_residence(run[i + 1]) == leaf &&
            !rh_person_collective(run[i + 1])) {
            const uint64_t wife = f->bit[rh_person_birth(run[++i])];
            bit = wife > bit ? wife : bit;
            who |= i < 64 ? 1ULL << i : 0;
            members++;
        }
        members++;
        *(can_be_parent(run[i]) ? &a.parents : &a.others) |= bit;
    }
    rh_add_household(&family[f->region->town.parent[leaf / 2]], leaf % 2, members, a);
    return who;
}

/* A member before `i` of a household in the same leaf. */
static bool
has_housemate(const rh_person *run, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++) {
        if (rh_person_residence(run[k]) == rh_person_residence(run[i]) &&
            !rh_person_collective(run[k])) {
            return true;
        }
    }
    return false;
}

static bool
has_adult_in(const rh_person *run, uint32_t n, uint32_t town, int year)
{
    for (uint32_t i = 0; i < n; i++) {
        int age = rh_person_age(run[i], year);
        if (age >= RH_CHILD && age < RH_ELDER && rh_person_residence(run[i]) / 2 == town) {
            return true;
        }
    }
    return false;
}

/* A run whose members live in several places or partly in collective households. */
static void
split_run(const rh_household_walk *f, rh_family_tally *family, uint32_t home,
          const rh_person *run, uint32_t n)
{
    const uint32_t *county_of = f->region->town.parent;
    const int year = f->year;
    uint64_t counted = 0; /* members whose household is counted */
    bool parent_outside = false;
    for (uint32_t i = 0; i < n; i++) {
        const rh_person w = run[i];
        const uint32_t leaf = rh_person_residence(w), county = county_of[leaf / 2];
        const int age = rh_person_age(w, year);
        if (can_be_parent(w)) {
            bool wife = i > 0 && is_husband(run[i - 1]);
            parent_outside = (wife && parent_outside) || county != home;
        } else if (age < RH_CHILD && parent_outside && county == home) {
            family[county].left_behind_children[leaf % 2]++;
        }
        if (rh_person_collective(w)) {
            continue;
        }
        if (i < 64 ? (counted >> i & 1) == 0 : !has_housemate(run, i)) {
            counted |= household_of(f, family, run, n, i);
        }
        if (age >= RH_ELDER && !has_adult_in(run, n, leaf / 2, year)) {
            family[county].elders_alone[leaf % 2]++;
        }
    }
}

/* What one pass over a run gathers. */
typedef struct gathered {
    rh_ages ages;
    rh_person apart; /* bits in which members differ from the head */
    uint64_t count;  /* elders and adults */
} gathered;

static rh_status
close_run(const rh_household_walk *f, rh_family_tally *family, uint32_t home, uint32_t block,
          const rh_person *run, uint32_t n, gathered g, rh_err *err)
{
    const rh_region *region = f->region;
    const uint32_t leaf = rh_person_residence(run[0]), n_leaves = 2 * region->town.n;
    const unsigned homestead = rh_person_homestead(run[0]);
    const rh_person where =
        ((1ULL << rh_residence_bits) - 1) << rh_residence_low | 1ULL << rh_collective_low;
    const bool together = (g.apart & where) == 0 && !rh_person_collective(run[0]);
    bool outside = leaf >= n_leaves || homestead > RH_HOMESTEAD_LEASED_IN;
    for (uint32_t i = 1; i < n && !together; i++) {
        outside |= rh_person_residence(run[i]) >= n_leaves;
    }
    if (outside) {
        return rh_fail(err, RH_INVARIANT,
                       "A household of %s (%llu) has a residence leaf beyond the %u of the "
                       "region (its head: "
                       "%u) or the homestead state %u.",
                       region->town.name[block], (unsigned long long)region->town.code[block],
                       (unsigned)n_leaves, (unsigned)leaf, homestead);
    }
    family[home].homestead[homestead]++;
    if (together) {
        rh_family_tally *t = &family[leaf / 2 == block ? home : region->town.parent[leaf / 2]];
        rh_add_household(t, leaf % 2, n, g.ages);
        t->elders_alone[leaf % 2] += g.count >> ADULT_SHIFT == 0 ? (uint32_t)g.count : 0;
    } else {
        split_run(f, family, home, run, n);
    }
    return RH_OK;
}

/* A couple is one link with the bit of the younger, that is the larger one: the husband hands
 * his to the wife, who stands behind him (V2). */
rh_status
rh_household_run(const rh_household_walk *f, rh_family_tally *family, uint32_t home,
                 uint32_t block, uint32_t *first, rh_err *err)
{
    const rh_person *word = f->store->block[block].word, head = word[*first];
    const uint32_t count = f->store->block[block].count, start = *first;
    gathered g = {0};
    uint64_t handed = 0;
    uint32_t i = start;
    rh_person w = head;
    do {
        const unsigned birth = rh_person_birth(w);
        const uint64_t own = f->bit[birth], bit = own > handed ? own : handed;
        const uint64_t husband = -(uint64_t)is_husband(w), parent = -(uint64_t)can_be_parent(w);
        handed = husband & bit;
        g.ages.parents |= bit & parent & ~husband;
        g.ages.others |= bit & ~parent;
        g.apart |= w ^ head;
        g.count += f->ages[birth];
        i++;
    } while (i < count && !rh_person_head(w = word[i]));
    g.ages.parents |= handed; /* a husband whose wife is missing */
    *first = i;
    return close_run(f, family, home, block, word + start, i - start, g, err);
}

static rh_status
walk_block(const rh_household_walk *f, rh_family_tally *family, uint32_t home, uint32_t block,
           rh_err *err)
{
    for (uint32_t i = 0; i < f->store->block[block].count;) {
        RH_TRY(rh_household_run(f, family, home, block, &i, err));
    }
    return RH_OK;
}

static rh_status
walk_county(void *context, unsigned job, unsigned worker, rh_err *err)
{
    const rh_household_walk *f = context;
    const uint32_t *first = f->region->county.first;
    rh_household_block *walk = f->lanes ? rh_household_lanes : walk_block;
    for (uint32_t block = first[job]; block < first[job + 1]; block++) {
        RH_TRY(walk(f, f->worker[worker], job, block, err));
    }
    return RH_OK;
}

rh_status
rh_family_walk(rh_family_tally *family, const rh_region *region, const rh_store *store,
               int year, unsigned n_threads, rh_err *err)
{
    return rh_household_walk_all(family, region, store, year, rh_household_has_lanes(),
                                 n_threads, err);
}

rh_status
rh_household_walk_all(rh_family_tally *family, const rh_region *region, const rh_store *store,
                      int year, bool lanes, unsigned n_threads, rh_err *err)
{
    const size_t n = region->county.n;
    rh_household_walk f = {.region = region,
                           .store = store,
                           .year = year,
                           .oldest_pair = (year - RH_BIRTH_ZERO - RH_OLDEST) & ~1,
                           .lanes = lanes};
    for (int birth = 0; birth < RH_COHORTS; birth++) {
        const int age = year - RH_BIRTH_ZERO - birth;
        f.bit[birth] = birth_bit(birth, f.oldest_pair);
        f.ages[birth] = age >= RH_ELDER   ? 1ULL << ELDER_SHIFT
                        : age >= RH_CHILD ? 1ULL << ADULT_SHIFT
                                          : 0;
    }
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
