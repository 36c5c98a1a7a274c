/* ronghe coupling: coupling coordination degree of subsystems, by unit and year. */
#include "cli/evaluate.h"

#include "cli/list.h"
#include "core/mem.h"
#include "evaluate/coupling_answer.h"
#include "evaluate/index_normalise.h"
#include "io/table.h"
#include "place/prior.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SYSTEMS_MOST = 32, GRADES_MOST = 40 };

static const rh_option options[] = {
    {"systems", 's', "NAME,NAME,…", false, RH_MSG_COUPLING_SYSTEMS},
    {"id", 0, "NAME", false, RH_MSG_COUPLING_ID},
    {"year", 'y', "NAME", false, RH_MSG_COUPLING_YEAR},
    {"weights", 'w', "X,X,…", false, RH_MSG_COUPLING_WEIGHTS},
    {"normalise", 0, NULL, false, RH_MSG_COUPLING_NORMALISE},
    {"grades", 'g', "FILE", false, RH_MSG_COUPLING_GRADES},
    {"grade-set", 0, "NAME", false, RH_MSG_COUPLING_GRADE_SET},
    {"lag", 0, "X", false, RH_MSG_COUPLING_LAG},
    {"power", 0, "K", false, RH_MSG_COUPLING_POWER},
    {"sheet", 0, "PART", false, RH_MSG_HELP_SHEET},
    RH_ANSWER_OPTIONS,
    {0},
};

typedef struct work {
    rh_csv *table, *grade_table;
    rh_list names; /* of --systems */
    int column[SYSTEMS_MOST];
    const char *system[SYSTEMS_MOST];
    double weight[SYSTEMS_MOST], from[GRADES_MOST];
    const char *zh[GRADES_MOST], *en[GRADES_MOST];
    const char **id;
    double *year, *u;
    rh_coupling_table t;
} work;

static rh_status
add_system(work *w, const char *name, const char *path, rh_err *err)
{
    if (w->t.systems == SYSTEMS_MOST) {
        return rh_fail(err, RH_INPUT,
                       "%s: there are more than %d subsystems; name some by --systems.", path,
                       SYSTEMS_MOST);
    }
    for (uint32_t j = 0; j < w->t.systems; j++) {
        if (strcmp(w->system[j], name) == 0) {
            return rh_fail(err, RH_INPUT, "The subsystem \"%s\" is named twice.", name);
        }
    }
    w->system[w->t.systems] = name;
    w->column[w->t.systems++] = rh_csv_need(w->table, name);
    return RH_OK;
}

/* The columns of --systems, else all but the id, the year and "name". */
static rh_status
find_systems(work *w, const char *given, const char *path, int id, int year, rh_err *err)
{
    if (given != NULL) {
        RH_TRY(rh_list_split(given, SYSTEMS_MOST, &w->names, err));
        for (unsigned j = 0; j < w->names.n; j++) {
            RH_TRY(add_system(w, w->names.name[j], path, err));
        }
    }
    for (uint32_t c = 0; given == NULL && c < rh_csv_columns(w->table); c++) {
        if ((int)c != id && (int)c != year && strcmp(rh_csv_header(w->table, c), "name") != 0) {
            RH_TRY(add_system(w, rh_csv_header(w->table, c), path, err));
        }
    }
    RH_TRY(rh_csv_finish(w->table, err));
    return w->t.systems >= 2
               ? RH_OK
               : rh_fail(err, RH_INPUT, "%s: coupling needs two subsystems or more, not %u.",
                         path, w->t.systems);
}

/* Weights as given, brought to sum 1 with a warning. */
static rh_status
read_weights(work *w, const char *given, rh_answer *answer, rh_err *err)
{
    double sum = 0;
    uint32_t n = 0;
    for (const char *at = given; at != NULL;) {
        double x;
        if (!rh_list_number(&at, &x) || x < 0 || n == w->t.systems) {
            return rh_fail(
                err, RH_INPUT,
                "--weights must be %u numbers of 0 or more between commas, not \"%s\".",
                w->t.systems, given);
        }
        sum += w->weight[n++] = x;
    }
    if (given != NULL && (n < w->t.systems || sum <= 0)) {
        return rh_fail(err, RH_INPUT, "--weights has %u numbers of sum %g for %u subsystems.",
                       n, sum, w->t.systems);
    }
    for (uint32_t j = 0; j < w->t.systems; j++) {
        w->weight[j] = given == NULL          ? 1.0 / w->t.systems
                       : fabs(sum - 1) > 1e-9 ? w->weight[j] / sum
                                              : w->weight[j];
    }
    if (given != NULL && fabs(sum - 1) > 1e-9) {
        rh_answer_warn(
            answer, rh_answer_format(answer, "权重之和为 %g，已按比例化为 1。", sum),
            rh_answer_format(answer, "The weights sum to %g; they were scaled to 1.", sum));
    }
    return RH_OK;
}

