/* ronghe: the command line. Finds the verb, runs it, says what went wrong, makes the exit code:
 * 0 done, 1 failed, 2 wrong command line, 130 interrupted.
 *
 * An interrupt (SIGINT, SIGTERM) is taken by a thread of its own: the first asks the job to end
 * cleanly, the second ends the program at once. So no handler and no global is needed. */
#include "cli/verb.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_WRONG_USE = 2, EXIT_INTERRUPTED = 130 };

typedef struct watch {
    sigset_t signals;
    atomic_int *stop;
    enum rh_language language;
} watch;

static void *
watch_signals(void *context)
{
    const watch *w = context;
    for (int taken;;) {
        if (sigwait(&w->signals, &taken) != 0) {
            continue;
        }
        if (atomic_fetch_add(w->stop, 1) > 0) {
            _exit(EXIT_INTERRUPTED);
        }
        fputc('\n', stderr);
        rh_say(stderr, w->language, RH_MSG_STOPPING, NULL);
        fputc('\n', stderr);
    }
    return NULL;
}

static void
start_watch(watch *w, atomic_int *stop, enum rh_language language)
{
    pthread_t thread;
    w->stop = stop;
    w->language = language;
    sigemptyset(&w->signals);
    sigaddset(&w->signals, SIGINT);
    sigaddset(&w->signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &w->signals, NULL);
    if (pthread_create(&thread, NULL, watch_signals, w) == 0) {
        pthread_detach(thread);
    } else {
        pthread_sigmask(SIG_UNBLOCK, &w->signals,
                        NULL); /* then a signal ends the program as usual */
    }
}

/* Every line of the sentence is one line that says whose it is. */
static void
say_failure(const rh_cli *cli, rh_status status, const rh_err *err)
{
    const char *text = err->text[0] != '\0' ? err->text : rh_status_text(status);
    while (*text != '\0') {
        size_t size = strcspn(text, "\n");
        fputs("ronghe: ", cli->talk);
        if (cli->language == RH_CHINESE) {
            rh_say(cli->talk, cli->language, rh_message_of_status(status), NULL);
            fputs("：", cli->talk);
        }
        fprintf(cli->talk, "%.*s\n", (int)size, text);
        text += size + (text[size] == '\n');
    }
}

static int
exit_code(rh_status status)
{
    switch (status) {
    case RH_OK:
        return EXIT_DONE;
    case RH_USAGE:
        return EXIT_WRONG_USE;
    case RH_INTERRUPTED:
        return EXIT_INTERRUPTED;
    default:
        return EXIT_FAILED;
    }
}

/* An answer that could not be written (a full disk) is a failure. */
static rh_status
finish_answer(const rh_cli *cli)
{
    if (fflush(cli->out) == 0 && !ferror(cli->out)) {
        return RH_OK;
    }
    fputs("ronghe: ", cli->talk);
    rh_say(cli->talk, cli->language, RH_MSG_ANSWER_LOST, strerror(errno), NULL);
    fputc('\n', cli->talk);
    return RH_IO;
}

static rh_status
act(rh_cli *cli, watch *w, const rh_verb *verb, int count, char *const *words)
{
    rh_args args;
    bool help;
    rh_err err = {0};
    RH_TRY(rh_args_parse(cli, verb, count, words, &args, &help));
    if (help) {
        rh_help_verb(cli, verb, cli->out);
        return finish_answer(cli);
    }
    start_watch(w, cli->stop, cli->language);
    rh_status status = verb->act(cli, &args, &err);
    if (status == RH_OK) {
        return finish_answer(cli);
    }
    if (status != RH_USAGE || err.status != RH_OK) {
        say_failure(cli, status, &err);
    }
    return status;
}

/* No verb, or none of this name. */
static rh_status
without_verb(const rh_cli *cli, const char *word)
{
    if (word == NULL) {
        return rh_usage(cli, NULL, RH_MSG_NO_VERB, NULL);
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        rh_help_all(cli, cli->out);
        return finish_answer(cli);
    }
    if (strcmp(word, "--version") == 0) {
        fprintf(cli->out, "ronghe %s\n", RH_VERSION);
        return finish_answer(cli);
    }
    const char *nearest = rh_verb_nearest(word);
    return nearest != NULL ? rh_usage(cli, NULL, RH_MSG_UNKNOWN_VERB_NEAR, word, nearest, NULL)
                           : rh_usage(cli, NULL, RH_MSG_UNKNOWN_VERB, word, NULL);
}

static enum rh_language
language_of_environment(void)
{
    static const char *const variable[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof variable / sizeof *variable; i++) {
        const char *locale = getenv(variable[i]);
        if (locale != NULL && locale[0] != '\0') {
            return rh_language_of_locale(locale);
        }
    }
    return RH_ENGLISH;
}

int
main(int argc, char **argv)
{
    atomic_int stop = 0;
    signal(SIGXFSZ,
           SIG_IGN); /* a file that grows too large is a failed write with a sentence */
    static watch
        w; /* outlives main's frame for the watching thread; written before the thread starts */
    rh_cli cli = {.out = stdout,
                  .talk = stderr,
                  .language = language_of_environment(),
                  .terminal = isatty(STDERR_FILENO) != 0,
                  .stop = &stop};
    int at = 1, used = 0;
    while (at < argc && strncmp(argv[at], "--lang", 6) == 0) {
        const char *word = argv[at][6] == '=' ? argv[at] + 7 : at + 1 < argc ? argv[++at] : "";
        if (!rh_language_parse(word, &cli.language)) {
            return exit_code(rh_usage(&cli, NULL, RH_MSG_BAD_LANGUAGE, word, NULL));
        }
        at++;
    }
    const rh_verb *verb = at < argc ? rh_verb_find(argc - at, argv + at, &used) : NULL;
    if (verb == NULL) {
        return exit_code(without_verb(&cli, at < argc ? argv[at] : NULL));
    }
    return exit_code(act(&cli, &w, verb, argc - at - used, argv + at + used));
}
