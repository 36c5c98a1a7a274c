/* How one cell of an index came about, step by step with its numbers: see index_answer.h. */
#include "evaluate/index_answer.h"

#include "core/mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define X(id, word, zh, en, ...) {zh, en},
static const char *const weighting_title[][2] = {RH_WEIGHTING_LIST(X)};
static const char *const aggregation_title[][2] = {RH_AGGREGATION_LIST(X)};
static const char *const fill_title[][2] = {RH_MISSING_LIST(X)};
static const char *const transform_title[][2] = {RH_TRANSFORM_LIST(X)};
#undef X

static const char *const weighting_source[RH_WEIGHTING_COUNT] = {
    [RH_WEIGHTING_EQUAL] = "w = 1 / m",
    [RH_WEIGHTING_GIVEN] = "the framework file",
    [RH_WEIGHTING_ENTROPY] =
        "w ~ 1 - e, e = -sum p ln p / ln n, p = x / sum x; Hwang & Yoon 1981",
    [RH_WEIGHTING_ENTROPY_TEXTBOOK] =
        "w ~ 1 - e, e = -sum p ln p / ln n, p from min-max values in [eps, 1 - eps]; 熵权法",
    [RH_WEIGHTING_AHP] = "principal eigenvector of the judgements; Saaty 1977",
    [RH_WEIGHTING_AHP_GEOMETRIC] =
        "geometric means of the judgements' rows; Crawford & Williams 1985",
    [RH_WEIGHTING_CRITIC] = "w ~ s sum (1 - r); Diakoulaki et al. 1995",
    [RH_WEIGHTING_MEREC] = "loss without the indicator; Keshavarz-Ghorabaee et al. 2021",
    [RH_WEIGHTING_CILOS] = "relative loss of impact; Zavadskas & Podvezko 2016",
    [RH_WEIGHTING_IDOCRIW] = "entropy x CILOS; Zavadskas & Podvezko 2016",
    [RH_WEIGHTING_PCA] = "first principal component; OECD/JRC 2008",
    [RH_WEIGHTING_FACTOR] = "squared rotated loadings; OECD/JRC 2008, section 6.1",
    [RH_WEIGHTING_VARIATION] = "w ~ sd / mean",
    [RH_WEIGHTING_DEVIATION] = "w ~ sd",
};
static const char *const aggregation_source[RH_AGGREGATION_COUNT] = {
    [RH_AGGREGATION_ARITHMETIC] = "sum w z; OECD/JRC 2008, 6.2",
    [RH_AGGREGATION_GEOMETRIC] = "prod z^w; OECD/JRC 2008, 6.2",
    [RH_AGGREGATION_HARMONIC] = "1 / sum (w / z)",
    [RH_AGGREGATION_MPI] = "M - S cv; Mazziotta & Pareto 2016",
    [RH_AGGREGATION_MPI_UP] = "M + S cv; Mazziotta & Pareto 2016",
    [RH_AGGREGATION_MPI_ADJUSTED] = "M - S cv; Mazziotta & Pareto 2016",
    [RH_AGGREGATION_TOPSIS] = "d- / (d+ + d-); Hwang & Yoon 1981",
    [RH_AGGREGATION_TOPSIS_VECTOR] = "d- / (d+ + d-) of z / |z|; Hwang & Yoon 1981",
    [RH_AGGREGATION_VIKOR] = "1 - Q; Opricovic & Tzeng 2004",
    [RH_AGGREGATION_GREY] = "sum w (dmin + rho dmax) / (d + rho dmax); Deng 1989",
    [RH_AGGREGATION_COPELAND] = "wins - losses; OECD/JRC 2008, 6.3",
    [RH_AGGREGATION_DOUBT] = "max sum w z with all scores <= 1; Cherchye et al. 2007",
};

const char *
rh_index_weigh_text(const rh_weigh *how, enum rh_language language, char *text, size_t size)
{
    static const char *const combine_title[][2] = {{"", ""},
                                                   {"线性组合", "linear with"},
                                                   {"乘法组合", "product with"},
                                                   {"几何组合", "geometric mean with"},
                                                   {"博弈论组合", "game with"}};
    int l = language == RH_CHINESE ? 0 : 1;
    if (how->combine == RH_COMBINE_NONE) {
        snprintf(text, size, "%s", weighting_title[how->method][l]);
    } else {
        snprintf(text, size, l == 0 ? "%s，%s %s" : "%s; %s %s",
                 weighting_title[how->method][l], combine_title[how->combine][l],
                 weighting_title[how->second][l]);
    }
    return text;
}

/* Rows whose values set an indicator's bounds for the row `unit`: base[n]. */
static void
find_base(const rh_index_framework *f, const rh_index_units *u, uint32_t unit, uint8_t *base)
{
    int year = f->bounds == RH_BOUNDS_YEAR        ? f->bounds_year
               : f->bounds == RH_BOUNDS_EACH_YEAR ? u->year[unit]
                                                  : 0;
    for (uint32_t i = 0; i < u->n; i++) {
        base[i] = year == 0 || u->year[i] == year;
    }
}

