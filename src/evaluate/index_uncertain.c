/* The uncertainty of an index: see index_uncertain.h. */
#include "evaluate/index_uncertain.h"

#include "core/mem.h"
#include "core/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Matrices and weights of all choices while they are made. */
typedef struct maker {
    const rh_index_framework *f;
    const rh_index_data *d;
    const rh_index_result *r;
    rh_index_uncertain *out;
    uint32_t n_stages;                 /* choices of missing × outliers */
    double **treated;                  /* [stages]: n × m */
    double **normal;                   /* [stages × normalisations]: rows of the plan × m */
    double **weight;                   /* [stages × weights] */
    rh_aggregate *aggregate;           /* [aggregations × groups] */
    const rh_aggregate **aggregate_of; /* [aggregations] */
    double *score;                     /* scratch: n × n_nodes */
} maker;

static uint32_t
groups_of(const rh_index_framework *f)
{
    return f->n_nodes - f->n_leaves;
}

static void
free_all(double **list, size_t n)
{
    for (size_t i = 0; list != NULL && i < n; i++) {
        rh_free(list[i]);
    }
    rh_free(list);
}

static void
release_maker(maker *k)
{
    free_all(k->treated, k->n_stages);
    free_all(k->normal, (size_t)k->n_stages * RH_INDEX_CHOICES);
    free_all(k->weight, (size_t)k->n_stages * RH_INDEX_CHOICES);
    rh_free(k->aggregate);
    rh_free(k->aggregate_of);
    rh_free(k->score);
}

/* ---- choices ---- */

static void
add_choice(rh_index_uncertain *u, enum rh_index_step step, int method)
{
    uint32_t *n = &u->n_choices[step];
    for (uint32_t i = 0; i < *n; i++) {
        if (u->choice[step][i] == method) {
            return;
        }
    }
    if (*n < RH_INDEX_CHOICES) {
        u->choice[step][(*n)++] = method;
    }
}

static void
drop_choice(rh_index_uncertain *u, enum rh_index_step step, uint32_t c, const char *why)
{
    if (u->n_dropped < RH_INDEX_DROPPED) {
        rh_index_dropped *d = &u->dropped[u->n_dropped++];
        *d = (rh_index_dropped){.step = step, .choice = u->choice[step][c]};
        snprintf(d->why, sizeof d->why, "%.299s", why);
        rh_text_mend(d->why);
    }
    for (uint32_t i = c + 1; i < u->n_choices[step]; i++) {
        u->choice[step][i - 1] = u->choice[step][i];
    }
    u->n_choices[step]--;
}

static void
list_choices(const rh_index_framework *f, rh_index_uncertain *u)
{
    const rh_index_uncertainty *how = &f->uncertainty;
    add_choice(u, RH_STEP_MISSING, (int)f->missing.method);
    add_choice(u, RH_STEP_OUTLIERS, f->treat);
    add_choice(u, RH_STEP_NORMALISATION, (int)f->normalise.method);
    add_choice(u, RH_STEP_WEIGHTS, (int)f->weigh.method);
    add_choice(u, RH_STEP_AGGREGATION, (int)f->aggregate.method);
    for (uint32_t i = 0; i < how->n_missing; i++) {
        add_choice(u, RH_STEP_MISSING, (int)how->missing[i]);
    }
    for (uint32_t i = 0; i < how->n_outliers; i++) {
        add_choice(u, RH_STEP_OUTLIERS, how->outliers[i]);
    }
    bool some =
        false; /* an index whose indicators all say their method themselves has nothing to choose */
    for (uint32_t j = 0; j < f->n_leaves; j++) {
        some = some || !f->node[j].own_normalisation;
    }
    for (uint32_t i = 0; i < how->n_normalisation && some; i++) {
        add_choice(u, RH_STEP_NORMALISATION, (int)how->normalisation[i]);
    }
    for (uint32_t i = 0; i < how->n_weights; i++) {
        add_choice(u, RH_STEP_WEIGHTS, (int)how->weights[i]);
    }
    for (uint32_t i = 0; i < how->n_aggregation; i++) {
        add_choice(u, RH_STEP_AGGREGATION, (int)how->aggregation[i]);
    }
}

/* ---- the matrices ---- */

