/* UTF-8 on a terminal: see text.h. Wide ranges: Unicode 15, EastAsianWidth.txt, classes W and
 * F. */
#include "core/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Length of the valid character at `s` (at most `size` bytes), 0 when broken; *point receives
 * it. */
static size_t
character(const unsigned char *s, size_t size, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = s[0] < 0x80   ? 1
                    : s[0] < 0xc2 ? 0
                    : s[0] < 0xe0 ? 2
                    : s[0] < 0xf0 ? 3
                    : s[0] < 0xf5 ? 4
                                  : 0;
    if (length == 0 || length > size) {
        return 0;
    }
    uint32_t value = length == 1 ? s[0] : s[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }
        value = value << 6 | (s[i] & 0x3fU);
    }
    if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
        return 0;
    }
    *point = value;
    return length;
}

size_t
rh_text_valid(const char *bytes, size_t size)
{
    const unsigned char *s = (const unsigned char *)bytes;
    size_t i = 0;
    while (i < size) {
        uint64_t eight;
        if (size - i >= sizeof eight) { /* eight plain characters at once */
            memcpy(&eight, s + i, sizeof eight);
            if ((eight & 0x8080808080808080ULL) == 0) {
                i += sizeof eight;
                continue;
            }
        }
        uint32_t point;
        size_t length = character(s + i, size - i, &point);
        if (length == 0) {
            break;
        }
        i += length;
    }
    return i;
}

static unsigned
columns_of(uint32_t point)
{
    static const struct {
        uint32_t from, to;
        unsigned columns;
    } range[] = {
        {0x0300, 0x036f, 0},   {0x1100, 0x115f, 2},   {0x200b, 0x200f, 0},
        {0x20d0, 0x20ff, 0},   {0x2e80, 0x303e, 2},   {0x3041, 0x33ff, 2},
        {0x3400, 0x4dbf, 2},   {0x4e00, 0x9fff, 2},   {0xa000, 0xa4cf, 2},
        {0xa960, 0xa97f, 2},   {0xac00, 0xd7a3, 2},   {0xf900, 0xfaff, 2},
        {0xfe00, 0xfe0f, 0},   {0xfe10, 0xfe19, 2},   {0xfe30, 0xfe6f, 2},
        {0xfeff, 0xfeff, 0},   {0xff00, 0xff60, 2},   {0xffe0, 0xffe6, 2},
        {0x16fe0, 0x18cff, 2}, {0x1b000, 0x1b2ff, 2}, {0x1f300, 0x1f64f, 2},
        {0x1f680, 0x1f6ff, 2}, {0x1f900, 0x1f9ff, 2}, {0x20000, 0x3fffd, 2},
    };
    if (point < range[0].from) {
        return 1;
    }
    for (size_t i = 0; i < sizeof range / sizeof range[0] && point >= range[i].from; i++) {
        if (point <= range[i].to) {
            return range[i].columns;
        }
    }
    return 1;
}

/* Walk the text until `limit` columns are full; returns bytes walked, *columns the columns. */
static size_t
walk(const char *text, unsigned limit, unsigned *columns)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t size = strlen(text), i = 0;
    *columns = 0;
    while (i < size) {
        uint32_t point = 0;
        size_t length = character(s + i, size - i, &point);
        unsigned wide = length == 0 ? 1 : columns_of(point);
        if (wide > limit - *columns) {
            break;
        }
        *columns += wide;
        i += length == 0 ? 1 : length;
    }
    return i;
}

unsigned
rh_text_width(const char *text)
{
    unsigned columns;
    walk(text, UINT32_MAX, &columns);
    return columns;
}

size_t
rh_text_fit(const char *text, unsigned width)
{
    unsigned columns;
    return walk(text, width, &columns);
}

void
rh_text_mend(char *text)
{
    size_t size = strlen(text), start = size;
    while (start > 0 && size - start < 3 && ((unsigned char)text[start - 1] & 0xc0) == 0x80) {
        start--;
    }
    if (start == 0 || (unsigned char)text[start - 1] < 0xc0) {
        return; /* ends in a plain character, or is not UTF-8 at all */
    }
    uint32_t point;
    start--;
    if (character((const unsigned char *)text + start, size - start, &point) != size - start) {
        text[start] = '\0';
    }
}

static void
blanks(FILE *out, unsigned have, unsigned width)
{
    if (have < width) {
        fprintf(out, "%*s", (int)(width - have), "");
    }
}

void
rh_text_left(FILE *out, const char *text, unsigned width)
{
    fputs(text, out);
    blanks(out, rh_text_width(text), width);
}

void
rh_text_right(FILE *out, const char *text, unsigned width)
{
    blanks(out, rh_text_width(text), width);
    fputs(text, out);
}

rh_text_number
rh_text_count(uint64_t n)
{
    rh_text_number number;
    char digits[24];
    size_t count = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, n), at = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0) {
            number.text[at++] = ',';
        }
        number.text[at++] = digits[i];
    }
    number.text[at] = '\0';
    return number;
}

rh_text_number
rh_text_exact(double x)
{
    rh_text_number number = {"NA"};
    if (isinf(x)) {
        snprintf(number.text, sizeof number.text, x > 0 ? "inf" : "-inf");
    } else if (!isnan(x)) {
        for (int digits = 15; digits <= 17; digits++) {
            snprintf(number.text, sizeof number.text, "%.*g", digits, x);
            if (strtod(number.text, NULL) == x) {
                break;
            }
        }
    }
    return number;
}

rh_text_number
rh_text_digits(double x, int digits)
{
    rh_text_number number = {"–"};
    if (!isnan(x)) {
        snprintf(number.text, sizeof number.text, "%.*g", digits, x);
    }
    return number;
}

enum { LONGEST_WORD = 64 };

/* Edit distance with neighbours swapped as one step (optimal string alignment), capped at
 * LONGEST_WORD. */
static unsigned
distance(const char *a, const char *b)
{
    unsigned row[3][LONGEST_WORD + 1];
    size_t n = strlen(a), m = strlen(b);
    if (n > LONGEST_WORD || m > LONGEST_WORD) {
        return LONGEST_WORD;
    }
    for (size_t j = 0; j <= m; j++) {
        row[0][j] = (unsigned)j;
    }
    for (size_t i = 1; i <= n; i++) {
        unsigned *now = row[i % 3], *above = row[(i + 2) % 3], *two = row[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned best = above[j - 1] + (a[i - 1] != b[j - 1]);
            best = above[j] + 1 < best ? above[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                two[j - 2] + 1 < best) {
                best = two[j - 2] + 1;
            }
            now[j] = best;
        }
    }
    return row[n % 3][m];
}

const char *
rh_text_nearest(const char *word, size_t n, const char *const *known)
{
    const char *nearest = NULL;
    unsigned best = LONGEST_WORD;
    const size_t size = strlen(word);
    for (size_t i = 0; i < n; i++) {
        unsigned d = distance(word, known[i]);
        size_t length = strlen(known[i]);
        if (d < best && d <= (length < 6 ? 2 : length / 2) && d < length && d < size) {
            best = d;
            nearest = known[i];
        }
    }
    return nearest;
}
