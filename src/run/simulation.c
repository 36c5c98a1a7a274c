/* A simulation: see simulation.h. */
#include "run/simulation.h"

#include "core/mem.h"
#include "policy/lever.h"
#include "person/verify.h"
#include "process/exposure.h"

#include <math.h>

static rh_status
prepare(rh_simulation *s, const char *data_dir, rh_err *err)
{
    RH_TRY(rh_migration_read(data_dir, &s->migration, err));
    RH_TRY(rh_destination_new(s->region, &s->migration, s->n_threads, &s->destination, err));
    RH_TRY(rh_reclassification_init(&s->reclassification, s->region, &s->migration, err));
    if (s->scenario->homesteads != NULL) {
        RH_TRY(
            rh_homestead_leases_read(s->scenario->homesteads, s->region, &s->homesteads, err));
    }
    s->world.destination = s->destination;
    s->world.reclassification = &s->reclassification;
    return rh_world_init(&s->world, data_dir, err);
}

rh_status
rh_simulation_new(const rh_region *region, const rh_scenario *scenario, const char *data_dir,
                  double sample, unsigned n_threads, rh_simulation **out, rh_err *err)
{
    rh_simulation *s;
    *out = NULL;
    RH_NEW(s, 1, err);
    s->region = region;
    s->scenario = scenario;
    s->n_threads = n_threads > 0 ? n_threads : 1;
    s->cost_other = 1;
    s->world = (rh_world){.region = region,
                          .scenario = scenario,
                          .seed = scenario->seed,
                          .weight = 1 / (sample > 0 ? sample : scenario->sample),
                          .first_year = scenario->first_year,
                          .last_year = scenario->last_year};
    rh_status status = RH_OK;
    if (scenario->first_year != region->base_year) {
        status = rh_fail(err, RH_INPUT,
                         "%s: the run starts from %d but the region's stocks are those of %d.",
                         scenario->path, scenario->first_year, region->base_year);
    }
    if (status == RH_OK) {
        status = prepare(s, data_dir, err);
    }
    if (status != RH_OK) {
        rh_simulation_free(s);
        return status;
    }
    *out = s;
    return RH_OK;
}

void
rh_simulation_free(rh_simulation *s)
{
    if (s == NULL) {
        return;
    }
    if (s->has_engine) {
        rh_engine_release(&s->engine);
    }
    rh_store_release(&s->store);
    rh_world_release(&s->world);
    rh_homestead_leases_release(&s->homesteads);
    rh_reclassification_release(&s->reclassification);
    rh_destination_free(s->destination);
    rh_free(s);
}

static rh_status
lease_homesteads(rh_simulation *s, int year, rh_err *err)
{
    return rh_homestead_leases_year(&s->homesteads, &s->store, s->world.seed, s->world.weight,
                                    year, &s->homes_missing, err);
}

rh_status
rh_simulation_people(rh_simulation *s, const rh_engine_options *options,
                     rh_simulation_progress *progress, void *context, rh_err *err)
{
    double sample = 1 / s->world.weight;
    rh_synth *synth;
    RH_TRY(rh_synth_new(s->region, s->scenario->seed, sample, s->n_threads, &synth, err));
    rh_status status =
        rh_store_init(&s->store, s->region->town.n, rh_region_population(s->region), err);
    if (status == RH_OK) {
        status = rh_synth_all(synth, &s->store, s->n_threads, progress, context, err);
    }
    rh_synth_free(synth);
    if (status != RH_OK) {
        return status;
    }
    RH_TRY(rh_world_calibrate(&s->world, &s->store, s->n_threads, err));
    RH_TRY(rh_exposure_measure(s->destination, &s->world, &s->store, s->n_threads, err));
    rh_engine_options o = options != NULL ? *options : (rh_engine_options){.headroom = 1};
    o.n_threads = s->n_threads;
    RH_TRY(rh_engine_init(&s->engine, &s->world, &s->store, &o, err));
    s->has_engine = true;
    RH_TRY(rh_engine_start(&s->engine, err));
    return lease_homesteads(s, s->scenario->first_year, err);
}

/* The lever on the cost of living in another province acts by exact hat (destination.h): V changes by kappa x ln(factor). */
static rh_status
put_costs_in_force(rh_simulation *s, int year, rh_err *err)
{
    double factor =
        rh_lever_value(s->scenario, RH_LEVER_MIGRATION_COST_OTHER_PROVINCE, 0, year);
    if (factor == s->cost_other) {
        return RH_OK;
    }
    double dcost[RH_NEST_COUNT] = {0};
    dcost[RH_NEST_OTHER] = s->migration.kappa * log(factor);
    s->cost_other = factor;
    return rh_destination_shock(s->destination, NULL, dcost, s->n_threads, err);
}

rh_status
rh_simulation_year(rh_simulation *s, rh_simulation_progress *progress, void *context,
                   rh_err *err)
{
    RH_TRY(put_costs_in_force(s, s->engine.year + 1, err));
    RH_TRY(rh_engine_year(&s->engine, progress, context, err));
    return lease_homesteads(s, s->engine.year, err);
}

rh_status
rh_simulation_verify(const rh_simulation *s, rh_err *err)
{
    uint64_t expected = 0; /* kept by births, deaths and transfers alone */
    for (uint32_t c = 0; c < s->region->county.n; c++) {
        expected += s->engine.tally.registered[c];
    }
    RH_TRY(rh_store_verify(&s->store, s->region, expected, s->n_threads, err));
    rh_tally counted;
    RH_TRY(rh_tally_init(&counted, s->region, err));
    rh_status status = rh_tally_recount(&counted, s->region, &s->store, s->n_threads, err);
    if (status == RH_OK) {
        status = rh_tally_compare(&s->engine.tally, &counted, s->region, err);
    }
    rh_tally_release(&counted);
    return status;
}
