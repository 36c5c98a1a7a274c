/* Descriptions of the tables: see keep.h. */
#include "store/keep.h"

#include <string.h>

#define MUST false
#define MAY true
#define F(type, name, audience, may, zh, en)                                                   \
    {#name, RH_FIELD_##type, RH_##audience, NULL, offsetof(this_keep, name), zh, en, may},
#define C(list, name, audience, may, zh, en)                                                   \
    {#name, RH_FIELD_CODE, RH_##audience, &rh_codes_##list, offsetof(this_keep, name), zh, en, \
     may},
#define KEEP(name, zh, en, fields)                                                             \
    static const rh_record_type *type_of_##name(void)                                          \
    {                                                                                          \
        typedef rh_keep_##name this_keep;                                                      \
        static const rh_field field[] = {fields};                                              \
        static const rh_record_type type = {                                                   \
            #name, zh, en, sizeof(this_keep), (int)(sizeof field / sizeof field[0]), field};   \
        return &type;                                                                          \
    }
#include "store/keep.def"
#undef KEEP

const rh_record_type *
rh_keep_type(rh_keep keep)
{
    static const rh_record_type *(*const type_of[])(void) = {
#define KEEP(name, zh, en, fields) type_of_##name,
#include "store/keep.def"
#undef KEEP
    };
    return type_of[keep]();
}

rh_schema
rh_schema_township(void)
{
    rh_schema schema = {.n = RH_TABLE_COUNT};
    for (int i = 0; i < RH_KEEP_COUNT; i++) {
        schema.table[i] =
            (rh_table){rh_keep_type((rh_keep)i), false, i == RH_KEEP_private_value};
    }
    for (int i = 0; i < RH_ROW_COUNT; i++) {
        schema.table[RH_KEEP_COUNT + i] = (rh_table){rh_row_type((rh_row_kind)i), true, false};
    }
    return schema;
}

bool
rh_table_searchable(const rh_table *table, const rh_field *field)
{
    static const struct {
        const char *table, *field;
    } lookup[] = {
#define LOOKUP(table, field) {#table, #field},
#include "store/lookup.def"
#undef LOOKUP
    };
    if (field == &table->type->field[0]) {
        return true; /* the key, or `id` of rows */
    }
    for (size_t i = 0; i < sizeof lookup / sizeof lookup[0]; i++) {
        if (strcmp(lookup[i].table, table->type->name) == 0 &&
            strcmp(lookup[i].field, field->name) == 0) {
            return true;
        }
    }
    return false;
}
