/* Home counties of migrants who live outside their county (G4).
 *
 * Expected flow from home o to destination d, class k (in province or other province):
 *
 *   T_od = S_od · a_o · b_d,k
 *   S_od = P(province of d, province of o) · m_o · n_d,k · f_od, scaled within each pair of
 *          provinces so that it sums to the prior P (inside a province: its own total);
 *   f_od = max(distance, floor)^-elasticity, great circle between the counties' points;
 *   m_o  = registered − population + in-migrants of o: people registered there who live
 *          elsewhere; at least a share of the registered; scaled to the sum of all migrants;
 *   n_dk = migrants of class k in the table.
 *
 * a and b by Furness' iterative proportional fitting (1965). The destination margins are
 * integers and hold exactly; the origin margins m hold as closely as the two allow (the note
 * gives the residual). Whole persons by systematic rounding along the home counties, with one
 * keyed random start per destination and class.
 *
 * F1 for every destination, class and part the flows sum to the cells.
 * F2 nobody's home county is the destination. */
#include "place/draft.h"

#include "core/mem.h"
#include "core/random.h"

#include <math.h>
#include <string.h>

enum { ROUNDS = 60 };

struct rh_flow_fit {
    uint32_t n;
    float *seed;    /* [destination][origin] */
    double *factor; /* a, per origin */
    double *target; /* m, per origin */
    uint8_t *province;
    uint32_t *first, *last; /* per county: range of the counties of its province */
};

void
rh_flows_free(rh_flow_fit *fit)
{
    if (fit != NULL) {
        rh_free(fit->seed);
        rh_free(fit->factor);
        rh_free(fit->target);
        rh_free(fit->province);
        rh_free(fit->first);
        rh_free(fit->last);
        rh_free(fit);
    }
}

static uint32_t
outside(const rh_draft_county *c)
{
    return c->class_n[RH_IN_PROVINCE] + c->class_n[RH_OTHER_PROVINCE];
}

/* Unit vector of a place; unknown places sit at a point far from none (the country's middle).
 */
static void
direction(const rh_draft_county *c, double v[3])
{
    const double lon = (isnan(c->lon) ? 104.0 : c->lon) * M_PI / 180;
    const double lat = (isnan(c->lat) ? 35.0 : c->lat) * M_PI / 180;
    v[0] = cos(lat) * cos(lon);
    v[1] = cos(lat) * sin(lon);
    v[2] = sin(lat);
}

static double
decay(const rh_prior *prior, const double a[3], const double b[3])
{
    const double earth_km = 6371.0088; /* IUGG mean radius */
    const double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    const double km = 2 * earth_km * asin(fmin(1, sqrt(x * x + y * y + z * z) / 2));
    return pow(fmax(km, prior->distance_floor_km), -prior->distance_elasticity);
}

static rh_status
origin_targets(rh_draft *draft, rh_flow_fit *fit, rh_err *err)
{
    double sum = 0, migrants = 0;
    uint32_t floored = 0, negative = 0;
    for (uint32_t i = 0; i < fit->n; i++) {
        const rh_draft_county *c = &draft->county[i];
        const double m = (double)c->registered - c->population + outside(c);
        const double least = fmax(1, draft->prior.origin_floor_share * c->registered);
        negative += m < 0;
        floored += m < least;
        fit->target[i] = fmax(m, least);
        sum += fit->target[i];
        migrants += outside(c);
    }
    for (uint32_t i = 0; i < fit->n; i++) {
        fit->target[i] *= sum > 0 ? migrants / sum : 0;
    }
    return rh_draft_note(
        draft, err,
        "Home places: registered people living elsewhere (registered - population + "
        "in-migrants) sum to %.0f against %.0f migrants outside their county: scaled by "
        "%.4f; %u counties (%u negative in the table) are raised to %.1f %% of their "
        "registered people.",
        sum, migrants, sum > 0 ? migrants / sum : 0, floored, negative,
        100 * draft->prior.origin_floor_share);
}

