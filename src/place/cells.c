/* Exact county tables: class × part × sex × age group (G2).
 *
 * Iterative proportional fitting (Deming and Stephan 1940) of a prior to three margins
 * (classes, parts, sex × age), then controlled rounding: class × part first, then the eight
 * class-part rows against the 38 columns.
 *
 * E1 all three margins of the integers are exact. */
#include "place/draft.h"

#include "core/mem.h"
#include "place/rounding.h"

#include <math.h>
#include <string.h>

enum { ROWS = RH_CLASS_COUNT * RH_PART_COUNT, COLUMNS = 2 * RH_AGE_GROUPS, ROUNDS = 60 };

static double
ratio(double target, double sum)
{
    return sum > 0 ? target / sum : 0;
}

/* x is [class][part][sex × age]. */
static void
fit(const rh_draft_county *c, double x[ROWS][COLUMNS])
{
    const uint32_t *age = &c->age[0][0];
    for (int round = 0; round < ROUNDS; round++) {
        double class_sum[RH_CLASS_COUNT] = {0}, part_sum[RH_PART_COUNT] = {0}, worst = 0;
        for (int r = 0; r < ROWS; r++) {
            for (int j = 0; j < COLUMNS; j++) {
                class_sum[r / RH_PART_COUNT] += x[r][j];
            }
        }
        for (int k = 0; k < RH_CLASS_COUNT; k++) {
            worst = fmax(worst, fabs(class_sum[k] - c->class_n[k]));
        }
        for (int r = 0; r < ROWS; r++) {
            double f = ratio(c->class_n[r / RH_PART_COUNT], class_sum[r / RH_PART_COUNT]);
            for (int j = 0; j < COLUMNS; j++) {
                x[r][j] *= f;
                part_sum[r % RH_PART_COUNT] += x[r][j];
            }
        }
        for (int p = 0; p < RH_PART_COUNT; p++) {
            worst = fmax(worst, fabs(part_sum[p] - c->part[p]));
        }
        double column[COLUMNS] = {0};
        for (int r = 0; r < ROWS; r++) {
            double f = ratio(c->part[r % RH_PART_COUNT], part_sum[r % RH_PART_COUNT]);
            for (int j = 0; j < COLUMNS; j++) {
                x[r][j] *= f;
                column[j] += x[r][j];
            }
        }
        for (int j = 0; j < COLUMNS; j++) {
            column[j] = ratio(age[j], column[j]);
        }
        for (int r = 0; r < ROWS; r++) {
            for (int j = 0; j < COLUMNS; j++) {
                x[r][j] *= column[j];
            }
        }
        if (worst < 0.01) {
            return;
        }
    }
}

/* Whole class × part table with exact sums. */
static rh_status
round_rows(const rh_draft_county *c, double x[ROWS][COLUMNS], uint32_t row[ROWS], rh_err *err)
{
    double sum[ROWS];
    for (int r = 0; r < ROWS; r++) {
        sum[r] = 0;
        for (int j = 0; j < COLUMNS; j++) {
            sum[r] += x[r][j];
        }
    }
    uint32_t part[RH_PART_COUNT];
    memcpy(part, c->part, sizeof part);
    return rh_round_table(RH_CLASS_COUNT, RH_PART_COUNT, sum, c->class_n, part, row, err);
}

static rh_status
build(const rh_prior *prior, const rh_draft_county *c, rh_cell *cell, rh_err *err)
{
    double x[ROWS][COLUMNS];
    memcpy(x, prior->cell, sizeof x);
    /* Start from the county's own age structure, tilted by the prior. */
    const double population = fmax(1, c->population);
    for (int r = 0; r < ROWS; r++) {
        for (int j = 0; j < COLUMNS; j++) {
            x[r][j] *= population;
        }
    }
    fit(c, x);
    uint32_t row[ROWS], column[COLUMNS];
    RH_TRY(round_rows(c, x, row, err));
    memcpy(column, c->age, sizeof column);
    return rh_round_table(ROWS, COLUMNS, &x[0][0], row, column, &cell->n[0][0][0][0], err);
}

rh_status
rh_cells_build(rh_draft *draft, rh_err *err)
{
    RH_NEW(draft->region->cell, draft->n_counties, err);
    for (uint32_t i = 0; i < draft->n_counties; i++) {
        RH_TRY(build(&draft->prior, &draft->county[i], &draft->region->cell[i], err));
    }
    return RH_OK;
}
