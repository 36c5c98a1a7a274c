/* Small runs for tests: a simulation of the hand-made region (tiny_region.h) from the shipped parameters, the
 * fingerprint of its state, and the statistics that tests of chance need. Every failure fails the test. */
#ifndef SMALL_RUN_H
#define SMALL_RUN_H

#include "run/simulation.h"

/* Years 2010 to 2020; `more` (NULL: nothing) are further lines of the scenario file. */
rh_scenario *small_scenario(uint64_t seed, const char *more);

/* With residents and first candidates. `options` may be NULL. */
rh_simulation *small_simulation(const rh_region *region, const rh_scenario *scenario,
                                double sample, unsigned threads,
                                const rh_engine_options *options);

void small_year(rh_simulation *s);
void small_verify(const rh_simulation *s);

/* One number from every word, every tally and every event of the last year. */
uint64_t small_fingerprint(const rh_simulation *s);

/* Events of the last year, over all places; `part` -1: both. */
uint64_t small_events(const rh_simulation *s, enum rh_event event, int part);

/* A process that never happens and does nothing: owner of the fixed ages in lists that have none. */
extern const rh_process small_idle;

/* Kolmogorov–Smirnov: √n × the largest distance of the values from the uniform distribution. Sorts them.
 * Above 1.63 in one case of a hundred, above 1.95 in one of a thousand. */
double small_uniform_distance(double *u, size_t n);

/* Fails unless `got` is within `limit` standard errors of `expected`. */
void small_near(const char *what, double got, double expected, double variance, double limit);

#endif
