/* Recount of a synthesised store against its region: see rh_synth_audit in synth.h.
 *
 * Y1 and Y2 are compared person by person and any difference is an error; the fitted margins
 * are compared by county and come back as residuals. A census household is the members of one
 * run who live in one leaf, outside collective households; its generations are the longest
 * chain of members at least GAP years apart in which all but the last have been married, a
 * couple counting with the age of its younger spouse. */
#include "person/synth.h"

#include "core/mem.h"
#include "core/threads.h"

#include <math.h>
#include <string.h>

enum { GAP = 15, BLOCKS_A_JOB = 32, RUN_MAX = 4096 };

#define MARGIN_LIST(X)                                                                         \
    X(HOUSEHOLDS, "households")                                                                \
    X(HOUSEHOLD_PERSONS, "persons in family households")                                       \
    X(ONE_PERSON, "households: one person")                                                    \
    X(GENERATION_1, "households: one generation, two persons or more")                         \
    X(GENERATION_2, "households: two generations")                                             \
    X(GENERATION_3, "households: three generations")                                           \
    X(GENERATION_4, "households: four or more generations")                                    \
    X(MALE_NONE, "education: none, male")                                                      \
    X(MALE_PRIMARY, "education: primary, male")                                                \
    X(MALE_JUNIOR, "education: junior, male")                                                  \
    X(MALE_SENIOR, "education: senior, male")                                                  \
    X(MALE_COLLEGE, "education: college, male")                                                \
    X(MALE_BACHELOR, "education: bachelor and above, male")                                    \
    X(FEMALE_NONE, "education: none, female")                                                  \
    X(FEMALE_PRIMARY, "education: primary, female")                                            \
    X(FEMALE_JUNIOR, "education: junior, female")                                              \
    X(FEMALE_SENIOR, "education: senior, female")                                              \
    X(FEMALE_COLLEGE, "education: college, female")                                            \
    X(FEMALE_BACHELOR, "education: bachelor and above, female")                                \
    X(FARM, "work: farm")                                                                      \
    X(INDUSTRY, "work: industry")                                                              \
    X(SERVICE, "work: service")                                                                \
    X(HOME, "work: home, unable or student")                                                   \
    X(RETIRED, "work: retired")                                                                \
    X(UNEMPLOYED, "work: unemployed")                                                          \
    X(URBAN_HUKOU, "urban hukou")                                                              \
    X(MALE_NEVER, "marital: never married, male")                                              \
    X(MALE_MARRIED, "marital: married, male")                                                  \
    X(MALE_WIDOWED, "marital: widowed, male")                                                  \
    X(MALE_DIVORCED, "marital: divorced, male")                                                \
    X(FEMALE_NEVER, "marital: never married, female")                                          \
    X(FEMALE_MARRIED, "marital: married, female")                                              \
    X(FEMALE_WIDOWED, "marital: widowed, female")                                              \
    X(FEMALE_DIVORCED, "marital: divorced, female")                                            \
    X(CHILDREN, "children ever born of women 15–64 (three at most a woman)")                   \
    X(REGISTERED, "registered population")

enum margin {
#define X(name, text) M_##name,
    MARGIN_LIST(X)
#undef X
        MARGIN_COUNT
};

/* Counts of one residence county; `base` are the persons that shares refer to. */
typedef struct county_count {
    rh_cell cell;
    uint32_t got[MARGIN_COUNT];
    uint32_t base_6[2], base_15[2], base_16, women;
} county_count;

typedef struct audit {
    const rh_region *region;
    const rh_store *store;
    county_count **county;             /* per worker, per county */
    uint32_t (**leaf)[RH_CLASS_COUNT]; /* per worker, per leaf */
} audit;

