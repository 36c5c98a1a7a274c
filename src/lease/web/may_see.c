/* Who may read what is not open: see may_see.h. */
#include "web/may_see.h"

#include "domain/case.h"

#include <string.h>

/* Offices that read everything but personal texts, and those that read what members read. */
static const uint64_t readers = RH_BIT(rh_role_clerk) | RH_BIT(rh_role_council) |
                                RH_BIT(rh_role_supervisors) | RH_BIT(rh_role_treasurer) |
                                RH_BIT(rh_role_township) | RH_BIT(rh_role_county) |
                                RH_BIT(rh_role_auditor) | RH_BIT(rh_role_court);
static const uint64_t listeners = RH_BIT(rh_role_party_org) | RH_BIT(rh_role_bank);

typedef struct looker {
    const rh_registry *r;
    int64_t party, today;
} looker;

/* ---- one's own ---- */

static bool
is_ward_or_household(const looker *l, int64_t other)
{
    const rh_registry *r = l->r;
    for (int64_t id = rh_first(r, RH_BY_household_member_household, other); id != 0;
         id = rh_next(r, RH_BY_household_member_household, id)) {
        const rh_row_household_member *m = RH_OBJECT(r, household_member, id);
        if (rh_holds(m, l->today) && m->right_holder &&
            (m->person == l->party || m->guardian == l->party)) {
            return true;
        }
    }
    for (int64_t id = rh_first(r, RH_BY_household_member_person, other); id != 0;
         id = rh_next(r, RH_BY_household_member_person, id)) {
        const rh_row_household_member *m = RH_OBJECT(r, household_member, id);
        if (rh_holds(m, l->today) && m->guardian == l->party) {
            return true;
        }
    }
    return false;
}

/* Is the other party this one, its household, its ward, or one that has given it a mandate? */
static bool
is_own(const looker *l, int64_t other)
{
    if (other == RH_NONE) {
        return false;
    }
    if (other == l->party || is_ward_or_household(l, other)) {
        return true;
    }
    for (int64_t id = rh_first(l->r, RH_BY_mandate_agent, l->party); id != 0;
         id = rh_next(l->r, RH_BY_mandate_agent, id)) {
        const rh_row_mandate *m = RH_OBJECT(l->r, mandate, id);
        if (rh_holds(m, l->today) &&
            (m->principal == other ||
             is_ward_or_household(&(looker){l->r, m->principal, l->today}, other))) {
            return true;
        }
    }
    return false;
}

static bool
is_own_lease(const looker *l, int64_t id)
{
    const rh_row_lease *lease = RH_OBJECT(l->r, lease, id);
    return lease != NULL && (is_own(l, lease->household) || is_own(l, lease->lessee) ||
                             is_own(l, lease->collective));
}

/* A party named in the object is one's own, or the object hangs on a lease or an offer of one's own. Whom somebody objects to does not learn by this who
 * objects. */
static bool
is_own_object(const looker *l, rh_row_kind kind, int64_t id, const void *row)
{
    if (kind == RH_ROW_party) {
        return is_own(l, id);
    }
    if (kind == RH_ROW_lease) {
        return is_own_lease(l, id);
    }
    if (kind == RH_ROW_dispute) {
        const rh_row_dispute *d = row;
        return is_own(l, d->by) ||
               (d->object == rh_object_kind_lease && is_own_lease(l, d->object_id));
    }
    const rh_record_type *type = rh_row_type(kind);
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        int64_t value = f->type == RH_FIELD_ID ? rh_record_number(row, f) : RH_NONE;
        if (value == RH_NONE) {
            continue;
        }
        switch (rh_reference_kind(f)) {
        case RH_ROW_party:
            if (is_own(l, value)) {
                return true;
            }
            break;
        case RH_ROW_lease:
            if (is_own_lease(l, value)) {
                return true;
            }
            break;
        case RH_ROW_offer: {
            const rh_row_offer *o = RH_OBJECT(l->r, offer, value);
            if (o != NULL && is_own(l, o->household)) {
                return true;
            }
            break;
        }
        default:
            break;
        }
    }
    return false;
}

/* ---- offices and members ---- */

