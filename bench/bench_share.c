/* Games of issue 3: Shapley of 20 players (goal: under 1 s), of 24, core and nucleolus of 16 players, a vote of 100 members.
 * Input is generated. Prints lines "name value unit goal". */
#include "bench.h"

#include "core/mem.h"
#include "core/random.h"
#include "core/threads.h"
#include "evaluate/game_core.h"
#include "evaluate/game_nucleolus.h"
#include "evaluate/game_value.h"
#include "evaluate/vote_power.h"

#include <math.h>
#include <stdio.h>

/* Gains that grow with size, with noise: superadditive mostly, no structure to exploit. */
static double *
generated(unsigned n)
{
    double *v = rh_alloc((size_t)1 << n, sizeof *v);
    for (uint32_t s = 1; v != NULL && s < 1U << n; s++) {
        double size = __builtin_popcount(s);
        v[s] = size * sqrt(size) + rh_uniform(1, s);
    }
    return v;
}

static int
shapley(unsigned n, const char *name, const char *goal)
{
    double x[RH_GAME_MOST], best = (double)INFINITY;
    double *v = generated(n);
    if (v == NULL) {
        return 1;
    }
    for (int k = 0; k < 5; k++) {
        double start = rh_progress_clock();
        if (rh_game_shapley(v, n, rh_threads_available(), x, NULL) != RH_OK) {
            return 1;
        }
        best = fmin(best, rh_progress_clock() - start);
    }
    printf("%s %.6f s %s\n", name, best, goal);
    rh_free(v);
    return 0;
}

int
main(void)
{
    if (shapley(20, "shapley_20_players", "1") || shapley(24, "shapley_24_players", "-")) {
        return 1;
    }
    double *v = generated(16), start = rh_progress_clock(), weight[100];
    rh_game_core core;
    rh_game_nucleolus nucleolus;
    rh_vote_power power;
    if (v == NULL || rh_game_core_check(v, 16, &core, NULL) != RH_OK) {
        return 1;
    }
    printf("core_16_players %.6f s -\n", rh_progress_clock() - start);
    start = rh_progress_clock();
    if (rh_game_nucleolus_find(v, 16, RH_PLAIN, false, &nucleolus, NULL) != RH_OK) {
        return 1;
    }
    printf("nucleolus_16_players %.6f s -\n", rh_progress_clock() - start);
    rh_free(v);
    for (uint64_t i = 0; i < 100; i++) {
        weight[i] = 1 + floor(50 * rh_uniform(2, i));
    }
    start = rh_progress_clock();
    if (rh_vote_power_find(weight, 100, 1500, &power, NULL) != RH_OK) {
        return 1;
    }
    printf("vote_100_members %.6f s -\n", rh_progress_clock() - start);
    rh_vote_power_release(&power);
    return 0;
}
