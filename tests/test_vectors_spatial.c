/* Cases of peers on spatial statistics (vectors.h): esda and spdep. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/mem.h"
#include "evaluate/spatial_geary.h"
#include "evaluate/spatial_getis.h"
#include "evaluate/spatial_join.h"
#include "evaluate/spatial_lee.h"
#include "evaluate/spatial_near.h"
#include "vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { COLUMNS = 24 };

/* What a case holds. */
typedef struct problem {
    vector_case *c;
    char *text; /* the whole case.json, to look for words in */
    uint32_t n;
    unsigned n_columns;
    const char *name[COLUMNS];
    const char **text_of[COLUMNS]; /* cells; numbers of other columns are ranks of their text */
    double *column[COLUMNS];       /* all numeric columns but id and coordinates */
    double *px, *py;               /* coordinates */
    rh_weights raw, w;
    enum rh_weight_style style;
    void **owned; /* what is freed at the end */
    size_t n_owned;
} problem;

static void *
own(problem *p, void *thing)
{
    p->owned = realloc(p->owned, (p->n_owned + 1) * sizeof *p->owned);
    return p->owned[p->n_owned++] = thing;
}

#define MUST(call)                                                                             \
    do {                                                                                       \
        rh_err must_err_ = {0};                                                                \
        if ((call) != RH_OK) {                                                                 \
            fail_msg("%s", must_err_.text);                                                    \
        }                                                                                      \
    } while (0)
#define ERR (&must_err_)

static bool
says(const problem *p, const char *word)
{
    return strcasestr(p->text, word) != NULL;
}

static const char *
param_text(const problem *p, const char *const *keys)
{
    for (; *keys != NULL; keys++) {
        const char *s = json_string_value(json_object_get(p->c->params, *keys));
        if (s != NULL) {
            return s;
        }
    }
    return NULL;
}

static double
param_number(const problem *p, const char *const *keys, double fallback)
{
    for (; *keys != NULL; keys++) {
        json_t *v = json_object_get(p->c->params, *keys);
        if (json_is_number(v)) {
            return json_number_value(v);
        }
    }
    return fallback;
}

/* Numbers of a column; a column of words gets their ranks. */
static double *
numbers_of(problem *p, rh_csv *data, int column, const char **text)
{
    uint32_t n = p->n;
    double *v = own(p, calloc(n, sizeof *v));
    bool words = false;
    for (uint32_t i = 0; i < n; i++) {
        char *end;
        text[i] = own(p, strdup(rh_csv_text(data, i, column)));
        v[i] = strtod(text[i], &end);
        words = words || end == text[i];
    }
    for (uint32_t i = 0; i < n && words; i++) {
        v[i] = 0;
        for (uint32_t j = 0; j < n; j++) {
            v[i] += strcmp(text[j], text[i]) < 0;
        }
    }
    return v;
}

static void
read_data(problem *p)
{
    rh_csv *data = vector_open(p->c, "data.csv");
    assert_non_null(data);
    p->n = rh_csv_rows(data);
    for (uint32_t c = 0; c < rh_csv_columns(data); c++) {
        const char *name = rh_csv_header(data, c);
        const char **text = own(p, calloc(p->n, sizeof *text));
        double *v = numbers_of(p, data, (int)c, text);
        bool x = strcasecmp(name, "px") == 0 || strcasecmp(name, "coord_x") == 0 ||
                 strcasecmp(name, "lon") == 0;
        bool y = strcasecmp(name, "py") == 0 || strcasecmp(name, "coord_y") == 0 ||
                 strcasecmp(name, "lat") == 0;
        if (x) {
            p->px = v;
        } else if (y) {
            p->py = v;
        } else if (strcasecmp(name, "id") != 0 && p->n_columns < COLUMNS) {
            p->name[p->n_columns] = own(p, strdup(name));
            p->text_of[p->n_columns] = text;
            p->column[p->n_columns++] = v;
        }
    }
    rh_csv_free(data);
}

