/* Bankruptcy rules: see claims.h. */
#include "evaluate/claims.h"

#include "core/mem.h"
#include "core/threads.h"
#include "evaluate/game_sums.h"
#include "evaluate/game_value.h"
#include "evaluate/sorting.h"
#include "evaluate/statistics.h"

#include <math.h>
#include <stdlib.h>

/* a with Σ min(c_i, a) = E, from claims in rising order. */
static double
equal_award(const double *sorted, uint32_t n, double estate)
{
    for (uint32_t i = 0; i < n; i++) {
        if (sorted[i] * (n - i) >= estate) {
            return estate / (n - i);
        }
        estate -= sorted[i];
    }
    return n > 0 ? sorted[n - 1] : 0;
}

static void
awards_of_equal(const double *c, const double *sorted, uint32_t n, double estate, double *award)
{
    double a = equal_award(sorted, n, estate);
    for (uint32_t i = 0; i < n; i++) {
        award[i] = c[i] < a ? c[i] : a;
    }
}

/* CEL is CEA of what is not covered. */
static void
losses_of_equal(const double *c, const double *sorted, uint32_t n, double estate, double *award)
{
    double b = equal_award(sorted, n, rh_sum(c, n) - estate);
    for (uint32_t i = 0; i < n; i++) {
        award[i] = c[i] > b ? c[i] - b : 0;
    }
}

typedef void half_rule(const double *c, const double *sorted, uint32_t n, double estate,
                       double *award);

/* One rule on half claims up to half of all claims, another one on the other halves after. */
static void
by_halves(const double *c, const double *sorted, uint32_t n, double estate, half_rule *below,
          half_rule *above, double *award, double *scratch)
{
    double *half = scratch, *half_sorted = scratch + n, total = rh_sum(c, n);
    for (uint32_t i = 0; i < n; i++) {
        half[i] = c[i] / 2;
        half_sorted[i] = sorted[i] / 2;
    }
    if (estate <= total / 2) {
        below(half, half_sorted, n, estate, award);
        return;
    }
    above(half, half_sorted, n, estate - total / 2, award);
    for (uint32_t i = 0; i < n; i++) {
        award[i] += half[i];
    }
}

static void
adjusted_proportional(const double *c, uint32_t n, double estate, double *award)
{
    double total = rh_sum(c, n), left = estate, claimed = 0;
    for (uint32_t i = 0; i < n; i++) {
        double least = estate - (total - c[i]);
        award[i] = least > 0 ? least : 0;
        left -= award[i];
    }
    for (uint32_t i = 0; i < n; i++) {
        claimed += fmin(c[i] - award[i], left);
    }
    for (uint32_t i = 0; i < n && claimed > 0; i++) {
        award[i] += left * fmin(c[i] - award[i], left) / claimed;
    }
}

/* Above half of all claims: max(c/2, min(c, a)). Σ rises with a in pieces that bend at c/2 and c: bisection on a. */
static void
constrained_egalitarian(const double *c, const double *sorted, uint32_t n, double estate,
                        double *award, double *scratch)
{
    if (estate <= rh_sum(c, n) / 2) {
        by_halves(c, sorted, n, estate, awards_of_equal, awards_of_equal, award, scratch);
        return;
    }
    double *bend = scratch, low = 0, paid_low = 0;
    for (uint32_t i = 0; i < n; i++) {
        bend[i] = c[i] / 2;
        bend[n + i] = c[i];
        paid_low += c[i] / 2;
    }
    qsort(bend, 2 * (size_t)n, sizeof *bend, rh_rising);
    double a = bend[2 * n - 1];
    for (uint32_t k = 0; k < 2 * n; k++) { /* the piece in which Σ reaches the estate */
        double paid = 0;
        for (uint32_t i = 0; i < n; i++) {
            paid += fmax(c[i] / 2, fmin(c[i], bend[k]));
        }
        if (paid >= estate) {
            a = paid > paid_low
                    ? low + (bend[k] - low) * (estate - paid_low) / (paid - paid_low)
                    : bend[k];
            break;
        }
        low = bend[k];
        paid_low = paid;
    }
    for (uint32_t i = 0; i < n; i++) {
        award[i] = fmax(c[i] / 2, fmin(c[i], a));
    }
}

/* Minimal overlap (O'Neill 1982): claims of E and more lie on the whole estate. If there is such a one, the smaller claims nest on it: unit
 * x of the estate is claimed by those with c_i ≥ x. Otherwise there is t < E such that the parts up to t are claimed in nested fashion by the claims
 * above t as well, and what claims have above t does not overlap: Σ max(0, c_i − t) = E − t. */
