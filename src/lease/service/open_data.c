/* Open data: see open_data.h. */
#include "service/open_data.h"

#include "core/mem.h"
#include "service/homestead_table.h"
#include "store/day_text.h"
#include "store/growing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char mark[] = "\xef\xbb\xbf";

/* ---- files ---- */

typedef struct sheet {
    FILE *file;
    rh_growing path, line;
} sheet;

static rh_status
open_sheet(sheet *s, const char *folder, const char *name, rh_err *err)
{
    *s = (sheet){0};
    rh_growing_format(&s->path, "%s/%s.csv", folder, name);
    RH_TRY(rh_growing_check(&s->path, err));
    s->file = fopen(s->path.text, "we");
    return s->file != NULL
               ? RH_OK
               : rh_fail(err, RH_IO, "%s cannot be made: %s.", s->path.text, strerror(errno));
}

static rh_status
put_line(sheet *s, rh_err *err)
{
    rh_growing_text(&s->line, "\n");
    rh_status status = rh_growing_check(&s->line, err);
    if (status == RH_OK && fwrite(s->line.text, 1, s->line.size, s->file) != s->line.size) {
        status =
            rh_fail(err, RH_IO, "%s cannot be written: %s.", s->path.text, strerror(errno));
    }
    rh_growing_clear(&s->line);
    return status;
}

/* On the disk, or an error; the first one counts. */
static rh_status
close_sheet(sheet *s, rh_status status, rh_err *err)
{
    if (s->file != NULL) {
        if (status == RH_OK && (fflush(s->file) != 0 || fsync(fileno(s->file)) != 0)) {
            status =
                rh_fail(err, RH_IO, "%s cannot be written: %s.", s->path.text, strerror(errno));
        }
        fclose(s->file);
    }
    rh_growing_release(&s->path);
    rh_growing_release(&s->line);
    return status;
}

/* ---- cells ---- */

static void
put_text(rh_growing *out, const char *text)
{
    bool formula = text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
    if (!formula && strpbrk(text, ",\"\n\r") == NULL) {
        rh_growing_text(out, text);
        return;
    }
    rh_growing_text(out, formula ? "\"'" : "\"");
    for (const char *p = text; *p != '\0'; p++) {
        rh_growing_bytes(out, *p == '"' ? "\"\"" : p, *p == '"' ? 2 : 1);
    }
    rh_growing_text(out, "\"");
}

static void
put_time(rh_growing *out, int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    char text[40];
    if (ms >= 0 && gmtime_r(&seconds, &tm) != NULL &&
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm) > 0) {
        rh_growing_format(out, "%s.%03dZ", text, (int)(ms % 1000));
    }
}

static void
put_value(rh_growing *out, const rh_field *f, const void *record)
{
    char day[RH_DAY_TEXT];
    if (f->type == RH_FIELD_TEXT) {
        put_text(out, rh_record_text(record, f));
        return;
    }
    if (f->type == RH_FIELD_HASH) {
        static const rh_hash zero = {{0}};
        const rh_hash *hash = rh_record_hash(record, f);
        if (memcmp(hash, &zero, sizeof zero) != 0) {
            rh_growing_hex(out, hash->byte, sizeof *hash);
        }
        return;
    }
    int64_t number = rh_record_number(record, f);
    if (number == RH_NONE) {
        return;
    }
    if (f->type == RH_FIELD_CODE) {
        rh_growing_text(out, f->codes->word[number]);
    } else if (f->type == RH_FIELD_DATE) {
        rh_growing_text(out, rh_day_write(number, day) ? day : "");
    } else if (f->type == RH_FIELD_TIME) {
        put_time(out, number);
    } else {
        rh_growing_number(out, number);
    }
}

/* ---- tables for people ---- */

enum { HEAD = 6 };

static bool
is_open(const rh_field *f)
{
    return f->audience == RH_OPEN && f->type != RH_FIELD_PRIVATE;
}

static bool
is_public(const rh_record_type *type)
{
    for (int i = HEAD; i < type->n; i++) {
        if (is_open(&type->field[i])) {
            return true;
        }
    }
    return false;
}

