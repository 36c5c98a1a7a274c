#!/bin/sh
# For each ask of docs/asks.txt: how many files of code, tests and pages cite it (ASK-nn), and which tests do.
# An ask without a test is not done, whatever else cites it. Ends with 0: a card judges, it does not gate.
#   tools/report-card.sh
set -u
cd "$(dirname "$0")/.." || exit 1

cites() { # id, path...
    id=$1
    shift
    grep -rlF -- "$id" "$@" 2>/dev/null | grep -v '^docs/asks\.txt$' | sort
}

count() {
    printf '%s' "$1" | grep -c .
}

printf '%-7s %4s %5s %5s  %-8s %s\n' id code tests pages state ask
tested=0
total=0
while read -r id speaker ask; do
    case $id in ASK-*) ;; *) continue ;; esac
    code=$(cites "$id" src web/src data examples)
    tests=$(cites "$id" tests)
    pages=$(cites "$id" docs README.md README.zh-CN.md ARCHITECTURE.md)
    state=open
    [ -z "$code" ] || state=begun
    if [ -n "$tests" ]; then
        state=tested
        tested=$((tested + 1))
    fi
    total=$((total + 1))
    printf '%-7s %4d %5d %5d  %-8s %s %s\n' "$id" "$(count "$code")" "$(count "$tests")" "$(count "$pages")" \
        "$state" "$speaker" "$ask"
    [ -z "$tests" ] || printf '%s\n' "$tests" | sed 's/^/          /'
done <docs/asks.txt
echo "$tested of $total asks are cited by a test"
