/* Keys, checkpoints, signatures: see audit_note.h. */
#include "audit/audit_note.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char dash[] = "\xe2\x80\x94 ";

static int
letter(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool
rh_audit_base64_any(const char *text, size_t text_size, uint8_t *out, size_t room, size_t *size)
{
    size_t letters = text_size, used = 0;
    if (text_size % 4 != 0) {
        return false;
    }
    for (unsigned i = 0; i < 2 && letters > 0 && text[letters - 1] == '='; i++) {
        letters--;
    }
    unsigned bits = 0, n_bits = 0;
    for (size_t i = 0; i < letters; i++) {
        int v = letter(text[i]);
        if (v < 0) {
            return false;
        }
        bits = (bits << 6 | (unsigned)v) & 0xffff;
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            if (used == room) {
                return false;
            }
            out[used++] = (uint8_t)(bits >> n_bits);
        }
    }
    *size = used;
    return n_bits < 6 &&
           (bits & ((1U << n_bits) - 1)) == 0; /* no spare letter, no spare bits */
}

bool
rh_audit_base64(const char *text, size_t text_size, uint8_t *out, size_t size)
{
    size_t n;
    return rh_audit_base64_any(text, text_size, out, size, &n) && n == size;
}

bool
rh_audit_number(const char *text, size_t text_size, uint64_t *out)
{
    uint64_t n = 0;
    if (text_size == 0 || text_size > 19 || (text[0] == '0' && text_size > 1)) {
        return false;
    }
    for (size_t i = 0; i < text_size; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        n = 10 * n + (uint64_t)(text[i] - '0'); /* 19 digits fit */
    }
    *out = n;
    return n <= INT64_MAX;
}

bool
rh_audit_utf8(const char *text, size_t size)
{
    const unsigned char *s = (const unsigned char *)text, *end = s + size;
    while (s < end) {
        unsigned more = *s < 0x80 ? 0 : *s < 0xe0 ? 1 : *s < 0xf0 ? 2 : 3;
        if ((*s >= 0x80 && *s < 0xc2) || *s > 0xf4 || (size_t)(end - s) <= more) {
            return false;
        }
        for (unsigned i = 1; i <= more; i++) {
            if ((s[i] & 0xc0) != 0x80) {
                return false;
            }
        }
        if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
            (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f)) {
            return false;
        }
        s += 1 + more;
    }
    return true;
}

char *
rh_audit_file(const char *path, size_t most, size_t *size)
{
    FILE *f = fopen(path, "rb");
    char *bytes = NULL;
    *size = 0;
    if (f == NULL) {
        return NULL;
    }
    long end = fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    if (end >= 0 && (size_t)end <= most && fseek(f, 0, SEEK_SET) == 0) {
        bytes = malloc((size_t)end + 1);
    }
    if (bytes != NULL) {
        *size = fread(bytes, 1, (size_t)end, f);
        bytes[*size] = '\0';
    }
    fclose(f);
    return bytes;
}

static bool
name_ok(const char *name, size_t size)
{
    if (size == 0 || size >= RH_AUDIT_NAME || !rh_audit_utf8(name, size)) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)name[i] <= ' ' || name[i] == '+' || name[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

bool
rh_audit_key_parse(rh_audit_sha *sha, const char *text, rh_audit_key *out)
{
    const char *plus = strchr(text, '+'), *second = plus != NULL ? strchr(plus + 1, '+') : NULL;
    uint8_t bytes[33], told[4], seed[RH_AUDIT_NAME + 40], hash[32];
    *out = (rh_audit_key){0};
    if (second == NULL || second - plus != 9 || !name_ok(text, (size_t)(plus - text)) ||
        !rh_audit_base64(second + 1, strlen(second + 1), bytes, sizeof bytes)) {
        return false;
    }
    for (unsigned i = 0; i < 8; i++) {
        const char *at = strchr("0123456789abcdef", plus[1 + i]);
        if (at == NULL || *at == '\0') {
            return false;
        }
        unsigned v = (unsigned)strcspn("0123456789abcdef", at);
        told[i / 2] = (uint8_t)(i % 2 == 0 ? v << 4 : told[i / 2] | v);
    }
    size_t name = (size_t)(plus - text);
    memcpy(out->name, text, name);
    out->type = bytes[0];
    memcpy(out->key, bytes + 1, 32);
    memcpy(seed, text, name);
    seed[name] = '\n';
    memcpy(seed + name + 1, bytes, sizeof bytes);
    rh_audit_plain(sha, seed, name + 1 + sizeof bytes, hash);
    memcpy(out->id, hash, 4);
    return memcmp(told, hash, 4) == 0 && (out->type == 1 || out->type == 4);
}

/* A line "— name base64": its parts; false when it is none. */
static bool
signature(const char *line, const char *stop, const char **name, size_t *name_size,
          uint8_t *bytes, size_t *size)
{
    if (stop - line < 4 || memcmp(line, dash, 4) != 0) {
        return false;
    }
    *name = line + 4;
    const char *blank = memchr(*name, ' ', (size_t)(stop - *name));
    if (blank == NULL) {
        return false;
    }
    *name_size = (size_t)(blank - *name);
    return name_ok(*name, *name_size) &&
           rh_audit_base64_any(blank + 1, (size_t)(stop - blank - 1), bytes, RH_AUDIT_NOTE,
                               size) &&
           *size > 4;
}

static bool
wrong(const char **en, const char **zh, const char *english, const char *chinese)
{
    *en = english;
    *zh = chinese;
    return false;
}

/* Origin, size, root. */
static bool
parse_head(rh_audit_note *out)
{
    const char *at = out->text, *end = at + out->text_size;
    for (unsigned i = 0; i < 3; i++) {
        const char *stop = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        size_t n = stop != NULL ? (size_t)(stop - at) : 0;
        if (stop == NULL || (i == 0 && !name_ok(at, n)) ||
            (i == 1 && !rh_audit_number(at, n, &out->size)) ||
            (i == 2 && (n != 44 || !rh_audit_base64(at, n, out->root, 32)))) {
            return false;
        }
        if (i == 0) {
            memcpy(out->origin, at, n);
            out->origin[n] = '\0';
        }
        at = stop + 1;
    }
    return true;
}

bool
rh_audit_note_parse(const char *bytes, size_t size, rh_audit_note *out, const char **en,
                    const char **zh)
{
    *out = (rh_audit_note){.text = bytes, .end = bytes + size};
    if (size > RH_AUDIT_NOTE || !rh_audit_utf8(bytes, size)) {
        return wrong(en, zh, "it is not UTF-8 text or too long", "不是 UTF-8 文本或过长");
    }
    size_t gap = 0;
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)bytes[i] < ' ' && bytes[i] != '\n') {
            return wrong(en, zh, "it has a control character", "含有控制字符");
        }
        if (gap == 0 && i > 0 && bytes[i] == '\n' && bytes[i - 1] == '\n') {
            gap = i;
        }
    }
    out->text_size = gap;
    if (gap == 0 || !parse_head(out)) {
        return wrong(en, zh, "origin, size or root are not as they should be",
                     "来源、条数或根的格式不对");
    }
    out->signatures = bytes + gap + 1;
    static const char none_en[] = "its signatures are not as they should be",
                      none_zh[] = "签名行的格式不对";
    if (out->signatures == out->end) {
        return wrong(en, zh, none_en, none_zh);
    }
    for (const char *at = out->signatures; at < out->end;) {
        const char *stop = memchr(at, '\n', (size_t)(out->end - at)), *name;
        uint8_t sig[RH_AUDIT_NOTE];
        size_t name_size, n;
        if (stop == NULL || !signature(at, stop, &name, &name_size, sig, &n)) {
            return wrong(en, zh, none_en, none_zh);
        }
        at = stop + 1;
    }
    return true;
}

