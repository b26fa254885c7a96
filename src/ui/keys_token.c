/* Keys as text: "<C-x>", "gg", "<F5>". */
#include "ui/keys.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"

static const struct key_word {
	const char *name, *label; /* label NULL: as the name */
	uint32_t key;
} words[] = {
	{ "Enter", NULL, KB_ENTER },
	{ "Esc", NULL, KB_ESC },
	{ "Tab", NULL, KB_TAB },
	{ "BackTab", "S-Tab", KB_BACKTAB },
	{ "Space", NULL, ' ' },
	{ "Backspace", NULL, KB_BACKSPACE },
	{ "Del", NULL, KB_DEL },
	{ "Ins", NULL, KB_INS },
	{ "Home", NULL, KB_HOME },
	{ "End", NULL, KB_END },
	{ "PgUp", NULL, KB_PGUP },
	{ "PgDn", NULL, KB_PGDN },
	{ "Up", NULL, KB_UP },
	{ "Down", NULL, KB_DOWN },
	{ "Left", NULL, KB_LEFT },
	{ "Right", NULL, KB_RIGHT },
	{ "Hash", "#", '#' },
	{ "lt", "<", '<' },
	{ "Bar", "|", '|' },
	{ "WheelUp", NULL, KB_WHEEL_UP },
	{ "WheelDown", NULL, KB_WHEEL_DOWN },
	{ "Click", NULL, KB_CLICK },
	{ "DoubleClick", NULL, KB_DOUBLE_CLICK },
};

static const struct key_word *word_of(uint32_t key)
{
	for (size_t i = 0; i < countof(words); i++)
		if (words[i].key == key)
			return &words[i];
	return NULL;
}

static void print_one(uint32_t key, bool label, struct buf *out)
{
	uint32_t code = key & KB_CODE;
	const struct key_word *w = word_of(code);
	bool brackets = !label && (w || code > 0x10ffff || key & ~KB_CODE);

	if (brackets)
		buf_addc(out, '<');
	if (key & KB_CTRL)
		buf_adds(out, "C-");
	if (key & KB_ALT)
		buf_adds(out, "M-");
	if (key & KB_SHIFT)
		buf_adds(out, "S-");
	if (w)
		buf_adds(out, label && w->label ? w->label : w->name);
	else if (code >= KB_F1 && code <= KB_LAST)
		buf_addf(out, "F%u", (unsigned)(code - KB_F1 + 1));
	else
		utf8_put(out, code);
	if (brackets)
		buf_addc(out, '>');
}

void keys_print(const uint32_t *keys, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++)
		print_one(keys[i], false, out);
}

void keys_label(const uint32_t *keys, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && (keys[i - 1] > 0x10ffff || keys[i] > 0x10ffff || keys[i - 1] == ' '))
			buf_addc(out, ' ');
		print_one(keys[i], true, out);
	}
}

/* What stands in the brackets behind the modifiers. */
static uint32_t named_key(const char *name, size_t len)
{
	for (size_t i = 0; i < countof(words); i++)
		if (strlen(words[i].name) == len && strncasecmp(words[i].name, name, len) == 0)
			return words[i].key;
	if ((name[0] == 'F' || name[0] == 'f') && (len == 2 || len == 3)) {
		unsigned n = 0;

		for (size_t i = 1; i < len; i++) {
			if (name[i] < '0' || name[i] > '9')
				return 0;
			n = n * 10 + (unsigned)(name[i] - '0');
		}
		return n >= 1 && n <= 24 ? KB_F1 + n - 1 : 0;
	}
	return 0;
}

