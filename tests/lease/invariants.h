/* The invariants I1–I25 of the lease platform, judged from its rows alone.
 *
 * A second model, independent of src/lease/domain: own tables, own calendar, own division of money, as slow and plain as can be. It knows the
 * shapes of rows (domain/row.h) and the words (domain/code.h), nothing of guards, states' tables or the fold. Fed with the rows of one accepted
 * command after the other, it says which invariant they break.
 *
 * Not here: I14–I16 (the log and the store), I20 (replay; test_lease_random.c), the machine itself of I22 (the model check). */
#ifndef INVARIANTS_H
#define INVARIANTS_H

#include "domain/row.h"

typedef struct invariants invariants;

typedef struct broken {
    const char *invariant; /* "I1" … "I25"; "shape" when a row cannot follow what is known */
    char why[400];
} broken;

invariants *invariants_new(void);
void invariants_free(invariants *m);

/* The same model again, to try rows on. */
invariants *invariants_copy(const invariants *m);

/* Take in the rows of one accepted command. False: an invariant is broken; the model is then of no further use. */
bool invariants_feed(invariants *m, const rh_row *row, size_t n, broken *out);

/* What must hold when `tick` has run on that day. */
bool invariants_after_tick(const invariants *m, int64_t today, broken *out);

/* What is true of the whole: all sums again from all rows. Linear or worse in the number of rows. */
bool invariants_all(const invariants *m, broken *out);

/* What of a lease's escrow may be promised to a payee now: what is owed to it, less what is promised and what is contested (I19). */
int64_t invariants_free_fen(const invariants *m, int64_t lease, int64_t payee);

/* Does the word speak of household registration (hukou)? No field may (I18). */
bool invariants_speaks_of_hukou(const char *name, const char *zh, const char *en);

/* Local day (UTC+8) of a moment; the corresponding day some months later (民法典 201–202). */
int64_t plain_day(int64_t time);
int64_t plain_months_later(int64_t date, int64_t months);

/* Division by shares in basis points: largest remainder, ties to the first (I9). */
void plain_split(int64_t amount, int n, const int64_t *bp, int64_t *part);

/* The present version of an object, or NULL. */
const void *invariants_row(const invariants *m, rh_row_kind kind, int64_t id);
int64_t invariants_count(const invariants *m, rh_row_kind kind);

#endif
