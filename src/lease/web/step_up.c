/* A fresh one-time code: see step_up.h. */
#include "web/step_up.h"

bool
rh_step_up_needed(rh_command_kind kind)
{
    return kind == RH_DO_lease_sign || kind == RH_DO_amendment_sign ||
           kind == RH_DO_payout_approve || kind == RH_DO_offer_consent;
}

rh_step_up
rh_step_up_check(const rh_request *request, const char *code)
{
    rh_site *site = rh_site_of(request);
    rh_rate_who who = rh_rate_account(request->identity.account);
    rh_err err = {0};
    bool right = false;
    if (request->identity.via != RH_VIA_SESSION) {
        return RH_STEP_WRONG;
    }
    if (site->rate != NULL && !rh_rate_attempt(site->rate, &who, request->now_ms, NULL)) {
        return RH_STEP_WAIT;
    }
    if (rh_accounts_second_factor(site->accounts, request->identity.account, code, false,
                                  request->now_ms, &right, &err) != RH_OK) {
        return RH_STEP_FAILED;
    }
    if (right && site->rate != NULL) {
        rh_rate_success(site->rate, &who);
    }
    return right ? RH_STEP_RIGHT : RH_STEP_WRONG;
}

enum rh_web_message
rh_step_up_message(rh_step_up result)
{
    switch (result) {
    case RH_STEP_RIGHT:
        return RH_WEB_NOTHING;
    case RH_STEP_WAIT:
        return RH_WEB_CODE_WAIT;
    case RH_STEP_FAILED:
        return RH_WEB_ACCOUNT_FAILED;
    case RH_STEP_WRONG:
    default:
        return RH_WEB_CODE_WRONG;
    }
}

void
rh_step_up_field(rh_html *h, const char *error)
{
    rh_input input = {.kind = RH_INPUT_CODE,
                      .name = RH_STEP_UP_FIELD,
                      .label = rh_web_text(h->language, RH_WEB_CODE_LABEL),
                      .hint = rh_web_text(h->language, RH_WEB_CODE_HINT),
                      .error = error};
    rh_form_input(h, &input);
}
