/* Login accounts: kept by the service (keep.def, `account`), all present ones in memory.
 *
 * Roles follow from the registry at the moment of login: offices by role_grant, member, right-holder, representative; everybody with a
 * party may be a lessee. */
#ifndef RH_WEB_ACCOUNTS_H
#define RH_WEB_ACCOUNTS_H

#include "service/service.h"

typedef struct rh_accounts rh_accounts;

typedef struct rh_account_view {
    int64_t
        id; /* number that sessions carry: the first line of the login, it does not change */
    int64_t party;
    char login[64];
    bool closed;
} rh_account_view;

RH_MUST_CHECK rh_status rh_accounts_load(rh_service *service, rh_accounts **out, rh_err *err);
void rh_accounts_free(rh_accounts *accounts);

bool rh_accounts_get(rh_accounts *accounts, int64_t id, rh_account_view *out);

/* Bits of code.def's roles that the party holds somewhere today. */
uint32_t rh_accounts_roles(const rh_registry *registry, int64_t party, int64_t today);

#endif
