/* Replays a corpus folder through a fuzz target, as TAP: every seed must come back without a
 * crash. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
by_name(const struct dirent **a, const struct dirent **b)
{
    return alphasort(a, b);
}

static int
is_seed(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* The bytes of a file; the caller frees. */
static uint8_t *
read_all(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;
    *size = 0;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0) {
        long length = ftell(file);
        rewind(file);
        bytes = malloc(length > 0 ? (size_t)length : 1);
        *size = bytes != NULL && length > 0 ? fread(bytes, 1, (size_t)length, file) : 0;
    }
    if (file != NULL) {
        fclose(file);
    }
    return bytes;
}

int
main(int argc, char **argv)
{
    struct dirent **seed;
    int n = argc == 2 ? scandir(argv[1], &seed, is_seed, by_name) : -1;
    if (n <= 0) {
        printf("1..1\nnot ok 1 - the corpus folder has seeds\n");
        return 1;
    }
    printf("1..%d\n", n);
    for (int i = 0; i < n; i++) {
        char path[4096];
        size_t size;
        snprintf(path, sizeof path, "%s/%s", argv[1], seed[i]->d_name);
        uint8_t *bytes = read_all(path, &size);
        if (bytes != NULL) {
            LLVMFuzzerTestOneInput(bytes, size);
        }
        printf("%s %d - %s\n", bytes != NULL ? "ok" : "not ok", i + 1, seed[i]->d_name);
        fflush(stdout);
        free(bytes);
        free(seed[i]);
    }
    free(seed);
    return 0;
}
