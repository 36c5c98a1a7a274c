/* Synthesis of the residents of a region: see synth.h for Y1–Y3 and docs/synthesis.md for the
 * choices.
 *
 * Decks. For residence county d, class k and part u the deck has one card for every resident of
 * the cell (sex × age group) and one seat for every resident; seats lie in ranges: local, in
 * county   by leaf of residence, then (in county) by home township. in / other province   by
 * home county in the order of the flows. Decks are shuffled in memory (Fisher–Yates, keyed).
 * Those of migrants from other counties are dealt, and the attributes of the residents drawn,
 * while the tables of d are at hand, before any block is made; the home counties pick their own
 * seats up from there (4 bytes a resident: all fields from birth to integration). Leaf of a
 * seat: a second deal, of packets of PACKET neighbouring seats, so that people of one origin
 * live together and families can be found among them; a bijection too, so Y2 holds exactly. Home
 * township: in county by largest remainder with an empty diagonal, else by packet from a
 * low-discrepancy sequence, both in proportion to local residents, rural ones counting
 * RURAL_WEIGHT-fold.
 *
 * Samples. Only `share` of all seats is made, evenly spread over every deck (single local seats,
 * whole packets of others: line_up), and the households found among them are kept with
 * probability sample / share: few neighbours would make poor families. */
#include "person/synth.h"

#include "core/mem.h"
#include "core/random.h"
#include "core/threads.h"
#include "person/synth_draw.h"
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
    KEY_LINE,
    CROSS = 2, /* classes whose seats belong to other counties: in province, other province */
    LIFE_ENTRIES_MAX = 1024,
    SHARE_ONE = 1 << 16 /* shares of a sample that is made, in 1/65,536 */
};

/* A sample makes four times the residents it keeps, but never less than a tenth of all. */
#define SAMPLE_WORK 4
#define SAMPLE_LEAST 0.1

typedef uint32_t label_sums[RH_LABELS + 1];

struct rh_synth {
    const rh_region *region;
    rh_key key;
    uint32_t share;                                    /* of all seats, in 1/SHARE_ONE */
    double keep;                                       /* households of those made */
    rh_profile *profile;                               /* per county */
    label_sums (*deck)[RH_CLASS_COUNT][RH_PART_COUNT]; /* per county: cards up to each label */
    uint32_t (*leaf_start)[CROSS]; /* per leaf: first seat among its county's, class and part */
    uint32_t (*flow_start)[RH_PART_COUNT];   /* per flow entry: first seat of the home county */
    uint64_t (*dealt)[CROSS][RH_PART_COUNT]; /* per county: first entry of a deck in resident */
    uint32_t *resident; /* migrants from other counties: bits of the word above the residence */
};

_Static_assert((int)rh_birth_low == (int)rh_residence_bits && (int)rh_homestead_low == 54,
               "the fields from birth to integration fill 32 bits");

/* Scratch of one worker. */
typedef struct desk {
    rh_nest nest;
    rh_attributes *attributes[2]; /* by away */
    rh_alias_scratch alias;
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
    rh_alias_scratch_release(&d->alias);
    rh_free(d->attributes[0]);
    rh_free(d->attributes[1]);
    rh_free(d->member);
    rh_free(d->card);
    rh_free(d->moves);
    rh_free(d->first);
    rh_free(d->cursor);
    rh_free(d->weight);
    rh_free(d->cumulated);
    *d = (desk){0};
}

/* Allocate one desk for each worker. */
static rh_status
desks_new(unsigned n, desk **out, rh_err *err)
{
    RH_NEW(*out, n, err);
    for (unsigned i = 0; i < n; i++) {
        RH_NEW((*out)[i].attributes[0], 1, err);
        RH_NEW((*out)[i].attributes[1], 1, err);
        RH_TRY(rh_alias_scratch_init(&(*out)[i].alias, LIFE_ENTRIES_MAX, err));
    }
    return RH_OK;
}

static void
desks_free(desk *desks, unsigned n)
{
    for (unsigned i = 0; i < n && desks != NULL; i++) {
        desk_release(&desks[i]);
    }
    rh_free(desks);
}

