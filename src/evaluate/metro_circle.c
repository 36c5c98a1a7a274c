/* The one-hour commuting circle: see metro_circle.h. */
#include "evaluate/metro_circle.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>

/* ---- minutes ---- */

void
rh_minutes_free(rh_minutes *m)
{
    if (m != NULL) {
        rh_free(m->first);
        rh_free(m->unit);
        rh_free(m->minutes);
        rh_free(m);
    }
}

typedef struct trip {
    uint32_t from, to;
    bool mirrored; /* stands behind the given ones */
    double minutes;
} trip;

static int
by_trip(const void *x, const void *y)
{
    const trip *a = x, *b = y;
    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    if (a->to != b->to) {
        return a->to < b->to ? -1 : 1;
    }
    if (a->mirrored != b->mirrored) {
        return a->mirrored ? 1 : -1;
    }
    return a->minutes < b->minutes ? -1 : a->minutes > b->minutes;
}

static rh_status
keep_shortest(uint32_t n, size_t n_trips, const trip *sorted, rh_minutes *m, rh_err *err)
{
    m->n = n;
    RH_NEW(m->first, (size_t)n + 1, err);
    RH_NEW(m->unit, n_trips + 1, err);
    RH_NEW(m->minutes, n_trips + 1, err);
    uint32_t kept = 0, i = 0;
    for (size_t k = 0; k < n_trips; k++) {
        const trip *t = &sorted[k];
        if (t->from == t->to ||
            (k > 0 && sorted[k - 1].from == t->from && sorted[k - 1].to == t->to)) {
            continue;
        }
        while (i < t->from) {
            m->first[++i] = kept;
        }
        m->unit[kept] = t->to;
        m->minutes[kept++] = t->minutes;
    }
    while (i < n) {
        m->first[++i] = kept;
    }
    return RH_OK;
}

rh_status
rh_minutes_build(uint32_t n, uint32_t rows, const uint32_t *from, const uint32_t *to,
                 const double *minutes, bool mirror, rh_minutes **out, rh_err *err)
{
    trip *list;
    size_t n_list = 0;
    *out = NULL;
    for (uint32_t k = 0; k < rows; k++) {
        if (from[k] >= n || to[k] >= n || !(minutes[k] >= 0)) {
            return rh_fail(err, RH_RANGE,
                           "Trip %u takes %g minutes between units %u and %u of %u.", k + 1,
                           minutes[k], from[k], to[k], n);
        }
    }
    RH_NEW(list, (size_t)2 * rows + 1, err);
    for (uint32_t k = 0; k < rows; k++) {
        list[n_list++] = (trip){from[k], to[k], false, minutes[k]};
        if (mirror) {
            list[n_list++] = (trip){to[k], from[k], true, minutes[k]};
        }
    }
    qsort(list, n_list, sizeof *list, by_trip);
    rh_minutes *m = rh_alloc(1, sizeof *m);
    rh_status status = m == NULL ? rh_fail(err, RH_MEMORY, "Not enough memory for trips.")
                                 : keep_shortest(n, n_list, list, m, err);
    rh_free(list);
    if (status != RH_OK) {
        rh_minutes_free(m);
        return status;
    }
    *out = m;
    return RH_OK;
}

