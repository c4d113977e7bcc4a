#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""texts.t - all that mucd says to people is in lib/tbl/text*.h, and nothing else is

The code says a text by say(p, "English"), say_of(p, "English", ...) or text_in(lang, "English"), a
command by call_say(c, "English") and the like; a table of texts that are said later has each of them
in SAID("English"). lib/tbl/error.h, config.h and word.h are such tables, and so is MUC_STATS of
lib/muc.h.
"""
import sys
sys.dont_write_bytecode = True
import glob
import re
from house import *

STRING = r'"((?:[^"\\]|\\.)*)"'
COMMENT = re.compile(r"/\*.*?\*/", re.S)


def source(path):
    """A C source without its comments, literals that stand side by side joined."""
    with open(path, encoding="utf-8") as f:
        return re.sub(r'"\s*"(?=[^"\n]*")', "", COMMENT.sub("", f.read()))


def rows(path, macros):
    return re.findall(rf"^(?:{macros})\((.*?)\)$", source(path), re.M | re.S)


# The last string of a row, but one of the rows of lists, which end with their values.
said = {}
for macros, path, which in (
    ("ERROR", "lib/tbl/error.h", 2),
    ("BOOL|UINT", "lib/tbl/config.h", -1),
    ("TEXT", "lib/tbl/config.h", -1),
    ("ENUM|PICK|SET", "lib/tbl/config.h", -2),
    ("WORD", "lib/tbl/word.h", 1),
):
    if not os.path.exists(path):
        continue
    for row in rows(path, macros):
        strings = re.findall(STRING, row)
        if path.endswith("error.h") and len(strings) == which:
            continue
        said.setdefault(strings[which], path)

for text in re.findall(rf"^\s*STAT\(\w+, {STRING}\)", source("lib/muc.h"), re.M):
    said.setdefault(text, "lib/muc.h")

bare = []
for path in sorted(glob.glob("lib/**/*.[ch]", recursive=True)):
    if path.startswith("lib/tbl/"):
        continue
    code = source(path)
    for text in re.findall(rf"\b(?:(?:call_)?say(?:_\w+)?|text_in)\(\s*[\w>.()-]+,\s*{STRING}", code):
        said.setdefault(text, path)
    for text in re.findall(rf"\bSAID\(\s*{STRING}", code):
        said.setdefault(text, path)
    # A text for people has a blank between two words; names of the protocol have none.
    for call in re.findall(r"\b(?:xml_add_text|form_add\w*|add_identity|xml_set)\(([^;]*);", code):
        call = re.sub(rf"\b(?:(?:call_)?say(?:_\w+)?|text_in)\([^()]*(?:\([^()]*\)[^()]*)*\)", "", call)
        for text in re.findall(STRING, call):
            if re.search(r"\w \w", text):
                bare.append(f"{path}: {text}")

table = [re.findall(STRING, row)[0] for path in ("lib/tbl/text.h", "lib/tbl/text_command.h",
                                                         "lib/tbl/text_command_room.h", "lib/tbl/text_stats.h")
         for row in rows(path, "TEXT")]
none("texts are found", [] if len(table) > 20 and len(said) > 20 else ["hardly any"])
none("what is said is said in all languages",
     [f"{said[text]}: not in lib/tbl/text.h: {text}" for text in said if text not in table])
none("what is in the table is said", [text for text in table if text not in said])
none("no text is said in English only", bare)
done()
