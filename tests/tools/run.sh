#!/bin/sh
# run.sh TEST ...: runs each test program or script, counts the TAP lines, and ends with the sum.
# A program that dies, or that ran no test, counts as one failure.
set -u
passed=0 failed=0
top=$(pwd)
out=$(mktemp)
home=$(mktemp -d)
chmod 711 "$home" # tests of permissions let other users pass through
trap 'rm -rf "$out" "$home"' EXIT
for t in "$@"; do
	case $t in
	*.sh) run="sh $t" ;;
	*) run=$t ;;
	esac
	start=$(date +%s%N)
	HOME=$home XDG_STATE_HOME=$home/state XDG_RUNTIME_DIR=$home XDG_CONFIG_HOME=$home/config \
		TZ=UTC LC_ALL=C.UTF-8 TOP=$top CMOCKA_MESSAGE_OUTPUT=TAP timeout "${TEST_TIMEOUT:-300}" $run >"$out" 2>&1 </dev/null
	status=$?
	ok=$(grep -cE '^ok |^not ok .*# SKIP' "$out")
	bad=$(grep '^not ok ' "$out" | grep -vc '# SKIP') # cmocka writes a skipped test so
	if [ "$bad" = 0 ] && { [ "$status" != 0 ] || [ "$ok" = 0 ]; }; then
		bad=1
		echo "not ok $t: exit status $status after $ok tests"
		tail -n 40 "$out"
	elif [ "$bad" != 0 ]; then
		echo "FAILED $t"
		grep -v '^ok ' "$out" | head -n 60
	fi
	passed=$((passed + ok)) failed=$((failed + bad))
	[ -z "${VERBOSE:-}" ] || echo "$t: $ok passed, $bad failed, $((($(date +%s%N) - start) / 1000000)) ms"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
