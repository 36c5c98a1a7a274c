/* Records of any description with random values: extremes, gaps, quotes, Chinese. For tests of what moves records about. */
#ifndef RH_TESTS_RANDOM_RECORD_H
#define RH_TESTS_RANDOM_RECORD_H

#include "core/random.h"
#include "domain/row.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANDOM_TEXT = 48 };

typedef struct random_room { /* texts of one record */
    char text[64][RANDOM_TEXT];
} random_room;

static inline void
random_text(uint64_t bits, char out[RANDOM_TEXT])
{
    static const char *const piece[] = {
        "安宅村",           "\"", "\\",   "\n", "\x01", "a", "户", "'; DROP TABLE lease; --",
        "\xf0\x9f\x8f\xa0", "/",  "\x7f", "\t"};
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < 1 + (int)(bits % 3); i++) {
        const char *p = piece[(bits >> (8 + 8 * i)) % (sizeof piece / sizeof piece[0])];
        used += (size_t)snprintf(out + used, RANDOM_TEXT - used, "%s", p);
        if (used >= RANDOM_TEXT / 2) {
            break;
        }
    }
}

/* Every field of draw `key`; optional ones are left out half the time; PRIVATE ones are 1–5. */
static inline void
random_record(const rh_record_type *type, rh_key key, void *record, random_room *room)
{
    static const int64_t number[] = {0, 1, -1, 7, INT64_MAX, INT64_MIN + 1, 1000001, 42};
    memset(record, 0, type->size);
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        uint64_t bits = rh_draw(key, (uint64_t)i);
        bool none = f->optional && bits % 2 == 0;
        char *at = (char *)record + f->offset;
        bits >>= 1;
        if (f->type == RH_FIELD_TEXT) {
            const char *text = "";
            if (!none) {
                random_text(bits, room->text[i]);
                text = room->text[i];
            }
            memcpy(at, &text, sizeof text);
            continue;
        }
        if (f->type == RH_FIELD_HASH) {
            for (int k = 0; !none && k < 32; k++) {
                at[k] = (char)rh_draw(key, 1000 + (uint64_t)(32 * i + k));
            }
            continue;
        }
        int64_t n = f->type == RH_FIELD_CODE      ? (int64_t)(bits % (uint64_t)f->codes->n)
                    : f->type == RH_FIELD_BOOL    ? (int64_t)(bits % 2)
                    : f->type == RH_FIELD_DATE    ? (int64_t)(bits % 3652059) - 719162
                    : f->type == RH_FIELD_PRIVATE ? (int64_t)(bits % 5) + 1
                    : f->type == RH_FIELD_ID      ? (int64_t)(bits % 1000) + 1
                                                  : number[bits % 8];
        if (none) {
            n = RH_NONE;
        }
        memcpy(at, &n, sizeof n);
    }
}

/* Are the fields the same? The first that is not, or NULL. */
static inline const rh_field *
different_field(const rh_record_type *type, const void *a, const void *b)
{
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        bool same = f->type == RH_FIELD_TEXT
                        ? strcmp(rh_record_text(a, f), rh_record_text(b, f)) == 0
                    : f->type == RH_FIELD_HASH
                        ? memcmp(rh_record_hash(a, f), rh_record_hash(b, f), 32) == 0
                        : rh_record_number(a, f) == rh_record_number(b, f);
        if (!same) {
            return f;
        }
    }
    return NULL;
}

#endif
