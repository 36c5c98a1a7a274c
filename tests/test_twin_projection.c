/* The reference twin (twin_projection.h) against published and computed values and against
 * identities. The two-region Rogers case is read from $RONGHE_VECTORS/demography (default
 * ../shared/vectors). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "twin_projection.h"

enum { CELLS_MAX = 64 };

static void
assert_close(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want) + 1e-300)) {
        fail_msg("got %.17g, want %.17g", got, want);
    }
}

/* A case of the vectors, opened after its header line; skips the test where the vectors are not
 * there. */
static FILE *
open_vector(const char *name)
{
    char path[4096], line[8192];
    const char *root = getenv("RONGHE_VECTORS");
    snprintf(path, sizeof path, "%s/demography/%s", root ? root : "../shared/vectors", name);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        print_message("# %s is not there; set RONGHE_VECTORS to the folder of test vectors.\n",
                      path);
        skip();
    }
    assert_non_null(fgets(line, sizeof line, file));
    return file;
}

/* Next row of comma separated numbers; returns how many, 0 at the end. */
static int
read_row(FILE *file, double cell[CELLS_MAX])
{
    char line[8192], *at = line;
    if (fgets(line, sizeof line, file) == NULL) {
        return 0;
    }
    int n = 0;
    for (char *end; n < CELLS_MAX; at = end + (*end == ',')) {
        cell[n] = strtod(at, &end);
        if (end == at) {
            break;
        }
        n++;
    }
    return n;
}

/* Region 0 is urban, 1 rural. Sex ratio at birth 1.11 (2020). */
static twin_model *
rogers_model(void)
{
    FILE *file = open_vector("rogers_inputs.csv");
    twin_model *m = calloc(1, sizeof *m);
    m->n_regions = 2;
    m->width = 5;
    m->boys_per_girl = 1.11;
    double cell[CELLS_MAX];
    while (read_row(file, cell) == 9) {
        int x = m->n_groups++;
        assert_int_equal((int)cell[0], 5 * x);
        for (int r = 0; r < 2; r++) {
            m->mx[x][r] = cell[1 + r];
            m->fertility[x][r] = cell[3 + r];
            m->move[x][r][1 - r] = cell[5 + r];
        }
    }
    fclose(file);
    assert_int_equal(m->n_groups, 18);
    return m;
}

static void
test_person_years_of_the_life_tables_equal_the_vectors(void **state)
{
    (void)state;
    twin_model *m = rogers_model();
    FILE *file = open_vector("rogers_inputs.csv");
    double cell[CELLS_MAX];
    twin_life life[2];
    twin_life_table(&life[0], m, 0);
    twin_life_table(&life[1], m, 1);
    for (int x = 0; read_row(file, cell) == 9; x++) {
        assert_close(life[0].lived[x], cell[7], 1e-12);
        assert_close(life[1].lived[x], cell[8], 1e-12);
    }
    fclose(file);
    free(m);
}

static void
test_growth_matrix_equals_the_vectors(void **state)
{
    (void)state;
    twin_model *m = rogers_model();
    twin_matrix *g = calloc(1, sizeof *g);
    twin_growth_matrix(g, m);
    FILE *file = open_vector("rogers_matrix.csv");
    double cell[CELLS_MAX];
    int row = 0;
    for (; read_row(file, cell) == g->size; row++) {
        for (int column = 0; column < g->size; column++) {
            assert_close(g->at[row][column], cell[column], 1e-8);
        }
    }
    assert_int_equal(row, 36);
    fclose(file);
    free(g);
    free(m);
}

static void
test_growth_and_stable_urban_share_are_the_published_ones(void **state)
{
    (void)state;
    twin_model *m = rogers_model();
    twin_matrix *g = calloc(1, sizeof *g);
    double stable[TWIN_SIZE_MAX], urban = 0;
    twin_growth_matrix(g, m);
    double lambda = twin_dominant(stable, g);
    for (int x = 0; x < m->n_groups; x++) {
        urban += stable[2 * x];
    }
    assert_close(lambda, 0.9040225166, 1e-9);
    assert_close(log(lambda) / 5, -0.0201802022, 1e-8);
    assert_close(urban, 0.9165551818, 1e-9);
    free(g);
    free(m);
}

