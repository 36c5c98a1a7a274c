/* Forms: see form.h. Names and values stand in one growing text, entries hold offsets into it, so a form costs two blocks of
 * memory, which the next request of the connection uses again. */
#include "http/form.h"

#include "core/mem.h"
#include "core/text.h"
#include "http/router.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

rh_form_limits
rh_form_limits_usual(void)
{
    return (rh_form_limits){.fields = 300, .name = 80, .value = 65536, .file = 0};
}

void
rh_form_clear(rh_form *form)
{
    for (size_t i = 0; i < form->n_uploads; i++) {
        if (form->upload[i].fd >= 0) {
            close(form->upload[i].fd);
        }
    }
    form->n = 0;
    form->text_size = 0;
    form->n_uploads = 0;
    form->problem = RH_PROBLEM_NONE;
    form->problem_at[0] = '\0';
}

void
rh_form_release(rh_form *form)
{
    rh_form_clear(form);
    rh_free(form->entry);
    rh_free(form->text);
    rh_free(form->upload);
    *form = (rh_form){0};
}

rh_problem
rh_form_mark(rh_form *form, rh_problem problem, const char *at)
{
    if (form->problem == RH_PROBLEM_NONE && problem != RH_PROBLEM_NONE) {
        form->problem = problem;
        const char *name = at != NULL ? at : "";
        rh_form_mend(name, strlen(name), form->problem_at, sizeof form->problem_at);
    }
    return form->problem;
}

size_t
rh_form_mend(const char *bytes, size_t size, char *out, size_t room)
{
    size_t used = 0;
    for (size_t at = 0; at < size;) {
        size_t fine = rh_text_valid(bytes + at, size - at);
        const char *zero = memchr(bytes + at, '\0', fine);
        fine = zero != NULL ? (size_t)(zero - bytes) - at : fine;
        size_t most = room - 1 - used;
        if (fine > most) {
            fine = rh_text_valid(bytes + at, most);
            memcpy(out + used, bytes + at, fine);
            used += fine;
            break;
        }
        memcpy(out + used, bytes + at, fine);
        used += fine;
        at += fine;
        if (at < size) {
            if (room - 1 - used < 3) {
                break;
            }
            memcpy(out + used, "\xef\xbf\xbd", 3);
            used += 3;
            at++;
        }
    }
    out[used] = '\0';
    return used;
}

static bool
make_room(rh_form *form, size_t more)
{
    if (form->n == form->room) {
        size_t room = form->room > 0 ? form->room * 2 : 32;
        rh_form_entry *entry = rh_resize(form->entry, room, sizeof *entry);
        if (entry == NULL) {
            return false;
        }
        form->entry = entry;
        form->room = room;
    }
    if (form->text_room - form->text_size < more) {
        size_t room = (form->text_size + more) * 2;
        char *text = rh_resize(form->text, room, 1);
        if (text == NULL) {
            return false;
        }
        form->text = text;
        form->text_room = room;
    }
    return true;
}

static bool
is_text(const char *bytes, size_t size)
{
    return rh_text_valid(bytes, size) == size && memchr(bytes, '\0', size) == NULL;
}

