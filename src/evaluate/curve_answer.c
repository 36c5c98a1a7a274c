/* Answers about curves: see curve_answer.h. */
#include "evaluate/curve_answer.h"

#include "core/mem.h"
#include "evaluate/northam.h"
#include "evaluate/rank_size.h"
#include "evaluate/sorting.h"
#include "evaluate/stage_shift.h"

#include <math.h>
#include <stdlib.h>

static const double initial = 30, terminal = 70; /* percent: Northam (1975) */

/* ---- S-curves ---- */

typedef struct fitted {
    rh_northam fit;
    double now; /* last share of the fit */
    bool good;
} fitted;

static void
fit_columns(rh_answer *a)
{
    rh_answer_table(a, "fit", "诺瑟姆曲线（%）", "S-curve (percent)");
    rh_answer_text_column(a, "place", "地区", "place");
    rh_answer_number_column(a, "years", "年数", "years", 0);
    rh_answer_number_column(a, "first", "起", "from", 0);
    rh_answer_number_column(a, "last", "止", "to", 0);
    rh_answer_number_column(a, "limit", "上限K", "limit K", 3);
    rh_answer_number_column(a, "limit_error", "标准误", "error", 3);
    rh_answer_number_column(a, "rate", "速率r", "rate r", 5);
    rh_answer_number_column(a, "rate_error", "标准误", "error", 5);
    rh_answer_number_column(a, "inflection", "拐点m", "inflection m", 2);
    rh_answer_number_column(a, "inflection_error", "标准误", "error", 2);
    rh_answer_number_column(a, "deviation", "残差标准差", "residual s", 3);
    rh_answer_number_column(a, "r2", "R²", "R2", 5);
    rh_answer_number_column(a, "durbin_watson", "DW", "DW", 2);
    rh_answer_number_column(a, "logit_rate", "对数线性r", "logit r", 5);
    rh_answer_number_column(a, "logit_inflection", "对数线性m", "logit m", 2);
}

static void
tell_fit(rh_answer *a, const char *name, const rh_northam *f)
{
    rh_answer_text(a, name);
    RH_ANSWER_NUMBERS(a, f->n, f->first, f->last);
    for (int j = 0; j < RH_NORTHAM_PARAMETERS; j++) {
        bool held = j == RH_NORTHAM_K && !f->free_limit;
        rh_answer_number(a, f->value[j]);
        rh_answer_number(a, held ? (double)NAN : f->error[j]);
    }
    RH_ANSWER_NUMBERS(a, f->deviation, f->r2, f->watson, f->logit_r, f->logit_m);
}

static void
remark_on_fit(rh_answer *a, const char *name, const rh_northam *f)
{
    if (f->at_bound) {
        rh_answer_warn(
            a,
            rh_answer_format(a, "%s：数据不能确定上限，估计值升到 100 %%，已按 K = 100 拟合。",
                             name),
            rh_answer_format(a,
                             "%s: the years do not tell the limit; it ran to 100 %% "
                             "and was held there.",
                             name));
    } else if (f->not_identified) {
        rh_answer_warn(
            a,
            rh_answer_format(a, "%s：上限 K = %.4g（标准误 %.3g）识别不足，不宜外推。", name,
                             f->value[RH_NORTHAM_K], f->error[RH_NORTHAM_K]),
            rh_answer_format(a,
                             "%s: the limit K = %.4g (error %.3g) is hardly identified; do not "
                             "extrapolate.",
                             name, f->value[RH_NORTHAM_K], f->error[RH_NORTHAM_K]));
    }
    if (f->watson < 1) {
        rh_answer_warn(
            a,
            rh_answer_format(a, "%s：残差自相关（DW = %.2f），标准误和区间偏小。", name,
                             f->watson),
            rh_answer_format(a,
                             "%s: what is left is correlated from year to year (DW = %.2f): "
                             "errors and intervals are too small.",
                             name, f->watson));
    }
}