typedef struct where {
    const rh_index_framework *f;
    const rh_index_data *d;
    const rh_index_result *r;
    rh_answer *a;
    uint32_t unit, leaf;
} where;

static double
score_of(const where *w, uint32_t node)
{
    return w->r->score[(size_t)node * w->r->units.n + w->unit];
}

static void
explain_value(const where *w)
{
    const rh_index_node *node = &w->f->node[w->leaf];
    uint32_t row = w->r->units.row[w->unit];
    size_t at = (size_t)w->leaf * w->r->units.n + w->unit,
           from = (size_t)w->leaf * w->d->n + row;
    double raw = w->d->raw[from], x = w->r->x[at];
    if (isnan(x)) {
        const char *const *how = fill_title[w->f->missing.method];
        rh_answer_explain(
            w->a,
            rh_answer_format(w->a, "%s，%s：%s 第 %u 行缺失，填补为 %.10g %s（%s）",
                             w->d->label[row], node->zh, w->d->file, w->d->line[row],
                             w->r->filled[at], node->unit, how[0]),
            rh_answer_format(w->a,
                             "%s, %s: missing in line %u of %s, filled with %.10g %s (%s)",
                             w->d->label[row], node->en, w->d->line[row], w->d->file,
                             w->r->filled[at], node->unit, how[1]));
    } else if (node->per != NULL) {
        rh_answer_explain(
            w->a,
            rh_answer_format(w->a, "%s，%s：%s 第 %u 行，%.10g / %.10g（%s） × %g = %.10g %s",
                             w->d->label[row], node->zh, w->d->file, w->d->line[row], raw,
                             w->d->per[from], node->per, node->times, x, node->unit),
            rh_answer_format(w->a, "%s, %s: line %u of %s, %.10g / %.10g (%s) x %g = %.10g %s",
                             w->d->label[row], node->en, w->d->line[row], w->d->file, raw,
                             w->d->per[from], node->per, node->times, x, node->unit));
    } else {
        rh_answer_explain(w->a,
                          rh_answer_format(w->a, "%s，%s：%s 第 %u 行，%.10g × %g = %.10g %s",
                                           w->d->label[row], node->zh, w->d->file,
                                           w->d->line[row], raw, node->times, x, node->unit),
                          rh_answer_format(w->a, "%s, %s: line %u of %s, %.10g x %g = %.10g %s",
                                           w->d->label[row], node->en, w->d->line[row],
                                           w->d->file, raw, node->times, x, node->unit));
    }
}

static void
explain_outliers(const where *w)
{
    const rh_outliers_report *o = &w->r->outliers[w->leaf];
    size_t at = (size_t)w->leaf * w->r->units.n + w->unit;
    if (!w->f->treat || w->f->node[w->leaf].skip_outliers) {
        return;
    }
    const char *const *transform = transform_title[o->transform];
    if (isnan(o->before.skewness) || isnan(o->before.kurtosis)) {
        rh_answer_explain(
            w->a, "异常值（OECD/JRC 2008）：数值太少或全部相同，没有偏度和峰度，不作处理。",
            "outliers (OECD/JRC 2008): values too few or all alike have no skewness and "
            "kurtosis and are left as they are.");
        return;
    }
    rh_answer_explain(
        w->a,
        rh_answer_format(w->a,
                         "异常值（OECD/JRC 2008）：偏度 %.4f（界 %g），峰度 %.4f（界 "
                         "%g）：%s；缩尾 %u 点，变换 %s；%.10g → %.10g",
                         o->before.skewness, w->f->outliers.skewness, o->before.kurtosis,
                         w->f->outliers.kurtosis, o->passed_before ? "通过" : "未通过",
                         o->moved, transform[0], w->r->filled[at], w->r->treated[at]),
        rh_answer_format(w->a,
                         "outliers (OECD/JRC 2008): skewness %.4f (limit %g), kurtosis %.4f "
                         "(limit %g): %s; %u winsorised, transform %s; %.10g -> %.10g",
                         o->before.skewness, w->f->outliers.skewness, o->before.kurtosis,
                         w->f->outliers.kurtosis, o->passed_before ? "passed" : "failed",
                         o->moved, transform[1], w->r->filled[at], w->r->treated[at]));
}