static void
test_projection_of_every_step_equals_the_vectors(void **state)
{
    (void)state;
    twin_model *m = rogers_model();
    twin_matrix *g = calloc(1, sizeof *g);
    twin_growth_matrix(g, m);
    FILE *file = open_vector("rogers_projection.csv");
    double now[TWIN_SIZE_MAX], next[TWIN_SIZE_MAX], cell[CELLS_MAX];
    int step = 0;
    for (; read_row(file, cell) == 1 + g->size; step++) {
        if (step == 0) {
            memcpy(now, cell + 1, sizeof now[0] * (size_t)g->size);
        }
        for (int i = 0; i < g->size; i++) {
            assert_close(now[i], cell[1 + i], 1e-8);
        }
        twin_step(next, g, now);
        memcpy(now, next, sizeof now);
    }
    assert_true(step >= 5);
    fclose(file);
    free(g);
    free(m);
}

/* A made-up country of `regions` regions with equal mortality and fertility and lively
 * migration. */
static twin_model *
equal_regions(int regions)
{
    twin_model *m = calloc(1, sizeof *m);
    m->n_groups = 18;
    m->n_regions = regions;
    m->width = 5;
    m->boys_per_girl = 1.06;
    for (int x = 0; x < m->n_groups; x++) {
        for (int from = 0; from < regions; from++) {
            m->mx[x][from] = 0.0004 * exp(0.085 * 5 * x) + (x == 0 ? 0.004 : 0);
            m->fertility[x][from] = x >= 3 && x < 10 ? 0.12 - 0.02 * abs(x - 5) : 0;
            for (int to = 0; to < regions; to++) {
                m->move[x][from][to] =
                    to == from ? 0 : 0.01 * (1 + x % 4) * (1 + from) / (1 + to);
            }
        }
    }
    return m;
}

static void
test_equal_rates_make_regions_add_up_to_the_single_country(void **state)
{
    (void)state;
    enum { regions = 3 };
    twin_model *many = equal_regions(regions), *one = equal_regions(1);
    twin_matrix *g = calloc(1, sizeof *g), *leslie = calloc(1, sizeof *leslie);
    twin_growth_matrix(g, many);
    twin_growth_matrix(leslie, one);
    double now[TWIN_SIZE_MAX] = {0}, next[TWIN_SIZE_MAX], sum[TWIN_SIZE_MAX] = {0},
           after[TWIN_SIZE_MAX];
    for (int i = 0; i < g->size; i++) {
        now[i] = 100 + 37 * (i % 11);
        sum[i / regions] += now[i];
    }
    for (int step = 0; step < 12; step++) {
        twin_step(next, g, now);
        twin_step(after, leslie, sum);
        memcpy(now, next, sizeof now);
        memcpy(sum, after, sizeof sum);
        for (int x = 0; x < many->n_groups; x++) {
            double regional = 0;
            for (int r = 0; r < regions; r++) {
                regional += now[x * regions + r];
            }
            assert_close(regional, sum[x], 1e-13 * (step + 1)); /* rounding only */
        }
    }
    double stable[TWIN_SIZE_MAX];
    assert_close(twin_dominant(stable, g), twin_dominant(stable, leslie), 1e-12);
    free(leslie);
    free(g);
    free(one);
    free(many);
}

static void
test_without_migration_the_matrix_is_block_diagonal(void **state)
{
    (void)state;
    enum { regions = 3 };
    twin_model *m = equal_regions(regions);
    memset(m->move, 0, sizeof m->move);
    twin_matrix *g = calloc(1, sizeof *g);
    twin_growth_matrix(g, m);
    for (int row = 0; row < g->size; row++) {
        for (int column = 0; column < g->size; column++) {
            if (row % regions != column % regions) {
                assert_true(g->at[row][column] == 0);
            }
        }
    }
    free(g);
    free(m);
}

/* ---- Part 2
 * ----------------------------------------------------------------------------------------- */

