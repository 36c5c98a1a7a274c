/* The rows (row.def) as structs rh_row_NAME.
 *
 * Every row begins with the same head:
 *   id, version   the object; versions count from 1, the highest is what holds now
 *   seq           number of the command that made it (from 1)
 *   recorded      moment of recording, never earlier than that of a smaller seq (I23)
 *   valid_from, valid_to   dates between which the fact holds; valid_to is the first day on which it no longer does, RH_NONE: open
 * Rows are never changed: what changes gets a new version. */
#ifndef RH_DOMAIN_ROW_H
#define RH_DOMAIN_ROW_H

#include "domain/code.h"

#define RH_ROW_HEAD int64_t id, version, seq, recorded, valid_from, valid_to;

typedef struct rh_row_head {
    RH_ROW_HEAD
} rh_row_head;

#define RH_C_ID(name) int64_t name;
#define RH_C_INT(name) int64_t name;
#define RH_C_FEN(name) int64_t name;
#define RH_C_DATE(name) int64_t name;
#define RH_C_TIME(name) int64_t name;
#define RH_C_BOOL(name) int64_t name;
#define RH_C_PRIVATE(name) int64_t name;
#define RH_C_TEXT(name) const char *name;
#define RH_C_HASH(name) rh_hash name;

#define F(type, name, audience, need, zh, en) RH_C_##type(name)
#define C(codes, name, audience, need, zh, en) int64_t name;
#define ROW(name, zh, en, fields)                                                              \
    typedef struct rh_row_##name {                                                             \
        RH_ROW_HEAD                                                                            \
        fields                                                                                 \
    } rh_row_##name;
#include "domain/row.def"
#undef ROW
#undef C
#undef F

typedef enum rh_row_kind {
#define ROW(name, zh, en, fields) RH_ROW_##name,
#include "domain/row.def"
#undef ROW
    RH_ROW_COUNT,
    RH_ROW_NONE = RH_ROW_COUNT
} rh_row_kind;

/* Description of a kind: its fields, the head first (`valid_from` and `valid_to` are OPEN, as are all of the head). */
const rh_record_type *rh_row_type(rh_row_kind kind);

/* A row of any kind. */
typedef struct rh_row {
    rh_row_kind kind;
    const void *record; /* a struct rh_row_KIND */
} rh_row;

static inline const rh_row_head *
rh_row_head_of(rh_row row)
{
    return (const rh_row_head *)row.record;
}

#endif
