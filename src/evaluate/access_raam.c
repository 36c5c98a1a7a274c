/* The rational agent access model: everyone chooses the facility with the least sum of travel and crowding,
 *     cost_ij = c_ij / tau + D_j / (rho S_j),
 * and at rest nobody gains by another choice (Saxon & Snow 2020; a congestion game, so the rest is the minimum of
 * Σ x_ij c_ij / tau + Σ_j D_j² / (2 rho S_j), which is convex: loads and costs are unique).
 *
 * raam         the rest itself: by turns, each place divides its people best against the loads of all others (exact by
 *              filling up the cheapest facilities to one level), until nobody could gain more than 1e-10 of all cost
 *              or the rounds are used up (the gap that is left is returned).
 * raam_steps   what the peer prints: whole persons move in at most 150 rounds of shrinking steps, all places at once, and the
 *              costs are those before the last move. It stays some hundredths beside the rest; kept to compare. */
#include "evaluate/access_family.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>

typedef struct choice {
    double cost;
    size_t pair;
} choice;

typedef struct raam {
    const rh_pairs *pairs;
    const rh_access_job *job;
    double *room;  /* rho S_j */
    double *load;  /* D_j */
    double *crowd; /* steps: load / room of the round; move: arrivals */
    choice *choices;
    double *people; /* x of each pair: job->weight */
    bool *open;     /* pairs that may be chosen */
} raam;

static int
by_cost(const void *a, const void *b)
{
    const choice *x = a, *y = b;
    return x->cost != y->cost ? (x->cost < y->cost ? -1 : 1)
                              : (x->pair < y->pair ? -1 : x->pair > y->pair);
}

static void
release(raam *r)
{
    rh_free(r->room);
    rh_free(r->choices);
    rh_free(r->open);
}

static rh_status
prepare(const rh_access_job *job, raam *r, rh_err *err)
{
    const rh_pairs *p = job->in->pairs;
    const rh_access_balance *b = job->balance;
    size_t n = p->n_destinations, most = 0;
    *r = (raam){.pairs = p, .job = job, .people = job->weight};
    RH_TRY(rh_access_count_alone(job, err));
    double rho = job->how->rho > 0 ? job->how->rho : b->supply > 0 ? b->demand / b->supply : 1;
    if (!(job->how->tau > 0) || !(rho > 0)) {
        return rh_fail(err, RH_INPUT,
                       "RAAM needs demand, supply and a tau above 0 (tau %g, rho %g).",
                       job->how->tau, rho);
    }
    RH_NEW(r->room, 3 * n + 1, err);
    RH_NEW(r->open, p->n + 1, err);
    r->load = r->room + n;
    r->crowd = r->load + n;
    for (uint32_t j = 0; j < n; j++) {
        r->room[j] = rho * job->in->supply[j];
    }
    for (uint32_t i = 0; i < p->n_origins; i++) {
        size_t here = p->start[i + 1] - p->start[i];
        most = here > most ? here : most;
    }
    RH_NEW(r->choices, most + 1, err);
    for (size_t k = 0; k < p->n; k++) {
        r->open[k] = job->weight[k] > 0 && r->room[p->destination[k]] > 0;
        r->people[k] = 0;
    }
    return RH_OK;
}

static double
travel(const raam *r, size_t k)
{
    return r->pairs->cost[k] / r->job->how->tau;
}

static double
total_cost(const raam *r, size_t k)
{
    uint32_t j = r->pairs->destination[k];
    return travel(r, k) + r->load[j] / r->room[j];
}

/* Everyone goes to the nearest facility. */
static void
start_nearest(raam *r)
{
    const rh_pairs *p = r->pairs;
    for (uint32_t i = 0; i < p->n_origins; i++) {
        size_t best = SIZE_MAX;
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            if (r->open[k] && (best == SIZE_MAX || p->cost[k] < p->cost[best])) {
                best = k;
            }
        }
        if (best != SIZE_MAX) {
            r->people[best] = r->job->in->demand[i];
            r->load[p->destination[best]] += r->job->in->demand[i];
        }
    }
}

