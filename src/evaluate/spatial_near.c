/* Weights by distance: see spatial_near.h. */
#include "evaluate/spatial_near.h"

#include "core/mem.h"

#include <math.h>

double
rh_kernel_at(enum rh_kernel kernel, double u)
{
    if (u > 1) {
        return 0;
    }
    switch (kernel) {
    case RH_KERNEL_UNIFORM:
        return 0.5;
    case RH_KERNEL_TRIANGULAR:
        return 1 - u;
    case RH_KERNEL_EPANECHNIKOV:
        return 0.75 * (1 - u * u);
    case RH_KERNEL_QUARTIC:
        return 15.0 / 16 * (1 - u * u) * (1 - u * u);
    default:
        return exp(-u * u / 2) / sqrt(2 * M_PI);
    }
}

/* Links of one unit after the other, in an array that grows. */
typedef struct gathering {
    rh_tree *tree;
    rh_found *found;
    uint32_t room; /* of found */
    rh_link *link;
    size_t n, links_room;
} gathering;

static void
gathering_release(gathering *g)
{
    rh_tree_free(g->tree);
    rh_free(g->found);
    rh_free(g->link);
}

static rh_status
room_for(gathering *g, uint32_t more, rh_err *err)
{
    if (more > g->room) {
        void *p = rh_resize(g->found, 2 * (size_t)more, sizeof *g->found);
        if (p == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %u neighbours.", more);
        }
        g->found = p;
        g->room = 2 * more;
    }
    if (g->n + more > g->links_room) {
        size_t wanted = 2 * (g->n + more);
        void *p = rh_resize(g->link, wanted, sizeof *g->link);
        if (p == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %zu links.", wanted);
        }
        g->link = p;
        g->links_room = wanted;
    }
    return RH_OK;
}

/* What a neighbour at this distance weighs for unit i; `reach`: how far i looked. */
typedef double weigher(const void *how, double distance, double reach);

static rh_status
gather(gathering *g, const rh_points *points, double radius, uint32_t k, weigher *weigh,
       const void *how, rh_err *err)
{
    RH_TRY(rh_tree_new(points, &g->tree, err));
    RH_TRY(room_for(g, k > 0 ? k : 32, err));
    for (uint32_t i = 0; i < points->n; i++) {
        uint32_t found;
        double reach = radius;
        if (k > 0) {
            found = rh_tree_nearest(g->tree, i, k, g->found);
            reach = found > 0 ? g->found[found - 1].distance * 1.0000001 : 0;
        } else {
            found = rh_tree_within(g->tree, i, radius, g->found, g->room);
            if (found > g->room) {
                RH_TRY(room_for(g, found, err));
                found = rh_tree_within(g->tree, i, radius, g->found, g->room);
            }
        }
        RH_TRY(room_for(g, found, err));
        for (uint32_t f = 0; f < found; f++) {
            double w = weigh(how, g->found[f].distance, reach);
            if (!isfinite(w)) {
                return rh_fail(err, RH_INPUT,
                               "Units %u and %u stand at the same place: a power of the "
                               "distance 0 is no weight; move one or use --power 0.",
                               i + 1, g->found[f].index + 1);
            }
            if (w > 0) {
                g->link[g->n++] = (rh_link){i, g->found[f].index, w};
            }
        }
    }
    return RH_OK;
}

static rh_status
gathered(const rh_points *points, double radius, uint32_t k, weigher *weigh, const void *how,
         rh_weights *out, rh_err *err)
{
    gathering g = {0};
    *out = (rh_weights){0};
    rh_status status = gather(&g, points, radius, k, weigh, how, err);
    if (status == RH_OK) {
        status = rh_weights_from_links(points->n, g.link, g.n, out, err);
    }
    gathering_release(&g);
    return status;
}

static double
weigh_power(const void *how, double distance, double reach)
{
    (void)reach;
    double power = *(const double *)how;
    return power == 0 ? 1 : pow(distance, -power);
}

static double
weigh_kernel(const void *how, double distance, double reach)
{
    double u = reach > 0 ? distance / reach : 0;
    return rh_kernel_at(*(const enum rh_kernel *)how, u < 1 ? u : 1); /* found is within */
}

static rh_status
check_k(const rh_points *points, uint32_t k, rh_err *err)
{
    if (k == 0 || k >= points->n) {
        return rh_fail(err, RH_RANGE, "%u nearest neighbours are not to be had of %u units.", k,
                       points->n);
    }
    return RH_OK;
}

rh_status
rh_weights_nearest(const rh_points *points, uint32_t k, rh_weights *out, rh_err *err)
{
    const double power = 0;
    RH_TRY(check_k(points, k, err));
    return gathered(points, 0, k, weigh_power, &power, out, err);
}

rh_status
rh_weights_band(const rh_points *points, double radius, double power, rh_weights *out,
                rh_err *err)
{
    return gathered(points, radius, 0, weigh_power, &power, out, err);
}

rh_status
rh_weights_kernel(const rh_points *points, enum rh_kernel kernel, double bandwidth, uint32_t k,
                  rh_weights *out, rh_err *err)
{
    if (bandwidth <= 0) {
        RH_TRY(check_k(points, k, err));
    }
    RH_TRY(gathered(points, bandwidth, bandwidth > 0 ? 0 : k, weigh_kernel, &kernel, out, err));
    RH_NEW(out->self, points->n > 0 ? points->n : 1, err);
    for (uint32_t i = 0; i < points->n; i++) {
        out->self[i] = rh_kernel_at(kernel, 0);
    }
    return RH_OK;
}
