/* Foreign text and times, as readers need them. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "feed_priv.h"

const char *feed_line(struct arena *a, const char *text, size_t max)
{
	char *clean = utf8_cleaned(text, UTF8_ONE_LINE, max);
	const char *out = *clean ? arena_strdup(a, clean) : NULL;

	free(clean);
	return out;
}

const char *feed_url(struct arena *a, const char *text)
{
	size_t n = text ? strlen(text) : 0;

	if (!text || n > 2048 ||
	    (strncmp(text, "https://", 8) != 0 && strncmp(text, "http://", 7) != 0))
		return NULL;
	for (const char *p = text; *p; p++)
		if (*p <= ' ' || *p > '~')
			return NULL;
	return arena_strdup(a, text);
}

struct utc feed_time(struct feed_doc *d, const cJSON *obj, const char *key, const char *what)
{
	const cJSON *v = json_get(obj, key);
	struct utc t;

	if (!v || cJSON_IsNull(v) || (cJSON_IsString(v) && !*v->valuestring))
		return UTC_NONE;
	if (cJSON_IsString(v) && utc_parse(v->valuestring, &t))
		return t.ms < 0 ? UTC_NONE : t; /* year 1: "not set" */
	if (cJSON_IsString(v))
		feed_problem(d, "%s: %s is no date: '%.60s'", what, key, v->valuestring);
	else
		feed_problem(d, "%s: %s is no date", what, key);
	return UTC_NONE;
}

bool feed_word_is(const char *word, const char *ours)
{
	for (; *word && *ours; word++, ours++) {
		bool gap = strchr("-_ ", *word) != NULL;
		if (gap ? *ours != '_' : tolower((unsigned char)*word) != *ours)
			return false;
	}
	return !*word && !*ours;
}

/* Insertion: short lists, nearly sorted, and equal times keep their order. */
void feed_sort_updates(struct feed_update *u, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct feed_update x = u[i];
		size_t k = i;
		for (; k > 0 && utc_is_set(x.at) && utc_is_set(u[k - 1].at) &&
		       utc_before(u[k - 1].at, x.at);
		     k--)
			u[k] = u[k - 1];
		u[k] = x;
	}
}

void feed_sort_incidents(struct feed_doc *d)
{
	for (size_t i = 1; i < d->incident_count; i++) {
		struct feed_incident x = d->incidents[i];
		size_t k = i;
		for (; k > 0 && utc_is_set(x.started_at) &&
		       utc_before(d->incidents[k - 1].started_at, x.started_at);
		     k--)
			d->incidents[k] = d->incidents[k - 1];
		d->incidents[k] = x;
	}
}

/* ---- markup ---- */

static const struct {
	const char *name;
	unsigned cp;
} entities[] = {
	{ "amp", '&' },
	{ "lt", '<' },
	{ "gt", '>' },
	{ "quot", '"' },
	{ "apos", '\'' },
	{ "nbsp", ' ' },
	{ "ndash", 0x2013 },
	{ "mdash", 0x2014 },
	{ "hellip", 0x2026 },
	{ "lsquo", 0x2018 },
	{ "rsquo", 0x2019 },
	{ "ldquo", 0x201c },
	{ "rdquo", 0x201d },
	{ "laquo", 0xab },
	{ "raquo", 0xbb },
	{ "bull", 0x2022 },
	{ "middot", 0xb7 },
	{ "rarr", 0x2192 },
	{ "copy", 0xa9 },
	{ "reg", 0xae },
	{ "trade", 0x2122 },
	{ "euro", 0x20ac },
	{ "deg", 0xb0 },
	{ "times", 0xd7 },
	{ "agrave", 0xe0 },
	{ "aacute", 0xe1 },
	{ "auml", 0xe4 },
	{ "ccedil", 0xe7 },
	{ "egrave", 0xe8 },
	{ "eacute", 0xe9 },
	{ "iacute", 0xed },
	{ "ntilde", 0xf1 },
	{ "oacute", 0xf3 },
	{ "ouml", 0xf6 },
	{ "uacute", 0xfa },
	{ "uuml", 0xfc },
	{ "szlig", 0xdf },
};

