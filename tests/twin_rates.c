/* The reference twin of the processes' rates: see twin_rates.h. */
#include "twin_rates.h"

#include "policy/lever.h"
#include "process/exposure.h"

#include <math.h>
#include <string.h>

static int
age_of(const twin_resident *r)
{
    return rh_person_age(r->word, r->year);
}

static uint32_t
county_of(const twin_resident *r)
{
    return r->s->region->town.parent[rh_person_residence(r->word) / 2];
}

static size_t
row_of(const twin_resident *r)
{
    return 2 * (size_t)county_of(r) + rh_person_residence(r->word) % 2;
}

static enum rh_nest
nest_of(const twin_resident *r)
{
    return (enum rh_nest)(
        rh_region_class(r->s->region, r->town, rh_person_residence(r->word) / 2) - 1);
}

static bool
married(const twin_resident *r)
{
    return rh_person_marital(r->word) == RH_MARRIED;
}

/* The spouse stands next to a married resident (store.h V2). */
static bool
together(const twin_resident *r)
{
    const rh_person *word = r->s->store.block[r->town].word;
    rh_person spouse =
        married(r) ? word[rh_person_sex(r->word) == RH_MALE ? r->i + 1 : r->i - 1] : r->word;
    return rh_person_residence(spouse) == rh_person_residence(r->word);
}

/* Mean of the death rates of the two completed ages that a calendar year runs through; 78 of 100 infant deaths fall
 * in the year of birth. */
static double
mortality(const twin_resident *r)
{
    int age = age_of(r), y = r->year - r->s->world.series->first_year;
    const float *m = r->s->world.series->mortality[y][rh_person_sex(r->word)];
    if (age >= RH_SERIES_AGES) {
        return 20 *
               (double)
                   r->s->world.mortality_factor[row_of(r)]; /* nobody lives past the last age */
    }
    double rate = age == 1 ? 0.22 * (double)m[0] + 0.5 * (double)m[1]
                           : ((double)m[age - 1] + (double)m[age]) / 2;
    double lever = rh_lever_value(r->s->scenario, RH_LEVER_MORTALITY_FACTOR, 0, r->year);
    return rate * lever * (double)r->s->world.mortality_factor[row_of(r)];
}

static double
fertility(const twin_resident *r)
{
    if (rh_person_sex(r->word) == RH_MALE || !married(r)) {
        return 0;
    }
    const rh_series *series = r->s->world.series;
    double now = 0, first = 0;
    for (int a = 0; a < RH_SERIES_FERTILE; a++) {
        now += (double)series->fertility[r->year - series->first_year][a];
        first += (double)series->fertility[r->s->world.first_year + 1 - series->first_year][a];
    }
    return (double)r->s->world.profile.birth[rh_person_children(r->word)][age_of(r)] *
           r->s->world.birth_level * now / first *
           (double)r->s->world.fertility_factor[row_of(r)];
}

static double
marriage(const twin_resident *r)
{
    const rh_profiles *p = &r->s->world.profile;
    unsigned sex = rh_person_sex(r->word);
    return married(r) ? 0
           : rh_person_marital(r->word) == RH_NEVER_MARRIED
               ? (double)p->marry[sex][age_of(r)]
               : (double)p->remarry[sex][age_of(r)];
}

static double
leave_home(const twin_resident *r)
{
    const rh_profiles *p = &r->s->world.profile;
    unsigned sex = rh_person_sex(r->word);
    if (rh_person_head(r->word) || rh_person_collective(r->word) ||
        (married(r) && sex == RH_FEMALE)) {
        return 0;
    }
    return married(r) ? (double)p->divide_home[age_of(r)]
                      : (double)p->leave_home[sex][age_of(r)];
}

void
twin_work_rates(const twin_resident *r, double to[RH_ACTIVITY_COUNT])
{
    const rh_profiles *p = &r->s->world.profile;
    unsigned sex = rh_person_sex(r->word);
    int age = age_of(r);
    double job = 0;
    memset(to, 0, RH_ACTIVITY_COUNT * sizeof *to);
    if (age < 16) {
        return;
    }
    switch (rh_person_activity(r->word)) {
    case RH_FARM:
        to[RH_RETIRED] = (double)p->retire_farm[sex][age];
        job = (double)p->leave_farm[sex][age];
        break;
    case RH_INDUSTRY:
    case RH_SERVICE:
        to[RH_RETIRED] = (double)p->retire[sex][age];
        to[RH_HOME] = age < 55 ? p->to_home[sex] : 0;
        to[RH_UNEMPLOYED] = p->lose_job;
        break;
    case RH_HOME:
        to[RH_RETIRED] = (double)p->retire[sex][age];
        job = age < 55 ? p->from_home[sex] : 0;
        break;
    case RH_UNEMPLOYED:
        to[RH_RETIRED] = (double)p->retire[sex][age];
        job = p->find_job;
        break;
    default:
        break;
    }
    const double *share = r->s->region->column.work[county_of(r)];
    to[RH_INDUSTRY] = job * share[1] / (share[1] + share[2]);
    to[RH_SERVICE] = job * share[2] / (share[1] + share[2]);
}

