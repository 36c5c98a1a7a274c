/* Documents as PDF: see pdf.h. The document is set twice by the same code: once to count the pages, once to write them. */
#include "web/pdf.h"

#include "core/mem.h"
#include "web/format.h"
#include "web/web_message.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <string.h>

/* In points (1/72 inch). A4 is 210 × 297 mm. */
static const double page_width = 595.276, page_height = 841.890;
static const double left = 71, right = 71, top = 64, bottom = 72;
static const double body_size = 10.5; /* 五号 */

typedef struct setter {
    const rh_document *d;
    cairo_t *cr;
    PangoContext *context;
    double y;
    double
        follows; /* height of the signatures that follow: they never stand on a page of their own */
    int page, pages; /* pages: 0 while they are counted */
    bool writing;
} setter;

typedef struct style {
    const char *family;
    double size;
    bool bold;
    double spacing; /* line height over size */
} style;

static const style serif = {"Noto Serif CJK SC", 10.5, false, 1.6};
static const style serif_bold = {"Noto Serif CJK SC", 10.5, true, 1.6};
static const style title_style = {"Noto Sans CJK SC", 17, true, 1.4};
static const style line_style = {"Noto Serif CJK SC", 9.5, false, 1.5};
static const style heading_style = {"Noto Sans CJK SC", 11.5, true, 1.5};
static const style cell_style = {"Noto Serif CJK SC", 9.5, false, 1.4};
static const style cell_bold = {"Noto Serif CJK SC", 9.5, true, 1.4};
static const style foot_style = {"Noto Sans CJK SC", 7.5, false, 1.3};

