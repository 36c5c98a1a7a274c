/* Open data (service/open_data.h): only OPEN fields, of one moment, whole folders. Read back with the program's own CSV rules being none of the writer's:
 * a small splitter here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "random_record.h"
#include "service/open_data.h"

#define OK(call)                                                                               \
    do {                                                                                       \
        rh_err ok_err = {0};                                                                   \
        if ((call) != RH_OK) {                                                                 \
            fail_msg("%s", ok_err.text);                                                       \
        }                                                                                      \
    } while (0)

enum { ROWS = 6 };

static const char secret[] = "不公开的内容";

/* ROWS rows of every kind; every text that is not OPEN holds `secret`; postings of two villages. */
static void
fill(rh_db *db)
{
    OK(rh_db_begin(db, &ok_err));
    for (int64_t n = 1; n <= ROWS; n++) {
        rh_keep_journal line = {.seq = n,
                                .recorded = 1,
                                .actor = RH_NONE,
                                .role = 0,
                                .name = "n",
                                .arguments = secret,
                                .salt = {{1}},
                                .entry = "{}"};
        rh_keep_private_commitment c = {.id = n, .hash = {{1}}};
        OK(rh_db_add(db, RH_KEEP_journal, &line, 0, &ok_err));
        OK(rh_db_add(db, RH_KEEP_private_commitment, &c, 0, &ok_err));
    }
    for (int kind = 0; kind < RH_ROW_COUNT; kind++) {
        const rh_record_type *type = rh_row_type((rh_row_kind)kind);
        for (int64_t n = 1; n <= ROWS; n++) {
            uint64_t record[64];
            random_room texts;
            random_record(type, rh_key_with(rh_key_with(9, (uint64_t)kind), (uint64_t)n),
                          record, &texts);
            int64_t head[4] = {n, 1, n, INT64_C(1772323200123)};
            memcpy(record, head, sizeof head);
            for (int i = 6; i < type->n; i++) {
                const char *text = secret;
                if (type->field[i].type == RH_FIELD_TEXT &&
                    type->field[i].audience != RH_OPEN) {
                    memcpy((char *)record + type->field[i].offset, &text, sizeof text);
                }
            }
            if (kind == RH_ROW_posting) {
                rh_row_posting p = {.id = n,
                                    .version = 1,
                                    .seq = n,
                                    .recorded = 1,
                                    .valid_from = 0,
                                    .valid_to = RH_NONE,
                                    .journal = n,
                                    .account = n % 2,
                                    .lease = n == 3 ? 8 : 7,
                                    .village = n < 5 ? 2 : 10,
                                    .amount_fen = n == 6 ? -5 : n};
                memcpy(record, &p, sizeof p);
            }
            OK(rh_db_add(db, rh_table_of_row((rh_row_kind)kind), record,
                         n << RH_DB_POSITION_BITS, &ok_err));
        }
    }
    OK(rh_db_commit(db, &ok_err));
}

static char *
file(const char *folder, const char *name)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s.csv", folder, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *text = calloc(1, 1 << 20);
    assert_true(fread(text, 1, (1 << 20) - 1, f) > 0);
    fclose(f);
    return text;
}

/* Cells of a CSV line by RFC 4180; the cells stand one after another, each with a NUL. Returns how many; moves to the next line. */
static int
cells(const char **at, char *out)
{
    const char *p = *at;
    int n = 1;
    for (bool quoted = false; *p != '\0' && (quoted || *p != '\n'); p++) {
        if (*p == '"' && quoted && p[1] == '"') {
            *out++ = *p++;
        } else if (*p == '"') {
            quoted = !quoted;
        } else if (*p == ',' && !quoted) {
            *out++ = '\0';
            n++;
        } else {
            *out++ = *p;
        }
    }
    *out = '\0';
    *at = *p == '\n' ? p + 1 : p;
    return n;
}

