/* The exact plan by mixed-integer programming: see access_plan.h.
 *
 * Columns: x_j of the options that are not open, then y_i of the places that are not covered and can be. Rows: the missing people,
 * then one a place. y may stay continuous: for binary x its best value is 0 or 1 (or the fraction the goal leaves). */
#include "evaluate/access_plan.h"

#include "core/mem.h"

#include <glpk.h>
#include <math.h>

typedef struct model {
    glp_prob *lp;
    int *option_column, *place_column; /* 0: none; GLPK counts from 1 */
    int *index;                        /* of one row */
    double *value;
    double missing;
} model;

typedef struct limit {
    int nodes;
    double bound;
} limit;

static void
watch(glp_tree *tree, void *context)
{
    limit *l = context;
    int total = 0, best = glp_ios_best_node(tree);
    if (best != 0) {
        l->bound = glp_ios_node_bound(tree, best);
    }
    glp_ios_tree_size(tree, NULL, NULL, &total);
    if (total > l->nodes) {
        glp_ios_terminate(tree);
    }
}

static int
add_column(glp_prob *lp, double cost, int kind)
{
    int c = glp_add_cols(lp, 1);
    glp_set_obj_coef(lp, c, cost);
    glp_set_col_kind(lp, c, kind);
    glp_set_col_bnds(lp, c, GLP_DB, 0, 1);
    return c;
}

static rh_status
columns(const rh_plan_task *task, const rh_plan *plan, const bool *covered, model *m,
        rh_err *err)
{
    const rh_pairs *p = task->pairs;
    RH_NEW(m->option_column, (size_t)p->n_destinations + 1, err);
    RH_NEW(m->place_column, (size_t)p->n_origins + 1, err);
    RH_NEW(m->index, (size_t)p->n_origins + p->n_destinations + 2, err);
    RH_NEW(m->value, (size_t)p->n_origins + p->n_destinations + 2, err);
    m->missing = task->goal * plan->all * (1 - 1e-12) - plan->before;
    for (uint32_t j = 0; j < p->n_destinations; j++) {
        if (task->open == NULL || !task->open[j]) {
            m->option_column[j] = add_column(m->lp, task->cost[j], GLP_BV);
        }
    }
    for (uint32_t i = 0; i < p->n_origins; i++) {
        if (!covered[i] && task->people[i] > 0 && p->start[i] < p->start[i + 1]) {
            m->place_column[i] = add_column(m->lp, 0, GLP_CV);
        }
    }
    return RH_OK;
}

static void
rows(const rh_plan_task *task, model *m)
{
    const rh_pairs *p = task->pairs;
    int row = glp_add_rows(m->lp, 1), n = 0;
    double scale = m->missing > 0 ? 1 / m->missing : 1; /* people run from 1 to millions */
    for (uint32_t i = 0; i < p->n_origins; i++) {
        if (m->place_column[i] != 0) {
            m->index[++n] = m->place_column[i];
            m->value[n] = task->people[i] * scale;
        }
    }
    glp_set_mat_row(m->lp, row, n, m->index, m->value);
    glp_set_row_bnds(m->lp, row, GLP_LO, m->missing * scale, 0);
    for (uint32_t i = 0; i < p->n_origins; i++) {
        if (m->place_column[i] == 0) {
            continue;
        }
        n = 1;
        m->index[1] = m->place_column[i];
        m->value[1] = 1;
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            m->index[++n] = m->option_column[p->destination[k]];
            m->value[n] = -1;
        }
        row = glp_add_rows(m->lp, 1);
        glp_set_mat_row(m->lp, row, n, m->index, m->value);
        glp_set_row_bnds(m->lp, row, GLP_UP, 0, 0);
    }
}

/* What the programme built, and whom that covers. */
static rh_status
read_plan(const rh_plan_task *task, const model *m, bool *covered, rh_plan *plan, rh_err *err)
{
    const rh_pairs *p = task->pairs;
    const double half = 0.5;
    RH_NEW(plan->exact, (size_t)p->n_destinations + 1, err);
    for (uint32_t j = 0; j < p->n_destinations; j++) {
        if (m->option_column[j] != 0 && glp_mip_col_val(m->lp, m->option_column[j]) > half) {
            plan->exact[plan->n_exact++] = j;
            plan->exact_cost += task->cost[j];
        }
    }
    for (uint32_t i = 0; i < p->n_origins; i++) {
        for (size_t k = p->start[i]; k < p->start[i + 1]; k++) {
            int c = m->option_column[p->destination[k]];
            covered[i] |= c != 0 && glp_mip_col_val(m->lp, c) > half;
        }
        plan->exact_covered += covered[i] ? task->people[i] : 0;
    }
    return RH_OK;
}

static rh_status
solve(const rh_plan_task *task, unsigned nodes, model *m, bool *covered, rh_plan *plan,
      rh_err *err)
{
    RH_TRY(columns(task, plan, covered, m, err));
    if (m->missing <= 0) { /* the goal holds without building */
        plan->has_exact = true;
        plan->exact_covered = plan->before;
        return RH_OK;
    }
    rows(task, m);
    limit l = {.nodes = (int)nodes, .bound = plan->bound};
    glp_iocp how;
    glp_init_iocp(&how);
    how.presolve = GLP_ON;
    how.msg_lev = GLP_MSG_OFF;
    how.cov_cuts = GLP_ON;
    how.mir_cuts = GLP_ON;
    how.cb_func = watch;
    how.cb_info = &l;
    int code = glp_intopt(m->lp, &how);
    if (code != 0 && code != GLP_ESTOP) {
        return rh_fail(err, RH_INVARIANT, "The exact plan failed with code %d of GLPK.", code);
    }
    plan->has_exact = code == 0 && glp_mip_status(m->lp) == GLP_OPT;
    plan->exact_bound = fmax(l.bound, plan->bound);
    if (plan->has_exact) {
        RH_TRY(read_plan(task, m, covered, plan, err));
        plan->exact_bound = plan->exact_cost;
    }
    return RH_OK;
}

rh_status
rh_plan_exact(const rh_plan_task *task, unsigned nodes, rh_plan *plan, rh_err *err)
{
    model m = {0};
    bool *covered;
    RH_NEW(covered, (size_t)task->pairs->n_origins + 1, err);
    rh_plan_start(task, covered);
    glp_term_out(GLP_OFF);
    m.lp = glp_create_prob();
    rh_status status = solve(task, nodes, &m, covered, plan, err);
    glp_delete_prob(m.lp);
    rh_free(m.option_column);
    rh_free(m.place_column);
    rh_free(m.index);
    rh_free(m.value);
    rh_free(covered);
    return status;
}
