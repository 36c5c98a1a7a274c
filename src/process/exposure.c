/* Exposure to departure: see exposure.h. */
#include "process/exposure.h"

#include "core/mem.h"
#include "core/threads.h"

typedef struct walk {
    rh_destination *destination;
    const rh_region *region;
    const rh_store *store;
    int year;
    double (*sum)[RH_NEST_COUNT]; /* by home county */
} walk;

/* Residents at home by sex, age, marital state and schooling: the profile is a product of tables over these. */
typedef struct cells {
    uint32_t n[2][RH_MIGRATION_AGES][4][RH_EDUCATION_COUNT];
} cells;

static rh_status
county_job(void *context, unsigned county, unsigned worker, rh_err *err)
{
    (void)worker;
    walk *w = context;
    cells *c;
    RH_NEW(c, 1, err);
    for (uint32_t t = w->region->county.first[county]; t < w->region->county.first[county + 1]; t++) {
        const rh_block *b = &w->store->block[t];
        for (uint32_t i = 0; i < b->count; i++) {
            rh_person p = b->word[i];
            int age = rh_person_age(p, w->year);
            if (!rh_person_is_away(p) && age >= 0) {
                age = age < RH_MIGRATION_AGES ? age : RH_MIGRATION_AGES - 1;
                c->n[rh_person_sex(p)][age][rh_person_marital(p)][rh_person_education(p)]++;
            }
        }
    }
    const rh_migration *m = w->destination->migration;
    for (unsigned nest = 0; nest < RH_NEST_COUNT; nest++) {
        double sum = 0;
        for (unsigned sex = 0; sex < 2; sex++) {
            for (int age = 0; age < RH_MIGRATION_AGES; age++) {
                for (unsigned k = 0; k < 4; k++) {
                    for (unsigned e = 0; e < RH_EDUCATION_COUNT; e++) {
                        double factor = m->marital[k == RH_DIVORCED ? RH_WIDOWED : k] * m->education[e];
                        sum += c->n[sex][age][k][e] * factor * (double)m->profile[nest][sex][age];
                    }
                }
            }
        }
        w->sum[county][nest] = sum;
    }
    rh_free(c);
    return RH_OK;
}

rh_status
rh_exposure_measure(rh_destination *destination, const rh_region *region, const rh_store *store, double weight, int year,
                    unsigned n_threads, rh_err *err)
{
    walk w = {destination, region, store, year, NULL};
    RH_NEW(w.sum, region->county.n, err);
    rh_status status = rh_threads_run(n_threads, region->county.n, NULL, county_job, &w, err);
    for (uint32_t c = 0; c < region->county.n && status == RH_OK; c++) {
        for (unsigned nest = 0; nest < RH_NEST_COUNT; nest++) {
            rh_destination_expose(destination, c, (enum rh_nest)nest, w.sum[c][nest] * weight);
        }
    }
    rh_free(w.sum);
    return status;
}
