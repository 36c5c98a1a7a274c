/* A commuting table as a sparse matrix: see metro_commuting.h. */
#include "evaluate/metro_commuting.h"

#include "core/mem.h"

#include <math.h>

static rh_status
new_links(uint32_t n, size_t rows, rh_links *links, rh_err *err)
{
    RH_NEW(links->first, (size_t)n + 1, err);
    RH_NEW(links->unit, rows + 1, err);
    RH_NEW(links->persons, rows + 1, err);
    return RH_OK;
}

static void
release_links(rh_links *links)
{
    rh_free(links->first);
    rh_free(links->unit);
    rh_free(links->persons);
}

void
rh_commuting_free(rh_commuting *c)
{
    if (c == NULL) {
        return;
    }
    release_links(&c->out);
    release_links(&c->in);
    rh_free(c->inside);
    rh_free(c->residents);
    rh_free(c->jobs);
    rh_free(c);
}

static rh_status
check_rows(uint32_t n, uint32_t rows, const uint32_t *from, const uint32_t *to,
           const double *persons, rh_err *err)
{
    for (uint32_t k = 0; k < rows; k++) {
        if (from[k] >= n || to[k] >= n) {
            return rh_fail(err, RH_RANGE, "Flow %u names unit %u, but there are %u units.",
                           k + 1, from[k] >= n ? from[k] : to[k], n);
        }
        if (!(persons[k] >= 0) || !isfinite(persons[k])) {
            return rh_fail(err, RH_RANGE, "Flow %u has %g persons; it must be 0 or more.",
                           k + 1, persons[k]);
        }
    }
    return RH_OK;
}

/* Turn links round: those of `a` listed by their other end. Scanning units in order keeps the new lists sorted (F2). */
static void
turn(uint32_t n, const rh_links *a, rh_links *b)
{
    for (uint32_t k = 0; k < a->first[n]; k++) {
        b->first[a->unit[k] + 1]++;
    }
    for (uint32_t i = 0; i < n; i++) {
        b->first[i + 1] += b->first[i];
    }
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = a->first[i]; k < a->first[i + 1]; k++) {
            uint32_t at = b->first[a->unit[k]]++;
            b->unit[at] = i;
            b->persons[at] = a->persons[k];
        }
    }
    for (uint32_t i = n; i > 0; i--) { /* the cursors became the ends: move them back by one */
        b->first[i] = b->first[i - 1];
    }
    b->first[0] = 0;
}

/* Add up repeated pairs of lists that are sorted. */
static void
add_repeats(uint32_t n, rh_links *links)
{
    uint32_t kept = 0;
    for (uint32_t i = 0, k = 0; i < n; i++) {
        uint32_t end = links->first[i + 1], begin = kept;
        for (; k < end; k++) {
            if (kept > begin && links->unit[kept - 1] == links->unit[k]) {
                links->persons[kept - 1] += links->persons[k];
            } else {
                links->unit[kept] = links->unit[k];
                links->persons[kept++] = links->persons[k];
            }
        }
        links->first[i] = begin;
    }
    links->first[n] = kept;
}

static void
add_up(rh_commuting *c)
{
    for (uint32_t i = 0; i < c->n; i++) {
        c->residents[i] = c->jobs[i] = c->inside[i];
        for (uint32_t k = c->out.first[i]; k < c->out.first[i + 1]; k++) {
            c->residents[i] += c->out.persons[k];
        }
        for (uint32_t k = c->in.first[i]; k < c->in.first[i + 1]; k++) {
            c->jobs[i] += c->in.persons[k];
        }
        c->total += c->residents[i];
    }
}

