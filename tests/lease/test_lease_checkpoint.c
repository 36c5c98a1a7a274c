/* Keys, checkpoints and signatures (log/signer.h, log/checkpoint.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log/checkpoint.h"

static rh_signer
key(const char *name, uint8_t type, uint8_t seed)
{
    uint8_t bytes[32];
    rh_signer s;
    memset(bytes, seed, sizeof bytes);
    assert_int_equal(rh_signer_of_seed(name, type, bytes, &s, NULL), RH_OK);
    return s;
}

/* A checkpoint signed by log.example/1 and by witnesses w1 and w2 of three. */
static rh_note
signed_note(void)
{
    rh_digest root;
    rh_note note;
    memset(&root, 0x5a, sizeof root);
    rh_signer log = key("log.example/1", RH_KEY_NOTE, 1), w1 = key("w1", RH_KEY_WITNESS, 2),
              w2 = key("w2", RH_KEY_WITNESS, 3);
    assert_int_equal(rh_note_begin("log.example/1", 70000, &root, &note, NULL), RH_OK);
    assert_int_equal(rh_note_sign(&note, &log, 0, NULL), RH_OK);
    assert_int_equal(rh_note_sign(&note, &w1, 1767225600, NULL), RH_OK);
    assert_int_equal(rh_note_sign(&note, &w2, 1767225601, NULL), RH_OK);
    return note;
}

/* RFC 8032 section 7.1, test 1, as a key of a note; and the published key of Go's checksum database, whose id is known. */
static void
test_known_keys(void **state)
{
    (void)state;
    static const uint8_t seed[32] = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60,
                                     0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
                                     0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19,
                                     0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
    static const uint8_t its_key[32] = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7,
                                        0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
                                        0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25,
                                        0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};
    rh_signer s;
    rh_verifier v;
    char text[RH_KEY_TEXT];
    assert_int_equal(rh_signer_of_seed("a", RH_KEY_NOTE, seed, &s, NULL), RH_OK);
    assert_memory_equal(s.is.key, its_key, 32);
    const char *go = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
    assert_int_equal(rh_verifier_parse(go, &v, NULL), RH_OK);
    rh_verifier_text(&v, text);
    assert_string_equal(text, go);
}

static void
test_damaged_keys_are_refused(void **state)
{
    (void)state;
    char text[RH_KEY_TEXT], bad[RH_KEY_TEXT];
    rh_signer s = key("county.example/log", RH_KEY_NOTE, 9);
    rh_verifier v;
    rh_verifier_text(&s.is, text);
    for (size_t i = 0; i < strlen(text); i++) {
        memcpy(bad, text, sizeof bad);
        bad[i] = (char)(bad[i] ^ 1);
        assert_int_not_equal(rh_verifier_parse(bad, &v, NULL), RH_OK);
        memcpy(bad, text, sizeof bad);
        bad[i] = '\0';
        assert_int_not_equal(rh_verifier_parse(bad, &v, NULL), RH_OK);
    }
    static const char *const name[] = {
        "", "two words", "a+b", "tab\there", "全角\u3000空格", "no\u00a0break", "\xff"};
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        assert_int_not_equal(rh_signer_new(name[i], RH_KEY_NOTE, &s, NULL), RH_OK);
    }
    assert_int_equal(rh_signer_new("县农业农村局", RH_KEY_WITNESS, &s, NULL), RH_OK);
}

static void
test_a_private_key_is_a_file_for_its_owner_only(void **state)
{
    (void)state;
    char folder[] = "/tmp/ronghe-key-XXXXXX", path[64];
    rh_err err = {0};
    struct stat about;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/key", folder);
    rh_signer s, back;
    assert_int_equal(rh_signer_new("log.example", RH_KEY_NOTE, &s, NULL), RH_OK);
    assert_int_equal(rh_signer_write(&s, path, NULL), RH_OK);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(rh_signer_read(path, &back, NULL), RH_OK);
    assert_memory_equal(&back, &s, sizeof s);
    assert_int_equal(rh_signer_write(&s, path, &err), RH_IO); /* never over another key */
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(rh_signer_read(path, &back, NULL), RH_INPUT);
    assert_int_equal(chmod(path, 0600), 0);
    FILE *f = fopen(path, "r+");
    assert_int_equal(fseek(f, 30, SEEK_SET), 0);
    fputc('!', f);
    fclose(f);
    assert_int_equal(rh_signer_read(path, &back, NULL), RH_INPUT);
    unlink(path);
    rmdir(folder);
}