typedef struct job_context {
    const rh_synth *synth;
    rh_store *store;
    desk *desks;
    pthread_mutex_t lock;
    uint64_t done;
    void (*progress)(void *context, uint64_t done, uint64_t total);
    void *progress_context;
} job_context;

/* A queue of items of which every 1/share-th is made, evenly spread; all of them when share is one. */
typedef struct line {
    uint32_t share, phase;
} line;

static line
line_up(const rh_synth *s, uint64_t purpose)
{
    rh_key key = rh_key_with(s->key, KEY_LINE);
    return (line){s->share, (uint32_t)(rh_draw(key, purpose) % SHARE_ONE)};
}

/* Items made among the first i. */
static inline uint64_t
made_before(line l, uint64_t i)
{
    return (i * l.share + l.phase) / SHARE_ONE;
}

static inline bool
is_made(line l, uint64_t i)
{
    return made_before(l, i + 1) != made_before(l, i);
}

static uint64_t
deck_number(uint32_t county, unsigned k, unsigned part)
{
    return ((uint64_t)county * RH_CLASS_COUNT + k) * RH_PART_COUNT + part;
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

/* Residents of a deck that are made: packets, the last of which may be short. */
static uint32_t
seats_made(line l, uint32_t size)
{
    uint32_t packets = (size + PACKET - 1) / PACKET;
    uint32_t seats = (uint32_t)(made_before(l, packets) - made_before(l, 0)) * PACKET;
    return packets > 0 && is_made(l, packets - 1) ? seats - (packets * PACKET - size) : seats;
}

static rh_status
prepare_decks(rh_synth *s, rh_err *err)
{
    const rh_region *region = s->region;
    uint64_t dealt = 0;
    RH_NEW(s->deck, region->county.n, err);
    RH_NEW(s->dealt, region->county.n, err);
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
            for (unsigned part = 0; part < RH_PART_COUNT; part++) {
                line l = line_up(s, deck_number(c, k + RH_IN_PROVINCE, part));
                s->dealt[c][k][part] = dealt;
                dealt += seats_made(l, s->deck[c][k + RH_IN_PROVINCE][part][RH_LABELS]);
            }
        }
    }
    RH_NEW(s->resident, dealt, err);
    rh_synth_huge_pages(s->resident, dealt * sizeof *s->resident);
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
    rh_synth_huge_pages(*p, count * size);
    *room = count;
    return RH_OK;
}

/* Change card i with one of those not yet dealt (i itself among them). */
static inline void
deal_card(uint8_t *card, uint32_t size, uint32_t i, uint32_t bits)
{
    uint32_t other = i + (uint32_t)((uint64_t)bits * (size - i) >> 32);
    uint8_t swap = card[i];
    card[i] = card[other];
    card[other] = swap;
}

/* Deal the first `n` cards of a deck. One draw serves two cards: the bias of a card is below
 * size / 2^32. */
static rh_status
deal_deck(const rh_synth *s, desk *d, uint32_t county, unsigned k, unsigned part, uint32_t n,
          rh_err *err)
{
    const uint32_t *sums = s->deck[county][k][part];
    uint32_t size = sums[RH_LABELS];
    RH_TRY(grow(&d->card, &d->card_room, (size_t)size + 1, sizeof *d->card, "cards of a county",
                err));
    uint8_t *card = d->card;
    for (unsigned i = 0; i < RH_LABELS; i++) {
        memset(card + sums[i], (int)i, sums[i + 1] - sums[i]);
    }
    rh_key key = rh_key_with(rh_key_with(s->key, deck_number(county, k, part)), KEY_CARDS);
    for (uint32_t i = 0; i < n; i += 2) {
        uint64_t bits = rh_draw(key, i);
        deal_card(card, size, i, (uint32_t)bits);
        deal_card(card, size, i + 1, (uint32_t)(bits >> 32)); /* perhaps one too many */
    }
    return RH_OK;
}

/* What residents drawn one after another have in common. */
typedef struct setting {
    const rh_attributes *attributes;
    const uint16_t *hukou;
    unsigned k, part;
    int base_year;
    rh_key key;
    uint64_t number; /* residents drawn so far */
} setting;

