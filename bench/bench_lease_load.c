/* The platform under load: the demonstration township served by the program itself in another process, client on the same cores.
 *   bench_lease_load [PROGRAM [seconds [connections]]]      PROGRAM: ronghe-lease (build/src/lease/ronghe-lease)
 * Pages: the first page, a list and an offer. Receipts: committed one by one over HTTP (JSON, bearer token, request key), against a loop that commits
 * one row after another to SQLite with the same durability in the same run.
 * Lines "name value unit goal"; a goal is the most that it may take. */
#include "core/progress.h"
#include "http_client.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct load {
    char token[128];
    long line;
    uint64_t sent;
} load;

static size_t
next_page(void *context, unsigned connection, char *out, size_t room)
{
    static const char *const page[] = {"/", "/offers", "/notices", "/village/2"};
    load *l = context;
    (void)connection;
    return http_write(out, room, "GET", page[l->sent++ % 4], NULL, NULL, NULL, NULL, 0);
}

static size_t
next_receipt(void *context, unsigned connection, char *out, size_t room)
{
    load *l = context;
    char body[200], extra[300];
    (void)connection;
    l->sent++;
    int n = snprintf(body, sizeof body,
                     "{\"as\":\"bank\",\"line\":%ld,\"amount_fen\":1,\"bank_ref\":\"B%llu\"}",
                     l->line, (unsigned long long)l->sent);
    snprintf(extra, sizeof extra, "Authorization: Bearer %s\r\nIdempotency-Key: b%llu\r\n",
             l->token, (unsigned long long)l->sent);
    return http_write(out, room, "POST", "/api/v1/do/receipt_post", NULL, extra,
                      "application/json", body, (size_t)n);
}

static bool
is_ok(void *context, unsigned connection, const http_reply *reply)
{
    (void)context;
    (void)connection;
    return reply->status == 200;
}

static void
stop_with(const char *sentence)
{
    fprintf(stderr, "%s\n", sentence);
    exit(1);
}

/* A line due with nothing received, and a bearer token. */
static void
look_up(const char *folder, load *l)
{
    char path[200], text[300];
    sqlite3 *db;
    sqlite3_stmt *find;
    snprintf(path, sizeof path, "%s/township.db", folder);
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(
            db,
            "SELECT r.id FROM rent_line r JOIN lease l ON l.id = r.lease WHERE "
            "l.state = 'active' AND NOT EXISTS (SELECT 1 FROM lease m WHERE m.id "
            "= l.id AND m.version > l.version) AND r.cancelled IS NULL AND NOT "
            "EXISTS (SELECT 1 FROM receipt x WHERE x.line = r.id) LIMIT 1",
            -1, &find, NULL) != SQLITE_OK ||
        sqlite3_step(find) != SQLITE_ROW) {
        stop_with("The demonstration has no line due.");
    }
    l->line = (long)sqlite3_column_int64(find, 0);
    sqlite3_finalize(find);
    sqlite3_close(db);
    snprintf(path, sizeof path, "%s/logins.csv", folder);
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(text, sizeof text, file) != NULL) {
        if (strncmp(text, "bank,", 5) == 0) {
            snprintf(l->token, sizeof l->token, "%.*s", (int)strcspn(text + 5, ","), text + 5);
        }
    }
    if (file == NULL || l->token[0] == '\0') {
        stop_with("The demonstration has no bank token.");
    }
    fclose(file);
    snprintf(path, sizeof path, "%s/township.conf", folder);
    file = fopen(path, "ae");
    if (file == NULL) {
        stop_with("township.conf cannot be changed.");
    }
    fputs("requests_per_second: 0\n", file);
    fclose(file);
}

/* Commits a second of one row each. */
static double
bare_commits(const char *folder, double seconds)
{
    char path[200];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/bare.db", folder);
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_exec(db,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (a "
                     "INTEGER PRIMARY KEY, b INTEGER)",
                     NULL, NULL, NULL) != SQLITE_OK) {
        stop_with("The bare database cannot be made.");
    }
    double began = rh_progress_clock(), took = 0;
    long n = 0;
    for (; took < seconds; n++) {
        if (sqlite3_exec(db, "INSERT INTO t (b) VALUES (1)", NULL, NULL, NULL) != SQLITE_OK) {
            stop_with("The bare database cannot be written.");
        }
        took = rh_progress_clock() - began;
    }
    sqlite3_close(db);
    return (double)n / took;
}

static pid_t
start(const char *program, const char *verb, const char *folder, const char *listen, int *out)
{
    int pair[2];
    if (pipe(pair) != 0) {
        stop_with("There is no pipe.");
    }
    pid_t child = fork();
    if (child == 0) {
        dup2(pair[1], STDOUT_FILENO);
        close(pair[0]);
        close(pair[1]);
        execl(program, program, verb, folder, listen != NULL ? "--listen" : NULL, listen,
              (char *)NULL);
        _exit(127);
    }
    close(pair[1]);
    *out = pair[0];
    return child;
}

int
main(int argc, char **argv)
{
    const char *program = argc > 1 ? argv[1] : "build/src/lease/ronghe-lease";
    double seconds = argc > 2 ? strtod(argv[2], NULL) : 3;
    unsigned connections = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 64;
    char folder[] = "/tmp/ronghe-load-XXXXXX", town[64], text[400], clear[100];
    int out, status;
    load l = {0};
    signal(SIGPIPE, SIG_IGN);
    if (mkdtemp(folder) == NULL) {
        stop_with("There is no folder for the bench.");
    }
    snprintf(town, sizeof town, "%s/demo", folder);
    pid_t child = start(program, "demo", town, NULL, &out);
    while (read(out, text, sizeof text) > 0) {
    }
    close(out);
    if (waitpid(child, &status, 0) != child || status != 0) {
        stop_with("The demonstration township cannot be made.");
    }
    look_up(town, &l);
    child = start(program, "serve", town, "127.0.0.1:0", &out);
    ssize_t n = read(out, text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    const char *colon = strrchr(text, ':');
    if (colon == NULL) {
        stop_with("The server does not start.");
    }
    http_load pages = {.port = (uint16_t)strtoul(colon + 1, NULL, 10),
                       .connections = connections,
                       .seconds = seconds,
                       .context = &l,
                       .next = next_page,
                       .done = is_ok};
    http_load receipts = pages;
    receipts.next = next_receipt;
    http_load_result page, receipt;
    bool done = http_load_run(&pages, &page) && http_load_run(&receipts, &receipt);
    double bare = bare_commits(folder, seconds);
    kill(child, SIGTERM);
    waitpid(child, &status, 0);
    snprintf(clear, sizeof clear, "rm -rf %s", folder);
    if (system(clear) != 0 || !done || page.errors + receipt.errors > 0 || status != 0) {
        fprintf(stderr, "%llu and %llu errors, server's status %d\n",
                (unsigned long long)page.errors, (unsigned long long)receipt.errors, status);
        return 1;
    }
    double committed = (double)receipt.requests / receipt.seconds;
    printf("page %.1f us 200\n", 1e6 * page.seconds / (double)page.requests);
    printf("receipt_to_bare_commit %.3f ratio 4\n", bare / committed);
    printf("receipt_p99 %.2f ms 50\n", receipt.p99_ms);
    fprintf(stderr, "%.0f pages/s, %.0f receipts/s, %.0f bare commits/s\n",
            (double)page.requests / page.seconds, committed, bare);
    return 0;
}
