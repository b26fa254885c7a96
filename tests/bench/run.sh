#!/bin/sh
# run.sh: all figures, each with its goal. $BENCH: folder of the bench programs, $NOCBOARD: the
# program. A board is compared with a bare ncurses table where the rigs for it lie beside the
# repository; else its own figures stand alone. Exit status 0 unless something could not run.
set -u
top=$(pwd)
tools=${RIGS:-$top/../shared/tools}
work=$(mktemp -d)
trap 'exec 3>&-; wait; rm -rf "$work"' EXIT INT TERM
export XDG_STATE_HOME="$work/state" XDG_CONFIG_HOME="$work/config" XDG_RUNTIME_DIR="$work" HOME="$work" TZ=UTC LC_ALL=C.UTF-8
bad=0

echo "== journal"
"$BENCH/append_bench" "$work" || bad=1

echo "== reading carriers' documents"
"$BENCH/parse_bench" || bad=1

echo "== watching"
"$BENCH/probe_bench" || bad=1
ENDPOINTS=10000 "$BENCH/probe_bench" || bad=1

if [ -f "$tools/limit_curl_multi.c" ]; then
	echo "== beside a bare libcurl loop"
	${CC:-cc} -O2 -w -o "$work/loop" "$tools/limit_curl_multi.c" -lcurl -lssl -lcrypto || bad=1
	"$BENCH/compare_bench" "$work/loop" || bad=1
	"$BENCH/tls_bench" "$work/loop" || bad=1
fi

echo "== an idle board, 200x60, 40 countdowns"
mkfifo "$work/in" "$work/out"
"$BENCH/probe_bench" hold <"$work/in" >"$work/out" &
exec 3>"$work/in"
read -r config <"$work/out" || bad=1
if [ -f "$tools/tui_meter.py" ] && [ -f "$tools/floor_ncurses.c" ] && command -v python3 >/dev/null 2>&1; then
	meter() { python3 "$tools/tui_meter.py" --size 200x60 --seconds "${BENCH_IDLE:-20}" --keys 'jjjkkjkk' --repeat 12 "$@"; }
	${CC:-cc} -O2 -w -o "$work/floor" "$tools/floor_ncurses.c" -lncursesw -ltinfo || bad=1
	meter -- "$work/floor" -m full >"$work/floor.json" || bad=1
	meter -- "$NOCBOARD" -c "$config" board >"$work/board.json" || bad=1
	starts() { python3 "$tools/tui_meter.py" --size 200x60 --seconds 1 --starts 12 --keys j "$@"; }
	starts -- "$NOCBOARD" -c "$config" board >"$work/starts.json" || bad=1
	if command -v htop >/dev/null 2>&1; then
		starts -- htop >"$work/htop.json" || bad=1
	fi
	python3 - "$work" <<'END' || bad=1
import json, os, sys
def figures(name):
    path = os.path.join(sys.argv[1], name + ".json")
    return json.load(open(path)) if os.path.exists(path) else None
floor, board = figures("floor"), figures("board")
for what, key, most in (("bytes a second", "bytes_per_s_idle", 1.15), ("CPU %", "cpu_pct_idle", 3), ("key p50 ms", "key_p50_ms", 2)):
    a, b = board[key], floor[key]
    ratio = a / b if a is not None and b else None
    print("%-4s idle board, %s: %s, bare ncurses %s: %s times (goal: at most %s)" %
        ("PASS" if ratio is not None and ratio <= most else "FAIL", what, a, b, "?" if ratio is None else "%.2f" % ratio, most))
def full(name):
    return figures(name)["starts"]["first_full_ms"][0] if figures(name) else None
ours, htop = full("starts"), full("htop")
if htop:
    print("%-4s start to the full board: %s ms, htop %s: %.2f times (goal: at most 0.5)" %
        ("PASS" if ours <= 0.5 * htop else "FAIL", ours, htop, ours / htop))
else:
    print("start to the full board: %s ms (htop, which it is compared with, is not installed)" % ours)
print("key p99 %s ms, memory %s kB" % (board["key_p99_ms"], board["max_rss_kb"]))
END
else
	"$BENCH/probe_bench" board "$config" || bad=1
fi
exec 3>&-
wait
exit $bad
