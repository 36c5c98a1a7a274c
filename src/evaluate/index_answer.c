/* The answer of `ronghe index`: see index_answer.h. */
#include "evaluate/index_answer.h"

#include "core/mem.h"
#include "evaluate/obstacle.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the tables are made from. */
typedef struct view {
    const rh_index_framework *f;
    const rh_index_data *d;
    const rh_index_result *r;
    const rh_index_uncertain *u; /* may be NULL */
    rh_answer *a;
    uint32_t n, root;
    uint32_t *draw; /* row of the uncertainty for each unit, UINT32_MAX: none */
    bool brief;
} view;

#define X(id, word, zh, en, ...) {zh, en},
static const char *const aggregation_title[][2] = {RH_AGGREGATION_LIST(X)};
static const char *const fill_title[][2] = {RH_MISSING_LIST(X)};
static const char *const normalisation_title[][2] = {RH_NORMALISATION_LIST(X)};
#undef X

static const char *const step_title[][2] = {
    {"缺失值处理", "missing data"},  {"异常值处理", "outliers"},
    {"标准化方法", "normalisation"}, {"赋权方法", "method of weights"},
    {"集结方法", "aggregation"},     {"权重扰动", "weights up or down"}};
static const char *const step_id[] = {"missing", "outliers",    "normalisation",
                                      "weights", "aggregation", "noise"};

static const char *
choice_word(int step, int choice)
{
    switch (step) {
    case RH_STEP_MISSING:
        return rh_index_word_of_fill((enum rh_missing_fill)choice);
    case RH_STEP_OUTLIERS:
        return choice != 0 ? "treated" : "untreated";
    case RH_STEP_NORMALISATION:
        return rh_index_word_of_normalisation((enum rh_normalisation)choice);
    case RH_STEP_WEIGHTS:
        return rh_index_word_of_weighting((enum rh_weighting)choice);
    default:
        return rh_index_word_of_aggregation((enum rh_aggregation)choice);
    }
}

static double
score_of(const view *v, uint32_t node, uint32_t unit)
{
    return v->r->score[(size_t)node * v->n + unit];
}

static double
count_or_nan(uint32_t x)
{
    return x > 0 ? x : (double)NAN;
}

static void
name_columns(const view *v)
{
    rh_answer_text_column(v->a, "unit", "单元", "unit");
    if (v->f->label != NULL) {
        rh_answer_text_column(v->a, "name", "名称", "name");
    }
    if (v->r->units.year != NULL) {
        rh_answer_number_column(v->a, "year", "年份", "year", 0);
    }
}

static void
name_cells(const view *v, uint32_t i)
{
    uint32_t row = v->r->units.row[i];
    rh_answer_text(v->a, v->d->unit[row]);
    if (v->f->label != NULL) {
        rh_answer_text(v->a, v->d->label[row]);
    }
    if (v->r->units.year != NULL) {
        rh_answer_number(v->a, v->r->units.year[i]);
    }
}

typedef struct sorted_unit {
    int year;
    uint32_t place, unit;
} sorted_unit;

/* Last year first, then the best; those without a score behind. */
static int
best_first(const void *a, const void *b)
{
    const sorted_unit *x = a, *y = b;
    if (x->year != y->year) {
        return (x->year < y->year) - (x->year > y->year);
    }
    if (x->place != y->place) { /* 0, no place, wraps to the end */
        return (x->place - 1 > y->place - 1) - (x->place - 1 < y->place - 1);
    }
    return (x->unit > y->unit) - (x->unit < y->unit);
}

static rh_status
sort_units(const view *v, sorted_unit **out, rh_err *err)
{
    RH_NEW(*out, (size_t)v->n + 1, err);
    for (uint32_t i = 0; i < v->n; i++) {
        (*out)[i] = (sorted_unit){v->r->units.year != NULL ? v->r->units.year[i] : 0,
                                  v->r->place[(size_t)v->root * v->n + i], i};
    }
    qsort(*out, v->n, sizeof **out, best_first);
    return RH_OK;
}

