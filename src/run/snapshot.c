/* Snapshots: the state of a simulation after a finished year, in one file (simulation.h).
 *
 * Layout, little-endian: header; size and words of every block, place factors and exposures, a checksum over
 * everything before it; then what the engine carries from year to year (alignment scales, events of the year) and
 * a second checksum.
 * Z1 the file stands complete under its name or not at all.
 * Z2 a snapshot of another scenario, region, seed, sample or layout of the word is refused with a sentence.
 * Z3 nothing of a damaged or truncated snapshot is used: no word is read by the engine before the first checksum
 *    has been found right. */
#include "run/snapshot.h"

#include "core/mem.h"
#include "core/random.h"
#include "run/simulation.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct header {
    char magic[8];
    uint64_t layout; /* of the word: person.def */
    uint64_t region, seed, scenario;
    double weight;
    int32_t year, first_year, last_year;
    uint32_t n_blocks, n_counties, n_processes;
    uint64_t residents;
} header;

static uint64_t
fold_bytes(uint64_t h, const void *bytes, size_t size)
{
    const unsigned char *p = bytes;
    for (; size >= 8; p += 8, size -= 8) {
        uint64_t x;
        memcpy(&x, p, 8);
        h = rh_fold(h ^ x, 0x9e3779b97f4a7c15ULL ^ (h >> 32));
    }
    uint64_t rest = size;
    memcpy(&rest, p, size < 8 ? size : 8);
    return rh_fold(h ^ rest ^ (uint64_t)size << 56, 0xe7037ed1a0b428dbULL);
}

static uint64_t
word_layout(void)
{
    unsigned n;
    const rh_field *f = rh_person_fields(&n);
    uint64_t h = n;
    for (unsigned i = 0; i < n; i++) {
        h = fold_bytes(h, f[i].name, strlen(f[i].name));
        h = rh_fold(h ^ f[i].low, 0x9e3779b97f4a7c15ULL + f[i].bits);
    }
    return h;
}

/* What tells one region from another. */
static uint64_t
region_mark(const rh_region *r)
{
    uint64_t h = fold_bytes(1, r->cell, r->county.n * sizeof *r->cell);
    h = fold_bytes(h, r->leaf_class, 2 * (size_t)r->town.n * sizeof *r->leaf_class);
    return fold_bytes(h, r->flow_n, r->flow_first[r->county.n] * sizeof *r->flow_n);
}

static header
header_of(const rh_simulation *s)
{
    const rh_region *r = s->region;
    header h = {.layout = word_layout(),
                .seed = s->world.seed,
                .weight = s->world.weight,
                .year = s->engine.year,
                .first_year = s->scenario->first_year,
                .last_year = s->scenario->last_year,
                .n_blocks = r->town.n,
                .n_counties = r->county.n,
                .n_processes = s->engine.n_processes};
    memcpy(h.magic, "RHSNAP2", 8);
    h.region = region_mark(r);
    const char *text = s->scenario->text != NULL ? s->scenario->text : "";
    h.scenario = fold_bytes(2, text, strlen(text));
    h.residents = rh_store_count(&s->store);
    return h;
}

typedef struct stream {
    FILE *file;
    const char *path;
    uint64_t sum;
    bool writing;
} stream;

static rh_status
pass(stream *s, void *bytes, size_t size, rh_err *err)
{
    size_t n = size == 0    ? 0
               : s->writing ? fwrite(bytes, 1, size, s->file)
                            : fread(bytes, 1, size, s->file);
    if (n != size) {
        if (s->writing) {
            return rh_fail(err, RH_IO, "%s: writing the snapshot failed: %s.", s->path,
                           strerror(errno));
        }
        return rh_fail(err, RH_INPUT, "%s: the snapshot ends too early; it was cut off.",
                       s->path);
    }
    s->sum = fold_bytes(s->sum, bytes, size);
    return RH_OK;
}

static rh_status
damaged(const stream *f, rh_err *err)
{
    return rh_fail(err, RH_INPUT, "%s: the snapshot is damaged: its checksum does not fit.",
                   f->path);
}

/* Write the checksum of what went by, or compare it. */
static rh_status
seal(stream *f, rh_err *err)
{
    uint64_t sum = f->sum, stored = sum;
    RH_TRY(pass(f, &stored, sizeof stored, err));
    return stored == sum ? RH_OK : damaged(f, err);
}

