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
#include "process/kin.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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

/* What 64 words are, a bit each. */
typedef struct bits {
    uint64_t child; /* never married, under RH_CHILD_AGE, no head */
    uint64_t moved; /* lives in another leaf than the word before */
    uint64_t adult; /* RH_MOVE_AGE or older */
    uint64_t away;
    uint64_t husband, wife; /* married men, married women */
} bits;

/* The last birth fields of adults and of those who are no children any more. */
typedef struct borders {
    unsigned adult, grown;
} borders;

/* The bits of n words, at most 64; `before` stands before the first. */
typedef bits bits_of(const rh_person *word, uint32_t n, rh_person before, borders born);

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
    bits_of *look;
    bits **worker; /* of the block under the walk */
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

static borders
borders_of(int year)
{
    return (borders){(unsigned)(year - RH_BIRTH_ZERO - RH_MOVE_AGE),
                     (unsigned)(year - RH_BIRTH_ZERO - RH_CHILD_AGE)};
}

/* Bits of a word that no child has. */
static const rh_person no_child = 1ULL << rh_head_low | ((1ULL << rh_marital_bits) - 1)
                                                            << rh_marital_low;

/* Sex and marital state of husbands and wives. */
static const rh_person couple = 1ULL << rh_sex_low | ((1ULL << rh_marital_bits) - 1)
                                                         << rh_marital_low,
                       husband = (uint64_t)RH_MARRIED << rh_marital_low,
                       wife = (uint64_t)RH_MARRIED << rh_marital_low | 1ULL << rh_sex_low;

static bits
bits_of_words(const rh_person *word, uint32_t n, rh_person before, borders born)
{
    bits b = {0};
    for (uint32_t i = 0; i < n; i++) {
        const rh_person w = word[i];
        const unsigned birth = rh_person_birth(w);
        b.child |= (uint64_t)((birth > born.grown) & ((w & no_child) == 0)) << i;
        b.moved |= (uint64_t)(rh_person_residence(w ^ before) != 0) << i;
        b.adult |= (uint64_t)(birth <= born.adult) << i;
        b.away |= (uint64_t)rh_person_is_away(w) << i;
        b.husband |= (uint64_t)((w & couple) == husband) << i;
        b.wife |= (uint64_t)((w & couple) == wife) << i;
        before = w;
    }
    return b;
}

#if defined(__x86_64__)
/* The same, eight words at once. */
__attribute__((target("avx512f"))) static bits
bits_of_lanes(const rh_person *word, uint32_t n, rh_person before, borders born)
{
    const __m512i birth_bits = _mm512_set1_epi64(((1LL << rh_birth_bits) - 1) << rh_birth_low),
                  grown = _mm512_set1_epi64((int64_t)born.grown << rh_birth_low),
                  adult = _mm512_set1_epi64((int64_t)born.adult << rh_birth_low),
                  residence = _mm512_set1_epi64((1LL << rh_residence_bits) - 1),
                  arrival = _mm512_set1_epi64(((1LL << rh_arrival_bits) - 1) << rh_arrival_low);
    __m512i last = _mm512_set1_epi64((int64_t)before);
    bits b = {0};
    for (uint32_t i = 0; i < n; i += 8) {
        const __mmask8 there = (__mmask8)(n - i < 8 ? (1U << (n - i)) - 1 : 0xff);
        const __m512i w = _mm512_maskz_loadu_epi64(there, word + i),
                      previous = _mm512_alignr_epi64(w, last, 7),
                      birth = _mm512_and_si512(w, birth_bits);
        const __mmask8 child =
            _mm512_mask_testn_epi64_mask(_mm512_mask_cmpgt_epi64_mask(there, birth, grown), w,
                                         _mm512_set1_epi64((int64_t)no_child));
        b.child |= (uint64_t)child << i;
        b.moved |= (uint64_t)_mm512_mask_test_epi64_mask(there, _mm512_xor_si512(w, previous),
                                                         residence)
                   << i;
        b.adult |= (uint64_t)_mm512_mask_cmple_epi64_mask(there, birth, adult) << i;
        b.away |= (uint64_t)_mm512_mask_test_epi64_mask(there, w, arrival) << i;
        const __m512i state = _mm512_and_si512(w, _mm512_set1_epi64((int64_t)couple));
        b.husband |= (uint64_t)_mm512_mask_cmpeq_epi64_mask(there, state,
                                                            _mm512_set1_epi64((int64_t)husband))
                     << i;
        b.wife |= (uint64_t)_mm512_mask_cmpeq_epi64_mask(there, state,
                                                         _mm512_set1_epi64((int64_t)wife))
                  << i;
        last = w;
    }
    return b;
}

static bits_of *
widest(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") ? bits_of_lanes : bits_of_words;
}
#else
static bits_of *
widest(void)
{
    return bits_of_words;
}
#endif

/* Two words of zeros stand behind a block's bits. */
static void
look_through(const place *b, int year, bits_of *look, bits *all)
{
    uint32_t k = 0;
    for (uint32_t i = 0; i < b->count; i += 64, k++) {
        const uint32_t rest = b->count - i;
        all[k] = look(b->word + i, rest < 64 ? rest : 64, i > 0 ? b->word[i - 1] : 0,
                      borders_of(year));
    }
    all[k] = all[k + 1] = (bits){0};
}

