/* Commands over HTTP: see do.h. */
#include "web/do.h"

#include "core/mem.h"
#include "domain/refusal.h"
#include "service/canonical.h"
#include "domain/calendar_day.h"
#include "web/asking.h"
#include "web/choices.h"
#include "web/format.h"
#include "web/papers.h"
#include "web/step_up.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MADE_MOST = 32, SENTENCE = 600, PATH_ROOM = 128 };

/* One command on its way: what was asked, and a copy of what came of it (the reply is only lent). */
typedef struct doing {
    bool json;
    rh_asking asking;
    json_t *body;   /* of JSON: texts of the command stand in it */
    char room[512]; /* texts that papers.h made */
    char named[32]; /* role that was asked for */
    char code[32];  /* one-time code, of commands that need one */
    rh_step_up step;
    const char *key; /* under which the client may ask again */
    rh_request *request;
    rh_response *response;
    rh_status status;
    rh_err trouble; /* of a failure */
    int64_t seq, time;
    bool repeated;
    rh_refusals refusals;
    size_t n_made;
    struct made {
        rh_row_kind kind;
        int64_t id, version;
    } made[MADE_MOST];
} doing;

static void
doing_free(doing *d)
{
    if (d != NULL) {
        json_decref(d->body);
        rh_free(d);
    }
}

/* The one-time code stands beside the command's fields: its problem needs a name. */
static const rh_field code_field = {.name = RH_STEP_UP_FIELD, .type = RH_FIELD_TEXT};

static const char *
typed_in_form(const void *context, const char *name)
{
    return rh_request_field(context, name);
}

static const char *
typed_in_query(const void *context, const char *name)
{
    return rh_request_query(context, name);
}

/* ---- where objects are shown ---- */

void
rh_do_object_path(rh_row_kind kind, int64_t id, char out[64])
{
    static const char *const page[RH_ROW_COUNT] = {[RH_ROW_scheme] = "scheme",
                                                   [RH_ROW_offer] = "offer",
                                                   [RH_ROW_lease] = "lease",
                                                   [RH_ROW_place] = "village",
                                                   [RH_ROW_notice] = "notice"};
    if (page[kind] == NULL) {
        snprintf(out, 64, "/desk");
    } else {
        snprintf(out, 64, "/%s/%" PRId64, page[kind], id);
    }
}

/* What a reader wants to see after the command: the first row that has a page. */
static void
page_of_made(const doing *d, char out[PATH_ROOM])
{
    snprintf(out, PATH_ROOM, "/desk?done=%" PRId64, d->seq);
    for (size_t i = 0; i < d->n_made; i++) {
        char path[64];
        rh_do_object_path(d->made[i].kind, d->made[i].id, path);
        if (strcmp(path, "/desk") != 0 && d->made[i].kind != RH_ROW_notice) {
            snprintf(out, PATH_ROOM, "%s?done=%" PRId64, path, d->seq);
            return;
        }
    }
}

/* ---- the form ---- */

static const char *
sentence_for(const rh_request *request, const rh_field *field, const rh_asking *asking,
             const rh_refusals *refusals, char *room, size_t size)
{
    for (size_t i = 0; asking != NULL && i < asking->n_problems; i++) {
        if (asking->problem[i].field == field) {
            return rh_site_say(request, asking->problem[i].message);
        }
    }
    for (int i = 0; refusals != NULL && i < refusals->n; i++) {
        if (refusals->refusal[i].field == field) {
            rh_refusal_text(&refusals->refusal[i], request->language, room, size);
            return room;
        }
    }
    return NULL;
}

static void
write_set(rh_html *h, const rh_field *f, const rh_codes *set, rh_typed *typed,
          const void *context, const char *error)
{
    rh_html_paragraph(h, rh_field_label(h->language, f).text);
    for (int w = 0; w < set->n; w++) {
        char box[64];
        rh_asking_box(f, w, box);
        rh_input input = {.name = box,
                          .label = h->language == RH_CHINESE ? set->zh[w] : set->en[w],
                          .value = typed(context, box),
                          .error = w == 0 ? error : NULL,
                          .optional = true};
        rh_form_tick(h, &input);
    }
}

