/* Obstacle degree 障碍度: what holds a score back most. With values x in 0–1 (1 is the ideal) and weights w:
 *
 *   deviation  d_j = 1 − x_j,   raw obstacle  o_j = d_j · w_j,   share  O_j = o_j / Σ_k o_k
 *
 * Source: the form usual since Lei Xunping et al. 雷勋平 2016 (Transactions of the CSAE); w is factor contribution × weight. */
#ifndef RH_EVALUATE_OBSTACLE_H
#define RH_EVALUATE_OBSTACLE_H

#include <stdbool.h>
#include <stdint.h>

/* x: rows × columns, row by row; weight[columns]; out: as x, may be x. `share`: each row sums to 1. A missing value (NAN) has no
 * obstacle and leaves the shares to the others; a row without any deviation has shares NAN. O(rows × columns). */
void rh_obstacle(uint32_t rows, uint32_t columns, const double *x, const double *weight,
                 bool share, double *out);

#endif
