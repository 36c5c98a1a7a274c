/* Workbooks written whole: see workbook.h. */
#include "io/workbook.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static rh_status
copy_file(int from, const char *file, const char *path, rh_err *err)
{
    char bytes[1 << 14];
    ssize_t got;
    FILE *out = fopen(file, "wb");
    if (out == NULL) {
        return rh_fail(err, RH_IO, "%s could not be opened: %s.", path, strerror(errno));
    }
    bool lost = lseek(from, 0, SEEK_SET) != 0;
    while (!lost && (got = read(from, bytes, sizeof bytes)) != 0) {
        lost = got < 0 || fwrite(bytes, 1, (size_t)got, out) != (size_t)got;
    }
    lost = lost || fflush(out) != 0 || fsync(fileno(out)) != 0;
    int cause = errno;
    if (fclose(out) != 0 || lost) {
        return rh_fail(err, RH_IO, "%s could not be written: %s.", path, strerror(cause));
    }
    return RH_OK;
}

rh_status
rh_workbook_write(const char *file, const char *path, bool by_row, rh_fill_workbook *fill,
                  const void *context, rh_err *err)
{
    lxw_workbook_options options = {.constant_memory = by_row ? LXW_TRUE : LXW_FALSE};
    char memory[40];
    int fd = memfd_create("ronghe.xlsx", MFD_CLOEXEC);
    if (fd < 0) {
        return rh_fail(err, RH_IO, "%s could not be made: %s.", path, strerror(errno));
    }
    snprintf(memory, sizeof memory, "/proc/self/fd/%d", fd);
    lxw_workbook *book = workbook_new_opt(memory, &options);
    rh_status status = book != NULL ? fill(context, book, err) : RH_OK;
    lxw_error code = book != NULL ? workbook_close(book) : LXW_ERROR_MEMORY_MALLOC_FAILED;
    if (status == RH_OK && code != LXW_NO_ERROR) {
        status = rh_fail(err, RH_IO, "%s could not be written: %s", path, lxw_strerror(code));
    }
    if (status == RH_OK) {
        status = copy_file(fd, file, path, err);
    }
    close(fd);
    return status;
}
