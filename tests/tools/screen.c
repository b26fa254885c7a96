#include "screen.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "screen_priv.h"

#define FRAME_MARK "\033]2;frame "

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int on_cursor(VTermPos pos, VTermPos old, int visible, void *user)
{
	struct screen *s = user;

	(void)old;
	s->cursor = pos;
	s->cursor_visible = visible;
	return 1;
}

static int on_prop(VTermProp prop, VTermValue *val, void *user)
{
	struct screen *s = user;

	if (prop == VTERM_PROP_CURSORVISIBLE)
		s->cursor_visible = val->boolean;
	return 1;
}

static int on_bell(void *user)
{
	((struct screen *)user)->bells++;
	return 1;
}

static void set_environment(const struct screen_options *o)
{
	static const char *const clear[] = { "NO_COLOR", "CLICOLOR_FORCE", "COLORTERM", "TMUX",
		"LC_CTYPE", "LANG", "LANGUAGE", "LINES", "COLUMNS", "ESCDELAY" };

	for (size_t i = 0; i < countof(clear); i++)
		unsetenv(clear[i]);
	setenv("TERM", o->term ? o->term : "xterm-256color", 1);
	setenv("LC_ALL", o->locale ? o->locale : "C.UTF-8", 1);
	setenv("NOCBOARD_FRAMES", "1", 1);
	setenv("TZ", "UTC", 1);
	if (o->home) {
		setenv("HOME", o->home, 1);
		setenv("XDG_CONFIG_HOME", o->home, 1);
		setenv("XDG_STATE_HOME", o->home, 1);
		setenv("XDG_RUNTIME_DIR", o->home, 1);
	}
	for (const char *const *e = o->env; e && *e; e++) {
		char *pair = xstrdup(*e), *eq = strchr(pair, '=');

		if (eq) {
			*eq = '\0';
			setenv(pair, eq + 1, 1);
		} else {
			unsetenv(pair);
		}
		free(pair);
	}
}

struct screen *screen_start(char *const argv[], const struct screen_options *o)
{
	static const VTermScreenCallbacks callbacks = {
		.movecursor = on_cursor,
		.settermprop = on_prop,
		.bell = on_bell,
	};
	struct screen *s = xcalloc(1, sizeof *s);
	struct winsize ws = { .ws_row = (unsigned short)o->h, .ws_col = (unsigned short)o->w };

	s->w = o->w;
	s->h = o->h;
	buf_init(&s->log, (size_t)256 << 20);
	s->pid = forkpty(&s->fd, NULL, NULL, &ws);
	if (s->pid < 0)
		fail_msg("forkpty: %s", strerror(errno));
	if (s->pid == 0) {
		set_environment(o);
		execv(argv[0], argv);
		_exit(127);
	}
	fcntl(s->fd, F_SETFL, fcntl(s->fd, F_GETFL) | O_NONBLOCK);
	s->vt = vterm_new(o->h > 0 ? o->h : 1, o->w > 0 ? o->w : 1);
	vterm_set_utf8(s->vt, 1);
	s->screen = vterm_obtain_screen(s->vt);
	vterm_screen_set_callbacks(s->screen, &callbacks, s);
	vterm_screen_enable_altscreen(s->screen, 1);
	vterm_screen_reset(s->screen, 1);
	return s;
}

void screen_free(struct screen *s)
{
	if (!s)
		return;
	if (!s->ended) {
		kill(s->pid, SIGKILL);
		waitpid(s->pid, NULL, 0);
	}
	if (s->fd >= 0)
		close(s->fd);
	vterm_free(s->vt);
	buf_fini(&s->log);
	free(s);
}

/* Frame marks are read from the bytes themselves: libvterm's way of telling titles changed. */
static void count_frames(struct screen *s)
{
	const size_t n = sizeof FRAME_MARK - 1;

	while (s->scanned + n < s->log.len) {
		const char *at =
		    memmem(s->log.data + s->scanned, s->log.len - s->scanned, FRAME_MARK, n);
		const char *end;

		if (!at) {
			s->scanned = s->log.len - n;
			return;
		}
		end = memchr(at, '\\', s->log.len - (size_t)(at - s->log.data));
		if (!end) {
			s->scanned = (size_t)(at - s->log.data);
			return;
		}
		s->frame = strtol(at + n, NULL, 10);
		s->scanned = (size_t)(end - s->log.data);
	}
}

/* Reads what is there within `ms`. False: nothing came, or the program is gone. */
static bool take(struct screen *s, int64_t ms)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	char bytes[65536];
	ssize_t n;

	if (s->fd < 0 || poll(&p, 1, ms < 0 ? 0 : (int)ms) <= 0)
		return false;
	n = read(s->fd, bytes, sizeof bytes);
	if (n <= 0) {
		s->closed = n == 0 || errno != EAGAIN;
		return false;
	}
	buf_add(&s->log, bytes, (size_t)n);
	vterm_input_write(s->vt, bytes, (size_t)n);
	count_frames(s);
	return true;
}

