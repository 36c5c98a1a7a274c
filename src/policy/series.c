/* Exogenous national series: see series.h for the tables and invariants V1–V3. */
#include "policy/series.h"

#include "core/mem.h"
#include "io/csv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    MORTALITY_GROUPS = 22, /* 0, 1–4, 5–9, …, 95–99, 100+ */
    FERTILITY_GROUPS = 9,  /* 10–14, …, 50–54 */
    PERIODS = 40,          /* more than any table has */
    FIRST_BIRTH_AGE = 10
};

static int
group_low(int group)
{
    return group < 2 ? group : 5 * (group - 1);
}

static int
group_end(int group) /* first age after the group */
{
    return group == 0 ? 1 : group == MORTALITY_GROUPS - 1 ? RH_SERIES_AGES : 5 * group;
}

static double
group_middle(int group)
{
    return group == MORTALITY_GROUPS - 1 ? 102.5 : 0.5 * (group_low(group) + group_end(group));
}

/* One period's rates; `middle` in calendar time: the period 2010–2014 is centred on 2012.5. */
typedef struct mortality_period {
    int from, to;
    double middle;
    double mx[2][MORTALITY_GROUPS]; /* 0: not given yet */
} mortality_period;

typedef struct mortality_table {
    unsigned n;
    mortality_period period[PERIODS];
} mortality_table;

/* A finite number greater than zero, or a problem and 0. */
static double
positive(rh_csv *csv, uint32_t row, int column)
{
    double value = rh_csv_number(csv, row, column);
    if (column >= 0 && !(value > 0)) {
        rh_csv_problem(csv, row, column, "must be a number above zero.");
        return 0;
    }
    return value;
}

static rh_status
open_table(const char *dir, const char *name, rh_csv **csv, rh_err *err)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s", dir, name);
    if (length < 0 || (size_t)length >= sizeof path) {
        return rh_fail(err, RH_INPUT, "The path of the series folder is too long: %.80s….",
                       dir);
    }
    return rh_csv_open(path, csv, err);
}

/* Where the period starting in `from` is or goes (sorted by time), or NULL when the table is
 * full. */
static mortality_period *
period_slot(mortality_table *table, int from, int to)
{
    unsigned at = 0;
    while (at < table->n && table->period[at].from < from) {
        at++;
    }
    if (at < table->n && table->period[at].from == from) {
        return &table->period[at];
    }
    if (table->n == PERIODS) {
        return NULL;
    }
    memmove(&table->period[at + 1], &table->period[at],
            (table->n - at) * sizeof *table->period);
    table->n++;
    table->period[at] =
        (mortality_period){.from = from, .to = to, .middle = 0.5 * (from + to + 1)};
    return &table->period[at];
}

static int
group_of(int low)
{
    for (int g = 0; g < MORTALITY_GROUPS; g++) {
        if (group_low(g) == low) {
            return g;
        }
    }
    return -1;
}

static void
take_mortality_row(rh_csv *csv, uint32_t row, const int column[5], mortality_table *table)
{
    int from = (int)rh_csv_count(csv, row, column[0]);
    int to = (int)rh_csv_count(csv, row, column[1]);
    const char *sex = rh_csv_text(csv, row, column[2]);
    int group = group_of((int)rh_csv_count(csv, row, column[3]));
    double mx = positive(csv, row, column[4]);
    int s = strcmp(sex, "male") == 0 ? RH_SERIES_MALE : RH_SERIES_FEMALE;
    if (s == RH_SERIES_FEMALE && strcmp(sex, "female") != 0) {
        rh_csv_problem(csv, row, column[2], "must be male or female, not \"%s\".", sex);
        return;
    }
    if (group < 0) {
        rh_csv_problem(csv, row, column[3], "must be 0, 1, 5, 10, … or 100.");
        return;
    }
    if (to < from) {
        rh_csv_problem(csv, row, column[1], "the period ends in %d, before it begins in %d.",
                       to, from);
        return;
    }
    mortality_period *period = period_slot(table, from, to);
    if (period == NULL || period->to != to) {
        rh_csv_problem(csv, row, column[1], "the period %d to %d does not fit the others.",
                       from, to);
    } else if (period->mx[s][group] > 0) {
        rh_csv_problem(csv, row, column[3], "this period, sex and age was given before.");
    } else {
        period->mx[s][group] = mx;
    }
}

