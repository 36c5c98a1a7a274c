/* Templates of documents: see template.h. */
#include "web/template.h"

#include "core/mem.h"

#include <stdio.h>
#include <string.h>

enum { ALWAYS = -1, LABEL_SIZE = 40 };

typedef struct line {
    rh_block_kind kind;
    int number; /* of the line in the file */
    int flag;   /* the block stands when flag[.] == wanted; or ALWAYS */
    bool wanted;
    int table; /* of RH_BLOCK_TABLE */
    const char *text, *label;
    size_t label_size;
} line;

struct rh_template {
    const rh_template_names *names;
    char *bytes, *file;
    line *line;
    size_t n;
};

static const char *const words[] = {[RH_BLOCK_TITLE] = "title",
                                    [RH_BLOCK_LINE] = "line",
                                    [RH_BLOCK_HEADING] = "heading",
                                    [RH_BLOCK_CLAUSE] = "clause",
                                    [RH_BLOCK_ITEM] = "item",
                                    [RH_BLOCK_TEXT] = "text",
                                    [RH_BLOCK_NOTICE] = "notice",
                                    [RH_BLOCK_TABLE] = "table",
                                    [RH_BLOCK_SIGNATURES] = "signatures"};
enum { N_WORDS = sizeof words / sizeof words[0] };

