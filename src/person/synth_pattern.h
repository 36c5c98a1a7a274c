/* National age patterns that the synthesis bends to each county's margins (internal to synth).
 *
 * ASSUMPTION (假设): every number here is a shape, rounded by hand after the published national
 * tables of the 2010 census (age × sex × marital state, × schooling, × activity). Levels never
 * come from here: each county's own shares rescale them (synth_fit.c), so only the differences
 * between ages, parts and schooling survive. They stand in code because they are 19-row shapes
 * without a place or year, and no lever moves them. */
#ifndef RH_PERSON_SYNTH_PATTERN_H
#define RH_PERSON_SYNTH_PATTERN_H

#include "person/person.h"
#include "place/region.h"

/* Age classes of the fitted tables: finer than the census groups where life changes fast. */
enum {
    RH_CLASS_INFANT,  /* 0–5 */
    RH_CLASS_PRIMARY, /* 6–11 */
    RH_CLASS_JUNIOR,  /* 12–14 */
    RH_CLASS_15,      /* 15–17 */
    RH_CLASS_18,      /* 18–19 */
    RH_CLASS_20,      /* 20–21 */
    RH_CLASS_22,      /* 22–24 */
    RH_CLASS_25,      /* 25–29, then five years each to 80+ */
    RH_AGE_CLASSES = 19
};

/* Bands of schooling: up to primary, junior, senior, college and above. */
enum { RH_SCHOOL_BANDS = 4 };

/* Columns of the activity fit: farm, industry, service, home, retired, unemployed, rest
 * (students, unable). */
enum { RH_WORK_COLUMNS = 7 };

typedef struct rh_pattern {
    float marital[2][RH_AGE_CLASSES][4]; /* sex × age */
    float education[RH_PART_COUNT][RH_AGE_CLASSES][RH_CENSUS_EDUCATION];
    float education_female[RH_AGE_CLASSES];    /* weight of "none" for women */
    float education_away[RH_CENSUS_EDUCATION]; /* movers against locals */
    float work_age[2][RH_AGE_CLASSES][RH_WORK_COLUMNS];
    float work_part[RH_PART_COUNT][2][RH_WORK_COLUMNS]; /* part × (local, away) */
    float work_school[RH_SCHOOL_BANDS][RH_WORK_COLUMNS];
    float hukou[RH_CLASS_COUNT][RH_PART_COUNT]; /* odds of an urban hukou */
    float hukou_school[RH_SCHOOL_BANDS + 1];    /* last: minors under 18 */
    float collective[2][RH_AGE_CLASSES][2];     /* (local, away) × age × (married, not) */
    float children[RH_AGE_CLASSES][4];          /* ever-married women */
} rh_pattern;

extern const rh_pattern rh_national_pattern;

/* Age class of a single year of age. */
static inline unsigned
rh_age_class(unsigned age)
{
    if (age < 25) {
        return age < 6    ? 0
               : age < 12 ? 1
               : age < 15 ? 2
               : age < 18 ? 3
               : age < 20 ? 4
               : age < 22 ? 5
                          : 6;
    }
    return age >= 80 ? RH_AGE_CLASSES - 1 : RH_CLASS_25 + (age - 25) / 5;
}

/* Years since arrival of residents living away: of 32 equal shares, the full years. ASSUMPTION
 * (假设): a mixture of many short and few long stays with a mean of 4.5 years (the 2010 census
 * and the migrant surveys of those years find a mean stay of four to five years). */
extern const uint8_t rh_stay_years[32];

/* Births in China by year, 10,000 persons, 1951–1965 (National Bureau of Statistics, China
 * Statistical Yearbook, series of births): the famine years cut a notch into the age groups
 * that hold them. */
enum { RH_BIRTHS_FIRST = 1951, RH_BIRTHS_COUNT = 15 };
extern const uint16_t rh_births_1951[RH_BIRTHS_COUNT];

#endif
