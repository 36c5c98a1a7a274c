/* ronghe inequality: all measures of columns of a table, with decompositions by groups. */
#include "cli/inequality_input.h"

#include "core/mem.h"
#include "core/threads.h"

#include <string.h>

static const rh_option options[] = {
    {"value", 'x', "COLUMNS", true, RH_MSG_HELP_INEQUALITY_VALUE},
    {"weight", 'w', "COLUMN", false, RH_MSG_HELP_INEQUALITY_WEIGHT},
    {"group", 'g', "COLUMNS", false, RH_MSG_HELP_INEQUALITY_GROUP},
    {"cross", 0, NULL, false, RH_MSG_HELP_INEQUALITY_CROSS},
    {"measure", 'm', "ID", false, RH_MSG_HELP_INEQUALITY_MEASURE},
    {"alpha", 0, "NUMBERS", false, RH_MSG_HELP_INEQUALITY_ALPHA},
    {"epsilon", 0, "NUMBERS", false, RH_MSG_HELP_INEQUALITY_EPSILON},
    {"kappa", 0, "NUMBERS", false, RH_MSG_HELP_INEQUALITY_KAPPA},
    {"rank-by", 0, "COLUMN", false, RH_MSG_HELP_INEQUALITY_RANK_BY},
    {"lorenz", 0, "N", false, RH_MSG_HELP_INEQUALITY_LORENZ},
    {"permutations", 0, "N", false, RH_MSG_HELP_INEQUALITY_PERMUTATIONS},
    {"seed", 0, "N", false, RH_MSG_HELP_INEQUALITY_SEED},
    {"sheet", 0, "PART", false, RH_MSG_HELP_SHEET},
    {"threads", 't', "N", false, RH_MSG_HELP_THREADS},
    RH_ANSWER_OPTIONS,
    {0},
};

/* Everything that is read from the table. */
typedef struct inputs {
    rh_csv *table;
    rh_numbers_input values;
    double **weight;
    rh_list groups;
    double *rank_by;
    rh_inequality_data data;
} inputs;

static void
release(inputs *in)
{
    rh_row_weights_release(in->weight, in->values.names.n);
    for (unsigned l = 0; l < RH_GROUP_LEVELS; l++) {
        rh_labels_release(&in->data.level[l]);
    }
    rh_numbers_release(&in->values);
    rh_list_release(&in->groups);
    rh_free(in->rank_by);
    rh_csv_free(in->table);
}

static rh_status
read_options(const rh_cli *cli, const rh_args *args, rh_inequality_options *o, rh_err *err)
{
    const rh_verb *verb = &rh_verb_inequality;
    int64_t lorenz = 0, permutations = 0, seed = 1, threads = rh_threads_available();
    *o = (rh_inequality_options){
        .measure = -1, .n_alpha = 1, .alpha = {2}, .n_epsilon = 3, .epsilon = {0.5, 1, 2}};
    RH_TRY(rh_given_word(cli, verb, args, "measure", rh_inequality_names, &o->measure));
    RH_TRY(rh_given_integer(cli, verb, args, "lorenz", 1, 100000, &lorenz));
    RH_TRY(rh_given_integer(cli, verb, args, "permutations", 0, 1000000, &permutations));
    RH_TRY(rh_given_integer(cli, verb, args, "seed", 0, INT64_MAX, &seed));
    RH_TRY(rh_given_integer(cli, verb, args, "threads", 1, 1024, &threads));
    o->lorenz = (unsigned)lorenz;
    o->permutations = (unsigned)permutations;
    o->seed = (uint64_t)seed;
    o->threads = (unsigned)threads;
    o->cross = rh_given(verb, args, "cross") != NULL;
    struct {
        const char *name;
        double *number;
        unsigned *n;
    } lists[] = {{"alpha", o->alpha, &o->n_alpha},
                 {"epsilon", o->epsilon, &o->n_epsilon},
                 {"kappa", o->kappa, &o->n_kappa}};
    for (unsigned i = 0; i < 3; i++) {
        const char *list = rh_given(verb, args, lists[i].name);
        if (list != NULL) {
            RH_TRY(rh_list_numbers(list, lists[i].name, RH_PARAMETERS, lists[i].number,
                                   lists[i].n, err));
        }
    }
    if (o->measure >= 0 && strcmp(rh_inequality_names[o->measure], "kolm") == 0 &&
        o->n_kappa == 0) {
        return rh_fail(err, RH_INPUT,
                       "Kolm's measure depends on the unit of the values: give --kappa, per "
                       "unit.");
    }
    for (unsigned i = 0; i < o->n_kappa; i++) {
        if (!(o->kappa[i] > 0)) {
            return rh_fail(err, RH_INPUT, "--kappa must be above 0, not %g.", o->kappa[i]);
        }
    }
    for (unsigned i = 0; i < o->n_epsilon; i++) {
        if (!(o->epsilon[i] >= 0)) {
            return rh_fail(err, RH_INPUT, "--epsilon must be 0 or more, not %g.",
                           o->epsilon[i]);
        }
    }
    return RH_OK;
}

