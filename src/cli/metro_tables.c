/* The tables of `ronghe metro`: see metro_tables.h. */
#include "cli/metro_tables.h"

#include "cli/list.h"
#include "core/mem.h"
#include "io/layer.h"
#include "io/run_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- units ---- */

typedef struct named {
    const char *text;
    uint32_t index;
} named;

static int
by_bytes(const void *a, const void *b)
{
    return strcmp(((const named *)a)->text, ((const named *)b)->text);
}

/* Whole numbers by value: fewer digits first (no sign, no leading zeros: else ids are texts). */
static int
by_value(const void *a, const void *b)
{
    const char *x = ((const named *)a)->text, *y = ((const named *)b)->text;
    size_t m = strlen(x), n = strlen(y);
    return m != n ? (m < n ? -1 : 1) : strcmp(x, y);
}

static bool
is_whole(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && text[digits] == '\0' && (text[0] != '0' || digits == 1);
}

/* Put ids (n entries, repeats allowed) in the order of U1 and keep each once. */
static uint32_t
order_ids(uint32_t n, named *list)
{
    bool whole = true;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        whole = whole && is_whole(list[i].text);
    }
    qsort(list, n, sizeof *list, whole ? by_value : by_bytes);
    for (uint32_t i = 0; i < n; i++) {
        if (kept == 0 || strcmp(list[kept - 1].text, list[i].text) != 0) {
            list[kept++] = list[i];
        }
    }
    return kept;
}

/* Units from an ordered list; `index` of an entry is its row in the table of units. */
static rh_status
set_units(rh_metro_tables *t, uint32_t n, const named *ordered, rh_err *err)
{
    const char **id, **name;
    t->unit.n = n;
    RH_NEW(id, (size_t)n + 1, err);
    t->unit.id = id;
    RH_NEW(name, (size_t)n + 1, err);
    t->unit.name = name;
    RH_NEW(t->unit_row, (size_t)n + 1, err);
    for (uint32_t i = 0; i < n; i++) {
        id[i] = ordered[i].text;
        name[i] = "";
        t->unit_row[i] = ordered[i].index;
    }
    return rh_names_of(id, n, &t->names, err);
}

static uint32_t
find_part(const rh_metro_tables *t, const char *id, size_t size)
{
    return t->names != NULL ? rh_names_find_part(t->names, id, size) : RH_NO_AREA;
}

uint32_t
rh_metro_find(const rh_metro_tables *t, const char *id)
{
    return find_part(t, id, strlen(id));
}

static rh_status
units_of_table(rh_metro_tables *t, rh_err *err)
{
    const char **id;
    named *list;
    uint32_t n = rh_csv_rows(t->unit_table);
    RH_TRY(rh_table_ids(t->unit_table, NULL, &id, err));
    rh_status status = rh_csv_finish(t->unit_table, err);
    list = rh_alloc((size_t)n + 1, sizeof *list);
    if (status == RH_OK && list == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for %u units.", n);
    }
    if (status == RH_OK) {
        for (uint32_t i = 0; i < n; i++) {
            list[i] = (named){id[i], i};
        }
        status = set_units(t, order_ids(n, list), list, err);
    }
    rh_free(id);
    rh_free(list);
    int name = rh_csv_find(t->unit_table, "name");
    for (uint32_t i = 0; i < t->unit.n && name > 0 && status == RH_OK; i++) {
        t->unit.name[i] = rh_csv_text(t->unit_table, t->unit_row[i], name);
        t->unit.has_names = true;
    }
    return status;
}

static rh_status
units_of_flows(rh_metro_tables *t, const int column[3], rh_err *err)
{
    named *list;
    uint32_t rows = rh_csv_rows(t->flow_table), n = 0;
    RH_NEW(list, (size_t)2 * rows + 1, err);
    for (uint32_t r = 0; r < rows; r++) {
        for (int end = 0; end < 2; end++) {
            const char *id = rh_csv_text(t->flow_table, r, column[end]);
            if (id[0] != '\0') { /* a missing one is said when the rows are read */
                list[n++] = (named){id, 0};
            }
        }
    }
    rh_status status = set_units(t, order_ids(n, list), list, err);
    rh_free(list);
    return status;
}

