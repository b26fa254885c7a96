#!/bin/sh
# check.sh: the status page before judges from elsewhere: feedparser, newsboat, xmllint, html-validate, and
# axe in Debian's chromium, on the screen and on paper. Leaves pictures in build/page/shots.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
work=$top/build/page
bad=0
CHROMIUM=$(command -v chromium)
export CHROMIUM

rm -rf "$work/night" "$work/naughty" "$work/shots" "$work/newsboat"
mkdir -p "$work/night" "$work/naughty" "$work/shots" "$work/node"
cp "$here/package.json" "$work/node/"
[ -d "$work/node/node_modules" ] || (cd "$work/node" && npm install --silent --no-audit --no-fund)
cp "$here"/*.mjs "$work/node/"

publish() { # NAME EVENTS
	sed "s#DIR#$work/$1#g" "$here/nocboard.yaml" >"$work/$1/nocboard.yaml"
	echo 'a secret of this check' >"$work/$1/secret"
	chmod 600 "$work/$1/secret"
	"$NOCBOARD" -c "$work/$1/nocboard.yaml" journal import <"$2"
	"$NOCBOARD" -c "$work/$1/nocboard.yaml" --now 2026-11-29T15:02:10Z publish
}

judge() { # NAME
	find "$work/$1/www" -name '*.atom' -o -name '*.rss' -o -name '*.xml' | xargs xmllint --noout || bad=1
	/usr/bin/python3 "$here/feeds.py" "$work/$1/www" || bad=1
	find "$work/$1/www" -name '*.html' -print0 |
		xargs -0 "$work/node/node_modules/.bin/html-validate" --config "$here/htmlvalidate.json" || bad=1
}

publish night "$here/night.events"
judge night
(cd "$work/node" && node browser.mjs "$work/night/www" "$work/shots") || bad=1
for pdf in "$work"/shots/*.pdf; do
	pdftoppm -r 60 -png "$pdf" "${pdf%.pdf}-print" && rm "$pdf" || bad=1
done
/usr/bin/python3 "$here/newsboat.py" "$work/night/www" "$work/newsboat" || bad=1

corpus=$top/../shared/samples/corpora/naughty-strings.txt
[ -e "$corpus" ] || corpus=
node "$here/naughty.mjs" $corpus >"$work/naughty/events"
publish naughty "$work/naughty/events"
judge naughty
(cd "$work/node" && node browser.mjs "$work/naughty/www") || bad=1

[ "$bad" = 0 ] && echo "page-check: ok; look at $work/shots"
exit $bad
