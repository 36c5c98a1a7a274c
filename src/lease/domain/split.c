/* Largest remainder: see split.h. */
#include "domain/split.h"

void
rh_split(int64_t amount, int n, const int64_t *share_bp, int64_t *part)
{
    int64_t left = amount;
    for (int i = 0; i < n; i++) {
        /* amount × share without overflow for any amount: whole and rest of 10,000 apart */
        part[i] = amount / 10000 * share_bp[i] + amount % 10000 * share_bp[i] / 10000;
        left -= part[i];
    }
    uint64_t given = 0; /* fewer than n fen are left: at most one each */
    for (; left > 0; left--) {
        int best = -1;
        int64_t most = -1;
        for (int i = 0; i < n; i++) {
            int64_t remainder = amount % 10000 * share_bp[i] % 10000;
            if ((given & UINT64_C(1) << i) == 0 && remainder > most) {
                most = remainder;
                best = i;
            }
        }
        part[best]++;
        given |= UINT64_C(1) << best;
    }
}

__extension__ typedef __int128 wide;

int64_t
rh_scaled(int64_t a, int64_t b, int64_t divisor)
{
    wide x = (wide)a * b / divisor;
    return x > INT64_MAX ? INT64_MAX : (int64_t)x;
}
