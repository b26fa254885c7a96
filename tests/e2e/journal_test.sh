#!/bin/sh
# nocboard journal: the commands and their exit statuses.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export XDG_STATE_HOME="$dir/state" XDG_CONFIG_HOME="$dir/config" HOME="$dir"
n=0
check() { # NAME; the last command's status decides
	status=$?
	n=$((n + 1))
	[ "$status" = 0 ] && echo "ok $n - $1" || echo "not ok $n - $1"
}
status() { # WANT COMMAND ...
	want=$1
	shift
	"$@" >"$dir/out" 2>"$dir/err"
	got=$?
	[ "$got" = "$want" ] || { echo "# exit $got, not $want:" && sed 's/^/# /' "$dir/out" "$dir/err" && return 1; }
}
cat >"$dir/story" <<'END'
{"incident":"INC-7","version":1,"at":"2025-03-10T14:20:00.000Z","actor":"engine","kind":"opened","body":{"components":["data"],"impact":"no data","regions":["it"],"severity":1,"source":"probe:pgw","started_at":"2025-03-10T14:18:00.000Z","title":"No data"}}
{"incident":"INC-7","version":2,"at":"2025-03-10T14:21:00.000Z","actor":"maria","kind":"acknowledged","body":{}}
END
j="$dir/j.db"

status 4 "$NOCBOARD" journal verify -j "$j" && grep -q "^nocboard: $j: cannot open the journal" "$dir/err"
check "a journal that is not there: 4"
status 0 "$NOCBOARD" journal import -j "$j" "$dir/story" && grep -q '2 events imported' "$dir/out"
check "import"
status 5 "$NOCBOARD" journal import -j "$j" "$dir/story"
check "import into a journal with events: 5"
status 0 "$NOCBOARD" journal verify -j "$j" && grep -q ': 2 events are right, head [0-9a-f]\{64\}$' "$dir/out"
check "verify"
status 0 "$NOCBOARD" journal export -j "$j" && cmp -s "$dir/out" "$dir/story"
check "export gives back what was imported"
status 0 "$NOCBOARD" journal backup -j "$j" "$dir/copy.db" && status 0 "$NOCBOARD" journal verify --json -j "$dir/copy.db" &&
	grep -q '"ok":true,"events":2' "$dir/out"
check "backup"
status 5 "$NOCBOARD" journal backup -j "$j" "$dir/copy.db"
check "backup over a file that is there: 5"
status 2 "$NOCBOARD" journal backup -j "$j"
check "backup without a name: 2"
sed 's/"version":2/"version":3/' "$dir/story" >"$dir/gap"
status 1 "$NOCBOARD" journal import -j "$dir/new.db" "$dir/gap" && grep -q "^nocboard: $dir/gap:2: INC-7: version 3, but 2 is next" "$dir/err"
check "import names the line: 1"
status 1 "$NOCBOARD" journal import -j "$dir/new.db" "$dir/none"
check "import of a file that is not there: 1"
status 3 "$NOCBOARD" journal verify -j postgresql://db/noc && grep -q 'not built in yet' "$dir/err"
check "postgresql: 3"
status 0 "$NOCBOARD" journal import "$dir/story" && [ -f "$dir/state/nocboard/journal.db" ]
check "without --journal and configuration: below the state folder"
status 3 "$NOCBOARD" journal verify -c "$dir/none.yaml"
check "a configuration that is not there: 3"
# One character of the story, where the file keeps it.
LC_ALL=C sed 's/No data/No dara/' "$j" >"$dir/forged.db"
status 1 "$NOCBOARD" journal verify -j "$dir/forged.db" && grep -q ': event 1 is wrong: its hash' "$dir/out"
check "verify names a forged event: 1"
status 1 "$NOCBOARD" journal verify --json -j "$dir/forged.db" && grep -q '"ok":false,"events":0,"bad_seq":1' "$dir/out"
check "verify --json names it"
status 0 "$NOCBOARD" journal --help && grep -q 'backup' "$dir/out"
check "help"
echo "1..$n"
