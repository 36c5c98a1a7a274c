/* Draws over the choices of an index: see uncertainty_run.h. */
#include "evaluate/uncertainty_run.h"

#include "core/mem.h"
#include "core/threads.h"
#include "evaluate/uncertainty_score.h"
#include "evaluate/uncertainty_weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLICE = 256,
    BLOCK = 32
}; /* draws of a job; units of a summary's job (a cache line of ranks) */

typedef struct slice {
    uint32_t combination, first, n; /* order[first …] */
} slice;

typedef struct worker {
    rh_score_pack pack;
    double *score;  /* RH_SCORE_SETS × n, or n × n_nodes for methods other than means */
    double *weight; /* RH_SCORE_SETS × n_nodes */
    void *scratch;  /* of ranks, and of summaries */
} worker;

typedef struct run {
    const rh_index_plan *plan;
    const rh_uncertain *how;
    rh_uncertainty *out;
    rh_disturb disturb;
    uint32_t n, n_points;
    uint32_t *order; /* points by combination */
    slice *slices;
    uint32_t n_slices;
    rh_rank *rank;    /* [n_points * n] */
    rh_rank *nominal; /* [n] */
    double *shift;    /* [n_points] mean |rank − nominal| */
    worker *worker;   /* [threads] */
} run;

/* ---- what is drawn ---- */

/* 64 random bits that settle factor f (its place among those that vary) of a point. Points from `draws` on are rows a with one factor
 * taken from row b. */
static uint64_t
bits_of(const run *r, uint32_t f, uint32_t point)
{
    uint32_t draws = r->how->draws, rows = r->how->rows;
    if (point >= draws) {
        uint32_t changed = (point - draws) / rows, row = (point - draws) % rows;
        point = changed == f ? rows + row : row;
    }
    return rh_draw(rh_key_with(r->how->seed, r->out->factor[f]), point);
}

typedef struct drawn {
    uint32_t choice[RH_STEPS];
    rh_key noise;
} drawn;

static drawn
draw(const run *r, uint32_t point)
{
    drawn d = {0};
    for (uint32_t f = 0; f < r->out->n_factors; f++) {
        uint32_t factor = r->out->factor[f];
        uint64_t bits = bits_of(r, f, point);
        if (factor == RH_FACTOR_NOISE) {
            d.noise = bits;
        } else {
            d.choice[factor] = (uint32_t)rh_below(bits, r->plan->n_choices[factor]);
        }
    }
    return d;
}

static uint32_t
normal_of(const run *r, const drawn *d)
{
    const uint32_t *many = r->plan->n_choices, *c = d->choice;
    return (c[RH_STEP_MISSING] * many[RH_STEP_OUTLIERS] + c[RH_STEP_OUTLIERS]) *
               many[RH_STEP_NORMALISATION] +
           c[RH_STEP_NORMALISATION];
}

static const double *
weight_of(const run *r, const drawn *d)
{
    const uint32_t *many = r->plan->n_choices, *c = d->choice;
    return r->plan->weight[(c[RH_STEP_MISSING] * many[RH_STEP_OUTLIERS] + c[RH_STEP_OUTLIERS]) *
                               many[RH_STEP_WEIGHTS] +
                           c[RH_STEP_WEIGHTS]];
}

static uint32_t
combination_of(const run *r, uint32_t point)
{
    drawn d = draw(r, point);
    return normal_of(r, &d) * r->plan->n_choices[RH_STEP_AGGREGATION] +
           d.choice[RH_STEP_AGGREGATION];
}

static void
list_factors(run *r)
{
    rh_uncertainty *u = r->out;
    for (uint32_t step = 0; step < RH_STEPS; step++) {
        if (r->plan->n_choices[step] > 1) {
            u->factor[u->n_factors++] = (enum rh_index_step)step;
        }
    }
    if (r->disturb.noise > 0 || r->disturb.concentration > 0) {
        u->factor[u->n_factors++] = (enum rh_index_step)RH_FACTOR_NOISE;
    }
}

