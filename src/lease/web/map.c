/* Maps as SVG: see map.h. */
#include "web/map.h"

#include "core/mem.h"
#include "web/web_message.h"

#include <math.h>
#include <string.h>

/* In units of the picture. */
enum {
    WIDTH = 360,
    LEAST_HEIGHT = 200,
    MOST_HEIGHT = 480,
    MARGIN = 34,
    FOOT = 30,
    TEXT_HEIGHT = 13
};

static const double metres_per_degree =
    111319.5; /* of the equator, WGS 84: 2π · 6378137 / 360 */

typedef struct box {
    double left, top, right, bottom;
} box;

typedef struct view {
    double west, north, scale,
        stretch; /* units a degree of latitude; cosine of the middle latitude */
    double x0, y0, height;
} view;

static double
x_of(const view *v, rh_map_point p)
{
    return v->x0 + (p.lon - v->west) * v->stretch * v->scale;
}

static double
y_of(const view *v, rh_map_point p)
{
    return v->y0 + (v->north - p.lat) * v->scale;
}

static bool
point_is_on_earth(rh_map_point p)
{
    return fabs(p.lon) <= 180 && fabs(p.lat) <= 85;
}

static rh_status
check(const rh_map_place *place, size_t n, rh_err *err)
{
    if (n == 0 || n > RH_MAP_PLACES) {
        return rh_fail(err, RH_INPUT, "A map shows 1 to %d places, not %zu.", RH_MAP_PLACES, n);
    }
    for (size_t i = 0; i < n; i++) {
        size_t digits = strspn(place[i].code, "0123456789");
        if (place[i].code[digits] != '\0' || (digits != 9 && digits != 12)) {
            return rh_fail(err, RH_INPUT,
                           "A map shows townships and villages only: \"%.40s\" is not a code "
                           "of 9 or 12 digits.",
                           place[i].code);
        }
        for (size_t k = 0; k < i; k++) {
            if (strcmp(place[k].code, place[i].code) == 0) {
                return rh_fail(err, RH_INPUT, "The place %s stands on the map twice.",
                               place[i].code);
            }
        }
        bool good = point_is_on_earth(place[i].at) && place[i].count >= 0;
        for (size_t k = 0; k < place[i].n_shape; k++) {
            good &= point_is_on_earth(place[i].shape[k]);
        }
        if (!good) {
            return rh_fail(err, RH_INPUT,
                           "The coordinates or the count of the place %s cannot be drawn.",
                           place[i].code);
        }
    }
    return RH_OK;
}

static void
widen(box *b, rh_map_point p)
{
    b->left = fmin(b->left, p.lon);
    b->right = fmax(b->right, p.lon);
    b->top = fmax(b->top, p.lat);
    b->bottom = fmin(b->bottom, p.lat);
}

/* All points fit between the margins; one village alone is drawn as if 4 km were around it. */
static view
fit(const rh_map_place *place, size_t n)
{
    box b = {INFINITY, -INFINITY, -INFINITY, INFINITY};
    for (size_t i = 0; i < n; i++) {
        widen(&b, place[i].at);
        for (size_t k = 0; k < place[i].n_shape; k++) {
            widen(&b, place[i].shape[k]);
        }
    }
    const double least = 4000 / metres_per_degree;
    view v = {.stretch = cos((b.top + b.bottom) / 2 * M_PI / 180)};
    double wide = fmax((b.right - b.left) * v.stretch, least),
           high = fmax(b.top - b.bottom, least);
    v.scale = fmin((WIDTH - 2 * MARGIN) / wide, (MOST_HEIGHT - 2 * MARGIN - FOOT) / high);
    v.height = fmax(ceil(high * v.scale) + 2 * MARGIN + FOOT, LEAST_HEIGHT);
    v.west = b.left;
    v.north = b.top;
    v.x0 = (WIDTH - (b.right - b.left) * v.stretch * v.scale) / 2;
    v.y0 = (v.height - FOOT - (b.top - b.bottom) * v.scale) / 2;
    return v;
}

/* The dot's surface grows with the count; the largest has a radius of 16. */
static double
radius(int64_t count, int64_t most)
{
    return count == 0 ? 4 : fmax(7, 16 * sqrt((double)count / (double)most));
}

