"""Reads HTML from a file with Python's own parser: every <p data-hex=H title=T>C</p> must give T = C = the text whose bytes H
spells, and there must be no other element. Broken bytes and control characters count as U+FFFD, runs of them as one."""
import re
import sys
from html.parser import HTMLParser


def expected(hexadecimal):
    text = bytes.fromhex(hexadecimal).decode("utf-8", "replace")
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", "\ufffd", text)


def collapsed(text):
    return re.sub("\ufffd+", "\ufffd", text)


class Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.attributes, self.text, self.seen, self.wrong = None, "", 0, []

    def handle_starttag(self, tag, attrs):
        if tag != "p" or [k for k, _ in attrs] != ["data-hex", "title"]:
            self.wrong.append(f"unexpected element: {tag} {attrs}")
            return
        self.attributes, self.text = dict(attrs), ""

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.wrong.append(f"a comment: {data}")

    def handle_endtag(self, tag):
        want = collapsed(expected(self.attributes["data-hex"]))
        for where, got in (("attribute", self.attributes["title"]), ("text", self.text)):
            if collapsed(got) != want:
                self.wrong.append(f"{where}: {self.attributes['data-hex']} became {got!r}")
        self.seen += 1


reader = Reader()
reader.feed(open(sys.argv[1], encoding="utf-8", newline="").read())
reader.close()
for line in reader.wrong[:10]:
    print(line)
sys.exit(bool(reader.wrong) or reader.seen != int(sys.argv[2]))
