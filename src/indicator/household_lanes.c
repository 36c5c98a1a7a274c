/* The household walk in vectors: one lane a member, a household is a mask of lanes.
 *
 * Runs of up to 8 members, 24 of 25, fit one vector of 512 bits, those of up to 16 fit two. Their
 * length, their households and what is counted of each follow without a loop over members; the
 * sizes of families, which no processor can guess, cost little. Longer runs, and runs that cannot
 * be counted, go to rh_household_run, and the counts are the same (tests/test_tally.c). */
#include "indicator/household_walk.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define LANES __attribute__((target("avx512f,avx512vl,avx512dq,popcnt,bmi,bmi2")))
/* Compiled once for one vector and once for two. */
#define EITHER LANES __attribute__((always_inline)) static inline

enum { MEMBERS = 8 /* in a vector */ };

/* Bits of a word that say something. */
#define FIELD_BITS(name) (((1LL << rh_##name##_bits) - 1) << rh_##name##_low)

/* A run in one or two vectors: words, their bits of the birth year, and masks of members. */
typedef struct run {
    int vectors;
    __m512i word[2], leaf[2], bit[2];
    unsigned all, parent, husband, adult, elder, child;
} run;

LANES static inline __m512i
all_lanes(int64_t value)
{
    return _mm512_set1_epi64(value);
}

EITHER unsigned
with_any(const run *r, int64_t bits)
{
    unsigned mask = 0;
    for (int v = 0; v < r->vectors; v++) {
        mask |= (unsigned)_mm512_test_epi64_mask(r->word[v], all_lanes(bits)) << MEMBERS * v;
    }
    return mask & r->all;
}

/* Members living in the leaves from `first` to before `end`. */
EITHER unsigned
living_in(const run *r, int64_t first, int64_t end)
{
    unsigned mask = 0;
    for (int v = 0; v < r->vectors; v++) {
        /* Unsigned: what lies below `first` is large. */
        const __m512i from = _mm512_sub_epi64(r->leaf[v], all_lanes(first));
        mask |= (unsigned)_mm512_cmplt_epu64_mask(from, all_lanes(end - first)) << MEMBERS * v;
    }
    return mask & r->all;
}

/* Members born in birth field `first` or later. */
EITHER unsigned
born_since(const run *r, int first)
{
    unsigned mask = 0;
    for (int v = 0; v < r->vectors; v++) {
        const __m512i birth = _mm512_and_si512(r->word[v], all_lanes(FIELD_BITS(birth)));
        const int64_t least = (int64_t)first << rh_birth_low;
        mask |= (unsigned)_mm512_cmpge_epi64_mask(birth, all_lanes(least)) << MEMBERS * v;
    }
    return mask & r->all;
}

EITHER void
look_at(const rh_household_walk *f, run *r)
{
    for (int v = 0; v < r->vectors; v++) {
        const __m512i birth = _mm512_and_si512(_mm512_srli_epi64(r->word[v], rh_birth_low),
                                               all_lanes((1 << rh_birth_bits) - 1));
        __m512i pair = _mm512_srai_epi64(_mm512_sub_epi64(birth, all_lanes(f->oldest_pair)), 1);
        pair = _mm512_min_epi64(_mm512_max_epi64(pair, all_lanes(0)), all_lanes(63));
        r->bit[v] = _mm512_sllv_epi64(all_lanes(1), pair);
        r->leaf[v] = _mm512_and_si512(r->word[v], all_lanes(FIELD_BITS(residence)));
    }
    const int year = f->year - RH_BIRTH_ZERO;
    const unsigned female = with_any(r, FIELD_BITS(sex)),
                   married = with_any(r, (int64_t)RH_MARRIED << rh_marital_low),
                   bereft = with_any(r, (int64_t)RH_WIDOWED << rh_marital_low);
    /* Marital states are two bits: divorced has both. */
    r->parent = married | bereft | (female & with_any(r, FIELD_BITS(children)));
    r->husband = married & ~bereft & ~female;
    r->child = born_since(r, year - RH_CHILD + 1);
    r->elder = r->all & ~born_since(r, year - RH_ELDER + 1);
    r->adult = r->all & ~(r->elder | r->child);
}
_Static_assert(RH_NEVER_MARRIED == 0 && RH_MARRIED == 1 && RH_WIDOWED == 2 && RH_DIVORCED == 3,
               "marital states by their bits");

/* The members of mask `who` as a household: a couple is one link with the bit of the younger. */
EITHER rh_ages
ages_of(const run *r, unsigned who)
{
    const unsigned couples = who & r->husband & who >> 1, links = who & ~couples,
                   wives = couples << 1;
    rh_ages a = {0};
    for (int v = 0; v < r->vectors; v++) {
        const int low = MEMBERS * v;
        const __m512i before = r->bit[v > 0 ? v - 1 : v],
                      husband = _mm512_alignr_epi64(r->bit[v], before, MEMBERS - 1),
                      bit = _mm512_mask_max_epu64(r->bit[v], (__mmask8)(wives >> low),
                                                  r->bit[v], husband);
        a.parents |=
            (uint64_t)_mm512_mask_reduce_or_epi64((__mmask8)((links & r->parent) >> low), bit);
        a.others |=
            (uint64_t)_mm512_mask_reduce_or_epi64((__mmask8)((links & ~r->parent) >> low), bit);
    }
    return a;
}

