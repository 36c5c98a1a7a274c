# Writes docs/person.md from src/person/person.def:  make docs/person.md  or
#   awk -f tools/person_doc.awk src/person/person.def > docs/person.md
# tools/check_docs.sh fails when the page is not current.
BEGIN {
    print "# A resident's 64 bits"
    print ""
    print "Written by `tools/person_doc.awk` from `src/person/person.def`; change that list, then `make docs/person.md`."
    print "The home place (hukou) is not in the word: it is the block that the word stands in."
    print ""
    print "| field | bits | meaning | unit | range |"
    print "|---|---|---|---|---|"
}
/^FIELD\(/ {
    if (split($0, quoted, "\"") != 5) {
        print FILENAME ":" FNR ": a FIELD line needs exactly two quoted texts" > "/dev/stderr"
        failed = 1
        exit
    }
    split(quoted[1], front, /[(, ]+/) # FIELD name low bits
    split(quoted[5], back, /[, )]+/)  # "" min max
    low = front[3]
    high = low + front[4] - 1
    used += front[4]
    place = low == high ? low : low "–" high
    print "| `" front[2] "` | " place " | " quoted[2] " | " quoted[4] " | " back[2] "–" back[3] " |"
}
END {
    if (failed) {
        exit 1
    }
    print ""
    print used " of 64 bits are used."
}