static rh_status
make_treated(maker *k, rh_err *err)
{
    const rh_index_uncertain *u = k->out;
    const rh_index_units *units = &k->r->units;
    size_t cells = (size_t)units->n * k->f->n_leaves;
    uint32_t n_outliers = u->n_choices[RH_STEP_OUTLIERS];
    double *filled;
    rh_status status = RH_OK;
    k->n_stages = u->n_choices[RH_STEP_MISSING] * n_outliers;
    RH_NEW(k->treated, k->n_stages, err);
    RH_NEW(filled, cells + 1, err);
    for (uint32_t s = 0; s < k->n_stages && status == RH_OK; s++) {
        k->treated[s] = rh_alloc(cells + 1, sizeof **k->treated);
        if (k->treated[s] == NULL) {
            status = rh_fail(err, RH_MEMORY, "Not enough memory for the choices.");
            break;
        }
        status = rh_index_fill(k->f, units,
                               (enum rh_missing_fill)u->choice[RH_STEP_MISSING][s / n_outliers],
                               k->r->x, filled, NULL, err);
        if (status == RH_OK) {
            status = rh_index_treat(k->f, k->d, units,
                                    u->choice[RH_STEP_OUTLIERS][s % n_outliers] != 0, filled,
                                    k->treated[s], NULL, err);
        }
    }
    rh_free(filled);
    return status;
}

/* The framework's own method with its parameters, or another with the usual ones. */
static const rh_normalise *
normalise_of(const maker *k, uint32_t c, rh_normalise *other)
{
    if (c == 0) {
        return NULL;
    }
    *other = k->f->normalise;
    other->method = (enum rh_normalisation)k->out->choice[RH_STEP_NORMALISATION][c];
    other->low = 0;
    other->high = other->method == RH_NORMALISATION_MIN_MAX ? 100 : 1;
    return other;
}

/* The rows of the plan from a matrix of all units. */
static double *
pick_rows(const maker *k, const double *all)
{
    const rh_index_uncertain *u = k->out;
    double *rows = rh_alloc((size_t)u->n * k->f->n_leaves + 1, sizeof *rows);
    for (uint32_t j = 0; rows != NULL && j < k->f->n_leaves; j++) {
        for (uint32_t i = 0; i < u->n; i++) {
            rows[(size_t)j * u->n + i] = all[(size_t)j * k->r->units.n + u->unit[i]];
        }
    }
    return rows;
}

/* Matrices of normalisation c for all stages, at their place by choice-major numbering; a failure drops the choice. */
static rh_status
make_normal(maker *k, uint32_t c, rh_err *why)
{
    rh_normalise other;
    for (uint32_t s = 0; s < k->n_stages; s++) {
        size_t at = (size_t)s * RH_INDEX_CHOICES + c;
        RH_TRY(rh_index_normalise(k->f, k->d, &k->r->units, normalise_of(k, c, &other),
                                  k->treated[s], k->score, why));
        rh_free(k->normal[at]);
        k->normal[at] = pick_rows(k, k->score);
        if (k->normal[at] == NULL) {
            return rh_fail(why, RH_MEMORY, "Not enough memory for the choices.");
        }
    }
    return RH_OK;
}

static rh_status
make_weights(maker *k, uint32_t c, rh_err *why)
{
    const rh_index_framework *f = k->f;
    rh_weigh other = f->weigh;
    other.method = (enum rh_weighting)k->out->choice[RH_STEP_WEIGHTS][c];
    other.combine = RH_COMBINE_NONE;
    bool ahp = other.method == RH_WEIGHTING_AHP || other.method == RH_WEIGHTING_AHP_GEOMETRIC;
    for (uint32_t g = 0; c > 0 && ahp && g < groups_of(f); g++) {
        if (f->node[f->n_leaves + g].n_pairwise != f->tree.first[g + 1] - f->tree.first[g]) {
            return rh_fail(why, RH_INPUT, "%s has no judgements.", f->node[f->n_leaves + g].id);
        }
    }
    for (uint32_t s = 0; s < k->n_stages; s++) {
        size_t at = (size_t)s * RH_INDEX_CHOICES + c;
        if (k->weight[at] == NULL) {
            k->weight[at] = rh_alloc(f->n_nodes, sizeof **k->weight);
        }
        if (k->weight[at] == NULL) {
            return rh_fail(why, RH_MEMORY, "Not enough memory for the choices.");
        }
        RH_TRY(rh_index_normalise(f, k->d, &k->r->units, NULL, k->treated[s], k->score, why));
        RH_TRY(rh_index_weigh(f, k->d, &k->r->units, c > 0 ? &other : NULL, k->treated[s],
                              k->score, k->weight[at], NULL, why));
    }
    return RH_OK;
}

