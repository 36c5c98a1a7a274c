/* Growing linear programmes: see game_lp.h. */
#include "evaluate/game_lp.h"

#include "evaluate/game_sums.h"

glp_prob *
rh_game_lp_new(unsigned n, double cost_x, double cost_epsilon)
{
    glp_prob *lp = glp_create_prob();
    const int columns = (int)n + 1;
    glp_set_obj_dir(lp, GLP_MIN);
    glp_add_cols(lp, columns);
    for (int j = 1; j < columns; j++) {
        glp_set_col_bnds(lp, j, GLP_FR, 0, 0);
        glp_set_obj_coef(lp, j, cost_x);
    }
    glp_set_col_bnds(lp, columns, cost_epsilon != 0 ? GLP_FR : GLP_FX, 0, 0);
    glp_set_obj_coef(lp, columns, cost_epsilon);
    return lp;
}

void
rh_game_lp_add(glp_prob *lp, unsigned n, uint32_t coalition, double gap, double bound,
               bool equal)
{
    int index[RH_SUMS_PLAYERS + 2], count = 0;
    double value[RH_SUMS_PLAYERS + 2];
    for (unsigned i = 0; i < n; i++) {
        if (coalition >> i & 1) {
            index[++count] = (int)i + 1;
            value[count] = 1;
        }
    }
    if (gap != 0) {
        index[++count] = (int)n + 1;
        value[count] = gap;
    }
    int row = glp_add_rows(lp, 1);
    glp_set_row_bnds(lp, row, equal ? GLP_FX : GLP_LO, bound, bound);
    glp_set_mat_row(lp, row, count, index, value);
}

/* Primal simplex from a fresh basis where the dual one does not get through. */
static int
solve(glp_prob *lp, int method)
{
    glp_smcp parameter;
    glp_init_smcp(&parameter);
    parameter.msg_lev = GLP_MSG_OFF;
    parameter.meth = method;
    parameter.tol_bnd = 1e-10;
    parameter.tol_dj = 1e-10;
    return glp_simplex(lp, &parameter) == 0 ? glp_get_status(lp) : GLP_UNDEF;
}

rh_status
rh_game_lp_solve(glp_prob *lp, rh_err *err)
{
    int status = solve(lp, GLP_DUALP);
    if (status != GLP_OPT) {
        glp_std_basis(lp); /* not glp_adv_basis: it prints */
        status = solve(lp, GLP_PRIMAL);
    }
    if (status == GLP_OPT) {
        return RH_OK;
    }
    return rh_fail(err, RH_INPUT,
                   status == GLP_NOFEAS ? "No allocation satisfies all the conditions."
                                        : "The linear programme has no best solution.");
}
