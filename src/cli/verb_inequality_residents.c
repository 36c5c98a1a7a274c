/* ronghe inequality residents: inequality among the residents of a run, from a snapshot. Residents are counted by group and value
 * as they stream by; the counts, exact integers, are then the weights of the values. */
#include "cli/inequality_input.h"

#include "core/mem.h"
#include "core/threads.h"
#include "io/region_file.h"
#include "run/snapshot.h"

#include <string.h>

static const rh_option options[] = {
    {"attribute", 'a', "NAME", false, RH_MSG_HELP_INEQUALITY_ATTRIBUTE},
    {"group", 'g', "NAMES", false, RH_MSG_HELP_INEQUALITY_RESIDENT_GROUP},
    {"cross", 0, NULL, false, RH_MSG_HELP_INEQUALITY_CROSS},
    {"from-age", 0, "AGE", false, RH_MSG_HELP_INEQUALITY_FROM_AGE},
    {"lorenz", 0, "N", false, RH_MSG_HELP_INEQUALITY_LORENZ},
    RH_ANSWER_OPTIONS,
    {0},
};

enum attribute { SCHOOLING, CHILDREN, AGE, INTEGRATION };
static const char *const attributes[] = {"schooling", "children", "age", "integration", NULL};
enum { VALUES = 128 }; /* all attributes are small integers */

enum place_group { PROVINCE, PREFECTURE, COUNTY, PART, HUKOU, SEX, MIGRANT };
static const char *const group_names[] = {"province", "prefecture", "county",  "part",
                                          "hukou",    "sex",        "migrant", NULL};

/* Years of schooling by highest level: six of primary, three each of junior and senior school, then three of college, four of
 * university and three of graduate school (Education Law of 1995, standard lengths); nobody's own years are known: assumption. */
static const unsigned schooling_years[RH_EDUCATION_COUNT] = {0, 6, 9, 12, 15, 16, 19};

typedef struct counting {
    const rh_region *region;
    enum attribute attribute;
    int from_age;
    unsigned n_levels;
    enum place_group level[RH_GROUP_LEVELS];
    uint32_t n_groups[RH_GROUP_LEVELS];
    uint64_t *count; /* cells × VALUES; a cell: groups of all levels, mixed radix */
    size_t cells;
} counting;

/* Never 0: cells are numbered by division. */
static uint32_t
groups_in(const rh_region *r, enum place_group g)
{
    uint32_t n = g == PROVINCE     ? r->province.n
                 : g == PREFECTURE ? r->prefecture.n
                 : g == COUNTY     ? r->county.n
                                   : 2;
    return n > 0 ? n : 1;
}

static const char *
group_label(const rh_region *r, enum place_group g, uint32_t i)
{
    static const char *const two[][2] = {[PART] = {"乡村 rural", "城镇 urban"},
                                         [HUKOU] = {"农业 rural hukou", "非农业 urban hukou"},
                                         [SEX] = {"男 male", "女 female"},
                                         [MIGRANT] = {"在户籍地 at home", "离开户籍地 away"}};
    return g == PROVINCE     ? r->province.name[i]
           : g == PREFECTURE ? r->prefecture.name[i]
           : g == COUNTY     ? r->county.name[i]
                             : two[g][i];
}

static uint32_t
group_of(const rh_region *r, enum place_group g, rh_person w)
{
    uint32_t leaf = rh_person_residence(w), county = r->town.parent[leaf / 2];
    switch (g) {
    case COUNTY:
        return county;
    case PREFECTURE:
        return r->county.parent[county];
    case PROVINCE:
        return r->prefecture.parent[r->county.parent[county]];
    case PART:
        return leaf & 1;
    case HUKOU:
        return rh_person_hukou(w);
    case SEX:
        return rh_person_sex(w);
    default:
        return rh_person_is_away(w);
    }
}

static unsigned
value_of(const counting *c, rh_person w, int age)
{
    switch (c->attribute) {
    case SCHOOLING:
        return schooling_years[rh_person_education(w)];
    case CHILDREN:
        return rh_person_children(w);
    case AGE:
        return age < VALUES - 1 ? (unsigned)age : VALUES - 1;
    default:
        return rh_person_integration(w);
    }
}

