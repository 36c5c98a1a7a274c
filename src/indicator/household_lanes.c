/* The household walk in vectors: one lane a member, a household is a mask of lanes.
 *
 * Runs of up to 8 members, 24 of 25, fit one vector of 512 bits. Their length, their households
 * and what is counted of each follow without a loop over members; the sizes of families, which
 * no processor can guess, cost nothing. Longer runs, and runs that cannot be counted, go to
 * rh_household_run, and the counts are the same (tests/test_tally.c). */
#include "indicator/household_walk.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define LANES __attribute__((target("avx512f,avx512vl,avx512dq,popcnt,bmi,bmi2")))

enum { MEMBERS = 8 };

/* Bits of a word that say something. */
#define FIELD_BITS(name) (((1LL << rh_##name##_bits) - 1) << rh_##name##_low)

/* A run: words, their bits of the birth year, and masks of members. */
typedef struct run {
    __m512i word, leaf, bit;
    unsigned all, parent, husband, adult, elder, child;
} run;

LANES static inline __m512i
all_lanes(int64_t value)
{
    return _mm512_set1_epi64(value);
}

LANES static inline unsigned
with_any(__m512i word, int64_t bits)
{
    return _mm512_test_epi64_mask(word, all_lanes(bits));
}

LANES static inline run
look_at(const rh_household_walk *f, __m512i word, unsigned all)
{
    const int oldest = f->oldest_pair, year = f->year - RH_BIRTH_ZERO;
    const __m512i birth = _mm512_and_si512(_mm512_srli_epi64(word, rh_birth_low),
                                           all_lanes(FIELD_BITS(birth) >> rh_birth_low));
    __m512i pair = _mm512_srai_epi64(_mm512_sub_epi64(birth, all_lanes(oldest)), 1);
    pair = _mm512_min_epi64(_mm512_max_epi64(pair, all_lanes(0)), all_lanes(63));
    run r = {.word = word,
             .leaf = _mm512_and_si512(word, all_lanes(FIELD_BITS(residence))),
             .bit = _mm512_sllv_epi64(all_lanes(1), pair),
             .all = all};
    const unsigned female = with_any(word, FIELD_BITS(sex)),
                   married = with_any(word, FIELD_BITS(marital));
    r.parent = all & (married | (female & with_any(word, FIELD_BITS(children))));
    r.husband =
        all & _mm512_cmpeq_epi64_mask(
                  _mm512_and_si512(word, all_lanes(FIELD_BITS(sex) | FIELD_BITS(marital))),
                  all_lanes((int64_t)RH_MARRIED << rh_marital_low));
    r.elder = all & _mm512_cmple_epi64_mask(birth, all_lanes(year - RH_ELDER));
    r.child = all & _mm512_cmpgt_epi64_mask(birth, all_lanes(year - RH_CHILD));
    r.adult = all & ~(r.elder | r.child);
    return r;
}

/* The members of mask `who` as a household: a couple is one link with the bit of the younger. */
LANES static inline rh_ages
ages_of(const run *r, unsigned who)
{
    const unsigned couples = who & r->husband & who >> 1, links = who & ~couples;
    const __m512i husband = _mm512_alignr_epi64(r->bit, r->bit, MEMBERS - 1);
    const __m512i bit =
        _mm512_mask_max_epu64(r->bit, (__mmask8)(couples << 1), r->bit, husband);
    return (rh_ages){
        (uint64_t)_mm512_mask_reduce_or_epi64((__mmask8)(links & r->parent), bit),
        (uint64_t)_mm512_mask_reduce_or_epi64((__mmask8)(links & ~r->parent), bit)};
}

/* Children at home of whom the last parent before them, or the couple, lives outside the county.
 * By part. */
LANES static inline void
add_left_behind(rh_family_tally *t, const run *r, unsigned outside)
{
    const unsigned away = outside | (r->husband & outside) << 1;
    for (unsigned left = r->child & ~r->parent & ~outside; left != 0; left &= left - 1) {
        const unsigned before = r->parent & ((left & -left) - 1);
        if (before != 0 && (away >> (31 - __builtin_clz(before)) & 1) != 0) {
            const unsigned urban = with_any(r->word, 1) & left & -left;
            t->left_behind_children[urban != 0]++;
        }
    }
}

/* Count the households of a run; false when one of its words cannot be counted. */
LANES static inline bool
count_run(const rh_household_walk *f, rh_family_tally *family, uint32_t home,
          const rh_person *word, const run *r)
{
    const uint32_t *county_of = f->region->town.parent, *first = f->region->county.first;
    const unsigned homestead = rh_person_homestead(word[0]);
    const unsigned beyond =
        r->all & _mm512_cmpge_epi64_mask(r->leaf, all_lanes(2 * (int64_t)f->region->town.n));
    if (beyond != 0 || homestead > RH_HOMESTEAD_LEASED_IN) {
        return false;
    }
    family[home].homestead[homestead]++;
    const unsigned outside =
        r->all & (_mm512_cmplt_epi64_mask(r->leaf, all_lanes(2 * (int64_t)first[home])) |
                  _mm512_cmpge_epi64_mask(r->leaf, all_lanes(2 * (int64_t)first[home + 1])));
    if ((outside & r->parent) != 0) {
        add_left_behind(&family[home], r, outside);
    }
    for (unsigned rest = r->all & ~with_any(r->word, FIELD_BITS(collective)); rest != 0;) {
        const uint32_t leaf = rh_person_residence(word[__builtin_ctz(rest)]), part = leaf % 2;
        const unsigned who = rest & _mm512_cmpeq_epi64_mask(r->leaf, all_lanes(leaf));
        const unsigned near = _mm512_cmpeq_epi64_mask(
            _mm512_srli_epi64(r->leaf, 1), all_lanes(leaf / 2)); /* in the township */
        rh_family_tally *t = &family[county_of[leaf / 2]];
        rh_add_household(t, part, (uint32_t)__builtin_popcount(who), ages_of(r, who));
        const unsigned alone = (unsigned)((near & r->adult) != 0) - 1; /* all ones or nothing */
        t->elders_alone[part] += (uint32_t)__builtin_popcount(who & r->elder & alone);
        rest &= ~who;
    }
    return true;
}

/* Count runs of up to 8 members from word `i` on; the first word of a run that is not one of
 * them, or the end. */
LANES static uint32_t
count_short_runs(const rh_household_walk *f, rh_family_tally *family, uint32_t home,
                 const rh_block *b, uint32_t i)
{
    while (i < b->count) {
        /* The lanes up to the next head; the end of the block is one as well. */
        const uint32_t ahead = b->count - i;
        const unsigned there = ahead < MEMBERS ? (1U << ahead) - 1 : (1U << MEMBERS) - 1;
        const __m512i word = _mm512_maskz_loadu_epi64((__mmask8)there, b->word + i);
        const unsigned open = ahead > MEMBERS ? 1U << (MEMBERS - 1) : 0;
        const unsigned ends = (with_any(word, FIELD_BITS(head)) | ~there) >> 1 & ~open;
        const uint32_t n = 1 + (uint32_t)__builtin_ctz(ends | 1U << MEMBERS);
        const run r = look_at(f, word, (1U << n) - 1);
        if (n > MEMBERS || !count_run(f, family, home, b->word + i, &r)) {
            break;
        }
        i += n;
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
