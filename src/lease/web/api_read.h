/* Reading over the JSON interface.
 *
 *   GET /api/v1/{list}          {"items":[…],"next":17}: at most `limit` (100, most 500) objects with number above `after`; "next" is what to give as
 *                               `after` for the following ones, null at the end. Every OPEN number, word or truth of the kind filters:
 *                               ?village=2&state=open. The lists are in api_list.def.
 *   GET /api/v1/{list}/{id}     the object
 *   GET /api/v1/mine            what the signed-in party is a party of
 *   GET /log/…, /open-data/…    files of the public log and of the open data
 * An object is {"id","version","valid_from",…} with its OPEN fields; who is signed in also gets the others that may_see.h grants. Values as in
 * commands: fen, cm², basis points, bits; dates as "2026-03-01"; words of code.def; truths as true and false. Personal texts never stand here. */
#ifndef RH_WEB_API_READ_H
#define RH_WEB_API_READ_H

#include "domain/lists.h"
#include "store/growing.h"
#include "web/site.h"

typedef struct rh_api_list {
    const char *name;
    rh_row_kind kind;
} rh_api_list;

/* The lists, n of them. */
const rh_api_list *rh_api_lists(size_t *n);

/* An object's fields up to that audience as a JSON object. */
void rh_api_object(rh_growing *out, rh_row_kind kind, const void *row, rh_audience audience);

/* The description of the whole interface (OpenAPI 3.1), generated from the lists of commands and rows; the caller's. NULL: no memory. */
char *rh_api_describe(void);

#endif
