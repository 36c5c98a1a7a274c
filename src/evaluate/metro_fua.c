/* Functional urban areas: see metro_fua.h. */
#include "evaluate/metro_fua.h"

#include "core/mem.h"
#include "evaluate/sorting.h"

typedef struct work {
    const rh_commuting *flows;
    const rh_fua_rule *rule;
    const rh_touching *touching;
    rh_fua *f;
    bool *mark;
    uint32_t *parent, *touched;
    double *sum;
} work;

rh_fua_rule
rh_fua_rule_oecd(void)
{
    return (rh_fua_rule){
        .core_share = 0.5, .core_population = 50000, .connect = 0.15, .threshold = 0.15};
}

/* The smaller root stays root, so that a root is the smallest unit of its core. */
static void
unite(uint32_t *parent, uint32_t a, uint32_t b)
{
    a = rh_root_of(parent, a);
    b = rh_root_of(parent, b);
    if (a < b) {
        parent[b] = a;
    } else {
        parent[a] = b;
    }
}

/* 1: which units are core, and of which core. */
static void
find_cores(work *w, const double *population, const double *dense, const uint32_t *core_of)
{
    rh_fua *f = w->f;
    for (uint32_t i = 0; i < f->n; i++) {
        w->mark[i] =
            core_of != NULL ? core_of[i] != RH_NO_AREA : dense[i] >= w->rule->core_share;
        w->parent[i] = i;
        f->core[i] = core_of != NULL && w->mark[i] ? core_of[i] : RH_NO_AREA;
    }
    if (core_of != NULL) {
        rh_area_relabel(f->n, f->core, w->touched);
    }
    for (uint32_t i = 0; i < f->n && core_of == NULL; i++) {
        for (uint32_t k = w->touching != NULL && w->mark[i] ? w->touching->first[i] : 0;
             w->touching != NULL && w->mark[i] && k < w->touching->first[i + 1]; k++) {
            if (w->mark[w->touching->near[k]]) {
                unite(w->parent, i, w->touching->near[k]);
            }
        }
    }
    for (uint32_t i = 0; i < f->n; i++) {
        w->sum[i] = 0;
    }
    for (uint32_t i = 0; i < f->n; i++) {
        if (w->mark[i]) {
            f->core[i] = core_of != NULL ? f->core[i] : rh_root_of(w->parent, i);
            w->sum[f->core[i]] += population[i];
        }
    }
    for (uint32_t i = f->n;
         i-- > 0;) { /* backwards: the sum stands at the core's smallest unit */
        w->parent[i] = i;
        if (w->mark[i] && w->sum[f->core[i]] < w->rule->core_population) {
            f->n_small += f->core[i] == i;
            w->mark[i] = false;
            f->core[i] = RH_NO_AREA;
        }
        f->n_cores += f->core[i] == i;
    }
}

/* 2: cores that commute to each other. */
static rh_status
connect_cores(work *w, rh_err *err)
{
    rh_commuting *c;
    RH_TRY(rh_commuting_merge(w->flows, w->f->core, &c, err));
    /* residents of a core go everywhere, not to cores alone */
    for (uint32_t i = 0; i < c->n; i++) {
        w->sum[i] = 0;
    }
    for (uint32_t i = 0; i < c->n; i++) {
        if (w->mark[i]) {
            w->sum[w->f->core[i]] += w->flows->residents[i];
        }
    }
    for (uint32_t a = 0; a < c->n; a++) {
        for (uint32_t k = c->out.first[a]; k < c->out.first[a + 1]; k++) {
            uint32_t b = c->out.unit[k];
            double there = c->out.persons[k] / w->sum[a],
                   back = rh_commuting_between(c, b, a) / w->sum[b];
            if (there >= w->rule->connect &&
                (!w->rule->connect_both || back >= w->rule->connect)) {
                unite(w->parent, a, b);
            }
        }
    }
    rh_commuting_free(c);
    for (uint32_t i = 0; i < w->f->n; i++) {
        w->f->area[i] = w->mark[i] ? rh_root_of(w->parent, w->f->core[i]) : RH_NO_AREA;
        w->f->n_areas += w->f->area[i] == i;
    }
    return RH_OK;
}

