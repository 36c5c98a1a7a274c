/* The engine: see engine.h. */
#include "process/engine.h"

#include "core/mem.h"
#include "core/threads.h"
#include "process/env.h"
#include "policy/lever.h"
#include "process/live.h"
#include "process/reclassification_rate.h"
#include "process/reclassify.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct rh_out_segment {
    unsigned worker;
    uint64_t first, end; /* in that worker's list of movers */
};

static const uint64_t KEY_START = 1, KEY_YEAR = 2; /* purposes of keys */

/* ---- one county's year ---- */

typedef struct year_run {
    rh_engine *engine;
    void (*progress)(void *context, uint64_t done, uint64_t total);
    void *context;
    _Atomic uint64_t done;
    rh_turnover *turnover; /* worker × process */
    uint64_t total;
} year_run;

static void
open_block(rh_env *env, const rh_engine *engine, uint32_t town)
{
    const rh_block *b = &engine->store->block[town];
    env->town = town;
    env->word = b->word;
    env->count = b->count;
    rh_key year = rh_key_with(rh_key_with(engine->world->seed, KEY_YEAR), (uint64_t)env->year);
    env->block_key = rh_key_with(year, town);
}

/* The factors that the rates of the county's local residents meet. */
static void
fill_factors(rh_env *env, const rh_engine *engine)
{
    for (unsigned part = 0; part < RH_PART_COUNT; part++) {
        for (unsigned p = 0; p < engine->n_processes; p++) {
            unsigned row = 2 * env->county + (engine->process[p]->by_home ? 0 : part);
            env->factor[part][p] = engine->rates[p].factor[row];
        }
    }
}

static rh_status
county_job(void *context, unsigned job, unsigned worker, rh_err *err)
{
    year_run *run = context;
    rh_engine *engine = run->engine;
    const rh_region *region = engine->world->region;
    uint32_t first_town = region->county.first[job],
             n_towns = region->county.first[job + 1] - first_town;
    uint32_t residents = 0, largest = 0;
    for (uint32_t t = 0; t < n_towns; t++) {
        uint32_t count = engine->store->block[first_town + t].count;
        residents += count;
        largest = count > largest ? count : largest;
    }
    rh_edits *e = &engine->edits[worker];
    RH_TRY(rh_edits_begin(e, residents, largest, err));
    rh_env env = {.world = engine->world,
                  .live = engine->live,
                  .home = engine->home + (size_t)worker * RH_STATES,
                  .tally = &engine->share[worker],
                  .edits = e,
                  .engine = engine,
                  .year = engine->year + 1,
                  .county = job,
                  .province = engine->world->province_of_county[job],
                  .err = err};
    rh_bounds_home(&engine->bounds, job, engine->home + (size_t)worker * RH_STATES);
    fill_factors(&env, engine);
    uint64_t out_first = e->out.n;
    uint32_t *first, *ends;
    RH_NEW(first, n_towns + 1, err);
    ends = rh_alloc(2 * (size_t)n_towns, sizeof *ends);
    if (ends == NULL) {
        rh_free(first);
        return rh_fail(err, RH_MEMORY, "Not enough memory for the townships of county %u.",
                       job);
    }
    uint32_t *const seekers_end[2] = {ends, ends + n_towns};
    for (uint32_t t = 0; t < n_towns; t++) {
        open_block(&env, engine, first_town + t);
        env.first = first[t];
        first[t + 1] = first[t] + env.count;
        rh_reclassify_block(&env);
        rh_convert_block(&env);
        (engine->excess_county != NULL ? env.live->block_with_excess : env.live->block)(&env);
        seekers_end[0][t] = e->n_seekers[0];
        seekers_end[1][t] = e->n_seekers[1];
    }
    rh_status status = env.status;
    if (status == RH_OK) {
        status = rh_market_clear(&env, engine->store, first_town, n_towns, first, seekers_end);
    }
    uint32_t birth = 0, joined = 0;
    for (uint32_t t = 0; t < n_towns && status == RH_OK; t++) {
        open_block(&env, engine, first_town + t);
        env.first = first[t];
        status = rh_rewrite_block(&env, engine->store, &birth, &joined);
    }
    rh_free(first);
    rh_free(ends);
    engine->segment[job] = (struct rh_out_segment){worker, out_first, e->out.n};
    for (unsigned p = 0; p < engine->n_processes; p++) {
        rh_turnover *sum = &run->turnover[worker * RH_PROCESS_MAX + p];
        sum->candidates += env.turnover[p].candidates;
        sum->accepted += env.turnover[p].accepted;
        sum->excess += env.turnover[p].excess;
    }
    uint64_t done = atomic_fetch_add(&run->done, residents) + residents;
    if (run->progress != NULL && worker == 0) {
        run->progress(run->context, done, run->total);
    }
    return status;
}

