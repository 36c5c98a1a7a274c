/* Tables about places beside the census: later codes, coordinates, GDP, province pairs,
 * neighbours. Rows about places that the census does not have (boundary slivers, later codes)
 * are passed over. */
#include "place/census.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

rh_status
rh_census_links(const rh_draft *draft, const char *data_dir, uint64_t *link, rh_err *err)
{
    rh_csv *csv;
    RH_TRY(rh_census_open(data_dir, "county_link_2010_2020.csv", &csv, err));
    int old = rh_csv_need(csv, "code2010"), new = rh_csv_need(csv, "code2020");
    for (uint32_t r = 0; old >= 0 && new >= 0 && r < rh_csv_rows(csv); r++) {
        uint32_t i = rh_census_find(draft, rh_csv_count(csv, r, old));
        if (i == UINT32_MAX) {
            rh_csv_problem(csv, r, old, "%s is not a county of census2010_county_core.csv.",
                           rh_csv_text(csv, r, old));
        } else if (rh_csv_text(csv, r, new)[0] != '\0') {
            link[i] = rh_csv_count(csv, r, new);
        }
    }
    rh_status st = rh_csv_finish(csv, err);
    rh_csv_free(csv);
    return st;
}

/* Give a county without coordinates the mean of its prefecture or province, unweighted. */
static uint32_t
fill_coordinates(rh_draft *draft, uint64_t divisor)
{
    uint32_t filled = 0;
    for (uint32_t i = 0, next; i < draft->n_counties; i = next) {
        double lon = 0, lat = 0, n = 0;
        for (next = i; next < draft->n_counties &&
                       draft->county[next].code / divisor == draft->county[i].code / divisor;
             next++) {
            if (!isnan(draft->county[next].lon)) {
                lon += draft->county[next].lon;
                lat += draft->county[next].lat;
                n++;
            }
        }
        for (uint32_t k = i; k < next && n > 0; k++) {
            if (isnan(draft->county[k].lon)) {
                draft->county[k].lon = lon / n;
                draft->county[k].lat = lat / n;
                filled++;
            }
        }
    }
    return filled;
}

static void
read_coordinates(rh_draft *draft, rh_csv *csv, const uint64_t *link)
{
    int code = rh_csv_need(csv, "code"), lon = rh_csv_need(csv, "lon"),
        lat = rh_csv_need(csv, "lat");
    int area = rh_csv_need(csv, "area_km2");
    for (int later = 0; later < 2;
         later++) { /* own codes first, then the codes counties got later */
        for (uint32_t r = 0; code >= 0 && r < rh_csv_rows(csv); r++) {
            const uint64_t key = rh_csv_count(csv, r, code);
            uint32_t i = key == 0 ? UINT32_MAX : rh_census_find(draft, key);
            for (uint32_t k = 0; later && i == UINT32_MAX && key != 0 && k < draft->n_counties;
                 k++) {
                i = link[k] == key ? k : i;
            }
            if (i != UINT32_MAX && isnan(draft->county[i].lon)) {
                draft->county[i].lon = rh_csv_number(csv, r, lon);
                draft->county[i].lat = rh_csv_number(csv, r, lat);
                draft->region->column.area_km2[i] = rh_csv_number(csv, r, area);
            }
        }
    }
}

rh_status
rh_census_coordinates(rh_draft *draft, const char *data_dir, const uint64_t *link, rh_err *err)
{
    rh_csv *csv;
    RH_TRY(rh_census_open(data_dir, "county_geo_2010.csv", &csv, err));
    read_coordinates(draft, csv, link);
    rh_status st = rh_csv_finish(csv, err);
    rh_csv_free(csv);
    RH_TRY(st);
    const uint32_t prefecture = fill_coordinates(draft, 100),
                   province = fill_coordinates(draft, 10000);
    return rh_draft_note(draft, err,
                         "county_geo_2010.csv: %u counties without coordinates take the mean "
                         "of their prefecture, %u "
                         "that of their province; their area stays unknown.",
                         prefecture, province);
}

/* One row of the GDP table. */
typedef struct gdp_row {
    uint64_t code;
    const char *name;
    double gdp_yuan, persons;
} gdp_row;

/* First two characters of two UTF-8 names (汉字: three bytes each) are alike. */
static bool
same_stem(const char *a, const char *b)
{
    return strlen(a) >= 6 && strncmp(a, b, 6) == 0;
}

