/* Sessions and CSRF tokens (http/session.h), with simulated time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "http/session.h"

static const rh_device phone = {"phone-token", "Browser/1"};

static rh_sessions *
sessions(size_t most, size_t each)
{
    rh_sessions_options o = {.most = most, .each = each, .idle_ms = 1000, .whole_ms = 10000};
    rh_sessions *s = NULL;
    rh_err err = {0};
    assert_int_equal(rh_sessions_new(&o, &s, &err), RH_OK);
    return s;
}

static bool
is_in(rh_sessions *s, int64_t now, const char *token)
{
    rh_session found;
    return rh_sessions_find(s, now, token, &phone, &found);
}

static void
test_a_session_is_found_by_its_token(void **state)
{
    (void)state;
    rh_sessions *s = sessions(100, 8);
    char one[RH_TOKEN], two[RH_TOKEN];
    rh_session found;
    rh_sessions_start(s, 5, &phone, 7, 0x30, one);
    rh_sessions_start(s, 6, &phone, 8, 1, two);
    assert_true(rh_token_is(one, strlen(one)));
    assert_string_not_equal(one, two);
    assert_true(rh_sessions_find(s, 10, one, &phone, &found));
    assert_int_equal(found.account, 7);
    assert_int_equal(found.roles, 0x30);
    assert_int_equal(found.began_ms, 5);
    one[0] = one[0] == 'A' ? 'B' : 'A';
    assert_false(is_in(s, 10, one));
    assert_false(is_in(s, 10, ""));
    rh_sessions_free(s);
}

static void
test_it_ends_when_idle_and_when_it_is_old(void **state)
{
    (void)state;
    rh_sessions *s = sessions(100, 8);
    char token[RH_TOKEN];
    rh_sessions_start(s, 0, &phone, 7, 1, token);
    assert_true(is_in(s, 999, token));
    assert_false(is_in(s, 1999, token)); /* idle exactly 1000 ms */
    assert_false(is_in(s, 999, token));  /* and no call brings it back */
    rh_sessions_start(s, 0, &phone, 7, 1, token);
    for (int64_t t = 500; t < 10000; t += 500) {
        assert_true(is_in(s, t, token));
    }
    assert_false(is_in(s, 10000, token));
    rh_sessions_free(s);
}

static void
test_a_token_on_another_device_ends_the_session(void **state)
{
    (void)state;
    static const rh_device others[] = {{"other-token", "Browser/1"},
                                       {"phone-token", "Browser/2"},
                                       {"", "Browser/1"},
                                       {"phone-token", NULL}};
    for (size_t i = 0; i < 4; i++) {
        rh_sessions *s = sessions(100, 8);
        char token[RH_TOKEN];
        rh_session found;
        rh_sessions_start(s, 0, &phone, 7, 1, token);
        assert_true(is_in(s, 1, token));
        assert_false(rh_sessions_find(s, 2, token, &others[i], &found));
        assert_false(is_in(s, 3, token));
        assert_int_equal(rh_sessions_count(s), 0);
        rh_sessions_free(s);
    }
}

static void
test_rotation_gives_a_new_token_and_ends_the_old_one(void **state)
{
    (void)state;
    rh_sessions *s = sessions(100, 8);
    char old[RH_TOKEN], next[RH_TOKEN];
    rh_session found;
    rh_sessions_start(s, 0, &phone, 7, 1, old);
    assert_true(rh_sessions_rotate(s, 900, old, &phone, 3, next));
    assert_string_not_equal(old, next);
    assert_false(is_in(s, 901, old));
    assert_true(rh_sessions_find(s, 901, next, &phone, &found));
    assert_int_equal(found.roles, 3);
    assert_int_equal(found.account, 7);
    assert_int_equal(found.began_ms, 0); /* no longer life by rotating */
    assert_false(rh_sessions_rotate(s, 902, old, &phone, 3, old));
    assert_false(rh_sessions_rotate(s, 5000, next, &phone, 3, old)); /* idle too long */
    rh_sessions_free(s);
}

static void
test_logout_ends_one_and_logout_everywhere_all_of_the_account(void **state)
{
    (void)state;
    rh_sessions *s = sessions(1000, 8);
    char mine[5][RH_TOKEN], other[RH_TOKEN];
    for (int i = 0; i < 5; i++) {
        rh_sessions_start(s, i, &phone, 7, 1, mine[i]);
    }
    rh_sessions_start(s, 0, &phone, 8, 1, other);
    rh_sessions_end(s, mine[0]);
    assert_false(is_in(s, 10, mine[0]));
    assert_true(is_in(s, 10, mine[1]));
    assert_int_equal(rh_sessions_end_account(s, 7, mine[3]), 3);
    assert_true(is_in(s, 10, mine[3]));
    assert_int_equal(rh_sessions_end_account(s, 7, NULL), 1);
    for (int i = 0; i < 5; i++) {
        assert_false(is_in(s, 10, mine[i]));
    }
    assert_true(is_in(s, 10, other));
    rh_sessions_free(s);
}

