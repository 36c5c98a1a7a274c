/* Maps: only places (V1), labels apart (V2), the same bytes (V3), a scale bar that is true. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/mem.h"
#include "web/map.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES = 60 };

typedef struct sample {
    rh_map_place place[PLACES];
    char code[PLACES][16], name[PLACES][40], href[PLACES][40];
} sample;

static void
make_sample(sample *s, unsigned seed, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1103515245u + 12345u;
        double u = (seed >> 8) / 16777216.0;
        seed = seed * 1103515245u + 12345u;
        double v = (seed >> 8) / 16777216.0;
        snprintf(s->code[i], sizeof s->code[i], "331023105%03zu", 200 + i);
        snprintf(s->name[i], sizeof s->name[i], i % 3 ? "上河%zu村" : "Upper River %zu", i);
        snprintf(s->href[i], sizeof s->href[i], "/place/%s", s->code[i]);
        s->place[i] = (rh_map_place){.code = s->code[i],
                                     .name = s->name[i],
                                     .at = {120.9 + .2 * u, 29.0 + .15 * v},
                                     .count = (int64_t)(i % 7) * 3,
                                     .href = s->href[i]};
    }
}

static const char *
draw(rh_html *h, const rh_map_place *place, size_t n)
{
    rh_err err = {0};
    rh_html_clear(h);
    if (rh_map_svg(h, place, n, NULL, &err) != RH_OK) {
        fail_msg("%s", err.text);
    }
    rh_html_raw(h, "", 1);
    return h->bytes;
}

static double
number_behind(const char *from, const char *name)
{
    const char *p = strstr(from, name);
    assert_non_null(p);
    return strtod(p + strlen(name), NULL);
}

typedef struct box {
    double l, t, r, b;
} box;

/* Labels with a generous height and the width a browser gives (half an em a column), and the dots. */
static void
assert_apart(const char *svg)
{
    box b[3 * PLACES];
    size_t n = 0, labels = 0;
    for (const char *p = strstr(svg, "<circle"); p != NULL; p = strstr(p + 1, "<circle")) {
        double x = number_behind(p, " cx=\""), y = number_behind(p, " cy=\""),
               r = number_behind(p, " r=\"");
        b[n++] = (box){x - r, y - r, x + r, y + r};
    }
    size_t dots = n;
    for (const char *p = strstr(svg, "<text x="); p != NULL; p = strstr(p + 1, "<text x=")) {
        char name[64];
        const char *from = strchr(p, '>') + 1, *scale = strstr(from, " km<");
        size_t size = strcspn(from, "<");
        if (scale != NULL && scale < from + size + 4) {
            continue; /* the bar's */
        }
        assert_true(size < sizeof name && n < 3 * PLACES);
        memcpy(name, from, size);
        name[size] = '\0';
        double x = number_behind(p, " x=\""), y = number_behind(p, " y=\"");
        double width = 6 * rh_text_width(name);
        const char *anchor = strstr(p, " text-anchor=\"");
        if (anchor != NULL && anchor < from) {
            x -= anchor[strlen(" text-anchor=\"")] == 'e' ? width : width / 2;
        }
        b[n++] = (box){x, y - 9, x + width, y + 2};
        assert_true(b[n - 1].l >= 0 && b[n - 1].r <= 360 && b[n - 1].t >= 0);
        labels++;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i < dots ? dots : i + 1; k < n;
             k++) { /* villages may lie close: dots may touch */
            bool apart =
                b[i].l >= b[k].r || b[k].l >= b[i].r || b[i].t >= b[k].b || b[k].t >= b[i].b;
            assert_true(apart);
        }
    }
    assert_true(labels > 0);
}

static void
test_labels_overlap_nothing_and_stand_in_the_picture(void **state)
{
    (void)state;
    rh_html h = {.language = RH_ENGLISH};
    for (unsigned seed = 1; seed < 40; seed++) {
        sample s;
        size_t n = 1 + seed * 7 % PLACES;
        make_sample(&s, seed, n);
        const char *svg = draw(&h, s.place, n);
        assert_apart(svg);
        for (size_t i = 0; i < n; i++) {
            assert_non_null(strstr(
                svg, s.href[i])); /* every place leads somewhere, with a label or without */
        }
        char *first = strdup(svg);
        assert_string_equal(draw(&h, s.place, n), first);
        free(first);
    }
    rh_html_release(&h);
}

