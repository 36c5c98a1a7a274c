/* What the auditor says: see audit_say.h. */
#include "audit/audit_say.h"

#include <stdarg.h>

void
rh_audit_finding(rh_audit *audit, const char *en, const char *zh, ...)
{
    va_list args;
    va_start(args, zh);
    pthread_mutex_lock(&audit->lock);
    audit->findings++;
    if (audit->findings <= RH_AUDIT_SHOWN) {
        fputs(audit->zh ? "发现问题：" : "FINDING: ", audit->out);
        vfprintf(audit->out, audit->zh ? zh : en, args);
        fputc('\n', audit->out);
    }
    pthread_mutex_unlock(&audit->lock);
    va_end(args);
}

void
rh_audit_remark(rh_audit *audit, const char *en, const char *zh, ...)
{
    va_list args;
    va_start(args, zh);
    pthread_mutex_lock(&audit->lock);
    vfprintf(audit->out, audit->zh ? zh : en, args);
    fputc('\n', audit->out);
    pthread_mutex_unlock(&audit->lock);
    va_end(args);
}
