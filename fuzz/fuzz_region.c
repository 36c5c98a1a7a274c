/* libFuzzer: damaged region files (io/region_file.h). The input is a list of patches of four
 * bytes (offset in 24 bits little-endian, new byte) to the file of the tiny region; bytes that
 * begin like an SQLite file are taken as they are. Whatever is accepted keeps G1–G5 and can be
 * described. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/region_file.h"
#include "place/region_text.h"
#include "tiny_region.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { ROOM = 1 << 20 };

/* The tiny region's file, in malloc'ed memory. */
static uint8_t *
sound_file(const char *path, size_t *size)
{
    rh_region *region = tiny_region();
    uint8_t *bytes = malloc(ROOM);
    FILE *in;
    if (bytes == NULL || rh_region_write(region, path, NULL) != RH_OK ||
        (in = fopen(path, "rb")) == NULL) {
        abort();
    }
    *size = fread(bytes, 1, ROOM, in);
    fclose(in);
    rh_region_free(region);
    return bytes;
}

static void
put(const char *path, const uint8_t *bytes, size_t size)
{
    FILE *out = fopen(path, "wb");
    if (out == NULL || fwrite(bytes, 1, size, out) != size || fclose(out) != 0) {
        abort();
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static uint8_t *sound; /* made once: writing it takes longer than everything else here */
    static size_t sound_size;
    char path[4096];
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/ronghe-fuzz-%ld.gpkg", folder != NULL ? folder : "/tmp",
             (long)getpid());
    if (size >= 16 && memcmp(bytes, "SQLite format 3", 16) == 0) {
        put(path, bytes, size);
    } else {
        if (sound == NULL) {
            sound = sound_file(path, &sound_size);
        }
        uint8_t *patched = malloc(sound_size);
        if (patched == NULL) {
            abort();
        }
        memcpy(patched, sound, sound_size);
        for (size_t i = 0; i + 4 <= size; i += 4) {
            size_t offset = bytes[i] | (size_t)bytes[i + 1] << 8 | (size_t)bytes[i + 2] << 16;
            patched[offset % sound_size] = bytes[i + 3];
        }
        put(path, patched, sound_size);
        free(patched);
    }
    rh_region *region = NULL;
    rh_err err = {0};
    if (rh_region_read(path, &region, &err) == RH_OK) {
        FILE *out = fopen("/dev/null", "w");
        if (out == NULL || rh_region_verify(region, &err) != RH_OK ||
            rh_region_describe(region, RH_CHINESE, out, &err) != RH_OK) {
            abort();
        }
        fclose(out);
        rh_region_free(region);
    } else if (region != NULL || err.text[0] == '\0') {
        abort(); /* a failure gives a sentence and nothing else */
    }
    unlink(path);
    return 0;
}
