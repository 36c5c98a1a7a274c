/* Building a world: see world.h. */
#include "process/world.h"

#include "core/mem.h"
#include "core/threads.h"
#include "person/store.h"
#include "process/destination.h"
#include "process/process.h"
#include "process/work.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool
rh_world_is_nation(const rh_world *world)
{
    return world->region->province.n >= 31;
}

bool
rh_world_aligned(const rh_world *world, const char *setting)
{
    return setting != NULL && strcmp(setting, "national") == 0 && rh_world_is_nation(world);
}

double
rh_world_births(const rh_world *world, int y)
{
    const double *births = world->series->births;
    int first = world->first_year + 1 - world->series->first_year;
    return rh_world_is_nation(world) ? births[y]
                                     : world->own_births * births[y] / births[first];
}

static rh_status
read_profiles(rh_world *world, rh_err *err)
{
    const rh_parameters *p = world->parameters;
    rh_profiles *f = &world->profile;
    for (unsigned parity = 0; parity < 4; parity++) {
        char name[32];
        snprintf(name, sizeof name, "fertility.parity%u", parity);
        RH_TRY(rh_parameter_profile(p, name, RH_FEMALE, f->birth[parity], err));
    }
    for (unsigned sex = 0; sex < 2; sex++) {
        RH_TRY(rh_parameter_profile(p, "marriage.first", sex, f->marry[sex], err));
        RH_TRY(rh_parameter_profile(p, "marriage.again", sex, f->remarry[sex], err));
        RH_TRY(rh_parameter_profile(p, "household.leave_home", sex, f->leave_home[sex], err));
        RH_TRY(rh_parameter_profile(p, "work.leave_farm", sex, f->leave_farm[sex], err));
        RH_TRY(rh_parameter_profile(p, "work.retire_farm", sex, f->retire_farm[sex], err));
        RH_TRY(rh_parameter_profile(p, "work.retire", sex, f->retire[sex], err));
        RH_TRY(rh_parameter_of_sex(p, "work.to_home", sex, &f->to_home[sex], err));
        RH_TRY(rh_parameter_of_sex(p, "work.from_home", sex, &f->from_home[sex], err));
    }
    RH_TRY(rh_parameter_profile(p, "household.divide", RH_MALE, f->divide_home, err));
    const struct {
        const char *name;
        double *value;
    } numbers[] = {
        {"work.lose_job", &f->lose_job},
        {"work.find_job", &f->find_job},
        {"work.farm_to_factory", &f->farm_to_factory},
        {"work.back_to_farm", &f->back_to_farm},
        {"work.youth_farm", &f->youth_farm},
        {"schooling.bachelor_share", &f->bachelor_share},
        {"schooling.graduate_share", &f->graduate_share},
        {"schooling.rural_odds", &f->rural_schooling},
        {"migration.spouse_along", &f->spouse_along},
        {"migration.child_along", &f->child_along},
        {"reclassification.first_year", &f->reclassification},
        {"migration.first_year.in_county", &f->first_year[0]},
        {"migration.first_year.in_province", &f->first_year[1]},
        {"migration.first_year.other_province", &f->first_year[2]},
        {"migration.joining", &f->joining},
        {"migration.return_together", &f->return_together},
        {"mortality.rural", &f->rural_mortality},
        {"mortality.shrink", &f->mortality_shrink},
        {"fertility.census_coverage", &f->census_coverage},
        {"fertility.shrink", &f->fertility_shrink},
        {"marriage.wife_joins", &world->marriage.wife_joins},
        {"marriage.husband_joins", &world->marriage.husband_joins},
        {"marriage.neolocal", &world->marriage.neolocal},
    };
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        RH_TRY(rh_parameter(p, numbers[i].name, numbers[i].value, err));
    }
    return RH_OK;
}

/* The largest factors that bounds of departure and return have to allow for. */
static void
find_largest(rh_world *world)
{
    const rh_migration *m = world->destination->migration;
    world->most_departing_education = 0;
    for (unsigned e = 0; e < RH_EDUCATION_COUNT; e++) {
        world->most_departing_education =
            fmax(world->most_departing_education, m->education[e]);
    }
    for (unsigned e = 0; e < RH_EDUCATION_COUNT; e++) {
        world->departing[e] = (float)(m->education[e] / world->most_departing_education);
    }
    for (int a = 0; a < RH_PROFILE_AGES; a++) {
        world->most_returning[a] = 0;
        for (unsigned nest = 0; nest < RH_NEST_COUNT; nest++) {
            for (int stay = 0; stay < RH_STAY_CLASSES; stay++) {
                double rate =
                    rh_migration_return(m, (enum rh_nest)nest, stay,
                                        a < RH_MIGRATION_AGES ? a : RH_MIGRATION_AGES - 1);
                world->most_returning[a] =
                    fmax(world->most_returning[a], rate + m->onward[nest]);
            }
        }
    }
}

