/* ronghe metro areas, duranton, sweep: which units make an area, and how sure that is. */
#include "cli/metro_tables.h"

#include "core/mem.h"
#include "evaluate/metro_duranton.h"

#include <math.h>
#include <string.h>

#define LMA_OPTIONS                                                                            \
    {"min-size", 0, "N", false, RH_MSG_METRO_MIN_SIZE},                                        \
        {"target-size", 0, "N", false, RH_MSG_METRO_TARGET_SIZE},                              \
        {"min-sc", 0, "X", false, RH_MSG_METRO_MIN_SC},                                        \
    {                                                                                          \
        "target-sc", 0, "X", false, RH_MSG_METRO_TARGET_SC                                     \
    }

static rh_status
read_rule(const rh_cli *cli, const rh_verb *verb, const rh_args *args, rh_lma_rule *rule)
{
    *rule = rh_lma_rule_istat();
    RH_TRY(rh_given_number(cli, verb, args, "min-size", 1e-9, 1e12, &rule->least_size));
    RH_TRY(rh_given_number(cli, verb, args, "target-size", 1e-9, 1e12, &rule->target_size));
    RH_TRY(rh_given_number(cli, verb, args, "min-sc", 1e-9, 1, &rule->least_sc));
    RH_TRY(rh_given_number(cli, verb, args, "target-sc", 1e-9, 1, &rule->target_sc));
    rule->whole = rh_given(verb, args, "whole") != NULL;
    return RH_OK;
}

/* ---- metro areas ---- */

static const rh_option areas_options[] = {
    LMA_OPTIONS,
    {"whole", 0, NULL, false, RH_MSG_METRO_WHOLE},
    RH_METRO_OPTIONS,
    RH_ANSWER_OPTIONS,
    {0},
};

static rh_status
fill_areas(const rh_cli *cli, const rh_args *args, rh_metro_tables *t, rh_answer *answer,
           rh_err *err)
{
    rh_lma_rule rule;
    rh_lma *lma;
    RH_TRY(read_rule(cli, &rh_verb_metro_areas, args, &rule));
    RH_TRY(rh_metro_read(cli, &rh_verb_metro_areas, args, args->file[0], t, answer, err));
    RH_TRY(rh_lma_find(t->flows, &rule, &lma, err));
    rh_status status = rh_metro_answer_areas(answer, &t->unit, t->flows, &rule, lma, err);
    rh_lma_free(lma);
    if (!rule.whole) {
        rh_answer_note(answer, "拆分后的剩余部分按 Istat 程序的做法评判；--whole 按整体评判。",
                       "What is left of an area is judged as Istat's program does; --whole "
                       "judges it whole.");
    }
    return status;
}

static rh_status
areas(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_answer *answer;
    rh_metro_tables t = {0};
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = fill_areas(cli, args, &t, answer, err);
    status = rh_give_answer(cli, &rh_verb_metro_areas, args, answer, status, err);
    rh_metro_release(&t);
    return status;
}

const rh_verb rh_verb_metro_areas = {
    .name = "metro areas",
    .files = "FLOWS",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_METRO_AREAS,
    .example = "ronghe metro areas flows.csv --min-size 1000 --target-size 10000",
    .options = areas_options,
    .act = areas,
};

/* ---- metro duranton ---- */

static const rh_option duranton_options[] = {
    {"threshold", 0, "X", false, RH_MSG_METRO_THRESHOLD},
    RH_METRO_OPTIONS,
    RH_ANSWER_OPTIONS,
    {0},
};

static rh_status
fill_duranton(const rh_cli *cli, const rh_args *args, rh_metro_tables *t, rh_answer *answer,
              rh_err *err)
{
    double threshold = 0.1; /* Duranton 2015: 10 % for Colombia */
    uint32_t *area, n_areas, rounds;
    RH_TRY(
        rh_given_number(cli, &rh_verb_metro_duranton, args, "threshold", 1e-9, 1, &threshold));
    RH_TRY(rh_metro_read(cli, &rh_verb_metro_duranton, args, args->file[0], t, answer, err));
    RH_NEW(area, (size_t)t->unit.n + 1, err);
    rh_status status = rh_duranton(t->flows, threshold, area, &n_areas, &rounds, err);
    if (status == RH_OK) {
        status =
            rh_metro_answer_duranton(answer, &t->unit, t->flows, threshold, area, rounds, err);
    }
    rh_free(area);
    return status;
}

