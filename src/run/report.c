/* Choosing from a run what a query names: see report_common.h. */
#include "run/report_common.h"

#include <string.h>

rh_status
rh_query_level(const rh_run *run, const rh_query *query, enum rh_value_level usual,
               enum rh_value_level *level, rh_err *err)
{
    int found = query->level ? rh_level_find(query->level) : (int)usual;
    if (found < 0) {
        return rh_fail(
            err, RH_INPUT,
            "There is no level \"%s\": choose nation, province, prefecture or county.",
            query->level);
    }
    if (found > (int)run->finest) {
        return rh_fail(err, RH_INPUT, "%s holds values down to level %s, not %s.", run->path,
                       rh_level_name(run->finest), rh_level_name((enum rh_value_level)found));
    }
    *level = (enum rh_value_level)found;
    return RH_OK;
}

rh_status
rh_query_part(const rh_query *query, enum rh_value_part *part, rh_err *err)
{
    int found = query->part ? rh_part_find(query->part) : RH_WHOLE;
    if (found < 0) {
        return rh_fail(err, RH_INPUT, "There is no part \"%s\": choose all, rural or urban.",
                       query->part);
    }
    *part = (enum rh_value_part)found;
    return RH_OK;
}

rh_status
rh_query_year(const rh_run *run, const rh_query *query, int *year, rh_err *err)
{
    if (run->n_years == 0) {
        return rh_fail(err, RH_INPUT, "%s holds no finished year.", run->path);
    }
    *year = query->year != 0 ? query->year : run->year[run->n_years - 1];
    for (int i = 0; i < run->n_years; i++) {
        if (run->year[i] == *year) {
            return RH_OK;
        }
    }
    return rh_fail(err, RH_INPUT, "%s holds the years %d to %d, not %d.", run->path,
                   run->year[0], run->year[run->n_years - 1], *year);
}

/* How far two words are apart: letters of each that the other lacks, a cheap measure for "did
 * you mean". */
static unsigned
apart(const char *a, const char *b)
{
    size_t same = 0, la = strlen(a), lb = strlen(b);
    while (same < la && same < lb && a[same] == b[same]) {
        same++;
    }
    size_t tail = 0;
    while (tail < la - same && tail < lb - same && a[la - 1 - tail] == b[lb - 1 - tail]) {
        tail++;
    }
    return (unsigned)(la + lb - 2 * (same + tail));
}

const rh_run_indicator *
rh_run_nearest_indicator(const rh_run *run, const char *id)
{
    const rh_run_indicator *best = &run->indicator[0];
    for (int i = 1; i < run->n_indicators; i++) {
        if (apart(run->indicator[i].id, id) < apart(best->id, id)) {
            best = &run->indicator[i];
        }
    }
    return best;
}

rh_status
rh_query_indicator(const rh_run *run, const rh_query *query, const rh_run_indicator **out,
                   rh_err *err)
{
    *out = query->indicator ? rh_run_find_indicator(run, query->indicator) : NULL;
    if (query->indicator != NULL && *out == NULL) {
        return rh_fail(
            err, RH_INPUT,
            "%s has no indicator \"%s\"; the nearest is \"%s\" (ronghe indicators lists them).",
            run->path, query->indicator, rh_run_nearest_indicator(run, query->indicator)->id);
    }
    return RH_OK;
}

/* 44 is 440000 and 4403 is 440300. */
static uint64_t
full_code(uint64_t code)
{
    return code < 100 ? code * 10000 : code < 10000 ? code * 100 : code;
}

bool
rh_run_locate(const rh_run *run, uint64_t code, enum rh_value_level *level, uint32_t *place)
{
    for (int l = 0; l < RH_VALUE_LEVELS; l++) {
        *level = (enum rh_value_level)l;
        *place = rh_run_find_place(
            run, *level, l == RH_NATION && code == 0 ? RH_NATION_CODE : full_code(code));
        if (*place != UINT32_MAX) {
            return true;
        }
    }
    return false;
}

rh_status
rh_query_place(const rh_run *run, const rh_query *query, enum rh_value_level *level,
               uint32_t *place, rh_err *err)
{
    if (query->level != NULL) {
        RH_TRY(rh_query_level(run, query, RH_NATION, level, err));
        *place = rh_run_find_place(run, *level, full_code(query->place));
    } else if (!rh_run_locate(run, query->place, level, place)) {
        *place = UINT32_MAX;
    }
    if (*place == UINT32_MAX) {
        return rh_fail(err, RH_INPUT, "%s has no place with the code %llu%s%s.", run->path,
                       (unsigned long long)query->place, query->level ? " at level " : "",
                       query->level ? query->level : "");
    }
    if (*level > run->finest) {
        return rh_fail(err, RH_INPUT, "%s holds values down to level %s; %s is a %s.",
                       run->path, rh_level_name(run->finest), run->place[*level][*place].name,
                       rh_level_name(*level));
    }
    return RH_OK;
}

const char *
rh_number_text(char *text, size_t size, double value, bool is_count)
{
    if (value != value) {
        snprintf(text, size, "-");
    } else if (is_count) {
        char digits[32];
        int n = snprintf(digits, sizeof digits, "%.0f", value), at = 0;
        for (int i = 0; i < n && (size_t)at + 2 < size; i++) {
            text[at++] = digits[i];
            if (digits[i] != '-' && i + 1 < n && (n - 1 - i) % 3 == 0) {
                text[at++] = ',';
            }
        }
        text[at] = 0;
    } else {
        snprintf(text, size, "%.2f", value);
    }
    return text;
}

const char *
rh_unit_text(const char *unit, bool chinese)
{
    static const char *const words[][2] = {
        {"persons", "人"},  {"households", "户"}, {"moves", "人次"}, {"homesteads", "宗"},
        {"per mille", "‰"}, {"points", "百分点"}, {"years", "年"},   {"%", "%"},
    };
    for (size_t i = 0; chinese && i < sizeof words / sizeof *words; i++) {
        if (strcmp(unit, words[i][0]) == 0) {
            return words[i][1];
        }
    }
    return unit;
}

const char *
rh_level_text(enum rh_value_level level, bool chinese)
{
    static const char *const words[] = {"全国", "省级", "地级", "县级"};
    return chinese ? words[level] : rh_level_name(level);
}

const char *
rh_part_text(enum rh_value_part part, bool chinese)
{
    static const char *const words[] = {"合计", "乡村", "城镇"};
    return chinese ? words[part] : rh_part_name(part);
}

void
rh_write_synthetic(const rh_run *run, bool chinese, FILE *out)
{
    if (run->synthetic_below_province) {
        fputs(chinese ? "省以下为合成数据，不是统计数字。\n"
                      : "Synthetic below the province: not observed figures.\n",
              out);
    }
}
