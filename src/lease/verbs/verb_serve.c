/* serve: service, publisher and web server until SIGTERM or SIGINT. */
#include "verbs/running.h"
#include "verbs/said.h"
#include "web/format.h"
#include "web/site.h"

#include "core/mem.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the server asks while it runs. */
typedef struct serving {
    rh_running running;
    rh_site site;
} serving;

static int64_t
site_now(void *context)
{
    return rh_clock_now(context);
}

/* A machine's account has the role `bank` and no other (accounts.h, A4). */
static bool
bearer(void *context, const char *token, int64_t now_ms, int64_t *account, uint32_t *roles)
{
    const rh_site *site = context;
    rh_account_view view;
    if (!rh_accounts_bearer(site->accounts, token, account) ||
        !rh_accounts_get(site->accounts, *account, &view)) {
        return false;
    }
    const rh_registry *registry = rh_service_read_begin(site->service);
    *roles = registry != NULL
                 ? rh_accounts_roles(registry, view.party, (now_ms + 28800000) / 86400000)
                 : 0;
    rh_service_read_end(site->service);
    *roles &= 1U << rh_role_bank;
    return true;
}

static rh_status
start(serving *s, const rh_said *said, rh_server **server, rh_sessions **sessions,
      rh_rate **rate, rh_err *err)
{
    const rh_township_file *file = &s->running.file;
    int64_t threads = 2;
    if (said->threads != NULL) {
        RH_TRY(rh_said_number("--threads", said->threads, 1, 64, &threads, err));
    }
    unsigned rps = file->requests_per_second;
    rh_rate_class one = {.burst = 10 * rps, .refill_ms = rps > 0 ? 1000 / rps : 1}, all = {0};
    RH_TRY(rh_sessions_new(&(rh_sessions_options){0}, sessions, err));
    RH_TRY(rh_rate_new(&(rh_rate_options){.address = &one, .account = &all, .classes = 1}, rate,
                       err));
    s->site = (rh_site){.service = s->running.service,
                        .accounts = s->running.accounts,
                        .clock = &s->running.clock,
                        .training = said->training,
                        .documents = file->documents,
                        .log = file->folder,
                        .open_data = NULL};
    static const char inside[] = "/open-data";
    char *open_data = rh_alloc(strlen(file->folder) + sizeof inside, 1);
    if (open_data == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for the name of a folder.");
    }
    memcpy(open_data, file->folder, strlen(file->folder));
    memcpy(open_data + strlen(file->folder), inside, sizeof inside);
    s->site.open_data = open_data;
    s->site.name[RH_CHINESE] = file->name_zh;
    s->site.name[RH_ENGLISH] = file->name_en;
    rh_server_options options = {.host = file->host,
                                 .port = file->port,
                                 .threads = (unsigned)threads,
                                 .tls_in_front = file->tls_in_front,
                                 .behind_proxy = file->behind_proxy,
                                 .error_page = rh_site_problem,
                                 .context = &s->site,
                                 .now = {site_now, &s->running.clock},
                                 .sessions = *sessions,
                                 .bearer = bearer,
                                 .rate = *rate};
    options.routes = rh_site_routes(&options.n_routes);
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

static rh_status
training_time(const rh_said *said, int64_t *ms, rh_err *err)
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
    rh_sessions *sessions = NULL;
    rh_rate *rate = NULL;
    sigset_t stop;
    int which;
    int64_t simulated;
    RH_TRY(training_time(said, &simulated, err));
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL); /* before threads begin */
    signal(SIGPIPE, SIG_IGN);
    RH_TRY(rh_running_open(said->what[0], simulated, &s.running, err));
    rh_status status =
        said->listen != NULL ? listen_elsewhere(&s.running.file, said->listen, err) : RH_OK;
    status = status == RH_OK ? start(&s, said, &server, &sessions, &rate, err) : status;
    if (status == RH_OK) {
        printf("%s http://%s:%u\n", rh_in(said, "ronghe-lease listens on", "ronghe-lease 监听"),
               s.running.file.host, rh_server_port(server));
        fflush(stdout);
        sigwait(&stop, &which);
        rh_server_stop(server);
    }
    rh_sessions_free(sessions);
    rh_rate_free(rate);
    rh_free((char *)(uintptr_t)s.site.open_data);
    rh_status closed = rh_running_close(&s.running, status == RH_OK ? err : NULL);
    if (status == RH_OK && closed == RH_OK) {
        puts(rh_in(said, "Stopped; everything is published.", "已停止，全部命令均已发布。"));
    }
    return status == RH_OK ? closed : status;
}
