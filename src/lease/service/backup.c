/* Backups: see backup.h. */
#include "service/backup.h"

#include "store/growing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
remove_with_helpers(const char *path)
{
    static const char *const helper[] = {"", "-lock", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof helper / sizeof helper[0]; i++) {
        rh_growing name = {0};
        rh_growing_format(&name, "%s%s", path, helper[i]);
        if (!name.broken) {
            (void)unlink(name.text);
        }
        rh_growing_release(&name);
    }
}

/* The folder's entry of a file on the disk. */
static rh_status
sync_folder(const char *file, rh_err *err)
{
    rh_growing folder = {0};
    const char *slash = strrchr(file, '/');
    rh_growing_bytes(&folder, file, slash != NULL ? (size_t)(slash - file) + 1 : 0);
    rh_growing_text(&folder, ".");
    rh_status status = rh_growing_check(&folder, err);
    int fd = status == RH_OK ? open(folder.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (status == RH_OK && (fd < 0 || fsync(fd) != 0)) {
        status = rh_fail(err, RH_IO, "The folder of %s cannot be synced: %s.", file,
                         strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    rh_growing_release(&folder);
    return status;
}

static rh_status
copy_aside(const char *database, const char *aside, rh_err *err)
{
    int fd = open(aside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return rh_fail(err, RH_IO, "%s cannot be made: %s.", aside, strerror(errno));
    }
    close(fd);
    rh_db *db;
    RH_TRY(rh_db_open(database, NULL, RH_DB_READ, &db, err));
    rh_status status = rh_db_backup(db, aside, err);
    rh_db_close(db);
    return status;
}

static rh_status
put_in_place(const char *aside, const char *file, rh_err *err)
{
    /* link, not rename: what came to exist meanwhile is not overwritten */
    if (link(aside, file) != 0) {
        return rh_fail(err, errno == EEXIST ? RH_INPUT : RH_IO, "%s cannot be made: %s.", file,
                       strerror(errno));
    }
    return sync_folder(file, err);
}

rh_status
rh_backup_write(const char *database, const char *file, const rh_judge *judge, rh_verified *out,
                rh_err *err)
{
    if (access(file, F_OK) == 0) {
        return rh_fail(err, RH_INPUT, "%s exists already: a backup is never overwritten.",
                       file);
    }
    rh_growing aside = {0};
    rh_growing_format(&aside, "%s.part", file);
    rh_status status = rh_growing_check(&aside, err);
    if (status == RH_OK) {
        remove_with_helpers(aside.text); /* of a backup that was broken off */
        status = copy_aside(database, aside.text, err);
        status = status == RH_OK ? rh_replay_verify(aside.text, judge, out, err) : status;
        status = status == RH_OK ? put_in_place(aside.text, file, err) : status;
        remove_with_helpers(aside.text);
    }
    rh_growing_release(&aside);
    return status;
}

rh_status
rh_backup_restore(const char *file, const char *database, const rh_judge *judge,
                  rh_verified *out, rh_err *err)
{
    rh_db *from, *into;
    RH_TRY(rh_replay_verify(file, judge, NULL, err));
    RH_TRY(rh_db_open(file, NULL, RH_DB_READ, &from, err));
    rh_status status = rh_db_open(database, NULL, RH_DB_WRITE, &into, err);
    if (status == RH_OK) {
        status = rh_db_copy(from, into, err);
        rh_db_close(into);
    }
    rh_db_close(from);
    return status == RH_OK ? rh_replay_verify(database, judge, out, err) : status;
}
