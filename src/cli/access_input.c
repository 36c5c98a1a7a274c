/* Reading what access works on: see access_input.h. */
#include "cli/access_input.h"

#include "cli/list.h"
#include "core/mem.h"
#include "core/threads.h"
#include "evaluate/access_measure.h"
#include "evaluate/access_near.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const origin_names[] = {"origin", "from", "from_id", "起点", NULL};
static const char *const destination_names[] = {"destination", "to",   "to_id",
                                                "dest",        "终点", NULL};
static const char *const cost_names[] = {"cost", "minutes", "travel_time",
                                         "time", "分钟",    NULL};
static const char *const road_from[] = {"from", "from_node", "source", "起点", NULL};
static const char *const road_to[] = {"to", "to_node", "target", "终点", NULL};
static const char *const road_minutes[] = {"minutes", "time", "cost", "分钟", NULL};

int
rh_access_column(rh_csv *file, const char *const *names)
{
    return rh_csv_need(file, rh_csv_first(file, names));
}

rh_status
rh_access_numbers(const char *option, const char *text, unsigned room, double *number,
                  unsigned *n, rh_err *err)
{
    const char *at = text;
    for (*n = 0; at != NULL; (*n)++) {
        if (*n == room || !rh_list_number(&at, &number[*n]) || number[*n] < 0 ||
            (*n > 0 && number[*n] <= number[*n - 1])) {
            return rh_fail(
                err, RH_INPUT,
                "--%s \"%s\": give numbers of 0 or more that rise, separated by commas, at "
                "most %u of them.",
                option, text, room);
        }
    }
    return RH_OK;
}

rh_status
rh_access_amounts(rh_csv *file, const char *column, double **out, rh_err *err)
{
    RH_TRY(rh_table_numbers_all(file, column, out, err));
    int c = rh_csv_find(file, column);
    for (uint32_t i = 0; i < rh_csv_rows(file); i++) {
        if ((*out)[i] < 0) {
            rh_csv_problem(file, i, c, "%g is below 0", (*out)[i]);
        }
    }
    return RH_OK;
}

uint32_t
rh_access_number_of(const rh_names *names, rh_csv *file, uint32_t row, int column)
{
    const char *text = rh_csv_text(file, row, column);
    uint32_t number = rh_names_find(names, text);
    if (number == RH_NO_NAME && column >= 0) {
        rh_csv_problem(file, row, column, "there is no \"%s\" in the network", text);
    }
    return number;
}

static rh_status
read_places(const rh_verb *verb, const rh_args *args, const char *path, const char *column,
            rh_places *places, rh_err *err)
{
    places->path = path;
    RH_TRY(rh_table_open(path, path == args->file[0] ? rh_given(verb, args, "sheet") : NULL,
                         &places->file, err));
    places->n = rh_csv_rows(places->file);
    RH_TRY(rh_table_ids(places->file, rh_given(verb, args, "id"), &places->id, err));
    if (column != NULL) {
        RH_TRY(rh_access_amounts(places->file, column, &places->amount, err));
    } else {
        RH_NEW(places->amount, (size_t)places->n + 1, err);
        for (uint32_t i = 0; i < places->n; i++) {
            places->amount[i] = 1;
        }
    }
    RH_TRY(rh_csv_finish(places->file, err));
    RH_TRY(rh_names_of(places->id, places->n, &places->names, err));
    return places->n > 0 ? RH_OK : rh_fail(err, RH_INPUT, "%s holds no places.", path);
}

/* The other column of the same table. */
static rh_status
same_places(const rh_places *demand, const char *column, rh_places *supply, rh_err *err)
{
    *supply = (rh_places){
        .path = demand->path, .n = demand->n, .id = demand->id, .names = demand->names};
    if (column != NULL) {
        RH_TRY(rh_access_amounts(demand->file, column, &supply->amount, err));
        return rh_csv_finish(demand->file, err);
    }
    RH_NEW(supply->amount, (size_t)supply->n + 1, err);
    for (uint32_t i = 0; i < supply->n; i++) {
        supply->amount[i] = 1;
    }
    return RH_OK;
}

/* ---- a table of pairs ---- */

typedef struct raw_pairs {
    uint32_t *origin, *destination, *row;
    double *cost;
    size_t n;
    uint32_t n_strangers, n_empty, first_stranger;
} raw_pairs;