double
rh_minutes_between(const rh_minutes *m, uint32_t i, uint32_t j)
{
    uint32_t low = m->first[i], high = m->first[i + 1];
    if (i == j) {
        return 0;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (m->unit[middle] < j) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < m->first[i + 1] && m->unit[low] == j ? m->minutes[low] : (double)INFINITY;
}

/* ---- circles ---- */

typedef struct search {
    const rh_commuting *flows;
    const rh_minutes *minutes;
    const bool *is_center;
    const rh_circle_rule *rule;
    rh_circle *c;
    double *sum; /* persons from the unit to each centre */
    uint32_t *touched;
} search;

static double
minutes_to(const search *s, uint32_t i, uint32_t center)
{
    return s->minutes != NULL ? rh_minutes_between(s->minutes, i, center) : 0;
}

/* A better centre: more workers, then nearer, then the first. */
static bool
is_better(double sum, double minutes, uint32_t a, double best_sum, double best_minutes,
          uint32_t best)
{
    if (best == RH_NO_AREA || sum != best_sum) {
        return best == RH_NO_AREA || sum > best_sum;
    }
    return minutes < best_minutes || (minutes == best_minutes && a < best);
}

/* The centre of unit i, with area[] as it is. */
static void
choose(const search *s, uint32_t i)
{
    rh_circle *c = s->c;
    uint32_t met = 0, best = RH_NO_AREA;
    double best_minutes = (double)INFINITY;
    for (uint32_t k = s->flows != NULL ? s->flows->out.first[i] : 0;
         s->flows != NULL && k < s->flows->out.first[i + 1]; k++) {
        uint32_t a = c->area[s->flows->out.unit[k]];
        if (a != RH_NO_AREA) {
            if (s->sum[a] == 0) {
                s->touched[met++] = a;
            }
            s->sum[a] += s->flows->out.persons[k];
        }
    }
    for (uint32_t k = 0; k < met; k++) {
        uint32_t a = s->touched[k];
        double minutes = minutes_to(s, i, a);
        if (minutes <= s->rule->minutes &&
            is_better(s->sum[a], minutes, a, best == RH_NO_AREA ? 0 : s->sum[best],
                      best_minutes, best)) {
            best = a;
            best_minutes = minutes;
        }
    }
    for (uint32_t k = s->minutes != NULL ? s->minutes->first[i] : 0;
         best == RH_NO_AREA && s->minutes != NULL && k < s->minutes->first[i + 1]; k++) {
        /* nobody goes to a centre within reach: the nearest one of all */
        uint32_t a = s->minutes->unit[k];
        if (s->is_center[a] && s->minutes->minutes[k] < best_minutes) {
            c->best[i] = a;
            best_minutes = s->minutes->minutes[k];
        }
    }
    c->best[i] = best != RH_NO_AREA ? best : c->best[i];
    c->minutes[i] = best_minutes;
    c->share[i] = c->best[i] != RH_NO_AREA && s->flows != NULL && s->flows->residents[i] > 0
                      ? s->sum[c->best[i]] / s->flows->residents[i]
                      : 0;
    for (uint32_t k = 0; k < met; k++) {
        s->sum[s->touched[k]] = 0;
    }
}

static bool
belongs(const search *s, uint32_t i)
{
    const rh_circle *c = s->c;
    return c->best[i] != RH_NO_AREA && c->minutes[i] <= s->rule->minutes &&
           c->share[i] >= s->rule->share;
}

static void
find(search *s)
{
    rh_circle *c = s->c;
    for (uint32_t i = 0; i < c->n; i++) {
        c->area[i] = c->best[i] = s->is_center[i] ? i : RH_NO_AREA;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 0; i < c->n; i++) {
            if (!s->is_center[i] && c->area[i] == RH_NO_AREA) {
                choose(s, i);
            }
        }
        for (uint32_t i = 0; i < c->n; i++) { /* all joins of a round at once */
            if (!s->is_center[i] && c->area[i] == RH_NO_AREA && belongs(s, i)) {
                c->area[i] = c->best[i];
                c->n_members++;
                changed = true;
            }
        }
        c->rounds += changed;
        changed = changed && s->rule->rounds && s->flows != NULL;
    }
    for (uint32_t i = 0; i < c->n; i++) {
        uint32_t a = c->best[i];
        if (s->flows != NULL && a != RH_NO_AREA && a != i && s->flows->residents[a] > 0) {
            c->back[i] = rh_commuting_between(s->flows, a, i) / s->flows->residents[a];
        }
        if (s->is_center[i] && s->flows != NULL && s->flows->residents[i] > 0) {
            c->share[i] = s->flows->inside[i] / s->flows->residents[i];
        }
    }
}

static rh_status
check(const bool *is_center, uint32_t n, const rh_circle_rule *rule, bool has_flows,
      rh_err *err)
{
    bool any = false;
    for (uint32_t i = 0; i < n; i++) {
        any = any || is_center[i];
    }
    if (!any) {
        return rh_fail(err, RH_INPUT, "None of the %u units is a centre.", n);
    }
    if (!(rule->minutes > 0) || !(rule->share >= 0 && rule->share <= 1)) {
        return rh_fail(err, RH_RANGE,
                       "A circle needs minutes above 0 (%g) and a share from 0 to 1 (%g).",
                       rule->minutes, rule->share);
    }
    return rule->share > 0 && !has_flows
               ? rh_fail(err, RH_INPUT, "A share of commuters (%g) needs a table of flows.",
                         rule->share)
               : RH_OK;
}

static rh_status
new_search(search *s, uint32_t n, rh_err *err)
{
    size_t room = (size_t)n + 1;
    RH_NEW(s->c, 1, err);
    s->c->n = n;
    RH_NEW(s->c->area, room, err);
    RH_NEW(s->c->best, room, err);
    RH_NEW(s->c->share, room, err);
    RH_NEW(s->c->minutes, room, err);
    RH_NEW(s->c->back, room, err);
    RH_NEW(s->sum, room, err);
    RH_NEW(s->touched, room, err);
    return RH_OK;
}

rh_status
rh_circle_find(const rh_commuting *flows, const rh_minutes *minutes, const bool *is_center,
               uint32_t n, const rh_circle_rule *rule, rh_circle **out, rh_err *err)
{
    search s = {.flows = flows, .minutes = minutes, .is_center = is_center, .rule = rule};
    *out = NULL;
    RH_TRY(check(is_center, n, rule, flows != NULL, err));
    rh_status status = new_search(&s, n, err);
    if (status == RH_OK) {
        find(&s);
    }
    rh_free(s.sum);
    rh_free(s.touched);
    if (status != RH_OK) {
        rh_circle_free(s.c);
        return status;
    }
    *out = s.c;
    return RH_OK;
}

void
rh_circle_free(rh_circle *circle)
{
    if (circle != NULL) {
        rh_free(circle->area);
        rh_free(circle->best);
        rh_free(circle->share);
        rh_free(circle->minutes);
        rh_free(circle->back);
        rh_free(circle);
    }
}
