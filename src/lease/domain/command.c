/* Descriptions of the commands: see command.h. */
#include "domain/command.h"

#include <string.h>

#define MUST false
#define MAY true
#define F(type, name, audience, may, zh, en)                                                   \
    {#name, RH_FIELD_##type, RH_##audience, NULL, offsetof(this_command, name), zh, en, may},
#define C(list, name, audience, may, zh, en)                                                   \
    {#name,                                                                                    \
     RH_FIELD_CODE,                                                                            \
     RH_##audience,                                                                            \
     &rh_codes_##list,                                                                         \
     offsetof(this_command, name),                                                             \
     zh,                                                                                       \
     en,                                                                                       \
     may},
#define COMMAND(name, zh, en, by, fields)                                                      \
    static const rh_record_type *type_of_##name(void)                                          \
    {                                                                                          \
        typedef rh_command_##name this_command;                                                \
        static const rh_field field[] = {fields};                                              \
        static const rh_record_type type = {#name,                                             \
                                            zh,                                                \
                                            en,                                                \
                                            sizeof(this_command),                              \
                                            (int)(sizeof field / sizeof field[0]),             \
                                            field};                                            \
        return &type;                                                                          \
    }
#include "domain/command.def"
#undef COMMAND

const rh_record_type *
rh_command_type(rh_command_kind kind)
{
    static const rh_record_type *(*const type_of[])(void) = {
#define COMMAND(name, zh, en, by, fields) type_of_##name,
#include "domain/command.def"
#undef COMMAND
    };
    return type_of[kind]();
}

/* BY(a, b, …): a bit each, up to twelve roles. */
#define BIT(role) RH_BIT(rh_role_##role)
#define BY1(a) BIT(a)
#define BY2(a, ...) BIT(a) | BY1(__VA_ARGS__)
#define BY3(a, ...) BIT(a) | BY2(__VA_ARGS__)
#define BY4(a, ...) BIT(a) | BY3(__VA_ARGS__)
#define BY5(a, ...) BIT(a) | BY4(__VA_ARGS__)
#define BY6(a, ...) BIT(a) | BY5(__VA_ARGS__)
#define BY7(a, ...) BIT(a) | BY6(__VA_ARGS__)
#define BY8(a, ...) BIT(a) | BY7(__VA_ARGS__)
#define BY9(a, ...) BIT(a) | BY8(__VA_ARGS__)
#define BY10(a, ...) BIT(a) | BY9(__VA_ARGS__)
#define BY11(a, ...) BIT(a) | BY10(__VA_ARGS__)
#define BY12(a, ...) BIT(a) | BY11(__VA_ARGS__)
#define BY_OF(a, b, c, d, e, f, g, h, i, j, k, l, by, ...) by
#define BY(...)                                                                                \
    (BY_OF(__VA_ARGS__, BY12, BY11, BY10, BY9, BY8, BY7, BY6, BY5, BY4, BY3, BY2,              \
           BY1, )(__VA_ARGS__))

uint64_t
rh_command_roles(rh_command_kind kind)
{
    static const uint64_t roles[] = {
#define COMMAND(name, zh, en, by, fields) by,
#include "domain/command.def"
#undef COMMAND
    };
    return roles[kind];
}

int
rh_command_find(const char *name)
{
    for (int i = 0; i < RH_COMMAND_COUNT; i++) {
        if (strcmp(rh_command_type((rh_command_kind)i)->name, name) == 0) {
            return i;
        }
    }
    return -1;
}
