/* The log's files (log/tile.h): the layout of the specification, crashes, contradictions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/mem.h"
#include "log/tile.h"

typedef struct scratch {
    char dir[64];
    rh_signer key;
} scratch;

static int
make(void **state)
{
    scratch *s = calloc(1, sizeof *s);
    uint8_t seed[32] = {1};
    snprintf(s->dir, sizeof s->dir, "/tmp/ronghe-tlog-XXXXXX");
    *state = s;
    return mkdtemp(s->dir) == NULL ||
           rh_signer_of_seed("log.example/a", RH_KEY_NOTE, seed, &s->key, NULL) != RH_OK;
}

static int
remove_one(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about, (void)kind, (void)at;
    return remove(path);
}

static int
clear(void **state)
{
    scratch *s = *state;
    int bad = nftw(s->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(s);
    return bad;
}

static rh_tlog *
opened(const scratch *s)
{
    rh_tlog *log = NULL;
    rh_err err = {0};
    if (rh_tlog_open(s->dir, &s->key.is, &log, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    return log;
}

/* Entry i of the test: a text of a length that depends on i. */
static size_t
entry(uint64_t i, char out[300])
{
    int n =
        snprintf(out, 300, "{\"seq\":%u,\"x\":\"%0*u\"}", (unsigned)i, (int)(i * 37 % 200), 7U);
    return (size_t)n;
}

static void
add(rh_tlog *log, uint64_t from, uint64_t to)
{
    char text[300];
    rh_err err = {0};
    for (uint64_t i = from; i < to; i++) {
        size_t n = entry(i, text);
        if (rh_tlog_add(log, i, text, n, &err) != RH_OK) {
            fail_msg("%s", err.text);
        }
    }
}

