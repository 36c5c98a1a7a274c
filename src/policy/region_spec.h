/* A region spec (YAML): which builder makes a region, from which tables, for which provinces.
 *
 *   builder: census        # census: county tables of 2010; embedded: shipped province totals
 *   provinces: [11, 41]    # GB/T 2260 codes of 2 digits, or all (the default)
 *   title: 北京和河南 2010
 *   data: ../tables        # census: folder of the county tables; embedded: township skeleton
 *
 * Relative paths are relative to the spec. Problems as in a scenario: file, line, key, nearest
 * known key. */
#ifndef RH_POLICY_REGION_SPEC_H
#define RH_POLICY_REGION_SPEC_H

#include "core/status.h"

enum rh_builder { RH_BUILDER_CENSUS, RH_BUILDER_EMBEDDED };

typedef struct rh_region_spec {
    char *path;
    enum rh_builder builder;
    int *provinces; /* ended by 0; NULL: all */
    char *title;    /* NULL: the builder's own */
    char *data;     /* NULL: not given */
} rh_region_spec;

RH_MUST_CHECK rh_status rh_region_spec_read(const char *path, rh_region_spec **out,
                                            rh_err *err);
RH_MUST_CHECK rh_status rh_region_spec_parse(const char *name, const char *text, size_t size,
                                             rh_region_spec **out, rh_err *err);
void rh_region_spec_free(rh_region_spec *spec);

#endif
