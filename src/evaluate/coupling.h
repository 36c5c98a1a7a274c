/* Coupling coordination degree 耦合协调度 of n subsystems with scores U in 0–1 and weights w (new productive forces and urbanisation:
 * ASK-03; production, living, ecology: ASK-14).
 *
 *   coordination   T = Σ w_i U_i
 *   standard       C = n (Π U_i)^(1/n) / Σ U_i
 *   revised        C = sqrt( (1 − mean_{i<j} |U_i − U_j|) · (Π U_i / max U)^(1/(n−1)) )
 *   powered        C = (n^n Π U_i / (Σ U_i)^n)^k, the form of Liao 1999 for n = 2
 *   degree         D = sqrt(C T)
 *
 * The standard C lies near 1 whatever the scores (in 2 subsystems it falls below 0.9 only when one is over 2.5 times the other),
 * so that D says little more than T; the revised C uses the whole of 0–1. Both are computed, always.
 * Sources: standard, with its 1/n root: Wang Shujia, Kong Wei et al. 王淑佳 孔伟 2021, Misconceptions and corrections of domestic
 * coupling coordination degree models, Journal of Natural Resources 36(3): 793–810, who also give the revised form; powered:
 * Liao Chongbin 廖重斌 1999, Tropical Geography 19(2).
 * A score below 1e-10 counts as 1e-10 in the standard product and sum (as zhjx19/mathmodels does). */
#ifndef RH_EVALUATE_COUPLING_H
#define RH_EVALUATE_COUPLING_H

#include <stdint.h>

/* C of one row of n ≥ 2 scores. NAN when a score is missing; revised: NAN when all are 0. O(n), revised O(n²). */
double rh_coupling_standard(uint32_t n, const double *u);
double rh_coupling_revised(uint32_t n, const double *u);
double rh_coupling_powered(uint32_t n, const double *u, double k);

/* T. */
double rh_coordination(uint32_t n, const double *u, const double *w);

/* D from C and T. */
double rh_coupling_degree(double c, double t);

/* Which subsystem lags 滞后: the lowest, when it lies more than `margin` below the highest; −1: none, they go together.
 * Margin 0.1 for two subsystems: Xu Weixiang 徐维祥 et al. 2020. Ties: the first. */
int rh_coupling_lag(uint32_t n, const double *u, double margin);

/* Relative development 相对发展度: lowest over highest score (0–1); for two subsystems U1 / U2 tells which. NAN for 0 / 0. */
double rh_coupling_relative(uint32_t n, const double *u);

/* A ladder of grades: from[g] is where grade g begins, rising, from[0] the lowest. The grade of d: the last that begins at or
 * below d; values below the first count as the first; −1 for NAN. Borders belong to the upper grade but for a top of 1. */
int rh_coupling_grade(uint32_t n, const double *from, double d);

#endif
