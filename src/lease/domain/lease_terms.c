/* Limits of every lease: see lease_terms.h. The law's stand in code; what a township may set comes from setting.h. */
#include "domain/lease_terms.h"

#include "domain/calendar_day.h"
#include "domain/offer_fact.h"
#include "domain/setting.h"
#include "domain/split.h"

#include <string.h>

/* The day from which nothing is due or paid yet: lines cover the term without a gap, so it is the day of one, or the end. */
static int64_t
unbilled_from(const rh_case *c, const rh_row_lease *l)
{
    const rh_registry *r = c->registry;
    int64_t billed = c->today, from = l->end;
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t id = rh_first(r, RH_BY_rent_line_lease, l->id); id != 0;
             id = rh_next(r, RH_BY_rent_line_lease, id)) {
            const rh_row_rent_line *line = RH_GET(r, rent_line, id);
            if (line->kind != rh_line_kind_rent || line->cancelled == 1) {
                continue;
            }
            if (pass == 0 && rh_received(r, id) > 0 && line->due > billed) {
                billed = line->due;
            } else if (pass == 1 && line->due > billed && line->due < from) {
                from = line->due;
            }
        }
    }
    return from;
}

rh_rent_terms
rh_rent_after(const rh_case *c, const rh_row_lease *l, int64_t end, int64_t fen_year)
{
    rh_rent_terms rent = rh_lease_rent(l);
    rent.start = unbilled_from(c, l);
    rent.end = end;
    rent.fen_year = fen_year;
    return rent;
}

static rh_lease_terms
of_lease(const rh_case *c, const rh_row_lease *l)
{
    return (rh_lease_terms){.rent = rh_lease_rent(l),
                            .start = l->start,
                            .end = l->end,
                            .signed_on = l->supersedes == RH_NONE  ? RH_NONE
                                         : l->signed_on == RH_NONE ? c->today
                                                                   : l->signed_on,
                            .farmer_bp = l->farmer_bp,
                            .collective_bp = l->collective_bp,
                            .reserve_bp = l->reserve_bp,
                            .purpose = l->purpose,
                            .deposit_fen = l->deposit_fen,
                            .scheme = RH_GET(c->registry, scheme, l->scheme),
                            .wording = l->wording};
}

static rh_lease_terms
of_renewal(const rh_case *c, const rh_command_lease_renew *ask)
{
    rh_lease_terms t = of_lease(c, c->lease);
    t.start = c->lease->end;
    t.end =
        rh_day_add_months(t.start, ask->months < 0 || ask->months > 1200 ? 1200 : ask->months);
    t.signed_on = c->today;
    t.wording = ask->wording;
    t.rent.start = t.start;
    t.rent.end = t.end;
    t.rent.fen_year = ask->fen_year;
    t.scheme = rh_homestead_scheme(c->registry, c->lease->collective);
    if (t.scheme != NULL) {
        t.farmer_bp = t.scheme->farmer_bp;
        t.collective_bp = t.scheme->collective_bp;
        t.reserve_bp = t.scheme->reserve_bp;
    }
    return t;
}

/* Of the lease that a match would make. */
static rh_lease_terms
of_match(const rh_case *c, const rh_command_offer_match *ask)
{
    const rh_row_offer *o = c->offer;
    const rh_row_bid *b = RH_GET(c->registry, bid, ask->bid);
    const rh_row_scheme *s = RH_GET(c->registry, scheme, o->scheme);
    int64_t end = rh_day_add_months(ask->start, o->months);
    return (rh_lease_terms){.rent = {.start = ask->start,
                                     .end = end,
                                     .fen_year = b->fen_year,
                                     .step_bp = ask->step_bp,
                                     .step_years = ask->step_years,
                                     .period_months = ask->period_months},
                            .start = ask->start,
                            .end = end,
                            .signed_on = RH_NONE,
                            .farmer_bp = s->farmer_bp,
                            .collective_bp = s->collective_bp,
                            .reserve_bp = s->reserve_bp,
                            .purpose = b->purpose,
                            .deposit_fen = o->deposit_fen,
                            .scheme = s,
                            .wording = ask->wording};
}

