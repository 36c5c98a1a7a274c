/* One block: families, homes, and the runs written to the store. */
#include "person/synth_nest.h"

#include "core/mem.h"

#include <string.h>
#include <sys/mman.h>

void
rh_synth_huge_pages(void *memory, size_t bytes)
{
    enum { PAGE = 4096 };
    uintptr_t first = ((uintptr_t)memory + PAGE - 1) / PAGE * PAGE,
              last = ((uintptr_t)memory + bytes) / PAGE * PAGE;
    if (last > first) {
        madvise((void *)first, last - first,
                MADV_HUGEPAGE); /* only advice: no matter if refused */
    }
}

enum { UNIT_MOST = 5 }; /* members of a unit */

/* Members of a unit; room for UNIT_MOST in `out`, of which as many stay as it has: whoever is not
 * there is written over, which costs less than a branch that cannot be foreseen. */
static inline uint32_t
write_unit(const rh_nest_block *b, const rh_nest_unit *u, rh_person *out)
{
    const rh_nest *s = b->s;
    const uint32_t *kid = s->kid + 3 * (size_t)u->anchor;
    const rh_person keep = ~((rh_person)((1u << rh_next_bits) - 1) << rh_next_low);
    uint32_t n = 0;
    if (u->flags & RH_UNIT_BEHIND) {
        unsigned family = s->family[u->anchor], here = family & RH_FAMILY_HERE;
        for (unsigned k = here; k < here + (family / RH_FAMILY_BEHIND & 3); k++) {
            out[n] = b->w[kid[k]] & keep;
            n += rh_person_residence(out[n]) == u->leaf;
        }
        return n;
    }
    out[0] = b->w[u->first] & keep;
    n = (u->flags & RH_UNIT_HUSBAND) != 0;
    out[n++] = b->w[u->anchor] & keep;
    out[n] = b->w[kid[0]] & keep;
    out[n + 1] = b->w[kid[1]] & keep;
    out[n + 2] = b->w[kid[2]] & keep;
    return n + u->kids;
}

/* Write the run of a root unit; returns its words. */
static uint32_t
write_run(const rh_nest_block *b, uint32_t root, rh_person *out)
{
    const rh_nest *s = b->s;
    uint32_t n = 0;
    bool at_home = false, farmstead = false;
    for (uint32_t u = root; u != RH_NOBODY; u = s->after[u]) {
        const rh_nest_unit *unit = &s->unit[u];
        n += write_unit(b, unit, out + n);
        at_home |= rh_nest_is_home(b, unit->leaf);
        farmstead |= unit->leaf == rh_leaf(b->town, RH_RURAL);
    }
    bool rural = rh_person_hukou(out[0]) == RH_HUKOU_RURAL,
         street = b->region->town_kind[b->town] == RH_STREET;
    unsigned homestead = !farmstead && (street || !rural) ? RH_HOMESTEAD_NONE
                         : at_home                        ? RH_HOMESTEAD_LIVED_IN
                                                          : RH_HOMESTEAD_IDLE;
    out[0] = rh_person_with_homestead(rh_person_with_head(out[0], 1), homestead);
    return n;
}

/* Write the runs in the order of their first members; of all runs keep a share. */
static uint32_t
write_runs(const rh_nest_block *b, double keep, rh_person *out)
{
    const rh_nest *s = b->s;
    uint32_t *run = s->order, n = 0, runs = 0; /* 1 + the unit that a member heads, or 0 */
    rh_key key = rh_key_with(b->key, 3);
    memset(run, 0, b->n * sizeof *run);
    for (uint32_t u = 0; u < b->n_units; u++) {
        run[s->root[u] == u ? s->unit[u].first : b->n] = u + 1;
    }
    for (uint32_t i = 0; i < b->n; i++) { /* the heads to the front */
        uint32_t u = run[i];
        run[runs] = u;
        runs += u != 0;
    }
    for (uint32_t i = 0; i < runs; i++) {
        if (keep >= 1 || rh_uniform(key, i) < keep) {
            n += write_run(b, run[i] - 1, out + n);
        }
    }
    return n;
}

/* The pieces of the scratch: entries a member, and beyond. One allocation holds them all. */
#define PIECE_LIST(X)                                                                          \
    X(partner, 1, 0)                                                                           \
    X(kid, 3, 0)                                                                               \
    X(family, 1, 0)                                                                            \
    X(order, 1, 1)                                                                             \
    X(sought, 1, 0)                                                                            \
    X(places, 6, 8)                                                                            \
    X(age_a, 3, 0)                                                                             \
    X(age_b, 1, 0)                                                                             \
    X(unit_of, 1, 0)                                                                           \
    X(root, 1, 0)                                                                              \
    X(after, 1, 0)                                                                             \
    X(tail, 1, 0)                                                                              \
    X(next_a, 1, RH_KEYS)                                                                      \
    X(next_b, 1, 0)                                                                            \
    X(next_c, 1, 0)                                                                            \
    X(link, 1, 0)                                                                              \
    X(links, 1, 0)                                                                             \
    X(at_home, 1, 0)                                                                           \
    X(kinds, 1, 0)                                                                             \
    X(group, 1, 0)                                                                             \
    X(unit, 1, 0)

enum { LINE = 64 }; /* pieces start on cache lines */

void
rh_nest_release(rh_nest *s)
{
    rh_free(s->memory);
    *s = (rh_nest){0};
}

static rh_status
nest_room(rh_nest *s, size_t need, rh_err *err)
{
    if (need <= s->room) {
        return RH_OK;
    }
    rh_nest_release(s);
    size_t n = need + need / 4 + 1024, bytes = LINE;
#define X(piece, each, more)                                                                   \
    bytes += ((each)*n + (more)) * sizeof *s->piece / LINE * LINE + LINE;
    PIECE_LIST(X)
#undef X
    RH_NEW(s->memory, bytes, err);
    rh_synth_huge_pages(s->memory, bytes);
    unsigned char *at = s->memory + (LINE - (uintptr_t)s->memory % LINE);
#define X(piece, each, more)                                                                   \
    s->piece = (void *)at;                                                                     \
    at += ((each)*n + (more)) * sizeof *s->piece / LINE * LINE + LINE;
    PIECE_LIST(X)
#undef X
    s->room = n;
    rh_nest_make_kinds(&s->kind_table);
    return RH_OK;
}

rh_status
rh_nest_build(rh_nest *nest, const rh_region *region, const rh_profile *profile, uint32_t town,
              rh_person *member, uint32_t count, rh_key key, double keep, rh_store *store,
              rh_err *err)
{
    if (count == 0) {
        return RH_OK;
    }
    RH_TRY(nest_room(nest, count, err));
    rh_nest_block b = {.s = nest,
                       .region = region,
                       .profile = profile,
                       .w = member,
                       .n = count,
                       .town = town,
                       .zero = (unsigned)(region->base_year - RH_BIRTH_ZERO),
                       .key = key};
    rh_nest_families(&b);
    rh_nest_homes(&b);
    rh_block *block = &store->block[town];
    if (keep >= 1) {
        RH_TRY(rh_block_reserve(store, town, count, err));
        block->count = write_runs(&b, keep, block->word);
        return RH_OK;
    }
    rh_person *kept =
        (rh_person *)(void *)nest->places; /* 24 bytes a member, no longer in use */
    uint32_t words = write_runs(&b, keep, kept);
    RH_TRY(rh_block_reserve(store, town, words, err));
    memcpy(block->word, kept, words * sizeof *kept);
    block->count = words;
    return RH_OK;
}