static rh_status
check_mortality(const mortality_table *table, const char *dir, rh_err *err)
{
    if (table->n < 2) {
        return rh_fail(err, RH_MISSING, "%s/mortality.csv needs at least two periods.", dir);
    }
    for (unsigned p = 0; p < table->n; p++) {
        for (int s = 0; s < 2; s++) {
            for (int g = 0; g < MORTALITY_GROUPS; g++) {
                if (table->period[p].mx[s][g] <= 0) {
                    return rh_fail(err, RH_MISSING,
                                   "%s/mortality.csv has no rate for %s aged %d in %d to %d.",
                                   dir, s == RH_SERIES_MALE ? "males" : "females", group_low(g),
                                   table->period[p].from, table->period[p].to);
                }
            }
        }
    }
    return RH_OK;
}

static rh_status
read_mortality(const char *dir, mortality_table *table, rh_err *err)
{
    static const char *const header[5] = {"period_from", "period_to", "sex", "age_from", "mx"};
    rh_csv *csv = NULL;
    int column[5];
    RH_TRY(open_table(dir, "mortality.csv", &csv, err));
    for (int c = 0; c < 5; c++) {
        column[c] = rh_csv_need(csv, header[c]);
    }
    for (uint32_t row = 0; row < rh_csv_rows(csv); row++) {
        take_mortality_row(csv, row, column, table);
    }
    rh_status status = rh_csv_finish(csv, err);
    rh_csv_free(csv);
    return status == RH_OK ? check_mortality(table, dir, err) : status;
}

/* Rates by group in the middle of `year`, log-linear between the middles of periods; the first
 * and last period reach to their outer ends. False when the year lies outside of all periods.
 */
static bool
group_rates(const mortality_table *table, int year, double mx[2][MORTALITY_GROUPS])
{
    if (year < table->period[0].from || year > table->period[table->n - 1].to) {
        return false;
    }
    double t = year + 0.5;
    unsigned p = 0;
    while (p + 2 < table->n && table->period[p + 1].middle <= t) {
        p++;
    }
    const mortality_period *a = &table->period[p], *b = a + 1;
    double w = (t - a->middle) / (b->middle - a->middle);
    for (int s = 0; s < 2; s++) {
        for (int g = 0; g < MORTALITY_GROUPS; g++) {
            mx[s][g] = exp((1 - w) * log(a->mx[s][g]) + w * log(b->mx[s][g]));
        }
    }
    return true;
}

/* Slope of log mx in group g, per year of age: the chord between its neighbours' middles.
 * Infants stand apart, so ages 1–4 look forward only. */
static double
group_slope(const double mx[MORTALITY_GROUPS], int g)
{
    int last = MORTALITY_GROUPS - 1;
    int a = g == 1 ? 1 : g - 1, b = g == last ? last : g + 1;
    return g == 0 ? 0 : (log(mx[b]) - log(mx[a])) / (group_middle(b) - group_middle(a));
}

/* V1, first half: single ages whose mean over survivors is the group's rate (fixed point in the
 * level). */
static void
spread_mortality(const double mx[MORTALITY_GROUPS], double single[RH_SERIES_AGES])
{
    for (int g = 0; g < MORTALITY_GROUPS; g++) {
        double slope = group_slope(mx, g), level = mx[g];
        for (int round = 0; round < 40; round++) {
            double alive = 1, deaths = 0, years = 0;
            for (int x = group_low(g); x < group_end(g); x++) {
                single[x] = level * exp(slope * (x + 0.5 - group_middle(g)));
                deaths += alive * -expm1(-single[x]);
                years += alive * -expm1(-single[x]) / single[x];
                alive *= exp(-single[x]);
            }
            level *= mx[g] * years / deaths;
        }
    }
}

static double
life_expectancy(const double single[RH_SERIES_AGES], double factor)
{
    double alive = 1, years = 0;
    for (int x = 0; x < RH_SERIES_AGES; x++) {
        double m = factor * single[x];
        years += alive * -expm1(-m) / m;
        alive *= exp(-m);
    }
    return years + alive / (factor * single[RH_SERIES_AGES - 1]);
}

double
rh_series_life_expectancy(const float mortality[RH_SERIES_AGES])
{
    double single[RH_SERIES_AGES];
    for (int x = 0; x < RH_SERIES_AGES; x++) {
        single[x] = (double)mortality[x];
    }
    return life_expectancy(single, 1);
}

/* V1, second half: bisect log factor in ±1 (e0 falls with it). False when e0 is out of reach.
 */
static bool
match_life_expectancy(const double single[RH_SERIES_AGES], double e0, double *factor)
{
    double low = -1, high = 1;
    if (life_expectancy(single, exp(low)) < e0 || life_expectancy(single, exp(high)) > e0) {
        return false;
    }
    for (int round = 0; round < 60; round++) {
        double middle = 0.5 * (low + high);
        if (life_expectancy(single, exp(middle)) > e0) {
            low = middle;
        } else {
            high = middle;
        }
    }
    *factor = exp(low);
    return true;
}

