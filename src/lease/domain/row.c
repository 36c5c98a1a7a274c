/* Descriptions of the rows: see row.h. */
#include "domain/row.h"

#define MUST false
#define MAY true
#define HEAD(type, name, may, zh, en)                                                          \
    {#name, RH_FIELD_##type, RH_OPEN, NULL, offsetof(rh_row_head, name), zh, en, may},
#define HEADS                                                                                  \
    HEAD(ID, id, MUST, "编号", "id")                                                           \
    HEAD(INT, version, MUST, "版本", "version")                                                \
    HEAD(INT, seq, MUST, "序号", "seq")                                                        \
    HEAD(TIME, recorded, MUST, "记录时间", "recorded")                                         \
    HEAD(DATE, valid_from, MUST, "生效日期", "valid from")                                     \
    HEAD(DATE, valid_to, MAY, "失效日期", "valid to")
#define F(type, name, audience, may, zh, en)                                                   \
    {#name, RH_FIELD_##type, RH_##audience, NULL, offsetof(this_row, name), zh, en, may},
#define C(list, name, audience, may, zh, en)                                                   \
    {#name, RH_FIELD_CODE, RH_##audience, &rh_codes_##list, offsetof(this_row, name), zh, en,  \
     may},
#define ROW(name, zh, en, fields)                                                              \
    static const rh_record_type *type_of_##name(void)                                          \
    {                                                                                          \
        typedef rh_row_##name this_row;                                                        \
        static const rh_field field[] = {HEADS fields};                                        \
        static const rh_record_type type = {                                                   \
            #name, zh, en, sizeof(this_row), (int)(sizeof field / sizeof field[0]), field};    \
        return &type;                                                                          \
    }
#include "domain/row.def"
#undef ROW

const rh_record_type *
rh_row_type(rh_row_kind kind)
{
    static const rh_record_type *(*const type_of[])(void) = {
#define ROW(name, zh, en, fields) type_of_##name,
#include "domain/row.def"
#undef ROW
    };
    return type_of[kind]();
}
