/* Township populations of 2000 (townships_2000_12prov.csv, optional) as a guide to how sizes
 * differ inside a county.
 *
 * Townships are recognised by province (first two characters), county and own name, the last
 * two without their suffixes (县 市 区 旗; 街道 镇 乡 …); names that occur twice in a county
 * are left alone.
 *
 * Z1 only the relation between recognised townships of a county changes: the sum of their
 *    weights stays. */
#include "place/draft.h"

#include "core/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY = 200, CHARACTER = 3 /* bytes of one 汉字 in UTF-8 */, LEAST = 3 };

typedef struct old_town {
    char key[KEY];
    double persons;
} old_town;

static size_t
without_suffix(const char *name, const char *const *suffix)
{
    const size_t size = strlen(name);
    for (; *suffix != NULL; suffix++) {
        const size_t cut = strlen(*suffix);
        if (size >= cut + 2 * CHARACTER && strcmp(name + size - cut, *suffix) == 0) {
            return size - cut;
        }
    }
    return size;
}

static void
make_key(const char *province, const char *county, const char *town, char key[KEY])
{
    static const char *const of_county[] = {"县", "市", "区", "旗", NULL};
    static const char *const of_town[] = {"街道办事处", "地区办事处", "办事处", "街道",
                                          "地区",       "镇",         "乡",     NULL};
    snprintf(key, KEY, "%.*s|%.*s|%.*s", 2 * CHARACTER, province,
             (int)without_suffix(county, of_county), county, (int)without_suffix(town, of_town),
             town);
}

static int
by_key(const void *a, const void *b)
{
    const old_town *x = a, *y = b;
    return strcmp(x->key, y->key);
}

/* Persons of the township in 2000, or 0 when it is not there or not alone. */
static double
find(const old_town *list, uint32_t n, const char *key)
{
    uint32_t low = 0, high = n;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (strcmp(list[middle].key, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const bool here = low < n && strcmp(list[low].key, key) == 0;
    const bool twice = low + 1 < n && strcmp(list[low + 1].key, key) == 0;
    return here && !twice ? list[low].persons : 0;
}

/* What the committees alone say of a township's size. */
static double
committee_size(const rh_draft *draft, const rh_draft_town *town)
{
    const double(*per)[2] = draft->prior.town_weight[town->kind];
    return (per[RH_URBAN][0] + per[RH_RURAL][0]) * town->resident_committees +
           (per[RH_URBAN][1] + per[RH_RURAL][1]) * town->village_committees;
}

static uint32_t
guide_county(rh_draft *draft, const rh_draft_county *c, const old_town *list, uint32_t n)
{
    double old_sum = 0, new_sum = 0, kept = 0, guided = 0;
    uint32_t found = 0;
    for (int pass = 0; pass < 3; pass++) {
        for (uint32_t t = c->first_town; t < c->first_town + c->n_towns; t++) {
            rh_draft_town *town = &draft->town[t];
            char key[KEY];
            make_key(rh_draft_name(draft, c->province), rh_draft_name(draft, c->name),
                     rh_draft_name(draft, town->name), key);
            const double old = find(list, n, key), size = committee_size(draft, town);
            if (!(old > 0) || !(size > 0)) {
                continue;
            }
            if (pass == 0) {
                old_sum += old;
                new_sum += size;
                found++;
            } else if (pass == 1 && found >= LEAST) {
                town->size_factor =
                    pow(old / old_sum * new_sum / size, draft->prior.township_2000_weight);
                kept += size;
                guided += size * town->size_factor;
            } else if (pass == 2 && found >= LEAST) {
                town->size_factor *= kept / guided;
            }
        }
    }
    return found >= LEAST ? found : 0;
}

static rh_status
read_list(rh_csv *csv, old_town *list, rh_err *err)
{
    int prov = rh_csv_need(csv, "prov"), parent = rh_csv_need(csv, "parent");
    int name = rh_csv_need(csv, "name"), pop = rh_csv_need(csv, "pop");
    for (uint32_t r = 0; prov >= 0 && parent >= 0 && name >= 0 && r < rh_csv_rows(csv); r++) {
        make_key(rh_csv_text(csv, r, prov), rh_csv_text(csv, r, parent),
                 rh_csv_text(csv, r, name), list[r].key);
        list[r].persons = (double)rh_csv_count(csv, r, pop);
    }
    RH_TRY(rh_csv_finish(csv, err));
    qsort(list, rh_csv_rows(csv), sizeof *list, by_key);
    return RH_OK;
}

static rh_status
guide(rh_draft *draft, rh_csv *csv, rh_err *err)
{
    old_town *list;
    RH_NEW(list, rh_csv_rows(csv), err);
    rh_status st = read_list(csv, list, err);
    uint32_t guided = 0;
    for (uint32_t i = 0; i < draft->n_counties && st == RH_OK; i++) {
        guided += guide_county(draft, &draft->county[i], list, rh_csv_rows(csv));
    }
    rh_free(list);
    RH_TRY(st);
    return rh_draft_note(
        draft, err,
        "townships_2000_12prov.csv: %u of %u townships recognised; their sizes inside the "
        "county follow 2000.",
        guided, draft->n_towns);
}

rh_status
rh_town_sizes(rh_draft *draft, rh_err *err)
{
    for (uint32_t t = 0; t < draft->n_towns; t++) {
        draft->town[t].size_factor = 1;
    }
    if (draft->old_towns_path[0] == '\0' || access(draft->old_towns_path, F_OK) != 0) {
        return RH_OK;
    }
    rh_csv *csv;
    RH_TRY(rh_csv_open(draft->old_towns_path, &csv, err));
    rh_status st = guide(draft, csv, err);
    rh_csv_free(csv);
    return st;
}
