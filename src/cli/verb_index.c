/* ronghe index: a framework file and a table make a composite index. The work is evaluate/index_chain.h's, the answer
 * evaluate/index_answer.h's. */
#include "cli/evaluate.h"

#include "core/mem.h"
#include "core/threads.h"
#include "evaluate/index_answer.h"

static const rh_option options[] = {
    {"sheet", 0, "PART", false, RH_MSG_HELP_SHEET},
    {"draws", 0, "N", false, RH_MSG_HELP_INDEX_DRAWS},
    {"seed", 's', "N", false, RH_MSG_HELP_INDEX_SEED},
    {"threads", 't', "N", false, RH_MSG_HELP_INDEX_THREADS},
    {"weights", 0, "METHOD", false, RH_MSG_HELP_INDEX_WEIGHTS},
    {"normalisation", 0, "METHOD", false, RH_MSG_HELP_INDEX_NORMALISATION},
    {"aggregation", 0, "METHOD", false, RH_MSG_HELP_INDEX_AGGREGATION},
    {"unit", 'u', "NAME", false, RH_MSG_HELP_INDEX_UNIT},
    {"indicator", 'i', "ID", false, RH_MSG_HELP_INDEX_INDICATOR},
    RH_ANSWER_OPTIONS,
    {0},
};

#define X(id, word, ...) word,
static const char *const weighting_words[] = {RH_WEIGHTING_LIST(X) NULL};
static const char *const normalisation_words[] = {RH_NORMALISATION_LIST(X) NULL};
static const char *const aggregation_words[] = {RH_AGGREGATION_LIST(X) NULL};
#undef X

/* Methods and draws of the command line over those of the file. */
static rh_status
take_options(const rh_cli *cli, const rh_args *args, rh_index_framework *f, int64_t *threads,
             rh_err *err)
{
    int weigh = -1, normalise = -1, aggregate = -1;
    int64_t draws = f->uncertainty.draws, seed = (int64_t)f->uncertainty.seed;
    RH_TRY(rh_given_integer(cli, &rh_verb_index, args, "draws", 0, 10000000, &draws));
    RH_TRY(rh_given_integer(cli, &rh_verb_index, args, "seed", 0, INT64_MAX, &seed));
    RH_TRY(rh_given_integer(cli, &rh_verb_index, args, "threads", 1, 1024, threads));
    RH_TRY(rh_given_word(cli, &rh_verb_index, args, "weights", weighting_words, &weigh));
    RH_TRY(rh_given_word(cli, &rh_verb_index, args, "normalisation", normalisation_words,
                         &normalise));
    RH_TRY(
        rh_given_word(cli, &rh_verb_index, args, "aggregation", aggregation_words, &aggregate));
    f->uncertainty.draws = (uint32_t)draws;
    f->uncertainty.seed = (uint64_t)seed;
    return rh_index_framework_override(f, weigh, normalise, aggregate, err);
}

static rh_status
work(const rh_args *args, const rh_index_framework *f, const rh_index_data *d, unsigned threads,
     rh_answer *answer, rh_err *err)
{
    rh_index_cell cell = {rh_given(&rh_verb_index, args, "unit"),
                          rh_given(&rh_verb_index, args, "indicator")};
    bool brief = true; /* on a terminal, unless one of the wide tables is wanted */
    static const char *const all[] = {"output", "json", "csv", "table"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        brief = brief && rh_given(&rh_verb_index, args, all[i]) == NULL;
    }
    rh_index_result *r;
    rh_index_uncertain *u = NULL;
    RH_TRY(rh_index_run(f, d, &r, err));
    rh_status status = RH_OK;
    if (f->uncertainty.draws > 0 && r->units.n > RH_RANK_UNITS_MAX) {
        rh_answer_warn(answer, "单元超过 65535 个，未抽样估计位次区间。",
                       "There are more than 65,535 units: no draws, no rank intervals.");
    } else if (f->uncertainty.draws > 0) {
        status = rh_index_uncertain_run(f, d, r, threads, &u, err);
    }
    if (status == RH_OK) {
        status = rh_index_answer(f, d, r, u, &cell, brief, answer, err);
    }
    rh_index_uncertain_free(u);
    rh_index_result_free(r);
    return status;
}

static rh_status
read_and_work(const rh_cli *cli, const rh_args *args, rh_index_framework *f, rh_answer *answer,
              rh_err *err)
{
    int64_t threads = rh_threads_available();
    rh_csv *table;
    rh_index_data *d;
    RH_TRY(take_options(cli, args, f, &threads, err));
    RH_TRY(rh_table_open(args->file[1], rh_given(&rh_verb_index, args, "sheet"), &table, err));
    rh_status status = rh_index_data_read(f, args->file[1], table, &d, err);
    if (status == RH_OK) {
        status = work(args, f, d, (unsigned)threads, answer, err);
        rh_index_data_free(d);
    }
    rh_csv_free(table);
    return status;
}

static rh_status
act(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    char *path;
    rh_index_framework *f;
    rh_answer *answer;
    RH_TRY(rh_index_framework_find(args->file[0], &path, err));
    rh_status status = rh_index_framework_read(path, &f, err);
    rh_free(path);
    RH_TRY(status);
    status = rh_answer_new(&answer, err);
    if (status == RH_OK) {
        status = read_and_work(cli, args, f, answer, err);
        status = rh_give_answer(cli, &rh_verb_index, args, answer, status, err);
    }
    rh_index_framework_free(f);
    return status;
}

const rh_verb rh_verb_index = {
    .name = "index",
    .files = "FRAMEWORK DATA",
    .least_files = 2,
    .most_files = 2,
    .summary = RH_MSG_VERB_INDEX,
    .example = "ronghe index new-urbanisation cities.csv --draws 10000",
    .options = options,
    .act = act,
};
