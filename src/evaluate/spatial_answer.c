/* Answers of "ronghe spatial": see spatial_answer.h. */
#include "evaluate/spatial_answer.h"

#include "core/mem.h"

#include <math.h>
#include <string.h>

/* ---- the table of global statistics: a row for each null hypothesis ---- */

static void
global_table(rh_answer *a)
{
    rh_answer_table(a, "global", "全局统计量", "Global statistics");
    rh_answer_text_column(a, "statistic", "统计量", "statistic");
    rh_answer_text_column(a, "null", "零假设", "null hypothesis");
    rh_answer_number_column(a, "value", "值", "value", 5);
    rh_answer_number_column(a, "expected", "期望", "expected", 5);
    rh_answer_number_column(a, "variance", "方差", "variance", 6);
    rh_answer_number_column(a, "z", "z", "z", 3);
    rh_answer_number_column(a, "p_one_sided", "p（单侧）", "p (one-sided)", 5);
    rh_answer_number_column(a, "p_two_sided", "p（双侧）", "p (two-sided)", 5);
}

static void
global_row(rh_answer *a, const char *statistic, const char *zh, const char *en, double value,
           const rh_null *null)
{
    rh_answer_text(a, statistic);
    rh_answer_words(a, zh, en);
    RH_ANSWER_NUMBERS(a, value, null->mean, null->variance, null->z, null->p_one, null->p_two);
}

static void
permuted_row(rh_answer *a, const char *statistic, double value, const rh_simulated *s)
{
    if (s->n == 0) {
        return;
    }
    rh_null null = rh_null_of(value, s->mean, s->variance);
    null.p_one = rh_pseudo_folded(s);
    null.p_two = rh_pseudo_two(s);
    global_row(a, statistic, rh_answer_format(a, "置换 %u 次", s->n),
               rh_answer_format(a, "%u permutations", s->n), value, &null);
}

static const char normality[] = "normality", randomisation[] = "randomisation";

static void
moran_rows(rh_answer *a, const char *name, const rh_moran *m)
{
    global_row(a, name, "正态", normality, m->i, &m->normal);
    global_row(a, name, "随机化", randomisation, m->i, &m->random);
    permuted_row(a, name, m->i, &m->dealt);
}

/* ---- the table of units ---- */

typedef struct words {
    const char *zh, *en;
} words;

/* Names of the quadrants of a statistic; NONE is an island. */
static const words *
quadrant_words(enum rh_spatial_statistic statistic)
{
    static const words scatter[] = {{"无邻居", "island"},
                                    {"高-高", "high-high"},
                                    {"低-高", "low-high"},
                                    {"低-低", "low-low"},
                                    {"高-低", "high-low"}};
    static const words spots[] = {
        {"无邻居", "island"}, {"热点", "hot spot"}, {"", ""}, {"冷点", "cold spot"}, {"", ""}};
    return statistic == RH_SPATIAL_GETIS || statistic == RH_SPATIAL_GETIS_STAR ? spots
                                                                               : scatter;
}

/* Local Geary: like neighbours or unlike ones, by the side of the expectation it lies on. */
static words
geary_words(const rh_local *l, uint32_t i, bool univariate)
{
    double expected = isnan(l->mean[i]) ? l->dealt[i].mean : l->mean[i];
    if (l->value[i] > expected) {
        return (words){"相异", "unlike neighbours"};
    }
    if (univariate && l->quadrant[i] == RH_HIGH_HIGH) {
        return (words){"相似：高-高", "alike: high-high"};
    }
    if (univariate && l->quadrant[i] == RH_LOW_LOW) {
        return (words){"相似：低-低", "alike: low-low"};
    }
    return (words){"相似", "alike"};
}

static words
class_of(const rh_spatial_question *q, const rh_local *l, uint32_t i)
{
    if (l->quadrant[i] == RH_QUADRANT_NONE && rh_weights_is_island(q->weights, i)) {
        return quadrant_words(q->statistic)[0];
    }
    return q->statistic == RH_SPATIAL_GEARY ? geary_words(l, i, q->n_columns == 1)
                                            : quadrant_words(q->statistic)[l->quadrant[i]];
}

/* Two-sided p-value of unit i on which its class rests: of permutations where there are any. */
static double
p_of(const rh_local *l, uint32_t i)
{
    return l->dealt[i].n > 0 ? rh_pseudo_two(&l->dealt[i]) : l->p_normal[i];
}

