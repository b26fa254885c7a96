#include "net/feed.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "feed_priv.h"

const struct feed_format feed_formats[] = {
	{ "statuspage", "Atlassian Statuspage JSON, and incident.io pages that speak it",
	    feed_statuspage_sniff, feed_statuspage_parse, NULL },
	{ NULL, NULL, NULL, NULL, NULL },
};

const struct feed_format *feed_format_find(const char *name)
{
	for (const struct feed_format *f = feed_formats; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static const struct {
	const char *start, *what;
} looks[] = {
	{ "<!doctype html", "an HTML page" },
	{ "<html", "an HTML page" },
	{ "<rss", "an RSS feed" },
	{ "<rdf:rdf", "an RSS feed" },
	{ "<feed", "an Atom feed" },
	{ "<alert", "a CAP alert" },
	{ "<", "an XML document" },
	{ "begin:vcalendar", "a calendar" },
	{ "{", "a JSON object" },
	{ "[", "a JSON list" },
};

const char *feed_looks_like(const char *bytes, size_t len)
{
	size_t i = 0, end = len < 4096 ? len : 4096;

	if (len > 2 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	/* Behind blanks, an XML declaration and comments. */
	for (;;) {
		while (i < end && isspace((unsigned char)bytes[i]))
			i++;
		bool aside = i + 4 < end &&
			     (memcmp(bytes + i, "<?", 2) == 0 || memcmp(bytes + i, "<!--", 4) == 0);
		const char *close = aside ? memchr(bytes + i, '>', end - i) : NULL;
		if (!close)
			break;
		i = (size_t)(close - bytes) + 1;
	}
	if (i >= len)
		return "nothing at all";
	for (size_t k = 0; k < sizeof looks / sizeof *looks; k++) {
		size_t n = strlen(looks[k].start);
		if (end - i >= n && strncasecmp(bytes + i, looks[k].start, n) == 0)
			return looks[k].what;
	}
	if (memchr(bytes + i, 0, end - i))
		return "binary data";
	return "plain text";
}

/* Appends UTF-16 as UTF-8; a lone surrogate becomes U+FFFD. */
static void from_utf16(struct buf *out, const unsigned char *p, size_t len, bool little)
{
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
		utf8_put(out, u >= 0xd800 && u < 0xe000 ? 0xfffd : u);
	}
}

/* Bytes that are no UTF-8 become U+FFFD; the rest of the document is kept. */
static void replace_bad(struct buf *out, const char *s, size_t len)
{
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
		i += n;
	}
}

/* The document as UTF-8 without a mark at its start. */
static void to_utf8(struct buf *out, const char *bytes, size_t len)
{
	const unsigned char *p = (const unsigned char *)bytes;

	if (len >= 2 && p[0] == 0xff && p[1] == 0xfe)
		from_utf16(out, p + 2, len - 2, true);
	else if (len >= 2 && p[0] == 0xfe && p[1] == 0xff)
		from_utf16(out, p + 2, len - 2, false);
	else if (len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		replace_bad(out, bytes + 3, len - 3);
	else
		replace_bad(out, bytes, len);
	buf_addc(out, 0);
	out->len -= out->len ? 1 : 0;
}

static const struct feed_format *format_of(
    const char *name, const char *bytes, size_t len, struct err *e)
{
	const struct feed_format *best = NULL;
	int score = 0;

	if (strcmp(name, "auto") != 0) {
		best = feed_format_find(name);
		if (!best)
			err_set(e, ERR_USAGE,
			    "no feed format is called '%s' (nocboard feed --list names them)",
			    name);
		return best;
	}
	for (const struct feed_format *f = feed_formats; f->name; f++) {
		int s = f->sniff ? f->sniff(bytes, len) : 0;
		if (s > score) {
			score = s;
			best = f;
		}
	}
	if (!best)
		err_set(e, ERR_DATA,
		    "no format is recognised: it looks like %s (name the format; nocboard feed "
		    "--list)",
		    feed_looks_like(bytes, len));
	return best;
}

struct feed_doc *feed_parse(const char *name, const char *bytes, size_t len, struct err *e)
{
	struct feed_doc *d = NULL;
	struct buf text;

	if (len > FEED_BODY_MAX) {
		err_set(e, ERR_LIMIT, "the document is longer than %zu MiB", FEED_BODY_MAX >> 20);
		return NULL;
	}
	buf_init(&text, 4 * FEED_BODY_MAX);
	to_utf8(&text, bytes, len);
	const struct feed_format *f = format_of(name, text.data, text.len, e);
	if (f)
		d = f->parse(text.data, text.len, e);
	buf_fini(&text);
	return d;
}
