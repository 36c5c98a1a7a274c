/* Exposure to departure and return: see exposure.h.
 *
 * No processor can guess families, so hardly anything here branches on who stands where. A first
 * pass over a block writes four bits about each word; from these follow the adults at home and
 * away and how many children stand in a row behind their parents. Looking for the family of an
 * adult one by one (kin.h) is left to children who live apart and to parents under 32 with
 * several. Sums are taken in the order of the store, so their last bits do not depend on this. */
#include "process/exposure.h"

#include "core/mem.h"
#include "core/threads.h"
#include "process/family_bits.h"
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

/* Stretches of a word by which rates are looked up as they stand. */
enum {
    COHORTS = 1 << (rh_birth_bits + rh_sex_bits),
    WHOS = 1 << (rh_marital_bits + rh_children_bits + rh_education_bits)
};
_Static_assert(rh_sex_low == rh_birth_low + rh_birth_bits &&
                   rh_children_low == rh_marital_low + rh_marital_bits &&
                   rh_education_low == rh_children_low + rh_children_bits,
               "stretches are looked up as they stand");

static unsigned
cohort_of(rh_person w)
{
    return (unsigned)(w >> rh_birth_low) % COHORTS;
}

static unsigned
who_of(rh_person w)
{
    return (unsigned)(w >> rh_marital_low) % WHOS;
}

/* Rates by fields of a word, as the processes have them. */
typedef struct walk {
    const rh_destination *destination;
    const rh_world *world;
    const rh_store *store;
    int year;
    double who[WHOS]; /* departure: by marital state, children, schooling */
    double profile[COHORTS][RH_NEST_COUNT];      /* departure: by birth and sex */
    double stay[RH_NEST_COUNT][RH_STAY_CLASSES]; /* return: full years of stay */
    moving departing, returning;
    rh_family_bits_of *look;
    rh_family_bits **worker; /* of the block under the walk */
    sums *county;
} walk;

/* A block under the walk. */
typedef struct place {
    const rh_person *word;
    uint32_t count, county;
} place;

/* The families of 64 words as the rules of moving see them. */
typedef struct families {
    uint64_t together;    /* the spouse lives in the same leaf */
    uint64_t spouse_home; /* the spouse lives in the home township */
    uint32_t here[64];    /* children in the same leaf */
    uint32_t home[64];    /* children in the home township */
} families;

static int
migration_age(rh_person w, int year)
{
    const int age = rh_person_age(w, year);
    return age < RH_MIGRATION_AGES ? age : RH_MIGRATION_AGES - 1;
}

