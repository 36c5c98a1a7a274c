/* Reading framework files: see index_framework.h. */
#include "evaluate/index_framework.h"

#include "core/datadir.h"
#include "core/mem.h"
#include "policy/yaml.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const top_keys[] = {"name",        "source",      "note",    "columns",
                                       "missing",     "outliers",    "weights", "normalisation",
                                       "aggregation", "uncertainty", "groups",  "indicators",
                                       "pairwise",    NULL};
static const char *const column_keys[] = {"unit", "label", "group", "year", NULL};
static const char *const missing_keys[] = {"fill", "least_present", "least_nonzero",
                                           "neighbours", NULL};
static const char *const outlier_keys[] = {"test", "skewness", "kurtosis", "winsorise",
                                           "then", "combine",  "lambda",   NULL};
static const char *const normalisation_keys[] = {"method", "low",       "high",  "lower",
                                                 "upper",  "target",    "scale", "cap",
                                                 "bounds", "reference", NULL};
static const char *const weight_keys[] = {"method",  "combine",  "second", "alpha",
                                          "epsilon", "negative", NULL};
static const char *const aggregation_keys[] = {"method", "strategy", "distinction", NULL};
static const char *const uncertainty_keys[] = {"draws",   "seed",        "noise",
                                               "missing", "outliers",    "normalisation",
                                               "weights", "aggregation", NULL};
static const char *const group_keys[] = {
    "id", "zh", "en", "parent", "weight", "weights", "aggregation", "pairwise", NULL};
static const char *const indicator_keys[] = {
    "id",     "zh",     "en",       "column",    "unit",          "direction",
    "parent", "weight", "per",      "times",     "normalisation", "target",
    "lower",  "upper",  "outliers", "reference", "source",        NULL};
static const char *const direction_words[] = {"more", "less", "+",        "-",        "1", "-1",
                                              "正",   "负",   "positive", "negative", NULL};
static const char *const no_yes[] = {"no", "yes", "false", "true", NULL};
static const char *const treated_words[] = {"untreated", "treated", NULL};
static const char *const negative_words[] = {"refuse", "keep", NULL};

#define X(id, word, ...) word,
static const char *const fill_words[] = {RH_MISSING_LIST(X) NULL};
static const char *const transform_words[] = {RH_TRANSFORM_LIST(X) NULL};
static const char *const normalisation_words[] = {RH_NORMALISATION_LIST(X) NULL};
static const char *const weighting_words[] = {RH_WEIGHTING_LIST(X) NULL};
static const char *const aggregation_words[] = {RH_AGGREGATION_LIST(X) NULL};
#undef X
#define X(id, word) word,
static const char *const combine_words[] = {RH_COMBINE_LIST(X) NULL};
#undef X

const char *
rh_index_word_of_weighting(enum rh_weighting method)
{
    return weighting_words[method];
}

const char *
rh_index_word_of_aggregation(enum rh_aggregation method)
{
    return aggregation_words[method];
}

const char *
rh_index_word_of_normalisation(enum rh_normalisation method)
{
    return normalisation_words[method];
}

const char *
rh_index_word_of_fill(enum rh_missing_fill method)
{
    return fill_words[method];
}

const char *
rh_index_word_of_transform(enum rh_transform method)
{
    return transform_words[method];
}

/* The mapping under a key, checked; NULL when it is not there. */
static rh_yaml_node *
section(rh_yaml *yaml, rh_yaml_node *map, const char *key, const char *const *known)
{
    rh_yaml_node *node = rh_yaml_get(map, key);
    if (node != NULL) {
        rh_yaml_check_keys(yaml, node, key, known);
        return rh_yaml_is_mapping(node) ? node : NULL;
    }
    return NULL;
}

/* A text, or {zh: …, en: …}. */
static rh_index_text
read_text(rh_yaml *yaml, rh_yaml_node *map, const char *key)
{
    static const char *const languages[] = {"zh", "en", NULL};
    rh_index_text text;
    rh_yaml_node *both = rh_yaml_get(map, key);
    both = both != NULL && rh_yaml_is_mapping(both) ? section(yaml, map, key, languages) : NULL;
    text.en = rh_yaml_get_text(yaml, both != NULL ? both : map, both != NULL ? "en" : key, "");
    text.zh = rh_yaml_get_text(yaml, both != NULL ? both : map, both != NULL ? "zh" : key,
                               text.en != NULL ? text.en : "");
    return text;
}

static void
free_text(rh_index_text *text)
{
    rh_free(text->zh);
    rh_free(text->en);
}

