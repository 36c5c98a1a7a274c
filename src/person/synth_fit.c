/* Fitting one county's attribute tables: national patterns raked to the county's shares.
 *
 * Iterative proportional fitting in one margin: p(l | cell) ∝ pattern(l, cell) · f(l), and f is
 * scaled until the cell-weighted sum equals the county's share (Deming and Stephan 1940).
 * Binary attributes solve one scalar by bisection. A share that is missing (NAN) leaves the
 * pattern as it is. */
#include "person/synth_private.h"

#include <math.h>
#include <string.h>

enum { RAKE_ROUNDS = 25, BISECTIONS = 40, MAX_COLUMNS = 7, AGES = 111 };

/* Weighted cells that share one raking factor per column. */
typedef struct rake {
    unsigned columns, cells;
    double weight[2 * RH_PART_COUNT * 2 * RH_AGE_CLASSES * RH_SCHOOL_BANDS];
    double base[2 * RH_PART_COUNT * 2 * RH_AGE_CLASSES * RH_SCHOOL_BANDS][MAX_COLUMNS];
} rake;

static void
rake_solve(rake *r, const double *target, double *factor)
{
    double total = 0;
    for (unsigned c = 0; c < r->cells; c++) {
        total += r->weight[c];
    }
    for (unsigned l = 0; l < r->columns; l++) {
        factor[l] = 1;
        if (isnan(target[l])) {
            return;
        }
    }
    for (unsigned round = 0; round < RAKE_ROUNDS && total > 0; round++) {
        double got[MAX_COLUMNS] = {0};
        for (unsigned c = 0; c < r->cells; c++) {
            if (r->weight[c] <= 0) {
                continue;
            }
            double sum = 0;
            for (unsigned l = 0; l < r->columns; l++) {
                sum += r->base[c][l] * factor[l];
            }
            double scale = sum > 0 ? r->weight[c] / sum : 0;
            for (unsigned l = 0; l < r->columns; l++) {
                got[l] += r->base[c][l] * factor[l] * scale;
            }
        }
        for (unsigned l = 0; l < r->columns; l++) {
            if (got[l] > 0) {
                factor[l] *= fmax(target[l] * total, 1e-9) / got[l];
            }
        }
    }
}

/* Cumulative thresholds of `columns` weights (columns - 1 of them). */
static void
thresholds(uint16_t *out, const double *weight, unsigned columns)
{
    double sum = 0;
    for (unsigned l = 0; l < columns; l++) {
        sum += weight[l];
    }
    double so_far = 0;
    for (unsigned l = 0; l + 1 < columns; l++) {
        so_far += weight[l];
        out[l] = (uint16_t)(sum > 0 ? so_far / sum * RH_ONE + 0.5 : RH_ONE);
    }
}

/* Shares of a row of thresholds. */
static double
share_of(const uint16_t *threshold, unsigned column, unsigned columns)
{
    double high = column + 1 < columns ? threshold[column] : RH_ONE;
    double low = column > 0 ? threshold[column - 1] : 0;
    return (high - low) / RH_ONE;
}

static uint16_t
threshold_of(double p)
{
    return (uint16_t)(p <= 0 ? 0 : p >= 1 ? RH_ONE : p * RH_ONE + 0.5);
}

static double
part_sum(const rh_cell *cell, unsigned away, int part, int sex, int group)
{
    if (!away) {
        return cell->n[RH_LOCAL][part][sex][group];
    }
    return (double)cell->n[RH_IN_COUNTY][part][sex][group] +
           cell->n[RH_IN_PROVINCE][part][sex][group] +
           cell->n[RH_OTHER_PROVINCE][part][sex][group];
}

/* Births relative to a smooth cohort: the famine notch; 1 outside the years of the series. */
static double
birth_notch(int year)
{
    int i = year - RH_BIRTHS_FIRST;
    return i < 0 || i >= RH_BIRTHS_COUNT ? 1 : rh_births_1951[i] / 2200.0;
}

/* Years within each group: straight line through the neighbouring groups, times the notch of
 * the births. */
