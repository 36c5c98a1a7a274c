/* Classes: the part of a resident's state that bounds of rates may depend on, beside age.
 *
 * 9 kinds (sex, marital state, children ever born of married women) × 4 work groups = 36 states, × 4 migrant classes. A class
 * changes by events of the resident alone (reclassification of places changes none), so that it stands still between two
 * candidates. */
#ifndef RH_PROCESS_CLASS_H
#define RH_PROCESS_CLASS_H

#include "person/person.h"
#include "place/region.h"

enum {
    RH_KINDS = 9,
    RH_STATES = RH_KINDS * 4,
    RH_CLASSES = RH_STATES * RH_CLASS_COUNT,
    RH_CLASS_AGES = 112,
    RH_AGE_LAST = RH_CLASS_AGES - 1
};

/* PUPIL: pre-school and school children, students; RETIRED shares it, since neither works and their ages do not meet. */
enum rh_work_group { RH_WORK_PUPIL, RH_WORK_FARM, RH_WORK_OTHER, RH_WORK_UNEMPLOYED };

typedef struct rh_class {
    unsigned sex; /* enum rh_sex */
    unsigned
        marital; /* RH_NEVER_MARRIED, RH_MARRIED, or RH_WIDOWED (stands for divorced too) */
    unsigned children; /* of married women: 0 … 3; 0 for everybody else */
    unsigned work;     /* enum rh_work_group */
    unsigned migrant;  /* enum rh_migrant_class: RH_LOCAL lives in the home township */
} rh_class;

/* Class number ↔ description. number = state + RH_STATES × migrant class. */
rh_class rh_class_at(unsigned number);
unsigned rh_class_number(rh_class c);

/* The eight bits of the word that decide the state: sex, marital, children, activity. */
static inline unsigned
rh_class_bits(rh_person w)
{
    return (unsigned)((w >> rh_sex_low) & 31) | (unsigned)((w >> rh_activity_low) & 7) << 5;
}

/* Fill the look-up from class bits to state. */
void rh_class_table(unsigned char table[256]);

#endif
