/* Cases of peers: weights, their combinations, and scores from a matrix (vectors topic "composite"; see vectors.h). Each expected key
 * names its method ("critic_w[2]", "mpi_neg:Berlin"), or else params.method or the title does. Cases with a key that no method here
 * knows are another test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "evaluate/aggregate_doubt.h"
#include "evaluate/aggregate_ideal.h"
#include "evaluate/aggregate_mean.h"
#include "evaluate/aggregate_mpi.h"
#include "evaluate/aggregate_outrank.h"
#include "evaluate/weights_ahp.h"
#include "evaluate/weights_column.h"
#include "evaluate/weights_combine.h"
#include "evaluate/weights_critic.h"
#include "evaluate/weights_entropy.h"
#include "evaluate/weights_loss.h"
#include "evaluate/weights_pca.h"
#include "evaluate/weights_spread.h"
#include "must.h"
#include "vectors.h"

enum { MOST = 4096 };

typedef struct problem {
    vector_case *c;
    uint32_t n, m;
    double *x; /* n × m, column-major */
    char **unit;
    int direction[MOST];
    bool directed; /* the case gives directions */
    double weight[MOST];
    double w[MOST], score[MOST]; /* scratch */
    char prefix[200];
} problem;

/* ---- what the case says ---- */

static bool
has_word(const char *text, const char *word)
{
    return strcasestr(text, word) != NULL;
}

/* All strings of a JSON value. */
static void
gather(const json_t *value, char *to, size_t size)
{
    const char *key;
    const json_t *part;
    size_t at;
    if (json_is_string(value)) {
        strncat(to, " ", size - strlen(to) - 1);
        strncat(to, json_string_value(value), size - strlen(to) - 1);
    } else if (json_is_array(value)) {
        json_array_foreach(value, at, part)
        {
            gather(part, to, size);
        }
    } else if (json_is_object(value)) {
        json_object_foreach((json_t *)(uintptr_t)value, key, part)
        {
            gather(part, to, size);
        }
    }
}

static bool
says(const vector_case *c, const char *key, const char *word)
{
    char text[2000] = "";
    gather(key == NULL ? c->json : json_object_get(c->params, key), text, sizeof text);
    return has_word(text, word);
}

static double
number_of(const vector_case *c, const char *key, double usual)
{
    const json_t *value = json_object_get(c->params, key);
    return json_is_number(value) ? json_number_value(value) : usual;
}

static int
sign_of(const json_t *value)
{
    const char *text = json_string_value(value);
    if (text != NULL) {
        return text[0] == '-' || has_word(text, "neg") || has_word(text, "cost") ? -1 : 1;
    }
    return json_number_value(value) < 0 ? -1 : 1;
}

static void
read_directions(problem *p)
{
    static const char *const name[] = {"types", "index", "directions", "direction", "polarity"};
    for (uint32_t j = 0; j < p->m; j++) {
        p->direction[j] = 1;
    }
    for (size_t k = 0; k < sizeof name / sizeof *name; k++) {
        const json_t *list = json_object_get(p->c->params, name[k]), *value;
        size_t j;
        json_array_foreach(list, j, value)
        {
            p->direction[j] = sign_of(value);
            p->directed = true;
        }
    }
}

/* The matrix: all columns whose first cell is a number; the others name the units. */
static void
read_matrix(problem *p, const char *file)
{
    rh_csv *csv = vector_open(p->c, file);
    assert_non_null(csv);
    p->n = rh_csv_rows(csv);
    p->x = calloc((size_t)p->n * rh_csv_columns(csv), sizeof *p->x);
    p->unit = calloc(p->n, sizeof *p->unit);
    for (uint32_t column = 0; column < rh_csv_columns(csv); column++) {
        char *end;
        const char *text = rh_csv_text(csv, 0, (int)column);
        (void)strtod(text, &end);
        bool numeric = end != text && *end == '\0';
        for (uint32_t i = 0; i < p->n; i++) {
            if (numeric) {
                p->x[(size_t)p->m * p->n + i] = rh_csv_number(csv, i, (int)column);
            } else if (p->unit[i] == NULL) {
                p->unit[i] = strdup(rh_csv_text(csv, i, (int)column));
            }
        }
        p->m += numeric;
    }
    rh_csv_free(csv);
    read_directions(p);
    for (uint32_t j = 0; j < p->m; j++) {
        p->weight[j] = 1.0 / p->m;
    }
}

