/* The log recomputed: see audit_log.h.
 *
 * Bundles are taken by several threads from one counter: leaf hashes, the tile of level 0, the root of the full tile. The few tiles
 * above are done by one. Roots of any size follow from the definition of RFC 6962 by recursion, down to full tiles. */
#include "audit/audit_log.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { PATH = 4300, BUNDLE_MOST = RH_AUDIT_WIDTH * (2 + 65535), THREADS = 64 };

/* --- files ------------------------------------------------------------------------------------------- */

/* DIR/tile/<level>/<n>[.p/<width>]; level -1: entries; width 0 with `part`: the folder of the partial tiles. */
static void
tile_path(const char *dir, int level, uint64_t n, bool part, unsigned width, char out[PATH])
{
    char name[12] = "entries", number[32], suffix[12] = "";
    if (level >= 0) {
        snprintf(name, sizeof name, "%d", level);
    }
    if (n < 1000) {
        snprintf(number, sizeof number, "%03" PRIu64, n);
    } else if (n < 1000000) {
        snprintf(number, sizeof number, "x%03" PRIu64 "/%03" PRIu64, n / 1000, n % 1000);
    } else {
        snprintf(number, sizeof number, "x%03" PRIu64 "/x%03" PRIu64 "/%03" PRIu64,
                 n / 1000000 % 1000, n / 1000 % 1000, n % 1000);
    }
    if (part && width > 0) {
        snprintf(suffix, sizeof suffix, ".p/%u", width);
    } else if (part) {
        snprintf(suffix, sizeof suffix, ".p");
    }
    snprintf(out, PATH, "%.4000s/tile/%s/%s%s", dir, name, number, suffix);
}

/* The tile's file: full, or of that width, or the full one that took its place. NULL and a finding when there is none. */
static uint8_t *
tile_file(rh_audit *audit, const char *dir, int level, uint64_t n, unsigned width, size_t most,
          size_t *size)
{
    char path[PATH], full[PATH];
    tile_path(dir, level, n, width < RH_AUDIT_WIDTH, width, path);
    tile_path(dir, level, n, false, 0, full);
    char *bytes = rh_audit_file(path, most, size);
    if (bytes == NULL && width < RH_AUDIT_WIDTH) {
        bytes = rh_audit_file(full, most, size);
    }
    if (bytes == NULL) {
        rh_audit_finding(audit, "The file %s is missing or cannot be read.",
                         "文件 %s 缺失或无法读取。", path);
    }
    return (uint8_t *)bytes;
}

bool
rh_audit_next(const uint8_t **at, const uint8_t *end, const uint8_t **entry, size_t *size)
{
    if (end - *at < 2) {
        return false;
    }
    *size = (size_t)(*at)[0] * 256 + (*at)[1];
    *entry = *at + 2;
    if ((size_t)(end - *entry) < *size) {
        return false;
    }
    *at = *entry + *size;
    return true;
}

static unsigned
width_of(uint64_t size, uint64_t n)
{
    uint64_t left = size - n * RH_AUDIT_WIDTH;
    return left < RH_AUDIT_WIDTH ? (unsigned)left : RH_AUDIT_WIDTH;
}

uint8_t *
rh_audit_bundle(rh_audit *audit, const rh_audit_log *log, uint64_t n, size_t *size,
                unsigned *count)
{
    *count = width_of(log->note.size, n);
    return tile_file(audit, log->dir, -1, n, *count, BUNDLE_MOST, size);
}

bool
rh_audit_log_open(rh_audit *audit, const char *dir, const rh_audit_trust *trust,
                  rh_audit_log *out)
{
    char path[PATH];
    size_t size;
    const char *en, *zh;
    *out = (rh_audit_log){.dir = dir};
    snprintf(path, sizeof path, "%.4000s/checkpoint", dir);
    char *bytes = rh_audit_file(path, RH_AUDIT_NOTE, &size);
    if (bytes == NULL) {
        rh_audit_finding(audit, "The checkpoint %s is missing or cannot be read.",
                         "检查点 %s 缺失或无法读取。", path);
        return false;
    }
    memcpy(out->checkpoint, bytes, size + 1);
    free(bytes);
    if (!rh_audit_note_parse(out->checkpoint, size, &out->note, &en, &zh)) {
        rh_audit_finding(audit, "%s is not a checkpoint: %s.", "%s 不是检查点：%s。", path,
                         audit->zh ? zh : en);
        return false;
    }
    return trust == NULL ||
           rh_audit_note_trusted(audit, audit->zh ? "检查点" : "The checkpoint", &out->note,
                                 trust);
}

void
rh_audit_log_release(rh_audit_log *log)
{
    for (unsigned l = 0; l < RH_AUDIT_LEVELS; l++) {
        free(log->level[l]);
    }
}

