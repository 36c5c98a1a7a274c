/* Reading the registry: lists of objects by a field, balances, parameters. Under the service's read lock. */
#ifndef RH_DOMAIN_LISTS_H
#define RH_DOMAIN_LISTS_H

#include "domain/registry.h"

typedef enum rh_index {
#define INDEX(kind, field) RH_BY_##kind##_##field,
#include "domain/index.def"
#undef INDEX
    RH_INDEX_COUNT
} rh_index;

/* Walk a list: for (int64_t id = rh_first(r, RH_BY_bid_offer, offer); id != 0; id = rh_next(r, RH_BY_bid_offer, id)). */
int64_t rh_first(const rh_registry *r, rh_index index, int64_t value);
int64_t rh_next(const rh_registry *r, rh_index index, int64_t id);

/* Value of a parameter at a place on a day: the nearest place upwards that sets it; `otherwise` when none does. */
int64_t rh_parameter_at(const rh_registry *r, int64_t place, enum rh_parameter_code key,
                        int64_t day, int64_t otherwise);

/* Is `place` the same as `area` or inside it? */
bool rh_place_within(const rh_registry *r, int64_t place, int64_t area);

/* Fen received on a line due, reversals taken off; the balance of an account of a lease (debit positive). */
int64_t rh_received(const rh_registry *r, int64_t line);
int64_t rh_balance(const rh_registry *r, int64_t lease, enum rh_account_code account);

/* Does the fact hold on that day (valid_from ≤ day < valid_to)? */
static inline bool
rh_holds(const void *row, int64_t day)
{
    const rh_row_head *h = row;
    return h->valid_from <= day && (h->valid_to == RH_NONE || day < h->valid_to);
}

/* Present version of an object by kind: `RH_OBJECT(registry, offer, id)`, or NULL. */
#define RH_OBJECT(registry, kind, id)                                                          \
    ((const rh_row_##kind *)rh_registry_get((registry), RH_ROW_##kind, (id)))

#endif
