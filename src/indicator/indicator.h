/* Indicators: formulas over the tallies of a place, at any level; the table is indicator.def.
 *
 * Facts are the integers of one place by part (county tallies, added up for larger places); an
 * indicator is a formula over facts. Published counts are facts × weight (1 / sample).
 *
 * D1 farmers + citizens + floating = population, for every place and part.
 * D2 urban_change_natural + _migration + _reclassified = urban_share_change, exactly (below).
 *
 * Change of the urban share. U urban, P all residents; 0 before, 1 now. Natural change N_u,
 * N_r, net migration M_u, M_r (arrivals − departures) and reclassification R (rural to urban)
 * close the books:
 *
 *   ΔU = N_u + M_u + R,   ΔP = N_u + N_r + M_u + M_r.
 *
 * By the product rule at the midpoint, exactly, ΔU = s̄ ΔP + P̄ Δs with s = U/P,
 * s̄ = (s0+s1)/2, P̄ = (P0+P1)/2, so
 *
 *   Δs = (N_u − s̄ N)/P̄ + (M_u − s̄ M)/P̄ + R/P̄,   N = N_u + N_r,  M = M_u + M_r,
 *
 * which treats both years alike. Over the common denominator P0 P1 (P0+P1) each term is the
 * integer
 *
 *   2 x_u P0 P1 − x (U0 P1 + U1 P0)     (R: x_u = R, x = 0)
 *
 * and the three integers add up to (U1 P0 − U0 P1)(P0+P1), which is Δs over the same
 * denominator. */
#ifndef RH_INDICATOR_INDICATOR_H
#define RH_INDICATOR_INDICATOR_H

#include "indicator/tally.h"

#include <stdio.h>

/* The facts that formulas may name. */
/* clang-format off */
#define RH_FACT_LIST(X)                                                                          \
    X(population) X(male) X(female) X(age_0_14) X(age_15_64) X(age_65_plus) X(age_6_plus)        \
    X(school_years) X(urban_hukou) X(in_county) X(in_province) X(other_province) X(floating)     \
    X(farmers) X(citizens) X(farm) X(industry) X(service) X(registered) X(registered_urban)      \
    X(households) X(household_persons) X(one_person) X(generation_1) X(generation_2)             \
    X(generation_3) X(generation_4) X(left_behind) X(elders_alone) X(homestead_idle)             \
    X(homestead_leased_out) X(birth) X(death) X(in_county_event) X(in_province_event)            \
    X(in_other_event) X(out_county_event) X(out_province_event) X(out_other_event)               \
    X(reclassified_event) X(hukou_in_situ) X(hukou_moved) X(return_event) X(joined_event)
/* clang-format on */

enum rh_fact {
#define X(name) RH_FACT_##name,
    RH_FACT_LIST(X)
#undef X
        RH_FACT_COUNT
};

/* Facts of one place. What has no part (registered, homesteads) stands in the rural row. */
typedef struct rh_facts {
    int64_t n[RH_PART_COUNT][RH_FACT_COUNT];
} rh_facts;

/* Parts of a place in published values. */
enum rh_value_part { RH_WHOLE, RH_RURAL_PART, RH_URBAN_PART, RH_VALUE_PARTS };

/* Levels of published values. Places are numbered nation, provinces, prefectures, counties. */
enum rh_value_level { RH_NATION, RH_PROVINCE, RH_PREFECTURE, RH_COUNTY, RH_VALUE_LEVELS };
enum { RH_NATION_CODE = 100000 };

enum rh_indicator_id {
#define INDICATOR(id, ...) RH_INDICATOR_##id,
#include "indicator/indicator.def"
#undef INDICATOR
    RH_INDICATOR_COUNT
};

enum rh_direction { RH_DIRECTION_LOWER = -1, RH_DIRECTION_NEUTRAL, RH_DIRECTION_HIGHER };
enum rh_need { RH_NEED_NOTHING, RH_NEED_YEAR, RH_NEED_FAMILY };

typedef struct rh_indicator {
    const char *id, *zh, *en, *unit, *source, *ask;
    enum rh_direction direction; /* which way is better */
    enum rh_need need;
    bool is_count; /* an integer × weight */
    bool by_part;  /* also published for the urban and the rural part */
} rh_indicator;

/* Row of the table. */
const rh_indicator *rh_indicator_get(enum rh_indicator_id id);
/* Number of the indicator of this id, or -1. */
int rh_indicator_find(const char *id);

/* Integer parts of the change of the urban share, and the same in points (percentage points).
 */
typedef struct rh_urban_change {
    double change, natural, migration, reclassified;
    __int128_t numerator[4]; /* change, natural, migration, reclassified */
    double denominator;
    bool closes; /* the events explain the change of U and of P to the last person (D2) */
} rh_urban_change;

/* U0, P0 are the urban and all residents a year ago. A place without residents has NAN. */
rh_urban_change rh_urban_change_of(const rh_facts *now, int64_t urban_before,
                                   int64_t all_before);

/* Facts of every place; *out has rh_place_count entries (caller frees with rh_free). `family`
 * may be NULL: household facts are then 0. Cost O(counties). */
RH_MUST_CHECK rh_status rh_facts_new(const rh_region *region, const rh_tally *tally,
                                     const rh_family_tally *family, int year, rh_facts **out,
                                     rh_err *err);

/* Places of all levels, the first place of a level in that numbering, and its number. */
uint32_t rh_place_count(const rh_region *region);
uint32_t rh_place_first(const rh_region *region, enum rh_value_level level);
uint32_t rh_level_count(const rh_region *region, enum rh_value_level level);
uint64_t rh_place_code(const rh_region *region, enum rh_value_level level, uint32_t place);

/* Value of an indicator; NAN where it has none (0/0, no events before the first year, no such
 * part). `before`: residents a year ago {rural, urban}, or NULL. `has_family`: household facts
 * are there. */
double rh_indicator_value(enum rh_indicator_id id, const rh_facts *now,
                          const int64_t before[RH_PART_COUNT], bool has_family,
                          enum rh_value_part part, double weight);

/* Tables for people: docs/indicators.md (Markdown), or JSON. */
void rh_indicator_write_markdown(FILE *out);
void rh_indicator_write_json(FILE *out);

#endif