static void
put_record(rh_growing *line, const rh_record_type *type, const void *record)
{
    bool first = true;
    for (int i = 0; i < type->n; i++) {
        const rh_field *f = &type->field[i];
        if (is_open(f)) {
            rh_growing_text(line, first ? "" : ",");
            first = false;
            if (record == NULL) {
                rh_growing_text(line, f->name);
            } else {
                put_value(line, f, record);
            }
        }
    }
}

typedef rh_status each_row(void *context, const void *record, rh_err *err);

/* Rows of a kind up to command `seq`. */
static rh_status
walk(rh_db *db, rh_row_kind kind, int64_t seq, each_row *each, void *context, rh_err *err)
{
    rh_cursor *cursor;
    const void *record = NULL;
    RH_TRY(rh_db_scan(db, rh_table_of_row(kind), 0, &cursor, err));
    rh_status status;
    do {
        status = rh_cursor_next(cursor, &record, NULL, err);
        if (record != NULL && ((const rh_row_head *)record)->seq > seq) {
            break;
        }
        if (status == RH_OK && record != NULL) {
            status = each(context, record, err);
        }
    } while (status == RH_OK && record != NULL);
    rh_cursor_close(cursor);
    return status;
}

typedef struct table_sheet {
    sheet sheet;
    const rh_record_type *type;
} table_sheet;

static rh_status
write_row(void *context, const void *record, rh_err *err)
{
    table_sheet *t = context;
    put_record(&t->sheet.line, t->type, record);
    return put_line(&t->sheet, err);
}

static rh_status
write_table(rh_db *db, rh_row_kind kind, int64_t seq, const char *folder, rh_err *err)
{
    table_sheet t = {.type = rh_row_type(kind)};
    rh_status status = open_sheet(&t.sheet, folder, t.type->name, err);
    if (status == RH_OK) {
        rh_growing_text(&t.sheet.line, mark);
        status = write_row(&t, NULL, err); /* the header */
    }
    status = status == RH_OK ? walk(db, kind, seq, write_row, &t, err) : status;
    return close_sheet(&t.sheet, status, err);
}

static const char *
unit_of(const rh_field *f)
{
    static const char *const unit[] = {
        [RH_FIELD_ID] = "",
        [RH_FIELD_INT] = "",
        [RH_FIELD_FEN] = "分 fen (0.01 CNY)",
        [RH_FIELD_DATE] = "YYYY-MM-DD (UTC+8)",
        [RH_FIELD_TIME] = "ISO 8601 (UTC)",
        [RH_FIELD_CODE] = "",
        [RH_FIELD_BOOL] = "0/1",
        [RH_FIELD_TEXT] = "UTF-8",
        [RH_FIELD_HASH] = "SHA-256",
        [RH_FIELD_PRIVATE] = "",
    };
    return unit[f->type];
}

static rh_status
describe(sheet *s, const char *file, const rh_field *f, rh_err *err)
{
    static const char *const type[] = {"id",   "integer", "money", "date", "time",
                                       "word", "boolean", "text",  "hash", "private"};
    rh_growing_format(&s->line, "%s.csv,%s,", file, f->name);
    put_text(&s->line, f->zh);
    rh_growing_text(&s->line, ",");
    put_text(&s->line, f->en);
    rh_growing_format(&s->line, ",%s,%s,", type[f->type], unit_of(f));
    for (int i = 0; f->codes != NULL && i < f->codes->n; i++) {
        rh_growing_format(&s->line, "%s%s=%s", i > 0 ? "; " : "", f->codes->word[i],
                          f->codes->zh[i]);
    }
    return put_line(s, err);
}

