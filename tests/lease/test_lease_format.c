/* Values as people write them: known examples, an independent reading of 大写 and of the calendar, F1 and F2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "domain/calendar_day.h"
#include "web/format.h"

#include <string.h>
#include <time.h>

static uint64_t
next(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 11;
}

static void
test_dates_agree_with_the_c_library_and_are_read_back(void **state)
{
    (void)state;
    for (int64_t day = -25567; day <= 84000; day++) { /* 1900 to 2199 */
        time_t t = (time_t)day * 86400;
        struct tm tm;
        gmtime_r(&t, &tm);
        char iso[32];
        strftime(iso, sizeof iso, "%Y-%m-%d", &tm);
        rh_shown shown = rh_show_iso_date(day);
        assert_string_equal(shown.text, iso);
        const rh_shown form[4] = {
            shown,
            rh_show_date(RH_CHINESE, day),
            rh_show_date(RH_ENGLISH, day),
            {{iso[0], iso[1], iso[2], iso[3], iso[5], iso[6], iso[8], iso[9], '\0'}}};
        for (int i = 0; i < 4; i++) {
            int64_t back = RH_NONE;
            assert_int_equal(rh_read_date(form[i].text, &back), RH_WEB_NOTHING);
            assert_int_equal(back, day);
        }
    }
    assert_string_equal(rh_show_date(RH_CHINESE, 20513).text, "2026年3月1日");
    assert_string_equal(rh_show_date(RH_ENGLISH, 20513).text, "1 March 2026");
    assert_string_equal(rh_show_date(RH_ENGLISH, RH_NONE).text, "—");
}

static void
test_times_are_those_of_china(void **state)
{
    (void)state;
    const int64_t ms = 20513 * INT64_C(86400000);
    assert_string_equal(rh_show_time(RH_CHINESE, ms - 1).text, "2026年3月1日 07:59");
    assert_string_equal(rh_show_time(RH_ENGLISH, ms + 16 * 3600000).text,
                        "2 March 2026, 00:00");
    assert_string_equal(rh_show_iso_time(ms + 9000).text, "2026-03-01T08:00:09+08:00");
    assert_string_equal(rh_show_iso_time(-1).text, "1970-01-01T07:59:59+08:00");
    assert_int_equal(rh_day_of_time(-8 * 3600000 - 1), -1);
    assert_string_equal(rh_show_time(RH_CHINESE, RH_NONE).text, "—");
    assert_string_equal(rh_show_time(RH_CHINESE, INT64_MAX).text, "—");
}

/* The number a 大写 text says, by reading it from left to right. */
static int64_t
read_capitals(const char *p)
{
    static const char *const digit[] = {"零", "壹", "贰", "叁", "肆",
                                        "伍", "陆", "柒", "捌", "玖"};
    int64_t below_yi = 0, yi = 0, group = 0, d = 0, yuan = 0, fen = 0;
    bool negative = false, after_yuan = false;
    for (; *p != '\0'; p += 3) {
        int found = -1;
        for (int i = 0; i < 10; i++) {
            found = strncmp(p, digit[i], 3) == 0 ? i : found;
        }
        if (found >= 0) {
            d = found;
        } else if (strncmp(p, "拾", 3) == 0) {
            group += d * 10, d = 0;
        } else if (strncmp(p, "佰", 3) == 0) {
            group += d * 100, d = 0;
        } else if (strncmp(p, "仟", 3) == 0) {
            group += d * 1000, d = 0;
        } else if (strncmp(p, "万", 3) == 0) {
            below_yi += (group + d) * 10000, group = d = 0;
        } else if (strncmp(p, "亿", 3) == 0) {
            yi = below_yi + group + d, below_yi = group = d = 0;
        } else if (strncmp(p, "元", 3) == 0) {
            yuan = yi * 100000000 + below_yi + group + d, d = 0;
            assert_false(after_yuan);
            after_yuan = true;
        } else if (strncmp(p, "角", 3) == 0) {
            fen += d * 10, d = 0;
        } else if (strncmp(p, "分", 3) == 0) {
            fen += d, d = 0;
        } else if (strncmp(p, "负", 3) == 0) {
            negative = true;
        } else {
            assert_memory_equal(p, "整", 4); /* only at the end */
        }
    }
    return (yuan * 100 + fen) * (negative ? -1 : 1);
}

