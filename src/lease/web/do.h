/* Commands over HTTP: the same path for the form of a page and for the JSON interface.
 *
 *   GET  /do/{command}            its form; values of the query are filled in (?offer=3)
 *   POST /do/{command}            the form sent: 303 to what was made or changed, or 422 with the form as it was typed and every refusal
 *   POST /api/v1/do/{command}     JSON object of the command's fields, "as" (a role) beside them, and the header Idempotency-Key:
 *                                 200 {"seq","time","repeated","made":[{"row","id","version"}]}, 422 {"refusals":[…]} or {"problems":[…]}
 * Commands that bind a person (step_up.h) want a fresh one-time code beside their fields: "one_time_code".
 * The answer is given when the command is on the disk: the request waits without a thread (request.h, suspend). */
#ifndef RH_WEB_DO_H
#define RH_WEB_DO_H

#include "web/asking.h"
#include "web/site.h"

rh_handler rh_do_form, rh_do_post, rh_do_json;

/* The form of a command with what is typed so far; also for pages that embed it. `refusals` may be NULL. */
void rh_do_write_form(rh_site_page *page, rh_command_kind kind, rh_typed *typed,
                      const void *context, const rh_asking *asking,
                      const rh_refusals *refusals);

/* The page of an object: "/offer/3"; "/" for kinds without one. */
void rh_do_object_path(rh_row_kind kind, int64_t id, char out[64]);

#endif