static void
tell_stages(rh_answer *a, const rh_paths *p, const fitted *all)
{
    rh_answer_table(a, "stage", "阶段", "Stages");
    rh_answer_text_column(a, "place", "地区", "place");
    rh_answer_number_column(a, "share", "末年份额", "last share", 2);
    rh_answer_text_column(a, "stage", "所处阶段", "stage");
    rh_answer_number_column(a, "year_30", "过30%", "passes 30 %", 1);
    rh_answer_number_column(a, "year_30_error", "标准误", "error", 1);
    rh_answer_number_column(a, "year_70", "过70%", "passes 70 %", 1);
    rh_answer_number_column(a, "year_70_error", "标准误", "error", 1);
    rh_answer_number_column(a, "fastest", "最快年", "fastest", 1);
    rh_answer_number_column(a, "points_a_year", "当年百分点", "points a year", 3);
    for (uint32_t i = 0; i < p->n_places; i++) {
        const rh_northam *f = &all[i].fit;
        if (!all[i].good) {
            continue;
        }
        double now = all[i].now, error;
        rh_answer_text(a, p->name[i]);
        rh_answer_number(a, now);
        rh_answer_words(a,
                        now < initial    ? "初期"
                        : now < terminal ? "加速"
                                         : "后期",
                        now < initial    ? "initial"
                        : now < terminal ? "acceleration"
                                         : "terminal");
        rh_answer_number(a, rh_northam_year_of(f, initial, &error));
        rh_answer_number(a, error);
        rh_answer_number(a, rh_northam_year_of(f, terminal, &error));
        rh_answer_number(a, error);
        rh_answer_number(a, f->value[RH_NORTHAM_M]);
        rh_answer_number(a, f->value[RH_NORTHAM_R] * f->value[RH_NORTHAM_K] / 4);
    }
}

static void
tell_forecast(rh_answer *a, const rh_paths *p, const fitted *all, int to)
{
    double furthest = 0;
    rh_answer_table(a, "forecast", "外推（95%区间）", "Forecast (95 % interval)");
    rh_answer_text_column(a, "place", "地区", "place");
    rh_answer_number_column(a, "year", "年", "year", 0);
    rh_answer_number_column(a, "share", "城镇化率", "urban share", 2);
    rh_answer_number_column(a, "low", "下限", "from", 2);
    rh_answer_number_column(a, "high", "上限", "to", 2);
    for (uint32_t i = 0; i < p->n_places; i++) {
        const rh_northam *f = &all[i].fit;
        for (int year = (int)f->last + 1; all[i].good && year <= to; year++) {
            double u = rh_northam_at(f, year), half = rh_northam_interval(f, year);
            rh_answer_text(a, p->name[i]);
            RH_ANSWER_NUMBERS(a, year, u, u - half, u + half);
            furthest = fmax(furthest, year - f->last);
        }
    }
    if (furthest > 0) {
        rh_answer_warn(
            a,
            rh_answer_format(a,
                             "外推超出拟合年份 %.0f "
                             "年：区间只含参数误差，不含曲线形状改变的可能；这不是预测。",
                             furthest),
            rh_answer_format(
                a,
                "Up to %.0f years beyond the years of the fit: the interval holds "
                "errors of the parameters, not the chance that the curve bends; it "
                "is no forecast.",
                furthest));
    }
}