static double *
column_named(const problem *p, const char *name)
{
    for (unsigned c = 0; name != NULL && c < p->n_columns; c++) {
        if (strcasecmp(p->name[c], name) == 0) {
            return p->column[c];
        }
    }
    return NULL;
}

/* x and y are coordinates when the weights have to be made of points. */
static void
read_points(problem *p)
{
    const char *files[] = {"points.csv", "coords.csv"};
    for (int f = 0; f < 2 && p->px == NULL; f++) {
        rh_csv *points = vector_open(p->c, files[f]);
        int x = points != NULL ? rh_csv_find(points, "x") : -1,
            y = points != NULL ? rh_csv_find(points, "y") : -1;
        if (x >= 0 && y >= 0) {
            p->px = own(p, calloc(p->n, sizeof(double)));
            p->py = own(p, calloc(p->n, sizeof(double)));
            for (uint32_t i = 0; i < p->n && i < rh_csv_rows(points); i++) {
                p->px[i] = rh_csv_number(points, i, x);
                p->py[i] = rh_csv_number(points, i, y);
            }
        }
        rh_csv_free(points);
    }
    if (p->px == NULL && column_named(p, "x") != NULL && column_named(p, "y") != NULL) {
        p->px = column_named(p, "x");
        p->py = column_named(p, "y");
        unsigned kept = 0;
        for (unsigned c = 0; c < p->n_columns; c++) {
            if (p->column[c] != p->px && p->column[c] != p->py) {
                p->column[kept] = p->column[c];
                p->text_of[kept] = p->text_of[c];
                p->name[kept++] = p->name[c];
            }
        }
        p->n_columns = kept;
    }
}

static void
read_weights(problem *p)
{
    rh_csv *edges = vector_open(p->c, "edges.csv");
    if (edges == NULL) {
        edges = vector_open(p->c, "weights.csv");
    }
    if (edges != NULL) {
        uint32_t m = rh_csv_rows(edges);
        rh_link *link = calloc(m + 1, sizeof *link);
        int w = rh_csv_columns(edges) > 2 ? 2 : -1;
        for (uint32_t e = 0; e < m; e++) {
            link[e] = (rh_link){(uint32_t)rh_csv_number(edges, e, 0) - 1,
                                (uint32_t)rh_csv_number(edges, e, 1) - 1,
                                w < 0 ? 1 : rh_csv_number(edges, e, w)};
        }
        MUST(rh_weights_from_links(p->n, link, m, &p->raw, ERR));
        free(link);
        rh_csv_free(edges);
        return;
    }
    read_points(p);
    assert_non_null(p->px);
    rh_points points = {p->n, p->px, p->py, says(p, "haversine") || says(p, "arc")};
    double k = param_number(p, (const char *[]){"k", "knn", NULL}, 0);
    double band = param_number(
        p, (const char *[]){"threshold", "band", "distance", "bandwidth", NULL}, 0);
    if (k > 0) {
        MUST(rh_weights_nearest(&points, (uint32_t)k, &p->raw, ERR));
    } else {
        MUST(rh_weights_band(&points, band, 0, &p->raw, ERR));
    }
}

static enum rh_weight_style
style_of(const problem *p)
{
    const char *t =
        param_text(p, (const char *[]){"transform", "transformation", "style", NULL});
    if (t == NULL || strncasecmp(t, "row", 3) == 0 || strcasecmp(t, "r") == 0 ||
        strcmp(t, "W") == 0) {
        return RH_WEIGHT_ROW;
    }
    return strncasecmp(t, "b", 1) == 0                               ? RH_WEIGHT_BINARY
           : strncasecmp(t, "v", 1) == 0 || strcmp(t, "S") == 0      ? RH_WEIGHT_VARIANCE
           : strncasecmp(t, "d", 1) == 0                             ? RH_WEIGHT_DOUBLE
           : strcmp(t, "C") == 0 || strncasecmp(t, "global", 6) == 0 ? RH_WEIGHT_GLOBAL
                                                                     : RH_WEIGHT_RAW;
}

