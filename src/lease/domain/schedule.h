/* The rent of a lease as lines due: what is owed, for which period, when. Pure arithmetic in fen and calendar months.
 *
 * A payment covers `period_months` and is due on the first day of its period. The rent of a year steps up by `step_bp` every `step_years`
 * years, each time rounded half up to the fen. What is owed up to a day is
 *     C(m months, d days) = Σ full years + ⌊R·m'/12⌋ of the year that runs (m' of its months)
 *                           + ⌊(C(m+1) − C(m))·d/D⌋ for d days of a month that has D
 * and a line is the difference of C at the ends of its period.
 * H1 so the lines of a full year sum to that year's rent exactly, and all lines to C(whole term), whatever the period.
 * H2 every line is ≥ 0; dates rise strictly. */
#ifndef RH_DOMAIN_SCHEDULE_H
#define RH_DOMAIN_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct rh_rent_terms {
    int64_t start, end; /* days; the first is not counted, the last is (民法典 201) */
    int64_t fen_year;   /* of the first year */
    int64_t step_bp, step_years;
    int64_t period_months;
} rh_rent_terms;

typedef struct rh_rent_due {
    int64_t from,
        to;      /* the period: from its first day, to the first day of the next or the end */
    int64_t fen; /* due on `from` */
} rh_rent_due;

/* Can it be computed? start < end ≤ 100 years later; 1 ≤ period ≤ 1200; steps of 0–100 % after 1–100 years (or none at all); no year's rent above
 * 10^13 fen. All else here wants sane terms. */
bool rh_rent_sane(const rh_rent_terms *t);

/* The k-th payment from 0; false: there is none any more. */
bool rh_rent_due_at(const rh_rent_terms *t, int64_t k, rh_rent_due *due);

/* The rent of year y from 0 (a full year). */
int64_t rh_rent_of_year(const rh_rent_terms *t, int64_t y);

/* C(whole term). */
int64_t rh_rent_total(const rh_rent_terms *t);

#endif
