/* The parts of pages: see component.h. */
#include "web/component.h"

#include <string.h>

static const char *const tone_class[] = {
    [RH_CALM] = "calm", [RH_GOOD] = "good", [RH_WAIT] = "wait", [RH_BAD] = "bad"};

static void
links(rh_html *h, const rh_page_link *link, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        RH_RAW(h, "<li>");
        rh_html_link(h, link[i].href, link[i].text);
        RH_RAW(h, "</li>");
    }
}

static void
head(rh_html *h, const rh_page *p)
{
    if (h->language == RH_CHINESE) {
        RH_RAW(h, "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n");
    } else {
        RH_RAW(h, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    }
    RH_RAW(h, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
              "<meta name=\"format-detection\" content=\"telephone=no\">\n<title>");
    rh_html_say(h, RH_WEB_TITLE_AND_SITE, p->title, p->site, NULL);
    RH_RAW(h, "</title>\n<link rel=\"stylesheet\"");
    rh_html_href(h, p->stylesheet);
    RH_RAW(h, ">\n</head>\n");
}

static void
masthead(rh_html *h, const rh_page *p)
{
    RH_RAW(h, "<header class=\"site\"><div class=\"wrap\">\n<p class=\"brand\">");
    rh_html_link(h, p->n_sections > 0 ? p->section[0].href : "/", p->site);
    RH_RAW(h, "</p>\n<ul class=\"tools\">");
    if (p->user != NULL) {
        RH_RAW(h, "<li class=\"user\">");
        rh_html_say(h, RH_WEB_SIGNED_IN_AS, p->user, NULL);
        RH_RAW(h, "</li><li><form method=\"post\"");
        rh_html_action(h, p->sign_out);
        RH_RAW(h, ">");
        rh_form_hidden(h, "csrf", p->token);
        RH_RAW(h, "<button class=\"plain\">");
        rh_html_say(h, RH_WEB_SIGN_OUT, NULL);
        RH_RAW(h, "</button></form></li>");
    }
    if (p->other != NULL) {
        RH_RAW(h, "<li><a rel=\"alternate\"");
        RH_ATTRIBUTE(h, "lang", h->language == RH_CHINESE ? "en" : "zh-CN");
        RH_ATTRIBUTE(h, "hreflang", h->language == RH_CHINESE ? "en" : "zh-CN");
        rh_html_href(h, p->other);
        RH_RAW(h, ">");
        rh_html_say(h, RH_WEB_OTHER_LANGUAGE, NULL);
        RH_RAW(h, "</a></li>");
    }
    RH_RAW(h, "</ul>\n</div>\n<nav");
    RH_ATTRIBUTE(h, "aria-label", rh_web_text(h->language, RH_WEB_MENU));
    RH_RAW(h, "><ul class=\"wrap\">");
    for (size_t i = 0; i < p->n_sections; i++) {
        RH_RAW(h, "<li><a");
        rh_html_href(h, p->section[i].href);
        if ((int)i == p->here) {
            RH_RAW(h, " aria-current=\"true\"");
        }
        RH_RAW(h, ">");
        rh_html_text(h, p->section[i].text);
        RH_RAW(h, "</a></li>");
    }
    RH_RAW(h, "</ul></nav>\n</header>\n");
}

void
rh_page_begin(rh_html *h, const rh_page *p)
{
    head(h, p);
    RH_RAW(h, "<body>\n<a class=\"skip\" href=\"#content\">");
    rh_html_say(h, RH_WEB_SKIP, NULL);
    RH_RAW(h, "</a>\n");
    masthead(h, p);
    if (p->n_trail > 0) {
        RH_RAW(h, "<nav class=\"trail\"");
        RH_ATTRIBUTE(h, "aria-label", rh_web_text(h->language, RH_WEB_BREADCRUMB));
        RH_RAW(h, "><ol class=\"wrap\">");
        links(h, p->trail, p->n_trail);
        RH_RAW(h, "</ol></nav>\n");
    }
    RH_RAW(h, "<main id=\"content\" class=\"wrap\" tabindex=\"-1\">\n<h1>");
    rh_html_text(h, p->title);
    RH_RAW(h, "</h1>\n");
    if (p->lead != NULL) {
        RH_RAW(h, "<p class=\"lead\">");
        rh_html_text(h, p->lead);
        RH_RAW(h, "</p>\n");
    }
}

void
rh_page_end(rh_html *h, const rh_page *p)
{
    RH_RAW(h, "</main>\n<footer class=\"site\"><div class=\"wrap\">\n<ul>");
    links(h, p->footer, p->n_footer);
    RH_RAW(h, "</ul>\n");
    if (p->closing != NULL) {
        rh_html_paragraph(h, p->closing);
    }
    RH_RAW(h, "</div></footer>\n</body>\n</html>\n");
}

void
rh_html_badge(rh_html *h, rh_tone tone, const char *text)
{
    RH_RAW(h, "<span class=\"badge ");
    rh_html_text(h, tone_class[tone]);
    RH_RAW(h, "\">");
    rh_html_text(h, text);
    RH_RAW(h, "</span>");
}

void
rh_html_notice(rh_html *h, rh_tone tone, const char *title, const char *text)
{
    RH_RAW(h, "<div class=\"notice ");
    rh_html_text(h, tone_class[tone]);
    if (tone == RH_BAD) {
        RH_RAW(h, "\" role=\"alert\">");
    } else {
        RH_RAW(h, "\">");
    }
    if (title != NULL) {
        RH_RAW(h, "<p class=\"notice-title\">");
        rh_html_text(h, title);
        RH_RAW(h, "</p>");
    }
    if (text != NULL) {
        RH_RAW(h, "<p>");
        rh_html_text(h, text);
        RH_RAW(h, "</p>");
    }
    RH_RAW(h, "</div>\n");
}

void
rh_html_heading(rh_html *h, int level, const char *id, const char *text)
{
    const char digit = (char)('0' + (level < 2 ? 2 : level > 4 ? 4 : level));
    RH_RAW(h, "<h");
    rh_html_raw(h, &digit, 1);
    RH_ATTRIBUTE(h, "id", id);
    RH_RAW(h, ">");
    rh_html_text(h, text);
    RH_RAW(h, "</h");
    rh_html_raw(h, &digit, 1);
    RH_RAW(h, ">\n");
}

void
rh_html_paragraph(rh_html *h, const char *text)
{
    RH_RAW(h, "<p>");
    rh_html_text(h, text);
    RH_RAW(h, "</p>\n");
}

void
rh_html_link(rh_html *h, const char *href, const char *text)
{
    RH_RAW(h, "<a");
    rh_html_href(h, href);
    RH_RAW(h, ">");
    rh_html_text(h, text);
    RH_RAW(h, "</a>");
}

void
rh_html_button_link(rh_html *h, const char *href, const char *text)
{
    RH_RAW(h, "<a class=\"button\"");
    rh_html_href(h, href);
    RH_RAW(h, ">");
    rh_html_text(h, text);
    RH_RAW(h, "</a>\n");
}

void
rh_listing_begin(rh_html *h, const char *caption, const rh_column *column, size_t n)
{
    RH_RAW(h, "<table>");
    if (caption != NULL) {
        RH_RAW(h, "<caption>");
        rh_html_text(h, caption);
        RH_RAW(h, "</caption>");
    }
    RH_RAW(h, "<thead><tr>");
    for (size_t i = 0; i < n; i++) {
        if (column[i].numeric) {
            RH_RAW(h, "<th scope=\"col\" class=\"n\">");
        } else {
            RH_RAW(h, "<th scope=\"col\">");
        }
        rh_html_text(h, column[i].head);
        RH_RAW(h, "</th>");
    }
    RH_RAW(h, "</tr></thead>\n<tbody>\n");
}

void
rh_listing_row_begin(rh_html *h)
{
    RH_RAW(h, "<tr>");
}

void
rh_listing_cell_begin(rh_html *h, const rh_column *column)
{
    RH_RAW(h, "<td");
    if (column->numeric) {
        RH_RAW(h, " class=\"n\"");
    }
    RH_ATTRIBUTE(h, "data-head", column->head);
    RH_RAW(h, ">");
}

void
rh_listing_cell_end(rh_html *h)
{
    RH_RAW(h, "</td>");
}

void
rh_listing_row_end(rh_html *h)
{
    RH_RAW(h, "</tr>\n");
}

void
rh_listing_texts(rh_html *h, const rh_column *column, size_t n, const char *const *text)
{
    rh_listing_row_begin(h);
    for (size_t i = 0; i < n; i++) {
        rh_listing_cell_begin(h, &column[i]);
        rh_html_text(h, text[i]);
        rh_listing_cell_end(h);
    }
    rh_listing_row_end(h);
}

void
rh_listing_end(rh_html *h)
{
    RH_RAW(h, "</tbody></table>\n");
}

void
rh_facts_begin(rh_html *h)
{
    RH_RAW(h, "<dl class=\"facts\">\n");
}

void
rh_fact_begin(rh_html *h, const char *term)
{
    RH_RAW(h, "<div><dt>");
    rh_html_text(h, term);
    RH_RAW(h, "</dt><dd>");
}

void
rh_fact_end(rh_html *h)
{
    RH_RAW(h, "</dd></div>\n");
}

void
rh_fact(rh_html *h, const char *term, const char *text)
{
    rh_fact_begin(h, term);
    rh_html_text(h, text);
    rh_fact_end(h);
}

void
rh_facts_end(rh_html *h)
{
    RH_RAW(h, "</dl>\n");
}

void
rh_figures_begin(rh_html *h)
{
    RH_RAW(h, "<ul class=\"figures\">\n");
}

void
rh_figure(rh_html *h, const char *number, const char *text)
{
    RH_RAW(h, "<li><b>");
    rh_html_text(h, number);
    RH_RAW(h, "</b> <span>");
    rh_html_text(h, text);
    RH_RAW(h, "</span></li>\n");
}

void
rh_figures_end(rh_html *h)
{
    RH_RAW(h, "</ul>\n");
}

void
rh_cards_begin(rh_html *h)
{
    RH_RAW(h, "<ul class=\"cards\">\n");
}

void
rh_html_card(rh_html *h, const rh_card *card)
{
    RH_RAW(h, "<li><a");
    rh_html_href(h, card->href);
    RH_RAW(h, "><span class=\"card-title\">");
    rh_html_text(h, card->title);
    RH_RAW(h, "</span>");
    if (card->badge != NULL) {
        RH_RAW(h, " ");
        rh_html_badge(h, card->tone, card->badge);
    }
    if (card->text != NULL) {
        RH_RAW(h, " <span class=\"card-text\">");
        rh_html_text(h, card->text);
        RH_RAW(h, "</span>");
    }
    if (card->price != NULL) {
        RH_RAW(h, " <span class=\"price\">");
        rh_html_text(h, card->price);
        RH_RAW(h, "</span>");
    }
    RH_RAW(h, "</a></li>\n");
}

void
rh_cards_end(rh_html *h)
{
    RH_RAW(h, "</ul>\n");
}

void
rh_form_begin(rh_html *h, const char *action, const char *token)
{
    RH_RAW(h, "<form method=\"post\" accept-charset=\"utf-8\" novalidate");
    rh_html_action(h, action);
    RH_RAW(h, ">\n");
    rh_form_hidden(h, "csrf", token);
}

void
rh_form_search(rh_html *h, const char *action)
{
    RH_RAW(h, "<form class=\"search\" method=\"get\" accept-charset=\"utf-8\" novalidate");
    rh_html_action(h, action);
    RH_RAW(h, ">\n");
}

void
rh_form_errors(rh_html *h, const rh_input *input, size_t n)
{
    int64_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        wrong += input[i].error != NULL;
    }
    if (wrong == 0) {
        return;
    }
    RH_RAW(h, "<div class=\"notice bad\" role=\"alert\"><p class=\"notice-title\">");
    if (wrong == 1) {
        rh_html_say(h, RH_WEB_ERRORS_ONE, NULL);
    } else {
        rh_html_say(h, RH_WEB_ERRORS_MANY, rh_text_count((uint64_t)wrong).text, NULL);
    }
    RH_RAW(h, "</p><ul>");
    for (size_t i = 0; i < n; i++) {
        if (input[i].error != NULL) {
            RH_RAW(h, "<li><a href=\"#");
            rh_html_url(h, input[i].name);
            RH_RAW(h, "\">");
            rh_html_text(h, input[i].label);
            RH_RAW(h, "</a> ");
            rh_html_text(h, input[i].error);
            RH_RAW(h, "</li>");
        }
    }
    RH_RAW(h, "</ul></div>\n");
}