/* Index of the name (size bytes), or -1. */
static int
find(const char *const *list, size_t n, const char *name, size_t size)
{
    for (size_t i = 0; i < n; i++) {
        if (strlen(list[i]) == size && memcmp(list[i], name, size) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static const line *
find_label(const rh_template *t, const char *name, size_t size)
{
    for (size_t i = 0; i < t->n; i++) {
        const line *l = &t->line[i];
        if (l->label != NULL && l->label_size == size && memcmp(l->label, name, size) == 0) {
            return l;
        }
    }
    return NULL;
}

/* What parsing knows beside the lines. */
typedef struct parser {
    rh_template *t;
    int number, flag, opened; /* line in the file, the open condition and where it was opened */
    bool wanted;
    rh_err *err;
} parser;

/* Cuts the first word off *at. */
static size_t
first_word(const char *at, const char **rest)
{
    size_t size = strcspn(at, " ");
    *rest = at + size + strspn(at + size, " ");
    return size;
}

static rh_status
open_condition(parser *p, bool wanted, const char *name)
{
    if (p->flag != ALWAYS) {
        return rh_fail(p->err, RH_INPUT, "%s:%d: a condition inside the one of line %d.",
                       p->t->file, p->number, p->opened);
    }
    p->flag = find(p->t->names->flag, p->t->names->n_flags, name, strlen(name));
    if (p->flag < 0) {
        return rh_fail(p->err, RH_INPUT, "%s:%d: \"%.60s\" is not a condition.", p->t->file,
                       p->number, name);
    }
    p->wanted = wanted;
    p->opened = p->number;
    return RH_OK;
}

static rh_status
take_label(parser *p, line *l)
{
    const char *rest;
    l->label = l->text + 1;
    l->label_size = first_word(l->label, &rest);
    l->text = rest;
    if (l->label_size == 0 || l->label_size >= LABEL_SIZE ||
        find_label(p->t, l->label, l->label_size) != NULL) {
        return rh_fail(
            p->err, RH_INPUT, "%s:%d: the label \"%.*s\" is empty, too long or given twice.",
            p->t->file, p->number, (int)(l->label_size < 60 ? l->label_size : 60), l->label);
    }
    return RH_OK;
}

static rh_status
parse_line(parser *p, const char *text)
{
    rh_template *t = p->t;
    const char *rest;
    size_t size = first_word(text, &rest);
    if (size == 0 || text[0] == '#') {
        return text[0] == ' ' ? rh_fail(p->err, RH_INPUT, "%s:%d: a line begins with a blank.",
                                        t->file, p->number)
                              : RH_OK;
    }
    if (size == 2 && memcmp(text, "if", 2) == 0) {
        return open_condition(p, true, rest);
    }
    if (size == 6 && memcmp(text, "unless", 6) == 0) {
        return open_condition(p, false, rest);
    }
    if (strcmp(text, "end") == 0) {
        if (p->flag == ALWAYS) {
            return rh_fail(p->err, RH_INPUT, "%s:%d: end without if.", t->file, p->number);
        }
        p->flag = ALWAYS;
        return RH_OK;
    }
    int k = find(words, N_WORDS, text, size);
    if (k < 0) {
        return rh_fail(p->err, RH_INPUT, "%s:%d: \"%.*s\" is not a kind of block.", t->file,
                       p->number, (int)(size < 60 ? size : 60), text);
    }
    line l = {.kind = (rh_block_kind)k,
              .number = p->number,
              .flag = p->flag,
              .wanted = p->wanted,
              .text = rest};
    if (l.kind == RH_BLOCK_CLAUSE && rest[0] == '@') {
        RH_TRY(take_label(p, &l));
    }
    if (l.text[0] == '\0') {
        return rh_fail(p->err, RH_INPUT, "%s:%d: %s without a text.", t->file, p->number,
                       words[k]);
    }
    if (l.kind == RH_BLOCK_TABLE) {
        l.table = find(t->names->table, t->names->n_tables, rest, strlen(rest));
        if (l.table < 0) {
            return rh_fail(p->err, RH_INPUT, "%s:%d: \"%.60s\" is not a table.", t->file,
                           p->number, rest);
        }
    }
    t->line[t->n++] = l;
    return RH_OK;
}

/* A piece of a text: literal bytes (index -1), a value (its index) or a clause's number (label). */
typedef struct piece {
    const char *at;
    size_t size;
    int value;
    const line *label;
} piece;

/* The next piece of *at; false at the end or, with *bad set, where the text is broken. */
static bool
next_piece(const rh_template *t, const char **at, piece *out, bool *bad)
{
    const char *p = *at;
    *bad = false;
    *out = (piece){p, strcspn(p, "{}"), -1, NULL};
    if (*p == '\0') {
        return false;
    }
    if (out->size > 0) {
        *at = p + out->size;
        return true;
    }
    size_t size = *p == '{' ? strcspn(p + 1, "{}") : 0;
    out->at = p + 1;
    out->size = size;
    *bad = true;
    if (*p == '}' || p[1 + size] != '}') {
        return false;
    }
    if (p[1] == '@') {
        out->label = find_label(t, p + 2, size - 1);
        *bad = out->label == NULL || out->label->flag != ALWAYS;
    } else {
        out->value = find(t->names->value, t->names->n_values, p + 1, size);
        *bad = out->value < 0;
    }
    *at = p + size + 2;
    return !*bad;
}

/* All values and labels that the texts name exist. */
static rh_status
check_texts(const rh_template *t, rh_err *err)
{
    for (size_t i = 0; i < t->n; i++) {
        const line *l = &t->line[i];
        const char *at = l->text;
        piece p;
        bool bad;
        while (l->kind != RH_BLOCK_TABLE && next_piece(t, &at, &p, &bad)) {
        }
        if (l->kind != RH_BLOCK_TABLE && bad) {
            return rh_fail(err, RH_INPUT,
                           "%s:%d: \"{%.*s}\" is no value and no unconditional clause, or a "
                           "brace is not closed.",
                           t->file, l->number, (int)(p.size < 60 ? p.size : 60), p.at);
        }
    }
    return RH_OK;
}

static rh_status
parse_all(parser *p, size_t size)
{
    rh_template *t = p->t;
    if (rh_text_valid(t->bytes, size) != size || memchr(t->bytes, '\0', size) != NULL) {
        int at = 1;
        size_t good = rh_text_valid(t->bytes, strlen(t->bytes));
        for (size_t i = 0; i < good; i++) {
            at += t->bytes[i] == '\n';
        }
        return rh_fail(p->err, RH_INPUT, "%s:%d: a byte that is not UTF-8 text.", t->file, at);
    }
    char *next = t->bytes;
    while (*next != '\0') {
        char *text = next, *end = strchrnul(text, '\n');
        next = *end == '\0' ? end : end + 1;
        while (end > text && (end[-1] == ' ' || end[-1] == '\r')) {
            end--;
        }
        *end = '\0';
        p->number++;
        for (const char *c = text; *c != '\0'; c++) {
            if ((unsigned char)*c < ' ' || *c == 127) {
                return rh_fail(p->err, RH_INPUT, "%s:%d: a control character.", t->file,
                               p->number);
            }
        }
        RH_TRY(parse_line(p, text));
    }
    if (p->flag != ALWAYS) {
        return rh_fail(p->err, RH_INPUT, "%s:%d: a condition without end.", t->file, p->opened);
    }
    if (t->n == 0) {
        return rh_fail(p->err, RH_INPUT, "%s: an empty template.", t->file);
    }
    return check_texts(t, p->err);
}

rh_status
rh_template_parse(const char *file, const char *bytes, size_t size,
                  const rh_template_names *names, rh_template **out, rh_err *err)
{
    *out = NULL;
    size_t lines = 1;
    for (size_t i = 0; i < size; i++) {
        lines += bytes[i] == '\n';
    }
    rh_template *t = rh_alloc(1, sizeof *t);
    if (t != NULL) {
        *t = (rh_template){names, rh_alloc(size + 1, 1), rh_strdup(file),
                           rh_alloc(lines, sizeof(line)), 0};
    }
    if (t == NULL || t->bytes == NULL || t->file == NULL || t->line == NULL) {
        rh_template_free(t);
        return rh_fail(err, RH_MEMORY, "Not enough memory for the template %.200s.", file);
    }
    if (size > 0) {
        memcpy(t->bytes, bytes, size);
    }
    parser p = {.t = t, .flag = ALWAYS, .err = err};
    rh_status st = parse_all(&p, size);
    if (st != RH_OK) {
        rh_template_free(t);
        return st;
    }
    *out = t;
    return RH_OK;
}

void
rh_template_free(rh_template *t)
{
    if (t != NULL) {
        rh_free(t->bytes);
        rh_free(t->file);
        rh_free(t->line);
        rh_free(t);
    }
}

/* Whole numbers below 100 in Chinese, as clauses are counted. */
static void
chinese_number(int n, char out[16])
{
    static const char *const digit[] = {"",   "一", "二", "三", "四",
                                        "五", "六", "七", "八", "九"};
    snprintf(out, 16, "%s%s%s", n >= 20 ? digit[n / 10 % 10] : "", n >= 10 ? "十" : "",
             digit[n % 10]);
}

static void
clause_number(enum rh_language language, int n, bool inside, char out[32])
{
    char chinese[16];
    if (language == RH_CHINESE && n < 100) {
        chinese_number(n, chinese);
        snprintf(out, 32, "第%s条", chinese);
    } else {
        snprintf(out, 32, inside ? "clause %d" : "%d.", n);
    }
}

/* A text that grows. */
typedef struct buffer {
    char *bytes;
    size_t size, room;
    bool failed;
} buffer;

static void
append(buffer *b, const char *bytes, size_t size)
{
    if (!b->failed && b->size + size + 1 > b->room) {
        size_t room = (b->size + size + 1) * 2;
        char *grown = rh_resize(b->bytes, room, 1);
        b->failed = grown == NULL;
        if (grown != NULL) {
            b->bytes = grown;
            b->room = room;
        }
    }
    if (!b->failed) {
        memcpy(b->bytes + b->size, bytes, size);
        b->size += size;
        b->bytes[b->size] = '\0';
    }
}

static void
append_text(buffer *b, const char *text)
{
    append(b, text, strlen(text));
}

/* What filling in needs. */
typedef struct filler {
    const rh_template *t;
    enum rh_language language;
    const rh_template_values *v;
    rh_filled *out;
    int *clause; /* number of the clause of each line, 0 for none */
    buffer canonical;
    rh_err *err;
} filler;

static bool
stands(const filler *f, const line *l)
{
    return l->flag == ALWAYS || f->v->flag[l->flag] == l->wanted;
}

/* T2 */
static rh_status
check_value(const char *name, const char *value, rh_err *err)
{
    if (value == NULL) {
        return rh_fail(err, RH_INPUT, "The value \"%s\" of the document is missing.", name);
    }
    for (const char *c = value; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 127) {
            return rh_fail(err, RH_INPUT,
                           "The value \"%s\" of the document has a control character.", name);
        }
    }
    if (rh_text_valid(value, strlen(value)) != strlen(value)) {
        return rh_fail(err, RH_INPUT, "The value \"%s\" of the document is not UTF-8.", name);
    }
    return RH_OK;
}

static rh_status
check_values(const filler *f)
{
    const rh_template_names *names = f->t->names;
    for (size_t i = 0; i < names->n_values; i++) {
        RH_TRY(check_value(names->value[i], f->v->value[i], f->err));
    }
    for (size_t i = 0; i < names->n_tables; i++) {
        const rh_block *b = &f->v->table[i];
        for (size_t k = 0; k < b->rows * b->columns; k++) {
            RH_TRY(check_value(names->table[i], b->cell[k], f->err));
        }
    }
    for (size_t i = 0; i < f->v->n_signatories; i++) {
        RH_TRY(check_value("signatory", f->v->signatory[i], f->err));
    }
    return RH_OK;
}

/* The text with its values, owned by the filled document; NULL when memory ran out. */
static char *
expand(filler *f, const char *text)
{
    buffer b = {0};
    piece p;
    bool bad;
    append(&b, "", 0);
    while (next_piece(f->t, &text, &p, &bad)) {
        if (p.label != NULL) {
            char number[32];
            clause_number(f->language, f->clause[p.label - f->t->line], true, number);
            append_text(&b, number);
        } else if (p.value >= 0) {
            append_text(&b, f->v->value[p.value]);
        } else {
            append(&b, p.at, p.size);
        }
    }
    if (b.failed) {
        rh_free(b.bytes);
        return NULL;
    }
    f->out->owned[f->out->n_owned++] = b.bytes;
    return b.bytes;
}

/* T3 */
static void
canonical_line(filler *f, const rh_block *b)
{
    append_text(&f->canonical, words[b->kind]);
    if (b->number != NULL) {
        append_text(&f->canonical, " ");
        append_text(&f->canonical, b->number);
    }
    if (b->text != NULL) {
        append_text(&f->canonical, " ");
        append_text(&f->canonical, b->text);
    }
    append_text(&f->canonical, "\n");
    for (size_t r = 0; r < b->rows; r++) {
        for (size_t c = 0; c < b->columns; c++) {
            append_text(&f->canonical, c == 0 ? "row " : " | ");
            append_text(&f->canonical, b->cell[r * b->columns + c]);
        }
        append_text(&f->canonical, "\n");
    }
}

static rh_status
no_memory(rh_err *err)
{
    return rh_fail(err, RH_MEMORY, "Not enough memory for a document.");
}

static rh_status
fill_line(filler *f, const line *l, int *item)
{
    rh_block b = {.kind = l->kind};
    if (l->kind == RH_BLOCK_TABLE) {
        b = f->v->table[l->table];
        b.kind = RH_BLOCK_TABLE;
        b.number = b.text = NULL;
    } else {
        b.text = expand(f, l->text);
        if (b.text == NULL) {
            return no_memory(f->err);
        }
    }
    if (l->kind == RH_BLOCK_SIGNATURES) {
        b.cell = f->v->signatory;
        b.rows = f->v->n_signatories;
        b.columns = 1;
    }
    *item = l->kind == RH_BLOCK_ITEM                                    ? *item + 1
            : l->kind == RH_BLOCK_CLAUSE || l->kind == RH_BLOCK_HEADING ? 0
                                                                        : *item;
    if (l->kind == RH_BLOCK_CLAUSE || l->kind == RH_BLOCK_ITEM) {
        char number[32];
        clause_number(f->language, f->clause[l - f->t->line], false, number);
        if (l->kind == RH_BLOCK_ITEM) {
            snprintf(number, sizeof number, f->language == RH_CHINESE ? "（%d）" : "(%d)",
                     *item);
        }
        char *copy = rh_strdup(number);
        if (copy == NULL) {
            return no_memory(f->err);
        }
        f->out->owned[f->out->n_owned++] = copy;
        b.number = copy;
    }
    canonical_line(f, &b);
    f->out->block[f->out->n++] = b;
    return f->canonical.failed ? no_memory(f->err) : RH_OK;
}

static rh_status
fill_lines(filler *f)
{
    const rh_template *t = f->t;
    f->out->block = rh_alloc(t->n, sizeof *f->out->block);
    f->out->owned = rh_alloc(2 * t->n, sizeof *f->out->owned);
    f->clause = rh_alloc(t->n, sizeof *f->clause);
    if (f->out->block == NULL || f->out->owned == NULL || f->clause == NULL) {
        return no_memory(f->err);
    }
    int clauses = 0, item = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (t->line[i].kind == RH_BLOCK_CLAUSE && stands(f, &t->line[i])) {
            f->clause[i] = ++clauses;
        }
    }
    for (size_t i = 0; i < t->n; i++) {
        if (stands(f, &t->line[i])) {
            RH_TRY(fill_line(f, &t->line[i], &item));
        }
    }
    return RH_OK;
}

rh_status
rh_template_fill(const rh_template *t, enum rh_language language,
                 const rh_template_values *values, rh_filled *out, rh_err *err)
{
    *out = (rh_filled){0};
    filler f = {.t = t, .language = language, .v = values, .out = out, .err = err};
    rh_status st = check_values(&f);
    if (st == RH_OK) {
        st = fill_lines(&f);
    }
    rh_free(f.clause);
    out->text = f.canonical.bytes;
    out->size = f.canonical.size;
    if (st != RH_OK) {
        rh_filled_release(out);
        return st;
    }
    rh_sha256 sha;
    rh_sha256_init(&sha);
    if (out->size > 0) {
        rh_sha256_add(&sha, out->text, out->size);
    }
    rh_sha256_hex(&sha, out->hash);
    return RH_OK;
}

void
rh_filled_release(rh_filled *f)
{
    for (size_t i = 0; i < f->n_owned; i++) {
        rh_free(f->owned[i]);
    }
    rh_free(f->owned);
    rh_free(f->block);
    rh_free(f->text);
    *f = (rh_filled){0};
}
