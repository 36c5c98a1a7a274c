/* Inequality by source of income: see inequality_source.h. */
#include "evaluate/inequality_source.h"

#include "core/mem.h"
#include "evaluate/game_value.h"
#include "evaluate/inequality_rank.h"
#include "evaluate/statistics.h"

#include <math.h>

/* Incomes when only the sources of the set differ between people. */
static void
incomes_of(const double *const *source, const double *mean, unsigned k, unsigned set,
           bool take_away, size_t n, double *income)
{
    for (size_t i = 0; i < n; i++) {
        income[i] = 0;
    }
    for (unsigned s = 0; s < k; s++) {
        bool in = (set >> s & 1) != 0;
        for (size_t i = 0; i < n; i++) {
            income[i] += in ? source[s][i] : take_away ? 0 : mean[s];
        }
    }
}

static rh_status
shapley(const double *const *source, unsigned k, const double *w, size_t n, bool take_away,
        rh_measure_fn *measure, const void *context, double *worth, double *income,
        double *share, rh_err *err)
{
    double mean[RH_SOURCES_MOST];
    const unsigned sets = 1U << k;
    for (unsigned s = 0; s < k; s++) {
        mean[s] = rh_weighted_mean(source[s], w, n);
    }
    worth[0] = 0; /* nobody differs */
    for (unsigned set = 1; set < sets; set++) {
        incomes_of(source, mean, k, set, take_away, n, income);
        RH_TRY(measure(context, income, w, n, &worth[set], err));
    }
    return rh_game_shapley(worth, k, 1, share, err);
}

rh_status
rh_source_shapley(const double *const *source, unsigned k, const double *w, size_t n,
                  bool take_away, rh_measure_fn *measure, const void *context, double *total,
                  double *share, rh_err *err)
{
    if (k == 0 || k > RH_SOURCES_MOST) {
        return rh_fail(err, RH_RANGE, "Shapley shares are for 1 to %d sources, not %u.",
                       RH_SOURCES_MOST, k);
    }
    double *worth = rh_alloc((size_t)1 << k, sizeof *worth);
    double *income = rh_alloc(n > 0 ? n : 1, sizeof *income);
    rh_status status;
    if (worth == NULL || income == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for %u sources.", k);
    } else {
        status =
            shapley(source, k, w, n, take_away, measure, context, worth, income, share, err);
        *total = worth[(1U << k) - 1];
    }
    rh_free(worth);
    rh_free(income);
    return status;
}

static rh_status
natural(const double *const *source, unsigned k, const double *w, size_t n,
        const double *income, double *gini, rh_source_gini *out, rh_err *err)
{
    double mean = rh_weighted_mean(income, w, n);
    RH_TRY(rh_concentration_index(income, w, income, n, gini, err));
    for (unsigned s = 0; s < k; s++) {
        rh_source_gini *o = &out[s];
        *o = (rh_source_gini){.mean = rh_weighted_mean(source[s], w, n)};
        o->share = o->mean / mean;
        if (o->mean == 0) {
            o->own_gini = o->concentration = (double)NAN;
        } else {
            RH_TRY(rh_concentration_index(source[s], w, source[s], n, &o->own_gini, err));
            RH_TRY(rh_concentration_index(source[s], w, income, n, &o->concentration, err));
        }
        o->contribution = o->mean == 0 ? 0 : o->share * o->concentration;
        o->marginal = o->mean == 0 ? 0 : o->contribution / *gini - o->share;
    }
    return RH_OK;
}

rh_status
rh_source_natural(const double *const *source, unsigned k, const double *w, size_t n,
                  double *gini, rh_source_gini *out, rh_err *err)
{
    double *income;
    RH_NEW(income, n > 0 ? n : 1, err);
    for (unsigned s = 0; s < k; s++) {
        for (size_t i = 0; i < n; i++) {
            income[i] += source[s][i];
        }
    }
    rh_status status = natural(source, k, w, n, income, gini, out, err);
    rh_free(income);
    return status;
}
