/* One entry of the log: a line of JSON in the one form that docs/lease/log.md gives, read strictly.
 *
 *     {"seq":12,"time":1767225600000,"event":"receipt_post","facts":[{"row":"posting","id":9,"version":1,...},...],"private":"<64 hex>"} */
#ifndef RH_AUDIT_ENTRY_H
#define RH_AUDIT_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RH_AUDIT_NONE INT64_MIN

typedef struct rh_audit_word {
    const char *at; /* between the quotes, in the entry */
    size_t size;
} rh_audit_word;

/* A fact whose row is "posting". */
typedef struct rh_audit_posting {
    int64_t id, version, journal, lease, amount_fen; /* lease: RH_AUDIT_NONE when not said */
    rh_audit_word account, village;
} rh_audit_posting;

enum { RH_AUDIT_POSTINGS = 2048 }; /* of an entry: 65,535 bytes hold fewer */

typedef struct rh_audit_entry {
    int64_t seq, time;
    rh_audit_word event;
    unsigned facts, n;
    rh_audit_posting posting[RH_AUDIT_POSTINGS];
    /* when it cannot be read: where, and why */
    size_t at;
    const char *en, *zh;
} rh_audit_entry;

/* Borrows the bytes. False with at, en, zh set when the entry is not as it should be. */
bool rh_audit_entry_parse(const char *bytes, size_t size, rh_audit_entry *out);

#endif
