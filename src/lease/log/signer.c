/* Keys that sign notes: see signer.h. */
#include "log/signer.h"

#include "core/text.h"
#include "log/base64.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char private_mark[] = "PRIVATE+KEY+";

/* A blank of Unicode beyond ASCII begins here: U+0085, 00A0, 1680, 2000-200A, 2028, 2029, 202F, 205F, 3000. The text is UTF-8. */
static bool
wide_blank(const char *at, size_t left)
{
    unsigned char b[3];
    memcpy(b, at, left < 3 ? left : 3);
    if (left >= 2 && b[0] == 0xc2) {
        return b[1] == 0x85 || b[1] == 0xa0;
    }
    if (left < 3) {
        return false;
    }
    unsigned code =
        (unsigned)(b[0] & 0x0f) << 12 | (unsigned)(b[1] & 0x3f) << 6 | (b[2] & 0x3f);
    return (b[0] & 0xf0) == 0xe0 &&
           (code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 ||
            code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000);
}

bool
rh_key_name_ok(const char *name, size_t size)
{
    if (size == 0 || size >= RH_KEY_NAME || rh_text_valid(name, size) != size) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)name[i];
        if (c <= ' ' || c == '+' || c == 0x7f || wide_blank(name + i, size - i)) {
            return false;
        }
    }
    return true;
}

static void
set_id(rh_verifier *v)
{
    uint8_t hash[32], type[2] = {'\n', v->type};
    crypto_hash_sha256_state sha;
    crypto_hash_sha256_init(&sha);
    crypto_hash_sha256_update(&sha, (const unsigned char *)v->name, strlen(v->name));
    crypto_hash_sha256_update(&sha, type, 2);
    crypto_hash_sha256_update(&sha, v->key, sizeof v->key);
    crypto_hash_sha256_final(&sha, hash);
    memcpy(v->id, hash, sizeof v->id);
}

/* "name+id+base64(type ‖ 32 bytes)": the parts. */
static bool
parse_parts(const char *text, rh_verifier *out, uint8_t id[4], uint8_t bytes[33])
{
    const char *plus = strchr(text, '+');
    size_t name_size = plus != NULL ? (size_t)(plus - text) : 0;
    if (plus == NULL || !rh_key_name_ok(text, name_size)) {
        return false;
    }
    *out = (rh_verifier){0};
    memcpy(out->name, text, name_size);
    const char *hex = plus + 1;
    const char *second = strchr(hex, '+');
    size_t n;
    if (second == NULL || second - hex != 8 || strspn(hex, "0123456789abcdef") != 8 ||
        sodium_hex2bin(id, 4, hex, 8, NULL, &n, NULL) != 0 || n != 4) {
        return false;
    }
    const char *base64 = second + 1;
    return rh_base64_read(base64, strlen(base64), bytes, 33, &n) && n == 33;
}

rh_status
rh_verifier_parse(const char *text, rh_verifier *out, rh_err *err)
{
    uint8_t id[4], bytes[33];
    if (!parse_parts(text, out, id, bytes)) {
        return rh_fail(
            err, RH_INPUT,
            "'%.200s' is not a key: it should be name+id+base64, as 'init' shows it.", text);
    }
    out->type = bytes[0];
    memcpy(out->key, bytes + 1, sizeof out->key);
    set_id(out);
    if (out->type != RH_KEY_NOTE && out->type != RH_KEY_WITNESS) {
        return rh_fail(err, RH_INPUT,
                       "The key of %s is of type %u; 1 and 4 (Ed25519) are known.", out->name,
                       out->type);
    }
    if (memcmp(id, out->id, sizeof id) != 0) {
        return rh_fail(
            err, RH_INPUT,
            "The key of %s is damaged: its id does not belong to its name and bytes.",
            out->name);
    }
    return RH_OK;
}

