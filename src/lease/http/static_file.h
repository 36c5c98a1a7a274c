/* Files of one folder: style sheets, scripts, fonts, pictures.
 *
 * The name comes as decoded parts of a path (router.h, P1, has refused "..", separators and NUL); each part is opened below the one
 * before, never following a symbolic link, so no name can leave the folder. The folder itself is opened by its name for each answer: it may be swapped
 * for another as a whole. Names beginning with a dot are not found.
 * ETag is made of inode, size and time of change; If-None-Match is answered with 304. */
#ifndef RH_HTTP_STATIC_FILE_H
#define RH_HTTP_STATIC_FILE_H

#include "http/request.h"

typedef struct rh_static rh_static;

/* `max_age_s`: how long a browser may keep a file without asking. Errors: RH_IO. */
RH_MUST_CHECK rh_status rh_static_new(const char *folder, unsigned max_age_s, rh_static **out,
                                      rh_err *err);
void rh_static_free(rh_static *files);

/* Handler of a route "/static/{path*}" whose data is the rh_static. */
void rh_static_handler(rh_request *request, rh_response *response);

/* The same for files that the handler of a route names itself; the name is the path's parts from `first` on. */
void rh_static_answer(const rh_static *files, int first, rh_request *request,
                      rh_response *response);

#endif
