/* Results of a run as a table: see run_table.h. */
#include "io/run_table.h"

#include "core/mem.h"
#include "core/text.h"
#include "io/grid.h"
#include "io/run_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct choice {
    enum rh_value_level level;
    int first, last; /* of the run's years */
    enum rh_value_part part;
} choice;

/* Copy the text up to the next ':' into word; what stands behind it, or NULL. */
static const char *
next_word(const char *text, char word[32])
{
    const char *colon = strchr(text, ':');
    size_t size = colon != NULL ? (size_t)(colon - text) : strlen(text);
    snprintf(word, 32, "%.*s", (int)(size < 31 ? size : 31), text);
    return colon != NULL ? colon + 1 : NULL;
}

static rh_status
choose(const rh_run *run, const char *text, choice *c, rh_err *err)
{
    char word[32];
    if (run->n_years == 0) {
        return rh_fail(err, RH_INPUT, "%s holds no finished year.", run->path);
    }
    *c = (choice){run->finest, run->n_years - 1, run->n_years - 1, RH_WHOLE};
    if (text == NULL) {
        return RH_OK;
    }
    const char *rest = next_word(text, word);
    int level = word[0] == '\0' ? (int)run->finest : rh_level_find(word);
    if (level < 0 || level > (int)run->finest) {
        return rh_fail(err, RH_INPUT,
                       "%s has no level \"%s\"; choose LEVEL, LEVEL:YEAR or LEVEL:YEAR:PART "
                       "with a level from nation to %s.",
                       run->path, word, rh_level_name(run->finest));
    }
    c->level = (enum rh_value_level)level;
    if (rest != NULL) {
        rest = next_word(rest, word);
        bool found = strcmp(word, "*") == 0;
        c->first = found ? 0 : c->first;
        for (int y = 0; y < run->n_years; y++) {
            char year[16];
            snprintf(year, sizeof year, "%d", run->year[y]);
            if (strcmp(year, word) == 0) {
                found = true;
                c->first = c->last = y;
            }
        }
        if (!found) {
            return rh_fail(err, RH_INPUT,
                           "%s has no year \"%s\"; it holds %d to %d (* for all).", run->path,
                           word, run->year[0], run->year[run->n_years - 1]);
        }
    }
    if (rest != NULL) {
        int part = rh_part_find(rest);
        if (part < 0) {
            return rh_fail(err, RH_INPUT, "%s has no part \"%s\"; choose all, rural or urban.",
                           run->path, rest);
        }
        c->part = (enum rh_value_part)part;
    }
    return RH_OK;
}

/* A number, or an empty cell where there is none. */
static rh_status
put_number(rh_grid *grid, uint32_t row, uint32_t column, double x, rh_err *err)
{
    return isnan(x) ? RH_OK : rh_grid_put(grid, row, column, rh_text_exact(x).text, err);
}

static rh_status
put_code(rh_grid *grid, uint32_t row, uint32_t column, uint32_t code, rh_err *err)
{
    char text[16];
    snprintf(text, sizeof text, "%u", code);
    return rh_grid_put(grid, row, column, text, err);
}

/* The columns in front of the indicators, by number from 1. */
enum { CODE = 1, NAME, YEAR, PARENT, ABOVE };

/* Headers of the columns that describe the places. *width receives their number. */
static rh_status
put_headers(const choice *chosen, rh_grid *grid, uint32_t *width, rh_err *err)
{
    RH_TRY(rh_grid_put(grid, 1, CODE, "code", err));
    RH_TRY(rh_grid_put(grid, 1, NAME, "name", err));
    RH_TRY(rh_grid_put(grid, 1, YEAR, "year", err));
    RH_TRY(rh_grid_put(grid, 1, PARENT, "parent", err));
    uint32_t c = PARENT;
    for (int above = RH_PROVINCE; above < (int)chosen->level; above++) {
        RH_TRY(rh_grid_put(grid, 1, ++c, rh_level_name((enum rh_value_level)above), err));
    }
    RH_TRY(rh_grid_put(grid, 1, ++c, "lon", err));
    RH_TRY(rh_grid_put(grid, 1, ++c, "lat", err));
    *width = c;
    return RH_OK;
}

