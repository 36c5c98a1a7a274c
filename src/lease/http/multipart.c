/* Multipart bodies: see multipart.h.
 *
 * Bytes that are not yet understood wait in `held`: never more than one piece and a part's head. In a part's body everything
 * but the last (delimiter - 1) bytes cannot belong to a delimiter and is passed on. The body is read as if CR LF stood before
 * it, so that the first delimiter looks like the others. */
#include "http/multipart.h"

#include "core/mem.h"
#include "core/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { BOUNDARY_MOST = 70, HEAD_MOST = 4096, NAME_MOST = 512 };

typedef enum state { PREAMBLE, BEHIND, HEAD, BODY, EPILOGUE, BROKEN } state;

struct rh_multipart {
    rh_form *form;
    const rh_form_limits *limits;
    char delimiter[BOUNDARY_MOST + 5]; /* CR LF - - boundary */
    size_t delimiter_size;
    state state;
    char *held;
    size_t held_size, held_room;
    /* the part at hand */
    char name[NAME_MOST];
    size_t name_size;
    bool is_file, over;
    char *value;
    size_t value_size, value_room;
    rh_upload file;
};

/* Value of a parameter of a header ("; name=value" or "; name=\"value\""), unescaped into out. Length, or -1. */
static ptrdiff_t
parameter(const char *header, size_t size, const char *name, char *out, size_t room)
{
    size_t n = strlen(name);
    const char *end = header + size;
    const char *at = memchr(header, ';', size);
    while (at != NULL && at < end) {
        at++;
        while (at < end && (*at == ' ' || *at == '\t')) {
            at++;
        }
        const char *key = at;
        while (at < end && *at != '=' && *at != ';') {
            at++;
        }
        bool wanted = (size_t)(at - key) == n && strncasecmp(key, name, n) == 0;
        size_t used = 0;
        if (at < end && *at == '=') {
            at++;
            bool quoted = at < end && *at == '"';
            at += quoted;
            while (at < end &&
                   (quoted ? *at != '"' : *at != ';' && *at != ' ' && *at != '\t')) {
                if (quoted && *at == '\\' && at + 1 < end && at[1] == '"') {
                    at++;
                }
                if (wanted && used + 1 < room) {
                    out[used++] = *at;
                } else if (wanted) {
                    return -1;
                }
                at++;
            }
            if (quoted && at == end) {
                return -1; /* the quote does not end */
            }
            at += quoted;
        }
        if (wanted) {
            out[used] = '\0';
            return (ptrdiff_t)used;
        }
        at = at < end ? memchr(at, ';', (size_t)(end - at)) : NULL;
    }
    return -1;
}

/* "%22", "%0D", "%0A" back to what they stand for; nothing else is decoded. */
static size_t
unescape(char *text, size_t size)
{
    char *to = text;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (c == '%' && i + 2 < size) {
            if (memcmp(text + i, "%22", 3) == 0) {
                c = '"';
            } else if (strncasecmp(text + i, "%0D", 3) == 0) {
                c = '\r';
            } else if (strncasecmp(text + i, "%0A", 3) == 0) {
                c = '\n';
            }
            i += c != '%' ? 2 : 0;
        }
        *to++ = c;
    }
    return (size_t)(to - text);
}

void
rh_upload_name(const char *given, size_t size, char out[RH_UPLOAD_NAME + 1])
{
    for (size_t i = size; i > 0; i--) {
        if (given[i - 1] == '/' || given[i - 1] == '\\') {
            given += i;
            size -= i;
            break;
        }
    }
    while (size > 0 && (*given == '.' || *given == ' ')) {
        given++;
        size--;
    }
    size_t used = 0;
    while (size > 0) {
        size_t fine = rh_text_valid(given, size < 4 ? size : 4);
        unsigned char c = (unsigned char)*given;
        size_t step = 1;
        if (fine > 0 && c >= 0x80) { /* one whole character */
            step = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
        }
        if (used + step > RH_UPLOAD_NAME) {
            break;
        }
        bool keep = fine > 0 &&
                    (step > 1 ? !(c == 0xc2 && (unsigned char)given[1] < 0xa0)
                              : c >= 0x20 && c != 0x7f && strchr("<>:\"|?*%&;'`$", c) == NULL);
        if (keep) {
            memcpy(out + used, given, step);
            used += step;
        } else {
            out[used++] = '_';
        }
        given += step;
        size -= step;
    }
    if (used == 0) {
        memcpy(out, "file", 4);
        used = 4;
    }
    out[used] = '\0';
}

