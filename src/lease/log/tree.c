/* The Merkle tree: see tree.h.
 *
 * Appending keeps the roots of the full subtrees that the size is made of, one for each set bit (`edge`). A new leaf
 * is carried like a one in binary addition; when the carry passes a height that is a multiple of 8, its hash is the next one of
 * a level. So levels, root and edge come from one loop. */
#include "log/tree.h"

#include "core/mem.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>

enum { TILE_HEIGHT = 8 };

typedef struct level {
    rh_digest **tile; /* of RH_TILE_WIDTH each */
    size_t room;      /* of `tile` */
} level;

struct rh_tree {
    uint64_t size;
    level level[RH_TILE_LEVELS];
    rh_digest edge[64]; /* root of the full subtree of height h, where bit h of size is set */
};

void
rh_tree_hash_leaf(const void *entry, size_t size, rh_digest *out)
{
    crypto_hash_sha256_state sha;
    crypto_hash_sha256_init(&sha);
    crypto_hash_sha256_update(&sha, (const unsigned char *)"\x00", 1);
    crypto_hash_sha256_update(&sha, entry, size);
    crypto_hash_sha256_final(&sha, out->byte);
}

void
rh_tree_hash_node(const rh_digest *left, const rh_digest *right, rh_digest *out)
{
    uint8_t bytes[65];
    bytes[0] = 1;
    memcpy(bytes + 1, left->byte, 32);
    memcpy(bytes + 33, right->byte, 32);
    crypto_hash_sha256(out->byte, bytes, sizeof bytes);
}

rh_status
rh_tree_new(rh_tree **out, rh_err *err)
{
    RH_NEW(*out, 1, err);
    return RH_OK;
}

void
rh_tree_free(rh_tree *tree)
{
    for (unsigned l = 0; tree != NULL && l < RH_TILE_LEVELS; l++) {
        for (size_t i = 0; i < tree->level[l].room; i++) {
            rh_free(tree->level[l].tile[i]);
        }
        rh_free(tree->level[l].tile);
    }
    rh_free(tree);
}

uint64_t
rh_tree_size(const rh_tree *tree)
{
    return tree->size;
}

uint64_t
rh_tree_level_size(const rh_tree *tree, unsigned l)
{
    return l < RH_TILE_LEVELS ? tree->size >> (TILE_HEIGHT * l) : 0;
}

const rh_digest *
rh_tree_at(const rh_tree *tree, unsigned l, uint64_t i)
{
    return &tree->level[l].tile[i / RH_TILE_WIDTH][i % RH_TILE_WIDTH];
}

/* Room for hash i of the level. */
static rh_status
make_room(level *v, uint64_t i, rh_err *err)
{
    size_t t = (size_t)(i / RH_TILE_WIDTH);
    if (t >= v->room) {
        size_t room = v->room > 0 ? 2 * v->room : 16;
        rh_digest **grown = rh_resize(v->tile, room, sizeof(rh_digest *));
        if (grown == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %zu tiles of the log.", room);
        }
        memset(grown + v->room, 0, (room - v->room) * sizeof *grown);
        v->tile = grown;
        v->room = room;
    }
    if (v->tile[t] == NULL) {
        RH_NEW(v->tile[t], RH_TILE_WIDTH, err);
    }
    return RH_OK;
}

rh_status
rh_tree_add(rh_tree *tree, const rh_digest *leaf, rh_err *err)
{
    uint64_t n = tree->size;
    for (unsigned l = 0; l < RH_TILE_LEVELS; l++) { /* all the room before anything changes */
        if (l == 0 || (n + 1) % ((uint64_t)1 << (TILE_HEIGHT * l)) == 0) {
            RH_TRY(make_room(&tree->level[l], n >> (TILE_HEIGHT * l), err));
        }
    }
    rh_digest carry = *leaf;
    unsigned height = 0;
    for (;; height++) {
        if (height % TILE_HEIGHT == 0 && height / TILE_HEIGHT < RH_TILE_LEVELS) {
            uint64_t i = n >> height;
            tree->level[height / TILE_HEIGHT].tile[i / RH_TILE_WIDTH][i % RH_TILE_WIDTH] =
                carry;
        }
        if ((n >> height & 1) == 0) {
            break;
        }
        rh_tree_hash_node(&tree->edge[height], &carry, &carry);
    }
    tree->edge[height] = carry;
    tree->size++;
    return RH_OK;
}

