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
    int year;
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
    *c = (choice){run->finest, run->year[run->n_years - 1], RH_WHOLE};
    if (text == NULL) {
        return RH_OK;
    }
    const char *rest = next_word(text, word);
    int level = rh_level_find(word);
    if (level < 0 || level > (int)run->finest) {
        return rh_fail(err, RH_INPUT,
                       "%s has no level \"%s\"; choose LEVEL, LEVEL:YEAR or LEVEL:YEAR:PART "
                       "with a level from nation to %s.",
                       run->path, word, rh_level_name(run->finest));
    }
    c->level = (enum rh_value_level)level;
    if (rest != NULL) {
        bool found = false;
        rest = next_word(rest, word);
        for (int y = 0; y < run->n_years; y++) {
            char year[16];
            snprintf(year, sizeof year, "%d", run->year[y]);
            if (strcmp(year, word) == 0) {
                found = true;
                c->year = run->year[y];
            }
        }
        if (!found) {
            return rh_fail(err, RH_INPUT, "%s has no year \"%s\"; it holds %d to %d.",
                           run->path, word, run->year[0], run->year[run->n_years - 1]);
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

/* Columns that describe the places: headers and rows. *width receives their number. */
static rh_status
put_places(const rh_run *run, enum rh_value_level level, rh_grid *grid, uint32_t *width,
           rh_err *err)
{
    uint32_t c = 0;
    RH_TRY(rh_grid_put(grid, 1, ++c, "code", err));
    RH_TRY(rh_grid_put(grid, 1, ++c, "name", err));
    RH_TRY(rh_grid_put(grid, 1, ++c, "parent", err));
    for (int above = RH_PROVINCE; above < (int)level; above++) {
        RH_TRY(rh_grid_put(grid, 1, ++c, rh_level_name((enum rh_value_level)above), err));
    }
    RH_TRY(rh_grid_put(grid, 1, ++c, "lon", err));
    RH_TRY(rh_grid_put(grid, 1, ++c, "lat", err));
    *width = c;
    for (uint32_t i = 0; i < run->n_places[level]; i++) {
        const rh_run_place *place = &run->place[level][i], *up = place;
        RH_TRY(put_code(grid, i + 2, 1, place->code, err));
        RH_TRY(rh_grid_put(grid, i + 2, 2, place->name, err));
        RH_TRY(put_code(grid, i + 2, 3, place->parent, err));
        for (int above = (int)level - 1; above >= (int)RH_PROVINCE; above--) {
            enum rh_value_level l = (enum rh_value_level)above;
            uint32_t found = rh_run_find_place(run, l, up->parent);
            if (found == UINT32_MAX) {
                break;
            }
            up = &run->place[l][found];
            RH_TRY(rh_grid_put(grid, i + 2, 3 + (uint32_t)(above - RH_PROVINCE) + 1, up->name,
                               err));
        }
        RH_TRY(put_number(grid, i + 2, c - 1, place->lon, err));
        RH_TRY(put_number(grid, i + 2, c, place->lat, err));
    }
    return RH_OK;
}

static rh_status
put_indicators(const rh_run *run, const choice *chosen, uint32_t first, double *values,
               rh_grid *grid, rh_err *err)
{
    for (int k = 0; k < run->n_indicators; k++) {
        const rh_run_indicator *indicator = &run->indicator[k];
        uint32_t column = first + (uint32_t)k;
        RH_TRY(rh_run_column(run, chosen->year, chosen->level, indicator, chosen->part, values,
                             err));
        RH_TRY(rh_grid_put(grid, 1, column, indicator->id, err));
        for (uint32_t i = 0; i < run->n_places[chosen->level]; i++) {
            RH_TRY(put_number(grid, i + 2, column, values[i], err));
        }
    }
    return RH_OK;
}

static rh_status
read_run(const rh_run *run, const char *part, rh_grid *grid, rh_csv **out, rh_err *err)
{
    choice chosen = {0};
    uint32_t width;
    double *values;
    char name[1200];
    RH_TRY(choose(run, part, &chosen, err));
    snprintf(name, sizeof name, "%.1000s[%s:%d:%s]", run->path, rh_level_name(chosen.level),
             chosen.year, rh_part_name(chosen.part));
    RH_TRY(put_places(run, chosen.level, grid, &width, err));
    RH_NEW(values, (size_t)run->n_places[chosen.level] + 1, err);
    rh_status status = put_indicators(run, &chosen, width + 1, values, grid, err);
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
