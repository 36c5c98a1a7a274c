/* The answer of `ronghe inequality`: see inequality_answer.h. */
#include "evaluate/inequality_answer.h"

#include "core/mem.h"
#include "evaluate/inequality_overlap.h"
#include "evaluate/inequality_parts.h"
#include "evaluate/inequality_rank.h"

#include <math.h>
#include <string.h>

enum measure {
#define MEASURE(id, zh, en, signs, formula, source) M_##id,
#include "evaluate/inequality.def"
#undef MEASURE
    M_PLAIN,
    M_entropy = M_PLAIN,
    M_atkinson,
    M_ede,
    M_kolm,
    M_COUNT
};

const char *const rh_inequality_names[] = {
#define MEASURE(id, zh, en, signs, formula, source) #id,
#include "evaluate/inequality.def"
#undef MEASURE
    "entropy", "atkinson", "ede", "kolm", NULL};

typedef struct measure_text {
    const char *zh, *en, *formula, *source;
    bool signs;
} measure_text;

static const measure_text texts[M_COUNT] = {
#define MEASURE(id, zh, en, signs, formula, source) {zh, en, formula, source, signs},
#include "evaluate/inequality.def"
#undef MEASURE
    {"广义熵 GE", "generalised entropy GE", "GE(α) = [Σ w (x/μ)^α / W − 1] / (α (α − 1))",
     "Shorrocks 1980, eq. 30", false},
    {"阿特金森指数", "Atkinson", "A(ε) = 1 − EDE/μ", "Atkinson 1970", false},
    {"平均分配等价值 EDE", "equally distributed equivalent",
     "EDE = (Σ w x^(1−ε) / W)^(1/(1−ε)); ε = 1: geometric mean", "Atkinson 1970", false},
    {"科尔姆指数", "Kolm (in units of x)", "K(κ) = ln(Σ w e^(κ (μ − x)) / W) / κ", "Kolm 1976",
     true},
};

bool
rh_inequality_signed(int measure)
{
    return texts[measure].signs;
}

/* One column, measured. */
typedef struct measured {
    rh_sorted sorted;
    rh_stream stream;
    rh_sums all;
    double plain[M_PLAIN];
} measured;

static double
pivot_of(const double *x, const double *w, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (w[i] > 0 && x[i] > 0) {
            return rh_pivot(x[i]);
        }
    }
    return 1;
}

static rh_powers
powers_of(const rh_inequality_data *d, uint32_t k, const rh_inequality_options *o)
{
    rh_powers powers = {.pivot = pivot_of(d->x[k], d->weight[k], d->n)};
    for (unsigned i = 0; i < o->n_alpha; i++) {
        powers.power[powers.n++] = o->alpha[i];
    }
    for (unsigned i = 0; i < o->n_epsilon; i++) {
        powers.power[powers.n++] = 1 - o->epsilon[i];
    }
    return powers;
}

static rh_status
measure(const rh_inequality_data *d, uint32_t k, const rh_inequality_options *o, measured *m,
        rh_err *err)
{
    rh_powers powers = powers_of(d, k, o);
    RH_TRY(rh_sorted_init(&m->sorted, d->x[k], d->weight[k], d->n, err));
    RH_TRY(rh_stream_init(&m->stream, 1, &powers, err));
    RH_TRY(rh_stream_array(&m->stream, d->x[k], d->weight[k], NULL, d->n, o->threads, err));
    const rh_sorted *s = &m->sorted;
    rh_schutz schutz = rh_sorted_schutz(s);
    double *v = m->plain, gini = rh_sorted_gini(s);
    double n = o->counted ? s->weight : (double)s->n;
    m->all = m->stream.group[0];
    v[M_count] = n;
    v[M_weight] = s->weight;
    v[M_mean] = rh_sorted_mean(s);
    v[M_median] = rh_sorted_quantile(s, 0.5);
    v[M_gini] = gini;
    v[M_gini_corrected] = n > 1 ? gini * n / (n - 1) : (double)NAN;
    v[M_theil_t] = rh_sums_theil_t(&m->all, &m->stream.powers);
    v[M_theil_l] = rh_sums_theil_l(&m->all, &m->stream.powers);
    v[M_variation] = rh_sorted_variation(s);
    v[M_ricci_schutz] = schutz.distance;
    v[M_schutz_point] = schutz.point;
    v[M_schutz_coefficient] = o->counted ? (double)NAN : schutz.coefficient;
    v[M_palma] = rh_sorted_palma(s);
    v[M_quintile_ratio] = (1 - rh_sorted_lorenz(s, 0.8)) / rh_sorted_lorenz(s, 0.2);
    v[M_bottom_40] = rh_sorted_lorenz(s, 0.4);
    v[M_top_10] = 1 - rh_sorted_lorenz(s, 0.9);
    v[M_wolfson] = rh_sorted_wolfson(s);
    return RH_OK;
}

