/* libFuzzer: the strict reader of canonical JSON (service/canonical.h, K2). The first byte chooses the command; what is read must be written back as
 * the same bytes. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "service/canonical.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const rh_record_type *type = rh_command_type(bytes[0] % RH_COMMAND_COUNT);
    const char *text = (const char *)bytes + 1;
    rh_command command;
    rh_err err = {0};
    char *room = malloc(size); /* exactly what the header asks for: a byte too many is found */
    if (rh_canonical_read(type, text, size - 1, &command, room, &err) != RH_OK) {
        if (err.text[0] == '\0') {
            abort();
        }
    } else {
        rh_growing again = {0};
        if (rh_canonical_write(type, &command, &again, &err) != RH_OK ||
            again.size != size - 1 || memcmp(again.text, text, size - 1) != 0) {
            abort();
        }
        rh_growing_release(&again);
    }
    free(room);
    return 0;
}
