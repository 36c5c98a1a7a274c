/* The public log at a million entries: writing it, auditing it, the size of a receipt, what a publication of few entries costs.
 *
 *   bench_lease_audit [ENTRIES [THREADS]]      scratch files (0.6 GB at a million) under TMPDIR or /tmp, removed at the end
 *
 * Prints lines "name value unit goal" (tools/bench.sh). The audit reads what was just written: from the page cache, not a cold disk. */
#include <ftw.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "audit/audit_ledger.h"
#include "core/mem.h"
#include "core/threads.h"
#include "log/proof.h"
#include "log/tile.h"

enum { VILLAGES = 30 };

static double
seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void
need(rh_status status, const rh_err *err)
{
    if (status != RH_OK) {
        fprintf(stderr, "%s\n", err->text);
        exit(1);
    }
}

static int
remove_one(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about, (void)kind, (void)at;
    return remove(path);
}

/* Receipt number i of rent, two postings; about 510 bytes. The lines of the ledger go along. */
static size_t
entry(uint64_t i, char out[1000], FILE *ledger)
{
    uint64_t seq = i + 1, lease = i / 40 + 1, village = lease % VILLAGES + 1;
    int n = snprintf(
        out, 1000,
        "{\"seq\":%" PRIu64 ",\"time\":%" PRIu64 ",\"event\":\"receipt_post\",\"facts\":["
        "{\"row\":\"receipt\",\"id\":%" PRIu64 ",\"version\":1,\"lease\":%" PRIu64
        ",\"village\":\"330400101%03" PRIu64 "\",\"amount_fen\":1000001},"
        "{\"row\":\"posting\",\"id\":%" PRIu64 ",\"version\":1,\"journal\":%" PRIu64
        ",\"account\":\"bank\",\"village\":\"330400101%03" PRIu64 "\",\"amount_fen\":-1000001},"
        "{\"row\":\"posting\",\"id\":%" PRIu64 ",\"version\":1,\"journal\":%" PRIu64
        ",\"account\":\"escrow\",\"lease\":%" PRIu64 ",\"village\":\"330400101%03" PRIu64
        "\",\"amount_fen\":1000001}],\"private\":"
        "\"%064" PRIu64 "\"}",
        seq, 1767225600000 + i, seq, lease, village, 2 * i + 1, seq, village, 2 * i + 2, seq,
        lease, village, i);
    fprintf(ledger,
            "%" PRIu64 ",posting,%" PRIu64 ",1,%" PRIu64 ",bank,,330400101%03" PRIu64
            ",-1000001\n",
            seq, 2 * i + 1, seq, village);
    fprintf(ledger,
            "%" PRIu64 ",posting,%" PRIu64 ",1,%" PRIu64 ",escrow,%" PRIu64
            ",330400101%03" PRIu64 ",1000001\n",
            seq, 2 * i + 2, seq, lease, village);
    return (size_t)n;
}

/* Totals as the entries above add up. */
static void
write_totals(const char *path, uint64_t entries)
{
    static uint64_t count[VILLAGES + 1];
    FILE *f = fopen(path, "w");
    for (uint64_t i = 0; i < entries; i++) {
        count[(i / 40 + 1) % VILLAGES + 1]++;
    }
    fputs(RH_AUDIT_TOTALS_HEAD "\n", f);
    for (unsigned v = 1; v <= VILLAGES; v++) {
        if (count[v] > 0) {
            fprintf(f, "330400101%03u,bank,-%" PRIu64 ",%" PRIu64 "\n", v, count[v] * 1000001,
                    count[v]);
            fprintf(f, "330400101%03u,escrow,%" PRIu64 ",%" PRIu64 "\n", v, count[v] * 1000001,
                    count[v]);
        }
    }
    fclose(f);
}

/* A note with the log's signature and three cosignatures, as a township would have it. */
static void
cosign(rh_note *note, rh_err *err)
{
    for (unsigned w = 1; w <= 3; w++) {
        char name[40];
        rh_signer s;
        snprintf(name, sizeof name, "witness%u.county.example", w);
        need(rh_signer_new(name, RH_KEY_WITNESS, &s, err), err);
        need(rh_note_sign(note, &s, 1767225600, err), err);
    }
}

