/* What can be reached, without rivals: cumulative opportunities, gravity, catchment ratio, and the cost until enough is
 * reached. Sources: access_measure.def. */
#include "evaluate/access_family.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>

typedef struct offer {
    double cost, supply;
} offer;

static int
by_cost(const void *a, const void *b)
{
    const offer *x = a, *y = b;
    return x->cost < y->cost ? -1 : x->cost > y->cost;
}

/* Offers of origin i within the catchment by rising cost, supply summed up; their number. */
static uint32_t
offers_of(const rh_access_job *job, uint32_t i, offer *offers)
{
    const rh_pairs *p = job->in->pairs;
    uint32_t n = 0;
    for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
        double supply = job->in->supply[p->destination[k]];
        if (p->cost[k] <= job->how->within && supply > 0) {
            offers[n++] = (offer){p->cost[k], supply};
        }
    }
    qsort(offers, n, sizeof *offers, by_cost);
    for (uint32_t o = 1; o < n; o++) {
        offers[o].supply += offers[o - 1].supply;
    }
    return n;
}

/* Supply within a cost; *at moves along the offers, so costs must not fall from call to call. */
static double
reached(const offer *offers, uint32_t n, double cost, uint32_t *at)
{
    while (*at < n && offers[*at].cost <= cost) {
        (*at)++;
    }
    return *at > 0 ? offers[*at - 1].supply : 0;
}

/* Cutoff number s of the interval; the last one is its end however the increments round. */
static double
cutoff(const rh_access_how *how, uint32_t s)
{
    return how->from + s * how->increment;
}

static uint32_t
n_cutoffs(const rh_access_how *how)
{
    return (uint32_t)floor((how->to - how->from) / how->increment + 1e-9) + 1;
}

/* Sums rise with the cutoff, so the median is the one in the middle. */
static double
over_interval(const rh_access_how *how, const offer *offers, uint32_t n)
{
    uint32_t steps = n_cutoffs(how), at = 0;
    double sum = 0, low = 0, high = 0;
    for (uint32_t s = 0; s < steps; s++) {
        double supply = reached(offers, n, cutoff(how, s), &at);
        sum += supply;
        low = s == (steps - 1) / 2 ? supply : low;
        high = s == steps / 2 ? supply : high;
    }
    return how->median ? (low + high) / 2 : sum / steps;
}

static double
cost_until(const offer *offers, uint32_t n, double wanted)
{
    for (uint32_t o = 0; o < n; o++) {
        if (offers[o].supply >= wanted) {
            return offers[o].cost;
        }
    }
    return INFINITY;
}

/* The first multiple of the increment at which as much is reached as there are people. */
static double
balancing(const rh_access_how *how, const offer *offers, uint32_t n, double people)
{
    double cost = people > 0 ? cost_until(offers, n, people) : 0;
    return isinf(cost) ? (double)NAN : ceil(cost / how->increment - 1e-9) * how->increment;
}

static rh_status
by_offers(const rh_access_job *job, rh_err *err)
{
    const rh_pairs *p = job->in->pairs;
    size_t most = 0;
    for (uint32_t i = 0; i < p->n_origins; i++) {
        size_t n = p->start[i + 1] - p->start[i];
        most = n > most ? n : most;
    }
    offer *offers;
    RH_NEW(offers, most + 1, err);
    for (uint32_t i = 0; i < p->n_origins; i++) {
        uint32_t n = offers_of(job, i, offers);
        job->access[i] = job->measure == RH_ACCESS_INTERVAL ? over_interval(job->how, offers, n)
                         : job->measure == RH_ACCESS_CLOSEST
                             ? cost_until(offers, n, job->how->at_least)
                             : balancing(job->how, offers, n, job->in->demand[i]);
    }
    rh_free(offers);
    return RH_OK;
}

static rh_status
catchment_ratio(const rh_access_job *job, rh_err *err)
{
    const rh_pairs *around = job->in->neighbours;
    const rh_access_how *how = job->how;
    if (around == NULL || around->n_origins != job->in->pairs->n_origins ||
        around->n_destinations != job->in->pairs->n_origins) {
        return rh_fail(err, RH_INPUT,
                       "The catchment ratio needs the costs between places of demand too.");
    }
    double *weight, *demand;
    RH_NEW(weight, around->n + around->n_origins + 1, err);
    demand = weight + around->n;
    rh_status status =
        rh_pairs_weigh(around, &how->decay, how->within, how->threads, weight, err);
    if (status == RH_OK) {
        status = rh_pairs_row_sums(around, weight, job->in->demand, how->threads, demand, err);
    }
    for (uint32_t i = 0; i < around->n_origins && status == RH_OK; i++) {
        job->access[i] = demand[i] > 0 ? job->access[i] / demand[i] : (double)NAN;
    }
    rh_free(weight);
    return status;
}

static rh_status
check_how(const rh_access_job *job, rh_err *err)
{
    const rh_access_how *how = job->how;
    const double cutoffs_most = 1e6;
    if (!(how->increment > 0)) {
        return rh_fail(err, RH_INPUT, "An increment of %g: it must be above 0.",
                       how->increment);
    }
    if (job->measure == RH_ACCESS_INTERVAL &&
        (!(how->from >= 0) || !(how->to >= how->from) ||
         !((how->to - how->from) / how->increment <= cutoffs_most))) {
        return rh_fail(err, RH_INPUT, "The interval from %g to %g by %g holds no cutoffs.",
                       how->from, how->to, how->increment);
    }
    return RH_OK;
}

rh_status
rh_access_opportunity(const rh_access_job *job, rh_err *err)
{
    RH_TRY(check_how(job, err));
    RH_TRY(rh_access_count_alone(job, err));
    if (job->measure == RH_ACCESS_INTERVAL || job->measure == RH_ACCESS_CLOSEST ||
        job->measure == RH_ACCESS_BALANCING) {
        return by_offers(job, err);
    }
    const rh_pairs *p = job->in->pairs;
    RH_TRY(rh_pairs_row_sums(p, job->weight, job->in->supply, job->how->threads, job->access,
                             err));
    for (size_t k = 0; k < p->n && job->parts; k++) {
        job->weight[k] *= job->in->supply[p->destination[k]];
    }
    return job->measure == RH_ACCESS_RATIO ? catchment_ratio(job, err) : RH_OK;
}
