/* Settings: the value of a parameter for the case at hand: what the nearest place sets today, else its default (parameter.def). */
#ifndef RH_DOMAIN_SETTING_H
#define RH_DOMAIN_SETTING_H

#include "domain/case.h"

/* RH_NONE: neither set nor given by default. */
int64_t rh_setting(const rh_case *c, enum rh_parameter_code key);

/* The default alone. */
int64_t rh_setting_default(enum rh_parameter_code key);

#endif
