/* ronghe inequality location: where industries are (evaluate/concentration.h). A long table has a plant (or a cell of
 * region × industry) a row; a wide one has an industry a column and a region a row. */
#include "cli/inequality_input.h"

#include "core/mem.h"
#include "evaluate/concentration.h"

#include <math.h>
#include <string.h>

static const rh_option options[] = {
    {"region", 'r', "COLUMN", true, RH_MSG_HELP_INEQUALITY_REGION},
    {"value", 'x', "COLUMNS", true, RH_MSG_HELP_INEQUALITY_VALUE},
    {"industry", 'i', "COLUMN", false, RH_MSG_HELP_INEQUALITY_INDUSTRY},
    {"total", 0, "COLUMN", false, RH_MSG_HELP_INEQUALITY_TOTAL},
    {"nation", 0, "NAME", false, RH_MSG_HELP_INEQUALITY_NATION},
    {"sheet", 0, "PART", false, RH_MSG_HELP_SHEET},
    RH_ANSWER_OPTIONS,
    {0},
};

/* Amounts by region and industry, with the totals that the quotients are against. */
typedef struct location {
    uint32_t regions, industries;
    const char **region; /* borrowed names */
    const char *const *industry;
    double *amount; /* regions × industries */
    double *total;  /* of a region */
    double *nation; /* of an industry */
    double all;
} location;

static rh_status
make_room(location *l, rh_err *err)
{
    RH_NEW(l->amount, (size_t)l->regions * l->industries + 1, err);
    RH_NEW(l->total, l->regions + 1UL, err);
    RH_NEW(l->nation, l->industries + 1UL, err);
    return RH_OK;
}

static void
release(location *l)
{
    rh_free(l->amount);
    rh_free(l->total);
    rh_free(l->nation);
}

static double
amount_of(const location *l, uint32_t region, uint32_t industry)
{
    return l->amount[(size_t)region * l->industries + industry];
}

static void
fill_quotients(rh_answer *a, const location *l)
{
    rh_answer_table(a, "quotients", "区位熵", "Location quotients");
    rh_answer_text_column(a, "region", "地区", "region");
    rh_answer_text_column(a, "industry", "行业", "industry");
    rh_answer_number_column(a, "amount", "数量", "amount", 2);
    rh_answer_number_column(a, "share", "占本地", "share of region", 4);
    rh_answer_number_column(a, "nation_share", "占全国", "share of nation", 4);
    rh_answer_number_column(a, "quotient", "区位熵", "quotient", 4);
    for (uint32_t r = 0; r < l->regions; r++) {
        for (uint32_t k = 0; k < l->industries; k++) {
            double x = amount_of(l, r, k);
            rh_answer_text(a, l->region[r]);
            rh_answer_text(a, l->industry[k]);
            RH_ANSWER_NUMBERS(a, x, l->total[r] > 0 ? x / l->total[r] : (double)NAN,
                              l->all > 0 ? l->nation[k] / l->all : (double)NAN,
                              rh_location_quotient(x, l->total[r], l->nation[k], l->all));
        }
    }
    double x = amount_of(l, 0, 0);
    const char *numbers = rh_answer_format(
        a, "(%.10g / %.10g) / (%.10g / %.10g) = %.8g", x, l->total[0], l->nation[0], l->all,
        rh_location_quotient(x, l->total[0], l->nation[0], l->all));
    rh_answer_explain(a,
                      rh_answer_format(a, "区位熵（Florence 1939），%s，%s：%s", l->region[0],
                                       l->industry[0], numbers),
                      rh_answer_format(a, "Location quotient (Florence 1939), %s, %s: %s",
                                       l->region[0], l->industry[0], numbers));
}

