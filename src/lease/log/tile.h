/* The log's published files: C2SP tlog-tiles under one directory.
 *
 *     checkpoint                    the newest signed checkpoint, always written last
 *     tile/<L>/<N>[.p/<W>]          hashes of level L, 256 a tile; <N>.p/<W> holds the first W of a tile that is not full
 *     tile/entries/<N>[.p/<W>]      the entries, each with its length in 2 bytes in front, big end first
 *
 * <N> is written x001/x234/067. The database is the truth and the files are derived: the same entries always give the same files.
 * T1 a file is written whole under another name, synced and renamed: nobody ever reads half a file.
 * T2 when a checkpoint can be read, every file that it needs can be read, after a crash too.
 * T3 a file that a checkpoint needed stays until the full tile has taken its place under a newer checkpoint.
 * Adding costs memory only. Writing k entries writes the tiles and bundles that they touch, three files for a few entries.
 * One writer a directory (it is locked). Not for several threads at once: a service gives it to one thread that takes committed
 * entries from a queue and publishes, so that nobody's command waits for these disk writes (six syncs a publication). */
#ifndef RH_LOG_TILE_H
#define RH_LOG_TILE_H

#include "log/checkpoint.h"

enum { RH_ENTRY_MOST = 65535, RH_TILE_PATH = 96 };

typedef struct rh_tlog rh_tlog;

/* Path of a tile below the directory; level < 0 stands for entries, width 256 (or 0) for a full tile. */
void rh_tile_path(int level, uint64_t n, unsigned width, char out[RH_TILE_PATH]);

/* Open the directory (made when missing) and read what it holds: the hashes up to its checkpoint.
 * `log`: key that must have signed the checkpoint; its name is the origin.
 * Errors: RH_IO; RH_INVARIANT when the files contradict the checkpoint or one another, or another writer has the directory. */
RH_MUST_CHECK rh_status rh_tlog_open(const char *dir, const rh_verifier *log, rh_tlog **out,
                                     rh_err *err);
void rh_tlog_close(rh_tlog *log);

/* For benches and tests on scratch directories: do not wait for the disk (T2 then holds without a crash only). */
void rh_tlog_without_sync(rh_tlog *log);

uint64_t rh_tlog_size(const rh_tlog *log);      /* entries added or found */
uint64_t rh_tlog_published(const rh_tlog *log); /* entries of the checkpoint in the directory */
const rh_tree *rh_tlog_tree(const rh_tlog *log); /* for proofs; valid until the next add */

/* After opening: is the directory ahead of a database of `n` entries? A directory that is behind is well: give it the rest.
 * Errors: RH_INVARIANT with a sentence. */
RH_MUST_CHECK rh_status rh_tlog_expect(const rh_tlog *log, uint64_t n, rh_err *err);

/* Entry number `index`. The next one is added; one that is there already is compared with its hash (a replay from any index on).
 * Errors: RH_RANGE for a gap or more than RH_ENTRY_MOST bytes; RH_INVARIANT when another entry stands there; RH_MEMORY. */
RH_MUST_CHECK rh_status rh_tlog_add(rh_tlog *log, uint64_t index, const void *entry,
                                    size_t size, rh_err *err);

/* Write the tiles and entries of all that was added. Errors: RH_IO; it may be called again. */
RH_MUST_CHECK rh_status rh_tlog_write(rh_tlog *log, rh_err *err);

/* rh_tlog_write, then a signed checkpoint of it: to be shown to witnesses (witness_client.h) and put. */
RH_MUST_CHECK rh_status rh_tlog_sign(rh_tlog *log, const rh_signer *signer, rh_note *out,
                                     rh_err *err);

/* The note becomes `checkpoint`. It may be an older one than was signed last (witnesses take time), but not older than the published.
 * Errors: RH_INVARIANT when it is not of this log's entries; RH_RANGE when it is older; RH_IO. */
RH_MUST_CHECK rh_status rh_tlog_put(rh_tlog *log, const char *note, size_t size, rh_err *err);

/* Sign and put, without witnesses. */
RH_MUST_CHECK rh_status rh_tlog_publish(rh_tlog *log, const rh_signer *signer, rh_err *err);

/* The checkpoint that stands in the directory; size 0 when there is none yet. Errors: RH_IO. */
RH_MUST_CHECK rh_status rh_tlog_note(const rh_tlog *log, rh_note *out, rh_err *err);

/* An entry from the files or from what waits to be written; the caller frees. Errors: RH_RANGE; RH_IO; RH_INVARIANT. */
RH_MUST_CHECK rh_status rh_tlog_entry(const rh_tlog *log, uint64_t index, uint8_t **out,
                                      size_t *size, rh_err *err);

#endif
