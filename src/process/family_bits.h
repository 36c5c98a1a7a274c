/* What words are, as far as families ask: a bit for each of 64 words, as wide as the machine allows.
 *
 * F1 the bits are the same from every instruction set. */
#ifndef RH_PROCESS_FAMILY_BITS_H
#define RH_PROCESS_FAMILY_BITS_H

#include "person/person.h"

typedef struct rh_family_bits {
    uint64_t child; /* never married, under RH_CHILD_AGE, no head */
    uint64_t moved; /* lives in another leaf than the word before */
    uint64_t adult; /* RH_MOVE_AGE or older */
    uint64_t away;
    uint64_t husband, wife; /* married men, married women */
} rh_family_bits;

/* The bits of n words, at most 64; `before` stands before the first. Ages are those reached in `year`. */
typedef rh_family_bits rh_family_bits_of(const rh_person *word, uint32_t n, rh_person before,
                                         int year);

/* By instruction set ("avx512", "plain"; NULL: the widest there is). NULL when this machine lacks it. */
rh_family_bits_of *rh_family_bits_named(const char *name);

#endif