/* Points with the same data and aggregation stand together, so that a slice packs its data once. */
static rh_status
list_slices(run *r, rh_err *err)
{
    const uint32_t *many = r->plan->n_choices;
    uint32_t combinations = many[RH_STEP_MISSING] * many[RH_STEP_OUTLIERS] *
                            many[RH_STEP_NORMALISATION] * many[RH_STEP_AGGREGATION];
    uint32_t *start, *combination;
    RH_NEW(r->order, r->n_points, err);
    RH_NEW(r->slices, (size_t)r->n_points / SLICE + combinations + 1, err);
    RH_NEW(start, (size_t)combinations + 1 + r->n_points, err);
    combination = start + combinations + 1;
    for (uint32_t p = 0; p < r->n_points; p++) {
        combination[p] = combination_of(r, p);
        start[combination[p] + 1]++;
    }
    for (uint32_t c = 0; c < combinations; c++) {
        start[c + 1] += start[c];
        for (uint32_t at = start[c]; at < start[c + 1]; at += SLICE) {
            uint32_t n = start[c + 1] - at;
            r->slices[r->n_slices++] = (slice){c, at, n < SLICE ? n : SLICE};
        }
    }
    for (uint32_t p = 0; p < r->n_points; p++) {
        r->order[start[combination[p]]++] = p;
    }
    rh_free(start);
    return RH_OK;
}

/* ---- scoring ---- */

static void
take_ranks(const run *r, worker *w, const double *score, uint32_t point)
{
    rh_rank *rank = r->rank + (size_t)point * r->n;
    uint64_t apart = 0;
    uint32_t both = 0;
    rh_rank_scores(score, r->n, w->scratch, rank);
    for (uint32_t i = 0; i < r->n; i++) {
        bool known = rank[i] != 0 && r->nominal[i] != 0;
        apart += known ? (uint64_t)abs((int)rank[i] - (int)r->nominal[i]) : 0;
        both += known;
    }
    r->shift[point] = both > 0 ? (double)apart / both : 0;
}

static void
draw_weights(const run *r, uint32_t point, double *weight)
{
    drawn d = draw(r, point);
    rh_weights_draw(r->plan->tree, &r->disturb, weight_of(r, &d), d.noise, weight);
}

static void
score_means(const run *r, worker *w, const slice *s)
{
    uint32_t n_nodes = r->plan->tree->n_nodes;
    for (uint32_t k = 0; k < s->n; k += RH_SCORE_SETS) {
        uint32_t sets = s->n - k < RH_SCORE_SETS ? s->n - k : RH_SCORE_SETS;
        for (uint32_t d = 0; d < sets; d++) { /* sets beyond hold what was there */
            draw_weights(r, r->order[s->first + k + d], w->weight + (size_t)d * n_nodes);
        }
        rh_score_pack_run(&w->pack, w->weight, w->score);
        for (uint32_t d = 0; d < sets; d++) {
            take_ranks(r, w, w->score + (size_t)d * r->n, r->order[s->first + k + d]);
        }
    }
}

static rh_status
score_tree(const run *r, worker *w, const slice *s, const rh_aggregate *how, const double *x,
           rh_err *err)
{
    const rh_index_tree *tree = r->plan->tree;
    memcpy(w->score, x, (size_t)tree->n_leaves * r->n * sizeof *x);
    for (uint32_t k = 0; k < s->n; k++) {
        uint32_t point = r->order[s->first + k];
        draw_weights(r, point, w->weight);
        RH_TRY(rh_index_tree_scores(tree, how, w->weight, r->n, w->score, err));
        take_ranks(r, w, w->score + (size_t)(tree->n_nodes - 1) * r->n, point);
    }
    return RH_OK;
}

static rh_status
score_slice(void *context, unsigned job, unsigned which, rh_err *err)
{
    run *r = context;
    worker *w = &r->worker[which];
    const slice *s = &r->slices[job];
    uint32_t methods = r->plan->n_choices[RH_STEP_AGGREGATION];
    const double *x = r->plan->normal[s->combination / methods];
    const rh_aggregate *how = r->plan->aggregate[s->combination % methods];
    enum rh_mean kind;
    if (!rh_score_is_mean(r->plan->tree, how, &kind)) {
        return score_tree(r, w, s, how, x, err);
    }
    RH_TRY(rh_score_pack_fill(&w->pack, kind, x, err));
    score_means(r, w, s);
    return RH_OK;
}

/* Ranks of the framework as it stands: choice 0 throughout, weights undisturbed (P1). */
static rh_status
score_nominal(run *r, rh_err *err)
{
    const rh_index_tree *tree = r->plan->tree;
    worker *w = &r->worker[0];
    memcpy(w->score, r->plan->normal[0], (size_t)tree->n_leaves * r->n * sizeof *w->score);
    RH_TRY(rh_index_tree_scores(tree, r->plan->aggregate[0], r->plan->weight[0], r->n, w->score,
                                err));
    rh_rank_scores(w->score + (size_t)(tree->n_nodes - 1) * r->n, r->n, w->scratch, r->nominal);
    return RH_OK;
}

