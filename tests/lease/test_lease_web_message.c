/* Messages of the pages: both languages, the same placeholders, every text used; values are only values (M1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "web/web_message.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const id[] = {
    "NOTHING",
#define WEB_MESSAGE(name, zh, en) #name,
#include "web/web_message.def"
#undef WEB_MESSAGE
};

/* How often each placeholder stands in the text; any other brace is a slip. */
static void
count_placeholders(const char *text, int count[9])
{
    memset(count, 0, 9 * sizeof count[0]);
    for (const char *p = strpbrk(text, "{}"); p != NULL; p = strpbrk(p + 1, "{}")) {
        if (*p == '{') {
            assert_in_range(p[1], '1', '9');
            assert_int_equal(p[2], '}');
            count[p[1] - '1']++;
            p += 2;
        } else {
            fail_msg("a brace that closes nothing: %s", text);
        }
    }
}

static bool
has_han(const char *text)
{
    return strpbrk(text, "\xe4\xe5\xe6\xe7\xe8\xe9") != NULL;
}

static void
test_both_languages_have_every_text_with_the_same_placeholders(void **state)
{
    (void)state;
    for (int i = 1; i < RH_WEB_COUNT; i++) {
        const char *zh = rh_web_text(RH_CHINESE, (enum rh_web_message)i);
        const char *en = rh_web_text(RH_ENGLISH, (enum rh_web_message)i);
        assert_non_null(zh);
        assert_non_null(en);
        assert_true(zh[0] != '\0' && en[0] != '\0');
        int in_zh[9], in_en[9];
        count_placeholders(zh, in_zh);
        count_placeholders(en, in_en);
        assert_memory_equal(in_zh, in_en, sizeof in_zh);
        /* The switch between languages names the other one. */
        if (i != RH_WEB_OTHER_LANGUAGE) {
            assert_false(has_han(en));
        }
        assert_true(rh_text_valid(zh, strlen(zh)) == strlen(zh) &&
                    rh_text_valid(en, strlen(en)) == strlen(en));
    }
}

static void
read_sources(char **all)
{
    static const char *const folders[] = {"src/lease/web/*.c", "src/lease/verbs/*.c",
                                          "src/lease/web/*.h"};
    size_t size = 0;
    FILE *out = open_memstream(all, &size);
    for (size_t i = 0; i < 3; i++) {
        glob_t g;
        if (glob(folders[i], 0, NULL, &g) == 0) {
            for (size_t k = 0; k < g.gl_pathc; k++) {
                FILE *in = fopen(g.gl_pathv[k], "r");
                assert_non_null(in);
                for (int c = fgetc(in); c != EOF; c = fgetc(in)) {
                    fputc(c, out);
                }
                fclose(in);
            }
            globfree(&g);
        }
    }
    fclose(out);
}

static void
test_every_text_is_used(void **state)
{
    (void)state;
    char *all = NULL;
    read_sources(&all);
    assert_non_null(strstr(all, "rh_html_say"));
    for (int i = 1; i < RH_WEB_COUNT; i++) {
        char word[100];
        int size = snprintf(word, sizeof word, "RH_WEB_%s", id[i]);
        bool used = false;
        for (const char *p = strstr(all, word); p != NULL && !used; p = strstr(p + 1, word)) {
            char after = p[size];
            used = !(after == '_' || (after >= 'A' && after <= 'Z'));
        }
        if (!used) {
            fail_msg("%s is used nowhere", word);
        }
    }
    free(all);
}

static void
test_values_are_only_values(void **state)
{
    (void)state;
    rh_html h = {.language = RH_CHINESE};
    rh_html_say(&h, RH_WEB_PAGE_OF, "<{2}>", "7", NULL);
    assert_int_equal(h.size, strlen("第 &lt;{2}&gt; 页，共 7 页"));
    assert_memory_equal(h.bytes, "第 &lt;{2}&gt; 页，共 7 页", h.size);
    rh_html_release(&h);
    char text[64];
    assert_string_equal(
        rh_web_say(text, sizeof text, RH_ENGLISH, RH_WEB_PAGE_OF, "{2}", "9", NULL),
        "Page {2} of 9");
    assert_string_equal(rh_web_say(text, sizeof text, RH_ENGLISH, RH_WEB_PAGE_OF, "1", NULL),
                        "Page 1 of ");
    assert_string_equal(rh_web_say(text, sizeof text, RH_ENGLISH, RH_WEB_NOTHING, NULL), "");
    char small[10]; /* 第 1 页 takes 9 bytes */
    assert_string_equal(
        rh_web_say(small, sizeof small, RH_CHINESE, RH_WEB_PAGE_OF, "1", "2", NULL), "第 1 页");
    assert_string_equal(rh_web_say(small, 9, RH_CHINESE, RH_WEB_PAGE_OF, "1", "2", NULL),
                        "第 1 ");
    assert_string_equal(rh_web_say(small, 1, RH_CHINESE, RH_WEB_PAGE_OF, "1", "2", NULL), "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_languages_have_every_text_with_the_same_placeholders),
        cmocka_unit_test(test_every_text_is_used),
        cmocka_unit_test(test_values_are_only_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
