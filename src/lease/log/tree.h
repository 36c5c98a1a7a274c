/* A Merkle tree that only grows, kept as tiles, with proofs of inclusion and consistency.
 *
 * SHA-256 as in RFC 6962 section 2.1: leaf = H(0x00 ‖ entry), node = H(0x01 ‖ left ‖ right), the tree of nothing = H().
 * Hash i of level l is the root of entries [i·256^l, (i+1)·256^l); 256 of them are a tile (C2SP tlog-tiles). All levels are
 * kept in memory: 32.1 bytes an entry. What lies between levels is hashed again when a proof needs it.
 * M1 a hash once in a tile never changes or moves.  M2 level l has ⌊size / 256^l⌋ hashes. */
#ifndef RH_LOG_TREE_H
#define RH_LOG_TREE_H

#include "core/status.h"

#include <stdint.h>

enum { RH_TILE_WIDTH = 256, RH_TILE_LEVELS = 8, RH_PROOF_MOST = 63 };

typedef struct rh_digest {
    uint8_t byte[32];
} rh_digest;

typedef struct rh_tree rh_tree;

void rh_tree_hash_leaf(const void *entry, size_t size, rh_digest *out);
void rh_tree_hash_node(const rh_digest *left, const rh_digest *right, rh_digest *out);

/* The empty tree. */
RH_MUST_CHECK rh_status rh_tree_new(rh_tree **out, rh_err *err);
void rh_tree_free(rh_tree *tree);

/* Append a leaf hash; on average two hashes are computed. Errors: RH_MEMORY, and the tree is as before. */
RH_MUST_CHECK rh_status rh_tree_add(rh_tree *tree, const rh_digest *leaf, rh_err *err);

uint64_t rh_tree_size(const rh_tree *tree); /* entries */
/* Number of hashes of a level; hash i < that number; the hashes of one tile stand one behind the other. */
uint64_t rh_tree_level_size(const rh_tree *tree, unsigned level);
const rh_digest *rh_tree_at(const rh_tree *tree, unsigned level, uint64_t i);

/* Root of the first `size` entries, size ≤ rh_tree_size. At the present size log₂ size hashes, else up to 255 a level. */
void rh_tree_root(const rh_tree *tree, uint64_t size, rh_digest *out);

/* RFC 6962 section 2.1.1: the hashes beside the path from entry `index` to the root of the first `size`, from the leaf up.
 * Errors: RH_RANGE unless index < size ≤ rh_tree_size. */
RH_MUST_CHECK rh_status rh_tree_inclusion(const rh_tree *tree, uint64_t index, uint64_t size,
                                          rh_digest proof[RH_PROOF_MOST], unsigned *n,
                                          rh_err *err);

/* Section 2.1.2: that the first `old` entries are the beginning of the first `size`; none when old is 0 or size.
 * Errors: RH_RANGE unless old ≤ size ≤ rh_tree_size. */
RH_MUST_CHECK rh_status rh_tree_consistency(const rh_tree *tree, uint64_t old, uint64_t size,
                                            rh_digest proof[RH_PROOF_MOST], unsigned *n,
                                            rh_err *err);

/* The other side, without a tree (RFC 9162 sections 2.1.3.2 and 2.1.4.2). Errors: RH_INVARIANT, with a sentence. */
RH_MUST_CHECK rh_status rh_inclusion_verify(const rh_digest *leaf, uint64_t index,
                                            uint64_t size, const rh_digest *proof, unsigned n,
                                            const rh_digest *root, rh_err *err);
RH_MUST_CHECK rh_status rh_consistency_verify(uint64_t old, const rh_digest *old_root,
                                              uint64_t size, const rh_digest *root,
                                              const rh_digest *proof, unsigned n, rh_err *err);

#endif
