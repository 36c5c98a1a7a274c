/* Parameters of migration, reclassification and hukou: data/china/migration.csv and the two
 * tables beside it.
 *
 * Every value has its source or the mark "assumption" in the file; docs/calibration.md says how
 * the estimated ones came about (tools/calibrate_migration.py; nothing after 2010 enters).
 *
 * M1 a parameter of the list below is in the file, once, in its range; the file has no other.
 */
#ifndef RH_PROCESS_MIGRATION_H
#define RH_PROCESS_MIGRATION_H

#include "core/status.h"
#include "person/person.h"
#include "place/region.h"

/* Choice nests of somebody who leaves home. Nest k leads to migrant class k + 1. */
enum rh_nest { RH_NEST_COUNTY, RH_NEST_PROVINCE, RH_NEST_OTHER, RH_NEST_COUNT };

static inline enum rh_migrant_class
rh_nest_class(enum rh_nest nest)
{
    return (enum rh_migrant_class)(nest + 1);
}

enum { RH_STAY_CLASSES = 11, RH_MIGRATION_AGES = 111 };

/* X(key in the file, member, least, largest) */
#define RH_MIGRATION_BY_NEST(X, key, member, least, largest)                                   \
    X(key ".in_county", member[RH_NEST_COUNTY], least, largest)                                \
    X(key ".in_province", member[RH_NEST_PROVINCE], least, largest)                            \
    X(key ".other_province", member[RH_NEST_OTHER], least, largest)

#define RH_MIGRATION_LIST(X)                                                                   \
    X("choice.kappa", kappa, 0, 10)                                                            \
    X("choice.reconsider", reconsider, 0.01, 100)                                              \
    RH_MIGRATION_BY_NEST(X, "choice.lambda", lambda, 0.01, 1)                                  \
    RH_MIGRATION_BY_NEST(X, "growth", growth, -1, 1)                                           \
    RH_MIGRATION_BY_NEST(X, "trend", trend, -1, 1)                                             \
    RH_MIGRATION_BY_NEST(X, "exit", exit, 0, 1)                                                \
    RH_MIGRATION_BY_NEST(X, "join", join, 0, 1)                                                \
    RH_MIGRATION_BY_NEST(X, "return", back, 0, 5)                                              \
    RH_MIGRATION_BY_NEST(X, "settle", settle, 0, 5)                                            \
    RH_MIGRATION_BY_NEST(X, "onward", onward, 0, 5)                                            \
    X("return.duration.0", duration[0], 0, 10)                                                 \
    X("return.duration.1", duration[1], 0, 10)                                                 \
    X("return.duration.2", duration[2], 0, 10)                                                 \
    X("return.duration.3", duration[3], 0, 10)                                                 \
    X("return.duration.4", duration[4], 0, 10)                                                 \
    X("return.duration.5", duration[5], 0, 10)                                                 \
    X("return.duration.6", duration[6], 0, 10)                                                 \
    X("return.duration.7", duration[7], 0, 10)                                                 \
    X("return.duration.8", duration[8], 0, 10)                                                 \
    X("return.duration.9", duration[9], 0, 10)                                                 \
    X("return.duration.10", duration[10], 0, 10)                                               \
    X("return.age.0", return_age[0], 0, 10)                                                    \
    X("return.age.16", return_age[16], 0, 10)                                                  \
    X("return.age.25", return_age[25], 0, 10)                                                  \
    X("return.age.35", return_age[35], 0, 10)                                                  \
    X("return.age.45", return_age[45], 0, 10)                                                  \
    X("return.age.55", return_age[55], 0, 10)                                                  \
    X("return.age.65", return_age[65], 0, 10)                                                  \
    X("attraction.stock", attraction_stock, 0, 2)                                              \
    X("attraction.population", attraction_population, -2, 2)                                   \
    X("attraction.gdp", attraction_gdp, -2, 2)                                                 \
    X("attraction.cap", attraction_cap, 0.01, 10)                                              \
    X("origin.mix", origin_mix, 0, 1)                                                          \
    X("departure.marital.never", marital[RH_NEVER_MARRIED], 0, 10)                             \
    X("departure.marital.married", marital[RH_MARRIED], 0, 10)                                 \
    X("departure.marital.widowed", marital[RH_WIDOWED], 0, 10)                                 \
    X("departure.marital.divorced", marital[RH_DIVORCED], 0, 10)                               \
    X("departure.education.none", education[RH_NO_SCHOOL], 0, 10)                              \
    X("departure.education.primary", education[RH_PRIMARY], 0, 10)                             \
    X("departure.education.junior", education[RH_JUNIOR], 0, 10)                               \
    X("departure.education.senior", education[RH_SENIOR], 0, 10)                               \
    X("departure.education.college", education[RH_COLLEGE], 0, 10)                             \
    X("departure.education.bachelor", education[RH_BACHELOR], 0, 10)                           \
    X("departure.education.graduate", education[RH_GRADUATE], 0, 10)                           \
    X("reclassification.rate", reclassification_rate, 0, 1)                                    \
    X("reclassification.trend", reclassification_trend, -1, 1)                                 \
    X("reclassification.urban", reclassification_urban, -20, 20)                               \
    X("reclassification.gdp", reclassification_gdp, -20, 20)                                   \
    X("hukou.conversion", hukou_conversion, 0, 1)                                              \
    X("hukou.in_situ", hukou_in_situ, 0, 1)                                                    \
    X("hukou.plan_factor", hukou_plan_factor, 0, 10)                                           \
    X("hukou.definition_gap", hukou_definition_gap, -1, 1)