/* Specialisation of a region: Herfindahl over its industries, and Krugman's distance from the nation. */
static rh_status
fill_regions(rh_answer *a, const location *l, rh_err *err)
{
    rh_answer_table(a, "regions", "地区专业化", "Specialisation of regions");
    rh_answer_text_column(a, "region", "地区", "region");
    rh_answer_number_column(a, "total", "总量", "total", 2);
    rh_answer_number_column(a, "herfindahl", "赫芬达尔", "Herfindahl", 4);
    rh_answer_number_column(a, "krugman", "克鲁格曼指数", "Krugman index", 4);
    for (uint32_t r = 0; r < l->regions; r++) {
        rh_herfindahl h = {.value = (double)NAN};
        double sum = 0, krugman = 0;
        for (uint32_t k = 0; k < l->industries; k++) {
            sum += amount_of(l, r, k);
        }
        if (sum > 0) {
            RH_TRY(rh_herfindahl_find(l->amount + (size_t)r * l->industries, l->industries, &h,
                                      err));
        }
        for (uint32_t k = 0; k < l->industries; k++) {
            krugman += fabs(amount_of(l, r, k) / l->total[r] - l->nation[k] / l->all);
        }
        rh_answer_text(a, l->region[r]);
        RH_ANSWER_NUMBERS(a, l->total[r], h.value, krugman);
    }
    return RH_OK;
}

static rh_status
fill_industries(rh_answer *a, const location *l, const rh_ellison_glaeser *eg, rh_err *err)
{
    double *column;
    rh_answer_table(a, "industries", "行业的空间集中", "Concentration of industries in space");
    rh_answer_text_column(a, "industry", "行业", "industry");
    rh_answer_number_column(a, "total", "全国", "nation", 2);
    rh_answer_number_column(a, "regional_herfindahl", "地区赫芬达尔", "Herfindahl of regions",
                            4);
    if (eg != NULL) {
        rh_answer_number_column(a, "plants", "企业数", "plants", 0);
        rh_answer_number_column(a, "plant_herfindahl", "企业赫芬达尔 H",
                                "Herfindahl of plants H", 4);
        rh_answer_number_column(a, "geographic", "地理集中 G", "geographic G", 6);
        rh_answer_number_column(a, "ellison_glaeser", "EG 指数", "Ellison-Glaeser", 6);
        rh_answer_number_column(a, "maurel_sedillot", "MS 指数", "Maurel-Sédillot", 6);
    }
    RH_NEW(column, l->regions + 1UL, err);
    for (uint32_t k = 0; k < l->industries; k++) {
        rh_herfindahl h = {.value = (double)NAN};
        double sum = 0;
        for (uint32_t r = 0; r < l->regions; r++) {
            sum += column[r] = amount_of(l, r, k);
        }
        rh_status status = sum > 0 ? rh_herfindahl_find(column, l->regions, &h, err) : RH_OK;
        if (status != RH_OK) {
            rh_free(column);
            return status;
        }
        rh_answer_text(a, l->industry[k]);
        rh_answer_number(a, l->nation[k]);
        rh_answer_number(a, h.value);
        if (eg != NULL) {
            RH_ANSWER_NUMBERS(a, eg[k].plants, eg[k].herfindahl, eg[k].geographic, eg[k].index,
                              eg[k].maurel_sedillot);
        }
    }
    rh_free(column);
    return RH_OK;
}

static void
remark_undefined(rh_answer *a, const location *l, const rh_ellison_glaeser *eg)
{
    for (uint32_t k = 0; k < l->industries; k++) {
        if (isnan(eg[k].index)) {
            rh_answer_warn(
                a,
                rh_answer_format(a, "%s：只有一家企业（或只有一个地区），EG 指数无定义，留空。",
                                 l->industry[k]),
                rh_answer_format(a,
                                 "%s has one plant only (or there is one region only): the "
                                 "Ellison-Glaeser index is not defined and left empty.",
                                 l->industry[k]));
        }
    }
}

static void
explain_eg(rh_answer *a, const location *l, const rh_ellison_glaeser *eg)
{
    uint32_t k = 0; /* the first industry that has the index */
    while (k < l->industries && isnan(eg[k].index)) {
        k++;
    }
    if (k == l->industries) {
        return;
    }
    const char *numbers = rh_answer_format(a, "G = %.8g, H = %.8g, γ = %.8g", eg[k].geographic,
                                           eg[k].herfindahl, eg[k].index);
    rh_answer_explain(
        a,
        rh_answer_format(
            a, "γ = (G/(1 − Σx²) − H)/(1 − H)（Ellison 与 Glaeser 1997，式 5），%s：%s",
            l->industry[k], numbers),
        rh_answer_format(a,
                         "γ = (G/(1 − Σ x²) − H)/(1 − H) (Ellison and Glaeser 1997, eq. "
                         "5), %s: %s",
                         l->industry[k], numbers));
}

