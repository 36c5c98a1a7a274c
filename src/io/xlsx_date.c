/* Number formats and days of spreadsheets: see xlsx_part.h. */
#include "io/xlsx_part.h"

#include "core/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Does a number format show a day? Built-in numbers and codes (ECMA-376 part 1, 18.8.30). */
static bool
is_date_number(int n)
{
    /* 14…17, 22: ECMA-376 part 1, 18.8.30; 27…31, 36, 50…54, 57, 58: the same for Chinese, Japanese and Korean */
    return (n >= 14 && n <= 17) || n == 22 || (n >= 27 && n <= 31) || n == 36 ||
           (n >= 50 && n <= 54) || n == 57 || n == 58;
}

static bool
is_date_format(const char *code)
{
    bool month = false, clock = false;
    for (const char *p = code; *p != '\0' && *p != ';'; p++) {
        switch (*p) {
        case '"':
        case '[': {
            const char *close = strchr(p + 1, *p == '"' ? '"' : ']');
            if (close == NULL) {
                return false;
            }
            p = close;
            break;
        }
        case '\\':
        case '_':
        case '*':
            p += p[1] != '\0';
            break;
        case 'y':
        case 'Y':
        case 'd':
        case 'D':
            return true;
        case 'm':
        case 'M':
            month = true;
            break;
        case 'h':
        case 'H':
        case 's':
        case 'S':
            clock = true;
            break;
        default:
            break;
        }
    }
    return month && !clock;
}

bool
rh_xlsx_iso_date(double serial, bool from_1904, char out[32])
{
    const double last = 2958466; /* 10000-01-01 in the 1900 system */
    if (!(serial >= 0 && serial < last)) {
        return false;
    }
    int64_t seconds = (int64_t)floor(serial * 86400 + 0.5), day = seconds / 86400;
    seconds %= 86400;
    if (!from_1904 && day == 60) {
        return false; /* 29 February 1900 never was */
    }
    /* Days since 1970-01-01; Excel's 1 is 1900-01-01, and it counts a 29 February 1900. */
    day += from_1904 ? -24107 : day > 60 ? -25569 : -25568;
    /* Civil date from days: eras of 400 years that begin on 1 March (Hinnant 2013, chrono-compatible date algorithms). */
    int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int d = (int)(doy - (153 * mp + 2) / 5 + 1), m = (int)(mp < 10 ? mp + 3 : mp - 9);
    int y = (int)(yoe + era * 400 + (m <= 2));
    int used = snprintf(out, 32, "%04d-%02d-%02d", y, m, d);
    if (seconds > 0 && used > 0) {
        snprintf(out + used, 32 - (size_t)used, "T%02d:%02d:%02d", (int)(seconds / 3600),
                 (int)(seconds / 60 % 60), (int)(seconds % 60));
    }
    return true;
}

typedef struct style_reading {
    rh_xlsx_styles *styles;
    bool in_cell_formats;
    int *custom; /* numbers of own formats that show a day */
    size_t n_custom, room;
} style_reading;

/* One more of an array that doubles; false when there is no memory. */
static bool
grow(void **array, size_t n, size_t *room, size_t size)
{
    if (n == *room) {
        size_t wanted = 2 * *room + 64;
        void *grown = rh_resize(*array, wanted, size);
        if (grown == NULL) {
            return false;
        }
        *array = grown;
        *room = wanted;
    }
    return true;
}

static bool
shows_day(const style_reading *r, int number)
{
    for (size_t i = 0; i < r->n_custom; i++) {
        if (r->custom[i] == number) {
            return true;
        }
    }
    return is_date_number(number);
}

static void
style_start(rh_xlsx_part *part, const char *element, const char **attributes)
{
    style_reading *r = part->context;
    const char *number = rh_xlsx_attribute(attributes, "numFmtId");
    int id = number != NULL ? (int)strtol(number, NULL, 10) : 0;
    if (strcmp(element, "numFmt") == 0) {
        const char *code = rh_xlsx_attribute(attributes, "formatCode");
        if (code == NULL || !is_date_format(code)) {
            return;
        }
        if (!grow((void **)&r->custom, r->n_custom, &r->room, sizeof *r->custom)) {
            rh_xlsx_fail(part, RH_MEMORY, "Not enough memory to read %s.", part->file);
            return;
        }
        r->custom[r->n_custom++] = id;
    } else if (strcmp(element, "cellXfs") == 0) {
        r->in_cell_formats = true;
    } else if (strcmp(element, "xf") == 0 && r->in_cell_formats) {
        rh_xlsx_styles *s = r->styles;
        if (s->n % 64 == 0) {
            bool *grown = rh_resize(s->date, s->n + 64, sizeof *grown);
            if (grown == NULL) {
                rh_xlsx_fail(part, RH_MEMORY, "Not enough memory to read %s.", part->file);
                return;
            }
            s->date = grown;
        }
        s->date[s->n++] = shows_day(r, id);
    }
}

static void
style_end(rh_xlsx_part *part, const char *element)
{
    style_reading *r = part->context;
    if (strcmp(element, "cellXfs") == 0) {
        r->in_cell_formats = false;
    }
}

rh_status
rh_xlsx_read_styles(zip_t *zip, const char *file, rh_xlsx_styles *styles, rh_err *err)
{
    style_reading r = {.styles = styles};
    rh_xlsx_part part = {.file = file,
                         .part = "xl/styles.xml",
                         .context = &r,
                         .start = style_start,
                         .end = style_end};
    rh_status status = rh_xlsx_walk(zip, &part, err);
    rh_free(r.custom);
    return status == RH_MISSING ? RH_OK : status;
}
