/* What one command brings fits an entry of the public log (canonical.h), with its facts and not only their hash. */
#include "core/mem.h"
#include "lease_bench.h"
#include "service/canonical.h"

/* Bytes of the entry of the last command; the facts themselves are in it. */
static size_t
entry_of(bench *b, rh_command_kind kind)
{
    rh_event event = {.seq = INT64_C(9000000),
                      .time = b->time,
                      .actor = ANA,
                      .role = rh_role_holder,
                      .kind = kind,
                      .n_rows = b->out.n_rows,
                      .row = b->out.row,
                      .salt = {{9}}};
    rh_growing text = {0};
    assert_int_equal(rh_canonical_entry(&event, &text, &b->err), RH_OK);
    size_t size = text.size;
    assert_true(size <= RH_ENTRY_BYTES);
    assert_null(strstr(text.text, "\"facts_sha256\""));
    rh_growing_release(&text);
    return size;
}

/* Twenty years, paid month by month: 240 lines. */
static void
the_longest_lease_fits(void **unused)
{
    (void)unused;
    bench b;
    bench_open(&b, bench_day(2026, 3, 1));
    rh_row_lease t = bench_terms(bench_day(2026, 4, 1), bench_day(2046, 4, 1));
    t.period_months = 1;
    t.fen_year = INT64_C(900000000000);
    bench_lease(&b, t);
    bench_sign(&b);
    assert_int_equal(bench_count(&b, RH_ROW_rent_line), 241);
    size_t size = entry_of(&b, RH_DO_lease_sign);
    print_message("# lease of 240 months: %zu rows, %zu bytes\n", b.out.n_rows, size);
    /* ids of seven digits more each in line and lease */
    assert_true(size + 241 * (6 + 6 + 5) <= RH_ENTRY_BYTES);
    bench_close(&b);
}

/* Everything falls due on one day: several ticks do it, each of which fits. */
static void
ticks_of_a_crowded_day_fit(void **unused)
{
    (void)unused;
    enum { LEASES = 400 };
    bench b;
    bench_open(&b, bench_day(2026, 3, 1));
    for (int i = 0; i < LEASES; i++) {
        rh_row_lease t = bench_terms(bench_day(2026, 4, 1), bench_day(2046, 4, 1));
        t.until = bench_day(2026, 3, 31);
        bench_lease(&b, t);
    }
    bench_go(&b, bench_day(2026, 4, 1));
    int ticks = 0;
    for (;; ticks++) {
        OK(&b, tick, RH_NONE, system, .today = bench_day(2026, 4, 1));
        if (b.out.n_rows == 0) {
            break;
        }
        entry_of(&b, RH_DO_tick);
    }
    assert_true(ticks > 1);
    for (int64_t id = 1; id <= LEASES; id++) {
        assert_int_equal(bench_the_lease(&b, id)->state, rh_lease_state_dropped);
    }
    bench_close(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_lease_fits),
        cmocka_unit_test(ticks_of_a_crowded_day_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
