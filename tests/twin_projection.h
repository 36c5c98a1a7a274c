/* The reference twin of the demography: plain, slow and readable, for tests only.
 *
 * Part 1 is the multiregional cohort-component model of Rogers (1975, 1995; MODELS.md section
 * 1): the state is K[age group][region], one sex, age groups of `width` years of which the last
 * is open:
 *
 *   K(t + width) = G K(t)
 *
 * Part 2 is the expectation of ONE process over one year for a table of cohorts
 * N[age][sex][state]: a Markov chain in continuous time whose rates are constant over the year,
 * which is what the engine's thinning simulates.
 *
 * W1 G has survival blocks below the diagonal, births in its first block row, and nothing else
 *    but the open group's own block.
 * W2 a chain conserves persons: what leaves a state arrives in another. */
#ifndef RH_TESTS_TWIN_PROJECTION_H
#define RH_TESTS_TWIN_PROJECTION_H

/* ---- Part 1: the multiregional projection */

enum {
    TWIN_GROUPS_MAX = 40,
    TWIN_REGIONS_MAX = 8,
    TWIN_SIZE_MAX = TWIN_GROUPS_MAX * TWIN_REGIONS_MAX
};

typedef struct twin_model {
    int n_groups, n_regions;
    double width;                                        /* years of an age group */
    double mx[TWIN_GROUPS_MAX][TWIN_REGIONS_MAX];        /* deaths a person and year */
    double fertility[TWIN_GROUPS_MAX][TWIN_REGIONS_MAX]; /* births a woman and year */
    double move[TWIN_GROUPS_MAX][TWIN_REGIONS_MAX]
               [TWIN_REGIONS_MAX]; /* [from][to]: share that lives there
                                      `width` years later; from ≠ to */
    double boys_per_girl;          /* sex ratio at birth */
} twin_model;

/* Life-table columns of one region, from mx with deaths spread evenly over an age group (a =
 * width / 2). */
typedef struct twin_life {
    double alive[TWIN_GROUPS_MAX];    /* l: of one newborn, at the group's first age */
    double lived[TWIN_GROUPS_MAX];    /* L: person-years lived in the group */
    double survival[TWIN_GROUPS_MAX]; /* from this group to the next; the last two share the
                                         open group */
} twin_life;

void twin_life_table(twin_life *life, const twin_model *model, int region);

/* A square matrix over age group × region; element (row, column), index = group × n_regions +
 * region. */
typedef struct twin_matrix {
    int size;
    double at[TWIN_SIZE_MAX][TWIN_SIZE_MAX];
} twin_matrix;

void twin_growth_matrix(twin_matrix *g, const twin_model *model);

/* next = G now; both have g->size entries and are not the same array. */
void twin_step(double *next, const twin_matrix *g, const double *now);

/* Dominant eigenvalue by power iteration; stable[] receives the stable shares (sum 1). */
double twin_dominant(double *stable, const twin_matrix *g);

/* ---- Part 2: one process over one year
 * -------------------------------------------------------------- */

enum { TWIN_AGES = 111, TWIN_STATES_MAX = 8 };

/* Persons by age at the start of the year, sex and state. What a state is depends on the
 * process. */
typedef struct twin_cohorts {
    int n_states;
    double n[TWIN_AGES][2][TWIN_STATES_MAX];
} twin_cohorts;

/* Hazards of a process, events a person and year, constant over the year: [age at the start of
 * the year] [sex][from][to]. from = to is an event that leaves the state as it is (a fourth
 * birth). */
typedef struct twin_hazards {
    int n_states;
    double rate[TWIN_AGES][2][TWIN_STATES_MAX][TWIN_STATES_MAX];
} twin_hazards;

/* Expected events of a year by the state they start from and end in. */
typedef struct twin_events {
    double n[TWIN_AGES][2][TWIN_STATES_MAX][TWIN_STATES_MAX];
} twin_events;

/* Carry every cohort through a year of its chain. `cohorts` becomes the expectation at the end
 * of the year (ages stay those of its start; see twin_age); `events` receives the expected
 * events. */
void twin_year(twin_cohorts *cohorts, twin_events *events, const twin_hazards *hazards);

/* Everybody a year older; the oldest stay in the last age. The newborn row is left empty. */
void twin_age(twin_cohorts *cohorts);

/* Sum of events from one state to another (-1: any), over all ages of one sex (-1: both). */
double twin_events_sum(const twin_events *events, int sex, int from, int to);
double twin_cohorts_sum(const twin_cohorts *cohorts, int sex, int state);

/* Hazard tables of the processes. Each clears `hazards` first.
 * death: states alive, dead.  birth: states 0, 1, 2, 3+ children ever born, women only.
 * marriage: states never married, married, widowed, divorced; `widowing` and `parting` end a
 * marriage. stay: states at home, away. */
enum { TWIN_ALIVE, TWIN_DEAD };
enum { TWIN_HOME, TWIN_AWAY };
void twin_death_hazards(twin_hazards *hazards, double rate[TWIN_AGES][2]);
void twin_birth_hazards(twin_hazards *hazards, double rate[TWIN_AGES][4]);
void twin_marriage_hazards(twin_hazards *hazards, double first[TWIN_AGES][2],
                           double again[TWIN_AGES][2], double widowing[TWIN_AGES][2],
                           double parting[TWIN_AGES][2]);
void twin_stay_hazards(twin_hazards *hazards, double departure[TWIN_AGES][2],
                       double back[TWIN_AGES][2]);

/* School is no hazard but a step at a fixed age: persons of `age` in state `from` go on to `to`
 * with this probability. Returns the expected number; both sexes. */
double twin_school_step(twin_cohorts *cohorts, int age, int from, int to, double probability);

#endif
