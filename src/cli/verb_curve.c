/* ronghe curve fit, align, ranksize, decompose: urbanisation over time. The work is evaluate's; here are tables and options. */
#include "cli/evaluate.h"

#include "core/mem.h"
#include "evaluate/curve_answer.h"
#include "io/layer.h"
#include "io/run_file.h"
#include "io/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { YEAR_FIRST = 1000, YEAR_LAST = 3000 };

#define YEAR_OPTION                                                                            \
    {                                                                                          \
        "year", 0, "COLUMN", false, RH_MSG_HELP_CURVE_YEAR                                     \
    }
#define SHEET_OPTION                                                                           \
    {                                                                                          \
        "sheet", 0, "PART", false, RH_MSG_HELP_SHEET                                           \
    }
#define PATH_OPTIONS                                                                           \
    {"entity", 0, "COLUMN", false, RH_MSG_HELP_CURVE_ENTITY}, YEAR_OPTION,                     \
        {"share", 0, "COLUMN", false, RH_MSG_HELP_CURVE_SHARE},                                \
        {"urban", 0, "COLUMN", false, RH_MSG_HELP_CURVE_URBAN},                                \
        {"rural", 0, "COLUMN", false, RH_MSG_HELP_CURVE_RURAL},                                \
        {"from", 0, "YEAR", false, RH_MSG_HELP_CURVE_FROM},                                    \
        {"until", 0, "YEAR", false, RH_MSG_HELP_CURVE_UNTIL}, SHEET_OPTION

static const char *const places[] = {"place", "entity", "Entity", "name", "地区", NULL};
static const char *const years[] = {"year", "Year", "年份", "年", NULL};
static const char *const shares[] = {"share", "urban_share", "城镇化率", NULL};
static const char *const sizes[] = {"size", "population", "人口", NULL};

/* The column that was asked for by an option, else the first usual one that is there, else the first. */
static const char *
column_of(const rh_csv *table, const char *given, const char *const *usual)
{
    return given != NULL ? given : rh_csv_first(table, usual);
}

static double
year_of(rh_csv *table, uint32_t row, int column)
{
    double year = rh_csv_number(table, row, column);
    bool good = year >= YEAR_FIRST && year <= YEAR_LAST && year == floor(year);
    if (column >= 0 && !good) {
        rh_csv_problem(table, row, column, "\"%s\" is not a year from %d to %d",
                       rh_csv_text(table, row, column), YEAR_FIRST, YEAR_LAST);
    }
    return good ? year : YEAR_FIRST;
}

/* The table of a verb; of a run, when no --sheet chooses, the part `usual` (all years of a level). */
static rh_status
open_years(const rh_verb *verb, const rh_args *args, const char *usual, rh_csv **out,
           rh_err *err)
{
    const char *part = rh_given(verb, args, "sheet"), *path = args->file[0];
    return rh_table_open(path, part == NULL && rh_layer_is_run(path) ? usual : part, out, err);
}

/* ---- paths ---- */

/* What a table of paths was asked for. */
typedef struct path_query {
    const rh_verb *verb;
    const rh_args *args;
    const char *usual; /* part of a run */
    int64_t from, until;
    bool fractions; /* found: shares were given as fractions */
} path_query;

typedef struct path_rows {
    uint32_t n, *place, n_places;
    const char **name;
    double *year, *share;
} path_rows;

static void
release_rows(path_rows *r)
{
    rh_free(r->place);
    rh_free(r->year);
    rh_free(r->share);
    rh_free(r->name);
    *r = (path_rows){0};
}

static rh_status
read_shares(rh_csv *table, const path_query *q, double *share)
{
    const char *urban = rh_given(q->verb, q->args, "urban"),
               *rural = rh_given(q->verb, q->args, "rural");
    uint32_t n = rh_csv_rows(table);
    if (urban == NULL && rural == NULL) {
        int c =
            rh_csv_need(table, column_of(table, rh_given(q->verb, q->args, "share"), shares));
        for (uint32_t i = 0; i < n && c >= 0; i++) {
            share[i] = rh_csv_number(table, i, c);
            if (share[i] < 0 || share[i] > 100) {
                rh_csv_problem(table, i, c, "a share must lie between 0 and 100, not %g",
                               share[i]);
            }
        }
        return RH_OK;
    }
    int u = rh_csv_need(table, urban != NULL ? urban : "urban"),
        r = rh_csv_need(table, rural != NULL ? rural : "rural");
    for (uint32_t i = 0; i < n && u >= 0 && r >= 0; i++) {
        double x = rh_csv_number(table, i, u), y = rh_csv_number(table, i, r);
        share[i] = 100 * x / (x + y);
        if (x < 0 || y < 0) {
            rh_csv_problem(table, i, x < 0 ? u : r, "people cannot be fewer than 0");
        }
    }
    return RH_OK;
}

