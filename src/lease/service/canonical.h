/* Records as one line of canonical JSON: the bytes that are hashed, logged and kept in the journal.
 *
 * K1 a record has exactly one text: keys in the order of its list, no blanks; numbers as decimal integers (BOOL 0 or 1, TIME in milliseconds), CODE as
 *    its word, DATE as "2026-03-01", HASH as 64 lower-case hexadecimal digits; what is not said is left out. Texts are UTF-8; escaped are only
 *    quote, backslash and characters below U+0020 (\b \t \n \f \r, the others \u00xx), as in RFC 8785.
 * K2 reading is strict: it takes the canonical text and nothing else, so text and record are one to one.
 * The entry of a command in the public log:
 *    {"seq":12,"time":1767225600000,"event":"receipt_post","facts":[{"row":"receipt","id":3,"version":1,"valid_from":"2026-01-01","line":9,…}],
 *     "private":"<64 hexadecimal digits>"}
 * Facts hold the OPEN fields of the rows without seq and recorded. `private` is the salted commitment (log/commitment.h) to
 *    {"actor":5,"role":"clerk","facts":[…]} with all other fields. An entry longer than the log's limit has "facts_sha256" in place of "facts". */
#ifndef RH_SERVICE_CANONICAL_H
#define RH_SERVICE_CANONICAL_H

#include "domain/command.h"
#include "store/growing.h"

enum {
    RH_ENTRY_BYTES = 65535
}; /* bytes: the length of an entry is two bytes in C2SP tlog-tiles */

/* {"field":value,…}; RH_RANGE for what has no text (a day without a year 1–9999, a number that is no word). */
RH_MUST_CHECK rh_status rh_canonical_write(const rh_record_type *type, const void *record,
                                           rh_growing *out, rh_err *err);

/* The record of a text of `size` bytes. Its texts stand in `room`, which must have at least `size` bytes. Errors: RH_INPUT. */
RH_MUST_CHECK rh_status rh_canonical_read(const rh_record_type *type, const char *text,
                                          size_t size, void *record, char *room, rh_err *err);

/* A JSON string with its quotes. */
void rh_canonical_string(const char *text, rh_growing *out);

/* Is every text of the record valid UTF-8? The field that is not, or NULL. */
const rh_field *rh_canonical_not_utf8(const rh_record_type *type, const void *record);

/* Who did what when with which rows: one command, for its entry. */
typedef struct rh_event {
    int64_t seq, time, actor, role;
    rh_command_kind kind;
    size_t n_rows;
    const rh_row *row;
    rh_hash salt;
} rh_event;

/* Append the bytes of the entry. */
RH_MUST_CHECK rh_status rh_canonical_entry(const rh_event *event, rh_growing *out, rh_err *err);

/* SHA-256("ronghe-lease commitment v1\n" ‖ salt ‖ bytes). */
rh_hash rh_canonical_commitment(const rh_hash *salt, const void *bytes, size_t size);

#endif
