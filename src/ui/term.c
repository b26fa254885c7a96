#include "ui/term.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "term_priv.h"
#include "ui/squeeze.h"

/* For the way out by a signal: prepared bytes and settings, so that a handler needs write and
 * tcsetattr alone. */
static struct {
	volatile sig_atomic_t armed;
	int tty;
	struct termios saved;
	char bytes[256];
	size_t len;
} rescue;

static const char modes_on[] = "\033[?2004h\033[?1004h";
static const char modes_off[] = "\033[?2004l\033[?1004l\033[?1006l\033[?1000l";
static const char mouse_on[] = "\033[?1000h\033[?1006h";
static const char title_push[] = "\033[22;0t", title_pop[] = "\033[23;0t";

bool term_colour_parse(const char *word, enum term_colour *out)
{
	static const char *const words[] = { "auto", "always", "never", "16", "256", "direct" };

	for (size_t i = 0; i < countof(words); i++)
		if (strcmp(words[i], word) == 0) {
			*out = (enum term_colour)i;
			return true;
		}
	return false;
}

static void rescue_terminal(int sig)
{
	if (rescue.armed) {
		ssize_t n = write(rescue.tty, rescue.bytes, rescue.len);

		(void)n;
		tcsetattr(rescue.tty, TCSANOW, &rescue.saved);
		rescue.armed = 0;
	}
	signal(sig, SIG_DFL);
	raise(sig);
}

static void rescue_arm(struct term *t)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	const char *leave = tigetstr("rmcup"), *show = tigetstr("cnorm");
	struct buf b;

	buf_init(&b, sizeof rescue.bytes - 1);
	buf_adds(&b, modes_off);
	buf_adds(&b, "\033[0m");
	/* Capabilities may hold padding ("$<5>"), which only tputs understands: skip those then. */
	if (show && show != (char *)-1 && !strchr(show, '$'))
		buf_adds(&b, show);
	if (leave && leave != (char *)-1 && !strchr(leave, '$'))
		buf_adds(&b, leave);
	buf_adds(&b, title_pop);
	memcpy(rescue.bytes, buf_str(&b), b.len);
	rescue.len = b.len;
	rescue.tty = t->tty;
	rescue.saved = t->saved;
	buf_fini(&b);
	if (!rescue.armed)
		for (size_t i = 0; i < countof(signals); i++)
			signal(signals[i], rescue_terminal);
	rescue.armed = 1;
}