/* Where the object lies, for the question who holds which office there; RH_NONE when it lies nowhere. */
static int64_t
place_of(const looker *l, rh_row_kind kind, int64_t id, const void *row)
{
    rh_case c;
    rh_case_about(&c, l->r, kind, id, l->today);
    if (c.place != RH_NONE) {
        return c.place;
    }
    const rh_record_type *type = rh_row_type(kind);
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        rh_row_kind to = f->type == RH_FIELD_ID ? rh_reference_kind(f) : RH_ROW_NONE;
        if (to != RH_ROW_NONE && rh_record_number(row, f) != RH_NONE) {
            rh_case_about(&c, l->r, to, rh_record_number(row, f), l->today);
            if (c.place != RH_NONE) {
                return c.place;
            }
        }
    }
    return RH_NONE;
}

static uint64_t
offices_at(const looker *l, int64_t place)
{
    uint64_t offices = 0;
    for (int64_t id = rh_first(l->r, RH_BY_role_grant_party, l->party);
         id != 0 && place != RH_NONE; id = rh_next(l->r, RH_BY_role_grant_party, id)) {
        const rh_row_role_grant *g = RH_OBJECT(l->r, role_grant, id);
        if (rh_holds(g, l->today) && rh_place_within(l->r, place, g->place)) {
            offices |= RH_BIT(g->role);
        }
    }
    return offices;
}

static bool
is_member_at(const looker *l, int64_t place)
{
    for (int64_t id = rh_first(l->r, RH_BY_membership_person, l->party);
         id != 0 && place != RH_NONE; id = rh_next(l->r, RH_BY_membership_person, id)) {
        const rh_row_membership *m = RH_OBJECT(l->r, membership, id);
        const rh_row_party *collective = RH_OBJECT(l->r, party, m->collective);
        if (rh_holds(m, l->today) && collective != NULL &&
            rh_place_within(l->r, place, collective->place)) {
            return true;
        }
    }
    return false;
}

rh_audience
rh_may_see(const rh_registry *registry, int64_t party, int64_t today, rh_row_kind kind,
           int64_t id)
{
    looker l = {registry, party, today};
    const void *row = rh_registry_get(registry, kind, id);
    if (row == NULL || party == RH_NONE || RH_OBJECT(registry, party, party) == NULL) {
        return RH_OPEN;
    }
    int64_t place = place_of(&l, kind, id, row);
    uint64_t offices = offices_at(&l, place);
    if ((offices & readers) != 0 || is_own_object(&l, kind, id, row)) {
        return RH_PARTIES;
    }
    return (offices & listeners) != 0 || is_member_at(&l, place) ? RH_MEMBERS : RH_OPEN;
}

/* ---- personal texts ---- */

/* Do they stand in one lease, on whatever side? Then each may know the other's name. */
static bool
share_lease(const looker *l, int64_t other)
{
    const rh_index list[] = {RH_BY_lease_household, RH_BY_lease_lessee};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        for (int64_t id = rh_first(l->r, list[i], other); id != 0;
             id = rh_next(l->r, list[i], id)) {
            const rh_row_lease *lease = RH_OBJECT(l->r, lease, id);
            if (is_own(l, lease->household) || is_own(l, lease->lessee)) {
                return true;
            }
        }
    }
    return false;
}

bool
rh_may_see_private(const rh_registry *registry, int64_t party, int64_t today, rh_row_kind kind,
                   int64_t id, const rh_field *field)
{
    looker l = {registry, party, today};
    const void *row = rh_registry_get(registry, kind, id);
    if (row == NULL || party == RH_NONE || field->type != RH_FIELD_PRIVATE ||
        RH_OBJECT(registry, party, party) == NULL) {
        return false;
    }
    uint64_t may = RH_BIT(rh_role_clerk) | RH_BIT(rh_role_township) | RH_BIT(rh_role_court);
    if (kind == RH_ROW_bank_account) {
        may |= RH_BIT(rh_role_treasurer) | RH_BIT(rh_role_auditor);
    } else if (strcmp(field->name, "name") == 0) {
        may |= RH_BIT(rh_role_treasurer) | RH_BIT(rh_role_council) |
               RH_BIT(rh_role_supervisors) | RH_BIT(rh_role_auditor);
    } else if (strcmp(field->name, "ground") == 0) {
        may |= RH_BIT(rh_role_county);
    }
    return (offices_at(&l, place_of(&l, kind, id, row)) & may) != 0 ||
           is_own_object(&l, kind, id, row) ||
           (kind == RH_ROW_party && strcmp(field->name, "name") == 0 && share_lease(&l, id));
}
