#!/bin/sh
# SPDX-License-Identifier: ISC
# fuzz.t - every fuzz target for some seconds, each time the same way; `make fuzz` goes on for longer, another
# way each time

cd "$(dirname "$0")/.." || exit 1
. t/tap.sh

found=$(t/fuzz/run "${FUZZ_S:-10}" 1)
status=$?
echo "$found" | sed 's/^/# /'
[ $status -eq 0 ]
result $? "no target finds anything" "$found"
done_testing