/* Root of entries [i·2^height, (i+1)·2^height), all there: from the level below it. */
static void
full_root(const rh_tree *tree, unsigned height, uint64_t i, rh_digest *out)
{
    unsigned rest = height % TILE_HEIGHT, l = height / TILE_HEIGHT;
    const rh_digest *from = rh_tree_at(tree, l, i << rest); /* one tile holds them all */
    if (rest == 0) {
        *out = *from;
        return;
    }
    rh_digest row[RH_TILE_WIDTH / 2];
    for (unsigned n = 1U << (rest - 1); n > 0; n /= 2) {
        for (unsigned k = 0; k < n; k++) {
            rh_tree_hash_node(&from[2 * k], &from[2 * k + 1], &row[k]);
        }
        from = row;
    }
    *out = row[0];
}

/* MTH(D[from:from + n]), n ≥ 1, where `from` is a multiple of a power of two ≥ n: the full subtrees of n's bits, smallest first. */
static void
range_root(const rh_tree *tree, uint64_t from, uint64_t n, rh_digest *out)
{
    bool first = true;
    for (unsigned height = 0; n > 0; height++) {
        if ((n >> height & 1) == 0) {
            continue;
        }
        n -= (uint64_t)1 << height;
        rh_digest part;
        full_root(tree, height, (from + n) >> height, &part);
        if (first) {
            *out = part;
        } else {
            rh_tree_hash_node(&part, out, out);
        }
        first = false;
    }
}

void
rh_tree_root(const rh_tree *tree, uint64_t size, rh_digest *out)
{
    if (size == 0) {
        crypto_hash_sha256(out->byte, (const unsigned char *)"", 0);
        return;
    }
    if (size != tree->size) {
        range_root(tree, 0, size, out);
        return;
    }
    bool first = true;
    for (unsigned height = 0; height < 64; height++) {
        if ((size >> height & 1) == 0) {
            continue;
        }
        if (first) {
            *out = tree->edge[height];
        } else {
            rh_tree_hash_node(&tree->edge[height], out, out);
        }
        first = false;
    }
}

