/* HTML: every byte comes back out of a parser as it went in (H1, H2), hrefs stay in the site (H3), memory that runs out is
 * told (H4), components write balanced HTML and nothing of what was typed as markup. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/mem.h"
#include "web/component.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
add_case(rh_html *h, const unsigned char *bytes, size_t size)
{
    static const char hex[] = "0123456789abcdef";
    RH_RAW(h, "<p data-hex=\"");
    for (size_t i = 0; i < size; i++) {
        const char two[2] = {hex[bytes[i] >> 4], hex[bytes[i] & 15]};
        rh_html_raw(h, two, 2);
    }
    RH_RAW(h, "\" title=\"");
    rh_html_bytes(h, (const char *)bytes, size);
    RH_RAW(h, "\">");
    rh_html_bytes(h, (const char *)bytes, size);
    RH_RAW(h, "</p>");
}

static void
test_every_byte_and_many_texts_come_back_out_of_a_parser(void **state)
{
    (void)state;
    if (system("python3 -c '' 2>/dev/null") != 0) {
        skip();
    }
    rh_html h = {.language = RH_ENGLISH};
    int n = 0;
    for (int c = 0; c < 256; c++, n++) {
        const unsigned char between[3] = {'x', (unsigned char)c, 'y'};
        add_case(&h, between, 3);
    }
    static const char *const pieces[] = {"<script>",
                                         "</p>",
                                         "\"",
                                         "'",
                                         "&",
                                         "&amp;",
                                         "&#60;",
                                         "&lt",
                                         "<!--",
                                         "-->",
                                         "]]>",
                                         "宅基地",
                                         "\r\n",
                                         "\t",
                                         "㎡",
                                         "𠮷",
                                         "\xf0\x9f\x8f\xa1",
                                         "\xc3",
                                         "\xe5\xae",
                                         "\xed\xa0\x80",
                                         "\xff",
                                         "\xc0\xbc",
                                         " onload=",
                                         "`",
                                         "=",
                                         "/",
                                         ">",
                                         "\x7f",
                                         "\xc2\x85",
                                         "{1}",
                                         "%s",
                                         "\xf4\x90\x80\x80",
                                         "\xe0\x9f\xbf",
                                         "\xf0\x8f\xbf\xbf",
                                         "\xef\xbf\xbe"};
    unsigned seed = 7;
    for (int i = 0; i < 3000; i++, n++) {
        char text[400] = "";
        size_t used = 0;
        for (int k = 0; k < 12; k++) {
            seed = seed * 1103515245u + 12345u;
            const char *piece = pieces[(seed >> 16) % (sizeof pieces / sizeof pieces[0])];
            memcpy(text + used, piece, strlen(piece));
            used += strlen(piece);
        }
        add_case(&h, (const unsigned char *)text, used);
    }
    assert_int_equal(rh_html_finish(&h, NULL), RH_OK);
    char path[] = "/tmp/test_lease_html.XXXXXX", command[200];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, h.bytes, h.size), (ssize_t)h.size);
    close(fd);
    snprintf(command, sizeof command, "python3 tests/lease/html_parser.py %s %d", path, n);
    int code = system(command);
    unlink(path);
    rh_html_release(&h);
    assert_int_equal(code, 0);
}

static const char *
written(rh_html *h)
{
    rh_html_raw(h, "", 1);
    assert_int_equal(rh_html_finish(h, NULL), RH_OK);
    return h->bytes;
}

static void
assert_href(const char *href, const char *expected)
{
    rh_html h = {.language = RH_ENGLISH};
    rh_html_href(&h, href);
    assert_string_equal(written(&h), expected);
    rh_html_clear(&h);
    rh_html_action(&h, href);
    assert_string_equal(strchr(written(&h), '='), strchr(expected, '='));
    rh_html_release(&h);
}

static void
test_an_href_never_leaves_the_site(void **state)
{
    (void)state;
    static const char *const outside[] = {
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)",
        " javascript:x",       "//evil.example",      "/\\evil.example",
        "\\\\evil.example",    "data:text/html,x",    "http://x",
        "\x01javascript:x",    "/\t/evil.example",    "x:y"};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        assert_href(outside[i], " href=\"#\"");
    }
    rh_html h = {.language = RH_ENGLISH};
    rh_form_begin(&h, "javascript:x", "t");
    rh_form_search(&h, "//x");
    assert_null(strstr(written(&h), "javascript"));
    assert_null(strstr(h.bytes, "//x"));
    rh_html_release(&h);
    assert_href("/offer/7?a=1&b=2", " href=\"/offer/7?a=1&amp;b=2\"");
    assert_href("/t/10:30", " href=\"/t/10:30\"");
    assert_href("?page=2", " href=\"?page=2\"");
    assert_href("#main", " href=\"#main\"");
    assert_href("next", " href=\"next\"");
    assert_href("/", " href=\"/\"");
}

static void
test_parts_of_urls_and_numbers(void **state)
{
    (void)state;
    rh_html h = {.language = RH_ENGLISH};
    rh_html_url(&h, "青/a b&c=d?#%~._-Z9");
    RH_RAW(&h, " ");
    rh_html_number(&h, INT64_MIN);
    RH_RAW(&h, " ");
    rh_html_number(&h, INT64_MAX);
    RH_RAW(&h, " ");
    rh_html_number(&h, 0);
    assert_string_equal(written(&h),
                        "%E9%9D%92%2Fa%20b%26c%3Dd%3F%23%25~._-Z9 -9223372036854775808 "
                        "9223372036854775807 0");
    rh_html_release(&h);
}

static void
test_memory_that_runs_out_is_told_and_nothing_more_is_written(void **state)
{
    (void)state;
    rh_html h = {.language = RH_ENGLISH};
    RH_RAW(&h, "<p>");
    rh_mem_fail_after(1);
    for (int i = 0; i < 5000; i++) {
        RH_RAW(&h, "0123456789");
    }
    rh_mem_fail_after(0);
    size_t size = h.size;
    RH_RAW(&h, "</p>");
    assert_int_equal(h.size, size);
    rh_err err = {0};
    assert_int_equal(rh_html_finish(&h, &err), RH_MEMORY);
    assert_true(err.text[0] != '\0');
    rh_html_clear(&h);
    assert_int_equal(rh_html_finish(&h, NULL), RH_OK);
    rh_html_release(&h);
}

/* Elements that open and close, by a plain reading; void ones do not count. */
static void
assert_balanced(const char *html)
{
    static const char *const alone[] = {"!DOCTYPE", "meta", "link", "input", "br"};
    char stack[64][16];
    int depth = 0;
    for (const char *p = strchr(html, '<'); p != NULL; p = strchr(p + 1, '<')) {
        bool closing = p[1] == '/';
        const char *name = p + 1 + closing;
        size_t size = strcspn(name, " >\n");
        bool is_alone = false;
        for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++) {
            is_alone |= strlen(alone[i]) == size && strncmp(alone[i], name, size) == 0;
        }
        if (is_alone) {
            continue;
        }
        assert_in_range(size, 1, 15);
        if (closing) {
            assert_true(depth > 0);
            depth--;
            assert_int_equal(strlen(stack[depth]), size);
            assert_memory_equal(stack[depth], name, size);
        } else {
            assert_true(depth < 64);
            memcpy(stack[depth], name, size);
            stack[depth++][size] = '\0';
        }
    }
    assert_int_equal(depth, 0);
}

