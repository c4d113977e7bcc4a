# SPDX-License-Identifier: ISC
# mucctl.bash - completion for bash(1): mucctl itself is asked what may come next
#
# Words are taken from the line as it is up to the cursor, because bash splits them at = @ and :, and of what
# it is given it replaces only the part behind the last of these.

_mucctl()
{
	local line=${COMP_LINE:0:COMP_POINT} word head candidate
	local -a words

	read -ra words <<<"$line"
	[[ $line == *[[:space:]] ]] && words+=("")
	word=${words[${#words[@]} - 1]}
	head=${word%"${word##*[=@:]}"}
	COMPREPLY=()
	while IFS= read -r candidate; do
		[[ $candidate == *= ]] && compopt -o nospace 2>/dev/null
		printf -v candidate %q "${candidate#"$head"}"
		COMPREPLY+=("${candidate//\\=/=}")
	done < <("${words[0]}" complete "${words[@]:1}" 2>/dev/null </dev/null)
}

complete -o default -F _mucctl mucctl
