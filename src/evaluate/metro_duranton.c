/* Metropolitan areas by a commuting threshold: see metro_duranton.h. */
#include "evaluate/metro_duranton.h"

#include "core/mem.h"
#include "evaluate/sorting.h"

#include <stdbool.h>

/* The destination of an area that it joins in this round, or itself. */
static uint32_t
destination(const rh_commuting *c, uint32_t i, double threshold)
{
    uint32_t best = i;
    double most = 0;
    for (uint32_t k = c->out.first[i]; k < c->out.first[i + 1]; k++) {
        if (c->out.persons[k] > most) { /* sorted: the first of equals has the smallest index */
            most = c->out.persons[k];
            best = c->out.unit[k];
        }
    }
    return most > 0 && most / c->residents[i] >= threshold ? best : i;
}

/* One round on merged flows; true when something joined. The smaller root stays root. */
static bool
join_once(const rh_commuting *merged, double threshold, uint32_t *parent)
{
    bool joined = false;
    for (uint32_t i = 0; i < merged->n; i++) {
        uint32_t to = destination(merged, i, threshold);
        if (to != i) {
            uint32_t a = rh_root_of(parent, i), b = rh_root_of(parent, to);
            joined = true;
            if (a < b) {
                parent[b] = a;
            } else {
                parent[a] = b;
            }
        }
    }
    return joined;
}

static rh_status
run_rounds(const rh_commuting *flows, double threshold, uint32_t *area, uint32_t *parent,
           uint32_t *rounds, rh_err *err)
{
    for (bool joined = true; joined;) {
        rh_commuting *merged;
        RH_TRY(rh_commuting_merge(flows, area, &merged, err));
        joined = join_once(merged, threshold, parent);
        rh_commuting_free(merged);
        *rounds += joined;
        for (uint32_t i = 0; i < flows->n; i++) {
            area[i] = rh_root_of(parent, i);
        }
    }
    return RH_OK;
}

rh_status
rh_duranton(const rh_commuting *flows, double threshold, uint32_t *area, uint32_t *n_areas,
            uint32_t *rounds, rh_err *err)
{
    if (!(threshold > 0 && threshold <= 1)) {
        return rh_fail(err, RH_RANGE, "A threshold must be above 0 and at most 1, not %g.",
                       threshold);
    }
    uint32_t *parent;
    RH_NEW(parent, (size_t)flows->n + 1, err);
    *rounds = 0;
    for (uint32_t i = 0; i < flows->n; i++) {
        area[i] = parent[i] = i;
    }
    rh_status status = run_rounds(flows, threshold, area, parent, rounds, err);
    *n_areas = 0;
    for (uint32_t i = 0; i < flows->n; i++) {
        *n_areas += area[i] == i;
    }
    rh_free(parent);
    return status;
}
