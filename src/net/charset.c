#include "charset.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "entity.h"

enum how { UTF8, WINDOWS, UTF16, UTF16_LE, UTF16_BE, ICONV };

static const struct name {
	const char *name;
	enum how how;
	unsigned converter; /* of ICONV: a row of converters */
} names[] = {
	{ "utf-8", UTF8, 0 },
	{ "utf8", UTF8, 0 },
	{ "us-ascii", UTF8, 0 },
	{ "ascii", UTF8, 0 },
	/* The bytes that ISO-8859-1 leaves to control characters are windows-1252 in practice. */
	{ "iso-8859-1", WINDOWS, 0 },
	{ "iso8859-1", WINDOWS, 0 },
	{ "iso_8859-1", WINDOWS, 0 },
	{ "latin1", WINDOWS, 0 },
	{ "latin-1", WINDOWS, 0 },
	{ "windows-1252", WINDOWS, 0 },
	{ "cp1252", WINDOWS, 0 },
	{ "utf-16", UTF16, 0 },
	{ "utf16", UTF16, 0 },
	{ "utf-16le", UTF16_LE, 0 },
	{ "utf-16be", UTF16_BE, 0 },
	{ "euc-kr", ICONV, 0 },
	{ "ks_c_5601-1987", ICONV, 0 },
	{ "iso-8859-2", ICONV, 1 },
	{ "iso-8859-5", ICONV, 2 },
	{ "iso-8859-7", ICONV, 3 },
	{ "iso-8859-9", ICONV, 4 },
	{ "iso-8859-15", ICONV, 5 },
	{ "windows-1250", ICONV, 6 },
	{ "windows-1251", ICONV, 7 },
	{ "windows-1253", ICONV, 8 },
	{ "windows-1254", ICONV, 9 },
	{ "windows-1256", ICONV, 10 },
	{ "koi8-r", ICONV, 11 },
	{ "shift_jis", ICONV, 12 },
	{ "euc-jp", ICONV, 13 },
	{ "iso-2022-jp", ICONV, 14 },
	{ "gb2312", ICONV, 15 },
	{ "gbk", ICONV, 15 },
	{ "gb18030", ICONV, 15 },
	{ "big5", ICONV, 16 },
};

/* Opened once and kept. Documents are read by one thread. */
static struct converter {
	const char *name;
	iconv_t cd;
	bool tried, open;
} converters[] = {
	{ .name = "EUC-KR" },
	{ .name = "ISO-8859-2" },
	{ .name = "ISO-8859-5" },
	{ .name = "ISO-8859-7" },
	{ .name = "ISO-8859-9" },
	{ .name = "ISO-8859-15" },
	{ .name = "CP1250" },
	{ .name = "CP1251" },
	{ .name = "CP1253" },
	{ .name = "CP1254" },
	{ .name = "CP1256" },
	{ .name = "KOI8-R" },
	{ .name = "SHIFT_JIS" },
	{ .name = "EUC-JP" },
	{ .name = "ISO-2022-JP" },
	{ .name = "GB18030" },
	{ .name = "BIG5" },
};

static struct converter *converter(unsigned i)
{
	struct converter *c = &converters[i];

	if (!c->tried) {
		c->cd = iconv_open("UTF-8", c->name);
		c->open = (intptr_t)c->cd != -1;
		c->tried = true;
	}
	return c->open ? c : NULL;
}

void charset_prepare(void)
{
	for (unsigned i = 0; i < countof(converters); i++)
		converter(i);
}

static const struct name *find(const char *name, size_t len)
{
	for (size_t i = 0; i < countof(names); i++)
		if (strlen(names[i].name) == len && strncasecmp(names[i].name, name, len) == 0)
			return &names[i];
	return NULL;
}

static size_t from_utf16(struct buf *out, const unsigned char *p, size_t len, bool little)
{
	size_t bad = len % 2;

	for (size_t i = 0; i + 1 < len; i += 2) {
		unsigned u =
		    little ? p[i] | (unsigned)p[i + 1] << 8 : (unsigned)p[i] << 8 | p[i + 1];
		if (u >= 0xd800 && u < 0xdc00 && i + 3 < len) {
			unsigned v = little ? p[i + 2] | (unsigned)p[i + 3] << 8
					    : (unsigned)p[i + 2] << 8 | p[i + 3];
			if (v >= 0xdc00 && v < 0xe000) {
				utf8_put(out, 0x10000 + ((u - 0xd800) << 10) + (v - 0xdc00));
				i += 2;
				continue;
			}
		}
		bool lone = u >= 0xd800 && u < 0xe000;
		bad += lone;
		if (u)
			utf8_put(out, lone ? 0xfffd : u);
		else
			buf_addc(out, 0);
	}
	return bad;
}