static rh_status
table_scores(const view *v, rh_err *err)
{
    sorted_unit *order;
    RH_TRY(sort_units(v, &order, err));
    rh_answer_table(v->a, "scores", v->f->zh, v->f->en);
    name_columns(v);
    rh_answer_number_column(v->a, "rank", "位次", "rank", 0);
    if (v->u != NULL) {
        rh_answer_number_column(v->a, "rank_low", "位次 5%", "rank 5%", 0);
        rh_answer_number_column(v->a, "rank_high", "位次 95%", "rank 95%", 0);
    }
    rh_answer_number_column(v->a, "index", "指数", "index", 2);
    for (uint32_t g = v->f->n_leaves; g < v->root; g++) {
        rh_answer_number_column(v->a, v->f->node[g].id, v->f->node[g].zh, v->f->node[g].en, 2);
    }
    for (uint32_t k = 0; k < v->n; k++) {
        uint32_t i = order[k].unit;
        name_cells(v, i);
        rh_answer_number(v->a, count_or_nan(v->r->place[(size_t)v->root * v->n + i]));
        if (v->u != NULL) {
            bool drawn = v->draw[i] != UINT32_MAX;
            const rh_unit_ranks *ranks = drawn ? &v->u->ranks.unit[v->draw[i]] : NULL;
            rh_answer_number(v->a, drawn ? count_or_nan(ranks->low) : (double)NAN);
            rh_answer_number(v->a, drawn ? count_or_nan(ranks->high) : (double)NAN);
        }
        rh_answer_number(v->a, score_of(v, v->root, i));
        for (uint32_t g = v->f->n_leaves; g < v->root; g++) {
            rh_answer_number(v->a, score_of(v, g, i));
        }
    }
    rh_free(order);
    return RH_OK;
}

static void
table_places(const view *v)
{
    rh_answer_table(v->a, "places", "各级位次", "Ranks by group");
    name_columns(v);
    for (uint32_t g = v->root; g >= v->f->n_leaves; g--) {
        rh_answer_number_column(v->a, v->f->node[g].id, v->f->node[g].zh, v->f->node[g].en, 0);
    }
    for (uint32_t i = 0; i < v->n; i++) {
        name_cells(v, i);
        for (uint32_t g = v->root; g >= v->f->n_leaves; g--) {
            rh_answer_number(v->a, count_or_nan(v->r->place[(size_t)g * v->n + i]));
        }
    }
}

/* ---- indicators ---- */

/* Correlation of an indicator with the mean of the other indicators of its group (or of all, where it is alone), each in standard
 * deviations: the direction audit. */
static double
with_the_others(const view *v, uint32_t j, double *others)
{
    const rh_index_framework *f = v->f;
    bool alone = true;
    for (uint32_t k = 0; k < f->n_leaves; k++) {
        alone = alone && (k == j || f->node[k].parent != f->node[j].parent);
    }
    for (uint32_t i = 0; i < v->n; i++) {
        others[i] = 0;
    }
    for (uint32_t k = 0; k < f->n_leaves; k++) {
        const double *x = v->r->score + (size_t)k * v->n;
        rh_describe d = rh_describe_values(x, v->n);
        if (k == j || !(d.deviation > 0) ||
            (!alone && f->node[k].parent != f->node[j].parent)) {
            continue;
        }
        for (uint32_t i = 0; i < v->n; i++) {
            others[i] += isnan(x[i]) ? 0 : (x[i] - d.mean) / d.deviation;
        }
    }
    return rh_describe_correlation(v->r->score + (size_t)j * v->n, others, v->n);
}

static void
warn_of_indicator(const view *v, uint32_t j, double with_others)
{
    const rh_index_node *node = &v->f->node[j];
    rh_describe d = rh_describe_values(v->r->treated + (size_t)j * v->n, v->n);
    /* twice the standard error of no correlation, and at least a fifth: assumption */
    double limit = fmax(0.2, 2 / sqrt(v->n));
    if (rh_describe_constant(&d)) {
        rh_answer_warn(v->a,
                       rh_answer_format(v->a, "指标 %s 各单元取值相同（%g），不能区分单元。",
                                        node->zh, d.low),
                       rh_answer_format(v->a,
                                        "Indicator %s is %g everywhere: it tells no units "
                                        "apart.",
                                        node->id, d.low));
    } else if (with_others < -limit) {
        rh_answer_warn(
            v->a,
            rh_answer_format(v->a, "指标 %s 的方向可疑：与同组其他指标的相关系数为 %.2f。",
                             node->zh, with_others),
            rh_answer_format(v->a,
                             "The direction of %s looks wrong: its correlation with the others "
                             "of its group is %.2f.",
                             node->id, with_others));
    }
    const rh_outliers_report *o = &v->r->outliers[j];
    if (v->f->treat && !node->skip_outliers && !o->passed) {
        rh_answer_warn(v->a,
                       rh_answer_format(v->a,
                                        "指标 %s 处理后仍有异常值（偏度 %.2f，峰度 %.2f）。",
                                        node->zh, o->after.skewness, o->after.kurtosis),
                       rh_answer_format(v->a,
                                        "Indicator %s has outliers even when treated (skewness "
                                        "%.2f, kurtosis %.2f).",
                                        node->id, o->after.skewness, o->after.kurtosis));
    }
}

