/* Test cases of peers on access. The solver reads what a case holds: a table of pairs (or coordinates), tables of places, and the
 * words of its keys, "scenario:measure:place" or "measure:place"; numbers in a measure's word ("2sfca_30") are its catchment. */
#include "vectors.h"

#include "evaluate/access_measure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PLACES_MOST = 4096, FILES_MOST = 8 };

typedef struct town {
    const char *id;
    double x, y, demand, supply;
    bool is_demand, is_supply;
} town;

typedef struct world {
    vector_case *c;
    rh_csv *file[FILES_MOST], *pairs_file;
    unsigned n_files;
    town *town;
    uint32_t n;
    bool coordinates;
} world;

static int
find_any(const rh_csv *csv, const char *const *names)
{
    for (; *names != NULL; names++) {
        for (uint32_t i = 0; i < rh_csv_columns(csv); i++) {
            if (strcasecmp(rh_csv_header(csv, i), *names) == 0) {
                return (int)i;
            }
        }
    }
    return -1;
}

static const char *const origin_names[] = {"origin", "from_id", "from", "orig", "i", NULL};
static const char *const destination_names[] = {"dest", "destination", "to_id",
                                                "to",   "j",           NULL};
static const char *const cost_names[] = {"cost",    "travel_time", "travel_cost", "time",
                                         "minutes", "distance",    "t",           NULL};
static const char *const group_names[] = {"scenario", "mode", "group", NULL};
static const char *const id_names[] = {"id", "geoid", "place", "name", "unit", NULL};
static const char *const demand_names[] = {"pop", "population", "demand", "people", "P", NULL};
static const char *const supply_names[] = {"doc",     "supply",  "jobs", "opportunities",
                                           "schools", "doctors", "beds", "capacity",
                                           "S",       NULL};
static const char *const x_names[] = {"x", "lon", NULL};
static const char *const y_names[] = {"y", "lat", NULL};

static uint32_t
town_of(world *w, const char *id)
{
    for (uint32_t i = 0; i < w->n; i++) {
        if (strcmp(w->town[i].id, id) == 0) {
            return i;
        }
    }
    assert_true(w->n < PLACES_MOST);
    w->town[w->n] = (town){.id = id};
    return w->n++;
}

/* Tables named demand… and supply… may call their amount "value". */
static void
read_places(world *w, rh_csv *csv, const char *file)
{
    int id = find_any(csv, id_names), demand = find_any(csv, demand_names),
        supply = find_any(csv, supply_names), x = find_any(csv, x_names),
        y = find_any(csv, y_names), value = rh_csv_find(csv, "value");
    id = id < 0 ? 0 : id;
    if (demand < 0 && strncmp(file, "demand", 6) == 0) {
        demand = value;
    }
    if (supply < 0 && strncmp(file, "supply", 6) == 0) {
        supply = value;
    }
    for (uint32_t r = 0; r < rh_csv_rows(csv); r++) {
        town *t = &w->town[town_of(w, rh_csv_text(csv, r, id))];
        if (demand >= 0) {
            t->demand = rh_csv_number(csv, r, demand);
            t->is_demand = true;
        }
        if (supply >= 0) {
            t->supply = rh_csv_number(csv, r, supply);
            t->is_supply = true;
        }
        if (x >= 0 && y >= 0) {
            t->x = rh_csv_number(csv, r, x);
            t->y = rh_csv_number(csv, r, y);
            w->coordinates = true;
        }
    }
}

static void
read_world(world *w, vector_case *c)
{
    *w = (world){.c = c, .town = calloc(PLACES_MOST, sizeof *w->town)};
    json_t *inputs = json_object_get(c->json, "inputs"), *input;
    size_t i;
    json_array_foreach(inputs, i, input)
    {
        const char *file = json_string_value(input);
        size_t length = file != NULL ? strlen(file) : 0;
        if (length < 4 || strcmp(file + length - 4, ".csv") != 0 || w->n_files == FILES_MOST) {
            continue;
        }
        rh_csv *csv = vector_open(c, file);
        assert_non_null(csv);
        w->file[w->n_files++] = csv;
        if (find_any(csv, origin_names) >= 0 && find_any(csv, destination_names) >= 0) {
            w->pairs_file = csv;
        } else {
            read_places(w, csv, file);
        }
    }
}

