# SPDX-License-Identifier: ISC
"""
load.py - what many clients do, by chance, through a link that a test controls

It is the server's side of the link that says it all: who enters and leaves, what is said, who is made
what, what a room is called, that one is destroyed. Each thing has a number in it, and nobody asks for the
same thing twice before it is answered, so what is acknowledged can be told from what is not.
"""
import collections
import time

from muctest import DOMAIN, NS, PATIENCE, Failure, bare_of, codes, local, nick_of

# What the load is not to meet, in mucd.conf.
UNLIMITED = """
rate_per_s = 1000000
rate_burst = 1000000
rate_bytes_per_s = 1G
rate_bytes_burst = 1G
entries_per_min = 1000000
room_entries_per_min = 1000000
room_entries_of_one_per_min = 1000000
room_messages_per_s = 1000000
domain_per_s = 1000000
notices_per_min = 1000000
rooms_per_creator = 100000
"""

FENCE = "mucd-fence-"


def body(x):
    return x.findtext("{%s}body" % NS["component"])


class Room:
    def __init__(self, name):
        self.jid = "%s@%s" % (name, DOMAIN)
        self.owner = None
        self.there = {}         # full JID -> nick, of those who are in
        self.coming = {}        # the same of who has asked, for "in" or "out"
        self.state = "new"      # asked for, there, ending, gone
        self.waits = 0          # requests that are not answered


class Load:
    def __init__(self, rng, nrooms=3, nclients=12, sizes=(10, 100, 1000, 6000)):
        self.rng = rng
        self.nrooms = nrooms
        self.clients = ["u%d@x.org/r" % n for n in range(nclients)]
        self.sizes = sizes
        self.rooms = []
        self.number = 0
        self.asked = {}         # id -> (what, room, ...)
        self.count = collections.Counter()
        self.holds_fences = False
        self.fences = []
        self.last = None        # answer

    def fresh(self):
        self.number += 1
        return self.number

    # -- what is asked --

    def iq(self, room, jid, what, query):
        ident = "%s%d" % (what, self.fresh())
        self.asked[ident] = (what, room)
        room.waits += 1
        self.count[what] += 1
        return "<iq type='set' id='%s' from='%s' to='%s'>%s</iq>" % (ident, jid, room.jid, query)

    def create(self):
        room = Room("room%d" % self.fresh())
        room.owner = self.rng.choice(self.clients)
        self.rooms.append(room)
        return self.enter(room, room.owner)

    def enter(self, room, jid):
        room.coming[jid] = "in"
        self.count["enter"] += 1
        return "<presence from='%s' to='%s/%s'><x xmlns='%s'/></presence>" % (
            jid, room.jid, jid.split("@")[0], NS["muc"])

    def leave(self, room, jid):
        room.coming[jid] = "out"
        self.count["leave"] += 1
        return "<presence from='%s' to='%s/%s' type='unavailable'/>" % (jid, room.jid, room.there[jid])

    def say(self, room, jid):
        n = self.fresh()
        self.count["message"] += 1
        return ("<message type='groupchat' id='m%d' from='%s' to='%s'><body>%d %s</body></message>" %
                (n, jid, room.jid, n, "x" * self.rng.choice(self.sizes)))

    def configure(self, room):
        return self.iq(room, room.owner, "config", "<query xmlns='%s'><x xmlns='jabber:x:data' type='submit'>"
                       "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
                       "<field var='muc#roomconfig_roomname'><value>name %d</value></field>"
                       "<field var='muc#roomconfig_persistentroom'><value>1</value></field></x></query>" %
                       (NS["owner"], self.fresh()))

    def affiliate(self, room):
        return self.iq(room, room.owner, "affil", "<query xmlns='%s'><item jid='m%d@y.org' affiliation='%s'>"
                       "<reason>%d</reason></item></query>" % (
                           NS["admin"], self.rng.randrange(30),
                           self.rng.choice(("member", "admin", "outcast", "none")), self.fresh()))

    def destroy(self, room):
        room.state = "ending"
        return self.iq(room, room.owner, "destroy", "<query xmlns='%s'><destroy/></query>" % NS["owner"])

    def step(self):
        """What somebody does next; None: nobody can do anything."""
        rng = self.rng
        live = [r for r in self.rooms if r.state == "there"]
        if len([r for r in self.rooms if r.state != "gone"]) < self.nrooms:
            return self.create()
        for room in self.rooms:
            # Refused for want of room, perhaps: asked for again.
            if room.state == "new" and not room.waits and room.owner not in room.coming:
                return self.configure(room) if room.owner in room.there else self.enter(room, room.owner)
        if not live:
            return None
        room = rng.choice(live)
        dice = rng.random()
        free = [c for c in self.clients if c not in room.coming and c != room.owner]
        inside = [c for c in room.there if c not in room.coming]
        if dice < 0.10 and free:
            jid = rng.choice(free)
            return self.leave(room, jid) if jid in room.there else self.enter(room, jid)
        if dice < 0.25:
            return self.affiliate(room)
        if dice < 0.32:
            return self.configure(room)
        if dice < 0.33 and room.waits == 0 and not room.coming:
            return self.destroy(room)
        return self.say(room, rng.choice(inside)) if inside else None

    # -- what is told --

    def room(self, jid):
        for room in self.rooms:
            if room.jid == jid:
                return room
        return None

    def told(self, x):
        """Takes what mucd says; returns what is to be answered at once, or None."""
        kind = local(x.tag)
        self.count["told " + kind] += 1
        if kind == "iq" and (x.get("id") or "").startswith(FENCE):
            back = "<iq type='result' id='%s' from='%s' to='%s'/>" % (x.get("id"), x.get("from"), x.get("to"))
            if self.holds_fences:
                self.fences.append(back)
                return None
            return back
        if kind == "iq":
            return self.told_iq(x)
        room = self.room(bare_of(x))
        if room is None:
            return None
        if kind == "presence":
            return self.told_presence(room, x)
        if x.get("type") == "groupchat" and body(x) is not None:
            self.count["heard"] += 1
        if x.get("type") == "error":
            self.count["refused"] += 1
        self.told_message(room, x)
        return None

    def told_message(self, room, x):
        """For those who want to know."""

    def told_iq(self, x):
        if (x.get("id") or "").startswith("last"):
            self.last = x.get("id")
        what, room = self.asked.pop(x.get("id"), (None, None))
        if what is None:
            return None
        room.waits -= 1
        if x.get("type") != "result":
            self.count["refused"] += 1
        if what == "destroy":
            room.state = "gone" if x.get("type") == "result" else "there"
        if what == "config" and room.state == "new" and x.get("type") == "result":
            room.state = "there"
        return None

    def told_presence(self, room, x):
        jid = x.get("to")
        if x.get("type") == "error":
            self.count["refused"] += 1
            room.coming.pop(jid, None)
            return None
        if "110" not in codes(x):
            return None
        if x.get("type") == "unavailable":
            room.there.pop(jid, None)
            if room.coming.get(jid) == "out":
                del room.coming[jid]
            return None
        room.there[jid] = nick_of(x)
        if room.coming.get(jid) == "in":
            del room.coming[jid]
        if jid == room.owner and room.state == "new" and not room.waits:
            return self.configure(room)
        return None

    def lost(self):
        """
        The link, or mucd, was. What was asked and not answered may be done or not; those who were coming or
        going say so again. Returns what is to be said when there is a link again.
        """
        again = []
        self.asked.clear()
        self.fences.clear()
        for room in self.rooms:
            room.waits = 0
            if room.state == "ending":
                room.state = "gone"
            if room.state == "gone":
                room.coming.clear()
            for jid, way in list(room.coming.items()):
                again.append(self.enter(room, jid) if way == "in" else self.leave(room, jid))
            if room.state == "new" and room.owner in room.there:
                again.append(self.configure(room))
        return again

    def settled(self):
        """All is answered: who said twice that he goes was gone at the first."""
        for room in self.rooms:
            for jid in [j for j, way in room.coming.items() if way == "out"]:
                del room.coming[jid]
                room.there.pop(jid, None)