/* f_od of all pairs; symmetric, zero on the diagonal. */
static rh_status
distances(const rh_draft *draft, rh_flow_fit *fit, rh_err *err)
{
    const size_t n = fit->n;
    double(*v)[3];
    RH_NEW(v, n, err);
    for (uint32_t i = 0; i < n; i++) {
        direction(&draft->county[i], v[i]);
    }
    for (size_t d = 0; d < n; d++) {
        for (size_t o = 0; o < d; o++) {
            fit->seed[d * n + o] = (float)decay(&draft->prior, v[d], v[o]);
        }
    }
    for (size_t d0 = 0; d0 < n; d0 += 64) { /* mirrored in tiles: both sides stay in cache */
        for (size_t o0 = d0; o0 < n; o0 += 64) {
            for (size_t d = d0; d < d0 + 64 && d < n; d++) {
                for (size_t o = o0 > d ? o0 : d + 1; o < o0 + 64 && o < n; o++) {
                    fit->seed[d * n + o] = fit->seed[o * n + d];
                }
            }
        }
    }
    rh_free(v);
    return RH_OK;
}

static double
destinations(const rh_draft_county *c, bool same_province)
{
    return c->class_n[same_province ? RH_IN_PROVINCE : RH_OTHER_PROVINCE];
}

/* Scale the block of every pair of provinces to its prior. */
static rh_status
scale_pairs(const rh_draft *draft, rh_flow_fit *fit, rh_err *err)
{
    const size_t n = fit->n;
    double(*block)[RH_DRAFT_PROVINCES];
    RH_NEW(block, RH_DRAFT_PROVINCES, err);
    double inside[RH_DRAFT_PROVINCES] = {0};
    for (size_t d = 0; d < n; d++) {
        const float *row = fit->seed + d * n;
        const uint8_t p = fit->province[d];
        inside[p] += destinations(&draft->county[d], true);
        for (size_t o = 0; o < n; o++) {
            const uint8_t q = fit->province[o];
            block[p][q] +=
                (double)row[o] * fit->target[o] * destinations(&draft->county[d], p == q);
        }
    }
    for (size_t d = 0; d < n; d++) {
        float *row = fit->seed + d * n;
        const uint8_t p = fit->province[d];
        double scale[RH_DRAFT_PROVINCES];
        for (int q = 0; q < RH_DRAFT_PROVINCES; q++) {
            const double prior = p == q                ? inside[p]
                                 : draft->pair != NULL ? draft->pair[p][q]
                                                       : block[p][q];
            scale[q] = block[p][q] > 0 ? prior / block[p][q] : 0;
        }
        for (size_t o = 0; o < n; o++) {
            const uint8_t q = fit->province[o];
            row[o] = (float)((double)row[o] * scale[q] * fit->target[o] *
                             destinations(&draft->county[d], p == q));
        }
    }
    rh_free(block);
    return RH_OK;
}