typedef struct counted {
    words class;
    uint32_t all, called;
} counted;

static void
count_class(counted *list, unsigned *n, words class, bool called)
{
    unsigned c = 0;
    while (c < *n && strcmp(list[c].class.en, class.en) != 0) {
        c++;
    }
    if (c == *n) {
        list[(*n)++] = (counted){.class = class};
    }
    list[c].all++;
    list[c].called += called;
}

static void
clusters_table(rh_answer *a, const rh_spatial_question *q, const counted *list, unsigned n)
{
    static const words adjusted[] = {
        {"错误发现率", "FDR"}, {"邦费罗尼", "Bonferroni"}, {"未校正", "unadjusted"}};
    const words *how = &adjusted[q->adjust];
    rh_answer_table(a, "clusters", "聚类分类", "Classes");
    rh_answer_text_column(a, "class", "类型", "class");
    rh_answer_number_column(a, "units", "单元数", "units", 0);
    rh_answer_number_column(
        a, "significant", rh_answer_format(a, "显著（%s ≤ %g）", how->zh, q->alpha),
        rh_answer_format(a, "significant (%s <= %g)", how->en, q->alpha), 0);
    for (unsigned c = 0; c < n; c++) {
        rh_answer_words(a, list[c].class.zh, list[c].class.en);
        rh_answer_number(a, list[c].all);
        rh_answer_number(a, list[c].called);
    }
}

static void
local_head(rh_answer *a, const rh_spatial_question *q, const char *statistic)
{
    rh_answer_table(a, "local", "局部统计量", "Local statistics");
    rh_answer_text_column(a, "id", "单元", "unit");
    for (unsigned c = 0; c < q->n_columns; c++) {
        rh_answer_number_column(a, q->name[c], q->name[c], q->name[c], 3);
    }
    rh_answer_number_column(a, "z_value", "标准化值", "standardised", 3);
    rh_answer_number_column(a, "lag", "空间滞后", "lag", 3);
    /* G is a share of the whole: small numbers */
    int digits = quadrant_words(q->statistic)[RH_LOW_HIGH].zh[0] == '\0' ? 7 : 4;
    rh_answer_number_column(a, statistic, statistic, statistic, digits);
    rh_answer_number_column(a, "expected", "期望", "expected", digits);
    rh_answer_number_column(a, "variance", "方差", "variance", digits);
    rh_answer_number_column(a, "z", "z", "z", 3);
    rh_answer_number_column(a, "p_normal", "p（正态）", "p (normal)", 4);
    rh_answer_number_column(a, "p_folded", "p（置换，单侧）", "p (permuted, one-sided)", 4);
    rh_answer_number_column(a, "p", "p（双侧）", "p (two-sided)", 4);
    rh_answer_number_column(a, "q", "q（校正）", "q (adjusted)", 4);
    rh_answer_text_column(a, "quadrant_zh", "象限", "quadrant (zh)");
    rh_answer_text_column(a, "quadrant_en", "象限（英文）", "quadrant");
    rh_answer_text_column(a, "cluster", "聚类", "cluster");
}

static rh_status
adjust_all(const rh_spatial_question *q, const rh_local *l, double *p, double *adjusted,
           rh_err *err)
{
    for (uint32_t i = 0; i < l->n; i++) {
        p[i] = p_of(l, i);
    }
    if (q->adjust == RH_ADJUST_FDR) {
        return rh_adjust_fdr(p, l->n, adjusted, err);
    }
    if (q->adjust == RH_ADJUST_BONFERRONI) {
        rh_adjust_bonferroni(p, l->n, adjusted);
    } else {
        memcpy(adjusted, p, l->n * sizeof *p);
    }
    return RH_OK;
}

static void
local_row(rh_answer *a, const rh_spatial_question *q, const rh_local *l, uint32_t i, double p,
          double adjusted, counted *list, unsigned *n_classes)
{
    bool island = rh_weights_is_island(q->weights, i) && l->quadrant[i] == RH_QUADRANT_NONE;
    words class = class_of(q, l, i);
    bool called = adjusted <= q->alpha;
    const double none = (double)NAN;
    rh_answer_text(a, q->id[i]);
    for (unsigned c = 0; c < q->n_columns; c++) {
        rh_answer_number(a, q->column[c][i]);
    }
    RH_ANSWER_NUMBERS(a, l->z[i], island ? none : l->lag[i], island ? none : l->value[i]);
    bool formula = !isnan(l->mean[i]);
    RH_ANSWER_NUMBERS(a, formula ? l->mean[i] : l->dealt[i].mean,
                      formula ? l->variance[i] : l->dealt[i].variance,
                      formula
                          ? rh_local_z(l, i)
                          : rh_null_of(l->value[i], l->dealt[i].mean, l->dealt[i].variance).z,
                      l->p_normal[i], rh_pseudo_folded(&l->dealt[i]), p, adjusted);
    rh_answer_text(a, class.zh);
    rh_answer_text(a, class.en);
    rh_answer_words(a, island || called ? class.zh : "不显著",
                    island || called ? class.en : "not significant");
    count_class(list, n_classes, class, called);
}

