/* Destination choice: base flows by inversion, hazards, alias tables, shocks by exact hat
 * (process/destination.h, D1–D3). */
#include "process/destination.h"

#include "core/mem.h"
#include "core/threads.h"

#include <string.h>

enum { scaling_rounds = 6, tries = 24 };

/* Sums of the region by county that the targets are made of. */
typedef struct sums {
    double (*stock)[RH_NEST_COUNT]; /* migrants living there, by class */
    double *people, *attraction;
    double total[RH_NEST_COUNT];
} sums;

static void
release_sums(sums *s)
{
    rh_free(s->stock);
    rh_free(s->people);
    rh_free(s->attraction);
}

static uint32_t
province_of(const rh_region *r, uint32_t county)
{
    return r->prefecture.parent[r->county.parent[county]];
}

/* Mean profile of an age group. */
static double
group_profile(const rh_migration *m, int nest, int sex, int group)
{
    double sum = 0;
    int low = rh_age_group_low(group), high = rh_age_group_high(group);
    for (int age = low; age <= high && age < RH_MIGRATION_AGES; age++) {
        sum += (double)m->profile[nest][sex][age];
    }
    return sum / (high - low + 1);
}

static void
sum_county(const rh_region *r, double profile[RH_NEST_COUNT][2][RH_AGE_GROUPS], uint32_t c,
           sums *s, double exposure[RH_NEST_COUNT])
{
    for (int part = 0; part < RH_PART_COUNT; part++) {
        for (int sex = 0; sex < 2; sex++) {
            for (int g = 0; g < RH_AGE_GROUPS; g++) {
                double local = r->cell[c].n[RH_LOCAL][part][sex][g];
                s->people[c] += local;
                for (int k = 0; k < RH_NEST_COUNT; k++) {
                    double migrants = r->cell[c].n[k + 1][part][sex][g];
                    s->people[c] += migrants;
                    s->stock[c][k] += migrants;
                    exposure[k] += local * profile[k][sex][g];
                }
            }
        }
    }
    for (int k = 0; k < RH_NEST_COUNT; k++) {
        s->total[k] += s->stock[c][k];
    }
}

static void
sum_region(const rh_region *r, rh_destination *d, sums *s)
{
    double profile[RH_NEST_COUNT][2][RH_AGE_GROUPS];
    for (int k = 0; k < RH_NEST_COUNT; k++) {
        for (int sex = 0; sex < 2; sex++) {
            for (int g = 0; g < RH_AGE_GROUPS; g++) {
                profile[k][sex][g] = group_profile(d->migration, k, sex, g);
            }
        }
    }
    double log_gdp = 0, known = 0;
    for (uint32_t c = 0; c < d->n_counties; c++) {
        sum_county(r, profile, c, s, d->exposure[c]);
        double gdp = r->column.gdp_per_head_yuan[c];
        if (gdp > 0) {
            log_gdp += s->people[c] * log(gdp);
            known += s->people[c];
        }
    }
    const double usual = known > 0 ? exp(log_gdp / known) : 1; /* where the table has a gap */
    const rh_migration *m = d->migration;
    for (uint32_t c = 0; c < d->n_counties; c++) {
        double gdp =
            r->column.gdp_per_head_yuan[c] > 0 ? r->column.gdp_per_head_yuan[c] : usual;
        s->attraction[c] =
            pow(fmax(s->people[c], 1), m->attraction_population) * pow(gdp, m->attraction_gdp);
    }
}

/* Share of the nation's growth of nest k that province p gets: other provinces' migrants by the
 * listed shares when every province is listed, else by stock. */
static double
province_growth(const rh_region *r, const rh_migration *m, const sums *s, int k, uint32_t p)
{
    double stock = 0, listed = 0, all = 0;
    for (uint32_t q = 0; q < r->province.n; q++) {
        double share = m->province_share[r->province.code[q] / 10000 % 100];
        all += share; /* NAN when one is not listed */
        listed = q == p ? share : listed;
    }
    for (uint32_t f = r->province.first[p]; f < r->province.first[p + 1]; f++) {
        for (uint32_t c = r->prefecture.first[f]; c < r->prefecture.first[f + 1]; c++) {
            stock += s->stock[c][k];
        }
    }
    if (stock <= 0) {
        return 0;
    }
    return k == RH_NEST_OTHER && all > 0 ? listed / all : stock / s->total[k];
}

