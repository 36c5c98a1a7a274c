/* The year of residents: candidates in time order, acceptance, events, the next candidate.
 *
 * Where a family member is changed by somebody else's event at `time`, that member's earlier candidates happen first. The
 * same functions exist for several instruction sets; the engine takes the widest that the machine has (kernel.h), and all
 * give the same bits. */
#ifndef RH_PROCESS_LIVE_H
#define RH_PROCESS_LIVE_H

#include "core/random.h"
#include "process/engine.h"

typedef struct rh_live_kernel {
    /* Everybody due in the block of `env` lives the year. */
    void (*block)(rh_env *env);
    /* The same in a year with rates above their bounds: everybody concerned lives the year, due or not. */
    void (*block_with_excess)(rh_env *env);
    /* Draw everybody's next candidate afresh as seen at the end of the year. */
    void (*redraw_block)(rh_env *env, rh_key key);

    /* Before somebody else's event at `time` changes i, whose year has not begun: let i's earlier candidates happen. */
    void (*until)(rh_env *env, uint32_t i, float time);
    /* Candidates from `time` to the end of the year of somebody to whom something has just happened. */
    void (*on)(rh_env *env, uint32_t i, float time);
    /* A newborn's rest of the year from `time` on: false when it dies (then counted). Sets its next candidate. */
    bool (*first_months)(rh_env *env, rh_person *child, float time);

    /* Draw the next candidate afresh as seen at the end of the year, for a resident registered in the county of `env`; and
     * for one who becomes a local resident of another county. */
    rh_person (*redraw)(const rh_env *env, rh_person w, uint32_t bits);
    rh_person (*redraw_elsewhere)(const rh_env *env, rh_person w, uint32_t county,
                                  uint32_t bits);
} rh_live_kernel;

extern const rh_live_kernel rh_live_plain, rh_live_avx2, rh_live_avx512;

/* The kernel of an instruction set ("avx512", "avx2", "plain"); NULL when this machine lacks it. NULL as name: the widest. */
const rh_live_kernel *rh_live_named(const char *name);

#endif
