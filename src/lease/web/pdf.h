/* A document as PDF: A4, a title, numbered clauses, tables, signatures; pango sets the text, cairo writes the file.
 *
 * D1 the same document gives the same bytes on one installation (the date in the file is the document's, fonts are embedded as subsets),
 *    because the file's hash is signed. Another release of pango, cairo or the fonts may give others: who checks a signature uses the file kept.
 * D2 every page carries the SHA-256 of the canonical text and "page i of n".
 * D3 lines break by the Unicode rules for Chinese (UAX #14): no closing mark begins a line, no opening one ends it.
 * Fonts: Noto Serif CJK SC and Noto Sans CJK SC (fonts-noto-cjk), which must be installed. */
#ifndef RH_WEB_PDF_H
#define RH_WEB_PDF_H

#include "core/status.h"
#include "core/text.h"

#include <stddef.h>
#include <stdint.h>

typedef enum rh_block_kind {
    RH_BLOCK_TITLE,     /* in the middle, large */
    RH_BLOCK_LINE,      /* in the middle, small: the number of a contract */
    RH_BLOCK_HEADING,   /* of a part */
    RH_BLOCK_CLAUSE,    /* `number` in bold, then the text */
    RH_BLOCK_ITEM,      /* indented, `number` hanging */
    RH_BLOCK_TEXT,      /* a paragraph */
    RH_BLOCK_NOTICE,    /* a paragraph in a frame: what must be read */
    RH_BLOCK_TABLE,     /* the first row is the head */
    RH_BLOCK_SIGNATURES /* a row for each cell text: a line to sign on and a line for the date */
} rh_block_kind;

typedef struct rh_block {
    rh_block_kind kind;
    const char *number, *text; /* "" or NULL: none; the label of the date line for signatures */
    const char *const *cell;   /* of a table, row by row; who signs */
    size_t rows, columns;      /* columns ≤ 8; a table's last column is set flush right */
} rh_block;

typedef struct rh_document {
    enum rh_language language;
    const char *title; /* in the file's metadata */
    int64_t made;      /* ms since 1970, the file's date */
    const char *hash;  /* SHA-256 of the canonical text, 64 digits */
    const rh_block *block;
    size_t n;
} rh_document;

typedef struct rh_pdf {
    unsigned char *bytes;
    size_t size;
    int pages;
} rh_pdf;

/* Set the document. All texts must be UTF-8. The caller calls rh_pdf_release.
 * Errors: RH_INPUT (a text is not UTF-8, a broken table), RH_MISSING (fonts), RH_MEMORY, RH_IO (cairo). */
RH_MUST_CHECK rh_status rh_pdf_make(const rh_document *d, rh_pdf *out, rh_err *err);
void rh_pdf_release(rh_pdf *pdf);

#endif
