/* Red flags: each at its threshold, on either side; they open an inspection once and stop nothing. */
#include "domain/flag.h"
#include "lease_bench.h"

static bool
inspected(const bench *b, int64_t flag)
{
    for (int64_t id = 1; id <= bench_count(b, RH_ROW_inspection); id++) {
        if (RH_GET(b->r, inspection, id)->flag == flag) {
            return true;
        }
    }
    return false;
}

/* Sign a lease of these terms with these parameters set; the bench is the caller's. */
static void
sign(bench *b, rh_row_lease t, int64_t key, int64_t value)
{
    bench_open(b, bench_day(2026, 2, 1));
    bench_set(b, rh_parameter_prepay_months, 240);
    bench_set(b, rh_parameter_deposit_months, 1000);
    if (key >= 0) {
        bench_set(b, key, value);
    }
    bench_lease(b, t);
    bench_sign(b); /* a flag stops nothing */
}

static void
each_flag_on_both_sides_of_its_threshold(void **unused)
{
    (void)unused;
    int64_t start = bench_day(2026, 3, 1);
    rh_row_lease t =
        bench_terms(start, bench_day(2036, 3, 1)); /* ten years, 12,000.00 a year, 100 m² */
    struct {
        int64_t flag, key, value;
        rh_row_lease terms;
        bool shows;
    } cases[20];
    int n = 0;
#define CASE(f, k, v, show)                                                                    \
    cases[n].flag = rh_flag_##f, cases[n].key = (k), cases[n].value = (v), cases[n].terms = t, \
    cases[n++].shows = (show)
    t.period_months = 60;
    CASE(prepaid, -1, 0, false);
    t.period_months = 61; /* more than five years at once */
    CASE(prepaid, -1, 0, true);
    t.end = bench_day(2030, 3, 1);
    t.period_months = 24; /* half of four years: not more than half */
    CASE(prepaid, -1, 0, false);
    t.period_months = 25;
    CASE(prepaid, -1, 0, true);
    t = bench_terms(
        start, bench_day(2027, 3, 1)); /* a year's lease, paid at once, is nothing strange */
    CASE(prepaid, -1, 0, false);
    t = bench_terms(start, bench_day(2045, 3, 1));
    CASE(long_term, -1, 0, false);
    t.wording = "期满自动续租十年";
    CASE(long_term, -1, 0, true);
    t.end = bench_day(2045, 2, 28); /* a day less than 19 years */
    CASE(long_term, -1, 0, false);
    t = bench_terms(
        start,
        bench_day(2036, 3, 1)); /* 120,000.00 in all; 80 % of 1,500.00 a m² are 120,000.00 */
    CASE(price_of_house, rh_parameter_house_price_fen_m2, 150000, true);
    CASE(price_of_house, rh_parameter_house_price_fen_m2, 150001, false);
    CASE(price_of_house, -1, 0, false); /* unknown price: no flag */
    t.deposit_fen = 15000000;
    CASE(deposit_of_house, rh_parameter_house_price_fen_m2, 150000, true);
    CASE(deposit_of_house, rh_parameter_house_price_fen_m2, 150001, false);
    t.deposit_fen = 0; /* 70 % of 100 m² × 171.43 are 12,000.10 */
    CASE(under_price, rh_parameter_fair_rent_fen_m2_year, 17143, true);
    CASE(under_price, rh_parameter_fair_rent_fen_m2_year, 17142, false);
    CASE(under_price, -1, 0, false);
    for (int i = 0; i < n; i++) {
        bench b;
        sign(&b, cases[i].terms, cases[i].key, cases[i].value);
        if (inspected(&b, cases[i].flag) != cases[i].shows) {
            fail_msg("case %d: flag %s", i, rh_codes_flag.word[cases[i].flag]);
        }
        bench_close(&b);
    }
}

