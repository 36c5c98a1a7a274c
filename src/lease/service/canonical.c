/* Canonical JSON of records: see canonical.h. */
#include "service/canonical.h"

#include "log/commitment.h"

#include "core/text.h"
#include "store/day_text.h"

#include <sodium.h>
#include <string.h>

/* ---- writing ---- */

void
rh_canonical_string(const char *text, rh_growing *out)
{
    rh_growing_text(out, "\"");
    const char *start = text, *p = text;
    for (; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        if (c >= 0x20 && c != '"' && c != '\\') {
            continue;
        }
        rh_growing_bytes(out, start, (size_t)(p - start));
        start = p + 1;
        const char *from = "\"\\\b\t\n\f\r", *to = "\"\\btnfr";
        const char *found = strchr(from, c);
        if (found != NULL) {
            char two[2] = {'\\', to[found - from]};
            rh_growing_bytes(out, two, 2);
        } else {
            rh_growing_text(out, "\\u00");
            rh_growing_hex(out, &c, 1);
        }
    }
    rh_growing_bytes(out, start, (size_t)(p - start));
    rh_growing_text(out, "\"");
}

static bool
is_none(const void *record, const rh_field *f)
{
    if (f->type == RH_FIELD_TEXT) {
        const char *text = rh_record_text(record, f);
        return text == NULL || text[0] == '\0';
    }
    if (f->type == RH_FIELD_HASH) {
        return sodium_is_zero(rh_record_hash(record, f)->byte, sizeof(rh_hash)) == 1;
    }
    return rh_record_number(record, f) == RH_NONE;
}

/* "name":value, with a comma in front unless it is the first. */
static rh_status
write_field(const rh_record_type *type, const rh_field *f, const void *record, bool *first,
            rh_growing *out, rh_err *err)
{
    if (is_none(record, f)) {
        return RH_OK;
    }
    rh_growing_text(out, *first ? "\"" : ",\"");
    *first = false;
    rh_growing_text(out, f->name);
    rh_growing_text(out, "\":");
    if (f->type == RH_FIELD_TEXT) {
        rh_canonical_string(rh_record_text(record, f), out);
        return RH_OK;
    }
    if (f->type == RH_FIELD_HASH) {
        rh_growing_text(out, "\"");
        rh_growing_hex(out, rh_record_hash(record, f)->byte, sizeof(rh_hash));
        rh_growing_text(out, "\"");
        return RH_OK;
    }
    int64_t number = rh_record_number(record, f);
    char day[RH_DAY_TEXT];
    if (f->type == RH_FIELD_DATE) {
        if (!rh_day_write(number, day)) {
            return rh_fail(err, RH_RANGE, "%s of %s: day %lld has no year 1–9999.", f->name,
                           type->name, (long long)number);
        }
        rh_canonical_string(day, out);
    } else if (f->type == RH_FIELD_CODE) {
        if (number < 0 || number >= f->codes->n) {
            return rh_fail(err, RH_RANGE, "%s of %s: %lld is no word of the list %s.", f->name,
                           type->name, (long long)number, f->codes->name);
        }
        rh_canonical_string(f->codes->word[number], out);
    } else {
        rh_growing_number(out, number);
    }
    return RH_OK;
}

rh_status
rh_canonical_write(const rh_record_type *type, const void *record, rh_growing *out, rh_err *err)
{
    bool first = true;
    rh_growing_text(out, "{");
    for (int i = 0; i < type->n; i++) {
        RH_TRY(write_field(type, &type->field[i], record, &first, out, err));
    }
    rh_growing_text(out, "}");
    return rh_growing_check(out, err);
}

const rh_field *
rh_canonical_not_utf8(const rh_record_type *type, const void *record)
{
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        if (f->type == RH_FIELD_TEXT && !is_none(record, f)) {
            const char *text = rh_record_text(record, f);
            if (rh_text_valid(text, strlen(text)) != strlen(text)) {
                return f;
            }
        }
    }
    return NULL;
}

/* ---- reading ---- */

typedef struct reader {
    const char *p, *end;
    char *room;
} reader;

static bool
take(reader *r, const char *word)
{
    size_t size = strlen(word);
    if ((size_t)(r->end - r->p) < size || memcmp(r->p, word, size) != 0) {
        return false;
    }
    r->p += size;
    return true;
}

