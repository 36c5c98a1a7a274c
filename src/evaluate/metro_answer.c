/* Answers of labour market areas, thresholds and sweeps: see metro_answer.h. */
#include "evaluate/metro_answer_common.h"

#include "core/mem.h"
#include "evaluate/metro_compare.h"

#include <math.h>

void
rh_metro_unit_columns(rh_answer *a, const rh_metro_units *units)
{
    rh_metro_named_columns(a, units, "unit", "单元", "unit");
}

void
rh_metro_named_columns(rh_answer *a, const rh_metro_units *units, const char *id,
                       const char *zh, const char *en)
{
    rh_answer_text_column(a, id, zh, en);
    if (units->has_names) {
        rh_answer_text_column(a, "name", "名称", "name");
    }
}

void
rh_metro_unit_cells(rh_answer *a, const rh_metro_units *units, uint32_t i)
{
    rh_answer_text(a, units->id[i]);
    if (units->has_names) {
        rh_answer_text(a, units->name[i]);
    }
}

void
rh_metro_id_cell(rh_answer *a, const rh_metro_units *units, uint32_t i)
{
    rh_answer_text(a, i == RH_NO_AREA ? "" : units->id[i]);
}

const char *
rh_metro_label(rh_answer *a, const rh_metro_units *units, uint32_t i)
{
    return units->has_names ? rh_answer_format(a, "%s %s", units->id[i], units->name[i])
                            : units->id[i];
}

static void
areas_table(rh_answer *a, const rh_metro_units *units, bool has_rule, uint32_t n,
            const rh_area_quality *q)
{
    rh_answer_table(a, "areas", "区域", "Areas");
    rh_answer_text_column(a, "area", "区域", "area");
    rh_answer_text_column(a, "main", "主要单元", "main unit");
    if (units->has_names) {
        rh_answer_text_column(a, "main_name", "名称", "name");
    }
    rh_answer_number_column(a, "units", "单元数", "units", 0);
    rh_answer_number_column(a, "residents", "居住者", "residents", 0);
    rh_answer_number_column(a, "jobs", "就业者", "jobs", 0);
    rh_answer_number_column(a, "inside", "区内", "inside", 0);
    rh_answer_number_column(a, "supply_sc", "居住自足性", "supply sc", 3);
    rh_answer_number_column(a, "demand_sc", "就业自足性", "demand sc", 3);
    if (has_rule) {
        rh_answer_number_column(a, "validity", "有效性", "validity", 3);
    }
    rh_answer_number_column(a, "commuters", "通勤比", "commuters", 3);
    rh_answer_number_column(a, "home_work", "职住比", "home-work", 3);
    rh_answer_number_column(a, "cohesion_links", "联系密度", "cohesion links", 3);
    rh_answer_number_column(a, "cohesion_flows", "内部流动", "cohesion flows", 3);
    rh_answer_number_column(a, "central", "中心单元", "central units", 0);
    rh_answer_number_column(a, "links_in", "流入区数", "links in", 0);
    rh_answer_number_column(a, "links_out", "流出区数", "links out", 0);
    for (uint32_t k = 0; k < n; k++) {
        rh_answer_text(a, units->id[q[k].area]);
        rh_metro_unit_cells(a, units, q[k].main);
        RH_ANSWER_NUMBERS(a, q[k].units, q[k].residents, q[k].jobs, q[k].inside, q[k].supply_sc,
                          q[k].demand_sc);
        if (has_rule) {
            rh_answer_number(a, q[k].validity);
        }
        /* without anybody who stays there is no ratio */
        RH_ANSWER_NUMBERS(a, q[k].inside > 0 ? q[k].commuters : (double)NAN,
                          q[k].inside > 0 ? q[k].home_work : (double)NAN, q[k].cohesion_links,
                          q[k].cohesion_flows, q[k].central, q[k].links_in, q[k].links_out);
    }
}