/* Links by destination as they come; turning them twice sorts them. */
static rh_status
fill(rh_commuting *c, uint32_t rows, const uint32_t *from, const uint32_t *to,
     const double *persons, rh_err *err)
{
    rh_links rough = {0};
    rh_status status = new_links(c->n, rows, &rough, err);
    if (status != RH_OK) {
        release_links(&rough);
        return status;
    }
    for (uint32_t k = 0; k < rows; k++) {
        if (from[k] == to[k]) {
            c->inside[from[k]] += persons[k];
        } else if (persons[k] > 0) {
            rough.first[from[k] + 1]++;
        }
    }
    for (uint32_t i = 0; i < c->n; i++) {
        rough.first[i + 1] += rough.first[i];
    }
    for (uint32_t k = 0; k < rows; k++) {
        if (from[k] != to[k] && persons[k] > 0) {
            uint32_t at = rough.first[from[k]]++;
            rough.unit[at] = to[k];
            rough.persons[at] = persons[k];
        }
    }
    for (uint32_t i = c->n; i > 0; i--) {
        rough.first[i] = rough.first[i - 1];
    }
    rough.first[0] = 0;
    turn(c->n, &rough, &c->in);
    add_repeats(c->n, &c->in);
    turn(c->n, &c->in, &c->out);
    release_links(&rough);
    return RH_OK;
}

rh_status
rh_commuting_build(uint32_t n, uint32_t rows, const uint32_t *from, const uint32_t *to,
                   const double *persons, rh_commuting **out, rh_err *err)
{
    rh_commuting *c;
    *out = NULL;
    RH_TRY(check_rows(n, rows, from, to, persons, err));
    RH_NEW(c, 1, err);
    c->n = n;
    c->inside = rh_alloc((size_t)n + 1, sizeof *c->inside);
    c->residents = rh_alloc((size_t)n + 1, sizeof *c->residents);
    c->jobs = rh_alloc((size_t)n + 1, sizeof *c->jobs);
    rh_status status =
        c->inside == NULL || c->residents == NULL || c->jobs == NULL
            ? rh_fail(err, RH_MEMORY, "Not enough memory for the sums of %u units.", n)
            : RH_OK;
    if (status == RH_OK) {
        status = new_links(n, rows, &c->out, err);
    }
    if (status == RH_OK) {
        status = new_links(n, rows, &c->in, err);
    }
    if (status == RH_OK) {
        status = fill(c, rows, from, to, persons, err);
    }
    if (status != RH_OK) {
        rh_commuting_free(c);
        return status;
    }
    add_up(c);
    *out = c;
    return RH_OK;
}

rh_status
rh_commuting_merge(const rh_commuting *c, const uint32_t *area, rh_commuting **out, rh_err *err)
{
    size_t rows = (size_t)c->n + c->out.first[c->n];
    uint32_t used = 0;
    *out = NULL;
    uint32_t *from = rh_alloc(rows + 1, sizeof *from), *to = rh_alloc(rows + 1, sizeof *to);
    double *persons = rh_alloc(rows + 1, sizeof *persons);
    rh_status status =
        from == NULL || to == NULL || persons == NULL
            ? rh_fail(err, RH_MEMORY, "Not enough memory to merge %zu flows.", rows)
            : RH_OK;
    for (uint32_t i = 0; i < c->n && status == RH_OK; i++) {
        if (area[i] == RH_NO_AREA) {
            continue;
        }
        from[used] = to[used] = area[i];
        persons[used++] = c->inside[i];
        for (uint32_t k = c->out.first[i]; k < c->out.first[i + 1]; k++) {
            if (area[c->out.unit[k]] != RH_NO_AREA) {
                from[used] = area[i];
                to[used] = area[c->out.unit[k]];
                persons[used++] = c->out.persons[k];
            }
        }
    }
    if (status == RH_OK) {
        status = rh_commuting_build(c->n, used, from, to, persons, out, err);
    }
    rh_free(from);
    rh_free(to);
    rh_free(persons);
    return status;
}

double
rh_commuting_between(const rh_commuting *c, uint32_t i, uint32_t j)
{
    uint32_t low = c->out.first[i], high = c->out.first[i + 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (c->out.unit[middle] < j) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < c->out.first[i + 1] && c->out.unit[low] == j ? c->out.persons[low] : 0;
}

uint32_t
rh_area_relabel(uint32_t n, uint32_t *area, uint32_t *scratch)
{
    uint32_t areas = 0;
    for (uint32_t i = 0; i < n; i++) {
        scratch[i] = RH_NO_AREA;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (area[i] == RH_NO_AREA) {
            continue;
        }
        if (scratch[area[i]] == RH_NO_AREA) {
            scratch[area[i]] = i;
            areas++;
        }
        area[i] = scratch[area[i]];
    }
    return areas;
}
