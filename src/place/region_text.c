/* A region in words: see region_text.h. */
#include "place/region_text.h"

#include "core/mem.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* MESSAGE(key, English, Chinese): the one list of the words below. */
#define MESSAGE_LIST(X)                                                                        \
    X(BASE_YEAR, "Base year", "基年")                                                          \
    X(SYNTHETIC,                                                                               \
      "SYNTHETIC below the province: only provincial totals are published figures.",           \
      "省级以下为合成数据：只有省级总数是公布的统计数字。")                                    \
    X(SOURCES, "Sources", "数据来源")                                                          \
    X(NOTES, "Notes of the build", "构建说明")                                                 \
    X(PLACES, "Places", "地方")                                                                \
    X(PROVINCES, "provinces", "省级")                                                          \
    X(PREFECTURES, "prefectures", "地级")                                                      \
    X(COUNTIES, "counties", "县级")                                                            \
    X(TOWNSHIPS, "townships", "乡级")                                                          \
    X(STREETS, "streets", "街道")                                                              \
    X(TOWNS, "towns", "镇")                                                                    \
    X(RURAL_TOWNSHIPS, "rural townships", "乡")                                                \
    X(OTHER_UNITS, "other units", "其他")                                                      \
    X(RESIDENTS, "Residents", "常住人口")                                                      \
    X(CLASS, "registered", "户口登记地")                                                       \
    X(RURAL, "rural", "乡村")                                                                  \
    X(URBAN, "urban", "城镇")                                                                  \
    X(TOTAL, "total", "合计")                                                                  \
    X(SHARE, "share", "比重")                                                                  \
    X(LOCAL, "in this township", "本乡镇街道")                                                 \
    X(IN_COUNTY, "elsewhere in the county", "本县其他乡镇街道")                                \
    X(IN_PROVINCE, "elsewhere in the province", "本省其他县市区")                              \
    X(OTHER_PROVINCE, "in another province", "外省")                                           \
    X(ALL, "all residents", "全部")                                                            \
    X(URBAN_SHARE, "urban share", "城镇化率")                                                  \
    X(HUKOU_SHARE, "urban hukou", "非农户口")                                                  \
    X(FROM_OTHER, "other provinces", "外省户口")                                               \
    X(HOUSEHOLDS, "households", "户数")                                                        \
    X(REGISTERED, "registered (hukou) population", "户籍人口")                                 \
    X(FLOWS, "home-county to residence-county pairs with migrants",                            \
      "有流动人口的户籍县—居住县对数")                                                         \
    X(NEIGHBOURS, "pairs of neighbouring counties", "相邻县对数")                              \
    X(GAPS, "gaps in county columns", "县级列缺失值")                                          \
    X(LARGEST, "Largest places", "人口最多的地方")

enum message {
#define X(key, en, zh) SAY_##key,
    MESSAGE_LIST(X)
#undef X
        MESSAGE_COUNT
};

static const char *const message[MESSAGE_COUNT][RH_LANGUAGE_COUNT] = {
#define X(key, en, zh) {en, zh},
    MESSAGE_LIST(X)
#undef X
};

enum { LEVELS = 4, NUMBER_WIDTH = 15, LARGEST = 5 };

/* Sums of one place. */
typedef struct sums {
    uint64_t persons[RH_CLASS_COUNT][RH_PART_COUNT];
} sums;

static uint64_t
sum_of(const sums *s, int part)
{
    uint64_t sum = 0;
    for (int k = 0; k < RH_CLASS_COUNT; k++) {
        sum += s->persons[k][part];
    }
    return sum;
}

static uint64_t
all_of(const sums *s)
{
    return sum_of(s, RH_RURAL) + sum_of(s, RH_URBAN);
}

static double
percent(uint64_t part, uint64_t whole)
{
    return whole > 0 ? 100 * (double)part / (double)whole : (double)NAN;
}

static const rh_level *
level_of(const rh_region *region, int level)
{
    const rh_level *const levels[LEVELS] = {&region->province, &region->prefecture,
                                            &region->county, &region->town};
    return levels[level];
}

static void
add(sums *to, const sums *from)
{
    for (int k = 0; k < RH_CLASS_COUNT; k++) {
        for (int part = 0; part < RH_PART_COUNT; part++) {
            to->persons[k][part] += from->persons[k][part];
        }
    }
}

/* Sums of all places: of_level[l][i]; of_level[0] owns the memory, the nation stands behind the
 * townships. */
static rh_status
sum_places(const rh_region *region, sums *of_level[LEVELS + 1], rh_err *err)
{
    size_t n = 1;
    for (int level = 0; level < LEVELS; level++) {
        n += level_of(region, level)->n;
    }
    sums *at;
    RH_NEW(at, n, err);
    for (int level = 0; level < LEVELS; level++) {
        of_level[level] = at;
        at += level_of(region, level)->n;
    }
    of_level[LEVELS] = at;
    for (uint32_t t = 0; t < region->town.n; t++) {
        for (int part = 0; part < RH_PART_COUNT; part++) {
            for (int k = 0; k < RH_CLASS_COUNT; k++) {
                of_level[LEVELS - 1][t].persons[k][part] =
                    region->leaf_class[rh_leaf(t, part)][k];
            }
        }
    }
    for (int level = LEVELS - 1; level > 0; level--) {
        for (uint32_t i = 0; i < level_of(region, level)->n; i++) {
            add(&of_level[level - 1][level_of(region, level)->parent[i]], &of_level[level][i]);
        }
    }
    for (uint32_t i = 0; i < region->province.n; i++) {
        add(of_level[LEVELS], &of_level[0][i]);
    }
    return RH_OK;
}

