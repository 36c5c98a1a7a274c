/* Inequality of many: Theil of 10 million weighted incomes (issue 3), and what else one pass or one sort gives. */
#include "bench.h"

#include "core/mem.h"
#include "core/random.h"
#include "core/threads.h"
#include "evaluate/inequality_parts.h"
#include "evaluate/inequality_rank.h"

#include <math.h>
#include <stdio.h>

enum { N = 10000000, GROUPS = 31 };

int
main(void)
{
    double *x = rh_alloc(N, sizeof *x), *w = rh_alloc(N, sizeof *w);
    uint32_t *group = rh_alloc(N, sizeof *group);
    if (x == NULL || w == NULL || group == NULL) {
        return 1;
    }
    for (uint32_t i = 0; i < N; i++) {
        double u = rh_uniform(1, 2 * i) + 1e-12, v = rh_uniform(1, 2 * i + 1UL);
        x[i] = exp(10 + 0.8 * sqrt(-2 * log(u)) * cos(6.283185307179586 * v)); /* log-normal */
        w[i] = 0.5 + v;
        group[i] = (uint32_t)rh_below(rh_draw(2, i), GROUPS);
    }
    double best = 1e9, best_groups = 1e9, theil = 0, parts[3];
    for (int run = 0; run < 3; run++) {
        rh_stream one, many;
        rh_powers powers = {.pivot = rh_pivot(x[0])};
        double from = rh_progress_clock();
        if (rh_stream_init(&one, 1, &powers, NULL) != RH_OK ||
            rh_stream_array(&one, x, w, NULL, N, 2, NULL) != RH_OK) {
            return 1;
        }
        theil = rh_sums_theil_t(one.group, &one.powers);
        best = fmin(best, rh_progress_clock() - from);
        from = rh_progress_clock();
        if (rh_stream_init(&many, GROUPS, &powers, NULL) != RH_OK ||
            rh_stream_array(&many, x, w, group, N, 2, NULL) != RH_OK ||
            rh_parts_one_way(&many, NULL, GROUPS, 1, &parts[0], &parts[1], &parts[2], NULL,
                             NULL) != RH_OK) {
            return 1;
        }
        best_groups = fmin(best_groups, rh_progress_clock() - from);
        rh_stream_release(&one);
        rh_stream_release(&many);
    }
    rh_sorted sorted;
    double from = rh_progress_clock();
    if (rh_sorted_init(&sorted, x, w, N / 10, NULL) != RH_OK) {
        return 1;
    }
    double gini = rh_sorted_gini(&sorted), took = rh_progress_clock() - from;
    printf("inequality_theil_10m %.3f s 0.5\n", best);
    printf("inequality_theil_10m_31_groups %.3f s 0.5\n", best_groups);
    printf("inequality_gini_1m %.3f s -\n", took);
    fprintf(stderr, "Theil %.6f (0.32 expected), parts %.6f %.6f, Gini %.6f\n", theil, parts[1],
            parts[2], gini);
    rh_sorted_release(&sorted);
    rh_free(x);
    rh_free(w);
    rh_free(group);
    return 0;
}