static void
read_rows(rh_csv *file, const rh_places *from, const rh_places *to, raw_pairs *raw)
{
    int o = rh_access_column(file, origin_names), d = rh_access_column(file, destination_names),
        c = rh_access_column(file, cost_names);
    uint32_t rows = o >= 0 && d >= 0 && c >= 0 ? rh_csv_rows(file) : 0;
    for (uint32_t r = 0; r < rows; r++) {
        uint32_t i = rh_names_find(from->names, rh_csv_text(file, r, o));
        uint32_t j = rh_names_find(to->names, rh_csv_text(file, r, d));
        double cost = rh_csv_number(file, r, c);
        if (cost < 0) {
            rh_csv_problem(file, r, c, "a cost of %g is below 0", cost);
        } else if (i == RH_NO_NAME || j == RH_NO_NAME) {
            raw->first_stranger = raw->n_strangers++ == 0 ? r : raw->first_stranger;
        } else if (isnan(cost)) {
            raw->n_empty++;
        } else {
            raw->origin[raw->n] = i;
            raw->destination[raw->n] = j;
            raw->row[raw->n] = r;
            raw->cost[raw->n++] = cost;
        }
    }
}

/* The rows of a pair that stands twice. */
static void
tell_twin(rh_csv *file, const raw_pairs *raw, uint32_t origin, uint32_t destination)
{
    bool seen = false;
    uint32_t first = 0;
    for (size_t k = 0; k < raw->n; k++) {
        if (raw->origin[k] != origin || raw->destination[k] != destination) {
            continue;
        }
        if (seen) {
            rh_csv_problem(
                file, raw->row[k], -1,
                "the way from \"%s\" to \"%s\" stands in line %u already",
                rh_csv_text(file, raw->row[k], rh_access_column(file, origin_names)),
                rh_csv_text(file, raw->row[k], rh_access_column(file, destination_names)),
                rh_csv_line(file, first));
            return;
        }
        first = raw->row[k];
        seen = true;
    }
}

static void
tell_dropped(rh_csv *file, const char *path, const raw_pairs *raw, rh_answer *answer)
{
    if (raw->n_strangers > 0) {
        uint32_t r = raw->first_stranger;
        const char *o = rh_csv_text(file, r, rh_access_column(file, origin_names)),
                   *d = rh_csv_text(file, r, rh_access_column(file, destination_names));
        rh_answer_warn(
            answer,
            rh_answer_format(
                answer, "%s：%u 行的起点或终点不在地点表中，未用；首行为第 %u 行（%s 到 %s）。",
                path, raw->n_strangers, rh_csv_line(file, r), o, d),
            rh_answer_format(
                answer,
                "%s: %u rows name a place that the tables do not have and are left "
                "out; the first is line %u (%s to %s).",
                path, raw->n_strangers, rh_csv_line(file, r), o, d));
    }
    if (raw->n_empty > 0) {
        rh_answer_note(
            answer,
            rh_answer_format(answer, "%s：%u 行没有成本，视为不可达。", path, raw->n_empty),
            rh_answer_format(answer, "%s: rows without a cost count as out of reach: %u.", path,
                             raw->n_empty));
    }
}

static rh_status
pairs_of_rows(rh_csv *file, const char *path, const rh_places *from, const rh_places *to,
              raw_pairs *raw, rh_answer *answer, rh_pairs **out, rh_err *err)
{
    size_t rows = rh_csv_rows(file);
    RH_NEW(raw->origin, rows + 1, err);
    RH_NEW(raw->destination, rows + 1, err);
    RH_NEW(raw->row, rows + 1, err);
    RH_NEW(raw->cost, rows + 1, err);
    read_rows(file, from, to, raw);
    RH_TRY(rh_csv_finish(file, err));
    RH_TRY(rh_pairs_new(from->n, to->n, raw->n, raw->origin, raw->destination, raw->cost, out,
                        err));
    uint32_t i, j;
    if (rh_pairs_twin(*out, &i, &j)) {
        tell_twin(file, raw, i, j);
        return rh_csv_finish(file, err);
    }
    tell_dropped(file, path, raw, answer);
    return RH_OK;
}

static rh_status
read_pairs(const char *path, const rh_places *from, const rh_places *to, rh_answer *answer,
           rh_pairs **out, rh_err *err)
{
    rh_csv *file;
    raw_pairs raw = {0};
    RH_TRY(rh_table_open(path, NULL, &file, err));
    rh_status status = pairs_of_rows(file, path, from, to, &raw, answer, out, err);
    rh_free(raw.origin);
    rh_free(raw.destination);
    rh_free(raw.row);
    rh_free(raw.cost);
    rh_csv_free(file);
    return status;
}

