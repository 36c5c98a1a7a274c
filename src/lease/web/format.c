/* Values as people write them: see format.h. */
#include "web/format.h"

#include "domain/calendar_day.h"

#include <stdio.h>
#include <string.h>

enum { DAY_MS = 86400000, CHINA_MS = 8 * 3600 * 1000 };

static const rh_shown unsaid = {"—"};

static const char *const month_name[12] = {"January",   "February", "March",    "April",
                                           "May",       "June",     "July",     "August",
                                           "September", "October",  "November", "December"};

typedef struct civil {
    int64_t year;
    int month, day;
} civil;

static int64_t
days_of(civil c)
{
    return rh_day_of((int)c.year, c.month, c.day);
}

static civil
civil_of(int64_t day)
{
    int year, month, of_month;
    rh_day_split(day, &year, &month, &of_month);
    return (civil){year, month, of_month};
}

static bool
in_calendar(civil c)
{
    if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > 31) {
        return false;
    }
    civil back = civil_of(days_of(c));
    return back.month == c.month && back.day == c.day;
}

/* Years 1 to 9999; RH_NONE is far outside. */
static bool
day_is_shown(int64_t day)
{
    return day >= -719162 && day <= 2932896;
}

static bool
time_is_shown(int64_t ms)
{
    return ms > INT64_MIN / 2 && ms < INT64_MAX / 2 && day_is_shown(rh_day_of_time(ms));
}

rh_shown
rh_show_date(enum rh_language language, int64_t day)
{
    if (!day_is_shown(day)) {
        return unsaid;
    }
    rh_shown s;
    civil c = civil_of(day);
    if (language == RH_CHINESE) {
        snprintf(s.text, sizeof s.text, "%d年%d月%d日", (int)c.year, c.month, c.day);
    } else {
        snprintf(s.text, sizeof s.text, "%d %s %d", c.day, month_name[c.month - 1],
                 (int)c.year);
    }
    return s;
}

rh_shown
rh_show_iso_date(int64_t day)
{
    if (!day_is_shown(day)) {
        return unsaid;
    }
    rh_shown s;
    civil c = civil_of(day);
    snprintf(s.text, sizeof s.text, "%04d-%02d-%02d", (int)c.year, c.month, c.day);
    return s;
}

rh_shown
rh_show_time(enum rh_language language, int64_t ms)
{
    if (!time_is_shown(ms)) {
        return unsaid;
    }
    int64_t day = rh_day_of_time(ms), minute = (ms + CHINA_MS - day * DAY_MS) / 60000;
    rh_shown date = rh_show_date(language, day), s;
    snprintf(s.text, sizeof s.text, "%.64s%s%02d:%02d", date.text,
             language == RH_CHINESE ? " " : ", ", (int)(minute / 60), (int)(minute % 60));
    return s;
}

