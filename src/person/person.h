/* One resident, one 64-bit word: accessors generated from person.def.
 *
 * P1 the fields of person.def cover the word without overlap.  P2 a setter changes its field only.
 * The home place is not in the word: it is the block that the word stands in. */
#ifndef RH_PERSON_PERSON_H
#define RH_PERSON_PERSON_H

#include <stdbool.h>
#include <stdint.h>

typedef uint64_t rh_person;

#define FIELD(name, low, bits, meaning, unit, min, max)                                        \
    enum { rh_##name##_low = low, rh_##name##_bits = bits, rh_##name##_max = max };            \
    static inline unsigned rh_person_##name(rh_person w)                                       \
    {                                                                                          \
        return (unsigned)((w >> low) & ((1ULL << bits) - 1));                                  \
    }                                                                                          \
    static inline rh_person rh_person_with_##name(rh_person w, unsigned value)                 \
    {                                                                                          \
        return (w & ~(((1ULL << bits) - 1) << low)) | ((uint64_t)value << low);                \
    }
#include "person/person.def"
#undef FIELD

enum { RH_BIRTH_ZERO = 1890, RH_ARRIVAL_CYCLE = 63, RH_NEXT_CYCLE = 128 };

enum rh_sex { RH_MALE, RH_FEMALE };
enum rh_marital { RH_NEVER_MARRIED, RH_MARRIED, RH_WIDOWED, RH_DIVORCED };
enum rh_education {
    RH_NO_SCHOOL,
    RH_PRIMARY,
    RH_JUNIOR,
    RH_SENIOR,
    RH_COLLEGE,
    RH_BACHELOR,
    RH_GRADUATE,
    RH_EDUCATION_COUNT
};
enum rh_activity {
    RH_PRESCHOOL,
    RH_STUDENT,
    RH_FARM,
    RH_INDUSTRY,
    RH_SERVICE,
    RH_HOME,
    RH_RETIRED,
    RH_UNEMPLOYED,
    RH_ACTIVITY_COUNT
};
enum rh_hukou { RH_HUKOU_RURAL, RH_HUKOU_URBAN };
enum rh_homestead {
    RH_HOMESTEAD_NONE,
    RH_HOMESTEAD_LIVED_IN,
    RH_HOMESTEAD_IDLE,
    RH_HOMESTEAD_LEASED_OUT,
    RH_HOMESTEAD_LEASED_IN
};

/* Year of birth (calendar year). */
static inline int
rh_person_birth_year(rh_person w)
{
    return (int)rh_person_birth(w) + RH_BIRTH_ZERO;
}

/* Age reached on 31 December of `year`. */
static inline int
rh_person_age(rh_person w, int year)
{
    return year - rh_person_birth_year(w);
}

/* True when the resident lives outside the township of registration. */
static inline bool
rh_person_is_away(rh_person w)
{
    return rh_person_arrival(w) != 0;
}

/* Arrival code of a move made in `year` (never 0). */
static inline unsigned
rh_arrival_code(int year)
{
    return 1 + (unsigned)year % RH_ARRIVAL_CYCLE;
}

/* Full years since arrival at the end of `year`; 0 when not away. Exact below 63. */
static inline int
rh_person_stay(rh_person w, int year)
{
    unsigned code = rh_person_arrival(w);
    return code == 0
               ? 0
               : (int)((rh_arrival_code(year) - code + RH_ARRIVAL_CYCLE) % RH_ARRIVAL_CYCLE);
}

/* Description of a field, for range checks, snapshot headers and documentation. */
typedef struct rh_field {
    const char *name, *meaning, *unit;
    unsigned low, bits, min, max;
} rh_field;

/* Fields in the order of person.def; *count receives their number. */
const rh_field *rh_person_fields(unsigned *count);

#endif
