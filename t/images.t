#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
images.t - power fails at any moment, calls fail, and nothing that was told is lost

A shim (torture/shim.c) logs each write, reservation and sync of the database, and all that is said on the
link, while many clients enter, talk, configure, destroy. A checker (torture/images.c) makes of the log every
image of the file that there was, those with unsynced writes dropped, and some with any of their sectors
dropped: each opens, is sound, and has everything that had been told by then; a service that starts on it
tells again what no fence stands behind.

Then the shim has the Nth call fail, come short, or end mucd before, in the middle of or after it: the file
that it leaves has everything that was told, and mucd goes on with it. After a sync that failed nothing more
is written.

TORTURE_S: seconds, instead of the short form; SEED.
"""
import errno
import os
import random
import sys
sys.dont_write_bytecode = True
sys.path.append(os.path.dirname(os.path.abspath(__file__)) + "/torture")
from muctest import *
from shim import *
import load as loads

SEED = int(os.environ.get("SEED") or 1)
LONG = int(os.environ.get("TORTURE_S") or 0)
SETTINGS = """
rate_per_s = 1000000
rate_burst = 1000000
room_messages_per_s = 1000000
domain_per_s = 1000000
notices_per_min = 1000000
fence_ms = 20
"""


def good(found, complaints, what):
    if not ok(found["wrong"] == 0, what):
        diag("\n".join(complaints[:60]))


def speak(load, link, switches, times, rng):
    """So many times a little is said and mucd commits it: all at once, after it has stood still, is one image."""
    switches.arm(NOTHING, (LAST,), 1 << 40)  # counts them
    for _ in range(times):
        before = switches.get("done")
        if not loads.run(load, link, 10, rng):
            return False
        until(lambda: loads.take(load, link, 0.01) or switches.get("done") > before, 5)
    switches.disarm()
    return True


def powers(rng):
    """Every image of one run of mucd, from its very first call on."""
    shim = Shimmed()
    host = Fake()
    mucd = shim.mucd(host.components(), SETTINGS, attach=False)
    link = host.attach()
    load = loads.Load(rng, nclients=8, sizes=(10, 100, 1000, 6000, 20000))
    ok(speak(load, link, shim.switches, 250 if LONG else 50, rng), "mucd serves")
    ok(loads.settle(load, link), "and answers")
    mucd.kill()
    diag(dict(load.count))
    found, complaints = shim.images(SEED, 4 if LONG else 2)
    diag(" ".join("%s %d" % pair for pair in found.items()))
    good(found, complaints, "%d images, %d of them of the disk, %d more of what may be on it: %d things "
         "that were told are there" % (found["images"], found["synced"], found["maybe"],
                                       found["registers"] + found["messages"]))
    ok(found["images"] > 500 and found["started"] > 50 and found["again"] > 1000 and found["opened"] > 10,
       "on %d of them a service started, and told %d stanzas again; %d were opened by mucd" % (
           found["started"], found["again"], found["opened"]))
    shim.close()


# What befalls which calls, how late at most, and how mucd takes it: it dies, ends by itself, or goes on.
DIES, ENDS, GOES = "dies", "ends", "goes on"
ENOUGH = 24  # more than there are kinds
KINDS = 8
FAULTS = (
    (KILL, (WRITE, SYNC, RESERVE), 0, 120, {DIES}),
    (TEAR, (WRITE,), 0, 100, {DIES}),
    (AFTER, (WRITE, SYNC), 0, 120, {DIES}),
    (KILL, (SEND,), 0, 30, {DIES}),
    (TEAR, (SEND,), 0, 30, {DIES}),
    (AFTER, (SEND,), 0, 30, {DIES}),
    (FAIL, (WRITE,), errno.EIO, 100, {ENDS}),
    (FAIL, (LAST,), errno.EIO, 12, {ENDS}),
    (DONE, (LAST,), errno.EIO, 12, {ENDS}),
    (SHORT, (WRITE,), 0, 100, {GOES}),
    (FAIL, (SYNC,), errno.EIO, 12, {ENDS}),
    (FAIL, (SYNC,), errno.ENOSPC, 12, {GOES}),
    (FAIL, (LAST,), errno.ENOSPC, 12, {GOES}),
    (SHORT, (LAST,), 0, 12, {GOES}),
    (DONE, (LAST,), errno.ENOSPC, 12, {GOES}),
    (FILL, (LAST,), errno.ENOSPC, 12, {GOES}),
    (FAIL, (SEND,), errno.ECONNRESET, 30, {GOES}),
    (SHORT, (SEND,), 0, 30, {GOES}),
    (FAIL, (WRITE,), errno.ENOSPC, 100, {GOES}),
    (FAIL, (RESERVE,), errno.ENOSPC, 3, {GOES}),
)
NAMES = {KILL: "killed before", TEAR: "killed within", AFTER: "killed behind", FAIL: "failed", SHORT: "short",
         DONE: "failed when done", FILL: "filled the disk"}
CALLS = {WRITE: "write", SYNC: "sync", RESERVE: "reserve", SEND: "send", LAST: "last write"}


class Series:
    """One database through many faults."""

    def __init__(self, rng):
        self.rng = rng
        self.shim = Shimmed()
        self.host = Fake()
        self.load = loads.Load(rng, nclients=8, sizes=(10, 10, 100, 100, 1000, 6000))
        self.mucd = self.shim.mucd(self.host.components(), SETTINGS, attach=False)
        self.link = self.host.attach()

    def attach(self):
        """The first to knock may be one that has died since."""
        self.link.close()
        end = time.monotonic() + PATIENCE
        while self.mucd.runs() and time.monotonic() < end:
            try:
                self.link = self.host.attach(0.5)
                self.link.send("".join(self.load.lost()))
                return True
            except (OSError, Failure):
                continue
        return False

    def hit(self, fault, at_start):
        """Returns how mucd has taken it, None if it did not come to that, and what is wrong."""
        deed, calls, error, latest, outcomes = fault
        switches = self.shim.switches
        mark = len(self.mucd.log())
        if at_start:
            self.mucd.kill()
        switches.arm(deed, calls, self.rng.randint(1, 4 if at_start else latest), error)
        if at_start:
            self.mucd.start(attach=False)
            if until(lambda: not self.mucd.runs() or select.select([self.host.listener], [], [], 0)[0]):
                self.mucd.runs() and self.attach()
        for _ in range(12):
            if self.mucd.runs() and not self.link.ended:
                loads.run(self.load, self.link, 20, self.rng)
            if switches.get("ndeeds") or not self.mucd.runs() or self.link.ended:
                break
        switches.disarm()
        # What has begun by now may still be hit.
        until(lambda: not switches.get("within") or not self.mucd.runs())
        was_hit = switches.get("ndeeds")
        switches.set(ndeeds=0)
        if was_hit and deed == FILL and self.rng.random() < 0.5:
            time.sleep(1.1)
        switches.set(is_full=0)
        if was_hit and deed in (KILL, TEAR, AFTER):
            self.mucd.proc.wait(PATIENCE)
        elif was_hit and (error == errno.ENOSPC or deed == SHORT and calls[0] != SEND):
            # It tries again after a second.
            until(lambda: not self.mucd.runs() or "there is room again" in self.mucd.log()[mark:], 3)
        elif was_hit and outcomes == {ENDS}:
            until(lambda: not self.mucd.runs())
        if not self.mucd.runs():
            found, complaints = self.shim.final(self.mucd.database)
            status = self.mucd.proc.returncode
            self.mucd.start(attach=False)
            if not self.attach():
                complaints.append("mucd does not start again: " + self.mucd.tail())
            how = DIES if status == -signal.SIGKILL else ENDS if status == 1 else "status %d" % status
        else:
            found, complaints, how = {"wrong": 0}, [], GOES
            if self.link.ended and not self.attach():
                complaints.append("mucd does not attach again")
        # That a link is lost may be seen only now.
        if not loads.settle(self.load, self.link) and not (
                self.link.ended and self.attach() and loads.settle(self.load, self.link)):
            complaints.append("it does not answer: " + self.mucd.tail())
        return how if was_hit else None, found["wrong"], complaints


def failing(rng):
    """Many faults; each is followed by a look at what is there, and by more of them."""
    count, wrong, surprises, looked = {}, 0, [], 0
    end = time.monotonic() + (LONG / 2 if LONG else 12)
    nimages = 0

    def goes_on():
        """A machine that has other things to do gets the time for enough of them."""
        return time.monotonic() < end or sum(count.values()) < ENOUGH or len(count) <= KINDS

    while goes_on():
        series = Series(rng)
        for n in range(40 if LONG else 26):
            fault = FAULTS[n % len(FAULTS)]
            how, nwrong, complaints = series.hit(fault, n // len(FAULTS) % 4 == 3)
            what = "%s %s" % ("/".join(CALLS[c] for c in fault[1]), NAMES[fault[0]])
            if fault[2]:
                what += ", " + errno.errorcode[fault[2]]
            if how is not None:
                count[what] = count.get(what, 0) + 1
                if how not in fault[4]:
                    surprises.append((what, how, series.mucd.tail(5)))
            if nwrong or complaints:
                wrong += 1
                diag("%s: %s" % (what, "\n".join(complaints[:20])))
            looked += 1
            if not goes_on():
                break
        series.mucd.kill()
        found, complaints = series.shim.images(SEED, 1)
        diag(" ".join("%s %d" % pair for pair in found.items()))
        if found["wrong"]:
            wrong += 1
            diag("\n".join(complaints[:60]))
        nimages += found["images"]
        close_all()
    for what, n in sorted(count.items()):
        diag("%4d %s" % (n, what))
    total = sum(count.values())
    ok(total >= ENOUGH, "%d faults, and the database looked at" % total)
    same(wrong, 0, "nothing was lost by any, nor would have been by a power failure then: %d images" % nimages)
    same(surprises[:3], [], "mucd goes on or ends, as it is to")
    ok(len(count) > KINDS, "of %d kinds" % len(count))


def images():
    rng = random.Random(SEED)
    diag("SEED=%d" % SEED)
    powers(rng)


def faults():
    rng = random.Random(SEED)
    diag("SEED=%d" % SEED)
    failing(rng)


main([images, faults], 150 + 20 * LONG)
