/* Test cases from peers and papers, where they are: ../shared/vectors or RONGHE_VECTORS. Every case of a topic's
 * folder is read, handed to a solver and compared with its expected.csv.
 *
 * A solver looks at what the case holds (method, params, files, the keys that are expected), never at its id: cases that
 * it has not seen must work as well. */
#ifndef RH_TESTS_VECTORS_H
#define RH_TESTS_VECTORS_H

#include "io/csv.h"

#include <jansson.h>

typedef struct vector_case {
    const char *id;
    char folder[700];
    json_t *json;   /* the whole case.json */
    json_t *params; /* its params: an object or an array; never NULL */
    uint32_t n_expected;
    const char **key; /* expected keys */
    double *value;
    bool passed; /* private, and: */
    struct vector_result *result;
} vector_case;

/* Open an input of the case; NULL when there is no such file. Free with rh_csv_free. */
rh_csv *vector_open(const vector_case *c, const char *file);

/* True when the file is there. */
bool vector_has(const vector_case *c, const char *file);

/* What was found for a key. Keys that nobody expects are passed over. */
void vector_set(vector_case *c, double value, const char *key, ...) RH_PRINTF(3, 4);

/* The case is another solver's (a topic may be spread over several tests): it is not compared. */
void vector_pass(vector_case *c);

/* True when a key is expected that begins so. */
bool vector_wants(const vector_case *c, const char *prefix);

/* Walk a topic: TAP-friendly (cmocka): skips when the folder is not there, else asserts that every value of every
 * case matches; prints what does not. */
void vectors_walk(const char *topic, void (*solve)(vector_case *c));

#endif
