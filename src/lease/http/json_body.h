/* A JSON body, parsed by jansson under limits: depth, size, one value of a key, UTF-8 without NUL (RFC 8259). */
#ifndef RH_HTTP_JSON_BODY_H
#define RH_HTTP_JSON_BODY_H

#include "http/problem.h"

#include <jansson.h>
#include <stddef.h>

/* The value goes to the caller (json_decref); NULL behind a problem. `depth` counts objects and arrays inside each other. */
rh_problem rh_json_read(const char *bytes, size_t size, unsigned depth, json_t **out);

#endif
