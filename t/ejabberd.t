#!/bin/sh
# SPDX-License-Identifier: ISC
# ejabberd.t - all scenarios by real clients over a real ejabberd; also foreign ones, if there are any
# MUCD_BUILD names the directory of the build, if it is not build/.

cd "$(dirname "$0")/.." || exit 1
set -- spec/*.scs
for script in ../shared/seed/*.scs; do
	[ ! -f "$script" ] || set -- "$@" "$script"
done
exec "${MUCD_BUILD:-build}/spec/live" ejabberd -m "${MUCD_BUILD:-build}/mucd" "$@"