static rh_status
duranton(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_answer *answer;
    rh_metro_tables t = {0};
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = fill_duranton(cli, args, &t, answer, err);
    status = rh_give_answer(cli, &rh_verb_metro_duranton, args, answer, status, err);
    rh_metro_release(&t);
    return status;
}

const rh_verb rh_verb_metro_duranton = {
    .name = "metro duranton",
    .files = "FLOWS",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_METRO_DURANTON,
    .example = "ronghe metro duranton flows.csv --threshold 0.15",
    .options = duranton_options,
    .act = duranton,
};

/* ---- metro sweep ---- */

enum { BY_DURANTON, BY_CIRCLE, BY_FUA, BY_AREAS };
static const char *const methods[] = {"duranton", "circle", "fua", "areas", NULL};

static const rh_option sweep_options[] = {
    {"method", 'm', "WORD", false, RH_MSG_METRO_METHOD},
    {"thresholds", 0, "X,X,…", false, RH_MSG_METRO_THRESHOLDS},
    {"minutes", 0, "MIN", false, RH_MSG_METRO_MINUTES},
    {"centers", 'c', "ID,ID,…", false, RH_MSG_METRO_CENTERS},
    {"center-population", 0, "N", false, RH_MSG_METRO_CENTER_POPULATION},
    LMA_OPTIONS,
    {"whole", 0, NULL, false, RH_MSG_METRO_WHOLE},
    RH_METRO_TIMES_OPTION,
    RH_METRO_NEIGHBOURS_OPTION,
    RH_METRO_OPTIONS,
    RH_ANSWER_OPTIONS,
    {0},
};

/* Partitions of one method under each threshold. */
static rh_status
sweep_duranton(const rh_metro_tables *t, uint32_t n, const double *threshold, uint32_t *area,
               rh_err *err)
{
    for (uint32_t k = 0; k < n; k++) {
        uint32_t areas_found, rounds;
        RH_TRY(rh_duranton(t->flows, threshold[k], area + (size_t)k * t->unit.n, &areas_found,
                           &rounds, err));
    }
    return RH_OK;
}

static rh_status
sweep_circle(const rh_cli *cli, const rh_args *args, const rh_metro_tables *t, uint32_t n,
             const double *threshold, uint32_t *area, rh_err *err)
{
    rh_circle_rule rule = {.minutes = 60};
    bool *center;
    RH_TRY(rh_given_number(cli, &rh_verb_metro_sweep, args, "minutes", 1, 1440, &rule.minutes));
    RH_TRY(rh_metro_centers(cli, &rh_verb_metro_sweep, args, t, &center, err));
    rh_status status = RH_OK;
    for (uint32_t k = 0; k < n && status == RH_OK; k++) {
        rh_circle *circle;
        rule.share = threshold[k];
        status = rh_circle_find(t->flows, t->minutes, center, t->unit.n, &rule, &circle, err);
        if (status == RH_OK) {
            memcpy(area + (size_t)k * t->unit.n, circle->area, t->unit.n * sizeof *area);
            rh_circle_free(circle);
        }
    }
    rh_free(center);
    return status;
}

static rh_status
sweep_fua(rh_metro_tables *t, uint32_t n, const double *threshold, uint32_t *area,
          rh_answer *answer, rh_err *err)
{
    rh_fua_rule rule = rh_fua_rule_oecd();
    double *dense = NULL;
    uint32_t *core_of = NULL;
    RH_TRY(rh_metro_cores(t, &dense, &core_of, answer, err));
    rh_status status = RH_OK;
    for (uint32_t k = 0; k < n && status == RH_OK; k++) {
        rh_fua *fua;
        rule.threshold = threshold[k];
        status =
            rh_fua_find(t->flows, &rule, t->population, dense, core_of, t->touching, &fua, err);
        if (status == RH_OK) {
            memcpy(area + (size_t)k * t->unit.n, fua->area, t->unit.n * sizeof *area);
            rh_fua_free(fua);
        }
    }
    rh_free(dense);
    rh_free(core_of);
    return status;
}

