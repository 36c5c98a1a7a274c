/* How far a long job is: rate, memory and time left. A state without output; the command line
 * shows it. */
#ifndef RH_CORE_PROGRESS_H
#define RH_CORE_PROGRESS_H

#include <stdint.h>

typedef struct rh_progress {
    double began_s, phase_began_s; /* monotonic clock */
    uint64_t done, total;          /* of the phase; total 0: unknown */
    double rate_per_s;             /* done per second in this phase */
    double elapsed_s;              /* since the start */
    double left_s;                 /* of the phase, NAN while unknown */
    uint64_t memory_bytes;         /* resident set of the process, 0 when unknown */
} rh_progress;

/* Seconds of the monotonic clock. */
double rh_progress_clock(void);

/* Start the whole job, and its first phase, at time `now_s`. */
void rh_progress_begin(rh_progress *progress, double now_s);

/* Start another phase: counts go back to 0. */
void rh_progress_phase(rh_progress *progress, double now_s);

/* Take note of the phase's count and recompute rate, time left and memory. */
void rh_progress_update(rh_progress *progress, double now_s, uint64_t done, uint64_t total);

#endif
