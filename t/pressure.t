#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
pressure.t - a host that does not read, and clients that do not stop

A host that sends groupchat into a room with many occupants and reads nothing until mucd has taken it
all (as ejabberd does): mucd takes it, its memory is bounded, and afterwards everything is delivered in
order. More than mucd has room for: what cannot be kept is refused by an error, the last state of each
presence holds, and refusals have a limit, too. A host that never reads: left and attached to anew.

A real ejabberd and a client that floods a room with 50 occupants and does not read for a while: every
message reaches all, in order, or is refused; nobody waits for ever. With the limits that mucd has by
itself a flooder is told to wait.
"""
import sys
sys.dont_write_bytecode = True
import contextlib
import itertools
from muctest import *

ROOM = "crowd@" + DOMAIN
FAST = ("rate_per_s = 1000000\nrate_burst = 1000000\nrate_bytes_per_s = 1073741824\n"
        "rate_bytes_burst = 1073741824\ndomain_per_s = 1000000\ndomain_bytes_per_s = 1G\n")
SANITIZED = has_sanitizer()


def fill_room(link, count):
    """o0 creates the room, all others follow."""
    for n in range(count):
        link.send("<presence from='o%d@x.org/r' to='%s/O%d'><x xmlns='%s'/></presence>" %
                  (n, ROOM, n, NS["muc"]))
        if n == 0:
            link.send("<iq type='set' id='conf' from='o0@x.org/r' to='%s'><query xmlns='%s'>"
                      "<x xmlns='jabber:x:data' type='submit'/></query></iq>" % (ROOM, NS["owner"]))
    link.send(ping("filled"))
    link.take(lambda x: x.get("id") == "filled", what="an answer")
    link.all()


def ping(ident):
    return ("<iq type='get' id='%s' from='p@x.org/r' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>" %
            (ident, DOMAIN))


def message(n, size):
    return ("<message type='groupchat' id='m%d.' from='o0@x.org/r' to='%s'><body>%s</body></message>" %
            (n, ROOM, "z" * size)).encode()


class Tally:
    """What a host reads, by who is told: numbers of messages, and of refusals, in order."""
    HEAD = re.compile(rb"<message to='o(\d+)@x\.org/r'[^>]*?( type='error')?[^>]*? id='m(\d+)\.'")

    def __init__(self):
        self.told = {}
        self.refused = []
        self.rest = b""
        self.last = b""
        self.bytes = 0

    def add(self, data):
        self.last = (self.last + data)[-4000000:]
        self.bytes += len(data)
        data = self.rest + data
        end = data.rfind(b"<message") if not data.endswith(b">") else len(data)
        end = end if end >= 0 else 0
        for found in self.HEAD.finditer(data, 0, end):
            who, number = int(found.group(1)), int(found.group(3))
            if b"type='error'" in found.group(0):
                self.refused.append(number)
            else:
                self.told.setdefault(who, []).append(number)
        self.rest = data[end:][-200000:]

    def read(self, link, ident, silence=PATIENCE):
        """Until the answer of that id comes, behind all that was told before: what it is. None: there is silence."""
        want = re.compile(rb"<iq to='[^']*'[^>]* type='(result|error)'[^>]* id='%s'" % ident.encode())
        link.sock.settimeout(silence)
        while True:
            try:
                data = link.sock.recv(1 << 20)
            except socket.timeout:
                return None
            if not data:
                raise Failure("mucd has closed the link")
            seen = self.last[-1000:] + data
            self.add(data)
            if found := want.search(seen):
                return found.group(1).decode()

    def read_all(self, link):
        """
        Until mucd answers again, and what it had to refuse before that has come, too. As long as there is no room a
        ping is refused, or lost, and sent again.
        """
        good, end = 0, time.monotonic() + SLOWER * PATIENCE
        for n in itertools.count():
            if good == 2 or time.monotonic() > end:
                return good == 2
            link.send(ping("end%d" % n))
            good = good + 1 if self.read(link, "end%d" % n, 1) == "result" else 0


def write_all(link, mucd, data):
    """Writes and reads nothing; False if mucd takes no more. Largest RSS."""
    link.sock.settimeout(PATIENCE)
    most = 0
    for at in range(0, len(data), 1 << 20):
        try:
            link.sock.sendall(data[at:at + (1 << 20)])
        except socket.timeout:
            return False, most
        most = max(most, mucd.rss())
    return True, most


def bounded(kb, limit_mb, what):
    if SANITIZED:
        diag("%s: %d MiB, a sanitizer's" % (what, kb // 1024))
        return
    ok(kb < limit_mb * 1024, "%s: %d MiB of memory, less than %d" % (what, kb // 1024, limit_mb))


def reads_late():
    """24 MB of groupchat for 20 occupants before the host reads a byte."""
    host = Fake(rcvbuf=65536)
    mucd = Mucd(host.components(), FAST, attach=False)
    link = host.attach()
    fill_room(link, 20)
    count = 1000 if SANITIZED else 6000
    data = b"".join(message(n, 4000) for n in range(count)) + ping("end").encode()
    took, rss = write_all(link, mucd, data)
    ok(took, "%d MB were taken from a host that reads nothing" % (len(data) // 1000000))
    time.sleep(0.5)
    bounded(max(rss, mucd.rss()), 100, "meanwhile")
    tally = Tally()
    began = time.monotonic()
    same(tally.read(link, "end"), "result", "then all is answered: %d MB" % (tally.bytes // 1000000))
    diag("%.1f s" % (time.monotonic() - began))
    same(len(tally.told), 20, "all 20 occupants are told")
    ok(all(got == list(range(count)) for got in tally.told.values()),
       "each of them all %d messages, in order" % count)
    same(tally.refused, [], "nothing was refused")
    bounded(mucd.rss(), 60, "afterwards")
    same(host.end(mucd), 0, "mucd ends well")


def overflows():
    """More than link_buffer_bytes."""
    host = Fake(rcvbuf=65536)
    mucd = Mucd(host.components(), FAST + "link_buffer_bytes = 2M\n", attach=False)
    link = host.attach()
    fill_room(link, 20)
    count = 5000
    parts = []
    for n in range(count):
        parts.append(message(n, 3000))
        if n % 50 == 0:
            parts.append(("<presence from='o1@x.org/r' to='%s/O1'><status>at %d</status></presence>" %
                          (ROOM, n)).encode())
    parts.append(("<presence type='unavailable' from='o2@x.org/r' to='%s/O2'/>" % ROOM).encode())
    data = b"".join(parts)
    took, rss = write_all(link, mucd, data)
    ok(took, "%d MB were taken with 2 MB of room" % (len(data) // 1000000))
    ok(mucd.says("refusing more"), "the log says that more is refused")
    bounded(max(rss, mucd.rss()), 80, "meanwhile")
    tally = Tally()
    ok(tally.read_all(link), "and when the host reads again, there is room again")
    relayed = tally.told.get(0, [])
    diag("%d relayed, %d refused, of %d" % (len(relayed), len(tally.refused), count))
    ok(len(relayed) > 100 and len(tally.refused) > 100, "some were relayed, some refused")
    same(relayed, sorted(relayed), "what was relayed, in order")
    ok(all(got == relayed for who, got in tally.told.items()) and len(tally.told) == 20,
       "to all occupants alike")
    lost = set(range(count)) - set(relayed) - set(tally.refused)
    same((len(lost), len(relayed) + len(tally.refused)), (0, count),
         "every message was relayed or refused, none both, none lost")
    last = re.findall(rb"<presence to='o3@x\.org/r' from='[^']*/O1'[^>]*><status>at (\d+)</status>", tally.last)
    same(last[-1:], [b"%d" % (count - 50)], "the last state of a presence holds")
    ok(re.search(rb"<presence to='o3@x\.org/r' from='[^']*/O2' type='unavailable'", tally.last),
       "and who left has left")
    bounded(mucd.rss(), 60, "afterwards")
    same(host.end(mucd), 0, "mucd ends well")


def refusals():
    """Refusals alone fill the way back, too: no more of them are told than there is room for."""
    host = Fake(rcvbuf=65536)
    mucd = Mucd(host.components(), FAST + "link_buffer_bytes = 1M\nstanza_depth = 8\n", attach=False)
    link = host.attach()
    fill_room(link, 2)
    count = 50000 if SANITIZED else 400000
    deep = "<a>" * 9 + "</a>" * 9
    data = "".join("<message from='o0@x.org/r' to='%s' id='m%d.'>%s</message>" % (ROOM, n, deep)
                   for n in range(count)).encode()
    took, rss = write_all(link, mucd, data)
    ok(took, "%d stanzas that are too deep were taken" % count)
    bounded(max(rss, mucd.rss()), 100, "meanwhile")
    tally = Tally()
    ok(tally.read_all(link), "and when the host reads again, there is room again")
    diag("%d of %d told" % (len(tally.refused), count))
    same(tally.refused[:1000], list(range(1000)), "the first ones are told, in order")
    bounded(mucd.rss(), 60, "afterwards")
    same(host.end(mucd), 0, "mucd ends well")


def never_reads():
    host = Fake(rcvbuf=65536)
    settings = FAST + "link_stuck_ms = %d\n"
    mucd = Mucd(host.components(), settings % 60000, attach=False)
    link = host.attach()

    def stuck_after(ms):
        """The host is this test, which may have to wait for a processor when it is to read."""
        before = mucd.count("read again")
        mucd.write(host.components(), settings % ms)
        mucd.proc.send_signal(signal.SIGHUP)
        until(lambda: mucd.count("read again") > before)
    fill_room(link, 50)
    stuck_after(1500)
    # Up to 16 MB of output are kept while there is no link.
    count = 280
    took, rss = write_all(link, mucd, b"".join(message(n, 1000) for n in range(count)))
    ok(took, "a host that will never read has said all")
    began = time.monotonic()
    ok(mucd.says("has taken no byte for 1 s"), "it is left, and the log says why")
    diag("after %.1f s" % (time.monotonic() - began))
    bounded(mucd.rss(), 60, "meanwhile")
    stuck_after(60000)
    link = host.attach()
    link.send(ping("again"))
    tally = Tally()
    same(tally.read(link, "again"), "result", "attached anew, mucd answers")
    good = len(tally.told) == 50
    for got in tally.told.values():
        good = good and got == list(range(got[0], count))
    diag({(got[0], got[-1], len(got)) for got in tally.told.values()})
    ok(good, "and tells all occupants the rest, in order and without a gap")
    same(host.end(mucd), 0, "mucd ends well")


def ejabberd():
    users = ["user%d" % n for n in range(10)]
    server = Server("ejabberd", users=users + ["romeo", "flooder"])
    mucd = Mucd(server.components, FAST)
    romeo = Client(server, "romeo")
    romeo.create(ROOM, "Romeo")
    crowd = [Client(server, users[n % 10], "r%d" % n) for n in range(48)]
    for n, c in enumerate(crowd):
        c.join(ROOM, "O%d" % n)
    flooder = Client(server, "flooder", rcvbuf=16384)
    flooder.join(ROOM, "Flooder")
    sync(romeo, *crowd)
    readers = crowd + [romeo]
    buffers = {c: bytearray() for c in readers}
    ends = dict.fromkeys(readers, 0)
    count = 500 if SANITIZED else 2500
    data = b"".join(("<message type='groupchat' id='f%d.' to='%s'><body>%s</body></message>" %
                     (n, ROOM, "y" * 500)).encode() for n in range(count))
    flooder.sock.setblocking(False)
    sent = most = 0
    began = time.monotonic()
    own = bytearray()
    # Nobody reads for two seconds; the others begin then, the flooder after four, lest ejabberd give
    # it up (after 15 s).
    while time.monotonic() - began < SLOWER * 90:
        elapsed = time.monotonic() - began
        if sent < len(data) and select.select([], [flooder.sock], [], 0.02)[1]:
            sent += flooder.sock.send(data[sent:sent + 65536])
        most = max(most, mucd.rss())
        if elapsed < 2:
            continue
        for sock in select.select([c.sock for c in readers], [], [], 0.02)[0]:
            c = next(c for c in readers if c.sock is sock)
            at = max(0, len(buffers[c]) - len(b"</message") + 1)
            buffers[c] += sock.recv(1 << 20)
            ends[c] += buffers[c].count(b"</message", at)
        if elapsed > 4:
            with contextlib.suppress(BlockingIOError):
                own += flooder.sock.recv(1 << 20)
        if sent == len(data) and min(ends.values()) >= count:
            break
    flooder.sock.setblocking(True)
    ok(sent == len(data), "ejabberd took %d messages of a client that does not read" % count)
    quiet = time.monotonic() + SLOWER * 60
    while time.monotonic() < quiet and len(re.findall(rb"<message [^>]*id='f\d+\.'", own)) < count:
        if not select.select([flooder.sock], [], [], PATIENCE)[0]:
            diag("the flooder hears nothing more")
            break
        data = flooder.sock.recv(1 << 20)
        if not data:
            diag("ejabberd has closed the flooder's connection: %s" % bytes(own[-300:]))
            break
        own += data
    diag("%.1f s; the flooder got %d bytes, the others %s" % (
        time.monotonic() - began, len(own), sorted({len(b) for b in buffers.values()})))

    def heads(b):
        return [(int(f.group(1)), b"type='error'" in f.group(0)) for f in
                re.finditer(rb"<message [^>]*?id='f(\d+)\.'[^>]*>", bytes(b))]
    got = heads(own)
    refused = sorted(n for n, error in got if error)
    relayed = [n for n, error in got if not error]
    diag("%d relayed, %d refused" % (len(relayed), len(refused)))
    same(sorted(relayed + refused), list(range(count)), "each message was relayed or refused")
    same(relayed, sorted(relayed), "in order, for the flooder itself")
    wrong = [c.jid for c in readers if [n for n, error in heads(buffers[c])] != relayed]
    same(wrong, [], "and for each of the 49 others")
    bounded(most, 150, "meanwhile")
    for c in readers:
        c.new_parser()
    # A new client: what is in the buffers of the others was read as bytes.
    late = Client(server, "romeo", "late")
    late.join(ROOM, "Late")
    late.say(ROOM, "still there")
    late.hear(ROOM, "still there")
    ok(True, "and the room goes on")
    same(mucd.count("attached to"), 1, "the link was never lost")
    same(mucd.stop()[0], 0, "mucd ends well")


def limits():
    """With mucd.conf as it comes, one who floods is told to wait, and the others notice nothing."""
    server = Server("prosody", users=("romeo", "juliet", "flooder"))
    mucd = Mucd(server.components)
    romeo, juliet = Client(server, "romeo"), Client(server, "juliet")
    flooder = Client(server, "flooder")
    romeo.create(ROOM, "Romeo")
    for c in (juliet, flooder):
        c.join(ROOM, c.name)
    sync(romeo, juliet, flooder)
    romeo.all(), juliet.all(), flooder.all()
    count, slowest, start = 0, 0, time.monotonic()
    # More than 2000 at once and 50 a second, the default of rate_burst and rate_per_s.
    while count < 3500 + 50 * (time.monotonic() - start):
        n, count = count, count + 1
        flooder.say(ROOM, "flood %d" % n, "f%d" % n)
        if n % 700 == 0:
            began = time.monotonic()
            juliet.say(ROOM, "calm %d" % n)
            romeo.hear(ROOM, "calm %d" % n)
            slowest = max(slowest, time.monotonic() - began)
    ok(slowest < 10, "others are heard meanwhile, after %.3f s at most" % slowest)
    juliet.say(ROOM, "over")
    got = []
    until(lambda: flooder.fill(0.1) and False or any(x.findtext("{*}body") == "over" for x in flooder.inbox))
    elapsed = time.monotonic() - start
    for x in flooder.all():
        if re.match(r"f\d", x.get("id") or ""):
            got.append((int(x.get("id")[1:]), x.get("type"), condition(x)))
    numbers = [n for n, kind, why in got]
    same(numbers, sorted(set(numbers)), "what is relayed or refused is so in order")
    refused = [why for n, kind, why in got if kind == "error"]
    ok(len(got) - len(refused) > 1000, "%d of %d are relayed" % (len(got) - len(refused), count))
    # Whoever goes on is told so as often as refusals_per_s says, and no more.
    ok(100 < len(refused) < 250 + 25 * elapsed, "%d are refused in %.1f s" % (len(refused), elapsed))
    same(set(refused), {"policy-violation"}, "by policy-violation")
    flooder.presence(ROOM + "/flooder", kind="unavailable")
    romeo.take(lambda x: nick_of(x) == "flooder" and x.get("type") == "unavailable",
               what="the flooder's leaving")
    ok(True, "leaving is free")
    same(mucd.stop()[0], 0, "mucd ends well")


main([reads_late, overflows, refusals, never_reads, ejabberd, limits], 500)