static void
kin_of_an_office_and_many_homes(void **unused)
{
    (void)unused;
    for (int kin = 0; kin < 2; kin++) {
        for (int64_t others = 0; others < 4; others++) {
            bench b;
            bench_open(&b, bench_day(2026, 2, 1));
            if (kin == 1) {
                PUT(&b, kin, .one = LI, .other = COUNCILLOR);
            }
            for (int64_t i = 0; i < others; i++) {
                PUT(&b, baunit, .village = VILLAGE, .parcel = 1, .building = 1,
                    .household = HOUSE, .collective = VILLAGERS);
                rh_row_lease t = bench_terms(bench_day(2026, 3, 1), bench_day(2030, 3, 1));
                t.baunit = 2 + i;
                t.state = rh_lease_state_filed;
                bench_lease(&b, t);
            }
            PUT(&b, role_grant, .party = MA, .role = rh_role_council, .place = VILLAGE);
            bench_lease(&b, bench_terms(bench_day(2026, 3, 1), bench_day(2030, 3, 1)));
            assert_true(SIGN(&b, MA, council));
            assert_true(SIGN(&b, OFFICER, township));
            assert_true(SIGN(&b, LI, lessee));
            assert_true(SIGN(&b, GUS, holder));
            assert_true(SIGN(&b, BEN, holder));
            assert_true(SIGN(&b, ANA, holder));
            assert_int_equal(inspected(&b, rh_flag_cadre_kin), kin == 1);
            assert_int_equal(inspected(&b, rh_flag_merge),
                             others >= 2); /* three with this one */
            assert_int_equal(inspected(&b, rh_flag_many_homes),
                             others >= 3); /* more than three */
            bench_close(&b);
        }
    }
}

static void
passed_on_within_a_year(void **unused)
{
    (void)unused;
    for (int late = 0; late < 2; late++) {
        bench b;
        bench_open(&b, bench_day(2026, 2, 1));
        bench_lease(&b, bench_terms(bench_day(2026, 3, 1), bench_day(2030, 3, 1)));
        bench_sign(&b);
        bench_begin(&b);
        OK(&b, receipt_post, BANK, bank, .line = 2, .amount_fen = 1200000, .bank_ref = "a");
        bench_tick(&b, bench_day(2026, 3, 2));
        OK(&b, sublet_ask, LI, lessee, .lease = 1, .sublessee = MA,
           .start = bench_day(2028, 1, 1), .end = bench_day(2029, 1, 1),
           .purpose = rh_lessee_use_residence);
        if (late == 1) {
            bench_go(&b, bench_day(2027, 3, 1));
        } else {
            bench_go(&b, bench_day(2027, 2, 28));
        }
        OK(&b, sublet_answer, ANA, holder_rep, .sublet = 1, .allowed = 1);
        assert_int_equal(inspected(&b, rh_flag_resale), late == 0);
        bench_close(&b);
    }
}

/* An inspection is made once, reminded of, closed by hand; time does not open it again. */
static void
an_inspection_from_open_to_closed(void **unused)
{
    (void)unused;
    bench b;
    rh_row_lease t = bench_terms(bench_day(2026, 3, 1), bench_day(2046, 3, 1));
    t.period_months = 61;
    sign(&b, t, -1, 0);
    assert_int_equal(bench_count(&b, RH_ROW_inspection), 1);
    bench_begin(&b);
    bench_tick(&b, bench_day(2026, 3, 20)); /* past its 30 days: reminded, and 30 more */
    const rh_row_inspection *i = RH_GET(b.r, inspection, 1);
    assert_int_equal(i->state, rh_case_state_open);
    assert_int_equal(i->deadline, bench_day(2026, 3, 20) + 30);
    assert_int_equal(bench_count(&b, RH_ROW_inspection), 1);
    PUT(&b, kin, .one = LI, .other = OFFICER);
    NO(&b, officer_is_disinterested, inspection_close, OFFICER, township, .inspection = 1,
       .finding = "x", .photo = RH_NONE);
    OK(&b, inspection_close, COUNTY, county, .inspection = 1, .finding = "房屋由承租人自住",
       .photo = RH_NONE);
    NO(&b, state_allows, inspection_close, COUNTY, county, .inspection = 1, .finding = "x",
       .photo = RH_NONE);
    OK(&b, inspection_open, SUPERVISOR, supervisors, .lease = 1, .flag = rh_flag_rebuild,
       .finding = "拆除西厢房");
    bench_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_flag_on_both_sides_of_its_threshold),
        cmocka_unit_test(kin_of_an_office_and_many_homes),
        cmocka_unit_test(passed_on_within_a_year),
        cmocka_unit_test(an_inspection_from_open_to_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
