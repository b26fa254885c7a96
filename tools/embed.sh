#!/bin/sh
# embed.sh FILE ...: C source of the table of files that are compiled in, on standard output.
set -eu
echo '#include "base/embed.h"'
n=0
for f in "$@"; do
	echo "static const unsigned char d$n[] = {"
	od -An -v -tu1 "$f" | sed 's/[0-9][0-9]*/&,/g'
	echo "0 };"
	n=$((n + 1))
done
echo 'const struct embedded embedded_files[] = {'
n=0
for f in "$@"; do
	echo "	{ \"$f\", d$n, sizeof d$n - 1 },"
	n=$((n + 1))
done
echo '	{ 0, 0, 0 },'
echo '};'