/* One null under the names that peers give its parts: mean under E?, EI …; V?_norm, se?_norm, z_norm, p_norm. */
static void
set_null(vector_case *c, const char *letter, const char *kind, const rh_null *null)
{
    const char *prefix[] = {"", letter, NULL};
    char lower[8];
    snprintf(lower, sizeof lower, "%s", letter);
    vector_set(c, null->mean, "E%s", letter);
    vector_set(c, null->mean, "E%s_%s", letter, kind);
    vector_set(c, null->variance, "V%s_%s", letter, kind);
    vector_set(c, sqrt(null->variance), "se%s_%s", letter, kind);
    for (int i = 0; prefix[i] != NULL; i++) {
        const char *under = i == 0 ? "" : "_";
        vector_set(c, null->z, "%s%sz_%s", prefix[i], under, kind);
        vector_set(c, null->p_one, "%s%sp_%s_one_sided", prefix[i], under, kind);
        vector_set(c, null->p_two, "%s%sp_%s_two_sided", prefix[i], under, kind);
        vector_set(c, null->p_one, "%s%sp_%s_one_tailed", prefix[i], under, kind);
        vector_set(c, null->p_two, "%s%sp_%s_two_tailed", prefix[i], under, kind);
    }
}

static bool
two_sided(const problem *p)
{
    return json_is_true(json_object_get(p->c->params, "two_tailed")) ||
           json_is_true(json_object_get(p->c->params, "two_sided")) ||
           (says(p, "two-sided") || says(p, "two-tailed") || says(p, "two.sided"));
}

/* Events and base: two columns, and the case speaks of rates. */
static bool
is_rate(const problem *p)
{
    return p->n_columns >= 2 &&
           (says(p, "Moran_Rate") || says(p, "MoranRate") || says(p, "Assun") ||
            says(p, "empirical Bayes") || says(p, "EBI") || says(p, "Local_Rate") ||
            vector_wants(p->c, "rate"));
}

static bool
whole(const problem *p, unsigned column)
{
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->column[column][i] != floor(p->column[column][i])) {
            return false;
        }
    }
    return true;
}

static double
total(const problem *p, const double *column)
{
    double sum = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        sum += column[i];
    }
    return sum;
}

/* Rates of a column of events and a column of bases: as the case names them, else of two columns of whole numbers the
 * larger is the base. NULL when there are none. */
static double *
stable_rates(problem *p)
{
    double *events = column_named(
        p, param_text(p, (const char *[]){"e", "events", "event", "numerator", NULL}));
    double *base = column_named(p, param_text(p, (const char *[]){"b", "base", "population",
                                                                  "pop", "denominator", NULL}));
    for (unsigned c = 0; c < p->n_columns && (events == NULL || base == NULL); c++) {
        for (unsigned d = 0; d < p->n_columns; d++) {
            if (c != d && (p->n_columns == 2 || (whole(p, c) && whole(p, d))) &&
                total(p, p->column[d]) > total(p, p->column[c])) {
                events = events != NULL ? events : p->column[c];
                base = base != NULL ? base : p->column[d];
            }
        }
    }
    double *rate = calloc(p->n, sizeof *rate);
    if (events == NULL || base == NULL ||
        rh_rate_stable(events, base, p->n, rate, NULL) != RH_OK) {
        free(rate);
        return NULL;
    }
    for (uint32_t i = 0; i < p->n; i++) {
        vector_set(p->c, rate[i], "rate[%u]", i + 1);
    }
    return rate;
}

/* The variable of the case: as it says, else the first column that is no whole number, else the first. */
static double *
main_variable(problem *p)
{
    double *named = column_named(
        p, param_text(p, (const char *[]){"y", "variable", "column", "value", "x", NULL}));
    if (named != NULL) {
        return named;
    }
    for (unsigned c = 0; c < p->n_columns && is_rate(p); c++) {
        if (!whole(p, c)) {
            return p->column[c];
        }
    }
    return p->column[0];
}

