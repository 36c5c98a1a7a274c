/* From what was typed, or sent as JSON, to a command.
 *
 * The fields are those of command.def. People type as people do (money in yuan, areas in m² or 亩, shares in per cent, sets as ticked boxes:
 * web/format.h); JSON says what records hold (fen, cm², basis points, bits, words of code.def).
 * K1 every field that could not be read has its problem, all are told at once; what was typed is the form's and is not lost.
 * K2 personal texts do not stand in the command: they go beside it (service.h, V4). */
#ifndef RH_WEB_ASKING_H
#define RH_WEB_ASKING_H

#include "domain/command.h"
#include "service/service.h"
#include "web/web_message.h"

#include <jansson.h>

enum { RH_ASKING_FIELDS = 24 };

typedef struct rh_asking {
    rh_command_kind kind;
    rh_command command;
    size_t n_texts;
    rh_private_text text[RH_ASKING_FIELDS];
    size_t n_problems;
    struct {
        const rh_field *field;
        enum rh_web_message message;
    } problem[RH_ASKING_FIELDS];
} rh_asking;

/* The value typed for a field; "" when there is none. Lives as long as the asking. */
typedef const char *rh_typed(const void *context, const char *name);

/* Is the field's value made by this program (a hash of a text that it writes itself), so that nobody is asked for it? */
bool rh_asking_derives(rh_command_kind kind, const rh_field *field);

void rh_asking_read(rh_command_kind kind, rh_typed *typed, const void *context, rh_asking *out);
/* From a JSON object: a key that the command does not have is a problem of no field (field NULL). */
void rh_asking_read_json(rh_command_kind kind, const json_t *object, rh_asking *out);

/* The box of one word of a set, or the unit of a field as people type it: name of the form's field for word `i` of a bit set ("uses_residence"). */
void rh_asking_box(const rh_field *field, int i, char out[64]);
/* The list of words whose bits the field holds, or NULL. */
const rh_codes *rh_asking_set(const rh_field *field);

/* How people type the field. */
typedef enum rh_typing {
    RH_TYPING_NUMBER,
    RH_TYPING_OBJECT, /* a number of an object */
    RH_TYPING_MONEY,
    RH_TYPING_AREA,
    RH_TYPING_PERCENT,
    RH_TYPING_DEGREES, /* × 10⁵ */
    RH_TYPING_DATE,
    RH_TYPING_WORD,
    RH_TYPING_SET,
    RH_TYPING_TICK,
    RH_TYPING_TEXT,
    RH_TYPING_HASH,
    RH_TYPING_PRIVATE
} rh_typing;

rh_typing rh_typing_of(const rh_field *field);

#endif
