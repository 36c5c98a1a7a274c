/* A small township for the tests of the lease rules: two villages with a collective each, an officer in every role, four households, houses, lessees,
 * and a clock that is moved by hand.
 *
 * Every accepted command's rows are also applied to a second registry; small_close sees that both are the same (I20). */
#ifndef RH_TESTS_SMALL_TOWNSHIP_H
#define RH_TESTS_SMALL_TOWNSHIP_H

#include "domain/refusal.h"
#include "domain/registry.h"
#include "domain/rule.h"

enum { SMALL_DONE = -1, SMALL_VILLAGES = 2, SMALL_HOUSEHOLDS = 4, SMALL_ADULTS = 3 };

typedef struct small_village {
    int64_t place, collective;
    int64_t clerk, council, council2, supervisor, party_org, treasurer;
} small_village;

/* 0 three adult right-holders; 1 one adult, a minor, an elder without capacity (both under the adult's guardianship); 2 its head is kin of the clerk;
 * 3 in the other village. The first of `adult` is the representative. All persons are members of their village's collective. */
typedef struct small_household {
    int64_t party, village; /* index of the village */
    int n_adults;
    int64_t adult[SMALL_ADULTS];
    int64_t minor, elder; /* of household 1, else RH_NONE */
    int64_t parcel, building, unit;
} small_household;

typedef struct small_township {
    rh_registry *registry, *shadow;
    rh_outcome out; /* of the last command */
    rh_err err;
    int64_t now; /* milliseconds */
    int64_t place, officer, officer2, county, auditor, bank, court;
    small_village village[SMALL_VILLAGES];
    small_household household[SMALL_HOUSEHOLDS];
    int64_t lessee, lessee2, lessee_org, nephew; /* nephew: of village 0's council */
    int64_t source[rh_source_kind_count];        /* one of each kind */
    int64_t private_value;                       /* the last one given */
    /* sees every command that was accepted; NULL: nobody */
    void (*told)(void *context, const rh_ask *ask, const rh_outcome *out);
    void *context;
} small_township;

/* A township on 2026-03-01, 09:00. */
void small_open(small_township *t);
void small_open_told(small_township *t,
                     void (*told)(void *, const rh_ask *, const rh_outcome *), void *context);
void small_close(small_township *t);

/* Ask; SMALL_DONE, or the guard of the first refusal. A status other than RH_OK fails the test. */
int small_do(small_township *t, rh_command_kind kind, const void *command, int64_t actor,
             int64_t role);

/* The same, and the test fails when it is refused (the sentence is shown), or when it is not refused by that guard with whole sentences in both
 * languages. */
void small_must(small_township *t, rh_command_kind kind, const void *command, int64_t actor,
                int64_t role);
void small_refused(small_township *t, rh_command_kind kind, const void *command, int64_t actor,
                   int64_t role, rh_guard guard);
/* The refusal by that guard of the last command, or NULL. */
const rh_refusal *small_refusal(const small_township *t, rh_guard guard);

/* Number of the newest object of a kind. */
int64_t small_newest(const small_township *t, rh_row_kind kind);
/* The newest row of that kind that the last command made or changed, or NULL. */
const void *small_row(const small_township *t, rh_row_kind kind);
#define SMALL_GET(t, kind, id)                                                                 \
    ((const rh_row_##kind *)rh_registry_get((t)->registry, RH_ROW_##kind, (id)))

int64_t small_today(const small_township *t);
/* So many days later, with a tick each morning. */
void small_days(small_township *t, int64_t days);

/* A command with nothing said. */
void small_blank(rh_command_kind kind, void *command);

/* The numbers of parties, sources and the like, made by the township officer. */
int64_t small_party(small_township *t, int64_t kind, int64_t place);
int64_t small_person(small_township *t, int64_t place);
int64_t small_source(small_township *t, int64_t kind, int64_t place);
void small_grant(small_township *t, int64_t party, int64_t role, int64_t place);
void small_join(small_township *t, int64_t household, int64_t person, int64_t born,
                int64_t capacity, bool head, int64_t guardian);
void small_member(small_township *t, int64_t collective, int64_t person);
void small_set(small_township *t, int64_t place, int64_t key, int64_t value);

/* A lawful draft of village 0: 70/20/10, every use but storage, 10 yuan a m² and year, 7 days of notice. */
rh_command_scheme_draft small_scheme(const small_township *t);
/* Walk a scheme to a state (in the order of the machine): draft, party_discussed, called, passed, publicised, filed, active; returns its number. */
int64_t small_scheme_to(small_township *t, const rh_command_scheme_draft *draft, int64_t state);
int64_t small_active_scheme(small_township *t);

/* A lawful offer of a household: 1,500 yuan a month, 120 months, residence and homestay. */
rh_command_offer_draft small_offer(const small_township *t, int household);
/* Consent of all adult right-holders. */
void small_consents(small_township *t, int household, int64_t offer);
/* Walk an offer to draft, consented, verified, acknowledged, notice or open; returns its number. */
int64_t small_offer_to(small_township *t, int household, const rh_command_offer_draft *draft,
                       int64_t state);
/* An active scheme when there is none, and an open offer of that household. */
int64_t small_open_offer(small_township *t, int household);
/* A bid, and its match: a lease in negotiation that starts in 30 days. */
int64_t small_bid(small_township *t, int64_t offer, int64_t lessee, int64_t fen_year);
int64_t small_match(small_township *t, int64_t offer, int64_t bid);

#endif