rh_multipart *
rh_multipart_new(const char *content_type, rh_form *form, const rh_form_limits *limits)
{
    char boundary[BOUNDARY_MOST + 1];
    ptrdiff_t n =
        parameter(content_type, strlen(content_type), "boundary", boundary, sizeof boundary);
    bool fine = n > 0 && boundary[n - 1] != ' ';
    for (ptrdiff_t i = 0; fine && i < n; i++) {
        unsigned char c = (unsigned char)boundary[i];
        fine = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
               strchr("'()+_,-./:=? ", c) != NULL;
    }
    if (!fine) {
        rh_form_mark(form, RH_PROBLEM_FORM_MALFORMED, NULL);
        return NULL;
    }
    rh_multipart *p = rh_alloc(1, sizeof *p);
    if (p == NULL) {
        rh_form_mark(form, RH_PROBLEM_INTERNAL, NULL);
        return NULL;
    }
    p->form = form;
    p->limits = limits;
    p->file.fd = -1;
    p->delimiter_size =
        (size_t)snprintf(p->delimiter, sizeof p->delimiter, "\r\n--%s", boundary);
    p->state = PREAMBLE;
    rh_multipart_feed(p, "\r\n", 2);
    return p;
}

void
rh_multipart_free(rh_multipart *p)
{
    if (p != NULL) {
        if (p->file.fd >= 0) {
            close(p->file.fd);
        }
        rh_free(p->held);
        rh_free(p->value);
        rh_free(p);
    }
}

static void
broken(rh_multipart *p, rh_problem problem)
{
    rh_form_mark(p->form, problem, NULL);
    p->state = BROKEN;
}

static bool
grow(char **block, size_t *room, size_t wanted)
{
    if (wanted <= *room) {
        return true;
    }
    char *more = rh_resize(*block, wanted * 2, 1);
    if (more == NULL) {
        return false;
    }
    *block = more;
    *room = wanted * 2;
    return true;
}

/* An open file without a name in the folder, or -1. */
static int
nameless_file(const char *folder)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/upload-XXXXXX", folder);
    if (n < 0 || (size_t)n >= sizeof path) {
        return -1;
    }
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) {
        unlink(path);
    }
    return fd;
}

static void
begin_part(rh_multipart *p, const char *head, size_t size)
{
    char given[NAME_MOST];
    ptrdiff_t name = -1, file = -1;
    p->is_file = false;
    p->over = false;
    p->value_size = 0;
    p->file = (rh_upload){.fd = -1};
    for (const char *line = head, *end = head + size; line < end;) {
        const char *stop = memmem(line, (size_t)(end - line), "\r\n", 2);
        size_t length = (size_t)((stop != NULL ? stop : end) - line);
        static const char disposition[] = "Content-Disposition:", type[] = "Content-Type:";
        if (length >= sizeof disposition - 1 &&
            strncasecmp(line, disposition, sizeof disposition - 1) == 0) {
            const char *value = line + sizeof disposition - 1;
            size_t rest = length - (sizeof disposition - 1);
            while (rest > 0 && (*value == ' ' || *value == '\t')) {
                value++;
                rest--;
            }
            if (rest < 9 || strncasecmp(value, "form-data", 9) != 0) {
                break;
            }
            name = parameter(value, rest, "name", p->name, sizeof p->name);
            file = parameter(value, rest, "filename", given, sizeof given);
        } else if (length >= sizeof type - 1 && strncasecmp(line, type, sizeof type - 1) == 0) {
            const char *value = line + sizeof type - 1;
            size_t skip = strspn(value, " \t");
            if (skip <= length - (sizeof type - 1)) {
                rh_form_mend(value + skip, length - (sizeof type - 1) - skip, p->file.type,
                             sizeof p->file.type);
            }
        }
        line += length + 2;
    }
    if (name <= 0) {
        broken(p, RH_PROBLEM_FORM_MALFORMED);
        return;
    }
    p->name_size = unescape(p->name, (size_t)name);
    p->state = BODY;
    if (file >= 0) {
        size_t given_size = unescape(given, (size_t)file);
        p->is_file = true;
        rh_form_mend(p->name, p->name_size, p->file.field, sizeof p->file.field);
        if (given_size > 0) {
            rh_upload_name(given, given_size, p->file.name);
        }
    }
}

/* The file's first byte came: now there must be room for it. */
static bool
open_upload(rh_multipart *p)
{
    if (p->limits->folder == NULL || p->form->n_uploads >= p->limits->files) {
        rh_form_mark(p->form, RH_PROBLEM_TOO_MANY_FILES, p->file.field);
        return false;
    }
    p->file.fd = nameless_file(p->limits->folder);
    if (p->file.fd < 0) {
        rh_form_mark(p->form, RH_PROBLEM_INTERNAL, p->file.field);
    }
    return p->file.fd >= 0;
}

static void
to_file(rh_multipart *p, const char *bytes, size_t size)
{
    if (p->file.fd < 0 && !open_upload(p)) {
        p->over = true;
        return;
    }
    if (p->file.size + size > p->limits->file) {
        rh_form_mark(p->form, RH_PROBLEM_FILE_TOO_LARGE, p->file.field);
        p->over = true;
        return;
    }
    for (size_t done = 0; done < size;) {
        ssize_t n = write(p->file.fd, bytes + done, size - done);
        if (n <= 0) {
            rh_form_mark(p->form, RH_PROBLEM_INTERNAL, p->file.field);
            p->over = true;
            return;
        }
        done += (size_t)n;
    }
    p->file.size += size;
}

