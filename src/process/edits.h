/* What changes in a county's blocks during a year besides fields of words: recorded while events happen, carried
 * out by rh_edits_carry_out. One per worker, reused for every county.
 *
 * X1 positions are counted through the county: block's `first` + position in the block.
 * X2 births and insertions are recorded in rising order of position. */
#ifndef RH_PROCESS_EDITS_H
#define RH_PROCESS_EDITS_H

#include "core/status.h"
#include "person/store.h"

#include <stdbool.h>

/* A word to be written behind position `at`. */
typedef struct rh_insertion {
    uint32_t at;
    rh_person word;
} rh_insertion;

typedef struct rh_insertions {
    rh_insertion *entry;
    uint32_t n, room;
} rh_insertions;

/* A word on its way to the block of another township. */
typedef struct rh_mover {
    rh_person word;
    uint32_t town;
} rh_mover;

typedef struct rh_movers {
    rh_mover *entry;
    uint64_t n, room;
} rh_movers;

typedef struct rh_edits {
    uint64_t *gone; /* dead, or moved to another place of the county's blocks */
    uint64_t *
        tail; /* moves to the end of the block (a new household; the first of a group has the head mark) */
    uint64_t *leaving; /* hukou goes to the township of residence */
    uint64_t *touched; /* any of the above, or an insertion follows */
    uint64_t *lived;   /* whose year is over or under way */
    uint32_t bits;     /* room of the five bit sets */
    rh_insertions births, joined;
    uint32_t *seeker[2]; /* positions of those who look for a spouse, by sex */
    uint32_t n_seekers[2], seekers_room[2];
    rh_movers out;    /* all counties of this worker, in order */
    rh_person *fresh; /* the rewritten block */
    uint32_t fresh_room;
    rh_person *end; /* its tail */
    uint32_t end_room;
    uint32_t *due; /* positions in the block found due, rising */
    uint32_t n_due;
    uint32_t due_room;
    uint32_t *scratch; /* marriage market */
    uint32_t scratch_room;
} rh_edits;

static inline bool
rh_bit(const uint64_t *set, uint32_t i)
{
    return set[i >> 6] >> (i & 63) & 1;
}

static inline void
rh_bit_set(uint64_t *set, uint32_t i)
{
    set[i >> 6] |= 1ULL << (i & 63);
}

/* Make ready for a county of `residents` words whose largest block has `largest`; clears all but `out`. */
RH_MUST_CHECK rh_status rh_edits_begin(rh_edits *edits, uint32_t residents, uint32_t largest,
                                       rh_err *err);
void rh_edits_release(rh_edits *edits);

/* At least `words` words of edits->scratch. */
RH_MUST_CHECK rh_status rh_edits_scratch(rh_edits *edits, uint64_t words, rh_err *err);

RH_MUST_CHECK rh_status rh_insertions_add(rh_insertions *list, uint32_t at, rh_person word,
                                          rh_err *err);
RH_MUST_CHECK rh_status rh_movers_add(rh_movers *list, rh_person word, uint32_t town,
                                      rh_err *err);

#endif
