/* The message table (cli/message.def): every message in both languages, with the same values.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "core/text.h"

static const struct {
    const char *id, *zh, *en;
} messages[] = {
#define MESSAGE(id, zh, en) {#id, zh, en},
#include "cli/message.def"
#undef MESSAGE
};

enum { MESSAGES = sizeof messages / sizeof *messages };

static void
test_every_message_has_both_languages(void **state)
{
    (void)state;
    for (int i = 0; i < MESSAGES; i++) {
        if (messages[i].zh[0] == '\0' || messages[i].en[0] == '\0') {
            fail_msg("%s lacks a language", messages[i].id);
        }
    }
}

/* Which of {1} … {9} a text uses, as bits; a brace that is no value is bit 0. */
static unsigned
values_of(const char *text)
{
    unsigned used = 0;
    for (; *text != '\0'; text++) {
        if (*text == '{') {
            used |=
                text[1] >= '1' && text[1] <= '9' && text[2] == '}' ? 1U << (text[1] - '0') : 1U;
        }
    }
    return used;
}

static void
test_both_languages_use_the_same_values_from_1_on(void **state)
{
    (void)state;
    for (int i = 0; i < MESSAGES; i++) {
        unsigned zh = values_of(messages[i].zh), en = values_of(messages[i].en);
        if (zh != en || (en & 1U) != 0 || (((en >> 1) + 1) & (en >> 1)) != 0) {
            fail_msg("%s: the values of \"%s\" and \"%s\" differ or leave a gap",
                     messages[i].id, messages[i].zh, messages[i].en);
        }
    }
}

/* A han character: three bytes that begin with e4 … e9. */
static bool
has_han(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text >= 0xe4 && (unsigned char)*text <= 0xe9) {
            return true;
        }
    }
    return false;
}

static void
test_english_has_no_han_and_chinese_has_some(void **state)
{
    (void)state;
    for (int i = 0; i < MESSAGES; i++) {
        if (has_han(messages[i].en) || !has_han(messages[i].zh)) {
            fail_msg("%s: \"%s\" / \"%s\"", messages[i].id, messages[i].zh, messages[i].en);
        }
    }
}

static void
test_texts_are_valid_utf8(void **state)
{
    (void)state;
    for (int i = 0; i < MESSAGES; i++) {
        assert_int_equal(rh_text_valid(messages[i].zh, strlen(messages[i].zh)),
                         strlen(messages[i].zh));
        assert_int_equal(rh_text_valid(messages[i].en, strlen(messages[i].en)),
                         strlen(messages[i].en));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_message_has_both_languages),
        cmocka_unit_test(test_both_languages_use_the_same_values_from_1_on),
        cmocka_unit_test(test_english_has_no_han_and_chinese_has_some),
        cmocka_unit_test(test_texts_are_valid_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