static void
test_a_signed_checkpoint_reads_back(void **state)
{
    (void)state;
    rh_note note = signed_note();
    rh_checkpoint c;
    assert_int_equal(rh_checkpoint_parse(note.text, note.size, &c, NULL), RH_OK);
    assert_string_equal(c.origin, "log.example/1");
    assert_int_equal(c.size, 70000);
    assert_int_equal(c.root.byte[31], 0x5a);
    assert_int_equal(c.n, 3);
    uint64_t time = 0;
    rh_signer w2 = key("w2", RH_KEY_WITNESS, 3), unknown = key("w2", RH_KEY_WITNESS, 4);
    assert_int_equal(rh_checkpoint_verify(&c, &w2.is, &time, NULL), RH_OK);
    assert_int_equal(time, 1767225601);
    assert_int_equal(rh_checkpoint_verify(&c, &unknown.is, &time, NULL), RH_MISSING);
}

static void
test_every_changed_byte_of_a_checkpoint_is_found(void **state)
{
    (void)state;
    rh_note note = signed_note();
    rh_verifier log = key("log.example/1", RH_KEY_NOTE, 1).is,
                w[2] = {key("w1", RH_KEY_WITNESS, 2).is, key("w2", RH_KEY_WITNESS, 3).is};
    rh_checkpoint c;
    assert_int_equal(rh_checkpoint_parse(note.text, note.size, &c, NULL), RH_OK);
    assert_int_equal(rh_checkpoint_trust(&c, &log, w, 2, 2, NULL), RH_OK);
    for (size_t i = 0; i < note.size; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            rh_err err = {0};
            char kept = note.text[i];
            note.text[i] = (char)(kept ^ (1 << bit));
            bool ok = rh_checkpoint_parse(note.text, note.size, &c, &err) == RH_OK &&
                      rh_checkpoint_trust(&c, &log, w, 2, 2, &err) == RH_OK;
            assert_false(ok);
            assert_int_not_equal(err.text[0], '\0');
            note.text[i] = kept;
        }
        bool ok = rh_checkpoint_parse(note.text, i, &c, NULL) == RH_OK &&
                  rh_checkpoint_trust(&c, &log, w, 2, 2, NULL) == RH_OK;
        assert_false(ok); /* cut off */
    }
}

static void
test_a_quorum_counts_different_witnesses(void **state)
{
    (void)state;
    rh_note note = signed_note();
    rh_checkpoint c;
    rh_verifier log = key("log.example/1", RH_KEY_NOTE, 1).is,
                w1 = key("w1", RH_KEY_WITNESS, 2).is, w2 = key("w2", RH_KEY_WITNESS, 3).is,
                w3 = key("w3", RH_KEY_WITNESS, 4).is;
    rh_verifier three[3] = {w3, w1, w2}, one_and_none[2] = {w1, w3}, twice[2] = {w1, w1};
    assert_int_equal(rh_checkpoint_parse(note.text, note.size, &c, NULL), RH_OK);
    assert_int_equal(rh_checkpoint_trust(&c, &log, three, 3, 2, NULL), RH_OK);
    assert_int_equal(rh_checkpoint_trust(&c, &log, three, 3, 3, NULL), RH_MISSING);
    assert_int_equal(rh_checkpoint_trust(&c, &log, one_and_none, 2, 2, NULL), RH_MISSING);
    assert_int_equal(rh_checkpoint_trust(&c, &log, twice, 2, 2, NULL), RH_MISSING);
    assert_int_equal(rh_checkpoint_trust(&c, &w1, three, 3, 2, NULL), RH_INVARIANT);
    c.signature[1].bytes[20] ^=
        1; /* of w1: a wrong signature of a known key spoils the note, quorum or not */
    assert_int_equal(rh_checkpoint_trust(&c, &log, three, 3, 1, NULL), RH_INVARIANT);
}

