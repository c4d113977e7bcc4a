#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
mucctl_db.t - mucctl db: what is exported can be imported, a copy made under load is sound

A room of 10,000 members and 100,000 messages goes out and in and is the same, in bounded memory and a few
seconds, also into a mucd that serves, where nobody waits for it, and nothing is left of it if it, or mucctl, is
killed in the midst of it. A room of a mucd that serves goes to another domain, and its owner finds form, lists, history and
occupant ids as they were. Files that are cut off, garbled or for somebody else are refused by line, and
nothing of them is there. Whoever takes an export slowly holds no page;
for who does hold some, what is too old is removed later.
"""
import sys
sys.dont_write_bytecode = True
import ctypes
import fcntl
import json
import pty
import pwd
import resource
import threading
from muctest import *

OTHER = "other.localhost"
NMEMBERS, NMESSAGES = 10000, 100000
DATA_KIB = 96 * 1024


def ctl(*argv, limit=None, stdin=subprocess.DEVNULL, text=None, **more):
    """(status, stdout, stderr); limit: of private memory, in KiB."""
    def before():
        die_with_parent()
        if limit and not has_sanitizer(MUCCTL):
            resource.setrlimit(resource.RLIMIT_DATA, (limit * 1024, limit * 1024))
    if text is not None:
        more["input"] = text
    else:
        more["stdin"] = stdin
    p = subprocess.run([MUCCTL, "db", *argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                       preexec_fn=before, timeout=300, **more)
    return p.returncode, p.stdout, p.stderr


def good(argv, what, **more):
    """Runs it; returns what it said."""
    status, out, err = ctl(*argv, **more)
    if not ok(status == 0 and err == "", what):
        diag("status %d, said: %s%s" % (status, out[:2000], err))
    return out


def place(domains=(DOMAIN,)):
    """A configuration and an empty folder for its database."""
    d = tempfile.mkdtemp(dir=TOP)
    os.mkdir(d + "/db")
    with open(os.open(d + "/mucd.conf", os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
        f.write('database = "%s/db"\n' % d)
        for domain in domains:
            f.write('component "%s" { server = "127.0.0.1" port = 1 secret = "x" }\n' % domain)
    return d, d + "/mucd.conf"


def uuid7(ms, n):
    h = "%012x7%03x8%015x" % (ms, n % 4096, n)
    return "-".join((h[:8], h[8:12], h[12:16], h[16:20], h[20:]))


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def big_file(path, nmembers=NMEMBERS, nmessages=NMESSAGES):
    with open(path, "w", encoding="utf-8") as f:
        f.write("mucd-export 1\n")
        f.write('room jid="big@%s" created=2026-01-01T00:00:00.000Z secret=%s\n' % (DOMAIN, "ab" * 32))
        for i in range(nmembers):
            f.write('affil jid="user%05d@localhost" affiliation=%s nick="Nick %d" actor="user0@localhost" '
                    'time=2026-01-01T00:00:00.000Z\n' % (i, "member" if i else "owner", i))
        for i in range(nmessages):
            f.write('message id=%s kind=message nick="Nick %d" jid="user%05d@localhost/r" msg-id="m%d" '
                    'payload="<body>Message %d, \\"quoted\\" and as long as messages are, \u00e4\\n</body>"\n' %
                    (uuid7(1767225600000 + i, i), i % nmembers, i % nmembers, i, i))
        f.write("end\n")
    return path


def records(text):
    """What a file says of a room, but for the settings, which a short one leaves out, and counts."""
    return [line for line in text.splitlines() if not line.startswith(("config ", "end"))]


def big():
    d, conf = place()
    path = big_file(d + "/in")
    began = time.monotonic()
    same(good(("import", "-c", conf, path), "%d members, %d messages: imported" % (NMEMBERS, NMESSAGES),
              limit=DATA_KIB), "1 room\n", "one room")
    took_in = time.monotonic() - began
    began = time.monotonic()
    good(("export", "-c", conf, "-o", d + "/out"), "exported", limit=DATA_KIB)
    took_out = time.monotonic() - began
    same(os.stat(d + "/out").st_mode & 0o777, 0o600, "into a file for its owner alone")
    text = read(d + "/out")
    ok(records(text) == records(read(path)), "the same lines")
    d2, conf2 = place()
    good(("import", "-c", conf2, d + "/out"), "and in elsewhere", limit=DATA_KIB)
    ok(good(("export", "-c", conf2), "and out, to standard output", limit=DATA_KIB) == text, "the same text")
    ok(good(("export", "-d", d2 + "/db", "big@" + DOMAIN), "by its name") == text, "the same again")
    out = good(("check", "-d", d2 + "/db"), "check: sound", limit=DATA_KIB)
    ok(re.fullmatch(r"1 room, \d+ records, 0 wrong\n", out), "check: %s" % out.strip())
    stat = json.loads(good(("stat", "-j", "-d", d2 + "/db"), "stat"))
    counts = {t["table"]: t["records"] for t in stat["tables"]}
    same((counts["affil"], counts["nicks"], counts["archive"], counts["names"], counts["dead"]),
         (NMEMBERS, NMEMBERS, NMESSAGES, 1, 0), "stat: records by table")
    same([(r["room"], r["messages"]) for r in stat["largest"]], [("big@" + DOMAIN, NMESSAGES)],
         "stat: the largest room")
    same(json.loads(good(("check", "-j", "-d", d2 + "/db"), "check -j"))["found"], [], "nothing found")
    ok(took_in < 60 and took_out < 60, "in %.1f s, out %.1f s" % (took_in, took_out))
    slow(d2, stat)


def slow(d, stat):
    """Nobody reads what is exported: the export waits, and holds no moment of the database."""
    def readers():
        return json.loads(ctl("stat", "-j", "-n", "0", "-d", d + "/db")[1])["readers"]
    with subprocess.Popen([MUCCTL, "db", "export", "-d", d + "/db"], stdout=subprocess.PIPE,
                          preexec_fn=die_with_parent) as p:
        got = p.stdout.read(10)
        there = until(lambda: [r for r in readers() if r["process"] == p.pid and not r["reads"]])
        ok(there, "an export that waits to be read holds no moment")
        n = len(got) + sum(len(chunk) for chunk in iter(lambda: p.stdout.read(1 << 20), b""))
    ok(p.returncode == 0 and n > NMESSAGES * 100, "and goes on when it is: %d bytes" % n)


# -- a mucd that serves --

def story(server, mucd):
    """A room with a bit of everything; what its owner sees of it."""
    room = "lounge@" + DOMAIN
    romeo, juliet = Client(server, "romeo"), Client(server, "juliet")
    romeo.create(room, "Romeo", "roomname=Lounge persistentroom=1 membersonly=1 whois=anyone")
    for jid, affiliation in (("juliet@localhost", "member"), ("tybalt@localhost", "outcast"),
                             ("nurse@localhost", "admin")):
        romeo.affiliate(room, jid, affiliation)
    juliet.join(room, "Juliet")
    juliet.iq(room, "set", "<query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' type='submit'>"
              "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#register</value></field>"
              "<field var='muc#register_roomnick'><value>Julie</value></field></x></query>")
    romeo.send("<message type='groupchat' to='%s' id='s'><subject>Hi \"all\"</subject></message>" % room)
    for i in range(5):
        romeo.say(room, "line %d\n<&>\u00e4" % i)
    sync(romeo, juliet)
    return romeo, juliet, room


def seen(client, room):
    """The form, the lists, and what is told to whoever enters: without the room's own address."""
    form = client.iq(room, "get", "<query xmlns='%s'/>" % NS["owner"])
    lists = [client.listed(room, a) for a in ("owner", "admin", "member", "outcast")]
    client.inbox.clear()
    told = client.join(room, "Romeo")
    client.presence(room + "/Romeo", kind="unavailable")
    history = [x for x in told if local(x.tag) == "message" and body(x) is not None]
    mine = [x.find("{urn:xmpp:occupant-id:0}occupant-id").get("id") for x in told
            if local(x.tag) == "presence" and nick_of(x) == "Romeo"]
    fields = [(f.get("var"), [v.text for v in f.findall("{jabber:x:data}value")])
              for f in form.iter("{jabber:x:data}field")]
    ids = [x.find("{urn:xmpp:sid:0}stanza-id").get("id") for x in history]
    return fields, lists, [(body(x), nick_of(x)) for x in history], ids, mine, \
        [child(x, "client", "subject").text for x in told[-1:]]


