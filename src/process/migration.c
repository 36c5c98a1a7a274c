/* Reading the parameters of migration (process/migration.h, M1). */
#include "process/migration.h"

#include "core/mem.h"
#include "io/csv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct parameter {
    const char *key;
    double *value;
    double least, largest;
    bool seen;
} parameter;

static const char *const nest_names[RH_NEST_COUNT] = {"in_county", "in_province",
                                                      "other_province"};

static void
read_parameter_row(rh_csv *csv, uint32_t row, int key_column, int value_column, parameter *list,
                   size_t n)
{
    const char *key = rh_csv_text(csv, row, key_column);
    double value = rh_csv_number(csv, row, value_column);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i].key, key) != 0) {
            continue;
        }
        if (list[i].seen) {
            rh_csv_problem(csv, row, key_column, "parameter %s stands here a second time", key);
        } else if (!(value >= list[i].least && value <= list[i].largest)) {
            rh_csv_problem(csv, row, value_column, "%s is %g; it must lie in %g to %g", key,
                           value, list[i].least, list[i].largest);
        }
        list[i].seen = true;
        *list[i].value = value;
        return;
    }
    rh_csv_problem(csv, row, key_column, "there is no parameter \"%s\"", key);
}

static rh_status
read_parameters(rh_csv *csv, rh_migration *out, rh_err *err)
{
    parameter list[] = {
#define X(name, member, low, high)                                                             \
    {.key = name, .value = &out->member, .least = low, .largest = high},
        RH_MIGRATION_LIST(X)
#undef X
    };
    const size_t n = sizeof list / sizeof *list;
    int key = rh_csv_need(csv, "parameter"), value = rh_csv_need(csv, "value");
    for (uint32_t row = 0; row < rh_csv_rows(csv); row++) {
        read_parameter_row(csv, row, key, value, list, n);
    }
    RH_TRY(rh_csv_finish(csv, err));
    for (size_t i = 0; i < n; i++) {
        if (!list[i].seen) {
            return rh_fail(err, RH_MISSING, "migration.csv: parameter %s is missing.",
                           list[i].key);
        }
    }
    for (int age = 1; age < RH_MIGRATION_AGES; age++) {
        bool listed = age == 16 || (age >= 25 && age <= 65 && age % 10 == 5);
        out->return_age[age] = listed ? out->return_age[age] : out->return_age[age - 1];
    }
    return RH_OK;
}

static int
nest_of(const char *name)
{
    for (int k = 0; k < RH_NEST_COUNT; k++) {
        if (strcmp(name, nest_names[k]) == 0) {
            return k;
        }
    }
    return -1;
}

static rh_status
read_profile(rh_csv *csv, rh_migration *out, rh_err *err)
{
    int nest_column = rh_csv_need(csv, "nest"), sex_column = rh_csv_need(csv, "sex");
    int age_column = rh_csv_need(csv, "age"), value_column = rh_csv_need(csv, "relative");
    for (uint32_t row = 0; row < rh_csv_rows(csv); row++) {
        int nest = nest_of(rh_csv_text(csv, row, nest_column));
        uint64_t sex = rh_csv_count(csv, row, sex_column),
                 age = rh_csv_count(csv, row, age_column);
        double value = rh_csv_number(csv, row, value_column);
        if (nest < 0 || sex > 1 || age >= RH_MIGRATION_AGES || !(value >= 0 && value <= 1000)) {
            rh_csv_problem(csv, row, value_column, "nest, sex, age or value out of range");
            continue;
        }
        for (uint64_t a = age; a < RH_MIGRATION_AGES;
             a++) { /* ages behind the last row keep its value */
            out->profile[nest][sex][a] = (float)value;
        }
    }
    return rh_csv_finish(csv, err);
}

static rh_status
read_provinces(rh_csv *csv, rh_migration *out, rh_err *err)
{
    int code_column = rh_csv_need(csv, "province");
    int share_column = rh_csv_need(csv, "growth_share");
    int leaving_column = rh_csv_need(csv, "departure_share");
    for (int p = 0; p < 100; p++) {
        out->province_share[p] = out->departure_share[p] = (double)NAN;
    }
    for (uint32_t row = 0; row < rh_csv_rows(csv); row++) {
        uint64_t code = rh_csv_count(csv, row, code_column);
        double share = rh_csv_number(csv, row, share_column);
        double leaving = rh_csv_number(csv, row, leaving_column);
        if (code >= 100 || !(share >= 0 && share <= 1) || !(leaving >= 0 && leaving <= 1)) {
            rh_csv_problem(csv, row, share_column, "province or share out of range");
            continue;
        }
        out->province_share[code] = share;
        out->departure_share[code] = leaving;
    }
    return rh_csv_finish(csv, err);
}

typedef rh_status reader(rh_csv *csv, rh_migration *out, rh_err *err);

static rh_status
read_table(const char *dir, const char *name, reader *read, rh_migration *out, rh_err *err)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s", dir, name);
    if (length < 0 || (size_t)length >= sizeof path) {
        return rh_fail(err, RH_INPUT, "The path of the folder of %s is too long.", name);
    }
    rh_csv *csv = NULL;
    RH_TRY(rh_csv_open(path, &csv, err));
    rh_status status = read(csv, out, err);
    rh_csv_free(csv);
    return status;
}

rh_status
rh_migration_read(const char *dir, rh_migration *out, rh_err *err)
{
    *out = (rh_migration){0};
    RH_TRY(read_table(dir, "migration.csv", read_parameters, out, err));
    RH_TRY(read_table(dir, "departure_profile.csv", read_profile, out, err));
    return read_table(dir, "migration_province.csv", read_provinces, out, err);
}

double
rh_migration_return_bound(const rh_migration *m, enum rh_nest nest)
{
    double bound = 0;
    for (int stay = 0; stay < RH_STAY_CLASSES; stay++) {
        for (int age = 0; age < RH_MIGRATION_AGES; age++) {
            bound = fmax(bound, rh_migration_return(m, nest, stay, age));
        }
    }
    return bound;
}
