/* SHA-256 against the examples of FIPS 180-4 (NIST, csrc.nist.gov, "Examples with intermediate
 * values"). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "core/sha256.h"

static void
expect(const char *text, size_t repeat, const char *hex)
{
    char got[RH_SHA256_HEX];
    rh_sha256 sha;
    rh_sha256_init(&sha);
    for (size_t i = 0; i < repeat; i++) {
        rh_sha256_add(&sha, text, strlen(text));
    }
    rh_sha256_hex(&sha, got);
    assert_string_equal(got, hex);
}

static void
test_published_examples_come_out(void **state)
{
    (void)state;
    expect("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
           "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    expect("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklm"
           "nopqrlmnopqrs"
           "mnopqrstnopqrstu",
           1, "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    expect("aaaaaaaaaa", 100000,
           "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void
test_pieces_of_any_size_give_the_same(void **state)
{
    (void)state;
    char text[300], whole[RH_SHA256_HEX], pieces[RH_SHA256_HEX];
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)(i * 7);
    }
    rh_sha256 sha;
    for (size_t size = 0; size <= sizeof text; size++) {
        rh_sha256_init(&sha);
        rh_sha256_add(&sha, text, size);
        rh_sha256_hex(&sha, whole);
        rh_sha256_init(&sha);
        for (size_t at = 0, step = 1; at < size; at += step, step = 1 + step * 3 % 70) {
            rh_sha256_add(&sha, text + at, step < size - at ? step : size - at);
        }
        rh_sha256_hex(&sha, pieces);
        assert_string_equal(whole, pieces);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_examples_come_out),
        cmocka_unit_test(test_pieces_of_any_size_give_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