rh_status
rh_curve_fit(rh_answer *a, const rh_paths *p, const rh_curve_question *q, rh_err *err)
{
    fitted *all;
    double *year;
    uint32_t good = 0;
    const char *explained = NULL;
    RH_NEW(all, p->n_places + (size_t)1, err);
    year = rh_alloc(2 * (size_t)p->n_years + 1, sizeof *year);
    if (year == NULL) {
        rh_free(all);
        return rh_fail(err, RH_MEMORY, "Not enough memory for %u years.", p->n_years);
    }
    double *share = year + p->n_years;
    fit_columns(a);
    for (uint32_t i = 0; i < p->n_places; i++) {
        rh_err why = {0};
        for (uint32_t t = 0; t < p->n_years; t++) {
            int y = p->first + (int)t;
            year[t] = y;
            share[t] = y >= q->from && y <= q->until ? p->share[(size_t)i * p->n_years + t]
                                                     : (double)NAN;
            all[i].now = isnan(share[t]) ? all[i].now : share[t];
        }
        all[i].good =
            rh_northam_fit(year, share, p->n_years, q->limit, 100, &all[i].fit, &why) == RH_OK;
        if (!all[i].good) {
            rh_answer_warn(
                a,
                rh_answer_format(a,
                                 "%s：没有拟合：至少要有 5 年不全相同、介于 0 与 100 "
                                 "之间的城镇化率，且走势为 S 形。",
                                 p->name[i]),
                rh_answer_format(a, "%s: not fitted. %s", p->name[i], why.text));
            continue;
        }
        tell_fit(a, p->name[i], &all[i].fit);
        remark_on_fit(a, p->name[i], &all[i].fit);
        if (good++ == 0) {
            explained = p->name[i];
            const rh_northam *f = &all[i].fit;
            const double *v = f->value;
            rh_answer_explain(a,
                              "诺瑟姆（1975）：U(t) = K / (1 + "
                              "e^(-r(t-m)))，非线性最小二乘；标准误 s²(J'J)⁻¹。",
                              "Northam (1975): U(t) = K / (1 + e^(-r(t-m))), nonlinear least "
                              "squares; errors s^2 (J'J)^-1.");
            const char *line = rh_answer_format(
                a, "%s, %g: %.6g / (1 + e^(-%.6g x (%g - %.6g))) = %.6g; observed %.6g",
                explained, f->last, v[RH_NORTHAM_K], v[RH_NORTHAM_R], f->last, v[RH_NORTHAM_M],
                rh_northam_at(f, f->last), all[i].now);
            rh_answer_explain(a, line, line);
        }
    }
    if (good > 0) {
        tell_stages(a, p, all);
        if (q->to > 0) {
            tell_forecast(a, p, all, q->to);
        }
    }
    rh_free(year);
    rh_free(all);
    return good > 0 ? RH_OK
                    : rh_fail(err, RH_INPUT, "No place of %u has shares that a curve fits.",
                              p->n_places);
}

/* ---- stages aligned ---- */

typedef struct aligned {
    rh_stage_shift shift;
    uint32_t place;
} aligned;

/* Those with a lead that the years tell, then those at the edge, then those without. */
static int
standing(const aligned *x)
{
    return isnan(x->shift.lead) ? 2 : x->shift.at_edge;
}

static int
further_ahead_first(const void *a, const void *b)
{
    const aligned *x = a, *y = b;
    if (standing(x) != standing(y)) {
        return standing(x) - standing(y);
    }
    if (standing(x) == 2 || x->shift.lead == y->shift.lead) {
        return (x->place > y->place) - (x->place < y->place);
    }
    return x->shift.lead < y->shift.lead ? 1 : -1;
}

static void
tell_aligned(rh_answer *a, const rh_paths *p, uint32_t reference, const aligned *row)
{
    static const double passed[3] = {30, 50, 70};
    const double *path = p->share + (size_t)row->place * p->n_years,
                 *other = p->share + (size_t)reference * p->n_years;
    rh_answer_text(a, p->name[row->place]);
    rh_answer_number(a, row->shift.lead);
    rh_answer_words(a,
                    isnan(row->shift.lead) ? "无"
                    : row->shift.at_edge   ? "至少"
                                           : "",
                    isnan(row->shift.lead) ? "none"
                    : row->shift.at_edge   ? "at the edge"
                                           : "");
    rh_answer_number(a, isnan(row->shift.lead) ? (double)NAN : row->shift.distance);
    rh_answer_number(a, row->shift.common);
    for (int k = 0; k < 3; k++) {
        rh_answer_number(a, p->first + rh_stage_passed(path, p->n_years, passed[k]));
    }
    rh_answer_number(a, rh_stage_passed(other, p->n_years, 50) -
                            rh_stage_passed(path, p->n_years, 50));
}