/* A value under its name, and with a tag in front or behind. */
static void
set_tagged(vector_case *c, const char *tag, const char *name, double value)
{
    if (tag[0] == '\0') {
        vector_set(c, value, "%s", name);
        vector_set(c, value, "moran_%s", name);
    } else {
        vector_set(c, value, "%s_%s", tag, name);
        vector_set(c, value, "%s_%s", name, tag);
    }
}

static void
solve_moran(problem *p, const double *y, const char *tag)
{
    vector_case *c = p->c;
    rh_moran m;
    rh_weight_sums s;
    bool two = two_sided(p);
    if (rh_moran_global(&p->w, y, NULL, &m, NULL) != RH_OK) {
        return; /* nothing varies: a case about something else */
    }
    MUST(rh_weights_sums(&p->w, &s, ERR));
    if (tag[0] == '\0') {
        set_null(c, "I", "norm", &m.normal);
        set_null(c, "I", "rand", &m.random);
    }
    const struct {
        const char *name;
        double value;
    } known[] = {
        {"S0", s.s0},
        {"S1", s.s1},
        {"S2", s.s2},
        {"I", m.i},
        {"K", m.kurtosis},
        {"b2", m.kurtosis},
        {"EI", m.normal.mean},
        {"VI_norm", m.normal.variance},
        {"VI_rand", m.random.variance},
        {"seI_norm", sqrt(m.normal.variance)},
        {"seI_rand", sqrt(m.random.variance)},
        {"z_norm", m.normal.z},
        {"z_rand", m.random.z},
        {"VI", m.random.variance},
        {"z", m.random.z},
        {"p_norm", two ? m.normal.p_two : m.normal.p_one},
        {"p_rand", two ? m.random.p_two : m.random.p_one},
        {"p_norm_one_sided", m.normal.p_one},
        {"p_rand_one_sided", m.random.p_one},
        {"p_norm_two_sided", m.normal.p_two},
        {"p_rand_two_sided", m.random.p_two},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        set_tagged(c, tag, known[i].name, known[i].value);
    }
}

static void
set_local(vector_case *c, const rh_local *l, const char *const *values)
{
    for (uint32_t i = 0; i < l->n; i++) {
        for (int v = 0; values[v] != NULL; v++) {
            vector_set(c, l->value[i], "%s[%u]", values[v], i + 1);
        }
    }
}

static void
solve_local_moran(problem *p, const double *x, const double *y)
{
    vector_case *c = p->c;
    bool by_n = says(p, "localmoran") || (says(p, "spdep") && !says(p, "esda"));
    rh_local l;
    if (rh_moran_local(&p->w, x, y, by_n ? RH_LOCAL_BY_N : RH_LOCAL_BY_N_LESS_1, NULL, &l,
                       NULL) != RH_OK) {
        rh_local_release(&l);
        return;
    }
    set_local(c, &l, (const char *[]){"Ii", "Is", "I", "local_I", NULL});
    for (uint32_t i = 0; i < l.n; i++) {
        /* peers give the moments of the statistic scaled by n, esda too */
        double up = by_n ? 1 : l.n / (l.n - 1.0);
        rh_null null = rh_null_of(l.value[i], l.mean[i], l.variance[i]);
        int geoda[] = {0, 1, 3, 2, 4};
        vector_set(c, says(p, "geoda_quads") ? geoda[l.quadrant[i]] : l.quadrant[i],
                   "quadrant[%u]", i + 1);
        vector_set(c, l.quadrant[i], "q[%u]", i + 1);
        vector_set(c, geoda[l.quadrant[i]], "geoda_q[%u]", i + 1);
        vector_set(c, l.z[i], "z[%u]", i + 1);
        vector_set(c, l.lag[i], "lag[%u]", i + 1);
        vector_set(c, by_n && !says(p, "conditional=FALSE") ? l.mean[i] : up * l.mean_total[i],
                   by_n ? "E.Ii[%u]" : "EI[%u]", i + 1);
        vector_set(c,
                   by_n && !says(p, "conditional=FALSE") ? l.variance[i]
                                                         : up * up * l.variance_total[i],
                   by_n ? "Var.Ii[%u]" : "VI[%u]", i + 1);
        vector_set(c, null.z, by_n ? "Z.Ii[%u]" : "z_cond[%u]", i + 1);
        vector_set(c, up * l.mean[i], "EIc[%u]", i + 1);
        vector_set(c, up * up * l.variance[i], "VIc[%u]", i + 1);
    }
    rh_local_release(&l);
}