static void
fit_age(const rh_cell *cell, int base_year, rh_profile *p)
{
    for (unsigned away = 0; away < 2; away++) {
        for (int sex = 0; sex < 2; sex++) {
            double n[RH_AGE_GROUPS];
            for (int g = 0; g < RH_AGE_GROUPS; g++) {
                n[g] = part_sum(cell, away, RH_RURAL, sex, g) +
                       part_sum(cell, away, RH_URBAN, sex, g);
            }
            for (int g = 1; g + 1 < RH_AGE_GROUPS; g++) {
                int low = rh_age_group_low(g), years = rh_age_group_high(g) - low + 1;
                double slope = g < 2 || n[g] <= 0 ? 0 : (n[g + 1] - n[g - 1]) / (10 * n[g]);
                slope = fmin(fmax(slope, -0.42), 0.42);
                double w[5] = {0};
                bool notch = base_year - low >= 1956 && base_year - low - years < 1965;
                for (int j = 0; j < years; j++) {
                    w[j] = (1 + slope * (j - (years - 1) / 2.0)) *
                           (notch ? birth_notch(base_year - low - j) : 1);
                }
                thresholds(p->age[away][sex][g], w, 5);
            }
        }
    }
}

/* Expected residents of the county by away × part × sex × single year. */
typedef struct ages {
    double n[2][RH_PART_COUNT][2][AGES];
} ages;

static void
expect_ages(const rh_cell *cell, const rh_profile *p, ages *out)
{
    memset(out, 0, sizeof *out);
    for (unsigned away = 0; away < 2; away++) {
        for (int part = 0; part < RH_PART_COUNT; part++) {
            for (int sex = 0; sex < 2; sex++) {
                double *n = out->n[away][part][sex];
                n[0] = part_sum(cell, away, part, sex, 0);
                n[85] = part_sum(cell, away, part, sex, RH_AGE_GROUPS - 1);
                for (int g = 1; g + 1 < RH_AGE_GROUPS; g++) {
                    double sum = part_sum(cell, away, part, sex, g);
                    int low = rh_age_group_low(g);
                    for (unsigned j = 0; j < 5; j++) {
                        if (low + (int)j <= rh_age_group_high(g)) {
                            n[low + (int)j] = sum * share_of(p->age[away][sex][g], j, 5);
                        }
                    }
                }
            }
        }
    }
}

/* Persons of the cell from age `from` on, by age class. */
static double
class_count(const ages *a, unsigned away, int part, int sex, unsigned class, unsigned from)
{
    double sum = 0;
    for (unsigned age = from; age < AGES; age++) {
        if (rh_age_class(age) == class) {
            sum += a->n[away][part][sex][age];
        }
    }
    return sum;
}

typedef double class_table[2][RH_PART_COUNT][2][RH_AGE_CLASSES];

static void
count_classes(const ages *a, unsigned from, class_table out)
{
    for (unsigned i = 0; i < 2 * RH_PART_COUNT * 2 * RH_AGE_CLASSES; i++) {
        unsigned class = i % RH_AGE_CLASSES, sex = i / RH_AGE_CLASSES % 2;
        unsigned part = i / RH_AGE_CLASSES / 2 % 2, away = i / RH_AGE_CLASSES / 4;
        out[away][part][sex][class] = class_count(a, away, (int)part, (int)sex, class, from);
    }
}

static void
fit_marital(const rh_county_columns *column, uint32_t county, class_table n, rh_profile *p)
{
    rake r = {.columns = 4, .cells = RH_AGE_CLASSES};
    for (int sex = 0; sex < 2; sex++) {
        for (unsigned c = 0; c < RH_AGE_CLASSES; c++) {
            r.weight[c] = 0;
            for (unsigned i = 0; i < 4 && c >= RH_CLASS_15; i++) {
                r.weight[c] += n[i / 2][i % 2][sex][c];
            }
            for (unsigned l = 0; l < 4; l++) {
                r.base[c][l] = (double)rh_national_pattern.marital[sex][c][l];
            }
        }
        double f[4];
        rake_solve(&r, column->marital[county][sex], f);
        for (unsigned c = 0; c < RH_AGE_CLASSES; c++) {
            double w[4];
            for (unsigned l = 0; l < 4; l++) {
                w[l] = r.base[c][l] * f[l];
            }
            thresholds(p->marital[sex][c], w, 4);
        }
    }
}

