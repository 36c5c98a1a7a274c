"""A client of ronghe-lease for tests, standard library only: browsers with cookies, forms and one-time codes; the JSON interface; the public
log read from its files; the programs ronghe-lease, ronghe-audit and ronghe-witness.

What a test knows of the registry's state it knows from the public log (Log.rows): the same files that everybody may fetch."""
import atexit
import base64
import contextlib
import datetime
import hashlib
import hmac
import html.parser
import http.client
import json
import os
import re
import signal
import sqlite3
import struct
import subprocess
import time
import urllib.parse

ENV = dict(os.environ, LC_ALL="C.UTF-8")
ENV.setdefault("RONGHE_DATADIR", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "data"))
AGENT = "ronghe-test/1"
PASSWORD = "shan-shui-tian-yuan"  # everybody's


def run(*command, code=0, **options):
    """Run a program; with `code` None any exit status is right."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, env=ENV, check=False, timeout=120, **options)
    if code is not None and done.returncode != code:
        raise AssertionError("%s gave %d\n%s%s" % (" ".join(map(str, command)), done.returncode, done.stdout, done.stderr))
    return done


def one_time_code(secret, when):
    """RFC 6238 with its defaults: HMAC-SHA-1, 30 s, 6 digits. `secret` in base32, `when` in seconds."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(when) // 30), hashlib.sha1).digest()
    at = mac[-1] & 15
    return "%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7FFFFFFF) % 1000000)


# --- pages --------------------------------------------------------------------------------------------------


class Form:
    def __init__(self, attributes):
        self.action = attributes.get("action", "")
        self.method = attributes.get("method", "get").lower()
        self.upload = "multipart" in attributes.get("enctype", "")
        self.value = {}  # what a browser would send
        self.control = []  # names of everything that can be filled in