static void
solve_geary(problem *p, const double *y)
{
    vector_case *c = p->c;
    rh_geary g;
    rh_local l;
    bool two = two_sided(p);
    MUST(rh_geary_global(&p->w, y, NULL, &g, ERR));
    vector_set(c, g.c, "C");
    vector_set(c, g.c, "geary_C");
    if (vector_wants(c, "C") || vector_wants(c, "EC") || vector_wants(c, "VC")) {
        set_null(c, "C", "norm", &g.normal);
        set_null(c, "C", "rand", &g.random);
        vector_set(c, g.random.variance, "VC");
        vector_set(c, two ? g.normal.p_two : g.normal.p_one, "p_norm");
        vector_set(c, two ? g.random.p_two : g.random.p_one, "p_rand");
    }
    const double *column[COLUMNS] = {y};
    bool many = says(p, "multivariate") || says(p, "Geary_Local_MV") || says(p, "_mv");
    unsigned n = 1;
    for (unsigned k = 0; many && k < p->n_columns; k++) {
        column[k] = p->column[k];
        n = k + 1;
    }
    bool spdep = says(p, "localC") || (says(p, "spdep") && !says(p, "esda"));
    MUST(rh_geary_local(&p->w, column, n, spdep, NULL, &l, ERR));
    set_local(c, &l, (const char *[]){"c", "c_asserted", "localC", "localG", "ci", "C", NULL});
    rh_local_release(&l);
}

/* esda's variance of local G holds for binary weights only; with row-standardised ones it is wrong (a constant factor on a
 * row must not change z). This is what it computes, to check the rest of such a case. */
static double
esda_variance(const rh_local *l, const rh_weights *w, const double *y, uint32_t i, bool star)
{
    double sum = 0, squares = 0, weights = star ? w->self[i] : 0;
    double n = star ? w->n : w->n - 1.0;
    for (uint32_t j = 0; j < w->n; j++) {
        sum += j != i || star ? y[j] : 0;
        squares += j != i || star ? y[j] * y[j] : 0;
    }
    for (uint32_t e = w->start[i]; e < w->start[i + 1]; e++) {
        weights += w->w[e];
    }
    (void)l;
    double mean = sum / n;
    return weights * (n - weights) / (n - 1) / (n * n) * (squares / n - mean * mean) / mean /
           mean;
}

/* Does a key like Zs[3], star_Zs[3], Zs_R[3], B_Gs[3] ask for this kind of local G? */
static bool
key_asks(const problem *p, const char *key, bool star, enum rh_weight_style style)
{
    json_t *param = json_object_get(p->c->params, "star");
    bool some_named = vector_wants(p->c, "star") || vector_wants(p->c, "Zs_star") ||
                      vector_wants(p->c, "Gs_star") || vector_wants(p->c, "Gstar") ||
                      vector_wants(p->c, "Zstar");
    bool key_star = strcasestr(key, "star") != NULL || strchr(key, '*') != NULL ||
                    json_is_true(param) ||
                    (param == NULL && !some_named && (says(p, "star") || says(p, "G*")));
    enum rh_weight_style key_style =
        strncmp(key, "R_", 2) == 0 || strstr(key, "_R") != NULL || strstr(key, "row") != NULL
            ? RH_WEIGHT_ROW
        : strncmp(key, "B_", 2) == 0 || strstr(key, "_B") != NULL || strstr(key, "bin") != NULL
            ? RH_WEIGHT_BINARY
            : p->style;
    return key_star == star && key_style == style;
}

