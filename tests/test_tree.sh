#!/bin/sh
# The tree's own rules hold, and each check can fail: a planted violation is found. TAP.
set -u
cd "$(dirname "$0")/.." || exit 1
CC=${CC:-gcc}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
n=0
fails=0

result() { # true-or-false exit code, name, what was printed
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        printf '%s\n' "$3" | sed 's/^/# /'
        fails=1
    fi
}

layers() {
    awk -f tools/check_layers.awk tools/layers.txt "$@" 2>&1
}

planted_is_found() { # name, expected words, file under a scratch src/, its text
    mkdir -p "$scratch/src/$(dirname "$3")"
    printf '%s\n' "$4" >"$scratch/src/$3"
    shown=$(layers "$scratch"/src/*/*)
    code=$?
    rm -r "$scratch/src"
    [ $code -ne 0 ] && printf '%s' "$shown" | grep -q "$2"
    result $? "$1" "$shown"
}

banned_is_refused() { # name, statement
    printf '#include <stdlib.h>\n#include <string.h>\n#include <time.h>\nint f(char *a, const char *b, time_t *t);\nint f(char *a, const char *b, time_t *t)\n{\n    (void)a, (void)b, (void)t;\n    %s\n}\n' "$2" >"$scratch/b.c"
    shown=$($CC -D_GNU_SOURCE -std=gnu17 -include tools/banned.h -c "$scratch/b.c" -o "$scratch/b.o" 2>&1)
    code=$?
    case $1 in
    allowed*) [ $code -eq 0 ] ;;
    *) [ $code -ne 0 ] && printf '%s' "$shown" | grep -q is_banned ;;
    esac
    result $? "$1" "$shown"
}

echo 1..16
# shellcheck disable=SC2046 # lists of files on purpose
shown=$(layers $(git ls-files 'src/*.[ch]' 'src/*.def'))
result $? "src/ keeps to tools/layers.txt and file names are unique" "$shown"
shown=$(for list in tests/unit.list tests/lease/unit.list src/*/meson.build src/lease/*/meson.build; do sort "$list" | uniq -d | sed "s|^|$list names twice: |"; done)
[ -z "$shown" ]
result $? "no list that branches add lines to names anything twice" "$shown"
planted_is_found "core including a place header is found" "core may not include place/region.h" \
    core/planted.c '#include "place/region.h"'
planted_is_found "place including the region file reader is found" "place may not include io/region_file.h" \
    place/planted.c '#include "io/region_file.h"'
planted_is_found "a lent header that leaves core is found" "may include core only" \
    io/csv.h '#include "place/region.h"'
planted_is_found "an include without its folder is found" "with its folder" \
    core/planted.c '#include "status.h"'
planted_is_found "a folder that is not listed is found" "not in tools/layers.txt" other/planted.c ''
mkdir -p "$scratch/src/core" "$scratch/src/io"
echo >"$scratch/src/core/same.c"
planted_is_found "two files of one name are found" "exists already" io/same.c ''
printf 'core: place\nplace:\n' >"$scratch/layers.txt"
shown=$(awk -f tools/check_layers.awk "$scratch/layers.txt" 2>&1)
[ $? -ne 0 ] && printf '%s' "$shown" | grep -q "does not stand above"
result $? "a list that is no hierarchy is refused" "$shown"
banned_is_refused "strcpy is a compile error" 'return strcpy(a, b) == a;'
banned_is_refused "atoi is a compile error" 'return atoi(b);'
banned_is_refused "rand is a compile error" 'return rand();'
banned_is_refused "localtime is a compile error" 'return localtime(t) == 0;'
banned_is_refused "allowed: memcpy, strtol and gmtime_r compile" \
    'struct tm m; memcpy(a, b, 1); return gmtime_r(t, &m) == 0 ? 0 : (int)strtol(b, 0, 10);'

# What counts the tests: two suites, one of which crashed behind its only reported case.
cat >"$scratch/testlog.junit.xml" <<'END'
<testsuites><testsuite name="a" tests="3" errors="0" failures="1" skipped="1"><testcase/></testsuite><testsuite name="b" tests="1" errors="0" failures="0" skipped="0">
<testcase name="1"/></testsuite></testsuites>
END
printf '%s\n' '{"name": "a", "stdout": "x", "result": "FAIL", "x": 1}' '{"name": "b", "stdout": "x", "result": "OK", "x": 1}' \
    >"$scratch/testlog.json"
shown=$(awk -f tools/count_tests.awk "$scratch/testlog.junit.xml" "$scratch/testlog.json")
[ "$shown" = "2 1 1" ]
result $? "cases are counted over suites: passed, failed, skipped" "$shown"
sed -i 's/"b", "stdout": "x", "result": "OK"/"b", "stdout": "x", "result": "ERROR"/' "$scratch/testlog.json"
shown=$(awk -f tools/count_tests.awk "$scratch/testlog.junit.xml" "$scratch/testlog.json")
[ "$shown" = "2 2 1" ]
result $? "a test that broke down without a failing case counts as one failure" "$shown"
exit $fails