/* Lines of `text`, indented. */
static void
lines(FILE *out, const char *heading, const char *text)
{
    if (text == NULL || *text == '\0') {
        return;
    }
    fprintf(out, "\n%s\n", heading);
    while (*text != '\0') {
        int size = (int)strcspn(text, "\n");
        if (size > 0) {
            fprintf(out, "  %.*s\n", size, text);
        }
        text += size + (text[size] == '\n');
    }
}

static void
count_line(FILE *out, const char *label, unsigned width, uint64_t n)
{
    fputs("  ", out);
    rh_text_left(out, label, width);
    rh_text_right(out, rh_text_count(n).text, NUMBER_WIDTH);
    fputc('\n', out);
}

static void
percent_cell(FILE *out, double value, unsigned width)
{
    char text[32] = "–";
    if (!isnan(value)) {
        snprintf(text, sizeof text, "%.1f %%", value);
    }
    rh_text_right(out, text, width);
}

static void
write_places(const rh_region *region, enum rh_language language, FILE *out)
{
    static const enum message level[LEVELS] = {SAY_PROVINCES, SAY_PREFECTURES, SAY_COUNTIES,
                                               SAY_TOWNSHIPS};
    static const enum message kind[] = {SAY_STREETS, SAY_TOWNS, SAY_RURAL_TOWNSHIPS,
                                        SAY_OTHER_UNITS};
    fprintf(out, "\n%s\n", message[SAY_PLACES][language]);
    for (int l = 0; l < LEVELS; l++) {
        count_line(out, message[level[l]][language], 20, level_of(region, l)->n);
    }
    uint64_t count[RH_OTHER_UNIT + 1] = {0};
    for (uint32_t t = 0; t < region->town.n; t++) {
        count[region->town_kind[t] <= RH_OTHER_UNIT ? region->town_kind[t] : RH_OTHER_UNIT]++;
    }
    for (int k = 0; k <= RH_OTHER_UNIT; k++) {
        char label[64];
        snprintf(label, sizeof label, "  %s", message[kind[k]][language]);
        count_line(out, label, 20, count[k]);
    }
}

static void
class_row(FILE *out, const char *label, uint64_t rural, uint64_t urban, uint64_t all)
{
    fputs("  ", out);
    rh_text_left(out, label, 28);
    rh_text_right(out, rh_text_count(rural).text, NUMBER_WIDTH);
    rh_text_right(out, rh_text_count(urban).text, NUMBER_WIDTH);
    rh_text_right(out, rh_text_count(rural + urban).text, NUMBER_WIDTH);
    percent_cell(out, percent(rural + urban, all), 9);
    fputc('\n', out);
}

static void
write_classes(const sums *nation, enum rh_language language, FILE *out)
{
    static const enum message class[] = {SAY_LOCAL, SAY_IN_COUNTY, SAY_IN_PROVINCE,
                                         SAY_OTHER_PROVINCE};
    static const enum message head[] = {SAY_RURAL, SAY_URBAN, SAY_TOTAL};
    uint64_t all = all_of(nation);
    fprintf(out, "\n%s\n  ", message[SAY_RESIDENTS][language]);
    rh_text_left(out, message[SAY_CLASS][language], 28);
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++) {
        rh_text_right(out, message[head[i]][language], NUMBER_WIDTH);
    }
    rh_text_right(out, message[SAY_SHARE][language], 9);
    fputc('\n', out);
    for (int k = 0; k < RH_CLASS_COUNT; k++) {
        class_row(out, message[class[k]][language], nation->persons[k][RH_RURAL],
                  nation->persons[k][RH_URBAN], all);
    }
    class_row(out, message[SAY_ALL][language], sum_of(nation, RH_RURAL),
              sum_of(nation, RH_URBAN), all);
}

/* Missing values among the real-valued county columns. */
static uint64_t
count_gaps(const rh_region *region)
{
    const rh_county_columns *column = &region->column;
    const struct {
        const double *value;
        uint32_t per_county;
    } reals[] = {
        {column->area_km2, 1},
        {column->gdp_per_head_yuan, 1},
        {column->urban_hukou_share, 1},
        {column->household_kind[0], 5},
        {column->birth_rate, 1},
        {column->death_rate, 1},
        {column->education[0][0], 2 * RH_CENSUS_EDUCATION},
        {column->marital[0][0], 8},
        {column->work[0], 6},
        {column->mean_children, 1},
    };
    uint64_t gaps = 0;
    for (size_t i = 0; i < sizeof reals / sizeof reals[0]; i++) {
        for (size_t j = 0; j < (size_t)region->county.n * reals[i].per_county; j++) {
            gaps += isnan(reals[i].value[j]) ? 1 : 0;
        }
    }
    return gaps;
}