/* weights.csv with columns weight and type, or params.weights. */
static void
read_weights(problem *p)
{
    const json_t *list = json_object_get(p->c->params, "weights"), *value;
    size_t j;
    json_array_foreach(list, j, value)
    {
        p->weight[j] = json_number_value(value);
    }
    rh_csv *csv = vector_has(p->c, "weights.csv") ? vector_open(p->c, "weights.csv") : NULL;
    int weight = csv != NULL ? rh_csv_find(csv, "weight") : -1;
    int type = csv != NULL ? rh_csv_find(csv, "type") : -1;
    for (uint32_t i = 0; csv != NULL && i < rh_csv_rows(csv) && i < p->m; i++) {
        p->weight[i] = weight >= 0 ? rh_csv_number(csv, i, weight) : p->weight[i];
        p->direction[i] =
            type >= 0 && rh_csv_text(csv, i, type)[0] == '-' ? -1 : p->direction[i];
    }
    rh_csv_free(csv);
}

/* ---- answers under a prefix ---- */

static void
give(const problem *p, const double *value, uint32_t count)
{
    for (uint32_t k = 0; k < count; k++) {
        vector_set(p->c, value[k], "%s[%u]", p->prefix, k + 1);
        if (p->unit != NULL && k < p->n && p->unit[k] != NULL) {
            vector_set(p->c, value[k], "%s:%s", p->prefix, p->unit[k]);
        }
    }
}

/* Weights as they are, or 100 Σ w z for a key of scores. */
static void
give_weights_or_scores(problem *p, const double *z)
{
    if (!has_word(p->prefix, "score")) {
        give(p, p->w, p->m);
        return;
    }
    for (uint32_t i = 0; i < p->n; i++) {
        p->score[i] = 0;
        for (uint32_t j = 0; j < p->m; j++) {
            p->score[i] += 100 * p->w[j] * z[(size_t)j * p->n + i];
        }
    }
    give(p, p->score, p->n);
}

static void
rescale(const problem *p, double low, double high, double *z)
{
    for (uint32_t j = 0; j < p->m; j++) {
        size_t at = (size_t)j * p->n;
        rh_column_scale(p->x + at, p->n, p->direction[j], low, high, z + at);
    }
}

/* R's mathmodels takes columns without a direction as they are, pymcdm as benefits. */
static bool
as_it_is(const problem *p)
{
    return !p->directed && says(p->c, NULL, "mathmodels");
}

static void
solve_entropy(problem *p)
{
    rh_err err = {0};
    if (as_it_is(p)) {
        memset(p->direction, 0, sizeof p->direction);
    }
    double epsilon = number_of(p->c, "epsilon", 0.002);
    bool textbook =
        p->directed || as_it_is(p) || json_object_get(p->c->params, "epsilon") != NULL;
    double *z = calloc((size_t)p->n * p->m, sizeof *z);
    if (textbook) {
        must(rh_weights_entropy_textbook(p->x, p->n, p->m, p->direction, epsilon, p->w, NULL,
                                         &err),
             &err);
        rh_entropy_rescale(p->x, p->n, p->m, p->direction, epsilon, z);
    } else {
        must(rh_weights_entropy(p->x, p->n, p->m, p->w, NULL, &err), &err);
    }
    give_weights_or_scores(p, z);
    free(z);
}

static void
solve_critic(problem *p)
{
    rh_err err = {0};
    rh_critic how = {.scale = p->directed   ? RH_CRITIC_DIRECTED
                              : as_it_is(p) ? RH_CRITIC_AS_IT_IS
                                            : RH_CRITIC_BENEFIT};
    how.entropy_epsilon =
        has_word(p->prefix, "entropy") ? number_of(p->c, "epsilon", 0.002) : 0;
    how.correlation = has_word(p->prefix, "spearman")  ? RH_CORRELATION_SPEARMAN
                      : has_word(p->prefix, "kendall") ? RH_CORRELATION_KENDALL
                                                       : RH_CORRELATION_PEARSON;
    must(rh_weights_critic(&how, p->x, p->n, p->m, p->direction, p->w, &err), &err);
    double *z = calloc((size_t)p->n * p->m, sizeof *z);
    if (how.scale == RH_CRITIC_AS_IT_IS) {
        memcpy(z, p->x, (size_t)p->n * p->m * sizeof *z);
    } else {
        rescale(p, 0, 1, z);
    }
    give_weights_or_scores(p, z);
    free(z);
}

