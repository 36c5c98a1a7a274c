/* The kernel: see uncertainty_score.h. */
#include "evaluate/uncertainty_score.h"

#include "core/mem.h"

#include <math.h>
#include <string.h>

enum { TILE = 4 };

/* Four doubles side by side; the compiler splits them where registers are shorter. */
typedef double four __attribute__((vector_size(TILE * sizeof(double))));

rh_status
rh_score_pack_init(rh_score_pack *pack, const rh_index_tree *tree, uint32_t n, rh_err *err)
{
    size_t m = tree->n_leaves, tiles = (n + TILE - 1) / TILE;
    *pack = (rh_score_pack){.tree = tree, .n = n};
    pack->unit = rh_alloc(n, sizeof *pack->unit);
    pack->tile = rh_alloc(tiles * TILE * m, sizeof *pack->tile);
    pack->gap = rh_alloc((size_t)n * m, sizeof *pack->gap);
    pack->sum = rh_alloc((size_t)tree->n_nodes * (2 + RH_SCORE_SETS), sizeof *pack->sum);
    pack->set = rh_alloc(m * RH_SCORE_SETS, sizeof *pack->set);
    if (pack->unit == NULL || pack->tile == NULL || pack->gap == NULL || pack->sum == NULL ||
        pack->set == NULL) {
        rh_score_pack_release(pack);
        return rh_fail(err, RH_MEMORY, "Not enough memory for the scores of %u units.", n);
    }
    return RH_OK;
}

void
rh_score_pack_release(rh_score_pack *pack)
{
    rh_free(pack->unit);
    rh_free(pack->tile);
    rh_free(pack->gap);
    rh_free(pack->sum);
    rh_free(pack->set);
    *pack = (rh_score_pack){0};
}

bool
rh_score_is_mean(const rh_index_tree *tree, const rh_aggregate *how, enum rh_mean *kind)
{
    for (uint32_t g = 1; g < tree->n_nodes - tree->n_leaves; g++) {
        if (how[g].method != how[0].method) {
            return false;
        }
    }
    *kind = how[0].method == RH_AGGREGATION_GEOMETRIC  ? RH_MEAN_GEOMETRIC
            : how[0].method == RH_AGGREGATION_HARMONIC ? RH_MEAN_HARMONIC
                                                       : RH_MEAN_ARITHMETIC;
    return how[0].method == RH_AGGREGATION_ARITHMETIC ||
           how[0].method == RH_AGGREGATION_GEOMETRIC ||
           how[0].method == RH_AGGREGATION_HARMONIC;
}

/* Complete units first, each part in the order of the table. */
static void
sort_units(rh_score_pack *pack, const double *x)
{
    uint32_t n = pack->n, m = pack->tree->n_leaves, gaps = 0;
    pack->n_complete = 0;
    for (uint32_t i = 0; i < n; i++) {
        bool complete = true;
        for (uint32_t j = 0; j < m && complete; j++) {
            complete = !isnan(x[(size_t)j * n + i]);
        }
        /* the others from behind, turned round below */
        pack->unit[complete ? pack->n_complete++ : n - 1 - gaps++] = i;
    }
    for (uint32_t a = pack->n_complete, b = n; a + 1 < b; a++) {
        uint32_t other = pack->unit[--b];
        pack->unit[b] = pack->unit[a];
        pack->unit[a] = other;
    }
}

static double
changed(enum rh_mean kind, double x)
{
    return kind == RH_MEAN_ARITHMETIC ? x : kind == RH_MEAN_GEOMETRIC ? log(x) : -1 / x;
}

