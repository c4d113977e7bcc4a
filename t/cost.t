#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""
cost.t - hostile input costs bounded work and memory: instructions and bytes are counted, not seconds

usage: cost.t [CASE...]

Each case of t/cost/ is played with n of something and with four times as many, under callgrind, which counts the
instructions of all of it, libraries included, the same on every machine and under every load. Four times as many
may cost 4.6 times as much (a case may say otherwise): what is quadratic costs 16 times. Bytes on the heap are
counted by the program itself.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

COST = os.path.abspath(os.environ.get("MUCD_BUILD", "build") + "/t/cost/cost")
# Below that a step of a table that grows, or a page of it, is all that is seen.
FEW = 300000
ROOM = 128 * 1024
# Bytes may be more than four times as many, where what grows has just been doubled.
DOUBLED = 7
NUMBER = FAILED = 0


def ok(good, what):
    global NUMBER, FAILED
    NUMBER += 1
    FAILED += not good
    print("%sok %d - %s" % ("" if good else "not ", NUMBER, what), flush=True)


def instructions(folder):
    """What each dump counted, by its trigger."""
    counted = {}
    for name in glob.glob(folder + "/out.*"):
        with open(name) as f:
            text = f.read()
        trigger = re.search(r"^desc: Trigger: Client Request: (.*)$", text, re.M)
        total = re.search(r"^(?:summary|totals): (\d+)", text, re.M)
        if trigger and total:
            counted[trigger.group(1)] = int(total.group(1))
    return counted


def play(folder):
    run = subprocess.run(["valgrind", "--quiet", "--tool=callgrind", "--callgrind-out-file=" + folder + "/out",
                          "--dump-line=no",
                          "--instr-atstart=no", COST, *sys.argv[1:]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    ok(run.returncode == 0, "all cases were played")
    if run.returncode != 0:
        print("# " + run.stdout.replace("\n", "\n# "))
    return [line.split("\t") for line in run.stdout.splitlines() if line.count("\t") == 12]


def judge(small, large, counted):
    name, what = small[0], small[12]
    times, peak, keeps, told = float(small[3]), int(small[6]), int(small[7]), float(small[10])
    had, has = (counted.get("%s %s" % (x[0], x[1]), 0) for x in (small, large))
    print("# %s: %s: %.2f M and %.2f M instructions, %.1f times; peak %s and %s bytes, kept %s and %s" % (
        name, what, had / 1e6, has / 1e6, has / max(had, 1), small[4], large[4], small[5], large[5]))
    ok(small[11] == large[11] == "1", name + ": was what it was to be")
    ok(had > 0 and has <= max(had, FEW) * times, name + ": work")
    if peak:
        ok(int(large[4]) <= peak, name + ": bytes at the worst moment")
    else:
        ok(int(large[4]) <= max(int(small[4]), ROOM) * DOUBLED, name + ": bytes at the worst moment, by what came")
    if keeps:
        ok(int(large[5]) <= keeps, name + ": bytes in the end")
    if told:
        ok(int(large[8]) <= int(large[9]) * told, name + ": bytes told")


def main():
    folder = tempfile.mkdtemp(prefix="mucd-cost-")
    try:
        rows = play(folder)
        counted = instructions(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for small, large in zip(rows[::2], rows[1::2]):
        judge(small, large, counted)
    print("1..%d" % NUMBER)
    return FAILED != 0


if __name__ == "__main__":
    sys.exit(main())
