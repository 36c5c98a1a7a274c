/* A better bound for the extension plan by Lagrangian relaxation: see access_plan.h.
 *
 * With prices λ_i ≥ 0 on "place i is covered only if an option that serves it is built", the rest falls apart:
 *     L(λ) = Σ_j min(0, c_j − Σ_i∈j λ_i)  +  min { Σ λ_i y_i : Σ p_i y_i ≥ missing, 0 ≤ y ≤ 1 },
 * a sum over options and a fractional knapsack. Every L(λ) is a lower bound; the best one is that of the linear programme
 * (Held & Karp 1971, Mathematical Programming 1, 6-25: steps along the violated rows). */
#include "evaluate/access_plan.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>

typedef struct relaxed {
    const rh_plan_task *task;
    double missing;
    uint32_t n;      /* places that are not covered, have people and can be served */
    uint32_t *place; /* n */
    double *price;   /* λ by place of the table */
    double *slope;   /* y_i − options built that serve i, by place */
    double *worth;   /* c_j − Σ λ, by option */
} relaxed;

static int
cheaper_head(const void *a, const void *b, void *context)
{
    const relaxed *r = context;
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    double left = r->price[i] * r->task->people[j], right = r->price[j] * r->task->people[i];
    return left != right ? (left < right ? -1 : 1) : (i < j ? -1 : i > j);
}

/* L(λ); the slopes are left in r. */
static double
evaluate(relaxed *r)
{
    const rh_pairs *p = r->task->pairs;
    double sum = 0, missing = r->missing;
    for (uint32_t j = 0; j < p->n_destinations; j++) {
        r->worth[j] = r->task->cost[j];
    }
    for (uint32_t s = 0; s < r->n; s++) {
        uint32_t i = r->place[s];
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            r->worth[p->destination[k]] -= r->price[i];
        }
    }
    for (uint32_t j = 0; j < p->n_destinations; j++) {
        sum += fmin(0, r->worth[j]);
    }
    qsort_r(r->place, r->n, sizeof *r->place, cheaper_head, r);
    for (uint32_t s = 0; s < r->n; s++) {
        uint32_t i = r->place[s];
        double people = r->task->people[i];
        double y = missing <= 0 ? 0 : people > missing ? missing / people : 1;
        missing -= y * people;
        sum += y * r->price[i];
        r->slope[i] = y;
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            r->slope[i] -= r->worth[p->destination[k]] < 0;
        }
    }
    return sum;
}

/* First prices: what a person costs with the cheapest option of the place. */
static void
first_prices(relaxed *r)
{
    const rh_pairs *p = r->task->pairs;
    for (uint32_t s = 0; s < r->n; s++) {
        uint32_t i = r->place[s];
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            r->worth[p->destination[k]] += r->task->people[i];
        }
    }
    for (uint32_t s = 0; s < r->n; s++) {
        uint32_t i = r->place[s];
        double least = INFINITY;
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            uint32_t j = p->destination[k];
            least = fmin(least, r->task->cost[j] / r->worth[j]);
        }
        r->price[i] = least * r->task->people[i];
    }
}

static double
climb(relaxed *r, double upper, unsigned rounds)
{
    const unsigned patience = 8;
    double best = 0, stride = 1;
    unsigned since = 0;
    first_prices(r);
    for (unsigned t = 0; t < rounds; t++) {
        double now = evaluate(r), length = 0;
        since = now > best ? 0 : since + 1;
        best = fmax(best, now);
        if (since == patience) {
            stride /= 2;
            since = 0;
        }
        for (uint32_t s = 0; s < r->n; s++) {
            length += r->slope[r->place[s]] * r->slope[r->place[s]];
        }
        if (length == 0 || now >= upper) {
            break;
        }
        double step = stride * (upper - now) / length;
        for (uint32_t s = 0; s < r->n; s++) {
            uint32_t i = r->place[s];
            r->price[i] = fmax(0, r->price[i] + step * r->slope[i]);
        }
    }
    return fmin(best, upper);
}

static rh_status
prepare(const rh_plan_task *task, const rh_plan *plan, const bool *covered, relaxed *r,
        rh_err *err)
{
    const rh_pairs *p = task->pairs;
    r->task = task;
    r->missing = task->goal * plan->all * (1 - 1e-12) - plan->before;
    RH_NEW(r->place, (size_t)p->n_origins + 1, err);
    RH_NEW(r->price, 2 * (size_t)p->n_origins + p->n_destinations + 1, err);
    r->slope = r->price + p->n_origins;
    r->worth = r->slope + p->n_origins;
    for (uint32_t i = 0; i < p->n_origins; i++) {
        if (!covered[i] && task->people[i] > 0 && p->start[i] < p->start[i + 1]) {
            r->place[r->n++] = i;
        }
    }
    return RH_OK;
}

rh_status
rh_plan_raise_bound(const rh_plan_task *task, rh_plan *plan, rh_err *err)
{
    const double looks = 1e8, most = 400, least = 40; /* some seconds at most */
    relaxed r = {0};
    bool *covered;
    RH_NEW(covered, (size_t)task->pairs->n_origins + 1, err);
    rh_plan_start(task, covered);
    rh_status status = prepare(task, plan, covered, &r, err);
    if (status == RH_OK && r.missing > 0) {
        double rounds = fmax(least, fmin(most, looks / (double)(task->pairs->n + 1)));
        plan->bound = fmax(plan->bound, climb(&r, plan->cost, (unsigned)rounds));
    }
    rh_free(covered);
    rh_free(r.place);
    rh_free(r.price);
    return status;
}