void
rh_metro_measures(rh_answer *a, const char *id, const char *zh, const char *en)
{
    rh_answer_table(a, id, zh, en);
    rh_answer_text_column(a, "measure", "指标", "measure");
    rh_answer_number_column(a, "value", "值", "value", 4);
}

void
rh_metro_measure(rh_answer *a, const char *zh, const char *en, double value)
{
    rh_answer_words(a, zh, en);
    rh_answer_number(a, value);
}

static void
quality_table(rh_answer *a, bool has_rule, uint32_t n, const rh_area_quality *q,
              double modularity)
{
    double single = 0, weak = 0, no_center = 0, supply = 0, demand = 0, residents = 0,
           inside = 0, largest = 0;
    for (uint32_t k = 0; k < n; k++) {
        single += q[k].units == 1;
        weak += q[k].validity < 1;
        no_center += q[k].central == 0;
        supply += q[k].supply_sc / n;
        demand += q[k].demand_sc / n;
        residents += q[k].residents;
        inside += q[k].inside;
        largest = fmax(largest, q[k].residents);
    }
    rh_metro_measures(a, "quality", "整体", "Whole");
    rh_metro_measure(a, "区域数", "areas", n);
    rh_metro_measure(a, "单个单元的区域", "areas of one unit", single);
    if (has_rule) {
        rh_metro_measure(a, "有效性低于 1 的区域", "areas of validity below 1", weak);
    }
    rh_metro_measure(a, "没有中心单元的区域", "areas without a central unit", no_center);
    rh_metro_measure(a, "居住自足性均值", "mean supply self-containment", supply);
    rh_metro_measure(a, "就业自足性均值", "mean demand self-containment", demand);
    rh_metro_measure(a, "在居住区域内就业的比例", "workers who stay in their area",
                     inside / residents);
    rh_metro_measure(a, "最大区域的居住者比例", "share of the largest area",
                     largest / residents);
    rh_metro_measure(a, "模块度 Q", "modularity Q", modularity);
}

rh_status
rh_metro_answer_quality(rh_answer *a, const rh_metro_units *units, const rh_commuting *flows,
                        const uint32_t *area, const rh_lma_rule *rule, rh_err *err)
{
    rh_area_quality *q;
    uint32_t n;
    double modularity;
    RH_TRY(rh_quality_of_areas(flows, area, rule, &q, &n, &modularity, err));
    areas_table(a, units, rule != NULL, n, q);
    quality_table(a, rule != NULL, n, q, modularity);
    rh_free(q);
    return RH_OK;
}

/* ---- labour market areas ---- */

static void
lma_units(rh_answer *a, const rh_metro_units *units, const rh_commuting *flows,
          const rh_lma *lma)
{
    rh_answer_table(a, "units", "单元所属的劳动力市场区", "Labour market area of each unit");
    rh_metro_unit_columns(a, units);
    rh_answer_text_column(a, "area", "区域", "area");
    rh_answer_number_column(a, "residents", "居住者", "residents", 0);
    rh_answer_number_column(a, "jobs", "就业者", "jobs", 0);
    rh_answer_number_column(a, "inside", "本地", "inside", 0);
    rh_answer_number_column(a, "moves", "移动次数", "moves", 0);
    rh_answer_text_column(a, "remark", "说明", "remark");
    for (uint32_t i = 0; i < units->n; i++) {
        rh_metro_unit_cells(a, units, i);
        rh_metro_id_cell(a, units, lma->area[i]);
        RH_ANSWER_NUMBERS(a, flows->residents[i], flows->jobs[i], flows->inside[i],
                          lma->moves[i]);
        if (lma->left_out[i]) {
            rh_answer_words(a, "未参与：无人居住、无人就业或无跨界通勤",
                            "left out: nobody lives, works or crosses");
        } else if (lma->area[i] == RH_NO_AREA) {
            rh_answer_words(a, "未安置", "unplaced");
        } else {
            rh_answer_text(a, "");
        }
    }
}

