/* Receipts: see proof.h. */
#include "log/proof.h"

#include "core/mem.h"
#include "log/base64.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char first_line[] = "c2sp.org/tlog-proof@v1\n";

rh_status
rh_receipt_write(const rh_tree *tree, uint64_t index, const char *note, size_t note_size,
                 const void *entry, size_t entry_size, char **out, size_t *size, rh_err *err)
{
    rh_checkpoint checkpoint;
    rh_digest hash[RH_PROOF_MOST], root;
    unsigned n;
    if (entry_size > RH_EXTRA_MOST) {
        return rh_fail(err, RH_RANGE, "An entry has at most %d bytes.", RH_EXTRA_MOST);
    }
    RH_TRY(rh_checkpoint_parse(note, note_size, &checkpoint, err));
    RH_TRY(rh_tree_inclusion(tree, index, checkpoint.size, hash, &n, err));
    rh_tree_root(tree, checkpoint.size, &root);
    if (memcmp(&root, &checkpoint.root, sizeof root) != 0) {
        return rh_fail(err, RH_INVARIANT,
                       "The checkpoint with %" PRIu64 " entries is not one of this log.",
                       checkpoint.size);
    }
    size_t base64 = entry == NULL ? 0 : rh_base64_size(entry_size);
    size_t room = sizeof first_line + 8 + base64 + 32 + (size_t)n * 45 + 2 + note_size;
    char *text, *at;
    RH_NEW(text, room, err);
    at = text + snprintf(text, room, "%s", first_line);
    if (entry != NULL) {
        at += snprintf(at, 8, "extra ");
        rh_base64_write(entry, entry_size, at);
        at += base64;
        *at++ = '\n';
    }
    at += snprintf(at, 32, "index %" PRIu64 "\n", index);
    for (unsigned i = 0; i < n; i++) {
        rh_digest_text(&hash[i], at);
        at += 44;
        *at++ = '\n';
    }
    *at++ = '\n';
    memcpy(at, note, note_size);
    *size = (size_t)(at - text) + note_size;
    *out = text;
    return RH_OK;
}

/* The line at *at without its newline, *at moved behind it; NULL at the end of the text. */
static const char *
next_line(const char **at, const char *end, const char **stop)
{
    const char *line = *at;
    *stop = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;
    if (*stop == NULL) {
        return NULL;
    }
    *at = *stop + 1;
    return line;
}

static bool
begins(const char *line, const char *stop, const char *word)
{
    size_t n = strlen(word);
    return line != NULL && (size_t)(stop - line) >= n && memcmp(line, word, n) == 0;
}

/* Well-formed base64 of up to RH_EXTRA_MOST bytes? */
static rh_status
check_extra(const rh_receipt *r, rh_err *err)
{
    uint8_t *bytes;
    size_t size;
    RH_TRY(rh_receipt_extra(r, &bytes, &size, err));
    rh_free(bytes);
    return RH_OK;
}

rh_status
rh_receipt_parse(const char *text, size_t size, rh_receipt *out, rh_err *err)
{
    *out = (rh_receipt){0};
    const char *at = text, *end = text + size, *stop = NULL;
    const char *line = next_line(&at, end, &stop);
    if (size > RH_RECEIPT_MOST || !begins(line, stop, "c2sp.org/tlog-proof@v1") ||
        stop - line != sizeof first_line - 2) {
        return rh_fail(err, RH_INPUT, "This is no receipt: its first line is not '%.*s'.",
                       (int)sizeof first_line - 2, first_line);
    }
    line = next_line(&at, end, &stop);
    if (begins(line, stop, "extra ")) {
        out->extra = line + 6;
        out->extra_size = (size_t)(stop - out->extra);
        RH_TRY(check_extra(out, err));
        line = next_line(&at, end, &stop);
    }
    if (!begins(line, stop, "index ") || !rh_note_number(line + 6, stop, &out->index)) {
        return rh_fail(err, RH_INPUT, "The receipt does not say the index of its entry.");
    }
    for (;;) {
        line = next_line(&at, end, &stop);
        if (line == NULL) {
            return rh_fail(err, RH_INPUT, "The receipt ends before its checkpoint.");
        }
        if (line == stop) {
            break;
        }
        if (out->n == RH_PROOF_MOST || !rh_note_digest(line, stop, &out->hash[out->n])) {
            return rh_fail(err, RH_INPUT,
                           "Hash %u of the receipt is not base64 of 32 bytes, or one too many.",
                           out->n + 1);
        }
        out->n++;
    }
    return rh_checkpoint_parse(at, (size_t)(end - at), &out->checkpoint, err);
}

rh_status
rh_receipt_extra(const rh_receipt *receipt, uint8_t **out, size_t *size, rh_err *err)
{
    if (receipt->extra == NULL) {
        return rh_fail(err, RH_MISSING, "The receipt does not hold its entry.");
    }
    uint8_t *bytes;
    size_t room = receipt->extra_size / 4 * 3 + 3;
    RH_NEW(bytes, room, err);
    if (!rh_base64_read(receipt->extra, receipt->extra_size, bytes, room, size) ||
        *size > RH_EXTRA_MOST) {
        rh_free(bytes);
        return rh_fail(err, RH_INPUT, "The extra line of the receipt is not base64.");
    }
    *out = bytes;
    return RH_OK;
}

rh_status
rh_receipt_verify(const rh_receipt *receipt, const void *entry, size_t size,
                  const rh_verifier *log, const rh_verifier *witness, unsigned n, unsigned need,
                  rh_err *err)
{
    RH_TRY(rh_checkpoint_trust(&receipt->checkpoint, log, witness, n, need, err));
    rh_digest leaf;
    rh_tree_hash_leaf(entry, size, &leaf);
    return rh_inclusion_verify(&leaf, receipt->index, receipt->checkpoint.size, receipt->hash,
                               receipt->n, &receipt->checkpoint.root, err);
}
