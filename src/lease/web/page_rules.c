/* The rules with their clauses, from the tables that the engine runs (guard.def, rule.def). */
#include "domain/rule.h"
#include "web/page_part.h"

#include <stdio.h>
#include <string.h>

rh_handler rh_page_rules;

static const struct {
    const char *zh, *en;
} sentence[RH_GUARD_COUNT] = {
#define GUARD(name, clause_zh, clause_en, zh, en) {zh, en},
#include "domain/guard.def"
#undef GUARD
};

/* A sentence with "…" where a value stands. */
static rh_shown
without_values(const char *text)
{
    rh_shown s = {""};
    size_t n = 0;
    while (*text != '\0' && n + 4 < sizeof s.text) {
        if (text[0] == '{' && text[1] != '\0' && text[2] == '}') {
            memcpy(s.text + n, "…", 3);
            n += 3;
            text += 3;
        } else {
            s.text[n++] = *text++;
        }
    }
    s.text[n] = '\0';
    rh_text_mend(s.text);
    return s;
}

void
rh_page_rules(rh_request *request, rh_response *response)
{
    rh_view v;
    bool seen[RH_GUARD_COUNT] = {false};
    if (!rh_view_open(&v, request, response, -1, RH_WEB_NAV_RULES, RH_WEB_RULES_LEAD)) {
        return;
    }
    bool zh = v.language == RH_CHINESE;
    for (int k = 0; k < RH_COMMAND_COUNT; k++) {
        const rh_rule *rule = rh_rule_of((rh_command_kind)k);
        const rh_record_type *type = rh_command_type((rh_command_kind)k);
        if (rule->n == 0) {
            continue;
        }
        rh_html_heading(v.h, 2, type->name, zh ? type->zh : type->en);
        RH_RAW(v.h, "<ul class=\"rules\">");
        for (int i = 0; i < rule->n; i++) {
            rh_guard guard = rule->guard[i];
            const char *clause = rh_guard_clause(guard, v.language);
            RH_RAW(v.h, "<li>");
            rh_html_text(v.h,
                         without_values(zh ? sentence[guard].zh : sentence[guard].en).text);
            if (clause[0] != '\0') {
                RH_RAW(v.h, " <cite>");
                rh_html_text(v.h, clause);
                RH_RAW(v.h, "</cite>");
            }
            RH_RAW(v.h, "</li>");
            seen[guard] = true;
        }
        RH_RAW(v.h, "</ul>");
    }
    rh_view_heading(&v, "everywhere", RH_WEB_RULES_EVERYWHERE);
    RH_RAW(v.h, "<ul class=\"rules\">");
    for (int guard = 0; guard < RH_GUARD_COUNT; guard++) {
        if (!seen[guard]) {
            RH_RAW(v.h, "<li>");
            rh_html_text(v.h,
                         without_values(zh ? sentence[guard].zh : sentence[guard].en).text);
            RH_RAW(v.h, "</li>");
        }
    }
    RH_RAW(v.h, "</ul>");
    rh_view_close(&v);
}