/* ---- coordinates ---- */

static rh_status
column_of_points(rh_csv *file, const char *name, bool globe, double most, double **out,
                 rh_err *err)
{
    RH_TRY(rh_table_numbers_all(file, name, out, err));
    int c = rh_csv_find(file, name);
    for (uint32_t i = 0; globe && i < rh_csv_rows(file); i++) {
        if (fabs((*out)[i]) > most) {
            rh_csv_problem(file, i, c, "%g is no degree between -%g and %g", (*out)[i], most,
                           most);
        }
    }
    return RH_OK;
}

static rh_status
points_of(rh_csv *file, const char *columns, bool globe, double **x, double **y, rh_err *err)
{
    const char *comma = strchr(columns, ',');
    char first[200];
    if (comma == NULL || (size_t)(comma - columns) >= sizeof first) {
        return rh_fail(err, RH_INPUT, "--%s \"%s\": give two columns separated by a comma.",
                       globe ? "lonlat" : "xy", columns);
    }
    snprintf(first, sizeof first, "%.*s", (int)(comma - columns), columns);
    RH_TRY(column_of_points(file, first, globe, 180, x, err));
    RH_TRY(column_of_points(file, comma + 1, globe, 90, y, err));
    return rh_csv_finish(file, err);
}

/* Both sides on the map; the caller frees x[] and y[] in every case. */
typedef struct sides {
    rh_points from, to;
    double *x[2], *y[2], scale;
    bool globe;
} sides;

static rh_status
read_sides(const rh_verb *verb, const rh_args *args, const rh_places *from, const rh_places *to,
           sides *s, rh_err *err)
{
    const char *lonlat = rh_given(verb, args, "lonlat"), *speed = rh_given(verb, args, "speed");
    const char *columns = lonlat != NULL ? lonlat : rh_given(verb, args, "xy");
    s->globe = lonlat != NULL;
    s->scale = speed != NULL ? 60 / strtod(speed, NULL) : 1;
    RH_TRY(points_of(from->file, columns, s->globe, &s->x[0], &s->y[0], err));
    RH_TRY(points_of(to->file != NULL ? to->file : from->file, columns, s->globe, &s->x[1],
                     &s->y[1], err));
    s->from = (rh_points){from->n, s->x[0], s->y[0], s->globe};
    s->to = (rh_points){to->n, s->x[1], s->y[1], s->globe};
    return RH_OK;
}

static void
release_sides(sides *s)
{
    for (int side = 0; side < 2; side++) {
        rh_free(s->x[side]);
        rh_free(s->y[side]);
    }
}

static rh_status
link_by_coordinates(const rh_verb *verb, const rh_args *args, const rh_places *from,
                    const rh_places *to, double within, rh_pairs **out, rh_err *err)
{
    sides s = {0};
    rh_status status = read_sides(verb, args, from, to, &s, err);
    if (status == RH_OK) {
        status = rh_near_pairs(&s.from, &s.to, s.scale, within, out, err);
    }
    release_sides(&s);
    return status;
}

/* ---- a network ---- */

static rh_status
read_roads(rh_csv *file, rh_names *nodes, uint32_t *from, uint32_t *to, double *minutes,
           rh_err *err)
{
    int f = rh_access_column(file, road_from), t = rh_access_column(file, road_to),
        m = rh_access_column(file, road_minutes);
    for (uint32_t r = 0; f >= 0 && t >= 0 && m >= 0 && r < rh_csv_rows(file); r++) {
        const char *names[2] = {rh_csv_text(file, r, f), rh_csv_text(file, r, t)};
        if (names[0][0] == '\0' || names[1][0] == '\0') {
            rh_csv_problem(file, r, names[0][0] == '\0' ? f : t, "a node is missing");
        }
        RH_TRY(rh_names_put(nodes, names[0], &from[r], err));
        RH_TRY(rh_names_put(nodes, names[1], &to[r], err));
        minutes[r] = rh_csv_number(file, r, m);
        if (!(minutes[r] >= 0 && minutes[r] <= RH_MINUTES_MOST)) {
            rh_csv_problem(file, r, m, "\"%s\" is no time between 0 and %.0f minutes",
                           rh_csv_text(file, r, m), RH_MINUTES_MOST);
        }
    }
    return rh_csv_finish(file, err);
}

