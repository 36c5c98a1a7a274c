/* Nucleolus and kin: see game_nucleolus.h. */
#include "evaluate/game_nucleolus.h"

#include "core/mem.h"
#include "evaluate/game_lp.h"
#include "evaluate/game_point.h"
#include "evaluate/game_span.h"

#include <lapacke.h>
#include <math.h>

enum { AT_ONCE = 32 };

/* A condition: x(S) + gap·ε ≥ bound. Of a tight one, level tells which ε. */
typedef struct row {
    uint32_t coalition;
    unsigned level;
    double gap, bound;
} row;

typedef struct rows {
    row *row;
    size_t n, room;
} rows;

typedef struct work {
    const double *v;
    unsigned n;
    uint32_t all;
    double scale;
    enum rh_complaint complaint;
    bool rational;
    rows active, tight,
        settled;    /* settled: the independent ones among the tight, bound = x(S) */
    uint64_t *seen; /* bit S: a row of `active` */
    double x[RH_SUMS_PLAYERS], epsilon, first;
    unsigned levels;
    rh_game_span span;
    rh_game_sums sums;
} work;

static rh_status
push(rows *list, row r, rh_err *err)
{
    if (list->n == list->room) {
        size_t room = list->room > 0 ? 2 * list->room : 64;
        row *p = rh_resize(list->row, room, sizeof *p);
        if (p == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %zu conditions.", room);
        }
        list->row = p;
        list->room = room;
    }
    list->row[list->n++] = r;
    return RH_OK;
}

static inline double
gap_of(const work *w, uint32_t s)
{
    switch (w->complaint) {
    case RH_PER_CAPITA:
        return __builtin_popcount(s);
    case RH_PROPORTIONAL:
        return w->v[s] / w->scale;
    case RH_DISRUPTION:
        return (w->v[w->all] - w->v[s] - w->v[w->all ^ s]) / w->scale;
    case RH_PLAIN:
        break;
    }
    return 1;
}

static rh_status
activate(work *w, uint32_t s, rh_err *err)
{
    w->seen[s >> 6] |= UINT64_C(1) << (s & 63);
    return push(&w->active, (row){s, 0, gap_of(w, s), w->v[s] / w->scale}, err);
}

static bool
is_active(const work *w, uint32_t s)
{
    return w->seen[s >> 6] >> (s & 63) & 1;
}

/* Activate the coalitions outside of the span that violate (x, ε) most; *found: how many. */
static rh_status
find_violated(work *w, int *found, rh_err *err)
{
    uint32_t worst[AT_ONCE];
    double excess[AT_ONCE], least = 1e-9;
    int count = 0;
    rh_game_sums_fill(&w->sums, w->x, w->n);
    for (uint32_t s = 1; s < w->all; s++) {
        double e =
            w->v[s] / w->scale - rh_game_sums_of(&w->sums, s) - gap_of(w, s) * w->epsilon;
        if (e > least && !rh_game_span_has(&w->span, s) && !is_active(w, s)) {
            count = rh_game_keep_largest(AT_ONCE, count, excess, worst, e, s);
            least = count == AT_ONCE ? excess[AT_ONCE - 1] : least;
        }
    }
    for (int i = 0; i < count; i++) {
        RH_TRY(activate(w, worst[i], err));
    }
    *found = count;
    return RH_OK;
}

/* Rows with a positive multiplier are tight from now on; the independent ones are settled. */
static rh_status
settle(work *w, glp_prob *lp, const size_t *which, int first, rh_err *err)
{
    unsigned before = w->span.rank;
    for (int r = first; r <= glp_get_num_rows(lp); r++) {
        if (glp_get_row_dual(lp, r) <= 1e-9) {
            continue;
        }
        row tight = w->active.row[which[r - first]];
        tight.level = w->levels;
        RH_TRY(push(&w->tight, tight, err));
        if (rh_game_span_add(&w->span, tight.coalition)) {
            double paid = 0;
            for (unsigned i = 0; i < w->n; i++) {
                paid += tight.coalition >> i & 1 ? w->x[i] : 0;
            }
            RH_TRY(push(&w->settled, (row){tight.coalition, 0, 0, paid}, err));
        }
    }
    if (w->span.rank == before) {
        return rh_fail(err, RH_INVARIANT, "The nucleolus settles no coalition at level %u.",
                       w->levels + 1);
    }
    w->first = w->levels == 0 ? w->epsilon : w->first;
    w->levels++;
    return RH_OK;
}

