/* Foreign text and times, as readers need them. */
#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "entity.h"
#include "feed_priv.h"

const char *feed_line(struct arena *a, const char *text, size_t max)
{
	size_t len = text ? strlen(text) : 0;

	if (!len)
		return NULL;
	if (len <= max && utf8_is_plain(text, len, UTF8_ONE_LINE))
		return arena_strndup(a, text, len);
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
		bool gap = *word == '-' || *word == '_' || *word == ' ';
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
		while (k > 0 && utc_is_set(x.at) && utc_is_set(u[k - 1].at) &&
		       utc_before(u[k - 1].at, x.at))
			k--;
		if (k == i)
			continue;
		memmove(&u[k + 1], &u[k], (i - k) * sizeof *u);
		u[k] = x;
	}
}

void feed_sort_incidents(struct feed_doc *d)
{
	struct feed_incident *all = d->incidents;

	for (size_t i = 1; i < d->incident_count; i++) {
		struct feed_incident x = all[i];
		size_t k = i;
		while (k > 0 && utc_is_set(x.started_at) &&
		       utc_before(all[k - 1].started_at, x.started_at))
			k--;
		if (k == i)
			continue;
		memmove(&all[k + 1], &all[k], (i - k) * sizeof *all);
		all[k] = x;
	}
}

/* ---- markup ---- */

/* What markup becomes on its way goes to memory that has room for all that it can grow to: each
 * step returns its end, where a NUL is. */
static char *put(char *out, const char *s, size_t len)
{
	memcpy(out, s, len);
	return out + len;
}

static const char *find(const char *s, const char *end, int c)
{
	const char *at = memchr(s, c, (size_t)(end - s));

	return at ? at : end;
}

/* Entities, and the bytes of a control character that was meant as windows-1252. *any: an entity
 * was decoded. */
static char *decode(char *out, const char *s, const char *end, bool *any)
{
	const char *control = find(s, end, 0xc2);

	while (s < end) {
		const char *from = s;
		size_t len = 1;

		if (control < s)
			control = find(s, end, 0xc2);
		s = find(s, control, '&');
		out = put(out, from, (size_t)(s - from));
		if (s == end)
			break;
		bool entity = *s == '&';
		unsigned cp = entity ? entity_at(s, (size_t)(end - s), &len) : 0;
		if (!entity && end - s > 1 && s[1] && (unsigned char)s[1] <= 0xa0) {
			cp = entity_windows((unsigned char)s[1]);
			len = 2;
		}
		if (cp)
			out += utf8_encode(cp == 0xa0 ? ' ' : cp, out);
		else
			out = put(out, s, len = 1);
		*any |= entity && cp;
		s += len;
	}
	*out = '\0';
	return out;
}

/* The name of a tag behind its "<", small, with a "/" of its own; 0 when it is a longer one. */
static size_t tag_name(const char *s, char name[8])
{
	size_t n = *s == '/';

	name[0] = '/';
	while (isalnum((unsigned char)s[n])) {
		if (n == 7)
			return 0;
		name[n] = (char)tolower((unsigned char)s[n]);
		n++;
	}
	name[n] = '\0';
	return n;
}

/* True behind the elements that end a line. */
static bool breaks_line(const char *name)
{
	static const char ends[][6] = { "/p", "/li", "/div", "/tr", "/h1", "/h2", "/h3", "/h4",
		"/ul", "/ol" };

	if (*name != '/')
		return name[0] == 'b' && name[1] == 'r' && !name[2];
	for (size_t i = 0; i < countof(ends); i++)
		if (name[1] == ends[i][1] && strcmp(name + 1, ends[i] + 1) == 0)
			return true;
	return false;
}

/* Behind the element whose content is no text ("<script>…</script>"). */
static const char *skip_element(const char *s, const char *close)
{
	const char *end = strcasestr(s, close);

	return end ? end : s + strlen(s);
}

/* A NUL is at `stop`. */
static char *strip(char *out, const char *s, const char *stop)
{
	char name[8];

	while (s < stop) {
		const char *from = s, *end = NULL;

		s = find(s, stop, '<');
		out = put(out, from, (size_t)(s - from));
		if (s == stop)
			break;
		if (!s[1] || (!isalpha((unsigned char)s[1]) && !strchr("/!?", s[1]))) {
			out = put(out, s++, 1);
			continue;
		}
		if (strncmp(s, "<!--", 4) == 0)
			end = strstr(s + 4, "-->");
		/* Also a comment that never ends as it should. */
		if (!end)
			end = memchr(s, '>', (size_t)(stop - s));
		if (!end)
			break; /* an open tag runs to the end */
		if (tag_name(s + 1, name)) {
			if (breaks_line(name))
				*out++ = '\n';
			if (strcmp(name, "script") == 0)
				end = skip_element(s, "</script");
			else if (strcmp(name, "style") == 0)
				end = skip_element(s, "</style");
		}
		s = memchr(end, '>', (size_t)(stop - end));
		s = s ? s + 1 : stop;
	}
	*out = '\0';
	return out;
}

/* Clean lines without blanks around, and at most one empty line in a row. */
static char *trimmed(char *text)
{
	char *out = text;
	size_t n = 0;

	for (const char *s = text; *s;) {
		size_t len;

		if (*s == '\n' && (n == 0 || (n > 1 && out[n - 1] == '\n' && out[n - 2] == '\n'))) {
			s++;
			continue;
		}
		len = *s == '\n' ? 1 : (size_t)(strchrnul(s, '\n') - s);
		if (out + n != s)
			memmove(out + n, s, len);
		n += len;
		s += len;
	}
	while (n && (out[n - 1] == ' ' || out[n - 1] == '\n'))
		n--;
	out[n] = '\0';
	return out;
}

const char *feed_plain_part(struct arena *a, const char *html, size_t len, size_t max)
{
	const char *text = html;
	char *memory = NULL, *out;
	struct buf clean;

	if (memchr(html, '<', len) || memchr(html, '&', len) || memchr(html, 0xc2, len)) {
		/* Two bytes of a control character may become three; nothing else grows. */
		size_t room = len + len / 2 + 1;
		bool again = false, never = false;
		char *once = memory = xmalloc(2 * room), *other = once + room;
		char *end = decode(once, html, html + len, &again);
		if (again) {
			end = decode(other, once, end, &never);
			len = (size_t)(strip(once, other, end) - once);
			text = once;
		} else {
			len = (size_t)(strip(other, once, end) - other);
			text = other;
		}
	}
	if (len <= max && utf8_is_plain(text, len, UTF8_LINES)) {
		out = arena_strndup(a, text, len);
	} else {
		buf_init(&clean, 0);
		utf8_clean(&clean, text, len, UTF8_LINES, max);
		out = arena_strdup(a, buf_str(&clean));
		buf_fini(&clean);
	}
	free(memory);
	return trimmed(out);
}

const char *feed_plain(struct arena *a, const char *html, size_t max)
{
	return feed_plain_part(a, html ? html : "", html ? strlen(html) : 0, max);
}
