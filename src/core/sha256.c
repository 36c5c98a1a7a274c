/* SHA-256: FIPS 180-4, sections 4.1.2, 4.2.2, 5.1.1, 5.3.3 and 6.2. */
#include "core/sha256.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
    0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
    0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
    0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
    0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2};

static uint32_t
turn(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static void
block(uint32_t state[8], const unsigned char *p)
{
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++) {
        w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
               (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
    }
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (turn(a, 7) ^ turn(a, 18) ^ a >> 3) +
               (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
    }
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t e = s[4], a = s[0];
        uint32_t t1 = s[7] + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
                      ((e & s[5]) ^ (~e & s[6])) + K[i] + w[i];
        uint32_t t2 = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) +
                      ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof s[0]);
        s[4] += t1;
        s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++) {
        state[i] += s[i];
    }
}

void
rh_sha256_init(rh_sha256 *sha)
{
    *sha = (rh_sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                                 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void
rh_sha256_add(rh_sha256 *sha, const void *bytes, size_t size)
{
    const unsigned char *p = bytes;
    size_t held = sha->size % 64;
    sha->size += size;
    if (held > 0) {
        size_t take = size < 64 - held ? size : 64 - held;
        memcpy(sha->part + held, p, take);
        if (held + take < 64) {
            return;
        }
        block(sha->state, sha->part);
        p += take;
        size -= take;
    }
    for (; size >= 64; p += 64, size -= 64) {
        block(sha->state, p);
    }
    if (size > 0) {
        memcpy(sha->part, p, size);
    }
}

void
rh_sha256_hex(rh_sha256 *sha, char out[RH_SHA256_HEX])
{
    static const unsigned char pad[64] = {0x80};
    unsigned char length[8];
    for (int i = 0; i < 8; i++) {
        length[i] = (unsigned char)(sha->size * 8 >> (56 - 8 * i));
    }
    rh_sha256_add(sha, pad, 1 + (119 - sha->size % 64) % 64);
    rh_sha256_add(sha, length, sizeof length);
    for (int i = 0; i < 8; i++) {
        snprintf(out + 8 * i, 9, "%08x", (unsigned)sha->state[i]);
    }
}

rh_status
rh_sha256_file(const char *path, char out[RH_SHA256_HEX], rh_err *err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return rh_fail(err, RH_IO, "Cannot read %s: %s.", path, strerror(errno));
    }
    rh_sha256 sha;
    unsigned char bytes[1 << 16];
    rh_sha256_init(&sha);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;) {
        rh_sha256_add(&sha, bytes, n);
    }
    bool bad = ferror(file);
    fclose(file);
    if (bad) {
        return rh_fail(err, RH_IO, "Reading %s failed.", path);
    }
    rh_sha256_hex(&sha, out);
    return RH_OK;
}
