/* The log's files: see tile.h. All paths are relative to the open directory.
 *
 * In memory: the tree (all hashes) and the framed bytes of the entries from the last full bundle on, so that a bundle that is
 * not full can be written again. `written` is the size up to which tiles stand in the directory. */
#include "log/tile.h"

#include "core/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENTRIES = -1, BUNDLE_MOST = RH_TILE_WIDTH * (2 + RH_ENTRY_MOST) };

struct rh_tlog {
    int dir;
    char *path; /* for sentences */
    rh_verifier key;
    rh_tree *tree;
    uint64_t written, published, cleaned; /* partial tiles below `cleaned` entries are gone */
    bool no_sync;
    uint64_t first; /* entry that `bytes` begins with, a multiple of RH_TILE_WIDTH */
    uint8_t *bytes; /* framed entries [first, size) */
    size_t used, room;
    size_t *start; /* of bundle first/256 + i in `bytes` */
    size_t n_starts, start_room;
};

void
rh_tile_path(int level, uint64_t n, unsigned width, char out[RH_TILE_PATH])
{
    char number[40];
    unsigned group[7], groups = 0;
    do {
        group[groups++] = (unsigned)(n % 1000);
        n /= 1000;
    } while (n > 0);
    size_t used = 0;
    while (groups-- > 0) {
        used += (size_t)snprintf(number + used, sizeof number - used,
                                 groups > 0 ? "x%03u/" : "%03u", group[groups]);
    }
    char where[12] = "entries", part[8] = "";
    if (level >= 0) {
        snprintf(where, sizeof where, "%d", level);
    }
    if (width > 0 && width < RH_TILE_WIDTH) {
        snprintf(part, sizeof part, ".p/%u", width);
    }
    snprintf(out, RH_TILE_PATH, "tile/%s/%s%s", where, number, part);
}

/* --- files ------------------------------------------------------------------------------------------ */

static rh_status
sync_folder(const rh_tlog *log, const char *folder, rh_err *err)
{
    int fd = openat(log->dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    int cause = errno;
    if (fd >= 0) {
        close(fd);
    }
    return ok ? RH_OK
              : rh_fail(err, RH_IO, "The folder %s/%s cannot be synced: %s.", log->path, folder,
                        strerror(cause));
}

/* The folder that holds `path`, "." for none. */
static void
folder_of(const char *path, char out[RH_TILE_PATH])
{
    const char *slash = strrchr(path, '/');
    snprintf(out, RH_TILE_PATH, "%.*s", slash != NULL ? (int)(slash - path) : 1,
             slash != NULL ? path : ".");
}

/* Make the folders above `path`, each durably entered in the one above it. */
static rh_status
make_folders(const rh_tlog *log, const char *path, rh_err *err)
{
    char part[RH_TILE_PATH], above[RH_TILE_PATH];
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        if (mkdirat(log->dir, part, 0777) == 0) {
            folder_of(part, above);
            if (!log->no_sync) {
                RH_TRY(sync_folder(log, above, err));
            }
        } else if (errno != EEXIST) {
            return rh_fail(err, RH_IO, "The folder %s/%s cannot be made: %s.", log->path, part,
                           strerror(errno));
        }
    }
    return RH_OK;
}

