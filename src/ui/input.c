#include "ui/input.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

#define SEQUENCE_MAX 64 /* longer ones than this are noise */

enum state {
	AT_GROUND,
	AT_ESC,
	AT_CSI,
	AT_SS3,
	AT_STRING, /* OSC, DCS, APC, PM, SOS: up to BEL or ST */
	AT_STRING_ESC,
	AT_PASTE,
	AT_MOUSE, /* three bytes of an old mouse report */
};

struct defined {
	char *sequence;
	uint32_t key;
};

struct input {
	enum state state;
	char seq[SEQUENCE_MAX]; /* what stands behind Esc [ or Esc O, or a started code point */
	size_t seq_len;
	int mouse_left;
	struct buf paste;
	size_t dropped;
	struct defined *defined;
	size_t defined_count, defined_cap;
};

struct input *input_new(void)
{
	struct input *in = xcalloc(1, sizeof *in);

	buf_init(&in->paste, INPUT_PASTE_MAX);
	return in;
}

void input_free(struct input *in)
{
	if (!in)
		return;
	for (size_t i = 0; i < in->defined_count; i++)
		free(in->defined[i].sequence);
	free(in->defined);
	buf_fini(&in->paste);
	free(in);
}

void input_define(struct input *in, const char *sequence, uint32_t key)
{
	/* Only sequences can be told from typing. */
	if (!sequence || sequence[0] != '\033' || strlen(sequence) < 3 ||
	    strlen(sequence) >= SEQUENCE_MAX)
		return;
	in->defined = xgrow(in->defined, in->defined_count, &in->defined_cap);
	in->defined[in->defined_count++] = (struct defined){ xstrdup(sequence), key };
}

static void enter(struct input *in, enum state state)
{
	in->state = state;
	in->seq_len = 0;
}

static void give(input_fn got, void *ctx, uint32_t key)
{
	got(ctx, &(struct input_event){ .kind = INPUT_KEY, .key = key });
}

/* One byte below Space, or DEL. */
static uint32_t control_key(unsigned char b)
{
	switch (b) {
	case 0:
		return KB_CTRL | ' ';
	case '\t':
		return KB_TAB;
	case '\r':
		return KB_ENTER;
	case 0x7f:
		return KB_BACKSPACE;
	}
	return b < 27 ? KB_CTRL | (uint32_t)(b + 'a' - 1) : KB_CTRL | (uint32_t)(b + '@');
}

/* Keys of `Esc [ number ~`, as VT220 numbered them. */
static uint32_t tilde_key(int n)
{
	static const struct {
		int n;
		uint32_t key;
	} keys[] = {
		{ 1, KB_HOME },
		{ 2, KB_INS },
		{ 3, KB_DEL },
		{ 4, KB_END },
		{ 5, KB_PGUP },
		{ 6, KB_PGDN },
		{ 7, KB_HOME },
		{ 8, KB_END },
		{ 11, KB_F1 },
		{ 12, KB_F1 + 1 },
		{ 13, KB_F1 + 2 },
		{ 14, KB_F1 + 3 },
		{ 15, KB_F1 + 4 },
		{ 17, KB_F1 + 5 },
		{ 18, KB_F1 + 6 },
		{ 19, KB_F1 + 7 },
		{ 20, KB_F1 + 8 },
		{ 21, KB_F1 + 9 },
		{ 23, KB_F1 + 10 },
		{ 24, KB_F1 + 11 },
	};

	for (size_t i = 0; i < countof(keys); i++)
		if (keys[i].n == n)
			return keys[i].key;
	return 0;
}

/* Keys of a final letter, behind `Esc [` or `Esc O`. */
static uint32_t letter_key(char final)
{
	switch (final) {
	case 'A':
		return KB_UP;
	case 'B':
		return KB_DOWN;
	case 'C':
		return KB_RIGHT;
	case 'D':
		return KB_LEFT;
	case 'H':
		return KB_HOME;
	case 'F':
		return KB_END;
	case 'Z':
		return KB_BACKTAB;
	case 'P':
	case 'Q':
	case 'R':
	case 'S':
		return (uint32_t)(KB_F1 + (final - 'P'));
	case 'M':
		return KB_ENTER; /* of the keypad, behind Esc O */
	}
	return 0;
}

