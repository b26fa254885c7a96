#!/bin/sh
# What `nocboard check` says of channels that cannot work, each with its place.
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
	sed 's/^/# /' "$dir/out"
	bad=1
}

# One channel, in line 4, column 5 on; exit status in $exit, what was said in out.
channel() { # KEYS
	cat >"$dir/nocboard.yaml" <<-END
		regions: [ { id: FR } ]
		components: [ { id: data } ]
		channels:
		  - { id: one, $1 }
		audiences: [ { id: public, channels: [one] } ]
		people: [ { id: ana, phone: "1", teams: [a, b] } ]
		teams: [ { id: a, tier: 2 }, { id: b, tier: 3 } ]
	END
	"$NOCBOARD" check -c "$dir/nocboard.yaml" >"$dir/out"
	exit=$?
}
said() { # EXIT PATTERN
	[ "$exit" = "$1" ] && grep -q "$2" "$dir/out"
}
secret() { # TEXT MODE
	rm -f "$dir/key"
	printf '%s\n' "$1" >"$dir/key"
	chmod "$2" "$dir/key"
}
hook="kind: webhook, url: \"https://a.example/\", secret: { file: $dir/key }"

secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw 600
channel "$hook"
said 0 'no problem found' && ! grep -q 'warning\|error' "$dir/out"
check "a channel that can work is no problem"
rm "$dir/key"
channel "$hook"
said 1 "nocboard.yaml:4:66: error: $dir/key: No such file"
check "a secret that is not there"
secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw 640
channel "$hook"
said 1 "nocboard.yaml:4:66: error: $dir/key: .*chmod 600 it"
check "a secret that others may read"
secret '' 600
channel "$hook"
said 1 "error: $dir/key: holds no secret"
check "a secret that is empty"
secret 'whsec_not base64!' 600
channel "$hook"
said 1 "nocboard.yaml:4:66: error: $dir/key: behind whsec_ there is no base64" && ! grep -q 'not base64!' "$dir/out"
check "a webhook's secret that is no base64"
secret 'in plain words' 600
channel "$hook"
said 0 "nocboard.yaml:4:66: warning: $dir/key: does not begin with whsec_" && ! grep -q 'plain words' "$dir/out"
check "a webhook's secret without whsec_ signs all the same"
channel "kind: slack, token: { file: $dir/nothing }, channel: C1"
said 1 "nocboard.yaml:4:36: error: $dir/nothing: No such file"
check "a token that is not there"

channel "kind: exec, command: $dir/tell"
said 1 "nocboard.yaml:4:37: error: $dir/tell: No such file"
check "a program that is not there"
touch "$dir/tell"
channel "kind: exec, command: $dir/tell"
said 1 "nocboard.yaml:4:37: error: $dir/tell: is no program"
check "a file that nobody may run"
chmod +x "$dir/tell"
channel "kind: exec, command: $dir/tell"
said 0 'no problem found'
check "a program"

channel "kind: file, path: out.json"
said 1 "nocboard.yaml:4:34: error: \"path\" is the absolute path of a file"
check "a path that is not absolute"
channel "kind: file, path: $dir/nowhere/out.json"
said 1 "nocboard.yaml:4:34: error: $dir/nowhere: No such file"
check "a folder that is not there"
channel "kind: file, path: $dir"
said 1 "nocboard.yaml:4:34: error: $dir: Is a directory"
check "a folder in the place of a file"
if [ "$(id -u)" = 0 ]; then
	chown 12345 "$dir/key"
	channel "$hook"
	said 0 "warning: $dir/key: .*belongs to uid 12345.*as the user of this check"
	check "a secret of another user"
else
	mkdir -m 555 "$dir/shut"
	channel "kind: file, path: $dir/shut/out.json"
	said 0 "warning: $dir/shut: Permission denied (as the user of this check"
	check "a folder of another user"
fi

mkdir "$dir/www" && echo theirs >"$dir/www/index.html"
channel "kind: page, directory: $dir/www, url: \"https://s.example/\""
said 1 "nocboard.yaml:4:39: error: $dir/www: is not empty and holds no page of ours"
check "a page's folder that is somebody else's"
channel "kind: page, directory: $dir/www/index.html, url: \"https://s.example/\""
said 1 'is a file, and a page is written into a folder'
check "a page's folder that is a file"

channel "kind: exec, command: /bin/true"
printf 'policy: none.yaml\nbridge: 7\n' >>"$dir/nocboard.yaml"
"$NOCBOARD" check -c "$dir/nocboard.yaml" >"$dir/out"
exit=$?
said 1 "nocboard.yaml:8:9: error: $dir/none.yaml: No such file" && grep -q 'nocboard.yaml:9:' "$dir/out"
check "a policy that is not there hides no other problem"

cat >"$dir/nocboard.yaml" <<END
noc: { journal: "postgresql://noc:secret@db/noc" }
regions: [ { id: FR } ]
components: [ { id: data } ]
people: [ { id: ana, phone: "1", teams: [a, b] } ]
teams: [ { id: a, tier: 2 }, { id: b, tier: 3 } ]
END
"$NOCBOARD" check -c "$dir/nocboard.yaml" >"$dir/out"
exit=$?
said 1 'nocboard.yaml:1:17: error: journal: postgresql://… is not built in yet' && ! grep -q secret "$dir/out"
check "a journal that this program cannot open"

echo "1..$n"
exit $bad
