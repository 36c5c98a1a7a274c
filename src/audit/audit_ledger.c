/* The books recomputed: see audit_ledger.h. Entries are read once, in order; sums are kept in one table of named amounts. */
#include "audit/audit_ledger.h"

#include "audit/audit_entry.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 260, LINE = 600 };

/* --- named amounts: an open hash table ------------------------------------------------------------------ */

typedef struct amount {
    char *name; /* "village,account" or "village/lease" */
    int64_t fen;
    uint64_t postings;
} amount;

typedef struct amounts {
    amount *slot;
    size_t n, room; /* room: a power of two, or 0 */
    bool no_memory;
} amounts;

static uint64_t
mix(const char *name)
{
    uint64_t h = 0xcbf29ce484222325U; /* FNV-1a */
    for (; *name != '\0'; name++) {
        h = (h ^ (unsigned char)*name) * 0x100000001b3U;
    }
    return h ^ h >> 29;
}

static amount *
slot_of(amount *slot, size_t room, const char *name)
{
    size_t i = mix(name) & (room - 1);
    while (slot[i].name != NULL && strcmp(slot[i].name, name) != 0) {
        i = (i + 1) & (room - 1);
    }
    return &slot[i];
}

static bool
grow(amounts *a)
{
    size_t room = a->room > 0 ? 2 * a->room : 1024;
    amount *slot = calloc(room, sizeof *slot);
    if (slot == NULL) {
        return false;
    }
    for (size_t i = 0; i < a->room; i++) {
        if (a->slot[i].name != NULL) {
            *slot_of(slot, room, a->slot[i].name) = a->slot[i];
        }
    }
    free(a->slot);
    a->slot = slot;
    a->room = room;
    return true;
}

/* The amount of that name, made when it is new; NULL without memory. */
static amount *
find(amounts *a, const char *name)
{
    if (2 * a->n >= a->room && !grow(a)) {
        a->no_memory = true;
        return NULL;
    }
    amount *its = slot_of(a->slot, a->room, name);
    if (its->name == NULL) {
        its->name = strdup(name);
        a->no_memory |= its->name == NULL;
        a->n += its->name != NULL;
    }
    return its->name != NULL ? its : NULL;
}

static void
release(amounts *a)
{
    for (size_t i = 0; i < a->room; i++) {
        free(a->slot[i].name);
    }
    free(a->slot);
}

/* --- published tables, read line by line ----------------------------------------------------------------- */

typedef struct table {
    const char *path;
    FILE *file;
    char *line; /* the last one, without its newline */
    size_t room;
    uint64_t number; /* of it, from 1 */
    bool differs;    /* told once */
} table;

/* The next line; NULL at the end. */
static const char *
next_line(table *t)
{
    ssize_t n = getline(&t->line, &t->room, t->file);
    if (n <= 0) {
        return NULL;
    }
    t->number++;
    if (t->line[n - 1] == '\n') {
        t->line[n - 1] = '\0';
    } else {
        return ""; /* a line without its end is not a line */
    }
    return t->line;
}

static bool
open_table(rh_audit *audit, table *t, const char *path, const char *head)
{
    *t = (table){.path = path, .file = fopen(path, "r")};
    if (t->file == NULL) {
        rh_audit_finding(audit, "%s is missing or cannot be read.", "%s 缺失或无法读取。",
                         path);
        t->differs = true;
        return false;
    }
    const char *line = next_line(t);
    if (line == NULL || strcmp(line, head) != 0) {
        rh_audit_finding(audit, "%s line 1 should be '%s'.", "%s 第 1 行应为“%s”。", path,
                         head);
        t->differs = true;
    }
    return true;
}

static void
close_table(table *t)
{
    if (t->file != NULL) {
        fclose(t->file);
    }
    free(t->line);
}