/* ---- hukou transfers to other blocks ---- */

/* Movers are added in the order of their old counties, then of their positions: the same for any schedule. */
static rh_status
exchange(rh_engine *engine, rh_err *err)
{
    const rh_region *region = engine->world->region;
    uint32_t n_towns = region->town.n;
    uint32_t *arriving;
    RH_NEW(arriving, n_towns, err);
    for (uint32_t c = 0; c < region->county.n; c++) {
        struct rh_out_segment s = engine->segment[c];
        for (uint64_t k = s.first; k < s.end; k++) {
            arriving[engine->edits[s.worker].out.entry[k].town]++;
        }
    }
    rh_status status = RH_OK;
    for (uint32_t t = 0; t < n_towns && status == RH_OK; t++) {
        if (arriving[t] > 0) {
            status = rh_block_reserve(engine->store, t,
                                      engine->store->block[t].count + arriving[t], err);
        }
    }
    for (uint32_t c = 0; c < region->county.n && status == RH_OK; c++) {
        struct rh_out_segment s = engine->segment[c];
        for (uint64_t k = s.first; k < s.end; k++) {
            const rh_mover *m = &engine->edits[s.worker].out.entry[k];
            rh_block *b = &engine->store->block[m->town];
            b->word[b->count] = b->count == 0 ? rh_person_with_head(m->word, 1) : m->word;
            b->count++;
        }
    }
    for (unsigned w = 0; w < engine->options.n_threads; w++) {
        engine->edits[w].out.n = 0;
    }
    rh_free(arriving);
    return status;
}

/* ---- rates of the year ---- */

static rh_status
fill_rates(rh_engine *engine, int year, rh_err *err)
{
    uint32_t rows = 2 * engine->world->region->county.n;
    for (unsigned p = 0; p < engine->n_processes; p++) {
        const rh_process *process = engine->process[p];
        rh_rates *r = &engine->rates[p];
        memset(r->base, 0, sizeof r->base);
        RH_TRY(process->base(engine->world, year, r->base, err));
        for (uint32_t i = 0; i < rows; i++) {
            r->factor[i] = 1;
        }
        if (process->factor != NULL) {
            RH_TRY(process->factor(engine->world, year, r->factor, err));
        }
        if (process->scale != NULL) {
            RH_TRY(process->scale(engine, year, r, err));
        }
        for (unsigned k = 0; k < RH_CLASSES; k++) {
            for (unsigned a = 0; a < RH_CLASS_AGES; a++) {
                engine->rate[k][a][p] = r->scale * r->base[k][a];
            }
        }
    }
    return RH_OK;
}

static rh_status
find_excess(rh_engine *engine, rh_err *err)
{
    bool any;
    if (engine->excess_county == NULL) {
        RH_NEW(engine->excess_county, engine->world->region->county.n, err);
    }
    rh_bounds_excess(&engine->bounds, engine->rates, engine->excess_county, &any);
    if (!any) {
        rh_free(engine->excess_county);
        engine->excess_county = NULL;
    }
    return RH_OK;
}

