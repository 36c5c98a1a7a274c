/* The answer of `ronghe coupling`: see coupling_answer.h. */
#include "evaluate/coupling_answer.h"

#include "core/mem.h"
#include "evaluate/coupling.h"
#include "evaluate/obstacle.h"

#include <math.h>

typedef struct coupled {
    double t, c[2], d[2], c_powered; /* standard, revised */
    int grade[2], lag;               /* −1: none */
    double relative;
} coupled;

static coupled
couple(const rh_coupling_table *t, uint32_t row)
{
    const double *u = t->u + (size_t)row * t->systems;
    coupled x = {.t = rh_coordination(t->systems, u, t->w),
                 .c = {rh_coupling_standard(t->systems, u), rh_coupling_revised(t->systems, u)},
                 .c_powered = rh_coupling_powered(t->systems, u, t->power),
                 .lag = -1,
                 .relative = rh_coupling_relative(t->systems, u)};
    for (int k = 0; k < 2; k++) {
        x.d[k] = rh_coupling_degree(x.c[k], x.t);
        x.grade[k] = rh_coupling_grade(t->grades.n, t->grades.from, x.d[k]);
    }
    if (!isnan(x.t)) {
        x.lag = rh_coupling_lag(t->systems, u, t->margin);
    }
    return x;
}

static bool
is_changed(const coupled *x)
{
    return x->grade[0] != x->grade[1] && x->grade[0] >= 0 && x->grade[1] >= 0;
}

static void
row_columns(rh_answer *a, const rh_coupling_table *t)
{
    rh_answer_text_column(a, "unit", "单元", "unit");
    if (t->year != NULL) {
        rh_answer_number_column(a, "year", "年份", "year", 0);
    }
}

static void
row_cells(rh_answer *a, const rh_coupling_table *t, uint32_t row)
{
    rh_answer_text(a, t->id[row]);
    if (t->year != NULL) {
        rh_answer_number(a, t->year[row]);
    }
}

static void
grade_cell(rh_answer *a, const rh_coupling_grades *g, int grade)
{
    rh_answer_words(a, grade < 0 ? "" : g->zh[grade], grade < 0 ? "" : g->en[grade]);
}

static void
units_table(rh_answer *a, const rh_coupling_table *t, const coupled *x)
{
    rh_answer_table(a, "units", "耦合协调度", "Coupling coordination degree");
    row_columns(a, t);
    for (uint32_t j = 0; j < t->systems; j++) {
        rh_answer_number_column(a, t->system[j], t->system[j], t->system[j], 4);
    }
    rh_answer_number_column(a, "t", "协调指数 T", "T", 4);
    rh_answer_number_column(a, "c_standard", "C 标准", "C standard", 4);
    rh_answer_number_column(a, "d_standard", "D 标准", "D standard", 4);
    rh_answer_text_column(a, "grade_standard", "等级（标准）", "grade (standard)");
    rh_answer_number_column(a, "c_revised", "C 修正", "C revised", 4);
    rh_answer_number_column(a, "d_revised", "D 修正", "D revised", 4);
    rh_answer_text_column(a, "grade_revised", "等级（修正）", "grade (revised)");
    rh_answer_text_column(a, "changed", "等级改变", "changes");
    if (!isnan(t->power)) {
        rh_answer_number_column(a, "c_powered", "C 幂", "C powered", 4);
        rh_answer_number_column(a, "d_powered", "D 幂", "D powered", 4);
    }
    rh_answer_text_column(a, "lag", "滞后型", "lagging");
    rh_answer_number_column(a, "relative", "相对发展度", "relative", 3);
    for (uint32_t i = 0; i < t->rows; i++) {
        row_cells(a, t, i);
        for (uint32_t j = 0; j < t->systems; j++) {
            rh_answer_number(a, t->u[(size_t)i * t->systems + j]);
        }
        rh_answer_number(a, x[i].t);
        for (int k = 0; k < 2; k++) {
            rh_answer_number(a, x[i].c[k]);
            rh_answer_number(a, x[i].d[k]);
            grade_cell(a, &t->grades, x[i].grade[k]);
        }
        rh_answer_words(a, is_changed(&x[i]) ? "是" : "", is_changed(&x[i]) ? "yes" : "");
        if (!isnan(t->power)) {
            rh_answer_number(a, x[i].c_powered);
            rh_answer_number(a, rh_coupling_degree(x[i].c_powered, x[i].t));
        }
        if (x[i].lag < 0) {
            rh_answer_words(a, isnan(x[i].t) ? "" : "同步", isnan(x[i].t) ? "" : "together");
        } else {
            const char *system = t->system[x[i].lag];
            rh_answer_words(a, rh_answer_format(a, "%s滞后", system), system);
        }
        rh_answer_number(a, x[i].relative);
    }
}

