/* Draws and objects: see random_scene.h. */
#include "random_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- draws ---- */

uint64_t
draw(random_actor *a)
{
    return rh_draw(a->key, a->drawn++);
}

int64_t
below(random_actor *a, int64_t n)
{
    return (int64_t)rh_below(draw(a), (uint64_t)n);
}

int64_t
between(random_actor *a, int64_t first, int64_t last)
{
    return first + below(a, last - first + 1);
}

bool
chance(random_actor *a, int percent)
{
    return below(a, 100) < percent;
}

const char *
text(random_actor *a, const char *stem, uint64_t n)
{
    char one[64];
    snprintf(one, sizeof one, "%s%" PRIu64, stem, n);
    const char *kept = rh_arena_text(a->texts, one);
    if (kept == NULL) {
        abort();
    }
    return kept;
}

rh_hash
some_hash(random_actor *a)
{
    rh_hash h = {{0}};
    uint64_t n = ++a->serial;
    memcpy(h.byte, &n, sizeof n);
    return h;
}

/* ---- objects of the registry ---- */

int64_t
some(scene *s, rh_row_kind kind)
{
    int64_t n = rh_registry_count(s->r, kind);
    if (n == 0) {
        return 0;
    }
    int64_t recent = n < 24 ? n : 24;
    return chance(s->a, 60) ? n - below(s->a, recent) : 1 + below(s->a, n);
}

int64_t
some_in(scene *s, rh_row_kind kind, uint64_t states)
{
    int64_t id = 0;
    for (int i = 0; i < 24; i++) {
        id = some(s, kind);
        if (id == 0) {
            return 0;
        }
        int64_t state = rh_state_of(kind, rh_registry_get(s->r, kind, id));
        if (state == RH_NONE || (states >> state & 1) != 0) {
            break;
        }
    }
    return id;
}

int64_t
source_of(scene *s, uint64_t kinds)
{
    int64_t id = 0;
    for (int i = 0; i < 60; i++) {
        id = some(s, RH_ROW_source);
        if (id == 0 || (kinds >> RH_GET(s->r, source, id)->kind & 1) != 0) {
            break;
        }
    }
    return id;
}

int64_t
some_source(scene *s, rh_command_kind command)
{
    uint64_t kinds;
    switch (command) {
    case RH_DO_scheme_discuss:
    case RH_DO_meeting_count:
        kinds = SOURCE(minutes);
        break;
    case RH_DO_building_add:
    case RH_DO_building_assess:
        kinds = SOURCE(report);
        break;
    case RH_DO_scheme_annul:
    case RH_DO_lease_void:
        kinds = SOURCE(order);
        break;
    case RH_DO_mandate_add:
        kinds = SOURCE(statement);
        break;
    case RH_DO_membership_add:
    case RH_DO_baunit_add:
    case RH_DO_offer_draft:
        kinds = SOURCE(certificate) | SOURCE(order);
        break;
    default:
        kinds = chance(s->a, 50)
                    ? UINT64_MAX
                    : SOURCE(certificate) | SOURCE(order) | SOURCE(report) | SOURCE(resolution);
    }
    return source_of(s, kinds);
}

void
choose(random_actor *a, int64_t *chosen, int *n, int64_t id)
{
    if (below(a, ++*n) == 0) {
        *chosen = id;
    }
}

int64_t
party_of_kind(scene *s, int64_t kind, int64_t place)
{
    int64_t id = 0;
    for (int i = 0; i < 40; i++) {
        id = 1 + below(s->a, rh_registry_count(s->r, RH_ROW_party));
        const rh_row_party *p = RH_GET(s->r, party, id);
        if (p->kind == kind && (place == 0 || p->place == place)) {
            break;
        }
    }
    return id;
}

int64_t
some_member_row(scene *s, int64_t household, bool holders, bool head)
{
    int64_t chosen = 0;
    int n = 0;
    for (int64_t id = rh_first(s->r, RH_BY_household_member_household, household); id != 0;
         id = rh_next(s->r, RH_BY_household_member_household, id)) {
        const rh_row_household_member *m = RH_GET(s->r, household_member, id);
        if (rh_holds(m, s->today) && (!holders || m->right_holder) && (!head || m->head)) {
            choose(s->a, &chosen, &n, id);
        }
    }
    return chosen;
}

