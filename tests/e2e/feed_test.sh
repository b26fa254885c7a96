#!/bin/sh
# nocboard feed and nocboard probe: what they print, and how they end.
set -u
dir=$(mktemp -d)
pages=$TOP/tests/fixtures/statuspage
n=0
check() { # WHAT STATUS
	n=$((n + 1))
	if [ "$2" = 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; fi
}
"$NOCBOARD" feed --list | grep -q '^statuspage '
check "lists the formats" $?
"$NOCBOARD" feed auto "$pages/summary.json" >"$dir/a" && "$NOCBOARD" feed statuspage --json <"$pages/summary.json" >"$dir/b" &&
	[ "$(tr -d ' \t\n' <"$dir/a")" = "$(tr -d ' \t\n' <"$dir/b")" ] && [ "$(wc -l <"$dir/b")" = 1 ]
check "reads a file or standard input, and finds the format" $?
grep -q '"problems":\["component cmp000000006: unknown status .wobbly."\]' "$dir/b"
check "names what it could not read" $?
printf '<!doctype html><html></html>' | "$NOCBOARD" feed statuspage >"$dir/a" 2>"$dir/b"
[ $? = 1 ] && [ ! -s "$dir/a" ] && grep -q 'standard input: .*an HTML page' "$dir/b"
check "refuses another document and says what it looks like" $?
: | "$NOCBOARD" feed auto >"$dir/a" 2>&1
[ $? = 1 ] && grep -q 'nothing at all' "$dir/a"
check "an empty document is no success" $?
"$NOCBOARD" feed statuspages "$pages/summary.json" >"$dir/a" 2>&1
[ $? = 2 ] && grep -q 'no such format' "$dir/a"
check "an unknown format is wrong usage" $?
"$NOCBOARD" feed statuspage "$dir/none" >"$dir/a" 2>&1
[ $? = 1 ] && grep -q "$dir/none" "$dir/a"
check "a file that is not there is named" $?

json=$TOP/tests/fixtures/json
"$NOCBOARD" feed auto "$json/uptime.json" >"$dir/a" 2>&1
[ $? = 1 ] && grep -q 'a JSON object (map its fields: nocboard feed json --map FILE)' "$dir/a"
check "auto says when a mapping is needed" $?
"$NOCBOARD" feed json --json --map "$json/uptime.map" "$json/uptime.json" | grep -q '"format":"json".*"components":\["Portal"\]'
check "reads any JSON by a mapping" $?
echo '{"fields":{"titel":"/a"}}' >"$dir/map"
"$NOCBOARD" feed json --map "$dir/map" "$json/uptime.json" >"$dir/a" 2>&1
[ $? = 2 ] && grep -q "^nocboard: --map: $dir/map: .*there is no 'titel'" "$dir/a"
check "a field of a mapping that is none is wrong usage" $?
echo '{"fields":' >"$dir/map"
"$NOCBOARD" feed json --map "$dir/map" "$json/uptime.json" >"$dir/a" 2>&1
[ $? = 2 ] && grep -q "^nocboard: --map: $dir/map: JSON 2:1: the text ends too early" "$dir/a"
check "a mapping that is no JSON is wrong usage" $?
"$NOCBOARD" feed json --map "$dir/none" "$json/uptime.json" >"$dir/a" 2>&1
[ $? = 2 ] && grep -q "^nocboard: --map: $dir/none: No such file" "$dir/a"
check "a mapping that is not there is wrong usage" $?
echo '{"fields":{"title":"/a"},"values":{"P1":1,"P2":true}}' >"$dir/map"
"$NOCBOARD" feed json --map "$dir/map" "$json/uptime.json" >"$dir/a" 2>&1
[ $? = 2 ] && grep -q "$dir/map: .*'P2' is neither a text nor a number" "$dir/a"
check "a value of a mapping that is no text and no number is wrong usage" $?
"$NOCBOARD" feed rss --map "$json/uptime.map" "$json/uptime.json" >"$dir/a" 2>&1
[ $? = 2 ] && grep -q 'format rss needs no mapping' "$dir/a"
check "a mapping for a format that has none is wrong usage" $?

"$NOCBOARD" probe --json http://127.0.0.1:1/ >"$dir/a"
[ $? = 1 ] && grep -q '"status":"major_outage".*"fault":"refused"' "$dir/a"
check "an endpoint that nobody serves is down, with the reason" $?
"$NOCBOARD" probe http://127.0.0.1:1/ | grep -q '^major_outage: connection refused$'
check "says it in words" $?
"$NOCBOARD" probe gopher://127.0.0.1/ >"$dir/a" 2>&1
[ $? = 2 ] && grep -q 'gopher://127.0.0.1/: no address that can be probed' "$dir/a"
check "an address of another kind cannot be used" $?
cat >"$dir/nocboard.yaml" <<END
regions: [ { id: FR, name: France, timezone: Europe/Paris } ]
components:
  - { id: act, name: Activation, class: activation, probes: [ { region: FR, http: "http://127.0.0.1:1/x" } ] }
END
"$NOCBOARD" -c "$dir/nocboard.yaml" probe --json act/FR | grep -q '"url":"http://127.0.0.1:1/x".*"fault":"refused"'
check "asks a configured probe by its id" $?
"$NOCBOARD" -c "$dir/nocboard.yaml" probe act/IT >"$dir/a" 2>&1
[ $? = 2 ] && grep -q 'act/IT: no probe of this id' "$dir/a"
check "an unknown id is wrong usage" $?
cat >>"$dir/nocboard.yaml" <<END
carriers:
  - id: acme
    feeds:
      - format: json
        url: https://acme.example/outages
        fields: { list: /outages, id: /incident_id, title: /description, start: /start_time, state: /status }
        values: { active: identified, done: resolved, planned: scheduled }
        dates: { pattern: "%a %d.%b %H:%M", timezone: Europe/Stockholm, months: [jan, feb, mar, apr, maj, jun, jul, aug, sep, okt, nov, dec] }
END
"$NOCBOARD" -c "$dir/nocboard.yaml" --now 2026-05-10T12:00:00Z feed acme/json --json "$json/outages.json" >"$dir/a"
grep -q '"id":"700".*"status":"identified".*"started_at":"2026-04-23T07:52:00.000Z"' "$dir/a"
check "reads a document as a configured feed does" $?
"$NOCBOARD" -c "$dir/nocboard.yaml" feed acme/rss "$json/outages.json" >"$dir/a" 2>&1
[ $? = 2 ] && grep -q 'acme/rss: no feed of this id' "$dir/a"
check "an unknown feed is wrong usage" $?
"$NOCBOARD" probe --timeout never http://127.0.0.1:1/ >"$dir/a" 2>&1
[ $? = 2 ] && grep -q 'no time from 1ms to 5m' "$dir/a"
check "checks the time-out" $?
! "$NOCBOARD" --help | grep -q parse-child && "$NOCBOARD" parse-child </dev/null
check "the reader of documents is there and not in the help" $?
rm -rf "$dir"
