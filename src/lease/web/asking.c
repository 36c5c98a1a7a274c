/* From what was typed to a command: see asking.h. */
#include "web/asking.h"

#include "web/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

const rh_codes *
rh_asking_set(const rh_field *field)
{
    return field->type == RH_FIELD_INT && strcmp(field->name, "uses") == 0
               ? &rh_codes_lessee_use
               : NULL;
}

rh_typing
rh_typing_of(const rh_field *field)
{
    switch (field->type) {
    case RH_FIELD_ID:
        return RH_TYPING_OBJECT;
    case RH_FIELD_FEN:
        return RH_TYPING_MONEY;
    case RH_FIELD_DATE:
        return RH_TYPING_DATE;
    case RH_FIELD_CODE:
        return RH_TYPING_WORD;
    case RH_FIELD_BOOL:
        return RH_TYPING_TICK;
    case RH_FIELD_HASH:
        return RH_TYPING_HASH;
    case RH_FIELD_PRIVATE:
        return RH_TYPING_PRIVATE;
    case RH_FIELD_TEXT:
        return RH_TYPING_TEXT;
    case RH_FIELD_INT:
        return rh_asking_set(field) != NULL     ? RH_TYPING_SET
               : ends_with(field->name, "_cm2") ? RH_TYPING_AREA
               : ends_with(field->name, "_bp")  ? RH_TYPING_PERCENT
               : ends_with(field->name, "_e5")  ? RH_TYPING_DEGREES
                                                : RH_TYPING_NUMBER;
    default:
        return RH_TYPING_NUMBER;
    }
}

bool
rh_asking_derives(rh_command_kind kind, const rh_field *field)
{
    /* Hashes of texts that the program writes: schemes, notices, contracts, disclosures; marks of signing. */
    (void)kind;
    return (field->type == RH_FIELD_HASH && strcmp(field->name, "text") == 0) ||
           (field->type == RH_FIELD_TEXT && strcmp(field->name, "mark") == 0);
}

void
rh_asking_box(const rh_field *field, int i, char out[64])
{
    snprintf(out, 64, "%s_%s", field->name, rh_asking_set(field)->word[i]);
}

/* ---- reading ---- */

static void
problem(rh_asking *a, const rh_field *field, enum rh_web_message message)
{
    if (a->n_problems < RH_ASKING_FIELDS) {
        a->problem[a->n_problems].field = field;
        a->problem[a->n_problems++].message = message;
    }
}

static void
begin(rh_command_kind kind, rh_asking *a)
{
    const rh_record_type *type = rh_command_type(kind);
    *a = (rh_asking){.kind = kind};
    for (int i = 0; i < type->n; i++) {
        if (type->field[i].type != RH_FIELD_TEXT && type->field[i].type != RH_FIELD_HASH) {
            *(int64_t *)(void *)((char *)&a->command + type->field[i].offset) = RH_NONE;
        }
    }
}

static enum rh_web_message
read_number(const char *text, int64_t *n)
{
    char *end;
    long long x = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || x <= INT64_MIN + 1 || x == INT64_MAX) {
        return RH_WEB_COUNT_EXPECTED;
    }
    *n = x;
    return RH_WEB_NOTHING;
}

/* A decimal number times a power of ten, exactly; `places` decimals at most. */
static bool
read_scaled(const char *text, int places, int64_t *out)
{
    bool negative = *text == '-';
    text += negative;
    int64_t n = 0;
    int digits = 0, behind = -1;
    for (; *text != '\0' && strcmp(text, "%") != 0; text++) {
        if (*text == '.' && behind < 0) {
            behind = 0;
        } else if (*text >= '0' && *text <= '9' && digits < 15 && behind < places) {
            n = 10 * n + (*text - '0');
            digits++;
            behind += behind >= 0;
        } else {
            return false;
        }
    }
    for (int i = behind < 0 ? 0 : behind; i < places; i++) {
        n *= 10;
    }
    *out = negative ? -n : n;
    return digits > 0;
}

static bool
read_hash(const char *text, rh_hash *out)
{
    for (size_t i = 0; i < sizeof out->byte; i++) {
        unsigned byte = 0;
        for (int half = 0; half < 2; half++) {
            char c = text[2 * i + (size_t)half];
            if (c >= '0' && c <= '9') {
                byte = 16 * byte + (unsigned)(c - '0');
            } else if (c >= 'a' && c <= 'f') {
                byte = 16 * byte + (unsigned)(c - 'a') + 10;
            } else {
                return false;
            }
        }
        out->byte[i] = (uint8_t)byte;
    }
    return text[2 * sizeof out->byte] == '\0';
}

static void
take_private(rh_asking *a, const rh_field *field, const char *text)
{
    if (text[0] != '\0') {
        a->text[a->n_texts++] = (rh_private_text){field->name, text};
    } else if (!field->optional) {
        problem(a, field, RH_WEB_MUST_FILL);
    }
}

