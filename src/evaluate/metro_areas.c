/* Labour market areas: see metro_areas.h.
 *
 * The state is one number per unit (its area) and five per area, all changed in place when a unit moves: a move costs
 * the links of that unit, and a round the scan for the least valid area. */
#include "evaluate/metro_areas.h"

#include "core/mem.h"

#include <math.h>

enum { ROUNDS_A_UNIT = 200 }; /* far above what any table needs: Sardinia takes 4 */

/* Besides 0 … n-1 a unit may be in one of these. */
#define RESERVE (UINT32_MAX - 1)
#define LEFT_OUT UINT32_MAX

typedef struct delineation {
    const rh_commuting *flows;
    const rh_lma_rule *rule;
    rh_lma *result;
    uint32_t n;
    uint32_t *area; /* of each unit; the number of an area is that of its first unit */
    uint32_t *first, *next, *before; /* members of an area: a list through the units */
    uint32_t *members;
    double *unit_residents,
        *unit_jobs;                    /* without persons from and to units that are left out */
    double *residents, *jobs, *inside; /* of each area */
    double *low, *high;   /* validity as it is judged: differ in `taken_apart` alone */
    uint32_t taken_apart; /* the area that is judged by its pieces in this round, or LEFT_OUT */
    double *to, *from;    /* persons between the unit that moves and each area */
    uint32_t *touched, n_touched;
    uint32_t room; /* of the reserve */
} delineation;

rh_lma_rule
rh_lma_rule_istat(void)
{
    return (rh_lma_rule){
        .least_size = 1000, .target_size = 10000, .least_sc = 0.6667, .target_sc = 0.75};
}

double
rh_lma_validity(const rh_lma_rule *rule, double residents, double jobs, double inside)
{
    const double by_residents = inside / residents, by_jobs = inside / jobs;
    const double sc = by_residents < by_jobs ? by_residents : by_jobs;
    if (sc == 1) {
        return 1;
    }
    double size = (rule->target_size - residents) / (rule->target_size - rule->least_size);
    double reached = sc / rule->target_sc;
    size = size < 0 ? 0 : size;
    reached = reached > 1 ? 1 : reached;
    return reached * (1 - (1 - rule->least_sc / rule->target_sc) * size) *
           (rule->target_sc / rule->least_sc);
}

static void
judge(delineation *d, uint32_t a)
{
    d->low[a] = d->high[a] = d->members[a] == 0 ? (double)INFINITY
                                                : rh_lma_validity(d->rule, d->residents[a],
                                                                  d->jobs[a], d->inside[a]);
}

/* ---- members ---- */

static void
list_add(delineation *d, uint32_t unit, uint32_t a)
{
    d->before[unit] = LEFT_OUT;
    d->next[unit] = d->first[a];
    if (d->first[a] != LEFT_OUT) {
        d->before[d->first[a]] = unit;
    }
    d->first[a] = unit;
    d->area[unit] = a;
    d->members[a]++;
}

static void
list_drop(delineation *d, uint32_t unit)
{
    uint32_t a = d->area[unit], b = d->before[unit], e = d->next[unit];
    if (b == LEFT_OUT) {
        d->first[a] = e;
    } else {
        d->next[b] = e;
    }
    if (e != LEFT_OUT) {
        d->before[e] = b;
    }
    d->members[a]--;
}

/* ---- one unit and the areas around it ---- */

/* Persons between the unit and every area, into to[] and from[]; the areas met into touched[]. */
static void
gather(delineation *d, uint32_t unit)
{
    const rh_links *out = &d->flows->out, *in = &d->flows->in;
    for (uint32_t k = 0; k < d->n_touched; k++) {
        d->to[d->touched[k]] = d->from[d->touched[k]] = 0;
    }
    d->n_touched = 0;
    for (uint32_t k = out->first[unit]; k < out->first[unit + 1]; k++) {
        uint32_t a = d->area[out->unit[k]];
        if (a < d->n) {
            if (d->to[a] == 0 && d->from[a] == 0) {
                d->touched[d->n_touched++] = a;
            }
            d->to[a] += out->persons[k];
        }
    }
    for (uint32_t k = in->first[unit]; k < in->first[unit + 1]; k++) {
        uint32_t a = d->area[in->unit[k]];
        if (a < d->n) {
            if (d->to[a] == 0 && d->from[a] == 0) {
                d->touched[d->n_touched++] = a;
            }
            d->from[a] += in->persons[k];
        }
    }
}

