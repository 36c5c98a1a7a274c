/* The township skeleton: which townships belong to which county.
 *
 * The skeleton is of a later year than the census. A county takes the townships of its
 * successors (data/china/county_successor.csv: renamed 县→区, merged districts, codes that
 * changed hands); else those of its own code; else those of the code it is linked to (same name
 * later). Counties that share one skeleton county divide its townships in the order of the
 * codes, in proportion to their population: names are real, the border between the sharers is
 * approximate.
 *
 * K1 a township is given once.
 * K2 every county has a township, and two when it has migrants inside it; what is missing is
 *    made (name "某县·1", code county × 1000 + 901 …) and noted. */
#include "place/draft.h"

#include "core/mem.h"
#include "place/rounding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MADE_PERSONS = 40000,
    MADE_MOST = 40
}; /* a made township stands for about so many persons */

static int
by_county_and_code(const void *a, const void *b)
{
    const rh_draft_town *x = a, *y = b;
    if (x->county_code != y->county_code) {
        return x->county_code < y->county_code ? -1 : 1;
    }
    return x->code < y->code ? -1 : x->code > y->code;
}

static int
kind_of(const char *word)
{
    static const char *const name[4] = {"street", "town", "township", "other"};
    for (int k = 0; k < 4; k++) {
        if (strcmp(word, name[k]) == 0) {
            return k;
        }
    }
    return -1;
}

static rh_status
read_rows(rh_draft *draft, rh_csv *csv, rh_err *err)
{
    int code = rh_csv_need(csv, "code"), name = rh_csv_need(csv, "name");
    int kind = rh_csv_need(csv, "kind"), county = rh_csv_need(csv, "county_code");
    int rc = rh_csv_need(csv, "n_resident_committees"),
        vc = rh_csv_need(csv, "n_village_committees");
    if (code < 0 || name < 0 || kind < 0 || county < 0 || rc < 0 || vc < 0) {
        return rh_csv_finish(csv, err);
    }
    draft->n_towns = rh_csv_rows(csv);
    RH_NEW(draft->town, draft->n_towns, err);
    for (uint32_t r = 0; r < draft->n_towns; r++) {
        rh_draft_town *town = &draft->town[r];
        town->code = rh_csv_count(csv, r, code);
        town->county_code = rh_csv_count(csv, r, county);
        town->resident_committees = (uint32_t)rh_csv_count(csv, r, rc);
        town->village_committees = (uint32_t)rh_csv_count(csv, r, vc);
        int k = kind_of(rh_csv_text(csv, r, kind));
        if (k < 0) {
            rh_csv_problem(csv, r, kind,
                           "\"%s\" is not a kind of township (street, town, township, other).",
                           rh_csv_text(csv, r, kind));
            k = RH_OTHER_UNIT;
        }
        town->kind = (uint8_t)k;
        if (town->code < 100000000 || town->code > 999999999) {
            rh_csv_problem(csv, r, code, "a township code has nine digits.");
        }
        RH_TRY(rh_draft_keep(draft, rh_csv_text(csv, r, name), &town->name, err));
    }
    RH_TRY(rh_csv_finish(csv, err));
    qsort(draft->town, draft->n_towns, sizeof *draft->town, by_county_and_code);
    for (uint32_t t = 1; t < draft->n_towns; t++) {
        if (draft->town[t].code == draft->town[t - 1].code) {
            return rh_fail(err, RH_INPUT,
                           "The township code %llu (%s) occurs twice in the skeleton.",
                           (unsigned long long)draft->town[t].code,
                           rh_draft_name(draft, draft->town[t].name));
        }
    }
    return RH_OK;
}

rh_status
rh_skeleton_read(rh_draft *draft, const char *path, rh_err *err)
{
    rh_csv *csv;
    RH_TRY(rh_csv_open(path, &csv, err));
    rh_status st = read_rows(draft, csv, err);
    rh_csv_free(csv);
    return st;
}

/* A county that takes townships of a skeleton county. */
typedef struct claim {
    uint64_t skeleton;
    uint32_t county;
} claim;

static int
by_skeleton_and_county(const void *a, const void *b)
{
    const claim *x = a, *y = b;
    if (x->skeleton != y->skeleton) {
        return x->skeleton < y->skeleton ? -1 : 1;
    }
    return x->county < y->county ? -1 : x->county > y->county;
}

