/* Static files: see static_file.h. */
#include "http/static_file.h"

#include "core/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SMALL = 64 * 1024 }; /* read at once and sent with the head; larger ones by sendfile */

struct rh_static {
    char *
        folder; /* opened for each answer: it may be swapped for another (service/open_data.h) */
    char cache[60];
};

rh_status
rh_static_new(const char *folder, unsigned max_age_s, rh_static **out, rh_err *err)
{
    rh_static *files;
    RH_NEW(files, 1, err);
    int there = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (there < 0) {
        rh_free(files);
        return rh_fail(err, RH_IO, "The folder %s cannot be opened: %s.", folder,
                       strerror(errno));
    }
    close(there);
    size_t size = strlen(folder) + 1;
    files->folder = rh_alloc(size, 1);
    if (files->folder == NULL) {
        rh_free(files);
        return rh_fail(err, RH_MEMORY, "Not enough memory for the name of a folder.");
    }
    memcpy(files->folder, folder, size);
    snprintf(files->cache, sizeof files->cache, "public, max-age=%u", max_age_s);
    *out = files;
    return RH_OK;
}

void
rh_static_free(rh_static *files)
{
    if (files != NULL) {
        rh_free(files->folder);
        rh_free(files);
    }
}

static const char *
type_of(const char *name)
{
    static const char *const type[][2] = {
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".html", "text/html; charset=utf-8"},
        {".txt", "text/plain; charset=utf-8"},
        {".json", "application/json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".jpg", "image/jpeg"},
        {".webp", "image/webp"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".pdf", "application/pdf"},
        {".webmanifest", "application/manifest+json"},
    };
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot != NULL && i < sizeof type / sizeof type[0]; i++) {
        if (strcasecmp(dot, type[i][0]) == 0) {
            return type[i][1];
        }
    }
    return "application/octet-stream";
}

/* The parts from `first` below the folder; -1 when there is no such regular file. */
static int
open_parts(const rh_static *files, const rh_path *path, int first, struct stat *about)
{
    int at = path->n > first ? open(files->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    for (int i = first; at >= 0 && i < path->n; i++) {
        bool last = i + 1 == path->n;
        int next = -1;
        if (path->part[i][0] != '.' && path->part[i][0] != '\0') {
            next = openat(at, path->part[i],
                          O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK |
                              (last ? 0 : O_DIRECTORY));
        }
        close(at);
        at = next;
    }
    if (at >= 0 && (fstat(at, about) != 0 || !S_ISREG(about->st_mode))) {
        close(at);
        at = -1;
    }
    return at;
}

static bool
read_small(int fd, size_t size, rh_response *response)
{
    char *to = rh_response_room(response, size);
    for (size_t done = 0; to != NULL && done < size;) {
        ssize_t n = pread(fd, to + done, size - done, (off_t)done);
        if (n <= 0) {
            return false; /* it was cut while being read */
        }
        done += (size_t)n;
    }
    response->size += size;
    return to != NULL;
}

void
rh_static_handler(rh_request *request, rh_response *response)
{
    rh_static_answer(request->route->data, rh_route_rest(request->route), request, response);
}

void
rh_static_answer(const rh_static *files, int first, rh_request *request, rh_response *response)
{
    struct stat about;
    int fd = first < 0 ? -1 : open_parts(files, &request->path, first, &about);
    if (fd < 0) {
        rh_request_refuse(request, response, RH_PROBLEM_NOT_FOUND);
        return;
    }
    char tag[80];
    snprintf(tag, sizeof tag, "\"%jx-%jx-%jx%09lx\"", (uintmax_t)about.st_ino,
             (uintmax_t)about.st_size, (uintmax_t)about.st_mtim.tv_sec,
             (unsigned long)about.st_mtim.tv_nsec);
    rh_response_header(response, "ETag", tag);
    response->cache = files->cache;
    response->type = type_of(request->path.part[request->path.n - 1]);
    const char *known = rh_request_header(request, "If-None-Match");
    if (known != NULL && strstr(known, tag) != NULL) {
        response->status = 304;
    } else if (about.st_size <= SMALL) {
        if (!read_small(fd, (size_t)about.st_size, response)) {
            response->failed = true;
        }
    } else {
        response->from_file = true;
        response->fd = fd;
        response->fd_size = (uint64_t)about.st_size;
        return;
    }
    close(fd);
}
