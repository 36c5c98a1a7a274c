/* ronghe metro fua, circle: cities and what belongs to them. */
#include "cli/metro_tables.h"

#include "core/mem.h"

static const rh_option fua_options[] = {
    {"threshold", 0, "X", false, RH_MSG_METRO_HINTERLAND},
    {"connect", 0, "X", false, RH_MSG_METRO_CONNECT},
    {"connect-both", 0, NULL, false, RH_MSG_METRO_CONNECT_BOTH},
    {"core-share", 0, "X", false, RH_MSG_METRO_CORE_SHARE},
    {"core-population", 0, "N", false, RH_MSG_METRO_CORE_POPULATION},
    RH_METRO_NEIGHBOURS_OPTION,
    RH_METRO_OPTIONS,
    RH_ANSWER_OPTIONS,
    {0},
};

static rh_status
read_fua_rule(const rh_cli *cli, const rh_args *args, rh_fua_rule *rule)
{
    const rh_verb *verb = &rh_verb_metro_fua;
    *rule = rh_fua_rule_oecd();
    RH_TRY(rh_given_number(cli, verb, args, "threshold", 1e-9, 1, &rule->threshold));
    RH_TRY(rh_given_number(cli, verb, args, "connect", 1e-9, 1, &rule->connect));
    RH_TRY(rh_given_number(cli, verb, args, "core-share", 1e-9, 1, &rule->core_share));
    RH_TRY(
        rh_given_number(cli, verb, args, "core-population", 0, 1e10, &rule->core_population));
    rule->connect_both = rh_given(verb, args, "connect-both") != NULL;
    return RH_OK;
}

static rh_status
fill_fua(const rh_cli *cli, const rh_args *args, rh_metro_tables *t, rh_answer *answer,
         rh_err *err)
{
    const rh_verb *verb = &rh_verb_metro_fua;
    rh_fua_rule rule;
    double *dense = NULL;
    uint32_t *core_of = NULL;
    rh_fua *fua = NULL;
    RH_TRY(read_fua_rule(cli, args, &rule));
    RH_TRY(rh_metro_read(cli, verb, args, args->file[0], t, answer, err));
    RH_TRY(rh_metro_read_touching(verb, args, t, answer, err));
    rh_status status = rh_metro_cores(t, &dense, &core_of, answer, err);
    if (status == RH_OK) {
        status =
            rh_fua_find(t->flows, &rule, t->population, dense, core_of, t->touching, &fua, err);
    }
    if (status == RH_OK) {
        status =
            rh_metro_answer_fua(answer, &t->unit, t->flows, &rule, t->population, fua, err);
    }
    rh_fua_free(fua);
    rh_free(dense);
    rh_free(core_of);
    return status;
}

static rh_status
fua(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_answer *answer;
    rh_metro_tables t = {0};
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = fill_fua(cli, args, &t, answer, err);
    status = rh_give_answer(cli, &rh_verb_metro_fua, args, answer, status, err);
    rh_metro_release(&t);
    return status;
}

const rh_verb rh_verb_metro_fua = {
    .name = "metro fua",
    .files = "FLOWS",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_METRO_FUA,
    .example = "ronghe metro fua flows.csv --units units.csv",
    .options = fua_options,
    .act = fua,
};

/* ---- metro circle ---- */

static const rh_option circle_options[] = {
    {"minutes", 0, "MIN", false, RH_MSG_METRO_MINUTES},
    {"share", 0, "X", false, RH_MSG_METRO_SHARE},
    {"centers", 'c', "ID,ID,…", false, RH_MSG_METRO_CENTERS},
    {"center-population", 0, "N", false, RH_MSG_METRO_CENTER_POPULATION},
    {"rounds", 0, NULL, false, RH_MSG_METRO_ROUNDS},
    RH_METRO_TIMES_OPTION,
    RH_METRO_OPTIONS,
    RH_ANSWER_OPTIONS,
    {0},
};

static rh_status
fill_circle(const rh_cli *cli, const rh_args *args, rh_metro_tables *t, rh_answer *answer,
            rh_err *err)
{
    const rh_verb *verb = &rh_verb_metro_circle;
    const char *flows = args->n_files > 0 ? args->file[0] : NULL;
    rh_circle_rule rule = {.minutes = 60, .share = flows != NULL ? 0.15 : 0};
    rh_circle *circle = NULL;
    bool *center = NULL;
    rule.rounds = rh_given(verb, args, "rounds") != NULL;
    RH_TRY(rh_given_number(cli, verb, args, "minutes", 1, 1440, &rule.minutes));
    RH_TRY(rh_given_number(cli, verb, args, "share", 0, 1, &rule.share));
    if (flows == NULL &&
        (rh_given(verb, args, "units") == NULL || rh_given(verb, args, "times") == NULL)) {
        return rh_fail(err, RH_INPUT, "Without FLOWS a circle needs --units and --times.");
    }
    RH_TRY(rh_metro_read(cli, verb, args, flows, t, answer, err));
    rh_status status = rh_metro_centers(cli, verb, args, t, &center, err);
    if (status == RH_OK) {
        status = rh_circle_find(t->flows, t->minutes, center, t->unit.n, &rule, &circle, err);
    }
    if (status == RH_OK) {
        status = rh_metro_answer_circle(answer, &t->unit, t->flows, t->minutes, t->population,
                                        &rule, circle, err);
    }
    rh_circle_free(circle);
    rh_free(center);
    return status;
}

static rh_status
circle(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_answer *answer;
    rh_metro_tables t = {0};
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = fill_circle(cli, args, &t, answer, err);
    status = rh_give_answer(cli, &rh_verb_metro_circle, args, answer, status, err);
    rh_metro_release(&t);
    return status;
}

const rh_verb rh_verb_metro_circle = {
    .name = "metro circle",
    .files = "[FLOWS]",
    .least_files = 0,
    .most_files = 1,
    .summary = RH_MSG_VERB_METRO_CIRCLE,
    .example = "ronghe metro circle flows.csv --times minutes.csv --centers 410100",
    .options = circle_options,
    .act = circle,
};