static void
solve_local_getis(problem *p, const double *y, bool star, enum rh_weight_style style)
{
    vector_case *c = p->c;
    rh_weights w;
    rh_local l;
    rh_err err = {0};
    MUST(rh_weights_copy(&p->raw, &w, ERR));
    if (star) {
        MUST(rh_weights_add_self(&w, ERR));
    }
    rh_weights_style(&w, style, star);
    if (rh_getis_local(&w, y, star, NULL, &l, &err) != RH_OK) {
        rh_local_release(&l);
        rh_weights_release(&w);
        return;
    }
    bool esda = style == RH_WEIGHT_ROW && says(p, "esda");
    for (uint32_t k = 0; k < c->n_expected; k++) {
        unsigned i;
        const char *bracket = strchr(c->key[k], '[');
        if (bracket == NULL || sscanf(bracket, "[%u]", &i) != 1 || i < 1 || i > l.n ||
            !key_asks(p, c->key[k], star, style)) {
            continue;
        }
        i--;
        double variance = esda ? esda_variance(&l, &w, y, i, star) : l.variance[i];
        double z = (l.value[i] - l.mean[i]) / sqrt(variance);
        char head = c->key[k][0];
        vector_set(c,
                   strcasestr(c->key[k], "p_norm") != NULL ? rh_normal_tail(fabs(z))
                   : strpbrk(c->key[k], "zZ") != NULL      ? z
                   : head == 'E'                           ? l.mean[i]
                   : head == 'V'                           ? variance
                                                           : l.value[i],
                   "%s", c->key[k]);
    }
    rh_local_release(&l);
    rh_weights_release(&w);
}

static void
solve_getis(problem *p, const double *y)
{
    vector_case *c = p->c;
    rh_getis g;
    rh_weights binary;
    rh_err err = {0};
    MUST(rh_weights_copy(&p->raw, &binary, ERR));
    rh_weights_style(&binary, RH_WEIGHT_BINARY, false);
    if (rh_getis_global(&binary, y, NULL, &g, &err) == RH_OK && !vector_wants(c, "VC") &&
        !vector_wants(c, "VI")) {
        vector_set(c, g.g, "G");
        vector_set(c, g.g, "getis_G");
        set_null(c, "G", "norm", &g.random); /* esda calls it normality */
        set_null(c, "G", "rand", &g.random);
        vector_set(c, g.random.variance, "VG");
        vector_set(c, g.random.z, "zG");
        vector_set(c, g.random.z, "z");
        vector_set(c, two_sided(p) ? g.random.p_two : g.random.p_one, "p_norm");
        vector_set(c, two_sided(p) ? g.random.p_two : g.random.p_one, "p");
    }
    rh_weights_release(&binary);
    const enum rh_weight_style style[] = {RH_WEIGHT_BINARY, RH_WEIGHT_ROW};
    for (int i = 0; i < 4; i++) {
        solve_local_getis(p, y, i % 2 == 1, style[i / 2]);
    }
}