static double
number_within(rh_yaml *yaml, rh_yaml_node *map, const char *key, double low, double high,
              double fallback)
{
    double x = rh_yaml_get_number(yaml, map, key, fallback);
    if (!(x >= low && x <= high) && rh_yaml_count(map, key) > 0) {
        rh_yaml_problem(yaml, map, key, "must be from %g to %g, not %g.", low, high, x);
        return fallback;
    }
    return x;
}

static void
read_columns(rh_yaml *yaml, rh_yaml_node *root, rh_index_framework *f)
{
    rh_yaml_node *map = section(yaml, root, "columns", column_keys);
    if (map != NULL) {
        f->unit = rh_yaml_get_text(yaml, map, "unit", NULL);
        f->label = rh_yaml_get_text(yaml, map, "label", NULL);
        f->group = rh_yaml_get_text(yaml, map, "group", NULL);
        f->year = rh_yaml_get_text(yaml, map, "year", NULL);
    }
}

static void
read_missing(rh_yaml *yaml, rh_yaml_node *root, rh_index_framework *f)
{
    f->missing = (rh_missing){.method = RH_FILL_NONE, .neighbours = 5};
    rh_yaml_node *map = section(yaml, root, "missing", missing_keys);
    if (map == NULL) {
        return;
    }
    rh_missing *how = &f->missing;
    how->method =
        (enum rh_missing_fill)rh_yaml_get_choice(yaml, map, "fill", fill_words, RH_FILL_NONE);
    how->least_present = number_within(yaml, map, "least_present", 0, 1, 0);
    how->least_nonzero = number_within(yaml, map, "least_nonzero", 0, 1, 0);
    how->neighbours =
        (uint32_t)rh_yaml_get_integer(yaml, map, "neighbours", 1, INT_MAX, how->neighbours);
    bool grouped = how->method == RH_FILL_GROUP_MEAN || how->method == RH_FILL_GROUP_MEDIAN;
    if (grouped && f->group == NULL) {
        rh_yaml_problem(yaml, map, "fill", "%s needs a group column (columns: {group: …}).",
                        fill_words[how->method]);
    }
}

static void
read_outliers(rh_yaml *yaml, rh_yaml_node *root, rh_index_framework *f)
{
    f->outliers = (rh_outliers){
        .test = true, .skewness = 2, .kurtosis = 3.5, .most = 5, .then = RH_TRANSFORM_LOG};
    rh_yaml_node *map = section(yaml, root, "outliers", outlier_keys);
    if (map == NULL) {
        return;
    }
    rh_outliers *how = &f->outliers;
    f->treat = true;
    how->test = rh_yaml_get_choice(yaml, map, "test", no_yes, 1) % 2 == 1;
    how->skewness = number_within(yaml, map, "skewness", 0, 1e9, how->skewness);
    how->kurtosis = number_within(yaml, map, "kurtosis", -3, 1e9, how->kurtosis);
    how->most = (uint32_t)rh_yaml_get_integer(yaml, map, "winsorise", 0, INT_MAX, how->most);
    how->then =
        (enum rh_transform)rh_yaml_get_choice(yaml, map, "then", transform_words, how->then);
    how->combine = rh_yaml_get_choice(yaml, map, "combine", no_yes, 0) % 2 == 1;
    how->optimise = rh_yaml_count(map, "lambda") == 0;
    how->lambda = number_within(yaml, map, "lambda", -5, 5, 1);
}

/* The usual ends of a method's scale. */
static void
usual_scale(rh_normalise *how)
{
    how->low = 0;
    how->high = how->method == RH_NORMALISATION_MIN_MAX ? 100 : 1;
    how->scale = 100;
}

static void
read_bounds(rh_yaml *yaml, rh_yaml_node *map, rh_index_framework *f)
{
    char *text = rh_yaml_get_text(yaml, map, "bounds", "panel");
    if (text != NULL && strcmp(text, "panel") != 0) {
        char *end;
        long year = strtol(text, &end, 10);
        bool number = *end == '\0' && end != text;
        f->bounds = number ? RH_BOUNDS_YEAR : RH_BOUNDS_EACH_YEAR;
        f->bounds_year = number ? (int)year : 0;
        if (!number && strcmp(text, "each-year") != 0) {
            rh_yaml_problem(yaml, map, "bounds", "is panel, each-year or a year, not %s.",
                            text);
        } else if (f->year == NULL) {
            rh_yaml_problem(yaml, map, "bounds", "%s needs a year column (columns: {year: …}).",
                            text);
        }
    }
    rh_free(text);
}

