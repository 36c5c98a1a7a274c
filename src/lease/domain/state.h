/* The state of the registry, for the files of this folder only; others use registry.h.
 *
 * For every kind the present version of each object stands in an array by id; lists by field are in index.def. Rows that are only history
 * (ballots are needed until the count; checks, split lines and postings never again) are not kept: what they add up to is.
 * Texts of kept rows are copied into an arena; a new version of an object reuses the text when it is the same. */
#ifndef RH_DOMAIN_STATE_H
#define RH_DOMAIN_STATE_H

#include "domain/registry.h"

#define RH_UNKEPT (RH_BIT(RH_ROW_check) | RH_BIT(RH_ROW_split_line) | RH_BIT(RH_ROW_posting))

typedef enum rh_index {
#define INDEX(kind, field) RH_BY_##kind##_##field,
#include "domain/index.def"
#undef INDEX
    RH_INDEX_COUNT
} rh_index;

typedef struct rh_list { /* head by value, next by id; 0 ends */
    size_t n_heads, n_next;
    uint32_t *head, *next;
} rh_list;

/* Balances of a lease, fen; debit is positive: what the escrow account holds, and (negative) what is owed from it. */
typedef struct rh_books {
    int64_t balance[rh_account_count];
    int64_t promised[rh_payee_count]; /* in payouts proposed but not yet paid */
} rh_books;

typedef struct rh_due { /* something has a deadline */
    int64_t date;
    rh_row_kind kind;
    int64_t id;
} rh_due;

typedef struct rh_kept {
    size_t n, room; /* n objects so far, kept or not */
    char *record;   /* NULL for unkept kinds */
} rh_kept;

struct rh_registry {
    int64_t seq, time;
    rh_kept kept[RH_ROW_COUNT];
    rh_list list[RH_INDEX_COUNT];
    rh_books *books;   /* by lease */
    int64_t *received; /* by rent line: fen received, reversals taken off */
    size_t n_books, n_received;
    struct
        rh_refs { /* bank references seen: two words of a hash each and 1 while it stands; open addressing */
        size_t n, room;
        uint64_t (*word)[3];
    } refs;
    rh_due *heap; /* smallest date first; entries may be stale: who pops looks again */
    size_t n_heap, room_heap;
    struct rh_arena *texts;
    _Alignas(8) char spare[1024]; /* rows after a failure: never read */
};

/* The present version, or NULL: `RH_GET(registry, offer, id)`. */
#define RH_GET(registry, kind, id)                                                             \
    ((const rh_row_##kind *)rh_registry_get((registry), RH_ROW_##kind, (id)))

/* Walk a list: for (int64_t id = rh_first(r, RH_BY_bid_offer, offer); id != 0; id = rh_next(r, RH_BY_bid_offer, id)). */
int64_t rh_first(const rh_registry *r, rh_index index, int64_t value);
int64_t rh_next(const rh_registry *r, rh_index index, int64_t id);

/* Remember that an object has a deadline (called by rh_registry_apply: see `deadline_of` in state.c). */
RH_MUST_CHECK rh_status rh_due_push(rh_registry *r, rh_due due, rh_err *err);

/* Take the first deadline that has passed by `today`; false: none. */
bool rh_due_pop(rh_registry *r, int64_t today, rh_due *due);

/* Fen received for a line due, reversals taken off. */
int64_t rh_received(const rh_registry *r, int64_t line);

/* The books of a lease; never NULL. */
const rh_books *rh_books_of(const rh_registry *r, int64_t lease);

/* Has this bank reference been posted, and not been reversed since? */
bool rh_ref_seen(const rh_registry *r, const char *bank_ref);

/* The kind of object that an ID field names. */
rh_row_kind rh_reference_kind(const rh_field *field);

/* Value of a parameter at a place on a day: the nearest place upwards that sets it; `otherwise` when none does. */
int64_t rh_parameter_at(const rh_registry *r, int64_t place, enum rh_parameter_code key,
                        int64_t day, int64_t otherwise);

/* Is `place` the same as `area` or inside it? */
bool rh_place_within(const rh_registry *r, int64_t place, int64_t area);

/* Does the fact hold on that day (valid_from ≤ day < valid_to)? */
static inline bool
rh_holds(const void *row, int64_t day)
{
    const rh_row_head *h = row;
    return h->valid_from <= day && (h->valid_to == RH_NONE || day < h->valid_to);
}

#endif
