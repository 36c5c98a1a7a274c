/* Days as text: see day_text.h. */
#include "store/day_text.h"

#include "domain/calendar_day.h"

#include <string.h>

static void
digits(char *out, int number, int n)
{
    while (n-- > 0) {
        out[n] = (char)('0' + number % 10);
        number /= 10;
    }
}

bool
rh_day_write(int64_t day, char out[RH_DAY_TEXT])
{
    if (day < rh_day_of(1, 1, 1) || day > rh_day_of(9999, 12, 31)) {
        return false;
    }
    int y, m, d;
    rh_day_split(day, &y, &m, &d);
    memcpy(out, "0000-00-00", RH_DAY_TEXT);
    digits(out, y, 4);
    digits(out + 5, m, 2);
    digits(out + 8, d, 2);
    return true;
}

bool
rh_day_read(const char *text, size_t size, int64_t *day)
{
    if (size != RH_DAY_TEXT - 1) {
        return false;
    }
    int part[3] = {0, 0, 0}, p = 0;
    for (size_t i = 0; i < size; i++) {
        if (i == 4 || i == 7) {
            p++;
            if (text[i] != '-') {
                return false;
            }
        } else if (text[i] < '0' || text[i] > '9') {
            return false;
        } else {
            part[p] = 10 * part[p] + (text[i] - '0');
        }
    }
    if (part[0] < 1 || part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > 31) {
        return false;
    }
    *day = rh_day_of(part[0], part[1], part[2]);
    char again[RH_DAY_TEXT]; /* 02-30 comes back as 03-02 */
    return rh_day_write(*day, again) && memcmp(again, text, size) == 0;
}
