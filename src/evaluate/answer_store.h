/* How an answer is kept: for answer.c and answer_write.c alone. */
#ifndef RH_EVALUATE_ANSWER_STORE_H
#define RH_EVALUATE_ANSWER_STORE_H

#include "evaluate/answer.h"

enum { RH_ANSWER_SCRATCH = 4 };

typedef struct rh_answer_pair {
    char *zh, *en; /* one block where they are the same */
} rh_answer_pair;

typedef struct rh_answer_head {
    char *id;
    rh_answer_pair title;
    int digits; /* below 0: a column of text */
} rh_answer_head;

typedef struct rh_answer_cell {
    rh_answer_pair text; /* NULL in a column of numbers */
    double number;
} rh_answer_cell;

typedef struct rh_answer_one {
    char *id;
    rh_answer_pair title;
    rh_answer_head *column;
    rh_answer_cell *cell; /* row by row */
    size_t n_columns, columns_room, n_cells, cells_room;
} rh_answer_one;

typedef struct rh_answer_lines {
    rh_answer_pair *line;
    size_t n, room;
} rh_answer_lines;

struct rh_answer {
    rh_answer_one *table;
    size_t n_tables, tables_room;
    rh_answer_lines warnings, notes, explanation;
    rh_status status;
    const char *failure;
    char scratch[RH_ANSWER_SCRATCH][1024];
    unsigned next_scratch;
};

#endif
