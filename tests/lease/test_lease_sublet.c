/* Subleases lie inside their lease in time and use, one at a time; six months of silence are consent (民法典 716–718). */
#include "lease_bench.h"

static bench
in_force(void)
{
    bench b;
    bench_open(&b, bench_day(2026, 2, 1));
    bench_lease(&b, bench_terms(bench_day(2026, 3, 1), bench_day(2031, 3, 1)));
    bench_sign(&b);
    bench_begin(&b);
    for (int i = 0; i < 6; i++) {
        static const char *const ref[] = {"a", "b", "c", "d", "e", "f"};
        OK(&b, receipt_post, BANK, bank, .line = 1 + i,
           .amount_fen = RH_GET(b.r, rent_line, 1 + i)->amount_fen, .bank_ref = ref[i]);
    }
    return b;
}

#define ASK(b, from, to)                                                                       \
    DO(b, sublet_ask, LI, lessee, .lease = 1, .sublessee = MA, .start = (from), .end = (to),   \
       .purpose = rh_lessee_use_residence)

static void
inside_the_lease_to_the_day(void **unused)
{
    (void)unused;
    bench b = in_force();
    int64_t end = bench_day(2031, 3, 1);
    assert_false(ASK(&b, bench_day(2030, 1, 1), end + 1));
    assert_true(bench_refused(&b, RH_GUARD_sublet_within_term));
    assert_false(ASK(&b, bench_today(&b) - 1, end));
    assert_true(bench_refused(&b, RH_GUARD_sublet_within_term));
    assert_false(ASK(&b, end, end));
    NO(&b, sublet_same_use, sublet_ask, LI, lessee, .lease = 1, .sublessee = MA,
       .start = end - 9, .end = end, .purpose = rh_lessee_use_homestay);
    NO(&b, sublet_to_another, sublet_ask, LI, lessee, .lease = 1, .sublessee = LI,
       .start = end - 9, .end = end, .purpose = rh_lessee_use_residence);
    NO(&b, holds_role, sublet_ask, MA, lessee, .lease = 1, .sublessee = LI, .start = end - 9,
       .end = end, .purpose = rh_lessee_use_residence);
    assert_true(ASK(&b, bench_day(2030, 1, 1), end));
    assert_false(ASK(&b, bench_day(2029, 1, 1), bench_day(2030, 1, 2)));
    assert_true(bench_refused(&b, RH_GUARD_sublet_alone));
    assert_true(ASK(&b, bench_day(2029, 1, 1), bench_day(2030, 1, 1)));
    OK(&b, sublet_answer, ANA, holder_rep, .sublet = 1, .allowed = 0);
    assert_int_equal(RH_GET(b.r, sublet, 1)->state, rh_sublet_state_refused);
    NO(&b, state_allows, sublet_answer, ANA, holder_rep, .sublet = 1, .allowed = 1);
    assert_true(ASK(&b, bench_day(2030, 1, 1), end)); /* the time is free again */
    bench_close(&b);
}

static void
six_months_of_silence_are_consent(void **unused)
{
    (void)unused;
    bench b = in_force();
    bench_tick(&b, bench_day(2026, 8, 31));
    assert_true(ASK(&b, bench_day(2028, 1, 1), bench_day(2029, 1, 1)));
    /* asked on 31 August: six months later there is no 31st, the period ends with February */
    assert_int_equal(RH_GET(b.r, sublet, 1)->until, bench_day(2027, 2, 28));
    bench_tick(&b, bench_day(2027, 2, 28));
    assert_int_equal(RH_GET(b.r, sublet, 1)->state, rh_sublet_state_asked);
    bench_tick(&b, bench_day(2027, 3, 1));
    assert_int_equal(RH_GET(b.r, sublet, 1)->state, rh_sublet_state_allowed);
    bench_close(&b);
}

static void
silence_does_nothing_when_the_lease_is_over(void **unused)
{
    (void)unused;
    bench b = in_force();
    assert_true(ASK(&b, bench_day(2028, 1, 1), bench_day(2029, 1, 1)));
    OK(&b, lease_terminate, OFFICER, township, .lease = 1,
       .ground = rh_termination_ground_mutual, .source = CONTRACT);
    NO(&b, lease_in_force, sublet_answer, ANA, holder_rep, .sublet = 1, .allowed = 1);
    bench_tick(&b, bench_day(2027, 1, 1));
    assert_int_equal(RH_GET(b.r, sublet, 1)->state, rh_sublet_state_refused);
    bench_close(&b);
}

static void
a_lease_is_not_shortened_below_its_sublease(void **unused)
{
    (void)unused;
    bench b = in_force();
    assert_true(ASK(&b, bench_day(2028, 1, 1), bench_day(2029, 1, 1)));
    NO(&b, sublets_stay_inside, lease_amend, LI, lessee, .lease = 1,
       .end = bench_day(2028, 12, 31), .fen_year = 1200000, .farmer_bp = 7000,
       .collective_bp = 2000, .reserve_bp = 1000, .text = bench_hash(30));
    OK(&b, lease_amend, LI, lessee, .lease = 1, .end = bench_day(2029, 1, 1),
       .fen_year = 1200000, .farmer_bp = 7000, .collective_bp = 2000, .reserve_bp = 1000,
       .text = bench_hash(30));
    bench_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inside_the_lease_to_the_day),
        cmocka_unit_test(six_months_of_silence_are_consent),
        cmocka_unit_test(silence_does_nothing_when_the_lease_is_over),
        cmocka_unit_test(a_lease_is_not_shortened_below_its_sublease),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
