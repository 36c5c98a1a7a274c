/* Cases of peers for cooperative games and claims (CoopGame, GameTheory), where they are: see vectors.h.
 *
 * What a case holds decides: a table with columns coalition and value is a game, with weight members of a vote, with claim
 * claims, with cost users of an airport. Keys of a file that is not the only game of the case begin with its name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "evaluate/airport.h"
#include "evaluate/claims.h"
#include "evaluate/game_core.h"
#include "evaluate/game_nucleolus.h"
#include "evaluate/game_point.h"
#include "evaluate/game_property.h"
#include "evaluate/game_table.h"
#include "evaluate/vote_power.h"
#include "io/table.h"
#include "vectors.h"

enum {
    SMALL = 10
}; /* players up to which votes, claims and airports are solved as games as well */

static double
parameter(const vector_case *c, const char *name)
{
    json_t *value = json_is_object(c->params) ? json_object_get(c->params, name) : NULL;
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

/* prefix:key[i] by number and prefix:key[name], prefix:key:name by name; also without the prefix. */
static void
set_all(vector_case *c, const char *prefix, const char *key, const rh_players *players,
        const double *x)
{
    for (unsigned i = 0; i < players->n; i++) {
        const char *name = players->name[i];
        vector_set(c, x[i], "%s[%u]", key, i + 1);
        vector_set(c, x[i], "%s[%s]", key, name);
        vector_set(c, x[i], "%s:%s", key, name);
        vector_set(c, x[i], "%s:%s[%u]", prefix, key, i + 1);
        vector_set(c, x[i], "%s:%s[%s]", prefix, key, name);
        vector_set(c, x[i], "%s:%s:%s", prefix, key, name);
    }
}

static void
set_one(vector_case *c, const char *prefix, double x, const char *key)
{
    vector_set(c, x, "%s", key);
    vector_set(c, x, "%s:%s", prefix, key);
}

typedef struct solved {
    const double *v;
    unsigned n;
    double sign, tolerance;
    const char *prefix;
    const rh_players *players;
    vector_case *c;
} solved;

/* A solution under its names, and whether it is in the core. */
static void
give(const solved *g, const double *x, const char *const *names)
{
    double shown[RH_GAME_MOST], total = 0, normalised[RH_GAME_MOST];
    uint32_t worst;
    char key[200];
    for (unsigned i = 0; i < g->n; i++) {
        shown[i] = g->sign * x[i];
        total += x[i];
    }
    for (unsigned i = 0; i < g->n; i++) {
        normalised[i] = x[i] / total;
    }
    bool efficient = fabs(total - g->v[(1U << g->n) - 1]) <= g->tolerance;
    bool in_core = efficient && rh_game_worst(g->v, g->n, x, &worst) <= g->tolerance;
    for (; *names != NULL; names++) {
        set_all(g->c, g->prefix, *names, g->players, shown);
        snprintf(key, sizeof key, "%s_normalised", *names);
        set_all(g->c, g->prefix, key, g->players, normalised);
        snprintf(key, sizeof key, "%s_in_core", *names);
        set_one(g->c, g->prefix, in_core, key);
    }
}
#define GIVE(g, x, ...) give(g, x, (const char *const[]){__VA_ARGS__, NULL})

static void
solve_nucleoli(const solved *g)
{
    static const char *const name[][3] = {
        {"nucleolus", "prenucleolus", ""},
        {"per_capita_nucleolus", "per_capita_prenucleolus", "nucleolus_per_capita"},
        {"proportional_nucleolus", "proportional_prenucleolus", ""},
        {"disruption_nucleolus", "disruption_prenucleolus", ""}};
    for (int k = 0; k < 4; k++) {
        for (int pre = 0; pre < 2; pre++) {
            rh_game_nucleolus found;
            if (rh_game_nucleolus_find(g->v, g->n, (enum rh_complaint)k, !pre, &found, NULL) ==
                RH_OK) {
                GIVE(g, found.x, name[k][pre], pre ? "" : name[k][2]);
            }
        }
    }
    double x[RH_GAME_MOST];
    if (g->n <= 8 && rh_game_modiclus(g->v, g->n, x, NULL) == RH_OK) {
        GIVE(g, x, "modiclus");
    }
    if (rh_game_simplified_modiclus(g->v, g->n, x, NULL) == RH_OK) {
        GIVE(g, x, "simplified_modiclus", "simplifiedModiclus");
    }
}

static void
solve_points(const solved *g)
{
    double x[RH_GAME_MOST];
    rh_game_core core;
    double d;
    assert_int_equal(rh_game_shapley(g->v, g->n, 1, x, NULL), RH_OK);
    GIVE(g, x, "shapley", "shapley_shubik");
    assert_int_equal(rh_game_banzhaf(g->v, g->n, 1, x, NULL), RH_OK);
    GIVE(g, x, "banzhaf", "banzhaf_raw", "non_normalised_banzhaf");
    rh_game_tau(g->v, g->n, x);
    GIVE(g, x, "tau");
    rh_game_gately(g->v, g->n, x, &d);
    GIVE(g, x, "gately");
    set_one(g->c, g->prefix, d, "propensity_to_disrupt");
    rh_game_equal_surplus(g->v, g->n, x);
    GIVE(g, x, "cis", "equal_surplus", "esd");
    rh_game_ensc(g->v, g->n, x);
    GIVE(g, x, "ensc");
    rh_game_equal_split(g->v, g->n, x);
    GIVE(g, x, "equal_split", "egalitarian");
    rh_game_utopia(g->v, g->n, x);
    GIVE(g, x, "utopia", "utopia_payoff");
    double right[RH_GAME_MOST];
    rh_game_minimal_rights(g->v, g->n, x, right);
    GIVE(g, right, "minimal_rights", "minimal_right");
    assert_int_equal(rh_game_core_check(g->v, g->n, &core, NULL), RH_OK);
    set_one(g->c, g->prefix, core.empty, "core_empty");
    set_one(g->c, g->prefix, !core.empty, "core_nonempty");
    set_one(g->c, g->prefix, !core.empty, "balanced");
}

static void
solve_properties(const solved *g)
{
    rh_game_finding finding[RH_GAME_PROPERTY_COUNT];
    static const char *const name[] = {
#define P(name, id, zh, meaning) id,
        RH_GAME_PROPERTIES(P)
#undef P
    };
    char key[100];
    rh_game_properties(g->v, g->n, finding);
    for (int p = 0; p < RH_GAME_PROPERTY_COUNT; p++) {
        set_one(g->c, g->prefix, finding[p].holds, name[p]);
        snprintf(key, sizeof key, "is_%s", name[p]);
        set_one(g->c, g->prefix, finding[p].holds, key);
    }
}

/* Everything about a game that is held as a table. */
static void
solve_table(vector_case *c, double *v, const rh_players *players, bool cost, const char *prefix)
{
    for (uint32_t s = 0; s < 1U << players->n && cost; s++) {
        v[s] = -v[s];
    }
    solved g = {v,       players->n, cost ? -1 : 1, 1e-8 * rh_game_scale(v, players->n), prefix,
                players, c};
    solve_points(&g);
    solve_nucleoli(&g);
    solve_properties(&g);
}

static void
solve_game(vector_case *c, rh_csv *table, const char *file, const char *prefix)
{
    rh_players players = {0};
    rh_err err = {0};
    double *v;
    if (rh_game_read(table, file, false, &players, &v, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    json_t *kind = json_is_object(c->params) ? json_object_get(c->params, "type") : NULL;
    bool cost = (json_is_string(kind) && strcasecmp(json_string_value(kind), "cost") == 0) ||
                strstr(file, "cost") != NULL;
    for (uint32_t s = 0; s < 1U << players.n && cost; s++) {
        v[s] = -v[s];
    }
    solved g = {v,        players.n, cost ? -1 : 1, 1e-8 * rh_game_scale(v, players.n), prefix,
                &players, c};
    solve_points(&g);
    solve_nucleoli(&g);
    solve_properties(&g);
    rh_free(v);
    rh_players_release(&players);
}

static void
name_players(rh_csv *table, rh_players *players)
{
    players->n = rh_csv_rows(table);
    assert_in_range(players->n, 1, RH_PLAYERS_MOST);
    for (uint32_t i = 0; i < players->n; i++) {
        players->name[i] = rh_strdup(rh_csv_text(table, i, 0));
    }
}

static void
solve_quota(vector_case *c, const rh_players *players, const double *weight, double quota)
{
    rh_vote_power p;
    char prefix[100];
    assert_int_equal(rh_vote_power_find(weight, players->n, quota, &p, NULL), RH_OK);
    snprintf(prefix, sizeof prefix, "q%g", quota);
    const struct {
        const char *key;
        const double *x;
    } given[] = {
        {"shapley_shubik", p.shapley},
        {"shapley", p.shapley},
        {"banzhaf", p.banzhaf},
        {"banzhaf_raw", p.banzhaf},
        {"banzhaf_absolute", p.banzhaf},
        {"banzhaf_normalised", p.banzhaf_share},
        {"deegan_packel", p.deegan_packel},
        {"public_good", p.public_good},
        {"holler", p.public_good},
        {"johnston", p.johnston},
        {"coleman_preventive", p.prevent},
        {"coleman_initiative", p.initiate},
    };
    for (size_t k = 0; k < sizeof given / sizeof given[0]; k++) {
        set_all(c, prefix, given[k].key, players, given[k].x);
    }
    set_one(c, prefix, p.act, "coleman_collectivity");
    rh_vote_power_release(&p);
    if (players->n > SMALL) {
        return;
    }
    double v[1 << SMALL];
    for (uint32_t s = 0; s < 1U << players->n; s++) { /* the vote as a simple game */
        double votes = 0;
        for (unsigned i = 0; i < players->n; i++) {
            votes += s >> i & 1 ? weight[i] : 0;
        }
        v[s] = votes >= quota;
    }
    solve_table(c, v, players, false, prefix);
}

static void
solve_vote(vector_case *c, rh_csv *table)
{
    rh_players players = {0};
    rh_err err = {0};
    double *weight, *quota = NULL;
    name_players(table, &players);
    assert_int_equal(rh_table_numbers_all(table, "weight", &weight, &err), RH_OK);
    rh_csv *quotas = vector_open(c, "quotas.csv");
    for (uint32_t q = 0; quotas != NULL && q < rh_csv_rows(quotas); q++) {
        solve_quota(c, &players, weight,
                    rh_csv_number(quotas, q, rh_csv_find(quotas, "quota")));
    }
    if (!isnan(parameter(c, "quota"))) {
        solve_quota(c, &players, weight, parameter(c, "quota"));
    }
    rh_csv_free(quotas);
    rh_free(quota);
    rh_free(weight);
    rh_players_release(&players);
}

static void
solve_claims(vector_case *c, rh_csv *table)
{
    rh_players players = {0};
    double *claim, award[RH_PLAYERS_MOST], estate = parameter(c, "endowment");
    static const char *const id[] = {
#define R(name, id, zh, en, formula) id,
        RH_CLAIMS_RULES(R)
#undef R
    };
    estate = isnan(estate) ? parameter(c, "estate") : estate;
    name_players(table, &players);
    assert_int_equal(rh_table_numbers_all(table, "claim", &claim, NULL), RH_OK);
    for (int r = 0; r < RH_CLAIMS_RULE_COUNT; r++) {
        rh_err err = {0};
        if (rh_claims_divide(claim, players.n, estate, (enum rh_claims_rule)r, award, &err) !=
            RH_OK) {
            fail_msg("%s", err.text);
        }
        set_all(c, "", id[r], &players, award);
    }
    if (players.n <= SMALL) {
        double v[1 << SMALL];
        rh_claims_game(claim, players.n, estate, v);
        solve_table(c, v, &players, false, "game");
    }
    rh_free(claim);
    rh_players_release(&players);
}

static void
solve_airport(vector_case *c, rh_csv *table)
{
    rh_players players = {0};
    double *cost, *users = NULL, pays[RH_PLAYERS_MOST];
    name_players(table, &players);
    assert_int_equal(rh_table_numbers_all(table, "cost", &cost, NULL), RH_OK);
    const char *count = rh_csv_find(table, "users") >= 0       ? "users"
                        : rh_csv_find(table, "count") >= 0     ? "count"
                        : rh_csv_find(table, "movements") >= 0 ? "movements"
                                                               : NULL;
    if (count != NULL) {
        assert_int_equal(rh_table_numbers_all(table, count, &users, NULL), RH_OK);
    }
    double one[RH_PLAYERS_MOST];
    for (unsigned i = 0; i < players.n; i++) {
        one[i] = users != NULL ? users[i] : 1;
    }
    assert_int_equal(rh_airport_shapley(cost, one, players.n, pays, NULL), RH_OK);
    set_all(c, "airport", "shapley", &players, pays);
    assert_int_equal(rh_airport_nucleolus(cost, one, players.n, pays, NULL), RH_OK);
    set_all(c, "airport", "nucleolus", &players, pays);
    if (players.n <= SMALL && users == NULL) {
        double v[1 << SMALL];
        for (uint32_t s = 0; s < 1U << players.n; s++) {
            v[s] = 0;
            for (unsigned i = 0; i < players.n; i++) {
                v[s] = s >> i & 1 ? fmax(v[s], cost[i]) : v[s];
            }
        }
        solve_table(c, v, &players, true, "airport");
    }
    rh_free(users);
    rh_free(cost);
    rh_players_release(&players);
}

static void
solve(vector_case *c)
{
    json_t *inputs = json_object_get(c->json, "inputs");
    for (size_t k = 0; k < json_array_size(inputs); k++) {
        const char *file = json_string_value(json_array_get(inputs, k));
        char prefix[100];
        rh_csv *table = vector_open(c, file);
        assert_non_null(table);
        snprintf(prefix, sizeof prefix, "%.*s", (int)strcspn(file, "."), file);
        if (rh_csv_find(table, "coalition") >= 0) {
            solve_game(c, table, file, prefix);
        } else if (rh_csv_find(table, "weight") >= 0) {
            solve_vote(c, table);
        } else if (rh_csv_find(table, "claim") >= 0) {
            solve_claims(c, table);
        } else if (rh_csv_find(table, "cost") >= 0) {
            solve_airport(c, table);
        }
        rh_csv_free(table);
    }
}

static void
test_cases_of_peers_match(void **state)
{
    (void)state;
    vectors_walk("coopgame", solve);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases_of_peers_match)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
