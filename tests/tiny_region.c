/* The hand-made region: see tiny_region.h. All splits are integer and cumulative, so sums hold
 * exactly. */
#include "tiny_region.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PROVINCES = 2, PREFECTURES = 3, COUNTIES = 6, TOWNS = 20 };

static const struct {
    uint64_t code;
    const char *name;
} province_list[PROVINCES] = {{910000, "甲省"}, {920000, "乙省"}};

static const struct {
    uint64_t code;
    const char *name;
    uint32_t parent;
} prefecture_list[PREFECTURES] = {
    {910100, "甲山市", 0}, {910200, "甲水市", 0}, {920100, "乙江市", 1}};

/* Migrants per mille of the part's residents: in county, in province, other province. */
static const struct {
    uint64_t code;
    const char *name;
    uint32_t parent, towns, persons, urban_percent;
    uint32_t migrants[RH_PART_COUNT][3];
    double gdp, lon, lat;
} county_list[COUNTIES] = {
    {910101, "东山区", 0, 4, 1500, 85, {{20, 40, 60}, {90, 180, 130}}, 62000, 112.0, 31.0},
    {910121, "北山县", 0, 3, 900, 35, {{10, 15, 5}, {120, 50, 15}}, 21000, 112.3, 31.4},
    {910181, "西山市", 0, 3, 800, 45, {{10, 20, 10}, {110, 80, 40}}, 35000, 111.7, 31.2},
    {910221, "清水县", 1, 3, 700, 25, {{10, 10, 5}, {90, 40, 10}}, 15000, 111.2, 30.6},
    {920102, "江口区", 2, 4, 1400, 80, {{20, 50, 90}, {70, 100, 250}}, 78000, 114.0, 30.5},
    {920122, "江源县", 2, 3, 700, 30, {{10, 15, 5}, {100, 45, 10}}, (double)NAN, 114.4, 30.1},
};

static const char *const town_names[TOWNS] = {
    "城关街道", "东门街道", "西门街道", "柳林镇", "山前镇", "石桥镇",     "青龙乡",
    "西关街道", "白马镇",   "红岩乡",   "清河镇", "大湾乡", "小湾乡",     "港口街道",
    "码头街道", "新区街道", "沙洲镇",   "源头镇", "双溪镇", "云雾民族乡",
};

/* Kind from the ending of the name. */
static uint8_t
kind_of(const char *name)
{
    return strstr(name, "街道") != NULL ? RH_STREET
           : strstr(name, "镇") != NULL ? RH_TOWN
                                        : RH_TOWNSHIP;
}

static void *
array(size_t count, size_t size)
{
    void *p = rh_alloc(count, size);
    if (p == NULL) {
        abort();
    }
    return p;
}

/* Part i of `total` when it is split by `n` weights. */
static uint32_t
split(uint64_t total, const uint32_t *weight, uint32_t n, uint32_t i)
{
    uint64_t before = 0, sum = 0;
    for (uint32_t j = 0; j < n; j++) {
        before += j < i ? weight[j] : 0;
        sum += weight[j];
    }
    return (uint32_t)(total * (before + weight[i]) / sum - total * before / sum);
}

static void
new_level(rh_level *level, uint32_t n, bool children)
{
    level->n = n;
    level->code = array(n, sizeof *level->code);
    level->name = array(n, sizeof *level->name);
    level->lon = array(n, sizeof *level->lon);
    level->lat = array(n, sizeof *level->lat);
    level->parent = array(n, sizeof *level->parent);
    if (children) {
        level->first = array(n + 1, sizeof *level->first);
    }
}

/* Copy `name` into the string table at *at. */
static const char *
keep(char **at, const char *name)
{
    char *start = *at;
    *at = stpcpy(start, name) + 1;
    return start;
}

static void
fill_first(rh_level *upper, const rh_level *lower)
{
    for (uint32_t i = 0; i < lower->n; i++) {
        upper->first[lower->parent[i] + 1] = i + 1;
    }
}

static void
fill_tree(rh_region *r)
{
    char *at = r->strings = array(1000, 1);
    new_level(&r->province, PROVINCES, true);
    new_level(&r->prefecture, PREFECTURES, true);
    new_level(&r->county, COUNTIES, true);
    new_level(&r->town, TOWNS, false);
    r->town_kind = array(TOWNS, 1);
    for (uint32_t i = 0; i < PROVINCES; i++) {
        r->province.code[i] = province_list[i].code;
        r->province.name[i] = keep(&at, province_list[i].name);
        r->province.lon[i] = 112 + 2 * i;
        r->province.lat[i] = 31 - 0.5 * i;
    }
    for (uint32_t i = 0; i < PREFECTURES; i++) {
        r->prefecture.code[i] = prefecture_list[i].code;
        r->prefecture.name[i] = keep(&at, prefecture_list[i].name);
        r->prefecture.parent[i] = prefecture_list[i].parent;
        r->prefecture.lon[i] = 111.5 + i;
        r->prefecture.lat[i] = 31 - 0.25 * i;
    }
    uint32_t t = 0;
    for (uint32_t c = 0; c < COUNTIES; c++) {
        r->county.code[c] = county_list[c].code;
        r->county.name[c] = keep(&at, county_list[c].name);
        r->county.parent[c] = county_list[c].parent;
        r->county.lon[c] = county_list[c].lon;
        r->county.lat[c] = county_list[c].lat;
        for (uint32_t i = 0; i < county_list[c].towns; i++, t++) {
            r->town.code[t] = county_list[c].code * 1000 + (i < 2 ? i + 1 : 98 + i);
            r->town.name[t] = keep(&at, town_names[t]);
            r->town.parent[t] = c;
            r->town.lon[t] = t == TOWNS - 1 ? (double)NAN : county_list[c].lon + 0.05 * i;
            r->town.lat[t] = t == TOWNS - 1 ? (double)NAN : county_list[c].lat - 0.05 * i;
            r->town_kind[t] = kind_of(town_names[t]);
        }
    }
    fill_first(&r->province, &r->prefecture);
    fill_first(&r->prefecture, &r->county);
    fill_first(&r->county, &r->town);
}