static void
test_numbers_are_bounded_and_the_least_used_goes(void **state)
{
    (void)state;
    rh_sessions *s = sessions(64, 3);
    char token[4][RH_TOKEN];
    for (int i = 0; i < 3; i++) {
        rh_sessions_start(s, i, &phone, 7, 1, token[i]);
    }
    assert_true(is_in(s, 10, token[0])); /* now 1 is the least recently used */
    rh_sessions_start(s, 11, &phone, 7, 1, token[3]);
    assert_false(is_in(s, 12, token[1]));
    assert_true(is_in(s, 12, token[0]) && is_in(s, 12, token[2]) && is_in(s, 12, token[3]));
    for (int64_t account = 100; account < 5000; account++) {
        char more[RH_TOKEN];
        rh_sessions_start(s, 13, &phone, account, 1, more);
        assert_true(is_in(s, 13, more)); /* the newest always stays */
        assert_true(rh_sessions_count(s) <= 64);
    }
    rh_sessions_free(s);
}

static void
test_csrf_tokens_are_of_one_session_and_one_server(void **state)
{
    (void)state;
    rh_sessions *s = sessions(10, 8), *other = sessions(10, 8);
    char a[RH_TOKEN], b[RH_TOKEN], csrf[RH_TOKEN], foreign[RH_TOKEN];
    rh_sessions_start(s, 0, &phone, 7, 1, a);
    rh_sessions_start(s, 0, &phone, 7, 1, b);
    rh_csrf_token(s, a, csrf);
    assert_string_not_equal(csrf, a);
    assert_true(rh_csrf_check(s, a, csrf));
    assert_false(rh_csrf_check(s, b, csrf));
    assert_false(rh_csrf_check(s, a, NULL));
    assert_false(rh_csrf_check(s, a, ""));
    assert_false(rh_csrf_check(s, a, a));
    rh_csrf_token(other, a, foreign);
    assert_false(rh_csrf_check(s, a, foreign));
    for (size_t i = 0; i < RH_TOKEN - 1; i++) {
        char forged[RH_TOKEN];
        memcpy(forged, csrf, sizeof forged);
        forged[i] = forged[i] == 'x' ? 'y' : 'x';
        assert_false(rh_csrf_check(s, a, forged));
    }
    rh_sessions_free(s);
    rh_sessions_free(other);
}

static void *
live(void *context)
{
    char token[RH_TOKEN], next[RH_TOKEN];
    rh_session found;
    for (int64_t i = 0; i < 2000; i++) {
        rh_sessions_start(context, i, &phone, 1 + i % 5, 1, token);
        (void)rh_sessions_find(context, i, token, &phone, &found);
        if (rh_sessions_rotate(context, i, token, &phone, 2, next) && i % 3 == 0) {
            rh_sessions_end(context, next);
        }
        if (i % 100 == 0) {
            rh_sessions_end_account(context, 1 + i % 5, NULL);
        }
    }
    return NULL;
}

static void
test_many_threads_leave_the_table_whole(void **state)
{
    (void)state;
    rh_sessions *s = sessions(48, 8);
    pthread_t thread[4];
    for (int i = 0; i < 4; i++) {
        pthread_create(&thread[i], NULL, live, s);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(thread[i], NULL);
    }
    for (int64_t account = 1; account <= 5; account++) {
        rh_sessions_end_account(s, account, NULL);
    }
    assert_int_equal(rh_sessions_count(s), 0);
    rh_sessions_free(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_session_is_found_by_its_token),
        cmocka_unit_test(test_it_ends_when_idle_and_when_it_is_old),
        cmocka_unit_test(test_a_token_on_another_device_ends_the_session),
        cmocka_unit_test(test_rotation_gives_a_new_token_and_ends_the_old_one),
        cmocka_unit_test(test_logout_ends_one_and_logout_everywhere_all_of_the_account),
        cmocka_unit_test(test_numbers_are_bounded_and_the_least_used_goes),
        cmocka_unit_test(test_csrf_tokens_are_of_one_session_and_one_server),
        cmocka_unit_test(test_many_threads_leave_the_table_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
