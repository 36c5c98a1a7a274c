/* Measures that hand out a fixed total: spatial availability (each destination's supply among its people), total constrained
 * (all supply by the pull of places) and doubly constrained flows. Sources: access_measure.def.
 *
 * A place without people takes nothing, whatever alpha. */
#include "evaluate/access_family.h"

#include "core/mem.h"

#include <math.h>

static void
sum_rows(const rh_access_job *job)
{
    const rh_pairs *p = job->in->pairs;
    for (uint32_t i = 0; i < p->n_origins; i++) {
        double sum = 0;
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            sum += job->weight[k];
        }
        job->access[i] = sum;
    }
}

/* V_ij = S_j × P_i^alpha w_ij / Σ_k P_k^alpha w_kj: the balancing factors of demand and of cost, multiplied and scaled to sum
 * to 1 at each destination. */
static rh_status
availability(const rh_access_job *job, double *rivals, double *claim, rh_err *err)
{
    const rh_pairs *p = job->in->pairs;
    for (uint32_t i = 0; i < p->n_origins; i++) {
        double people = job->in->demand[i];
        claim[i] = people > 0 ? pow(people, job->how->alpha) : 0;
    }
    RH_TRY(rh_pairs_column_sums(p, job->weight, claim, job->how->threads, rivals, err));
    for (uint32_t i = 0; i < p->n_origins; i++) {
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            uint32_t j = p->destination[k];
            double mine = claim[i] * job->weight[k];
            job->weight[k] = mine > 0 ? job->in->supply[j] * (mine / rivals[j]) : 0;
        }
    }
    sum_rows(job);
    for (uint32_t i = 0; i < p->n_origins && job->measure == RH_ACCESS_PER_HEAD; i++) {
        double people = job->in->demand[i];
        job->access[i] = people > 0 ? job->access[i] / people : (double)NAN;
        for (size_t k = p->start[i]; k < p->start[i + 1] && people > 0; k++) {
            job->weight[k] /= people;
        }
    }
    return RH_OK;
}

/* V_ij = S × S_j w_ij / Σ S_j w_kj. Nobody's demand matters; what no pair reaches is handed out all the same. */
static rh_status
total(const rh_access_job *job)
{
    const rh_pairs *p = job->in->pairs;
    rh_access_balance *b = job->balance;
    double pull = 0;
    for (size_t k = 0; k < p->n; k++) {
        job->weight[k] *= job->in->supply[p->destination[k]];
        pull += job->weight[k];
    }
    for (size_t k = 0; k < p->n && pull > 0; k++) {
        job->weight[k] *= b->supply / pull;
    }
    b->to_keep = pull > 0 ? b->supply : 0;
    sum_rows(job);
    return RH_OK;
}

/* value / sum in `out`; the largest relative change from what stood there. */
static double
rescale(uint32_t n, const double *value, const double *sum, double *out)
{
    double most = 0;
    for (uint32_t i = 0; i < n; i++) {
        double next = sum[i] > 0 ? value[i] / sum[i] : 0;
        most = fmax(most, next > 0 ? fabs(next - out[i]) / next : 0);
        out[i] = next;
    }
    return most;
}

/* T_ij = a_i w_ij b_j by turns: rows to demand, columns to supply (Furness 1965). */
static rh_status
doubly(const rh_access_job *job, double *column, double *b, double *row, double *a, rh_err *err)
{
    enum { ROUNDS_MOST = 100000 };
    const double settled = 1e-12;
    const rh_pairs *p = job->in->pairs;
    const rh_access_balance *sums = job->balance;
    unsigned threads = job->how->threads, rounds = 0;
    if (fabs(sums->demand - sums->supply) > 1e-9 * sums->supply) {
        return rh_fail(err, RH_INPUT,
                       "Doubly constrained flows need as much demand as supply, and there are "
                       "%.10g and %.10g.",
                       sums->demand, sums->supply);
    }
    for (uint32_t j = 0; j < p->n_destinations; j++) {
        b[j] = 1;
    }
    for (double change = 1; change > settled; rounds++) {
        if (rounds == ROUNDS_MOST) {
            return rh_fail(err, RH_INPUT,
                           "After %u rounds the flows still do not meet demand and supply: the "
                           "pairs that are there do not allow it.",
                           rounds);
        }
        RH_TRY(rh_pairs_row_sums(p, job->weight, b, threads, row, err));
        change = rescale(p->n_origins, job->in->demand, row, a);
        RH_TRY(rh_pairs_column_sums(p, job->weight, a, threads, column, err));
        change = fmax(change, rescale(p->n_destinations, job->in->supply, column, b));
    }
    job->balance->cycles = rounds;
    for (uint32_t i = 0; i < p->n_origins; i++) {
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            job->weight[k] *= a[i] * b[p->destination[k]];
        }
    }
    sum_rows(job);
    return RH_OK;
}

rh_status
rh_access_constrained(const rh_access_job *job, rh_err *err)
{
    const rh_pairs *p = job->in->pairs;
    size_t m = p->n_origins, n = p->n_destinations;
    double *scratch;
    RH_TRY(rh_access_count_alone(job, err));
    RH_NEW(scratch, 2 * m + 2 * n + 1, err);
    rh_status status =
        job->measure == RH_ACCESS_TOTAL ? total(job)
        : job->measure == RH_ACCESS_DOUBLY
            ? doubly(job, scratch, scratch + n, scratch + 2 * n, scratch + 2 * n + m, err)
            : availability(job, scratch, scratch + n, err);
    rh_free(scratch);
    return status;
}