static void raw_mode(struct term *t)
{
	struct termios raw = t->saved;

	/* Signals by key (C-c, C-z) are keys here; C-s must not freeze the board. */
	raw.c_iflag &= (tcflag_t) ~(ICRNL | INLCR | IGNCR | IXON | IXOFF | ISTRIP | BRKINT);
	raw.c_oflag &= (tcflag_t)~OPOST;
	raw.c_lflag &= (tcflag_t) ~(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(t->tty, TCSADRAIN, &raw);
}

/* C and POSIX get the UTF-8 tables for measuring, and ASCII on the screen: the terminal behind such
 * a locale may be anything. */
static bool set_locale(void)
{
	bool utf8;

	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	if (!utf8 && !setlocale(LC_CTYPE, "C.UTF-8"))
		setlocale(LC_CTYPE, "en_US.UTF-8");
	return utf8;
}

static bool open_tty(struct term *t, struct err *e)
{
	char name[256];

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(e, ERR_USAGE,
		    "the board needs a terminal on standard input and output (nocboard status "
		    "prints the board as text)");
	if (ttyname_r(STDIN_FILENO, name, sizeof name) == 0)
		t->tty = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (t->tty < 0) {
		t->tty = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
		if (t->tty < 0)
			return err_sys(e, ERR_IO, errno, "terminal");
	}
	if (tcgetattr(t->tty, &t->saved) != 0)
		return err_sys(e, ERR_IO, errno, "terminal settings");
	return true;
}

/* NULL also for one that cannot place its cursor: nothing could be drawn there. */
static SCREEN *open_as(struct term *t, const char *name)
{
	SCREEN *s = newterm(name, t->out, stdin);
	const char *cup = s ? tigetstr("cup") : NULL;

	if (s && (!cup || cup == (char *)-1)) {
		endwin();
		delscreen(s);
		return NULL;
	}
	return s;
}

static bool open_screen(struct term *t, struct err *e)
{
	static const char *const others[] = { "xterm-256color", "xterm", "vt100", "ansi" };
	const char *want = getenv("TERM");

	t->mem = memfd_create("screen", MFD_CLOEXEC);
	if (t->mem < 0 || !(t->out = fdopen(t->mem, "w+")))
		return err_sys(e, ERR_IO, errno, "screen buffer");
	/* Some entries (that of the Linux console) have no size, and cannot be opened without one;
	 * it is set to that of the terminal before anything is drawn. */
	use_env(TRUE);
	t->screen = want && *want ? open_as(t, want) : NULL;
	for (size_t i = 0; !t->screen && i < countof(others); i++) {
		t->screen = open_as(t, others[i]);
		if (t->screen)
			t->notice =
			    xasprintf("TERM=%.40s is not known here, or cannot draw: using %s",
				want && *want ? want : "(unset)", others[i]);
	}
	if (!t->screen)
		return err_set(e, ERR_IO,
		    "terminal: no terminfo entry for TERM=%.40s, xterm or vt100 (install "
		    "ncurses-base)",
		    want ? want : "");
	return true;
}

static int pick_colours(enum term_colour choice)
{
	const char *no = getenv("NO_COLOR"), *force = getenv("CLICOLOR_FORCE");
	int have = tigetnum("colors");

	if (have < 0)
		have = 0;
	switch (choice) {
	case TERM_COLOUR_NEVER:
		return 0;
	case TERM_COLOUR_AUTO:
		if (no && *no)
			return 0;
		if (force && *force && strcmp(force, "0") != 0 && have < 8)
			return 8;
		return have;
	case TERM_COLOUR_ALWAYS:
		return have < 8 ? 8 : have;
	case TERM_COLOUR_16:
		return have < 16 ? have : 16;
	case TERM_COLOUR_256:
		return have < 256 ? have : 256;
	case TERM_COLOUR_DIRECT:
		return have;
	}
	return have;
}

/* Modified arrows and the like have other sequences on each terminal: ask terminfo by name. */
static void define_keys(struct term *t)
{
	static const struct {
		const char *cap;
		uint32_t key;
	} caps[] = {
		{ "kcuu1", KB_UP },
		{ "kcud1", KB_DOWN },
		{ "kcub1", KB_LEFT },
		{ "kcuf1", KB_RIGHT },
		{ "khome", KB_HOME },
		{ "kend", KB_END },
		{ "kpp", KB_PGUP },
		{ "knp", KB_PGDN },
		{ "kdch1", KB_DEL },
		{ "kich1", KB_INS },
		{ "kcbt", KB_BACKTAB },
		{ "kLFT5", KB_LEFT | KB_CTRL },
		{ "kRIT5", KB_RIGHT | KB_CTRL },
		{ "kUP5", KB_UP | KB_CTRL },
		{ "kDN5", KB_DOWN | KB_CTRL },
		{ "kLFT3", KB_LEFT | KB_ALT },
		{ "kRIT3", KB_RIGHT | KB_ALT },
		{ "kUP3", KB_UP | KB_ALT },
		{ "kDN3", KB_DOWN | KB_ALT },
		{ "kLFT", KB_LEFT | KB_SHIFT },
		{ "kRIT", KB_RIGHT | KB_SHIFT },
		{ "kri", KB_UP | KB_SHIFT },
		{ "kind", KB_DOWN | KB_SHIFT },
	};

	for (size_t i = 0; i < countof(caps); i++) {
		const char *s = tigetstr(caps[i].cap);

		if (s && s != (char *)-1)
			input_define(t->input, s, caps[i].key);
	}
	for (int n = 1; n <= 24; n++) {
		char cap[8] = "kf";
		const char *s;

		cap[2] = (char)(n < 10 ? '0' + n : '0' + n / 10);
		cap[3] = (char)(n < 10 ? '\0' : '0' + n % 10);
		s = tigetstr(cap);
		if (s && s != (char *)-1)
			input_define(t->input, s, (uint32_t)(KB_F1 + n - 1));
	}
}

static void emit(struct term *t, const char *bytes)
{
	buf_adds(&t->pending, bytes);
}

void term_gather(struct term *t)
{
	off_t size = lseek(t->mem, 0, SEEK_END);
	struct buf wrote;
	char chunk[16384];
	ssize_t n;

	buf_init(&wrote, PENDING_MAX);
	for (off_t at = 0; at < size; at += n) {
		n = pread(t->mem, chunk, sizeof chunk, at);
		if (n <= 0)
			break;
		buf_add(&wrote, chunk, (size_t)n);
	}
	if (t->ansi_moves)
		squeeze(&t->pending, buf_str(&wrote), wrote.len, t->shown.w);
	else
		buf_add(&t->pending, buf_str(&wrote), wrote.len);
	buf_fini(&wrote);
	if (size > 0 && ftruncate(t->mem, 0) == 0)
		lseek(t->mem, 0, SEEK_SET);
}

/* Whether the terminal's own moves are those of ECMA-48. */
static bool ansi_moves(void)
{
	const char *cup = tigetstr("cup"), *cuf = tigetstr("cuf"), *left = tigetstr("cub1");

	return cup && cup != (char *)-1 && strcmp(cup, "\033[%i%p1%d;%p2%dH") == 0 && cuf &&
	       cuf != (char *)-1 && strcmp(cuf, "\033[%p1%dC") == 0 && left && left != (char *)-1 &&
	       strcmp(left, "\b") == 0;
}

struct term *term_open(const struct term_options *o, struct err *e)
{
	struct term *t = xcalloc(1, sizeof *t);
	bool utf8 = set_locale();
	const char *name = getenv("TERM");

	t->tty = t->mem = -1;
	buf_init(&t->pending, PENDING_MAX);
	canvas_init(&t->shown, 0, 0);
	t->input = input_new();
	/* The console of Linux reads UTF-8, and its font has letters and little else. */
	t->latin = utf8 && name && strcmp(name, "linux") == 0;
	t->ascii = !utf8 || t->latin;
	t->frame_marks = o->frame_marks;
	t->mouse = o->mouse;
	if (!open_tty(t, e) || !open_screen(t, e)) {
		term_close(t);
		return NULL;
	}
	/* The console's kernel and real terminals of the old kind show unknown sequences. */
	t->sync = name && strcmp(name, "dumb") != 0 && strncmp(name, "vt", 2) != 0;
	t->colours = pick_colours(o->colour);
	if (t->colours > 0) {
		start_color();
		use_default_colors();
	}
	t->theme = theme_for(o->theme, t->colours);
	define_keys(t);
	t->ansi_moves = ansi_moves();
	leaveok(stdscr, FALSE);
	nonl();
	rescue_arm(t);
	t->left = true;
	term_enter(t);
	return t;
}

void term_enter(struct term *t)
{
	if (!t->left)
		return;
	t->left = false;
	raw_mode(t);
	emit(t, t->sync ? title_push : "");
	emit(t, t->sync ? modes_on : "");
	emit(t, t->sync && t->mouse ? mouse_on : "");
	reset_prog_mode();
	term_forget(t);
	rescue.armed = 1;
}

void term_leave(struct term *t)
{
	if (t->left)
		return;
	t->left = true;
	move(t->shown.h > 0 ? t->shown.h - 1 : 0, 0);
	curs_set(1);
	endwin();
	term_gather(t);
	emit(t, t->sync ? modes_off : "");
	emit(t, t->sync ? title_pop : "");
	/* The last bytes are worth a short wait, a dead terminal is not. */
	for (int tries = 0; tries < 50 && !term_flush(t); tries++) {
		fd_set w;
		struct timeval wait = { .tv_usec = 10000 };

		FD_ZERO(&w);
		FD_SET(t->tty, &w);
		select(t->tty + 1, NULL, &w, NULL, &wait);
	}
	buf_clear(&t->pending);
	tcsetattr(t->tty, TCSANOW, &t->saved);
	rescue.armed = 0;
}

void term_close(struct term *t)
{
	if (!t)
		return;
	if (t->screen) {
		term_leave(t);
		delscreen(t->screen);
	}
	if (t->out)
		fclose(t->out);
	else if (t->mem >= 0)
		close(t->mem);
	if (t->tty >= 0)
		close(t->tty);
	canvas_fini(&t->shown);
	buf_fini(&t->pending);
	input_free(t->input);
	free(t->notice);
	free(t->title);
	free(t);
}

int term_fd(const struct term *t)
{
	return t->tty;
}

bool term_latin(const struct term *t)
{
	return t->latin;
}

bool term_ascii(const struct term *t)
{
	return t->ascii;
}

int term_colours(const struct term *t)
{
	return t->colours;
}

const char *term_theme(const struct term *t)
{
	return t->theme->name;
}

void term_set_theme(struct term *t, const char *name)
{
	t->theme = theme_for(name, t->colours);
	term_forget(t);
}

const char *term_notice(const struct term *t)
{
	return t->notice;
}

void term_size(const struct term *t, int *w, int *h)
{
	struct winsize ws = { 0 };

	*w = 80;
	*h = 24;
	if (ioctl(t->tty, TIOCGWINSZ, &ws) == 0) {
		*w = ws.ws_col > CANVAS_SIDE ? CANVAS_SIDE : ws.ws_col;
		*h = ws.ws_row > CANVAS_SIDE ? CANVAS_SIDE : ws.ws_row;
	}
}

struct input *term_input(struct term *t)
{
	return t->input;
}

bool term_read(struct term *t, input_fn got, void *ctx)
{
	char bytes[4096];
	ssize_t n = read(t->tty, bytes, sizeof bytes);

	if (n > 0) {
		input_feed(t->input, bytes, (size_t)n, got, ctx);
		return true;
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

void term_bell(struct term *t)
{
	t->bell_due = true;
}

void term_title(struct term *t, const char *title)
{
	if (t->title && title && strcmp(t->title, title) == 0)
		return;
	free(t->title);
	t->title = xstrdup_null(title);
	t->title_due = true;
}

void term_forget(struct term *t)
{
	t->shown_valid = false;
}

bool term_flush(struct term *t)
{
	while (t->pending.len > 0) {
		ssize_t n = write(t->tty, t->pending.data, t->pending.len);

		if (n > 0)
			buf_drop(&t->pending, (size_t)n);
		else if (n < 0 && errno == EINTR)
			continue;
		else
			return false;
	}
	return true;
}
