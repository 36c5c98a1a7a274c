/* A k-d tree: see spatial_tree.h. */
#include "evaluate/spatial_tree.h"

#include "core/mem.h"

#include <math.h>

enum { LEAF = 8 }; /* ranges of so many points are searched one by one */

typedef struct node {
    double at[3];
    uint32_t index;
    uint32_t axis;
} node;

struct rh_tree {
    uint32_t n;
    bool globe;
    node *node;      /* in tree order */
    uint32_t *place; /* of point i in node[] */
};

/* Chord of the unit ball ↔ kilometres along the surface. */
static double
km_of_chord(double chord)
{
    return 2 * RH_EARTH_KM * asin(chord < 2 ? chord / 2 : 1);
}

static void
ball(double lon, double lat, double at[3])
{
    at[0] = cos(lat * RH_DEGREE) * cos(lon * RH_DEGREE);
    at[1] = cos(lat * RH_DEGREE) * sin(lon * RH_DEGREE);
    at[2] = sin(lat * RH_DEGREE);
}

static void
place_point(const rh_points *points, uint32_t i, double at[3])
{
    if (points->globe) {
        ball(points->x[i], points->y[i], at);
    } else {
        at[0] = points->x[i];
        at[1] = points->y[i];
        at[2] = 0;
    }
}

static double
square_between(const double a[3], const double b[3])
{
    double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    return x * x + y * y + z * z;
}

double
rh_points_distance(const rh_points *points, uint32_t i, uint32_t j)
{
    double a[3], b[3];
    place_point(points, i, a);
    place_point(points, j, b);
    double d = sqrt(square_between(a, b));
    return points->globe ? km_of_chord(d) : d;
}

static bool
before(const node *a, const node *b, uint32_t axis)
{
    return a->at[axis] != b->at[axis] ? a->at[axis] < b->at[axis] : a->index < b->index;
}

/* Hoare's selection: node[middle] is the one that a sort of node[low … high-1] would put there. */
static void
select_middle(node *p, uint32_t low, uint32_t high, uint32_t middle, uint32_t axis)
{
    while (high - low > 1) {
        node pivot = p[low + (high - low) / 2];
        uint32_t i = low, j = high - 1;
        while (i <= j) {
            while (before(&p[i], &pivot, axis)) {
                i++;
            }
            while (before(&pivot, &p[j], axis)) {
                j--;
            }
            if (i <= j) {
                node swap = p[i];
                p[i++] = p[j];
                p[j] = swap;
                if (j == 0) {
                    break;
                }
                j--;
            }
        }
        if (middle <= j && j < high - 1) {
            high = j + 1;
        } else if (middle >= i) {
            low = i;
        } else {
            return;
        }
    }
}

static uint32_t
widest_axis(const node *p, uint32_t low, uint32_t high)
{
    uint32_t widest = 0;
    double most = -1;
    for (uint32_t axis = 0; axis < 3; axis++) {
        double least = p[low].at[axis], largest = least;
        for (uint32_t i = low + 1; i < high; i++) {
            least = fmin(least, p[i].at[axis]);
            largest = fmax(largest, p[i].at[axis]);
        }
        if (largest - least > most) {
            most = largest - least;
            widest = axis;
        }
    }
    return widest;
}

static void
build(node *p, uint32_t low, uint32_t high)
{
    if (high - low <= LEAF) {
        return;
    }
    uint32_t middle = low + (high - low) / 2, axis = widest_axis(p, low, high);
    select_middle(p, low, high, middle, axis);
    p[middle].axis = axis;
    build(p, low, middle);
    build(p, middle + 1, high);
}

void
rh_tree_free(rh_tree *tree)
{
    if (tree != NULL) {
        rh_free(tree->node);
        rh_free(tree->place);
        rh_free(tree);
    }
}

static rh_status
fill(rh_tree *tree, const rh_points *points, rh_err *err)
{
    tree->n = points->n;
    tree->globe = points->globe;
    RH_NEW(tree->node, points->n > 0 ? points->n : 1, err);
    RH_NEW(tree->place, points->n > 0 ? points->n : 1, err);
    for (uint32_t i = 0; i < points->n; i++) {
        place_point(points, i, tree->node[i].at);
        tree->node[i].index = i;
    }
    build(tree->node, 0, points->n);
    for (uint32_t p = 0; p < points->n; p++) {
        tree->place[tree->node[p].index] = p;
    }
    return RH_OK;
}

