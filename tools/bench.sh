#!/bin/sh
# The table of DESIGN section 10: best figure of the field, goal, measured here and now, ratio.
#   tools/bench.sh BUILD [run | evaluate]
# Two tables; the second word asks for one of them. evaluate: every bench of bench/evaluate.list, alone; seconds unless said otherwise.
# run: bench/numpy_twin.py, BUILD/bench/bench_core and BUILD/bench/bench_run in this order, alone. The region is
# out/china-2010.gpkg, built from the county tables in ../shared/data (or BENCH_DATA) where they are there, else
# out/embedded.gpkg; BENCH_REGION names another. All residents run where 16 GB are free, else one household in ten;
# BENCH_SAMPLE, BENCH_YEARS (3) and BENCH_THREADS (2) say otherwise.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
which=${2:-all}
results=$(mktemp)
trap 'rm -f "$results"' EXIT

# Lines "name value unit goal" of every tool as one table; a goal is the most that it may take; 1 when one is missed.
evaluate() {
    while read -r name; do
        [ -n "$name" ] || continue
        lines=$("$build/bench/bench_$name") || lines='did_not_finish 1 run 0'
        printf '%s\n' "$lines" | sed "s/^/$name /"
    done <bench/evaluate.list | awk '
    BEGIN { printf "\n%-12s | %-40s | %6s | %14s | %s\n", "tool", "what", "goal", "here", "" }
    {
        what = $2
        sub("^" $1 "[-_]", "", what)
        gsub(/[-_]/, " ", what)
        shown = $3 + 0 == int($3) && $4 != "s" ? $3 : sprintf("%.3f", $3)
        verdict = $5 == "-" ? "" : ($3 + 0 < $5 + 0 ? "met" : "MISSED")
        missed += verdict == "MISSED"
        met += verdict == "met"
        printf "%-12s | %-40s | %6s | %14s | %s\n", $1, what, $5 == "-" ? "" : "< " $5, shown ($4 == "s" ? " s" : ""), verdict
    }
    END { printf "\n%d goals met, %d missed\n", met, missed; exit !met || missed }'
}

if [ "$which" != run ]; then
    evaluate || exit 1
fi
[ "$which" != evaluate ] || exit 0
/usr/bin/python3 bench/numpy_twin.py >>"$results" || exit 1
"$build/bench/bench_core" >>"$results" || exit 1
data=${BENCH_DATA:-../shared/data}
region=${BENCH_REGION:-out/china-2010.gpkg}
if [ ! -f "$region" ] && [ -f "$data/census2010_county_core.csv" ]; then
    mkdir -p out
    "$build/src/cli/ronghe" region build examples/region-china.yaml --data "$data" -o "$region" >&2 || exit 1
fi
if [ ! -f "$region" ]; then
    region=out/embedded.gpkg
    [ -f "$region" ] || make -s "$region" >&2 || exit 1
fi
free_mb=$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)
sample=${BENCH_SAMPLE:-$([ "$free_mb" -ge 16000 ] && echo 1 || echo 0.1)}
export RONGHE_DATADIR=${RONGHE_DATADIR:-data}
begin=$(date +%s)
"$build/bench/bench_run" "$region" "${BENCH_YEARS:-3}" "$sample" "${BENCH_THREADS:-2}" >"$results.run" || exit 1
cat "$results.run" >&2
# person-years a second: 312.4 million on 2 threads; 9.31 bytes a resident at the peak
sed -nE 's/^person-years a second: ([0-9.]+) million on ([0-9]+) threads; ([0-9.]+) bytes.*/run_million \1\nrun_threads \2\nbytes_per_resident \3/p' \
    "$results.run" >>"$results"
printf 'run_sample %s\nrun_region %s\nrun_wall_seconds %d\n' "$sample" "$region" $(($(date +%s) - begin)) >>"$results"
rm -f "$results.run"
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
    value["person_years_per_s"] = 1e6 * value["run_million"]
    if (value["run_million"] > 0) {
        value["year_seconds"] = 1332.81 / value["run_million"]
    }
    line("ronghe, all processes, million person-years a second", "51 (demography only)", ">= 300", shown("person_years_per_s", 1e6, 0), times("person_years_per_s", "numpy_plain_person_years_per_s") " plain, " times("person_years_per_s", "numpy_tuned_person_years_per_s") " tuned")
    line("one year of 1.33 billion residents, seconds", "nobody", "<= 4.5", shown("year_seconds", 1, 2), "-")
    line("bytes a resident, whole process", shown("numpy_bytes_per_person", 1, 0) " (numpy)", "<= 12", shown("bytes_per_resident", 1, 1), times("numpy_bytes_per_person", "bytes_per_resident"))
    line("in place, one word a person, million a second", "-", "-", shown("memory_words_per_s", 1e6, 0), "-")
    line("finding who is due, from memory, million a second", "-", "-", shown("scan_memory_words_per_s", 1e6, 0), "-")
    line("finding who is due, one core, in cache, million a second", "-", "-", shown("scan_cache_words_per_s", 1e6, 0), "-")
    line("keyed draws, one core, million a second", "-", "-", shown("draw_per_s", 1e6, 0), "-")
    line("dealt cards, one core, million a second", "-", "-", shown("deal_per_s", 1e6, 0), "-")
    printf "\nronghe: %s, sample %s, %s threads; bytes a resident mean something at sample 1 only.\n", value["run_region"], value["run_sample"], value["run_threads"]
}' "$results"
