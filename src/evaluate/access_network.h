/* Shortest paths over a network of roads: from many places to many places, as far as a cutoff.
 *
 * Times are kept in ticks of 1/100,000 minute (0.6 ms) in 32 bits: sums are exact whatever their order, an arc is 8 bytes, and
 * a queue entry one word. The longest way is 42,949 minutes (30 days).
 *
 * Method: Dijkstra (1959) on arcs in compressed rows, with a 4-ary heap of (ticks, node) words; an entry that was overtaken
 * is skipped when it comes up (cheaper than moving it: docs/access.md has the measurement against igraph).
 *
 * G1 a one-way arc is walked in its direction only; the cost of a pair is that from demand to supply.
 * G2 same bits, whatever the number of threads. */
#ifndef RH_EVALUATE_ACCESS_NETWORK_H
#define RH_EVALUATE_ACCESS_NETWORK_H

#include "evaluate/access_pairs.h"

enum { RH_TICKS_A_MINUTE = 100000 };
#define RH_MINUTES_MOST 42949.0

typedef struct rh_network {
    uint32_t n_nodes;
    size_t n_arcs;
    size_t *start; /* n_nodes + 1 */
    struct rh_arc {
        uint32_t to, ticks;
    } * arc;
} rh_network;

/* minutes[a] of the arc from[a] → to[a], 0 … RH_MINUTES_MOST; `both_ways`: each arc also leads back; `back`: each leads back only
 * (the turned network). O(n). Errors: RH_RANGE, RH_MEMORY. */
typedef enum rh_arc_ways { RH_ARCS_AS_GIVEN, RH_ARCS_BOTH_WAYS, RH_ARCS_TURNED } rh_arc_ways;
RH_MUST_CHECK rh_status rh_network_new(uint32_t n_nodes, size_t n, const uint32_t *from,
                                       const uint32_t *to, const double *minutes,
                                       rh_arc_ways ways, rh_network **out, rh_err *err);
/* The same network with all arcs turned. */
RH_MUST_CHECK rh_status rh_network_turned(const rh_network *network, rh_network **out,
                                          rh_err *err);
void rh_network_free(rh_network *network);

/* All pairs of an origin and a destination at most `within` minutes apart; several places may stand on one node. Searches start
 * from the side with fewer places. O(places of the smaller side × reach log reach). */
RH_MUST_CHECK rh_status rh_network_pairs(const rh_network *network, uint32_t n_origins,
                                         const uint32_t *origin_node, uint32_t n_destinations,
                                         const uint32_t *destination_node, double within,
                                         unsigned threads, rh_pairs **out, rh_err *err);

/* minutes[v]: from the nearest of the sources to node v, along the arcs; INFINITY beyond `within`. `head_start` (NULL: none):
 * minutes that a source begins with. O(n log n). */
RH_MUST_CHECK rh_status rh_network_nearest(const rh_network *network, uint32_t n_sources,
                                           const uint32_t *source, const double *head_start,
                                           double within, double *minutes, rh_err *err);

#endif
