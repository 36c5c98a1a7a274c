/* Scenario files: see scenario.h and docs/scenario.md. */
#include "policy/scenario.h"

#include "core/mem.h"
#include "policy/lever.h"
#include "policy/yaml.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Years that a scenario may name, and the longest run. */
enum { FIRST_YEAR = 1950, LAST_YEAR = 2200, LONGEST_RAMP = 100, MOST_SETTINGS = 10000 };

static const char *const top_keys[] = {
    "title",     "region", "years",        "seed",
    "sample",    "output", "family_every", "snapshot_every",
    "residents", "series", "levers",       "homestead_leases",
    NULL};
static const char *const series_keys[] = {"folder", "births", "deaths", NULL};
static const char *const lever_keys[] = {"lever", "value", "place", "from",
                                         "ramp",  "until", NULL};
static const char *const output_words[] = {"province", "prefecture", "county", "township",
                                           NULL};
static const char *const scaling_words[] = {"national", "none", NULL};

static void
read_years(rh_yaml *yaml, rh_yaml_node *root, rh_scenario *scenario)
{
    unsigned n = rh_yaml_count(root, "years");
    if (n != 2) {
        rh_yaml_problem(yaml, root, "years", "%s [first, last], such as [2010, 2020].",
                        n == 0 ? "is missing; it must be" : "must be");
        return;
    }
    scenario->first_year =
        (int)rh_yaml_item_integer(yaml, root, "years", 0, FIRST_YEAR, LAST_YEAR, FIRST_YEAR);
    scenario->last_year =
        (int)rh_yaml_item_integer(yaml, root, "years", 1, FIRST_YEAR, LAST_YEAR, LAST_YEAR);
    if (scenario->last_year < scenario->first_year) {
        rh_yaml_problem(yaml, root, "years", "the last year %d lies before the first year %d.",
                        scenario->last_year, scenario->first_year);
    }
}

static void
read_sample(rh_yaml *yaml, rh_yaml_node *root, rh_scenario *scenario)
{
    scenario->sample = rh_yaml_get_number(yaml, root, "sample", 1);
    if (!(scenario->sample > 0 && scenario->sample <= 1)) {
        rh_yaml_problem(yaml, root, "sample", "must be above 0 and at most 1, not %g.",
                        scenario->sample);
    }
}

static void
read_region(rh_yaml *yaml, rh_yaml_node *root, rh_scenario *scenario)
{
    if (rh_yaml_count(root, "region") == 0) {
        rh_yaml_problem(yaml, root, "region",
                        "is missing; it must be the path of a region file, or embedded.");
        return;
    }
    scenario->region = rh_yaml_get_text(yaml, root, "region", NULL);
    if (scenario->region != NULL && strcmp(scenario->region, "embedded") != 0) {
        rh_free(scenario->region);
        scenario->region = rh_yaml_get_path(yaml, root, "region");
    }
}

static void
read_series(rh_yaml *yaml, rh_yaml_node *root, rh_scenario *scenario)
{
    rh_yaml_node *series = rh_yaml_get(root, "series");
    if (rh_yaml_count(root, "series") > 0) {
        if (rh_yaml_is_mapping(series)) {
            rh_yaml_check_keys(yaml, series, "series", series_keys);
        } else {
            rh_yaml_problem(yaml, root, "series",
                            "must have the keys folder, births, deaths below it.");
            series = NULL;
        }
    }
    scenario->series_dir = rh_yaml_get_path(yaml, series, "folder");
    scenario->births_series =
        rh_strdup(scaling_words[rh_yaml_get_choice(yaml, series, "births", scaling_words, 0)]);
    scenario->deaths_series =
        rh_strdup(scaling_words[rh_yaml_get_choice(yaml, series, "deaths", scaling_words, 0)]);
}

/* A place is a GB/T 2260 code or the beginning of one: 2, 4, 6, 9 or 12 digits. */
static bool
is_place_code(const char *text)
{
    size_t n = strlen(text);
    return strspn(text, "0123456789") == n && (n == 2 || n == 4 || n == 6 || n == 9 || n == 12);
}