/* ---- three columns: from, to, number ---- */

/* Columns named in `given` ("a,b,c"), else `usual`, else the first three. */
static rh_status
three_columns(rh_csv *table, const char *given, const char *const usual[3], int column[3],
              rh_err *err)
{
    if (given != NULL) {
        rh_list list;
        RH_TRY(rh_list_split(given, RH_LIST_MOST, &list, err));
        if (list.n != 3) {
            rh_list_release(&list);
            return rh_fail(err, RH_INPUT, "--columns takes three names, not \"%s\".", given);
        }
        for (int k = 0; k < 3; k++) {
            column[k] = rh_csv_need(table, list.name[k]);
        }
        rh_list_release(&list);
        return rh_csv_finish(table, err);
    }
    bool all = true;
    for (int k = 0; k < 3; k++) {
        column[k] = rh_csv_find(table, usual[k]);
        all = all && column[k] >= 0;
    }
    if (!all && rh_csv_columns(table) < 3) {
        for (int k = 0; k < 3; k++) {
            column[k] = rh_csv_need(table, usual[k]);
        }
        return rh_csv_finish(table, err);
    }
    for (int k = 0; k < 3 && !all; k++) {
        column[k] = k;
    }
    return RH_OK;
}

typedef struct triples {
    uint32_t n, *from, *to;
    double *number;
} triples;

static void
release_triples(triples *p)
{
    rh_free(p->from);
    rh_free(p->to);
    rh_free(p->number);
}

static rh_status
new_triples(uint32_t rows, triples *p, rh_err *err)
{
    RH_NEW(p->from, (size_t)rows + 1, err);
    RH_NEW(p->to, (size_t)rows + 1, err);
    RH_NEW(p->number, (size_t)rows + 1, err);
    return RH_OK;
}

static rh_status
read_triples(rh_csv *table, const int column[3], const rh_metro_tables *t, triples *p,
             rh_err *err)
{
    RH_TRY(new_triples(rh_csv_rows(table), p, err));
    for (uint32_t r = 0; r < rh_csv_rows(table); r++) {
        uint32_t end[2];
        for (int k = 0; k < 2; k++) {
            const char *id = rh_csv_text(table, r, column[k]);
            end[k] = rh_metro_find(t, id);
            if (id[0] == '\0') {
                rh_csv_problem(table, r, column[k], "a name is missing");
            } else if (end[k] == RH_NO_AREA) {
                rh_csv_problem(table, r, column[k], "there is no unit \"%s\"", id);
            }
        }
        double x = rh_csv_number_needed(table, r, column[2]);
        if (x < 0) {
            rh_csv_problem(table, r, column[2], "%g is below 0", x);
        }
        p->from[p->n] = end[0];
        p->to[p->n] = end[1];
        p->number[p->n++] = x;
    }
    return rh_csv_finish(table, err);
}

/* ---- flows ---- */

static rh_status
flows_of_table(rh_metro_tables *t, const int column[3], rh_answer *answer, rh_err *err)
{
    triples p = {0};
    rh_status status = read_triples(t->flow_table, column, t, &p, err);
    if (status == RH_OK) {
        status = rh_commuting_build(t->unit.n, p.n, p.from, p.to, p.number, &t->flows, err);
    }
    uint32_t zeros = 0, inside = 0;
    for (uint32_t k = 0; k < p.n && status == RH_OK; k++) {
        zeros += p.number[k] <= 0;
        inside += p.number[k] > 0 && p.from[k] == p.to[k];
    }
    release_triples(&p);
    if (status != RH_OK) {
        return status;
    }
    uint32_t used = t->flows->out.first[t->unit.n] + inside + zeros;
    if (used < p.n) {
        rh_answer_note(
            answer, rh_answer_format(answer, "%u 行重复同一起讫点，已相加。", p.n - used),
            rh_answer_format(answer, "%u rows repeat a pair of units; they were added up.",
                             p.n - used));
    }
    if (inside == 0 && t->flows->out.first[t->unit.n] > 0) {
        rh_answer_warn(
            answer, "表中没有单元内部的流（起点等于讫点）：自足性都为 0。",
            "The table has no flows inside units (from = to): every self-containment is 0.");
    }
    return RH_OK;
}