static rh_status
read_rows(rh_csv *table, path_query *q, path_rows *r, rh_err *err)
{
    const char *entity = column_of(table, rh_given(q->verb, q->args, "entity"), places);
    r->n = rh_csv_rows(table);
    if (rh_given(q->verb, q->args, "entity") != NULL || rh_csv_find(table, entity) >= 0) {
        RH_TRY(rh_table_groups(table, entity, &r->place, &r->name, &r->n_places, err));
    } else { /* one place */
        RH_NEW(r->place, r->n + (size_t)1, err);
        RH_NEW(r->name, 1, err);
        r->name[0] = "–";
        r->n_places = 1;
    }
    RH_NEW(r->year, r->n + (size_t)1, err);
    RH_NEW(r->share, r->n + (size_t)1, err);
    int year = rh_csv_need(table, column_of(table, rh_given(q->verb, q->args, "year"), years));
    RH_TRY(read_shares(table, q, r->share));
    bool shares_given = rh_given(q->verb, q->args, "urban") == NULL;
    double largest = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        r->year[i] = year_of(table, i, year);
        largest = r->share[i] > largest ? r->share[i] : largest;
    }
    RH_TRY(rh_csv_finish(table, err));
    q->fractions = shares_given && largest <= 1;
    for (uint32_t i = 0; i < r->n && q->fractions; i++) {
        r->share[i] *= 100;
    }
    return RH_OK;
}

/* Rows into one line of years for each place; a second row of a year is a problem. */
static rh_status
arrange(rh_csv *table, const path_query *q, path_rows *r, rh_paths *p, rh_err *err)
{
    double first = (double)INFINITY, last = -(double)INFINITY;
    for (uint32_t i = 0; i < r->n; i++) {
        if (r->year[i] >= (double)q->from && r->year[i] <= (double)q->until) {
            first = fmin(first, r->year[i]);
            last = fmax(last, r->year[i]);
        }
    }
    if (!(first <= last)) {
        return rh_fail(err, RH_INPUT, "%s: no row has a year from %lld to %lld.",
                       q->args->file[0], (long long)q->from, (long long)q->until);
    }
    p->first = (int)first;
    p->n_years = (uint32_t)(last - first) + 1;
    p->n_places = r->n_places;
    p->name = r->name;
    const size_t cells = (size_t)p->n_places * p->n_years;
    uint32_t *line;
    RH_NEW(p->share, cells, err);
    RH_NEW(line, cells, err);
    for (size_t i = 0; i < cells; i++) {
        p->share[i] = (double)NAN;
    }
    for (uint32_t i = 0; i < r->n; i++) {
        if (r->year[i] < first || r->year[i] > last) {
            continue;
        }
        size_t cell = (size_t)r->place[i] * p->n_years + (size_t)(r->year[i] - first);
        if (line[cell] != 0) {
            rh_csv_problem(table, i, -1, "%s has the year %g already in line %u",
                           r->name[r->place[i]], r->year[i], line[cell]);
        }
        line[cell] = rh_csv_line(table, i);
        p->share[cell] = r->share[i];
    }
    rh_free(line);
    return rh_csv_finish(table, err);
}

/* Number of a place by name, or a sentence. */
static rh_status
place_of(const rh_paths *p, const char *file, const char *name, uint32_t *place, rh_err *err)
{
    for (*place = 0; *place < p->n_places; ++*place) {
        if (strcmp(p->name[*place], name) == 0) {
            return RH_OK;
        }
    }
    return rh_fail(err, RH_INPUT, "%s: no row is of \"%s\"; the first place is \"%s\".", file,
                   name, p->n_places > 0 ? p->name[0] : "");
}

static rh_status
path_years(const rh_cli *cli, path_query *q)
{
    q->from = YEAR_FIRST;
    q->until = YEAR_LAST;
    RH_TRY(rh_given_integer(cli, q->verb, q->args, "from", YEAR_FIRST, YEAR_LAST, &q->from));
    return rh_given_integer(cli, q->verb, q->args, "until", YEAR_FIRST, YEAR_LAST, &q->until);
}

