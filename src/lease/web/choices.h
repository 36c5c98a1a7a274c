/* Choice lists for the fields of commands that name objects, so that nobody types bare numbers; and what a form shows before it is sent: the
 * warning of art 62, how a sum would be divided to the fen.
 *
 * Objects that everybody may read are listed for everybody, those whose state the command can move first of all; units, persons, accounts and
 * bids only for those who act for the household or hold the office (I15). Under the service's read lock. */
#ifndef RH_WEB_CHOICES_H
#define RH_WEB_CHOICES_H

#include "web/asking.h"
#include "web/page_part.h"

enum { RH_CHOICES_MOST = 60 };

typedef struct rh_choices {
    size_t n;
    rh_choice choice[RH_CHOICES_MOST];
    struct {
        char value[24];
        rh_shown text;
    } room[RH_CHOICES_MOST];
} rh_choices;

/* The objects that may stand in the field; n is 0 where none is known or the field is not of this kind. What is typed already is among them. */
void rh_choices_of(const rh_view *v, rh_command_kind command, const rh_field *field,
                   rh_typed *typed, const void *context, rh_choices *out);

/* What is to be read before the field, or before the button (field NULL). */
void rh_choices_explain(rh_view *v, rh_command_kind command, const rh_field *field,
                        rh_typed *typed, const void *context);

#endif
