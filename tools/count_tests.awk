# Sums what meson's test runs recorded: prints "passed failed skipped".
#
#   awk -f tools/count_tests.awk build*/meson-logs/testlog.junit.xml build*/meson-logs/testlog.json
#
# The cases are those of the junit file. A test that broke down as a whole (crash, timeout, a plan that was
# not kept) has no failing case there; it is known from the json log, and counts as one failure.
function value(name,    text) {
    if (match($0, " " name "=\"[0-9]+\"") == 0) {
        return 0
    }
    text = substr($0, RSTART, RLENGTH)
    gsub(/[^0-9]/, "", text)
    return text + 0
}
/<testsuite / {
    rest = $0
    while ((at = index(rest, "<testsuite ")) > 0) { # several may share a line
        $0 = substr(rest, at)
        $0 = substr($0, 1, index($0, ">"))
        bad = value("failures") + value("errors")
        total += value("tests")
        skipped += value("skipped")
        failed += bad
        explained += bad > 0
        rest = substr(rest, at + 11)
    }
    next
}
/^\{"name"/ && match($0, /", "result": "[A-Z]+"/) {
    result = substr($0, RSTART, RLENGTH)
    broken += result !~ /"(OK|SKIP|EXPECTEDFAIL)"$/
}
END {
    passed = total - failed - skipped
    if (broken > explained) {
        failed += broken - explained
    }
    printf "%d %d %d\n", passed, failed, skipped
}