static rh_status
find_rates(walk *w, uint32_t largest_block, unsigned n_threads, rh_err *err)
{
    const rh_migration *m = w->destination->migration;
    const rh_profiles *p = &w->world->profile;
    for (unsigned i = 0; i < WHOS; i++) {
        const rh_person k = (rh_person)i << rh_marital_low;
        const unsigned marital = rh_person_marital(k), schooling = rh_person_education(k);
        if (schooling < RH_EDUCATION_COUNT) {
            w->who[i] = m->marital[marital == RH_DIVORCED ? RH_WIDOWED : marital] *
                        m->education[schooling];
        }
    }
    for (unsigned nest = 0; nest < RH_NEST_COUNT; nest++) {
        for (unsigned i = 0; i < COHORTS; i++) {
            const rh_person k = (rh_person)i << rh_birth_low;
            if (rh_person_age(k, w->year) >= 0) {
                w->profile[i][nest] =
                    (double)m->profile[nest][rh_person_sex(k)][migration_age(k, w->year)];
            }
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
        RH_NEW(w->worker[k], largest_block / 64 + 3, err);
    }
    return RH_OK;
}

/* Two words of zeros stand behind a block's bits. */
static void
look_through(const place *b, int year, rh_family_bits_of *look, rh_family_bits *all)
{
    uint32_t k = 0;
    for (uint32_t i = 0; i < b->count; i += 64, k++) {
        const uint32_t rest = b->count - i;
        all[k] = look(b->word + i, rest < 64 ? rest : 64, i > 0 ? b->word[i - 1] : 0, year);
    }
    all[k] = all[k + 1] = (rh_family_bits){0};
}

/* Years between a parent and a child in kin.h. */
enum { PARENT_GAP = 15 };

/* The children of the resident at `low` + k one by one. */
static void
count_children(const place *b, uint32_t low, unsigned k, int year, families *f)
{
    const rh_family kin = rh_family_in(b->word, b->count, low + k, year);
    f->here[k] = f->home[k] = 0;
    for (uint32_t j = kin.children; j < kin.children_end; j++) {
        f->here[k] += rh_person_residence(b->word[j]) == rh_person_residence(b->word[low + k]);
        f->home[k] += !rh_person_is_away(b->word[j]);
    }
}

/* The children of the resident at `low` + k, by the bits behind the parents. Somebody stands
 * behind them. */
static void
find_children(const place *b, uint32_t low, unsigned k, int year, const rh_family_bits *all,
              families *f)
{
    const uint32_t parent = low + k + (uint32_t)(all[low / 64].husband >> k & 1),
                   next = parent + 1;
    /* The bits from `next` on: children in a row, up to 63, and whether they live together. */
    const rh_family_bits *at = &all[next / 64];
    const unsigned shift = next % 64, rest = 63 - shift;
    const uint64_t row = at[0].child >> shift | at[1].child << 1 << rest,
                   moved = at[0].moved >> shift | at[1].moved << 1 << rest;
    const rh_person child = b->word[next];
    const unsigned least = rh_person_birth(b->word[parent]) + PARENT_GAP;
    const unsigned length = (unsigned)__builtin_ctzll(~row | 1ULL << 63),
                   n = rh_person_birth(child) >= least ? length : 0;
    const uint64_t behind_first = ((1ULL << n) - 1) & ~1ULL;
    const bool young = least > (unsigned)(year - RH_BIRTH_ZERO - RH_CHILD_AGE + 1);
    f->here[k] = rh_person_residence(child ^ b->word[low + k]) == 0 ? n : 0;
    f->home[k] = rh_person_is_away(child) ? 0 : n;
    if (((moved & behind_first) != 0) | (young & (n > 1)) | (n == 63)) {
        count_children(b, low, k, year, f);
    }
}

/* A column of bits moved down by one or two: what stands at the word after, or after that. */
static uint64_t
later(uint64_t here, uint64_t behind, unsigned by)
{
    return here >> by | behind << (64 - by);
}

/* The families of the adults among the 64 words from `low` on. */
static void
find_families(const place *b, uint32_t low, int year, const rh_family_bits *all, families *f)
{
    const rh_family_bits *at = &all[low / 64];
    const uint64_t husbands = at->husband, before = low > 0 ? at[-1].away >> 63 : 0;
    *f = (families){
        .together = (husbands & ~later(at->moved, at[1].moved, 1)) | (at->wife & ~at->moved),
        .spouse_home = (husbands & ~later(at->away, at[1].away, 1)) |
                       (at->wife & ~(at->away << 1 | before)),
    };
    const uint64_t parents = (husbands & later(at->child, at[1].child, 2)) |
                             (~husbands & later(at->child, at[1].child, 1));
    for (uint64_t left = at->adult & parents; left != 0; left &= left - 1) {
        find_children(b, low, (unsigned)__builtin_ctzll(left), year, all, f);
    }
}

static double
movers(const moving *m, bool spouse_here, uint32_t children_here)
{
    return m->adults[spouse_here] + m->child[spouse_here] * children_here;
}

/* Those of the 64 words from `low` on who live at home: the bits of `who`. */
static void
add_at_home(const walk *w, const place *b, uint32_t low, uint64_t who, const families *f,
            sums *s)
{
    const rh_person *word = b->word + low;
    double sum[RH_NEST_COUNT];
    for (unsigned nest = 0; nest < RH_NEST_COUNT; nest++) {
        sum[nest] = s->departing[nest];
    }
    for (uint64_t left = who; left != 0; left &= left - 1) {
        const unsigned k = (unsigned)__builtin_ctzll(left);
        const double *profile = w->profile[cohort_of(word[k])];
        const double factor =
            w->who[who_of(word[k])] * movers(&w->departing, f->together >> k & 1, f->here[k]);
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

/* Those who live elsewhere. */
static void
add_away(const walk *w, const place *b, uint32_t low, uint64_t who, const families *f, sums *s)
{
    const rh_migration *m = w->destination->migration;
    for (uint64_t left = who; left != 0; left &= left - 1) {
        const unsigned k = (unsigned)__builtin_ctzll(left);
        const rh_person p = b->word[low + k];
        const enum rh_nest nest = nest_of(w, b, p);
        const int stay = rh_person_stay(p, w->year), longest = RH_STAY_CLASSES - 1;
        const double hazard = w->stay[nest][stay < longest ? stay : longest] *
                                  m->return_age[migration_age(p, w->year)] +
                              m->onward[nest];
        s->alone[nest] += hazard;
        s->together[nest] += hazard * movers(&w->returning, f->together >> k & 1, f->here[k]);
        /* Members at home whom a married migrant may bring: joining.c. */
        const bool brings =
            rh_person_marital(p) == RH_MARRIED && rh_person_age(p, w->year) < 70;
        const double at_home = (double)(f->spouse_home >> k & 1) + f->home[k];
        s->joining[nest] += brings ? w->world->profile.joining * at_home : 0;
    }
}

static rh_status
county_job(void *context, unsigned county, unsigned worker, rh_err *err)
{
    (void)err;
    walk *w = context;
    rh_family_bits *all = w->worker[worker];
    sums *s = &w->county[county];
    const rh_level *counties = &w->world->region->county;
    for (uint32_t t = counties->first[county]; t < counties->first[county + 1]; t++) {
        place b = {w->store->block[t].word, w->store->block[t].count, county};
        look_through(&b, w->year, w->look, all);
        for (uint32_t low = 0; low < b.count; low += 64) {
            const rh_family_bits *at = &all[low / 64];
            families f;
            find_families(&b, low, w->year, all, &f);
            add_at_home(w, &b, low, at->adult & ~at->away, &f, s);
            add_away(w, &b, low, at->adult & at->away, &f, s);
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
              .year = world->first_year + 1,
              .look = rh_family_bits_named(NULL)};
    RH_NEW(w.county, world->region->county.n, err);
    rh_status status = find_rates(&w, largest_block(store), n_threads, err);
    if (status == RH_OK) {
        status = rh_threads_run(n_threads, world->region->county.n, NULL, county_job, &w, err);
    }
    if (status == RH_OK) {
        put_in_force(destination, world, w.county);
    }
    for (unsigned k = 0; k < n_threads && w.worker != NULL; k++) {
        rh_free(w.worker[k]);
    }
    rh_free(w.worker);
    rh_free(w.county);
    return status;
}
