/* Coalitions and games in tables: see game_table.h. */
#include "evaluate/game_table.h"

#include "core/mem.h"
#include "core/text.h"

#include <math.h>
#include <string.h>

void
rh_players_release(rh_players *players)
{
    for (unsigned i = 0; i < players->n; i++) {
        rh_free(players->name[i]);
    }
    *players = (rh_players){0};
}

static int
find(const rh_players *players, const char *name, size_t size)
{
    for (unsigned i = 0; i < players->n; i++) {
        if (strlen(players->name[i]) == size && memcmp(players->name[i], name, size) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static rh_status
add(rh_players *players, const char *name, size_t size, rh_err *err)
{
    char *copy;
    RH_NEW(copy, size + 1, err);
    memcpy(copy, name, size);
    players->name[players->n++] = copy;
    return RH_OK;
}

/* Length of the separator that begins here, 0 for none. */
static size_t
separator(const char *text, const char *const *known)
{
    for (; *known != NULL; known++) {
        if (strncmp(text, *known, strlen(*known)) == 0) {
            return strlen(*known);
        }
    }
    return 0;
}

/* The next name of a list: trimmed of blanks; *text moves behind its separator. False at the end. */
static bool
next_name(const char **text, const char *const *known, const char **name, size_t *size)
{
    if (*text == NULL) {
        return false;
    }
    const char *p = *text + strspn(*text, " ");
    *name = p;
    size_t skip = 0;
    while (*p != '\0' && (skip = separator(p, known)) == 0) {
        p++;
    }
    *text = *p != '\0' ? p + skip : NULL;
    while (p > *name && p[-1] == ' ') {
        p--;
    }
    *size = (size_t)(p - *name);
    return true;
}

rh_status
rh_players_read(const char *list, rh_players *players, rh_err *err)
{
    const char *const commas[] = {",", "，", "、", NULL};
    const char *rest = list, *name;
    size_t size;
    *players = (rh_players){0};
    while (next_name(&rest, commas, &name, &size)) {
        rh_status status = RH_OK;
        if (size == 0) {
            status = rh_fail(err, RH_INPUT, "The players \"%s\" have an empty name among them.",
                             list);
        } else if (find(players, name, size) >= 0) {
            status =
                rh_fail(err, RH_INPUT, "The player \"%.*s\" is given twice.", (int)size, name);
        } else if (players->n == RH_PLAYERS_MOST) {
            status = rh_fail(err, RH_INPUT, "There are more than %d players.", RH_PLAYERS_MOST);
        } else {
            status = add(players, name, size, err);
        }
        if (status != RH_OK) {
            rh_players_release(players);
            return status;
        }
    }
    return RH_OK;
}

rh_coalition_text
rh_coalition_name(const rh_players *players, uint64_t coalition)
{
    rh_coalition_text t = {.text = "∅"};
    size_t used = 0;
    const size_t reserve = sizeof "+…";
    for (unsigned i = 0; i < players->n; i++) {
        if (coalition >> i & 1) {
            size_t size = strlen(players->name[i]);
            if (used + 1 + size + reserve > sizeof t.text) {
                memcpy(t.text + used, "+…", reserve);
                return t;
            }
            if (used > 0) {
                t.text[used++] = '+';
            }
            memcpy(t.text + used, players->name[i], size);
            used += size;
            t.text[used] = '\0';
        }
    }
    return t;
}

uint64_t
rh_coalition_read(rh_csv *table, uint32_t row, int column, rh_players *players, bool may_grow)
{
    const char *const plus[] = {"+", "＋", NULL};
    const char *rest = rh_csv_text(table, row, column), *name;
    uint64_t coalition = 0;
    size_t size;
    if (*rest == '\0') {
        rh_csv_problem(table, row, column, "names no member; write A+B");
        return 0;
    }
    while (next_name(&rest, plus, &name, &size)) {
        int i = find(players, name, size);
        rh_err ignored = {0};
        if (size == 0) {
            rh_csv_problem(table, row, column, "\"%s\" has a member without a name",
                           rh_csv_text(table, row, column));
            return 0;
        }
        if (i < 0 && (!may_grow || players->n == RH_PLAYERS_MOST ||
                      add(players, name, size, &ignored) != RH_OK)) {
            rh_csv_problem(table, row, column, "\"%.*s\" is not one of the %u players",
                           (int)size, name, players->n);
            return 0;
        }
        i = i < 0 ? (int)players->n - 1 : i;
        if (coalition >> i & 1) {
            rh_csv_problem(table, row, column, "\"%s\" names %s twice",
                           rh_csv_text(table, row, column), players->name[i]);
            return 0;
        }
        coalition |= UINT64_C(1) << i;
    }
    return coalition;
}

/* Coalitions that have no row, by name; the sentence holds as many as are worth reading. */
static rh_status
missing(const double *v, const char *file, const rh_players *players, rh_err *err)
{
    char names[1500] = "";
    uint32_t count = 0, all = (uint32_t)((UINT64_C(1) << players->n) - 1);
    size_t used = 0;
    for (uint32_t s = 1; s <= all; s++) {
        if (isnan(v[s]) && count++ < 10) {
            rh_coalition_text t = rh_coalition_name(players, s);
            int more = snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "",
                                t.text);
            used += more > 0 && used + (size_t)more < sizeof names ? (size_t)more : 0;
        }
    }
    if (count == 0) {
        return RH_OK;
    }
    rh_text_mend(names);
    return rh_fail(err, RH_INPUT,
                   "%s: %u of the %u coalitions of %u players have no value: %s%s.", file,
                   count, all, players->n, names, count > 10 ? ", …" : "");
}

typedef struct entry {
    uint64_t coalition;
    double value;
} entry;

static rh_status
read_entries(rh_csv *table, const char *file, rh_players *players, entry *list, int coalition,
             int value, rh_err *err)
{
    const bool may_grow = players->n == 0;
    for (uint32_t r = 0; r < rh_csv_rows(table) && coalition >= 0; r++) {
        bool none = strcmp(rh_csv_text(table, r, coalition), "∅") == 0;
        list[r].coalition =
            none ? 0 : rh_coalition_read(table, r, coalition, players, may_grow);
        list[r].value = rh_csv_number_needed(table, r, value);
    }
    RH_TRY(rh_csv_finish(table, err));
    if (players->n == 0 || players->n > RH_GAME_MOST) {
        return rh_fail(err, RH_INPUT,
                       "%s: a game in a table has 1 to %d players, not %u; larger ones can be "
                       "sampled from a command.",
                       file, RH_GAME_MOST, players->n);
    }
    return RH_OK;
}

static rh_status
fill(rh_csv *table, const entry *list, int coalition, int value, uint32_t *line, double *v,
     const rh_players *players, rh_err *err)
{
    const size_t size = (size_t)1 << players->n;
    for (size_t s = 0; s < size; s++) {
        v[s] = s > 0 ? (double)NAN : 0;
    }
    for (uint32_t r = 0; r < rh_csv_rows(table); r++) {
        double x = list[r].value;
        uint64_t s = list[r].coalition;
        if (s == 0 && x != 0) {
            rh_csv_problem(table, r, value, "the empty coalition must have 0, not %g", x);
        } else if (line[s] != 0) {
            rh_csv_problem(table, r, coalition, "%s stands already in line %u",
                           rh_coalition_name(players, s).text, line[s]);
        } else {
            line[s] = rh_csv_line(table, r);
            v[s] = x;
        }
    }
    return rh_csv_finish(table, err);
}

rh_status
rh_game_read(rh_csv *table, const char *file, bool partial, rh_players *players, double **v,
             rh_err *err)
{
    static const char *const coalitions[] = {"coalition", "联盟", NULL}, *const values[] = {
                                                                             "value", "值",
                                                                             NULL};
    int coalition = rh_csv_need(table, rh_csv_first(table, coalitions)),
        value = rh_csv_need(table, rh_csv_first(table, values));
    entry *list;
    uint32_t *line = NULL;
    *v = NULL;
    RH_NEW(list, rh_csv_rows(table) + (size_t)1, err);
    rh_status status = read_entries(table, file, players, list, coalition, value, err);
    if (status == RH_OK) {
        size_t size = (size_t)1 << players->n;
        *v = rh_alloc(size, sizeof **v);
        line = rh_alloc(size, sizeof *line);
        status = *v != NULL && line != NULL
                     ? fill(table, list, coalition, value, line, *v, players, err)
                     : rh_fail(err, RH_MEMORY, "Not enough memory for %zu coalitions.", size);
    }
    if (status == RH_OK && !partial) {
        status = missing(*v, file, players, err);
    }
    if (status != RH_OK) {
        rh_free(*v);
        *v = NULL;
    }
    rh_free(line);
    rh_free(list);
    return status;
}
