/* Disturbed weights: see uncertainty_weights.h. */
#include "evaluate/uncertainty_weights.h"

#include <math.h>

/* A normal deviate from two uniform numbers (Box & Muller 1958). */
static double
normal(rh_key key, uint64_t n)
{
    double radius = sqrt(-2 * log(1 - rh_uniform(key, n)));
    return radius * cos(2 * 3.14159265358979323846 * rh_uniform(key, n + 1));
}

/* A gamma deviate of the shape, scale 1 (Marsaglia & Tsang 2000, ACM TOMS 26; below shape 1 by its last section). */
static double
gamma_deviate(rh_key key, double shape)
{
    double boost = shape < 1 ? pow(1 - rh_uniform(key, 0), 1 / shape) : 1;
    double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (uint64_t n = 1;; n += 3) {
        double z = normal(key, n), v = 1 + c * z;
        v = v * v * v;
        if (v > 0 && log(1 - rh_uniform(key, n + 2)) < z * z / 2 + d - d * v + d * log(v)) {
            return boost * d * v;
        }
    }
}

static double
disturb(const rh_disturb *how, double w, rh_key key)
{
    if (w == 0) {
        return 0;
    }
    if (how->concentration > 0) {
        return copysign(gamma_deviate(key, how->concentration * fabs(w)), w);
    }
    return how->noise > 0 ? w * (1 + how->noise * (2 * rh_uniform(key, 0) - 1)) : w;
}

void
rh_weights_draw(const rh_index_tree *tree, const rh_disturb *how, const double *weight,
                rh_key key, double *drawn)
{
    drawn[tree->n_nodes - 1] = 1;
    for (uint32_t g = 0; g < tree->n_nodes - tree->n_leaves; g++) {
        const uint32_t *child = tree->child + tree->first[g];
        uint32_t m = tree->first[g + 1] - tree->first[g];
        double sum = 0, before = 0;
        for (uint32_t k = 0; k < m; k++) {
            uint32_t v = child[k];
            drawn[v] = disturb(how, weight[v], rh_key_with(key, v));
            sum += drawn[v];
            before += weight[v];
        }
        for (uint32_t k = 0; k < m; k++) {
            uint32_t v = child[k];
            drawn[v] = sum > 0 ? drawn[v] / sum : weight[v] / (before > 0 ? before : 1);
        }
    }
}
