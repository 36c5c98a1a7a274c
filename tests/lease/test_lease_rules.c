/* The rules as a table: docs/lease/rules.md is what the lists say (RONGHE_REWRITE=1 writes it). */
#include "domain/flag.h"
#include "domain/rule.h"
#include "domain/setting.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
write_words(FILE *out, const rh_codes *codes, uint64_t set)
{
    const char *between = "";
    if (set != UINT64_MAX && (set & RH_FROM_NEW) != 0) {
        fputs("(new)", out);
        between = " ";
    }
    for (int i = 0; codes != NULL && i < codes->n && set != UINT64_MAX; i++) {
        if ((set & RH_BIT(i)) != 0) {
            fprintf(out, "%s%s", between, codes->word[i]);
            between = " ";
        }
    }
}

static void
write_commands(FILE *out)
{
    fputs("## Commands 命令\n\n"
          "| command | 名称 | who | object | from | to | guards "
          "|\n|---|---|---|---|---|---|---|\n",
          out);
    for (int k = 0; k < RH_COMMAND_COUNT; k++) {
        const rh_record_type *type = rh_command_type((rh_command_kind)k);
        const rh_rule *rule = rh_rule_of((rh_command_kind)k);
        if (rule->effect == NULL) {
            continue;
        }
        const rh_codes *states = rh_states_of(rule->object);
        fprintf(out, "| `%s` | %s | ", type->name, type->zh);
        write_words(out, &rh_codes_role, rh_command_roles((rh_command_kind)k));
        fprintf(out, " | %s | ",
                rule->object == RH_ROW_NONE ? "" : rh_row_type(rule->object)->name);
        write_words(out, states, rule->from);
        fputs(" | ", out);
        write_words(out, states, rule->to);
        fputs(" | ", out);
        for (int i = 0; i < rule->n; i++) {
            fprintf(out, "%s%s", i == 0 ? "" : " ", rh_guard_name(rule->guard[i]));
        }
        fputs(" |\n", out);
    }
    fputs("\n### What else a command moves\n\n| command | object | from | to "
          "|\n|---|---|---|---|\n",
          out);
    int n;
    const rh_also_rule *also = rh_also_rules(&n);
    for (int i = 0; i < n; i++) {
        fprintf(out, "| `%s` | %s | ", rh_command_type(also[i].command)->name,
                rh_row_type(also[i].object)->name);
        write_words(out, rh_states_of(also[i].object), also[i].from);
        fputs(" | ", out);
        write_words(out, rh_states_of(also[i].object), also[i].to);
        fputs(" |\n", out);
    }
}

static void
write_page(FILE *out)
{
    fputs("# Rules of the lease platform\n\n"
          "Made from `src/lease/domain/*.def` by `tests/lease/test_lease_rules.c` "
          "(`RONGHE_REWRITE=1` writes it); do not edit.\n"
          "A command is carried out when its actor holds one of the roles here, the object is "
          "in one of the states, and every guard holds; nothing overrides\n"
          "a guard. A clause stands only where the law's text was read; a guard without one is "
          "a rule of the platform.\n\n",
          out);
    write_commands(out);
    fputs("\n## Time 期限\n\nWhat `tick` does when the deadline of a state has passed.\n\n| "
          "object | from | to | when |\n|---|---|---|---|\n",
          out);
    int n;
    const rh_due_rule *due = rh_due_rules(&n);
    for (int i = 0; i < n; i++) {
        const rh_codes *states = rh_states_of(due[i].object);
        fprintf(out, "| %s | ", rh_row_type(due[i].object)->name);
        write_words(out, states, due[i].from);
        fputs(" | ", out);
        write_words(out, states, due[i].to);
        fprintf(out, " | %s |\n", due[i].days);
    }
    fputs("\n## Guards 校验\n\n| guard | 条款 clause | 说明 | sentence |\n|---|---|---|---|\n",
          out);
    for (int g = 0; g < RH_GUARD_COUNT; g++) {
        fprintf(out, "| %s | %s%s%s | %s | %s |\n", rh_guard_name((rh_guard)g),
                rh_guard_clause((rh_guard)g, RH_CHINESE),
                rh_guard_clause((rh_guard)g, RH_CHINESE)[0] == '\0' ? "" : "<br>",
                rh_guard_clause((rh_guard)g, RH_ENGLISH),
                rh_guard_sentence((rh_guard)g, RH_CHINESE),
                rh_guard_sentence((rh_guard)g, RH_ENGLISH));
    }
    fputs("\n## Parameters 参数\n\nPractice varies by place: these defaults are the platform's "
          "own, a township sets others with source and date.\n\n"
          "| parameter | 名称 | meaning | default |\n|---|---|---|---|\n",
          out);
    for (int i = 0; i < rh_codes_parameter.n; i++) {
        int64_t value = rh_setting_default((enum rh_parameter_code)i);
        fprintf(out, "| %s | %s | %s | ", rh_codes_parameter.word[i], rh_codes_parameter.zh[i],
                rh_codes_parameter.en[i]);
        value == RH_NONE ? fputs("unknown until set |\n", out)
                         : fprintf(out, "%" PRId64 " |\n", value);
    }
    fputs("\n## Red flags 预警\n\nA flag opens an inspection; it judges nothing and stops "
          "nothing.\n\n| flag | 名称 | meaning | looked at |\n|---|---|---|---|\n",
          out);
    for (int i = 0; i < rh_codes_flag.n; i++) {
        int when = rh_flag_moments((enum rh_flag_code)i);
        fprintf(out, "| %s | %s | %s |%s%s%s%s |\n", rh_codes_flag.word[i], rh_codes_flag.zh[i],
                rh_codes_flag.en[i], when & RH_FLAG_SIGNING ? " signing" : "",
                when & RH_FLAG_SUBLET ? " sublease" : "", when & RH_FLAG_TIME ? " time" : "",
                when == 0 ? " by people" : "");
    }
    fputs("\n## Words of sale 买卖用语\n\nFurther wording that holds one of these is refused, "
          "whatever stands around it:",
          out);
    for (int i = 0; i < rh_codes_sale_word.n; i++) {
        fprintf(out, " %s", rh_codes_sale_word.zh[i]);
    }
    fputs("\n", out);
}

static void
the_page_of_rules_is_current(void **unused)
{
    (void)unused;
    char *page = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&page, &size);
    write_page(out);
    fclose(out);
    FILE *file = fopen("docs/lease/rules.md", getenv("RONGHE_REWRITE") ? "w+" : "r");
    if (file == NULL) {
        free(page);
        skip(); /* not started from the root of the project */
    }
    if (getenv("RONGHE_REWRITE")) {
        fputs(page, file);
        rewind(file);
    }
    char *kept = calloc(size + 2, 1);
    assert_int_equal(fread(kept, 1, size + 1, file), size);
    assert_string_equal(kept, page);
    fclose(file);
    free(kept);
    free(page);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_of_rules_is_current),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
