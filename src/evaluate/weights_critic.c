/* CRITIC weights: see weights_critic.h. */
#include "evaluate/weights_critic.h"

#include "core/mem.h"
#include "evaluate/weights_entropy.h"

#include <math.h>

static void
scale(const rh_critic *how, const double *x, uint32_t n, uint32_t m, const int *direction,
      double *z)
{
    for (uint32_t j = 0; j < m; j++) {
        const double *from = x + (size_t)j * n;
        double *to = z + (size_t)j * n;
        int d =
            how->scale == RH_CRITIC_DIRECTED ? direction[j] : how->scale == RH_CRITIC_BENEFIT;
        if (d != 0) {
            rh_column_scale(from, n, d, 0, 1, to);
        } else {
            for (uint32_t i = 0; i < n; i++) {
                to[i] = from[i];
            }
        }
    }
}

/* How strongly a scaled column tells units apart; spoils z when it is the entropy. */
static double
contrast(const rh_critic *how, double *z, uint32_t n)
{
    rh_column_facts f = rh_column_measure(z, n);
    if (f.constant) {
        return 0;
    }
    if (how->entropy_epsilon == 0) {
        return f.deviation;
    }
    const int as_it_is = 0;
    rh_entropy_rescale(z, n, 1, &as_it_is, how->entropy_epsilon, z);
    return 1 - rh_entropy_of(z, n);
}

rh_status
rh_weights_critic(const rh_critic *how, const double *x, uint32_t n, uint32_t m,
                  const int *direction, double *w, rh_err *err)
{
    RH_TRY(rh_matrix_check("CRITIC weights", x, n, m, RH_DOMAIN_ANY, err));
    double *z = rh_alloc((size_t)n * m, sizeof *z), *r = rh_alloc((size_t)m * m, sizeof *r);
    rh_status status = z != NULL && r != NULL
                           ? RH_OK
                           : rh_fail(err, RH_MEMORY, "Not enough memory for CRITIC weights.");
    if (status == RH_OK) {
        scale(how, x, n, m, direction, z);
        status = rh_columns_correlate(z, n, m, how->correlation, r, err);
    }
    for (uint32_t j = 0; j < m && status == RH_OK; j++) {
        double conflict = 0;
        for (uint32_t k = 0; k < m; k++) {
            double rho = r[(size_t)j * m + k];
            conflict += isnan(rho) ? 0 : 1 - (how->absolute ? fabs(rho) : rho);
        }
        w[j] = m == 1 ? 1 : contrast(how, z + (size_t)j * n, n) * conflict;
    }
    rh_free(z);
    rh_free(r);
    return status == RH_OK ? rh_weights_scale("CRITIC weights", w, m, err) : status;
}
