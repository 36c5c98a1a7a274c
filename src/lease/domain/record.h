/* What records are made of.
 *
 * Rows (what is kept) and commands (what is asked) are plain structs of 8-byte fields, hashes and texts, listed once (row.def,
 * command.def). From the lists come the structs and, through the descriptions below, SQL, JSON, forms, CSV and canonical bytes;
 * no other place names the columns of a table.
 *
 * R1 every field is int64_t, rh_hash or const char *; nothing else stands in a record.
 * R2 RH_NONE in a number, an empty text, an all-zero hash mean "not said"; SQL writes NULL, JSON leaves the key out.
 * R3 texts in a record are borrowed: whoever made the record says how long they live. */
#ifndef RH_DOMAIN_RECORD_H
#define RH_DOMAIN_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RH_NONE INT64_MIN

typedef struct rh_hash {
    uint8_t byte[32];
} rh_hash;

/* Types of a field. All numbers are int64_t.
 *   ID       number of an object, from 1, of the table of its kind
 *   INT      a count, a size in cm² or basis points: the meaning is in the list
 *   FEN      money, 1/100 yuan
 *   DATE     days since 1970-01-01, local calendar
 *   TIME     milliseconds since 1970-01-01 00:00 UTC
 *   CODE     index in the list of words that the field names (rh_field.codes); stored and shown as the word
 *   BOOL     0 or 1
 *   TEXT     UTF-8
 *   HASH     SHA-256
 *   PRIVATE  personal data: the number of a row of `private_value`, never the value itself (DOMAIN.md, Law-7) */
typedef enum rh_field_type {
    RH_FIELD_ID,
    RH_FIELD_INT,
    RH_FIELD_FEN,
    RH_FIELD_DATE,
    RH_FIELD_TIME,
    RH_FIELD_CODE,
    RH_FIELD_BOOL,
    RH_FIELD_TEXT,
    RH_FIELD_HASH,
    RH_FIELD_PRIVATE
} rh_field_type;

/* Who may read a field. Public fields stand in the log's entries; the others are covered there by a salted commitment. */
typedef enum rh_audience { RH_OPEN, RH_MEMBERS, RH_PARTIES } rh_audience;

typedef struct rh_codes {
    const char *name;
    int n;
    const char *const *word; /* ASCII identifiers, used in SQL, JSON and the log */
    const char *const *zh, *const *en;
} rh_codes;

typedef struct rh_field {
    const char *name;
    rh_field_type type;
    rh_audience audience;
    const rh_codes *codes; /* of a CODE */
    size_t offset;
    const char *zh, *en; /* what a person calls it */
    bool optional;
} rh_field;

typedef struct rh_record_type {
    const char *name;
    const char *zh, *en;
    size_t size; /* of the struct */
    int n;
    const rh_field *field;
} rh_record_type;

static inline int64_t
rh_record_number(const void *record, const rh_field *f)
{
    return *(const int64_t *)(const void *)((const char *)record + f->offset);
}

static inline const char *
rh_record_text(const void *record, const rh_field *f)
{
    return *(const char *const *)(const void *)((const char *)record + f->offset);
}

static inline const rh_hash *
rh_record_hash(const void *record, const rh_field *f)
{
    return (const rh_hash *)(const void *)((const char *)record + f->offset);
}

/* The field of that name, or NULL. */
const rh_field *rh_record_find(const rh_record_type *type, const char *name);

/* Index of the word in the list, or -1. */
int rh_code_find(const rh_codes *codes, const char *word);

#endif
