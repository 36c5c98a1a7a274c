/* ronghe score: a run against observed values, beside two naive forecasts. See report.h.
 *
 * Of each indicator (and year and part; and level, when the table has that column): with e =
 * forecast − observed over n places, bias = mean e, MAE = mean |e|, MAPE = mean of 100 |e| /
 * |observed| (places with observed ≠ 0), weighted MAPE = 100 Σ|e| / Σ|observed|, rank =
 * Spearman's rank correlation of forecast and observed (ties share their mean rank), and the
 * same of the changes since the run's first year, which levels hide. Naive forecasts start from
 * the run's first year: "unchanged"; and "national growth": a count grows everywhere as the
 * nation's observed count did, a ratio rises everywhere by as many points as the nation's. The
 * nation's value is its row among the observed ones; without it, the sum of the scored places
 * (ratios: mean weighted by first-year residents) stands for it. */
#include "core/mem.h"
#include "core/text.h"
#include "io/csv.h"
#include "run/report_common.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { LISTED = 20, FORECASTS = 3, BELOW_NATION = RH_VALUE_LEVELS };

typedef struct observation {
    int indicator, year, level, part;
    int scored_with; /* its level, or BELOW_NATION when the table names no levels */
    uint32_t place, line;
    double value;
} observation;

typedef struct errors {
    uint32_t n;
    double bias, mae, mape, wmape, rank, rank_change;
} errors;

typedef struct group {
    const rh_run_indicator *indicator;
    int year, level, part;
    bool national_row; /* growth comes from an observed national value */
    errors of[FORECASTS];
} group;

typedef struct score {
    const rh_run *run;
    const rh_run_indicator *indicator; /* the only one asked for, or NULL */
    int level, part;                   /* likewise, or -1 */
    observation *seen;
    uint32_t n_seen;
    group *group;
    uint32_t n_groups;
    uint32_t n_unused; /* rows that name something the run does not have */
    char unused[LISTED][200];
} score;

static const char *const forecast_names[] = {"this run", "unchanged", "national growth"};
static const char *const forecast_zh[] = {"本次模拟", "不变", "按全国增长"};

/* ---- reading the observed values ---- */

static void RH_PRINTF(3, 4) unused(score *s, uint32_t line, const char *format, ...)
{
    if (s->n_unused < LISTED) {
        char *text = s->unused[s->n_unused];
        int at = snprintf(text, sizeof s->unused[0], "line %u: ", (unsigned)line);
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(text + at, sizeof s->unused[0] - (size_t)at, format, arguments);
        va_end(arguments);
        rh_text_mend(text);
    }
    s->n_unused++;
}

/* One row: an observation, or a reason why not. Broken cells are problems of the csv. */
/* Does the user want this row's indicator, level and part? */
static bool
is_asked(const score *s, const rh_run_indicator *indicator, enum rh_value_level level, int part)
{
    return (s->indicator == NULL || s->indicator == indicator) &&
           (s->level < 0 || s->level == (int)level) && (s->part < 0 || s->part == part);
}

