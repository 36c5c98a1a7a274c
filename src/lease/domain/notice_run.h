/* Public notices and the objections to them: of schemes, offers and results of leases.
 *
 * A notice of n days begins on the day after it is posted (民法典 201: the day of the event is not counted) and is complete on the day after its last
 * day. An objection stops it; when the last open one is rejected it runs on with the days that were left, so an objection on day 6 of 7 leaves 1
 * day. The day of the objection counts as run, the day of the decision does not. One that is upheld leaves it stopped for good. */
#ifndef RH_DOMAIN_NOTICE_RUN_H
#define RH_DOMAIN_NOTICE_RUN_H

#include "domain/case.h"

enum {
    RH_NOTICE_FEWEST = 5,
    RH_NOTICE_MOST = 60
}; /* natural days; DOMAIN.md, Law-8: the floor that no township lowers */

/* Post a notice today. */
rh_row_notice *rh_notice_post(rh_case *c, int64_t object, int64_t object_id,
                              const rh_hash *text, int64_t days);

/* The notice of the object that was posted last, or NULL. */
const rh_row_notice *rh_notice_of(const rh_registry *r, int64_t object, int64_t object_id);

/* Have its full days run? No when there is none, or it is stopped. */
bool rh_notice_complete(const rh_row_notice *notice, int64_t today);

/* Objections to it that wait for a decision. */
int64_t rh_notice_objections(const rh_registry *r, const rh_row_notice *notice);

#endif
