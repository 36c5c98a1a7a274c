/* Which kind of work somebody takes up, as the place of residence has it. */
#ifndef RH_PROCESS_JOBS_H
#define RH_PROCESS_JOBS_H

#include "process/env.h"

/* Activity of a school leaver or of somebody who starts to work: shares of the residence county, no farm work in
 * urban parts, less farm work for the young (behaviour.csv, work.youth_farm). */
enum rh_activity rh_first_job(rh_env *env, rh_person w);

/* Industry or service, as the residence county has them. */
enum rh_activity rh_urban_job(rh_env *env, rh_person w);

#endif