static void
publish(rh_tlog *log, const scratch *s)
{
    rh_err err = {0};
    if (rh_tlog_publish(log, &s->key, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
}

/* Bytes of a file below the directory; -1 when there is none. */
static long
read_at(const scratch *s, const char *path, uint8_t *bytes, size_t room)
{
    char whole[256];
    snprintf(whole, sizeof whole, "%s/%s", s->dir, path);
    FILE *f = fopen(whole, "rb");
    if (f == NULL) {
        return -1;
    }
    long n = (long)fread(bytes, 1, room, f);
    fclose(f);
    return n;
}

static void
write_at(const scratch *s, const char *path, const uint8_t *bytes, size_t size)
{
    char whole[256];
    snprintf(whole, sizeof whole, "%s/%s", s->dir, path);
    FILE *f = fopen(whole, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    fclose(f);
}

static bool
there(const scratch *s, const char *path)
{
    char whole[256];
    snprintf(whole, sizeof whole, "%s/%s", s->dir, path);
    return access(whole, F_OK) == 0;
}

/* --- tests ---------------------------------------------------------------------------------------------- */

static void
test_paths_are_the_specifications(void **state)
{
    (void)state;
    char path[RH_TILE_PATH];
    rh_tile_path(0, 1234067, 256, path);
    assert_string_equal(path, "tile/0/x001/x234/067");
    rh_tile_path(-1, 0, 0, path);
    assert_string_equal(path, "tile/entries/000");
    rh_tile_path(2, 999, 255, path);
    assert_string_equal(path, "tile/2/999.p/255");
    rh_tile_path(1, 1000, 1, path);
    assert_string_equal(path, "tile/1/x001/000.p/1");
}

/* The worked example of C2SP tlog-tiles. */
static void
test_seventy_thousand_entries_give_the_files_of_the_specification(void **state)
{
    const scratch *s = *state;
    rh_tlog *log = opened(s);
    uint8_t bytes[8193];
    char path[RH_TILE_PATH];
    rh_tlog_without_sync(log);
    add(log, 0, 70000);
    publish(log, s);
    for (unsigned n = 0; n < 273; n++) {
        rh_tile_path(0, n, 256, path);
        assert_int_equal(read_at(s, path, bytes, sizeof bytes), 8192);
        rh_tile_path(-1, n, 256, path);
        assert_true(there(s, path));
    }
    assert_false(there(s, "tile/0/273"));
    assert_int_equal(read_at(s, "tile/0/273.p/112", bytes, sizeof bytes), 112 * 32);
    assert_true(there(s, "tile/entries/273.p/112"));
    assert_int_equal(read_at(s, "tile/1/000", bytes, sizeof bytes), 8192);
    assert_int_equal(read_at(s, "tile/1/001.p/17", bytes, sizeof bytes), 17 * 32);
    assert_int_equal(read_at(s, "tile/2/000.p/1", bytes, sizeof bytes), 32);
    assert_false(there(s, "tile/1/001") || there(s, "tile/2/000") || there(s, "tile/3"));
    rh_tlog_close(log);
    log = opened(s);
    assert_int_equal(rh_tlog_size(log), 70000);
    add(log, 70000, 70001);
    rh_tlog_close(log);
}

static void
test_a_log_continued_after_each_crash_has_the_files_of_one_never_interrupted(void **state)
{
    scratch *s = *state, *whole = NULL;
    static const unsigned size[] = {1, 2, 255, 256, 257, 511, 512, 700, 1025};
    assert_int_equal(make((void **)&whole), 0);
    rh_tlog *log = opened(whole);
    rh_tlog_without_sync(log);
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        add(log, rh_tlog_size(log), size[i]);
        publish(log, whole);
    }
    rh_tlog_close(log);
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        log = opened(s); /* what stands in the directory is all that is known */
        rh_tlog_without_sync(log);
        add(log, i % 2 == 0 ? 0 : rh_tlog_size(log),
            size[i]); /* the database gives all again, or the rest */
        publish(log, s);
        add(log, size[i], size[i] + 3); /* tiles, but no checkpoint: the crash */
        assert_int_equal(rh_tlog_write(log, NULL), RH_OK);
        rh_tlog_close(log);
    }
    static const char *const file[] = {
        "checkpoint",     "tile/0/000",       "tile/0/003",       "tile/0/004.p/1",
        "tile/1/000.p/4", "tile/entries/000", "tile/entries/003", "tile/entries/004.p/1"};
    static uint8_t a[100000], b[100000];
    for (size_t i = 0; i < sizeof file / sizeof *file; i++) {
        long n = read_at(whole, file[i], a, sizeof a);
        assert_true(n > 0);
        assert_int_equal(read_at(s, file[i], b, sizeof b), n);
        assert_memory_equal(a, b, (size_t)n);
    }
    assert_false(there(whole, "tile/0/000.p") || there(whole, "tile/entries/003.p"));
    assert_true(there(whole, "tile/1/000.p/1")); /* not full yet: older checkpoints need it */
    clear((void **)&whole);
}

/* Everything is written but the checkpoint, and the partial tiles of the old checkpoint are gone (an unlucky copy). */
static void
test_a_full_tile_stands_for_a_missing_partial_one(void **state)
{
    const scratch *s = *state;
    rh_tlog *log = opened(s);
    rh_note old;
    add(log, 0, 200);
    publish(log, s);
    assert_int_equal(rh_tlog_note(log, &old, NULL), RH_OK);
    add(log, 200, 300);
    publish(log, s);
    rh_tlog_close(log);
    assert_false(there(s, "tile/0/000.p/200"));
    write_at(s, "checkpoint", (const uint8_t *)old.text, old.size);
    log = opened(s);
    assert_int_equal(rh_tlog_size(log), 200);
    add(log, 0, 300);
    publish(log, s);
    rh_tlog_close(log);
}

static void
test_behind_ahead_and_contradiction_are_told(void **state)
{
    const scratch *s = *state;
    rh_tlog *log = opened(s), *second = NULL;
    rh_err err = {0};
    assert_int_equal(rh_tlog_open(s->dir, &s->key.is, &second, &err),
                     RH_INVARIANT); /* locked */
    assert_non_null(strstr(err.text, "Another program"));
    add(log, 0, 12);
    publish(log, s);
    assert_int_equal(rh_tlog_expect(log, 12, NULL), RH_OK);
    assert_int_equal(rh_tlog_expect(log, 40, NULL), RH_OK); /* behind: give it the rest */
    err = (rh_err){0};
    assert_int_equal(rh_tlog_expect(log, 10, &err), RH_INVARIANT);
    assert_non_null(strstr(err.text, "12 entries, the database only 10"));
    err = (rh_err){0};
    assert_int_equal(rh_tlog_add(log, 11, "another", 7, &err), RH_INVARIANT);
    assert_non_null(strstr(err.text, "Entry 11"));
    assert_int_equal(rh_tlog_add(log, 13, "x", 1, NULL), RH_RANGE);
    assert_int_equal(rh_tlog_size(log), 12);
    rh_tlog_close(log);
    rh_signer other;
    assert_int_equal(rh_signer_new("log.example/a", RH_KEY_NOTE, &other, NULL), RH_OK);
    assert_int_not_equal(rh_tlog_open(s->dir, &other.is, &log, NULL), RH_OK);
}

static void
test_every_changed_byte_of_the_files_is_found_when_opening(void **state)
{
    const scratch *s = *state;
    rh_tlog *log = opened(s);
    static uint8_t bytes[100000];
    add(log, 0, 259);
    publish(log, s);
    rh_tlog_close(log);
    static const char *const file[] = {"checkpoint", "tile/0/000", "tile/0/001.p/3",
                                       "tile/1/000.p/1", "tile/entries/001.p/3"};
    for (size_t f = 0; f < sizeof file / sizeof *file; f++) {
        long n = read_at(s, file[f], bytes, sizeof bytes);
        for (long i = 0; i<n; i += n> 1000 ? 61 : 1) {
            rh_err err = {0};
            bytes[i] ^= 0x10;
            write_at(s, file[f], bytes, (size_t)n);
            assert_int_not_equal(rh_tlog_open(s->dir, &s->key.is, &log, &err), RH_OK);
            assert_int_not_equal(err.text[0], '\0');
            bytes[i] ^= 0x10;
        }
        write_at(s, file[f], bytes, (size_t)n / 2);
        assert_int_not_equal(rh_tlog_open(s->dir, &s->key.is, &log, NULL), RH_OK);
        write_at(s, file[f], bytes, (size_t)n);
    }
    rh_tlog_close(opened(s));
}

static void
test_entries_come_back_from_files_and_from_memory(void **state)
{
    const scratch *s = *state;
    rh_tlog *log = opened(s);
    char expected[300];
    static char large[RH_ENTRY_MOST + 1];
    uint8_t *bytes;
    size_t n;
    add(log, 0, 256);
    assert_int_equal(rh_tlog_add(log, 256, "", 0, NULL), RH_OK);
    memset(large, 'x', sizeof large);
    assert_int_equal(rh_tlog_add(log, 257, large, RH_ENTRY_MOST, NULL), RH_OK);
    assert_int_equal(rh_tlog_add(log, 258, large, RH_ENTRY_MOST + 1, NULL), RH_RANGE);
    publish(log, s);
    add(log, 258, 600);
    for (unsigned round = 0; round < 2; round++) { /* before and after they are written */
        static const unsigned at[] = {0, 100, 255, 258, 511, 512, 599};
        for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
            assert_int_equal(rh_tlog_entry(log, at[i], &bytes, &n, NULL), RH_OK);
            assert_int_equal(n, entry(at[i], expected));
            assert_memory_equal(bytes, expected, n);
            rh_free(bytes);
        }
        assert_int_equal(rh_tlog_entry(log, 256, &bytes, &n, NULL), RH_OK);
        assert_int_equal(n, 0);
        rh_free(bytes);
        assert_int_equal(rh_tlog_entry(log, 257, &bytes, &n, NULL), RH_OK);
        assert_int_equal(n, RH_ENTRY_MOST);
        rh_free(bytes);
        assert_int_equal(rh_tlog_entry(log, 600, &bytes, &n, NULL), RH_RANGE);
        publish(log, s);
    }
    rh_tlog_close(log);
}

