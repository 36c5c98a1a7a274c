/* Answers of functional urban areas, commuting circles, networks and pairs of cities: see metro_answer.h. */
#include "evaluate/metro_answer_common.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>

/* ---- functional urban areas ---- */

static void
fua_units(rh_answer *a, const rh_metro_units *units, const double *population,
          const rh_fua *fua)
{
    static const char *const part[][2] = {[RH_FUA_NONE] = {"", ""},
                                          [RH_FUA_CORE] = {"核心", "core"},
                                          [RH_FUA_HINTERLAND] = {"腹地", "hinterland"},
                                          [RH_FUA_FILLED] = {"填入的洞", "enclave filled"},
                                          [RH_FUA_EXCLAVE] = {"剔除的飞地", "exclave dropped"}};
    rh_answer_table(a, "units", "单元所属的功能区", "Functional urban area of each unit");
    rh_metro_unit_columns(a, units);
    rh_answer_text_column(a, "area", "功能区", "area");
    rh_answer_text_column(a, "part", "部分", "part");
    rh_answer_text_column(a, "core", "核心", "core");
    rh_answer_text_column(a, "most_to", "最多去往", "most go to");
    rh_answer_number_column(a, "share", "去往比例", "share going", 3);
    rh_answer_number_column(a, "population", "人口", "population", 0);
    for (uint32_t i = 0; i < units->n; i++) {
        rh_metro_unit_cells(a, units, i);
        rh_metro_id_cell(a, units, fua->area[i]);
        rh_answer_words(a, part[fua->part[i]][0], part[fua->part[i]][1]);
        rh_metro_id_cell(a, units, fua->core[i]);
        rh_metro_id_cell(a, units, fua->best[i]);
        rh_answer_number(a, fua->share[i]);
        rh_answer_number(a, population[i]);
    }
}

static rh_status
fua_areas(rh_answer *a, const rh_metro_units *units, const rh_commuting *flows,
          const double *population, const rh_fua *fua, rh_err *err)
{
    struct sums {
        double units, cores, core_population, population, residents, jobs;
    } * sum;
    RH_NEW(sum, (size_t)units->n + 1, err);
    for (uint32_t i = 0; i < units->n; i++) {
        if (fua->area[i] == RH_NO_AREA) {
            continue;
        }
        struct sums *s = &sum[fua->area[i]];
        s->units++;
        s->cores += fua->core[i] == i;
        s->core_population += fua->part[i] == RH_FUA_CORE ? population[i] : 0;
        s->population += population[i];
        s->residents += flows->residents[i];
        s->jobs += flows->jobs[i];
    }
    rh_answer_table(a, "areas", "功能区", "Functional urban areas");
    rh_metro_named_columns(a, units, "area", "功能区", "area");
    rh_answer_number_column(a, "cores", "核心数", "cores", 0);
    rh_answer_number_column(a, "units", "单元数", "units", 0);
    rh_answer_number_column(a, "core_population", "核心人口", "core population", 0);
    rh_answer_number_column(a, "population", "人口", "population", 0);
    rh_answer_number_column(a, "residents", "居住者", "residents", 0);
    rh_answer_number_column(a, "jobs", "就业者", "jobs", 0);
    for (uint32_t i = 0; i < units->n; i++) {
        if (sum[i].units > 0) {
            rh_metro_unit_cells(a, units, i);
            RH_ANSWER_NUMBERS(a, sum[i].cores, sum[i].units, sum[i].core_population,
                              sum[i].population, sum[i].residents, sum[i].jobs);
        }
    }
    rh_free(sum);
    return RH_OK;
}