/* The lever named by an entry, or NULL with a problem. */
static const rh_lever_info *
read_lever_name(rh_yaml *yaml, rh_yaml_node *map, rh_lever_setting *setting)
{
    if (rh_yaml_count(map, "lever") == 0) {
        rh_yaml_problem(yaml, map, "lever", "is missing; `ronghe levers` lists the names.");
        return NULL;
    }
    setting->lever = rh_yaml_get_text(yaml, map, "lever", "");
    if (setting->lever == NULL || setting->lever[0] == '\0') {
        return NULL;
    }
    enum rh_lever lever = rh_lever_find(setting->lever);
    if (lever < RH_LEVER_COUNT) {
        return rh_lever_info_of(lever);
    }
    const char *names[RH_LEVER_COUNT + 1] = {NULL};
    for (unsigned i = 0; i < RH_LEVER_COUNT; i++) {
        names[i] = rh_lever_info_of((enum rh_lever)i)->name;
    }
    const char *nearest = rh_yaml_nearest(setting->lever, names);
    rh_yaml_problem(yaml, map, "lever", "\"%.60s\" is not a lever; %s%s%s", setting->lever,
                    nearest != NULL ? "did you mean \"" : "`ronghe levers` lists them",
                    nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : ".");
    return NULL;
}

static void
read_setting(rh_yaml *yaml, rh_yaml_node *map, rh_scenario *scenario, rh_lever_setting *setting)
{
    setting->line = rh_yaml_line(map, "");
    const rh_lever_info *info = read_lever_name(yaml, map, setting);
    if (rh_yaml_count(map, "value") == 0) {
        rh_yaml_problem(yaml, map, "value", "is missing.");
    }
    /* After a problem with the value the default stands in, so that its range is not complained
     * of too. */
    setting->value = rh_yaml_get_number(yaml, map, "value", info != NULL ? info->normal : 0);
    if (info != NULL && (setting->value < info->low || setting->value > info->high)) {
        rh_yaml_problem(yaml, map, "value", "%s must lie between %g and %g (%s), not %g.",
                        info->name, info->low, info->high, info->clause, setting->value);
    }
    setting->from = (int)rh_yaml_get_integer(yaml, map, "from", FIRST_YEAR, LAST_YEAR,
                                             scenario->first_year + 1);
    setting->ramp = (int)rh_yaml_get_integer(yaml, map, "ramp", 0, LONGEST_RAMP, 0);
    setting->until =
        (int)rh_yaml_get_integer(yaml, map, "until", FIRST_YEAR, LAST_YEAR, INT_MAX);
    if (setting->until < setting->from) {
        rh_yaml_problem(yaml, map, "until", "the last year %d lies before the first year %d.",
                        setting->until, setting->from);
    }
}

static rh_status
append_setting(rh_scenario *scenario, const rh_lever_setting *from, const char *place,
               rh_err *err)
{
    rh_lever_setting *grown =
        rh_resize(scenario->lever, (size_t)scenario->n_levers + 1, sizeof *scenario->lever);
    if (grown == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for the levers of %s.",
                       scenario->path);
    }
    scenario->lever = grown;
    rh_lever_setting *setting = &grown[scenario->n_levers++];
    *setting = *from;
    setting->lever = rh_strdup(from->lever != NULL ? from->lever : "");
    setting->place = rh_strdup(place);
    if (setting->lever == NULL || setting->place == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for the levers of %s.",
                       scenario->path);
    }
    return RH_OK;
}

/* One entry of the list: one setting for each of its places. */
static rh_status
read_lever(rh_yaml *yaml, rh_yaml_node *map, rh_scenario *scenario, rh_err *err)
{
    rh_yaml_check_keys(yaml, map, "levers", lever_keys);
    if (!rh_yaml_is_mapping(map)) {
        return RH_OK;
    }
    rh_lever_setting setting = {0};
    read_setting(yaml, map, scenario, &setting);
    unsigned n = rh_yaml_count(map, "place");
    rh_status status = n == 0 ? append_setting(scenario, &setting, "", err) : RH_OK;
    for (unsigned i = 0; i < n && status == RH_OK; i++) {
        const char *place = rh_yaml_item_text(yaml, map, "place", i);
        if (place[0] != '\0' && !is_place_code(place)) {
            rh_yaml_problem(yaml, map, "place",
                            "\"%.40s\" is not a code of 2, 4, 6, 9 or 12 digits.", place);
        }
        status = append_setting(scenario, &setting, place, err);
    }
    rh_free(setting.lever);
    return status;
}