rh_shown
rh_show_iso_time(int64_t ms)
{
    if (!time_is_shown(ms)) {
        return unsaid;
    }
    int64_t day = rh_day_of_time(ms), second = (ms + CHINA_MS - day * DAY_MS) / 1000;
    rh_shown date = rh_show_iso_date(day), s;
    snprintf(s.text, sizeof s.text, "%.16sT%02d:%02d:%02d+08:00", date.text,
             (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
    return s;
}

static uint64_t
size_of(int64_t n)
{
    return n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
}

rh_shown
rh_show_money(int64_t fen)
{
    if (fen == RH_NONE) {
        return unsaid;
    }
    rh_shown s;
    uint64_t n = size_of(fen);
    rh_text_number yuan = rh_text_count(n / 100);
    snprintf(s.text, sizeof s.text, "%s¥%s.%02d", fen < 0 ? "-" : "", yuan.text,
             (int)(n % 100));
    return s;
}

/* Text that is put together piece by piece; it always fits (the longest 大写 takes about 140 bytes). */
static void
add(rh_shown *s, const char *piece)
{
    size_t used = strlen(s->text);
    snprintf(s->text + used, sizeof s->text - used, "%s", piece);
}

rh_shown
rh_show_capital_money(int64_t fen)
{
    static const char *const digit[] = {"零", "壹", "贰", "叁", "肆",
                                        "伍", "陆", "柒", "捌", "玖"};
    static const char *const place[] = {"", "拾", "佰", "仟"};
    const uint64_t limit = 1000000000000000000;
    uint64_t n = size_of(fen);
    if (n >= limit) {
        return unsaid;
    }
    rh_shown s = {""};
    if (fen < 0) {
        add(&s, "负");
    }
    uint64_t yuan = n / 100, scale = 1000000000000000; /* 16 digits: 千万亿 … 元 */
    bool begun = false, zero = false, in_group = false;
    for (int i = 15; i >= 0; i--, scale /= 10) {
        unsigned d = (unsigned)(yuan / scale % 10);
        if (d != 0) {
            if (zero && begun) {
                add(&s, digit[0]);
            }
            add(&s, digit[d]);
            add(&s, place[i % 4]);
            begun = in_group = true;
        }
        zero = d == 0;
        if (i % 4 ==
            0) { /* 万 counts its own four digits; 亿 stands behind all that is above */
            if (i == 8 ? begun : in_group && i != 0) {
                add(&s, i == 8 ? "亿" : "万");
            }
            in_group = false;
        }
    }
    unsigned jiao = (unsigned)(n / 10 % 10), last = (unsigned)(n % 10);
    if (begun || n == 0) {
        add(&s, begun ? "元" : "零元");
    }
    if (jiao != 0) {
        add(&s, digit[jiao]);
        add(&s, "角");
    } else if (begun && last != 0) {
        add(&s, digit[0]);
    }
    if (last != 0) {
        add(&s, digit[last]);
    }
    add(&s, last != 0 ? "分" : "整");
    return s;
}

/* n / 10^decimals with its sign and a unit. */
static rh_shown
decimal(bool negative, uint64_t n, int decimals, const char *unit)
{
    uint64_t scale = 1;
    for (int i = 0; i < decimals; i++) {
        scale *= 10;
    }
    rh_shown s;
    rh_text_number whole = rh_text_count(n / scale);
    snprintf(s.text, sizeof s.text, "%s%s.%0*d%s", negative ? "-" : "", whole.text, decimals,
             (int)(n % scale), unit);
    return s;
}

rh_shown
rh_show_area(enum rh_language language, int64_t cm2)
{
    uint64_t hundredths = (size_of(cm2) + 50) / 100;
    return cm2 == RH_NONE
               ? unsaid
               : decimal(cm2 < 0, hundredths, 2, language == RH_CHINESE ? "平方米" : " m²");
}

rh_shown
rh_show_mu(enum rh_language language, int64_t cm2)
{
    uint64_t n = size_of(cm2);
    if (n > UINT64_MAX / 8) {
        return unsaid;
    }
    uint64_t thousandths = (3 * n + 10000) / 20000; /* 0.001 亩 = 20000/3 cm² */
    return decimal(cm2 < 0, thousandths, 3, language == RH_CHINESE ? "亩" : " mu");
}

rh_shown
rh_show_period(enum rh_language language, int64_t months)
{
    if (months < 0) {
        return unsaid;
    }
    rh_shown s = {""};
    long long y = months / 12, m = months % 12;
    char piece[64];
    if (y != 0 || m == 0) {
        snprintf(piece, sizeof piece,
                 language == RH_CHINESE ? "%lld年"
                 : y == 1               ? "%lld year"
                                        : "%lld years",
                 y);
        add(&s, piece);
    }
    if (m != 0) {
        snprintf(piece, sizeof piece,
                 language == RH_CHINESE ? "%lld个月"
                 : m == 1               ? "%lld month"
                                        : "%lld months",
                 m);
        add(&s, y != 0 && language != RH_CHINESE ? " " : "");
        add(&s, piece);
    }
    return s;
}

rh_shown
rh_show_percent(int64_t basis_points)
{
    if (basis_points == RH_NONE) {
        return unsaid;
    }
    uint64_t n = size_of(basis_points);
    int decimals = n % 100 == 0 ? 0 : n % 10 == 0 ? 1 : 2;
    rh_shown s;
    if (decimals == 0) {
        rh_text_number whole = rh_text_count(n / 100);
        snprintf(s.text, sizeof s.text, "%s%s%%", basis_points < 0 ? "-" : "", whole.text);
        return s;
    }
    return decimal(basis_points < 0, decimals == 1 ? n / 10 : n, decimals, "%");
}

/* Bytes of the first character; a broken byte counts as one. */
static size_t
first_character(const char *text)
{
    size_t most = strnlen(text, 4), n = 1;
    while (n < most && ((unsigned char)text[n] & 0xc0) == 0x80) {
        n++;
    }
    return most == 0 ? 0 : n;
}

rh_shown
rh_mask_name(const char *name)
{
    rh_shown s;
    size_t n = first_character(name);
    snprintf(s.text, sizeof s.text, "%.*s*", (int)n, name);
    return s;
}

rh_shown
rh_mask_phone(const char *phone)
{
    rh_shown s;
    size_t size = strlen(phone), keep = size < 8 ? 0 : 3, last = size < 8 ? 2 : 4;
    last = size < last + 1 ? 0 : last;
    snprintf(s.text, sizeof s.text, "%.*s****%.4s", (int)keep, phone, phone + size - last);
    return s;
}

rh_shown
rh_shorten(const char *text, unsigned columns)
{
    rh_shown s;
    columns = columns > 80 ? 80 : columns;
    size_t fit = rh_text_fit(text, columns);
    bool cut = text[fit] != '\0';
    if (cut) {
        fit = rh_text_fit(text, columns == 0 ? 0 : columns - 1);
    }
    if (fit > sizeof s.text - 8) { /* a heap of combining marks */
        fit = sizeof s.text - 8;
        while (fit > 0 && ((unsigned char)text[fit] & 0xc0) == 0x80) {
            fit--;
        }
        cut = true;
    }
    snprintf(s.text, sizeof s.text, "%.*s%s", (int)fit, text, cut ? "…" : "");
    return s;
}

bool
rh_id_number_valid(const char *number)
{
    static const int weight[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    static const char check[] = "10X98765432";
    if (strlen(number) != 18 || strspn(number, "0123456789") < 17 || number[0] == '0') {
        return false;
    }
    int sum = 0, digit[17];
    for (int i = 0; i < 17; i++) {
        digit[i] = number[i] - '0';
        sum += weight[i] * digit[i];
    }
    civil birth = {digit[6] * 1000 + digit[7] * 100 + digit[8] * 10 + digit[9],
                   digit[10] * 10 + digit[11], digit[12] * 10 + digit[13]};
    char last = number[17] == 'x' ? 'X' : number[17];
    return birth.year >= 1800 && in_calendar(birth) && check[sum % 11] == last;
}

/* What was typed, with ASCII for full-width forms, ¥ for ￥, m2 for ㎡ and m², blanks at both ends cut. */
typedef struct typed {
    char text[96];
} typed;

/* False for a text that is too long to be any value. */
static bool
simplify(const char *text, typed *out)
{
    static const struct {
        const char *from, *to;
    } plain[] = {{"\xe3\x80\x80", " "}, {"\xc2\xa0", " "}, {"￥", "¥"},
                 {"㎡", "m2"},          {"²", "2"},        {"。", "."}};
    size_t n = 0;
    while (*text != '\0') {
        const unsigned char *p = (const unsigned char *)text;
        const char *to = NULL;
        size_t step = 1;
        char one[2] = {*text, '\0'};
        for (size_t i = 0; i < sizeof plain / sizeof plain[0] && to == NULL; i++) {
            if (strncmp(text, plain[i].from, strlen(plain[i].from)) == 0) {
                to = plain[i].to;
                step = strlen(plain[i].from);
            }
        }
        if (to == NULL && p[0] == 0xef && (p[1] == 0xbc || p[1] == 0xbd) && p[2] >= 0x80) {
            /* U+FF01 … U+FF5E are U+0021 … U+007E */
            unsigned c = (0xf000u | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu)) - 0xff00u + 0x20u;
            if (c > 0x20 && c < 0x7f) {
                one[0] = (char)c;
                step = 3;
            }
        }
        if (to == NULL) {
            to = *text == '\t' ? " " : one;
        }
        size_t size = strlen(to);
        if (n + size >= sizeof out->text) {
            return false;
        }
        if (n != 0 || *to != ' ') {
            memcpy(out->text + n, to, size);
            n += size;
        }
        text += step;
    }
    while (n > 0 && out->text[n - 1] == ' ') {
        n--;
    }
    out->text[n] = '\0';
    return n != 0;
}

/* Takes `word` off the front of *at. */
static bool
take(const char **at, const char *word)
{
    size_t size = strlen(word);
    bool there = strncmp(*at, word, size) == 0;
    *at += there ? size : 0;
    return there;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits off the front, at most `most` of them; how many there were. */
static int
take_digits(const char **at, int most, int *out)
{
    int n = 0;
    *out = 0;
    while (n < most && is_digit(**at)) {
        *out = *out * 10 + (*(*at)++ - '0');
        n++;
    }
    return n;
}

static void
take_blanks(const char **at)
{
    while (take(at, " ")) {
    }
}

/* The month's English name or its first three letters, any case; 0 when it is none. */
static int
take_month(const char **at)
{
    for (int m = 0; m < 12; m++) {
        size_t size = strlen(month_name[m]);
        size = strncasecmp(*at, month_name[m], size) == 0 ? size : 3;
        if (strncasecmp(*at, month_name[m], size) == 0) {
            *at += size;
            return m + 1;
        }
    }
    return 0;
}

/* The parts of a date in any of the accepted shapes. */
static bool
take_date(const char *at, civil *c)
{
    int year = 0;
    const char *start = at;
    if (take_digits(&at, 4, &year) == 4) {
        c->year = year;
        if (is_digit(*at)) { /* 20260301 */
            return take_digits(&at, 2, &c->month) == 2 && take_digits(&at, 2, &c->day) == 2 &&
                   *at == '\0';
        }
        take_blanks(&at);
        const char *mark = NULL;
        static const char *const marks[] = {"-", "/", ".", "年"};
        for (int i = 0; i < 4 && mark == NULL; i++) {
            mark = take(&at, marks[i]) ? marks[i] : NULL;
        }
        bool chinese = mark == marks[3];
        take_blanks(&at);
        if (mark == NULL || take_digits(&at, 2, &c->month) == 0) {
            return false;
        }
        take_blanks(&at);
        if (!take(&at, chinese ? "月" : mark)) {
            return false;
        }
        take_blanks(&at);
        if (take_digits(&at, 2, &c->day) == 0) {
            return false;
        }
        take_blanks(&at);
        return (!chinese || take(&at, "日") || take(&at, "号")) && *at == '\0';
    }
    at = start; /* 1 March 2026 */
    if (take_digits(&at, 2, &c->day) == 0) {
        return false;
    }
    take_blanks(&at);
    c->month = take_month(&at);
    take_blanks(&at);
    bool good = c->month != 0 && take_digits(&at, 4, &year) == 4 && *at == '\0';
    c->year = year;
    return good;
}

enum rh_web_message
rh_read_date(const char *text, int64_t *day)
{
    typed t;
    civil c;
    if (!simplify(text, &t) || !take_date(t.text, &c)) {
        return RH_WEB_DATE_EXPECTED;
    }
    if (!in_calendar(c)) {
        return RH_WEB_DATE_NOT_IN_CALENDAR;
    }
    if (c.year < 1900 || c.year > 2199) {
        return RH_WEB_DATE_OUT_OF_RANGE;
    }
    *day = days_of(c);
    return RH_WEB_NOTHING;
}

/* A decimal number: whole part with or without commas in thousands, at most 12 digits; up to 6 decimals. */
typedef struct number {
    int64_t millionths;
} number;

enum { MILLION = 1000000, WHOLE_DIGITS = 12, DECIMALS = 6 };

static bool
take_number(const char **at, number *out)
{
    int64_t whole = 0;
    int digits = 0, group = 0; /* digits since the last comma */
    bool commas = false;
    for (;; (*at)++) {
        if (is_digit(**at)) {
            if (++digits > WHOLE_DIGITS || (commas && ++group > 3)) {
                return false;
            }
            whole = whole * 10 + (**at - '0');
        } else if (**at == ',') {
            if (digits == 0 || (commas ? group != 3 : digits > 3)) {
                return false;
            }
            commas = true;
            group = 0;
        } else {
            break;
        }
    }
    if (digits == 0 || (commas && group != 3)) {
        return false;
    }
    int64_t millionths = whole * MILLION;
    if (take(at, ".")) {
        int64_t scale = MILLION / 10;
        int n = 0;
        for (; is_digit(**at); (*at)++, scale /= 10) {
            if (++n > DECIMALS) {
                return false;
            }
            millionths += (**at - '0') * scale;
        }
        if (n == 0) {
            return false;
        }
    }
    out->millionths = millionths;
    return true;
}

/* The scale of the unit that is the rest of the text, or 0. */
typedef struct unit {
    const char *word;
    int64_t scale;
} unit;

static int64_t
unit_of(const char *rest, const unit *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcasecmp(rest, list[i].word) == 0) {
            return list[i].scale;
        }
    }
    return 0;
}

enum rh_web_message
rh_read_money(const char *text, int64_t *fen)
{
    static const unit units[] = {{"", 1},           {"元", 1},          {"圆", 1},
                                 {"块", 1},         {"元整", 1},        {"yuan", 1},
                                 {"万", 10000},     {"万元", 10000},    {"万元整", 10000},
                                 {"亿", 100000000}, {"亿元", 100000000}};
    static const char *const signs[] = {"人民币", "RMB", "CNY", "¥"};
    typed t;
    if (!simplify(text, &t)) {
        return RH_WEB_MONEY_EXPECTED;
    }
    const char *at = t.text;
    if (*at == '-') {
        return RH_WEB_MONEY_NEGATIVE;
    }
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        take(&at, signs[i]);
        take_blanks(&at);
    }
    number n;
    if (!take_number(&at, &n)) {
        return RH_WEB_MONEY_EXPECTED;
    }
    take_blanks(&at);
    int64_t scale = unit_of(at, units, sizeof units / sizeof units[0]);
    if (scale == 0) {
        return RH_WEB_MONEY_EXPECTED;
    }
    const int64_t most = 99999999999999; /* fen */
    if (n.millionths / MILLION > most / 100 / scale) {
        return RH_WEB_MONEY_OUT_OF_RANGE;
    }
    /* fen = millionths · scale / 10^4, whole yuan apart so that nothing overflows */
    int64_t part = n.millionths % MILLION * scale;
    if (part % (MILLION / 100) != 0) {
        return RH_WEB_MONEY_BELOW_FEN;
    }
    int64_t sum = n.millionths / MILLION * scale * 100 + part / (MILLION / 100);
    if (sum > most) {
        return RH_WEB_MONEY_OUT_OF_RANGE;
    }
    *fen = sum;
    return RH_WEB_NOTHING;
}