static void
solve_merec(problem *p)
{
    rh_err err = {0};
    must(rh_weights_merec(p->x, p->n, p->m, p->direction, p->w, &err), &err);
    give(p, p->w, p->m);
}

static void
solve_cilos(problem *p)
{
    rh_err err = {0};
    must(rh_weights_cilos(p->x, p->n, p->m, p->direction, p->w, &err), &err);
    give(p, p->w, p->m);
}

static void
solve_idocriw(problem *p)
{
    rh_err err = {0};
    must(rh_weights_idocriw(p->x, p->n, p->m, p->direction, p->w, &err), &err);
    give(p, p->w, p->m);
}

static void
solve_spread(problem *p, enum rh_spread kind)
{
    rh_err err = {0};
    must(rh_weights_spread(kind, p->x, p->n, p->m, p->w, &err), &err);
    give(p, p->w, p->m);
}

static void
solve_deviation(problem *p)
{
    solve_spread(p, RH_SPREAD_DEVIATION);
}

static void
solve_variance(problem *p)
{
    solve_spread(p, RH_SPREAD_VARIANCE);
}

static void
solve_variation(problem *p)
{
    solve_spread(p, RH_SPREAD_VARIATION);
}

static void
solve_gini(problem *p)
{
    solve_spread(p, RH_SPREAD_GINI);
}

static void
solve_angle(problem *p)
{
    solve_spread(p, RH_SPREAD_ANGLE);
}

static void
solve_equal(problem *p)
{
    for (uint32_t j = 0; j < p->m; j++) {
        p->w[j] = 1.0 / p->m;
    }
    give(p, p->w, p->m);
}

/* Weights of R's mathmodels: standardised columns, `nfs` components, varimax; scores Σ w z; or Compind's eigenvalue shares. */
static void
solve_components(problem *p)
{
    rh_err err = {0};
    rh_pca pca;
    rh_pca_report report;
    bool squared = has_word(p->prefix, "squared") || says(p->c, "loading", "squared") ||
                   says(p->c, "weighting", "squared");
    rh_pca_how how = {.rule = squared ? RH_PCA_SQUARED : RH_PCA_ABSOLUTE,
                      .keep = (uint32_t)number_of(p->c, "nfs", 0),
                      .no_rotation = json_is_false(json_object_get(p->c->params, "varimax")) ||
                                     has_word(p->prefix, "unrotated")};
    must(rh_pca_init(&pca, p->x, p->n, p->m, p->direction, &err), &err);
    if (has_word(p->prefix, "lambda") || has_word(p->prefix, "eigen")) {
        give(p, pca.value, p->m);
    } else if (has_word(p->prefix, "varP") || has_word(p->prefix, "share")) {
        for (uint32_t k = 0; k < p->m; k++) {
            p->w[k] = pca.value[k] / p->m;
        }
        give(p, p->w, p->m);
    } else {
        must(rh_pca_weights(&pca, &how, p->w, &report, &err), &err);
        vector_set(p->c, report.explained, "%s", p->prefix);
        double *z = calloc((size_t)p->n * p->m, sizeof *z);
        for (uint32_t j = 0; j < p->m; j++) {
            rh_column_facts f = rh_column_measure(p->x + (size_t)j * p->n, p->n);
            for (uint32_t i = 0; i < p->n; i++) {
                double off = (p->x[(size_t)j * p->n + i] - f.mean) / f.deviation;
                z[(size_t)j * p->n + i] = p->direction[j] * off / 100;
            }
        }
        give_weights_or_scores(p, z);
        free(z);
    }
    rh_pca_release(&pca);
}

static void
solve_topsis(problem *p)
{
    rh_err err = {0};
    char said[400] = "";
    gather(json_object_get(p->c->params, "topsis_normalise"), said, sizeof said);
    gather(json_object_get(p->c->params, "normalise"), said, sizeof said);
    gather(json_object_get(p->c->params, "normalisation"), said, sizeof said);
    bool of_pymcdm = says(p->c, NULL, "pymcdm");
    enum rh_topsis_scale scale =
        has_word(p->prefix, "vector") || has_word(said, "vector")   ? RH_TOPSIS_VECTOR
        : has_word(p->prefix, "minmax") || has_word(said, "minmax") ? RH_TOPSIS_RANGE
        : has_word(said, "sum")                                     ? RH_TOPSIS_SUM
        : has_word(said, "max")                                     ? RH_TOPSIS_MAXIMUM
        : of_pymcdm                                                 ? RH_TOPSIS_RANGE
                                                                    : RH_TOPSIS_VECTOR;
    must(rh_aggregate_topsis(scale, p->x, p->n, p->m, p->direction, p->weight, p->score, &err),
         &err);
    give(p, p->score, p->n);
}

