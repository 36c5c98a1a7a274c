/* Bounds of all processes: see bounds.h. */
#include "process/bounds.h"

#include "core/mem.h"
#include "process/groups.h"

#include <math.h>
#include <string.h>

enum { AWAY_CLASSES = RH_CLASSES - RH_STATES, LEVELS_USUAL = 12, LEVELS_MOST = 255 };

rh_status
rh_bounds_check(unsigned process, unsigned class_, int age, double bound, rh_err *err)
{
    if (bound >= 0 && isfinite(bound)) {
        return RH_OK;
    }
    return rh_fail(err, RH_RANGE,
                   "The bound of process %u for class %u, age %d is %g; it must be finite and "
                   "not negative.",
                   process, class_, age, bound);
}

/* ---- largest rates over the years ---- */

static rh_status
raise_base(rh_bounds *b, unsigned p, const rh_world *world, int year,
           float base[RH_CLASSES][RH_CLASS_AGES], rh_err *err)
{
    memset(base, 0, sizeof(float[RH_CLASSES][RH_CLASS_AGES]));
    RH_TRY(b->process[p]->base(world, year, base, err));
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        for (int a = 0; a < RH_CLASS_AGES; a++) {
            float *most = &b->most[k][a][p];
            RH_TRY(rh_bounds_check(p, k, a, (double)base[k][a], err));
            *most = base[k][a] > *most ? base[k][a] : *most;
        }
    }
    return RH_OK;
}

/* The larger of a county's two parts over the years: most[county × room + p]. */
static rh_status
raise_factor(const rh_bounds *b, unsigned p, const rh_world *world, int year, float *factor,
             float (*most)[RH_PROCESS_ROOM], rh_err *err)
{
    for (uint32_t i = 0; i < 2 * b->n_counties; i++) {
        factor[i] = 1;
    }
    if (b->process[p]->factor != NULL) {
        RH_TRY(b->process[p]->factor(world, year, factor, err));
    }
    for (uint32_t c = 0; c < b->n_counties; c++) {
        const float *f = factor + 2 * c;
        RH_TRY(rh_bounds_check(p, 0, 0, (double)f[0] + (double)f[1], err));
        most[c][p] = f[0] > most[c][p] ? f[0] : most[c][p];
        most[c][p] = f[1] > most[c][p] ? f[1] : most[c][p];
    }
    return RH_OK;
}

static rh_status
find_largest(rh_bounds *b, const rh_world *world, float (*most)[RH_PROCESS_ROOM], rh_err *err)
{
    float(*base)[RH_CLASS_AGES], *factor;
    RH_NEW(base, RH_CLASSES, err);
    factor = rh_alloc(2 * (size_t)b->n_counties, sizeof *factor);
    rh_status status =
        factor != NULL ? RH_OK : rh_fail(err, RH_MEMORY, "Not enough memory for the bounds.");
    for (unsigned p = 0; p < b->n_processes && status == RH_OK; p++) {
        for (int y = world->first_year + 1; y <= world->last_year && status == RH_OK; y++) {
            status = raise_base(b, p, world, y, base, err);
            if (status == RH_OK) {
                status = raise_factor(b, p, world, y, factor, most, err);
            }
        }
    }
    rh_free(base);
    rh_free(factor);
    return status;
}

/* ---- levels of the places where migrants live ---- */

static bool
by_residence(const rh_process *process)
{
    return !process->by_home && process->factor != NULL;
}

static rh_status
cut_levels(rh_bounds *b, const rh_world *world, const float (*most)[RH_PROCESS_ROOM],
           unsigned levels, rh_err *err)
{
    uint32_t n = b->n_counties;
    float *factor = rh_alloc((size_t)RH_PROCESS_MAX * n, sizeof *factor);
    double *weight = rh_alloc(n, sizeof *weight), base[RH_PROCESS_MAX] = {0};
    uint32_t *group = rh_alloc(n, sizeof *group);
    rh_status status = RH_OK;
    if (factor == NULL || weight == NULL || group == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for the levels of %u counties.", n);
    } else {
        for (unsigned p = 0; p < b->n_processes; p++) {
            for (uint32_t c = 0; c < n; c++) {
                factor[(size_t)p * n + c] = by_residence(b->process[p]) ? most[c][p] : 1;
            }
            for (unsigned k = RH_STATES; k < RH_CLASSES; k++) {
                for (int a = 0; a < RH_CLASS_AGES; a++) {
                    base[p] += (double)b->most[k][a][p] / (AWAY_CLASSES * RH_CLASS_AGES);
                }
            }
        }
        for (uint32_t c = 0; c < n; c++) {
            weight[c] = world->region->column.registered[c];
        }
        uint32_t wanted = levels == 0            ? LEVELS_USUAL
                          : levels < LEVELS_MOST ? levels
                                                 : LEVELS_MOST;
        status = rh_groups_cut(n, b->n_processes, factor, base, weight, wanted, group,
                               &b->n_levels, err);
        for (uint32_t c = 0; c < n; c++) {
            b->level[c] = (uint8_t)group[c];
        }
    }
    rh_free(factor);
    rh_free(weight);
    rh_free(group);
    return status;
}

