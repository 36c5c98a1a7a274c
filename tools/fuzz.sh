#!/bin/sh
# Builds the libFuzzer targets with clang (address and undefined sanitizers) and runs each for some seconds from the
# corpus in fuzz/corpus/NAME; a finding is left in build-fuzz/ and ends with 1.
#   tools/fuzz.sh SECONDS [NAME...]
# Last line: "N passed, N failed" (targets).
set -u
cd "$(dirname "$0")/.." || exit 1
seconds=$1
shift
[ -f build-fuzz/build.ninja ] ||
    CC=clang-14 CFLAGS='-fsanitize=fuzzer-no-link -fno-omit-frame-pointer -g' \
        meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false -Db_lto=false \
        -Dbuildtype=debugoptimized -Dwerror=false >/dev/null || exit 1 # gcc's build gates warnings
# shellcheck disable=SC2046 # the targets alone: the tests need no second build
ninja -C build-fuzz --quiet $(ls fuzz/fuzz_*.c | sed 's/\.c$//') || {
    echo "0 passed, 1 failed"
    exit 1
}
passed=0
failed=0
for target in build-fuzz/fuzz/fuzz_*; do
    if [ ! -f "$target" ] || [ ! -x "$target" ]; then
        continue
    fi
    name=${target##*/fuzz_}
    [ $# -eq 0 ] || printf ' %s ' "$*" | grep -q " $name " || continue
    work=build-fuzz/corpus-$name
    mkdir -p "$work"
    dictionary=
    [ ! -f "fuzz/$name.dict" ] || dictionary=-dict=fuzz/$name.dict
    log=build-fuzz/$name.log
    seeds=
    [ ! -d "fuzz/corpus/$name" ] || seeds=fuzz/corpus/$name
    # shellcheck disable=SC2086 # both may be empty
    if "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
        -artifact_prefix="build-fuzz/$name-" $dictionary "$work" $seeds \
        >"$log" 2>&1; then
        passed=$((passed + 1))
        echo "fuzz $name: $(grep -aoE '^Done [0-9]+ runs in [0-9]+ second' "$log")s, nothing found"
    else
        failed=$((failed + 1))
        echo "fuzz $name: FOUND something, see $log"
        tail -n 30 "$log"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