static void
count_person(const audit *a, county_count *county, uint32_t (*leaf)[RH_CLASS_COUNT],
             uint32_t town, rh_person w)
{
    const rh_region *region = a->region;
    uint32_t place = rh_person_residence(w), part = place % 2;
    enum rh_migrant_class k = rh_region_class(region, town, place / 2);
    county_count *c = &county[region->town.parent[place / 2]];
    int age = rh_person_age(w, region->base_year);
    unsigned sex = rh_person_sex(w), education = rh_person_education(w);
    c->cell.n[k][part][sex][rh_age_group_of(age)]++;
    leaf[place][k]++;
    county[region->town.parent[town]].got[M_REGISTERED]++;
    c->got[M_URBAN_HUKOU] += rh_person_hukou(w);
    c->got[M_HOUSEHOLD_PERSONS] += !rh_person_collective(w);
    if (age >= 6) {
        c->base_6[sex]++;
        education = education == RH_GRADUATE ? RH_BACHELOR : education;
        c->got[(sex ? M_FEMALE_NONE : M_MALE_NONE) + education]++;
    }
    if (age >= 15) {
        c->base_15[sex]++;
        c->got[(sex ? M_FEMALE_NEVER : M_MALE_NEVER) + rh_person_marital(w)]++;
    }
    if (age >= 15 && age < 65 && sex) {
        c->women++;
        c->got[M_CHILDREN] += rh_person_children(w);
    }
    if (age >= 16) {
        c->base_16++;
        unsigned activity = rh_person_activity(w);
        c->got[activity < RH_FARM ? M_HOME : M_FARM + activity - RH_FARM]++;
    }
}

static unsigned
generations(const uint8_t *age, const bool *parent, uint32_t n)
{
    unsigned count = 0;
    int limit = 200;
    for (;;) { /* the oldest parent at or below the limit, until there is none */
        int best = -1;
        for (uint32_t i = 0; i < n; i++) {
            best = parent[i] && age[i] <= limit && age[i] > best ? age[i] : best;
        }
        if (best < 0) {
            break;
        }
        count++;
        limit = best - GAP;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!parent[i] && age[i] <= limit) {
            return count + 1;
        }
    }
    return count;
}

static bool
is_married(rh_person w, unsigned sex)
{
    return rh_person_marital(w) == RH_MARRIED && rh_person_sex(w) == sex;
}

/* The households of a run, one for each leaf that its members live in. */
static void
count_households(const audit *a, county_count *county, const rh_person *run, uint32_t n)
{
    const rh_region *region = a->region;
    bool done[RUN_MAX] = {false};
    n = n < RUN_MAX ? n : RUN_MAX;
    for (uint32_t i = 0; i < n; i++) {
        if (done[i] || rh_person_collective(run[i])) {
            continue;
        }
        uint32_t leaf = rh_person_residence(run[i]), members = 0, persons = 0;
        uint8_t age[RUN_MAX];
        bool parent[RUN_MAX];
        for (uint32_t j = i; j < n; j++) {
            rh_person w = run[j];
            if (rh_person_collective(w) || rh_person_residence(w) != leaf) {
                continue;
            }
            done[j] = true;
            persons++;
            uint8_t years = (uint8_t)rh_person_age(w, region->base_year);
            if (is_married(w, RH_FEMALE) && j > 0 && members > 0 &&
                is_married(run[j - 1], RH_MALE) && rh_person_residence(run[j - 1]) == leaf &&
                !rh_person_collective(run[j - 1])) {
                age[members - 1] = years < age[members - 1] ? years : age[members - 1];
                continue;
            }
            age[members] = years;
            parent[members++] =
                rh_person_marital(w) != RH_NEVER_MARRIED || rh_person_children(w) > 0;
        }
        uint32_t *got = county[region->town.parent[leaf / 2]].got;
        got[M_HOUSEHOLDS]++;
        if (persons == 1) {
            got[M_ONE_PERSON]++;
        } else {
            unsigned depth = generations(age, parent, members);
            got[M_GENERATION_1 + (depth > 4 ? 4 : depth) - 1]++;
        }
    }
}

