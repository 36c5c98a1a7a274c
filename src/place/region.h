/* A region: the place tree, the columns of each level, and everything a run needs about its places.
 *
 * Tree: nation > province > prefecture > county > township; a leaf is the rural (even index) or the
 * urban (odd index) part of a township: leaf = 2 × township + urban.
 * Struct of arrays; children of a place are contiguous, in the order of their codes.
 *
 * G1 county.first_town[c] … county.first_town[c+1]-1 are the townships of county c (likewise upwards).
 * G2 for every county: sum of cell[c] = population; its margins equal the published integers (sex × 19
 *    age groups, four migrant classes, urban and rural).
 * G3 for every county, class and part: sum over its leaves of leaf_class = sum of cell over sex × age.
 * G4 home flows: for every destination county, class (in province, other province) and part, the
 *    sum over home counties = the sum of cell over sex × age.
 * G5 every county with migrants inside the county has at least two townships.
 * All counts are persons on census day (1 Nov 2010 for the shipped builders). */
#ifndef RH_PLACE_REGION_H
#define RH_PLACE_REGION_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

/* Age groups of the county tables: 0, 1–4, 5–9, …, 80–84, 85+. */
enum { RH_AGE_GROUPS = 19 };
int rh_age_group_low(int group);  /* first age of the group */
int rh_age_group_high(int group); /* last age (85+: 110) */
int rh_age_group_of(int age);

/* Where a resident is registered, seen from where the resident lives. */
enum rh_migrant_class {
    RH_LOCAL,
    RH_IN_COUNTY,
    RH_IN_PROVINCE,
    RH_OTHER_PROVINCE,
    RH_CLASS_COUNT
};

enum { RH_RURAL, RH_URBAN, RH_PART_COUNT };

/* Kind of a township-level unit. */
enum rh_town_kind { RH_STREET, RH_TOWN, RH_TOWNSHIP, RH_OTHER_UNIT };

/* Schooling of the census tables (persons aged 6 and over): none, primary, junior, senior,
 * college, bachelor and above. */
enum { RH_CENSUS_EDUCATION = 6 };

/* Persons of one county by class, part, sex and age group. */
typedef struct rh_cell {
    uint32_t n[RH_CLASS_COUNT][RH_PART_COUNT][2][RH_AGE_GROUPS];
} rh_cell;

/* Names are owned by the region (one string table); codes are GB/T 2260 / NBS numbers. */
typedef struct rh_level {
    uint32_t n;
    uint64_t *code;    /* 6 digits; townships 9 digits */
    const char **name; /* 汉字, UTF-8 */
    double *lon, *lat; /* degrees; NAN where unknown */
    uint32_t *parent;  /* index one level up (provinces: 0) */
    uint32_t *first;   /* n + 1 entries: first child one level down (townships: NULL) */
} rh_level;

/* County columns. Shares are 0–1, NAN where a table has a gap. */
typedef struct rh_county_columns {
    bool *district; /* 市辖区: moves inside it are not "floating" (人户分离 inside 市辖区) */
    double *area_km2;
    double *gdp_per_head_yuan; /* of the prefecture, 2010 */
    uint32_t *registered;      /* hukou population of the table (户籍人口) */
    double *urban_hukou_share; /* non-agricultural hukou among residents */
    uint32_t *households;      /* 户数, family and collective */
    /* Persons in family households (人数); the rest live in collective households. */
    uint32_t *household_persons;
    /* Shares of family households: one person; one, two, three, four or more generations. */
    double (*household_kind)[5];
    double *birth_rate, *death_rate;             /* per person and year (not per mille) */
    double (*education)[2][RH_CENSUS_EDUCATION]; /* shares by sex among persons 6+, sum 1 */
    /* Shares by sex among persons 15+: never married, married, widowed, divorced. */
    double (*marital)[2][4];
    /* Shares among persons 16+: farm, industry, service, home, retired, unemployed; the rest
     * are students or unable. */
    double (*work)[6];
    double *mean_children; /* children ever born per woman 15–64 */
} rh_county_columns;

typedef struct rh_region {
    char *title;  /* for people: "中国 2010, 县级普查表" */
    char *source; /* sources, one sentence each */
    char *notes;  /* decisions and residuals of the build, one a line */
    bool synthetic_below_province;
    int base_year; /* stocks are those at the end of this year */

    rh_level province, prefecture, county, town;
    uint8_t *town_kind; /* enum rh_town_kind */
    rh_county_columns column;

    rh_cell *cell;                          /* per county */
    uint32_t (*leaf_class)[RH_CLASS_COUNT]; /* per leaf: persons by class */

    /* Migrants living outside the home county, by home county: entries flow_first[o] … flow_first[o+1]-1,
     * sorted by destination; flow_n by part of the destination. */
    uint64_t *flow_first;
    uint32_t *flow_dest;
    uint32_t (*flow_n)[RH_PART_COUNT];

    /* Neighbours: county pairs sharing a border, both directions, sorted (CSR). May be empty. */
    uint32_t *near_first, *near;

    char *strings; /* the string table */
} rh_region;

void rh_region_free(rh_region *region);

static inline uint32_t
rh_leaf(uint32_t town, int part)
{
    return 2 * town + (uint32_t)part;
}

/* Migrant class of somebody registered in township `home` living in township `place`. O(1). */
enum rh_migrant_class rh_region_class(const rh_region *region, uint32_t home, uint32_t place);

/* Persons of the region. */
uint64_t rh_region_population(const rh_region *region);

/* Index of the county with this 6-digit code, or UINT32_MAX. O(log n). */
uint32_t rh_region_find_county(const rh_region *region, uint64_t code);

/* Check G1–G5. Errors: RH_INVARIANT naming the place and the two values. */
RH_MUST_CHECK rh_status rh_region_verify(const rh_region *region, rh_err *err);

#endif
