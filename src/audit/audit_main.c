/* ronghe-audit: checks what a lease platform publishes, without believing any of it but the keys that it is given. It shares no
 * source file and no cryptographic library with the writer. */
#include "audit/audit_ledger.h"
#include "audit/audit_log.h"
#include "audit/audit_receipt.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CLEAN = 0, FOUND = 1, WRONG_USE = 2, EARLIER = 64 };

static const char usage_en[] =
    "ronghe-audit: checks the public log and the public ledger of a lease platform.\n"
    "\n"
    "  ronghe-audit log DIR --key LOGKEY            recompute every entry, tile and the root\n"
    "               [--earlier CHECKPOINT]...       and that these older checkpoints are its "
    "beginning\n"
    "  ronghe-audit ledger DIR [--key LOGKEY]       recompute the ledger from the entries "
    "(with a key, check\n"
    "               [--ledger F] [--totals F]       the log first); compare DIR/ledger.csv and "
    "DIR/totals.csv\n"
    "  ronghe-audit receipt FILE --key LOGKEY       check one receipt offline\n"
    "               [--entry FILE]\n"
    "  ronghe-audit compare A [B] --key LOGKEY      do two checkpoints (or a witness's "
    "evidence) prove a split view?\n"
    "\n"
    "  --witness KEY   a witness's key, may be repeated    --quorum N   how many must have "
    "signed (default: 2 of\n"
    "                                                      the witnesses given, or all of "
    "fewer)\n"
    "  --threads N     default: all processors             --lang en | zh\n"
    "\n"
    "Ends with 0 when nothing was found, 1 with findings, 2 when it was used wrongly or cannot "
    "tell.\n";
static const char usage_zh[] =
    "ronghe-audit：核查租赁平台公开的日志和账目。\n"
    "\n"
    "  ronghe-audit log 目录 --key 日志公钥          重算全部条目、瓦片和根\n"
    "               [--earlier 检查点]...            并核对这些较早的检查点确为其开头\n"
    "  ronghe-audit ledger 目录 [--key 日志公钥]     "
    "由日志条目重算账目（给出公钥则先核查日志），\n"
    "               [--ledger 文件] [--totals 文件]  与 目录/ledger.csv、目录/totals.csv "
    "逐行比较\n"
    "  ronghe-audit receipt 文件 --key 日志公钥      离线核对一份收据\n"
    "               [--entry 文件]\n"
    "  ronghe-audit compare 甲 [乙] --key 日志公钥   "
    "两个检查点（或见证人的证据文件）是否证明日志分叉\n"
    "\n"
    "  --witness 公钥  见证人公钥，可多次给出        --quorum N   至少需要几个见证人副署（默认 "
    "2 个，\n"
    "                                               给出的见证人不足 2 个时为全部）\n"
    "  --threads N     默认用全部处理器              --lang en | zh\n"
    "\n"
    "未发现问题返回 0，发现问题返回 1，用法错误或无法判断返回 2。\n";

typedef struct options {
    const char *verb, *what, *other, *ledger, *totals, *entry, *earlier[EARLIER];
    unsigned n_earlier, threads;
    rh_audit_trust trust;
    bool has_key, has_need;
} options;

static bool
small_number(const char *text, unsigned most, unsigned *out)
{
    uint64_t n;
    if (!rh_audit_number(text, strlen(text), &n) || n > most) {
        return false;
    }
    *out = (unsigned)n;
    return true;
}

static bool
option(options *o, rh_audit *audit, rh_audit_sha *sha, const char *name, const char *value)
{
    rh_audit_trust *t = &o->trust;
    if (strcmp(name, "--key") == 0) {
        o->has_key = rh_audit_key_parse(sha, value, &t->log) && t->log.type == 1;
        return o->has_key;
    }
    if (strcmp(name, "--witness") == 0) {
        return t->n < RH_AUDIT_WITNESSES && rh_audit_key_parse(sha, value, &t->witness[t->n]) &&
               t->witness[t->n++].type == 4;
    }
    if (strcmp(name, "--quorum") == 0) {
        o->has_need = small_number(value, RH_AUDIT_WITNESSES, &t->need);
        return o->has_need;
    }
    if (strcmp(name, "--threads") == 0) {
        return small_number(value, 64, &o->threads) && o->threads > 0;
    }
    if (strcmp(name, "--lang") == 0) {
        audit->zh = strcmp(value, "zh") == 0;
        return audit->zh || strcmp(value, "en") == 0;
    }
    if (strcmp(name, "--earlier") == 0 && o->n_earlier < EARLIER) {
        o->earlier[o->n_earlier++] = value;
        return true;
    }
    const char **file = strcmp(name, "--ledger") == 0   ? &o->ledger
                        : strcmp(name, "--totals") == 0 ? &o->totals
                        : strcmp(name, "--entry") == 0  ? &o->entry
                                                        : NULL;
    if (file != NULL) {
        *file = value;
    }
    return file != NULL;
}

