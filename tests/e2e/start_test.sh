#!/bin/sh
# Commands that need an engine start one, as the board does.
set -u
dir=$(mktemp -d)
as=
if [ "$(id -u)" = 0 ]; then # an engine is nothing for root
	command -v setpriv >/dev/null || { echo "ok 1 - # skip there is no setpriv"; exit 0; }
	as='setpriv --reuid=65534 --regid=65534 --clear-groups'
	chown 65534:65534 "$dir"
fi
mkdir -m 777 "$dir/run"
export XDG_STATE_HOME="$dir/state" XDG_CONFIG_HOME="$dir/config" XDG_RUNTIME_DIR="$dir/run" HOME="$dir"
n=0 bad=0
noc() {
	$as "$NOCBOARD" -c "$dir/nocboard.yaml" "$@"
}
trap 'noc engine --stop >/dev/null 2>&1; rm -rf "$dir"' EXIT
check() { # NAME; the last command's status decides
	status=$?
	n=$((n + 1))
	[ "$status" = 0 ] && echo "ok $n - $1" && return
	echo "not ok $n - $1"
	sed 's/^/# /' "$dir/out"
	bad=1
}

cat >"$dir/nocboard.yaml" <<END
regions: [ { id: FR } ]
components: [ { id: data } ]
people: [ { id: ana, name: Ana Costa, phone: "1", login: [$($as id -un)], can: [command, publish, admin] } ]
END
noc contacts >"$dir/out" 2>&1 && grep -q 'Ana Costa' "$dir/out"
check "a look that had to start the engine is no failure"
noc engine --stop >"$dir/out" 2>&1
check "and that engine is stopped"

pids=
for i in 1 2 3 4; do
	noc incident open --title "No data $i" --severity 2 --regions FR --components data >"$dir/out.$i" 2>&1 &
	pids="$pids $!"
done
ok=0
for pid in $pids; do
	wait "$pid" || ok=1
done
cat "$dir"/out.* >"$dir/out"
[ "$ok" = 0 ] && noc engine --stop && [ "$(noc journal export | grep -c '"kind":"opened"')" = 4 ]
check "of several that start one at the same time none fails"
echo "1..$n"
exit "$bad"