static void
test_a_note_takes_only_right_cosignatures(void **state)
{
    (void)state;
    rh_note note = signed_note(), lines, other = note;
    rh_checkpoint c;
    rh_signer w3 = key("w3", RH_KEY_WITNESS, 4), w4 = key("w4", RH_KEY_WITNESS, 5);
    assert_int_equal(rh_checkpoint_parse(other.text, other.size, &c, NULL), RH_OK);
    assert_int_equal(rh_cosignature(&c, &w3, 1767225700, &lines, NULL), RH_OK);
    size_t before = note.size;
    assert_int_equal(rh_note_take(&note, lines.text, lines.size, &w4.is, NULL), RH_MISSING);
    assert_int_equal(note.size, before);
    assert_int_equal(rh_note_take(&note, lines.text, lines.size, &w3.is, NULL), RH_OK);
    assert_int_equal(note.size, before + lines.size);
    assert_int_equal(rh_checkpoint_parse(note.text, note.size, &c, NULL), RH_OK);
    assert_int_equal(rh_checkpoint_verify(&c, &w3.is, NULL, NULL), RH_OK);
    lines.text[lines.size - 10] ^= 2;
    assert_int_not_equal(rh_note_take(&note, lines.text, lines.size, &w3.is, NULL), RH_OK);
    assert_int_equal(note.size, before + lines.size);
}

/* The form with R and S replaced by a root and a signature line. */
static size_t
spelled(const char *form, char out[400])
{
    out[0] = '\0';
    for (; *form != '\0'; form++) {
        char one[2] = {*form, '\0'};
        strcat(out, *form == 'R'   ? "WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo="
                    : *form == 'S' ? "\u2014 a AAAAAAA=\n"
                                   : one);
    }
    return strlen(out);
}

static void
test_loose_forms_are_refused(void **state)
{
    (void)state;
    static const char *const form[] = {
        "a\n07\nR\n\nS",
        "a\n+7\nR\n\nS",
        "a\n\nR\n\nS",
        "a\n7 \nR\n\nS",
        "\n7\nR\n\nS",
        "a b\n7\nR\n\nS",
        "a\r\n7\nR\n\nS",
        "a\n7\nR=\n\nS",
        "a\n7\nR\nS",
        "a\n7\nR\n\n\nS",
        "a\n7\nR\n\nS\n",
        "a\n7\nR\n\nx S",
        "a\n7\n R\n\nS",
        "a\n7\n\nRS",
        "a\n9223372036854775808\nR\n\nS",
        "a\n7\nR\n\n",
        "a\n7\nWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlp=\n\nS", /* spare bits */
    };
    char text[400];
    rh_checkpoint c;
    assert_int_equal(
        rh_checkpoint_parse(text, spelled("a\n7\nR\nan extension\n\nS", text), &c, NULL),
        RH_OK);
    assert_int_equal(c.size, 7);
    for (size_t i = 0; i < sizeof form / sizeof *form; i++) {
        rh_err err = {0};
        assert_int_equal(rh_checkpoint_parse(text, spelled(form[i], text), &c, &err), RH_INPUT);
        assert_int_not_equal(err.text[0], '\0');
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_keys),
        cmocka_unit_test(test_damaged_keys_are_refused),
        cmocka_unit_test(test_a_private_key_is_a_file_for_its_owner_only),
        cmocka_unit_test(test_a_signed_checkpoint_reads_back),
        cmocka_unit_test(test_every_changed_byte_of_a_checkpoint_is_found),
        cmocka_unit_test(test_a_quorum_counts_different_witnesses),
        cmocka_unit_test(test_a_note_takes_only_right_cosignatures),
        cmocka_unit_test(test_loose_forms_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
