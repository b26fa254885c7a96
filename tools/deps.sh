#!/bin/sh
# deps.sh GROUP ...: installs what a group needs and this machine lacks, with apt.
# As root or with CI=true it installs plainly; a person is asked; NO_INSTALL=1 refuses.
set -eu

missing=
need_pkg() { # PKG-CONFIG-NAME DEBIAN-PACKAGE
	pkg-config --exists "$1" 2>/dev/null || missing="$missing $2"
}
need_cmd() { # COMMAND DEBIAN-PACKAGE
	command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}

for group in "$@"; do
	case $group in
	build)
		need_cmd cc gcc
		need_cmd pkg-config pkg-config
		need_pkg ncursesw libncurses-dev
		need_pkg libcurl libcurl4-openssl-dev
		need_pkg libcjson libcjson-dev
		need_pkg libuv libuv1-dev
		need_pkg sqlite3 libsqlite3-dev
		need_pkg libutf8proc libutf8proc-dev
		need_pkg yaml-0.1 libyaml-dev
		need_pkg libssl libssl-dev
		need_pkg expat libexpat1-dev
		need_pkg libcares libc-ares-dev
		[ -e "${TZDIR:-/usr/share/zoneinfo}/Europe/Paris" ] || missing="$missing tzdata"
		;;
	test)
		need_pkg cmocka libcmocka-dev
		need_pkg vterm libvterm-dev
		need_cmd openssl openssl
		need_cmd mandoc mandoc
		/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || missing="$missing python3-aiosmtpd"
		;;
	check)
		need_cmd gcc gcc
		need_cmd clang clang
		need_cmd clang-format clang-format
		need_cmd cppcheck cppcheck
		[ -n "$(find /usr/lib/llvm-*/lib -name 'libclang_rt.fuzzer*' 2>/dev/null | head -n 1)" ] ||
			missing="$missing $(command -v apt-cache >/dev/null && apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\).*/libclang-rt-\1-dev/p' | head -n 1)"
		;;
	page)
		need_cmd chromium chromium
		need_cmd xmllint libxml2-utils
		need_cmd node nodejs
		need_cmd npm npm
		need_cmd newsboat newsboat
		need_cmd pdftoppm poppler-utils
		/usr/bin/python3 -c 'import feedparser' 2>/dev/null || missing="$missing python3-feedparser"
		;;
	screenshots)
		need_cmd Xvfb xvfb
		need_cmd xterm xterm
		need_cmd import imagemagick
		need_cmd xdotool xdotool
		[ -n "$(find /usr/share/fonts -name 'DejaVuSansMono.ttf' 2>/dev/null)" ] || missing="$missing fonts-dejavu-core"
		;;
	esac
done
[ -n "$missing" ] || exit 0

echo "nocboard needs these packages:$missing"
if [ "${NO_INSTALL:-0}" = 1 ]; then
	echo "not installed, because NO_INSTALL=1 is set"
	exit 1
fi
if ! command -v apt-get >/dev/null 2>&1; then
	echo "this machine has no apt: install what gives pkg-config these modules, then run make again:"
	for p in ncursesw libcurl libcjson libuv sqlite3 libutf8proc yaml-0.1 libcrypto expat libcares cmocka vterm; do
		pkg-config --exists "$p" 2>/dev/null || echo "  $p"
	done
	exit 1
fi
sudo=
if [ "$(id -u)" != 0 ]; then
	sudo=sudo
	if [ "${CI:-}" != true ]; then
		[ -t 0 ] || { echo "run make again from a terminal, or: sudo apt-get install$missing"; exit 1; }
		printf 'install them with sudo apt-get? [y/N] '
		read -r answer
		case $answer in y | Y | yes) ;; *) exit 1 ;; esac
	fi
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086  # a list of package names
if ! { $sudo apt-get update -q && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q --no-install-recommends $missing; } >"$log" 2>&1; then
	tail -n 15 "$log"
	echo "apt could not install them"
	exit 1
fi