/* The people of place i against the loads of all others: facilities are filled to one level of cost, the cheapest first. */
static void
answer_best(raam *r, uint32_t i)
{
    const rh_pairs *p = r->pairs;
    size_t n = 0, used = 0;
    double room = 0, filled = 0, level = 0, demand = r->job->in->demand[i];
    for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
        if (r->open[k]) {
            r->load[p->destination[k]] -= r->people[k];
            r->people[k] = 0;
            r->choices[n++] = (choice){total_cost(r, k), k};
        }
    }
    qsort(r->choices, n, sizeof *r->choices, by_cost);
    while (used < n && (used == 0 || r->choices[used].cost < level)) {
        double here = r->room[p->destination[r->choices[used].pair]];
        room += here;
        filled += here * r->choices[used].cost;
        level = (demand + filled) / room;
        used++;
    }
    double placed = 0;
    for (size_t c = 0; c < used; c++) {
        size_t k = r->choices[c].pair;
        double x = (level - r->choices[c].cost) * r->room[p->destination[k]];
        r->people[k] = x > 0 ? x : 0;
        placed += r->people[k];
    }
    for (size_t c = 0; c < used; c++) { /* nobody is lost to rounding */
        size_t k = r->choices[c].pair;
        r->people[k] *= placed > 0 ? demand / placed : 0;
        r->load[p->destination[k]] += r->people[k];
    }
}

/* The least cost of each place into access; what all people together pay above it, as a share of what they pay. */
static double
what_could_be_gained(const raam *r)
{
    const rh_pairs *p = r->pairs;
    double paid = 0, above = 0;
    for (uint32_t i = 0; i < p->n_origins; i++) {
        double least = INFINITY;
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            least = r->open[k] ? fmin(least, total_cost(r, k)) : least;
        }
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            if (r->people[k] > 0) {
                paid += r->people[k] * total_cost(r, k);
                above += r->people[k] * (total_cost(r, k) - least);
            }
        }
        r->job->access[i] = isinf(least) ? (double)NAN : least;
    }
    return paid > 0 ? above / paid : 0;
}

/* A1: everyone who can reach supply is on the way to some. */
static void
count_people(const raam *r)
{
    rh_access_balance *b = r->job->balance;
    for (size_t k = 0; k < r->pairs->n; k++) {
        b->kept += r->people[k];
    }
    b->to_keep = b->demand - b->demand_alone;
}

/* Loads summed up afresh, so that the roundings of many rounds do not pile up. */
static void
recount(raam *r)
{
    const rh_pairs *p = r->pairs;
    for (uint32_t j = 0; j < p->n_destinations; j++) {
        r->load[j] = 0;
    }
    for (size_t k = 0; k < p->n; k++) {
        r->load[p->destination[k]] += r->people[k];
    }
}

/* Small cases may take their time; large ones get as many rounds as 30 million looks at a pair allow (some ten seconds), at least
 * 40. What could still be gained is told either way. */
static unsigned
rounds_for(const raam *r)
{
    const double looks = 3e7, most = 20000, least = 40;
    return (unsigned)fmax(least, fmin(most, looks / (double)(r->pairs->n + 1)));
}

rh_status
rh_access_raam(const rh_access_job *job, rh_err *err)
{
    enum { LOOK_EVERY = 4 };
    const double at_rest = 1e-10;
    raam r;
    rh_status status = prepare(job, &r, err);
    if (status == RH_OK) {
        unsigned most = job->how->cycles > 0 ? job->how->cycles : rounds_for(&r), cycle = 0;
        start_nearest(&r);
        do {
            for (uint32_t i = 0; i < r.pairs->n_origins; i++) {
                answer_best(&r, i);
            }
            if (++cycle % LOOK_EVERY == 0 || cycle == most) {
                recount(&r);
                job->balance->gap = what_could_be_gained(&r);
            }
        } while (cycle < most && (cycle % LOOK_EVERY != 0 || job->balance->gap > at_rest));
        job->balance->cycles = cycle;
        count_people(&r);
    }
    release(&r);
    return status;
}

/* ---- the peer's schedule ---- */

typedef struct move {
    size_t from, to; /* pairs; SIZE_MAX: none */
    double people;
} move;

