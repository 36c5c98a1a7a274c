/* The simulated clock of a training township (serve --training): moved on by hand, never back; what is due then has happened when the page answers.
 *
 * The clock of sign-ins and one-time codes is another one, the machine's; it can be moved on by seconds.
 * T1 without --training there is no such page: a real township's time is the machine's. */
#include "domain/calendar_day.h"
#include "web/format.h"
#include "web/site.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

rh_handler rh_page_training, rh_page_training_send;

enum { DAYS_MOST = 36600, SECONDS_MOST = 86400 };

static void
write_training(rh_request *request, rh_response *response, const char *error)
{
    rh_site *site = rh_site_of(request);
    rh_site_page page;
    rh_html *h = &page.html;
    rh_site_begin(&page, request, response, RH_SECTION_DESK,
                  rh_site_say(request, RH_WEB_TRAINING_TITLE), NULL);
    rh_facts_begin(h);
    rh_fact(h, rh_site_say(request, RH_WEB_TRAINING_NOW),
            rh_show_time(request->language, rh_clock_now(site->clock)).text);
    rh_facts_end(h);
    rh_form_begin(h, "/training", rh_request_csrf(request, response));
    rh_input days = {.kind = RH_INPUT_NUMBER,
                     .name = "days",
                     .label = rh_site_say(request, RH_WEB_TRAINING_DAYS),
                     .value = rh_request_field(request, "days"),
                     .error = error};
    rh_form_input(h, &days);
    rh_input seconds = {.kind = RH_INPUT_NUMBER,
                        .name = "seconds",
                        .label = rh_site_say(request, RH_WEB_TRAINING_SECONDS),
                        .value = rh_request_field(request, "seconds"),
                        .optional = true};
    rh_form_input(h, &seconds);
    rh_form_button(h, RH_CALM, rh_site_say(request, RH_WEB_TRAINING_MOVE), NULL, NULL);
    rh_form_end(h);
    rh_site_end(&page);
}

static bool
read_count(const char *text, long most, int64_t *out)
{
    char *end;
    long n = text[0] == '\0' ? 0 : strtol(text, &end, 10);
    *out = n;
    return n >= 0 && n <= most && (text[0] == '\0' || *end == '\0');
}

static void
move_clock(rh_request *request)
{
    rh_site *site = rh_site_of(request);
    int64_t days, seconds;
    rh_err err = {0};
    if (read_count(rh_request_field(request, "days"), DAYS_MOST, &days) &&
        read_count(rh_request_field(request, "seconds"), SECONDS_MOST, &seconds)) {
        rh_clock_set(site->clock, rh_clock_now(site->clock) + days * 86400000);
        site->identity_ms += seconds * 1000;
        rh_status ignored = rh_service_wake(site->service, &err); /* told by the next command */
        (void)ignored;
    }
}

static void
moved(rh_request *request, rh_response *response)
{
    (void)request;
    rh_response_redirect(response, "/training");
}

void
rh_page_training(rh_request *request, rh_response *response)
{
    if (!rh_site_of(request)->training) {
        rh_request_refuse(request, response, RH_PROBLEM_NOT_FOUND);
        return;
    }
    write_training(request, response, NULL);
}

void
rh_page_training_send(rh_request *request, rh_response *response)
{
    int64_t days, seconds;
    if (!rh_site_of(request)->training) {
        rh_request_refuse(request, response, RH_PROBLEM_NOT_FOUND);
    } else if (!read_count(rh_request_field(request, "days"), DAYS_MOST, &days) ||
               !read_count(rh_request_field(request, "seconds"), SECONDS_MOST, &seconds)) {
        response->status = 422;
        write_training(request, response, rh_site_say(request, RH_WEB_COUNT_EXPECTED));
    } else {
        (void)rh_request_offload(request, move_clock, moved);
    }
}