/* ---- long ---- */

static rh_status
fill_long(rh_answer *a, location *l, const rh_labels *region, const rh_labels *industry,
          const double *x, uint32_t n, rh_err *err)
{
    rh_ellison_glaeser *eg;
    RH_TRY(make_room(l, err));
    for (uint32_t i = 0; i < n; i++) {
        uint32_t r = region->group[i], k = industry->group[i];
        l->amount[(size_t)r * l->industries + k] += x[i];
        l->total[r] += x[i];
        l->nation[k] += x[i];
        l->all += x[i];
    }
    for (uint32_t k = 0; k < l->industries; k++) {
        if (!(l->nation[k] > 0)) {
            return rh_fail(err, RH_INPUT,
                           "The amounts of \"%s\" in column %s sum to 0, so it has no shares.",
                           l->industry[k], industry->column);
        }
    }
    RH_NEW(eg, l->industries + 1UL, err);
    rh_status status = rh_ellison_glaeser_find(x, region->group, industry->group, n, l->regions,
                                               l->industries, eg, err);
    if (status == RH_OK) {
        status = fill_industries(a, l, eg, err);
    }
    if (status == RH_OK) {
        fill_quotients(a, l);
        remark_undefined(a, l, eg);
        explain_eg(a, l, eg);
    }
    rh_free(eg);
    return status == RH_OK ? fill_regions(a, l, err) : status;
}

static rh_status
solve_long(const rh_args *args, rh_csv *table, rh_answer *a, rh_err *err)
{
    const rh_verb *verb = &rh_verb_inequality_location;
    const char *value = rh_given(verb, args, "value");
    rh_labels region = {0}, industry = {0};
    double *x = NULL;
    location l = {0};
    rh_status status = rh_labels_read(table, rh_given(verb, args, "region"), &region, err);
    if (status == RH_OK) {
        status = rh_labels_read(table, rh_given(verb, args, "industry"), &industry, err);
    }
    if (status == RH_OK) {
        status = rh_table_numbers_all(table, value, &x, err);
    }
    if (status == RH_OK) {
        rh_refuse_negative(table, value, x, "an amount must be 0 or more.");
        status = rh_csv_finish(table, err);
    }
    if (status == RH_OK) {
        l.regions = region.n;
        l.industries = industry.n;
        l.region = region.label;
        l.industry = industry.label;
        status = fill_long(a, &l, &region, &industry, x, rh_csv_rows(table), err);
    }
    release(&l);
    rh_free(x);
    rh_labels_release(&region);
    rh_labels_release(&industry);
    return status;
}

/* ---- wide ---- */

/* Rows of the table but the nation's; totals given or summed. */
static rh_status
gather_wide(location *l, const char **id, uint32_t n, uint32_t nation,
            const rh_numbers_input *in, const double *total, rh_err *err)
{
    uint32_t r = 0;
    l->industries = in->names.n;
    l->industry = in->names.name;
    l->regions = n - (nation < n);
    RH_TRY(make_room(l, err));
    RH_NEW(l->region, n + 1UL, err);
    double *sums;
    RH_NEW(sums, l->industries + 1UL, err);
    double sum_all = 0;
    for (uint32_t i = 0; i < n; i++) {
        double of_row = 0;
        for (uint32_t k = 0; k < l->industries; k++) {
            of_row += in->x[k][i];
        }
        of_row = total != NULL ? total[i] : of_row;
        if (i == nation) {
            l->all = of_row;
            continue;
        }
        for (uint32_t k = 0; k < l->industries; k++) {
            l->amount[(size_t)r * l->industries + k] = in->x[k][i];
            sums[k] += in->x[k][i];
        }
        sum_all += of_row;
        l->total[r] = of_row;
        l->region[r++] = id[i];
    }
    for (uint32_t k = 0; k < l->industries; k++) {
        l->nation[k] = nation < n ? in->x[k][nation] : sums[k];
    }
    l->all = nation < n ? l->all : sum_all;
    rh_free(sums);
    return RH_OK;
}

