/* Decompositions of inequality by groups: see inequality_parts.h. */
#include "evaluate/inequality_parts.h"

#include "core/mem.h"
#include "core/random.h"
#include "core/threads.h"
#include "evaluate/sorting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sums of the groups that the keys make of the cells. The caller frees. */
static rh_status
grouped(const rh_stream *cells, const uint32_t *key, uint32_t n_keys, rh_sums **out,
        rh_err *err)
{
    rh_sums *group;
    RH_NEW(group, n_keys > 0 ? n_keys : 1, err);
    for (uint32_t k = 0; k < n_keys; k++) {
        group[k] = rh_sums_empty();
    }
    for (uint32_t c = 0; c < cells->n_groups; c++) {
        rh_sums_add(&group[key != NULL ? key[c] : c], &cells->group[c]);
    }
    *out = group;
    return RH_OK;
}

/* p^(1−α) s^α, the weight of a group. */
static double
group_weight(const rh_sums *group, const rh_sums *all, double alpha)
{
    double p = group->weight / all->weight, s = group->total / all->total;
    return alpha == 1 ? s : alpha == 0 ? p : p * pow(s / p, alpha);
}

/* GE(α) of the means of groups. */
static double
between_of(const rh_sums *group, uint32_t n, const rh_sums *all, double alpha)
{
    double mean = rh_sums_mean(all), sum = 0;
    for (uint32_t k = 0; k < n; k++) {
        if (!(group[k].weight > 0)) {
            continue;
        }
        double p = group[k].weight / all->weight, r = rh_sums_mean(&group[k]) / mean;
        sum += alpha == 1   ? (r > 0 ? p * r * log(r) : 0)
               : alpha == 0 ? -p * log(r)
                            : p * (pow(r, alpha) - 1) / (alpha * (alpha - 1));
    }
    return sum;
}

rh_status
rh_parts_one_way(const rh_stream *cells, const uint32_t *key, uint32_t n_keys, double alpha,
                 double *total, double *between, double *within, rh_part *part, rh_err *err)
{
    rh_sums *group, all = rh_stream_total(cells);
    double sum = 0;
    RH_TRY(grouped(cells, key, n_keys, &group, err));
    for (uint32_t k = 0; k < n_keys; k++) {
        const rh_sums *g = &group[k];
        bool some = g->weight > 0 && g->total > 0;
        double value = some ? rh_sums_entropy(g, &cells->powers, alpha) : 0;
        double contribution = some ? group_weight(g, &all, alpha) * value : 0;
        sum += contribution;
        if (part != NULL) {
            part[k] = (rh_part){*g, g->weight / all.weight, g->total / all.total, value,
                                contribution};
        }
    }
    *total = rh_sums_entropy(&all, &cells->powers, alpha);
    *between = between_of(group, n_keys, &all, alpha);
    *within = sum;
    rh_free(group);
    return RH_OK;
}

static rh_status
between(const rh_stream *cells, const uint32_t *key, uint32_t n_keys, double alpha,
        double *value, rh_err *err)
{
    rh_sums *group, all = rh_stream_total(cells);
    RH_TRY(grouped(cells, key, n_keys, &group, err));
    *value = between_of(group, n_keys, &all, alpha);
    rh_free(group);
    return RH_OK;
}

/* Does each group of the finer level stand in one group of the coarser? */
static rh_status
check_nested(const rh_stream *cells, const uint32_t *coarse, const uint32_t *fine,
             uint32_t n_fine, uint32_t *wrong_key, rh_err *err)
{
    uint32_t *above;
    rh_status status = RH_OK;
    RH_NEW(above, n_fine > 0 ? n_fine : 1, err);
    for (uint32_t c = 0; c < cells->n_groups && status == RH_OK; c++) {
        uint32_t *up = &above[fine[c]];
        if (*up == 0) {
            *up = coarse[c] + 1;
        } else if (*up != coarse[c] + 1) {
            *wrong_key = fine[c];
            status = RH_INPUT;
        }
    }
    rh_free(above);
    return status;
}

