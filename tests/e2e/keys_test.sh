#!/bin/sh
# nocboard keys: the map in force, problems with their places, and what a key would do.
set -u
dir=$(mktemp -d)
n=0
check() { # WHAT STATUS
	n=$((n + 1))
	if [ "$2" = 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; fi
}
"$NOCBOARD" keys | grep -q '^  a  *incident.ack '
check "lists the keys" $?
"$NOCBOARD" keys --explain a --context board | grep -q '^board *incident.ack: .*default.keys:[0-9]'
check "explains a key with its file and line" $?
"$NOCBOARD" keys --explain '<C-m>' >"$dir/out" 2>&1
[ $? = 2 ]
check "refuses a key that no terminal sends" $?
"$NOCBOARD" keys --context nowhere >/dev/null 2>&1
[ $? = 2 ]
check "refuses an unknown screen" $?
printf 'format 1\ncontext board\n  bind x incident.escalte\n' >"$dir/bad.keys"
"$NOCBOARD" keys --check "$dir/bad.keys" >"$dir/out"
[ $? = 1 ] && grep -q 'bad.keys:3:10: error: unknown action' "$dir/out" && grep -q 'did you mean incident.escalate' "$dir/out"
check "checks a file" $?
printf 'format 1\ncontext board\n  bind x incident.escalate\n' >"$dir/good.keys"
"$NOCBOARD" keys --check "$dir/good.keys" >/dev/null
check "a good file has no problem" $?
"$NOCBOARD" keys --keymap "$dir/good.keys" --explain x | grep -q "incident.escalate.*good.keys:3"
check "an own file lies over the others" $?
rm -rf "$dir"
