/* Region specs: see region_spec.h. */
#include "policy/region_spec.h"

#include "core/mem.h"
#include "policy/yaml.h"

#include <string.h>

static const char *const known_keys[] = {"builder", "provinces", "title", "data", NULL};
static const char *const builder_words[] = {"census", "embedded", NULL};

/* "all", or a list of codes in which none occurs twice. */
static rh_status
read_provinces(rh_yaml *yaml, rh_yaml_node *root, rh_region_spec *spec, rh_err *err)
{
    unsigned n = rh_yaml_count(root, "provinces");
    if (n == 0 ||
        (n == 1 && strcmp(rh_yaml_item_text(yaml, root, "provinces", 0), "all") == 0)) {
        return RH_OK;
    }
    spec->provinces = rh_alloc((size_t)n + 1, sizeof *spec->provinces);
    if (spec->provinces == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for the provinces of %s.",
                       spec->path);
    }
    for (unsigned i = 0; i < n; i++) {
        int code = (int)rh_yaml_item_integer(yaml, root, "provinces", i, 11, 82, 82);
        for (unsigned k = 0; k < i; k++) {
            if (spec->provinces[k] == code && code != 82) {
                rh_yaml_problem(yaml, root, "provinces", "the province %d is named twice.",
                                code);
            }
        }
        spec->provinces[i] = code;
    }
    return RH_OK;
}

static rh_status
read_spec(rh_yaml *yaml, rh_region_spec *spec, rh_err *err)
{
    rh_yaml_node *root = rh_yaml_root(yaml);
    spec->path = rh_strdup(rh_yaml_path(yaml));
    if (spec->path == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for the region spec.");
    }
    rh_yaml_check_keys(yaml, root, "", known_keys);
    if (rh_yaml_count(root, "builder") == 0) {
        rh_yaml_problem(yaml, root, "builder", "is missing; it must be census or embedded.");
    }
    spec->builder =
        (enum rh_builder)rh_yaml_get_choice(yaml, root, "builder", builder_words, 0);
    RH_TRY(read_provinces(yaml, root, spec, err));
    spec->title = rh_yaml_get_text(yaml, root, "title", NULL);
    spec->data = rh_yaml_get_path(yaml, root, "data");
    return rh_yaml_finish(yaml, err);
}

static rh_status
finish_reading(rh_yaml *yaml, rh_region_spec **out, rh_err *err)
{
    rh_region_spec *spec = rh_alloc(1, sizeof *spec);
    rh_status status = spec == NULL
                           ? rh_fail(err, RH_MEMORY, "Not enough memory for the region spec.")
                           : read_spec(yaml, spec, err);
    rh_yaml_free(yaml);
    if (status != RH_OK) {
        rh_region_spec_free(spec);
        return status;
    }
    *out = spec;
    return RH_OK;
}

rh_status
rh_region_spec_read(const char *path, rh_region_spec **out, rh_err *err)
{
    rh_yaml *yaml;
    *out = NULL;
    RH_TRY(rh_yaml_read(path, &yaml, err));
    return finish_reading(yaml, out, err);
}

rh_status
rh_region_spec_parse(const char *name, const char *text, size_t size, rh_region_spec **out,
                     rh_err *err)
{
    rh_yaml *yaml;
    *out = NULL;
    RH_TRY(rh_yaml_parse(name, text, size, &yaml, err));
    return finish_reading(yaml, out, err);
}

void
rh_region_spec_free(rh_region_spec *spec)
{
    if (spec != NULL) {
        rh_free(spec->path);
        rh_free(spec->provinces);
        rh_free(spec->title);
        rh_free(spec->data);
        rh_free(spec);
    }
}
