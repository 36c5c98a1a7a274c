/* ronghe share game, vote, claims, airport: fair shares. The work is evaluate's; here are tables and options. */
#include "cli/evaluate.h"

#include "cli/coalition_command.h"
#include "cli/list.h"
#include "core/mem.h"
#include "core/threads.h"
#include "evaluate/share_answer.h"
#include "io/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { QUOTAS_MOST = 50 };

/* ---- game ---- */

/* All of v, or a sample, from the command. */
static rh_status
command_game(const rh_cli *cli, const rh_args *args, rh_players *players, int64_t groups,
             int64_t seed, double **v, rh_game_estimate *estimate, rh_answer *answer,
             rh_err *err)
{
    const rh_verb *verb = &rh_verb_share_game;
    rh_coalition_command c = {.command = rh_given(verb, args, "command"),
                              .players = players,
                              .timeout_s = 600,
                              .stop = cli->stop};
    RH_TRY(rh_given_number(cli, verb, args, "timeout", 0.01, 1e7, &c.timeout_s));
    RH_TRY(rh_coalition_open(&c, rh_given(verb, args, "keep"), err));
    rh_status status = RH_OK;
    if (groups > 0) {
        status = rh_game_sample(players->n, (uint64_t)groups, (rh_key)seed, rh_coalition_value,
                                &c, estimate, err);
    } else if ((*v = rh_alloc((size_t)1 << players->n, sizeof **v)) == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for %u players.", players->n);
    } else {
        for (uint64_t s = 1; s < UINT64_C(1) << players->n && status == RH_OK; s++) {
            status = rh_coalition_value(&c, s, &(*v)[s], err);
        }
    }
    rh_answer_note(answer,
                   rh_answer_format(answer, "命令运行 %llu 次；%llu 次用了已有的值。",
                                    (unsigned long long)c.runs, (unsigned long long)c.reused),
                   rh_answer_format(answer,
                                    "The command ran %llu times; %llu times a known value was "
                                    "used.",
                                    (unsigned long long)c.runs, (unsigned long long)c.reused));
    rh_coalition_close(&c);
    return status;
}

static rh_status
look_up(void *context, uint64_t coalition, double *value, rh_err *err)
{
    (void)err;
    *value = ((const double *)context)[coalition];
    return RH_OK;
}

static rh_status
file_game(const rh_args *args, const char *part, rh_players *players, double **v, rh_err *err)
{
    rh_csv *table;
    RH_TRY(rh_table_open(args->file[0], part, &table, err));
    rh_status status = rh_game_read(table, args->file[0], false, players, v, err);
    rh_csv_free(table);
    return status;
}

static rh_status
fill_game(const rh_cli *cli, const rh_args *args, rh_players *players, double **v,
          rh_answer *answer, rh_err *err)
{
    const rh_verb *verb = &rh_verb_share_game;
    const char *names = rh_given(verb, args, "players");
    bool cost = rh_given(verb, args, "cost") != NULL, command = args->n_files == 0;
    int64_t groups = 0, seed = 1;
    rh_game_estimate estimate;
    RH_TRY(rh_given_integer(cli, verb, args, "samples", 2, 1000000000, &groups));
    RH_TRY(rh_given_integer(cli, verb, args, "seed", 0, INT64_MAX, &seed));
    if (names != NULL) {
        RH_TRY(rh_players_read(names, players, err));
    }
    if (command && players->n > RH_GAME_MOST && groups == 0) {
        return rh_fail(err, RH_INPUT,
                       "%u players have too many coalitions to run them all; give --samples.",
                       players->n);
    }
    if (command) {
        RH_TRY(command_game(cli, args, players, groups, seed, v, &estimate, answer, err));
    } else {
        RH_TRY(file_game(args, rh_given(verb, args, "sheet"), players, v, err));
    }
    if (groups == 0) {
        return rh_share_game(answer, players, *v, cost, rh_threads_available(), err);
    }
    if (!command) {
        RH_TRY(rh_game_sample(players->n, (uint64_t)groups, (rh_key)seed, look_up, *v,
                              &estimate, err));
    }
    rh_share_sample(answer, players, &estimate, (uint64_t)groups);
    return RH_OK;
}