static rh_status
explain_normalisation(const where *w, rh_err *err)
{
    const rh_index_node *node = &w->f->node[w->leaf];
    uint32_t n = w->r->units.n;
    const double *x = w->r->treated + (size_t)w->leaf * n;
    uint8_t *base;
    RH_NEW(base, (size_t)n + 1, err);
    find_base(w->f, &w->r->units, w->unit, base);
    rh_normalise_bounds b = rh_normalise_look(x, n, base);
    rh_free(base);
    const char *formula = rh_normalise_formula(node->normalise.method, node->direction);
    char more[200] = "";
    if (node->normalise.method == RH_NORMALISATION_REFERENCE) {
        snprintf(more, sizeof more, ", reference %s", node->reference);
    } else if (node->normalise.method == RH_NORMALISATION_TARGET) {
        snprintf(more, sizeof more, ", target %.10g", node->normalise.target);
    } else if (node->normalise.method == RH_NORMALISATION_GOALPOSTS ||
               node->normalise.method == RH_NORMALISATION_SCALED) {
        snprintf(more, sizeof more, ", lower %.10g, upper %.10g", node->normalise.lower,
                 node->normalise.upper);
    } else if (node->normalise.method == RH_NORMALISATION_MIN_MAX) {
        snprintf(more, sizeof more, ", low %g, high %g", node->normalise.low,
                 node->normalise.high);
    }
    rh_answer_explain(
        w->a,
        rh_answer_format(w->a,
                         "标准化 z = %s；x = %.10g，min %.10g，max %.10g，均值 %.10g，标准差 "
                         "%.10g，n %u%s：z = %.10g",
                         formula, x[w->unit], b.low, b.high, b.mean, b.deviation, b.count, more,
                         score_of(w, w->leaf)),
        rh_answer_format(
            w->a,
            "normalisation z = %s; x = %.10g, min %.10g, max %.10g, mean %.10g, sd "
            "%.10g, n %u%s: z = %.10g",
            formula, x[w->unit], b.low, b.high, b.mean, b.deviation, b.count, more,
            score_of(w, w->leaf)));
    return RH_OK;
}

/* A group's score from its entries. */
static void
explain_group(const where *w, uint32_t node)
{
    const rh_index_tree *t = &w->f->tree;
    const rh_index_node *p = &w->f->node[node];
    uint32_t g = node - w->f->n_leaves;
    char terms[1500] = "", zh[200], en[200];
    size_t at = 0;
    for (uint32_t k = t->first[g]; k < t->first[g + 1] && at < sizeof terms - 1; k++) {
        uint32_t c = t->child[k];
        int written = snprintf(terms + at, sizeof terms - at, "%s%s %.6g x %.6g",
                               k > t->first[g] ? ", " : "", w->f->node[c].id, w->r->weight[c],
                               score_of(w, c));
        at += (size_t)written;
    }
    rh_text_mend(terms);
    rh_answer_explain(
        w->a,
        rh_answer_format(w->a, "%s = %.10g：%s，%s；权重：%s，%s；权重 × 值：%s", p->zh,
                         score_of(w, node), aggregation_title[p->aggregate.method][0],
                         aggregation_source[p->aggregate.method],
                         rh_index_weigh_text(&p->weigh, RH_CHINESE, zh, sizeof zh),
                         weighting_source[p->weigh.method], terms),
        rh_answer_format(w->a, "%s = %.10g: %s, %s; weights: %s, %s; weight x value: %s", p->en,
                         score_of(w, node), aggregation_title[p->aggregate.method][1],
                         aggregation_source[p->aggregate.method],
                         rh_index_weigh_text(&p->weigh, RH_ENGLISH, en, sizeof en),
                         weighting_source[p->weigh.method], terms));
}

static rh_status
find_cell(const rh_index_cell *cell, where *w, rh_err *err)
{
    if (cell->unit != NULL) {
        uint32_t n = w->r->units.n;
        for (w->unit = n; w->unit-- > 0;) { /* of a panel: the last year */
            uint32_t row = w->r->units.row[w->unit];
            if (strcmp(w->d->unit[row], cell->unit) == 0 ||
                strcmp(w->d->label[row], cell->unit) == 0) {
                break;
            }
        }
        if (w->unit >= n) {
            return rh_fail(err, RH_INPUT, "%s has no unit %s to explain.", w->d->file,
                           cell->unit);
        }
    }
    if (cell->indicator != NULL) {
        while (w->leaf < w->f->n_leaves &&
               strcmp(w->f->node[w->leaf].id, cell->indicator) != 0) {
            w->leaf++;
        }
        if (w->leaf == w->f->n_leaves) {
            return rh_fail(err, RH_INPUT, "%s has no indicator %s to explain.", w->f->path,
                           cell->indicator);
        }
    }
    return RH_OK;
}

rh_status
rh_index_explain(const rh_index_framework *f, const rh_index_data *d, const rh_index_result *r,
                 const rh_index_cell *cell, rh_answer *answer, rh_err *err)
{
    where w = {f, d, r, answer, 0, 0};
    RH_TRY(find_cell(cell, &w, err));
    explain_value(&w);
    explain_outliers(&w);
    RH_TRY(explain_normalisation(&w, err));
    for (uint32_t node = f->node[w.leaf].parent; node != RH_TREE_NONE;
         node = f->node[node].parent) {
        explain_group(&w, node);
    }
    return RH_OK;
}