static double
with_parameter(const measured *m, int measure, double p)
{
    const rh_powers *powers = &m->stream.powers;
    return measure == M_entropy    ? rh_sums_entropy(&m->all, powers, p)
           : measure == M_atkinson ? rh_sums_atkinson(&m->all, powers, p)
           : measure == M_ede      ? rh_sums_ede(&m->all, powers, p)
                                   : rh_sorted_kolm(&m->sorted, p);
}

/* ---- the table of measures ---- */

static void
parameter_rows(rh_answer *a, const measured *m, uint32_t n_columns, int measure,
               const double *parameter, unsigned n)
{
    const char *sign = measure == M_entropy ? "α" : measure == M_kolm ? "κ" : "ε";
    for (unsigned i = 0; i < n; i++) {
        rh_answer_text(
            a, rh_answer_format(a, "%s(%g)", rh_inequality_names[measure], parameter[i]));
        rh_answer_words(
            a, rh_answer_format(a, "%s，%s = %g", texts[measure].zh, sign, parameter[i]),
            rh_answer_format(a, "%s, %s = %g", texts[measure].en, sign, parameter[i]));
        for (uint32_t k = 0; k < n_columns; k++) {
            rh_answer_number(a, with_parameter(&m[k], measure, parameter[i]));
        }
    }
}

static void
fill_measures(rh_answer *a, const rh_inequality_data *d, const rh_inequality_options *o,
              const measured *m)
{
    rh_answer_table(a, "measures", "不平等测度", "Measures of inequality");
    rh_answer_text_column(a, "measure", "代号", "measure");
    rh_answer_text_column(a, "name", "测度", "name");
    for (uint32_t k = 0; k < d->n_columns; k++) {
        rh_answer_number_column(a, d->column[k], d->column[k], d->column[k], 6);
    }
    for (int i = 0; i < M_PLAIN; i++) {
        if (o->measure >= 0 ? o->measure != i : i <= M_median) {
            continue; /* what describes the columns has its own table */
        }
        rh_answer_text(a, rh_inequality_names[i]);
        rh_answer_words(a, texts[i].zh, texts[i].en);
        for (uint32_t k = 0; k < d->n_columns; k++) {
            rh_answer_number(a, m[k].plain[i]);
        }
    }
    const struct {
        int measure;
        const double *parameter;
        unsigned n;
    } rest[] = {{M_entropy, o->alpha, o->n_alpha},
                {M_atkinson, o->epsilon, o->n_epsilon},
                {M_ede, o->epsilon, o->n_epsilon},
                {M_kolm, o->kappa, o->n_kappa}};
    for (unsigned i = 0; i < 4; i++) {
        if (o->measure < 0 || o->measure == rest[i].measure) {
            parameter_rows(a, m, d->n_columns, rest[i].measure, rest[i].parameter, rest[i].n);
        }
    }
}

static void
fill_columns(rh_answer *a, const rh_inequality_data *d, const measured *m)
{
    rh_answer_table(a, "columns", "各列", "Columns");
    rh_answer_text_column(a, "column", "列", "column");
    rh_answer_number_column(a, "rows", "行数", "rows", 0);
    rh_answer_number_column(a, "weight", "权重和", "weight", 0);
    rh_answer_number_column(a, "mean", "均值", "mean", 4);
    rh_answer_number_column(a, "median", "中位数", "median", 4);
    rh_answer_number_column(a, "least", "最小", "least", 4);
    rh_answer_number_column(a, "most", "最大", "most", 4);
    for (uint32_t k = 0; k < d->n_columns; k++) {
        rh_answer_text(a, d->column[k]);
        for (int i = M_count; i <= M_median; i++) {
            rh_answer_number(a, m[k].plain[i]);
        }
        rh_answer_number(a, m[k].all.least);
        rh_answer_number(a, m[k].all.most);
    }
}

