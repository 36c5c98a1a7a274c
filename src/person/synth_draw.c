/* Alias tables of a county's attributes: see synth_draw.h. */
#include "person/synth_draw.h"

/* Joint weights of one table in the making. */
typedef struct joint {
    double weight[RH_OLDEST_YEARS * 13 * 2];
    uint16_t label[RH_OLDEST_YEARS * 13 * 2];
    uint32_t n;
} joint;

static void
add(joint *j, double weight, unsigned label)
{
    if (weight > 0) {
        j->weight[j->n] = weight;
        j->label[j->n++] = (uint16_t)label;
    }
}

static rh_status
close_table(joint *j, rh_attributes *out, rh_span *span, rh_alias_scratch *scratch, rh_err *err)
{
    *span = (rh_span){out->used, j->n};
    RH_TRY(rh_alias_build(out->entry + out->used, j->n, j->weight, j->label, scratch, err));
    out->used += j->n;
    j->n = 0;
    return RH_OK;
}

/* Share of column l in a row of cumulative thresholds. */
static double
share(const uint16_t *threshold, unsigned l, unsigned columns)
{
    int high = l + 1 < columns ? threshold[l] : RH_ONE, low = l > 0 ? threshold[l - 1] : 0;
    return (double)(high - low) / RH_ONE;
}

/* Share of year j within an age group. Survival beyond 85: about 18 % die a year (assumption;
 * WPP 2024 has 13–30 % between 85 and 95). */
static double
year_share(const rh_profile *p, unsigned away, unsigned sex, unsigned group, unsigned j)
{
    if (group == 0) {
        return j == 0;
    }
    if (group < RH_AGE_GROUPS - 1) {
        return j < 5 ? share(p->age[away][sex][group], j, 5) : 0;
    }
    double left = j + 1 < RH_OLDEST_YEARS ? 0.18 : 1;
    for (unsigned i = 0; i < j; i++) {
        left *= 0.82;
    }
    return left;
}

/* The states of one sex and age; nobody under 18 is married, only women have children. */
static void
add_states(joint *j, const rh_profile *p, unsigned away, unsigned part, unsigned sex,
           unsigned age, double weight, unsigned birth)
{
    unsigned class = rh_age_class(age);
    for (unsigned marital = 0; marital < (age < 18 ? 1u : 4u); marital++) {
        double of_state =
            age < 18 ? weight : weight * share(p->marital[sex][class], marital, 4);
        double collective = (double)p->collective[away][class][marital != RH_MARRIED] / RH_ONE;
        bool mother = sex == RH_FEMALE && marital != RH_NEVER_MARRIED;
        for (unsigned children = 0; children < (mother ? 4u : 1u); children++) {
            double w =
                mother ? of_state * share(p->children[part][class], children, 4) : of_state;
            unsigned label = birth | sex << (rh_sex_low - rh_birth_low) |
                             marital << (rh_marital_low - rh_birth_low) |
                             children << (rh_children_low - rh_birth_low);
            add(j, w * (1 - collective), label);
            add(j, w * collective, label | 1u << RH_LIFE_BITS);
        }
    }
}

static unsigned
band_of(unsigned education)
{
    return education <= RH_PRIMARY ? 0 : education >= RH_COLLEGE ? 3 : education - 1;
}

/* Schooling and activity from `age` to the end of the row. */
static void
add_work(joint *j, const rh_profile *p, unsigned away, unsigned part, unsigned sex,
         unsigned age)
{
    unsigned class = rh_age_class(age);
    for (unsigned e = 0; e < RH_CENSUS_EDUCATION; e++) {
        double schooled = share(p->education[away][part][sex][class], e, RH_CENSUS_EDUCATION);
        unsigned band = band_of(e), row = age < 18 ? RH_SCHOOL_BANDS : band;
        /* A twelfth of those with a bachelor's degree or more went on, from 23 (assumption). */
        double graduate = e == RH_BACHELOR && age >= 23 ? 1.0 / 12 : 0;
        for (unsigned l = 0; l < RH_WORK_COLUMNS; l++) {
            unsigned activity = l < 6 ? RH_FARM + l : age < 30 ? RH_STUDENT : RH_HOME;
            double w = schooled;
            if (age < 16) {
                activity = age < 6 ? RH_PRESCHOOL : RH_STUDENT;
                w *= l == 0;
            } else {
                w *= share(p->activity[away][part][sex][class][band], l, RH_WORK_COLUMNS);
            }
            unsigned rest = activity << rh_education_bits | row << RH_WORK_BITS;
            add(j, w * (1 - graduate), e | rest);
            add(j, w * graduate, RH_GRADUATE | rest);
        }
    }
}

rh_status
rh_attributes_make(rh_attributes *out, const rh_profile *profile, unsigned away, int base_year,
                   rh_alias_scratch *scratch, rh_err *err)
{
    static const uint8_t row_from[RH_WORK_ROWS + 1] = {
        0, 6, 12, 15, 16, 18, 20, 22, 23, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 255};
    joint j = {.n = 0};
    out->used = 0;
    for (unsigned row = 0; row < RH_WORK_ROWS; row++) {
        for (int age = row_from[row]; age < row_from[row + 1]; age++) {
            int birth = base_year - age - RH_BIRTH_ZERO;
            if (birth >= 0 && birth < 256) {
                out->work_row[birth] = (uint8_t)row;
            }
        }
    }
    for (unsigned part = 0; part < RH_PART_COUNT; part++) {
        for (unsigned label = 0; label < RH_LABELS; label++) {
            unsigned sex = label / RH_AGE_GROUPS, group = label % RH_AGE_GROUPS;
            for (unsigned year = 0; year < RH_OLDEST_YEARS; year++) {
                unsigned age = (unsigned)rh_age_group_low((int)group) + year;
                double weight = year_share(profile, away, sex, group, year);
                if (weight > 0) {
                    add_states(&j, profile, away, part, sex, age, weight,
                               (unsigned)(base_year - (int)age - RH_BIRTH_ZERO));
                }
            }
            RH_TRY(close_table(&j, out, &out->life[part][label], scratch, err));
        }
        for (unsigned i = 0; i < 2 * RH_WORK_ROWS; i++) {
            unsigned sex = i / RH_WORK_ROWS, row = i % RH_WORK_ROWS;
            add_work(&j, profile, away, part, sex, row_from[row]);
            RH_TRY(close_table(&j, out, &out->work[part][sex][row], scratch, err));
        }
    }
    return RH_OK;
}