/* Flows of a run: only pairs with persons. */
static rh_status
sparse_run_flows(rh_metro_tables *t, const double *persons, rh_err *err)
{
    triples p = {0};
    size_t n = t->unit.n, rows = 0;
    for (size_t k = 0; k < n * n; k++) {
        rows += persons[k] > 0;
    }
    if (rows > UINT32_MAX) {
        return rh_fail(err, RH_RANGE, "%s: %zu flows are too many.", t->run->path, rows);
    }
    rh_status status = new_triples((uint32_t)rows, &p, err);
    for (size_t k = 0; k < n * n && status == RH_OK; k++) {
        if (persons[k] > 0) {
            p.from[p.n] = (uint32_t)(k / n);
            p.to[p.n] = (uint32_t)(k % n);
            p.number[p.n++] = persons[k];
        }
    }
    if (status == RH_OK) {
        status = rh_commuting_build((uint32_t)n, p.n, p.from, p.to, p.number, &t->flows, err);
    }
    release_triples(&p);
    return status;
}

static rh_status
units_of_run(rh_metro_tables *t, rh_err *err)
{
    enum { ID_SIZE = 12 };
    const uint32_t n = t->run->n_places[RH_COUNTY];
    named *list;
    RH_NEW(t->run_ids, (size_t)n * ID_SIZE + 1, err);
    RH_NEW(list, (size_t)n + 1, err);
    for (uint32_t i = 0; i < n; i++) { /* counties stand by rising code */
        char *id = t->run_ids + (size_t)i * ID_SIZE;
        snprintf(id, ID_SIZE, "%u", (unsigned)t->run->place[RH_COUNTY][i].code);
        list[i] = (named){id, i};
    }
    rh_status status = set_units(t, n, list, err);
    rh_free(list);
    for (uint32_t i = 0; i < n && status == RH_OK; i++) {
        t->unit.name[i] = t->run->place[RH_COUNTY][i].name;
        t->unit.has_names = true;
    }
    return status;
}

static rh_status
flows_of_run(rh_metro_tables *t, const char *file, int year, rh_answer *answer, rh_err *err)
{
    double *persons;
    RH_TRY(rh_run_open(file, &t->run, err));
    RH_TRY(units_of_run(t, err));
    RH_NEW(persons, (size_t)t->unit.n * t->unit.n + 1, err);
    rh_status status = rh_run_flows(t->run, &year, persons, err);
    if (status == RH_OK) {
        status = sparse_run_flows(t, persons, err);
    }
    rh_free(persons);
    if (status == RH_OK) {
        rh_answer_warn(
            answer,
            rh_answer_format(answer,
                             "%d 年的流是户籍地 → "
                             "居住地的迁移联系，不是通勤；“居住”读作户籍地，“就业”读作居住地。",
                             year),
            rh_answer_format(
                answer,
                "The flows of %d are migration links (registered → living), not commuting: "
                "read \"living\" as registered and \"working\" as living.",
                year));
    }
    return status;
}

static rh_status
read_flows(const rh_verb *verb, const rh_args *args, rh_metro_tables *t, const char *file,
           rh_answer *answer, rh_err *err)
{
    static const char *const usual[3] = {"from", "to", "n"};
    int column[3];
    RH_TRY(rh_table_open(file, rh_given(verb, args, "sheet"), &t->flow_table, err));
    RH_TRY(three_columns(t->flow_table, rh_given(verb, args, "columns"), usual, column, err));
    if (rh_csv_rows(t->flow_table) == 0) {
        return rh_fail(err, RH_INPUT, "%s: the table has no rows.", file);
    }
    if (t->unit_table == NULL) {
        RH_TRY(units_of_flows(t, column, err));
    }
    return flows_of_table(t, column, answer, err);
}