/* ` id="NAME-hint"`, built of a name and a literal end. */
static void
id(rh_html *h, const char *name, const char *end)
{
    RH_RAW(h, " id=\"");
    rh_html_text(h, name);
    rh_html_text(h, end);
    RH_RAW(h, "\"");
}

static void
described(rh_html *h, const rh_input *input)
{
    if (input->hint != NULL || input->error != NULL) {
        RH_RAW(h, " aria-describedby=\"");
        if (input->hint != NULL) {
            rh_html_text(h, input->name);
            RH_RAW(h, "-hint ");
        }
        if (input->error != NULL) {
            rh_html_text(h, input->name);
            RH_RAW(h, "-error");
        }
        RH_RAW(h, "\"");
    }
    if (input->error != NULL) {
        RH_RAW(h, " aria-invalid=\"true\"");
    }
    if (!input->optional) {
        RH_RAW(h, " required");
    }
}

static void
hint_and_error(rh_html *h, const rh_input *input)
{
    if (input->hint != NULL) {
        RH_RAW(h, "<p class=\"hint\"");
        id(h, input->name, "-hint");
        RH_RAW(h, ">");
        rh_html_text(h, input->hint);
        RH_RAW(h, "</p>");
    }
    if (input->error != NULL) {
        RH_RAW(h, "<p class=\"error\"");
        id(h, input->name, "-error");
        RH_RAW(h, ">");
        rh_html_text(h, input->error);
        RH_RAW(h, "</p>");
    }
}