/* Choices of a step, one by one; choice 0 must work, another one is dropped when it does not. */
static rh_status
make_choices(maker *k, enum rh_index_step step,
             rh_status (*make)(maker *k, uint32_t c, rh_err *why), rh_err *err)
{
    for (uint32_t c = 0; c < k->out->n_choices[step];) {
        rh_err why = {0};
        rh_status status = make(k, c, &why);
        if (status == RH_OK) {
            c++;
        } else if (c == 0 || status == RH_MEMORY) {
            return rh_fail(err, status, "%s", why.text);
        } else {
            drop_choice(k->out, step, c, why.text);
        }
    }
    return RH_OK;
}

/* ---- aggregation ---- */

static bool
needs_positive(enum rh_aggregation method)
{
    return method == RH_AGGREGATION_GEOMETRIC || method == RH_AGGREGATION_HARMONIC;
}

/* Does mapping all indicators alike leave the method's ranks? */
static bool
keeps_ranks(enum rh_aggregation method)
{
    return method == RH_AGGREGATION_ARITHMETIC || method == RH_AGGREGATION_TOPSIS ||
           method == RH_AGGREGATION_VIKOR || method == RH_AGGREGATION_GREY ||
           method == RH_AGGREGATION_COPELAND || needs_positive(method);
}

static void
range_of(const double *x, size_t size, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < size; i++) {
        if (!isnan(x[i])) {
            *low = fmin(*low, x[i]);
            *high = fmax(*high, x[i]);
        }
    }
}

/* Call for every matrix that has values ≤ 0; true when there is one. `shift`: map it (N2). */
static bool
not_positive(maker *k, bool shift)
{
    bool found = false;
    size_t size = (size_t)k->out->n * k->f->n_leaves;
    for (uint32_t s = 0; s < k->n_stages; s++) {
        for (uint32_t c = 0; c < k->out->n_choices[RH_STEP_NORMALISATION]; c++) {
            double *x = k->normal[(size_t)s * RH_INDEX_CHOICES + c], low, high;
            range_of(x, size, &low, &high);
            found = found || low <= 0;
            for (size_t i = 0; shift && low <= 0 && i < size; i++) {
                x[i] = low < high ? 1 + 99 * (x[i] - low) / (high - low) : 1;
            }
        }
    }
    return found;
}

static void
make_positive(maker *k)
{
    rh_index_uncertain *u = k->out;
    bool means = false, all_keep = true;
    for (uint32_t e = 0; e < u->n_choices[RH_STEP_AGGREGATION]; e++) {
        means = means || needs_positive((enum rh_aggregation)u->choice[RH_STEP_AGGREGATION][e]);
    }
    for (uint32_t g = 0; g < groups_of(k->f); g++) {
        all_keep = all_keep && keeps_ranks(k->f->node[k->f->n_leaves + g].aggregate.method);
    }
    if (!means || !not_positive(k, false)) {
        return;
    }
    if (all_keep) {
        u->shifted = not_positive(k, true);
        return;
    }
    for (uint32_t e = 1; e < u->n_choices[RH_STEP_AGGREGATION];) {
        if (needs_positive((enum rh_aggregation)u->choice[RH_STEP_AGGREGATION][e])) {
            drop_choice(u, RH_STEP_AGGREGATION, e,
                        "Normalised values are not above 0, and mapping them would change the "
                        "framework's own ranks.");
        } else {
            e++;
        }
    }
}

static rh_status
make_aggregates(maker *k, rh_err *err)
{
    uint32_t n = k->out->n_choices[RH_STEP_AGGREGATION], groups = groups_of(k->f);
    RH_NEW(k->aggregate, (size_t)n * groups, err);
    RH_NEW(k->aggregate_of, n, err);
    for (uint32_t e = 0; e < n; e++) {
        k->aggregate_of[e] = k->aggregate + (size_t)e * groups;
        for (uint32_t g = 0; g < groups; g++) {
            rh_aggregate *how = &k->aggregate[(size_t)e * groups + g];
            *how = k->f->node[k->f->n_leaves + g].aggregate;
            if (e > 0) {
                how->method = (enum rh_aggregation)k->out->choice[RH_STEP_AGGREGATION][e];
            }
        }
    }
    return RH_OK;
}