/* ---- travel times ---- */

static rh_status
read_times(const char *file, rh_metro_tables *t, rh_answer *answer, rh_err *err)
{
    static const char *const usual[3] = {"from", "to", "minutes"};
    int column[3];
    rh_csv *table;
    triples p = {0};
    RH_TRY(rh_table_open(file, NULL, &table, err));
    rh_status status = three_columns(table, NULL, usual, column, err);
    if (status == RH_OK) {
        status = read_triples(table, column, t, &p, err);
    }
    if (status == RH_OK) {
        status =
            rh_minutes_build(t->unit.n, p.n, p.from, p.to, p.number, true, &t->minutes, err);
    }
    rh_csv_free(table);
    release_triples(&p);
    if (status == RH_OK) {
        rh_answer_note(answer, "只给一个方向的旅行时间按双向相同处理。",
                       "A travel time that is given in one direction only holds for both.");
    }
    return status;
}

rh_status
rh_metro_read(const rh_cli *cli, const rh_verb *verb, const rh_args *args, const char *file,
              rh_metro_tables *t, rh_answer *answer, rh_err *err)
{
    const char *units = rh_given(verb, args, "units"), *times = rh_given(verb, args, "times");
    int64_t year = 0;
    RH_TRY(rh_given_integer(cli, verb, args, "year", 1900, 2200, &year));
    const bool is_run = file != NULL && rh_layer_is_run(file);
    if (units != NULL && is_run) {
        return rh_fail(err, RH_INPUT, "%s has its own units; --units cannot be added.", file);
    }
    if (is_run && rh_given(verb, args, "sheet") != NULL) {
        return rh_fail(err, RH_INPUT,
                       "%s: the flows of a run are chosen by --year, not by --sheet %s.", file,
                       rh_given(verb, args, "sheet"));
    }
    if (units != NULL) {
        RH_TRY(rh_table_open(units, NULL, &t->unit_table, err));
        RH_TRY(units_of_table(t, err));
    }
    if (is_run) {
        RH_TRY(flows_of_run(t, file, (int)year, answer, err));
    } else if (file != NULL) {
        RH_TRY(read_flows(verb, args, t, file, answer, err));
    }
    if (t->unit_table != NULL) {
        RH_TRY(rh_metro_column(t, "population", 0, (double)INFINITY, &t->population, err));
    }
    return times != NULL ? read_times(times, t, answer, err) : RH_OK;
}

void
rh_metro_release(rh_metro_tables *t)
{
    rh_csv_free(t->flow_table);
    rh_csv_free(t->unit_table);
    rh_run_free(t->run);
    rh_free(t->run_ids);
    rh_free(t->unit.id);
    rh_free(t->unit.name);
    rh_names_free(t->names);
    rh_free(t->unit_row);
    rh_free(t->population);
    rh_commuting_free(t->flows);
    rh_minutes_free(t->minutes);
    rh_touching_free(t->touching);
}

rh_status
rh_metro_column(rh_metro_tables *t, const char *name, double low, double high, double **out,
                rh_err *err)
{
    int column = t->unit_table != NULL ? rh_csv_find(t->unit_table, name) : -1;
    *out = NULL;
    if (column < 0) {
        return RH_OK;
    }
    RH_NEW(*out, (size_t)t->unit.n + 1, err);
    for (uint32_t i = 0; i < t->unit.n; i++) {
        double x = rh_csv_number_needed(t->unit_table, t->unit_row[i], column);
        if (x < low && isinf(high)) {
            rh_csv_problem(t->unit_table, t->unit_row[i], column, "%g is below %g", x, low);
        } else if (x < low || x > high) {
            rh_csv_problem(t->unit_table, t->unit_row[i], column,
                           "%g must lie between %g and %g", x, low, high);
        }
        (*out)[i] = x;
    }
    rh_status status = rh_csv_finish(t->unit_table, err);
    if (status != RH_OK) {
        rh_free(*out);
        *out = NULL;
    }
    return status;
}