static rh_status
fill_mortality(rh_series *series, const mortality_table *table, const double (*e0)[2],
               const char *dir, rh_err *err)
{
    for (int year = series->first_year; year <= series->last_year; year++) {
        int i = year - series->first_year;
        double mx[2][MORTALITY_GROUPS], single[RH_SERIES_AGES], factor;
        if (!group_rates(table, year, mx)) {
            return rh_fail(err, RH_MISSING, "%s/mortality.csv has no period for %d.", dir,
                           year);
        }
        for (int s = 0; s < 2; s++) {
            spread_mortality(mx[s], single);
            if (!match_life_expectancy(single, e0[i][s], &factor)) {
                return rh_fail(
                    err, RH_INPUT,
                    "%s/vital.csv: the life expectancy %.2f of %s in %d cannot be reached "
                    "with the death rates of mortality.csv (they give %.2f).",
                    dir, e0[i][s], s == RH_SERIES_MALE ? "males" : "females", year,
                    life_expectancy(single, 1));
            }
            for (int x = 0; x < RH_SERIES_AGES; x++) {
                series->mortality[i][s][x] = (float)(factor * single[x]);
            }
        }
    }
    return RH_OK;
}

/* V2: births by single age from shares of five-year groups 10–14 … 45–49. The cumulative share
 * at 10, 15, …, 50 is interpolated by a monotone cubic (harmonic-mean slopes, zero at both
 * ends). */
static void
spread_fertility(double tfr, const double share[FERTILITY_GROUPS], float out[RH_SERIES_FERTILE])
{
    enum { n = FERTILITY_GROUPS - 1 };
    double part[n], slope[n + 1], total = 0, sum = 0, single[RH_SERIES_FERTILE] = {0};
    for (int g = 0; g < n; g++) {
        part[g] = share[g] + (g == n - 1 ? share[n] : 0);
        total += part[g];
    }
    slope[0] = slope[n] = 0;
    for (int g = 1; g < n; g++) {
        double d0 = part[g - 1] / 5, d1 = part[g] / 5;
        slope[g] = d0 > 0 && d1 > 0 ? 2 * d0 * d1 / (d0 + d1) : 0;
    }
    for (int g = 0; g < n; g++) {
        double before = 0;
        for (int k = 1; k <= 5; k++) {
            double t = k / 5.0;
            double at = part[g] * t * t * (3 - 2 * t) + 5 * slope[g] * t * (1 - t) * (1 - t) -
                        5 * slope[g + 1] * t * t * (1 - t);
            single[FIRST_BIRTH_AGE + 5 * g + k - 1] = at - before;
            before = at;
        }
    }
    for (int x = 0; x < RH_SERIES_FERTILE; x++) {
        sum += single[x];
    }
    for (int x = 0; x < RH_SERIES_FERTILE; x++) {
        out[x] = (float)(tfr * single[x] / (sum > 0 ? sum : total));
    }
}

/* Take the year of a row: its index, or -1 when it is not wanted. Marks it in `seen`. */
static int
take_year(rh_csv *csv, uint32_t row, int column, const rh_series *series, bool *seen)
{
    uint64_t year = rh_csv_count(csv, row, column);
    if (column < 0 || year < (uint64_t)series->first_year ||
        year > (uint64_t)series->last_year) {
        return -1;
    }
    int i = (int)year - series->first_year;
    if (seen[i]) {
        rh_csv_problem(csv, row, column, "the year %d was given before.", (int)year);
        return -1;
    }
    seen[i] = true;
    return i;
}

/* Finish a table by year: its problems, or the first year that it lacks. */
static rh_status
finish_years(rh_csv *csv, const rh_series *series, const bool *seen, const char *dir,
             const char *name, rh_err *err)
{
    RH_TRY(rh_csv_finish(csv, err));
    for (int year = series->first_year; year <= series->last_year; year++) {
        if (!seen[year - series->first_year]) {
            return rh_fail(err, RH_MISSING, "%s/%s has no row for the year %d.", dir, name,
                           year);
        }
    }
    return RH_OK;
}

