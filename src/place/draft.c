/* A region in the making: see draft.h. */
#include "place/draft.h"

#include "core/mem.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

rh_status
rh_draft_new(rh_draft **out, rh_err *err)
{
    *out = NULL;
    rh_draft *draft;
    RH_NEW(draft, 1, err);
    draft->region = rh_alloc(1, sizeof *draft->region);
    if (draft->region == NULL) {
        rh_free(draft);
        return rh_fail(err, RH_MEMORY, "Not enough memory for a region.");
    }
    *out = draft;
    return RH_OK;
}

void
rh_draft_free(rh_draft *draft)
{
    if (draft == NULL) {
        return;
    }
    rh_region_free(draft->region);
    rh_free(draft->county);
    rh_free(draft->town);
    rh_free(draft->text);
    rh_free(draft->notes);
    rh_free(draft->pair);
    rh_free(draft);
}

/* Room for `more` further bytes. */
static rh_status
grow(char **bytes, size_t size, size_t *space, size_t more, rh_err *err)
{
    if (size + more <= *space) {
        return RH_OK;
    }
    size_t wanted = 2 * (size + more) + 4096;
    char *bigger = rh_resize(*bytes, wanted, 1);
    if (bigger == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for %zu bytes of text.", wanted);
    }
    *bytes = bigger;
    *space = wanted;
    return RH_OK;
}

rh_status
rh_draft_keep(rh_draft *draft, const char *name, uint32_t *offset, rh_err *err)
{
    size_t size = strlen(name) + 1;
    RH_TRY(grow(&draft->text, draft->text_size, &draft->text_space, size, err));
    memcpy(draft->text + draft->text_size, name, size);
    *offset = (uint32_t)draft->text_size;
    draft->text_size += size;
    return RH_OK;
}

rh_status
rh_draft_note(rh_draft *draft, rh_err *err, const char *format, ...)
{
    char line[1000];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    size_t size = length < 0                     ? 0
                  : (size_t)length < sizeof line ? (size_t)length
                                                 : sizeof line - 1;
    RH_TRY(grow(&draft->notes, draft->notes_size, &draft->notes_space, size + 2, err));
    memcpy(draft->notes + draft->notes_size, line, size);
    draft->notes_size += size;
    draft->notes[draft->notes_size++] = '\n';
    draft->notes[draft->notes_size] = '\0';
    return RH_OK;
}

/* The county columns: X(field, entries that mean "unknown" are NAN). */
#define COLUMN_LIST(X)                                                                         \
    X(district, false)                                                                         \
    X(area_km2, true)                                                                          \
    X(gdp_per_head_yuan, true)                                                                 \
    X(registered, false)                                                                       \
    X(urban_hukou_share, true)                                                                 \
    X(households, false)                                                                       \
    X(household_persons, false)                                                                \
    X(household_kind, true)                                                                    \
    X(birth_rate, true)                                                                        \
    X(death_rate, true)                                                                        \
    X(education, true)                                                                         \
    X(marital, true)                                                                           \
    X(work, true)                                                                              \
    X(mean_children, true)

static void
fill_nan(void *p, size_t bytes)
{
    const double unknown = (double)NAN;
    for (size_t i = 0; i + sizeof unknown <= bytes; i += sizeof unknown) {
        memcpy((char *)p + i, &unknown, sizeof unknown);
    }
}

rh_status
rh_draft_columns(rh_draft *draft, rh_err *err)
{
    rh_county_columns *column = &draft->region->column;
    const size_t n = draft->n_counties;
#define X(field, real)                                                                         \
    RH_NEW(column->field, n, err);                                                             \
    if (real) {                                                                                \
        fill_nan(column->field, n * sizeof *column->field);                                    \
    }
    COLUMN_LIST(X)
#undef X
    return RH_OK;
}

static bool
chosen(const int *provinces, uint64_t code)
{
    for (const int *p = provinces; *p != 0; p++) {
        if ((uint64_t)*p == code / 10000) {
            return true;
        }
    }
    return false;
}

static rh_status
check_choice(const rh_draft *draft, const int *provinces, rh_err *err)
{
    for (const int *p = provinces; *p != 0; p++) {
        bool found = false;
        for (uint32_t i = 0; i < draft->n_counties && !found; i++) {
            found = draft->county[i].code / 10000 == (uint64_t)*p;
        }
        if (!found) {
            return rh_fail(err, RH_INPUT, "The tables have no province %d.", *p);
        }
    }
    return RH_OK;
}

/* Move the kept counties to the front; `from[i]` is the old index of county i. */
static void
keep_counties(rh_draft *draft, const bool *keep, uint64_t *link, uint32_t *from)
{
    rh_county_columns *column = &draft->region->column;
    uint32_t n = 0;
    for (uint32_t i = 0; i < draft->n_counties; i++) {
        if (!keep[i]) {
            continue;
        }
        draft->county[n] = draft->county[i];
        if (link != NULL) {
            link[n] = link[i];
        }
        from[n] = i;
#define X(field, real) memcpy(&column->field[n], &column->field[i], sizeof column->field[n]);
        COLUMN_LIST(X)
#undef X
        n++;
    }
    draft->n_counties = n;
}

static rh_status
finish(rh_draft *draft, uint64_t *link, const int *provinces, bool *keep, uint32_t *from,
       rh_flow_fit **fit, rh_err *err)
{
    for (uint32_t i = 0; i < draft->n_counties; i++) {
        keep[i] = provinces == NULL || chosen(provinces, draft->county[i].code);
    }
    RH_TRY(rh_flows_fit(draft, keep, fit, err));
    keep_counties(draft, keep, link, from);
    RH_TRY(rh_skeleton_assign(draft, link, err));
    RH_TRY(rh_town_sizes(draft, err));
    RH_TRY(rh_cells_build(draft, err));
    RH_TRY(rh_leaves_build(draft, err));
    RH_TRY(rh_flows_build(draft, *fit, from, err));
    RH_TRY(rh_levels_build(draft, err));
    return rh_region_verify(draft->region, err);
}

rh_status
rh_draft_finish(rh_draft *draft, const uint64_t *link, const int *provinces, rh_region **out,
                rh_err *err)
{
    if (provinces != NULL) {
        RH_TRY(check_choice(draft, provinces, err));
    }
    const size_t n = draft->n_counties;
    bool *keep = rh_alloc(n, sizeof *keep);
    uint64_t *own_link = rh_alloc(n, sizeof *own_link);
    uint32_t *from = rh_alloc(n, sizeof *from);
    rh_flow_fit *fit = NULL;
    rh_status st;
    if (keep == NULL || own_link == NULL || from == NULL) {
        st = rh_fail(err, RH_MEMORY, "Not enough memory for %zu counties.", n);
    } else {
        for (size_t i = 0; i < n && link != NULL; i++) {
            own_link[i] = link[i];
        }
        st = finish(draft, link != NULL ? own_link : NULL, provinces, keep, from, &fit, err);
    }
    rh_flows_free(fit);
    rh_free(keep);
    rh_free(own_link);
    rh_free(from);
    if (st == RH_OK) {
        *out = draft->region;
        draft->region = NULL;
    }
    return st;
}
