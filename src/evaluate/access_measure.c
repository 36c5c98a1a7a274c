/* One entry for all measures: see access_measure.h. */
#include "evaluate/access_family.h"

#include "core/mem.h"

#include <math.h>
#include <string.h>

static const rh_access_info infos[] = {
#define MEASURE(id, word, zh, en, keeps, formula, source)                                      \
    {word, zh, en, RH_KEEPS_##keeps, formula, source},
#include "evaluate/access_measure.def"
#undef MEASURE
};

const rh_access_info *
rh_access_info_of(rh_access_measure measure)
{
    return &infos[measure];
}

rh_access_measure
rh_access_find(const char *word, size_t length)
{
    unsigned m = 0;
    while (m < RH_ACCESS_COUNT &&
           (strlen(infos[m].word) != length || strncmp(infos[m].word, word, length) != 0)) {
        m++;
    }
    return (rh_access_measure)m;
}

rh_access_how
rh_access_usual(void)
{
    return (rh_access_how){.decay = {.form = RH_DECAY_NONE},
                           .within = INFINITY,
                           .alpha = 1,
                           .increment = 1,
                           .tau = 60,
                           .threads = 1};
}

rh_status
rh_access_decay(rh_access_measure measure, const rh_access_how *how, rh_decay *decay,
                rh_err *err)
{
    *decay = how->decay;
    switch (measure) {
    case RH_ACCESS_2SFCA:
    case RH_ACCESS_CUMULATIVE:
    case RH_ACCESS_INTERVAL:
    case RH_ACCESS_CLOSEST:
    case RH_ACCESS_BALANCING:
    case RH_ACCESS_RAAM:
    case RH_ACCESS_RAAM_STEPS:
        *decay = (rh_decay){.form = RH_DECAY_NONE};
        return RH_OK;
    case RH_ACCESS_KD2SFCA:
        if (isinf(how->within) || how->within <= 0) {
            return rh_fail(err, RH_INPUT, "kd2sfca needs a catchment above 0 for its kernel.");
        }
        *decay = (rh_decay){.form = RH_DECAY_EPANECHNIKOV, .a = how->within};
        return RH_OK;
    default:
        return RH_OK;
    }
}

rh_status
rh_access_count_alone(const rh_access_job *job, rh_err *err)
{
    const rh_pairs *p = job->in->pairs;
    rh_access_balance *b = job->balance;
    bool *reached;
    RH_NEW(reached, (size_t)p->n_destinations + 1, err);
    for (uint32_t i = 0; i < p->n_origins; i++) {
        bool partner = false;
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            double w = job->weight[k]; /* products: what underflows to 0 links nobody */
            partner |= w * job->in->supply[p->destination[k]] > 0;
            reached[p->destination[k]] |= w * job->in->demand[i] > 0;
        }
        b->demand += job->in->demand[i];
        if (!partner && job->in->demand[i] > 0) {
            b->demand_alone += job->in->demand[i];
            b->n_demand_alone++;
        }
    }
    for (uint32_t j = 0; j < p->n_destinations; j++) {
        b->supply += job->in->supply[j];
        if (!reached[j] && job->in->supply[j] > 0) {
            b->supply_alone += job->in->supply[j];
            b->n_supply_alone++;
        }
    }
    rh_free(reached);
    return RH_OK;
}

/* A1: the sum over demand of what was handed out is the supply that somebody reaches. */
static rh_status
check_kept(const rh_access_job *job, rh_err *err)
{
    const rh_access_info *info = &infos[job->measure];
    rh_access_balance *b = job->balance;
    if (info->keeps == RH_KEEPS_SUPPLY || info->keeps == RH_KEEPS_TOTAL ||
        info->keeps == RH_KEEPS_ALL) {
        for (uint32_t i = 0; i < job->in->pairs->n_origins; i++) {
            double share = info->keeps == RH_KEEPS_SUPPLY ? job->in->demand[i] : 1;
            b->kept += share > 0 ? job->access[i] * share : 0;
        }
    }
    if (info->keeps == RH_KEEPS_SUPPLY || info->keeps == RH_KEEPS_TOTAL) {
        b->to_keep = b->supply - b->supply_alone;
    }
    const double tolerance = job->measure == RH_ACCESS_DOUBLY ? 1e-6 : 1e-9;
    if (info->keeps != RH_KEEPS_NOTHING &&
        !(fabs(b->kept - b->to_keep) <= tolerance * (b->supply + fabs(b->to_keep)))) {
        return rh_fail(err, RH_INVARIANT, "%s must keep %.17g and kept %.17g.", info->word,
                       b->to_keep, b->kept);
    }
    return RH_OK;
}

static rh_status
compute(const rh_access_job *job, rh_err *err)
{
    rh_decay decay;
    const rh_access_how *how = job->how;
    RH_TRY(rh_access_decay(job->measure, how, &decay, err));
    RH_TRY(rh_pairs_weigh(job->in->pairs, &decay, how->within, how->threads, job->weight, err));
    switch (job->measure) {
    case RH_ACCESS_2SFCA:
    case RH_ACCESS_E2SFCA:
    case RH_ACCESS_KD2SFCA:
    case RH_ACCESS_M2SFCA:
    case RH_ACCESS_3SFCA:
    case RH_ACCESS_HUFF:
    case RH_ACCESS_BFCA:
        RH_TRY(rh_access_catchment(job, err));
        break;
    case RH_ACCESS_AVAILABILITY:
    case RH_ACCESS_PER_HEAD:
    case RH_ACCESS_TOTAL:
    case RH_ACCESS_DOUBLY:
        RH_TRY(rh_access_constrained(job, err));
        break;
    case RH_ACCESS_RAAM:
        RH_TRY(rh_access_raam(job, err));
        break;
    case RH_ACCESS_RAAM_STEPS:
        RH_TRY(rh_access_raam_steps(job, err));
        break;
    default:
        RH_TRY(rh_access_opportunity(job, err));
        break;
    }
    return check_kept(job, err);
}

rh_status
rh_access(const rh_access_input *in, rh_access_measure measure, const rh_access_how *how,
          double *access, double *detail, rh_access_balance *balance, rh_err *err)
{
    double *own = NULL;
    *balance = (rh_access_balance){0};
    if (detail == NULL) {
        RH_NEW(own, in->pairs->n + 1, err);
    }
    rh_access_job job = {in,     how,    measure, detail != NULL ? detail : own, detail != NULL,
                         access, balance};
    rh_status status = compute(&job, err);
    rh_free(own);
    return status;
}