static void
fill_lorenz(rh_answer *a, const rh_inequality_data *d, unsigned points, const measured *m)
{
    rh_answer_table(a, "lorenz", "洛伦兹曲线", "Lorenz curve");
    rh_answer_text_column(a, "column", "列", "column");
    rh_answer_number_column(a, "p", "人口累计", "p", 3);
    rh_answer_number_column(a, "share", "份额累计 L(p)", "share L(p)", 6);
    rh_answer_number_column(a, "generalised", "广义洛伦兹 μL(p)", "generalised μ L(p)", 4);
    for (uint32_t k = 0; k < d->n_columns; k++) {
        for (unsigned i = 0; i <= points; i++) {
            double p = (double)i / points, l = rh_sorted_lorenz(&m[k].sorted, p);
            rh_answer_text(a, d->column[k]);
            RH_ANSWER_NUMBERS(a, p, l, l * rh_sorted_mean(&m[k].sorted));
        }
    }
}

static rh_status
fill_concentration(rh_answer *a, const rh_inequality_data *d, rh_err *err)
{
    rh_answer_table(a, "concentration", "集中指数", "Concentration index");
    rh_answer_text_column(a, "column", "列", "column");
    rh_answer_text_column(a, "rank_by", "排序依据", "ranked by");
    rh_answer_number_column(a, "index", "集中指数", "index", 6);
    for (uint32_t k = 0; k < d->n_columns; k++) {
        double index;
        RH_TRY(rh_concentration_index(d->x[k], d->weight[k], d->rank_by, d->n, &index, err));
        rh_answer_text(a, d->column[k]);
        rh_answer_text(a, d->rank_column);
        rh_answer_number(a, index);
    }
    return RH_OK;
}

/* ---- by groups ---- */

/* Cells of all levels together: rows to cells, and each level's group of a cell. */
typedef struct cells {
    uint32_t *row; /* of row i */
    uint32_t n;
    uint32_t *of[RH_GROUP_LEVELS];
} cells;

static void
release_cells(cells *c)
{
    rh_free(c->row);
    for (unsigned l = 0; l < RH_GROUP_LEVELS; l++) {
        rh_free(c->of[l]);
    }
    *c = (cells){0};
}

/* The keys of the levels so far for cells that are now finer: of_old[i] is the old cell of new cell i. */
static rh_status
refine(cells *c, unsigned levels, const uint32_t *of_old, uint32_t n, rh_err *err)
{
    for (unsigned l = 0; l < levels; l++) {
        uint32_t *finer;
        RH_NEW(finer, n > 0 ? n : 1, err);
        for (uint32_t i = 0; i < n; i++) {
            finer[i] = c->of[l][of_old[i]];
        }
        rh_free(c->of[l]);
        c->of[l] = finer;
    }
    return RH_OK;
}

/* Cross the cells so far with one more level. */
static rh_status
cross_level(cells *c, const rh_inequality_data *d, unsigned level, rh_err *err)
{
    uint32_t *row, n, *of_old;
    RH_TRY(rh_cells_of(c->row, d->level[level].group, d->n, &row, &n, &of_old, &c->of[level],
                       err));
    rh_free(c->row);
    c->row = row;
    c->n = n;
    rh_status status = refine(c, level, of_old, n, err);
    rh_free(of_old);
    return status;
}

static rh_status
make_cells(const rh_inequality_data *d, cells *c, rh_err *err)
{
    RH_NEW(c->row, d->n > 0 ? d->n : 1, err);
    c->n = 1; /* everybody in one cell; of[] is empty until the first level is crossed in */
    for (unsigned l = 0; l < d->n_levels; l++) {
        RH_TRY(cross_level(c, d, l, err));
    }
    return RH_OK;
}

static void
part_row(rh_answer *a, const char *column, double alpha, const char *zh, const char *en,
         double value, double total)
{
    rh_answer_text(a, column);
    rh_answer_text(a, alpha == 1   ? "T"
                      : alpha == 0 ? "L"
                                   : rh_answer_format(a, "GE(%g)", alpha));
    rh_answer_words(a, zh, en);
    rh_answer_number(a, value);
    rh_answer_number(a, value / total);
}

static void
parts_head(rh_answer *a)
{
    rh_answer_table(a, "parts", "组间与组内（恰好可加）",
                    "Between and within (exactly additive)");
    rh_answer_text_column(a, "column", "列", "column");
    rh_answer_text_column(a, "index", "指数", "index");
    rh_answer_text_column(a, "part", "部分", "part");
    rh_answer_number_column(a, "value", "数值", "value", 6);
    rh_answer_number_column(a, "share", "占比", "share", 4);
}

