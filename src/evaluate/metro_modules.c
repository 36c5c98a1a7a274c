/* Modules of a network by Louvain: see metro_network.h. */
#include "evaluate/metro_network.h"

#include "core/mem.h"

/* One level: the units are those of `c` that are not empty; `inside` of a merged unit counts, that of the table does not. */
typedef struct level {
    const rh_commuting *c;
    const double *inside; /* of each unit, 0 at the lowest level */
    double all, resolution;
    double *out, *in;         /* strengths of units, with what is inside */
    double *out_sum, *in_sum; /* of modules */
    double *between;          /* persons between the unit that moves and each module */
    uint32_t *module, *touched;
} level;

static void
gather(level *l, const rh_links *links, uint32_t i, uint32_t *met)
{
    for (uint32_t k = links->first[i]; k < links->first[i + 1]; k++) {
        uint32_t g = l->module[links->unit[k]];
        if (l->between[g] == 0) {
            l->touched[(*met)++] = g;
        }
        l->between[g] += links->persons[k];
    }
}

/* Gain in W·Q of joining module g, the unit's own inside left out (the same everywhere). */
static double
gain(const level *l, uint32_t i, uint32_t g)
{
    return l->between[g] -
           l->resolution * (l->out[i] * l->in_sum[g] + l->in[i] * l->out_sum[g]) / l->all;
}

static bool
move(level *l, uint32_t i)
{
    uint32_t met = 0, old = l->module[i];
    gather(l, &l->c->out, i, &met);
    gather(l, &l->c->in, i, &met);
    l->out_sum[old] -= l->out[i];
    l->in_sum[old] -= l->in[i];
    uint32_t best = old;
    double most = gain(l, i, old);
    for (uint32_t k = 0; k < met; k++) {
        double here = gain(l, i, l->touched[k]);
        /* a real gain, so that rounding does not move units to and fro; the smaller module of equals */
        if (here > most + 1e-12 * l->all ||
            (here == most && best != old && l->touched[k] < best)) {
            most = here;
            best = l->touched[k];
        }
    }
    l->out_sum[best] += l->out[i];
    l->in_sum[best] += l->in[i];
    l->module[i] = best;
    for (uint32_t k = 0; k < met; k++) {
        l->between[l->touched[k]] = 0;
    }
    return best != old;
}

static void
set_strengths(level *l)
{
    for (uint32_t i = 0; i < l->c->n; i++) {
        l->out[i] = l->in[i] = l->inside[i];
        for (uint32_t k = l->c->out.first[i]; k < l->c->out.first[i + 1]; k++) {
            l->out[i] += l->c->out.persons[k];
        }
        for (uint32_t k = l->c->in.first[i]; k < l->c->in.first[i + 1]; k++) {
            l->in[i] += l->c->in.persons[k];
        }
        l->out_sum[i] = l->out[i];
        l->in_sum[i] = l->in[i];
        l->module[i] = i;
        l->all += l->out[i];
    }
}

static bool
pass(level *l)
{
    bool any = false, moved = true;
    for (int round = 0; moved && round < 1000; round++) {
        moved = false;
        for (uint32_t i = 0; i < l->c->n; i++) {
            moved = move(l, i) || moved;
        }
        any = any || moved;
    }
    return any;
}

/* One level of the method on `c`; *again: modules were found, and module[] (n units of the lowest level) now says them. */
static rh_status
climb(const rh_commuting *c, const double *inside, double resolution, double *room,
      uint32_t *places, uint32_t *module, bool *again)
{
    size_t n = c->n;
    level l = {.c = c,
               .inside = inside,
               .resolution = resolution,
               .out = room,
               .in = room + n,
               .out_sum = room + 2 * n,
               .in_sum = room + 3 * n,
               .between = room + 4 * n,
               .module = places,
               .touched = places + n};
    set_strengths(&l);
    for (size_t i = 0; i < n; i++) {
        l.between[i] = 0;
    }
    *again = l.all > 0 && pass(&l);
    if (*again) {
        rh_area_relabel(c->n, l.module, l.touched);
        for (size_t i = 0; i < n; i++) {
            module[i] = l.module[module[i]];
        }
    }
    return RH_OK;
}

static double
modularity_of(const rh_commuting *merged, const double *inside, double resolution)
{
    double sum = 0, all = 0, expected = 0;
    for (uint32_t i = 0; i < merged->n; i++) {
        double out = inside[i], in = inside[i];
        for (uint32_t k = merged->out.first[i]; k < merged->out.first[i + 1]; k++) {
            out += merged->out.persons[k];
        }
        for (uint32_t k = merged->in.first[i]; k < merged->in.first[i + 1]; k++) {
            in += merged->in.persons[k];
        }
        sum += inside[i];
        all += out;
        expected += out * in;
    }
    return all > 0 ? (sum - resolution * expected / all) / all : 0;
}

/* Persons inside merged units, without those inside the units they were made of. */
static void
links_inside(const rh_commuting *flows, const rh_commuting *merged, const uint32_t *module,
             double *inside)
{
    for (uint32_t i = 0; i < flows->n; i++) {
        inside[i] = merged->inside[i];
    }
    for (uint32_t i = 0; i < flows->n; i++) {
        inside[module[i]] -= flows->inside[i];
    }
}

rh_status
rh_network_modules(const rh_commuting *flows, double resolution, uint32_t *module,
                   uint32_t *n_modules, double *modularity, rh_err *err)
{
    const size_t n = flows->n;
    double *room = rh_alloc(5 * n + 1, sizeof *room), *inside = rh_alloc(n + 1, sizeof *inside);
    uint32_t *places = rh_alloc(2 * n + 1, sizeof *places);
    rh_status status = room == NULL || inside == NULL || places == NULL
                           ? rh_fail(err, RH_MEMORY, "Not enough memory for modules.")
                           : RH_OK;
    bool again = status == RH_OK;
    for (uint32_t i = 0; i < n; i++) {
        module[i] = i;
    }
    while (again) {
        rh_commuting *merged;
        status = rh_commuting_merge(flows, module, &merged, err);
        if (status != RH_OK) {
            break;
        }
        links_inside(flows, merged, module, inside);
        *modularity = modularity_of(merged, inside, resolution);
        status = climb(merged, inside, resolution, room, places, module, &again);
        rh_commuting_free(merged);
    }
    *n_modules = 0;
    for (uint32_t i = 0; i < n; i++) {
        *n_modules += module[i] == i;
    }
    rh_free(room);
    rh_free(inside);
    rh_free(places);
    return status;
}