rh_lease_terms
rh_terms_of(const rh_case *c)
{
    const rh_row_lease *l = c->lease;
    switch (c->ask->kind) {
    case RH_DO_offer_match:
        return of_match(c, RH_COMMAND(c, offer_match));
    case RH_DO_lease_renew:
        return of_renewal(c, RH_COMMAND(c, lease_renew));
    case RH_DO_lease_amend: {
        const rh_command_lease_amend *a = RH_COMMAND(c, lease_amend);
        rh_lease_terms t = of_lease(c, l);
        t.end = a->end;
        t.rent = rh_rent_after(c, l, a->end, a->fen_year);
        t.farmer_bp = a->farmer_bp;
        t.collective_bp = a->collective_bp;
        t.reserve_bp = a->reserve_bp;
        t.wording = a->wording;
        return t;
    }
    case RH_DO_amendment_sign: {
        const rh_row_amendment *a =
            RH_GET(c->registry, amendment, RH_COMMAND(c, amendment_sign)->amendment);
        rh_lease_terms t = of_lease(c, l);
        t.end = a->end;
        t.rent = rh_rent_after(c, l, a->end, a->fen_year);
        t.farmer_bp = a->farmer_bp;
        t.collective_bp = a->collective_bp;
        t.reserve_bp = a->reserve_bp;
        t.wording = a->wording;
        return t;
    }
    default:
        return of_lease(c, l);
    }
}

int64_t
rh_floor_area(const rh_registry *r, int64_t baunit)
{
    const rh_row_baunit *unit = RH_GET(r, baunit, baunit);
    const rh_row_building *house = unit == NULL ? NULL : RH_GET(r, building, unit->building);
    return house == NULL ? 0 : house->area_cm2;
}

/* ---- guards ---- */

bool
rh_guard_term_at_most_20_years(const rh_case *c, rh_refusal *why)
{
    rh_lease_terms t = rh_terms_of(c);
    int64_t last = rh_term_end(t.start, RH_LAW_YEARS);
    if (t.end <= last) {
        return true;
    }
    rh_say(why, RH_FIELD_DATE, t.start);
    rh_say(why, RH_FIELD_DATE, last);
    return false;
}

bool
rh_guard_renewal_at_most_20_years(const rh_case *c, rh_refusal *why)
{
    rh_lease_terms t = rh_terms_of(c);
    if (t.signed_on == RH_NONE) {
        return true;
    }
    int64_t last = rh_term_end(t.signed_on, RH_LAW_YEARS);
    if (t.end <= last) {
        return true;
    }
    rh_say(why, RH_FIELD_DATE, t.signed_on);
    rh_say(why, RH_FIELD_DATE, last);
    return false;
}

bool
rh_guard_term_is_ahead(const rh_case *c, rh_refusal *why)
{
    rh_lease_terms t = rh_terms_of(c);
    bool amended = c->ask->kind == RH_DO_lease_amend || c->ask->kind == RH_DO_amendment_sign;
    if (t.start < t.end && t.end > c->today && (amended || t.start >= c->today)) {
        return true;
    }
    rh_say(why, RH_FIELD_DATE, t.start);
    rh_say(why, RH_FIELD_DATE, t.end);
    rh_say(why, RH_FIELD_DATE, c->today);
    return false;
}

bool
rh_guard_scheme_in_force(const rh_case *c, rh_refusal *why)
{
    (void)why;
    rh_lease_terms t = rh_terms_of(c);
    return t.scheme != NULL && t.scheme->state == rh_scheme_state_active;
}

bool
rh_guard_split_is_the_schemes(const rh_case *c, rh_refusal *why)
{
    rh_lease_terms t = rh_terms_of(c);
    if (t.scheme == NULL ||
        (t.farmer_bp == t.scheme->farmer_bp && t.collective_bp == t.scheme->collective_bp &&
         t.reserve_bp == t.scheme->reserve_bp)) {
        return true;
    }
    rh_say(why, RH_FIELD_INT, t.scheme->farmer_bp);
    rh_say(why, RH_FIELD_INT, t.scheme->collective_bp);
    rh_say(why, RH_FIELD_INT, t.scheme->reserve_bp);
    return false;
}

bool
rh_guard_shares_make_a_whole(const rh_case *c, rh_refusal *why)
{
    rh_lease_terms t = rh_terms_of(c);
    if (t.farmer_bp >= 0 && t.farmer_bp <= 10000 && t.collective_bp >= 0 &&
        t.collective_bp <= 10000 && t.reserve_bp >= 0 &&
        t.farmer_bp + t.collective_bp + t.reserve_bp == 10000) {
        return true;
    }
    rh_say(why, RH_FIELD_INT, t.farmer_bp);
    rh_say(why, RH_FIELD_INT, t.collective_bp);
    rh_say(why, RH_FIELD_INT, t.reserve_bp);
    return false;
}

