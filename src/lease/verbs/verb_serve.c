/* serve: service, publisher and web server until SIGTERM or SIGINT. */
#include "verbs/running.h"
#include "verbs/said.h"
#include "web/doors.h"
#include "web/format.h"
#include "web/site.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* What the server asks while it runs. */
typedef struct serving {
    rh_running running;
    rh_site site;
    rh_doors doors;
    rh_signer signer; /* of the public log; its secret also makes the marks of signing */
    char open_data[RH_TOWNSHIP_TEXT + 16];
} serving;

static rh_status
start(serving *s, const rh_said *said, rh_server **server, rh_err *err)
{
    const rh_township_file *file = &s->running.file;
    int64_t threads = 2;
    if (said->threads != NULL) {
        RH_TRY(rh_said_number("--threads", said->threads, 1, 64, &threads, err));
    }
    snprintf(s->open_data, sizeof s->open_data, "%s/open-data", file->folder);
    if (mkdir(s->open_data, 0755) != 0 && errno != EEXIST) {
        return rh_fail(err, RH_IO, "The folder %s cannot be made: %s.", s->open_data,
                       strerror(errno));
    }
    RH_TRY(rh_signer_read(file->key, &s->signer, err));
    s->site = (rh_site){.service = s->running.service,
                        .accounts = s->running.accounts,
                        .clock = &s->running.clock,
                        .training = said->training,
                        .name = {[RH_CHINESE] = file->name_zh, [RH_ENGLISH] = file->name_en},
                        .documents = file->documents,
                        .log = file->folder,
                        .signing_key = s->signer.secret,
                        .receipt = rh_log_publisher_receipt,
                        .receipt_context = s->running.publisher,
                        .log_key = &s->signer.is,
                        .open_data = s->open_data};
    rh_server_options options = {.host = file->host,
                                 .port = file->port,
                                 .threads = (unsigned)threads,
                                 .tls_in_front = file->tls_in_front,
                                 .behind_proxy = file->behind_proxy};
    rh_doors_options doors = {.logs = file->logs,
                              .requests_per_second = file->requests_per_second};
    RH_TRY(rh_doors_open(&doors, &s->site, &s->doors, &options, err));
    return rh_server_start(&options, server, err);
}

static rh_status
listen_elsewhere(rh_township_file *file, const char *listen, rh_err *err)
{
    const char *colon = strrchr(listen, ':');
    size_t n = colon != NULL ? (size_t)(colon - listen) : 0;
    int64_t port;
    if (n == 0 || n >= sizeof file->host) {
        return rh_fail(err, RH_USAGE, "--listen takes ADDRESS:PORT, not \"%.100s\".", listen);
    }
    RH_TRY(rh_said_number("--listen", colon + 1, 0, 65535, &port, err));
    memcpy(file->host, listen, n);
    file->host[n] = '\0';
    file->port = (uint16_t)port;
    return RH_OK;
}

rh_status
rh_said_now(const rh_said *said, int64_t *ms, rh_err *err)
{
    rh_clock machine = {0};
    int64_t day;
    *ms = said->training ? rh_clock_now(&machine) : 0;
    if (said->now == NULL) {
        return RH_OK;
    }
    if (!said->training || rh_read_date(said->now, &day) != RH_WEB_NOTHING) {
        return rh_fail(err, RH_USAGE,
                       "--now takes a date like 2026-03-01, and only with --training.");
    }
    *ms = day * 86400000 + 3600000; /* 9 o'clock in China */
    return RH_OK;
}

rh_status
rh_verb_serve(const rh_said *said, rh_err *err)
{
    serving s = {0};
    rh_server *server = NULL;
    sigset_t stop;
    int which;
    int64_t simulated;
    RH_TRY(rh_said_now(said, &simulated, err));
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL); /* before threads begin */
    signal(SIGPIPE, SIG_IGN);
    RH_TRY(rh_running_open(said->what[0], simulated, &s.running, err));
    rh_status status =
        said->listen != NULL ? listen_elsewhere(&s.running.file, said->listen, err) : RH_OK;
    status = status == RH_OK ? start(&s, said, &server, err) : status;
    if (status == RH_OK) {
        printf("%s http://%s:%u\n", rh_in(said, "ronghe-lease listens on", "ronghe-lease 监听"),
               s.running.file.host, rh_server_port(server));
        fflush(stdout);
        sigwait(&stop, &which);
        rh_server_stop(server);
    }
    rh_doors_close(&s.doors);
    rh_signer_wipe(&s.signer);
    rh_status closed = rh_running_close(&s.running, status == RH_OK ? err : NULL);
    if (status == RH_OK && closed == RH_OK) {
        puts(rh_in(said, "Stopped; everything is published.", "已停止，全部命令均已发布。"));
    }
    return status == RH_OK ? closed : status;
}
