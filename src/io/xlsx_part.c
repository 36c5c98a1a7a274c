/* Walking the XML parts of a package: see xlsx_part.h. */
#include "io/xlsx_part.h"

#include "core/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *
local_name(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

const char *
rh_xlsx_attribute(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i] != NULL; i += 2) {
        if (strcmp(local_name(attributes[i]), name) == 0) {
            return attributes[i + 1];
        }
    }
    return NULL;
}

void
rh_xlsx_fail(rh_xlsx_part *part, rh_status status, const char *format, ...)
{
    if (part->status != RH_OK) {
        return;
    }
    char text[1000];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    rh_text_mend(text);
    part->status = rh_fail(part->err, status, "%s", text);
    XML_StopParser(part->parser, XML_FALSE);
}

static void
on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    rh_xlsx_part *part = data;
    if (part->status == RH_OK) {
        part->start(part, local_name(name), attributes);
    }
}

static void
on_end(void *data, const XML_Char *name)
{
    rh_xlsx_part *part = data;
    if (part->status == RH_OK && part->end != NULL) {
        part->end(part, local_name(name));
    }
}

static void
on_text(void *data, const XML_Char *text, int size)
{
    rh_xlsx_part *part = data;
    if (part->status == RH_OK && part->text != NULL) {
        part->text(part, text, (size_t)size);
    }
}

/* No spreadsheet program writes a document type; the ones who do have entities to blow up. */
static void
on_doctype(void *data, const XML_Char *name, const XML_Char *system, const XML_Char *public,
           int has_subset)
{
    rh_xlsx_part *part = data;
    (void)name, (void)system, (void)public, (void)has_subset;
    rh_xlsx_fail(part, RH_INPUT, "%s: the part %s has a document type, as no XLSX file has.",
                 part->file, part->part);
}

static rh_status
feed(zip_file_t *file, rh_xlsx_part *part, rh_err *err)
{
    for (;;) {
        char bytes[1 << 15];
        zip_int64_t got = zip_fread(file, bytes, sizeof bytes);
        if (got < 0) {
            return rh_fail(err, RH_INPUT, "%s: the part %s cannot be unpacked: %s.", part->file,
                           part->part, zip_file_strerror(file));
        }
        enum XML_Status parsed = XML_Parse(part->parser, bytes, (int)got, got == 0);
        if (part->status != RH_OK) {
            return part->status;
        }
        if (parsed != XML_STATUS_OK) {
            return rh_fail(err, RH_INPUT, "%s: the part %s is no XML in line %lu: %s.",
                           part->file, part->part, XML_GetCurrentLineNumber(part->parser),
                           XML_ErrorString(XML_GetErrorCode(part->parser)));
        }
        if (got == 0) {
            return RH_OK;
        }
    }
}

rh_status
rh_xlsx_walk(zip_t *zip, rh_xlsx_part *part, rh_err *err)
{
    zip_int64_t index = zip_name_locate(zip, part->part, ZIP_FL_NOCASE);
    if (index < 0) {
        return RH_MISSING;
    }
    zip_file_t *file = zip_fopen_index(zip, (zip_uint64_t)index, 0);
    if (file == NULL) {
        return rh_fail(err, RH_INPUT, "%s: the part %s cannot be opened: %s.", part->file,
                       part->part, zip_strerror(zip));
    }
    rh_status status;
    part->err = err;
    part->status = RH_OK;
    part->parser = XML_ParserCreate(NULL);
    if (part->parser == NULL) {
        status = rh_fail(err, RH_MEMORY, "Not enough memory to read %s.", part->file);
    } else {
        XML_SetUserData(part->parser, part);
        XML_SetElementHandler(part->parser, on_start, on_end);
        XML_SetCharacterDataHandler(part->parser, on_text);
        XML_SetStartDoctypeDeclHandler(part->parser, on_doctype);
        status = feed(file, part, err);
        XML_ParserFree(part->parser);
        part->parser = NULL;
    }
    zip_fclose(file);
    return status;
}