static void
test_the_bar_is_as_long_as_it_says(void **state)
{
    (void)state;
    /* two villages 0.1 degrees of latitude apart: 11,132 m */
    rh_map_place p[2] = {
        {.code = "331023105201", .name = "A", .at = {121, 29.0}, .count = 1, .href = "/a"},
        {.code = "331023105202", .name = "B", .at = {121, 29.1}, .count = 1, .href = "/b"}};
    rh_html h = {.language = RH_ENGLISH};
    const char *svg = draw(&h, p, 2);
    const char *second = strstr(strstr(svg, "<circle") + 1, "<circle");
    double apart = fabs(number_behind(svg, " cy=\"") - number_behind(second, " cy=\""));
    const char *bar = strstr(svg, "class=\"bar\"");
    double length = number_behind(strstr(bar, "v5h"), "v5h");
    const char *km = strstr(bar, " km");
    assert_non_null(km);
    while (km[-1] >= '0' && km[-1] <= '9') {
        km--;
    }
    assert_true(length <= 120 && length >= 40);
    double metres = 1000 * strtod(km, NULL);
    assert_true(fabs(length / apart * 11131.95 - metres) < 0.01 * metres);
    rh_html_release(&h);
}

static void
test_only_places_that_stand_once_are_drawn(void **state)
{
    (void)state;
    rh_html h = {.language = RH_ENGLISH};
    static const char *const codes[] = {"331023105201001", "33102310520", "home-47", "",
                                        "33102310520x"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        rh_map_place p = {
            .code = codes[i], .name = "A", .at = {121, 29}, .count = 1, .href = "/a"};
        rh_err err = {0};
        assert_int_equal(rh_map_svg(&h, &p, 1, NULL, &err), RH_INPUT);
        assert_true(err.text[0] != '\0');
    }
    rh_map_place twice[2] = {
        {.code = "331023105201", .name = "A", .at = {121, 29}, .href = "/a"},
        {.code = "331023105201", .name = "B", .at = {121, 29.01}, .href = "/b"}};
    assert_int_equal(rh_map_svg(&h, twice, 2, NULL, NULL), RH_INPUT);
    rh_map_place nowhere = {.code = "331023105201", .name = "A", .at = {NAN, 29}, .href = "/a"};
    assert_int_equal(rh_map_svg(&h, &nowhere, 1, NULL, NULL), RH_INPUT);
    nowhere.at = (rh_map_point){121, 29};
    nowhere.count = -1;
    assert_int_equal(rh_map_svg(&h, &nowhere, 1, NULL, NULL), RH_INPUT);
    assert_int_equal(rh_map_svg(&h, &nowhere, 0, NULL, NULL), RH_INPUT);
    assert_int_equal(h.size, 0);
    rh_html_release(&h);
}

static void
test_a_name_is_escaped_and_an_area_is_drawn(void **state)
{
    (void)state;
    static const rh_map_point ring[4] = {{120.9, 29}, {121, 29}, {121, 29.1}, {120.9, 29.1}};
    rh_map_place p = {.code = "331023105",
                      .name = "<b>",
                      .at = {120.95, 29.05},
                      .shape = ring,
                      .n_shape = 4,
                      .count = 120,
                      .href = "javascript:x"};
    rh_html h = {.language = RH_CHINESE};
    const char *svg = draw(&h, &p, 1);
    assert_null(strstr(svg, "<b>"));
    assert_null(strstr(svg, "javascript"));
    assert_non_null(strstr(svg, "class=\"area\" d=\"M"));
    assert_non_null(strstr(svg, "&lt;b&gt;：120 处"));
    rh_mem_fail_after(1);
    assert_int_equal(rh_map_svg(&h, &p, 1, NULL, NULL), RH_MEMORY);
    rh_mem_fail_after(0);
    rh_html_release(&h);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labels_overlap_nothing_and_stand_in_the_picture),
        cmocka_unit_test(test_the_bar_is_as_long_as_it_says),
        cmocka_unit_test(test_only_places_that_stand_once_are_drawn),
        cmocka_unit_test(test_a_name_is_escaped_and_an_area_is_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