static setting
open_setting(const rh_synth *s, const desk *d, uint32_t county, unsigned k, unsigned part)
{
    return (setting){
        .attributes = d->attributes[k != RH_LOCAL],
        .hukou = s->profile[county].hukou[k][part],
        .k = k,
        .part = part,
        .base_year = s->region->base_year,
        .key = rh_key_with(rh_key_with(s->key, KEY_PERSON), deck_number(county, k, part))};
}

/* ASSUMPTION (假设): the score grows with stay and schooling, is higher inside the province, and
 * spreads by chance over four points. */
static inline unsigned
integration_of(unsigned k, unsigned stay, unsigned education, unsigned chance)
{
    static const uint8_t schooling[8] = {0, 0, 1, 2, 3, 3, 3, 3};
    unsigned score =
        2 + stay / 2 + schooling[education] + (k == RH_OTHER_PROVINCE ? 0 : 2) + chance;
    return score > rh_integration_max ? rh_integration_max : score;
}

/* A resident of the leaf. The field `next` holds chance bits for the joining of families. */
static inline rh_person
draw_local(setting *at, unsigned label, uint32_t leaf)
{
    uint64_t a = rh_draw(at->key, 2 * at->number), b = rh_draw(at->key, 2 * at->number + 1);
    at->number++;
    rh_person w = rh_attributes_draw(at->attributes, at->part, label, at->hukou, a, b & 0x7fff);
    return w | leaf | b >> rh_next_low << rh_next_low;
}

/* The same for somebody who is registered elsewhere. */
static inline rh_person
draw_away(setting *at, unsigned label, uint32_t leaf)
{
    uint64_t chance = rh_draw(at->key, 2 * at->number + 1) >> 32;
    rh_person w = draw_local(at, label, leaf);
    unsigned stay = rh_stay_years[chance & 31], age = (unsigned)rh_person_age(w, at->base_year);
    stay = stay > age ? age : stay;
    unsigned score = integration_of(at->k, stay, rh_person_education(w), chance >> 5 & 3);
    return w | (rh_person)rh_arrival_code(at->base_year - (int)stay) << rh_arrival_low |
           (rh_person)score << rh_integration_low;
}

/* Fit the tables of a county and draw its migrants from other counties. */
static rh_status
arrivals_job(void *context, unsigned county, unsigned worker, rh_err *err)
{
    job_context *c = context;
    const rh_synth *s = c->synth;
    desk *d = &c->desks[worker];
    rh_profile_fit(s->region, county, &s->profile[county]);
    RH_TRY(rh_attributes_make(d->attributes[1], &s->profile[county], 1, s->region->base_year,
                              &d->alias, err));
    for (unsigned i = 0; i < CROSS * RH_PART_COUNT; i++) {
        unsigned k = RH_IN_PROVINCE + i / RH_PART_COUNT, part = i % RH_PART_COUNT;
        uint32_t n = seats_made(line_up(s, deck_number(county, k, part)),
                                s->deck[county][k][part][RH_LABELS]);
        RH_TRY(deal_deck(s, d, county, k, part, n, err));
        setting at = open_setting(s, d, county, k, part);
        uint32_t *out = s->resident + s->dealt[county][k - RH_IN_PROVINCE][part];
        for (uint32_t seat = 0; seat < n; seat++) {
            out[seat] = (uint32_t)(draw_away(&at, d->card[seat], 0) >> rh_residence_bits);
        }
    }
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
    double made = SAMPLE_WORK * sample > SAMPLE_LEAST ? SAMPLE_WORK * sample : SAMPLE_LEAST;
    s->share = made < 1 ? (uint32_t)(made * SHARE_ONE) : SHARE_ONE;
    s->keep = sample < 1 ? sample * SHARE_ONE / s->share : 1;
    s->profile = rh_alloc(region->county.n, sizeof *s->profile);
    rh_status status =
        s->profile != NULL
            ? RH_OK
            : rh_fail(err, RH_MEMORY, "Not enough memory for the profiles of %u counties.",
                      (unsigned)region->county.n);
    job_context context = {.synth = s};
    if (status == RH_OK) {
        status = prepare_decks(s, err);
    }
    if (status == RH_OK) {
        status = prepare_flows(s, err);
    }
    if (status == RH_OK) {
        status = desks_new(n_threads, &context.desks, err);
    }
    if (status == RH_OK) {
        status = rh_threads_run(n_threads, region->county.n, NULL, arrivals_job, &context, err);
    }
    desks_free(context.desks, n_threads);
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
    rh_free(s->dealt);
    rh_free(s->resident);
    rh_free(s);
}

