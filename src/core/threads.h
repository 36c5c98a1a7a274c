/* Jobs on a fixed number of threads, taken from a shared counter in rising order.
 *
 * T1 every job runs exactly once.  T2 a job may not depend on which worker runs it; the worker index is
 * only for scratch memory and for integer sums that are added afterwards. */
#ifndef RH_CORE_THREADS_H
#define RH_CORE_THREADS_H

#include "core/status.h"

/* One job. Returning a status other than RH_OK stops the hand-out of further jobs. */
typedef rh_status rh_job(void *context, unsigned job, unsigned worker, rh_err *err);

/* Run jobs 0 … n_jobs-1 on `n_threads` workers (≥ 1) and wait. `order` (NULL: 0,1,2,…) is a permutation
 * of the jobs that sets the hand-out order. Returns the failure of the lowest-numbered failing job. */
RH_MUST_CHECK rh_status rh_threads_run(unsigned n_threads, unsigned n_jobs,
                                       const unsigned *order, rh_job *job, void *context,
                                       rh_err *err);

/* Processors this process may use. */
unsigned rh_threads_available(void);

#endif