static rh_status
local_table(rh_answer *a, const rh_spatial_question *q, const rh_local *l,
            const char *statistic, rh_err *err)
{
    double *p; /* and the adjusted ones behind them */
    counted list[8] = {0};
    unsigned n_classes = 0;
    RH_NEW(p, 2 * (size_t)l->n, err);
    rh_status status = adjust_all(q, l, p, p + l->n, err);
    if (status == RH_OK) {
        local_head(a, q, statistic);
        for (uint32_t i = 0; i < l->n; i++) {
            local_row(a, q, l, i, p[i], p[l->n + i], list, &n_classes);
        }
        clusters_table(a, q, list, n_classes);
    }
    rh_free(p);
    return status;
}

/* ---- explanations: the unit whose statistic is largest, with its numbers ---- */

static uint32_t
largest(const rh_local *l, const rh_weights *w)
{
    uint32_t best = 0;
    for (uint32_t i = 0; i < l->n; i++) {
        bool better = rh_weights_is_island(w, best) || fabs(l->value[i]) > fabs(l->value[best]);
        best = !rh_weights_is_island(w, i) && better ? i : best;
    }
    return best;
}

/* Bytes of a name that fit a formula. */
static int
short_length(const char *name)
{
    return (int)rh_text_fit(name, 20);
}

/* "w(i,j) × x_j" of the first neighbours, as one text. */
static void
neighbour_terms(const rh_spatial_question *q, const rh_weights *w, const double *x, uint32_t i,
                char *text, size_t size)
{
    const uint32_t shown = 6;
    size_t end = 0;
    text[0] = '\0';
    for (uint32_t e = w->start[i]; e < w->start[i + 1] && end + 60 < size; e++) {
        if (e - w->start[i] == shown) {
            snprintf(text + end, size - end, " + … (%u)", w->start[i + 1] - e);
            break;
        }
        end += (size_t)snprintf(text + end, size - end, "%s%.4g×%.4g[%.*s]",
                                e > w->start[i] ? " + " : "", w->w[e], x[w->to[e]],
                                short_length(q->id[w->to[e]]), q->id[w->to[e]]);
        end = end < size ? end : size - 1;
    }
    rh_text_mend(text);
}

static void
explain_p(rh_answer *a, const rh_spatial_question *q, const rh_local *l, uint32_t i)
{
    const rh_simulated *s = &l->dealt[i];
    if (s->n == 0) {
        return;
    }
    rh_answer_explain(
        a,
        rh_answer_format(
            a,
            "置换（%s）：%u 次中 %u 次不小于、%u 次不大于观测值；单侧 p = (min+1)/(%u+1) = "
            "%.4g，双侧 p = 2 倍 = %.4g。每个单元各自抽取，不共用抽样表。",
            q->id[i], s->n, s->high, s->low, s->n, rh_pseudo_folded(s), rh_pseudo_two(s)),
        rh_answer_format(
            a,
            "Permutations (%s): of %u, %u are at least and %u at most as large as "
            "observed; one-sided p = (min+1)/(%u+1) = %.4g, two-sided twice that = "
            "%.4g. Units draw separately; no table of draws is shared.",
            q->id[i], s->n, s->high, s->low, s->n, rh_pseudo_folded(s), rh_pseudo_two(s)));
}