static void
write_log(const char *dir, uint64_t entries, const rh_signer *key, rh_err *err)
{
    char path[300], text[1000];
    rh_tlog *log;
    rh_note note;
    snprintf(path, sizeof path, "%s/ledger.csv", dir);
    FILE *ledger = fopen(path, "w");
    fputs(RH_AUDIT_LEDGER_HEAD "\n", ledger);
    double start = seconds(), bytes = 0;
    need(rh_tlog_open(dir, &key->is, &log, err), err);
    rh_tlog_without_sync(log);
    for (uint64_t i = 0; i < entries; i++) {
        size_t n = entry(i, text, ledger);
        bytes += (double)n;
        need(rh_tlog_add(log, i, text, n, err), err);
        if (i % 65536 == 65535) {
            need(rh_tlog_write(log, err), err);
        }
    }
    need(rh_tlog_sign(log, key, &note, err), err);
    cosign(&note, err);
    need(rh_tlog_put(log, note.text, note.size, err), err);
    printf("lease_audit_entry_bytes %.0f bytes -\n", bytes / (double)entries);
    printf("lease_audit_write_seconds %.3f s -\n", seconds() - start);
    fclose(ledger);
    snprintf(path, sizeof path, "%s/totals.csv", dir);
    write_totals(path, entries);
    char *receipt;
    size_t size;
    start = seconds();
    need(rh_receipt_write(rh_tlog_tree(log), entries / 3, note.text, note.size, NULL, 0,
                          &receipt, &size, err),
         err);
    printf("lease_audit_receipt_milliseconds %.3f ms -\n", 1e3 * (seconds() - start));
    printf("lease_audit_receipt_bytes %zu bytes 2048\n", size);
    rh_free(receipt);
    start = seconds(); /* 1,000 publications of 3 entries each at this size */
    for (uint64_t i = 0; i < 3000; i++) {
        need(rh_tlog_add(log, entries + i, "{}", 2, err), err);
        if (i % 3 == 2) {
            need(rh_tlog_publish(log, key, err), err);
        }
    }
    printf("lease_audit_publish_unsynced_milliseconds %.3f ms 5\n", (seconds() - start));
    rh_tlog_close(log);
    /* the auditor gets the checkpoint of the million */
    snprintf(path, sizeof path, "%s/checkpoint", dir);
    FILE *f = fopen(path, "w");
    fwrite(note.text, 1, note.size, f);
    fclose(f);
}

int
main(int argc, char **argv)
{
    static rh_err err;
    uint64_t entries = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    unsigned threads = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : rh_threads_available();
    const char *tmp = getenv("TMPDIR");
    char dir[200], path[300], totals[300], text[RH_KEY_TEXT];
    rh_signer key;
    snprintf(dir, sizeof dir, "%.150s/ronghe-bench-XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (sodium_init() < 0 || mkdtemp(dir) == NULL) {
        return 1;
    }
    need(rh_signer_new("county.example/ronghe", RH_KEY_NOTE, &key, &err), &err);
    write_log(dir, entries, &key, &err);
    rh_audit audit = {.out = stderr, .lock = PTHREAD_MUTEX_INITIALIZER};
    rh_audit_trust trust = {.n = 0};
    static rh_audit_log log;
    rh_audit_sha *sha = rh_audit_sha_new();
    rh_verifier_text(&key.is, text);
    double start = seconds();
    bool ok = rh_audit_key_parse(sha, text, &trust.log) &&
              rh_audit_log_open(&audit, dir, &trust, &log) &&
              rh_audit_log_check(&audit, &log, threads);
    double tiles = seconds() - start;
    snprintf(path, sizeof path, "%s/ledger.csv", dir);
    snprintf(totals, sizeof totals, "%s/totals.csv", dir);
    start = seconds();
    rh_audit_ledger(&audit, &log, path, totals);
    double ledger = seconds() - start;
    printf("lease_audit_threads %u threads -\n", threads);
    printf("lease_audit_log_seconds %.3f s -\n", tiles);
    printf("lease_audit_ledger_seconds %.3f s -\n", ledger);
    printf("lease_audit_all_seconds %.3f s 10\n", tiles + ledger);
    printf("lease_audit_findings %u findings 1\n", audit.findings + (ok ? 0 : 1));
    rh_audit_log_release(&log);
    rh_audit_sha_free(sha);
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return ok && audit.findings == 0 ? 0 : 1;
}