static rh_status
read_network(const rh_verb *verb, const rh_args *args, rh_access_tables *t, rh_err *err)
{
    RH_TRY(rh_table_open(rh_given(verb, args, "network"), NULL, &t->network_file, err));
    RH_TRY(rh_names_new(&t->nodes, err));
    size_t n = rh_csv_rows(t->network_file);
    uint32_t *from;
    double *minutes;
    RH_NEW(minutes, n + 1, err);
    from = rh_alloc(2 * n + 1, sizeof *from);
    rh_status status = from != NULL
                           ? read_roads(t->network_file, t->nodes, from, from + n, minutes, err)
                           : rh_fail(err, RH_MEMORY, "Not enough memory for %zu roads.", n);
    if (status == RH_OK) {
        status = rh_network_new(t->nodes->n, n, from, from + n, minutes,
                                rh_given(verb, args, "two-way") != NULL ? RH_ARCS_BOTH_WAYS
                                                                        : RH_ARCS_AS_GIVEN,
                                &t->network, err);
    }
    rh_free(from);
    rh_free(minutes);
    return status;
}

static rh_status
nodes_of(const rh_verb *verb, const rh_args *args, const rh_places *places, rh_csv *file,
         const rh_names *nodes, uint32_t **out, rh_err *err)
{
    const char *name = rh_given(verb, args, "node"), *id = rh_given(verb, args, "id");
    int column = name != NULL ? rh_csv_need(file, name)
                 : id != NULL ? rh_csv_find(file, id)
                              : 0;
    RH_NEW(*out, (size_t)places->n + 1, err);
    for (uint32_t i = 0; i < places->n; i++) {
        (*out)[i] = rh_access_number_of(nodes, file, i, column);
    }
    return rh_csv_finish(file, err);
}

static rh_status
link_by_network(const rh_verb *verb, const rh_args *args, double within, rh_access_tables *t,
                rh_err *err)
{
    RH_TRY(read_network(verb, args, t, err));
    RH_TRY(nodes_of(verb, args, &t->demand, t->demand.file, t->nodes, &t->demand_node, err));
    RH_TRY(nodes_of(verb, args, &t->supply,
                    t->supply.file != NULL ? t->supply.file : t->demand.file, t->nodes,
                    &t->supply_node, err));
    return isnan(within)
               ? RH_OK
               : rh_network_pairs(t->network, t->demand.n, t->demand_node, t->supply.n,
                                  t->supply_node, within, t->threads, &t->pairs, err);
}

/* ---- all of it ---- */

static rh_status
check_ways(const rh_cli *cli, const rh_verb *verb, const rh_args *args)
{
    static const char *const ways[] = {"pairs", "network", "lonlat", "xy"};
    unsigned n = 0;
    double speed = 1;
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        n += rh_given(verb, args, ways[w]) != NULL;
    }
    if (n != 1) {
        return rh_usage(cli, verb, RH_MSG_ACCESS_ONE_WAY, NULL);
    }
    return rh_given_number(cli, verb, args, "speed", 0.01, 10000, &speed);
}

rh_status
rh_access_read(const rh_cli *cli, const rh_verb *verb, const rh_args *args,
               const char *supply_usual, double within, rh_answer *answer, rh_access_tables *t,
               rh_err *err)
{
    int64_t threads = rh_threads_available();
    const char *demand = rh_given(verb, args, "demand"),
               *supply = rh_given(verb, args, "supply");
    *t = (rh_access_tables){0};
    RH_TRY(check_ways(cli, verb, args));
    RH_TRY(rh_given_integer(cli, verb, args, "threads", 1, 256, &threads));
    t->threads = (unsigned)threads;
    demand = demand != NULL ? demand : "demand";
    supply = supply != NULL ? supply : supply_usual;
    RH_TRY(read_places(verb, args, args->file[0], demand, &t->demand, err));
    RH_TRY(args->n_files > 1 ? read_places(verb, args, args->file[1], supply, &t->supply, err)
                             : same_places(&t->demand, supply, &t->supply, err));
    if (rh_given(verb, args, "pairs") != NULL) {
        return read_pairs(rh_given(verb, args, "pairs"), &t->demand, &t->supply, answer,
                          &t->pairs, err);
    }
    if (rh_given(verb, args, "network") != NULL) {
        return link_by_network(verb, args, within, t, err);
    }
    return isnan(within) ? RH_OK
                         : link_by_coordinates(verb, args, &t->demand, &t->supply, within,
                                               &t->pairs, err);
}

