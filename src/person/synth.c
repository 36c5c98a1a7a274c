/* Synthesis of the residents of a region: see synth.h for Y1–Y3 and docs/synthesis.md for the
 * choices.
 *
 * Decks. For residence county d, class k and part u the deck has one card for every resident of
 * the cell (sex × age group) and one seat for every resident; seats lie in ranges: local, in
 * county   by leaf of residence, then (in county) by home township. All seats belong to the
 * county's own job, so the deck is shuffled in memory (Fisher–Yates, keyed). in / other
 * province   by home county in the order of the flows. Card of a seat: rh_deal. Leaf of a seat:
 *                      a second deal, of packets of PACKET neighbouring seats, so that people
 * of one origin live together and families can be found among them; a bijection too, so Y2
 * holds exactly. Home township: in county by largest remainder with an empty diagonal, else by
 * packet from a low-discrepancy sequence, both in proportion to local residents, rural ones
 * counting RURAL_WEIGHT-fold. */
#include "person/synth.h"

#include "core/mem.h"
#include "core/random.h"
#include "core/threads.h"
#include "person/synth_private.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    PACKET = 24, /* seats dealt together; ASSUMPTION (假设): chain migration */
    RURAL_WEIGHT =
        3, /* ASSUMPTION (假设): a rural resident's township sends three times as many away */
    KEY_CARDS = 1,
    KEY_LEAVES,
    KEY_PERSON,
    KEY_BLOCK,
    CROSS = 2 /* classes whose seats belong to other counties: in province, other province */
};

typedef uint32_t label_sums[RH_LABELS + 1];

struct rh_synth {
    const rh_region *region;
    rh_key key;
    double sample;
    rh_profile *profile;                               /* per county */
    label_sums (*deck)[RH_CLASS_COUNT][RH_PART_COUNT]; /* per county: cards up to each label */
    uint32_t (*leaf_start)[CROSS]; /* per leaf: first seat among its county's, class and part */
    uint32_t (*flow_start)[RH_PART_COUNT]; /* per flow entry: first seat of the home county */
};

/* Scratch of one worker. */
typedef struct desk {
    rh_nest nest;
    rh_person *member;
    size_t member_room;
    uint8_t *card;
    size_t card_room;
    uint32_t *moves; /* in-county moves: part × residence × home */
    size_t moves_room;
    uint32_t *first, *cursor; /* per township of the county: members */
    uint64_t *weight, *cumulated;
    size_t town_room;
} desk;

static void
desk_release(desk *d)
{
    rh_nest_release(&d->nest);
    rh_free(d->member);
    rh_free(d->card);
    rh_free(d->moves);
    rh_free(d->first);
    rh_free(d->cursor);
    rh_free(d->weight);
    rh_free(d->cumulated);
    *d = (desk){0};
}

typedef struct job_context {
    const rh_synth *synth;
    rh_profile *profile;
    rh_store *store;
    desk *desks;
    pthread_mutex_t lock;
    uint64_t done;
    void (*progress)(void *context, uint64_t done, uint64_t total);
    void *progress_context;
} job_context;

static rh_status
profile_job(void *context, unsigned county, unsigned worker, rh_err *err)
{
    (void)worker;
    (void)err;
    job_context *c = context;
    rh_profile_fit(c->synth->region, county, &c->profile[county]);
    return RH_OK;
}

static uint32_t
province_of(const rh_region *region, uint32_t county)
{
    return region->prefecture.parent[region->county.parent[county]];
}

static enum rh_migrant_class
class_between(const rh_region *region, uint32_t home, uint32_t dest)
{
    return province_of(region, home) == province_of(region, dest) ? RH_IN_PROVINCE
                                                                  : RH_OTHER_PROVINCE;
}

