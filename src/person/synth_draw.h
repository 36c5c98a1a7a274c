/* Attributes of a resident in two picks: alias tables made from a county's fitted profile (internal to synth).
 *
 * A resident's label (sex, age group) is dealt; what has no exact margin is drawn here. Two joint
 * distributions hold everything but the kind of hukou:
 *   life  given part and label:      year of birth, marital state, children ever born, collective household
 *   work  given part, sex and age:   schooling, activity, and the row of the hukou table
 * so that a resident costs two 64-bit draws and two cache lines. The joint weights are products of the
 * profile's conditional shares: the distribution is the one that drawing field by field would give, within
 * 2^-32 (core/alias.h A1). */
#ifndef RH_PERSON_SYNTH_DRAW_H
#define RH_PERSON_SYNTH_DRAW_H

#include "core/alias.h"
#include "person/synth_private.h"

enum {
    RH_WORK_ROWS = 21, /* age classes, split where school ends (16) and degrees follow (23) */
    RH_OLDEST_YEARS = 26, /* 85 … 110 */
    RH_LIFE_ENTRIES = RH_PART_COUNT * (18 * 5 + RH_OLDEST_YEARS) * (13 + 4) * 2,
    RH_WORK_ENTRIES = RH_PART_COUNT * 2 * RH_WORK_ROWS * 7 * 7
};

/* Entries first … first + n - 1. */
typedef struct rh_span {
    uint32_t first, n;
} rh_span;

/* Tables of residents of one county who are registered there (away 0) or elsewhere (1): about
 * 100 kB, most of it never touched. */
typedef struct rh_attributes {
    uint8_t work_row[256]; /* by year of birth - RH_BIRTH_ZERO */
    rh_span life[RH_PART_COUNT][RH_LABELS];
    rh_span work[RH_PART_COUNT][2][RH_WORK_ROWS];
    uint32_t used;
    rh_alias entry[RH_LIFE_ENTRIES + RH_WORK_ENTRIES];
} rh_attributes;

/* Make the tables of a profile; scratch with room for 1,024 entries. Cost: about 0.2 ms. */
RH_MUST_CHECK rh_status rh_attributes_make(rh_attributes *out, const rh_profile *profile,
                                           unsigned away, int base_year,
                                           rh_alias_scratch *scratch, rh_err *err);

/* Outcome of `life`: the word's bits from birth to children, then the collective flag; of `work`:
 * the bits of schooling and activity, then the row of the hukou table. */
enum {
    RH_LIFE_BITS = rh_birth_bits + rh_sex_bits + rh_marital_bits + rh_children_bits,
    RH_WORK_BITS = rh_education_bits + rh_activity_bits
};

static inline unsigned
rh_attributes_pick(const rh_attributes *t, rh_span span, uint32_t bits)
{
    uint64_t product = (uint64_t)bits * span.n;
    rh_alias entry = t->entry[span.first + (product >> 32)];
    unsigned both = entry.own | (unsigned)entry.other
                                    << 16; /* no branch: it would be unpredictable */
    return both >> ((uint32_t)product >= entry.threshold ? 16 : 0) & 0xffff;
}

/* A resident of the part with this label, without residence, arrival or marks, from 64 + 15 random
 * bits. `hukou`: thresholds of the profile for class and part. */
static inline rh_person
rh_attributes_draw(const rh_attributes *t, unsigned part, unsigned label, const uint16_t *hukou,
                   uint64_t a, unsigned b)
{
    unsigned life = rh_attributes_pick(t, t->life[part][label], (uint32_t)(a >> 32));
    unsigned row = t->work_row[life & ((1u << rh_birth_bits) - 1)];
    unsigned work =
        rh_attributes_pick(t, t->work[part][label >= RH_AGE_GROUPS][row], (uint32_t)a);
    return (rh_person)(life & ((1u << RH_LIFE_BITS) - 1)) << rh_birth_low |
           (rh_person)(life >> RH_LIFE_BITS) << rh_collective_low |
           (rh_person)(work & ((1u << RH_WORK_BITS) - 1)) << rh_education_low |
           (rh_person)(b < hukou[work >> RH_WORK_BITS]) << rh_hukou_low;
}

#endif
