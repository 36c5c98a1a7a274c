/* County margins of the 2010 census (census2010_county_core.csv; schema: docs/region.md).
 *
 * Where the table contradicts itself the population total wins: it equals male + female and
 * adds up to the published totals of the provinces. Every mended cell is noted with file, line,
 * place and values.
 *
 * D2 (draft.h) holds for every county that leaves this file. */
#include "place/census.h"

#include "core/mem.h"
#include "place/rounding.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char file_name[] = "census2010_county_core.csv";

/* Age tables further than this from the total are refused, not mended. */
static const double most_mended = 0.15;

typedef struct core_columns {
    int code, prov, pref, name, pop, male, female, registered, nonag, urban, rural, hh, hh_pop;
    int class_n[RH_CLASS_COUNT]; /* RH_LOCAL unused */
    int birth, death;
    int age[2][RH_AGE_GROUPS];
} core_columns;

static core_columns
find_columns(rh_csv *csv)
{
    core_columns at = {
        .code = rh_csv_need(csv, "code"),
        .prov = rh_csv_need(csv, "prov"),
        .pref = rh_csv_need(csv, "pref"),
        .name = rh_csv_need(csv, "name"),
        .pop = rh_csv_need(csv, "pop"),
        .male = rh_csv_need(csv, "male"),
        .female = rh_csv_need(csv, "female"),
        .registered = rh_csv_need(csv, "hukou_pop"),
        .nonag = rh_csv_need(csv, "nonag_hukou_pct"),
        .urban = rh_csv_need(csv, "urban"),
        .rural = rh_csv_need(csv, "rural"),
        .hh = rh_csv_need(csv, "hh"),
        .hh_pop = rh_csv_need(csv, "hh_pop"),
        .birth = rh_csv_need(csv, "birth_rate"),
        .death = rh_csv_need(csv, "death_rate"),
    };
    at.class_n[RH_IN_COUNTY] = rh_csv_need(csv, "mig_in_county");
    at.class_n[RH_IN_PROVINCE] = rh_csv_need(csv, "mig_in_prov");
    at.class_n[RH_OTHER_PROVINCE] = rh_csv_need(csv, "mig_other_prov");
    for (int s = 0; s < 2; s++) {
        for (int g = 0; g < RH_AGE_GROUPS; g++) {
            char header[16];
            const int low = rh_age_group_low(g), high = rh_age_group_high(g);
            if (g == 0) {
                snprintf(header, sizeof header, "%c_0", "mf"[s]);
            } else if (g == RH_AGE_GROUPS - 1) {
                snprintf(header, sizeof header, "%c_%d+", "mf"[s], low);
            } else {
                snprintf(header, sizeof header, "%c_%d-%d", "mf"[s], low, high);
            }
            at.age[s][g] = rh_csv_need(csv, header);
        }
    }
    return at;
}

static uint32_t
count32(rh_csv *csv, uint32_t row, int column)
{
    uint64_t n = rh_csv_count(csv, row, column);
    if (n > INT32_MAX) {
        rh_csv_problem(csv, row, column, "%llu is too many persons for a county.",
                       (unsigned long long)n);
        return 0;
    }
    return (uint32_t)n;
}

static bool
empty(const rh_csv *csv, uint32_t row, int column)
{
    return rh_csv_text(csv, row, column)[0] == '\0';
}

/* One cell that is too high by the whole difference and, corrected, is again like the other
 * sex: its index, or -1 when there is none or several. */
static int
guilty_cell(const uint32_t *own, const uint32_t *other, uint64_t excess)
{
    int found = -1;
    for (int g = 0; g < RH_AGE_GROUPS; g++) {
        if (own[g] <= excess || other[g] == 0) {
            continue;
        }
        const double before = log((double)own[g] / other[g]);
        const double after = log((double)(own[g] - excess) / other[g]);
        if (before > 0.5 && fabs(after) < 0.2) {
            if (found >= 0) {
                return -1;
            }
            found = g;
        }
    }
    return found;
}