rh_status
rh_curve_align(rh_answer *a, const rh_paths *p, uint32_t reference, double overlap, rh_err *err)
{
    aligned *row;
    uint32_t edges = 0;
    RH_NEW(row, p->n_places + (size_t)1, err);
    for (uint32_t i = 0; i < p->n_places; i++) {
        row[i].place = i;
        row[i].shift =
            rh_stage_shift_find(p->share + (size_t)i * p->n_years,
                                p->share + (size_t)reference * p->n_years, p->n_years, overlap);
        edges += row[i].shift.at_edge;
    }
    qsort(row, p->n_places, sizeof *row, further_ahead_first);
    rh_answer_table(a, "align", rh_answer_format(a, "与%s按阶段对齐", p->name[reference]),
                    rh_answer_format(a, "Stages beside %s", p->name[reference]));
    rh_answer_text_column(a, "place", "地区", "place");
    rh_answer_number_column(a, "lead", "领先年数", "years ahead", 1);
    rh_answer_text_column(a, "remark", "说明", "remark");
    rh_answer_number_column(a, "distance", "均方根差", "rms difference", 2);
    rh_answer_number_column(a, "common", "共同年数", "common years", 0);
    rh_answer_number_column(a, "year_30", "过30%", "passed 30 %", 1);
    rh_answer_number_column(a, "year_50", "过50%", "passed 50 %", 1);
    rh_answer_number_column(a, "year_70", "过70%", "passed 70 %", 1);
    rh_answer_number_column(a, "lead_50", "50%处领先", "ahead at 50 %", 1);
    for (uint32_t i = 0; i < p->n_places; i++) {
        tell_aligned(a, p, reference, &row[i]);
    }
    if (edges > 0) {
        rh_answer_warn(
            a,
            rh_answer_format(a, "%u 个地区的最优位移在允许范围的边上：只说明“至少”或“至多”。",
                             edges),
            rh_answer_format(a,
                             "For %u places the best shift lies at the edge of what "
                             "%g common years allow: it says no more than \"at "
                             "least\".",
                             edges, overlap));
    }
    rh_answer_explain(
        a,
        "位移 L 使 (该地(t-L) - 参照(t))² 在共同年份上的均值最小，步长 0.1 年，年间线性内插。",
        "The lead L makes the mean of (place(t-L) - reference(t))^2 over the "
        "common years least; steps of 0.1 year, straight lines between years.");
    if (!isnan(row[0].shift.lead)) {
        const char *name = p->name[row[0].place];
        const rh_stage_shift *best = &row[0].shift;
        rh_answer_explain(a,
                          rh_answer_format(a, "%s：L = %.1f：均方根差 %.6g，共同年份 %g 年",
                                           name, best->lead, best->distance, best->common),
                          rh_answer_format(a, "%s: L = %.1f: rms %.6g over %g years", name,
                                           best->lead, best->distance, best->common));
    }
    rh_free(row);
    return RH_OK;
}

/* ---- rank-size over time ---- */

static void
tell_rank_size(rh_answer *a, double year, const rh_rank_size *r)
{
    const double cell[] = {year,          r->n,           r->exponent, r->error,
                           r->r2,         r->plain,       r->slope,    r->hill,
                           r->hill_error, r->curvature_z, r->largest,  r->least};
    for (size_t k = 0; k < sizeof cell / sizeof cell[0]; k++) {
        rh_answer_number(a, cell[k]);
    }
}

/* The different years, in order. */
static uint32_t
years_of(const double *year, uint32_t n, double *out)
{
    uint32_t m = 0;
    for (uint32_t i = 0; i < n; i++) {
        out[i] = year[i];
    }
    qsort(out, n, sizeof *out, rh_rising);
    for (uint32_t i = 0; i < n; i++) {
        if (m == 0 || out[i] != out[m - 1]) {
            out[m++] = out[i];
        }
    }
    return m;
}

