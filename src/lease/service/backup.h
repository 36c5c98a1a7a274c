/* Backups: one SQLite file that holds a township whole, whichever engine it came from, and back into an empty place of either engine.
 *
 * Both are verified by replay (replay.h) before they count as done; so a backup that exists is one that can be restored. The file holds
 * personal data and the salts of commitments: it is made readable for its owner only. The public log is not in it: it is made again from
 * the journal, and a database older than the log is refused (service.h). */
#ifndef RH_SERVICE_BACKUP_H
#define RH_SERVICE_BACKUP_H

#include "service/replay.h"

/* Write `file`, which must not exist, while the service runs. Written aside, verified, then renamed. Errors: RH_INPUT (it exists), RH_IO,
 * RH_INVARIANT (the database does not verify). */
RH_MUST_CHECK rh_status rh_backup_write(const char *database, const char *file,
                                        const rh_judge *judge, rh_verified *out, rh_err *err);

/* Restore into a database that is empty or not there. Moves a township between engines. */
RH_MUST_CHECK rh_status rh_backup_restore(const char *file, const char *database,
                                          const rh_judge *judge, rh_verified *out, rh_err *err);

#endif