static void
field_begin(rh_html *h, const rh_input *input)
{
    if (input->error != NULL) {
        RH_RAW(h, "<div class=\"field wrong\">");
    } else {
        RH_RAW(h, "<div class=\"field\">");
    }
}

static void
label_text(rh_html *h, const rh_input *input)
{
    rh_html_text(h, input->label);
    if (input->optional) {
        RH_RAW(h, " <span class=\"optional\">");
        rh_html_say(h, RH_WEB_OPTIONAL, NULL);
        RH_RAW(h, "</span>");
    }
}

static void
label(rh_html *h, const rh_input *input)
{
    field_begin(h, input);
    RH_RAW(h, "<label");
    RH_ATTRIBUTE(h, "for", input->name);
    RH_RAW(h, ">");
    label_text(h, input);
    RH_RAW(h, "</label>");
    hint_and_error(h, input);
}

static void
names(rh_html *h, const rh_input *input)
{
    RH_ATTRIBUTE(h, "id", input->name);
    RH_ATTRIBUTE(h, "name", input->name);
    described(h, input);
}

/* What the browser is told of a field, by its kind. */
static void
input_type(rh_html *h, rh_input_kind kind)
{
    switch (kind) {
    case RH_INPUT_NUMBER:
        RH_RAW(h, " type=\"text\" class=\"short\" inputmode=\"decimal\" autocomplete=\"off\"");
        break;
    case RH_INPUT_DATE:
        RH_RAW(h, " type=\"text\" class=\"short\" autocomplete=\"off\"");
        break;
    case RH_INPUT_PHONE:
        RH_RAW(h, " type=\"tel\" class=\"short\" autocomplete=\"tel\"");
        break;
    case RH_INPUT_CODE:
        RH_RAW(h, " type=\"text\" class=\"short\" inputmode=\"numeric\" "
                  "autocomplete=\"one-time-code\"");
        break;
    case RH_INPUT_PASSWORD:
        RH_RAW(h, " type=\"password\" autocomplete=\"current-password\"");
        break;
    default:
        RH_RAW(h, " type=\"text\"");
    }
}

