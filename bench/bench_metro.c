/* Metropolitan areas of a country of 2,900 counties (generated): time of labour market areas, thresholds, modules, paths. Prints
 * lines "name value unit goal" for tools/bench.sh. usage: bench_metro [UNITS] [LINKS] */
#include "bench.h"

#include "core/mem.h"
#include "core/random.h"
#include "evaluate/metro_areas.h"
#include "evaluate/metro_duranton.h"
#include "evaluate/metro_network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Units at random places with sizes by Zipf; two thirds of the workers of a unit stay, the others go to `links` other units by
 * size / distance². */
static rh_status
generate(uint32_t n, uint32_t links, rh_commuting **out, rh_err *err)
{
    const rh_key key = 2020;
    size_t rows = (size_t)n * (links + 1), used = 0;
    uint32_t *from = rh_alloc(rows, sizeof *from), *to = rh_alloc(rows, sizeof *to);
    double *persons = rh_alloc(rows, sizeof *persons);
    for (uint32_t i = 0; i < n && persons != NULL; i++) {
        double workers = 3e6 / (10 + (double)rh_deal(key, i, n));
        from[used] = to[used] = i;
        persons[used++] = floor(workers * (0.45 + 0.45 * rh_uniform(key + 1, i)));
        for (uint32_t k = 0; k < links; k++) {
            uint32_t near = (uint32_t)rh_below(rh_draw(key + 2, used), 2 * links) + 1;
            double far = rh_uniform(key + 3, used),
                   size = 3e6 / (10 + (double)rh_deal(key, (i + near) % n, n));
            from[used] = i;
            to[used] =
                far < 0.05 ? (uint32_t)rh_below(rh_draw(key + 4, used), n) : (i + near) % n;
            persons[used] = floor(sqrt(workers * size) / (1 + near * near / 20.0)) + 1;
            used++;
        }
    }
    rh_status status = rh_commuting_build(n, (uint32_t)used, from, to, persons, out, err);
    rh_free(from);
    rh_free(to);
    rh_free(persons);
    return status;
}

static rh_status
measure(const rh_commuting *flows, rh_err *err)
{
    rh_lma_rule rule = {
        .least_size = 20000, .target_size = 200000, .least_sc = 0.6667, .target_sc = 0.75};
    rh_lma *lma;
    uint32_t *area, n, rounds;
    rh_network_unit *unit;
    rh_network_whole whole;
    double modularity, begin = rh_progress_clock();
    RH_TRY(rh_lma_find(flows, &rule, &lma, err));
    printf("metro_areas %.3f s 5\n", rh_progress_clock() - begin);
    fprintf(stderr, "%u units, %u links: %u areas in %u rounds, %u times the reserve\n",
            flows->n, flows->out.first[flows->n], lma->n_areas, lma->rounds, lma->n_reserve);
    rh_lma_free(lma);
    RH_NEW(area, flows->n, err);
    RH_NEW(unit, flows->n, err);
    begin = rh_progress_clock();
    RH_TRY(rh_duranton(flows, 0.1, area, &n, &rounds, err));
    printf("metro_duranton %.3f s -\n", rh_progress_clock() - begin);
    begin = rh_progress_clock();
    RH_TRY(rh_network_modules(flows, 1, area, &n, &modularity, err));
    printf("metro_modules %.3f s -\n", rh_progress_clock() - begin);
    begin = rh_progress_clock();
    RH_TRY(rh_network_measure(flows, false, unit, &whole, err));
    printf("metro_network %.3f s -\n", rh_progress_clock() - begin);
    begin = rh_progress_clock();
    RH_TRY(rh_network_measure(flows, true, unit, &whole, err));
    printf("metro_betweenness %.3f s -\n", rh_progress_clock() - begin);
    rh_free(area);
    rh_free(unit);
    return RH_OK;
}

int
main(int count, char **words)
{
    uint32_t n = count > 1 ? (uint32_t)strtoul(words[1], NULL, 10) : 2900;
    uint32_t links = count > 2 ? (uint32_t)strtoul(words[2], NULL, 10) : 100;
    rh_err err = {0};
    rh_commuting *flows;
    if (generate(n, links, &flows, &err) != RH_OK || measure(flows, &err) != RH_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    rh_commuting_free(flows);
    return 0;
}