static void
write_sums(const rh_region *region, const sums *county, const sums *nation,
           enum rh_language language, FILE *out)
{
    uint64_t registered = 0, households = 0, known = 0;
    double urban_hukou = 0; /* residents with urban hukou where the share is known */
    for (uint32_t c = 0; c < region->county.n; c++) {
        registered += region->column.registered[c];
        households += region->column.households[c];
        double share = region->column.urban_hukou_share[c];
        if (!isnan(share)) {
            known += all_of(&county[c]);
            urban_hukou += share * (double)all_of(&county[c]);
        }
    }
    uint64_t pairs = region->near_first != NULL ? region->near_first[region->county.n] / 2 : 0;
    fputc('\n', out);
    fputs("  ", out);
    rh_text_left(out, message[SAY_URBAN_SHARE][language], 56);
    percent_cell(out, percent(sum_of(nation, RH_URBAN), all_of(nation)), NUMBER_WIDTH);
    fputs("\n  ", out);
    rh_text_left(out, message[SAY_HUKOU_SHARE][language], 56);
    percent_cell(out, known > 0 ? 100 * urban_hukou / (double)known : (double)NAN,
                 NUMBER_WIDTH);
    fputc('\n', out);
    count_line(out, message[SAY_REGISTERED][language], 56, registered);
    count_line(out, message[SAY_HOUSEHOLDS][language], 56, households);
    count_line(out, message[SAY_FLOWS][language], 56, region->flow_first[region->county.n]);
    count_line(out, message[SAY_NEIGHBOURS][language], 56, pairs);
    count_line(out, message[SAY_GAPS][language], 56, count_gaps(region));
}

/* Indices of the (at most LARGEST) places with most residents, ties in the order of codes. */
static uint32_t
find_largest(const sums *places, uint32_t n, uint32_t largest[LARGEST])
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = found;
        while (at > 0 && all_of(&places[i]) > all_of(&places[largest[at - 1]])) {
            at--;
        }
        if (at < LARGEST) {
            found += found < LARGEST;
            for (uint32_t j = found - 1; j > at; j--) {
                largest[j] = largest[j - 1];
            }
            largest[at] = i;
        }
    }
    return found;
}

static void
write_largest(const rh_region *region, sums *const of_level[], enum rh_language language,
              FILE *out)
{
    static const enum message level[] = {SAY_PROVINCES, SAY_PREFECTURES, SAY_COUNTIES,
                                         SAY_TOWNSHIPS};
    fprintf(out, "\n%s\n", message[SAY_LARGEST][language]);
    for (int l = 0; l < LEVELS; l++) {
        const rh_level *places = level_of(region, l);
        uint32_t largest[LARGEST] = {0};
        uint32_t found = find_largest(of_level[l], places->n, largest);
        fputs("  ", out);
        rh_text_left(out, message[level[l]][language], 38);
        rh_text_right(out, message[SAY_RESIDENTS][language], NUMBER_WIDTH);
        rh_text_right(out, message[SAY_URBAN_SHARE][language], 13);
        rh_text_right(out, message[SAY_FROM_OTHER][language], 17);
        fputc('\n', out);
        for (uint32_t i = 0; i < found; i++) {
            const sums *s = &of_level[l][largest[i]];
            uint64_t all = all_of(s);
            uint64_t other = s->persons[RH_OTHER_PROVINCE][RH_RURAL] +
                             s->persons[RH_OTHER_PROVINCE][RH_URBAN];
            fprintf(out, "    %-9" PRIu64 " ", places->code[largest[i]]);
            rh_text_left(out, places->name[largest[i]], 26);
            rh_text_right(out, rh_text_count(all).text, NUMBER_WIDTH);
            percent_cell(out, percent(sum_of(s, RH_URBAN), all), 13);
            percent_cell(out, percent(other, all), 17);
            fputc('\n', out);
        }
    }
}

rh_status
rh_region_describe(const rh_region *region, enum rh_language language, FILE *out, rh_err *err)
{
    sums *of_level[LEVELS + 1];
    RH_TRY(sum_places(region, of_level, err));
    fprintf(out, "%s\n", region->title != NULL ? region->title : "");
    if (region->synthetic_below_province) {
        fprintf(out, "%s\n", message[SAY_SYNTHETIC][language]);
    }
    fprintf(out, "%s %d\n", message[SAY_BASE_YEAR][language], region->base_year);
    write_places(region, language, out);
    write_classes(of_level[LEVELS], language, out);
    write_sums(region, of_level[2], of_level[LEVELS], language, out);
    write_largest(region, of_level, language, out);
    rh_free(of_level[0]);
    lines(out, message[SAY_SOURCES][language], region->source);
    lines(out, message[SAY_NOTES][language], region->notes);
    if (fflush(out) != 0 || ferror(out)) {
        return rh_fail(err, RH_IO, "The description of %s cannot be written: %s.",
                       region->title != NULL ? region->title : "the region", strerror(errno));
    }
    return RH_OK;
}
