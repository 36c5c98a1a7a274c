/* A small hand-made region for tests: 2 provinces, 3 prefectures, 6 counties, 20 townships,
 * 6,000 people, with migrants of every class, home flows, neighbours and one gap. Invented
 * places and numbers (the age pyramid is shaped like that of China in 2010); it keeps G1–G5 and
 * is the same at every call. */
#ifndef TINY_REGION_H
#define TINY_REGION_H

#include "place/region.h"

rh_region *tiny_region(void);

/* The same with about 6,000 × `times` people. */
rh_region *tiny_region_of(uint32_t times);

#endif
