#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
torture.t - whatever happens, in any order, and all see one room

Many clients enter, talk, configure and leave, and meanwhile, at random moments: mucd is killed (SIGKILL, or
by a shim before, within or behind the Nth write, sync or send), stopped for a while, its disk is full, its
database may not grow, a write or sync fails, its clock jumps both ways, the machine sleeps; the link is cut in
the middle of a stanza, the server does not read, says nothing for a while, or is gone and comes back
without some of its clients. After each of them all is let calm down, and then:

every change that was acknowledged is there, the views of all who are in a room are one, and what somebody sees
who enters then; the archive has what each has heard, all of it and nothing else, in that order; nothing came
twice that a fence stood behind, and what did was the same, with the same id and stanza-id; nobody who
was there was told to have gone. A database that a dead mucd has left opens and is sound.

TORTURE_S: seconds, instead of the short form; SEED.
"""
import collections
import contextlib
import errno
import os
import random
import sys
sys.dont_write_bytecode = True
sys.path.append(os.path.dirname(os.path.abspath(__file__)) + "/torture")
from muctest import *
from shim import *
from crowd import Crowd, MAM, RSM
import load as loads

SEED = int(os.environ.get("SEED") or 1)
LONG = int(os.environ.get("TORTURE_S") or 0)
SECONDS = LONG or 18
SETTINGS = loads.UNLIMITED + """
history_stanzas = 20
fence_ms = 20
doubt_wait_s = 0
doubt_per_s = 10000
doubt_per_domain_s = 10000
"""
MAP = "database_max = %d\n"
BIG = 1 << 36
# At least so many, in the end.
LOOKED_AT = (("view", 100), ("archived message", 500), ("affiliation", 50))


class World:
    def __init__(self, rng):
        self.rng = rng
        self.shim = Shimmed(record=False)
        self.host = Fake(rcvbuf=65536)
        self.crowd = Crowd(rng, nrooms=3, nclients=10, sizes=(10, 10, 100, 300, 1000))
        self.mucd = self.shim.mucd(self.host.components(), SETTINGS + MAP % BIG, attach=False)
        self.link = self.host.attach()
        self.deaths = ()
        self.faults = collections.Counter()
        self.checks = collections.Counter()

    # -- going on --

    def attach(self):
        """False: mucd has died meanwhile."""
        self.link.close()
        end = time.monotonic() + PATIENCE
        while self.mucd.runs():
            try:
                self.link = self.host.attach(0.5)
                self.link.send("".join(self.crowd.lost()))
                return True
            except TimeoutError:
                if time.monotonic() > end:
                    raise Failure("mucd does not attach: " + self.mucd.tail())
            except (OSError, Failure):
                time.sleep(0.05)
        return False

    def started(self):
        """Again, after a death; what was left is looked at."""
        while True:
            if self.mucd.proc.returncode not in self.deaths:
                self.crowd.complain("mucd ended with %s: %s" % (self.mucd.proc.returncode, self.mucd.tail(5)))
            found, complaints = self.shim.look("-f", "/dev/null", self.mucd.database)
            self.checks["database"] += 1
            if found["wrong"]:
                self.crowd.complain("the database that was left: " + "; ".join(complaints[:5]))
            self.shim.switches.disarm()
            self.mucd.start(attach=False)
            if self.attach():
                return

    def talk(self, steps):
        """True: mucd and the link are there afterwards."""
        for _ in range(0, steps, 20):
            if not self.mucd.runs() or not loads.run(self.crowd, self.link, 20, self.rng):
                return False
        return self.mucd.runs()

    def recover(self):
        """From what may have ended mucd, or the link."""
        if self.link.ended:
            until(lambda: not self.mucd.runs(), 0.05, 0.005)
        if not self.mucd.runs() or self.link.ended and not self.attach():
            self.started()

    # -- faults --

    def kill(self):
        """What mucd has told in its last turns dies in the socket, too."""
        for _ in range(self.rng.randint(0, 5)):
            for _ in range(self.rng.randint(1, 8)):
                said = self.crowd.step()
                if said:
                    self.link.send(said)
            time.sleep(self.rng.uniform(0, 0.02))
        self.mucd.kill()
        self.started()

    def stop(self):
        self.mucd.proc.send_signal(signal.SIGSTOP)
        time.sleep(self.rng.uniform(0.05, 0.3))
        loads.run(self.crowd, self.link, 40, self.rng, is_over=lambda: True)
        time.sleep(self.rng.uniform(0.05, 1.0 if LONG else 0.3))
        self.mucd.proc.send_signal(signal.SIGCONT)

    def cut(self):
        """In the middle of a stanza, which is not whole then and not handled."""
        half = self.crowd.say(self.rng.choice([r for r in self.crowd.rooms if r.there]), "nobody@x.org/r")
        self.link.send(half[:self.rng.randint(1, len(half) - 1)])
        if self.rng.random() < 0.5:
            # With an RST, and whatever mucd has on its way is lost.
            self.link.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.attach()

    def deaf(self):
        """The server writes and does not read."""
        for _ in range(self.rng.randint(5, 40)):
            said = self.crowd.step()
            if said:
                self.link.send(said)
        time.sleep(self.rng.uniform(0.1, 1.5 if LONG else 0.5))

    def mute(self):
        """It reads, and returns no fence."""
        self.crowd.holds_fences = True
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            loads.take(self.crowd, self.link, 0.05)

    def restart(self):
        """The server ends, and when it comes back some clients do not."""
        owners = {r.owner for r in self.crowd.rooms if r.state != "gone"}
        others = [c for c in self.crowd.clients if c not in owners]
        self.crowd.server_lost(self.rng.sample(others, len(others) // 2))
        self.host.listener.close()
        self.link.close()
        time.sleep(self.rng.uniform(0.05, 0.4))
        self.host.listen()
        self.attach()

    def burst(self, kb):
        """So much is said in one room. False: there is none."""
        live = [r for r in self.crowd.rooms if r.state == "there" and r.owner in r.there]
        if not live:
            return False
        room = self.rng.choice(live)
        was, self.crowd.sizes = self.crowd.sizes, (8000,)
        for _ in range(kb // 32):
            with contextlib.suppress(OSError):
                self.link.send("".join(self.crowd.say(room, room.owner) for _ in range(4)))
                loads.take(self.crowd, self.link, 0)
        self.crowd.sizes = was
        return True

    def full_disk(self):
        before = self.shim.switches.get("nfull")
        self.shim.switches.set(is_full=1)
        if self.burst(100):
            until(lambda: self.shim.switches.get("nfull") > before)
        end = time.monotonic() + self.rng.uniform(0.1, 1.5 if LONG else 0.3)
        while time.monotonic() < end:
            loads.take(self.crowd, self.link, 0.05)
        self.faults["calls that found the disk full"] += self.shim.switches.get("nfull") - before
        self.shim.switches.set(is_full=0)

    def full_map(self):
        """The database may not grow; what is beyond is refused, or waits."""
        # What is said before is kept.
        loads.settle(self.crowd, self.link)
        size = os.path.getsize(self.mucd.database + "/data.mdb")
        first = self.crowd.number
        self.configure(size)
        self.burst(1000)
        loads.take(self.crowd, self.link, 0.3)
        self.configure(BIG)
        loads.settle(self.crowd, self.link)
        self.crowd.scarce.append((first, self.crowd.number))

    def configure(self, size):
        self.mucd.write(self.host.components(), SETTINGS + MAP % size)
        count = self.mucd.count("read again|halted|no room")
        self.mucd.proc.send_signal(signal.SIGHUP)
        until(lambda: self.mucd.count("read again|halted|no room") > count)

    def clock(self):
        hours = self.rng.choice((-24, -1, 1, 24)) + self.rng.random()
        self.shim.switches.set(wall_ms=self.shim.switches.get("wall_ms") + int(hours * 3600000))

    def sleep(self):
        """CLOCK_BOOTTIME counts a machine's sleep."""
        self.shim.switches.set(boot_ms=self.shim.switches.get("boot_ms") + self.rng.randint(1000, 40000))

    def call(self):
        deed, calls, error, most = self.rng.choice((
            (KILL, (WRITE, SYNC, RESERVE), 0, 100), (TEAR, (WRITE,), 0, 80), (AFTER, (WRITE, SYNC), 0, 100),
            (KILL, (SEND,), 0, 30), (TEAR, (SEND,), 0, 30), (AFTER, (SEND,), 0, 30),
            (FAIL, (WRITE,), errno.EIO, 80), (SHORT, (WRITE,), 0, 80), (FAIL, (SYNC,), errno.EIO, 10),
            (FAIL, (SEND,), errno.EPIPE, 30), (SHORT, (SEND,), 0, 30), (FAIL, (WRITE,), errno.ENOSPC, 80),
            (FAIL, (LAST,), errno.ENOSPC, 20), (DONE, (LAST,), errno.ENOSPC, 20), (FILL, (LAST,), errno.ENOSPC, 20),
            (FAIL, (SYNC,), errno.ENOSPC, 10)))
        goes_on = error == errno.ENOSPC or deed == SHORT
        if goes_on:
            self.deaths = ()
        self.shim.switches.set(ndeeds=0)
        self.shim.switches.arm(deed, calls, self.rng.randint(1, most), error)
        for _ in range(8):
            if not self.talk(40) or self.shim.switches.get("ndeeds"):
                break
        self.shim.switches.disarm()
        if goes_on:
            until(lambda: not self.mucd.runs(), 1.3)
        self.shim.switches.set(is_full=0)

    FAULTS = (kill, stop, cut, deaf, mute, restart, full_disk, full_map, clock, sleep, call, call, call)

    def fault(self, what):
        # How mucd may end by it.
        self.deaths = {"call": {-signal.SIGKILL, 1}, "kill": {-signal.SIGKILL}}.get(what.__name__, ())
        self.talk(self.rng.randint(20, 120))
        what(self)
        if what.__name__ != "call" or self.shim.switches.get("ndeeds"):
            self.faults[what.__name__] += 1
        self.talk(20)
        self.recover()

    # -- and then --

    def iq(self, kind, frm, to, query):
        ident = "wait%d" % self.crowd.fresh()
        self.link.send("<iq type='%s' id='%s' from='%s' to='%s'>%s</iq>" % (kind, ident, frm, to, query))
        end = time.monotonic() + PATIENCE
        while ident not in self.crowd.answers and time.monotonic() < end and not self.link.ended:
            loads.take(self.crowd, self.link, 0.1)
        if ident not in self.crowd.answers:
            raise Failure("no answer to %s of %s: %s" % (query, to, self.mucd.tail()))
        return self.crowd.answers.pop(ident)

    def quiet(self):
        """mucd has answered all, has found out who is gone, and every fence has come back."""
        for attempt in range(100):
            if not loads.settle(self.crowd, self.link):
                if self.link.ended or not self.mucd.runs():
                    self.recover()
                    continue
                raise Failure("mucd does not answer: " + self.mucd.tail())
            before = self.crowd.count["told presence"], self.crowd.count["told message"]
            end = time.monotonic() + 0.1
            while time.monotonic() < end:
                loads.take(self.crowd, self.link, 0.03)
            loads.settle(self.crowd, self.link)
            calm = before == (self.crowd.count["told presence"], self.crowd.count["told message"])
            wrong, self.crowd.wrong = self.crowd.wrong, []
            for room in self.live():
                self.crowd.compare(room)
            good, self.crowd.wrong = not self.crowd.wrong, wrong
            if calm and (good or attempt > 20):
                return

    def live(self):
        return [r for r in self.crowd.rooms if r.state == "there" and r.owner in r.there]

    def look(self):
        self.quiet()
        crowd = self.crowd
        for room in self.live():
            self.checks["view"] += crowd.compare(room)
        if not self.live():
            return
        room = self.rng.choice(self.live())
        self.enter(room)
        entries, after = [], ""
        while True:
            crowd.results.clear()
            fin = self.iq("set", "late@x.org/r", room.jid, "<query xmlns='%s'><set xmlns='%s'>%s</set></query>" %
                          (MAM, RSM, after))
            if fin.get("type") != "result":
                crowd.complain("the archive of %s cannot be read: %s" % (room.jid, condition(fin)))
                return
            entries += crowd.results
            if fin.find("{%s}fin" % MAM).get("complete") == "true":
                break
            after = "<after>%s</after>" % fin.find(".//{%s}last" % RSM).text
        crowd.archived(room, [e for e in entries if e[3] is not None])
        self.checks["archived message"] += len(entries)
        for affiliation in ("member", "admin", "outcast"):
            got = self.iq("get", room.owner, room.jid, "<query xmlns='%s'><item affiliation='%s'/></query>" %
                          (NS["admin"], affiliation))
            for item in got.iter("{%s}item" % NS["admin"]):
                crowd.holds(room, item.get("jid"), affiliation)
                self.checks["affiliation"] += 1
        got = self.iq("get", room.owner, room.jid, "<query xmlns='%s'/>" % NS["disco"])
        crowd.holds(room, "name", got.find(".//{%s}identity" % NS["disco"]).get("name"))
        loads.settle(crowd, self.link)
        crowd.calm()

    def enter(self, room):
        """Somebody enters, sees the same, and leaves."""
        crowd, jid = self.crowd, "observer@x.org/r"
        self.link.send(crowd.enter(room, jid))
        loads.settle(crowd, self.link)
        if jid not in room.there:
            crowd.complain("the observer cannot enter " + room.jid)
        crowd.compare(room)
        self.checks["observer"] += 1
        self.link.send(crowd.leave(room, jid))
        loads.settle(crowd, self.link)

    def close(self):
        self.mucd.kill()


