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
	mandoc -Tascii "$dir/nocboard.yaml.5" | col -b 2>/dev/null | grep -q 'recover_after: a number'
	check "nocboard.yaml(5) tells the keys of probes"
fi
"$NOCBOARD" check -c "$TOP/share/nocboard.yaml" | grep -q 'no problem found'
check "the example configuration has no problem"
cp "$TOP/share/policy.yaml" "$dir/" && { cat "$TOP/share/nocboard.yaml" && echo 'policy: policy.yaml'; } >"$dir/nocboard.yaml" &&
	"$NOCBOARD" check -c "$dir/nocboard.yaml" | grep -q 'no problem found'
check "the shipped policy has no problem"

echo "1..$n"
exit $bad