static rh_status
prepare_decks(rh_synth *s, rh_err *err)
{
    const rh_region *region = s->region;
    RH_NEW(s->deck, region->county.n, err);
    RH_NEW(s->leaf_start, 2 * (size_t)region->town.n, err);
    for (uint32_t c = 0; c < region->county.n; c++) {
        for (unsigned k = 0; k < RH_CLASS_COUNT; k++) {
            for (unsigned part = 0; part < RH_PART_COUNT; part++) {
                const uint32_t *n = &region->cell[c].n[k][part][0][0];
                uint32_t *sum = s->deck[c][k][part];
                for (unsigned i = 0; i < RH_LABELS; i++) {
                    sum[i + 1] = sum[i] + n[i];
                }
            }
        }
        for (unsigned k = 0; k < CROSS; k++) {
            uint32_t at[RH_PART_COUNT] = {0, 0};
            for (uint32_t t = region->county.first[c]; t < region->county.first[c + 1]; t++) {
                for (int part = 0; part < RH_PART_COUNT; part++) {
                    uint32_t leaf = rh_leaf(t, part);
                    s->leaf_start[leaf][k] = at[part];
                    at[part] += region->leaf_class[leaf][k + RH_IN_PROVINCE];
                }
            }
        }
    }
    return RH_OK;
}

static rh_status
prepare_flows(rh_synth *s, rh_err *err)
{
    const rh_region *region = s->region;
    uint32_t(*at)[CROSS][RH_PART_COUNT];
    RH_NEW(s->flow_start, region->flow_first[region->county.n], err);
    RH_NEW(at, region->county.n, err);
    for (uint32_t o = 0; o < region->county.n; o++) {
        for (uint64_t e = region->flow_first[o]; e < region->flow_first[o + 1]; e++) {
            uint32_t d = region->flow_dest[e];
            unsigned k = class_between(region, o, d) - RH_IN_PROVINCE;
            for (int part = 0; part < RH_PART_COUNT; part++) {
                s->flow_start[e][part] = at[d][k][part];
                at[d][k][part] += region->flow_n[e][part];
            }
        }
    }
    rh_free(at);
    return RH_OK;
}

rh_status
rh_synth_new(const rh_region *region, uint64_t seed, double sample, unsigned n_threads,
             rh_synth **out, rh_err *err)
{
    *out = NULL;
    if (!(sample > 0 && sample <= 1)) {
        return rh_fail(err, RH_RANGE,
                       "The sample share is %g; it must be above 0 and at most 1.", sample);
    }
    rh_synth *s;
    RH_NEW(s, 1, err);
    s->region = region;
    s->key = rh_key_with(seed, 0x73796e7468); /* "synth" */
    s->sample = sample;
    s->profile = rh_alloc(region->county.n, sizeof *s->profile);
    rh_status status =
        s->profile != NULL
            ? RH_OK
            : rh_fail(err, RH_MEMORY, "Not enough memory for the profiles of %u counties.",
                      (unsigned)region->county.n);
    job_context context = {.synth = s, .profile = s->profile};
    if (status == RH_OK) {
        status = rh_threads_run(n_threads, region->county.n, NULL, profile_job, &context, err);
    }
    if (status == RH_OK) {
        status = prepare_decks(s, err);
    }
    if (status == RH_OK) {
        status = prepare_flows(s, err);
    }
    if (status != RH_OK) {
        rh_synth_free(s);
        return status;
    }
    *out = s;
    return RH_OK;
}

void
rh_synth_free(rh_synth *s)
{
    if (s == NULL) {
        return;
    }
    rh_free(s->profile);
    rh_free(s->deck);
    rh_free(s->leaf_start);
    rh_free(s->flow_start);
    rh_free(s);
}

/* Entries of a row of thresholds that the draw has passed. */
static inline unsigned
passed(const uint16_t *threshold, unsigned n, unsigned bits)
{
    unsigned count = 0;
    for (unsigned i = 0; i < n; i++) {
        count += bits >= threshold[i];
    }
    return count;
}

/* What the draws of one packet of residents have in common. */
typedef struct setting {
    const rh_profile *profile;
    uint32_t leaf;
    unsigned k, part, away;
    int base_year;
} setting;

/* Bits above the 11 years of grace: see integration_of. ASSUMPTION (假设): the score grows with
 * stay and schooling, is higher inside the province, and spreads by chance over four points. */
static inline unsigned
integration_of(const setting *at, unsigned stay, unsigned band, unsigned bits)
{
    unsigned score = 2 + stay / 2 + band + (at->k == RH_OTHER_PROVINCE ? 0 : 2) + (bits & 3);
    return score > rh_integration_max ? rh_integration_max : score;
}

