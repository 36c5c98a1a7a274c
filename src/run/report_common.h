/* Choosing from a run what a query names, and writing numbers: shared by show, flows, score and
 * export. */
#ifndef RH_RUN_REPORT_COMMON_H
#define RH_RUN_REPORT_COMMON_H

#include "io/run_file.h"
#include "run/report.h"

RH_MUST_CHECK rh_status rh_query_level(const rh_run *run, const rh_query *query,
                                       enum rh_value_level usual, enum rh_value_level *level,
                                       rh_err *err);
RH_MUST_CHECK rh_status rh_query_part(const rh_query *query, enum rh_value_part *part,
                                      rh_err *err);
/* The year asked for, or the last. */
RH_MUST_CHECK rh_status rh_query_year(const rh_run *run, const rh_query *query, int *year,
                                      rh_err *err);
/* NULL when none is asked for. */
RH_MUST_CHECK rh_status rh_query_indicator(const rh_run *run, const rh_query *query,
                                           const rh_run_indicator **out, rh_err *err);
RH_MUST_CHECK rh_status rh_query_place(const rh_run *run, const rh_query *query,
                                       enum rh_value_level *level, uint32_t *place,
                                       rh_err *err);

const rh_run_indicator *rh_run_nearest_indicator(const rh_run *run, const char *id);

/* The place of a code (also 44 and 4403; 0 is the nation) at the highest level that has it. */
bool rh_run_locate(const rh_run *run, uint64_t code, enum rh_value_level *level,
                   uint32_t *place);

/* Words for people: a unit ("persons", 人), a level, a part. */
const char *rh_unit_text(const char *unit, bool chinese);
const char *rh_level_text(enum rh_value_level level, bool chinese);
const char *rh_part_text(enum rh_value_part part, bool chinese);

/* What exports of a region that is synthetic below the province carry, in both languages. */
#define RH_SYNTHETIC_NOTE "synthetic below the province / 省以下为合成"

/* One line that says so, for tables; nothing for other regions. */
void rh_write_synthetic(const rh_run *run, bool chinese, FILE *out);

/* "1,332,810,869", "51.27", or "-" for NAN. Returns text. */
const char *rh_number_text(char *text, size_t size, double value, bool is_count);

#endif