/* A number with one decimal. */
static void
tenth(rh_html *h, double x)
{
    long t = lround(x * 10);
    if (t < 0) {
        RH_RAW(h, "-");
        t = -t;
    }
    rh_html_number(h, t / 10);
    if (t % 10 != 0) {
        RH_RAW(h, ".");
        rh_html_number(h, t % 10);
    }
}

#define TENTH_ATTRIBUTE(h, name, x)                                                            \
    do {                                                                                       \
        RH_RAW(h, " " name "=\"");                                                             \
        tenth((h), (x));                                                                       \
        RH_RAW(h, "\"");                                                                       \
    } while (0)

static void
draw_shapes(rh_html *h, const view *v, const rh_map_place *place, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (place[i].n_shape < 3) {
            continue;
        }
        RH_RAW(h, "<path class=\"area\" d=\"");
        for (size_t k = 0; k < place[i].n_shape; k++) {
            rh_html_raw(h, k == 0 ? "M" : "L", 1);
            tenth(h, x_of(v, place[i].shape[k]));
            RH_RAW(h, " ");
            tenth(h, y_of(v, place[i].shape[k]));
        }
        RH_RAW(h, "z\"/>\n");
    }
}

static bool
overlap(const box *a, const box *b)
{
    return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

/* Boxes that are taken: the dots, then the labels. */
typedef struct taken {
    box *b;
    size_t n;
} taken;

static bool
is_free(const taken *t, const box *b, double height)
{
    if (b->left < 2 || b->right > WIDTH - 2 || b->top < 2 || b->bottom > height - 2) {
        return false;
    }
    for (size_t i = 0; i < t->n; i++) {
        if (overlap(&t->b[i], b)) {
            return false;
        }
    }
    return true;
}

/* Where a label of that width may stand around a dot, best first: right, left, above, below, the four corners. */
static box
candidate(int k, double x, double y, double r, double width)
{
    static const double dx[] = {1, -1, 0, 0, .7, .7, -.7, -.7},
                        dy[] = {0, 0, -1, 1, -.7, .7, -.7, .7};
    double away = r + 3, half = width / 2, mid = TEXT_HEIGHT / 2.0;
    double cx = x + dx[k] * away + (dx[k] > 0 ? half : dx[k] < 0 ? -half : 0);
    double cy = y + dy[k] * away + (dy[k] > 0 ? mid : dy[k] < 0 ? -mid : 0);
    return (box){cx - half, cy - mid, cx + half, cy + mid};
}

/* Greedy: places in the given order of importance, each takes the first free candidate. */
static void
draw_label(rh_html *h, const view *v, const rh_map_place *p, double r, taken *t)
{
    double x = x_of(v, p->at), y = y_of(v, p->at);
    double width = 6.2 * rh_text_width(p->name) +
                   2; /* of 12 px: a column takes half an em, Latin capitals a little more */
    for (int k = 0; k < 8; k++) {
        box b = candidate(k, x, y, r, width);
        if (is_free(t, &b, v->height - FOOT)) {
            t->b[t->n++] = b;
            bool after = b.left > x,
                 before = b.right < x; /* it is held where it is nearest to its dot */
            RH_RAW(h, "<text");
            TENTH_ATTRIBUTE(h, "x",
                            after    ? b.left + 1
                            : before ? b.right - 1
                                     : (b.left + b.right) / 2);
            TENTH_ATTRIBUTE(h, "y", b.bottom - 3);
            RH_ATTRIBUTE(h, "text-anchor", after ? NULL : before ? "end" : "middle");
            RH_RAW(h, ">");
            rh_html_text(h, p->name);
            RH_RAW(h, "</text>");
            return;
        }
    }
}

static void
draw_place(rh_html *h, const view *v, const rh_map_place *p, double r, taken *t)
{
    rh_text_number count = rh_text_count((uint64_t)p->count);
    double x = x_of(v, p->at), y = y_of(v, p->at);
    RH_RAW(h, "<a");
    rh_html_href(h, p->href);
    RH_RAW(h, "><title>");
    rh_html_say(h, RH_WEB_MAP_PLACE, p->name, count.text, NULL);
    if (p->count > 0) {
        RH_RAW(h, "</title><circle class=\"dot\"");
    } else {
        RH_RAW(h, "</title><circle class=\"dot none\"");
    }
    TENTH_ATTRIBUTE(h, "cx", x);
    TENTH_ATTRIBUTE(h, "cy", y);
    TENTH_ATTRIBUTE(h, "r", r);
    RH_RAW(h, "/>");
    if (p->count > 0 && r >= 6.2 / 2 * (double)strlen(count.text) + 2) {
        RH_RAW(h, "<text class=\"number\"");
        TENTH_ATTRIBUTE(h, "x", x);
        TENTH_ATTRIBUTE(h, "y", y + 4);
        RH_RAW(h, ">");
        rh_html_text(h, count.text);
        RH_RAW(h, "</text>");
    }
    draw_label(h, v, p, r, t);
    RH_RAW(h, "</a>\n");
}

/* 1, 2 or 5 times a power of ten metres, at most a third of the picture long. */
static void
draw_bar(rh_html *h, const view *v)
{
    const double unit_m = metres_per_degree / v->scale; /* metres a unit */
    double metres = 1;
    for (int k = 0; metres * (k % 3 == 1 ? 2.5 : 2) / unit_m <= WIDTH / 3.0; k++) {
        metres *= k % 3 == 1 ? 2.5 : 2;
    }
    double length = metres / unit_m, y = v->height - 10;
    RH_RAW(h, "<path class=\"bar\" d=\"M12 ");
    tenth(h, y - 5);
    RH_RAW(h, "v5h");
    tenth(h, length);
    RH_RAW(h, "v-5\"/><text");
    TENTH_ATTRIBUTE(h, "x", length + 18);
    TENTH_ATTRIBUTE(h, "y", y + 1);
    RH_RAW(h, ">");
    uint64_t m = (uint64_t)llround(metres);
    rh_html_say(h, m >= 1000 ? RH_WEB_KILOMETRES : RH_WEB_METRES,
                rh_text_count(m >= 1000 ? m / 1000 : m).text, NULL);
    RH_RAW(h, "</text>\n");
}

/* Order of drawing: most offers first, so that their labels get room; ties as given. */
static void
sort_places(const rh_map_place *place, size_t n, size_t *order)
{
    for (size_t i = 0; i < n; i++) {
        size_t k = i;
        for (; k > 0 && place[order[k - 1]].count < place[i].count; k--) {
            order[k] = order[k - 1];
        }
        order[k] = i;
    }
}

rh_status
rh_map_svg(rh_html *h, const rh_map_place *place, size_t n, const char *label, rh_err *err)
{
    RH_TRY(check(place, n, err));
    taken t = {rh_alloc(2 * n, sizeof(box)), 0};
    size_t *order = rh_alloc(n, sizeof *order);
    if (t.b == NULL || order == NULL) {
        rh_free(t.b);
        rh_free(order);
        return rh_fail(err, RH_MEMORY, "Not enough memory for a map of %zu places.", n);
    }
    sort_places(place, n, order);
    const int64_t most = place[order[0]].count;
    const view v = fit(place, n);
    RH_RAW(h, "<svg class=\"map\" xmlns=\"http://www.w3.org/2000/svg\" role=\"group\"");
    RH_ATTRIBUTE(h, "aria-label",
                 label != NULL ? label : rh_web_text(h->language, RH_WEB_MAP_LABEL));
    RH_RAW(h, " viewBox=\"0 0 ");
    rh_html_number(h, WIDTH);
    RH_RAW(h, " ");
    tenth(h, v.height);
    RH_RAW(h, "\">\n");
    draw_shapes(h, &v, place, n);
    for (size_t i = 0; i < n; i++) {
        double x = x_of(&v, place[i].at), y = y_of(&v, place[i].at),
               r = radius(place[i].count, most);
        t.b[t.n++] = (box){x - r, y - r, x + r, y + r};
    }
    for (size_t i = 0; i < n; i++) {
        const rh_map_place *p = &place[order[i]];
        draw_place(h, &v, p, radius(p->count, most), &t);
    }
    draw_bar(h, &v);
    RH_RAW(h, "</svg>\n");
    rh_free(t.b);
    rh_free(order);
    return rh_html_finish(h, err);
}