static PangoLayout *
layout_of(const setter *s, const style *f, const char *text, double width)
{
    PangoLayout *l = pango_layout_new(s->context);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, f->family);
    pango_font_description_set_absolute_size(font, f->size * PANGO_SCALE);
    pango_font_description_set_weight(font, f->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(l, font);
    pango_font_description_free(font);
    pango_layout_set_width(l, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(l, text, -1);
    return l;
}

static double
width_of(PangoLayout *l)
{
    PangoRectangle r;
    pango_layout_get_extents(l, NULL, &r);
    return (double)r.width / PANGO_SCALE;
}

static void
draw_line(const setter *s, PangoLayoutLine *line, double x, double baseline)
{
    if (s->writing) {
        cairo_move_to(s->cr, x, baseline);
        pango_cairo_show_layout_line(s->cr, line);
    }
}

static void
rule(const setter *s, double x1, double y1, double x2, double y2, double thickness)
{
    if (s->writing) {
        cairo_set_line_width(s->cr, thickness);
        cairo_move_to(s->cr, x1, y1);
        cairo_line_to(s->cr, x2, y2);
        cairo_stroke(s->cr);
    }
}

/* The two lines at the foot: hash and page number (D2). */
static void
draw_foot(const setter *s)
{
    if (!s->writing) {
        return;
    }
    char text[200];
    double y = page_height - bottom + 26;
    rule(s, left, y - 6, page_width - right, y - 6, 0.4);
    rh_web_say(text, sizeof text, s->d->language, RH_WEB_DOCUMENT_HASH, s->d->hash, NULL);
    PangoLayout *hash = layout_of(s, &foot_style, text, page_width - left - right);
    draw_line(s, pango_layout_get_line_readonly(hash, 0), left, y + 6);
    g_object_unref(hash);
    rh_web_say(text, sizeof text, s->d->language, RH_WEB_DOCUMENT_PAGE,
               rh_text_count((uint64_t)s->page).text, rh_text_count((uint64_t)s->pages).text,
               NULL);
    PangoLayout *number = layout_of(s, &foot_style, text, page_width - left - right);
    draw_line(s, pango_layout_get_line_readonly(number, 0),
              page_width - right - width_of(number), y + 6);
    g_object_unref(number);
}

static void
new_page(setter *s)
{
    if (s->page > 0) {
        draw_foot(s);
        if (s->writing) {
            cairo_show_page(s->cr);
        }
    }
    s->page++;
    s->y = top;
}

/* Begin a new page unless `height` more fits on this one. */
static void
need(setter *s, double height)
{
    if (s->y + height > page_height - bottom && s->y > top) {
        new_page(s);
    }
}

static double
line_height(const style *f)
{
    return f->size * f->spacing;
}

/* Where the baseline lies in a line's slot: the same for all fonts, so that lines stand evenly. */
static double
baseline(const style *f)
{
    return line_height(f) / 2 + f->size * 0.37;
}

/* How many lines must stand together with line i of n: neither the first nor the last line of a text stands alone. */
static int
together(int i, int n)
{
    return n == 3 && i == 0 ? 3 : n > 1 && (i == 0 || i == n - 2) ? 2 : 1;
}

/* Set all lines of the layout at x, going to new pages. */
static void
set_lines(setter *s, PangoLayout *l, const style *f, double x, double width,
          PangoAlignment align)
{
    int n = pango_layout_get_line_count(l);
    for (int i = 0; i < n; i++) {
        need(s, together(i, n) * line_height(f));
        PangoLayoutLine *line = pango_layout_get_line_readonly(l, i);
        PangoRectangle r;
        pango_layout_line_get_extents(line, NULL, &r);
        double spare = width - (double)r.width / PANGO_SCALE;
        double shift = align == PANGO_ALIGN_CENTER  ? spare / 2
                       : align == PANGO_ALIGN_RIGHT ? spare
                                                    : 0;
        draw_line(s, line, x + shift, s->y + baseline(f));
        s->y += line_height(f);
    }
}

static void
set_text(setter *s, const style *f, const char *text, double indent, PangoAlignment align)
{
    double width = page_width - left - right - indent;
    PangoLayout *l = layout_of(s, f, text, width);
    set_lines(s, l, f, left + indent, width, align);
    g_object_unref(l);
}

/* A number, and a text that begins behind it and hangs on `indent`. */
static void
set_numbered(setter *s, const rh_block *b, double from, double indent,
             const style *number_style)
{
    PangoLayout *number = layout_of(s, number_style, b->number, page_width);
    double width = page_width - left - right - indent,
           taken = from + width_of(number) + 5 - indent;
    PangoLayout *l = layout_of(s, &serif, b->text, width);
    pango_layout_set_indent(l, (int)((taken > 0 ? taken : 0) * PANGO_SCALE));
    int n = pango_layout_get_line_count(l);
    if (s->follows > 0) {
        need(s, n * line_height(&serif) + s->follows);
    }
    for (int i = 0; i < n; i++) {
        need(s, together(i, n) * line_height(&serif));
        if (i == 0) {
            draw_line(s, pango_layout_get_line_readonly(number, 0), left + from,
                      s->y + baseline(number_style));
        }
        draw_line(s, pango_layout_get_line_readonly(l, i),
                  left + indent + (i == 0 && taken > 0 ? taken : 0), s->y + baseline(&serif));
        s->y += line_height(&serif);
    }
    g_object_unref(l);
    g_object_unref(number);
}

static void
set_notice(setter *s, const rh_block *b)
{
    const double pad = 9;
    double width = page_width - left - right - 2 * pad;
    PangoLayout *l = layout_of(s, &serif, b->text, width);
    double height = pango_layout_get_line_count(l) * line_height(&serif) + 2 * pad;
    need(s, height + 6);
    s->y += 3;
    if (s->writing) {
        cairo_set_line_width(s->cr, 0.8);
        cairo_rectangle(s->cr, left, s->y, page_width - left - right, height);
        cairo_stroke(s->cr);
    }
    double end = s->y + height + 6;
    s->y += pad;
    set_lines(s, l, &serif, left + pad, width, PANGO_ALIGN_LEFT);
    s->y = end;
    g_object_unref(l);
}

enum { MOST_COLUMNS = 8 };

/* Widths by the longest text of each column: all get their share of what is there, none less than a fifth of an even share. */
static void
column_widths(const setter *s, const rh_block *b, double width[MOST_COLUMNS])
{
    double all = page_width - left - right, sum = 0;
    for (size_t c = 0; c < b->columns; c++) {
        width[c] = 30;
        for (size_t r = 0; r < b->rows; r++) {
            PangoLayout *l = layout_of(s, r == 0 ? &cell_bold : &cell_style,
                                       b->cell[r * b->columns + c], all);
            double w = width_of(l) + 14;
            width[c] = w > width[c] ? w : width[c];
            g_object_unref(l);
        }
        sum += width[c];
    }
    for (size_t c = 0; c < b->columns; c++) {
        width[c] *= all / sum;
    }
}

/* One row of a table; drawn when it is known how high it is. */
static void
set_row(setter *s, const rh_block *b, size_t row, const double width[MOST_COLUMNS])
{
    const style *f = row == 0 ? &cell_bold : &cell_style;
    PangoLayout *l[MOST_COLUMNS];
    int lines = 1;
    for (size_t c = 0; c < b->columns; c++) {
        l[c] = layout_of(s, f, b->cell[row * b->columns + c], width[c] - 10);
        int n = pango_layout_get_line_count(l[c]);
        lines = n > lines ? n : lines;
    }
    double height = lines * line_height(f) + 6, from = s->y, x = left;
    for (size_t c = 0; c < b->columns; c++) {
        s->y = from + 3;
        bool flush = c + 1 == b->columns && b->columns > 1;
        set_lines(s, l[c], f, x + 5, width[c] - 10,
                  flush ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
        x += width[c];
        g_object_unref(l[c]);
    }
    s->y = from + height;
    rule(s, left, s->y, page_width - right, s->y, row == 0 ? 0.8 : 0.4);
}

/* A row's height, to see whether it fits. */
static double
row_height(const setter *s, const rh_block *b, size_t row, const double width[MOST_COLUMNS])
{
    const style *f = row == 0 ? &cell_bold : &cell_style;
    int lines = 1;
    for (size_t c = 0; c < b->columns; c++) {
        PangoLayout *l = layout_of(s, f, b->cell[row * b->columns + c], width[c] - 10);
        int n = pango_layout_get_line_count(l);
        lines = n > lines ? n : lines;
        g_object_unref(l);
    }
    return lines * line_height(f) + 6;
}

static void
set_table(setter *s, const rh_block *b)
{
    double width[MOST_COLUMNS];
    column_widths(s, b, width);
    s->y += 4;
    for (size_t r = 0; r < b->rows; r++) {
        int page = s->page;
        double more = r == 0 && b->rows > 1 ? row_height(s, b, 1, width) : 0;
        need(s, row_height(s, b, r, width) + more);
        bool again = r > 0 && page != s->page; /* the head stands on each page */
        if (r == 0 || again) {
            rule(s, left, s->y, page_width - right, s->y, 0.8);
        }
        if (again) {
            set_row(s, b, 0, width);
        }
        set_row(s, b, r, width);
    }
    s->y += 8;
}

static const double signature_height = 46;

/* Of the signatures that must stand together: three at most. */
static double
signatures_height(const rh_block *b)
{
    return 10 + signature_height * (double)(b->rows < 3 ? b->rows : 3);
}

static void
set_signatures(setter *s, const rh_block *b)
{
    need(s, signatures_height(b));
    s->y += 10;
    double middle = left + (page_width - left - right) * 0.66;
    for (size_t i = 0; i < b->rows; i++) {
        need(s, signature_height);
        double y = s->y + signature_height - 12;
        PangoLayout *who = layout_of(s, &serif, b->cell[i], (middle - left) * 0.62);
        int lines = pango_layout_get_line_count(who);
        double at = y - (lines - 1) * line_height(&serif);
        for (int k = 0; k < lines; k++) {
            draw_line(s, pango_layout_get_line_readonly(who, k), left,
                      at + k * line_height(&serif) - 3);
        }
        rule(s, left + width_of(who) + 6, y, middle - 18, y, 0.5);
        PangoLayout *date =
            layout_of(s, &serif, b->text == NULL ? "" : b->text, page_width - right - middle);
        draw_line(s, pango_layout_get_line_readonly(date, 0), middle, y - 3);
        rule(s, middle + width_of(date) + 6, y, page_width - right, y, 0.5);
        g_object_unref(who);
        g_object_unref(date);
        s->y += signature_height;
    }
}

static void
set_block(setter *s, const rh_block *b)
{
    switch (b->kind) {
    case RH_BLOCK_TITLE:
        set_text(s, &title_style, b->text, 0, PANGO_ALIGN_CENTER);
        s->y += 4;
        break;
    case RH_BLOCK_LINE:
        set_text(s, &line_style, b->text, 0, PANGO_ALIGN_CENTER);
        break;
    case RH_BLOCK_HEADING:
        /* never the last line of a page */
        need(s, 8 + line_height(&heading_style) + 3 * line_height(&serif));
        s->y += s->y > top ? 8 : 0;
        set_text(s, &heading_style, b->text, 0, PANGO_ALIGN_LEFT);
        break;
    case RH_BLOCK_CLAUSE:
        s->y += 2;
        set_numbered(s, b, 0, 0, &serif_bold);
        break;
    case RH_BLOCK_ITEM:
        set_numbered(s, b, 2 * body_size, 5.6 * body_size, &serif);
        break;
    case RH_BLOCK_TEXT:
        set_text(s, &serif, b->text, 0, PANGO_ALIGN_LEFT);
        break;
    case RH_BLOCK_NOTICE:
        set_notice(s, b);
        break;
    case RH_BLOCK_TABLE:
        set_table(s, b);
        break;
    case RH_BLOCK_SIGNATURES:
        set_signatures(s, b);
        break;
    }
}

static void
set_document(setter *s)
{
    s->page = 0;
    new_page(s);
    const rh_block *b = s->d->block;
    for (size_t i = 0; i < s->d->n; i++) {
        bool before_signatures = i + 1 < s->d->n && b[i + 1].kind == RH_BLOCK_SIGNATURES;
        s->follows = before_signatures ? signatures_height(&b[i + 1]) : 0;
        set_block(s, &b[i]);
    }
    draw_foot(s);
    if (s->writing) {
        cairo_show_page(s->cr);
    }
}

static bool
is_utf8(const char *text)
{
    return text == NULL || rh_text_valid(text, strlen(text)) == strlen(text);
}

static rh_status
check(const rh_document *d, rh_err *err)
{
    for (size_t i = 0; i < d->n; i++) {
        const rh_block *b = &d->block[i];
        bool table = b->kind == RH_BLOCK_TABLE || b->kind == RH_BLOCK_SIGNATURES;
        bool numbered = b->kind == RH_BLOCK_CLAUSE || b->kind == RH_BLOCK_ITEM;
        if (table ? b->cell == NULL || b->rows == 0 || b->columns == 0 ||
                        b->columns > MOST_COLUMNS
                  : b->text == NULL || (numbered && b->number == NULL)) {
            return rh_fail(err, RH_INPUT, "Block %zu of the document \"%s\" is incomplete.",
                           i + 1, d->title);
        }
        bool good = is_utf8(b->text) && is_utf8(b->number);
        for (size_t k = 0; table && k < b->rows * b->columns; k++) {
            good &= b->cell[k] != NULL && is_utf8(b->cell[k]);
        }
        if (!good) {
            return rh_fail(err, RH_INPUT, "Block %zu of the document \"%s\" is not UTF-8.",
                           i + 1, d->title);
        }
    }
    return RH_OK;
}

/* pango would quietly take another font, without Chinese characters perhaps. */
static rh_status
check_fonts(PangoFontMap *map, rh_err *err)
{
    static const char *const wanted[] = {"Noto Serif CJK SC", "Noto Sans CJK SC"};
    PangoFontFamily **family;
    int n;
    pango_font_map_list_families(map, &family, &n);
    bool found[2] = {false, false};
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < 2; k++) {
            found[k] |= strcmp(pango_font_family_get_name(family[i]), wanted[k]) == 0;
        }
    }
    g_free(family);
    for (int k = 0; k < 2; k++) {
        if (!found[k]) {
            return rh_fail(err, RH_MISSING,
                           "The font %s is not installed (package fonts-noto-cjk).", wanted[k]);
        }
    }
    return RH_OK;
}

