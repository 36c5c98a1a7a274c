/* Reading small YAML files with checked keys and values: what scenario files and region specs
 * share.
 *
 * Problems are collected: up to RH_YAML_PROBLEMS sentences "file:line: key: …", one a line;
 * getters return their fallback after a problem. The caller checks rh_yaml_finish once.
 *
 * Y1 every key of a checked mapping is known and occurs once.
 * Y2 aliases and anchors are refused (a small file cannot grow), as are files over
 *    RH_YAML_LARGEST bytes, broken UTF-8 and NUL bytes. */
#ifndef RH_POLICY_YAML_H
#define RH_POLICY_YAML_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { RH_YAML_PROBLEMS = 20, RH_YAML_LARGEST = 1 << 20 };

typedef struct rh_yaml rh_yaml;
typedef struct fy_node rh_yaml_node;

/* Read a file; its root must be a mapping. Errors: RH_IO; RH_INPUT with file and line. */
RH_MUST_CHECK rh_status rh_yaml_read(const char *path, rh_yaml **out, rh_err *err);
/* The same from memory; `name` stands for the file in sentences. The text is copied. */
RH_MUST_CHECK rh_status rh_yaml_parse(const char *name, const char *text, size_t size,
                                      rh_yaml **out, rh_err *err);
void rh_yaml_free(rh_yaml *yaml);

const char *rh_yaml_path(const rh_yaml *yaml);
const char *rh_yaml_text(const rh_yaml *yaml); /* the whole file */
rh_yaml_node *rh_yaml_root(rh_yaml *yaml);

/* Y1: report keys of `map` that are not in `known` (ended by NULL; with the nearest known one)
 * or occur twice, and a `map` that is no mapping. `where`: key under which the map stands, for
 * sentences ("" for the root). */
void rh_yaml_check_keys(rh_yaml *yaml, rh_yaml_node *map, const char *where,
                        const char *const *known);

/* Value of a key, or NULL. */
rh_yaml_node *rh_yaml_get(rh_yaml_node *map, const char *key);
bool rh_yaml_is_mapping(rh_yaml_node *node);

/* Line of the key (or of the mapping, when the key is absent), from 1. */
int rh_yaml_line(rh_yaml_node *map, const char *key);

/* Number of values under a key: the entries of a list, 1 for anything else, 0 when absent. And
 * the i-th. */
unsigned rh_yaml_count(rh_yaml_node *map, const char *key);
rh_yaml_node *rh_yaml_item(rh_yaml_node *map, const char *key, unsigned i);

/* Typed values of a key; `fallback` when it is absent or wrong (then with a problem). Texts are
 * the caller's (rh_free); NULL only when there is no fallback or no memory. Numbers outside of
 * low … high are problems. */
char *rh_yaml_get_text(rh_yaml *yaml, rh_yaml_node *map, const char *key, const char *fallback);
/* A path, seen from the folder of the file unless it is absolute; NULL when absent or wrong. */
char *rh_yaml_get_path(rh_yaml *yaml, rh_yaml_node *map, const char *key);
int64_t rh_yaml_get_integer(rh_yaml *yaml, rh_yaml_node *map, const char *key, int64_t low,
                            int64_t high, int64_t fallback);
double rh_yaml_get_number(rh_yaml *yaml, rh_yaml_node *map, const char *key, double fallback);
/* Index of the value in `words` (ended by NULL). */
int rh_yaml_get_choice(rh_yaml *yaml, rh_yaml_node *map, const char *key,
                       const char *const *words, int fallback);
/* The i-th entry of a key's list as text ("" with a problem when it is no scalar; borrowed
 * until the file is freed) or integer. */
const char *rh_yaml_item_text(rh_yaml *yaml, rh_yaml_node *map, const char *key, unsigned i);
int64_t rh_yaml_item_integer(rh_yaml *yaml, rh_yaml_node *map, const char *key, unsigned i,
                             int64_t low, int64_t high, int64_t fallback);

/* Add a problem about a key in the caller's words. */
void rh_yaml_problem(rh_yaml *yaml, rh_yaml_node *map, const char *key, const char *format, ...)
    RH_PRINTF(4, 5);

/* The word of `known` (ended by NULL) with the smallest edit distance, or NULL when none is
 * near. */
const char *rh_yaml_nearest(const char *word, const char *const *known);

/* RH_OK, or RH_INPUT with all problems in err->text, one a line. */
RH_MUST_CHECK rh_status rh_yaml_finish(rh_yaml *yaml, rh_err *err);

#endif