static void
read_normalise(rh_yaml *yaml, rh_yaml_node *map, rh_normalise *how)
{
    how->method = (enum rh_normalisation)rh_yaml_get_choice(
        yaml, map, "method", normalisation_words, (int)how->method);
    usual_scale(how);
    how->low = rh_yaml_get_number(yaml, map, "low", how->low);
    how->high = rh_yaml_get_number(yaml, map, "high", how->high);
    how->scale = number_within(yaml, map, "scale", 1e-9, 1e9, how->scale);
    how->cap = rh_yaml_get_choice(yaml, map, "cap", no_yes, how->cap) % 2 == 1;
    if (how->method == RH_NORMALISATION_MIN_MAX && !(how->low < how->high)) {
        rh_yaml_problem(yaml, map, "low", "%g does not lie below high (%g).", how->low,
                        how->high);
    }
}

static void
read_normalisation(rh_yaml *yaml, rh_yaml_node *root, rh_index_framework *f)
{
    f->normalise = (rh_normalise){.method = RH_NORMALISATION_MIN_MAX, .target = (double)NAN};
    usual_scale(&f->normalise);
    rh_yaml_node *map = section(yaml, root, "normalisation", normalisation_keys);
    if (map != NULL) {
        read_normalise(yaml, map, &f->normalise);
        read_bounds(yaml, map, f);
    }
}

static bool
read_weigh(rh_yaml *yaml, rh_yaml_node *root, rh_weigh *how)
{
    rh_yaml_node *map = section(yaml, root, "weights", weight_keys);
    if (map == NULL) {
        return false;
    }
    how->method = (enum rh_weighting)rh_yaml_get_choice(yaml, map, "method", weighting_words,
                                                        (int)how->method);
    how->combine = (enum rh_combine)rh_yaml_get_choice(yaml, map, "combine", combine_words,
                                                       (int)how->combine);
    how->second = (enum rh_weighting)rh_yaml_get_choice(yaml, map, "second", weighting_words,
                                                        (int)how->second);
    how->alpha = number_within(yaml, map, "alpha", 0, 1, how->alpha);
    how->epsilon = number_within(yaml, map, "epsilon", 1e-12, 0.49, how->epsilon);
    how->allow_negative =
        rh_yaml_get_choice(yaml, map, "negative", negative_words, how->allow_negative) == 1;
    if (how->combine != RH_COMBINE_NONE && rh_yaml_count(map, "second") == 0) {
        rh_yaml_problem(yaml, map, "combine", "needs the key second, the other method.");
    }
    return true;
}

static bool
read_aggregate(rh_yaml *yaml, rh_yaml_node *root, rh_aggregate *how)
{
    rh_yaml_node *map = section(yaml, root, "aggregation", aggregation_keys);
    if (map == NULL) {
        return false;
    }
    how->method = (enum rh_aggregation)rh_yaml_get_choice(yaml, map, "method",
                                                          aggregation_words, (int)how->method);
    how->strategy = number_within(yaml, map, "strategy", 0, 1, how->strategy);
    how->distinction = number_within(yaml, map, "distinction", 1e-9, 1, how->distinction);
    return true;
}

/* ---- uncertainty ---- */

/* Numbers of the words of a list. */
static uint32_t
read_words(rh_yaml *yaml, rh_yaml_node *map, const char *key, const char *const *words,
           int number[RH_INDEX_CHOICES])
{
    unsigned n = rh_yaml_count(map, key);
    if (n >= RH_INDEX_CHOICES) {
        rh_yaml_problem(yaml, map, key, "names %u choices; %d are possible.", n,
                        RH_INDEX_CHOICES - 1);
        return 0;
    }
    for (unsigned i = 0; i < n; i++) {
        const char *word = rh_yaml_item_text(yaml, map, key, i);
        int w = 0;
        while (words[w] != NULL && strcmp(words[w], word) != 0) {
            w++;
        }
        number[i] = words[w] != NULL ? w : 0;
        if (words[w] == NULL) {
            const char *near = rh_yaml_nearest(word, words);
            rh_yaml_problem(yaml, map, key, "%s is unknown%s%s.", word,
                            near != NULL ? "; did you mean " : "", near != NULL ? near : "");
        }
    }
    return n;
}

#define READ_CHOICES(map, key, words, field)                                                   \
    do {                                                                                       \
        int number[RH_INDEX_CHOICES] = {0};                                                    \
        if (rh_yaml_count((map), (key)) > 0) {                                                 \
            u->n_##field = read_words(yaml, (map), (key), (words), number);                    \
            for (uint32_t i = 0; i < u->n_##field; i++) {                                      \
                u->field[i] = number[i];                                                       \
            }                                                                                  \
        }                                                                                      \
    } while (0)