/* Pairs of one scenario ("s1", "transit"; "": all rows), or of all places by straight lines. */
static rh_pairs *
pairs_of(world *w, const char *scenario)
{
    rh_csv *csv = w->pairs_file;
    size_t room = csv != NULL ? rh_csv_rows(csv) : (size_t)w->n * w->n, n = 0;
    uint32_t *origin = malloc((room + 1) * sizeof *origin),
             *destination = malloc((room + 1) * sizeof *destination);
    double *cost = malloc((room + 1) * sizeof *cost);
    if (csv != NULL) {
        int from = find_any(csv, origin_names), to = find_any(csv, destination_names),
            c = find_any(csv, cost_names), group = find_any(csv, group_names);
        for (uint32_t r = 0; r < rh_csv_rows(csv); r++) {
            const char *g = group >= 0 ? rh_csv_text(csv, r, group) : "";
            double x = rh_csv_number(csv, r, c);
            if (isnan(x) || (scenario[0] != '\0' && strcmp(scenario, g) != 0 &&
                             !(scenario[0] == 's' && strcmp(scenario + 1, g) == 0))) {
                continue;
            }
            origin[n] = town_of(w, rh_csv_text(csv, r, from));
            destination[n] = town_of(w, rh_csv_text(csv, r, to));
            cost[n++] = x;
        }
    } else {
        for (uint32_t i = 0; i < w->n; i++) {
            for (uint32_t j = 0; j < w->n; j++) {
                origin[n] = i;
                destination[n] = j;
                cost[n++] = hypot(w->town[i].x - w->town[j].x, w->town[i].y - w->town[j].y);
            }
        }
    }
    rh_pairs *pairs;
    rh_err err = {0};
    if (rh_pairs_new(w->n, w->n, n, origin, destination, cost, &pairs, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    free(origin);
    free(destination);
    free(cost);
    return pairs;
}

/* The first number in a text, or the fallback. */
static double
number_in(const char *text, double fallback)
{
    for (const char *s = text; s != NULL && *s != '\0'; s++) {
        if (isdigit((unsigned char)*s) ||
            (*s == '-' && isdigit((unsigned char)s[1]) && s > text)) {
            return strtod(s, NULL);
        }
    }
    return fallback;
}

static bool
has(const char *text, const char *word)
{
    return text != NULL && strcasestr(text, word) != NULL;
}

static double
number_param(const vector_case *c, const char *key, double fallback)
{
    json_t *x = json_object_get(c->params, key);
    return json_is_number(x) ? json_number_value(x) : fallback;
}

/* "2 for 2sfca, 1 for ratio, 3 otherwise": the number whose clause names the measure, else that of the last. */
static double
within_of(const vector_case *c, const char *word)
{
    json_t *x = json_object_get(c->params, "max_cost");
    x = x != NULL ? x : json_object_get(c->params, "cutoff");
    if (!json_is_string(x)) {
        return json_is_number(x) ? json_number_value(x) : (double)INFINITY;
    }
    double within = INFINITY;
    for (const char *s = json_string_value(x); s != NULL; s = strchr(s, ',')) {
        s += *s == ',';
        within = strtod(s, NULL);
        const char *name = strstr(s, " for ");
        size_t length = name != NULL ? strcspn(name + 5, ", ") : 0;
        for (const char *w = word; length > 0 && *w != '\0'; w++) {
            bool begins = w == word || !isalnum((unsigned char)w[-1]);
            if (begins && strncmp(w, name + 5, length) == 0) {
                return within;
            }
        }
    }
    return within;
}

static bool
step_param(const json_t *steps, rh_decay_form form, rh_decay *decay)
{
    if (!json_is_object(steps)) {
        return false;
    }
    *decay = (rh_decay){.form = form};
    const char *key;
    json_t *weight, *object = json_copy((json_t *)(uintptr_t)steps);
    json_object_foreach(object, key, weight)
    {
        unsigned at = decay->n_steps++;
        double cost = strtod(key, NULL);
        for (; at > 0 && decay->step[at - 1] > cost; at--) {
            decay->step[at] = decay->step[at - 1];
            decay->weight[at] = decay->weight[at - 1];
        }
        decay->step[at] = cost;
        decay->weight[at] = json_number_value(weight);
    }
    json_decref(object);
    return true;
}

/* "exp(-0.1 t)", "1/cost", "1/max(cost,1)", "gaussian sigma 20", "linear 40", "binary 45", "power 0.5", "logistic 30 10". */
static bool
decay_from_text(const char *text, rh_decay *decay)
{
    double a = number_in(text, NAN), second = NAN;
    const char *digits = text != NULL ? text + strcspn(text, "0123456789") : "";
    if (*digits != '\0') {
        char *end;
        strtod(digits, &end);
        second = number_in(end, NAN);
    }
    if (text == NULL) {
        return false;
    }
    if (has(text, "1/max")) {
        *decay = (rh_decay){.form = RH_DECAY_POWER, .a = 1, .b = isnan(second) ? 1 : second};
    } else if (has(text, "1/cost") || has(text, "1/c")) {
        *decay =
            (rh_decay){RH_DECAY_GRAVITY, 1, isnan(second) ? -1 : -second, 1e-300, 0, {0}, {0}};
    } else if (has(text, "gauss")) {
        *decay = (rh_decay){.form = RH_DECAY_GAUSSIAN, .a = a};
    } else if (has(text, "exp")) {
        *decay = (rh_decay){.form = RH_DECAY_EXPONENTIAL, .a = fabs(a)};
    } else if (has(text, "power")) {
        *decay = (rh_decay){.form = RH_DECAY_POWER, .a = fabs(a), .b = 1};
    } else if (has(text, "linear")) {
        *decay = (rh_decay){.form = RH_DECAY_LINEAR, .a = a};
    } else if (has(text, "logistic")) {
        *decay = (rh_decay){.form = RH_DECAY_LOGISTIC, .a = a, .b = second};
    } else if (has(text, "binary") || has(text, "cutoff")) {
        *decay = (rh_decay){.form = RH_DECAY_BINARY, .a = a};
    } else {
        return false;
    }
    return true;
}

/* The decay of a measure's word, from the word first and the params then. */
static rh_decay
decay_of(const vector_case *c, const char *word)
{
    rh_decay decay = {.form = RH_DECAY_NONE};
    const char *const texts[] = {"decay", "decay_function", "weight", "weight_fn", "impedance"};
    double sigma = number_param(c, "gaussian_sigma", number_param(c, "sigma", NAN));
    if (has(word, "gauss") && !isnan(sigma)) {
        return (rh_decay){.form = RH_DECAY_GAUSSIAN, .a = sigma};
    }
    if ((has(word, "gravity") || has(word, "weighted_catchment")) &&
        decay_from_text(json_string_value(json_object_get(c->params, "gravity")), &decay)) {
        return decay;
    }
    if (!isnan(number_in(strpbrk(word, "_"), NAN)) && decay_from_text(word, &decay)) {
        return decay;
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_t *param = json_object_get(c->params, texts[i]);
        if (decay_from_text(json_string_value(param), &decay) ||
            step_param(param, RH_DECAY_STEP, &decay)) {
            return decay;
        }
    }
    if (step_param(json_object_get(c->params, "step"), RH_DECAY_STEP, &decay) ||
        step_param(json_object_get(c->params, "stepped"), RH_DECAY_STEPPED, &decay)) {
        return decay;
    }
    return decay;
}

static rh_access_measure
measure_of(const char *word)
{
    static const struct {
        const char *word;
        rh_access_measure measure;
    } words[] = {
        {"m2sfca", RH_ACCESS_M2SFCA},       {"kd2sfca", RH_ACCESS_KD2SFCA},
        {"3sfca", RH_ACCESS_3SFCA},         {"e2sfca", RH_ACCESS_E2SFCA},
        {"2sfca", RH_ACCESS_E2SFCA},        {"bfca", RH_ACCESS_BFCA},
        {"ratio", RH_ACCESS_RATIO},         {"raam", RH_ACCESS_RAAM_STEPS},
        {"interval", RH_ACCESS_INTERVAL},   {"cumulative", RH_ACCESS_CUMULATIVE},
        {"cutoff", RH_ACCESS_CUMULATIVE},   {"gravity", RH_ACCESS_GRAVITY},
        {"catchment", RH_ACCESS_GRAVITY},   {"closest", RH_ACCESS_CLOSEST},
        {"balancing", RH_ACCESS_BALANCING}, {"availability", RH_ACCESS_AVAILABILITY},
        {"doubly", RH_ACCESS_DOUBLY},       {"total", RH_ACCESS_TOTAL},
        {"singly", RH_ACCESS_AVAILABILITY}, {"asserted", RH_ACCESS_AVAILABILITY},
        {"full", RH_ACCESS_AVAILABILITY},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (has(word, words[i].word)) {
            return words[i].measure;
        }
    }
    return RH_ACCESS_COUNT;
}

/* A plain 2SFCA weighs everyone alike unless the case has a decay for all its measures. */
static rh_access_how
how_of(const vector_case *c, const char *word, rh_access_measure measure)
{
    rh_access_how how = rh_access_usual();
    double in_word = number_in(strpbrk(word, "_"), NAN);
    const char *stage = json_string_value(json_object_get(c->params, "three_stage"));
    how.decay = decay_of(c, word);
    how.within = within_of(c, word);
    how.choice_beyond = has(stage, "over ALL");
    how.alpha = number_param(c, "alpha", 1);
    how.at_least = number_param(c, "n", 0);
    how.at_least = how.at_least <= 1 ? 0 : how.at_least;
    how.increment = number_param(c, "increment", number_param(c, "cost_increment", 1));
    bool plain = strncmp(word, "2sfca", 5) == 0 || measure == RH_ACCESS_RATIO ||
                 measure == RH_ACCESS_CUMULATIVE;
    if (plain && how.decay.form == RH_DECAY_STEP) {
        how.decay.form = RH_DECAY_NONE;
    }
    if (plain && !isnan(in_word)) {
        how.within = in_word;
    }
    json_t *range = json_object_get(c->params, "interval");
    how.from = json_number_value(json_array_get(range, 0));
    how.to = json_number_value(json_array_get(range, 1));
    how.median = has(json_string_value(json_object_get(c->params, "summary")), "median") ||
                 has(json_string_value(json_object_get(c->params, "stat")), "median");
    if (measure == RH_ACCESS_RAAM_STEPS) {
        const char *raam = json_string_value(json_object_get(c->params, "raam"));
        how.tau = !isnan(in_word)
                      ? in_word
                      : number_param(c, "tau", number_in(strstr(raam ? raam : "", "tau"), 60));
        how.within = INFINITY;
    }
    return how;
}

static void
solve_word(world *w, const char *prefix, const char *scenario, const char *word)
{
    rh_access_measure measure = measure_of(word);
    if (measure == RH_ACCESS_COUNT) {
        print_message("# %s: no measure is called \"%s\"\n", w->c->id, word);
        return;
    }
    rh_access_how how = how_of(w->c, word, measure);
    rh_pairs *pairs = pairs_of(w, scenario);
    double *demand = calloc(w->n, sizeof *demand), *supply = calloc(w->n, sizeof *supply),
           *access = calloc(w->n, sizeof *access);
    for (uint32_t i = 0; i < w->n; i++) {
        demand[i] = w->town[i].demand;
        supply[i] = w->town[i].supply;
    }
    rh_access_input in = {pairs, pairs, demand, supply};
    rh_pairs *turned = NULL;
    if (has(word, "passive")) {
        assert_int_equal(rh_pairs_turned(pairs, &turned, NULL), RH_OK);
        in = (rh_access_input){turned, turned, supply, demand};
    }
    rh_access_balance balance;
    rh_err err = {0};
    if (rh_access(&in, measure, &how, access, NULL, &balance, &err) != RH_OK) {
        fail_msg("%s: %s: %s", w->c->id, word, err.text);
    }
    for (uint32_t i = 0; i < w->n; i++) {
        vector_set(w->c, access[i], "%s:%s", prefix, w->town[i].id);
    }
    free(demand);
    free(supply);
    free(access);
    rh_pairs_free(turned);
    rh_pairs_free(pairs);
}

static void
solve(vector_case *c)
{
    world w;
    read_world(&w, c);
    char last[400] = "";
    for (uint32_t i = 0; i < c->n_expected; i++) {
        char prefix[400];
        snprintf(prefix, sizeof prefix, "%s", c->key[i]);
        char *place = strrchr(prefix, ':');
        if (place == NULL) {
            continue;
        }
        *place = '\0';
        if (strcmp(prefix, last) == 0) {
            continue;
        }
        snprintf(last, sizeof last, "%s", prefix);
        char *word = strrchr(prefix, ':');
        if (word != NULL) {
            *word = '\0';
            solve_word(&w, last, prefix, word + 1);
        } else {
            solve_word(&w, last, "", prefix);
        }
    }
    for (unsigned f = 0; f < w.n_files; f++) {
        rh_csv_free(w.file[f]);
    }
    free(w.town);
}

static void
test_cases_of_peers_come_out(void **state)
{
    (void)state;
    vectors_walk("accessibility", solve);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases_of_peers_come_out)};
    return cmocka_run_group_tests_name("vectors_accessibility", tests, NULL, NULL);
}
