/* What a person filled in: named values from a query, an urlencoded body or a multipart body (multipart.h), and files.
 *
 * Rules, each with its problem: names and values are UTF-8 without NUL; a name stands once, unless it ends with "[]"; names,
 * values, their number, files and their size have limits.
 * F1 nothing typed is lost: reading goes on behind a problem, and what could be read is in the form (bytes that are no text as
 * U+FFFD, a value that is too long up to its limit, of a name given twice the first value first). `problem` is the first one and
 * `problem_at` the name of its field.
 * F2 uploads have no name in the file system: they are open, unlinked files, gone when the form is cleared or the program dies.
 * F3 every name and value is valid UTF-8 and ends with NUL.
 * Source: WHATWG URL, "application/x-www-form-urlencoded"; RFC 7578. */
#ifndef RH_HTTP_FORM_H
#define RH_HTTP_FORM_H

#include "http/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rh_form_limits {
    size_t fields;      /* number */
    size_t name;        /* bytes */
    size_t value;       /* bytes */
    size_t files;       /* number */
    uint64_t file;      /* bytes of one file */
    const char *folder; /* where uploads are kept while the request runs; NULL: no files */
} rh_form_limits;

/* 300 fields of 64 KiB, names of 80 bytes, no files. */
rh_form_limits rh_form_limits_usual(void);

typedef struct rh_form_entry {
    size_t name, value; /* offsets in text */
    size_t size;        /* of the value */
} rh_form_entry;

enum { RH_UPLOAD_NAME = 100 };

typedef struct rh_upload {
    char field[RH_UPLOAD_NAME + 1];
    char name
        [RH_UPLOAD_NAME +
         1]; /* sanitised: no folder, no control character, never empty, not beginning with a dot */
    char type[RH_UPLOAD_NAME + 1]; /* what the sender called it; not to be trusted */
    int fd;                        /* open for reading and writing; -1 when taken */
    uint64_t size;
} rh_upload;

/* Zero-filled is an empty form. */
typedef struct rh_form {
    size_t n, room;
    rh_form_entry *entry;
    char *text;
    size_t text_size, text_room;
    size_t n_uploads, uploads_room;
    rh_upload *upload;
    rh_problem problem;
    char problem_at[RH_UPLOAD_NAME + 1];
} rh_form;

void rh_form_clear(rh_form *form); /* keeps the memory for the next request */
void rh_form_release(rh_form *form);

/* Read an urlencoded body, or a query without its '?', behind what the form holds. Returns form->problem. */
rh_problem rh_form_read(rh_form *form, const char *bytes, size_t size,
                        const rh_form_limits *limits);

/* Add one pair under the rules. Returns form->problem. */
rh_problem rh_form_add(rh_form *form, const char *name, size_t name_size, const char *value,
                       size_t value_size, const rh_form_limits *limits);

/* Note a problem, if it is the first (`at` may be NULL). Returns form->problem. */
rh_problem rh_form_mark(rh_form *form, rh_problem problem, const char *at);

/* The (first) value of the name, or NULL. Valid until the form changes. */
const char *rh_form_get(const rh_form *form, const char *name);
/* The same, "" when absent. */
const char *rh_form_text(const rh_form *form, const char *name);
const char *rh_form_name_at(const rh_form *form, size_t i);
const char *rh_form_value_at(const rh_form *form, size_t i);

/* The (first) file of the field, or NULL. */
const rh_upload *rh_form_file(const rh_form *form, const char *field);
/* Its descriptor goes to the caller. */
int rh_upload_take(rh_upload *upload);

/* Write at most `room - 1` bytes of text with U+FFFD for each byte that is not UTF-8 or is NUL; whole characters only.
 * Returns the length. */
size_t rh_form_mend(const char *bytes, size_t size, char *out, size_t room);

#endif