static bool
write_all(int fd, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        bytes += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* The whole file under its name (T1). The caller syncs the folder. */
static rh_status
write_file(const rh_tlog *log, const char *path, const void *bytes, size_t size, rh_err *err)
{
    enum { MODE = 0644, FLAGS = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC };
    char temporary[RH_TILE_PATH + 8];
    snprintf(temporary, sizeof temporary, "%s.tmp", path);
    int fd = openat(log->dir, temporary, FLAGS, MODE);
    if (fd < 0 && errno == ENOENT) {
        RH_TRY(make_folders(log, path, err));
        fd = openat(log->dir, temporary, FLAGS, MODE);
    }
    bool ok = fd >= 0 && write_all(fd, bytes, size) && (log->no_sync || fsync(fd) == 0);
    int cause = errno;
    if (fd >= 0 && close(fd) != 0 && ok) {
        ok = false;
        cause = errno;
    }
    if (ok && renameat(log->dir, temporary, log->dir, path) != 0) {
        ok = false;
        cause = errno;
    }
    if (!ok) {
        unlinkat(log->dir, temporary, 0);
        return rh_fail(err, RH_IO, "%s/%s cannot be written: %s.", log->path, path,
                       strerror(cause));
    }
    return RH_OK;
}

/* At most `room` bytes of a file; RH_MISSING when there is none. */
static rh_status
read_file(const rh_tlog *log, const char *path, void *bytes, size_t room, size_t *size,
          rh_err *err)
{
    int fd = openat(log->dir, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        return rh_fail(err, RH_MISSING, "%s/%s is missing.", log->path, path);
    }
    *size = 0;
    ssize_t n = fd >= 0 ? 1 : -1;
    while (n > 0 && *size < room) {
        n = read(fd, (uint8_t *)bytes + *size, room - *size);
        *size += n > 0 ? (size_t)n : 0;
    }
    int cause = errno;
    if (fd >= 0) {
        close(fd);
    }
    return n >= 0 ? RH_OK
                  : rh_fail(err, RH_IO, "%s/%s cannot be read: %s.", log->path, path,
                            strerror(cause));
}

/* The tile of that width, or the full tile that took its place. */
static rh_status
read_tile(const rh_tlog *log, int level, uint64_t n, unsigned width, void *bytes, size_t room,
          size_t *size, rh_err *err)
{
    char path[RH_TILE_PATH];
    rh_tile_path(level, n, width, path);
    rh_status status =
        read_file(log, path, bytes, room, size, width < RH_TILE_WIDTH ? NULL : err);
    if (status == RH_OK || width == RH_TILE_WIDTH) {
        return status;
    }
    char full[RH_TILE_PATH];
    rh_tile_path(level, n, RH_TILE_WIDTH, full);
    status = read_file(log, full, bytes, room, size, NULL);
    return status == RH_OK ? RH_OK : read_file(log, path, bytes, room, size, err);
}

/* --- entries in memory ------------------------------------------------------------------------------- */

/* The framed entry at *at: its bytes, *at behind it; false when it does not fit. */
static bool
next_entry(const uint8_t **at, const uint8_t *end, const uint8_t **entry, size_t *size)
{
    if (end - *at < 2) {
        return false;
    }
    *size = (size_t)(*at)[0] << 8 | (*at)[1];
    *entry = *at + 2;
    if ((size_t)(end - *entry) < *size) {
        return false;
    }
    *at = *entry + *size;
    return true;
}

static rh_status
room_for(rh_tlog *log, size_t size, rh_err *err)
{
    if (log->used + size + 2 > log->room) {
        size_t room = 2 * (log->used + size + 2) + 65536;
        uint8_t *grown = rh_resize(log->bytes, room, 1);
        if (grown == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %zu bytes of entries.", room);
        }
        log->bytes = grown;
        log->room = room;
    }
    if (log->n_starts == log->start_room) {
        size_t room = log->start_room > 0 ? 2 * log->start_room : 16;
        size_t *grown = rh_resize(log->start, room, sizeof *grown);
        if (grown == NULL) {
            return rh_fail(err, RH_MEMORY, "Not enough memory for %zu bundles of entries.",
                           room);
        }
        log->start = grown;
        log->start_room = room;
    }
    return RH_OK;
}

/* Keep the bytes of entry number `index`, the next one. There is room. */
static void
keep(rh_tlog *log, uint64_t index, const void *entry, size_t size)
{
    if (index % RH_TILE_WIDTH == 0) {
        log->start[log->n_starts++] = log->used;
    }
    log->bytes[log->used++] = (uint8_t)(size >> 8);
    log->bytes[log->used++] = (uint8_t)size;
    memcpy(log->bytes + log->used, entry, size);
    log->used += size;
}

/* Drop the bundles that are full and written. */
static void
drop_written(rh_tlog *log)
{
    size_t full = (size_t)(log->written / RH_TILE_WIDTH - log->first / RH_TILE_WIDTH);
    if (full == 0) {
        return;
    }
    size_t from = full < log->n_starts ? log->start[full] : log->used;
    memmove(log->bytes, log->bytes + from, log->used - from);
    log->used -= from;
    for (size_t i = full; i < log->n_starts; i++) {
        log->start[i - full] = log->start[i] - from;
    }
    log->n_starts = full < log->n_starts ? log->n_starts - full : 0;
    log->first += full * RH_TILE_WIDTH;
}

/* --- opening ----------------------------------------------------------------------------------------- */

/* Leaf hashes of the first `size` entries, from the tiles of level 0. */
static rh_status
load_leaves(rh_tlog *log, uint64_t size, rh_err *err)
{
    rh_digest hash[RH_TILE_WIDTH];
    for (uint64_t at = 0; at < size; at += RH_TILE_WIDTH) {
        size_t bytes = 0;
        unsigned width = size - at < RH_TILE_WIDTH ? (unsigned)(size - at) : RH_TILE_WIDTH;
        RH_TRY(read_tile(log, 0, at / RH_TILE_WIDTH, width, hash, sizeof hash, &bytes, err));
        if (bytes < width * sizeof *hash) {
            return rh_fail(err, RH_INVARIANT,
                           "Tile %" PRIu64 " of level 0 in %s has %zu bytes instead of %zu.",
                           at / RH_TILE_WIDTH, log->path, bytes, width * sizeof *hash);
        }
        for (unsigned i = 0; i < width; i++) {
            RH_TRY(rh_tree_add(log->tree, &hash[i], err));
        }
    }
    return RH_OK;
}

/* Do the tiles above level 0 hold what follows from it? */
static rh_status
check_levels(const rh_tlog *log, rh_err *err)
{
    rh_digest hash[RH_TILE_WIDTH];
    for (unsigned l = 1; l < RH_TILE_LEVELS; l++) {
        uint64_t n = rh_tree_level_size(log->tree, l);
        for (uint64_t at = 0; at < n; at += RH_TILE_WIDTH) {
            size_t bytes = 0;
            unsigned width = n - at < RH_TILE_WIDTH ? (unsigned)(n - at) : RH_TILE_WIDTH;
            RH_TRY(read_tile(log, (int)l, at / RH_TILE_WIDTH, width, hash, sizeof hash, &bytes,
                             err));
            if (bytes < width * sizeof *hash ||
                memcmp(hash, rh_tree_at(log->tree, l, at), width * sizeof *hash) != 0) {
                return rh_fail(err, RH_INVARIANT,
                               "Tile %" PRIu64
                               " of level %u in %s contradicts the tiles below it.",
                               at / RH_TILE_WIDTH, l, log->path);
            }
        }
    }
    return RH_OK;
}

/* The entries of the bundle that is not full, each compared with its hash. */
static rh_status
load_bundle(rh_tlog *log, uint64_t size, rh_err *err)
{
    unsigned width = (unsigned)(size % RH_TILE_WIDTH);
    log->first = size - width;
    if (width == 0) {
        return RH_OK;
    }
    uint8_t *bundle;
    size_t bytes = 0;
    RH_NEW(bundle, BUNDLE_MOST, err);
    rh_status status =
        read_tile(log, ENTRIES, size / RH_TILE_WIDTH, width, bundle, BUNDLE_MOST, &bytes, err);
    const uint8_t *at = bundle, *entry;
    for (uint64_t i = log->first; status == RH_OK && i < size; i++) {
        size_t n = 0;
        rh_digest leaf;
        bool fits = next_entry(&at, bundle + bytes, &entry, &n);
        if (fits) {
            rh_tree_hash_leaf(entry, n, &leaf);
        }
        if (!fits || memcmp(&leaf, rh_tree_at(log->tree, 0, i), sizeof leaf) != 0) {
            status = rh_fail(err, RH_INVARIANT,
                             "Entry %" PRIu64 " in the files of %s contradicts its hash.", i,
                             log->path);
        } else if ((status = room_for(log, n, err)) == RH_OK) {
            keep(log, i, entry, n);
        }
    }
    rh_free(bundle);
    return status;
}

rh_status
rh_tlog_note(const rh_tlog *log, rh_note *out, rh_err *err)
{
    out->size = 0;
    rh_status status = read_file(log, "checkpoint", out->text, RH_NOTE_MOST, &out->size, NULL);
    if (status == RH_IO) {
        return read_file(log, "checkpoint", out->text, RH_NOTE_MOST, &out->size, err);
    }
    out->text[out->size] = '\0';
    return RH_OK;
}

static rh_status
load(rh_tlog *log, rh_err *err)
{
    rh_note note;
    rh_checkpoint checkpoint;
    rh_digest root;
    RH_TRY(rh_tree_new(&log->tree, err));
    RH_TRY(rh_tlog_note(log, &note, err));
    if (note.size == 0) {
        return RH_OK;
    }
    RH_TRY(rh_checkpoint_parse(note.text, note.size, &checkpoint, err));
    RH_TRY(rh_checkpoint_trust(&checkpoint, &log->key, NULL, 0, 0, err));
    RH_TRY(load_leaves(log, checkpoint.size, err));
    rh_tree_root(log->tree, checkpoint.size, &root);
    if (memcmp(&root, &checkpoint.root, sizeof root) != 0) {
        return rh_fail(err, RH_INVARIANT,
                       "The tiles in %s contradict their checkpoint of %" PRIu64
                       " entries: they give another root.",
                       log->path, checkpoint.size);
    }
    RH_TRY(check_levels(log, err));
    RH_TRY(load_bundle(log, checkpoint.size, err));
    log->written = log->published = checkpoint.size;
    return RH_OK;
}

rh_status
rh_tlog_open(const char *dir, const rh_verifier *key, rh_tlog **out, rh_err *err)
{
    rh_tlog *log;
    RH_NEW(log, 1, err);
    log->key = *key;
    log->dir = -1;
    log->path = rh_strdup(dir);
    rh_status status =
        log->path != NULL ? RH_OK : rh_fail(err, RH_MEMORY, "Not enough memory for a path.");
    if (status == RH_OK && mkdir(dir, 0777) != 0 && errno != EEXIST) {
        status = rh_fail(err, RH_IO, "The folder %s cannot be made: %s.", dir, strerror(errno));
    }
    if (status == RH_OK) {
        log->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (log->dir < 0) {
            status = rh_fail(err, RH_IO, "The folder %s cannot be opened: %s.", dir,
                             strerror(errno));
        } else if (flock(log->dir, LOCK_EX | LOCK_NB) != 0) {
            status = rh_fail(err, RH_INVARIANT, "Another program is writing to %s.", dir);
        }
    }
    if (status == RH_OK) {
        status = load(log, err);
    }
    if (status != RH_OK) {
        rh_tlog_close(log);
        return status;
    }
    *out = log;
    return RH_OK;
}

void
rh_tlog_close(rh_tlog *log)
{
    if (log == NULL) {
        return;
    }
    if (log->dir >= 0) {
        close(log->dir);
    }
    rh_tree_free(log->tree);
    rh_free(log->bytes);
    rh_free(log->start);
    rh_free(log->path);
    rh_free(log);
}

void
rh_tlog_without_sync(rh_tlog *log)
{
    log->no_sync = true;
}

uint64_t
rh_tlog_size(const rh_tlog *log)
{
    return rh_tree_size(log->tree);
}

uint64_t
rh_tlog_published(const rh_tlog *log)
{
    return log->published;
}

const rh_tree *
rh_tlog_tree(const rh_tlog *log)
{
    return log->tree;
}

rh_status
rh_tlog_expect(const rh_tlog *log, uint64_t n, rh_err *err)
{
    if (rh_tlog_size(log) > n) {
        return rh_fail(err, RH_INVARIANT,
                       "The log in %s has %" PRIu64 " entries, the database only %" PRIu64
                       ": was an old copy of the database put back?",
                       log->path, rh_tlog_size(log), n);
    }
    return RH_OK;
}

/* --- adding and writing ------------------------------------------------------------------------------ */

rh_status
rh_tlog_add(rh_tlog *log, uint64_t index, const void *entry, size_t size, rh_err *err)
{
    uint64_t next = rh_tlog_size(log);
    if (index > next || size > RH_ENTRY_MOST) {
        return rh_fail(err, RH_RANGE,
                       "Entry %" PRIu64
                       " of %zu bytes cannot be added to the log in %s: it has %" PRIu64
                       " entries, and one may have %d bytes.",
                       index, size, log->path, next, RH_ENTRY_MOST);
    }
    rh_digest leaf;
    rh_tree_hash_leaf(entry, size, &leaf);
    if (index < next) {
        return memcmp(&leaf, rh_tree_at(log->tree, 0, index), sizeof leaf) == 0
                   ? RH_OK
                   : rh_fail(err, RH_INVARIANT,
                             "Entry %" PRIu64 " in the log in %s is another one than the "
                             "database gives: one of them was changed.",
                             index, log->path);
    }
    RH_TRY(room_for(log, size, err));
    RH_TRY(rh_tree_add(log->tree, &leaf, err));
    keep(log, index, entry, size);
    return RH_OK;
}

/* Folder written to last: synced once, when the next file goes elsewhere. */
typedef struct batch {
    const rh_tlog *log;
    char folder[RH_TILE_PATH];
} batch;

static rh_status
batch_end(batch *b, rh_err *err)
{
    if (b->folder[0] != '\0' && !b->log->no_sync) {
        RH_TRY(sync_folder(b->log, b->folder, err));
    }
    b->folder[0] = '\0';
    return RH_OK;
}

static rh_status
batch_write(batch *b, int level, uint64_t n, unsigned width, const void *bytes, size_t size,
            rh_err *err)
{
    char path[RH_TILE_PATH], folder[RH_TILE_PATH];
    rh_tile_path(level, n, width, path);
    folder_of(path, folder);
    if (strcmp(folder, b->folder) != 0) {
        RH_TRY(batch_end(b, err));
    }
    RH_TRY(write_file(b->log, path, bytes, size, err));
    memcpy(b->folder, folder, sizeof folder);
    return RH_OK;
}

/* Tiles of a level that got hashes since `written`. */
static rh_status
write_level(batch *b, unsigned l, uint64_t size, rh_err *err)
{
    const rh_tree *tree = b->log->tree;
    uint64_t had = b->log->written >> (8 * l), has = size >> (8 * l);
    for (uint64_t at = had - had % RH_TILE_WIDTH; had < has && at < has; at += RH_TILE_WIDTH) {
        unsigned width = has - at < RH_TILE_WIDTH ? (unsigned)(has - at) : RH_TILE_WIDTH;
        RH_TRY(batch_write(b, (int)l, at / RH_TILE_WIDTH, width, rh_tree_at(tree, l, at),
                           width * sizeof(rh_digest), err));
    }
    return RH_OK;
}

static rh_status
write_entries(batch *b, uint64_t size, rh_err *err)
{
    const rh_tlog *log = b->log;
    for (size_t i = 0; i < log->n_starts; i++) {
        uint64_t at = log->first + i * RH_TILE_WIDTH;
        unsigned width = size - at < RH_TILE_WIDTH ? (unsigned)(size - at) : RH_TILE_WIDTH;
        size_t end = i + 1 < log->n_starts ? log->start[i + 1] : log->used;
        RH_TRY(batch_write(b, ENTRIES, at / RH_TILE_WIDTH, width, log->bytes + log->start[i],
                           end - log->start[i], err));
    }
    return RH_OK;
}

rh_status
rh_tlog_write(rh_tlog *log, rh_err *err)
{
    uint64_t size = rh_tlog_size(log);
    if (size == log->written) {
        return RH_OK;
    }
    batch b = {.log = log};
    RH_TRY(write_entries(&b, size, err));
    for (unsigned l = 0; l < RH_TILE_LEVELS; l++) {
        RH_TRY(write_level(&b, l, size, err));
    }
    RH_TRY(batch_end(&b, err));
    log->written = size;
    drop_written(log);
    return RH_OK;
}

rh_status
rh_tlog_sign(rh_tlog *log, const rh_signer *signer, rh_note *out, rh_err *err)
{
    if (memcmp(&signer->is, &log->key, sizeof log->key) != 0) {
        return rh_fail(err, RH_INPUT, "The log in %s is signed by %s, not by %s.", log->path,
                       log->key.name, signer->is.name);
    }
    RH_TRY(rh_tlog_write(log, err));
    rh_digest root;
    rh_tree_root(log->tree, log->written, &root);
    RH_TRY(rh_note_begin(log->key.name, log->written, &root, out, err));
    return rh_note_sign(out, signer, 0, err);
}

/* Remove the folder <N>.p of a tile, with what is in it. What stays behind harms nobody. */
static void
remove_partial(const rh_tlog *log, int level, uint64_t n)
{
    char path[RH_TILE_PATH];
    rh_tile_path(level, n, 1, path);
    *strrchr(path, '/') = '\0';
    int fd = openat(log->dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    if (folder == NULL) {
        if (fd >= 0) {
            close(fd);
        }
        return;
    }
    const struct dirent *file;
    while ((file = readdir(folder)) != NULL) {
        if (file->d_name[0] != '.') {
            unlinkat(fd, file->d_name, 0);
        }
    }
    closedir(folder);
    unlinkat(log->dir, path, AT_REMOVEDIR);
}

/* Partial tiles whose full tile the published checkpoint covers (T3). */
static void
clean(rh_tlog *log)
{
    for (int l = ENTRIES; l < RH_TILE_LEVELS; l++) {
        unsigned shift = l == ENTRIES ? 8 : 8 * ((unsigned)l + 1);
        for (uint64_t n = shift < 64 ? log->cleaned >> shift : 0;
             shift < 64 && n < log->published >> shift; n++) {
            remove_partial(log, l, n);
        }
    }
    log->cleaned = log->published;
}

rh_status
rh_tlog_put(rh_tlog *log, const char *note, size_t size, rh_err *err)
{
    rh_checkpoint checkpoint;
    rh_digest root;
    RH_TRY(rh_checkpoint_parse(note, size, &checkpoint, err));
    RH_TRY(rh_checkpoint_trust(&checkpoint, &log->key, NULL, 0, 0, err));
    if (checkpoint.size < log->published) {
        return rh_fail(err, RH_RANGE,
                       "A checkpoint of %" PRIu64 " entries cannot follow one of %" PRIu64 ".",
                       checkpoint.size, log->published);
    }
    bool ours = checkpoint.size <= log->written;
    if (ours) {
        rh_tree_root(log->tree, checkpoint.size, &root);
        ours = memcmp(&root, &checkpoint.root, sizeof root) == 0;
    }
    if (!ours) {
        return rh_fail(err, RH_INVARIANT,
                       "The checkpoint of %" PRIu64 " entries is not of the log in %s.",
                       checkpoint.size, log->path);
    }
    RH_TRY(write_file(log, "checkpoint", note, size, err));
    if (!log->no_sync) {
        RH_TRY(sync_folder(log, ".", err));
    }
    log->published = checkpoint.size;
    clean(log);
    return RH_OK;
}

rh_status
rh_tlog_publish(rh_tlog *log, const rh_signer *signer, rh_err *err)
{
    rh_note note;
    RH_TRY(rh_tlog_sign(log, signer, &note, err));
    return rh_tlog_put(log, note.text, note.size, err);
}

rh_status
rh_tlog_entry(const rh_tlog *log, uint64_t index, uint8_t **out, size_t *size, rh_err *err)
{
    if (index >= rh_tlog_size(log)) {
        return rh_fail(err, RH_RANGE, "The log in %s has no entry %" PRIu64 ".", log->path,
                       index);
    }
    uint8_t *bundle = NULL;
    const uint8_t *at = log->bytes, *end = at + log->used, *entry = at;
    uint64_t i = log->first;
    rh_status status = RH_OK;
    if (index < log->first) {
        size_t bytes = 0;
        RH_NEW(bundle, BUNDLE_MOST, err);
        status = read_tile(log, ENTRIES, index / RH_TILE_WIDTH, RH_TILE_WIDTH, bundle,
                           BUNDLE_MOST, &bytes, err);
        at = bundle;
        end = bundle + bytes;
        i = index - index % RH_TILE_WIDTH;
    }
    for (; status == RH_OK && i <= index; i++) {
        if (!next_entry(&at, end, &entry, size)) {
            status = rh_fail(err, RH_INVARIANT,
                             "The bundle of entry %" PRIu64 " in %s is too short.", index,
                             log->path);
        }
    }
    rh_digest leaf;
    if (status == RH_OK) {
        rh_tree_hash_leaf(entry, *size, &leaf);
        if (memcmp(&leaf, rh_tree_at(log->tree, 0, index), sizeof leaf) != 0) {
            status = rh_fail(err, RH_INVARIANT,
                             "Entry %" PRIu64 " in the files of %s contradicts its hash.",
                             index, log->path);
        }
    }
    if (status == RH_OK && (*out = rh_alloc(*size + 1, 1)) == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory for an entry of %zu bytes.", *size);
    }
    if (status == RH_OK) {
        memcpy(*out, entry, *size);
    }
    rh_free(bundle);
    return status;
}
