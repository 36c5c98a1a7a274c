/* The Merkle tree (log/tree.h): known roots, and every proof of every small tree against the definition of RFC 6962. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/sha256.h"
#include "log/commitment.h"
#include "log/tree.h"

enum { MOST = 130 };

/* --- the definition, with the other SHA-256 of the tree ----------------------------------------------- */

static int
nibble(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static rh_digest
of_hex(const char *hex)
{
    rh_digest d;
    for (size_t i = 0; i < 32; i++) {
        d.byte[i] = (uint8_t)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
    }
    return d;
}

static rh_digest
plain_hash(const char *mark, size_t mark_size, const void *a, size_t a_size, const void *b,
           size_t b_size)
{
    rh_sha256 sha;
    char hex[RH_SHA256_HEX];
    rh_sha256_init(&sha);
    rh_sha256_add(&sha, mark, mark_size);
    rh_sha256_add(&sha, a, a_size);
    rh_sha256_add(&sha, b, b_size);
    rh_sha256_hex(&sha, hex);
    return of_hex(hex);
}

static rh_digest
plain_node(rh_digest a, rh_digest b)
{
    return plain_hash("\x01", 1, &a, sizeof a, &b, sizeof b);
}

static unsigned
largest_power_below(unsigned n)
{
    unsigned k = 1;
    while (2 * k < n) {
        k *= 2;
    }
    return k;
}

static rh_digest
mth(const rh_digest *leaf, unsigned n)
{
    if (n == 0) {
        return plain_hash("", 0, "", 0, "", 0);
    }
    if (n == 1) {
        return leaf[0];
    }
    unsigned k = largest_power_below(n);
    return plain_node(mth(leaf, k), mth(leaf + k, n - k));
}

static unsigned
path(unsigned m, const rh_digest *leaf, unsigned n, rh_digest *out)
{
    if (n == 1) {
        return 0;
    }
    unsigned k = largest_power_below(n);
    unsigned used = m < k ? path(m, leaf, k, out) : path(m - k, leaf + k, n - k, out);
    out[used] = m < k ? mth(leaf + k, n - k) : mth(leaf, k);
    return used + 1;
}

static unsigned
subproof(unsigned m, const rh_digest *leaf, unsigned n, int whole, rh_digest *out)
{
    if (m == n) {
        out[0] = mth(leaf, n);
        return whole ? 0 : 1;
    }
    unsigned k = largest_power_below(n);
    unsigned used =
        m <= k ? subproof(m, leaf, k, whole, out) : subproof(m - k, leaf + k, n - k, 0, out);
    out[used] = m <= k ? mth(leaf + k, n - k) : mth(leaf, k);
    return used + 1;
}

static rh_tree *
grown(rh_digest leaf[], unsigned n)
{
    rh_tree *tree = NULL;
    assert_int_equal(rh_tree_new(&tree, NULL), RH_OK);
    for (unsigned i = 0; i < n; i++) {
        rh_tree_hash_leaf(&i, sizeof i, &leaf[i]);
        assert_int_equal(rh_tree_add(tree, &leaf[i], NULL), RH_OK);
    }
    return tree;
}

/* --- tests ---------------------------------------------------------------------------------------------- */

/* The eight leaves and roots that Certificate Transparency's implementations test with. */
static void
test_roots_of_certificate_transparency(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        const char *leaf;
        const char *root;
    } known[8] = {
        {0, "", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {1, "\x00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
        {1, "\x10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
        {2, "\x20\x21", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
        {2, "\x30\x31", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
        {4, "\x40\x41\x42\x43",
         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
        {8, "\x50\x51\x52\x53\x54\x55\x56\x57",
         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
        {16, "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
    };
    rh_tree *tree = NULL;
    rh_digest leaf, root, expected;
    assert_int_equal(rh_tree_new(&tree, NULL), RH_OK);
    rh_tree_root(tree, 0, &root);
    expected = of_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_memory_equal(&root, &expected, sizeof root);
    for (unsigned i = 0; i < 8; i++) {
        rh_tree_hash_leaf(known[i].leaf, known[i].size, &leaf);
        assert_int_equal(rh_tree_add(tree, &leaf, NULL), RH_OK);
        rh_tree_root(tree, i + 1, &root);
        expected = of_hex(known[i].root);
        assert_memory_equal(&root, &expected, sizeof root);
    }
    rh_tree_free(tree);
}

static void
test_every_root_is_the_definitions_now_and_later(void **state)
{
    (void)state;
    rh_digest leaf[700], root, expected;
    rh_tree *tree = grown(leaf, 0);
    for (unsigned n = 0; n < 700; n++) {
        rh_tree_hash_leaf(&n, sizeof n, &leaf[n]);
        assert_int_equal(rh_tree_add(tree, &leaf[n], NULL), RH_OK);
        expected = mth(leaf, n + 1);
        rh_tree_root(tree, n + 1, &root);
        assert_memory_equal(&root, &expected, sizeof root);
    }
    for (unsigned n = 0; n <= 700; n++) {
        expected = mth(leaf, n);
        rh_tree_root(tree, n, &root);
        assert_memory_equal(&root, &expected, sizeof root);
    }
    expected = mth(leaf + 256, 256);
    assert_int_equal(rh_tree_level_size(tree, 1), 2);
    assert_memory_equal(rh_tree_at(tree, 1, 1), &expected, sizeof expected);
    rh_tree_free(tree);
}

static void
test_every_inclusion_proof_is_the_definitions_and_verifies(void **state)
{
    (void)state;
    rh_digest leaf[MOST], proof[RH_PROOF_MOST], expected[RH_PROOF_MOST];
    rh_tree *tree = grown(leaf, MOST);
    for (unsigned size = 1; size <= MOST; size++) {
        rh_digest root = mth(leaf, size);
        for (unsigned i = 0; i < size; i++) {
            unsigned n = 0;
            assert_int_equal(rh_tree_inclusion(tree, i, size, proof, &n, NULL), RH_OK);
            assert_int_equal(n, path(i, leaf, size, expected));
            assert_memory_equal(proof, expected, n * sizeof *proof);
            assert_int_equal(rh_inclusion_verify(&leaf[i], i, size, proof, n, &root, NULL),
                             RH_OK);
            /* not for another place, size, entry, or with a hash more or less */
            proof[n] = leaf[0];
            assert_int_not_equal(
                rh_inclusion_verify(&leaf[i], i, size, proof, n + 1, &root, NULL), RH_OK);
            if (n > 0) {
                assert_int_not_equal(
                    rh_inclusion_verify(&leaf[i], i, size, proof, n - 1, &root, NULL), RH_OK);
                assert_int_not_equal(
                    rh_inclusion_verify(&leaf[i], i ^ 1, size, proof, n, &root, NULL), RH_OK);
                assert_int_not_equal(
                    rh_inclusion_verify(&leaf[(i + 1) % size], i, size, proof, n, &root, NULL),
                    RH_OK);
                proof[(i + size) % n].byte[i % 32] ^= 1;
                assert_int_not_equal(
                    rh_inclusion_verify(&leaf[i], i, size, proof, n, &root, NULL), RH_OK);
            }
        }
    }
    unsigned n;
    assert_int_equal(rh_tree_inclusion(tree, MOST, MOST, proof, &n, NULL), RH_RANGE);
    assert_int_equal(rh_tree_inclusion(tree, 0, MOST + 1, proof, &n, NULL), RH_RANGE);
    rh_tree_free(tree);
}

static void
test_every_consistency_proof_is_the_definitions_and_verifies(void **state)
{
    (void)state;
    rh_digest leaf[MOST], proof[RH_PROOF_MOST + 1], expected[RH_PROOF_MOST];
    rh_tree *tree = grown(leaf, MOST);
    for (unsigned size = 0; size <= MOST; size++) {
        rh_digest root = mth(leaf, size);
        for (unsigned old = 0; old <= size; old++) {
            rh_digest was = mth(leaf, old), other = was;
            unsigned n = 0;
            other.byte[old % 32] ^= 0x80;
            assert_int_equal(rh_tree_consistency(tree, old, size, proof, &n, NULL), RH_OK);
            assert_int_equal(
                n, old == 0 || old == size ? 0 : subproof(old, leaf, size, 1, expected));
            assert_memory_equal(proof, expected, n * sizeof *proof);
            assert_int_equal(rh_consistency_verify(old, &was, size, &root, proof, n, NULL),
                             RH_OK);
            assert_int_not_equal(
                rh_consistency_verify(old, &other, size, &root, proof, n, NULL), RH_OK);
            other = root;
            other.byte[0] ^= 1;
            assert_int_not_equal(rh_consistency_verify(old, &was, size, &other, proof, n, NULL),
                                 old > 0 ? RH_OK : RH_STATUS_COUNT);
            proof[n] = leaf[0];
            assert_int_not_equal(
                rh_consistency_verify(old, &was, size, &root, proof, n + 1, NULL), RH_OK);
            for (unsigned k = 0; k < n; k++) {
                proof[k].byte[k] ^= 4;
                assert_int_not_equal(
                    rh_consistency_verify(old, &was, size, &root, proof, n, NULL), RH_OK);
                proof[k].byte[k] ^= 4;
            }
        }
    }
    unsigned n;
    assert_int_equal(rh_tree_consistency(tree, 2, 1, proof, &n, NULL), RH_RANGE);
    assert_int_equal(rh_tree_consistency(tree, 2, MOST + 1, proof, &n, NULL), RH_RANGE);
    rh_tree_free(tree);
}

static void
test_proofs_reach_over_several_levels_of_tiles(void **state)
{
    (void)state;
    enum { BIG = 70000 };
    rh_digest *leaf = malloc(BIG * sizeof *leaf), proof[RH_PROOF_MOST], expected[RH_PROOF_MOST];
    rh_tree *tree = grown(leaf, BIG);
    assert_int_equal(rh_tree_level_size(tree, 0), 70000);
    assert_int_equal(rh_tree_level_size(tree, 1), 273);
    assert_int_equal(rh_tree_level_size(tree, 2), 1);
    assert_int_equal(rh_tree_level_size(tree, 3), 0);
    rh_digest root = mth(leaf, BIG);
    static const unsigned place[] = {0, 255, 256, 65535, 65536, 69887, 69888, 69999};
    for (size_t i = 0; i < sizeof place / sizeof *place; i++) {
        unsigned n = 0, at = place[i];
        assert_int_equal(rh_tree_inclusion(tree, at, BIG, proof, &n, NULL), RH_OK);
        assert_int_equal(n, path(at, leaf, BIG, expected));
        assert_memory_equal(proof, expected, n * sizeof *proof);
        assert_int_equal(rh_inclusion_verify(&leaf[at], at, BIG, proof, n, &root, NULL), RH_OK);
        rh_digest was = mth(leaf, at + 1);
        assert_int_equal(rh_tree_consistency(tree, at + 1, BIG, proof, &n, NULL), RH_OK);
        assert_int_equal(rh_consistency_verify(at + 1, &was, BIG, &root, proof, n, NULL),
                         RH_OK);
    }
    free(leaf);
    rh_tree_free(tree);
}

static void
test_memory_that_runs_out_leaves_the_tree_as_it_was(void **state)
{
    (void)state;
    rh_digest leaf[256], root, expected;
    rh_tree *tree = grown(leaf, 255);
    rh_err err = {0};
    rh_mem_fail_after(1); /* entry 255 needs the first tile of level 1 */
    rh_tree_hash_leaf("x", 1, &leaf[255]);
    assert_int_equal(rh_tree_add(tree, &leaf[255], &err), RH_MEMORY);
    rh_mem_fail_after(0);
    assert_int_equal(rh_tree_size(tree), 255);
    expected = mth(leaf, 255);
    rh_tree_root(tree, 255, &root);
    assert_memory_equal(&root, &expected, sizeof root);
    assert_int_equal(rh_tree_add(tree, &leaf[255], &err), RH_OK);
    expected = mth(leaf, 256);
    rh_tree_root(tree, 256, &root);
    assert_memory_equal(&root, &expected, sizeof root);
    rh_tree_free(tree);
}

static void
test_a_commitment_depends_on_salt_and_bytes_alone(void **state)
{
    (void)state;
    uint8_t salt[32] = {7}, other[32] = {8};
    char head[60];
    rh_digest a, b;
    memcpy(head, "ronghe-lease commitment v1\n", 27);
    memcpy(head + 27, salt, 32);
    rh_digest expected = plain_hash("", 0, head, 59, "张三", 6);
    rh_commit(salt, "张三", 6, &a);
    assert_memory_equal(&a, &expected, sizeof a);
    rh_commit(other, "张三", 6, &b);
    assert_memory_not_equal(&a, &b, sizeof a);
    rh_commit(salt, "张三", 5, &b);
    assert_memory_not_equal(&a, &b, sizeof a);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roots_of_certificate_transparency),
        cmocka_unit_test(test_every_root_is_the_definitions_now_and_later),
        cmocka_unit_test(test_every_inclusion_proof_is_the_definitions_and_verifies),
        cmocka_unit_test(test_every_consistency_proof_is_the_definitions_and_verifies),
        cmocka_unit_test(test_proofs_reach_over_several_levels_of_tiles),
        cmocka_unit_test(test_memory_that_runs_out_leaves_the_tree_as_it_was),
        cmocka_unit_test(test_a_commitment_depends_on_salt_and_bytes_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
