/* Small YAML files with checked keys and values: see yaml.h. Parsing is libfyaml's. */
#include "policy/yaml.h"

#include "core/mem.h"
#include "core/text.h"

#include <errno.h>
#include <inttypes.h>
#include <libfyaml.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROBLEM_SIZE = 400, LONGEST_WORD = 64, SHOWN = 40 };

struct rh_yaml {
    char *path, *text;
    struct fy_document *document;
    bool no_memory;      /* a text could not be copied */
    unsigned n_problems; /* all of them; the first RH_YAML_PROBLEMS are kept */
    char problem[RH_YAML_PROBLEMS][PROBLEM_SIZE];
};

const char *
rh_yaml_path(const rh_yaml *yaml)
{
    return yaml->path;
}

const char *
rh_yaml_text(const rh_yaml *yaml)
{
    return yaml->text;
}

rh_yaml_node *
rh_yaml_root(rh_yaml *yaml)
{
    return fy_document_root(yaml->document);
}

static void add_problem(rh_yaml *yaml, int line, const char *key, const char *format,
                        va_list args) __attribute__((format(printf, 4, 0)));

static void
add_problem(rh_yaml *yaml, int line, const char *key, const char *format, va_list args)
{
    if (yaml->n_problems++ >= RH_YAML_PROBLEMS) {
        return;
    }
    char *text = yaml->problem[yaml->n_problems - 1];
    int used = snprintf(text, PROBLEM_SIZE, "%s:%d: %s%s", yaml->path, line, key,
                        key[0] != '\0' ? ": " : "");
    if (used >= 0 && used < PROBLEM_SIZE) {
        vsnprintf(text + used, (size_t)(PROBLEM_SIZE - used), format, args);
    }
    rh_text_mend(text);
}

static void line_problem(rh_yaml *yaml, int line, const char *key, const char *format, ...)
    RH_PRINTF(4, 5);

static void
line_problem(rh_yaml *yaml, int line, const char *key, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_problem(yaml, line, key, format, args);
    va_end(args);
}

void
rh_yaml_problem(rh_yaml *yaml, rh_yaml_node *map, const char *key, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_problem(yaml, rh_yaml_line(map, key), key, format, args);
    va_end(args);
}

rh_status
rh_yaml_finish(rh_yaml *yaml, rh_err *err)
{
    if (yaml->no_memory) {
        return rh_fail(err, RH_MEMORY, "Not enough memory to read %s.", yaml->path);
    }
    if (yaml->n_problems == 0) {
        return RH_OK;
    }
    enum { TAIL = 60 }; /* room for the line that counts the rest */
    char text[sizeof err->text];
    size_t used = 0;
    unsigned shown = 0;
    while (shown < yaml->n_problems && shown < RH_YAML_PROBLEMS &&
           used + strlen(yaml->problem[shown]) + TAIL < sizeof text) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", shown > 0 ? "\n" : "",
                                 yaml->problem[shown]);
        shown++;
    }
    if (shown < yaml->n_problems) {
        snprintf(text + used, sizeof text - used, "\n... and %u more problems.",
                 yaml->n_problems - shown);
    }
    return rh_fail(err, RH_INPUT, "%s", text);
}

/* The first complaint of the parser becomes ours. */
static rh_status
syntax_error(const rh_yaml *yaml, struct fy_diag *diag, rh_err *err)
{
    void *at = NULL;
    struct fy_diag_error *error = fy_diag_errors_iterate(diag, &at);
    if (error == NULL || error->msg == NULL) {
        return rh_fail(err, RH_INPUT, "%s is not a YAML file.", yaml->path);
    }
    return rh_fail(err, RH_INPUT, "%s:%d: this is not YAML: %s.", yaml->path,
                   error->line > 0 ? error->line : 1, error->msg);
}

static int
line_at(const char *text, size_t offset)
{
    int line = 1;
    for (size_t i = 0; i < offset; i++) {
        line += text[i] == '\n';
    }
    return line;
}