static void
read_row(score *s, rh_csv *csv, uint32_t row, const int column[6])
{
    const rh_run *run = s->run;
    const uint32_t line = rh_csv_line(csv, row);
    const uint64_t code = rh_csv_count(csv, row, column[0]),
                   year = rh_csv_count(csv, row, column[2]);
    const double value = rh_csv_number(csv, row, column[3]);
    const char *id = rh_csv_text(csv, row, column[1]);
    const char *level_name = column[4] < 0 ? "" : rh_csv_text(csv, row, column[4]);
    const char *part_name = column[5] < 0 ? "" : rh_csv_text(csv, row, column[5]);
    const rh_run_indicator *indicator = rh_run_find_indicator(run, id);
    enum rh_value_level level = RH_NATION;
    uint32_t place = UINT32_MAX;
    int part = part_name[0] ? rh_part_find(part_name) : RH_WHOLE;
    if (isnan(value)) {
        return;
    }
    if (indicator == NULL) {
        unused(s, line, "unknown indicator \"%s\", the nearest is \"%s\"", id,
               rh_run_nearest_indicator(run, id)->id);
        return;
    }
    if (level_name[0] != 0) {
        int found = rh_level_find(level_name);
        level = found < 0 ? RH_NATION : (enum rh_value_level)found;
        place = found < 0 ? UINT32_MAX : rh_run_find_place(run, level, code);
    } else {
        (void)rh_run_locate(run, code, &level, &place);
    }
    if (place == UINT32_MAX || level > run->finest) {
        unused(s, line, "%s%s%scode %" PRIu64,
               place == UINT32_MAX ? "unknown " : "no values for ", level_name,
               level_name[0] ? " " : "", code);
    } else if (part < 0) {
        unused(s, line, "unknown part \"%s\"", part_name);
    } else if (year > 9999) {
        unused(s, line, "year %" PRIu64, year);
    } else if (is_asked(s, indicator, level, part)) {
        s->seen[s->n_seen++] = (observation){
            .indicator = (int)(indicator - run->indicator),
            .year = (int)year,
            .level = (int)level,
            .part = part,
            .scored_with = level_name[0] || level == RH_NATION ? (int)level : BELOW_NATION,
            .place = place,
            .line = line,
            .value = value};
    }
}

static int
compare(const void *a, const void *b)
{
    const observation *x = a, *y = b;
    int64_t d = x->indicator - y->indicator;
    d = d ? d : x->year - y->year;
    d = d ? d : x->part - y->part;
    d = d ? d : x->scored_with - y->scored_with;
    d = d ? d : x->level - y->level;
    d = d ? d : (int64_t)x->place - y->place;
    d = d ? d : (int64_t)x->line - y->line;
    return (d > 0) - (d < 0);
}

static bool
same_group(const observation *a, const observation *b)
{
    return a->indicator == b->indicator && a->year == b->year && a->part == b->part &&
           a->scored_with == b->scored_with;
}

static rh_status
read_rows(score *s, rh_csv *csv, rh_err *err)
{
    const int column[] = {rh_csv_need(csv, "code"),  rh_csv_need(csv, "indicator"),
                          rh_csv_need(csv, "year"),  rh_csv_need(csv, "value"),
                          rh_csv_find(csv, "level"), rh_csv_find(csv, "part")};
    for (int i = 0; i < 4; i++) {
        if (column[i] < 0) {
            return rh_csv_finish(csv, err);
        }
    }
    RH_NEW(s->seen, (size_t)rh_csv_rows(csv) + 1, err);
    for (uint32_t row = 0; row < rh_csv_rows(csv); row++) {
        read_row(s, csv, row, column);
    }
    RH_TRY(rh_csv_finish(csv, err));
    qsort(s->seen, s->n_seen, sizeof *s->seen, compare);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < s->n_seen; i++) {
        const observation *last = kept > 0 ? &s->seen[kept - 1] : NULL;
        if (last != NULL && same_group(last, &s->seen[i]) && last->level == s->seen[i].level &&
            last->place == s->seen[i].place) {
            unused(s, s->seen[i].line, "the same place, indicator and year as line %u",
                   (unsigned)last->line);
        } else {
            s->seen[kept++] = s->seen[i];
        }
    }
    s->n_seen = kept;
    return RH_OK;
}

/* ---- statistics ---- */

static int
by_value(const void *a, const void *b, void *values)
{
    const double *v = values;
    const double x = v[*(const uint32_t *)a], y = v[*(const uint32_t *)b];
    return (x > y) - (x < y);
}