/* Rates per person and year unless said. */
typedef struct rh_migration {
    double kappa;      /* elasticity of going to real income */
    double reconsider; /* how often a resident weighs staying against going */
    double lambda[RH_NEST_COUNT];
    double growth[RH_NEST_COUNT]; /* net growth of the stock in the first year, per migrant */
    double trend[RH_NEST_COUNT];  /* of the log departure intensity, per year */
    double exit[RH_NEST_COUNT];   /* returns + settling + deaths - births beside the mother */
    double join[RH_NEST_COUNT];   /* share of arrivals under 16 */
    double back[RH_NEST_COUNT], settle[RH_NEST_COUNT], onward[RH_NEST_COUNT];
    double duration[RH_STAY_CLASSES]; /* factor on the return rate by full years of stay */
    double return_age
        [RH_MIGRATION_AGES]; /* factor on the return rate; filled between the listed ages */
    double attraction_stock, attraction_population, attraction_gdp, attraction_cap, origin_mix;
    double marital[4], education[RH_EDUCATION_COUNT]; /* factors on the departure profile */
    double reclassification_rate, reclassification_trend, reclassification_urban,
        reclassification_gdp;
    double hukou_conversion, hukou_in_situ; /* per agricultural-hukou resident and year */
    double
        hukou_plan_factor; /* on both and on settle, from 2014, if the plan's goal is a lever */
    double hukou_definition_gap; /* police register - census, share of non-agricultural hukou
                                    2010 */
    /* departure_profile.csv: departures per resident at home by nest, sex and age, relative to
     * the mean. */
    float profile[RH_NEST_COUNT][2][RH_MIGRATION_AGES];
    /* migration_province.csv by 2-digit code, NAN where not listed: share of the growth of
     * other-province migrants by destination, of departures to other provinces by origin. */
    double province_share[100], departure_share[100];
} rh_migration;

/* Read the three tables of folder `dir` ("data/china"). Errors: RH_IO, RH_INPUT naming file and
 * line. */
RH_MUST_CHECK rh_status rh_migration_read(const char *dir, rh_migration *out, rh_err *err);

/* Factor of a resident on the departure hazard of the home county (destination.h).
 * The profile counts everybody who goes, children and spouses too. An engine in which children
 * under 16 only go along with a parent (JOINED) passes them over here and lets about join / (1
 * - join) children follow an adult. */
static inline double
rh_migration_profile(const rh_migration *m, enum rh_nest nest, rh_person person, int age)
{
    return (double)m->profile[nest][rh_person_sex(person)][age] *
           m->marital[rh_person_marital(person)] * m->education[rh_person_education(person)];
}

/* Return hazard of a migrant of `nest` after `stay` full years, per year. */
static inline double
rh_migration_return(const rh_migration *m, enum rh_nest nest, int stay, int age)
{
    int s = stay < RH_STAY_CLASSES ? stay : RH_STAY_CLASSES - 1;
    return m->back[nest] * m->duration[s] * m->return_age[age];
}

/* Largest value of rh_migration_return over stays and ages. */
double rh_migration_return_bound(const rh_migration *m, enum rh_nest nest);

#endif
