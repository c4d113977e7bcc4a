#!/bin/sh
# SPDX-License-Identifier: ISC
# layout.t - everything is where a stranger looks for it

cd "$(dirname "$0")/.." || exit 1
. t/tap.sh

none "the top level has what it is to have, and no more" "$(ls | grep -vxE \
	'Makefile|README\.md|LICENSE|CHANGES|component|lib|spec|t|man|build')"

# In the source of mucd-rooms(7) a line `.\" X.c` says that lib/features/X.c is told of.
told=$(sed -n 's/^\.\\" \([a-z_]*\.c\)$/\1/p' man/mucd-rooms.7)
none "each feature is in the list, has a script, is in the manual and in CHANGES" "$(
	for file in lib/features/*.c; do
		name=$(basename "$file" .c)
		grep -q "FEATURE($name)" lib/features.c || echo "$file: not in lib/features.c"
		grep -q "struct feature feature_$name\b" "$file" || echo "$file: no feature_$name"
		[ -n "$(find spec -name "*$name*.scs")" ] || echo "$file: no spec/*$name*.scs"
		echo "$told" | grep -qx "$name.c" || echo "$file: not told of in mucd-rooms(7)"
		grep -qw "$name" CHANGES || echo "$file: not in CHANGES"
	done)"
none "the manual tells of no feature that is not there" "$(
	for name in $told; do
		[ -f "lib/features/$name" ] || echo "mucd-rooms.7: there is no $name"
	done)"
none "no file of lib and component is longer than 600 lines" "$(
	find lib component -name '*.[ch]' -exec wc -l {} + | awk '$2 != "total" && $1 > 600')"
none "every source names its licence" "$(
	find lib component spec t \( -name '*.[cht]' -o -name '*.py' -o -name '*.sh' \) \
		-exec grep -L 'SPDX-License-Identifier: ISC' {} +)"
# The brackets keep this line from finding itself.
none "nothing is left for later" "$(grep -rnE '\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b' \
	Makefile README.md CHANGES .ci component lib spec t man)"
none "what is to be run can be run" "$(
	for file in t/*.t t/deps t/newcomer t/fuzz/run t/bench/check t/fuzz/scripts.py .ci/run; do
		[ -x "$file" ] || echo "$file"
	done)"
done_testing