static double
cohesion(const delineation *d, uint32_t unit, uint32_t a)
{
    double strength = 0;
    if (d->from[a] > 0) {
        strength += d->from[a] / d->residents[a] * d->from[a] / d->unit_jobs[unit];
    }
    if (d->to[a] > 0) {
        strength += d->to[a] / d->unit_residents[unit] * d->to[a] / d->jobs[a];
    }
    return strength;
}

/* The area, other than its own, with which the gathered unit coheres most, or LEFT_OUT. */
static uint32_t
most_cohesive(const delineation *d, uint32_t unit)
{
    uint32_t best = LEFT_OUT;
    double most = -1;
    for (uint32_t k = 0; k < d->n_touched; k++) {
        uint32_t a = d->touched[k];
        if (a == d->area[unit]) {
            continue;
        }
        double strength = cohesion(d, unit, a);
        bool later = best == LEFT_OUT || (d->from[a] == 0 && d->from[best] > 0) ||
                     ((d->from[a] == 0) == (d->from[best] == 0) && a > best);
        if (strength > most || (strength == most && later)) {
            most = strength;
            best = a;
        }
    }
    return best;
}

/* The gathered unit leaves its area. */
static void
leave(delineation *d, uint32_t unit)
{
    uint32_t a = d->area[unit];
    list_drop(d, unit);
    d->residents[a] -= d->unit_residents[unit];
    d->jobs[a] -= d->unit_jobs[unit];
    d->inside[a] -= d->to[a] + d->from[a] + d->flows->inside[unit];
    judge(d, a);
}

static void
join(delineation *d, uint32_t unit, uint32_t a)
{
    list_add(d, unit, a);
    d->residents[a] += d->unit_residents[unit];
    d->jobs[a] += d->unit_jobs[unit];
    d->inside[a] += d->to[a] + d->from[a] + d->flows->inside[unit];
    judge(d, a);
}

static double
validity_with(const delineation *d, uint32_t unit, uint32_t a)
{
    return rh_lma_validity(d->rule, d->residents[a] + d->unit_residents[unit],
                           d->jobs[a] + d->unit_jobs[unit],
                           d->inside[a] + d->to[a] + d->from[a] + d->flows->inside[unit]);
}

static rh_status
reserve(delineation *d, uint32_t unit, double validity, enum rh_lma_reason reason, rh_err *err)
{
    rh_lma *r = d->result;
    if (r->n_reserve == d->room) {
        uint32_t room = d->room > 0 ? 2 * d->room : 64;
        void *p = rh_resize(r->reserve, room, sizeof *r->reserve);
        if (p == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for a reserve of %u units.",
                           room);
        }
        r->reserve = p;
        d->room = room;
    }
    r->reserve[r->n_reserve++] = (rh_lma_reserved){unit, r->rounds, validity, reason};
    d->area[unit] = RESERVE;
    return RH_OK;
}

/* ---- one round ---- */

static uint32_t
least_valid(const delineation *d)
{
    uint32_t least = 0;
    for (uint32_t a = 1; a < d->n; a++) {
        least = d->low[a] < d->low[least] ? a : least;
    }
    return least;
}

/* The member of an area with most persons: those who live there and work elsewhere, and those who come from outside of the area. */
static uint32_t
most_crossed(const delineation *d, uint32_t a)
{
    const rh_links *in = &d->flows->in;
    uint32_t best = d->first[a];
    double most = -1;
    for (uint32_t u = d->first[a]; u != LEFT_OUT && d->members[a] > 1; u = d->next[u]) {
        double from_outside = 0;
        for (uint32_t k = in->first[u]; k < in->first[u + 1]; k++) {
            uint32_t b = d->area[in->unit[k]];
            from_outside += b != a && b != LEFT_OUT ? in->persons[k] : 0;
        }
        double crossing = from_outside + d->unit_residents[u] - d->flows->inside[u];
        if (crossing > most || (crossing == most && u < best)) {
            most = crossing;
            best = u;
        }
    }
    return best;
}

typedef struct span {
    double low, high; /* of the flows inside an area */
    bool any;
} span;

static void
stretch(span *s, double persons)
{
    s->low = !s->any || persons < s->low ? persons : s->low;
    s->high = !s->any || persons > s->high ? persons : s->high;
    s->any = true;
}