static void
test_the_folder_holds_open_fields_of_one_moment(void **state)
{
    (void)state;
    char folder[64] = "/tmp/ronghe_open_XXXXXX", db_path[96], out[96];
    assert_non_null(mkdtemp(folder));
    snprintf(db_path, sizeof db_path, "%s/t.db", folder);
    snprintf(out, sizeof out, "%s/open", folder);
    rh_db *db;
    OK(rh_db_open(db_path, NULL, RH_DB_WRITE, &db, &ok_err));
    fill(db);
    OK(rh_open_data_write(db, 4, out, &ok_err));
    char *text = file(out, "ledger");
    assert_string_equal(text, "seq,row,id,version,journal,account,lease,village,amount_fen\n"
                              "1,posting,1,1,1,lessee,7,2,1\n"
                              "2,posting,2,1,2,escrow,7,2,2\n"
                              "3,posting,3,1,3,lessee,8,2,3\n"
                              "4,posting,4,1,4,escrow,7,2,4\n");
    free(text);
    OK(rh_open_data_write(db, 1000, out, &ok_err)); /* over the old one */
    text = file(out, "totals");
    assert_string_equal(text, "village,account,amount_fen,postings\n"
                              "10,escrow,-5,1\n10,lessee,5,1\n2,escrow,6,2\n2,lessee,4,2\n");
    free(text);
    char *columns = file(out, "columns");
    int tables = 0;
    for (int kind = 0; kind < RH_ROW_COUNT; kind++) {
        const rh_record_type *type = rh_row_type((rh_row_kind)kind);
        int open = 0;
        for (int i = 0; i < type->n; i++) {
            open += type->field[i].audience == RH_OPEN;
        }
        char path[200];
        snprintf(path, sizeof path, "%s/%s.csv", out, type->name);
        assert_int_equal(access(path, F_OK) == 0, open > 6);
        if (open <= 6) {
            continue;
        }
        tables++;
        text = file(out, type->name);
        assert_null(strstr(text, secret));
        assert_int_equal(strncmp(text, "\xef\xbb\xbf", 3), 0);
        const char *at = text + 3;
        char *header = calloc(1, 1 << 16), *line = calloc(1, 1 << 16);
        assert_int_equal(cells(&at, header), open);
        for (int n = 0; n < ROWS; n++) {
            assert_int_equal(cells(&at, line), open);
            const char *cell = line;
            for (int k = 0; k < open; k++, cell += strlen(cell) + 1) {
                if (k > 5 && strchr("=+@", cell[0]) != NULL && cell[0] != '\0') {
                    fail_msg("a formula in %s: %s", type->name, cell);
                }
                if (k == 3 && kind != RH_ROW_posting) {
                    assert_string_equal(cell, "2026-03-01T00:00:00.123Z");
                }
            }
        }
        assert_int_equal(*at, '\0');
        const char *name = header;
        for (int k = 0; k < open; k++, name += strlen(name) + 1) {
            char words[120];
            snprintf(words, sizeof words, "\n%s.csv,%s,", type->name, name);
            assert_non_null(strstr(columns, words));
            const rh_field *f = rh_record_find(type, name);
            assert_non_null(f);
            assert_int_equal(f->audience, RH_OPEN);
        }
        free(header);
        free(line);
        free(text);
    }
    free(columns);
    /* nothing else, and nothing left of the making */
    DIR *dir = opendir(out);
    int files = 0;
    for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
        files += e->d_name[0] != '.';
    }
    closedir(dir);
    assert_int_equal(files, tables + 4); /* ledger, totals, homestead_leases, columns */
    snprintf(db_path, sizeof db_path, "%s/open.new", folder);
    assert_int_not_equal(access(db_path, F_OK), 0);
    rh_db_close(db);
    char command[120];
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_folder_holds_open_fields_of_one_moment),
    };
    return cmocka_run_group_tests_name("lease_open_data", tests, NULL, NULL);
}
