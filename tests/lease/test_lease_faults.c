/* The service on a disk that fails (service.h, V1, V2): for every n, the n-th write, sync or truncation of a script fails, once or from then on.
 * Whatever was acknowledged is there afterwards, nothing is there by half, and the service says what is wrong. A shim between SQLite and the
 * file system fails; it is the default VFS of this program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake_domain.h"
#include "service/replay.h"

typedef enum fault { FULL, TORN, SYNC, FAULTS } fault;

/* The shim's file: ours, then the real one. */
typedef struct shim_file {
    sqlite3_file base;
    sqlite3_file *real;
} shim_file;

static struct {
    sqlite3_vfs *real;
    _Atomic long countdown; /* 1: the next one fails; 0 or less: none */
    _Atomic long fired;
    fault fault;
    bool lasting;
} shim;

#define REAL(file) (((shim_file *)(file))->real)
#define FORWARD(name, args, ...)                                                               \
    static int shim_##name args                                                                \
    {                                                                                          \
        return REAL(file)->pMethods->name(__VA_ARGS__);                                        \
    }
FORWARD(xRead, (sqlite3_file * file, void *p, int n, sqlite3_int64 at), REAL(file), p, n, at)
FORWARD(xFileSize, (sqlite3_file * file, sqlite3_int64 *size), REAL(file), size)
FORWARD(xLock, (sqlite3_file * file, int level), REAL(file), level)
FORWARD(xUnlock, (sqlite3_file * file, int level), REAL(file), level)
FORWARD(xCheckReservedLock, (sqlite3_file * file, int *out), REAL(file), out)
FORWARD(xFileControl, (sqlite3_file * file, int op, void *arg), REAL(file), op, arg)
FORWARD(xSectorSize, (sqlite3_file * file), REAL(file))
FORWARD(xDeviceCharacteristics, (sqlite3_file * file), REAL(file))
FORWARD(xShmMap, (sqlite3_file * file, int page, int size, int extend, void volatile **p),
        REAL(file), page, size, extend, p)
FORWARD(xShmLock, (sqlite3_file * file, int offset, int n, int flags), REAL(file), offset, n,
        flags)
FORWARD(xShmUnmap, (sqlite3_file * file, int del), REAL(file), del)

static void
shim_xShmBarrier(sqlite3_file *file)
{
    REAL(file)->pMethods->xShmBarrier(REAL(file));
}

static bool
fails(fault kind)
{
    bool ours = kind == shim.fault || (kind == FULL && shim.fault == TORN);
    if (!ours) {
        return false;
    }
    long left = atomic_fetch_sub(&shim.countdown, 1);
    if (left == 1 || (left < 1 && shim.lasting && shim.fired > 0)) {
        shim.fired++;
        return true;
    }
    return false;
}

static int
shim_xWrite(sqlite3_file *file, const void *p, int n, sqlite3_int64 at)
{
    if (fails(FULL)) {
        if (shim.fault == TORN) {
            REAL(file)->pMethods->xWrite(REAL(file), p, n / 2, at);
            return SQLITE_IOERR_WRITE;
        }
        return SQLITE_FULL;
    }
    return REAL(file)->pMethods->xWrite(REAL(file), p, n, at);
}

static int
shim_xTruncate(sqlite3_file *file, sqlite3_int64 size)
{
    return fails(FULL) ? SQLITE_IOERR_TRUNCATE
                       : REAL(file)->pMethods->xTruncate(REAL(file), size);
}

static int
shim_xSync(sqlite3_file *file, int flags)
{
    return fails(SYNC) ? SQLITE_IOERR_FSYNC : REAL(file)->pMethods->xSync(REAL(file), flags);
}

static int
shim_xClose(sqlite3_file *file)
{
    return REAL(file)->pMethods != NULL ? REAL(file)->pMethods->xClose(REAL(file)) : SQLITE_OK;
}

