# SPDX-License-Identifier: ISC
"""
shim.py - mucd with shim.c between it and the kernel, and what looks through the log of that
"""
import mmap
import os
import re
import signal
import struct
import subprocess
import tempfile
import time

import muctest
from muctest import Failure, Mucd, OPEN, TOP

BUILD = os.path.abspath(os.environ.get("MUCD_BUILD", "build"))
SHIM = BUILD + "/t/torture/shim.so"
IMAGES = BUILD + "/t/torture/images"

# Where there is room, logs do not go through the disk.
SHM = "/dev/shm"
if not os.path.isdir(SHM) or muctest.shutil.disk_usage(SHM).free < 1 << 30:
    SHM = TOP

# enum call, enum deed of shim.h
WRITE, SYNC, TRUNCATE, RESERVE, NAME, SEND = range(6)
LAST = 8
NOTHING, FAIL, SHORT, KILL, TEAR, AFTER, DONE, FILL = range(8)


class Switches:
    """struct switches of shim.h"""
    LAYOUT = struct.Struct("=qqIIIiQQQQQ")
    FIELDS = ("wall_ms", "boot_ms", "is_full", "deed", "calls", "error", "nth", "done", "ndeeds", "nfull",
              "within")
    OFFSETS = dict(zip(FIELDS, (0, 8, 16, 20, 24, 28, 32, 40, 48, 56, 64)))

    def __init__(self, path):
        self.path = path
        with open(path, "wb") as f:
            f.write(bytes(self.LAYOUT.size))
        fd = os.open(path, os.O_RDWR)
        self.map = mmap.mmap(fd, self.LAYOUT.size)
        os.close(fd)

    def get(self, name):
        return dict(zip(self.FIELDS, self.LAYOUT.unpack(self.map[:])))[name]

    def set(self, **values):
        """Field by field: mucd counts in it meanwhile."""
        for name, value in values.items():
            kind = "=" + "qqIIIiQQQQQ"[self.FIELDS.index(name)]
            struct.pack_into(kind, self.map, self.OFFSETS[name], value)

    def arm(self, deed, calls, nth, error=0):
        """What befalls the nth such call from now on."""
        bits = 0
        for call in calls:
            bits |= 1 << call
        self.set(nth=0)
        self.set(deed=deed, calls=bits, error=error, done=0)
        self.set(nth=nth)

    def disarm(self):
        self.set(nth=0)


class Between(Mucd):
    """A mucd that is killed between two calls: what the log has of a call is whole."""

    def __init__(self, switches, *args, **kwargs):
        self.switches = switches
        super().__init__(*args, **kwargs)

    def kill(self):
        while self.runs():
            self.proc.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, self.proc.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            if not self.switches.get("within"):
                break
            self.proc.send_signal(signal.SIGCONT)
            time.sleep(0.0005)
        super().kill()


class Shimmed:
    """A folder for the log and the switches of one mucd; closed by close_all()."""

    def __init__(self, record=True):
        self.dir = tempfile.mkdtemp(prefix="mucd-shim-", dir=SHM)
        OPEN.append(self)
        self.log = self.dir + "/log"
        self.switches = Switches(self.dir + "/switches")
        self.env = {"LD_PRELOAD": SHIM, "TORTURE_SWITCHES": self.switches.path}
        if record:
            self.env["TORTURE_LOG"] = self.log
        self.scratch = self.dir + "/scratch"
        os.mkdir(self.scratch)

    def mucd(self, components, settings="", attach=True):
        return Between(self.switches, components, settings, attach=attach, env=self.env)

    def look(self, *args, limit=600):
        """Runs images; returns its numbers by name, and what it has to complain of."""
        argv = [IMAGES] + [str(a) for a in args] + [self.scratch]
        done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=limit,
                              text=True, errors="replace")
        last = re.findall(r"^images \d.*$", done.stdout, re.M)
        if not last:
            raise Failure("%s: %d: %s" % (argv, done.returncode, done.stdout[-2000:]))
        words = last[0].split()
        return ({k: int(v) for k, v in zip(words[::2], words[1::2])},
                [line for line in done.stdout.splitlines() if line != last[0]])

    def images(self, seed, variants):
        return self.look(self.log, seed, variants)

    def final(self, database):
        return self.look("-f", self.log, database)

    def forget(self):
        """Begins a log anew; mucd does not run."""
        if os.path.exists(self.log):
            os.unlink(self.log)

    def close(self):
        if os.environ.get("TORTURE_KEEP"):
            muctest.diag("kept: " + self.dir)
        else:
            muctest.shutil.rmtree(self.dir, ignore_errors=True)
        if self in OPEN:
            OPEN.remove(self)
