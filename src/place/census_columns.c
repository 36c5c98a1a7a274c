/* County shares from the full 2010 yearbook table (census2010_county_full.csv): schooling and
 * marriage by sex, kinds of family households, work of persons 16 and over, children ever born.
 * Long-form columns (marriage, work) are sample counts; only their shares are used.
 *
 * Empty cells count as 0 (the table leaves zeros out). Slips of transcription are mended and
 * noted: a cell that holds a number, blanks and another number is read as the first; a stray
 * sign or decimal point in a count is replaced by what the row's own total leaves for the cell,
 * or, where the table has no total, left out ("87.4" is 874). Anything else that is not a whole
 * number is refused. */
#include "place/census.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char file_name[] = "census2010_county_full.csv";

/* Headers by use; the industry columns carry shifted names in the transcription, their order is
 * that of the yearbook. */
static const char *const education[2][RH_CENSUS_EDUCATION] = {
    {"未上过学-男", "小学-男", "初中-男", "高中-男", "大学专科-男", "大学本科及以上-男"},
    {"未上过学-女", "小学-女", "初中-女", "高中-女", "大学专科-女", "大学本科及以上-女"},
};
static const char *const marital[2][4] = {
    {"未婚-男", "有配偶-男", "丧偶-男", "离婚-男"},
    {"未婚-女", "有配偶-女", "丧偶-女", "离婚-女"},
};
/* One-person households are part of those of one generation (一代户). */
static const char *const household[5] = {"一人户", "一代户", "二代户", "三代户", "四代以上户"};

enum { FARM, INDUSTRY, SERVICE, HOME, RETIRED, UNEMPLOYED, REST };
static const struct {
    const char *header;
    int work;
} work[] = {
    {"农林牧渔业", FARM},
    {"采矿业", INDUSTRY},
    {"制造业", INDUSTRY},
    {"电力、燃气及水的生产和供应业", INDUSTRY},
    {"建筑业", INDUSTRY},
    {"仓储和邮政业", SERVICE},
    {"交通运输、计算机服务和软件业", SERVICE},
    {"信息传输、批发和零售业", SERVICE},
    {"住宿和餐饮业", SERVICE},
    {"金融业", SERVICE},
    {"房地产业", SERVICE},
    {"租赁和商务服务业", SERVICE},
    {"科学研究、技术服务和地质勘察业", SERVICE},
    {"水利、环境和公共设施管理业", SERVICE},
    {"居民服务和其他服务业", SERVICE},
    {"教育", SERVICE},
    {"卫生、社会保障和社会福利业", SERVICE},
    {"文化、体育和娱乐业", SERVICE},
    {"公共管理和社会组织", SERVICE},
    {"国际组织", SERVICE},
    {"料理家务", HOME},
    {"离退休", RETIRED},
    {"毕业后未工作", UNEMPLOYED},
    {"因单位原因失去工作", UNEMPLOYED},
    {"因本人原因失去工作", UNEMPLOYED},
    {"承包土地被征用", UNEMPLOYED},
    {"在校学生", REST},
    {"丧失工作能力", REST},
    {"其他", REST},
};
enum { WORK_COLUMNS = sizeof work / sizeof *work };

typedef struct full_columns {
    int code, mean_children, households, adults;
    int education[2][RH_CENSUS_EDUCATION], marital[2][4], household[5], work[WORK_COLUMNS];
} full_columns;

static full_columns
find_columns(rh_csv *csv)
{
    full_columns at = {.code = rh_csv_need(csv, "leaf_code"),
                       .mean_children = rh_csv_need(csv, "15-64岁妇女-平均活产子女数"),
                       .households = rh_csv_need(csv, "户数"),
                       .adults = rh_csv_need(csv, "16岁及以上人口")};
    for (int s = 0; s < 2; s++) {
        for (int e = 0; e < RH_CENSUS_EDUCATION; e++) {
            at.education[s][e] = rh_csv_need(csv, education[s][e]);
        }
        for (int m = 0; m < 4; m++) {
            at.marital[s][m] = rh_csv_need(csv, marital[s][m]);
        }
    }
    for (int k = 0; k < 5; k++) {
        at.household[k] = rh_csv_need(csv, household[k]);
    }
    for (int k = 0; k < WORK_COLUMNS; k++) {
        at.work[k] = rh_csv_need(csv, work[k].header);
    }
    return at;
}

typedef struct reader {
    rh_draft *draft;
    rh_csv *csv;
    uint32_t row, county;
    uint32_t gaps;
    rh_status status;
    rh_err *err;
} reader;

static const char *
place_name(const reader *in)
{
    return rh_draft_name(in->draft, in->draft->county[in->county].name);
}

static void
note_slip(reader *in, int column, double value, const char *why)
{
    if (in->status == RH_OK) {
        in->status = rh_draft_note(
            in->draft, in->err, "%s:%u: %s (%llu): \"%s\" in column %s is read as %.0f (%s).",
            file_name, rh_csv_line(in->csv, in->row), place_name(in),
            (unsigned long long)in->draft->county[in->county].code,
            rh_csv_text(in->csv, in->row, column), rh_csv_header(in->csv, (uint32_t)column),
            value, why);
    }
}

