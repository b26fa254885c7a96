#!/bin/sh
# An engine on another host, reached through ssh: here a stand-in for ssh runs the other end.
set -u
dir=$(mktemp -d)
n=0
check() { # WHAT STATUS
	n=$((n + 1))
	if [ "$2" = 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; fi
}
cat >"$dir/nocboard.yaml" <<E1
noc: { name: Far NOC, journal: $dir/journal.db, socket: $dir/engine.sock }
regions: [ { id: FR, name: France } ]
components: [ { id: data, name: Mobile data } ]
E1
cat >"$dir/ssh" <<E2
#!/bin/sh
[ "\$1 \$2 \$3 \$4 \$5" = "-T -- far.example nocboard bridge" ] || exit 64
exec "$NOCBOARD" bridge -c "$dir/nocboard.yaml"
E2
chmod +x "$dir/ssh"
export NOCBOARD_SSH="$dir/ssh"

"$NOCBOARD" -H far.example status >"$dir/out" 2>"$dir/err"
[ $? != 0 ] && grep -q '^nocboard: ' "$dir/err"
check "without an engine it says so" $?

"$NOCBOARD" incident list -c "$dir/nocboard.yaml" >/dev/null 2>&1 # refused: no engine is started to list
"$NOCBOARD" engine -c "$dir/nocboard.yaml" --allow-root --log "$dir/log" --ready-fd 3 3>"$dir/ready" &
engine=$!
tail -f --pid=$engine -n +1 "$dir/ready" | head -n 1 | grep -q ready
check "the engine serves" $?

"$NOCBOARD" -H far.example status | grep -q 'Far NOC'
check "status comes through the bridge" $?
"$NOCBOARD" -H far.example incident open --title "Far away" --severity 3 --regions FR --components data | grep -q 'INC-1 version 1'
check "a command goes through the bridge" $?
"$NOCBOARD" -H far.example incident list | grep -q 'Far away'
check "and is there" $?
"$NOCBOARD" -H far.example engine --stop
check "the engine can be stopped from afar" $?
wait $engine
rm -rf "$dir"