static void
read_uncertainty(rh_yaml *yaml, rh_yaml_node *root, rh_index_framework *f)
{
    rh_index_uncertainty *u = &f->uncertainty;
    /* Unless the file says otherwise: the usual methods, and weights a quarter up or down (OECD/JRC 2008, step 7; the quarter is an
     * assumption). */
    *u = (rh_index_uncertainty){
        .draws = 1000,
        .seed = 1,
        .noise = 0.25,
        .n_normalisation = 2,
        .normalisation = {RH_NORMALISATION_MIN_MAX, RH_NORMALISATION_Z},
        .n_weights = 2,
        .weights = {RH_WEIGHTING_EQUAL, RH_WEIGHTING_ENTROPY_TEXTBOOK},
        .n_aggregation = 2,
        .aggregation = {RH_AGGREGATION_ARITHMETIC, RH_AGGREGATION_GEOMETRIC}};
    rh_yaml_node *map = section(yaml, root, "uncertainty", uncertainty_keys);
    if (map == NULL) {
        return;
    }
    u->draws = (uint32_t)rh_yaml_get_integer(yaml, map, "draws", 0, 10000000, u->draws);
    u->seed = (uint64_t)rh_yaml_get_integer(yaml, map, "seed", 0, INT64_MAX, 1);
    u->noise = number_within(yaml, map, "noise", 0, 1, u->noise);
    READ_CHOICES(map, "missing", fill_words, missing);
    READ_CHOICES(map, "outliers", treated_words, outliers);
    READ_CHOICES(map, "normalisation", normalisation_words, normalisation);
    READ_CHOICES(map, "weights", weighting_words, weights);
    READ_CHOICES(map, "aggregation", aggregation_words, aggregation);
}

/* ---- groups and indicators ---- */

/* What a list in the file gives, before the nodes are in their order. */
typedef struct draft {
    rh_index_node node;
    char *parent;     /* NULL: the index */
    rh_yaml_node *at; /* in the file */
    uint32_t depth;   /* of a group: 1 below the index */
    uint32_t place;   /* its number as a node */
} draft;

static void
free_node(rh_index_node *node)
{
    rh_free(node->id);
    rh_free(node->zh);
    rh_free(node->en);
    rh_free(node->column);
    rh_free(node->unit);
    rh_free(node->per);
    rh_free(node->reference);
    free_text(&node->source);
    rh_free(node->pairwise);
}

/* Names that indicators and groups share. */
static void
read_names(rh_yaml *yaml, rh_yaml_node *at, draft *d)
{
    rh_index_node *node = &d->node;
    d->at = at;
    node->id = rh_yaml_get_text(yaml, at, "id", NULL);
    if (node->id == NULL || node->id[0] == '\0') {
        rh_yaml_problem(yaml, at, "id", "is missing.");
    }
    node->zh = rh_yaml_get_text(yaml, at, "zh", node->id);
    node->en = rh_yaml_get_text(yaml, at, "en", node->id);
    d->parent = rh_yaml_get_text(yaml, at, "parent", NULL);
    node->weight = number_within(yaml, at, "weight", 0, 1e9, (double)NAN);
}

/* "1 4 1/3": a row of an AHP matrix. */
static void
read_judgements(rh_yaml *yaml, rh_yaml_node *at, const char *row, uint32_t n, double *out)
{
    uint32_t found = 0;
    const char *p = row;
    while (*p != '\0') {
        char *end;
        double value = strtod(p, &end);
        if (end != p && *end == '/') {
            p = end + 1;
            value /= strtod(p, &end);
        }
        if (end == p || !(value > 0) || !isfinite(value)) {
            rh_yaml_problem(yaml, at, "pairwise",
                            "the row \"%s\" must hold judgements above 0, such as 3 or 1/3.",
                            row);
            return;
        }
        if (found < n) {
            out[found] = value;
        }
        found++;
        p = end + strspn(end, " ,\t");
    }
    if (found != n) {
        rh_yaml_problem(yaml, at, "pairwise", "the row \"%s\" has %u judgements instead of %u.",
                        row, found, n);
    }
}

static rh_status
read_pairwise(rh_yaml *yaml, rh_yaml_node *at, rh_index_node *node, rh_err *err)
{
    unsigned n = rh_yaml_count(at, "pairwise");
    if (n > 0) {
        RH_NEW(node->pairwise, (size_t)n * n, err);
        node->n_pairwise = n;
        for (unsigned i = 0; i < n; i++) {
            read_judgements(yaml, at, rh_yaml_item_text(yaml, at, "pairwise", i), n,
                            node->pairwise + (size_t)i * n);
        }
    }
    return RH_OK;
}

