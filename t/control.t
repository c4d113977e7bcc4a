#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
control.t - the control socket, and what a hostile neighbour may do to it

The socket is made, guarded, replaced when it is stale, left alone when it is something else, and removed. Who
may use it is decided by its mode and by the kernel's word. Garbage, giants, silence, slow readers and
crowds: each time the link of the server is served as before. Nobody over a link is a console.
"""
import sys
sys.dont_write_bytecode = True
import contextlib
from muctest import *
import stat

HEADER = ("<stream:stream xmlns='jabber:component:accept' xmlns:stream='%s'>" % STREAMS)
LIST = ("<query xmlns='http://jabber.org/protocol/disco#items' "
        "node='http://jabber.org/protocol/commands'/>")
ASK = "<iq type='get' id='q' to='%s'>%s</iq>" % (DOMAIN, LIST)
OTHER = 65534


def alone(path, settings="", start=True):
    """A mucd whose server is away: the control needs none."""
    mucd = Mucd([(DOMAIN, closed_port(), SECRET)], 'control = "%s"\n%s' % (path, settings), start=False)
    if start:
        mucd.start(attach=False)
        if not mucd.says("serves 1 domain"):
            raise Failure("mucd does not start: " + mucd.tail())
    return mucd


class Console(Stream):
    def __init__(self, path, hello=True, rcvbuf=0):
        sock = socket.socket(socket.AF_UNIX)
        if rcvbuf:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        sock.settimeout(PATIENCE)
        sock.connect(path)
        super().__init__(sock)
        self.name = "console"
        OPEN.append(self)
        if hello:
            self.send(HEADER)
            self.features = self.take(lambda x: local(x.tag) == "features", what="features")

    def ask(self, stanza=ASK):
        self.send(stanza)
        return self.take(lambda x: local(x.tag) == "iq", what="an answer")

    def is_left(self):
        """Has mucd ended the connection?"""
        try:
            while self.sock.recv(65536):
                pass
        except ConnectionError:
            pass
        except socket.timeout:
            return False
        return True


def refuses(path, pattern, what, settings=""):
    mucd = alone(path, settings, start=False)
    mucd.start(attach=False)
    until(lambda: not mucd.runs())
    same(mucd.proc.poll(), 1, "%s: mucd does not start" % what)
    if not ok(re.search(pattern, mucd.log()), "%s: and says why" % what):
        diag(mucd.tail())


def socket_file():
    path = TOP + "/a.sock"
    mucd = alone(path)
    st = os.stat(path)
    ok(stat.S_ISSOCK(st.st_mode) and stat.S_IMODE(st.st_mode) == 0o660, "a socket of mode 0660")
    c = Console(path)
    same([x.text for x in c.features], [DOMAIN], "it tells which domains there are")
    got = c.ask()
    same((got.get("type"), got.get("from")), ("result", DOMAIN), "it answers, without a link")
    ok(re.match(r"[a-z0-9._-]+@console\.invalid/\d+$", got.get("to")), "and knows who asks")
    ok(mucd.says(r"control: \S+ \(uid %d, pid %d\) has come" % (os.getuid(), os.getpid())),
       "who comes is logged")
    c.close()
    ok(mucd.says(r"control: \S+ \(uid %d, pid %d\) has gone" % (os.getuid(), os.getpid())),
       "and who goes")
    refuses(path, "another process listens there", "another mucd has it")
    same(Console(path).ask().get("type"), "result", "that one has kept it")
    mucd.kill()
    ok(os.path.exists(path), "a crash leaves it")
    mucd.start(attach=False)
    ok(mucd.says("serves 1 domain"), "what is stale is replaced")
    same(Console(path).ask().get("type"), "result", "and it answers again")
    mucd.write([(DOMAIN, closed_port(), SECRET)], 'control = "%s.other"\n' % path)
    mucd.proc.send_signal(signal.SIGHUP)
    ok(mucd.says("control: it stays as it is until mucd is restarted"), "another one needs a restart")
    same(mucd.stop()[0], 0, "mucd ends well")
    ok(not os.path.exists(path), "and takes the socket along")
    with open(path, "w") as f:
        f.write("mine")
    refuses(path, "it is there, and no socket", "something else is there")
    with open(path) as f:
        same(f.read(), "mine", "which is left as it was")
    os.unlink(path)
    refuses(TOP + "/none/a.sock", "No such file or directory: the folder %s/none has to be there, and mucd" % TOP,
            "there is no such folder")
    refuses(TOP + "/" + "x" * 200, "too long for a socket", "a long name")
    refuses(TOP + "/b.sock", "there is no group nosuchgroup", "no such group",
            'control_group = "nosuchgroup"')
    ok(not os.path.exists(TOP + "/b.sock"), "and no socket is left behind")


def as_other(path, groups, says=ASK):
    """Connects as a user without rights, in these groups; what comes back, or the error's name."""
    script = ("import os, socket, sys\n"
              "os.setgroups(%r); os.setgid(%d); os.setuid(%d)\n"
              "s = socket.socket(socket.AF_UNIX)\n"
              "try:\n"
              "    s.connect(%r)\n"
              "except OSError as e:\n"
              "    print(type(e).__name__); sys.exit()\n"
              "s.settimeout(%d)\n"
              "try:\n"
              "    s.sendall(%r)\n"
              "except OSError:\n"
              "    pass\n"
              "got = b''\n"
              "while not any(e in got for e in (b'</stream:error>', b'</iq>', b'</import>')):\n"
              "    more = s.recv(65536)\n"
              "    if not more: break\n"
              "    got += more\n"
              "print(got.decode())\n" % (groups, OTHER, OTHER, path, PATIENCE, (HEADER + says).encode()))
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                          timeout=2 * PATIENCE).stdout


