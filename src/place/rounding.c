/* Integers from real weights with exact sums: see rounding.h. */
#include "place/rounding.h"

#include "core/mem.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

typedef struct remainder_entry {
    double part;
    uint32_t index;
} remainder_entry;

static int
larger_first(const void *a, const void *b)
{
    const remainder_entry *x = a, *y = b;
    if (x->part != y->part) {
        return x->part > y->part ? -1 : 1;
    }
    return x->index < y->index ? -1 : x->index > y->index;
}

/* One each, in the order given, to entries with room; around again while something is left. */
static void
hand_out(uint32_t n, const remainder_entry *entry, const uint32_t *cap, uint64_t left,
         uint32_t *out)
{
    for (uint64_t before = 0; left > 0 && left != before;) {
        before = left;
        for (uint32_t i = 0; i < n && left > 0; i++) {
            uint32_t j = entry[i].index;
            if (cap == NULL || out[j] < cap[j]) {
                out[j]++;
                left--;
            }
        }
    }
}

/* Entries whose share exceeds their cap get the cap (marked by part = -1); the others share the
 * rest. */
static void
fill_caps(uint32_t n, remainder_entry *entry, const uint32_t *cap, uint64_t *left, double *open,
          const double *weight, uint32_t *out)
{
    for (bool again = true; again;) {
        again = false;
        double scale = *open > 0 ? (double)*left / *open : 0;
        for (uint32_t j = 0; j < n; j++) {
            if (entry[j].part >= 0 && weight[j] * scale > (double)cap[j]) {
                entry[j].part = -1;
                out[j] = cap[j];
                *left -= cap[j];
                *open -= weight[j];
                again = true;
            }
        }
    }
}

static rh_status
share_among(uint32_t n, const double *weight, const uint32_t *cap, uint64_t total,
            uint32_t *out, rh_err *err)
{
    remainder_entry *entry;
    RH_NEW(entry, n, err);
    double open = 0;
    for (uint32_t j = 0; j < n; j++) {
        entry[j].index = j;
        open += weight[j];
        out[j] = 0;
    }
    uint64_t left = total;
    if (cap != NULL) {
        fill_caps(n, entry, cap, &left, &open, weight, out);
    }
    double scale = open > 0 ? (double)left / open : 0;
    for (uint32_t j = 0; j < n; j++) {
        if (entry[j].part >= 0 && weight[j] > 0) {
            double share = weight[j] * scale;
            uint64_t whole = (uint64_t)share < left ? (uint64_t)share : left;
            if (cap != NULL && whole > cap[j]) {
                whole = cap[j];
            }
            out[j] = (uint32_t)whole;
            entry[j].part = share - (double)whole;
            left -= whole;
        } else {
            entry[j].part = -1; /* full, or without weight: last */
        }
    }
    qsort(entry, n, sizeof *entry, larger_first);
    hand_out(n, entry, cap, left, out);
    rh_free(entry);
    return RH_OK;
}

rh_status
rh_round_share(uint32_t n, const double *weight, const uint32_t *cap, uint64_t total,
               uint32_t *out, rh_err *err)
{
    for (uint32_t j = 0; j < n; j++) {
        if (weight[j] > 0) {
            return share_among(n, weight, cap, total, out, err);
        }
    }
    double *even;
    RH_NEW(even, n, err);
    for (uint32_t j = 0; j < n; j++) {
        even[j] = cap != NULL ? (double)cap[j] : 1;
    }
    rh_status st = share_among(n, even, cap, total, out, err);
    rh_free(even);
    return st;
}

static void
order_rows(uint32_t rows, const uint32_t *row, uint32_t *order)
{
    for (uint32_t r = 0; r < rows; r++) {
        uint32_t at = r;
        for (; at > 0 && row[order[at - 1]] > row[r]; at--) {
            order[at] = order[at - 1];
        }
        order[at] = r;
    }
}

rh_status
rh_round_table(uint32_t rows, uint32_t columns, const double *expect, const uint32_t *row,
               uint32_t *column, uint32_t *out, rh_err *err)
{
    uint32_t order[64];
    if (rows > 64) {
        return rh_fail(err, RH_RANGE, "A table of %u rows is too tall to be rounded.", rows);
    }
    double *want, *carry;
    RH_NEW(want, 2 * (size_t)columns, err);
    carry = want + columns;
    order_rows(rows, row, order);
    rh_status st = RH_OK;
    for (uint32_t i = 0; i + 1 < rows && st == RH_OK; i++) {
        const double *e = expect + (size_t)order[i] * columns;
        uint32_t *n = out + (size_t)order[i] * columns;
        for (uint32_t j = 0; j < columns; j++) {
            want[j] = fmax(0, e[j] + carry[j]);
        }
        st = rh_round_share(columns, want, column, row[order[i]], n, err);
        for (uint32_t j = 0; j < columns; j++) {
            carry[j] += e[j] - (double)n[j];
            column[j] -= n[j];
        }
    }
    for (uint32_t j = 0; j < columns; j++) {
        out[(size_t)order[rows - 1] * columns + j] = column[j];
        column[j] = 0;
    }
    rh_free(want);
    return st;
}
