/* Amendments: signed by all or nothing; what is due or paid stands, what follows is made anew; shares change only here and never below the scheme. */
#include "core/random.h"
#include "lease_bench.h"

#include <stdio.h>

static bench
in_force(int64_t years)
{
    bench b;
    bench_open(&b, bench_day(2026, 2, 1));
    bench_lease(&b, bench_terms(bench_day(2026, 3, 1), bench_day(2026 + (int)years, 3, 1)));
    bench_sign(&b);
    bench_begin(&b);
    return b;
}

#define AMEND(b, last, fen, farmer, rest, h)                                                   \
    DO(b, lease_amend, ANA, holder_rep, .lease = 1, .end = (last), .fen_year = (fen),          \
       .farmer_bp = (farmer), .collective_bp = (rest), .reserve_bp = 1000,                     \
       .text = bench_hash(h))
#define SIGN_IT(b, n, who, as, h)                                                              \
    DO(b, amendment_sign, who, as, .amendment = (n), .text = bench_hash(h), .mark = "signed")

static void
sign_all(bench *b, int64_t n, int h)
{
    assert_true(SIGN_IT(b, n, ANA, holder, h));
    assert_true(SIGN_IT(b, n, BEN, holder, h));
    assert_true(SIGN_IT(b, n, GUS, holder, h));
    assert_true(SIGN_IT(b, n, LI, lessee, h));
    assert_true(SIGN_IT(b, n, COUNCILLOR, council, h));
    assert_int_equal(RH_GET(b->r, amendment, n)->state, rh_case_state_open);
    if (!SIGN_IT(b, n, OFFICER, township, h)) {
        bench_show(b);
        fail_msg("the last signature was refused");
    }
    assert_int_equal(RH_GET(b->r, amendment, n)->state, rh_case_state_closed);
}

/* The rent that stands: lines not cancelled. */
static int64_t
rent(const bench *b)
{
    int64_t sum = 0;
    for (int64_t id = 1; id <= bench_count(b, RH_ROW_rent_line); id++) {
        const rh_row_rent_line *l = RH_GET(b->r, rent_line, id);
        sum += l->kind == rh_line_kind_rent && l->cancelled != 1 ? l->amount_fen : 0;
    }
    return sum;
}

static void
new_rent_from_the_next_payment(void **unused)
{
    (void)unused;
    bench b = in_force(5);
    OK(&b, receipt_post, BANK, bank, .line = 2, .amount_fen = 1200000, .bank_ref = "a");
    bench_tick(&b, bench_day(2027, 1, 1));
    assert_true(AMEND(&b, bench_day(2033, 3, 1), 1500000, 7500, 1500, 30));
    sign_all(&b, 1, 30);
    const rh_row_lease *l = bench_the_lease(&b, 1);
    assert_int_equal(l->end, bench_day(2033, 3, 1));
    assert_int_equal(l->farmer_bp, 7500);
    assert_int_equal(rent(&b), 1200000 + 6 * 1500000);
    const rh_row_rent_line *next = bench_line(&b, 1, 6); /* deposit and five lines came first */
    assert_int_equal(next->due, bench_day(2027, 3, 1));
    OK(&b, receipt_post, BANK, bank, .line = next->id, .amount_fen = 1500000, .bank_ref = "b");
    assert_int_equal(rh_books_of(b.r, 1)->balance[rh_account_farmer],
                     -(840000 + 1125000)); /* 70 % then 75 % */
    bench_close(&b);
}

static void
paid_ahead_stands(void **unused)
{
    (void)unused;
    bench b = in_force(5);
    for (int i = 0; i < 3; i++) {
        static const char *const ref[] = {"a", "b", "c"};
        OK(&b, receipt_post, BANK, bank, .line = 2 + i, .amount_fen = i == 2 ? 1 : 1200000,
           .bank_ref = ref[i]);
    }
    assert_true(AMEND(&b, bench_day(2031, 3, 1), 1500000, 7000, 2000, 30));
    sign_all(&b, 1, 30);
    assert_int_equal(rent(&b), 3 * 1200000 + 2 * 1500000);
    bench_close(&b);
}