static bool
has_sources(const rh_index_framework *f)
{
    for (uint32_t j = 0; j < f->n_leaves; j++) {
        if (f->node[j].source.en[0] != '\0') {
            return true;
        }
    }
    return false;
}

static void
indicator_columns(rh_answer *a, bool sources)
{
    rh_answer_text_column(a, "indicator", "指标", "indicator");
    rh_answer_text_column(a, "name", "名称", "name");
    rh_answer_text_column(a, "unit", "单位", "unit");
    rh_answer_number_column(a, "direction", "方向", "direction", 0);
    rh_answer_text_column(a, "group", "所属", "group");
    rh_answer_number_column(a, "weight", "组内权重", "weight in group", 4);
    rh_answer_number_column(a, "effective", "总权重", "weight in index", 4);
    rh_answer_number_column(a, "missing", "缺失", "missing", 0);
    rh_answer_number_column(a, "low", "最小", "min", 3);
    rh_answer_number_column(a, "mean", "均值", "mean", 3);
    rh_answer_number_column(a, "high", "最大", "max", 3);
    rh_answer_number_column(a, "deviation", "标准差", "sd", 3);
    rh_answer_number_column(a, "skewness", "偏度", "skewness", 2);
    rh_answer_number_column(a, "kurtosis", "峰度", "kurtosis", 2);
    rh_answer_number_column(a, "winsorised", "缩尾点数", "winsorised", 0);
    rh_answer_text_column(a, "transform", "变换", "transform");
    rh_answer_text_column(a, "normalisation", "标准化", "normalisation");
    rh_answer_number_column(a, "with_group", "与组得分相关", "r with group", 2);
    rh_answer_number_column(a, "with_index", "与指数相关", "r with index", 2);
    rh_answer_number_column(a, "with_others", "与同组其他相关", "r with others", 2);
    if (sources) {
        rh_answer_text_column(a, "source", "出处", "source");
    }
}

static void
indicator_cells(const view *v, uint32_t j, double with_others)
{
    const rh_index_node *node = &v->f->node[j];
    const rh_outliers_report *o = &v->r->outliers[j];
    const double *z = v->r->score + (size_t)j * v->n;
    rh_answer *a = v->a;
    uint32_t missing = v->n - rh_describe_values(v->r->x + (size_t)j * v->n, v->n).count;
    rh_answer_text(a, node->id);
    rh_answer_words(a, node->zh, node->en);
    rh_answer_text(a, node->unit);
    rh_answer_number(a, node->direction);
    rh_answer_words(a, v->f->node[node->parent].zh, v->f->node[node->parent].en);
    RH_ANSWER_NUMBERS(a, v->r->weight[j], v->r->effective[j], missing, o->before.low,
                      o->before.mean, o->before.high, o->before.deviation, o->before.skewness,
                      o->before.kurtosis, o->moved);
    rh_answer_text(a, rh_index_word_of_transform(o->transform));
    rh_answer_text(a, rh_index_word_of_normalisation(node->normalise.method));
    RH_ANSWER_NUMBERS(
        a, rh_describe_correlation(z, v->r->score + (size_t)node->parent * v->n, v->n),
        rh_describe_correlation(z, v->r->score + (size_t)v->root * v->n, v->n), with_others);
    if (has_sources(v->f)) {
        rh_answer_words(a, node->source.zh, node->source.en);
    }
}

static rh_status
table_indicators(const view *v, rh_err *err)
{
    double *others;
    RH_NEW(others, (size_t)v->n + 1, err);
    rh_answer_table(v->a, "indicators", "指标", "Indicators");
    indicator_columns(v->a, has_sources(v->f));
    for (uint32_t j = 0; j < v->f->n_leaves; j++) {
        double with_others = with_the_others(v, j, others);
        indicator_cells(v, j, with_others);
        warn_of_indicator(v, j, with_others);
    }
    rh_free(others);
    return RH_OK;
}