static inline rh_person
draw_person(const setting *at, unsigned label, rh_key key, uint64_t number)
{
    const rh_profile *p = at->profile;
    uint64_t a = rh_draw(key, 2 * number), b = rh_draw(key, 2 * number + 1);
    unsigned sex = label >= RH_AGE_GROUPS, group = label - sex * RH_AGE_GROUPS;
    unsigned age = group == 0 ? 0 : group == 1 ? 1 : 5 * (group - 1);
    if (group == RH_AGE_GROUPS - 1) {
        age += rh_oldest_years(a & 0x7fff);
    } else if (group > 0) {
        age += passed(p->age[at->away][sex][group], 4, a & 0x7fff);
    }
    unsigned class = rh_age_class(age);
    unsigned marital =
        age < 18 ? RH_NEVER_MARRIED : passed(p->marital[sex][class], 3, a >> 15 & 0x7fff);
    unsigned education =
        passed(p->education[at->away][at->part][sex][class], 5, a >> 30 & 0x7fff);
    unsigned band = education <= RH_PRIMARY ? 0 : education >= RH_COLLEGE ? 3 : education - 1;
    unsigned activity = RH_PRESCHOOL;
    if (age >= 16) {
        unsigned column =
            passed(p->activity[at->away][at->part][sex][class][band], 6, a >> 45 & 0x7fff);
        activity = column < 6 ? RH_FARM + column : age < 30 ? RH_STUDENT : RH_HOME;
    } else if (age >= 6) {
        activity = RH_STUDENT;
    }
    /* A twelfth of those with a bachelor's degree or more went on, from 23 (assumption). */
    if (education == RH_BACHELOR && age >= 23 && (b & 31) < 3) {
        education = RH_GRADUATE;
    }
    b >>= 5;
    rh_person w = at->leaf;
    w = rh_person_with_birth(w, (unsigned)(at->base_year - (int)age - RH_BIRTH_ZERO));
    w = rh_person_with_sex(w, sex);
    w = rh_person_with_marital(w, marital);
    w = rh_person_with_education(w, education);
    w = rh_person_with_activity(w, activity);
    unsigned kind = age < 18 ? RH_SCHOOL_BANDS : band;
    w = rh_person_with_hukou(w, (b & 0x7fff) < p->hukou[at->k][at->part][kind]);
    w = rh_person_with_collective(w, (b >> 15 & 0x7fff) <
                                         p->collective[at->away][class][marital != RH_MARRIED]);
    if (sex == RH_FEMALE && marital != RH_NEVER_MARRIED) {
        w = rh_person_with_children(w,
                                    passed(p->children[at->part][class], 3, b >> 30 & 0x7fff));
    }
    if (at->away) {
        unsigned stay = rh_stay_years[b >> 45 & 31];
        stay = stay > age ? age : stay;
        w = rh_person_with_arrival(w, rh_arrival_code(at->base_year - (int)stay));
        w = rh_person_with_integration(w, integration_of(at, stay, band, b >> 50 & 3));
    }
    return w;
}

/* Label of a card: the sums do not exceed it that many times. */
static inline unsigned
label_of(const uint32_t *sums, uint32_t card)
{
    unsigned label = 0;
    for (unsigned i = 1; i < RH_LABELS; i++) {
        label += card >= sums[i];
    }
    return label;
}

static rh_status
grow(void *array, size_t *room, size_t need, size_t size, const char *what, rh_err *err)
{
    void **p = array;
    if (need <= *room) {
        return RH_OK;
    }
    rh_free(*p);
    *room = 0;
    size_t count = need + need / 4 + 64;
    *p = rh_alloc(count, size);
    if (*p == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for %zu entries of %s.", count, what);
    }
    *room = count;
    return RH_OK;
}

/* The job of one home county. */
typedef struct county_job {
    const rh_synth *synth;
    desk *d;
    uint32_t county, first_town, towns;
    uint64_t weight; /* all townships */
    rh_key key;
    uint64_t number; /* persons drawn so far */
} county_job;

