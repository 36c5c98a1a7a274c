/* Classes: the part of a resident's state that bounds of rates may depend on, beside age.
 *
 * 9 kinds (sex, marital state, children ever born of married women) × away or not × work group. A class never depends on the place, so reclassification of places changes no class. */
#ifndef RH_PROCESS_CLASS_H
#define RH_PROCESS_CLASS_H

#include "person/person.h"

enum {
    RH_KINDS = 9,
    RH_CLASSES = RH_KINDS * 2 * 4,
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
    unsigned away;     /* 1: lives outside the home township */
    unsigned work;     /* enum rh_work_group */
} rh_class;

/* Class number ↔ description. */
rh_class rh_class_at(unsigned number);
unsigned rh_class_number(rh_class c);

/* The nine bits of the word that decide the class: sex, marital, children, activity, away. */
static inline unsigned
rh_class_bits(rh_person w)
{
    return (unsigned)((w >> rh_sex_low) & 31) | (unsigned)((w >> rh_activity_low) & 7) << 5 |
           (unsigned)rh_person_is_away(w) << 8;
}

/* Fill the look-up from class bits to class number. */
void rh_class_table(unsigned char table[512]);

#endif