static rh_status
nested_rows(rh_answer *a, const rh_inequality_data *d, uint32_t k, const rh_stream *stream,
            const cells *c, double alpha, rh_err *err)
{
    uint32_t n_keys[RH_GROUP_LEVELS], wrong_key = 0;
    const uint32_t *key[RH_GROUP_LEVELS];
    double part[RH_GROUP_LEVELS + 1], total;
    unsigned wrong_level = 0;
    rh_err inner = {0};
    for (unsigned l = 0; l < d->n_levels; l++) {
        key[l] = c->of[l];
        n_keys[l] = d->level[l].n;
    }
    rh_status status = rh_parts_nested(stream, key, n_keys, d->n_levels, alpha, &total, part,
                                       &wrong_level, &wrong_key, &inner);
    if (status == RH_INPUT) {
        const rh_labels *fine = &d->level[wrong_level], *coarse = &d->level[wrong_level - 1];
        return rh_fail(err, RH_INPUT,
                       "\"%s\" of column %s stands in more than one group of column %s, so the "
                       "levels are not nested; use --cross for two columns that cross.",
                       fine->label[wrong_key], fine->column, coarse->column);
    }
    if (status != RH_OK) {
        return rh_fail(err, status, "%s", inner.text);
    }
    for (unsigned l = 0; l < d->n_levels; l++) {
        const char *name = d->level[l].column;
        part_row(
            a, d->column[k], alpha,
            l == 0 ? rh_answer_format(a, "%s 之间", name)
                   : rh_answer_format(a, "%s 内 %s 之间", d->level[l - 1].column, name),
            l == 0 ? rh_answer_format(a, "between %s", name)
                   : rh_answer_format(a, "between %s within %s", name, d->level[l - 1].column),
            part[l], total);
    }
    const char *finest = d->level[d->n_levels - 1].column;
    part_row(a, d->column[k], alpha, rh_answer_format(a, "%s 内", finest),
             rh_answer_format(a, "within %s", finest), part[d->n_levels], total);
    part_row(a, d->column[k], alpha, "合计", "total", total, total);
    return RH_OK;
}

static rh_status
cross_rows(rh_answer *a, const rh_inequality_data *d, uint32_t k, const rh_stream *stream,
           const cells *c, double alpha, rh_err *err)
{
    rh_cross x;
    const char *one = d->level[0].column, *two = d->level[1].column, *column = d->column[k];
    RH_TRY(rh_parts_cross(stream, c->of[0], d->level[0].n, c->of[1], d->level[1].n, alpha, &x,
                          err));
    part_row(a, column, alpha, rh_answer_format(a, "%s 之间", one),
             rh_answer_format(a, "between %s", one), x.a, x.total);
    part_row(a, column, alpha, rh_answer_format(a, "%s 之间", two),
             rh_answer_format(a, "between %s", two), x.b, x.total);
    part_row(a, column, alpha, "交互", "interaction", x.interaction, x.total);
    part_row(a, column, alpha, "格内", "within cells", x.within, x.total);
    part_row(a, column, alpha, "合计", "total", x.total, x.total);
    part_row(a, column, alpha, rh_answer_format(a, "%s 内 %s 之间", one, two),
             rh_answer_format(a, "between %s within %s", two, one), x.b_in_a, x.total);
    part_row(a, column, alpha, rh_answer_format(a, "%s 内 %s 之间", two, one),
             rh_answer_format(a, "between %s within %s", one, two), x.a_in_b, x.total);
    part_row(a, column, alpha, rh_answer_format(a, "%s（沙普利）", one),
             rh_answer_format(a, "%s (Shapley)", one), x.shapley_a, x.total);
    part_row(a, column, alpha, rh_answer_format(a, "%s（沙普利）", two),
             rh_answer_format(a, "%s (Shapley)", two), x.shapley_b, x.total);
    return RH_OK;
}

