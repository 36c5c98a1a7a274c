/* Keys that sign notes: who a name is (verifier) and the secret behind it (signer). C2SP signed-note.
 *
 * A verifier is told as "name+id+base64(type ‖ key)", id = the first 4 bytes of SHA-256(name ‖ "\n" ‖ type ‖ key) in hexadecimal.
 * Names are not empty and have neither blanks nor '+' nor control characters. */
#ifndef RH_LOG_SIGNER_H
#define RH_LOG_SIGNER_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    RH_KEY_NOTE = 0x01,    /* Ed25519 over the text: a log */
    RH_KEY_WITNESS = 0x04, /* Ed25519 over time and text: a witness (tlog-cosignature) */
    RH_KEY_NAME = 200,     /* bytes of a name at most, with the ending zero */
    RH_KEY_TEXT = 300      /* bytes of a key as text at most, with the ending zero */
};

typedef struct rh_verifier {
    char name[RH_KEY_NAME];
    uint8_t type; /* RH_KEY_ */
    uint8_t id[4];
    uint8_t key[32];
} rh_verifier;

typedef struct rh_signer {
    rh_verifier is;
    uint8_t secret[64]; /* seed and public key, as libsodium keeps them */
} rh_signer;

/* May this stand as the name of a key (and as the origin of a log, which is the name of its key)? */
bool rh_key_name_ok(const char *name, size_t size);

/* Errors: RH_INPUT. */
RH_MUST_CHECK rh_status rh_verifier_parse(const char *text, rh_verifier *out, rh_err *err);
void rh_verifier_text(const rh_verifier *verifier, char out[RH_KEY_TEXT]);

/* A new key from the system's randomness, or of a known seed. Errors: RH_INPUT for the name or the type. */
RH_MUST_CHECK rh_status rh_signer_new(const char *name, uint8_t type, rh_signer *out,
                                      rh_err *err);
RH_MUST_CHECK rh_status rh_signer_of_seed(const char *name, uint8_t type,
                                          const uint8_t seed[32], rh_signer *out, rh_err *err);

/* The secret as a file of one line, "PRIVATE+KEY+name+id+base64(type ‖ seed)", mode 0600. An existing file is not overwritten;
 * one that others may read is not read. Errors: RH_IO; RH_INPUT. */
RH_MUST_CHECK rh_status rh_signer_write(const rh_signer *signer, const char *path, rh_err *err);
RH_MUST_CHECK rh_status rh_signer_read(const char *path, rh_signer *out, rh_err *err);

/* Forget the secret. */
void rh_signer_wipe(rh_signer *signer);

#endif
