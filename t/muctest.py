# SPDX-License-Identifier: ISC
"""
muctest.py - what the whole-program tests in t/*.t share

TAP; a throwaway Prosody or ejabberd (LIVE serve); mucd with a configuration of its own; a raw XMPP
client that says whatever it is told to, well-formed or not; a fake server for mucd to attach to.
Everything lives on free ports of 127.0.0.1 and in one temporary directory, and is ended by its
process id. MUCD and LIVE name the programs, if they are not build/mucd and build/spec/live.
"""
import asyncio
import atexit
import copy
import ctypes
import hashlib
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import xml.etree.ElementTree as ET
from collections import deque
from xml.sax.saxutils import escape, quoteattr

MUCD = os.path.abspath(os.environ.get("MUCD", "build/mucd"))
MUCCTL = os.path.abspath(os.environ.get("MUCCTL", "build/mucctl"))
LIVE = os.path.abspath(os.environ.get("LIVE", "build/spec/live"))
DOMAIN = "conference.localhost"
SECRET = "component-secret"
SERVERS = ("prosody", "ejabberd")
# What is waited for comes at once, or never. Limits are for the latter, and a machine may have other things to do.
PATIENCE = 60
SLOWER = 4
TOP = tempfile.mkdtemp(prefix="mucd-test-")

