#!/bin/sh
# SPDX-License-Identifier: ISC
# player.t - the scenario player itself: t/scs plays, and each of t/scs/bad fails as its title says
# MUCD_BUILD names the directory of the build, if it is not build/.

cd "$(dirname "$0")/.." || exit 1
run=${MUCD_BUILD:-build}/spec/run
n=0

tap()
{
	n=$((n + 1))
	echo "$1 $n - $2"
}

for script in t/scs/*.scs; do
	if out=$("$run" "$script" 2>&1); then
		tap ok "$script"
	else
		echo "$out" | sed 's/^/# /'
		tap "not ok" "$script"
	fi
done
for script in t/scs/bad/*.scs; do
	want=$(sed -n '1s/^# fails: //p' "$script")
	if out=$("$run" "$script" 2>&1); then
		tap "not ok" "$script: it does not fail"
	elif echo "$out" | grep -q -F "$script:" && echo "$out" | sed -n '/^# /p' | grep -q -F -e "$want"; then
		tap ok "$script: $want"
	else
		echo "$out" | sed 's/^/# /'
		tap "not ok" "$script: fails, but not by: $want"
	fi
done
echo "1..$n"
