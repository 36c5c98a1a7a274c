/* Exposure to departure and return: see exposure.h.
 *
 * Two passes over a block, each without a branch that depends on who stands there, since no
 * processor can guess families: backwards, noting the children that stand in a row from each
 * word on and listing the adults at home and those away; then over both lists, adding up.
 * The rows of children spare looking for the family of each adult (kin.h): only children who
 * live apart, or stand behind an elder sibling, need that. Sums are taken in the order of the
 * store, so their last bits do not depend on the passes. */
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

/* Members who move: alone [0] or with a spouse at the same place [1], and more for each child
 * there. */
typedef struct moving {
    double adults[2], child[2];
} moving;

/* Children in a row: never married, under RH_CHILD_AGE, no head. Packed: their number, whether
 * they live in several leaves, birth field of the oldest (255 when there are none). */
typedef uint32_t row;
enum { ROW_NUMBER = 9, ROW_APART = 1 << 8, ROW_OLDEST = 255 };

typedef struct scratch {
    uint32_t *home, *away; /* positions of adults, falling */
    uint32_t n_home, n_away;
    row *row; /* from each position on */
} scratch;

/* Rates by fields of a word, as the processes have them. */
typedef struct walk {
    const rh_destination *destination;
    const rh_world *world;
    const rh_store *store;
    int year;
    double who[4][1 << rh_education_bits]; /* departure: marital state × schooling */
    double profile[2][RH_MIGRATION_AGES][RH_NEST_COUNT]; /* departure: sex, age, nest */
    double stay[RH_NEST_COUNT][RH_STAY_CLASSES];         /* return: full years of stay */
    moving departing, returning;
    scratch *worker;
    sums *county;
} walk;

/* A block under the walk. */
typedef struct place {
    const rh_person *word;
    uint32_t count, county;
} place;

/* The family of an adult as the rules of moving see it. */
typedef struct family {
    bool spouse_here, spouse_home; /* at the same leaf; in the home township */
    uint32_t children_here, children_home;
} family;

static rh_status
find_rates(walk *w, uint32_t largest_block, unsigned n_threads, rh_err *err)
{
    const rh_migration *m = w->destination->migration;
    const rh_profiles *p = &w->world->profile;
    for (unsigned marital = 0; marital < 4; marital++) {
        for (unsigned e = 0; e < RH_EDUCATION_COUNT; e++) {
            w->who[marital][e] =
                m->marital[marital == RH_DIVORCED ? RH_WIDOWED : marital] * m->education[e];
        }
    }
    for (unsigned nest = 0; nest < RH_NEST_COUNT; nest++) {
        for (unsigned a = 0; a < RH_MIGRATION_AGES; a++) {
            w->profile[RH_MALE][a][nest] = (double)m->profile[nest][RH_MALE][a];
            w->profile[RH_FEMALE][a][nest] = (double)m->profile[nest][RH_FEMALE][a];
        }
        for (unsigned stay = 0; stay < RH_STAY_CLASSES; stay++) {
            w->stay[nest][stay] = m->back[nest] * m->duration[stay];
        }
    }
    /* The rules of departure.c and return_home.c. */
    w->departing =
        (moving){{1, 1 + p->spouse_along}, {p->child_along, p->spouse_along * p->child_along}};
    w->returning = (moving){{1, 1 + p->return_together}, {1, p->return_together}};
    RH_NEW(w->worker, n_threads, err);
    for (unsigned k = 0; k < n_threads; k++) {
        RH_NEW(w->worker[k].home, largest_block, err);
        RH_NEW(w->worker[k].away, largest_block, err);
        RH_NEW(w->worker[k].row, (size_t)largest_block + 2, err);
    }
    return RH_OK;
}

/* Rows of children and lists of adults of a block; behind its end there are no children. */
static void
look_through(const place *b, int year, scratch *s)
{
    const unsigned adult_born = (unsigned)(year - RH_BIRTH_ZERO - RH_MOVE_AGE),
                   grown_born = (unsigned)(year - RH_BIRTH_ZERO - RH_CHILD_AGE);
    const rh_person no_child = 1ULL << rh_head_low | ((1ULL << rh_marital_bits) - 1)
                                                         << rh_marital_low;
    const rh_person *word = b->word;
    uint32_t *home = s->home, *away = s->away, n_home = 0, n_away = 0;
    row r = ROW_OLDEST, *rows = s->row;
    rows[b->count] = rows[b->count + 1] = r;
    rh_person behind = 0;
    for (uint32_t i = b->count; i-- > 0;) {
        const rh_person w = word[i];
        const unsigned birth = rh_person_birth(w), adult = birth <= adult_born,
                       gone = rh_person_is_away(w);
        const row child = -(row)((birth > grown_born) & ((w & no_child) == 0));
        const row apart = rh_person_residence(w ^ behind) != 0 && r >> ROW_NUMBER != 0;
        const row oldest = r & ROW_OLDEST;
        r = (r & ~(row)ROW_OLDEST) | (oldest < birth ? oldest : birth) | apart << 8;
        r = ((r + (1U << ROW_NUMBER)) & child) | (ROW_OLDEST & ~child);
        rows[i] = r;
        behind = w;
        home[n_home] = away[n_away] = i;
        n_home += adult & ~gone;
        n_away += adult & gone;
    }
    s->n_home = n_home;
    s->n_away = n_away;
}

/* Children behind the parents one by one. */
static family
count_children(const place *b, uint32_t i, int year, family f)
{
    rh_family kin = rh_family_in(b->word, b->count, i, year);
    f.children_here = f.children_home = 0;
    for (uint32_t j = kin.children; j < kin.children_end; j++) {
        f.children_here += rh_person_residence(b->word[j]) == rh_person_residence(b->word[i]);
        f.children_home += !rh_person_is_away(b->word[j]);
    }
    return f;
}

