/* Signing a lease (lease_sign), giving it up (lease_drop); what a complete set of signatures brings. See signing.h. */
#include "domain/signing.h"

#include "domain/flag.h"
#include "domain/lease_terms.h"
#include "domain/setting.h"

#include <string.h>

static bool
same_hash(const rh_hash *a, const rh_hash *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* The text that is to be signed: the amendment's or the lease's. */
static const rh_hash *
text_of(const rh_case *c)
{
    if (c->ask->kind == RH_DO_amendment_sign) {
        return &RH_GET(c->registry, amendment, RH_COMMAND(c, amendment_sign)->amendment)->text;
    }
    return &c->lease->text;
}

static const rh_hash *
text_asked(const rh_case *c)
{
    return c->ask->kind == RH_DO_amendment_sign ? &RH_COMMAND(c, amendment_sign)->text
                                                : &RH_COMMAND(c, lease_sign)->text;
}

typedef bool signature_call(const rh_case *c, int64_t party, int64_t role, const void *context);

/* Is there a signature under the text, or the one asked for now, that the call accepts? */
static bool
any_signature(const rh_case *c, const rh_hash *text, bool now, signature_call *call,
              const void *context)
{
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_signature_lease, c->lease->id); id != 0;
         id = rh_next(r, RH_BY_signature_lease, id)) {
        const rh_row_signature *s = RH_GET(r, signature, id);
        if (same_hash(&s->document, text) && call(c, s->party, s->role, context)) {
            return true;
        }
    }
    return now && call(c, c->ask->actor, c->ask->role, context);
}

static bool
signs_as(const rh_case *c, int64_t party, int64_t role, const void *context)
{
    (void)c, (void)party;
    return role == *(const int64_t *)context;
}

static bool
signs_for(const rh_case *c, int64_t party, int64_t role, const void *context)
{
    return role == rh_role_holder && rh_acts_for(c, party, context, rh_mandate_scope_sign);
}

struct missing {
    const rh_case *c;
    const rh_hash *text;
    int n;
};

static void
count_missing(void *context, const rh_row_household_member *m)
{
    struct missing *missing = context;
    missing->n += !any_signature(missing->c, missing->text, true, signs_for, m);
}

bool
rh_signed_by_all(const rh_case *c, const rh_hash *text)
{
    static const int64_t others[] = {rh_role_lessee, rh_role_council, rh_role_township};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (!any_signature(c, text, true, signs_as, &others[i])) {
            return false;
        }
    }
    struct missing missing = {c, text, 0};
    int n =
        rh_right_holders(c->registry, c->lease->household, c->today, count_missing, &missing);
    return n > 0 && missing.n == 0;
}

void
rh_sign(rh_case *c, const rh_hash *text, const char *mark)
{
    rh_row_signature *s = RH_MAKE(c, signature);
    s->lease = c->lease->id;
    s->lease_version = c->lease->version;
    s->document = *text;
    s->party = c->ask->actor;
    s->role = c->ask->role;
    s->mark = mark;
}

/* ---- guards ---- */

bool
rh_guard_same_text(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return same_hash(text_of(c), text_asked(c));
}

static bool
is_this_one(const rh_case *c, int64_t party, int64_t role, const void *context)
{
    (void)context;
    return party == c->ask->actor && role == c->ask->role;
}

bool
rh_guard_signs_once(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return !any_signature(c, text_of(c), false, is_this_one, NULL);
}

static bool
is_in_another_role(const rh_case *c, int64_t party, int64_t role, const void *context)
{
    (void)context;
    return party == c->ask->actor && role != c->ask->role;
}

bool
rh_guard_signs_on_one_side(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return !any_signature(c, text_of(c), false, is_in_another_role, NULL);
}

struct kin_of {
    const rh_case *c;
    bool found;
};

static void
look_for_kin(void *context, const rh_row_household_member *m)
{
    struct kin_of *kin = context;
    kin->found |= rh_are_kin(kin->c->registry, kin->c->ask->actor, m->person, kin->c->today);
}

bool
rh_guard_officer_is_disinterested(const rh_case *c, rh_refusal *why)
{
    if (c->ask->role == rh_role_holder || c->ask->role == rh_role_holder_rep ||
        c->ask->role == rh_role_lessee || c->ask->role == rh_role_court) {
        return true;
    }
    struct kin_of kin = {c, rh_are_kin(c->registry, c->ask->actor, c->lease->lessee, c->today)};
    rh_right_holders(c->registry, c->lease->household, c->today, look_for_kin, &kin);
    rh_say_code(why, &rh_codes_role, c->ask->role);
    return !kin.found;
}

bool
rh_guard_consents_hold(const rh_case *c, rh_refusal *why)
{
    (void)why;
    return c->lease->offer == RH_NONE ||
           rh_consents_stand(c->registry, c->lease->offer, c->today);
}

/* A signature is no consent of its own: the warning is read with the consent, also by who comes of age after the match (I6). */
bool
rh_guard_warning_read_by_all(const rh_case *c, rh_refusal *why)
{
    int n =
        c->lease->offer == RH_NONE ? 0 : rh_unwarned(c->registry, c->lease->offer, c->today);
    rh_say(why, RH_FIELD_INT, n);
    return n == 0;
}

/* ---- effects ---- */

static void
make_lines(rh_case *c, const rh_row_lease *l)
{
    rh_rent_terms rent = rh_lease_rent(l);
    if (l->deposit_fen > 0) {
        rh_row_rent_line *line = RH_MAKE(c, rent_line);
        line->lease = l->id;
        line->village = l->village;
        line->due = l->start;
        line->amount_fen = l->deposit_fen;
        line->kind = rh_line_kind_deposit;
    }
    rh_lines_make(c, l, &rent);
}

/* The other bids waited until now. */
static void
turn_down_bids(rh_case *c, int64_t offer)
{
    const rh_registry *r = c->registry;
    for (int64_t id = rh_first(r, RH_BY_bid_offer, offer); id != 0;
         id = rh_next(r, RH_BY_bid_offer, id)) {
        if (RH_GET(r, bid, id)->state == rh_bid_state_placed) {
            RH_CHANGE(c, bid, id)->state = rh_bid_state_rejected;
        }
    }
}

void
rh_do_lease_sign(rh_case *c)
{
    const rh_command_lease_sign *command = RH_COMMAND(c, lease_sign);
    rh_sign(c, &command->text, command->mark);
    if (!rh_signed_by_all(c, &command->text)) {
        return;
    }
    rh_row_lease *l =
        rh_lease_enter(c, c->lease->id, rh_lease_state_signed, c->today + RH_REMIND_DAYS);
    l->signed_on = c->today;
    make_lines(c, l);
    turn_down_bids(c, l->offer);
    rh_flags_raise(c, l, RH_FLAG_SIGNING);
}

void
rh_do_lease_drop(rh_case *c)
{
    rh_lease_drop(c, c->lease);
}