/* Everything behind the header but the engine, in one order for both directions. */
static rh_status
pass_state(stream *f, rh_simulation *s, uint64_t residents, rh_err *err)
{
    uint32_t n = s->region->county.n;
    for (uint32_t t = 0; t < s->store.n_blocks; t++) {
        uint32_t count = s->store.block[t].count;
        RH_TRY(pass(f, &count, sizeof count, err));
        if (count > residents) {
            return damaged(f, err);
        }
        residents -= count;
        if (!f->writing) {
            RH_TRY(rh_block_reserve(&s->store, t, count, err));
            s->store.block[t].count = count;
        }
        RH_TRY(pass(f, s->store.block[t].word, (size_t)count * sizeof(rh_person), err));
    }
    RH_TRY(pass(f, s->world.fertility_factor, 2 * (size_t)n * sizeof(float), err));
    RH_TRY(pass(f, s->world.mortality_factor, 2 * (size_t)n * sizeof(float), err));
    RH_TRY(pass(f, &s->world.birth_level, sizeof(double), err));
    RH_TRY(pass(f, &s->world.own_births, sizeof(double), err));
    RH_TRY(pass(f, s->world.return_scale, sizeof s->world.return_scale, err));
    for (uint32_t c = 0; c < n; c++) {
        for (unsigned nest = 0; nest < RH_NEST_COUNT; nest++) {
            double exposure = s->destination->exposure[c][nest];
            RH_TRY(pass(f, &exposure, sizeof exposure, err));
            if (!f->writing) {
                rh_destination_expose(s->destination, c, (enum rh_nest)nest, exposure);
            }
        }
    }
    return seal(f, err);
}

/* What the engine carries, once it exists. */
static rh_status
pass_engine(stream *f, rh_simulation *s, rh_err *err)
{
    for (unsigned p = 0; p < s->engine.n_processes; p++) {
        RH_TRY(pass(f, &s->engine.rates[p].scale, sizeof(float), err));
        RH_TRY(pass(f, &s->engine.rates[p].expected, sizeof(double), err));
    }
    for (uint32_t c = 0; c < s->region->county.n; c++) {
        RH_TRY(pass(f, s->engine.tally.county[c].event, sizeof s->engine.tally.county[c].event,
                    err));
    }
    return seal(f, err);
}

uint64_t
rh_simulation_snapshot_bytes(const rh_simulation *s)
{
    const uint64_t a_county = 4096,
                   the_rest = 65536; /* more than pass_state and pass_engine take */
    return rh_store_count(&s->store) * sizeof(rh_person) +
           s->store.n_blocks * sizeof(uint32_t) + s->region->county.n * a_county + the_rest;
}

static rh_status
save(stream *f, const rh_simulation *simulation, rh_err *err)
{
    rh_simulation s = *simulation; /* pass reads only when writing; the copy drops const */
    header h = header_of(simulation);
    RH_TRY(pass(f, &h, sizeof h, err));
    RH_TRY(pass_state(f, &s, h.residents, err));
    RH_TRY(pass_engine(f, &s, err));
    if (fflush(f->file) != 0 || fsync(fileno(f->file)) != 0) {
        return rh_fail(err, RH_IO, "%s: writing the snapshot failed: %s.", f->path,
                       strerror(errno));
    }
    return RH_OK;
}

rh_status
rh_simulation_save(const rh_simulation *s, const char *path, rh_err *err)
{
    char partial[4096];
    int length = snprintf(partial, sizeof partial, "%s.partial", path);
    if (length < 0 || (size_t)length >= sizeof partial) {
        return rh_fail(err, RH_IO, "The snapshot's path is too long: %s.", path);
    }
    stream f = {.file = fopen(partial, "wb"), .path = partial, .writing = true};
    if (f.file == NULL) {
        return rh_fail(err, RH_IO, "%s: cannot write the snapshot: %s.", partial,
                       strerror(errno));
    }
    rh_status status = save(&f, s, err);
    if (fclose(f.file) != 0 && status == RH_OK) {
        status = rh_fail(err, RH_IO, "%s: writing the snapshot failed: %s.", partial,
                         strerror(errno));
    }
    if (status == RH_OK && rename(partial, path) != 0) {
        status = rh_fail(err, RH_IO, "%s: cannot name the finished snapshot: %s.", path,
                         strerror(errno));
    }
    if (status != RH_OK) {
        unlink(partial);
    }
    return status;
}

static rh_status
check_header(const rh_simulation *s, const header *h, const char *path, rh_err *err)
{
    header own = header_of(s);
    const char *differs = memcmp(h->magic, own.magic, 8) != 0 ? "format"
                          : h->layout != own.layout           ? "layout of a resident's word"
                          : h->region != own.region || h->n_blocks != own.n_blocks ||
                                  h->n_counties != own.n_counties
                              ? "region"
                          : h->seed != own.seed ? "seed"
                          : h->scenario != own.scenario || h->first_year != own.first_year ||
                                  h->last_year != own.last_year
                              ? "scenario"
                          : h->weight < own.weight || h->weight > own.weight ? "sample"
                                                                             : NULL;
    if (differs != NULL) {
        return rh_fail(err, RH_INPUT, "%s: the snapshot is of another run: its %s differs.",
                       path, differs);
    }
    if (h->year < h->first_year || h->year > h->last_year) {
        return rh_fail(err, RH_INPUT,
                       "%s: the snapshot is of year %d, outside the run's years %d-%d.", path,
                       h->year, h->first_year, h->last_year);
    }
    return RH_OK;
}