static rh_status
mend_ages(rh_draft *draft, rh_csv *csv, uint32_t row, rh_draft_county *c, int sex,
          uint64_t total, rh_err *err)
{
    uint64_t sum = 0;
    for (int g = 0; g < RH_AGE_GROUPS; g++) {
        sum += c->age[sex][g];
    }
    if (sum == total) {
        return RH_OK;
    }
    const char *name = rh_draft_name(draft, c->name), *word = sex == 0 ? "male" : "female";
    const unsigned line = rh_csv_line(csv, row);
    if (fabs((double)sum - (double)total) > most_mended * (double)total + 20) {
        rh_csv_problem(csv, row, -1, "%s: the %s age groups sum to %llu, the total says %llu.",
                       name, word, (unsigned long long)sum, (unsigned long long)total);
        return RH_OK;
    }
    int guilty = sum > total ? guilty_cell(c->age[sex], c->age[1 - sex], sum - total) : -1;
    if (guilty >= 0) {
        const uint32_t was = c->age[sex][guilty];
        c->age[sex][guilty] = was - (uint32_t)(sum - total);
        return rh_draft_note(
            draft, err,
            "%s:%u: %s (%llu): %s age groups sum to %llu, the total %llu wins (it adds up to "
            "the "
            "population and the province); age %d-%d alone explains it: %u read as %u.",
            file_name, line, name, (unsigned long long)c->code, word, (unsigned long long)sum,
            (unsigned long long)total, rh_age_group_low(guilty), rh_age_group_high(guilty), was,
            c->age[sex][guilty]);
    }
    double weight[RH_AGE_GROUPS];
    for (int g = 0; g < RH_AGE_GROUPS; g++) {
        weight[g] = c->age[sex][g];
    }
    RH_TRY(rh_round_share(RH_AGE_GROUPS, weight, NULL, total, c->age[sex], err));
    return rh_draft_note(
        draft, err,
        "%s:%u: %s (%llu): %s age groups sum to %llu, the total %llu wins (it adds up to the "
        "population and the province); the difference is spread over the groups.",
        file_name, line, name, (unsigned long long)c->code, word, (unsigned long long)sum,
        (unsigned long long)total);
}

static rh_status
read_parts(rh_draft *draft, rh_csv *csv, uint32_t row, const core_columns *at,
           rh_draft_county *c, rh_err *err)
{
    const uint32_t urban = count32(csv, row, at->urban), rural = count32(csv, row, at->rural);
    const char *name = rh_draft_name(draft, c->name);
    c->part[RH_URBAN] = urban;
    c->part[RH_RURAL] = rural;
    if (urban > c->population) {
        rh_csv_problem(csv, row, at->urban, "%s: urban %u is more than the population %u.",
                       name, urban, c->population);
        return RH_OK;
    }
    if (urban + rural == c->population) {
        return RH_OK;
    }
    c->part[RH_RURAL] = c->population - urban;
    if (fabs((double)urban + rural - c->population) > most_mended * c->population) {
        rh_csv_problem(csv, row, at->rural,
                       "%s: urban %u and rural %u do not sum to the population %u.", name,
                       urban, rural, c->population);
        return RH_OK;
    }
    return rh_draft_note(draft, err,
                         "%s:%u: %s (%llu): urban %u and rural %u sum to more or less than the "
                         "population %u; population "
                         "and urban win (the published national rural total leaves the rural "
                         "cell out): rural %u.",
                         file_name, rh_csv_line(csv, row), name, (unsigned long long)c->code,
                         urban, rural, c->population, c->part[RH_RURAL]);
}

static void
read_classes(const rh_draft *draft, rh_csv *csv, uint32_t row, const core_columns *at,
             rh_draft_county *c)
{
    uint64_t migrants = 0;
    for (int k = RH_IN_COUNTY; k < RH_CLASS_COUNT; k++) {
        c->class_n[k] = count32(csv, row, at->class_n[k]);
        migrants += c->class_n[k];
    }
    if (migrants > c->population) {
        rh_csv_problem(csv, row, at->class_n[RH_IN_COUNTY],
                       "%s: %llu migrants are more than the population %u.",
                       rh_draft_name(draft, c->name), (unsigned long long)migrants,
                       c->population);
        migrants = c->population;
    }
    c->class_n[RH_LOCAL] = c->population - (uint32_t)migrants;
}

/* The table writes 巿 (U+5DFF, "fu") for the last character of some 市 ("city"). */
static rh_status
keep_county_name(rh_draft *draft, const rh_csv *csv, uint32_t row, int column,
                 rh_draft_county *c, rh_err *err)
{
    static const char wrong[] = "巿", right[] = "市";
    char name[200];
    snprintf(name, sizeof name, "%s", rh_csv_text(csv, row, column));
    char *slip = strstr(name, wrong);
    if (slip == NULL) {
        return rh_draft_keep(draft, name, &c->name, err);
    }
    memcpy(slip, right, sizeof right - 1);
    RH_TRY(rh_draft_note(draft, err, "%s:%u: %s (%llu): the name is read as %s.", file_name,
                         rh_csv_line(csv, row), rh_csv_text(csv, row, column),
                         (unsigned long long)c->code, name));
    return rh_draft_keep(draft, name, &c->name, err);
}

