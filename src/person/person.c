/* The field table of a resident: see person.h. */
#include "person/person.h"

#define FIELD(name, low, bits, meaning, unit, min, max)                                        \
    _Static_assert((low) + (bits) <= 64 && (max) < (1 << (bits)),                              \
                   "field " #name " does not fit");
#include "person/person.def"
#undef FIELD

const rh_field *
rh_person_fields(unsigned *count)
{
    static const rh_field fields[] = {
#define FIELD(name, low, bits, meaning, unit, min, max)                                        \
    {#name, meaning, unit, low, bits, min, max},
#include "person/person.def"
#undef FIELD
    };
    *count = sizeof fields / sizeof fields[0];
    return fields;
}