static void
write_words(rh_html *h, const rh_field *f, const rh_input *input)
{
    rh_choice choice[40];
    int n = f->codes->n < 40 ? f->codes->n : 40;
    for (int w = 0; w < n; w++) {
        choice[w] =
            (rh_choice){f->codes->word[w],
                        h->language == RH_CHINESE ? f->codes->zh[w] : f->codes->en[w], NULL};
    }
    if (n <= 4) {
        rh_form_radios(h, input, choice, (size_t)n);
    } else {
        rh_form_select(h, input, choice, (size_t)n);
    }
}

static void
write_field(rh_view *v, rh_command_kind kind, const rh_field *f, rh_typed *typed,
            const void *context, const char *error)
{
    rh_html *h = v->h;
    rh_shown label = rh_typing_of(f) == RH_TYPING_NUMBER || rh_typing_of(f) == RH_TYPING_DEGREES
                         ? (rh_shown){""}
                         : rh_field_label(h->language, f);
    rh_choices choices;
    rh_choices_explain(v, kind, f, typed, context);
    rh_input input = {.kind = RH_INPUT_TEXT,
                      .name = f->name,
                      .label = label.text[0] != '\0'       ? label.text
                               : h->language == RH_CHINESE ? f->zh
                                                           : f->en,
                      .value = typed(context, f->name),
                      .error = error,
                      .optional = f->optional};
    rh_choices_of(v, kind, f, typed, context, &choices);
    if (choices.n > 0) {
        rh_form_select(h, &input, choices.choice, choices.n);
        return;
    }
    switch (rh_typing_of(f)) {
    case RH_TYPING_SET:
        write_set(h, f, rh_asking_set(f), typed, context, error);
        return;
    case RH_TYPING_WORD:
        write_words(h, f, &input);
        return;
    case RH_TYPING_TICK:
        rh_form_tick(h, &input);
        return;
    case RH_TYPING_NUMBER:
    case RH_TYPING_OBJECT:
    case RH_TYPING_DEGREES:
        input.kind = RH_INPUT_NUMBER;
        break;
    case RH_TYPING_MONEY:
        input.kind = RH_INPUT_NUMBER;
        input.unit = rh_web_text(h->language, RH_WEB_UNIT_YUAN);
        break;
    case RH_TYPING_AREA:
        input.kind = RH_INPUT_NUMBER;
        input.unit = rh_web_text(h->language, RH_WEB_UNIT_AREA);
        break;
    case RH_TYPING_PERCENT:
        input.kind = RH_INPUT_NUMBER;
        input.unit = "%";
        break;
    case RH_TYPING_DATE:
        input.kind = RH_INPUT_DATE;
        break;
    case RH_TYPING_PRIVATE:
        input.kind = strcmp(f->name, "ground") == 0 ? RH_INPUT_AREA : RH_INPUT_TEXT;
        input.hint = rh_web_text(h->language, RH_WEB_PRIVATE_HINT);
        break;
    case RH_TYPING_TEXT:
        input.kind = strcmp(f->name, "reply") == 0 || strcmp(f->name, "wording") == 0 ||
                             strcmp(f->name, "finding") == 0
                         ? RH_INPUT_AREA
                         : RH_INPUT_TEXT;
        break;
    case RH_TYPING_HASH:
        input.hint = rh_web_text(h->language, RH_WEB_HASH_HINT);
        break;
    }
    rh_form_input(h, &input);
}

