# SPDX-License-Identifier: ISC
"""
house.py - what the tests share that look at the source itself

Importing it goes to the top of the source.
"""
import os
import sys

os.chdir(os.path.dirname(os.path.abspath(__file__)) + "/..")


class Count:
    run = failed = 0


def none(what, complaints):
    """TAP: good when there are no complaints."""
    Count.run += 1
    for line in complaints:
        print("#", line)
    Count.failed += bool(complaints)
    print(f"{'not ' if complaints else ''}ok {Count.run} - {what}")


def done():
    print(f"1..{Count.run}")
    sys.exit(Count.failed != 0)
