#!/bin/sh
# SPDX-License-Identifier: ISC
# mutate.t - every feature is missed: without its row in the array one of its own scripts fails
# MUCD_BUILD names the directory of the build, if it is not build/; mutate/X there is spec/run
# without feature X.

cd "$(dirname "$0")/.." || exit 1
. t/tap.sh
build=${MUCD_BUILD:-build}

for file in lib/features/*.c; do
	feature=$(basename "$file" .c)
	scripts=$(ls "spec/$feature.scs" "spec/${feature}"_*.scs 2>/dev/null)
	test -n "$scripts" && test -x "$build/mutate/$feature" &&
		! "$build/mutate/$feature" $scripts >/dev/null 2>&1
	result $? "without $feature its own scripts fail"
	# What fails without it must be right with it, else nothing is shown.
	test -n "$scripts" && "$build/spec/run" $scripts >/dev/null 2>&1
	result $? "with $feature they do not"
done
done_testing