/* How many people of place i go from their dearest to the cheapest facility, before the crowd is held back. */
static void
plan_move(const raam *r, uint32_t i, double step, move *m)
{
    const rh_pairs *p = r->pairs;
    double least = INFINITY, most = -INFINITY;
    *m = (move){SIZE_MAX, SIZE_MAX, 0};
    for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
        if (!r->open[k]) {
            continue;
        }
        double cost = total_cost(r, k);
        if (cost < least) {
            least = cost;
            m->to = k;
        }
        if (r->people[k] != 0 && cost > most) {
            most = cost;
            m->from = k;
        }
    }
    if (m->from == SIZE_MAX || m->from == m->to) {
        return;
    }
    uint32_t to = p->destination[m->to], from = p->destination[m->from];
    double a = r->room[to], b = r->room[from], here = r->people[m->to],
           there = r->people[m->from];
    double others_to = r->load[to] - here, others_from = r->load[from] - there;
    double level = a * b / (a + b) *
                   ((travel(r, m->from) - travel(r, m->to)) + (here + there + others_from) / b -
                    others_to / a);
    m->people = trunc(fmin(fmin(level - here, there), step * r->job->in->demand[i]));
}

/* In the first rounds no facility takes more new people than it has room for. */
static void
hold_back(const raam *r, move *moves)
{
    const rh_pairs *p = r->pairs;
    for (uint32_t j = 0; j < p->n_destinations; j++) {
        r->crowd[j] = 0;
    }
    for (uint32_t i = 0; i < p->n_origins; i++) {
        if (moves[i].to != SIZE_MAX) {
            r->crowd[p->destination[moves[i].to]] += moves[i].people;
        }
    }
    for (uint32_t i = 0; i < p->n_origins; i++) {
        if (moves[i].to != SIZE_MAX) {
            uint32_t j = p->destination[moves[i].to];
            moves[i].people = nearbyint(moves[i].people / fmax(r->crowd[j] / r->room[j], 1));
        }
    }
}

/* What people pay on average, at the loads of the round and after its moves, as the peer counts it. */
static void
average_costs(const raam *r, const move *moves)
{
    const rh_pairs *p = r->pairs;
    for (uint32_t i = 0; i < p->n_origins; i++) {
        double paid = 0, people = 0, least = INFINITY;
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            if (r->open[k]) {
                double moved = k == moves[i].to     ? moves[i].people
                               : k == moves[i].from ? -moves[i].people
                                                    : 0;
                paid += total_cost(r, k) * (r->people[k] + moved);
                people += r->people[k] + moved;
                least = fmin(least, total_cost(r, k));
            }
        }
        r->job->access[i] = people > 0 ? paid / people : isinf(least) ? (double)NAN : least;
    }
}

static void
cycle_steps(raam *r, move *moves, unsigned cycle, bool last)
{
    const unsigned careful = 20;
    const double half_life = 50, first_step = 0.2, least_step = 0.005;
    double step = fmax(first_step * pow(0.5, cycle / half_life), least_step);
    for (uint32_t i = 0; i < r->pairs->n_origins; i++) {
        plan_move(r, i, step, &moves[i]);
    }
    if (cycle < careful) {
        hold_back(r, moves);
    }
    if (last) {
        average_costs(r, moves);
    }
    for (uint32_t i = 0; i < r->pairs->n_origins; i++) {
        if (moves[i].people != 0) {
            r->people[moves[i].to] += moves[i].people;
            r->people[moves[i].from] -= moves[i].people;
        }
    }
    recount(r);
}

rh_status
rh_access_raam_steps(const rh_access_job *job, rh_err *err)
{
    const unsigned usual = 150;
    raam r;
    move *moves = NULL;
    rh_status status = prepare(job, &r, err);
    if (status == RH_OK) {
        moves = rh_alloc((size_t)r.pairs->n_origins + 1, sizeof *moves);
        status = moves == NULL ? rh_fail(err, RH_MEMORY,
                                         "Not enough memory for the moves of "
                                         "RAAM.")
                               : RH_OK;
    }
    if (status == RH_OK) {
        unsigned cycles = job->how->cycles > 0 ? job->how->cycles : usual;
        start_nearest(&r);
        for (unsigned c = 0; c < cycles; c++) {
            cycle_steps(&r, moves, c, c + 1 == cycles);
        }
        job->balance->cycles = cycles;
        count_people(&r);
    }
    rh_free(moves);
    release(&r);
    return status;
}