static size_t from_utf8(struct buf *out, const char *s, size_t len)
{
	size_t bad = 0;

	if (utf8_valid(s, len)) {
		buf_add(out, s, len);
		return 0;
	}
	for (size_t i = 0; i < len;) {
		char tail[8] = "";
		size_t n;
		/* utf8_next stops at a NUL, which these bytes need not end with. */
		if (len - i < 4)
			memcpy(tail, s + i, len - i);
		unsigned cp = utf8_next(len - i < 4 ? tail : s + i, &n);
		if (cp)
			utf8_put(out, cp);
		else
			buf_addc(out, 0);
		bad += cp == 0xfffd && n == 1;
		i += n;
	}
	return bad;
}

static size_t from_windows(struct buf *out, const unsigned char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned cp = entity_windows(s[i]);
		if (cp)
			utf8_put(out, cp);
		else
			buf_addc(out, 0);
	}
	return 0;
}

static size_t from_iconv(struct buf *out, iconv_t cd, const char *bytes, size_t len)
{
	char room[4096], *in = (char *)(uintptr_t)bytes;
	size_t left = len, bad = 0;

	iconv(cd, NULL, NULL, NULL, NULL);
	while (left) {
		char *to = room;
		size_t free_room = sizeof room;
		size_t rc = iconv(cd, &in, &left, &to, &free_room);
		int why = errno;
		buf_add(out, room, sizeof room - free_room);
		if (rc != (size_t)-1 || why == E2BIG)
			continue;
		utf8_put(out, 0xfffd);
		bad++;
		in++;
		left--;
	}
	return bad;
}

bool charset_to_utf8(
    struct buf *out, const char *name, size_t name_len, const char *bytes, size_t len, size_t *bad)
{
	const struct name *n = find(name, name_len);
	const unsigned char *u = (const unsigned char *)bytes;
	struct converter *c = n && n->how == ICONV ? converter(n->converter) : NULL;
	size_t wrong = 0;

	if (!n || (n->how == ICONV && !c))
		return false;
	switch (n->how) {
	case UTF8:
		wrong = from_utf8(out, bytes, len);
		break;
	case WINDOWS:
		wrong = from_windows(out, u, len);
		break;
	case UTF16: {
		bool mark = len > 1 && (u[0] ^ u[1]) == 1 && u[0] >= 0xfe;
		wrong =
		    from_utf16(out, u + (mark ? 2 : 0), len - (mark ? 2 : 0), mark && u[0] == 0xff);
		break;
	}
	case UTF16_LE:
	case UTF16_BE:
		wrong = from_utf16(out, u, len, n->how == UTF16_LE);
		break;
	case ICONV:
		wrong = from_iconv(out, c->cd, bytes, len);
		break;
	}
	if (bad)
		*bad += wrong;
	return true;
}

/* The encoding that an XML declaration names; NULL: none. */
static const char *declared(const char *bytes, size_t len, size_t *name_len)
{
	size_t start = 0, end;

	while (start < len && start < 64 && isspace((unsigned char)bytes[start]))
		start++;
	if (len - start < 5 || memcmp(bytes + start, "<?xml", 5) != 0)
		return NULL;
	const char *close = memchr(bytes + start, '>', len - start < 256 ? len - start : 256);
	if (!close)
		return NULL;
	const char *key = memmem(bytes + start, (size_t)(close - bytes) - start, "encoding", 8);
	if (!key)
		return NULL;
	const char *quote = key + strcspn(key, "\"'>");
	if (*quote == '>')
		return NULL;
	const char *name = quote + 1;
	end = 0;
	while (name + end < close && name[end] != *quote)
		end++;
	*name_len = end;
	return name;
}

bool charset_is_utf8(const char *bytes, size_t len)
{
	const unsigned char *p = (const unsigned char *)bytes;
	size_t n = 0;

	/* A mark is left out, and a NUL beside the first `<` is UTF-16. */
	if (len < 2 || p[0] >= 0xef || !p[0] || !p[1])
		return false;
	const char *said = declared(bytes, len, &n);
	const struct name *name = said ? find(said, n) : NULL;
	return (!name || name->how == UTF8) && utf8_valid(bytes, len);
}

size_t charset_document(struct buf *out, const char *bytes, size_t len)
{
	const unsigned char *p = (const unsigned char *)bytes;
	size_t bad = 0, name_len = 0;
	const char *name;

	if (len >= 2 && p[0] == 0xff && p[1] == 0xfe)
		bad = from_utf16(out, p + 2, len - 2, true);
	else if (len >= 2 && p[0] == 0xfe && p[1] == 0xff)
		bad = from_utf16(out, p + 2, len - 2, false);
	else if (len >= 4 && p[0] == '<' && !p[1])
		bad = from_utf16(out, p, len, true);
	else if (len >= 4 && !p[0] && p[1] == '<')
		bad = from_utf16(out, p, len, false);
	else if (len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		bad = from_utf8(out, bytes + 3, len - 3);
	else if (!(name = declared(bytes, len, &name_len)) || strncasecmp(name, "utf-16", 6) == 0 ||
		 !charset_to_utf8(out, name, name_len, bytes, len, &bad))
		bad = from_utf8(out, bytes, len);
	buf_addc(out, 0);
	out->len -= out->len ? 1 : 0;
	return bad;
}
