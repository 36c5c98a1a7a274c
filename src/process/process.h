/* What a process is: a bound, a rate and an event; and what it may touch while it acts.
 *
 * rate(person) = scale × base[class][age] × factor[place] × condition(person), events a person and year.
 * The bound that the calendar uses is headroom × (largest base over the years of the run) × (largest factor).
 * When scale × base × factor passes the bound in some year, the excess is a second, superposed process over the
 * persons concerned for that year (engine.c); it is never clipped.
 *
 * To add a process: write src/process/NAME.c with one rh_process, add its line to process.def, its file to
 * meson.build, and tests/test_NAME.c. */
#ifndef RH_PROCESS_PROCESS_H
#define RH_PROCESS_PROCESS_H

#include "process/calendar.h"
#include "process/world.h"

typedef struct rh_env rh_env;
struct rh_engine;

/* What became of a process's candidates in a year. */
typedef struct rh_turnover {
    uint64_t candidates, accepted; /* accepted / candidates: how tight the bound is */
    uint64_t excess; /* candidates of the superposed process, rates above their bound */
} rh_turnover;

/* Tables of one process for one year. */
typedef struct rh_rates {
    float scale; /* national alignment, 1 without */
    double
        expected; /* what `scale` expected of the year without alignment; kept for the next year */
    float base[RH_CLASSES][RH_CLASS_AGES]; /* events a person and year */
    float *factor;                         /* county × part, n_counties × 2 entries */
} rh_rates;

typedef struct rh_process {
    const char *name;    /* "mortality" */
    const char *meaning; /* one line */
    const char *levers;  /* names, blank between; "" when none */
    const char *changes; /* fields of the word it changes */
    bool ends_life;      /* death: the one event of the year of birth */
    bool
        by_home; /* 1: factor[] is of the home county (rural part), 0: of county and part of residence */
    float headroom; /* bound over largest known rate; ≥ 1 */

    /* Fill base for `year`. */
    rh_status (*base)(const rh_world *world, int year, float base[RH_CLASSES][RH_CLASS_AGES],
                      rh_err *err);
    /* Fill factor (preset to 1) for `year`; NULL: all 1. */
    rh_status (*factor)(const rh_world *world, int year, float *factor, rh_err *err);
    /* National alignment of the year, read from the tallies; NULL: 1. */
    rh_status (*scale)(const struct rh_engine *engine, int year, rh_rates *rates, rh_err *err);
    /* Mark the ages at which the class has a certain candidate; NULL: none. */
    void (*fixed)(unsigned char fixed[RH_CLASSES][RH_CLASS_AGES]);
    /* Chance (0–1) that the candidate is possible for this very person; NULL: 1. */
    float (*condition)(const rh_env *env, uint32_t i, rh_person w, int age);
    /* The event, at `time` (0–1) of the year. */
    void (*apply)(rh_env *env, uint32_t i, float time);
} rh_process;

/* The processes of a run in the order of process.def; *count receives their number. */
const rh_process *const *rh_processes(unsigned *count);

/* Index in that list of the process that owns the fixed ages. */
unsigned rh_process_of_fixed_ages(void);

#define PROCESS(name) extern const rh_process rh_process_##name;
#include "process/process.def"
#undef PROCESS

#endif