/* T, L and the asked powers of one column. */
static rh_status
fill_parts(rh_answer *a, const rh_inequality_data *d, uint32_t k, const rh_stream *stream,
           const cells *c, const rh_inequality_options *o, rh_err *err)
{
    double alpha[RH_PARAMETERS + 2] = {1, 0};
    unsigned n = 2;
    rh_sums all = rh_stream_total(stream);
    for (unsigned i = 0; i < o->n_alpha; i++) {
        alpha[n++] = o->alpha[i];
    }
    for (unsigned i = 0; i < n; i++) {
        if (!isfinite(rh_sums_entropy(&all, &stream->powers, alpha[i]))) {
            rh_answer_warn(
                a,
                rh_answer_format(a, "%s：有零值，GE(%g) 为无穷大，不作分解。", d->column[k],
                                 alpha[i]),
                rh_answer_format(a, "%s: zeros make GE(%g) infinite; it is not decomposed.",
                                 d->column[k], alpha[i]));
            continue;
        }
        RH_TRY(o->cross ? cross_rows(a, d, k, stream, c, alpha[i], err)
                        : nested_rows(a, d, k, stream, c, alpha[i], err));
    }
    return RH_OK;
}

static void
groups_head(rh_answer *a)
{
    rh_answer_table(a, "groups", "各组", "Groups");
    rh_answer_text_column(a, "column", "列", "column");
    rh_answer_text_column(a, "group", "组", "group");
    rh_answer_number_column(a, "rows", "行数", "rows", 0);
    rh_answer_number_column(a, "weight_share", "人口占比", "weight share", 4);
    rh_answer_number_column(a, "total_share", "总量占比", "share of total", 4);
    rh_answer_number_column(a, "mean", "均值", "mean", 4);
    rh_answer_number_column(a, "gini", "基尼系数", "Gini", 4);
    rh_answer_number_column(a, "theil_t", "泰尔 T", "Theil T", 6);
    rh_answer_number_column(a, "theil_l", "泰尔 L", "Theil L", 6);
    rh_answer_number_column(a, "contribution", "对 T 的贡献", "part of T", 6);
    rh_answer_number_column(a, "contribution_share", "贡献率", "share of T", 4);
}

static void
group_rows(rh_answer *a, const rh_inequality_data *d, uint32_t k, const rh_part *part,
           const rh_powers *powers, double total, const double *gini)
{
    const rh_labels *level = &d->level[0];
    for (uint32_t g = 0; g < level->n; g++) {
        const rh_part *p = &part[g];
        rh_answer_text(a, d->column[k]);
        rh_answer_text(a, level->label[g]);
        RH_ANSWER_NUMBERS(a, (double)p->sums.n, p->weight_share, p->total_share,
                          rh_sums_mean(&p->sums), gini[g], p->value,
                          rh_sums_theil_l(&p->sums, powers), p->contribution,
                          p->contribution / total);
    }
}

/* Numbers of one cell: the Theil T of the first column, and what its first group adds. */
static void
explain_group(rh_answer *a, const rh_inequality_data *d, uint32_t k, const rh_part *p,
              double total, double between, double within)
{
    if (isnan(total)) {
        return; /* a warning says why */
    }
    const char *numbers =
        rh_answer_format(a, "s = %.6g, T = %.6g, s·T = %.6g; T = %.9g = %.9g + %.9g",
                         p->total_share, p->value, p->contribution, total, between, within);
    rh_answer_explain(
        a,
        rh_answer_format(
            a,
            "%s 的 T = 组间 Σ s ln(μ_g/μ) + 组内 Σ s_g T_g（Shorrocks 1984，式 4）；%s 组：%s",
            d->column[k], d->level[0].label[0], numbers),
        rh_answer_format(
            a,
            "T of %s = between Σ s ln(μ_g/μ) + within Σ s_g T_g (Shorrocks 1984, eq. "
            "4); group %s: %s",
            d->column[k], d->level[0].label[0], numbers));
}

static rh_status
fill_chance(rh_answer *a, const rh_inequality_data *d, uint32_t k,
            const rh_inequality_options *o, rh_err *err)
{
    double p, mean;
    RH_TRY(rh_parts_permute(d->x[k], d->weight[k], d->level[0].group, d->n, d->level[0].n, 1,
                            o->permutations, o->seed, o->threads, &p, &mean, err));
    const char *n = rh_answer_format(a, "%u", o->permutations);
    rh_answer_note(
        a,
        rh_answer_format(a, "%s：随机打乱 %s 次，组间 T 平均 %.6f，p = %.4f。", d->column[k], n,
                         mean, p),
        rh_answer_format(a,
                         "%s: with labels at random (%s draws) the part of T between "
                         "groups is %.6f on average; p = %.4f.",
                         d->column[k], n, mean, p));
    return RH_OK;
}