static rh_status
obstacles_table(rh_answer *a, const rh_coupling_table *t, rh_err *err)
{
    double *o;
    RH_NEW(o, (size_t)t->rows * t->systems + 1, err);
    rh_obstacle(t->rows, t->systems, t->u, t->w, true, o);
    rh_answer_table(a, "obstacles", "障碍度", "Obstacle degree");
    row_columns(a, t);
    for (uint32_t j = 0; j < t->systems; j++) {
        rh_answer_number_column(a, t->system[j], t->system[j], t->system[j], 4);
    }
    rh_answer_text_column(a, "main", "主要障碍", "main obstacle");
    for (uint32_t i = 0; i < t->rows; i++) {
        const double *share = o + (size_t)i * t->systems;
        int most = -1;
        row_cells(a, t, i);
        for (uint32_t j = 0; j < t->systems; j++) {
            rh_answer_number(a, share[j]);
            if (!isnan(share[j]) && (most < 0 || share[j] > share[most])) {
                most = (int)j;
            }
        }
        rh_answer_text(a, most < 0 ? "" : t->system[most]);
    }
    rh_free(o);
    return RH_OK;
}

static void
grades_table(rh_answer *a, const rh_coupling_table *t, const coupled *x)
{
    rh_answer_table(a, "grades", "各等级的行数", "Rows in each grade");
    rh_answer_text_column(a, "grade", "等级", "grade");
    rh_answer_number_column(a, "from", "起点", "from", 2);
    rh_answer_number_column(a, "standard", "标准", "standard", 0);
    rh_answer_number_column(a, "revised", "修正", "revised", 0);
    for (uint32_t g = 0; g < t->grades.n; g++) {
        double n[2] = {0, 0};
        for (uint32_t i = 0; i < t->rows; i++) {
            for (int k = 0; k < 2; k++) {
                n[k] += x[i].grade[k] == (int)g;
            }
        }
        grade_cell(a, &t->grades, (int)g);
        RH_ANSWER_NUMBERS(a, t->grades.from[g], n[0], n[1]);
    }
}

/* Means by year, in the order in which the years rise. */
static void
years_table(rh_answer *a, const rh_coupling_table *t, const coupled *x)
{
    rh_answer_table(a, "years", "各年", "Years");
    rh_answer_number_column(a, "year", "年份", "year", 0);
    rh_answer_number_column(a, "rows", "行数", "rows", 0);
    rh_answer_number_column(a, "t", "T 均值", "mean T", 4);
    rh_answer_number_column(a, "d_standard", "D 标准均值", "mean D standard", 4);
    rh_answer_number_column(a, "d_revised", "D 修正均值", "mean D revised", 4);
    rh_answer_number_column(a, "changed", "等级改变", "grades that change", 0);
    for (double last = -(double)INFINITY;;) {
        double year = (double)INFINITY, n = 0, sum_t = 0, sum[2] = {0, 0}, changed = 0;
        for (uint32_t i = 0; i < t->rows; i++) {
            year = t->year[i] > last && t->year[i] < year ? t->year[i] : year;
        }
        if (isinf(year)) {
            break;
        }
        for (uint32_t i = 0; i < t->rows; i++) {
            if (t->year[i] == year && !isnan(x[i].d[1])) {
                n++;
                sum_t += x[i].t;
                sum[0] += x[i].d[0];
                sum[1] += x[i].d[1];
                changed += is_changed(&x[i]);
            }
        }
        RH_ANSWER_NUMBERS(a, year, n, sum_t / n, sum[0] / n, sum[1] / n, changed);
        last = year;
    }
}