rh_status
rh_parts_nested(const rh_stream *cells, const uint32_t *const *key, const uint32_t *n_keys,
                unsigned n_levels, double alpha, double *total, double *part,
                unsigned *wrong_level, uint32_t *wrong_key, rh_err *err)
{
    double above = 0;
    rh_sums all = rh_stream_total(cells);
    *total = rh_sums_entropy(&all, &cells->powers, alpha);
    for (unsigned level = 0; level < n_levels; level++) {
        double value;
        rh_status nested = level == 0 ? RH_OK
                                      : check_nested(cells, key[level - 1], key[level],
                                                     n_keys[level], wrong_key, err);
        if (nested == RH_INPUT) {
            *wrong_level = level;
            return rh_fail(err, RH_INPUT, "Group %u of level %u stands in two groups above.",
                           *wrong_key, level);
        }
        RH_TRY(nested);
        RH_TRY(between(cells, key[level], n_keys[level], alpha, &value, err));
        part[level] = value - above;
        above = value;
    }
    part[n_levels] = *total - above;
    return RH_OK;
}

rh_status
rh_parts_cross(const rh_stream *cells, const uint32_t *key_a, uint32_t n_a,
               const uint32_t *key_b, uint32_t n_b, double alpha, rh_cross *out, rh_err *err)
{
    double a, b, ab;
    uint32_t *pair = NULL, *of_a = NULL, *of_b = NULL, n_pairs;
    rh_sums all = rh_stream_total(cells);
    RH_TRY(between(cells, key_a, n_a, alpha, &a, err));
    RH_TRY(between(cells, key_b, n_b, alpha, &b, err));
    RH_TRY(rh_cells_of(key_a, key_b, cells->n_groups, &pair, &n_pairs, &of_a, &of_b, err));
    rh_status status = between(cells, pair, n_pairs, alpha, &ab, err);
    rh_free(pair);
    rh_free(of_a);
    rh_free(of_b);
    RH_TRY(status);
    double total = rh_sums_entropy(&all, &cells->powers, alpha);
    *out = (rh_cross){.total = total,
                      .a = a,
                      .b = b,
                      .interaction = ab - a - b,
                      .within = total - ab,
                      .b_in_a = ab - a,
                      .a_in_b = ab - b,
                      .shapley_a = (a + (ab - b)) / 2,
                      .shapley_b = (b + (ab - a)) / 2};
    return RH_OK;
}

/* ---- chance ---- */

typedef struct shuffle {
    const double *x, *w;
    const uint32_t *group;
    size_t n;
    uint32_t n_groups;
    double alpha;
    rh_key key;
    uint32_t *scratch; /* n a worker */
    rh_sums *sums;     /* n_groups a worker */
    double *between;   /* a draw; the last is of the groups as they are */
    unsigned draws;
} shuffle;

/* Only weights and totals of the groups matter for what stands between them. */
static double
between_rows(const shuffle *s, const uint32_t *group, rh_sums *sums)
{
    rh_sums all = rh_sums_empty();
    for (uint32_t g = 0; g < s->n_groups; g++) {
        sums[g].weight = sums[g].total = 0;
    }
    for (size_t i = 0; i < s->n; i++) {
        double w = s->w != NULL ? s->w[i] : 1;
        sums[group[i]].weight += w;
        sums[group[i]].total += w * s->x[i];
    }
    for (uint32_t g = 0; g < s->n_groups; g++) {
        all.weight += sums[g].weight;
        all.total += sums[g].total;
    }
    return between_of(sums, s->n_groups, &all, s->alpha);
}

static rh_status
shuffle_once(void *context, unsigned job, unsigned worker, rh_err *err)
{
    const shuffle *s = context;
    uint32_t *group = s->scratch + (size_t)worker * s->n;
    (void)err;
    memcpy(group, s->group, s->n * sizeof *group);
    if (job < s->draws) {
        rh_shuffle_numbers(rh_key_with(s->key, job), s->n, group);
    }
    s->between[job] = between_rows(s, group, s->sums + (size_t)worker * s->n_groups);
    return RH_OK;
}