static void
lma_reserve(rh_answer *a, const rh_metro_units *units, const rh_lma *lma)
{
    rh_answer_table(a, "reserve", "待定名单", "Reserve list");
    rh_metro_unit_columns(a, units);
    rh_answer_number_column(a, "round", "轮次", "round", 0);
    rh_answer_number_column(a, "validity", "原区域有效性", "validity left", 3);
    rh_answer_text_column(a, "reason", "原因", "reason");
    rh_answer_text_column(a, "area", "最后所属", "area at last");
    for (uint32_t k = 0; k < lma->n_reserve; k++) {
        const rh_lma_reserved *r = &lma->reserve[k];
        rh_metro_unit_cells(a, units, r->unit);
        rh_answer_number(a, r->round);
        rh_answer_number(a, r->validity);
        if (r->reason == RH_LMA_NO_LINK) {
            rh_answer_words(a, "与其他区域没有联系", "no link to another area");
        } else {
            rh_answer_words(a, "会降低目标区域的有效性",
                            "would weaken the area it coheres with");
        }
        rh_metro_id_cell(a, units, lma->area[r->unit]);
    }
}

static void
lma_explain(rh_answer *a, const rh_metro_units *units, const rh_commuting *flows,
            const rh_lma_rule *rule, const rh_lma *lma)
{
    static const char formula[] =
        "v = min(1, sc / tarSC) · (1 − (1 − minSC / tarSC) · max(0, (tarSZ − residents) / "
        "(tarSZ − minSZ))) · tarSC / minSC";
    rh_answer_explain(
        a,
        rh_answer_format(a, "有效性：%s（Coombes & Bond 2008；Franconi 等 2016）。", formula),
        rh_answer_format(a, "Validity: %s (Coombes & Bond 2008; Franconi et al. 2016).",
                         formula));
    double residents = 0, jobs = 0, inside = 0;
    uint32_t area = RH_NO_AREA;
    for (uint32_t i = 0; i < units->n && area == RH_NO_AREA; i++) {
        area = lma->area[i];
    }
    for (uint32_t i = 0; i < units->n && area != RH_NO_AREA; i++) {
        if (lma->area[i] != area) {
            continue;
        }
        residents += flows->residents[i];
        jobs += flows->jobs[i];
        inside += flows->inside[i];
        for (uint32_t k = flows->out.first[i]; k < flows->out.first[i + 1]; k++) {
            inside += lma->area[flows->out.unit[k]] == area ? flows->out.persons[k] : 0;
        }
    }
    if (area != RH_NO_AREA) {
        const char *numbers = rh_answer_format(
            a, "sc = min(%.15g / %.15g, %.15g / %.15g) = %.6f, v = %.6f", inside, residents,
            inside, jobs, fmin(inside / residents, inside / jobs),
            rh_lma_validity(rule, residents, jobs, inside));
        rh_answer_explain(a, rh_answer_format(a, "区域 %s：%s。", units->id[area], numbers),
                          rh_answer_format(a, "Area %s: %s.", units->id[area], numbers));
    }
    rh_answer_explain(
        a,
        "归并强度：f_ij² / (居住者_i · 就业者_j) + f_ji² / (居住者_j · 就业者_i)，最强者胜。",
        "Cohesion: f_ij² / (residents_i · jobs_j) + f_ji² / (residents_j · jobs_i); the "
        "strongest wins.");
}