#define EVIL "\"'><script>x</script>&"

/* Every component once, all texts hostile. */
static void
everything(rh_html *h)
{
    rh_page_link link[2] = {{EVIL, EVIL}, {EVIL, "/x\"><script>"}};
    rh_page page = {.title = EVIL,
                    .lead = EVIL,
                    .site = EVIL,
                    .stylesheet = EVIL,
                    .other = EVIL,
                    .section = link,
                    .n_sections = 2,
                    .here = 1,
                    .trail = link,
                    .n_trail = 2,
                    .user = EVIL,
                    .sign_out = EVIL,
                    .token = EVIL,
                    .footer = link,
                    .n_footer = 2,
                    .closing = EVIL};
    rh_page_begin(h, &page);
    for (rh_tone tone = RH_CALM; tone <= RH_BAD; tone++) {
        rh_html_badge(h, tone, EVIL);
        rh_html_notice(h, tone, EVIL, EVIL);
        rh_form_button(h, tone, EVIL, EVIL, EVIL);
    }
    rh_html_heading(h, 2, EVIL, EVIL);
    rh_html_button_link(h, EVIL, EVIL);
    rh_column column[2] = {{EVIL, false}, {EVIL, true}};
    rh_listing_begin(h, EVIL, column, 2);
    rh_listing_texts(h, column, 2, (const char *const[]){EVIL, EVIL});
    rh_listing_end(h);
    rh_facts_begin(h);
    rh_fact(h, EVIL, EVIL);
    rh_facts_end(h);
    rh_figures_begin(h);
    rh_figure(h, EVIL, EVIL);
    rh_figures_end(h);
    rh_cards_begin(h);
    rh_html_card(h, &(rh_card){EVIL, EVIL, EVIL, EVIL, EVIL, RH_WAIT});
    rh_cards_end(h);
    rh_form_begin(h, EVIL, EVIL);
    rh_form_search(h, EVIL);
    rh_form_end(h);
    rh_input input = {RH_INPUT_TEXT, EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, true};
    rh_form_errors(h, &input, 1);
    rh_choice choice = {EVIL, EVIL, EVIL};
    for (rh_input_kind kind = RH_INPUT_TEXT; kind <= RH_INPUT_AREA; kind++) {
        input.kind = kind;
        rh_form_input(h, &input);
    }
    rh_form_radios(h, &input, &choice, 1);
    rh_form_select(h, &input, &choice, 1);
    rh_form_tick(h, &input);
    rh_form_hidden(h, EVIL, EVIL);
    rh_form_end(h);
    rh_html_pages(h, EVIL, 2, 3);
    rh_timeline(h, &(rh_happening){EVIL, EVIL, EVIL, EVIL, EVIL, RH_BAD}, 1);
    rh_timeline(h, NULL, 0);
    rh_html_steps(h, (const char *const[]){EVIL, EVIL, EVIL}, 3, 1);
    rh_html_say(h, RH_WEB_TITLE_AND_SITE, EVIL, EVIL, NULL);
    rh_page_end(h, &page);
}

