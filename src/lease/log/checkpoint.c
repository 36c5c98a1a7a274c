/* Checkpoints: see checkpoint.h. */
#include "log/checkpoint.h"

#include "core/text.h"
#include "log/base64.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char dash[] = "\xe2\x80\x94 "; /* U+2014 and a blank */
enum { DASH = 4, DIGEST_TEXT = 44, LONGEST_SIGNATURE = 8192 };

bool
rh_note_number(const char *text, const char *end, uint64_t *out)
{
    uint64_t n = 0;
    if (text == end || (text[0] == '0' && end - text > 1)) {
        return false;
    }
    for (; text < end; text++) {
        if (*text < '0' || *text > '9' || n > (INT64_MAX - (uint64_t)(*text - '0')) / 10) {
            return false;
        }
        n = 10 * n + (uint64_t)(*text - '0');
    }
    *out = n;
    return true;
}

bool
rh_note_digest(const char *text, const char *end, rh_digest *out)
{
    size_t n;
    return end - text == DIGEST_TEXT &&
           rh_base64_read(text, DIGEST_TEXT, out->byte, sizeof out->byte, &n) &&
           n == sizeof out->byte;
}

void
rh_digest_text(const rh_digest *digest, char out[45])
{
    rh_base64_write(digest->byte, sizeof digest->byte, out);
}

rh_status
rh_note_begin(const char *origin, uint64_t size, const rh_digest *root, rh_note *out,
              rh_err *err)
{
    if (!rh_key_name_ok(origin, strlen(origin))) {
        return rh_fail(err, RH_INPUT, "'%.200s' cannot be the origin of a log.", origin);
    }
    char base64[DIGEST_TEXT + 1];
    rh_digest_text(root, base64);
    out->size = (size_t)snprintf(out->text, sizeof out->text, "%s\n%" PRIu64 "\n%s\n\n", origin,
                                 size, base64);
    return RH_OK;
}

/* What a witness signs: header, time, text. Returns the size. */
static size_t
cosigned(const char *text, size_t text_size, uint64_t time_s, char out[RH_NOTE_MOST + 64])
{
    size_t head = (size_t)snprintf(out, 64, "cosignature/v1\ntime %" PRIu64 "\n", time_s);
    memcpy(out + head, text, text_size);
    return head + text_size;
}

static rh_status
append_line(rh_note *note, const char *name, size_t name_size, const uint8_t *bytes,
            size_t size, rh_err *err)
{
    char base64[(4 + RH_SIGNATURE_BYTES) / 3 * 4 + 5];
    rh_base64_write(bytes, size, base64);
    size_t room = sizeof note->text - note->size;
    int n = snprintf(note->text + note->size, room, "%s%.*s %s\n", dash, (int)name_size, name,
                     base64);
    if (n < 0 || (size_t)n >= room) {
        note->text[note->size] = '\0';
        return rh_fail(err, RH_RANGE, "A note has no room for one more signature of %.*s.",
                       (int)name_size, name);
    }
    note->size += (size_t)n;
    return RH_OK;
}

static rh_status
sign(const char *text, size_t text_size, const rh_signer *signer, uint64_t time_s,
     rh_note *note, rh_err *err)
{
    uint8_t bytes[4 + RH_SIGNATURE_BYTES];
    size_t size = 4;
    memcpy(bytes, signer->is.id, 4);
    if (signer->is.type == RH_KEY_NOTE) {
        crypto_sign_ed25519_detached(bytes + 4, NULL, (const unsigned char *)text, text_size,
                                     signer->secret);
    } else {
        char message[RH_NOTE_MOST + 64];
        size_t n = cosigned(text, text_size, time_s, message);
        for (unsigned i = 0; i < 8; i++) {
            bytes[size++] = (uint8_t)(time_s >> (56 - 8 * i));
        }
        crypto_sign_ed25519_detached(bytes + size, NULL, (const unsigned char *)message, n,
                                     signer->secret);
    }
    return append_line(note, signer->is.name, strlen(signer->is.name), bytes, size + 64, err);
}

/* Bytes of the text of a note: up to the empty line. 0 when there is none. */
static size_t
text_size_of(const char *note, size_t size)
{
    const char *gap = memmem(note, size, "\n\n", 2);
    return gap != NULL ? (size_t)(gap - note) + 1 : 0;
}

rh_status
rh_note_sign(rh_note *note, const rh_signer *signer, uint64_t time_s, rh_err *err)
{
    char text[RH_NOTE_MOST];
    size_t size = text_size_of(note->text, note->size);
    memcpy(text, note->text, size);
    return sign(text, size, signer, time_s, note, err);
}