static void
what_an_amendment_may_not_do(void **unused)
{
    (void)unused;
    bench b = in_force(5);
    int64_t end = bench_day(2031, 3, 1);
    assert_false(AMEND(&b, end, 1200000, 6999, 2001, 30));
    assert_true(bench_refused(&b, RH_GUARD_farmer_share_stands));
    assert_false(AMEND(&b, end, 1200000, 7000, 2001, 30));
    assert_true(bench_refused(&b, RH_GUARD_shares_make_a_whole));
    assert_false(AMEND(&b, bench_day(2046, 3, 2), 1200000, 7000, 2000, 30));
    assert_true(bench_refused(&b, RH_GUARD_term_at_most_20_years));
    assert_false(AMEND(&b, end, 1200000, 7000, 2000, 1)); /* the lease's own text */
    assert_true(bench_refused(&b, RH_GUARD_amendment_text_is_new));
    NO(&b, wording_is_of_a_lease, lease_amend, LI, lessee, .lease = 1, .end = end,
       .fen_year = 1200000, .farmer_bp = 7000, .collective_bp = 2000, .reserve_bp = 1000,
       .text = bench_hash(30), .wording = "房屋产权转让给乙方");
    assert_true(AMEND(&b, bench_day(2046, 3, 1), 1200000, 7000, 2000, 30));
    assert_true(SIGN_IT(&b, 1, ANA, holder, 30));
    assert_true(AMEND(&b, end, 1300000, 7000, 2000, 31)); /* replaces the first */
    assert_false(SIGN_IT(&b, 1, BEN, holder, 30));
    assert_true(bench_refused(&b, RH_GUARD_amendment_is_open));
    assert_false(AMEND(&b, end, 1300000, 7000, 2000,
                       30)); /* ANA's signature does not count for something else */
    assert_true(bench_refused(&b, RH_GUARD_amendment_text_is_new));
    assert_int_equal(bench_the_lease(&b, 1)->fen_year, 1200000);
    bench_close(&b);
}

/* Random chains of amendments that only extend, by whole years at the same rent, with payments between: the lines that stand have strictly rising
 * days and sum to the rent of the whole term: no gap, no overlap. */
static void
chains_of_amendments_leave_no_gap(void **unused)
{
    (void)unused;
    for (uint64_t life = 0; life < 200; life++) {
        uint64_t n = 0;
        rh_key key = 4000 + life;
        bench b = in_force(2);
        char ref[16];
        int64_t years = 2;
        for (int step = 0; step < 4; step++) {
            int64_t today = bench_today(&b) + (int64_t)(rh_draw(key, n++) % 300);
            bench_tick(&b, today);
            if (!rh_lease_in(bench_the_lease(&b, 1), RH_LEASE_LIVE)) {
                break;
            }
            for (int64_t id = 2; id <= bench_count(&b, RH_ROW_rent_line); id++) {
                const rh_row_rent_line *l = RH_GET(b.r, rent_line, id);
                int64_t open = l->amount_fen - rh_received(b.r, id);
                if (l->cancelled != 1 && open > 0 &&
                    l->due <= today + (int64_t)(rh_draw(key, n++) % 500)) {
                    snprintf(ref, sizeof ref, "%d-%d", step, (int)id);
                    OK(&b, receipt_post, BANK, bank, .line = id, .amount_fen = open,
                       .bank_ref = ref);
                }
            }
            years += 1 + (int64_t)(rh_draw(key, n++) % 3);
            assert_true(
                AMEND(&b, bench_day(2026 + (int)years, 3, 1), 1200000, 7000, 2000, 30 + step));
            sign_all(&b, step + 1, 30 + step);
            int64_t before = RH_NONE;
            for (int64_t id = 1; id <= bench_count(&b, RH_ROW_rent_line); id++) {
                const rh_row_rent_line *line = RH_GET(b.r, rent_line, id);
                if (line->kind == rh_line_kind_rent && line->cancelled != 1) {
                    assert_true(line->due > before);
                    before = line->due;
                }
            }
            assert_int_equal(rent(&b), years * 1200000);
        }
        bench_close(&b);
    }
}

/* From an end in the middle of a period the schedule goes on from that end. */
static void
an_extension_from_the_middle_of_a_period(void **unused)
{
    (void)unused;
    bench b;
    bench_open(&b, bench_day(2026, 2, 1));
    bench_lease(
        &b, bench_terms(bench_day(2026, 3, 1), bench_day(2027, 9, 1))); /* 12 and 6 months */
    bench_sign(&b);
    bench_begin(&b);
    assert_int_equal(rent(&b), 1800000);
    bench_tick(&b, bench_day(2027, 4, 1)); /* the second payment is due already */
    assert_true(AMEND(&b, bench_day(2028, 9, 1), 1200000, 7000, 2000, 30));
    sign_all(&b, 1, 30);
    assert_int_equal(rent(&b), 3000000);
    assert_int_equal(bench_line(&b, 1, 3)->due, bench_day(2027, 9, 1));
    bench_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_rent_from_the_next_payment),
        cmocka_unit_test(paid_ahead_stands),
        cmocka_unit_test(what_an_amendment_may_not_do),
        cmocka_unit_test(an_extension_from_the_middle_of_a_period),
        cmocka_unit_test(chains_of_amendments_leave_no_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