/* Y2, and one document only. */
static rh_status
build_document(rh_yaml *yaml, size_t size, rh_err *err)
{
    size_t valid = rh_text_valid(yaml->text, size), zero = strlen(yaml->text);
    if (valid < size || zero < size) {
        return rh_fail(err, RH_INPUT, "%s:%d: this is not UTF-8 text.", yaml->path,
                       line_at(yaml->text, valid < zero ? valid : zero));
    }
    struct fy_diag_cfg quiet;
    fy_diag_cfg_default(&quiet);
    quiet.fp = NULL;
    quiet.output_fn = NULL;
    struct fy_diag *diag = fy_diag_create(&quiet);
    if (diag == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory to read %s.", yaml->path);
    }
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg config = {
        .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_ALLOW_DUPLICATE_KEYS, .diag = diag};
    rh_status status = RH_OK;
    struct fy_parser *parser = fy_parser_create(&config);
    if (parser == NULL || fy_parser_set_string(parser, yaml->text, size) != 0) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory to read %s.", yaml->path);
    } else {
        yaml->document = fy_parse_load_document(parser);
        struct fy_document *second =
            yaml->document != NULL ? fy_parse_load_document(parser) : NULL;
        if (yaml->document == NULL || fy_parser_get_stream_error(parser)) {
            status = syntax_error(yaml, diag, err);
        } else if (!fy_node_is_mapping(fy_document_root(yaml->document))) {
            status = rh_fail(err, RH_INPUT, "%s:1: this is not a list of \"key: value\" lines.",
                             yaml->path);
        } else if (second != NULL) {
            status = rh_fail(err, RH_INPUT, "%s: a second document begins behind \"---\".",
                             yaml->path);
        }
        fy_document_destroy(second);
    }
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return status;
}

rh_status
rh_yaml_parse(const char *name, const char *text, size_t size, rh_yaml **out, rh_err *err)
{
    rh_yaml *yaml = NULL;
    *out = NULL;
    if (size > RH_YAML_LARGEST) {
        return rh_fail(err, RH_INPUT, "%s is too large: more than %d bytes.", name,
                       (int)RH_YAML_LARGEST);
    }
    RH_NEW(yaml, 1, err);
    yaml->path = rh_strdup(name);
    yaml->text = rh_alloc(size + 1, 1);
    rh_status status;
    if (yaml->path == NULL || yaml->text == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory to read %s.", name);
    } else {
        memcpy(yaml->text, text, size);
        status = build_document(yaml, size, err);
    }
    if (status != RH_OK) {
        rh_yaml_free(yaml);
        return status;
    }
    *out = yaml;
    return RH_OK;
}

rh_status
rh_yaml_read(const char *path, rh_yaml **out, rh_err *err)
{
    *out = NULL;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return rh_fail(err, RH_IO, "%s cannot be opened: %s.", path, strerror(errno));
    }
    char *text = rh_alloc(RH_YAML_LARGEST + 1, 1);
    if (text == NULL) {
        fclose(file);
        return rh_fail(err, RH_MEMORY, "Not enough memory to read %s.", path);
    }
    size_t size = fread(text, 1, RH_YAML_LARGEST + 1, file);
    rh_status status = RH_OK;
    if (ferror(file)) {
        status = rh_fail(err, RH_IO, "%s cannot be read: %s.", path, strerror(errno));
    }
    fclose(file);
    if (status == RH_OK) {
        status = rh_yaml_parse(path, text, size, out, err);
    }
    rh_free(text);
    return status;
}

void
rh_yaml_free(rh_yaml *yaml)
{
    if (yaml != NULL) {
        fy_document_destroy(yaml->document);
        rh_free(yaml->path);
        rh_free(yaml->text);
        rh_free(yaml);
    }
}

/* Text of a scalar into `out`, cut at `size`; false for anything else (an alias, a list, a
 * mapping). */
static bool
scalar(rh_yaml_node *node, char *out, size_t size)
{
    out[0] = '\0';
    if (node == NULL || !fy_node_is_scalar(node) || fy_node_is_alias(node)) {
        return false;
    }
    size_t length = 0;
    const char *text = fy_node_get_scalar(node, &length);
    if (text != NULL) {
        length = length < size ? length : size - 1;
        memcpy(out, text, length);
        out[length] = '\0';
        rh_text_mend(out);
    }
    return true;
}

static int
node_line(rh_yaml_node *node)
{
    struct fy_token *token = node != NULL ? fy_node_get_scalar_token(node) : NULL;
    const struct fy_mark *mark = token != NULL ? fy_token_start_mark(token) : NULL;
    return mark != NULL ? mark->line + 1 : 0;
}

static struct fy_node_pair *
find_pair(rh_yaml_node *map, const char *key)
{
    void *at = NULL;
    char word[LONGEST_WORD];
    if (map == NULL || !fy_node_is_mapping(map)) {
        return NULL;
    }
    for (struct fy_node_pair *pair; (pair = fy_node_mapping_iterate(map, &at)) != NULL;) {
        if (scalar(fy_node_pair_key(pair), word, sizeof word) && strcmp(word, key) == 0) {
            return pair;
        }
    }
    return NULL;
}