static bool
right(const rh_audit_note *note, const rh_audit_key *key, const uint8_t *bytes, size_t size)
{
    if (key->type == 1) {
        return size == 64 && rh_audit_signed(key->key, note->text, note->text_size, bytes);
    }
    char message[RH_AUDIT_NOTE + 64];
    uint64_t time = 0;
    if (size != 72) {
        return false;
    }
    for (unsigned i = 0; i < 8; i++) {
        time = time << 8 | bytes[i];
    }
    int head = snprintf(message, 64, "cosignature/v1\ntime %" PRIu64 "\n", time);
    memcpy(message + head, note->text, note->text_size);
    return time <= INT64_MAX &&
           rh_audit_signed(key->key, message, (size_t)head + note->text_size, bytes + 8);
}

int
rh_audit_note_by(const rh_audit_note *note, const rh_audit_key *key)
{
    int found = 0;
    for (const char *at = note->signatures; at < note->end;) {
        const char *stop = memchr(at, '\n', (size_t)(note->end - at)), *name;
        uint8_t bytes[RH_AUDIT_NOTE];
        size_t name_size, n;
        if (stop == NULL || !signature(at, stop, &name, &name_size, bytes, &n)) {
            return -1;
        }
        if (name_size == strlen(key->name) && memcmp(name, key->name, name_size) == 0 &&
            memcmp(bytes, key->id, 4) == 0) {
            if (!right(note, key, bytes + 4, n - 4)) {
                return -1;
            }
            found = 1;
        }
        at = stop + 1;
    }
    return found;
}

bool
rh_audit_note_trusted(rh_audit *audit, const char *what, const rh_audit_note *note,
                      const rh_audit_trust *trust)
{
    if (strcmp(note->origin, trust->log.name) != 0) {
        rh_audit_finding(audit, "%s is of the log %s, not of %s.", "%s 属于日志 %s，不是 %s。",
                         what, note->origin, trust->log.name);
        return false;
    }
    int by_log = rh_audit_note_by(note, &trust->log);
    if (by_log != 1) {
        rh_audit_finding(audit, "%s of %" PRIu64 " entries is not signed by the log %s%s.",
                         "%s（%" PRIu64 " 条）没有日志 %s 的有效签名%s。", what, note->size,
                         trust->log.name,
                         by_log == 0 ? ""
                         : audit->zh ? "：签名是错的"
                                     : ": the signature is wrong");
        return false;
    }
    unsigned have = 0;
    for (unsigned i = 0; i < trust->n; i++) {
        int by = rh_audit_note_by(note, &trust->witness[i]);
        bool again = false;
        for (unsigned j = 0; j < i; j++) {
            again |= memcmp(trust->witness[i].key, trust->witness[j].key, 32) == 0;
        }
        have += by == 1 && !again;
        if (by < 0) {
            rh_audit_finding(audit, "The signature of witness %s under %s is wrong.",
                             "见证人 %s 在%s上的签名是错的。", trust->witness[i].name, what);
            return false;
        }
    }
    if (have < trust->need) {
        rh_audit_finding(
            audit, "%s of %" PRIu64 " entries is signed by %u of %u witnesses; %u are needed.",
            "%s（%" PRIu64 " 条）有 %u 个见证人副署（共 %u 个），需要 %u 个。", what,
            note->size, have, trust->n, trust->need);
        return false;
    }
    return true;
}
