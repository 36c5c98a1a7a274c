#!/bin/sh
# Installs what this project needs and is not there yet: Debian packages (tools/packages.txt) and the
# npm package of the township skeleton (package-lock.json).
#
#   tools/setup.sh build          what `make run` and `make test` need
#   tools/setup.sh build check    the same and what .ci/run needs
#   tools/setup.sh npm            the npm package
#
# Says what it installs; says nothing and needs no network when everything is there.
set -eu
cd "$(dirname "$0")/.." || exit 1

say() {
    printf 'setup: %s\n' "$*" >&2
}

is_there() { # package how
    case $2 in
    command:*) command -v "${2#command:}" >/dev/null 2>&1 ;;
    *) [ "$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null)" = "install ok installed" ] ;;
    esac
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    else
        say "cannot install: neither root nor sudo. Ask an administrator for: apt-get install $missing"
        exit 1
    fi
}

packages() { # group...
    missing=
    while read -r package group how; do
        case $package in '' | '#'*) continue ;; esac
        for wanted in "$@"; do
            if [ "$group" = "$wanted" ] && ! is_there "$package" "$how"; then
                missing="$missing $package"
            fi
        done
    done <tools/packages.txt
    missing=${missing# }
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        say "missing: $missing. This script installs on Debian 12; elsewhere install their like by hand."
        exit 1
    fi
    say "installing (some minutes; log in .stamp/apt.log): $missing"
    mkdir -p .stamp
    # shellcheck disable=SC2086 # a list of words on purpose
    if ! { as_root apt-get -q update && as_root apt-get -q -y install --no-install-recommends $missing; } \
        >.stamp/apt.log 2>&1; then
        tail -n 20 .stamp/apt.log >&2
        say "apt-get failed; nothing was built."
        exit 1
    fi
}

npm_packages() {
    # The stamp is the lock file that was installed: another lock file, another installation.
    if [ -d node_modules ] && cmp -s package-lock.json .stamp/package-lock.json; then
        return 0
    fi
    say "installing the npm packages of package-lock.json"
    npm ci --ignore-scripts --loglevel=error >&2
    mkdir -p .stamp
    cp package-lock.json .stamp/package-lock.json
}

groups=
want_npm=
for argument in "$@"; do
    case $argument in
    build | bench | check) groups="$groups $argument" ;;
    npm) want_npm=1 ;;
    *)
        say "unknown group \"$argument\"; known: build bench check npm"
        exit 2
        ;;
    esac
done
# shellcheck disable=SC2086
[ -z "$groups" ] || packages $groups
[ -z "$want_npm" ] || npm_packages
