/* libFuzzer: any bytes through the CSV reader and all its getters (io/csv.h, C1). */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/text.h"
#include "io/csv.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    rh_csv *csv = NULL;
    rh_err err = {0};
    if (rh_csv_parse("fuzz.csv", (const char *)bytes, size, &csv, &err) != RH_OK) {
        if (csv != NULL || err.text[0] == '\0') {
            abort(); /* a failure gives a sentence and nothing else */
        }
        return 0;
    }
    rh_csv_need(csv, "code");
    for (uint32_t row = 0; row < rh_csv_rows(csv); row++) {
        for (uint32_t column = 0; column < rh_csv_columns(csv); column++) {
            const char *text = rh_csv_text(csv, row, (int)column);
            if (rh_text_valid(text, strlen(text)) != strlen(text)) {
                abort(); /* cells are UTF-8 */
            }
            rh_csv_count(csv, row, (int)column);
            rh_csv_number(csv, row, (int)column);
        }
    }
    if (rh_csv_finish(csv, &err) != RH_OK && err.text[0] == '\0') {
        abort();
    }
    rh_csv_free(csv);
    return 0;
}