/* Why a chord can not be told apart, or never arrives; NULL: it is fine. */
static const char *refused(uint32_t key, uint32_t code, char help[120])
{
	bool ctrl = key & KB_CTRL, shift = key & KB_SHIFT;

	if (ctrl && shift && code <= 0x10ffff) {
		snprintf(help, 120, "use <M-%c> or another letter", (int)(code & 0x7f));
		return "Ctrl with Shift and a letter does not arrive as a key of its own";
	}
	if (ctrl && code >= 'A' && code <= 'Z') {
		snprintf(help, 120, "write <C-%c>", (int)(code - 'A' + 'a'));
		return "Ctrl does not see case";
	}
	if (ctrl && code == 'm') {
		snprintf(help, 120, "use M or <M-m>");
		return "<C-m> and <Enter> are the same key in a terminal";
	}
	if (ctrl && code == 'i') {
		snprintf(help, 120, "use <M-i>, or bind <Tab>");
		return "<C-i> and <Tab> are the same key in a terminal";
	}
	if (ctrl && code == '[') {
		snprintf(help, 120, "bind <Esc>");
		return "<C-[> and <Esc> are the same key in a terminal";
	}
	if (ctrl &&
	    (code == KB_ENTER || code == KB_TAB || code == KB_BACKSPACE || code == KB_ESC)) {
		snprintf(help, 120, "use another key");
		return "most terminals send the plain key for this one; not bindable";
	}
	if (shift && code == KB_TAB) {
		snprintf(help, 120, "write <BackTab>");
		return "this key has a name of its own";
	}
	if (shift && code <= 0x10ffff) {
		snprintf(help, 120, "write the character itself");
		return "Shift is part of a printable character";
	}
	return NULL;
}

/* One key in brackets; 0: why[] says what is wrong. `s` stands on '<'; *len is its length. */
static uint32_t bracket_key(const char *s, size_t *len, char why[160], char help[120])
{
	const char *end = strchr(s, '>'), *name = s + 1;
	uint32_t mods = 0, code;
	const char *bad;
	size_t name_len, cp_len;

	if (!end) {
		snprintf(why, 160, "\"<\" starts the name of a key that never ends");
		snprintf(help, 120, "write <lt> for the character itself");
		return 0;
	}
	*len = (size_t)(end - s) + 1;
	while (name[0] && name[1] == '-' && name + 2 < end) {
		if (name[0] == 'C' || name[0] == 'c')
			mods |= KB_CTRL;
		else if (name[0] == 'M' || name[0] == 'm' || name[0] == 'A' || name[0] == 'a')
			mods |= KB_ALT;
		else if (name[0] == 'S' || name[0] == 's')
			mods |= KB_SHIFT;
		else
			break;
		name += 2;
	}
	name_len = (size_t)(end - name);
	code = named_key(name, name_len);
	if (!code && name_len > 0) {
		code = utf8_next(name, &cp_len);
		if (cp_len != name_len)
			code = 0;
	}
	if (!code) {
		snprintf(why, 160, "no key is called %.*s", (int)(*len < 40 ? *len : 40), s);
		snprintf(help, 120,
		    "names are Enter Esc Tab BackTab Space Backspace Del Ins Home End "
		    "PgUp PgDn Up Down Left Right F1-F24");
		return 0;
	}
	bad = refused(mods | code, code, help);
	if (bad) {
		bool says = strstr(bad, "<C-") != NULL;

		snprintf(why, 160, "%.*s%s%s", says ? 0 : (int)(*len < 40 ? *len : 40), s,
		    says ? "" : ": ", bad);
		return 0;
	}
	return mods | code;
}

size_t keys_parse(const char *token, uint32_t keys[KEYS_SEQUENCE], char why[160], char help[120])
{
	size_t count = 0, len;

	why[0] = help[0] = '\0';
	for (const char *s = token; *s; s += len) {
		uint32_t key;

		if (count == KEYS_SEQUENCE) {
			snprintf(why, 160, "a sequence has at most %d keys", KEYS_SEQUENCE);
			return 0;
		}
		if (*s == '<') {
			key = bracket_key(s, &len, why, help);
			if (!key)
				return 0;
		} else {
			key = utf8_next(s, &len);
			if (key < ' ' || key == 0x7f || key == 0xfffd) {
				snprintf(why, 160, "this is no printable character");
				snprintf(help, 120, "write keys by name, as <Tab>");
				return 0;
			}
		}
		keys[count++] = key;
	}
	if (count == 0)
		snprintf(why, 160, "no key is given");
	return count;
}