/* ---- neighbours ---- */

static rh_status
touching_of_pairs(const char *file, rh_metro_tables *t, rh_err *err)
{
    rh_csv *table;
    uint32_t *end[2] = {NULL, NULL};
    RH_TRY(rh_table_open(file, NULL, &table, err));
    uint32_t rows = rh_csv_rows(table);
    end[0] = rh_alloc((size_t)rows + 1, sizeof **end);
    end[1] = rh_alloc((size_t)rows + 1, sizeof **end);
    rh_status status = RH_OK;
    if (end[0] == NULL || end[1] == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for %u pairs.", rows);
    } else if (rh_csv_columns(table) < 2) {
        status = rh_fail(err, RH_INPUT, "%s: neighbours need two columns of ids.", file);
    }
    for (uint32_t r = 0; r < rows && status == RH_OK; r++) {
        for (int k = 0; k < 2; k++) {
            const char *id = rh_csv_text(table, r, k);
            end[k][r] = rh_metro_find(t, id);
            if (end[k][r] == RH_NO_AREA) {
                rh_csv_problem(table, r, k, "there is no unit \"%s\"", id);
            }
        }
    }
    if (status == RH_OK) {
        status = rh_csv_finish(table, err);
    }
    if (status == RH_OK) {
        status = rh_touching_from_pairs(t->unit.n, rows, end[0], end[1], &t->touching, err);
    }
    rh_csv_free(table);
    rh_free(end[0]);
    rh_free(end[1]);
    return status;
}

/* Ids in a cell, as pairs with the unit; counts when a and b are NULL. */
static uint32_t
split_cell(rh_metro_tables *t, uint32_t i, int column, uint32_t *a, uint32_t *b)
{
    static const char between[] = " ;|";
    const char *text = rh_csv_text(t->unit_table, t->unit_row[i], column);
    uint32_t n = 0;
    for (text += strspn(text, between); *text != '\0'; text += strspn(text, between)) {
        size_t size = strcspn(text, between);
        if (a != NULL) {
            a[n] = i;
            b[n] = find_part(t, text, size);
            if (b[n] == RH_NO_AREA) {
                rh_csv_problem(t->unit_table, t->unit_row[i], column,
                               "there is no unit \"%.*s\"", (int)size, text);
            }
        }
        text += size;
        n++;
    }
    return n;
}

static rh_status
touching_of_cells(rh_metro_tables *t, int column, rh_err *err)
{
    uint32_t pairs = 0, used = 0;
    for (uint32_t i = 0; i < t->unit.n; i++) {
        pairs += split_cell(t, i, column, NULL, NULL);
    }
    uint32_t *a = rh_alloc((size_t)pairs + 1, sizeof *a),
             *b = rh_alloc((size_t)pairs + 1, sizeof *b);
    rh_status status = a == NULL || b == NULL
                           ? rh_fail(err, RH_MEMORY, "Not enough memory for %u pairs.", pairs)
                           : RH_OK;
    for (uint32_t i = 0; i < t->unit.n && status == RH_OK; i++) {
        used += split_cell(t, i, column, a + used, b + used);
    }
    if (status == RH_OK) {
        status = rh_csv_finish(t->unit_table, err);
    }
    if (status == RH_OK) {
        status = rh_touching_from_pairs(t->unit.n, pairs, a, b, &t->touching, err);
    }
    rh_free(a);
    rh_free(b);
    return status;
}

