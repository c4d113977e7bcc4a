#!/bin/sh
# SPDX-License-Identifier: ISC
# serve.t - the throwaway servers: there when asked for, and gone without a trace however they end
# MUCD_BUILD names the directory of the build, if it is not build/.

cd "$(dirname "$0")/.." || exit 1
live=${MUCD_BUILD:-build}/spec/live
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
export TMPDIR="$tmp"
n=0

check()
{
	what=$1
	shift
	n=$((n + 1))
	if "$@"; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
	fi
}

value()
{
	sed -n "s/.*\\<$1=\\([^ ]*\\).*/\\1/p" "$tmp/line"
}

# Starts it; its standard input ends when descriptor 9 is closed.
start()
{
	rm -f "$tmp/in" "$tmp/line"
	mkfifo "$tmp/in"
	"$live" serve "$1" -a romeo:secret -C a.localhost=one -C b.localhost=two \
	    <"$tmp/in" >"$tmp/line" 2>"$tmp/errors" 9>&- &
	pid=$!
	exec 9>"$tmp/in"
	i=0
	while [ ! -s "$tmp/line" ] && [ $i -lt 1200 ] && kill -0 $pid; do
		sleep 0.1
		i=$((i + 1))
	done 2>/dev/null
	dir=$(value dir)
	server=$(value server_pid)
}

is_there()
{
	[ -n "$dir" ] && [ -d "$dir" ] && kill -0 "$server" && [ -n "$(value client_port)" ] &&
	    [ -n "$(value component_port.b.localhost)" ]
}

runs()
{
	[ -r "/proc/$1/stat" ] && ! grep -q ') Z ' "/proc/$1/stat"
}

is_gone()
{
	! runs "$server" && [ ! -e "$dir" ]
}

server_dies()
{
	i=0
	while runs "$server" && [ $i -lt 300 ]; do
		sleep 0.1
		i=$((i + 1))
	done
	! runs "$server"
}

for kind in prosody ejabberd; do
	start $kind
	check "$kind is there" is_there
	kill -TERM $pid
	wait $pid
	exec 9>&-
	check "$kind is gone after SIGTERM" is_gone
	start $kind
	exec 9>&-
	wait $pid
	check "$kind is gone after the end of standard input" is_gone
	start $kind
	{
		kill -KILL $pid
		wait $pid
	} 2>/dev/null
	exec 9>&-
	check "$kind dies with a killed player" server_dies
done
sed 's/^/# /' "$tmp/errors"
echo "1..$n"