/* -?(0|[1-9][0-9]*), no "-0", within int64_t and not RH_NONE. */
static bool
read_number(reader *r, int64_t *number)
{
    bool minus = take(r, "-");
    const char *start = r->p;
    uint64_t value = 0;
    while (r->p < r->end && *r->p >= '0' && *r->p <= '9') {
        uint64_t digit = (uint64_t)(*r->p++ - '0');
        if (value > (INT64_MAX - digit) / 10) {
            return false;
        }
        value = 10 * value + digit;
    }
    if (r->p == start || (*start == '0' && (r->p - start > 1 || minus))) {
        return false;
    }
    *number = minus ? -(int64_t)value : (int64_t)value;
    return true;
}

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What follows a backslash; 0: not canonical. */
static char
read_escape(reader *r)
{
    const char *from = "\"\\btnfr", *to = "\"\\\b\t\n\f\r";
    char c = r->p < r->end ? *r->p++ : '\0';
    const char *found = c != '\0' ? strchr(from, c) : NULL;
    if (found != NULL) {
        return to[found - from];
    }
    if (c != 'u' || !take(r, "00") || r->end - r->p < 2) {
        return '\0';
    }
    int high = hex_digit(r->p[0]), low = hex_digit(r->p[1]);
    if (high < 0 || high > 1 || low < 0) {
        return '\0';
    }
    char value = (char)(high << 4 | low);
    r->p += 2;
    return value != '\0' && strchr(to, value) == NULL ? value : '\0';
}

/* A string that is not empty, into the room. */
static const char *
read_string(reader *r, size_t *size)
{
    char *text = r->room;
    if (!take(r, "\"")) {
        return NULL;
    }
    while (r->p < r->end && *r->p != '"') {
        char c = *r->p++;
        if ((unsigned char)c < 0x20) {
            return NULL;
        }
        if (c == '\\') {
            c = read_escape(r);
            if (c == '\0') {
                return NULL;
            }
        }
        *r->room++ = c;
    }
    if (!take(r, "\"")) {
        return NULL;
    }
    *size = (size_t)(r->room - text);
    *r->room++ = '\0';
    return *size > 0 && rh_text_valid(text, *size) == *size ? text : NULL;
}

static bool
read_hash(const char *text, size_t size, rh_hash *hash)
{
    if (size != 2 * sizeof *hash) {
        return false;
    }
    for (size_t i = 0; i < sizeof *hash; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        hash->byte[i] = (uint8_t)(high << 4 | low);
    }
    return sodium_is_zero(hash->byte, sizeof *hash) == 0;
}

static bool
read_value(reader *r, const rh_field *f, void *record)
{
    char *at = (char *)record + f->offset;
    int64_t number = RH_NONE;
    if (f->type == RH_FIELD_TEXT || f->type == RH_FIELD_HASH || f->type == RH_FIELD_CODE ||
        f->type == RH_FIELD_DATE) {
        size_t size;
        const char *text = read_string(r, &size);
        if (text == NULL) {
            return false;
        }
        if (f->type == RH_FIELD_TEXT) {
            memcpy(at, &text, sizeof text);
            return true;
        }
        if (f->type == RH_FIELD_HASH) {
            rh_hash hash;
            bool good = read_hash(text, size, &hash);
            memcpy(at, &hash, good ? sizeof hash : 0);
            return good;
        }
        if (f->type == RH_FIELD_CODE) {
            number = rh_code_find(f->codes, text);
            if (number < 0) {
                return false;
            }
        } else if (!rh_day_read(text, size, &number)) {
            return false;
        }
    } else if (!read_number(r, &number)) {
        return false;
    }
    memcpy(at, &number, sizeof number);
    return true;
}

static void
blank(const rh_record_type *type, void *record)
{
    memset(record, 0, type->size);
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        char *at = (char *)record + f->offset;
        if (f->type == RH_FIELD_TEXT) {
            const char *nothing = "";
            memcpy(at, &nothing, sizeof nothing);
        } else if (f->type != RH_FIELD_HASH) {
            const int64_t none = RH_NONE;
            memcpy(at, &none, sizeof none);
        }
    }
}

