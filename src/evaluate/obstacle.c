/* Obstacle degree: see obstacle.h. */
#include "evaluate/obstacle.h"

#include <math.h>
#include <stddef.h>

void
rh_obstacle(uint32_t rows, uint32_t columns, const double *x, const double *weight, bool share,
            double *out)
{
    for (uint32_t i = 0; i < rows; i++) {
        const double *from = x + (size_t)i * columns;
        double *to = out + (size_t)i * columns, sum = 0;
        for (uint32_t j = 0; j < columns; j++) {
            to[j] = (1 - from[j]) * weight[j];
            sum += isnan(to[j]) ? 0 : to[j];
        }
        for (uint32_t j = 0; share && j < columns; j++) {
            to[j] = sum == 0 ? (double)NAN : to[j] / sum;
        }
    }
}
