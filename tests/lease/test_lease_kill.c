/* kill -9 (service.h): a child submits commands from several threads and tells over a pipe which were acknowledged; it is killed at a random instant, again
 * and again. Afterwards every acknowledged command is there under its number, the database verifies, the log is a prefix of the journal and
 * catches up.
 *   test_lease_kill [KILLS]     (40; the slow suite asks for 500) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/random.h"
#include "fake_domain.h"
#include "service/replay.h"

enum { THREADS = 4, FRESH_EVERY = 50 };

/* ---- a log in a file: entries as lines; a torn last line is cut off at opening, as the real log does ---- */

typedef struct file_log {
    int fd;
    int64_t n;
} file_log;

static void
open_log(file_log *log, const char *path)
{
    log->fd = open(path, O_RDWR | O_CREAT, 0600);
    FILE *f = fdopen(dup(log->fd), "r");
    char *line = NULL;
    size_t room = 0;
    off_t whole = 0;
    ssize_t size;
    log->n = 0;
    while ((size = getline(&line, &room, f)) > 0 && line[size - 1] == '\n') {
        whole += size;
        log->n++;
    }
    free(line);
    fclose(f);
    if (ftruncate(log->fd, whole) != 0 || lseek(log->fd, whole, SEEK_SET) < 0) {
        _exit(3);
    }
}

static int64_t
log_size(void *context)
{
    return ((file_log *)context)->n;
}

static rh_status
log_add(void *context, int64_t index, const void *entry, size_t size, rh_err *err)
{
    file_log *log = context;
    if (index != log->n || write(log->fd, entry, size / 2) < 0 ||
        write(log->fd, (const char *)entry + size / 2, size - size / 2) < 0 ||
        write(log->fd, "\n", 1) != 1) {
        return rh_fail(err, RH_IO, "The log cannot be written.");
    }
    log->n++;
    return RH_OK;
}

static rh_status
log_publish(void *context, rh_err *err)
{
    (void)err;
    return fsync(((file_log *)context)->fd) == 0 ? RH_OK : RH_IO;
}

/* ---- the child ---- */

typedef struct child {
    rh_service *service;
    int pipe;
    int thread, run;
} child;

typedef struct line {
    int64_t seq;
    char code[24];
} line;

static void
acknowledge(void *context, const rh_reply *reply)
{
    const child *c = ((void **)context)[0];
    const char *code = ((void **)context)[1];
    if (reply->status != RH_OK || reply->seq == RH_NONE) {
        _exit(4);
    }
    line l = {.seq = reply->seq};
    snprintf(l.code, sizeof l.code, "%s", code);
    if (write(c->pipe, &l, sizeof l) !=
        sizeof l) { /* smaller than PIPE_BUF: whole or not at all */
        _exit(5);
    }
}

static void *
submit_on_and_on(void *context)
{
    child *c = context;
    for (int i = 0;; i++) {
        char code[24];
        snprintf(code, sizeof code, "%d-%d-%d", c->run, c->thread, i);
        rh_private_text text = {"name", code};
        rh_submission s =
            i % 5 == 4
                ? fake_submission(RH_DO_party_add, FAKE_PARTY(), rh_role_clerk)
                : fake_submission(RH_DO_place_add, FAKE_PLACE(code, "村"), rh_role_township);
        s.request = code;
        s.text = &text;
        s.n_texts = i % 5 == 4 ? 1 : 0;
        void *both[2] = {c, code};
        rh_err err = {0};
        if (rh_service_do(c->service, &s, acknowledge, both, &err) != RH_OK) {
            _exit(6);
        }
    }
    return NULL;
}

static void
be_the_child(const char *db, const char *log_path, int run, int pipe)
{
    file_log log;
    open_log(&log, log_path);
    rh_publisher publisher = {&log, log_size, log_add, log_publish};
    rh_service_options options = {
        .database = db, .judge = &fake_domain, .publisher = &publisher, .batch = 8};
    rh_err err = {0};
    child c[THREADS];
    if (rh_service_open(&options, &c[0].service, &err) != RH_OK) {
        dprintf(2, "# %s\n", err.text);
        _exit(2);
    }
    pthread_t thread;
    for (int i = 0; i < THREADS; i++) {
        c[i] = (child){c[0].service, pipe, i, run};
        if (pthread_create(&thread, NULL, submit_on_and_on, &c[i]) != 0) {
            _exit(7);
        }
    }
    pthread_join(thread, NULL);
    _exit(0);
}

/* ---- the parent ---- */

typedef struct heard {
    line *line;
    size_t n, room;
} heard;

static void
hear(heard *h, int pipe, int ms)
{
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (;;) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        int left = ms - (int)((now.tv_sec - start.tv_sec) * 1000 +
                              (now.tv_nsec - start.tv_nsec) / 1000000);
        struct pollfd p = {pipe, POLLIN, 0};
        if ((ms >= 0 && left <= 0) || poll(&p, 1, ms >= 0 ? left : -1) == 0) {
            return;
        }
        if (h->n == h->room) {
            h->room = 2 * h->room + 256;
            h->line = realloc(h->line, h->room * sizeof *h->line);
        }
        ssize_t size = read(pipe, &h->line[h->n], sizeof(line));
        if (size <= 0) {
            return;
        }
        assert_int_equal(size, sizeof(line));
        h->n++;
    }
}

