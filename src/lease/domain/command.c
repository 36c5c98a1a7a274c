/* Descriptions of the commands: see command.h. */
#include "domain/command.h"

#include "domain/macro_map.h"

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

#define ROLE_BIT(list, role) | RH_BIT(rh_role_##role)
#define BY(...) (0 RH_MAP(ROLE_BIT, role, __VA_ARGS__))

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
