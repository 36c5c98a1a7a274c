/* Small data files of data/china that the region builders need wherever the program runs: the build
 * turns them into constant bytes (tools/embed.py), the CSV files stay the place to read and change them. */
#ifndef RH_PLACE_EMBEDDED_H
#define RH_PLACE_EMBEDDED_H

#include <stddef.h>

typedef struct rh_embedded_file {
    const char *name;
    const unsigned char *bytes;
    size_t size;
} rh_embedded_file;

/* Ended by an entry whose name is NULL. */
extern const rh_embedded_file rh_embedded_files[];

#endif
