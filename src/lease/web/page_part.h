/* What the pages about the registry share: the reader's view of it, values of rows as people read them, states with their colours.
 *
 * A view is opened for a page, which it begins, and holds the read lock of the service until it is closed; a page takes well under a
 * millisecond. Nothing here shows a field whose audience is not OPEN unless the page asks for it by name (I15). */
#ifndef RH_WEB_PAGE_PART_H
#define RH_WEB_PAGE_PART_H

#include "domain/lists.h"
#include "web/format.h"
#include "web/site.h"

/* `page` is the page that is written; of a view inside a page of the caller's it is unused and `h` is that page's. */
typedef struct rh_view {
    rh_site_page page;
    rh_html *h;
    rh_request *request;
    const rh_registry *r;
    enum rh_language language;
    int64_t today, party; /* the reader's party, or RH_NONE */
} rh_view;

/* Begin a page titled by a message. False: the problem is answered already. */
bool rh_view_open(rh_view *v, rh_request *request, rh_response *response, int section,
                  enum rh_web_message title, enum rh_web_message lead);
/* Begin the page of the object that the path's {id} names, titled by its kind and number; NULL: answered (404). */
const void *rh_view_open_object(rh_view *v, rh_request *request, rh_response *response,
                                int section, rh_row_kind kind);
void rh_view_close(rh_view *v);

static inline const char *
rh_view_say(const rh_view *v, enum rh_web_message message)
{
    return rh_web_text(v->language, message);
}

/* A word of a list in the reader's language. */
const char *rh_view_word(const rh_view *v, const rh_codes *codes, int64_t code);

/* What a person calls a field, without the unit in brackets behind it. */
rh_shown rh_field_label(enum rh_language language, const rh_field *field);
rh_shown rh_view_label(const rh_view *v, const rh_field *field);
/* A field of a row as people read it; "—" when nothing is said. */
rh_shown rh_view_value(const rh_view *v, const void *record, const rh_field *field);
/* Label and value of fields, named in one text with blanks between. */
void rh_view_facts(rh_view *v, rh_row_kind kind, const void *record, const char *names);

/* The words of a set, "居住、民宿". */
rh_shown rh_view_set(const rh_view *v, const rh_codes *codes, int64_t bits);
/* The name of a place; "—" for none. */
const char *rh_view_place(const rh_view *v, int64_t place);
/* "招租信息 3". */
rh_shown rh_view_name(const rh_view *v, rh_row_kind kind, int64_t id);
/* "/offer/3" */
rh_shown rh_view_path(rh_row_kind kind, int64_t id);

rh_tone rh_view_tone(rh_row_kind kind, int64_t state);
void rh_view_state(rh_view *v, rh_row_kind kind, const void *record);

void rh_view_heading(rh_view *v, const char *id, enum rh_web_message message);
/* A paragraph of a message with one value (which may be NULL). */
void rh_view_paragraph(rh_view *v, enum rh_web_message message, const char *value);
rh_shown rh_view_count(int64_t n);
/* A hash as 64 digits, in a line of its own. */
void rh_view_hash(rh_view *v, const rh_hash *hash);
void rh_hash_text(const rh_hash *hash, char out[65]);

/* What the reader may do with the object now, as buttons; nothing when nobody is signed in. */
void rh_view_actions(rh_view *v, rh_row_kind kind, int64_t id);
/* After a command: that it was done, with its receipt. */
void rh_view_done(rh_view *v);

/* A page of a list: from the query's "page", `most` a page of `n`. */
typedef struct rh_slice {
    int64_t first, end, page, pages; /* [first, end) */
} rh_slice;
rh_slice rh_view_slice(const rh_view *v, int64_t n, int64_t most);

/* The card of an offer, the running notice of an object (NULL: none), days it has left. */
void rh_view_offer_card(rh_view *v, const rh_row_offer *o);
const rh_row_notice *rh_view_notice(const rh_view *v, int64_t object, int64_t id);
int64_t rh_view_days_left(const rh_view *v, const rh_row_notice *n);
bool rh_view_notice_runs(const rh_view *v, const rh_row_notice *n);
void rh_view_notice_card(rh_view *v, const rh_row_notice *n);
/* Villages that offer something, on a map; nothing where no place has coordinates. */
void rh_view_map(rh_view *v);
/* Is the reader an office of the township of this place (or above it), or does it hold the role there? */
bool rh_view_is_office(const rh_view *v, int64_t place);

/* All versions of an object, oldest first, as a timeline of its states, each with its entry of the public log. */
void rh_view_history(rh_view *v, rh_row_kind kind, int64_t id);

/* A personal text, for somebody whose right to see it the caller has checked; the look is kept in the access table before the text is
 * given. Waits for a commit: never while a view is open. "—" for what is erased or not said. */
rh_shown rh_private_look(rh_request *request, int64_t value, const char *what);

#endif