/* ---- groups ---- */

static void
warn_of_group(const view *v, uint32_t g)
{
    const rh_index_node *node = &v->f->node[v->f->n_leaves + g];
    const rh_weigh_report *w = &v->r->weigh[g];
    const uint32_t *child = v->f->tree.child + v->f->tree.first[g];
    if (w->consistency_ratio > 0.1) {
        const char *row = v->f->node[child[w->worst_row]].id,
                   *column = v->f->node[child[w->worst_column]].id;
        rh_answer_warn(
            v->a,
            rh_answer_format(v->a,
                             "%s 的判断矩阵不一致：CR = %.3f > 0.1；最差的判断是 %s 对 "
                             "%s（%.3g，其余判断意味着 %.3g）。",
                             node->zh, w->consistency_ratio, row, column, w->worst_given,
                             w->worst_wanted),
            rh_answer_format(v->a,
                             "The judgements of %s are inconsistent (CR %.3f > 0.1); the worst "
                             "is %s over %s: %.3g, where the others imply %.3g.",
                             node->id, w->consistency_ratio, row, column, w->worst_given,
                             w->worst_wanted));
    }
    if (w->negative > 0) {
        rh_answer_warn(v->a,
                       rh_answer_format(v->a,
                                        "%s 中有 %u 个负权重（主成分符号所致），勿直接使用。",
                                        node->zh, w->negative),
                       rh_answer_format(v->a,
                                        "%u weights of %s are negative (signs of components): "
                                        "do not use them as they are.",
                                        w->negative, node->id));
    }
}

static void
table_groups(const view *v)
{
    const rh_index_framework *f = v->f;
    rh_answer *a = v->a;
    rh_answer_table(a, "groups", "分组", "Groups");
    rh_answer_text_column(a, "group", "组", "group");
    rh_answer_text_column(a, "name", "名称", "name");
    rh_answer_number_column(a, "level", "级", "level", 0);
    rh_answer_number_column(a, "entries", "项数", "entries", 0);
    rh_answer_number_column(a, "weight", "组内权重", "weight in group", 4);
    rh_answer_number_column(a, "effective", "总权重", "weight in index", 4);
    rh_answer_text_column(a, "weights", "赋权", "weights");
    rh_answer_text_column(a, "aggregation", "集结", "aggregation");
    rh_answer_number_column(a, "alpha", "Cronbach α", "Cronbach's alpha", 3);
    rh_answer_number_column(a, "consistency", "CR", "CR", 4);
    rh_answer_number_column(a, "with_index", "与指数相关", "r with index", 2);
    for (uint32_t g = f->n_nodes - f->n_leaves; g-- > 0;) {
        uint32_t node = f->n_leaves + g, m = f->tree.first[g + 1] - f->tree.first[g];
        const rh_index_node *p = &f->node[node];
        const double *score = v->r->score;
        char zh[200], en[200];
        rh_answer_text(a, p->id);
        rh_answer_words(a, p->zh, p->en);
        RH_ANSWER_NUMBERS(a, f->tree.level[node], m, v->r->weight[node], v->r->effective[node]);
        rh_answer_words(a, rh_index_weigh_text(&p->weigh, RH_CHINESE, zh, sizeof zh),
                        rh_index_weigh_text(&p->weigh, RH_ENGLISH, en, sizeof en));
        rh_answer_words(a, aggregation_title[p->aggregate.method][0],
                        aggregation_title[p->aggregate.method][1]);
        RH_ANSWER_NUMBERS(a,
                          rh_describe_alpha(score, v->n, f->tree.child + f->tree.first[g], m),
                          m > 1 ? v->r->weigh[g].consistency_ratio : (double)NAN,
                          rh_describe_correlation(score + (size_t)node * v->n,
                                                  score + (size_t)v->root * v->n, v->n));
        warn_of_group(v, g);
    }
}

/* ---- cells that were filled or moved; the matrices ---- */