enum rh_web_message
rh_read_area(const char *text, int64_t *cm2)
{
    enum { SQUARE_METRE = 1, MU = 2 };
    static const unit units[] = {{"", SQUARE_METRE},
                                 {"m2", SQUARE_METRE},
                                 {"平方米", SQUARE_METRE},
                                 {"平米", SQUARE_METRE},
                                 {"平", SQUARE_METRE},
                                 {"sqm", SQUARE_METRE},
                                 {"亩", MU},
                                 {"mu", MU}};
    typed t;
    number n;
    if (!simplify(text, &t)) {
        return RH_WEB_AREA_EXPECTED;
    }
    const char *at = t.text;
    if (!take_number(&at, &n)) {
        return RH_WEB_AREA_EXPECTED;
    }
    take_blanks(&at);
    int64_t u = unit_of(at, units, sizeof units / sizeof units[0]);
    if (u == 0) {
        return RH_WEB_AREA_EXPECTED;
    }
    const int64_t most = 10000000000; /* cm²: 1 km² */
    if (n.millionths > (int64_t)MILLION * 1000000) {
        return RH_WEB_AREA_OUT_OF_RANGE;
    }
    if (u == SQUARE_METRE && n.millionths % 100 != 0) { /* 1 cm² = 0.0001 m² */
        return RH_WEB_AREA_BELOW_CM2;
    }
    /* 1 亩 = 20,000,000/3 cm² */
    int64_t area = u == SQUARE_METRE ? n.millionths / 100 : (n.millionths * 40 + 3) / 6;
    if (area <= 0 || area > most) {
        return RH_WEB_AREA_OUT_OF_RANGE;
    }
    *cm2 = area;
    return RH_WEB_NOTHING;
}

enum rh_web_message
rh_read_count(const char *text, int64_t most, int64_t *n)
{
    typed t;
    number read;
    if (!simplify(text, &t)) {
        return RH_WEB_COUNT_EXPECTED;
    }
    const char *at = t.text;
    if (!take_number(&at, &read) || *at != '\0' || read.millionths % MILLION != 0) {
        return RH_WEB_COUNT_EXPECTED;
    }
    if (read.millionths / MILLION > most) {
        return RH_WEB_COUNT_OUT_OF_RANGE;
    }
    *n = read.millionths / MILLION;
    return RH_WEB_NOTHING;
}