/* Under a settlement plan (hukou.plan_share by hukou.plan_end) hukou rates move at the pace that the goal asks for: persons
 * still missing, spread over the years left, against those expected without a plan. */
static void
pace_hukou(rh_engine *engine, int year)
{
    const rh_scenario *s = engine->world->scenario;
    double in_situ = rh_lever_value(s, RH_LEVER_HUKOU_IN_SITU_RATE, 0, year) *
                     rh_lever_value(s, RH_LEVER_HUKOU_PLAN_FACTOR, 0, year);
    double settle = rh_lever_value(s, RH_LEVER_HUKOU_SETTLEMENT_RATE, 0, year);
    double goal = rh_lever_value(s, RH_LEVER_HUKOU_PLAN_SHARE, 0, year);
    int years = (int)rh_lever_value(s, RH_LEVER_HUKOU_PLAN_END, 0, year) - year + 1;
    double people = 0, urban = 0, converting = 0, settling = 0;
    for (uint32_t c = 0; c < engine->world->region->county.n; c++) {
        const rh_county_tally *t = &engine->tally.county[c];
        for (unsigned part = 0; part < 2; part++) {
            for (unsigned k = 0; k < RH_CLASS_COUNT; k++) {
                const uint32_t *n = t->status[part][k];
                people += (double)n[0] + n[1];
                urban += n[1];
                converting +=
                    part == RH_URBAN && k == RH_LOCAL ? n[RH_HUKOU_RURAL] * in_situ : 0;
                settling +=
                    part == RH_URBAN && k != RH_LOCAL ? n[RH_HUKOU_RURAL] * settle / 2 : 0;
            }
        }
    }
    engine->settlement_pace = 1;
    engine->in_situ = in_situ;
    if (goal > 0 && years > 0 && converting > 0) {
        /* Settlement quickens at most threefold (its bound); the rest of the goal falls to conversion in place. */
        double missing = (goal * people - urban) / years,
               pace = missing / (converting + settling);
        pace = pace > 0 ? pace : 0;
        engine->settlement_pace = pace < 3 ? pace : 3;
        double rest = missing - engine->settlement_pace * settling;
        engine->in_situ = rest > 0 ? in_situ * rest / converting : 0;
    }
}

/* Per-county columns of the year that levers decide. */
static rh_status
fill_year(rh_engine *engine, int year)
{
    const rh_world *world = engine->world;
    const rh_level *county = &world->region->county;
    pace_hukou(engine, year);
    engine->senior_share =
        rh_lever_value(world->scenario, RH_LEVER_SCHOOLING_SENIOR_RATE, 0, year);
    engine->college_share =
        rh_lever_value(world->scenario, RH_LEVER_SCHOOLING_COLLEGE_RATE, 0, year);
    engine->reclassification_max = 0;
    for (uint32_t c = 0; c < county->n; c++) {
        double rate = 0;
        if (world->reclassification != NULL) {
            rate = world->profile.reclassification *
                   rh_reclassification_rate(world->reclassification, c, year) *
                   rh_lever_value(world->scenario, RH_LEVER_URBAN_RECLASSIFICATION_FACTOR,
                                  county->code[c], year);
        }
        engine->reclassification[c] = (float)(rate < 1 ? rate : 1);
        if (engine->reclassification[c] > engine->reclassification_max) {
            engine->reclassification_max = engine->reclassification[c];
        }
        double years = rh_lever_value(world->scenario, RH_LEVER_HUKOU_YEARS_REQUIRED,
                                      county->code[c], year);
        engine->years_required[c] = (uint8_t)(years > 0 ? years : 0);
    }
    return RH_OK;
}

/* ---- life of an engine ---- */

typedef struct sized {
    uint64_t size;
    unsigned county;
} sized;

