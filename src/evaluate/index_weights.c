/* Weights of one group: see index_weights.h. */
#include "evaluate/index_weights.h"

#include "core/mem.h"
#include "evaluate/weights_ahp.h"
#include "evaluate/weights_column.h"
#include "evaluate/weights_combine.h"
#include "evaluate/weights_critic.h"
#include "evaluate/weights_entropy.h"
#include "evaluate/weights_loss.h"
#include "evaluate/weights_pca.h"
#include "evaluate/weights_spread.h"

#include <math.h>
#include <string.h>

static rh_status
weigh_given(const double *given, uint32_t m, double *w, rh_err *err)
{
    for (uint32_t j = 0; j < m; j++) {
        if (!(given[j] >= 0) || !isfinite(given[j])) {
            return rh_fail(err, RH_INPUT, "Given weight %u is %g; it must not be below 0.",
                           j + 1, given[j]);
        }
        w[j] = given[j];
    }
    return rh_weights_scale("Given weights", w, m, err);
}

static rh_status
weigh_ahp(const rh_weigh *how, enum rh_weighting method, uint32_t m, double *w,
          rh_weigh_report *report, rh_err *err)
{
    rh_ahp r;
    RH_TRY(rh_ahp_eigenvector(how->pairwise, m, 0, w, &r, err));
    report->lambda = r.lambda;
    report->consistency_index = r.index;
    report->consistency_ratio = r.ratio;
    report->worst_row = r.worst_row;
    report->worst_column = r.worst_column;
    report->worst_given = r.worst_given;
    report->worst_wanted = r.worst_wanted;
    return method == RH_WEIGHTING_AHP ? RH_OK : rh_ahp_geometric(how->pairwise, m, w, err);
}

static rh_status
weigh_components(const rh_weigh *how, enum rh_weighting method, const double *x, uint32_t n,
                 uint32_t m, const int *direction, double *w, rh_weigh_report *report,
                 rh_err *err)
{
    const rh_pca_how rule = {.rule = method == RH_WEIGHTING_PCA ? RH_PCA_FIRST : RH_PCA_FACTOR,
                             .allow_negative = how->allow_negative};
    rh_pca pca;
    rh_pca_report found = {0};
    RH_TRY(rh_pca_init(&pca, x, n, m, direction, err));
    rh_status status = rh_pca_weights(&pca, &rule, w, &found, err);
    report->explained = found.explained;
    report->negative = found.negative;
    rh_pca_release(&pca);
    return status;
}

/* x is complete: no NAN. */
static rh_status
weigh_one(const rh_weigh *how, enum rh_weighting method, const double *x, uint32_t n,
          uint32_t m, const int *direction, double *w, rh_weigh_report *report, rh_err *err)
{
    static const rh_critic critic = {RH_CRITIC_DIRECTED, RH_CORRELATION_PEARSON, 0, false};
    switch (method) {
    case RH_WEIGHTING_GIVEN:
        return weigh_given(how->given, m, w, err);
    case RH_WEIGHTING_AHP:
    case RH_WEIGHTING_AHP_GEOMETRIC:
        return weigh_ahp(how, method, m, w, report, err);
    case RH_WEIGHTING_ENTROPY:
        return rh_weights_entropy(x, n, m, w, NULL, err);
    case RH_WEIGHTING_ENTROPY_TEXTBOOK:
        return rh_weights_entropy_textbook(x, n, m, direction, how->epsilon, w, NULL, err);
    case RH_WEIGHTING_CRITIC:
        return rh_weights_critic(&critic, x, n, m, direction, w, err);
    case RH_WEIGHTING_MEREC:
        return rh_weights_merec(x, n, m, direction, w, err);
    case RH_WEIGHTING_CILOS:
        return rh_weights_cilos(x, n, m, direction, w, err);
    case RH_WEIGHTING_IDOCRIW:
        return rh_weights_idocriw(x, n, m, direction, w, err);
    case RH_WEIGHTING_PCA:
    case RH_WEIGHTING_FACTOR:
        return weigh_components(how, method, x, n, m, direction, w, report, err);
    case RH_WEIGHTING_VARIATION:
        return rh_weights_spread(RH_SPREAD_VARIATION, x, n, m, w, err);
    case RH_WEIGHTING_DEVIATION:
        return rh_weights_spread(RH_SPREAD_DEVIATION, x, n, m, w, err);
    default:
        for (uint32_t j = 0; j < m; j++) {
            w[j] = 1;
        }
        return rh_weights_scale("Equal weights", w, m, err);
    }
}

/* Does the method look at the data, or at judgements alone? */
static bool
reads_data(enum rh_weighting method)
{
    return method != RH_WEIGHTING_EQUAL && method != RH_WEIGHTING_GIVEN &&
           method != RH_WEIGHTING_AHP && method != RH_WEIGHTING_AHP_GEOMETRIC;
}

/* The rows without NAN of x, in `to`; their number. */
static uint32_t
complete_rows(const double *x, uint32_t n, uint32_t m, uint32_t *row, double *to)
{
    uint32_t rows = 0;
    for (uint32_t i = 0; i < n; i++) {
        bool whole = true;
        for (uint32_t j = 0; j < m; j++) {
            whole = whole && !isnan(x[(size_t)j * n + i]);
        }
        row[rows] = i;
        rows += whole;
    }
    for (uint32_t j = 0; j < m; j++) {
        for (uint32_t i = 0; i < rows; i++) {
            to[(size_t)j * rows + i] = x[(size_t)j * n + row[i]];
        }
    }
    return rows;
}

static rh_status
weigh_pair(const rh_weigh *how, const double *x, uint32_t n, uint32_t m, const int *direction,
           double *w, double *two, rh_weigh_report *report, rh_err *err)
{
    if (how->combine == RH_COMBINE_NONE) {
        return weigh_one(how, how->method, x, n, m, direction, w, report, err);
    }
    RH_TRY(weigh_one(how, how->method, x, n, m, direction, two, report, err));
    RH_TRY(weigh_one(how, how->second, x, n, m, direction, two + m, report, err));
    return rh_weights_combine(how->combine, two, 2, m, how->alpha, w, NULL, err);
}

rh_status
rh_weights_find(const rh_weigh *how, const double *x, uint32_t n, uint32_t m,
                const int *direction, double *w, rh_weigh_report *report, rh_err *err)
{
    rh_weigh_report none, *r = report != NULL ? report : &none;
    *r = (rh_weigh_report){.lambda = NAN,
                           .consistency_index = NAN,
                           .consistency_ratio = NAN,
                           .worst_given = NAN,
                           .worst_wanted = NAN,
                           .explained = NAN};
    if (m == 1) {
        w[0] = 1; /* alone in its group: nothing to weigh, constant or not */
        return RH_OK;
    }
    bool reads =
        reads_data(how->method) || (how->combine != RH_COMBINE_NONE && reads_data(how->second));
    uint32_t *row = rh_alloc(reads ? (size_t)n + 1 : 1, sizeof *row);
    double *whole = rh_alloc(2 * (size_t)m + (reads ? (size_t)n * m : 0), sizeof *whole);
    rh_status status = RH_OK;
    if (row == NULL || whole == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for weights of %u indicators.", m);
    } else {
        uint32_t rows = reads ? complete_rows(x, n, m, row, whole + 2 * (size_t)m) : n;
        r->rows_left_out = n - rows;
        status = weigh_pair(how, whole + 2 * (size_t)m, rows, m, direction, w, whole, r, err);
    }
    rh_free(row);
    rh_free(whole);
    return status;
}
