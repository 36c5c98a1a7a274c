/* The greedy plan and its bound: see access_plan.h. */
#include "evaluate/access_plan.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct builder {
    const rh_plan_task *task;
    rh_pairs *served; /* turned: options to the places that they cover */
    bool *covered;    /* places */
    bool *taken;      /* options */
    double *gain;     /* options: people newly covered if built now */
    bool *stale;      /* options: gain must be counted again */
    double missing;   /* people */
    uint32_t *rank;   /* options, scratch of the bound */
    uint32_t *times;  /* places: options taken that cover them */
} builder;

void
rh_plan_start(const rh_plan_task *task, bool *covered)
{
    const rh_pairs *p = task->pairs;
    for (uint32_t i = 0; i < p->n_origins; i++) {
        covered[i] = task->covered != NULL && task->covered[i];
        for (size_t k = p->start[i]; k < p->start[i + 1] && task->open != NULL; k++) {
            covered[i] |= task->open[p->destination[k]];
        }
    }
}

static void
release(builder *b)
{
    rh_pairs_free(b->served);
    rh_free(b->covered);
    rh_free(b->taken);
    rh_free(b->gain);
    rh_free(b->rank);
    rh_free(b->stale);
    rh_free(b->times);
}

static rh_status
prepare(const rh_plan_task *task, builder *b, rh_plan *plan, rh_err *err)
{
    uint32_t n = task->pairs->n_origins, m = task->pairs->n_destinations;
    b->task = task;
    RH_TRY(rh_pairs_turned(task->pairs, &b->served, err));
    RH_NEW(b->covered, (size_t)n + 1, err);
    RH_NEW(b->times, (size_t)n + 1, err);
    RH_NEW(b->taken, (size_t)m + 1, err);
    RH_NEW(b->gain, (size_t)m + 1, err);
    RH_NEW(b->rank, (size_t)m + 1, err);
    RH_NEW(b->stale, (size_t)m + 1, err);
    RH_NEW(plan->option, (size_t)m + 1, err);
    RH_NEW(plan->gain, (size_t)m + 1, err);
    rh_plan_start(task, b->covered);
    for (uint32_t i = 0; i < n; i++) {
        plan->all += task->people[i];
        plan->before += b->covered[i] ? task->people[i] : 0;
        bool reachable = b->covered[i] || task->pairs->start[i] < task->pairs->start[i + 1];
        plan->reachable += reachable ? task->people[i] : 0;
    }
    for (uint32_t j = 0; j < m; j++) {
        b->taken[j] = task->open != NULL && task->open[j];
        b->stale[j] = true;
    }
    plan->covered = plan->before;
    return RH_OK;
}

static void
count_gain(builder *b, uint32_t j)
{
    const rh_pairs *s = b->served;
    b->gain[j] = 0;
    for (size_t k = s->start[j]; k < s->start[j + 1] && !b->taken[j]; k++) {
        uint32_t i = s->destination[k];
        b->gain[j] += b->covered[i] ? 0 : b->task->people[i];
    }
}

/* Who is covered beyond the goal is worth nothing. */
static double
useful(const builder *b, uint32_t j)
{
    return fmin(b->gain[j], b->missing);
}

/* Below 0 when option x covers people at less cost a head than y (those that add nobody stand last, equals by number). */
static int
compare(const builder *b, uint32_t x, uint32_t y)
{
    bool some_x = useful(b, x) > 0, some_y = useful(b, y) > 0;
    double left = b->task->cost[x] * useful(b, y), right = b->task->cost[y] * useful(b, x);
    if (some_x != some_y) {
        return some_x ? -1 : 1;
    }
    return left != right && some_x ? (left < right ? -1 : 1) : (x < y ? -1 : x > y);
}

static int
cheaper_first(const void *x, const void *y, void *context)
{
    return compare(context, *(const uint32_t *)x, *(const uint32_t *)y);
}

/* The least cost of covering the missing if options could be built in fractions and never overlapped. */
static double
bound_now(builder *b)
{
    uint32_t m = b->served->n_origins;
    double cost = 0, missing = b->missing;
    for (uint32_t j = 0; j < m; j++) {
        b->rank[j] = j;
    }
    qsort_r(b->rank, m, sizeof *b->rank, cheaper_first, b);
    for (uint32_t r = 0; r < m && missing > 0; r++) {
        double people = useful(b, b->rank[r]);
        double share = people > missing ? missing / people : 1;
        cost += people > 0 ? share * b->task->cost[b->rank[r]] : 0;
        missing -= share * people;
    }
    return cost;
}