rh_yaml_node *
rh_yaml_get(rh_yaml_node *map, const char *key)
{
    struct fy_node_pair *pair = find_pair(map, key);
    return pair != NULL ? fy_node_pair_value(pair) : NULL;
}

bool
rh_yaml_is_mapping(rh_yaml_node *node)
{
    return node != NULL && fy_node_is_mapping(node);
}

int
rh_yaml_line(rh_yaml_node *map, const char *key)
{
    struct fy_node_pair *pair = find_pair(map, key);
    void *at = NULL;
    if (pair == NULL && map != NULL && fy_node_is_mapping(map)) {
        pair = fy_node_mapping_iterate(map, &at);
    }
    int line = pair != NULL ? node_line(fy_node_pair_key(pair)) : node_line(map);
    return line > 0 ? line : 1;
}

const char *
rh_yaml_nearest(const char *word, const char *const *known)
{
    size_t n = 0;
    while (known[n] != NULL) {
        n++;
    }
    return rh_text_nearest(word, n, known);
}

static void
unknown_key(rh_yaml *yaml, int line, const char *where, const char *word,
            const char *const *known)
{
    const char *nearest = rh_yaml_nearest(word, known);
    if (nearest != NULL) {
        line_problem(yaml, line, where, "the key \"%.*s\" is not known; did you mean \"%s\"?",
                     SHOWN, word, nearest);
        return;
    }
    char list[240] = "";
    size_t used = 0;
    for (size_t i = 0; known[i] != NULL && used < sizeof list; i++) {
        int n = snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", known[i]);
        used += n > 0 ? (size_t)n : 0;
    }
    line_problem(yaml, line, where, "the key \"%.*s\" is not known; known are %s.", SHOWN, word,
                 list);
}

void
rh_yaml_check_keys(rh_yaml *yaml, rh_yaml_node *map, const char *where,
                   const char *const *known)
{
    if (!rh_yaml_is_mapping(map)) {
        line_problem(yaml, rh_yaml_line(map, ""), where,
                     "this must be a list of \"key: value\" lines.");
        return;
    }
    void *at = NULL;
    char word[LONGEST_WORD];
    for (struct fy_node_pair *pair; (pair = fy_node_mapping_iterate(map, &at)) != NULL;) {
        int line = node_line(fy_node_pair_key(pair));
        if (!scalar(fy_node_pair_key(pair), word, sizeof word)) {
            line_problem(yaml, rh_yaml_line(map, ""), where, "a key must be one word.");
            continue;
        }
        size_t i = 0;
        while (known[i] != NULL && strcmp(known[i], word) != 0) {
            i++;
        }
        if (known[i] == NULL) {
            unknown_key(yaml, line, where, word, known);
        } else if (find_pair(map, word) != pair) {
            line_problem(yaml, line, where,
                         "the key \"%s\" stands here again (first in line %d).", word,
                         rh_yaml_line(map, word));
        }
    }
}

unsigned
rh_yaml_count(rh_yaml_node *map, const char *key)
{
    rh_yaml_node *node = rh_yaml_get(map, key);
    if (node == NULL) {
        return find_pair(map, key) != NULL;
    }
    if (!fy_node_is_sequence(node)) {
        return 1;
    }
    int n = fy_node_sequence_item_count(node);
    return n > 0 ? (unsigned)n : 0;
}

rh_yaml_node *
rh_yaml_item(rh_yaml_node *map, const char *key, unsigned i)
{
    rh_yaml_node *node = rh_yaml_get(map, key);
    if (node != NULL && fy_node_is_sequence(node)) {
        return fy_node_sequence_get_by_index(node, (int)i);
    }
    return i == 0 ? node : NULL;
}

/* The scalar text of a value that must be `what`; false with a problem when it is none or
 * empty. */
static bool
need_scalar(rh_yaml *yaml, rh_yaml_node *map, const char *key, rh_yaml_node *node,
            const char *what, char *out, size_t size)
{
    if (node != NULL && fy_node_is_alias(node)) {
        rh_yaml_problem(yaml, map, key, "references (*name) are not used in this file.");
    } else if (!scalar(node, out, size)) {
        rh_yaml_problem(yaml, map, key, "must be %s.", what);
    } else if (out[0] == '\0') {
        rh_yaml_problem(yaml, map, key, "must be %s, but nothing stands here.", what);
    } else {
        return true;
    }
    return false;
}

/* A copy that may be missing only together with no_memory. */
static char *
copy(rh_yaml *yaml, const char *text)
{
    char *out = rh_strdup(text);
    yaml->no_memory |= out == NULL;
    return out;
}