static rh_status
rank_size_years(rh_answer *a, const double *year, const double *size, uint32_t n, double least,
                uint32_t top, double *years, double *one, rh_err *err)
{
    uint32_t n_years = years_of(year, n, years), left_out = 0, good = 0;
    for (uint32_t y = 0; y < n_years; y++) {
        rh_rank_size r;
        rh_err why = {0};
        uint32_t m = 0;
        for (uint32_t i = 0; i < n; i++) {
            if (year[i] == years[y]) {
                one[m++] = size[i];
            }
        }
        rh_status status = rh_rank_size_fit(one, m, least, top, &r, &why);
        left_out += r.left_out;
        if (status == RH_OK) {
            tell_rank_size(a, years[y], &r);
        } else {
            rh_answer_warn(
                a,
                rh_answer_format(a,
                                 "%g 年没有拟合：至少要有三个不低于门槛、大于 0 且不全"
                                 "相等的规模。",
                                 years[y]),
                rh_answer_format(a, "%g: not fitted. %s", years[y], why.text));
        }
        if (status == RH_OK && good++ == 0) {
            const char *line = rh_answer_format(a,
                                                "%g: ln(rank - 1/2) = %.6g - %.6g ln(size), %u "
                                                "places; error %.6g x sqrt(2/%u) = %.6g",
                                                years[y], r.constant, r.exponent, r.n,
                                                r.exponent, r.n, r.error);
            rh_answer_explain(a, line, line);
        }
    }
    if (left_out > 0) {
        rh_answer_warn(
            a, rh_answer_format(a, "%u 格缺失、为零或为负，未用。", left_out),
            rh_answer_format(a, "%u cells are empty, zero or negative and were left out.",
                             left_out));
    }
    return good > 0 ? RH_OK
                    : rh_fail(err, RH_INPUT, "No year of %u has sizes that rank-size fits.",
                              n_years);
}

rh_status
rh_curve_rank_size(rh_answer *a, const double *year, const double *size, uint32_t n,
                   double least, uint32_t top, rh_err *err)
{
    double *work;
    RH_NEW(work, 2 * (size_t)n + 1, err);
    rh_answer_table(a, "rank_size", "位序—规模", "Rank-size");
    rh_answer_number_column(a, "year", "年", "year", 0);
    rh_answer_number_column(a, "places", "个数", "places", 0);
    rh_answer_number_column(a, "exponent", "指数b", "exponent b", 4);
    rh_answer_number_column(a, "error", "标准误", "error", 4);
    rh_answer_number_column(a, "r2", "R²", "R2", 4);
    rh_answer_number_column(a, "plain", "未修正b", "b, rank plain", 4);
    rh_answer_number_column(a, "slope", "齐普夫q", "slope q", 4);
    rh_answer_number_column(a, "hill", "希尔", "Hill", 4);
    rh_answer_number_column(a, "hill_error", "标准误", "error", 4);
    rh_answer_number_column(a, "curvature_z", "弯曲z", "curvature z", 2);
    rh_answer_number_column(a, "largest", "最大", "largest", 0);
    rh_answer_number_column(a, "least", "最小", "least", 0);
    rh_answer_explain(a,
                      "加贝、伊布拉吉莫夫（2011）：ln(位序 - 1/2) = a - b ln(规模)，标准误 "
                      "b√(2/n)；|弯曲z| > 1.96：不是幂律。",
                      "Gabaix and Ibragimov (2011): ln(rank - 1/2) = a - b ln(size), error "
                      "b sqrt(2/n); |curvature z| > 1.96: no power law.");
    rh_status status = rank_size_years(a, year, size, n, least, top, work, work + n, err);
    rh_free(work);
    return status;
}

/* ---- parts of the change ---- */

static void
tell_parts(rh_answer *a, double year, const rh_urban_parts *p)
{
    const double cell[] = {year,
                           100 * p->before,
                           100 * p->now,
                           100 * (p->now - p->before),
                           100 * p->natural,
                           100 * p->migration,
                           100 * p->reclassification,
                           100 * p->unexplained};
    for (size_t k = 0; k < sizeof cell / sizeof cell[0]; k++) {
        rh_answer_number(a, cell[k]);
    }
}

