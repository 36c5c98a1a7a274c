/* Keyed permutation: see random.h. */
#include "core/random.h"

uint64_t
rh_deal(rh_key key, uint64_t index, uint64_t size)
{
    if (size < 2) {
        return 0;
    }
    unsigned bits = 64 - (unsigned)__builtin_clzll(size - 1);
    unsigned low =
        bits / 2 + bits % 2; /* unbalanced halves keep the walk shorter than 2 on average */
    unsigned high = bits - low;
    uint64_t x = index;
    do {
        uint64_t l = x & ((1ULL << low) - 1);
        uint64_t h = x >> low;
        for (unsigned round = 0; round < 3; round++) {
            if (high > 0) {
                h ^= rh_draw(key, l * 6 + 2 * round) & ((1ULL << high) - 1);
            }
            l ^= rh_draw(key, h * 6 + 2 * round + 1) & ((1ULL << low) - 1);
        }
        x = (h << low) | l;
    } while (x >= size);
    return x;
}