/* Arrivals of the first year by destination: growth + exit × stock, at most cap × stock. */
static void
target_arrivals(const rh_region *r, rh_destination *d, const sums *s, int k)
{
    const rh_migration *m = d->migration;
    double wanted = 0, got = 0;
    for (uint32_t p = 0; p < r->province.n; p++) {
        uint32_t low = r->prefecture.first[r->province.first[p]];
        uint32_t end = r->prefecture.first[r->province.first[p + 1]];
        double growth = m->growth[k] * s->total[k] * province_growth(r, m, s, k, p), sum = 0;
        for (uint32_t c = low; c < end; c++) {
            sum += s->stock[c][k] > 0
                       ? pow(s->stock[c][k], m->attraction_stock) * s->attraction[c]
                       : 0;
        }
        for (uint32_t c = low; c < end; c++) {
            double stock = s->stock[c][k];
            double of =
                stock > 0 ? pow(stock, m->attraction_stock) * s->attraction[c] / sum : 0;
            double want = fmax(growth * of + m->exit[k] * stock, 0);
            d->arrivals[c][k] = fmin(want, m->attraction_cap * stock);
            wanted += want;
            got += d->arrivals[c][k];
        }
    }
    for (uint32_t c = 0; c < d->n_counties && got > 0; c++) {
        d->arrivals[c][k] *= wanted / got; /* what the cap cut goes to all */
    }
}

/* Pairs of home county o: own province first, both halves in the order of the destinations. */
static void
copy_row(const rh_region *r, rh_destination *d, const sums *s, uint32_t o)
{
    uint32_t at = d->first[o], home = province_of(r, o);
    for (int other = 0; other < 2; other++) {
        const int k = other ? RH_NEST_OTHER : RH_NEST_PROVINCE;
        for (uint64_t i = r->flow_first[o]; i < r->flow_first[o + 1]; i++) {
            uint32_t to = r->flow_dest[i];
            if ((province_of(r, to) != home) == other) {
                double n = (double)r->flow_n[i][RH_RURAL] + (double)r->flow_n[i][RH_URBAN];
                double stock = s->stock[to][k];
                d->dest[at] = (uint16_t)to;
                d->weight[at++] = (float)(stock > 0 ? n * d->arrivals[to][k] / stock : 0);
            }
        }
        if (!other) {
            d->split[o] = at;
        }
    }
}

static void
nest_range(const rh_destination *d, uint32_t o, int k, uint32_t *low, uint32_t *end)
{
    *low = k == RH_NEST_PROVINCE ? d->first[o] : d->split[o];
    *end = k == RH_NEST_PROVINCE ? d->split[o] : d->first[o + 1];
}

/* Departures to other provinces by province of origin in their listed shares, if all are
 * listed. */
static void
share_departures(const rh_region *r, const rh_migration *m, double all, double *row)
{
    double listed = 0;
    for (uint32_t p = 0; p < r->province.n; p++) {
        listed += m->departure_share[r->province.code[p] / 10000 % 100];
    }
    for (uint32_t p = 0; p < r->province.n && listed > 0; p++) {
        uint32_t low = r->prefecture.first[r->province.first[p]];
        uint32_t end = r->prefecture.first[r->province.first[p + 1]];
        double sum = 0, share = m->departure_share[r->province.code[p] / 10000 % 100] / listed;
        for (uint32_t o = low; o < end; o++) {
            sum += row[o];
        }
        for (uint32_t o = low; o < end && sum > 0; o++) {
            row[o] *= all * share / sum;
        }
    }
}

/* Rows to their mixed targets, then columns to the arrivals (D1 holds after the columns). */
static void
scale_flows(const rh_region *r, rh_destination *d, int k, double *row, double *column)
{
    const double mix = d->migration->origin_mix;
    double all = 0, exposed = 0;
    for (uint32_t o = 0; o < d->n_counties; o++) {
        uint32_t low, end;
        nest_range(d, o, k, &low, &end);
        row[o] = 0;
        for (uint32_t i = low; i < end; i++) {
            row[o] += (double)d->weight[i];
        }
        all += row[o];
        exposed += row[o] > 0 ? d->exposure[o][k] : 0;
    }
    for (uint32_t o = 0; o < d->n_counties; o++) {
        row[o] = row[o] > 0 ? (1 - mix) * row[o] + mix * all * d->exposure[o][k] / exposed : 0;
    }
    if (k == RH_NEST_OTHER) {
        share_departures(r, d->migration, all, row);
    }
    for (int round = 0; round < scaling_rounds; round++) {
        memset(column, 0, d->n_counties * sizeof *column);
        for (uint32_t o = 0; o < d->n_counties; o++) {
            uint32_t low, end;
            nest_range(d, o, k, &low, &end);
            double sum = 0;
            for (uint32_t i = low; i < end; i++) {
                sum += (double)d->weight[i];
            }
            double by = sum > 0 ? row[o] / sum : 0;
            for (uint32_t i = low; i < end; i++) {
                d->weight[i] = (float)((double)d->weight[i] * by);
                column[d->dest[i]] += (double)d->weight[i];
            }
        }
        for (uint32_t c = 0; c < d->n_counties; c++) {
            column[c] = column[c] > 0 ? d->arrivals[c][k] / column[c] : 0;
        }
        for (uint32_t o = 0; o < d->n_counties; o++) {
            uint32_t low, end;
            nest_range(d, o, k, &low, &end);
            for (uint32_t i = low; i < end; i++) {
                d->weight[i] = (float)((double)d->weight[i] * column[d->dest[i]]);
            }
        }
    }
}