def writing():
    """The link is lost when mucd writes, and nothing else is going on that would wake it."""
    shim = Shimmed(record=False)
    host = Fake()
    mucd = shim.mucd(host.components(), "fence_bytes = 0\n", attach=False)
    link = host.attach()
    for error in (errno.EPIPE, errno.ECONNRESET):
        time.sleep(0.2)
        shim.switches.arm(FAIL, (SEND,), 1, error)
        link.send("<iq type='get' id='a' from='romeo@localhost/r' to='%s'><ping xmlns='urn:xmpp:ping'/></iq>" %
                  DOMAIN)
        until(lambda: shim.switches.get("ndeeds"))
        shim.switches.set(ndeeds=0)
        began = time.monotonic()
        link.close()
        with contextlib.suppress(TimeoutError):
            link = host.attach()
        took = time.monotonic() - began
        # Without anything else poll(2) wakes it after 30 s.
        ok(took < 20, "a link that was lost in writing (%s) is there again after %.1f s" % (
            errno.errorcode[error], took))
    same(host.end(mucd), 0, "mucd ends well")


def halted():
    """An operator lets a database that has no room grow, and mucd goes on."""
    host = Fake()
    mucd = Mucd(host.components(), SETTINGS + MAP % (1 << 20), attach=False)
    link = host.attach()
    crowd = Crowd(random.Random(SEED), nrooms=40, sizes=(1000,))
    for _ in range(400):
        loads.run(crowd, link, 20, crowd.rng, is_over=lambda: mucd.count("has no room"))
        if mucd.count("has no room"):
            break
    ok(mucd.says("has no room"), "a database has grown to database_max")
    mucd.write(host.components(), SETTINGS + MAP % BIG)
    mucd.proc.send_signal(signal.SIGHUP)
    ok(mucd.says("there is room again"), "which is raised, and mucd goes on")
    ok(loads.settle(crowd, link), "and answers")
    same(host.end(mucd), 0, "mucd ends well")