/* ---- summaries ---- */

/* Smallest rank that the share of the draws does not exceed (the inverse of the distribution function). */
static uint32_t
limit(const uint32_t *count, uint32_t n, uint64_t all, double share)
{
    uint64_t sum = 0;
    for (uint32_t rank = 1; rank <= n; rank++) {
        sum += count[rank];
        if ((double)sum >= share * (double)all && sum > 0) {
            return rank;
        }
    }
    return 0;
}

static void
summarise_unit(const run *r, uint32_t i, const uint32_t *count)
{
    rh_unit_ranks *u = &r->out->unit[i];
    uint64_t all = 0, sum = 0, top = 0;
    for (uint32_t rank = 1; rank <= r->n; rank++) {
        all += count[rank];
        sum += (uint64_t)rank * count[rank];
        top += rank <= r->how->top ? count[rank] : 0;
    }
    *u = (rh_unit_ranks){.nominal = r->nominal[i], .mean = NAN, .top = NAN};
    if (all > 0) {
        u->low = limit(count, r->n, all, 0.05);
        u->median = limit(count, r->n, all, 0.5);
        u->high = limit(count, r->n, all, 0.95);
        u->mean = (double)sum / (double)all;
        u->top = (double)top / (double)all;
    }
}

/* Ranks of one unit in `rows` points from `first` on; NAN where it has none. */
static void
gather(const run *r, uint32_t i, uint32_t first, double *to)
{
    for (uint32_t row = 0; row < r->how->rows; row++) {
        rh_rank rank = r->rank[(size_t)(first + row) * r->n + i];
        to[row] = rank == 0 ? (double)NAN : rank;
    }
}

static void
share_unit(const run *r, uint32_t i, double *scratch)
{
    uint32_t rows = r->how->rows, n_factors = r->out->n_factors;
    double *a = scratch, *b = a + rows, *ab = b + rows;
    gather(r, i, 0, a);
    gather(r, i, rows, b);
    for (uint32_t f = 0; f < n_factors; f++) {
        gather(r, i, r->how->draws + f * rows, ab);
        r->out->of_unit[(size_t)i * n_factors + f] = rh_sobol_share(a, b, ab, rows);
    }
}

