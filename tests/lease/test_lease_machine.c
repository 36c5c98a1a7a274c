/* The model check: the tables of rule.h and guard.def by themselves (I22: no dead state; DOMAIN.md 2.3).
 *
 * The tests of schemes and offers (small_township.c) see to it that what runs moves only along these tables. */
#include "small_township.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Ends: nothing leads out of them. */
#define S(list, word) RH_BIT(rh_##list##_##word)
static const struct machine {
    rh_row_kind kind;
    uint64_t ends;
    uint64_t unhurried; /* no end and no deadline, for a reason: */
} machine[] = {
    /* active: a scheme stands until the assembly makes another or a court annuls it */
    {RH_ROW_scheme,
     S(scheme_state, superseded) | S(scheme_state, annulled) | S(scheme_state, dropped),
     S(scheme_state, active)},
    {RH_ROW_offer, S(offer_state, withdrawn) | S(offer_state, refused) | S(offer_state, lapsed),
     0},
    /* signed, and from the end to the settling: people must act; their deadline is a reminder that comes again */
    {RH_ROW_lease, S(lease_state, closed) | S(lease_state, void) | S(lease_state, dropped),
     S(lease_state, signed) | S(lease_state, expired) | S(lease_state, terminated) |
         S(lease_state, handed_back)},
};

/* One edge set after another: by rule, by rule that also moves, by deadline. */
typedef void edge_call(void *context, uint64_t from, uint64_t to, bool by_command);

static void
each_edge(rh_row_kind kind, edge_call *call, void *context)
{
    for (int i = 0; i < RH_COMMAND_COUNT; i++) {
        const rh_rule *rule = rh_rule_of((rh_command_kind)i);
        if (rule->effect != NULL && rule->object == kind) {
            call(context, rule->from, rule->to, true);
        }
    }
    int n;
    const rh_also_rule *also = rh_also_rules(&n);
    for (int i = 0; i < n; i++) {
        if (also[i].object == kind) {
            call(context, also[i].from, also[i].to, true);
        }
    }
    const rh_due_rule *due = rh_due_rules(&n);
    for (int i = 0; i < n; i++) {
        if (due[i].object == kind) {
            assert_true(strlen(due[i].days) > 0);
            call(context, due[i].from, due[i].to, false);
        }
    }
}

struct reach {
    uint64_t reached, state;
    bool exit_by_command, deadline;
};

static void
extend(void *context, uint64_t from, uint64_t to, bool by_command)
{
    (void)by_command;
    struct reach *r = context;
    if ((from & (r->reached | RH_FROM_NEW)) != 0) {
        r->reached |= to;
    }
}

static void
leave(void *context, uint64_t from, uint64_t to, bool by_command)
{
    struct reach *r = context;
    if ((from & r->state) != 0 && (to & ~r->state) != 0) {
        r->exit_by_command = r->exit_by_command || by_command;
        r->deadline = r->deadline || !by_command;
    }
}

static void
every_state_is_reached_and_has_an_exit_and_a_deadline(void **unused)
{
    (void)unused;
    for (size_t m = 0; m < sizeof machine / sizeof machine[0]; m++) {
        const rh_codes *states = rh_states_of(machine[m].kind);
        struct reach r = {0};
        for (uint64_t before = 1; before != r.reached;) {
            before = r.reached;
            each_edge(machine[m].kind, extend, &r);
        }
        assert_int_equal(r.reached, RH_BIT(states->n) - 1);
        for (int s = 0; s < states->n; s++) {
            r.state = RH_BIT(s);
            r.exit_by_command = r.deadline = false;
            each_edge(machine[m].kind, leave, &r);
            bool end = (machine[m].ends & r.state) != 0,
                 unhurried = (machine[m].unhurried & r.state) != 0;
            if (r.exit_by_command == end || r.deadline == (end || unhurried)) {
                fail_msg("%s, %s: exit by command %d, deadline %d",
                         rh_row_type(machine[m].kind)->name, states->word[s], r.exit_by_command,
                         r.deadline);
            }
        }
    }
}

static void
follow(void *context, uint64_t from, uint64_t to, bool by_command)
{
    (void)by_command;
    struct reach *r = context;
    if ((from & ~RH_FROM_NEW & r->reached) != 0) {
        r->reached |= to;
    }
}

static void
every_state_leads_to_an_end(void **unused)
{
    (void)unused;
    for (size_t m = 0; m < sizeof machine / sizeof machine[0]; m++) {
        for (int s = 0; s < rh_states_of(machine[m].kind)->n; s++) {
            struct reach r = {.reached = RH_BIT(s)};
            for (uint64_t before = 0; before != r.reached;) {
                before = r.reached;
                each_edge(machine[m].kind, follow, &r);
            }
            assert_true((r.reached & machine[m].ends) != 0);
        }
    }
}

/* Commands from place_add to offer_match; and all of them as soon as the lease rules are there. */
static void
every_command_has_a_rule_an_effect_and_somebody_who_may_ask(void **unused)
{
    (void)unused;
    bool all = rh_rule_of(RH_DO_lease_sign)->effect != NULL;
    for (int i = 0; i < RH_COMMAND_COUNT; i++) {
        const rh_rule *rule = rh_rule_of((rh_command_kind)i);
        if (all || i <= RH_DO_offer_match || i == RH_DO_tick) {
            if (rule->effect == NULL || rh_command_roles((rh_command_kind)i) == 0) {
                fail_msg("%s has no rule", rh_command_type((rh_command_kind)i)->name);
            }
        }
        for (int g = 0; g < rule->n; g++) {
            for (int h = 0; h < g; h++) {
                assert_int_not_equal(rule->guard[g], rule->guard[h]);
            }
        }
    }
}