def moved():
    server = Server("prosody", domains=(DOMAIN, OTHER), users=("romeo", "juliet"))
    here = [c for c in server.components if c[0] == DOMAIN]
    there = [c for c in server.components if c[0] == OTHER]
    mucd = Mucd(here)
    romeo, juliet, room = story(server, mucd)
    romeo.presence(room + "/Romeo", kind="unavailable")
    sync(romeo)
    was = seen(romeo, room)
    ok(len(was[2]) == 5 and len(was[4]) == 1 and was[1][2] == ["juliet@localhost"], "a room, as its owner sees it")
    path = mucd.dir + "/rooms"
    good(("export", "-c", mucd.conf, "-o", path, room), "exported beside the mucd that serves it")
    status, out, err = ctl("import", "-c", mucd.conf, path)
    ok(status == 2 and "another mucd, process %d, has it" % mucd.proc.pid in err,
       "no import into a database that a mucd has")
    second = Mucd(there, start=False)
    os.mkdir(second.database)
    good(("import", "-c", second.conf, "-m", "%s=%s" % (DOMAIN, OTHER), path), "imported elsewhere")
    good(("check", "-c", second.conf), "sound")
    second.start()
    same(seen(romeo, "lounge@" + OTHER), was, "form, lists, history, ids and subject are the same")
    x = juliet.iq("lounge@" + OTHER, "get", "<query xmlns='jabber:iq:register'/>")
    ok("Julie" in ET.tostring(x, "unicode"), "and the nickname is reserved")
    juliet.join("lounge@" + OTHER, "Juliet")
    juliet.say("lounge@" + OTHER, "after all")
    ok(juliet.hear("lounge@" + OTHER, "after all") is not None, "it goes on there")
    same(second.stop()[0], 0, "stopped")
    status, out, err = ctl("import", "-c", second.conf, "-m", "%s=%s" % (DOMAIN, OTHER), path)
    ok(status == 2 and "lounge@%s is there already" % OTHER in err, "a room that is there is not replaced")
    good(("import", "-r", "-c", second.conf, "-m", "%s=lounge@%s" % (room, OTHER), path),
         "unless it is said, also by a rename of that room alone")
    second.start()
    same(seen(romeo, "lounge@" + OTHER), was, "then it is as it was")
    until(lambda: counts(second)["dead"] == 0)
    good(("check", "-c", second.conf), "sound")