rh_problem
rh_form_add(rh_form *form, const char *name, size_t name_size, const char *value,
            size_t value_size, const rh_form_limits *limits)
{
    if (form->n >= limits->fields) {
        return rh_form_mark(form, RH_PROBLEM_TOO_MANY_FIELDS, NULL);
    }
    size_t name_room = name_size * 3 < limits->name ? name_size * 3 + 1 : limits->name + 1;
    size_t value_room = value_size < limits->value / 3 ? value_size * 3 + 1 : limits->value + 1;
    if (!make_room(form, name_room + value_room)) {
        return rh_form_mark(form, RH_PROBLEM_INTERNAL, NULL);
    }
    rh_form_entry e = {.name = form->text_size};
    char *own = form->text + e.name;
    e.value = e.name + rh_form_mend(name, name_size, own, name_room) + 1;
    e.size = rh_form_mend(value, value_size, form->text + e.value, value_room);
    if (!is_text(name, name_size) || !is_text(value, value_size)) {
        rh_form_mark(form, RH_PROBLEM_NOT_UTF8, own);
    } else if (name_size > limits->name || value_size > limits->value) {
        rh_form_mark(form, RH_PROBLEM_FIELD_TOO_LONG, own);
    }
    size_t length = strlen(own);
    bool may_repeat = length > 2 && strcmp(own + length - 2, "[]") == 0;
    if (!may_repeat && rh_form_get(form, own) != NULL) {
        rh_form_mark(form, RH_PROBLEM_FIELD_TWICE, own);
    }
    form->text_size = e.value + e.size + 1;
    form->entry[form->n++] = e;
    return form->problem;
}

/* Decode one side of a pair into `out`; where a %XX is broken its sign stays as it is (F1). */
static size_t
decode(rh_form *form, const char *raw, size_t size, char *out)
{
    ptrdiff_t length = rh_percent_decode(raw, size, true, out);
    if (length >= 0) {
        return (size_t)length;
    }
    rh_form_mark(form, RH_PROBLEM_FORM_MALFORMED, NULL);
    size_t used = 0;
    for (size_t i = 0; i < size;) {
        size_t step = raw[i] == '%' && i + 3 <= size ? 3 : 1;
        ptrdiff_t n = rh_percent_decode(raw + i, step, true, out + used);
        if (n < 0) {
            out[used] = raw[i];
            n = 1;
            step = 1;
        }
        used += (size_t)n;
        i += step;
    }
    return used;
}

rh_problem
rh_form_read(rh_form *form, const char *bytes, size_t size, const rh_form_limits *limits)
{
    if (size == 0) {
        return form->problem;
    }
    char small[1024]; /* most queries need no more */
    char *scratch = size <= sizeof small ? small : rh_alloc(size, 1);
    if (scratch == NULL) {
        return rh_form_mark(form, RH_PROBLEM_INTERNAL, NULL);
    }
    for (size_t at = 0; at < size;) {
        const char *amp = memchr(bytes + at, '&', size - at);
        size_t end = amp != NULL ? (size_t)(amp - bytes) : size;
        if (end > at) {
            const char *equals = memchr(bytes + at, '=', end - at);
            size_t middle = equals != NULL ? (size_t)(equals - bytes) : end;
            size_t name = decode(form, bytes + at, middle - at, scratch);
            size_t value =
                equals != NULL ? decode(form, equals + 1, end - middle - 1, scratch + name) : 0;
            rh_form_add(form, scratch, name, scratch + name, value, limits);
        }
        at = end + 1;
    }
    if (scratch != small) {
        rh_free(scratch);
    }
    return form->problem;
}

const char *
rh_form_get(const rh_form *form, const char *name)
{
    for (size_t i = 0; i < form->n; i++) {
        if (strcmp(form->text + form->entry[i].name, name) == 0) {
            return form->text + form->entry[i].value;
        }
    }
    return NULL;
}

const char *
rh_form_text(const rh_form *form, const char *name)
{
    const char *value = rh_form_get(form, name);
    return value != NULL ? value : "";
}

const char *
rh_form_name_at(const rh_form *form, size_t i)
{
    return i < form->n ? form->text + form->entry[i].name : "";
}

const char *
rh_form_value_at(const rh_form *form, size_t i)
{
    return i < form->n ? form->text + form->entry[i].value : "";
}

const rh_upload *
rh_form_file(const rh_form *form, const char *field)
{
    for (size_t i = 0; i < form->n_uploads; i++) {
        if (strcmp(form->upload[i].field, field) == 0) {
            return &form->upload[i];
        }
    }
    return NULL;
}

int
rh_upload_take(rh_upload *upload)
{
    int fd = upload->fd;
    upload->fd = -1;
    return fd;
}
