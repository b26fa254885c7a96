#!/bin/sh
# screenshots.sh: screenshots/*.png of the running program: the first-night rehearsal in xterm on a
# display of its own, driven by keys. Everything is waited for: the engine by `nocboard status`, the
# board by the number of its last frame, which it puts into the title of its window.
set -eu
nocboard=${NOCBOARD:-./nocboard}
out=screenshots
speed=10
limit=90 # seconds that anything may take

dir=$(mktemp -d)
pids=
cleanup() {
	# shellcheck disable=SC2086  # a list of numbers
	[ -z "$pids" ] || kill $pids 2>/dev/null || true
	wait 2>/dev/null || true
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 1' INT TERM
export LC_ALL=C.UTF-8 XDG_STATE_HOME="$dir/state" XDG_CONFIG_HOME="$dir/config" XDG_RUNTIME_DIR="$dir/run" NOCBOARD_FRAMES=1
unset NO_COLOR TMUX 2>/dev/null || true
mkdir -p "$dir/run" "$out"
socket=$dir/drill/engine.sock

die() {
	echo "screenshots: $*" >&2
	exit 1
}

# until WHAT COMMAND ...: runs it again and again until it succeeds.
until_ok() {
	what=$1
	shift
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt $((limit * 10)) ] || die "$what did not come"
		sleep 0.1
	done
}

status_has() { "$nocboard" status --json --socket "$socket" | grep -q "$1"; }
do_incident() { "$nocboard" incident "$@" --socket "$socket" >/dev/null || die "incident $*"; }

mkfifo "$dir/display"
Xvfb -screen 0 2600x1800x24 -nolisten tcp -displayfd 5 5>"$dir/display" >/dev/null 2>&1 &
pids="$pids $!"
read -r number <"$dir/display"
DISPLAY=:$number
export DISPLAY

# window NAME COLUMNSxROWS POINTS COMMAND ...: sets `id`.
window() {
	name=$1 size=$2 points=$3
	shift 3
	xterm -xrm 'XTerm*allowTitleOps: true' -xrm 'XTerm*cursorBlink: false' -class NocShot -name "$name" -tn xterm-256color \
		-fa 'DejaVu Sans Mono' -fs "$points" -geometry "$size+0+0" -bg black -fg gray90 -b 4 +sb -T "$name" -e "$@" 2>/dev/null &
	pids="$pids $!"
	until_ok "window $name" xdotool search --onlyvisible --classname "^$name\$"
	id=$(xdotool search --onlyvisible --classname "^$name\$" | head -n 1)
}

frame() { xdotool getwindowname "$1" | sed -n 's/^frame //p'; }
frame_beyond() { [ "$(frame "$1")" -gt "$2" ]; }

# Two frames from now on, what was pressed before is on the screen.
settled() {
	until_ok "a frame" frame_beyond "$1" 0
	now=$(frame "$1")
	until_ok "the next frame" frame_beyond "$1" $((now + 1))
}

press() { # WINDOW KEY ...
	w=$1
	shift
	settled "$w"
	xdotool windowfocus --sync "$w" key --window "$w" --clearmodifiers "$@"
	settled "$w"
}

shot() { # WINDOW NAME
	settled "$1"
	import -window "$1" -depth 8 -colors 128 -define png:compression-level=9 "$out/$2.png"
	[ "$(wc -c <"$out/$2.png")" -lt 300000 ] || die "$2.png is larger than 300 KB"
	echo "$out/$2.png"
}

window drill 120x40 11 "$nocboard" drill --speed "$speed" --keep "$dir/drill"
drill=$id
until_ok "the engine" status_has '"regions"'
until_ok "a candidate" status_has '"phase":"detected"'
press "$drill" a
until_ok "the acknowledgement" status_has '"phase":"open"'
do_incident role INC-1 ic you
do_incident role INC-1 comms ana

# The first word to customers, in the composer; then it is posted from the command line.
press "$drill" Return
press "$drill" P
shot "$drill" composer
press "$drill" Escape
press "$drill" Escape
"$nocboard" update INC-1 --socket "$socket" --stage initial \
	--field impact='Travellers arriving in France cannot start a data session.' \
	--field known='New sessions are rejected; sessions that were open go on.' \
	--field unknown='Whether the fault lies with the partner network.' \
	--field next='Asking the partner network and looking for another path.' \
	--field customer_actions='Choose SFR by hand, then switch mobile data off and on.' >/dev/null || die "update"
until_ok "the update" status_has '"clock":"update"'
do_incident escalate INC-1 2 --contact 'Maria Silva' --via phone
do_incident answered INC-1 2 --by 'Maria Silva'
do_incident role INC-1 tech maria
do_incident involve INC-1 orange-fr --reason 'Only sessions over Orange fail'
do_incident hypothesis INC-1 'A signalling link of the partner is out'
until_ok "the partner's page" status_has '"open_incidents":1'

press "$drill" b
shot "$drill" board
press "$drill" Return
shot "$drill" incident
press "$drill" 2
shot "$drill" timeline
press "$drill" question
shot "$drill" help
press "$drill" Escape
press "$drill" b

window wall 120x40 11 "$nocboard" board --wall --socket "$socket"
shot "$id" wall
window large 300x90 7 "$nocboard" board --socket "$socket"
shot "$id" board-300x90
window small 80x24 11 "$nocboard" board --socket "$socket"
shot "$id" board-80x24
