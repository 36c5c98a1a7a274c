/* Building alias tables (core/alias.h, invariants A1, A2). */
#include "core/alias.h"

#include "core/mem.h"

#include <math.h>

rh_status
rh_alias_scratch_init(rh_alias_scratch *scratch, uint32_t room, rh_err *err)
{
    *scratch = (rh_alias_scratch){.room = room};
    scratch->share = rh_alloc(room, sizeof *scratch->share);
    scratch->stack = rh_alloc(room, sizeof *scratch->stack);
    if (scratch->share == NULL || scratch->stack == NULL) {
        rh_alias_scratch_release(scratch);
        return rh_fail(err, RH_MEMORY, "Not enough memory to build alias tables of %u entries.",
                       room);
    }
    return RH_OK;
}

void
rh_alias_scratch_release(rh_alias_scratch *scratch)
{
    rh_free(scratch->share);
    rh_free(scratch->stack);
    *scratch = (rh_alias_scratch){0};
}

/* Integer weights with sum n × 2^32: differences of the rounded running sum, so that the error
 * of each stays below one and the total is exact. A running sum cannot give weight 0 a share.
 */
static rh_status
integer_shares(uint64_t *share, uint32_t n, const double *weight, rh_err *err)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!(weight[i] >= 0) || !isfinite(weight[i])) {
            return rh_fail(err, RH_RANGE,
                           "Alias table: weight %u is %g; weights are finite and not negative.",
                           i, weight[i]);
        }
        sum += weight[i];
    }
    if (!(sum > 0) || !isfinite(sum)) {
        return rh_fail(err, RH_RANGE,
                       "Alias table: the sum of %u weights is %g; it must be positive.", n,
                       sum);
    }
    const uint64_t whole = (uint64_t)n << 32;
    const double scale = (double)whole / sum;
    double running = 0;
    uint64_t before = 0;
    uint32_t last = 0;
    for (uint32_t i = 0; i < n; i++) {
        running += weight[i];
        uint64_t upto = (uint64_t)(running * scale + 0.5);
        upto = upto > whole ? whole : upto;
        share[i] = upto - before;
        before = upto;
        last = weight[i] > 0 ? i : last;
    }
    share[last] += whole - before;
    return RH_OK;
}

rh_status
rh_alias_build(rh_alias *table, uint32_t n, const double *weight, const uint16_t *label,
               rh_alias_scratch *scratch, rh_err *err)
{
    if (n == 0 || n > RH_ALIAS_MAX || n > scratch->room) {
        return rh_fail(err, RH_RANGE, "Alias table: %u entries; 1 to %u are possible.", n,
                       scratch->room < RH_ALIAS_MAX ? scratch->room : (uint32_t)RH_ALIAS_MAX);
    }
    uint64_t *share = scratch->share;
    RH_TRY(integer_shares(share, n, weight, err));

    /* Two stacks in one array: entries below one column from the left, the others from the
     * right. */
    const uint64_t column = 1ULL << 32;
    uint32_t *stack = scratch->stack;
    uint32_t n_small = 0, large = n;
    for (uint32_t i = n; i-- > 0;) {
        uint16_t own = label == NULL ? (uint16_t)i : label[i];
        table[i] = (rh_alias){.threshold = UINT32_MAX, .own = own, .other = own};
        if (share[i] < column) {
            stack[n_small++] = i;
        } else {
            stack[--large] = i;
        }
    }
    while (n_small > 0 && large < n) {
        uint32_t s = stack[--n_small], l = stack[large];
        table[s].threshold = (uint32_t)share[s];
        table[s].other = table[l].own;
        share[l] -= column - share[s];
        if (share[l] < column) {
            large++;
            stack[n_small++] = l;
        }
    }
    return RH_OK;
}