/* The character that "&…;" at `s` stands for; 0: none. */
static unsigned entity(const char *s, size_t *len)
{
	size_t n = strcspn(s, ";");

	if (s[n] != ';' || n < 2 || n > 10)
		return 0;
	*len = n + 1;
	if (s[1] == '#') {
		bool hex = s[2] == 'x' || s[2] == 'X';
		char *end;
		unsigned long cp = strtoul(s + (hex ? 3 : 2), &end, hex ? 16 : 10);
		bool good = end == s + n && cp > 0 && cp < 0x110000 && (cp < 0xd800 || cp > 0xdfff);
		return good ? (unsigned)cp : 0;
	}
	for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
		if (strlen(entities[i].name) == n - 1 &&
		    strncmp(entities[i].name, s + 1, n - 1) == 0)
			return entities[i].cp;
	return 0;
}

/* True when something was decoded. */
static bool decode(struct buf *out, const char *s)
{
	bool any = false;
	size_t len;

	while (*s) {
		unsigned cp = *s == '&' ? entity(s, &len) : 0;
		if (!cp) {
			buf_addc(out, *s++);
			continue;
		}
		utf8_put(out, cp);
		s += len;
		any = true;
	}
	return any;
}

static bool tag_is(const char *tag, const char *name)
{
	size_t n = strlen(name);

	return strncasecmp(tag, name, n) == 0 && !isalnum((unsigned char)tag[n]);
}

/* Behind the element whose content is no text ("<script>…</script>"). */
static const char *skip_element(const char *s, const char *close)
{
	const char *end = strcasestr(s, close);

	return end ? end : s + strlen(s);
}

static void strip(struct buf *out, const char *s)
{
	static const char *const breaks[] = { "br", "/p", "/li", "/div", "/tr", "/h1", "/h2", "/h3",
		"/h4", "/ul", "/ol" };

	while (*s) {
		bool tag =
		    *s == '<' && (isalpha((unsigned char)s[1]) || strchr("/!?", s[1])) && s[1];
		if (!tag) {
			buf_addc(out, *s++);
			continue;
		}
		const char *name = s + 1, *end;
		if (strncmp(s, "<!--", 4) == 0)
			end = strstr(s + 4, "-->");
		else
			end = strchr(s, '>');
		if (!end)
			break; /* an open tag runs to the end */
		for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++)
			if (tag_is(name, breaks[i]))
				buf_addc(out, '\n');
		if (tag_is(name, "script"))
			end = skip_element(s, "</script");
		else if (tag_is(name, "style"))
			end = skip_element(s, "</style");
		s = strchr(end, '>');
		s = s ? s + 1 : end + strlen(end);
	}
}

const char *feed_plain(struct arena *a, const char *html, size_t max)
{
	struct buf once, twice, text, clean;

	if (!html)
		return arena_strdup(a, "");
	buf_init(&once, 0);
	buf_init(&twice, 0);
	buf_init(&text, 0);
	buf_init(&clean, 0);
	bool again = decode(&once, html);
	if (again)
		decode(&twice, buf_str(&once));
	strip(&text, buf_str(again ? &twice : &once));
	utf8_clean(&clean, buf_str(&text), text.len, UTF8_LINES, max);

	/* Without blanks around, and at most one empty line in a row. */
	char *out = arena_strdup(a, buf_str(&clean));
	size_t n = 0;
	for (const char *s = out; *s; s++) {
		if (*s == '\n' && (n == 0 || (n > 1 && out[n - 1] == '\n' && out[n - 2] == '\n')))
			continue;
		out[n++] = *s;
	}
	while (n && strchr(" \n", out[n - 1]))
		n--;
	out[n] = 0;
	buf_fini(&once);
	buf_fini(&twice);
	buf_fini(&text);
	buf_fini(&clean);
	return out;
}