/* First column in which the two lines differ: its name from `head`, and the two cells. */
static void
first_difference(const char *head, const char *is, const char *should, char name[NAME],
                 char is_cell[NAME], char should_cell[NAME])
{
    for (;;) {
        size_t h = strcspn(head, ","), a = strcspn(is, ","), b = strcspn(should, ",");
        if (a != b || memcmp(is, should, a) != 0 || should[b] == '\0' || is[a] == '\0') {
            snprintf(name, NAME, "%.*s", (int)h, head);
            snprintf(is_cell, NAME, "%.*s", (int)(a < 200 ? a : 200), is);
            snprintf(should_cell, NAME, "%.*s", (int)(b < 200 ? b : 200), should);
            return;
        }
        head += h + (head[h] == ',');
        is += a + 1;
        should += b + 1;
    }
}

/* Does the next published line say what the log says? The first difference of a table is told, with the row (`what`) that it is about. */
static void
expect_line(rh_audit *audit, table *t, const char *head, const char *should,
            const char *what_en, const char *what_zh)
{
    if (t->differs) {
        return;
    }
    const char *is = next_line(t);
    if (is != NULL && strcmp(is, should) == 0) {
        return;
    }
    t->differs = true;
    if (is == NULL) {
        rh_audit_finding(audit, "%s ends after line %" PRIu64 ": %s is missing.",
                         "%s 在第 %" PRIu64 " 行之后就结束了：缺少%s。", t->path, t->number,
                         audit->zh ? what_zh : what_en);
        return;
    }
    char name[NAME], is_cell[NAME], should_cell[NAME];
    first_difference(head, is, should, name, is_cell, should_cell);
    rh_audit_finding(audit, "%s line %" PRIu64 " (%s): %s is '%s', the log says '%s'.",
                     "%s 第 %" PRIu64 " 行（%s）：%s 是“%s”，而日志中是“%s”。", t->path,
                     t->number, audit->zh ? what_zh : what_en, name, is_cell, should_cell);
}

static void
expect_end(rh_audit *audit, table *t)
{
    if (!t->differs && next_line(t) != NULL) {
        rh_audit_finding(audit, "%s line %" PRIu64 " has no counterpart in the log.",
                         "%s 第 %" PRIu64 " 行在日志中没有对应内容。", t->path, t->number);
    }
}

/* --- the books --------------------------------------------------------------------------------------------- */

typedef struct books {
    rh_audit *audit;
    amounts total, escrow;
    table ledger;
    int64_t seq, time, posting, journal;
    uint64_t index; /* of the entry at hand */
    uint64_t postings;
    rh_audit_entry entry;
} books;

static bool
add(int64_t *to, int64_t fen)
{
    return !__builtin_add_overflow(*to, fen, to);
}

/* Amounts by village and account, escrow by village and by lease. */
static void
sum_up(books *b, const rh_audit_posting *p)
{
    char name[NAME];
    snprintf(name, sizeof name, "%.*s,%.*s", (int)p->village.size, p->village.at,
             (int)p->account.size, p->account.at);
    amount *total = find(&b->total, name);
    bool ok = total != NULL && add(&total->fen, p->amount_fen);
    if (total != NULL) {
        total->postings++;
    }
    if (p->account.size == 6 && memcmp(p->account.at, "escrow", 6) == 0) {
        snprintf(name, sizeof name, "%.*s", (int)p->village.size, p->village.at);
        amount *village = find(&b->escrow, name);
        ok = ok && village != NULL && add(&village->fen, p->amount_fen);
        if (p->lease != RH_AUDIT_NONE) {
            snprintf(name, sizeof name, "%.*s/%" PRId64, (int)p->village.size, p->village.at,
                     p->lease);
            amount *lease = find(&b->escrow, name);
            ok = ok && lease != NULL && add(&lease->fen, p->amount_fen);
        }
    }
    if (!ok) {
        rh_audit_finding(
            b->audit,
            "Posting %" PRId64 " (seq %" PRId64 ") makes a sum too large, or memory is short.",
            "分录 %" PRId64 "（seq %" PRId64 "）使合计溢出，或内存不足。", p->id, b->entry.seq);
    }
}

