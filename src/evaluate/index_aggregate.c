/* From indicators to a score: see index_aggregate.h. */
#include "evaluate/index_aggregate.h"

#include "core/mem.h"
#include "evaluate/aggregate_doubt.h"
#include "evaluate/aggregate_ideal.h"
#include "evaluate/aggregate_mean.h"
#include "evaluate/aggregate_mpi.h"
#include "evaluate/aggregate_outrank.h"

#include <math.h>

static rh_status
by_ideal(const rh_aggregate *how, const double *x, uint32_t n, uint32_t m, const double *w,
         double *score, rh_err *err)
{
    int *up; /* normalised: more is better everywhere */
    RH_NEW(up, m, err);
    for (uint32_t j = 0; j < m; j++) {
        up[j] = 1;
    }
    rh_status status;
    if (how->method == RH_AGGREGATION_VIKOR) {
        status = rh_aggregate_vikor(x, n, m, up, w, how->strategy, score, NULL, NULL, err);
        for (uint32_t i = 0; i < n; i++) {
            score[i] = 1 - score[i];
        }
    } else {
        enum rh_topsis_scale scale =
            how->method == RH_AGGREGATION_TOPSIS ? RH_TOPSIS_AS_IT_IS : RH_TOPSIS_VECTOR;
        status = rh_aggregate_topsis(scale, x, n, m, up, w, score, err);
    }
    rh_free(up);
    return status;
}

rh_status
rh_aggregate_scores(const rh_aggregate *how, const double *x, uint32_t n, uint32_t m,
                    const double *w, double *score, rh_err *err)
{
    switch (how->method) {
    case RH_AGGREGATION_ARITHMETIC:
        return rh_aggregate_mean(RH_MEAN_ARITHMETIC, x, n, m, w, 0, score, err);
    case RH_AGGREGATION_GEOMETRIC:
        return rh_aggregate_mean(RH_MEAN_GEOMETRIC, x, n, m, w, 0, score, err);
    case RH_AGGREGATION_HARMONIC:
        return rh_aggregate_mean(RH_MEAN_HARMONIC, x, n, m, w, 0, score, err);
    case RH_AGGREGATION_MPI:
        return rh_aggregate_mpi(x, n, m, w, -1, true, score, err);
    case RH_AGGREGATION_MPI_UP:
        return rh_aggregate_mpi(x, n, m, w, 1, true, score, err);
    case RH_AGGREGATION_MPI_ADJUSTED:
        return rh_aggregate_mpi(x, n, m, w, -1, false, score, err);
    case RH_AGGREGATION_TOPSIS:
    case RH_AGGREGATION_TOPSIS_VECTOR:
    case RH_AGGREGATION_VIKOR:
        return by_ideal(how, x, n, m, w, score, err);
    case RH_AGGREGATION_GREY:
        return rh_aggregate_grey(x, n, m, NULL, w, how->distinction, score, err);
    case RH_AGGREGATION_COPELAND:
        return rh_aggregate_copeland(x, n, m, w, score, err);
    case RH_AGGREGATION_DOUBT:
        return rh_aggregate_doubt(x, n, m, 0, 1, score, NULL, err);
    default:
        return rh_fail(err, RH_RANGE, "Aggregation %d does not exist.", (int)how->method);
    }
}
