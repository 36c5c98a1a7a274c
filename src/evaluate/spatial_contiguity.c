/* Contiguity: see spatial_contiguity.h. */
#include "evaluate/spatial_contiguity.h"

#include "core/mem.h"
#include "core/random.h" /* rh_fold as a hash */

#include <math.h>
#include <string.h>

/* Keys of two words, numbered in order of first appearance, and for each number the polygons that have it. */
typedef struct key {
    uint64_t a, b;
} key;

typedef struct owner_link {
    uint32_t polygon, next; /* next: 1 + index, 0 ends */
} owner_link;

typedef struct register_of {
    uint32_t *slot; /* 1 + number of a key, 0: free */
    size_t slots;   /* a power of two */
    key *key;
    uint32_t *owners; /* 1 + index of the last link of this key's polygons */
    uint32_t n;
    owner_link *link;
    uint32_t n_links;
} register_of;

static void
register_release(register_of *r)
{
    rh_free(r->slot);
    rh_free(r->key);
    rh_free(r->owners);
    rh_free(r->link);
}

static rh_status
register_init(register_of *r, size_t most, rh_err *err)
{
    *r = (register_of){.slots = 16};
    if (most >= UINT32_MAX / 2) {
        return rh_fail(err, RH_RANGE, "Outlines of %zu points are too many.", most);
    }
    while (r->slots < 2 * most) {
        r->slots *= 2;
    }
    RH_NEW(r->slot, r->slots, err);
    RH_NEW(r->key, most + 1, err);
    RH_NEW(r->owners, most + 1, err);
    RH_NEW(r->link, most + 1, err);
    return RH_OK;
}

/* The number of a key; it is entered where it is new. */
static uint32_t
number_of(register_of *r, key k)
{
    uint64_t hash = rh_fold(k.a ^ 0xa0761d6478bd642fULL, k.b ^ 0xe7037ed1a0b428dbULL);
    for (size_t at = hash & (r->slots - 1);; at = (at + 1) & (r->slots - 1)) {
        uint32_t number = r->slot[at];
        if (number == 0) {
            r->key[r->n] = k;
            r->slot[at] = ++r->n;
            return r->n - 1;
        }
        if (r->key[number - 1].a == k.a && r->key[number - 1].b == k.b) {
            return number - 1;
        }
    }
}

/* A polygon comes once to a key, as polygons are read one after the other. */
static void
add_owner(register_of *r, uint32_t number, uint32_t polygon)
{
    uint32_t last = r->owners[number];
    if (last == 0 || r->link[last - 1].polygon != polygon) {
        r->link[r->n_links] = (owner_link){polygon, last};
        r->owners[number] = ++r->n_links;
    }
}

static uint64_t
word_of(double x, double snap)
{
    double at = snap > 0 ? nearbyint(x / snap) : x;
    at += 0.0; /* −0 is 0 */
    uint64_t word;
    memcpy(&word, &at, sizeof word);
    return word;
}

static uint32_t
corner_of(register_of *corners, const double *xy, double snap)
{
    return number_of(corners, (key){word_of(xy[0], snap), word_of(xy[1], snap)});
}

static void
read_ring(const rh_rings *rings, uint32_t ring, double snap, register_of *corners,
          register_of *sides)
{
    uint32_t polygon = rings->owner[ring];
    size_t first = rings->start[ring], end = rings->start[ring + 1];
    if (first == end) {
        return;
    }
    uint32_t before = corner_of(corners, rings->xy + 2 * (end - 1), snap);
    for (size_t p = first; p < end; p++) {
        uint32_t here = corner_of(corners, rings->xy + 2 * p, snap);
        if (sides == NULL) {
            add_owner(corners, here, polygon);
        } else if (here != before) {
            uint32_t low = here < before ? here : before, high = here < before ? before : here;
            add_owner(sides, number_of(sides, (key){low, high}), polygon);
        }
        before = here;
    }
}

/* Every two owners of a key are neighbours; links both ways, many times the same. */
static size_t
pair_owners(const register_of *r, rh_link *link)
{
    size_t n = 0;
    for (uint32_t k = 0; k < r->n; k++) {
        for (uint32_t a = r->owners[k]; a > 0; a = r->link[a - 1].next) {
            for (uint32_t b = r->link[a - 1].next; b > 0; b = r->link[b - 1].next) {
                uint32_t i = r->link[a - 1].polygon, j = r->link[b - 1].polygon;
                if (link != NULL && i != j) {
                    link[n] = (rh_link){i, j, 1};
                    link[n + 1] = (rh_link){j, i, 1};
                }
                n += i != j ? 2 : 0;
            }
        }
    }
    return n;
}