static void
table_cells(const view *v)
{
    rh_answer *a = v->a;
    rh_answer_table(a, "cells", "处理过的数据", "Cells that were treated");
    name_columns(v);
    rh_answer_text_column(a, "indicator", "指标", "indicator");
    rh_answer_text_column(a, "treatment", "处理", "treatment");
    rh_answer_number_column(a, "before", "原值", "before", 4);
    rh_answer_number_column(a, "after", "处理后", "after", 4);
    for (uint32_t j = 0; j < v->f->n_leaves; j++) {
        for (uint32_t i = 0; i < v->n; i++) {
            size_t at = (size_t)j * v->n + i;
            bool gap = isnan(v->r->x[at]);
            bool filled = gap && !isnan(v->r->filled[at]);
            bool moved = v->r->outliers[j].transform == RH_TRANSFORM_NONE &&
                         v->r->treated[at] != v->r->filled[at] && !isnan(v->r->treated[at]);
            if (!filled && !moved) {
                continue;
            }
            enum rh_missing_fill how = v->f->missing.method;
            name_cells(v, i);
            rh_answer_text(a, v->f->node[j].id);
            rh_answer_words(a, filled ? fill_title[how][0] : "缩尾",
                            filled ? fill_title[how][1] : "winsorised");
            rh_answer_number(a, filled ? v->r->x[at] : v->r->filled[at]);
            rh_answer_number(a, v->r->treated[at]);
        }
    }
}

/* A number for each unit and indicator; `down` and `across`: steps in x from unit to unit, from indicator to indicator. */
static void
table_matrix(const view *v, const char *id, const char *zh, const char *en, const double *x,
             size_t down, size_t across)
{
    rh_answer_table(v->a, id, zh, en);
    name_columns(v);
    for (uint32_t j = 0; j < v->f->n_leaves; j++) {
        rh_answer_number_column(v->a, v->f->node[j].id, v->f->node[j].zh, v->f->node[j].en, 3);
    }
    for (uint32_t i = 0; i < v->n; i++) {
        name_cells(v, i);
        for (uint32_t j = 0; j < v->f->n_leaves; j++) {
            rh_answer_number(v->a, x[i * down + j * across]);
        }
    }
}

/* Obstacles from the normalised indicators, each stretched to 0 … 1 of its own range, and the effective weights. */
static rh_status
table_obstacles(const view *v, rh_err *err)
{
    uint32_t m = v->f->n_leaves;
    double *x;
    RH_NEW(x, (size_t)v->n * m + 1, err);
    for (uint32_t j = 0; j < m; j++) {
        const double *z = v->r->score + (size_t)j * v->n;
        rh_describe d = rh_describe_values(z, v->n);
        for (uint32_t i = 0; i < v->n; i++) {
            x[(size_t)i * m + j] = d.low < d.high ? (z[i] - d.low) / (d.high - d.low)
                                   : isnan(z[i])  ? z[i]
                                                  : 1;
        }
    }
    rh_obstacle(v->n, m, x, v->r->effective, true, x);
    table_matrix(v, "obstacles", "障碍度", "Obstacle degrees", x, m, 1);
    rh_free(x);
    return RH_OK;
}

static rh_status
table_correlations(const view *v, rh_err *err)
{
    rh_answer *a = v->a;
    rh_answer_table(a, "correlations", "指标相关", "Correlations");
    rh_answer_text_column(a, "a", "指标一", "one");
    rh_answer_text_column(a, "b", "指标二", "other");
    rh_answer_number_column(a, "pearson", "Pearson", "Pearson", 3);
    rh_answer_number_column(a, "spearman", "Spearman", "Spearman", 3);
    for (uint32_t j = 0; j < v->f->n_leaves; j++) {
        for (uint32_t k = 0; k < j; k++) {
            const double *x = v->r->score + (size_t)k * v->n,
                         *y = v->r->score + (size_t)j * v->n;
            double spearman;
            RH_TRY(rh_describe_rank_correlation(x, y, v->n, &spearman, err));
            rh_answer_text(a, v->f->node[k].id);
            rh_answer_text(a, v->f->node[j].id);
            rh_answer_number(a, rh_describe_correlation(x, y, v->n));
            rh_answer_number(a, spearman);
        }
    }
    return RH_OK;
}

/* ---- uncertainty ---- */