def torture():
    rng = random.Random(SEED)
    diag("SEED=%d, %d s" % (SEED, SECONDS))
    world = World(rng)
    world.talk(100)
    end = time.monotonic() + SECONDS
    order = []
    history = []
    complained = 0

    def enough():
        """There are also machines on which a fault takes seconds."""
        n = sum(world.faults.values()) - world.faults["calls that found the disk full"]
        return n >= 12 and len(world.faults) >= 10 and all(world.checks[what] > least for what, least in LOOKED_AT)

    def complaints():
        return "after %s:\n%s" % (", ".join(history[-3:]), "\n".join(world.crowd.wrong[:8]))

    try:
        while time.monotonic() < end or not enough():
            if not order:
                order = list(World.FAULTS)
                rng.shuffle(order)
            fault = order.pop()
            history.append(fault.__name__)
            world.fault(fault)
            world.look()
            if world.crowd.wrong and complained < 10:
                complained += 1
                diag(complaints())
                world.checks["wrong"] += len(world.crowd.wrong)
                world.crowd.wrong.clear()
    except Exception:
        diag(complaints())
        raise
    for name, n in sorted(world.faults.items()):
        diag("%5d %s" % (n, name))
    counts = world.crowd.count
    found = world.faults.pop("calls that found the disk full", 0)
    ok(found > 0 or not world.faults["full_disk"], "%d calls have found the disk full" % found)
    diag("said %d, heard %d, of these %d again; questions answered %d, refused %d" % (
        counts["message"], counts["heard"], counts["again"], counts["question"], counts["refused"]))
    diag("compared: %s" % ", ".join("%d of %s" % (n, what) for what, n in sorted(world.checks.items())))
    ok(sum(world.faults.values()) >= 10 and len(world.faults) >= 8, "%d faults of %d kinds" % (
        sum(world.faults.values()), len(world.faults)))
    same(world.checks["wrong"] + len(world.crowd.wrong), 0, "and all see one room, and lost nothing of it")
    ok(all(world.checks[what] > least for what, least in LOOKED_AT),
       "that was looked at: %d views, %d archived messages, %d affiliations" % (
           world.checks["view"], world.checks["archived message"], world.checks["affiliation"]))
    same(world.host.end(world.mucd), 0, "mucd ends well")


main([writing, halted, torture], 120 + 2 * SECONDS)
