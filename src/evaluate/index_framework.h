/* A framework file: what an index is made of and how. docs/index.md explains its keys; data/frameworks holds those that are shipped.
 *
 * F1 the nodes stand as index_tree.h wants them: indicators, then groups (deepest first), then the index itself.
 * F2 every option has a value; keys and words were checked, with the line of the file in the sentence. */
#ifndef RH_EVALUATE_INDEX_FRAMEWORK_H
#define RH_EVALUATE_INDEX_FRAMEWORK_H

#include "evaluate/index_missing.h"
#include "evaluate/index_normalise.h"
#include "evaluate/index_outliers.h"
#include "evaluate/index_plan.h"
#include "evaluate/index_weights.h"

enum {
    RH_INDEX_CHOICES = 8
}; /* of a step, in the uncertainty, the framework's own among them */

/* An indicator or a group. */
/* What a person reads in both languages; a plain text serves for both. Empty when left out. */
typedef struct rh_index_text {
    char *zh, *en;
} rh_index_text;

typedef struct rh_index_node {
    char *id, *zh, *en;
    uint32_t parent;
    double weight; /* as given; NAN when none is */
    /* indicators */
    char *column, *unit, *per; /* per: column that divides, or NULL */
    double times;              /* factor behind the division */
    int direction;             /* 1 more is better, -1 less is */
    bool
        own_normalisation; /* the indicator says its method itself: choices of the uncertainty leave it alone */
    bool skip_outliers;
    rh_normalise normalise;
    char *reference; /* REFERENCE: the unit that is referred to */
    rh_index_text
        source; /* of weight, target or bounds: who published it, or that it is an assumption */
    /* groups */
    rh_weigh weigh;
    rh_aggregate aggregate;
    bool own_weigh, own_aggregate;
    double *pairwise; /* AHP: children × children */
    uint32_t n_pairwise;
} rh_index_node;

enum rh_index_bounds { RH_BOUNDS_PANEL, RH_BOUNDS_EACH_YEAR, RH_BOUNDS_YEAR };

typedef struct rh_index_uncertainty {
    uint32_t draws; /* 0: none */
    uint64_t seed;
    double noise; /* of the weights, ± share */
    /* choices beyond the framework's own */
    uint32_t n_missing, n_outliers, n_normalisation, n_weights, n_aggregation;
    enum rh_missing_fill missing[RH_INDEX_CHOICES];
    bool outliers[RH_INDEX_CHOICES]; /* treated or not */
    enum rh_normalisation normalisation[RH_INDEX_CHOICES];
    enum rh_weighting weights[RH_INDEX_CHOICES];
    enum rh_aggregation aggregation[RH_INDEX_CHOICES];
} rh_index_uncertainty;

typedef struct rh_index_framework {
    char *path, *zh, *en;
    rh_index_text source, note;
    char *unit, *label, *group, *year; /* columns; NULL: the first column; none */
    rh_missing missing;
    bool treat;
    rh_outliers outliers;
    rh_normalise normalise;
    enum rh_index_bounds bounds;
    int bounds_year;
    rh_weigh weigh;
    rh_aggregate aggregate;
    rh_index_uncertainty uncertainty;
    rh_index_node *node;
    uint32_t n_nodes, n_leaves;
    rh_index_tree tree;
} rh_index_framework;

/* Read and check. Errors: RH_IO, RH_INPUT with all problems, RH_MEMORY. The caller frees. */
RH_MUST_CHECK rh_status rh_index_framework_read(const char *path, rh_index_framework **out,
                                                rh_err *err);
RH_MUST_CHECK rh_status rh_index_framework_parse(const char *name, const char *text,
                                                 size_t size, rh_index_framework **out,
                                                 rh_err *err);
void rh_index_framework_free(rh_index_framework *framework);

/* A path, or the name of a shipped framework ("new-urbanisation" is data/frameworks/new-urbanisation.yaml). The caller frees *path.
 * Errors: RH_MISSING naming both places. */
RH_MUST_CHECK rh_status rh_index_framework_find(const char *name, char **path, rh_err *err);

/* Other methods instead of the file's, for all groups or indicators that do not say theirs; below 0: as it is. Errors: RH_INPUT when
 * weights are to be given, or judgements, and the file has none. */
RH_MUST_CHECK rh_status rh_index_framework_override(rh_index_framework *framework,
                                                    int weighting, int normalisation,
                                                    int aggregation, rh_err *err);

/* Words and titles of the methods, by number. */
const char *rh_index_word_of_weighting(enum rh_weighting method);
const char *rh_index_word_of_aggregation(enum rh_aggregation method);
const char *rh_index_word_of_normalisation(enum rh_normalisation method);
const char *rh_index_word_of_fill(enum rh_missing_fill method);
const char *rh_index_word_of_transform(enum rh_transform method);

#endif