rh_status
rh_cosignature(const rh_checkpoint *checkpoint, const rh_signer *signer, uint64_t time_s,
               rh_note *line, rh_err *err)
{
    line->size = 0;
    return sign(checkpoint->text, checkpoint->text_size, signer, time_s, line, err);
}

/* One line "— name base64\n" at *at, moved behind it. */
static rh_status
parse_signature(const char **at, const char *end, rh_signature *out, rh_err *err)
{
    const char *line = *at, *stop = memchr(line, '\n', (size_t)(end - line));
    if (stop == NULL || stop - line < DASH || memcmp(line, dash, DASH) != 0) {
        return rh_fail(err, RH_INPUT,
                       "A line behind the empty line of a note is not a signature: it should "
                       "begin with a long dash.");
    }
    out->name = line + DASH;
    const char *blank = memchr(out->name, ' ', (size_t)(stop - out->name));
    out->name_size = blank != NULL ? (size_t)(blank - out->name) : 0;
    if (!rh_key_name_ok(out->name, out->name_size)) {
        return rh_fail(err, RH_INPUT, "A signature of the note has no proper name.");
    }
    uint8_t bytes[LONGEST_SIGNATURE];
    size_t n;
    if (!rh_base64_read(blank + 1, (size_t)(stop - blank - 1), bytes, sizeof bytes, &n) ||
        n <= 4) {
        return rh_fail(err, RH_INPUT,
                       "The signature of %.*s is not base64 of a key id and a signature.",
                       (int)out->name_size, out->name);
    }
    memcpy(out->id, bytes, 4);
    out->size = n - 4;
    memcpy(out->bytes, bytes + 4,
           out->size < sizeof out->bytes ? out->size : sizeof out->bytes);
    *at = stop + 1;
    return RH_OK;
}

/* Origin, size, root and extension lines. */
static rh_status
parse_text(rh_checkpoint *out, rh_err *err)
{
    const char *line[3], *stop[3], *at = out->text, *end = at + out->text_size;
    for (unsigned i = 0; i < 3; i++) {
        const char *lf = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        if (lf == NULL) {
            return rh_fail(err, RH_INPUT,
                           "A checkpoint has three lines: origin, number of entries, root; "
                           "this one has %u.",
                           i);
        }
        line[i] = at;
        stop[i] = lf;
        at = lf + 1;
    }
    size_t name = (size_t)(stop[0] - line[0]);
    if (!rh_key_name_ok(line[0], name)) {
        return rh_fail(err, RH_INPUT, "The origin of the checkpoint is not a proper name.");
    }
    memcpy(out->origin, line[0], name);
    out->origin[name] = '\0';
    if (!rh_note_number(line[1], stop[1], &out->size)) {
        return rh_fail(err, RH_INPUT,
                       "The checkpoint of %s does not say in digits how many entries it has.",
                       out->origin);
    }
    if (!rh_note_digest(line[2], stop[2], &out->root)) {
        return rh_fail(err, RH_INPUT,
                       "The root in the checkpoint of %s is not base64 of 32 bytes.",
                       out->origin);
    }
    return RH_OK;
}

rh_status
rh_checkpoint_parse(const char *note, size_t size, rh_checkpoint *out, rh_err *err)
{
    *out = (rh_checkpoint){0};
    if (size > RH_NOTE_MOST || rh_text_valid(note, size) != size) {
        return rh_fail(err, RH_INPUT, "A note is UTF-8 of at most %d bytes; this one is not.",
                       RH_NOTE_MOST);
    }
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)note[i] < ' ' && note[i] != '\n') {
            return rh_fail(err, RH_INPUT, "Byte %zu of the note is a control character.", i);
        }
    }
    out->text = note;
    out->text_size = text_size_of(note, size);
    if (out->text_size == 0) {
        return rh_fail(err, RH_INPUT, "The note has no empty line before its signatures.");
    }
    RH_TRY(parse_text(out, err));
    const char *at = note + out->text_size + 1, *end = note + size;
    while (at < end) {
        if (out->n == RH_SIGNATURES_MOST) {
            return rh_fail(err, RH_INPUT, "The note has more than %d signatures.",
                           RH_SIGNATURES_MOST);
        }
        RH_TRY(parse_signature(&at, end, &out->signature[out->n++], err));
    }
    return out->n > 0
               ? RH_OK
               : rh_fail(err, RH_INPUT, "The checkpoint of %s is not signed.", out->origin);
}