static rh_status
read_group(rh_yaml *yaml, rh_yaml_node *at, const rh_index_framework *f, draft *d, rh_err *err)
{
    rh_yaml_check_keys(yaml, at, "groups", group_keys);
    if (!rh_yaml_is_mapping(at)) {
        return RH_OK;
    }
    read_names(yaml, at, d);
    d->node.weigh = f->weigh;
    d->node.aggregate = f->aggregate;
    d->node.own_weigh = read_weigh(yaml, at, &d->node.weigh);
    d->node.own_aggregate = read_aggregate(yaml, at, &d->node.aggregate);
    return read_pairwise(yaml, at, &d->node, err);
}

/* target, lower and upper choose the method when the indicator does not name one. */
static void
read_own_normalisation(rh_yaml *yaml, rh_yaml_node *at, const rh_index_framework *f,
                       rh_index_node *node)
{
    rh_normalise *how = &node->normalise;
    *how = f->normalise;
    rh_yaml_node *map = section(yaml, at, "normalisation", normalisation_keys);
    bool target = rh_yaml_count(at, "target") > 0, lower = rh_yaml_count(at, "lower") > 0,
         upper = rh_yaml_count(at, "upper") > 0;
    if (map != NULL) {
        node->own_normalisation = true;
        read_normalise(yaml, map, how);
    } else if (lower && upper && how->method != RH_NORMALISATION_SCALED) {
        how->method = RH_NORMALISATION_GOALPOSTS;
        node->own_normalisation = true;
    }
    how->target = rh_yaml_get_number(yaml, at, "target", (double)NAN);
    how->lower = rh_yaml_get_number(yaml, at, "lower", 0);
    how->upper = rh_yaml_get_number(yaml, at, "upper", 0);
    node->reference = rh_yaml_get_text(yaml, at, "reference", NULL);
    node->source = read_text(yaml, at, "source");
    if (lower != upper || (lower && !(how->lower < how->upper))) {
        rh_yaml_problem(yaml, at, lower ? "lower" : "upper",
                        "lower and upper must both be there, lower below upper.");
    }
    if (how->method == RH_NORMALISATION_TARGET && !target) {
        rh_yaml_problem(yaml, at, "target", "is missing: the distance to it is asked for.");
    }
    if ((how->method == RH_NORMALISATION_GOALPOSTS || how->method == RH_NORMALISATION_SCALED) &&
        !lower) {
        rh_yaml_problem(yaml, at, "lower", "is missing, the lower end of the scale.");
    }
    if (how->method == RH_NORMALISATION_REFERENCE && node->reference == NULL) {
        rh_yaml_problem(yaml, at, "reference", "is missing: the unit that is referred to.");
    }
}

static void
read_indicator(rh_yaml *yaml, rh_yaml_node *at, const rh_index_framework *f, draft *d)
{
    rh_yaml_check_keys(yaml, at, "indicators", indicator_keys);
    if (!rh_yaml_is_mapping(at)) {
        return;
    }
    read_names(yaml, at, d);
    rh_index_node *node = &d->node;
    node->column = rh_yaml_get_text(yaml, at, "column", node->id);
    node->unit = rh_yaml_get_text(yaml, at, "unit", "");
    node->per = rh_yaml_get_text(yaml, at, "per", NULL);
    node->times = number_within(yaml, at, "times", 1e-15, 1e15, 1);
    if (rh_yaml_count(at, "direction") == 0) {
        rh_yaml_problem(yaml, at, "direction", "is missing; it is more (正) or less (负).");
    }
    node->direction =
        rh_yaml_get_choice(yaml, at, "direction", direction_words, 0) % 2 == 0 ? 1 : -1;
    node->skip_outliers = rh_yaml_get_choice(yaml, at, "outliers", treated_words, 1) == 0;
    read_own_normalisation(yaml, at, f, node);
}

static uint32_t
find_draft(const draft *group, uint32_t n, const char *id)
{
    uint32_t g = 0;
    while (g < n && (group[g].node.id == NULL || strcmp(group[g].node.id, id) != 0)) {
        g++;
    }
    return g;
}

/* Parent of a draft among the groups; n_groups for the index and for one that is unknown (said). */
static uint32_t
parent_of(rh_yaml *yaml, const draft *d, const draft *group, uint32_t n_groups)
{
    if (d->parent == NULL || strcmp(d->parent, "index") == 0) {
        return n_groups;
    }
    uint32_t g = find_draft(group, n_groups, d->parent);
    if (g == n_groups) {
        rh_yaml_problem(yaml, d->at, "parent", "there is no group %s.", d->parent);
    }
    return g;
}

