/* libFuzzer: any bytes as an urlencoded form and as JSON (http/form.h F1, F3; http/json_body.h). */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "http/form.h"
#include "http/json_body.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const rh_form_limits limits = {.fields = 20, .name = 10, .value = 50};
    rh_form form = {0};
    rh_problem problem = rh_form_read(&form, (const char *)bytes, size, &limits);
    if (problem != form.problem || form.n > limits.fields) {
        abort();
    }
    for (size_t i = 0; i < form.n; i++) {
        const char *name = rh_form_name_at(&form, i), *value = rh_form_value_at(&form, i);
        if (rh_text_valid(name, strlen(name)) != strlen(name) || strlen(name) > limits.name ||
            rh_text_valid(value, strlen(value)) != strlen(value) ||
            strlen(value) > limits.value || rh_form_get(&form, name) == NULL) {
            abort();
        }
    }
    rh_form_release(&form);
    json_t *json;
    if ((rh_json_read((const char *)bytes, size, 8, &json) == RH_PROBLEM_NONE) !=
        (json != NULL)) {
        abort();
    }
    json_decref(json);
    return 0;
}
