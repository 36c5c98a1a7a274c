/* Where the shipped tables are: RONGHE_DATADIR, else the folder of the installation, else
 * ./data. */
#ifndef RH_CORE_DATADIR_H
#define RH_CORE_DATADIR_H

#include "core/status.h"

/* The data folder, or the entry `name` in it ("china", "china/vital.csv"; NULL for the folder
 * itself). The caller frees *out with rh_free. Errors: RH_MISSING naming where it was looked
 * for. */
RH_MUST_CHECK rh_status rh_data_dir(const char *name, char **out, rh_err *err);

#endif
