/* multipart/form-data as it arrives, in pieces of any size: values go into a form, files into unlinked files (form.h, F2).
 *
 * M1 the result does not depend on how the body was cut into pieces.
 * M2 a part without a name, with another disposition than form-data, with a head over 4 KiB, or text behind the boundary is
 * FORM_MALFORMED; so is a body that ends before its last boundary. What stood before is kept.
 * M3 a file field that was left empty (no name, no bytes) is no file.
 * M4 "filename*" is not looked at (RFC 7578, 4.2).
 * Source: RFC 7578; RFC 2046, 5.1.1; names escaped as WHATWG HTML says (%22, %0D, %0A) or with a backslash before a quote. */
#ifndef RH_HTTP_MULTIPART_H
#define RH_HTTP_MULTIPART_H

#include "http/form.h"

typedef struct rh_multipart rh_multipart;

/* `content_type` is the header's value; form and limits are borrowed until the end. NULL when it has no usable boundary or
 * memory is short (form->problem says which). */
rh_multipart *rh_multipart_new(const char *content_type, rh_form *form,
                               const rh_form_limits *limits);
void rh_multipart_free(rh_multipart *parser);

/* The next bytes of the body. Returns form->problem; feeding goes on behind a problem. */
rh_problem rh_multipart_feed(rh_multipart *parser, const char *bytes, size_t size);

/* No more bytes. Returns form->problem. */
rh_problem rh_multipart_end(rh_multipart *parser);

/* What is left of a sender's file name: without folders and control characters, at most RH_UPLOAD_NAME bytes. */
void rh_upload_name(const char *given, size_t size, char out[RH_UPLOAD_NAME + 1]);

#endif
