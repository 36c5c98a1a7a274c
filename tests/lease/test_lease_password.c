/* Passwords and codes (http/password.h, totp.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "http/password.h"
#include "http/totp.h"

static const rh_hasher_options quick = {.passes = 1, .memory = 8192 * 16, .at_once = 2};

static rh_hasher *
hasher(void)
{
    rh_hasher *h = NULL;
    rh_err err = {0};
    assert_int_equal(rh_hasher_new(&quick, &h, &err), RH_OK);
    return h;
}

static void
test_a_password_verifies_against_its_hash_only(void **state)
{
    (void)state;
    rh_hasher *h = hasher();
    char hash[RH_PASSWORD_HASH], other[RH_PASSWORD_HASH];
    rh_err err = {0};
    assert_int_equal(rh_password_hash(h, "青山绿水 the house", hash, &err), RH_OK);
    assert_int_equal(rh_password_hash(h, "青山绿水 the house", other, &err), RH_OK);
    assert_int_equal(strncmp(hash, "$argon2id$v=19$m=128,t=1,p=1$", 29), 0);
    assert_string_not_equal(hash, other); /* a salt of its own */
    assert_true(rh_password_verify(h, hash, "青山绿水 the house"));
    assert_false(rh_password_verify(h, hash, "青山绿水 the housf"));
    assert_false(rh_password_verify(h, hash, ""));
    assert_false(rh_password_verify(h, NULL, "青山绿水 the house"));
    assert_false(rh_password_verify(h, "no hash", "青山绿水 the house"));
    assert_false(rh_password_stale(h, hash));
    rh_hasher *stronger = NULL;
    const rh_hasher_options more = {.passes = 2, .memory = 8192 * 16};
    assert_int_equal(rh_hasher_new(&more, &stronger, &err), RH_OK);
    assert_true(rh_password_stale(stronger, hash));
    assert_true(rh_password_verify(stronger, hash, "青山绿水 the house"));
    rh_hasher_free(stronger);
    rh_hasher_free(h);
}

static void *
verify_often(void *context)
{
    for (int i = 0; i < 20; i++) {
        (void)rh_password_verify(context, NULL, "x");
    }
    return NULL;
}

static void
test_more_threads_than_places_all_get_their_turn(void **state)
{
    (void)state;
    rh_hasher *h = hasher();
    pthread_t thread[6];
    for (int i = 0; i < 6; i++) {
        pthread_create(&thread[i], NULL, verify_often, h);
    }
    for (int i = 0; i < 6; i++) {
        pthread_join(thread[i], NULL);
    }
    rh_hasher_free(h);
}

static void
test_weak_passwords_are_refused(void **state)
{
    (void)state;
    char longest[RH_PASSWORD_MOST + 2];
    for (size_t i = 0; i < sizeof longest; i++) {
        longest[i] = (char)('a' + (i * i + i / 7) % 26);
    }
    longest[RH_PASSWORD_MOST + 1] = '\0';
    assert_int_equal(rh_password_check(longest, ""), RH_PROBLEM_PASSWORD_LONG);
    longest[RH_PASSWORD_MOST] = '\0';
    assert_int_equal(rh_password_check(longest, ""), RH_PROBLEM_NONE);
    static const struct {
        const char *password;
        rh_problem problem;
    } cases[] = {
        {"", RH_PROBLEM_PASSWORD_SHORT},
        {"ab3$fgh7k", RH_PROBLEM_PASSWORD_SHORT},
        {"ab3$fgh7kl", RH_PROBLEM_NONE},
        {"村里的老房子很安静", RH_PROBLEM_PASSWORD_SHORT}, /* nine characters, 27 bytes */
        {"村里的老房子很安静呢", RH_PROBLEM_NONE},
        {"my-WangWei-1985", RH_PROBLEM_PASSWORD_LOGIN},
        {"Password123", RH_PROBLEM_PASSWORD_COMMON},
        {"woaini1314", RH_PROBLEM_PASSWORD_COMMON},
        {"1234567890", RH_PROBLEM_PASSWORD_COMMON},
        {"23456789:;<", RH_PROBLEM_PASSWORD_COMMON},
        {"lkjihgfedcb", RH_PROBLEM_PASSWORD_COMMON},
        {"aaaaaaaaaaaa", RH_PROBLEM_PASSWORD_COMMON},
        {"abcabcabcabc", RH_PROBLEM_PASSWORD_COMMON},
        {"19851985198519", RH_PROBLEM_PASSWORD_COMMON},
        {"13812345670", RH_PROBLEM_PASSWORD_COMMON},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", RH_PROBLEM_NOT_UTF8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rh_problem problem = rh_password_check(cases[i].password, "wangwei");
        if (problem != cases[i].problem) {
            fail_msg("%s: %s", cases[i].password, rh_problem_text(problem, RH_ENGLISH));
        }
    }
}

/* RFC 4226, appendix D, and RFC 6238, appendix B (last six digits of the SHA-1 column). */
static const char seed[] = "12345678901234567890";