/* The two files for the auditor: columns of `posting`, and what is theirs alone. */
static rh_status
describe_books(sheet *s, rh_err *err)
{
    static const char *const of_posting[] = {"seq",     "id",    "version", "journal",
                                             "account", "lease", "village", "amount_fen"};
    const rh_record_type *posting = rh_row_type(RH_ROW_posting);
    for (size_t i = 0; i < sizeof of_posting / sizeof of_posting[0]; i++) {
        RH_TRY(describe(s, "ledger", rh_record_find(posting, of_posting[i]), err));
    }
    for (size_t i = 4; i < sizeof of_posting / sizeof of_posting[0]; i++) {
        if (strcmp(of_posting[i], "lease") != 0) {
            RH_TRY(describe(s, "totals", rh_record_find(posting, of_posting[i]), err));
        }
    }
    rh_growing_text(&s->line, "ledger.csv,row,种类,kind of row,word,,posting=记账");
    RH_TRY(put_line(s, err));
    rh_growing_text(&s->line, "totals.csv,postings,笔数,number of postings,integer,,");
    return put_line(s, err);
}

/* homestead_table.h */
static rh_status
describe_homesteads(sheet *s, rh_err *err)
{
    static const char *const column[] = {
        "township,乡镇代码,code of the township,text,9 digits,",
        "year,年份,year (its end; the last one: so far),integer,,",
        "homesteads,已登记宅基地,homesteads registered,integer,,",
        "on_offer,招租中,offers open,integer,,",
        "leased,租赁中,leases in force,integer,,",
        "leased_area_m2,租赁建筑面积,floor area leased,number,m²,",
        "rent_yuan_m2_year,平均租金,mean rent of the first year,number,CNY per m² and year,"};
    for (size_t i = 0; i < sizeof column / sizeof column[0]; i++) {
        rh_growing_format(&s->line, "homestead_leases.csv,%s", column[i]);
        RH_TRY(put_line(s, err));
    }
    return RH_OK;
}

static rh_status
write_columns(const char *folder, rh_err *err)
{
    sheet s;
    rh_status status = open_sheet(&s, folder, "columns", err);
    if (status == RH_OK) {
        rh_growing_text(&s.line, mark);
        rh_growing_text(&s.line, "file,column,zh,en,type,unit,words");
        status = put_line(&s, err);
    }
    status = status == RH_OK ? describe_books(&s, err) : status;
    status = status == RH_OK ? describe_homesteads(&s, err) : status;
    for (int kind = 0; status == RH_OK && kind < RH_ROW_COUNT; kind++) {
        const rh_record_type *type = rh_row_type((rh_row_kind)kind);
        for (int i = 0; status == RH_OK && is_public(type) && i < type->n; i++) {
            if (is_open(&type->field[i])) {
                status = describe(&s, type->name, &type->field[i], err);
            }
        }
    }
    return close_sheet(&s, status, err);
}

/* ---- the books ---- */

typedef struct total {
    int64_t village, account, fen, postings;
    char name[64]; /* "village,account" */
} total;

typedef struct books {
    sheet ledger;
    total *total;
    size_t n, room;
} books;

static rh_status
add_to_total(books *b, const rh_row_posting *p, rh_err *err)
{
    size_t i = 0; /* few: villages times accounts; the latest are looked at first */
    for (i = b->n; i > 0; i--) {
        if (b->total[i - 1].village == p->village && b->total[i - 1].account == p->account) {
            break;
        }
    }
    if (i == 0) {
        if (b->n == b->room) {
            size_t room = 2 * b->room + 64;
            total *more = rh_resize(b->total, room, sizeof *more);
            if (more == NULL) {
                return rh_fail(err, RH_MEMORY, "Not enough memory for %zu totals.", room);
            }
            b->total = more;
            b->room = room;
        }
        total *t = &b->total[b->n++];
        *t = (total){.village = p->village, .account = p->account};
        snprintf(t->name, sizeof t->name, "%lld,%s", (long long)p->village,
                 rh_codes_account.word[p->account]);
        i = b->n;
    }
    b->total[i - 1].postings++;
    return __builtin_add_overflow(b->total[i - 1].fen, p->amount_fen, &b->total[i - 1].fen)
               ? rh_fail(err, RH_INVARIANT, "The total %s exceeds 64 bits.",
                         b->total[i - 1].name)
               : RH_OK;
}