static void
fua_explain(rh_answer *a, const rh_metro_units *units, const rh_commuting *flows,
            const rh_fua_rule *rule, const rh_fua *fua)
{
    rh_answer_explain(a,
                      rh_answer_format(a,
                                       "核心：高密度人口 ≥ %g，相邻成片且人口 ≥ %g；核心间通勤 "
                                       "≥ %g 合并；去往核心的居住就业者 ≥ %g 为腹地"
                                       "（OECD 2012；Dijkstra、Poelman 与 Veneri 2019）。",
                                       rule->core_share, rule->core_population, rule->connect,
                                       rule->threshold),
                      rh_answer_format(a,
                                       "Core: share at high density ≥ %g, touching, ≥ %g "
                                       "persons; cores are one at %g commuting "
                                       "(%s); hinterland: ≥ %g of resident workers go to the "
                                       "core (OECD 2012; Dijkstra, Poelman & "
                                       "Veneri 2019).",
                                       rule->core_share, rule->core_population, rule->connect,
                                       rule->connect_both ? "each way" : "either way",
                                       rule->threshold));
    for (uint32_t i = 0; i < units->n; i++) {
        if (fua->part[i] == RH_FUA_HINTERLAND) {
            const char *numbers = rh_answer_format(
                a, "%s → %s: %.15g / %.15g = %.4f", units->id[i], units->id[fua->best[i]],
                fua->share[i] * flows->residents[i], flows->residents[i], fua->share[i]);
            rh_answer_explain(
                a, rh_answer_format(a, "腹地 %s ≥ %g。", numbers, rule->threshold),
                rh_answer_format(a, "Hinterland %s ≥ %g.", numbers, rule->threshold));
            return;
        }
    }
}

rh_status
rh_metro_answer_fua(rh_answer *a, const rh_metro_units *units, const rh_commuting *flows,
                    const rh_fua_rule *rule, const double *population, const rh_fua *fua,
                    rh_err *err)
{
    fua_units(a, units, population, fua);
    RH_TRY(fua_areas(a, units, flows, population, fua, err));
    rh_answer_note(
        a,
        rh_answer_format(
            a, "%u 个核心（另有 %u 个人口不足），%u 个功能区；剔除飞地 %u，填洞 %u。",
            fua->n_cores, fua->n_small, fua->n_areas, fua->n_exclaves, fua->n_filled),
        rh_answer_format(a,
                         "%u cores (%u more are too small), %u areas; %u exclaves dropped, %u "
                         "enclaves filled.",
                         fua->n_cores, fua->n_small, fua->n_areas, fua->n_exclaves,
                         fua->n_filled));
    if (fua->n_cores == 0) {
        rh_answer_warn(a, "没有单元达到核心标准。", "No unit is a core.");
    }
    fua_explain(a, units, flows, rule, fua);
    return RH_OK;
}

/* ---- circles ---- */

static void
circle_units(rh_answer *a, const rh_metro_units *units, const rh_minutes *minutes,
             const rh_circle_rule *rule, const rh_circle *c)
{
    rh_answer_table(a, "units", "单元所属的通勤圈", "Commuting circle of each unit");
    rh_metro_unit_columns(a, units);
    rh_answer_text_column(a, "center", "中心", "centre");
    rh_answer_text_column(a, "nearest", "最近的中心", "centre it leans to");
    rh_answer_number_column(a, "minutes", "分钟", "minutes", 0);
    rh_answer_number_column(a, "share", "去往比例", "share going", 3);
    rh_answer_number_column(a, "back", "来自中心", "share coming", 4);
    rh_answer_text_column(a, "why", "原因", "why");
    for (uint32_t i = 0; i < units->n; i++) {
        bool timely = minutes == NULL || c->minutes[i] <= rule->minutes;
        rh_metro_unit_cells(a, units, i);
        rh_metro_id_cell(a, units, c->area[i]);
        rh_metro_id_cell(a, units, c->best[i]);
        RH_ANSWER_NUMBERS(a,
                          minutes == NULL || isinf(c->minutes[i]) ? (double)NAN : c->minutes[i],
                          c->share[i], c->area[i] == i ? (double)NAN : c->back[i]);
        if (c->area[i] == i) {
            rh_answer_words(a, "中心", "centre");
        } else if (c->area[i] != RH_NO_AREA) {
            rh_answer_words(a, "在圈内", "inside");
        } else if (!timely) {
            rh_answer_words(a, "太远", "too far");
        } else {
            rh_answer_words(a, "通勤不足", "too few commuters");
        }
    }
}

static rh_status
circle_areas(rh_answer *a, const rh_metro_units *units, const double *population,
             const rh_circle *c, rh_err *err)
{
    double *members, *persons;
    RH_NEW(members, (size_t)2 * units->n + 2, err);
    persons = members + units->n + 1;
    for (uint32_t i = 0; i < units->n; i++) {
        if (c->area[i] != RH_NO_AREA) {
            members[c->area[i]]++;
            persons[c->area[i]] += population != NULL ? population[i] : 0;
        }
    }
    rh_answer_table(a, "areas", "通勤圈", "Commuting circles");
    rh_metro_named_columns(a, units, "center", "中心", "centre");
    rh_answer_number_column(a, "units", "单元数", "units", 0);
    rh_answer_number_column(a, "population", "人口", "population", 0);
    rh_answer_number_column(a, "center_share", "中心占比", "centre's share", 3);
    for (uint32_t i = 0; i < units->n; i++) {
        if (c->area[i] == i) {
            rh_metro_unit_cells(a, units, i);
            RH_ANSWER_NUMBERS(a, members[i], population != NULL ? persons[i] : (double)NAN,
                              population != NULL ? population[i] / persons[i] : (double)NAN);
        }
    }
    rh_free(members);
    return RH_OK;
}