/* Target self-containment is swept; the least one keeps its ratio to it. */
static rh_status
sweep_areas(const rh_cli *cli, const rh_args *args, const rh_metro_tables *t, uint32_t n,
            const double *threshold, uint32_t *area, rh_err *err)
{
    rh_lma_rule rule;
    RH_TRY(read_rule(cli, &rh_verb_metro_sweep, args, &rule));
    const double ratio = rule.least_sc / rule.target_sc;
    for (uint32_t k = 0; k < n; k++) {
        rh_lma *lma;
        rule.target_sc = threshold[k];
        rule.least_sc = threshold[k] * ratio;
        RH_TRY(rh_lma_find(t->flows, &rule, &lma, err));
        memcpy(area + (size_t)k * t->unit.n, lma->area, t->unit.n * sizeof *area);
        rh_lma_free(lma);
    }
    return RH_OK;
}

static rh_status
sweep_over(const rh_cli *cli, const rh_args *args, rh_metro_tables *t, int method, uint32_t n,
           const double *threshold, rh_answer *answer, rh_err *err)
{
    uint32_t *area;
    RH_NEW(area, (size_t)n * t->unit.n + 1, err);
    rh_status status = method == BY_FUA
                           ? rh_metro_read_touching(&rh_verb_metro_sweep, args, t, answer, err)
                           : RH_OK;
    if (method == BY_CIRCLE && t->minutes == NULL) {
        rh_answer_warn(answer, "没有旅行时间表：未检查一小时范围。",
                       "No travel times were given: the one-hour limit was not checked.");
    }
    if (status == RH_OK) {
        status = method == BY_DURANTON ? sweep_duranton(t, n, threshold, area, err)
                 : method == BY_CIRCLE ? sweep_circle(cli, args, t, n, threshold, area, err)
                 : method == BY_FUA    ? sweep_fua(t, n, threshold, area, answer, err)
                                       : sweep_areas(cli, args, t, n, threshold, area, err);
    }
    if (status == RH_OK) {
        status = rh_metro_answer_sweep(answer, &t->unit, methods[method], n, threshold, area,
                                       t->flows->jobs, err);
    }
    rh_free(area);
    return status;
}

static rh_status
fill_sweep(const rh_cli *cli, const rh_args *args, rh_metro_tables *t, rh_answer *answer,
           rh_err *err)
{
    const rh_verb *verb = &rh_verb_metro_sweep;
    const char *given = rh_given(verb, args, "thresholds");
    int method = BY_DURANTON;
    double *threshold;
    uint32_t n;
    RH_TRY(rh_given_word(cli, verb, args, "method", methods, &method));
    const char *usual = method == BY_AREAS ? "0.65,0.70,0.75" : "0.10,0.15,0.25"; /* ASK-18 */
    RH_TRY(rh_metro_numbers(cli, verb, "thresholds", given != NULL ? given : usual, 1e-9, 1,
                            &threshold, &n, err));
    rh_status status = rh_metro_read(cli, verb, args, args->file[0], t, answer, err);
    if (status == RH_OK) {
        status = sweep_over(cli, args, t, method, n, threshold, answer, err);
    }
    rh_free(threshold);
    return status;
}

static rh_status
sweep(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_answer *answer;
    rh_metro_tables t = {0};
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = fill_sweep(cli, args, &t, answer, err);
    status = rh_give_answer(cli, &rh_verb_metro_sweep, args, answer, status, err);
    rh_metro_release(&t);
    return status;
}

const rh_verb rh_verb_metro_sweep = {
    .name = "metro sweep",
    .files = "FLOWS",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_METRO_SWEEP,
    .example = "ronghe metro sweep flows.csv --thresholds 0.10,0.15,0.25",
    .options = sweep_options,
    .act = sweep,
};
