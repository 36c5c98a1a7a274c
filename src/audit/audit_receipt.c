/* Receipts and split views: see audit_receipt.h. */
#include "audit/audit_receipt.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { RECEIPT_MOST = 120000, ENTRY_MOST = 65535, HASHES = 63 };

typedef struct receipt {
    uint64_t index;
    unsigned n;
    uint8_t hash[HASHES][32];
    const char *extra; /* base64, NULL without */
    size_t extra_size;
    rh_audit_note note;
} receipt;

/* The line at *at, *at moved behind it; its size, or -1 at the end. */
static long
line_at(const char **at, const char *end, const char **line)
{
    const char *stop = *at < end ? memchr(*at, '\n', (size_t)(end - *at)) : NULL;
    if (stop == NULL) {
        return -1;
    }
    *line = *at;
    *at = stop + 1;
    return (long)(stop - *line);
}

static bool
begins(const char *line, long n, const char *with)
{
    return n >= (long)strlen(with) && memcmp(line, with, strlen(with)) == 0;
}

static bool
parse(const char *bytes, size_t size, receipt *out, const char **en, const char **zh)
{
    const char *at = bytes, *end = bytes + size, *line = NULL;
    *en = "its lines are not those of a c2sp.org/tlog-proof@v1";
    *zh = "各行不符合 c2sp.org/tlog-proof@v1 的格式";
    *out = (receipt){0};
    long n = line_at(&at, end, &line);
    if (n != 22 || !begins(line, n, "c2sp.org/tlog-proof@v1")) {
        return false;
    }
    n = line_at(&at, end, &line);
    if (begins(line, n, "extra ")) {
        out->extra = line + 6;
        out->extra_size = (size_t)n - 6;
        n = line_at(&at, end, &line);
    }
    if (!begins(line, n, "index ") || !rh_audit_number(line + 6, (size_t)n - 6, &out->index)) {
        return false;
    }
    while ((n = line_at(&at, end, &line)) > 0) {
        if (out->n == HASHES || n != 44 ||
            !rh_audit_base64(line, (size_t)n, out->hash[out->n++], 32)) {
            return false;
        }
    }
    return n == 0 && rh_audit_note_parse(at, (size_t)(end - at), &out->note, en, zh);
}

/* Root of PATH(m, D[n]) as RFC 6962 section 2.1.1 defines it: the recursion takes the hashes from the root's side. */
static bool
climb(rh_audit_sha *sha, const uint8_t leaf[32], uint64_t m, uint64_t n,
      const uint8_t (*hash)[32], unsigned n_hashes, uint8_t out[32])
{
    if (n == 1) {
        memcpy(out, leaf, 32);
        return n_hashes == 0;
    }
    if (n_hashes == 0) {
        return false;
    }
    uint64_t k = 1;
    while (2 * k < n) {
        k *= 2;
    }
    uint8_t pair[64];
    bool left = m < k;
    bool ok = climb(sha, leaf, left ? m : m - k, left ? k : n - k, hash, n_hashes - 1,
                    left ? pair : pair + 32);
    memcpy(left ? pair + 32 : pair, hash[n_hashes - 1], 32);
    rh_audit_node(sha, pair, out);
    return ok;
}

void
rh_audit_receipt_bytes(rh_audit *audit, const char *bytes, size_t size, const void *entry,
                       size_t entry_size, const rh_audit_trust *trust)
{
    receipt r;
    const char *en, *zh;
    if (!parse(bytes, size, &r, &en, &zh)) {
        rh_audit_finding(audit, "The receipt cannot be read: %s.", "收据无法读取：%s。",
                         audit->zh ? zh : en);
        return;
    }
    uint8_t *own = malloc(ENTRY_MOST), root[32], leaf[32];
    rh_audit_sha *sha = rh_audit_sha_new();
    size_t own_size = 0;
    bool ok = own != NULL && sha != NULL;
    if (ok && r.extra != NULL) {
        ok = rh_audit_base64_any(r.extra, r.extra_size, own, ENTRY_MOST, &own_size);
        if (!ok) {
            rh_audit_finding(audit, "The entry in the receipt is not base64.%s",
                             "收据中的条目不是 base64。%s", "");
        }
    }
    if (ok && entry == NULL) {
        entry = own;
        entry_size = own_size;
        ok = r.extra != NULL;
        if (!ok) {
            rh_audit_finding(audit,
                             "The receipt does not hold its entry: name it with --entry.%s",
                             "收据不含条目：请用 --entry 指明。%s", "");
        }
    }
    if (ok &&
        rh_audit_note_trusted(audit, audit->zh ? "收据中的检查点" : "The receipt's checkpoint",
                              &r.note, trust)) {
        rh_audit_leaf(sha, entry, entry_size, leaf);
        if (r.index >= r.note.size ||
            !climb(sha, leaf, r.index, r.note.size, (const uint8_t(*)[32])r.hash, r.n, root) ||
            memcmp(root, r.note.root, 32) != 0) {
            rh_audit_finding(audit,
                             "The entry is not at index %" PRIu64 " of the log of %" PRIu64
                             " entries: the hashes do not lead to its root.",
                             "该条目不是日志的第 %" PRIu64 " 号（日志共 %" PRIu64
                             " 条）：哈希不能导出其根。",
                             r.index, r.note.size);
        } else {
            rh_audit_remark(
                audit,
                "The entry is number %" PRIu64 " of the log %s with %" PRIu64 " entries:\n%.*s",
                "该条目是日志第 %" PRIu64 " 号（%s，共 %" PRIu64 " 条）：\n%.*s", r.index,
                r.note.origin, r.note.size, (int)entry_size, (const char *)entry);
        }
    }
    rh_audit_sha_free(sha);
    free(own);
}

