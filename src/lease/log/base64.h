/* Base 64 of RFC 4648 section 4, one form only: with padding, no spare bits, no other characters.
 * libsodium decodes; but 1.0.18 takes some bytes above 0x7f for letters, so the alphabet is checked first. */
#ifndef RH_LOG_BASE64_H
#define RH_LOG_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The whole of `text` decoded into at most `room` bytes. */
bool rh_base64_read(const char *text, size_t text_size, uint8_t *out, size_t room,
                    size_t *size);

/* Characters of `size` bytes, without an ending zero. */
size_t rh_base64_size(size_t size);

/* Encode, with an ending zero: rh_base64_size(size) + 1 bytes. */
void rh_base64_write(const void *bytes, size_t size, char *out);

#endif