static rh_status
count_block(void *context, const rh_snapshot_about *about, uint32_t town, const rh_person *word,
            uint32_t count, rh_err *err)
{
    counting *c = context;
    const rh_region *r = c->region;
    for (uint32_t i = 0; i < count; i++) {
        rh_person w = word[i];
        int age = rh_person_age(w, about->year);
        if (rh_person_residence(w) >= 2 * r->town.n ||
            rh_person_education(w) >= RH_EDUCATION_COUNT) {
            return rh_fail(err, RH_INPUT,
                           "Resident %u of township %u of the snapshot is broken.", i + 1,
                           town);
        }
        if (age < c->from_age || (c->attribute == INTEGRATION && !rh_person_is_away(w))) {
            continue;
        }
        size_t cell = 0;
        for (unsigned l = 0; l < c->n_levels; l++) {
            cell = cell * c->n_groups[l] + group_of(r, c->level[l], w);
        }
        c->count[cell * VALUES + value_of(c, w, age)]++;
    }
    return RH_OK;
}

/* Rows of values and weights from the counts that are not 0. */
static rh_status
make_rows(const counting *c, double weight, rh_inequality_data *d, double **x, double **w,
          rh_err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < c->cells * VALUES; i++) {
        n += c->count[i] > 0;
    }
    RH_NEW(*x, n + 1, err);
    RH_NEW(*w, n + 1, err);
    for (unsigned l = 0; l < c->n_levels; l++) {
        rh_labels *labels = &d->level[l];
        *labels = (rh_labels){.column = group_names[c->level[l]], .n = c->n_groups[l]};
        RH_NEW(labels->group, n + 1, err);
        RH_NEW(labels->label, labels->n + 1UL, err);
        for (uint32_t g = 0; g < labels->n; g++) {
            labels->label[g] = group_label(c->region, c->level[l], g);
        }
    }
    for (size_t i = 0; i < c->cells * VALUES; i++) {
        if (c->count[i] == 0) {
            continue;
        }
        size_t cell = i / VALUES;
        for (unsigned l = c->n_levels; l-- > 0;) {
            size_t groups = c->n_groups[l] > 0 ? c->n_groups[l] : 1;
            d->level[l].group[d->n] = (uint32_t)(cell % groups);
            cell /= groups;
        }
        (*x)[d->n] = (double)(i % VALUES);
        (*w)[d->n++] = (double)c->count[i] * weight;
    }
    d->n_levels = c->n_levels;
    return RH_OK;
}

static rh_status
read_groups(const char *list, counting *c, rh_err *err)
{
    rh_list names;
    const size_t most = 4000000;
    rh_status status = RH_OK;
    RH_TRY(rh_list_split(list, RH_GROUP_LEVELS, &names, err));
    c->cells = 1;
    for (unsigned l = 0; l < names.n && status == RH_OK; l++) {
        int found = -1;
        for (int i = 0; group_names[i] != NULL; i++) {
            found = strcmp(group_names[i], names.name[l]) == 0 ? i : found;
        }
        if (found < 0) {
            status =
                rh_fail(err, RH_INPUT,
                        "Residents have no group \"%s\"; choose province, prefecture, county, "
                        "part, hukou, sex or migrant.",
                        names.name[l]);
            break;
        }
        c->level[c->n_levels] = (enum place_group)found;
        c->n_groups[c->n_levels] = groups_in(c->region, (enum place_group)found);
        c->cells *= c->n_groups[c->n_levels++];
        if (c->cells > most) {
            status = rh_fail(err, RH_INPUT, "The groups \"%s\" make more than %zu cells.", list,
                             most);
        }
    }
    rh_list_release(&names);
    return status;
}