static const sqlite3_io_methods shim_methods = {
    2,
    shim_xClose,
    shim_xRead,
    shim_xWrite,
    shim_xTruncate,
    shim_xSync,
    shim_xFileSize,
    shim_xLock,
    shim_xUnlock,
    shim_xCheckReservedLock,
    shim_xFileControl,
    shim_xSectorSize,
    shim_xDeviceCharacteristics,
    shim_xShmMap,
    shim_xShmLock,
    shim_xShmBarrier,
    shim_xShmUnmap,
    NULL,
    NULL,
};

static int
shim_xOpen(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *out)
{
    (void)vfs;
    shim_file *f = (shim_file *)file;
    f->real = (sqlite3_file *)(f + 1);
    int code = shim.real->xOpen(shim.real, name, f->real, flags, out);
    f->base.pMethods = f->real->pMethods != NULL ? &shim_methods : NULL;
    return code;
}

static sqlite3_vfs shim_vfs;

static int
install(void **state)
{
    (void)state;
    shim.real = sqlite3_vfs_find(NULL);
    shim_vfs = *shim.real;
    shim_vfs.zName = "shim";
    shim_vfs.szOsFile += (int)sizeof(shim_file);
    shim_vfs.xOpen = shim_xOpen;
    return sqlite3_vfs_register(&shim_vfs, 1);
}

/* ---- the script ---- */

enum { STEPS = 14 };

typedef struct answer {
    _Atomic int told;
    rh_status status;
    int64_t seq;
} answer;

static void
remember(void *context, const rh_reply *reply)
{
    answer *a = context;
    a->status = reply->status;
    a->seq = reply->seq;
    a->told++;
}

/* Places and parties, some alone, some several in a batch; step i is named after i. */
static void
script(const char *db, answer *a)
{
    rh_service_options options = {.database = db, .judge = &fake_domain};
    rh_service *service;
    rh_err err = {0};
    if (rh_service_open(&options, &service, &err) != RH_OK) {
        assert_true(err.text[0] != '\0');
        return;
    }
    for (int i = 0; i < STEPS; i++) {
        char code[16];
        snprintf(code, sizeof code, "step%d", i);
        rh_private_text text = {"name", "王小明"};
        rh_submission s =
            i % 4 == 3
                ? fake_submission(RH_DO_party_add, FAKE_PARTY(), rh_role_clerk)
                : fake_submission(RH_DO_place_add, FAKE_PLACE(code, "村"), rh_role_township);
        s.text = &text;
        s.n_texts = i % 4 == 3 ? 1 : 0;
        s.request = code;
        rh_status status = i % 3 == 0 ? rh_service_submit(service, &s, remember, &a[i], &err)
                                      : rh_service_do(service, &s, remember, &a[i], &err);
        if (status != RH_OK) { /* refuses writes, and says so */
            assert_true(rh_service_trouble(service, NULL));
        }
    }
    /* readers saw nothing that is not kept: checked against the file by the caller through seq */
    rh_service_close(service);
}

typedef struct found {
    int64_t commands;
    bool step[STEPS];
    int64_t seq[STEPS];
} found;