typedef struct year_fixture {
    twin_cohorts cohorts;
    twin_events events;
    twin_hazards hazards;
} year_fixture;

static void
test_deaths_of_a_year_follow_the_exponential(void **state)
{
    (void)state;
    year_fixture *f = calloc(1, sizeof *f);
    double rate[TWIN_AGES][2];
    f->cohorts.n_states = 2;
    double want = 0;
    for (int age = 0; age < TWIN_AGES; age++) {
        for (int sex = 0; sex < 2; sex++) {
            rate[age][sex] =
                (sex ? 0.0003 : 0.0005) * exp(0.09 * age); /* up to 11 a year: short steps */
            f->cohorts.n[age][sex][TWIN_ALIVE] = 1000 + age;
            want += (1000 + age) * -expm1(-rate[age][sex]);
        }
    }
    const double before = twin_cohorts_sum(&f->cohorts, -1, -1);
    twin_death_hazards(&f->hazards, rate);
    twin_year(&f->cohorts, &f->events, &f->hazards);
    assert_close(twin_events_sum(&f->events, -1, TWIN_ALIVE, TWIN_DEAD), want, 1e-12);
    assert_close(twin_cohorts_sum(&f->cohorts, -1, TWIN_DEAD), want, 1e-12);
    assert_close(twin_cohorts_sum(&f->cohorts, -1, -1), before, 1e-13);
    free(f);
}

static void
test_births_at_one_rate_for_all_parities_are_poisson(void **state)
{
    (void)state;
    year_fixture *f = calloc(1, sizeof *f);
    static const double rate_of_all = 0.3;
    double rate[TWIN_AGES][4] = {{0}};
    f->cohorts.n_states = 4;
    f->cohorts.n[25][1][0] = 5000;
    f->cohorts.n[25][0][0] = 5000; /* men bear nobody */
    for (int parity = 0; parity < 4; parity++) {
        rate[25][parity] = rate_of_all;
    }
    twin_birth_hazards(&f->hazards, rate);
    twin_year(&f->cohorts, &f->events, &f->hazards);
    const double none = exp(-rate_of_all);
    assert_close(twin_events_sum(&f->events, -1, -1, -1), 5000 * rate_of_all, 1e-12);
    assert_close(f->cohorts.n[25][1][0], 5000 * none, 1e-12);
    assert_close(f->cohorts.n[25][1][1], 5000 * none * rate_of_all, 1e-12);
    assert_close(f->cohorts.n[25][1][2], 5000 * none * rate_of_all * rate_of_all / 2, 1e-12);
    assert_close(f->cohorts.n[25][0][0], 5000, 1e-15);
    free(f);
}

static void
test_a_second_birth_can_follow_in_the_same_year(void **state)
{
    (void)state;
    year_fixture *f = calloc(1, sizeof *f);
    double rate[TWIN_AGES][4] = {{0}};
    const double a = 0.5, b = 0.2; /* first births, then second births; third births never */
    f->cohorts.n_states = 4;
    f->cohorts.n[30][1][0] = 1;
    rate[30][0] = a;
    rate[30][1] = b;
    twin_birth_hazards(&f->hazards, rate);
    twin_year(&f->cohorts, &f->events, &f->hazards);
    assert_close(f->events.n[30][1][0][1], 1 - exp(-a), 1e-12);
    assert_close(f->cohorts.n[30][1][1], a / (b - a) * (exp(-a) - exp(-b)), 1e-12);
    assert_close(f->events.n[30][1][1][2], f->cohorts.n[30][1][2], 1e-12);
    free(f);
}

