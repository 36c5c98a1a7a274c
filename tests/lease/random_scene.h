/* What a random command is made in view of: draws, objects of the registry, and the scene: the place, household, lease that the command is about.
 * For the files random_*.c only. */
#ifndef RANDOM_SCENE_H
#define RANDOM_SCENE_H

#include "random_actor.h"

#include "core/random.h"
#include "domain/arena.h"
#include "domain/calendar_day.h"
#include "domain/rule.h"

#include <inttypes.h>

enum {
    VILLAGES = 2,
    HOUSEHOLDS = 6,
    LESSEES = 14,
    SOURCES = 12,
    PERSONS_MOST = 260,
    UNITS_MOST = 40
};

struct random_actor {
    rh_key key;
    uint64_t drawn;
    int64_t time, last_day;
    uint64_t serial; /* of bank references, hashes, codes */
    random_ask *queue;
    int n_queue, room_queue, at, n_founding;
    random_ask last;
    int64_t last_seq; /* of the registry before `last` */
    struct rh_arena *texts;
};

/* What the command at hand is about. */
typedef struct scene {
    random_actor *a;
    const rh_registry *r;
    random_ask *out;
    int64_t today;
    int64_t place, collective, household;
    const rh_row_lease *lease;
    int64_t role, actor, village; /* 0: still to be chosen */
} scene;

#define ONE_OF(a, ...)                                                                         \
    ((const int64_t[]){__VA_ARGS__})[below(                                                    \
        a, (int64_t)(sizeof(const int64_t[]){__VA_ARGS__} / sizeof(int64_t)))]

#define SOURCE(word) RH_BIT(rh_source_kind_##word)

uint64_t draw(random_actor *a);
int64_t below(random_actor *a, int64_t n);
int64_t between(random_actor *a, int64_t first, int64_t last);
bool chance(random_actor *a, int percent);
const char *text(random_actor *a, const char *stem, uint64_t n);
rh_hash some_hash(random_actor *a);
/* Any object of a kind, the newer the likelier; 0: there is none. */
int64_t some(scene *s, rh_row_kind kind);
/* An object in one of these states, if one is met soon; otherwise any. */
int64_t some_in(scene *s, rh_row_kind kind, uint64_t states);
int64_t source_of(scene *s, uint64_t kinds);
/* A document of a kind that the command can rest on, mostly. */
int64_t some_source(scene *s, rh_command_kind command);
/* Reservoir: keep the n-th candidate with chance 1/n. */
void choose(random_actor *a, int64_t *chosen, int *n, int64_t id);
int64_t party_of_kind(scene *s, int64_t kind, int64_t place);
int64_t some_member_row(scene *s, int64_t household, bool holders, bool head);
bool is_able(const rh_row_household_member *m, int64_t today);
/* Who signs for a member of a household: itself, its guardian, now and then somebody with a mandate. */
int64_t signer_for(scene *s, int64_t row);
int64_t collective_member(scene *s, int64_t collective);
int64_t officer(scene *s, int64_t role);
/* Somebody who may act in that role for what the scene is about. */
int64_t somebody(scene *s, int64_t role);
void about_place(scene *s, int64_t place);
void about_baunit(scene *s, int64_t id);
void about_scheme(scene *s, int64_t id);
void about_offer(scene *s, int64_t id);
void about_lease(scene *s, int64_t id);
void by(scene *s, int64_t role);

/* Fill in the command of the scene: sensible values, mostly (random_fill.c). */
void fill_plainly(scene *s);
void fill(scene *s);

/* A command to be asked next, after those queued already; its numbers are not said. */
random_ask *ask_next(random_actor *a, rh_command_kind kind, int64_t actor, int64_t role);

/* Queue the commands that set up a township (random_township.c). */
void found_township(random_actor *a);

#endif
