#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""scripts.py - makes inputs for t/fuzz/muc.c of scenarios

usage: scripts.py DIRECTORY SCRIPT...

What the clients of a script send, in its order; what happens between that, as far as muc.c knows it.
"""
import os
import re
import sys

USERS = "abcdefgh"


def lines_of(path):
    users, users_jids, sender, stanza = {}, {}, None, []
    name = None

    def flush():
        text = re.sub(r"\s*\n\s*", "", "".join(stanza))
        text = re.sub(r"\$\{([^}']*)'s full JID\}", lambda m: users_jids.get(m[1], "x@y") + "/1", text)
        text = re.sub(r"\$\{([^}']*)'s JID\}", lambda m: users_jids.get(m[1], "x@y"), text)
        text = re.sub(r"\$\{[^}]*\}", "%i", text)
        # One stanza ends where the next begins.
        for one in re.split(r"(?<=>)(?=<(?:message|presence|iq)[ >])", text):
            if one.strip():
                yield users[sender] + one.strip()

    for line in open(path, encoding="utf-8").read().split("\n") + ["end"]:
        if sender and re.match(r"[\s<]|$", line):
            stanza.append(line + "\n")
            continue
        if sender:
            yield from flush()
            sender, stanza = None, []
        if m := re.match(r"\[Client\] (.*)", line):
            name = m[1].strip()
            users[name] = USERS[len(users) % len(USERS)]
        elif m := re.match(r"\s*jid:\s*(\S+)", line):
            users_jids[name] = m[1]
        elif m := re.match(r"(.*) sends:$", line):
            sender = m[1]
        elif m := re.match(r"#@ advance (\d+)(ms|s|m|h|d)$", line):
            factor = {"ms": 0, "s": 1, "m": 60, "h": 3600, "d": 86400}[m[2]]
            yield "+%d" % (int(m[1]) * factor)
        elif line in ("#@ restart", "#@ kill"):
            yield "!"
        elif line == "#@ link down":
            yield "-"


to, scripts = sys.argv[1], sys.argv[2:]
os.makedirs(to, exist_ok=True)
for script in scripts:
    with open(os.path.join(to, os.path.basename(script)[:-4]), "w", encoding="utf-8") as f:
        for line in lines_of(script):
            if len(line) < 4000:
                f.write(line + "\n")
