/* What every page is given: the service behind it, where files lie, who is signed in; and the frame around every page.
 *
 * A request's `context` is the rh_site. Its identity's `account` is a number of accounts.h, its `roles` are bits of code.def's roles. */
#ifndef RH_WEB_SITE_H
#define RH_WEB_SITE_H

#include "http/server.h"
#include "http/static_file.h"
#include "service/service.h"
#include "web/accounts.h"
#include "web/component.h"
#include "web/day_log.h"

typedef struct rh_site {
    rh_service *service;
    rh_accounts *accounts;
    rh_clock *clock;
    bool training; /* a simulated clock that may be moved: the pages say so */
    _Atomic int64_t
        identity_ms; /* training: so far the clock of sign-ins and one-time codes was moved on */
    const char *name[RH_LANGUAGE_COUNT];
    const char *documents; /* folder of uploads and papers, by hash */
    const char *log;       /* folder of the public log */
    const uint8_t *
        signing_key; /* 64 bytes, Ed25519 (libsodium): marks of signing; NULL: nobody can sign */
    /* Text of the .tlog-proof of entry `seq`, to be rh_free'd; RH_RANGE when it is not published yet. NULL: no log. Any thread may call. */
    rh_status (*receipt)(void *context, int64_t seq, char **text, size_t *size, rh_err *err);
    void *receipt_context;
    const struct rh_verifier *log_key; /* of the public log; NULL: receipts cannot be checked */
    const char *open_data;             /* folder of the open data */
    /* identity: docs/lease/identity.md */
    rh_hasher *hasher;
    rh_rate *rate;          /* the server's: sign-ins and one-time codes */
    rh_sessions *sessions;  /* the server's: ended with an account */
    rh_day_log *happenings; /* NULL: none */
    rh_static *log_files,
        *open_data_files; /* of `log`, and of the folder that holds `open_data`; NULL: not found */
} rh_site;

/* The sections of the site; each page belongs to one (or to none: -1). */
enum {
    RH_SECTION_HOME,
    RH_SECTION_OFFERS,
    RH_SECTION_NOTICES,
    RH_SECTION_BOOKS,
    RH_SECTION_CHECK,
    RH_SECTION_DESK,
    RH_SECTION_COUNT
};

static inline rh_site *
rh_site_of(const rh_request *request)
{
    return request->context;
}

/* Who is signed in with both factors (or by a machine's token): the party, or RH_NONE; also RH_NONE once the account is closed. */
int64_t rh_site_party(const rh_request *request);

/* A page in the reader's language: begin fills the frame, end closes it and makes it the answer. `title` and `lead` are texts. */
typedef struct rh_site_page {
    rh_html html;
    rh_request *request;
    rh_response *response;
    rh_page frame;
    rh_page_link section[RH_SECTION_COUNT], footer[3];
    char other[300];
    rh_account_view account;
} rh_site_page;

void rh_site_begin(rh_site_page *page, rh_request *request, rh_response *response, int section,
                   const char *title, const char *lead);
void rh_site_end(rh_site_page *page);

/* The text of a message without values. */
const char *rh_site_say(const rh_request *request, enum rh_web_message message);

/* All routes of the site, for rh_server_start; the array ends with n. */
const rh_route *rh_site_routes(size_t *n);

/* The page for what went wrong (server.h). */
void rh_site_problem(rh_request *request, rh_problem problem, rh_response *response);

/* Whose token a request carries (rh_server_options.bearer; its context is the site): machines only, and no role but `bank`. */
bool rh_site_bearer(void *context, const char *token, int64_t now_ms, int64_t *account,
                    uint32_t *roles);

#endif
