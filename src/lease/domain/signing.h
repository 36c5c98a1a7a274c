/* Who has signed a text, and who still must: the household's side (every adult right-holder, by itself, by mandate or by its guardian), the
 * lessee, the collective (as party or as witness) and the township, which attests (鉴证). Leases and amendments are signed alike. */
#ifndef RH_DOMAIN_SIGNING_H
#define RH_DOMAIN_SIGNING_H

#include "domain/lease_life.h"

/* Does the signature that is asked for now complete the text? */
bool rh_signed_by_all(const rh_case *c, const rh_hash *text);

/* Write the signature down. */
void rh_sign(rh_case *c, const rh_hash *text, const char *mark);

#endif