/* The largest power of two below n, n ≥ 2. */
static uint64_t
split_of(uint64_t n)
{
    return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

static void
turn_round(rh_digest *proof, unsigned n)
{
    for (unsigned i = 0; i < n / 2; i++) {
        rh_digest kept = proof[i];
        proof[i] = proof[n - 1 - i];
        proof[n - 1 - i] = kept;
    }
}

rh_status
rh_tree_inclusion(const rh_tree *tree, uint64_t index, uint64_t size,
                  rh_digest proof[RH_PROOF_MOST], unsigned *n, rh_err *err)
{
    if (index >= size || size > tree->size) {
        return rh_fail(err, RH_RANGE,
                       "No proof of entry %" PRIu64 " in %" PRIu64
                       " entries: the log has %" PRIu64 " entries.",
                       index, size, tree->size);
    }
    uint64_t from = 0;
    for (*n = 0; size > 1;
         ++*n) { /* PATH(index - from, D[from:from + size]), from the root down */
        uint64_t k = split_of(size);
        if (index - from < k) {
            range_root(tree, from + k, size - k, &proof[*n]);
            size = k;
        } else {
            range_root(tree, from, k, &proof[*n]);
            from += k;
            size -= k;
        }
    }
    turn_round(proof, *n);
    return RH_OK;
}

rh_status
rh_tree_consistency(const rh_tree *tree, uint64_t old, uint64_t size,
                    rh_digest proof[RH_PROOF_MOST], unsigned *n, rh_err *err)
{
    *n = 0;
    if (old > size || size > tree->size) {
        return rh_fail(err, RH_RANGE,
                       "No proof from %" PRIu64 " to %" PRIu64 " entries: the log has %" PRIu64
                       " entries.",
                       old, size, tree->size);
    }
    if (old == 0 || old == size) {
        return RH_OK;
    }
    uint64_t from = 0;
    for (; old != size;
         ++*n) { /* SUBPROOF(old, D[from:from + size], from == 0), from the root down */
        uint64_t k = split_of(size);
        if (old <= k) {
            range_root(tree, from + k, size - k, &proof[*n]);
            size = k;
        } else {
            range_root(tree, from, k, &proof[*n]);
            from += k;
            old -= k;
            size -= k;
        }
    }
    if (from > 0) {
        range_root(tree, from, size, &proof[(*n)++]);
    }
    turn_round(proof, *n);
    return RH_OK;
}

static bool
same(const rh_digest *a, const rh_digest *b)
{
    return memcmp(a->byte, b->byte, sizeof a->byte) == 0;
}

/* One step up past a node that is a right child or the last of its row: up to where it is a right child again. */
static void
climb(uint64_t *at, uint64_t *last)
{
    while ((*at & 1) == 0 && *at != 0) {
        *at >>= 1;
        *last >>= 1;
    }
}

rh_status
rh_inclusion_verify(const rh_digest *leaf, uint64_t index, uint64_t size,
                    const rh_digest *proof, unsigned n, const rh_digest *root, rh_err *err)
{
    if (index >= size) {
        return rh_fail(err, RH_INVARIANT,
                       "Entry %" PRIu64 " cannot be in a log of %" PRIu64 " entries.", index,
                       size);
    }
    uint64_t at = index, last = size - 1;
    rh_digest r = *leaf;
    for (unsigned i = 0; i < n; i++) {
        if (last == 0) {
            return rh_fail(err, RH_INVARIANT,
                           "The proof of entry %" PRIu64 " in %" PRIu64
                           " entries has %u hashes, too many.",
                           index, size, n);
        }
        if ((at & 1) == 1 || at == last) {
            rh_tree_hash_node(&proof[i], &r, &r);
            climb(&at, &last);
        } else {
            rh_tree_hash_node(&r, &proof[i], &r);
        }
        at >>= 1;
        last >>= 1;
    }
    if (last != 0 || !same(&r, root)) {
        return rh_fail(err, RH_INVARIANT,
                       "The proof does not lead from the entry at %" PRIu64
                       " to the root of the log of %" PRIu64 " entries.",
                       index, size);
    }
    return RH_OK;
}

static rh_status
inconsistent(uint64_t old, uint64_t size, rh_err *err)
{
    return rh_fail(err, RH_INVARIANT,
                   "The proof does not show that the log of %" PRIu64
                   " entries is the beginning of the log of %" PRIu64 " entries.",
                   old, size);
}

rh_status
rh_consistency_verify(uint64_t old, const rh_digest *old_root, uint64_t size,
                      const rh_digest *root, const rh_digest *proof, unsigned n, rh_err *err)
{
    if (old == size) {
        return n == 0 && same(old_root, root) ? RH_OK : inconsistent(old, size, err);
    }
    if (old == 0) {
        rh_digest nothing;
        crypto_hash_sha256(nothing.byte, (const unsigned char *)"", 0);
        return n == 0 && same(old_root, &nothing) ? RH_OK : inconsistent(old, size, err);
    }
    bool full = (old & (old - 1)) ==
                0; /* its root is a node of the new tree: the proof leaves it out */
    if (old > size || (!full && n == 0)) {
        return inconsistent(old, size, err);
    }
    uint64_t at = old - 1, last = size - 1;
    while ((at & 1) == 1) {
        at >>= 1;
        last >>= 1;
    }
    rh_digest was = full ? *old_root : proof[0], is = was;
    for (unsigned i = full ? 0 : 1; i < n; i++) {
        if (last == 0) {
            return inconsistent(old, size, err);
        }
        if ((at & 1) == 1 || at == last) {
            rh_tree_hash_node(&proof[i], &was, &was);
            rh_tree_hash_node(&proof[i], &is, &is);
            climb(&at, &last);
        } else {
            rh_tree_hash_node(&is, &proof[i], &is);
        }
        at >>= 1;
        last >>= 1;
    }
    if (last != 0 || !same(&was, old_root) || !same(&is, root)) {
        return inconsistent(old, size, err);
    }
    return RH_OK;
}