static rh_status
init(rh_world *world, const char *data_dir, rh_err *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/behaviour.csv", data_dir);
    RH_TRY(rh_parameters_read(path, &world->parameters, err));
    RH_TRY(rh_series_read(data_dir, world->first_year, world->last_year, &world->series, err));
    RH_TRY(read_profiles(world, err));
    for (unsigned nest = 0; nest < 3; nest++) {
        world->return_scale[nest] = 1;
        world->birth_level = 1;
    }
    rh_work_fill(world);
    if (world->destination != NULL) {
        find_largest(world);
    }
    const rh_region *r = world->region;
    RH_NEW(world->county_of_town, r->town.n, err);
    for (uint32_t t = 0; t < r->town.n; t++) {
        world->county_of_town[t] = r->town.parent[t];
    }
    RH_NEW(world->province_of_county, r->county.n, err);
    for (uint32_t c = 0; c < r->county.n; c++) {
        world->province_of_county[c] = r->prefecture.parent[r->county.parent[c]];
    }
    return RH_OK;
}

rh_status
rh_world_init(rh_world *world, const char *data_dir, rh_err *err)
{
    rh_status status = init(world, data_dir, err);
    if (status != RH_OK) {
        rh_world_release(world);
    }
    return status;
}

void
rh_world_release(rh_world *world)
{
    rh_parameters_free(world->parameters);
    rh_series_free(world->series);
    rh_free(world->county_of_town);
    rh_free(world->province_of_county);
    rh_free(world->fertility_factor);
    rh_free(world->mortality_factor);
    *world = (rh_world){0};
}

/* ---- each county's own level of births and deaths ---- */

/* Married women of a county and part by children ever born and age. */
typedef struct mothers {
    uint32_t n[4][64];
} mothers;

enum { STRETCH = 1024 /* words searched for wives before these are counted: 8 KB */ };

typedef struct walk {
    const rh_world *world;
    const rh_store *store;
    mothers *row; /* per worker: n_counties × parts */
    uint32_t n_rows;
} walk;

/* The married women among n words, without a branch. Returns their number. */
static uint32_t
find_wives(const rh_person *word, uint32_t n, rh_person *wives)
{
    const rh_person state = rh_person_with_sex(rh_person_with_marital(0, 3), 1),
                    wife = rh_person_with_sex(rh_person_with_marital(0, RH_MARRIED), RH_FEMALE);
    uint32_t n_wives = 0;
    for (uint32_t i = 0; i < n; i++) {
        wives[n_wives] = word[i];
        n_wives += (word[i] & state) == wife;
    }
    return n_wives;
}

static void
count_wives(const rh_world *world, mothers *row, const rh_person *wives, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const int age = rh_person_age(wives[i], world->first_year + 1);
        if (age >= 0 && age < 64) {
            const uint32_t leaf = rh_person_residence(wives[i]);
            row[2 * world->county_of_town[leaf >> 1] + (leaf & 1)]
                .n[rh_person_children(wives[i])][age]++;
        }
    }
}

static rh_status
walk_job(void *context, unsigned county, unsigned worker, rh_err *err)
{
    (void)err;
    walk *w = context;
    const rh_level *counties = &w->world->region->county;
    mothers *row = w->row + (size_t)worker * w->n_rows;
    rh_person wives[STRETCH];
    for (uint32_t t = counties->first[county]; t < counties->first[county + 1]; t++) {
        const rh_block *b = &w->store->block[t];
        for (uint32_t i = 0; i < b->count; i += STRETCH) {
            const uint32_t rest = b->count - i, n = rest < STRETCH ? rest : STRETCH;
            count_wives(w->world, row, wives, find_wives(b->word + i, n, wives));
        }
    }
    return RH_OK;
}

/* Move a crude-rate ratio towards 1 and keep it in a plausible range. */
static double
shrunk(double ratio, double weight)
{
    ratio = ratio > 0.2 ? ratio : 0.2;
    ratio = ratio < 3 ? ratio : 3;
    return pow(ratio, weight);
}