/* Digits with a stray sign or point, as in "-1373" or "87.4"; *value is what the digits say. */
static bool
stray(const char *text, double *value)
{
    unsigned digits = 0, others = 0;
    *value = 0;
    for (const char *p = text; *p != '\0'; p++) {
        if (*p >= '0' && *p <= '9') {
            *value = *value * 10 + (*p - '0');
            digits++;
        } else if ((*p == '-' && p == text) || *p == '.') {
            others++;
        } else {
            return false;
        }
    }
    return digits > 0 && digits < 10 && others == 1;
}

/* A count; *broken is set when its text has a stray sign or point. */
static double
count(reader *in, int column, bool *broken)
{
    const char *text = rh_csv_text(in->csv, in->row, column);
    double value;
    *broken = false;
    if (text[0] == '\0') {
        return 0;
    }
    if (stray(text, &value)) {
        *broken = true;
        return value;
    }
    const size_t digits = strspn(text, "0123456789"), blanks = strspn(text + digits, " ");
    const size_t more = strspn(text + digits + blanks, "0123456789");
    if (digits > 0 && blanks > 0 && more > 0 && text[digits + blanks + more] == '\0') {
        note_slip(in, column, strtod(text, NULL), "its first number");
        return strtod(text, NULL);
    }
    return (double)rh_csv_count(in->csv, in->row, column);
}

/* Shares of n[0] … n[k-1] in `whole`; NAN when that is 0. */
static void
shares(reader *in, const double *n, int k, double whole, double *out)
{
    in->gaps += !(whole > 0);
    for (int i = 0; i < k; i++) {
        out[i] = whole > 0 ? n[i] / whole : (double)NAN;
    }
}

/* n[i] from columns[i]; the entries from `first` on sum to the row's cell `total` (-1: no such
 * column). Returns that sum. */
static double
read_list(reader *in, const int *columns, int k, int first, int total, double *n)
{
    double sum = 0;
    int bad = -1;
    for (int i = 0; i < k; i++) {
        bool broken;
        n[i] = count(in, columns[i], &broken);
        bad = broken ? i : bad;
        sum += i >= first ? n[i] : 0;
    }
    if (bad < 0) {
        return sum;
    }
    bool broken = true;
    const double whole = total >= 0 ? count(in, total, &broken) : 0,
                 left = whole - (sum - n[bad]);
    if (bad >= first && !broken && left >= 0) {
        sum = whole;
        n[bad] = left;
        note_slip(in, columns[bad], left, "what the row's total leaves");
    } else {
        note_slip(in, columns[bad], n[bad], "its digits");
    }
    return sum;
}

static void
read_row(reader *in, const full_columns *at)
{
    rh_county_columns *column = &in->draft->region->column;
    const uint32_t c = in->county;
    double n[WORK_COLUMNS];
    for (int s = 0; s < 2; s++) {
        double sum = read_list(in, at->education[s], RH_CENSUS_EDUCATION, 0, -1, n);
        shares(in, n, RH_CENSUS_EDUCATION, sum, column->education[c][s]);
        sum = read_list(in, at->marital[s], 4, 0, -1, n);
        shares(in, n, 4, sum, column->marital[c][s]);
    }
    double sum = read_list(in, at->household, 5, 1, at->households, n);
    n[1] -= n[0];
    if (n[1] < 0) {
        rh_csv_problem(in->csv, in->row, at->household[0],
                       "%s: more households of one person than of one generation.",
                       place_name(in));
        n[1] = 0;
    }
    shares(in, n, 5, sum, column->household_kind[c]);
    double by_work[REST + 1] = {0};
    sum = read_list(in, at->work, WORK_COLUMNS, 0, at->adults, n);
    for (int k = 0; k < WORK_COLUMNS; k++) {
        by_work[work[k].work] += n[k];
    }
    shares(in, by_work, REST, sum, column->work[c]);
    column->mean_children[c] = rh_csv_number(in->csv, in->row, at->mean_children);
}

static rh_status
read_all(rh_draft *draft, rh_csv *csv, rh_err *err)
{
    const full_columns at = find_columns(csv);
    reader in = {.draft = draft, .csv = csv, .err = err};
    uint32_t found = 0;
    for (in.row = 0; at.code >= 0 && in.row < rh_csv_rows(csv); in.row++) {
        const uint64_t code = rh_csv_count(csv, in.row, at.code);
        in.county = rh_census_find(draft, code);
        if (in.county == UINT32_MAX) {
            rh_csv_problem(csv, in.row, at.code,
                           "%llu is not a county of census2010_county_core.csv.",
                           (unsigned long long)code);
            continue;
        }
        found++;
        read_row(&in, &at);
        RH_TRY(in.status);
    }
    RH_TRY(rh_csv_finish(csv, err));
    return rh_draft_note(draft, err,
                         "%s: %u counties without a row, %u tables of shares without any "
                         "persons (left unknown).",
                         file_name, draft->n_counties > found ? draft->n_counties - found : 0,
                         in.gaps);
}

rh_status
rh_census_shares(rh_draft *draft, const char *data_dir, rh_err *err)
{
    rh_csv *csv;
    RH_TRY(rh_census_open(data_dir, file_name, &csv, err));
    rh_status st = read_all(draft, csv, err);
    rh_csv_free(csv);
    return st;
}