void
rh_form_input(rh_html *h, const rh_input *input)
{
    label(h, input);
    if (input->kind == RH_INPUT_AREA) {
        RH_RAW(h, "<textarea rows=\"5\"");
        names(h, input);
        RH_RAW(h, ">\n"); /* a parser drops this line end, not one of the value's */
        rh_html_text(h, input->value);
        RH_RAW(h, "</textarea></div>\n");
        return;
    }
    RH_RAW(h, "<span class=\"line\"><input");
    input_type(h, input->kind);
    names(h, input);
    if (input->kind != RH_INPUT_PASSWORD) {
        RH_ATTRIBUTE(h, "value", input->value);
    }
    RH_RAW(h, ">");
    if (input->unit != NULL) {
        RH_RAW(h, "<span class=\"unit\">");
        rh_html_text(h, input->unit);
        RH_RAW(h, "</span>");
    }
    RH_RAW(h, "</span></div>\n");
}

static bool
chosen(const rh_input *input, const rh_choice *choice)
{
    return input->value != NULL && strcmp(input->value, choice->value) == 0;
}

void
rh_form_radios(rh_html *h, const rh_input *input, const rh_choice *choice, size_t n)
{
    field_begin(h, input);
    RH_RAW(h, "<fieldset");
    RH_ATTRIBUTE(h, "id", input->name);
    RH_RAW(h, " tabindex=\"-1\"><legend>");
    label_text(h, input);
    RH_RAW(h, "</legend>");
    hint_and_error(h, input);
    for (size_t i = 0; i < n; i++) {
        RH_RAW(h, "<label class=\"pick\"><input type=\"radio\"");
        RH_ATTRIBUTE(h, "name", input->name);
        RH_ATTRIBUTE(h, "value", choice[i].value);
        if (chosen(input, &choice[i])) {
            RH_RAW(h, " checked");
        }
        described(h, input);
        RH_RAW(h, "><span>");
        rh_html_text(h, choice[i].text);
        if (choice[i].hint != NULL) {
            RH_RAW(h, "<small>");
            rh_html_text(h, choice[i].hint);
            RH_RAW(h, "</small>");
        }
        RH_RAW(h, "</span></label>");
    }
    RH_RAW(h, "</fieldset></div>\n");
}

