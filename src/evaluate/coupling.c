/* Coupling coordination degree: see coupling.h. */
#include "evaluate/coupling.h"

#include <math.h>

static const double least_score = 1e-10;

double
rh_coupling_standard(uint32_t n, const double *u)
{
    double product = 1, sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        product *= u[i] < least_score ? least_score : u[i]; /* NAN stays */
        sum += u[i];
    }
    return n * pow(product, 1.0 / n) / (sum < least_score ? least_score : sum);
}

double
rh_coupling_powered(uint32_t n, const double *u, double k)
{
    return pow(rh_coupling_standard(n, u), n * k);
}

double
rh_coupling_revised(uint32_t n, const double *u)
{
    double apart = 0, product = 1, highest = u[0];
    for (uint32_t i = 0; i < n; i++) {
        if (isnan(u[i])) {
            return (double)NAN;
        }
        highest = u[i] > highest ? u[i] : highest;
        for (uint32_t j = i + 1; j < n; j++) {
            apart += fabs(u[j] - u[i]);
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        product *= u[i] / highest;
    }
    double pairs = n * (n - 1.0) / 2;
    return sqrt((1 - apart / pairs) * pow(product, 1.0 / (n - 1)));
}

double
rh_coordination(uint32_t n, const double *u, const double *w)
{
    double t = 0;
    for (uint32_t i = 0; i < n; i++) {
        t += w[i] * u[i];
    }
    return t;
}

double
rh_coupling_degree(double c, double t)
{
    return sqrt(c * t);
}

static void
extremes(uint32_t n, const double *u, uint32_t *low, uint32_t *high)
{
    *low = *high = 0;
    for (uint32_t i = 1; i < n; i++) {
        *low = u[i] < u[*low] ? i : *low;
        *high = u[i] > u[*high] ? i : *high;
    }
}

int
rh_coupling_lag(uint32_t n, const double *u, double margin)
{
    uint32_t low, high;
    extremes(n, u, &low, &high);
    return u[high] - u[low] > margin ? (int)low : -1;
}

double
rh_coupling_relative(uint32_t n, const double *u)
{
    uint32_t low, high;
    if (n == 2) {
        return u[0] / u[1];
    }
    extremes(n, u, &low, &high);
    return u[low] / u[high];
}

int
rh_coupling_grade(uint32_t n, const double *from, double d)
{
    int grade = -1;
    for (uint32_t g = 0; g < n && !isnan(d); g++) {
        grade = g == 0 || d >= from[g] ? (int)g : grade;
    }
    return grade;
}