/* As whom: hidden when there is only one way, a choice otherwise. */
static void
write_role(rh_html *h, const rh_request *request, uint64_t may, const char *chosen)
{
    rh_choice choice[rh_role_count];
    size_t n = 0;
    uint64_t held = request->identity.roles | RH_BIT(rh_role_public);
    for (int role = 0; role < rh_role_count; role++) {
        if (may & held & RH_BIT(role)) {
            choice[n++] = (rh_choice){rh_codes_role.word[role],
                                      h->language == RH_CHINESE ? rh_codes_role.zh[role]
                                                                : rh_codes_role.en[role],
                                      NULL};
        }
    }
    if (n == 1) {
        rh_form_hidden(h, "as", choice[0].value);
    } else if (n > 1) {
        rh_input input = {.name = "as",
                          .label = rh_web_text(h->language, RH_WEB_ACT_AS),
                          .value = chosen[0] != '\0' ? chosen : choice[0].value};
        rh_form_radios(h, &input, choice, n);
    }
}

void
rh_do_write_form(rh_site_page *page, rh_command_kind kind, rh_typed *typed, const void *context,
                 const rh_asking *asking, const rh_refusals *refusals)
{
    rh_html *h = &page->html;
    const rh_record_type *type = rh_command_type(kind);
    char path[80], key[RH_TOKEN];
    snprintf(path, sizeof path, "/do/%s", type->name);
    for (int i = 0; refusals != NULL && i < refusals->n; i++) {
        if (refusals->refusal[i].field == NULL) {
            char room[SENTENCE];
            rh_refusal_text(&refusals->refusal[i], page->request->language, room, sizeof room);
            rh_html_notice(h, RH_BAD, NULL, room);
        }
    }
    rh_form_begin(h, path, rh_request_csrf(page->request, page->response));
    /* The form's own key: sent twice (a lost answer, a double tap), the command is done once. */
    const char *sent = typed(context, "request");
    if (sent[0] == '\0') {
        rh_token_new(key);
        sent = key;
    }
    rh_form_hidden(h, "request", sent);
    rh_site *site = rh_site_of(page->request);
    rh_view v = {.h = h,
                 .request = page->request,
                 .language = h->language,
                 .today = rh_day_of_time(rh_clock_now(site->clock)),
                 .party = rh_site_party(page->request)};
    v.r = rh_service_read_begin(site->service);
    for (int i = 0; i < type->n; i++) {
        char room[SENTENCE];
        const rh_field *f = &type->field[i];
        if (!rh_asking_derives(kind, f)) {
            write_field(&v, kind, f, typed, context,
                        sentence_for(page->request, f, asking, refusals, room, sizeof room));
        }
    }
    rh_choices_explain(&v, kind, NULL, typed, context);
    rh_service_read_end(site->service);
    write_role(h, page->request, rh_command_roles(kind), typed(context, "as"));
    if (rh_step_up_needed(kind)) {
        char room[SENTENCE];
        rh_step_up_field(
            h, sentence_for(page->request, &code_field, asking, NULL, room, sizeof room));
    }
    rh_form_button(h, RH_CALM, h->language == RH_CHINESE ? type->zh : type->en, NULL, NULL);
    rh_form_end(h);
}

static void
answer_with_form(rh_request *request, rh_response *response, rh_command_kind kind,
                 rh_typed *typed, const rh_asking *asking, const rh_refusals *refusals,
                 const char *trouble)
{
    rh_site_page page;
    const rh_record_type *type = rh_command_type(kind);
    rh_site_begin(&page, request, response, RH_SECTION_DESK,
                  request->language == RH_CHINESE ? type->zh : type->en, NULL);
    if (trouble != NULL) {
        rh_html_notice(&page.html, RH_BAD, rh_site_say(request, RH_WEB_NOT_KEPT), trouble);
    }
    rh_do_write_form(&page, kind, typed, request, asking, refusals);
    rh_site_end(&page);
}

/* ---- answers ---- */

static void
add_string(rh_response *r, const char *text)
{
    rh_growing quoted = {0};
    rh_canonical_string(text, &quoted);
    rh_response_add(r, quoted.text, quoted.size);
    rh_growing_release(&quoted);
}

