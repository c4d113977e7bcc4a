#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
soak.t - a long time of mixed load, and mucd is as large as before

Rooms are made, configured, talked in and destroyed, strangers come and go and never come again, affiliations
change, archives are read, services looked at, the configuration is read again and the link is lost now and
then. After a warm-up, memory (RssAnon) stays within 5 %, but for two steps, no descriptor is left open, and the
database holds what retention says and its file does not grow.

SOAK_S: seconds, instead of the short form; SEED.
"""
import json
import os
import random
import sys
sys.dont_write_bytecode = True
sys.path.append(os.path.dirname(os.path.abspath(__file__)) + "/torture")
from muctest import *
import load as loads

SEED = int(os.environ.get("SEED") or 1)
SECONDS = int(os.environ.get("SOAK_S") or 0) or 120
KEPT = 60               # messages of a room
ROOMS = 6
TOMBSTONES = 20
CHANGES = 50
SAMPLES = 30
WARM = 12               # of these come first and do not count
PER_S = 400             # things said, at most
SETTINGS = loads.UNLIMITED + """
archive_entries_per_room = %d
tombstones = %d
changes_per_room = %d
""" % (KEPT, TOMBSTONES, CHANGES)


class Churn(loads.Load):
    """Clients are replaced by others, when they are in no room."""

    def strangers(self):
        used = {jid for r in self.rooms if r.state != "gone"
                for jid in list(r.there) + list(r.coming) + [r.owner]}
        self.rooms = [r for r in self.rooms if r.state != "gone"]
        for i, jid in enumerate(self.clients):
            if jid not in used and self.rng.random() < 0.5:
                self.clients[i] = "u%d@x.org/r" % self.fresh()
                self.count["stranger"] += 1

    def questions(self):
        room = self.rng.choice(self.rooms).jid
        nick = "<ping xmlns='urn:xmpp:ping'/>"
        disco = "<query xmlns='%s'/>" % NS["disco"]
        archive = ("<query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>20</max>"
                   "<before/></set></query>")
        yield "get", DOMAIN, nick
        yield "get", room, disco
        yield "get", DOMAIN, "<query xmlns='http://jabber.org/protocol/disco#items'/>"
        yield "set", room, archive
        yield "get", room, "<query xmlns='%s'><item affiliation='member'/></query>" % NS["admin"]

    def ask(self):
        return "".join("<iq type='%s' id='q%d' from='%s' to='%s'>%s</iq>" % (
            kind, self.fresh(), self.rng.choice(self.clients), to, inner)
            for kind, to, inner in self.questions())


def counted(mucd):
    """How many records the tables have."""
    done = subprocess.run([MUCCTL, "db", "stat", "-j", "-d", mucd.database], stdout=subprocess.PIPE, text=True)
    return {t["table"]: t["records"] for t in json.loads(done.stdout)["tables"]}


def descriptors(mucd):
    return len(os.listdir("/proc/%d/fd" % mucd.proc.pid))


def soak():
    rng = random.Random(SEED)
    diag("SEED=%d, %d s" % (SEED, SECONDS))
    host = Fake()
    mucd = Mucd(host.components(), SETTINGS, attach=False)
    link = host.attach()
    load = Churn(rng, nrooms=ROOMS, nclients=20, sizes=(10, 100, 300, 1000, 4000))
    rss, fds, sizes = [], [], []
    began = time.monotonic()
    steps = 0
    for n in range(SAMPLES):
        end = began + SECONDS * (n + 1) / SAMPLES
        while time.monotonic() < end:
            loads.run(load, link, 40, rng)
            steps += 40
            load.strangers()
            if load.rooms and not link.ended:
                link.send(load.ask())
            time.sleep(max(0, began + steps / PER_S - time.monotonic()))
        if n % 3 == 0:
            mucd.proc.send_signal(signal.SIGHUP)
            link.close()
            link = host.attach()
            link.send("".join(load.lost()))
        if not loads.settle(load, link):
            raise Failure("mucd does not answer: " + mucd.tail())
        time.sleep(0.3)
        loads.take(load, link, 0)
        rss.append(mucd.rss())
        # One that is in use just now is closed again.
        until(lambda: n < WARM or descriptors(mucd) <= max(fds[:WARM]))
        fds.append(descriptors(mucd))
        sizes.append(os.path.getsize(mucd.database + "/data.mdb"))
    diag("%d things said, %s" % (steps, ", ".join("%d %s" % (v, k) for k, v in sorted(load.count.items()))))
    diag("RssAnon, KiB: %s" % rss)
    diag("descriptors: %s; file, KiB: %s" % (sorted(set(fds)), [s // 1024 for s in sizes[::5]]))
    half = WARM + (SAMPLES - WARM) // 2
    first, last = sorted(rss[WARM:half]), sorted(rss[half:])
    first, last = first[len(first) // 2], last[len(last) // 2]
    # A burst greater than any before can leave the heap larger, at any time; what leaks comes back for more.
    bursts = sorted(max(0, b - a) for a, b in zip(rss[WARM:], rss[WARM + 1:]))[-2:]
    ok(last - sum(bursts) <= first * 1.05, "memory is flat: %d KiB, then %d; in two steps %s" % (first, last, bursts))
    ok(max(fds[WARM:]) <= max(fds[:WARM]), "no descriptor is left open")
    same(sizes[-1], sizes[half], "the database does not grow")
    said = load.count["message"]

    def is_swept(found):
        # Of each tombstone there are three: by name, by time, by who made it one.
        return (found["archive"] <= ROOMS * KEPT,
                found["names"] <= ROOMS and found["rooms"] <= ROOMS and found["gone"] <= 3 * TOMBSTONES,
                found["changes"] <= ROOMS * CHANGES and found["told"] < 20 and found["dead"] == 0)
    until(lambda: all(is_swept(counted(mucd))), step=0.5)
    found = counted(mucd)
    archive, rooms, rest = is_swept(found)
    diag(", ".join("%d %s" % (v, k) for k, v in sorted(found.items()) if v))
    ok(archive and ROOMS * KEPT < said / 4, "of %d messages those are kept that are to be: %d" % (
        said, found["archive"]))
    ok(rooms, "of %d rooms that were destroyed only names are left, and few" % load.count["destroy"])
    ok(rest, "nothing else is left over")
    same(host.end(mucd), 0, "mucd ends well")


main([soak], 120 + 2 * SECONDS)
