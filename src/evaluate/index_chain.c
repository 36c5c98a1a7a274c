/* The chain of an index: see index_chain.h. */
#include "evaluate/index_chain.h"

#include "core/mem.h"

#include <math.h>
#include <string.h>

/* ---- screen and fill ---- */

static rh_status
compress(const rh_index_data *d, const uint8_t *keep, rh_index_units *u, double **x,
         rh_err *err)
{
    RH_NEW(u->row, (size_t)u->n + 1, err);
    RH_NEW(*x, (size_t)u->n * d->m + 1, err);
    if (d->group != NULL) {
        RH_NEW(u->group, (size_t)u->n + 1, err);
    }
    if (d->year != NULL) {
        RH_NEW(u->year, (size_t)u->n + 1, err);
    }
    for (uint32_t i = 0, k = 0; i < d->n; i++) {
        if (keep[i]) {
            u->row[k++] = i;
        }
    }
    for (uint32_t k = 0; k < u->n; k++) {
        if (u->group != NULL) {
            u->group[k] = d->group[u->row[k]];
        }
        if (u->year != NULL) {
            u->year[k] = d->year[u->row[k]];
        }
        for (uint32_t j = 0; j < d->m; j++) {
            (*x)[(size_t)j * u->n + k] = d->x[(size_t)j * d->n + u->row[k]];
        }
    }
    return RH_OK;
}

/* Screen and compress. The caller releases the units and frees *x. RH_INPUT when fewer than two units are left. */
static rh_status
screen(const rh_index_framework *f, const rh_index_data *d, rh_index_units *units, double **x,
       rh_err *err)
{
    uint8_t *keep;
    *units = (rh_index_units){0};
    *x = NULL;
    RH_NEW(keep, (size_t)d->n + 1, err);
    units->n = rh_missing_screen(&f->missing, d->x, d->n, d->m, keep);
    rh_status status = units->n < 2
                           ? rh_fail(err, RH_INPUT,
                                     "%s: %u of %u units have enough data (least_present %g, "
                                     "least_nonzero %g): an index needs two.",
                                     d->file, units->n, d->n, f->missing.least_present,
                                     f->missing.least_nonzero)
                           : compress(d, keep, units, x, err);
    rh_free(keep);
    return status;
}

static void
release_units(rh_index_units *u)
{
    rh_free(u->row);
    rh_free(u->group);
    rh_free(u->year);
    *u = (rh_index_units){0};
}

rh_status
rh_index_fill(const rh_index_framework *f, const rh_index_units *u, enum rh_missing_fill method,
              const double *x, double *filled, rh_missing_report *report, rh_err *err)
{
    rh_missing how = f->missing;
    uint32_t n_groups = 0;
    how.method = method;
    for (uint32_t i = 0; u->group != NULL && i < u->n; i++) {
        if (u->group[i] != RH_NO_GROUP && u->group[i] >= n_groups) {
            n_groups = u->group[i] + 1;
        }
    }
    memcpy(filled, x, (size_t)u->n * f->n_leaves * sizeof *x);
    return rh_missing_fill_cells(&how, filled, u->n, f->n_leaves, u->group, n_groups, report,
                                 err);
}

/* ---- outliers and normalisation ---- */

/* Say a method's failure with the file, and with line and column where it is known which value it was. */
static rh_status
say_where(const rh_index_framework *f, const rh_index_data *d, const rh_index_units *u,
          uint32_t j, uint32_t bad, const rh_err *why, rh_err *err)
{
    const rh_index_node *node = &f->node[j];
    if (bad < u->n) {
        return rh_fail(err, why->status, "%s:%u: %s: %s", d->file, d->line[u->row[bad]],
                       node->column, why->text);
    }
    return rh_fail(err, why->status, "%s: %s: %s", d->file, node->column, why->text);
}

rh_status
rh_index_treat(const rh_index_framework *f, const rh_index_data *d, const rh_index_units *u,
               bool treat, const double *filled, double *treated, rh_outliers_report *report,
               rh_err *err)
{
    memcpy(treated, filled, (size_t)u->n * f->n_leaves * sizeof *filled);
    for (uint32_t j = 0; j < f->n_leaves; j++) {
        double *x = treated + (size_t)j * u->n;
        rh_outliers how = f->outliers;
        rh_outliers_report *r = report != NULL ? &report[j] : NULL;
        rh_err why = {0};
        uint32_t bad = UINT32_MAX;
        if (!treat || f->node[j].skip_outliers) { /* looked at, not touched */
            how =
                (rh_outliers){.test = true, .skewness = how.skewness, .kurtosis = how.kurtosis};
        }
        if (rh_outliers_treat(&how, x, u->n, r, &bad, &why) != RH_OK) {
            return say_where(f, d, u, j, bad, &why, err);
        }
    }
    return RH_OK;
}

