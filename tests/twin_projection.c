/* The reference twin: see twin_projection.h. */
#include "twin_projection.h"

#include <math.h>
#include <string.h>

void
twin_life_table(twin_life *life, const twin_model *model, int region)
{
    const double w = model->width;
    const int last = model->n_groups - 1;
    double alive = 1;
    for (int x = 0; x < last; x++) {
        double dying = w * model->mx[x][region] / (1 + w / 2 * model->mx[x][region]);
        life->alive[x] = alive;
        life->lived[x] = w / 2 * (alive + alive * (1 - dying));
        alive *= 1 - dying;
    }
    life->alive[last] = alive;
    life->lived[last] = alive / model->mx[last][region];
    for (int x = 0; x < last - 1; x++) {
        life->survival[x] = life->lived[x + 1] / life->lived[x];
    }
    life->survival[last - 1] = life->lived[last] / (life->lived[last - 1] + life->lived[last]);
    life->survival[last] = life->survival[last - 1];
}

/* S_x[from][to]: share of those in group x and region `from` who are alive `width` years later
 * in `to`. Survival is that of the region of origin. */
static double
survival_and_move(const twin_model *model, const twin_life *life, int x, int from, int to)
{
    double share = model->move[x][from][to];
    if (from == to) {
        share = 1;
        for (int other = 0; other < model->n_regions; other++) {
            if (other != from) {
                share -= model->move[x][from][other];
            }
        }
    }
    return life[from].survival[x] * share;
}

void
twin_growth_matrix(twin_matrix *g, const twin_model *model)
{
    const int regions = model->n_regions, last = model->n_groups - 1;
    const double girls = 1 / (1 + model->boys_per_girl);
    twin_life life[TWIN_REGIONS_MAX];
    for (int r = 0; r < regions; r++) {
        twin_life_table(&life[r], model, r);
    }
    memset(g, 0, sizeof *g);
    g->size = model->n_groups * regions;
    for (int x = 0; x <= last; x++) {
        for (int from = 0; from < regions; from++) {
            const int column = x * regions + from;
            for (int to = 0; to < regions; to++) {
                double s = survival_and_move(model, life, x, from, to);
                g->at[(x < last ? x + 1 : last) * regions + to][column] = s;

                /* B_x = (width/2) f (L0/width) (F_x + F_{x+1} S_x): mothers bear at the rates
                 * of the group and region they start in for half of the time, of those they end
                 * in for the other half. */
                double births = from == to ? model->fertility[x][to] : 0;
                if (x < last) {
                    births += model->fertility[x + 1][to] * s;
                }
                g->at[to][column] +=
                    model->width / 2 * girls * life[to].lived[0] / model->width * births;
            }
        }
    }
}

void
twin_step(double *next, const twin_matrix *g, const double *now)
{
    for (int row = 0; row < g->size; row++) {
        next[row] = 0;
        for (int column = 0; column < g->size; column++) {
            next[row] += g->at[row][column] * now[column];
        }
    }
}

double
twin_dominant(double *stable, const twin_matrix *g)
{
    double next[TWIN_SIZE_MAX], lambda = 0;
    for (int i = 0; i < g->size; i++) {
        stable[i] = 1.0 / g->size;
    }
    for (int step = 0; step < 20000; step++) {
        twin_step(next, g, stable);
        double sum = 0, change = 0;
        for (int i = 0; i < g->size; i++) {
            sum += next[i];
        }
        for (int i = 0; i < g->size; i++) {
            change += fabs(next[i] / sum - stable[i]);
            stable[i] = next[i] / sum;
        }
        lambda = sum; /* the shares sum to 1, so growth is the new sum */
        if (change < 1e-15) {
            break;
        }
    }
    return lambda;
}

/* One cohort through one year. With Q the matrix of the chain (rates off the diagonal, minus
 * their row sum on it): end = start exp(Q), and the person-years lived in each state are start
 * ∫ exp(Qt) dt, both by their Taylor series over short steps, where twelve terms are exact to
 * the last digits. */
static void
chain_year(double state[TWIN_STATES_MAX], double events[TWIN_STATES_MAX][TWIN_STATES_MAX],
           const double rate[TWIN_STATES_MAX][TWIN_STATES_MAX], int n_states)
{
    double fastest = 0, years[TWIN_STATES_MAX] = {0};
    for (int i = 0; i < n_states; i++) {
        double out = 0;
        for (int j = 0; j < n_states; j++) {
            out += j == i ? 0 : rate[i][j];
        }
        fastest = fmax(fastest, out);
    }
    const int steps = 1 + (int)(fastest * 8);
    const double h = 1.0 / steps;
    for (int step = 0; step < steps; step++) {
        double term[TWIN_STATES_MAX]; /* start (Qh)^k / k! */
        double sum[TWIN_STATES_MAX];
        for (int i = 0; i < n_states; i++) {
            term[i] = sum[i] = state[i];
            years[i] += state[i] * h;
        }
        for (int k = 1; k <= 12; k++) {
            double flow[TWIN_STATES_MAX] = {0};
            for (int i = 0; i < n_states; i++) {
                for (int j = 0; j < n_states; j++) {
                    if (i != j) {
                        flow[i] -= term[i] * rate[i][j];
                        flow[j] += term[i] * rate[i][j];
                    }
                }
            }
            for (int i = 0; i < n_states; i++) {
                term[i] = flow[i] * h / k;
                sum[i] += term[i];
                years[i] += term[i] * h / (k + 1);
            }
        }
        memcpy(state, sum, sizeof sum[0] * (size_t)n_states);
    }
    for (int i = 0; i < n_states; i++) {
        for (int j = 0; j < n_states; j++) {
            events[i][j] = years[i] * rate[i][j];
        }
    }
}

