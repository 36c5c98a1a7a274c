/* The table that work.c's condition reads. */
#ifndef RH_PROCESS_WORK_H
#define RH_PROCESS_WORK_H

#include "process/world.h"

/* Fill world->working from the profiles. */
void rh_work_fill(rh_world *world);

#endif