/* ---- fit ---- */

static rh_status
fill_fit(const path_query *q, rh_paths *p, const void *question, rh_answer *answer, rh_err *err)
{
    const char *place = rh_given(q->verb, q->args, "place");
    rh_paths one = *p;
    if (place != NULL) {
        uint32_t i;
        RH_TRY(place_of(p, q->args->file[0], place, &i, err));
        one.n_places = 1;
        one.name = p->name + i;
        one.share = p->share + (size_t)i * p->n_years;
    }
    if (q->fractions) {
        rh_answer_note(answer, "份额不超过 1，按小数读，乘以 100。",
                       "No share is above 1: they were read as fractions, times 100.");
    }
    return rh_curve_fit(answer, &one, question, err);
}

/* Read the paths of a file and hand them to `fill`. */
typedef rh_status fill_paths(const path_query *q, rh_paths *p, const void *question,
                             rh_answer *answer, rh_err *err);

static rh_status
with_paths(path_query *q, fill_paths *fill, const void *question, rh_answer *answer,
           rh_err *err)
{
    rh_csv *table;
    path_rows rows = {0};
    rh_paths p = {0};
    RH_TRY(open_years(q->verb, q->args, q->usual, &table, err));
    rh_status status = read_rows(table, q, &rows, err);
    if (status == RH_OK) {
        status = arrange(table, q, &rows, &p, err);
    }
    if (status == RH_OK) {
        status = fill(q, &p, question, answer, err);
    }
    rh_free(p.share);
    release_rows(&rows);
    rh_csv_free(table);
    return status;
}

static rh_status
fit(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    path_query q = {.verb = &rh_verb_curve_fit, .args = args, .usual = "nation:*"};
    rh_curve_question question = {0};
    int64_t to = 0;
    RH_TRY(path_years(cli, &q));
    RH_TRY(rh_given_number(cli, q.verb, args, "limit", 1, 100, &question.limit));
    RH_TRY(rh_given_integer(cli, q.verb, args, "to", YEAR_FIRST, YEAR_LAST, &to));
    question.from = (int)q.from;
    question.until = (int)q.until;
    question.to = (int)to;
    rh_answer *answer;
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = with_paths(&q, fill_fit, &question, answer, err);
    return rh_give_answer(cli, q.verb, args, answer, status, err);
}

static const rh_option fit_options[] = {
    PATH_OPTIONS,
    {"place", 'p', "NAME", false, RH_MSG_HELP_CURVE_PLACE},
    {"limit", 0, "K", false, RH_MSG_HELP_CURVE_LIMIT},
    {"to", 0, "YEAR", false, RH_MSG_HELP_CURVE_TO},
    RH_ANSWER_OPTIONS,
    {0},
};

const rh_verb rh_verb_curve_fit = {
    .name = "curve fit",
    .files = "SHARES",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_CURVE_FIT,
    .example = "ronghe curve fit examples/urban-share-china.csv --to 2030",
    .options = fit_options,
    .act = fit,
};

/* ---- align ---- */

static rh_status
fill_align(const path_query *q, rh_paths *p, const void *overlap, rh_answer *answer,
           rh_err *err)
{
    uint32_t reference;
    RH_TRY(place_of(p, q->args->file[0], rh_given(q->verb, q->args, "reference"), &reference,
                    err));
    return rh_curve_align(answer, p, reference, *(const double *)overlap, err);
}

static rh_status
align(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    path_query q = {.verb = &rh_verb_curve_align, .args = args, .usual = "province:*"};
    double overlap = 20;
    RH_TRY(path_years(cli, &q));
    RH_TRY(rh_given_number(cli, q.verb, args, "overlap", 2, 1000, &overlap));
    rh_answer *answer;
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = with_paths(&q, fill_align, &overlap, answer, err);
    return rh_give_answer(cli, q.verb, args, answer, status, err);
}

static const rh_option align_options[] = {
    PATH_OPTIONS,
    {"reference", 'r', "NAME", true, RH_MSG_HELP_CURVE_REFERENCE},
    {"overlap", 0, "YEARS", false, RH_MSG_HELP_CURVE_OVERLAP},
    RH_ANSWER_OPTIONS,
    {0},
};

