#!/bin/sh
# run.sh TEST ...: runs each test program or script, TEST_JOBS of them at once (most of them wait for
# something most of the time), counts the TAP lines, and ends with the sum.
# A program that dies, or that ran no test, counts as one failure.
set -u
if [ "${1:-}" = --one ]; then # OUT TEST: runs the test, leaves OUT.log and "passed failed ms" in OUT
	out=$2 t=$3
	case $t in
	*.sh) run="sh $t" ;;
	*) run=$t ;;
	esac
	start=$(date +%s%N)
	mkdir "$out.home"
	chmod 711 "$out.home" # tests of permissions let other users pass through
	HOME=$out.home XDG_STATE_HOME=$out.home/state XDG_RUNTIME_DIR=$out.home XDG_CONFIG_HOME=$out.home/config \
		TZ=UTC LC_ALL=C.UTF-8 CMOCKA_MESSAGE_OUTPUT=TAP timeout "${TEST_TIMEOUT:-300}" $run >"$out.log" 2>&1 </dev/null
	status=$?
	rm -rf "$out.home"
	ok=$(grep -cE '^ok |^not ok .*# SKIP' "$out.log")
	bad=$(grep '^not ok ' "$out.log" | grep -vc '# SKIP') # cmocka writes a skipped test so
	if [ "$bad" = 0 ] && { [ "$status" != 0 ] || [ "$ok" = 0 ]; }; then
		bad=1
		echo "not ok $t: exit status $status after $ok tests" >"$out.say"
		tail -n 40 "$out.log" >>"$out.say"
	elif [ "$bad" != 0 ]; then
		echo "FAILED $t" >"$out.say"
		grep -v '^ok ' "$out.log" | head -n 60 >>"$out.say"
	fi
	ms=$((($(date +%s%N) - start) / 1000000))
	[ -z "${VERBOSE:-}" ] || echo "$t: $ok passed, $bad failed, $ms ms" >>"$out.say"
	[ ! -e "$out.say" ] || cat "$out.say"
	echo "$ok $bad" >"$out"
	exit 0
fi
TOP=$(pwd)
export TOP
work=$(mktemp -d)
chmod 711 "$work"
trap 'rm -rf "$work"' EXIT
n=0
for t in "$@"; do
	n=$((n + 1))
	echo "$work/$n $t"
done | xargs -P "${TEST_JOBS:-$(($(nproc) + 1))}" -L 1 sh "$0" --one
passed=0 failed=0
for i in $(seq $#); do
	if read -r ok bad <"$work/$i"; then
		passed=$((passed + ok)) failed=$((failed + bad))
	else
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
