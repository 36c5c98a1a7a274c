#!/usr/bin/python3
"""ronghe-lease from outside, as TAP: made, served, asked over HTTP, killed, verified, audited, tampered with, backed up, restored.

    test_lease_program.py RONGHE_LEASE RONGHE_AUDIT RONGHE_WITNESS KILLS"""
import http.client
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time

LEASE, AUDIT, WITNESS = (os.path.abspath(p) for p in sys.argv[1:4])
KILLS = int(sys.argv[4])
ENV = dict(os.environ, LC_ALL="C.UTF-8", LANG="C.UTF-8")
count = 0
failed = 0


def check(ok, name, shown=""):
    global count, failed
    count += 1
    failed += not ok
    print(("ok" if ok else "not ok"), count, "-", name, flush=True)
    if not ok and shown:
        print("\n".join("# " + line for line in str(shown).split("\n")), flush=True)


def run(*command, env=None):
    return subprocess.run(command, capture_output=True, text=True, env=env or ENV, check=False, stdin=subprocess.DEVNULL)


def must(*command):
    done = run(*command)
    if done.returncode != 0:
        raise SystemExit("Bail out! %s gave %d\n%s%s" % (command, done.returncode, done.stdout, done.stderr))
    return done.stdout


def key_of(text):
    return next(w for line in text.split("\n") for w in line.split() if "/ronghe+" in w)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """ronghe-lease serve, on a port of its own."""

    def __init__(self, where, *more):
        self.process = subprocess.Popen([LEASE, "serve", where, "--listen", "127.0.0.1:0", *more], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env=ENV)
        line = self.process.stdout.readline()
        if "http://" not in line:
            raise SystemExit("Bail out! serve says: %s%s" % (line, self.process.stderr.read()))
        self.port = int(line.rsplit(":", 1)[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out + err

    def kill(self):
        self.process.kill()
        self.process.communicate()


def post(connection, token, command, key, **fields):
    connection.request("POST", "/api/v1/do/" + command, json.dumps(fields),
                       {"Authorization": "Bearer " + token, "Content-Type": "application/json", "Idempotency-Key": key})
    answer = connection.getresponse()
    text = answer.read().decode()
    return answer.status, json.loads(text) if text.startswith("{") else text


def content(path):
    """Everything in a database but its schema's own bookkeeping."""
    with sqlite3.connect("file:%s?mode=ro" % path, uri=True) as d:
        names = [r[0] for r in d.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {n: d.execute('SELECT * FROM "%s" ORDER BY 1, 2' % n).fetchall() for n in names if n != "migration"}


# --- wrong use: one sentence, not 0 -------------------------------------------------------------------------


def wrong_use(folder):
    there = os.path.join(folder, "there")
    os.mkdir(there)
    with open(os.path.join(there, "township.conf"), "w", encoding="utf-8") as f:
        f.write("name_zh: 镇\nnmae_en: x\n")
    weak = os.path.join(folder, "weak")
    with open(weak, "w", encoding="utf-8") as f:
        f.write("1234567890\n")
    cases = {
        "no verb that is known": (["inti"], "init"),
        "init without a folder": (["init"], "word"),
        "init without a code": (["init", "x", "--name-zh", "镇", "--officer", "an"], "--code"),
        "init with a code of 8 digits": (["init", "x", "--name-zh", "镇", "--officer", "an", "--code", "12345678"], "9 digits"),
        "init without a terminal or a file for the password": (
            ["init", "x", "--name-zh", "镇", "--officer", "an", "--code", "330199101"], "--password-file"),
        "init with a weak password": (
            ["init", "x", "--name-zh", "镇", "--officer", "an", "--code", "330199101", "--password-file", weak], "."),
        "an option of another verb": (["verify", "x", "--seed", "3"], "--seed"),
        "serve of nothing": (["serve", os.path.join(folder, "nothing")], "nothing"),
        "serve with a file that has an unknown key": (["serve", there], "line 2"),
        "serve with a port that is none": (["serve", there, "--threads"], "value"),
        "verify of nothing": (["verify", os.path.join(folder, "nothing")], "nothing"),
        "verify of a text": (["verify", weak], "line 1"),
        "backup of nothing": (["backup", os.path.join(folder, "nothing"), os.path.join(folder, "b")], "nothing"),
        "restore of a text": (["restore", weak, os.path.join(folder, "r")], "."),
        "demo with a seed that is none": (["demo", os.path.join(folder, "d"), "--seed", "x"], "--seed"),
        "a language that is none": (["help", "--lang", "fr"], "--lang"),
    }
    for name, (arguments, says) in cases.items():
        done = run(LEASE, *arguments)
        sentence = done.stderr.strip()
        check(done.returncode in (1, 2) and says in sentence and sentence.count("\n") == 0, name, sentence)
    check(not os.path.exists("x"), "nothing was made of it")
    check("闲置宅基地" in must(LEASE, "help", "--lang", "zh") and "闲置宅基地" in run(
        LEASE, "help", env=dict(ENV, LC_ALL="zh_CN.UTF-8")).stdout, "help in Chinese, by option and by locale")


# --- a new township -----------------------------------------------------------------------------------------


def new_township(folder):
    password = os.path.join(folder, "password")
    with open(password, "w", encoding="utf-8") as f:
        f.write("梧桐-swallow-1987\n")
    town = os.path.join(folder, "town")
    arguments = ["init", town, "--name-zh", "河口镇", "--name-en", "Hekou", "--code", "330199101", "--officer", "officer.wang",
                 "--password-file", password]
    out = must(LEASE, *arguments)
    check("otpauth://totp/" in out and "█" in out, "init shows the authenticator's secret as address and QR code", out)
    secret = os.path.join(town, "keys", "log.key")
    check(stat.S_IMODE(os.stat(secret).st_mode) == 0o600, "the signing key is for its owner only")
    with sqlite3.connect(os.path.join(town, "township.db")) as d:
        account = d.execute("SELECT login, password FROM account").fetchall()
    check(len(account) == 1 and account[0][1].startswith("$argon2id$"), "one account, its password hashed", account)
    check("梧桐" not in open(os.path.join(town, "township.db"), "rb").read().decode("utf-8", "ignore"), "the password is kept nowhere")
    again = run(LEASE, *arguments)
    check(again.returncode == 1 and "already" in again.stderr, "init does not touch a township that is there", again.stderr)
    check("3 commands" in must(LEASE, "verify", town), "its three founding commands verify")
    audit = run(AUDIT, "log", os.path.join(town, "public"), "--key", key_of(out))
    check(audit.returncode == 0, "its log passes the audit", audit.stdout)


# --- the demonstration --------------------------------------------------------------------------------------

STATES = {
    "scheme": "draft party_discussed called passed failed publicised filed active superseded annulled dropped",
    "offer": "draft consented verified acknowledged notice objected open matched withdrawn refused lapsed",
    "lease": "negotiated signed result_public filed active arrears unsafe expiring expired terminated handed_back settled closed "
             "void dropped",
    "bid": "placed withdrawn accepted rejected",
    "payout": "proposed paid reconciled refused",
    "objection": "open upheld rejected",
    "dispute": "open closed",
    "inspection": "open closed",
    "sublet": "asked",
}


def demonstration(folder):
    demo = os.path.join(folder, "demo")
    out = must(LEASE, "demo", demo, "--seed", "7")
    with sqlite3.connect(os.path.join(demo, "township.db")) as d:
        for table, states in STATES.items():
            have = {r[0] for r in d.execute(
                "SELECT state FROM %s AS a WHERE version = (SELECT max(version) FROM %s AS b WHERE b.id = a.id)" % (table, table))}
            check(have >= set(states.split()), "every state of a %s is there" % table, set(states.split()) - have)
    logins = [line.split(",") for line in open(os.path.join(demo, "logins.csv"), encoding="utf-8").read().split("\n")[1:] if line]
    check(len(logins) >= 12 and all(login[1] in out for login in logins), "every login is printed")
    other = os.path.join(folder, "other")
    must(LEASE, "demo", other, "--seed", "7")
    same = [content(os.path.join(x, "township.db")) for x in (demo, other)]
    for table in ("posting", "lease", "offer", "rent_line"):
        check(same[0][table] == same[1][table], "the same seed gives the same %ss" % table)
    shutil.rmtree(other)
    conf = os.path.join(demo, "township.conf")
    with open(conf, "a", encoding="utf-8") as f:
        f.write("requests_per_second: 0\n")
    return demo, key_of(out), next(login[1] for login in logins if login[0] == "bank")


def audits(demo, key, name):
    for what in ("log", "ledger"):
        done = run(AUDIT, what, os.path.join(demo, "public"), "--key", key)
        check(done.returncode == 0, "%s: the audit of the %s finds nothing" % (name, what), done.stdout)


def open_line(demo):
    """A line due of a lease in force with the most left to pay."""
    with sqlite3.connect(os.path.join(demo, "township.db")) as d:
        return d.execute(
            "SELECT l.id FROM rent_line l JOIN lease t ON t.id = l.lease AND t.state = 'active' AND t.version = "
            "(SELECT max(version) FROM lease u WHERE u.id = t.id) WHERE l.kind = 'rent' AND l.cancelled IS NULL AND NOT EXISTS "
            "(SELECT 1 FROM receipt r WHERE r.line = l.id) AND NOT EXISTS (SELECT 1 FROM rent_line m WHERE m.id = l.id AND m.version "
            "> l.version) ORDER BY l.due LIMIT 1").fetchone()[0]


def served(demo, key, token):
    line = open_line(demo)
    server = Server(demo)
    c = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    c.request("GET", "/?lang=zh")
    page = c.getresponse()
    text = page.read().decode()
    check(page.status == 200 and "河口镇" in text, "the first page is in Chinese", text[:200])
    status, answer = post(c, token, "receipt_post", "k1", **{"as": "bank", "line": line, "amount_fen": 101, "bank_ref": "T1"})
    check(status == 200 and answer["seq"] > 0 and not answer["repeated"], "a receipt is posted over HTTP", answer)
    status, again = post(c, token, "receipt_post", "k1", **{"as": "bank", "line": line, "amount_fen": 101, "bank_ref": "T1"})
    check(status == 200 and again["seq"] == answer["seq"] and again["repeated"], "asked again with its key, it is the same one", again)
    status, refused = post(c, token, "receipt_post", "k2", **{"as": "bank", "line": line, "amount_fen": 101, "bank_ref": "T1"})
    check(status == 422 and refused["refusals"][0]["zh"], "a bank reference counts once", refused)
    status, nobody = post(c, token[:-2] + "AA", "receipt_post", "k3", **{"as": "bank", "line": line, "amount_fen": 1, "bank_ref": "T2"})
    check(status != 200, "a wrong token posts nothing", nobody)
    second = run(LEASE, "serve", demo, "--listen", "127.0.0.1:0")
    check(second.returncode == 1 and second.stderr.count("\n") == 1, "a second server of the same township is refused", second.stderr)
    c.close()
    code, said = server.stop()
    check(code == 0 and "published" in said, "SIGTERM stops it cleanly", said)
    audits(demo, key, "served")
    return answer["seq"]


# --- killed ---------------------------------------------------------------------------------------------------


def client(port, token, line, acknowledged, go, name):
    n = 0
    try:
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        while go.is_set():
            n += 1
            reference = "%s-%d" % (name, n)
            status, _ = post(c, token, "receipt_post", reference,
                             **{"as": "bank", "line": line, "amount_fen": 1, "bank_ref": reference})
            if status == 200:
                acknowledged.append(reference)
            elif status == 422:
                return
    except (OSError, http.client.HTTPException, ValueError):
        pass


def killed(demo, key, token):
    line = open_line(demo)
    acknowledged = []
    chance = random.Random(20260301)
    for kill in range(KILLS):
        server = Server(demo)
        go = threading.Event()
        go.set()
        clients = [threading.Thread(target=client, args=(server.port, token, line, acknowledged, go, "K%d-%d" % (kill, i)))
                   for i in range(4)]
        for c in clients:
            c.start()
        time.sleep(chance.uniform(0.01, 0.4))
        server.kill()
        go.clear()
        for c in clients:
            c.join()
    code, said = Server(demo).stop()
    check(code == 0, "after %d kills it starts, catches up and stops" % KILLS, said)
    done = run(LEASE, "verify", demo)
    check(done.returncode == 0, "database and log verify", done.stdout + done.stderr)
    with sqlite3.connect(os.path.join(demo, "township.db")) as d:
        kept = [r[0] for r in d.execute("SELECT bank_ref FROM receipt WHERE bank_ref LIKE 'K%'")]
        unbalanced = d.execute("SELECT journal FROM posting GROUP BY journal HAVING sum(amount_fen) <> 0").fetchall()
    check(len(acknowledged) > KILLS and not set(acknowledged) - set(kept),
          "none of %d acknowledged receipts is lost" % len(acknowledged), sorted(set(acknowledged) - set(kept))[:5])
    check(len(kept) == len(set(kept)) and not unbalanced, "none is there twice, every journal balances", unbalanced)
    audits(demo, key, "killed")


# --- tampered with (S7) -----------------------------------------------------------------------------------------


def tampered(demo, key, folder):
    copy = os.path.join(folder, "copy")
    shutil.copytree(demo, copy, symlinks=True)
    with sqlite3.connect(os.path.join(copy, "township.db")) as d:
        triggers = d.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'receipt'").fetchall()
        for name, _ in triggers:
            d.execute('DROP TRIGGER "%s"' % name)
        victim = d.execute("SELECT id FROM receipt WHERE amount_fen > 1000 ORDER BY id LIMIT 1").fetchone()[0]
        d.execute("UPDATE receipt SET amount_fen = amount_fen + 1 WHERE id = ?", (victim,))
        for _, sql in triggers:
            d.execute(sql)
    done = run(LEASE, "verify", copy)
    check(done.returncode == 1 and "receipt" in done.stderr and "amount_fen" in done.stderr and str(victim) in done.stderr,
          "a receipt changed by 1 fen in the database is named by table, number and field", done.stderr)
    refused = run(LEASE, "backup", copy, os.path.join(folder, "never"))
    check(refused.returncode == 1 and not os.path.exists(os.path.join(folder, "never")), "and not backed up", refused.stderr)
    path = os.path.realpath(os.path.join(copy, "public", "ledger.csv"))
    lines = open(path, encoding="utf-8").read().split("\n")
    cells = lines[5].split(",")
    cells[-1] = str(int(cells[-1]) + 1)
    lines[5] = ",".join(cells)
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines))
    done = run(AUDIT, "ledger", os.path.join(copy, "public"), "--key", key)
    check(done.returncode == 1 and "posting %s" % cells[2] in done.stdout, "a ledger.csv changed by 1 fen is named by the auditor",
          done.stdout)
    shutil.rmtree(copy)


def behind(demo, folder):
    """A database older than its log is refused."""
    copy = os.path.join(folder, "older")
    shutil.copytree(demo, copy, symlinks=True)
    os.remove(os.path.join(copy, "township.db"))
    must(LEASE, "restore", os.path.join(folder, "early.backup"), os.path.join(copy, "township.db"))
    done = run(LEASE, "serve", copy, "--listen", "127.0.0.1:0")
    check(done.returncode == 1 and "log" in done.stderr and done.stderr.count("\n") == 1, "a database older than its log is refused",
          done.stderr)
    shutil.rmtree(copy)


def moved(demo, folder):
    backup, restored = os.path.join(folder, "b.backup"), os.path.join(folder, "r.db")
    must(LEASE, "backup", demo, backup)
    check(stat.S_IMODE(os.stat(backup).st_mode) == 0o600, "a backup is for its owner only")
    must(LEASE, "restore", backup, restored)
    check(content(os.path.join(demo, "township.db")) == content(restored), "restored, it holds the same")
    again = run(LEASE, "restore", backup, restored)
    check(again.returncode == 1 and again.stderr.count("\n") == 1, "a database that is not empty is not restored over", again.stderr)


# --- witnesses ----------------------------------------------------------------------------------------------------


def witnessed(demo, key, token, folder):
    witness = []
    for i in range(3):
        where = os.path.join(folder, "w%d" % i)
        public = must(WITNESS, "init", where, "--name", "w%d.example" % i, "--log", key).split()[-1]
        witness.append((where, "127.0.0.1:%d" % free_port(), public))
    with open(os.path.join(demo, "township.conf"), "a", encoding="utf-8") as f:
        for _, address, public in witness:
            f.write("witness: http://%s %s\n" % (address, public))
    running = [subprocess.Popen([WITNESS, "serve", where, "--listen", address], stdout=subprocess.DEVNULL, env=ENV)
               for where, address, _ in witness[:2]]
    time.sleep(0.5)
    line = open_line(demo)
    server = Server(demo)
    c = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    status, answer = post(c, token, "receipt_post", "w1", **{"as": "bank", "line": line, "amount_fen": 7, "bank_ref": "W1"})
    check(status == 200, "a receipt while one of three witnesses is away", answer)
    c.close()
    code, said = server.stop()
    keys = [x for _, _, public in witness for x in ("--witness", public)]
    done = run(AUDIT, "log", os.path.join(demo, "public"), "--key", key, *keys)
    check(code == 0 and done.returncode == 0, "two of three cosign, and the auditor sees them", said + done.stdout)
    for process in running:
        process.terminate()
        process.wait()
    before = open(os.path.join(demo, "public", "checkpoint"), encoding="utf-8").read()
    server = Server(demo)
    c = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    status, answer = post(c, token, "receipt_post", "w2", **{"as": "bank", "line": line, "amount_fen": 7, "bank_ref": "W2"})
    check(status == 200, "without witnesses commands go on", answer)
    c.close()
    code, said = server.stop()
    after = open(os.path.join(demo, "public", "checkpoint"), encoding="utf-8").read()
    check(code == 1 and before == after, "but no checkpoint is put without its quorum, and it says so", said)


def main():
    with tempfile.TemporaryDirectory(prefix="ronghe-") as folder:
        os.chdir(folder)
        wrong_use(folder)
        new_township(folder)
        demo, key, token = demonstration(folder)
        must(LEASE, "backup", demo, os.path.join(folder, "early.backup"))
        served(demo, key, token)
        behind(demo, folder)
        killed(demo, key, token)
        tampered(demo, key, folder)
        moved(demo, folder)
        witnessed(demo, key, token, folder)
    print("1..%d" % count)
    return 1 if failed else 0


sys.exit(main())