static rh_status
nearest_by_pairs(const rh_access_tables *t, double *minutes, rh_err *err)
{
    rh_access_how how = rh_access_usual();
    rh_access_input in = {t->pairs, NULL, t->demand.amount, t->supply.amount};
    rh_access_balance balance;
    how.threads = t->threads;
    return rh_access(&in, RH_ACCESS_CLOSEST, &how, minutes, NULL, &balance, err);
}

static rh_status
nearest_by_network(const rh_access_tables *t, const bool *supplies, double *minutes,
                   rh_err *err)
{
    rh_network *turned;
    uint32_t n = 0, nodes = t->network->n_nodes, *source = NULL;
    RH_TRY(rh_network_turned(t->network, &turned, err));
    double *at_node = rh_alloc((size_t)nodes + 1, sizeof *at_node);
    source = rh_alloc((size_t)t->supply.n + 1, sizeof *source);
    rh_status status = at_node != NULL && source != NULL
                           ? RH_OK
                           : rh_fail(err, RH_MEMORY, "Not enough memory for %u nodes.", nodes);
    for (uint32_t j = 0; j < t->supply.n && status == RH_OK; j++) {
        if (supplies[j]) {
            source[n++] = t->supply_node[j];
        }
    }
    if (status == RH_OK) {
        status = rh_network_nearest(turned, n, source, NULL, RH_MINUTES_MOST, at_node, err);
    }
    for (uint32_t i = 0; i < t->demand.n && status == RH_OK; i++) {
        minutes[i] = at_node[t->demand_node[i]];
    }
    rh_free(at_node);
    rh_free(source);
    rh_network_free(turned);
    return status;
}

rh_status
rh_access_nearest(const rh_verb *verb, const rh_args *args, const rh_access_tables *t,
                  double *minutes, rh_err *err)
{
    if (t->pairs != NULL) {
        return nearest_by_pairs(t, minutes, err);
    }
    bool *supplies;
    RH_NEW(supplies, (size_t)t->supply.n + 1, err);
    for (uint32_t j = 0; j < t->supply.n; j++) {
        supplies[j] = t->supply.amount[j] > 0;
    }
    rh_status status;
    if (t->network != NULL) {
        status = nearest_by_network(t, supplies, minutes, err);
    } else {
        sides s = {0};
        status = read_sides(verb, args, &t->demand, &t->supply, &s, err);
        if (status == RH_OK) {
            status = rh_near_nearest(&s.from, &s.to, supplies, s.scale, minutes, err);
        }
        release_sides(&s);
    }
    rh_free(supplies);
    return status;
}

rh_status
rh_access_read_neighbours(const rh_verb *verb, const rh_args *args, const char *path,
                          double within, rh_answer *answer, rh_access_tables *t, rh_pairs **out,
                          rh_err *err)
{
    if (path != NULL) {
        return read_pairs(path, &t->demand, &t->demand, answer, out, err);
    }
    if (t->supply.file == NULL) {
        *out = t->pairs;
        return RH_OK;
    }
    if (t->network != NULL) {
        return rh_network_pairs(t->network, t->demand.n, t->demand_node, t->demand.n,
                                t->demand_node, within, t->threads, out, err);
    }
    if (rh_given(verb, args, "pairs") != NULL) {
        return rh_fail(
            err, RH_INPUT,
            "The catchment ratio needs the costs between places of demand: give them "
            "with --neighbours.");
    }
    return link_by_coordinates(verb, args, &t->demand, &t->demand, within, out, err);
}

static void
release_places(rh_places *places)
{
    rh_free((void *)(uintptr_t)places->id);
    rh_names_free(places->names);
    rh_csv_free(places->file);
}

void
rh_access_release(rh_access_tables *t)
{
    rh_free(t->demand.amount);
    rh_free(t->supply.amount);
    if (t->supply.names != t->demand.names) {
        release_places(&t->supply);
    }
    release_places(&t->demand);
    rh_pairs_free(t->pairs);
    rh_network_free(t->network);
    rh_csv_free(t->network_file);
    rh_names_free(t->nodes);
    rh_free(t->demand_node);
    rh_free(t->supply_node);
}
