/* Leased homesteads by year: see homestead_table.h. Each kind of row is walked once, in order; its counts are written down at the end of every
 * year that the walk passes. */
#include "service/homestead_table.h"

#include "core/mem.h"
#include "domain/calendar_day.h"
#include "store/growing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { YEARS = 200, FIRST_YEAR = 1990 };

/* What is counted: each walk has some of them. */
enum { HOMESTEADS, ON_OFFER, LEASED, AREA_CM2, RENT_FEN, FIGURES };

/* How an offer or a lease stands in the walk. */
typedef struct standing {
    int64_t area_cm2, fen_year;
    bool counts;
} standing;

typedef struct standings {
    standing *of; /* by id */
    size_t n;
} standings;

typedef struct table {
    char township[16];
    int64_t now[FIGURES], year[YEARS][FIGURES];
    int first, last; /* years with rows, from FIRST_YEAR; first YEARS: none */
    standings offers, leases;
} table;

static int
year_of(int64_t recorded)
{
    int year, month, day;
    rh_day_split(rh_day_of_time(recorded), &year, &month, &day);
    year -= FIRST_YEAR;
    return year < 0 ? 0 : year >= YEARS ? YEARS - 1 : year;
}

static standing *
standing_of(standings *s, int64_t id)
{
    if ((size_t)id >= s->n) {
        size_t room = 2 * (size_t)id + 64;
        standing *more = rh_resize(s->of, room, sizeof *more);
        if (more == NULL) {
            return NULL;
        }
        memset(more + s->n, 0, (room - s->n) * sizeof *more);
        s->of = more;
        s->n = room;
    }
    return &s->of[id];
}

/* ---- what a row changes; false: not enough memory ---- */

static bool
take_place(table *t, const void *record)
{
    const rh_row_place *p = record;
    if (p->level == rh_level_township && t->township[0] == '\0') {
        snprintf(t->township, sizeof t->township, "%.9s", p->code);
    }
    return true;
}

static bool
take_unit(table *t, const void *record)
{
    t->now[HOMESTEADS] += ((const rh_row_baunit *)record)->version == 1;
    return true;
}

static bool
take_offer(table *t, const void *record)
{
    const rh_row_offer *o = record;
    standing *s = standing_of(&t->offers, o->id);
    if (s != NULL) {
        t->now[ON_OFFER] -= s->counts;
        *s = (standing){.area_cm2 = o->area_cm2, .counts = o->state == rh_offer_state_open};
        t->now[ON_OFFER] += s->counts;
    }
    return s != NULL;
}

static void
count_lease(table *t, const standing *s, int sign)
{
    if (s->counts) {
        t->now[LEASED] += sign;
        t->now[AREA_CM2] += sign * s->area_cm2;
        t->now[RENT_FEN] += s->area_cm2 > 0 ? sign * s->fen_year : 0;
    }
}

static bool
take_lease(table *t, const void *record)
{
    static const uint64_t in_force =
        UINT64_C(1) << rh_lease_state_active | UINT64_C(1) << rh_lease_state_arrears |
        UINT64_C(1) << rh_lease_state_unsafe | UINT64_C(1) << rh_lease_state_expiring;
    const rh_row_lease *l = record;
    standing *s = standing_of(&t->leases, l->id);
    const standing *offer = l->offer != RH_NONE ? standing_of(&t->offers, l->offer) : NULL;
    if (s == NULL || (l->offer != RH_NONE && offer == NULL)) {
        return false;
    }
    count_lease(t, s, -1);
    *s = (standing){.area_cm2 = offer != NULL ? offer->area_cm2 : 0,
                    .fen_year = l->fen_year,
                    .counts = (in_force >> l->state & 1) != 0};
    count_lease(t, s, 1);
    return true;
}

/* ---- walking ---- */

static rh_status
walk(rh_db *db, rh_row_kind kind, int64_t seq, bool (*take)(table *, const void *), int from,
     int to, table *t, rh_err *err)
{
    rh_cursor *cursor;
    const void *record = NULL;
    int at = 0;
    RH_TRY(rh_db_scan(db, rh_table_of_row(kind), 0, &cursor, err));
    rh_status status;
    for (;;) {
        status = rh_cursor_next(cursor, &record, NULL, err);
        const rh_row_head *head = record;
        bool more = status == RH_OK && head != NULL && head->seq <= seq;
        int year = more ? year_of(head->recorded) : YEARS;
        for (; at < year; at++) {
            memcpy(&t->year[at][from], &t->now[from], (size_t)(to - from) * sizeof t->now[0]);
        }
        if (!more) {
            break;
        }
        if (kind != RH_ROW_place) {
            t->first = year < t->first ? year : t->first;
            t->last = year > t->last ? year : t->last;
        }
        if (!take(t, record)) {
            status = rh_fail(err, RH_MEMORY, "Not enough memory to count the leases.");
            break;
        }
    }
    rh_cursor_close(cursor);
    return status;
}

static void
put_line(FILE *file, const table *t, int year)
{
    const int64_t *f = t->year[year];
    fprintf(file, "%s,%d,%lld,%lld,%lld,%lld.%02lld,", t->township, FIRST_YEAR + year,
            (long long)f[HOMESTEADS], (long long)f[ON_OFFER], (long long)f[LEASED],
            (long long)(f[AREA_CM2] / 10000), (long long)(f[AREA_CM2] % 10000 / 100));
    if (f[AREA_CM2] > 0) { /* fen / cm² to yuan / m²: × 100; two decimals, halves up */
        int64_t fen_m2 = (f[RENT_FEN] * 20000 + f[AREA_CM2]) / (2 * f[AREA_CM2]);
        fprintf(file, "%lld.%02lld", (long long)(fen_m2 / 100), (long long)(fen_m2 % 100));
    }
    fputc('\n', file);
}

static rh_status
write_lines(const table *t, const char *folder, rh_err *err)
{
    rh_growing path = {0};
    rh_growing_format(&path, "%s/homestead_leases.csv", folder);
    rh_status status = rh_growing_check(&path, err);
    FILE *file = status == RH_OK ? fopen(path.text, "we") : NULL;
    if (file != NULL) {
        fputs("township,year,homesteads,on_offer,leased,leased_area_m2,rent_yuan_m2_year\n",
              file);
        for (int year = t->first; year <= t->last; year++) {
            put_line(file, t, year);
        }
    }
    bool written = file != NULL && fflush(file) == 0 && fsync(fileno(file)) == 0;
    if (status == RH_OK && !written) {
        status = rh_fail(err, RH_IO, "%s cannot be written: %s.", path.text, strerror(errno));
    }
    if (file != NULL) {
        fclose(file);
    }
    rh_growing_release(&path);
    return status;
}

rh_status
rh_homestead_table_write(rh_db *db, int64_t seq, const char *folder, rh_err *err)
{
    table *t;
    RH_NEW(t, 1, err);
    t->first = YEARS;
    t->last = -1;
    rh_status status = walk(db, RH_ROW_place, seq, take_place, 0, 0, t, err);
    status = status == RH_OK
                 ? walk(db, RH_ROW_baunit, seq, take_unit, HOMESTEADS, ON_OFFER, t, err)
                 : status;
    status = status == RH_OK ? walk(db, RH_ROW_offer, seq, take_offer, ON_OFFER, LEASED, t, err)
                             : status;
    status = status == RH_OK ? walk(db, RH_ROW_lease, seq, take_lease, LEASED, FIGURES, t, err)
                             : status;
    status = status == RH_OK ? write_lines(t, folder, err) : status;
    rh_free(t->offers.of);
    rh_free(t->leases.of);
    rh_free(t);
    return status;
}