const rh_verb rh_verb_curve_align = {
    .name = "curve align",
    .files = "SHARES",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_CURVE_ALIGN,
    .example = "ronghe curve align examples/urban-shares-made-up.csv --reference 甲国",
    .options = align_options,
    .act = align,
};

/* ---- ranksize ---- */

static rh_status
fill_rank_size(const rh_args *args, double least, int64_t top, rh_answer *answer, rh_err *err)
{
    const rh_verb *verb = &rh_verb_curve_ranksize;
    rh_csv *table;
    double *year = NULL, *size = NULL;
    RH_TRY(open_years(verb, args, ":*", &table, err));
    uint32_t n = rh_csv_rows(table);
    rh_status status = rh_table_numbers(
        table, column_of(table, rh_given(verb, args, "size"), sizes), &size, err);
    int column = rh_csv_need(table, column_of(table, rh_given(verb, args, "year"), years));
    year = rh_alloc(n + (size_t)1, sizeof *year);
    for (uint32_t i = 0; i < n && year != NULL; i++) {
        year[i] = year_of(table, i, column);
    }
    status = status == RH_OK && year == NULL
                 ? rh_fail(err, RH_MEMORY, "Not enough memory for %u rows.", n)
                 : status;
    status = status == RH_OK ? rh_csv_finish(table, err) : status;
    if (status == RH_OK) {
        status = rh_curve_rank_size(answer, year, size, n, least, (uint32_t)top, err);
    }
    rh_free(size);
    rh_free(year);
    rh_csv_free(table);
    return status;
}

static rh_status
rank_size(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    const rh_verb *verb = &rh_verb_curve_ranksize;
    double least = 0;
    int64_t top = 0;
    RH_TRY(rh_given_number(cli, verb, args, "least", 0, 1e300, &least));
    RH_TRY(rh_given_integer(cli, verb, args, "largest", 3, 100000000, &top));
    rh_answer *answer;
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = fill_rank_size(args, least, top, answer, err);
    return rh_give_answer(cli, verb, args, answer, status, err);
}

static const rh_option rank_size_options[] = {
    YEAR_OPTION,
    {"size", 0, "COLUMN", false, RH_MSG_HELP_CURVE_SIZE},
    {"least", 0, "SIZE", false, RH_MSG_HELP_CURVE_LEAST},
    {"largest", 0, "N", false, RH_MSG_HELP_CURVE_LARGEST},
    SHEET_OPTION,
    RH_ANSWER_OPTIONS,
    {0},
};

const rh_verb rh_verb_curve_ranksize = {
    .name = "curve ranksize",
    .files = "SIZES",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_CURVE_RANKSIZE,
    .example = "ronghe curve ranksize cities.csv --least 100000",
    .options = rank_size_options,
    .act = rank_size,
};

/* ---- decompose ---- */

typedef struct periods {
    double *year; /* of the end of each period */
    rh_urban_books *books;
    uint32_t n;
} periods;

static rh_status
make_periods(periods *p, uint32_t n, rh_err *err)
{
    RH_NEW(p->year, n + (size_t)1, err);
    RH_NEW(p->books, n + (size_t)1, err);
    return RH_OK;
}

/* A cell of a column that may be absent (NAN then). */
static double
cell(rh_csv *table, uint32_t row, int column)
{
    return column >= 0 ? rh_csv_number(table, row, column) : (double)NAN;
}

static double
known_cell(rh_csv *table, uint32_t row, int column)
{
    return column >= 0 ? rh_csv_number_needed(table, row, column) : (double)NAN;
}

static double
people(rh_csv *table, uint32_t row, int column)
{
    double x = known_cell(table, row, column);
    if (x < 0) {
        rh_csv_problem(table, row, column, "people cannot be fewer than 0, as %g", x);
    }
    return x;
}