static void
test_codes_are_those_of_the_rfcs(void **state)
{
    (void)state;
    static const char *const hotp[] = {"755224", "287082", "359152", "969429", "338314",
                                       "254676", "287922", "162583", "399871", "520489"};
    char code[7];
    for (int i = 0; i < 10; i++) {
        assert_true(rh_totp_code((const uint8_t *)seed, 20, i, code));
        assert_string_equal(code, hotp[i]);
    }
    static const struct {
        int64_t seconds;
        const char *code;
    } totp[] = {
        {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
        {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
    };
    for (size_t i = 0; i < sizeof totp / sizeof totp[0]; i++) {
        int64_t step = 0;
        assert_true(rh_totp_check((const uint8_t *)seed, totp[i].seconds * 1000, 0,
                                  totp[i].code, &step));
        assert_int_equal(step, totp[i].seconds / 30);
    }
}

static void
test_a_code_is_good_once_and_for_one_step_around_the_present(void **state)
{
    (void)state;
    const uint8_t *secret = (const uint8_t *)seed;
    const int64_t now = 1111111111000; /* step 37037037 */
    const int64_t present = now / 30000;
    for (int64_t d = -3; d <= 3; d++) {
        char code[7];
        int64_t step = -7;
        assert_true(rh_totp_code(secret, 20, present + d, code));
        bool good = rh_totp_check(secret, now, 0, code, &step);
        assert_int_equal(good, d >= -1 && d <= 1);
        assert_int_equal(step, good ? present + d : -7);
        if (good) { /* replayed, at any time of its life, it is refused */
            assert_false(rh_totp_check(secret, now, step, code, &step));
            assert_false(rh_totp_check(secret, now + 29000, step, code, &step));
        }
    }
    char before[7];
    int64_t step;
    assert_true(rh_totp_code(secret, 20, present - 1, before));
    assert_false(
        rh_totp_check(secret, now, present, before, &step)); /* older than the last used */
    assert_false(rh_totp_check(secret, now, 0, "05047", &step));
    assert_false(rh_totp_check(secret, now, 0, "0504711", &step));
    assert_false(rh_totp_check(secret, now, 0, "05047a", &step));
    assert_false(rh_totp_check(secret, now, 0, "", &step));
}

static void
test_the_app_is_given_the_secret_in_its_own_spelling(void **state)
{
    (void)state;
    char uri[400], base32[RH_TOTP_BASE32];
    rh_err err = {0};
    /* RFC 4648 base32 of the seed, as every authenticator's documentation gives it */
    assert_int_equal(rh_totp_base32((const uint8_t *)seed, base32, &err), RH_OK);
    assert_string_equal(base32, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_int_equal(
        rh_totp_uri((const uint8_t *)seed, "融合", "wang wei:1", uri, sizeof uri, &err), RH_OK);
    assert_string_equal(uri, "otpauth://totp/%E8%9E%8D%E5%90%88:wang%20wei%3A1?secret="
                             "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E8%9E%8D%E5%90%88");
    assert_int_equal(rh_totp_uri((const uint8_t *)seed, "融合", "a", uri, 40, &err), RH_RANGE);
    uint8_t one[RH_TOTP_SECRET], two[RH_TOTP_SECRET];
    rh_totp_new(one);
    rh_totp_new(two);
    assert_memory_not_equal(one, two, RH_TOTP_SECRET);
}

static void
test_recovery_codes_are_found_however_they_are_typed(void **state)
{
    (void)state;
    char text[RH_RECOVERY_CODES][RH_RECOVERY_TEXT];
    uint8_t hash[RH_RECOVERY_CODES][RH_RECOVERY_HASH];
    rh_recovery_new(text, hash);
    for (int i = 0; i < RH_RECOVERY_CODES; i++) {
        assert_int_equal(strlen(text[i]), 19);
        assert_int_equal(rh_recovery_find(text[i], (const uint8_t(*)[RH_RECOVERY_HASH])hash,
                                          RH_RECOVERY_CODES),
                         i);
        for (int k = 0; k < i; k++) {
            assert_string_not_equal(text[i], text[k]);
        }
    }
    char typed[40];
    int n = 0;
    for (const char *c = text[4]; *c != '\0'; c++) {
        if (*c != '-') {
            typed[n++] = (char)(*c >= 'A' ? *c | 0x20 : *c);
            typed[n++] = ' ';
        }
    }
    typed[n] = '\0';
    assert_int_equal(
        rh_recovery_find(typed, (const uint8_t(*)[RH_RECOVERY_HASH])hash, RH_RECOVERY_CODES),
        4);
    memset(hash[4], 0, sizeof hash[4]); /* used up */
    assert_int_equal(
        rh_recovery_find(typed, (const uint8_t(*)[RH_RECOVERY_HASH])hash, RH_RECOVERY_CODES),
        -1);
    assert_int_equal(
        rh_recovery_find("", (const uint8_t(*)[RH_RECOVERY_HASH])hash, RH_RECOVERY_CODES), -1);
    assert_int_equal(rh_recovery_find("ABCD-EFGH-JKLM-NPQ0",
                                      (const uint8_t(*)[RH_RECOVERY_HASH])hash,
                                      RH_RECOVERY_CODES),
                     -1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_password_verifies_against_its_hash_only),
        cmocka_unit_test(test_more_threads_than_places_all_get_their_turn),
        cmocka_unit_test(test_weak_passwords_are_refused),
        cmocka_unit_test(test_codes_are_those_of_the_rfcs),
        cmocka_unit_test(test_a_code_is_good_once_and_for_one_step_around_the_present),
        cmocka_unit_test(test_the_app_is_given_the_secret_in_its_own_spelling),
        cmocka_unit_test(test_recovery_codes_are_found_however_they_are_typed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