static double
gdp_of(const rh_draft *draft, const rh_draft_county *c, const gdp_row *row, uint32_t n,
       uint32_t *how)
{
    const uint64_t wanted[3] = {c->code, c->code / 100 * 100, c->code / 10000 * 10000 + 100};
    const char *pref = rh_draft_name(draft, c->prefecture);
    double gdp = 0, persons = 0;
    for (int w = 0; w < 2; w++) {
        for (uint32_t r = 0; r < n; r++) {
            if (row[r].code == wanted[w] && row[r].persons > 0) {
                return row[r].gdp_yuan / row[r].persons;
            }
        }
    }
    for (uint32_t r = 0; r < n;
         r++) { /* a prefecture that got another code; the counties of a municipality */
        if (row[r].code / 10000 == c->code / 10000 && row[r].persons > 0) {
            if (same_stem(pref, row[r].name)) {
                return row[r].gdp_yuan / row[r].persons;
            }
            gdp += row[r].gdp_yuan;
            persons += row[r].persons;
        }
    }
    (*how)++;
    return persons > 0 ? gdp / persons : (double)NAN;
}

static rh_status
fill_gdp(rh_draft *draft, rh_csv *csv, rh_err *err)
{
    int code = rh_csv_need(csv, "code"), name = rh_csv_need(csv, "name");
    int gdp = rh_csv_need(csv, "gdp2010_1e8yuan"), pop = rh_csv_need(csv, "pop2010_1e4");
    gdp_row *row;
    RH_NEW(row, rh_csv_rows(csv), err);
    for (uint32_t r = 0; code >= 0 && r < rh_csv_rows(csv); r++) {
        const double g = rh_csv_number(csv, r, gdp), p = rh_csv_number(csv, r, pop);
        if (g < 0 || p < 0) {
            rh_csv_problem(csv, r, g < 0 ? gdp : pop,
                           "%s: GDP and population are not negative.",
                           rh_csv_text(csv, r, name));
        }
        const bool known = g > 0 && p > 0;
        row[r] = (gdp_row){rh_csv_count(csv, r, code), rh_csv_text(csv, r, name),
                           known ? g * 1e8 : 0, known ? p * 1e4 : 0};
    }
    rh_status st = rh_csv_finish(csv, err);
    uint32_t filled = 0;
    for (uint32_t i = 0; st == RH_OK && i < draft->n_counties; i++) {
        draft->region->column.gdp_per_head_yuan[i] =
            gdp_of(draft, &draft->county[i], row, rh_csv_rows(csv), &filled);
    }
    rh_free(row);
    RH_TRY(st);
    return rh_draft_note(draft, err,
                         "prefecture_gdp_2010.csv: %u counties take the mean GDP per head of "
                         "their province's other "
                         "prefectures (own prefecture missing or empty).",
                         filled);
}

rh_status
rh_census_gdp(rh_draft *draft, const char *data_dir, rh_err *err)
{
    rh_csv *csv;
    RH_TRY(rh_census_open(data_dir, "prefecture_gdp_2010.csv", &csv, err));
    rh_status st = fill_gdp(draft, csv, err);
    rh_csv_free(csv);
    return st;
}

static uint64_t
province(rh_csv *csv, uint32_t row, int column)
{
    const uint64_t code = rh_csv_count(csv, row, column);
    if (code < 11 || code >= RH_DRAFT_PROVINCES) {
        rh_csv_problem(csv, row, column, "%llu is not a two-digit province code.",
                       (unsigned long long)code);
        return 0;
    }
    return code;
}

/* 2005: migrants by kind of origin (township, town committees, street), summed; sample counts
 * brought to persons. */
static rh_status
add_survey(rh_draft *draft, const char *data_dir, rh_err *err)
{
    rh_csv *csv;
    RH_TRY(rh_census_open(data_dir, "od_province_1995_2000_2005.csv", &csv, err));
    int year = rh_csv_need(csv, "year"), dest = rh_csv_need(csv, "dest_prov");
    int orig = rh_csv_need(csv, "orig_prov"), kind = rh_csv_need(csv, "orig_kind");
    int sample = rh_csv_need(csv, "count_sample");
    for (uint32_t r = 0; year >= 0 && r < rh_csv_rows(csv); r++) {
        if (rh_csv_count(csv, r, year) == 2005 &&
            strcmp(rh_csv_text(csv, r, kind), "all") != 0) {
            const double n = (double)rh_csv_count(csv, r, sample);
            draft->pair[province(csv, r, dest)][province(csv, r, orig)] +=
                n / draft->prior.od_sample_2005;
        }
    }
    rh_status st = rh_csv_finish(csv, err);
    rh_csv_free(csv);
    return st;
}