rh_status
rh_canonical_read(const rh_record_type *type, const char *text, size_t size, void *record,
                  char *room, rh_err *err)
{
    reader r = {text, text + size, room};
    blank(type, record);
    bool first = true, good = take(&r, "{");
    for (int i = 0; good && i < type->n; i++) {
        const rh_field *f = &type->field[i];
        reader before = r;
        if (!(first || take(&r, ",")) || !take(&r, "\"") || !take(&r, f->name) ||
            !take(&r, "\":")) {
            r = before; /* left out; a key that is not of the list is found at the end */
            continue;
        }
        first = false;
        good = read_value(&r, f, record);
    }
    if (!good || !take(&r, "}") || r.p != r.end) {
        return rh_fail(err, RH_INPUT, "Not the canonical text of %s: character %zu.",
                       type->name, (size_t)(r.p - text) + 1);
    }
    return RH_OK;
}

/* ---- entries ---- */

static bool
is_fact(const rh_field *f, int i, bool open)
{
    if (i < 2) {
        return true; /* id and version name the row on both sides */
    }
    if (strcmp(f->name, "seq") == 0 || strcmp(f->name, "recorded") == 0) {
        return false; /* the entry says them once */
    }
    return (f->audience == RH_OPEN) == open;
}

static rh_status
write_facts(const rh_event *event, bool open, rh_growing *out, rh_err *err)
{
    rh_growing_text(out, "[");
    for (size_t k = 0; k < event->n_rows; k++) {
        const rh_record_type *type = rh_row_type(event->row[k].kind);
        rh_growing_text(out, k > 0 ? ",{\"row\":\"" : "{\"row\":\"");
        rh_growing_text(out, type->name);
        rh_growing_text(out, "\"");
        bool first = false;
        for (int i = 0; i < type->n; i++) {
            if (is_fact(&type->field[i], i, open)) {
                RH_TRY(
                    write_field(type, &type->field[i], event->row[k].record, &first, out, err));
            }
        }
        rh_growing_text(out, "}");
    }
    rh_growing_text(out, "]");
    return rh_growing_check(out, err);
}

rh_hash
rh_canonical_commitment(const rh_hash *salt, const void *bytes, size_t size)
{
    rh_digest digest;
    rh_hash hash;
    rh_commit(salt->byte, bytes, size, &digest);
    memcpy(hash.byte, &digest, sizeof hash.byte);
    return hash;
}

static rh_status
private_part(const rh_event *event, rh_hash *hash, rh_err *err)
{
    rh_growing text = {0};
    rh_growing_text(&text, "{");
    if (event->actor != RH_NONE) {
        rh_growing_text(&text, "\"actor\":");
        rh_growing_number(&text, event->actor);
        rh_growing_text(&text, ",");
    }
    rh_growing_text(&text, "\"role\":");
    rh_canonical_string(rh_codes_role.word[event->role], &text);
    rh_growing_text(&text, ",\"facts\":");
    rh_status status = write_facts(event, false, &text, err);
    rh_growing_text(&text, "}");
    status = status == RH_OK ? rh_growing_check(&text, err) : status;
    if (status == RH_OK) {
        *hash = rh_canonical_commitment(&event->salt, text.text, text.size);
    }
    rh_growing_release(&text);
    return status;
}

rh_status
rh_canonical_entry(const rh_event *event, rh_growing *out, rh_err *err)
{
    rh_hash hash;
    RH_TRY(private_part(event, &hash, err));
    size_t start = out->size;
    rh_growing_text(out, "{\"seq\":");
    rh_growing_number(out, event->seq);
    rh_growing_text(out, ",\"time\":");
    rh_growing_number(out, event->time);
    rh_growing_text(out, ",\"event\":");
    rh_canonical_string(rh_command_type(event->kind)->name, out);
    rh_growing_text(out, ",\"facts");
    size_t before = out->size;
    rh_growing_text(out, "\":");
    size_t facts = out->size;
    RH_TRY(write_facts(event, true, out, err));
    const size_t tail = sizeof ",\"private\":\"\"}" - 1 + 2 * sizeof hash;
    if (out->size - start + tail > RH_ENTRY_BYTES) {
        rh_hash of_facts;
        crypto_hash_sha256(of_facts.byte, (const unsigned char *)out->text + facts,
                           out->size - facts);
        out->size = before;
        rh_growing_text(out, "_sha256\":\"");
        rh_growing_hex(out, of_facts.byte, sizeof of_facts);
        rh_growing_text(out, "\"");
    }
    rh_growing_text(out, ",\"private\":\"");
    rh_growing_hex(out, hash.byte, sizeof hash);
    rh_growing_text(out, "\"}");
    return rh_growing_check(out, err);
}
