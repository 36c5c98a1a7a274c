/* The core and its certificate: see game_core.h. */
#include "evaluate/game_core.h"

#include "core/mem.h"
#include "evaluate/game_lp.h"
#include "evaluate/game_point.h"

#include <math.h>

enum { ROOM = 1 << 14, AT_ONCE = 32 };

typedef struct work {
    const double *v;
    unsigned n;
    double scale;
    glp_prob *lp;
    uint32_t coalition[ROOM + 1]; /* of each row */
    rh_game_sums sums;
} work;

static void
add(work *w, uint32_t coalition)
{
    rh_game_lp_add(w->lp, w->n, coalition, 0, w->v[coalition] / w->scale, false);
    w->coalition[glp_get_num_rows(w->lp)] = coalition;
}

/* Add the most violated coalitions, the worst first; how many. */
static int
add_violated(work *w, const double *x)
{
    uint32_t worst[AT_ONCE];
    double excess[AT_ONCE];
    int count = 0;
    rh_game_sums_fill(&w->sums, x, w->n);
    for (uint32_t s = 1; s < (1U << w->n) - 1; s++) {
        double e = w->v[s] / w->scale - rh_game_sums_of(&w->sums, s);
        if (e > 1e-9 && (count < AT_ONCE || e > excess[count - 1])) {
            count = rh_game_keep_largest(AT_ONCE, count, excess, worst, e, s);
        }
    }
    for (int i = 0; i < count && glp_get_num_rows(w->lp) < ROOM; i++) {
        add(w, worst[i]);
    }
    return count;
}

static rh_status
solve(work *w, double *x, rh_err *err)
{
    double before = -(double)INFINITY;
    for (unsigned i = 0; i < w->n; i++) {
        add(w, 1U << i);
    }
    for (;;) {
        RH_TRY(rh_game_lp_solve(w->lp, err));
        for (unsigned i = 0; i < w->n; i++) {
            x[i] = glp_get_col_prim(w->lp, (int)i + 1);
        }
        double now = glp_get_obj_val(w->lp);
        int rows = glp_get_num_rows(w->lp);
        if (add_violated(w, x) == 0 || (rows >= ROOM && now <= before)) {
            return RH_OK;
        }
        before = now;
    }
}

static void
report(work *w, const double *x, rh_game_core *out)
{
    double grand = w->v[(1U << w->n) - 1];
    out->needed = w->scale * glp_get_obj_val(w->lp);
    out->empty = out->needed > grand + 1e-9 * w->scale;
    for (unsigned i = 0; i < w->n; i++) {
        out->x[i] = w->scale * x[i] + (grand - out->needed) / w->n;
    }
    for (int r = 1; r <= glp_get_num_rows(w->lp) && out->n_balanced < w->n; r++) {
        double weight = glp_get_row_dual(w->lp, r);
        if (weight > 1e-9) {
            out->balanced[out->n_balanced] = w->coalition[r];
            out->weight[out->n_balanced++] = weight;
        }
    }
}

rh_status
rh_game_core_check(const double *v, unsigned n, rh_game_core *out, rh_err *err)
{
    double x[RH_SUMS_PLAYERS];
    work *w;
    *out = (rh_game_core){0};
    RH_NEW(w, 1, err);
    w->v = v;
    w->n = n;
    w->scale = rh_game_scale(v, n);
    w->scale = w->scale > 0 ? w->scale : 1;
    w->lp = rh_game_lp_new(n, 1, 0);
    rh_status status = solve(w, x, err);
    if (status == RH_OK) {
        report(w, x, out);
    }
    glp_delete_prob(w->lp);
    rh_free(w);
    return status;
}