static void
solve_vikor(problem *p)
{
    rh_err err = {0};
    double s[MOST], r[MOST], v = number_of(p->c, "vikor_v", number_of(p->c, "v", 0.5));
    must(rh_aggregate_vikor(p->x, p->n, p->m, p->direction, p->weight, v, p->score, s, r, &err),
         &err);
    size_t length = strlen(p->prefix);
    char last = length > 2 && p->prefix[length - 2] == '_' ? p->prefix[length - 1] : 'Q';
    give(p, last == 'S' ? s : last == 'R' ? r : p->score, p->n);
}

/* "polarity NEG,POS" inside a sentence. */
static void
directions_in_words(problem *p, const char *text)
{
    const char *at = strstr(text, "polarity");
    for (uint32_t j = 0; at != NULL && j < p->m; j++) {
        const char *up = strstr(at, "POS"), *down = strstr(at, "NEG");
        const char *next = down == NULL || (up != NULL && up < down) ? up : down;
        if (next == NULL) {
            return;
        }
        p->direction[j] = next == down ? -1 : 1;
        at = next + 3;
    }
}

static void
solve_mpi(problem *p)
{
    rh_err err = {0};
    bool adjusted = has_word(p->prefix, "ampi");
    double *z = calloc((size_t)p->n * p->m, sizeof *z);
    const char *text =
        json_string_value(json_object_get(p->c->params, adjusted ? "ampi" : "mpi"));
    directions_in_words(p, text != NULL ? text : "");
    const json_t *posts = json_object_get(p->c->params, "gp");
    for (uint32_t j = 0; j < p->m; j++) {
        const double *column = p->x + (size_t)j * p->n;
        rh_column_facts f = rh_column_measure(column, p->n);
        const json_t *post = json_array_get(posts, j);
        double reference = post != NULL ? json_number_value(post) : f.mean;
        if (adjusted) {
            rh_mpi_goalposts(column, p->n, p->direction[j], reference, z + (size_t)j * p->n);
        }
        for (uint32_t i = 0; i < p->n && !adjusted; i++) {
            z[(size_t)j * p->n + i] =
                100 + p->direction[j] * 10 * (column[i] - f.mean) / f.deviation;
        }
    }
    /* Compind's words: MPI "POS" means 1 − cv²; AMPI "NEG" means minus. */
    bool pos = has_word(p->prefix, "pos");
    int sign = adjusted ? (pos ? 1 : -1) : (pos ? -1 : 1);
    must(rh_aggregate_mpi(z, p->n, p->m, NULL, sign, !adjusted, p->score, &err), &err);
    give(p, p->score, p->n);
    free(z);
}

static void
solve_doubt(problem *p)
{
    rh_err err = {0};
    bool bounded = has_word(p->prefix, "constr") || has_word(p->prefix, "bound");
    double low = bounded ? number_of(p->c, "low_w", number_of(p->c, "low", 0)) : 0;
    double high = bounded ? number_of(p->c, "up_w", number_of(p->c, "high", 1)) : 1;
    double *z = calloc((size_t)p->n * p->m, sizeof *z);
    int up[MOST];
    memcpy(up, p->direction, sizeof up);
    for (uint32_t j = 0; j < p->m && !p->directed; j++) {
        p->direction[j] = 1;
    }
    rescale(p, 0, 1, z);
    memcpy(p->direction, up, sizeof up);
    must(rh_aggregate_doubt(z, p->n, p->m, low, high, p->score, NULL, &err), &err);
    give(p, p->score, p->n);
    free(z);
}