static void
assert_well_formed(const char *t)
{
    assert_null(strstr(t, "零零"));
    assert_null(strstr(t, "零万"));
    assert_null(strstr(t, "零亿"));
    assert_null(strstr(t, "零角"));
    assert_null(strstr(t, "亿万"));
    size_t size = strlen(t);
    bool fen = strcmp(t + size - 3, "分") == 0, whole = strcmp(t + size - 3, "整") == 0;
    assert_true(fen || whole);
    const char *yuan = strstr(t, "零元");
    assert_true(yuan == NULL || strcmp(t, "零元整") == 0);
}

static void
test_capitals_say_the_amount(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 300000; i++) {
        uint64_t scale = 1;
        for (uint64_t k = next(&seed) % 18; k > 0; k--) {
            scale *= 10;
        }
        int64_t fen = (int64_t)(next(&seed) % scale);
        if (i % 3 == 0) { /* many zeros */
            int64_t unit = 1;
            for (uint64_t k = next(&seed) % 12; k > 0; k--) {
                unit *= 10;
            }
            fen = fen / unit * unit + (int64_t)(next(&seed) % 3) * (unit > 10 ? unit / 10 : 1);
        }
        fen = i < 20000 ? i : fen;
        rh_shown s = rh_show_capital_money(fen);
        assert_int_equal(read_capitals(s.text), fen);
        assert_well_formed(s.text);
        if (fen != 0) {
            rh_shown minus = rh_show_capital_money(-fen);
            assert_int_equal(strncmp(minus.text, "负", 3), 0);
            assert_string_equal(minus.text + 3, s.text);
        }
    }
}

