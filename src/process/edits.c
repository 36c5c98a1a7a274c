/* Recording edits: see edits.h. */
#include "process/edits.h"

#include "core/mem.h"

#include <string.h>

static rh_status
grow(void **array, uint32_t *room, uint64_t need, size_t size, rh_err *err)
{
    if (need <= *room) {
        return RH_OK;
    }
    uint64_t wanted = need + need / 2 + 64;
    void *p = rh_resize(*array, wanted, size);
    if (p == NULL) {
        return rh_fail(err, RH_MEMORY,
                       "Not enough memory to record %llu changes of a county's year.",
                       (unsigned long long)wanted);
    }
    *array = p;
    *room = (uint32_t)wanted;
    return RH_OK;
}

rh_status
rh_edits_begin(rh_edits *e, uint32_t residents, uint32_t largest, rh_err *err)
{
    uint32_t words = residents / 64 + 1;
    if (words > e->bits / 64) {
        uint64_t **sets[] = {&e->gone, &e->tail, &e->leaving, &e->touched, &e->lived};
        for (unsigned k = 0; k < 5; k++) {
            uint32_t room = 0;
            RH_TRY(grow((void **)sets[k], &room, words, sizeof(uint64_t), err));
            e->bits = room * 64;
        }
    }
    memset(e->gone, 0, words * sizeof(uint64_t));
    memset(e->tail, 0, words * sizeof(uint64_t));
    memset(e->leaving, 0, words * sizeof(uint64_t));
    memset(e->touched, 0, words * sizeof(uint64_t));
    memset(e->lived, 0, words * sizeof(uint64_t));
    e->births.n = e->joined.n = e->n_seekers[0] = e->n_seekers[1] = 0;
    RH_TRY(grow((void **)&e->due, &e->due_room, (uint64_t)largest + 32, sizeof *e->due, err));
    /* Nobody adds more than a birth or a spouse to a resident, so a rewritten block at most doubles. */
    RH_TRY(
        grow((void **)&e->fresh, &e->fresh_room, 2 * (uint64_t)largest, sizeof *e->fresh, err));
    RH_TRY(grow((void **)&e->end, &e->end_room, 2 * (uint64_t)largest, sizeof *e->end, err));
    for (unsigned s = 0; s < 2; s++) {
        RH_TRY(grow((void **)&e->seeker[s], &e->seekers_room[s], residents,
                    sizeof *e->seeker[s], err));
    }
    return RH_OK;
}

void
rh_edits_release(rh_edits *e)
{
    rh_free(e->gone);
    rh_free(e->tail);
    rh_free(e->leaving);
    rh_free(e->touched);
    rh_free(e->lived);
    rh_free(e->births.entry);
    rh_free(e->joined.entry);
    rh_free(e->seeker[0]);
    rh_free(e->seeker[1]);
    rh_free(e->out.entry);
    rh_free(e->fresh);
    rh_free(e->end);
    rh_free(e->due);
    rh_free(e->scratch);
    *e = (rh_edits){0};
}

rh_status
rh_edits_scratch(rh_edits *e, uint64_t words, rh_err *err)
{
    return grow((void **)&e->scratch, &e->scratch_room, words, sizeof *e->scratch, err);
}

rh_status
rh_insertions_add(rh_insertions *list, uint32_t at, rh_person word, rh_err *err)
{
    RH_TRY(grow((void **)&list->entry, &list->room, (uint64_t)list->n + 1, sizeof *list->entry,
                err));
    list->entry[list->n++] = (rh_insertion){at, word};
    return RH_OK;
}

rh_status
rh_movers_add(rh_movers *list, rh_person word, uint32_t town, rh_err *err)
{
    if (list->n == list->room) {
        uint64_t room = list->room + list->room / 2 + 1024;
        rh_mover *p = rh_resize(list->entry, room, sizeof *p);
        if (p == NULL) {
            return rh_fail(err, RH_MEMORY,
                           "Not enough memory for %llu hukou transfers of a year.",
                           (unsigned long long)room);
        }
        list->entry = p;
        list->room = room;
    }
    list->entry[list->n++] = (rh_mover){word, town};
    return RH_OK;
}