static void
fit_education(const rh_county_columns *column, uint32_t county, class_table n, rh_profile *p)
{
    rake r = {.columns = RH_CENSUS_EDUCATION, .cells = 2 * RH_PART_COUNT * RH_AGE_CLASSES};
    for (unsigned sex = 0; sex < 2; sex++) {
        for (unsigned c = 0; c < r.cells; c++) {
            unsigned away = c / (RH_PART_COUNT * RH_AGE_CLASSES), part = c / RH_AGE_CLASSES % 2;
            unsigned class = c % RH_AGE_CLASSES;
            r.weight[c] = n[away][part][sex][class];
            for (unsigned l = 0; l < RH_CENSUS_EDUCATION; l++) {
                const rh_pattern *q = &rh_national_pattern;
                double w = (double)q->education[part][class][l];
                w *= sex && l == 0 ? (double)q->education_female[class] : 1;
                w *= away && class >= RH_CLASS_15 ? (double)q->education_away[l] : 1;
                r.base[c][l] = w;
            }
        }
        double f[RH_CENSUS_EDUCATION];
        rake_solve(&r, column->education[county][sex], f);
        for (unsigned c = 0; c < r.cells; c++) {
            double w[RH_CENSUS_EDUCATION];
            for (unsigned l = 0; l < RH_CENSUS_EDUCATION; l++) {
                w[l] = r.base[c][l] * f[l];
            }
            unsigned away = c / (RH_PART_COUNT * RH_AGE_CLASSES), part = c / RH_AGE_CLASSES % 2;
            thresholds(p->education[away][part][sex][c % RH_AGE_CLASSES], w,
                       RH_CENSUS_EDUCATION);
        }
    }
}

/* Share of a band in a row of the education table. */
static double
band_share(const uint16_t *education, unsigned band)
{
    double share = share_of(education, band + 1, RH_CENSUS_EDUCATION);
    if (band == 0) {
        share += share_of(education, 0, RH_CENSUS_EDUCATION);
    }
    if (band == RH_SCHOOL_BANDS - 1) {
        share += share_of(education, 5, RH_CENSUS_EDUCATION);
    }
    return share;
}

static void
fit_activity(const rh_county_columns *column, uint32_t county, class_table n, rh_profile *p)
{
    const rh_pattern *q = &rh_national_pattern;
    rake r = {.columns = RH_WORK_COLUMNS,
              .cells = 2 * RH_PART_COUNT * 2 * RH_AGE_CLASSES * RH_SCHOOL_BANDS};
    for (unsigned c = 0; c < r.cells; c++) {
        unsigned band = c % RH_SCHOOL_BANDS, class = c / RH_SCHOOL_BANDS % RH_AGE_CLASSES;
        unsigned row = c / RH_SCHOOL_BANDS / RH_AGE_CLASSES, sex = row % 2, part = row / 2 % 2,
                 away = row / 4;
        r.weight[c] =
            n[away][part][sex][class] * band_share(p->education[away][part][sex][class], band);
        for (unsigned l = 0; l < RH_WORK_COLUMNS; l++) {
            r.base[c][l] = (double)q->work_age[sex][class][l] *
                           (double)q->work_part[part][away][l] *
                           (double)q->work_school[band][l];
        }
    }
    double target[RH_WORK_COLUMNS], f[RH_WORK_COLUMNS];
    target[6] = 1;
    for (unsigned l = 0; l < 6; l++) {
        target[l] = column->work[county][l];
        target[6] -= target[l];
    }
    target[6] = target[6] < 0 ? 0 : target[6];
    rake_solve(&r, target, f);
    for (unsigned c = 0; c < r.cells; c++) {
        unsigned band = c % RH_SCHOOL_BANDS, class = c / RH_SCHOOL_BANDS % RH_AGE_CLASSES;
        unsigned row = c / RH_SCHOOL_BANDS / RH_AGE_CLASSES, sex = row % 2, part = row / 2 % 2,
                 away = row / 4;
        double w[RH_WORK_COLUMNS];
        for (unsigned l = 0; l < RH_WORK_COLUMNS; l++) {
            w[l] = r.base[c][l] * f[l];
        }
        thresholds(p->activity[away][part][sex][class][band], w, RH_WORK_COLUMNS);
    }
}