static void
explain_local_moran(rh_answer *a, const rh_spatial_question *q, const rh_local *l,
                    const double *around)
{
    uint32_t i = largest(l, q->weights);
    double n = q->n, c = q->scale == RH_LOCAL_BY_N ? n : n - 1;
    char terms[500];
    neighbour_terms(q, q->weights, around, i, terms, sizeof terms);
    rh_answer_explain(a,
                      "局部莫兰：I_i = c z_i Σ_j w_ij z_j / Σz²，c = n−1（esda）或 "
                      "n（spdep）；Anselin 1995, 式 12。",
                      "Local Moran: I_i = c z_i Σ_j w_ij z_j / Σz², c = n−1 (esda) or n "
                      "(spdep); Anselin 1995, eq. 12.");
    const char *cell = rh_answer_format(
        a, "%s: z = %.5g, Σ_j w_ij z_j = %s = %.5g, I = %.0f × %.5g × %.5g / %.0f = %.6g",
        q->id[i], l->z[i], terms, l->lag[i], c, l->z[i], l->lag[i], n, l->value[i]);
    rh_answer_explain(a, cell, cell);
    explain_p(a, q, l, i);
}

static void
explain_moran(rh_answer *a, const rh_moran *m, const rh_weight_sums *s, uint32_t n)
{
    rh_answer_explain(
        a,
        "莫兰指数：I = n/S0 · Σ_ij w_ij z_i z_j / Σz²；E = −1/(n−1)；正态与随机化方差见 Cliff "
        "& Ord 1981, 第 "
        "21 页。",
        "Moran's I = n/S0 · Σ_ij w_ij z_i z_j / Σz²; E = −1/(n−1); variances under "
        "normality and randomisation: Cliff & Ord 1981, p. 21.");
    const char *cell = rh_answer_format(a,
                                        "n = %u, S0 = %.6g, S1 = %.6g, S2 = %.6g, b2 = %.6g; I "
                                        "= %.6g, z = (%.6g − %.6g)/√%.6g = %.6g",
                                        n, s->s0, s->s1, s->s2, m->kurtosis, m->i, m->i,
                                        m->random.mean, m->random.variance, m->random.z);
    rh_answer_explain(a, cell, cell);
}

/* ---- one function a statistic ---- */

static const rh_permutations *
permutations_of(const rh_spatial_question *q)
{
    return q->how.n > 0 ? &q->how : NULL;
}

static rh_status
answer_moran(const rh_spatial_question *q, const double *y, rh_answer *a, rh_err *err)
{
    rh_moran m;
    rh_local l;
    rh_weight_sums s;
    RH_TRY(rh_weights_sums(q->weights, &s, err));
    RH_TRY(rh_moran_global(q->weights, y, permutations_of(q), &m, err));
    global_table(a);
    moran_rows(a, "Moran I", &m);
    explain_moran(a, &m, &s, q->n);
    rh_status status =
        rh_moran_local(q->weights, NULL, y, q->scale, permutations_of(q), &l, err);
    if (status == RH_OK) {
        status = local_table(a, q, &l, "local_i", err);
        explain_local_moran(a, q, &l, l.z);
    }
    rh_local_release(&l);
    return status;
}

static rh_status
answer_rate(const rh_spatial_question *q, rh_answer *a, rh_err *err)
{
    double *rate, events = 0, base = 0;
    RH_NEW(rate, q->n, err);
    rh_status status = rh_rate_stable(q->column[0], q->column[1], q->n, rate, err);
    if (status == RH_OK) {
        status = answer_moran(q, rate, a, err);
    }
    for (uint32_t i = 0; i < q->n; i++) {
        events += q->column[0][i];
        base += q->column[1][i];
    }
    rh_answer_explain(a,
                      "率的莫兰指数：用经验贝叶斯标准化率 z = (p−b)/√(a+b/基数)（Assunção & "
                      "Reis 1999）。",
                      "Moran of rates: of z = (p−b)/√(a+b/base), empirical Bayes standardised "
                      "rates (Assunção & Reis "
                      "1999).");
    const char *cell = rh_answer_format(
        a, "b = %.6g / %.6g = %.6g; %s: p = %.6g / %.6g, z = %.6g", events, base, events / base,
        q->id[0], q->column[0][0], q->column[1][0], rate[0]);
    rh_answer_explain(a, cell, cell);
    rh_free(rate);
    return status;
}

