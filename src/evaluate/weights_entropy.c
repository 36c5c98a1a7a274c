/* Entropy weights: see weights_entropy.h. */
#include "evaluate/weights_entropy.h"

#include "core/mem.h"
#include "evaluate/weights_column.h"

#include <math.h>

double
rh_entropy_of(const double *z, uint32_t n)
{
    rh_column_facts f = rh_column_measure(z, n);
    if (f.constant) {
        return 1;
    }
    double e = 0;
    for (uint32_t i = 0; i < n; i++) {
        double p = z[i] / f.sum;
        e -= p > 0 ? p * log(p) : 0;
    }
    return e / log(n);
}

rh_status
rh_weights_entropy(const double *x, uint32_t n, uint32_t m, double *w, double *entropy,
                   rh_err *err)
{
    RH_TRY(rh_matrix_check("Entropy weights", x, n, m, RH_DOMAIN_NOT_NEGATIVE, err));
    for (uint32_t j = 0; j < m; j++) {
        double e = rh_entropy_of(x + (size_t)j * n, n);
        w[j] = 1 - e;
        if (entropy != NULL) {
            entropy[j] = e;
        }
    }
    return rh_weights_scale("Entropy weights", w, m, err);
}

void
rh_entropy_rescale(const double *x, uint32_t n, uint32_t m, const int *direction,
                   double epsilon, double *z)
{
    for (uint32_t j = 0; j < m; j++) {
        const double *from = x + (size_t)j * n;
        double *to = z + (size_t)j * n;
        if (direction[j] != 0) {
            rh_column_scale(from, n, direction[j], epsilon, 1 - epsilon, to);
            continue;
        }
        for (uint32_t i = 0; i < n; i++) {
            to[i] = from[i] == 0 ? epsilon : from[i] == 1 ? 1 - epsilon : from[i];
        }
    }
}

rh_status
rh_weights_entropy_textbook(const double *x, uint32_t n, uint32_t m, const int *direction,
                            double epsilon, double *w, double *entropy, rh_err *err)
{
    RH_TRY(rh_matrix_check("Entropy weights", x, n, m, RH_DOMAIN_ANY, err));
    if (!(epsilon > 0 && epsilon < 0.5)) {
        return rh_fail(err, RH_RANGE,
                       "Entropy weights: epsilon is %g; it must lie between 0 and 0.5.",
                       epsilon);
    }
    double *z;
    RH_NEW(z, (size_t)n * m, err);
    rh_entropy_rescale(x, n, m, direction, epsilon, z);
    rh_status status = rh_weights_entropy(z, n, m, w, entropy, err);
    rh_free(z);
    return status;
}