void
rh_form_select(rh_html *h, const rh_input *input, const rh_choice *choice, size_t n)
{
    label(h, input);
    RH_RAW(h, "<select");
    names(h, input);
    RH_RAW(h, "><option value=\"\">");
    rh_html_say(h, RH_WEB_CHOOSE, NULL);
    RH_RAW(h, "</option>");
    for (size_t i = 0; i < n; i++) {
        RH_RAW(h, "<option");
        RH_ATTRIBUTE(h, "value", choice[i].value);
        if (chosen(input, &choice[i])) {
            RH_RAW(h, " selected");
        }
        RH_RAW(h, ">");
        rh_html_text(h, choice[i].text);
        RH_RAW(h, "</option>");
    }
    RH_RAW(h, "</select></div>\n");
}

void
rh_form_tick(rh_html *h, const rh_input *input)
{
    field_begin(h, input);
    hint_and_error(h, input);
    RH_RAW(h, "<label class=\"pick\"><input type=\"checkbox\" value=\"1\"");
    names(h, input);
    if (input->value != NULL && strcmp(input->value, "1") == 0) {
        RH_RAW(h, " checked");
    }
    RH_RAW(h, "><span>");
    label_text(h, input);
    RH_RAW(h, "</span></label></div>\n");
}

void
rh_form_hidden(rh_html *h, const char *name, const char *value)
{
    if (value != NULL) {
        RH_RAW(h, "<input type=\"hidden\"");
        RH_ATTRIBUTE(h, "name", name);
        RH_ATTRIBUTE(h, "value", value);
        RH_RAW(h, ">\n");
    }
}

