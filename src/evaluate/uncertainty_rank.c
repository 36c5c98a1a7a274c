/* Ranks by buckets: see uncertainty_rank.h. */
#include "evaluate/uncertainty_rank.h"

#include <math.h>
#include <string.h>

typedef struct entry {
    double score;
    uint32_t unit, bucket;
} entry;

_Static_assert(sizeof(entry) + 2 * sizeof(uint32_t) <= 24,
               "RH_RANK_SCRATCH holds what it must");

/* Best first, in place: runs of one bucket are short. */
static void
insert_sort(entry *e, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        entry one = e[i];
        uint32_t k = i;
        for (; k > 0 && e[k - 1].score < one.score; k--) {
            e[k] = e[k - 1];
        }
        e[k] = one;
    }
}

static void
sift(entry *e, uint32_t at, uint32_t n)
{
    entry one = e[at];
    for (uint32_t child; (child = 2 * at + 1) < n; at = child) {
        child += child + 1 < n && e[child + 1].score < e[child].score;
        if (!(e[child].score < one.score)) {
            break;
        }
        e[at] = e[child];
    }
    e[at] = one;
}

/* Best first: a heap with the worst on top. For buckets that took too many, when a few scores lie far off. */
static void
heap_sort(entry *e, uint32_t n)
{
    for (uint32_t i = n / 2; i-- > 0;) {
        sift(e, i, n);
    }
    for (uint32_t last = n; last-- > 1;) {
        entry one = e[0];
        e[0] = e[last];
        e[last] = one;
        sift(e, 0, last);
    }
}

/* Bucket of every unit with a score, 0 for the best; counts them. Returns how many there are. */
static uint32_t
deal(const double *score, uint32_t n, entry *e, uint32_t *start)
{
    double low = INFINITY, high = -INFINITY;
    for (uint32_t i = 0; i < n; i++) {
        low = score[i] < low ? score[i] : low; /* false for NAN */
        high = score[i] > high ? score[i] : high;
    }
    double stretch = high > low ? (n - 1) / (high - low) : 0;
    stretch = isfinite(stretch) ? stretch : 0;
    memset(start, 0, ((size_t)n + 1) * sizeof *start);
    for (uint32_t i = 0; i < n; i++) {
        if (!isnan(score[i])) {
            double at = (high - score[i]) * stretch;
            e[i].bucket = at < n ? (uint32_t)at : n - 1;
            start[e[i].bucket + 1]++;
        }
    }
    for (uint32_t b = 0; b < n; b++) {
        start[b + 1] += start[b];
    }
    return start[n];
}

void
rh_rank_scores(const double *score, uint32_t n, void *scratch, rh_rank *rank)
{
    enum { few = 24 };
    entry *e = scratch;
    uint32_t *start = (uint32_t *)(void *)(e + n);
    if (n == 0) {
        return;
    }
    uint32_t valid = deal(score, n, e, start);
    /* The buckets are kept in the entries by unit while scores and units are dealt into place by bucket. */
    for (uint32_t i = 0; i < n; i++) {
        rank[i] = 0;
        if (!isnan(score[i])) {
            uint32_t to = start[e[i].bucket]++;
            e[to].score = score[i];
            e[to].unit = i;
        }
    }
    /* start[b] is now where bucket b ends. */
    for (uint32_t b = 0, from = 0; from < valid; from = start[b++]) {
        uint32_t size = start[b] - from;
        if (size > few) {
            heap_sort(e + from, size);
        } else {
            insert_sort(e + from, size);
        }
    }
    uint32_t place = 0;
    for (uint32_t k = 0; k < valid; k++) {
        place = k > 0 && e[k].score == e[k - 1].score ? place : k + 1;
        rank[e[k].unit] = (rh_rank)place;
    }
}
