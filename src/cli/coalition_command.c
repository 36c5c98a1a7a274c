/* Running a command for each coalition: see coalition_command.h. */
#include "cli/coalition_command.h"

#include "core/mem.h"
#include "core/random.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { OUTPUT_MOST = 4096, SLICE_MS = 100 };

/* ---- what is known ---- */

static size_t
slot_of(const uint64_t *coalition, size_t room, uint64_t s)
{
    size_t i = (size_t)rh_draw(0, s) & (room - 1);
    while (coalition[i] != 0 && coalition[i] != s) {
        i = (i + 1) & (room - 1);
    }
    return i;
}

static rh_status
make_room(rh_coalition_command *c, rh_err *err)
{
    size_t room = c->room > 0 ? 2 * c->room : 1024;
    uint64_t *coalition;
    double *value;
    RH_NEW(coalition, room, err);
    value = rh_alloc(room, sizeof *value);
    if (value == NULL) {
        rh_free(coalition);
        return rh_fail(err, RH_MEMORY, "Not enough memory for %zu coalitions.", room);
    }
    for (size_t i = 0; i < c->room; i++) {
        if (c->coalition[i] != 0) {
            size_t to = slot_of(coalition, room, c->coalition[i]);
            coalition[to] = c->coalition[i];
            value[to] = c->value[i];
        }
    }
    rh_free(c->coalition);
    rh_free(c->value);
    c->coalition = coalition;
    c->value = value;
    c->room = room;
    return RH_OK;
}

static rh_status
remember(rh_coalition_command *c, uint64_t s, double value, rh_err *err)
{
    if (2 * (c->n + 1) > c->room) {
        RH_TRY(make_room(c, err));
    }
    size_t i = slot_of(c->coalition, c->room, s);
    c->n += c->coalition[i] == 0;
    c->coalition[i] = s;
    c->value[i] = value;
    return RH_OK;
}

/* ---- the file ---- */

static rh_status
read_kept(rh_coalition_command *c, rh_csv *csv, rh_err *err)
{
    int coalition = rh_csv_need(csv, "coalition"), value = rh_csv_need(csv, "value"),
        command = rh_csv_need(csv, "command");
    rh_players players = *c->players; /* names are borrowed: none is added */
    RH_TRY(rh_csv_finish(csv, err));
    for (uint32_t r = 0; r < rh_csv_rows(csv); r++) {
        uint64_t s = rh_coalition_read(csv, r, coalition, &players, false);
        double x = rh_csv_number(csv, r, value);
        if (strcmp(rh_csv_text(csv, r, command), c->command) != 0) {
            rh_csv_problem(csv, r, command,
                           "this value was kept from another command; name another file");
        } else if (s != 0 && !isnan(x)) {
            RH_TRY(remember(c, s, x, err));
        }
    }
    return rh_csv_finish(csv, err);
}

static rh_status
keep_value(rh_coalition_command *c, uint64_t s, double value, rh_err *err)
{
    if (c->keep == NULL) {
        return RH_OK;
    }
    rh_csv_put(c->keep, rh_coalition_name(c->players, s).text);
    fprintf(c->keep, ",%s,", rh_text_exact(value).text);
    rh_csv_put(c->keep, c->command);
    fputc('\n', c->keep);
    if (fflush(c->keep) != 0) {
        return rh_fail(err, RH_IO, "The value of %s could not be kept: %s.",
                       rh_coalition_name(c->players, s).text, strerror(errno));
    }
    return RH_OK;
}

static rh_status
open_keep(rh_coalition_command *c, const char *keep, rh_err *err)
{
    RH_TRY(make_room(c, err));
    if (keep == NULL) {
        return RH_OK;
    }
    bool there = access(keep, F_OK) == 0;
    if (there) {
        rh_csv *csv;
        RH_TRY(rh_csv_open(keep, &csv, err));
        rh_status status = read_kept(c, csv, err);
        rh_csv_free(csv);
        RH_TRY(status);
    }
    c->keep = fopen(keep, "a");
    if (c->keep == NULL) {
        return rh_fail(err, RH_IO, "%s cannot be written: %s.", keep, strerror(errno));
    }
    if (!there) {
        fputs("coalition,value,command\n", c->keep);
    }
    return RH_OK;
}

void
rh_coalition_close(rh_coalition_command *c)
{
    if (c->keep != NULL) {
        fclose(c->keep);
    }
    rh_free(c->coalition);
    rh_free(c->value);
    c->keep = NULL;
    c->coalition = NULL;
    c->value = NULL;
}

rh_status
rh_coalition_open(rh_coalition_command *c, const char *keep, rh_err *err)
{
    rh_status status = open_keep(c, keep, err);
    if (status != RH_OK) {
        rh_coalition_close(c);
    }
    return status;
}

/* ---- the command ---- */