/* Depths, by walking up; a circle is a problem. */
static void
find_depths(rh_yaml *yaml, draft *group, uint32_t n)
{
    for (uint32_t g = 0; g < n; g++) {
        uint32_t steps = 1;
        for (uint32_t up = group[g].node.parent; up < n && steps <= n;
             up = group[up].node.parent) {
            steps++;
        }
        if (steps > n) {
            rh_yaml_problem(yaml, group[g].at, "parent", "%s stands below itself.",
                            group[g].node.id);
        }
        group[g].depth = steps;
    }
}

static void
check_names(rh_yaml *yaml, const draft *d, uint32_t n)
{
    for (uint32_t a = 0; a < n; a++) {
        for (uint32_t b = 0; b < a && d[a].node.id != NULL; b++) {
            if (d[b].node.id != NULL && strcmp(d[a].node.id, d[b].node.id) == 0) {
                rh_yaml_problem(yaml, d[a].at, "id", "%s stands twice.", d[a].node.id);
            }
        }
        if (d[a].node.id != NULL && strcmp(d[a].node.id, "index") == 0) {
            rh_yaml_problem(yaml, d[a].at, "id", "index is the name of the whole.");
        }
    }
}

/* The nodes in the order of F1; the drafts' texts move into them. */
static rh_status
place_nodes(rh_index_framework *f, draft *leaf, draft *group, uint32_t n_groups, rh_err *err)
{
    uint32_t next = f->n_leaves, deepest = 0;
    f->n_nodes = f->n_leaves + n_groups + 1;
    RH_NEW(f->node, f->n_nodes, err);
    for (uint32_t g = 0; g < n_groups; g++) {
        deepest = group[g].depth > deepest ? group[g].depth : deepest;
    }
    for (uint32_t depth = deepest; depth >= 1; depth--) {
        for (uint32_t g = 0; g < n_groups; g++) {
            if (group[g].depth == depth) {
                group[g].place = next++;
            }
        }
    }
    uint32_t root = f->n_nodes - 1;
    for (uint32_t k = 0; k < f->n_leaves + n_groups; k++) {
        draft *d = k < f->n_leaves ? &leaf[k] : &group[k - f->n_leaves];
        rh_index_node *node = &f->node[k < f->n_leaves ? k : d->place];
        uint32_t up = d->node.parent;
        *node = d->node;
        d->node = (rh_index_node){0};
        node->parent = up < n_groups ? group[up].place : root;
    }
    f->node[root] = (rh_index_node){.id = rh_strdup("index"),
                                    .zh = rh_strdup(f->zh),
                                    .en = rh_strdup(f->en),
                                    .parent = RH_TREE_NONE,
                                    .weight = (double)NAN,
                                    .weigh = f->weigh,
                                    .aggregate = f->aggregate};
    return f->node[root].id != NULL && f->node[root].zh != NULL && f->node[root].en != NULL
               ? RH_OK
               : rh_fail(err, RH_MEMORY, "Not enough memory for the framework.");
}

static rh_status
plant_tree(rh_index_framework *f, rh_err *err)
{
    uint32_t *parent;
    RH_NEW(parent, f->n_nodes, err);
    for (uint32_t v = 0; v < f->n_nodes; v++) {
        parent[v] = f->node[v].parent;
    }
    rh_status status = rh_index_tree_init(&f->tree, f->n_nodes, f->n_leaves, parent, err);
    rh_free(parent);
    return status;
}

static bool
weighs_by(const rh_weigh *how, enum rh_weighting a)
{
    return how->method == a || (how->combine != RH_COMBINE_NONE && how->second == a);
}

static bool
has_children(const rh_index_framework *f, uint32_t v)
{
    for (uint32_t u = 0; u < v; u++) {
        if (f->node[u].parent == v) {
            return true;
        }
    }
    return false;
}

/* A group's weight that is not given is the sum of those below it; returns false when some are missing. */
static bool
sum_weights(rh_index_framework *f, uint32_t v)
{
    double sum = 0;
    for (uint32_t u = 0; u < v; u++) {
        sum += f->node[u].parent == v ? f->node[u].weight : 0;
    }
    if (isnan(f->node[v].weight)) {
        f->node[v].weight = sum;
    }
    return !isnan(sum) && sum > 0;
}