static void
test_no_component_lets_a_text_become_markup(void **state)
{
    (void)state;
    for (enum rh_language language = 0; language < RH_LANGUAGE_COUNT; language++) {
        rh_html h = {.language = language};
        everything(&h);
        const char *html = written(&h);
        assert_null(strstr(html, "<script"));
        assert_null(strstr(html, EVIL));
        assert_null(strstr(html, "style="));
        assert_balanced(html);
        rh_html_release(&h);
    }
}

static void
test_a_form_keeps_what_was_typed_and_ties_errors_to_fields(void **state)
{
    (void)state;
    rh_html h = {.language = RH_ENGLISH};
    rh_input rent = {RH_INPUT_NUMBER, "rent",  "Rent", "a year",
                     "Too low.",      "1.5万", "yuan", false};
    rh_form_errors(&h, &rent, 1);
    rh_form_input(&h, &rent);
    rh_input secret = {RH_INPUT_PASSWORD, "word", "Word", NULL, NULL,
                       "hidden-word",     NULL,   false};
    rh_form_input(&h, &secret);
    rh_input note = {RH_INPUT_AREA, "note", "Note", NULL, NULL, "\nfirst", NULL, true};
    rh_form_input(&h, &note);
    const char *html = written(&h);
    assert_non_null(strstr(html, "<a href=\"#rent\">Rent</a> Too low."));
    assert_non_null(strstr(html, "<label for=\"rent\">"));
    assert_non_null(strstr(html, "value=\"1.5万\""));
    assert_non_null(strstr(html, "aria-describedby=\"rent-hint rent-error\""));
    assert_non_null(strstr(html, "id=\"rent-hint\""));
    assert_non_null(strstr(html, "id=\"rent-error\""));
    assert_null(strstr(html, "hidden-word"));
    assert_non_null(strstr(html, ">\n\nfirst</textarea>"));
    rh_html_release(&h);
}

static void
test_pages_lead_to_their_neighbours_only(void **state)
{
    (void)state;
    rh_html h = {.language = RH_ENGLISH};
    rh_html_pages(&h, "/o?page=", 1, 1);
    assert_int_equal(h.size, 0);
    rh_html_pages(&h, "/o?page=", 1, 3);
    assert_non_null(strstr(written(&h), "/o?page=2"));
    assert_null(strstr(h.bytes, "/o?page=0"));
    rh_html_clear(&h);
    rh_html_pages(&h, "/o?page=", 3, 3);
    assert_non_null(strstr(written(&h), "/o?page=2"));
    assert_null(strstr(h.bytes, "/o?page=4"));
    rh_html_release(&h);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_byte_and_many_texts_come_back_out_of_a_parser),
        cmocka_unit_test(test_an_href_never_leaves_the_site),
        cmocka_unit_test(test_parts_of_urls_and_numbers),
        cmocka_unit_test(test_memory_that_runs_out_is_told_and_nothing_more_is_written),
        cmocka_unit_test(test_no_component_lets_a_text_become_markup),
        cmocka_unit_test(test_a_form_keeps_what_was_typed_and_ties_errors_to_fields),
        cmocka_unit_test(test_pages_lead_to_their_neighbours_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
