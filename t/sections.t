#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""sections.t - what XEP-0045 says, mucd-rooms(7) tells and scenarios show is one and the same

A script of spec/ says under its title what it covers:

    # Covers: 7.2.8, Ex 29, edge 12, XEP-0410 3.3, RFC 6120 8.3.1

7.2.8 is a section of XEP-0045, Ex 29 its numbered example, edge 12 a number of the list of edge
cases (EDGES below). mucd-rooms(7) has a row for each section that speaks of the service, with the
scripts that show it.
"""
import sys
sys.dont_write_bytecode = True
import glob
import re
from house import *

XEP = "../shared/xeps/xep-0045.txt"

# All sections of XEP-0045 1.35.5 that have rules or examples; "7.2.1 18-19": with these examples.
SECTIONS = """
4.1; 4.2; 4.3
5; 5.1; 5.1.1; 5.1.2; 5.1.3; 5.2; 5.2.1; 5.2.2
6; 6.1 1-2; 6.2 3-4; 6.3 5-7; 6.4 8-10; 6.5 11-13; 6.6; 6.7 14-17
7; 7.1; 7.2; 7.2.1 18-19; 7.2.2 20-22; 7.2.3 23-24; 7.2.4; 7.2.5 25-26; 7.2.6 27-27; 7.2.7 28-28
7.2.8 29-29; 7.2.9 30-30; 7.2.10 31-31; 7.2.11; 7.2.12 32-32; 7.2.13 33-34; 7.2.14 35-39
7.2.15 40-41; 7.2.16; 7.2.17; 7.2.18 42-43; 7.3; 7.4 44-45; 7.5 46-48; 7.6 49-53; 7.7 54-55
7.8; 7.8.1; 7.8.2 56-59; 7.9 60-65; 7.10 66-76; 7.11; 7.12 77-78; 7.13 79-79; 7.14 80-83
8; 8.1 84-88; 8.2 89-93; 8.3 94-97; 8.4 98-102; 8.5 103-107; 8.6 108-109
9; 9.1 110-115; 9.2 116-119; 9.3 120-123; 9.4 124-128; 9.5 129-136; 9.6 137-140; 9.7 141-145
9.8 146-150; 9.9 151-151
10; 10.1; 10.1.1 152-154; 10.1.2 155-155; 10.1.3 156-162; 10.2 163-170; 10.2.1 171-171
10.3 172-176; 10.4 177-180; 10.5 181-185; 10.6 186-190; 10.7 191-195; 10.8 196-200; 10.9 201-204
11; 11.1 205-206; 11.2 207-207; 12; 13; 14; 14.1; 14.2; 14.3; 14.4; 14.5; 14.6; 14.7; 15
16; 16.1; 16.2; 16.3; 16.4; 16.5; 16.5.1; 16.5.2; 16.5.3; 16.5.4; 16.6; 16.6.1; 16.6.2
16.7; 16.7.1 208-211; 16.7.2 212-217
17; 17.1; 17.2; 17.3; 17.4; 18; 18.1; 18.1.1 218-220; 18.1.2; 18.2; 18.2.1; 18.2.2
"""

# Sections that ask nothing of a service by themselves, and why; the others are in mucd-rooms(7).
NOT_OURS = {
    "4.1": "terms", "4.2": "terms", "4.3": "the people of the examples",
    "5": "a heading", "6": "a heading", "7": "a heading", "7.2": "a heading", "7.8": "a heading",
    "10.1": "a heading", "11": "a heading", "14": "a heading",
    "16": "a heading", "16.5": "a heading", "17": "a heading", "18": "a heading",
    "6.1": "asked of the user's own server", "6.7": "asked of a contact",
    "7.2.17": "a list of 7.2.5 to 7.2.11", "7.8.1": "from user to user",
    "12": "refers to 16.6", "14.1": "of the underlying stream", "14.2": "advice to users",
    "14.7": "refers to XEP-0203", "15": "none", "16.1": "a registry", "16.4": "a registry",
    "16.2": "a registry", "16.6": "a registry", "16.6.1": "how to register", "16.6.2": "a registry",
    "16.7": "of clients", "16.7.1": "of clients", "16.7.2": "of clients",
    "18.1": "all of it may be done or not",
    "18.2": "of clients", "18.2.1": "of clients", "18.2.2": "of clients",
}

# Examples that only clients send to clients or show, or that are of a user's own server.
NOT_OUR_EXAMPLES = {1, 2, 14, 15, 16, 17, 60, 86, *range(208, 218)}

# Examples of what a service may do and mucd does not: occupants listed to all; real addresses in the
# history; no form at all; filtering.
NOT_DONE = {12, 34, 158, 219}

# The edge cases that are to be covered: entering, presence, messages, nicks, rights, configuration,
# invitations, routing, the archive; robustness; what clients trip over.
# Of features that are not there yet.
NOT_THERE_YET = []
EDGES = [*range(1, 167)]

# Edges that a script cannot show, or not alone: the test that does, and why.
ELSEWHERE = {
    31: ("t/muc.c", "it needs a crowd"),
    35: ("t/muc.c", "clients of scripts have resources"),
    45: ("t/ghost.c", "two hundred sessions of one domain"),
    147: ("t/muc.c", "clients of scripts are not on the service's own domains"),
}

# No more than one script of so many is played in process alone: most of them let hours pass.
ONE_OF = 6

sections, examples = [], {}
for row in re.split(r"[;\n]", SECTIONS.strip()):
    name, _, span = row.strip().partition(" ")
    sections.append(name)
    if span:
        first, last = span.split("-")
        examples.update((n, name) for n in range(int(first), int(last) + 1))

# -- the list above is that of the XEP --

if os.path.exists(XEP):
    here, theirs, their_examples = None, [], {}
    for line in open(XEP, encoding="utf-8"):
        if m := re.match(r"## (\d+(?:\.\d+)*) ", line):
            here = m[1]
            if 4 <= int(here.split(".")[0]) <= 18 and here != "4":
                theirs.append(here)
        elif m := re.match(r"\[Ex (\d+):", line):
            their_examples[int(m[1])] = here
    none("sections and examples are those of the XEP",
         [f"section {s}" for s in set(theirs) ^ set(sections)]
         + [f"example {n}" for n in set(their_examples.items()) ^ set(examples.items())])

# -- what scripts say --

TOKEN = re.compile(r"(?:(\d+(?:\.\d+)*)|Ex (\d+)|edge (\d+)|(?:XEP-\d{4}|RFC \d{4})(?: \d+(?:\.\d+)*)?)")
covered, malformed, process_only, nscripts = {}, [], {}, 0
edges_covered, examples_covered = set(), set()

for path in sorted(glob.glob("spec/*.scs")):
    name = os.path.basename(path)[:-4]
    nscripts += 1
    lines = open(path, encoding="utf-8").read().split("\n")
    said = [line for line in lines if "Covers:" in line]
    if not said or lines[1:1 + len(said)] != said:
        malformed.append(f"{path}: no `# Covers:` right under the title")
    for line in lines:
        if m := re.match(r"#@ process-only (.*)", line):
            process_only[name] = m[1]
    for line in said:
        if not line.startswith("# Covers: "):
            malformed.append(f"{path}: {line}")
            continue
        for token in line[len("# Covers: "):].split(", "):
            m = TOKEN.fullmatch(token)
            if not m:
                malformed.append(f"{path}: {token!r} is no section, example or edge")
            elif m[1]:
                covered.setdefault(m[1], set()).add(name)
                if m[1] not in sections:
                    malformed.append(f"{path}: there is no section {m[1]}")
            elif m[2]:
                examples_covered.add(int(m[2]))
                if int(m[2]) not in examples:
                    malformed.append(f"{path}: there is no example {m[2]}")
            elif m[3]:
                edges_covered.add(int(m[3]))
                if not 1 <= int(m[3]) <= 166:
                    malformed.append(f"{path}: there is no edge {m[3]}")

none("every script says what it covers, in the right words", malformed)

# -- edges --

none("what is covered elsewhere is, and not by a script too", [
    f"edge {n}: there is no {test}" for n, (test, _) in ELSEWHERE.items() if not os.path.exists(test)
] + [f"edge {n}: by a script, too" for n in ELSEWHERE if n in edges_covered])
open_edges = [n for n in EDGES if n not in edges_covered and n not in ELSEWHERE]
for n, (test, why) in sorted(ELSEWHERE.items()):
    print(f"# edge {n}: {test}: {why}")
none("each edge case is covered, but for those of features that are not there yet",
     [f"edge {n}" for n in open_edges if n not in NOT_THERE_YET])
none("what is covered is there", [f"edge {n}" for n in NOT_THERE_YET if n not in open_edges])
open_examples = [n for n in examples if n not in examples_covered
                 and n not in NOT_OUR_EXAMPLES | NOT_DONE]
none("each example of a service is shown by a script", [f"example {n}" for n in open_examples])

# -- the manual --

page = open("man/mucd-rooms.7", encoding="utf-8").read()
table = page.partition(".Sh XEP-0045, SECTION BY SECTION")[2].partition("\n.Sh ")[0]
rows, wrong = {}, []
for row in re.split(r"^\.It ", table, flags=re.M)[1:]:
    section = row.split("\n")[0]
    scripts = re.findall(r"^\.Pq Pa (.*)$", row, re.M)
    names = re.findall(r"[a-z0-9_]+", " ".join(scripts))
    if section in rows:
        wrong.append(f"section {section} is there twice")
    rows[section] = names
    if section not in sections:
        wrong.append(f"there is no section {section}")
    if section in NOT_OURS:
        wrong.append(f"section {section} asks nothing of a service")
    if not names:
        wrong.append(f"section {section} names no script")
    for name in names:
        if not os.path.exists(f"spec/{name}.scs"):
            wrong.append(f"section {section}: there is no spec/{name}.scs")
        elif name not in covered.get(section, ()):
            wrong.append(f"section {section}: spec/{name}.scs does not say that it covers it")
none("each row of the table in mucd-rooms(7) is shown by the scripts it names", wrong)
none("each section that speaks of the service has a row",
     [f"section {s}" for s in sections if s not in rows and s not in NOT_OURS])
none("the rows are in order", [s for s, t in zip(rows, [s for s in sections if s in rows]) if s != t])

# -- what real servers cannot carry --

for name, why in sorted(process_only.items()):
    print(f"# in process only: {name}: {why}")
print(f"# in process only: {len(process_only)} of {nscripts} scripts")
none(f"no more than one script of {ONE_OF} is for the process alone",
     [] if len(process_only) * ONE_OF <= nscripts else [f"there are {len(process_only)} of {nscripts}"])
done()
