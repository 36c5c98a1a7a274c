/* The tables of keep.def as structs rh_keep_NAME, and all tables of a township in one numbering. */
#ifndef RH_STORE_KEEP_H
#define RH_STORE_KEEP_H

#include "domain/row.h"

#define F(type, name, audience, need, zh, en) RH_C_##type(name)
#define C(codes, name, audience, need, zh, en) int64_t name;
#define KEEP(name, zh, en, fields)                                                             \
    typedef struct rh_keep_##name {                                                            \
        fields                                                                                 \
    } rh_keep_##name;
#include "store/keep.def"
#undef KEEP
#undef C
#undef F

/* Numbers of tables: those of keep.def first (rows refer to the journal and to commitments), then the rows by kind. */
typedef enum rh_keep {
#define KEEP(name, zh, en, fields) RH_KEEP_##name,
#include "store/keep.def"
#undef KEEP
    RH_KEEP_COUNT,
    RH_TABLE_COUNT = RH_KEEP_COUNT + RH_ROW_COUNT
} rh_keep;

static inline int
rh_table_of_row(rh_row_kind kind)
{
    return (int)RH_KEEP_COUNT + (int)kind;
}

/* Description of a table of keep.def. */
const rh_record_type *rh_keep_type(rh_keep keep);

/* A table: what it is made of and how it may be used. */
typedef struct rh_table {
    const rh_record_type *type;
    bool row;      /* of row.def: has also the column `at`, and (id, version) is unique */
    bool erasable; /* lines may be deleted */
} rh_table;

typedef struct rh_schema {
    int n;
    rh_table table[RH_TABLE_COUNT];
} rh_schema;

/* All tables of a township. */
rh_schema rh_schema_township(void);

/* May the table be searched by this field? `id` of rows, the key of the others, and what lookup.def names. */
bool rh_table_searchable(const rh_table *table, const rh_field *field);

#endif