static void
solve_pair(problem *p)
{
    vector_case *c = p->c;
    double *x = column_named(p, param_text(p, (const char *[]){"x", NULL}));
    double *y = column_named(p, param_text(p, (const char *[]){"y", NULL}));
    x = x != NULL ? x : p->column[0];
    y = y != NULL ? y : p->column[1];
    rh_lee lee;
    rh_local l;
    rh_moran m;
    MUST(rh_lee_global(&p->w, x, y, NULL, &lee, ERR));
    const char *names[] = {"L",
                           "lee_L",
                           "L_xy",
                           "association[0,1]",
                           "association[1,0]",
                           "association_[0,1]",
                           "association_[1,0]",
                           "L[0,1]",
                           "L[1,0]",
                           "L[1,2]"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        vector_set(c, lee.l, "%s", names[i]);
    }
    vector_set(c, lee.smooth_x, "association[0,0]");
    vector_set(c, lee.smooth_y, "association[1,1]");
    vector_set(c, lee.smooth_x, "L[0,0]");
    vector_set(c, lee.smooth_y, "L[1,1]");
    vector_set(c, lee.smooth_x, "L_xx");
    vector_set(c, lee.smooth_y, "L_yy");
    vector_set(c, lee.pearson, "pearson");
    vector_set(c, lee.random.mean, "EL");
    vector_set(c, lee.random.variance, "VL");
    vector_set(c, lee.random.z, "zL");
    vector_set(c, lee.random.z, "ZL");
    MUST(rh_lee_local(&p->w, x, y, NULL, &l, ERR));
    set_local(c, &l, (const char *[]){"localL", "L_local", "Li", "Ls", "L", "local_L", NULL});
    rh_local_release(&l);
    for (unsigned a = 0; a < p->n_columns; a++) {
        for (unsigned b = 0; b < p->n_columns; b++) {
            if (a != b && rh_moran_bivariate(&p->w, p->column[a], p->column[b], NULL, &m,
                                             NULL) == RH_OK) {
                vector_set(c, m.i, "I[%u,%u]", a, b);
                vector_set(c, m.i, "I(%u,%u)", a, b);
                vector_set(c, m.i, "I_%u_%u", a, b);
                vector_set(c, m.i, "I[%s,%s]", p->name[a], p->name[b]);
                vector_set(c, m.i, "I_%s_%s", p->name[a], p->name[b]);
            }
        }
    }
    if (says(p, "bivariate") || says(p, "_BV")) {
        MUST(rh_moran_bivariate(&p->w, x, y, NULL, &m, ERR));
        vector_set(c, m.i, "I");
        vector_set(c, m.i, "I_bv");
        vector_set(c, m.i, "I_xy");
        if (says(p, "local")) {
            solve_local_moran(p, x, y);
        }
    }
}

static void
solve_joins(problem *p)
{
    vector_case *c = p->c;
    double level[RH_JOIN_CLASSES];
    const char *label[RH_JOIN_CLASSES];
    unsigned k = 0;
    uint32_t *class = calloc(p->n, sizeof *class);
    const double *y = p->column[0];
    for (uint32_t i = 0; i < p->n; i++) { /* levels in rising order, as a factor has them */
        unsigned at = 0;
        while (at < k && level[at] < y[i]) {
            at++;
        }
        if (at < k && level[at] == y[i]) {
            continue;
        }
        if (k == RH_JOIN_CLASSES) {
            free(class);
            return;
        }
        memmove(level + at + 1, level + at, (k - at) * sizeof *level);
        memmove(label + at + 1, label + at, (k - at) * sizeof *label);
        level[at] = y[i];
        label[at] = p->text_of[0][i];
        k++;
    }
    for (uint32_t i = 0; i < p->n; i++) {
        while (level[class[i]] != y[i]) {
            class[i]++;
        }
    }
    rh_joins j;
    rh_weights w;
    MUST(rh_weights_copy(&p->raw, &w, ERR));
    rh_weights_style(&w, says(p, "spdep") && !says(p, "esda") ? p->style : RH_WEIGHT_BINARY,
                     false);
    if (k >= 2 && rh_join_count(&w, class, k, NULL, &j, NULL) == RH_OK) {
        const char *two[][3] = {{"WW", "ww", "ww"}, {"BB", "bb", "bb"}, {"BW", "bw", "bw"}};
        double all = 0;
        for (unsigned s = 0; s + 1 < j.n; s++) {
            const rh_join *q = &j.count[s];
            all += q->joins;
            const char *pair[] = {label[q->a], label[q->b]};
            for (int way = 0; way < 2; way++) {
                vector_set(c, q->joins, "%s:%s", pair[way], pair[!way]);
                vector_set(c, q->joins, "J[%s:%s]", pair[way], pair[!way]);
                vector_set(c, q->random.mean, "E[%s:%s]", pair[way], pair[!way]);
                vector_set(c, q->random.variance, "V[%s:%s]", pair[way], pair[!way]);
                vector_set(c, q->random.variance, "Var[%s:%s]", pair[way], pair[!way]);
                vector_set(c, q->random.z, "z[%s:%s]", pair[way], pair[!way]);
            }
            if (k == 2) {
                for (int v = 0; v < 2; v++) {
                    vector_set(c, q->joins, "%s", two[s][v]);
                    vector_set(c, q->random.mean, "E_%s", two[s][v]);
                    vector_set(c, q->random.mean, "E%s", two[s][v]);
                    vector_set(c, q->random.variance, "V_%s", two[s][v]);
                    vector_set(c, q->random.variance, "V%s", two[s][v]);
                    vector_set(c, q->random.z, "z_%s", two[s][v]);
                    vector_set(c, q->random.z, "z%s", two[s][v]);
                }
            }
        }
        const rh_join *unlike = &j.count[j.n - 1];
        vector_set(c, all, "J");
        vector_set(c, unlike->joins, "Jtot");
        vector_set(c, unlike->random.mean, "E[Jtot]");
        vector_set(c, unlike->random.variance, "V[Jtot]");
        vector_set(c, unlike->random.z, "z[Jtot]");
        vector_set(c, unlike->joins, "autocorr_neg");
        vector_set(c, all - unlike->joins, "autocorr_pos");
        vector_set(c, j.chi_square, "chi2");
        vector_set(c, j.p_chi_square, "chi2_p");
        vector_set(c, 1, "chi2_dof");
    }
    if (k == 2) {
        double *value = calloc(p->n, sizeof *value);
        rh_simulated *out = calloc(p->n, sizeof *out);
        MUST(rh_join_local(&w, class, NULL, value, out, ERR));
        for (uint32_t i = 0; i < p->n; i++) {
            vector_set(c, value[i], "LJC[%u]", i + 1);
            vector_set(c, value[i], "ljc[%u]", i + 1);
        }
        free(value);
        free(out);
    }
    rh_weights_release(&w);
    free(class);
}