/* Row of the unit that a reference names: of the year wanted, or of the last one; u->n: none. */
static uint32_t
reference_row(const rh_index_data *d, const rh_index_units *u, const char *unit, int year)
{
    uint32_t found = u->n;
    for (uint32_t i = 0; i < u->n; i++) {
        uint32_t row = u->row[i];
        bool named = strcmp(d->unit[row], unit) == 0 || strcmp(d->label[row], unit) == 0;
        bool later = found == u->n || u->year == NULL || u->year[i] > u->year[found];
        if (named && (year == 0 ? later : u->year[i] == year)) {
            found = i;
        }
    }
    return found;
}

/* One column with its bounds from the rows of a year (0: of all), into the rows of `only` (0: all). */
static rh_status
normalise_rows(const rh_index_framework *f, const rh_index_data *d, const rh_index_units *u,
               uint32_t j, rh_normalise how, int base_year, int only, const double *x,
               double *scratch, uint8_t *base, double *out, rh_err *err)
{
    const rh_index_node *node = &f->node[j];
    rh_err why = {0};
    uint32_t bad = UINT32_MAX;
    if (how.method == RH_NORMALISATION_REFERENCE) {
        uint32_t row = reference_row(d, u, node->reference, base_year);
        if (row == u->n) {
            return rh_fail(err, RH_INPUT, "%s: there is no unit %s, the reference of %s.",
                           d->file, node->reference, node->id);
        }
        how.target = x[row];
    }
    for (uint32_t i = 0; i < u->n; i++) {
        base[i] = base_year == 0 || u->year[i] == base_year;
    }
    if (rh_normalise_column(&how, x, u->n, base, node->direction, scratch, &bad, &why) !=
        RH_OK) {
        return say_where(f, d, u, j, bad, &why, err);
    }
    for (uint32_t i = 0; i < u->n; i++) {
        if (only == 0 || u->year[i] == only) {
            out[i] = scratch[i];
        }
    }
    return RH_OK;
}

static rh_status
normalise_column(const rh_index_framework *f, const rh_index_data *d, const rh_index_units *u,
                 uint32_t j, const rh_normalise *how, const double *x, double *scratch,
                 uint8_t *base, double *out, rh_err *err)
{
    if (f->bounds != RH_BOUNDS_EACH_YEAR) {
        int year = f->bounds == RH_BOUNDS_YEAR ? f->bounds_year : 0;
        return normalise_rows(f, d, u, j, *how, year, 0, x, scratch, base, out, err);
    }
    for (uint32_t y = 0; y < d->n_years; y++) {
        RH_TRY(normalise_rows(f, d, u, j, *how, d->years[y], d->years[y], x, scratch, base, out,
                              err));
    }
    return RH_OK;
}

static rh_status
check_bounds_year(const rh_index_framework *f, const rh_index_data *d, rh_err *err)
{
    bool there = f->bounds != RH_BOUNDS_YEAR;
    for (uint32_t y = 0; y < d->n_years; y++) {
        there = there || d->years[y] == f->bounds_year;
    }
    return there ? RH_OK
                 : rh_fail(err, RH_INPUT,
                           "%s has no row of the year %d, whose bounds %s asks for.", d->file,
                           f->bounds_year, f->path);
}

rh_status
rh_index_normalise(const rh_index_framework *f, const rh_index_data *d, const rh_index_units *u,
                   const rh_normalise *method, const double *treated, double *normal,
                   rh_err *err)
{
    double *scratch;
    uint8_t *base;
    RH_TRY(check_bounds_year(f, d, err));
    RH_NEW(scratch, (size_t)u->n + 1, err);
    base = rh_alloc((size_t)u->n + 1, sizeof *base);
    rh_status status =
        base == NULL ? rh_fail(err, RH_MEMORY, "Not enough memory for %u units.", u->n) : RH_OK;
    for (uint32_t j = 0; j < f->n_leaves && status == RH_OK; j++) {
        const rh_normalise *how =
            method != NULL && !f->node[j].own_normalisation ? method : &f->node[j].normalise;
        status = normalise_column(f, d, u, j, how, treated + (size_t)j * u->n, scratch, base,
                                  normal + (size_t)j * u->n, err);
    }
    rh_free(scratch);
    rh_free(base);
    return status;
}

/* ---- weights and scores ---- */

