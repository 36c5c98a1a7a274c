/* The pages' style sheet, web/lease.css, as it stood when the program was built (tools/embed.awk).
 *
 * It is part of the binary, not of the data folder: pages and sheet always fit each other, serving it reads no file, and its path can carry its
 * fingerprint so that a browser may keep it for ever. */
#ifndef RH_WEB_STYLESHEET_H
#define RH_WEB_STYLESHEET_H

#include <stddef.h>

extern const char rh_stylesheet[]; /* CSS, ASCII, NUL behind */
extern const size_t rh_stylesheet_size;

/* "/style-0123456789abcdef.css": the first 16 digits of its SHA-256. */
typedef struct rh_stylesheet_name {
    char text[32];
} rh_stylesheet_name;
rh_stylesheet_name rh_stylesheet_path(void);

#endif
