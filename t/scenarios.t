#!/bin/sh
# SPDX-License-Identifier: ISC
# scenarios.t - all scenarios in process; also foreign ones, if there is a folder of them
# MUCD_BUILD names the directory of the build, if it is not build/.

cd "$(dirname "$0")/.." || exit 1
set -- spec/*.scs
for script in ../shared/seed/*.scs; do
	[ ! -f "$script" ] || set -- "$@" "$script"
done
exec "${MUCD_BUILD:-build}/spec/run" "$@"
