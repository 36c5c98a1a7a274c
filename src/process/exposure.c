/* Exposure to departure and return: see exposure.h. */
#include "process/exposure.h"

#include "core/mem.h"
#include "core/threads.h"
#include "process/kin.h"

/* Sums over one home county's people. */
typedef struct sums {
    double departing[RH_NEST_COUNT]; /* profile × members moved */
    double joining[RH_NEST_COUNT];   /* members who join a migrant of the nest, a year */
    double alone[RH_NEST_COUNT];     /* return hazards */
    double together[RH_NEST_COUNT];  /* return hazards × members moved */
} sums;

typedef struct walk {
    const rh_destination *destination;
    const rh_world *world;
    const rh_store *store;
    int year;
    sums *county;
} walk;

/* A block under the walk. */
typedef struct place {
    const rh_person *word;
    uint32_t count, county;
} place;

static uint32_t
children_at(const place *b, rh_family f, uint32_t leaf)
{
    uint32_t n = 0;
    for (uint32_t j = f.children; j < f.children_end; j++) {
        n += rh_person_residence(b->word[j]) == leaf;
    }
    return n;
}

/* Expected members who move when i departs: the rules of departure.c. */
static double
departing_with(const walk *w, const place *b, uint32_t i)
{
    const rh_profiles *p = &w->world->profile;
    rh_family f = rh_family_in(b->word, b->count, i, w->year);
    uint32_t leaf = rh_person_residence(b->word[i]);
    bool spouse_here = f.spouse != RH_NOBODY && rh_person_residence(b->word[f.spouse]) == leaf;
    double spouse = spouse_here ? p->spouse_along : 0;
    return 1 + spouse + (spouse_here ? spouse : 1) * p->child_along * children_at(b, f, leaf);
}

/* Expected members who move when i returns: return_home.c. */
static double
returning_with(const walk *w, const place *b, uint32_t i)
{
    rh_family f = rh_family_in(b->word, b->count, i, w->year);
    uint32_t leaf = rh_person_residence(b->word[i]);
    bool spouse_here = f.spouse != RH_NOBODY && rh_person_residence(b->word[f.spouse]) == leaf;
    double together = w->world->profile.return_together;
    return 1 + (spouse_here ? together : 0) +
           (spouse_here ? together : 1) * children_at(b, f, leaf);
}

/* Members at home whom a married migrant may bring: joining.c. */
static double
left_at_home(const walk *w, const place *b, uint32_t i)
{
    rh_family f = rh_family_in(b->word, b->count, i, w->year);
    double n = f.spouse != RH_NOBODY && !rh_person_is_away(b->word[f.spouse]) ? 1 : 0;
    for (uint32_t j = f.children; j < f.children_end; j++) {
        n += !rh_person_is_away(b->word[j]);
    }
    return n;
}

static enum rh_nest
nest_of(const walk *w, const place *b, rh_person p)
{
    uint32_t county = w->world->county_of_town[rh_person_residence(p) >> 1];
    if (county == b->county) {
        return RH_NEST_COUNTY;
    }
    const uint32_t *province = w->world->province_of_county;
    return province[county] == province[b->county] ? RH_NEST_PROVINCE : RH_NEST_OTHER;
}

static void
count_person(const walk *w, const place *b, uint32_t i, sums *s)
{
    const rh_migration *m = w->destination->migration;
    rh_person p = b->word[i];
    int age = rh_person_age(p, w->year);
    age = age < RH_MIGRATION_AGES ? age : RH_MIGRATION_AGES - 1;
    if (age < RH_MOVE_AGE) {
        return;
    }
    if (rh_person_is_away(p)) {
        enum rh_nest nest = nest_of(w, b, p);
        double hazard =
            rh_migration_return(m, nest, rh_person_stay(p, w->year), age) + m->onward[nest];
        s->alone[nest] += hazard;
        s->together[nest] += hazard * returning_with(w, b, i);
        if (rh_person_marital(p) == RH_MARRIED && age < 70) {
            s->joining[nest] += w->world->profile.joining * left_at_home(w, b, i);
        }
        return;
    }
    unsigned marital = rh_person_marital(p) == RH_DIVORCED ? RH_WIDOWED : rh_person_marital(p);
    double factor =
        m->marital[marital] * m->education[rh_person_education(p)] * departing_with(w, b, i);
    for (unsigned nest = 0; nest < RH_NEST_COUNT; nest++) {
        s->departing[nest] += factor * (double)m->profile[nest][rh_person_sex(p)][age];
    }
}

static rh_status
county_job(void *context, unsigned county, unsigned worker, rh_err *err)
{
    (void)worker;
    (void)err;
    walk *w = context;
    const rh_level *counties = &w->world->region->county;
    for (uint32_t t = counties->first[county]; t < counties->first[county + 1]; t++) {
        place b = {w->store->block[t].word, w->store->block[t].count, county};
        for (uint32_t i = 0; i < b.count; i++) {
            count_person(w, &b, i, &w->county[county]);
        }
    }
    return RH_OK;
}

static void
put_in_force(rh_destination *d, rh_world *world, const sums *county)
{
    double alone[RH_NEST_COUNT] = {0}, together[RH_NEST_COUNT] = {0};
    for (uint32_t c = 0; c < world->region->county.n; c++) {
        for (unsigned nest = 0; nest < RH_NEST_COUNT; nest++) {
            const double weight = world->weight, most = 0.7;
            double arrivals = d->base[c][nest] * d->exposure[c][nest];
            double joiners = county[c].joining[nest] * weight;
            joiners = joiners < most * arrivals ? joiners : most * arrivals;
            double own = arrivals > 0 ? 1 - joiners / arrivals : 1;
            rh_destination_expose(d, c, (enum rh_nest)nest,
                                  county[c].departing[nest] * weight / own);
            alone[nest] += county[c].alone[nest];
            together[nest] += county[c].together[nest];
        }
    }
    for (unsigned nest = 0; nest < RH_NEST_COUNT; nest++) {
        world->return_scale[nest] = together[nest] > 0 ? alone[nest] / together[nest] : 1;
    }
}

rh_status
rh_exposure_measure(rh_destination *destination, rh_world *world, const rh_store *store,
                    unsigned n_threads, rh_err *err)
{
    walk w = {destination, world, store, world->first_year + 1, NULL};
    RH_NEW(w.county, world->region->county.n, err);
    rh_status status =
        rh_threads_run(n_threads, world->region->county.n, NULL, county_job, &w, err);
    if (status == RH_OK) {
        put_in_force(destination, world, w.county);
    }
    rh_free(w.county);
    return status;
}
