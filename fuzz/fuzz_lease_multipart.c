/* libFuzzer: any bytes as a multipart body; the same form must come out however it is cut (http/multipart.h, M1). The first byte
 * is the size of the pieces. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "http/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const rh_form_limits limits = {
    .fields = 10, .name = 20, .value = 100, .files = 2, .file = 50, .folder = "/tmp"};

static void
read_in_pieces(rh_form *form, const char *bytes, size_t size, size_t piece)
{
    rh_multipart *p = rh_multipart_new("multipart/form-data; boundary=B", form, &limits);
    if (p == NULL) {
        abort();
    }
    for (size_t at = 0; at < size; at += piece) {
        rh_multipart_feed(p, bytes + at, size - at < piece ? size - at : piece);
    }
    if (rh_multipart_end(p) != form->problem) {
        abort();
    }
    rh_multipart_free(p);
}

static void
check_same(const rh_form *a, const rh_form *b)
{
    if (a->problem != b->problem || a->n != b->n || a->n_uploads != b->n_uploads) {
        abort();
    }
    for (size_t i = 0; i < a->n; i++) {
        const char *value = rh_form_value_at(a, i);
        if (strcmp(rh_form_name_at(a, i), rh_form_name_at(b, i)) != 0 ||
            strcmp(value, rh_form_value_at(b, i)) != 0 ||
            rh_text_valid(value, strlen(value)) != strlen(value)) {
            abort();
        }
    }
    for (size_t i = 0; i < a->n_uploads; i++) {
        const rh_upload *x = &a->upload[i], *y = &b->upload[i];
        if (x->size != y->size || x->size > limits.file || strcmp(x->name, y->name) != 0 ||
            strcmp(x->field, y->field) != 0 || strcmp(x->type, y->type) != 0 ||
            x->name[0] == '.' || x->name[0] == '\0' || strpbrk(x->name, "/\\") != NULL ||
            rh_text_valid(x->name, strlen(x->name)) != strlen(x->name)) {
            abort();
        }
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0) {
        return 0;
    }
    rh_form whole = {0}, cut = {0};
    const char *body = (const char *)bytes + 1;
    read_in_pieces(&whole, body, size - 1, size);
    read_in_pieces(&cut, body, size - 1, bytes[0] % 64 + 1U);
    check_same(&whole, &cut);
    rh_form_release(&whole);
    rh_form_release(&cut);
    return 0;
}