static void
base_hazards(rh_destination *d, uint32_t o)
{
    double leaving[RH_NEST_COUNT] = {0};
    leaving[RH_NEST_COUNTY] =
        d->first_town[o + 1] - d->first_town[o] > 1 ? d->arrivals[o][RH_NEST_COUNTY] : 0;
    for (int k = RH_NEST_PROVINCE; k < RH_NEST_COUNT; k++) {
        uint32_t low, end;
        nest_range(d, o, k, &low, &end);
        for (uint32_t i = low; i < end; i++) {
            leaving[k] += (double)d->weight[i];
        }
    }
    for (int k = 0; k < RH_NEST_COUNT; k++) {
        d->base[o][k] = d->exposure[o][k] > 0 ? leaving[k] / d->exposure[o][k] : 0;
        d->hazard[o][k] = d->base[o][k];
    }
}

/* What one rebuild shares between its jobs. */
typedef struct rebuild {
    rh_destination *d;
    const rh_region *region; /* leaf tables; NULL when only the destinations change */
    const double *dV;
    double *ease[RH_NEST_COUNT]; /* exp(dV / λ) by county; NULL without dV */
    double cost[RH_NEST_COUNT];
} rebuild;

enum { counties_a_job = 16 };

/* Table of one origin and nest; *phi becomes Σ share × exp(dV / λ). */
static rh_status
origin_table(rebuild *b, uint32_t o, int k, rh_alias_scratch *scratch, double *weight,
             double *phi, rh_err *err)
{
    rh_destination *d = b->d;
    uint32_t low, end;
    nest_range(d, o, k, &low, &end);
    double before = 0, after = 0;
    for (uint32_t i = low; i < end; i++) {
        double w = (double)d->weight[i];
        before += w;
        weight[i - low] = b->dV == NULL ? w : w * b->ease[k][d->dest[i]];
        after += weight[i - low];
    }
    *phi = before > 0 ? after / before : 1;
    if (before <= 0) {
        memset(d->table + low, 0, (end - low) * sizeof *d->table);
        return RH_OK;
    }
    return rh_alias_build(d->table + low, end - low, weight, d->dest + low, scratch, err);
}

/* Exact hat over {stay, three nests}: shares of a year at profile 1 change with e^dV and the
 * inclusive values; hazards follow their shares. */
static void
hat_hazards(const rebuild *b, uint32_t o, const double phi[RH_NEST_COUNT])
{
    rh_destination *d = b->d;
    const rh_migration *m = d->migration;
    double gain[RH_NEST_COUNT], stay = 1, sum = 0;
    for (int k = 0; k < RH_NEST_COUNT; k++) {
        double share = fmin(d->base[o][k] / m->reconsider, 1);
        gain[k] = pow(phi[k], m->lambda[k]) * exp(-b->cost[k]);
        stay -= share;
        sum += share * gain[k];
    }
    sum += fmax(stay, 0) * (b->dV == NULL ? 1 : exp(b->dV[o]));
    for (int k = 0; k < RH_NEST_COUNT; k++) {
        d->hazard[o][k] = d->base[o][k] * gain[k] / sum;
    }
}

static rh_status
leaf_table(rebuild *b, uint32_t c, int k, rh_alias_scratch *scratch, double *weight,
           rh_err *err)
{
    rh_destination *d = b->d;
    uint32_t low = 2 * d->first_town[c], n = 2 * d->first_town[c + 1] - low;
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        weight[i] = b->region->leaf_class[low + i][k + 1];
        sum += weight[i];
    }
    for (uint32_t i = 0; sum <= 0 && i < n;
         i++) { /* nobody of this class yet: as the locals live */
        weight[i] = 1 + (double)b->region->leaf_class[low + i][RH_LOCAL];
    }
    return n == 0 ? RH_OK : rh_alias_build(d->leaf[k] + low, n, weight, NULL, scratch, err);
}

