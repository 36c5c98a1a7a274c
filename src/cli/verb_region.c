/* ronghe region build, ronghe region show. */
#include "cli/drive.h"
#include "cli/verb.h"

#include "core/mem.h"
#include "core/text.h"
#include "io/region_file.h"
#include "place/region_text.h"

#include <jansson.h>
#include <string.h>

enum { BUILD_OUTPUT, BUILD_DATA };

static const rh_option build_options[] = {
    [BUILD_OUTPUT] = {"output", 'o', "FILE", true, RH_MSG_HELP_OUTPUT},
    [BUILD_DATA] = {"data", 'd', "DIR", false, RH_MSG_HELP_DATA},
    {0},
};

static rh_status
build(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_region_spec *spec = NULL;
    rh_region *region = NULL;
    const char *path = args->value[BUILD_OUTPUT];
    RH_TRY(rh_region_spec_read(args->file[0], &spec, err));
    rh_status status = rh_drive_build(spec, args->value[BUILD_DATA], &region, err);
    rh_region_spec_free(spec);
    if (status == RH_OK) {
        status = rh_region_write(region, path, err);
    }
    if (status == RH_OK) {
        rh_say(cli->talk, cli->language, RH_MSG_REGION_DONE, path,
               rh_text_count(rh_region_population(region)).text,
               rh_text_count(region->county.n).text, rh_text_count(region->town.n).text, NULL);
        fputc('\n', cli->talk);
    }
    rh_region_free(region);
    return status;
}

const rh_verb rh_verb_region_build = {
    .name = "region build",
    .files = "SPEC.yaml",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_REGION_BUILD,
    .example = "ronghe region build examples/region-china.yaml --data ../shared/data -o "
               "china-2010.gpkg",
    .options = build_options,
    .act = build,
};

enum { SHOW_JSON };

static const rh_option show_options[] = {
    [SHOW_JSON] = {"json", 0, NULL, false, RH_MSG_HELP_JSON},
    {0},
};

/* Totals of a region (or of one province) that people ask for first. */
typedef struct totals {
    uint64_t all, urban, class_n[RH_CLASS_COUNT], children, elders;
} totals;

static void
add_county(totals *sum, const rh_cell *cell)
{
    for (int c = 0; c < RH_CLASS_COUNT; c++) {
        for (int part = 0; part < RH_PART_COUNT; part++) {
            for (int sex = 0; sex < 2; sex++) {
                for (int g = 0; g < RH_AGE_GROUPS; g++) {
                    uint32_t n = cell->n[c][part][sex][g];
                    sum->all += n;
                    sum->urban += part == RH_URBAN ? n : 0;
                    sum->class_n[c] += n;
                    sum->children += rh_age_group_high(g) < 15 ? n : 0;
                    sum->elders += rh_age_group_low(g) >= 65 ? n : 0;
                }
            }
        }
    }
}

/* Totals of province p; of the whole region for p = province.n. */
static totals
totals_of(const rh_region *region, uint32_t p)
{
    totals sum = {0};
    bool every = p == region->province.n;
    uint32_t from = every ? 0 : region->prefecture.first[region->province.first[p]];
    uint32_t to =
        every ? region->county.n : region->prefecture.first[region->province.first[p + 1]];
    for (uint32_t c = from; c < to; c++) {
        add_county(&sum, &region->cell[c]);
    }
    return sum;
}

static rh_status
show_json(const rh_cli *cli, const rh_region *region, rh_err *err)
{
    json_t *list = json_array();
    for (uint32_t p = 0; list != NULL && p <= region->province.n; p++) {
        totals t = totals_of(region, p);
        bool every = p == region->province.n;
        json_array_append_new(
            list, json_pack("{s:I,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "code",
                            every ? (json_int_t)0 : (json_int_t)region->province.code[p],
                            "name", every ? region->title : region->province.name[p],
                            "population", (json_int_t)t.all, "urban", (json_int_t)t.urban,
                            "in_county", (json_int_t)t.class_n[RH_IN_COUNTY], "in_province",
                            (json_int_t)t.class_n[RH_IN_PROVINCE], "other_province",
                            (json_int_t)t.class_n[RH_OTHER_PROVINCE], "age_0_14",
                            (json_int_t)t.children, "age_65_plus", (json_int_t)t.elders));
    }
    json_t *root =
        json_pack("{s:s,s:s,s:i,s:b,s:i,s:i,s:i,s:i,s:o?}", "title", region->title, "source",
                  region->source, "base_year", region->base_year, "synthetic_below_province",
                  (int)region->synthetic_below_province, "provinces", (int)region->province.n,
                  "prefectures", (int)region->prefecture.n, "counties", (int)region->county.n,
                  "townships", (int)region->town.n, "totals", list);
    int wrong = root == NULL || json_dumpf(root, cli->out, JSON_INDENT(2)) != 0;
    json_decref(root);
    fputc('\n', cli->out);
    return wrong ? rh_fail(err, RH_MEMORY, "Not enough memory to describe the region.") : RH_OK;
}

static rh_status
show(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_region *region = NULL;
    rh_status status = RH_OK;
    RH_TRY(rh_region_read(args->file[0], &region, err));
    if (args->value[SHOW_JSON] != NULL) {
        status = show_json(cli, region, err);
    } else {
        status = rh_region_describe(region, cli->language, cli->out, err);
    }
    rh_region_free(region);
    return status;
}

const rh_verb rh_verb_region_show = {
    .name = "region show",
    .files = "REGION.gpkg",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_REGION_SHOW,
    .example = "ronghe region show china-2010.gpkg",
    .options = show_options,
    .act = show,
};