/* The flows inside an area, each one for itself; `exactly`: only those of this size. */
static span
flows_inside(const delineation *d, uint32_t a, double exactly)
{
    const rh_links *out = &d->flows->out;
    span s = {0};
    for (uint32_t u = d->first[a]; u != LEFT_OUT; u = d->next[u]) {
        double here = d->flows->inside[u];
        if (here > 0 && (isnan(exactly) || here == exactly)) {
            stretch(&s, here);
        }
        for (uint32_t k = out->first[u]; k < out->first[u + 1]; k++) {
            if (d->area[out->unit[k]] == a && (isnan(exactly) || out->persons[k] == exactly)) {
                stretch(&s, out->persons[k]);
            }
        }
    }
    return s;
}

/* Judge an area as Istat's program does after a unit left it: each flow inside it against the margins of each unit. Validity
 * rises with the flow but for the flow that equals the larger margin, which counts as 1. */
static void
judge_pieces(delineation *d, uint32_t a)
{
    span s = flows_inside(d, a, (double)NAN);
    d->low[a] = (double)INFINITY;
    d->high[a] = -(double)INFINITY;
    for (uint32_t u = d->first[a]; u != LEFT_OUT; u = d->next[u]) {
        double residents = d->unit_residents[u], jobs = d->unit_jobs[u];
        double whole = fmax(residents, jobs);
        double v[3] = {rh_lma_validity(d->rule, residents, jobs, s.low),
                       rh_lma_validity(d->rule, residents, jobs, s.high), (double)NAN};
        if (s.any && s.low < whole && whole < s.high && flows_inside(d, a, whole).any) {
            v[2] = 1;
        }
        for (int i = 0; i < 3; i++) {
            d->low[a] = v[i] < d->low[a] ? v[i] : d->low[a];
            d->high[a] = v[i] > d->high[a] ? v[i] : d->high[a];
        }
    }
    d->taken_apart = a;
}

static rh_status
round_once(delineation *d, uint32_t a, rh_err *err)
{
    const uint32_t unit = most_crossed(d, a), pieces = d->taken_apart;
    const double validity = d->low[a];
    gather(d, unit);
    const uint32_t best = most_cohesive(d, unit);
    const bool joins = best != LEFT_OUT && validity_with(d, unit, best) >= d->high[best];
    d->taken_apart = LEFT_OUT;
    leave(d, unit);
    if (joins) {
        join(d, unit, best);
        d->result->moves[unit]++;
    } else {
        RH_TRY(reserve(d, unit, validity,
                       best == LEFT_OUT ? RH_LMA_NO_LINK : RH_LMA_WOULD_WEAKEN, err));
    }
    if (pieces != LEFT_OUT) {
        judge(d, pieces);
    }
    if (d->members[a] > 1 && !d->rule->whole) {
        judge_pieces(d, a);
    }
    return RH_OK;
}

/* Units of the reserve join, the last unit first, until nobody can any more. */
static void
place_reserve(delineation *d)
{
    for (bool again = true; again;) {
        again = false;
        for (uint32_t i = d->n; i-- > 0;) {
            if (d->area[i] != RESERVE) {
                continue;
            }
            gather(d, i);
            uint32_t best = most_cohesive(d, i);
            if (best != LEFT_OUT) {
                join(d, i, best);
                again = true;
            }
        }
    }
}

/* ---- beginning and end ---- */

/* Leave out units in which nobody lives, nobody works, or whose border nobody crosses; doing so may make further such. */
static void
leave_out(delineation *d)
{
    const rh_commuting *f = d->flows;
    for (bool again = true; again;) {
        again = false;
        for (uint32_t i = 0; i < d->n; i++) {
            if (d->area[i] == LEFT_OUT) {
                continue;
            }
            d->unit_residents[i] = d->unit_jobs[i] = f->inside[i];
            for (uint32_t k = f->out.first[i]; k < f->out.first[i + 1]; k++) {
                d->unit_residents[i] +=
                    d->area[f->out.unit[k]] != LEFT_OUT ? f->out.persons[k] : 0;
            }
            for (uint32_t k = f->in.first[i]; k < f->in.first[i + 1]; k++) {
                d->unit_jobs[i] += d->area[f->in.unit[k]] != LEFT_OUT ? f->in.persons[k] : 0;
            }
            bool closed =
                f->inside[i] == d->unit_residents[i] && f->inside[i] == d->unit_jobs[i];
            if (d->unit_residents[i] <= 0 || d->unit_jobs[i] <= 0 || closed) {
                d->area[i] = LEFT_OUT;
                d->result->left_out[i] = true;
                d->result->n_left_out++;
                again = true;
            }
        }
    }
}

