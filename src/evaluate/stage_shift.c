/* Aligning paths by stage: see stage_shift.h. */
#include "evaluate/stage_shift.h"

#include <math.h>

enum { STEPS = 10 }; /* of a year */

/* First and last known year; false when there is none. */
static bool
range_of(const double *path, uint32_t n, uint32_t *first, uint32_t *last)
{
    uint32_t i = 0, j = n;
    while (i < n && isnan(path[i])) {
        i++;
    }
    while (j > i && isnan(path[j - 1])) {
        j--;
    }
    *first = i;
    *last = j - (j > i);
    return j > i;
}

/* The path at a time inside its range, on the line between the known years around it. */
static double
at(const double *path, uint32_t n, double t)
{
    uint32_t left = (uint32_t)floor(t), right;
    while (left > 0 && isnan(path[left])) {
        left--;
    }
    right = left;
    if ((double)left == t) {
        return path[left];
    }
    do {
        right++;
    } while (right + 1 < n && isnan(path[right]));
    double part = (t - left) / (double)(right - left);
    return path[left] + part * (path[right] - path[left]);
}

rh_stage_shift
rh_stage_shift_find(const double *country, const double *reference, uint32_t n, double overlap)
{
    rh_stage_shift best = {.lead = (double)NAN, .distance = (double)INFINITY};
    uint32_t c0, c1, r0, r1;
    if (!range_of(country, n, &c0, &c1) || !range_of(reference, n, &r0, &r1)) {
        return best;
    }
    bool was_first = true, fell_last = false;
    double before = (double)INFINITY;
    /* country(t − L), t in r0 … r1 and t − L in c0 … c1 */
    for (int64_t k = ((int64_t)r0 - c1) * STEPS; k <= ((int64_t)r1 - c0) * STEPS; k++) {
        double lead = (double)k / STEPS, sum = 0, count = 0;
        for (uint32_t t = r0; t <= r1; t++) {
            double then = t - lead;
            if (!isnan(reference[t]) && then >= c0 && then <= c1) {
                double off = at(country, n, then) - reference[t];
                sum += off * off;
                count++;
            }
        }
        if (count < overlap || count < 1) {
            continue;
        }
        double distance = sqrt(sum / count);
        if (distance < best.distance) {
            best = (rh_stage_shift){lead, distance, count, was_first};
        }
        fell_last = distance < before;
        before = distance;
        was_first = false;
    }
    /* still falling at the last lead, which is then the best one */
    best.at_edge = best.at_edge || (fell_last && before == best.distance);
    return best;
}

double
rh_stage_passed(const double *path, uint32_t n, double share)
{
    uint32_t before = n;
    for (uint32_t i = 0; i < n; i++) {
        if (isnan(path[i])) {
            continue;
        }
        if (path[i] >= share) {
            return before == n ? (double)NAN
                               : before + (share - path[before]) / (path[i] - path[before]) *
                                              (double)(i - before);
        }
        before = i;
    }
    return (double)NAN;
}