static void
add_refusals(rh_response *r, const rh_refusals *refusals)
{
    char text[SENTENCE];
    rh_response_text(r, "{\"refusals\":[");
    for (int i = 0; i < refusals->n; i++) {
        const rh_refusal *one = &refusals->refusal[i];
        rh_response_format(r, "%s{\"rule\":\"%s\"", i > 0 ? "," : "",
                           rh_guard_name(one->guard));
        if (one->field != NULL) {
            rh_response_format(r, ",\"field\":\"%s\"", one->field->name);
        }
        for (int language = 0; language < RH_LANGUAGE_COUNT; language++) {
            rh_refusal_text(one, (enum rh_language)language, text, sizeof text);
            rh_response_format(r, ",\"%s\":", language == RH_CHINESE ? "zh" : "en");
            add_string(r, text);
        }
        rh_response_text(r, "}");
    }
    rh_response_text(r, "]}");
}

static void
answer_json(const doing *d, rh_response *r)
{
    r->type = "application/json";
    if (d->status != RH_OK) {
        r->status = d->status == RH_RANGE                            ? 503
                    : d->status == RH_USAGE || d->status == RH_INPUT ? 400
                                                                     : 503;
        rh_response_text(r, "{\"error\":");
        add_string(r, d->trouble.text);
        rh_response_text(r, "}");
    } else if (d->refusals.n > 0) {
        r->status = 422;
        add_refusals(r, &d->refusals);
    } else {
        rh_response_format(
            r, "{\"seq\":%" PRId64 ",\"time\":%" PRId64 ",\"repeated\":%s,\"made\":[",
            d->seq == RH_NONE ? 0 : d->seq, d->time == RH_NONE ? 0 : d->time,
            d->repeated ? "true" : "false");
        for (size_t i = 0; i < d->n_made; i++) {
            rh_response_format(r,
                               "%s{\"row\":\"%s\",\"id\":%" PRId64 ",\"version\":%" PRId64 "}",
                               i > 0 ? "," : "", rh_row_type(d->made[i].kind)->name,
                               d->made[i].id, d->made[i].version);
        }
        rh_response_text(r, "]}");
    }
}

/* What was refused to somebody who is signed in is remembered: who, what, by which rules. */
static void
log_refused(const rh_request *request, const doing *d)
{
    rh_growing line = {0};
    if (request->identity.via == RH_VIA_NOTHING || d->status != RH_OK || d->refusals.n == 0) {
        return;
    }
    rh_growing_format(&line,
                      "{\"what\":\"refused\",\"time\":%" PRId64 ",\"account\":%" PRId64
                      ",\"command\":\"%s\",\"as\":",
                      request->now_ms, request->identity.account,
                      rh_command_type(d->asking.kind)->name);
    rh_canonical_string(d->named, &line);
    rh_growing_text(&line, ",\"rules\":[");
    for (int i = 0; i < d->refusals.n; i++) {
        rh_growing_format(&line, "%s\"%s\"", i > 0 ? "," : "",
                          rh_guard_name(d->refusals.refusal[i].guard));
    }
    rh_growing_text(&line, "]}");
    if (!line.broken) {
        rh_day_log_add(rh_site_of(request)->happenings, request->now_ms, line.text);
    }
    rh_growing_release(&line);
}

/* Runs on a thread of the server when the command is on the disk, or refused. */
static void
answer(rh_request *request, rh_response *response)
{
    doing *d = request->data;
    log_refused(request, d);
    if (d->json) {
        answer_json(d, response);
    } else if (d->status != RH_OK) {
        response->status = 503;
        answer_with_form(request, response, d->asking.kind, typed_in_form, NULL, NULL,
                         d->trouble.text);
    } else if (d->refusals.n > 0) {
        response->status = 422;
        answer_with_form(request, response, d->asking.kind, typed_in_form, NULL, &d->refusals,
                         NULL);
    } else {
        char path[PATH_ROOM];
        page_of_made(d, path);
        rh_response_redirect(response, path);
    }
    doing_free(d);
    request->data = NULL;
}

