/* Finding who is due: see due.h. The wide kernels are compiled for their instruction set alone and chosen at run time. */
#include "process/due.h"

#include <string.h>

size_t
rh_due_scan_plain(const rh_person *word, size_t count, unsigned code, uint32_t *list)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        list[n] = (uint32_t)i;
        n += rh_person_next(word[i]) == code;
    }
    return n;
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2,popcnt,bmi"))) static size_t
scan_avx2(const rh_person *word, size_t count, unsigned code, uint32_t *list)
{
    const __m256i want = _mm256_set1_epi64x((long long)code);
    size_t n = 0, i = 0;
    for (; i + 32 <= count; i += 32) {
        uint32_t due = 0;
        for (unsigned k = 0; k < 32; k += 4) {
            __m256i w = _mm256_loadu_si256((const __m256i *)(const void *)(word + i + k));
            __m256i equal = _mm256_cmpeq_epi64(_mm256_srli_epi64(w, rh_next_low), want);
            due |= (uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(equal)) << k;
        }
        for (; due != 0; due &= due - 1) {
            list[n++] = (uint32_t)i + (uint32_t)__builtin_ctz(due);
        }
    }
    for (; i < count; i++) {
        list[n] = (uint32_t)i;
        n += rh_person_next(word[i]) == code;
    }
    return n;
}

__attribute__((target("avx512f,popcnt"))) static size_t
scan_avx512(const rh_person *word, size_t count, unsigned code, uint32_t *list)
{
    const __m512i want = _mm512_set1_epi64((long long)code);
    __m512i index = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i step = _mm512_set1_epi32(16);
    size_t n = 0, i = 0;
    for (; i + 16 <= count; i += 16) {
        __m512i a = _mm512_srli_epi64(_mm512_loadu_si512(word + i), rh_next_low);
        __m512i b = _mm512_srli_epi64(_mm512_loadu_si512(word + i + 8), rh_next_low);
        unsigned due = (unsigned)_mm512_cmpeq_epi64_mask(a, want) |
                       (unsigned)_mm512_cmpeq_epi64_mask(b, want) << 8;
        /* Compress in the register and store it whole: a compressing store is slow on some machines. */
        _mm512_storeu_si512(list + n, _mm512_maskz_compress_epi32((__mmask16)due, index));
        n += (size_t)__builtin_popcount(due);
        index = _mm512_add_epi32(index, step);
    }
    for (; i < count; i++) {
        list[n] = (uint32_t)i;
        n += rh_person_next(word[i]) == code;
    }
    return n;
}
#endif

rh_due_scan *
rh_due_named(const char *name)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (strcmp(name, "avx512") == 0) {
        return __builtin_cpu_supports("avx512f") ? scan_avx512 : NULL;
    }
    if (strcmp(name, "avx2") == 0) {
        return __builtin_cpu_supports("avx2") ? scan_avx2 : NULL;
    }
#endif
    return strcmp(name, "plain") == 0 ? rh_due_scan_plain : NULL;
}

rh_due_kernel
rh_due_best(void)
{
    static const char *const names[] = {"avx512", "avx2", "plain"};
    for (unsigned i = 0; i + 1 < sizeof names / sizeof names[0]; i++) {
        rh_due_scan *scan = rh_due_named(names[i]);
        if (scan != NULL) {
            return (rh_due_kernel){names[i], scan};
        }
    }
    return (rh_due_kernel){"plain", rh_due_scan_plain};
}