static rh_status
begin(delineation *d, rh_err *err)
{
    const size_t n = d->n;
    RH_NEW(d->result->left_out, n + 1, err);
    RH_NEW(d->result->moves, n + 1, err);
    RH_NEW(d->area, n + 1, err);
    RH_NEW(d->first, n + 1, err);
    RH_NEW(d->next, n + 1, err);
    RH_NEW(d->before, n + 1, err);
    RH_NEW(d->members, n + 1, err);
    RH_NEW(d->touched, n + 1, err);
    RH_NEW(d->unit_residents, n + 1, err);
    RH_NEW(d->unit_jobs, n + 1, err);
    RH_NEW(d->residents, n + 1, err);
    RH_NEW(d->jobs, n + 1, err);
    RH_NEW(d->inside, n + 1, err);
    RH_NEW(d->low, n + 1, err);
    RH_NEW(d->high, n + 1, err);
    RH_NEW(d->to, n + 1, err);
    RH_NEW(d->from, n + 1, err);
    leave_out(d);
    d->taken_apart = LEFT_OUT;
    for (uint32_t i = 0; i < d->n; i++) {
        d->first[i] = LEFT_OUT;
        if (d->area[i] != LEFT_OUT) {
            d->area[i] = i;
            list_add(d, i, i);
            d->residents[i] = d->unit_residents[i];
            d->jobs[i] = d->unit_jobs[i];
            d->inside[i] = d->flows->inside[i];
        }
        judge(d, i);
    }
    return RH_OK;
}

static void
release(delineation *d)
{
    rh_free(d->area); /* NULL once the result has it */
    rh_free(d->first);
    rh_free(d->next);
    rh_free(d->before);
    rh_free(d->members);
    rh_free(d->touched);
    rh_free(d->unit_residents);
    rh_free(d->unit_jobs);
    rh_free(d->residents);
    rh_free(d->jobs);
    rh_free(d->inside);
    rh_free(d->low);
    rh_free(d->high);
    rh_free(d->to);
    rh_free(d->from);
}

static rh_status
delineate(delineation *d, rh_err *err)
{
    RH_TRY(begin(d, err));
    for (uint32_t a; d->n > 0 && d->low[a = least_valid(d)] < 1;) {
        if (d->result->rounds++ / ROUNDS_A_UNIT > d->n) {
            return rh_fail(err, RH_RANGE, "The areas still change after %u rounds.",
                           d->result->rounds);
        }
        RH_TRY(round_once(d, a, err));
    }
    place_reserve(d);
    for (uint32_t i = 0; i < d->n; i++) {
        d->result->n_unplaced += d->area[i] == RESERVE;
        d->area[i] = d->area[i] < d->n ? d->area[i] : RH_NO_AREA;
    }
    d->result->n_areas = rh_area_relabel(d->n, d->area, d->touched);
    d->result->area = d->area;
    d->area = NULL;
    return RH_OK;
}

static rh_status
check_rule(const rh_lma_rule *r, rh_err *err)
{
    if (!(r->least_size > 0 && r->target_size > r->least_size)) {
        return rh_fail(
            err, RH_RANGE,
            "The target size (%g) must be above the least size (%g), and that above 0 "
            "(--target-size, --min-size).",
            r->target_size, r->least_size);
    }
    if (!(r->least_sc > 0 && r->target_sc >= r->least_sc && r->target_sc <= 1)) {
        return rh_fail(err, RH_RANGE,
                       "Self-containment must have 0 < least (%g) ≤ target (%g) ≤ 1.",
                       r->least_sc, r->target_sc);
    }
    return RH_OK;
}

rh_status
rh_lma_find(const rh_commuting *flows, const rh_lma_rule *rule, rh_lma **out, rh_err *err)
{
    *out = NULL;
    RH_TRY(check_rule(rule, err));
    delineation d = {.flows = flows, .rule = rule, .n = flows->n};
    RH_NEW(d.result, 1, err);
    rh_status status = delineate(&d, err);
    release(&d);
    if (status != RH_OK) {
        rh_lma_free(d.result);
        return status;
    }
    *out = d.result;
    return RH_OK;
}

void
rh_lma_free(rh_lma *lma)
{
    if (lma == NULL) {
        return;
    }
    rh_free(lma->area);
    rh_free(lma->left_out);
    rh_free(lma->moves);
    rh_free(lma->reserve);
    rh_free(lma);
}