/* Mean ranks of the values. */
static rh_status
ranks(const double *value, uint32_t n, double *rank, rh_err *err)
{
    uint32_t *order;
    RH_NEW(order, (size_t)n + 1, err);
    for (uint32_t i = 0; i < n; i++) {
        order[i] = i;
    }
    double *copy = rh_alloc((size_t)n + 1, sizeof *copy);
    if (copy == NULL) {
        rh_free(order);
        return rh_fail(err, RH_MEMORY, "Not enough memory to rank %u values.", (unsigned)n);
    }
    memcpy(copy, value, n * sizeof *copy);
    qsort_r(order, n, sizeof *order, by_value, copy);
    for (uint32_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && !(copy[order[j]] > copy[order[i]]); j++) {
        }
        for (uint32_t k = i; k < j; k++) {
            rank[order[k]] = (i + j + 1) / 2.0;
        }
    }
    rh_free(copy);
    rh_free(order);
    return RH_OK;
}

static rh_status
spearman(const double *a, const double *b, uint32_t n, double *out, rh_err *err)
{
    double *ra;
    *out = (double)NAN;
    RH_NEW(ra, (size_t)n * 2 + 1, err);
    double *rb = ra + n, mean = (n + 1) / 2.0, ab = 0, aa = 0, bb = 0;
    rh_status status = ranks(a, n, ra, err);
    if (status == RH_OK) {
        status = ranks(b, n, rb, err);
    }
    for (uint32_t i = 0; i < n && status == RH_OK; i++) {
        ab += (ra[i] - mean) * (rb[i] - mean);
        aa += (ra[i] - mean) * (ra[i] - mean);
        bb += (rb[i] - mean) * (rb[i] - mean);
    }
    if (aa > 0 && bb > 0) {
        *out = ab / sqrt(aa * bb);
    }
    rh_free(ra);
    return status;
}

static rh_status
errors_of(errors *e, const double *forecast, const double *seen, const double *base, uint32_t n,
          rh_err *err)
{
    double sum = 0, absolute = 0, relative = 0, total = 0;
    uint32_t with_value = 0;
    bool whole = true, has_base = true;
    for (uint32_t i = 0; i < n; i++) {
        const double d = forecast[i] - seen[i];
        whole &= isfinite(d) != 0;
        has_base &= isfinite(base[i]) != 0;
        sum += d;
        absolute += fabs(d);
        total += fabs(seen[i]);
        if (fabs(seen[i]) > 0) {
            relative += fabs(d) / fabs(seen[i]);
            with_value++;
        }
    }
    const double none = (double)NAN;
    *e = (errors){n, none, none, none, none, none, none};
    if (!whole || n == 0) {
        return RH_OK;
    }
    e->bias = sum / n;
    e->mae = absolute / n;
    e->mape = with_value ? 100 * relative / with_value : none;
    e->wmape = total > 0 ? 100 * absolute / total : none;
    RH_TRY(spearman(forecast, seen, n, &e->rank, err));
    if (!has_base) {
        return RH_OK;
    }
    double *change;
    RH_NEW(change, (size_t)n * 2 + 1, err);
    for (uint32_t i = 0; i < n; i++) {
        change[i] = forecast[i] - base[i];
        change[n + i] = seen[i] - base[i];
    }
    rh_status status = spearman(change, change + n, n, &e->rank_change, err);
    rh_free(change);
    return status;
}

/* The nation's observed value of the group's indicator and year, NAN when it is not in the
 * table. */
static double
national_row(const score *s, const observation *like)
{
    for (uint32_t i = 0; i < s->n_seen; i++) {
        const observation *o = &s->seen[i];
        if (o->level == RH_NATION && o->indicator == like->indicator && o->year == like->year &&
            o->part == like->part) {
            return o->value;
        }
    }
    return (double)NAN;
}

/* Fill `grown`: the base with the nation's growth, or rise in points. */
static rh_status
grow(const score *s, group *g, const observation *like, const double *base, const double *seen,
     const double *residents, uint32_t n, double *grown, rh_err *err)
{
    double before = (double)NAN, after = national_row(s, like);
    g->national_row = !isnan(after);
    if (g->national_row) {
        RH_TRY(rh_run_value(s->run, s->run->year[0], RH_NATION, RH_NATION_CODE, g->indicator,
                            (enum rh_value_part)g->part, &before, err));
    } else {
        double a = 0, b = 0, weights = 0;
        for (uint32_t i = 0; i < n; i++) {
            const double weight = g->indicator->is_count ? 1 : residents[i];
            a += weight * seen[i];
            b += weight * base[i];
            weights += weight;
        }
        after = g->indicator->is_count ? a : a / weights;
        before = g->indicator->is_count ? b : b / weights;
    }
    for (uint32_t i = 0; i < n; i++) {
        grown[i] =
            g->indicator->is_count ? base[i] * (after / before) : base[i] + (after - before);
    }
    return RH_OK;
}

