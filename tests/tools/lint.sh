#!/bin/sh
# lint.sh: formatting and the house rules that a script can read.
set -u
bad=0
files=$(find src include tests -name '*.[ch]' | sort)
say() { # TITLE; lines on stdin
	lines=$(cat)
	[ -z "$lines" ] && return
	echo "$1"
	echo "$lines" | head -n 15
	bad=1
}
# shellcheck disable=SC2086
say "not formatted (clang-format -i):" <<E1
$(clang-format --dry-run $files 2>&1 | grep -oE '^[^:]+:[0-9]+' | awk -F: '!s[$1]++')
E1
# shellcheck disable=SC2086
say "banned calls:" <<E2
$(grep -nE '(^|[^a-z_0-9>.])(strcpy|strcat|sprintf|vsprintf|strtok|gets|atoi|atol|system|popen|localtime|asctime|ctime|time)\(' $(echo "$files" | grep '^src\|^include') | grep -v 'src/os/clock')
E2
# shellcheck disable=SC2086
say "left open:" <<E3
$(grep -nwE '(TODO|FIXME|XXX|HACK)' $files)
E3
say "curl_easy_init outside net/http:" <<E4
$(grep -ln 'curl_easy_init' src/*/*.c | grep -v 'src/net/http')
E4
say "wal_checkpoint has one caller:" <<E5
$(grep -l 'wal_checkpoint' src/*/*.c | grep -v 'src/store/sqlite')
E5
say "sleeping in tests:" <<E6
$(grep -rnE '(^|[^a-z_])(sleep|usleep|nanosleep)[[:space:]]*\(|^[[:space:]]*sleep ' tests --include='*.c' --include='*_test.sh')
E6
if command -v cppcheck >/dev/null 2>&1; then
	mkdir -p build/cppcheck # what it found in files that are unchanged
	cppcheck -q -j "$(nproc)" --cppcheck-build-dir=build/cppcheck --error-exitcode=1 --std=c11 --enable=warning,portability --inline-suppr --suppress=missingInclude --suppress=CastIntegerToAddressAtReturn \
		--suppress=missingIncludeSystem --suppress=unknownMacro --suppress=varFuncNullUB --suppress=preprocessorErrorDirective -Iinclude -D_GNU_SOURCE src || bad=1
fi
[ "$bad" = 0 ] && echo "lint: ok"
exit $bad
