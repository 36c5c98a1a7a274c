/* Leased homesteads by year, one of the tables of the open data (open_data.h) and what the simulator reads (src/process/homestead_leases.h).
 *
 *     homestead_leases.csv   township,year,homesteads,on_offer,leased,leased_area_m2,rent_yuan_m2_year
 *
 * One line a year, from the year of the first homestead to that of the last row: at the end of the year (of the last one: so far) homesteads
 * registered, offers open, leases in force (active, in arrears, unsafe, expiring), floor area of these in m², and their mean rent, weighted by area,
 * of the first year. Made of OPEN fields only; a lease whose area is not told in an offer (a renewal) counts without area. */
#ifndef RH_SERVICE_HOMESTEAD_TABLE_H
#define RH_SERVICE_HOMESTEAD_TABLE_H

#include "store/db.h"

/* Write FOLDER/homestead_leases.csv of the rows up to command `seq`. Errors: RH_IO, RH_MEMORY, RH_INVARIANT. */
RH_MUST_CHECK rh_status rh_homestead_table_write(rh_db *db, int64_t seq, const char *folder,
                                                 rh_err *err);

#endif