static double
work(const twin_resident *r)
{
    double to[RH_ACTIVITY_COUNT], sum = 0;
    twin_work_rates(r, to);
    for (unsigned a = 0; a < RH_ACTIVITY_COUNT; a++) {
        sum += to[a];
    }
    return sum;
}

static double
departure(const twin_resident *r, enum rh_nest nest)
{
    if (rh_person_is_away(r->word) || age_of(r) < RH_MOVE_AGE) {
        return 0;
    }
    int age = age_of(r) < RH_MIGRATION_AGES ? age_of(r) : RH_MIGRATION_AGES - 1;
    uint32_t home = r->s->region->town.parent[r->town];
    return r->s->world.profile.first_year[nest] *
           rh_migration_profile(&r->s->migration, nest, r->word, age) *
           rh_destination_hazard(r->s->destination, home, nest, r->year);
}

static double
return_home(const twin_resident *r)
{
    if (!rh_person_is_away(r->word) || age_of(r) < RH_MOVE_AGE) {
        return 0;
    }
    int age = age_of(r) < RH_MIGRATION_AGES ? age_of(r) : RH_MIGRATION_AGES - 1;
    enum rh_nest nest = nest_of(r);
    return (rh_migration_return(&r->s->migration, nest, rh_person_stay(r->word, r->year), age) +
            r->s->migration.onward[nest]) *
           r->s->world.return_scale[nest];
}

static double
joining(const twin_resident *r)
{
    bool may = rh_person_is_away(r->word) && married(r) && age_of(r) >= 16 && age_of(r) < 70;
    return may ? r->s->world.profile.joining : 0;
}

static double
settlement(const twin_resident *r)
{
    const rh_scenario *scenario = r->s->scenario;
    const double *settle = r->s->migration.settle;
    uint64_t code = r->s->region->county.code[county_of(r)];
    double years =
        floor(rh_lever_value(scenario, RH_LEVER_HUKOU_YEARS_REQUIRED, code, r->year));
    if (!rh_person_is_away(r->word) || rh_person_residence(r->word) % 2 == RH_RURAL ||
        !together(r) || rh_person_stay(r->word, r->year) < years) {
        return 0;
    }
    return rh_lever_value(scenario, RH_LEVER_HUKOU_SETTLEMENT_RATE, 0, r->year) *
           rh_lever_value(scenario, RH_LEVER_HUKOU_PLAN_FACTOR, 0, r->year) *
           settle[nest_of(r)] / fmax(settle[0], fmax(settle[1], settle[2]));
}

double
twin_rate(const char *process, const twin_resident *r)
{
#define RATE(name, value)                                                                      \
    if (strcmp(process, name) == 0) {                                                          \
        return value;                                                                          \
    }
    RATE("mortality", mortality(r))
    RATE("fertility", fertility(r))
    RATE("marriage", marriage(r))
    RATE("leave_home", leave_home(r))
    RATE("work", work(r))
    RATE("depart_county", departure(r, RH_NEST_COUNTY))
    RATE("depart_province", departure(r, RH_NEST_PROVINCE))
    RATE("depart_other", departure(r, RH_NEST_OTHER))
    RATE("return_home", return_home(r))
    RATE("joining", joining(r))
    RATE("settlement", settlement(r))
#undef RATE
    return 0;
}

double
twin_school_chance(const twin_resident *r, unsigned *level)
{
    const rh_scenario *s = r->s->scenario;
    double senior = rh_lever_value(s, RH_LEVER_SCHOOLING_SENIOR_RATE, 0, r->year), share;
    unsigned schooling = rh_person_education(r->word);
    switch (age_of(r)) {
    case 7:
        *level = RH_PRIMARY;
        return 1;
    case 13:
        *level = RH_JUNIOR;
        return 1;
    case 16:
        *level = RH_SENIOR;
        share = senior;
        break;
    case 19:
        if (schooling < RH_SENIOR) {
            return -1;
        }
        *level = RH_BACHELOR;
        share = rh_lever_value(s, RH_LEVER_SCHOOLING_COLLEGE_RATE, 0, r->year) / senior;
        break;
    case 23:
        *level = RH_GRADUATE;
        return schooling == RH_BACHELOR ? r->s->world.profile.graduate_share : -1;
    default:
        return -1;
    }
    double tilt = sqrt(r->s->world.profile.rural_schooling);
    double odds =
        share / (1 - share) * (rh_person_residence(r->word) % 2 == RH_URBAN ? 1 / tilt : tilt);
    return odds / (1 + odds);
}
