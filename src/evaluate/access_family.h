/* The families behind access_measure.h, a file each; callers use rh_access. */
#ifndef RH_EVALUATE_ACCESS_FAMILY_H
#define RH_EVALUATE_ACCESS_FAMILY_H

#include "evaluate/access_measure.h"

/* What the families work on. `weight` holds decay(c) within the catchment on entry, and what each pair adds to its origin
 * on return where the measure has such parts. */
typedef struct rh_access_job {
    const rh_access_input *in;
    const rh_access_how *how;
    rh_access_measure measure;
    double *weight; /* pairs */
    bool parts;     /* somebody wants them; else weight may be left as it is */
    double *access; /* origins */
    rh_access_balance *balance;
} rh_access_job;

/* Count demand and supply without a partner: pairs of weight above 0 link. Each family calls it once, when the weights are
 * those by which people reach supply. */
RH_MUST_CHECK rh_status rh_access_count_alone(const rh_access_job *job, rh_err *err);

RH_MUST_CHECK rh_status rh_access_catchment(const rh_access_job *job, rh_err *err);
RH_MUST_CHECK rh_status rh_access_opportunity(const rh_access_job *job, rh_err *err);
RH_MUST_CHECK rh_status rh_access_constrained(const rh_access_job *job, rh_err *err);
RH_MUST_CHECK rh_status rh_access_raam(const rh_access_job *job, rh_err *err);
RH_MUST_CHECK rh_status rh_access_raam_steps(const rh_access_job *job, rh_err *err);

#endif