def counts(mucd):
    return {t["table"]: t["records"] for t in json.loads(ctl("stat", "-j", "-c", mucd.conf)[1])["tables"]}


def load(server, stop, sent):
    """Somebody who talks, enters and leaves without a break."""
    c = Client(server, "tybalt")
    n = 0
    while not stop.is_set():
        room = "r%d@%s" % (n % 7, DOMAIN)
        c.presence(room + "/T", "<x xmlns='%s'/>" % NS["muc"])
        c.configure(room, "persistentroom=1 roomname=%d" % n)
        for i in range(20):
            c.say(room, "message %d of %d" % (i, n))
        c.affiliate(room, "user%d@localhost" % n, "member")
        c.presence(room + "/T", kind="unavailable")
        n += 1
        c.inbox.clear()
    sent.append(n)
    c.close()


def beside():
    server = Server("prosody", users=("romeo", "juliet", "tybalt"))
    mucd = Mucd(server.components)
    stop, sent = threading.Event(), []
    talk = threading.Thread(target=load, args=(server, stop, sent))
    talk.start()
    copies = []
    try:
        until(lambda: counts(mucd)["archive"] > 200, 60)
        for i in range(4):
            folder = mucd.dir + "/copy%d" % i
            os.mkdir(folder)
            good(("backup", "-c", mucd.conf, folder), "a copy beside a mucd that works")
            good(("check", "-c", mucd.conf), "the database itself is sound at any moment")
            good(("export", "-c", mucd.conf, "-o", folder + "/text"), "an export as well")
            copies.append(folder)
    finally:
        stop.set()
        talk.join()
    ok(sent and sent[0] > 10, "it has worked: %d rounds" % (sent[0] if sent else 0))
    for folder in copies:
        good(("check", "-d", folder), "the copy is sound")
        text = read(folder + "/text")
        ok(text.count("\nroom ") == text.count("\nend ") > 0, "each room of the export is whole")
    d, conf = place()
    good(("import", "-c", conf, copies[-1] + "/text"), "and can be imported")
    status, out, err = ctl("backup", "-c", mucd.conf, copies[0])
    ok(status == 2 and "File exists" in err, "no copy over another one")
    status, out, err = ctl("backup", "-c", mucd.conf, mucd.dir + "/none/file")
    ok(status == 2 and "No such file" in err, "none to where there is nothing")
    mucd.kill()
    rooms = counts(mucd)["names"]
    os.unlink(mucd.database + "/data.mdb")
    os.rename(copies[-1] + "/data.mdb", mucd.database + "/data.mdb")
    os.unlink(mucd.database + "/lock.mdb")
    mucd.start()
    ok(counts(mucd)["names"] == rooms, "a mucd starts from it, with all %d rooms" % rooms)
    romeo = Client(server, "romeo")
    romeo.join("r1@" + DOMAIN, "Romeo")
    romeo.say("r1@" + DOMAIN, "hello")
    ok(romeo.hear("r1@" + DOMAIN, "hello") is not None, "and serves them")
    same(mucd.stop()[0], 0, "stopped")


