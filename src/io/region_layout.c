/* Layout of region files: see region_layout.h. */
#include "io/region_layout.h"

#include "core/mem.h"

#include <math.h>
#include <stdio.h>

const char *const rh_level_table[LEVELS] = {"province", "prefecture", "county", "township"};
const char *const rh_town_kind_name[RH_OTHER_UNIT + 1] = {"street", "town", "township",
                                                          "other"};

const char *const rh_leaf_column[RH_LEAF_COLUMNS] = {
    "rural_local", "rural_in_county", "rural_in_province", "rural_other_province",
    "urban_local", "urban_in_county", "urban_in_province", "urban_other_province"};

#define MEMBER(member) offsetof(rh_county_columns, member)
#define ONE(name, kind, unit, meaning)                                                         \
    {                                                                                          \
#name, kind, MEMBER(name), 1, 0, unit, meaning                                         \
    }
#define KIND(name, at)                                                                         \
    {                                                                                          \
        "household_" name, RH_SHARE, MEMBER(household_kind), 5, at, "share",                   \
            "of family households"                                                             \
    }
#define SCHOOLING(sex, name, at)                                                               \
    {                                                                                          \
        "education_" sex "_" name, RH_SHARE, MEMBER(education), 2 * RH_CENSUS_EDUCATION, at,   \
            "share", "of persons of this sex aged 6 and over"                                  \
    }
#define MARITAL(sex, name, at)                                                                 \
    {                                                                                          \
        "marital_" sex "_" name, RH_SHARE, MEMBER(marital), 8, at, "share",                    \
            "of persons of this sex aged 15 and over"                                          \
    }
#define WORK(name, at)                                                                         \
    {                                                                                          \
        "work_" name, RH_SHARE, MEMBER(work), 6, at, "share", "of persons aged 16 and over"    \
    }

const rh_table_column rh_county_column[] = {
    ONE(district, RH_FLAG, "0 or 1", "1: city district (市辖区)"),
    ONE(area_km2, RH_AMOUNT, "km2", "area"),
    ONE(gdp_per_head_yuan, RH_AMOUNT, "yuan a head and year",
        "gross product of the prefecture, 2010"),
    ONE(registered, RH_COUNT, "persons", "hukou population (户籍人口)"),
    ONE(urban_hukou_share, RH_SHARE, "share", "non-agricultural hukou among residents"),
    ONE(households, RH_COUNT, "households", "family and collective households (户数)"),
    ONE(household_persons, RH_COUNT, "persons", "persons in family households"),
    KIND("one_person", 0),
    KIND("one_generation", 1),
    KIND("two_generations", 2),
    KIND("three_generations", 3),
    KIND("four_generations", 4),
    ONE(birth_rate, RH_SHARE, "per person and year", "births"),
    ONE(death_rate, RH_SHARE, "per person and year", "deaths"),
    SCHOOLING("male", "none", 0),
    SCHOOLING("male", "primary", 1),
    SCHOOLING("male", "junior", 2),
    SCHOOLING("male", "senior", 3),
    SCHOOLING("male", "college", 4),
    SCHOOLING("male", "bachelor", 5),
    SCHOOLING("female", "none", 6),
    SCHOOLING("female", "primary", 7),
    SCHOOLING("female", "junior", 8),
    SCHOOLING("female", "senior", 9),
    SCHOOLING("female", "college", 10),
    SCHOOLING("female", "bachelor", 11),
    MARITAL("male", "never", 0),
    MARITAL("male", "married", 1),
    MARITAL("male", "widowed", 2),
    MARITAL("male", "divorced", 3),
    MARITAL("female", "never", 4),
    MARITAL("female", "married", 5),
    MARITAL("female", "widowed", 6),
    MARITAL("female", "divorced", 7),
    WORK("farm", 0),
    WORK("industry", 1),
    WORK("service", 2),
    WORK("home", 3),
    WORK("retired", 4),
    WORK("unemployed", 5),
    ONE(mean_children, RH_AMOUNT, "children", "children ever born per woman aged 15–64"),
};
_Static_assert(sizeof rh_county_column / sizeof rh_county_column[0] == RH_COUNTY_COLUMNS,
               "one list, one length");

