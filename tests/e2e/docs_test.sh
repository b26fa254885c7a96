#!/bin/sh
# What the pages under docs/ and share/ say is what the program does.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export XDG_STATE_HOME="$dir/state" XDG_CONFIG_HOME="$dir/config" XDG_RUNTIME_DIR="$dir/run" HOME="$dir"
n=0 bad=0
check() { # NAME; the last command's status decides
	status=$?
	n=$((n + 1))
	[ "$status" = 0 ] && echo "ok $n - $1" && return
	echo "not ok $n - $1"
	bad=1
}

# The lines of the n-th fenced block of a page that begins with ```WORD.
block() { # PAGE WORD
	awk -v want="^\`\`\`$2\$" '$0 ~ want { on = 1; next } /^```/ { on = 0 } on' "$TOP/docs/$1"
}

"$NOCBOARD" help --man-config >"$dir/nocboard.yaml.5" && cmp "$dir/nocboard.yaml.5" "$TOP/docs/nocboard.yaml.5"
check "nocboard.yaml(5) is what help --man-config prints"
if command -v mandoc >/dev/null 2>&1; then
	mandoc -Tlint -W warning "$dir/nocboard.yaml.5"
	check "nocboard.yaml(5) is clean"
	mandoc -Tlint -W warning "$TOP/docs/nocboard-templates.7"
	check "nocboard-templates(7) is clean"
	mandoc -Tascii "$dir/nocboard.yaml.5" | sed 's/.\x08//g' | grep -q 'recover_after: a number'
	check "nocboard.yaml(5) tells the keys of probes"
