/* Persons by class on the leaves of each county (G3).
 *
 * A township's share of the county's urban (rural) population follows its committees: weights
 * of township_weights.csv, corrected by sizes of an earlier census (town_sizes.c), the county
 * seat's urban weight raised. Classes are then fitted to (class totals, leaf totals) from a
 * prior that sends migrants to streets first, and rounded.
 *
 * L1 for every part: class sums = cells, leaf sums = the leaf populations that were split off
 * the county's. */
#include "place/draft.h"

#include "core/mem.h"
#include "place/rounding.h"

#include <math.h>
#include <string.h>

enum { ROUNDS = 30 };

typedef struct leaf_space {
    double *weight;    /* towns */
    double *expect;    /* class × towns */
    uint32_t *total;   /* towns */
    uint32_t *rounded; /* class × towns */
} leaf_space;

/* 城关镇, or the town with most residents' committees where the county has no street;
 * UINT32_MAX: none. */
static uint32_t
county_seat(const rh_draft *draft, const rh_draft_county *c)
{
    uint32_t best = UINT32_MAX;
    bool street = false;
    for (uint32_t t = c->first_town; t < c->first_town + c->n_towns; t++) {
        const rh_draft_town *town = &draft->town[t];
        if (strcmp(rh_draft_name(draft, town->name), "城关镇") == 0) {
            return t;
        }
        street |= town->kind == RH_STREET;
        if (town->kind == RH_TOWN &&
            (best == UINT32_MAX ||
             town->resident_committees > draft->town[best].resident_committees)) {
            best = t;
        }
    }
    return street ? UINT32_MAX : best;
}

static void
weigh(const rh_draft *draft, const rh_draft_county *c, int part, double *weight)
{
    uint32_t seat = part == RH_URBAN ? county_seat(draft, c) : UINT32_MAX;
    for (uint32_t i = 0; i < c->n_towns; i++) {
        const rh_draft_town *town = &draft->town[c->first_town + i];
        const double *per = draft->prior.town_weight[town->kind][part];
        weight[i] = per[0] * town->resident_committees + per[1] * town->village_committees;
        weight[i] +=
            town->resident_committees + town->village_committees == 0 ? per[0] + per[1] : 0;
        weight[i] *= town->size_factor;
        weight[i] *= c->first_town + i == seat ? draft->prior.seat_urban_factor : 1;
    }
}

static double
ratio(double target, double sum)
{
    return sum > 0 ? target / sum : 0;
}

static void
fit_classes(uint32_t n, const uint32_t class_n[RH_CLASS_COUNT], const uint32_t *total,
            double *x)
{
    for (int round = 0; round < ROUNDS; round++) {
        for (uint32_t t = 0; t < n; t++) {
            double sum = 0;
            for (uint32_t k = 0; k < RH_CLASS_COUNT; k++) {
                sum += x[k * n + t];
            }
            for (uint32_t k = 0; k < RH_CLASS_COUNT; k++) {
                x[k * n + t] *= ratio(total[t], sum);
            }
        }
        for (uint32_t k = 0; k < RH_CLASS_COUNT; k++) {
            double sum = 0;
            for (uint32_t t = 0; t < n; t++) {
                sum += x[k * n + t];
            }
            for (uint32_t t = 0; t < n; t++) {
                x[k * n + t] *= ratio(class_n[k], sum);
            }
        }
    }
}

static rh_status
fill_part(rh_draft *draft, uint32_t county, int part, const leaf_space *space, rh_err *err)
{
    const rh_draft_county *c = &draft->county[county];
    const uint32_t n = c->n_towns;
    const rh_cell *cell = &draft->region->cell[county];
    uint32_t class_n[RH_CLASS_COUNT] = {0};
    for (int k = 0; k < RH_CLASS_COUNT; k++) {
        for (int s = 0; s < 2; s++) {
            for (int g = 0; g < RH_AGE_GROUPS; g++) {
                class_n[k] += cell->n[k][part][s][g];
            }
        }
    }
    weigh(draft, c, part, space->weight);
    RH_TRY(rh_round_share(n, space->weight, NULL, c->part[part], space->total, err));
    for (uint32_t k = 0; k < RH_CLASS_COUNT; k++) {
        for (uint32_t t = 0; t < n; t++) {
            double tilt = draft->prior.migrant_tilt[draft->town[c->first_town + t].kind];
            space->expect[k * n + t] = (double)space->total[t] * (k == RH_LOCAL ? 1 : tilt);
        }
    }
    fit_classes(n, class_n, space->total, space->expect);
    RH_TRY(rh_round_table(RH_CLASS_COUNT, n, space->expect, class_n, space->total,
                          space->rounded, err));
    for (uint32_t t = 0; t < n; t++) {
        uint32_t *leaf = draft->region->leaf_class[rh_leaf(c->first_town + t, part)];
        for (uint32_t k = 0; k < RH_CLASS_COUNT; k++) {
            leaf[k] = space->rounded[k * n + t];
        }
    }
    return RH_OK;
}

rh_status
rh_leaves_build(rh_draft *draft, rh_err *err)
{
    uint32_t most = 1;
    for (uint32_t i = 0; i < draft->n_counties; i++) {
        most = draft->county[i].n_towns > most ? draft->county[i].n_towns : most;
    }
    RH_NEW(draft->region->leaf_class, 2 * (size_t)draft->n_towns, err);
    leaf_space space;
    double *reals;
    uint32_t *whole;
    RH_NEW(reals, (size_t)most * (1 + RH_CLASS_COUNT), err);
    whole = rh_alloc((size_t)most * (1 + RH_CLASS_COUNT), sizeof *whole);
    rh_status st = RH_OK;
    if (whole == NULL) {
        st = rh_fail(err, RH_MEMORY, "Not enough memory for the leaves of a county.");
    }
    space = (leaf_space){
        .weight = reals, .expect = reals + most, .total = whole, .rounded = whole + most};
    for (uint32_t i = 0; i < draft->n_counties && st == RH_OK; i++) {
        for (int part = 0; part < RH_PART_COUNT && st == RH_OK; part++) {
            st = fill_part(draft, i, part, &space, err);
        }
    }
    rh_free(reals);
    rh_free(whole);
    return st;
}
