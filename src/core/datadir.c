/* Where the shipped tables are: see datadir.h. */
#include "core/datadir.h"

#include "core/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

rh_status
rh_data_dir(const char *name, char **out, rh_err *err)
{
    const char *chosen = getenv("RONGHE_DATADIR");
    const char *const folder[] = {chosen, RH_INSTALL_DATADIR, "data"};
    /* A folder named by the environment is meant: nothing else is tried. */
    size_t first = chosen != NULL && chosen[0] != '\0' ? 0 : 1, end = first == 0 ? 1 : 3;
    *out = NULL;
    for (size_t i = first; i < end; i++) {
        size_t size = strlen(folder[i]) + (name != NULL ? strlen(name) : 0) + 2;
        char *path = rh_alloc(size, 1);
        if (path == NULL) {
            return rh_fail(err, RH_MEMORY,
                           "Not enough memory for the path of the data folder.");
        }
        snprintf(path, size, "%s%s%s", folder[i], name != NULL ? "/" : "",
                 name != NULL ? name : "");
        if (access(path, R_OK) == 0) {
            *out = path;
            return RH_OK;
        }
        rh_free(path);
    }
    if (first == 0) {
        return rh_fail(err, RH_MISSING,
                       "%s/%s cannot be read (RONGHE_DATADIR names this folder).", chosen,
                       name != NULL ? name : "");
    }
    return rh_fail(
        err, RH_MISSING,
        "The data folder with %s is neither %s nor ./data; set RONGHE_DATADIR to it.",
        name != NULL ? name : "the shipped tables", RH_INSTALL_DATADIR);
}
