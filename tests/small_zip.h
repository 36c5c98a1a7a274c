/* A ZIP archive in memory from parts given as text: hand-made XLSX files for tests and the fuzzer. */
#ifndef SMALL_ZIP_H
#define SMALL_ZIP_H

#include <stddef.h>

typedef struct small_part {
    const char *name, *text;
    size_t size;
} small_part;

/* The archive (the caller frees it), or NULL. */
void *small_zip(const small_part *part, size_t n, size_t *size);

/* An XLSX file with one sheet 数据 of these rows ("<row>…"), what follows them in the sheet ("<mergeCells>…"), shared texts
 * ("<si>…") and styles; NULL or "" where there is none. */
void *small_xlsx(const char *rows, const char *behind, const char *shared, const char *styles,
                 size_t *size);

#endif
