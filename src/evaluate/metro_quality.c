/* What a partition is worth: see metro_quality.h. */
#include "evaluate/metro_quality.h"

#include "core/mem.h"

#include <math.h>

enum { CENTRAL_JOBS = 100 };

/* The sums of a unit into its area's line. */
static void
add_unit(const rh_commuting *f, const uint32_t *area, uint32_t i, rh_area_quality *q,
         double *flow_between, double *links_between)
{
    double entering = f->jobs[i] - f->inside[i], leaving = f->residents[i] - f->inside[i];
    q->units++;
    q->central += f->jobs[i] > CENTRAL_JOBS && entering > leaving && leaving > 0;
    q->main = q->units == 1 || f->jobs[i] > f->jobs[q->main] ? i : q->main;
    for (uint32_t k = f->out.first[i]; k < f->out.first[i + 1]; k++) {
        if (area[f->out.unit[k]] == area[i]) {
            *flow_between += f->out.persons[k];
            *links_between += 1;
        }
    }
}

static void
finish(rh_area_quality *q, double flow_between, double links_between, const rh_lma_rule *rule)
{
    double pairs = q->units * (q->units - 1.0);
    q->supply_sc = q->inside / q->residents;
    q->demand_sc = q->inside / q->jobs;
    q->commuters = (q->residents - q->inside + q->jobs - q->inside) / (2 * q->inside);
    q->home_work = (q->residents - q->jobs) / q->inside;
    q->cohesion_links = pairs > 0 ? links_between / pairs : (double)NAN;
    q->cohesion_flows = flow_between / q->inside;
    q->validity =
        rule != NULL ? rh_lma_validity(rule, q->residents, q->jobs, q->inside) : (double)NAN;
}

static rh_status
fill(const rh_commuting *f, const rh_commuting *merged, const uint32_t *area,
     const rh_lma_rule *rule, rh_area_quality *list, uint32_t *line, double *between,
     uint32_t *n_areas)
{
    uint32_t n = 0;
    double *flow = between, *links = between + f->n;
    for (uint32_t i = 0; i < f->n; i++) {
        if (area[i] == RH_NO_AREA) {
            continue;
        }
        if (area[i] == i) {
            line[i] = n;
            list[n++] = (rh_area_quality){
                .area = i,
                .residents = merged->residents[i],
                .jobs = merged->jobs[i],
                .inside = merged->inside[i],
                .links_out =
                    merged->out.first[i + 1] - merged->out.first[i] + (merged->inside[i] > 0),
                .links_in =
                    merged->in.first[i + 1] - merged->in.first[i] + (merged->inside[i] > 0),
            };
        }
        uint32_t a = line[area[i]];
        add_unit(f, area, i, &list[a], &flow[a], &links[a]);
    }
    for (uint32_t a = 0; a < n; a++) {
        finish(&list[a], flow[a], links[a], rule);
    }
    *n_areas = n;
    return RH_OK;
}

rh_status
rh_quality_of_areas(const rh_commuting *flows, const uint32_t *area, const rh_lma_rule *rule,
                    rh_area_quality **out, uint32_t *n_areas, double *modularity, rh_err *err)
{
    rh_commuting *merged;
    *out = NULL;
    RH_TRY(rh_commuting_merge(flows, area, &merged, err));
    const size_t n = (size_t)flows->n + 1;
    rh_area_quality *list = rh_alloc(n, sizeof *list);
    uint32_t *line = rh_alloc(n, sizeof *line);
    double *between = rh_alloc(2 * n, sizeof *between);
    rh_status status = list == NULL || line == NULL || between == NULL
                           ? rh_fail(err, RH_MEMORY, "Not enough memory for %zu areas.", n)
                           : fill(flows, merged, area, rule, list, line, between, n_areas);
    double sum = 0;
    for (uint32_t a = 0; status == RH_OK && a < *n_areas; a++) {
        sum += list[a].inside - list[a].residents * list[a].jobs / merged->total;
    }
    *modularity = sum / merged->total;
    rh_commuting_free(merged);
    rh_free(line);
    rh_free(between);
    if (status != RH_OK) {
        rh_free(list);
        return status;
    }
    *out = list;
    return RH_OK;
}