/* xterm's modifier parameter: 1 + shift + 2 alt + 4 ctrl. */
static uint32_t modifiers(int n)
{
	uint32_t mods = 0;

	if (n < 2 || n > 16)
		return 0;
	n--;
	if (n & 1)
		mods |= KB_SHIFT;
	if (n & 2)
		mods |= KB_ALT;
	if (n & 4)
		mods |= KB_CTRL;
	return mods;
}

/* Wheel and clicks of SGR mouse reports: `Esc [ < button ; x ; y M`. */
static uint32_t mouse_key(const char *seq)
{
	int button = 0;

	for (const char *s = seq + 1; *s >= '0' && *s <= '9' && button < 1000; s++)
		button = button * 10 + (*s - '0');
	if (button == 64)
		return KB_WHEEL_UP;
	if (button == 65)
		return KB_WHEEL_DOWN;
	return button == 0 && seq[strlen(seq) - 1] == 'M' ? KB_CLICK : 0;
}

static uint32_t csi_key(const char *seq, size_t len)
{
	int param[2] = { 0, 0 }, at = 0;
	char final = seq[len - 1];
	uint32_t key;

	if (seq[0] == '<')
		return mouse_key(seq);
	if (seq[0] == '[') /* Linux console: Esc [ [ A is F1 */
		return len == 2 && final >= 'A' && final <= 'E' ? (uint32_t)(KB_F1 + (final - 'A'))
								: 0;
	for (size_t i = 0; i + 1 < len; i++) {
		if (seq[i] == ';' && at < 1)
			at++;
		else if (seq[i] >= '0' && seq[i] <= '9' && param[at] < 10000)
			param[at] = param[at] * 10 + (seq[i] - '0');
		else
			return 0;
	}
	if (final == 'M')
		return 0;
	key = final == '~' ? tilde_key(param[0]) : letter_key(final);
	return key ? key | modifiers(param[1]) : 0;
}

/* Looks up the `len` bytes of in->seq. */
static uint32_t defined_key(const struct input *in, char introducer, size_t len)
{
	for (size_t i = 0; i < in->defined_count; i++) {
		const char *s = in->defined[i].sequence;

		if (s[1] == introducer && strlen(s + 2) == len && memcmp(s + 2, in->seq, len) == 0)
			return in->defined[i].key;
	}
	return 0;
}

static void end_paste(struct input *in, input_fn got, void *ctx)
{
	struct input_event ev = { .kind = INPUT_PASTE,
		.text = buf_str(&in->paste),
		.len = in->paste.len,
		.dropped = in->dropped };

	enter(in, AT_GROUND);
	got(ctx, &ev);
	buf_clear(&in->paste);
	in->dropped = 0;
}

static void end_csi(struct input *in, input_fn got, void *ctx)
{
	size_t len = in->seq_len;
	uint32_t key;

	in->seq[len] = '\0';
	enter(in, AT_GROUND);
	if (strcmp(in->seq, "200~") == 0) {
		enter(in, AT_PASTE);
		buf_clear(&in->paste);
		in->dropped = 0;
		return;
	}
	if (strcmp(in->seq, "I") == 0 || strcmp(in->seq, "O") == 0) {
		bool entered = in->seq[0] == 'I';

		got(ctx,
		    &(struct input_event){ .kind = entered ? INPUT_FOCUS_IN : INPUT_FOCUS_OUT });
		return;
	}
	if (strcmp(in->seq, "M") == 0) {
		enter(in, AT_MOUSE);
		in->mouse_left = 3;
		return;
	}
	key = defined_key(in, '[', len);
	if (!key)
		key = csi_key(in->seq, len);
	if (key)
		give(got, ctx, key);
}

