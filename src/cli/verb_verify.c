/* ronghe verify: prove the invariants of a file. */
#include "cli/verb.h"

#include "core/text.h"
#include "io/region_file.h"

static rh_status
act(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_region *region;
    RH_TRY(rh_region_read(args->file[0], &region, err));
    rh_status status = rh_region_verify(region, err);
    if (status == RH_OK) {
        rh_say(cli->out, cli->language, RH_MSG_VERIFY_REGION_GOOD, args->file[0],
               rh_text_count(region->county.n).text,
               rh_text_count(rh_region_population(region)).text, NULL);
        fputc('\n', cli->out);
    }
    rh_region_free(region);
    return status;
}

const rh_verb rh_verb_verify = {
    .name = "verify",
    .files = "REGION.gpkg",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_VERIFY,
    .example = "ronghe verify china-2010.gpkg",
    .act = act,
};
