/* The second model: see invariants.h. */
#include "invariants.h"

#include "core/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 wide;

enum { FULL_SHARE = 10000, TERM_MONTHS = 240, NOTICE_FLOOR = 5, RENEW_MONTHS = 24 };

/* ---- own arithmetic ---- */

static bool
is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t
days_in(int64_t year, int64_t month)
{
    static const int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

int64_t
plain_day(int64_t time)
{
    const int64_t hour = 3600000;
    int64_t local = time + 8 * hour, day = local / (24 * hour);
    return local % (24 * hour) < 0 ? day - 1 : day;
}

/* Year by year and month by month: nothing to get wrong. */
int64_t
plain_months_later(int64_t date, int64_t months)
{
    int64_t year = 1970, month = 1, day = date;
    while (day < 0) {
        year--;
        day += 365 + is_leap(year);
    }
    for (; day >= 365 + is_leap(year); year++) {
        day -= 365 + is_leap(year);
    }
    for (; day >= days_in(year, month); month++) {
        day -= days_in(year, month);
    }
    int64_t to_year = year, to_month = month;
    for (int64_t n = 0; n < months; n++) {
        to_year += to_month == 12;
        to_month = to_month == 12 ? 1 : to_month + 1;
    }
    for (int64_t n = 0; n > months; n--) {
        to_year -= to_month == 1;
        to_month = to_month == 1 ? 12 : to_month - 1;
    }
    int64_t last = days_in(to_year, to_month) - 1, to = day < last ? day : last;
    for (int64_t m = 1; m < to_month; m++) {
        to += days_in(to_year, m);
    }
    for (int64_t y = 1970; y < to_year; y++) {
        to += 365 + is_leap(y);
    }
    for (int64_t y = to_year; y < 1970; y++) {
        to -= 365 + is_leap(y);
    }
    return to;
}

void
plain_split(int64_t amount, int n, const int64_t *bp, int64_t *part)
{
    wide rest[8];
    int64_t left = amount;
    for (int i = 0; i < n; i++) {
        wide exact = (wide)amount * bp[i];
        part[i] = (int64_t)(exact / FULL_SHARE);
        rest[i] = exact % FULL_SHARE;
        left -= part[i];
    }
    for (; left > 0; left--) {
        int best = 0;
        for (int i = 1; i < n; i++) {
            best = rest[i] > rest[best] ? i : best;
        }
        part[best]++;
        rest[best] = -1;
    }
}

/* ---- own tables ---- */

typedef struct table {
    size_t n, room;
    char *row;
} table;

typedef struct ledger { /* of a lease */
    int64_t balance[rh_account_count];
    int64_t received, paid, promised[rh_payee_count];
} ledger;

typedef struct
    shown { /* full days on notice; `since` is RH_NONE when it is not on notice now */
    int64_t days, since;
} shown;

struct invariants {
    table of[RH_ROW_COUNT]; /* the present version of each object, texts left out */
    int64_t seq, recorded;
    table ledgers, shown_schemes, shown_offers, shown_leases;
};

/* The rows of one command and what each of them replaced. */
typedef struct batch {
    const rh_row *row;
    const void **before;
    size_t n;
    int64_t today;
} batch;

static void
must(bool there)
{
    if (!there) {
        fputs("invariants: out of memory\n", stderr);
        abort();
    }
}

/* The entry of that number, made when it is not there yet. */
static void *
entry(table *t, int64_t id, size_t size)
{
    while (t->n <= (size_t)id) {
        if (t->n == t->room) {
            t->room = t->room == 0 ? 64 : 2 * t->room;
            t->row = rh_resize(t->row, t->room, size);
            must(t->row != NULL);
        }
        memset(t->row + t->n++ * size, 0, size);
    }
    return t->row + (size_t)id * size;
}

#define LEDGER(m, lease)                                                                       \
    ((ledger *)entry((table *)(uintptr_t) & (m)->ledgers, lease, sizeof(ledger)))

int64_t
invariants_count(const invariants *m, rh_row_kind kind)
{
    return m->of[kind].n == 0 ? 0 : (int64_t)m->of[kind].n - 1; /* entry 0 is nobody's */
}

const void *
invariants_row(const invariants *m, rh_row_kind kind, int64_t id)
{
    return id < 1 || id > invariants_count(m, kind)
               ? NULL
               : m->of[kind].row + (size_t)id * rh_row_type(kind)->size;
}

#define ROW_OF(m, kind, id) ((const rh_row_##kind *)invariants_row(m, RH_ROW_##kind, id))
#define EACH(m, kind, x)                                                                       \
    for (const rh_row_##kind *x = ROW_OF(m, kind, 1),                                          \
                             *x##_end = x == NULL ? NULL                                       \
                                                  : x + invariants_count(m, RH_ROW_##kind);    \
         x != x##_end; x++)
/* Rows of a kind in a batch: x the row, was what it replaced (NULL when it is new). */
#define IN_BATCH(b, kindname, x)                                                               \
    for (size_t x##_i = 0; x##_i < (b)->n; x##_i++)                                            \
        for (const rh_row_##kindname *x = (b)->row[x##_i].kind == RH_ROW_##kindname            \
                                              ? (b)->row[x##_i].record                         \
                                              : NULL,                                          \
                                     *x##_was = (b)->before[x##_i];                            \
             x != NULL; x = NULL, (void)x##_was)

static bool
fail(broken *out, const char *invariant, const char *format, ...)
{
    out->invariant = invariant;
    va_list list;
    va_start(list, format);
    vsnprintf(out->why, sizeof out->why, format, list);
    va_end(list);
    return false;
}
#define FAIL(invariant, ...) return fail(out, invariant, __VA_ARGS__)
typedef long long ll;

/* ---- what the tables say ---- */

static bool
holds_on(const void *row, int64_t day)
{
    const rh_row_head *h = row;
    return day >= h->valid_from && (h->valid_to == RH_NONE || day < h->valid_to);
}

static bool
adult_on(const rh_row_household_member *m, int64_t day)
{
    return plain_months_later(m->born, 18 * 12) <= day;
}

static bool
is_member(const invariants *m, int64_t person, int64_t collective, int64_t day)
{
    EACH(m, membership, s)
    {
        if (s->person == person && s->collective == collective && holds_on(s, day)) {
            return true;
        }
    }
    return false;
}

static bool
household_has_member(const invariants *m, int64_t household, int64_t collective, int64_t day)
{
    EACH(m, household_member, h)
    {
        if (h->household == household && holds_on(h, day) &&
            is_member(m, h->person, collective, day)) {
            return true;
        }
    }
    return false;
}

static bool
share_a_home(const invariants *m, int64_t one, int64_t other, int64_t day)
{
    EACH(m, household_member, a)
    {
        if (a->person != one || !holds_on(a, day)) {
            continue;
        }
        EACH(m, household_member, b)
        {
            if (b->person == other && b->household == a->household && holds_on(b, day)) {
                return true;
            }
        }
    }
    return false;
}

static bool
are_kin(const invariants *m, int64_t one, int64_t other, int64_t day)
{
    if (one == other) {
        return true;
    }
    EACH(m, kin, k)
    {
        if (holds_on(k, day) &&
            ((k->one == one && k->other == other) || (k->one == other && k->other == one))) {
            return true;
        }
    }
    return share_a_home(m, one, other, day);
}

static bool
is_kin_of_household(const invariants *m, int64_t person, int64_t household, int64_t day)
{
    EACH(m, household_member, h)
    {
        if (h->household == household && holds_on(h, day) &&
            are_kin(m, person, h->person, day)) {
            return true;
        }
    }
    return false;
}

static int64_t
parameter(const invariants *m, int64_t place, int64_t key, int64_t day, int64_t otherwise)
{
    for (; place > 0; place = ROW_OF(m, place, place)->parent) {
        int64_t found = RH_NONE;
        EACH(m, parameter, p)
        {
            if (p->place == place && p->key == key && holds_on(p, day)) {
                found = p->value;
            }
        }
        if (found != RH_NONE) {
            return found;
        }
    }
    return otherwise;
}

/* States of a lease by what they mean. */
#define BIT(state) (UINT64_C(1) << rh_lease_state_##state)
static const uint64_t running = BIT(active) | BIT(arrears) | BIT(unsafe) | BIT(expiring);
static const uint64_t binding = BIT(signed) | BIT(result_public) | BIT(filed) | BIT(active) |
                                BIT(arrears) | BIT(unsafe) | BIT(expiring);
static const uint64_t unsigned_yet = BIT(negotiated) | BIT(dropped);
#undef BIT

static bool
in(uint64_t states, int64_t state)
{
    return (states >> state & 1) != 0;
}

/* ---- I1–I5: terms, rights ---- */

static bool
i1_term_at_most_20_years(const invariants *m, const batch *b, broken *out)
{
    (void)m;
    IN_BATCH(b, lease, l)
    {
        if (!in(unsigned_yet, l->state) && l->end > plain_months_later(l->start, TERM_MONTHS)) {
            FAIL("I1", "lease %lld runs from day %lld to day %lld: more than 20 years.",
                 (ll)l->id, (ll)l->start, (ll)l->end);
        }
        if (l->end <= l->start) {
            FAIL("I1", "lease %lld ends before it begins.", (ll)l->id);
        }
    }
    return true;
}

static bool
i2_renewal_is_no_way_round(const invariants *m, const batch *b, broken *out)
{
    IN_BATCH(b, lease, l)
    {
        if (l->supersedes == RH_NONE || in(unsigned_yet, l->state) || l->signed_on == RH_NONE) {
            continue;
        }
        const rh_row_lease *old = ROW_OF(m, lease, l->supersedes);
        if (l->end > plain_months_later(l->signed_on, TERM_MONTHS)) {
            FAIL(
                "I2",
                "renewal %lld was signed on day %lld and runs to day %lld: more than 20 years.",
                (ll)l->id, (ll)l->signed_on, (ll)l->end);
        }
        int64_t months =
            parameter(m, l->village, rh_parameter_renew_months, l->signed_on, RENEW_MONTHS);
        months = months > RENEW_MONTHS ? RENEW_MONTHS : months;
        if (l_was != NULL && l_was->state == rh_lease_state_negotiated &&
            l->state == rh_lease_state_signed &&
            plain_months_later(b->today, months) < old->end) {
            FAIL("I2",
                 "renewal %lld was signed more than %lld months before day %lld, the end of "
                 "%lld.",
                 (ll)l->id, (ll)months, (ll)old->end, (ll)old->id);
        }
        if (old->baunit != l->baunit) {
            FAIL("I2", "renewal %lld is of another unit than lease %lld.", (ll)l->id,
                 (ll)old->id);
        }
    }
    return true;
}

static bool
i3_one_lease_at_a_time(const invariants *m, const batch *b, broken *out)
{
    IN_BATCH(b, lease, l)
    {
        const rh_row_lease *now = ROW_OF(m, lease, l->id);
        EACH(m, lease, other)
        {
            if (other->id == l->id || other->baunit != l->baunit) {
                continue;
            }
            if (in(running, now->state) && in(running, other->state)) {
                FAIL("I3", "leases %lld and %lld of unit %lld run at once.", (ll)l->id,
                     (ll)other->id, (ll)l->baunit);
            }
            if (in(binding, now->state) && in(binding, other->state) &&
                now->start < other->end && other->start < now->end) {
                FAIL("I3", "leases %lld and %lld of unit %lld overlap in time.", (ll)l->id,
                     (ll)other->id, (ll)l->baunit);
            }
        }
        EACH(m, sublet, s)
        {
            if (s->lease == l->id && s->state == rh_sublet_state_allowed && s->end > now->end &&
                holds_on(s, b->today) && in(binding, now->state)) {
                FAIL("I3", "sublease %lld outlives lease %lld.", (ll)s->id, (ll)l->id);
            }
        }
    }
    IN_BATCH(b, offer, o)
    {
        EACH(m, offer, other) /* S9: of two offers of one house one is live */
        {
            if (other->id != o->id && other->baunit == o->baunit &&
                other->state <= rh_offer_state_open &&
                ROW_OF(m, offer, o->id)->state <= rh_offer_state_open) {
                FAIL("I3", "offers %lld and %lld of unit %lld are both live.", (ll)o->id,
                     (ll)other->id, (ll)o->baunit);
            }
        }
    }
    IN_BATCH(b, sublet, s)
    {
        const rh_row_lease *l = ROW_OF(m, lease, s->lease);
        if (s->state == rh_sublet_state_allowed &&
            (s->start < l->start || s->end > l->end || s->end <= s->start ||
             s->purpose != l->purpose)) {
            FAIL("I3", "sublease %lld is not within lease %lld.", (ll)s->id, (ll)l->id);
        }
    }
    return true;
}

/* Words of a sale, a few of them: a lease that speaks so is none (变相买卖). */
static bool
speaks_of_sale(const char *text)
{
    static const char *const words[] = {"买卖", "出售", "过户", "永久", "世代"};
    for (size_t i = 0; text != NULL && i < sizeof words / sizeof words[0]; i++) {
        if (strstr(text, words[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static bool
i4_rights_stay_with_members(const invariants *m, const batch *b, broken *out)
{
    IN_BATCH(b, lease, l)
    {
        if (!in(unsigned_yet, l->state) && speaks_of_sale(l->wording)) {
            FAIL("I4", "lease %lld is a sale: %s", (ll)l->id, l->wording);
        }
    }
    IN_BATCH(b, rrr, r)
    {
        const rh_row_baunit *unit = ROW_OF(m, baunit, r->baunit);
        const rh_row_party *party = ROW_OF(m, party, r->party);
        bool moves = r_was == NULL || r_was->party != r->party;
        if (!moves || r->status != rh_rrr_status_current) {
            continue;
        }
        if (r->kind == rh_rrr_kind_ownership && r->party != unit->collective) {
            FAIL("I4", "ownership %lld of unit %lld went to party %lld.", (ll)r->id,
                 (ll)unit->id, (ll)r->party);
        }
        if (r->kind == rh_rrr_kind_use_right || r->kind == rh_rrr_kind_member_right) {
            if (party->kind != rh_party_kind_household ||
                !household_has_member(m, r->party, unit->collective, b->today)) {
                FAIL("I4",
                     "right %lld of unit %lld went to party %lld, no household of members.",
                     (ll)r->id, (ll)unit->id, (ll)r->party);
            }
        }
    }
    IN_BATCH(b, baunit, u)
    {
        if (u_was != NULL &&
            (u_was->collective != u->collective || u_was->parcel != u->parcel)) {
            FAIL("I4", "unit %lld changed its collective or its land.", (ll)u->id);
        }
        if (!household_has_member(m, u->household, u->collective, b->today) &&
            (u_was == NULL || u_was->household != u->household)) {
            FAIL("I4", "unit %lld went to household %lld, without members.", (ll)u->id,
                 (ll)u->household);
        }
    }
    return true;
}

static bool
i5_shares_sum_to_one_with_a_source(const invariants *m, const batch *b, broken *out)
{
    IN_BATCH(b, rrr, r)
    {
        if (ROW_OF(m, source, r->source) == NULL) {
            FAIL("I5", "right %lld has no source.", (ll)r->id);
        }
        if (r->share_num <= 0 || r->share_den <= 0 || r->share_num > r->share_den) {
            FAIL("I5", "right %lld has the share %lld/%lld.", (ll)r->id, (ll)r->share_num,
                 (ll)r->share_den);
        }
        bool is_right = r->kind == rh_rrr_kind_ownership ||
                        r->kind == rh_rrr_kind_member_right ||
                        r->kind == rh_rrr_kind_use_right ||
                        r->kind == rh_rrr_kind_house_ownership || r->kind == rh_rrr_kind_lease;
        if (!is_right) {
            continue;
        }
        /* Σ num/den of the current shares: added as fractions. */
        wide num = 0, den = 1;
        int shares = 0;
        EACH(m, rrr, other)
        {
            if (other->baunit == r->baunit && other->kind == r->kind &&
                other->status == rh_rrr_status_current) {
                num = num * other->share_den + (wide)other->share_num * den;
                den *= other->share_den;
                shares++;
            }
        }
        if (num != den && (shares > 0 || r->kind != rh_rrr_kind_lease)) {
            FAIL("I5", "the %d shares of right %s of unit %lld do not sum to 1.", shares,
                 rh_codes_rrr_kind.word[r->kind], (ll)r->baunit);
        }
    }
    return true;
}

/* ---- I6–I8: consent, assembly, notice ---- */

static bool
may_sign_for(const invariants *m, const rh_row_household_member *h, int64_t party, int64_t day)
{
    if (h->capacity != rh_capacity_full) {
        return h->guardian == party;
    }
    EACH(m, mandate, x)
    {
        if (x->principal == h->person && x->agent == party && holds_on(x, day) &&
            (x->scope == rh_mandate_scope_sign || x->scope == rh_mandate_scope_all)) {
            return true;
        }
    }
    return h->person == party;
}

static bool
has_signed(const invariants *m, const rh_row_lease *l, const rh_row_household_member *h,
           const rh_hash *text, int64_t day)
{
    EACH(m, signature, s)
    {
        if (s->lease == l->id && s->role == rh_role_holder &&
            memcmp(&s->document, text, sizeof *text) == 0 &&
            may_sign_for(m, h, s->party, day)) {
            return true;
        }
    }
    return false;
}

static bool
somebody_signed(const invariants *m, const rh_row_lease *l, int64_t role, const rh_hash *text)
{
    EACH(m, signature, s)
    {
        if (s->lease == l->id && s->role == role &&
            memcmp(&s->document, text, sizeof *text) == 0) {
            return true;
        }
    }
    return false;
}

/* His last word on an offer, or NULL. */
static const rh_row_consent *
last_word(const invariants *m, int64_t offer, int64_t person)
{
    const rh_row_consent *last = NULL;
    EACH(m, consent, c)
    {
        last = c->offer == offer && c->person == person ? c : last;
    }
    return last;
}

/* Everybody signs, by himself or by who may for him; a signature is no consent to the offer, which is given with the warning read. A renewal comes from
 * no offer. */
static bool
consents(const invariants *m, const rh_row_lease *l, const rh_row_household_member *h,
         int64_t day)
{
    const rh_row_consent *last = last_word(m, l->offer, h->person);
    return has_signed(m, l, h, &l->text, day) &&
           (l->offer == RH_NONE || (last != NULL && !last->withdrawn && last->warned == 1));
}

static bool
is_text_of(const invariants *m, const rh_row_signature *s)
{
    if (memcmp(&s->document, &ROW_OF(m, lease, s->lease)->text, sizeof s->document) == 0) {
        return true;
    }
    EACH(m, amendment, a)
    {
        if (a->lease == s->lease && memcmp(&s->document, &a->text, sizeof a->text) == 0) {
            return true;
        }
    }
    return false;
}

static bool
i6_everybody_consents_when_signing(const invariants *m, const batch *b, broken *out)
{
    IN_BATCH(b, signature, s)
    {
        if (!is_text_of(m, s)) {
            FAIL("I6", "signature %lld stands under another text than that of lease %lld.",
                 (ll)s->id, (ll)s->lease);
        }
    }
    IN_BATCH(b, offer, o)
    {
        if (o->state != rh_offer_state_verified) {
            continue;
        }
        EACH(m, household_member, h)
        {
            const rh_row_consent *last = last_word(m, o->id, h->person);
            if (h->household == o->household && h->right_holder && holds_on(h, b->today) &&
                adult_on(h, b->today) && (last == NULL || last->withdrawn || !last->warned)) {
                FAIL("I6", "offer %lld was verified without the consent of %lld.", (ll)o->id,
                     (ll)h->person);
            }
        }
    }
    IN_BATCH(b, lease, l)
    {
        if (l->state != rh_lease_state_signed ||
            (l_was != NULL && l_was->state == rh_lease_state_signed)) {
            continue;
        }
        if (l->household != ROW_OF(m, baunit, l->baunit)->household) {
            FAIL("I6", "lease %lld was signed for household %lld, whose house it is no more.",
                 (ll)l->id, (ll)l->household);
        }
        int holders = 0;
        EACH(m, household_member, h)
        {
            if (h->household != l->household || !h->right_holder || !holds_on(h, b->today) ||
                !adult_on(h, b->today)) {
                continue;
            }
            holders++;
            if (!consents(m, l, h, b->today)) {
                FAIL("I6", "lease %lld was signed without the consent of %lld.", (ll)l->id,
                     (ll)h->person);
            }
        }
        if (holders == 0) {
            FAIL("I6",
                 "lease %lld was signed for household %lld, which has no adult right-holder.",
                 (ll)l->id, (ll)l->household);
        }
        if (!somebody_signed(m, l, rh_role_lessee, &l->text)) {
            FAIL("I6", "lease %lld was signed without its lessee.", (ll)l->id);
        }
    }
    return true;
}

static bool
has_full_capacity(const invariants *m, int64_t person, int64_t day)
{
    const rh_row_household_member *known = NULL; /* what holds that day, or was known last */
    EACH(m, household_member, h)
    {
        if (h->person == person &&
            (known == NULL || holds_on(h, day) || !holds_on(known, day))) {
            known = h;
        }
    }
    return known != NULL && known->capacity == rh_capacity_full && adult_on(known, day);
}

static int64_t
roll_on(const invariants *m, int64_t collective, int64_t day)
{
    int64_t n = 0;
    EACH(m, membership, s)
    {
        n += s->collective == collective && holds_on(s, day) &&
             has_full_capacity(m, s->person, day);
    }
    return n;
}

static bool
i7_full_assembly_decides(const invariants *m, const batch *b, broken *out)
{
    IN_BATCH(b, ballot, v)
    {
        const rh_row_meeting *x = ROW_OF(m, meeting, v->meeting);
        if (!is_member(m, v->member, ROW_OF(m, scheme, x->scheme)->collective, x->held) ||
            !has_full_capacity(m, v->member, x->held)) {
            FAIL("I7", "%lld voted in meeting %lld without a vote.", (ll)v->member, (ll)x->id);
        }
        EACH(m, ballot, other)
        {
            if (other->id != v->id && other->meeting == v->meeting &&
                other->member == v->member) {
                FAIL("I7", "member %lld has two ballots in meeting %lld.", (ll)v->member,
                     (ll)v->meeting);
            }
        }
    }
    IN_BATCH(b, scheme, s)
    {
        if (s->state != rh_scheme_state_passed ||
            (s_was != NULL && s_was->state == rh_scheme_state_passed)) {
            continue;
        }
        const rh_row_meeting *held = NULL;
        EACH(m, meeting, x)
        {
            held = x->scheme == s->id ? x : held;
        }
        if (held == NULL) {
            FAIL("I7", "scheme %lld passed without a meeting.", (ll)s->id);
        }
        if (s->purpose == rh_scheme_purpose_homestead_use &&
            held->kind != rh_meeting_kind_assembly) {
            FAIL("I7", "scheme %lld on homesteads was passed by representatives.", (ll)s->id);
        }
        int64_t cast = 0, yes = 0;
        EACH(m, ballot, v)
        {
            cast += v->meeting == held->id;
            yes += v->meeting == held->id && v->vote == rh_vote_yes;
        }
        int64_t roll = roll_on(m, s->collective, held->held);
        bool counted_wrong = held->attended < cast || held->yes < yes ||
                             held->attended > held->roll ||
                             held->yes + held->no + held->abstain > held->attended;
        bool too_few = 3 * held->attended < 2 * held->roll || 3 * held->yes < 2 * held->roll;
        if (counted_wrong || too_few ||
            (held->kind == rh_meeting_kind_assembly && held->roll != roll)) {
            FAIL("I7",
                 "scheme %lld passed with %lld of %lld attending and %lld yes; counted here: "
                 "roll %lld, "
                 "ballots %lld, yes %lld.",
                 (ll)s->id, (ll)held->attended, (ll)held->roll, (ll)held->yes, (ll)roll,
                 (ll)cast, (ll)yes);
        }
        if (b->today < held->held) {
            FAIL("I7", "scheme %lld passed before its meeting.", (ll)s->id);
        }
        if (held->held - held->called < 10 || held->held - s->papers < 10) {
            FAIL("I7", "scheme %lld: the assembly had less than 10 days' notice.", (ll)s->id);
        }
        if (s->discussed == RH_NONE || s->discussed > held->called) {
            FAIL("I7", "scheme %lld was not discussed by the Party organisation first.",
                 (ll)s->id);
        }
    }
    return true;
}

static bool
has_open_objection(const invariants *m, int64_t object, int64_t id)
{
    EACH(m, objection, o)
    {
        if (o->object == object && o->object_id == id && o->state == rh_objection_state_open) {
            return true;
        }
    }
    return false;
}

/* Days on notice so far, counted by the states the object has been in. */
static void
count_shown(table *t, int64_t id, bool on_notice, bool afresh, int64_t today)
{
    shown *s = entry(t, id, sizeof *s);
    if (s->days == 0 && s->since == 0) {
        s->since = RH_NONE;
    }
    if (on_notice && afresh) {
        s->days = 0;
        s->since = today;
    } else if (on_notice && s->since == RH_NONE) {
        s->since = today;
    } else if (!on_notice && s->since != RH_NONE) {
        s->days += today - s->since;
        s->since = RH_NONE;
    }
}

static int64_t
days_shown(const table *t, int64_t id)
{
    return (size_t)id < t->n ? ((const shown *)(const void *)t->row)[id].days : 0;
}

static bool
i8_notice_is_complete(const invariants *m, const batch *b, broken *out)
{
    IN_BATCH(b, scheme, s)
    {
        if (s->state != rh_scheme_state_filed || (s_was != NULL && s_was->state == s->state)) {
            continue;
        }
        int64_t days = days_shown(&m->shown_schemes, s->id);
        if (days < s->notice_days || days < NOTICE_FLOOR) {
            FAIL("I8", "scheme %lld was filed after %lld of %lld days of notice.", (ll)s->id,
                 (ll)days, (ll)s->notice_days);
        }
        if (has_open_objection(m, rh_notice_object_scheme, s->id)) {
            FAIL("I8", "scheme %lld was filed with an open objection.", (ll)s->id);
        }
    }
    IN_BATCH(b, offer, o)
    {
        if (o->state != rh_offer_state_open || (o_was != NULL && o_was->state == o->state) ||
            (o_was != NULL &&
             o_was->state == rh_offer_state_matched)) { /* a lease fell through */
            continue;
        }
        int64_t days = days_shown(&m->shown_offers, o->id),
                wanted = ROW_OF(m, scheme, o->scheme)->notice_days;
        if (days < wanted || days < NOTICE_FLOOR) {
            FAIL("I8", "offer %lld opened after %lld of %lld days of notice.", (ll)o->id,
                 (ll)days, (ll)wanted);
        }
        if (has_open_objection(m, rh_notice_object_offer, o->id)) {
            FAIL("I8", "offer %lld opened with an open objection.", (ll)o->id);
        }
    }
    IN_BATCH(b, lease, l)
    {
        if (l->state != rh_lease_state_filed || (l_was != NULL && l_was->state == l->state)) {
            continue;
        }
        int64_t days = days_shown(&m->shown_leases, l->id),
                wanted = ROW_OF(m, scheme, l->scheme)->notice_days;
        if (days < wanted || days < NOTICE_FLOOR) {
            FAIL("I8", "lease %lld was filed after %lld of %lld days of notice.", (ll)l->id,
                 (ll)days, (ll)wanted);
        }
        if (has_open_objection(m, rh_notice_object_lease, l->id)) {
            FAIL("I8", "lease %lld was filed with an open objection.", (ll)l->id);
        }
    }
    return true;
}

/* ---- I9–I13: money ---- */

static int64_t
lease_bp(const rh_row_lease *l, int64_t payee)
{
    return payee == rh_payee_farmer       ? l->farmer_bp
           : payee == rh_payee_collective ? l->collective_bp
                                          : l->reserve_bp;
}

static bool
i9_split_is_exact(const invariants *m, const batch *b, broken *out)
{
    IN_BATCH(b, receipt, r)
    {
        const rh_row_rent_line *line = ROW_OF(m, rent_line, r->line);
        const rh_row_lease *l = ROW_OF(m, lease, r->lease);
        int64_t sum = 0, part[3], bp[3];
        int parts = 0;
        for (int64_t p = 0; p < 3; p++) {
            bp[p] = lease_bp(l, p);
        }
        if (r->reverses == RH_NONE) {
            plain_split(r->amount_fen, 3, bp, part);
        } else { /* taken back as it was given; nothing is divided again */
            const rh_row_receipt *was = ROW_OF(m, receipt, r->reverses);
            if (was->amount_fen != r->amount_fen || was->line != r->line ||
                was->reverses != RH_NONE) {
                FAIL("I9", "receipt %lld reverses %lld in part only.", (ll)r->id, (ll)was->id);
            }
            continue;
        }
        IN_BATCH(b, split_line, s)
        {
            if (s->receipt != r->id) {
                continue;
            }
            int64_t amount = s->amount_fen < 0 ? -s->amount_fen : s->amount_fen;
            sum += amount;
            parts++;
            if (s->payee > rh_payee_reserve || amount != part[s->payee] ||
                s->share_bp != bp[s->payee]) {
                FAIL("I9", "receipt %lld of %lld fen gives %lld fen to the %s.", (ll)r->id,
                     (ll)r->amount_fen, (ll)s->amount_fen, rh_codes_payee.word[s->payee]);
            }
        }
        if (line->kind == rh_line_kind_rent && (sum != r->amount_fen || parts == 0)) {
            FAIL("I9", "receipt %lld of %lld fen is divided into %lld fen.", (ll)r->id,
                 (ll)r->amount_fen, (ll)sum);
        }
        if (line->kind != rh_line_kind_rent && parts != 0) {
            FAIL("I9", "receipt %lld of a %s is divided.", (ll)r->id,
                 rh_codes_line_kind.word[line->kind]);
        }
    }
    return true;
}

static bool
i10_journals_balance(const invariants *m, const batch *b, broken *out)
{
    IN_BATCH(b, posting, p)
    {
        int64_t sum = 0;
        EACH(m, posting, other)
        {
            if (other->journal == p->journal) {
                sum += other->amount_fen;
                if (other->seq != p->seq) {
                    FAIL("I10", "journal %lld was written to by two commands.", (ll)p->journal);
                }
            }
        }
        if (sum != 0) {
            FAIL("I10", "journal %lld sums to %lld fen.", (ll)p->journal, (ll)sum);
        }
    }
    IN_BATCH(b, receipt, r)
    {
        int64_t got = 0;
        EACH(m, receipt, other)
        {
            got += other->line != r->line       ? 0
                   : other->reverses == RH_NONE ? other->amount_fen
                                                : -other->amount_fen;
        }
        if (got < 0 || got > ROW_OF(m, rent_line, r->line)->amount_fen) {
            FAIL("I10", "line %lld of %lld fen has received %lld fen.", (ll)r->line,
                 (ll)ROW_OF(m, rent_line, r->line)->amount_fen, (ll)got);
        }
    }
    for (size_t i = 0; i < b->n; i++) {
        int64_t lease =
            b->row[i].kind == RH_ROW_posting ? ((const rh_row_posting *)b->row[i].record)->lease
            : b->row[i].kind == RH_ROW_payout ? ((const rh_row_payout *)b->row[i].record)->lease
            : b->row[i].kind == RH_ROW_receipt
                ? ((const rh_row_receipt *)b->row[i].record)->lease
                : RH_NONE;
        if (lease == RH_NONE) {
            continue;
        }
        const ledger *g = LEDGER(m, lease);
        if (g->balance[rh_account_escrow] < 0) {
            FAIL("I10", "the escrow of lease %lld is %lld fen.", (ll)lease,
                 (ll)g->balance[rh_account_escrow]);
        }
        if (g->balance[rh_account_escrow] != g->received - g->paid) {
            FAIL("I10",
                 "the escrow of lease %lld holds %lld fen; received %lld, paid out %lld.",
                 (ll)lease, (ll)g->balance[rh_account_escrow], (ll)g->received, (ll)g->paid);
        }
    }
    return true;
}

/* Is the text of an amendment signed by every party to the lease? */
static bool
all_signed(const invariants *m, const rh_row_lease *l, const rh_hash *text, int64_t day)
{
    if (!somebody_signed(m, l, rh_role_lessee, text) ||
        (l->collective_role == rh_collective_role_party &&
         !somebody_signed(m, l, rh_role_council, text))) {
        return false;
    }
    EACH(m, household_member, h)
    {
        if (h->household == l->household && h->right_holder && holds_on(h, day) &&
            adult_on(h, day) && !has_signed(m, l, h, text, day)) {
            return false;
        }
    }
    return true;
}

static bool
i11_split_is_frozen(const invariants *m, const batch *b, broken *out)
{
    IN_BATCH(b, lease, l)
    {
        const rh_row_scheme *s = ROW_OF(m, scheme, l->scheme);
        if (l->farmer_bp + l->collective_bp + l->reserve_bp != FULL_SHARE || l->farmer_bp < 0 ||
            l->collective_bp < 0 || l->reserve_bp < 0) {
            FAIL("I11", "the shares of lease %lld do not sum to 1.", (ll)l->id);
        }
        if (l->farmer_bp < s->farmer_bp) {
            FAIL("I11", "the household's share of lease %lld is below its scheme's.",
                 (ll)l->id);
        }
        bool changed =
            l_was != NULL &&
            (l_was->farmer_bp != l->farmer_bp || l_was->collective_bp != l->collective_bp ||
             l_was->reserve_bp != l->reserve_bp || l_was->fen_year != l->fen_year ||
             l_was->end != l->end);
        if (!changed) {
            continue;
        }
        bool agreed = false;
        IN_BATCH(b, amendment, a)
        {
            agreed |= a->lease == l->id && a->state == rh_case_state_closed &&
                      a->farmer_bp == l->farmer_bp && a->collective_bp == l->collective_bp &&
                      a->reserve_bp == l->reserve_bp && a->fen_year == l->fen_year &&
                      a->end == l->end && all_signed(m, l, &a->text, b->today);
        }
        if (!agreed) {
            FAIL("I11", "lease %lld changed without an amendment signed by all.", (ll)l->id);
        }
    }
    return true;
}

static bool
i12_collective_money_to_its_account(const invariants *m, const batch *b, broken *out)
{
    IN_BATCH(b, payout, p)
    {
        const rh_row_bank_account *a = ROW_OF(m, bank_account, p->account);
        const rh_row_lease *l = ROW_OF(m, lease, p->lease);
        if ((p->payee == rh_payee_collective || p->payee == rh_payee_reserve) &&
            (a->kind != rh_bank_kind_collective || a->party != l->collective)) {
            FAIL("I12", "payout %lld of the collective's money goes to account %lld.",
                 (ll)p->id, (ll)a->id);
        }
        if (p->payee == rh_payee_farmer && p_was == NULL && a->party != l->household) {
            bool in_household = false;
            EACH(m, household_member, h)
            {
                in_household |= h->household == l->household && h->person == a->party &&
                                h->right_holder && holds_on(h, b->today);
            }
            if (!in_household) {
                FAIL("I12", "payout %lld to the household goes to account %lld of another.",
                     (ll)p->id, (ll)a->id);
            }
        }
        if (p->payee == rh_payee_lessee && p_was == NULL && a->party != l->lessee) {
            FAIL("I12", "payout %lld to the lessee goes to account %lld of another.", (ll)p->id,
                 (ll)a->id);
        }
    }
    IN_BATCH(b, bank_account, a)
    {
        if (a->kind == rh_bank_kind_collective &&
            ROW_OF(m, party, a->party)->kind != rh_party_kind_collective) {
            FAIL("I12", "account %lld of the collective belongs to party %lld.", (ll)a->id,
                 (ll)a->party);
        }
    }
    return true;
}

static bool
i13_nobody_acts_twice(const invariants *m, const batch *b, broken *out)
{
    IN_BATCH(b, payout, p)
    {
        if (p->state != rh_payout_state_paid ||
            (p_was != NULL && p_was->approved_by == p->approved_by)) {
            continue;
        }
        if (are_kin(m, p->proposed_by, p->approved_by, b->today)) {
            FAIL("I13",
                 "payout %lld was proposed and approved by %lld and %lld, the same or kin.",
                 (ll)p->id, (ll)p->proposed_by, (ll)p->approved_by);
        }
        const rh_row_offer *o = ROW_OF(m, offer, ROW_OF(m, lease, p->lease)->offer);
        const int64_t over_money[] = {p->proposed_by, p->approved_by};
        for (int i = 0; o != NULL && i < 2; i++) {
            if (over_money[i] == o->verified_by || over_money[i] == o->acknowledged_by ||
                over_money[i] == o->reviewed_by) {
                FAIL("I13", "payout %lld: %lld has passed the offer and acts over its money.",
                     (ll)p->id, (ll)over_money[i]);
            }
        }
    }
    IN_BATCH(b, check, c)
    {
        if (c->by != RH_NONE &&
            is_kin_of_household(m, c->by, ROW_OF(m, offer, c->offer)->household, b->today)) {
            FAIL("I13", "offer %lld was verified by kin of its household.", (ll)c->offer);
        }
    }
    IN_BATCH(b, role_grant, g)
    {
        if (g_was != NULL || (g->role != rh_role_supervisors && g->role != rh_role_council)) {
            continue;
        }
        EACH(m, role_grant, other)
        {
            if (holds_on(other, b->today) && other->place == g->place &&
                ((g->role == rh_role_supervisors && other->role == rh_role_council) ||
                 (g->role == rh_role_council && other->role == rh_role_supervisors)) &&
                are_kin(m, other->party, g->party, b->today)) {
                FAIL("I13", "%lld and %lld are kin, in council and supervisory board.",
                     (ll)g->party, (ll)other->party);
            }
        }
    }
    return true;
}

/* ---- I17–I25 ---- */

static bool
i17_membership_ends_on_a_ground(const invariants *m, const batch *b, broken *out)
{
    IN_BATCH(b, membership, s)
    {
        if (s->valid_to != RH_NONE &&
            (s->end_reason == RH_NONE || ROW_OF(m, source, s->source) == NULL)) {
            FAIL("I17", "membership %lld ended without a ground.", (ll)s->id);
        }
        if (s_was != NULL &&
            (s_was->person != s->person || s_was->collective != s->collective)) {
            FAIL("I17", "membership %lld went to somebody else.", (ll)s->id);
        }
        if (b->n != 1 && s_was != NULL) {
            FAIL("I17", "membership %lld ended as a consequence of something else.", (ll)s->id);
        }
    }
    return true;
}

bool
invariants_speaks_of_hukou(const char *name, const char *zh, const char *en)
{
    return strstr(name, "hukou") != NULL || strstr(en, "hukou") != NULL ||
           strstr(zh, "户口") != NULL || strstr(zh, "户籍") != NULL;
}

static bool
i18_hukou_is_no_input(const invariants *m, const batch *b, broken *out)
{
    (void)m;
    for (size_t i = 0; i < b->n; i++) {
        const rh_record_type *t = rh_row_type(b->row[i].kind);
        for (int f = 0; f < t->n; f++) {
            if (invariants_speaks_of_hukou(t->field[f].name, t->field[f].zh, t->field[f].en)) {
                FAIL("I18", "%s.%s speaks of household registration.", t->name,
                     t->field[f].name);
            }
        }
    }
    return true;
}

static const int64_t account_of[] = {[rh_payee_farmer] = rh_account_farmer,
                                     [rh_payee_collective] = rh_account_collective,
                                     [rh_payee_reserve] = rh_account_reserve,
                                     [rh_payee_lessee] = rh_account_lessee};

static int64_t
contested(const invariants *m, int64_t lease, int64_t payee)
{
    int64_t sum = 0;
    EACH(m, dispute, d)
    {
        if (d->state != rh_case_state_open ||
            (d->contested_of != RH_NONE && d->contested_of != payee)) {
            continue;
        }
        int64_t of = d->object == rh_object_kind_lease ? d->object_id
                     : d->object == rh_object_kind_payout
                         ? ROW_OF(m, payout, d->object_id)->lease
                         : RH_NONE;
        sum += of == lease ? d->contested_fen : 0;
    }
    return sum;
}

int64_t
invariants_free_fen(const invariants *m, int64_t lease, int64_t payee)
{
    const ledger *g = LEDGER(m, lease);
    return -g->balance[account_of[payee]] - g->promised[payee] - contested(m, lease, payee);
}

static bool
i19_contested_money_waits(const invariants *m, const batch *b, broken *out)
{
    IN_BATCH(b, payout, p)
    {
        bool is_new = p_was == NULL, is_paid = p->state == rh_payout_state_paid &&
                                               p_was != NULL &&
                                               p_was->state == rh_payout_state_proposed;
        if ((is_new || is_paid) && invariants_free_fen(m, p->lease, p->payee) < 0) {
            FAIL("I19",
                 "payout %lld promises what is contested or not there: %lld fen too much.",
                 (ll)p->id, (ll)-invariants_free_fen(m, p->lease, p->payee));
        }
    }
    return true;
}

static bool
i21_withdrawal_stops_or_does_nothing(const invariants *m, const batch *b, broken *out)
{
    IN_BATCH(b, consent, c)
    {
        if (!c->withdrawn || (c_was != NULL && c_was->withdrawn)) {
            continue;
        }
        const rh_row_lease *lease = NULL;
        EACH(m, lease, l)
        {
            lease = l->offer == c->offer && l->state != rh_lease_state_dropped ? l : lease;
        }
        const rh_row_offer *o = ROW_OF(m, offer, c->offer);
        if (lease == NULL || in(unsigned_yet, lease->state)) {
            bool stopped =
                o->state == rh_offer_state_draft || o->state == rh_offer_state_withdrawn ||
                o->state == rh_offer_state_refused || o->state == rh_offer_state_lapsed;
            if (!stopped) {
                FAIL("I21", "consent %lld was withdrawn, offer %lld goes on as %s.", (ll)c->id,
                     (ll)o->id, rh_codes_offer_state.word[o->state]);
            }
            if (lease != NULL && lease->state == rh_lease_state_negotiated) {
                FAIL("I21", "consent %lld was withdrawn, lease %lld goes on.", (ll)c->id,
                     (ll)lease->id);
            }
        } else {
            IN_BATCH(b, lease, l)
            {
                if (l->id == lease->id) {
                    FAIL("I21", "consent %lld, withdrawn after signing, changed lease %lld.",
                         (ll)c->id, (ll)l->id);
                }
            }
        }
    }
    return true;
}

/* The states that end a machine. */
static bool
is_end(rh_row_kind kind, int64_t state)
{
    switch (kind) {
    case RH_ROW_scheme: /* `failed` may be drafted anew; `active` stands until another takes its place */
        return state == rh_scheme_state_active || state >= rh_scheme_state_superseded;
    case RH_ROW_offer:
        return state == rh_offer_state_matched || state >= rh_offer_state_withdrawn;
    case RH_ROW_lease:
        return state >= rh_lease_state_closed;
    default:
        return true;
    }
}

static bool
i22_every_state_has_a_deadline(const invariants *m, const batch *b, broken *out)
{
    (void)m;
    IN_BATCH(b, scheme, s)
    {
        if (!is_end(RH_ROW_scheme, s->state) && s->until == RH_NONE) {
            FAIL("I22", "scheme %lld is %s without a deadline.", (ll)s->id,
                 rh_codes_scheme_state.word[s->state]);
        }
        if (s_was != NULL && is_end(RH_ROW_scheme, s_was->state) && s_was->state != s->state &&
            s_was->state != rh_scheme_state_active) {
            FAIL("I22", "scheme %lld came back from %s.", (ll)s->id,
                 rh_codes_scheme_state.word[s_was->state]);
        }
    }
    IN_BATCH(b, offer, o)
    {
        if (!is_end(RH_ROW_offer, o->state) && o->until == RH_NONE) {
            FAIL("I22", "offer %lld is %s without a deadline.", (ll)o->id,
                 rh_codes_offer_state.word[o->state]);
        }
    }
    IN_BATCH(b, lease, l)
    {
        if (!is_end(RH_ROW_lease, l->state) && l->until == RH_NONE) {
            FAIL("I22", "lease %lld is %s without a deadline.", (ll)l->id,
                 rh_codes_lease_state.word[l->state]);
        }
        if (l_was != NULL && is_end(RH_ROW_lease, l_was->state) && l_was->state != l->state) {
            FAIL("I22", "lease %lld came back from %s.", (ll)l->id,
                 rh_codes_lease_state.word[l_was->state]);
        }
    }
    return true;
}

static bool
i23_time_never_goes_back(const invariants *m, const batch *b, broken *out)
{
    for (size_t i = 0; i < b->n; i++) {
        const rh_row_head *h = rh_row_head_of(b->row[i]);
        if (h->recorded < m->recorded || h->seq != m->seq + 1) {
            FAIL("I23", "command %lld of moment %lld follows command %lld of moment %lld.",
                 (ll)h->seq, (ll)h->recorded, (ll)m->seq, (ll)m->recorded);
        }
        if (h->recorded != rh_row_head_of(b->row[0])->recorded) {
            FAIL("I23", "rows of command %lld have two moments.", (ll)h->seq);
        }
    }
    return true;
}

static bool
i24_village_of_a_row_is_that_of_its_lease(const invariants *m, const batch *b, broken *out)
{
    for (size_t i = 0; i < b->n; i++) {
        int64_t lease, village;
        switch (b->row[i].kind) {
#define CASE(kind)                                                                             \
    case RH_ROW_##kind:                                                                        \
        lease = ((const rh_row_##kind *)b->row[i].record)->lease;                              \
        village = ((const rh_row_##kind *)b->row[i].record)->village;                          \
        break;
            CASE(rent_line)
            CASE(receipt)
            CASE(posting)
            CASE(payout)
            CASE(arrears)
#undef CASE
        case RH_ROW_lease:
            lease = rh_row_head_of(b->row[i])->id;
            village =
                ROW_OF(m, baunit, ((const rh_row_lease *)b->row[i].record)->baunit)->village;
            break;
        default:
            continue;
        }
        if (ROW_OF(m, lease, lease)->village != village) {
            FAIL("I24", "%s %lld is booked in village %lld, lease %lld is in village %lld.",
                 rh_row_type(b->row[i].kind)->name, (ll)rh_row_head_of(b->row[i])->id,
                 (ll)village, (ll)lease, (ll)ROW_OF(m, lease, lease)->village);
        }
    }
    return true;
}

static bool
i25_lessee_stays_when_owner_or_scheme_changes(const invariants *m, const batch *b, broken *out)
{
    (void)m;
    bool upheaval = false;
    IN_BATCH(b, scheme, s)
    {
        upheaval |=
            s->state == rh_scheme_state_annulled || s->state == rh_scheme_state_superseded;
    }
    IN_BATCH(b, rrr, r)
    {
        upheaval |= r->kind == rh_rrr_kind_use_right && r_was != NULL;
    }
    IN_BATCH(b, baunit, u)
    {
        upheaval |= u_was != NULL && u_was->household != u->household;
    }
    if (!upheaval) {
        return true;
    }
    IN_BATCH(b, lease, l)
    {
        if (l_was != NULL && in(binding, l_was->state) &&
            (l->lessee != l_was->lessee || l->purpose != l_was->purpose ||
             l->start != l_was->start || l->end != l_was->end ||
             l->fen_year != l_was->fen_year || l->state == rh_lease_state_void ||
             l->state == rh_lease_state_terminated || l->state == rh_lease_state_dropped)) {
            FAIL("I25", "lease %lld does not stand when owner or scheme changes.", (ll)l->id);
        }
    }
    IN_BATCH(b, rent_line, x)
    {
        if (x_was != NULL && x->cancelled == 1) {
            FAIL("I25", "line %lld was cancelled when owner or scheme changed.", (ll)x->id);
        }
    }
    return true;
}

static bool (*const checks[])(const invariants *m, const batch *b, broken *out) = {
    i1_term_at_most_20_years,
    i2_renewal_is_no_way_round,
    i3_one_lease_at_a_time,
    i4_rights_stay_with_members,
    i5_shares_sum_to_one_with_a_source,
    i6_everybody_consents_when_signing,
    i7_full_assembly_decides,
    i8_notice_is_complete,
    i9_split_is_exact,
    i10_journals_balance,
    i11_split_is_frozen,
    i12_collective_money_to_its_account,
    i13_nobody_acts_twice,
    i17_membership_ends_on_a_ground,
    i18_hukou_is_no_input,
    i19_contested_money_waits,
    i21_withdrawal_stops_or_does_nothing,
    i22_every_state_has_a_deadline,
    i23_time_never_goes_back,
    i24_village_of_a_row_is_that_of_its_lease,
    i25_lessee_stays_when_owner_or_scheme_changes,
};

/* ---- taking in rows ---- */

/* Sums that grow with the rows. */
static void
add_up(invariants *m, rh_row row, const void *before, int64_t today)
{
    switch (row.kind) {
    case RH_ROW_posting: {
        const rh_row_posting *p = row.record;
        LEDGER(m, p->lease)->balance[p->account] += p->amount_fen;
        break;
    }
    case RH_ROW_receipt: {
        const rh_row_receipt *r = row.record;
        LEDGER(m, r->lease)->received +=
            r->reverses == RH_NONE ? r->amount_fen : -r->amount_fen;
        break;
    }
    case RH_ROW_payout: {
        const rh_row_payout *p = row.record, *was = before;
        bool is_out =
                 p->state == rh_payout_state_paid || p->state == rh_payout_state_reconciled,
             was_out = was != NULL && (was->state == rh_payout_state_paid ||
                                       was->state == rh_payout_state_reconciled);
        ledger *g = LEDGER(m, p->lease);
        g->paid += (is_out ? p->amount_fen : 0) - (was_out ? was->amount_fen : 0);
        g->promised[p->payee] +=
            (p->state == rh_payout_state_proposed ? p->amount_fen : 0) -
            (was != NULL && was->state == rh_payout_state_proposed ? was->amount_fen : 0);
        break;
    }
    case RH_ROW_scheme: {
        const rh_row_scheme *s = row.record, *was = before;
        bool on = s->state == rh_scheme_state_publicised &&
                  !has_open_objection(m, rh_notice_object_scheme, s->id);
        count_shown(&m->shown_schemes, s->id, on, on && was != NULL && was->state != s->state,
                    today);
        break;
    }
    case RH_ROW_offer: {
        const rh_row_offer *o = row.record, *was = before;
        bool on = o->state == rh_offer_state_notice;
        count_shown(&m->shown_offers, o->id, on,
                    on && was != NULL && was->state != o->state &&
                        was->state != rh_offer_state_objected,
                    today);
        break;
    }
    case RH_ROW_lease: {
        const rh_row_lease *l = row.record, *was = before;
        bool on = l->state == rh_lease_state_result_public &&
                  !has_open_objection(m, rh_notice_object_lease, l->id);
        count_shown(&m->shown_leases, l->id, on, on && was != NULL && was->state != l->state,
                    today);
        break;
    }
    case RH_ROW_objection: { /* an offer stops in a state of its own; the others where they are */
        const rh_row_objection *o = row.record;
        if (o->object == rh_notice_object_scheme) {
            count_shown(&m->shown_schemes, o->object_id,
                        ROW_OF(m, scheme, o->object_id)->state == rh_scheme_state_publicised &&
                            !has_open_objection(m, o->object, o->object_id),
                        false, today);
        } else if (o->object == rh_notice_object_lease) {
            count_shown(&m->shown_leases, o->object_id,
                        ROW_OF(m, lease, o->object_id)->state == rh_lease_state_result_public &&
                            !has_open_objection(m, o->object, o->object_id),
                        false, today);
        }
        break;
    }
    default:
        break;
    }
}

/* Keep the row without its texts; `before` gets a copy of what it replaces. */
static bool
keep(invariants *m, rh_row row, const void **before, broken *out)
{
    const rh_record_type *type = rh_row_type(row.kind);
    const rh_row_head *h = rh_row_head_of(row);
    const rh_row_head *present = invariants_row(m, row.kind, h->id);
    *before = NULL;
    if (present == NULL ? h->id != invariants_count(m, row.kind) + 1 || h->version != 1
                        : h->version != present->version + 1) {
        FAIL("shape", "%s %lld, version %lld, follows nothing.", type->name, (ll)h->id,
             (ll)h->version);
    }
    if (present != NULL) {
        void *copy = rh_alloc(1, type->size);
        must(copy != NULL);
        memcpy(copy, present, type->size);
        *before = copy;
    }
    if (m->of[row.kind].n == 0) {
        entry(&m->of[row.kind], 0, type->size);
    }
    char *kept = entry(&m->of[row.kind], h->id, type->size);
    memcpy(kept, row.record, type->size);
    for (int i = 0; i < type->n; i++) {
        if (type->field[i].type == RH_FIELD_TEXT) {
            *(const char **)(void *)(kept + type->field[i].offset) = NULL;
        }
    }
    return true;
}

bool
invariants_feed(invariants *m, const rh_row *row, size_t n, broken *out)
{
    *out = (broken){0};
    if (n == 0) {
        return fail(out, "shape", "an accepted command without rows.");
    }
    batch b = {.row = row,
               .before = rh_alloc(n, sizeof *b.before),
               .n = n,
               .today = plain_day(rh_row_head_of(row[0])->recorded)};
    must(b.before != NULL);
    bool good = i23_time_never_goes_back(m, &b, out);
    for (size_t i = 0; good && i < n; i++) {
        good = keep(m, row[i], &b.before[i], out);
        if (good) {
            add_up(m, row[i], b.before[i], b.today);
        }
    }
    for (size_t i = 0; good && i < sizeof checks / sizeof checks[0]; i++) {
        good = checks[i] == i23_time_never_goes_back || checks[i](m, &b, out);
    }
    m->seq = rh_row_head_of(row[0])->seq;
    m->recorded = rh_row_head_of(row[0])->recorded;
    for (size_t i = 0; i < n; i++) {
        rh_free((void *)(uintptr_t)b.before[i]);
    }
    rh_free(b.before);
    return good;
}

/* ---- the whole ---- */

bool
invariants_after_tick(const invariants *m, int64_t today, broken *out)
{
    *out = (broken){0};
    EACH(m, scheme, s)
    {
        if (!is_end(RH_ROW_scheme, s->state) && s->until < today) {
            FAIL("I22", "scheme %lld is still %s after its deadline.", (ll)s->id,
                 rh_codes_scheme_state.word[s->state]);
        }
    }
    EACH(m, offer, o)
    {
        if (!is_end(RH_ROW_offer, o->state) && o->until < today) {
            FAIL("I22", "offer %lld is still %s after its deadline.", (ll)o->id,
                 rh_codes_offer_state.word[o->state]);
        }
    }
    EACH(m, lease, l)
    {
        if (!is_end(RH_ROW_lease, l->state) && l->until < today) {
            FAIL("I22", "lease %lld is still %s after its deadline.", (ll)l->id,
                 rh_codes_lease_state.word[l->state]);
        }
        if (in(running, l->state) && l->end < today) {
            FAIL("I22", "lease %lld is %s after its end.", (ll)l->id,
                 rh_codes_lease_state.word[l->state]);
        }
    }
    EACH(m, sublet, s)
    {
        if (s->state == rh_sublet_state_asked && s->until < today) {
            FAIL("I22", "sublease %lld still waits for an answer.", (ll)s->id);
        }
    }
    return true;
}

static bool
g10_books_add_up(const invariants *m, broken *out)
{
    ledger all = {0};
    table again = {0};
    EACH(m, posting, p)
    {
        ((ledger *)entry(&again, p->lease, sizeof(ledger)))->balance[p->account] +=
            p->amount_fen;
        all.balance[p->account] += p->amount_fen;
    }
    int64_t received = 0, paid = 0, sum = 0;
    EACH(m, receipt, r)
    {
        received += r->reverses == RH_NONE ? r->amount_fen : -r->amount_fen;
    }
    EACH(m, payout, p)
    {
        paid += p->state == rh_payout_state_paid || p->state == rh_payout_state_reconciled
                    ? p->amount_fen
                    : 0;
    }
    for (int a = 0; a < rh_account_count; a++) {
        sum += all.balance[a];
    }
    bool good = true;
    if (sum != 0 || all.balance[rh_account_escrow] != received - paid) {
        good = fail(out, "I10",
                    "all postings sum to %lld; escrow %lld, received %lld, paid out %lld.",
                    (ll)sum, (ll)all.balance[rh_account_escrow], (ll)received, (ll)paid);
    }
    for (size_t i = 1; good && i < again.n; i++) {
        if (memcmp(((ledger *)(void *)again.row)[i].balance, LEDGER(m, (int64_t)i)->balance,
                   sizeof all.balance) != 0) {
            good =
                fail(out, "I10", "the ledger of lease %zu is not the sum of its postings.", i);
        }
    }
    rh_free(again.row);
    return good;
}

static bool
g24_villages_add_up(const invariants *m, broken *out)
{
    EACH(m, place, village)
    {
        int64_t public_total = 0, of_ledgers = 0;
        EACH(m, posting, p)
        {
            public_total += p->village == village->id && p->account == rh_account_escrow
                                ? p->amount_fen
                                : 0;
        }
        EACH(m, lease, l)
        {
            of_ledgers +=
                l->village == village->id ? LEDGER(m, l->id)->balance[rh_account_escrow] : 0;
        }
        if (public_total != of_ledgers) {
            FAIL("I24", "village %lld: postings %lld fen, ledgers %lld fen.", (ll)village->id,
                 (ll)public_total, (ll)of_ledgers);
        }
    }
    return true;
}

static bool
g3_one_lease_runs(const invariants *m, broken *out)
{
    EACH(m, baunit, u)
    {
        int run = 0;
        EACH(m, lease, l)
        {
            run += l->baunit == u->id && in(running, l->state);
        }
        if (run > 1) {
            FAIL("I3", "%d leases of unit %lld run at once.", run, (ll)u->id);
        }
    }
    return true;
}

bool
invariants_all(const invariants *m, broken *out)
{
    *out = (broken){0};
    return g3_one_lease_runs(m, out) && g10_books_add_up(m, out) && g24_villages_add_up(m, out);
}

/* ---- making and freeing ---- */

invariants *
invariants_new(void)
{
    invariants *m = rh_alloc(1, sizeof *m);
    must(m != NULL);
    m->recorded = INT64_MIN;
    return m;
}

static void
copy_table(table *to, const table *from, size_t size)
{
    *to = *from;
    to->row = rh_alloc(from->room + 1, size);
    must(to->row != NULL);
    if (from->n > 0) {
        memcpy(to->row, from->row, from->n * size);
    }
}

invariants *
invariants_copy(const invariants *m)
{
    invariants *copy = invariants_new();
    *copy = *m;
    for (int k = 0; k < RH_ROW_COUNT; k++) {
        copy_table(&copy->of[k], &m->of[k], rh_row_type((rh_row_kind)k)->size);
    }
    copy_table(&copy->ledgers, &m->ledgers, sizeof(ledger));
    copy_table(&copy->shown_schemes, &m->shown_schemes, sizeof(shown));
    copy_table(&copy->shown_offers, &m->shown_offers, sizeof(shown));
    copy_table(&copy->shown_leases, &m->shown_leases, sizeof(shown));
    return copy;
}

void
invariants_free(invariants *m)
{
    if (m == NULL) {
        return;
    }
    for (int k = 0; k < RH_ROW_COUNT; k++) {
        rh_free(m->of[k].row);
    }
    rh_free(m->ledgers.row);
    rh_free(m->shown_schemes.row);
    rh_free(m->shown_offers.row);
    rh_free(m->shown_leases.row);
    rh_free(m);
}
