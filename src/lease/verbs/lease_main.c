/* ronghe-lease: the township's platform for long leases of idle homesteads (docs/lease/architecture.md). */
#include "core/text.h"
#include "verbs/said.h"

#include <errno.h>
#include <sodium.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DONE = 0, FAILED = 1, WRONG_USE = 2 };

#define VERSION "0.1.0"

static const char usage_en[] =
    "ronghe-lease: register and market for long leases of idle homesteads.\n"
    "\n"
    "  ronghe-lease init FOLDER --name-zh NAME --code CODE --officer LOGIN    a new township\n"
    "      [--name-en NAME] [--origin NAME/ronghe] [--database URL] [--officer-name NAME]\n"
    "      [--password-file FILE] [--listen 127.0.0.1:8080] [--training [--now YYYY-MM-DD]]\n"
    "  ronghe-lease serve TOWNSHIP [--listen ADDRESS:PORT] [--threads N]      answer until "
    "stopped\n"
    "      [--training [--now YYYY-MM-DD]]                                    with a simulated "
    "clock\n"
    "  ronghe-lease verify TOWNSHIP|DATABASE                                  do everything "
    "again and compare\n"
    "  ronghe-lease backup TOWNSHIP|DATABASE FILE                             one verified "
    "file\n"
    "  ronghe-lease restore FILE DATABASE                                     into an empty "
    "SQLite file or PostgreSQL\n"
    "  ronghe-lease demo FOLDER [--seed N]                                    a township with "
    "a year of activity\n"
    "  ronghe-lease version | help\n"
    "\n"
    "TOWNSHIP is a folder with township.conf, or that file. CODE: 9 digits. --lang en | zh.\n";
static const char usage_zh[] =
    "ronghe-lease：闲置宅基地（住宅）长期租赁登记与交易平台。\n"
    "\n"
    "  ronghe-lease init 目录 --name-zh 名称 --code 代码 --officer 登录名     新建乡镇\n"
    "      [--name-en 英文名] [--origin 名称/ronghe] [--database 地址] [--officer-name 姓名]\n"
    "      [--password-file 文件] [--listen 127.0.0.1:8080] [--training [--now YYYY-MM-DD]]\n"
    "  ronghe-lease serve 乡镇 [--listen 地址:端口] [--threads 线程数]        "
    "提供服务，直到被停止\n"
    "      [--training [--now YYYY-MM-DD]]                                    "
    "培训用，模拟时钟\n"
    "  ronghe-lease verify 乡镇|数据库                                        "
    "全部重做一遍并逐项比对\n"
    "  ronghe-lease backup 乡镇|数据库 文件                                   "
    "备份成一个经过核验的文件\n"
    "  ronghe-lease restore 文件 数据库                                       恢复到空的 "
    "SQLite 文件或 PostgreSQL\n"
    "  ronghe-lease demo 目录 [--seed 种子]                                   "
    "有一年业务的演示乡镇\n"
    "  ronghe-lease version | help\n"
    "\n"
    "乡镇：含 township.conf 的目录或该文件。代码：9 位数字。--lang en | zh。\n";

/* Which options a verb takes, as bits of the table below. */
enum {
    NAME_ZH = 1,
    NAME_EN = 2,
    CODE = 4,
    ORIGIN = 8,
    DATABASE = 16,
    OFFICER = 32,
    OFFICER_NAME = 64,
    PASSWORD_FILE = 128,
    LISTEN = 256,
    SEED = 512,
    THREADS = 1024,
    NOW = 2048,
    TRAINING = 4096
};

static const struct option {
    const char *name;
    int bit;
    size_t offset;
} options[] = {
    {"--name-zh", NAME_ZH, offsetof(rh_said, name_zh)},
    {"--name-en", NAME_EN, offsetof(rh_said, name_en)},
    {"--code", CODE, offsetof(rh_said, code)},
    {"--origin", ORIGIN, offsetof(rh_said, origin)},
    {"--database", DATABASE, offsetof(rh_said, database)},
    {"--officer", OFFICER, offsetof(rh_said, officer)},
    {"--officer-name", OFFICER_NAME, offsetof(rh_said, officer_name)},
    {"--password-file", PASSWORD_FILE, offsetof(rh_said, password_file)},
    {"--listen", LISTEN, offsetof(rh_said, listen)},
    {"--seed", SEED, offsetof(rh_said, seed)},
    {"--threads", THREADS, offsetof(rh_said, threads)},
    {"--now", NOW, offsetof(rh_said, now)},
};
enum { OPTIONS = sizeof options / sizeof options[0] };

static const struct verb {
    const char *name;
    rh_verb *call;
    int n; /* words beside it */
    int options;
} verbs[] = {
    {"init", rh_verb_init, 1,
     NAME_ZH | NAME_EN | CODE | ORIGIN | DATABASE | OFFICER | OFFICER_NAME | PASSWORD_FILE |
         LISTEN | NOW | TRAINING},
    {"serve", rh_verb_serve, 1, LISTEN | THREADS | NOW | TRAINING},
    {"verify", rh_verb_verify, 1, 0},
    {"backup", rh_verb_backup, 2, 0},
    {"restore", rh_verb_restore, 2, 0},
    {"demo", rh_verb_demo, 1, SEED},
};
enum { VERBS = sizeof verbs / sizeof verbs[0] };

