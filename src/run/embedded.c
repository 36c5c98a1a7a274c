/* Where the embedded region's tables are: see embedded.h. */
#include "run/embedded.h"

#include "core/datadir.h"
#include "core/mem.h"

#include <stdlib.h>
#include <unistd.h>

rh_status
rh_embedded_find(const char *skeleton, rh_embedded_inputs *inputs, rh_err *err)
{
    const char *chosen = getenv("RONGHE_SKELETON");
    const char *path = skeleton != NULL                      ? skeleton
                       : chosen != NULL && chosen[0] != '\0' ? chosen
                                                             : "out/skeleton.csv";
    *inputs = (rh_embedded_inputs){0};
    if (access(path, R_OK) != 0) {
        return rh_fail(
            err, RH_MISSING,
            "%s, the township skeleton of the embedded region, cannot be read: "
            "\"make out/skeleton.csv\" makes it, RONGHE_SKELETON names another place.",
            path);
    }
    RH_TRY(rh_data_dir("china/province_2010.csv", &inputs->provinces, err));
    inputs->skeleton = rh_strdup(path);
    return inputs->skeleton != NULL ? RH_OK
                                    : rh_fail(err, RH_MEMORY, "Not enough memory for a path.");
}

void
rh_embedded_release(rh_embedded_inputs *inputs)
{
    rh_free(inputs->provinces);
    rh_free(inputs->skeleton);
    *inputs = (rh_embedded_inputs){0};
}