static double
seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Start sh -c 'COMMAND "$@"' sh MEMBER… as a process group of its own; its stdout is read from *out. */
static rh_status
start(const rh_coalition_command *c, uint64_t s, pid_t *child, int *out, rh_err *err)
{
    char *words[RH_PLAYERS_MOST + 5], *script = NULL, sh[] = "sh", dash_c[] = "-c";
    size_t size = strlen(c->command) + sizeof " \"$@\"";
    unsigned n = 0;
    int ends[2];
    RH_NEW(script, size, err);
    snprintf(script, size, "%s \"$@\"", c->command);
    words[n++] = sh;
    words[n++] = dash_c;
    words[n++] = script;
    words[n++] = sh;
    for (unsigned i = 0; i < c->players->n; i++) {
        if (s >> i & 1) {
            words[n++] = c->players->name[i];
        }
    }
    words[n] = NULL;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        rh_free(script);
        return rh_fail(err, RH_IO, "No pipe for the command: %s.", strerror(errno));
    }
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, ends[1], 1);
    posix_spawnattr_init(&how);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP);
    int failure = posix_spawn(child, "/bin/sh", &files, &how, words, environ);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    close(ends[1]);
    rh_free(script);
    if (failure != 0) {
        close(ends[0]);
        return rh_fail(err, RH_IO, "The command could not be started: %s.", strerror(failure));
    }
    *out = ends[0];
    return RH_OK;
}

/* Read what it prints until it closes its end; what does not fit is dropped. */
static rh_status
listen(const rh_coalition_command *c, const char *name, int out, char *text, rh_err *err)
{
    double end = seconds() + c->timeout_s;
    size_t used = 0;
    for (;;) {
        struct pollfd ready = {.fd = out, .events = POLLIN};
        char rest[512];
        if (c->stop != NULL && atomic_load(c->stop) > 0) {
            return rh_fail(err, RH_INTERRUPTED, "Interrupted while the command ran for %s.",
                           name);
        }
        if (seconds() > end) {
            return rh_fail(err, RH_INPUT,
                           "The command for %s was still running after %g s and was ended.",
                           name, c->timeout_s);
        }
        if (poll(&ready, 1, SLICE_MS) <= 0) {
            continue;
        }
        bool room = used + 1 < OUTPUT_MOST;
        ssize_t got =
            read(out, room ? text + used : rest, room ? OUTPUT_MOST - 1 - used : sizeof rest);
        if (got == 0) {
            text[used] = '\0';
            return RH_OK;
        }
        used += got > 0 && room ? (size_t)got : 0;
    }
}

/* Wait for the end, with the time-out still running: a command may close its output and go on. */
static rh_status
wait_for(const rh_coalition_command *c, const char *name, pid_t child, int *code, rh_err *err)
{
    double end = seconds() + c->timeout_s;
    while (waitpid(child, code, WNOHANG) == 0) {
        if (seconds() > end) {
            kill(-child, SIGKILL);
            waitpid(child, code, 0);
            return rh_fail(err, RH_INPUT,
                           "The command for %s was still running after %g s and was ended.",
                           name, c->timeout_s);
        }
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return RH_OK;
}

static rh_status
number_of(const char *name, char *text, double *value, rh_err *err)
{
    size_t size = strlen(text);
    char *end;
    while (size > 0 && strchr(" \t\r\n", text[size - 1]) != NULL) {
        text[--size] = '\0';
    }
    *value = strtod(text, &end);
    if (size == 0 || *end != '\0' || !isfinite(*value)) {
        if (size > 60) { /* a sentence, not a page */
            text[60] = '\0';
            rh_text_mend(text);
        }
        return rh_fail(err, RH_INPUT,
                       "The command for %s printed \"%s\"; it must print one number.", name,
                       text);
    }
    return RH_OK;
}

static rh_status
run(const rh_coalition_command *c, uint64_t s, double *value, rh_err *err)
{
    rh_coalition_text name = rh_coalition_name(c->players, s);
    char text[OUTPUT_MOST];
    pid_t child;
    int out = -1, code = 0;
    RH_TRY(start(c, s, &child, &out, err));
    rh_status status = listen(c, name.text, out, text, err);
    close(out);
    if (status != RH_OK) {
        kill(-child, SIGKILL);
        waitpid(child, &code, 0);
        return status;
    }
    RH_TRY(wait_for(c, name.text, child, &code, err));
    if (WIFSIGNALED(code)) {
        return rh_fail(err, RH_INPUT, "The command for %s was ended by signal %d.", name.text,
                       WTERMSIG(code));
    }
    if (WEXITSTATUS(code) != 0) {
        return rh_fail(err, RH_INPUT, "The command for %s failed with exit code %d.", name.text,
                       WEXITSTATUS(code));
    }
    return number_of(name.text, text, value, err);
}

rh_status
rh_coalition_value(void *context, uint64_t s, double *value, rh_err *err)
{
    rh_coalition_command *c = context;
    size_t i = slot_of(c->coalition, c->room, s);
    if (c->coalition[i] == s) {
        *value = c->value[i];
        c->reused++;
        return RH_OK;
    }
    RH_TRY(run(c, s, value, err));
    c->runs++;
    RH_TRY(keep_value(c, s, *value, err));
    return remember(c, s, *value, err);
}
