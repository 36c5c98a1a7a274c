/* A commuting table (from, to, persons) as a sparse matrix that every tool of `ronghe metro` reads.
 *
 * F1 a link joins two different units and holds persons > 0; what stays inside a unit stands in `inside`.
 * F2 the links of a unit are sorted by their other end; no pair stands twice (repeated rows were added).
 * F3 residents[i] = inside[i] + its links out; jobs[i] = inside[i] + its links in.
 * Whole numbers below 2^53 add up exactly, so nothing depends on the order of rows. */
#ifndef RH_EVALUATE_METRO_COMMUTING_H
#define RH_EVALUATE_METRO_COMMUTING_H

#include "core/status.h"

#include <stdint.h>

/* In a partition (unit → area): this unit belongs to no area. */
#define RH_NO_AREA UINT32_MAX

typedef struct rh_links {
    uint32_t *first; /* n + 1: the links of unit i are first[i] … first[i+1]-1 */
    uint32_t *unit;  /* the other end */
    double *persons;
} rh_links;

typedef struct rh_commuting {
    uint32_t n;
    rh_links out, in;
    double *inside;    /* persons living and working in the unit */
    double *residents; /* workers living in the unit, wherever they work */
    double *jobs;      /* workers working in the unit, wherever they live */
    double total;      /* all persons of the table */
} rh_commuting;

/* Build from rows (any order, repeats are added, zeros are passed over). The arrays are the caller's. O(n + rows).
 * Errors: RH_MEMORY; RH_RANGE for a unit ≥ n or persons that are negative or no number (row counted from 1). */
RH_MUST_CHECK rh_status rh_commuting_build(uint32_t n, uint32_t rows, const uint32_t *from,
                                           const uint32_t *to, const double *persons,
                                           rh_commuting **out, rh_err *err);
void rh_commuting_free(rh_commuting *c);

/* The same with every area of a partition made one unit, at the index of its smallest member (units of no area and all other
 * members are left empty). Errors: RH_MEMORY. The caller frees *out. */
RH_MUST_CHECK rh_status rh_commuting_merge(const rh_commuting *c, const uint32_t *area,
                                           rh_commuting **out, rh_err *err);

/* Persons from unit i to unit j, i ≠ j. O(log links). */
double rh_commuting_between(const rh_commuting *c, uint32_t i, uint32_t j);

/* Give every area the index of its smallest member as its number: area[i] may hold any labels below n, or RH_NO_AREA.
 * Returns how many areas there are. `scratch`: n entries. */
uint32_t rh_area_relabel(uint32_t n, uint32_t *area, uint32_t *scratch);

#endif