static rh_status
fill(const rh_cli *cli, const rh_args *args, const counting *c, const rh_snapshot_about *about,
     rh_inequality_data *d, rh_answer *a, rh_err *err)
{
    const rh_verb *verb = &rh_verb_inequality_residents;
    double *x = NULL, *w = NULL;
    int64_t lorenz = 0;
    const char *column = attributes[c->attribute];
    rh_inequality_options o = {.measure = -1,
                               .n_alpha = 1,
                               .alpha = {2},
                               .n_epsilon = 1,
                               .epsilon = {0.5},
                               .counted = true,
                               .cross = rh_given(verb, args, "cross") != NULL,
                               .threads = rh_threads_available()};
    RH_TRY(rh_given_integer(cli, verb, args, "lorenz", 1, 100000, &lorenz));
    o.lorenz = (unsigned)lorenz;
    rh_status status = make_rows(c, about->weight, d, &x, &w, err);
    if (status == RH_OK && d->n == 0) {
        status = rh_fail(err, RH_INPUT, "No resident of the snapshot is asked for.");
    }
    if (status == RH_OK) {
        rh_inequality_data filled = *d; /* borrows this function's columns */
        filled.n_columns = 1;
        filled.column = &column;
        filled.x = &x;
        filled.weight = &w;
        status = rh_inequality_fill(a, &filled, &o, err);
        rh_answer_note(
            a,
            rh_answer_format(a, "%d 年末，%d 岁及以上；一个词代表 %g 位居民。", about->year,
                             c->from_age, about->weight),
            rh_answer_format(a,
                             "End of %d, residents of %d and above; each word stands for "
                             "%g of them.",
                             about->year, c->from_age, about->weight));
        if (c->attribute == SCHOOLING) {
            rh_answer_note(
                a,
                "受教育年限按标准学制折算（小学 6、初中 9、高中 12、大专 15、本科 16、研究生 "
                "19）：假设。",
                "Years of schooling are standard lengths (primary 6, junior 9, senior 12, "
                "college 15, bachelor 16, graduate 19): an assumption.");
        }
    }
    rh_free(x);
    rh_free(w);
    return status;
}

static rh_status
solve(const rh_cli *cli, const rh_args *args, rh_region *region, rh_answer *a, rh_err *err)
{
    const rh_verb *verb = &rh_verb_inequality_residents;
    counting c = {.region = region};
    rh_inequality_data d = {0};
    rh_snapshot_about about;
    int attribute = SCHOOLING;
    RH_TRY(rh_given_word(cli, verb, args, "attribute", attributes, &attribute));
    int64_t from_age = attribute == SCHOOLING ? 15 : 0;
    RH_TRY(rh_given_integer(cli, verb, args, "from-age", 0, 130, &from_age));
    c.attribute = (enum attribute)attribute;
    c.from_age = (int)from_age;
    RH_TRY(read_groups(rh_given(verb, args, "group"), &c, err));
    if (rh_given(verb, args, "cross") != NULL && c.n_levels != 2) {
        return rh_fail(err, RH_INPUT, "--cross needs two names in --group, not %u.",
                       c.n_levels);
    }
    RH_NEW(c.count, c.cells * VALUES, err);
    rh_status status = rh_snapshot_walk(args->file[0], region, count_block, &c, &about, err);
    if (status == RH_OK) {
        status = fill(cli, args, &c, &about, &d, a, err);
    }
    for (unsigned l = 0; l < RH_GROUP_LEVELS; l++) {
        rh_labels_release(&d.level[l]);
    }
    rh_free(c.count);
    return status;
}

static rh_status
act(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    rh_answer *answer = NULL;
    rh_region *region = NULL;
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = rh_region_read(args->file[1], &region, err);
    if (status == RH_OK) {
        status = solve(cli, args, region, answer, err);
    }
    rh_region_free(region);
    return rh_give_answer(cli, &rh_verb_inequality_residents, args, answer, status, err);
}

const rh_verb rh_verb_inequality_residents = {
    .name = "inequality residents",
    .files = "RUN.gpkg.snapshot REGION.gpkg",
    .least_files = 2,
    .most_files = 2,
    .summary = RH_MSG_VERB_INEQUALITY_RESIDENTS,
    .example = "ronghe inequality residents run.gpkg.snapshot china-2010.gpkg --group "
               "province,prefecture",
    .options = options,
    .act = act,
};
