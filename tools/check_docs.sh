#!/bin/sh
# Checks what a tool can check in the documents, as TAP:
#   generated pages are current; relative links lead somewhere; make targets and source files that are named
#   exist; the two READMEs show the same commands; terms of the tables are in the glossary; no path or host of somebody's machine.
set -u
cd "$(dirname "$0")/.." || exit 1
pages=$(ls ./*.md docs/*.md docs/*/*.md 2>/dev/null)
n=0
fails=0

report() { # name, problems
    n=$((n + 1))
    if [ -z "$2" ]; then
        echo "ok $n - $1"
    else
        echo "not ok $n - $1"
        printf '%s\n' "$2" | sed 's/^/# /'
        fails=1
    fi
}

person_is_current() {
    awk -f tools/person_doc.awk src/person/person.def | cmp -s - docs/person.md ||
        echo "docs/person.md is not what src/person/person.def says: run make docs/person.md"
}

links_lead_somewhere() {
    for page in $pages; do
        sed '/^```/,/^```/d' "$page" | grep -oE '\]\([^)#: ]+[)#]' | sed 's/^](//; s/[)#]$//' |
            while read -r target; do
                [ -e "$(dirname "$page")/$target" ] || echo "$page: link to $target leads nowhere"
            done
    done
}

make_targets_exist() {
    for page in $pages; do
        grep -ohE '`?make [a-z][a-z/.-]*' "$page" | sed -n 's/^`make //p' | sort -u |
            while read -r target; do
                grep -qE "^$target( |:)" Makefile || echo "$page: make $target is not in the Makefile"
            done
    done
}

named_files_exist() {
    for page in $pages; do
        grep -ohE '`(src|tests|tools|bench|fuzz|data|examples|docs)/[A-Za-z0-9_./-]*`' "$page" | tr -d '`' |
            sort -u | grep -vE 'habit|thing' | while read -r file; do # made up for CONTRIBUTING.md
            [ -e "$file" ] || echo "$page: $file does not exist"
        done
    done
}

commands() {
    awk '/^```/ { inside = !inside && /^```(sh|console)?$/; next } inside && /^(\$ |make |ronghe |build\/)/' "$1"
}

readmes_agree() {
    [ -n "$(commands README.md)" ] && [ "$(commands README.md)" = "$(commands README.zh-CN.md)" ] ||
        echo "README.md and README.zh-CN.md show different commands"
}

terms_are_in_the_glossary() {
    {
        sed -nE 's/^INDICATOR\(([a-z0-9_]+),.*/\1/p' src/indicator/indicator.def
        sed -nE 's/^LEVER\([A-Z_]+, "([a-z._]+)".*/\1/p' src/policy/lever.def
        sed -nE 's/^PROCESS\(([a-z_]+)\).*/\1/p' src/process/process.def
    } | while read -r term; do
        grep -qF "\`$term\`" docs/glossary.md || echo "docs/glossary.md lacks $term"
    done
}

no_machine_paths() {
    git grep -nE '(^|[^.A-Za-z])/(work|root|home)/[a-z]|"resolved": "http' -- . ':!tools/check_docs.sh' 2>/dev/null
}

echo "1..7"
report "docs/person.md is what src/person/person.def says" "$(person_is_current)"
report "every relative link leads somewhere" "$(links_lead_somewhere)"
report "every make target that a page names exists" "$(make_targets_exist)"
report "every file that a page names exists" "$(named_files_exist)"
report "both READMEs show the same commands" "$(readmes_agree)"
report "every indicator, lever and process is in docs/glossary.md" "$(terms_are_in_the_glossary)"
report "no file names a path of somebody's machine or a registry host" "$(no_machine_paths)"
exit $fails