/* First township of a skeleton county, or n_towns. */
static uint32_t
first_of(const rh_draft *draft, uint64_t county_code)
{
    uint32_t low = 0, high = draft->n_towns;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (draft->town[middle].county_code < county_code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < draft->n_towns && draft->town[low].county_code == county_code ? low
                                                                               : draft->n_towns;
}

static uint32_t
size_of(const rh_draft *draft, uint64_t county_code)
{
    uint32_t first = first_of(draft, county_code), last = first;
    while (last < draft->n_towns && draft->town[last].county_code == county_code) {
        last++;
    }
    return last - first;
}

/* Claims of all counties, sorted. `successor` has columns code_2010, code_2023. */
static rh_status
collect_claims(const rh_draft *draft, const uint64_t *link, rh_csv *successor, claim **out,
               uint32_t *n_out, rh_err *err)
{
    int old = rh_csv_need(successor, "code_2010"), new = rh_csv_need(successor, "code_2023");
    RH_TRY(rh_csv_finish(successor, err));
    claim *list;
    RH_NEW(list, (size_t)draft->n_counties + rh_csv_rows(successor), err);
    uint32_t n = 0;
    for (uint32_t i = 0; i < draft->n_counties; i++) {
        const uint64_t code = draft->county[i].code;
        const uint32_t before = n;
        for (uint32_t r = 0; link != NULL && r < rh_csv_rows(successor); r++) {
            const uint64_t later = rh_csv_count(successor, r, new);
            if (rh_csv_count(successor, r, old) == code &&
                first_of(draft, later) < draft->n_towns) {
                list[n++] = (claim){later, i};
            }
        }
        if (n == before && first_of(draft, code) < draft->n_towns) {
            list[n++] = (claim){code, i};
        } else if (n == before && link != NULL && link[i] != 0 &&
                   first_of(draft, link[i]) < draft->n_towns) {
            list[n++] = (claim){link[i], i};
        }
    }
    qsort(list, n, sizeof *list, by_skeleton_and_county);
    *out = list;
    *n_out = n;
    return RH_OK;
}

/* Sharers of one skeleton county: owner[t] for its townships, in blocks along the codes. */
static rh_status
divide(rh_draft *draft, const claim *list, uint32_t n, uint32_t *owner, rh_err *err)
{
    enum { MOST = 16 };
    const uint32_t first = first_of(draft, list->skeleton),
                   size = size_of(draft, list->skeleton);
    uint32_t share[MOST], least = size >= 2 * n ? 2 : size >= n ? 1 : 0;
    double weight[MOST] = {0};
    if (n > MOST) {
        return rh_fail(err, RH_RANGE, "More than %d counties share the skeleton county %llu.",
                       MOST, (unsigned long long)list->skeleton);
    }
    for (uint32_t i = 0; i < n; i++) {
        weight[i] = draft->county[list[i].county].population;
    }
    RH_TRY(rh_round_share(n, weight, NULL, size - least * n, share, err));
    char text[800];
    size_t used = 0;
    for (uint32_t i = 0, t = first; i < n; i++) {
        for (uint32_t k = 0; k < share[i] + least; k++) {
            owner[t++] = list[i].county;
        }
        int length = snprintf(text + used, sizeof text - used, "%s%s %u", i > 0 ? ", " : "",
                              rh_draft_name(draft, draft->county[list[i].county].name),
                              share[i] + least);
        used += length > 0 && (size_t)length < sizeof text - used ? (size_t)length : 0;
    }
    return n < 2 ? RH_OK
                 : rh_draft_note(
                       draft, err,
                       "Skeleton: the townships of code %llu are shared in code order, by "
                       "population: %s.",
                       (unsigned long long)list->skeleton, text);
}

static uint32_t
made_needed(const rh_draft_county *c, uint32_t have)
{
    uint32_t need = c->class_n[RH_IN_COUNTY] > 0 ? 2 : 1;
    if (have == 0) {
        uint32_t fit = c->population / MADE_PERSONS;
        need = fit > MADE_MOST ? MADE_MOST : fit > need ? fit : need;
    }
    return need > have ? need - have : 0;
}

static rh_status
make_town(rh_draft *draft, const rh_draft_county *c, uint32_t k, rh_draft_town *town,
          rh_err *err)
{
    char name[400];
    snprintf(name, sizeof name, "%s·%u", rh_draft_name(draft, c->name), k + 1);
    town->code = town->county_code = 0;
    town->code = c->code * 1000 + 901 + k;
    town->county_code = c->code;
    town->kind = c->part[RH_URBAN] > c->part[RH_RURAL] ? RH_STREET
                 : k == 0                              ? RH_TOWN
                                                       : RH_TOWNSHIP;
    town->resident_committees = town->kind == RH_TOWNSHIP ? 1 : 8;
    town->village_committees = town->kind == RH_STREET ? 0 : 10;
    return rh_draft_keep(draft, name, &town->name, err);
}

static int
by_code(const void *a, const void *b)
{
    const rh_draft_town *x = a, *y = b;
    return x->code < y->code ? -1 : x->code > y->code;
}

/* Townships in county order; owner[t] is UINT32_MAX for those nobody takes. */
static rh_status
gather(rh_draft *draft, const uint32_t *owner, uint32_t *start, rh_err *err)
{
    const uint32_t n = draft->n_counties;
    for (uint32_t t = 0; t < draft->n_towns; t++) {
        if (owner[t] != UINT32_MAX) {
            draft->county[owner[t]].n_towns++;
        }
    }
    uint32_t total = 0, made = 0;
    for (uint32_t i = 0; i < n; i++) {
        rh_draft_county *c = &draft->county[i];
        c->first_town = start[i] = total;
        total += c->n_towns + made_needed(c, c->n_towns);
    }
    rh_draft_town *town;
    RH_NEW(town, total, err);
    for (uint32_t t = 0; t < draft->n_towns; t++) {
        if (owner[t] != UINT32_MAX) {
            town[start[owner[t]]++] = draft->town[t];
        }
    }
    rh_free(draft->town);
    draft->town = town;
    draft->n_towns = total;
    for (uint32_t i = 0; i < n; i++) {
        rh_draft_county *c = &draft->county[i];
        const uint32_t more = made_needed(c, c->n_towns);
        for (uint32_t k = 0; k < more; k++) {
            RH_TRY(make_town(draft, c, k, &town[start[i]++], err));
        }
        if (more > 0) {
            RH_TRY(rh_draft_note(
                draft, err, "Skeleton: %s (%llu) has %u townships in the skeleton; %u made.",
                rh_draft_name(draft, c->name), (unsigned long long)c->code, c->n_towns, more));
        }
        made += more;
        c->n_towns += more;
        qsort(town + c->first_town, c->n_towns, sizeof *town, by_code);
    }
    return rh_draft_note(
        draft, err, "Skeleton: %u townships, of which %u are made (synthetic).", total, made);
}

static rh_status
assign(rh_draft *draft, const claim *list, uint32_t n_claims, uint32_t *owner, uint32_t *start,
       rh_err *err)
{
    memset(owner, 0xff, draft->n_towns * sizeof *owner);
    uint32_t kinds[3] = {0};
    for (uint32_t i = 0, n; i < n_claims; i += n) {
        for (n = 1; i + n < n_claims && list[i + n].skeleton == list[i].skeleton; n++) {
        }
        RH_TRY(divide(draft, list + i, n, owner, err));
    }
    for (uint32_t i = 0; i < n_claims; i++) {
        kinds[list[i].skeleton == draft->county[list[i].county].code ? 0 : 1]++;
    }
    uint32_t unused = 0;
    for (uint32_t t = 0; t < draft->n_towns; t++) {
        unused += owner[t] == UINT32_MAX;
    }
    RH_TRY(rh_draft_note(
        draft, err,
        "Skeleton: %u counties by their own code, %u by a later code; %u townships of the "
        "skeleton (newer districts and zones, or outside the region) are not used.",
        kinds[0], kinds[1], unused));
    return gather(draft, owner, start, err);
}

rh_status
rh_skeleton_assign(rh_draft *draft, const uint64_t *link, rh_err *err)
{
    rh_csv *successor;
    RH_TRY(rh_prior_open(NULL, "county_successor.csv", &successor, err));
    claim *list = NULL;
    uint32_t n = 0;
    rh_status st = collect_claims(draft, link, successor, &list, &n, err);
    rh_csv_free(successor);
    uint32_t *owner = rh_alloc(draft->n_towns, sizeof *owner);
    uint32_t *start = rh_alloc(draft->n_counties, sizeof *start);
    if (st == RH_OK && (owner == NULL || start == NULL)) {
        st = rh_fail(err, RH_MEMORY, "Not enough memory for %u townships.", draft->n_towns);
    }
    if (st == RH_OK) {
        st = assign(draft, list, n, owner, start, err);
    }
    rh_free(owner);
    rh_free(start);
    rh_free(list);
    return st;
}
