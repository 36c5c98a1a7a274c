/* One entry of the log: see audit_entry.h. */
#include "audit/audit_entry.h"

#include "audit/audit_note.h"

#include <string.h>

enum { KEYS = 64 }; /* of one fact */

typedef struct reader {
    const char *begin, *at, *end;
    rh_audit_entry *out;
} reader;

static bool
fail(reader *r, const char *en, const char *zh)
{
    r->out->at = (size_t)(r->at - r->begin);
    r->out->en = en;
    r->out->zh = zh;
    return false;
}

/* Exactly these bytes. */
static bool
literal(reader *r, const char *text)
{
    size_t n = strlen(text);
    if ((size_t)(r->end - r->at) < n || memcmp(r->at, text, n) != 0) {
        return fail(r, "the order or spelling of the entry is not the agreed one",
                    "条目的顺序或写法与约定不符");
    }
    r->at += n;
    return true;
}

static bool
peek(const reader *r, char c)
{
    return r->at < r->end && *r->at == c;
}

/* -?(0|[1-9][0-9]*) within 64 bits, not -0. */
static bool
integer(reader *r, int64_t *out)
{
    const char *begin = r->at;
    bool minus = peek(r, '-');
    uint64_t n = 0;
    r->at += minus;
    const char *digits = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
        if (r->at - digits >= 18) {
            return fail(r, "a number has too many digits", "数字位数过多");
        }
        n = 10 * n + (uint64_t)(*r->at++ - '0');
    }
    if (r->at == digits || (*digits == '0' && (r->at - digits > 1 || minus))) {
        r->at = begin;
        return fail(r, "here should stand a whole number", "此处应为整数");
    }
    *out = minus ? -(int64_t)n : (int64_t)n;
    return true;
}

static bool
escape(reader *r)
{
    if (r->at == r->end) {
        return false;
    }
    char c = *r->at++;
    if (c != 'u') {
        return strchr("\"\\/bfnrt", c) != NULL && c != '\0';
    }
    for (unsigned i = 0; i < 4; i++) {
        if (r->at == r->end || strchr("0123456789abcdefABCDEF", *r->at) == NULL ||
            *r->at == '\0') {
            return false;
        }
        r->at++;
    }
    return true;
}

static bool
string(reader *r, rh_audit_word *out)
{
    if (!peek(r, '"')) {
        return fail(r, "here should stand a text", "此处应为字符串");
    }
    const char *begin = ++r->at;
    while (r->at < r->end && *r->at != '"') {
        unsigned char c = (unsigned char)*r->at++;
        if (c < ' ' || (c == '\\' && !escape(r))) {
            return fail(r, "a text has a broken character", "字符串含有错误字符");
        }
    }
    *out = (rh_audit_word){begin, (size_t)(r->at - begin)};
    if (r->at == r->end || !rh_audit_utf8(begin, out->size)) {
        return fail(r, "a text does not end or is not UTF-8", "字符串没有结束或不是 UTF-8");
    }
    r->at++;
    return true;
}

static bool
is(rh_audit_word w, const char *text)
{
    return w.size == strlen(text) && memcmp(w.at, text, w.size) == 0;
}

/* A word that may stand in a CSV as it is. */
static bool
plain(rh_audit_word w)
{
    for (size_t i = 0; i < w.size; i++) {
        if (strchr(",\"\\", w.at[i]) != NULL) {
            return false;
        }
    }
    return w.size > 0 && w.size < 100;
}

/* One "key":value of a fact, kept where it belongs to a posting. */
static bool
member(reader *r, rh_audit_word key, rh_audit_posting *p, bool *wrong_kind)
{
    rh_audit_word text;
    int64_t number;
    bool is_text = peek(r, '"');
    const char *begin = r->at;
    if (is_text ? !string(r, &text) : !integer(r, &number)) {
        return false;
    }
    /* a village is named by its number or by its code */
    rh_audit_word digits = {begin, (size_t)(r->at - begin)};
    const struct {
        const char *name;
        int64_t *number;
        rh_audit_word *text;
    } known[] = {{"id", &p->id, NULL},
                 {"version", &p->version, NULL},
                 {"journal", &p->journal, NULL},
                 {"lease", &p->lease, NULL},
                 {"account", NULL, &p->account},
                 {"village", NULL, &p->village},
                 {"amount_fen", &p->amount_fen, NULL}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!is(key, known[i].name)) {
            continue;
        }
        if (is_text && known[i].text != NULL) {
            *known[i].text = text;
        } else if (!is_text && known[i].number != NULL) {
            *known[i].number = number;
        } else if (!is_text && known[i].text == &p->village) {
            p->village = digits;
        } else {
            *wrong_kind = true; /* in other rows the name may mean something else */
        }
    }
    return true;
}

