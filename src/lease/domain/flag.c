/* The red flags: see flag.h, flag.def. */
#include "domain/flag.h"

#include "domain/calendar_day.h"
#include "domain/lease_terms.h"
#include "domain/setting.h"
#include "domain/split.h"

#include <string.h>

typedef bool sign_call(const rh_case *c, const rh_row_lease *l, int64_t threshold);

/* One payment covers more months than the threshold; or, of a lease of more than a year, more than the set part of all rent. */
static bool
is_prepaid_far(const rh_case *c, const rh_row_lease *l, int64_t months)
{
    int64_t part_bp = rh_setting(c, rh_parameter_flag_prepaid_bp);
    if (l->period_months > months) {
        return true;
    }
    rh_rent_terms t = rh_lease_rent(l);
    rh_rent_due first;
    return l->period_months > 12 && rh_rent_due_at(&t, 0, &first) &&
           first.fen > rh_scaled(rh_rent_total(&t), part_bp, 10000);
}

static bool
promises_more(const rh_case *c, const rh_row_lease *l, int64_t months)
{
    (void)c;
    static const char *const word[] = {"续租", "续签", "续约", "续期", "顺延"};
    bool found = false;
    for (size_t i = 0; l->wording != NULL && i < sizeof word / sizeof word[0]; i++) {
        found |= strstr(l->wording, word[i]) != NULL;
    }
    return found && rh_months_between(l->start, l->end) >= months;
}

/* The price of the house by the local price of floor area; RH_NONE: unknown. */
static int64_t
price_of_house(const rh_case *c, const rh_row_lease *l)
{
    int64_t price = rh_setting(c, rh_parameter_house_price_fen_m2);
    int64_t area = rh_floor_area(c->registry, l->baunit);
    return price == RH_NONE || price <= 0 || area <= 0 ? RH_NONE
                                                       : rh_scaled(price, area, 10000);
}

static bool
pays_the_house(const rh_case *c, const rh_row_lease *l, int64_t part_bp)
{
    rh_rent_terms t = rh_lease_rent(l);
    int64_t price = price_of_house(c, l);
    return price != RH_NONE && rh_rent_total(&t) >= rh_scaled(price, part_bp, 10000);
}

static bool
deposits_the_house(const rh_case *c, const rh_row_lease *l, int64_t part_bp)
{
    int64_t price = price_of_house(c, l);
    return price != RH_NONE && l->deposit_fen >= rh_scaled(price, part_bp, 10000);
}

/* Leases of the lessee that are bound or in force, this one with them; `village` RH_NONE: anywhere. Units and parcels go one to one. */
static int64_t
leases_of(const rh_registry *r, const rh_row_lease *l, int64_t village)
{
    int64_t n = 1;
    for (int64_t id = rh_first(r, RH_BY_lease_lessee, l->lessee); id != 0;
         id = rh_next(r, RH_BY_lease_lessee, id)) {
        const rh_row_lease *other = RH_GET(r, lease, id);
        n += id != l->id && other->baunit != l->baunit && rh_lease_in(other, RH_LEASE_BOUND) &&
             (village == RH_NONE || other->village == village);
    }
    return n;
}

static bool
holds_parcels(const rh_case *c, const rh_row_lease *l, int64_t most)
{
    return leases_of(c->registry, l, l->village) >= most;
}

static bool
holds_homes(const rh_case *c, const rh_row_lease *l, int64_t most)
{
    return leases_of(c->registry, l, RH_NONE) > most;
}

static bool
is_office(int64_t role)
{
    return (RH_BIT(role) &
            (RH_BIT(rh_role_clerk) | RH_BIT(rh_role_council) | RH_BIT(rh_role_supervisors) |
             RH_BIT(rh_role_party_org) | RH_BIT(rh_role_treasurer) | RH_BIT(rh_role_township) |
             RH_BIT(rh_role_county))) != 0;
}

/* The lessee, or kin of it, holds an office over the place: looked for from the village upwards, over the offices granted there. */
static bool
is_kin_of_office(const rh_case *c, const rh_row_lease *l, int64_t unused)
{
    (void)unused;
    const rh_registry *r = c->registry;
    const rh_row_place *place = RH_GET(r, place, l->village);
    for (; place != NULL; place = RH_GET(r, place, place->parent)) {
        for (int64_t id = rh_first(r, RH_BY_role_grant_place, place->id); id != 0;
             id = rh_next(r, RH_BY_role_grant_place, id)) {
            const rh_row_role_grant *g = RH_GET(r, role_grant, id);
            if (is_office(g->role) && rh_holds(g, c->today) &&
                rh_are_kin(r, g->party, l->lessee, c->today)) {
                return true;
            }
        }
    }
    return false;
}

static bool
pays_little(const rh_case *c, const rh_row_lease *l, int64_t part_bp)
{
    int64_t fair = rh_setting(c, rh_parameter_fair_rent_fen_m2_year);
    int64_t area = rh_floor_area(c->registry, l->baunit);
    return fair != RH_NONE && fair > 0 && area > 0 &&
           l->fen_year < rh_scaled(rh_scaled(fair, area, 10000), part_bp, 10000);
}

static bool
sublets_soon(const rh_case *c, const rh_row_lease *l, int64_t months)
{
    return months >= 0 && months <= 240 && c->today < rh_day_add_months(l->start, months);
}

static const struct {
    int threshold, moments;
    sign_call *sign;
} table[rh_flag_count] = {
#define FLAG(flag, threshold, moments, sign) [rh_flag_##flag] = {threshold, (moments), sign},
#include "domain/flag.def"
#undef FLAG
};

int
rh_flag_moments(enum rh_flag_code flag)
{
    return table[flag].moments;
}

bool
rh_flag_shows(const rh_case *c, enum rh_flag_code flag, const rh_row_lease *l)
{
    int key = table[flag].threshold;
    int64_t threshold = key < 0 ? RH_NONE : rh_setting(c, (enum rh_parameter_code)key);
    return table[flag].sign != NULL && table[flag].sign(c, l, threshold);
}

static bool
inspected(const rh_registry *r, int64_t lease, int64_t flag, bool ever)
{
    for (int64_t id = rh_first(r, RH_BY_inspection_lease, lease); id != 0;
         id = rh_next(r, RH_BY_inspection_lease, id)) {
        const rh_row_inspection *i = RH_GET(r, inspection, id);
        if (i->flag == flag && (ever || i->state == rh_case_state_open)) {
            return true;
        }
    }
    return false;
}

void
rh_flags_raise(rh_case *c, const rh_row_lease *l, rh_flag_moment moment)
{
    for (int flag = 0; c->status == RH_OK && flag < rh_flag_count; flag++) {
        if ((table[flag].moments & (int)moment) == 0 ||
            inspected(c->registry, l->id, flag, moment == RH_FLAG_TIME) ||
            !rh_flag_shows(c, (enum rh_flag_code)flag, l)) {
            continue;
        }
        rh_row_inspection *i = RH_MAKE(c, inspection);
        i->lease = l->id;
        i->flag = flag;
        i->deadline = c->today + rh_setting(c, rh_parameter_inspect_days);
        i->state = rh_case_state_open;
    }
}
