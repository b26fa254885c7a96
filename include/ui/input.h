/* Bytes from a terminal become keys, pastes and focus changes. Pure: it reads no descriptor and no
 * clock. Sequences that nobody knows are swallowed whole, answers to queries too. */
#ifndef UI_INPUT_H
#define UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A key is a code point, or one of the names below, with modifiers. */
#define KB_CTRL 0x1000000u
#define KB_ALT 0x2000000u
#define KB_SHIFT 0x4000000u
#define KB_CODE 0x1fffffu

enum key_name {
	KB_ENTER = 0x110000,
	KB_ESC,
	KB_TAB,
	KB_BACKTAB,
	KB_BACKSPACE,
	KB_DEL,
	KB_INS,
	KB_HOME,
	KB_END,
	KB_PGUP,
	KB_PGDN,
	KB_UP,
	KB_DOWN,
	KB_LEFT,
	KB_RIGHT,
	KB_WHEEL_UP,
	KB_WHEEL_DOWN,
	KB_CLICK,
	KB_DOUBLE_CLICK,
	KB_F1, /* KB_F1 + n - 1 is F-key n, up to 24 */
	KB_LAST = KB_F1 + 23,
};

enum input_kind {
	INPUT_KEY,
	INPUT_PASTE, /* text; a burst of characters in one read counts as one too */
	INPUT_FOCUS_IN,
	INPUT_FOCUS_OUT,
};

struct input_event {
	enum input_kind kind;
	uint32_t key;
	const char *text; /* of INPUT_PASTE: as it came, NUL-terminated, valid for the call */
	size_t len;
	size_t dropped; /* bytes of a paste that were over INPUT_PASTE_MAX */
};

#define INPUT_PASTE_MAX 65536
#define INPUT_BURST 16 /* more printable bytes in one read are no typing */

struct input;
struct input *input_new(void);
void input_free(struct input *in);

/* A sequence of this terminal (from terminfo) for a named key; known ones are kept. */
void input_define(struct input *in, const char *sequence, uint32_t key);

typedef void (*input_fn)(void *ctx, const struct input_event *ev);
/* Hands out what `bytes` complete. */
void input_feed(struct input *in, const char *bytes, size_t len, input_fn got, void *ctx);
/* An Esc (or the start of a sequence) waits for what may follow: call input_timeout when nothing
 * came for 25 ms. */
bool input_waiting(const struct input *in);
void input_timeout(struct input *in, input_fn got, void *ctx);

#endif