/* After the entry, is the escrow that its postings moved still at least 0? */
static void
check_escrow(books *b)
{
    for (unsigned i = 0; i < b->entry.n; i++) {
        const rh_audit_posting *p = &b->entry.posting[i];
        char name[NAME];
        if (p->account.size != 6 || memcmp(p->account.at, "escrow", 6) != 0 ||
            p->amount_fen >= 0) {
            continue;
        }
        snprintf(name, sizeof name, "%.*s", (int)p->village.size, p->village.at);
        const amount *its = find(&b->escrow, name);
        if (its != NULL && its->fen < 0) {
            rh_audit_finding(
                b->audit,
                "After seq %" PRId64 " the escrow of village %s is %" PRId64 " fen, below 0.",
                "seq %" PRId64 " 之后，村 %s 的托管余额为 %" PRId64 " 分，小于 0。",
                b->entry.seq, name, its->fen);
            return;
        }
        if (p->lease == RH_AUDIT_NONE) {
            continue;
        }
        snprintf(name, sizeof name, "%.*s/%" PRId64, (int)p->village.size, p->village.at,
                 p->lease);
        its = find(&b->escrow, name);
        if (its != NULL && its->fen < 0) {
            rh_audit_finding(b->audit,
                             "After seq %" PRId64 " the escrow of lease %" PRId64 " is %" PRId64
                             " fen, below 0.",
                             "seq %" PRId64 " 之后，租约 %" PRId64 " 的托管余额为 %" PRId64
                             " 分，小于 0。",
                             b->entry.seq, p->lease, its->fen);
            return;
        }
    }
}

/* Each journal of the entry sums to 0 and was in no entry before. */
static void
check_journals(books *b)
{
    const rh_audit_posting *p = b->entry.posting;
    int64_t last = b->journal;
    for (unsigned i = 0; i < b->entry.n; i++) {
        bool first = true;
        for (unsigned j = 0; j < i && first; j++) {
            first = p[j].journal != p[i].journal;
        }
        if (!first) {
            continue;
        }
        int64_t sum = 0;
        bool ok = true;
        for (unsigned j = i; j < b->entry.n; j++) {
            ok = ok && (p[j].journal != p[i].journal || add(&sum, p[j].amount_fen));
        }
        if (!ok || sum != 0) {
            rh_audit_finding(
                b->audit,
                "Journal %" PRId64 " (seq %" PRId64 ") sums to %" PRId64 " fen instead of 0.",
                "凭证 %" PRId64 "（seq %" PRId64 "）合计为 %" PRId64 " 分，应为 0。",
                p[i].journal, b->entry.seq, sum);
        }
        if (p[i].journal <= b->journal) {
            rh_audit_finding(b->audit,
                             "Journal %" PRId64 " in seq %" PRId64
                             " is not newer than those before.",
                             "凭证 %" PRId64 "（seq %" PRId64 "）不比以前的新。", p[i].journal,
                             b->entry.seq);
        }
        last = p[i].journal > last ? p[i].journal : last;
    }
    b->journal = last;
}

static void
check_posting(books *b, const rh_audit_posting *p)
{
    char line[LINE], lease[24] = "", en[80], zh[80];
    if (p->id <= b->posting || p->version != 1) {
        rh_audit_finding(
            b->audit,
            "Posting %" PRId64 " (seq %" PRId64 ") is written again: money is corrected by an "
            "opposite posting only.",
            "分录 %" PRId64 "（seq %" PRId64 "）被重复写入：资金只能以相反分录更正。", p->id,
            b->entry.seq);
    }
    b->posting = p->id > b->posting ? p->id : b->posting;
    b->postings++;
    sum_up(b, p);
    if (p->lease != RH_AUDIT_NONE) {
        snprintf(lease, sizeof lease, "%" PRId64, p->lease);
    }
    snprintf(line, sizeof line,
             "%" PRId64 ",posting,%" PRId64 ",%" PRId64 ",%" PRId64 ",%.*s,%s,%.*s,%" PRId64,
             b->entry.seq, p->id, p->version, p->journal, (int)p->account.size, p->account.at,
             lease, (int)p->village.size, p->village.at, p->amount_fen);
    snprintf(en, sizeof en, "posting %" PRId64 " of seq %" PRId64, p->id, b->entry.seq);
    snprintf(zh, sizeof zh, "seq %" PRId64 " 的分录 %" PRId64, b->entry.seq, p->id);
    expect_line(b->audit, &b->ledger, RH_AUDIT_LEDGER_HEAD, line, en, zh);
}

