#!/bin/sh
# SPDX-License-Identifier: ISC
# prosody.t - all scenarios by real clients over a real Prosody; also foreign ones, if there are any
# MUCD_BUILD names the directory of the build, if it is not build/.

cd "$(dirname "$0")/.." || exit 1
set -- spec/*.scs
for script in ../shared/seed/*.scs; do
	[ ! -f "$script" ] || set -- "$@" "$script"
done
exec "${MUCD_BUILD:-build}/spec/live" prosody -m "${MUCD_BUILD:-build}/mucd" "$@"