# -- into a mucd that serves --

def importing(mucd, *argv, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE):
    return subprocess.Popen([MUCCTL, "db", "import", "-c", mucd.conf, *argv], stdin=stdin,
                            stdout=subprocess.PIPE, stderr=stderr, preexec_fn=die_with_parent)


def feed(p, path):
    """Gives the rest of it to one that is half_sent()."""
    with p.stdin:
        p.stdin.write(read(path).encode()[os.path.getsize(path) // 2:])
    p.stdin = None


def talk_beside(p, path, romeo, juliet, room):
    """
    Talks while a room comes that is half_sent(), and until it is there: how long each word took, and whether the room
    was seen.
    """
    took, seen = [], set()
    feeds = threading.Thread(target=feed, args=(p, path))
    while p.poll() is None:
        if len(took) == 3:
            feeds.start()
        began = time.monotonic()
        juliet.say(room, "word %d" % len(took))
        romeo.hear(room, "word %d" % len(took))
        took.append(time.monotonic() - began)
        x = juliet.iq("big@" + DOMAIN, "get", "<query xmlns='%s'/>" % NS["disco"])
        seen.add(condition(x))
        time.sleep(0.01)
    feeds.join()
    return took, seen


def half_sent(mucd, path, before):
    """An import that has come half way, and waits for more."""
    p = importing(mucd, "-", stdin=subprocess.PIPE)
    p.stdin.write(read(path).encode()[:os.path.getsize(path) // 2])
    p.stdin.flush()
    if not until(lambda: counts(mucd)["archive"] > before["archive"]):
        raise Failure("nothing of it comes: " + mucd.tail())
    return p


def is_gone(mucd, before, what):
    """Nothing of it is left, and all is sound."""
    kept = ("archive", "affil", "nicks", "names", "rooms", "dead")
    after = until(lambda: [c for c in [counts(mucd)] if all(c[t] == before[t] for t in kept)], 60)
    ok(after, "%s: nothing of it is left" % what)
    good(("check", "-c", mucd.conf), "%s: sound" % what)


def unanswered():
    """Whoever hears nothing of the end does not know how it was."""
    import fcntl
    for last in ("begin", "lines", "end"):
        d, conf = place()
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(d + "/sock")
        listener.listen(1)
        with open(conf, "a") as f:
            f.write('control = "%s/sock"\n' % d)
        lock = os.open(d + "/db/mucd.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        p = subprocess.Popen([MUCCTL, "db", "import", "-c", conf, write(d + "/file", ROOM)], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
        st = Stream(listener.accept()[0])
        st.send("<stream:stream xmlns='jabber:component:accept' xmlns:stream='%s'><stream:features/>" % STREAMS)
        while st.take(lambda x: True).get("step") != last:
            st.send("<import xmlns='mucd:control' step='go-on' line='1' rooms='0'/>")
        st.close()
        out, err = p.communicate(timeout=PATIENCE)
        ok(p.returncode == 2 and ("it is not known" in err) == (last == "end") and
           ("no room was imported" in err) == (last != "end") and out == "", "no answer to %s: %s" % (last, err.strip()))
        os.close(lock)
        listener.close()
    status, out, err = ctl("import", "-c", conf, d + "/file")
    ok(status == 0, "and it is imported when nobody has the database")


def full():
    """An import takes the last room from nobody: it is refused, and who talks goes on."""
    server = Server("prosody", users=("romeo", "juliet"))
    mucd = Mucd(server.components, 'control = "%s/full.sock"\ndatabase_max = 3000000\n' % TOP)
    romeo, juliet, room = story(server, mucd)
    juliet.join(room, "Julie")
    before = counts(mucd)
    path = big_file(mucd.dir + "/in", NMEMBERS // 5, NMESSAGES // 5)
    status, out, err = ctl("import", "-c", mucd.conf, path)
    ok(status == 2 and re.search(r"/in:\d{4,}: the database is almost full\n", err), "refused: %s" % err.strip())
    romeo.say(room, "still here")
    ok(juliet.hear(room, "still here") is not None, "who talks goes on")
    is_gone(mucd, dict(before, archive=before["archive"] + 1), "an import that has no room")
    ok("has no room" not in mucd.log(), "nothing has waited")
    same(mucd.stop()[0], 0, "stopped")


def serving():
    server = Server("prosody", users=("romeo", "juliet"))
    mucd = Mucd(server.components, 'control = "%s/serving.sock"\n' % TOP)
    romeo, juliet, room = story(server, mucd)
    juliet.join(room, "Julie")
    path = big_file(mucd.dir + "/in", NMEMBERS // 5, NMESSAGES // 10)
    nlines = read(path).count("\n")
    before = counts(mucd)

    text = read(path).splitlines(True)
    bad = write(mucd.dir + "/bad", "".join(text[:nlines - 10] + ["nonsense\n"] + text[nlines - 10:]))
    status, out, err = ctl("import", "-c", mucd.conf, bad)
    ok(status == 2 and "%s:%d: " % (bad, nlines - 9) in err and "no room was imported" in err,
       "a wrong line is named: %s" % err.splitlines()[:1])
    is_gone(mucd, before, "a wrong line")
    status, out, err = ctl("import", "-c", mucd.conf, write(mucd.dir + "/cut", "".join(text)[:-1]))
    ok(status == 2 and "/cut:%d: the last line is cut off" % nlines in err, "one that is cut off: %s" % err.strip())
    same_room = write(mucd.dir + "/same", 'mucd-export 1\n\nroom jid="%s"\nend\n' % room)
    status, out, err = ctl("import", "-c", mucd.conf, same_room)
    ok(status == 2 and "/same:3: %s is there already" % room in err, "a room that is there: %s" % err.strip())
    status, out, err = ctl("import", "-r", "-c", mucd.conf, same_room)
    ok(status == 2 and "/same:3: %s has occupants" % room in err, "nor is one replaced that somebody is in")
    is_gone(mucd, before, "all of that")

    p = half_sent(mucd, path, before)
    status, out, err = ctl("import", "-c", mucd.conf, path)
    ok(status == 2 and "another import is under way" in err, "one at a time: %s" % err.strip())
    mucd.proc.send_signal(signal.SIGUSR2)
    ok(mucd.says("handing over: not while rooms are imported"), "another mucd goes on only behind it")
    p.kill()
    p.communicate()
    ok(mucd.says(r"control: an import is given up at line \d{4,}"), "mucctl is killed in the midst of it")
    is_gone(mucd, before, "mucctl is killed")

    p = half_sent(mucd, path, before)
    mucd.kill()
    ended = p.communicate()
    ok(p.returncode == 2 and b"no room was imported" in ended[1], "mucd is killed: %s" % ended[1].decode().strip())
    mucd.start()
    is_gone(mucd, before, "mucd is killed")

    juliet.inbox.clear()
    romeo.inbox.clear()
    p = half_sent(mucd, path, before)
    took, seen = talk_beside(p, path, romeo, juliet, room)
    same((p.wait(), p.communicate()), (0, (b"1 room\n", b"")), "%d lines come into a mucd that serves" % nlines)
    took.sort()
    ok(len(took) >= 3 and took[-1] < 10, "who talks is served: %d words, median %.0f ms, longest %.0f" %
       (len(took), took[len(took) // 2] * 1000, took[-1] * 1000))
    ok("item-not-found" in seen, "nobody sees the room before it is whole")
    ok(mucd.says(r"control: \S+ \(.*\) has imported 1 room"), "the log says who it was")
    ok(records(good(("export", "-c", mucd.conf, "big@" + DOMAIN), "exported")) == records("".join(text)),
       "it is the same room")
    same(counts(mucd)["audit"], before["audit"] + 1, "it is noted")
    x = juliet.iq("big@" + DOMAIN, "get", "<query xmlns='%s'/>" % NS["disco"])
    same(x.get("type"), "result", "there it is")
    after = counts(mucd)
    status, out, err = ctl("import", "-c", mucd.conf, path)
    ok(status == 2 and "%s:2: big@%s is there already" % (path, DOMAIN) in err, "not twice")
    is_gone(mucd, after, "twice")

    parent, child_end = pty.openpty()
    p = importing(mucd, "-r", "-m", "%s=big@%s" % (room, DOMAIN), same_room, stderr=child_end)
    os.close(child_end)
    same((p.communicate()[0], p.returncode), (b"1 room\n", 0), "one that is there is replaced, by another name")
    shown = os.read(parent, 1000).decode()
    os.close(parent)
    ok("100 %, 4 lines" in shown, "at a terminal it is shown how far it is: %r" % shown)
    until(lambda: counts(mucd)["dead"] == 0)
    same(counts(mucd)["archive"], before["archive"] + len(took), "what was in its place has gone")
    same(mucd.stop()[0], 0, "stopped")
    good(("check", "-c", mucd.conf), "sound")


# -- somebody reads the database --

def pausing():
    """What is too old stays while another process reads: mucd sees that in the database itself."""
    server = Server("prosody")
    mucd = Mucd(server.components, 'control = "%s/pausing.sock"\n' % TOP)

    def paused():
        p = subprocess.run([MUCCTL, "-S", TOP + "/pausing.sock", "--json", "statistics"], capture_output=True,
                           text=True, stdin=subprocess.DEVNULL, timeout=60)
        return re.search(r'retention_paused[^0-9]*([01])', p.stdout).group(1)
    same(paused(), "0", "nobody reads")
    same(mucd.stop()[0], 0, "stopped")
    reads, stop = os.pipe(), os.pipe()
    reader = subprocess.Popen([sys.executable, "-c", """
import ctypes, os, sys
lmdb = ctypes.CDLL("liblmdb.so.0")
env, txn = ctypes.c_void_p(), ctypes.c_void_p()
ok = (lmdb.mdb_env_create(ctypes.byref(env)) == 0 and lmdb.mdb_env_open(env, %r, 0x20000, 0o600) == 0 and
      lmdb.mdb_txn_begin(env, None, 0x20000, ctypes.byref(txn)) == 0)
os.write(%d, b"y" if ok else b"n")
os.read(%d, 1)
""" % (mucd.database.encode(), reads[1], stop[0])], pass_fds=(reads[1], stop[0]), preexec_fn=die_with_parent)
    same(os.read(reads[0], 1), b"y", "another process begins to read")
    mucd.start()
    ok(mucd.says("process %d reads it: what is too old stays for now" % reader.pid), "mucd sees who it is")
    same(paused(), "1", "and pauses")
    os.write(stop[1], b"x")
    same(reader.wait(PATIENCE), 0, "it ends")
    same(mucd.stop()[0], 0, "stopped")
    mucd.start()
    same(paused(), "0", "with it the pause")


# -- what is refused --

ROOM = 'mucd-export 1\nroom jid="a@%s"\naffil jid="x@y" affiliation=owner nick="n"\nend 2\n' % DOMAIN


def refused():
    d, conf = place()
    path = d + "/file"
    for text, line, says in (
            ("", 0, "there is nothing"),
            (ROOM[:-1], 4, "cut off"),
            (ROOM[:40], 2, "cut off"),
            (ROOM.replace("end 2\n", ""), 2, "has no end"),
            (ROOM.replace("export 1", "export 2"), 1, "not the first line"),
            (ROOM.replace("affiliation=owner", "affiliation=king"), 3, "none of"),
            (ROOM.replace('"n"', '"n'), 3, "without its end"),
            (ROOM.replace("end 2", "end 3"), 4, "has 2 lines, not 3"),
            (ROOM.replace(DOMAIN, "elsewhere.example"), 2, "elsewhere.example is not served here"),
            (ROOM + ROOM[ROOM.index("room"):], 5, "twice"),
            (ROOM + "\x00\n", 5, ""),
            (ROOM + "garbage \xff\n", 5, "")):
        write(path, text)
        status, out, err = ctl("import", "-c", conf, path)
        where = "%s:%d: " % (path, line) if line else path + ": "
        if not ok(status == 2 and where in err and says in err and "no room was imported" in err and out == "",
                  "line %d: %s" % (line, says or "garbage")):
            diag("status %d: %s%s" % (status, out, err))
    same(ctl("export", "-c", conf)[1], "mucd-export 1\n", "nothing of all that is there")
    good(("check", "-c", conf), "and it is sound")
    same(good(("import", "-c", conf, "-"), "from standard input", text=ROOM), "1 room\n", "a good one")
    status, out, err = ctl("export", "-c", conf, "b@" + DOMAIN)
    ok(status == 1 and "there is no such room" in err, "no export of a room that is not there")
    status, out, err = ctl("import", "-c", conf, d + "/none")
    ok(status == 2 and "No such file" in err, "no file")
    status, out, err = ctl("check", "-d", d + "/none")
    ok(status == 2 and "No such file" in err, "no database")
    os.mkdir(d + "/junk")
    status, out, err = ctl("check", "-d", d + "/junk")
    ok(status == 2 and "there is no data.mdb in it" in err, "no database in a folder: %s" % err.strip())
    write(d + "/junk/data.mdb", "junk" * 5000)
    status, out, err = ctl("check", "-d", d + "/junk")
    ok(status == 2 and "not a database" in err, "something else: %s" % err.strip())
    for argv in ((), ("nonsense",), ("check", "x"), ("check", "-r"), ("export", "-q"), ("import",),
                 ("import", "-m", "x", "f"), ("stat", "-n", "-1"), ("backup",), ("import", "-p", "f", "-c", conf)):
        same(ctl(*argv)[0], 64, "usage: %s" % " ".join(argv))
    ok("db has no command nonsense" in ctl("nonsense")[2], "what is no command is named")
    for argv in (("help",), ("-h",), ("check", "--help")):
        status, out, err = ctl(*argv)
        ok(status == 0 and "usage: mucctl db" in out and err == "", "help: %s" % " ".join(argv))


def take_away(folder, table):
    """Deletes the first record of a table, behind everybody's back."""
    lmdb = ctypes.CDLL("liblmdb.so.0")
    env, txn, cursor, dbi = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_uint()
    val = (ctypes.c_size_t * 2)()
    for rc in (lmdb.mdb_env_create(ctypes.byref(env)), lmdb.mdb_env_set_maxdbs(env, 64),
               lmdb.mdb_env_open(env, folder.encode(), 0, 0o600),
               lmdb.mdb_txn_begin(env, None, 0, ctypes.byref(txn)),
               lmdb.mdb_dbi_open(txn, table.encode(), 0, ctypes.byref(dbi)),
               lmdb.mdb_cursor_open(txn, dbi, ctypes.byref(cursor)),
               lmdb.mdb_cursor_get(cursor, val, val, 0), lmdb.mdb_cursor_del(cursor, 0),
               lmdb.mdb_txn_commit(txn)):
        if rc != 0:
            raise Failure("LMDB: %d" % rc)
    lmdb.mdb_env_close(env)


def unsound():
    d, conf = place()
    good(("import", "-c", conf, write(d + "/file", ROOM)), "a room")
    for table, found in (("nicks", "affil: a@%s: the nickname of x@y is not reserved" % DOMAIN),
                         ("listed", "rooms: a@%s: it is public and not listed" % DOMAIN),
                         ("names", "rooms: a@%s: no name leads to it" % DOMAIN)):
        take_away(d + "/db", table)
        status, out, err = ctl("check", "-c", conf)
        ok(status == 1 and found + "\n" in out, "check without a record of %s: %s" % (table, found))
    status, out, err = ctl("check", "-j", "-c", conf)
    told = json.loads(out)
    ok(status == 1 and told["wrong"] == len(told["found"]) >= 3 and
       {"table": "rooms", "room": "a@" + DOMAIN, "wrong": "no name leads to it"} in told["found"],
       "the same as JSON")
    p = subprocess.run([MUCCTL, "--json", "db", "check", "-c", conf], stdin=subprocess.DEVNULL,
                       capture_output=True, text=True, timeout=60)
    same((p.returncode, p.stdout), (1, out), "also by the option before the command")


def owner():
    """What root does to a database of somebody else's leaves everything theirs."""
    if os.geteuid() != 0:
        ok(True, "only root can become somebody else")
        return
    d, conf = place()
    nobody = pwd.getpwnam("nobody")
    os.chmod(TOP, 0o711)
    os.chmod(d, 0o711)
    os.chown(d + "/db", nobody.pw_uid, nobody.pw_gid)
    os.chmod(d + "/db", 0o700)
    # What looks for leaks cannot look at a process that has been root.
    os.environ["ASAN_OPTIONS"] = "detect_leaks=0"
    good(("import", "-c", conf, write(d + "/file", ROOM)), "root imports into nobody's database")
    good(("check", "-c", conf), "and checks it")
    good(("backup", "-c", conf, d + "/copy"), "and copies it to where nobody may not write")
    good(("export", "-c", conf, "-o", d + "/out"), "and exports")
    same({os.stat(d + "/db/" + f).st_uid for f in os.listdir(d + "/db")}, {nobody.pw_uid},
         "all files are nobody's")
    same(os.stat(d + "/copy").st_mode & 0o777, 0o600, "the copy is for its owner alone")
    with open(d + "/db/data.mdb", "r+") as f:
        f.truncate(0)
        f.write("nothing of LMDB" * 1000)
    for argv in (("export", "-o", d + "/none"), ("backup", d + "/none")):
        same((ctl(*argv[:1], "-c", conf, *argv[1:])[0], [f for f in os.listdir(d) if "none" in f]), (2, []),
             "nothing is left of what fails: %s" % argv[0])
    del os.environ["ASAN_OPTIONS"]


def parts():
    """A file is written under another name first, and what has that name already is not used."""
    d, conf = place()
    good(("import", "-c", conf, write(d + "/file", ROOM)), "there is a room")
    want = good(("export", "-c", conf), "which is exported")
    out, part = d + "/out", d + "/out.part"
    for what, prepare in (
            ("what everybody may read", lambda: os.chmod(write(part, "left"), 0o644)),
            ("a link to something else", lambda: os.symlink(write(d + "/else", "else"), part)),
            ("a pipe", lambda: os.mkfifo(part))):
        prepare()
        good(("export", "-c", conf, "-o", out), "beside %s" % what)
        same((read(out), os.stat(out).st_mode & 0o777, os.path.lexists(part)), (want, 0o600, False),
             "it is whole, and for its owner alone")
        os.unlink(out)
    same(read(d + "/else"), "else", "what the link leads to is as it was")
    with open(write(part, "half"), "r+") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        status, _, err = ctl("export", "-c", conf, "-o", out)
        ok(status != 0 and "it is being written" in err, "two do not write one file")
        same((read(part), os.path.exists(out)), ("half", False), "what the first has written is as it was")
    good(("export", "-c", conf, "-o", out), "when that one has ended there is another")
    status, _, err = ctl("export", "-c", conf, "-o", out)
    ok(status != 0 and "File exists" in err and not os.path.exists(part), "what is there is not written over")


main((refused, unsound, owner, parts, big, moved, beside, pausing, unanswered, full, serving), 600)
