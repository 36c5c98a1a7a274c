#!/usr/bin/python3
"""Witness and auditor end to end, as TAP: a log is written, cosigned by separate programs, published, tampered with, audited.

    test_lease_log.py LOG_TOOL RONGHE_WITNESS RONGHE_AUDIT

The tree, the consistency proofs and the ledger are computed here a third time, from the definitions."""
import base64
import hashlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

TOOL, WITNESS, AUDIT = (os.path.abspath(p) for p in sys.argv[1:4])
ENV = dict(os.environ, LC_ALL="C.UTF-8")
VILLAGES = ["330400101201", "330400101202", "330400101203"]
ORIGIN = "township.example/ronghe"
count = 0
failed = 0


def check(ok, name, shown=""):
    global count, failed
    count += 1
    failed += not ok
    print(("ok" if ok else "not ok"), count, "-", name, flush=True)
    if not ok and shown:
        print("\n".join("# " + line for line in str(shown).split("\n")), flush=True)


def run(*command, code=0):
    done = subprocess.run(command, capture_output=True, text=True, env=ENV, check=False)
    if code is not None and done.returncode != code:
        raise SystemExit("Bail out! %s gave %d\n%s%s" % (command, done.returncode, done.stdout, done.stderr))
    return done


# --- the definitions of RFC 6962 ----------------------------------------------------------------------------


