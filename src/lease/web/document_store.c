/* Documents by hash: see document_store.h. */
#include "web/document_store.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 65536, NAME = 80 };

const char *
rh_document_type(const uint8_t head[RH_DOCUMENT_HEAD])
{
    static const uint8_t jpeg[] = {0xff, 0xd8, 0xff}, pdf[] = "%PDF-",
                         png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n',
                                  0,    0,   0,   13,  'I',  'H',  'D',  'R'};
    return memcmp(head, jpeg, sizeof jpeg) == 0 ? "image/jpeg"
           : memcmp(head, png, sizeof png) == 0 ? "image/png"
           : memcmp(head, pdf, sizeof pdf - 1) == 0 && (head[5] == '1' || head[5] == '2') &&
                   head[6] == '.'
               ? "application/pdf"
               : NULL;
}

void
rh_hash_hex(const rh_hash *hash, char out[RH_HEX])
{
    sodium_bin2hex(out, RH_HEX, hash->byte, sizeof hash->byte);
}

bool
rh_hash_read(const char *hex, rh_hash *out)
{
    size_t size;
    return strspn(hex, "0123456789abcdef") == RH_HEX - 1 && hex[RH_HEX - 1] == '\0' &&
           sodium_hex2bin(out->byte, sizeof out->byte, hex, RH_HEX - 1, NULL, &size, NULL) ==
               0 &&
           size == sizeof out->byte;
}

static rh_status
io(rh_err *err, const char *what)
{
    return rh_fail(err, RH_IO, "A document cannot be kept (%s: %s).", what, strerror(errno));
}

/* Walk the file once: hash it and, when `to` ≥ 0, copy it there. */
static rh_status
walk(int fd, int to, rh_hash *hash, int64_t *size, const char **type, rh_err *err)
{
    static const size_t most = RH_DOCUMENT_MOST;
    uint8_t piece[PIECE];
    crypto_hash_sha256_state sha;
    size_t at = 0;
    crypto_hash_sha256_init(&sha);
    for (;;) {
        ssize_t n = pread(fd, piece, sizeof piece, (off_t)at);
        if (n < 0) {
            return io(err, "read");
        }
        if (n == 0) {
            break;
        }
        if (at == 0) {
            *type = n < RH_DOCUMENT_HEAD ? NULL : rh_document_type(piece);
            if (*type == NULL) {
                return rh_fail(err, RH_INPUT,
                               "The file is neither a JPEG or PNG picture nor a PDF.");
            }
        }
        if (to >= 0 && write(to, piece, (size_t)n) != n) {
            return io(err, "write");
        }
        crypto_hash_sha256_update(&sha, piece, (size_t)n);
        at += (size_t)n;
        if (at > most) {
            return rh_fail(err, RH_RANGE, "The file has more than %zu bytes.", most);
        }
    }
    crypto_hash_sha256_final(&sha, hash->byte);
    *size = (int64_t)at;
    return at > 0 ? RH_OK : rh_fail(err, RH_RANGE, "The file is empty.");
}

/* D2. `at` is the folder of the first two digits. */
static rh_status
write_file(int at, const char *name, int fd, const rh_hash *hash, rh_err *err)
{
    char beside[NAME];
    uint8_t random[8];
    char tail[2 * sizeof random + 1];
    rh_hash again;
    int64_t size;
    const char *type;
    randombytes_buf(random, sizeof random);
    snprintf(beside, sizeof beside, ".new-%s",
             sodium_bin2hex(tail, sizeof tail, random, sizeof random));
    int to = openat(at, beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to < 0) {
        return io(err, "open");
    }
    rh_status status = walk(fd, to, &again, &size, &type, err);
    if (status == RH_OK && memcmp(&again, hash, sizeof again) != 0) {
        status = rh_fail(err, RH_IO, "The file changed while it was being kept.");
    }
    if (status == RH_OK && fsync(to) != 0) {
        status = io(err, "fsync");
    }
    close(to);
    if (status == RH_OK && renameat(at, beside, at, name) != 0) {
        status = io(err, "rename");
    }
    if (status != RH_OK) {
        (void)unlinkat(at, beside, 0);
        return status;
    }
    return fsync(at) == 0 ? RH_OK : io(err, "fsync");
}

/* The folder of the first two digits, -1 when there is none. */
static int
open_part(const char *folder, const char hex[RH_HEX], bool make)
{
    char part[3] = {hex[0], hex[1], '\0'};
    int top = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (top < 0) {
        return -1;
    }
    if (make && mkdirat(top, part, 0700) == 0) {
        (void)fsync(top);
    }
    int at = openat(top, part, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    int saved = errno;
    close(top);
    errno = saved;
    return at;
}

rh_status
rh_document_put(const char *folder, int fd, rh_hash *hash, int64_t *size, const char **type,
                rh_err *err)
{
    char hex[RH_HEX];
    RH_TRY(walk(fd, -1, hash, size, type, err));
    rh_hash_hex(hash, hex);
    int at = open_part(folder, hex, true);
    if (at < 0) {
        return io(err, "folder");
    }
    rh_status status =
        faccessat(at, hex + 2, F_OK, 0) == 0 ? RH_OK : write_file(at, hex + 2, fd, hash, err);
    close(at);
    return status;
}

rh_status
rh_document_open(const char *folder, const rh_hash *hash, int *fd, int64_t *size, rh_err *err)
{
    char hex[RH_HEX];
    struct stat about;
    rh_hash_hex(hash, hex);
    int at = open_part(folder, hex, false);
    *fd = at < 0 ? -1 : openat(at, hex + 2, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (at >= 0) {
        close(at);
    }
    if (*fd < 0) {
        return rh_fail(err, RH_MISSING, "There is no document %s.", hex);
    }
    if (fstat(*fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        close(*fd);
        return rh_fail(err, RH_IO, "Document %s cannot be read.", hex);
    }
    *size = about.st_size;
    return RH_OK;
}