static void
circle_explain(rh_answer *a, const rh_metro_units *units, const rh_commuting *flows,
               const rh_circle_rule *rule, const rh_circle *c)
{
    rh_answer_explain(
        a,
        rh_answer_format(
            a,
            "圈内：到中心 ≤ %g "
            "分钟（1小时通勤圈，发改规划〔2019〕328号），且去中心就业者占居住就业者 ≥ %g"
            "（国家未定比例；OECD 15%%，美国 25%%，日本 1.5–10%%）。",
            rule->minutes, rule->share),
        rh_answer_format(a,
                         "Inside: at most %g minutes from the centre (one-hour circle, NDRC "
                         "2019 no. 328) and at "
                         "least %g of resident workers going there (no national share; OECD 15 "
                         "%%, US 25 %%, Japan "
                         "1.5 to 10 %%).",
                         rule->minutes, rule->share));
    for (uint32_t i = 0; i < units->n; i++) {
        if (c->area[i] != RH_NO_AREA && c->area[i] != i && flows != NULL) {
            const char *numbers = rh_answer_format(
                a, "%s → %s: %.4g min, %.15g / %.15g = %.4f", units->id[i],
                units->id[c->area[i]], c->minutes[i], c->share[i] * flows->residents[i],
                flows->residents[i], c->share[i]);
            rh_answer_explain(a, numbers, numbers);
            return;
        }
    }
}

rh_status
rh_metro_answer_circle(rh_answer *a, const rh_metro_units *units, const rh_commuting *flows,
                       const rh_minutes *minutes, const double *population,
                       const rh_circle_rule *rule, const rh_circle *circle, rh_err *err)
{
    circle_units(a, units, minutes, rule, circle);
    RH_TRY(circle_areas(a, units, population, circle, err));
    rh_answer_note(a,
                   rh_answer_format(a, "%u 个单元在圈内（不含中心），%u 轮。",
                                    circle->n_members, circle->rounds),
                   rh_answer_format(a, "%u units are inside (centres not counted), %u rounds.",
                                    circle->n_members, circle->rounds));
    if (minutes == NULL) {
        rh_answer_warn(a, "没有旅行时间表：未检查一小时范围。",
                       "No travel times were given: the one-hour limit was not checked.");
    }
    if (flows == NULL) {
        rh_answer_warn(a, "没有通勤表：只按时间划分。",
                       "No commuting was given: time alone decides.");
    }
    circle_explain(a, units, flows, rule, circle);
    return RH_OK;
}

/* ---- network ---- */

static void
network_units(rh_answer *a, const rh_metro_units *units, const rh_network_unit *u,
              const uint32_t *module)
{
    rh_answer_table(a, "units", "单元在网络中", "Units in the network");
    rh_metro_unit_columns(a, units);
    rh_answer_number_column(a, "in", "流入", "in", 0);
    rh_answer_number_column(a, "out", "流出", "out", 0);
    rh_answer_number_column(a, "balance", "净流入度", "balance", 3);
    rh_answer_number_column(a, "links_in", "入连接", "links in", 0);
    rh_answer_number_column(a, "links_out", "出连接", "links out", 0);
    rh_answer_number_column(a, "reciprocity", "互惠度", "reciprocity", 3);
    rh_answer_number_column(a, "inside", "内部比例", "staying", 3);
    rh_answer_text_column(a, "leads_to", "首位流向", "largest flow to");
    rh_answer_number_column(a, "dependence", "依赖度", "dependence", 3);
    rh_answer_text_column(a, "nodal", "节点", "nodal");
    rh_answer_number_column(a, "pagerank", "PageRank", "PageRank", 5);
    rh_answer_number_column(a, "eigenvector", "特征向量", "eigenvector", 4);
    rh_answer_number_column(a, "betweenness", "中介度", "betweenness", 4);
    rh_answer_text_column(a, "module", "模块", "module");
    for (uint32_t i = 0; i < units->n; i++) {
        rh_metro_unit_cells(a, units, i);
        RH_ANSWER_NUMBERS(a, u[i].in, u[i].out, u[i].balance, u[i].links_in, u[i].links_out,
                          u[i].reciprocity, u[i].inside);
        rh_metro_id_cell(a, units, u[i].leads_to);
        rh_answer_number(a, u[i].dependence);
        rh_answer_words(a, u[i].nodal ? "是" : "", u[i].nodal ? "yes" : "");
        RH_ANSWER_NUMBERS(a, u[i].pagerank, u[i].eigenvector, u[i].betweenness);
        rh_metro_id_cell(a, units, module[i]);
    }
}

