#!/bin/sh
# SPDX-License-Identifier: ISC
# arrows.t - who may know whom: libmuc touches no world, and includes go one way only
# MUCD_BUILD names the directory of the build, if it is not build/.

cd "$(dirname "$0")/.." || exit 1
. t/tap.sh
lib=${MUCD_BUILD:-build}/libmuc.a

# Whole names, without the __ and _chk of fortified builds.
world='socket connect accept bind listen send sendto sendmsg recv recvfrom recvmsg read write readv
	writev open open64 openat close fopen fopen64 fdopen freopen fclose fread fwrite fputs fputc
	puts putchar printf fprintf vprintf vfprintf dprintf perror syslog vsyslog openlog time
	gettimeofday clock_gettime clock gmtime localtime gmtime_r localtime_r timespec_get getrandom
	getentropy rand random srand rand_r drand48 arc4random RAND_bytes fork vfork execve execvp
	system popen sleep usleep nanosleep poll select epoll_wait getenv setenv signal sigaction exit
	stdin stdout stderr pthread_create'
names=$(nm -u "$lib" | awk 'NF && !/:$/ { print $NF }' | sed 's/@.*//' | sort -u)

echo "$names" | grep -qx strcmp
result $? "the names that libmuc needs can be read"
none "libmuc knows no I/O, no clock, no chance, no libstrophe, no LMDB" "$(
	echo "$names" | awk -v world="$(echo $world)" '
	BEGIN { split(world, w, " "); for (i in w) is[w[i]] = 1 }
	{ name = $1; sub(/^__/, "", name); sub(/_chk$/, "", name) }
	is[$1] || is[name] || /^(xmpp|mdb|sd)_/')"
none "libxml2 is included by lib/base/xml_parse.c alone" "$(
	grep -l 'libxml/' -r lib | grep -vx lib/base/xml_parse.c)"

# Every include of a file of ours, as "file included", the latter as seen from the top.
includes()
{
	grep -HE '^# *include "' -r "$1" --include='*.[ch]' | while IFS=: read -r file line; do
		name=${line#*\"} name=${name%%\"*} dir=${file%/*}
		case $name in
		../*) name=${dir%/*}/${name#../} ;;
		*)
			if [ -f "$dir/$name" ]; then
				name=$dir/$name
			elif [ -f "lib/$name" ]; then
				name=lib/$name
			fi
			;;
		esac
		echo "$file $name"
	done
}

# The floors of lib; nobody includes what is above. tbl is data. muc.h, export.h and store.h are what the
# outside is promised and promises; all but base may read them.
none "inside lib: muc -> dispatch -> features -> room -> base" "$(includes lib | awk '
	function floor(f) {
		if (f ~ /^lib\/tbl\//) return 0
		if (f ~ /^lib\/base\//) return 1
		if (f ~ /^lib\/(muc|store|export)\.h$/) return 2
		if (f ~ /^lib\/store(_mem)?\.c$/) return 3
		if (f ~ /^lib\/room\//) return 4
		if (f ~ /^lib\/(charge|command|error)\.[ch]$/ || f ~ /^lib\/features\// || f ~ /^lib\/features?\.[ch]$/) return 5
		if (f ~ /^lib\/dispatch\.[ch]$/) return 6
		if (f ~ /^lib\/muc(_int|_conf|_late|_out)?\.[ch]$/) return 7
		return 99
	}
	floor($1) == 99 { print $1 ": on which floor is it?" }
	floor($2) > floor($1) { print $1 " includes " $2 }')"
none "no feature includes another" "$(includes lib | awk '
	$1 ~ /^lib\/features\// && $2 ~ /^lib\/features\// { print $1 " includes " $2 }')"
none "component knows of lib: muc.h and base; stores and their tools the rest of the outside" "$(includes component | awk '
	$2 ~ /^component\// || $2 ~ /^lib\/base\// || $2 == "lib/muc.h" { next }
	$2 == "lib/store.h" && $1 ~ /^component\/(store_|mucd\.c|ctl\/db)/ { next }
	$2 == "lib/export.h" && $1 ~ /^component\/(store_|control_import|ctl\/db)/ { next }
	{ print $1 " includes " $2 }')"
# What the outside is promised may be for tests alone, or for programs that are not there yet.
objects=$(for c in component/*.c component/ctl/*.c; do echo "${MUCD_BUILD:-build}/${c%.c}.o"; done)
none "no function is known to others for nothing" "$({
	nm --defined-only "$lib" $objects | awk '$2 == "T" { print "def", $3 }'
	nm -u "$lib" $objects | awk '$1 == "U" { print "use", $2 }'
	grep -ohE '\b(muc|store)_[a-z_]+\(' lib/muc.h lib/store.h | sed 's/(//; s/^/use /'
} | awk '
	$1 == "use" { used[$2] = 1 }
	$1 == "def" && $2 !~ /_RB_|^main$/ { defined[$2] = 1 }
	END { for (f in defined) if (!used[f]) print f ": nobody but its own file calls it" }')"
done_testing
