/* The population store: see store.h. */
#include "person/store.h"

#include "core/mem.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096 };

rh_status
rh_store_init(rh_store *store, uint32_t n_blocks, uint64_t persons, rh_err *err)
{
    *store = (rh_store){.n_blocks = n_blocks};
    RH_NEW(store->block, n_blocks, err);
    /* Address space is free, pages are not: four times the need lets every block move twice. */
    store->reserved =
        (size_t)persons * sizeof(rh_person) * 4 + (size_t)n_blocks * 16 * PAGE + (64u << 20);
    void *base = mmap(NULL, store->reserved, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) {
        rh_free(store->block);
        store->block = NULL;
        return rh_fail(err, RH_MEMORY,
                       "Cannot reserve %zu MB of address space for %llu residents.",
                       store->reserved >> 20, (unsigned long long)persons);
    }
    store->base = base;
    /* Fewer page faults and TLB misses; slices are packed, so little of a huge page is left untouched. */
    madvise(base, store->reserved, MADV_HUGEPAGE);
    return RH_OK;
}

void
rh_store_release(rh_store *store)
{
    if (store->base != NULL) {
        munmap(store->base, store->reserved);
    }
    rh_free(store->block);
    *store = (rh_store){0};
}

rh_status
rh_block_reserve(rh_store *store, uint32_t block, uint32_t count, rh_err *err)
{
    rh_block *b = &store->block[block];
    if (count <= b->room) {
        return RH_OK;
    }
    /* A sixteenth of room: a few years of natural growth; a block that grows faster moves now and then. */
    size_t bytes = ((size_t)count + count / 16 + 64) * sizeof(rh_person);
    bytes = (bytes + PAGE - 1) / PAGE * PAGE;
    size_t at = atomic_fetch_add(&store->used, bytes);
    if (at + bytes > store->reserved) {
        return rh_fail(err, RH_MEMORY,
                       "The population store is full: block %u asks for %u residents.",
                       (unsigned)block, (unsigned)count);
    }
    rh_person *fresh = (rh_person *)(void *)(store->base + at);
    if (b->word != NULL) {
        memcpy(fresh, b->word, (size_t)b->count * sizeof *fresh);
        madvise(b->word, (size_t)b->room * sizeof *fresh / PAGE * PAGE, MADV_DONTNEED);
    }
    b->word = fresh;
    b->room = (uint32_t)(bytes / sizeof *fresh);
    return RH_OK;
}

uint64_t
rh_store_count(const rh_store *store)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < store->n_blocks; i++) {
        sum += store->block[i].count;
    }
    return sum;
}