static rh_status
touching_of_grid(rh_metro_tables *t, rh_err *err)
{
    double *at[2] = {NULL, NULL};
    int64_t *cell[2] = {rh_alloc((size_t)t->unit.n + 1, sizeof **cell),
                        rh_alloc((size_t)t->unit.n + 1, sizeof **cell)};
    rh_status status = cell[0] == NULL || cell[1] == NULL
                           ? rh_fail(err, RH_MEMORY, "Not enough memory for a grid.")
                           : rh_metro_column(t, "row", -1e9, 1e9, &at[0], err);
    if (status == RH_OK) {
        status = rh_metro_column(t, "column", -1e9, 1e9, &at[1], err);
    }
    for (uint32_t i = 0; i < t->unit.n && status == RH_OK; i++) {
        cell[0][i] = (int64_t)floor(at[0][i]);
        cell[1][i] = (int64_t)floor(at[1][i]);
    }
    if (status == RH_OK) {
        status = rh_touching_from_grid(t->unit.n, cell[0], cell[1], &t->touching, err);
    }
    rh_free(at[0]);
    rh_free(at[1]);
    rh_free(cell[0]);
    rh_free(cell[1]);
    return status;
}

static rh_status
touching_of_points(rh_metro_tables *t, rh_answer *answer, rh_err *err)
{
    double *lon = NULL, *lat = NULL;
    rh_status status = rh_metro_column(t, "lon", -180, 180, &lon, err);
    if (status == RH_OK) {
        status = rh_metro_column(t, "lat", -90, 90, &lat, err);
    }
    if (status == RH_OK) {
        status = rh_touching_from_points(t->unit.n, lon, lat, &t->touching, err);
    }
    rh_free(lon);
    rh_free(lat);
    if (status == RH_OK) {
        rh_answer_warn(answer, "没有边界数据：邻接取点的 Gabriel 邻居（近似）。",
                       "Borders are not known: neighbours are the Gabriel neighbours of the "
                       "points, an approximation.");
    }
    return status;
}

rh_status
rh_metro_read_touching(const rh_verb *verb, const rh_args *args, rh_metro_tables *t,
                       rh_answer *answer, rh_err *err)
{
    const char *file = rh_given(verb, args, "neighbours");
    if (file != NULL) {
        return touching_of_pairs(file, t, err);
    }
    if (t->unit_table != NULL && rh_csv_find(t->unit_table, "neighbours") >= 0) {
        return touching_of_cells(t, rh_csv_find(t->unit_table, "neighbours"), err);
    }
    if (t->unit_table != NULL && rh_csv_find(t->unit_table, "row") >= 0 &&
        rh_csv_find(t->unit_table, "column") >= 0) {
        return touching_of_grid(t, err);
    }
    if (t->unit_table != NULL && rh_csv_find(t->unit_table, "lon") >= 0 &&
        rh_csv_find(t->unit_table, "lat") >= 0) {
        return touching_of_points(t, answer, err);
    }
    rh_answer_warn(answer, "没有邻接数据：飞地未剔除，洞未填补。",
                   "Neighbours are not known: exclaves were not dropped, enclaves not filled.");
    return RH_OK;
}

/* ---- lists of the command line ---- */

rh_status
rh_metro_mark(const rh_metro_tables *t, const char *option, const char *ids, bool *mark,
              rh_err *err)
{
    while (*ids != '\0') {
        size_t size = strcspn(ids, ",");
        uint32_t unit = find_part(t, ids, size);
        if (unit == RH_NO_AREA) {
            return rh_fail(err, RH_INPUT, "%s: there is no unit \"%.*s\" in the tables.",
                           option, (int)size, ids);
        }
        mark[unit] = true;
        ids += size + (ids[size] == ',');
    }
    return RH_OK;
}