/* Years between a parent and a child in kin.h. */
enum { PARENT_GAP = 15 };

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
family_of(const place *b, uint32_t i, int year, const bits *all)
{
    const rh_person w = b->word[i];
    const unsigned married = rh_person_marital(w) == RH_MARRIED,
                   wife_next = married & (rh_person_sex(w) == RH_MALE);
    const uint32_t spouse = i - married + 2 * wife_next; /* oneself when there is none */
    const uint32_t parent = i + wife_next, next = parent + 1, leaf = rh_person_residence(w);
    /* The bits from `next` on: children in a row, up to 63, and whether they live together. */
    const bits *at = &all[next / 64];
    const unsigned low = next % 64, high = 63 - low;
    const uint64_t row = at[0].child >> low | at[1].child << 1 << high,
                   moved = at[0].moved >> low | at[1].moved << 1 << high;
    unsigned n = (unsigned)__builtin_ctzll(~row | 1ULL << 63);
    const rh_person child = b->word[parent + (n != 0)];
    const unsigned born = rh_person_birth(b->word[parent]);
    n = rh_person_birth(child) >= born + PARENT_GAP ? n : 0;
    const uint64_t behind_first = ((1ULL << n) - 1) & ~1ULL;
    family f = {
        .spouse_here = married & (rh_person_residence(b->word[spouse]) == leaf),
        .spouse_home = married & !rh_person_is_away(b->word[spouse]),
        .children_here = rh_person_residence(child) == leaf ? n : 0,
        .children_home = rh_person_is_away(child) ? 0 : n,
    };
    const bool young = born + PARENT_GAP > borders_of(year).grown + 1;
    if (((moved & behind_first) != 0) | (young & (n > 1)) | (n == 63)) {
        f = count_children(b, i, year, f);
    }
    return f;
}

static double
movers(const moving *m, bool spouse_here, uint32_t children_here)
{
    return m->adults[spouse_here] + m->child[spouse_here] * children_here;
}

/* A column of bits moved down by one or two: what stands at the word after, or after that. */
static uint64_t
later(uint64_t here, uint64_t behind, unsigned by)
{
    return here >> by | behind << (64 - by);
}

/* Those of the 64 words from `low` on who live at home. */
static void
add_at_home(const walk *w, const place *b, const bits *at, uint32_t low, const bits *all,
            sums *s)
{
    const rh_person *word = b->word + low;
    const uint64_t who = at->adult & ~at->away,
                   together = (at->husband & ~later(at->moved, at[1].moved, 1)) |
                              (at->wife & ~at->moved);
    const uint64_t parents = (at->husband & later(at->child, at[1].child, 2)) |
                             (~at->husband & later(at->child, at[1].child, 1));
    uint32_t children[64] = {0};
    for (uint64_t left = who & parents; left != 0; left &= left - 1) {
        const unsigned k = (unsigned)__builtin_ctzll(left);
        children[k] = family_of(b, low + k, w->year, all).children_here;
    }
    double sum[RH_NEST_COUNT];
    for (unsigned nest = 0; nest < RH_NEST_COUNT; nest++) {
        sum[nest] = s->departing[nest];
    }
    for (uint64_t left = who; left != 0; left &= left - 1) {
        const unsigned k = (unsigned)__builtin_ctzll(left);
        const double *profile = w->profile[cohort_of(word[k])];
        const double factor =
            w->who[who_of(word[k])] * movers(&w->departing, together >> k & 1, children[k]);
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
add_away(const walk *w, const place *b, const bits *all, uint32_t low, uint64_t who, sums *s)
{
    const rh_migration *m = w->destination->migration;
    for (; who != 0; who &= who - 1) {
        const uint32_t i = low + (uint32_t)__builtin_ctzll(who);
        const rh_person p = b->word[i];
        const enum rh_nest nest = nest_of(w, b, p);
        const family f = family_of(b, i, w->year, all);
        const int stay = rh_person_stay(p, w->year), longest = RH_STAY_CLASSES - 1;
        const double hazard = w->stay[nest][stay < longest ? stay : longest] *
                                  m->return_age[migration_age(p, w->year)] +
                              m->onward[nest];
        s->alone[nest] += hazard;
        s->together[nest] += hazard * movers(&w->returning, f.spouse_here, f.children_here);
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
    bits *all = w->worker[worker];
    sums *s = &w->county[county];
    const rh_level *counties = &w->world->region->county;
    for (uint32_t t = counties->first[county]; t < counties->first[county + 1]; t++) {
        place b = {w->store->block[t].word, w->store->block[t].count, county};
        look_through(&b, w->year, w->look, all);
        for (uint32_t low = 0; low < b.count; low += 64) {
            const bits *at = &all[low / 64];
            add_at_home(w, &b, at, low, all, s);
            add_away(w, &b, all, low, at->adult & at->away, s);
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
              .look = widest()};
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
