/* Behavioural parameters: numbers and age profiles by name, from data/china/behaviour.csv.
 *
 * Columns: name, sex (m, f or empty for both), age (empty: a plain number; else a knot of a profile), value, unit,
 * tag (published, estimated, assumption), source. Between knots a profile is straight; outside it is 0 unless
 * its end knots say otherwise.
 * B1 asking for a name that the file lacks is an error naming the file and the name. */
#ifndef RH_POLICY_PARAMETERS_H
#define RH_POLICY_PARAMETERS_H

#include "core/status.h"

typedef struct rh_parameters rh_parameters;

enum { RH_PROFILE_AGES = 112 };

RH_MUST_CHECK rh_status rh_parameters_read(const char *path, rh_parameters **out, rh_err *err);
void rh_parameters_free(rh_parameters *parameters);

/* A plain number. */
RH_MUST_CHECK rh_status rh_parameter(const rh_parameters *p, const char *name, double *value,
                                     rh_err *err);

/* A plain number for one sex (0 male, 1 female). */
RH_MUST_CHECK rh_status rh_parameter_of_sex(const rh_parameters *p, const char *name,
                                            unsigned sex, double *value, rh_err *err);

/* An age profile for one sex (0 male, 1 female) at completed years 0 … 111. */
RH_MUST_CHECK rh_status rh_parameter_profile(const rh_parameters *p, const char *name,
                                             unsigned sex, float profile[RH_PROFILE_AGES],
                                             rh_err *err);

#endif
