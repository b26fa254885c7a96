/* Foreign text and times, as readers need them. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "entity.h"
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

/* True when something was decoded. */
static bool decode(struct buf *out, const char *s)
{
	bool any = false;

	while (*s) {
		size_t len = strcspn(s, "&\xc2");
		buf_add(out, s, len);
		s += len;
		if (!*s)
			break;
		unsigned cp = *s == '&' ? entity_at(s, strnlen(s, 16), &len) : 0;
		if (cp) {
			utf8_put(out, cp == 0xa0 ? ' ' : cp);
			any = true;
		} else if ((unsigned char)*s == 0xc2 && (unsigned char)s[1] <= 0xa0 && s[1]) {
			/* A control character that was meant as windows-1252, or a blank. */
			cp = entity_windows((unsigned char)s[1]);
			utf8_put(out, cp == 0xa0 ? ' ' : cp);
			len = 2;
		} else {
			buf_addc(out, *s);
			len = 1;
		}
		s += len;
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
			size_t n = 1 + strcspn(s + 1, "<");
			buf_add(out, s, n);
			s += n;
			continue;
		}
		const char *name = s + 1, *end;
		if (strncmp(s, "<!--", 4) == 0)
			end = strstr(s + 4, "-->");
		else
			end = NULL;
		/* Also a comment that never ends as it should. */
		if (!end)
			end = strchr(s, '>');
		if (!end)
			break; /* an open tag runs to the end */
		for (size_t i = 0; strchr("bB/", *name) && i < sizeof breaks / sizeof *breaks; i++)
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