static void
look(const char *db, found *f)
{
    rh_db *handle;
    rh_cursor *cursor;
    const void *record;
    rh_err err = {0};
    if (rh_db_open(db, NULL, RH_DB_WRITE, &handle, &err) != RH_OK ||
        rh_db_scan(handle, RH_KEEP_journal, 1, &cursor, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    do {
        if (rh_cursor_next(cursor, &record, NULL, &err) != RH_OK) {
            fail_msg("%s", err.text);
        }
        if (record != NULL) {
            const rh_keep_journal *line = record;
            int i = (int)strtol(line->request + 4, NULL, 10);
            assert_in_range(i, 0, STEPS - 1);
            assert_false(f->step[i]); /* once */
            f->step[i] = true;
            f->seq[i] = line->seq;
            f->commands++;
        }
    } while (record != NULL);
    rh_cursor_close(cursor);
    rh_db_close(handle);
    rh_verified seen;
    if (rh_replay_verify(db, &fake_domain, &seen, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(seen.commands, f->commands);
}

/* Where faults need no real disk. */
static const char *
base(void)
{
    return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

/* A town with its tables and nothing in them, made once. */
static char template[96];

static int
make_template(void **state)
{
    char folder[64];
    snprintf(folder, sizeof folder, "%s/ronghe_fault_XXXXXX", base());
    assert_non_null(mkdtemp(folder));
    snprintf(template, sizeof template, "%s/t.db", folder);
    rh_db *db;
    rh_err err = {0};
    assert_int_equal(rh_db_open(template, NULL, RH_DB_WRITE, &db, &err), RH_OK);
    rh_db_close(db);
    return install(state);
}

static int
remove_template(void **state)
{
    (void)state;
    char command[120];
    *strrchr(template, '/') = '\0';
    snprintf(command, sizeof command, "rm -r %s", template);
    return system(command);
}

/* Fail at 1, 1 + stride, … until nothing failed any more. `made`: the tables are there already. */
static void
every_fault(fault kind, bool lasting, bool made, int stride)
{
    long acknowledged = 0, failures = 0, n = 1 - stride;
    for (bool more = true; more;) {
        n += stride;
        char folder[64], db[96], command[250];
        snprintf(folder, sizeof folder, "%s/ronghe_fault_XXXXXX", base());
        assert_non_null(mkdtemp(folder));
        snprintf(db, sizeof db, "%s/t.db", folder);
        if (made) {
            snprintf(command, sizeof command, "cp %s %s", template, db);
            assert_int_equal(system(command), 0);
        }
        answer a[STEPS] = {0};
        shim.fault = kind;
        shim.lasting = lasting;
        shim.fired = 0;
        shim.countdown = n;
        script(db, a);
        more = shim.fired > 0;
        shim.countdown = 0;
        shim.fired = 0; /* the disk is well again */
        found f = {0};
        look(db, &f);
        for (int i = 0; i < STEPS; i++) {
            assert_true(a[i].told <= 1);
            bool ok = a[i].told == 1 && a[i].status == RH_OK;
            acknowledged += ok;
            failures += a[i].told == 1 && a[i].status != RH_OK;
            if (ok && (!f.step[i] || f.seq[i] != a[i].seq)) {
                fail_msg("fault %d at %ld: step %d was acknowledged as %lld and is not there",
                         kind, n, i, (long long)a[i].seq);
            }
            if (!more) {
                assert_true(ok);
            }
        }
        snprintf(command, sizeof command, "rm -r %s", folder);
        assert_int_equal(system(command), 0);
    }
    print_message("# up to place %ld: %ld acknowledged, %ld told of the failure\n", n - 1,
                  acknowledged, failures);
    assert_true(n > 10);
    assert_true(failures > 0);
}

static void
test_a_disk_that_is_full_once(void **state)
{
    (void)state;
    every_fault(FULL, false, true, 1);
}

static void
test_a_disk_that_stays_full(void **state)
{
    (void)state;
    every_fault(FULL, true, true, 1);
}

static void
test_a_write_that_is_torn(void **state)
{
    (void)state;
    every_fault(TORN, false, true, 1);
}

static void
test_writes_that_stay_torn(void **state)
{
    (void)state;
    every_fault(TORN, true, true, 1);
}

static void
test_a_sync_that_fails_once(void **state)
{
    (void)state;
    every_fault(SYNC, false, true, 1);
}

static void
test_syncs_that_go_on_failing(void **state)
{
    (void)state;
    every_fault(SYNC, true, true, 1);
}

static void
test_a_disk_that_fills_up_while_the_tables_are_made(void **state)
{
    (void)state;
    every_fault(FULL, true, false, 23);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_disk_that_is_full_once),
        cmocka_unit_test(test_a_disk_that_stays_full),
        cmocka_unit_test(test_a_write_that_is_torn),
        cmocka_unit_test(test_writes_that_stay_torn),
        cmocka_unit_test(test_a_sync_that_fails_once),
        cmocka_unit_test(test_syncs_that_go_on_failing),
        cmocka_unit_test(test_a_disk_that_fills_up_while_the_tables_are_made),
    };
    return cmocka_run_group_tests_name("lease_faults", tests, make_template, remove_template);
}
