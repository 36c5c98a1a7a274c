/* The public log behind the service: see log_publisher.h. */
#include "service/log_publisher.h"

#include "core/mem.h"
#include "log/proof.h"
#include "service/open_data.h"
#include "store/growing.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { AGAIN_MS = 1000 };

struct rh_log_publisher {
    rh_log_options options;
    rh_growing folder, open_data;
    rh_publisher face;
    rh_signer signer;
    rh_service *service;
    pthread_t thread;
    bool runs;

    pthread_mutex_t mutex; /* of everything below */
    pthread_cond_t changed;
    rh_tlog *log;
    rh_note newest; /* signed, and not yet put; size 0: none */
    uint64_t signed_size;
    bool stop;
    rh_err trouble;

    /* of the showing thread */
    uint64_t open_size; /* entries of the open data; UINT64_MAX: none written yet */
    int64_t open_at_ms;
};

static int64_t
now_ms(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- called by the service ---- */

static int64_t
log_size(void *context)
{
    rh_log_publisher *p = context;
    pthread_mutex_lock(&p->mutex);
    int64_t size = (int64_t)rh_tlog_size(p->log);
    pthread_mutex_unlock(&p->mutex);
    return size;
}

static rh_status
add_entry(void *context, int64_t index, const void *entry, size_t size, rh_err *err)
{
    rh_log_publisher *p = context;
    pthread_mutex_lock(&p->mutex);
    rh_status status = rh_tlog_add(p->log, (uint64_t)index, entry, size, err);
    pthread_mutex_unlock(&p->mutex);
    return status;
}

static rh_status
sign_entries(void *context, rh_err *err)
{
    rh_log_publisher *p = context;
    pthread_mutex_lock(&p->mutex);
    rh_status status = rh_tlog_sign(p->log, &p->signer, &p->newest, err);
    if (status == RH_OK) {
        p->signed_size = rh_tlog_size(p->log);
        pthread_cond_broadcast(&p->changed);
    } else {
        p->newest.size = 0;
    }
    pthread_mutex_unlock(&p->mutex);
    return status;
}

/* ---- showing ---- */

static rh_status
prove(void *context, uint64_t old, uint64_t size, rh_digest proof[RH_PROOF_MOST], unsigned *n,
      rh_err *err)
{
    rh_log_publisher *p = context;
    pthread_mutex_lock(&p->mutex);
    rh_status status = rh_tree_consistency(rh_tlog_tree(p->log), old, size, proof, n, err);
    pthread_mutex_unlock(&p->mutex);
    return status;
}

static rh_status
keep_checkpoint(rh_log_publisher *p, const rh_note *note, rh_err *err)
{
    rh_checkpoint checkpoint;
    RH_TRY(rh_checkpoint_parse(note->text, note->size, &checkpoint, err));
    rh_keep_checkpoint line = {.id = RH_NONE,
                               .size = (int64_t)checkpoint.size,
                               .time = now_ms(CLOCK_REALTIME),
                               .note = note->text};
    memcpy(line.root.byte, &checkpoint.root, sizeof line.root.byte);
    return rh_service_keep(p->service, RH_KEEP_checkpoint, &line, NULL, err);
}

/* Cosigned by enough witnesses, into its place, and kept. */
static rh_status
show(rh_log_publisher *p, rh_note *note, rh_err *err)
{
    if (p->options.n_witnesses > 0) {
        RH_TRY(rh_witness_collect(p->options.witness, p->options.n_witnesses, p->options.need,
                                  prove, p, p->options.witness_ms, note, NULL, err));
    }
    pthread_mutex_lock(&p->mutex);
    rh_status status = rh_tlog_put(p->log, note->text, note->size, err);
    pthread_mutex_unlock(&p->mutex);
    return status == RH_OK ? keep_checkpoint(p, note, err) : status;
}

static rh_status
link_into(const rh_log_publisher *p, const char *name, rh_err *err)
{
    rh_growing from = {0}, to = {0};
    rh_growing_format(&from, "%s/%s", p->folder.text, name);
    rh_growing_format(&to, "open-data/%s", name);
    rh_status status = rh_growing_check(&from, err);
    status = status == RH_OK ? rh_growing_check(&to, err) : status;
    if (status == RH_OK && symlink(to.text, from.text) != 0 && errno != EEXIST) {
        status = rh_fail(err, RH_IO, "%s cannot be made: %s.", from.text, strerror(errno));
    }
    rh_growing_release(&from);
    rh_growing_release(&to);
    return status;
}

static rh_status
write_open_data(rh_log_publisher *p, uint64_t size, rh_err *err)
{
    rh_db *db;
    RH_TRY(rh_service_db_take(p->service, &db, err));
    rh_status status = rh_open_data_write(db, (int64_t)size, p->open_data.text, err);
    rh_service_db_give(p->service, db);
    status = status == RH_OK ? link_into(p, "ledger.csv", err) : status;
    status = status == RH_OK ? link_into(p, "totals.csv", err) : status;
    if (status == RH_OK) {
        p->open_size = size;
    }
    p->open_at_ms = now_ms(CLOCK_MONOTONIC);
    return status;
}

/* Wait, with the lock, so many milliseconds or until something changes. */
static void
wait_ms(rh_log_publisher *p, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + ms % 1000 * 1000000;
    until.tv_sec += ms / 1000 + ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    pthread_cond_timedwait(&p->changed, &p->mutex, &until);
}

static void *
showing(void *context)
{
    rh_log_publisher *p = context;
    int64_t between = (int64_t)p->options.open_data_s * 1000;
    bool failed = false;
    pthread_mutex_lock(&p->mutex);
    for (;;) {
        bool last = p->stop;
        rh_note note = p->newest;
        uint64_t size = p->signed_size, put = rh_tlog_published(p->log);
        bool new = note.size > 0 && size > put;
        int64_t left = p->open_at_ms + between - now_ms(CLOCK_MONOTONIC);
        bool stale = (new ? size : put) != p->open_size;
        if (!last && !new && !(stale && left <= 0)) {
            wait_ms(p, stale ? left + 1 : 60000);
            continue;
        }
        pthread_mutex_unlock(&p->mutex);
        rh_err err = {0};
        rh_status status = new ? show(p, &note, &err) : RH_OK;
        if (status == RH_OK && stale && (last || left <= 0)) {
            status = write_open_data(p, new ? size : put, &err);
        }
        pthread_mutex_lock(&p->mutex);
        p->trouble = err;
        failed = status != RH_OK;
        if (last) {
            break;
        }
        if (failed && !p->stop) {
            wait_ms(p, AGAIN_MS);
        }
    }
    pthread_mutex_unlock(&p->mutex);
    return NULL;
}

/* ---- opening and closing ---- */

rh_status
rh_log_publisher_open(const rh_log_options *options, rh_log_publisher **out, rh_err *err)
{
    rh_log_publisher *p;
    pthread_condattr_t monotonic;
    RH_NEW(p, 1, err);
    p->options = *options;
    p->options.need = options->need > 0 ? options->need : RH_WITNESS_NEED;
    if (p->options.need > options->n_witnesses) {
        p->options.need = options->n_witnesses;
    }
    p->options.witness_ms = options->witness_ms > 0 ? options->witness_ms : 3000;
    p->options.open_data_s = options->open_data_s > 0 ? options->open_data_s : 5;
    p->open_size = UINT64_MAX;
    p->open_at_ms = INT64_MIN / 2;
    p->face = (rh_publisher){
        .context = p, .size = log_size, .add = add_entry, .publish = sign_entries};
    pthread_mutex_init(&p->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&p->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    rh_growing_text(&p->folder, options->folder);
    rh_growing_format(&p->open_data, "%s/open-data", options->folder);
    rh_status status = rh_growing_check(&p->folder, err);
    status = status == RH_OK ? rh_growing_check(&p->open_data, err) : status;
    status = status == RH_OK ? rh_signer_read(options->key_file, &p->signer, err) : status;
    status =
        status == RH_OK ? rh_tlog_open(options->folder, &p->signer.is, &p->log, err) : status;
    if (status != RH_OK) {
        rh_log_publisher_close(p);
        return status;
    }
    *out = p;
    return RH_OK;
}

const rh_publisher *
rh_log_publisher_of(rh_log_publisher *p)
{
    return &p->face;
}

/* The log's last entry is compared with the journal's of that number: every entry before it is under the same root. */
static rh_status
compare_last(rh_log_publisher *p, rh_db *db, uint64_t size, rh_err *err)
{
    rh_cursor *cursor;
    const void *record;
    RH_TRY(rh_db_scan(db, RH_KEEP_journal, (int64_t)size, &cursor, err));
    rh_status status = rh_cursor_next(cursor, &record, NULL, err);
    const rh_keep_journal *line = record;
    if (status == RH_OK && (line == NULL || line->seq != (int64_t)size)) {
        status =
            rh_fail(err, RH_INVARIANT, "The journal has no command %llu, which the log has.",
                    (unsigned long long)size);
    }
    if (status == RH_OK) {
        status = add_entry(p, line->seq - 1, line->entry, strlen(line->entry), err);
    }
    rh_cursor_close(cursor);
    return status;
}

rh_status
rh_log_publisher_start(rh_log_publisher *p, rh_service *service, rh_err *err)
{
    p->service = service;
    uint64_t put = rh_log_publisher_shown(p, NULL);
    if (put > 0) {
        rh_db *db;
        RH_TRY(rh_service_db_take(service, &db, err));
        rh_status status = compare_last(p, db, put, err);
        rh_service_db_give(service, db);
        RH_TRY(status);
    }
    if (pthread_create(&p->thread, NULL, showing, p) != 0) {
        return rh_fail(err, RH_IO, "The thread that shows checkpoints cannot be started.");
    }
    p->runs = true;
    return RH_OK;
}

rh_status
rh_log_publisher_stop(rh_log_publisher *p, rh_err *err)
{
    if (!p->runs) {
        return RH_OK;
    }
    rh_status status = rh_service_publish(p->service, err);
    pthread_mutex_lock(&p->mutex);
    p->stop = true;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->mutex);
    pthread_join(p->thread, NULL);
    p->runs = false;
    return status == RH_OK && p->trouble.status != RH_OK
               ? rh_fail(err, p->trouble.status, "%s", p->trouble.text)
               : status;
}

void
rh_log_publisher_close(rh_log_publisher *p)
{
    if (p != NULL) {
        rh_tlog_close(p->log);
        rh_signer_wipe(&p->signer);
        rh_growing_release(&p->folder);
        rh_growing_release(&p->open_data);
        pthread_cond_destroy(&p->changed);
        pthread_mutex_destroy(&p->mutex);
        rh_free(p);
    }
}

uint64_t
rh_log_publisher_shown(rh_log_publisher *p, rh_err *trouble)
{
    pthread_mutex_lock(&p->mutex);
    uint64_t size = rh_tlog_published(p->log);
    if (trouble != NULL) {
        *trouble = p->trouble;
    }
    pthread_mutex_unlock(&p->mutex);
    return size;
}

rh_status
rh_log_publisher_receipt(void *context, int64_t seq, char **text, size_t *size, rh_err *err)
{
    rh_log_publisher *p = context;
    rh_note *note;
    uint8_t *entry = NULL;
    size_t n = 0;
    RH_NEW(note, 1, err);
    pthread_mutex_lock(&p->mutex);
    rh_status status =
        seq >= 1 && (uint64_t)seq <= rh_tlog_published(p->log)
            ? rh_tlog_note(p->log, note, err)
            : rh_fail(err, RH_RANGE, "Entry %lld is not published yet.", (long long)seq);
    if (status == RH_OK) {
        status = rh_tlog_entry(p->log, (uint64_t)seq - 1, &entry, &n, err);
    }
    if (status == RH_OK) {
        status = rh_receipt_write(rh_tlog_tree(p->log), (uint64_t)seq - 1, note->text,
                                  note->size, entry, n, text, size, err);
    }
    pthread_mutex_unlock(&p->mutex);
    rh_free(entry);
    rh_free(note);
    return status;
}