static void
read_typed(rh_asking *a, const rh_field *field, const char *text)
{
    char *place = (char *)&a->command + field->offset;
    int64_t *number = (int64_t *)(void *)place;
    enum rh_web_message message = RH_WEB_NOTHING;
    switch (rh_typing_of(field)) {
    case RH_TYPING_TEXT:
        *(const char **)(void *)place = text;
        message = text[0] == '\0' && !field->optional ? RH_WEB_MUST_FILL : RH_WEB_NOTHING;
        break;
    case RH_TYPING_PRIVATE:
        take_private(a, field, text);
        break;
    case RH_TYPING_TICK:
        *number = strcmp(text, "1") == 0;
        break;
    case RH_TYPING_HASH:
        if (text[0] != '\0' || !field->optional) {
            message = read_hash(text, (rh_hash *)(void *)place) ? RH_WEB_NOTHING
                                                                : RH_WEB_HASH_EXPECTED;
        }
        break;
    default:
        if (text[0] == '\0') {
            message = field->optional ? RH_WEB_NOTHING : RH_WEB_MUST_FILL;
            break;
        }
        switch (rh_typing_of(field)) {
        case RH_TYPING_MONEY:
            message = rh_read_money(text, number);
            break;
        case RH_TYPING_AREA:
            message = rh_read_area(text, number);
            break;
        case RH_TYPING_DATE:
            message = rh_read_date(text, number);
            break;
        case RH_TYPING_PERCENT:
            message = read_scaled(text, 2, number) ? RH_WEB_NOTHING : RH_WEB_PERCENT_EXPECTED;
            break;
        case RH_TYPING_DEGREES:
            message = read_scaled(text, 5, number) ? RH_WEB_NOTHING : RH_WEB_DEGREES_EXPECTED;
            break;
        case RH_TYPING_WORD: {
            int code = rh_code_find(field->codes, text);
            *number = code;
            message = code < 0 ? RH_WEB_WORD_EXPECTED : RH_WEB_NOTHING;
            break;
        }
        default:
            message = read_number(text, number);
        }
    }
    if (message != RH_WEB_NOTHING) {
        if (field->type != RH_FIELD_TEXT && field->type != RH_FIELD_HASH) {
            *number = RH_NONE;
        }
        problem(a, field, message);
    }
}

void
rh_asking_read(rh_command_kind kind, rh_typed *typed, const void *context, rh_asking *out)
{
    const rh_record_type *type = rh_command_type(kind);
    begin(kind, out);
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        const rh_codes *set = rh_asking_set(f);
        if (rh_asking_derives(kind, f)) {
            continue;
        }
        if (set == NULL) {
            read_typed(out, f, typed(context, f->name));
            continue;
        }
        int64_t bits = 0;
        for (int w = 0; w < set->n; w++) {
            char box[64];
            rh_asking_box(f, w, box);
            bits |= strcmp(typed(context, box), "1") == 0 ? (int64_t)1 << w : 0;
        }
        if (bits == 0 && !f->optional) {
            problem(out, f, RH_WEB_SET_EXPECTED);
        } else {
            *(int64_t *)(void *)((char *)&out->command + f->offset) = bits;
        }
    }
}

/* ---- JSON ---- */

static enum rh_web_message
take_json(rh_asking *a, const rh_field *f, const json_t *value)
{
    char *place = (char *)&a->command + f->offset;
    int64_t *number = (int64_t *)(void *)place;
    const char *text = json_string_value(value);
    switch (f->type) {
    case RH_FIELD_TEXT:
        *(const char **)(void *)place = text;
        return text == NULL ? RH_WEB_TEXT_EXPECTED : RH_WEB_NOTHING;
    case RH_FIELD_PRIVATE:
        if (text != NULL) {
            take_private(a, f, text);
        }
        return text == NULL ? RH_WEB_TEXT_EXPECTED : RH_WEB_NOTHING;
    case RH_FIELD_HASH:
        return text != NULL && read_hash(text, (rh_hash *)(void *)place) ? RH_WEB_NOTHING
                                                                         : RH_WEB_HASH_EXPECTED;
    case RH_FIELD_DATE:
        return text == NULL ? RH_WEB_DATE_EXPECTED : rh_read_date(text, number);
    case RH_FIELD_CODE:
        *number = text == NULL ? -1 : rh_code_find(f->codes, text);
        return *number < 0 ? RH_WEB_WORD_EXPECTED : RH_WEB_NOTHING;
    case RH_FIELD_BOOL:
        *number = json_is_true(value);
        return json_is_boolean(value) ? RH_WEB_NOTHING : RH_WEB_TRUTH_EXPECTED;
    default:
        *number = json_is_integer(value) ? json_integer_value(value) : RH_NONE;
        return json_is_integer(value) ? RH_WEB_NOTHING : RH_WEB_COUNT_EXPECTED;
    }
}

void
rh_asking_read_json(rh_command_kind kind, const json_t *object, rh_asking *out)
{
    const rh_record_type *type = rh_command_type(kind);
    begin(kind, out);
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        const json_t *value = json_object_get(object, f->name);
        if (value == NULL || json_is_null(value)) {
            if (!f->optional && !rh_asking_derives(kind, f)) {
                problem(out, f, RH_WEB_MUST_FILL);
            }
            continue;
        }
        enum rh_web_message message = take_json(out, f, value);
        if (message != RH_WEB_NOTHING) {
            problem(out, f, message);
        }
    }
    void *at;
    for (at = json_object_iter((json_t *)(uintptr_t)object); at != NULL;
         at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
        if (rh_record_find(type, json_object_iter_key(at)) == NULL) {
            problem(out, NULL, RH_WEB_UNKNOWN_KEY);
        }
    }
}