static void
test_departures_and_returns_follow_the_two_state_chain(void **state)
{
    (void)state;
    year_fixture *f = calloc(1, sizeof *f);
    static double departure[TWIN_AGES][2], back[TWIN_AGES][2];
    const double d = 0.08, r = 0.25, home = 900, away = 100;
    departure[22][0] = d;
    back[22][0] = r;
    f->cohorts.n_states = 2;
    f->cohorts.n[22][0][TWIN_HOME] = home;
    f->cohorts.n[22][0][TWIN_AWAY] = away;
    twin_stay_hazards(&f->hazards, departure, back);
    twin_year(&f->cohorts, &f->events, &f->hazards);
    const double rest = 1000 * d / (d + r); /* where the chain would come to rest */
    const double away_after = rest + (away - rest) * exp(-(d + r));
    const double years_away = rest + (away - rest) * -expm1(-(d + r)) / (d + r);
    assert_close(f->cohorts.n[22][0][TWIN_AWAY], away_after, 1e-12);
    assert_close(twin_events_sum(&f->events, 0, TWIN_AWAY, TWIN_HOME), r * years_away, 1e-12);
    assert_close(twin_events_sum(&f->events, 0, TWIN_HOME, TWIN_AWAY), d * (1000 - years_away),
                 1e-12);
    free(f);
}

static void
test_marriages_conserve_persons_and_leave_first_marriages_exponential(void **state)
{
    (void)state;
    year_fixture *f = calloc(1, sizeof *f);
    static double first[TWIN_AGES][2], again[TWIN_AGES][2], widowing[TWIN_AGES][2],
        parting[TWIN_AGES][2];
    f->cohorts.n_states = 4;
    for (int age = 20; age < TWIN_AGES; age++) {
        for (int sex = 0; sex < 2; sex++) {
            first[age][sex] = 0.15;
            again[age][sex] = 0.05;
            widowing[age][sex] = 0.001 * age;
            parting[age][sex] = 0.004;
            for (int s = 0; s < 4; s++) {
                f->cohorts.n[age][sex][s] = 100 * (s + 1);
            }
        }
    }
    const double before = twin_cohorts_sum(&f->cohorts, -1, -1);
    const double never = twin_cohorts_sum(&f->cohorts, -1, 0);
    twin_marriage_hazards(&f->hazards, first, again, widowing, parting);
    twin_year(&f->cohorts, &f->events, &f->hazards);
    assert_close(twin_cohorts_sum(&f->cohorts, -1, -1), before, 1e-13);
    assert_close(twin_events_sum(&f->events, -1, 0, 1), never * -expm1(-0.15), 1e-12);
    assert_close(twin_cohorts_sum(&f->cohorts, -1, 0), never * exp(-0.15), 1e-12);
    free(f);
}

static void
test_school_step_and_ageing_move_the_right_persons(void **state)
{
    (void)state;
    twin_cohorts *c = calloc(1, sizeof *c);
    c->n_states = 7;
    c->n[15][0][2] = 60;
    c->n[15][1][2] = 40;
    assert_close(twin_school_step(c, 15, 2, 3, 0.8), 80, 1e-15);
    assert_close(c->n[15][1][3], 32, 1e-15);
    c->n[TWIN_AGES - 1][0][0] = 1;
    c->n[TWIN_AGES - 2][0][0] = 2;
    twin_age(c);
    assert_close(c->n[16][1][3], 32, 1e-15);
    assert_true(c->n[15][1][3] == 0);
    assert_close(c->n[TWIN_AGES - 1][0][0], 3, 1e-15);
    free(c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_person_years_of_the_life_tables_equal_the_vectors),
        cmocka_unit_test(test_growth_matrix_equals_the_vectors),
        cmocka_unit_test(test_growth_and_stable_urban_share_are_the_published_ones),
        cmocka_unit_test(test_projection_of_every_step_equals_the_vectors),
        cmocka_unit_test(test_equal_rates_make_regions_add_up_to_the_single_country),
        cmocka_unit_test(test_without_migration_the_matrix_is_block_diagonal),
        cmocka_unit_test(test_deaths_of_a_year_follow_the_exponential),
        cmocka_unit_test(test_births_at_one_rate_for_all_parities_are_poisson),
        cmocka_unit_test(test_a_second_birth_can_follow_in_the_same_year),
        cmocka_unit_test(test_departures_and_returns_follow_the_two_state_chain),
        cmocka_unit_test(test_marriages_conserve_persons_and_leave_first_marriages_exponential),
        cmocka_unit_test(test_school_step_and_ageing_move_the_right_persons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
