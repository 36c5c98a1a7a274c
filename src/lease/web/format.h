/* Values as people write them, in Chinese and English, and what people type read back.
 *
 * Units: days since 1970-01-01, milliseconds since 1970-01-01 00:00 UTC, fen, cm², basis points (domain/record.h). RH_NONE and what
 * lies outside the stated range are written "—".
 * F1 reading what was written gives the same number (rh_read_* of rh_show_*; areas to 100 cm²).
 * F2 nothing is guessed: a text with something left over, a date that the calendar does not have, more decimals than the unit has,
 *    are refused with one sentence that names what is expected. */
#ifndef RH_WEB_FORMAT_H
#define RH_WEB_FORMAT_H

#include "core/text.h"
#include "domain/record.h"
#include "web/web_message.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct rh_shown {
    char text[256];
} rh_shown;

/* "2026年3月1日", "1 March 2026". Years 1 to 9999. */
rh_shown rh_show_date(enum rh_language language, int64_t day);
/* "2026-03-01": for <time datetime>, <input>. */
rh_shown rh_show_iso_date(int64_t day);
/* "2026年3月1日 14:05", "1 March 2026, 14:05": the clock of China, UTC+8 all year. */
rh_shown rh_show_time(enum rh_language language, int64_t ms);
rh_shown rh_show_iso_time(int64_t ms); /* "2026-03-01T14:05:09+08:00" */

/* "¥1,234.56", "-¥0.05". */
rh_shown rh_show_money(int64_t fen);
/* 大写, "壹仟贰佰叁拾肆元伍角陆分", as on bills: 正确填写票据和结算凭证的基本规定 (中国人民银行, 支付结算办法 annex 1), with its freedoms
 * fixed: 整 behind 元 and behind 角 (nothing can be added); one 零 for each run of zeros between two digits of the yuan, and
 * one before 分 when there is no 角; none between 元 and 角. 负 in front of a negative one. |fen| < 10^18. */
rh_shown rh_show_capital_money(int64_t fen);

/* "120.00 m²", "120.00平方米": to 0.01 m², halves away from zero. */
rh_shown rh_show_area(enum rh_language language, int64_t cm2);
/* "0.180亩", "0.180 mu" (1 亩 = 2000/3 m²): to 0.001 亩, halves away from zero. */
rh_shown rh_show_mu(enum rh_language language, int64_t cm2);
/* "20年", "1年6个月", "1 year 6 months". months ≥ 0. */
rh_shown rh_show_period(enum rh_language language, int64_t months);
/* "70%", "33.33%": no zeros behind. */
rh_shown rh_show_percent(int64_t basis_points);

/* "张*": the first character; how many follow is not told. */
rh_shown rh_mask_name(const char *name);
/* "138****1234"; a number of fewer than 8 digits keeps its last two. */
rh_shown rh_mask_phone(const char *phone);
/* At most `columns` (≤ 80) columns of a terminal (a Chinese character takes two), "…" where something was cut. */
rh_shown rh_shorten(const char *text, unsigned columns);

/* A citizen's number of 18 characters: a day of birth of the calendar, the check character of GB 11643-1999 (ISO 7064 MOD 11-2; x
 * counts as X). Says nothing about whether it was ever given out. */
bool rh_id_number_valid(const char *number);

/* What people type. RH_WEB_NOTHING (0) and *out when it is understood, else the sentence to show beside the field (*out is untouched).
 * Full-width digits and signs count as their ASCII ones; blanks at both ends do not count.
 *   dates  2026-03-01 2026/3/1 2026.3.1 20260301 2026年3月1日 "1 March 2026"; years 1900 to 2199
 *   money  500 ¥500 1,234.5 500元 1.5万 2万元 3亿; from 0 to 999,999,999,999.99 yuan
 *   areas  120 120㎡ 120 m2 120平方米 0.18亩; more than 0, at most 1 km²; rounded to cm² (亩), exact otherwise
 *   counts 0 to `most` */
enum rh_web_message rh_read_date(const char *text, int64_t *day);
enum rh_web_message rh_read_money(const char *text, int64_t *fen);
enum rh_web_message rh_read_area(const char *text, int64_t *cm2);
enum rh_web_message rh_read_count(const char *text, int64_t most, int64_t *n);

#endif
