# SPDX-License-Identifier: ISC
# tap.sh - TAP for tests in sh, which source it from the top of the tree; done_testing is last

n=0
failed=0

# result GOOD WHAT [MORE]: good when GOOD is 0; otherwise MORE tells why.
result()
{
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
		return
	fi
	failed=1
	[ -z "${3-}" ] || printf '%s\n' "$3" | head -60 | sed 's/^/# /'
	echo "not ok $n - $2"
}

# none WHAT COMPLAINTS: good when there are none.
none()
{
	[ -z "$2" ]
	result $? "$1" "$2"
}

# quiet WHAT COMMAND...: good when it succeeds without a word.
quiet()
{
	what=$1
	shift
	if out=$("$@" 2>&1) && [ -z "$out" ]; then
		result 0 "$what"
	else
		result 1 "$what" "$out"
	fi
}

done_testing()
{
	echo "1..$n"
	exit $failed
}
