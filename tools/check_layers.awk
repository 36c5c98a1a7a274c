# Checks the include lines of src/ against tools/layers.txt, that the list is a hierarchy, and that file
# names are unique in the tree.
#
#   awk -f tools/check_layers.awk tools/layers.txt src/*/*.[ch]
#
# Prints one sentence a violation and ends with 1 when there is any.
function violation(text) {
    print text
    bad++
}
FNR == 1 && FILENAME !~ /layers\.txt$/ {
    parts = split(FILENAME, path, "/")
    folder = path[parts - 1]
    name = path[parts]
    if (name in seen) {
        violation(FILENAME ": the name " name " exists already: " seen[name])
    }
    seen[name] = FILENAME
    if (!(folder in listed)) {
        violation(FILENAME ": the folder " folder " is not in tools/layers.txt")
    }
}
FILENAME ~ /layers\.txt$/ {
    sub(/#.*/, "")
    if (NF == 0) {
        next
    }
    folder = $1
    sub(/:$/, "", folder)
    for (i = 2; i <= NF; i++) {
        if ($i ~ /\//) {
            single[$i] = 1
        } else if (!($i in listed)) {
            violation(FILENAME ":" FNR ": " folder " names " $i ", which does not stand above it")
        }
        may[folder, $i] = 1
    }
    listed[folder] = 1
    may[folder, folder] = 1
    next
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, quoted, "\"")
    header = quoted[2]
    if (split(header, path, "/") < 2) {
        violation(FILENAME ":" FNR ": include \"" header "\" with its folder")
        next
    }
    here = folder "/" name
    if (here in single && path[1] != "core" && header != here) {
        violation(FILENAME ":" FNR ": " here " is lent to lower folders and may include core only, not " header)
    }
    if (!((folder, path[1]) in may) && !((folder, header) in may)) {
        violation(FILENAME ":" FNR ": " folder " may not include " header)
    }
}
END {
    exit bad > 0
}