static rh_status
write_posting(void *context, const void *record, rh_err *err)
{
    books *b = context;
    const rh_row_posting *p = record;
    rh_growing_format(&b->ledger.line, "%lld,posting,%lld,%lld,%lld,%s,", (long long)p->seq,
                      (long long)p->id, (long long)p->version, (long long)p->journal,
                      rh_codes_account.word[p->account]);
    if (p->lease != RH_NONE) {
        rh_growing_number(&b->ledger.line, p->lease);
    }
    rh_growing_format(&b->ledger.line, ",%lld,%lld", (long long)p->village,
                      (long long)p->amount_fen);
    RH_TRY(put_line(&b->ledger, err));
    return add_to_total(b, p, err);
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(((const total *)a)->name, ((const total *)b)->name);
}

static rh_status
write_totals(books *b, const char *folder, rh_err *err)
{
    sheet s;
    rh_status status = open_sheet(&s, folder, "totals", err);
    if (status == RH_OK) {
        rh_growing_text(&s.line, "village,account,amount_fen,postings");
        status = put_line(&s, err);
    }
    if (b->n > 0) {
        qsort(b->total, b->n, sizeof *b->total, by_name);
    }
    for (size_t i = 0; status == RH_OK && i < b->n; i++) {
        rh_growing_format(&s.line, "%s,%lld,%lld", b->total[i].name, (long long)b->total[i].fen,
                          (long long)b->total[i].postings);
        status = put_line(&s, err);
    }
    return close_sheet(&s, status, err);
}

static rh_status
write_books(rh_db *db, int64_t seq, const char *folder, rh_err *err)
{
    books b = {0};
    rh_status status = open_sheet(&b.ledger, folder, "ledger", err);
    if (status == RH_OK) {
        rh_growing_text(&b.ledger.line,
                        "seq,row,id,version,journal,account,lease,village,amount_fen");
        status = put_line(&b.ledger, err);
    }
    if (status == RH_OK) {
        status = walk(db, RH_ROW_posting, seq, write_posting, &b, err);
    }
    status = close_sheet(&b.ledger, status, err);
    status = status == RH_OK ? write_totals(&b, folder, err) : status;
    rh_free(b.total);
    return status;
}

/* ---- the folder ---- */

/* A flat folder of ours with everything in it. */
static void
remove_folder(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    (void)rmdir(path);
}

/* The new folder under the old one's name; the old one, when there is one, under the new one's. */
static rh_status
swap(const char *made, const char *folder, rh_err *err)
{
    int fd = open(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        close(fd);
    }
    if (!synced || (renameat2(AT_FDCWD, made, AT_FDCWD, folder, RENAME_EXCHANGE) != 0 &&
                    (errno != ENOENT || rename(made, folder) != 0))) {
        return rh_fail(err, RH_IO, "%s cannot be put in place: %s.", folder, strerror(errno));
    }
    return RH_OK;
}

static rh_status
write_all(rh_db *db, int64_t seq, const char *folder, rh_err *err)
{
    RH_TRY(write_books(db, seq, folder, err));
    RH_TRY(rh_homestead_table_write(db, seq, folder, err));
    for (int kind = 0; kind < RH_ROW_COUNT; kind++) {
        if (is_public(rh_row_type((rh_row_kind)kind))) {
            RH_TRY(write_table(db, (rh_row_kind)kind, seq, folder, err));
        }
    }
    return write_columns(folder, err);
}

rh_status
rh_open_data_write(rh_db *db, int64_t seq, const char *folder, rh_err *err)
{
    rh_growing made = {0};
    rh_growing_format(&made, "%s.new", folder);
    rh_status status = rh_growing_check(&made, err);
    if (status == RH_OK) {
        remove_folder(made.text); /* of a run that was broken off */
        if (mkdir(made.text, 0755) != 0) {
            status = rh_fail(err, RH_IO, "%s cannot be made: %s.", made.text, strerror(errno));
        }
    }
    if (status == RH_OK) {
        status = rh_db_begin_reading(db, err);
        status = status == RH_OK ? write_all(db, seq, made.text, err) : status;
        rh_db_rollback(db);
        status = status == RH_OK ? swap(made.text, folder, err) : status;
        remove_folder(made.text); /* what is left: the old one, or half a new one */
    }
    rh_growing_release(&made);
    return status;
}
