# A text file as a C array: awk -v name=rh_stylesheet -f tools/embed.awk FILE. ASCII only, so that no locale matters and
# one character is one byte; lines longer than a compiler takes as one literal are no matter, each character stands for itself.
BEGIN { printf "#include <stddef.h>\nextern const char %s[];\nextern const size_t %s_size;\nconst char %s[] = {\n", name, name, name }
/[^\t -~]/ { printf "%s:%d: a character that is not ASCII\n", FILENAME, FNR > "/dev/stderr"; bad = 1; exit 1 }
{
    line = ""
    for (i = 1; i <= length($0); i++) {
        c = substr($0, i, 1)
        if (c == "'" || c == "\\")
            c = "\\" c
        else if (c == "\t")
            c = "\\t"
        line = line "'" c "',"
    }
    print line "'\\n',"
}
END { if (!bad) printf "'\\0'};\nconst size_t %s_size = sizeof %s - 1;\n", name, name }
