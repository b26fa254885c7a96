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
	bool visible = utf8_is_plain(text, n, UTF8_ONE_LINE) && !memchr(text, ' ', n);
	return visible ? arena_copy(a, text, n) : NULL;
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

/* Each step goes from one place to another or to the same, and returns its end, where a NUL is. */
static char *put(char *out, const char *s, size_t len)
{
	memmove(out, s, len);
	return out + len;
}

static const char *find(const char *s, const char *end, int c)
{
	const char *at = s < end ? memchr(s, c, (size_t)(end - s)) : NULL;

	return at ? at : end;
}

/* Entities, and with `controls` the bytes of a control character that was meant as windows-1252,
 * which may grow from two to three; entities only shrink. *any: an entity was decoded. */
static char *decode(char *out, const char *s, const char *end, bool controls, bool *any)
{
	const char *control = controls ? find(s, end, 0xc2) : end;

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

static bool is_letter(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

/* The name of a tag behind its "<", small, with a "/" of its own, and zeros behind it. False when
 * there is none, or a longer one. */
static bool tag_name(const char *s, char name[8])
{
	size_t n = *s == '/';

	memset(name, 0, 8);
	name[0] = n ? '/' : 0;
	for (; is_letter(s[n]) || (unsigned char)(s[n] - '0') < 10; n++) {
		if (n == 7)
			return false;
		name[n] = (char)(s[n] | 0x20);
	}
	return n > 0;
}

/* True behind the elements that end a line. */
static bool breaks_line(const char name[8])
{
	static const char ends[][8] = { "/p", "/li", "/div", "/tr", "/h1", "/h2", "/h3", "/h4",
		"/ul", "/ol" };

	if (*name != '/')
		return memcmp(name, "br\0\0\0\0\0", 8) == 0;
	for (size_t i = 0; i < countof(ends); i++)
		if (memcmp(name, ends[i], 8) == 0)
			return true;
	return false;
}

/* The tag that ends an element whose content is no text; NULL: it is another one. */
static const char *unread(const char name[8])
{
	if (memcmp(name, "script\0", 8) == 0)
		return "</script";
	return memcmp(name, "style\0\0", 8) == 0 ? "</style" : NULL;
}

/* The end of an element whose content is no text ("<script>…</script>"); `close` is its end. */
static const char *skip_element(const char *s, const char *stop, const char *close)
{
	size_t n = strlen(close);

	while ((s = find(s, stop, '<')) < stop &&
	       ((size_t)(stop - s) < n || strncasecmp(s, close, n) != 0))
		s++;
	return s;
}

/* "<noc@example.com>", "<internet.example>", "<https://…>": a person's brackets, and no tag, which
 * has neither a dot nor an @ in its name. A NUL is at the end. */
static bool is_address(const char *s)
{
	bool marked = false;

	if (*++s == 'h' && (strncmp(s, "http://", 7) == 0 || strncmp(s, "https://", 8) == 0))
		return true;
	for (; is_letter(*s) || (*s >= '-' && *s <= '9' && *s != '/') || *s == '_' || *s == '%' ||
	       *s == '+' || *s == '@';
	     s++)
		marked |= *s == '.' || *s == '@';
	return marked && *s == '>';
}

/* Takes the tags off, in place: returns the new end. A NUL is at `stop`. */
static char *strip(char *text, char *stop)
{
	const char *s = find(text, stop, '<');
	char name[8], *out = text + (s - text);

	while (s < stop) {
		const char *from = s, *end = NULL;

		/* No tag, as in "5 < 6". */
		if (is_letter(s[1]) ? is_address(s) : s[1] != '/' && s[1] != '!' && s[1] != '?') {
			s = find(s + 1, stop, '<');
			memmove(out, from, (size_t)(s - from));
			out += s - from;
			continue;
		}
		if (s[1] == '!' && s[2] == '-' && s[3] == '-')
			end = memmem(s + 4, (size_t)(stop - s - 4), "-->", 3);
		/* Also a comment that never ends as it should. */
		if (end)
			end += 2;
		else if (!(end = memchr(s, '>', (size_t)(stop - s))))
			break; /* an open tag runs to the end */
		if (tag_name(s + 1, name)) {
			if (breaks_line(name))
				*out++ = '\n';
			const char *close = *name == 's' ? unread(name) : NULL;
			if (close)
				end = find(skip_element(s + 1, stop, close), stop, '>');
		}
		from = end < stop ? end + 1 : stop;
		s = find(from, stop, '<');
		memmove(out, from, (size_t)(s - from));
		out += s - from;
	}
	*out = '\0';
	return out;
}

/* Clean lines without blanks around, and at most one empty line in a row; how long they are. */
static size_t trimmed(char *text)
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
	return n;
}

static bool has_entity(const char *s, const char *end)
{
	size_t len;

	for (s = find(s, end, '&'); s < end; s = find(s + 1, end, '&'))
		if (entity_at(s, (size_t)(end - s), &len))
			return true;
	return false;
}

/* All is done in the memory of the result. */
const char *feed_plain_part(struct arena *a, const char *html, size_t len, size_t max)
{
	bool entities = memchr(html, '&', len), again = false, never = false;
	bool plain = !entities && utf8_is_plain(html, len, UTF8_LINES);
	bool controls = !plain && memchr(html, 0xc2, len);
	size_t room = len + (controls ? len / 2 : 0) + 1;
	char *out = arena_resize(a, NULL, 0, room), *end;
	struct buf clean;

	if (entities || controls) {
		end = decode(out, html, html + len, controls, &again);
		if (again && has_entity(out, end))
			end = decode(out, out, end, false, &never); /* no control is left */
	} else {
		end = put(out, html, len);
		*end = '\0';
	}
	len = (size_t)(strip(out, end) - out);
	/* What was plain is so without its tags. */
	if (len > max || (!plain && !utf8_is_plain(out, len, UTF8_LINES))) {
		buf_init(&clean, 0);
		utf8_clean(&clean, out, len, UTF8_LINES, max);
		out = arena_resize(a, out, room, clean.len + 1);
		room = clean.len + 1;
		memcpy(out, buf_str(&clean), room);
		buf_fini(&clean);
	}
	return arena_resize(a, out, room, trimmed(out) + 1);
}

const char *feed_plain(struct arena *a, const char *html, size_t max)
{
	return feed_plain_part(a, html ? html : "", html ? strlen(html) : 0, max);
}
