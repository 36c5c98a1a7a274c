/* Commits: a bare SQLite loop of one row a transaction (WAL, synchronous=FULL), and the service with 64 submitters, each waiting for its answer before it
 * asks again. Lines "name value unit goal"; the service must do at least a quarter of the bare loop; group commit should do far more.
 * usage: bench_lease_commit [FOLDER [postgresql://…]] */
#include "../tests/lease/fake_domain.h"
#include "service/replay.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BARE = 2000, SUBMITTERS = 64, EACH = 300 };

static double
seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void
stop_on(bool failed, const char *why)
{
    if (failed) {
        fprintf(stderr, "bench_lease_commit: %s\n", why);
        exit(1);
    }
}

/* Commits a second of the plainest thing that is as durable. */
static double
bare(const char *folder)
{
    char path[300];
    snprintf(path, sizeof path, "%s/bare.db", folder);
    sqlite3 *db;
    sqlite3_stmt *insert;
    stop_on(sqlite3_open(path, &db) != SQLITE_OK, "cannot open");
    stop_on(sqlite3_exec(db,
                         "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (id "
                         "INTEGER PRIMARY KEY, seq INTEGER, amount INTEGER, note TEXT) STRICT",
                         NULL, NULL, NULL) != SQLITE_OK,
            sqlite3_errmsg(db));
    sqlite3_prepare_v2(db, "INSERT INTO t VALUES (NULL, ?, ?, 'a note of a few words')", -1,
                       &insert, NULL);
    double start = seconds();
    for (int i = 0; i < BARE; i++) {
        sqlite3_bind_int(insert, 1, i);
        sqlite3_bind_int(insert, 2, 100000);
        stop_on(sqlite3_step(insert) != SQLITE_DONE, sqlite3_errmsg(db));
        sqlite3_reset(insert);
    }
    double took = seconds() - start;
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return BARE / took;
}

typedef struct submitter {
    rh_service *service;
    int number;
    const char *prefix;
    double took[EACH];
    bool failed;
} submitter;

static void
check(void *context, const rh_reply *reply)
{
    ((submitter *)context)->failed |= reply->status != RH_OK || reply->seq == RH_NONE;
}

static void *
submit(void *context)
{
    submitter *s = context;
    rh_err err = {0};
    for (int i = 0; i < EACH; i++) {
        rh_submission receipt =
            fake_submission(RH_DO_receipt_post, FAKE_RECEIPT(s->number, 100000), rh_role_bank);
        char key[32]; /* as a browser sends one */
        snprintf(key, sizeof key, "%s-%d-%d", s->prefix, s->number, i);
        receipt.request = key;
        double start = seconds();
        s->failed |= rh_service_do(s->service, &receipt, check, s, &err) != RH_OK;
        s->took[i] = seconds() - start;
    }
    return NULL;
}

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Commands a second, each with a journal line and two postings; `ms`: the 99th percentile of waiting. */
static double
serve(const char *where, double *ms, rh_service_figures *figures)
{
    rh_service_options options = {.database = where, .judge = &fake_domain};
    rh_service *service;
    rh_err err = {0};
    stop_on(rh_service_open(&options, &service, &err) != RH_OK, err.text);
    submitter *s = calloc(SUBMITTERS, sizeof *s);
    pthread_t thread[SUBMITTERS];
    double start = seconds();
    for (int i = 0; i < SUBMITTERS; i++) {
        s[i].service = service;
        s[i].number = i + 1;
        s[i].prefix = "8f14e45f";
        pthread_create(&thread[i], NULL, submit, &s[i]);
    }
    for (int i = 0; i < SUBMITTERS; i++) {
        pthread_join(thread[i], NULL);
        stop_on(s[i].failed, "a command failed");
    }
    double took = seconds() - start;
    *figures = rh_service_count(service);
    rh_service_close(service);
    double *all = calloc((size_t)SUBMITTERS * EACH, sizeof *all);
    for (int i = 0; i < SUBMITTERS; i++) {
        memcpy(all + i * EACH, s[i].took, sizeof s[i].took);
    }
    qsort(all, (size_t)SUBMITTERS * EACH, sizeof *all, by_size);
    *ms = 1e3 * all[SUBMITTERS * EACH * 99 / 100];
    free(all);
    free(s);
    return SUBMITTERS * EACH / took;
}

int
main(int argc, char **argv)
{
    char folder[200], path[300], command[300];
    snprintf(folder, sizeof folder, "%.150s/ronghe_commit_XXXXXX", argc > 1 ? argv[1] : "/tmp");
    stop_on(mkdtemp(folder) == NULL, "no scratch folder");
    snprintf(path, sizeof path, "%s/service.db", folder);
    double one = bare(folder), ms;
    rh_service_figures figures;
    double many = serve(path, &ms, &figures);
    printf("lease_commit_bare %.0f commits/s -\n", one);
    printf("lease_commit_service %.0f commands/s -\n", many);
    printf("lease_commit_commands_a_commit %.1f commands -\n",
           (double)figures.accepted / (double)figures.commits);
    printf("lease_commit_p99 %.2f ms -\n", ms);
    printf("lease_commit_bare_over_service %.3f ratio 4\n", one / many);
    double start = seconds();
    rh_db *db;
    rh_registry *registry;
    rh_err err = {0};
    stop_on(rh_db_open(path, NULL, RH_DB_READ, &db, &err) != RH_OK ||
                rh_judge_load(&fake_domain, db, &registry, &err) != RH_OK,
            err.text);
    printf("lease_commit_load %.0f rows/s -\n",
           (double)registry->postings / (seconds() - start));
    fake_destroy(registry);
    rh_db_close(db);
    start = seconds();
    stop_on(rh_replay_verify(path, &fake_domain, NULL, &err) != RH_OK, err.text);
    printf("lease_commit_verify %.0f commands/s -\n",
           (double)figures.accepted / (seconds() - start));
    if (argc > 2) {
        many = serve(argv[2], &ms, &figures);
        printf("lease_commit_postgres %.0f commands/s -\n", many);
        printf("lease_commit_postgres_p99 %.2f ms -\n", ms);
    }
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) == 0 ? 0 : 1;
}
