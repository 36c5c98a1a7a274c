/* The tables that the verbs of `ronghe metro` read, brought to one order of units: flows, units, travel times, pairs.
 *
 *   FLOWS   columns from, to, n, or the first three; or a run.gpkg: residents registered in one county and living in another
 *   --units id (first column), name, population, area_km2, dense (share living at high density, 0–1), core (urban centre),
 *           row and column (of a grid), lon and lat, neighbours (ids between blanks, ";" or "|"), price; any may be missing
 *   --times from, to, minutes, or the first three columns
 *
 * U1 units are in the order of their ids: as numbers when all are whole numbers, else by bytes. The order decides ties. */
#ifndef RH_CLI_METRO_TABLES_H
#define RH_CLI_METRO_TABLES_H

#include "cli/evaluate.h"
#include "evaluate/metro_answer.h"
#include "evaluate/metro_circle.h"
#include "evaluate/metro_contiguity.h"
#include "evaluate/names.h"
#include "io/table.h"

#define RH_METRO_OPTIONS                                                                       \
    {"units", 'u', "FILE", false, RH_MSG_METRO_UNITS},                                         \
        {"columns", 0, "FROM,TO,N", false, RH_MSG_METRO_COLUMNS},                              \
        {"sheet", 0, "PART", false, RH_MSG_HELP_SHEET},                                        \
    {                                                                                          \
        "year", 'y', "YEAR", false, RH_MSG_METRO_YEAR                                          \
    }
#define RH_METRO_TIMES_OPTION                                                                  \
    {                                                                                          \
        "times", 't', "FILE", false, RH_MSG_METRO_TIMES                                        \
    }
#define RH_METRO_NEIGHBOURS_OPTION                                                             \
    {                                                                                          \
        "neighbours", 0, "FILE", false, RH_MSG_METRO_NEIGHBOURS                                \
    }

typedef struct rh_metro_tables {
    rh_csv *flow_table, *unit_table;
    struct rh_run *run;
    char *run_ids;         /* texts of a run's ids */
    rh_metro_units unit;   /* ids and names, borrowed from the tables */
    rh_names *names;       /* units by their ids */
    uint32_t *unit_row;    /* row of each unit in unit_table */
    rh_commuting *flows;   /* NULL without a table of flows */
    rh_minutes *minutes;   /* NULL without --times */
    rh_touching *touching; /* NULL where neither borders nor places are known */
    double *population;    /* NULL without the column */
} rh_metro_tables;

/* Read what the command line names; `file` is the table of flows (NULL: none). What was done to the tables is said in `answer`. */
RH_MUST_CHECK rh_status rh_metro_read(const rh_cli *cli, const rh_verb *verb,
                                      const rh_args *args, const char *file, rh_metro_tables *t,
                                      rh_answer *answer, rh_err *err);
void rh_metro_release(rh_metro_tables *t);

/* Index of a unit by its id, or RH_NO_AREA. O(1). */
uint32_t rh_metro_find(const rh_metro_tables *t, const char *id);

/* A column of --units in the order of units, NULL when there is none such; each cell must be a number from low to high. */
RH_MUST_CHECK rh_status rh_metro_column(rh_metro_tables *t, const char *name, double low,
                                        double high, double **out, rh_err *err);

/* Neighbours from --neighbours, or the columns neighbours, row and column, lon and lat: the first that is there. */
RH_MUST_CHECK rh_status rh_metro_read_touching(const rh_verb *verb, const rh_args *args,
                                               rh_metro_tables *t, rh_answer *answer,
                                               rh_err *err);

/* Ids between commas; one that is no unit is an input error that names the option. For each: mark[unit] = true. */
RH_MUST_CHECK rh_status rh_metro_mark(const rh_metro_tables *t, const char *option,
                                      const char *ids, bool *mark, rh_err *err);

/* Centres: --centers, else the units of at least --center-population persons (usual: 3,000,000, 大城市 I 型 of State Council 2014 no. 51
 * and above). The caller frees *center. */
RH_MUST_CHECK rh_status rh_metro_centers(const rh_cli *cli, const rh_verb *verb,
                                         const rh_args *args, const rh_metro_tables *t,
                                         bool **center, rh_err *err);

/* What tells the cores of functional urban areas: *core_of from the column core, else *dense from dense, else from population and
 * area_km2 (1 at 1,500 persons/km² and above). The other stays NULL. The caller frees both. */
RH_MUST_CHECK rh_status rh_metro_cores(rh_metro_tables *t, double **dense, uint32_t **core_of,
                                       rh_answer *answer, rh_err *err);

/* Numbers between commas, each from low to high; the caller frees *out. A wrong one is said and returns RH_USAGE. */
RH_MUST_CHECK rh_status rh_metro_numbers(const rh_cli *cli, const rh_verb *verb,
                                         const char *option, const char *text, double low,
                                         double high, double **out, uint32_t *n, rh_err *err);

#endif
