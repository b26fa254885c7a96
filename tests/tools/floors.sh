#!/bin/sh
# floors.sh: every #include of a project header goes to the file's own floor or one below.
set -u
bad=0
check() { # FLOOR ALLOWED ...
	floor=$1
	shift
	for f in $(find "src/$floor" "include/$floor" -name '*.[ch]' 2>/dev/null); do
		for inc in $(sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' "$f" | sort -u); do
			case " $* " in
			*" $inc "*) ;;
			*)
				echo "$f: includes \"$inc/…\", which is not below $floor"
				bad=1
				;;
			esac
		done
	done
}
check base base
check domain domain base
check os os domain base
check store store os domain base
check net net os domain base
check engine engine store net os domain base
check ui ui os domain base
check main main engine ui store net os domain base
if grep -lE '#include <(curl/|sqlite3|libpq-fe|uv|sys/socket|time|unistd|fcntl)\.?h?' src/domain/*.c include/domain/*.h 2>/dev/null; then
	echo "domain must do no I/O"
	bad=1
fi
if grep -lE '#include <.*curses\.h>' src/*/*.c include/*/*.h 2>/dev/null | grep -v '^src/ui/term'; then
	echo "curses stays in src/ui/term*"
	bad=1
fi
[ "$bad" = 0 ] && echo "floors: ok"
exit $bad
