/* Tallies: integer counts of residents, moved by events; and counts of events.
 *
 * A tally is a count over (residence place × classes). Events update it through rh_tally_move;
 * verify recounts the store from nothing and must agree to the last person (L1). Every count is
 * of words in the store; published figures multiply by the sample weight. */
#ifndef RH_INDICATOR_TALLY_H
#define RH_INDICATOR_TALLY_H

#include "core/status.h"
#include "person/store.h"
#include "place/region.h"

enum { RH_COHORTS = 256 }; /* birth field values */

/* Things that happen to residents, counted by county and part of residence (of the mover after
 * the move for *_IN, before it for *_OUT). EVENT(name, meaning) */
#define RH_EVENT_LIST(X)                                                                       \
    X(BIRTH, "births")                                                                         \
    X(DEATH, "deaths")                                                                         \
    X(MARRIAGE, "persons married")                                                             \
    X(WIDOWED, "persons widowed")                                                              \
    X(NEW_HOUSEHOLD, "households founded")                                                     \
    X(IN_COUNTY, "arrivals from elsewhere in the county")                                      \
    X(IN_PROVINCE, "arrivals from elsewhere in the province")                                  \
    X(IN_OTHER, "arrivals from other provinces")                                               \
    X(OUT_COUNTY, "departures to elsewhere in the county")                                     \
    X(OUT_PROVINCE, "departures to elsewhere in the province")                                 \
    X(OUT_OTHER, "departures to other provinces")                                              \
    X(PART_IN,                                                                                 \
      "arrivals in this part from the other part of any place (rural to urban or reverse)")    \
    X(PART_OUT, "departures from this part to the other part")                                 \
    X(RECLASSIFIED,                                                                            \
      "persons whose place was reclassified from rural to urban (counted at the urban part)")  \
    X(HUKOU_IN_SITU, "rural hukou turned urban without a move")                                \
    X(HUKOU_MOVED, "hukou transferred to the place of residence")                              \
    X(RETURN, "returns to the home township")                                                  \
    X(JOINED, "family members who joined a migrant")                                           \
    X(EXCESS, "events of the superposed process (rates above their bound)")

enum rh_event {
#define X(name, meaning) RH_EVENT_##name,
    RH_EVENT_LIST(X)
#undef X
        RH_EVENT_COUNT
};

/* One county's counts. About 9 KB; the whole country 26 MB. */
typedef struct rh_county_tally {
    uint32_t cohort[RH_PART_COUNT][2][RH_COHORTS];     /* part × sex × birth field */
    uint32_t status[RH_PART_COUNT][RH_CLASS_COUNT][2]; /* part × migrant class × hukou kind */
    uint32_t activity[RH_PART_COUNT][RH_ACTIVITY_COUNT];
    uint32_t education[RH_PART_COUNT][RH_EDUCATION_COUNT]; /* all ages */
    uint32_t event[RH_PART_COUNT][RH_EVENT_COUNT];         /* of the current year */
} rh_county_tally;

typedef struct rh_tally {
    uint32_t n_counties, n_leaves;
    rh_county_tally *county;         /* by residence */
    uint32_t *leaf;                  /* residents by residence leaf */
    uint32_t *registered;            /* hukou population by home county */
    uint32_t (*registered_hukou)[2]; /* by home county × hukou kind */
    uint32_t (*wives)[4]; /* married women of the nation by birth field × children ever born */
} rh_tally;

RH_MUST_CHECK rh_status rh_tally_init(rh_tally *tally, const rh_region *region, rh_err *err);
void rh_tally_release(rh_tally *tally);

/* Add `from` into `into` and clear `from` (integers: any order gives the same). */
void rh_tally_merge(rh_tally *into, rh_tally *from);

/* Count the store from nothing. Event counts stay 0. */
RH_MUST_CHECK rh_status rh_tally_recount(rh_tally *tally, const rh_region *region,
                                         const rh_store *store, unsigned n_threads,
                                         rh_err *err);

/* L1: equal state counts (events are not compared). Errors: RH_INVARIANT naming the first place
 * that differs. */
RH_MUST_CHECK rh_status rh_tally_compare(const rh_tally *kept, const rh_tally *counted,
                                         const rh_region *region, rh_err *err);

/* Counts that need households, taken by a walk over the store in the years that ask for them.
 * By county (residence) and part. */
typedef struct rh_family_tally {
    uint32_t households[RH_PART_COUNT]; /* members of one run living in one leaf, outside
                                           collective households */
    uint32_t household_persons[RH_PART_COUNT];
    uint32_t one_person[RH_PART_COUNT];
    uint32_t generations[RH_PART_COUNT][4]; /* households of 2+ persons... 1,2,3,4+ generations
                                               (one-person ones are in [0] too) */
    uint32_t left_behind_children[RH_PART_COUNT]; /* under 16, a parent of the run lives outside
                                                     the county */
    uint32_t elders_alone[RH_PART_COUNT]; /* 65+ with nobody aged 16–64 of the run living in the
                                             same township */
    uint32_t homestead[5];                /* by home county: heads by homestead state */
} rh_family_tally;

/* `family` has n_counties entries, cleared first. `year`: ages are those reached in it. */
RH_MUST_CHECK rh_status rh_family_walk(rh_family_tally *family, const rh_region *region,
                                       const rh_store *store, int year, unsigned n_threads,
                                       rh_err *err);

/* Residents by home county × residence county (dense n × n, row = home), for flow tables. */
RH_MUST_CHECK rh_status rh_flow_walk(uint32_t *stock, const rh_region *region,
                                     const rh_store *store, unsigned n_threads, rh_err *err);

#endif