class Page(html.parser.HTMLParser):
    """What a test wants to know of a page: its forms as they stand, its texts, its links, its errors."""

    VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

    def __init__(self, status, headers, body, path):
        super().__init__(convert_charrefs=True)
        self.status, self.headers, self.body, self.path = status, headers, body, path
        self.forms, self.links, self.errors, self.words, self.papers = [], [], [], [], []
        self.language = None
        self._open = []  # (tag, attributes)
        self._select = self._area = self._option = None
        if (headers.get("Content-Type") or "").startswith("text/html"):
            self.feed(body.decode("utf-8"))
            self.close()

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def json(self):
        return json.loads(self.body.decode("utf-8"))

    def form(self, action):
        found = [f for f in self.forms if f.action.split("?")[0] == action]
        assert len(found) == 1, "%s has %d forms to %s: %s" % (self.path, len(found), action, [f.action for f in self.forms])
        return found[0]

    def handle_starttag(self, tag, attrs):
        a = {k: v if v is not None else "" for k, v in attrs}
        if tag not in self.VOID:
            self._open.append((tag, a))
        if tag == "html":
            self.language = a.get("lang")
        elif tag == "a" and "href" in a:
            self.links.append(a["href"])
        elif tag == "pre":
            self.papers.append("")
        elif tag == "form":
            self.forms.append(Form(a))
        elif tag in ("input", "textarea", "select", "button") and a.get("name") and self.forms:
            self._control(tag, a)
        elif tag == "option" and self._select is not None:
            self._option = a.get("value", "")
            if "selected" in a or self._select not in self.forms[-1].value:
                self.forms[-1].value[self._select] = self._option

    def _control(self, tag, a):
        form, name, kind = self.forms[-1], a["name"], a.get("type", "text")
        if name not in form.control:
            form.control.append(name)
        if tag == "textarea":
            self._area, form.value[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "input" and kind in ("radio", "checkbox"):
            if "checked" in a:
                form.value[name] = a.get("value", "on")
        elif tag == "input" and kind != "file":
            form.value[name] = a.get("value", "")

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self._area is not None:
            value = self.forms[-1].value[self._area] + data
            self.forms[-1].value[self._area] = value[1:] if value.startswith("\n") else value  # the parser keeps the line end after the tag
            return
        tags = [t for t, _ in self._open]
        if "pre" in tags:
            self.papers[-1] += data
        if "style" in tags or "script" in tags or not data.strip():
            return
        self.words.append(data)
        if any("bad" in a.get("class", "").split() or "error" in a.get("class", "").split() for _, a in self._open):
            self.errors.append(data.strip())


# --- one person at one browser --------------------------------------------------------------------------------


class Refused(Exception):
    """What the platform refused; `rules` are the names of the rules that spoke."""

    def __init__(self, answer):
        super().__init__(json.dumps(answer, ensure_ascii=False))
        self.answer = answer
        self.refusals = answer.get("refusals", [])
        self.rules = [r["rule"] for r in self.refusals]

    def of(self, rule):
        return next(r for r in self.refusals if r["rule"] == rule)


STEP_UP = {"lease_sign", "amendment_sign", "payout_approve", "offer_consent"}  # commands that want a fresh one-time code


class Step:
    """The last step of an authenticator that was used."""

    last = 0


class Person:
    """A party of the registry with an account, at a browser of its own. `session` is kept until the server forgets it."""

    def __init__(self, server, party=None, login=None, password=None, secret=None, language="zh"):
        self.server, self.party, self.login, self.password, self.secret = server, party, login, password, secret
        self.language = language
        self.cookies = {}
        self.token = None
        self.step = Step()

    def fresh(self):
        """The same person at another browser: the authenticator is the same."""
        other = Person(self.server, self.party, self.login, self.password, self.secret, self.language)
        other.step = self.step
        return other

    # --- plain requests

    def ask(self, method, path, body=None, headers=(), follow=False):
        h = {"User-Agent": AGENT, "Accept-Language": self.language, "Host": "127.0.0.1:%d" % self.server.port}
        if self.cookies:
            h["Cookie"] = "; ".join("%s=%s" % c for c in self.cookies.items())
        if method != "GET":
            h["Origin"] = "http://127.0.0.1:%d" % self.server.port
        h.update(headers)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            connection.request(method, path, body, h)
            r = connection.getresponse()
            data = r.read()
        finally:
            connection.close()
        for line in r.headers.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            if "max-age=0" in line.lower().replace(" ", "") or value == "":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        page = Page(r.status, r.headers, data, path)
        if follow and r.status in (302, 303):
            return self.ask("GET", r.headers["Location"], follow=True)
        return page

    def get(self, path):
        return self.ask("GET", path, follow=True)

    def post(self, path, fields, follow=False):
        return self.ask("POST", path, urllib.parse.urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"}, follow)

    def upload(self, path, fields, name, filename, data, kind="application/pdf"):
        """Send a form with one file."""
        line = "----ronghe%s" % os.urandom(8).hex()
        body = b"".join(b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (line.encode(), k.encode(), v.encode())
                        for k, v in fields.items())
        body += b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: %s\r\n\r\n%s\r\n--%s--\r\n' % (
            line.encode(), name.encode(), filename.encode(), kind.encode(), data, line.encode())
        return self.ask("POST", path, body, {"Content-Type": "multipart/form-data; boundary=" + line})

    def submit(self, path, action=None, follow=False, **fields):
        """Fill in the form of a page as somebody would, and send it. Unknown fields are a mistake of the test."""
        page = self.get(path)
        form = page.form(action or path.split("?")[0])
        unknown = set(fields) - set(form.control)
        assert not unknown, "the form at %s has no %s but %s" % (path, unknown, form.control)
        value = dict(form.value)
        for k, v in fields.items():
            if v is None:
                value.pop(k, None)
            else:
                value[k] = str(v)
        return self.post(form.action, value, follow)

    # --- who one is

    def code(self):
        """A code of the authenticator that was not used yet; when all that count now were, the clock is moved on."""
        now = int(self.server.identity_time()) // 30
        self.step.last = max(self.step.last + 1, now)
        if self.step.last > now:
            self.server.move_identity(30 * (self.step.last - now))
        return one_time_code(self.secret, self.step.last * 30)

    def sign_in(self):
        self.cookies, self.token = {}, None
        code = self.code() if self.secret else ""
        page = self.submit("/login", login=self.login, password=self.password, code=code)
        assert page.status == 303, (self.login, page.status, page.text)
        return page

    def enrol(self, code):
        """The first sign-in: an own password, then the authenticator."""
        page = self.submit("/enrol", login=self.login, code=code, password=self.password)
        assert page.status == 303, (self.login, page.status, page.text)
        page = self.get(page.headers["Location"])
        self.secret = next(w for w in page.words if len(w) == 32 and set(w) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
        page = self.submit("/account/second", password_now=self.password, code=self.code())
        assert page.status == 200, (self.login, page.status, page.errors)
        self.token = None

    # --- commands

    def csrf(self):
        if self.token is None:
            page = self.get("/do/source_add")
            self.token = page.form("/do/source_add").value["csrf"]
        return self.token

    def send(self, command, role=None, /, request=None, **fields):
        """A command by JSON; the answer whatever it is."""
        body = {k: v for k, v in fields.items() if v is not None}
        if role is not None:
            body["as"] = role
        if command in STEP_UP:
            body.setdefault("one_time_code", self.code())
        headers = {"Content-Type": "application/json", "X-CSRF-Token": self.csrf()}
        if request is not None:
            headers["Idempotency-Key"] = request
        return self.ask("POST", "/api/v1/do/" + command, json.dumps(body, ensure_ascii=False).encode(), headers)

    def signed_in_send(self, *args, **fields):
        """As `send`; who is not signed in (any more) signs in first."""
        if self.cookies:
            page = self.send(*args, **fields)
            if page.status not in (401, 403):
                return page
        self.sign_in()
        return self.send(*args, **fields)

    def do(self, command, role=None, /, **fields):
        """A command that must be done: its number and what it made, {kind: id of the last row of that kind}."""
        page = self.signed_in_send(command, role, **fields)
        if page.status == 422:
            raise Refused(page.json())
        assert page.status == 200, (command, page.status, page.body[:500])
        answer = page.json()
        made = {m["row"]: m["id"] for m in answer["made"]}
        return dict(made, seq=answer["seq"])

    def refused(self, command, rule, role=None, /, **fields):
        """A command that must be refused by that rule: its refusal."""
        try:
            done = self.do(command, role, **fields)
        except Refused as no:
            if rule not in no.rules:
                raise AssertionError("%s should be refused by %s, not: %s" % (command, rule, no)) from no
            return no.of(rule)
        raise AssertionError("%s should be refused by %s, but was done: %s" % (command, rule, done))


# --- the public log ---------------------------------------------------------------------------------------------


def tile_name(level, n, width):
    digits = "%03d" % (n % 1000)
    n //= 1000
    while n:
        digits = "x%03d/%s" % (n % 1000, digits)
        n //= 1000
    return "tile/%s/%s%s" % (level, digits, "" if width == 256 else ".p/%d" % width)


class Log:
    """The public log as anybody sees it: files fetched over HTTP into a folder (for the auditor), entries, and the rows folded from them."""

    def __init__(self, server, base):
        self.server, self.base = server, base

    def fetch(self, path):
        page = self.server.anybody.ask("GET", self.base + path)
        assert page.status == 200, (self.base + path, page.status)
        return page.body

    def size(self):
        page = self.server.anybody.ask("GET", self.base + "checkpoint")
        return int(page.body.split(b"\n")[1]) if page.status == 200 else 0

    def wait(self):
        """Until everything that is in the database (time adds to it, too) is published."""
        with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % self.server.database, uri=True)) as db:
            size = db.execute("SELECT max(seq) FROM journal").fetchone()[0]
        until = time.monotonic() + 30
        while self.size() < size:
            assert time.monotonic() < until, "the log has %d entries, not %d" % (self.size(), size)
            time.sleep(0.02)

    def entries(self):
        self.wait()
        size, out = self.size(), []
        for n in range((size + 255) // 256):
            data = self.fetch(tile_name("entries", n, min(256, size - 256 * n)))
            while data:
                length = int.from_bytes(data[:2], "big")
                out.append(json.loads(data[2:2 + length]))
                data = data[2 + length:]
        return out

    def rows(self, kind, everything=None):
        """The newest version of each row of a kind, by number."""
        rows = {}
        for entry in everything or self.entries():
            for fact in entry["facts"]:
                if fact["row"] == kind:
                    rows[fact["id"]] = fact
        return rows

    def mirror(self, folder):
        """All files of the log into `folder`."""
        self.wait()
        checkpoint = self.fetch("checkpoint")
        size = int(checkpoint.split(b"\n")[1])
        for level, entries in [("entries", size)] + [(str(k), size >> (8 * k)) for k in range(8) if size >> (8 * k)]:
            for n in range((entries + 255) // 256):
                name = tile_name(level, n, min(256, entries - 256 * n))
                os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
                with open(os.path.join(folder, name), "wb") as f:
                    f.write(self.fetch(name))
        with open(os.path.join(folder, "checkpoint"), "wb") as f:
            f.write(checkpoint)


# --- a witness --------------------------------------------------------------------------------------------------


class Witness:
    """ronghe-witness on a free port."""

    def __init__(self, program, folder, name, log_key):
        self.folder = folder
        self.key = run(program, "init", folder, "--name", name, "--log", log_key).stdout.strip()
        self.process = subprocess.Popen([program, "serve", folder, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True, env=ENV)
        atexit.register(self.process.kill)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])
        self.url = "http://127.0.0.1:%d" % self.port

    def add_checkpoint(self, old, proof, note):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        body = b"old %d\n" % old + b"".join(base64.b64encode(h) + b"\n" for h in proof) + b"\n" + note
        connection.request("POST", "/add-checkpoint", body)
        r = connection.getresponse()
        answer = r.status, r.getheader("Content-Type"), r.read()
        connection.close()
        return answer

    def evidence(self):
        folder = os.path.join(self.folder, "evidence")
        return sorted(os.path.join(folder, name) for name in os.listdir(folder)) if os.path.isdir(folder) else []

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
        self.process.stdout.close()


# --- the server ---------------------------------------------------------------------------------------------------


class Server:
    """ronghe-lease with a township's folder, a free port and a simulated clock."""

    def __init__(self, lease, witness, audit, folder, day):
        self.lease_program, self.witness_program, self.audit_program = lease, witness, audit
        self.folder, self.process, self.port = folder, None, None
        self.today, self.key, self.skew = day, None, 0
        self.log = Log(self, "/log/")
        self.anybody = Person(self)

    def again(self, folder):
        """The same programs and moment, another folder."""
        other = Server(self.lease_program, self.witness_program, self.audit_program, folder, "1970-01-01")
        other.today, other.key = self.today, self.key
        return other

    @property
    def database(self):
        return os.path.join(self.folder, "township.db")

    def start(self):
        self.process = subprocess.Popen([self.lease_program, "serve", self.folder, "--listen", "127.0.0.1:0", "--training", "--now", self.today],
                                        stdout=subprocess.PIPE, text=True, env=ENV)
        atexit.register(self.process.kill)  # a test that breaks off leaves no server behind
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])
        self.skew = 0

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            status = self.process.wait(60)
            self.process.stdout.close()
            assert status == 0, "ronghe-lease ended with %d" % status

    # --- the clock

    def move_days(self, days):
        """On the page of the simulated clock; back when everything due has happened."""
        assert days >= 0
        if days > 0:
            page = self.anybody.submit("/training", days=days)
            assert page.status == 303, (page.status, page.text)
            self.today = (datetime.date.fromisoformat(self.today) + datetime.timedelta(days)).isoformat()

    def move_to(self, day):
        self.move_days((datetime.date.fromisoformat(day) - datetime.date.fromisoformat(self.today)).days)

    def identity_time(self):
        """The clock of sign-ins and one-time codes: the machine's, moved on where a test cannot wait for the next code."""
        return time.time() + self.skew

    def move_identity(self, seconds):
        page = self.anybody.submit("/training", days=0, seconds=seconds)
        assert page.status == 303, (page.status, page.text)
        self.skew += seconds

    # --- founding

    def new_township(self, kind):
        password = self.folder + ".password"
        with open(password, "w", encoding="utf-8") as f:
            f.write(PASSWORD + "\n")
        said = run(self.lease_program, "init", self.folder, "--name-zh", "河口镇", "--name-en", "Hekou", "--code", "330101101", "--officer", "officer",
                   "--password-file", password, "--training", "--now", self.today).stdout
        with open(os.path.join(self.folder, "township.conf"), "a", encoding="utf-8") as f:
            f.write("requests_per_second: 0\n")
        self.start()
        t = kind(self)
        t.id.update(township=1, officer=1)
        t.who["officer"] = Person(self, 1, "officer", PASSWORD, re.search(r"secret=([A-Z2-7]+)", said).group(1))
        self.key = re.search(r"\S+\+[0-9a-f]{8}\+\S+", said).group(0)
        return t

    def account(self, t, name):
        """The officer opens an account; its holder uses the code that the officer is shown."""
        person = t.who[name] = Person(self, t.id[name], name, PASSWORD)
        if not t.officer.cookies:
            t.officer.sign_in()
        page = t.officer.submit("/accounts", party=person.party, login=name, one_time_code=t.officer.code())
        codes = re.findall(r"\b[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}\b", page.text)
        assert page.status == 200 and len(codes) == 1, (name, page.status, page.errors, page.text)
        person.enrol(codes[0])

    # --- from outside

    def verb(self, verb, *more, code=0):
        return run(self.lease_program, verb, self.folder, *more, code=code)

    def personal(self):
        """The personal texts that the database holds."""
        with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % self.database, uri=True)) as db:
            return sorted(row[0] for row in db.execute("SELECT value FROM private_value"))

    def bytes(self):
        """All bytes of the database's files."""
        out = b""
        for name in os.listdir(self.folder):
            if name.startswith(os.path.basename(self.database)):
                with open(os.path.join(self.folder, name), "rb") as f:
                    out += f.read()
        return out

    def published(self, folder, sign=lambda ledger: True):
        """The log and the published books, fetched into `folder`, when the books are those of the log and `sign` finds in them what it waits for."""
        until = time.monotonic() + 30
        while True:
            self.log.mirror(folder)
            for name in ("ledger.csv", "totals.csv"):
                page = self.anybody.ask("GET", "/open-data/" + name)
                with open(os.path.join(folder, name), "wb") as f:
                    f.write(page.body if page.status == 200 else b"")
            with open(os.path.join(folder, "ledger.csv"), encoding="utf-8") as f:
                if sign(f.read()):
                    return folder
            assert time.monotonic() < until, "the published books do not show it"
            time.sleep(0.2)

    def receipt(self, seq):
        """The receipt of a command, as its page shows it."""
        page = self.anybody.get("/receipt/%d" % seq)
        assert page.status == 200 and page.papers and page.papers[0].startswith("c2sp.org/tlog-proof"), (seq, page.status, page.text)
        return page.papers[0]

    def audit_receipt(self, receipt):
        path = self.folder + ".tlog-proof"
        with open(path, "w", encoding="utf-8") as f:
            f.write(receipt)
        return self.audit("receipt", path)

    def audit(self, verb, folder, *more):
        return run(self.audit_program, verb, folder, "--key", self.key, *more, code=None)
