/* Templates of documents: a text file with named values becomes the blocks of a document (pdf.h) and its canonical text, so that what is
 * read and what is hashed come from one place.
 *
 * One line, one block; blank lines and lines that begin with # do not count:
 *     title TEXT    line TEXT    heading TEXT    clause [@LABEL] TEXT    item TEXT    text TEXT    notice TEXT
 *     table NAME    signatures TEXT (the label of the date)
 *     if FLAG … end    unless FLAG … end    (not nested)
 * In a TEXT {name} is a value and {@label} the number of a clause. Clauses are numbered through, items from 1 behind each clause or heading.
 * T1 strict: an unknown word, value, flag, table or label, a label given twice, a brace too many, an if without end, a byte that is not UTF-8
 *    is refused with the line's number. A clause that is referred to stands outside every condition.
 * T2 a value is put in as it is, once; braces in it mean nothing. A control character in a value (a line end would make a
 *    clause of its own) is refused.
 * T3 the canonical text: UTF-8, one line "KIND NUMBER TEXT" a block without empty parts, cells joined by " | ", every line ended by LF. */
#ifndef RH_WEB_TEMPLATE_H
#define RH_WEB_TEMPLATE_H

#include "core/sha256.h"
#include "web/pdf.h"

#include <stdbool.h>

/* What a template may name. */
typedef struct rh_template_names {
    const char *const *value, *const *flag, *const *table;
    size_t n_values, n_flags, n_tables;
} rh_template_names;

typedef struct rh_template rh_template;

/* Parse `size` bytes; `file` stands for them in sentences. The bytes are copied, the names are borrowed for as long as the template
 * lives. Errors: RH_INPUT, RH_MEMORY. */
RH_MUST_CHECK rh_status rh_template_parse(const char *file, const char *bytes, size_t size,
                                          const rh_template_names *names, rh_template **out,
                                          rh_err *err);
void rh_template_free(rh_template *t);

/* In the order of the names. Tables are blocks of kind RH_BLOCK_TABLE; `signatory` fills the signatures. */
typedef struct rh_template_values {
    const char *const *value;
    const bool *flag;
    const rh_block *table;
    const char *const *signatory;
    size_t n_signatories;
} rh_template_values;

typedef struct rh_filled {
    rh_block *block;
    size_t n;
    char *text; /* the canonical text, NUL-ended */
    size_t size;
    char hash[RH_SHA256_HEX]; /* of the text */
    char **owned; /* what the blocks point into; tables and signatories stay the caller's */
    size_t n_owned;
} rh_filled;

/* Fill the template in. The caller calls rh_filled_release. Errors: RH_INPUT (a value, T2), RH_MEMORY. */
RH_MUST_CHECK rh_status rh_template_fill(const rh_template *t, enum rh_language language,
                                         const rh_template_values *values, rh_filled *out,
                                         rh_err *err);
void rh_filled_release(rh_filled *f);

#endif