rh_status
rh_metro_answer_areas(rh_answer *a, const rh_metro_units *units, const rh_commuting *flows,
                      const rh_lma_rule *rule, const rh_lma *lma, rh_err *err)
{
    lma_units(a, units, flows, lma);
    RH_TRY(rh_metro_answer_quality(a, units, flows, lma->area, rule, err));
    lma_reserve(a, units, lma);
    rh_answer_note(
        a,
        rh_answer_format(a, "%u 个单元，%u 个区域，%u 轮；%u 次进入待定名单。", units->n,
                         lma->n_areas, lma->rounds, lma->n_reserve),
        rh_answer_format(a, "%u units, %u areas, %u rounds; the reserve was entered %u times.",
                         units->n, lma->n_areas, lma->rounds, lma->n_reserve));
    if (lma->n_left_out > 0) {
        rh_answer_warn(
            a,
            rh_answer_format(a, "%u 个单元无人居住、无人就业或没有跨界通勤，未参与划分。",
                             lma->n_left_out),
            rh_answer_format(
                a, "%u units in which nobody lives, works or crosses the border were left out.",
                lma->n_left_out));
    }
    if (lma->n_unplaced > 0) {
        rh_answer_warn(a, rh_answer_format(a, "%u 个单元无法安置。", lma->n_unplaced),
                       rh_answer_format(a, "%u units of the reserve could not be placed.",
                                        lma->n_unplaced));
    }
    lma_explain(a, units, flows, rule, lma);
    return RH_OK;
}

/* ---- thresholds of Duranton ---- */

static void
duranton_explain(rh_answer *a, const rh_metro_units *units, const rh_commuting *flows,
                 double threshold, const uint32_t *area)
{
    rh_answer_explain(
        a,
        rh_answer_format(a,
                         "每轮：单元并入其最大外部就业地，若去那里的居住就业者占全部 ≥ %g；"
                         "合并后重算，直到不再有（Duranton 2015）。",
                         threshold),
        rh_answer_format(a,
                         "Each round a unit joins its largest outside destination if at least "
                         "%g of its resident workers go there; flows are added up anew until "
                         "none qualifies (Duranton 2015).",
                         threshold));
    for (uint32_t i = 0; i < units->n; i++) { /* the first unit that joined another's area */
        uint32_t best = RH_NO_AREA;
        double most = 0;
        for (uint32_t k = flows->out.first[i]; k < flows->out.first[i + 1]; k++) {
            if (flows->out.persons[k] > most) {
                most = flows->out.persons[k];
                best = flows->out.unit[k];
            }
        }
        if (best != RH_NO_AREA && most / flows->residents[i] >= threshold) {
            const char *numbers = rh_answer_format(
                a, "%s → %s: %.15g / %.15g = %.4f", units->id[i], units->id[best], most,
                flows->residents[i], most / flows->residents[i]);
            rh_answer_explain(a,
                              rh_answer_format(a, "第 1 轮 %s ≥ %g，属区域 %s。", numbers,
                                               threshold, units->id[area[i]]),
                              rh_answer_format(a, "Round 1: %s ≥ %g, now in area %s.", numbers,
                                               threshold, units->id[area[i]]));
            return;
        }
    }
}

rh_status
rh_metro_answer_duranton(rh_answer *a, const rh_metro_units *units, const rh_commuting *flows,
                         double threshold, const uint32_t *area, uint32_t rounds, rh_err *err)
{
    rh_answer_table(a, "units", "单元所属的都市区", "Metropolitan area of each unit");
    rh_metro_unit_columns(a, units);
    rh_answer_text_column(a, "area", "区域", "area");
    rh_answer_number_column(a, "residents", "居住者", "residents", 0);
    rh_answer_number_column(a, "jobs", "就业者", "jobs", 0);
    for (uint32_t i = 0; i < units->n; i++) {
        rh_metro_unit_cells(a, units, i);
        rh_metro_id_cell(a, units, area[i]);
        rh_answer_number(a, flows->residents[i]);
        rh_answer_number(a, flows->jobs[i]);
    }
    RH_TRY(rh_metro_answer_quality(a, units, flows, area, NULL, err));
    rh_answer_note(
        a, rh_answer_format(a, "门槛 %g，合并 %u 轮。", threshold, rounds),
        rh_answer_format(a, "Threshold %g, %u rounds of joining.", threshold, rounds));
    duranton_explain(a, units, flows, threshold, area);
    return RH_OK;
}

