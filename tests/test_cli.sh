#!/bin/sh
# The command line from outside: each tests/cli/NAME.test is a script whose exit code, stdout and stderr must be
# those of its first lines and of NAME.out, NAME.err (absent: nothing). $T is a fresh folder; its path reads "T/"
# in the expected text. Usage: test_cli.sh RONGHE [accept]: with `accept` the expected files are rewritten.
#
# A script that cannot run here says why and exits with 77.
#
#   # what is tested, a sentence
#   # exit 2
#   ronghe rnu
set -u
cd "$(dirname "$0")/.." || exit 1
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
accept=${2:-}
unset LC_ALL LC_MESSAGES LANG RONGHE_DATADIR
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ronghe() { "$program" "$@"; }
number=0
failed=0
set -- tests/cli/*.test
echo "1..$#"
for test; do
    number=$((number + 1))
    name=$(sed -n '1s/^# //p' "$test")
    expected_code=$(sed -n '2s/^# exit //p' "$test")
    base=${test%.test}
    T=$work/$number
    mkdir "$T"
    (. "./$test") >"$work/out" 2>"$work/err" </dev/null
    code=$?
    if [ $code -eq 77 ]; then # a test that cannot run here says why on stdout
        echo "ok $number - $name # SKIP $(cat "$work/out")"
        continue
    fi
    sed -i "s#$T/#T/#g" "$work/out" "$work/err"
    if [ "$accept" = accept ]; then
        for kind in out err; do
            if [ -s "$work/$kind" ]; then cp "$work/$kind" "$base.$kind"; else rm -f "$base.$kind"; fi
        done
    fi
    wrong=
    [ "$code" = "$expected_code" ] || wrong="exit $code instead of $expected_code; "
    for kind in out err; do
        expected=$base.$kind
        [ -f "$expected" ] || expected=/dev/null
        cmp -s "$expected" "$work/$kind" || wrong="$wrong$kind differs; "
    done
    if [ -z "$wrong" ]; then
        echo "ok $number - $name"
    else
        failed=1
        echo "not ok $number - $name"
        echo "# $test: $wrong"
        for kind in out err; do
            expected=$base.$kind
            [ -f "$expected" ] || expected=/dev/null
            diff "$expected" "$work/$kind" | sed 's/^/# /'
        done
    fi
done
exit $failed
