/* Opening, closing and making townships: see running.h. */
#include "verbs/running.h"

#include "core/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

rh_status
rh_running_open(const char *where, int64_t simulated_ms, rh_running *out, rh_err *err)
{
    memset(out, 0, sizeof *out);
    RH_TRY(rh_township_file_read(where, &out->file, err));
    if (simulated_ms != 0) {
        rh_clock_set(&out->clock, simulated_ms);
    }
    rh_log_options log = {.folder = out->file.folder,
                          .key_file = out->file.key,
                          .n_witnesses = out->file.n_witnesses};
    memcpy(log.witness, out->file.witness, sizeof log.witness);
    rh_status status = rh_log_publisher_open(&log, &out->publisher, err);
    if (status == RH_OK) {
        rh_service_options options = {.database = out->file.database,
                                      .publisher = rh_log_publisher_of(out->publisher),
                                      .clock = &out->clock};
        status = rh_service_open(&options, &out->service, err);
    }
    status = status == RH_OK ? rh_accounts_load(out->service, &out->accounts, err) : status;
    status =
        status == RH_OK ? rh_log_publisher_start(out->publisher, out->service, err) : status;
    if (status != RH_OK) {
        rh_status closed = rh_running_close(out, NULL);
        (void)closed; /* the first failure is told */
    }
    return status;
}

rh_status
rh_running_close(rh_running *r, rh_err *err)
{
    rh_status status = RH_OK;
    if (r->service != NULL) {
        status = rh_log_publisher_stop(r->publisher, err);
        rh_accounts_free(r->accounts);
        rh_service_close(r->service);
    }
    rh_log_publisher_close(r->publisher);
    r->service = NULL;
    r->publisher = NULL;
    r->accounts = NULL;
    return status;
}

/* ---- making one ---- */

static rh_status
make_folder(const char *folder, const char *name, mode_t mode, rh_err *err)
{
    char path[RH_TOWNSHIP_TEXT + 32];
    snprintf(path, sizeof path, "%s%s%s", folder, name[0] != '\0' ? "/" : "", name);
    return mkdir(path, mode) == 0 || errno == EEXIST
               ? RH_OK
               : rh_fail(err, RH_IO, "The folder %s cannot be made: %s.", path,
                         strerror(errno));
}

static rh_status
write_file(const rh_new_township *m, const char *path, rh_err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file == NULL) {
        return errno == EEXIST
                   ? rh_fail(err, RH_INPUT, "There is a township in %s already.", m->folder)
                   : rh_fail(err, RH_IO, "%s cannot be made: %s.", path, strerror(errno));
    }
    fprintf(file,
            "# 乡镇平台的配置 / where this township's things are (docs/lease/install.md)\n"
            "name_zh: %s\nname_en: %s\norigin: %s\ndatabase: %s\npublic: public\n"
            "documents: documents\nlogs: logs\nkey: keys/log.key\nlisten: %s\n"
            "# witness: http://127.0.0.1:8300 KEY\n",
            m->name_zh, m->name_en, m->origin,
            m->database != NULL ? m->database : "township.db", m->listen);
    bool good = fflush(file) == 0 && fsync(fileno(file)) == 0;
    fclose(file);
    return good ? RH_OK : rh_fail(err, RH_IO, "%s cannot be written.", path);
}

rh_status
rh_township_make(const rh_new_township *m, rh_err *err)
{
    char path[RH_TOWNSHIP_TEXT + 32];
    rh_township_file file;
    rh_signer signer;
    if (strlen(m->folder) >= RH_TOWNSHIP_TEXT - 32) {
        return rh_fail(err, RH_INPUT, "The folder's path is too long.");
    }
    RH_TRY(rh_signer_new(m->origin, RH_KEY_NOTE, &signer, err));
    rh_status status = make_folder(m->folder, "", 0700, err);
    snprintf(path, sizeof path, "%s/township.conf", m->folder);
    if (status == RH_OK && access(path, F_OK) == 0) {
        status = rh_fail(err, RH_INPUT, "There is a township in %s already.", m->folder);
    }
    static const struct {
        const char *name;
        mode_t mode;
    } inside[] = {{"keys", 0700}, {"documents", 0700}, {"logs", 0700}, {"public", 0755}};
    for (size_t i = 0; status == RH_OK && i < sizeof inside / sizeof inside[0]; i++) {
        status = make_folder(m->folder, inside[i].name, inside[i].mode, err);
    }
    if (status == RH_OK) {
        char key[RH_TOWNSHIP_TEXT + 32];
        snprintf(key, sizeof key, "%s/keys/log.key", m->folder);
        status = rh_signer_write(&signer, key, err);
    }
    rh_signer_wipe(&signer);
    status = status == RH_OK ? write_file(m, path, err) : status;
    return status == RH_OK ? rh_township_file_read(path, &file, err) : status;
}

rh_status
rh_township_key(const rh_township_file *file, char out[RH_KEY_TEXT], rh_err *err)
{
    rh_signer signer;
    RH_TRY(rh_signer_read(file->key, &signer, err));
    rh_verifier_text(&signer.is, out);
    rh_signer_wipe(&signer);
    return RH_OK;
}

/* ---- commands ---- */

typedef struct waiting {
    rh_done *done;
    rh_status status;
    rh_err *err;
    rh_command_kind kind;
} waiting;

static void
take_reply(void *context, const rh_reply *reply)
{
    waiting *w = context;
    w->status = RH_OK;
    if (reply->status != RH_OK) {
        w->status = rh_fail(w->err, reply->status, "%s", reply->sentence);
    } else if (reply->refusals.n > 0) {
        char text[900];
        rh_refusal_text(&reply->refusals.refusal[0], RH_ENGLISH, text, sizeof text);
        w->status = rh_fail(w->err, RH_INPUT, "%s was refused: %s",
                            rh_command_type(w->kind)->name, text);
    }
    if (w->done != NULL) {
        memset(w->done, 0, sizeof *w->done);
        w->done->seq = reply->seq;
        for (size_t i = 0; i < reply->n_rows; i++) {
            const rh_row_head *head = rh_row_head_of(reply->row[i]);
            if (head->version == 1) {
                w->done->id[reply->row[i].kind] = head->id;
            }
        }
    }
}

rh_status
rh_running_do(rh_running *running, const rh_submission *submission, rh_done *done, rh_err *err)
{
    waiting w = {.done = done, .err = err, .kind = submission->ask.kind};
    RH_TRY(rh_service_do(running->service, submission, take_reply, &w, err));
    return w.status;
}