static void
body_bytes(rh_multipart *p, const char *bytes, size_t size)
{
    if (size == 0 || p->over) {
        return;
    }
    if (p->is_file) {
        to_file(p, bytes, size);
        return;
    }
    /* one byte over the limit is enough for rh_form_add to see that it is too long */
    size_t most = p->limits->value + 4 - p->value_size;
    size_t n = size < most ? size : most;
    p->over = size >= most;
    if (!grow(&p->value, &p->value_room, p->value_size + n)) {
        rh_form_mark(p->form, RH_PROBLEM_INTERNAL, NULL);
        p->over = true;
        return;
    }
    memcpy(p->value + p->value_size, bytes, n);
    p->value_size += n;
}

static void
end_file(rh_multipart *p)
{
    rh_form *form = p->form;
    bool left_empty = p->file.name[0] == '\0' && p->file.size == 0;
    if (p->file.fd < 0 && !p->over && !left_empty) { /* a file of no bytes */
        p->over = !open_upload(p);
    }
    if (p->over || left_empty) {
        if (p->file.fd >= 0) {
            close(p->file.fd);
        }
        p->file.fd = -1;
        return;
    }
    if (p->file.name[0] == '\0') {
        rh_upload_name("", 0, p->file.name);
    }
    if (form->n_uploads == form->uploads_room) {
        size_t room = form->uploads_room + 4;
        rh_upload *upload = rh_resize(form->upload, room, sizeof *upload);
        if (upload == NULL) {
            rh_form_mark(form, RH_PROBLEM_INTERNAL, NULL);
            close(p->file.fd);
            p->file.fd = -1;
            return;
        }
        form->upload = upload;
        form->uploads_room = room;
    }
    form->upload[form->n_uploads++] = p->file;
    p->file.fd = -1;
}

static void
end_part(rh_multipart *p)
{
    if (p->is_file) {
        end_file(p);
    } else {
        rh_form_add(p->form, p->name, p->name_size, p->value != NULL ? p->value : "",
                    p->value_size, p->limits);
    }
}

/* One step on the held bytes; how many of them are used up. 0: more are needed. */
static size_t
step(rh_multipart *p, const char *at, size_t size)
{
    switch (p->state) {
    case PREAMBLE:
    case BODY: {
        const char *found = memmem(at, size, p->delimiter, p->delimiter_size);
        size_t sure = found != NULL               ? (size_t)(found - at)
                      : size >= p->delimiter_size ? size - p->delimiter_size + 1
                                                  : 0;
        if (p->state == BODY) {
            body_bytes(p, at, sure);
        }
        if (found == NULL) {
            return sure;
        }
        if (p->state == BODY) {
            end_part(p);
        }
        p->state = BEHIND;
        return sure + p->delimiter_size;
    }
    case BEHIND: /* "--" ends; blanks and CR LF begin a part */
        if (size < 2) {
            return 0;
        }
        if (at[0] == '-' && at[1] == '-') {
            p->state = EPILOGUE;
            return 2;
        }
        if (at[0] == ' ' || at[0] == '\t') {
            return 1;
        }
        if (at[0] != '\r' || at[1] != '\n') {
            broken(p, RH_PROBLEM_FORM_MALFORMED);
            return 0;
        }
        p->state = HEAD;
        return 2;
    case HEAD: {
        const char *end = memmem(at, size, "\r\n\r\n", 4);
        if (size >= 2 && at[0] == '\r' &&
            at[1] == '\n') { /* a part without a head has no name */
            broken(p, RH_PROBLEM_FORM_MALFORMED);
            return 0;
        }
        if (end == NULL || end - at > HEAD_MOST) {
            if (size > HEAD_MOST + 4) {
                broken(p, RH_PROBLEM_FORM_MALFORMED);
            }
            return 0;
        }
        begin_part(p, at, (size_t)(end - at));
        return (size_t)(end - at) + 4;
    }
    case EPILOGUE:
    case BROKEN:
        return size;
    }
    return size;
}

rh_problem
rh_multipart_feed(rh_multipart *p, const char *bytes, size_t size)
{
    if (p->state == EPILOGUE || p->state == BROKEN) {
        return p->form->problem;
    }
    if (!grow(&p->held, &p->held_room, p->held_size + size)) {
        broken(p, RH_PROBLEM_INTERNAL);
        return p->form->problem;
    }
    memcpy(p->held + p->held_size, bytes, size);
    p->held_size += size;
    size_t at = 0;
    for (;;) {
        state before = p->state;
        size_t n = step(p, p->held + at, p->held_size - at);
        at += n;
        if (n == 0 && p->state == before) {
            break;
        }
        if (at == p->held_size) {
            break;
        }
    }
    memmove(p->held, p->held + at, p->held_size - at);
    p->held_size -= at;
    return p->form->problem;
}

rh_problem
rh_multipart_end(rh_multipart *p)
{
    if (p->state == BODY) { /* what came of the part is kept (F1); a file in part is not */
        body_bytes(p, p->held, p->held_size);
        p->over |= p->is_file;
        end_part(p);
    }
    if (p->state != EPILOGUE) {
        rh_form_mark(p->form, RH_PROBLEM_FORM_MALFORMED, NULL);
    }
    p->state = EPILOGUE;
    return p->form->problem;
}
