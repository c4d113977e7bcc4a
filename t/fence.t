#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
fence.t - what the fence rests on: a result that a component sends from its domain to its domain comes
back behind all that went before it

Several components, each a process of its own, speak to many clients as fast as the server takes it:
to full and bare addresses, to sessions and accounts that are not there, to domains that do not exist,
to each other; now and then a fence. Each is killed (SIGKILL) at a random moment. Whatever it had sent
before the last fence that came back must reach every client that is connected. On Prosody and on
ejabberd.
"""
import random
import sys
sys.dont_write_bytecode = True
from muctest import *

DOMAINS = ("one.localhost", "two.localhost", "three.localhost")
CLIENTS = 30
ROUNDS = 4
EVERY = 150     # stanzas between two fences
LEAST = 4       # of a component's fences come back before it is killed, however slow the machine is
SEED = int(os.environ.get("SEED") or 1)


def attach(server, domain):
    sock = socket.create_connection(("127.0.0.1", server.ports[domain]))
    link = Stream(sock)
    link.name = domain
    link.send("<?xml version='1.0'?><stream:stream xmlns='%s' xmlns:stream='%s' to='%s'>" % (
        NS["component"], STREAMS, domain))
    if not until(lambda: link.depth == 1 or not link.fill(1) and link.ended):
        raise Failure("no header for " + domain)
    link.send("<handshake>%s</handshake>" %
              hashlib.sha1((link.root.get("id") + SECRET).encode()).hexdigest())
    link.take(lambda x: local(x.tag) == "handshake", what="the handshake")
    return sock


def stanza(rng, domain, number, jids):
    """One to a client and, often, one to somebody who is not there."""
    kind = rng.choice(("groupchat", "chat", "normal"))
    to = rng.choice(jids)
    pad = "x" * rng.choice((10, 300, 300, 3000))
    yield "<message type='%s' from='room@%s/nick' to='%s' id='%d'><body>%s</body></message>" % (
        kind, domain, to, number, pad)
    other = rng.choice(("juliet@localhost", "tybalt@localhost", "tybalt@localhost/gone",
                        "nobody@localhost/gone", "romeo@localhost/gone", "who@nowhere.invalid/x",
                        "room@" + rng.choice(DOMAINS), None, None, None, None))
    if other is not None:
        yield "<message type='%s' from='room@%s/nick' to='%s' id='other'><body>%s</body></message>" % (
            rng.choice(("groupchat", "chat", "error")), domain, other, pad)
    if rng.random() < 0.2:
        yield "<presence from='room@%s/nick' to='%s' id='p'/>" % (domain, rng.choice(jids))


def speak(sock, domain, seed, jids, told):
    """
    A component: speaks until it is killed. Of each fence that comes back it tells, by the pipe, the
    number of messages that went before.
    """
    rng = random.Random(seed)
    fence = re.compile(rb"<iq[^>]*\bid=['\"]fence-(\d+)['\"]")
    sock.setblocking(False)
    out, came, number = bytearray(), bytearray(), 0
    while True:
        while len(out) < 1 << 17:
            for x in stanza(rng, domain, number, jids):
                out += x.encode()
            number += 1
            if number % EVERY == 0:
                out += b"<iq type='result' from='%s' to='%s' id='fence-%d'/>" % (
                    domain.encode(), domain.encode(), number)
        ready = select.select([sock], [sock], [])
        if ready[0]:
            data = sock.recv(1 << 18)
            if not data:
                os._exit(1)
            came += data
            for m in fence.finditer(bytes(came)):
                os.write(told, b"%d\n" % int(m.group(1)))
            end = came.rfind(b">") + 1
            del came[:end]
        if ready[1]:
            del out[:sock.send(bytes(out[:1 << 16]))]


class Component:
    def __init__(self, server, domain, seed, jids):
        self.domain = domain
        sock = attach(server, domain)
        self.pipe, told = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                die_with_parent()
                os.close(self.pipe)
                speak(sock, domain, seed, jids, told)
            finally:
                os._exit(1)
        os.close(told)
        sock.close()
        self.said = b""
        OPEN.append(self)

    def has_back(self):
        """How many of its fences have come back by now."""
        while select.select([self.pipe], [], [], 0)[0]:
            data = os.read(self.pipe, 1 << 16)
            if not data:
                break
            self.said += data
        return self.said.count(b"\n")

    def kill(self):
        """SIGKILL; returns how many fences have come back, and what the last of them vouches for."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.pid = 0
        while data := os.read(self.pipe, 1 << 16):
            self.said += data
        got = [int(x) for x in self.said.split()]
        return len(got), (got or [0])[-1], got == sorted(got)

    def close(self):
        if self.pid:
            self.kill()
        os.close(self.pipe)
        if self in OPEN:
            OPEN.remove(self)


