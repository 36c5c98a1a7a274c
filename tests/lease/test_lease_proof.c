/* Receipts (log/proof.h): small enough, self-contained, and no byte can change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "log/proof.h"

static rh_signer
key(const char *name, uint8_t type, uint8_t seed)
{
    uint8_t bytes[32];
    rh_signer s;
    memset(bytes, seed, sizeof bytes);
    assert_int_equal(rh_signer_of_seed(name, type, bytes, &s, NULL), RH_OK);
    return s;
}

static size_t
entry(unsigned i, char out[64])
{
    return (size_t)snprintf(out, 64, "{\"seq\":%u,\"地块\":\"甲\"}", i + 1);
}

static rh_tree *
grown(unsigned n)
{
    rh_tree *tree = NULL;
    rh_digest leaf;
    char text[64];
    assert_int_equal(rh_tree_new(&tree, NULL), RH_OK);
    for (unsigned i = 0; i < n; i++) {
        rh_tree_hash_leaf(text, entry(i, text), &leaf);
        assert_int_equal(rh_tree_add(tree, &leaf, NULL), RH_OK);
    }
    return tree;
}

/* Signed by the log and three witnesses. */
static rh_note
note_of(const rh_tree *tree, uint64_t size)
{
    rh_digest root;
    rh_note note;
    rh_tree_root(tree, size, &root);
    rh_signer log = key("county.example/ronghe", RH_KEY_NOTE, 1);
    assert_int_equal(rh_note_begin("county.example/ronghe", size, &root, &note, NULL), RH_OK);
    assert_int_equal(rh_note_sign(&note, &log, 0, NULL), RH_OK);
    for (uint8_t w = 1; w <= 3; w++) {
        char name[40];
        snprintf(name, sizeof name, "witness%u.example", w);
        rh_signer s = key(name, RH_KEY_WITNESS, (uint8_t)(w + 1));
        assert_int_equal(rh_note_sign(&note, &s, 1767225600, NULL), RH_OK);
    }
    return note;
}

static bool
holds(const char *text, size_t size, const void *bytes, size_t n, unsigned need)
{
    rh_receipt r;
    rh_verifier log = key("county.example/ronghe", RH_KEY_NOTE, 1).is,
                w[3] = {key("witness1.example", RH_KEY_WITNESS, 2).is,
                        key("witness2.example", RH_KEY_WITNESS, 3).is,
                        key("witness3.example", RH_KEY_WITNESS, 4).is};
    rh_err err = {0};
    bool ok = rh_receipt_parse(text, size, &r, &err) == RH_OK &&
              rh_receipt_verify(&r, bytes, n, &log, w, 3, need, &err) == RH_OK;
    assert_true(ok == (err.text[0] == '\0'));
    return ok;
}

static void
test_a_receipt_of_a_million_entries_is_below_2_kb(void **state)
{
    (void)state;
    enum { MILLION = 1000000 };
    rh_tree *tree = grown(MILLION);
    rh_note note = note_of(tree, MILLION);
    char *text, bytes[64];
    size_t size;
    assert_int_equal(
        rh_receipt_write(tree, 123456, note.text, note.size, NULL, 0, &text, &size, NULL),
        RH_OK);
    assert_true(size < 2048);
    assert_int_equal(strlen(text), size);
    assert_true(holds(text, size, bytes, entry(123456, bytes), 2));
    assert_false(holds(text, size, bytes, entry(123457, bytes), 2));
    rh_free(text);
    rh_tree_free(tree);
}

static void
test_every_changed_byte_is_found_and_the_entry_comes_along(void **state)
{
    (void)state;
    rh_tree *tree = grown(300);
    rh_note note = note_of(tree, 259); /* an older checkpoint than the tree */
    char *text, bytes[64];
    size_t size, n = entry(257, bytes), back_size;
    assert_int_equal(
        rh_receipt_write(tree, 257, note.text, note.size, bytes, n, &text, &size, NULL), RH_OK);
    assert_true(holds(text, size, bytes, n, 3));
    rh_receipt r;
    uint8_t *back;
    assert_int_equal(rh_receipt_parse(text, size, &r, NULL), RH_OK);
    assert_int_equal(rh_receipt_extra(&r, &back, &back_size, NULL), RH_OK);
    assert_int_equal(back_size, n);
    assert_memory_equal(back, bytes, n);
    rh_free(back);
    for (size_t i = 0; i < size; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            text[i] = (char)(text[i] ^ (1 << bit));
            bool ok = rh_receipt_parse(text, size, &r, NULL) == RH_OK;
            if (ok) { /* whoever has the receipt alone takes the entry from it */
                ok = rh_receipt_extra(&r, &back, &back_size, NULL) == RH_OK;
                if (ok) {
                    ok = holds(text, size, back, back_size, 3);
                    rh_free(back);
                }
            }
            assert_false(ok);
            text[i] = (char)(text[i] ^ (1 << bit));
        }
        assert_false(holds(text, i, bytes, n, 3)); /* cut off */
    }
    rh_free(text);
    rh_tree_free(tree);
}

static void
test_no_receipt_for_what_is_not_in_the_checkpoint(void **state)
{
    (void)state;
    rh_tree *tree = grown(20), *other = grown(9);
    rh_note note = note_of(tree, 10), foreign;
    rh_digest leaf = {{0}};
    char *text;
    size_t size;
    assert_int_equal(
        rh_receipt_write(tree, 10, note.text, note.size, NULL, 0, &text, &size, NULL),
        RH_RANGE);
    assert_int_equal(rh_tree_add(other, &leaf, NULL), RH_OK);
    foreign = note_of(other, 10);
    assert_int_equal(
        rh_receipt_write(tree, 3, foreign.text, foreign.size, NULL, 0, &text, &size, NULL),
        RH_INVARIANT);
    rh_tree_free(tree);
    rh_tree_free(other);
}

static void
test_a_log_of_one_entry_has_a_receipt_without_hashes(void **state)
{
    (void)state;
    rh_tree *tree = grown(1);
    rh_note note = note_of(tree, 1);
    char *text, bytes[64];
    size_t size;
    assert_int_equal(
        rh_receipt_write(tree, 0, note.text, note.size, NULL, 0, &text, &size, NULL), RH_OK);
    assert_true(holds(text, size, bytes, entry(0, bytes), 3));
    assert_true(strncmp(text, "c2sp.org/tlog-proof@v1\nindex 0\n\ncounty.example/ronghe\n1\n",
                        55) == 0);
    rh_free(text);
    rh_tree_free(tree);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_receipt_of_a_million_entries_is_below_2_kb),
        cmocka_unit_test(test_every_changed_byte_is_found_and_the_entry_comes_along),
        cmocka_unit_test(test_no_receipt_for_what_is_not_in_the_checkpoint),
        cmocka_unit_test(test_a_log_of_one_entry_has_a_receipt_without_hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