def run(load, link, steps, rng, most=8, is_over=lambda: False):
    """
    Says so many things, in bursts, and takes what is told meanwhile; fewer, if nobody can do anything and is_over().
    False: the link has ended.
    """
    left, since = steps, time.monotonic()
    try:
        while left > 0 and not link.ended:
            burst = []
            for _ in range(min(left, rng.randint(1, most))):
                said = load.step()
                if said is None:
                    break
                burst.append(said)
            left -= len(burst)
            if burst:
                since = time.monotonic()
            elif is_over():
                break
            elif time.monotonic() > since + PATIENCE:
                raise Failure("nobody can do anything: %s" % [vars(r) for r in load.rooms if r.state != "gone"])
            if burst:
                link.send("".join(burst))
            take(load, link, 0.003 if burst else 0.05)
            if rng.random() < 0.05:
                link.send("".join(load.fences))
                load.fences.clear()
                load.holds_fences = rng.random() < 0.4
    except OSError:
        link.ended = True
    return not link.ended


def take(load, link, timeout):
    """What mucd has said by now."""
    while link.fill(timeout):
        timeout = 0
    back = [b for b in (load.told(x) for x in link.all()) if b]
    if back:
        link.send("".join(back))


def settle(load, link, seconds=PATIENCE):
    """Until mucd has answered a last question."""
    end = time.monotonic() + seconds
    ident = "last%d" % load.fresh()
    try:
        load.holds_fences = False
        link.send("".join(load.fences) + "<iq type='get' id='%s' from='p@x.org/r' to='%s'>"
                  "<ping xmlns='urn:xmpp:ping'/></iq>" % (ident, DOMAIN))
        load.fences.clear()
        while time.monotonic() < end and not link.ended:
            take(load, link, 0.1)
            if load.last == ident:
                load.settled()
                return True
    except OSError:
        link.ended = True
    return False
