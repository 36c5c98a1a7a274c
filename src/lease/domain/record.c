/* Finding fields: see record.h. */
#include "domain/record.h"

#include <string.h>

const rh_field *
rh_record_find(const rh_record_type *type, const char *name)
{
    for (int i = 0; i < type->n; i++) {
        if (strcmp(type->field[i].name, name) == 0) {
            return &type->field[i];
        }
    }
    return NULL;
}

int
rh_code_find(const rh_codes *codes, const char *word)
{
    for (int i = 0; i < codes->n; i++) {
        if (strcmp(codes->word[i], word) == 0) {
            return i;
        }
    }
    return -1;
}
