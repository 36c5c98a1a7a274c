/* The airport game: see airport.h. */
#include "evaluate/airport.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>

typedef struct kind {
    double cost, users;
    uint32_t place; /* in the caller's order */
} kind;

static int
cheaper_first(const void *a, const void *b)
{
    const kind *x = a, *y = b;
    return x->cost != y->cost ? (x->cost > y->cost) - (x->cost < y->cost)
                              : (x->place > y->place) - (x->place < y->place);
}

static rh_status
sorted_kinds(const double *cost, const double *users, uint32_t n, kind **out, rh_err *err)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!(cost[i] >= 0) || isinf(cost[i])) {
            return rh_fail(err, RH_INPUT, "Cost %u is %g; it must be a number, 0 or more.",
                           i + 1, cost[i]);
        }
        if (!(users[i] >= 1) || users[i] != floor(users[i]) || isinf(users[i])) {
            return rh_fail(err, RH_INPUT,
                           "Kind %u has %g users; it must be a whole number, 1 or more.", i + 1,
                           users[i]);
        }
    }
    RH_NEW(*out, n > 0 ? n : 1, err);
    for (uint32_t i = 0; i < n; i++) {
        (*out)[i] = (kind){cost[i], users[i], i};
    }
    qsort(*out, n, sizeof **out, cheaper_first);
    return RH_OK;
}

rh_status
rh_airport_shapley(const double *cost, const double *users, uint32_t n, double *pays,
                   rh_err *err)
{
    kind *k;
    RH_TRY(sorted_kinds(cost, users, n, &k, err));
    double need = 0, paid = 0, before = 0;
    for (uint32_t i = 0; i < n; i++) {
        need += k[i].users;
    }
    for (uint32_t i = 0; i < n; i++) {
        paid += (k[i].cost - before) / need;
        pays[k[i].place] = paid;
        before = k[i].cost;
        need -= k[i].users;
    }
    rh_free(k);
    return RH_OK;
}

/* Littlechild's recursion. Kinds up to `done` pay already, `left` is what their share leaves uncovered of cost[done]. The next block of
 * kinds is the one whose members pay least: (c_i − c_done + left) over one more than the users of the block, the last of all without the one more. */
rh_status
rh_airport_nucleolus(const double *cost, const double *users, uint32_t n, double *pays,
                     rh_err *err)
{
    kind *k;
    RH_TRY(sorted_kinds(cost, users, n, &k, err));
    uint32_t done = 0;
    double covered = 0; /* by the kinds before `done` */
    while (done < n) {
        double least = (double)INFINITY, count = 0, block = 0;
        uint32_t end = n;
        for (uint32_t i = done; i < n; i++) {
            count += k[i].users;
            double pay = (k[i].cost - covered) / (i + 1 < n ? count + 1 : count);
            if (pay <= least) {
                least = pay;
                end = i + 1;
                block = count;
            }
        }
        for (uint32_t i = done; i < end; i++) {
            pays[k[i].place] = least;
        }
        covered += least * block;
        done = end;
    }
    rh_free(k);
    return RH_OK;
}

rh_status
rh_airport_proportional(const double *cost, const double *users, uint32_t n, double *pays,
                        rh_err *err)
{
    kind *k;
    RH_TRY(sorted_kinds(cost, users, n, &k, err));
    double total = 0;
    for (uint32_t i = 0; i < n; i++) {
        total += k[i].cost * k[i].users;
    }
    for (uint32_t i = 0; i < n; i++) {
        pays[i] = total > 0 ? cost[i] / total * k[n - 1].cost : 0;
    }
    rh_free(k);
    return RH_OK;
}
