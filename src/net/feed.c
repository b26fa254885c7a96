#include "net/feed.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "charset.h"
#include "feed_priv.h"

const struct feed_format feed_formats[] = {
	{ .name = "statuspage",
	    .title = "Atlassian Statuspage JSON, and incident.io pages that speak it",
	    .knows = feed_statuspage_knows,
	    .parse = feed_statuspage_parse },
	{ .name = "statuspage-history",
	    .title = "Atom or RSS history of a Statuspage, and of pages that imitate it",
	    .sniff = feed_history_sniff,
	    .parse = feed_history_parse },
	{ .name = "aws",
	    .title = "AWS current events (JSON) and status feeds (RSS)",
	    .sniff = feed_aws_sniff,
	    .knows = feed_aws_knows,
	    .parse = feed_aws_parse },
	{ .name = "azure",
	    .title = "Azure status feed (RSS)",
	    .sniff = feed_azure_sniff,
	    .parse = feed_azure_parse },
	{ .name = "gcp",
	    .title = "Google Cloud and Workspace incidents.json",
	    .knows = feed_gcp_knows,
	    .parse = feed_gcp_parse },
	{ .name = "statusio",
	    .title = "Status.io public status API",
	    .knows = feed_statusio_knows,
	    .parse = feed_statusio_parse },
	{ .name = "slack",
	    .title = "Slack status API, versions 1 and 2",
	    .knows = feed_slack_knows,
	    .parse = feed_slack_parse },
	{ .name = "alertmanager",
	    .title = "Prometheus Alertmanager API v2: alerts, groups, silences",
	    .knows = feed_alertmanager_knows,
	    .parse = feed_alertmanager_parse },
	{ .name = "maintnote",
	    .title = "carrier maintenance as a calendar (MAINTNOTE, iCalendar)",
	    .sniff = feed_maintnote_sniff,
	    .parse_at = feed_maintnote_parse },
	{ .name = "mail",
	    .title = "a carrier's mail about planned work, with a calendar or without",
	    .sniff = feed_mail_sniff,
	    .parse_at = feed_mail_parse,
	    .raw = true },
	{ .name = "rss",
	    .title = "any other RSS feed, by the words of its items",
	    .sniff = feed_rss_sniff,
	    .parse = feed_rss_parse },
	{ .name = "atom",
	    .title = "any other Atom feed, by the words of its entries",
	    .sniff = feed_atom_sniff,
	    .parse = feed_atom_parse },
	{ .name = "json",
	    .title = "any other JSON, by a mapping of its fields",
	    .parse = feed_json_parse,
	    .needs = "a mapping",
	    .raw = true },
	{ .name = NULL },
};