static double
dot(const float *row, const double *factor, uint32_t first, uint32_t last)
{
    double sum[4] = {0};
    uint32_t o = first;
    for (; o + 4 <= last; o += 4) {
        for (uint32_t k = 0; k < 4; k++) {
            sum[k] += (double)row[o + k] * factor[o + k];
        }
    }
    for (; o < last; o++) {
        sum[0] += (double)row[o] * factor[o];
    }
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static void
add_scaled(double *restrict sum, const float *restrict row, double b, uint32_t first,
           uint32_t last)
{
    for (uint32_t o = first; o < last; o++) {
        sum[o] += b * (double)row[o];
    }
}

static double
ratio(double target, double sum)
{
    return sum > 0 ? target / sum : 0;
}

static rh_status
furness(const rh_draft *draft, rh_flow_fit *fit, rh_err *err)
{
    const uint32_t n = fit->n;
    double *sum;
    RH_NEW(sum, n, err);
    for (uint32_t o = 0; o < n; o++) {
        fit->factor[o] = 1;
    }
    for (int round = 0; round < ROUNDS; round++) {
        memset(sum, 0, n * sizeof *sum);
        for (uint32_t d = 0; d < n; d++) {
            const float *row = fit->seed + (size_t)d * n;
            const uint32_t first = fit->first[d], last = fit->last[d];
            const double in = dot(row, fit->factor, first, last);
            const double other =
                dot(row, fit->factor, 0, first) + dot(row, fit->factor, last, n);
            const double b_in = ratio(destinations(&draft->county[d], true), in);
            const double b_other = ratio(destinations(&draft->county[d], false), other);
            add_scaled(sum, row, b_other, 0, first);
            add_scaled(sum, row, b_in, first, last);
            add_scaled(sum, row, b_other, last, n);
        }
        double worst = 0;
        for (uint32_t o = 0; o < n; o++) {
            const double f = ratio(fit->target[o], fit->factor[o] * sum[o]) * fit->factor[o];
            worst = fmax(worst, fabs(fit->target[o] - fit->factor[o] * sum[o]));
            fit->factor[o] = sum[o] > 0 ? fit->target[o] / sum[o] : f;
        }
        if (worst < 0.5) {
            break;
        }
    }
    rh_free(sum);
    return RH_OK;
}

/* Migrants whose home is not among the kept counties become local. */
static rh_status
drop_elsewhere(rh_draft *draft, const rh_flow_fit *fit, const bool *keep, rh_err *err)
{
    const uint32_t n = fit->n;
    uint64_t dropped = 0;
    for (uint32_t d = 0; d < n; d++) {
        rh_draft_county *c = &draft->county[d];
        if (!keep[d]) {
            continue;
        }
        const float *row = fit->seed + (size_t)d * n;
        double all[2] = {0}, kept[2] = {0};
        for (uint32_t o = 0; o < n; o++) {
            const int same = fit->province[o] == fit->province[d];
            all[same] += (double)row[o] * fit->factor[o];
            kept[same] += keep[o] ? (double)row[o] * fit->factor[o] : 0;
        }
        for (int same = 0; same < 2; same++) {
            uint32_t *k = &c->class_n[same ? RH_IN_PROVINCE : RH_OTHER_PROVINCE];
            uint32_t stay = (uint32_t)floor(*k * fmin(1, ratio(kept[same], all[same])) + 0.5);
            if (kept[same] == all[same] && all[same] > 0) {
                stay = *k;
            }
            dropped += *k - stay;
            c->class_n[RH_LOCAL] += *k - stay;
            *k = stay;
        }
    }
    return dropped == 0 ? RH_OK
                        : rh_draft_note(draft, err,
                                        "Part of the country: %llu migrants whose home lies "
                                        "outside the region are counted "
                                        "as local; the class margins of their counties differ "
                                        "from the published ones.",
                                        (unsigned long long)dropped);
}

static rh_status
fit_new(const rh_draft *draft, rh_flow_fit **out, rh_err *err)
{
    rh_flow_fit *fit;
    RH_NEW(fit, 1, err);
    *out = fit;
    const uint32_t n = fit->n = draft->n_counties;
    RH_NEW(fit->seed, (size_t)n * n, err);
    RH_NEW(fit->factor, n, err);
    RH_NEW(fit->target, n, err);
    RH_NEW(fit->province, n, err);
    RH_NEW(fit->first, n, err);
    RH_NEW(fit->last, n, err);
    for (uint32_t i = 0; i < n; i++) {
        fit->province[i] = (uint8_t)(draft->county[i].code / 10000);
    }
    for (uint32_t i = 0, next; i < n; i = next) {
        for (next = i; next < n && fit->province[next] == fit->province[i]; next++) {
        }
        for (uint32_t k = i; k < next; k++) {
            fit->first[k] = i;
            fit->last[k] = next;
        }
    }
    return RH_OK;
}

rh_status
rh_flows_fit(rh_draft *draft, const bool *keep, rh_flow_fit **out, rh_err *err)
{
    RH_TRY(fit_new(draft, out, err));
    RH_TRY(origin_targets(draft, *out, err));
    RH_TRY(distances(draft, *out, err));
    RH_TRY(scale_pairs(draft, *out, err));
    RH_TRY(furness(draft, *out, err));
    return drop_elsewhere(draft, *out, keep, err);
}

/* Flows into the destinations, one after the other; origins rise within each. */
typedef struct flow_list {
    uint64_t n, space;
    uint32_t *origin;
    uint32_t (*count)[RH_PART_COUNT];
    uint64_t *start; /* per destination, n + 1 */
} flow_list;

static rh_status
list_add(flow_list *list, uint32_t origin, const uint32_t count[RH_PART_COUNT], rh_err *err)
{
    if (list->n == list->space) {
        const uint64_t space = 2 * list->space + 65536;
        uint32_t *origins = rh_resize(list->origin, space, sizeof *origins);
        list->origin = origins != NULL ? origins : list->origin;
        uint32_t(*counts)[RH_PART_COUNT] = rh_resize(list->count, space, sizeof *counts);
        list->count = counts != NULL ? counts : list->count;
        if (origins == NULL || counts == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %llu flows.",
                           (unsigned long long)space);
        }
        list->space = space;
    }
    list->origin[list->n] = origin;
    memcpy(list->count[list->n++], count, sizeof *list->count);
    return RH_OK;
}

