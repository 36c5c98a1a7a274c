/* A region in the making: what the builders (build_census.c, build_embedded.c) collect and the
 * shared parts (skeleton, cells, leaves, flows, levels) turn into an rh_region.
 *
 * A builder fills counties (D1: sorted by code, no code twice) with exact margins (D2: the sum
 * over sex and age, over classes and over parts is the population) and towns. rh_draft_finish
 * does the rest. */
#ifndef RH_PLACE_DRAFT_H
#define RH_PLACE_DRAFT_H

#include "place/prior.h"
#include "place/region.h"

enum { RH_DRAFT_PROVINCES = 100 }; /* two-digit province codes are used as indices */

/* The exact margins of one county, and what the flows need to know about it. */
typedef struct rh_draft_county {
    uint64_t code;                       /* 6 digits */
    uint32_t name, prefecture, province; /* offsets of the names in the draft's text */
    uint32_t population;
    uint32_t part[RH_PART_COUNT];
    uint32_t class_n[RH_CLASS_COUNT];
    uint32_t age[2][RH_AGE_GROUPS];
    uint32_t registered; /* 户籍人口 */
    double lon, lat;     /* degrees; NAN: unknown */
    uint32_t first_town, n_towns;
} rh_draft_county;

typedef struct rh_draft_town {
    uint64_t code;        /* 9 digits */
    uint64_t county_code; /* of the skeleton, not necessarily of the county it is given to */
    uint32_t name;        /* offset in the draft's text */
    uint8_t kind;         /* enum rh_town_kind */
    uint32_t resident_committees, village_committees;
    double size_factor; /* on the weights of the committees */
} rh_draft_town;

typedef struct rh_draft {
    rh_prior prior;
    rh_draft_county *county;
    uint32_t n_counties;
    rh_draft_town *town; /* in county order once assigned */
    uint32_t n_towns;
    char *text;
    size_t text_size, text_space;
    char *notes;
    size_t notes_size, notes_space;
    /* Migrants between provinces before fitting, by [destination][origin] two-digit codes. */
    double (*pair)[RH_DRAFT_PROVINCES];
    char old_towns_path[4096]; /* township sizes of an earlier census; "": none */
    rh_region *region;         /* columns are filled here by the builder */
} rh_draft;

RH_MUST_CHECK rh_status rh_draft_new(rh_draft **out, rh_err *err);
void rh_draft_free(rh_draft *draft);

/* Keep a name; `*offset` finds it again. */
RH_MUST_CHECK rh_status rh_draft_keep(rh_draft *draft, const char *name, uint32_t *offset,
                                      rh_err *err);
static inline const char *
rh_draft_name(const rh_draft *draft, uint32_t offset)
{
    return draft->text + offset;
}

/* One line of the notes (no line break at the end). */
RH_MUST_CHECK rh_status rh_draft_note(rh_draft *draft, rh_err *err, const char *format, ...)
    RH_PRINTF(3, 4);

/* Allocate the county columns of the region for n_counties (shares NAN, counts 0). */
RH_MUST_CHECK rh_status rh_draft_columns(rh_draft *draft, rh_err *err);

/* skeleton.c: read townships into draft->town, sorted by code. With `names` the file also names
 * the county, prefecture and province of every row (embedded builder). */
RH_MUST_CHECK rh_status rh_skeleton_read(rh_draft *draft, const char *path, rh_err *err);
/* Link counties to skeleton county codes: `link[i]` later code of county i (0: none); NULL: the
 * counties have the skeleton's own codes. Gives every county its townships. */
RH_MUST_CHECK rh_status rh_skeleton_assign(rh_draft *draft, const uint64_t *link, rh_err *err);

/* cells.c: exact tables (G2). */
RH_MUST_CHECK rh_status rh_cells_build(rh_draft *draft, rh_err *err);

/* town_sizes.c: what an earlier census says about sizes inside a county. Call when townships
 * are assigned. */
RH_MUST_CHECK rh_status rh_town_sizes(rh_draft *draft, rh_err *err);

/* leaves.c: persons by class on the leaves (G3). */
RH_MUST_CHECK rh_status rh_leaves_build(rh_draft *draft, rh_err *err);

/* flows.c: home places of migrants (G4). `keep` (per county, NULL: all) marks the counties of
 * the region to build: migrants from elsewhere become local there, in draft->county and with a
 * note. Call before the cells. */
typedef struct rh_flow_fit rh_flow_fit;
RH_MUST_CHECK rh_status rh_flows_fit(rh_draft *draft, const bool *keep, rh_flow_fit **out,
                                     rh_err *err);
/* Integer flows of the kept counties: draft->county holds these alone by now, `from` their
 * indices at the fit. */
RH_MUST_CHECK rh_status rh_flows_build(rh_draft *draft, const rh_flow_fit *fit,
                                       const uint32_t *from, rh_err *err);
void rh_flows_free(rh_flow_fit *fit);

/* levels.c: the place tree (G1), string table, notes. */
RH_MUST_CHECK rh_status rh_levels_build(rh_draft *draft, rh_err *err);

/* draft.c: everything after the margins: flows, selection of `provinces` (NULL: all), cells,
 * leaves, levels, check of G1–G5. The region passes to the caller. */
RH_MUST_CHECK rh_status rh_draft_finish(rh_draft *draft, const uint64_t *link,
                                        const int *provinces, rh_region **out, rh_err *err);

#endif