static void
solve(vector_case *c)
{
    problem p = {.c = c};
    p.text = json_dumps(c->json, 0);
    read_data(&p);
    read_weights(&p);
    p.style = style_of(&p);
    MUST(rh_weights_copy(&p.raw, &p.w, ERR));
    rh_weights_style(&p.w, p.style, false);
    double *y = main_variable(&p);
    bool pairs = p.n_columns >= 2 && !is_rate(&p) &&
                 (vector_wants(c, "L") || vector_wants(c, "l") || vector_wants(c, "assoc") ||
                  says(&p, "bivariate") || says(&p, "_BV") || says(&p, "Lee"));
    if (pairs) {
        solve_pair(&p);
    }
    /* each sets only what nobody has set before: the more special first */
    if (says(&p, "Geary") || vector_wants(c, "C") || vector_wants(c, "c[")) {
        solve_geary(&p, y);
    }
    if (says(&p, "Getis") || vector_wants(c, "G") || vector_wants(c, "Z")) {
        solve_getis(&p, y);
    }
    if (says(&p, "join")) {
        solve_joins(&p);
    }
    double *rate = is_rate(&p) ? stable_rates(&p) : NULL;
    if (rate != NULL) {
        const char *tag[] = {"rate", "EB", "eb", "assuncao", "adjusted"};
        for (size_t t = 0; t < sizeof tag / sizeof *tag; t++) {
            solve_moran(&p, rate, tag[t]);
        }
        if (p.n_columns == 2) { /* nothing but events and base */
            solve_moran(&p, rate, "");
            solve_local_moran(&p, NULL, rate);
        }
        free(rate);
    }
    solve_moran(&p, y, "");
    solve_local_moran(&p, NULL, y);
    rh_weights_release(&p.raw);
    rh_weights_release(&p.w);
    free(p.text);
    while (p.n_owned > 0) {
        free(p.owned[--p.n_owned]);
    }
    free(p.owned);
}

static void
test_cases_of_peers_come_out_as_they_say(void **state)
{
    (void)state;
    vectors_walk("spatial", solve);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases_of_peers_come_out_as_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
