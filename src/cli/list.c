/* Lists of the command line: see list.h. */
#include "cli/list.h"

#include "core/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

rh_status
rh_list_split(const char *list, unsigned most, rh_list *out, rh_err *err)
{
    *out = (rh_list){0};
    if (list == NULL) {
        return RH_OK;
    }
    out->text = rh_strdup(list);
    if (out->text == NULL) {
        return rh_fail(err, RH_MEMORY, "Not enough memory for the list \"%s\".", list);
    }
    for (char *at = out->text; at != NULL;) {
        char *comma = strchr(at, ',');
        if (comma != NULL) {
            *comma = '\0';
        }
        if (*at == '\0' || out->n == most) {
            rh_list_release(out);
            return rh_fail(err, RH_INPUT,
                           "\"%s\" is no list of 1 to %u columns with commas between.", list,
                           most);
        }
        out->name[out->n++] = at;
        at = comma != NULL ? comma + 1 : NULL;
    }
    return RH_OK;
}

void
rh_list_release(rh_list *list)
{
    rh_free(list->text);
    *list = (rh_list){0};
}

bool
rh_list_number(const char **at, double *number)
{
    char *end;
    double x = strtod(*at, &end);
    if (end == *at || !isfinite(x) || (*end != ',' && *end != '\0')) {
        return false;
    }
    *number = x;
    *at = *end == ',' ? end + 1 : NULL;
    return true;
}

rh_status
rh_list_numbers(const char *list, const char *option, unsigned most, double *number,
                unsigned *n, rh_err *err)
{
    rh_list words;
    rh_status status = RH_OK;
    RH_TRY(rh_list_split(list, most, &words, err));
    for (unsigned i = 0; i < words.n && status == RH_OK; i++) {
        const char *at = words.name[i];
        if (!rh_list_number(&at, &number[i])) {
            status =
                rh_fail(err, RH_INPUT, "--%s: \"%s\" is not a number.", option, words.name[i]);
        }
    }
    *n = words.n;
    rh_list_release(&words);
    return status;
}
