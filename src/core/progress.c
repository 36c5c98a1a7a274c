/* How far a long job is: see progress.h. */
#include "core/progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

double
rh_progress_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Pages in memory are the second number of /proc/self/statm (proc(5)); 0 where there is none.
 */
static uint64_t
resident_bytes(void)
{
    FILE *statm = fopen("/proc/self/statm", "r");
    if (statm == NULL) {
        return 0;
    }
    char line[128];
    const char *second = fgets(line, sizeof line, statm) != NULL ? strchr(line, ' ') : NULL;
    fclose(statm);
    return second != NULL ? strtoul(second, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

void
rh_progress_begin(rh_progress *progress, double now_s)
{
    *progress = (rh_progress){.began_s = now_s, .phase_began_s = now_s, .left_s = (double)NAN};
}

void
rh_progress_phase(rh_progress *progress, double now_s)
{
    double began_s = progress->began_s;
    rh_progress_begin(progress, now_s);
    progress->began_s = began_s;
    progress->elapsed_s = now_s - began_s;
}

void
rh_progress_update(rh_progress *progress, double now_s, uint64_t done, uint64_t total)
{
    double phase_s = now_s - progress->phase_began_s;
    progress->done = done;
    progress->total = total;
    progress->elapsed_s = now_s - progress->began_s;
    progress->rate_per_s = phase_s > 0 ? (double)done / phase_s : 0;
    progress->left_s = total >= done && total > 0 && progress->rate_per_s > 0
                           ? (double)(total - done) / progress->rate_per_s
                           : (double)NAN;
    progress->memory_bytes = resident_bytes();
}
