/* Rates and the record of accesses (http/rate.h, visit.h), with simulated time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "http/rate.h"
#include "http/visit.h"

static rh_rate_who
v4(const char *text)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    assert_int_equal(inet_pton(AF_INET, text, &a.sin_addr), 1);
    return rh_rate_address((const struct sockaddr *)&a);
}

static rh_rate_who
v6(const char *text)
{
    struct sockaddr_in6 a = {.sin6_family = AF_INET6};
    assert_int_equal(inet_pton(AF_INET6, text, &a.sin6_addr), 1);
    return rh_rate_address((const struct sockaddr *)&a);
}

static rh_rate *
rates(size_t places)
{
    static const rh_rate_class address[] = {{5, 100}, {0, 0}, {1, 1000}};
    static const rh_rate_class account[] = {{2, 100}, {3, 50}, {0, 0}};
    rh_rate_options o = {.places = places,
                         .address = address,
                         .account = account,
                         .classes = 3,
                         .login_address = {4, 1000, 64000, 1000000},
                         .login_account = {2, 1000, 8000, 100000}};
    rh_rate *r = NULL;
    rh_err err = {0};
    assert_int_equal(rh_rate_new(&o, &r, &err), RH_OK);
    return r;
}

static void
test_a_bucket_gives_its_burst_and_then_its_rate(void **state)
{
    (void)state;
    rh_rate *r = rates(0);
    rh_rate_who who = v4("10.0.0.1");
    int64_t wait;
    for (int i = 0; i < 5; i++) {
        assert_true(rh_rate_take(r, 0, &who, 1000, &wait));
    }
    assert_false(rh_rate_take(r, 0, &who, 1000, &wait));
    assert_int_equal(wait, 100);
    assert_false(rh_rate_take(r, 0, &who, 1099, &wait));
    assert_int_equal(wait, 1);
    assert_true(rh_rate_take(r, 0, &who, 1100, &wait));
    assert_false(rh_rate_take(r, 0, &who, 1100, NULL));
    /* over 10 s exactly its rate, however often it is asked */
    int taken = 0;
    for (int64_t t = 1101; t <= 11100; t++) {
        taken += rh_rate_take(r, 0, &who, t, NULL);
    }
    assert_int_equal(taken, 100);
    assert_false(rh_rate_take(r, 0, &who, 500, NULL)); /* time going back gives nothing */
    for (int i = 0; i < 5; i++) { /* a long rest fills it to the burst, not beyond */
        assert_true(rh_rate_take(r, 0, &who, 9999999, NULL));
    }
    assert_false(rh_rate_take(r, 0, &who, 9999999, NULL));
    rh_rate_free(r);
}

static void
test_who_asks_and_for_what_are_kept_apart(void **state)
{
    (void)state;
    rh_rate *r = rates(0);
    rh_rate_who a = v4("10.0.0.1"), b = v4("10.0.0.2"), account = rh_rate_account(7);
    assert_true(rh_rate_take(r, 2, &a, 0, NULL));
    assert_false(rh_rate_take(r, 2, &a, 0, NULL));
    assert_true(rh_rate_take(r, 2, &b, 0, NULL));
    assert_true(rh_rate_take(r, 0, &a, 0, NULL));
    assert_true(rh_rate_take(r, 0, &account, 0, NULL) && rh_rate_take(r, 0, &account, 0, NULL));
    assert_false(rh_rate_take(r, 0, &account, 0, NULL));
    for (int i = 0; i < 1000; i++) {
        assert_true(rh_rate_take(r, 1, &a, 0, NULL)); /* no limit */
        assert_true(rh_rate_take(r, 9, &a, 0, NULL)); /* no such class */
    }
    rh_rate_free(r);
}

static void
test_an_ipv6_neighbourhood_is_one_and_mapped_ipv4_is_ipv4(void **state)
{
    (void)state;
    rh_rate_who a = v6("2001:db8:1:2::1"), b = v6("2001:db8:1:2:ffff:ffff:ffff:ffff"),
                c = v6("2001:db8:1:3::1");
    assert_memory_equal(&a, &b, sizeof a);
    assert_memory_not_equal(&a, &c, sizeof a);
    rh_rate_who mapped = v6("::ffff:10.0.0.1"), plain = v4("10.0.0.1");
    assert_memory_equal(&mapped, &plain, sizeof mapped);
}

static void
test_failing_logins_wait_twice_as_long_each_time(void **state)
{
    (void)state;
    rh_rate *r = rates(0);
    rh_rate_who who = rh_rate_login("wangwei");
    int64_t now = 0, wait;
    assert_true(rh_rate_attempt(r, &who, now, &wait));
    assert_true(rh_rate_attempt(r, &who, now, &wait)); /* many at once gain nothing: */
    assert_false(rh_rate_attempt(r, &who, now, &wait));
    static const int64_t waits[] = {1000, 2000, 4000, 8000, 8000, 8000};
    for (size_t i = 0; i < 6; i++) {
        assert_false(rh_rate_attempt(r, &who, now + waits[i] - 1, &wait));
        assert_int_equal(wait, 1);
        now += waits[i];
        assert_true(rh_rate_attempt(r, &who, now, &wait));
    }
    rh_rate_success(r, &who);
    assert_true(rh_rate_attempt(r, &who, now, NULL) && rh_rate_attempt(r, &who, now, NULL));
    assert_false(rh_rate_attempt(r, &who, now, NULL));
    assert_true(rh_rate_attempt(r, &who, now + 100000, NULL)); /* forgotten after rest */
    assert_true(rh_rate_attempt(r, &who, now + 100000, NULL));
    rh_rate_free(r);
}