/* Rows in rising years; the flows of a row are those since the row before. */
static rh_status
table_periods(rh_csv *table, const char *year_column, periods *p, rh_err *err)
{
    int year = rh_csv_need(table, column_of(table, year_column, years)),
        urban = rh_csv_need(table, "urban"), rural = rh_csv_need(table, "rural"),
        natural_urban = rh_csv_need(table, "natural_urban"),
        natural_rural = rh_csv_need(table, "natural_rural"),
        migration_urban = rh_csv_find(table, "migration_urban"),
        migration_rural = rh_csv_find(table, "migration_rural"),
        reclassified = rh_csv_find(table, "reclassified");
    double u0 = 0, p0 = 0, before = 0;
    RH_TRY(rh_csv_finish(table, err));
    RH_TRY(make_periods(p, rh_csv_rows(table), err));
    for (uint32_t i = 0; i < rh_csv_rows(table); i++) {
        double now = year_of(table, i, year), u = people(table, i, urban),
               all = u + people(table, i, rural);
        if (all == 0) {
            rh_csv_problem(table, i, urban, "nobody lives there: a share needs people");
        }
        if (i > 0 && now <= before) {
            rh_csv_problem(table, i, year, "%g does not come after %g", now, before);
        }
        if (i > 0) {
            p->year[p->n] = now;
            p->books[p->n++] = (rh_urban_books){
                .urban_before = u0,
                .all_before = p0,
                .urban = u,
                .all = all,
                .natural_urban = known_cell(table, i, natural_urban),
                .natural_rural = known_cell(table, i, natural_rural),
                .migration_urban = cell(table, i, migration_urban),
                .migration_rural = cell(table, i, migration_rural),
                .reclassified = cell(table, i, reclassified),
            };
        }
        u0 = u;
        p0 = all;
        before = now;
    }
    return rh_csv_finish(table, err);
}

/* One year of a run: the part "LEVEL:YEAR:PART" and the row of a place (NULL: the only one). */
static rh_status
open_year(const char *path, const char *level, int year, const char *part, const char *code,
          rh_csv **table, uint32_t *row, rh_err *err)
{
    char which[120];
    snprintf(which, sizeof which, "%s:%d:%s", level, year, part);
    RH_TRY(rh_table_open(path, which, table, err));
    int column = rh_csv_need(*table, "code");
    for (*row = 0; *row < rh_csv_rows(*table); ++*row) {
        if (code == NULL || strcmp(rh_csv_text(*table, *row, column), code) == 0) {
            return RH_OK;
        }
    }
    rh_csv_free(*table);
    *table = NULL;
    return rh_fail(err, RH_INPUT, "%s: %s has no place %s.", path, which,
                   code != NULL ? code : "");
}

/* The years of a run that were not chosen: its first and last. */
static rh_status
span_of_run(const char *path, int *from, int *until, rh_err *err)
{
    rh_run *run;
    RH_TRY(rh_run_open(path, &run, err));
    rh_status status =
        run->n_years >= 2
            ? RH_OK
            : rh_fail(err, RH_INPUT, "%s: a change needs two years or more; it holds %d.", path,
                      run->n_years);
    *from = run->n_years > 0 ? run->year[0] : 0;
    *until = run->n_years > 0 ? run->year[run->n_years - 1] : 0;
    rh_run_free(run);
    return status;
}

/* State and flows of one year of a run. The urban part has the flows of the urban residents. */
static rh_status
run_year(const char *path, const char *level, int year, const char *code, rh_urban_books *books,
         rh_err *err)
{
    rh_csv *all, *urban;
    uint32_t row, urban_row;
    RH_TRY(open_year(path, level, year, "all", code, &all, &row, err));
    rh_status status = open_year(path, level, year, "urban", code, &urban, &urban_row, err);
    if (status != RH_OK) {
        rh_csv_free(all);
        return status;
    }
    const double people = cell(all, row, rh_csv_need(all, "population")),
                 in_towns = cell(all, row, rh_csv_need(all, "urban_population")),
                 natural = cell(all, row, rh_csv_need(all, "natural_change")),
                 migration = cell(all, row, rh_csv_need(all, "net_migration")),
                 redrawn = cell(all, row, rh_csv_need(all, "reclassified")),
                 born = cell(urban, urban_row, rh_csv_need(urban, "births")),
                 died = cell(urban, urban_row, rh_csv_need(urban, "deaths")),
                 moved = cell(urban, urban_row, rh_csv_need(urban, "net_migration"));
    *books = (rh_urban_books){
        .urban_before = books->urban,
        .all_before = books->all,
        .urban = in_towns,
        .all = people,
        .natural_urban = born - died,
        .natural_rural = natural - (born - died),
        .migration_urban = moved,
        .migration_rural = migration - moved,
        .reclassified = redrawn,
    };
    status = rh_csv_finish(all, err);
    status = status == RH_OK ? rh_csv_finish(urban, err) : status;
    rh_csv_free(urban);
    rh_csv_free(all);
    return status;
}

