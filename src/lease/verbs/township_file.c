/* Reading township.conf: see township_file.h. */
#include "verbs/township_file.h"

#include "core/mem.h"
#include "core/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_MOST = 65536 };

typedef enum kind { TEXT, PATH, DATABASE, LISTEN, YES, RATE, WITNESS } kind;

typedef struct entry {
    const char *key;
    kind kind;
    size_t offset, room;
    bool must;
} entry;

#define AT(field) offsetof(rh_township_file, field), sizeof((rh_township_file *)NULL)->field

static const entry known[] = {
    {"name_zh", TEXT, AT(name_zh), true},
    {"name_en", TEXT, AT(name_en), true},
    {"origin", TEXT, AT(origin), true},
    {"database", DATABASE, AT(database), true},
    {"public", PATH, AT(folder), true},
    {"documents", PATH, AT(documents), true},
    {"logs", PATH, AT(logs), false},
    {"key", PATH, AT(key), true},
    {"listen", LISTEN, AT(host), false},
    {"tls_in_front", YES, AT(tls_in_front), false},
    {"behind_proxy", YES, AT(behind_proxy), false},
    {"requests_per_second", RATE, AT(requests_per_second), false},
    {"witness", WITNESS, AT(witness), false},
};
enum { KNOWN = sizeof known / sizeof known[0] };

static bool
read_number(const char *text, unsigned long most, unsigned long *out)
{
    char *end;
    errno = 0;
    *out = strtoul(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *out <= most;
}

/* Put one value in its place; NULL: done, else what it should be. */
static const char *
take(rh_township_file *out, const entry *e, const char *value, const char *folder, rh_err *err)
{
    char *field = (char *)out + e->offset;
    unsigned long number;
    bool server = e->kind == DATABASE && (strncmp(value, "postgresql://", 13) == 0 ||
                                          strncmp(value, "postgres://", 11) == 0);
    switch (e->kind) {
    case TEXT:
    case PATH:
    case DATABASE: {
        bool whole = e->kind == TEXT || server || value[0] == '/';
        int n = whole ? snprintf(field, e->room, "%s", value)
                      : snprintf(field, e->room, "%s/%s", folder, value);
        return n > 0 && (size_t)n < e->room && value[0] != '\0' ? NULL : "a shorter text";
    }
    case LISTEN: {
        const char *colon = strrchr(value, ':');
        size_t n = colon != NULL ? (size_t)(colon - value) : 0;
        if (n == 0 || n >= e->room || !read_number(colon + 1, 65535, &number)) {
            return "ADDRESS:PORT, for instance 127.0.0.1:8080";
        }
        memcpy(field, value, n);
        field[n] = '\0';
        out->port = (uint16_t)number;
        return NULL;
    }
    case YES:
        *(bool *)field = strcmp(value, "yes") == 0;
        return *(bool *)field || strcmp(value, "no") == 0 ? NULL : "yes or no";
    case RATE:
        if (!read_number(value, 1000, &number)) {
            return "a number from 0 to 1000";
        }
        out->requests_per_second = (unsigned)number;
        return NULL;
    default: {
        char url[600];
        size_t n = strcspn(value, " \t");
        const char *key = value + n + strspn(value + n, " \t");
        if (n >= sizeof url || out->n_witnesses == RH_WITNESSES_MOST) {
            return "URL and KEY of a witness, at most 16 of them";
        }
        memcpy(url, value, n);
        url[n] = '\0';
        return rh_witness_of(url, key, &out->witness[out->n_witnesses], err) == RH_OK
                   ? (out->n_witnesses++, NULL)
                   : "URL and KEY of a witness";
    }
    }
}

static char *
trimmed(char *text)
{
    text += strspn(text, " \t");
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t\r", text[n - 1]) != NULL) {
        text[--n] = '\0';
    }
    return text;
}

static rh_status
take_line(rh_township_file *out, char *line, int number, const char *folder, const char *name,
          bool seen[KNOWN], rh_err *err)
{
    char *text = trimmed(line);
    if (text[0] == '\0' || text[0] == '#') {
        return RH_OK;
    }
    char *colon = strchr(text, ':');
    if (colon == NULL) {
        return rh_fail(err, RH_INPUT, "%s, line %d is not \"key: value\".", name, number);
    }
    *colon = '\0';
    const char *key = trimmed(text), *value = trimmed(colon + 1);
    for (size_t i = 0; i < KNOWN; i++) {
        if (strcmp(known[i].key, key) == 0) {
            if (seen[i] && known[i].kind != WITNESS) {
                return rh_fail(err, RH_INPUT, "%s, line %d: %s is said twice.", name, number,
                               key);
            }
            seen[i] = true;
            rh_err why = {0};
            const char *wanted = take(out, &known[i], value, folder, &why);
            return wanted == NULL
                       ? RH_OK
                       : rh_fail(err, RH_INPUT, "%s, line %d: %s should be %s.%s%s", name,
                                 number, key, wanted, why.text[0] != '\0' ? " " : "", why.text);
        }
    }
    return rh_fail(err, RH_INPUT, "%s, line %d: there is no key \"%.100s\".", name, number,
                   key);
}

rh_status
rh_township_file_parse(const char *text, size_t size, const char *folder, const char *name,
                       rh_township_file *out, rh_err *err)
{
    bool seen[KNOWN] = {false};
    *out = (rh_township_file){.host = "127.0.0.1", .port = 8080, .requests_per_second = 50};
    if (rh_text_valid(text, size) != size || memchr(text, '\0', size) != NULL) {
        return rh_fail(err, RH_INPUT, "%s is not a text in UTF-8.", name);
    }
    int number = 0;
    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t n = (end != NULL ? (size_t)(end - text) : size) - at;
        char line[RH_TOWNSHIP_TEXT + 64];
        number++;
        if (n >= sizeof line) {
            return rh_fail(err, RH_INPUT, "%s, line %d is too long.", name, number);
        }
        memcpy(line, text + at, n);
        line[n] = '\0';
        RH_TRY(take_line(out, line, number, folder, name, seen, err));
        at += n + 1;
    }
    for (size_t i = 0; i < KNOWN; i++) {
        if (known[i].must && !seen[i]) {
            return rh_fail(err, RH_INPUT, "%s does not say \"%s\".", name, known[i].key);
        }
    }
    return RH_OK;
}

rh_status
rh_township_file_read(const char *path, rh_township_file *out, rh_err *err)
{
    char name[RH_TOWNSHIP_TEXT], folder[RH_TOWNSHIP_TEXT], *text;
    struct stat is;
    bool inside = stat(path, &is) == 0 && S_ISDIR(is.st_mode);
    int n = snprintf(name, sizeof name, inside ? "%s/township.conf" : "%s", path);
    if (n < 0 || (size_t)n >= sizeof name) {
        return rh_fail(err, RH_INPUT, "The path of the township's file is too long.");
    }
    const char *slash = strrchr(name, '/');
    snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)(slash - name),
             slash == NULL ? "." : name);
    FILE *file = fopen(name, "re");
    if (file == NULL) {
        return rh_fail(err, RH_IO, "%s cannot be read: %s.", name, strerror(errno));
    }
    text = rh_alloc(FILE_MOST, 1);
    size_t size = text != NULL ? fread(text, 1, FILE_MOST, file) : 0;
    bool read = text != NULL && ferror(file) == 0 && size < FILE_MOST;
    fclose(file);
    rh_status status = read ? rh_township_file_parse(text, size, folder, name, out, err)
                            : rh_fail(err, RH_IO, "%s cannot be read whole.", name);
    rh_free(text);
    return status;
}
