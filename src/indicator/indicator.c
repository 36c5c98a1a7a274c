/* Facts of places and the formulas over them: see indicator.h and indicator.def. */
#include "indicator/indicator.h"

#include "core/mem.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

enum { ALL, PARTS };

const rh_indicator *
rh_indicator_get(enum rh_indicator_id id)
{
    enum { COUNT = 1, RATIO = 0 };
    static const rh_indicator table[RH_INDICATOR_COUNT] = {
#define INDICATOR(id, parts, need, kind, direction, zh, en, unit, formula, source, ask)        \
    {#id, zh, en, unit, source, ask, RH_DIRECTION_##direction, RH_NEED_##need, kind, parts},
#include "indicator/indicator.def"
#undef INDICATOR
    };
    return &table[id];
}

int
rh_indicator_find(const char *id)
{
    for (int i = 0; i < RH_INDICATOR_COUNT; i++) {
        if (strcmp(rh_indicator_get((enum rh_indicator_id)i)->id, id) == 0) {
            return i;
        }
    }
    return -1;
}

/* ---- places ---- */

static const rh_level *
level_of(const rh_region *region, enum rh_value_level level)
{
    const rh_level *levels[] = {NULL, &region->province, &region->prefecture, &region->county};
    return levels[level];
}

uint32_t
rh_level_count(const rh_region *region, enum rh_value_level level)
{
    return level == RH_NATION ? 1 : level_of(region, level)->n;
}

uint32_t
rh_place_first(const rh_region *region, enum rh_value_level level)
{
    uint32_t first = 0;
    for (int l = 0; l < (int)level; l++) {
        first += rh_level_count(region, (enum rh_value_level)l);
    }
    return first;
}

uint32_t
rh_place_count(const rh_region *region)
{
    return rh_place_first(region, RH_COUNTY) + region->county.n;
}

uint64_t
rh_place_code(const rh_region *region, enum rh_value_level level, uint32_t place)
{
    return level == RH_NATION ? RH_NATION_CODE : level_of(region, level)->code[place];
}

/* ---- facts ---- */

#define F(name) n[RH_FACT_##name]

/* State of one part of a county. `district`: moves inside the county do not make one floating.
 */
static void
state_facts(int64_t *n, const rh_county_tally *t, int part, bool district, int year)
{
    for (int birth = 0; birth < RH_COHORTS; birth++) {
        const int64_t men = t->cohort[part][RH_MALE][birth],
                      women = t->cohort[part][RH_FEMALE][birth];
        const int age = year - RH_BIRTH_ZERO - birth;
        F(male) += men;
        F(female) += women;
        n[age < 15   ? RH_FACT_age_0_14
          : age < 65 ? RH_FACT_age_15_64
                     : RH_FACT_age_65_plus] += men + women;
        F(age_6_plus) += age >= 6 ? men + women : 0;
    }
    F(population) = F(male) + F(female);
    static const int years_at_school[RH_EDUCATION_COUNT] = {0, 6, 9, 12, 15, 16, 19};
    for (int e = 0; e < RH_EDUCATION_COUNT; e++) {
        F(school_years) += (int64_t)t->education[part][e] * years_at_school[e];
    }
    for (int class = 0; class < RH_CLASS_COUNT; class ++) {
        const int64_t rural = t->status[part][class][RH_HUKOU_RURAL];
        const int64_t urban = t->status[part][class][RH_HUKOU_URBAN];
        F(urban_hukou) += urban;
        if (class == RH_LOCAL || (class == RH_IN_COUNTY && district)) {
            F(farmers) += rural;
            F(citizens) += urban;
        } else {
            F(floating) += rural + urban;
        }
        F(in_county) += class == RH_IN_COUNTY ? rural + urban : 0;
        F(in_province) += class == RH_IN_PROVINCE ? rural + urban : 0;
        F(other_province) += class == RH_OTHER_PROVINCE ? rural + urban : 0;
    }
    F(farm) = t->activity[part][RH_FARM];
    F(industry) = t->activity[part][RH_INDUSTRY];
    F(service) = t->activity[part][RH_SERVICE];
}

static void
event_facts(int64_t *n, const uint32_t event[RH_EVENT_COUNT])
{
    F(birth) = event[RH_EVENT_BIRTH];
    F(death) = event[RH_EVENT_DEATH];
    F(in_county_event) = event[RH_EVENT_IN_COUNTY];
    F(in_province_event) = event[RH_EVENT_IN_PROVINCE];
    F(in_other_event) = event[RH_EVENT_IN_OTHER];
    F(out_county_event) = event[RH_EVENT_OUT_COUNTY];
    F(out_province_event) = event[RH_EVENT_OUT_PROVINCE];
    F(out_other_event) = event[RH_EVENT_OUT_OTHER];
    F(reclassified_event) = event[RH_EVENT_RECLASSIFIED];
    F(hukou_in_situ) = event[RH_EVENT_HUKOU_IN_SITU];
    F(hukou_moved) = event[RH_EVENT_HUKOU_MOVED];
    F(return_event) = event[RH_EVENT_RETURN];
    F(joined_event) = event[RH_EVENT_JOINED];
}

static void
family_facts(int64_t *n, const rh_family_tally *t, int part)
{
    F(households) = t->households[part];
    F(household_persons) = t->household_persons[part];
    F(one_person) = t->one_person[part];
    for (int g = 0; g < 4; g++) {
        n[RH_FACT_generation_1 + g] = t->generations[part][g];
    }
    F(left_behind) = t->left_behind_children[part];
    F(elders_alone) = t->elders_alone[part];
}

static void
add(rh_facts *into, const rh_facts *from)
{
    for (int part = 0; part < RH_PART_COUNT; part++) {
        for (int f = 0; f < RH_FACT_COUNT; f++) {
            into->n[part][f] += from->n[part][f];
        }
    }
}

rh_status
rh_facts_new(const rh_region *region, const rh_tally *tally, const rh_family_tally *family,
             int year, rh_facts **out, rh_err *err)
{
    rh_facts *facts;
    RH_NEW(facts, rh_place_count(region), err);
    rh_facts *province = facts + 1, *prefecture = province + region->province.n;
    rh_facts *county = prefecture + region->prefecture.n;
    for (uint32_t c = 0; c < region->county.n; c++) {
        for (int part = 0; part < RH_PART_COUNT; part++) {
            int64_t *n = county[c].n[part];
            state_facts(n, &tally->county[c], part,
                        region->column.district && region->column.district[c], year);
            event_facts(n, tally->county[c].event[part]);
            if (family != NULL) {
                family_facts(n, &family[c], part);
            }
        }
        int64_t *n = county[c].n[RH_RURAL];
        F(registered) = tally->registered[c];
        F(registered_urban) = tally->registered_hukou[c][RH_HUKOU_URBAN];
        if (family != NULL) {
            F(homestead_idle) = family[c].homestead[RH_HOMESTEAD_IDLE];
            F(homestead_leased_out) = family[c].homestead[RH_HOMESTEAD_LEASED_OUT];
        }
        add(&prefecture[region->county.parent[c]], &county[c]);
    }
    for (uint32_t p = 0; p < region->prefecture.n; p++) {
        add(&province[region->prefecture.parent[p]], &prefecture[p]);
    }
    for (uint32_t p = 0; p < region->province.n; p++) {
        add(&facts[0], &province[p]);
    }
    *out = facts;
    return RH_OK;
}
#undef F

/* ---- formulas ---- */

#define NET_MIGRATION(N)                                                                       \
    (N(in_county_event) + N(in_province_event) + N(in_other_event) - N(out_county_event) -     \
     N(out_province_event) - N(out_other_event))

rh_urban_change
rh_urban_change_of(const rh_facts *now, int64_t urban_before, int64_t all_before)
{
    const int64_t *u = now->n[RH_URBAN], *r = now->n[RH_RURAL];
#define U(name) u[RH_FACT_##name]
#define R(name) r[RH_FACT_##name]
    const int64_t u0 = urban_before, p0 = all_before, u1 = U(population),
                  p1 = u1 + R(population);
    const int64_t natural_u = U(birth) - U(death), natural = natural_u + R(birth) - R(death);
    const int64_t net_u = NET_MIGRATION(U), net = net_u + NET_MIGRATION(R);
    const int64_t redrawn = U(reclassified_event);
#undef U
#undef R
    /* p < 2^31, so that every product below stays under 2^95. */
    const __int128_t cross = (__int128_t)u0 * p1 + (__int128_t)u1 * p0,
                     both = (__int128_t)p0 * p1;
    rh_urban_change d = {
        .numerator = {((__int128_t)u1 * p0 - (__int128_t)u0 * p1) * (p0 + p1),
                      2 * natural_u * both - natural * cross, 2 * net_u * both - net * cross,
                      2 * redrawn * both},
        .denominator = (double)both * (double)(p0 + p1),
        .closes = u1 - u0 == natural_u + net_u + redrawn && p1 - p0 == natural + net,
    };
    /* One rounding a term; the change is the sum of its parts when they close, and itself
     * otherwise. */
    const double scale = d.denominator > 0 ? 100 / d.denominator : (double)NAN;
    d.natural = (double)d.numerator[1] * scale;
    d.migration = (double)d.numerator[2] * scale;
    d.reclassified = (double)d.numerator[3] * scale;
    d.change =
        d.closes ? d.natural + d.migration + d.reclassified : (double)d.numerator[0] * scale;
    return d;
}

static double
over(int64_t a, int64_t b)
{
    return b != 0 ? (double)a / (double)b : (double)NAN;
}

double
rh_indicator_value(enum rh_indicator_id id, const rh_facts *now,
                   const int64_t before[RH_PART_COUNT], bool has_family,
                   enum rh_value_part part, double weight)
{
    const rh_indicator *row = rh_indicator_get(id);
    if ((part != RH_WHOLE && !row->by_part) || (row->need == RH_NEED_FAMILY && !has_family) ||
        (row->need == RH_NEED_YEAR && before == NULL)) {
        return (double)NAN;
    }
    const int64_t *rural = now->n[RH_RURAL], *urban = now->n[RH_URBAN];
    rh_urban_change change = {.change = (double)NAN};
    const rh_urban_change *d = &change;
    int64_t past = 0;
    if (before != NULL) {
        past = part == RH_WHOLE ? before[RH_RURAL] + before[RH_URBAN]
                                : before[part - RH_RURAL_PART];
        if (id >= RH_INDICATOR_urban_share_change &&
            id <= RH_INDICATOR_urban_change_reclassified) {
            change =
                rh_urban_change_of(now, before[RH_URBAN], before[RH_RURAL] + before[RH_URBAN]);
        }
    }
    const bool take_rural = part != RH_URBAN_PART, take_urban = part != RH_RURAL_PART;
#define U(name) urban[RH_FACT_##name]
#define W(name) (rural[RH_FACT_##name] + urban[RH_FACT_##name])
#define N(name)                                                                                \
    ((take_rural ? rural[RH_FACT_##name] : 0) + (take_urban ? urban[RH_FACT_##name] : 0))
#define OVER(a, b) over((a), (b))
#define PERCENT(a, b) (100 * over((a), (b)))
#define MILLE(a) (2000 * over((a), N(population) + past))
#define COUNT(x) ((double)(x)*weight)
#define RATIO(x) (x)
    switch (id) {
#define INDICATOR(id, parts, need, kind, direction, zh, en, unit, formula, source, ask)        \
    case RH_INDICATOR_##id:                                                                    \
        return kind(formula);
#include "indicator/indicator.def"
#undef INDICATOR
    case RH_INDICATOR_COUNT:
        break;
    }
    return (double)NAN;
}

/* ---- tables for people ---- */

static const char *
direction_text(enum rh_direction direction)
{
    return direction == RH_DIRECTION_HIGHER  ? "higher"
           : direction == RH_DIRECTION_LOWER ? "lower"
                                             : "neutral";
}

static const char introduction[] =
    "# Indicators\n\n"
    "Made from `src/indicator/indicator.def` by `ronghe indicators --markdown`; do not "
    "edit.\n\n"
    "Counts are those of the run × 1 / sample; shares and dependency ratios are percent, rates "
    "per mille. Ages are those\n"
    "reached at the end of the year. *better* says which way is an improvement, where that is "
    "not a matter of view.\n"
    "Household indicators have values in the years with a household walk (`family_every` of "
    "the scenario, the first and\n"
    "the last year); what happened in a year has none in the first.\n\n"
    "## Change of the urban share\n\n"
    "U are urban, P all residents; 0 stands for a year ago, 1 for now. Natural change N "
    "(births − deaths), net migration M\n"
    "(arrivals − departures) and reclassification R (people whose place was redrawn as urban; "
    "nobody moved) close the books\n"
    "of every place, to the person, with u for the urban part:\n\n"
    "    U1 − U0 = N_u + M_u + R        P1 − P0 = N + M\n\n"
    "With the share s = U / P, s̄ = (s0 + s1) / 2 and P̄ = (P0 + P1) / 2 the product rule at the "
    "midpoint is exact,\n"
    "U1 − U0 = s̄ (P1 − P0) + P̄ (s1 − s0), and so\n\n"
    "    s1 − s0 = (N_u − s̄ N) / P̄  +  (M_u − s̄ M) / P̄  +  R / P̄\n"
    "              natural change      migration           reclassification\n\n"
    "Both years are treated alike; running time backwards turns the sign of every term and "
    "nothing else. Over the common\n"
    "denominator P0 P1 (P0 + P1) the terms are the integers 2 x_u P0 P1 − x (U0 P1 + U1 P0), "
    "which are added as integers. If\n"
    "the counted events did not close the books of some place, the run file would hold a "
    "warning that names it.\n\n"
    "## Table\n\n";

void
rh_indicator_write_markdown(FILE *out)
{
    fputs(introduction, out);
    fprintf(out, "| id | 名称 | name | unit | better | parts | definition and source | ask |\n"
                 "|---|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < RH_INDICATOR_COUNT; i++) {
        const rh_indicator *r = rh_indicator_get((enum rh_indicator_id)i);
        fprintf(out, "| `%s` | %s | %s | %s | %s | %s | %s%s%s | %s |\n", r->id, r->zh, r->en,
                r->unit, direction_text(r->direction), r->by_part ? "all, rural, urban" : "all",
                r->source, r->source[0] && r->need == RH_NEED_FAMILY ? "; " : "",
                r->need == RH_NEED_FAMILY ? "household years" : "", r->ask);
    }
}

void
rh_indicator_write_json(FILE *out)
{
    json_t *list = json_array();
    for (int i = 0; i < RH_INDICATOR_COUNT; i++) {
        const rh_indicator *r = rh_indicator_get((enum rh_indicator_id)i);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s}", "id",
                                              r->id, "zh", r->zh, "en", r->en, "unit", r->unit,
                                              "better", direction_text(r->direction), "by_part",
                                              r->by_part, "source", r->source, "ask", r->ask));
    }
    json_dumpf(list, out, JSON_INDENT(1));
    fputc('\n', out);
    json_decref(list);
}
