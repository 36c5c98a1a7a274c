/* Sentences of refusals: see refusal.h. */
#include "domain/refusal.h"

#include "domain/calendar_day.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct guard_text {
    const char *name, *clause[RH_LANGUAGE_COUNT], *sentence[RH_LANGUAGE_COUNT];
} guard_text;

static const guard_text text_of[] = {
#define GUARD(name, clause_zh, clause_en, zh, en)                                              \
    {#name,                                                                                    \
     {[RH_CHINESE] = clause_zh, [RH_ENGLISH] = clause_en},                                     \
     {[RH_CHINESE] = zh, [RH_ENGLISH] = en}},
#include "domain/guard.def"
#undef GUARD
};

const char *
rh_guard_name(rh_guard guard)
{
    return text_of[guard].name;
}

const char *
rh_guard_clause(rh_guard guard, enum rh_language language)
{
    return text_of[guard].clause[language];
}

const char *
rh_guard_sentence(rh_guard guard, enum rh_language language)
{
    return text_of[guard].sentence[language];
}

static void
put_value(FILE *out, const rh_refusal_value *v, enum rh_language language)
{
    int year, month, day;
    switch (v->type) {
    case RH_FIELD_FEN:
        fprintf(out, "%s%" PRId64 ".%02d%s", language == RH_CHINESE ? "" : "¥", v->number / 100,
                (int)(v->number % 100), language == RH_CHINESE ? "元" : "");
        break;
    case RH_FIELD_DATE:
        rh_day_split(v->number, &year, &month, &day);
        fprintf(out, language == RH_CHINESE ? "%d年%d月%d日" : "%04d-%02d-%02d", year, month,
                day);
        break;
    case RH_FIELD_CODE:
        fputs((language == RH_CHINESE ? v->codes->zh : v->codes->en)[v->number], out);
        break;
    default:
        fprintf(out, "%" PRId64, v->number);
    }
}

void
rh_refusal_text(const rh_refusal *refusal, enum rh_language language, char *out, size_t size)
{
    FILE *f = fmemopen(out, size, "w");
    if (f == NULL) {
        out[0] = '\0';
        return;
    }
    const guard_text *t = &text_of[refusal->guard];
    for (const char *s = t->sentence[language]; *s != '\0'; s++) {
        if (s[0] == '{' && s[1] >= '0' && s[1] <= '4' && s[2] == '}') {
            int i = s[1] - '1';
            if (i < 0 && refusal->field != NULL) {
                fputs(language == RH_CHINESE ? refusal->field->zh : refusal->field->en, f);
            } else if (i >= 0 && i < refusal->n) {
                put_value(f, &refusal->value[i], language);
            }
            s += 2;
        } else {
            fputc(*s, f);
        }
    }
    if (t->clause[language][0] != '\0') {
        fprintf(f, language == RH_CHINESE ? "（%s）" : " (%s)", t->clause[language]);
    }
    fclose(f);
    out[size - 1] = '\0';
    rh_text_mend(out);
}
