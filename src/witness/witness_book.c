/* What a witness knows: see witness_book.h. */
#include "witness/witness_book.h"

#include "core/mem.h"
#include "witness/witness_request.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = 512, LINE = 400 };

struct rh_witness_book {
    int dir;
    char path[PATH];
    rh_signer key;
    rh_watched *log;
    size_t n;
};

/* --- files ------------------------------------------------------------------------------------------ */

/* The whole file durably under its name: written aside, synced, renamed, folder synced. */
static rh_status
put_file(int dir, const char *folder, const char *name, const char *text, size_t size,
         rh_err *err)
{
    char temporary[PATH], path[PATH];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(temporary, sizeof temporary, "%s/%s.tmp", folder, name);
    if (mkdirat(dir, folder, 0777) == 0) {
        (void)fsync(dir);
    }
    int fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool ok = fd >= 0 && write(fd, text, size) == (ssize_t)size && fsync(fd) == 0;
    int cause = errno;
    ok = (fd < 0 || close(fd) == 0) && ok;
    if (ok && renameat(dir, temporary, dir, path) != 0) {
        ok = false;
        cause = errno;
    }
    int above = ok ? openat(dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (above >= 0) {
        ok = fsync(above) == 0;
        close(above);
    }
    return ok && above >= 0 ? RH_OK
                            : rh_fail(err, RH_IO, "The file %s cannot be written: %s.", path,
                                      strerror(cause));
}

static bool
get_file(int dir, const char *path, rh_note *out)
{
    int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, out->text, RH_NOTE_MOST) : -1;
    if (fd >= 0) {
        close(fd);
    }
    out->size = n > 0 ? (size_t)n : 0;
    out->text[out->size] = '\0';
    return n >= 0;
}

rh_status
rh_witness_book_make(const char *dir, const char *name, rh_err *err)
{
    rh_signer key;
    char path[PATH], text[RH_KEY_TEXT + 1];
    if (strlen(dir) + 20 > sizeof path) {
        return rh_fail(err, RH_INPUT, "The name of the folder is too long.");
    }
    if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
        return rh_fail(err, RH_IO, "The folder %s cannot be made: %s.", dir, strerror(errno));
    }
    RH_TRY(rh_signer_new(name, RH_KEY_WITNESS, &key, err));
    snprintf(path, sizeof path, "%s/witness.key", dir);
    rh_status status = rh_signer_write(&key, path, err);
    rh_verifier_text(&key.is, text);
    rh_signer_wipe(&key);
    RH_TRY(status);
    size_t n = strlen(text);
    text[n] = '\n';
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    status = fd >= 0 ? put_file(fd, ".", "witness.pub", text, n + 1, err)
                     : rh_fail(err, RH_IO, "The folder %s cannot be opened: %s.", dir,
                               strerror(errno));
    if (fd >= 0) {
        close(fd);
    }
    return status;
}

rh_status
rh_witness_book_watch(const char *dir, const char *key, rh_err *err)
{
    rh_witness_book *book;
    rh_verifier log;
    char text[RH_KEY_TEXT];
    RH_TRY(rh_verifier_parse(key, &log, err));
    if (log.type != RH_KEY_NOTE) {
        return rh_fail(err, RH_INPUT, "The key of %s is the key of a witness, not of a log.",
                       log.name);
    }
    RH_TRY(rh_witness_book_open(dir, true, &book, err));
    rh_note list = {0};
    rh_status status = RH_OK;
    (void)get_file(book->dir, "logs", &list);
    for (size_t i = 0; i < book->n; i++) {
        if (strcmp(book->log[i].key.name, log.name) == 0) {
            status = rh_fail(err, RH_INPUT, "The log %s is watched already.", log.name);
        }
    }
    rh_verifier_text(&log, text);
    if (status == RH_OK && list.size + strlen(text) + 1 > RH_NOTE_MOST) {
        status = rh_fail(err, RH_RANGE, "The witness watches too many logs.");
    }
    if (status == RH_OK) {
        int n = snprintf(list.text + list.size, sizeof list.text - list.size, "%s\n", text);
        status = put_file(book->dir, ".", "logs", list.text, list.size + (size_t)n, err);
    }
    rh_witness_book_close(book);
    return status;
}

/* --- opening ----------------------------------------------------------------------------------------- */

