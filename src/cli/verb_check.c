/* ronghe check: validate a scenario and everything it names, or a region spec; run nothing. */
#include "cli/verb.h"

#include "core/datadir.h"
#include "core/mem.h"
#include "core/text.h"
#include "io/region_file.h"
#include "policy/lever.h"
#include "policy/region_spec.h"
#include "policy/scenario.h"
#include "policy/series.h"
#include "policy/yaml.h"
#include "process/homestead_leases.h"
#include "run/embedded.h"

#include <inttypes.h>
#include <string.h>

static void
line(const rh_cli *cli, enum rh_message label, const char *text)
{
    enum { LABEL = 16 };
    rh_text_left(cli->out, rh_message_text(cli->language, label), LABEL);
    fprintf(cli->out, "%s\n", text);
}

/* The code of a setting's place begins the code of some place of the region. */
static bool
is_place_of(const rh_region *region, const char *place)
{
    const rh_level *level[] = {&region->province, &region->prefecture, &region->county,
                               &region->town};
    char code[24];
    for (int l = 0; l < 4; l++) {
        for (uint32_t i = 0; i < level[l]->n; i++) {
            snprintf(code, sizeof code, "%" PRIu64, level[l]->code[i]);
            if (strncmp(code, place, strlen(place)) == 0) {
                return true;
            }
        }
    }
    return false;
}

static rh_status
check_places(const rh_scenario *scenario, const rh_region *region, rh_err *err)
{
    for (unsigned i = 0; i < scenario->n_levers; i++) {
        const rh_lever_setting *setting = &scenario->lever[i];
        if (!is_place_of(region, setting->place)) {
            return rh_fail(
                err, RH_INPUT,
                "%s:%d: place: the region %s has no place whose code begins with %s.",
                scenario->path, setting->line, scenario->region, setting->place);
        }
    }
    return RH_OK;
}

static rh_status
check_homesteads(const rh_cli *cli, const rh_scenario *scenario, const rh_region *region,
                 rh_err *err)
{
    rh_homestead_leases leases;
    if (scenario->homesteads == NULL) {
        return RH_OK;
    }
    rh_status status = rh_homestead_leases_read(scenario->homesteads, region, &leases, err);
    rh_homestead_leases_release(&leases);
    if (status == RH_OK) {
        line(cli, RH_MSG_CHECK_HOMESTEADS, scenario->homesteads);
    }
    return status;
}

static rh_status
check_region(const rh_cli *cli, const rh_scenario *scenario, rh_err *err)
{
    rh_region *region;
    line(cli, RH_MSG_CHECK_REGION, scenario->region);
    if (strcmp(scenario->region, "embedded") == 0) {
        rh_embedded_inputs inputs;
        RH_TRY(rh_embedded_find(NULL, &inputs, err));
        rh_embedded_release(&inputs);
        return RH_OK;
    }
    RH_TRY(rh_region_read(scenario->region, &region, err));
    rh_status status = RH_OK;
    if (region->base_year != scenario->first_year) {
        status = rh_fail(
            err, RH_INPUT,
            "%s: years: the stocks of the region %s are those of %d, but the first year is %d.",
            scenario->path, scenario->region, region->base_year, scenario->first_year);
    }
    if (status == RH_OK) {
        status = check_places(scenario, region, err);
    }
    if (status == RH_OK) {
        status = check_homesteads(cli, scenario, region, err);
    }
    if (status == RH_OK) {
        line(cli, RH_MSG_CHECK_RESIDENTS, rh_text_count(rh_region_population(region)).text);
    }
    rh_region_free(region);
    return status;
}

static rh_status
check_series(const rh_cli *cli, const rh_scenario *scenario, rh_err *err)
{
    char *shipped = NULL;
    rh_series *series;
    if (scenario->series_dir == NULL) {
        RH_TRY(rh_data_dir("china", &shipped, err));
    }
    const char *dir = shipped != NULL ? shipped : scenario->series_dir;
    rh_status status =
        rh_series_read(dir, scenario->first_year, scenario->last_year, &series, err);
    if (status == RH_OK) {
        line(cli, RH_MSG_CHECK_SERIES, dir);
        rh_series_free(series);
    }
    rh_free(shipped);
    return status;
}

static rh_status
check_scenario(const rh_cli *cli, const char *path, rh_err *err)
{
    rh_scenario *scenario;
    char text[80];
    RH_TRY(rh_scenario_read(path, &scenario, err));
    line(cli, RH_MSG_CHECK_TITLE, scenario->title);
    snprintf(text, sizeof text, "%d – %d", scenario->first_year, scenario->last_year);
    line(cli, RH_MSG_CHECK_YEARS, text);
    snprintf(text, sizeof text, "%g", scenario->sample);
    line(cli, RH_MSG_CHECK_SAMPLE, text);
    snprintf(text, sizeof text, "%" PRIu64, scenario->seed);
    line(cli, RH_MSG_CHECK_SEED, text);
    line(cli, RH_MSG_CHECK_LEVERS, rh_text_count(scenario->n_levers).text);
    rh_status status = check_series(cli, scenario, err);
    if (status == RH_OK) {
        status = check_region(cli, scenario, err);
    }
    rh_scenario_free(scenario);
    return status;
}

/* A file with the key `builder` is a region spec. */
static rh_status
is_spec(const char *path, bool *spec, rh_err *err)
{
    rh_yaml *yaml;
    RH_TRY(rh_yaml_read(path, &yaml, err));
    *spec = rh_yaml_count(rh_yaml_root(yaml), "builder") > 0;
    rh_yaml_free(yaml);
    return RH_OK;
}

static rh_status
act(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    bool spec;
    RH_TRY(is_spec(args->file[0], &spec, err));
    if (spec) {
        rh_region_spec *region;
        RH_TRY(rh_region_spec_read(args->file[0], &region, err));
        rh_region_spec_free(region);
    } else {
        RH_TRY(check_scenario(cli, args->file[0], err));
    }
    rh_say(cli->out, cli->language, spec ? RH_MSG_CHECK_GOOD_SPEC : RH_MSG_CHECK_GOOD,
           args->file[0], NULL);
    fputc('\n', cli->out);
    return RH_OK;
}

const rh_verb rh_verb_check = {
    .name = "check",
    .files = "SCENARIO.yaml",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_CHECK,
    .example = "ronghe check examples/china-2010-2020.yaml",
    .act = act,
};