/* Children at home of whom the last parent before them, or the couple, lives outside the county.
 * By part. */
EITHER void
add_left_behind(rh_family_tally *t, const run *r, unsigned outside)
{
    const unsigned away = outside | (r->husband & outside) << 1, urban = with_any(r, 1);
    for (unsigned left = r->child & ~r->parent & ~outside; left != 0; left &= left - 1) {
        const unsigned before = r->parent & ((left & -left) - 1);
        if (before != 0 && (away >> (31 - __builtin_clz(before)) & 1) != 0) {
            t->left_behind_children[(urban & left & -left) != 0]++;
        }
    }
}

/* Count the households of a run of n members; false when one of its words cannot be counted. */
EITHER bool
count_run(const rh_household_walk *f, rh_family_tally *family, uint32_t home,
          const rh_person *word, uint32_t n, run *r)
{
    const uint32_t *county_of = f->region->town.parent, *first = f->region->county.first;
    const unsigned homestead = rh_person_homestead(word[0]);
    r->all = (1U << n) - 1;
    look_at(f, r);
    if (living_in(r, 0, 2 * (int64_t)f->region->town.n) != r->all ||
        homestead > RH_HOMESTEAD_LEASED_IN) {
        return false;
    }
    family[home].homestead[homestead]++;
    const unsigned outside =
        r->all & ~living_in(r, 2 * (int64_t)first[home], 2 * (int64_t)first[home + 1]);
    if ((outside & r->parent) != 0) {
        add_left_behind(&family[home], r, outside);
    }
    for (unsigned rest = r->all & ~with_any(r, FIELD_BITS(collective)); rest != 0;) {
        const uint32_t leaf = rh_person_residence(word[__builtin_ctz(rest)]), part = leaf % 2;
        const unsigned who = rest & living_in(r, leaf, leaf + 1),
                       near = living_in(r, leaf - part, leaf - part + 2); /* in the township */
        const unsigned alone = (unsigned)((near & r->adult) != 0) - 1; /* all ones or nothing */
        rh_family_tally *t = &family[county_of[leaf / 2]];
        rh_add_household(t, part, (uint32_t)__builtin_popcount(who), ages_of(r, who));
        t->elders_alone[part] += (uint32_t)__builtin_popcount(who & r->elder & alone);
        rest &= ~who;
    }
    return true;
}

/* The words from `word` on, at most `ahead`, in a vector; the others are zero. */
LANES static inline __m512i
load(const rh_person *word, uint32_t ahead)
{
    const unsigned there = ahead < MEMBERS ? (1U << ahead) - 1 : (1U << MEMBERS) - 1;
    return _mm512_maskz_loadu_epi64((__mmask8)there, word);
}

/* Count runs of up to 16 members from word `i` on; the first word of a run that is not one of
 * them, or the end. */
LANES static uint32_t
count_short_runs(const rh_household_walk *f, rh_family_tally *family, uint32_t home,
                 const rh_block *b, uint32_t i)
{
    while (i < b->count) {
        const rh_person *word = b->word + i;
        const uint32_t ahead = b->count - i;
        /* A run ends before the next head; the end of the block counts as one. */
        run r = {.vectors = 1, .all = ~0U, .word = {load(word, ahead)}};
        const unsigned end = ahead <= 2 * MEMBERS ? 1U << ahead : 0;
        unsigned heads = (with_any(&r, FIELD_BITS(head)) | end) & ~1U;
        bool counted;
        if ((heads & ((2U << MEMBERS) - 1)) != 0) {
            counted = count_run(f, family, home, word, (uint32_t)__builtin_ctz(heads), &r);
        } else {
            r.vectors = 2;
            r.word[1] = load(word + MEMBERS, ahead - MEMBERS);
            heads = (with_any(&r, FIELD_BITS(head)) | end) & ~1U;
            counted = heads != 0 &&
                      count_run(f, family, home, word, (uint32_t)__builtin_ctz(heads), &r);
        }
        if (!counted) {
            break;
        }
        i += (uint32_t)__builtin_ctz(heads);
    }
    return i;
}

rh_status
rh_household_lanes(const rh_household_walk *f, rh_family_tally *family, uint32_t home,
                   uint32_t block, rh_err *err)
{
    const rh_block *b = &f->store->block[block];
    for (uint32_t i = count_short_runs(f, family, home, b, 0); i < b->count;
         i = count_short_runs(f, family, home, b, i)) {
        RH_TRY(rh_household_run(f, family, home, block, &i, err));
    }
    return RH_OK;
}

bool
rh_household_has_lanes(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("bmi2");
}
#else
bool
rh_household_has_lanes(void)
{
    return false;
}

rh_status
rh_household_lanes(const rh_household_walk *f, rh_family_tally *family, uint32_t home,
                   uint32_t block, rh_err *err)
{
    (void)f, (void)family, (void)home, (void)block;
    return rh_fail(err, RH_INVARIANT, "This machine has no vectors of 512 bits.");
}
#endif