rh_status
rh_metro_centers(const rh_cli *cli, const rh_verb *verb, const rh_args *args,
                 const rh_metro_tables *t, bool **center, rh_err *err)
{
    const char *ids = rh_given(verb, args, "centers");
    double least = 3e6;
    bool *mark;
    *center = NULL;
    RH_TRY(rh_given_number(cli, verb, args, "center-population", 1, 1e10, &least));
    if (ids == NULL && t->population == NULL) {
        return rh_fail(
            err, RH_INPUT,
            "No centre is named: give --centers, or --units with a column population.");
    }
    RH_NEW(mark, (size_t)t->unit.n + 1, err);
    rh_status status = ids != NULL ? rh_metro_mark(t, "--centers", ids, mark, err) : RH_OK;
    bool any = ids != NULL;
    for (uint32_t i = 0; i < t->unit.n && ids == NULL; i++) {
        mark[i] = t->population[i] >= least;
        any = any || mark[i];
    }
    if (status == RH_OK && !any) {
        status =
            rh_fail(err, RH_INPUT,
                    "No unit has the %.0f persons of a centre (--center-population).", least);
    }
    if (status != RH_OK) {
        rh_free(mark);
        return status;
    }
    *center = mark;
    return RH_OK;
}

/* Urban centres by name, as the smallest unit of each. */
static rh_status
cores_by_name(rh_metro_tables *t, int column, uint32_t **core_of, rh_err *err)
{
    RH_NEW(*core_of, (size_t)t->unit.n + 1, err);
    for (uint32_t i = 0; i < t->unit.n; i++) {
        const char *name = rh_csv_text(t->unit_table, t->unit_row[i], column);
        (*core_of)[i] = RH_NO_AREA;
        for (uint32_t k = 0; k <= i && name[0] != '\0' && (*core_of)[i] == RH_NO_AREA; k++) {
            if (strcmp(name, rh_csv_text(t->unit_table, t->unit_row[k], column)) == 0) {
                (*core_of)[i] = k;
            }
        }
    }
    return RH_OK;
}

rh_status
rh_metro_cores(rh_metro_tables *t, double **dense, uint32_t **core_of, rh_answer *answer,
               rh_err *err)
{
    const double dense_enough =
        1500; /* persons/km², urban centre (Dijkstra, Poelman & Veneri 2019) */
    double *area;
    int by_name = t->unit_table != NULL ? rh_csv_find(t->unit_table, "core") : -1;
    *dense = NULL;
    *core_of = NULL;
    if (t->population == NULL) {
        return rh_fail(err, RH_INPUT,
                       "Functional urban areas need --units with a column population.");
    }
    if (by_name >= 0) {
        return cores_by_name(t, by_name, core_of, err);
    }
    RH_TRY(rh_metro_column(t, "dense", 0, 1, dense, err));
    if (*dense != NULL) {
        return RH_OK;
    }
    RH_TRY(rh_metro_column(t, "area_km2", 1e-9, 1e9, &area, err));
    if (area == NULL) {
        return rh_fail(
            err, RH_INPUT,
            "Functional urban areas need a column core, dense or area_km2 in --units.");
    }
    for (uint32_t i = 0; i < t->unit.n; i++) {
        area[i] = t->population[i] / area[i] >= dense_enough;
    }
    *dense = area;
    rh_answer_warn(answer,
                   "没有高密度人口比例：平均密度 ≥ 1500 人/平方公里的单元按核心计（近似）。",
                   "The share living at high density is not known: units of 1,500 persons/km² "
                   "on average count as core, an "
                   "approximation.");
    return RH_OK;
}

rh_status
rh_metro_numbers(const rh_cli *cli, const rh_verb *verb, const char *option, const char *text,
                 double low, double high, double **out, uint32_t *n, rh_err *err)
{
    RH_NEW(*out, strlen(text) + 1, err);
    *n = 0;
    for (const char *at = text; at != NULL;) {
        const char *word = at;
        double *x = &(*out)[(*n)++];
        if (!rh_list_number(&at, x) || *x < low || *x > high) {
            rh_free(*out);
            *out = NULL;
            return rh_usage(cli, verb, RH_MSG_OPTION_BAD_NUMBER, option, word,
                            rh_text_exact(low).text, rh_text_exact(high).text, NULL);
        }
    }
    return RH_OK;
}
