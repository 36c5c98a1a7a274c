/* Days and months of the civil calendar, proleptic Gregorian; a day is a number from 1970-01-01 = 0. */
#ifndef RH_DOMAIN_CALENDAR_DAY_H
#define RH_DOMAIN_CALENDAR_DAY_H

#include <stdbool.h>
#include <stdint.h>

int64_t rh_day_of(int year, int month, int day);
void rh_day_split(int64_t date, int *year, int *month, int *day);

/* Local day (UTC+8) of a moment in milliseconds. */
int64_t rh_day_of_time(int64_t time);

/* The corresponding day `months` later, or the last day of that month where there is none (民法典 202). */
int64_t rh_day_add_months(int64_t date, int64_t months);

/* Whole months from one day to another; a month that is not complete does not count. */
int64_t rh_months_between(int64_t from, int64_t to);

/* Last lawful end of a term of `years` that begins on `start`: the corresponding day, the first day not counted (民法典 201, 202, 705). */
int64_t rh_term_end(int64_t start, int years);

#endif