/* Urban hukou: odds = pattern × x, with x such that the expected share is the county's. */
static void
fit_hukou(const rh_region *region, uint32_t county, const ages *a, rh_profile *p)
{
    const rh_pattern *q = &rh_national_pattern;
    const rh_cell *cell = &region->cell[county];
    double n[RH_CLASS_COUNT][RH_PART_COUNT][RH_SCHOOL_BANDS + 1] = {{{0}}}, total = 0;
    for (unsigned part = 0; part < RH_PART_COUNT; part++) {
        for (unsigned away = 0; away < 2; away++) {
            double kind[RH_SCHOOL_BANDS + 1] = {0}, sum = 0;
            for (unsigned sex = 0; sex < 2; sex++) {
                for (unsigned age = 0; age < AGES; age++) {
                    double m = a->n[away][part][sex][age];
                    const uint16_t *row = p->education[away][part][sex][rh_age_class(age)];
                    sum += m;
                    if (age < 18) { /* children take the hukou of a mother of about 36 */
                        row = p->education[away][part][RH_FEMALE][rh_age_class(36)];
                    }
                    for (unsigned b = 0; b < RH_SCHOOL_BANDS; b++) {
                        kind[b] += m * band_share(row, b);
                    }
                }
            }
            for (unsigned k = away; k < (away ? RH_CLASS_COUNT : 1u); k++) {
                double of_class = 0;
                for (unsigned i = 0; i < RH_LABELS; i++) {
                    of_class += cell->n[k][part][i / RH_AGE_GROUPS][i % RH_AGE_GROUPS];
                }
                total += of_class;
                for (unsigned b = 0; b <= RH_SCHOOL_BANDS; b++) {
                    n[k][part][b] = sum > 0 ? of_class * kind[b] / sum : 0;
                }
            }
        }
    }
    double share = region->column.urban_hukou_share[county], low = -14, high = 14;
    for (unsigned round = 0; round < BISECTIONS && !isnan(share); round++) {
        double x = exp((low + high) / 2), got = 0;
        for (unsigned i = 0; i < RH_CLASS_COUNT * RH_PART_COUNT * (RH_SCHOOL_BANDS + 1); i++) {
            unsigned b = i % (RH_SCHOOL_BANDS + 1), part = i / (RH_SCHOOL_BANDS + 1) % 2;
            unsigned k = i / (RH_SCHOOL_BANDS + 1) / 2;
            double odds = (double)q->hukou[k][part] * (double)q->hukou_school[b] * x;
            got += n[k][part][b] * odds / (1 + odds);
        }
        *(got < share * total ? &low : &high) = (low + high) / 2;
    }
    for (unsigned k = 0; k < RH_CLASS_COUNT; k++) {
        for (unsigned part = 0; part < RH_PART_COUNT; part++) {
            for (unsigned b = 0; b <= RH_SCHOOL_BANDS; b++) {
                double odds = (double)q->hukou[k][part] * (double)q->hukou_school[b] *
                              exp((low + high) / 2);
                p->hukou[k][part][b] = threshold_of(odds / (1 + odds));
            }
        }
    }
}

/* Collective households: probability = min(0.97, pattern × x); their size is what family
 * households leave over. */
static void
fit_collective(const rh_region *region, uint32_t county, class_table n, rh_profile *p,
               double family_persons[2])
{
    double cells[2][RH_AGE_CLASSES][2] = {{{0}}}, total = 0;
    for (unsigned away = 0; away < 2; away++) {
        for (unsigned sex = 0; sex < 2; sex++) {
            for (unsigned c = 0; c < RH_AGE_CLASSES; c++) {
                double m = n[away][0][sex][c] + n[away][1][sex][c];
                double married = share_of(p->marital[sex][c], RH_MARRIED, 4);
                cells[away][c][0] += m * married;
                cells[away][c][1] += m * (1 - married);
                total += m;
            }
        }
    }
    double inside = region->column.household_persons[county];
    double want = inside > 0 && inside < total ? total - inside : 0, low = -20, high = 10;
    for (unsigned round = 0; round < BISECTIONS; round++) {
        double x = exp((low + high) / 2), got = 0;
        for (unsigned i = 0; i < 2 * RH_AGE_CLASSES * 2; i++) {
            unsigned single = i % 2, c = i / 2 % RH_AGE_CLASSES, away = i / 2 / RH_AGE_CLASSES;
            double w = (double)rh_national_pattern.collective[away][c][single] * x;
            got += cells[away][c][single] * fmin(w, 0.97);
        }
        *(got < want ? &low : &high) = (low + high) / 2;
    }
    for (unsigned i = 0; i < 2 * RH_AGE_CLASSES * 2; i++) {
        unsigned single = i % 2, c = i / 2 % RH_AGE_CLASSES, away = i / 2 / RH_AGE_CLASSES;
        double w =
            (double)rh_national_pattern.collective[away][c][single] * exp((low + high) / 2);
        p->collective[away][c][single] = want > 0 ? threshold_of(fmin(w, 0.97)) : 0;
        family_persons[away] += cells[away][c][single] * (want > 0 ? 1 - fmin(w, 0.97) : 1);
    }
}