/* R's grey_corr: the columns of the matrix are compared with the sequence params.ref; without it, rows with the best of each column. */
static void
solve_grey(problem *p)
{
    rh_err err = {0};
    double rho = number_of(p->c, "rho", 0.5), *z = calloc((size_t)p->n * p->m, sizeof *z);
    double reference[MOST], even[MOST];
    const json_t *given = json_object_get(p->c->params, "ref"), *value;
    size_t at;
    json_array_foreach(given, at, value)
    {
        reference[at] = json_number_value(value);
        even[at] = 1.0 / p->n;
    }
    if (given != NULL) {
        for (uint32_t i = 0; i < p->n; i++) {
            for (uint32_t j = 0; j < p->m; j++) {
                z[(size_t)i * p->m + j] = p->x[(size_t)j * p->n + i];
            }
        }
        must(rh_aggregate_grey(z, p->m, p->n, reference, even, rho, p->score, &err), &err);
        give(p, p->score, p->m);
    } else {
        rescale(p, 0, 1, z);
        must(rh_aggregate_grey(z, p->n, p->m, NULL, p->weight, rho, p->score, &err), &err);
        give(p, p->score, p->n);
    }
    free(z);
}

static void
solve_copeland(problem *p)
{
    rh_err err = {0};
    must(rh_aggregate_copeland(p->x, p->n, p->m, p->weight, p->score, &err), &err);
    give(p, p->score, p->n);
}

static void
solve_outrank(problem *p)
{
    rh_err err = {0};
    double *e = calloc((size_t)p->n * p->n, sizeof *e), dominant;
    must(rh_outrank_matrix(p->x, p->n, p->m, p->weight, e, &dominant, &err), &err);
    for (uint32_t i = 0; i < p->n; i++) {
        for (uint32_t k = 0; k < p->n; k++) {
            vector_set(p->c, e[(size_t)i * p->n + k], "%s[%u,%u]", p->prefix, i + 1, k + 1);
        }
    }
    vector_set(p->c, dominant, "%s", p->prefix);
    free(e);
}

static void
solve_mean(problem *p)
{
    rh_err err = {0};
    enum rh_mean kind =
        has_word(p->prefix, "gmean") || has_word(p->prefix, "geom")   ? RH_MEAN_GEOMETRIC
        : has_word(p->prefix, "hmean") || has_word(p->prefix, "harm") ? RH_MEAN_HARMONIC
                                                                      : RH_MEAN_ARITHMETIC;
    must(rh_aggregate_mean(kind, p->x, p->n, p->m, p->weight, 0, p->score, &err), &err);
    give(p, p->score, p->n);
}

/* ---- judgements, and sets of weights ---- */

static void
solve_ahp(problem *p)
{
    rh_err err = {0};
    rh_ahp r;
    char name[40];
    snprintf(name, sizeof name, "RI_n%u", p->m);
    double *a = calloc((size_t)p->m * p->m, sizeof *a), index = number_of(p->c, name, 0);
    for (uint32_t i = 0; i < p->m; i++) {
        for (uint32_t j = 0; j < p->m; j++) {
            a[(size_t)i * p->m + j] = p->x[(size_t)j * p->n + i];
        }
    }
    must(rh_ahp_eigenvector(a, p->m, index, p->w, &r, &err), &err);
    if (has_word(p->prefix, "lambda") || has_word(p->prefix, "lmax")) {
        vector_set(p->c, r.lambda, "%s", p->prefix);
    } else if (has_word(p->prefix, "CI")) {
        vector_set(p->c, r.index, "%s", p->prefix);
    } else if (has_word(p->prefix, "CR")) {
        vector_set(p->c, r.ratio, "%s", p->prefix);
    } else {
        if (has_word(p->prefix, "geom")) {
            must(rh_ahp_geometric(a, p->m, p->w, &err), &err);
        }
        give(p, p->w, p->m);
    }
    free(a);
}

static void
solve_combination(problem *p)
{
    rh_err err = {0};
    enum rh_combine how = has_word(p->prefix, "game_linear") ? RH_COMBINE_GAME
                          : has_word(p->prefix, "game") || has_word(p->prefix, "geom")
                              ? RH_COMBINE_GEOMETRIC
                          : has_word(p->prefix, "mult") ? RH_COMBINE_MULTIPLICATIVE
                                                        : RH_COMBINE_LINEAR;
    double alpha = number_of(p->c, "alpha", 0.5);
    must(rh_weights_combine(how, p->x, p->m, p->n, alpha, p->w, NULL, &err), &err);
    give(p, p->w, p->n);
}

