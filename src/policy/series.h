/* Exogenous national series: mortality, fertility, births, deaths, sex ratio at birth, by year.
 *
 * Read from a folder (the shipped one is data/china) with three tables whose rows name their
 * source:
 *
 *   mortality.csv  period_from, period_to, sex, age_from, age_to, mx: central death rates by
 *                  age group
 *   fertility.csv  year, tfr, pct_10_14 … pct_50_54: total fertility and its age pattern in
 *                  per cent
 *   vital.csv      year, births, deaths, sex_ratio_at_birth, e0_male, e0_female: national
 *                  totals
 *
 * V1 inside an age group the death rate is log-linear in age and its mean over the life table's
 *    survivors is the table's group rate; between the middles of periods it is log-linear in
 * time; then one factor a year and sex makes the life expectancy at birth the one of vital.csv.
 * V2 the births of a five-year age group are those of the table (its cumulative pattern is
 *    interpolated by a monotone cubic, Fritsch & Carlson 1980), and the ages sum to the year's
 *    TFR; births at 50 and over are given to 45–49.
 * V3 births and deaths are the typed ones. */
#ifndef RH_POLICY_SERIES_H
#define RH_POLICY_SERIES_H

#include "core/status.h"

enum { RH_SERIES_AGES = 111, RH_SERIES_FERTILE = 50, RH_SERIES_MALE = 0, RH_SERIES_FEMALE = 1 };

/* Arrays are indexed by year - first_year. Sex index: 0 male, 1 female (as in the person word).
 */
typedef struct rh_series {
    int first_year, last_year;
    /* Deaths per person-year, by sex and completed age. */
    float (*mortality)[2][RH_SERIES_AGES];
    float (*fertility)[RH_SERIES_FERTILE]; /* births per woman and year, by completed age */
    double *births, *deaths;               /* national, persons a year */
    double *male_share;                    /* of births */
} rh_series;

/* Read the series for the years first_year … last_year from the folder `dir`. Errors: RH_IO,
 * RH_INPUT (up to 20 problems of a table at once), RH_MISSING naming the first year a table
 * lacks. */
RH_MUST_CHECK rh_status rh_series_read(const char *dir, int first_year, int last_year,
                                       rh_series **out, rh_err *err);
void rh_series_free(rh_series *series);

/* Life expectancy at birth of one column of death rates, in years. */
double rh_series_life_expectancy(const float mortality[RH_SERIES_AGES]);

#endif