/* Sort by counting, first by `to`, then by `from`: rows come out in order, equal links next to each other. */
static rh_status
sort_links(rh_link *link, size_t n, uint32_t units, rh_err *err)
{
    rh_link *other;
    size_t *at;
    RH_NEW(other, n > 0 ? n : 1, err);
    at = rh_alloc((size_t)units + 1, sizeof *at);
    for (int pass = 0; pass < 2 && at != NULL; pass++) {
        rh_link *from = pass == 0 ? link : other, *to = pass == 0 ? other : link;
        memset(at, 0, ((size_t)units + 1) * sizeof *at);
        for (size_t e = 0; e < n; e++) {
            at[(pass == 0 ? from[e].to : from[e].from) + 1]++;
        }
        for (uint32_t i = 0; i < units; i++) {
            at[i + 1] += at[i];
        }
        for (size_t e = 0; e < n; e++) {
            to[at[pass == 0 ? from[e].to : from[e].from]++] = from[e];
        }
    }
    rh_status status =
        at != NULL ? RH_OK : rh_fail(err, RH_MEMORY, "Not enough memory for %zu links.", n);
    rh_free(other);
    rh_free(at);
    return status;
}

static rh_status
weights_of_owners(const register_of *r, uint32_t units, rh_weights *out, rh_err *err)
{
    rh_link *link;
    size_t n = pair_owners(r, NULL), kept = 0;
    RH_NEW(link, n > 0 ? n : 1, err);
    pair_owners(r, link);
    rh_status status = sort_links(link, n, units, err);
    for (size_t e = 0; e < n && status == RH_OK; e++) {
        if (kept == 0 || link[e].from != link[kept - 1].from ||
            link[e].to != link[kept - 1].to) {
            link[kept++] = link[e];
        }
    }
    if (status == RH_OK) {
        status = rh_weights_from_links(units, link, kept, out, err);
    }
    rh_free(link);
    return status;
}

rh_status
rh_weights_contiguity(const rh_rings *rings, bool rook, double snap, rh_weights *out,
                      rh_err *err)
{
    register_of corners = {0}, sides = {0};
    size_t points = rings->start[rings->n_rings];
    *out = (rh_weights){0};
    rh_status status = register_init(&corners, points, err);
    if (status == RH_OK && rook) {
        status = register_init(&sides, points, err);
    }
    for (uint32_t r = 0; r < rings->n_rings && status == RH_OK; r++) {
        read_ring(rings, r, snap, &corners, rook ? &sides : NULL);
    }
    if (status == RH_OK) {
        status = weights_of_owners(rook ? &sides : &corners, rings->n_polygons, out, err);
    }
    register_release(&corners);
    register_release(&sides);
    return status;
}

void
rh_rings_centres(const rh_rings *rings, double *x, double *y)
{
    uint32_t r = 0;
    for (uint32_t polygon = 0; polygon < rings->n_polygons; polygon++) {
        double area = 0, ax = 0, ay = 0, sx = 0, sy = 0, n = 0;
        for (; r < rings->n_rings && rings->owner[r] == polygon; r++) {
            size_t first = rings->start[r], end = rings->start[r + 1];
            const double *origin = rings->xy + 2 * first; /* near: keeps digits */
            for (size_t p = first; p < end; p++) {
                const double *a = rings->xy + 2 * p,
                             *b = rings->xy + 2 * (p + 1 < end ? p + 1 : first);
                double ux = a[0] - origin[0], uy = a[1] - origin[1];
                double vx = b[0] - origin[0], vy = b[1] - origin[1];
                double twice = ux * vy - vx * uy;
                area += twice;
                ax += twice * ((ux + vx) / 3 + origin[0]);
                ay += twice * ((uy + vy) / 3 + origin[1]);
                sx += a[0];
                sy += a[1];
                n++;
            }
        }
        x[polygon] = area != 0 ? ax / area : sx / n;
        y[polygon] = area != 0 ? ay / area : sy / n;
    }
}
