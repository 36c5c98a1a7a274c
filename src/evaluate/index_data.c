/* Reading the table of an index: see index_data.h. */
#include "evaluate/index_data.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int
by_number(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static rh_status
read_years(const rh_index_framework *f, rh_csv *table, rh_index_data *d, rh_err *err)
{
    /* A table of one year serves as well, unless bounds are to come from a year. */
    if (f->year == NULL || (rh_csv_find(table, f->year) < 0 && f->bounds == RH_BOUNDS_PANEL)) {
        return RH_OK;
    }
    int column = rh_csv_need(table, f->year);
    RH_NEW(d->year, (size_t)d->n + 1, err);
    RH_NEW(d->years, (size_t)d->n + 1, err);
    for (uint32_t i = 0; i < d->n; i++) {
        d->year[i] = d->years[i] = (int)rh_csv_count(table, i, column);
    }
    qsort(d->years, d->n, sizeof *d->years, by_number);
    for (uint32_t i = 0; i < d->n; i++) {
        if (i == 0 || d->years[i] != d->years[d->n_years - 1]) {
            d->years[d->n_years++] = d->years[i];
        }
    }
    return RH_OK;
}

/* Units without a group keep none. */
static rh_status
read_groups(const rh_index_framework *f, rh_csv *table, rh_index_data *d, rh_err *err)
{
    enum rh_missing_fill fill = f->missing.method;
    bool needed = fill == RH_FILL_GROUP_MEAN || fill == RH_FILL_GROUP_MEDIAN;
    if (f->group == NULL || (!needed && rh_csv_find(table, f->group) < 0)) {
        return RH_OK;
    }
    int column = rh_csv_need(table, f->group);
    const char **name;
    RH_NEW(d->group, (size_t)d->n + 1, err);
    RH_NEW(name, (size_t)d->n + 1, err);
    for (uint32_t i = 0; i < d->n; i++) {
        const char *text = column >= 0 ? rh_csv_text(table, i, column) : "";
        uint32_t g = 0;
        while (g < d->n_groups && strcmp(name[g], text) != 0) {
            g++;
        }
        if (text[0] != '\0' && g == d->n_groups) {
            name[d->n_groups++] = text;
        }
        d->group[i] = text[0] != '\0' ? g : RH_NO_GROUP;
    }
    rh_free(name);
    return RH_OK;
}

static void
read_column(const rh_index_node *node, rh_csv *table, rh_index_data *d, uint32_t j)
{
    int column = rh_csv_need(table, node->column),
        per = node->per != NULL ? rh_csv_need(table, node->per) : -1;
    uint32_t present = 0;
    for (uint32_t i = 0; i < d->n && column >= 0; i++) {
        size_t at = (size_t)j * d->n + i;
        double x = rh_csv_number(table, i, column);
        double by = per >= 0 ? rh_csv_number(table, i, per) : 1;
        if (by == 0) {
            rh_csv_problem(table, i, per, "0 cannot divide %s", node->column);
        }
        d->raw[at] = x;
        d->per[at] = by;
        d->x[at] = x / by * node->times;
        present += isnan(d->x[at]) ? 0 : 1;
    }
    if (column >= 0 && present == 0 && d->n > 0) {
        rh_csv_problem(table, 0, column, "no row has a value: leave %s out of the framework",
                       node->id);
    }
}

static rh_status
read_table(const rh_index_framework *f, rh_csv *table, rh_index_data *d, rh_err *err)
{
    size_t cells = (size_t)d->n * d->m + 1;
    RH_NEW(d->label, (size_t)d->n + 1, err);
    RH_NEW(d->line, (size_t)d->n + 1, err);
    RH_NEW(d->raw, cells, err);
    RH_NEW(d->x, cells, err);
    RH_NEW(d->per, cells, err);
    if (f->unit != NULL) {
        (void)rh_csv_need(table, f->unit); /* of the missing columns it is told first */
    }
    RH_TRY(read_years(f, table, d, err));
    RH_TRY(read_groups(f, table, d, err));
    int year = d->year != NULL ? rh_csv_find(table, f->year) : -1;
    RH_TRY(rh_table_ids_by_year(table, f->unit, year, &d->unit, err)); /* D1 */
    int label = f->label != NULL ? rh_csv_find(table, f->label) : -1;
    for (uint32_t i = 0; i < d->n; i++) {
        d->label[i] = label >= 0 ? rh_csv_text(table, i, label) : d->unit[i];
        d->line[i] = rh_csv_line(table, i);
    }
    for (uint32_t j = 0; j < d->m; j++) {
        read_column(&f->node[j], table, d, j);
    }
    RH_TRY(rh_csv_finish(table, err));
    if (d->n < 2) {
        return rh_fail(err, RH_INPUT, "%s: an index needs at least two units; there %s %u.",
                       d->file, d->n == 1 ? "is" : "are", d->n);
    }
    return RH_OK;
}

rh_status
rh_index_data_read(const rh_index_framework *framework, const char *file, rh_csv *table,
                   rh_index_data **out, rh_err *err)
{
    rh_index_data *d;
    *out = NULL;
    RH_NEW(d, 1, err);
    d->file = file;
    d->n = rh_csv_rows(table);
    d->m = framework->n_leaves;
    rh_status status = read_table(framework, table, d, err);
    if (status != RH_OK) {
        rh_index_data_free(d);
        return status;
    }
    *out = d;
    return RH_OK;
}

void
rh_index_data_free(rh_index_data *d)
{
    if (d != NULL) {
        rh_free(d->unit);
        rh_free(d->label);
        rh_free(d->line);
        rh_free(d->raw);
        rh_free(d->x);
        rh_free(d->per);
        rh_free(d->group);
        rh_free(d->year);
        rh_free(d->years);
        rh_free(d);
    }
}
