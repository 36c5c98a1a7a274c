/* For the end-to-end test of witness and auditor: the writer's library at the command line.
 *
 *   log_tool key FILE NAME                      a new key of a log; prints its public half
 *   log_tool add DIR KEYFILE LINES              every line of the file is one entry; publish
 *   log_tool cosign DIR KEYFILE NEED [URL KEY]...   sign, ask the witnesses, put; prints how many signed
 *   log_tool receipt DIR KEYFILE INDEX [entry]  a receipt on stdout, with the entry or without */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "log/proof.h"
#include "log/tile.h"
#include "log/witness_client.h"

static void
need(rh_status status, const rh_err *err)
{
    if (status != RH_OK) {
        fprintf(stderr, "%s\n", err->text);
        exit(1);
    }
}

static rh_status
prove(void *context, uint64_t old, uint64_t size, rh_digest proof[RH_PROOF_MOST], unsigned *n,
      rh_err *err)
{
    return rh_tree_consistency(context, old, size, proof, n, err);
}

static void
add_lines(rh_tlog *log, const char *path, const rh_signer *key, rh_err *err)
{
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    while (f != NULL && (n = getline(&line, &room, f)) > 0) {
        need(rh_tlog_add(log, rh_tlog_size(log), line, (size_t)n - 1, err), err);
    }
    free(line);
    if (f != NULL) {
        fclose(f);
    }
    need(rh_tlog_publish(log, key, err), err);
}

static void
cosign(rh_tlog *log, const rh_signer *key, int argc, char **argv, rh_err *err)
{
    static rh_witness witness[RH_WITNESSES_MOST];
    static rh_note note;
    unsigned n = 0, have = 0;
    for (int i = 5; i + 1 < argc && n < RH_WITNESSES_MOST; i += 2) {
        need(rh_witness_of(argv[i], argv[i + 1], &witness[n++], err), err);
    }
    need(rh_tlog_sign(log, key, &note, err), err);
    rh_tree *tree = NULL; /* the callback's context may not be const */
    const rh_tree *its = rh_tlog_tree(log);
    memcpy(&tree, &its, sizeof tree);
    rh_status status = rh_witness_collect(witness, n, (unsigned)strtoul(argv[4], NULL, 10),
                                          prove, tree, 5000, &note, &have, err);
    printf("%u\n", have);
    need(status, err);
    need(rh_tlog_put(log, note.text, note.size, err), err);
}

static void
receipt(const rh_tlog *log, int argc, char **argv, rh_err *err)
{
    uint64_t index = strtoull(argv[4], NULL, 10);
    static rh_note note;
    uint8_t *entry = NULL;
    size_t entry_size = 0, size;
    char *text;
    need(rh_tlog_note(log, &note, err), err);
    if (argc > 5) {
        need(rh_tlog_entry(log, index, &entry, &entry_size, err), err);
    }
    need(rh_receipt_write(rh_tlog_tree(log), index, note.text, note.size, entry, entry_size,
                          &text, &size, err),
         err);
    fwrite(text, 1, size, stdout);
    rh_free(text);
    rh_free(entry);
}

int
main(int argc, char **argv)
{
    static rh_err err;
    rh_signer key;
    rh_tlog *log = NULL;
    char text[RH_KEY_TEXT];
    if (sodium_init() < 0 || argc < 4) {
        return 2;
    }
    if (strcmp(argv[1], "key") == 0) {
        need(rh_signer_new(argv[3], RH_KEY_NOTE, &key, &err), &err);
        need(rh_signer_write(&key, argv[2], &err), &err);
        rh_verifier_text(&key.is, text);
        printf("%s\n", text);
        return 0;
    }
    need(rh_signer_read(argv[3], &key, &err), &err);
    need(rh_tlog_open(argv[2], &key.is, &log, &err), &err);
    if (argc == 5 && strcmp(argv[1], "add") == 0) {
        add_lines(log, argv[4], &key, &err);
    } else if (argc >= 5 && strcmp(argv[1], "cosign") == 0) {
        cosign(log, &key, argc, argv, &err);
    } else if (argc >= 5 && strcmp(argv[1], "receipt") == 0) {
        receipt(log, argc, argv, &err);
    } else {
        return 2;
    }
    rh_tlog_close(log);
    return 0;
}
