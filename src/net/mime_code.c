/* The encodings of a mail: quoted-printable, base64, and words in headers. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "charset.h"
#include "mime_priv.h"

static int hex(char c)
{
	const char *digits = "0123456789abcdef",
		   *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

bool mime_quoted_printable(struct buf *out, const char *s, size_t len, bool in_header)
{
	bool whole = true;

	for (size_t i = 0; i < len; i++) {
		size_t k = i + 1;
		if (in_header && s[i] == '_') {
			buf_addc(out, ' ');
			continue;
		}
		if (s[i] != '=') {
			buf_addc(out, s[i]);
			continue;
		}
		if (i + 2 < len && hex(s[i + 1]) >= 0 && hex(s[i + 2]) >= 0) {
			buf_addc(out, (char)(hex(s[i + 1]) << 4 | hex(s[i + 2])));
			i += 2;
			continue;
		}
		/* A soft line end, perhaps with blanks before it. */
		while (k < len && (s[k] == ' ' || s[k] == '\t'))
			k++;
		k += k < len && s[k] == '\r';
		if (k < len && s[k] == '\n') {
			i = k;
			continue;
		}
		whole = whole && k < len;
		buf_addc(out, '=');
	}
	return whole;
}

bool mime_base64(struct buf *out, const char *s, size_t len)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = 0, count = 0;
	size_t pad = 0;

	for (size_t i = 0; i < len; i++) {
		const char *at = s[i] ? strchr(digits, s[i]) : NULL;
		pad += s[i] == '=';
		if (!at || pad)
			continue;
		bits = bits << 6 | (unsigned)(at - digits);
		if (++count % 4 == 0) {
			char three[3] = { (char)(bits >> 16), (char)(bits >> 8), (char)bits };
			buf_add(out, three, 3);
			bits = 0;
		}
	}
	if (count % 4 == 3) {
		buf_addc(out, (char)(bits >> 10));
		buf_addc(out, (char)(bits >> 2));
	} else if (count % 4 == 2) {
		buf_addc(out, (char)(bits >> 4));
	}
	return (count + pad) % 4 == 0 && pad < 3 && count % 4 != 1;
}

#define WORD_MAX ((size_t)1000)

/* One =?charset?B?…?= at `s`; 0: it is none. */
static size_t encoded_word(struct buf *out, const char *s)
{
	const char *charset = s + 2, *how, *text, *end;
	struct buf raw;

	if (strncmp(s, "=?", 2) != 0 || !(how = strchr(charset, '?')) || !how[1] || how[2] != '?')
		return 0;
	text = how + 3;
	end = memmem(text, strnlen(text, WORD_MAX), "?=", 2);
	if (!end || memchr(text, ' ', (size_t)(end - text)))
		return 0;
	const char *language = memchr(charset, '*', (size_t)(how - charset));
	size_t charset_len = (size_t)((language ? language : how) - charset);
	buf_init(&raw, 4096);
	if (toupper((unsigned char)how[1]) == 'B')
		mime_base64(&raw, text, (size_t)(end - text));
	else
		mime_quoted_printable(&raw, text, (size_t)(end - text), true);
	if (!charset_to_utf8(out, charset, charset_len, buf_str(&raw), raw.len, NULL))
		buf_add(out, buf_str(&raw), raw.len);
	buf_fini(&raw);
	return (size_t)(end + 2 - s);
}

const char *mime_words(struct arena *a, const char *value, size_t max)
{
	struct buf text;
	bool after_word = false;

	buf_init(&text, MIME_HEADER * 4);
	for (const char *s = value; *s;) {
		size_t blanks = strspn(s, " \t"), n;
		if (after_word && blanks && (n = encoded_word(&text, s + blanks))) {
			s += blanks + n; /* blanks between two words are no text */
			continue;
		}
		n = encoded_word(&text, s);
		after_word = n > 0;
		if (!n)
			buf_addc(&text, *s++);
		s += n;
	}
	char *clean = utf8_cleaned(buf_str(&text), UTF8_ONE_LINE, max);
	const char *out = arena_strdup(a, clean);
	free(clean);
	buf_fini(&text);
	return out;
}