/* One class of one destination: `total[part]` persons over the counties of `weight` (0 where
 * impossible). */
static rh_status
round_class(uint32_t n, const double *weight, const uint32_t total[RH_PART_COUNT], double start,
            flow_list *list, rh_err *err)
{
    const uint64_t all = (uint64_t)total[RH_RURAL] + total[RH_URBAN];
    double sum = 0, running = 0;
    uint32_t last = 0;
    for (uint32_t o = 0; o < n; o++) {
        sum += weight[o];
        last = weight[o] > 0 ? o : last;
    }
    uint64_t done = 0, rural = 0;
    for (uint32_t o = 0; o <= last && done < all; o++) {
        if (!(weight[o] > 0)) {
            continue;
        }
        running += weight[o];
        uint64_t upto = o == last ? all : (uint64_t)((double)all * (running / sum) + start);
        upto = upto > all ? all : upto;
        if (upto > done) {
            const uint64_t rural_upto = upto * total[RH_RURAL] / all;
            const uint32_t count[RH_PART_COUNT] = {
                [RH_RURAL] = (uint32_t)(rural_upto - rural),
                [RH_URBAN] = (uint32_t)(upto - done - (rural_upto - rural))};
            RH_TRY(list_add(list, o, count, err));
            done = upto;
            rural = rural_upto;
        }
    }
    return RH_OK;
}

static void
class_totals(const rh_cell *cell, int class, uint32_t total[RH_PART_COUNT])
{
    for (int p = 0; p < RH_PART_COUNT; p++) {
        total[p] = 0;
        for (int j = 0; j < 2 * RH_AGE_GROUPS; j++) {
            total[p] += cell->n[class][p][j / RH_AGE_GROUPS][j % RH_AGE_GROUPS];
        }
    }
}

static rh_status
round_destination(const rh_draft *draft, const rh_flow_fit *fit, const uint32_t *from,
                  uint32_t d, double *weight, flow_list *list, rh_err *err)
{
    const rh_key key = rh_key_with(0x666c6f7773, draft->county[d].code); /* "flows" */
    const float *row = fit->seed + (size_t)from[d] * fit->n;
    for (int class = RH_IN_PROVINCE; class <= RH_OTHER_PROVINCE; class ++) {
        double sum = 0;
        uint32_t total[RH_PART_COUNT];
        class_totals(&draft->region->cell[d], class, total);
        for (uint32_t o = 0; o < draft->n_counties; o++) {
            const bool same = fit->province[from[o]] == fit->province[from[d]];
            const bool fits = same == (class == RH_IN_PROVINCE) && o != d;
            weight[o] = fits ? (double)row[from[o]] * fit->factor[from[o]] : 0;
            sum += weight[o];
        }
        if (!(sum > 0) && total[RH_RURAL] + total[RH_URBAN] > 0) {
            return rh_fail(
                err, RH_INPUT,
                "%s (%llu) has %u migrants of class %d but no county they could come from.",
                rh_draft_name(draft, draft->county[d].name),
                (unsigned long long)draft->county[d].code, total[RH_RURAL] + total[RH_URBAN],
                class);
        }
        RH_TRY(round_class(draft->n_counties, weight, total, rh_uniform(key, (uint64_t) class),
                           list, err));
    }
    return RH_OK;
}

