/* libFuzzer target: any bytes as a scenario and as a region spec end with a value or a
 * sentence. */
#include "policy/region_spec.h"
#include "policy/scenario.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A failure must say something. */
static void
need_sentence(rh_status status, const rh_err *err)
{
    if (status != RH_OK && (err->status != status || err->text[0] == '\0')) {
        abort();
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rh_scenario *scenario;
    rh_region_spec *spec;
    rh_err err = {0};
    rh_status status =
        rh_scenario_parse("fuzz.yaml", (const char *)bytes, size, &scenario, &err);
    need_sentence(status, &err);
    if (status == RH_OK) {
        if (scenario->last_year < scenario->first_year ||
            !(scenario->sample > 0 && scenario->sample <= 1)) {
            abort();
        }
        rh_scenario_free(scenario);
    }
    err = (rh_err){0};
    status = rh_region_spec_parse("fuzz.yaml", (const char *)bytes, size, &spec, &err);
    need_sentence(status, &err);
    if (status == RH_OK) {
        rh_region_spec_free(spec);
    }
    return 0;
}
