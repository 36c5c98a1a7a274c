/* Replays every file of fuzz/corpus/NAME through the fuzz target NAME: they abort when a
 * promise breaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* LLVMFuzzerTestOneInput of each target, renamed by tests/meson.build. */
int rh_fuzz_csv(const uint8_t *bytes, size_t size);
int rh_fuzz_region(const uint8_t *bytes, size_t size);

static void
replay(const char *name, int (*target)(const uint8_t *bytes, size_t size))
{
    const char *root = getenv("RONGHE_CORPUS");
    char path[4096];
    unsigned files = 0;
    snprintf(path, sizeof path, "%s/%s", root != NULL ? root : "fuzz/corpus", name);
    DIR *folder = opendir(path);
    if (folder == NULL) {
        print_message(
            "# %s is not there (set RONGHE_CORPUS or start from the project's root)\n", path);
        skip();
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        snprintf(path, sizeof path, "%s/%s/%s", root != NULL ? root : "fuzz/corpus", name,
                 entry->d_name);
        FILE *in = fopen(path, "rb");
        assert_non_null(in);
        /* An exact block from malloc, so that sanitizers see every byte read too far. */
        fseek(in, 0, SEEK_END);
        size_t size = (size_t)ftell(in);
        rewind(in);
        uint8_t *bytes = malloc(size);
        assert_int_equal(fread(bytes, 1, size, in), size);
        fclose(in);
        print_message("# %s\n", entry->d_name);
        target(bytes, size);
        free(bytes);
        files++;
    }
    closedir(folder);
    assert_true(files > 10);
}

static void
test_csv_corpus_keeps_every_promise(void **state)
{
    (void)state;
    replay("csv", rh_fuzz_csv);
}

static void
test_region_corpus_keeps_every_promise(void **state)
{
    (void)state;
    replay("region", rh_fuzz_region);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv_corpus_keeps_every_promise),
        cmocka_unit_test(test_region_corpus_keeps_every_promise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
