/* The registry: the present state of a township, and the only way to change it.
 *
 * Pure: no clock, no file, no database. The same commands give the same rows, on any machine (I20).
 * G1 a refused command changes nothing.
 * G2 the state is a fold of rows: rh_registry_apply on all rows in order of seq gives the state that ran live.
 * G3 rows of one command carry the same seq and recorded; seq counts accepted commands from 1. */
#ifndef RH_DOMAIN_REGISTRY_H
#define RH_DOMAIN_REGISTRY_H

#include "domain/refusal.h"

typedef struct rh_registry rh_registry;

/* What came of a command. Rows and their texts belong to the outcome until it is reset or released. */
typedef struct rh_outcome {
    int64_t seq; /* of the accepted command; RH_NONE when refused */
    size_t n_rows, room;
    rh_row *row; /* in the order in which they are to be kept */
    rh_refusals refusals;
    struct rh_arena *arena;
} rh_outcome;

RH_MUST_CHECK rh_status rh_registry_new(rh_registry **registry, rh_err *err);
void rh_registry_free(rh_registry *registry);

/* Judge and carry out. RH_OK with out->refusals.n == 0: done, the rows are to be kept. RH_OK with refusals: nothing happened. Any other
 * status (RH_MEMORY): the registry must be thrown away and loaded again. `out` may be used again and again; zero it before the first call.
 * Cost: microseconds. tick does what is due until its rows fill half an entry of the public log; who wants everything done asks again until it brings no
 * row. */
RH_MUST_CHECK rh_status rh_registry_do(rh_registry *registry, const rh_ask *ask,
                                       rh_outcome *out, rh_err *err);
void rh_outcome_release(rh_outcome *out);

/* Loading: rows in order of seq, within one seq in the order in which they were made. Errors: RH_INVARIANT (a row that cannot follow), RH_MEMORY. */
RH_MUST_CHECK rh_status rh_registry_apply(rh_registry *registry, rh_row row, rh_err *err);

/* The number of the last command and its recorded time. */
int64_t rh_registry_seq(const rh_registry *registry);
int64_t rh_registry_time(const rh_registry *registry);

/* The first day on which `tick` will find something due, or RH_NONE. */
int64_t rh_registry_next_due(const rh_registry *registry);

/* Numbers of objects so far: ids run from 1 to the count. */
int64_t rh_registry_count(const rh_registry *registry, rh_row_kind kind);

/* The present version of an object, or NULL: kept for the kinds that are objects (not for ballots, postings, receipts, …; see state.h). */
const void *rh_registry_get(const rh_registry *registry, rh_row_kind kind, int64_t id);

#endif