/* A code point may come in several reads. */
static void ground_byte(struct input *in, unsigned char b, uint32_t mods, input_fn got, void *ctx)
{
	size_t need, len;
	unsigned cp;

	if (in->seq_len == 0 && b < 0x80) {
		give(got, ctx, (b < ' ' || b == 0x7f ? control_key(b) : b) | mods);
		return;
	}
	if (in->seq_len > 0 && (b & 0xc0) != 0x80) { /* cut short: U+FFFD for it, then anew */
		in->seq_len = 0;
		give(got, ctx, 0xfffd);
		if (b == 0x1b)
			enter(in, AT_ESC);
		else
			ground_byte(in, b, mods, got, ctx);
		return;
	}
	in->seq[in->seq_len++] = (char)b;
	b = (unsigned char)in->seq[0];
	need = b >= 0xf5 ? 1 : b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : b >= 0xc2 ? 2 : 1;
	if (in->seq_len < need)
		return;
	in->seq[in->seq_len] = '\0';
	cp = need > 1 && utf8_valid(in->seq, in->seq_len) ? utf8_next(in->seq, &len) : 0xfffd;
	in->seq_len = 0;
	/* C1 controls and what the text gate would drop are no keys. */
	if (cp >= 0xa0)
		give(got, ctx, cp | mods);
}

static void esc_byte(struct input *in, unsigned char b, input_fn got, void *ctx)
{
	enter(in, AT_GROUND);
	switch (b) {
	case '[':
		enter(in, AT_CSI);
		return;
	case 'O':
		enter(in, AT_SS3);
		return;
	case ']':
	case 'P':
	case 'X':
	case '^':
	case '_':
		enter(in, AT_STRING);
		return;
	case 0x1b:
		give(got, ctx, KB_ESC);
		enter(in, AT_ESC);
		return;
	}
	ground_byte(in, b, KB_ALT, got, ctx);
}

static void paste_byte(struct input *in, unsigned char b, input_fn got, void *ctx)
{
	static const char end[] = "\033[201~";
	size_t n = sizeof end - 1;

	/* The end mark is looked for over all bytes, kept or dropped: seq holds the last ones. */
	if (in->seq_len == n) {
		memmove(in->seq, in->seq + 1, n - 1);
		in->seq_len--;
	}
	in->seq[in->seq_len++] = (char)b;
	if (!buf_addc(&in->paste, (char)b)) {
		in->paste.over = false;
		in->dropped++;
	}
	if (in->seq_len == n && memcmp(in->seq, end, n) == 0) {
		size_t tail = in->dropped < n ? n - in->dropped : 0;

		in->paste.len -= tail < in->paste.len ? tail : in->paste.len;
		in->paste.data[in->paste.len] = '\0';
		in->dropped -= in->dropped < n ? in->dropped : n;
		in->seq_len = 0;
		end_paste(in, got, ctx);
	}
}

static void csi_byte(struct input *in, unsigned char b, input_fn got, void *ctx)
{
	if (b == 0x1b) {
		enter(in, AT_ESC);
		return;
	}
	if (in->seq_len + 1 < SEQUENCE_MAX) /* a longer one is read to its end and means nothing */
		in->seq[in->seq_len++] = (char)b;
	if (b == '[' && in->seq_len == 1)
		return;
	if (b >= 0x40 && b <= 0x7e)
		end_csi(in, got, ctx);
}

static void ss3_byte(struct input *in, unsigned char b, input_fn got, void *ctx)
{
	uint32_t key;

	in->seq[0] = (char)b;
	key = defined_key(in, 'O', 1);
	if (!key)
		key = letter_key((char)b);
	enter(in, b == 0x1b ? AT_ESC : AT_GROUND);
	if (key)
		give(got, ctx, key);
}

