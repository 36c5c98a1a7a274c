/* What the verbs show, export, flows and score do, as functions on a run file: they write to
 * the FILE given and to nowhere else. Unknown levels, indicators, places and years are
 * RH_INPUT, with what there is to choose. */
#ifndef RH_RUN_REPORT_H
#define RH_RUN_REPORT_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What is asked of a run. Zero and NULL mean: the usual. */
typedef struct rh_query {
    const char *indicator; /* id */
    const char *level;     /* "nation", "province", "prefecture", "county" */
    const char *part;      /* "all", "rural", "urban" */
    uint64_t place;        /* code; flows: from or to this place */
    int year;
    unsigned top; /* flows: the largest n, 0 all; show: rows at most, 0 all */
    bool json;    /* instead of a table for people */
    bool csv;     /* the same; flows only (export writes CSV) */
    bool chinese; /* headings */
} rh_query;

/* ronghe show RUN.gpkg: without options the national path over the years and the parts of the
 * urban share's change; with --place the same for a place; with --level and/or --indicator a
 * table of places × years (one indicator) or places × headline indicators (one year). */
RH_MUST_CHECK rh_status rh_show(const char *run_path, const rh_query *query, FILE *out,
                                rh_err *err);

/* ronghe flows RUN.gpkg: origin–destination at a level (default province) in a year (default
 * the last with flows), largest first; people living where they are registered are left out.
 * csv: all columns. */
RH_MUST_CHECK rh_status rh_flows(const char *run_path, const rh_query *query, FILE *out,
                                 rh_err *err);

/* ronghe score RUN.gpkg OBSERVED.csv (code,indicator,year,value; optional columns level, part).
 */
RH_MUST_CHECK rh_status rh_score(const char *run_path, const char *observed_path,
                                 const rh_query *query, FILE *out, rh_err *err);

/* ronghe export RUN.gpkg -o FILE: the ending decides. .csv: one row a value (the form that
 * score reads); .xlsx: one row a place and year, a column an indicator; .gpkg: a point layer,
 * one row a place, a column an indicator, for one year (default the last). Written beside and
 * renamed: nothing half-written is left. */
RH_MUST_CHECK rh_status rh_export(const char *run_path, const rh_query *query, const char *path,
                                  rh_err *err);

#endif