/* 3: the core to which most workers of a unit go. Reads area[] of core units only. */
static void
choose(work *w, uint32_t i)
{
    const rh_links *out = &w->flows->out;
    rh_fua *f = w->f;
    uint32_t met = 0, best = RH_NO_AREA;
    if (w->mark[i] && w->flows->inside[i] > 0) {
        w->touched[met++] = f->area[i];
        w->sum[f->area[i]] = w->flows->inside[i];
    }
    for (uint32_t k = out->first[i]; k < out->first[i + 1]; k++) {
        uint32_t j = out->unit[k];
        if (w->mark[j]) {
            if (w->sum[f->area[j]] == 0) {
                w->touched[met++] = f->area[j];
            }
            w->sum[f->area[j]] += out->persons[k];
        }
    }
    for (uint32_t k = 0; k < met; k++) {
        uint32_t a = w->touched[k];
        if (best == RH_NO_AREA || w->sum[a] > w->sum[best] ||
            (w->sum[a] == w->sum[best] && a < best)) {
            best = a;
        }
    }
    best = w->mark[i] ? f->area[i] : best;
    f->best[i] = best;
    f->share[i] = best == RH_NO_AREA || w->flows->residents[i] <= 0
                      ? 0
                      : w->sum[best] / w->flows->residents[i];
    for (uint32_t k = 0; k < met; k++) {
        w->sum[w->touched[k]] = 0;
    }
}

static rh_status
find_hinterland(work *w, rh_err *err)
{
    rh_fua *f = w->f;
    bool *changed;
    for (uint32_t i = 0; i < f->n; i++) {
        w->sum[i] = 0;
    }
    for (uint32_t i = 0; i < f->n; i++) {
        choose(w, i);
    }
    for (uint32_t i = 0; i < f->n; i++) {
        f->part[i] = w->mark[i] ? RH_FUA_CORE : RH_FUA_NONE;
        if (!w->mark[i] && f->best[i] != RH_NO_AREA && f->share[i] >= w->rule->threshold) {
            f->area[i] = f->best[i];
            f->part[i] = RH_FUA_HINTERLAND;
        }
    }
    if (w->touching == NULL) {
        return RH_OK;
    }
    RH_NEW(changed, (size_t)f->n + 1, err);
    f->n_exclaves = rh_exclaves_drop(w->touching, w->mark, f->area, changed, w->touched);
    for (uint32_t i = 0; i < f->n; i++) {
        f->part[i] = changed[i] ? RH_FUA_EXCLAVE : f->part[i];
    }
    f->n_filled = rh_enclaves_fill(w->touching, f->area, changed);
    for (uint32_t i = 0; i < f->n; i++) {
        f->part[i] = changed[i] ? RH_FUA_FILLED : f->part[i];
    }
    rh_free(changed);
    return RH_OK;
}

static rh_status
new_work(work *w, uint32_t n, rh_err *err)
{
    size_t room = (size_t)n + 1;
    RH_NEW(w->f, 1, err);
    w->f->n = n;
    RH_NEW(w->f->area, room, err);
    RH_NEW(w->f->part, room, err);
    RH_NEW(w->f->core, room, err);
    RH_NEW(w->f->share, room, err);
    RH_NEW(w->f->best, room, err);
    RH_NEW(w->mark, room, err);
    RH_NEW(w->parent, room, err);
    RH_NEW(w->touched, room, err);
    RH_NEW(w->sum, room, err);
    return RH_OK;
}

static rh_status
check_rule(const rh_fua_rule *r, rh_err *err)
{
    const struct {
        const char *name;
        double value;
    } share[] = {{"core share", r->core_share},
                 {"connecting share", r->connect},
                 {"commuting threshold", r->threshold}};
    for (int i = 0; i < 3; i++) {
        if (!(share[i].value > 0 && share[i].value <= 1)) {
            return rh_fail(err, RH_RANGE, "The %s must be above 0 and at most 1, not %g.",
                           share[i].name, share[i].value);
        }
    }
    return RH_OK;
}

rh_status
rh_fua_find(const rh_commuting *flows, const rh_fua_rule *rule, const double *population,
            const double *dense, const uint32_t *core_of, const rh_touching *touching,
            rh_fua **out, rh_err *err)
{
    work w = {.flows = flows, .rule = rule, .touching = touching};
    *out = NULL;
    RH_TRY(check_rule(rule, err));
    rh_status status = new_work(&w, flows->n, err);
    if (status == RH_OK) {
        find_cores(&w, population, dense, core_of);
        status = connect_cores(&w, err);
    }
    if (status == RH_OK) {
        status = find_hinterland(&w, err);
    }
    rh_free(w.mark);
    rh_free(w.parent);
    rh_free(w.touched);
    rh_free(w.sum);
    if (status != RH_OK) {
        rh_fua_free(w.f);
        return status;
    }
    *out = w.f;
    return RH_OK;
}

void
rh_fua_free(rh_fua *fua)
{
    if (fua != NULL) {
        rh_free(fua->area);
        rh_free(fua->part);
        rh_free(fua->core);
        rh_free(fua->share);
        rh_free(fua->best);
        rh_free(fua);
    }
}