/* Growth of lifetime migrants (residence by birthplace) from 2000 to 2010: who came after the
 * survey. */
static rh_status
add_birthplaces(rh_draft *draft, double (*growth)[RH_DRAFT_PROVINCES], const char *data_dir,
                rh_err *err)
{
    rh_csv *csv;
    RH_TRY(rh_census_open(data_dir, "od_province_birthplace_2000_2010.csv", &csv, err));
    int year = rh_csv_need(csv, "year"), dest = rh_csv_need(csv, "dest_prov");
    int orig = rh_csv_need(csv, "orig_prov"), sample = rh_csv_need(csv, "count_sample");
    for (uint32_t r = 0; year >= 0 && r < rh_csv_rows(csv); r++) {
        const uint64_t when = rh_csv_count(csv, r, year);
        const double n = (double)rh_csv_count(csv, r, sample) / draft->prior.birthplace_sample;
        if (when == 2000 || when == 2010) {
            growth[province(csv, r, dest)][province(csv, r, orig)] += when == 2010 ? n : -n;
        }
    }
    rh_status st = rh_csv_finish(csv, err);
    rh_csv_free(csv);
    return st;
}

rh_status
rh_census_pairs(rh_draft *draft, const char *data_dir, rh_err *err)
{
    const double least = 20; /* persons: no pair of provinces is impossible */
    RH_NEW(draft->pair, RH_DRAFT_PROVINCES, err);
    double(*growth)[RH_DRAFT_PROVINCES];
    RH_NEW(growth, RH_DRAFT_PROVINCES, err);
    rh_status st = add_survey(draft, data_dir, err);
    if (st == RH_OK) {
        st = add_birthplaces(draft, growth, data_dir, err);
    }
    for (int d = 0; d < RH_DRAFT_PROVINCES; d++) {
        for (int o = 0; o < RH_DRAFT_PROVINCES; o++) {
            draft->pair[d][o] = fmax(least, draft->pair[d][o] + fmax(0, growth[d][o]));
        }
    }
    rh_free(growth);
    return st;
}

static int
by_value(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static uint32_t
find_county(const rh_region *region, uint64_t code)
{
    return code == 0 ? UINT32_MAX : rh_region_find_county(region, code);
}

/* Pairs as county × 2^32 + neighbour, sorted, doubles removed. */
static rh_status
store_pairs(rh_region *region, uint64_t *pair, uint32_t n, rh_err *err)
{
    qsort(pair, n, sizeof *pair, by_value);
    rh_free(region->near_first);
    rh_free(region->near);
    region->near_first = region->near = NULL;
    RH_NEW(region->near_first, (size_t)region->county.n + 1, err);
    RH_NEW(region->near, n, err);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0 && pair[i] == pair[i - 1]) {
            continue;
        }
        region->near[kept++] = (uint32_t)pair[i];
        region->near_first[(pair[i] >> 32) + 1]++;
    }
    for (uint32_t c = 0; c < region->county.n; c++) {
        region->near_first[c + 1] += region->near_first[c];
    }
    return RH_OK;
}

static rh_status
read_neighbours(rh_region *region, rh_csv *csv, rh_err *err)
{
    int a = rh_csv_need(csv, "code_a"), b = rh_csv_need(csv, "code_b");
    uint64_t *pair;
    RH_NEW(pair, 2 * (size_t)rh_csv_rows(csv), err);
    uint32_t n = 0;
    for (uint32_t r = 0; r < rh_csv_rows(csv); r++) {
        const uint64_t x = find_county(region, rh_csv_count(csv, r, a));
        const uint64_t y = find_county(region, rh_csv_count(csv, r, b));
        if (x != UINT32_MAX && y != UINT32_MAX && x != y) {
            pair[n++] = x << 32 | y;
            pair[n++] = y << 32 | x;
        }
    }
    rh_status st = rh_csv_finish(csv, err);
    if (st == RH_OK) {
        st = store_pairs(region, pair, n, err);
    }
    rh_free(pair);
    return st;
}

rh_status
rh_census_neighbours(rh_region *region, const char *data_dir, rh_err *err)
{
    rh_csv *csv;
    RH_TRY(rh_census_open(data_dir, "county_adjacency_2010.csv", &csv, err));
    rh_status st = read_neighbours(region, csv, err);
    rh_csv_free(csv);
    return st;
}