/* From flows by destination to flows by home. */
static rh_status
turn_around(const rh_draft *draft, const flow_list *list, rh_err *err)
{
    rh_region *region = draft->region;
    const uint32_t n = draft->n_counties;
    RH_NEW(region->flow_first, (size_t)n + 1, err);
    RH_NEW(region->flow_dest, list->n, err);
    RH_NEW(region->flow_n, list->n, err);
    uint64_t *next;
    RH_NEW(next, (size_t)n + 1, err);
    for (uint64_t i = 0; i < list->n; i++) {
        region->flow_first[list->origin[i] + 1]++;
    }
    for (uint32_t o = 0; o < n; o++) {
        region->flow_first[o + 1] += region->flow_first[o];
        next[o] = region->flow_first[o];
    }
    for (uint32_t d = 0; d < n; d++) {
        for (uint64_t i = list->start[d]; i < list->start[d + 1]; i++) {
            const uint64_t at = next[list->origin[i]]++;
            region->flow_dest[at] = d;
            memcpy(region->flow_n[at], list->count[i], sizeof *list->count);
        }
    }
    rh_free(next);
    return RH_OK;
}

static rh_status
note_residual(rh_draft *draft, const rh_flow_fit *fit, const uint32_t *from, rh_err *err)
{
    const rh_region *region = draft->region;
    double wrong = 0, all = 0, worst = 0;
    uint32_t worst_at = 0;
    for (uint32_t o = 0; o < draft->n_counties; o++) {
        double got = 0;
        for (uint64_t i = region->flow_first[o]; i < region->flow_first[o + 1]; i++) {
            got += (double)region->flow_n[i][RH_RURAL] + region->flow_n[i][RH_URBAN];
        }
        const double off = fabs(got - fit->target[from[o]]);
        wrong += off;
        all += fit->target[from[o]];
        if (off > worst) {
            worst = off;
            worst_at = o;
        }
    }
    if (fit->n != draft->n_counties) {
        return RH_OK; /* part of the country: the targets count people who live outside the
                         region */
    }
    return rh_draft_note(draft, err,
                         "Home places: %llu flows between counties; people away from their "
                         "home county differ from "
                         "their target by %.3f %% in sum, most in %s (%.0f persons).",
                         (unsigned long long)region->flow_first[draft->n_counties],
                         all > 0 ? 50 * wrong / all : 0,
                         rh_draft_name(draft, draft->county[worst_at].name), worst);
}

static rh_status
fill_list(rh_draft *draft, const rh_flow_fit *fit, const uint32_t *from, flow_list *list,
          rh_err *err)
{
    double *weight;
    RH_NEW(weight, draft->n_counties, err);
    list->start = rh_alloc((size_t)draft->n_counties + 1, sizeof *list->start);
    rh_status st = RH_OK;
    if (list->start == NULL) {
        st = rh_fail(err, RH_MEMORY, "Not enough memory for the flows.");
    }
    for (uint32_t d = 0; d < draft->n_counties && st == RH_OK; d++) {
        st = round_destination(draft, fit, from, d, weight, list, err);
        list->start[d + 1] = list->n;
    }
    rh_free(weight);
    return st;
}

rh_status
rh_flows_build(rh_draft *draft, const rh_flow_fit *fit, const uint32_t *from, rh_err *err)
{
    flow_list list = {0};
    rh_status st = fill_list(draft, fit, from, &list, err);
    if (st == RH_OK) {
        st = turn_around(draft, &list, err);
    }
    rh_free(list.origin);
    rh_free(list.count);
    rh_free(list.start);
    RH_TRY(st);
    return note_residual(draft, fit, from, err);
}