static void
test_known_capitals(void **state)
{
    (void)state;
    /* The first six are the examples of the People's Bank (支付结算办法 annex 1), in the chosen of the allowed forms. */
    static const struct {
        int64_t fen;
        const char *text;
    } known[] = {{140950, "壹仟肆佰零玖元伍角整"},
                 {600714, "陆仟零柒元壹角肆分"},
                 {168032, "壹仟陆佰捌拾元叁角贰分"},
                 {10700053, "壹拾万零柒仟元伍角叁分"},
                 {1640902, "壹万陆仟肆佰零玖元零贰分"},
                 {32504, "叁佰贰拾伍元零肆分"},
                 {1234567, "壹万贰仟叁佰肆拾伍元陆角柒分"},
                 {0, "零元整"},
                 {5, "伍分"},
                 {50, "伍角整"},
                 {55, "伍角伍分"},
                 {100, "壹元整"},
                 {1000, "壹拾元整"},
                 {1000000, "壹万元整"},
                 {1000000100, "壹仟万零壹元整"},
                 {10000000100, "壹亿零壹元整"},
                 {10001000000, "壹亿零壹万元整"},
                 {100000000000000, "壹万亿元整"},
                 {100000000000001, "壹万亿元零壹分"},
                 {100010000000000, "壹万零壹亿元整"},
                 {999999999999999999,
                  "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"},
                 {1000000000000000000, "—"},
                 {-123, "负壹元贰角叁分"},
                 {RH_NONE, "—"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_string_equal(rh_show_capital_money(known[i].fen).text, known[i].text);
    }
}

static void
test_money_is_read_back(void **state)
{
    (void)state;
    assert_string_equal(rh_show_money(123456).text, "¥1,234.56");
    assert_string_equal(rh_show_money(-5).text, "-¥0.05");
    assert_string_equal(rh_show_money(RH_NONE).text, "—");
    uint64_t seed = 2;
    for (int i = 0; i < 100000; i++) {
        int64_t fen = (int64_t)(next(&seed) % (i % 2 ? 100000000000000 : 1000000)), back = -1;
        assert_int_equal(rh_read_money(rh_show_money(fen).text, &back), RH_WEB_NOTHING);
        assert_int_equal(back, fen);
    }
}

typedef struct reading {
    const char *text;
    int64_t value; /* RH_NONE: refused */
    enum rh_web_message why;
} reading;

static void
assert_readings(const reading *r, size_t n,
                enum rh_web_message (*read)(const char *, int64_t *))
{
    for (size_t i = 0; i < n; i++) {
        int64_t value = RH_NONE;
        enum rh_web_message why = read(r[i].text, &value);
        if (why != r[i].why || value != r[i].value) {
            print_message("# \"%s\": %lld, message %d\n", r[i].text, (long long)value,
                          (int)why);
        }
        assert_int_equal(why, r[i].why);
        assert_int_equal(value, r[i].value);
    }
}

static void
test_amounts_as_people_type_them(void **state)
{
    (void)state;
    static const reading r[] = {
        {"1,234.5", 123450, 0},
        {"１２３", 12300, 0},
        {"1万", 1000000, 0},
        {"1.5 万元", 1500000, 0},
        {"¥500", 50000, 0},
        {"￥ 500.05 元", 50005, 0},
        {"人民币500元整", 50000, 0},
        {"　500　", 50000, 0},
        {"1，234", 123400, 0},
        {"3亿", 30000000000, 0},
        {"0", 0, 0},
        {"0.000001万", 1, 0},
        {"999999999999.99", 99999999999999, 0},
        {"1.25", 125, 0},
        {"1.250", 125, 0},
        {"1.255", RH_NONE, RH_WEB_MONEY_BELOW_FEN},
        {"999999999999.990001", RH_NONE, RH_WEB_MONEY_BELOW_FEN},
        {"10000亿", RH_NONE, RH_WEB_MONEY_OUT_OF_RANGE},
        {"999999999999万", RH_NONE, RH_WEB_MONEY_OUT_OF_RANGE},
        {"-5", RH_NONE, RH_WEB_MONEY_NEGATIVE},
        {"－5", RH_NONE, RH_WEB_MONEY_NEGATIVE},
        {"", RH_NONE, RH_WEB_MONEY_EXPECTED},
        {"   ", RH_NONE, RH_WEB_MONEY_EXPECTED},
        {"1,23", RH_NONE, RH_WEB_MONEY_EXPECTED},
        {"1234,567", RH_NONE, RH_WEB_MONEY_EXPECTED},
        {",123", RH_NONE, RH_WEB_MONEY_EXPECTED},
        {"1,234,", RH_NONE, RH_WEB_MONEY_EXPECTED},
        {"1.", RH_NONE, RH_WEB_MONEY_EXPECTED},
        {".5", RH_NONE, RH_WEB_MONEY_EXPECTED},
        {"1e3", RH_NONE, RH_WEB_MONEY_EXPECTED},
        {"0x10", RH_NONE, RH_WEB_MONEY_EXPECTED},
        {"5 6", RH_NONE, RH_WEB_MONEY_EXPECTED},
        {"1.2.3", RH_NONE, RH_WEB_MONEY_EXPECTED},
        {"500美元", RH_NONE, RH_WEB_MONEY_EXPECTED},
        {"1234567890123", RH_NONE, RH_WEB_MONEY_EXPECTED},
        {"1\xff", RH_NONE, RH_WEB_MONEY_EXPECTED},
    };
    assert_readings(r, sizeof r / sizeof r[0], rh_read_money);
}

static void
test_dates_as_people_type_them(void **state)
{
    (void)state;
    static const reading r[] = {
        {"2026-03-01", 20513, 0},
        {"2026-3-1", 20513, 0},
        {"2026/03/01", 20513, 0},
        {"2026.3.1", 20513, 0},
        {"20260301", 20513, 0},
        {"2026年3月1日", 20513, 0},
        {"2026 年 3 月 1 号", 20513, 0},
        {"２０２６－０３－０１", 20513, 0},
        {"1 march 2026", 20513, 0},
        {"1 Mar 2026", 20513, 0},
        {"2024-02-29", 19782, 0},
        {"2026-02-29", RH_NONE, RH_WEB_DATE_NOT_IN_CALENDAR},
        {"2026-13-01", RH_NONE, RH_WEB_DATE_NOT_IN_CALENDAR},
        {"2026-00-10", RH_NONE, RH_WEB_DATE_NOT_IN_CALENDAR},
        {"20260431", RH_NONE, RH_WEB_DATE_NOT_IN_CALENDAR},
        {"1899-12-31", RH_NONE, RH_WEB_DATE_OUT_OF_RANGE},
        {"2200-01-01", RH_NONE, RH_WEB_DATE_OUT_OF_RANGE},
        {"", RH_NONE, RH_WEB_DATE_EXPECTED},
        {"2026", RH_NONE, RH_WEB_DATE_EXPECTED},
        {"2026-03", RH_NONE, RH_WEB_DATE_EXPECTED},
        {"2026-03/01", RH_NONE, RH_WEB_DATE_EXPECTED},
        {"2026年3-1", RH_NONE, RH_WEB_DATE_EXPECTED},
        {"2026年3月1", RH_NONE, RH_WEB_DATE_EXPECTED},
        {"26-03-01", RH_NONE, RH_WEB_DATE_EXPECTED},
        {"202603011", RH_NONE, RH_WEB_DATE_EXPECTED},
        {"2026-03-01 x", RH_NONE, RH_WEB_DATE_EXPECTED},
        {"03/01/2026", RH_NONE, RH_WEB_DATE_EXPECTED},
        {"1 Foo 2026", RH_NONE, RH_WEB_DATE_EXPECTED},
    };
    assert_readings(r, sizeof r / sizeof r[0], rh_read_date);
}

static void
test_areas_as_people_type_them(void **state)
{
    (void)state;
    static const reading r[] = {
        {"120", 1200000, 0},
        {"120㎡", 1200000, 0},
        {"120.5 m²", 1205000, 0},
        {"120 M2", 1200000, 0},
        {"120平方米", 1200000, 0},
        {"１２０平", 1200000, 0},
        {"0.18亩", 1200000, 0},
        {"1亩", 6666667, 0},
        {"3 mu", 20000000, 0},
        {"0.0001", 1, 0},
        {"0.00001", RH_NONE, RH_WEB_AREA_BELOW_CM2},
        {"0", RH_NONE, RH_WEB_AREA_OUT_OF_RANGE},
        {"1000000", 10000000000, 0},
        {"1000000.0001", RH_NONE, RH_WEB_AREA_OUT_OF_RANGE},
        {"1501亩", RH_NONE, RH_WEB_AREA_OUT_OF_RANGE},
        {"-1", RH_NONE, RH_WEB_AREA_EXPECTED},
        {"120公顷", RH_NONE, RH_WEB_AREA_EXPECTED},
        {"m2", RH_NONE, RH_WEB_AREA_EXPECTED},
    };
    assert_readings(r, sizeof r / sizeof r[0], rh_read_area);
    for (int64_t cm2 = 100; cm2 < 200000000; cm2 += 77700) {
        for (enum rh_language language = 0; language < RH_LANGUAGE_COUNT; language++) {
            int64_t back = 0;
            assert_int_equal(rh_read_area(rh_show_area(language, cm2).text, &back),
                             RH_WEB_NOTHING);
            assert_int_equal(back, cm2);
            rh_shown mu = rh_show_mu(language, cm2);
            if (rh_read_area(mu.text, &back) == RH_WEB_NOTHING) {
                assert_string_equal(rh_show_mu(language, back).text, mu.text);
            }
        }
    }
    assert_string_equal(rh_show_area(RH_ENGLISH, 1200049).text, "120.00 m²");
    assert_string_equal(rh_show_area(RH_ENGLISH, 1200050).text, "120.01 m²");
    assert_string_equal(rh_show_area(RH_CHINESE, -1200050).text, "-120.01平方米");
    assert_string_equal(rh_show_area(RH_ENGLISH, RH_NONE).text, "—");
    assert_string_equal(rh_show_mu(RH_CHINESE, 1200000).text, "0.180亩");
    assert_string_equal(rh_show_mu(RH_CHINESE, 3333).text, "0.000亩");
    assert_string_equal(rh_show_mu(RH_CHINESE, 3334).text, "0.001亩");
    assert_string_equal(rh_show_mu(RH_ENGLISH, 20000000).text, "3.000 mu");
    assert_string_equal(rh_show_mu(RH_ENGLISH, RH_NONE).text, "—");
}

static void
test_counts(void **state)
{
    (void)state;
    int64_t n = 7;
    assert_int_equal(rh_read_count("２０", 20, &n), RH_WEB_NOTHING);
    assert_int_equal(n, 20);
    assert_int_equal(rh_read_count("21", 20, &n), RH_WEB_COUNT_OUT_OF_RANGE);
    assert_int_equal(rh_read_count("2.5", 20, &n), RH_WEB_COUNT_EXPECTED);
    assert_int_equal(rh_read_count("-1", 20, &n), RH_WEB_COUNT_EXPECTED);
    assert_int_equal(n, 20);
}

static void
test_periods_and_percentages(void **state)
{
    (void)state;
    assert_string_equal(rh_show_period(RH_CHINESE, 240).text, "20年");
    assert_string_equal(rh_show_period(RH_CHINESE, 18).text, "1年6个月");
    assert_string_equal(rh_show_period(RH_CHINESE, 3).text, "3个月");
    assert_string_equal(rh_show_period(RH_ENGLISH, 13).text, "1 year 1 month");
    assert_string_equal(rh_show_period(RH_ENGLISH, 30).text, "2 years 6 months");
    assert_string_equal(rh_show_period(RH_ENGLISH, 0).text, "0 years");
    assert_string_equal(rh_show_period(RH_ENGLISH, RH_NONE).text, "—");
    assert_string_equal(rh_show_percent(7000).text, "70%");
    assert_string_equal(rh_show_percent(3333).text, "33.33%");
    assert_string_equal(rh_show_percent(-50).text, "-0.5%");
    assert_string_equal(rh_show_percent(5).text, "0.05%");
    assert_string_equal(rh_show_percent(RH_NONE).text, "—");
}

static void
test_masks_tell_little(void **state)
{
    (void)state;
    assert_string_equal(rh_mask_name("张三丰").text, "张*");
    assert_string_equal(rh_mask_name("𠮷田").text, "𠮷*");
    assert_string_equal(rh_mask_name("").text, "*");
    assert_string_equal(rh_mask_phone("13812341234").text, "138****1234");
    assert_string_equal(rh_mask_phone("123456").text, "****56");
    assert_string_equal(rh_mask_phone("12").text, "****");
    assert_string_equal(rh_mask_phone("").text, "****");
}

static void
test_shortening_keeps_whole_characters(void **state)
{
    (void)state;
    assert_string_equal(rh_shorten("青溪镇上河村", 12).text, "青溪镇上河村");
    assert_string_equal(rh_shorten("青溪镇上河村", 11).text, "青溪镇上河…");
    assert_string_equal(rh_shorten("青溪镇上河村", 10).text, "青溪镇上…");
    assert_string_equal(rh_shorten("", 5).text, "");
    char marks[1201] = "a";
    for (int i = 0; i < 599; i++) {
        memcpy(marks + 1 + 2 * i, "\xcc\x81", 2);
    }
    rh_shown s = rh_shorten(marks, 80);
    assert_int_equal(rh_text_valid(s.text, strlen(s.text)), strlen(s.text));
    assert_non_null(strstr(s.text, "…"));
}

static void
test_citizens_numbers(void **state)
{
    (void)state;
    assert_true(rh_id_number_valid("11010519491231002X")); /* the example of GB 11643-1999 */
    assert_true(rh_id_number_valid("11010519491231002x"));
    assert_true(rh_id_number_valid("440524188001010014"));
    assert_false(rh_id_number_valid("110105194912310021"));
    assert_false(rh_id_number_valid("11010519491131002X"));
    assert_false(rh_id_number_valid("1101051949123100X2"));
    assert_false(rh_id_number_valid("11010519491231002"));
    assert_false(rh_id_number_valid(""));
    /* one wrong digit, or two neighbours swapped, is always found */
    const char *good = "440524188001010014";
    for (int i = 0; i < 18; i++) {
        for (char c = '0'; c <= '9'; c++) {
            char changed[19];
            memcpy(changed, good, sizeof changed);
            changed[i] = c;
            assert_int_equal(rh_id_number_valid(changed), c == good[i]);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates_agree_with_the_c_library_and_are_read_back),
        cmocka_unit_test(test_times_are_those_of_china),
        cmocka_unit_test(test_capitals_say_the_amount),
        cmocka_unit_test(test_known_capitals),
        cmocka_unit_test(test_money_is_read_back),
        cmocka_unit_test(test_amounts_as_people_type_them),
        cmocka_unit_test(test_dates_as_people_type_them),
        cmocka_unit_test(test_areas_as_people_type_them),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_periods_and_percentages),
        cmocka_unit_test(test_masks_tell_little),
        cmocka_unit_test(test_shortening_keeps_whole_characters),
        cmocka_unit_test(test_citizens_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