/* Witnesses take their time: meanwhile the log grows, and a newer checkpoint may have been put. */
static void
test_checkpoints_are_put_in_order_and_only_our_own(void **state)
{
    const scratch *s = *state;
    rh_tlog *log = opened(s);
    rh_note first, second, back;
    add(log, 0, 5);
    assert_int_equal(rh_tlog_sign(log, &s->key, &first, NULL), RH_OK);
    assert_int_equal(rh_tlog_published(log), 0);
    add(log, 5, 300);
    assert_int_equal(rh_tlog_sign(log, &s->key, &second, NULL), RH_OK);
    assert_int_equal(rh_tlog_put(log, first.text, first.size, NULL), RH_OK);
    assert_true(there(s, "tile/0/000.p/5"));
    assert_int_equal(rh_tlog_put(log, second.text, second.size, NULL), RH_OK);
    assert_int_equal(rh_tlog_published(log), 300);
    assert_false(there(s, "tile/0/000.p"));
    assert_int_equal(rh_tlog_put(log, first.text, first.size, NULL), RH_RANGE);
    rh_digest root = {{1}};
    rh_note lie;
    assert_int_equal(rh_note_begin("log.example/a", 300, &root, &lie, NULL), RH_OK);
    assert_int_equal(rh_note_sign(&lie, &s->key, 0, NULL), RH_OK);
    assert_int_equal(rh_tlog_put(log, lie.text, lie.size, NULL), RH_INVARIANT);
    assert_int_equal(rh_tlog_note(log, &back, NULL), RH_OK);
    assert_string_equal(back.text, second.text);
    rh_tlog_close(log);
}

