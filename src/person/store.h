/* The population: one block of words for each home township.
 *
 * A household is a run of consecutive words in its block, opened by a head mark. Order in a run: head
 * first; a wife stands directly behind her husband; births are written behind the mother.
 * V1 the first word of a block has the head mark; every other field of the word is in its range.
 * V2 a married man is directly followed by a married woman of the same run and the reverse: couples are adjacent.
 * V3 arrival == 0 exactly when the residence leaf belongs to the block's township.
 * V4 the count of persons of all blocks = previous + births - deaths, each year.
 * V5 homestead state is 0 except on heads.
 *
 * Memory is one reservation of address space. A block owns a slice with room to grow; only touched pages
 * cost memory. A block that outgrows its slice moves to the end of the reservation. */
#ifndef RH_PERSON_STORE_H
#define RH_PERSON_STORE_H

#include "core/status.h"
#include "person/person.h"

#include <stddef.h>

typedef struct rh_block {
    rh_person *word; /* count words in use; NULL when empty and never reserved */
    uint32_t count;  /* residents registered here */
    uint32_t room;   /* words the slice can hold */
} rh_block;

typedef struct rh_store {
    uint32_t n_blocks; /* = townships of the region */
    rh_block *block;
    /* private: the reservation */
    unsigned char *base;
    size_t reserved;     /* bytes of address space */
    _Atomic size_t used; /* bytes handed out */
} rh_store;

/* Reserve address space for `persons` residents in `n_blocks` blocks (growth is provided for inside). */
RH_MUST_CHECK rh_status rh_store_init(rh_store *store, uint32_t n_blocks, uint64_t persons,
                                      rh_err *err);
void rh_store_release(rh_store *store);

/* Make room for `count` words in a block; existing words are kept. Different blocks may be grown from
 * different threads at once. Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_block_reserve(rh_store *store, uint32_t block, uint32_t count,
                                         rh_err *err);

/* Residents in all blocks. */
uint64_t rh_store_count(const rh_store *store);

#endif