/* --- recomputing -------------------------------------------------------------------------------------- */

/* Root of `n` hashes that stand one behind the other, by the definition. */
static void
root_of(rh_audit_sha *sha, const uint8_t (*hash)[32], unsigned n, uint8_t out[32])
{
    if (n == 1) {
        memcpy(out, hash[0], 32);
        return;
    }
    unsigned k = 1;
    while (2 * k < n) {
        k *= 2;
    }
    uint8_t pair[64];
    root_of(sha, hash, k, pair);
    root_of(sha, hash + k, n - k, pair + 32);
    rh_audit_node(sha, pair, out);
}

/* Root of entries [from, from + n): a full tile's is known. */
static void
range_root(rh_audit_sha *sha, const rh_audit_log *log, uint64_t from, uint64_t n,
           uint8_t out[32])
{
    for (unsigned l = RH_AUDIT_LEVELS; l-- > 0;) {
        uint64_t span = (uint64_t)1 << (8 * l);
        if (n == span && from % span == 0) {
            memcpy(out, log->level[l][from / span], 32);
            return;
        }
    }
    uint64_t k = 1;
    while (2 * k < n) {
        k *= 2;
    }
    uint8_t pair[64];
    range_root(sha, log, from, k, pair);
    range_root(sha, log, from + k, n - k, pair + 32);
    rh_audit_node(sha, pair, out);
}

bool
rh_audit_log_root(const rh_audit_log *log, uint64_t size, uint8_t out[32])
{
    rh_audit_sha *sha = rh_audit_sha_new();
    if (sha == NULL || size > log->note.size) {
        rh_audit_sha_free(sha);
        return false;
    }
    if (size == 0) {
        rh_audit_plain(sha, "", 0, out);
    } else {
        range_root(sha, log, 0, size, out);
    }
    rh_audit_sha_free(sha);
    return true;
}

/* Is the tile's file what was recomputed? */
static void
compare_tile(rh_audit *audit, const rh_audit_log *log, unsigned l, uint64_t n)
{
    size_t size = 0;
    unsigned width = width_of(log->n[l], n);
    uint8_t *bytes = tile_file(audit, log->dir, (int)l, n, width, RH_AUDIT_WIDTH * 32, &size);
    if (bytes == NULL) {
        return;
    }
    const uint8_t(*is)[32] = (const uint8_t(*)[32])log->level[l] + n * RH_AUDIT_WIDTH;
    bool long_enough = size >= width * 32 && (width < RH_AUDIT_WIDTH || size == width * 32);
    unsigned i = 0;
    while (long_enough && i < width && memcmp(bytes + 32 * (size_t)i, is[i], 32) == 0) {
        i++;
    }
    if (!long_enough || i < width) {
        uint64_t span = (uint64_t)1 << (8 * l);
        rh_audit_finding(
            audit,
            "Tile %" PRIu64 " of level %u does not fit the entries: hash %u, of entry %" PRIu64
            " (and what follows), is another one.",
            "瓦片 %" PRIu64 "（第 %u 层）与条目不符：其中第 %u 个哈希（条目 %" PRIu64
            " 起）不同。",
            n, l, i, (n * RH_AUDIT_WIDTH + i) * span);
    }
    free(bytes);
}

typedef struct work {
    rh_audit *audit;
    rh_audit_log *log;
    uint64_t bundles;
    atomic_uint_fast64_t next;
} work;

static void
do_bundle(work *w, rh_audit_sha *sha, uint64_t n)
{
    rh_audit_log *log = w->log;
    size_t bytes = 0, size;
    unsigned count = 0;
    uint8_t *bundle = rh_audit_bundle(w->audit, log, n, &bytes, &count);
    if (bundle == NULL) {
        return;
    }
    const uint8_t *at = bundle, *end = bundle + bytes, *entry;
    uint8_t(*leaf)[32] = log->level[0] + n * RH_AUDIT_WIDTH;
    for (unsigned i = 0; i < count; i++) {
        if (!rh_audit_next(&at, end, &entry, &size)) {
            rh_audit_finding(w->audit,
                             "Bundle %" PRIu64 " of entries ends before entry %" PRIu64 ".",
                             "第 %" PRIu64 " 个条目包在条目 %" PRIu64 " 之前就结束了。", n,
                             n * RH_AUDIT_WIDTH + i);
            break;
        }
        rh_audit_leaf(sha, entry, size, leaf[i]);
    }
    if (count == RH_AUDIT_WIDTH && at != end) {
        rh_audit_finding(w->audit, "Bundle %" PRIu64 " of entries is longer than its entries.",
                         "第 %" PRIu64 " 个条目包比其条目长。", n);
    }
    free(bundle);
    if (count == RH_AUDIT_WIDTH) {
        root_of(sha, (const uint8_t(*)[32])leaf, RH_AUDIT_WIDTH, log->level[1][n]);
    }
    compare_tile(w->audit, log, 0, n);
}

