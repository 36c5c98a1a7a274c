/* Refusals: why a command is not carried out.
 *
 * A guard (guard.def) is a rule with its clause. When it does not hold, the refusal names the guard and up to four values; the
 * sentence, in the reader's language, says rule, clause and what would satisfy it. All guards that fail are told, not only the first. */
#ifndef RH_DOMAIN_REFUSAL_H
#define RH_DOMAIN_REFUSAL_H

#include "core/status.h"
#include "core/text.h"
#include "domain/command.h"

enum { RH_REFUSAL_VALUES = 4, RH_REFUSALS_MAX = 16 };

typedef enum rh_guard {
#define GUARD(name, clause_zh, clause_en, zh, en) RH_GUARD_##name,
#include "domain/guard.def"
#undef GUARD
    RH_GUARD_COUNT
} rh_guard;

/* Name of a guard, its clause in a language ("" where no law is cited). */
const char *rh_guard_name(rh_guard guard);
const char *rh_guard_clause(rh_guard guard, enum rh_language language);
/* Its sentence as it stands in the list, with {1}… for the values. */
const char *rh_guard_sentence(rh_guard guard, enum rh_language language);

/* A value of a sentence: how it is written for people depends on its type. */
typedef struct rh_refusal_value {
    rh_field_type type;
    int64_t number;
    const rh_codes *codes; /* of a CODE */
} rh_refusal_value;

typedef struct rh_refusal {
    rh_guard guard;
    const rh_field *field; /* the field of the command that it is about, or NULL */
    int n;
    rh_refusal_value value[RH_REFUSAL_VALUES];
} rh_refusal;

typedef struct rh_refusals {
    int n;
    rh_refusal refusal[RH_REFUSALS_MAX];
} rh_refusals;

/* The sentence, with clause: "公示期还差 2 天……（民法典第七百零五条）". Writes at most `size` bytes; cut at a whole character. */
void rh_refusal_text(const rh_refusal *refusal, enum rh_language language, char *out,
                     size_t size);

#endif
