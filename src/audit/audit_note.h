/* The auditor's reader of keys, checkpoints and their signatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature), written
 * from the specifications and not from the writer's code. Every form has exactly one spelling. */
#ifndef RH_AUDIT_NOTE_H
#define RH_AUDIT_NOTE_H

#include "audit/audit_hash.h"
#include "audit/audit_say.h"

enum { RH_AUDIT_NAME = 200, RH_AUDIT_NOTE = 16384, RH_AUDIT_WITNESSES = 16 };

typedef struct rh_audit_key {
    char name[RH_AUDIT_NAME];
    uint8_t type, id[4], key[32];
} rh_audit_key;

/* Whom the auditor trusts. */
typedef struct rh_audit_trust {
    rh_audit_key log;
    rh_audit_key witness[RH_AUDIT_WITNESSES];
    unsigned n, need; /* witnesses; how many must have signed */
} rh_audit_trust;

typedef struct rh_audit_note {
    const char *text; /* borrowed: what is signed */
    size_t text_size;
    const char *signatures, *end;
    char origin[RH_AUDIT_NAME];
    uint64_t size;
    uint8_t root[32];
} rh_audit_note;

/* "name+id+base64"; false when it is not one. */
bool rh_audit_key_parse(rh_audit_sha *sha, const char *text, rh_audit_key *out);

/* What is wrong is told in both languages by *en and *zh; false then. */
bool rh_audit_note_parse(const char *bytes, size_t size, rh_audit_note *out, const char **en,
                         const char **zh);

/* Did the key sign? 1 yes, 0 no, -1: a signature in its name is wrong. */
int rh_audit_note_by(const rh_audit_note *note, const rh_audit_key *key);

/* Log and witnesses; every lack is a finding about `what`. */
bool rh_audit_note_trusted(rh_audit *audit, const char *what, const rh_audit_note *note,
                           const rh_audit_trust *trust);

/* Standard base64 of exactly `size` bytes. */
bool rh_audit_base64(const char *text, size_t text_size, uint8_t *out, size_t size);
/* The same of any number of bytes, at most `room`. */
bool rh_audit_base64_any(const char *text, size_t text_size, uint8_t *out, size_t room,
                         size_t *size);
/* Digits without leading zeros, below 2^63. */
bool rh_audit_number(const char *text, size_t text_size, uint64_t *out);

/* UTF-8 (no overlong forms, no surrogates)? */
bool rh_audit_utf8(const char *text, size_t size);

/* The whole file, NULL when it cannot be read; ends with a zero that is not counted. */
char *rh_audit_file(const char *path, size_t most, size_t *size);

#endif
