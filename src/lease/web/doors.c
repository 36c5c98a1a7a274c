/* The doors of a site: see doors.h. */
#include "web/doors.h"

#include "core/mem.h"
#include "web/document_store.h"

#include <string.h>
#include <unistd.h>

enum { DAYS = 400, LOG_AGE_S = 5, DATA_AGE_S = 300 };

static rh_status
open_folder(const char *folder, unsigned max_age_s, rh_static **out, rh_err *err)
{
    return folder == NULL || access(folder, F_OK) != 0
               ? RH_OK
               : rh_static_new(folder, max_age_s, out, err);
}

/* Of ".../open-data": the folder that holds it (api_read.c says why). */
static rh_status
open_parent(const char *folder, rh_static **out, rh_err *err)
{
    char *parent = folder == NULL ? NULL : rh_strdup(folder);
    char *last = parent == NULL ? NULL : strrchr(parent, '/');
    rh_status status = RH_OK;
    if (last != NULL && strcmp(last, "/open-data") == 0) {
        *last = '\0';
        status = open_folder(parent, DATA_AGE_S, out, err);
    }
    rh_free(parent);
    return status;
}

static rh_status
open_all(const rh_doors_options *o, const rh_site *site, rh_doors *d, rh_err *err)
{
    unsigned rps = o->requests_per_second;
    rh_rate_class one = {.burst = 10 * rps, .refill_ms = rps > 0 ? 1000 / rps : 1}, all = {0};
    rh_rate_options rate = {
        .address = &one, .account = &all, .classes = 1, .login_address = o->login_address};
    rh_sessions_options sessions = {0};
    RH_TRY(rh_hasher_new(&o->hasher, &d->hasher, err));
    RH_TRY(rh_rate_new(&rate, &d->rate, err));
    RH_TRY(rh_sessions_new(&sessions, &d->sessions, err));
    RH_TRY(open_folder(site->log, LOG_AGE_S, &d->log_files, err));
    RH_TRY(open_parent(site->open_data, &d->open_data_files, err));
    if (o->logs != NULL && o->logs[0] != '\0') {
        RH_TRY(rh_day_log_new(o->logs, "site", o->keep_days > 0 ? o->keep_days : DAYS,
                              &d->happenings, err));
        RH_TRY(rh_visits_new(0, 0, rh_day_log_visits, d->happenings, &d->visits, err));
    }
    return RH_OK;
}

static int64_t
training_now(void *context)
{
    const rh_site *site = context;
    const rh_now machine = {0};
    return rh_now_ms(&machine) + site->identity_ms;
}

rh_status
rh_doors_open(const rh_doors_options *options, rh_site *site, rh_doors *out,
              rh_server_options *server, rh_err *err)
{
    *out = (rh_doors){0};
    rh_status status = open_all(options, site, out, err);
    if (status != RH_OK) {
        rh_doors_close(out);
        return status;
    }
    site->hasher = out->hasher;
    site->rate = out->rate;
    site->sessions = out->sessions;
    site->happenings = out->happenings;
    site->log_files = out->log_files;
    site->open_data_files = out->open_data_files;
    server->error_page = rh_site_problem;
    server->context = site;
    server->sessions = out->sessions;
    server->bearer = rh_site_bearer;
    server->rate = out->rate;
    server->visits = out->visits;
    server->now = site->training ? (rh_now){training_now, site} : (rh_now){0};
    server->form = rh_form_limits_usual();
    server->form.files = 1;
    server->form.file = RH_DOCUMENT_MOST;
    server->form.folder = site->documents;
    server->routes = rh_site_routes(&server->n_routes);
    return RH_OK;
}

void
rh_doors_close(rh_doors *d)
{
    rh_visits_free(d->visits);
    rh_day_log_free(d->happenings);
    rh_static_free(d->log_files);
    rh_static_free(d->open_data_files);
    rh_sessions_free(d->sessions);
    rh_rate_free(d->rate);
    rh_hasher_free(d->hasher);
    *d = (rh_doors){0};
}