static bool
parse(int argc, char **argv, options *o, rh_audit *audit)
{
    rh_audit_sha *sha = rh_audit_sha_new();
    bool ok = sha != NULL;
    const char *locale = getenv("LC_ALL");
    locale = locale != NULL && *locale != '\0' ? locale : getenv("LANG");
    audit->zh = locale != NULL && strncmp(locale, "zh", 2) == 0;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    o->threads = processors > 0 && processors <= 64 ? (unsigned)processors : 1;
    for (int i = 1; ok && i < argc; i++) {
        if (strncmp(argv[i], "--", 2) == 0) {
            const char *value = i + 1 < argc ? argv[i + 1] : NULL;
            ok = value != NULL && option(o, audit, sha, argv[i], value);
            if (!ok) {
                fprintf(stderr,
                        audit->zh ? "选项 %s 的值不对。\n\n"
                                  : "Option %s is unknown or its value is wrong.\n\n",
                        argv[i]);
            }
            i++;
        } else {
            const char **slot = o->verb == NULL   ? &o->verb
                                : o->what == NULL ? &o->what
                                                  : &o->other;
            ok = *slot == NULL;
            *slot = argv[i];
        }
    }
    if (!o->has_need) {
        o->trust.need = o->trust.n < 2 ? o->trust.n : 2;
    }
    rh_audit_sha_free(sha);
    return ok && o->verb != NULL && o->what != NULL && o->trust.need <= o->trust.n;
}

/* An older checkpoint: signed by the log, and its root is that of the first entries. */
static void
check_earlier(rh_audit *audit, const rh_audit_log *log, const char *path,
              const rh_audit_trust *trust)
{
    size_t size;
    const char *en, *zh;
    rh_audit_note note;
    rh_audit_trust log_alone = *trust;
    uint8_t root[32];
    log_alone.n = log_alone.need = 0;
    char *bytes = rh_audit_file(path, RH_AUDIT_NOTE, &size);
    if (bytes == NULL || !rh_audit_note_parse(bytes, size, &note, &en, &zh)) {
        rh_audit_finding(audit, "%s cannot be read as a checkpoint.", "%s 无法作为检查点读取。",
                         path);
    } else if (rh_audit_note_trusted(audit, path, &note, &log_alone)) {
        if (note.size > log->note.size) {
            rh_audit_finding(audit,
                             "%s has %" PRIu64 " entries, the log now only %" PRIu64
                             ": entries were taken away.",
                             "%s 有 %" PRIu64 " 条，而日志现在只有 %" PRIu64
                             " 条：有条目被删去。",
                             path, note.size, log->note.size);
        } else if (!rh_audit_log_root(log, note.size, root) ||
                   memcmp(root, note.root, 32) != 0) {
            rh_audit_finding(audit,
                             "%s is not the beginning of the log: the first %" PRIu64
                             " entries were changed since.",
                             "%s 不是该日志的开头：前 %" PRIu64 " 条此后被改动过。", path,
                             note.size);
        }
    }
    free(bytes);
}

/* The log itself; true when the entries can be believed. */
static bool
check_log(rh_audit *audit, const options *o, rh_audit_log *log)
{
    bool ok = rh_audit_log_open(audit, o->what, o->has_key ? &o->trust : NULL, log);
    if (!ok || !o->has_key) {
        return ok;
    }
    ok = rh_audit_log_check(audit, log, o->threads);
    for (unsigned i = 0; ok && i < o->n_earlier; i++) {
        check_earlier(audit, log, o->earlier[i], &o->trust);
    }
    if (ok) {
        rh_audit_remark(audit,
                        "%" PRIu64 " entries of %s, all tiles and the signed root agree.",
                        "共 %" PRIu64 " 条条目（%s），全部瓦片与签名的根一致。", log->note.size,
                        log->note.origin);
    }
    return ok;
}

static int
run(rh_audit *audit, const options *o)
{
    rh_audit_log log = {0};
    bool can_tell = true;
    if (strcmp(o->verb, "log") == 0 && o->has_key && o->other == NULL) {
        check_log(audit, o, &log);
    } else if (strcmp(o->verb, "ledger") == 0 && o->other == NULL) {
        char ledger[4200], totals[4200];
        snprintf(ledger, sizeof ledger, "%.4096s/ledger.csv", o->what);
        snprintf(totals, sizeof totals, "%.4096s/totals.csv", o->what);
        if (!o->has_key) {
            rh_audit_remark(audit,
                            "Without --key the log itself is believed: only the books are "
                            "compared with it.%s",
                            "未给出 --key：只将账目与日志比较，日志本身未经核查。%s", "");
        }
        if (check_log(audit, o, &log)) {
            rh_audit_ledger(audit, &log, o->ledger != NULL ? o->ledger : ledger,
                            o->totals != NULL ? o->totals : totals);
        }
    } else if (strcmp(o->verb, "receipt") == 0 && o->has_key && o->other == NULL) {
        rh_audit_receipt(audit, o->what, o->entry, &o->trust);
    } else if (strcmp(o->verb, "compare") == 0 && o->has_key) {
        can_tell = rh_audit_compare(audit, o->what, o->other, &o->trust);
    } else {
        fputs(audit->zh ? usage_zh : usage_en, stderr);
        return WRONG_USE;
    }
    rh_audit_log_release(&log);
    if (audit->findings > 0) {
        rh_audit_remark(audit, "%u findings.", "共发现 %u 个问题。", audit->findings);
        return FOUND;
    }
    if (!can_tell) {
        return WRONG_USE;
    }
    rh_audit_remark(audit, "Nothing was found.%s", "未发现问题。%s", "");
    return CLEAN;
}

int
main(int argc, char **argv)
{
    rh_audit audit = {.out = stdout, .lock = PTHREAD_MUTEX_INITIALIZER};
    options *o = calloc(1, sizeof *o);
    int code = WRONG_USE;
    if (o != NULL && parse(argc, argv, o, &audit)) {
        code = run(&audit, o);
    } else {
        fputs(audit.zh ? usage_zh : usage_en, stderr);
    }
    free(o);
    return code;
}
