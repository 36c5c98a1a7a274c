/* Small archives: see small_zip.h. */
#include "small_zip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

void *
small_zip(const small_part *part, size_t n, size_t *size)
{
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_t *zip =
        source != NULL ? zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, NULL) : NULL;
    if (zip == NULL) {
        return NULL;
    }
    zip_source_keep(source);
    for (size_t i = 0; i < n; i++) {
        zip_source_t *text = zip_source_buffer(zip, part[i].text, part[i].size, 0);
        zip_int64_t at = zip_file_add(zip, part[i].name, text, ZIP_FL_ENC_UTF_8);
        if (at >= 0) {
            zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0);
        }
    }
    char *bytes = NULL;
    zip_stat_t stat;
    if (zip_close(zip) == 0 && zip_source_open(source) == 0) {
        if (zip_source_stat(source, &stat) == 0 && (bytes = malloc(stat.size)) != NULL) {
            *size = (size_t)zip_source_read(source, bytes, stat.size);
        }
        zip_source_close(source);
    }
    zip_source_free(source);
    return bytes;
}

void *
small_xlsx(const char *rows, const char *behind, const char *shared, const char *styles,
           size_t *size)
{
    static const char rels[] =
        "<Relationships><Relationship Id=\"a\" Type=\"http://x/officeDocument\" "
        "Target=\"xl/workbook.xml\"/></Relationships>";
    static const char book[] =
        "<workbook><workbookPr/><sheets><sheet name=\"数据\" sheetId=\"1\" r:id=\"b\" "
        "xmlns:r=\"http://r\"/></sheets></workbook>";
    static const char book_rels[] =
        "<Relationships><Relationship Id=\"b\" Type=\"http://x/worksheet\" "
        "Target=\"worksheets/sheet1.xml\"/></Relationships>";
    char *sheet = NULL, *strings = NULL;
    if (asprintf(&sheet, "<worksheet><sheetData>%s</sheetData>%s</worksheet>", rows,
                 behind != NULL ? behind : "") < 0 ||
        asprintf(&strings, "<sst>%s</sst>", shared != NULL ? shared : "") < 0) {
        return NULL;
    }
    const small_part part[] = {
        {"_rels/.rels", rels, strlen(rels)},
        {"xl/workbook.xml", book, strlen(book)},
        {"xl/_rels/workbook.xml.rels", book_rels, strlen(book_rels)},
        {"xl/worksheets/sheet1.xml", sheet, strlen(sheet)},
        {"xl/sharedStrings.xml", strings, strlen(strings)},
        {"xl/styles.xml", styles, styles != NULL ? strlen(styles) : 0},
    };
    void *bytes = small_zip(part, styles != NULL ? 6 : 5, size);
    free(sheet);
    free(strings);
    return bytes;
}
