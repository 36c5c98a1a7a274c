/* What the verbs of access read: places with demand, places with supply, and what links them. */
#ifndef RH_CLI_ACCESS_INPUT_H
#define RH_CLI_ACCESS_INPUT_H

#include "cli/evaluate.h"
#include "evaluate/names.h"
#include "evaluate/access_network.h"
#include "evaluate/access_pairs.h"
#include "io/table.h"

/* Options that say where the pairs come from; the verbs list them. */
#define RH_ACCESS_OPTIONS                                                                      \
    {"pairs", 'p', "FILE", false, RH_MSG_HELP_ACCESS_PAIRS},                                   \
        {"network", 0, "FILE", false, RH_MSG_HELP_ACCESS_NETWORK},                             \
        {"two-way", 0, NULL, false, RH_MSG_HELP_ACCESS_TWO_WAY},                               \
        {"lonlat", 0, "COLUMNS", false, RH_MSG_HELP_ACCESS_LONLAT},                            \
        {"xy", 0, "COLUMNS", false, RH_MSG_HELP_ACCESS_XY},                                    \
        {"speed", 0, "KMH", false, RH_MSG_HELP_ACCESS_SPEED},                                  \
        {"id", 0, "COLUMN", false, RH_MSG_HELP_ACCESS_ID},                                     \
        {"node", 0, "COLUMN", false, RH_MSG_HELP_ACCESS_NODE},                                 \
        {"demand", 0, "COLUMN", false, RH_MSG_HELP_ACCESS_DEMAND},                             \
        {"supply", 0, "COLUMN", false, RH_MSG_HELP_ACCESS_SUPPLY},                             \
        {"sheet", 0, "PART", false, RH_MSG_HELP_SHEET},                                        \
    {                                                                                          \
        "threads", 't', "N", false, RH_MSG_HELP_THREADS                                        \
    }

/* One side: the rows of a table, their names and amounts. */
typedef struct rh_places {
    rh_csv *file;
    const char *path;
    uint32_t n;
    const char **id;
    rh_names *names;
    double *amount; /* demand or supply, finite and ≥ 0 */
} rh_places;

typedef struct rh_access_tables {
    rh_places demand, supply; /* supply.file is NULL when it is the demand's */
    rh_pairs *pairs;
    rh_network *network; /* when the pairs come from one, with the numbers of its nodes */
    rh_csv *network_file;
    rh_names *nodes;
    uint32_t *demand_node, *supply_node;
    unsigned threads;
} rh_access_tables;

/* Read files 0 (demand) and 1 (supply; absent: the same) and link them, at most `within` apart. `supply_usual`: name of the
 * column of supply when --supply is not given; NULL: each row supplies 1. `within` NAN: only a table of pairs is read as pairs,
 * the network is not searched. What was dropped is said in `answer`. Release in every case. */
RH_MUST_CHECK rh_status rh_access_read(const rh_cli *cli, const rh_verb *verb,
                                       const rh_args *args, const char *supply_usual,
                                       double within, rh_answer *answer,
                                       rh_access_tables *tables, rh_err *err);

/* minutes[i] from each place of demand to the nearest that supplies; INFINITY where none is reached. */
RH_MUST_CHECK rh_status rh_access_nearest(const rh_verb *verb, const rh_args *args,
                                          const rh_access_tables *tables, double *minutes,
                                          rh_err *err);

/* The costs between places of demand, by the same means; for a table of pairs from `path` (NULL: the pairs themselves, when demand
 * and supply are one table). Freed by the caller unless it is tables->pairs. */
RH_MUST_CHECK rh_status rh_access_read_neighbours(const rh_verb *verb, const rh_args *args,
                                                  const char *path, double within,
                                                  rh_answer *answer, rh_access_tables *tables,
                                                  rh_pairs **out, rh_err *err);
void rh_access_release(rh_access_tables *tables);

/* Numbers separated by commas, rising and ≥ 0, at most `room`. */
RH_MUST_CHECK rh_status rh_access_numbers(const char *option, const char *text, unsigned room,
                                          double *number, unsigned *n, rh_err *err);

/* A column of numbers ≥ 0 without gaps; problems are collected in the file. */
RH_MUST_CHECK rh_status rh_access_amounts(rh_csv *file, const char *column, double **out,
                                          rh_err *err);

/* Index of the first of the columns (ended by NULL) that is there; a problem names the first when none is. */
int rh_access_column(rh_csv *file, const char *const *names);

/* Number of a name in a table of nodes or places; a problem in `file` when there is none. */
uint32_t rh_access_number_of(const rh_names *names, rh_csv *file, uint32_t row, int column);

#endif
