#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""records.t - what stands in stored records stands in lib/tbl/record.h, too

An export writes what has a row there, and a check reads it. Where a record is written its tags are an enum
with the comment "tags of a record in table X".
"""
import sys
sys.dont_write_bytecode = True
import glob
import re
from house import *

def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


sources = {path: read(path) for path in glob.glob("lib/**/*.[ch]", recursive=True)}
numbers = dict(m.groups() for text in sources.values()
               for m in re.finditer(r"^#\s*define (\w+)\s+(\d+)\b", text, re.M))
rows = re.sub(r"/\*.*?\*/", "", read("lib/tbl/record.h"), flags=re.S)
table_of = dict(re.findall(r"^LINE\((\w+), (\w+), \w+\)", rows, re.M))
fields = {(table_of.get(line, line), int(tag)): name for line, tag, name in
          re.findall(r'^FIELD\((\w+), (\d+), "([\w-]+)"', rows, re.M)}

written = {}
for path, text in sources.items():
    for comment, body in re.findall(r"enum \{ /\* (tags of .*?) \*/(.*?)\};", text, re.S):
        table = re.search(r"\bin table (\w+)", comment)
        if table is None:
            continue
        for name, value in re.findall(r"^\s*(\w+) = (\w+),", body, re.M):
            tag = int(numbers.get(value, value))
            written[table.group(1), tag] = f"{path}: {name}"
    # Records of a shelf begin with their time.
    for table in re.findall(r"\.table = TABLE_(\w+)", text):
        written.setdefault((table, int(numbers["SHELF_TIME"])), f"{path}: SHELF_TIME")
# A text-multi has as many tags as there are questions.
for tag in range(17, 16 + int(numbers["REQUEST_TEXTS"])):
    written["requests", tag] = "lib/room/request.c: TAG_TEXT"

none("the rows and the tags are found", [] if len(fields) > 40 and len(written) > 40 else ["hardly any"])
none("each tag has a row", [f"{written[k]}: no FIELD of table {k[0]} with tag {k[1]}"
                            for k in written if k not in fields])
none("each row is a tag", [f"{fields[k]}: nobody writes tag {k[1]} of table {k[0]}"
                           for k in fields if k not in written])
done()