static rh_status
load_state(const rh_witness_book *book, rh_watched *log, rh_err *err)
{
    unsigned char hash[32];
    char path[40];
    crypto_hash_sha256(hash, (const unsigned char *)log->key.name, strlen(log->key.name));
    sodium_bin2hex(log->file, 17, hash, 8);
    snprintf(path, sizeof path, "state/%s", log->file);
    if (!get_file(book->dir, path, &log->note)) {
        if (errno == ENOENT) {
            rh_tree *nothing;
            RH_TRY(rh_tree_new(&nothing, err));
            rh_tree_root(nothing, 0, &log->root);
            rh_tree_free(nothing);
            return RH_OK;
        }
        return rh_fail(err, RH_IO, "%s/%s cannot be read: %s.", book->path, path,
                       strerror(errno));
    }
    rh_checkpoint checkpoint;
    rh_err cause = {0};
    if (rh_checkpoint_parse(log->note.text, log->note.size, &checkpoint, &cause) != RH_OK ||
        rh_checkpoint_trust(&checkpoint, &log->key, NULL, 0, 0, &cause) != RH_OK) {
        return rh_fail(err, RH_INVARIANT,
                       "What %s/%s keeps of the log %s is damaged: %.300s The witness does not "
                       "begin anew by itself.",
                       book->path, path, log->key.name, cause.text);
    }
    log->size = checkpoint.size;
    log->root = checkpoint.root;
    return RH_OK;
}

static rh_status
load_logs(rh_witness_book *book, rh_err *err)
{
    rh_note list;
    if (!get_file(book->dir, "logs", &list)) {
        return errno == ENOENT ? RH_OK
                               : rh_fail(err, RH_IO, "%s/logs cannot be read: %s.", book->path,
                                         strerror(errno));
    }
    for (char *line = list.text; *line != '\0';) {
        char *end = line + strcspn(line, "\n");
        bool last = *end == '\0';
        *end = '\0';
        if (*line != '\0' && *line != '#') {
            rh_watched *grown = rh_resize(book->log, book->n + 1, sizeof *grown);
            if (grown == NULL) {
                return rh_fail(err, RH_MEMORY, "Not enough memory for %zu logs.", book->n + 1);
            }
            book->log = grown;
            rh_watched *log = &grown[book->n++];
            memset(log, 0, sizeof *log);
            RH_TRY(rh_verifier_parse(line, &log->key, err));
            RH_TRY(load_state(book, log, err));
        }
        line = last ? end : end + 1;
    }
    return RH_OK;
}

rh_status
rh_witness_book_open(const char *dir, bool alone, rh_witness_book **out, rh_err *err)
{
    rh_witness_book *book;
    char path[PATH];
    RH_NEW(book, 1, err);
    snprintf(book->path, sizeof book->path, "%s", dir);
    snprintf(path, sizeof path, "%.490s/witness.key", dir);
    book->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    rh_status status =
        book->dir >= 0
            ? RH_OK
            : rh_fail(err, RH_IO, "The folder %s cannot be opened: %s.", dir, strerror(errno));
    if (status == RH_OK && alone && flock(book->dir, LOCK_EX | LOCK_NB) != 0) {
        status = rh_fail(err, RH_INVARIANT, "Another program is using %s.", dir);
    }
    if (status == RH_OK) {
        status = rh_signer_read(path, &book->key, err);
    }
    if (status == RH_OK && book->key.is.type != RH_KEY_WITNESS) {
        status = rh_fail(err, RH_INPUT, "%s is not the key of a witness.", path);
    }
    if (status == RH_OK) {
        status = load_logs(book, err);
    }
    if (status != RH_OK) {
        rh_witness_book_close(book);
        return status;
    }
    *out = book;
    return RH_OK;
}

void
rh_witness_book_close(rh_witness_book *book)
{
    if (book == NULL) {
        return;
    }
    if (book->dir >= 0) {
        close(book->dir);
    }
    rh_signer_wipe(&book->key);
    rh_free(book->log);
    rh_free(book);
}

const rh_verifier *
rh_witness_book_key(const rh_witness_book *book)
{
    return &book->key.is;
}

size_t
rh_witness_book_count(const rh_witness_book *book)
{
    return book->n;
}

const rh_watched *
rh_witness_book_at(const rh_witness_book *book, size_t i)
{
    return &book->log[i];
}