static rh_status
read_county(rh_draft *draft, rh_csv *csv, uint32_t row, const core_columns *at,
            rh_draft_county *c, rh_err *err)
{
    if (c->code < 110000 || c->code > 659999) {
        rh_csv_problem(csv, row, at->code, "%llu is not the code of a county.",
                       (unsigned long long)c->code);
    }
    RH_TRY(keep_county_name(draft, csv, row, at->name, c, err));
    RH_TRY(rh_draft_keep(draft, rh_csv_text(csv, row, at->pref), &c->prefecture, err));
    RH_TRY(rh_draft_keep(draft, rh_csv_text(csv, row, at->prov), &c->province, err));
    c->lon = c->lat = (double)NAN;
    c->population = count32(csv, row, at->pop);
    c->registered = count32(csv, row, at->registered);
    const uint32_t sex[2] = {count32(csv, row, at->male), count32(csv, row, at->female)};
    if ((uint64_t)sex[0] + sex[1] != c->population) {
        rh_csv_problem(csv, row, at->pop,
                       "%s: male %u and female %u do not sum to the population %u.",
                       rh_draft_name(draft, c->name), sex[0], sex[1], c->population);
    }
    for (int s = 0; s < 2; s++) {
        for (int g = 0; g < RH_AGE_GROUPS; g++) {
            c->age[s][g] = count32(csv, row, at->age[s][g]);
        }
    }
    for (int s = 0; s < 2; s++) {
        RH_TRY(mend_ages(draft, csv, row, c, s, sex[s], err));
    }
    RH_TRY(read_parts(draft, csv, row, at, c, err));
    read_classes(draft, csv, row, at, c);
    return RH_OK;
}

static rh_status
read_columns(rh_draft *draft, rh_csv *csv, uint32_t row, const core_columns *at, uint32_t i,
             rh_err *err)
{
    const rh_draft_county *c = &draft->county[i];
    rh_county_columns *column = &draft->region->column;
    column->registered[i] = c->registered;
    column->district[i] = c->code % 100 >= 1 && c->code % 100 <= 20;
    column->urban_hukou_share[i] = rh_csv_number(csv, row, at->nonag) / 100;
    column->birth_rate[i] = rh_csv_number(csv, row, at->birth) / 1000;
    column->death_rate[i] = rh_csv_number(csv, row, at->death) / 1000;
    if (column->urban_hukou_share[i] < 0 || column->urban_hukou_share[i] > 1) {
        rh_csv_problem(csv, row, at->nonag, "a share must lie between 0 and 100 per cent.");
    }
    if (empty(csv, row, at->hh)) {
        return rh_draft_note(
            draft, err,
            "%s:%u: %s (%llu): no household count; everybody lives in collective households.",
            file_name, rh_csv_line(csv, row), rh_draft_name(draft, c->name),
            (unsigned long long)c->code);
    }
    column->households[i] = count32(csv, row, at->hh);
    column->household_persons[i] = count32(csv, row, at->hh_pop);
    if (column->household_persons[i] > c->population ||
        column->households[i] > column->household_persons[i]) {
        rh_csv_problem(csv, row, at->hh_pop,
                       "%s: %u households of %u persons do not fit a population of %u.",
                       rh_draft_name(draft, c->name), column->households[i],
                       column->household_persons[i], c->population);
    }
    return RH_OK;
}

typedef struct code_row {
    uint64_t code;
    uint32_t row;
} code_row;

static int
by_code_and_row(const void *a, const void *b)
{
    const code_row *x = a, *y = b;
    if (x->code != y->code) {
        return x->code < y->code ? -1 : 1;
    }
    return x->row < y->row ? -1 : x->row > y->row;
}

static rh_status
read_all(rh_draft *draft, rh_csv *csv, rh_err *err)
{
    const core_columns at = find_columns(csv);
    if (at.code < 0) {
        return rh_csv_finish(csv, err);
    }
    const uint32_t n = draft->n_counties = rh_csv_rows(csv);
    if (n == 0) {
        return rh_fail(err, RH_INPUT, "%s has no counties.", file_name);
    }
    RH_NEW(draft->county, n, err);
    RH_TRY(rh_draft_columns(draft, err));
    code_row *order;
    RH_NEW(order, n, err);
    for (uint32_t r = 0; r < n; r++) {
        order[r] = (code_row){rh_csv_count(csv, r, at.code), r};
    }
    qsort(order, n, sizeof *order, by_code_and_row);
    rh_status st = RH_OK;
    for (uint32_t i = 0; i < n && st == RH_OK; i++) {
        if (i > 0 && order[i].code == order[i - 1].code) {
            rh_csv_problem(
                csv, order[i].row, at.code, "the code %llu occurs twice, first on line %u.",
                (unsigned long long)order[i].code, rh_csv_line(csv, order[i - 1].row));
        }
        draft->county[i].code = order[i].code;
        st = read_county(draft, csv, order[i].row, &at, &draft->county[i], err);
        if (st == RH_OK) {
            st = read_columns(draft, csv, order[i].row, &at, i, err);
        }
    }
    rh_free(order);
    RH_TRY(st);
    return rh_csv_finish(csv, err);
}

rh_status
rh_census_margins(rh_draft *draft, const char *data_dir, rh_err *err)
{
    rh_csv *csv;
    RH_TRY(rh_census_open(data_dir, file_name, &csv, err));
    rh_status st = read_all(draft, csv, err);
    rh_csv_free(csv);
    return st;
}