static void
network_whole(rh_answer *a, const rh_network_whole *whole, uint32_t n_modules,
              double modularity)
{
    rh_metro_measures(a, "network", "整个网络", "The network");
    rh_metro_measure(a, "互惠度", "reciprocity", whole->reciprocity);
    rh_metro_measure(a, "密度", "density", whole->density);
    rh_metro_measure(a, "跨单元比例", "share crossing a border", whole->crossing);
    rh_metro_measure(a, "流入集中度（赫芬达尔）", "concentration of inflows (Herfindahl)",
                     whole->herfindahl);
    rh_metro_measure(a, "模块数", "modules", n_modules);
    rh_metro_measure(a, "模块度 Q", "modularity Q", modularity);
}

static void
network_explain(rh_answer *a, const rh_metro_units *units, const rh_network_unit *u)
{
    rh_answer_explain(a,
                      "净流入度 = (入 − 出)/(入 + 出)；互惠度 = Σ min(w_ij, "
                      "w_ji)/出（Squartini 等 2013）；PageRank 阻尼 "
                      "0.85；中介度：距离 1/人数（Brandes "
                      "2001）；节点：首位流流向更小的城市（Nystuen & Dacey 1961）；模块：有向 "
                      "Louvain（Blondel 等 2008；Leicht & Newman 2008）。",
                      "balance = (in − out)/(in + out); reciprocity = Σ min(w_ij, w_ji)/out "
                      "(Squartini et al. 2013); "
                      "PageRank with damping 0.85; betweenness on distances 1/persons (Brandes "
                      "2001); nodal: the largest "
                      "flow goes to a smaller city (Nystuen & Dacey 1961); modules: directed "
                      "Louvain (Blondel et al. 2008; "
                      "Leicht & Newman 2008).");
    for (uint32_t i = 0; i < units->n; i++) {
        if (u[i].leads_to != RH_NO_AREA) {
            const char *numbers = rh_answer_format(
                a, "%s: (%.15g − %.15g) / (%.15g + %.15g) = %.4f; %.15g / %.15g = %.4f (→ %s)",
                units->id[i], u[i].in, u[i].out, u[i].in, u[i].out, u[i].balance,
                u[i].dependence * u[i].out, u[i].out, u[i].dependence,
                units->id[u[i].leads_to]);
            rh_answer_explain(a, numbers, numbers);
            return;
        }
    }
}

rh_status
rh_metro_answer_network(rh_answer *a, const rh_metro_units *units, const rh_commuting *flows,
                        bool betweenness, double resolution, rh_err *err)
{
    rh_network_unit *u = rh_alloc((size_t)units->n + 1, sizeof *u);
    uint32_t *module = rh_alloc((size_t)units->n + 1, sizeof *module), n_modules = 0;
    double modularity = (double)NAN;
    rh_network_whole whole;
    rh_status status = u == NULL || module == NULL
                           ? rh_fail(err, RH_MEMORY, "Not enough memory for a network.")
                           : rh_network_measure(flows, betweenness, u, &whole, err);
    if (status == RH_OK) {
        status = rh_network_modules(flows, resolution, module, &n_modules, &modularity, err);
    }
    if (status == RH_OK) {
        network_units(a, units, u, module);
        network_whole(a, &whole, n_modules, modularity);
        network_explain(a, units, u);
    }
    rh_free(u);
    rh_free(module);
    return status;
}

/* ---- pairs of cities ---- */

static int
by_index(const void *x, const void *y)
{
    const rh_together_pair *p = *(const rh_together_pair *const *)x,
                           *q = *(const rh_together_pair *const *)y;
    double a = isnan(p->index) ? -1 : p->index, b = isnan(q->index) ? -1 : q->index;
    if (a != b) {
        return a > b ? -1 : 1;
    }
    return p < q ? -1 : 1;
}

