/* UTF-8 text on a terminal: validity, display width, padding, counts with separators.
 *
 * Widths follow Unicode UAX #11 (East Asian Width, version 15): wide and full-width characters
 * take two columns, combining marks none, every other one. Ambiguous characters count as one.
 */
#ifndef RH_CORE_TEXT_H
#define RH_CORE_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Language of what people read. */
enum rh_language { RH_ENGLISH, RH_CHINESE, RH_LANGUAGE_COUNT };

/* Length in bytes of the longest valid UTF-8 prefix (no overlong forms, no surrogates). */
size_t rh_text_valid(const char *bytes, size_t size);

/* Columns that the text takes on a terminal; a broken byte counts as one. */
unsigned rh_text_width(const char *text);

/* Bytes of the longest prefix that takes at most `width` columns. */
size_t rh_text_fit(const char *text, unsigned width);

/* Cut a character that was truncated at the end (after snprintf into a small buffer). */
void rh_text_mend(char *text);

/* Write the text and fill up with blanks to `width` columns: behind it, or in front of it. A
 * longer text is written whole. */
void rh_text_left(FILE *out, const char *text, unsigned width);
void rh_text_right(FILE *out, const char *text, unsigned width);

/* A count with separators, "1,332,810,869". */
typedef struct rh_text_number {
    char text[32];
} rh_text_number;
rh_text_number rh_text_count(uint64_t n);

/* The shortest decimal text that reads back as the same double ("0.1"); "NA" for NAN, "inf",
 * "-inf". */
rh_text_number rh_text_exact(double x);

/* A number in `digits` significant digits for people; "–" for NAN. */
rh_text_number rh_text_digits(double x, int digits);

/* The word of `known` (n of them) that differs from `word` by the fewest slips (letters changed, added, left out or swapped),
 * or NULL when none is near. */
const char *rh_text_nearest(const char *word, size_t n, const char *const *known);

#endif