static void
table_ranks(const view *v)
{
    rh_answer *a = v->a;
    rh_answer_table(a, "ranks", "位次区间", "Rank intervals");
    name_columns(v);
    rh_answer_number_column(a, "rank", "位次", "rank", 0);
    rh_answer_number_column(a, "low", "5%", "5%", 0);
    rh_answer_number_column(a, "median", "中位", "median", 0);
    rh_answer_number_column(a, "high", "95%", "95%", 0);
    rh_answer_number_column(a, "mean", "平均", "mean", 2);
    rh_answer_number_column(a, "top", rh_answer_format(a, "前 %u 名的概率", v->u->top),
                            rh_answer_format(a, "chance of the top %u", v->u->top), 3);
    for (uint32_t k = 0; k < v->u->n; k++) {
        const rh_unit_ranks *r = &v->u->ranks.unit[k];
        name_cells(v, v->u->unit[k]);
        RH_ANSWER_NUMBERS(a, count_or_nan(v->r->place[(size_t)v->root * v->n + v->u->unit[k]]),
                          count_or_nan(r->low), count_or_nan(r->median), count_or_nan(r->high),
                          r->low > 0 ? r->mean : (double)NAN,
                          r->low > 0 ? r->top : (double)NAN);
    }
}

static const char *
choices_text(const view *v, int step, char *text, size_t size)
{
    size_t at = 0;
    text[0] = '\0';
    for (uint32_t c = 0; step < RH_STEPS && c < v->u->n_choices[step] && at < size; c++) {
        at += (size_t)snprintf(text + at, size - at, "%s%s", c > 0 ? ", " : "",
                               choice_word(step, v->u->choice[step][c]));
    }
    if (step == RH_FACTOR_NOISE) {
        snprintf(text, size, "±%g%%", 100 * v->u->noise);
    }
    return text;
}

static void
table_shares(const view *v)
{
    rh_answer *a = v->a;
    char text[300];
    rh_answer_table(a, "shares", "不确定性来源（Sobol 份额）",
                    "What the ranks hang on (Sobol shares)");
    rh_answer_text_column(a, "step", "步骤", "step");
    rh_answer_text_column(a, "title", "名称", "name");
    rh_answer_text_column(a, "choices", "备选", "choices");
    rh_answer_number_column(a, "first", "一阶", "first order", 3);
    rh_answer_number_column(a, "first_error", "标准误", "error", 3);
    rh_answer_number_column(a, "total", "总份额", "total", 3);
    rh_answer_number_column(a, "total_error", "标准误", "error", 3);
    for (uint32_t k = 0; k < v->u->ranks.n_factors; k++) {
        int step = (int)v->u->ranks.factor[k];
        const rh_sobol *s = &v->u->ranks.of_shift[k];
        rh_answer_text(a, step_id[step]);
        rh_answer_words(a, step_title[step][0], step_title[step][1]);
        rh_answer_text(a, choices_text(v, step, text, sizeof text));
        RH_ANSWER_NUMBERS(a, s->first, s->first_error, s->total, s->total_error);
    }
}

static void
tell_uncertainty(const view *v)
{
    const rh_index_uncertain *u = v->u;
    rh_answer_note(
        v->a,
        rh_answer_format(v->a, "位次区间来自 %u 次抽样（种子 %llu）；平均位次变动 %.2f。",
                         u->draws, (unsigned long long)u->seed, u->ranks.shift),
        rh_answer_format(v->a,
                         "Rank intervals come from %u draws (seed %llu); ranks move by %.2f on "
                         "average.",
                         u->draws, (unsigned long long)u->seed, u->ranks.shift));
    for (uint32_t k = 0; k < u->n_dropped; k++) {
        const rh_index_dropped *d = &u->dropped[k];
        const char *word = choice_word((int)d->step, d->choice);
        rh_answer_note(v->a,
                       rh_answer_format(v->a, "抽样未用备选 %s（%s）：%s", word,
                                        step_title[d->step][0], d->why),
                       rh_answer_format(v->a, "The draws leave out %s (%s): %s", word,
                                        step_title[d->step][1], d->why));
    }
    if (u->shifted) {
        rh_answer_note(v->a,
                       "抽样中含几何或调和平均：有非正值的标准化矩阵整体线性映射到 1–100。",
                       "Geometric or harmonic means are among the choices: normalised values "
                       "that are not above 0 were mapped onto 1–100 as a whole.");
    }
}

/* ---- all ---- */

