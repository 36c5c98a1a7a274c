/* A fresh one-time code before something that binds a person: signing, consenting, letting money go, making accounts.
 *
 * A session alone is not enough for these: who finds an open browser has no authenticator app. Each code is good once (accounts.h, A1), and
 * wrong ones make the account wait, longer each time (http/rate.h). Only codes of the app count here, not recovery codes. */
#ifndef RH_WEB_STEP_UP_H
#define RH_WEB_STEP_UP_H

#include "web/site.h"

/* Name of the form's field, and of the key in JSON bodies. */
#define RH_STEP_UP_FIELD "one_time_code"

typedef enum rh_step_up {
    RH_STEP_RIGHT,
    RH_STEP_WRONG,
    RH_STEP_WAIT,
    RH_STEP_FAILED
} rh_step_up;

/* Does the command need one? */
bool rh_step_up_needed(rh_command_kind kind);

/* Check and use up the code of the request's account. Waits for a commit: on a worker's thread (rh_request_offload). */
rh_step_up rh_step_up_check(const rh_request *request, const char *code);

/* What to say to a person; RH_WEB_NOTHING when it was right. */
enum rh_web_message rh_step_up_message(rh_step_up result);

/* The field in a form. `error` may be NULL. */
void rh_step_up_field(rh_html *h, const char *error);

#endif