/* Is it a signature in the name of the key? */
static bool
names(const rh_signature *s, const rh_verifier *key)
{
    return s->name_size == strlen(key->name) && memcmp(s->name, key->name, s->name_size) == 0 &&
           memcmp(s->id, key->id, sizeof key->id) == 0;
}

static bool
right(const char *text, size_t text_size, const rh_signature *s, const rh_verifier *key,
      uint64_t *time_s)
{
    if (key->type == RH_KEY_NOTE) {
        return s->size == 64 &&
               crypto_sign_ed25519_verify_detached(s->bytes, (const unsigned char *)text,
                                                   text_size, key->key) == 0;
    }
    if (s->size != RH_SIGNATURE_BYTES) {
        return false;
    }
    char message[RH_NOTE_MOST + 64];
    uint64_t t = 0;
    for (unsigned i = 0; i < 8; i++) {
        t = t << 8 | s->bytes[i];
    }
    size_t n = cosigned(text, text_size, t, message);
    *time_s = t;
    return t <= INT64_MAX &&
           crypto_sign_ed25519_verify_detached(s->bytes + 8, (const unsigned char *)message, n,
                                               key->key) == 0;
}

rh_status
rh_checkpoint_verify(const rh_checkpoint *checkpoint, const rh_verifier *key, uint64_t *time_s,
                     rh_err *err)
{
    bool found = false;
    uint64_t latest = 0;
    for (unsigned i = 0; i < checkpoint->n; i++) {
        const rh_signature *s = &checkpoint->signature[i];
        uint64_t time = 0;
        if (!names(s, key)) {
            continue;
        }
        if (!right(checkpoint->text, checkpoint->text_size, s, key, &time)) {
            return rh_fail(err, RH_INVARIANT,
                           "The signature of %s under the checkpoint of %s with %" PRIu64
                           " entries is wrong.",
                           key->name, checkpoint->origin, checkpoint->size);
        }
        found = true;
        latest = time > latest ? time : latest;
    }
    if (!found) {
        return rh_fail(err, RH_MISSING,
                       "%s did not sign the checkpoint of %s with %" PRIu64 " entries.",
                       key->name, checkpoint->origin, checkpoint->size);
    }
    if (time_s != NULL) {
        *time_s = latest;
    }
    return RH_OK;
}

rh_status
rh_checkpoint_trust(const rh_checkpoint *checkpoint, const rh_verifier *log,
                    const rh_verifier *witness, unsigned n, unsigned need, rh_err *err)
{
    if (strcmp(checkpoint->origin, log->name) != 0) {
        return rh_fail(err, RH_INVARIANT, "The checkpoint is of the log %s, not of %s.",
                       checkpoint->origin, log->name);
    }
    RH_TRY(rh_checkpoint_verify(checkpoint, log, NULL, err));
    unsigned have = 0;
    for (unsigned i = 0; i < n; i++) {
        bool again = false; /* the same key listed twice is one witness */
        for (unsigned j = 0; j < i; j++) {
            again |= memcmp(witness[i].key, witness[j].key, sizeof witness[i].key) == 0;
        }
        rh_status status =
            again ? RH_MISSING : rh_checkpoint_verify(checkpoint, &witness[i], NULL, NULL);
        if (status == RH_INVARIANT) {
            return rh_checkpoint_verify(checkpoint, &witness[i], NULL, err);
        }
        have += status == RH_OK;
    }
    if (have < need) {
        return rh_fail(err, RH_MISSING,
                       "%u of %u witnesses signed the checkpoint of %s with %" PRIu64
                       " entries; %u are needed.",
                       have, n, checkpoint->origin, checkpoint->size, need);
    }
    return RH_OK;
}

rh_status
rh_note_take(rh_note *note, const char *lines, size_t size, const rh_verifier *key, rh_err *err)
{
    const char *at = lines, *end = lines + size;
    size_t text_size = text_size_of(note->text, note->size);
    bool found = false;
    while (at < end) {
        rh_signature s;
        uint64_t time = 0;
        RH_TRY(parse_signature(&at, end, &s, err));
        if (!names(&s, key)) {
            continue;
        }
        if (!right(note->text, text_size, &s, key, &time)) {
            return rh_fail(err, RH_INVARIANT, "What %s gave as its signature is wrong.",
                           key->name);
        }
        uint8_t bytes[4 + RH_SIGNATURE_BYTES];
        memcpy(bytes, s.id, 4);
        memcpy(bytes + 4, s.bytes, s.size);
        RH_TRY(append_line(note, s.name, s.name_size, bytes, 4 + s.size, err));
        found = true;
    }
    return found ? RH_OK
                 : rh_fail(err, RH_MISSING, "%s answered without its signature.", key->name);
}
