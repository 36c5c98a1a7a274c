/* The answer of `ronghe index`: tables scores, places, indicators, groups, cells, normalised, obstacles, correlations; warnings; and the
 * explanation of one cell. */
#ifndef RH_EVALUATE_INDEX_ANSWER_H
#define RH_EVALUATE_INDEX_ANSWER_H

#include "evaluate/answer.h"
#include "evaluate/index_chain.h"
#include "evaluate/index_uncertain.h"

typedef struct rh_index_cell {
    const char *unit;      /* unit whose score is explained; NULL: the first */
    const char *indicator; /* and its indicator; NULL: the first */
} rh_index_cell;

/* Fill the answer. `uncertain` may be NULL (no draws); `brief`: without the wide tables that no terminal shows well. Errors: RH_INPUT for a cell that is not there; RH_MEMORY. */
RH_MUST_CHECK rh_status rh_index_answer(const rh_index_framework *f, const rh_index_data *d,
                                        const rh_index_result *r,
                                        const rh_index_uncertain *uncertain,
                                        const rh_index_cell *cell, bool brief,
                                        rh_answer *answer, rh_err *err);

/* How a group's weights were found, for people: "entropy, textbook form; game with CRITIC". Returns `text`. */
const char *rh_index_weigh_text(const rh_weigh *how, enum rh_language language, char *text,
                                size_t size);

/* The explanation alone (index_explain.c). */
RH_MUST_CHECK rh_status rh_index_explain(const rh_index_framework *f, const rh_index_data *d,
                                         const rh_index_result *r, const rh_index_cell *cell,
                                         rh_answer *answer, rh_err *err);

#endif
