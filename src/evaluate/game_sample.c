/* Sampled Shapley values: see game_sample.h. */
#include "evaluate/game_sample.h"

#include "evaluate/sorting.h"

#include <math.h>
#include <stdbool.h>

typedef struct asking {
    rh_game_call *call;
    void *context;
    double grand;
    unsigned n;
    uint64_t calls;
} asking;

/* Let players join in the order player[(first + step·k) mod n]; add what each adds to `sum`. */
static rh_status
join(asking *a, const uint32_t *player, unsigned first, bool backwards, double *sum,
     rh_err *err)
{
    uint64_t coalition = 0;
    double before = 0, now;
    for (unsigned k = 0; k < a->n; k++) {
        unsigned place = backwards ? a->n - 1 - k : k;
        unsigned i = player[(first + place) % a->n];
        coalition |= UINT64_C(1) << i;
        if (k + 1 < a->n) {
            RH_TRY(a->call(a->context, coalition, &now, err));
            a->calls++;
        } else {
            now = a->grand;
        }
        sum[i] += now - before;
        before = now;
    }
    return RH_OK;
}

static rh_status
one_group(asking *a, rh_key key, double *mean, rh_err *err)
{
    uint32_t player[RH_SAMPLE_MOST];
    double sum[RH_SAMPLE_MOST] = {0};
    rh_order_draw(key, a->n, player);
    for (unsigned r = 0; r < a->n; r++) {
        RH_TRY(join(a, player, r, false, sum, err));
        RH_TRY(join(a, player, r, true, sum, err));
    }
    for (unsigned i = 0; i < a->n; i++) {
        mean[i] = sum[i] / (2.0 * a->n);
    }
    return RH_OK;
}

rh_status
rh_game_sample(unsigned n, uint64_t groups, rh_key key, rh_game_call *call, void *context,
               rh_game_estimate *out, rh_err *err)
{
    asking a = {.call = call, .context = context, .n = n, .calls = 1};
    double square[RH_SAMPLE_MOST] = {0}, one[RH_SAMPLE_MOST] = {0};
    *out = (rh_game_estimate){0};
    uint64_t all = n == RH_SAMPLE_MOST ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
    RH_TRY(call(context, all, &a.grand, err));
    for (uint64_t g = 0; g < groups; g++) {
        RH_TRY(one_group(&a, rh_key_with(key, g), one, err));
        for (unsigned i = 0; i < n; i++) { /* Welford: mean and squares in one pass */
            double off = one[i] - out->value[i];
            out->value[i] += off / (double)(g + 1);
            square[i] += off * (one[i] - out->value[i]);
        }
    }
    for (unsigned i = 0; i < n; i++) {
        out->error[i] = groups > 1 ? sqrt(square[i] / ((double)groups * (double)(groups - 1)))
                                   : (double)NAN;
    }
    out->calls = a.calls;
    return RH_OK;
}
