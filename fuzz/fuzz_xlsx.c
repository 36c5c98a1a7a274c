/* libFuzzer: any bytes as an XLSX file, and any bytes as the parts of one (io/xlsx.h, X4). A ZIP archive keeps a checksum that a
 * fuzzer does not find, so the bytes are cut at the mark "%%%%" into rows, what follows them, shared texts and styles of a
 * well-formed archive. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "io/xlsx.h"
#include "small_zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
read_all(const void *bytes, size_t size)
{
    rh_csv *csv = NULL;
    rh_err err = {0};
    if (rh_xlsx_parse("fuzz.xlsx", bytes, size, NULL, &csv, &err) != RH_OK) {
        if (csv != NULL || err.text[0] == '\0' ||
            rh_text_valid(err.text, strlen(err.text)) != strlen(err.text)) {
            abort(); /* a failure gives a sentence and nothing else */
        }
        return;
    }
    for (uint32_t row = 0; row < rh_csv_rows(csv); row++) {
        for (uint32_t column = 0; column < rh_csv_columns(csv); column++) {
            const char *text = rh_csv_text(csv, row, (int)column);
            if (rh_text_valid(text, strlen(text)) != strlen(text)) {
                abort(); /* cells are UTF-8 */
            }
            rh_csv_number(csv, row, (int)column);
        }
    }
    rh_csv_free(csv);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char mark[] = "%%%%";
    read_all(bytes, size);
    char *text = malloc(size + 1), *part[4] = {NULL};
    if (text == NULL) {
        return 0;
    }
    memcpy(text, bytes, size);
    text[size] = '\0';
    size_t n = 0;
    for (char *at = text; at != NULL && n < 4; n++) {
        part[n] = at;
        at = strstr(at, mark);
        if (at != NULL) {
            *at = '\0';
            at += strlen(mark);
        }
    }
    size_t packed_size = 0;
    void *packed = small_xlsx(part[0], part[1], part[2], part[3], &packed_size);
    if (packed != NULL) {
        read_all(packed, packed_size);
    }
    free(packed);
    free(text);
    return 0;
}
