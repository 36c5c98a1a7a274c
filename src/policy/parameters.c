/* Behavioural parameters: see parameters.h. */
#include "policy/parameters.h"

#include "core/mem.h"
#include "io/csv.h"

#include <math.h>
#include <string.h>

typedef struct entry {
    const char *name, *tag; /* owned by the csv */
    int sex;                /* 0, 1, or -1 for both */
    double age, value;      /* age is NAN for a plain number */
} entry;

struct rh_parameters {
    rh_csv *csv;
    char *path;
    entry *entry;
    unsigned n;
};

void
rh_parameters_free(rh_parameters *p)
{
    if (p != NULL) {
        rh_csv_free(p->csv);
        rh_free(p->path);
        rh_free(p->entry);
        rh_free(p);
    }
}

static rh_status
read_rows(rh_parameters *p, rh_err *err)
{
    rh_csv *csv = p->csv;
    int name = rh_csv_need(csv, "name"), sex = rh_csv_need(csv, "sex"),
        age = rh_csv_need(csv, "age"), value = rh_csv_need(csv, "value"),
        tag = rh_csv_need(csv, "tag"), source = rh_csv_need(csv, "source");
    p->n = rh_csv_rows(csv);
    RH_NEW(p->entry, p->n, err);
    for (uint32_t r = 0; r < p->n; r++) {
        entry *e = &p->entry[r];
        const char *s = rh_csv_text(csv, r, sex), *t = rh_csv_text(csv, r, tag);
        e->name = rh_csv_text(csv, r, name);
        e->tag = t;
        e->sex = strcmp(s, "m") == 0 ? 0 : strcmp(s, "f") == 0 ? 1 : -1;
        e->age = rh_csv_number(csv, r, age);
        e->value = rh_csv_number(csv, r, value);
        if (e->sex < 0 && *s != '\0') {
            rh_csv_problem(csv, r, sex, "'%s' is no sex; use m, f or leave it empty", s);
        }
        if (!isfinite(e->value)) {
            rh_csv_problem(csv, r, value, "parameter '%s' has no value", e->name);
        }
        if (strcmp(t, "published") != 0 && strcmp(t, "estimated") != 0 &&
            strcmp(t, "assumption") != 0) {
            rh_csv_problem(csv, r, tag,
                           "'%s' is no tag; use published, estimated or assumption", t);
        }
        if (*rh_csv_text(csv, r, source) == '\0') {
            rh_csv_problem(csv, r, source, "parameter '%s' has no source", e->name);
        }
    }
    return rh_csv_finish(csv, err);
}

rh_status
rh_parameters_read(const char *path, rh_parameters **out, rh_err *err)
{
    rh_parameters *p;
    *out = NULL;
    RH_NEW(p, 1, err);
    p->path = rh_strdup(path);
    rh_status status = rh_csv_open(path, &p->csv, err);
    if (status == RH_OK) {
        status = read_rows(p, err);
    }
    if (status != RH_OK) {
        rh_parameters_free(p);
        return status;
    }
    *out = p;
    return RH_OK;
}

static const entry *
find_number(const rh_parameters *p, const char *name, int sex)
{
    for (unsigned i = 0; i < p->n; i++) {
        const entry *e = &p->entry[i];
        if (isnan(e->age) && (e->sex < 0 || e->sex == sex) && strcmp(e->name, name) == 0) {
            return e;
        }
    }
    return NULL;
}

rh_status
rh_parameter_of_sex(const rh_parameters *p, const char *name, unsigned sex, double *value,
                    rh_err *err)
{
    const entry *e = find_number(p, name, (int)sex);
    if (e == NULL) {
        return rh_fail(err, RH_MISSING, "%s: the parameter '%s' is missing.", p->path, name);
    }
    *value = e->value;
    return RH_OK;
}

rh_status
rh_parameter(const rh_parameters *p, const char *name, double *value, rh_err *err)
{
    const entry *e = find_number(p, name, -1);
    if (e == NULL) {
        return rh_fail(err, RH_MISSING, "%s: the parameter '%s' is missing.", p->path, name);
    }
    *value = e->value;
    return RH_OK;
}

rh_status
rh_parameter_profile(const rh_parameters *p, const char *name, unsigned sex,
                     float profile[RH_PROFILE_AGES], rh_err *err)
{
    const entry *last = NULL;
    memset(profile, 0, RH_PROFILE_AGES * sizeof *profile);
    for (unsigned i = 0; i < p->n; i++) {
        const entry *e = &p->entry[i];
        if (isnan(e->age) || (e->sex >= 0 && e->sex != (int)sex) ||
            strcmp(e->name, name) != 0) {
            continue;
        }
        if (last != NULL && e->age <= last->age) {
            return rh_fail(err, RH_INPUT,
                           "%s:%u: the knots of '%s' do not rise: age %g follows %g.", p->path,
                           (unsigned)rh_csv_line(p->csv, i), name, e->age, last->age);
        }
        double from = last != NULL ? last->age : e->age,
               v = last != NULL ? last->value : e->value;
        for (int a = (int)ceil(from); a <= e->age && a < RH_PROFILE_AGES; a++) {
            profile[a] =
                (float)(e->age > from ? v + (e->value - v) * (a - from) / (e->age - from)
                                      : e->value);
        }
        last = e;
    }
    if (last == NULL) {
        return rh_fail(err, RH_MISSING, "%s: the profile '%s' has no entry for %s.", p->path,
                       name, sex ? "women" : "men");
    }
    return RH_OK;
}