static rh_status
answer_bivariate(const rh_spatial_question *q, rh_answer *a, rh_err *err)
{
    rh_moran m;
    rh_local l;
    const double *x = q->column[0], *y = q->column[1];
    RH_TRY(rh_moran_bivariate(q->weights, x, y, permutations_of(q), &m, err));
    global_table(a);
    if (m.dealt.n == 0) {
        rh_null none = {(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN};
        global_row(a, "bivariate Moran I", "无", "none", m.i, &none);
    }
    permuted_row(a, "bivariate Moran I", m.i, &m.dealt);
    double *around;
    RH_NEW(around, q->n, err);
    rh_status status = rh_standardise(y, q->n, 0, around, err);
    if (status == RH_OK) {
        status = rh_moran_local(q->weights, x, y, q->scale, permutations_of(q), &l, err);
    } else {
        l = (rh_local){0};
    }
    rh_answer_explain(
        a,
        "双变量莫兰：I = n/S0 · Σ_ij w_ij zx_i zy_j / √(Σzx² Σzy²)；它混有两变量的同地相关，"
        "要分开请看 Lee's L（Lee 2001）。",
        "Bivariate Moran: I = n/S0 · Σ_ij w_ij zx_i zy_j / √(Σzx² Σzy²); it mixes in the "
        "correlation at the same place, Lee's L (Lee 2001) tells them apart.");
    if (status == RH_OK) {
        status = local_table(a, q, &l, "local_i", err);
        explain_local_moran(a, q, &l, around);
    }
    rh_local_release(&l);
    rh_free(around);
    return status;
}

static void
explain_geary(rh_answer *a, const rh_spatial_question *q, const rh_local *l)
{
    uint32_t i = largest(l, q->weights);
    rh_answer_explain(
        a,
        "Geary：C = (n−1) Σ_ij w_ij (y_i−y_j)² / (2 S0 Σz²)，期望 1（Cliff & Ord 1981）；局部 "
        "c_i = 各变量 Σ_j w_ij (z_i−z_j)² 的平均（Anselin 1995, 2019）。小值：邻居相似。",
        "Geary: C = (n−1) Σ_ij w_ij (y_i−y_j)² / (2 S0 Σz²), 1 expected (Cliff & Ord "
        "1981); local c_i = mean over variables of Σ_j w_ij (z_i−z_j)² (Anselin 1995, "
        "2019). Small: neighbours are alike.");
    char terms[500];
    neighbour_terms(q, q->weights, l->z, i, terms, sizeof terms);
    const char *cell = rh_answer_format(a, "%s: z = %.5g, w_ij×z_j: %s; c = %.6g", q->id[i],
                                        l->z[i], terms, l->value[i]);
    rh_answer_explain(a, cell, cell);
    explain_p(a, q, l, i);
}

static rh_status
answer_geary(const rh_spatial_question *q, rh_answer *a, rh_err *err)
{
    rh_geary g;
    rh_local l;
    global_table(a);
    for (unsigned c = 0; c < q->n_columns; c++) {
        const char *name =
            q->n_columns > 1 ? rh_answer_format(a, "Geary C (%s)", q->name[c]) : "Geary C";
        RH_TRY(rh_geary_global(q->weights, q->column[c], permutations_of(q), &g, err));
        global_row(a, name, "正态", normality, g.c, &g.normal);
        global_row(a, name, "随机化", randomisation, g.c, &g.random);
        permuted_row(a, name, g.c, &g.dealt);
    }
    rh_status status = rh_geary_local(q->weights, q->column, q->n_columns,
                                      q->scale == RH_LOCAL_BY_N, permutations_of(q), &l, err);
    if (status == RH_OK) {
        status = local_table(a, q, &l, "local_c", err);
        explain_geary(a, q, &l);
    }
    rh_local_release(&l);
    return status;
}

static void
note_binary(rh_answer *a)
{
    rh_answer_note(a, "全局 G 与连接计数用 0/1 权重（每个邻居计 1），不受 --style 影响。",
                   "Global G and join counts use weights of 1 for every neighbour, whatever "
                   "--style says.");
}

static rh_status
answer_getis(const rh_spatial_question *q, bool star, rh_answer *a, rh_err *err)
{
    rh_getis g;
    rh_local l;
    bool negative = false;
    for (uint32_t i = 0; i < q->n; i++) {
        negative = negative || q->column[0][i] < 0;
    }
    global_table(a);
    if (negative) {
        rh_answer_warn(
            a, "有负值：全局 G 无定义，未计算；局部 z 不受影响，但比值 G_i 本身无意义。",
            "There are negative values: global G is undefined and left out; the local z is "
            "not touched, but the ratio G_i itself means nothing.");
    } else {
        RH_TRY(rh_getis_global(q->binary, q->column[0], permutations_of(q), &g, err));
        global_row(a, "Getis-Ord G", "随机化", randomisation, g.g, &g.random);
        permuted_row(a, "Getis-Ord G", g.g, &g.dealt);
        note_binary(a);
    }
    const rh_weights *w = star ? q->star : q->weights;
    rh_status status = rh_getis_local(w, q->column[0], star, permutations_of(q), &l, err);
    if (status == RH_OK) {
        status = local_table(a, q, &l, star ? "g_star" : "g", err);
        uint32_t i = largest(&l, q->weights);
        char terms[500];
        neighbour_terms(q, w, q->column[0], i, terms, sizeof terms);
        rh_answer_explain(a,
                          "Getis–Ord：G_i = Σ_j w_ij y_j / Σ_{j≠i} y_j，G* 含 i 自身；z 见 Ord "
                          "& Getis 1995（任意权重）。",
                          "Getis-Ord: G_i = Σ_j w_ij y_j / Σ_{j≠i} y_j, G* with i itself; z: "
                          "Ord & Getis 1995 (any weights).");
        const char *cell = rh_answer_format(
            a, "%s: Σ_j w_ij y_j = %s%s%s = %.6g; G = %.6g, E = %.6g, V = %.6g, z = %.5g",
            q->id[i], terms, star ? " + " : "",
            star ? rh_answer_format(a, "%.4g×%.4g", w->self[i], q->column[0][i]) : "", l.lag[i],
            l.value[i], l.mean[i], l.variance[i], rh_local_z(&l, i));
        rh_answer_explain(a, cell, cell);
        explain_p(a, q, &l, i);
    }
    rh_local_release(&l);
    return status;
}

static rh_status
answer_lee(const rh_spatial_question *q, rh_answer *a, rh_err *err)
{
    rh_lee lee;
    rh_local l;
    const double *x = q->column[0], *y = q->column[1];
    RH_TRY(rh_lee_global(q->weights, x, y, permutations_of(q), &lee, err));
    global_table(a);
    global_row(a, "Lee L", "随机化", randomisation, lee.l, &lee.random);
    permuted_row(a, "Lee L", lee.l, &lee.dealt);
    rh_status status = rh_lee_local(q->weights, x, y, permutations_of(q), &l, err);
    if (status == RH_OK) {
        status = local_table(a, q, &l, "local_l", err);
        uint32_t i = largest(&l, q->weights);
        rh_answer_explain(
            a,
            "Lee：L = n/Σ_i(Σ_j w_ij)² · Σ_i lx_i ly_i / √(Σzx² Σzy²)（Lee 2001, 式 18）；"
            "矩：Lee 2004。",
            "Lee: L = n/Σ_i(Σ_j w_ij)² · Σ_i lx_i ly_i / √(Σzx² Σzy²) (Lee 2001, eq. "
            "18); moments: Lee 2004.");
        const char *cell = rh_answer_format(a,
                                            "L = %.6g; Pearson r = %.6g, L(x,x) = %.6g, L(y,y) "
                                            "= %.6g; %s: lx = %.6g, L_i = lx × ly = "
                                            "%.6g",
                                            lee.l, lee.pearson, lee.smooth_x, lee.smooth_y,
                                            q->id[i], l.lag[i], l.value[i]);
        rh_answer_explain(a, cell, cell);
        explain_p(a, q, &l, i);
    }
    rh_local_release(&l);
    return status;
}

static void
join_explanation(rh_answer *a, const rh_spatial_question *q, const rh_joins *j)
{
    rh_answer_explain(
        a,
        "连接计数：½ Σ_ij w_ij（两端类别为 a 与 "
        "b）；非自由抽样的矩由叉积统计量一般式得出（Cliff & Ord "
        "1981, 第 19–20 页；Mantel 1967）。",
        "Join count: ½ Σ_ij w_ij over pairs of classes a and b; moments of non-free "
        "sampling by the general cross-product formula (Cliff & Ord 1981, pp. 19-20; Mantel "
        "1967).");
    const rh_join *c = &j->count[0];
    const char *cell = rh_answer_format(a, "%s:%s = %.6g; E = %.6g, V = %.6g, z = %.5g",
                                        q->label[c->a], q->label[c->b], c->joins,
                                        c->random.mean, c->random.variance, c->random.z);
    rh_answer_explain(a, cell, cell);
}

static rh_status
answer_local_joins(const rh_spatial_question *q, rh_answer *a, rh_err *err)
{
    double *value;
    rh_simulated *dealt;
    uint32_t *is;
    RH_NEW(value, q->n, err);
    dealt = rh_alloc(q->n, sizeof *dealt);
    is = rh_alloc(q->n, sizeof *is);
    rh_status status = RH_MEMORY;
    if (dealt != NULL && is != NULL) {
        for (uint32_t i = 0; i < q->n; i++) {
            is[i] = q->class[i] == 1;
        }
        status = rh_join_local(q->binary, is, permutations_of(q), value, dealt, err);
    }
    if (status == RH_OK) {
        rh_answer_table(a, "local", "局部连接计数", "Local join counts");
        rh_answer_text_column(a, "id", "单元", "unit");
        rh_answer_text_column(a, "class", "类别", "class");
        rh_answer_number_column(a, "joins", "同类邻居", "joins", 2);
        rh_answer_number_column(a, "p", "p（单侧）", "p (one-sided)", 4);
        for (uint32_t i = 0; i < q->n; i++) {
            rh_answer_text(a, q->id[i]);
            rh_answer_text(a, q->label[q->class[i]]);
            rh_answer_number(a, value[i]);
            rh_answer_number(a, dealt[i].n > 0 ? (dealt[i].high + 1.0) / (dealt[i].n + 1.0)
                                               : (double)NAN);
        }
    }
    rh_free(value);
    rh_free(dealt);
    rh_free(is);
    return status == RH_MEMORY
               ? rh_fail(err, RH_MEMORY, "Not enough memory for %u units.", q->n)
               : status;
}

static rh_status
answer_join(const rh_spatial_question *q, rh_answer *a, rh_err *err)
{
    rh_joins j;
    RH_TRY(rh_join_count(q->binary, q->class, q->n_classes, permutations_of(q), &j, err));
    global_table(a);
    for (unsigned s = 0; s < j.n; s++) {
        const rh_join *c = &j.count[s];
        const char *name = s + 1 == j.n
                               ? "a:b (a≠b)"
                               : rh_answer_format(a, "%s:%s", q->label[c->a], q->label[c->b]);
        global_row(a, name, "随机化", randomisation, c->joins, &c->random);
        permuted_row(a, name, c->joins, &c->dealt);
    }
    note_binary(a);
    join_explanation(a, q, &j);
    return q->n_classes == 2 ? answer_local_joins(q, a, err) : RH_OK;
}

static rh_status
answer_correlogram(const rh_spatial_question *q, rh_answer *a, rh_err *err)
{
    rh_status status = RH_OK;
    global_table(a);
    for (unsigned order = 1; order <= q->orders && status == RH_OK; order++) {
        rh_weights w;
        rh_moran m;
        status = rh_weights_of_order(q->weights, order, &w, err);
        if (status == RH_OK && w.start[w.n] == 0) {
            rh_weights_release(&w);
            rh_answer_note(a,
                           rh_answer_format(a, "没有相距 %u 步的单元：相关图止于 %u 阶。",
                                            order, order - 1),
                           rh_answer_format(
                               a,
                               "No units are %u steps apart: the correlogram ends at order %u.",
                               order, order - 1));
            break;
        }
        if (status == RH_OK) {
            rh_weights_style(&w, RH_WEIGHT_ROW, false);
            status = rh_moran_global(&w, q->column[0], permutations_of(q), &m, err);
        }
        if (status == RH_OK) {
            moran_rows(a, rh_answer_format(a, "Moran I, order %u", order), &m);
        }
        rh_weights_release(&w);
    }
    rh_answer_explain(
        a,
        "相关图：k 阶邻居（最短路径恰为 k 步）行标准化后的莫兰指数（Cliff & Ord 1981, "
        "第 118–122 页）。",
        "Correlogram: Moran's I with the neighbours of order k (shortest path of exactly k "
        "steps), row-standardised (Cliff & Ord 1981, pp. 118-122).");
    return status;
}

/* The first row that has neighbours. */
static void
explain_links(rh_answer *a, const rh_spatial_question *q)
{
    const rh_weights *w = q->weights;
    uint32_t i = 0;
    while (i + 1 < w->n && rh_weights_is_island(w, i)) {
        i++;
    }
    double sum = 0;
    char terms[500];
    size_t end = 0;
    terms[0] = '\0';
    for (uint32_t e = w->start[i]; e < w->start[i + 1]; e++) {
        if (end + 80 < sizeof terms) {
            end += (size_t)snprintf(terms + end, sizeof terms - end, "%s%.5g[%.*s]",
                                    e > w->start[i] ? " + " : "", w->w[e],
                                    short_length(q->id[w->to[e]]), q->id[w->to[e]]);
        }
        sum += w->w[e];
    }
    rh_text_mend(terms);
    rh_answer_explain(
        a,
        "标准化：row 为 w_ij/Σ_j w_ij；variance 先除以 √Σ_j w_ij²（Tiefelsdorf 等 1999）；"
        "double 总和为 1，global 总和为 n。",
        "Scaling: row is w_ij/Σ_j w_ij; variance divides by √Σ_j w_ij² first (Tiefelsdorf, "
        "Griffith & Boots 1999); double sums to 1, global to n.");
    const char *cell = rh_answer_format(a, "%s: Σ_j w_ij = %s = %.6g", q->id[i], terms, sum);
    rh_answer_explain(a, cell, cell);
}

static void
answer_links(const rh_spatial_question *q, rh_answer *a)
{
    const rh_weights *w = q->weights;
    rh_answer_table(a, "links", "权重", "Weights");
    rh_answer_text_column(a, "from", "单元", "unit");
    rh_answer_text_column(a, "to", "邻居", "neighbour");
    rh_answer_number_column(a, "weight", "权重", "weight", 5);
    for (uint32_t i = 0; i < w->n; i++) {
        for (uint32_t e = w->start[i]; e < w->start[i + 1]; e++) {
            rh_answer_text(a, q->id[i]);
            rh_answer_text(a, q->id[w->to[e]]);
            rh_answer_number(a, w->w[e]);
        }
    }
    explain_links(a, q);
}

static void
fact(rh_answer *a, const char *id, const char *zh, const char *en, double value)
{
    rh_answer_text(a, id);
    rh_answer_words(a, zh, en);
    rh_answer_number(a, value);
}

static rh_status
weights_table(const rh_spatial_question *q, rh_answer *a, rh_err *err)
{
    rh_weight_facts f;
    rh_weight_sums s;
    RH_TRY(rh_weights_facts(q->weights, &f, err));
    RH_TRY(rh_weights_sums(q->weights, &s, err));
    rh_answer_table(a, "weights", "空间权重", "Spatial weights");
    rh_answer_text_column(a, "fact", "项", "fact");
    rh_answer_text_column(a, "meaning", "含义", "meaning");
    rh_answer_number_column(a, "value", "值", "value", 3);
    fact(a, "units", "单元", "units", q->n);
    fact(a, "links", "连接（有向）", "directed links", f.links);
    fact(a, "least", "最少邻居", "fewest neighbours", f.least);
    fact(a, "mean", "平均邻居", "neighbours on average", (double)f.links / q->n);
    fact(a, "most", "最多邻居", "most neighbours", f.most);
    fact(a, "islands", "无邻居的单元", "units without neighbours", f.islands);
    fact(a, "components", "互不相连的部分", "parts that no link joins", f.components);
    fact(a, "symmetric", "对称（1 是）", "symmetric (1 yes)", f.symmetric);
    fact(a, "S0", "Σ w_ij", "sum of w_ij", s.s0);
    fact(a, "S1", "½ Σ (w_ij+w_ji)²", "half the sum of (w_ij+w_ji)²", s.s1);
    fact(a, "S2", "Σ_i (w_i. + w_.i)²", "sum of (w_i. + w_.i)²", s.s2);
    return RH_OK;
}

static rh_status
answer_statistic(const rh_spatial_question *q, rh_answer *a, rh_err *err)
{
    switch (q->statistic) {
    case RH_SPATIAL_MORAN:
        return answer_moran(q, q->column[0], a, err);
    case RH_SPATIAL_RATE:
        return answer_rate(q, a, err);
    case RH_SPATIAL_BIVARIATE:
        return answer_bivariate(q, a, err);
    case RH_SPATIAL_GEARY:
        return answer_geary(q, a, err);
    case RH_SPATIAL_GETIS:
        return answer_getis(q, false, a, err);
    case RH_SPATIAL_GETIS_STAR:
        return answer_getis(q, true, a, err);
    case RH_SPATIAL_LEE:
        return answer_lee(q, a, err);
    case RH_SPATIAL_JOIN:
        return answer_join(q, a, err);
    case RH_SPATIAL_CORRELOGRAM:
        return answer_correlogram(q, a, err);
    default:
        answer_links(q, a);
        return RH_OK;
    }
}

rh_status
rh_spatial_answer(const rh_spatial_question *q, rh_answer *a, rh_err *err)
{
    RH_TRY(answer_statistic(q, a, err));
    return weights_table(q, a, err);
}
