/* Coalitions as people write them, "A+B", and games read from a table: columns coalition and value, one row a
 * coalition. */
#ifndef RH_EVALUATE_GAME_TABLE_H
#define RH_EVALUATE_GAME_TABLE_H

#include "evaluate/game_value.h"
#include "io/csv.h"

#include <stdbool.h>

enum { RH_PLAYERS_MOST = 64, RH_COALITION_TEXT = 1000 };

/* Players in the order of bits. */
typedef struct rh_players {
    unsigned n;
    char *name[RH_PLAYERS_MOST]; /* owned */
} rh_players;

void rh_players_release(rh_players *players);

/* Names separated by commas (or ，、). Errors: RH_INPUT for an empty name, one given twice, more than RH_PLAYERS_MOST. */
RH_MUST_CHECK rh_status rh_players_read(const char *list, rh_players *players, rh_err *err);

/* "A+B+C" (or ＋); "∅" for none. The members in the order of bits; cut short by "…" where it does not fit. */
typedef struct rh_coalition_text {
    char text[RH_COALITION_TEXT];
} rh_coalition_text;
rh_coalition_text rh_coalition_name(const rh_players *players, uint64_t coalition);

/* The game of a table. `players` empty: filled in the order in which names appear; else only its names may occur. Columns: coalition (or
 * 联盟) and value (or 值); others are passed over. Rows may come in any order; ∅ may stand there with 0.
 * *v: 2^n doubles of the caller (rh_free). With `partial`, coalitions without a row are NAN; else they are an error that
 * names them. Errors: RH_INPUT (with all problems, file and line), RH_MEMORY. */
RH_MUST_CHECK rh_status rh_game_read(rh_csv *table, const char *file, bool partial,
                                     rh_players *players, double **v, rh_err *err);

/* One coalition of a cell: its members as bits. New names are added to `players` if `may_grow`. A problem in the table
 * returns 0. */
uint64_t rh_coalition_read(rh_csv *table, uint32_t row, int column, rh_players *players,
                           bool may_grow);

#endif
