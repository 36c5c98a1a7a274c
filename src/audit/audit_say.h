/* What the auditor says: findings, one sentence each, in Chinese or English, and how many there were. */
#ifndef RH_AUDIT_SAY_H
#define RH_AUDIT_SAY_H

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

enum { RH_AUDIT_SHOWN = 20 }; /* findings told; the rest is counted */

typedef struct rh_audit {
    bool zh;
    FILE *out;
    unsigned findings;
    pthread_mutex_t lock;
} rh_audit;

#define RH_AUDIT_BOTH __attribute__((format(printf, 2, 4), format(printf, 3, 4)))

/* The same facts in both languages. A finding counts; a remark does not. Any thread may find. */
void rh_audit_finding(rh_audit *audit, const char *en, const char *zh, ...) RH_AUDIT_BOTH;
void rh_audit_remark(rh_audit *audit, const char *en, const char *zh, ...) RH_AUDIT_BOTH;

#endif
