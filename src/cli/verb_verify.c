/* ronghe verify: prove the invariants of a region file; check a run file and print its
 * fingerprint. */
#include "cli/verb.h"

#include "core/text.h"
#include "io/region_file.h"
#include "io/run_file.h"

static rh_status
verify_region(const rh_cli *cli, const char *path, rh_err *err)
{
    rh_region *region;
    RH_TRY(rh_region_read(path, &region, err));
    rh_status status = rh_region_verify(region, err);
    if (status == RH_OK) {
        rh_say(cli->out, cli->language, RH_MSG_VERIFY_REGION_GOOD, path,
               rh_text_count(region->county.n).text,
               rh_text_count(rh_region_population(region)).text, NULL);
        fputc('\n', cli->out);
    }
    rh_region_free(region);
    return status;
}

/* Every part of the change of the urban share adds up to it, in every province and year (D2).
 */
static rh_status
verify_change(const rh_run *run, int year, rh_err *err)
{
    static const char *const id[4] = {"urban_share_change", "urban_change_natural",
                                      "urban_change_migration", "urban_change_reclassified"};
    const double tolerance = 1e-9;
    for (uint32_t p = 0; p < run->n_places[RH_PROVINCE]; p++) {
        double value[4];
        for (int i = 0; i < 4; i++) {
            const rh_run_indicator *indicator = rh_run_find_indicator(run, id[i]);
            if (indicator == NULL) {
                return rh_fail(err, RH_INVARIANT, "%s lacks the indicator %s.", run->path,
                               id[i]);
            }
            RH_TRY(rh_run_value(run, year, RH_PROVINCE, run->place[RH_PROVINCE][p].code,
                                indicator, RH_WHOLE, &value[i], err));
        }
        double rest = value[0] - value[1] - value[2] - value[3];
        if (rest > tolerance || rest < -tolerance) {
            return rh_fail(err, RH_INVARIANT,
                           "%s: %s in %d: the parts of the change of the urban share miss it "
                           "by %g points.",
                           run->path, run->place[RH_PROVINCE][p].name, year, rest);
        }
    }
    return RH_OK;
}

static rh_status
verify_run(const rh_cli *cli, const rh_run *run, rh_err *err)
{
    char digest[RH_SHA256_HEX];
    for (int y = 1; y < run->n_years; y++) {
        RH_TRY(verify_change(run, run->year[y], err));
    }
    RH_TRY(rh_run_file_digest(run->path, digest, err));
    rh_say(cli->out, cli->language, RH_MSG_VERIFY_RUN_GOOD, run->path,
           rh_number(run->n_years > 0 ? run->year[0] : 0, 0).text,
           rh_number(run->n_years > 0 ? run->year[run->n_years - 1] : 0, 0).text, digest, NULL);
    fputc('\n', cli->out);
    return RH_OK;
}

static rh_status
act(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_run *run;
    rh_err not_a_run = {0};
    if (rh_run_open(args->file[0], &run, &not_a_run) != RH_OK) {
        return verify_region(cli, args->file[0], err);
    }
    rh_status status = verify_run(cli, run, err);
    rh_run_free(run);
    return status;
}

const rh_verb rh_verb_verify = {
    .name = "verify",
    .files = "FILE.gpkg",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_VERIFY,
    .example = "ronghe verify china-2010.gpkg",
    .act = act,
};