const struct feed_format *feed_format_find(const char *name)
{
	for (const struct feed_format *f = feed_formats; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

/* By the name of the first element. */
static const struct {
	const char *element, *what;
} elements[] = {
	{ "html", "an HTML page" },
	{ "rss", "an RSS feed" },
	{ "rdf", "an RSS feed" },
	{ "feed", "an Atom feed" },
	{ "alert", "a CAP alert" },
	{ "", "an XML document" },
};

static const struct {
	const char *start, *what;
} looks[] = {
	{ "<!doctype html", "an HTML page" },
	{ "begin:vcalendar", "a calendar" },
	{ "{", "a JSON object" },
	/* As Kubernetes writes them. */
	{ "[+]", "a health body (nocboard probe reads those)" },
	{ "[-]", "a health body (nocboard probe reads those)" },
};

static bool starts(const char *s, size_t len, const char *what)
{
	size_t n = strlen(what);

	return len >= n && strncasecmp(s, what, n) == 0;
}

/* Behind blanks, an XML declaration, comments and a document type that is not HTML's. */
static size_t skip_asides(const char *bytes, size_t i, size_t end)
{
	for (;;) {
		while (i < end && isspace((unsigned char)bytes[i]))
			i++;
		const char *s = bytes + i, *close = NULL;
		size_t left = end - i;
		if (left < 2 || *s != '<' || (s[1] != '!' && s[1] != '?'))
			return i;
		if (starts(s, left, "<!--"))
			close = memmem(s, left, "-->", 3);
		else if (starts(s, left, "<?") ||
			 (starts(s, left, "<!doctype") && !starts(s, left, "<!doctype html")))
			close = memchr(s, '>', left);
		const char *subset = close ? memchr(s, '[', (size_t)(close - s)) : NULL;
		if (subset && *s == '<' && s[1] == '!' && s[2] != '-')
			close = memmem(subset, left - (size_t)(subset - s), "]>", 2);
		if (!close)
			return i;
		i = (size_t)((const char *)memchr(close, '>', end - (size_t)(close - bytes)) -
			     bytes) +
		    1;
	}
}

static const char *element_like(const char *s, size_t len)
{
	const char *name = s + 1, *end = s + len, *colon;
	size_t n = 0, k = 0;

	while (name + n < end && (isalnum((unsigned char)name[n]) || strchr("_-.:", name[n])))
		n++;
	if ((colon = memchr(name, ':', n)) != NULL) {
		n -= (size_t)(colon - name) + 1;
		name = colon + 1;
	}
	while (*elements[k].element &&
	       (strlen(elements[k].element) != n || strncasecmp(elements[k].element, name, n) != 0))
		k++;
	return elements[k].what;
}

/* A mail begins with header lines, one of which is known. */
static bool mail_like(const char *s, size_t len)
{
	static const char *const headers[] = { "from:", "subject:", "received:", "return-path:",
		"delivered-to:", "mime-version:", "date:", "message-id:", "content-type:" };
	const char *end = s + len, *mailbox = starts(s, len, "From ") ? memchr(s, '\n', len) : NULL;

	s = mailbox ? mailbox + 1 : s;
	for (int line = 0; s < end && line < 60 && *s != '\n' && *s != '\r'; line++) {
		for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
			if (starts(s, (size_t)(end - s), headers[i]))
				return true;
		size_t name = 0;
		while (s + name < end && (isalnum((unsigned char)s[name]) || s[name] == '-'))
			name++;
		if ((!name || s + name >= end || s[name] != ':') && *s != ' ' && *s != '\t')
			return false;
		const char *next = memchr(s, '\n', (size_t)(end - s));
		s = next ? next + 1 : end;
	}
	return false;
}

static const char *skip_blanks(const char *s, const char *end)
{
	while (s < end && strchr(" \t\r\n", *s) && *s)
		s++;
	return s;
}

static const char *skip_digits(const char *s, const char *end)
{
	while (s < end && isdigit((unsigned char)*s))
		s++;
	return s;
}

/* Behind a number or a word of JSON, whose end may be cut off; NULL: it is none. */
static const char *behind_scalar(const char *s, const char *end)
{
	static const char *const words[] = { "true", "false", "null" };
	size_t left = (size_t)(end - s);

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i]);
		if (memcmp(s, words[i], left < n ? left : n) == 0)
			return left < n ? end : s + n;
	}
	s += *s == '-';
	if (s < end && !isdigit((unsigned char)*s))
		return NULL;
	s = skip_digits(s, end);
	if (s < end && *s == '.')
		s = skip_digits(s + 1, end);
	if (s < end && (*s | 0x20) == 'e') {
		s++;
		s = skip_digits(s + (s < end && (*s == '+' || *s == '-')), end);
	}
	return s;
}

/* At "[" of what may be cut: a list's first value begins, and nothing behind it says otherwise. */
static bool list_like(const char *s, const char *end)
{
	do
		s = skip_blanks(s + 1, end);
	while (s < end && *s == '[');
	if (s == end || *s == '{' || *s == '"')
		return true;
	if (*s != ']')
		s = behind_scalar(s, end);
	s = s ? skip_blanks(s, end) : NULL;
	if (s && s < end && *s == ']') {
		s = skip_blanks(s + 1, end);
		return s == end || *s == ',' || *s == ']';
	}
	return s && (s == end || *s == ',');
}

