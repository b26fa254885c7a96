#!/bin/sh
# The command line itself: help, usage, bad input, exit statuses.
set -u
nocboard=${NOCBOARD:-./nocboard}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0 bad=0

# expect NAME STATUS PATTERN-OF-OUTPUT PATTERN-OF-ERRORS COMMAND...; standard input is $dir/in
expect() {
	name=$1 status=$2 out=$3 err=$4
	shift 4
	n=$((n + 1))
	"$@" <"$dir/in" >"$dir/out" 2>"$dir/err"
	got=$?
	if [ "$got" = "$status" ] && matches "$out" "$dir/out" && matches "$err" "$dir/err"; then
		echo "ok $n - $name"
	else
		bad=1
		echo "not ok $n - $name"
		echo "# exit status $got, wanted $status; wanted output '$out' and errors '$err'"
		sed 's/^/# /' "$dir/out" "$dir/err"
	fi
}

matches() { # PATTERN FILE; an empty pattern wants an empty file
	if [ -z "$1" ]; then
		[ ! -s "$2" ]
	else
		grep -qE -- "$1" "$2"
	fi
}

: >"$dir/in"
expect "help of the program" 0 '^usage: nocboard ' '' "$nocboard" --help
expect "help of a command" 0 '--policy FILE' '' "$nocboard" clocks -h
expect "help by the command" 0 '--policy FILE' '' "$nocboard" help clocks
expect "help of no command" 2 '' 'nocboard: help: nope: no such command' "$nocboard" help nope
expect "version" 0 '^nocboard [0-9]+\.[0-9]+\.[0-9]+$' '' "$nocboard" -V
expect "command with a slip" 2 '' '^nocboard: clcks: no such command \(did you mean clocks\?\)$' "$nocboard" clcks
expect "no such command" 2 '' '^nocboard: xyzzy: no such command \(see nocboard --help\)$' "$nocboard" xyzzy
expect "option with a slip" 2 '' 'did you mean --policy' "$nocboard" clocks --polcy x
expect "no such letter" 2 '' '^nocboard: -q: no such option' "$nocboard" clocks -q
expect "option without its value" 2 '' '^nocboard: --now: needs a value' "$nocboard" clocks --now
expect "value of a flag" 2 '' '^nocboard: --json: takes no value' "$nocboard" clocks --json=yes
expect "option twice" 2 '' '^nocboard: --policy: given twice' "$nocboard" clocks --policy a --policy b
expect "common option twice" 2 '' '^nocboard: --journal: given twice' "$nocboard" -j a clocks -jb
expect "time that is none" 2 '' '^nocboard: --now: "tomorrow" is no instant' "$nocboard" clocks --now tomorrow
expect "operand too many" 2 '' '"extra" is one operand too many' "$nocboard" clocks extra
expect "dash behind --" 2 '' '"-x" is one operand too many' "$nocboard" clocks -- -x
expect "policy that is not there" 3 '' '^nocboard: --policy: .*No such file' "$nocboard" clocks --policy "$dir/none.yaml"
echo 'severities: {1: {response: soon}}' >"$dir/bad.yaml"
expect "policy with an error" 3 '' "bad.yaml:1:[0-9]+: " "$nocboard" clocks --policy "$dir/bad.yaml"
expect "output that is full" 1 '' '^nocboard: standard output: ' sh -c '"$1" --help >/dev/full' sh "$nocboard"

expect "no events, no incidents" 0 '^\[\]$' '' "$nocboard" clocks --now 2025-03-10T14:30:00Z
opened='{"incident":"INC-7","version":1,"at":"2025-03-10T14:20:00.000Z","actor":"maria","kind":"opened","body":{"title":"t","severity":1,"regions":["FR"],"components":["data"],"impact":"i","started_at":"2025-03-10T14:20:00.000Z","source":"operator"}}'
note='{"incident":"INC-7","version":2,"at":"2025-03-10T14:25:00.000Z","actor":"maria","kind":"note","body":{"text":"n"}}'
now=2025-03-10T14:30:00Z
printf '\n%s\r\n  \n%s' "$opened" "$note" >"$dir/in"
expect "empty lines, CRLF, no last line end" 0 '"clock":"response".*"remaining_s":300' '' "$nocboard" clocks --now=$now
expect "reasons" 0 '^INC-7 response: due 2025-03-10 14:35:00 UTC, running, 5 min left$' '' "$nocboard" clocks --explain --now $now
expect "opened later than now" 0 '^\[\]$' '' "$nocboard" clocks --now 2025-03-10T14:19:59Z

bad_line() { # NAME PATTERN LINE...
	title=$1 pattern=$2
	shift 2
	printf '%s\n' "$@" >"$dir/in"
	expect "$title" 1 '' "^nocboard: standard input, line $pattern" "$nocboard" clocks --now $now
}
bad_line "no JSON" '2: ' "$opened" 'nonsense'
bad_line "half a line" '1: ' '{"incident":"INC-7"'
bad_line "no event" '1: .*incident' '{}'
bad_line "not an object" '1: ' '[1]'
bad_line "text behind the event" '1: ' "$opened x"
bad_line "version missing" '2: INC-7: version 3 where 2 comes next' "$opened" "$(echo "$note" | sed 's/"version":2/"version":3/')"
bad_line "version twice" '3: INC-7: version 2 where 3 comes next' "$opened" "$note" "$note"
bad_line "time that goes back" '2: INC-7: at is earlier than version 1' "$opened" "$(echo "$note" | sed 's/14:25/14:19/')"
bad_line "first event is no opening" '1: .*INC-7 must be opened' "$(echo "$note" | sed 's/"version":2/"version":1/')"
bad_line "opened twice" '2: opened: .*version 1' "$opened" "$(echo "$opened" | sed 's/"version":1/"version":2/')"
bad_line "severity out of range" '1: .*severity' "$(echo "$opened" | sed 's/"severity":1/"severity":5/')"
bad_line "severity of another type" '1: .*severity' "$(echo "$opened" | sed 's/"severity":1/"severity":"1"/')"
bad_line "time that is no time" '1: .*at' "$(echo "$opened" | sed 's/"at":"2025-03-10T/"at":"2025-02-30T/')"
bad_line "invalid UTF-8" '2: ' "$opened" "$(printf '{"incident":"\377"}')"
bad_line "each bad line is told" '3: ' "$opened" x y
printf '%s\n\0\n' "$opened" >"$dir/in"
expect "a NUL is no empty line" 1 '' 'line 2: ' "$nocboard" clocks --now $now
{ echo "$opened"; head -c 1100000 /dev/zero | tr '\0' ' '; echo; } >"$dir/in"
expect "line too long" 1 '' 'line 2: longer than 1 MiB' "$nocboard" clocks --now $now
yes x | head -n 30 >"$dir/in"
expect "many bad lines" 1 '' '^nocboard: standard input: 10 more lines are wrong$' "$nocboard" clocks --now $now

"$nocboard" help --man >"$dir/nocboard.1"
: >"$dir/in"
if command -v mandoc >/dev/null 2>&1; then
	expect "the man page is clean" 0 '' '' mandoc -Tlint "$dir/nocboard.1"
	expect "the man page has every command" 0 'compute the service level clocks' '' mandoc -Tascii "$dir/nocboard.1"
else
	n=$((n + 1))
	echo "ok $n - the man page is clean # SKIP no mandoc"
fi
echo "1..$n"
exit $bad