/* Runs on the writer's thread: copy, and let the request go on. */
static void
done(void *context, const rh_reply *reply)
{
    doing *d = context;
    d->status = reply->status;
    snprintf(d->trouble.text, sizeof d->trouble.text, "%s",
             reply->sentence == NULL ? "" : reply->sentence);
    d->seq = reply->seq;
    d->time = reply->time;
    d->repeated = reply->repeated;
    d->refusals = reply->refusals;
    for (size_t i = 0; i < reply->n_rows && d->n_made < MADE_MOST; i++) {
        const rh_row_head *head = rh_row_head_of(reply->row[i]);
        d->made[d->n_made++] = (struct made){reply->row[i].kind, head->id, head->version};
    }
    rh_request_resume(d->request);
}

/* ---- asking ---- */

/* In which role: the one that was named, else the first that the command is for and the person holds. A machine has no role but its own, and
 * nobody is the system. */
static int64_t
role_of(const rh_request *request, rh_command_kind kind, const char *named)
{
    int code = rh_code_find(&rh_codes_role, named);
    uint64_t may = rh_command_roles(kind),
             held = request->identity.roles | RH_BIT(rh_role_public);
    if (request->identity.via == RH_VIA_BEARER) {
        return rh_role_bank;
    }
    if (code >= 0) {
        return code == rh_role_system ? rh_role_public : code;
    }
    for (int role = 0; role < rh_role_count; role++) {
        if (role != rh_role_system && (may & held & RH_BIT(role))) {
            return role;
        }
    }
    return rh_role_public;
}

static rh_status
derive(rh_request *request, doing *d, rh_err *err)
{
    rh_site *site = rh_site_of(request);
    const rh_registry *registry = rh_service_read_begin(site->service);
    if (registry == NULL) {
        return rh_service_trouble(site->service, err)
                   ? RH_IO
                   : rh_fail(err, RH_IO, "The registry cannot be read now.");
    }
    rh_status status =
        rh_papers_derive(site, registry, rh_site_party(request), &d->asking, d->room, err);
    rh_service_read_end(site->service);
    return status;
}

/* Hand the command over; the request is suspended. */
static void
submit(rh_request *request, rh_response *response)
{
    doing *d = request->data;
    d->status = derive(request, d, &d->trouble);
    if (d->status == RH_OK) {
        rh_submission submission = {.ask = {.kind = d->asking.kind,
                                            .command = &d->asking.command,
                                            .actor = rh_site_party(request),
                                            .role = role_of(request, d->asking.kind, d->named)},
                                    .n_texts = d->asking.n_texts,
                                    .text = d->asking.text,
                                    .request = d->key};
        rh_service *service = rh_site_of(request)->service;
        rh_request_suspend(request, answer);
        d->status = rh_service_submit(service, &submission, done, d, &d->trouble);
        if (d->status == RH_OK) {
            return; /* `done` has or will have the request */
        }
        rh_request_resume(request);
        return;
    }
    answer(request, response);
}

static void answer_problems(rh_response *r, const rh_asking *a);

static void
refuse_problems(rh_request *request, rh_response *response, doing *d)
{
    if (d->json) {
        answer_problems(response, &d->asking);
    } else {
        response->status = 422;
        answer_with_form(request, response, d->asking.kind, typed_in_form, &d->asking, NULL,
                         NULL);
    }
    doing_free(d);
    request->data = NULL;
}

static void
check_code(rh_request *request)
{
    doing *d = request->data;
    d->step = rh_step_up_check(request, d->code);
}

static void
code_checked(rh_request *request, rh_response *response)
{
    doing *d = request->data;
    if (d->step == RH_STEP_RIGHT) {
        submit(request, response);
        return;
    }
    d->asking.problem[0].field = &code_field;
    d->asking.problem[0].message = rh_step_up_message(d->step);
    d->asking.n_problems = 1;
    refuse_problems(request, response, d);
}

