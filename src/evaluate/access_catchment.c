/* Floating catchments: supply shared among those who can reach it, each by its weight. Sources: access_measure.def.
 *
 * All are one scheme. Demand at a facility D_j = Σ_i P_i u_ij, level of service R_j = S_j / D_j, access
 * A_i = Σ_j R_j v_ij. They differ in u and v:
 *   2SFCA, E2SFCA, KD2SFCA  u = v = w
 *   M2SFCA                  u = w, v = w²             (what distance takes is lost, so supply is not kept)
 *   3SFCA                   u = v = w · w/Σ_h w_ih
 *   Huff                    u = v = w · S_j w/Σ_h S_h w_ih
 *   BFCA                    u = w/Σ_h w_ih, v = w/Σ_k w_kj */
#include "evaluate/access_family.h"

#include "core/mem.h"

#include <math.h>

/* w_ij *= attraction_j w_ij / Σ_h attraction_h w_ih: the share of j in the choice of i. */
static rh_status
weigh_by_choice(const rh_access_job *job, rh_err *err)
{
    const rh_pairs *p = job->in->pairs;
    const double *attraction = job->measure == RH_ACCESS_HUFF ? job->in->supply : NULL;
    double *chosen, *all = job->weight;
    RH_NEW(chosen, (size_t)p->n_origins + 1, err);
    rh_status status = RH_OK;
    if (job->how->choice_beyond) { /* the sum also counts what lies beyond the catchment */
        all = rh_alloc(p->n + 1, sizeof *all);
        status =
            all == NULL
                ? rh_fail(err, RH_MEMORY, "Not enough memory for %zu weights.", p->n)
                : rh_pairs_weigh(p, &job->how->decay, INFINITY, job->how->threads, all, err);
    }
    if (status == RH_OK) {
        status = rh_pairs_row_sums(p, all, attraction, job->how->threads, chosen, err);
    }
    for (uint32_t i = 0; i < p->n_origins && status == RH_OK; i++) {
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            double w = job->weight[k];
            double pull = attraction != NULL ? w * attraction[p->destination[k]] : w;
            job->weight[k] = pull > 0 ? w * (pull / chosen[i]) : 0;
        }
    }
    if (all != job->weight) {
        rh_free(all);
    }
    rh_free(chosen);
    return status;
}

/* value / sum where there is something to share, else 0. */
static void
divide(uint32_t n, const double *value, double *sum)
{
    for (uint32_t i = 0; i < n; i++) {
        sum[i] = sum[i] > 0 ? value[i] / sum[i] : 0;
    }
}

/* The last step: A_i = Σ_j level_j w_ij; each pair keeps its part. */
static rh_status
hand_out(const rh_access_job *job, const double *level, rh_err *err)
{
    const rh_pairs *p = job->in->pairs;
    RH_TRY(rh_pairs_row_sums(p, job->weight, level, job->how->threads, job->access, err));
    for (size_t k = 0; k < p->n && job->parts; k++) {
        job->weight[k] *= level[p->destination[k]];
    }
    return RH_OK;
}

/* Scratch: `level` for destinations, `demand` for origins, `column` for destinations. */
static rh_status
balanced(const rh_access_job *job, double *level, double *demand, double *column, rh_err *err)
{
    const rh_pairs *p = job->in->pairs;
    unsigned threads = job->how->threads;
    RH_TRY(rh_access_count_alone(job, err));
    RH_TRY(rh_pairs_row_sums(p, job->weight, NULL, threads, demand, err));
    divide(p->n_origins, job->in->demand, demand);
    RH_TRY(rh_pairs_column_sums(p, job->weight, NULL, threads, column, err));
    RH_TRY(rh_pairs_column_sums(p, job->weight, demand, threads, level, err));
    divide(p->n_destinations, job->in->supply, level);
    for (uint32_t j = 0; j < p->n_destinations; j++) {
        job->balance->to_keep += level[j];
        level[j] = column[j] > 0 ? level[j] / column[j] : 0;
    }
    RH_TRY(hand_out(job, level, err));
    for (uint32_t i = 0; i < p->n_origins; i++) {
        job->balance->kept += job->access[i];
    }
    return RH_OK;
}

static rh_status
shared(const rh_access_job *job, double *level, rh_err *err)
{
    const rh_pairs *p = job->in->pairs;
    if (job->measure == RH_ACCESS_3SFCA || job->measure == RH_ACCESS_HUFF) {
        RH_TRY(weigh_by_choice(job, err));
    }
    RH_TRY(rh_access_count_alone(job, err));
    RH_TRY(
        rh_pairs_column_sums(p, job->weight, job->in->demand, job->how->threads, level, err));
    divide(p->n_destinations, job->in->supply, level);
    for (size_t k = 0; k < p->n && job->measure == RH_ACCESS_M2SFCA; k++) {
        job->weight[k] *= job->weight[k];
    }
    return hand_out(job, level, err);
}

rh_status
rh_access_catchment(const rh_access_job *job, rh_err *err)
{
    const rh_pairs *p = job->in->pairs;
    size_t n = (size_t)p->n_destinations, m = p->n_origins;
    double *level;
    RH_NEW(level, 2 * n + m + 1, err);
    rh_status status = job->measure == RH_ACCESS_BFCA
                           ? balanced(job, level, level + 2 * n, level + n, err)
                           : shared(job, level, err);
    rh_free(level);
    return status;
}