enum { PAIRS_MOST = 40 }; /* more groups have no table of pairs */

/* What is known of one column and its groups, filled once and shown in three tables. */
typedef struct grouped {
    rh_stream stream; /* of the cells */
    rh_part *part;    /* of level 0 */
    rh_gini_groups gini;
    double total, between, within;
} grouped;

static rh_status
group_column(const rh_inequality_data *d, uint32_t k, const cells *c,
             const rh_inequality_options *o, grouped *g, rh_err *err)
{
    rh_powers powers = powers_of(d, k, o);
    RH_TRY(rh_stream_init(&g->stream, c->n, &powers, err));
    RH_TRY(rh_stream_array(&g->stream, d->x[k], d->weight[k], c->row, d->n, o->threads, err));
    RH_NEW(g->part, d->level[0].n, err);
    RH_TRY(rh_parts_one_way(&g->stream, c->of[0], d->level[0].n, 1, &g->total, &g->between,
                            &g->within, g->part, err));
    return rh_gini_groups_find(d->x[k], d->weight[k], d->level[0].group, d->n, d->level[0].n,
                               d->level[0].n <= PAIRS_MOST, &g->gini, err);
}

static void
fill_gini_parts(rh_answer *a, const rh_inequality_data *d, const grouped *g)
{
    rh_answer_table(a, "gini_parts", "基尼系数分解（Dagum 1997）",
                    "Parts of the Gini (Dagum 1997)");
    rh_answer_text_column(a, "column", "列", "column");
    rh_answer_number_column(a, "gini", "基尼系数", "Gini", 6);
    rh_answer_number_column(a, "within", "组内", "within", 6);
    rh_answer_number_column(a, "between", "组间净值", "net between", 6);
    rh_answer_number_column(a, "overlap", "超变密度", "overlap", 6);
    for (uint32_t k = 0; k < d->n_columns; k++) {
        rh_answer_text(a, d->column[k]);
        RH_ANSWER_NUMBERS(a, g[k].gini.gini, g[k].gini.within, g[k].gini.between,
                          g[k].gini.overlap);
    }
}

static void
fill_gini_pairs(rh_answer *a, const rh_inequality_data *d, const grouped *g)
{
    const rh_labels *level = &d->level[0];
    rh_answer_table(a, "gini_pairs", "组间基尼系数 G_jh", "Gini between two groups");
    rh_answer_text_column(a, "column", "列", "column");
    rh_answer_text_column(a, "one", "组一", "one");
    rh_answer_text_column(a, "other", "组二", "other");
    rh_answer_number_column(a, "gini", "基尼系数", "Gini", 6);
    for (uint32_t k = 0; k < d->n_columns; k++) {
        for (uint32_t i = 0; i < level->n; i++) {
            for (uint32_t j = 0; j < i; j++) {
                rh_answer_text(a, d->column[k]);
                rh_answer_text(a, level->label[j]);
                rh_answer_text(a, level->label[i]);
                rh_answer_number(a, g[k].gini.pair[(size_t)i * level->n + j]);
            }
        }
    }
}

static rh_status
fill_all_groups(rh_answer *a, const rh_inequality_data *d, const rh_inequality_options *o,
                const cells *c, grouped *g, rh_err *err)
{
    for (uint32_t k = 0; k < d->n_columns; k++) {
        RH_TRY(group_column(d, k, c, o, &g[k], err));
    }
    parts_head(a);
    for (uint32_t k = 0; k < d->n_columns; k++) {
        RH_TRY(fill_parts(a, d, k, &g[k].stream, c, o, err));
    }
    groups_head(a);
    for (uint32_t k = 0; k < d->n_columns; k++) {
        group_rows(a, d, k, g[k].part, &g[k].stream.powers, g[k].total, g[k].gini.own);
        if (o->permutations > 0) {
            RH_TRY(fill_chance(a, d, k, o, err));
        }
    }
    fill_gini_parts(a, d, g);
    if (d->level[0].n <= PAIRS_MOST) {
        fill_gini_pairs(a, d, g);
    }
    explain_group(a, d, 0, &g[0].part[0], g[0].total, g[0].between, g[0].within);
    return RH_OK;
}

