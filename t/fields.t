#!/bin/sh
# SPDX-License-Identifier: ISC
# fields.t - mucd-rooms(7) has every field of lib/tbl/config.h with its default, and no other

cd "$(dirname "$0")/.." || exit 1
. t/tap.sh

# "var default" of each; a text is empty, a word is the last part of its constant, a set is full.
rows=$(sed -nE \
	-e 's/^(BOOL|UINT)\([^"]*"([^"]*)", "[^"]*", ([0-9]+),.*/\2 \3/p' \
	-e 's/^PICK\([^"]*"([^"]*)", "[^"]*", 0,.*/\1 none/p' \
	-e 's/^SET\([^"]*"([^"]*)", "[^"]*", 7,.*/\1 all/p' \
	-e 's/^ENUM\([^"]*"([^"]*)", "[^"]*", [A-Z]+_([A-Z_]+),.*/\1 \L\2/p' \
	-e 's/^TEXT\([^"]*"([^"]*)".*/\1 -/p' lib/tbl/config.h)
told=$(sed -nE '/^\.It Sy field /,/^\.El/s/^\.It ([a-z_#-]+) Ta ([^ ]+) Ta .*/\1 \2/p' \
	man/mucd-rooms.7 | tr -d '\\')

[ "$(echo "$rows" | wc -l)" -eq "$(grep -cE '^(BOOL|ENUM|UINT|PICK|TEXT|SET)\(' lib/tbl/config.h)" ]
result $? "the table can be read"
[ "$rows" = "$told" ]
result $? "the manual has the same, in the same order" "the table:
$rows
the manual:
$told"
done_testing