static rh_status
read_wide(const rh_args *args, rh_csv *table, rh_numbers_input *in, double **total,
          const char ***id, rh_err *err)
{
    const rh_verb *verb = &rh_verb_inequality_location;
    const char *total_column = rh_given(verb, args, "total");
    RH_TRY(rh_table_ids(table, rh_given(verb, args, "region"), id, err));
    RH_TRY(rh_list_split(rh_given(verb, args, "value"), RH_COLUMNS_MOST, &in->names, err));
    RH_NEW(in->x, in->names.n + 1UL, err);
    for (unsigned k = 0; k < in->names.n; k++) {
        RH_TRY(rh_table_numbers_all(table, in->names.name[k], &in->x[k], err));
        rh_refuse_negative(table, in->names.name[k], in->x[k], "an amount must be 0 or more.");
    }
    if (total_column != NULL) {
        RH_TRY(rh_table_numbers_all(table, total_column, total, err));
        rh_refuse_not_positive(table, total_column, *total, "a region's total is divided by.");
    }
    return rh_csv_finish(table, err);
}

static rh_status
find_nation(const char *wanted, const char **id, uint32_t n, const char *path, uint32_t *nation,
            rh_err *err)
{
    *nation = UINT32_MAX;
    for (uint32_t i = 0; wanted != NULL && i < n; i++) {
        *nation = strcmp(id[i], wanted) == 0 ? i : *nation;
    }
    return wanted == NULL || *nation < n
               ? RH_OK
               : rh_fail(err, RH_INPUT, "%s has no row \"%s\" for the nation.", path, wanted);
}

static rh_status
solve_wide(const rh_args *args, rh_csv *table, rh_answer *a, rh_err *err)
{
    rh_numbers_input in = {0};
    double *total = NULL;
    const char **id = NULL;
    uint32_t n = rh_csv_rows(table), nation;
    location l = {0};
    rh_status status = read_wide(args, table, &in, &total, &id, err);
    if (status == RH_OK) {
        status = find_nation(rh_given(&rh_verb_inequality_location, args, "nation"), id, n,
                             args->file[0], &nation, err);
    }
    if (status == RH_OK) {
        status = gather_wide(&l, id, n, nation, &in, total, err);
    }
    if (status == RH_OK && l.regions == 0) {
        status = rh_fail(err, RH_INPUT, "%s holds no region.", args->file[0]);
    }
    if (status == RH_OK) {
        fill_quotients(a, &l);
        status = fill_industries(a, &l, NULL, err);
    }
    if (status == RH_OK) {
        status = fill_regions(a, &l, err);
    }
    rh_free(l.region);
    release(&l);
    rh_numbers_release(&in);
    rh_free(total);
    rh_free(id);
    return status;
}

static rh_status
act(const rh_cli *cli, const rh_args *args, rh_err *err)
{
    const rh_verb *verb = &rh_verb_inequality_location;
    rh_answer *answer = NULL;
    rh_csv *table = NULL;
    RH_TRY(rh_answer_new(&answer, err));
    rh_status status = rh_table_open(args->file[0], rh_given(verb, args, "sheet"), &table, err);
    if (status == RH_OK && rh_csv_rows(table) == 0) {
        status = rh_fail(err, RH_INPUT, "%s has a header but no rows.", args->file[0]);
    }
    if (status == RH_OK) {
        status = rh_given(verb, args, "industry") != NULL
                     ? solve_long(args, table, answer, err)
                     : solve_wide(args, table, answer, err);
    }
    rh_csv_free(table);
    return rh_give_answer(cli, verb, args, answer, status, err);
}

const rh_verb rh_verb_inequality_location = {
    .name = "inequality location",
    .files = "TABLE",
    .least_files = 1,
    .most_files = 1,
    .summary = RH_MSG_VERB_INEQUALITY_LOCATION,
    .example =
        "ronghe inequality location plants.csv --region region --industry industry --value "
        "employment",
    .options = options,
    .act = act,
};
