/* Days as ISO 8601 text, "2026-03-01": the one form in which databases, JSON and CSV hold a DATE. Years 0001–9999. */
#ifndef RH_STORE_DAY_TEXT_H
#define RH_STORE_DAY_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RH_DAY_TEXT = 11 }; /* ten characters and the NUL */

/* False: the year has not four digits. */
bool rh_day_write(int64_t day, char out[RH_DAY_TEXT]);

/* False: not exactly a day of the calendar in this form. */
bool rh_day_read(const char *text, size_t size, int64_t *day);

#endif