/* The places in rows from `row` on. */
static rh_status
put_places(const rh_run *run, enum rh_value_level level, int year, uint32_t row, uint32_t width,
           rh_grid *grid, rh_err *err)
{
    for (uint32_t i = 0; i < run->n_places[level]; i++, row++) {
        const rh_run_place *place = &run->place[level][i], *up = place;
        RH_TRY(put_code(grid, row, CODE, place->code, err));
        RH_TRY(rh_grid_put(grid, row, NAME, place->name, err));
        RH_TRY(put_code(grid, row, YEAR, (uint32_t)year, err));
        RH_TRY(put_code(grid, row, PARENT, place->parent, err));
        for (int above = (int)level - 1; above >= (int)RH_PROVINCE; above--) {
            enum rh_value_level l = (enum rh_value_level)above;
            uint32_t found = rh_run_find_place(run, l, up->parent);
            if (found == UINT32_MAX) {
                break;
            }
            up = &run->place[l][found];
            RH_TRY(
                rh_grid_put(grid, row, ABOVE + (uint32_t)(above - RH_PROVINCE), up->name, err));
        }
        RH_TRY(put_number(grid, row, width - 1, place->lon, err));
        RH_TRY(put_number(grid, row, width, place->lat, err));
    }
    return RH_OK;
}

/* The indicators of one year in rows from `row` on. */
static rh_status
put_indicators(const rh_run *run, const choice *chosen, int year, uint32_t row, uint32_t first,
               double *values, rh_grid *grid, rh_err *err)
{
    for (int k = 0; k < run->n_indicators; k++) {
        const rh_run_indicator *indicator = &run->indicator[k];
        uint32_t column = first + (uint32_t)k;
        RH_TRY(rh_run_column(run, year, chosen->level, indicator, chosen->part, values, err));
        if (year == run->year[chosen->first]) { /* headers stand once */
            RH_TRY(rh_grid_put(grid, 1, column, indicator->id, err));
        }
        for (uint32_t i = 0; i < run->n_places[chosen->level]; i++) {
            RH_TRY(put_number(grid, row + i, column, values[i], err));
        }
    }
    return RH_OK;
}

static rh_status
put_years(const rh_run *run, const choice *chosen, double *values, rh_grid *grid, rh_err *err)
{
    uint32_t width, row = 2;
    RH_TRY(put_headers(chosen, grid, &width, err));
    for (int y = chosen->first; y <= chosen->last; y++) {
        RH_TRY(put_places(run, chosen->level, run->year[y], row, width, grid, err));
        RH_TRY(put_indicators(run, chosen, run->year[y], row, width + 1, values, grid, err));
        row += run->n_places[chosen->level];
    }
    return RH_OK;
}

static rh_status
read_run(const rh_run *run, const char *part, rh_grid *grid, rh_csv **out, rh_err *err)
{
    choice chosen = {0};
    double *values;
    char name[1200], years[16] = "*";
    RH_TRY(choose(run, part, &chosen, err));
    if (chosen.first == chosen.last) {
        snprintf(years, sizeof years, "%d", run->year[chosen.last]);
    }
    snprintf(name, sizeof name, "%.1000s[%s:%s:%s]", run->path, rh_level_name(chosen.level),
             years, rh_part_name(chosen.part));
    RH_NEW(values, (size_t)run->n_places[chosen.level] + 1, err);
    rh_status status = put_years(run, &chosen, values, grid, err);
    rh_free(values);
    RH_TRY(status);
    RH_TRY(rh_grid_sort(grid, name, err));
    return rh_grid_table(grid, name, 1, out, err);
}

rh_status
rh_run_table_open(const char *path, const char *part, rh_csv **out, rh_err *err)
{
    rh_run *run;
    rh_grid grid = {0};
    RH_TRY(rh_run_open(path, &run, err));
    rh_status status = read_run(run, part, &grid, out, err);
    rh_grid_release(&grid);
    rh_run_free(run);
    return status;
}
