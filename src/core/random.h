/* Keyed randomness: a draw is a pure function of (key, draw number), never a stream.
 *
 * A key is made from (run seed, purpose or year, block, position). Thread count, block schedule and
 * SIMD width therefore cannot change a bit of the result.
 * The mixer is the 64×64→128-bit multiply fold of wyhash (Wang Yi 2019, public domain) applied twice
 * to a Weyl-separated counter; tests/test_random.c holds its statistical tests.
 * R1 rh_draw(k, n) depends on k and n alone.  R2 doubles are in [0, 1), never 1. */
#ifndef RH_CORE_RANDOM_H
#define RH_CORE_RANDOM_H

#include <stdint.h>

typedef uint64_t rh_key;

static inline uint64_t
rh_fold(uint64_t a, uint64_t b)
{
    __uint128_t p = (__uint128_t)a * b;
    return (uint64_t)p ^ (uint64_t)(p >> 64);
}

/* Derive a key from a parent key and one more coordinate. */
static inline rh_key
rh_key_with(rh_key parent, uint64_t coordinate)
{
    uint64_t x = rh_fold(parent ^ 0xa0761d6478bd642fULL, coordinate ^ 0xe7037ed1a0b428dbULL);
    return rh_fold(x ^ 0x8ebc6af09c88c6e3ULL, coordinate + 0x589965cc75374cc3ULL);
}

/* 64 random bits: draw number n of this key. */
static inline uint64_t
rh_draw(rh_key key, uint64_t n)
{
    uint64_t x = rh_fold(key + n * 0x9e3779b97f4a7c15ULL, 0xd6e8feb86659fd93ULL ^ key);
    return rh_fold(x ^ 0xa0761d6478bd642fULL, x + 0xe7037ed1a0b428dbULL + n);
}

/* 53-bit double in [0, 1) from 64 random bits. */
static inline double
rh_unit(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1.0p-53;
}

/* Double in [0, 1): draw number n of this key. */
static inline double
rh_uniform(rh_key key, uint64_t n)
{
    return rh_unit(rh_draw(key, n));
}

/* Integer in [0, bound) from 64 random bits (Lemire's multiply; bias below bound / 2^64). */
static inline uint64_t
rh_below(uint64_t bits, uint64_t bound)
{
    return (uint64_t)(((__uint128_t)bits * bound) >> 64);
}

/* A keyed bijection of [0, size): where element `index` of a deck of `size` cards goes when dealt.
 * Six Feistel rounds with cycle walking; size ≥ 1, index < size. Cost: about 10 ns. */
uint64_t rh_deal(rh_key key, uint64_t index, uint64_t size);

#endif