char *
rh_yaml_get_text(rh_yaml *yaml, rh_yaml_node *map, const char *key, const char *fallback)
{
    enum { LONGEST_TEXT = 4000 };
    if (find_pair(map, key) != NULL) {
        char text[LONGEST_TEXT];
        if (need_scalar(yaml, map, key, rh_yaml_get(map, key), "a text", text, sizeof text)) {
            return copy(yaml, text);
        }
    }
    return fallback != NULL ? copy(yaml, fallback) : NULL;
}

char *
rh_yaml_get_path(rh_yaml *yaml, rh_yaml_node *map, const char *key)
{
    char *path = rh_yaml_get_text(yaml, map, key, NULL), *joined = NULL;
    if (path != NULL) {
        const char *slash = strrchr(yaml->path, '/');
        size_t folder = path[0] == '/' || slash == NULL ? 0 : (size_t)(slash - yaml->path) + 1;
        joined = rh_alloc(folder + strlen(path) + 1, 1);
        if (joined != NULL) {
            memcpy(joined, yaml->path, folder);
            memcpy(joined + folder, path, strlen(path));
        }
        yaml->no_memory |= joined == NULL;
    }
    rh_free(path);
    return joined;
}

static int64_t
take_integer(rh_yaml *yaml, rh_yaml_node *map, const char *key, rh_yaml_node *node, int64_t low,
             int64_t high, int64_t fallback)
{
    char word[LONGEST_WORD], *end;
    if (!need_scalar(yaml, map, key, node, "a whole number", word, sizeof word)) {
        return fallback;
    }
    errno = 0;
    long long value = strtoll(word, &end, 10);
    if (*end != '\0' || end == word) {
        rh_yaml_problem(yaml, map, key, "must be a whole number, not \"%.*s\".", SHOWN, word);
        return fallback;
    }
    if (errno != 0 || value < low || value > high) {
        rh_yaml_problem(yaml, map, key,
                        "must lie between %" PRId64 " and %" PRId64 ", not %.*s.", low, high,
                        SHOWN, word);
        return fallback;
    }
    return value;
}

int64_t
rh_yaml_get_integer(rh_yaml *yaml, rh_yaml_node *map, const char *key, int64_t low,
                    int64_t high, int64_t fallback)
{
    return find_pair(map, key) == NULL
               ? fallback
               : take_integer(yaml, map, key, rh_yaml_get(map, key), low, high, fallback);
}

double
rh_yaml_get_number(rh_yaml *yaml, rh_yaml_node *map, const char *key, double fallback)
{
    char word[LONGEST_WORD], *end;
    if (find_pair(map, key) == NULL ||
        !need_scalar(yaml, map, key, rh_yaml_get(map, key), "a number", word, sizeof word)) {
        return fallback;
    }
    double value = strtod(word, &end);
    if (*end != '\0' || end == word || !isfinite(value) || strpbrk(word, "xX") != NULL) {
        rh_yaml_problem(yaml, map, key, "must be a number, not \"%.*s\".", SHOWN, word);
        return fallback;
    }
    return value;
}

int
rh_yaml_get_choice(rh_yaml *yaml, rh_yaml_node *map, const char *key, const char *const *words,
                   int fallback)
{
    char word[LONGEST_WORD], list[200] = "";
    size_t used = 0;
    if (find_pair(map, key) == NULL ||
        !need_scalar(yaml, map, key, rh_yaml_get(map, key), "a word", word, sizeof word)) {
        return fallback;
    }
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], word) == 0) {
            return i;
        }
        int n = snprintf(list + used, sizeof list - used, "%s%s",
                         i == 0                 ? ""
                         : words[i + 1] == NULL ? " or "
                                                : ", ",
                         words[i]);
        used += n > 0 && (size_t)n < sizeof list - used ? (size_t)n : 0;
    }
    rh_yaml_problem(yaml, map, key, "must be %s, not \"%.*s\".", list, SHOWN, word);
    return fallback;
}

const char *
rh_yaml_item_text(rh_yaml *yaml, rh_yaml_node *map, const char *key, unsigned i)
{
    char word[8]; /* enough to see that something stands here */
    rh_yaml_node *node = rh_yaml_item(map, key, i);
    if (!need_scalar(yaml, map, key, node, "a word, or a list of words", word, sizeof word)) {
        return "";
    }
    const char *text = fy_node_get_scalar0(node);
    return text != NULL ? text : "";
}

int64_t
rh_yaml_item_integer(rh_yaml *yaml, rh_yaml_node *map, const char *key, unsigned i, int64_t low,
                     int64_t high, int64_t fallback)
{
    return take_integer(yaml, map, key, rh_yaml_item(map, key, i), low, high, fallback);
}
