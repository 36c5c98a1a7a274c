#!/bin/sh
# Runs a command with RONGHE_TEST_POSTGRES naming an empty PostgreSQL of its own: a private cluster in a scratch folder, on a Unix socket, gone
# afterwards. Where PostgreSQL is not installed the command runs without it (its tests skip) and a line says so.
#   tests/lease/with_postgres.sh COMMAND…
set -u
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
if [ -z "$bin" ]; then
    echo "# PostgreSQL is not installed: its tests are skipped" >&2
    exec "$@"
fi
folder=$(mktemp -d)
as=
if [ "$(id -u)" = 0 ]; then # the server refuses to run as root
    chown postgres "$folder"
    as="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
stop() {
    (cd "$folder" && $as "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1)
    rm -rf "$folder"
}
trap stop EXIT
if ! (cd "$folder" && $as "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C -k >"$folder/initdb.log" 2>&1 &&
    $as "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/data/log" -o "-k $folder -c listen_addresses=''" start >/dev/null 2>&1); then
    echo "# PostgreSQL does not start: its tests are skipped" >&2
    cat "$folder/initdb.log" >&2
    exec "$@"
fi
RONGHE_TEST_POSTGRES="postgresql:///postgres?host=$folder&user=postgres" "$@"