void
rh_audit_receipt(rh_audit *audit, const char *path, const char *entry,
                 const rh_audit_trust *trust)
{
    size_t size, entry_size = 0;
    char *bytes = rh_audit_file(path, RECEIPT_MOST, &size);
    char *its = entry != NULL ? rh_audit_file(entry, ENTRY_MOST, &entry_size) : NULL;
    if (bytes == NULL || (entry != NULL && its == NULL)) {
        rh_audit_finding(audit, "%s cannot be read.", "%s 无法读取。",
                         bytes == NULL ? path : entry);
    } else {
        rh_audit_receipt_bytes(audit, bytes, size, its, entry_size, trust);
    }
    free(bytes);
    free(its);
}

/* Both notes, each with its signatures checked; 1 same, 0 split, -1 not to be compared. */
static int
compare(rh_audit *audit, const char *a, size_t a_size, const char *b, size_t b_size,
        const rh_audit_trust *trust)
{
    rh_audit_note note[2];
    const char *en, *zh;
    for (unsigned i = 0; i < 2; i++) {
        if (!rh_audit_note_parse(i == 0 ? a : b, i == 0 ? a_size : b_size, &note[i], &en,
                                 &zh)) {
            rh_audit_finding(audit, "Checkpoint %u cannot be read: %s.",
                             "第 %u 个检查点无法读取：%s。", i + 1, audit->zh ? zh : en);
            return 1;
        }
        if (!rh_audit_note_trusted(audit,
                                   i == 0
                                       ? (audit->zh ? "第一个检查点" : "The first checkpoint")
                                       : (audit->zh ? "第二个检查点" : "The second checkpoint"),
                                   &note[i], trust)) {
            return 1;
        }
    }
    if (note[0].size != note[1].size) {
        rh_audit_remark(
            audit,
            "The checkpoints have %" PRIu64 " and %" PRIu64
            " entries: whether one continues the other is checked by 'log DIR --earlier FILE'.",
            "两个检查点分别有 %" PRIu64 " 条和 %" PRIu64
            " 条：是否前后一致请用“log 目录 --earlier 文件”核对。",
            note[0].size, note[1].size);
        return -1;
    }
    if (memcmp(note[0].root, note[1].root, 32) != 0) {
        rh_audit_finding(audit,
                         "SPLIT VIEW: the log %s signed two different roots of %" PRIu64
                         " entries. Keep both files: they are evidence.",
                         "日志分叉：%s 对同样的 %" PRIu64
                         " 条签署了两个不同的根。请保存两份文件，这是证据。",
                         note[0].origin, note[0].size);
        return 0;
    }
    rh_audit_remark(audit, "Both checkpoints say the same about %" PRIu64 " entries.",
                    "两个检查点对 %" PRIu64 " 条的说法相同。", note[0].size);
    return 1;
}

bool
rh_audit_compare(rh_audit *audit, const char *a, const char *b, const rh_audit_trust *trust)
{
    size_t a_size, b_size = 0;
    char *first = rh_audit_file(a, 3 * RH_AUDIT_NOTE, &a_size);
    char *second = b != NULL ? rh_audit_file(b, RH_AUDIT_NOTE, &b_size) : NULL;
    int result = 1;
    const char *gap = first != NULL && b == NULL ? strstr(first, "\n=====\n") : NULL;
    if (first == NULL || (b != NULL && second == NULL) || (b == NULL && gap == NULL)) {
        rh_audit_finding(audit, "%s cannot be read as what it should be.",
                         "%s 无法按应有的格式读取。", first == NULL || b == NULL ? a : b);
    } else if (b == NULL) {
        size_t n = (size_t)(gap - first) + 1;
        result = compare(audit, first, n, gap + 7, a_size - n - 6, trust);
    } else {
        result = compare(audit, first, a_size, second, b_size, trust);
    }
    free(first);
    free(second);
    return result >= 0;
}