static uint32_t
next_option(const builder *b)
{
    uint32_t best = 0;
    for (uint32_t j = 1; j < b->served->n_origins; j++) {
        best = compare(b, j, best) < 0 ? j : best;
    }
    return best;
}

/* Build option j. Only options that share a place with it change their gains. */
static void
take(builder *b, uint32_t j, rh_plan *plan)
{
    const rh_pairs *s = b->served, *p = b->task->pairs;
    double gain = 0;
    b->taken[j] = true;
    for (size_t k = s->start[j]; k < s->start[j + 1]; k++) {
        uint32_t i = s->destination[k];
        gain += b->covered[i] ? 0 : b->task->people[i];
        for (size_t o = p->start[i]; o < p->start[i + 1] && !b->covered[i]; o++) {
            b->stale[p->destination[o]] = true;
        }
        b->covered[i] = true;
    }
    b->stale[j] = true;
    plan->option[plan->n] = j;
    plan->gain[plan->n++] = gain;
    plan->covered += gain;
    plan->cost += b->task->cost[j];
}

static void
refresh(builder *b)
{
    for (uint32_t j = 0; j < b->served->n_origins; j++) {
        if (b->stale[j]) {
            count_gain(b, j);
            b->stale[j] = false;
        }
    }
}

/* Dearest first: an option without which the goal still holds is given back. */
static void
drop_needless(builder *b, double goal, rh_plan *plan)
{
    const rh_pairs *s = b->served;
    for (uint32_t t = 0; t < plan->n; t++) {
        uint32_t j = plan->option[t];
        for (size_t k = s->start[j]; k < s->start[j + 1]; k++) {
            b->times[s->destination[k]]++;
        }
    }
    bool *start = b->covered;
    rh_plan_start(b->task, start);
    for (;;) {
        uint32_t worst = plan->n;
        double worst_lost = 0;
        for (uint32_t t = 0; t < plan->n; t++) {
            uint32_t j = plan->option[t];
            double lost = 0;
            for (size_t k = s->start[j]; k < s->start[j + 1]; k++) {
                uint32_t i = s->destination[k];
                lost += !start[i] && b->times[i] == 1 ? b->task->people[i] : 0;
            }
            if (plan->covered - lost >= goal &&
                (worst == plan->n || b->task->cost[j] > b->task->cost[plan->option[worst]])) {
                worst = t;
                worst_lost = lost;
            }
        }
        if (worst == plan->n) {
            return;
        }
        uint32_t j = plan->option[worst];
        for (size_t k = s->start[j]; k < s->start[j + 1]; k++) {
            b->times[s->destination[k]]--;
        }
        plan->cost -= b->task->cost[j];
        plan->covered -= worst_lost;
        plan->n--;
        memmove(plan->option + worst, plan->option + worst + 1,
                (plan->n - worst) * sizeof *plan->option);
    }
}

/* Gains, cost and cover afresh, in the order of the steps that were left. */
static void
retell(builder *b, rh_plan *plan)
{
    uint32_t n = plan->n;
    rh_plan_start(b->task, b->covered);
    plan->n = 0;
    plan->cost = 0;
    plan->covered = plan->before;
    for (uint32_t t = 0; t < n; t++) {
        take(b, plan->option[t], plan);
    }
}

static rh_status
build(builder *b, rh_plan *plan, rh_err *err)
{
    double goal = b->task->goal * plan->all * (1 - 1e-12); /* sums of people may round */
    if (plan->reachable < goal) {
        return rh_fail(err, RH_INPUT,
                       "The goal of %.4g %% is out of reach: with every option built, %.4g %% "
                       "of the people are covered.",
                       100 * b->task->goal, 100 * plan->reachable / plan->all);
    }
    for (uint32_t step = 0; plan->covered < goal; step++) {
        refresh(b);
        b->missing = goal - plan->covered;
        if ((step & (step - 1)) ==
            0) { /* 0, 1, 2, 4, 8, …: sorting costs, and early bounds are the best ones */
            plan->bound = fmax(plan->bound, bound_now(b));
        }
        take(b, next_option(b), plan);
    }
    drop_needless(b, goal, plan);
    retell(b, plan);
    return RH_OK;
}

rh_status
rh_plan_greedy(const rh_plan_task *task, rh_plan *plan, rh_err *err)
{
    builder b = {0};
    *plan = (rh_plan){0};
    rh_status status = prepare(task, &b, plan, err);
    status = status == RH_OK ? build(&b, plan, err) : status;
    release(&b);
    return status;
}

void
rh_plan_release(rh_plan *plan)
{
    rh_free(plan->option);
    rh_free(plan->gain);
    rh_free(plan->exact);
    *plan = (rh_plan){0};
}