void
twin_year(twin_cohorts *cohorts, twin_events *events, const twin_hazards *hazards)
{
    memset(events, 0, sizeof *events);
    for (int age = 0; age < TWIN_AGES; age++) {
        for (int sex = 0; sex < 2; sex++) {
            chain_year(cohorts->n[age][sex], events->n[age][sex], hazards->rate[age][sex],
                       cohorts->n_states);
        }
    }
}

void
twin_age(twin_cohorts *cohorts)
{
    for (int sex = 0; sex < 2; sex++) {
        for (int s = 0; s < cohorts->n_states; s++) {
            cohorts->n[TWIN_AGES - 1][sex][s] += cohorts->n[TWIN_AGES - 2][sex][s];
            for (int age = TWIN_AGES - 2; age > 0; age--) {
                cohorts->n[age][sex][s] = cohorts->n[age - 1][sex][s];
            }
            cohorts->n[0][sex][s] = 0;
        }
    }
}

double
twin_events_sum(const twin_events *events, int sex, int from, int to)
{
    double sum = 0;
    for (int age = 0; age < TWIN_AGES; age++) {
        for (int s = 0; s < 2; s++) {
            for (int i = 0; i < TWIN_STATES_MAX; i++) {
                for (int j = 0; j < TWIN_STATES_MAX; j++) {
                    if ((sex < 0 || s == sex) && (from < 0 || i == from) &&
                        (to < 0 || j == to)) {
                        sum += events->n[age][s][i][j];
                    }
                }
            }
        }
    }
    return sum;
}

double
twin_cohorts_sum(const twin_cohorts *cohorts, int sex, int state)
{
    double sum = 0;
    for (int age = 0; age < TWIN_AGES; age++) {
        for (int s = 0; s < 2; s++) {
            for (int i = 0; i < cohorts->n_states; i++) {
                if ((sex < 0 || s == sex) && (state < 0 || i == state)) {
                    sum += cohorts->n[age][s][i];
                }
            }
        }
    }
    return sum;
}

void
twin_death_hazards(twin_hazards *hazards, double rate[TWIN_AGES][2])
{
    *hazards = (twin_hazards){.n_states = 2};
    for (int age = 0; age < TWIN_AGES; age++) {
        for (int sex = 0; sex < 2; sex++) {
            hazards->rate[age][sex][TWIN_ALIVE][TWIN_DEAD] = rate[age][sex];
        }
    }
}

void
twin_birth_hazards(twin_hazards *hazards, double rate[TWIN_AGES][4])
{
    *hazards = (twin_hazards){.n_states = 4};
    for (int age = 0; age < TWIN_AGES; age++) {
        for (int parity = 0; parity < 4; parity++) {
            int next = parity < 3 ? parity + 1 : 3; /* "three or more" stays what it is */
            hazards->rate[age][1][parity][next] = rate[age][parity];
        }
    }
}

void
twin_marriage_hazards(twin_hazards *hazards, double first[TWIN_AGES][2],
                      double again[TWIN_AGES][2], double widowing[TWIN_AGES][2],
                      double parting[TWIN_AGES][2])
{
    enum { NEVER, MARRIED, WIDOWED, DIVORCED };
    *hazards = (twin_hazards){.n_states = 4};
    for (int age = 0; age < TWIN_AGES; age++) {
        for (int sex = 0; sex < 2; sex++) {
            hazards->rate[age][sex][NEVER][MARRIED] = first[age][sex];
            hazards->rate[age][sex][WIDOWED][MARRIED] = again[age][sex];
            hazards->rate[age][sex][DIVORCED][MARRIED] = again[age][sex];
            hazards->rate[age][sex][MARRIED][WIDOWED] = widowing[age][sex];
            hazards->rate[age][sex][MARRIED][DIVORCED] = parting[age][sex];
        }
    }
}

void
twin_stay_hazards(twin_hazards *hazards, double departure[TWIN_AGES][2],
                  double back[TWIN_AGES][2])
{
    *hazards = (twin_hazards){.n_states = 2};
    for (int age = 0; age < TWIN_AGES; age++) {
        for (int sex = 0; sex < 2; sex++) {
            hazards->rate[age][sex][TWIN_HOME][TWIN_AWAY] = departure[age][sex];
            hazards->rate[age][sex][TWIN_AWAY][TWIN_HOME] = back[age][sex];
        }
    }
}

double
twin_school_step(twin_cohorts *cohorts, int age, int from, int to, double probability)
{
    double moved = 0;
    for (int sex = 0; sex < 2; sex++) {
        double n = cohorts->n[age][sex][from] * probability;
        cohorts->n[age][sex][from] -= n;
        cohorts->n[age][sex][to] += n;
        moved += n;
    }
    return moved;
}
