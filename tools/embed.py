"""Turn data files into one C source: `embed.py OUT.c FILE...` (used by src/place/meson.build).

Each file becomes an entry {"name", bytes, size} of rh_embedded_files[], ended by a NULL name.
"""
import pathlib
import sys


def literal(data):
    return ",".join(map(str, data + b"\0"))


out, files = sys.argv[1], [pathlib.Path(f) for f in sys.argv[2:]]
with open(out, "w", encoding="utf-8") as f:
    f.write('#include "place/embedded.h"\n')
    for i, path in enumerate(files):
        f.write(f"static const unsigned char file_{i}[] = {{{literal(path.read_bytes())}}};\n")
    f.write("const rh_embedded_file rh_embedded_files[] = {\n")
    for i, path in enumerate(files):
        f.write(f'    {{"{path.name}", file_{i}, sizeof file_{i} - 1}},\n')
    f.write("    {0, 0, 0}};\n")