/* ---- sweeps ---- */

static void
sweep_units(rh_answer *a, const rh_metro_units *units, uint32_t t, const double *threshold,
            const uint32_t *area, const uint32_t *home, const double *kept,
            const double *overlap)
{
    rh_answer_table(a, "units", "稳定性", "Stability map");
    rh_metro_unit_columns(a, units);
    rh_answer_text_column(a, "home", "最常所属区域的主要单元", "main unit of its usual area");
    rh_answer_number_column(a, "kept", "保持比例", "kept", 3);
    rh_answer_number_column(a, "overlap", "区域重合度", "overlap", 3);
    for (uint32_t k = 0; k < t; k++) {
        const char *id = rh_answer_format(a, "area_%g", threshold[k]);
        rh_answer_text_column(a, id, id, id);
    }
    for (uint32_t i = 0; i < units->n; i++) {
        rh_metro_unit_cells(a, units, i);
        rh_metro_id_cell(a, units, home[i]);
        rh_answer_number(a, kept[i]);
        rh_answer_number(a, overlap[i]);
        for (uint32_t k = 0; k < t; k++) {
            rh_metro_id_cell(a, units, area[(size_t)k * units->n + i]);
        }
    }
}

/* One line per threshold: how many areas, and how much of the weight is in areas of more than one unit. */
static void
sweep_thresholds(rh_answer *a, uint32_t n, uint32_t t, const double *threshold,
                 const uint32_t *area, const double *weight, uint32_t *size)
{
    rh_answer_table(a, "thresholds", "各门槛", "Thresholds");
    rh_answer_number_column(a, "threshold", "门槛", "threshold", 3);
    rh_answer_number_column(a, "areas", "区域数", "areas", 0);
    rh_answer_number_column(a, "larger", "多单元区域", "of several units", 0);
    rh_answer_number_column(a, "units_in", "其中的单元", "units in these", 0);
    rh_answer_number_column(a, "weight_in", "其中的权重比例", "weight in these", 3);
    rh_answer_number_column(a, "largest", "最大区域单元数", "units of the largest", 0);
    for (uint32_t k = 0; k < t; k++) {
        const uint32_t *here = area + (size_t)k * n;
        double areas = 0, larger = 0, in = 0, weight_in = 0, all = 0, largest = 0;
        for (uint32_t i = 0; i < n; i++) {
            size[i] = 0;
        }
        for (uint32_t i = 0; i < n; i++) {
            size[here[i] != RH_NO_AREA ? here[i] : n]++;
        }
        for (uint32_t i = 0; i < n; i++) {
            bool together = here[i] != RH_NO_AREA && size[here[i]] > 1;
            areas += size[i] > 0;
            larger += size[i] > 1;
            largest = fmax(largest, size[i]);
            in += together;
            weight_in += together ? weight[i] : 0;
            all += weight[i];
        }
        RH_ANSWER_NUMBERS(a, threshold[k], areas, larger, in, weight_in / all, largest);
    }
}

static rh_status
sweep_pairs(rh_answer *a, uint32_t n, uint32_t t, const double *threshold, const uint32_t *area,
            rh_err *err)
{
    rh_answer_table(a, "pairs", "两两比较", "Pairs of thresholds");
    rh_answer_number_column(a, "threshold", "门槛", "threshold", 3);
    rh_answer_number_column(a, "other", "另一门槛", "other", 3);
    rh_answer_number_column(a, "rand", "Rand 指数", "Rand", 4);
    rh_answer_number_column(a, "adjusted_rand", "调整 Rand", "adjusted Rand", 4);
    rh_answer_number_column(a, "information", "信息变差（奈特）",
                            "variation of information (nats)", 4);
    for (uint32_t k = 0; k < t; k++) {
        for (uint32_t m = k + 1; m < t; m++) {
            rh_likeness l;
            RH_TRY(
                rh_partitions_compare(n, area + (size_t)k * n, area + (size_t)m * n, &l, err));
            RH_ANSWER_NUMBERS(a, threshold[k], threshold[m], l.rand, l.adjusted_rand,
                              l.information);
        }
    }
    return RH_OK;
}