/* What the groups need: children, weights that are given, judgements. */
static void
check_groups(rh_yaml *yaml, rh_yaml_node *root, rh_index_framework *f)
{
    for (uint32_t v = f->n_leaves; v < f->n_nodes; v++) {
        rh_index_node *node = &f->node[v];
        uint32_t children = 0;
        for (uint32_t u = 0; u < v; u++) {
            children += f->node[u].parent == v;
        }
        if (!has_children(f, v)) {
            rh_yaml_problem(yaml, root, "groups", "%s has nothing below it.", node->id);
        }
        bool given = sum_weights(f, v);
        if (weighs_by(&node->weigh, RH_WEIGHTING_GIVEN) && !given) {
            rh_yaml_problem(yaml, root, "weights",
                            "weights of %s are to be given, but not every entry below it has "
                            "one (or all are 0).",
                            node->id);
        }
        bool ahp = weighs_by(&node->weigh, RH_WEIGHTING_AHP) ||
                   weighs_by(&node->weigh, RH_WEIGHTING_AHP_GEOMETRIC);
        if (ahp && node->n_pairwise != children) {
            rh_yaml_problem(yaml, root, "groups",
                            "%s has %u rows of judgements (pairwise) for the %u entries below "
                            "it.",
                            node->id, node->n_pairwise, children);
        }
    }
}

static rh_status
read_drafts(rh_yaml *yaml, rh_yaml_node *root, rh_index_framework *f, draft *all,
            uint32_t n_groups, rh_err *err)
{
    draft *leaf = all, *group = all + f->n_leaves;
    for (uint32_t g = 0; g < n_groups; g++) {
        RH_TRY(read_group(yaml, rh_yaml_item(root, "groups", g), f, &group[g], err));
    }
    for (uint32_t j = 0; j < f->n_leaves; j++) {
        read_indicator(yaml, rh_yaml_item(root, "indicators", j), f, &leaf[j]);
    }
    for (uint32_t k = 0; k < f->n_leaves + n_groups; k++) {
        all[k].node.parent = parent_of(yaml, &all[k], group, n_groups);
    }
    find_depths(yaml, group, n_groups);
    check_names(yaml, all, f->n_leaves + n_groups);
    RH_TRY(rh_yaml_finish(yaml, err));
    RH_TRY(place_nodes(f, leaf, group, n_groups, err));
    rh_index_node *top = &f->node[f->n_nodes - 1];
    RH_TRY(read_pairwise(yaml, root, top, err));
    check_groups(yaml, root, f);
    RH_TRY(rh_yaml_finish(yaml, err));
    return plant_tree(f, err);
}

static rh_status
read_nodes(rh_yaml *yaml, rh_yaml_node *root, rh_index_framework *f, rh_err *err)
{
    uint32_t n_groups = rh_yaml_count(root, "groups");
    f->n_leaves = rh_yaml_count(root, "indicators");
    if (f->n_leaves == 0) {
        rh_yaml_problem(yaml, root, "indicators", "is missing: the list of indicators.");
        return rh_yaml_finish(yaml, err);
    }
    draft *all;
    RH_NEW(all, (size_t)f->n_leaves + n_groups, err);
    rh_status status = read_drafts(yaml, root, f, all, n_groups, err);
    for (uint32_t k = 0; k < f->n_leaves + n_groups; k++) {
        free_node(&all[k].node);
        rh_free(all[k].parent);
    }
    rh_free(all);
    return status;
}

static rh_status
read_framework(rh_yaml *yaml, rh_index_framework *f, rh_err *err)
{
    static const char *const name_keys[] = {"zh", "en", NULL};
    rh_yaml_node *root = rh_yaml_root(yaml);
    rh_yaml_check_keys(yaml, root, "", top_keys);
    f->path = rh_strdup(rh_yaml_path(yaml));
    rh_yaml_node *name = section(yaml, root, "name", name_keys);
    f->en = rh_yaml_get_text(yaml, name != NULL ? name : root, name != NULL ? "en" : "name",
                             "index");
    f->zh = name != NULL ? rh_yaml_get_text(yaml, name, "zh", f->en) : rh_strdup("指数");
    f->source = read_text(yaml, root, "source");
    f->note = read_text(yaml, root, "note");
    read_columns(yaml, root, f);
    read_missing(yaml, root, f);
    read_outliers(yaml, root, f);
    read_normalisation(yaml, root, f);
    f->weigh = (rh_weigh){.method = RH_WEIGHTING_EQUAL, .alpha = 0.5, .epsilon = 0.002};
    (void)read_weigh(yaml, root, &f->weigh);
    f->aggregate = (rh_aggregate){RH_AGGREGATION_ARITHMETIC, 0.5, 0.5};
    (void)read_aggregate(yaml, root, &f->aggregate);
    read_uncertainty(yaml, root, f);
    if (f->path == NULL || f->zh == NULL || f->en == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for the framework.");
    }
    return read_nodes(yaml, root, f, err);
}