static void
fertility_factors(rh_world *world, const mothers *row)
{
    const rh_region *r = world->region;
    double all_expected = 0, all_own = 0, all_births = 0;
    for (uint32_t c = 0; c < r->county.n; c++) {
        double expected = 0;
        for (unsigned part = 0; part < 2; part++) {
            for (unsigned k = 0; k < 4; k++) {
                for (unsigned a = 0; a < 64; a++) {
                    expected += row[2 * c + part].n[k][a] * (double)world->profile.birth[k][a];
                }
            }
        }
        uint64_t people = 0;
        for (unsigned k = 0; k < RH_CLASS_COUNT; k++) {
            for (uint32_t leaf = 2 * r->county.first[c]; leaf < 2 * r->county.first[c + 1];
                 leaf++) {
                people += r->leaf_class[leaf][k];
            }
        }
        double own = r->column.birth_rate[c] * (double)people / world->weight;
        double factor = own > 0 && expected > 0 ? own / expected : (double)NAN;
        world->fertility_factor[2 * c] = world->fertility_factor[2 * c + 1] = (float)factor;
        all_expected += expected;
        all_own += own > 0 ? own : 0;
    }
    /* Relative to the nation, shrunk towards it. */
    double nation = all_expected > 0 && all_own > 0 ? all_own / all_expected : 1;
    for (uint32_t i = 0; i < 2 * r->county.n; i++) {
        double f = (double)world->fertility_factor[i] / nation;
        world->fertility_factor[i] =
            (float)(isfinite(f) ? shrunk(f, world->profile.fertility_shrink) : 1);
        for (unsigned k = 0; k < 4; k++) {
            for (unsigned a = 0; a < 64; a++) {
                all_births += row[i].n[k][a] * (double)world->profile.birth[k][a] *
                              (double)world->fertility_factor[i];
            }
        }
    }
    world->own_births = all_own * world->weight / world->profile.census_coverage;
    int first = world->first_year + 1 - world->series->first_year;
    double births = rh_world_births(world, first);
    world->birth_level =
        births > 0 && all_births > 0 ? births / (all_births * world->weight) : 1;
}

static void
mortality_factors(rh_world *world)
{
    const rh_region *r = world->region;
    double ratio_sum = 0, weight_sum = 0, rural = world->profile.rural_mortality;
    for (uint32_t c = 0; c < r->county.n; c++) {
        double expected = 0, people[2] = {0};
        for (unsigned k = 0; k < RH_CLASS_COUNT; k++) {
            for (unsigned part = 0; part < 2; part++) {
                for (unsigned sex = 0; sex < 2; sex++) {
                    for (int g = 0; g < RH_AGE_GROUPS; g++) {
                        int age = g == RH_AGE_GROUPS - 1
                                      ? 88
                                      : (rh_age_group_low(g) + rh_age_group_high(g)) / 2;
                        double n = r->cell[c].n[k][part][sex][g];
                        people[part] += n;
                        expected += n * (double)world->series->mortality[0][sex][age] *
                                    (part == RH_RURAL ? sqrt(rural) : 1 / sqrt(rural));
                    }
                }
            }
        }
        double own = r->column.death_rate[c] * (people[0] + people[1]);
        double ratio = own > 0 && expected > 0 ? own / expected : (double)NAN;
        world->mortality_factor[2 * c] = world->mortality_factor[2 * c + 1] = (float)ratio;
        if (isfinite(ratio)) {
            ratio_sum += own;
            weight_sum += expected;
        }
    }
    double nation = weight_sum > 0 ? ratio_sum / weight_sum : 1;
    for (uint32_t i = 0; i < 2 * r->county.n; i++) {
        double f = (double)world->mortality_factor[i] / nation;
        f = isfinite(f) ? shrunk(f, world->profile.mortality_shrink) : 1;
        world->mortality_factor[i] =
            (float)(f * (i % 2 == RH_RURAL ? sqrt(rural) : 1 / sqrt(rural)));
    }
}

rh_status
rh_world_calibrate(rh_world *world, const rh_store *store, unsigned n_threads, rh_err *err)
{
    uint32_t rows = 2 * world->region->county.n;
    if (world->fertility_factor == NULL) {
        RH_NEW(world->fertility_factor, rows, err);
    }
    if (world->mortality_factor == NULL) {
        RH_NEW(world->mortality_factor, rows, err);
    }
    walk w = {world, store, NULL, rows};
    RH_NEW(w.row, (size_t)n_threads * rows, err);
    rh_status status =
        rh_threads_run(n_threads, world->region->county.n, NULL, walk_job, &w, err);
    for (unsigned k = 1; k < n_threads && status == RH_OK; k++) {
        for (uint32_t i = 0; i < rows; i++) {
            for (unsigned c = 0; c < 4 * 64; c++) {
                (&w.row[i].n[0][0])[c] += (&w.row[(size_t)k * rows + i].n[0][0])[c];
            }
        }
    }
    if (status == RH_OK) {
        fertility_factors(world, w.row);
        mortality_factors(world);
    }
    rh_free(w.row);
    return status;
}