static rh_status
restore(stream *f, rh_simulation *s, const rh_engine_options *options, rh_err *err)
{
    header h;
    RH_TRY(pass(f, &h, sizeof h, err));
    RH_TRY(check_header(s, &h, f->path, err));
    uint32_t rows = 2 * s->region->county.n;
    RH_TRY(rh_store_init(&s->store, s->region->town.n, rh_region_population(s->region), err));
    RH_NEW(s->world.fertility_factor, rows, err);
    RH_NEW(s->world.mortality_factor, rows, err);
    RH_TRY(pass_state(f, s, h.residents, err));
    rh_engine_options o = options != NULL ? *options : (rh_engine_options){.headroom = 1};
    o.n_threads = s->n_threads;
    RH_TRY(rh_engine_init(&s->engine, &s->world, &s->store, &o, err));
    s->has_engine = true;
    if (s->engine.n_processes != h.n_processes) {
        return rh_fail(err, RH_INPUT, "%s: the snapshot has %u processes, this program %u.",
                       f->path, h.n_processes, s->engine.n_processes);
    }
    RH_TRY(pass_engine(f, s, err));
    s->engine.year = h.year;
    return RH_OK;
}

rh_status
rh_simulation_restore(rh_simulation *s, const char *path, const rh_engine_options *options,
                      rh_err *err)
{
    stream f = {.file = fopen(path, "rb"), .path = path};
    if (f.file == NULL) {
        return rh_fail(err, RH_IO, "%s: cannot open the snapshot: %s.", path, strerror(errno));
    }
    rh_status status = restore(&f, s, options, err);
    fclose(f.file);
    return status;
}

/* ---- residents alone (snapshot.h) ---- */

/* Room of the largest piece that was read so far. */
typedef struct piece {
    void *bytes;
    size_t room;
} piece;

static rh_status
pass_piece(stream *f, piece *p, size_t size, rh_err *err)
{
    if (size > p->room) {
        void *grown = rh_resize(p->bytes, size, 1);
        if (grown == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %zu bytes of %s.", size,
                           f->path);
        }
        p->bytes = grown;
        p->room = size;
    }
    return pass(f, p->bytes, size, err);
}

/* What pass_state has behind the blocks, piece by piece as it was written. */
static rh_status
pass_over_world(stream *f, piece *p, uint32_t n_counties, rh_err *err)
{
    const size_t factors = 2 * (size_t)n_counties * sizeof(float);
    const size_t pieces[] = {factors, factors, sizeof(double), sizeof(double),
                             sizeof((rh_world){0}).return_scale};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        RH_TRY(pass_piece(f, p, pieces[i], err));
    }
    for (size_t i = 0; i < (size_t)n_counties * RH_NEST_COUNT; i++) {
        RH_TRY(pass_piece(f, p, sizeof(double), err));
    }
    return seal(f, err);
}

static rh_status
walk(stream *f, piece *p, const rh_region *region, rh_snapshot_visit *visit, void *context,
     rh_snapshot_about *about, rh_err *err)
{
    header h;
    RH_TRY(pass(f, &h, sizeof h, err));
    if (memcmp(h.magic, "RHSNAP2", 8) != 0 || h.layout != word_layout()) {
        return rh_fail(err, RH_INPUT, "%s is no snapshot of this version.", f->path);
    }
    if (h.n_blocks != region->town.n || h.n_counties != region->county.n ||
        h.region != region_mark(region)) {
        return rh_fail(err, RH_INPUT, "%s: the snapshot is of another region than \"%s\".",
                       f->path, region->title);
    }
    *about = (rh_snapshot_about){h.year, h.weight, h.residents};
    uint64_t left = h.residents;
    for (uint32_t t = 0; t < h.n_blocks; t++) {
        uint32_t count;
        RH_TRY(pass(f, &count, sizeof count, err));
        if (count > left) {
            return damaged(f, err);
        }
        left -= count;
        RH_TRY(pass_piece(f, p, (size_t)count * sizeof(rh_person), err));
        RH_TRY(visit(context, about, t, p->bytes, count, err));
    }
    return pass_over_world(f, p, h.n_counties, err);
}

rh_status
rh_snapshot_walk(const char *path, const rh_region *region, rh_snapshot_visit *visit,
                 void *context, rh_snapshot_about *about, rh_err *err)
{
    stream f = {.file = fopen(path, "rb"), .path = path};
    piece p = {NULL, 0};
    if (f.file == NULL) {
        return rh_fail(err, RH_IO, "%s: cannot open the snapshot: %s.", path, strerror(errno));
    }
    rh_status status = walk(&f, &p, region, visit, context, about, err);
    fclose(f.file);
    rh_free(p.bytes);
    return status;
}