static int
larger_first(const void *a, const void *b)
{
    const sized *x = a, *y = b;
    if (x->size != y->size) {
        return x->size < y->size ? 1 : -1;
    }
    return x->county < y->county ? -1 : 1;
}

static rh_status
order_counties(rh_engine *engine, rh_err *err)
{
    const rh_region *region = engine->world->region;
    sized *list;
    RH_NEW(list, region->county.n, err);
    for (unsigned c = 0; c < region->county.n; c++) {
        list[c].county = c;
        for (uint32_t t = region->county.first[c]; t < region->county.first[c + 1]; t++) {
            list[c].size += engine->store->block[t].count;
        }
    }
    qsort(list, region->county.n, sizeof *list, larger_first);
    for (unsigned c = 0; c < region->county.n; c++) {
        engine->order[c] = engine->options.county_order != NULL
                               ? engine->options.county_order[c]
                               : list[c].county;
    }
    rh_free(list);
    return RH_OK;
}

static rh_status
init(rh_engine *engine, rh_err *err)
{
    const rh_engine_options *o = &engine->options;
    const rh_region *region = engine->world->region;
    engine->process = o->process;
    engine->n_processes = o->n_processes;
    if (engine->process == NULL) {
        engine->process = rh_processes(&engine->n_processes);
        engine->options.process_of_fixed_ages = rh_process_of_fixed_ages();
    }
    engine->scan = o->kernel != NULL ? rh_due_named(o->kernel) : rh_due_best().scan;
    engine->live = rh_live_named(o->kernel);
    if (engine->scan == NULL || engine->live == NULL) {
        return rh_fail(err, RH_USAGE, "This machine lacks the instruction set '%s'.",
                       o->kernel);
    }
    RH_TRY(rh_bounds_init(&engine->bounds, engine->world, engine->process, engine->n_processes,
                          o->headroom, o->levels, err));
    RH_NEW(engine->home, (size_t)o->n_threads * RH_STATES, err);
    RH_NEW(engine->rate, RH_CLASSES, err);
    RH_NEW(engine->last_births, region->county.n, err);
    RH_NEW(engine->reclassification, region->county.n, err);
    RH_NEW(engine->years_required, region->county.n, err);
    RH_NEW(engine->rates, engine->n_processes, err);
    for (unsigned p = 0; p < engine->n_processes; p++) {
        engine->rates[p].scale = 1;
        RH_NEW(engine->rates[p].factor, 2 * (size_t)region->county.n, err);
        bool placed = !engine->process[p]->by_home && engine->process[p]->factor != NULL;
        engine->by_residence |= (uint32_t)placed << p;
    }
    RH_NEW(engine->segment, region->county.n, err);
    RH_NEW(engine->order, region->county.n, err);
    RH_NEW(engine->share, o->n_threads, err);
    RH_NEW(engine->edits, o->n_threads, err);
    for (unsigned w = 0; w < o->n_threads; w++) {
        RH_TRY(rh_tally_init(&engine->share[w], region, err));
    }
    RH_TRY(rh_tally_init(&engine->tally, region, err));
    RH_TRY(rh_tally_recount(&engine->tally, region, engine->store, o->n_threads, err));
    engine->year = engine->world->first_year;
    return RH_OK;
}

rh_status
rh_engine_init(rh_engine *engine, const rh_world *world, rh_store *store,
               const rh_engine_options *options, rh_err *err)
{
    *engine = (rh_engine){.world = world, .store = store, .options = *options};
    rh_status status = init(engine, err);
    if (status != RH_OK) {
        rh_engine_release(engine);
    }
    return status;
}