static rh_status
read_groups(const rh_args *args, inputs *in, bool cross, rh_err *err)
{
    const char *list = rh_given(&rh_verb_inequality, args, "group");
    RH_TRY(rh_list_split(list, RH_GROUP_LEVELS, &in->groups, err));
    if (cross && in->groups.n != 2) {
        return rh_fail(err, RH_INPUT, "--cross needs two columns in --group, not %u.",
                       in->groups.n);
    }
    for (unsigned l = 0; l < in->groups.n; l++) {
        RH_TRY(rh_labels_read(in->table, in->groups.name[l], &in->data.level[l], err));
        in->data.n_levels++;
    }
    return RH_OK;
}

/* The inputs, checked: all problems of the table are said at once. */
static rh_status
read_inputs(const rh_args *args, const rh_inequality_options *o, inputs *in, rh_answer *answer,
            rh_err *err)
{
    const rh_verb *verb = &rh_verb_inequality;
    const char *rank_by = rh_given(verb, args, "rank-by");
    RH_TRY(rh_table_open(args->file[0], rh_given(verb, args, "sheet"), &in->table, err));
    RH_TRY(rh_numbers_read(in->table, rh_given(verb, args, "value"), &in->values, err));
    bool refuse = o->measure < 0 || !rh_inequality_signed(o->measure);
    for (unsigned k = 0; refuse && k < in->values.names.n; k++) {
        rh_refuse_negative(in->table, in->values.names.name[k], in->values.x[k],
                           "Theil, entropy, Atkinson and Lorenz shares need 0 or more (choose "
                           "--measure gini, variation, ricci_schutz or kolm).");
    }
    RH_TRY(rh_row_weights_read(in->table, rh_given(verb, args, "weight"), &in->values,
                               &in->weight, answer, err));
    RH_TRY(read_groups(args, in, o->cross, err));
    if (rank_by != NULL) {
        RH_TRY(rh_table_numbers_all(in->table, rank_by, &in->rank_by, err));
    }
    RH_TRY(rh_csv_finish(in->table, err));
    if (rh_csv_rows(in->table) == 0) {
        return rh_fail(err, RH_INPUT, "%s has a header but no rows.", args->file[0]);
    }
    in->data.n = rh_csv_rows(in->table);
    in->data.n_columns = in->values.names.n;
    in->data.column = in->values.names.name;
    in->data.x = in->values.x;
    in->data.weight = in->weight;
    in->data.rank_column = rank_by;
    in->data.rank_by = in->rank_by;
    return RH_OK;
}

static rh_status
act(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_inequality_options o;
    rh_answer *answer = NULL;
    inputs in = {0};
    RH_TRY(read_options(cli, args, &o, err));
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = read_inputs(args, &o, &in, answer, err);
    if (status == RH_OK) {
        status = rh_inequality_fill(answer, &in.data, &o, err);
    }
    release(&in);
    return rh_give_answer(cli, &rh_verb_inequality, args, answer, status, err);
}

const rh_verb rh_verb_inequality = {
    .name = "inequality",
    .files = "TABLE",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_INEQUALITY,
    .example = "ronghe inequality examples/provinces-2010.csv --value gdp_per_head --weight "
               "population --group region",
    .options = options,
    .act = act,
};
