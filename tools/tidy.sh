#!/bin/sh
# clang-tidy over src/ with the checks of .clang-tidy; 1 when it finds anything.
#   tools/tidy.sh [FILE...]
set -eu
cd "$(dirname "$0")/.." || exit 1
# A configured (never built) clang folder gives the compile commands: gcc's have options that clang refuses.
[ -f build-tidy/build.ninja ] ||
    CC=clang-14 meson setup build-tidy -Db_lto=false -Dbuildtype=debug >/dev/null
# One command for each file: most sources belong to two libraries, the engine's to six, and would be read as often.
mkdir -p build-tidy/once
/usr/bin/python3 -c 'import json
commands = json.load(open("build-tidy/compile_commands.json"))
json.dump(list({c["file"]: c for c in reversed(commands)}.values()), open("build-tidy/once/compile_commands.json", "w"))'
[ $# -gt 0 ] || set -- src/*/*.c src/lease/*/*.c
code=0
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 4 clang-tidy-14 -p build-tidy/once --quiet >build-tidy/tidy.log 2>/dev/null || code=1
# Paths and notes are in build-tidy/tidy.log.
grep -E '(error|warning): ' build-tidy/tidy.log | sed -E 's#^(/.*/\.\./|\.\./)src/#src/#' | sort -u || true
exit $code