/* What the methods of a group need side by side. */
typedef struct group_room {
    double *x, *z, *w, *given;
    int *direction;
} group_room;

static void
release_room(group_room *r)
{
    rh_free(r->x);
    rh_free(r->z);
    rh_free(r->w);
    rh_free(r->given);
    rh_free(r->direction);
}

static rh_status
make_room(const rh_index_framework *f, uint32_t n, group_room *r, rh_err *err)
{
    size_t most = f->n_nodes;
    *r = (group_room){.x = rh_alloc(most * n + 1, sizeof *r->x),
                      .z = rh_alloc(most * n + 1, sizeof *r->z),
                      .w = rh_alloc(most, sizeof *r->w),
                      .given = rh_alloc(most, sizeof *r->given),
                      .direction = rh_alloc(most, sizeof *r->direction)};
    bool there = r->x != NULL && r->z != NULL && r->w != NULL && r->given != NULL &&
                 r->direction != NULL;
    return there ? RH_OK : rh_fail(err, RH_MEMORY, "Not enough memory for the groups.");
}

/* Means of numbers that are not above 0 do not exist: say which cell. */
static rh_status
check_positive(const rh_index_framework *f, const rh_index_data *d, const rh_index_units *u,
               uint32_t g, const double *score, rh_err *err)
{
    const rh_index_tree *t = &f->tree;
    const rh_aggregate *how = &f->node[f->n_leaves + g].aggregate;
    if (how->method != RH_AGGREGATION_GEOMETRIC && how->method != RH_AGGREGATION_HARMONIC) {
        return RH_OK;
    }
    for (uint32_t k = t->first[g]; k < t->first[g + 1]; k++) {
        uint32_t v = t->child[k];
        for (uint32_t i = 0; i < u->n; i++) {
            if (score[(size_t)v * u->n + i] <= 0) {
                return rh_fail(err, RH_INPUT,
                               "%s:%u: %s of %s is %g after normalisation: a %s mean needs "
                               "values above 0; let the scale begin above 0 (normalisation: "
                               "{low: 1}).",
                               d->file, d->line[u->row[i]], f->node[v].id, d->label[u->row[i]],
                               score[(size_t)v * u->n + i],
                               rh_index_word_of_aggregation(how->method));
            }
        }
    }
    return RH_OK;
}

static rh_status
weigh_group(const rh_index_framework *f, const rh_index_data *d, const rh_index_units *u,
            uint32_t g, const rh_weigh *instead, const double *treated, double *score,
            double *weight, rh_weigh_report *report, group_room *room, rh_err *err)
{
    const rh_index_tree *t = &f->tree;
    const rh_index_node *node = &f->node[f->n_leaves + g];
    const uint32_t *child = t->child + t->first[g];
    uint32_t m = t->first[g + 1] - t->first[g], n = u->n;
    rh_weigh how = instead != NULL ? *instead : node->weigh;
    rh_err why = {0};
    how.given = room->given;
    how.pairwise = node->pairwise;
    for (uint32_t k = 0; k < m; k++) {
        bool leaf = child[k] < f->n_leaves;
        const double *from = leaf ? treated : score;
        memcpy(room->x + (size_t)k * n, from + (size_t)child[k] * n, n * sizeof *from);
        memcpy(room->z + (size_t)k * n, score + (size_t)child[k] * n, n * sizeof *from);
        room->direction[k] = leaf ? f->node[child[k]].direction : 1;
        room->given[k] = f->node[child[k]].weight;
        room->w[k] = 1;
    }
    rh_weigh_report unused;
    if (m > 1 && rh_weights_find(&how, room->x, n, m, room->direction, room->w,
                                 report != NULL ? report : &unused, &why) != RH_OK) {
        return rh_fail(err, why.status, "%s: weights of %s (%s): %s",
                       how.pairwise != NULL ? f->path : d->file, node->id,
                       rh_index_word_of_weighting(how.method), why.text);
    }
    for (uint32_t k = 0; k < m; k++) {
        weight[child[k]] = room->w[k];
    }
    RH_TRY(check_positive(f, d, u, g, score, err));
    double *out = score + (size_t)(f->n_leaves + g) * n;
    if (m == 1) { /* nothing to bring together */
        memcpy(out, room->z, n * sizeof *out);
    } else if (rh_aggregate_scores(&node->aggregate, room->z, n, m, room->w, out, &why) !=
               RH_OK) {
        return rh_fail(err, why.status, "%s: scores of %s (%s): %s", d->file, node->id,
                       rh_index_word_of_aggregation(node->aggregate.method), why.text);
    }
    return RH_OK;
}