static rh_status
game(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    const rh_verb *verb = &rh_verb_share_game;
    const bool command = rh_given(verb, args, "command") != NULL;
    if (command != (args->n_files == 0) ||
        (command && rh_given(verb, args, "players") == NULL)) {
        return rh_usage(cli, verb, RH_MSG_SHARE_NO_GAME, NULL);
    }
    rh_players players = {0};
    double *v = NULL;
    rh_answer *answer;
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = fill_game(cli, args, &players, &v, answer, err);
    rh_free(v);
    rh_players_release(&players);
    return rh_give_answer(cli, verb, args, answer, status, err);
}

static const rh_option game_options[] = {
    {"cost", 0, NULL, false, RH_MSG_HELP_SHARE_COST},
    {"players", 0, "A,B,C", false, RH_MSG_HELP_SHARE_PLAYERS},
    {"command", 0, "CMD", false, RH_MSG_HELP_SHARE_COMMAND},
    {"keep", 0, "FILE.csv", false, RH_MSG_HELP_SHARE_KEEP},
    {"timeout", 0, "S", false, RH_MSG_HELP_SHARE_TIMEOUT},
    {"samples", 0, "N", false, RH_MSG_HELP_SHARE_SAMPLES},
    {"seed", 0, "N", false, RH_MSG_HELP_SHARE_SEED},
    {"sheet", 0, "PART", false, RH_MSG_HELP_SHEET},
    RH_ANSWER_OPTIONS,
    {0},
};

const rh_verb rh_verb_share_game = {
    .name = "share game",
    .files = "[GAME]",
    .least_files = 0,
    .most_files = 1,
    .summary = RH_MSG_VERB_SHARE_GAME,
    .example = "ronghe share game examples/tax-sharing.csv",
    .options = game_options,
    .act = game,
};

/* ---- the three that read a table of names and numbers ---- */

/* Rows of a table: who, and one or two columns of numbers. */
typedef struct people {
    rh_csv *table;
    const char **name;
    double *first, *second;
    uint32_t n;
} people;

static void
release(people *p)
{
    rh_free(p->name);
    rh_free(p->first);
    rh_free(p->second);
    rh_csv_free(p->table);
}

/* `first`, `second`: names of the columns. `second` may be NULL; where it is no column, each row counts 1. */
static rh_status
read_people(const char *path, const char *part, const char *const *first,
            const char *const *second, people *p, rh_err *err)
{
    RH_TRY(rh_table_open(path, part, &p->table, err));
    p->n = rh_csv_rows(p->table);
    RH_TRY(rh_table_ids(p->table, NULL, &p->name, err));
    const char *name = rh_csv_first(p->table, first),
               *other = second != NULL ? rh_csv_first(p->table, second) : NULL;
    RH_TRY(rh_table_numbers_all(p->table, name, &p->first, err));
    int column = rh_csv_find(p->table, name),
        users = other != NULL ? rh_csv_find(p->table, other) : -1;
    if (users >= 0) {
        RH_TRY(rh_table_numbers_all(p->table, other, &p->second, err));
    } else if (other != NULL) {
        RH_NEW(p->second, p->n + (size_t)1, err);
    }
    for (uint32_t i = 0; i < p->n && other != NULL; i++) {
        double x = users >= 0 ? p->second[i] : (p->second[i] = 1);
        if (x < 1 || x != floor(x)) {
            rh_csv_problem(p->table, i, users, "%g is no whole number of 1 or more", x);
        }
    }
    for (uint32_t i = 0; i < p->n; i++) { /* with its line; the library names no file */
        if (p->first[i] < 0) {
            rh_csv_problem(p->table, i, column, "%g is below 0", p->first[i]);
        }
    }
    return rh_csv_finish(p->table, err);
}

