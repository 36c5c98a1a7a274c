/* Classes of residents: see class.h. */
#include "process/class.h"

_Static_assert(rh_marital_low == rh_sex_low + 1 && rh_children_low == rh_sex_low + 3,
               "rh_class_bits reads sex, marital and children as one run of bits");

static unsigned
kind_of(rh_class c)
{
    if (c.sex == RH_MALE) {
        return c.marital;
    }
    if (c.marital == RH_MARRIED) {
        return 4 + c.children;
    }
    return c.marital == RH_NEVER_MARRIED ? 3 : 8;
}

rh_class
rh_class_at(unsigned number)
{
    static const rh_class kinds[RH_KINDS] = {
        {.sex = RH_MALE, .marital = RH_NEVER_MARRIED},
        {.sex = RH_MALE, .marital = RH_MARRIED},
        {.sex = RH_MALE, .marital = RH_WIDOWED},
        {.sex = RH_FEMALE, .marital = RH_NEVER_MARRIED},
        {.sex = RH_FEMALE, .marital = RH_MARRIED},
        {.sex = RH_FEMALE, .marital = RH_MARRIED, .children = 1},
        {.sex = RH_FEMALE, .marital = RH_MARRIED, .children = 2},
        {.sex = RH_FEMALE, .marital = RH_MARRIED, .children = 3},
        {.sex = RH_FEMALE, .marital = RH_WIDOWED},
    };
    rh_class c = kinds[number % RH_KINDS];
    number /= RH_KINDS;
    c.work = number % 4;
    c.migrant = number / 4;
    return c;
}

unsigned
rh_class_number(rh_class c)
{
    return kind_of(c) + RH_KINDS * (c.work + 4 * c.migrant);
}

void
rh_class_table(unsigned char table[256])
{
    for (unsigned bits = 0; bits < 256; bits++) {
        unsigned marital = bits >> 1 & 3, activity = bits >> 5 & 7;
        rh_class c = {
            .sex = bits & 1,
            .marital = marital == RH_DIVORCED ? RH_WIDOWED : marital,
            .children = bits >> 3 & 3,
            .work = activity == RH_PRESCHOOL || activity == RH_STUDENT || activity == RH_RETIRED
                        ? RH_WORK_PUPIL
                    : activity == RH_FARM       ? RH_WORK_FARM
                    : activity == RH_UNEMPLOYED ? RH_WORK_UNEMPLOYED
                                                : RH_WORK_OTHER,
        };
        if (c.sex == RH_MALE || c.marital != RH_MARRIED) {
            c.children = 0;
        }
        table[bits] = (unsigned char)rh_class_number(c);
    }
}