void
rh_form_button(rh_html *h, rh_tone tone, const char *text, const char *name, const char *value)
{
    RH_RAW(h, "<button type=\"submit\" class=\"");
    rh_html_text(h, tone_class[tone]);
    RH_RAW(h, "\"");
    RH_ATTRIBUTE(h, "name", name);
    RH_ATTRIBUTE(h, "value", value);
    RH_RAW(h, ">");
    rh_html_text(h, text);
    RH_RAW(h, "</button>\n");
}

void
rh_form_end(rh_html *h)
{
    RH_RAW(h, "</form>\n");
}

static void
page_link(rh_html *h, const char *path, int64_t page, enum rh_web_message text)
{
    /* The path is checked whole: a page number adds nothing that could leave the site. */
    rh_html before = {.language = h->language};
    rh_html_raw(&before, path, strlen(path));
    rh_html_number(&before, page);
    rh_html_raw(&before, "", 1);
    if (rh_html_finish(&before, NULL) != RH_OK) {
        h->failed = true;
    } else {
        rh_html_link(h, before.bytes, rh_web_text(h->language, text));
    }
    rh_html_release(&before);
}

void
rh_html_pages(rh_html *h, const char *path, int64_t page, int64_t pages)
{
    if (pages <= 1) {
        return;
    }
    RH_RAW(h, "<nav class=\"pages\"");
    RH_ATTRIBUTE(h, "aria-label", rh_web_text(h->language, RH_WEB_PAGES));
    RH_RAW(h, "><span>");
    if (page > 1) {
        page_link(h, path, page - 1, RH_WEB_PAGE_BEFORE);
    }
    RH_RAW(h, "</span><span>");
    rh_html_say(h, RH_WEB_PAGE_OF, rh_text_count((uint64_t)page).text,
                rh_text_count((uint64_t)pages).text, NULL);
    RH_RAW(h, "</span><span>");
    if (page < pages) {
        page_link(h, path, page + 1, RH_WEB_PAGE_AFTER);
    }
    RH_RAW(h, "</span></nav>\n");
}

void
rh_timeline(rh_html *h, const rh_happening *event, size_t n)
{
    if (n == 0) {
        RH_RAW(h, "<p class=\"nothing\">");
        rh_html_say(h, RH_WEB_NOTHING_HERE, NULL);
        RH_RAW(h, "</p>\n");
        return;
    }
    RH_RAW(h, "<ol class=\"timeline\">\n");
    for (size_t i = 0; i < n; i++) {
        RH_RAW(h, "<li");
        RH_ATTRIBUTE(h, "class", tone_class[event[i].tone]);
        RH_RAW(h, "><time");
        RH_ATTRIBUTE(h, "datetime", event[i].iso);
        RH_RAW(h, ">");
        rh_html_text(h, event[i].when);
        RH_RAW(h, "</time> <span class=\"event\">");
        if (event[i].href != NULL) {
            rh_html_link(h, event[i].href, event[i].title);
        } else {
            rh_html_text(h, event[i].title);
        }
        RH_RAW(h, "</span>");
        if (event[i].detail != NULL) {
            RH_RAW(h, " <span class=\"detail\">");
            rh_html_text(h, event[i].detail);
            RH_RAW(h, "</span>");
        }
        RH_RAW(h, "</li>\n");
    }
    RH_RAW(h, "</ol>\n");
}

void
rh_html_steps(rh_html *h, const char *const *step, size_t n, size_t done)
{
    RH_RAW(h, "<ol class=\"steps\">\n");
    for (size_t i = 0; i < n; i++) {
        if (i < done) {
            RH_RAW(h, "<li class=\"done\">");
        } else if (i == done) {
            RH_RAW(h, "<li class=\"now\" aria-current=\"step\">");
        } else {
            RH_RAW(h, "<li>");
        }
        RH_RAW(h, "<span>");
        rh_html_text(h, step[i]);
        RH_RAW(h, "</span></li>\n");
    }
    RH_RAW(h, "</ol>\n");
}
