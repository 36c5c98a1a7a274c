/* Rights and restrictions: see right.h. */
#include "domain/right.h"

#include "domain/offer_life.h"

void
rh_right_make(rh_case *c, int64_t baunit, int64_t kind, int64_t party, int64_t source)
{
    rh_row_rrr *right = RH_MAKE(c, rrr);
    right->baunit = baunit;
    right->kind = kind;
    right->party = party;
    right->share_num = 1;
    right->share_den = 1;
    right->source = source;
    right->status = rh_rrr_status_current;
}

const rh_row_rrr *
rh_right_present(const rh_registry *r, int64_t baunit, uint64_t kinds)
{
    for (int64_t id = rh_first(r, RH_BY_rrr_baunit, baunit); id != 0;
         id = rh_next(r, RH_BY_rrr_baunit, id)) {
        const rh_row_rrr *right = RH_GET(r, rrr, id);
        if (right->status == rh_rrr_status_current && (kinds & RH_BIT(right->kind)) != 0) {
            return right;
        }
    }
    return NULL;
}

/* Ownership is the collective's; the household's rights are those of the household in which they stand. */
bool
rh_guard_right_not_to_outsider(const rh_case *c, rh_refusal *why)
{
    const rh_command_rrr_add *ask = RH_COMMAND(c, rrr_add);
    bool land = ask->kind == rh_rrr_kind_ownership;
    rh_say_code(why, &rh_codes_rrr_kind, ask->kind);
    rh_say_code(why, &rh_codes_party_kind,
                land ? rh_party_kind_collective : rh_party_kind_household);
    return land ? ask->party == c->baunit->collective
                : (RH_RIGHTS_OF_HOUSEHOLD & RH_BIT(ask->kind)) == 0 ||
                      ask->party == c->baunit->household;
}

bool
rh_guard_lease_right_by_contract(const rh_case *c, rh_refusal *why)
{
    (void)why;
    int64_t kind = c->ask->kind == RH_DO_rrr_add
                       ? RH_COMMAND(c, rrr_add)->kind
                       : RH_GET(c->registry, rrr, RH_COMMAND(c, rrr_end)->rrr)->kind;
    return kind != rh_rrr_kind_lease;
}

static int64_t
common_factor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

enum { SHARE_MOST = 10000 };

/* sum += num/den, reduced; false when the parts grow beyond what is exact here. */
static bool
add_share(int64_t sum[2], int64_t num, int64_t den)
{
    if (num < 1 || den < 1 || num > SHARE_MOST || den > SHARE_MOST) {
        return false;
    }
    int64_t over = sum[0] * den + num * sum[1], under = sum[1] * den,
            factor = common_factor(over, under);
    sum[0] = over / factor;
    sum[1] = under / factor;
    return sum[1] <= INT64_C(100000000000000);
}

/* A basic right is whole with the share (it always is already, so nothing is added to it); any other is whole by itself. */
bool
rh_guard_shares_make_one(const rh_case *c, rh_refusal *why)
{
    const rh_command_rrr_add *ask = RH_COMMAND(c, rrr_add);
    const rh_registry *r = c->registry;
    rh_say_code(why, &rh_codes_rrr_kind, ask->kind);
    rh_say(why, RH_FIELD_INT, ask->share_num);
    rh_say(why, RH_FIELD_INT, ask->share_den);
    int64_t sum[2] = {0, 1};
    bool exact = add_share(sum, ask->share_num, ask->share_den);
    for (int64_t id = rh_first(r, RH_BY_rrr_baunit, ask->baunit);
         exact && (RH_RIGHTS_BASIC & RH_BIT(ask->kind)) != 0 && id != 0;
         id = rh_next(r, RH_BY_rrr_baunit, id)) {
        const rh_row_rrr *right = RH_GET(r, rrr, id);
        if (right->kind == ask->kind && right->status == rh_rrr_status_current) {
            exact = add_share(sum, right->share_num, right->share_den);
        }
    }
    return exact && sum[0] == sum[1];
}

void
rh_do_rrr_add(rh_case *c)
{
    const rh_command_rrr_add *ask = RH_COMMAND(c, rrr_add);
    rh_right_make(c, ask->baunit, ask->kind, ask->party, ask->source);
}

bool
rh_guard_base_right_stays(const rh_case *c, rh_refusal *why)
{
    const rh_row_rrr *right = RH_GET(c->registry, rrr, RH_COMMAND(c, rrr_end)->rrr);
    rh_say_code(why, &rh_codes_rrr_kind, right->kind);
    return (RH_RIGHTS_BASIC & RH_BIT(right->kind)) == 0;
}

static void
end_right(rh_case *c, int64_t id, int64_t source)
{
    int64_t from = RH_GET(c->registry, rrr, id)->valid_from;
    rh_row_rrr *right = RH_CHANGE(c, rrr, id);
    right->status = rh_rrr_status_ended;
    right->source = source;
    right->valid_from = from;
    right->valid_to = c->today;
}

void
rh_do_rrr_end(rh_case *c)
{
    end_right(c, RH_COMMAND(c, rrr_end)->rrr, RH_COMMAND(c, rrr_end)->source);
}

/* ---- succession ---- */

bool
rh_guard_succession_is_no_sale(const rh_case *c, rh_refusal *why)
{
    int64_t kind = RH_GET(c->registry, source, RH_COMMAND(c, rrr_succeed)->source)->kind;
    rh_say_code(why, &rh_codes_source_kind, kind);
    return kind == rh_source_kind_certificate || kind == rh_source_kind_order ||
           kind == rh_source_kind_resolution;
}

bool
rh_guard_heir_is_another(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return RH_COMMAND(c, rrr_succeed)->household != c->baunit->household;
}

/* Rights of the household pass whole. Its offers stop: they rest on the consent of those who held the rights. Leases stand and their rent goes to the
 * successor (I25; 民法典 725). */
void
rh_do_rrr_succeed(rh_case *c)
{
    const rh_command_rrr_succeed *ask = RH_COMMAND(c, rrr_succeed);
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_rrr_baunit, ask->baunit); id != 0;
         id = rh_next(r, RH_BY_rrr_baunit, id)) {
        const rh_row_rrr *right = RH_GET(r, rrr, id);
        if (right->status == rh_rrr_status_current &&
            (RH_RIGHTS_OF_HOUSEHOLD & RH_BIT(right->kind)) != 0) {
            end_right(c, id, ask->source);
            rh_right_make(c, ask->baunit, right->kind, ask->household, ask->source);
        }
    }
    for (int64_t id = rh_first(r, RH_BY_offer_baunit, ask->baunit); id != 0;
         id = rh_next(r, RH_BY_offer_baunit, id)) {
        if (rh_offer_may_stop(r, id)) {
            rh_offer_stop(c, id, rh_offer_state_lapsed, RH_NONE);
        }
    }
    for (int64_t id = rh_first(r, RH_BY_lease_baunit, ask->baunit); id != 0;
         id = rh_next(r, RH_BY_lease_baunit, id)) {
        const rh_row_lease *lease = RH_GET(r, lease, id);
        if (lease->state == rh_lease_state_negotiated) { /* a renewal has no offer to stop it */
            rh_row_lease *dropped = RH_CHANGE(c, lease, id);
            dropped->state = rh_lease_state_dropped;
            dropped->since = c->today;
            dropped->until = RH_NONE;
        } else if ((RH_LEASE_HOLDS_UNIT & RH_BIT(lease->state)) != 0) {
            RH_CHANGE(c, lease, id)->household = ask->household;
        }
    }
    RH_CHANGE(c, baunit, ask->baunit)->household = ask->household;
}
