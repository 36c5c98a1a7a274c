/* What must be true of house, land and title: asked when an offer is drafted, verified, reviewed and matched. */
#include "domain/offer_fact.h"

#include "domain/offer_life.h"
#include "domain/right.h"
#include "domain/setting.h"

const rh_row_scheme *
rh_homestead_scheme(const rh_registry *r, int64_t collective)
{
    for (int64_t id = rh_first(r, RH_BY_scheme_collective, collective); id != 0;
         id = rh_next(r, RH_BY_scheme_collective, id)) {
        const rh_row_scheme *s = RH_GET(r, scheme, id);
        if (s->state == rh_scheme_state_active &&
            s->purpose == rh_scheme_purpose_homestead_use) {
            return s;
        }
    }
    return NULL;
}

enum { CM2_PER_M2 = 10000 };

int64_t
rh_floor_rent(const rh_registry *r, const rh_row_scheme *scheme, const rh_row_baunit *unit)
{
    int64_t area = RH_GET(r, building, unit->building)->area_cm2;
    return (scheme->floor_fen_m2_year * area + CM2_PER_M2 - 1) / CM2_PER_M2;
}

/* The scheme of the offer, or, for a draft, the one in force. NULL: not in force. */
static const rh_row_scheme *
scheme_of(const rh_case *c)
{
    const rh_row_scheme *s = rh_homestead_scheme(c->registry, c->baunit->collective);
    return c->offer == NULL || (s != NULL && s->id == c->offer->scheme) ? s : NULL;
}

static int64_t
uses_of(const rh_case *c)
{
    return c->offer == NULL ? RH_COMMAND(c, offer_draft)->uses : c->offer->uses;
}

bool
rh_guard_offer_scheme_stands(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return scheme_of(c) != NULL;
}

bool
rh_guard_offer_uses_in_scheme(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_row_scheme *s = scheme_of(c);
    int64_t uses = uses_of(c);
    return s == NULL || (uses > 0 && (uses & ~s->uses) == 0);
}

bool
rh_guard_no_lease_on_unit(const rh_case *c, rh_refusal *why)
{
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_lease_baunit, c->baunit->id); id != 0;
         id = rh_next(r, RH_BY_lease_baunit, id)) {
        if (RH_LEASE_HOLDS_UNIT & RH_BIT(RH_GET(r, lease, id)->state)) {
            rh_say(why, RH_FIELD_INT, id);
            return false;
        }
    }
    return true;
}

bool
rh_guard_land_is_fit(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_row_parcel *p = RH_GET(c->registry, parcel, c->baunit->parcel);
    return !p->farmland && !p->hazard;
}

bool
rh_guard_title_is_clear(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_registry *r = c->registry;
    const rh_row_source *title = RH_GET(r, source, c->offer->title);
    const rh_row_rrr *use = rh_right_present(r, c->baunit->id, RH_RIGHT(use_right)),
                     *house = rh_right_present(r, c->baunit->id, RH_RIGHT(house_ownership));
    return title != NULL && use != NULL && house != NULL && use->party == c->offer->household &&
           house->party == c->offer->household;
}

bool
rh_guard_area_within_cap(const rh_case *c, rh_refusal *why)
{
    int64_t area = RH_GET(c->registry, parcel, c->baunit->parcel)->area_cm2,
            cap = rh_setting(c, rh_parameter_area_cap_cm2);
    cap = cap == RH_NONE ? 0 : cap;
    rh_say(why, RH_FIELD_INT, area);
    rh_say(why, RH_FIELD_INT, cap);
    return area <= cap;
}

bool
rh_guard_unit_unencumbered(const rh_case *c, rh_refusal *why)
{
    const rh_row_rrr *right =
        rh_right_present(c->registry, c->baunit->id,
                         RH_RIGHT(seizure) | RH_RIGHT(mortgage) | RH_RIGHT(residence_right));
    if (right != NULL) {
        rh_say_code(why, &rh_codes_rrr_kind, right->kind);
    }
    return right == NULL;
}

static int64_t
open_dispute(const rh_registry *r, int64_t object, int64_t object_id)
{
    for (int64_t id = rh_first(r, RH_BY_dispute_object_id, object_id); id != 0;
         id = rh_next(r, RH_BY_dispute_object_id, id)) {
        const rh_row_dispute *d = RH_GET(r, dispute, id);
        if (d->object == object && d->state == rh_case_state_open) {
            return id;
        }
    }
    return 0;
}

bool
rh_guard_no_open_dispute(const rh_case *c, rh_refusal *why)
{
    int64_t dispute = open_dispute(c->registry, rh_object_kind_baunit, c->baunit->id);
    if (dispute == 0) {
        dispute = open_dispute(c->registry, rh_object_kind_offer, c->offer->id);
    }
    rh_say(why, RH_FIELD_INT, dispute);
    return dispute == 0;
}

bool
rh_guard_house_is_safe(const rh_case *c, rh_refusal *why)
{
    int64_t safety = RH_GET(c->registry, building, c->baunit->building)->safety;
    rh_say_code(why, &rh_codes_safety, safety);
    return safety == rh_safety_a || safety == rh_safety_b;
}

/* [P] Processing and storage load and alter a house; a heritage building takes neither. */
bool
rh_guard_heritage_respected(const rh_case *c, rh_refusal *why)
{
    bool heritage = RH_GET(c->registry, parcel, c->baunit->parcel)->heritage == 1 ||
                    rh_right_present(c->registry, c->baunit->id, RH_RIGHT(heritage)) != NULL;
    bool processing = (uses_of(c) & INT64_C(1) << rh_lessee_use_processing) != 0,
         storage = (uses_of(c) & INT64_C(1) << rh_lessee_use_storage) != 0;
    rh_say_code(why, &rh_codes_lessee_use,
                processing ? rh_lessee_use_processing : rh_lessee_use_storage);
    return !heritage || (!processing && !storage);
}

/* A household with a second house (by succession), or with other housing that a source shows. */
bool
rh_guard_not_only_home(const rh_case *c, rh_refusal *why)
{
    (void)why;
    const rh_registry *r = c->registry;
    int64_t first = rh_first(r, RH_BY_baunit_household, c->offer->household);
    return (first != 0 && rh_next(r, RH_BY_baunit_household, first) != 0) ||
           (c->offer->other_housing == 1 && c->offer->housing_source != RH_NONE);
}

/* A listed ground is not enough: the fact stands in the register. An upheld objection refuses by itself. */
bool
rh_guard_ground_is_recorded(const rh_case *c, rh_refusal *why)
{
    int64_t ground = RH_COMMAND(c, offer_refuse)->ground;
    rh_refusal unsaid = {.n = 0};
    rh_say_code(why, &rh_codes_refusal_ground, ground);
    switch (ground) {
    case rh_refusal_ground_no_title:
        return !rh_guard_title_is_clear(c, &unsaid);
    case rh_refusal_ground_encumbered:
        return !rh_guard_unit_unencumbered(c, &unsaid) || !rh_guard_no_open_dispute(c, &unsaid);
    case rh_refusal_ground_unsafe:
        return !rh_guard_house_is_safe(c, &unsaid);
    case rh_refusal_ground_not_in_scheme:
        return !rh_guard_offer_scheme_stands(c, &unsaid) ||
               !rh_guard_offer_uses_in_scheme(c, &unsaid);
    case rh_refusal_ground_only_home:
        return !rh_guard_not_only_home(c, &unsaid);
    case rh_refusal_ground_farmland:
        return !rh_guard_land_is_fit(c, &unsaid);
    default:
        return false;
    }
}