rh_status
rh_index_weigh(const rh_index_framework *f, const rh_index_data *d, const rh_index_units *u,
               const rh_weigh *weigh, const double *treated, double *score, double *weight,
               rh_weigh_report *report, rh_err *err)
{
    group_room room;
    rh_status status = make_room(f, u->n, &room, err);
    for (uint32_t g = 0; g < f->n_nodes - f->n_leaves && status == RH_OK; g++) {
        status = weigh_group(f, d, u, g, weigh, treated, score, weight,
                             report != NULL ? &report[g] : NULL, &room, err);
    }
    weight[f->n_nodes - 1] = 1;
    release_room(&room);
    return status;
}

/* ---- all of it ---- */

/* Places of a column of scores, year by year. */
static rh_status
find_places(const rh_index_data *d, const rh_index_units *u, const double *score,
            uint32_t *place, double *masked, uint32_t *of_year, rh_err *err)
{
    if (u->year == NULL) {
        return rh_describe_places(score, u->n, place, err);
    }
    for (uint32_t y = 0; y < d->n_years; y++) {
        for (uint32_t i = 0; i < u->n; i++) {
            masked[i] = u->year[i] == d->years[y] ? score[i] : (double)NAN;
        }
        RH_TRY(rh_describe_places(masked, u->n, of_year, err));
        for (uint32_t i = 0; i < u->n; i++) {
            place[i] = u->year[i] == d->years[y] ? of_year[i] : place[i];
        }
    }
    return RH_OK;
}

static rh_status
all_places(const rh_index_framework *f, const rh_index_data *d, rh_index_result *r, rh_err *err)
{
    uint32_t n = r->units.n;
    double *masked;
    RH_NEW(masked, (size_t)n + 1, err);
    uint32_t *of_year = rh_alloc((size_t)n + 1, sizeof *of_year);
    rh_status status = of_year == NULL
                           ? rh_fail(err, RH_MEMORY, "Not enough memory for %u places.", n)
                           : RH_OK;
    for (uint32_t v = 0; v < f->n_nodes && status == RH_OK; v++) {
        status = find_places(d, &r->units, r->score + (size_t)v * n, r->place + (size_t)v * n,
                             masked, of_year, err);
    }
    rh_free(masked);
    rh_free(of_year);
    return status;
}

static rh_status
run(const rh_index_framework *f, const rh_index_data *d, rh_index_result *r, rh_err *err)
{
    RH_TRY(screen(f, d, &r->units, &r->x, err));
    const rh_index_units *u = &r->units;
    size_t cells = (size_t)u->n * f->n_leaves + 1, scores = (size_t)u->n * f->n_nodes + 1;
    r->n_left_out = d->n - u->n;
    RH_NEW(r->filled, cells, err);
    RH_NEW(r->treated, cells, err);
    RH_NEW(r->score, scores, err);
    RH_NEW(r->place, scores, err);
    RH_NEW(r->weight, f->n_nodes, err);
    RH_NEW(r->effective, f->n_nodes, err);
    RH_NEW(r->outliers, f->n_leaves, err);
    RH_NEW(r->weigh, f->n_nodes - f->n_leaves, err);
    RH_TRY(rh_index_fill(f, u, f->missing.method, r->x, r->filled, &r->missing, err));
    RH_TRY(rh_index_treat(f, d, u, f->treat, r->filled, r->treated, r->outliers, err));
    RH_TRY(rh_index_normalise(f, d, u, NULL, r->treated, r->score, err));
    RH_TRY(rh_index_weigh(f, d, u, NULL, r->treated, r->score, r->weight, r->weigh, err));
    rh_index_tree_effective(&f->tree, r->weight, r->effective);
    return all_places(f, d, r, err);
}

rh_status
rh_index_run(const rh_index_framework *f, const rh_index_data *d, rh_index_result **out,
             rh_err *err)
{
    rh_index_result *r;
    *out = NULL;
    RH_NEW(r, 1, err);
    rh_status status = run(f, d, r, err);
    if (status != RH_OK) {
        rh_index_result_free(r);
        return status;
    }
    *out = r;
    return RH_OK;
}

void
rh_index_result_free(rh_index_result *r)
{
    if (r != NULL) {
        release_units(&r->units);
        rh_free(r->x);
        rh_free(r->filled);
        rh_free(r->treated);
        rh_free(r->score);
        rh_free(r->place);
        rh_free(r->weight);
        rh_free(r->effective);
        rh_free(r->outliers);
        rh_free(r->weigh);
        rh_free(r);
    }
}
