/* The rent schedule: see schedule.h. */
#include "domain/schedule.h"

#include "domain/calendar_day.h"

enum { WHOLE = 10000, YEARS_MOST = 100, MONTHS = 12 };
static const int64_t rent_most = INT64_C(10000000000000);

static int64_t
stepped(int64_t rent, int64_t step_bp)
{
    return rent + (rent / WHOLE * step_bp + (rent % WHOLE * step_bp + WHOLE / 2) / WHOLE);
}

int64_t
rh_rent_of_year(const rh_rent_terms *t, int64_t y)
{
    int64_t rent = t->fen_year;
    for (int64_t i = 0; t->step_bp > 0 && i < y / t->step_years; i++) {
        rent = stepped(rent, t->step_bp);
    }
    return rent;
}

bool
rh_rent_sane(const rh_rent_terms *t)
{
    if (t->start >= t->end || t->end > rh_term_end(t->start, YEARS_MOST) ||
        t->period_months < 1 || t->period_months > YEARS_MOST * MONTHS || t->fen_year < 0 ||
        t->fen_year > rent_most || t->step_bp < 0 || t->step_bp > WHOLE ||
        (t->step_bp > 0 && (t->step_years < 1 || t->step_years > YEARS_MOST))) {
        return false;
    }
    int64_t years = (rh_months_between(t->start, t->end) + MONTHS) / MONTHS;
    int64_t rent = t->fen_year;
    for (int64_t i = 0; t->step_bp > 0 && i < years / t->step_years; i++) {
        rent = stepped(rent, t->step_bp);
        if (rent > rent_most) {
            return false;
        }
    }
    return true;
}

/* What is owed for the first `months` whole months. */
static int64_t
owed_months(const rh_rent_terms *t, int64_t months)
{
    int64_t sum = 0, rent = t->fen_year;
    for (int64_t y = 0; y <= months / MONTHS; y++) {
        if (y > 0 && t->step_bp > 0 && y % t->step_years == 0) {
            rent = stepped(rent, t->step_bp);
        }
        sum += y < months / MONTHS ? rent : rent * (months % MONTHS) / MONTHS;
    }
    return sum;
}

/* What is owed up to a day of the term. */
static int64_t
owed_until(const rh_rent_terms *t, int64_t day)
{
    int64_t months = rh_months_between(t->start, day);
    int64_t from = rh_day_add_months(t->start, months),
            to = rh_day_add_months(t->start, months + 1);
    int64_t sum = owed_months(t, months);
    return sum + (owed_months(t, months + 1) - sum) * (day - from) / (to - from);
}

bool
rh_rent_due_at(const rh_rent_terms *t, int64_t k, rh_rent_due *due)
{
    due->from = rh_day_add_months(t->start, k * t->period_months);
    if (due->from >= t->end) {
        return false;
    }
    due->to = rh_day_add_months(t->start, (k + 1) * t->period_months);
    if (due->to > t->end) {
        due->to = t->end;
    }
    due->fen = owed_until(t, due->to) - owed_until(t, due->from);
    return true;
}

int64_t
rh_rent_total(const rh_rent_terms *t)
{
    return owed_until(t, t->end);
}
