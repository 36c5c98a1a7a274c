/* A site in this process: a small township in every state worth a page, kept in a SQLite file of its own, served on loopback.
 *
 * Every personal text that is kept has CANARY in it, so that one search of a page finds whatever leaks. */
#ifndef RH_TESTS_SITE_HELP_H
#define RH_TESTS_SITE_HELP_H

#include "small_township.h"

#include "http_client.h"
#include "web/site.h"

#define SITE_CANARY "金丝雀"

typedef struct site_help {
    small_township t; /* as it was founded; closed when the site runs */
    int64_t open_offer, noticed_offer, objected_offer, scheme, lease, active_lease;
    char folder[64], database[100];
    rh_clock clock;
    rh_service *service;
    rh_site site;
    rh_server *server;
    uint16_t port;
    uint8_t signing_key[64];
    char *memory; /* of the last answer */
    /* while it is founded */
    rh_db *db;
    int64_t private_value;
} site_help;

void site_open(site_help *s);
void site_close(site_help *s);

/* GET as a party that is signed in (RH_NONE: nobody). */
http_reply site_get_as(site_help *s, int64_t party, const char *path);
/* GET; the answer's body ends with NUL and lives until the next call. */
http_reply site_get(site_help *s, const char *path);

#endif
