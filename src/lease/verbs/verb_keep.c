/* verify, backup, restore: what proves that a township's database is whole, and what moves it. */
#include "service/backup.h"
#include "service/replay.h"
#include "verbs/township_file.h"
#include "verbs/said.h"

#include "log/tile.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool
rh_names_database(const char *where)
{
    struct stat is;
    if (strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0 ||
        strncmp(where, "sqlite:", 7) == 0) {
        return true;
    }
    char head[16] = "";
    FILE *file = stat(where, &is) == 0 && S_ISREG(is.st_mode) ? fopen(where, "re") : NULL;
    bool sqlite = file != NULL && fread(head, 1, sizeof head, file) == sizeof head &&
                  memcmp(head, "SQLite format 3", sizeof head) == 0;
    if (file != NULL) {
        fclose(file);
    }
    return sqlite;
}

static rh_status
find_database(const char *where, rh_township_file *file, const char **database, rh_err *err)
{
    *database = where;
    file->key[0] = '\0';
    if (!rh_names_database(where)) {
        RH_TRY(rh_township_file_read(where, file, err));
        *database = file->database;
    }
    return RH_OK;
}

static void
print_verified(const rh_said *said, const rh_verified *v)
{
    RH_SAY(said,
           "%lld commands done again: %lld rows and %lld private values are what is stored.\n",
           "重做 %lld 条命令：%lld 行记录、%lld 项个人信息与所存完全一致。\n",
           (long long)v->commands, (long long)v->rows, (long long)v->values);
}

/* Every entry of the public log against the journal. */
static rh_status
compare_log(const rh_township_file *file, uint64_t *n, rh_err *err)
{
    rh_signer signer;
    rh_tlog *log;
    rh_db *db;
    rh_cursor *cursor = NULL;
    const void *record = NULL;
    RH_TRY(rh_signer_read(file->key, &signer, err));
    rh_status status = rh_tlog_open(file->folder, &signer.is, &log, err);
    rh_signer_wipe(&signer);
    RH_TRY(status);
    *n = rh_tlog_size(log);
    status = rh_db_open(file->database, NULL, RH_DB_READ, &db, err);
    if (status == RH_OK) {
        int64_t last = 0;
        status = rh_db_largest(db, RH_KEEP_journal, &last, err);
        status = status == RH_OK ? rh_tlog_expect(log, (uint64_t)last, err) : status;
        status = status == RH_OK ? rh_db_scan(db, RH_KEEP_journal, 1, &cursor, err) : status;
        for (uint64_t i = 0; status == RH_OK && i < *n; i++) {
            status = rh_cursor_next(cursor, &record, NULL, err);
            const rh_keep_journal *line = record;
            if (status == RH_OK) {
                status = line == NULL
                             ? rh_fail(err, RH_INVARIANT, "The journal ends too early.")
                             : rh_tlog_add(log, i, line->entry, strlen(line->entry), err);
            }
        }
        rh_cursor_close(cursor);
        rh_db_close(db);
    }
    rh_tlog_close(log);
    return status;
}

rh_status
rh_verb_verify(const rh_said *said, rh_err *err)
{
    rh_township_file file;
    const char *database;
    rh_verified verified;
    RH_TRY(find_database(said->what[0], &file, &database, err));
    RH_TRY(rh_replay_verify(database, NULL, &verified, err));
    print_verified(said, &verified);
    if (file.key[0] != '\0') {
        uint64_t n;
        RH_TRY(compare_log(&file, &n, err));
        RH_SAY(said, "The public log's %llu entries are those of the journal.\n",
               "公开日志的 %llu 条与命令日志一致。\n", (unsigned long long)n);
    }
    return RH_OK;
}

rh_status
rh_verb_backup(const rh_said *said, rh_err *err)
{
    rh_township_file file;
    const char *database;
    rh_verified verified;
    RH_TRY(find_database(said->what[0], &file, &database, err));
    RH_TRY(rh_backup_write(database, said->what[1], NULL, &verified, err));
    print_verified(said, &verified);
    return RH_OK;
}

rh_status
rh_verb_restore(const rh_said *said, rh_err *err)
{
    rh_verified verified;
    RH_TRY(rh_backup_restore(said->what[0], said->what[1], NULL, &verified, err));
    print_verified(said, &verified);
    return RH_OK;
}
