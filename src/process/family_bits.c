/* Bits of words: see family_bits.h. */
#include "process/family_bits.h"

#include "process/exposure.h"
#include "process/kin.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Bits of a word that no child has. */
static const rh_person no_child = 1ULL << rh_head_low | ((1ULL << rh_marital_bits) - 1)
                                                            << rh_marital_low;

/* Sex and marital state of husbands and wives. */
static const rh_person couple = 1ULL << rh_sex_low | ((1ULL << rh_marital_bits) - 1)
                                                         << rh_marital_low,
                       husband = (uint64_t)RH_MARRIED << rh_marital_low,
                       wife = (uint64_t)RH_MARRIED << rh_marital_low | 1ULL << rh_sex_low;

static rh_family_bits
bits_of_words(const rh_person *word, uint32_t n, rh_person before, int year)
{
    const int adult = year - RH_BIRTH_ZERO - RH_MOVE_AGE,
              grown = year - RH_BIRTH_ZERO - RH_CHILD_AGE;
    rh_family_bits b = {0};
    for (uint32_t i = 0; i < n; i++) {
        const rh_person w = word[i];
        const int birth = (int)rh_person_birth(w);
        b.child |= (uint64_t)((birth > grown) & ((w & no_child) == 0)) << i;
        b.moved |= (uint64_t)(rh_person_residence(w ^ before) != 0) << i;
        b.adult |= (uint64_t)(birth <= adult) << i;
        b.away |= (uint64_t)rh_person_is_away(w) << i;
        b.husband |= (uint64_t)((w & couple) == husband) << i;
        b.wife |= (uint64_t)((w & couple) == wife) << i;
        before = w;
    }
    return b;
}

#if defined(__x86_64__)
/* The same, eight words at once. */
__attribute__((target("avx512f"))) static rh_family_bits
bits_of_lanes(const rh_person *word, uint32_t n, rh_person before, int year)
{
    const __m512i birth_bits = _mm512_set1_epi64(((1LL << rh_birth_bits) - 1) << rh_birth_low),
                  grown = _mm512_set1_epi64((int64_t)(year - RH_BIRTH_ZERO - RH_CHILD_AGE)
                                            << rh_birth_low),
                  adult = _mm512_set1_epi64((int64_t)(year - RH_BIRTH_ZERO - RH_MOVE_AGE)
                                            << rh_birth_low),
                  residence = _mm512_set1_epi64((1LL << rh_residence_bits) - 1),
                  arrival = _mm512_set1_epi64(((1LL << rh_arrival_bits) - 1) << rh_arrival_low);
    __m512i last = _mm512_set1_epi64((int64_t)before);
    rh_family_bits b = {0};
    for (uint32_t i = 0; i < n; i += 8) {
        const __mmask8 there = (__mmask8)(n - i < 8 ? (1U << (n - i)) - 1 : 0xff);
        const __m512i w = _mm512_maskz_loadu_epi64(there, word + i),
                      previous = _mm512_alignr_epi64(w, last, 7),
                      birth = _mm512_and_si512(w, birth_bits);
        const __mmask8 child =
            _mm512_mask_testn_epi64_mask(_mm512_mask_cmpgt_epi64_mask(there, birth, grown), w,
                                         _mm512_set1_epi64((int64_t)no_child));
        b.child |= (uint64_t)child << i;
        b.moved |= (uint64_t)_mm512_mask_test_epi64_mask(there, _mm512_xor_si512(w, previous),
                                                         residence)
                   << i;
        b.adult |= (uint64_t)_mm512_mask_cmple_epi64_mask(there, birth, adult) << i;
        b.away |= (uint64_t)_mm512_mask_test_epi64_mask(there, w, arrival) << i;
        const __m512i state = _mm512_and_si512(w, _mm512_set1_epi64((int64_t)couple));
        b.husband |= (uint64_t)_mm512_mask_cmpeq_epi64_mask(there, state,
                                                            _mm512_set1_epi64((int64_t)husband))
                     << i;
        b.wife |= (uint64_t)_mm512_mask_cmpeq_epi64_mask(there, state,
                                                         _mm512_set1_epi64((int64_t)wife))
                  << i;
        last = w;
    }
    return b;
}
#endif

rh_family_bits_of *
rh_family_bits_named(const char *name)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    const bool wide = __builtin_cpu_supports("avx512f");
    if (name == NULL || strcmp(name, "avx512") == 0) {
        return wide ? bits_of_lanes : name == NULL ? bits_of_words : NULL;
    }
#endif
    return name == NULL || strcmp(name, "plain") == 0 ? bits_of_words : NULL;
}