/* Solve one programme to its end; `which` (room for all rows that may come) holds the active row of each row. */
static rh_status
solve_level(work *w, glp_prob *lp, rh_err *err)
{
    size_t *which = NULL, taken = 0, room = 0;
    int first = glp_get_num_rows(lp) + 1, found = 1, n_rows = 0;
    rh_status status = RH_OK;
    while (status == RH_OK && found > 0) {
        if (w->active.n > room) {
            room = 2 * w->active.n;
            size_t *p = rh_resize(which, room, sizeof *p);
            if (p == NULL) {
                status = rh_fail(err, RH_MEMORY, "Not enough memory for %zu rows.", room);
                break;
            }
            which = p;
        }
        for (; taken < w->active.n; taken++) {
            const row *r = &w->active.row[taken];
            if (!rh_game_span_has(&w->span, r->coalition)) {
                rh_game_lp_add(lp, w->n, r->coalition, r->gap, r->bound, false);
                which[n_rows++] = taken;
            }
        }
        status = rh_game_lp_solve(lp, err);
        if (status == RH_OK) {
            for (unsigned i = 0; i < w->n; i++) {
                w->x[i] = glp_get_col_prim(lp, (int)i + 1);
            }
            w->epsilon = glp_get_col_prim(lp, (int)w->n + 1);
            status = find_violated(w, &found, err);
        }
    }
    if (status == RH_OK) {
        status = settle(w, lp, which, first, err);
    }
    rh_free(which);
    return status;
}

static rh_status
one_level(work *w, rh_err *err)
{
    glp_prob *lp = rh_game_lp_new(w->n, 0, 1);
    for (size_t i = 0; i < w->settled.n; i++) {
        const row *r = &w->settled.row[i];
        rh_game_lp_add(lp, w->n, r->coalition, 0, r->bound, true);
    }
    rh_status status = solve_level(w, lp, err);
    glp_delete_prob(lp);
    return status;
}

/* The tight conditions as one linear system in x and the ε of each level. */
static rh_status
polish(work *w, rh_err *err)
{
    const size_t columns = w->n + w->levels, n_rows = w->tight.n + 1;
    const size_t tall = n_rows > columns ? n_rows : columns;
    double *a, *b;
    lapack_int *pivot, rank = 0;
    RH_NEW(a, n_rows * columns + tall + columns, err);
    b = a + n_rows * columns;
    pivot = rh_alloc(columns, sizeof *pivot);
    if (pivot == NULL) {
        rh_free(a);
        return rh_fail(err, RH_MEMORY, "Not enough memory for %zu columns.", columns);
    }
    for (size_t r = 0; r < n_rows; r++) { /* column-major */
        const row grand = {w->all, 0, 0, w->v[w->all] / w->scale};
        const row *t = r > 0 ? &w->tight.row[r - 1] : &grand;
        for (unsigned i = 0; i < w->n; i++) {
            a[i * n_rows + r] = t->coalition >> i & 1;
        }
        a[(w->n + t->level) * n_rows + r] = t->gap;
        b[r] = t->bound;
    }
    lapack_int info =
        LAPACKE_dgelsy(LAPACK_COL_MAJOR, (lapack_int)n_rows, (lapack_int)columns, 1, a,
                       (lapack_int)n_rows, b, (lapack_int)tall, pivot, 1e-12, &rank);
    bool good = info == 0 && (size_t)rank == columns;
    for (unsigned i = 0; i < w->n && good; i++) {
        good =
            fabs(b[i] - w->x[i]) < 1e-6; /* else some row was tight in rounding alone: keep x */
    }
    for (unsigned i = 0; i < w->n && good; i++) {
        w->x[i] = b[i];
    }
    w->first = good && w->levels > 0 ? b[w->n] : w->first;
    rh_free(pivot);
    rh_free(a);
    return RH_OK;
}

/* What cannot be asked of this game. */
static rh_status
refuse(const work *w, rh_err *err)
{
    double own = 0;
    for (unsigned i = 0; i < w->n; i++) {
        own += w->v[1U << i];
    }
    if (w->rational && own > w->v[w->all] + 1e-9 * w->scale) {
        return rh_fail(
            err, RH_INPUT,
            "There is no imputation: the players alone have %g together, all of them "
            "only %g.",
            own, w->v[w->all]);
    }
    for (uint32_t s = 1; s < w->all; s++) {
        if (gap_of(w, s) < -1e-12) {
            return rh_fail(err, RH_INPUT,
                           "Complaints cannot be weighed: the weight of coalition %#x is "
                           "negative (%g).",
                           s, gap_of(w, s) * w->scale);
        }
    }
    return RH_OK;
}