static int
guards_of_engine(void)
{
    return RH_GUARD_parent_is_above; /* the first that is not of guard_common.def */
}

static void
every_guard_is_used(void **unused)
{
    (void)unused;
    bool used[RH_GUARD_COUNT] = {false};
    for (int i = 0; i < RH_COMMAND_COUNT; i++) {
        const rh_rule *rule = rh_rule_of((rh_command_kind)i);
        for (int g = 0; g < rule->n; g++) {
            used[rule->guard[g]] = true;
        }
    }
    for (int g = guards_of_engine(); g < RH_GUARD_COUNT; g++) {
        if (!used[g]) {
            fail_msg("No rule uses the guard %s.", rh_guard_name((rh_guard)g));
        }
    }
}

/* The sentence of a guard in both languages, with the same values in both, and a clause in both or in none. */
static void
every_sentence_is_whole_in_both_languages(void **unused)
{
    (void)unused;
    for (int g = 0; g < RH_GUARD_COUNT; g++) {
        char text[RH_LANGUAGE_COUNT][900];
        rh_refusal refusal = {.guard = (rh_guard)g,
                              .field = &rh_command_type(RH_DO_place_add)->field[0],
                              .n = RH_REFUSAL_VALUES};
        for (int v = 0; v < RH_REFUSAL_VALUES; v++) {
            refusal.value[v] = (rh_refusal_value){RH_FIELD_INT, 71000 + v, NULL};
        }
        for (int l = 0; l < RH_LANGUAGE_COUNT; l++) {
            rh_refusal_text(&refusal, (enum rh_language)l, text[l], sizeof text[l]);
            assert_true(strlen(text[l]) > 12);
            assert_null(strchr(text[l], '{'));
        }
        for (int v = 0; v < RH_REFUSAL_VALUES; v++) {
            char value[8];
            snprintf(value, sizeof value, "%d", 71000 + v);
            if ((strstr(text[0], value) == NULL) != (strstr(text[1], value) == NULL)) {
                fail_msg("%s names value %d in one language only", rh_guard_name((rh_guard)g),
                         v + 1);
            }
        }
        assert_int_equal(rh_guard_clause((rh_guard)g, RH_CHINESE)[0] == '\0',
                         rh_guard_clause((rh_guard)g, RH_ENGLISH)[0] == '\0');
    }
}

/* Each guard is named, as the refusal that is expected, in a test: the unit tests are read for RH_GUARD_NAME, and for NO(&b, name, …) and
 * REFUSED(&t, name, …). */
static void
every_guard_refuses_in_some_test(void **unused)
{
    (void)unused;
    bool seen[RH_GUARD_COUNT] = {false};
    FILE *list = fopen("tests/lease/unit.list", "r");
    assert_non_null(list);
    char name[100];
    while (fscanf(list, "%99s", name) == 1) {
        char path[160], word[120];
        snprintf(path, sizeof path, "tests/lease/test_lease_%s.c", name);
        FILE *f = strcmp(name, "machine") == 0 ? NULL : fopen(path, "r");
        char before[2][120] = {"", ""}; /* the last word and the one before */
        int n = 0;
        for (int ch; f != NULL && (ch = fgetc(f)) != EOF;) {
            bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
                          (ch >= '0' && ch <= '9') || ch == '_';
            if (letter && n < (int)sizeof word - 1) {
                word[n++] = (char)ch;
                continue;
            }
            if (n == 0) {
                continue;
            }
            word[n] = '\0';
            n = 0;
            bool prefixed = strncmp(word, "RH_GUARD_", 9) == 0,
                 expected = strcmp(before[1], "NO") == 0 || strcmp(before[1], "REFUSED") == 0;
            for (int g = 0; (prefixed || expected) && g < RH_GUARD_COUNT; g++) {
                seen[g] = seen[g] ||
                          strcmp(prefixed ? word + 9 : word, rh_guard_name((rh_guard)g)) == 0;
            }
            memcpy(before[1], before[0], sizeof before[1]);
            memcpy(before[0], word, sizeof before[0]);
        }
        if (f != NULL) {
            fclose(f);
        }
    }
    fclose(list);
    int n_unseen = 0;
    for (int g = 0; g < RH_GUARD_COUNT; g++) {
        if (!seen[g]) {
            print_message("# no test expects %s\n", rh_guard_name((rh_guard)g));
            n_unseen++;
        }
    }
    assert_int_equal(n_unseen, 0);
}

/* What a command does not move stands as SAME; what an amendment's new end may move is said by itself. */
static void
commands_that_leave_the_state_say_so(void **unused)
{
    (void)unused;
    static const rh_command_kind stay[] = {RH_DO_lease_amend, RH_DO_amendment_sign,
                                           RH_DO_lease_renew, RH_DO_lease_continue,
                                           RH_DO_sublet_ask};
    for (size_t i = 0; i < sizeof stay / sizeof stay[0]; i++) {
        assert_int_equal(rh_rule_of(stay[i])->to, 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_is_reached_and_has_an_exit_and_a_deadline),
        cmocka_unit_test(every_state_leads_to_an_end),
        cmocka_unit_test(commands_that_leave_the_state_say_so),
        cmocka_unit_test(every_command_has_a_rule_an_effect_and_somebody_who_may_ask),
        cmocka_unit_test(every_guard_is_used),
        cmocka_unit_test(every_sentence_is_whole_in_both_languages),
        cmocka_unit_test(every_guard_refuses_in_some_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
