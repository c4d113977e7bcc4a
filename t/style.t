#!/bin/sh
# SPDX-License-Identifier: ISC
# style.t - sources as clang-format writes them, manuals as mandoc wants them

cd "$(dirname "$0")/.." || exit 1
. t/tap.sh

# The tables of lib/tbl are aligned by hand.
quiet "C sources" clang-format --dry-run -Werror \
	$(find lib component spec t -name '*.[ch]' ! -path 'lib/tbl/*')
# Comments are wrapped by hand: clang-format leaves them alone.
none "no line is wider than 124 columns" \
	"$(find lib component spec t -name '*.[ch]' ! -path 'lib/tbl/*' | while read -r f; do
		expand "$f" | awk -v f="$f" 'length > 124 { print f ":" FNR }'
	done)"
for page in man/*; do
	quiet "$page" mandoc -Tlint -Wwarning "$page"
done
for script in t/deps t/newcomer t/bench/check t/fuzz/run component/ctl/mucctl.bash .ci/run; do
	quiet "$script" bash -n "$script"
done
done_testing
