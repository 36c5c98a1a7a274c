/* GeoPackage system tables: see gpkg.h. */
#include "io/gpkg.h"

#include <stdint.h>
#include <string.h>

const char rh_gpkg_schema[] =
    "PRAGMA application_id = 1196444487;" /* 'GPKG' */
    "PRAGMA user_version = 10300;"
    "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY,"
    " organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT "
    "NOT NULL,"
    " description TEXT);"
    "INSERT INTO gpkg_spatial_ref_sys VALUES"
    " ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', NULL),"
    " ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', NULL),"
    " ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS "
    "84\",6378137,"
    "298.257223563,AUTHORITY[\"EPSG\",\"7030\"]],AUTHORITY[\"EPSG\",\"6326\"]],PRIMEM["
    "\"Greenwich\",0,"
    "AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\","
    "\"9122\"]],"
    "AXIS[\"Latitude\",NORTH],AXIS[\"Longitude\",EAST],AUTHORITY[\"EPSG\",\"4326\"]]', NULL);"
    "CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,"
    " identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL, "
    "min_x DOUBLE,"
    " min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,"
    " CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));"
    "CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,"
    " geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT "
    "NOT NULL,"
    " CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),"
    " CONSTRAINT uk_gc_table_name UNIQUE (table_name),"
    " CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),"
    " CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));";

static void
put(unsigned char *out, uint64_t bits, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        out[i] = (unsigned char)(bits >> (8 * i));
    }
}

void
rh_gpkg_point(unsigned char out[RH_GPKG_POINT_SIZE], double lon, double lat)
{
    uint64_t x, y;
    memcpy(&x, &lon, sizeof x);
    memcpy(&y, &lat, sizeof y);
    memcpy(out, "GP\0\1", 4); /* version 0; little endian, no envelope */
    put(out + 4, 4326, 4);
    put(out + 8, 1, 1); /* well-known binary, little endian */
    put(out + 9, 1, 4); /* point */
    put(out + 13, x, 8);
    put(out + 21, y, 8);
}

int
rh_gpkg_register_points(sqlite3 *db, const char *table, const char *title,
                        const char *last_change)
{
    char *sql = sqlite3_mprintf(
        "INSERT INTO gpkg_contents SELECT %Q, 'features', %Q, %Q, %Q, min(lon), min(lat), "
        "max(lon), max(lat),"
        " 4326 FROM \"%w\";"
        "INSERT INTO gpkg_geometry_columns VALUES (%Q, 'geom', 'POINT', 4326, 0, 0);",
        table, table, title, last_change, table, table);
    int code = sql ? sqlite3_exec(db, sql, NULL, NULL, NULL) : SQLITE_NOMEM;
    sqlite3_free(sql);
    return code;
}