NS = {
    "client": "jabber:client",
    "component": "jabber:component:accept",
    "muc": "http://jabber.org/protocol/muc",
    "user": "http://jabber.org/protocol/muc#user",
    "admin": "http://jabber.org/protocol/muc#admin",
    "owner": "http://jabber.org/protocol/muc#owner",
    "disco": "http://jabber.org/protocol/disco#info",
    "ping": "urn:xmpp:ping",
    "data": "jabber:x:data",
    "stanzas": "urn:ietf:params:xml:ns:xmpp-stanzas",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
STREAMS = "http://etherx.jabber.org/streams"


# -- TAP --

class Count:
    run = failed = 0


def ok(good, what):
    Count.run += 1
    Count.failed += not good
    print("%sok %d - %s" % ("" if good else "not ", Count.run, what), flush=True)
    return bool(good)


def same(got, want, what):
    if not ok(got == want, what):
        diag("got  %s" % (got,))
        diag("want %s" % (want,))
        return False
    return True


def diag(text):
    for line in str(text).splitlines():
        print("# " + line[:2000], flush=True)


class TooLong(Exception):
    pass


def main(tests, limit):
    """Runs the functions (all, or those named on the command line); limit: seconds for all, on a machine at rest."""
    def on_alarm(sig, frame):
        raise TooLong("not done after %d s" % (SLOWER * limit))

    def on_end(sig, frame):
        raise SystemExit(128 + sig)
    signal.signal(signal.SIGALRM, on_alarm)
    signal.signal(signal.SIGTERM, on_end)
    signal.signal(signal.SIGINT, on_end)
    signal.signal(signal.SIGHUP, on_end)
    signal.alarm(SLOWER * limit)
    only = sys.argv[1:]
    try:
        for test in tests:
            if only and test.__name__ not in only:
                continue
            began = time.monotonic()
            print("# " + test.__name__, flush=True)
            try:
                test()
            except Exception as e:
                ok(False, "%s: %s: %s" % (test.__name__, type(e).__name__, e))
                diag(traceback.format_exc())
                for m in Mucd.all:
                    diag(m.tail())
                if isinstance(e, TooLong):
                    break
            finally:
                close_all()
            diag("%s: %.1f s" % (test.__name__, time.monotonic() - began))
    finally:
        signal.alarm(0)
        close_all()
    print("1..%d" % Count.run)
    sys.exit(Count.failed != 0)


def on_both(check, limit):
    """main() of a story that is told with each of the servers: check(kind)."""
    def prosody():
        check("prosody")

    def ejabberd():
        check("ejabberd")
    main([prosody, ejabberd], limit)


class Failure(Exception):
    """What was waited for did not come."""


# -- processes --

def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


OPEN = []


def close_all():
    """Ends everything that a test has opened, the last first."""
    while OPEN:
        try:
            OPEN.pop().close()
        except (OSError, Failure) as e:
            diag(e)
    Mucd.all.clear()


@atexit.register
def clean():
    close_all()
    shutil.rmtree(TOP, ignore_errors=True)


def until(what, timeout=PATIENCE, step=0.02):
    """Waits for what() to be true; returns it, or what it was last, when the time was over."""
    end = time.monotonic() + timeout
    while True:
        is_last = time.monotonic() >= end
        got = what()
        if got or is_last:
            return got
        time.sleep(step)


def hold_port():
    """
    (port, socket): while the socket lives nobody is given that port by chance, and connections are refused,
    unless somebody listens there by number (SO_REUSEADDR).
    """
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", 0))
    return sock.getsockname()[1], sock


def closed_port():
    """A port where nobody listens for as long as the test runs."""
    port, sock = hold_port()
    OPEN.append(sock)
    return port


# -- slixmpp, of those who use it --

def converse(story, limit):
    """Runs a story of slixmpp's clients, with a limit as main()'s, and ends what it leaves; its result."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(asyncio.wait_for(story, SLOWER * limit))
    except Exception as e:
        # Its class is known only where slixmpp is.
        if isinstance(e, asyncio.TimeoutError) or type(e).__name__ == "IqTimeout":
            raise Failure(repr(e))
        raise
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


async def farewell(*clients):
    """Their streams are closed by them; a server that says no more is not waited for."""
    await asyncio.wait([asyncio.ensure_future(x.disconnect(wait=2)) for x in clients], timeout=5)


def has_sanitizer(path=None):
    with open(path or MUCD, "rb") as f:
        return b"__asan_init" in f.read()


class Server:
    """A real server for a while: prosody or ejabberd."""

    def __init__(self, kind, domains=(DOMAIN,), users=("romeo", "juliet"), extra=None,
                 secret=SECRET):
        self.kind = kind
        argv = [LIVE, "serve", kind]
        for user in users:
            argv += ["-a", user + ":password"]
        for domain in domains:
            argv += ["-C", "%s=%s" % (domain, secret)]
        if extra is not None:
            path = "%s/extra-%d" % (TOP, time.monotonic_ns())
            with open(path, "w") as f:
                f.write(extra)
            argv += ["-e", path]
        self.proc = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     preexec_fn=die_with_parent, text=True)
        OPEN.append(self)
        line = self.proc.stdout.readline()
        pairs = dict(p.split("=", 1) for p in line.split() if "=" in p)
        if "client_port" not in pairs:
            raise Failure("%s does not start: %s" % (kind, line + self.proc.stdout.read()))
        self.port = int(pairs["client_port"])
        self.ports = {d: int(pairs["component_port." + d]) for d in domains}
        self.components = [(d, self.ports[d], secret) for d in domains]
        self.pid = int(pairs["server_pid"])
        self.dir = pairs["dir"]

    def log(self):
        with open("%s/%s.log" % (self.dir, self.kind), errors="replace") as f:
            return f.read()

    def close(self):
        self.proc.stdin.close()
        try:
            self.proc.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.proc.kill()
            self.proc.wait()
        self.proc.stdout.close()
        if self in OPEN:
            OPEN.remove(self)


class Mucd:
    """
    The daemon. components: (domain, port, secret) each. A file that is not written again keeps
    its database, so kill() and start() are a crash and what comes after it.
    """
    all = []

    def __init__(self, components, settings="", start=True, attach=True, env=None):
        self.env = dict(os.environ, **env) if env else None
        self.program = MUCD
        self.dir = tempfile.mkdtemp(dir=TOP)
        self.conf = self.dir + "/mucd.conf"
        self.database = self.dir + "/db"
        self.logfile = self.dir + "/log"
        self.domains = [c[0] for c in components]
        self.proc = None
        self.mark = 0
        self.write(components, settings)
        OPEN.append(self)
        Mucd.all.append(self)
        if start:
            self.start(attach)

    def write(self, components, settings=""):
        text = 'database = "%s"\n%s\n' % (self.database, settings)
        if "retry_" not in settings:
            text += "retry_first_ms = 50\nretry_greatest_ms = 400\n"
        for domain, port, secret in components:
            text += 'component "%s" { server = "127.0.0.1" port = %d secret = "%s" }\n' % (
                domain, port, secret)
        with open(os.open(self.conf, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
            f.write(text)

    def start(self, attach=True):
        self.mark = len(self.log())
        with open(self.logfile, "a") as log:
            self.proc = subprocess.Popen([self.program, "-f", "-c", self.conf], stdin=subprocess.DEVNULL,
                                         stdout=log, stderr=log, preexec_fn=die_with_parent,
                                         env=self.env)
        if attach:
            for domain in self.domains:
                if not self.says(re.escape(domain) + ": attached to"):
                    raise Failure("mucd does not attach as %s: %s" % (domain, self.tail()))

    def log(self):
        try:
            with open(self.logfile, errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def tail(self, lines=30):
        return "\n".join(self.log().splitlines()[-lines:])

    def says(self, pattern, timeout=PATIENCE):
        """Since it was started last."""
        return until(lambda: re.search(pattern, self.log()[self.mark:]), timeout)

    def count(self, pattern):
        return len(re.findall(pattern, self.log()[self.mark:]))

    def fenced(self, control):
        """
        Waits until it knows that all it has told has arrived, which it will not tell again then. control: its
        control socket.
        """
        def all_back():
            said = subprocess.run([MUCCTL, "-j", "-S", control, "statistics"], stdout=subprocess.PIPE,
                                  text=True).stdout
            sent, back = (re.search('"fences_%s":"(\\d+)"' % which, said) for which in ("sent", "back"))
            return sent and back and sent.group(1) == back.group(1)
        time.sleep(0.3)  # fence_ms
        # Two answers are two turns: a fence that was due by the first is counted by the second.
        if not until(lambda: all_back() and all_back()):
            raise Failure("the last fence does not come back")

    def ask_to_hand_over(self, is_done, unless="handing over: not now"):
        """SIGUSR2, and again after it has said that; until is_done()."""
        refused = None

        def asked():
            nonlocal refused
            if is_done():
                return True
            before, refused = refused, self.count(unless)
            if before != refused:
                self.proc.send_signal(signal.SIGUSR2)
            return False
        return until(asked)

    def hand_over(self, n, meanwhile=lambda: None):
        """
        For another mucd to go on, the nth since it was started last. On a machine that does something else that, or
        the server, may take longer than it has time.
        """
        def goes_on():
            meanwhile()
            return self.count("another mucd goes on here") >= n and self.count(r"serves \d+ domain") > n
        return self.ask_to_hand_over(goes_on, "handing over: not now|was ended by signal 9: it is not run")

    def runs(self):
        return self.proc is not None and self.proc.poll() is None

    def rss(self, field="RssAnon"):
        """Resident memory in KiB, by name as /proc/pid/status has it."""
        with open("/proc/%d/status" % self.proc.pid) as f:
            return int(re.search(r"%s:\s*(\d+)" % field, f.read()).group(1))

    def kill(self):
        self.proc.kill()
        self.proc.wait()

    def stop(self, timeout=PATIENCE):
        """SIGTERM; returns (exit status or None, seconds)."""
        began = time.monotonic()
        if self.runs():
            self.proc.terminate()
        try:
            status = self.proc.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            status = None
        return status, time.monotonic() - began

    def close(self):
        if self.runs():
            self.kill()


# -- XML --

def local(tag):
    return tag.rsplit("}", 1)[-1]


def is_room_id(x, room):
    """XEP-0421, XEP-0359: what the room says of who sent a stanza, and which it is."""
    return (x.tag == "{urn:xmpp:occupant-id:0}occupant-id" or
            x.tag == "{urn:xmpp:sid:0}stanza-id" and x.get("by") == room)


def canon(x, top=True):
    """
    What a tree means: (name, attributes, children), text in one piece. At the top `to`, `from` and
    `id` are left out, and the ids that the room adds. A component's link calls jabber:client
    jabber:component:accept.
    """
    def name(tag):
        return tag.replace("{%s}" % NS["component"], "{%s}" % NS["client"])
    attrs = {name(k): v for k, v in x.attrib.items() if not (top and k in ("to", "from", "id"))}
    kids = []

    def add_text(text):
        if not text:
            return
        if kids and isinstance(kids[-1], str):
            kids[-1] += text
        else:
            kids.append(text)
    add_text(x.text)
    for child in x:
        if not (top and is_room_id(child, bare_of(x))):
            kids.append(canon(child, False))
        add_text(child.tail)
    return (name(x.tag), tuple(sorted(attrs.items())), tuple(kids))


def parse(text):
    """A stanza as a client would write it."""
    return ET.fromstring("<s xmlns='jabber:client'>%s</s>" % text)[0]


def child(x, ns, name):
    return x.find("{%s}%s" % (NS.get(ns, ns), name)) if x is not None else None


def body(x):
    found = child(x, "client", "body")
    return found.text if found is not None else None


def codes(x):
    return [s.get("code") for s in x.iter("{%s}status" % NS["user"])]


def condition(x):
    """Of a stanza of type error."""
    error = child(x, "client", "error")
    if error is None:
        error = child(x, "component", "error")
    for c in error if error is not None else ():
        if c.tag.startswith("{%s}" % NS["stanzas"]) and local(c.tag) != "text":
            return local(c.tag)
    return None


def relayed(received):
    """What a room makes of a groupchat message, as canon() has it, but for its addresses and id."""
    x = ET.Element("{jabber:client}message", {k: v for k, v in received.attrib.items()
                                              if k in ("type", "{%s}lang" % NS["xml"])})
    x.text = received.text
    for kid in received:
        if kid.tag.startswith("{%s}" % NS["user"]):
            # Only the room says this, so it is dropped; the text behind it is not.
            if len(x):
                x[-1].tail = (x[-1].tail or "") + (kid.tail or "")
            else:
                x.text = (x.text or "") + (kid.tail or "")
            continue
        x.append(copy.deepcopy(kid))
    return canon(x)


RESERVED = {"xml": NS["xml"], "xmlns": "http://www.w3.org/2000/xmlns/"}


def wire(data):
    """
    The stanzas of a recorded stream, one side of it: (tree, sound) each. Unlike other readers this
    one does not stop at misused namespaces, it tells: sound is false where a prefix is not declared,
    or one that is reserved is.
    """
    from xml.parsers import expat
    found = []
    scopes = [dict(RESERVED)]
    path = []
    state = {"sound": True}

    def name_of(name, is_attr):
        prefix, colon, rest = name.rpartition(":")
        if not colon and is_attr:
            return name
        uri = scopes[-1].get(prefix, "" if not prefix else None)
        if uri is None or ":" in prefix:
            state["sound"] = False
            return "{?}" + name
        return "{%s}%s" % (uri, rest) if uri else rest

    def start(name, attrs):
        scope = dict(scopes[-1])
        pairs = list(zip(attrs[::2], attrs[1::2]))
        for k, v in pairs:
            if k == "xmlns" or k.startswith("xmlns:"):
                prefix = k[6:]
                if prefix in RESERVED or v in RESERVED.values():
                    state["sound"] = state["sound"] and RESERVED.get(prefix) == v
                scope[prefix] = v
        scopes.append(scope)
        x = ET.Element(name_of(name, False))
        for k, v in pairs:
            if k != "xmlns" and not k.startswith("xmlns:"):
                k = name_of(k, True)
                state["sound"] = state["sound"] and k not in x.attrib
                x.set(k, v)
        if len(path) > 1:
            path[-1].append(x)
        path.append(x)

    def end(name):
        scopes.pop()
        x = path.pop()
        if len(path) == 1:
            found.append((x, state["sound"]))
            state["sound"] = True

    def text(s):
        if len(path) < 2:
            return
        if len(path[-1]):
            path[-1][-1].tail = (path[-1][-1].tail or "") + s
        else:
            path[-1].text = (path[-1].text or "") + s
    p = expat.ParserCreate()
    p.ordered_attributes = True
    p.buffer_text = True
    p.StartElementHandler, p.EndElementHandler, p.CharacterDataHandler = start, end, text
    p.Parse(data, False)
    return found


class Stream:
    """Reads stanzas off a socket; strict about XML and namespaces, as expat is."""

    def __init__(self, sock):
        self.sock = sock
        self.inbox = deque()
        self.ended = False
        self.new_parser()

    def new_parser(self):
        self.parser = ET.XMLPullParser(("start", "end"))
        self.depth = 0
        self.root = None

    def feed(self, data):
        self.parser.feed(data)
        for event, x in self.parser.read_events():
            if event == "start":
                self.depth += 1
                if self.depth == 1:
                    self.root = x
                continue
            self.depth -= 1
            if self.depth == 1:
                self.root.remove(x)
                x.tail = None
                self.inbox.append(x)
            elif self.depth == 0:
                self.ended = True

    def fill(self, timeout):
        """Reads once, if something comes in that time. False when nothing did."""
        if self.ended or not select.select([self.sock], [], [], max(0, timeout))[0]:
            return False
        try:
            data = self.sock.recv(1 << 18)
        except ConnectionError:
            data = b""
        if not data:
            self.ended = True
            return False
        self.feed(data)
        return True

    def find(self, test, timeout=PATIENCE):
        """The first stanza that suits, or None; all others stay in the inbox in order."""
        end = time.monotonic() + timeout
        seen = 0
        while True:
            for i in range(seen, len(self.inbox)):
                if test(self.inbox[i]):
                    x = self.inbox[i]
                    del self.inbox[i]
                    return x
            seen = len(self.inbox)
            left = end - time.monotonic()
            if self.ended or not self.fill(left) and left <= 0:
                return None

    def take(self, test, timeout=PATIENCE, what="a stanza"):
        x = self.find(test, timeout)
        if x is None:
            raise Failure("%s: %s did not come%s; unread: %s" % (
                getattr(self, "name", "?"), what, ", the stream has ended" if self.ended else "",
                [ET.tostring(y).decode()[:300] for y in list(self.inbox)[:10]]))
        return x

    def all(self):
        """What has come and was not taken."""
        got = list(self.inbox)
        self.inbox.clear()
        return got

    def send(self, data):
        self.sock.sendall(data if isinstance(data, bytes) else data.encode())

    def close(self):
        self.sock.close()
        if self in OPEN:
            OPEN.remove(self)


class Client(Stream):
    """
    A client of localhost: SASL PLAIN, without TLS; header: more attributes for its stream. A server that has just
    begun may take long over its first client.
    """
    counter = 0

    def __init__(self, server, user, resource="r", header="", rcvbuf=0):
        sock = socket.socket()
        if rcvbuf:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        sock.connect(("127.0.0.1", server.port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().__init__(sock)
        OPEN.append(self)
        self.name = user
        self.header = header
        import base64
        self.open()
        self.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>" %
                  base64.b64encode(("\0%s\0password" % user).encode()).decode())
        self.take(lambda x: local(x.tag) == "success", what="SASL success")
        self.new_parser()
        self.open()
        got = self.iq(None, "set", "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                      "<resource>%s</resource></bind>" % resource)
        self.jid = got[0][0].text
        self.bare = self.jid.split("/")[0]
        self.inbox.clear()

    def open(self):
        self.send("<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='%s' "
                  "to='localhost' version='1.0' xml:lang='en'%s>" % (STREAMS, self.header))
        self.take(lambda x: local(x.tag) == "features", what="stream features")

    def fresh(self):
        Client.counter += 1
        return "q%d" % Client.counter

    def iq(self, to, kind, payload, timeout=PATIENCE):
        """Sends it and returns the answer."""
        ident = self.fresh()
        self.send("<iq type='%s' id='%s'%s>%s</iq>" % (
            kind, ident, " to=%s" % quoteattr(to) if to else "", payload))
        return self.take(lambda x: x.tag == "{jabber:client}iq" and x.get("id") == ident and
                         x.get("type") in ("result", "error"), timeout, "the answer to " + payload)

    def ping(self, to=DOMAIN, timeout=PATIENCE):
        return self.iq(to, "get", "<ping xmlns='urn:xmpp:ping'/>", timeout)

    def presence(self, to, inner="", kind=None):
        self.send("<presence to=%s%s>%s</presence>" % (
            quoteattr(to), " type='%s'" % kind if kind else "", inner))

    def join(self, room, nick, inner="", timeout=PATIENCE):
        """Enters; returns all it was told up to the subject, which comes last."""
        self.presence(room + "/" + nick, "<x xmlns='%s'>%s</x>" % (NS["muc"], inner))
        last = self.take(lambda x: bare_of(x) == room and (
            x.get("type") == "error" or child(x, "client", "subject") is not None), timeout,
            "the subject of %s" % room)
        told = [x for x in self.inbox if bare_of(x) == room]
        self.inbox = deque(x for x in self.inbox if bare_of(x) != room)
        if last.get("type") == "error":
            raise Failure("%s may not enter %s: %s" % (self.name, room, condition(last)))
        return told + [last]

    def create(self, room, nick, fields=""):
        self.join(room, nick)
        got = self.configure(room, fields)
        if got.get("type") != "result":
            raise Failure("%s cannot be configured: %s" % (room, condition(got)))

    def configure(self, room, fields="", timeout=PATIENCE):
        """fields: var=value pairs, by blanks."""
        text = "".join("<field var='muc#roomconfig_%s'><value>%s</value></field>" %
                       tuple(f.split("=", 1)) for f in fields.split())
        return self.iq(room, "set", "<query xmlns='%s'><x xmlns='jabber:x:data' type='submit'>"
                       "<field var='FORM_TYPE'><value>%s</value></field>%s</x></query>" %
                       (NS["owner"], "http://jabber.org/protocol/muc#roomconfig", text), timeout)

    def affiliate(self, room, jid, affiliation, timeout=PATIENCE):
        return self.iq(room, "set", "<query xmlns='%s'><item jid='%s' affiliation='%s'/></query>" %
                       (NS["admin"], jid, affiliation), timeout)

    def listed(self, room, affiliation):
        got = self.iq(room, "get", "<query xmlns='%s'><item affiliation='%s'/></query>" %
                      (NS["admin"], affiliation))
        return sorted(i.get("jid") for i in got.iter("{%s}item" % NS["admin"]))

    def say(self, room, text, ident=None):
        self.send("<message type='groupchat' to=%s id='%s'><body>%s</body></message>" %
                  (quoteattr(room), ident or self.fresh(), escape(text)))

    def hear(self, room, text, timeout=PATIENCE):
        return self.take(lambda x: bare_of(x) == room and body(x) == text, timeout,
                         "\"%s\" in %s" % (text, room))


def bare_of(x):
    return (x.get("from") or "").split("/")[0]


def nick_of(x):
    return (x.get("from") or "").partition("/")[2]


def sync(*clients, to=DOMAIN, timeout=PATIENCE):
    """What they have said is handled, and what they were to get by then has come."""
    for c in clients:
        c.ping(to, timeout)
    for c in clients:
        c.ping(to, timeout)


# -- a server that is not one --

class Fake:
    """A port for mucd to attach to, which says what it is told; link is the Stream of it."""

    def __init__(self, rcvbuf=0):
        self.port, self.hold = hold_port()
        self.rcvbuf = rcvbuf
        self.listen()
        self.link = None
        OPEN.append(self)

    def listen(self):
        """Again, if the listener was closed."""
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if self.rcvbuf:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.rcvbuf)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(8)

    def components(self, domain=DOMAIN):
        return [(domain, self.port, SECRET)]

    def attach(self, timeout=PATIENCE, ident="fake", header=""):
        """Waits so long for mucd to connect, and shakes hands. What fails in that is closed, for mucd to try again."""
        self.listener.settimeout(timeout)
        sock, _ = self.listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.link = Stream(sock)
        self.link.name = "fake server"
        OPEN.append(self.link)
        try:
            self.shake_hands(self.link, ident, header)
        except (OSError, Failure):
            self.link.close()
            self.link.ended = True
            raise
        return self.link

    @staticmethod
    def shake_hands(link, ident, header):
        until(lambda: link.depth == 1 or not link.fill(1) and link.ended)
        if link.root is None:
            raise Failure("mucd sends no header")
        link.send("<?xml version='1.0'?><stream:stream xmlns:stream='%s' xmlns='%s' from='%s' "
                  "id='%s'%s>" % (STREAMS, NS["component"], link.root.get("to"), ident, header))
        got = link.take(lambda x: local(x.tag) == "handshake", what="the handshake")
        if got.text != hashlib.sha1((ident + SECRET).encode()).hexdigest():
            raise Failure("the handshake is wrong")
        link.send("<handshake/>")

    def end(self, mucd, timeout=PATIENCE):
        """SIGTERM, and the server's part of a good end; the exit status."""
        mucd.proc.terminate()
        if not until(lambda: self.link.ended or not self.link.fill(0.2) and self.link.ended, timeout):
            diag("mucd does not close the stream")
        self.link.close()
        try:
            return mucd.proc.wait(timeout)
        except subprocess.TimeoutExpired:
            mucd.kill()
            return None

    def close(self):
        if self.link is not None:
            self.link.close()
        self.listener.close()
        self.hold.close()
        if self in OPEN:
            OPEN.remove(self)


class Proxy:
    """
    Stands between mucd and a server's port: cut() ends the connections and closes the port,
    open(port) lets mucd through to that one. What the server said is in came, what mucd said in
    went. A thread of its own.
    """

    def __init__(self, target, record=False):
        import threading
        self.parts_came, self.parts_went = [], []
        self.record = record
        self.near = set()
        self.port, self.hold = hold_port()
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.target = target
        self.pairs = {}
        self.running = True
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        OPEN.append(self)

    def drop(self, sock):
        self.near.discard(sock)
        other = self.pairs.pop(sock, None)
        if other is not None:
            self.pairs.pop(other, None)
            self.near.discard(other)
            other.close()
        sock.close()

    def components(self, domain=DOMAIN):
        return [(domain, self.port, SECRET)]

    @property
    def came(self):
        return b"".join(self.parts_came)

    @property
    def went(self):
        return b"".join(self.parts_went)

    def accept(self):
        try:
            near, _ = self.listener.accept()
        except OSError:
            return
        try:
            far = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            near.close()
            return
        self.near.add(near)
        self.pairs[near] = far
        self.pairs[far] = near

    def run(self):
        while self.running:
            with self.lock:
                socks = list(self.pairs) + ([self.listener] if self.listener else [])
            try:
                ready = select.select(socks, [], [], 0.05)[0]
            except (OSError, ValueError):
                continue
            with self.lock:
                for s in ready:
                    if s is self.listener:
                        self.accept()
                    elif s in self.pairs:
                        try:
                            data = s.recv(1 << 16)
                            if data and self.record:
                                (self.parts_went if s in self.near else self.parts_came).append(data)
                            if data:
                                self.pairs[s].sendall(data)
                        except OSError:
                            data = b""
                        if not data:
                            self.drop(s)

    def cut(self):
        with self.lock:
            for s in list(self.pairs):
                if s in self.pairs:
                    self.drop(s)
            if self.listener:
                self.listener.close()
            self.listener = None

    def open(self, target):
        with self.lock:
            self.target = target
            if self.listener is None:
                self.listener = socket.create_server(("127.0.0.1", self.port))

    def close(self):
        self.running = False
        self.cut()
        self.thread.join(5)
        self.hold.close()
        if self in OPEN:
            OPEN.remove(self)