/* Persons of a county by class, part, sex and age group. */
static void
fill_cell(rh_cell *cell, uint32_t c, uint32_t times)
{
    /* per mille; migrants are younger */
    static const uint32_t pyramid[2][RH_AGE_GROUPS] = {
        {10, 46, 53, 56, 75, 95, 76, 73, 89, 94, 79, 59, 61, 44, 31, 25, 18, 10, 6},
        {4, 22, 30, 35, 120, 190, 150, 120, 110, 85, 55, 25, 20, 14, 8, 6, 3, 2, 1}};
    static const uint32_t sexes[2] = {512, 488};
    uint32_t persons = county_list[c].persons * times, urban = county_list[c].urban_percent;
    uint32_t parts[RH_PART_COUNT] = {100 - urban, urban};
    for (int part = 0; part < RH_PART_COUNT; part++) {
        const uint32_t *m = county_list[c].migrants[part];
        uint32_t classes[RH_CLASS_COUNT] = {1000 - m[0] - m[1] - m[2], m[0], m[1], m[2]};
        uint32_t here = split(persons, parts, RH_PART_COUNT, (uint32_t)part);
        for (uint32_t k = 0; k < RH_CLASS_COUNT; k++) {
            uint32_t of_class = split(here, classes, RH_CLASS_COUNT, k);
            for (uint32_t sex = 0; sex < 2; sex++) {
                uint32_t of_sex = split(of_class, sexes, 2, sex);
                for (uint32_t g = 0; g < RH_AGE_GROUPS; g++) {
                    cell->n[k][part][sex][g] =
                        split(of_sex, pyramid[k != RH_LOCAL], RH_AGE_GROUPS, g);
                }
            }
        }
    }
}

static uint32_t
sum_of(const rh_cell *cell, int k, int part)
{
    uint32_t sum = 0;
    for (int sex = 0; sex < 2; sex++) {
        for (int g = 0; g < RH_AGE_GROUPS; g++) {
            sum += cell->n[k][part][sex][g];
        }
    }
    return sum;
}

/* Streets have no rural part. */
static void
fill_leaves(rh_region *r, uint32_t c)
{
    uint32_t first = r->county.first[c], n = r->county.first[c + 1] - first;
    for (int part = 0; part < RH_PART_COUNT; part++) {
        uint32_t weight[TOWNS];
        for (uint32_t i = 0; i < n; i++) {
            bool street = r->town_kind[first + i] == RH_STREET;
            weight[i] = part == RH_RURAL ? (street ? 0 : 2 + i) : 5 - i + 4 * street;
        }
        for (int k = 0; k < RH_CLASS_COUNT; k++) {
            for (uint32_t i = 0; i < n; i++) {
                r->leaf_class[rh_leaf(first + i, part)][k] =
                    split(sum_of(&r->cell[c], k, part), weight, n, i);
            }
        }
    }
}

static void
fill_flows(rh_region *r)
{
    uint64_t n = 0;
    r->flow_first = array(COUNTIES + 1, sizeof *r->flow_first);
    r->flow_dest = array(COUNTIES * COUNTIES, sizeof *r->flow_dest);
    r->flow_n = array(COUNTIES * COUNTIES, sizeof *r->flow_n);
    for (uint32_t home = 0; home < COUNTIES; home++) {
        uint32_t home_province = r->prefecture.parent[r->county.parent[home]];
        for (uint32_t dest = 0; dest < COUNTIES; dest++) {
            uint32_t province = r->prefecture.parent[r->county.parent[dest]];
            uint32_t weight[COUNTIES];
            for (uint32_t o = 0; o < COUNTIES; o++) { /* all homes of the same class */
                uint32_t its = r->prefecture.parent[r->county.parent[o]];
                bool alike = (its == province) == (home_province == province);
                weight[o] = o == dest || !alike
                                ? 0
                                : county_list[o].persons * (110 - county_list[o].urban_percent);
            }
            if (dest == home) {
                continue;
            }
            int k = province == home_province ? RH_IN_PROVINCE : RH_OTHER_PROVINCE;
            uint32_t rural = split(sum_of(&r->cell[dest], k, RH_RURAL), weight, COUNTIES, home);
            uint32_t urban = split(sum_of(&r->cell[dest], k, RH_URBAN), weight, COUNTIES, home);
            if (rural + urban > 0) {
                r->flow_dest[n] = dest;
                r->flow_n[n][RH_RURAL] = rural;
                r->flow_n[n][RH_URBAN] = urban;
                n++;
            }
        }
        r->flow_first[home + 1] = n;
    }
}