static void
remarks(rh_answer *a, const rh_coupling_table *t, const coupled *x)
{
    uint32_t changed = 0, missing = 0, first = 0;
    for (uint32_t i = 0; i < t->rows; i++) {
        first = changed == 0 && is_changed(&x[i]) ? i : first;
        changed += is_changed(&x[i]) ? 1 : 0;
        missing += isnan(x[i].t) ? 1 : 0;
    }
    if (changed > 0) {
        const int *g = x[first].grade;
        rh_answer_warn(
            a,
            rh_answer_format(
                a, "公式改变了 %u 行（共 %u 行）的等级，例如 %s：标准“%s”，修正“%s”。", changed,
                t->rows, t->id[first], t->grades.zh[g[0]], t->grades.zh[g[1]]),
            rh_answer_format(
                a,
                "The formula changes the grade of %u of %u rows, such as %s: standard \"%s\", "
                "revised \"%s\".",
                changed, t->rows, t->id[first], t->grades.en[g[0]], t->grades.en[g[1]]));
    }
    if (missing > 0) {
        rh_answer_warn(
            a, rh_answer_format(a, "%u 行缺数，没有结果。", missing),
            rh_answer_format(a, "%u rows lack a score and have no result.", missing));
    }
    rh_answer_note(a, rh_answer_format(a, "等级：%s。", t->grades.source),
                   rh_answer_format(a, "Grades: %s.", t->grades.source));
}

static void
explain(rh_answer *a, const rh_coupling_table *t, const coupled *x)
{
    rh_answer_explain(
        a,
        "标准 C = n (Π U)^(1/n) / Σ U；修正 C = √((1 − 平均 |U_i − U_j|) · (Π U / max "
        "U)^(1/(n−1)))；T = Σ w U；D = √(C T)"
        "（王淑佳、孔伟等 2021，自然资源学报 36(3): 793–810）。",
        "Standard C = n (Π U)^(1/n) / Σ U; revised C = √((1 − mean |U_i − U_j|) · (Π U / max "
        "U)^(1/(n−1))); T = Σ w U; D = "
        "√(C T) (Wang, Kong et al. 2021, Journal of Natural Resources 36(3): 793–810).");
    uint32_t i = 0; /* the first row that has a result */
    while (i < t->rows && isnan(x[i].t)) {
        i++;
    }
    for (uint32_t j = 0; i < t->rows && j < t->systems; j++) {
        const char *line =
            rh_answer_format(a, "%s: U(%s) = %.15g, w = %.6g", t->id[i], t->system[j],
                             t->u[(size_t)i * t->systems + j], t->w[j]);
        rh_answer_explain(a, line, line);
    }
    if (i < t->rows) {
        const char *line = rh_answer_format(
            a,
            "%s: T = %.6f, C = %.6f / %.6f, D = √(%.6f · %.6f) = %.6f / √(%.6f · %.6f) = %.6f",
            t->id[i], x[i].t, x[i].c[0], x[i].c[1], x[i].c[0], x[i].t, x[i].d[0], x[i].c[1],
            x[i].t, x[i].d[1]);
        rh_answer_explain(a, line, line);
    }
}

rh_status
rh_coupling_answer(rh_answer *a, const rh_coupling_table *t, rh_err *err)
{
    coupled *x;
    RH_NEW(x, (size_t)t->rows + 1, err);
    for (uint32_t i = 0; i < t->rows; i++) {
        x[i] = couple(t, i);
    }
    units_table(a, t, x);
    rh_status status = obstacles_table(a, t, err);
    grades_table(a, t, x);
    if (t->year != NULL) {
        years_table(a, t, x);
    }
    remarks(a, t, x);
    explain(a, t, x);
    rh_free(x);
    return status;
}
