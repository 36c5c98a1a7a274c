/* libFuzzer: any bytes sent as the JSON body of any command (web/asking.h): the first byte chooses the command, the rest is the body. What was read is
 * one of what the list allows: codes are words, truths 0 or 1, personal texts never stand in the command (K2); every required field that is missing has
 * its problem (K1); and what was accepted can be written as canonical text. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "http/json_body.h"
#include "service/canonical.h"
#include "web/asking.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
expect(bool good)
{
    if (!good) {
        abort();
    }
}

static bool
has_problem(const rh_asking *a, const rh_field *f)
{
    for (size_t i = 0; i < a->n_problems; i++) {
        if (a->problem[i].field == f) {
            return true;
        }
    }
    return false;
}

static void
check_field(const rh_asking *a, const rh_field *f, const json_t *object)
{
    const json_t *given = json_object_get(object, f->name);
    bool said = given != NULL && !json_is_null(given), wrong = has_problem(a, f);
    expect(said || wrong || f->optional || rh_asking_derives(a->kind, f));
    if (wrong || f->type == RH_FIELD_TEXT || f->type == RH_FIELD_HASH) {
        return;
    }
    int64_t value = rh_record_number(&a->command, f);
    expect(f->type != RH_FIELD_PRIVATE || value == RH_NONE);
    if (value != RH_NONE) {
        expect(f->type != RH_FIELD_CODE || (value >= 0 && value < f->codes->n));
        expect(f->type != RH_FIELD_BOOL || value == 0 || value == 1);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    json_t *object = NULL;
    if (size < 1 ||
        rh_json_read((const char *)bytes + 1, size - 1, 32, &object) != RH_PROBLEM_NONE) {
        return 0;
    }
    if (json_is_object(object)) {
        static rh_asking a;
        rh_command_kind kind = (rh_command_kind)(bytes[0] % RH_COMMAND_COUNT);
        const rh_record_type *type = rh_command_type(kind);
        rh_asking_read_json(kind, object, &a);
        expect(a.n_problems <= RH_ASKING_FIELDS && a.n_texts <= RH_ASKING_FIELDS);
        for (int i = 0; i < type->n; i++) {
            check_field(&a, &type->field[i], object);
        }
        if (a.n_problems == 0) {
            rh_growing text = {0};
            rh_err err = {0};
            rh_status status = rh_canonical_write(type, &a.command, &text, &err);
            expect(status == RH_OK || status == RH_RANGE || status == RH_MEMORY);
            rh_growing_release(&text);
        }
    }
    json_decref(object);
    return 0;
}