static void
together_row(rh_answer *a, const rh_metro_units *units, uint32_t n_components,
             const rh_together_pair *p)
{
    rh_answer_text(a, rh_metro_label(a, units, p->a));
    rh_answer_text(a, rh_metro_label(a, units, p->b));
    RH_ANSWER_NUMBERS(a, p->index, p->known, p->there, p->back,
                      isfinite(p->minutes) ? p->minutes : (double)NAN);
    for (uint32_t k = 0; k < n_components; k++) {
        rh_answer_number(a, p->x[k]);
    }
}

/* Four components are the program's (cli/verb_metro_network.c), the others have the names of the user's columns. */
static const char *
component_zh(uint32_t k, const char *name)
{
    static const char *const own[] = {"通勤", "平衡", "时间", "房价"};
    return k < sizeof own / sizeof *own ? own[k] : name;
}

static void
together_explain(rh_answer *a, const rh_metro_units *units, const rh_together_rule *rule,
                 uint32_t n, const char *const *component, const double *weight,
                 const rh_together_pair *p)
{
    rh_answer_explain(a,
                      rh_answer_format(a,
                                       "同城化指数 = Σ w x / Σ w（只计已知分项）；通勤 = (往 + "
                                       "返)/较小一方居住就业者/%g，时间 = 1 − "
                                       "分钟/%g；没有官方指数，权重与两个界限为假设（2026）。",
                                       rule->full_commuting, rule->far_minutes),
                      rh_answer_format(a,
                                       "index = Σ w x / Σ w over known components; commuting = "
                                       "(there + back) / workers of the "
                                       "smaller / %g, time = 1 − minutes / %g; no official "
                                       "index exists: weights and both bounds "
                                       "are assumptions (2026).",
                                       rule->full_commuting, rule->far_minutes));
    for (uint32_t k = 0; k < n; k++) {
        if (isnan(p->x[k])) {
            continue; /* not known: it does not count */
        }
        rh_answer_explain(a,
                          rh_answer_format(a, "%s – %s：%s = %.4g，w = %g", units->id[p->a],
                                           units->id[p->b], component_zh(k, component[k]),
                                           p->x[k], weight[k]),
                          rh_answer_format(a, "%s – %s: %s = %.4g, w = %g", units->id[p->a],
                                           units->id[p->b], component[k], p->x[k], weight[k]));
    }
    const char *line =
        rh_answer_format(a, "%s – %s: %.6f", units->id[p->a], units->id[p->b], p->index);
    rh_answer_explain(a, line, line);
}

rh_status
rh_metro_answer_together(rh_answer *a, const rh_metro_units *units,
                         const rh_together_rule *rule, uint32_t n_components,
                         const char *const *component, const double *weight, uint32_t n_pairs,
                         const rh_together_pair *pair, rh_err *err)
{
    const rh_together_pair **order;
    RH_NEW(order, (size_t)n_pairs + 1, err);
    for (uint32_t k = 0; k < n_pairs; k++) {
        order[k] = &pair[k];
    }
    qsort(order, n_pairs, sizeof *order, by_index);
    rh_answer_table(a, "pairs", "同城化指数", "How far pairs of cities are one");
    rh_answer_text_column(a, "a", "城市", "city");
    rh_answer_text_column(a, "b", "另一城市", "other city");
    rh_answer_number_column(a, "index", "同城化指数", "index", 3);
    rh_answer_number_column(a, "known", "已知权重", "weight known", 2);
    rh_answer_number_column(a, "there", "往（人）", "there (persons)", 0);
    rh_answer_number_column(a, "back", "返（人）", "back (persons)", 0);
    rh_answer_number_column(a, "minutes", "分钟", "minutes", 0);
    for (uint32_t k = 0; k < n_components; k++) {
        rh_answer_number_column(a, component[k], component_zh(k, component[k]), component[k],
                                3);
    }
    for (uint32_t k = 0; k < n_pairs; k++) {
        together_row(a, units, n_components, order[k]);
    }
    rh_answer_note(a, "没有官方的同城化指数：分项等权及其界限为假设，用 --weights 改变。",
                   "There is no official index: equal weights and the bounds of components are "
                   "assumptions; --weights "
                   "changes them.");
    if (n_pairs > 0) {
        together_explain(a, units, rule, n_components, component, weight, order[0]);
    }
    rh_free(order);
    return RH_OK;
}