/* Min–max of one column over all rows (and so all years); `column`: scratch of 2 × rows. */
static rh_status
normalise(work *w, uint32_t j, const char *path, double *column, rh_err *err)
{
    const rh_normalise how = {.method = RH_NORMALISATION_MIN_MAX, .high = 1};
    const uint32_t n = w->t.rows;
    uint32_t bad;
    for (uint32_t i = 0; i < n; i++) {
        column[i] = w->u[(size_t)i * w->t.systems + j];
    }
    rh_normalise_bounds b = rh_normalise_look(column, n, NULL);
    if (!(b.low < b.high)) {
        return rh_fail(err, RH_INPUT, "%s: column %s: %s, so that it cannot be normalised.",
                       path, w->system[j],
                       b.count == 0 ? "all values are missing" : "all values are equal");
    }
    RH_TRY(rh_normalise_column(&how, column, n, NULL, 1, column + n, &bad, err));
    for (uint32_t i = 0; i < n; i++) {
        w->u[(size_t)i * w->t.systems + j] = column[n + i];
    }
    return RH_OK;
}

static rh_status
read_scores(work *w, bool scale, const char *path, rh_answer *answer, rh_err *err)
{
    const uint32_t rows = w->t.rows = rh_csv_rows(w->table);
    RH_NEW(w->u, (size_t)rows * w->t.systems + 1, err);
    for (uint32_t i = 0; i < rows; i++) {
        for (uint32_t j = 0; j < w->t.systems; j++) {
            double x = rh_csv_number(w->table, i, w->column[j]);
            w->u[(size_t)i * w->t.systems + j] = x;
            if (!scale && (x < 0 || x > 1)) {
                rh_csv_problem(w->table, i, w->column[j],
                               "a score must lie between 0 and 1, not %g (--normalise scales "
                               "every column)",
                               x);
            }
        }
    }
    RH_TRY(rh_csv_finish(w->table, err));
    if (scale) {
        double *column;
        rh_status status = RH_OK;
        RH_NEW(column, 2 * (size_t)rows + 1, err);
        for (uint32_t j = 0; j < w->t.systems && status == RH_OK; j++) {
            status = normalise(w, j, path, column, err);
        }
        rh_free(column);
        RH_TRY(status);
        rh_answer_note(answer, "各列按全部行（各年）的最小、最大值归一到 0–1。",
                       "Every column was scaled to 0–1 by its least and largest value over all "
                       "rows and years.");
    }
    return RH_OK;
}

/* Ids, alone or with the year, stand once. */
static rh_status
read_ids(work *w, int id, int year, rh_err *err)
{
    if (year >= 0) {
        RH_TRY(rh_table_numbers_all(w->table, rh_csv_header(w->table, (uint32_t)year), &w->year,
                                    err));
        RH_TRY(rh_csv_finish(w->table, err)); /* broken years would look like repeated ones */
    }
    RH_TRY(rh_table_ids_by_year(w->table, rh_csv_header(w->table, (uint32_t)id), year, &w->id,
                                err));
    return rh_csv_finish(w->table, err);
}