static void *
worker(void *context)
{
    work *w = context;
    rh_audit_sha *sha = rh_audit_sha_new();
    uint64_t n;
    while (sha != NULL && (n = atomic_fetch_add(&w->next, 1)) < w->bundles) {
        do_bundle(w, sha, n);
    }
    rh_audit_sha_free(sha);
    return sha != NULL ? w : NULL; /* NULL: no memory, somebody else must do it */
}

/* Older partial tiles of the tiles that are not full: each must be the beginning of what is known now. */
static void
compare_partials(rh_audit *audit, const rh_audit_log *log)
{
    for (unsigned l = 0; l < RH_AUDIT_LEVELS; l++) {
        unsigned width = (unsigned)(log->n[l] % RH_AUDIT_WIDTH);
        uint64_t n = log->n[l] / RH_AUDIT_WIDTH;
        char path[PATH];
        tile_path(log->dir, (int)l, n, true, 0, path);
        DIR *folder = width > 0 ? opendir(path) : NULL;
        const struct dirent *file;
        while (folder != NULL && (file = readdir(folder)) != NULL) {
            uint64_t w;
            size_t size = 0;
            if (!rh_audit_number(file->d_name, strlen(file->d_name), &w) || w == 0 ||
                w > width) {
                continue; /* the writer may be ahead of its checkpoint */
            }
            tile_path(log->dir, (int)l, n, true, (unsigned)w, path);
            char *bytes = rh_audit_file(path, RH_AUDIT_WIDTH * 32, &size);
            if (bytes == NULL || size != w * 32 ||
                memcmp(bytes, log->level[l] + n * RH_AUDIT_WIDTH, size) != 0) {
                rh_audit_finding(audit, "The partial tile %s does not fit the entries.",
                                 "部分瓦片 %s 与条目不符。", path);
            }
            free(bytes);
        }
        if (folder != NULL) {
            closedir(folder);
        }
    }
}

static bool
make_levels(rh_audit_log *log)
{
    bool ok = true;
    for (unsigned l = 0; l < RH_AUDIT_LEVELS; l++) {
        log->n[l] = log->note.size >> (8 * l);
        log->level[l] = calloc((size_t)log->n[l] + 1, sizeof *log->level[l]);
        ok &= log->level[l] != NULL;
    }
    return ok;
}

bool
rh_audit_log_check(rh_audit *audit, rh_audit_log *log, unsigned threads)
{
    unsigned before = audit->findings;
    work w = {.audit = audit,
              .log = log,
              .bundles = (log->note.size + RH_AUDIT_WIDTH - 1) / RH_AUDIT_WIDTH};
    pthread_t thread[THREADS];
    bool running[THREADS] = {false};
    rh_audit_sha *sha = rh_audit_sha_new();
    if (log->note.size > (uint64_t)1 << 40 || !make_levels(log) || sha == NULL) {
        rh_audit_finding(audit, "Not enough memory for %" PRIu64 " entries.",
                         "内存不足以处理 %" PRIu64 " 条。", log->note.size);
        rh_audit_sha_free(sha);
        return false;
    }
    threads = threads < 1 ? 1 : threads > THREADS ? THREADS : threads;
    for (unsigned i = 1; i < threads; i++) {
        running[i] = pthread_create(&thread[i], NULL, worker, &w) == 0;
    }
    bool done = worker(&w) != NULL;
    for (unsigned i = 1; i < threads; i++) {
        if (running[i]) {
            pthread_join(thread[i], NULL);
        }
    }
    for (unsigned l = 1; done && l < RH_AUDIT_LEVELS; l++) {
        for (uint64_t n = 0; n < log->n[l]; n++) {
            if (l > 1) {
                root_of(sha, (const uint8_t(*)[32])log->level[l - 1] + n * RH_AUDIT_WIDTH,
                        RH_AUDIT_WIDTH, log->level[l][n]);
            }
        }
        for (uint64_t n = 0; n * RH_AUDIT_WIDTH < log->n[l]; n++) {
            compare_tile(audit, log, l, n);
        }
    }
    rh_audit_sha_free(sha);
    compare_partials(audit, log);
    uint8_t root[32];
    if (!done || !rh_audit_log_root(log, log->note.size, root) ||
        memcmp(root, log->note.root, 32) != 0) {
        rh_audit_finding(audit,
                         "The %" PRIu64 " entries give another root than the checkpoint says.",
                         "%" PRIu64 " 条条目算出的根与检查点不同。", log->note.size);
    }
    return audit->findings == before;
}
