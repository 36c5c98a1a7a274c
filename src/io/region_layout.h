/* The layout of region files, shared by region_write.c and region_read.c (docs/region-file.md):
 * names of tables and columns, and the SQLite calls with our sentences. Nobody else includes
 * this. */
#ifndef RH_IO_REGION_LAYOUT_H
#define RH_IO_REGION_LAYOUT_H

#include "place/region.h"

#include <sqlite3.h>
#include <stddef.h>

enum { RH_REGION_LAYOUT = 1, RH_GPKG_ID = 0x47504B47 /* 'GPKG' */ };
enum { RH_FLOW_SIZE = 12, RH_CELL_COUNTS = sizeof(rh_cell) / sizeof(uint32_t) };
enum { PROVINCE, PREFECTURE, COUNTY, TOWN, LEVELS };
enum { RH_LEAF_COLUMNS = RH_PART_COUNT * RH_CLASS_COUNT, RH_COUNTY_COLUMNS = 41 };

extern const char *const rh_level_table[LEVELS];
extern const char *const rh_town_kind_name[RH_OTHER_UNIT + 1];

/* The counts of a leaf, as columns of the township table: rural ones first. */
extern const char *const rh_leaf_column[RH_LEAF_COLUMNS];

/* Kinds of county columns: 0 or 1; a count; 0–1 or a gap; 0 or more or a gap. */
enum rh_column_kind { RH_FLAG, RH_COUNT, RH_SHARE, RH_AMOUNT };

typedef struct rh_table_column {
    const char *name;
    enum rh_column_kind kind;
    size_t member;        /* offset of the array's pointer in rh_county_columns */
    unsigned per_row, at; /* values per county, and which of them this is */
    const char *unit, *meaning;
} rh_table_column;

/* The one list of county columns. */
extern const rh_table_column rh_county_column[RH_COUNTY_COLUMNS];

/* True when a share or amount may stand in a file. */
bool rh_column_allows(enum rh_column_kind kind, double value);

/* Places of level PROVINCE … TOWN. */
const rh_level *rh_region_level(const rh_region *region, int level);

/* Residents of every place: all provinces, then all prefectures, …; the caller frees. */
RH_MUST_CHECK rh_status rh_region_count_places(const rh_region *region, uint64_t **out,
                                               rh_err *err);

/* Append what a level's table has beyond geom, code, name and population: with types for
 * CREATE. */
void rh_region_add_columns(sqlite3_str *sql, int level, bool typed);

/* An open file and the name to use in sentences. */
typedef struct rh_region_db {
    sqlite3 *db;
    const char *path;
} rh_region_db;

/* SQLite's complaint as our sentence: "PATH: DOING failed: why." */
rh_status rh_region_db_fail(const rh_region_db *f, const char *doing, rh_err *err);

RH_MUST_CHECK rh_status rh_region_db_prepare(const rh_region_db *f, const char *doing,
                                             const char *sql, sqlite3_stmt **out, rh_err *err);

/* As above for SQL made with sqlite3_str, which is freed (NULL: memory ran out). */
RH_MUST_CHECK rh_status rh_region_db_prepare_made(const rh_region_db *f, const char *doing,
                                                  char *sql, sqlite3_stmt **out, rh_err *err);

#endif