def read_all(clients, got, seconds):
    """Keeps what they are told: (domain, number) -> how often, per full JID."""
    end = time.monotonic() + seconds
    socks = {c.sock: c for c in clients}
    while time.monotonic() < end:
        for s in select.select(list(socks), [], [], max(0, min(0.2, end - time.monotonic())))[0]:
            c = socks[s]
            c.fill(0)
            for x in c.all():
                if local(x.tag) == "message" and (x.get("id") or "").isdigit():
                    key = (x.get("from").split("@")[1].split("/")[0], int(x.get("id")))
                    got[c.jid].setdefault(key, 0)
                    got[c.jid][key] += 1


def settle(clients, got):
    """Until nothing more comes; each then asks its own server, so that all of it has come."""
    before = -1
    while before != sum(len(g) for g in got.values()):
        before = sum(len(g) for g in got.values())
        read_all(clients, got, 0.5)
    for c in clients:
        c.iq("localhost", "get", "<query xmlns='%s'/>" % NS["disco"], 60)
    read_all(clients, got, 0.2)


def check(kind):
    server = Server(kind, domains=DOMAINS, users=("romeo", "juliet", "tybalt"))
    clients = [Client(server, ("romeo", "juliet")[i % 2], "r%d" % i) for i in range(CLIENTS)]
    for c in clients:
        c.send("<presence/>")
        c.iq("localhost", "get", "<query xmlns='%s'/>" % NS["disco"])
        c.all()
    jids = [c.jid for c in clients]
    diag("SEED=%d" % SEED)
    rng = random.Random(SEED)
    fences = messages = overtaken = twice = 0
    in_order = True
    for n in range(ROUNDS):
        got = {jid: {} for jid in jids}
        components = [Component(server, d, SEED * 100 + n, jids) for d in DOMAINS]
        deaths = sorted((rng.uniform(0.5, 2.5), c.domain, c) for c in components)
        began = time.monotonic()
        vouched = {}
        for at, domain, c in deaths:
            read_all(clients, got, began + at - time.monotonic())
            until(lambda: read_all(clients, got, 0.1) or c.has_back() >= LEAST, 60)
            nback, vouched[domain], rises = c.kill()
            in_order = in_order and rises
            fences += nback
            c.close()
        settle(clients, got)
        for domain, upto in vouched.items():
            # The same numbers as the component has drawn.
            draw = random.Random(SEED * 100 + n)
            for number in range(upto):
                to = re.search(r"to='([^']*)'", list(stanza(draw, domain, number, jids))[0]).group(1)
                messages += 1
                times = got[to].get((domain, number), 0)
                overtaken += times == 0
                twice += times > 1
    ok(fences > 30, "%s: %d fences came back" % (kind, fences))
    ok(messages > 5000, "%s: %d messages went before them" % (kind, messages))
    ok(in_order, "%s: they come back in order" % kind)
    same(overtaken, 0, "%s: none of the messages was overtaken" % kind)
    same(twice, 0, "%s: and none came twice" % kind)


on_both(check, 300)
