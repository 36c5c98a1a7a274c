/* The invariants I1–I25 under random commands of random people over a century and more, and replay (I20).
 *
 *   test_lease_random [commands [streams [seed]]]      e.g. 100000 10: a million commands
 *
 * It must reach depth: every command is accepted, every state is entered, and in half a million commands every guard fires. */
#include "random_stream.h"

#include "core/mem.h"
#include "domain/rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MANY = 500000 };

static struct {
    int64_t commands, streams, seed;
    random_reach reach;
} about = {.commands = 30000, .streams = 5, .seed = 1};

static void
no_stream_breaks_an_invariant(void **unused)
{
    (void)unused;
    for (int64_t i = 0; i < about.streams; i++) {
        assert_true(random_stream_runs((uint64_t)(about.seed + i), about.commands, &about.reach,
                                       NULL, NULL));
    }
}

/* The guards that refuse a command most often. */
static void
print_guards(const int64_t *by)
{
    int64_t last = INT64_MAX;
    for (int n = 0; n < 4; n++) {
        int best = -1;
        for (int g = 0; g < RH_GUARD_COUNT; g++) {
            if (by[g] > 0 && by[g] < last && (best < 0 || by[g] > by[best])) {
                best = g;
            }
        }
        if (best >= 0) {
            printf(" %s %lld", rh_guard_name((rh_guard)best), (long long)by[best]);
            last = by[best];
        }
    }
    printf("\n");
}

static void
print_reach(void)
{
    const random_reach *r = &about.reach;
    printf("# %lld commands, %lld rows, %lld years\n", (long long)r->commands,
           (long long)r->rows, (long long)(r->days / 365));
    for (int i = 0; i < RH_COMMAND_COUNT; i++) {
        printf(
            "# %-22s accepted %8lld  refused %8lld:", rh_command_type((rh_command_kind)i)->name,
            (long long)r->accepted[i], (long long)r->refused[i]);
        print_guards(r->by[i]);
    }
    for (int i = 0; i < RH_GUARD_COUNT; i++) {
        printf("# guard %-26s fired %8lld  alone %8lld\n", rh_guard_name((rh_guard)i),
               (long long)r->fired[i], (long long)r->alone[i]);
    }
}

/* Guards that cannot fire, and stand there all the same: a withdrawn consent drops the lease first; rights pass whole, and the offer stops; a lease is
 * made with its scheme's split. */
static bool
is_second_line(const char *guard)
{
    return strcmp(guard, "consents_hold") == 0 || strcmp(guard, "title_is_clear") == 0 ||
           strcmp(guard, "split_is_the_schemes") == 0;
}

static int
count_unreached(void)
{
    int missing = 0;
    for (int i = 0; i < RH_COMMAND_COUNT; i++) {
        if (about.reach.accepted[i] == 0) {
            printf("# never accepted: %s\n", rh_command_type((rh_command_kind)i)->name);
            missing++;
        }
    }
    for (int k = 0; k < RH_ROW_COUNT; k++) {
        const rh_codes *states = rh_states_of((rh_row_kind)k);
        for (int i = 0; states != NULL && i < states->n; i++) {
            if (about.reach.entered[k][i] == 0) {
                printf("# never entered: %s %s\n", rh_row_type((rh_row_kind)k)->name,
                       states->word[i]);
                missing++;
            }
        }
    }
    return missing;
}

static void
every_command_succeeds_and_every_state_is_entered(void **unused)
{
    (void)unused;
    print_reach();
    assert_int_equal(count_unreached(), 0);
}

static void
every_guard_fires(void **unused)
{
    (void)unused;
    int missing = 0;
    for (int i = 0; i < RH_GUARD_COUNT; i++) {
        if (about.reach.fired[i] == 0 && !is_second_line(rh_guard_name((rh_guard)i))) {
            printf("# never fired: %s\n", rh_guard_name((rh_guard)i));
            missing++;
        }
    }
    if (about.reach.commands < MANY) {
        skip(); /* some need rare meetings: an officer in another office, an heir in the village */
    }
    assert_int_equal(missing, 0);
}

int
main(int argc, char **argv)
{
    int64_t *const number[] = {&about.commands, &about.streams, &about.seed};
    for (int i = 1; i < argc && i <= 3; i++) {
        *number[i - 1] = strtoll(argv[i], NULL, 10);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_stream_breaks_an_invariant),
        cmocka_unit_test(every_command_succeeds_and_every_state_is_entered),
        cmocka_unit_test(every_guard_fires),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