size_t
rh_witness_book_evidence(const rh_witness_book *book)
{
    int fd = openat(book->dir, "evidence", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    size_t n = 0;
    const struct dirent *file;
    while (folder != NULL && (file = readdir(folder)) != NULL) {
        size_t length = strlen(file->d_name);
        n += length > 4 && strcmp(file->d_name + length - 4, ".txt") == 0;
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return n;
}

/* --- answering --------------------------------------------------------------------------------------- */

static void say(rh_witness_answer *out, int code, const char *format, ...) RH_PRINTF(3, 4);

static void
say(rh_witness_answer *out, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(out->body.text, sizeof out->body.text - 1, format, args);
    va_end(args);
    out->code = code;
    out->type = "text/plain; charset=utf-8";
    out->body.size = n < 0 ? 0 : (size_t)n < RH_NOTE_MOST ? (size_t)n : RH_NOTE_MOST - 1;
    out->body.text[out->body.size++] = '\n';
    out->body.text[out->body.size] = '\0';
}

/* Both notes in one file, for everybody to check (ronghe-audit compare). One file a pair, so that repeating fills no disk. */
static rh_status
keep_evidence(const rh_witness_book *book, const rh_watched *log, const rh_witness_request *r,
              rh_err *err)
{
    static const char between[] = "=====\n";
    char name[80], hex[17], *text;
    sodium_bin2hex(hex, sizeof hex, r->checkpoint.root.byte, 8);
    snprintf(name, sizeof name, "%s-%" PRIu64 "-%s.txt", log->file, log->size, hex);
    size_t size = log->note.size + sizeof between - 1 + r->note_size;
    RH_NEW(text, size, err);
    memcpy(text, log->note.text, log->note.size);
    memcpy(text + log->note.size, between, sizeof between - 1);
    memcpy(text + log->note.size + sizeof between - 1, r->note, r->note_size);
    rh_status status = put_file(book->dir, "evidence", name, text, size, err);
    rh_free(text);
    return status;
}

static rh_watched *
watched(rh_witness_book *book, const char *origin)
{
    for (size_t i = 0; i < book->n; i++) {
        if (strcmp(book->log[i].key.name, origin) == 0) {
            return &book->log[i];
        }
    }
    return NULL;
}

/* The checkpoint is the log's and follows from what is known: keep it (W1), then cosign. */
static void
cosign(rh_witness_book *book, rh_watched *log, const rh_witness_request *r, uint64_t now_s,
       rh_witness_answer *out)
{
    rh_err err = {0};
    if (r->checkpoint.size > log->size || log->note.size == 0) {
        if (put_file(book->dir, "state", log->file, r->note, r->note_size, &err) != RH_OK) {
            say(out, 500, "%s", err.text);
            return;
        }
        log->size = r->checkpoint.size;
        log->root = r->checkpoint.root;
        memcpy(log->note.text, r->note, r->note_size);
        log->note.size = r->note_size;
        log->note.text[r->note_size] = '\0';
    }
    if (rh_cosignature(&r->checkpoint, &book->key, now_s, &out->body, &err) != RH_OK) {
        say(out, 500, "%s", err.text);
        return;
    }
    out->code = 200;
    out->type = "text/plain; charset=utf-8";
}

void
rh_witness_book_answer(rh_witness_book *book, const char *bytes, size_t size, uint64_t now_s,
                       rh_witness_answer *out)
{
    rh_witness_request r;
    rh_err err = {0};
    out->body.size = 0;
    if (rh_witness_request_parse(bytes, size, &r, &err) != RH_OK) {
        say(out, 400, "%s", err.text);
        return;
    }
    rh_watched *log = watched(book, r.checkpoint.origin);
    if (log == NULL) {
        say(out, 404, "The log %s is not watched here.", r.checkpoint.origin);
        return;
    }
    if (rh_checkpoint_verify(&r.checkpoint, &log->key, NULL, &err) != RH_OK) {
        say(out, 403, "%s", err.text);
        return;
    }
    if (r.old > r.checkpoint.size) {
        say(out, 400, "The old size is larger than the checkpoint's.");
        return;
    }
    bool split = log->note.size > 0 && r.checkpoint.size == log->size &&
                 memcmp(&r.checkpoint.root, &log->root, sizeof log->root) != 0;
    if (split && keep_evidence(book, log, &r, &err) != RH_OK) {
        say(out, 500, "%s", err.text);
        return;
    }
    if (r.old != log->size) {
        say(out, 409, "%" PRIu64, log->size);
        out->type = "text/x.tlog.size";
        return;
    }
    if (split) {
        say(out, 409,
            "Another root of %" PRIu64
            " entries was cosigned before: two views of one log. Both are kept as evidence.",
            log->size);
        return;
    }
    if (rh_consistency_verify(log->size, &log->root, r.checkpoint.size, &r.checkpoint.root,
                              r.proof, r.n, &err) != RH_OK) {
        say(out, 422, "%s", err.text);
        return;
    }
    cosign(book, log, &r, now_s, out);
}