rh_status
rh_tree_new(const rh_points *points, rh_tree **out, rh_err *err)
{
    RH_NEW(*out, 1, err);
    rh_status status = fill(*out, points, err);
    if (status != RH_OK) {
        rh_tree_free(*out);
        *out = NULL;
    }
    return status;
}

/* A search keeps squares of distances; `found` is a heap with the farthest on top while the nearest k are sought. */
typedef struct search {
    const node *p;
    const double *at;
    uint32_t self;
    rh_found *found;
    uint32_t n, room;
    double square; /* nothing farther is wanted */
    bool nearest;
} search;

static bool
farther(const rh_found *a, const rh_found *b)
{
    return a->distance != b->distance ? a->distance > b->distance : a->index > b->index;
}

static void
sift_down(rh_found *heap, uint32_t n, uint32_t at)
{
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= n) {
            return;
        }
        child += child + 1 < n && farther(&heap[child + 1], &heap[child]);
        if (!farther(&heap[child], &heap[at])) {
            return;
        }
        rh_found swap = heap[at];
        heap[at] = heap[child];
        heap[child] = swap;
        at = child;
    }
}

static void
offer(search *s, const node *p)
{
    rh_found here = {square_between(p->at, s->at), p->index};
    if (here.distance > s->square || p->index == s->self) {
        return;
    }
    if (!s->nearest) {
        if (s->n < s->room) {
            s->found[s->n] = here;
        }
        s->n++;
    } else if (s->n < s->room) {
        s->found[s->n++] = here;
        if (s->n == s->room) {
            for (uint32_t i = s->n / 2; i-- > 0;) {
                sift_down(s->found, s->n, i);
            }
            s->square = s->found[0].distance;
        }
    } else if (farther(&s->found[0], &here)) {
        s->found[0] = here;
        sift_down(s->found, s->n, 0);
        s->square = s->found[0].distance;
    }
}

static void
look(search *s, uint32_t low, uint32_t high)
{
    if (high - low <= LEAF) {
        for (uint32_t i = low; i < high; i++) {
            offer(s, &s->p[i]);
        }
        return;
    }
    uint32_t middle = low + (high - low) / 2;
    const node *p = &s->p[middle];
    double apart = s->at[p->axis] - p->at[p->axis];
    if (apart <= 0) {
        look(s, low, middle);
    } else {
        look(s, middle + 1, high);
    }
    offer(s, p);
    if (apart * apart <= s->square) { /* equal distances are wanted: the lower index wins */
        if (apart <= 0) {
            look(s, middle + 1, high);
        } else {
            look(s, low, middle);
        }
    }
}

static double
distance_of_square(const rh_tree *tree, double square)
{
    double d = sqrt(square);
    return tree->globe ? km_of_chord(d) : d;
}

uint32_t
rh_tree_nearest(const rh_tree *tree, uint32_t i, uint32_t k, rh_found *found)
{
    search s = {.p = tree->node,
                .at = tree->node[tree->place[i]].at,
                .self = i,
                .found = found,
                .room = k < tree->n - 1 ? k : tree->n - 1,
                .square = INFINITY,
                .nearest = true};
    if (s.room == 0) {
        return 0;
    }
    look(&s, 0, tree->n);
    for (uint32_t left = s.n; left > 1;) { /* the heap becomes a sorted list */
        rh_found swap = found[0];
        found[0] = found[--left];
        found[left] = swap;
        sift_down(found, left, 0);
    }
    for (uint32_t j = 0; j < s.n; j++) {
        found[j].distance = distance_of_square(tree, found[j].distance);
    }
    return s.n;
}

uint32_t
rh_tree_within(const rh_tree *tree, uint32_t i, double radius, rh_found *found, uint32_t room)
{
    double reach = radius;
    if (tree->globe) {
        reach = radius >= M_PI * RH_EARTH_KM ? 2 : 2 * sin(radius / (2 * RH_EARTH_KM));
    }
    /* a hair more, so that a distance that equals the radius but for rounding is within */
    search s = {.p = tree->node,
                .at = tree->node[tree->place[i]].at,
                .self = i,
                .found = found,
                .room = room,
                .square = reach * reach * (1 + 1e-12)};
    look(&s, 0, tree->n);
    for (uint32_t j = 0; j < s.n && j < room; j++) {
        found[j].distance = distance_of_square(tree, found[j].distance);
    }
    return s.n;
}