/* Few entries at a time touch few files: the tile and bundle at the end, the checkpoint. */
static void
test_publishing_rewrites_only_what_was_touched(void **state)
{
    const scratch *s = *state;
    rh_tlog *log = opened(s);
    char path[256];
    struct stat before, after;
    add(log, 0, 300);
    publish(log, s);
    static const char *const untouched[] = {"tile/0/000", "tile/entries/000", "tile/1/000.p/1"};
    ino_t inode[3];
    for (unsigned i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", s->dir, untouched[i]);
        assert_int_equal(stat(path, &before), 0);
        inode[i] = before.st_ino;
    }
    add(log, 300, 310);
    publish(log, s);
    for (unsigned i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", s->dir, untouched[i]);
        assert_int_equal(stat(path, &after), 0);
        assert_int_equal(after.st_ino, inode[i]); /* a file written again is another file */
    }
    assert_true(there(s, "tile/0/001.p/54") && there(s, "tile/entries/001.p/54"));
    assert_true(there(s, "tile/0/001.p/44")); /* of the checkpoint before */
    rh_tlog_close(log);
}

/* A full disk, by a limit on the size of files: the bundle does not fit, nothing is published; later all goes on. */
static void
test_a_full_disk_is_told_and_the_log_goes_on_later(void **state)
{
    const scratch *s = *state;
    rh_tlog *log = opened(s);
    rh_err err = {0};
    struct rlimit before, small;
    add(log, 0, 10);
    publish(log, s);
    add(log, 10, 250);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 4000;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    rh_status status = rh_tlog_publish(log, &s->key, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, RH_IO);
    assert_non_null(strstr(err.text, "cannot be written"));
    assert_int_equal(rh_tlog_published(log), 10);
    assert_false(there(s, "tile/entries/000.p/250") || there(s, "tile/entries/000.p/250.tmp"));
    publish(log, s);
    rh_tlog_close(log);
    log = opened(s);
    assert_int_equal(rh_tlog_size(log), 250);
    rh_tlog_close(log);
}