static rh_status
set_limits(rh_bounds *b, const float (*most)[RH_PROCESS_ROOM], double headroom, rh_err *err)
{
    RH_NEW(b->limit_home, b->n_counties, err);
    RH_NEW(b->limit_away, b->n_levels, err);
    for (unsigned p = 0; p < b->n_processes; p++) {
        const rh_process *process = b->process[p];
        float head = process->headroom * (float)headroom;
        for (uint32_t c = 0; c < b->n_counties; c++) {
            float limit = head * most[c][p];
            RH_TRY(rh_bounds_check(p, 0, 0, (double)limit, err));
            b->limit_home[c][p] = limit;
            for (uint32_t l = 0; l < b->n_levels; l++) {
                float *away = &b->limit_away[l][p];
                /* A rate by the home place may meet a migrant of any home. */
                if ((process->by_home || b->level[c] == l) && limit > *away) {
                    *away = limit;
                }
            }
        }
    }
    return RH_OK;
}

static rh_status
init(rh_bounds *b, const rh_world *world, double headroom, unsigned levels, rh_err *err)
{
    float(*most)[RH_PROCESS_ROOM];
    for (unsigned p = 0; p < b->n_processes; p++) {
        if (b->process[p]->fixed != NULL) {
            b->process[p]->fixed(b->fixed);
        }
    }
    RH_NEW(b->most, RH_CLASSES, err);
    RH_NEW(b->level, b->n_counties, err);
    RH_NEW(most, b->n_counties, err);
    rh_status status = find_largest(b, world, most, err);
    if (status == RH_OK) {
        status = cut_levels(b, world, (const float(*)[RH_PROCESS_ROOM])most, levels, err);
    }
    if (status == RH_OK) {
        status = set_limits(b, (const float(*)[RH_PROCESS_ROOM])most, headroom, err);
    }
    rh_free(most);
    RH_TRY(status);
    RH_NEW(b->away, (size_t)b->n_levels * AWAY_CLASSES, err);
    for (uint32_t l = 0; l < b->n_levels; l++) {
        for (unsigned k = RH_STATES; k < RH_CLASSES; k++) {
            rh_row_build(&b->away[l * AWAY_CLASSES + k - RH_STATES],
                         (const float(*)[RH_PROCESS_ROOM])b->most[k], b->limit_away[l],
                         b->fixed[k]);
        }
    }
    return RH_OK;
}

rh_status
rh_bounds_init(rh_bounds *bounds, const rh_world *world, const rh_process *const *process,
               unsigned n_processes, double headroom, unsigned levels, rh_err *err)
{
    *bounds = (rh_bounds){
        .process = process, .n_processes = n_processes, .n_counties = world->region->county.n};
    if (n_processes > RH_PROCESS_MAX) {
        return rh_fail(err, RH_RANGE, "%u processes are more than the calendar holds (%d).",
                       n_processes, RH_PROCESS_MAX);
    }
    rh_class_table(bounds->state_of);
    rh_status status = init(bounds, world, headroom, levels, err);
    if (status != RH_OK) {
        rh_bounds_release(bounds);
    }
    return status;
}

void
rh_bounds_release(rh_bounds *bounds)
{
    rh_free(bounds->most);
    rh_free(bounds->limit_home);
    rh_free(bounds->limit_away);
    rh_free(bounds->level);
    rh_free(bounds->away);
    *bounds = (rh_bounds){0};
}

void
rh_bounds_home(const rh_bounds *b, uint32_t county, rh_row row[RH_STATES])
{
    for (unsigned k = 0; k < RH_STATES; k++) {
        rh_row_build(&row[k], (const float(*)[RH_PROCESS_ROOM])b->most[k],
                     b->limit_home[county], b->fixed[k]);
    }
}

int
rh_bounds_next_age_at_home(const rh_bounds *b, uint32_t county, unsigned state, int age,
                           float wait)
{
    double left = (double)wait;
    for (int a = age + 1; a < RH_AGE_LAST && !b->fixed[state][a]; a++) {
        left -= (double)rh_row_sum(b->most[state][a], b->limit_home[county]);
        if (left < 0) {
            return a;
        }
        age = a;
    }
    return age + 1;
}

/* ---- rates above their bounds ---- */

/* How far this year's rates of process p may be multiplied before one passes the largest base rate of the run. */
static float
slack_of(const rh_bounds *b, const rh_rates *r, unsigned p)
{
    float slack = INFINITY;
    for (unsigned k = 0; k < RH_CLASSES; k++) {
        for (int a = 0; a < RH_CLASS_AGES; a++) {
            float ratio = r->base[k][a] > 0 ? b->most[k][a][p] / r->base[k][a] : INFINITY;
            slack = ratio < slack ? ratio : slack;
        }
    }
    return slack / r->scale *
           (1 + 1e-6f); /* the rows' bounds are 2e-6 above the declared ones */
}

void
rh_bounds_excess(const rh_bounds *b, const rh_rates *rates, unsigned char *county, bool *any)
{
    memset(county, 0, b->n_counties);
    *any = false;
    for (unsigned p = 0; p < b->n_processes; p++) {
        float slack = slack_of(b, &rates[p], p);
        for (uint32_t c = 0; c < b->n_counties; c++) {
            const float *f = rates[p].factor + 2 * (size_t)c;
            float most = f[0] > f[1] ? f[0] : f[1];
            bool here = most > slack * b->limit_home[c][p];
            bool elsewhere = most > slack * b->limit_away[b->level[c]][p];
            if (elsewhere && b->process[p]->by_home) {
                memset(county, 1, b->n_counties); /* migrants of this home may live anywhere */
            }
            if (here || elsewhere) {
                county[c] = 1;
                *any = true;
            }
        }
    }
}
