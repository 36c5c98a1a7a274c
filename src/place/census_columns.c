/* County shares from the full 2010 yearbook table (census2010_county_full.csv): schooling and marriage by sex, kinds of
 * family households, work of persons 16 and over, children ever born. Long-form columns (marriage, work) are
 * sample counts; only their shares are used.
 *
 * Empty cells count as 0 (the table leaves zeros out). A cell that holds a number, blanks and
 * another number is a slip of transcription: the first number is taken, with a note. */
#include "place/census.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char file_name[] = "census2010_county_full.csv";

/* Headers by use; the industry columns carry shifted names in the transcription, their order is that of the yearbook. */
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
    int code, mean_children;
    int education[2][RH_CENSUS_EDUCATION], marital[2][4], household[5], work[WORK_COLUMNS];
} full_columns;

static full_columns
find_columns(rh_csv *csv)
{
    full_columns at = {.code = rh_csv_need(csv, "leaf_code"),
                       .mean_children = rh_csv_need(csv, "15-64岁妇女-平均活产子女数")};
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

static double
count(reader *in, int column)
{
    const char *text = rh_csv_text(in->csv, in->row, column);
    if (text[0] == '\0') {
        return 0;
    }
    const size_t digits = strspn(text, "0123456789"), blanks = strspn(text + digits, " ");
    const size_t more = strspn(text + digits + blanks, "0123456789");
    if (digits > 0 && blanks > 0 && more > 0 && text[digits + blanks + more] == '\0') {
        if (in->status == RH_OK) {
            in->status = rh_draft_note(
                in->draft, in->err, "%s:%u: %s: \"%.*s … %s\" in column %s is read as its first number.",
                file_name, rh_csv_line(in->csv, in->row),
                rh_draft_name(in->draft, in->draft->county[in->county].name), (int)digits, text,
                text + digits + blanks, rh_csv_header(in->csv, (uint32_t)column));
        }
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
        out[i] = whole > 0 ? n[i] / whole : NAN;
    }
}

static double
read_list(reader *in, const int *columns, int k, double *n)
{
    double sum = 0;
    for (int i = 0; i < k; i++) {
        n[i] = count(in, columns[i]);
        sum += n[i];
    }
    return sum;
}

static void
read_row(reader *in, const full_columns *at)
{
    rh_county_columns *column = &in->draft->region->column;
    const uint32_t c = in->county;
    double n[8];
    for (int s = 0; s < 2; s++) {
        double sum = read_list(in, at->education[s], RH_CENSUS_EDUCATION, n);
        shares(in, n, RH_CENSUS_EDUCATION, sum, column->education[c][s]);
        sum = read_list(in, at->marital[s], 4, n);
        shares(in, n, 4, sum, column->marital[c][s]);
    }
    read_list(in, at->household, 5, n);
    n[1] -= n[0];
    if (n[1] < 0) {
        rh_csv_problem(in->csv, in->row, at->household[0],
                       "%s: more households of one person than of one generation.",
                       rh_draft_name(in->draft, in->draft->county[c].name));
        n[1] = 0;
    }
    shares(in, n, 5, n[0] + n[1] + n[2] + n[3] + n[4], column->household_kind[c]);
    double sum = 0, by_work[REST + 1] = {0};
    for (int k = 0; k < WORK_COLUMNS; k++) {
        const double persons = count(in, at->work[k]);
        by_work[work[k].work] += persons;
        sum += persons;
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
            rh_csv_problem(csv, in.row, at.code, "%llu is not a county of census2010_county_core.csv.",
                           (unsigned long long)code);
            continue;
        }
        found++;
        read_row(&in, &at);
        RH_TRY(in.status);
    }
    RH_TRY(rh_csv_finish(csv, err));
    return rh_draft_note(draft, err,
                         "%s: %u counties without a row, %u tables of shares without any persons (left unknown).",
                         file_name, draft->n_counties > found ? draft->n_counties - found : 0, in.gaps);
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
