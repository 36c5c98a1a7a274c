/* Pairs by coordinates: see access_near.h. Destinations are sorted by y; an origin looks at those in its band only. */
#include "evaluate/access_near.h"

#include "core/mem.h"
#include "evaluate/sorting.h"

#include <math.h>
#include <stdlib.h>

typedef struct list {
    uint32_t *origin, *destination;
    double *cost;
    size_t n, room;
} list;

static rh_status
grow(list *l, rh_err *err)
{
    size_t room = l->room > 0 ? l->room * 2 : 4096;
    uint32_t *origin = rh_resize(l->origin, room, sizeof *origin);
    l->origin = origin != NULL ? origin : l->origin;
    uint32_t *destination = rh_resize(l->destination, room, sizeof *destination);
    l->destination = destination != NULL ? destination : l->destination;
    double *cost = rh_resize(l->cost, room, sizeof *cost);
    l->cost = cost != NULL ? cost : l->cost;
    if (origin == NULL || destination == NULL || cost == NULL) {
        return rh_fail(err, RH_MEMORY,
                       "Not enough memory for %zu pairs of places; give a smaller catchment.",
                       room);
    }
    l->room = room;
    return RH_OK;
}

static uint32_t
first_at(const rh_ranked *sorted, uint32_t n, double y)
{
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (sorted[middle].value < y) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static double
length_between(const rh_points *a, uint32_t i, const rh_points *b, uint32_t j)
{
    return a->globe ? rh_globe_km(a->x[i], a->y[i], b->x[j], b->y[j])
                    : hypot(a->x[i] - b->x[j], a->y[i] - b->y[j]);
}

/* Length of one unit of y. */
static double
unit(const rh_points *points)
{
    return points->globe ? RH_EARTH_KM * RH_DEGREE : 1;
}

static rh_status
collect(const rh_points *o, const rh_points *d, const rh_ranked *sorted, double scale,
        double within, list *l, rh_err *err)
{
    const double slack =
        1 + 1e-9; /* the band is a filter only: roundings must not lose a pair */
    double band = within / scale * slack / unit(o);
    for (uint32_t i = 0; i < o->n; i++) {
        uint32_t k = first_at(sorted, d->n, o->y[i] - band);
        for (; k < d->n && sorted[k].value <= o->y[i] + band; k++) {
            uint32_t j = sorted[k].index;
            double length = length_between(o, i, d, j);
            if (length * scale > within) {
                continue;
            }
            if (l->n == l->room) {
                RH_TRY(grow(l, err));
            }
            l->origin[l->n] = i;
            l->destination[l->n] = j;
            l->cost[l->n++] = length * scale;
        }
    }
    return RH_OK;
}

static rh_status
sort_by_y(const rh_points *points, rh_ranked **sorted, rh_err *err)
{
    RH_NEW(*sorted, (size_t)points->n + 1, err);
    for (uint32_t j = 0; j < points->n; j++) {
        (*sorted)[j] = (rh_ranked){points->y[j], j};
    }
    qsort(*sorted, points->n, sizeof **sorted, rh_ranked_rising);
    return RH_OK;
}

rh_status
rh_near_pairs(const rh_points *origins, const rh_points *destinations, double scale,
              double within, rh_pairs **out, rh_err *err)
{
    rh_ranked *sorted;
    list l = {0};
    *out = NULL;
    RH_TRY(sort_by_y(destinations, &sorted, err));
    rh_status status = grow(&l, err);
    if (status == RH_OK) {
        status = collect(origins, destinations, sorted, scale, within, &l, err);
    }
    if (status == RH_OK) {
        status = rh_pairs_new(origins->n, destinations->n, l.n, l.origin, l.destination, l.cost,
                              out, err);
    }
    rh_free(l.origin);
    rh_free(l.destination);
    rh_free(l.cost);
    rh_free(sorted);
    return status;
}

/* Walk up and down from the origin's y, the nearer side first, until y alone is farther than the best. */
static double
nearest(const rh_points *o, uint32_t i, const rh_points *d, const rh_ranked *sorted)
{
    const double slack = 1 + 1e-9;
    uint32_t up = first_at(sorted, d->n, o->y[i]), down = up;
    double best = INFINITY;
    while (down > 0 || up < d->n) {
        double above = up < d->n ? sorted[up].value - o->y[i] : (double)INFINITY;
        double below = down > 0 ? o->y[i] - sorted[down - 1].value : (double)INFINITY;
        if (fmin(above, below) * unit(o) > best * slack) {
            break;
        }
        uint32_t at = above < below ? up++ : --down;
        best = fmin(best, length_between(o, i, d, sorted[at].index));
    }
    return best;
}

rh_status
rh_near_nearest(const rh_points *origins, const rh_points *destinations, const bool *wanted,
                double scale, double *cost, rh_err *err)
{
    rh_ranked *sorted;
    RH_TRY(sort_by_y(destinations, &sorted, err));
    rh_points left = *destinations;
    left.n = 0;
    for (uint32_t j = 0; j < destinations->n; j++) {
        if (wanted == NULL || wanted[sorted[j].index]) {
            sorted[left.n++] = sorted[j];
        }
    }
    for (uint32_t i = 0; i < origins->n; i++) {
        cost[i] = nearest(origins, i, &left, sorted) * scale;
    }
    rh_free(sorted);
    return RH_OK;
}