static const struct method {
    const char *word;
    void (*solve)(problem *p);
} methods[] = {
    {"idocriw", solve_idocriw},   {"cilos", solve_cilos},
    {"merec", solve_merec},       {"critic", solve_critic},
    {"entropy", solve_entropy},   {"topsis", solve_topsis},
    {"closeness", solve_topsis},  {"vikor", solve_vikor},
    {"mpi", solve_mpi},           {"bod", solve_doubt},
    {"grey", solve_grey},         {"gra", solve_grey},
    {"copeland", solve_copeland}, {"outrank", solve_outrank},
    {"gini", solve_gini},         {"angle", solve_angle},
    {"variance", solve_variance}, {"variation", solve_variation},
    {"cv_w", solve_variation},    {"cv", solve_variation},
    {"std", solve_deviation},     {"deviation", solve_deviation},
    {"pca", solve_components},    {"component", solve_components},
    {"equal", solve_equal},       {"amean", solve_mean},
    {"gmean", solve_mean},        {"hmean", solve_mean},
    {"linear_sum", solve_mean},
};

static const struct method *
method_in(const char *text)
{
    for (size_t k = 0; k < sizeof methods / sizeof *methods; k++) {
        if (has_word(text, methods[k].word)) {
            return &methods[k];
        }
    }
    return NULL;
}

/* By the key; a key without a method ("w", "w_full", "score") by params.method, then by the title. */
static const struct method *
method_of(const vector_case *c, const char *prefix)
{
    static const char *const plain[] = {"w", "w_full", "score", "weights",
                                        "s", "lambda", "varP",  "cum_contrib"};
    const struct method *found = method_in(prefix);
    bool is_plain = false;
    for (size_t k = 0; k < sizeof plain / sizeof *plain; k++) {
        is_plain = is_plain || strcmp(prefix, plain[k]) == 0;
    }
    if (found == NULL && is_plain) {
        char text[1000] = "";
        gather(json_object_get(c->params, "method"), text, sizeof text);
        found = method_in(text);
        gather(json_object_get(c->json, "title"), text, sizeof text);
        found = found != NULL ? found : method_in(text);
    }
    return found;
}

static void
prefix_of(const char *key, char prefix[static 200])
{
    size_t length = strcspn(key, "[:");
    snprintf(prefix, 200, "%.*s", (int)length, key);
}

static bool
is_mine(vector_case *c)
{
    for (uint32_t k = 0; k < c->n_expected; k++) {
        char prefix[200];
        prefix_of(c->key[k], prefix);
        if (method_of(c, prefix) == NULL) {
            return false;
        }
    }
    return true;
}

static void
solve_each(problem *p, void (*solve)(problem *p))
{
    for (uint32_t k = 0; k < p->c->n_expected; k++) {
        char prefix[200];
        prefix_of(p->c->key[k], prefix);
        if (strcmp(prefix, p->prefix) == 0) {
            continue; /* answered with the key before */
        }
        snprintf(p->prefix, sizeof p->prefix, "%s", prefix);
        const struct method *method = solve == NULL ? method_of(p->c, prefix) : NULL;
        (method != NULL ? method->solve : solve)(p);
    }
}

/* The table of the case: its first input that is not one of weights. */
static const char *
matrix_of(const vector_case *c)
{
    const json_t *inputs = json_object_get(c->json, "inputs"), *name;
    size_t at;
    json_array_foreach(inputs, at, name)
    {
        if (strcmp(json_string_value(name), "weights.csv") != 0 &&
            vector_has(c, json_string_value(name))) {
            return json_string_value(name);
        }
    }
    return NULL;
}

static void
solve(vector_case *c)
{
    problem *p = calloc(1, sizeof *p);
    p->c = c;
    const char *matrix = matrix_of(c);
    bool judgements = matrix != NULL && (strcmp(matrix, "pairwise.csv") == 0 ||
                                         says(c, "method", "ahp") || vector_wants(c, "ahp"));
    if (judgements) {
        read_matrix(p, matrix);
        solve_each(p, solve_ahp);
    } else if (matrix == NULL && vector_has(c, "weights.csv")) {
        read_matrix(p, "weights.csv");
        solve_each(p, solve_combination);
    } else if (matrix != NULL && is_mine(c)) {
        read_matrix(p, matrix);
        read_weights(p);
        solve_each(p, NULL);
    } else {
        vector_pass(c);
    }
    for (uint32_t i = 0; i < p->n && p->unit != NULL; i++) {
        free(p->unit[i]);
    }
    free(p->unit);
    free(p->x);
    free(p);
}

static void
test_weights_and_scores_agree_with_peers(void **state)
{
    (void)state;
    vectors_walk("composite", solve);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights_and_scores_agree_with_peers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