/* A ladder from a table with columns from, zh, en; with a column set: the rows of the set. */
static rh_status
read_grades(work *w, const char *file, const char *set, rh_err *err)
{
    RH_TRY(file != NULL ? rh_table_open(file, NULL, &w->grade_table, err)
                        : rh_prior_open(NULL, "coupling_grades.csv", &w->grade_table, err));
    rh_csv *g = w->grade_table;
    int of = rh_csv_find(g, "set"), from = rh_csv_need(g, "from"), zh = rh_csv_need(g, "zh"),
        en = rh_csv_need(g, "en"), source = rh_csv_find(g, "source");
    uint32_t n = 0;
    for (uint32_t r = 0; r < rh_csv_rows(g); r++) {
        if (of >= 0 && set != NULL && strcmp(rh_csv_text(g, r, of), set) != 0) {
            continue;
        }
        if (n == GRADES_MOST) {
            rh_csv_problem(g, r, from, "there are more than %d grades", GRADES_MOST);
            break;
        }
        w->from[n] = rh_csv_number(g, r, from);
        if (isnan(w->from[n]) || (n > 0 && w->from[n] <= w->from[n - 1])) {
            rh_csv_problem(g, r, from, "grades must begin at rising numbers");
        }
        w->zh[n] = rh_csv_text(g, r, zh);
        w->en[n++] = rh_csv_text(g, r, en);
        w->t.grades.source = source >= 0 ? rh_csv_text(g, r, source) : file;
    }
    RH_TRY(rh_csv_finish(g, err));
    w->t.grades.n = n;
    w->t.grades.from = w->from;
    w->t.grades.zh = w->zh;
    w->t.grades.en = w->en;
    return n > 0 ? RH_OK
                 : rh_fail(err, RH_INPUT, "There are no grades of the set \"%s\" in %s.",
                           set != NULL ? set : "", file != NULL ? file : "coupling_grades.csv");
}

static rh_status
fill(const rh_cli *cli, const rh_args *args, work *w, rh_answer *answer, rh_err *err)
{
    const rh_verb *verb = &rh_verb_coupling;
    const char *path = args->file[0], *id_name = rh_given(verb, args, "id"),
               *year_name = rh_given(verb, args, "year"),
               *grades = rh_given(verb, args, "grades"),
               *set = rh_given(verb, args, "grade-set");
    w->t.margin = 0.1;
    w->t.power = (double)NAN;
    RH_TRY(rh_given_number(cli, verb, args, "lag", 0, 1, &w->t.margin));
    RH_TRY(rh_given_number(cli, verb, args, "power", 1e-6, 100, &w->t.power));
    RH_TRY(rh_table_open(path, rh_given(verb, args, "sheet"), &w->table, err));
    int id = id_name != NULL ? rh_csv_need(w->table, id_name) : 0,
        year = year_name != NULL ? rh_csv_need(w->table, year_name)
                                 : rh_csv_find(w->table, "year");
    RH_TRY(rh_csv_finish(w->table, err));
    if (rh_csv_rows(w->table) == 0) {
        return rh_fail(err, RH_INPUT, "%s: the table has no rows.", path);
    }
    RH_TRY(find_systems(w, rh_given(verb, args, "systems"), path, id, year, err));
    RH_TRY(read_weights(w, rh_given(verb, args, "weights"), answer, err));
    RH_TRY(read_ids(w, id, year, err));
    RH_TRY(read_scores(w, rh_given(verb, args, "normalise") != NULL, path, answer, err));
    RH_TRY(read_grades(w, grades, set != NULL ? set : grades == NULL ? "ten" : NULL, err));
    w->t.id = (const char *const *)w->id;
    w->t.year = w->year;
    w->t.system = w->system;
    w->t.u = w->u;
    w->t.w = w->weight;
    return rh_coupling_answer(answer, &w->t, err);
}

static rh_status
coupling(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_answer *answer;
    work *w;
    RH_NEW(w, 1, err);
    rh_status status = rh_answer_new(&answer, err);
    if (status == RH_OK) {
        status = fill(cli, args, w, answer, err);
        status = rh_give_answer(cli, &rh_verb_coupling, args, answer, status, err);
    }
    rh_csv_free(w->table);
    rh_csv_free(w->grade_table);
    rh_list_release(&w->names);
    rh_free(w->id);
    rh_free(w->year);
    rh_free(w->u);
    rh_free(w);
    return status;
}

const rh_verb rh_verb_coupling = {
    .name = "coupling",
    .files = "TABLE",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_COUPLING,
    .example =
        "ronghe coupling scores.csv --systems population,land,economy --weights 0.4,0.3,0.3",
    .options = options,
    .act = coupling,
};