static void
sweep_explain(rh_answer *a, const rh_metro_units *units, uint32_t t, const double *threshold,
              const uint32_t *area, const uint32_t *home, const double *kept)
{
    rh_answer_explain(
        a,
        "区域以主要单元识别；保持比例 = 单元处于最常所属区域的门槛数 / 门槛总数；重合度 = "
        "各对门槛下两区域的 "
        "Jaccard 指数均值；调整 Rand：Hubert & Arabie 1985 式 5；信息变差：Meilă 2007 式 15。",
        "An area is known by its main unit; kept = thresholds under which the unit is in its "
        "usual area / "
        "all; overlap = mean Jaccard index of its two areas over pairs of thresholds; adjusted "
        "Rand: "
        "Hubert & Arabie 1985 eq. 5; variation of information: Meilă 2007 eq. 15.");
    uint32_t least = 0;
    for (uint32_t i = 1; i < units->n; i++) {
        least = kept[i] < kept[least] ? i : least;
    }
    for (uint32_t k = 0; k < t; k++) {
        uint32_t here = area[(size_t)k * units->n + least];
        const char *where = here == RH_NO_AREA ? "–" : units->id[here];
        rh_answer_explain(a,
                          rh_answer_format(a, "单元 %s：门槛 %g 时在区域 %s。",
                                           units->id[least], threshold[k], where),
                          rh_answer_format(a, "Unit %s: at %g in area %s.", units->id[least],
                                           threshold[k], where));
    }
    rh_answer_explain(a,
                      rh_answer_format(a, "最常所属区域的主要单元 %s，保持比例 %.3f。",
                                       home[least] == RH_NO_AREA ? "–" : units->id[home[least]],
                                       kept[least]),
                      rh_answer_format(a, "Its usual area is that of %s: kept %.3f.",
                                       home[least] == RH_NO_AREA ? "–" : units->id[home[least]],
                                       kept[least]));
}

rh_status
rh_metro_answer_sweep(rh_answer *a, const rh_metro_units *units, const char *what,
                      uint32_t n_thresholds, const double *threshold, const uint32_t *area,
                      const double *weight, rh_err *err)
{
    const size_t n = units->n;
    uint32_t *home = rh_alloc(2 * n + 2, sizeof *home);
    double *kept = rh_alloc(2 * n + 1, sizeof *kept);
    rh_status status =
        home == NULL || kept == NULL
            ? rh_fail(err, RH_MEMORY, "Not enough memory for a sweep.")
            : rh_stability(units->n, n_thresholds, area, weight, home, kept, kept + n, err);
    if (status == RH_OK) {
        sweep_units(a, units, n_thresholds, threshold, area, home, kept, kept + n);
        sweep_thresholds(a, units->n, n_thresholds, threshold, area, weight, home + n);
        status = sweep_pairs(a, units->n, n_thresholds, threshold, area, err);
    }
    if (status == RH_OK) {
        uint32_t stable = 0;
        for (uint32_t i = 0; i < n; i++) {
            stable += kept[i] >= 1;
        }
        rh_answer_note(
            a,
            rh_answer_format(a, "方法 %s：%u 个单元中 %u 个在全部 %u 个门槛下都在同一区域。",
                             what, units->n, stable, n_thresholds),
            rh_answer_format(
                a, "Method %s: %u of %u units keep their area under all %u thresholds.", what,
                stable, units->n, n_thresholds));
        sweep_explain(a, units, n_thresholds, threshold, area, home, kept);
    }
    rh_free(home);
    rh_free(kept);
    return status;
}