static rh_status
audit_job(void *context, unsigned job, unsigned worker, rh_err *err)
{
    (void)err;
    const audit *a = context;
    uint32_t last = (job + 1) * BLOCKS_A_JOB;
    for (uint32_t town = job * BLOCKS_A_JOB; town < last && town < a->store->n_blocks; town++) {
        const rh_block *b = &a->store->block[town];
        uint32_t start = 0;
        for (uint32_t i = 0; i < b->count; i++) {
            count_person(a, a->county[worker], a->leaf[worker], town, b->word[i]);
            if (i + 1 == b->count || rh_person_head(b->word[i + 1])) {
                count_households(a, a->county[worker], b->word + start, i + 1 - start);
                start = i + 1;
            }
        }
    }
    return RH_OK;
}

/* Y1 and Y2. */
static rh_status
compare_exact(const rh_region *region, const county_count *county,
              uint32_t (*leaf)[RH_CLASS_COUNT], rh_err *err)
{
    static const char *const class_name[] = {"local", "in county", "in province",
                                             "other province"};
    for (uint32_t c = 0; c < region->county.n; c++) {
        for (unsigned i = 0; i < RH_CLASS_COUNT * RH_PART_COUNT * 2 * RH_AGE_GROUPS; i++) {
            uint32_t got = (&county[c].cell.n[0][0][0][0])[i];
            uint32_t want = (&region->cell[c].n[0][0][0][0])[i];
            if (got != want) {
                unsigned g = i % RH_AGE_GROUPS, sex = i / RH_AGE_GROUPS % 2;
                unsigned part = i / RH_AGE_GROUPS / 2 % 2, k = i / RH_AGE_GROUPS / 4;
                return rh_fail(err, RH_INVARIANT,
                               "Y1 is broken in %s: %s, %s, %s, ages %d to %d has %u "
                               "residents, the region says %u.",
                               region->county.name[c], class_name[k], part ? "urban" : "rural",
                               sex ? "female" : "male", rh_age_group_low((int)g),
                               rh_age_group_high((int)g), (unsigned)got, (unsigned)want);
            }
        }
    }
    for (uint32_t l = 0; l < 2 * region->town.n; l++) {
        for (unsigned k = 0; k < RH_CLASS_COUNT; k++) {
            if (leaf[l][k] != region->leaf_class[l][k]) {
                return rh_fail(err, RH_INVARIANT,
                               "Y2 is broken in the %s part of %s (%llu): class %s has %u "
                               "residents, the region says %u.",
                               l % 2 ? "urban" : "rural", region->town.name[l / 2],
                               (unsigned long long)region->town.code[l / 2], class_name[k],
                               (unsigned)leaf[l][k], (unsigned)region->leaf_class[l][k]);
            }
        }
    }
    return RH_OK;
}

static double
persons_of(const rh_cell *cell)
{
    const uint32_t *n = &cell->n[0][0][0][0];
    double sum = 0;
    for (unsigned i = 0; i < RH_CLASS_COUNT * RH_PART_COUNT * 2 * RH_AGE_GROUPS; i++) {
        sum += n[i];
    }
    return sum;
}

/* The county's target of a margin; NAN when its table has a gap. */
static double
target_of(const rh_region *region, const county_count *n, uint32_t c, unsigned m)
{
    const rh_county_columns *column = &region->column;
    const double *kind = column->household_kind[c], *work = column->work[c];
    double households = column->households[c];
    if (m == M_HOUSEHOLDS) {
        return households;
    }
    if (m == M_HOUSEHOLD_PERSONS) {
        return column->household_persons[c];
    }
    if (m <= M_GENERATION_4) {
        return households * kind[m - M_ONE_PERSON];
    }
    if (m <= M_FEMALE_BACHELOR) {
        unsigned i = m - M_MALE_NONE, sex = i / RH_CENSUS_EDUCATION;
        return n->base_6[sex] * column->education[c][sex][i % RH_CENSUS_EDUCATION];
    }
    if (m == M_HOME) {
        return n->base_16 * (1 - work[0] - work[1] - work[2] - work[4] - work[5]);
    }
    if (m <= M_UNEMPLOYED) {
        return n->base_16 * work[m - M_FARM];
    }
    if (m == M_URBAN_HUKOU) {
        return persons_of(&n->cell) * column->urban_hukou_share[c];
    }
    if (m <= M_FEMALE_DIVORCED) {
        unsigned i = m - M_MALE_NEVER;
        return n->base_15[i / 4] * column->marital[c][i / 4][i % 4];
    }
    return m == M_CHILDREN ? n->women * column->mean_children[c] : column->registered[c];
}

