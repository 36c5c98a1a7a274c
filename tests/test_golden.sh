#!/bin/sh
# Golden run: 宁夏 for three years, every resident, against tests/golden/ningxia.csv (nation, province and prefectures).
# Counts must be equal; other values may differ by 1e-9 of themselves. `tools/accept.sh` rewrites the file; the
# difference is reviewed, and the commit says which numbers moved and why.
#   tests/test_golden.sh RONGHE [FILE to write instead of comparing]
set -u
cd "$(dirname "$0")/.." || exit 1
ronghe=$1
golden=tests/golden/ningxia.csv
echo "1..1"
if [ ! -f out/skeleton.csv ]; then
    echo "ok 1 - the golden province # SKIP no township skeleton (out/skeleton.csv; make test makes it)"
    exit 0
fi
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export RONGHE_DATADIR=data
fail() {
    echo "not ok 1 - $1"
    sed 's/^/# /' "$T/said" | head -n 20
    exit 1
}
"$ronghe" region build examples/region-ningxia.yaml -o "$T/nx.gpkg" 2>"$T/said" >/dev/null || fail "the region is built"
printf 'region: nx.gpkg\nyears: [2010, 2013]\nseed: 640000\nfamily_every: 1\n' >"$T/s.yaml"
"$ronghe" run "$T/s.yaml" -o "$T/run.gpkg" 2>"$T/said" >/dev/null || fail "the province runs"
: >"$T/all.csv"
for level in province prefecture; do
    "$ronghe" export "$T/run.gpkg" -o "$T/$level.csv" --level $level 2>"$T/said" >/dev/null || fail "values are exported"
    cat "$T/$level.csv" >>"$T/all.csv"
done
if [ $# -gt 1 ]; then
    cp "$T/all.csv" "$2"
    echo "ok 1 - the golden province is written"
    exit 0
fi
awk -F, '
function off(a, b) { d = a - b; d = d < 0 ? -d : d; s = b < 0 ? -b : b; return (a ~ /[.e]/ || b ~ /[.e]/) ? d > 1e-9 * s : a != b }
FNR == NR { want[FNR] = $0; n = FNR; next }
{
    split(want[FNR], w, ",")
    m = FNR
    bad = NF != length(w)
    for (i = 1; i <= NF && !bad; i++) bad = $i ~ /^-?[0-9.]/ ? off($i, w[i]) : $i != w[i]
    if (bad) { print "want " want[FNR]; print "got  " $0 }
}
END { if (m != n) print "want " n " lines, got " m }' "$golden" "$T/all.csv" >"$T/said"
[ -s "$T/said" ] && fail "the golden province comes out as accepted"
echo "ok 1 - the golden province comes out as accepted"