static rh_status
read_levers(rh_yaml *yaml, rh_yaml_node *root, rh_scenario *scenario, rh_err *err)
{
    unsigned n = rh_yaml_count(root, "levers");
    for (unsigned i = 0; i < n; i++) {
        if (scenario->n_levers >= MOST_SETTINGS) {
            rh_yaml_problem(yaml, root, "levers", "there are more than %d settings.",
                            (int)MOST_SETTINGS);
            break;
        }
        rh_yaml_node *map = rh_yaml_item(root, "levers", i);
        if (!rh_yaml_is_mapping(map)) {
            rh_yaml_problem(yaml, root, "levers",
                            "entry %u must have the keys lever and value.", i + 1);
            continue;
        }
        RH_TRY(read_lever(yaml, map, scenario, err));
    }
    return RH_OK;
}

static rh_status
read_scenario(rh_yaml *yaml, rh_scenario *scenario, rh_err *err)
{
    rh_yaml_node *root = rh_yaml_root(yaml);
    scenario->path = rh_strdup(rh_yaml_path(yaml));
    scenario->text = rh_strdup(rh_yaml_text(yaml));
    if (scenario->path == NULL || scenario->text == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for the scenario %s.",
                       rh_yaml_path(yaml));
    }
    rh_yaml_check_keys(yaml, root, "", top_keys);
    scenario->title = rh_yaml_get_text(yaml, root, "title", scenario->path);
    read_region(yaml, root, scenario);
    read_years(yaml, root, scenario);
    scenario->seed = (uint64_t)rh_yaml_get_integer(yaml, root, "seed", 0, INT64_MAX, 1);
    read_sample(yaml, root, scenario);
    scenario->output = (enum rh_output_level)rh_yaml_get_choice(yaml, root, "output",
                                                                output_words, RH_OUTPUT_COUNTY);
    scenario->family_every = (int)rh_yaml_get_integer(yaml, root, "family_every", 1, 1000, 5);
    scenario->snapshot_every =
        (int)rh_yaml_get_integer(yaml, root, "snapshot_every", 0, 1000, 1);
    static const char *const kept[] = {"forget", "keep", NULL};
    scenario->keep_residents = rh_yaml_get_choice(yaml, root, "residents", kept, 0) == 1;
    scenario->homesteads = rh_yaml_get_path(yaml, root, "homestead_leases");
    read_series(yaml, root, scenario);
    RH_TRY(read_levers(yaml, root, scenario, err));
    RH_TRY(rh_yaml_finish(yaml, err));
    if (scenario->title == NULL || scenario->region == NULL ||
        scenario->births_series == NULL || scenario->deaths_series == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for the scenario %s.",
                       scenario->path);
    }
    return RH_OK;
}

static rh_status
finish_reading(rh_yaml *yaml, rh_scenario **out, rh_err *err)
{
    rh_scenario *scenario = rh_alloc(1, sizeof *scenario);
    rh_status status = scenario == NULL
                           ? rh_fail(err, RH_MEMORY, "Not enough memory for the scenario.")
                           : read_scenario(yaml, scenario, err);
    rh_yaml_free(yaml);
    if (status != RH_OK) {
        rh_scenario_free(scenario);
        return status;
    }
    *out = scenario;
    return RH_OK;
}

rh_status
rh_scenario_read(const char *path, rh_scenario **out, rh_err *err)
{
    rh_yaml *yaml;
    *out = NULL;
    RH_TRY(rh_yaml_read(path, &yaml, err));
    return finish_reading(yaml, out, err);
}

rh_status
rh_scenario_parse(const char *name, const char *text, size_t size, rh_scenario **out,
                  rh_err *err)
{
    rh_yaml *yaml;
    *out = NULL;
    RH_TRY(rh_yaml_parse(name, text, size, &yaml, err));
    return finish_reading(yaml, out, err);
}

void
rh_scenario_free(rh_scenario *scenario)
{
    if (scenario == NULL) {
        return;
    }
    for (unsigned i = 0; i < scenario->n_levers; i++) {
        rh_free(scenario->lever[i].lever);
        rh_free(scenario->lever[i].place);
    }
    rh_free(scenario->lever);
    rh_free(scenario->path);
    rh_free(scenario->title);
    rh_free(scenario->text);
    rh_free(scenario->region);
    rh_free(scenario->series_dir);
    rh_free(scenario->homesteads);
    rh_free(scenario->births_series);
    rh_free(scenario->deaths_series);
    rh_free(scenario);
}
