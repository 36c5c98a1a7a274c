/* Names to numbers by open addressing: see names.h. */
#include "evaluate/names.h"

#include "core/mem.h"
#include "core/random.h"

#include <string.h>

rh_status
rh_names_new(rh_names **out, rh_err *err)
{
    enum { FIRST_SLOTS = 64 };
    rh_names *names;
    *out = NULL;
    RH_NEW(names, 1, err);
    names->n_slots = FIRST_SLOTS;
    names->room = FIRST_SLOTS / 2;
    names->slot = rh_alloc(names->n_slots, sizeof *names->slot);
    names->text = rh_alloc(names->room, sizeof *names->text);
    if (names->slot == NULL || names->text == NULL) {
        rh_names_free(names);
        return rh_fail(err, RH_MEMORY, "Not enough memory for a list of names.");
    }
    *out = names;
    return RH_OK;
}

void
rh_names_free(rh_names *names)
{
    if (names != NULL) {
        rh_free(names->slot);
        rh_free((void *)(uintptr_t)names->text);
        rh_free(names);
    }
}

static uint64_t
hash(const char *text, size_t n)
{
    uint64_t h = n, word;
    for (; n >= sizeof word; n -= sizeof word, text += sizeof word) {
        memcpy(&word, text, sizeof word);
        h = rh_fold(h ^ 0x9e3779b97f4a7c15ULL, word ^ 0xd6e8feb86659fd93ULL);
    }
    word = 0;
    memcpy(&word, text, n);
    return rh_fold(h ^ 0x9e3779b97f4a7c15ULL, word ^ 0xd6e8feb86659fd93ULL);
}

/* The slot of a name: its own, or the free one where it would go. */
static uint32_t
slot_of(const rh_names *names, const char *text, size_t size)
{
    uint32_t mask = names->n_slots - 1, s = (uint32_t)hash(text, size) & mask;
    for (; names->slot[s] != 0; s = (s + 1) & mask) {
        const char *there = names->text[names->slot[s] - 1];
        if (strncmp(there, text, size) == 0 && there[size] == '\0') {
            break;
        }
    }
    return s;
}

uint32_t
rh_names_find_part(const rh_names *names, const char *text, size_t size)
{
    uint32_t number = names->slot[slot_of(names, text, size)];
    return number > 0 ? number - 1 : RH_NO_NAME;
}

uint32_t
rh_names_find(const rh_names *names, const char *text)
{
    return rh_names_find_part(names, text, strlen(text));
}

static rh_status
grow(rh_names *names, rh_err *err)
{
    uint32_t n_slots = names->n_slots * 2;
    uint32_t *slot;
    RH_NEW(slot, n_slots, err);
    const char **text =
        rh_resize((void *)(uintptr_t)names->text, (size_t)names->room * 2, sizeof *text);
    if (text == NULL) {
        rh_free(slot);
        return rh_fail(err, RH_MEMORY, "Not enough memory for %u names.", names->room * 2);
    }
    rh_free(names->slot);
    names->text = text;
    names->slot = slot;
    names->n_slots = n_slots;
    names->room *= 2;
    for (uint32_t i = 0; i < names->n; i++) {
        names->slot[slot_of(names, text[i], strlen(text[i]))] = i + 1;
    }
    return RH_OK;
}

rh_status
rh_names_put(rh_names *names, const char *text, uint32_t *number, rh_err *err)
{
    const size_t size = strlen(text);
    uint32_t s = slot_of(names, text, size);
    if (names->slot[s] == 0) {
        if (names->n == names->room) {
            RH_TRY(grow(names, err));
            s = slot_of(names, text, size);
        }
        names->text[names->n] = text;
        names->slot[s] = ++names->n;
    }
    *number = names->slot[s] - 1;
    return RH_OK;
}

rh_status
rh_names_of(const char *const *text, uint32_t n, rh_names **out, rh_err *err)
{
    RH_TRY(rh_names_new(out, err));
    for (uint32_t i = 0; i < n; i++) {
        uint32_t number;
        rh_status status = rh_names_put(*out, text[i], &number, err);
        if (status != RH_OK) {
            rh_names_free(*out);
            *out = NULL;
            return status;
        }
    }
    return RH_OK;
}
