/* Functions that the library and the program may not use: using one is a compile error that
 * names it. Included before everything else when src/ is built (meson.build); tests and benches
 * are free. The headers that declare them come first, so that only uses are hit. */
#ifndef RH_TOOLS_BANNED_H
#define RH_TOOLS_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define strcpy(...) strcpy_is_banned_use_snprintf_or_memcpy
#define strcat(...) strcat_is_banned_use_snprintf
#define strncpy(...) strncpy_is_banned_use_snprintf
#define sprintf(...) sprintf_is_banned_use_snprintf
#define vsprintf(...) vsprintf_is_banned_use_vsnprintf
#define strtok(...) strtok_is_banned_use_strchr_or_strtok_r
#define atoi(...) atoi_is_banned_use_strtol_and_check
#define atof(...) atof_is_banned_use_strtod_and_check
#define rand(...) rand_is_banned_use_rh_draw
#define srand(...) srand_is_banned_use_rh_key_with
#define drand48(...) drand48_is_banned_use_rh_uniform
#define localtime(...) localtime_is_banned_use_gmtime_r
#define gmtime(...) gmtime_is_banned_use_gmtime_r
#define asctime(...) asctime_is_banned_use_strftime
#define ctime(...) ctime_is_banned_use_strftime

#endif