rh_status
rh_score_pack_fill(rh_score_pack *pack, enum rh_mean kind, const double *x, rh_err *err)
{
    uint32_t n = pack->n, m = pack->tree->n_leaves;
    sort_units(pack, x);
    for (uint32_t j = 0; j < m; j++) {
        for (uint32_t k = 0; k < n; k++) {
            uint32_t i = pack->unit[k];
            double value = x[(size_t)j * n + i];
            if (kind != RH_MEAN_ARITHMETIC && value <= 0) {
                return rh_fail(
                    err, RH_INPUT,
                    "A draw with the %s mean needs values above 0: indicator %u of unit %u "
                    "is %g. Let every normalisation among the choices end above 0 (say 1 "
                    "to 100).",
                    kind == RH_MEAN_GEOMETRIC ? "geometric" : "harmonic", j + 1, i + 1, value);
            }
            value = changed(kind, value);
            if (k < pack->n_complete) {
                pack->tile[((size_t)(k / TILE) * m + j) * TILE + k % TILE] = value;
            } else {
                pack->gap[(size_t)(k - pack->n_complete) * m + j] = value;
            }
        }
    }
    return RH_OK;
}

/* Sums of one tile under the four sets. */
static void
score_tile(const double *tile, const double *set, uint32_t m, double out[RH_SCORE_SETS][TILE])
{
    four a = {0}, b = {0}, c = {0}, d = {0};
    for (uint32_t j = 0; j < m; j++) {
        four x;
        memcpy(&x, tile + (size_t)j * TILE, sizeof x);
        const double *w = set + (size_t)j * RH_SCORE_SETS;
        a += x * w[0];
        b += x * w[1];
        c += x * w[2];
        d += x * w[3];
    }
    memcpy(out[0], &a, sizeof a);
    memcpy(out[1], &b, sizeof b);
    memcpy(out[2], &c, sizeof c);
    memcpy(out[3], &d, sizeof d);
}

/* A unit with gaps: up the tree, each group the mean of what is there (nodes stand in front of their parents). */
static double
score_gaps(const rh_index_tree *tree, const double *x, const double *weight, double *sum)
{
    uint32_t last = tree->n_nodes - 1;
    double *share = sum + tree->n_nodes;
    memset(sum, 0, 2 * (size_t)tree->n_nodes * sizeof *sum);
    for (uint32_t v = 0; v <= last; v++) {
        bool known = v < tree->n_leaves ? !isnan(x[v]) : share[v] > 0;
        if (!known) {
            continue;
        }
        double value = v < tree->n_leaves ? x[v] : sum[v] / share[v];
        if (v == last) {
            return value;
        }
        sum[tree->parent[v]] += weight[v] * value;
        share[tree->parent[v]] += weight[v];
    }
    return NAN;
}

void
rh_score_pack_run(rh_score_pack *pack, const double *weight, double *score)
{
    const rh_index_tree *tree = pack->tree;
    uint32_t n = pack->n, m = tree->n_leaves;
    double *effective = pack->sum + 2 * (size_t)tree->n_nodes;
    for (uint32_t d = 0; d < RH_SCORE_SETS; d++) {
        rh_index_tree_effective(tree, weight + (size_t)d * tree->n_nodes, effective);
        for (uint32_t j = 0; j < m; j++) {
            pack->set[(size_t)j * RH_SCORE_SETS + d] = effective[j];
        }
    }
    for (uint32_t k = 0; k < pack->n_complete; k += TILE) {
        double out[RH_SCORE_SETS][TILE];
        score_tile(pack->tile + (size_t)k * m, pack->set, m, out);
        for (uint32_t d = 0; d < RH_SCORE_SETS; d++) {
            for (uint32_t i = k; i < k + TILE && i < pack->n_complete; i++) {
                score[(size_t)d * n + pack->unit[i]] = out[d][i - k];
            }
        }
    }
    for (uint32_t k = pack->n_complete; k < n; k++) {
        const double *x = pack->gap + (size_t)(k - pack->n_complete) * m;
        for (uint32_t d = 0; d < RH_SCORE_SETS; d++) {
            score[(size_t)d * n + pack->unit[k]] =
                score_gaps(tree, x, weight + (size_t)d * tree->n_nodes, pack->sum);
        }
    }
}