static void
compare_fitted(const rh_region *region, const county_count *county, rh_margin_residual *out)
{
    static const char *const names[] = {
#define X(name, text) text,
        MARGIN_LIST(X)
#undef X
    };
    for (unsigned m = 0; m < MARGIN_COUNT; m++) {
        rh_margin_residual *r = &out[m];
        *r = (rh_margin_residual){.margin = names[m], .worst_county = UINT32_MAX};
        double gap = 0;
        for (uint32_t c = 0; c < region->county.n; c++) {
            double target = target_of(region, &county[c], c, m), got = county[c].got[m];
            if (isnan(target)) {
                continue;
            }
            r->target += target;
            r->got += got;
            gap += fabs(got - target);
            double pct = target > 0 ? fabs(got - target) / target * 100 : 0;
            if (target > 1000 && pct > r->worst_pct) {
                r->worst_pct = pct;
                r->worst_county = c;
            }
        }
        r->mean_abs_pct = r->target > 0 ? gap / r->target * 100 : 0;
    }
}

/* Integer sums over workers: any order gives the same. */
static void
merge(audit *a, unsigned n_threads)
{
    size_t leaves = 2 * (size_t)a->region->town.n * RH_CLASS_COUNT;
    for (unsigned t = 1; t < n_threads; t++) {
        uint32_t *into = (uint32_t *)a->county[0], *from = (uint32_t *)a->county[t];
        for (size_t i = 0; i < a->region->county.n * sizeof(county_count) / sizeof *into; i++) {
            into[i] += from[i];
        }
        for (size_t i = 0; i < leaves; i++) {
            (&a->leaf[0][0][0])[i] += (&a->leaf[t][0][0])[i];
        }
    }
}

static rh_status
run_audit(audit *a, unsigned n_threads, rh_margin_residual **residuals, rh_err *err)
{
    const rh_region *region = a->region;
    RH_NEW(a->county, n_threads, err);
    RH_NEW(a->leaf, n_threads, err);
    for (unsigned t = 0; t < n_threads; t++) {
        RH_NEW(a->county[t], region->county.n, err);
        RH_NEW(a->leaf[t], 2 * (size_t)region->town.n, err);
    }
    RH_TRY(rh_threads_run(n_threads, (a->store->n_blocks + BLOCKS_A_JOB - 1) / BLOCKS_A_JOB,
                          NULL, audit_job, a, err));
    merge(a, n_threads);
    RH_TRY(compare_exact(region, a->county[0], a->leaf[0], err));
    RH_NEW(*residuals, MARGIN_COUNT, err);
    compare_fitted(region, a->county[0], *residuals);
    return RH_OK;
}

rh_status
rh_synth_audit(const rh_region *region, const rh_store *store, unsigned n_threads,
               rh_margin_residual **residuals, unsigned *n_residuals, rh_err *err)
{
    *residuals = NULL;
    *n_residuals = 0;
    audit a = {.region = region, .store = store};
    rh_status status = run_audit(&a, n_threads, residuals, err);
    for (unsigned t = 0; t < n_threads && a.county != NULL && a.leaf != NULL; t++) {
        rh_free(a.county[t]);
        rh_free(a.leaf[t]);
    }
    rh_free(a.county);
    rh_free(a.leaf);
    *n_residuals = status == RH_OK ? MARGIN_COUNT : 0;
    return status;
}