static void
fill_neighbours(rh_region *r)
{
    static const uint32_t near[][2] = {{0, 1}, {0, 2}, {1, 0}, {1, 2}, {1, 4}, {2, 0},
                                       {2, 1}, {2, 3}, {3, 2}, {4, 1}, {4, 5}, {5, 4}};
    size_t n = sizeof near / sizeof near[0];
    r->near_first = array(COUNTIES + 1, sizeof *r->near_first);
    r->near = array(n, sizeof *r->near);
    for (size_t i = 0; i < n; i++) {
        r->near[i] = near[i][1];
        r->near_first[near[i][0] + 1] = (uint32_t)i + 1;
    }
}

/* Columns: shaped by the county's urban share; the registered population follows from the
 * flows. */
static void
fill_columns(rh_region *r)
{
    rh_county_columns *column = &r->column;
#define NEW(name) column->name = array(COUNTIES, sizeof *column->name)
    NEW(district), NEW(area_km2), NEW(gdp_per_head_yuan), NEW(registered),
        NEW(urban_hukou_share);
    NEW(households), NEW(household_persons), NEW(household_kind), NEW(birth_rate),
        NEW(death_rate);
    NEW(education), NEW(marital), NEW(work), NEW(mean_children);
#undef NEW
    for (uint32_t c = 0; c < COUNTIES; c++) {
        double urban = county_list[c].urban_percent / 100.0;
        uint32_t persons = 0;
        for (int part = 0; part < RH_PART_COUNT; part++) {
            for (int k = 0; k < RH_CLASS_COUNT; k++) {
                persons += sum_of(&r->cell[c], k, part);
                column->registered[c] += k <= RH_IN_COUNTY ? sum_of(&r->cell[c], k, part) : 0;
            }
        }
        for (uint64_t i = r->flow_first[c]; i < r->flow_first[c + 1]; i++) {
            column->registered[c] += r->flow_n[i][RH_RURAL] + r->flow_n[i][RH_URBAN];
        }
        column->district[c] = c == 0 || c == 4;
        column->area_km2[c] = 400 + 900 * (1 - urban);
        column->gdp_per_head_yuan[c] = county_list[c].gdp;
        column->urban_hukou_share[c] = 0.1 + 0.6 * urban;
        column->household_persons[c] = persons - persons / 40;
        column->households[c] = column->household_persons[c] / 3;
        memcpy(column->household_kind[c], (double[5]){0.14, 0.34, 0.34, 0.17, 0.01},
               5 * sizeof(double));
        column->birth_rate[c] = 0.014 - 0.005 * urban;
        column->death_rate[c] = 0.0075 - 0.003 * urban;
        for (int sex = 0; sex < 2; sex++) {
            double schooled = 0.30 * urban;
            memcpy(column->education[c][sex],
                   (double[6]){sex ? 0.08 : 0.03, 0.32 - schooled / 2, sex ? 0.42 : 0.47, 0.12,
                               0.04 + schooled / 4, 0.02 + schooled / 4},
                   6 * sizeof(double));
            memcpy(column->marital[c][sex],
                   sex ? (double[4]){0.18, 0.72, 0.085, 0.015}
                       : (double[4]){0.25, 0.70, 0.033, 0.017},
                   4 * sizeof(double));
        }
        memcpy(column->work[c],
               (double[6]){0.60 * (1 - urban) + 0.02, 0.10 + 0.10 * urban, 0.08 + 0.25 * urban,
                           0.08, 0.03 + 0.10 * urban, 0.02},
               6 * sizeof(double));
        column->mean_children[c] = 1.8 - 0.6 * urban;
    }
}

rh_region *
tiny_region_of(uint32_t times)
{
    rh_region *r = array(1, sizeof *r);
    r->title = rh_strdup("试验小区域 (tiny region for tests)");
    r->source = rh_strdup("Invented for tests.\nShape of the age pyramid: assumption (假设).");
    r->notes = rh_strdup(
        "920122 江源县: gross product unknown.\n920122100 云雾民族乡: position unknown.");
    r->base_year = 2010;
    fill_tree(r);
    r->cell = array(COUNTIES, sizeof *r->cell);
    r->leaf_class = array((size_t)2 * TOWNS, sizeof *r->leaf_class);
    for (uint32_t c = 0; c < COUNTIES; c++) {
        fill_cell(&r->cell[c], c, times);
        fill_leaves(r, c);
    }
    fill_flows(r);
    fill_neighbours(r);
    fill_columns(r);
    return r;
}

rh_region *
tiny_region(void)
{
    return tiny_region_of(1);
}