def leaf(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def split(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def mth(d):
    if not d:
        return hashlib.sha256(b"").digest()
    if len(d) == 1:
        return d[0]
    k = split(len(d))
    return hashlib.sha256(b"\1" + mth(d[:k]) + mth(d[k:])).digest()


def subproof(m, d, whole):
    if m == len(d):
        return [] if whole else [mth(d)]
    k = split(len(d))
    if m <= k:
        return subproof(m, d[:k], whole) + [mth(d[k:])]
    return subproof(m - k, d[k:], False) + [mth(d[:k])]


def consistency(m, d):
    return subproof(m, d, True) if 0 < m < len(d) else []


# --- entries and books ----------------------------------------------------------------------------------------


def entry(seq, facts):
    return json.dumps({"seq": seq, "time": 1767225600000 + seq, "event": "receipt_post", "facts": facts,
                       "private": hashlib.sha256(b"%d" % seq).hexdigest()},
                      separators=(",", ":"), ensure_ascii=False)


def posting(number, journal, account, lease, village, fen):
    fact = {"row": "posting", "id": number, "version": 1, "journal": journal, "account": account}
    if lease is not None:
        fact["lease"] = lease
    return dict(fact, village=village, amount_fen=fen)


def entries(n):
    """Receipts into the escrow, and every third entry a split of an earlier one to the household."""
    out, number = [], 0
    for seq in range(1, n + 1):
        lease, village = (seq - 1) // 3 + 1, VILLAGES[(seq - 1) // 3 % 3]
        if seq % 3 == 0:
            pair = [("escrow", -150001), ("household", 150001)]
        else:
            pair = [("bank", -100001), ("escrow", 100001)]
        facts = [{"row": "receipt", "id": seq, "version": 1, "lease": lease, "note": "第%d笔" % seq}]
        for account, fen in pair:
            number += 1
            facts.append(posting(number, seq, account, lease if account == "escrow" else None, village, fen))
        out.append(entry(seq, facts))
    return out


def publish_books(folder, lines):
    totals = {}
    with open(folder + "/ledger.csv", "w", encoding="utf-8") as f:
        f.write("seq,row,id,version,journal,account,lease,village,amount_fen\n")
        for line in lines:
            e = json.loads(line)
            for p in e["facts"]:
                if p["row"] == "posting":
                    f.write("%d,posting,%d,%d,%d,%s,%s,%s,%d\n" % (
                        e["seq"], p["id"], p["version"], p["journal"], p["account"], p.get("lease", ""),
                        p["village"], p["amount_fen"]))
                    fen, n = totals.get((p["village"], p["account"]), (0, 0))
                    totals[p["village"], p["account"]] = (fen + p["amount_fen"], n + 1)
    with open(folder + "/totals.csv", "w", encoding="utf-8") as f:
        f.write("village,account,amount_fen,postings\n")
        for (village, account), (fen, n) in sorted(totals.items()):
            f.write("%s,%s,%d,%d\n" % (village, account, fen, n))


def add(folder, key, lines):
    path = folder + ".lines"
    with open(path, "w", encoding="utf-8") as f:
        f.write("".join(line + "\n" for line in lines))
    run(TOOL, "add", folder, key, path)


def read(path):
    with open(path, "rb") as f:
        return f.read()


def write(path, data):
    with open(path, "wb") as f:
        f.write(data)


def published_entries(folder, size):
    out = []
    for n in range((size + 255) // 256):
        width = min(256, size - 256 * n)
        data = read("%s/tile/entries/%03d%s" % (folder, n, "" if width == 256 else ".p/%d" % width))
        while data:
            length = int.from_bytes(data[:2], "big")
            out.append(data[2:2 + length])
            data = data[2 + length:]
    return out


# --- witnesses ---------------------------------------------------------------------------------------------------


class Witness:
    def __init__(self, folder, name, log):
        self.folder = folder
        self.key = run(WITNESS, "init", folder, "--name", name, "--log", log).stdout.strip()
        self.start()

    def start(self):
        self.process = subprocess.Popen([WITNESS, "serve", self.folder, "--listen", "127.0.0.1:0"],
                                        stdout=subprocess.PIPE, text=True, env=ENV)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])
        self.url = "http://127.0.0.1:%d" % self.port

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait()
        self.process.stdout.close()

    def ask(self, body, path="/add-checkpoint", method="POST"):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        c.request(method, path, body)
        r = c.getresponse()
        answer = r.status, r.getheader("Content-Type"), r.read()
        c.close()
        return answer


def request(old, proof, note):
    lines = b"".join(base64.b64encode(h) + b"\n" for h in proof)
    return b"old %d\n" % old + lines + b"\n" + note


def main(work):
    os.chdir(work)
    log_key = run(TOOL, "key", "log.key", ORIGIN).stdout.strip()
    other_key = run(TOOL, "key", "other.key", "elsewhere.example/log").stdout.strip()
    run(TOOL, "key", "false.key", ORIGIN)
    witnesses = [Witness("w%d" % i, "witness%d.example" % i, log_key) for i in (1, 2, 3)]
    by_url = [x for w in witnesses for x in (w.url, w.key)]
    trust = ["--key", log_key] + [x for w in witnesses for x in ("--witness", w.key)]
    lines = entries(1000)
    leaves = [leaf(line.encode()) for line in lines]
    os.mkdir("log")
    try:
        # --- writing and cosigning
        add("log", "log.key", lines[:600])
        publish_books("log", lines[:600])
        root = base64.b64encode(mth(leaves[:600])).decode()
        head = read("log/checkpoint").decode().split("\n")
        check(head[:3] == [ORIGIN, "600", root], "the checkpoint has the root of the definition", head)
        check([leaf(e) for e in published_entries("log", 600)] == leaves[:600], "the bundles hold the entries")
        r = run(AUDIT, "log", "log", *trust, code=None)
        check(r.returncode == 1 and "0 of 3" in r.stdout, "without cosignatures the auditor wants a quorum", r.stdout)
        r = run(TOOL, "cosign", "log", "log.key", "2", *by_url, code=None)
        check(r.returncode == 0 and r.stdout == "3\n", "three witnesses cosign", r.stderr)
        shutil.copy("log/checkpoint", "early")
        witnesses[2].stop()
        add("log", "log.key", lines[600:])
        publish_books("log", lines)
        r = run(TOOL, "cosign", "log", "log.key", "3", *by_url, code=None)
        check(r.returncode == 1 and r.stdout == "2\n" and "witness3.example" in r.stderr,
              "of three needed, one that is down is named", r.stderr)
        r = run(TOOL, "cosign", "log", "log.key", "2", *by_url, code=None)
        check(r.returncode == 0 and r.stdout == "2\n", "two of three are a quorum", r.stderr)
        r = run(AUDIT, "log", "log", *trust, "--earlier", "early", code=None)
        check(r.returncode == 0 and "1000 entries" in r.stdout, "the auditor agrees, with the earlier checkpoint", r.stdout)
        r = run(AUDIT, "log", "log", *trust, "--quorum", "3", code=None)
        check(r.returncode == 1 and "2 of 3" in r.stdout, "two cosignatures are not three", r.stdout)
        r = run(AUDIT, "ledger", "log", *trust, code=None)
        check(r.returncode == 0 and "2000 postings" in r.stdout, "the published books are those of the log", r.stdout)

        # --- what a witness answers, with proofs of our own
        w = witnesses[0]
        note = read("log/checkpoint")
        log_note = b"\n".join(note.split(b"\n")[:5]) + b"\n"
        status, kind, body = w.ask(request(600, consistency(600, leaves), log_note))
        check((status, kind, body) == (409, "text/x.tlog.size", b"1000\n"), "an old size that is not its own: 409 and its size", body)
        status, kind, body = w.ask(request(1000, [], log_note))
        check(status == 200 and body.startswith("— witness1.example ".encode()), "the same checkpoint again: 200", body)
        check(w.ask(b"old 1000\n\nno checkpoint\n")[0] == 400, "nonsense: 400")
        check(w.ask(request(1001, [], log_note))[0] == 400, "an old size above the checkpoint's: 400")
        check(w.ask(b"x" * 100000)[0] == 413, "too much: 413")
        check(w.ask(b"", "/")[0] == 404 and w.ask(None, method="GET")[0] == 405, "other paths and methods: 404, 405")
        os.mkdir("elsewhere")
        add("elsewhere", "other.key", lines[:3])
        check(w.ask(request(1000, [], read("elsewhere/checkpoint")))[0] == 404, "a log that it does not watch: 404")
        os.mkdir("false")
        add("false", "false.key", lines)
        check(w.ask(request(1000, [], read("false/checkpoint")))[0] == 403, "another key under the log's name: 403")

        # --- a split view (S8)
        os.mkdir("split")
        twisted = lines[:700] + [lines[700].replace("100001", "100002")] + lines[701:]
        assert twisted != lines
        add("split", "log.key", twisted)
        status, kind, body = w.ask(request(1000, [], read("split/checkpoint")))
        evidence = os.listdir("w1/evidence") if os.path.isdir("w1/evidence") else []
        check(status == 409 and kind != "text/x.tlog.size" and len(evidence) == 1, "S8: another root of the size: refused, evidence kept", body)
        w.ask(request(1000, [], read("split/checkpoint")))
        check(len(os.listdir("w1/evidence")) == 1, "asking again adds no second file")
        r = run(TOOL, "cosign", "split", "log.key", "2", *by_url, code=None)
        check(r.returncode == 1 and r.stdout == "0\n" and "two views" in r.stderr, "S8: the log gets no cosignature for its other face", r.stderr)
        r = run(AUDIT, "compare", "w1/evidence/" + evidence[0], "--key", log_key, code=None)
        check(r.returncode == 1 and "SPLIT VIEW" in r.stdout, "S8: the evidence convinces the auditor", r.stdout)
        r = run(AUDIT, "compare", "log/checkpoint", "split/checkpoint", "--key", log_key, "--lang", "zh", code=None)
        check(r.returncode == 1 and "日志分叉" in r.stdout and "FINDING" not in r.stdout, "in Chinese too", r.stdout)
        r = run(AUDIT, "compare", "log/checkpoint", "false/checkpoint", "--key", log_key, code=None)
        check(r.returncode == 1 and "SPLIT" not in r.stdout, "a forged checkpoint is no evidence", r.stdout)
        check(run(AUDIT, "compare", "log/checkpoint", "log/checkpoint", "--key", log_key, code=None).returncode == 0, "one checkpoint twice is no split")
        check(run(AUDIT, "compare", "early", "log/checkpoint", "--key", log_key, code=None).returncode == 2, "different sizes cannot be compared so")
        shown = run(WITNESS, "show", "w1", "--lang", "en").stdout
        check(ORIGIN in shown and "entries 1000" in shown and "split views 1" in shown, "the witness shows what it knows while it serves", shown)

        # --- a log that forgets, a witness that is killed
        w.stop(signal.SIGKILL)
        w.start()
        more = lines + entries(1003)[1000:]
        more_leaves = [leaf(line.encode()) for line in more]
        os.mkdir("forget")
        add("forget", "log.key", twisted + more[1000:])
        bad = w.ask(request(1000, consistency(1000, [leaf(x.encode()) for x in twisted + more[1000:]]), read("forget/checkpoint")))
        check(bad[0] == 422, "after kill -9: what does not continue what it saw: 422", bad)
        add("log", "log.key", more[1000:])
        new_note = read("log/checkpoint")
        check(w.ask(request(1000, [], new_note))[0] == 422, "no proof: 422")
        check(w.ask(request(1000, consistency(1000, more_leaves), new_note))[0] == 200, "a proof of our own making: 200")
        status, kind, body = w.ask(request(1000, consistency(1000, more_leaves), new_note))
        check((status, body) == (409, b"1003\n"), "what it cosigned it remembers", body)
        r = run(AUDIT, "log", "forget", "--key", log_key, "--earlier", "log/checkpoint", "--earlier", "early", code=None)
        check(r.returncode == 1 and "log/checkpoint is not the beginning" in r.stdout and "early is" not in r.stdout,
              "the auditor names the earlier checkpoint that was left", r.stdout)
        run(TOOL, "cosign", "log", "log.key", "2", w.url, w.key, witnesses[1].url, witnesses[1].key)
        publish_books("log", more)
        lines = more

        # --- receipts
        write("r.tlog-proof", run(TOOL, "receipt", "log", "log.key", "777", "entry").stdout.encode())
        write("bare.tlog-proof", run(TOOL, "receipt", "log", "log.key", "777").stdout.encode())
        write("entry", lines[777].encode())
        r = run(AUDIT, "receipt", "r.tlog-proof", *trust, code=None)
        check(r.returncode == 0 and lines[777] in r.stdout, "a receipt verifies offline and shows its entry", r.stdout)
        check(run(AUDIT, "receipt", "bare.tlog-proof", "--entry", "entry", *trust, code=None).returncode == 0, "with the entry beside it too")
        check(run(AUDIT, "receipt", "bare.tlog-proof", *trust, code=None).returncode == 1, "but not without an entry")
        write("entry", lines[777].replace("778", "779").encode())
        check(run(AUDIT, "receipt", "bare.tlog-proof", "--entry", "entry", *trust, code=None).returncode == 1, "nor with another")
        good = read("r.tlog-proof")
        unnoticed = []
        for i in range(0, len(good), 7):
            write("bad.tlog-proof", good[:i] + bytes([good[i] ^ 1]) + good[i + 1:])
            if run(AUDIT, "receipt", "bad.tlog-proof", *trust, code=None).returncode != 1:
                unnoticed.append(i)
        check(not unnoticed, "changed bytes of a receipt are found", unnoticed)

        # --- tampered files
        def tampered(path, at, name, words, *more_args):
            shutil.rmtree("copy", ignore_errors=True)
            shutil.copytree("log", "copy")
            data = bytearray(read("copy/" + path))
            data[at] ^= 1
            write("copy/" + path, bytes(data))
            shown = run(AUDIT, "log", "copy", *trust, *more_args, code=None)
            check(shown.returncode == 1 and all(word in shown.stdout for word in words), name, shown.stdout)

        tampered("tile/0/001", 32 * 44, "a changed tile is named with its entry", ["Tile 1 of level 0", "entry 300"])
        tampered("tile/1/000.p/3", 5, "a changed tile above is named", ["Tile 0 of level 1"])
        tampered("tile/0/003.p/235", 0, "a changed partial tile is named", ["Tile 3 of level 0"])
        tampered("tile/0/003.p/232", 0, "and an older one", ["003.p/232"])
        tampered("tile/entries/002", 40, "a changed entry is found", ["another root", "Tile 2 of level 0"])
        tampered("tile/entries/000", 1, "a changed length is found", ["another root"])
        tampered("checkpoint", 30, "a changed checkpoint is found", ["FINDING"])
        tampered("tile/0/001", 32 * 44, "in Chinese as well", ["发现问题：瓦片 1（第 0 层）", "条目 300 "], "--lang", "zh")
        shutil.rmtree("copy")
        shutil.copytree("log", "copy")
        os.remove("copy/tile/0/002")
        r = run(AUDIT, "log", "copy", *trust, code=None)
        check(r.returncode == 1 and "tile/0/002 is missing" in r.stdout, "a missing tile is named", r.stdout)

        # --- tampered books (S7)
        def books(name, change, words, *args):
            shutil.rmtree("copy", ignore_errors=True)
            shutil.copytree("log", "copy")
            change()
            shown = run(AUDIT, "ledger", "copy", *args, code=None)
            check(shown.returncode == 1 and all(word in shown.stdout for word in words), name, shown.stdout)

        def edit(path, old, new):
            data = read(path)
            assert data.count(old) >= 1, (path, old)
            write(path, data.replace(old, new, 1))

        row = b"401,posting,802,1,401,escrow,134,330400101202,100001\n"
        books("S7: one fen in the ledger is named with its row", lambda: edit("copy/ledger.csv", row, row.replace(b"100001\n", b"100002\n")),
              ["line 803", "posting 802 of seq 401", "amount_fen is '100002', the log says '100001'"])
        books("S7: in Chinese", lambda: edit("copy/ledger.csv", row, row.replace(b"100001\n", b"100002\n")),
              ["第 803 行", "seq 401 的分录 802", "100002"], "--lang", "zh")
        books("a line left out is named", lambda: edit("copy/ledger.csv", row, b""), ["line 803", "posting 802 of seq 401", "seq is '402'"])
        books("the last line left out is named", lambda: write("copy/ledger.csv", read("copy/ledger.csv").rstrip().rsplit(b"\n", 1)[0] + b"\n"),
              ["ends after line", "posting 2006 of seq 1003"])
        books("a line too many is named", lambda: write("copy/ledger.csv", read("copy/ledger.csv") + row), ["line 2008", "no counterpart"])
        books("a changed total is named", lambda: edit("copy/totals.csv", b"202,household,", b"202,household,1"), ["line 7", "330400101202,household"])

        # --- an entry and the books changed alike: only the signed log tells
        changed = [line.replace('"escrow","lease":134,"village":"330400101202","amount_fen":100001', '"escrow","lease":134,"village":"330400101202","amount_fen":100009')
                   .replace('"bank","village":"330400101202","amount_fen":-100001', '"bank","village":"330400101202","amount_fen":-100009')
                   if '"seq":401,' in line else line for line in lines]
        assert changed != lines

        def both():
            data = read("copy/tile/entries/001")
            index = data.index(lines[400].encode())
            write("copy/tile/entries/001", data[:index] + changed[400].encode() + data[index + len(lines[400]):])
            publish_books("copy", changed)

        books("entry and books changed alike: the signed root tells", both, ["another root"], *trust)

        # --- entries that break the rules of the books
        def rule(name, wrong, words):
            shutil.rmtree("rule", ignore_errors=True)
            os.mkdir("rule")
            all_lines = lines[:6] + wrong
            add("rule", "log.key", all_lines)
            try:
                publish_books("rule", all_lines)
            except ValueError:
                publish_books("rule", lines[:6])
            shown = run(AUDIT, "ledger", "rule", "--key", log_key, code=None)
            check(shown.returncode == 1 and all(word in shown.stdout for word in words), name, shown.stdout)

        v = VILLAGES[0]
        rule("a journal that does not sum to 0 is named", [entry(7, [posting(13, 7, "bank", None, v, -5), posting(14, 7, "escrow", 3, v, 6)])], ["Journal 7 (seq 7) sums to 1 fen"])
        rule("escrow below 0 is named", [entry(7, [posting(13, 7, "escrow", 1, v, -50002), posting(14, 7, "bank", None, v, 50002)])], ["escrow", "below 0", "-1 fen"])
        rule("another lease's money is not one's own", [entry(7, [posting(13, 7, "escrow", 9, v, -5), posting(14, 7, "household", None, v, 5)])], ["lease 9", "below 0"])
        rule("a posting written again is named", [entry(7, [posting(3, 7, "bank", None, v, -5), posting(4, 7, "household", None, v, 5)])], ["Posting 3 (seq 7) is written again"])
        rule("a journal in two entries is named", [entry(7, [posting(13, 2, "bank", None, v, -5), posting(14, 2, "household", None, v, 5)])], ["Journal 2"])
        rule("time that goes back is named", [entry(7, []).replace('"time":1767225600007', '"time":1767225600005')], ["goes back"])
        rule("another order of keys is named", ['{"time":1,"seq":7,"event":"x","facts":[],"private":"%s"}' % ("0" * 64)], ["Entry 6", "byte 0"])
        rule("a field that is named twice is named", [entry(7, [posting(13, 7, "bank", None, v, 0)]).replace('"version":1', '"version":1,"version":1')], ["twice"])
        rule("blanks are not the agreed form", [entry(7, []).replace('":7', '": 7')], ["Entry 6", "byte 7"])

        # --- wrong use
        check(run(AUDIT, "log", "log", code=None).returncode == 2, "the auditor wants a key")
        check(run(AUDIT, "log", "log", "--key", witnesses[0].key, code=None).returncode == 2, "and the right kind of key")
        r = run(WITNESS, "init", "w1", "--log", other_key, code=None)
        check(r.returncode == 1 and "Another program" in r.stderr, "a witness at work is not changed", r.stderr)
        write("w3/state/" + os.listdir("w3/state")[0], b"rubbish")
        r = run(WITNESS, "serve", "w3", code=None)
        check(r.returncode == 1 and "damaged" in r.stderr, "a witness whose memory is damaged does not serve", r.stderr)
    finally:
        for w in witnesses:
            if w.process.poll() is None:
                w.stop()


with tempfile.TemporaryDirectory(prefix="ronghe-log-") as scratch:
    main(scratch)
print("1..%d" % count)
sys.exit(failed > 0)
