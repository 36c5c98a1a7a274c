/* ronghe-witness: a watcher of logs that anybody can run. It cosigns a checkpoint when the log only grew since the last one, and
 * keeps the evidence when it shows two faces. */
#include "witness/witness_book.h"
#include "witness/witness_serve.h"

#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DONE = 0, FAILED = 1, WRONG_USE = 2, LOGS = 64 };

/* The two languages side by side. */
typedef struct both {
    const char *en, *zh;
} both;

static const both usage = {
    "ronghe-witness: cosigns the checkpoints of logs that only grow (c2sp.org/tlog-witness).\n"
    "\n"
    "  ronghe-witness init FOLDER --name NAME [--log KEY]...   a new witness with a new key\n"
    "  ronghe-witness init FOLDER --log KEY...                 watch one more log\n"
    "  ronghe-witness serve FOLDER [--listen 127.0.0.1:8300]   answer until stopped\n"
    "  ronghe-witness show FOLDER                              key, logs, sizes, evidence\n"
    "\n"
    "NAME is like witness.county.example; KEY is the public key of a log. --lang en | zh.\n",
    "ronghe-witness：见证公开日志只增不改，并为其检查点副署（c2sp.org/tlog-witness）。\n"
    "\n"
    "  ronghe-witness init 目录 --name 名称 [--log 公钥]...    新建见证人并生成密钥\n"
    "  ronghe-witness init 目录 --log 公钥...                  增加一个被见证的日志\n"
    "  ronghe-witness serve 目录 [--listen 127.0.0.1:8300]     提供服务，直到被停止\n"
    "  ronghe-witness show 目录                                显示公钥、日志、条数和证据\n"
    "\n"
    "名称如 witness.county.example；公钥是日志的公钥。--lang en | zh。\n"};

typedef struct options {
    const char *verb, *folder, *name, *listen;
    const char *log[LOGS];
    unsigned n_logs;
    bool zh;
} options;

static const char *
word(const options *o, const char *en, const char *zh)
{
    return o->zh ? zh : en;
}

static bool
parse(int argc, char **argv, options *o)
{
    const char *locale = getenv("LC_ALL");
    locale = locale != NULL && *locale != '\0' ? locale : getenv("LANG");
    o->zh = locale != NULL && strncmp(locale, "zh", 2) == 0;
    o->listen = "127.0.0.1:8300";
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strncmp(argv[i], "--", 2) != 0) {
            if (o->verb == NULL) {
                o->verb = argv[i];
            } else if (o->folder == NULL) {
                o->folder = argv[i];
            } else {
                return false;
            }
            continue;
        }
        if (value == NULL) {
            return false;
        }
        if (strcmp(argv[i], "--name") == 0) {
            o->name = value;
        } else if (strcmp(argv[i], "--listen") == 0) {
            o->listen = value;
        } else if (strcmp(argv[i], "--log") == 0 && o->n_logs < LOGS) {
            o->log[o->n_logs++] = value;
        } else if (strcmp(argv[i], "--lang") == 0 &&
                   (strcmp(value, "en") == 0 || strcmp(value, "zh") == 0)) {
            o->zh = strcmp(value, "zh") == 0;
        } else {
            return false;
        }
        i++;
    }
    return o->verb != NULL && o->folder != NULL;
}

static rh_status
print_key(const options *o, rh_err *err)
{
    rh_witness_book *book;
    char text[RH_KEY_TEXT];
    RH_TRY(rh_witness_book_open(o->folder, false, &book, err));
    rh_verifier_text(rh_witness_book_key(book), text);
    printf("%s\n", text);
    rh_witness_book_close(book);
    return RH_OK;
}

static rh_status
init(const options *o, rh_err *err)
{
    if (o->name != NULL) {
        RH_TRY(rh_witness_book_make(o->folder, o->name, err));
    }
    for (unsigned i = 0; i < o->n_logs; i++) {
        RH_TRY(rh_witness_book_watch(o->folder, o->log[i], err));
    }
    return print_key(o, err);
}

static rh_status
show(const options *o, rh_err *err)
{
    rh_witness_book *book;
    char text[RH_KEY_TEXT], root[45];
    RH_TRY(rh_witness_book_open(o->folder, false, &book, err));
    rh_verifier_text(rh_witness_book_key(book), text);
    printf("%s %s\n", word(o, "key", "公钥"), text);
    for (size_t i = 0; i < rh_witness_book_count(book); i++) {
        const rh_watched *log = rh_witness_book_at(book, i);
        rh_digest_text(&log->root, root);
        if (log->note.size > 0) {
            printf("%s %s %s %" PRIu64 " %s %s\n", word(o, "log", "日志"), log->key.name,
                   word(o, "entries", "条数"), log->size, word(o, "root", "根"), root);
        } else {
            printf("%s %s %s\n", word(o, "log", "日志"), log->key.name,
                   word(o, "nothing cosigned yet", "尚未副署"));
        }
    }
    printf("%s %zu\n", word(o, "evidence of split views", "分叉证据（份）"),
           rh_witness_book_evidence(book));
    rh_witness_book_close(book);
    return RH_OK;
}

static rh_status
serve(const options *o, rh_err *err)
{
    rh_witness_book *book;
    rh_witness_server *server;
    sigset_t stop;
    int which;
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL); /* before threads begin */
    RH_TRY(rh_witness_book_open(o->folder, true, &book, err));
    rh_status status = rh_witness_serve(book, o->listen, &server, err);
    if (status == RH_OK) {
        printf("%s %s http://%.*s:%u\n", rh_witness_book_key(book)->name,
               word(o, "listens on", "监听"), (int)(strrchr(o->listen, ':') - o->listen),
               o->listen, rh_witness_port(server));
        fflush(stdout);
        sigwait(&stop, &which);
        rh_witness_stop(server);
    }
    rh_witness_book_close(book);
    return status;
}

int
main(int argc, char **argv)
{
    options o = {0};
    rh_err err = {0};
    if (sodium_init() < 0) {
        return FAILED;
    }
    bool known = parse(argc, argv, &o);
    rh_status status;
    if (known && strcmp(o.verb, "init") == 0 && (o.name != NULL || o.n_logs > 0)) {
        status = init(&o, &err);
    } else if (known && strcmp(o.verb, "serve") == 0) {
        status = serve(&o, &err);
    } else if (known && strcmp(o.verb, "show") == 0) {
        status = show(&o, &err);
    } else {
        fputs(word(&o, usage.en, usage.zh), stderr);
        return WRONG_USE;
    }
    if (status != RH_OK) {
        fprintf(stderr, "ronghe-witness: %s%s\n", word(&o, "", "未能完成。原因（英文）："),
                err.text);
        return FAILED;
    }
    return DONE;
}