def permission():
    if os.getuid() != 0:
        diag("not root: others cannot be tried")
        return
    os.chmod(TOP, 0o755)
    path = TOP + "/a.sock"
    mucd = alone(path, 'control_group = "mail"\n')
    import grp
    mail = grp.getgrnam("mail").gr_gid
    same(os.stat(path).st_gid, mail, "the socket is the group's")
    same(as_other(path, []).strip(), "PermissionError", "others cannot connect")
    got = as_other(path, [mail])
    ok("type='result'" in got and "@console.invalid" in got, "members of the group can")
    ok(re.search(r"control: \S+ \(uid %d, pid \d+\) has come" % OTHER, mucd.log()), "and are named")
    st = os.stat(mucd.database)
    got = as_other(path, [mail], "<import xmlns='mucd:control' step='begin' device='%d' inode='%d'/>" %
                   (st.st_dev, st.st_ino))
    ok("step='wrong'" in got and "only root and the user of mucd may" in got, "but may not import rooms")
    ok(mucd.says(r"control: \S+ \(uid %d, pid \d+\) may not import rooms" % OTHER), "which is logged")
    os.chmod(path, 0o666)
    got = as_other(path, [])
    ok("not-authorized" in got and "<iq" not in got, "with the mode undone others are turned away")
    ok(mucd.says(r"control: \S+ \(uid %d, pid \d+\) may not: turned away" % OTHER), "and logged")
    same(mucd.stop()[0], 0, "mucd ends well")
    os.chmod(TOP, 0o700)


def served(link, what):
    """The link is served as ever: whoever waits for a console that does nothing waits for 10 s, or for ever."""
    served.n = getattr(served, "n", 0) + 1
    ident = "served-%d" % served.n
    began = time.monotonic()
    link.send("<iq type='get' id='%s' from='romeo@localhost/r' to='%s'><ping xmlns='urn:xmpp:ping'/>"
              "</iq>" % (ident, DOMAIN))
    link.take(lambda x: x.get("id") == ident, what="the answer to a ping over the link")
    ok(time.monotonic() - began < 9, "%s: the link is served" % what)


def quiet_send(c, data):
    try:
        c.send(data)
    except OSError:
        pass