/* All that was typed could be read: a one-time code where one is needed, then the command. */
static void
go_on(rh_request *request, rh_response *response, doing *d)
{
    d->request = request;
    d->response = response;
    request->data = d;
    if (d->asking.n_problems > 0) {
        refuse_problems(request, response, d);
    } else if (!rh_step_up_needed(d->asking.kind)) {
        submit(request, response);
    } else if (!rh_request_offload(request, check_code, code_checked)) {
        doing_free(d);
    }
}

static int
command_of(rh_request *request, rh_response *response)
{
    int kind = rh_command_find(rh_request_part(request, "command"));
    if (kind < 0 || kind == RH_DO_tick) {
        rh_request_refuse(request, response, RH_PROBLEM_NOT_FOUND);
        return -1;
    }
    return kind;
}

void
rh_do_form(rh_request *request, rh_response *response)
{
    int kind = command_of(request, response);
    if (kind >= 0) {
        answer_with_form(request, response, (rh_command_kind)kind, typed_in_query, NULL, NULL,
                         NULL);
    }
}

void
rh_do_post(rh_request *request, rh_response *response)
{
    int kind = command_of(request, response);
    if (kind < 0) {
        return;
    }
    doing *d = rh_alloc(1, sizeof *d);
    if (d == NULL) {
        response->failed = true;
        return;
    }
    rh_asking_read((rh_command_kind)kind, typed_in_form, request, &d->asking);
    snprintf(d->named, sizeof d->named, "%s", rh_request_field(request, "as"));
    rh_text_mend(d->named);
    snprintf(d->code, sizeof d->code, "%s", rh_request_field(request, RH_STEP_UP_FIELD));
    d->key = rh_request_field(request, "request");
    go_on(request, response, d);
}

static void
answer_problems(rh_response *r, const rh_asking *a)
{
    r->status = 422;
    r->type = "application/json";
    rh_response_text(r, "{\"problems\":[");
    for (size_t i = 0; i < a->n_problems; i++) {
        rh_response_format(r, "%s{\"field\":\"%s\",\"zh\":", i > 0 ? "," : "",
                           a->problem[i].field == NULL ? "" : a->problem[i].field->name);
        add_string(r, rh_web_text(RH_CHINESE, a->problem[i].message));
        rh_response_text(r, ",\"en\":");
        add_string(r, rh_web_text(RH_ENGLISH, a->problem[i].message));
        rh_response_text(r, "}");
    }
    rh_response_text(r, "]}");
}

/* A text beside the command's fields leaves the object; "" when there is none. */
static void
take_text(json_t *object, const char *name, char *out, size_t room)
{
    const char *text = json_string_value(json_object_get(object, name));
    snprintf(out, room, "%s", text == NULL ? "" : text);
    rh_text_mend(out);
    json_object_del(object, name);
}

void
rh_do_json(rh_request *request, rh_response *response)
{
    int kind = command_of(request, response);
    if (kind < 0) {
        return;
    }
    doing *d = rh_alloc(1, sizeof *d);
    if (d == NULL) {
        response->failed = true;
        return;
    }
    d->json = true;
    rh_problem problem = rh_request_json(request, &d->body);
    if (problem != RH_PROBLEM_NONE || !json_is_object(d->body)) {
        doing_free(d);
        rh_request_refuse(request, response,
                          problem != RH_PROBLEM_NONE ? problem : RH_PROBLEM_JSON_MALFORMED);
        return;
    }
    take_text(d->body, "as", d->named, sizeof d->named);
    take_text(d->body, RH_STEP_UP_FIELD, d->code, sizeof d->code);
    rh_asking_read_json((rh_command_kind)kind, d->body, &d->asking);
    d->key = rh_request_header(request, "Idempotency-Key");
    go_on(request, response, d);
}
