/* What several steps of a lease's life share: sets of states, its deadlines, entering and leaving a state, its right in the register.
 *
 * States (DOMAIN.md 2.3): negotiated → signed → result_public → filed → active, then arrears, unsafe and expiring come and go, →
 * expired | terminated → handed_back → settled → closed; void and dropped end it early. A lease runs from its start day to its end day; the
 * start day is not counted, the end day is (民法典 201), so a renewal may start on the day the former ends. */
#ifndef RH_DOMAIN_LEASE_LIFE_H
#define RH_DOMAIN_LEASE_LIFE_H

#include "domain/case.h"
#include "domain/schedule.h"

#define RH_LEASE(state) RH_BIT(rh_lease_state_##state)
/* In force; bound to come into force or in force. */
#define RH_LEASE_LIVE                                                                          \
    (RH_LEASE(active) | RH_LEASE(arrears) | RH_LEASE(unsafe) | RH_LEASE(expiring))
#define RH_LEASE_BOUND                                                                         \
    (RH_LEASE_LIVE | RH_LEASE(signed) | RH_LEASE(result_public) | RH_LEASE(filed))
#define RH_LEASE_OVER (RH_LEASE(closed) | RH_LEASE(void) | RH_LEASE(dropped))

static inline bool
rh_lease_in(const rh_row_lease *l, uint64_t states)
{
    return (states & RH_BIT(l->state)) != 0;
}

enum {
    RH_LAW_YEARS = 20, /* 民法典 705: no lease runs longer */
    RH_REMIND_DAYS =
        30, /* a step that nobody takes is called to mind again after so many days */
    RH_SUBLET_MONTHS = 6 /* 民法典 718: silence for so long is consent */
};

/* Enter a state today, with its deadline (RH_NONE: none). Returns the changed row. */
rh_row_lease *rh_lease_enter(rh_case *c, int64_t lease, int64_t state, int64_t until);

/* The state in which a lease in force rests when nothing is wrong any more but perhaps arrears, and its next deadline: the day before an alert
 * (12, 6, 3 months before the end), or the end. */
int64_t rh_lease_rest(const rh_row_lease *l, int64_t today, bool in_arrears);
int64_t rh_lease_until(const rh_row_lease *l, int64_t today);

/* Put the lessee's right into the register, with its source (I5); take it out. */
void rh_lease_right(rh_case *c, const rh_row_lease *l, int64_t source);
void rh_lease_right_ends(rh_case *c, const rh_row_lease *l);

/* The lease ends before or at its end: its right ends; lines due after `last` are cancelled, RH_NONE: every line that is not fully paid. */
void rh_lease_ends(rh_case *c, const rh_row_lease *l, int64_t last);
void rh_lines_cancel(rh_case *c, int64_t lease, int64_t after);

/* A lease that was never signed: dropped. The offer it came from is open again for match_days when its consents and its scheme stand; otherwise it
 * lapses. The bid is not chosen; others still stand, and members of the collective come first anew. */
void rh_lease_drop(rh_case *c, const rh_row_lease *l);

/* Has no adult right-holder of that day withdrawn the consent that he gave to the offer (I6, I21)? Who has left the household is not asked. */
bool rh_consents_stand(const rh_registry *r, int64_t offer, int64_t day);

/* How many adult right-holders of that day have not read the warning of 土地管理法 62 with a consent to the offer: who came of age after the match. */
int rh_unwarned(const rh_registry *r, int64_t offer, int64_t day);

/* What is due is asked again by a registry that was loaded from its rows, so a reminder must show in the state that it was given:
 * has one of this kind been given since that day? */
bool rh_reminded(const rh_registry *r, int64_t lease, int64_t kind, int64_t since);
void rh_remind(rh_case *c, int64_t lease, int64_t kind);

/* The schedule of a lease's rent from its start. */
rh_rent_terms rh_lease_rent(const rh_row_lease *l);

/* Make the lines of rent of these terms. */
void rh_lines_make(rh_case *c, const rh_row_lease *l, const rh_rent_terms *terms);

/* Another lease of the unit, bound or in force, that meets the time between two days; RH_NONE: none (I3). */
int64_t rh_lease_overlaps(const rh_registry *r, int64_t baunit, int64_t start, int64_t end,
                          int64_t but);

#endif