static inline family
family_of(const place *b, uint32_t i, int year, const row *rows)
{
    const rh_person w = b->word[i];
    const unsigned married = rh_person_marital(w) == RH_MARRIED,
                   wife_next = married & (rh_person_sex(w) == RH_MALE);
    const uint32_t spouse = i - married + 2 * wife_next; /* oneself when there is none */
    const uint32_t parent = i + wife_next, leaf = rh_person_residence(w);
    const row r = rows[parent + 1];
    const uint32_t children = r >> ROW_NUMBER;
    const uint32_t first = parent + (children != 0); /* any position when there is no child */
    const rh_person child = b->word[first];
    family f = {
        .spouse_here = married & (rh_person_residence(b->word[spouse]) == leaf),
        .spouse_home = married & !rh_person_is_away(b->word[spouse]),
        .children_here = rh_person_residence(child) == leaf ? children : 0,
        .children_home = rh_person_is_away(child) ? 0 : children,
    };
    const unsigned old_enough = rh_person_birth(b->word[parent]) + 15;
    if (((r & ROW_APART) != 0) | ((r & ROW_OLDEST) < old_enough)) {
        f = count_children(b, i, year, f);
    }
    return f;
}

static double
movers(const moving *m, family f)
{
    return m->adults[f.spouse_here] + m->child[f.spouse_here] * f.children_here;
}

static int
migration_age(rh_person w, int year)
{
    const int age = rh_person_age(w, year);
    return age < RH_MIGRATION_AGES ? age : RH_MIGRATION_AGES - 1;
}

static void
add_at_home(const walk *w, const place *b, const scratch *list, sums *s)
{
    double sum[RH_NEST_COUNT];
    for (unsigned nest = 0; nest < RH_NEST_COUNT; nest++) {
        sum[nest] = s->departing[nest];
    }
    for (uint32_t k = list->n_home; k-- > 0;) {
        const uint32_t i = list->home[k];
        const rh_person p = b->word[i];
        const double *profile = w->profile[rh_person_sex(p)][migration_age(p, w->year)];
        const double factor = w->who[rh_person_marital(p)][rh_person_education(p)] *
                              movers(&w->departing, family_of(b, i, w->year, list->row));
        for (unsigned nest = 0; nest < RH_NEST_COUNT; nest++) {
            sum[nest] += factor * profile[nest];
        }
    }
    for (unsigned nest = 0; nest < RH_NEST_COUNT; nest++) {
        s->departing[nest] = sum[nest];
    }
}

static enum rh_nest
nest_of(const walk *w, const place *b, rh_person p)
{
    const uint32_t *province = w->world->province_of_county;
    const uint32_t county = w->world->county_of_town[rh_person_residence(p) >> 1];
    const unsigned outside = county != b->county,
                   other = province[county] != province[b->county];
    return (enum rh_nest)(RH_NEST_COUNTY + outside + other);
}

static void
add_away(const walk *w, const place *b, const scratch *list, sums *s)
{
    const rh_migration *m = w->destination->migration;
    for (uint32_t k = list->n_away; k-- > 0;) {
        const uint32_t i = list->away[k];
        const rh_person p = b->word[i];
        const enum rh_nest nest = nest_of(w, b, p);
        const family f = family_of(b, i, w->year, list->row);
        const int stay = rh_person_stay(p, w->year), longest = RH_STAY_CLASSES - 1;
        const double hazard = w->stay[nest][stay < longest ? stay : longest] *
                                  m->return_age[migration_age(p, w->year)] +
                              m->onward[nest];
        s->alone[nest] += hazard;
        s->together[nest] += hazard * movers(&w->returning, f);
        /* Members at home whom a married migrant may bring: joining.c. */
        const bool brings =
            rh_person_marital(p) == RH_MARRIED && rh_person_age(p, w->year) < 70;
        const double left = f.spouse_home + f.children_home;
        s->joining[nest] += brings ? w->world->profile.joining * left : 0;
    }
}

static rh_status
county_job(void *context, unsigned county, unsigned worker, rh_err *err)
{
    (void)err;
    walk *w = context;
    scratch *list = &w->worker[worker];
    const rh_level *counties = &w->world->region->county;
    for (uint32_t t = counties->first[county]; t < counties->first[county + 1]; t++) {
        place b = {w->store->block[t].word, w->store->block[t].count, county};
        look_through(&b, w->year, list);
        add_at_home(w, &b, list, &w->county[county]);
        add_away(w, &b, list, &w->county[county]);
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

static uint32_t
largest_block(const rh_store *store)
{
    uint32_t most = 1;
    for (uint32_t t = 0; t < store->n_blocks; t++) {
        most = store->block[t].count > most ? store->block[t].count : most;
    }
    return most;
}

rh_status
rh_exposure_measure(rh_destination *destination, rh_world *world, const rh_store *store,
                    unsigned n_threads, rh_err *err)
{
    walk w = {.destination = destination,
              .world = world,
              .store = store,
              .year = world->first_year + 1};
    RH_NEW(w.county, world->region->county.n, err);
    rh_status status = find_rates(&w, largest_block(store), n_threads, err);
    if (status == RH_OK) {
        status = rh_threads_run(n_threads, world->region->county.n, NULL, county_job, &w, err);
    }
    if (status == RH_OK) {
        put_in_force(destination, world, w.county);
    }
    for (unsigned k = 0; k < n_threads && w.worker != NULL; k++) {
        rh_free(w.worker[k].home);
        rh_free(w.worker[k].away);
        rh_free(w.worker[k].row);
    }
    rh_free(w.worker);
    rh_free(w.county);
    return status;
}
