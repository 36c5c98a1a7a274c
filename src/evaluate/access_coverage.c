/* Coverage by group: see access_coverage.h. */
#include "evaluate/access_coverage.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>

typedef struct stop {
    double minutes, people;
} stop;

static int
nearest_first(const void *a, const void *b)
{
    const stop *x = a, *y = b;
    return x->minutes != y->minutes ? (x->minutes < y->minutes ? -1 : 1)
                                    : (x->people < y->people ? -1 : x->people > y->people);
}

static void
add_up(uint32_t g, uint32_t n_stops, const stop *stops, uint32_t n_limits, const double *limit,
       rh_coverage *out)
{
    double people = 0, within = 0, sum = 0, *covered = out->covered + (size_t)g * n_limits;
    for (uint32_t s = 0; s < n_stops; s++) {
        people += stops[s].people;
    }
    out->people[g] = people;
    out->median[g] = NAN;
    double passed = 0;
    for (uint32_t s = 0; s < n_stops; s++) {
        for (uint32_t l = 0; l < n_limits; l++) {
            covered[l] += stops[s].minutes <= limit[l] ? stops[s].people : 0;
        }
        if (isfinite(stops[s].minutes)) {
            within += stops[s].people;
            sum += stops[s].people * stops[s].minutes;
        }
        passed += stops[s].people;
        if (isnan(out->median[g]) && people > 0 && passed >= people / 2) {
            out->median[g] = stops[s].minutes;
        }
    }
    out->mean[g] = within > 0 ? sum / within : (double)NAN;
    out->unreached[g] = people - within;
}

rh_status
rh_access_coverage(uint32_t n, const double *minutes, const double *people_at,
                   const uint32_t *group, uint32_t n_groups, uint32_t n_limits,
                   const double *limit, rh_coverage *out, rh_err *err)
{
    stop *stops;
    RH_NEW(stops, (size_t)n + 1, err);
    for (uint32_t g = 0; g <= n_groups; g++) {
        uint32_t n_stops = 0;
        for (uint32_t i = 0; i < n; i++) {
            if (g == n_groups || group[i] == g) {
                stops[n_stops++] = (stop){minutes[i], people_at[i]};
            }
        }
        qsort(stops, n_stops, sizeof *stops, nearest_first);
        for (uint32_t l = 0; l < n_limits; l++) {
            out->covered[(size_t)g * n_limits + l] = 0;
        }
        add_up(g, n_stops, stops, n_limits, limit, out);
    }
    rh_free(stops);
    return RH_OK;
}