/* Every acknowledged command under its number. */
static void
check_journal(const char *db, const heard *h)
{
    rh_db *handle;
    rh_err err = {0};
    if (rh_db_open(db, NULL, RH_DB_WRITE, &handle, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    for (size_t i = 0; i < h->n; i++) {
        rh_cursor *cursor;
        const void *record;
        assert_int_equal(
            rh_db_find(handle, RH_KEEP_journal, "request", h->line[i].code, &cursor, &err),
            RH_OK);
        assert_int_equal(rh_cursor_next(cursor, &record, NULL, &err), RH_OK);
        if (record == NULL || ((const rh_keep_journal *)record)->seq != h->line[i].seq) {
            fail_msg("%s was acknowledged as %lld and is not there", h->line[i].code,
                     (long long)h->line[i].seq);
        }
        rh_cursor_close(cursor);
    }
    rh_db_close(handle);
}

/* The log holds entries of the journal from the first on, in order, none that is not committed. */
static void
check_log(const char *db, const char *log_path)
{
    rh_db *handle;
    rh_cursor *cursor;
    const void *record = NULL;
    rh_err err = {0};
    assert_int_equal(rh_db_open(db, NULL, RH_DB_READ, &handle, &err), RH_OK);
    assert_int_equal(rh_db_scan(handle, RH_KEEP_journal, 1, &cursor, &err), RH_OK);
    FILE *f = fopen(log_path, "r");
    char *text = NULL;
    size_t room = 0;
    ssize_t size;
    while (f != NULL && (size = getline(&text, &room, f)) > 0 && text[size - 1] == '\n') {
        text[size - 1] = '\0';
        assert_int_equal(rh_cursor_next(cursor, &record, NULL, &err), RH_OK);
        if (record == NULL) {
            fail_msg("The log has an entry that is not committed: %s", text);
        }
        assert_string_equal(((const rh_keep_journal *)record)->entry, text);
    }
    free(text);
    fclose(f);
    rh_cursor_close(cursor);
    rh_db_close(handle);
}

/* A start after the last kill: the log catches up to the journal's end. */
static void
check_catching_up(const char *db, const char *log_path)
{
    file_log log;
    open_log(&log, log_path);
    rh_publisher publisher = {&log, log_size, log_add, log_publish};
    rh_service_options options = {
        .database = db, .judge = &fake_domain, .publisher = &publisher};
    rh_service *service;
    rh_err err = {0};
    if (rh_service_open(&options, &service, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(rh_service_publish(service, &err), RH_OK);
    rh_service_figures figures = rh_service_count(service);
    rh_service_close(service);
    assert_int_equal(log.n, figures.seq);
    close(log.fd);
}

static int kills = 40;

static void
test_acknowledged_commands_survive_kill_9(void **state)
{
    (void)state;
    long acknowledged = 0;
    char folder[64], db[96], log[96], command[120];
    for (int run = 0; run < kills; run++) {
        if (run % FRESH_EVERY == 0) {
            snprintf(folder, sizeof folder, "/tmp/ronghe_kill_XXXXXX");
            assert_non_null(mkdtemp(folder));
            snprintf(db, sizeof db, "%s/t.db", folder);
            snprintf(log, sizeof log, "%s/log", folder);
        }
        int pipes[2];
        assert_int_equal(pipe(pipes), 0);
        pid_t pid = fork();
        if (pid == 0) {
            close(pipes[0]);
            be_the_child(db, log, run, pipes[1]);
        }
        close(pipes[1]);
        heard h = {0};
        /* the first start makes the tables: killed in the middle of that now and then */
        hear(&h, pipes[0], 1 + (int)(rh_draw(2026, (uint64_t)run) % 90));
        kill(pid, SIGKILL);
        int how;
        waitpid(pid, &how, 0);
        if (!WIFSIGNALED(how)) {
            fail_msg("The child ended by itself: %d.", WEXITSTATUS(how));
        }
        hear(&h, pipes[0], -1);
        close(pipes[0]);
        check_journal(db, &h);
        acknowledged += (long)h.n;
        free(h.line);
        if (run % 10 == 9 || run == kills - 1 || run % FRESH_EVERY == FRESH_EVERY - 1) {
            rh_err err = {0};
            if (rh_replay_verify(db, &fake_domain, NULL, &err) != RH_OK) {
                fail_msg("%s", err.text);
            }
            check_log(db, log);
        }
        if (run == kills - 1 || run % FRESH_EVERY == FRESH_EVERY - 1) {
            check_catching_up(db, log);
            check_log(db, log);
            snprintf(command, sizeof command, "rm -r %s", folder);
            assert_int_equal(system(command), 0);
        }
    }
    print_message("# %d kills, %ld commands acknowledged\n", kills, acknowledged);
    assert_true(acknowledged > 0); /* how many depends on the machine */
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_acknowledged_commands_survive_kill_9),
    };
    kills = argc > 1 ? (int)strtol(argv[1], NULL, 10) : kills;
    return cmocka_run_group_tests_name("lease_kill", tests, NULL, NULL);
}
