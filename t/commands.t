#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""commands.t - mucd-rooms(7) has every ad-hoc command, in the order of the menu, with its fields

The rows of struct command stand in lib/features/*.c; the manual has one item for each, which says where it
is run, by whom, and names the fields with .Va.
"""
import os
import re
import sys

os.chdir(os.path.dirname(os.path.abspath(__file__)) + "/..")
run = failed = 0


def same(got, want, what):
    global run, failed
    run += 1
    for line in got:
        if line not in want:
            print("# not in the manual:", line)
    for line in want:
        if line not in got:
            print("# not in the code:", line)
    good = got == want
    failed += not good
    print(f"{'' if good else 'not '}ok {run} - {what}")


def arrays(code, kind):
    """name -> initialiser, of static arrays of that struct"""
    return dict(re.findall(rf"^static const struct {kind} (\w+)\[\] = {{(.*?)}};\n", code, re.M | re.S))


def rows(text):
    """The parts of an initialiser in braces, at the outermost level."""
    out, depth, begin = [], 0, 0
    for i, c in enumerate(text):
        if c == "{":
            depth += 1
            if depth == 1:
                begin = i
        elif c == "}":
            depth -= 1
            if depth == 0:
                out.append(text[begin:i + 1])
    return out


def member(row, name):
    found = re.search(rf"\.{name} = (?:SAID\()?\"?([^\",)\s}}]*)", row)
    return found.group(1) if found else None


def fields_of(code, steps):
    out = []
    for step in rows(arrays(code, "command_step").get(steps, "")):
        for row in rows(arrays(code, "command_field").get(member(step, "fields"), "")):
            if member(row, "var") not in (None, "NULL"):
                out.append(member(row, "var") + ("*" if member(row, "required") == "true" else ""))
    return out


with open("lib/features.c", encoding="utf-8") as f:
    features = re.findall(r"^\tFEATURE\((\w+)\)", f.read(), re.M)
with open("lib/command.h", encoding="utf-8") as f:
    most = re.search(r"#define COMMAND_MAX(.*?)\n\n", f.read(), re.S).group(1).replace("\\\n", "")
in_code, aliases = [], []
for feature in features:
    with open(f"lib/features/{feature}.c", encoding="utf-8") as f:
        code = f.read().replace("COMMAND_MAX", most)
    for block in arrays(code, "command").values():
        for row in rows(block):
            if member(row, "node") in (None, "NULL"):
                continue
            where = "the service"
            if member(row, "where") == "TO_ROOM":
                where = "a room, " + member(row, "least")[4:].lower()
            in_code.append(" ".join([member(row, "node"), "at", where] + fields_of(code, member(row, "steps"))))
            aliases += [member(row, "alias")] if member(row, "alias") else []

with open("man/mucd-rooms.7", encoding="utf-8") as f:
    told = re.search(r"^\.\\\" COMMANDS\n(.*?)^\.\\\" END", f.read(), re.M | re.S).group(1)
in_manual = []
for item in re.split(r"^\.It Cm ", told, flags=re.M)[1:]:
    head, _, rest = item.partition("\n")
    names = [name + ("*" if after == "needed" else "")
             for name, after in re.findall(r"^\.Va (\w+)(?: [,.])?(?:\n\.Pq (needed))?", rest[rest.find("\nField"):], re.M)
             if "\nField" in "\n" + rest]
    in_manual.append(" ".join([head.replace(" No", "")] + names))

same(in_code, in_manual, f"{len(in_code)} commands are in the manual, and no other")
same([a for a in aliases if a in told], aliases, "and other nodes for them")
print(f"1..{run}")
sys.exit(failed != 0 or not in_code)