void
rh_engine_release(rh_engine *engine)
{
    for (unsigned p = 0; engine->rates != NULL && p < engine->n_processes; p++) {
        rh_free(engine->rates[p].factor);
    }
    rh_free(engine->rates);
    rh_free(engine->segment);
    rh_free(engine->order);
    for (unsigned w = 0; w < engine->options.n_threads; w++) {
        if (engine->share != NULL) {
            rh_tally_release(&engine->share[w]);
        }
        if (engine->edits != NULL) {
            rh_edits_release(&engine->edits[w]);
        }
    }
    rh_free(engine->share);
    rh_free(engine->edits);
    rh_tally_release(&engine->tally);
    rh_free(engine->excess_county);
    rh_bounds_release(&engine->bounds);
    rh_free(engine->home);
    rh_free(engine->rate);
    rh_free(engine->last_births);
    rh_free(engine->reclassification);
    rh_free(engine->years_required);
    *engine = (rh_engine){0};
}

static rh_status
start_job(void *context, unsigned county, unsigned worker, rh_err *err)
{
    (void)err;
    rh_engine *engine = context;
    const rh_level *counties = &engine->world->region->county;
    rh_env env = {.world = engine->world,
                  .engine = engine,
                  .live = engine->live,
                  .home = engine->home + (size_t)worker * RH_STATES,
                  .year = engine->year,
                  .county = county,
                  .province = engine->world->province_of_county[county]};
    rh_bounds_home(&engine->bounds, county, engine->home + (size_t)worker * RH_STATES);
    rh_key start = rh_key_with(engine->world->seed, KEY_START);
    for (uint32_t t = counties->first[county]; t < counties->first[county + 1]; t++) {
        rh_block *b = &engine->store->block[t];
        rh_key key = rh_key_with(start, t);
        env.word = b->word;
        env.count = b->count;
        engine->live->redraw_block(&env, key);
    }
    return RH_OK;
}

rh_status
rh_engine_start(rh_engine *engine, rh_err *err)
{
    return rh_threads_run(engine->options.n_threads, engine->world->region->county.n, NULL,
                          start_job, engine, err);
}

rh_status
rh_engine_year(rh_engine *engine,
               void (*progress)(void *context, uint64_t done, uint64_t total), void *context,
               rh_err *err)
{
    uint32_t n_counties = engine->world->region->county.n;
    for (uint32_t c = 0; c < n_counties; c++) {
        const rh_county_tally *t = &engine->tally.county[c];
        engine->last_births[c] =
            (uint64_t)t->event[RH_RURAL][RH_EVENT_BIRTH] + t->event[RH_URBAN][RH_EVENT_BIRTH];
    }
    RH_TRY(fill_year(engine, engine->year + 1));
    RH_TRY(fill_rates(engine, engine->year + 1, err));
    RH_TRY(find_excess(engine, err));
    RH_TRY(order_counties(engine, err));
    for (uint32_t c = 0; c < n_counties; c++) {
        memset(engine->tally.county[c].event, 0, sizeof engine->tally.county[c].event);
    }
    year_run run = {.engine = engine,
                    .progress = progress,
                    .context = context,
                    .total = rh_store_count(engine->store)};
    RH_NEW(run.turnover, (size_t)engine->options.n_threads * RH_PROCESS_MAX, err);
    rh_status status = rh_threads_run(engine->options.n_threads, n_counties, engine->order,
                                      county_job, &run, err);
    memset(engine->turnover, 0, sizeof engine->turnover);
    for (unsigned k = 0; k < engine->options.n_threads * RH_PROCESS_MAX; k++) {
        rh_turnover *sum = &engine->turnover[k % RH_PROCESS_MAX];
        sum->candidates += run.turnover[k].candidates;
        sum->accepted += run.turnover[k].accepted;
        sum->excess += run.turnover[k].excess;
    }
    rh_free(run.turnover);
    RH_TRY(status);
    RH_TRY(exchange(engine, err));
    for (unsigned w = 0; w < engine->options.n_threads; w++) {
        rh_tally_merge(&engine->tally, &engine->share[w]);
    }
    engine->year++;
    return RH_OK;
}