static void
test_an_attacker_with_an_account_of_his_own_gains_nothing_for_his_address(void **state)
{
    (void)state;
    rh_rate *r = rates(0);
    rh_rate_who who = v4("203.0.113.9");
    int64_t now = 0;
    int guesses = 0;
    for (int round = 0; round < 200;
         round++, now += 100) { /* one guess, one login of his own, ten times a second */
        guesses += rh_rate_attempt(r, &who, now, NULL);
        if (rh_rate_attempt(r, &who, now, NULL)) {
            rh_rate_success(r, &who);
        }
    }
    assert_true(guesses < 60);
    rh_rate_free(r);
}

static void
test_a_flood_of_others_does_not_push_out_who_must_wait(void **state)
{
    (void)state;
    rh_rate *r = rates(64);
    rh_rate_who victim = rh_rate_login("wangwei");
    assert_true(rh_rate_attempt(r, &victim, 0, NULL) && rh_rate_attempt(r, &victim, 0, NULL));
    for (int64_t i = 0; i < 100000; i++) {
        rh_rate_who other = rh_rate_account(i);
        (void)rh_rate_take(r, 1, &other, 10, NULL); /* each in debt for 50 ms only */
    }
    assert_false(rh_rate_attempt(r, &victim, 999, NULL));
    rh_rate_free(r);
}

/* --- the record of accesses --- */

typedef struct kept {
    pthread_mutex_t lock;
    bool closed; /* the sink stands still */
    pthread_cond_t open;
    int64_t next; /* expected at_ms of reserved and public, in order */
    uint64_t n, lost;
    bool in_order;
} kept;

static void
keep(void *context, const rh_visit *visit, size_t n, uint64_t lost)
{
    kept *k = context;
    pthread_mutex_lock(&k->lock);
    while (k->closed) {
        pthread_cond_wait(&k->open, &k->lock);
    }
    for (size_t i = 0; i < n; i++) {
        k->in_order = k->in_order && visit[i].at_ms > k->next;
        k->next = visit[i].at_ms;
    }
    k->n += n;
    k->lost += lost;
    pthread_mutex_unlock(&k->lock);
}

static void
test_a_clean_stop_loses_nothing(void **state)
{
    (void)state;
    for (int64_t total = 0; total < 3000; total += 499) {
        kept k = {.lock = PTHREAD_MUTEX_INITIALIZER,
                  .open = PTHREAD_COND_INITIALIZER,
                  .next = -1,
                  .in_order = true};
        rh_visits *v;
        rh_err err = {0};
        assert_int_equal(rh_visits_new(4096, 1000, keep, &k, &v, &err), RH_OK);
        for (int64_t i = 0; i < total; i++) {
            rh_visit visit = {.at_ms = i};
            rh_visits_add(v, &visit, false);
        }
        rh_visits_free(v);
        assert_int_equal(k.n, total);
        assert_int_equal(k.lost, 0);
        assert_true(k.in_order);
    }
}

static void
test_a_sink_that_stands_still_blocks_no_reader_and_loses_no_member(void **state)
{
    (void)state;
    kept k = {.lock = PTHREAD_MUTEX_INITIALIZER,
              .open = PTHREAD_COND_INITIALIZER,
              .next = -1,
              .closed = true,
              .in_order = true};
    rh_visits *v;
    rh_err err = {0};
    assert_int_equal(rh_visits_new(64, 10, keep, &k, &v, &err), RH_OK);
    uint64_t members = 0, public = 0;
    for (int64_t i = 0; i < 5000; i++) { /* returns: nothing waits for the sink */
        rh_visit visit = {.at_ms = i, .account = i % 2};
        if (i % 2 == 1) {
            if (!rh_visits_reserve(v)) {
                continue; /* refused before it was done */
            }
            members++;
            rh_visits_add(v, &visit, true);
        } else {
            public++;
            rh_visits_add(v, &visit, false);
        }
    }
    assert_true(members >= 16 && members < 2500);
    pthread_mutex_lock(&k.lock);
    k.closed = false;
    pthread_cond_signal(&k.open);
    pthread_mutex_unlock(&k.lock);
    rh_visits_free(v);
    assert_int_equal(k.n + k.lost, members + public);
    assert_true(k.lost > 0 && k.lost <= public);
    assert_true(k.in_order);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_bucket_gives_its_burst_and_then_its_rate),
        cmocka_unit_test(test_who_asks_and_for_what_are_kept_apart),
        cmocka_unit_test(test_an_ipv6_neighbourhood_is_one_and_mapped_ipv4_is_ipv4),
        cmocka_unit_test(test_failing_logins_wait_twice_as_long_each_time),
        cmocka_unit_test(
            test_an_attacker_with_an_account_of_his_own_gains_nothing_for_his_address),
        cmocka_unit_test(test_a_flood_of_others_does_not_push_out_who_must_wait),
        cmocka_unit_test(test_a_clean_stop_loses_nothing),
        cmocka_unit_test(test_a_sink_that_stands_still_blocks_no_reader_and_loses_no_member),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
