#!/bin/sh
# Each NAME.events names its rule in the first line and its `now` in the second; what the clocks
# are then is in NAME.out, a clock a line. NAME.yaml is its policy, where there is one.
# ACCEPT=1 writes the .out files anew.
set -u
nocboard=${NOCBOARD:-./nocboard}
here=${TOP:-.}/tests/replay
vectors=${TOP:-.}/../shared/spec/vectors/clocks.jsonl
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0 bad=0

check() { # NAME WANT GOT
	n=$((n + 1))
	if cmp -s "$2" "$3"; then
		echo "ok $n - $1"
	else
		bad=1
		echo "not ok $n - $1"
		diff -u "$2" "$3" | sed 's/^/# /'
		sed 's/^/# /' "$dir/err"
	fi
}

for events in "$here"/*.events; do
	name=${events%.events}
	now=$(sed -n '2s/^# now //p' "$events")
	set -- clocks --now "$now"
	[ -f "$name.yaml" ] && set -- "$@" --policy "$name.yaml"
	sed 1,2d "$events" | "$nocboard" "$@" 2>"$dir/err" | sed 's/{"clock"/\n&/g; s/{"incident"/\n&/g' >"$dir/got"
	[ "${ACCEPT:-0}" = 1 ] && cp "$dir/got" "$name.out"
	check "clocks: ${name##*/}" "$name.out" "$dir/got"
done

# Another implementation's answers, where they are at hand.
if [ -f "$vectors" ]; then
	while IFS= read -r line; do
		now=$(printf '%s\n' "$line" | sed 's/^{"now": "\([^"]*\)".*/\1/')
		printf '%s\n' "$line" | sed 's/.*"expect": \(.*\)}$/[\1]/; s/\([:,]\) /\1/g' >"$dir/want"
		printf '%s\n' "$line" | sed 's/.*"events": \[//; s/\], "expect": .*//; s/}, {"incident"/}\n{"incident"/g' >"$dir/events"
		"$nocboard" clocks --now "$now" <"$dir/events" >"$dir/got" 2>"$dir/err"
		check "clocks: answers of another implementation, $((n + 1))" "$dir/want" "$dir/got"
	done <"$vectors"
else
	n=$((n + 1))
	echo "ok $n - clocks: answers of another implementation # SKIP they are not here"
fi
echo "1..$n"
exit $bad
