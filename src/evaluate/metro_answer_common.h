/* Columns and cells that the answers of `ronghe metro` share. */
#ifndef RH_EVALUATE_METRO_ANSWER_COMMON_H
#define RH_EVALUATE_METRO_ANSWER_COMMON_H

#include "evaluate/metro_answer.h"

/* Columns unit (or another id of it) and, where there are names, name; and their cells. */
void rh_metro_unit_columns(rh_answer *a, const rh_metro_units *units);
void rh_metro_named_columns(rh_answer *a, const rh_metro_units *units, const char *id,
                            const char *zh, const char *en);
void rh_metro_unit_cells(rh_answer *a, const rh_metro_units *units, uint32_t i);

/* A column for ids of units ("" for RH_NO_AREA), and its cell. */
void rh_metro_id_cell(rh_answer *a, const rh_metro_units *units, uint32_t i);

/* Id and name for a sentence. */
const char *rh_metro_label(rh_answer *a, const rh_metro_units *units, uint32_t i);

/* A table of measures, a row each. */
void rh_metro_measures(rh_answer *a, const char *id, const char *zh, const char *en);
void rh_metro_measure(rh_answer *a, const char *zh, const char *en, double value);

/* Tables "areas" and "quality" of any partition. */
RH_MUST_CHECK rh_status rh_metro_answer_quality(rh_answer *a, const rh_metro_units *units,
                                                const rh_commuting *flows, const uint32_t *area,
                                                const rh_lma_rule *rule, rh_err *err);

#endif
