/* Days and months: see calendar_day.h. Civil-from-days arithmetic over 400-year eras, years that begin in March. */
#include "domain/calendar_day.h"

int64_t
rh_day_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void
rh_day_split(int64_t date, int *year, int *month, int *day)
{
    int64_t z = date + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t of_era = z - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + era * 400 + (*month <= 2));
}

int64_t
rh_day_of_time(int64_t time)
{
    const int64_t zone = INT64_C(8) * 3600 * 1000, day = INT64_C(24) * 3600 * 1000;
    int64_t local = time + zone;
    return local >= 0 ? local / day : -((-local + day - 1) / day);
}

static int
days_of_month(int year, int month)
{
    int next = month == 12 ? 1 : month + 1;
    return (int)(rh_day_of(month == 12 ? year + 1 : year, next, 1) - rh_day_of(year, month, 1));
}

int64_t
rh_day_add_months(int64_t date, int64_t months)
{
    int year, month, day;
    rh_day_split(date, &year, &month, &day);
    int64_t all = (int64_t)year * 12 + month - 1 + months;
    year = (int)(all >= 0 ? all / 12 : -((-all + 11) / 12));
    month = (int)(all - (int64_t)year * 12) + 1;
    int last = days_of_month(year, month);
    return rh_day_of(year, month, day < last ? day : last);
}

int64_t
rh_months_between(int64_t from, int64_t to)
{
    int y1, m1, d1, y2, m2, d2;
    rh_day_split(from, &y1, &m1, &d1);
    rh_day_split(to, &y2, &m2, &d2);
    int64_t months = ((int64_t)y2 - y1) * 12 + m2 - m1;
    while (rh_day_add_months(from, months) > to) {
        months--;
    }
    return months;
}

int64_t
rh_term_end(int64_t start, int years)
{
    return rh_day_add_months(start, (int64_t)12 * years);
}