bool
is_able(const rh_row_household_member *m, int64_t today)
{
    return m->capacity == rh_capacity_full && rh_day_add_months(m->born, 216) <= today;
}

int64_t
signer_for(scene *s, int64_t row)
{
    const rh_row_household_member *m = RH_GET(s->r, household_member, row);
    if (m == NULL) {
        return RH_NONE;
    }
    if (!is_able(m, s->today)) {
        return m->guardian;
    }
    int64_t mandate = rh_first(s->r, RH_BY_mandate_principal, m->person);
    if (mandate != 0 &&
        chance(s->a, rh_holds(RH_GET(s->r, mandate, mandate), s->today) ? 20 : 2)) {
        return RH_GET(s->r, mandate, mandate)->agent;
    }
    return m->person;
}

int64_t
collective_member(scene *s, int64_t collective)
{
    int64_t chosen = 0;
    int n = 0;
    for (int64_t id = rh_first(s->r, RH_BY_membership_collective, collective); id != 0;
         id = rh_next(s->r, RH_BY_membership_collective, id)) {
        const rh_row_membership *m = RH_GET(s->r, membership, id);
        if (rh_holds(m, s->today)) {
            choose(s->a, &chosen, &n, m->person);
        }
    }
    return chosen;
}

int64_t
officer(scene *s, int64_t role)
{
    int64_t chosen = 0;
    int n = 0;
    for (int64_t place = s->place > 0 ? s->place : 1; place > 0;) {
        for (int64_t id = rh_first(s->r, RH_BY_role_grant_place, place); id != 0;
             id = rh_next(s->r, RH_BY_role_grant_place, id)) {
            const rh_row_role_grant *g = RH_GET(s->r, role_grant, id);
            if (g->role == role && rh_holds(g, s->today)) {
                choose(s->a, &chosen, &n, g->party);
            }
        }
        const rh_row_place *p = RH_GET(s->r, place, place);
        place = p == NULL ? 0 : p->parent;
    }
    return chosen;
}

int64_t
somebody(scene *s, int64_t role)
{
    switch (role) {
    case rh_role_holder:
        return signer_for(s, some_member_row(s, s->household, true, false));
    case rh_role_holder_rep:
        return signer_for(s, some_member_row(s, s->household, true, true));
    case rh_role_lessee:
        return s->lease != NULL ? s->lease->lessee : party_of_kind(s, rh_party_kind_person, 1);
    case rh_role_member:
        return collective_member(s, s->collective);
    case rh_role_system:
    case rh_role_public:
        return RH_NONE;
    default:
        return officer(s, role);
    }
}

/* ---- what the scene is about ---- */

void
about_place(scene *s, int64_t place)
{
    s->place = place;
    const rh_row_place *p = RH_GET(s->r, place, place);
    if (p != NULL && p->parent > 0) { /* the collective of the village: founded with it */
        s->collective = RH_NONE;
        for (int64_t id = 1; id <= rh_registry_count(s->r, RH_ROW_party) && id < 80; id++) {
            const rh_row_party *party = RH_GET(s->r, party, id);
            if (party->kind == rh_party_kind_collective && party->place == place) {
                s->collective = id;
                break;
            }
        }
    }
}

void
about_baunit(scene *s, int64_t id)
{
    const rh_row_baunit *u = RH_GET(s->r, baunit, id);
    if (u != NULL) {
        s->place = u->village;
        s->collective = u->collective;
        s->household = u->household;
    }
}

void
about_scheme(scene *s, int64_t id)
{
    const rh_row_scheme *x = RH_GET(s->r, scheme, id);
    if (x != NULL) {
        s->place = x->village;
        s->collective = x->collective;
    }
}

void
about_offer(scene *s, int64_t id)
{
    const rh_row_offer *o = RH_GET(s->r, offer, id);
    if (o != NULL) {
        about_baunit(s, o->baunit);
        s->household = o->household;
    }
}

void
about_lease(scene *s, int64_t id)
{
    const rh_row_lease *l = RH_GET(s->r, lease, id);
    if (l != NULL) {
        about_baunit(s, l->baunit);
        s->household = l->household;
        s->lease = l;
    }
}

void
by(scene *s, int64_t role)
{
    s->role = role + 1; /* 0 means: still to be chosen */
}
