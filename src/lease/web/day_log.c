/* The log of a day: see day_log.h. */
#include "web/day_log.h"

#include "core/mem.h"
#include "domain/calendar_day.h"
#include "http/router.h"
#include "service/canonical.h"
#include "store/day_text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct rh_day_log {
    pthread_mutex_t lock;
    int folder, file, keep_days;
    int64_t day, failed;
    char name[40];
    rh_err trouble;
};

rh_status
rh_day_log_new(const char *folder, const char *name, int keep_days, rh_day_log **out,
               rh_err *err)
{
    rh_day_log *log;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return rh_fail(err, RH_IO, "%s: %s.", folder, strerror(errno));
    }
    log = rh_alloc(1, sizeof *log);
    if (log == NULL) {
        close(fd);
        return rh_fail(err, RH_MEMORY, "Not enough memory for a log.");
    }
    log->folder = fd;
    log->file = -1;
    log->keep_days = keep_days;
    log->day = INT64_MIN;
    snprintf(log->name, sizeof log->name, "%s", name);
    pthread_mutex_init(&log->lock, NULL);
    *out = log;
    return RH_OK;
}

void
rh_day_log_free(rh_day_log *log)
{
    if (log != NULL) {
        if (log->file >= 0) {
            (void)fsync(log->file);
            close(log->file);
        }
        close(log->folder);
        pthread_mutex_destroy(&log->lock);
        rh_free(log);
    }
}

static void
note_trouble(rh_day_log *log, const char *what)
{
    log->failed++;
    log->trouble = (rh_err){0};
    (void)rh_fail(&log->trouble, RH_IO, "%s: %s.", what, strerror(errno));
}

static void
file_name(const rh_day_log *log, int64_t day, char out[64])
{
    char text[RH_DAY_TEXT];
    out[0] = '\0';
    if (rh_day_write(day, text)) {
        snprintf(out, 64, "%s-%s.jsonl", log->name, text);
    }
}

/* Names sort as their days do. */
static void
delete_old(rh_day_log *log)
{
    char oldest[64];
    file_name(log, log->day - log->keep_days, oldest);
    int fd = openat(log->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL) {
        note_trouble(log, "The folder of the log cannot be read");
        if (fd >= 0) {
            close(fd);
        }
        return;
    }
    size_t name = strlen(log->name);
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        if (strlen(e->d_name) == strlen(oldest) && strncmp(e->d_name, log->name, name) == 0 &&
            e->d_name[name] == '-' && strcmp(e->d_name, oldest) < 0) {
            (void)unlinkat(log->folder, e->d_name, 0);
        }
    }
    closedir(dir);
}

static bool
open_day(rh_day_log *log, int64_t day)
{
    if (log->file >= 0 && log->day == day) {
        return true;
    }
    if (log->file >= 0) {
        (void)fsync(log->file);
        close(log->file);
    }
    char name[64];
    log->day = day;
    file_name(log, day, name);
    log->file =
        openat(log->folder, name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (log->file < 0) {
        note_trouble(log, "The log of the day cannot be opened");
        return false;
    }
    if (log->keep_days > 0) {
        delete_old(log);
    }
    return true;
}

static void
add_bytes(rh_day_log *log, int64_t now_ms, const char *bytes, size_t size)
{
    pthread_mutex_lock(&log->lock);
    if (open_day(log, rh_day_of_time(now_ms)) &&
        write(log->file, bytes, size) != (ssize_t)size) {
        note_trouble(log, "The log of the day cannot be written");
    }
    pthread_mutex_unlock(&log->lock);
}

void
rh_day_log_add(rh_day_log *log, int64_t now_ms, const char *line)
{
    if (log == NULL) {
        return;
    }
    rh_growing g = {0};
    rh_growing_text(&g, line);
    rh_growing_text(&g, "\n");
    if (!g.broken) {
        add_bytes(log, now_ms, g.text, g.size);
    }
    rh_growing_release(&g);
}

void
rh_day_log_visits(void *context, const rh_visit *visit, size_t n, uint64_t lost)
{
    rh_day_log *log = context;
    rh_growing g = {0};
    int64_t now_ms = 0;
    for (size_t i = 0; i < n; i++) {
        const rh_visit *v = &visit[i];
        now_ms = v->at_ms;
        rh_growing_format(&g,
                          "{\"what\":\"visit\",\"time\":%" PRId64 ",\"account\":%" PRId64
                          ",\"method\":\"%s\",\"path\":",
                          v->at_ms, v->account, rh_method_name((rh_method)v->method));
        rh_canonical_string(v->path, &g);
        rh_growing_format(&g,
                          ",\"status\":%d,\"bytes\":%" PRIu64 ",\"micros\":%" PRIu32
                          ",\"broken\":%s,\"address\":\"%s\"}\n",
                          v->status, v->bytes, v->micros, v->broken ? "true" : "false",
                          v->address);
    }
    if (lost > 0) {
        struct timespec t;
        clock_gettime(CLOCK_REALTIME, &t);
        now_ms = now_ms != 0 ? now_ms : (int64_t)t.tv_sec * 1000;
        rh_growing_format(&g,
                          "{\"what\":\"lost\",\"time\":%" PRId64 ",\"visits\":%" PRIu64 "}\n",
                          now_ms, lost);
    }
    if (g.size > 0 && !g.broken) {
        add_bytes(log, now_ms, g.text, g.size);
    }
    rh_growing_release(&g);
}

int64_t
rh_day_log_trouble(rh_day_log *log, rh_err *trouble)
{
    pthread_mutex_lock(&log->lock);
    int64_t failed = log->failed;
    *trouble = log->trouble;
    pthread_mutex_unlock(&log->lock);
    return failed;
}
