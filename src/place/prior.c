/* Priors of the region builders: see prior.h. */
#include "place/prior.h"

#include "core/datadir.h"
#include "core/mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

rh_status
rh_prior_open(const char *data_dir, const char *name, rh_csv **out, rh_err *err)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s", data_dir != NULL ? data_dir : "", name);
    if (data_dir != NULL && length > 0 && (size_t)length < sizeof path &&
        access(path, F_OK) == 0) {
        return rh_csv_open(path, out, err);
    }
    snprintf(path, sizeof path, "china/%s", name);
    char *shipped;
    RH_TRY(rh_data_dir(path, &shipped, err));
    rh_status st = rh_csv_open(shipped, out, err);
    rh_free(shipped);
    return st;
}

static rh_status
read_numbers(rh_csv *csv, rh_prior *prior, rh_err *err)
{
    static const struct {
        const char *name;
        size_t offset;
    } list[] = {
#define X(name) {#name, offsetof(rh_prior, name)},
        RH_PRIOR_LIST(X)
#undef X
    };
    enum { n_list = sizeof list / sizeof *list };
    bool seen[n_list] = {false};
    int name = rh_csv_need(csv, "name"), value = rh_csv_need(csv, "value");
    for (uint32_t r = 0; r < rh_csv_rows(csv); r++) {
        size_t k = 0;
        while (k < n_list && strcmp(list[k].name, rh_csv_text(csv, r, name)) != 0) {
            k++;
        }
        double x = rh_csv_number(csv, r, value);
        if (k == n_list) {
            rh_csv_problem(csv, r, name, "\"%s\" is not a prior of the region builders.",
                           rh_csv_text(csv, r, name));
        } else if (!(x >= 0)) {
            rh_csv_problem(csv, r, value, "%s must be a number that is not negative.",
                           list[k].name);
        } else {
            memcpy((char *)prior + list[k].offset, &x, sizeof x);
            seen[k] = true;
        }
    }
    RH_TRY(rh_csv_finish(csv, err));
    for (size_t k = 0; k < n_list; k++) {
        if (!seen[k]) {
            return rh_fail(err, RH_MISSING, "place_prior.csv has no row %s.", list[k].name);
        }
    }
    return RH_OK;
}

/* Rows are sex (male first) × 19 age groups in order. */
static rh_status
read_ages(rh_csv *csv, double profile[5][2][RH_AGE_GROUPS], rh_err *err)
{
    static const char *const column[5] = {"local_rural", "local_urban", "in_county",
                                          "in_province", "other_province"};
    int at[5], sex = rh_csv_need(csv, "sex"), age = rh_csv_need(csv, "age");
    for (int k = 0; k < 5; k++) {
        at[k] = rh_csv_need(csv, column[k]);
    }
    uint32_t rows = rh_csv_rows(csv);
    for (uint32_t r = 0; r < rows; r++) {
        const int s = strcmp(rh_csv_text(csv, r, sex), "male") == 0 ? 0 : 1;
        const uint64_t low = rh_csv_count(csv, r, age);
        const uint32_t g = low < 2 ? (uint32_t)low : (uint32_t)(low / 5 + 1);
        if (g >= RH_AGE_GROUPS) {
            rh_csv_problem(csv, r, age, "no age group starts at this age.");
            continue;
        }
        for (int k = 0; k < 5; k++) {
            profile[k][s][g] = rh_csv_number(csv, r, at[k]);
            if (!(profile[k][s][g] > 0)) {
                rh_csv_problem(csv, r, at[k], "a share must be above 0.");
            }
        }
    }
    RH_TRY(rh_csv_finish(csv, err));
    return rows == 2 * RH_AGE_GROUPS
               ? RH_OK
               : rh_fail(err, RH_INPUT, "migrant_age_prior.csv has %u rows instead of 38.",
                         rows);
}

static rh_status
read_weights(rh_csv *csv, rh_prior *prior, rh_err *err)
{
    static const char *const kind_name[4] = {"street", "town", "township", "other"};
    static const char *const column[4] = {
        "urban_per_resident_committee", "urban_per_village_committee",
        "rural_per_resident_committee", "rural_per_village_committee"};
    static const int part[4] = {RH_URBAN, RH_URBAN, RH_RURAL, RH_RURAL};
    int at[4], kind = rh_csv_need(csv, "kind"), tilt = rh_csv_need(csv, "migrant_tilt");
    for (int k = 0; k < 4; k++) {
        at[k] = rh_csv_need(csv, column[k]);
    }
    uint32_t rows = rh_csv_rows(csv);
    for (uint32_t r = 0; r < rows; r++) {
        int t = 0;
        while (t < 4 && strcmp(kind_name[t], rh_csv_text(csv, r, kind)) != 0) {
            t++;
        }
        if (t == 4) {
            rh_csv_problem(csv, r, kind, "\"%s\" is not a kind of township.",
                           rh_csv_text(csv, r, kind));
            continue;
        }
        for (int k = 0; k < 4; k++) {
            prior->town_weight[t][part[k]][k % 2] = rh_csv_number(csv, r, at[k]);
        }
        prior->migrant_tilt[t] = rh_csv_number(csv, r, tilt);
    }
    RH_TRY(rh_csv_finish(csv, err));
    return rows == 4
               ? RH_OK
               : rh_fail(err, RH_INPUT, "township_weights.csv has %u rows instead of 4.", rows);
}

static void
fill_cells(rh_prior *prior, double profile[5][2][RH_AGE_GROUPS])
{
    const double rate[RH_CLASS_COUNT][RH_PART_COUNT] = {
        [RH_LOCAL] = {1, 1},
        [RH_IN_COUNTY] = {prior->in_county_rural_rate, prior->in_county_urban_rate},
        [RH_IN_PROVINCE] = {prior->in_province_rural_rate, prior->in_province_urban_rate},
        [RH_OTHER_PROVINCE] = {prior->other_province_rural_rate,
                               prior->other_province_urban_rate},
    };
    for (int k = 0; k < RH_CLASS_COUNT; k++) {
        for (int p = 0; p < RH_PART_COUNT; p++) {
            for (int s = 0; s < 2; s++) {
                for (int g = 0; g < RH_AGE_GROUPS; g++) {
                    prior->cell[k][p][s][g] =
                        rate[k][p] * profile[k == RH_LOCAL ? p : k + 1][s][g];
                }
            }
        }
    }
}

rh_status
rh_prior_read(const char *data_dir, rh_prior *prior, rh_err *err)
{
    rh_csv *csv;
    RH_TRY(rh_prior_open(data_dir, "place_prior.csv", &csv, err));
    rh_status st = read_numbers(csv, prior, err);
    rh_csv_free(csv);
    RH_TRY(st);
    RH_TRY(rh_prior_open(data_dir, "township_weights.csv", &csv, err));
    st = read_weights(csv, prior, err);
    rh_csv_free(csv);
    RH_TRY(st);
    double profile[5][2][RH_AGE_GROUPS] = {{{0}}};
    RH_TRY(rh_prior_open(data_dir, "migrant_age_prior.csv", &csv, err));
    st = read_ages(csv, profile, err);
    rh_csv_free(csv);
    RH_TRY(st);
    fill_cells(prior, profile);
    return RH_OK;
}