/* A value of a share or amount that may stand in a file. */
bool
rh_column_allows(enum rh_column_kind kind, double value)
{
    return isnan(value) ||
           (isfinite(value) && value >= 0 && (kind != RH_SHARE || value <= 1 + 1e-9));
}

const rh_level *
rh_region_level(const rh_region *region, int level)
{
    const rh_level *levels[LEVELS] = {&region->province, &region->prefecture, &region->county,
                                      &region->town};
    return levels[level];
}

/* Residents of every place of every level: *out has all provinces, then all prefectures, … */
rh_status
rh_region_count_places(const rh_region *region, uint64_t **out, rh_err *err)
{
    size_t n =
        (size_t)region->province.n + region->prefecture.n + region->county.n + region->town.n;
    uint64_t *residents;
    RH_NEW(residents, n, err);
    uint64_t *of_level[LEVELS] = {residents};
    for (int level = 1; level < LEVELS; level++) {
        of_level[level] = of_level[level - 1] + rh_region_level(region, level - 1)->n;
    }
    for (uint32_t leaf = 0; leaf < 2 * region->town.n; leaf++) {
        for (int k = 0; k < RH_CLASS_COUNT; k++) {
            of_level[TOWN][leaf / 2] += region->leaf_class[leaf][k];
        }
    }
    for (int level = TOWN; level > PROVINCE; level--) {
        for (uint32_t i = 0; i < rh_region_level(region, level)->n; i++) {
            of_level[level - 1][rh_region_level(region, level)->parent[i]] +=
                of_level[level][i];
        }
    }
    *out = residents;
    return RH_OK;
}

/* What one level has beyond fid, geom, code, name and population: for CREATE, INSERT or SELECT.
 */
void
rh_region_add_columns(sqlite3_str *sql, int level, bool typed)
{
    static const char *const type[] = {" BOOLEAN", " INTEGER", " DOUBLE", " DOUBLE"};
    if (level > PROVINCE) {
        sqlite3_str_appendf(sql, ", parent%s", typed ? " INTEGER NOT NULL" : "");
    }
    for (size_t i = 0; level == COUNTY && i < RH_COUNTY_COLUMNS; i++) {
        sqlite3_str_appendf(sql, ", %s%s", rh_county_column[i].name,
                            typed ? type[rh_county_column[i].kind] : "");
    }
    if (level == TOWN) {
        sqlite3_str_appendf(sql, ", kind%s", typed ? " TEXT NOT NULL" : "");
        for (size_t i = 0; i < RH_LEAF_COLUMNS; i++) {
            sqlite3_str_appendf(sql, ", %s%s", rh_leaf_column[i],
                                typed ? " INTEGER NOT NULL" : "");
        }
    }
}

/* SQLite's complaint as our sentence. */
rh_status
rh_region_db_fail(const rh_region_db *f, const char *doing, rh_err *err)
{
    int code = f->db == NULL ? SQLITE_NOMEM : sqlite3_errcode(f->db) & 0xff;
    const char *why = f->db == NULL ? "out of memory" : sqlite3_errmsg(f->db);
    rh_status status = code == SQLITE_NOMEM ? RH_MEMORY
                       : code == SQLITE_ERROR || code == SQLITE_NOTADB || code == SQLITE_CORRUPT
                           ? RH_INPUT
                           : RH_IO;
    return rh_fail(err, status, "%s: %s failed: %s.", f->path, doing, why);
}

rh_status
rh_region_db_prepare(const rh_region_db *f, const char *doing, const char *sql,
                     sqlite3_stmt **out, rh_err *err)
{
    return sqlite3_prepare_v2(f->db, sql, -1, out, NULL) == SQLITE_OK
               ? RH_OK
               : rh_region_db_fail(f, doing, err);
}

/* As rh_region_db_prepare, for SQL made with sqlite3_str (freed here; NULL when memory ran
 * out). */
rh_status
rh_region_db_prepare_made(const rh_region_db *f, const char *doing, char *sql,
                          sqlite3_stmt **out, rh_err *err)
{
    rh_status status =
        sql == NULL ? rh_fail(err, RH_MEMORY, "%s: not enough memory for a query.", f->path)
                    : rh_region_db_prepare(f, doing, sql, out, err);
    sqlite3_free(sql);
    return status;
}