/* What is on the screen is a whole frame: the last bytes are its mark. A program that marks no
 * frames is always taken at its word; one that has begun a synchronized update will. */
static bool whole(const struct screen *s)
{
	static const char begun[] = "\033[?2026h";

	if (s->frame == 0)
		return !s->log.len || !memmem(s->log.data, s->log.len, begun, sizeof begun - 1);
	return s->scanned + 1 >= s->log.len;
}

static bool wait_until(
    struct screen *s, bool (*met)(struct screen *, const void *), const void *what, int ms)
{
	int64_t end = now_ms() + ms;

	for (;;) {
		int64_t left = end - now_ms();

		if (whole(s) && met(s, what))
			return true;
		if (left <= 0 || s->closed)
			return false;
		take(s, left);
	}
}

static bool write_all(struct screen *s, const char *bytes, size_t len)
{
	int64_t end = now_ms() + 10000;

	while (len > 0 && now_ms() < end) {
		ssize_t n = write(s->fd, bytes, len);

		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			take(s, 10);
		} else {
			return false;
		}
	}
	return len == 0;
}

void screen_send(struct screen *s, const char *bytes)
{
	write_all(s, bytes, strlen(bytes));
}

static bool later_frame(struct screen *s, const void *what)
{
	return s->frame > *(const long *)what;
}

bool screen_frame(struct screen *s, int ms)
{
	long from = s->awaited;
	bool ok = wait_until(s, later_frame, &from, ms);

	s->awaited = s->frame;
	return ok;
}

void screen_key(struct screen *s, const char *bytes)
{
	while (take(s, 0))
		;
	s->awaited = s->frame;
	screen_send(s, bytes);
	if (!screen_frame(s, 10000))
		fail_msg("no frame came after the keys");
}

void screen_resize(struct screen *s, int w, int h)
{
	struct winsize ws = { .ws_row = (unsigned short)h, .ws_col = (unsigned short)w };

	s->w = w;
	s->h = h;
	vterm_set_size(s->vt, h > 0 ? h : 1, w > 0 ? w : 1);
	ioctl(s->fd, TIOCSWINSZ, &ws);
}

static bool text_there(struct screen *s, const void *what)
{
	return screen_has(s, what);
}

static bool text_gone(struct screen *s, const void *what)
{
	return !screen_has(s, what);
}

bool screen_wait(struct screen *s, const char *text, int ms)
{
	return wait_until(s, text_there, text, ms);
}

bool screen_wait_gone(struct screen *s, const char *text, int ms)
{
	return wait_until(s, text_gone, text, ms);
}

bool screen_wait_exit(struct screen *s, int ms, int *status)
{
	int64_t end = now_ms() + ms;

	while (now_ms() < end) {
		if (waitpid(s->pid, status, WNOHANG) == s->pid) {
			s->ended = true;
			while (take(s, 0))
				;
			return true;
		}
		if (s->fd >= 0 && !s->closed)
			take(s, 5);
		else
			poll(NULL, 0, 5);
	}
	return false;
}

void screen_hang_up(struct screen *s)
{
	close(s->fd);
	s->fd = -1;
	s->closed = true;
}

bool screen_has(const struct screen *s, const char *text)
{
	struct buf row;
	bool found = false;

	for (int y = 0; y < s->h && !found; y++) {
		buf_init(&row, 0);
		screen_row(s, y, &row);
		found = strstr(buf_str(&row), text) != NULL;
		buf_fini(&row);
	}
	return found;
}

void screen_row(const struct screen *s, int y, struct buf *out)
{
	size_t keep = out->len;

	for (int x = 0; x < s->w; x++) {
		VTermScreenCell cell;

		if (!vterm_screen_get_cell(s->screen, (VTermPos){ .row = y, .col = x }, &cell))
			break;
		if (cell.chars[0] == (uint32_t)-1)
			continue; /* the right half of a wide one */
		if (cell.chars[0] == 0)
			buf_addc(out, ' ');
		for (size_t i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
			utf8_put(out, cell.chars[i]);
		if (cell.chars[0] != 0 && cell.chars[0] != ' ')
			keep = out->len;
	}
	while (out->len > keep)
		out->data[--out->len] = '\0';
}

void screen_cursor(const struct screen *s, int *x, int *y, bool *visible)
{
	*x = s->cursor.col;
	*y = s->cursor.row;
	*visible = s->cursor_visible;
}

int screen_bells(const struct screen *s)
{
	return s->bells;
}

size_t screen_bytes(const struct screen *s)
{
	return s->log.len;
}

long screen_pid(const struct screen *s)
{
	return s->pid;
}

const struct buf *screen_log(const struct screen *s)
{
	return &s->log;
}