fi
# The example with its files, in a place of their own.
mkdir "$dir/secrets" "$dir/www"
for secret in page mail slack; do echo "a secret of this check" >"$dir/secrets/$secret"; done
echo whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw >"$dir/secrets/partner-hook"
chmod 600 "$dir"/secrets/*
sed "s#/etc/nocboard/secrets#$dir/secrets#; s#/var/www#$dir/www#; s#/var/lib/nocboard#$dir#" "$TOP/share/nocboard.yaml" >"$dir/example.yaml"
"$NOCBOARD" check -c "$dir/example.yaml" >"$dir/out.txt" && grep -q 'no problem found' "$dir/out.txt" &&
	! grep -q warning "$dir/out.txt" || { cat "$dir/out.txt"; false; }
check "the example configuration has no problem"
cp "$TOP/share/policy.yaml" "$dir/" && { cat "$dir/example.yaml" && echo 'policy: policy.yaml'; } >"$dir/nocboard.yaml" &&
	"$NOCBOARD" check -c "$dir/nocboard.yaml" | grep -q 'no problem found'
check "the shipped policy has no problem"

# ---- protocol.md ----

block protocol.md 'jsonl events' >"$dir/events"
joined() { # lines of a wrapped document as one, without indentation
	tr -d '\n\t' | sed 's/  *"/"/g'
}

[ "$(wc -l <"$dir/events")" -ge 4 ] && "$NOCBOARD" journal import -j "$dir/j.db" "$dir/events" >/dev/null &&
	"$NOCBOARD" journal export -j "$dir/j.db" | cmp - "$dir/events"
check "protocol.md: the events can be imported and come back"
"$NOCBOARD" clocks --now 2025-03-10T14:39:00Z <"$dir/events" | joined >"$dir/clocks" &&
	[ -s "$dir/clocks" ] && [ "$(cat "$dir/clocks")" = "$(block protocol.md 'json clocks' | joined)" ]
check "protocol.md: their clocks"
block protocol.md 'json statuspage' | "$NOCBOARD" feed statuspage | joined >"$dir/feed" &&
	[ -s "$dir/feed" ] && [ "$(cat "$dir/feed")" = "$(block protocol.md 'json feed' | joined)" ]
check "protocol.md: a feed in our terms"

# The examples of the socket, played against an engine whose clock stands still.
block protocol.md 'yaml socket' | sed "s/USER/$(id -un)/" >"$dir/nocboard.yaml"
block protocol.md 'text socket' >"$dir/talk"
mkfifo "$dir/ready" "$dir/in" "$dir/out"
timeout 60 "$NOCBOARD" engine -c "$dir/nocboard.yaml" -j mem: --socket "$dir/sock" --now 2025-03-10T14:20:00Z --allow-root \
	--log "$dir/log" --ready-fd 4 4>"$dir/ready" &
engine=$!
read -r line <"$dir/ready"
[ "$line" = ready ]
check "protocol.md: an engine with the configuration of the examples"
timeout 60 "$NOCBOARD" bridge --socket "$dir/sock" <"$dir/in" >"$dir/out" &
exec 5>"$dir/in" 6<"$dir/out"

heard() { # WANT: reads on until a line is it; "…" at its end: begins so
	want=$1
	while read -r line <&6; do
		case $want in
		*…) case $line in "${want%…}"*) return 0 ;; esac ;;
		*) [ "$line" = "$want" ] && return 0 ;;
		esac
	done
	echo "# never heard: $want"
	return 1
}

played=0 wrong=0
while read -r side text; do
	case $side in
	'>')
		printf '%s\n' "$text" >&5
		case $text in *'"id":"e-3"'*)
			"$NOCBOARD" status --json --socket "$dir/sock" >"$dir/status" ;;
		esac
		;;
	'<') heard "$text" || { wrong=1 && break; } ;;
	esac
	played=$((played + 1))
done <"$dir/talk"
exec 5>&- 6<&-
[ "$wrong" = 0 ] && [ "$played" -ge 30 ]
check "protocol.md: the engine answers as it says"
wait "$engine"
check "protocol.md: and stops when it is told to"
n_status=0
block protocol.md 'json status' >"$dir/pieces"
while read -r piece; do
	grep -qF "$piece" "$dir/status" && n_status=$((n_status + 1))
done <"$dir/pieces"
[ "$n_status" = 3 ]
check "protocol.md: status --json"

# ---- drill.md ----

block drill.md 'yaml scenario' >"$dir/night.yaml"
"$NOCBOARD" drill --headless --speed 60 --json "$dir/night.yaml" >"$dir/score" 2>"$dir/err" &&
	grep -q '"scenario":"slow-night".*"phase":"restored".*"verified":true' "$dir/score" || { cat "$dir/err"; false; }
check "drill.md: the example plays"
sed 's/fail 503/fall 503/' "$dir/night.yaml" >"$dir/wrong.yaml"
"$NOCBOARD" drill --headless "$dir/wrong.yaml" 2>"$dir/err"
[ $? = 3 ] && grep -q "^nocboard: $dir/wrong.yaml:31:41: .*fall" "$dir/err" || { cat "$dir/err"; false; }
check "drill.md: a behaviour that is none is told with its place"

# ---- README.md ----

missing=$(grep -oE '(docs|share|screenshots|keymaps)/[a-zA-Z0-9_./-]*[a-z0-9]' "$TOP/README.md" "$TOP"/docs/*.md | sed 's/^[^:]*://' | sort -u | while read -r path; do
	[ -e "$TOP/$path" ] || echo "$path"
done)
[ -z "$missing" ] || { echo "# $missing" && false; }
check "README.md and docs name files that are there"
unbound=$(grep -oE '<kbd>.</kbd>' "$TOP/README.md" | sed 's/<[^>]*>//g' | sort -u | while read -r key; do
	grep -qE "^[[:space:]]*bind $(printf '%s' "$key" | sed 's/[?]/[?]/')[[:space:]]" "$TOP"/keymaps/*.keys || echo "$key"
done)
[ -z "$unbound" ] || { echo "# not bound: $unbound" && false; }
check "README.md presses keys that are bound"
unknown=$(grep -ohE 'nocboard (-H [a-z0-9]+ )?[a-z]+' "$TOP/README.md" | sed 's/^nocboard //; s/^-H [^ ]* //' | sort -u | while read -r word; do
	case $word in runs | from | shows) continue ;; esac
	"$NOCBOARD" help "$word" >/dev/null 2>&1 || echo "$word"
done)
[ -z "$unknown" ] || { echo "# no such command: $unknown" && false; }
check "README.md runs commands that are there"
if command -v systemd-analyze >/dev/null 2>&1; then
	sed "s#/usr/local/bin/nocboard#$NOCBOARD#; /^Documentation/d" "$TOP/share/systemd/nocboard.service" >"$dir/nocboard.service"
	out=$(systemd-analyze verify --man=no "$dir/nocboard.service" 2>&1 | grep nocboard.service)
	[ -z "$out" ] || { echo "# $out" && false; }
	check "the systemd unit has no fault"
fi

echo "1..$n"
exit $bad
