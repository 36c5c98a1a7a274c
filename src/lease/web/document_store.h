/* Uploaded photos and certificates: files by their SHA-256, "ab/cdef…" under one folder.
 *
 * D1 a name is the hash of the bytes: the same document is one file, and a file that changed is found out.
 * D2 a file appears whole or not at all: written beside, fsync, rename, fsync of the folder.
 * D3 what a file is, its first bytes say (JPEG, PNG, PDF), not its name or its sender; nothing else is taken. It is only ever given back as that
 *    type, as a download, never sniffed or run (page_documents.c). */
#ifndef RH_WEB_DOCUMENT_STORE_H
#define RH_WEB_DOCUMENT_STORE_H

#include "core/status.h"
#include "domain/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RH_DOCUMENT_MOST = 10 * 1024 * 1024, RH_DOCUMENT_HEAD = 16, RH_HEX = 65 };

/* The media type that the first RH_DOCUMENT_HEAD bytes say, or NULL. */
const char *rh_document_type(const uint8_t head[RH_DOCUMENT_HEAD]);

/* Take the file that stands at `fd` (read from its beginning). Errors: RH_INPUT (no type of D3), RH_RANGE (empty, too large), RH_IO. */
RH_MUST_CHECK rh_status rh_document_put(const char *folder, int fd, rh_hash *hash,
                                        int64_t *size, const char **type, rh_err *err);

/* Open a document for reading; the caller closes `fd`. Errors: RH_MISSING, RH_IO. */
RH_MUST_CHECK rh_status rh_document_open(const char *folder, const rh_hash *hash, int *fd,
                                         int64_t *size, rh_err *err);

void rh_hash_hex(const rh_hash *hash, char out[RH_HEX]);
/* 64 lower-case hexadecimal digits and nothing else. */
bool rh_hash_read(const char *hex, rh_hash *out);

#endif