/* Shares given as 0.51 where the run says 51 %. */
static rh_status
check_unit(const group *g, const double *seen, const double *simulated, uint32_t n, rh_err *err)
{
    double most = 0, most_simulated = 0;
    for (uint32_t i = 0; i < n; i++) {
        most = seen[i] > most ? seen[i] : most;
        most_simulated = simulated[i] > most_simulated ? simulated[i] : most_simulated;
    }
    if (strcmp(g->indicator->unit, "%") == 0 && most <= 1 && most_simulated > 10) {
        return rh_fail(err, RH_INPUT,
                       "The observed values of %s in %d are all at most 1, but the run has "
                       "percent (up to %.1f): "
                       "multiply them by 100.",
                       g->indicator->id, g->year, most_simulated);
    }
    return RH_OK;
}

/* Values of the places observed, one indicator and year; NAN where the run has none. */
static rh_status
values_of(const rh_run *run, const rh_run_indicator *indicator, int year, int part,
          const observation *o, uint32_t n, double *column, double *out, rh_err *err)
{
    for (int level = 0; level <= (int)run->finest; level++) {
        bool loaded = false;
        for (uint32_t i = 0; i < n; i++) {
            if (o[i].level == level) {
                if (!loaded) {
                    RH_TRY(rh_run_column(run, year, (enum rh_value_level)level, indicator,
                                         (enum rh_value_part)part, column, err));
                    loaded = true;
                }
                out[i] = column[o[i].place];
            }
        }
    }
    return RH_OK;
}

/* Score the n observations from `first` on, all of one group. `column` has room for the places
 * of a level, `work` for FORECASTS + 2 values an observation. */
static rh_status
score_group(score *s, group *g, uint32_t first, uint32_t n, double *column, double *work,
            rh_err *err)
{
    const rh_run *run = s->run;
    const observation *o = &s->seen[first];
    double *seen = work, *residents = work + n, *value[FORECASTS];
    const rh_run_indicator *population = rh_run_find_indicator(run, "population");
    *g = (group){.indicator = &run->indicator[o->indicator],
                 .year = o->year,
                 .level = o->level,
                 .part = o->part};
    for (int f = 0; f < FORECASTS; f++) {
        value[f] = work + (size_t)n * (size_t)(2 + f);
    }
    RH_TRY(values_of(run, g->indicator, g->year, g->part, o, n, column, value[0], err));
    RH_TRY(values_of(run, g->indicator, run->year[0], g->part, o, n, column, value[1], err));
    for (uint32_t i = 0; i < n; i++) {
        residents[i] = 1;
    }
    if (population != NULL) {
        RH_TRY(
            values_of(run, population, run->year[0], RH_WHOLE, o, n, column, residents, err));
    }
    uint32_t used = 0;
    for (uint32_t i = 0; i < n; i++) {
        g->level = o[i].level == g->level ? g->level : BELOW_NATION;
        if (!isfinite(value[0][i])) {
            unused(s, o[i].line, "the run has no %s of %s in %d", g->indicator->id,
                   run->place[o[i].level][o[i].place].name, g->year);
            continue;
        }
        seen[used] = o[i].value;
        residents[used] = residents[i];
        value[0][used] = value[0][i];
        value[1][used++] = value[1][i];
    }
    RH_TRY(check_unit(g, seen, value[0], used, err));
    RH_TRY(grow(s, g, o, value[1], seen, residents, used, value[2], err));
    for (int f = 0; f < FORECASTS; f++) {
        RH_TRY(errors_of(&g->of[f], value[f], seen, value[1], used, err));
    }
    return RH_OK;
}