static void
key_text(const rh_verifier *v, const char *mark, const uint8_t key[32], char out[RH_KEY_TEXT])
{
    uint8_t bytes[33];
    char hex[9], base64[48];
    bytes[0] = v->type;
    memcpy(bytes + 1, key, 32);
    sodium_bin2hex(hex, sizeof hex, v->id, sizeof v->id);
    rh_base64_write(bytes, sizeof bytes, base64);
    snprintf(out, RH_KEY_TEXT, "%s%s+%s+%s", mark, v->name, hex, base64);
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(base64, sizeof base64);
}

void
rh_verifier_text(const rh_verifier *verifier, char out[RH_KEY_TEXT])
{
    key_text(verifier, "", verifier->key, out);
}

rh_status
rh_signer_of_seed(const char *name, uint8_t type, const uint8_t seed[32], rh_signer *out,
                  rh_err *err)
{
    *out = (rh_signer){0};
    if (!rh_key_name_ok(name, strlen(name))) {
        return rh_fail(
            err, RH_INPUT,
            "'%.200s' cannot name a key: use up to %d bytes without blanks and '+', such as "
            "county.example/log.",
            name, RH_KEY_NAME - 1);
    }
    if (type != RH_KEY_NOTE && type != RH_KEY_WITNESS) {
        return rh_fail(err, RH_INPUT, "Type %u of a key is unknown.", type);
    }
    memcpy(out->is.name, name, strlen(name));
    out->is.type = type;
    crypto_sign_ed25519_seed_keypair(out->is.key, out->secret, seed);
    set_id(&out->is);
    return RH_OK;
}

rh_status
rh_signer_new(const char *name, uint8_t type, rh_signer *out, rh_err *err)
{
    uint8_t seed[32];
    if (sodium_init() < 0) {
        return rh_fail(err, RH_IO, "The system gives no random numbers.");
    }
    randombytes_buf(seed, sizeof seed);
    rh_status status = rh_signer_of_seed(name, type, seed, out, err);
    sodium_memzero(seed, sizeof seed);
    return status;
}

rh_status
rh_signer_write(const rh_signer *signer, const char *path, rh_err *err)
{
    char text[RH_KEY_TEXT + 1];
    key_text(&signer->is, private_mark, signer->secret, text);
    size_t size = strlen(text);
    text[size++] = '\n';
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, text, size) == (ssize_t)size && fsync(fd) == 0;
    int cause = errno;
    sodium_memzero(text, sizeof text);
    ok = (fd < 0 || close(fd) == 0) && ok;
    return ok ? RH_OK
              : rh_fail(err, RH_IO, "The key file %s cannot be written: %s.", path,
                        strerror(cause));
}

/* The first line of a file that only its owner may read. */
static rh_status
read_secret(const char *path, char *text, size_t room, rh_err *err)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 && fstat(fd, &about) == 0 ? read(fd, text, room - 1) : -1;
    int cause = errno;
    if (fd >= 0) {
        close(fd);
    }
    if (n < 0) {
        return rh_fail(err, RH_IO, "The key file %s cannot be read: %s.", path,
                       strerror(cause));
    }
    if ((about.st_mode & 077) != 0) {
        return rh_fail(err, RH_INPUT,
                       "The key file %s may be read by others: set its mode to 0600.", path);
    }
    text[n] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return RH_OK;
}

rh_status
rh_signer_read(const char *path, rh_signer *out, rh_err *err)
{
    char text[RH_KEY_TEXT + 2];
    RH_TRY(read_secret(path, text, sizeof text, err));
    size_t mark = strlen(private_mark);
    rh_verifier told;
    uint8_t id[4], bytes[33];
    bool ok = strncmp(text, private_mark, mark) == 0 &&
              parse_parts(text + mark, &told, id, bytes) &&
              rh_signer_of_seed(told.name, bytes[0], bytes + 1, out, NULL) == RH_OK &&
              memcmp(id, out->is.id, sizeof id) == 0;
    sodium_memzero(text, sizeof text);
    sodium_memzero(bytes, sizeof bytes);
    if (!ok) {
        rh_signer_wipe(out);
        return rh_fail(err, RH_INPUT, "The file %s does not hold a whole private key.", path);
    }
    return RH_OK;
}

void
rh_signer_wipe(rh_signer *signer)
{
    sodium_memzero(signer->secret, sizeof signer->secret);
}