const char *feed_looks_like(const char *bytes, size_t len)
{
	size_t end = len < 4096 ? len : 4096;
	size_t i = len > 2 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	i = skip_asides(bytes, i, end);
	if (i >= len)
		return "nothing at all";
	for (size_t k = 0; k < sizeof looks / sizeof *looks; k++)
		if (starts(bytes + i, end - i, looks[k].start))
			return looks[k].what;
	if (i < end && bytes[i] == '<')
		return element_like(bytes + i, end - i);
	if (i < end && bytes[i] == '[' && list_like(bytes + i, bytes + end))
		return "a JSON list";
	if (memchr(bytes + i, 0, end - i))
		return "binary data";
	return mail_like(bytes + i, end - i) ? "a mail" : "plain text";
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
	cJSON *root = strncmp(feed_looks_like(bytes, len), "a JSON", 6) == 0
			  ? json_parse(bytes, len, NULL)
			  : NULL;
	for (const struct feed_format *f = feed_formats; f->name; f++) {
		int s = root && f->knows ? f->knows(root) : f->sniff ? f->sniff(bytes, len) : 0;
		if (s > score) {
			score = s;
			best = f;
		}
	}
	cJSON_Delete(root);
	if (!best) {
		const char *like = feed_looks_like(bytes, len);
		bool json = strncmp(like, "a JSON", 6) == 0, told = strchr(like, '(') != NULL;
		err_set(e, ERR_DATA, "no format is recognised: it looks like %s%s", like,
		    told   ? ""
		    : json ? " (map its fields: nocboard feed json --map FILE)"
			   : " (name the format; nocboard feed --list)");
	}
	return best;
}

void feed_prepare(void)
{
	charset_prepare();
}

static const char *cut_id(struct feed_doc *d, const char *id)
{
	return id && strlen(id) > FEED_ID_MAX ? feed_line(d->arena, id, FEED_ID_MAX) : id;
}

/* A name or a title may stand for an id, and is longer. */
static void cut_ids(struct feed_doc *d)
{
	for (size_t i = 0; i < d->component_count; i++)
		d->components[i].id = cut_id(d, d->components[i].id);
	for (size_t i = 0; i < d->incident_count; i++)
		d->incidents[i].id = cut_id(d, d->incidents[i].id);
	for (size_t i = 0; i < d->maintenance_count; i++)
		d->maintenances[i].id = cut_id(d, d->maintenances[i].id);
}

struct feed_doc *feed_parse(const char *name, const char *bytes, size_t len, struct err *e)
{
	return feed_parse_at(name, bytes, len, UTC_NONE, e);
}

struct feed_doc *feed_parse_at(
    const char *name, const char *bytes, size_t len, struct utc now, struct err *e)
{
	struct feed_doc *d = NULL;
	struct buf text;

	if (len > FEED_BODY_MAX + (strcmp(name, "json") == 0 ? FEED_MAPPING_MAX : 0)) {
		err_set(e, ERR_LIMIT, "the document is longer than %zu MiB", FEED_BODY_MAX >> 20);
		return NULL;
	}
	/* Most documents are what is read, and are not copied. */
	bool converted = !charset_is_utf8(bytes, len);
	buf_init(&text, 4 * FEED_BODY_MAX);
	size_t bad = converted ? charset_document(&text, bytes, len) : 0;
	const char *from = converted ? text.data : bytes;
	size_t n = converted ? text.len : len;
	const struct feed_format *f = format_of(name, from, n, e);
	if (f && f->raw) {
		from = bytes;
		n = len;
	}
	if (f)
		d = f->parse ? f->parse(from, n, e) : f->parse_at(from, n, now, e);
	if (d)
		cut_ids(d);
	if (d && !f->raw && bad)
		feed_problem(d, "%zu places are no text in the document's encoding", bad);
	buf_fini(&text);
	return d;
}