static rh_status
summarise_block(void *context, unsigned job, unsigned which, rh_err *err)
{
    (void)err;
    run *r = context;
    uint32_t first = job * BLOCK, n = r->n - first < BLOCK ? r->n - first : BLOCK;
    uint32_t *count = r->worker[which].scratch; /* [BLOCK][n + 1] */
    memset(count, 0, (size_t)BLOCK * (r->n + 1) * sizeof *count);
    for (uint32_t p = 0; p < r->how->draws; p++) {
        const rh_rank *rank = r->rank + (size_t)p * r->n + first;
        for (uint32_t i = 0; i < n; i++) {
            count[(size_t)i * (r->n + 1) + rank[i]]++;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        summarise_unit(r, first + i, count + (size_t)i * (r->n + 1));
    }
    for (uint32_t i = 0; i < n && r->out->of_unit != NULL; i++) {
        share_unit(r, first + i, r->worker[which].scratch);
    }
    return RH_OK;
}

static void
summarise_shift(run *r)
{
    rh_uncertainty *u = r->out;
    uint32_t rows = r->how->rows;
    for (uint32_t p = 0; p < r->how->draws; p++) {
        u->shift += r->shift[p] / r->how->draws;
    }
    for (uint32_t f = 0; f < u->n_factors; f++) {
        u->of_shift[f] = rows > 0 ? rh_sobol_share(r->shift, r->shift + rows,
                                                   r->shift + r->how->draws + f * rows, rows)
                                  : (rh_sobol){NAN, NAN, NAN, NAN};
    }
}

/* ---- the whole ---- */

static rh_status
check(const rh_index_plan *plan, const rh_uncertain *how, rh_err *err)
{
    if (plan->n > RH_RANK_UNITS_MAX || plan->n < 1) {
        return rh_fail(err, RH_RANGE, "Uncertainty: %u units; there may be 1 to %d.", plan->n,
                       RH_RANK_UNITS_MAX);
    }
    if (how->draws < 1 || how->rows > how->draws / 2 || how->rows == 1) {
        return rh_fail(
            err, RH_RANGE,
            "Uncertainty: %u draws and %u rows for Sobol shares; at least one draw is "
            "needed, and rows are 0 or between 2 and half the draws.",
            how->draws, how->rows);
    }
    if (!(plan->noise >= 0 && plan->noise <= 1) || !(how->concentration >= 0)) {
        return rh_fail(
            err, RH_RANGE,
            "Uncertainty: noise %g, concentration %g; noise must lie between 0 and 1, and "
            "concentration must not be below 0.",
            plan->noise, how->concentration);
    }
    return RH_OK;
}

static rh_status
worker_init(const run *r, worker *w, rh_err *err)
{
    const rh_index_tree *tree = r->plan->tree;
    size_t columns = tree->n_nodes > RH_SCORE_SETS ? tree->n_nodes : RH_SCORE_SETS;
    size_t counts = (size_t)BLOCK * (r->n + 1) * sizeof(uint32_t);
    size_t bytes = RH_RANK_SCRATCH(r->n), shares = 3 * (size_t)r->how->rows * sizeof(double);
    bytes = counts > bytes ? counts : bytes;
    bytes = shares > bytes ? shares : bytes;
    RH_TRY(rh_score_pack_init(&w->pack, tree, r->n, err));
    RH_NEW(w->score, columns * r->n, err);
    RH_NEW(w->weight, (size_t)RH_SCORE_SETS * tree->n_nodes, err);
    w->scratch = rh_alloc(bytes, 1);
    return w->scratch != NULL
               ? RH_OK
               : rh_fail(err, RH_MEMORY, "Not enough memory for ranks of %u units.", r->n);
}

static void
worker_release(worker *w)
{
    rh_score_pack_release(&w->pack);
    rh_free(w->score);
    rh_free(w->weight);
    rh_free(w->scratch);
}

static rh_status
prepare(run *r, rh_err *err)
{
    rh_uncertainty *u = r->out;
    list_factors(r);
    uint64_t points = r->how->draws + (uint64_t)u->n_factors * r->how->rows;
    uint64_t bytes = points * r->n * sizeof *r->rank;
    if (points > UINT32_MAX || bytes > RH_UNCERTAINTY_BYTES_MAX) {
        return rh_fail(
            err, RH_RANGE,
            "Uncertainty: the ranks of %u units in %u draws and %u × %u scorings for Sobol "
            "shares would take %.1f GB; draw fewer times (%.1f GB is the limit).",
            r->n, r->how->draws, u->n_factors, r->how->rows, (double)bytes / 0x1p30,
            (double)RH_UNCERTAINTY_BYTES_MAX / 0x1p30);
    }
    r->n_points = (uint32_t)points;
    u->scorings = points;
    RH_NEW(u->unit, r->n, err);
    if (r->how->rows > 0 && u->n_factors > 0) {
        RH_NEW(u->of_unit, (size_t)r->n * u->n_factors, err);
    }
    RH_NEW(r->rank, (size_t)points * r->n, err);
    RH_NEW(r->nominal, r->n, err);
    RH_NEW(r->shift, points, err);
    RH_NEW(r->worker, r->how->threads, err);
    for (unsigned t = 0; t < r->how->threads; t++) {
        RH_TRY(worker_init(r, &r->worker[t], err));
    }
    return list_slices(r, err);
}

static rh_status
work(run *r, rh_err *err)
{
    unsigned threads = r->how->threads;
    RH_TRY(prepare(r, err));
    RH_TRY(score_nominal(r, err));
    RH_TRY(rh_threads_run(threads, r->n_slices, NULL, score_slice, r, err));
    RH_TRY(rh_threads_run(threads, (r->n + BLOCK - 1) / BLOCK, NULL, summarise_block, r, err));
    summarise_shift(r);
    return RH_OK;
}

rh_status
rh_uncertainty_run(const rh_index_plan *plan, const rh_uncertain *how, rh_uncertainty *out,
                   rh_err *err)
{
    *out = (rh_uncertainty){.n = plan->n};
    RH_TRY(check(plan, how, err));
    run r = {.plan = plan,
             .how = how,
             .out = out,
             .disturb = {plan->noise, how->concentration},
             .n = plan->n};
    rh_status status = work(&r, err);
    for (unsigned t = 0; t < how->threads && r.worker != NULL; t++) {
        worker_release(&r.worker[t]);
    }
    rh_free(r.worker);
    rh_free(r.order);
    rh_free(r.slices);
    rh_free(r.rank);
    rh_free(r.nominal);
    rh_free(r.shift);
    if (status != RH_OK) {
        rh_uncertainty_release(out);
    }
    return status;
}

void
rh_uncertainty_release(rh_uncertainty *u)
{
    rh_free(u->unit);
    rh_free(u->of_unit);
    *u = (rh_uncertainty){0};
}
