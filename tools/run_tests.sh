#!/bin/sh
# Runs the tests of a build folder; the last line printed is "N passed, N failed, N skipped".
#   tools/run_tests.sh BUILD [options of meson test, names of tests]
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
shift
rm -f "$build/meson-logs/testlog.junit.xml" "$build/meson-logs/testlog.json"
meson test -C "$build" --no-rebuild --print-errorlogs "$@"
code=$?
# shellcheck disable=SC2046 # three numbers
set -- $(awk -f tools/count_tests.awk "$build/meson-logs/testlog.junit.xml" "$build/meson-logs/testlog.json" 2>/dev/null || echo 0 0 0)
if [ $code -eq 0 ] && [ "$1" -eq 0 ]; then
    echo "No test ran." >&2
    code=1
fi
if [ $code -ne 0 ] && [ "$2" -eq 0 ]; then
    set -- "$1" 1 "$3" # meson itself failed: never report that as a success
fi
echo "$1 passed, $2 failed, $3 skipped"
exit $code