static rh_status
run_periods(const rh_args *args, int from, int until, periods *p, rh_err *err)
{
    const rh_verb *verb = &rh_verb_curve_decompose;
    const char *level = rh_given(verb, args, "level");
    rh_urban_books books = {0};
    RH_TRY(make_periods(p, (uint32_t)(until - from), err));
    for (int year = from; year <= until; year++) {
        RH_TRY(run_year(args->file[0], level != NULL ? level : "nation", year,
                        rh_given(verb, args, "place"), &books, err));
        if (year > from) {
            p->year[p->n] = year;
            p->books[p->n++] = books;
        }
    }
    return RH_OK;
}

/* Options that have no meaning for this file are refused, so that nobody believes in them. */
static rh_status
check_decompose(const rh_args *args, bool is_run, rh_err *err)
{
    static const char *const of_runs[] = {"years", "level", "place"}, *const of_tables[] = {
                                                                          "sheet", "year"};
    const rh_verb *verb = &rh_verb_curve_decompose;
    const char *level = rh_given(verb, args, "level");
    for (int i = 0; i < 3 && !is_run; i++) {
        if (rh_given(verb, args, of_runs[i]) != NULL) {
            return rh_fail(err, RH_INPUT, "%s is no run: --%s is for runs.", args->file[0],
                           of_runs[i]);
        }
    }
    for (int i = 0; i < 2 && is_run; i++) {
        if (rh_given(verb, args, of_tables[i]) != NULL) {
            return rh_fail(err, RH_INPUT,
                           "%s is a run: --years, --level and --place choose in it, not --%s.",
                           args->file[0], of_tables[i]);
        }
    }
    return is_run && level != NULL && strcmp(level, "nation") != 0 &&
                   rh_given(verb, args, "place") == NULL
               ? rh_fail(err, RH_INPUT, "--level %s: give --place with the code of one.", level)
               : RH_OK;
}

/* "2010-2020" */
static bool
read_span(const char *text, int *from, int *until)
{
    char *end;
    long first = strtol(text, &end, 10), last = *end == '-' ? strtol(end + 1, &end, 10) : 0;
    *from = (int)first;
    *until = (int)last;
    return *end == '\0' && first >= YEAR_FIRST && last > first && last <= YEAR_LAST;
}

static rh_status
decompose(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    const rh_verb *verb = &rh_verb_curve_decompose;
    const char *span = rh_given(verb, args, "years");
    int from = 0, until = 0;
    if (span != NULL && !read_span(span, &from, &until)) {
        return rh_usage(cli, verb, RH_MSG_CURVE_BAD_YEARS, span, NULL);
    }
    periods p = {0};
    rh_csv *table = NULL;
    rh_answer *answer;
    const bool is_run = rh_layer_is_run(args->file[0]);
    RH_TRY(check_decompose(args, is_run, err));
    if (is_run && span == NULL) {
        RH_TRY(span_of_run(args->file[0], &from, &until, err));
    }
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = RH_OK;
    if (is_run) {
        status = run_periods(args, from, until, &p, err);
    } else {
        status = rh_table_open(args->file[0], rh_given(verb, args, "sheet"), &table, err);
        if (status == RH_OK) {
            status = table_periods(table, rh_given(verb, args, "year"), &p, err);
        }
    }
    if (status == RH_OK) {
        status = rh_curve_decompose(answer, p.year, p.books, p.n, err);
    }
    rh_free(p.year);
    rh_free(p.books);
    rh_csv_free(table);
    return rh_give_answer(cli, verb, args, answer, status, err);
}

static const rh_option decompose_options[] = {
    YEAR_OPTION,
    {"years", 0, "A-B", false, RH_MSG_HELP_CURVE_YEARS},
    {"level", 'l', "LEVEL", false, RH_MSG_HELP_LEVEL},
    {"place", 'p', "CODE", false, RH_MSG_HELP_CURVE_RUN_PLACE},
    SHEET_OPTION,
    RH_ANSWER_OPTIONS,
    {0},
};

const rh_verb rh_verb_curve_decompose = {
    .name = "curve decompose",
    .files = "BOOKS|RUN.gpkg",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_CURVE_DECOMPOSE,
    .example = "ronghe curve decompose run.gpkg --years 2010-2020 --level province --place 41",
    .options = decompose_options,
    .act = decompose,
};