/* The job of one home county. */
typedef struct county_job {
    const rh_synth *synth;
    desk *d;
    uint32_t county, first_town, towns;
    uint64_t weight; /* all townships */
    rh_key key;
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

/* Township of a seat of the destination: the last one that starts at or before it. */
static uint32_t
town_of_seat(const rh_synth *s, uint32_t county, unsigned k, unsigned part, uint32_t seat)
{
    const rh_level *level = &s->region->county;
    uint32_t low = level->first[county], high = level->first[county + 1] - 1;
    while (low < high) {
        uint32_t middle = (low + high + 1) / 2;
        if (s->leaf_start[rh_leaf(middle, (int)part)][k - RH_IN_PROVINCE] <= seat) {
            low = middle;
        } else {
            high = middle - 1;
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
    uint64_t deck = deck_number(d, k, part);
    uint32_t whole = s->deck[d][k][part][RH_LABELS] / PACKET, used = 0;
    uint32_t seat = s->flow_start[entry][part], end = seat + n;
    rh_key leaves = rh_key_with(rh_key_with(s->key, deck), KEY_LEAVES);
    line packets = line_up(s, deck);
    const uint32_t *resident = s->resident + s->dealt[d][k - RH_IN_PROVINCE][part];
    uint64_t made_first = made_before(packets, 0);
    for (uint32_t stop; seat < end; seat = stop, used++) {
        uint32_t index = seat / PACKET;
        stop = (index + 1) * PACKET < end ? (index + 1) * PACKET : end;
        if (!is_made(packets, index)) {
            continue;
        }
        uint32_t home = home_of_packet(j, packet + used);
        if (count_only) {
            j->d->first[home + 1] += stop - seat;
            continue;
        }
        uint32_t place = index < whole
                             ? (uint32_t)rh_deal(leaves, index, whole) * PACKET + seat % PACKET
                             : seat;
        uint32_t town = town_of_seat(s, d, k, part, place);
        const uint32_t *from =
            resident + (made_before(packets, index) - made_first) * PACKET + seat % PACKET;
        rh_person *out = j->d->member + j->d->cursor[home];
        j->d->cursor[home] += stop - seat;
        for (uint32_t i = 0; i < stop - seat; i++, place++) {
            while (town + 1 < region->county.first[d + 1] &&
                   s->leaf_start[rh_leaf(town + 1, (int)part)][k - RH_IN_PROVINCE] <= place) {
                town++;
            }
            uint32_t chance = (place + (uint32_t)leaves) * 0x9e3779b1u;
            out[i] = rh_leaf(town, (int)part) | (rh_person)from[i] << rh_residence_bits |
                     (rh_person)(chance >> (32 - rh_next_bits)) << rh_next_low;
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

/* Local seats, leaf by leaf: those of a leaf that are made. */
static uint32_t
locals_made(const county_job *j, line seats, uint32_t leaf, uint64_t *at)
{
    uint64_t first = *at;
    *at += j->synth->region->leaf_class[leaf][RH_LOCAL];
    return (uint32_t)(made_before(seats, *at) - made_before(seats, first));
}

static rh_status
seat_locals(county_job *j, rh_err *err)
{
    const rh_synth *s = j->synth;
    for (unsigned part = 0; part < RH_PART_COUNT; part++) {
        line seats = line_up(s, deck_number(j->county, RH_LOCAL, part));
        uint32_t size = s->deck[j->county][RH_LOCAL][part][RH_LABELS];
        uint32_t n_made = (uint32_t)(made_before(seats, size) - made_before(seats, 0));
        RH_TRY(deal_deck(s, j->d, j->county, RH_LOCAL, part, n_made, err));
        const uint8_t *card = j->d->card;
        setting at = open_setting(s, j->d, j->county, RH_LOCAL, part);
        uint64_t seat = 0;
        for (uint32_t t = 0; t < j->towns; t++) {
            uint32_t leaf = rh_leaf(j->first_town + t, (int)part);
            uint32_t n = locals_made(j, seats, leaf, &seat);
            rh_person *out = j->d->member + j->d->cursor[t];
            for (uint32_t i = 0; i < n; i++) {
                out[i] = draw_local(&at, *card++, leaf);
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
    const uint32_t *moves = j->d->moves;
    for (unsigned part = 0; part < RH_PART_COUNT; part++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < j->towns * j->towns; i++) {
            n += moves[i];
        }
        RH_TRY(deal_deck(s, j->d, j->county, RH_IN_COUNTY, part, n, err));
        const uint8_t *card = j->d->card;
        setting at = open_setting(s, j->d, j->county, RH_IN_COUNTY, part);
        for (uint32_t place = 0; place < j->towns; place++) {
            uint32_t leaf = rh_leaf(j->first_town + place, (int)part);
            for (uint32_t h = 0; h < j->towns; h++, moves++) {
                rh_person *out = j->d->member + j->d->cursor[h];
                for (uint32_t i = 0; i < *moves; i++) {
                    out[i] = draw_away(&at, *card++, leaf);
                }
                j->d->cursor[h] += *moves;
            }
        }
    }
    return RH_OK;
}

/* Of the moves to one place leave those that are made: whole packets of neighbours. */
static void
thin_moves(const county_job *j, line packets, uint64_t *packet, uint32_t *moves)
{
    for (uint32_t h = 0; h < j->towns; h++) {
        uint32_t n = 0;
        for (uint32_t from = 0; from < moves[h]; from += PACKET, ++*packet) {
            uint32_t size = moves[h] - from < PACKET ? moves[h] - from : PACKET;
            n += is_made(packets, *packet) ? size : 0;
        }
        moves[h] = n;
    }
}

/* Members by home township: counts, then first index of each. */
static rh_status
count_members(county_job *j, rh_err *err)
{
    const rh_synth *s = j->synth;
    desk *d = j->d;
    memset(d->first, 0, (j->towns + 1) * sizeof *d->first);
    for (unsigned part = 0; part < RH_PART_COUNT; part++) {
        line seats = line_up(s, deck_number(j->county, RH_LOCAL, part)),
             packets = line_up(s, deck_number(j->county, RH_IN_COUNTY, part));
        uint64_t seat = 0, packet = 0;
        for (uint32_t t = 0; t < j->towns; t++) {
            uint32_t leaf = rh_leaf(j->first_town + t, (int)part);
            uint32_t *moves = d->moves + ((size_t)part * j->towns + t) * j->towns;
            d->first[t + 1] += locals_made(j, seats, leaf, &seat);
            apportion_moves(j, t, s->region->leaf_class[leaf][RH_IN_COUNTY], moves);
            if (s->share < SHARE_ONE) {
                thin_moves(j, packets, &packet, moves);
            }
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
    for (unsigned away = 0; away < 2; away++) {
        RH_TRY(rh_attributes_make(d->attributes[away], &s->profile[county], away,
                                  region->base_year, &d->alias, err));
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
                             rh_key_with(blocks, region->town.code[j.first_town + t]), s->keep,
                             store, err));
    }
    return RH_OK;
}

rh_status
rh_synth_county(const rh_synth *synth, uint32_t county, rh_store *store, rh_err *err)
{
    desk *d = NULL;
    rh_status status = desks_new(1, &d, err);
    if (status == RH_OK) {
        status = build_county(synth, d, county, store, err);
    }
    desks_free(d, 1);
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
    rh_status status = desks_new(n_threads, &c.desks, err);
    if (status == RH_OK) {
        status = rh_threads_run(n_threads, synth->region->county.n, NULL, county_task, &c, err);
    }
    desks_free(c.desks, n_threads);
    pthread_mutex_destroy(&c.lock);
    return status;
}