static rh_status
finish_reading(rh_yaml *yaml, rh_index_framework **out, rh_err *err)
{
    rh_index_framework *f = rh_alloc(1, sizeof *f);
    rh_status status = f == NULL ? rh_fail(err, RH_MEMORY, "Not enough memory for a framework.")
                                 : read_framework(yaml, f, err);
    rh_yaml_free(yaml);
    if (status != RH_OK) {
        rh_index_framework_free(f);
        return status;
    }
    *out = f;
    return RH_OK;
}

rh_status
rh_index_framework_read(const char *path, rh_index_framework **out, rh_err *err)
{
    rh_yaml *yaml;
    *out = NULL;
    RH_TRY(rh_yaml_read(path, &yaml, err));
    return finish_reading(yaml, out, err);
}

rh_status
rh_index_framework_parse(const char *name, const char *text, size_t size,
                         rh_index_framework **out, rh_err *err)
{
    rh_yaml *yaml;
    *out = NULL;
    RH_TRY(rh_yaml_parse(name, text, size, &yaml, err));
    return finish_reading(yaml, out, err);
}

void
rh_index_framework_free(rh_index_framework *f)
{
    if (f == NULL) {
        return;
    }
    for (uint32_t v = 0; f->node != NULL && v < f->n_nodes; v++) {
        free_node(&f->node[v]);
    }
    rh_free(f->node);
    rh_index_tree_release(&f->tree);
    rh_free(f->path);
    rh_free(f->zh);
    rh_free(f->en);
    free_text(&f->source);
    free_text(&f->note);
    rh_free(f->unit);
    rh_free(f->label);
    rh_free(f->group);
    rh_free(f->year);
    rh_free(f);
}

/* Has the group what the method needs of the file? */
static rh_status
check_override(const rh_index_framework *f, uint32_t g, enum rh_weighting method, rh_err *err)
{
    const rh_index_node *node = &f->node[f->n_leaves + g];
    uint32_t m = f->tree.first[g + 1] - f->tree.first[g];
    bool ahp = method == RH_WEIGHTING_AHP || method == RH_WEIGHTING_AHP_GEOMETRIC;
    for (uint32_t k = 0; method == RH_WEIGHTING_GIVEN && k < m; k++) {
        const rh_index_node *child = &f->node[f->tree.child[f->tree.first[g] + k]];
        if (isnan(child->weight)) {
            return rh_fail(err, RH_INPUT, "%s gives no weight for %s.", f->path, child->id);
        }
    }
    return ahp && node->n_pairwise != m
               ? rh_fail(err, RH_INPUT, "%s gives no judgements (pairwise) for %s.", f->path,
                         node->id)
               : RH_OK;
}

rh_status
rh_index_framework_override(rh_index_framework *f, int weighting, int normalisation,
                            int aggregation, rh_err *err)
{
    for (uint32_t g = 0; g < f->n_nodes - f->n_leaves; g++) {
        rh_index_node *node = &f->node[f->n_leaves + g];
        if (weighting >= 0) {
            RH_TRY(check_override(f, g, (enum rh_weighting)weighting, err));
            node->weigh.method = f->weigh.method = (enum rh_weighting)weighting;
            node->weigh.combine = f->weigh.combine = RH_COMBINE_NONE;
        }
        if (aggregation >= 0) {
            node->aggregate.method = f->aggregate.method = (enum rh_aggregation)aggregation;
        }
    }
    if (normalisation >= 0) {
        f->normalise.method = (enum rh_normalisation)normalisation;
        usual_scale(&f->normalise);
        for (uint32_t j = 0; j < f->n_leaves; j++) {
            rh_normalise *how = &f->node[j].normalise;
            if (!f->node[j].own_normalisation) {
                double target = how->target, lower = how->lower, upper = how->upper;
                *how = f->normalise;
                how->target = target;
                how->lower = lower;
                how->upper = upper;
            }
        }
    }
    return RH_OK;
}

rh_status
rh_index_framework_find(const char *name, char **path, rh_err *err)
{
    char shipped[300];
    if (access(name, R_OK) == 0 || strchr(name, '/') != NULL || strchr(name, '.') != NULL) {
        *path = rh_strdup(name);
        return *path != NULL ? RH_OK : rh_fail(err, RH_MEMORY, "Not enough memory.");
    }
    snprintf(shipped, sizeof shipped, "frameworks/%s.yaml", name);
    return rh_data_dir(shipped, path, err);
}
