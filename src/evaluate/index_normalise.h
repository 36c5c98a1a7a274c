/* Normalisation of one indicator: many units of measure become one, in which more is better.
 *
 * Sources: OECD/JRC Handbook 2008, section 1.5 (min–max, z, ranks, distance to a reference, above or below); UNDP 2010 (goalposts);
 * Shih, Shyur & Lee 2007, Math. Comput. Model. 45, table 2 (vector, sum, linear); Zavadskas & Turskis 2008, Informatica 19(1)
 * (logarithmic); Jahan & Edwards 2015, Materials & Design 65, table 1 (the others).
 *
 * FRACTION where less is better: R's COINr divides -x by max(-x) = -min, which puts the worst highest; here it is min / x.
 *
 * Bounds, means and ranks come from the rows with base[i] != 0 (NULL: all), so that a panel keeps the bounds of a year.
 * N1 NAN stays NAN.  N2 an indicator without spread cannot tell units apart: all have what the best one has (MIN_MAX: `high`; Z: `low`,
 * its mean; distances: 1). */
#ifndef RH_EVALUATE_INDEX_NORMALISE_H
#define RH_EVALUATE_INDEX_NORMALISE_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

/* (ID, word in framework files, zh, en, formula where more is better, formula where less is) */
#define RH_NORMALISATION_LIST(X)                                                               \
    X(MIN_MAX, "min-max", "极差标准化", "min-max",                                             \
      "low + (high - low) (x - min) / (max - min)",                                            \
      "low + (high - low) (max - x) / (max - min)")                                            \
    X(Z, "z", "z 分数", "z-score", "mean' + sd' (x - mean) / sd",                              \
      "mean' + sd' (mean - x) / sd")                                                           \
    X(RANK, "rank", "位序", "rank, 1 the lowest", "1 + number below x", "1 + number above x")  \
    X(PERCENTILE, "percentile", "百分位", "percentile rank", "number below x / (n - 1)",       \
      "number above x / (n - 1)")                                                              \
    X(BORDA, "borda", "Borda 分", "Borda score", "number below x", "number above x")           \
    X(TARGET, "target", "目标距离", "distance to target", "1 - (target - x) / (target - min)", \
      "1 - (x - target) / (max - target)")                                                     \
    X(MAXIMUM, "distance-to-max", "最优距离", "distance to the best",                          \
      "1 - (max - x) / (max - min)", "1 - (x - min) / (max - min)")                            \
    X(REFERENCE, "reference", "参照距离", "distance to a reference",                           \
      "1 - (ref - x) / (ref - min)", "1 - (x - ref) / (max - ref)")                            \
    X(GOALPOSTS, "goalposts", "门柱法", "goalposts", "a (x - lower) / (upper - lower), 0 … a", \
      "a (upper - x) / (upper - lower), 0 … a")                                                \
    X(SCALED, "scaled", "定标", "scaled", "100 (x - lower) / (upper - lower)",                 \
      "100 (-x - lower) / (upper - lower)")                                                    \
    X(FRACTION, "fraction-of-max", "最大值比", "fraction of the maximum", "x / max",           \
      "min / x")                                                                               \
    X(SUM, "sum", "总和归一", "share of the sum", "x / sum x", "(1/x) / sum (1/x)")            \
    X(VECTOR, "vector", "向量归一", "vector", "x / sqrt(sum x^2)", "1 - x / sqrt(sum x^2)")    \
    X(MAX, "max", "最大值法", "max", "x / max", "1 - x / max")                                 \
    X(LINEAR, "linear", "线性比例", "linear ratio", "x / max", "min / x")                      \
    X(NONLINEAR, "nonlinear", "非线性比例", "nonlinear ratio", "(x / max)^2", "(min / x)^3")   \
    X(LOGARITHMIC, "logarithmic", "对数归一", "logarithmic", "ln x / ln prod x",               \
      "(1 - ln x / ln prod x) / (n - 1)")                                                      \
    X(ACCURACY, "enhanced-accuracy", "增强精度", "enhanced accuracy",                          \
      "1 - (max - x) / sum (max - x)", "1 - (x - min) / sum (x - min)")                        \
    X(ZAVADSKAS, "zavadskas-turskis", "Zavadskas–Turskis", "Zavadskas-Turskis",                \
      "1 - |max - x| / |max|", "1 - |min - x| / |min|")                                        \
    X(NONE, "none", "不处理", "none", "x", "-x")

enum rh_normalisation {
#define X(id, word, zh, en, more, less) RH_NORMALISATION_##id,
    RH_NORMALISATION_LIST(X)
#undef X
        RH_NORMALISATION_COUNT
};

typedef struct rh_normalise {
    enum rh_normalisation method;
    double low, high;    /* MIN_MAX: ends (0, 100); Z: mean and sd (0, 1) */
    double lower, upper; /* GOALPOSTS, SCALED: ends in the indicator's own unit */
    double target;       /* TARGET; REFERENCE: the reference's value */
    double scale;        /* GOALPOSTS: a (0 stands for 1) */
    bool cap;            /* TARGET, REFERENCE: not above 1 */
    bool
        fixed; /* MIN_MAX: lower and upper are given instead of min and max; beyond them is cut */
} rh_normalise;

/* What a column's own values gave: for --explain. */
typedef struct rh_normalise_bounds {
    uint32_t count;
    double low, high, mean, deviation, sum, squares, logs, inverse;
} rh_normalise_bounds;

rh_normalise_bounds rh_normalise_look(const double *x, uint32_t n, const uint8_t *base);

/* out[n] from x[n] (they may be the same array); direction 1 or -1. Errors: RH_INPUT for a value that a method cannot use (≤ 0 in SUM,
 * LOGARITHMIC; 0 in ratios; *bad is its row, else *bad is left alone), a target on the wrong side, goalposts that coincide; RH_MEMORY. O(n log n).
 */
RH_MUST_CHECK rh_status rh_normalise_column(const rh_normalise *how, const double *x,
                                            uint32_t n, const uint8_t *base, int direction,
                                            double *out, uint32_t *bad, rh_err *err);

/* The word of framework files, titles, and formula for a direction. Never NULL. */
const char *rh_normalise_formula(enum rh_normalisation method, int direction);

#endif
