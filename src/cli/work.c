/* The seam to the engine: see work.h. */
#include "cli/work.h"

#include "core/datadir.h"
#include "core/mem.h"

#include <sys/resource.h>
#include <unistd.h>

rh_status
rh_work_build(const rh_region_spec *spec, const char *data, rh_region **out, rh_err *err)
{
    (void)spec;
    (void)data;
    *out = NULL;
    return rh_fail(err, RH_MISSING, "This program was built without region builders.");
}

rh_status
rh_work_run(const rh_work_run_options *options, rh_meter *meter, rh_err *err)
{
    (void)meter;
    return rh_fail(err, RH_MISSING,
                   "This program was built without the year loop; %s was not run.",
                   options->scenario);
}

uint64_t
rh_work_peak_memory(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024 : 0;
}