static bool
fact(reader *r)
{
    rh_audit_word key[KEYS], row;
    unsigned n = 0;
    bool wrong_kind = false;
    rh_audit_posting p = {RH_AUDIT_NONE, RH_AUDIT_NONE, RH_AUDIT_NONE, RH_AUDIT_NONE,
                          RH_AUDIT_NONE, {NULL, 0},     {NULL, 0}};
    if (!literal(r, "{\"row\":") || !string(r, &row)) {
        return false;
    }
    while (peek(r, ',')) {
        r->at++;
        if (n == KEYS) {
            return fail(r, "a fact has too many fields", "一条事实的字段过多");
        }
        if (!string(r, &key[n]) || !literal(r, ":")) {
            return false;
        }
        for (unsigned i = 0; i < n; i++) {
            if (key[i].size == key[n].size && memcmp(key[i].at, key[n].at, key[n].size) == 0) {
                return fail(r, "a fact names a field twice", "一条事实中字段重复");
            }
        }
        if (is(key[n], "row")) {
            return fail(r, "a fact names a field twice", "一条事实中字段重复");
        }
        if (!member(r, key[n++], &p, &wrong_kind)) {
            return false;
        }
    }
    if (!literal(r, "}")) {
        return false;
    }
    r->out->facts++;
    if (!is(row, "posting")) {
        return true;
    }
    if (wrong_kind || p.id == RH_AUDIT_NONE || p.version == RH_AUDIT_NONE ||
        p.journal == RH_AUDIT_NONE || p.amount_fen == RH_AUDIT_NONE || !plain(p.account) ||
        !plain(p.village) || r->out->n == RH_AUDIT_POSTINGS) {
        return fail(
            r,
            "a posting lacks id, version, journal, account, village or amount_fen, or one "
            "of them is of the wrong kind",
            "一条分录缺少 id、version、journal、account、village 或 amount_fen，或类型不对");
    }
    r->out->posting[r->out->n++] = p;
    return true;
}

static bool
private_hash(reader *r)
{
    rh_audit_word w;
    if (!string(r, &w)) {
        return false;
    }
    bool ok = w.size == 64;
    for (size_t i = 0; ok && i < 64; i++) {
        ok = (w.at[i] >= '0' && w.at[i] <= '9') || (w.at[i] >= 'a' && w.at[i] <= 'f');
    }
    return ok || fail(r, "the commitment to the private part is not 64 hexadecimal digits",
                      "私有部分的承诺不是 64 位十六进制数");
}

bool
rh_audit_entry_parse(const char *bytes, size_t size, rh_audit_entry *out)
{
    reader r = {.begin = bytes, .at = bytes, .end = bytes + size, .out = out};
    out->facts = out->n = 0;
    if (!literal(&r, "{\"seq\":") || !integer(&r, &out->seq) || !literal(&r, ",\"time\":") ||
        !integer(&r, &out->time) || !literal(&r, ",\"event\":") || !string(&r, &out->event) ||
        !literal(&r, ",\"facts\":[")) {
        return false;
    }
    if (peek(&r, '{')) {
        if (!fact(&r)) {
            return false;
        }
        while (peek(&r, ',')) {
            r.at++;
            if (!fact(&r)) {
                return false;
            }
        }
    }
    if (!literal(&r, "],\"private\":") || !private_hash(&r) || !literal(&r, "}")) {
        return false;
    }
    return r.at == r.end || fail(&r, "bytes follow behind the end", "结尾之后还有内容");
}
