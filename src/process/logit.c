/* Nested logit (process/logit.h, N1–N4). Sums run in the order of the alternatives. */
#include "process/logit.h"

#include "core/mem.h"

#include <math.h>

static rh_status
check_tree(const rh_logit *tree, rh_err *err)
{
    for (uint32_t b = 0; b < tree->n_nests; b++) {
        if (!(tree->lambda[b] > 0 && tree->lambda[b] <= 1)) {
            return rh_fail(err, RH_RANGE,
                           "Nested logit: λ of nest %u is %g; it must lie in (0, 1].", b,
                           tree->lambda[b]);
        }
    }
    for (uint32_t d = 0; d < tree->n; d++) {
        if (tree->nest[d] >= tree->n_nests) {
            return rh_fail(err, RH_RANGE, "Nested logit: alternative %u names nest %u of %u.",
                           d, tree->nest[d], tree->n_nests);
        }
    }
    return RH_OK;
}

/* work: 2 × n_nests doubles: inclusive values, then the largest V / λ of each nest. */
static rh_status
probabilities(const rh_logit *tree, const double *V, double *P, double *work, double *logsum,
              rh_err *err)
{
    double *iv = work, *top = work + tree->n_nests;
    for (uint32_t b = 0; b < tree->n_nests; b++) {
        iv[b] = 0;
        top[b] = -HUGE_VAL;
    }
    for (uint32_t d = 0; d < tree->n; d++) {
        double x = V[d] / tree->lambda[tree->nest[d]];
        if (isnan(x) || x == (double)INFINITY) {
            return rh_fail(err, RH_RANGE, "Nested logit: the utility of alternative %u is %g.",
                           d, V[d]);
        }
        top[tree->nest[d]] = fmax(top[tree->nest[d]], x);
    }
    for (uint32_t d = 0; d < tree->n; d++) {
        uint32_t b = tree->nest[d];
        P[d] = isinf(top[b]) ? 0 : exp(V[d] / tree->lambda[b] - top[b]);
        iv[b] += P[d];
    }
    double best = -HUGE_VAL, sum = 0;
    for (uint32_t b = 0; b < tree->n_nests; b++) {
        double within = iv[b];
        iv[b] = within > 0 ? top[b] + log(within) : -HUGE_VAL;
        top[b] = within; /* from here: Σ exp(V / λ - top) */
        best = fmax(best, tree->lambda[b] * iv[b]);
    }
    if (isinf(best)) {
        return rh_fail(err, RH_RANGE, "Nested logit: none of %u alternatives can be chosen.",
                       tree->n);
    }
    for (uint32_t b = 0; b < tree->n_nests; b++) {
        sum += exp(tree->lambda[b] * iv[b] - best);
    }
    for (uint32_t d = 0; d < tree->n; d++) {
        uint32_t b = tree->nest[d];
        P[d] = top[b] > 0 ? P[d] / top[b] * (exp(tree->lambda[b] * iv[b] - best) / sum) : 0;
    }
    *logsum = best + log(sum);
    return RH_OK;
}

rh_status
rh_logit_probabilities(const rh_logit *tree, const double *V, double *P, double *iv,
                       double *logsum, rh_err *err)
{
    RH_TRY(check_tree(tree, err));
    double *work;
    RH_NEW(work, 2 * (size_t)tree->n_nests, err);
    double total = 0;
    rh_status status = probabilities(tree, V, P, work, &total, err);
    for (uint32_t b = 0; status == RH_OK && iv != NULL && b < tree->n_nests; b++) {
        iv[b] = work[b];
    }
    if (status == RH_OK && logsum != NULL) {
        *logsum = total;
    }
    rh_free(work);
    return status;
}

static rh_status
nest_shares(const rh_logit *tree, const double *P, double *share, rh_err *err)
{
    double sum = 0;
    for (uint32_t d = 0; d < tree->n; d++) {
        if (!(P[d] >= 0)) {
            return rh_fail(err, RH_RANGE, "Nested logit: the share of alternative %u is %g.", d,
                           P[d]);
        }
        share[tree->nest[d]] += P[d];
        sum += P[d];
    }
    if (!(fabs(sum - 1) < 1e-9)) {
        return rh_fail(err, RH_RANGE,
                       "Nested logit: the shares of %u alternatives sum to %.12g, not to 1.",
                       tree->n, sum);
    }
    return RH_OK;
}

rh_status
rh_logit_invert(const rh_logit *tree, const double *P, double *V, rh_err *err)
{
    RH_TRY(check_tree(tree, err));
    double *share;
    RH_NEW(share, tree->n_nests, err);
    rh_status status = nest_shares(tree, P, share, err);
    for (uint32_t d = 0; status == RH_OK && d < tree->n; d++) {
        double of_nest = share[tree->nest[d]];
        V[d] = P[d] > 0 ? tree->lambda[tree->nest[d]] * log(P[d] / of_nest) + log(of_nest)
                        : -HUGE_VAL;
    }
    rh_free(share);
    return status;
}

rh_status
rh_logit_hat(const rh_logit *tree, const double *P, const double *dV, double *P_new,
             double *dlogsum, rh_err *err)
{
    double *V;
    RH_NEW(V, tree->n, err);
    rh_status status = rh_logit_invert(tree, P, V, err);
    for (uint32_t d = 0; status == RH_OK && d < tree->n; d++) {
        V[d] += dV[d];
    }
    if (status == RH_OK) {
        status = rh_logit_probabilities(tree, V, P_new, NULL, dlogsum, err);
    }
    rh_free(V);
    return status;
}

double
rh_logit_elasticity(const rh_logit *tree, const double *P, uint32_t i, uint32_t j)
{
    if (tree->nest[i] != tree->nest[j]) {
        return -P[j];
    }
    double of_nest = 0;
    for (uint32_t d = 0; d < tree->n; d++) {
        of_nest += tree->nest[d] == tree->nest[j] ? P[d] : 0;
    }
    double within = P[j] / of_nest;
    return ((i == j) - within) / tree->lambda[tree->nest[j]] + within - P[j];
}
