/* The engine: moves every resident through one year after another.
 *
 *   county by county, in parallel:  reclassify → who is due → events in time order → marriage market → rewrite blocks
 *   then:                           hukou transfers are added to their new blocks in a fixed order
 *
 * Q1 same bits for any number of threads, any order of counties, any instruction set.
 * Q2 persons(t) = persons(t-1) + births - deaths.
 * A person's events of a year happen in time order; where a family member is taken along, that member's earlier
 * candidates of the year happen first. Marriages and hukou transfers take effect on 31 December. */
#ifndef RH_PROCESS_ENGINE_H
#define RH_PROCESS_ENGINE_H

#include "indicator/tally.h"
#include "process/bounds.h"
#include "process/due.h"
#include "process/process.h"

typedef struct rh_engine_options {
    unsigned n_threads;
    double headroom;    /* multiplies every process's headroom; 1 by default (tests vary it) */
    const char *kernel; /* due-scan kernel by name; NULL: the best of the machine */
    const unsigned *county_order;     /* hand-out order of counties; NULL: largest first */
    unsigned levels;                  /* most levels of counties (bounds.h); 0: the usual */
    const rh_process *const *process; /* NULL: process.def */
    unsigned n_processes;
    unsigned process_of_fixed_ages;
} rh_engine_options;

typedef struct rh_engine {
    const rh_world *world;
    rh_store *store;
    rh_engine_options options;
    const rh_process *const *process;
    unsigned n_processes;
    rh_due_scan *scan;
    const struct rh_live_kernel *live;
    rh_bounds bounds;
    rh_row *home;          /* per worker: rows of the local residents of its county */
    rh_rates *rates;       /* per process, of the year under way */
    uint32_t by_residence; /* bit p: process p has factors of the place of residence */
    float (*rate)[RH_CLASS_AGES][RH_PROCESS_ROOM]; /* of the year, by class: scale × base */
    rh_tally tally;         /* state after the last finished year; events of that year */
    rh_tally *share;        /* per worker */
    struct rh_edits *edits; /* per worker */
    struct rh_out_segment *segment; /* per county: its hukou transfers */
    unsigned *order;
    unsigned char *
        excess_county; /* per county: 1 when a rate passes its bound this year; NULL when none does */
    uint64_t *last_births; /* by county, of the last year */
    float *reclassification,
        reclassification_max; /* of the year: share of rural residents, by county */
    double in_situ,
        settlement_pace; /* of the year, under a plan (hukou.plan_share): in-situ rate, factor on settlement */
    uint8_t *years_required;              /* of the year: stay before settling, by county */
    double senior_share, college_share;   /* of the year: levers of schooling */
    int year;                             /* last finished year */
    rh_turnover turnover[RH_PROCESS_MAX]; /* of the last year, by process */
} rh_engine;

/* Build the calendar for the years of the world and count the store. `store` and `world` are borrowed. */
RH_MUST_CHECK rh_status rh_engine_init(rh_engine *engine, const rh_world *world,
                                       rh_store *store, const rh_engine_options *options,
                                       rh_err *err);
void rh_engine_release(rh_engine *engine);

/* Draw everybody's first candidate (after synthesis; a resumed store has them). */
RH_MUST_CHECK rh_status rh_engine_start(rh_engine *engine, rh_err *err);

/* Simulate the year after engine->year. `progress` (NULL allowed) is called with residents done. */
RH_MUST_CHECK rh_status rh_engine_year(rh_engine *engine,
                                       void (*progress)(void *context, uint64_t done,
                                                        uint64_t total),
                                       void *context, rh_err *err);

/* market.c: join into couples those who look for a spouse in the county of `env`: first inside their township, then in the
 * county. `first[t]` is the position of township t's first resident within the county, seekers_end[sex][t] the
 * end of township t's seekers. Fills edits->joined in rising order. */
RH_MUST_CHECK rh_status rh_market_clear(rh_env *env, rh_store *store, uint32_t first_town,
                                        uint32_t n_towns, const uint32_t *first,
                                        uint32_t *const seekers_end[2]);

/* rewrite.c: carry out the edits of the block of `env`. The cursors run through edits->births and ->joined. */
RH_MUST_CHECK rh_status rh_rewrite_block(rh_env *env, rh_store *store, uint32_t *birth,
                                         uint32_t *joined);

#endif