/* ---- the run ---- */

static rh_status
pick_units(maker *k, rh_err *err)
{
    rh_index_uncertain *u = k->out;
    const rh_index_units *units = &k->r->units;
    RH_NEW(u->unit, (size_t)units->n + 1, err);
    int last = k->d->n_years > 0 ? k->d->years[k->d->n_years - 1] : 0;
    for (uint32_t i = 0; i < units->n; i++) {
        if (units->year == NULL || units->year[i] == last) {
            u->unit[u->n++] = i;
        }
    }
    return RH_OK;
}

/* Lists without the holes that choices leave, as the plan wants them. */
static const double **
dense(double **list, uint32_t n_stages, uint32_t n_choices)
{
    const double **to = rh_alloc((size_t)n_stages * n_choices, sizeof *to);
    for (uint32_t s = 0; to != NULL && s < n_stages; s++) {
        for (uint32_t c = 0; c < n_choices; c++) {
            to[(size_t)s * n_choices + c] = list[(size_t)s * RH_INDEX_CHOICES + c];
        }
    }
    return to;
}

static rh_status
draw(maker *k, unsigned threads, rh_err *err)
{
    rh_index_uncertain *u = k->out;
    const rh_index_uncertainty *wanted = &k->f->uncertainty;
    const double **normal = dense(k->normal, k->n_stages, u->n_choices[RH_STEP_NORMALISATION]);
    const double **weight = dense(k->weight, k->n_stages, u->n_choices[RH_STEP_WEIGHTS]);
    rh_status status =
        normal == NULL || weight == NULL
            ? rh_fail(err, RH_MEMORY, "Not enough memory for the plan of the draws.")
            : RH_OK;
    if (status == RH_OK) {
        rh_index_plan plan = {.n = u->n,
                              .tree = &k->f->tree,
                              .normal = normal,
                              .weight = weight,
                              .aggregate = k->aggregate_of,
                              .noise = wanted->noise};
        memcpy(plan.n_choices, u->n_choices, sizeof plan.n_choices);
        rh_uncertain how = {.draws = wanted->draws,
                            .rows = wanted->draws / 2,
                            .top = u->top,
                            .seed = wanted->seed,
                            .threads = threads};
        status = rh_uncertainty_run(&plan, &how, &u->ranks, err);
    }
    rh_free(normal);
    rh_free(weight);
    return status;
}

static rh_status
work(maker *k, unsigned threads, rh_err *err)
{
    list_choices(k->f, k->out);
    RH_TRY(pick_units(k, err));
    k->out->top = k->out->n < 20 ? (k->out->n + 1) / 2 : 10;
    RH_TRY(make_treated(k, err));
    RH_NEW(k->score, (size_t)k->r->units.n * k->f->n_nodes + 1, err);
    RH_NEW(k->normal, (size_t)k->n_stages * RH_INDEX_CHOICES, err);
    RH_NEW(k->weight, (size_t)k->n_stages * RH_INDEX_CHOICES, err);
    RH_TRY(make_choices(k, RH_STEP_NORMALISATION, make_normal, err));
    RH_TRY(make_choices(k, RH_STEP_WEIGHTS, make_weights, err));
    make_positive(k);
    RH_TRY(make_aggregates(k, err));
    return draw(k, threads, err);
}

rh_status
rh_index_uncertain_run(const rh_index_framework *f, const rh_index_data *d,
                       const rh_index_result *r, unsigned threads, rh_index_uncertain **out,
                       rh_err *err)
{
    rh_index_uncertain *u;
    *out = NULL;
    RH_NEW(u, 1, err);
    u->draws = f->uncertainty.draws;
    u->seed = f->uncertainty.seed;
    u->noise = f->uncertainty.noise;
    maker k = {.f = f, .d = d, .r = r, .out = u};
    rh_status status = work(&k, threads, err);
    release_maker(&k);
    if (status != RH_OK) {
        rh_index_uncertain_free(u);
        return status;
    }
    *out = u;
    return RH_OK;
}

void
rh_index_uncertain_free(rh_index_uncertain *u)
{
    if (u != NULL) {
        rh_uncertainty_release(&u->ranks);
        rh_free(u->unit);
        rh_free(u);
    }
}