static void
take_fertility(rh_csv *csv, rh_series *series, bool *seen)
{
    int year = rh_csv_need(csv, "year"), tfr = rh_csv_need(csv, "tfr"), share[FERTILITY_GROUPS];
    for (int g = 0; g < FERTILITY_GROUPS; g++) {
        char header[24];
        snprintf(header, sizeof header, "pct_%d_%d", FIRST_BIRTH_AGE + 5 * g,
                 FIRST_BIRTH_AGE + 5 * g + 4);
        share[g] = rh_csv_need(csv, header);
    }
    for (uint32_t row = 0; row < rh_csv_rows(csv); row++) {
        int i = take_year(csv, row, year, series, seen);
        if (i < 0) {
            continue;
        }
        double value[FERTILITY_GROUPS], sum = 0;
        for (int g = 0; g < FERTILITY_GROUPS; g++) {
            value[g] = rh_csv_number(csv, row, share[g]);
            if (!(value[g] >= 0)) {
                rh_csv_problem(csv, row, share[g], "must be a share of births in per cent.");
                value[g] = 0;
            }
            sum += value[g];
        }
        if (fabs(sum - 100) > 0.1) {
            rh_csv_problem(csv, row, year,
                           "the shares of the age groups sum to %.4g, not to 100.", sum);
        }
        spread_fertility(positive(csv, row, tfr), value, series->fertility[i]);
    }
}

static void
take_vital(rh_csv *csv, rh_series *series, double (*e0)[2], bool *seen)
{
    int year = rh_csv_need(csv, "year"), births = rh_csv_need(csv, "births"),
        deaths = rh_csv_need(csv, "deaths"), ratio = rh_csv_need(csv, "sex_ratio_at_birth"),
        male = rh_csv_need(csv, "e0_male"), female = rh_csv_need(csv, "e0_female");
    for (uint32_t row = 0; row < rh_csv_rows(csv); row++) {
        int i = take_year(csv, row, year, series, seen);
        if (i < 0) {
            continue;
        }
        double boys = positive(csv, row, ratio);
        series->births[i] = (double)rh_csv_count(csv, row, births);
        series->deaths[i] = (double)rh_csv_count(csv, row, deaths);
        series->male_share[i] = boys / (1 + boys);
        e0[i][RH_SERIES_MALE] = positive(csv, row, male);
        e0[i][RH_SERIES_FEMALE] = positive(csv, row, female);
    }
}

static rh_status
read_all(rh_series *series, const char *dir, mortality_table *table, double (*e0)[2],
         bool *seen, rh_err *err)
{
    size_t n = (size_t)(series->last_year - series->first_year + 1);
    rh_csv *csv = NULL;
    RH_TRY(open_table(dir, "fertility.csv", &csv, err));
    take_fertility(csv, series, seen);
    rh_status status = finish_years(csv, series, seen, dir, "fertility.csv", err);
    rh_csv_free(csv);
    RH_TRY(status);

    memset(seen, 0, n * sizeof *seen);
    csv = NULL;
    RH_TRY(open_table(dir, "vital.csv", &csv, err));
    take_vital(csv, series, e0, seen);
    status = finish_years(csv, series, seen, dir, "vital.csv", err);
    rh_csv_free(csv);
    RH_TRY(status);

    RH_TRY(read_mortality(dir, table, err));
    return fill_mortality(series, table, (const double(*)[2])e0, dir, err);
}

static rh_status
series_new(int first_year, int last_year, rh_series **out, rh_err *err)
{
    size_t n = (size_t)(last_year - first_year + 1);
    RH_NEW(*out, 1, err);
    (*out)->first_year = first_year;
    (*out)->last_year = last_year;
    RH_NEW((*out)->mortality, n, err);
    RH_NEW((*out)->fertility, n, err);
    RH_NEW((*out)->births, n, err);
    RH_NEW((*out)->deaths, n, err);
    RH_NEW((*out)->male_share, n, err);
    return RH_OK;
}

rh_status
rh_series_read(const char *dir, int first_year, int last_year, rh_series **out, rh_err *err)
{
    *out = NULL;
    if (first_year < 1900 || last_year < first_year || last_year > 2200) {
        return rh_fail(err, RH_RANGE, "Series cannot be read for the years %d to %d.",
                       first_year, last_year);
    }
    size_t n = (size_t)(last_year - first_year + 1);
    rh_series *series = NULL;
    mortality_table *table = rh_alloc(1, sizeof *table);
    double(*e0)[2] = rh_alloc(n, sizeof *e0);
    bool *seen = rh_alloc(n, sizeof *seen);
    rh_status status = series_new(first_year, last_year, &series, err);
    if (status == RH_OK && (table == NULL || e0 == NULL || seen == NULL)) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for the series of %zu years.", n);
    }
    if (status == RH_OK) {
        status = read_all(series, dir, table, e0, seen, err);
    }
    rh_free(table);
    rh_free(e0);
    rh_free(seen);
    if (status != RH_OK) {
        rh_series_free(series);
        return status;
    }
    *out = series;
    return RH_OK;
}

void
rh_series_free(rh_series *series)
{
    if (series != NULL) {
        rh_free(series->mortality);
        rh_free(series->fertility);
        rh_free(series->births);
        rh_free(series->deaths);
        rh_free(series->male_share);
        rh_free(series);
    }
}