/* One entry; false when it cannot be read. */
static bool
do_entry(books *b, const char *bytes, size_t size)
{
    rh_audit_entry *e = &b->entry;
    if (!rh_audit_entry_parse(bytes, size, e)) {
        rh_audit_finding(b->audit, "Entry %" PRIu64 " of the log, byte %zu: %s.",
                         "日志条目 %" PRIu64 " 第 %zu 字节：%s。", b->index, e->at,
                         b->audit->zh ? e->zh : e->en);
        return false;
    }
    if (e->seq <= b->seq || e->time < b->time) {
        rh_audit_finding(
            b->audit, "Entry %" PRIu64 " (seq %" PRId64 "): its number or time goes back.",
            "日志条目 %" PRIu64 "（seq %" PRId64 "）：编号或时间倒退。", b->index, e->seq);
    }
    b->seq = e->seq;
    b->time = e->time;
    for (unsigned i = 0; i < e->n; i++) {
        check_posting(b, &e->posting[i]);
    }
    check_journals(b);
    check_escrow(b);
    return true;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const amount *)a)->name, ((const amount *)b)->name);
}

static void
check_totals(books *b, const char *path)
{
    table t;
    amount *sorted = calloc(b->total.n + 1, sizeof *sorted);
    size_t n = 0;
    for (size_t i = 0; sorted != NULL && i < b->total.room; i++) {
        if (b->total.slot[i].name != NULL) {
            sorted[n++] = b->total.slot[i];
        }
    }
    if (sorted != NULL && open_table(b->audit, &t, path, RH_AUDIT_TOTALS_HEAD)) {
        qsort(sorted, n, sizeof *sorted, by_name);
        for (size_t i = 0; i < n; i++) {
            char line[LINE], en[NAME + 20], zh[NAME + 20];
            snprintf(line, sizeof line, "%s,%" PRId64 ",%" PRIu64, sorted[i].name,
                     sorted[i].fen, sorted[i].postings);
            snprintf(en, sizeof en, "total of %s", sorted[i].name);
            snprintf(zh, sizeof zh, "%s 的合计", sorted[i].name);
            expect_line(b->audit, &t, RH_AUDIT_TOTALS_HEAD, line, en, zh);
        }
        expect_end(b->audit, &t);
        close_table(&t);
    }
    free(sorted);
}

void
rh_audit_ledger(rh_audit *audit, const rh_audit_log *log, const char *ledger,
                const char *totals)
{
    books *b = calloc(1, sizeof *b);
    if (b == NULL) {
        rh_audit_finding(audit, "Not enough memory.%s", "内存不足。%s", "");
        return;
    }
    b->audit = audit;
    b->seq = b->time = b->posting = b->journal = INT64_MIN;
    open_table(audit, &b->ledger, ledger, RH_AUDIT_LEDGER_HEAD);
    bool whole = true; /* what follows an entry that cannot be read would only repeat it */
    for (uint64_t n = 0; whole && n * RH_AUDIT_WIDTH < log->note.size; n++) {
        size_t bytes = 0, size;
        unsigned count = 0;
        uint8_t *bundle = rh_audit_bundle(audit, log, n, &bytes, &count);
        const uint8_t *at = bundle, *entry;
        whole = bundle != NULL;
        for (unsigned i = 0; whole && i < count; i++, b->index++) {
            whole = rh_audit_next(&at, bundle + bytes, &entry, &size);
            if (!whole) {
                rh_audit_finding(audit, "Entry %" PRIu64 " is missing in its bundle.",
                                 "条目 %" PRIu64 " 在条目包中缺失。", b->index);
            } else {
                whole = do_entry(b, (const char *)entry, size);
            }
        }
        free(bundle);
    }
    if (whole) {
        expect_end(audit, &b->ledger);
        check_totals(b, totals);
        rh_audit_remark(audit,
                        "%" PRIu64 " entries, %" PRIu64 " postings, %zu totals recomputed.",
                        "已重算 %" PRIu64 " 条日志、%" PRIu64 " 条分录、%zu 项合计。",
                        log->note.size, b->postings, b->total.n);
    }
    close_table(&b->ledger);
    release(&b->total);
    release(&b->escrow);
    free(b);
}
