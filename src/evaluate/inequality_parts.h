/* Inequality between and within groups: exactly additive decompositions of the generalised entropy family (ASK-05).
 *
 * Everything follows from the sums of the finest cells (inequality_sums.h): GE(α) of any set of cells, and of the means of any
 * coarser grouping. With s_g the share of group g in the total, p_g in the weight:
 *
 *     GE(α) = GE(α) of the group means + Σ_g p_g^(1−α) s_g^α GE_g(α)      Shorrocks (1984), Econometrica 52(6), eq. 4 (T: s_g; L: p_g)
 *     nested: total = between level 1 + between level 2 inside level 1 + … + within the finest groups
 *             Akita (2003), Annals of Regional Science 37(1), eq. 6
 *     two-way cross: total = A + B + interaction + within cells, where A, B and AB are the parts between the groups of
 *             each and between their cells, interaction = AB − A − B; also in both orders, A then B inside A, and the reverse
 *             Akita and Miyata (2010), Asia Pacific J. of Regional Science, and its Shapley mean of the two orders
 *
 * Q1 the parts add up to the total to rounding (1e-15 of the total): a part is a difference of two sums over the same cells.
 *    A form whose "between B" ignores A and is added to "between A" as if the interaction were 0 does not add up. */
#ifndef RH_EVALUATE_INEQUALITY_PARTS_H
#define RH_EVALUATE_INEQUALITY_PARTS_H

#include "evaluate/inequality_sums.h"

typedef struct rh_part {
    rh_sums sums;
    double weight_share, total_share; /* p_g, s_g */
    double value;                     /* GE(α) inside */
    double contribution;              /* p_g^(1−α) s_g^α GE_g: adds to the within part */
} rh_part;

/* One way: cells to groups by key[cell] < n_keys (NULL: each cell is a group). part (n_keys, may be NULL) in order of keys.
 * Empty groups add nothing. Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_parts_one_way(const rh_stream *cells, const uint32_t *key,
                                         uint32_t n_keys, double alpha, double *total,
                                         double *between, double *within, rh_part *part,
                                         rh_err *err);

/* Nested: level 0 is the coarsest, key[level][cell]. part[level]: between groups of the level inside those of the one above;
 * part[n_levels]: within the finest. Errors: RH_INPUT when a group stands in two groups of the level above: *wrong_level and
 * *wrong_key tell which (the caller has its name); RH_MEMORY. */
RH_MUST_CHECK rh_status rh_parts_nested(const rh_stream *cells, const uint32_t *const *key,
                                        const uint32_t *n_keys, unsigned n_levels, double alpha,
                                        double *total, double *part, unsigned *wrong_level,
                                        uint32_t *wrong_key, rh_err *err);

typedef struct rh_cross {
    double total, a, b, interaction, within; /* total = a + b + interaction + within */
    double b_in_a, a_in_b;       /* total = a + b_in_a + within = b + a_in_b + within */
    double shapley_a, shapley_b; /* total = shapley_a + shapley_b + within */
} rh_cross;

/* Two-way: cells are those of a × b (or finer). Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_parts_cross(const rh_stream *cells, const uint32_t *key_a,
                                       uint32_t n_a, const uint32_t *key_b, uint32_t n_b,
                                       double alpha, rh_cross *out, rh_err *err);

/* Could chance give as large a part between groups? Labels change places at random: *p_value = (draws with at least so much + 1) /
 * (permutations + 1); *mean: the part at random. α and the data as above; values must be above 0 for α ≤ 0. A draw depends on seed
 * and its number alone. Errors: RH_MEMORY. Cost: O(permutations · n). */
RH_MUST_CHECK rh_status rh_parts_permute(const double *x, const double *w,
                                         const uint32_t *group, size_t n, uint32_t n_groups,
                                         double alpha, unsigned permutations, uint64_t seed,
                                         unsigned n_threads, double *p_value, double *mean,
                                         rh_err *err);

/* Rows to cells: cell[i] numbers the pairs (a[i], b[i]) that occur by first appearance; the caller frees *cell, and *of_a and *of_b
 * (n_cells, the a and b of each). Errors: RH_MEMORY. Cost: O(n log n). */
RH_MUST_CHECK rh_status rh_cells_of(const uint32_t *a, const uint32_t *b, size_t n,
                                    uint32_t **cell, uint32_t *n_cells, uint32_t **of_a,
                                    uint32_t **of_b, rh_err *err);

#endif
