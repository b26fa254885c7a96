#!/bin/sh
# floor_links.sh "FLOOR BELOW ..." ...: links each archive whole with the lower ones alone, so that
# an upward call is an undefined symbol.
set -u
bad=0
for uses in "$@"; do
	# shellcheck disable=SC2086
	set -- $uses
	floor=$1
	shift
	lower=
	for f in "$@"; do lower="$lower $B/lib$f.a"; done
	[ "$floor" = base ] && lower=
	# shellcheck disable=SC2086
	if ! $CC -pie -nostartfiles -Wl,-e,0 -o "$B/floor-$floor.so" -Wl,--whole-archive "$B/lib$floor.a" -Wl,--no-whole-archive $lower $PKG_LIBS 2>"$B/floor.log"; then
		echo "floor $floor reaches up:"
		grep -E 'undefined reference' "$B/floor.log" | head -n 5 || head -n 5 "$B/floor.log"
		bad=1
	fi
	rm -f "$B/floor-$floor.so"
done
[ "$bad" = 0 ] && echo "floor links: ok"
exit $bad
