# SPDX-License-Identifier: ISC
"""
crowd.py - clients that remember what they see, and whether they see the same

Each session in a room has a view of it, made of what it was told: who is there with which affiliation and
role, and what was said. When all is calm the views of one room are one, and are what somebody sees who
enters then; what was said is what the archive has, from the oldest that a session heard to the end.

A session hears things in their order from each entering on. It is told that it enters also when that may have
been lost, and then its history may begin before what it has heard: it may have been in, gone, and in again.
"""
import collections

from load import Load, body
from muctest import NS, codes, local, nick_of

SID = "{urn:xmpp:sid:0}stanza-id"
DELAY = "{urn:xmpp:delay}delay"
MAM = "urn:xmpp:mam:2"
RSM = "http://jabber.org/protocol/rsm"


class View:
    def __init__(self):
        self.occupants = {}     # nick -> (affiliation, role)
        self.heard = {}         # stanza-id -> (nick, id, body)
        self.safe = set()       # of these a fence stands behind
        self.newest = ""        # of these that it was told since it was last told that it enters


class Crowd(Load):
    def __init__(self, rng, **more):
        super().__init__(rng, **more)
        self.views = {}         # (room, full JID) -> View
        self.ears = collections.defaultdict(set)    # the same -> stanza-ids, of all its stays
        self.registers = {}     # (room, what) -> [values asked for, how many up to the acknowledged one]
        self.means = {}         # id -> (register, which of its values)
        self.dead = set()       # full JIDs of clients that their server has lost
        self.answers = {}       # id -> the answer, for those who wait for it
        self.results = []       # of an archive
        self.scarce = []        # numbers from, to: said when the database was almost full
        self.wrong = []

    def complain(self, what):
        self.wrong.append(what)

    # -- what is asked --

    def ask(self, ident, room, what, value):
        reg = self.registers.setdefault((room.jid, what), [[None], 1])
        reg[0].append(value)
        self.means[ident] = (reg, len(reg[0]))

    def configure(self, room):
        said = super().configure(room)
        # The name takes a number, and then the request does.
        self.ask("config%d" % self.number, room, "name", "name %d" % (self.number - 1))
        return said

    def affiliate(self, room):
        jid = "m%d@y.org" % self.rng.randrange(30)
        affiliation = self.rng.choice(("member", "admin", "outcast", "none"))
        said = self.iq(room, room.owner, "affil", "<query xmlns='%s'><item jid='%s' affiliation='%s'/></query>" %
                       (NS["admin"], jid, affiliation))
        self.ask("affil%d" % self.number, room, jid, affiliation if affiliation != "none" else None)
        return said

    def rename(self, room, jid):
        room.coming[jid] = "nick"
        self.count["nick"] += 1
        return "<presence from='%s' to='%s/n%d'/>" % (jid, room.jid, self.rng.randrange(6))

    def kick(self, room, jid):
        room.coming[jid] = "kick"
        return self.iq(room, room.owner, "kick", "<query xmlns='%s'><item nick='%s' role='none'/></query>" %
                       (NS["admin"], room.there[jid]))

    def step(self):
        """Some take other nicknames, also of those who have just gone, or are thrown out."""
        rng, live = self.rng, [r for r in self.rooms if r.state == "there" and r.owner in r.there]
        room = rng.choice(live) if live else None
        inside = [c for c in room.there if c not in room.coming] if room else []
        dice = rng.random()
        if inside and dice < 0.06:
            return self.rename(room, rng.choice(inside))
        others = [c for c in inside if c != room.owner]
        if others and dice < 0.08:
            return self.kick(room, rng.choice(others))
        return super().step()

    def lost(self):
        """Who wanted another nickname does so still; who was thrown out hears of it, or was not."""
        waiting = {room: {jid: room.coming.pop(jid) for jid in list(room.coming)
                          if room.coming[jid] in ("nick", "kick")} for room in self.rooms}
        again = super().lost()
        for room, waits in waiting.items():
            if room.state != "gone":
                room.coming.update(waits)
                again += [self.rename(room, jid) for jid, way in waits.items() if way == "nick"]
        return again

    def settled(self):
        super().settled()
        for room in self.rooms:
            for jid in [j for j, way in room.coming.items() if way in ("nick", "kick")]:
                del room.coming[jid]

    # -- what is told --

    def told(self, x):
        kind, ident = local(x.tag), x.get("id")
        if kind == "iq" and x.get("type") == "get":
            return self.answer(x)
        if kind == "iq" and ident in self.means and x.get("type") == "result":
            reg, value = self.means.pop(ident)
            reg[1] = max(reg[1], value)
        if kind == "iq" and (ident or "").startswith("wait"):
            self.answers[ident] = x
        result = x.find("{%s}result" % MAM)
        if result is not None:
            m = result.find(".//{jabber:client}message")
            self.results.append((result.get("id"), nick_of(m), m.get("id"),
                                 m.findtext("{jabber:client}body")))
            return None
        if x.get("to") in self.dead:
            return None
        return super().told(x)

    def answer(self, x):
        """As a server does for a client that is there, or is not."""
        head = "id='%s' from='%s' to='%s'" % (x.get("id"), x.get("to"), x.get("from"))
        if x.get("to") in self.dead:
            return ("<iq type='error' %s><error type='cancel'><service-unavailable xmlns='%s'/></error></iq>" %
                    (head, NS["stanzas"]))
        self.count["question"] += 1
        what = "" if local(x[0].tag) == "ping" else "<query xmlns='%s'/>" % NS["disco"]
        return "<iq type='result' %s>%s</iq>" % (head, what)

    def told_presence(self, room, x):
        key = (room.jid, x.get("to"))
        nick, found = nick_of(x), x.findall(".//{%s}item" % NS["user"])
        if x.get("type") == "unavailable":
            if "332" in codes(x):
                self.complain("%s is told that the service ends" % x.get("to"))
            if "303" in codes(x):
                if key in self.views:
                    self.views[key].occupants.pop(nick, None)
                return None
            if "307" in codes(x) and "110" in codes(x):
                room.coming.pop(x.get("to"), None)
            if "110" in codes(x) or "333" in codes(x) and nick == room.there.get(x.get("to")):
                if "333" in codes(x):
                    self.complain("%s is told to have gone away" % x.get("to"))
                self.views.pop(key, None)
            elif key in self.views:
                self.views[key].occupants.pop(nick, None)
        elif x.get("type") is None and found:
            view = self.views.setdefault(key, View())
            view.occupants[nick] = (found[0].get("affiliation"), found[0].get("role"))
            if "110" in codes(x):
                view.newest = ""
                if room.coming.get(x.get("to")) == "nick":
                    del room.coming[x.get("to")]
        return super().told_presence(room, x)

    def told_message(self, room, x):
        sid = x.find(SID)
        if sid is None or x.get("type") != "groupchat" or body(x) is None:
            return
        key = (room.jid, x.get("to"))
        view = self.views.get(key)
        sid, what = sid.get("id"), (nick_of(x), x.get("id"), body(x))
        # When the link was lost it all comes again, also what was said in an earlier stay.
        is_new = sid not in self.ears[key]
        self.ears[key].add(sid)
        if view is None:
            if is_new:
                self.complain("%s is not in %s, and hears %s" % (x.get("to"), room.jid, what))
            return
        if is_new and sid < view.newest:
            self.complain("%s hears %s in %s after %s" % (x.get("to"), sid, room.jid, view.newest))
        view.newest = max(view.newest, sid)
        if sid not in view.heard:
            view.heard[sid] = what
            return
        self.count["again"] += 1
        if view.heard[sid] != what:
            self.complain("%s comes again, otherwise: %s, %s" % (sid, what, view.heard[sid]))
        if sid in view.safe and x.find(DELAY) is None:
            self.complain("%s comes to %s again, and a fence stood behind it" % (sid, x.get("to")))

    def calm(self):
        """All that was told has been taken, and mucd knows it."""
        for view in self.views.values():
            view.safe.update(view.heard)

    def server_lost(self, jids):
        """Their clients are gone, nobody has told mucd, and they come back as others."""
        for jid in jids:
            self.dead.add(jid)
            self.clients[self.clients.index(jid)] = "%s/r%d" % (jid.split("/")[0], self.fresh())
            for room in self.rooms:
                room.there.pop(jid, None)
                room.coming.pop(jid, None)
                self.views.pop((room.jid, jid), None)

    # -- is it one room? --

    def compare(self, room):
        """The views of those who are in; returns how many."""
        views = {jid: self.views.get((room.jid, jid)) for jid in room.there}
        there = {nick for nick in room.there.values()}
        for jid, view in views.items():
            if view is None:
                self.complain("%s is in %s and was told nothing" % (jid, room.jid))
            elif set(view.occupants) != there:
                self.complain("%s sees %s in %s, there are %s" % (
                    jid, sorted(view.occupants), room.jid, sorted(there)))
        known = [v.occupants for v in views.values() if v is not None]
        if any(o != known[0] for o in known):
            self.complain("in %s not all see the same: %s" % (room.jid, known))
        self.count["view"] += len(views)
        return len(views)

    def is_kept(self, ident):
        """An archive takes nothing more when there is little room, and rooms go on: mucd-rooms(7)."""
        return not any(a <= int(ident[1:]) <= b for a, b in self.scarce)

    def archived(self, room, entries):
        """What the archive has, against what each has heard."""
        entries = [e for e in entries if self.is_kept(e[2])]
        ids = [e[0] for e in entries]
        if ids != sorted(set(ids)):
            self.complain("the archive of %s is not in order" % room.jid)
        self.count["archived"] += len(ids)
        for jid in room.there:
            view = self.views.get((room.jid, jid))
            if view is None or not view.heard:
                continue
            heard = [(sid,) + what for sid, what in sorted(view.heard.items()) if self.is_kept(what[1])]
            if not heard:
                continue
            if heard[0][0] not in ids:
                self.complain("%s heard %s in %s, and the archive has it not" % (
                    jid, heard[0], room.jid))
                continue
            want = entries[ids.index(heard[0][0]):]
            if heard != want:
                missing = [w for w in want if w not in heard][:3]
                more = [h for h in heard if h not in want][:3]
                self.complain("%s heard otherwise in %s than the archive has: missing %s, more %s" % (
                    jid, room.jid, [m[:3] for m in missing], [m[:3] for m in more]))
            self.count["compared"] += len(want)

    def holds(self, room, what, value):
        """Was that asked for, and is it not older than what was acknowledged?"""
        values, acked = self.registers.get((room.jid, what), [[None], 1])
        self.count["register"] += 1
        if value not in values[acked - 1:]:
            self.complain("%s of %s is %s, acknowledged was %s" % (what, room.jid, value, values[acked - 1]))