static rh_status
desk_towns(desk *d, uint32_t towns, rh_err *err)
{
    size_t need = towns + 1;
    if (need > d->town_room) {
        rh_free(d->first);
        rh_free(d->cursor);
        rh_free(d->weight);
        rh_free(d->cumulated);
        d->first = d->cursor = NULL;
        d->weight = d->cumulated = NULL;
        d->town_room = 0;
        need = 2 * need + 64;
        RH_NEW(d->first, need, err);
        RH_NEW(d->cursor, need, err);
        RH_NEW(d->weight, need, err);
        RH_NEW(d->cumulated, need, err);
        d->town_room = need;
    }
    return grow(&d->moves, &d->moves_room, (size_t)RH_PART_COUNT * towns * towns,
                sizeof *d->moves, "moves inside the county", err);
}

static void
weigh_towns(county_job *j)
{
    const rh_region *region = j->synth->region;
    desk *d = j->d;
    j->weight = 0;
    for (uint32_t t = 0; t < j->towns; t++) {
        uint32_t(*n)[RH_CLASS_COUNT] =
            &region->leaf_class[rh_leaf(j->first_town + t, RH_RURAL)];
        d->weight[t] = RURAL_WEIGHT * (uint64_t)n[RH_RURAL][RH_LOCAL] + n[RH_URBAN][RH_LOCAL];
        j->weight += d->weight[t];
    }
    if (j->weight == 0) {
        for (uint32_t t = 0; t < j->towns; t++) {
            d->weight[t] = 1;
        }
        j->weight = j->towns;
    }
    uint64_t sum = 0;
    for (uint32_t t = 0; t < j->towns; t++) {
        sum += d->weight[t];
        d->cumulated[t] = sum;
    }
}

/* Share `persons` living in township `place` among the other townships: rounded shares of the
 * running sum, so every home gets its part within one person and the sum is exact. */
static void
apportion_moves(const county_job *j, uint32_t place, uint32_t persons, uint32_t *out)
{
    uint64_t weight = j->weight - j->d->weight[place], sum = 0, given = 0;
    bool even = weight == 0;
    weight = even ? j->towns - 1 : weight;
    for (uint32_t h = 0; h < j->towns; h++) {
        if (h != place) {
            sum += even ? 1 : j->d->weight[h];
        }
        uint64_t until = weight > 0 ? (uint64_t)((__uint128_t)persons * sum / weight) : 0;
        out[h] = h == place ? 0 : (uint32_t)(until - given);
        given = until;
    }
}

/* Home township of packet number `packet` of the county's migrants: golden-ratio sequence on
 * the weights. */