static void
explain_parts(rh_answer *a, double year, const rh_urban_books *b, const rh_urban_parts *p)
{
    rh_answer_explain(
        a, "中点分解：Δs = (N_u - s̄N)/P̄ + (M_u - s̄M)/P̄ + R/P̄，s̄、P̄ 为期初期末均值。",
        "At the midpoint: ds = (N_u - s N)/P + (M_u - s M)/P + R/P, with s and P the "
        "means of both ends.");
    const char *line = rh_answer_format(
        a,
        "%g: N_u %.10g, N %.10g, M_u %.10g, M %.10g, R %.10g; s %.8g, P %.10g: %.6g %+.6g "
        "%+.6g",
        year, b->natural_urban, b->natural_urban + b->natural_rural, b->migration_urban,
        b->migration_urban + b->migration_rural, b->reclassified, (p->before + p->now) / 2,
        (b->all_before + b->all) / 2, 100 * p->natural, 100 * p->migration,
        100 * p->reclassification);
    rh_answer_explain(a, rh_answer_format(a, "%s（百分点）", line),
                      rh_answer_format(a, "%s points", line));
}

rh_status
rh_curve_decompose(rh_answer *a, const double *year, rh_urban_books *books, uint32_t n,
                   rh_err *err)
{
    rh_urban_parts total = {0};
    bool open = false, merged = false, residual = false;
    if (n == 0) {
        return rh_fail(err, RH_INPUT, "A decomposition needs two years at least.");
    }
    rh_answer_table(a, "parts", "城镇化率变动的分解（百分点）",
                    "Parts of the change of the urban share (points)");
    rh_answer_number_column(a, "year", "年", "year", 0);
    rh_answer_number_column(a, "share_before", "期初%", "share before", 3);
    rh_answer_number_column(a, "share", "期末%", "share", 3);
    rh_answer_number_column(a, "change", "变动", "change", 4);
    rh_answer_number_column(a, "natural", "自然增长", "natural", 4);
    rh_answer_number_column(a, "migration", "迁移", "migration", 4);
    rh_answer_number_column(a, "reclassification", "城乡划分变更", "reclassification", 4);
    rh_answer_number_column(a, "unexplained", "未解释", "unexplained", 4);
    for (uint32_t i = 0; i < n; i++) {
        residual = residual || isnan(books[i].migration_urban) || isnan(books[i].reclassified);
        rh_urban_parts p = rh_urban_parts_of(&books[i]);
        tell_parts(a, year[i], &p);
        merged = merged || isnan(p.reclassification);
        open = open || fabs(p.unexplained) > 1e-9;
        total.natural += p.natural;
        total.migration += p.migration;
        total.reclassification += p.reclassification;
        total.unexplained += p.unexplained;
        if (i == 0) {
            explain_parts(a, year[i], &books[i], &p);
        }
    }
    total.before = books[0].urban_before / books[0].all_before;
    total.now = books[n - 1].urban / books[n - 1].all;
    rh_answer_table(a, "total", "全期", "The whole time");
    rh_answer_text_column(a, "part", "部分", "part");
    rh_answer_number_column(a, "points", "百分点", "points", 4);
    rh_answer_number_column(a, "percent", "占比%", "percent", 1);
    const struct {
        const char *zh, *en;
        double points;
    } row[] = {{"自然增长", "natural", total.natural},
               {merged ? "迁移与城乡划分变更" : "迁移",
                merged ? "migration and reclassification" : "migration", total.migration},
               {"城乡划分变更", "reclassification", total.reclassification},
               {"未解释", "unexplained", total.unexplained},
               {"合计", "sum", total.now - total.before}};
    for (size_t k = 0; k < sizeof row / sizeof row[0]; k++) {
        rh_answer_words(a, row[k].zh, row[k].en);
        rh_answer_number(a, 100 * row[k].points);
        double change = total.now - total.before; /* parts of no change have no percent */
        rh_answer_number(a, change != 0 ? 100 * row[k].points / change : (double)NAN);
    }
    if (merged) {
        rh_answer_warn(a, "没有城乡划分变更的数据：它含在迁移中（余项法）。",
                       "Reclassification is not known: it is inside migration (the residual "
                       "method).");
    } else if (residual) {
        rh_answer_note(a, "缺的一项由账目平衡求得。",
                       "The part that was not given closes the books.");
    }
    if (open) {
        rh_answer_warn(a, "账目不平：人口变动与各项之和不符，差额列为“未解释”。",
                       "The books do not close: what people changed by is not the sum of the "
                       "parts; the rest stands as unexplained.");
    }
    return RH_OK;
}