static rh_status
rebuild_job(void *context, unsigned job, unsigned worker, rh_err *err)
{
    (void)worker;
    rebuild *b = context;
    rh_destination *d = b->d;
    const uint32_t from = job * counties_a_job;
    const uint32_t to =
        from + counties_a_job < d->n_counties ? from + counties_a_job : d->n_counties;
    uint32_t room = 1;
    for (uint32_t c = from; c < to; c++) {
        uint32_t pairs = d->first[c + 1] - d->first[c],
                 leaves = 2 * (d->first_town[c + 1] - d->first_town[c]);
        room = pairs > room ? pairs : room;
        room = leaves > room ? leaves : room;
    }
    double *weight;
    RH_NEW(weight, room, err);
    rh_alias_scratch scratch;
    rh_status status = rh_alias_scratch_init(&scratch, room, err);
    for (uint32_t c = from; status == RH_OK && c < to; c++) {
        double phi[RH_NEST_COUNT];
        phi[RH_NEST_COUNTY] = b->dV == NULL ? 1 : b->ease[RH_NEST_COUNTY][c];
        for (int k = RH_NEST_PROVINCE; status == RH_OK && k < RH_NEST_COUNT; k++) {
            status = origin_table(b, c, k, &scratch, weight, &phi[k], err);
        }
        for (int k = 0; status == RH_OK && b->region != NULL && k < RH_NEST_COUNT; k++) {
            status = leaf_table(b, c, k, &scratch, weight, err);
        }
        hat_hazards(b, c, phi);
    }
    rh_alias_scratch_release(&scratch);
    rh_free(weight);
    return status;
}

static rh_status
rebuild_tables(rebuild *b, unsigned n_threads, rh_err *err)
{
    unsigned jobs = (b->d->n_counties + counties_a_job - 1) / counties_a_job;
    return rh_threads_run(n_threads, jobs, NULL, rebuild_job, b, err);
}

rh_status
rh_destination_shock(rh_destination *d, const double *dV, const double *dcost,
                     unsigned n_threads, rh_err *err)
{
    rebuild b = {.d = d, .dV = dV};
    for (uint32_t c = 0; dV != NULL && c < d->n_counties; c++) {
        if (!(fabs(dV[c]) < 50)) {
            return rh_fail(err, RH_RANGE,
                           "The change of utility of county %u is %g; it must lie within ±50.",
                           c, dV[c]);
        }
    }
    rh_status status = RH_OK;
    double *ease = NULL;
    if (dV != NULL) {
        RH_NEW(ease, RH_NEST_COUNT * (size_t)d->n_counties, err);
    }
    for (int k = 0; k < RH_NEST_COUNT; k++) {
        b.cost[k] = dcost == NULL ? 0 : dcost[k];
        if (!(fabs(b.cost[k]) < 50)) {
            status = rh_fail(err, RH_RANGE,
                             "The change of cost of nest %d is %g; it must lie within ±50.", k,
                             b.cost[k]);
        }
        b.ease[k] = ease == NULL ? NULL : ease + (size_t)k * d->n_counties;
        for (uint32_t c = 0; ease != NULL && c < d->n_counties; c++) {
            b.ease[k][c] = exp(dV[c] / d->migration->lambda[k]);
        }
    }
    if (status == RH_OK) {
        status = rebuild_tables(&b, n_threads, err);
    }
    rh_free(ease);
    return status;
}

void
rh_destination_expose(rh_destination *d, uint32_t county, enum rh_nest nest, double exposure)
{
    double by = exposure > 0 ? d->exposure[county][nest] / exposure : 0;
    d->base[county][nest] *= by;
    d->hazard[county][nest] *= by;
    d->exposure[county][nest] = exposure;
}

uint32_t
rh_destination_in_county(const rh_destination *d, uint32_t home_county, uint32_t home_town,
                         uint64_t bits)
{
    const uint32_t low = d->first_town[home_county], n = d->first_town[home_county + 1] - low;
    if (n < 2) {
        return UINT32_MAX;
    }
    uint32_t leaf = 0;
    for (uint32_t i = 0; i < tries; i++) {
        leaf = rh_destination_leaf(d, home_county, RH_NEST_COUNTY,
                                   i == 0 ? bits : rh_draw(bits, i));
        if (leaf / 2 != home_town) {
            return leaf;
        }
    }
    /* All migrants of the county live in the home township: any other township, same part. */
    uint32_t step = 1 + (uint32_t)rh_below(rh_draw(bits, tries), n - 1);
    return 2 * (low + (home_town - low + step) % n) + leaf % 2;
}