def hostile():
    path = TOP + "/a.sock"
    fake = Fake()
    mucd = Mucd(fake.components(), 'control = "%s"\ncontrol_connections = 6\n' % path, attach=False)
    link = fake.attach()
    served(link, "at first")
    garbage = {
        "noise": os.urandom(4096), "zeros": b"\0" * 4096, "a comment": b"<!-- x -->",
        "a DOCTYPE": b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + HEADER.encode(),
        "text": b"help me", "a header that does not end": b"<stream:stream " + b"a" * 400000,
    }
    for what, data in garbage.items():
        c = Console(path, hello=False)
        quiet_send(c, data)
        ok(c.is_left(), "%s: left" % what)
        served(link, what)
    for what, data in {"an open tag": "<iq></message>", "an entity": "<iq>&lol;</iq>",
                       "a comment inside": "<iq><!-- x --></iq>",
                       "a start tag without end": "<iq " + "a" * 400000 + "='b'>"}.items():
        c = Console(path)
        quiet_send(c, data)
        quiet_send(c, "</iq>")
        ok(c.is_left(), "%s: left" % what)
        served(link, what)
    c = Console(path)
    same(condition(c.ask("<iq type='get' id='q' to='%s'><query xmlns='x'>%s</query></iq>" %
                         (DOMAIN, "x" * 400000))), "policy-violation", "a giant is refused")
    same(condition(c.ask("<iq type='get' id='q' to='%s'>%s%s</iq>" % (
        DOMAIN, "<a>" * 1000, "</a>" * 1000))), "policy-violation", "and what is deep")
    for what, stanza in {
            "from is forged": ASK.replace("<iq", "<iq from='admin@localhost/x'"),
            "no id": ASK.replace(" id='q'", ""), "no to": ASK.replace(" to='%s'" % DOMAIN, ""),
    }.items():
        same(condition(c.ask(stanza)), "bad-request", what)
    c.send("<message to='%s' id='m'><body>x</body></message>" % DOMAIN)
    same(condition(c.take(lambda x: local(x.tag) == "message")), "bad-request", "a message")
    same(c.ask().get("type"), "result", "it is served after all that")
    served(link, "odd stanzas")
    for i in range(0, len(ASK), 7):
        c.send(ASK[i:i + 7])
    same(c.take(lambda x: True).get("type"), "result", "in pieces it is the same")
    c.close()
    same(fake.end(mucd), 0, "mucd ends well")


def crowd():
    path = TOP + "/a.sock"
    fake = Fake()
    settings = 'control = "%s"\ncontrol_connections = 6\n' % path
    mucd = Mucd(fake.components(), settings, attach=False)
    link = fake.attach()

    def reads(settings):
        before = mucd.count("read again")
        mucd.write(fake.components(), settings)
        mucd.proc.send_signal(signal.SIGHUP)
        until(lambda: mucd.count("read again") > before)
    many = [Console(path) for i in range(6)]
    late = Console(path, hello=False)
    quiet_send(late, HEADER)
    error = late.take(lambda x: local(x.tag) == "error", what="an error")
    ok(error.find("{urn:ietf:params:xml:ns:xmpp-streams}resource-constraint") is not None,
       "the seventh is one too many")
    served(link, "a crowd")
    many.pop().close()
    ok(mucd.says("has gone"), "one goes")
    many.append(Console(path))
    same(many[-1].ask().get("type"), "result", "and another has its place")
    # Only now: until here this test may be slow.
    reads(settings + "control_idle_s = 2\n")
    ok(all(c.is_left() for c in many), "who says nothing is left")
    ok(mucd.says("says nothing: left"), "and that is logged")
    reads(settings)
    # Many come and go at once.
    for i in range(300):
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(5)
        try:
            sock.connect(path)
        except OSError:
            pass
        sock.close()
    served(link, "300 who only look in")

    def has_room():
        with contextlib.suppress(Failure, OSError):
            return Console(path).ask().get("type")
    same(until(has_room), "result", "after which there is room again")
    # A question, and away before the answer; half a question, and away.
    for piece in (ASK, ASK[:40], ASK * 50):
        c = Console(path)
        c.send(piece)
        c.close()
        served(link, "who does not wait")
    c = Console(path)
    c.send("</stream:stream>")
    ok(c.is_left(), "a stream that is closed is closed")
    same(fake.end(mucd), 0, "mucd ends well")