static rh_status
find(work *w, rh_err *err)
{
    RH_TRY(refuse(w, err));
    rh_game_span_init(&w->span, w->n);
    rh_game_span_add(&w->span, w->all);
    RH_TRY(push(&w->settled, (row){w->all, 0, 0, w->v[w->all] / w->scale}, err));
    for (unsigned i = 0; i < w->n && w->n > 1; i++) {
        if (w->rational) { /* g = 0: no complaint, a bound */
            RH_TRY(push(&w->active, (row){1U << i, 0, 0, w->v[1U << i] / w->scale}, err));
        }
        RH_TRY(activate(w, 1U << i, err));
        if (w->n > 2) {
            RH_TRY(activate(w, w->all ^ 1U << i, err));
        }
    }
    w->x[0] = w->v[w->all] / w->scale; /* one player */
    while (w->span.rank < w->n) {
        RH_TRY(one_level(w, err));
    }
    return polish(w, err);
}

rh_status
rh_game_nucleolus_find(const double *v, unsigned n, enum rh_complaint complaint, bool rational,
                       rh_game_nucleolus *out, rh_err *err)
{
    work *w;
    *out = (rh_game_nucleolus){0};
    RH_NEW(w, 1, err);
    w->v = v;
    w->n = n;
    w->all = (1U << n) - 1;
    w->complaint = complaint;
    w->rational = rational;
    w->scale = rh_game_scale(v, n);
    w->scale = w->scale > 0 ? w->scale : 1;
    w->seen = rh_alloc(((size_t)1 << n) / 64 + 1, sizeof *w->seen);
    rh_status status = w->seen != NULL
                           ? find(w, err)
                           : rh_fail(err, RH_MEMORY, "Not enough memory for %u players.", n);
    for (unsigned i = 0; i < n && status == RH_OK; i++) {
        out->x[i] = w->scale * w->x[i];
    }
    /* ε has the unit of v/g: g was scaled where it is a value itself */
    bool of_value = complaint == RH_PROPORTIONAL || complaint == RH_DISRUPTION;
    out->complaint = w->first * (of_value ? 1 : w->scale);
    out->levels = w->levels;
    rh_free(w->active.row);
    rh_free(w->tight.row);
    rh_free(w->settled.row);
    rh_free(w->seen);
    rh_free(w);
    return status;
}

rh_status
rh_game_modiclus(const double *v, unsigned n, double *x, rh_err *err)
{
    const uint32_t all = (1U << n) - 1;
    rh_game_nucleolus found;
    double *cover;
    if (n > RH_SUMS_PLAYERS / 2) {
        return rh_fail(err, RH_INPUT, "The modiclus is found for up to %d players, not %u.",
                       RH_SUMS_PLAYERS / 2, n);
    }
    RH_NEW(cover, (size_t)1 << (2 * n), err);
    for (uint32_t t = 0; t <= all; t++) {
        double dual_t = v[all] - v[all ^ t];
        for (uint32_t s = 0; s <= all; s++) {
            double a = v[s] + dual_t, b = v[all] - v[all ^ s] + v[t];
            cover[(size_t)t << n | s] = a > b ? a : b;
        }
    }
    rh_status status = rh_game_nucleolus_find(cover, 2 * n, RH_PLAIN, false, &found, err);
    for (unsigned i = 0; i < n && status == RH_OK; i++) {
        x[i] = found.x[i];
    }
    rh_free(cover);
    return status;
}

rh_status
rh_game_simplified_modiclus(const double *v, unsigned n, double *x, rh_err *err)
{
    const uint32_t all = (1U << n) - 1;
    rh_game_nucleolus found;
    double *mean;
    RH_NEW(mean, (size_t)1 << n, err);
    for (uint32_t s = 0; s <= all; s++) {
        mean[s] = 0.5 * (v[s] + v[all] - v[all ^ s]);
    }
    rh_status status = rh_game_nucleolus_find(mean, n, RH_PLAIN, false, &found, err);
    for (unsigned i = 0; i < n && status == RH_OK; i++) {
        x[i] = found.x[i];
    }
    rh_free(mean);
    return status;
}
