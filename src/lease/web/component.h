/* The parts that pages are put together from: frame, tables, forms, notices, badges, timelines.
 *
 * Every const char * in here is a text of data or of web_message.def and is escaped when written; NULL leaves the part out. Nothing needs
 * JavaScript, nothing has a style attribute: `Content-Security-Policy: default-src 'none'; style-src 'self'; form-action 'self'` holds.
 * P1 each input has a label of its own, its hint and its error are tied to it (aria-describedby), and what was typed is
 *    kept when it was refused.
 * P2 a begin is closed by its end; what stands between them is the caller's. */
#ifndef RH_WEB_COMPONENT_H
#define RH_WEB_COMPONENT_H

#include "web/html.h"
#include "web/web_message.h"

typedef struct rh_page_link {
    const char *text, *href;
} rh_page_link;

typedef struct rh_page {
    const char *title, *lead;    /* heading, and one sentence under it */
    const char *site;            /* whose site: "青溪镇宅基地租赁平台" */
    const char *stylesheet;      /* its path */
    const char *other;           /* path of this page in the other language */
    const rh_page_link *section; /* the site's sections, n of them, the first is home */
    size_t n_sections;
    int here;                  /* index of the section this page belongs to, or -1 */
    const rh_page_link *trail; /* pages above this one */
    size_t n_trail;
    const char *user, *sign_out,
        *token; /* name of who is signed in; path and form token for signing out */
    const rh_page_link *footer;
    size_t n_footer;
    const char *closing; /* last line of the page */
} rh_page;

void rh_page_begin(rh_html *h, const rh_page *p);
void rh_page_end(rh_html *h, const rh_page *p);

/* What a state or a notice means for the reader: its colour and sign. */
typedef enum rh_tone { RH_CALM, RH_GOOD, RH_WAIT, RH_BAD } rh_tone;

void rh_html_badge(rh_html *h, rh_tone tone, const char *text);
/* A boxed message; `title` may be NULL. Bad ones are announced (role=alert). */
void rh_html_notice(rh_html *h, rh_tone tone, const char *title, const char *text);
void rh_html_heading(rh_html *h, int level, const char *id, const char *text);
void rh_html_paragraph(rh_html *h, const char *text);
void rh_html_link(rh_html *h, const char *href, const char *text);
/* A link that looks like a button: it only leads somewhere. */
void rh_html_button_link(rh_html *h, const char *href, const char *text);

/* Tables: begin, the head's cells, rows of cells, end. On a phone each row becomes a block whose cells carry their heading, so the heads
 * are kept by the caller (n of them, at most 12). A numeric column is set flush right. */
typedef struct rh_column {
    const char *head;
    bool numeric;
} rh_column;
void rh_listing_begin(rh_html *h, const char *caption, const rh_column *column, size_t n);
/* One row of n texts. */
void rh_listing_texts(rh_html *h, const rh_column *column, size_t n, const char *const *text);
/* A row whose cells the caller writes: row_begin, then cell_begin and cell_end for each, row_end. */
void rh_listing_row_begin(rh_html *h);
void rh_listing_cell_begin(rh_html *h, const rh_column *column);
void rh_listing_cell_end(rh_html *h);
void rh_listing_row_end(rh_html *h);
void rh_listing_end(rh_html *h);

/* Definition list: begin, terms with texts (or with what the caller writes between value_begin and value_end), end. */
void rh_facts_begin(rh_html *h);
void rh_fact(rh_html *h, const char *term, const char *text);
void rh_fact_begin(rh_html *h, const char *term);
void rh_fact_end(rh_html *h);
void rh_facts_end(rh_html *h);
/* A few figures side by side: number large, what it is below. */
void rh_figures_begin(rh_html *h);
void rh_figure(rh_html *h, const char *number, const char *text);
void rh_figures_end(rh_html *h);

/* Cards: a list of things to look into, each one link. `price` and `badge` may be NULL. */
typedef struct rh_card {
    const char *href, *title, *text, *price, *badge;
    rh_tone tone;
} rh_card;
void rh_cards_begin(rh_html *h);
void rh_html_card(rh_html *h, const rh_card *card);
void rh_cards_end(rh_html *h);

/* Forms. `name`s are ids too: unique in the page, letters, digits and _. */
typedef enum rh_input_kind {
    RH_INPUT_TEXT,
    RH_INPUT_NUMBER, /* money, areas, counts: a text with the keypad of digits, so that "1.5万" can be typed */
    RH_INPUT_DATE, /* a text, too: old phones have no date wheel worth using */
    RH_INPUT_PHONE,
    RH_INPUT_CODE, /* one-time code */
    RH_INPUT_PASSWORD,
    RH_INPUT_AREA /* several lines */
} rh_input_kind;

typedef struct rh_input {
    rh_input_kind kind;
    const char *name, *label, *hint, *error;
    const char *value; /* what was typed; never written for a password */
    const char *unit;  /* behind the field: "元/年" */
    bool optional;
} rh_input;

typedef struct rh_choice {
    const char *value, *text, *hint;
} rh_choice;

void rh_form_begin(rh_html *h, const char *action, const char *token);
/* A GET form: a search. */
void rh_form_search(rh_html *h, const char *action);
/* What is wrong, on top of the form, each with a link to its field; nothing when no input has an error. */
void rh_form_errors(rh_html *h, const rh_input *input, size_t n);
void rh_form_input(rh_html *h, const rh_input *input);
/* One of n: as radio buttons, or as a list to open. */
void rh_form_radios(rh_html *h, const rh_input *input, const rh_choice *choice, size_t n);
void rh_form_select(rh_html *h, const rh_input *input, const rh_choice *choice, size_t n);
/* A box to tick: its label is a whole sentence. Ticked when value is "1". */
void rh_form_tick(rh_html *h, const rh_input *input);
void rh_form_hidden(rh_html *h, const char *name, const char *value);
/* A button that sends the form; `name` and `value` may be NULL. A bad tone marks what cannot be undone. */
void rh_form_button(rh_html *h, rh_tone tone, const char *text, const char *name,
                    const char *value);
void rh_form_end(rh_html *h);

/* "Previous, page 2 of 7, next". `path` ends where the page number is to stand: "/offers?page=". From 1. Nothing for one page. */
void rh_html_pages(rh_html *h, const char *path, int64_t page, int64_t pages);

/* What happened, newest first or oldest first as the caller writes it. `iso` is for machines, `when` for people; `detail` and `href`
 * may be NULL. */
typedef struct rh_happening {
    const char *when, *iso, *title, *detail, *href;
    rh_tone tone;
} rh_happening;
void rh_timeline(rh_html *h, const rh_happening *event, size_t n);

/* The steps of a procedure, `done` of them done, the next one is now. */
void rh_html_steps(rh_html *h, const char *const *step, size_t n, size_t done);

#endif