static cairo_status_t
collect(void *closure, const unsigned char *bytes, unsigned size)
{
    rh_pdf *out = closure;
    unsigned char *grown = rh_resize(out->bytes, out->size + size, 1);
    if (grown == NULL) {
        return CAIRO_STATUS_NO_MEMORY;
    }
    memcpy(grown + out->size, bytes, size);
    out->bytes = grown;
    out->size += size;
    return CAIRO_STATUS_SUCCESS;
}

static rh_status
write_file(const rh_document *d, PangoFontMap *map, rh_pdf *out, rh_err *err)
{
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(collect, out, page_width, page_height);
    const rh_shown date = rh_show_iso_time(d->made);
    cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, d->title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date.text);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, date.text);
    setter s = {.d = d, .cr = cairo_create(surface)};
    s.context = pango_font_map_create_context(map);
    pango_cairo_update_context(s.cr, s.context);
    pango_context_set_language(
        s.context, pango_language_from_string(d->language == RH_CHINESE ? "zh-cn" : "en"));
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(s.context, options);
    cairo_font_options_destroy(options);
    set_document(&s);
    s.pages = out->pages = s.page;
    s.writing = true;
    set_document(&s);
    cairo_surface_finish(surface);
    cairo_status_t status = cairo_status(s.cr);
    status = status != CAIRO_STATUS_SUCCESS ? status : cairo_surface_status(surface);
    g_object_unref(s.context);
    cairo_destroy(s.cr);
    cairo_surface_destroy(surface);
    if (status == CAIRO_STATUS_SUCCESS) {
        return RH_OK;
    }
    return rh_fail(err, status == CAIRO_STATUS_NO_MEMORY ? RH_MEMORY : RH_IO,
                   "The document \"%s\" could not be written: %s.", d->title,
                   cairo_status_to_string(status));
}

rh_status
rh_pdf_make(const rh_document *d, rh_pdf *out, rh_err *err)
{
    *out = (rh_pdf){0};
    RH_TRY(check(d, err));
    PangoFontMap *map = pango_cairo_font_map_new();
    rh_status st = check_fonts(map, err);
    if (st == RH_OK) {
        st = write_file(d, map, out, err);
    }
    g_object_unref(map);
    if (st != RH_OK) {
        rh_pdf_release(out);
    }
    return st;
}

void
rh_pdf_release(rh_pdf *pdf)
{
    rh_free(pdf->bytes);
    *pdf = (rh_pdf){0};
}