static rh_status
score_all(score *s, rh_err *err)
{
    double *work;
    uint32_t most = 0;
    for (int level = 0; level < RH_VALUE_LEVELS; level++) {
        most = s->run->n_places[level] > most ? s->run->n_places[level] : most;
    }
    RH_NEW(s->group, (size_t)s->n_seen + 1, err);
    RH_NEW(work, most + (size_t)s->n_seen * (FORECASTS + 2) + 1, err);
    rh_status status = RH_OK;
    for (uint32_t first = 0, end; first < s->n_seen && status == RH_OK; first = end) {
        for (end = first + 1; end < s->n_seen && same_group(&s->seen[first], &s->seen[end]);
             end++) {
        }
        status =
            score_group(s, &s->group[s->n_groups], first, end - first, work, work + most, err);
        s->n_groups += status == RH_OK && s->group[s->n_groups].of[0].n > 0;
    }
    rh_free(work);
    return status;
}

/* ---- writing ---- */

static const char *
level_text(const group *g, bool chinese)
{
    return g->level == BELOW_NATION ? (chinese ? "多个层级" : "several levels")
                                    : rh_level_text((enum rh_value_level)g->level, chinese);
}

static void
write_number(FILE *out, double value, unsigned width, int decimals)
{
    char text[40];
    if (isnan(value)) {
        snprintf(text, sizeof text, "-");
    } else if (fabs(value) >= 1000) {
        rh_number_text(text, sizeof text, value, true);
    } else {
        double zero = 0.5 * pow(10, -decimals); /* no "-0.00" */
        snprintf(text, sizeof text, "%.*f", decimals, fabs(value) < zero ? 0 : value);
    }
    rh_text_right(out, text, width);
}

static void
write_text(const score *s, const rh_query *query, FILE *out)
{
    static const char *const heads_en[] = {"n",       "bias", "MAE",           "MAPE %",
                                           "wMAPE %", "rank", "rank of change"};
    static const char *const heads_zh[] = {"个数",       "偏差",   "平均绝对误差", "MAPE %",
                                           "加权MAPE %", "秩相关", "变动秩相关"};
    static const unsigned width[] = {6, 12, 14, 9, 12, 8, 15};
    const bool zh = query->chinese;
    rh_write_synthetic(s->run, zh, out);
    rh_text_left(out, "", 20);
    for (int i = 0; i < 7; i++) {
        rh_text_right(out, query->chinese ? heads_zh[i] : heads_en[i], width[i]);
    }
    fputc('\n', out);
    for (uint32_t i = 0; i < s->n_groups; i++) {
        const group *g = &s->group[i];
        fprintf(out, zh ? "%s %s（%s），%s%s%s，%d\n" : "%s %s (%s), %s%s%s, %d\n",
                g->indicator->id, zh ? g->indicator->zh : g->indicator->en,
                rh_unit_text(g->indicator->unit, zh), level_text(g, zh),
                g->part ? (zh ? "，" : ", ") : "",
                g->part ? rh_part_text((enum rh_value_part)g->part, zh) : "", g->year);
        for (int f = 0; f < FORECASTS; f++) {
            const errors *e = &g->of[f];
            fputs("  ", out);
            rh_text_left(out, query->chinese ? forecast_zh[f] : forecast_names[f], 18);
            write_number(out, e->n, width[0], 0);
            write_number(out, e->bias, width[1], 2);
            write_number(out, e->mae, width[2], 2);
            write_number(out, e->mape, width[3], 2);
            write_number(out, e->wmape, width[4], 2);
            write_number(out, e->rank, width[5], 3);
            write_number(out, e->rank_change, width[6], 3);
            fputc('\n', out);
        }
    }
    fprintf(out,
            query->chinese
                ? "朴素预测以 %d 年为起点；全国增长取自%s。\n"
                : "Naive forecasts start from %d; national growth is taken from %s.\n",
            s->run->year[0],
            s->n_groups > 0 && s->group[0].national_row
                ? (query->chinese ? "观测表中的全国行" : "the observed national row")
                : (query->chinese ? "参评地方之和" : "the scored places together"));
    if (s->n_unused > 0) {
        fprintf(out, query->chinese ? "%u 行未用：\n" : "%u rows were not used:\n",
                (unsigned)s->n_unused);
        for (uint32_t i = 0; i < s->n_unused && i < LISTED; i++) {
            fprintf(out, "  %s\n", s->unused[i]);
        }
        if (s->n_unused > LISTED) {
            fprintf(out, "  …\n");
        }
    }
}

