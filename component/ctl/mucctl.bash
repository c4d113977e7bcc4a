# SPDX-License-Identifier: ISC
# mucctl.bash - completion for bash(1): mucctl itself is asked what may come next
#
# Words are taken from the line as it is up to the cursor, because bash splits them at = @ and :, and of what
# it is given it replaces only the part behind the last of these.

# Puts into words what the line has, without quotes and backslashes. Nothing else in it means anything here:
# what the shell would run or replace is not.
_mucctl_words()
{
	local line=$1 c quote= word= in_word=

	words=()
	while [[ -n $line ]]; do
		c=${line:0:1} line=${line:1}
		if [[ $c == "\\" && $quote != "'" && -n $line ]]; then
			word+=${line:0:1} line=${line:1} in_word=1
		elif [[ -n $quote ]]; then
			if [[ $c == "$quote" ]]; then quote=; else word+=$c; fi
		elif [[ $c == [\'\"] ]]; then
			quote=$c in_word=1
		elif [[ $c != [[:space:]] ]]; then
			word+=$c in_word=1
		elif [[ -n $in_word ]]; then
			words+=("$word")
			word= in_word=
		fi
	done
	words+=("$word")
}

_mucctl()
{
	local word head candidate
	local -a words

	_mucctl_words "${COMP_LINE:0:COMP_POINT}"
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