static void
minimal_overlap(const double *c, const double *sorted, uint32_t n, double estate, double *award)
{
    double t = estate;
    if (n > 0 && sorted[n - 1] < estate) {
        /* Σ max(0, c_i − t) + t falls in t while two claims or more lie above: the largest t that still covers E */
        double above = 0;
        for (uint32_t k = n; k-- > 0;) {
            above += sorted[k];
            uint32_t m = n - k;
            double floor = k > 0 ? sorted[k - 1] : 0;
            t = m > 1 ? (above - estate) / (m - 1) : (double)NAN;
            if (m > 1 && t >= floor - 1e-12 * estate) {
                break;
            }
        }
        t = t > 0 ? t : 0;
    }
    double given = 0,
           before = 0; /* to each claimant who reaches this far, of the nested part up to t */
    uint32_t i = 0;
    for (; i < n && sorted[i] < t; i++) {
        given += (sorted[i] - before) / (n - i);
        before = sorted[i];
    }
    double at_t = i < n ? given + (t - before) / (n - i) : given;
    for (uint32_t k = 0; k < n; k++) {
        double own = 0, from = 0;
        for (uint32_t j = 0; j < n && sorted[j] < t && sorted[j] <= c[k]; j++) {
            own += (sorted[j] - from) / (n - j);
            from = sorted[j];
        }
        award[k] = c[k] >= t ? at_t + (t < estate ? c[k] - t : 0) : own;
    }
}

void
rh_claims_game(const double *claim, unsigned n, double estate, double *v)
{
    rh_game_sums sums;
    rh_game_sums_fill(&sums, claim, n);
    const uint32_t all = (1U << n) - 1;
    for (uint32_t s = 0; s <= all; s++) {
        double rest = estate - rh_game_sums_of(&sums, all ^ s);
        v[s] = rest > 0 && s != 0 ? rest : 0;
    }
    v[all] = estate;
}

static rh_status
random_arrival(const double *c, uint32_t n, double estate, double *award, rh_err *err)
{
    double *v;
    if (n > RH_CLAIMS_MOST_ARRIVAL) {
        return rh_fail(err, RH_INPUT, "Random arrival is exact for up to %d claimants, not %u.",
                       RH_CLAIMS_MOST_ARRIVAL, n);
    }
    RH_NEW(v, (size_t)1 << n, err);
    rh_claims_game(c, n, estate, v);
    rh_status status =
        n > 0 ? rh_game_shapley(v, n, rh_threads_available(), award, err) : RH_OK;
    rh_free(v);
    return status;
}

static rh_status
check(const double *c, uint32_t n, double estate, rh_err *err)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!(c[i] >= 0) || isinf(c[i])) {
            return rh_fail(err, RH_INPUT, "Claim %u is %g; a claim is a number, 0 or more.",
                           i + 1, c[i]);
        }
    }
    double total = rh_sum(c, n);
    if (!(estate >= 0)) {
        return rh_fail(err, RH_INPUT, "The estate is %g; it must be 0 or more.", estate);
    }
    if (estate > total * (1 + 1e-12)) {
        return rh_fail(
            err, RH_INPUT,
            "The estate %g covers all claims (%g in sum): there is nothing to divide "
            "by a rule.",
            estate, total);
    }
    return RH_OK;
}

rh_status
rh_claims_divide(const double *claim, uint32_t n, double estate, enum rh_claims_rule rule,
                 double *award, rh_err *err)
{
    RH_TRY(check(claim, n, estate, err));
    double *sorted, *scratch;
    RH_NEW(sorted, 3 * (size_t)n + 1, err);
    scratch = sorted + n;
    for (uint32_t i = 0; i < n; i++) {
        sorted[i] = claim[i];
    }
    qsort(sorted, n, sizeof *sorted, rh_rising);
    rh_status status = RH_OK;
    double total = rh_sum(claim, n);
    switch (rule) {
    case RH_CLAIMS_PROPORTIONAL:
        for (uint32_t i = 0; i < n; i++) {
            award[i] = total > 0 ? estate * claim[i] / total : 0;
        }
        break;
    case RH_CLAIMS_ADJUSTED:
        adjusted_proportional(claim, n, estate, award);
        break;
    case RH_CLAIMS_CEA:
        awards_of_equal(claim, sorted, n, estate, award);
        break;
    case RH_CLAIMS_CEL:
        losses_of_equal(claim, sorted, n, estate, award);
        break;
    case RH_CLAIMS_TALMUD:
        by_halves(claim, sorted, n, estate, awards_of_equal, losses_of_equal, award, scratch);
        break;
    case RH_CLAIMS_ARRIVAL:
        status = random_arrival(claim, n, estate, award, err);
        break;
    case RH_CLAIMS_PINILES:
        by_halves(claim, sorted, n, estate, awards_of_equal, awards_of_equal, award, scratch);
        break;
    case RH_CLAIMS_EGALITARIAN:
        constrained_egalitarian(claim, sorted, n, estate, award, scratch);
        break;
    case RH_CLAIMS_REVERSE:
        by_halves(claim, sorted, n, estate, losses_of_equal, awards_of_equal, award, scratch);
        break;
    case RH_CLAIMS_OVERLAP:
        minimal_overlap(claim, sorted, n, estate, award);
        break;
    case RH_CLAIMS_RULE_COUNT:
        break;
    }
    rh_free(sorted);
    return status;
}
