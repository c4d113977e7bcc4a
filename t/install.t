#!/bin/sh
# SPDX-License-Identifier: ISC
# install.t - make install and make uninstall, and what is installed is good
# MUCD_BUILD names the directory of the build, if it is not build/.

cd "$(dirname "$0")/.." || exit 1
. t/tap.sh
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
to="O=${MUCD_BUILD:-build} DESTDIR=$dir/root PREFIX=/opt/mucd"

make -s install $to >"$dir/log" 2>&1
result $? "make install" "$(cat "$dir/log")"
root=$dir/root/opt/mucd
none "both programs, manuals, completion, example, unit and user are there, and nothing else" "$(
	cd "$root" && find . -type f | sort >"$dir/is"
	sort >"$dir/want" <<-END
		./bin/mucctl
		./sbin/mucd
		./share/bash-completion/completions/mucctl
		./share/man/man1/mucctl.1
		./share/man/man1/mucctl-db.1
		./share/man/man5/mucd.conf.5
		./share/man/man5/mucd-export.5
		./share/man/man7/mucd-rooms.7
		./share/man/man8/mucd.8
		./share/doc/mucd/mucd.conf.example
		./lib/systemd/system/mucd.service
		./lib/sysusers.d/mucd.conf
	END
	diff "$dir/want" "$dir/is"
	find "$dir/root" -maxdepth 1 -mindepth 1 ! -name opt)"
# Position independent, nothing writable that is looked up at run time, no stack to execute; guards where gcc and
# libc have them.
for program in sbin/mucd bin/mucctl; do
	none "$program is built hardened" "$(
		readelf -W -h -l -d --dyn-syms "$root/$program" >"$dir/elf"
		while read -r what pattern; do
			grep -qE "$pattern" "$dir/elf" || echo "$program: no $what"
		done <<-END
			PIE		^ *Type: *DYN
			flag-PIE	FLAGS_1.*\bPIE\b
			RELRO		^ *GNU_RELRO
			BIND_NOW	FLAGS.*\b(BIND_)?NOW\b
			stack-mark	^ *GNU_STACK .* RW 
			stack-guard	__stack_chk_fail
			fortify		__(memcpy|snprintf|vsnprintf|sprintf|fprintf)_chk
		END
		grep -E 'TEXTREL|RPATH|RUNPATH|^ *LOAD .* RWE' "$dir/elf")"
done
"$root/sbin/mucd" -V | grep -q '^mucd [0-9]'
result $? "the installed daemon tells its version"
"$root/bin/mucctl" -V | grep -q '^mucctl [0-9]'
result $? "and so does mucctl"
cp "$root/share/doc/mucd/mucd.conf.example" "$dir/conf" && chmod 600 "$dir/conf"
out=$("$root/sbin/mucd" -n -c "$dir/conf" 2>&1)
result $? "the example configuration is good" "$out"
none "the unit names the installed daemon" "$(
	grep -q '^ExecStart=/opt/mucd/sbin/mucd ' "$root/lib/systemd/system/mucd.service" || echo no
	grep '@[A-Za-z]*@' "$root/lib/systemd/system/mucd.service")"
sed "s|/opt/mucd|$root|" "$root/lib/systemd/system/mucd.service" >"$dir/mucd.service"
quiet "systemd understands the unit" systemd-analyze --man=no verify "$dir/mucd.service"
exposure=$(systemd-analyze --no-pager security --offline=true "$dir/mucd.service" |
	sed -n 's/.*Overall exposure level for mucd.service: \([0-9]*\)\.\([0-9]\).*/\1\2/p')
[ "${exposure:-99}" -le 20 ]
result $? "systemd finds it confined: exposure $exposure tenths, of at most 20"
make -s uninstall $to >"$dir/log" 2>&1
result $? "make uninstall" "$(cat "$dir/log")"
none "it leaves no file" "$(find "$dir/root" -type f)"
done_testing