/* Numbers with commas between; how many, 0 for a mistake. */
static unsigned
read_quotas(const char *text, double *quota)
{
    unsigned n = 0;
    while (text != NULL && n < QUOTAS_MOST) {
        if (!rh_list_number(&text, &quota[n++])) {
            return 0;
        }
    }
    return text == NULL ? n : 0;
}

static rh_status
vote(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    const rh_verb *verb = &rh_verb_share_vote;
    static const char *const weight[] = {"weight", "权重", NULL};
    const char *text = rh_given(verb, args, "quota");
    double quota[QUOTAS_MOST];
    unsigned n = read_quotas(text, quota);
    if (n == 0) {
        return rh_usage(cli, verb, RH_MSG_SHARE_BAD_QUOTA, text, NULL);
    }
    people p = {0};
    rh_answer *answer;
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status =
        read_people(args->file[0], rh_given(verb, args, "sheet"), weight, NULL, &p, err);
    if (status == RH_OK) {
        status = rh_share_vote(answer, p.name, p.first, p.n, quota, n, err);
    }
    release(&p);
    return rh_give_answer(cli, verb, args, answer, status, err);
}

static const rh_option vote_options[] = {
    {"quota", 'q', "Q,...", true, RH_MSG_HELP_SHARE_QUOTA},
    {"sheet", 0, "PART", false, RH_MSG_HELP_SHEET},
    RH_ANSWER_OPTIONS,
    {0},
};

const rh_verb rh_verb_share_vote = {
    .name = "share vote",
    .files = "WEIGHTS",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_SHARE_VOTE,
    .example = "ronghe share vote examples/council.csv --quota 12",
    .options = vote_options,
    .act = vote,
};

static rh_status
claims(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    const rh_verb *verb = &rh_verb_share_claims;
    static const char *const claim[] = {"claim", "主张", NULL};
    double estate = 0;
    RH_TRY(rh_given_number(cli, verb, args, "estate", 0, 1e300, &estate));
    people p = {0};
    rh_answer *answer;
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status =
        read_people(args->file[0], rh_given(verb, args, "sheet"), claim, NULL, &p, err);
    if (status == RH_OK) {
        status = rh_share_claims(answer, p.name, p.first, p.n, estate, err);
    }
    release(&p);
    return rh_give_answer(cli, verb, args, answer, status, err);
}

static const rh_option claims_options[] = {
    {"estate", 'e', "E", true, RH_MSG_HELP_SHARE_ESTATE},
    {"sheet", 0, "PART", false, RH_MSG_HELP_SHEET},
    RH_ANSWER_OPTIONS,
    {0},
};

const rh_verb rh_verb_share_claims = {
    .name = "share claims",
    .files = "CLAIMS",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_SHARE_CLAIMS,
    .example = "ronghe share claims examples/compensation-claims.csv --estate 1000",
    .options = claims_options,
    .act = claims,
};

static rh_status
airport(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    const rh_verb *verb = &rh_verb_share_airport;
    static const char *const cost[] = {"cost", "成本", NULL}, *const users[] = {"users", "数量",
                                                                                NULL};
    people p = {0};
    rh_answer *answer;
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status =
        read_people(args->file[0], rh_given(verb, args, "sheet"), cost, users, &p, err);
    if (status == RH_OK) {
        status = rh_share_airport(answer, p.name, p.first, p.second, p.n, err);
    }
    release(&p);
    return rh_give_answer(cli, verb, args, answer, status, err);
}

static const rh_option airport_options[] = {
    {"sheet", 0, "PART", false, RH_MSG_HELP_SHEET},
    RH_ANSWER_OPTIONS,
    {0},
};

const rh_verb rh_verb_share_airport = {
    .name = "share airport",
    .files = "COSTS",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_SHARE_AIRPORT,
    .example = "ronghe share airport examples/sewer-costs.csv",
    .options = airport_options,
    .act = airport,
};