static void
tell_treatments(const view *v)
{
    const rh_index_result *r = v->r;
    const rh_index_framework *f = v->f;
    rh_answer *a = v->a;
    if (r->n_left_out > 0) {
        rh_answer_warn(
            a, rh_answer_format(a, "%u 个单元因数据不足被剔除。", r->n_left_out),
            rh_answer_format(a, "Units left out for want of data: %u.", r->n_left_out));
    }
    if (r->missing.filled > 0) {
        rh_answer_note(a,
                       rh_answer_format(a, "填补了 %u 个缺失值（%s）。", r->missing.filled,
                                        fill_title[f->missing.method][0]),
                       rh_answer_format(a, "Missing values that were filled: %u (%s).",
                                        r->missing.filled, fill_title[f->missing.method][1]));
    }
    if (r->missing.left > 0) {
        rh_answer_warn(
            a,
            rh_answer_format(a, "%u 个缺失值未填补；均值类集结把权重分给其余指标。",
                             r->missing.left),
            rh_answer_format(
                a,
                "Values that stay missing: %u; means share their weight among the other "
                "indicators, other methods give the unit no score.",
                r->missing.left));
    }
    if (r->missing.shrunk) {
        rh_answer_note(
            a, "EM 的协方差向对角线收缩了十分之一（单元少或指标共线）。",
            "The covariance of EM was drawn a tenth towards its diagonal (few units, "
            "or indicators that repeat each other).");
    }
    double given = f->node[v->root].weight;
    if (f->weigh.method == RH_WEIGHTING_GIVEN && fabs(given - 1) > 0.005 &&
        fabs(given - 100) > 0.5) {
        rh_answer_warn(
            a, rh_answer_format(a, "给定权重之和为 %g，已按比例化为 1。", given),
            rh_answer_format(a, "The given weights sum to %g; they were scaled to 1.", given));
    }
    if (f->source.en[0] != '\0') {
        rh_answer_note(a, rh_answer_format(a, "指标框架出处：%s", f->source.zh),
                       rh_answer_format(a, "Framework: %s", f->source.en));
    }
    if (f->note.en[0] != '\0') {
        rh_answer_note(a, f->note.zh, f->note.en);
    }
    const char *const *n = normalisation_title[f->normalise.method];
    rh_answer_note(a, rh_answer_format(a, "标准化：%s。", n[0]),
                   rh_answer_format(a, "Normalisation: %s.", n[1]));
}

static rh_status
fill(view *v, rh_err *err)
{
    RH_TRY(table_scores(v, err));
    if (v->u != NULL) {
        table_shares(v);
    }
    table_groups(v);
    RH_TRY(table_indicators(v, err));
    if (v->u != NULL) {
        tell_uncertainty(v);
    }
    if (v->brief) {
        rh_answer_note(
            v->a,
            "另有表 places、ranks、cells、obstacles、correlations、treated、normalised"
            "（--table 名称，或 --json、-o 文件）。",
            "More tables: places, ranks, cells, obstacles, correlations, treated, "
            "normalised (--table ID, --json, -o FILE).");
    } else {
        table_places(v);
        if (v->u != NULL) {
            table_ranks(v);
        }
        table_cells(v);
        RH_TRY(table_obstacles(v, err));
        RH_TRY(table_correlations(v, err));
        table_matrix(v, "treated", "处理后的数据", "Treated data", v->r->treated, 1, v->n);
        table_matrix(v, "normalised", "标准化数据", "Normalised data", v->r->score, 1, v->n);
    }
    tell_treatments(v);
    return RH_OK;
}

rh_status
rh_index_answer(const rh_index_framework *f, const rh_index_data *d, const rh_index_result *r,
                const rh_index_uncertain *uncertain, const rh_index_cell *cell, bool brief,
                rh_answer *answer, rh_err *err)
{
    view v = {f, d, r, uncertain, answer, r->units.n, f->n_nodes - 1, NULL, brief};
    RH_NEW(v.draw, (size_t)v.n + 1, err);
    for (uint32_t i = 0; i < v.n; i++) {
        v.draw[i] = UINT32_MAX;
    }
    for (uint32_t k = 0; uncertain != NULL && k < uncertain->n; k++) {
        v.draw[uncertain->unit[k]] = k;
    }
    rh_status status = fill(&v, err);
    rh_free(v.draw);
    return status == RH_OK ? rh_index_explain(f, d, r, cell, answer, err) : status;
}