bool
rh_guard_farmer_share_stands(const rh_case *c, rh_refusal *why)
{
    rh_lease_terms t = rh_terms_of(c);
    if (t.scheme == NULL || t.farmer_bp >= t.scheme->farmer_bp) {
        return true;
    }
    rh_say(why, RH_FIELD_INT, t.farmer_bp);
    rh_say(why, RH_FIELD_INT, t.scheme->farmer_bp);
    return false;
}

bool
rh_guard_use_in_scheme(const rh_case *c, rh_refusal *why)
{
    rh_lease_terms t = rh_terms_of(c);
    if (t.scheme == NULL || ((uint64_t)t.scheme->uses & RH_BIT(t.purpose)) != 0) {
        return true;
    }
    rh_say_code(why, &rh_codes_lessee_use, t.purpose);
    return false;
}

bool
rh_guard_deposit_cap(const rh_case *c, rh_refusal *why)
{
    rh_lease_terms t = rh_terms_of(c);
    int64_t months = rh_setting(c, rh_parameter_deposit_months);
    int64_t most = rh_scaled(t.rent.fen_year, months, 12);
    if (t.deposit_fen <= most) {
        return true;
    }
    rh_say(why, RH_FIELD_FEN, t.deposit_fen);
    rh_say(why, RH_FIELD_INT, months);
    rh_say(why, RH_FIELD_FEN, most);
    return false;
}

bool
rh_guard_prepay_cap(const rh_case *c, rh_refusal *why)
{
    rh_lease_terms t = rh_terms_of(c);
    int64_t most = rh_setting(c, rh_parameter_prepay_months);
    if (t.rent.period_months <= most) {
        return true;
    }
    rh_say(why, RH_FIELD_INT, t.rent.period_months);
    rh_say(why, RH_FIELD_INT, most);
    return false;
}

bool
rh_guard_rent_can_be_computed(const rh_case *c, rh_refusal *why)
{
    (void)why;
    rh_lease_terms t = rh_terms_of(c);
    return t.rent.start >= t.rent.end ? t.rent.fen_year <= INT64_C(10000000000000)
                                      : rh_rent_sane(&t.rent);
}

bool
rh_guard_rent_at_floor(const rh_case *c, rh_refusal *why)
{
    rh_lease_terms t = rh_terms_of(c);
    const rh_row_baunit *unit = c->baunit; /* of the lease, or of the offer to be matched */
    int64_t floor = t.scheme == NULL ? 0 : t.scheme->floor_fen_m2_year,
            least = t.scheme == NULL ? 0 : rh_floor_rent(c->registry, t.scheme, unit);
    if (t.rent.fen_year >= least) {
        return true;
    }
    rh_say(why, RH_FIELD_FEN, t.rent.fen_year);
    rh_say(why, RH_FIELD_FEN, least);
    rh_say(why, RH_FIELD_FEN, floor);
    return false;
}

int
rh_sale_word(const char *text)
{
    char plain[4096];
    size_t n = 0;
    for (size_t i = 0; text != NULL && text[i] != '\0' && n + 1 < sizeof plain;) {
        if (text[i] == ' ' || text[i] == '\n') {
            i++;
        } else if (strncmp(text + i, "\xE3\x80\x80", 3) == 0) { /* U+3000, the wide blank */
            i += 3;
        } else {
            plain[n++] = text[i++];
        }
    }
    plain[n] = '\0';
    for (int w = 0; w < rh_codes_sale_word.n; w++) {
        if (strstr(plain, rh_codes_sale_word.zh[w]) != NULL) {
            return w;
        }
    }
    return -1;
}

bool
rh_guard_wording_is_of_a_lease(const rh_case *c, rh_refusal *why)
{
    int word = rh_sale_word(rh_terms_of(c).wording);
    if (word < 0) {
        return true;
    }
    rh_say_code(why, &rh_codes_sale_word, word);
    return false;
}

bool
rh_guard_unit_is_free(const rh_case *c, rh_refusal *why)
{
    rh_lease_terms t = rh_terms_of(c);
    /* A renewal that is only proposed has no number yet; what it renews ends where it starts. */
    int64_t but = c->ask->kind == RH_DO_lease_renew ? RH_NONE : c->lease->id;
    int64_t other = rh_lease_overlaps(c->registry, c->lease->baunit, t.start, t.end, but);
    if (other == RH_NONE) {
        return true;
    }
    const rh_row_lease *l = RH_GET(c->registry, lease, other);
    rh_say(why, RH_FIELD_INT, other);
    rh_say(why, RH_FIELD_DATE, l->start);
    rh_say(why, RH_FIELD_DATE, l->end);
    return false;
}
