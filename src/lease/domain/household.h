/* Persons, households and the collective: questions that schemes, offers and rights ask alike. */
#ifndef RH_DOMAIN_HOUSEHOLD_H
#define RH_DOMAIN_HOUSEHOLD_H

#include "domain/case.h"

/* 18 years or more, with full capacity, by the household record that holds that day, or the last one known; nobody without a record is. */
bool rh_is_able(const rh_registry *r, int64_t person, int64_t day);

/* Is the person a member of the collective that day? */
bool rh_is_member_of(const rh_registry *r, int64_t person, int64_t collective, int64_t day);

/* Has the household a member that day who is a member of the collective? */
bool rh_household_in(const rh_registry *r, int64_t household, int64_t collective, int64_t day);

/* Is the person of the household that day, or kin of somebody who is? */
bool rh_kin_of_household(const rh_registry *r, int64_t person, int64_t household, int64_t day);

/* The record of the person in the household that day, or NULL. */
const rh_row_household_member *rh_member_of_household(const rh_registry *r, int64_t person,
                                                      int64_t household, int64_t day);

#endif
