/* The style sheet: embedded whole, nothing fetched from elsewhere, contrast counted (WCAG 2.1, 1.4.3 and 1.4.11), every class that the
 * components write has a rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "web/stylesheet.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
test_the_sheet_in_the_program_is_the_file(void **state)
{
    (void)state;
    FILE *in = fopen("web/lease.css", "re");
    assert_non_null(in);
    static char file[200000];
    size_t size = fread(file, 1, sizeof file, in);
    fclose(in);
    assert_int_equal(size, rh_stylesheet_size);
    assert_memory_equal(file, rh_stylesheet, size);
    assert_int_equal(rh_stylesheet[size], '\0');
    assert_true(size < 32768);
    rh_stylesheet_name path = rh_stylesheet_path();
    assert_int_equal(strlen(path.text), strlen("/style-0123456789abcdef.css"));
}

static void
test_nothing_is_fetched_from_elsewhere(void **state)
{
    (void)state;
    assert_null(strstr(rh_stylesheet, "url("));
    assert_null(strstr(rh_stylesheet, "@import"));
    assert_null(strstr(rh_stylesheet, "@font-face"));
}

#define FIELD                                                                                  \
    "input[type=\"text\"], input[type=\"tel\"], input[type=\"password\"], select, textarea"
#define FOCUS                                                                                  \
    "a:focus, button:focus, input:focus, select:focus, textarea:focus, summary:focus, "        \
    "fieldset:focus"

static double
channel(const char *hex)
{
    char two[3] = {hex[0], hex[1], '\0'};
    double c = (double)strtol(two, NULL, 16) / 255;
    return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double
luminance(const char *colour) /* "#rrggbb" */
{
    return 0.2126 * channel(colour + 1) + 0.7152 * channel(colour + 3) +
           0.0722 * channel(colour + 5);
}

/* The value of a property in the first rule that has exactly this selector. */
static void
property(const char *selector, const char *name, char out[8])
{
    char head[200];
    snprintf(head, sizeof head, "\n%s {", selector);
    for (const char *p = strstr(rh_stylesheet, head); p != NULL; p = strstr(p + 1, head)) {
        const char *end = strchr(p, '}');
        for (const char *at = strchr(p, '{') + 1; at < end; at = at + strcspn(at, ";}") + 1) {
            at += strspn(at, " \n");
            size_t size = strlen(name);
            const char *hash = strchr(at, '#');
            if (strncmp(at, name, size) == 0 && at[size] == ':' && hash != NULL &&
                hash < at + strcspn(at, ";}")) {
                snprintf(out, 8, "%.7s", hash);
                return;
            }
        }
    }
    fail_msg("no %s in %s", name, selector);
}

static void
assert_contrast(const char *over, const char *what, const char *under, const char *below,
                double least)
{
    char a[8], b[8];
    property(over, what, a);
    property(under, below, b);
    double x = luminance(a), y = luminance(b), ratio = (fmax(x, y) + .05) / (fmin(x, y) + .05);
    if (ratio < least) {
        fail_msg("%s %s (%s) on %s (%s): %.2f, not %.1f", over, what, a, under, b, ratio,
                 least);
    }
}

static void
test_colours_have_the_contrast_of_aa(void **state)
{
    (void)state;
    /* the formula itself: black on white is 21 */
    assert_true(fabs((luminance("#ffffff") + .05) / (luminance("#000000") + .05) - 21) < 1e-9);
    static const char *const grounds[] = {"body",         ".cards a",   ".facts",
                                          "table",        ".notice",    ".notice.good",
                                          ".notice.wait", ".notice.bad"};
    static const char *const texts[] = {"body", "a", ".lead", ".error", ".hint"};
    for (size_t g = 0; g < sizeof grounds / sizeof grounds[0]; g++) {
        for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
            assert_contrast(texts[t], "color", grounds[g], "background", 4.5);
        }
    }
    static const char *const own[] = {"header.site",
                                      ".badge.good",
                                      ".badge.wait",
                                      ".badge.bad",
                                      "button, .button",
                                      "button.good, .button",
                                      "button.good:hover, .button:hover",
                                      "button:hover, .button:hover"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        bool hover = strcmp(own[i], "button:hover, .button:hover") == 0;
        assert_contrast(hover ? "button, .button" : own[i], "color", own[i], "background", 4.5);
    }
    assert_contrast("header.site a, header.site button.plain", "color", "header.site nav",
                    "background", 4.5);
    assert_contrast("button.bad", "color", "button, .button", "background", 4.5);
    assert_contrast(".trail li", "color", "body", "background", 4.5);
    assert_contrast("th", "background", "body", "color", 4.5);
    /* lines of controls and of the focus */
    assert_contrast("button.bad", "border-color", "body", "background", 3);
    assert_contrast(".notice.good", "border-color", "body", "background", 3);
    assert_contrast(".notice.wait", "border-color", "body", "background", 3);
    assert_contrast(".notice.bad", "border-color", "body", "background", 3);
    assert_contrast(FIELD, "border", FIELD, "background", 3);
    assert_contrast(FOCUS, "outline", "body", "background", 3);
}

/* Every class="…" of a literal in the components is named in the sheet. */
static void
test_every_class_has_a_rule(void **state)
{
    (void)state;
    static const char *const files[] = {"src/lease/web/component.c", "src/lease/web/map.c",
                                        "src/lease/web/qr.c"};
    int classes = 0;
    for (size_t f = 0; f < 3; f++) {
        FILE *in = fopen(files[f], "re");
        assert_non_null(in);
        static char text[200000];
        text[fread(text, 1, sizeof text - 1, in)] = '\0';
        fclose(in);
        for (const char *p = strstr(text, "class=\\\""); p != NULL;
             p = strstr(p + 1, "class=\\\"")) {
            const char *at = p + strlen("class=\\\"");
            while (*at >= 'a' && *at <= 'z') {
                size_t size = strcspn(at, " \\\"");
                char rule[60];
                snprintf(rule, sizeof rule, ".%.*s", (int)size, at);
                bool found = false;
                for (const char *r = strstr(rh_stylesheet, rule); r != NULL && !found;
                     r = strstr(r + 1, rule)) {
                    found = strchr(" ,:{.[\n", r[size + 1]) != NULL;
                }
                if (!found) {
                    fail_msg("the sheet has no rule for %s", rule);
                }
                classes++;
                at += size + strspn(at + size, " ");
            }
        }
    }
    assert_true(classes > 30);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_sheet_in_the_program_is_the_file),
        cmocka_unit_test(test_nothing_is_fetched_from_elsewhere),
        cmocka_unit_test(test_colours_have_the_contrast_of_aa),
        cmocka_unit_test(test_every_class_has_a_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
