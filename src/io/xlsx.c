/* Package, workbook and sheet of an XLSX file: see xlsx.h. */
#include "io/xlsx.h"

#include "core/mem.h"
#include "core/text.h"
#include "io/xlsx_part.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 400, LIST_SIZE = 1200 };

/* The relation of a part with another one: from its .rels, by id or by the end of its type. */
typedef struct relation {
    const char *id, *type; /* one of them is looked for, the other NULL */
    char target[NAME_SIZE];
} relation;

static void
relation_start(rh_xlsx_part *part, const char *element, const char **attributes)
{
    relation *r = part->context;
    const char *id = rh_xlsx_attribute(attributes, "Id");
    const char *type = rh_xlsx_attribute(attributes, "Type");
    const char *target = rh_xlsx_attribute(attributes, "Target");
    if (strcmp(element, "Relationship") != 0 || id == NULL || type == NULL || target == NULL ||
        r->target[0] != '\0') {
        return;
    }
    const char *slash = strrchr(type, '/');
    if (r->id != NULL ? strcmp(r->id, id) == 0
                      : slash != NULL && strcmp(slash + 1, r->type) == 0) {
        snprintf(r->target, sizeof r->target, "%s", target);
    }
}

/* Follow a relation of the part `base` + file to a part name in *r. */
static rh_status
follow(zip_t *zip, const char *file, const char *rels, const char *base, relation *r,
       rh_err *err)
{
    rh_xlsx_part part = {.file = file, .part = rels, .context = r, .start = relation_start};
    char full[NAME_SIZE];
    r->target[0] = '\0';
    rh_status status = rh_xlsx_walk(zip, &part, err);
    if (status == RH_MISSING || (status == RH_OK && r->target[0] == '\0')) {
        return rh_fail(err, RH_INPUT,
                       "%s is no XLSX workbook: %s does not say where its %s is.", file, rels,
                       r->id != NULL ? "sheet" : "workbook");
    }
    RH_TRY(status);
    bool absolute = r->target[0] == '/';
    snprintf(full, sizeof full, "%.*s%.*s", (int)sizeof full / 2 - 1, absolute ? "" : base,
             (int)sizeof full / 2, r->target + absolute);
    memcpy(r->target, full, sizeof full);
    return RH_OK;
}

typedef struct book_reading {
    const char *wanted; /* NULL: the first sheet */
    bool found, from_1904;
    char sheet[NAME_SIZE], id[NAME_SIZE];
    char list[LIST_SIZE];
    size_t listed;
} book_reading;

static void
book_start(rh_xlsx_part *part, const char *element, const char **attributes)
{
    book_reading *b = part->context;
    if (strcmp(element, "workbookPr") == 0) {
        const char *date = rh_xlsx_attribute(attributes, "date1904");
        b->from_1904 = date != NULL && (strcmp(date, "1") == 0 || strcmp(date, "true") == 0);
        return;
    }
    const char *name = rh_xlsx_attribute(attributes, "name");
    const char *id = rh_xlsx_attribute(attributes, "id");
    if (strcmp(element, "sheet") != 0 || name == NULL || id == NULL) {
        return;
    }
    if (b->listed < LIST_SIZE - 1) {
        int used = snprintf(b->list + b->listed, LIST_SIZE - b->listed, "%s\"%.*s\"",
                            b->listed > 0 ? ", " : "", RH_XLSX_SHOWN(name));
        b->listed += used > 0 ? (size_t)used : 0;
    }
    if (!b->found && (b->wanted == NULL || strcmp(b->wanted, name) == 0)) {
        b->found = true;
        snprintf(b->sheet, sizeof b->sheet, "%s", name);
        snprintf(b->id, sizeof b->id, "%s", id);
    }
}

