#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
link.t - mucd as a component of a server that the test plays (XEP-0114)

Runs the daemon, MUCD or mucd of the directory MUCD_BUILD or build/mucd, against sockets of its own on
127.0.0.1, and reads what it says, on the wire and in its log.
"""
import contextlib
import hashlib
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

MUCD = os.environ.get("MUCD", os.environ.get("MUCD_BUILD", "build") + "/mucd")
DOMAIN = "conference.example.org"
SECRET = "s3cret & <more>"
NUMBER = 0
FAILED = 0
STARTED = []
TOP = tempfile.mkdtemp(prefix="mucd-link-")


def ok(good, what):
    global NUMBER, FAILED
    NUMBER += 1
    if not good:
        FAILED += 1
    print("%sok %d - %s" % ("" if good else "not ", NUMBER, what), flush=True)
    return good


def diag(text):
    for line in text.splitlines():
        print("# " + line, flush=True)


class Server:
    """A port that a component may connect to; conn is the connection in use."""

    def __init__(self, buffer=None):
        # While the listener is closed, this keeps others from the port.
        self.hold = socket.socket()
        self.hold.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.hold.bind(("127.0.0.1", 0))
        self.listener = socket.create_server(self.hold.getsockname())
        if buffer:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.port = self.listener.getsockname()[1]
        self.conn = None
        self.got = b""

    def accept(self, timeout=60):
        self.listener.settimeout(timeout)
        self.conn, _ = self.listener.accept()
        self.conn.settimeout(60)
        self.conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.got = b""

    def close(self):
        if self.conn:
            self.conn.close()

    def send(self, data):
        self.conn.sendall(data if isinstance(data, bytes) else data.encode())

    def until(self, pattern, timeout=60):
        """Reads until the pattern is found; returns the match and drops all up to its end."""
        end = time.monotonic() + timeout
        pattern = re.compile(pattern.encode() if isinstance(pattern, str) else pattern, re.S)
        while True:
            found = pattern.search(self.got)
            if found:
                self.got = self.got[found.end():]
                return found
            self.conn.settimeout(max(0.01, end - time.monotonic()))
            try:
                data = self.conn.recv(1 << 16)
            except socket.timeout:
                return None
            except ConnectionError:
                return None
            if not data:
                return None
            # No stanza looked for is longer, and looking through megabytes again takes long.
            self.got = self.got[-20000:] + data

    def queues(self):
        """Bytes on their way to mucd, and from it, as the kernel has them."""
        near, far = self.conn.getsockname()[1], self.conn.getpeername()[1]
        there = back = 0
        with open("/proc/net/tcp") as f:
            for line in list(f)[1:]:
                _, local, remote, _, both = line.split()[:5]
                ports = int(local.split(":")[1], 16), int(remote.split(":")[1], 16)
                tx, rx = (int(n, 16) for n in both.split(":"))
                if ports == (near, far):
                    there, back = there + tx, back + rx
                elif ports == (far, near):
                    there, back = there + rx, back + tx
        return there, back

    def is_read(self, timeout=60):
        """Waits until mucd has read all that it was sent."""
        end = time.monotonic() + timeout
        while self.queues()[0] and time.monotonic() < end:
            time.sleep(0.02)
        return not self.queues()[0]

    def ended(self, timeout=60):
        """Has the other side closed the connection?"""
        self.conn.settimeout(timeout)
        try:
            while self.conn.recv(1 << 16):
                pass
            return True
        except ConnectionError:
            return True
        except socket.timeout:
            return False

    HEADER = ("<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' "
              "xmlns='jabber:component:accept' from='%s' id='%s'>")

    def header(self, ident="a&amp;b"):
        found = self.until(r"<stream:stream[^>]*>")
        self.send(self.HEADER % (DOMAIN, ident))
        return found

    def handshake(self, ident="a&amp;b", secret=SECRET):
        """The whole of XEP-0114 3; true if the hash is right."""
        self.header(ident)
        found = self.until(r"<handshake>([0-9a-f]*)</handshake>")
        right = hashlib.sha1((ident.replace("&amp;", "&") + secret).encode()).hexdigest()
        self.send("<handshake/>")
        return found is not None and found.group(1).decode() == right

    def attach(self):
        self.accept()
        return self.handshake()


class Mucd:
    def __init__(self, components, settings="", args=("-f",), env=None, database=None):
        self.dir = tempfile.mkdtemp(dir=TOP)
        self.path = self.dir + "/mucd.conf"
        self.database = database or self.dir + "/db"
        self.write(components, settings)
        self.log = ""
        self.lock = threading.Condition()
        self.proc = subprocess.Popen([MUCD, *args, "-c", self.path], stderr=subprocess.PIPE,
                                     stdout=subprocess.DEVNULL, text=True,
                                     env=dict(os.environ, **(env or {})))
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        STARTED.append(self)

    def write(self, components, settings=""):
        # This server reads only what it looks for, and returns no fences.
        text = 'database = "%s"\nretry_first_ms = 100\nretry_greatest_ms = 400\nfence_bytes = 0\n%s\n' % (
            self.database, settings)
        for domain, port, *rest in components:
            text += "component \"%s\" { server = \"%s\" port = %d secret = '%s' }\n" % (
                domain, rest[0] if rest else "127.0.0.1", port, SECRET)
        fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.write(fd, text.encode())
        os.close(fd)

    def read(self):
        for line in self.proc.stderr:
            with self.lock:
                self.log += line
                self.lock.notify_all()

    def says(self, pattern, timeout=60):
        end = time.monotonic() + timeout
        with self.lock:
            while not re.search(pattern, self.log):
                if not self.lock.wait(max(0, end - time.monotonic())):
                    return re.search(pattern, self.log) is not None
            return True

    def stop(self, sig=signal.SIGTERM, timeout=60):
        if self.proc.poll() is None:
            self.proc.send_signal(sig)
        try:
            status = self.proc.wait(timeout)
        except subprocess.TimeoutExpired:
            self.proc.kill()
            status = self.proc.wait()
        self.reader.join(30)
        return status


def ping(ident, sender="romeo@example.org/x", domain=DOMAIN, filler=""):
    return ("<iq type='get' id='%s' from='%s' to='%s'><ping xmlns='urn:xmpp:ping'/>%s</iq>" %
            (ident, sender, domain, filler))


def answered(server, ident, timeout=60):
    return server.until(r"<iq\b[^>]*\bid=['\"]%s['\"]" % ident, timeout) is not None


def test_handshake():
    s = Server()
    m = Mucd([(DOMAIN, s.port)])
    s.accept()
    head = s.header()
    ok(head and b"to='%s'" % DOMAIN.encode() in head.group(0) and
       b"xmlns='jabber:component:accept'" in head.group(0), "the header names the component")
    want = hashlib.sha1(("a&b" + SECRET).encode()).hexdigest()
    got = s.until(r"<handshake>([0-9a-f]*)</handshake>")
    ok(got and got.group(1).decode() == want, "the handshake is the hash of id and secret")
    s.send("<handshake/>")
    ok(m.says(r"attached to 127\.0\.0\.1:%d" % s.port), "the log says when the link is up")
    s.send(ping("p1"))
    ok(answered(s, "p1"), "a stanza is answered")
    for n, c in enumerate(ping("p2")):
        s.send(c)
        if n % 16 == 0:
            time.sleep(0.001)
    ok(answered(s, "p2"), "a stanza in pieces of one byte is answered")
    text = ping("p3", filler="<x xmlns='y'><![CDATA[</iq>]]></x>")
    good = True
    for cut in range(1, len(text)):
        ident = "c%d" % cut
        one = text.replace("'p3'", "'%s'" % ident)
        one = one.replace("romeo", "u%d" % cut)
        s.send(one[:cut])
        s.send(one[cut:])
        good = good and answered(s, ident)
    ok(good, "a stanza cut in two at any byte is answered")
    s.send(" \n\t ")
    s.send("<a" + "b" * 70 + "/>" + ping("p4", "m@example.org/1"))
    ok(answered(s, "p4"), "white space and unknown elements are no trouble")
    s.send("<iq type='get' id='long' from='x@example.org/x' to='%s'><q xmlns='%s'/></iq>" %
           (DOMAIN, "n" * 4000000))
    ok(s.until(r"id=['\"]long['\"].*?policy-violation"), "what is too long is answered by name")
    s.send(ping("p5", "n@example.org/1"))
    ok(answered(s, "p5"), "and the link lives")
    ok(m.stop() == 0, "SIGTERM: exit status 0")
    ok(s.until("</stream:stream>"), "the stream was closed")
    ok(SECRET not in m.log and want not in m.log, "no secret in the log")


def refusal(what, after_header, reply, pattern):
    """The server ends the attempt with `reply`."""
    s = Server()
    m = Mucd([(DOMAIN, s.port)])
    s.accept()
    s.header()
    if after_header:
        s.until("</handshake>")
    s.send(reply)
    # Closed with something unread it would be reset, and the reply with it.
    with contextlib.suppress(OSError):
        s.conn.shutdown(socket.SHUT_WR)
        s.ended()
    s.close()
    good = m.says(re.escape(DOMAIN) + r": 127\.0\.0\.1:%d: .*" % s.port + pattern)
    ok(good, what)
    s.accept()
    ok(s.handshake() and m.says("attached"), "%s; then tried again" % what)
    if not good:
        diag(m.log)
    m.stop()


def stream_error(condition, text=""):
    return ("<stream:error><%s xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>%s</stream:error>"
            "</stream:stream>" % (condition, text))


def test_refusals():
    refusal("wrong secret", True, stream_error("not-authorized"), "refused the secret of " + DOMAIN)
    refusal("host-unknown", False, stream_error("host-unknown"),
            "does not know the component " + DOMAIN)
    refusal("conflict", True, stream_error("conflict"), "another component is attached")
    refusal("another stream error", True, stream_error(
        "policy-violation", "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>no&#x85;\\ no</text>"),
        r"policy-violation, \"no\\xc2\\x85\\\\ no\"")
    refusal("hung up without a word", True, "", "hung up at our handshake")
    refusal("garbage", True, "<!DOCTYPE x>", "not XMPP")
    refusal("another answer", True, "<nonsense/>", "answer to our handshake is none")
    refusal("too much", True, "<x>" + "y" * 70000, "too much before its handshake")


def test_other_port():
    """The port of clients is a digit away."""
    s = Server()
    m = Mucd([(DOMAIN, s.port)])
    for kind in "jabber:client", "jabber:server":
        s.accept()
        s.until(r"<stream:stream[^>]*>")
        s.send((s.HEADER % (DOMAIN, "a")).replace("jabber:component:accept", kind))
        ok(m.says("this is no port for components, the server speaks %s there; trying again" % kind), kind)
        ok(s.until("<handshake>", 2) is None, "no handshake is sent")
    ok(s.attach() and m.says("attached"), "it attaches where there are components")
    m.stop()


def test_unreachable():
    s = Server()
    port = s.port
    s.listener.close()
    m = Mucd([(DOMAIN, port), ("b.example.org", 1, "name.invalid")])
    ok(m.says(r"%s: 127\.0\.0\.1:%d: cannot connect: Connection refused; trying again in" %
              (re.escape(DOMAIN), port)), "closed port")
    ok(m.says(r"b\.example\.org: name\.invalid:1: cannot find its address: ", 60), "unknown name")
    # The name may have taken long.
    def tries():
        return m.log.count("127.0.0.1:%d: cannot connect" % port)
    before, since = tries(), time.monotonic()
    while (tries() < 6 or tries() - before < 4 or time.monotonic() < since + 3) and time.monotonic() < since + 60:
        time.sleep(0.1)
    got, took = tries() - before, time.monotonic() - since
    ok(3 < got < 10 + 13 * took and before + got > 5, "waits between tries: %d in %.1f s, of 100 to 400 ms" % (got, took))
    listener = socket.create_server(("127.0.0.1", port))
    s.listener = listener
    ok(s.attach(), "attaches when the port opens")
    m.stop()


def test_lost():
    s = Server()
    m = Mucd([(DOMAIN, s.port)], "link_keepalive_s = 1")
    s.attach()
    s.send(ping("a"))
    answered(s, "a")
    ok(s.until("> +$"), "a white space keeps the connection alive")
    s.send("</stream:stream>")
    ok(s.ended() and m.says("the server closed the stream"), "the server closes the stream")
    ok(s.attach(), "attached again")
    s.send(stream_error("system-shutdown"))
    ok(m.says("is shutting down"), "a stream error later on")
    ok(s.attach(), "attached again")
    s.send("<iq type='get' id='x' fro")
    # With a white space unread a close would be a reset.
    s.conn.shutdown(socket.SHUT_WR)
    ok(s.ended() and m.says("the server hung up"), "the server hangs up within a stanza")
    ok(s.attach(), "attached again")
    s.send(ping("b", "b@example.org/1"))
    ok(answered(s, "b"), "and what was left of that stanza is forgotten")
    m.write([(DOMAIN, s.port)], "link_handshake_ms = 500")
    m.proc.send_signal(signal.SIGHUP)
    m.says("read again")
    s.close()
    s.accept()
    ok(m.says("no answer to our stream header within"), "a server that says nothing is left")
    m.write([(DOMAIN, s.port)])
    m.proc.send_signal(signal.SIGHUP)
    ok(m.says("read again(.|\n)*read again"), "the next one may take longer")
    # The first to knock may have given up since.
    for n in range(50):
        with contextlib.suppress(OSError):
            s.attach()
            s.send(ping("last%d" % n, "c@example.org/1"))
            if answered(s, "last%d" % n):
                break
    ok(n < 49, "attached again")
    m.stop()


def test_no_deadlock():
    """A server that does not read until all it writes was taken (ejabberd)."""
    s = Server()
    m = Mucd([(DOMAIN, s.port)], "link_stuck_ms = 60000")
    s.attach()
    s.conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
    count = 60000
    filler = "<x xmlns='y'>%s</x>" % ("z" * 300)
    for n in range(count):
        s.send(ping("d%d" % n, "u%d@example.org/1" % n, filler=filler))
    ok(True, "%d stanzas were taken without one answer read" % count)
    seen = 0
    rest = b""
    s.conn.settimeout(60)
    while seen < count:
        data = s.conn.recv(1 << 20)
        if not data:
            break
        rest += data
        end = rest.rfind(b">") + 1
        seen += len(re.findall(rb"<iq\b", rest[:end]))
        rest = rest[end:]
    ok(seen == count, "and then all are answered: %d" % seen)
    m.stop()


def test_full():
    """More input than link_buffer_bytes behind output that nobody takes."""
    s = Server(buffer=65536)
    m = Mucd([(DOMAIN, s.port)], "link_buffer_bytes = 1M\nlink_stuck_ms = 60000")
    s.attach()
    s.conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
    ident = "i" * 1000
    sent = 0
    while not re.search("refusing more", m.log) and sent < 100000:
        s.send(ping("%d%s" % (sent, ident), "u%d@example.org/1" % sent))
        sent += 1
    ok(m.says("bytes of input wait"), "a full buffer is told, after %d stanzas" % sent)
    s.send(ping("refused", "w@example.org/1"))
    ok(s.is_read(), "what comes then is read as long as the output before it stands still")
    time.sleep(0.5)
    ok(s.until(r"id=['\"]refused['\"].*?resource-constraint"), "and refused")
    s.send(ping("after", "v@example.org/1"))
    ok(answered(s, "after"), "and when there is room again it is answered")
    m.stop()


def test_stuck():
    s = Server(buffer=65536)
    m = Mucd([(DOMAIN, s.port)], "link_stuck_ms = 1000")
    s.attach()
    try:
        for n in range(100000):
            s.send(ping("%d%s" % (n, "i" * 1000), "u%d@example.org/1" % n))
            if n % 100 == 0 and "taken no byte" in m.log:
                break
    except OSError:
        pass
    ok(m.says("has taken no byte for 1 s"), "a server that takes nothing is left")
    # The next one is this test, which may have to wait for a processor.
    m.write([(DOMAIN, s.port)], "link_stuck_ms = 60000")
    m.proc.send_signal(signal.SIGHUP)
    ok(m.says("read again"), "the next one may take longer")
    ok(s.attach(), "and attached to anew")
    s.send(ping("x", "new@example.org/1"))
    ok(answered(s, "x"), "and served")
    m.stop()


def stuck_and_stopped(s, m):
    """mucd is stopped when it waits for the server to take what it says. False: it was left before that."""
    sent, before = 0, -1
    while before < s.queues()[1] and sent < 50000:
        before = s.queues()[1]
        for sent in range(sent + 1, sent + 501):
            s.send(ping("%d%s" % (sent, "i" * 1000), "u%d@example.org/1" % sent))
        time.sleep(0.1)
    m.proc.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, m.proc.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    return not m.says("taken no byte", 0.3)


def test_asleep():
    """It is mucd that sleeps, and the server takes what there is meanwhile."""
    for _ in range(5):
        s = Server(buffer=65536)
        m = Mucd([(DOMAIN, s.port)], "link_stuck_ms = 6000")
        s.attach()
        s.conn.settimeout(60)
        try:
            if stuck_and_stopped(s, m):
                break
        except OSError:
            # On a machine where that takes longer.
            pass
        m.stop(signal.SIGKILL)
    s.until("nothing like it", 6.2)
    m.proc.send_signal(signal.SIGCONT)
    s.send(ping("awake", "new@example.org/1"))
    ok(answered(s, "awake", 60) and "taken no byte" not in m.log, "a server that takes all while mucd sleeps is kept")
    m.stop()


def test_answers():
    """A server that returns fences is there as long as it does, or says anything else."""
    fence = r"<iq\b[^>]*\bid=['\"]mucd-fence-[^>]*/>"
    s = Server()
    m = Mucd([(DOMAIN, s.port)], "fence_bytes = 4096\nfence_ms = 10\nlink_answer_ms = 5000\nlink_keepalive_s = 1")
    s.attach()
    s.send(ping("a"))
    found = answered(s, "a") and s.until(fence)
    ok(found, "a fence goes out")
    ok(not m.says("has answered nothing", 6), "a server that has never returned any may keep silence")
    s.send(found.group(0))
    end = time.monotonic() + 7
    while time.monotonic() < end:
        found = s.until(fence, 0.2)
        if found:
            s.send(found.group(0))
    ok("has answered nothing" not in m.log, "one that returns all of them may say nothing else")
    s.send(ping("b"))
    ok(answered(s, "b") and s.until(fence), "a fence is not returned")
    for n in range(10):
        time.sleep(0.6)
        since = time.monotonic()
        s.send(ping("c%d" % n))
    ok(answered(s, "c9") and "has answered nothing" not in m.log, "while other things come it is waited for")
    # By itself it waits for 60 s.
    ok(m.says("has answered nothing for 5 s") and 4.9 < time.monotonic() - since < 30,
       "a server that has fallen silent is left after link_answer_ms")
    ok(s.attach(), "and attached to anew")
    s.send(ping("d"))
    ok(answered(s, "d"), "and served")
    m.stop()


def test_no_room():
    """A limit on the size of files stands for a full disk."""
    s = Server()
    m = Mucd([(DOMAIN, s.port)], "link_keepalive_s = 1")
    s.attach()
    size = os.path.getsize(m.database + "/data.mdb")
    resource.prlimit(m.proc.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    for n in range(2000):
        user, room = "u%d@example.org/1" % n, "r%d@%s" % (n, DOMAIN)
        s.send("<presence from='%s' to='%s/n'><x xmlns='http://jabber.org/protocol/muc'/></presence>"
               "<iq from='%s' to='%s' type='set' id='o'>"
               "<query xmlns='http://jabber.org/protocol/muc#owner'>"
               "<x xmlns='jabber:x:data' type='submit'/></query></iq>"
               "<message from='%s' to='%s' type='groupchat'><subject>%s</subject></message>" %
               (user, room, user, room, user, room, "s" * 8000))
        if "has no room" in m.log:
            break
    ok(m.says("the database has no room") and m.says("mucd-link.*File too large"),
       "a full disk is told, after %d rooms" % n)
    s.send(ping("halted", "h@example.org/1"))
    ok(not answered(s, "halted", 3), "nothing is handled")
    ok(m.proc.poll() is None and m.log.count("has no room") == 1, "but the link stays")
    m.proc.send_signal(signal.SIGUSR2)
    ok(m.says("handing over: not now, the disk is full"), "no other mucd goes on, and the log says why")
    resource.prlimit(m.proc.pid, resource.RLIMIT_FSIZE,
                     (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    ok(answered(s, "halted") and m.says("there is room again"), "until there is room")
    ok(m.stop() == 0, "exit status 0")


def test_two():
    a, b = Server(), Server()
    m = Mucd([("a.example.org", a.port), ("b.example.org", b.port)])
    ok(a.attach() and b.attach(), "two components, two links")
    a.send(ping("1", domain="a.example.org"))
    b.send(ping("2", domain="b.example.org"))
    ok(answered(a, "1") and answered(b, "2"), "each answers on its own")
    a.close()
    b.send(ping("3", domain="b.example.org"))
    ok(answered(b, "3"), "one lost does not touch the other")
    m.stop()


def test_reload():
    s = Server()
    m = Mucd([(DOMAIN, s.port), ("gone.example.org", s.port)])
    s.attach()
    m.write([(DOMAIN, s.port + 1 if s.port < 65535 else 1024), ("new.example.org", 1)],
            'log_level = "debug"')
    m.proc.send_signal(signal.SIGHUP)
    ok(m.says(r"component %s: its server stays 127.0.0.1:%d until" % (DOMAIN, s.port)) and
       m.says("component gone.example.org: stays until") and
       m.says("component new.example.org: not served until"),
       "SIGHUP names what only a restart brings")
    ok(m.says("read again"), "and says that it is done")
    m.write([(DOMAIN, s.port)], "nonsense = 1")
    m.proc.send_signal(signal.SIGHUP)
    ok(m.says(r"mucd\.conf:5: no such option 'nonsense'") and m.says("stays as it was"),
       "a bad configuration is not taken")
    ok(m.stop() == 0, "exit status 0")


def test_notify():
    path = TOP + "/notify"
    n = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    n.bind(path)
    n.settimeout(60)
    s = Server()
    m = Mucd([(DOMAIN, s.port)], env={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "400000"})
    got = []

    def wait_for(text):
        try:
            while not any(text in g for g in got):
                got.append(n.recv(4096).decode())
            return True
        except socket.timeout:
            return False
    ok(wait_for("READY=1"), "READY=1")
    s.attach()
    ok(wait_for("STATUS=1 of 1 links up; %s: attached to" % DOMAIN), "STATUS= of the links")
    ok(wait_for("WATCHDOG=1"), "WATCHDOG=1")
    m.proc.send_signal(signal.SIGHUP)
    del got[:]
    ok(wait_for("RELOADING=1") and wait_for("READY=1"), "RELOADING=1, READY=1")
    m.proc.terminate()
    ok(wait_for("STOPPING=1"), "STOPPING=1")
    m.stop()


def test_daemon():
    s = Server()
    m = Mucd([(DOMAIN, s.port)], args=())
    s.attach()
    ok(m.proc.wait(60) == 0, "without -f it goes into the background when it is ready")
    with open(m.database + "/mucd.lock") as f:
        pid = int(f.read())
    other = Mucd([(DOMAIN, s.port)], database=m.database)
    ok(other.proc.wait(60) == 1 and other.says("another mucd, process %d, has it" % pid),
       "a second one is told who has the database")
    other = Mucd([(DOMAIN, s.port)], database=m.database, args=())
    ok(other.proc.wait(60) == 1, "in the background, too: exit status 1")
    os.kill(pid, signal.SIGTERM)
    ok(s.until("</stream:stream>"), "and stops when it is told")
    s.close()
    end = time.monotonic() + 10
    while os.path.exists("/proc/%d" % pid) and time.monotonic() < end:
        time.sleep(0.05)


def main():
    tests = [t for name, t in sorted(globals().items()) if name.startswith("test_")]
    only = sys.argv[1:]
    try:
        for t in tests:
            if only and t.__name__[5:] not in only:
                continue
            print("# " + t.__name__, flush=True)
            try:
                t()
            except (OSError, subprocess.TimeoutExpired) as e:
                ok(False, "%s: %s" % (t.__name__, e))
                diag(STARTED[-1].log)
    finally:
        for m in STARTED:
            m.stop(signal.SIGKILL)
        shutil.rmtree(TOP, ignore_errors=True)
    print("1..%d" % NUMBER)
    return FAILED != 0


if __name__ == "__main__":
    sys.exit(main())