def slow():
    path = TOP + "/a.sock"
    fake = Fake()
    mucd = Mucd(fake.components(), 'control = "%s"\nrate_per_s = 1000000\nrate_burst = 1000000\n'
                'rate_bytes_per_s = 1000000000\nrate_bytes_burst = 1000000000\n' % path, attach=False)
    link = fake.attach()
    Console(path).ask()
    before = mucd.rss()
    greedy = Console(path, rcvbuf=4096)
    greedy.sock.setblocking(False)
    questions = (ASK * 200000).encode()

    def takes():
        """Is it heard on? That nothing is read may also be because mucd, all of it, does nothing now."""
        for _ in range(2):
            if select.select([], [greedy.sock], [], 0.5)[1]:
                return True
            served(link, "a slow reader")
        return False
    at = 0
    with contextlib.suppress(OSError):
        while at < len(questions) and takes():
            at += greedy.sock.send(questions[at:at + 20000])
    ok(at < len(questions), "who takes no answers is not heard on (%d questions)" % (at // len(ASK)))
    same(Console(path).ask().get("type"), "result", "another console is served meanwhile")
    if not has_sanitizer():
        ok(mucd.rss() - before < 4096, "little is kept for it: %d KiB" % (mucd.rss() - before))
    ok(mucd.says("takes nothing: left"), "it is left")
    ok(mucd.runs(), "mucd goes on")
    same(fake.end(mucd), 0, "and ends well")


def forged():
    """Over a link nobody is a console."""
    path = TOP + "/a.sock"
    fake = Fake()
    mucd = Mucd(fake.components(), 'control = "%s"\nfence_bytes = 0\n' % path, attach=False)
    link = fake.attach()
    c = Console(path)
    me = c.ask().get("to")
    for sender in (me, me.split("/")[0], "ROOT@CONSOLE.INVALID/1", "console.invalid"):
        link.send(ASK.replace("<iq", "<iq from='%s'" % sender).replace("'q'", "'forged'"))
        served(link, sender)
    same([x.get("id") for x in link.all()], [], "no answer goes to the link")
    same(c.all(), [], "nor to the console")
    same(fake.end(mucd), 0, "mucd ends well")
    ok(c.is_left(), "the console with it")


# -- rooms come --

def importing(c, inner="", timeout=15, **attrs):
    """A step of an import: (step, line, what is said)."""
    c.send("<import xmlns='mucd:control'%s>%s</import>" % (
        "".join(" %s='%s'" % (k, v) for k, v in attrs.items()), inner))
    x = c.take(lambda y: y.tag == "{mucd:control}import", timeout, "an answer to an import")
    return x.get("step"), x.get("line"), x.text or ""


def lines(text):
    import base64
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def imports():
    """Who says what mucctl never says spoils nothing."""
    path = TOP + "/a.sock"
    fake = Fake()
    mucd = Mucd(fake.components(), 'control = "%s"\nstanza_bytes = 10000\n' % path, attach=False)
    link = fake.attach()
    st = os.stat(mucd.database)
    ours = {"step": "begin", "device": st.st_dev, "inode": st.st_ino}
    first = "mucd-export 1\nroom jid=\"a@%s\"\n" % DOMAIN
    c = Console(path)
    same(importing(c, step="lines")[0::2], ("wrong", "no import is under way"), "lines of nothing")
    same(importing(c, step="end")[0::2], ("wrong", "no import is under way"), "an end of nothing")
    same(importing(c)[0::2], ("wrong", "no import is under way"), "no step")
    for what, other in (("another folder", {"inode": st.st_ino + 1}), ("another disk", {"device": st.st_dev + 1}),
                        ("none", {"inode": "", "device": ""})):
        same(importing(c, **dict(ours, **other))[0::2], ("wrong", "mucd has another database"), what)
    for what, step, inner, says in (
            ("no base64", "lines", "!", "not in base64"), ("not a step", "jump", "", "there is no such step"),
            ("begun twice", "begin", "", "in the midst"), ("nothing", "end", "", "there is nothing"),
            ("no end", "lines", lines("mucd-export 1\n" + "x" * 41000), "longer than the longest"),
            ("not UTF-8", "lines", lines(b"mucd-export 1\nroom \xff\n"), None)):
        same(importing(c, **ours)[0], "go-on", "%s: an import" % what)
        got = importing(c, inner, step=step)
        if says is None:
            same(got[:2], ("wrong", "2"), "%s: refused by its line" % what)
        else:
            ok(got[0] == "wrong" and says in got[2], "%s: %s" % (what, got))
        same(importing(c, step="lines")[2], "no import is under way", "%s: it is over" % what)
        served(link, what)
    same(importing(c, **ours)[0], "go-on", "begun")
    same(importing(Console(path), **ours)[2], "another import is under way", "one at a time")
    same(importing(c, lines(first), step="lines")[:2], ("go-on", "2"), "two lines")
    same(c.ask().get("type"), "result", "commands are answered in between")
    same(importing(c, lines("en"), step="lines")[:2], ("go-on", "2"), "a line in two pieces")
    same(importing(c, lines("d\n"), step="lines")[:2], ("go-on", "3"), "is one")
    same(importing(c, step="end")[:2], ("done", "3"), "and done")
    same(importing(c, **ours)[0], "go-on", "the next one")
    c.send("<import xmlns='mucd:control' step='lines'>&lol;</import>")
    ok(c.is_left(), "what is not well-formed ends the connection")
    ok(mucd.says("an import is given up at line 0"), "and the import")
    same(importing(Console(path), **ours)[0], "go-on", "there is room for another one")
    same(fake.end(mucd), 0, "mucd ends well")


main([socket_file, permission, hostile, crowd, slow, forged, imports], 200)
