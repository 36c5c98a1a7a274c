#!/bin/sh
# The table of DESIGN section 10: best figure of the field, goal, measured here and now, ratio.
#   tools/bench.sh BUILD
# Runs bench/numpy_twin.py, BUILD/bench/bench_core and BUILD/bench/bench_run in this order, alone. Each writes
# "key value" lines. Of bench_run the table uses:
#   person_years_per_s  year_seconds  bytes_per_resident  decade_seconds
# bench_run runs a sample unless the variable BENCH_SAMPLE says otherwise (1: the whole country).
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
results=$(mktemp)
trap 'rm -f "$results"' EXIT
/usr/bin/python3 bench/numpy_twin.py >>"$results" || exit 1
"$build/bench/bench_core" >>"$results" || exit 1
if [ -x "$build/bench/bench_run" ]; then
    "$build/bench/bench_run" >>"$results" || exit 1
fi
cat "$results" >&2
awk '
{ value[$1] = $2 }
function shown(key, unit_of, digits) {
    return key in value ? sprintf("%." digits "f", value[key] / unit_of) : "not measured"
}
function line(what, field, goal, here, ratio) {
    printf "%-58s | %-22s | %-12s | %12s | %s\n", what, field, goal, here, ratio
}
function times(a, b) {
    return (a in value && b in value && value[b] > 0) ? sprintf("%.1f x", value[a] / value[b]) : "-"
}
END {
    printf "\n"
    line("what (" value["threads"] " threads)", "best in the field", "goal", "here", "ratio")
    line("numpy columns, plain, million person-years a second", "51", "-", shown("numpy_plain_person_years_per_s", 1e6, 0), "-")
    line("numpy columns, tuned, million person-years a second", "-", "-", shown("numpy_tuned_person_years_per_s", 1e6, 0), times("numpy_tuned_person_years_per_s", "numpy_plain_person_years_per_s"))
    line("ronghe, all processes, million person-years a second", "51 (demography only)", ">= 300", shown("person_years_per_s", 1e6, 0), times("person_years_per_s", "numpy_plain_person_years_per_s") " plain, " times("person_years_per_s", "numpy_tuned_person_years_per_s") " tuned")
    line("one year of 1.33 billion residents, seconds", "nobody", "<= 4.5", shown("year_seconds", 1, 2), "-")
    line("bytes a resident, whole process", shown("numpy_bytes_per_person", 1, 0) " (numpy)", "<= 12", shown("bytes_per_resident", 1, 1), times("numpy_bytes_per_person", "bytes_per_resident"))
    line("2010-2020, whole country, with output, seconds", "-", "<= 120", shown("decade_seconds", 1, 0), "-")
    line("in place, one word a person, million a second", "-", "-", shown("memory_words_per_s", 1e6, 0), "-")
    line("finding who is due, from memory, million a second", "-", "-", shown("scan_memory_words_per_s", 1e6, 0), "-")
    line("finding who is due, one core, in cache, million a second", "-", "-", shown("scan_cache_words_per_s", 1e6, 0), "-")
    line("keyed draws, one core, million a second", "-", "-", shown("draw_per_s", 1e6, 0), "-")
    line("dealt cards, one core, million a second", "-", "-", shown("deal_per_s", 1e6, 0), "-")
}' "$results"
