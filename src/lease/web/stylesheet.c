/* The path of the style sheet: see stylesheet.h. */
#include "web/stylesheet.h"

#include "core/sha256.h"

#include <stdio.h>

rh_stylesheet_name
rh_stylesheet_path(void)
{
    rh_sha256 sha;
    char hex[RH_SHA256_HEX];
    rh_sha256_init(&sha);
    rh_sha256_add(&sha, rh_stylesheet, rh_stylesheet_size);
    rh_sha256_hex(&sha, hex);
    rh_stylesheet_name path;
    snprintf(path.text, sizeof path.text, "/style-%.16s.css", hex);
    return path;
}