rh_status
rh_parts_permute(const double *x, const double *w, const uint32_t *group, size_t n,
                 uint32_t n_groups, double alpha, unsigned permutations, uint64_t seed,
                 unsigned n_threads, double *p_value, double *mean, rh_err *err)
{
    shuffle s = {.x = x,
                 .w = w,
                 .group = group,
                 .n = n,
                 .n_groups = n_groups,
                 .alpha = alpha,
                 .key = rh_key_with(seed, 0x5041525453U),
                 .draws = permutations};
    s.scratch = rh_alloc(n * n_threads, sizeof *s.scratch);
    s.sums = rh_alloc((size_t)n_groups * n_threads, sizeof *s.sums);
    s.between = rh_alloc(permutations + 1UL, sizeof *s.between);
    rh_status status =
        s.scratch == NULL || s.sums == NULL || s.between == NULL
            ? rh_fail(err, RH_MEMORY, "Not enough memory for %u permutations.", permutations)
            : rh_threads_run(n_threads, permutations + 1, NULL, shuffle_once, &s, err);
    if (status == RH_OK) {
        unsigned larger = 0;
        double sum = 0, slack = 1e-12 * s.between[permutations];
        for (unsigned p = 0; p < permutations; p++) {
            larger += s.between[p] >= s.between[permutations] - slack;
            sum += s.between[p];
        }
        *p_value = (larger + 1.0) / (permutations + 1.0);
        *mean = sum / permutations;
    }
    rh_free(s.scratch);
    rh_free(s.sums);
    rh_free(s.between);
    return status;
}

/* ---- rows to cells ---- */

typedef struct keyed_row {
    uint64_t key;
    size_t row;
} keyed_row;

static int
by_key(const void *x, const void *y)
{
    const keyed_row *a = x, *b = y;
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return a->row < b->row ? -1 : a->row > b->row;
}

/* Number the pairs by the row in which they stand first; rows are sorted by pair. */
static void
number_cells(const keyed_row *row, size_t n, uint32_t *cell, uint32_t *n_cells, uint32_t *of_a,
             uint32_t *of_b, const uint32_t *a, const uint32_t *b)
{
    uint32_t count = 0;
    for (size_t i = 0, first = 0; i < n; i++) {
        first = i > 0 && row[i].key == row[i - 1].key ? first : row[i].row;
        cell[row[i].row] = (uint32_t)first; /* for now: the first row of its pair */
    }
    for (size_t i = 0; i < n; i++) {
        if (cell[i] == i) {
            of_a[count] = a[i];
            of_b[count] = b[i];
            cell[i] = count++;
        } else {
            cell[i] = cell[cell[i]];
        }
    }
    *n_cells = count;
}

rh_status
rh_cells_of(const uint32_t *a, const uint32_t *b, size_t n, uint32_t **cell, uint32_t *n_cells,
            uint32_t **of_a, uint32_t **of_b, rh_err *err)
{
    keyed_row *row = rh_alloc(n > 0 ? n : 1, sizeof *row);
    *cell = rh_alloc(n > 0 ? n : 1, sizeof **cell);
    *of_a = rh_alloc(n > 0 ? n : 1, sizeof **of_a);
    *of_b = rh_alloc(n > 0 ? n : 1, sizeof **of_b);
    if (row == NULL || *cell == NULL || *of_a == NULL || *of_b == NULL) {
        rh_free(row);
        rh_free(*cell);
        rh_free(*of_a);
        rh_free(*of_b);
        *cell = *of_a = *of_b = NULL;
        return rh_fail(err, RH_MEMORY, "Not enough memory for the cells of %zu rows.", n);
    }
    for (size_t i = 0; i < n; i++) {
        row[i] = (keyed_row){(uint64_t)a[i] << 32 | b[i], i};
    }
    qsort(row, n, sizeof *row, by_key);
    number_cells(row, n, *cell, n_cells, *of_a, *of_b, a, b);
    rh_free(row);
    return RH_OK;
}
