/* Targets as people type them. */
#include <string.h>
#include <strings.h>

#include "net/probe.h"

#define TLS_DAYS 30
#define HTTP_DAYS 14
#define BEAT_MS 600000

static char *kind(struct arena *a, const char *name)
{
	return arena_strdup(a, name);
}

static bool web(const char *text, const char *rest, struct probe_target *t, struct arena *a)
{
	(void)rest;
	t->kind = kind(a, "http");
	t->url = arena_strdup(a, text);
	t->expect.certificate_days = HTTP_DAYS;
	return true;
}

static bool tcp(const char *text, const char *rest, struct probe_target *t, struct arena *a)
{
	(void)text;
	t->kind = kind(a, "tcp");
	t->url = arena_strndup(a, rest, strcspn(rest, "/"));
	return true;
}

static bool tls(const char *text, const char *rest, struct probe_target *t, struct arena *a)
{
	(void)text;
	t->kind = kind(a, "tls");
	t->url = arena_strndup(a, rest, strcspn(rest, "/"));
	t->expect.certificate_days = TLS_DAYS;
	return true;
}

static bool icmp(const char *text, const char *rest, struct probe_target *t, struct arena *a)
{
	(void)text;
	t->kind = kind(a, "icmp");
	t->url = arena_strndup(a, rest, strcspn(rest, "/"));
	return true;
}

static bool file(const char *text, const char *rest, struct probe_target *t, struct arena *a)
{
	(void)text;
	t->kind = kind(a, "heartbeat");
	t->url = arena_strdup(a, rest);
	t->max_age_ms = BEAT_MS;
	return *rest == '/';
}

/* [SERVER]/NAME[?[type=]TYPE], as RFC 4501 has it. */
static bool dns(const char *text, const char *rest, struct probe_target *t, struct arena *a)
{
	const char *slash = strchr(rest, '/');
	const char *name = slash ? slash + 1 : rest;
	const char *query = strchr(name, '?');

	(void)text;
	t->kind = kind(a, "dns");
	if (slash && slash > rest)
		t->server = arena_strndup(a, rest, (size_t)(slash - rest));
	t->url = arena_strndup(a, name, query ? (size_t)(query - name) : strlen(name));
	if (query)
		t->record =
		    arena_strdup(a, query + 1 + (strncasecmp(query + 1, "type=", 5) ? 0 : 5));
	return *t->url;
}

static const struct {
	const char *scheme;
	bool (*read)(const char *text, const char *rest, struct probe_target *t, struct arena *a);
} schemes[] = {
	{ "http", web },
	{ "https", web },
	{ "tcp", tcp },
	{ "tls", tls },
	{ "icmp", icmp },
	{ "dns", dns },
	{ "file", file },
};

bool probe_address(const char *text, struct probe_target *t, struct arena *a, struct err *e)
{
	const char *mark = strstr(text, "://");
	size_t n = mark ? (size_t)(mark - text) : 0;

	for (size_t i = 0; i < countof(schemes); i++) {
		if (strlen(schemes[i].scheme) != n || strncasecmp(schemes[i].scheme, text, n) != 0)
			continue;
		if (schemes[i].read(text, mark + 3, t, a))
			return true;
	}
	return err_set(e, ERR_USAGE,
	    "%.80s: no address that can be probed (write https://host/path, tcp://host:port, "
	    "tls://host, icmp://host, dns:///name?MX or file:///path)",
	    text);
}