static void one_byte(struct input *in, unsigned char b, input_fn got, void *ctx)
{
	switch (in->state) {
	case AT_GROUND:
		if (b == 0x1b && in->seq_len == 0)
			enter(in, AT_ESC);
		else
			ground_byte(in, b, 0, got, ctx);
		break;
	case AT_ESC:
		esc_byte(in, b, got, ctx);
		break;
	case AT_CSI:
		csi_byte(in, b, got, ctx);
		break;
	case AT_SS3:
		ss3_byte(in, b, got, ctx);
		break;
	case AT_STRING:
		if (b == 0x07 || b == 0x18 || b == 0x1a)
			enter(in, AT_GROUND);
		else if (b == 0x1b)
			enter(in, AT_STRING_ESC);
		break;
	case AT_STRING_ESC:
		enter(in, AT_GROUND);
		if (b != '\\')
			esc_byte(in, b, got, ctx);
		break;
	case AT_PASTE:
		paste_byte(in, b, got, ctx);
		break;
	case AT_MOUSE:
		if (--in->mouse_left == 0)
			enter(in, AT_GROUND);
		break;
	}
}

/* The keys of one read, kept back until it is known whether they were typed. */
struct batch {
	uint32_t *keys;
	size_t count, plain; /* plain: characters without a modifier */
	bool differ;	     /* not all of them are the same one: a key held down repeats */
	input_fn got;
	void *ctx;
};

/* Many characters in one read are a paste by a terminal that does not mark it (or noise): text, and
 * never commands. Named keys among them are dropped. */
static void flush_batch(struct batch *b)
{
	struct buf text;

	if (b->plain <= INPUT_BURST || !b->differ) {
		for (size_t i = 0; i < b->count; i++)
			give(b->got, b->ctx, b->keys[i]);
	} else {
		buf_init(&text, INPUT_PASTE_MAX);
		for (size_t i = 0; i < b->count; i++) {
			if (b->keys[i] <= 0x10ffff)
				utf8_put(&text, b->keys[i]);
			else if (b->keys[i] == KB_ENTER || b->keys[i] == KB_TAB)
				buf_addc(&text, b->keys[i] == KB_TAB ? '\t' : '\n');
		}
		b->got(b->ctx, &(struct input_event){
				   .kind = INPUT_PASTE, .text = buf_str(&text), .len = text.len });
		buf_fini(&text);
	}
	b->count = b->plain = 0;
	b->differ = false;
}

static void collect(void *ctx, const struct input_event *ev)
{
	struct batch *b = ctx;

	if (ev->kind != INPUT_KEY) {
		flush_batch(b);
		b->got(b->ctx, ev);
		return;
	}
	b->keys[b->count++] = ev->key;
	if (ev->key <= 0x10ffff) {
		b->plain++;
		b->differ = b->differ || ev->key != b->keys[0];
	}
}

void input_feed(struct input *in, const char *bytes, size_t len, input_fn got, void *ctx)
{
	/* A byte gives two keys at most (what was cut short, then itself). */
	struct batch b = {
		.keys = xreallocarray(NULL, 2 * len + 2, sizeof *b.keys), .got = got, .ctx = ctx
	};

	for (size_t i = 0; i < len; i++)
		one_byte(in, (unsigned char)bytes[i], collect, &b);
	flush_batch(&b);
	free(b.keys);
}

/* The rest of a sequence that has begun is waited for without end: dropped half-way, its tail
 * would be taken for typing. */
bool input_waiting(const struct input *in)
{
	return in->state == AT_ESC || in->state == AT_SS3 ||
	       (in->state == AT_CSI && in->seq_len == 0);
}

void input_timeout(struct input *in, input_fn got, void *ctx)
{
	enum state was = in->state;

	if (!input_waiting(in))
		return;
	enter(in, AT_GROUND);
	give(got, ctx, was == AT_ESC ? KB_ESC : KB_ALT | (was == AT_SS3 ? 'O' : '['));
}
