/* Cities as a network of flows 城市网络: strength, centrality, dependence, reciprocity of units; modules.
 *
 * What stays inside a unit is no link. Sources: weighted degree and reciprocity Squartini et al. 2013 (Scientific Reports 3:2729,
 * eq. 3–5); PageRank Brin & Page 1998, damping 0.85; betweenness Brandes 2001 on distances 1 / persons (Newman 2001; Opsahl
 * et al. 2010 with α = 1); nodal structure Nystuen & Dacey 1961. */
#ifndef RH_EVALUATE_METRO_NETWORK_H
#define RH_EVALUATE_METRO_NETWORK_H

#include "evaluate/metro_commuting.h"

#include <stdbool.h>

typedef struct rh_network_unit {
    uint32_t links_in, links_out;
    double in, out;     /* persons entering, leaving: strength */
    double balance;     /* (in − out) / (in + out), −1 … 1; NAN without links */
    double reciprocity; /* Σ_j min(w_ij, w_ji) / out; NAN without links out */
    double inside;      /* persons staying, of those living in the unit */
    uint32_t leads_to;  /* the unit to which most go, or RH_NO_AREA */
    double dependence;  /* that flow, of all who leave */
    bool
        nodal; /* independent: its largest flow goes to a unit that fewer enter (Nystuen & Dacey) */
    double pagerank;    /* sums to 1 */
    double eigenvector; /* of w + wᵀ, largest entry 1 */
    double
        betweenness; /* ordered pairs whose shortest path leads over the unit, of (n−1)(n−2); NAN when not asked for */
} rh_network_unit;

typedef struct rh_network_whole {
    double reciprocity; /* Σ min(w_ij, w_ji) / Σ w_ij */
    double density;     /* links, of n (n−1) */
    double crossing;    /* persons that leave their unit, of all */
    double herfindahl;  /* of the shares of units in all who enter: 1/n … 1 */
} rh_network_whole;

/* unit[n] is filled. O(iterations × links); betweenness O(n × links × log n). Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_network_measure(const rh_commuting *flows, bool betweenness,
                                           rh_network_unit *unit, rh_network_whole *whole,
                                           rh_err *err);

/* Modules: groups of units with more flow inside than their strengths would bring, by Louvain (Blondel et al. 2008) with the
 * modularity of directed networks (Leicht & Newman 2008, eq. 3), persons staying inside a unit left out,
 *   Q = Σ_ij [ w_ij − γ out_i in_j / W ] δ(g_i, g_j) / W.
 * Units are visited in rising order and stay where they are in a tie, so that the result is one. module[n]: smallest member.
 * Errors: RH_MEMORY. */
RH_MUST_CHECK rh_status rh_network_modules(const rh_commuting *flows, double resolution,
                                           uint32_t *module, uint32_t *n_modules,
                                           double *modularity, rh_err *err);

#endif