/* A writer that is killed anywhere leaves a directory that opens, with all that its checkpoint says (T2). */
static void
test_a_killed_writer_leaves_a_whole_log(void **state)
{
    const scratch *s = *state;
    uint64_t size = 0;
    for (unsigned round = 0; round < 12; round++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            rh_tlog *log = NULL;
            char text[300];
            if (rh_tlog_open(s->dir, &s->key.is, &log, NULL) != RH_OK) {
                _exit(1);
            }
            rh_tlog_without_sync(log);
            for (uint64_t i = rh_tlog_size(log);; i++) {
                size_t n = entry(i, text);
                if (rh_tlog_add(log, i, text, n, NULL) != RH_OK ||
                    (i % 3 == 0 && rh_tlog_publish(log, &s->key, NULL) != RH_OK)) {
                    _exit(1);
                }
            }
        }
        usleep(5000 + 7000 * round);
        int how;
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_true(WIFSIGNALED(how));
        rh_tlog *log = opened(s);
        assert_true(rh_tlog_size(log) >= size);
        size = rh_tlog_size(log);
        add(log, 0, size); /* and the entries are the right ones */
        rh_tlog_close(log);
    }
    assert_true(size > 0);
}

static void
test_memory_that_runs_out_is_told_and_spoils_nothing(void **state)
{
    const scratch *s = *state;
    rh_tlog *log = NULL;
    char text[300];
    unsigned refused = 0;
    for (long n = 1; n < 12; n++) {
        rh_err err = {0};
        rh_mem_fail_after(n);
        rh_status status = rh_tlog_open(s->dir, &s->key.is, &log, &err);
        for (unsigned i = 0; status == RH_OK && i < 300; i++) {
            status = rh_tlog_add(log, i, text, entry(i, text), &err);
        }
        rh_mem_fail_after(0);
        assert_true(status == RH_OK || status == RH_MEMORY);
        assert_true((status == RH_OK) == (err.text[0] == '\0'));
        refused += status != RH_OK;
        if (log != NULL) {
            add(log, 0, 300);
            publish(log, s);
            rh_tlog_close(log);
            log = NULL;
        }
    }
    assert_true(refused >= 5);
}

static void
test_an_empty_log_can_be_published(void **state)
{
    const scratch *s = *state;
    rh_tlog *log = opened(s);
    publish(log, s);
    rh_tlog_close(log);
    log = opened(s);
    assert_int_equal(rh_tlog_size(log), 0);
    add(log, 0, 1);
    publish(log, s);
    rh_tlog_close(log);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths_are_the_specifications),
#define IN_SCRATCH(f) cmocka_unit_test_setup_teardown(f, make, clear)
        IN_SCRATCH(test_seventy_thousand_entries_give_the_files_of_the_specification),
        IN_SCRATCH(
            test_a_log_continued_after_each_crash_has_the_files_of_one_never_interrupted),
        IN_SCRATCH(test_a_full_tile_stands_for_a_missing_partial_one),
        IN_SCRATCH(test_behind_ahead_and_contradiction_are_told),
        IN_SCRATCH(test_every_changed_byte_of_the_files_is_found_when_opening),
        IN_SCRATCH(test_entries_come_back_from_files_and_from_memory),
        IN_SCRATCH(test_checkpoints_are_put_in_order_and_only_our_own),
        IN_SCRATCH(test_publishing_rewrites_only_what_was_touched),
        IN_SCRATCH(test_a_full_disk_is_told_and_the_log_goes_on_later),
        IN_SCRATCH(test_a_killed_writer_leaves_a_whole_log),
        IN_SCRATCH(test_memory_that_runs_out_is_told_and_spoils_nothing),
        IN_SCRATCH(test_an_empty_log_can_be_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