static rh_status
allocate(const rh_region *r, rh_destination *d, rh_err *err)
{
    const uint32_t n = d->n_counties;
    const uint64_t pairs = r->flow_first[n];
    if (n > RH_ALIAS_MAX || pairs > UINT32_MAX) {
        return rh_fail(err, RH_RANGE,
                       "Destination tables: %u counties with %llu pairs are too many.", n,
                       (unsigned long long)pairs);
    }
    RH_NEW(d->first, n + 1, err);
    RH_NEW(d->split, n + 1, err);
    RH_NEW(d->dest, pairs, err);
    RH_NEW(d->weight, pairs, err);
    RH_NEW(d->table, pairs, err);
    RH_NEW(d->first_town, n + 1, err);
    RH_NEW(d->exposure, n, err);
    RH_NEW(d->arrivals, n, err);
    RH_NEW(d->base, n, err);
    RH_NEW(d->hazard, n, err);
    for (int k = 0; k < RH_NEST_COUNT; k++) {
        RH_NEW(d->leaf[k], 2 * (size_t)r->town.n, err);
    }
    return RH_OK;
}

static rh_status
build_flows(const rh_region *r, rh_destination *d, sums *s, rh_err *err)
{
    const uint32_t n = d->n_counties;
    RH_NEW(s->stock, n, err);
    RH_NEW(s->people, n, err);
    RH_NEW(s->attraction, n, err);
    sum_region(r, d, s);
    for (int k = 0; k < RH_NEST_COUNT; k++) {
        target_arrivals(r, d, s, k);
    }
    for (uint32_t o = 0; o <= n; o++) {
        d->first[o] = (uint32_t)r->flow_first[o];
        d->first_town[o] = r->county.first[o];
    }
    for (uint32_t o = 0; o < n; o++) {
        copy_row(r, d, s, o);
    }
    /* attraction and people are no longer needed: scratch for the scaling */
    scale_flows(r, d, RH_NEST_PROVINCE, s->attraction, s->people);
    scale_flows(r, d, RH_NEST_OTHER, s->attraction, s->people);
    for (uint32_t o = 0; o < n; o++) {
        base_hazards(d, o);
    }
    return RH_OK;
}

rh_status
rh_destination_new(const rh_region *region, const rh_migration *migration, unsigned n_threads,
                   rh_destination **out, rh_err *err)
{
    rh_destination *d;
    *out = NULL;
    RH_NEW(d, 1, err);
    d->migration = migration;
    d->n_counties = region->county.n;
    d->base_year = (uint32_t)region->base_year;
    sums s = {0};
    rh_status status = allocate(region, d, err);
    if (status == RH_OK) {
        status = build_flows(region, d, &s, err);
    }
    release_sums(&s);
    if (status == RH_OK) {
        rebuild b = {.d = d, .region = region};
        status = rebuild_tables(&b, n_threads, err);
    }
    if (status != RH_OK) {
        rh_destination_free(d);
        return status;
    }
    *out = d;
    return RH_OK;
}

void
rh_destination_free(rh_destination *d)
{
    if (d == NULL) {
        return;
    }
    rh_free(d->first);
    rh_free(d->split);
    rh_free(d->dest);
    rh_free(d->weight);
    rh_free(d->table);
    rh_free(d->first_town);
    rh_free(d->exposure);
    rh_free(d->arrivals);
    rh_free(d->base);
    rh_free(d->hazard);
    for (int k = 0; k < RH_NEST_COUNT; k++) {
        rh_free(d->leaf[k]);
    }
    rh_free(d);
}

size_t
rh_destination_bytes(const rh_destination *d)
{
    size_t pairs = d->first[d->n_counties], leaves = 2 * (size_t)d->first_town[d->n_counties];
    size_t pair = sizeof *d->dest + sizeof *d->weight + sizeof *d->table;
    size_t county = 3 * sizeof(uint32_t) + 4 * RH_NEST_COUNT * sizeof(double);
    return sizeof *d + pairs * pair + leaves * RH_NEST_COUNT * sizeof(rh_alias) +
           d->n_counties * county;
}