rh_status
rh_said_number(const char *option, const char *text, int64_t least, int64_t most, int64_t *out,
               rh_err *err)
{
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number < least ||
        number > most) {
        return rh_fail(err, RH_USAGE,
                       "%s takes a whole number from %lld to %lld, not \"%.100s\".", option,
                       (long long)least, (long long)most, text);
    }
    *out = number;
    return RH_OK;
}

static rh_status
parse_option(const struct verb *verb, char **argv, int *i, rh_said *said, rh_err *err)
{
    const char *word = argv[*i], *known[OPTIONS + 1];
    size_t n = 0;
    if (strcmp(word, "--training") == 0 && (verb->options & TRAINING) != 0) {
        said->training = true;
        return RH_OK;
    }
    for (size_t k = 0; k < OPTIONS; k++) {
        if ((verb->options & options[k].bit) == 0) {
            continue;
        }
        known[n++] = options[k].name;
        if (strcmp(word, options[k].name) == 0) {
            const char **field = (const char **)(void *)((char *)said + options[k].offset);
            if (argv[*i + 1] == NULL || *field != NULL) {
                return rh_fail(err, RH_USAGE,
                               *field != NULL ? "%s is said twice." : "%s needs a value.",
                               word);
            }
            *field = argv[++*i];
            return RH_OK;
        }
    }
    const char *near = rh_text_nearest(word, n, known);
    return rh_fail(err, RH_USAGE, "%s has no option %.100s%s%s.", verb->name, word,
                   near != NULL ? "; did you mean " : "", near != NULL ? near : "");
}

static rh_status
parse(const struct verb *verb, char **argv, rh_said *said, rh_err *err)
{
    for (int i = 2; argv[i] != NULL; i++) {
        if (strncmp(argv[i], "--", 2) == 0) {
            RH_TRY(parse_option(verb, argv, &i, said, err));
        } else if (said->n == verb->n) {
            return rh_fail(err, RH_USAGE, "%s takes %d word%s, and \"%.100s\" is one too many.",
                           verb->name, verb->n, verb->n == 1 ? "" : "s", argv[i]);
        } else {
            said->what[said->n++] = argv[i];
        }
    }
    return said->n == verb->n
               ? RH_OK
               : rh_fail(err, RH_USAGE, "%s takes %d word%s; see ronghe-lease help.",
                         verb->name, verb->n, verb->n == 1 ? "" : "s");
}

/* LC_ALL or LANG, unless --lang stands somewhere; that is then taken out. False: it has no known value. */
static bool
find_language(char **argv, rh_said *said)
{
    const char *locale = getenv("LC_ALL");
    locale = locale != NULL && *locale != '\0' ? locale : getenv("LANG");
    bool zh = locale != NULL && strncmp(locale, "zh", 2) == 0, good = true;
    char **to = argv;
    for (char **from = argv; *from != NULL; from++) {
        if (strcmp(*from, "--lang") == 0) {
            const char *value = from[1];
            good = value != NULL && (strcmp(value, "zh") == 0 || strcmp(value, "en") == 0);
            zh = good && value[0] == 'z';
            from += value != NULL;
        } else {
            *to++ = *from;
        }
    }
    *to = NULL;
    said->language = zh ? RH_SAY_CHINESE : RH_SAY_ENGLISH;
    return good;
}

static int
fail(const rh_said *said, const rh_err *err)
{
    fprintf(stderr, "ronghe-lease: %s%s\n", rh_in(said, "", "未能完成。原因（英文）："),
            err->text);
    return err->status == RH_USAGE ? WRONG_USE : FAILED;
}

int
main(int argc, char **argv)
{
    rh_said said = {0};
    rh_err err = {0};
    (void)argc;
    if (sodium_init() < 0) {
        fputs("ronghe-lease: libsodium cannot be used on this machine.\n", stderr);
        return FAILED;
    }
    if (!find_language(argv, &said)) {
        rh_fail(&err, RH_USAGE, "--lang is en or zh.");
        return fail(&said, &err);
    }
    const char *name = argv[0] != NULL && argv[1] != NULL ? argv[1] : "";
    if (strcmp(name, "version") == 0 || strcmp(name, "--version") == 0) {
        puts("ronghe-lease " VERSION);
        return DONE;
    }
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0) {
        fputs(rh_in(&said, usage_en, usage_zh), stdout);
        return DONE;
    }
    const char *known[VERBS];
    for (size_t i = 0; i < VERBS; i++) {
        known[i] = verbs[i].name;
        if (strcmp(verbs[i].name, name) == 0) {
            rh_status status = parse(&verbs[i], argv, &said, &err);
            status = status == RH_OK ? verbs[i].call(&said, &err) : status;
            return status == RH_OK ? DONE : fail(&said, &err);
        }
    }
    if (name[0] == '\0') {
        fputs(rh_in(&said, usage_en, usage_zh), stderr);
        return WRONG_USE;
    }
    const char *near = rh_text_nearest(name, VERBS, known);
    rh_fail(&err, RH_USAGE, "There is no verb \"%.100s\"%s%s; see ronghe-lease help.", name,
            near != NULL ? "; did you mean " : "", near != NULL ? near : "");
    return fail(&said, &err);
}