static json_t *
real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static void
write_json(const score *s, FILE *out)
{
    json_t *groups = json_array(), *rows = json_array();
    for (uint32_t i = 0; i < s->n_groups; i++) {
        const group *g = &s->group[i];
        json_t *forecasts = json_object();
        for (int f = 0; f < FORECASTS; f++) {
            const errors *e = &g->of[f];
            json_object_set_new(forecasts, forecast_names[f],
                                json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "n", (int)e->n,
                                          "bias", real(e->bias), "mae", real(e->mae), "mape",
                                          real(e->mape), "wmape", real(e->wmape), "rank",
                                          real(e->rank), "rank_of_change",
                                          real(e->rank_change)));
        }
        json_array_append_new(
            groups, json_pack("{s:s, s:s, s:s, s:i, s:s, s:b, s:o}", "indicator",
                              g->indicator->id, "level", level_text(g, false), "part",
                              rh_part_name((enum rh_value_part)g->part), "year", g->year,
                              "unit", g->indicator->unit, "growth_from_national_row",
                              g->national_row, "forecasts", forecasts));
    }
    for (uint32_t i = 0; i < s->n_unused && i < LISTED; i++) {
        json_array_append_new(rows, json_string(s->unused[i]));
    }
    json_t *root = json_pack("{s:i, s:b, s:o, s:i, s:o}", "base_year", s->run->year[0],
                             "synthetic_below_province", s->run->synthetic_below_province,
                             "scores", groups, "unused", (int)s->n_unused, "unused_rows", rows);
    json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    fputc('\n', out);
    json_decref(root);
}

static rh_status
read_choice(score *s, const rh_query *query, rh_err *err)
{
    enum rh_value_level level;
    enum rh_value_part part;
    RH_TRY(rh_query_indicator(s->run, query, &s->indicator, err));
    RH_TRY(rh_query_level(s->run, query, RH_NATION, &level, err));
    RH_TRY(rh_query_part(query, &part, err));
    s->level = query->level != NULL ? (int)level : -1;
    s->part = query->part != NULL ? (int)part : -1;
    return RH_OK;
}

rh_status
rh_score(const char *run_path, const char *observed_path, const rh_query *query, FILE *out,
         rh_err *err)
{
    rh_run *run;
    rh_csv *csv = NULL;
    RH_TRY(rh_run_open(run_path, &run, err));
    score s = {.run = run, .level = -1, .part = -1};
    rh_status status = read_choice(&s, query, err);
    if (status == RH_OK) {
        status = run->n_years > 0
                     ? rh_csv_open(observed_path, &csv, err)
                     : rh_fail(err, RH_INPUT, "%s holds no finished year.", run_path);
    }
    if (status == RH_OK) {
        status = read_rows(&s, csv, err);
    }
    if (status == RH_OK) {
        status = score_all(&s, err);
    }
    if (status == RH_OK && s.n_groups == 0) {
        status =
            rh_fail(err, RH_INPUT, "No row of %s can be compared with %s%s%s.", observed_path,
                    run_path, s.n_unused ? "; " : "", s.n_unused ? s.unused[0] : "");
    }
    if (status == RH_OK && query->json) {
        write_json(&s, out);
    } else if (status == RH_OK) {
        write_text(&s, query, out);
    }
    rh_free(s.seen);
    rh_free(s.group);
    rh_csv_free(csv);
    rh_run_free(run);
    return status;
}