static rh_status
fill_groups(rh_answer *a, const rh_inequality_data *d, const rh_inequality_options *o,
            rh_err *err)
{
    cells c = {0};
    grouped *g;
    RH_NEW(g, d->n_columns, err);
    rh_status status = make_cells(d, &c, err);
    if (status == RH_OK) {
        status = fill_all_groups(a, d, o, &c, g, err);
    }
    for (uint32_t k = 0; k < d->n_columns; k++) {
        rh_stream_release(&g[k].stream);
        rh_gini_groups_release(&g[k].gini);
        rh_free(g[k].part);
    }
    rh_free(g);
    release_cells(&c);
    return status;
}

/* ---- explanation and remarks ---- */

static void
explain(rh_answer *a, const rh_inequality_data *d, const rh_inequality_options *o,
        const measured *m)
{
    int which = o->measure >= 0 ? o->measure : M_theil_t;
    const rh_sums *s = &m->all;
    double parameter = which == M_entropy ? o->alpha[0]
                       : which == M_kolm  ? o->kappa[0]
                                          : o->epsilon[0];
    double value = which < M_PLAIN ? m->plain[which] : with_parameter(m, which, parameter);
    rh_answer_explain(a,
                      rh_answer_format(a, "%s，列 %s：%s（%s）", texts[which].zh, d->column[0],
                                       texts[which].formula, texts[which].source),
                      rh_answer_format(a, "%s of column %s: %s (%s)", texts[which].en,
                                       d->column[0], texts[which].formula,
                                       texts[which].source));
    const char *numbers = rh_answer_format(
        a,
        "n = %llu, Σ w = %.10g, Σ w x = %.10g, μ = %.10g, Σ w x ln(x/c) = %.10g, Σ w ln(x/c) = "
        "%.10g, c = %g",
        (unsigned long long)s->n, s->weight, s->total, rh_sums_mean(s), s->entropy, s->logs,
        m->stream.powers.pivot);
    const rh_text_number given = rh_text_digits(value, 10);
    rh_answer_explain(a, rh_answer_format(a, "%s；得 %s", numbers, given.text),
                      rh_answer_format(a, "%s; gives %s", numbers, given.text));
}

static void
remark(rh_answer *a, const rh_inequality_data *d, const measured *m)
{
    for (uint32_t k = 0; k < d->n_columns; k++) {
        if (!(rh_sums_mean(&m[k].all) > 0)) {
            rh_answer_warn(
                a, rh_answer_format(a, "%s：均值不大于 0，相对测度没有意义。", d->column[k]),
                rh_answer_format(
                    a, "%s: the mean is not above 0, so relative measures mean nothing.",
                    d->column[k]));
        } else if (m[k].all.zero_weight > 0 && m[k].all.negative == 0) {
            double share = m[k].all.zero_weight / m[k].all.weight * 100;
            rh_answer_note(
                a,
                rh_answer_format(a,
                                 "%s：%.4g%% 的权重取值为零；在 T 中 0·ln 0 = 0，L 与 ε ≥ 1 "
                                 "的阿特金森指数因此为无穷大与 1。",
                                 d->column[k], share),
                rh_answer_format(
                    a,
                    "%s: zeros hold %.4g %% of the weight; in T they count 0·ln 0 = "
                    "0, they make L infinite and Atkinson 1 for ε ≥ 1.",
                    d->column[k], share));
        }
    }
}

static rh_status
fill(rh_answer *a, const rh_inequality_data *d, const rh_inequality_options *o, measured *m,
     rh_err *err)
{
    for (uint32_t k = 0; k < d->n_columns; k++) {
        RH_TRY(measure(d, k, o, &m[k], err));
    }
    fill_measures(a, d, o, m);
    if (o->measure < 0) {
        fill_columns(a, d, m);
    }
    explain(a, d, o, &m[0]);
    remark(a, d, m);
    if (d->n_levels > 0) {
        RH_TRY(fill_groups(a, d, o, err));
    }
    if (d->rank_by != NULL) {
        RH_TRY(fill_concentration(a, d, err));
    }
    if (o->lorenz > 0) {
        fill_lorenz(a, d, o->lorenz, m);
    }
    return RH_OK;
}

rh_status
rh_inequality_fill(rh_answer *answer, const rh_inequality_data *data,
                   const rh_inequality_options *options, rh_err *err)
{
    measured *m;
    RH_NEW(m, data->n_columns, err);
    rh_status status = fill(answer, data, options, m, err);
    for (uint32_t k = 0; k < data->n_columns; k++) {
        rh_sorted_release(&m[k].sorted);
        rh_stream_release(&m[k].stream);
    }
    rh_free(m);
    return status;
}
