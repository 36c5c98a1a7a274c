/* Walking test cases: see vectors.h. */
#include "vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct vector_result {
    double value;
    bool found;
};

static rh_csv *
open_file(const char *folder, const char *file)
{
    char path[1200];
    rh_err err = {0};
    rh_csv *csv = NULL;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    if (access(path, R_OK) != 0) {
        return NULL;
    }
    if (rh_csv_open(path, &csv, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    return csv;
}

rh_csv *
vector_open(const vector_case *c, const char *file)
{
    return open_file(c->folder, file);
}

bool
vector_has(const vector_case *c, const char *file)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/%s", c->folder, file);
    return access(path, R_OK) == 0;
}

void
vector_set(vector_case *c, double value, const char *format, ...)
{
    char key[400];
    va_list args;
    va_start(args, format);
    vsnprintf(key, sizeof key, format, args);
    va_end(args);
    for (uint32_t i = 0; i < c->n_expected; i++) {
        if (!c->result[i].found && strcmp(c->key[i], key) == 0) {
            c->result[i] = (struct vector_result){value, true};
            return;
        }
    }
}

void
vector_pass(vector_case *c)
{
    c->passed = true;
}

bool
vector_wants(const vector_case *c, const char *prefix)
{
    for (uint32_t i = 0; i < c->n_expected; i++) {
        if (strncmp(c->key[i], prefix, strlen(prefix)) == 0) {
            return true;
        }
    }
    return false;
}

static double
number_or_nan(const char *text)
{
    char *end;
    double x = strtod(text, &end);
    return end == text ? (double)NAN : x;
}

static bool
same(double want, double got, double rtol, double atol)
{
    return (isnan(want) && isnan(got)) || want == got ||
           fabs(got - want) <= atol + rtol * fabs(want);
}

static unsigned
run_case(const char *topic_folder, const char *id, void (*solve)(vector_case *c))
{
    vector_case c = {.id = id};
    snprintf(c.folder, sizeof c.folder, "%s/%s", topic_folder, id);
    char path[1200];
    snprintf(path, sizeof path, "%s/case.json", c.folder);
    json_error_t problem;
    c.json = json_load_file(path, 0, &problem);
    if (c.json == NULL) {
        fail_msg("%s: %s", path, problem.text);
    }
    c.params = json_object_get(c.json, "params");
    json_t *none = json_object();
    c.params = c.params != NULL ? c.params : none;
    rh_csv *expected = open_file(c.folder, "expected.csv");
    assert_non_null(expected);
    c.n_expected = rh_csv_rows(expected);
    c.key = calloc(c.n_expected, sizeof *c.key);
    c.value = calloc(c.n_expected, sizeof *c.value);
    c.result = calloc(c.n_expected, sizeof *c.result);
    int key = rh_csv_find(expected, "key"), value = rh_csv_find(expected, "value"),
        rtol = rh_csv_find(expected, "rtol"), atol = rh_csv_find(expected, "atol");
    for (uint32_t i = 0; i < c.n_expected; i++) {
        c.key[i] = rh_csv_text(expected, i, key);
        c.value[i] = number_or_nan(rh_csv_text(expected, i, value));
    }
    solve(&c);
    unsigned wrong = 0;
    for (uint32_t i = 0; i < c.n_expected && !c.passed; i++) {
        bool ok = c.result[i].found && same(c.value[i], c.result[i].value,
                                            number_or_nan(rh_csv_text(expected, i, rtol)),
                                            number_or_nan(rh_csv_text(expected, i, atol)));
        if (!ok && wrong++ < 10) {
            print_message("# %s: %s: wanted %.17g, %s %.17g\n", id, c.key[i], c.value[i],
                          c.result[i].found ? "got" : "found nothing,", c.result[i].value);
        }
    }
    if (c.passed) {
        print_message("# %s: another test's\n", id);
    } else {
        print_message("# %s: %u of %u values match\n", id, c.n_expected - wrong, c.n_expected);
    }
    rh_csv_free(expected);
    free(c.key);
    free(c.value);
    free(c.result);
    json_decref(c.json);
    json_decref(none);
    return wrong;
}

static int
is_case(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && strchr(entry->d_name, '.') == NULL;
}

void
vectors_walk(const char *topic, void (*solve)(vector_case *c))
{
    char folder[400];
    const char *root = getenv("RONGHE_VECTORS");
    snprintf(folder, sizeof folder, "%s/%s", root != NULL ? root : "../shared/vectors", topic);
    struct dirent **entry;
    int n = scandir(folder, &entry, is_case, alphasort);
    if (n < 0) {
        print_message("# no test cases of peers at %s\n", folder);
        skip();
    }
    unsigned wrong = 0;
    for (int i = 0; i < n; i++) {
        wrong += run_case(folder, entry[i]->d_name, solve);
        free(entry[i]);
    }
    free(entry);
    assert_true(n > 0);
    assert_int_equal(wrong, 0);
}