/* Children ever born: the pattern tilted by exp(t·children) to the county's mean of women
 * 15–64. The word holds at most three, so the mean of large families cannot always be reached.
 */
static void
fit_children(const rh_county_columns *column, uint32_t county, class_table n, rh_profile *p)
{
    const rh_pattern *q = &rh_national_pattern;
    double target = column->mean_children[county], low = -4, high = 4;
    const double part_tilt[RH_PART_COUNT] = {0.25,
                                             -0.35}; /* assumption: rural families are larger */
    for (unsigned round = 0; round <= BISECTIONS; round++) {
        double t = isnan(target) ? 0 : (low + high) / 2, got = 0, women = 0;
        for (unsigned part = 0; part < RH_PART_COUNT; part++) {
            for (unsigned c = 0; c < RH_AGE_CLASSES; c++) {
                double w[4], sum = 0, mean = 0;
                for (unsigned l = 0; l < 4; l++) {
                    w[l] = (double)q->children[c][l] * exp((t + part_tilt[part]) * l);
                    sum += w[l];
                    mean += w[l] * l;
                }
                thresholds(p->children[part][c], w, 4);
                if (c >= RH_CLASS_15 && c <= RH_CLASS_25 + 7) {
                    double m = n[0][part][1][c] + n[1][part][1][c];
                    women += m;
                    got += m * (1 - share_of(p->marital[1][c], 0, 4)) * mean / sum;
                }
            }
        }
        *(got < target * women ? &low : &high) = (low + high) / 2;
    }
}

/* Homes of people away, against the homes of a county (assumption): half as many again per
 * person, AWAY_ONE of them of one person, AWAY_ONE_GENERATION of one generation, none of three;
 * locals make up the difference, so that the county's numbers hold. */
#define AWAY_RATE 1.5
#define AWAY_ONE 0.42
#define AWAY_ONE_GENERATION 0.7

/* Share among local homes, given that among `away` of all homes. */
static float
local_share(double all, double share_away, double away)
{
    double local = away < 1 ? (all - away * share_away) / (1 - away) : all;
    return (float)fmin(fmax(local, all / 3), 1);
}

static void
fit_homes(const rh_region *region, uint32_t county, const double n[2], rh_profile *p)
{
    const rh_county_columns *column = &region->column;
    double persons = column->household_persons[county], households = column->households[county];
    double rate = persons > 0 && households > 0 ? households / persons : 0.33;
    double other = fmin(rate * AWAY_RATE, 0.9), all = rate * (n[0] + n[1]);
    double local = n[0] > 0 ? fmax((all - other * n[1]) / n[0], 0.6 * rate) : rate;
    double away = all > 0 ? fmin(other * n[1] / all, 1) : 0;
    double kind[5] = {0.145, 0.342, 0.478, 0.173,
                      0.007}; /* the nation in 2010, where a table has a gap */
    for (unsigned i = 0; i < 5 && !isnan(column->household_kind[county][i]); i++) {
        kind[i] = column->household_kind[county][i];
    }
    p->homes[0] =
        (rh_homes){.per_person = (float)fmin(local, 0.9),
                   .one_person = local_share(kind[0], AWAY_ONE, away),
                   .one_generation = local_share(kind[0] + kind[1], AWAY_ONE_GENERATION, away),
                   .three_generations = local_share(kind[3], 0, away),
                   .four_generations = local_share(kind[4], 0, away)};
    p->homes[1] = (rh_homes){.per_person = (float)other, .one_person = (float)AWAY_ONE};
}

void
rh_profile_fit(const rh_region *region, uint32_t county, rh_profile *out)
{
    memset(out, 0, sizeof *out);
    ages a;
    class_table all, from_6, from_15, from_16;
    fit_age(&region->cell[county], region->base_year, out);
    expect_ages(&region->cell[county], out, &a);
    count_classes(&a, 0, all);
    count_classes(&a, 6, from_6);
    count_classes(&a, 15, from_15);
    count_classes(&a, 16, from_16);
    fit_marital(&region->column, county, from_15, out);
    fit_education(&region->column, county, from_6, out);
    fit_activity(&region->column, county, from_16, out);
    fit_hukou(region, county, &a, out);
    double family_persons[2] = {0, 0};
    fit_collective(region, county, all, out, family_persons);
    fit_children(&region->column, county, from_15, out);
    fit_homes(region, county, family_persons, out);
}