static uint32_t
home_of_packet(const county_job *j, uint32_t packet)
{
    uint32_t x = (uint32_t)j->key + packet * 0x9e3779b9u;
    uint64_t at = ((uint64_t)x * j->weight) >> 32;
    uint32_t low = 0, high = j->towns - 1;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (at < j->d->cumulated[middle]) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* Migrants of one flow entry and part, packet by packet. Returns the packets used. */
static uint32_t
seat_flow(county_job *j, uint64_t entry, unsigned part, uint32_t packet, bool count_only)
{
    const rh_synth *s = j->synth;
    const rh_region *region = s->region;
    uint32_t d = region->flow_dest[entry], n = region->flow_n[entry][part];
    if (n == 0) {
        return 0;
    }
    unsigned k = class_between(region, j->county, d);
    const uint32_t *sums = s->deck[d][k][part];
    uint32_t size = sums[RH_LABELS], whole = size / PACKET, used = 0;
    uint32_t seat = s->flow_start[entry][part], end = seat + n;
    rh_key deck =
        rh_key_with(s->key, (((uint64_t)d * RH_CLASS_COUNT + k) * RH_PART_COUNT + part));
    rh_key cards = rh_key_with(deck, KEY_CARDS), leaves = rh_key_with(deck, KEY_LEAVES);
    setting at = {&s->profile[d], 0, k, part, 1, region->base_year};
    while (seat < end) {
        uint32_t index = seat / PACKET,
                 stop = (index + 1) * PACKET < end ? (index + 1) * PACKET : end;
        uint32_t home = home_of_packet(j, packet + used++);
        if (count_only) {
            j->d->first[home + 1] += stop - seat;
            seat = stop;
            continue;
        }
        uint32_t place = index < whole
                             ? (uint32_t)rh_deal(leaves, index, whole) * PACKET + seat % PACKET
                             : seat;
        uint32_t low = region->county.first[d], high = region->county.first[d + 1] - 1;
        while (low < high) { /* the last township that starts at or before `place` */
            uint32_t middle = (low + high + 1) / 2;
            if (s->leaf_start[rh_leaf(middle, (int)part)][k - RH_IN_PROVINCE] <= place) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        for (; seat < stop; seat++, place++) {
            while (low + 1 < region->county.first[d + 1] &&
                   s->leaf_start[rh_leaf(low + 1, (int)part)][k - RH_IN_PROVINCE] <= place) {
                low++;
            }
            at.leaf = rh_leaf(low, (int)part);
            unsigned label = label_of(sums, (uint32_t)rh_deal(cards, seat, size));
            j->d->member[j->d->cursor[home]++] = draw_person(&at, label, j->key, j->number++);
        }
    }
    return used;
}

static void
seat_flows(county_job *j, bool count_only)
{
    const rh_region *region = j->synth->region;
    uint32_t packet = 0;
    for (uint64_t e = region->flow_first[j->county]; e < region->flow_first[j->county + 1];
         e++) {
        for (unsigned part = 0; part < RH_PART_COUNT; part++) {
            packet += seat_flow(j, e, part, packet, count_only);
        }
    }
}

/* The shuffled deck of a class whose seats all belong to this county. */
static rh_status
shuffle_deck(county_job *j, unsigned k, unsigned part, rh_err *err)
{
    const rh_synth *s = j->synth;
    const uint32_t *sums = s->deck[j->county][k][part];
    uint32_t size = sums[RH_LABELS];
    desk *d = j->d;
    RH_TRY(grow(&d->card, &d->card_room, size, sizeof *d->card, "cards of a county", err));
    uint8_t *card = d->card;
    for (unsigned i = 0; i < RH_LABELS; i++) {
        memset(card + sums[i], (int)i, sums[i + 1] - sums[i]);
    }
    rh_key deck =
        rh_key_with(s->key, ((uint64_t)j->county * RH_CLASS_COUNT + k) * RH_PART_COUNT + part);
    deck = rh_key_with(deck, KEY_CARDS);
    for (uint32_t i = size; i > 1; i--) {
        uint32_t other = (uint32_t)rh_below(rh_draw(deck, i), i);
        uint8_t swap = card[i - 1];
        card[i - 1] = card[other];
        card[other] = swap;
    }
    return RH_OK;
}

static rh_status
seat_locals(county_job *j, rh_err *err)
{
    const rh_synth *s = j->synth;
    const rh_region *region = s->region;
    for (unsigned part = 0; part < RH_PART_COUNT; part++) {
        RH_TRY(shuffle_deck(j, RH_LOCAL, part, err));
        const uint8_t *card = j->d->card;
        setting at = {&s->profile[j->county], 0, RH_LOCAL, part, 0, region->base_year};
        for (uint32_t t = 0; t < j->towns; t++) {
            at.leaf = rh_leaf(j->first_town + t, (int)part);
            uint32_t n = region->leaf_class[at.leaf][RH_LOCAL];
            rh_person *out = j->d->member + j->d->cursor[t];
            for (uint32_t i = 0; i < n; i++) {
                out[i] = draw_person(&at, *card++, j->key, j->number++);
            }
            j->d->cursor[t] += n;
        }
    }
    return RH_OK;
}

static rh_status
seat_neighbours(county_job *j, rh_err *err)
{
    const rh_synth *s = j->synth;
    const rh_region *region = s->region;
    const uint32_t *moves = j->d->moves;
    for (unsigned part = 0; part < RH_PART_COUNT; part++) {
        RH_TRY(shuffle_deck(j, RH_IN_COUNTY, part, err));
        const uint8_t *card = j->d->card;
        setting at = {&s->profile[j->county], 0, RH_IN_COUNTY, part, 1, region->base_year};
        for (uint32_t place = 0; place < j->towns; place++) {
            at.leaf = rh_leaf(j->first_town + place, (int)part);
            for (uint32_t h = 0; h < j->towns; h++, moves++) {
                rh_person *out = j->d->member + j->d->cursor[h];
                for (uint32_t i = 0; i < *moves; i++) {
                    out[i] = draw_person(&at, *card++, j->key, j->number++);
                }
                j->d->cursor[h] += *moves;
            }
        }
    }
    return RH_OK;
}

/* Members by home township: counts, then first index of each. */
static rh_status
count_members(county_job *j, rh_err *err)
{
    const rh_region *region = j->synth->region;
    desk *d = j->d;
    memset(d->first, 0, (j->towns + 1) * sizeof *d->first);
    for (unsigned part = 0; part < RH_PART_COUNT; part++) {
        for (uint32_t t = 0; t < j->towns; t++) {
            uint32_t leaf = rh_leaf(j->first_town + t, (int)part);
            uint32_t *moves = d->moves + ((size_t)part * j->towns + t) * j->towns;
            d->first[t + 1] += region->leaf_class[leaf][RH_LOCAL];
            apportion_moves(j, t, region->leaf_class[leaf][RH_IN_COUNTY], moves);
            for (uint32_t h = 0; h < j->towns; h++) {
                d->first[h + 1] += moves[h];
            }
        }
    }
    seat_flows(j, true);
    for (uint32_t t = 0; t < j->towns; t++) {
        d->first[t + 1] += d->first[t];
    }
    memcpy(d->cursor, d->first, j->towns * sizeof *d->cursor);
    return grow(&d->member, &d->member_room, d->first[j->towns], sizeof *d->member,
                "residents of a county", err);
}

static rh_status
build_county(const rh_synth *s, desk *d, uint32_t county, rh_store *store, rh_err *err)
{
    const rh_region *region = s->region;
    county_job j = {
        .synth = s, .d = d, .county = county, .first_town = region->county.first[county]};
    j.towns = region->county.first[county + 1] - j.first_town;
    j.key = rh_key_with(rh_key_with(s->key, KEY_PERSON), region->county.code[county]);
    if (j.towns == 0) {
        return RH_OK;
    }
    RH_TRY(desk_towns(d, j.towns, err));
    weigh_towns(&j);
    RH_TRY(count_members(&j, err));
    RH_TRY(seat_locals(&j, err));
    RH_TRY(seat_neighbours(&j, err));
    seat_flows(&j, false);
    rh_key blocks = rh_key_with(s->key, KEY_BLOCK);
    for (uint32_t t = 0; t < j.towns; t++) {
        RH_TRY(rh_nest_build(&d->nest, region, s->profile, j.first_town + t,
                             d->member + d->first[t], d->first[t + 1] - d->first[t],
                             rh_key_with(blocks, region->town.code[j.first_town + t]),
                             s->sample, store, err));
    }
    return RH_OK;
}

rh_status
rh_synth_county(const rh_synth *synth, uint32_t county, rh_store *store, rh_err *err)
{
    desk d = {0};
    rh_status status = build_county(synth, &d, county, store, err);
    desk_release(&d);
    return status;
}

static rh_status
county_task(void *context, unsigned county, unsigned worker, rh_err *err)
{
    job_context *c = context;
    RH_TRY(build_county(c->synth, &c->desks[worker], county, c->store, err));
    if (c->progress != NULL) {
        pthread_mutex_lock(&c->lock);
        c->progress(c->progress_context, ++c->done, c->synth->region->county.n);
        pthread_mutex_unlock(&c->lock);
    }
    return RH_OK;
}

rh_status
rh_synth_all(const rh_synth *synth, rh_store *store, unsigned n_threads,
             void (*progress)(void *context, uint64_t done, uint64_t total), void *context,
             rh_err *err)
{
    job_context c = {
        .synth = synth, .store = store, .progress = progress, .progress_context = context};
    pthread_mutex_init(&c.lock, NULL);
    RH_NEW(c.desks, n_threads, err);
    rh_status status =
        rh_threads_run(n_threads, synth->region->county.n, NULL, county_task, &c, err);
    for (unsigned i = 0; i < n_threads; i++) {
        desk_release(&c.desks[i]);
    }
    rh_free(c.desks);
    pthread_mutex_destroy(&c.lock);
    return status;
}