/* The part name of the sheet that is wanted, in *sheet; its name and the calendar in *b. */
static rh_status
find_sheet(zip_t *zip, const char *file, book_reading *b, relation *sheet, rh_err *err)
{
    relation book = {.type = "officeDocument"};
    RH_TRY(follow(zip, file, "_rels/.rels", "", &book, err));
    rh_xlsx_part part = {.file = file, .part = book.target, .context = b, .start = book_start};
    rh_status status = rh_xlsx_walk(zip, &part, err);
    if (status == RH_MISSING) {
        return rh_fail(err, RH_INPUT, "%s: the workbook %s is not in the file.", file,
                       book.target);
    }
    RH_TRY(status);
    rh_text_mend(b->list);
    if (!b->found) {
        return b->wanted == NULL ? rh_fail(err, RH_INPUT, "%s holds no sheet.", file)
                                 : rh_fail(err, RH_INPUT, "%s has no sheet \"%s\"; it has %s.",
                                           file, b->wanted, b->listed > 0 ? b->list : "none");
    }
    char rels[2 * NAME_SIZE + 16], base[NAME_SIZE];
    char *slash = strrchr(book.target, '/');
    size_t folder = slash != NULL ? (size_t)(slash - book.target) + 1 : 0;
    snprintf(base, sizeof base, "%.*s", (int)folder, book.target);
    snprintf(rels, sizeof rels, "%s_rels/%s.rels", base, book.target + folder);
    *sheet = (relation){.id = b->id};
    return follow(zip, file, rels, base, sheet, err);
}

static rh_status
read_book(zip_t *zip, const char *file, const char *wanted, rh_grid *grid, rh_xlsx_book *book,
          book_reading *b, rh_csv **out, rh_err *err)
{
    char name[NAME_SIZE * 4];
    relation sheet;
    uint32_t header = 1;
    b->wanted = wanted;
    RH_TRY(find_sheet(zip, file, b, &sheet, err));
    snprintf(name, sizeof name, "%.1000s[%.300s]", file, b->sheet);
    rh_text_mend(name);
    book->zip = zip;
    book->name = name;
    book->from_1904 = b->from_1904;
    RH_TRY(rh_xlsx_read_styles(zip, file, &book->styles, err));
    RH_TRY(rh_xlsx_read_strings(zip, file, grid, &book->strings, err));
    RH_TRY(rh_xlsx_read_sheet(book, sheet.target, grid, &header, err));
    return rh_grid_table(grid, name, header, out, err);
}

static rh_status
read_source(zip_source_t *source, const char *file, const char *sheet, rh_csv **out,
            rh_err *err)
{
    zip_error_t trouble;
    zip_error_init(&trouble);
    zip_t *zip = zip_open_from_source(source, ZIP_RDONLY, &trouble);
    if (zip == NULL) {
        rh_status status = rh_fail(
            err, RH_INPUT,
            "%s is no XLSX file (%s); an old .xls or a file with a password must be saved as "
            "plain .xlsx first.",
            file, zip_error_strerror(&trouble));
        zip_source_free(source);
        zip_error_fini(&trouble);
        return status;
    }
    rh_grid grid = {0};
    rh_xlsx_book book = {0};
    book_reading *b = rh_alloc(1, sizeof *b);
    rh_status status = b == NULL
                           ? rh_fail(err, RH_MEMORY, "Not enough memory to read %s.", file)
                           : read_book(zip, file, sheet, &grid, &book, b, out, err);
    rh_free(b);
    rh_free(book.styles.date);
    rh_free(book.strings.string);
    rh_grid_release(&grid);
    zip_discard(zip);
    zip_error_fini(&trouble);
    return status;
}

rh_status
rh_xlsx_open(const char *path, const char *sheet, rh_csv **out, rh_err *err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return rh_fail(err, RH_IO, "%s cannot be opened: %s.", path, strerror(errno));
    }
    fclose(file);
    zip_source_t *source = zip_source_file_create(path, 0, 0, NULL);
    return source == NULL ? rh_fail(err, RH_MEMORY, "Not enough memory to read %s.", path)
                          : read_source(source, path, sheet, out, err);
}

rh_status
rh_xlsx_parse(const char *name, const void *bytes, size_t size, const char *sheet, rh_csv **out,
              rh_err *err)
{
    zip_source_t *source = zip_source_buffer_create(bytes, size, 0, NULL);
    return source == NULL ? rh_fail(err, RH_MEMORY, "Not enough memory to read %s.", name)
                          : read_source(source, name, sheet, out, err);
}
