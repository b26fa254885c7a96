/* Who is told, and by what: what each kind of channel needs, what may share one, addresses. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "config_priv.h"

#define LOCAL_MAX 64
#define DOMAIN_MAX 253

/* The keys that a kind cannot do without. */
enum need {
	NEED_PATH = 1,
	NEED_URL = 2,
	NEED_SECRET = 4,
	NEED_SMTP = 8,
	NEED_TOKEN = 16,
	NEED_PAGE = 32,
	NEED_COMMAND = 64,
};

static const struct {
	const char *kind;
	unsigned needs;
	bool beats; /* something can go there that no customer reads */
} kinds[] = {
	{ "file", NEED_PATH, false }, { "webhook", NEED_URL | NEED_SECRET, true },
	{ "email", NEED_SMTP, true },
	{ "slack", 0, true }, /* an address, or a token and a channel */
	{ "teams", NEED_URL, false }, { "pagerduty", NEED_TOKEN, false },
	{ "statuspage", NEED_TOKEN | NEED_PAGE, true }, { "cachet", NEED_URL | NEED_TOKEN, true },
	{ "exec", NEED_COMMAND, true }, { "page", 0, false }, /* config_page.c */
};

static const struct {
	enum need bit;
	const char *key, *help;
} needs[] = {
	{ NEED_PATH, "path", "path: /var/www/portal/banner.json" },
	{ NEED_URL, "url", "url: https://partner.example/hook" },
	{ NEED_SECRET, "secret", "secret: { file: /path } holding whsec_ and base64" },
	{ NEED_SMTP, "smtp", "smtp: smtp://mail.example:587" },
	{ NEED_TOKEN, "token", "token: { file: /path }" },
	{ NEED_PAGE, "page", "page: the id in the page's own address" },
	{ NEED_COMMAND, "command", "command: /usr/local/bin/tell" },
};

static bool secret_given(const struct cfg_secret *s)
{
	return s->file || s->env;
}

static bool url_given(const struct cfg_channel *ch)
{
	return ch->url.text.s || secret_given(&ch->url.secret);
}

static bool is(const struct cfg_channel *ch, const char *kind)
{
	return ch->kind.s && strcmp(ch->kind.s, kind) == 0;
}

static unsigned given(const struct cfg_channel *ch)
{
	return (ch->path.s ? NEED_PATH : 0) | (url_given(ch) ? NEED_URL : 0) |
	       (secret_given(&ch->secret) ? NEED_SECRET : 0) | (ch->smtp.s ? NEED_SMTP : 0) |
	       (secret_given(&ch->token) ? NEED_TOKEN : 0) | (ch->page.s ? NEED_PAGE : 0) |
	       (ch->command.s ? NEED_COMMAND : 0);
}

static void check_needs(struct reader *r, const struct cfg_channel *ch)
{
	unsigned wanted = 0;

	for (size_t i = 0; i < countof(kinds); i++)
		if (is(ch, kinds[i].kind))
			wanted = kinds[i].needs;
	for (size_t i = 0; i < countof(needs); i++)
		if (wanted & ~given(ch) & needs[i].bit)
			reader_problem(r, ch->pos, needs[i].help, "%s %s channel needs a \"%s\"",
			    strchr("aeiou", ch->kind.s[0]) ? "an" : "a", ch->kind.s, needs[i].key);
}

static void check_heartbeat(struct reader *r, const struct cfg_channel *ch)
{
	bool beats = false;

	for (size_t i = 0; i < countof(kinds); i++)
		if (is(ch, kinds[i].kind))
			beats = kinds[i].beats;
	if (is(ch, "slack") && !secret_given(&ch->token))
		beats = false; /* whatever goes to its address is read there */
	if (ch->heartbeat_ms && !beats)
		reader_problem(r, ch->pos, "leave \"heartbeat\" out",
		    "nothing can be sent to this %s channel that nobody reads", ch->kind.s);
}

/* ---- e-mail ---- */

static bool domain_ok(const char *s)
{
	size_t len = strlen(s);

	if (len < 1 || len > DOMAIN_MAX)
		return false;
	for (; *s; s++)
		if (!isascii((unsigned char)*s) ||
		    (!isalnum((unsigned char)*s) && *s != '.' && *s != '-'))
			return false;
	return true;
}

bool config_address_ok(const char *address)
{
	const char *at = strchr(address, '@');

	if (!at || at == address || at - address > LOCAL_MAX)
		return false;
	for (const char *p = address; p < at; p++)
		if (!isascii((unsigned char)*p) ||
		    (!isalnum((unsigned char)*p) && !strchr(".!#$%&'*+/=?^_{|}~-", *p)))
			return false;
	return domain_ok(at + 1);
}

static void check_address(struct reader *r, const struct cfg_text *t)
{
	if (t->s && !config_address_ok(t->s))
		reader_problem(
		    r, t->pos, "write name@domain.example", "\"%s\" is no e-mail address", t->s);
}

/* The host of scheme://HOST[:PORT], without anything behind it; 0: it is not so. */
static size_t smtp_host(const char *url, const char **host)
{
	const char *p = strncmp(url, "smtp://", 7) == 0	   ? url + 7
			: strncmp(url, "smtps://", 8) == 0 ? url + 8
							   : NULL;
	size_t len, port;

	if (!p)
		return 0;
	*host = p;
	len = *p == '[' ? strcspn(p, "]") + 1 : strcspn(p, ":");
	for (size_t i = 0; i < len; i++)
		if (!p[i] || (!isalnum((unsigned char)p[i]) && !strchr(".-[]:", p[i])))
			return 0;
	if (!p[len])
		return len;
	port = strspn(p + len + 1, "0123456789");
	return p[len] == ':' && port >= 1 && port <= 5 && !p[len + 1 + port] ? len : 0;
}

static bool host_is_here(const char *host, size_t len)
{
	static const char *const here[] = { "localhost", "127.0.0.1", "[::1]" };

	for (size_t i = 0; i < countof(here); i++)
		if (strlen(here[i]) == len && strncmp(host, here[i], len) == 0)
			return true;
	return false;
}

static void check_mail(struct reader *r, struct cfg_channel *ch)
{
	const char *host = NULL;
	size_t len = ch->smtp.s ? smtp_host(ch->smtp.s, &host) : 0;

	if (ch->smtp.s && !len)
		reader_problem(r, ch->smtp.pos, "write smtp://mail.example:587",
		    "\"%s\" is no mail server's address", ch->smtp.s);
	if (len && ch->plain && !host_is_here(host, len))
		reader_problem(r, ch->smtp.pos, "leave \"plain\" out: STARTTLS is used",
		    "e-mail without TLS goes to localhost only");
	if (!ch->from.s)
		reader_problem(
		    r, ch->pos, "from: noc@domain.example", "an email channel needs a \"from\"");
	check_address(r, &ch->from);
	for (size_t i = 0; i < ch->to.count; i++)
		check_address(r, &ch->to.items[i]);
	if (ch->host.s && !domain_ok(ch->host.s))
		reader_problem(
		    r, ch->host.pos, "such as noc.example", "\"%s\" is no host name", ch->host.s);
	if (!ch->host.s && ch->from.s && config_address_ok(ch->from.s))
		ch->host = (struct cfg_text){ strchr(ch->from.s, '@') + 1, ch->from.pos };
	if (!ch->user.s != !secret_given(&ch->password))
		reader_problem(r, ch->pos, NULL,
		    "\"user\" and \"password\" are given together, or neither is");
	if (ch->unsubscribe.s && strncmp(ch->unsubscribe.s, "https://", 8) != 0 &&
	    (strncmp(ch->unsubscribe.s, "mailto:", 7) != 0 ||
		!config_address_ok(ch->unsubscribe.s + 7)))
		reader_problem(r, ch->unsubscribe.pos, "https://… or mailto:name@domain",
		    "\"%s\" is no place to unsubscribe at", ch->unsubscribe.s);
	for (const char *p = ch->unsubscribe.s; p && *p; p++)
		if (*p <= ' ' || *p >= 0x7f || *p == '<' || *p == '>') {
			reader_problem(r, ch->unsubscribe.pos, NULL,
			    "an address holds visible ASCII only, and no angle brackets");
			break;
		}
}

/* ---- the others ---- */

static void check_file(struct reader *r, const struct cfg_channel *ch)
{
	if (ch->path.s && ch->path.s[0] != '/')
		reader_problem(r, ch->path.pos, "path: /var/www/portal/banner.json",
		    "\"path\" is the absolute path of a file");
}

static void check_exec(struct reader *r, const struct cfg_channel *ch)
{
	if (ch->command.s && ch->command.s[0] != '/')
		reader_problem(r, ch->command.pos, "command: /usr/local/bin/tell",
		    "\"command\" is the absolute path of a program");
	for (size_t i = 0; i < ch->environment.count; i++) {
		const char *name = ch->environment.items[i].s;

		/* The engine's own environment holds no others. */
		if (strncmp(name, "NOC_", 4) != 0 ||
		    name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")])
			reader_problem(r, ch->environment.items[i].pos, "such as NOC_TICKET_HOME",
			    "\"%s\" is no variable that can be handed on", name);
	}
}

static bool ends_with(const char *s, const char *end)
{
	size_t len = strlen(s), n = strlen(end);

	return len >= n && strcmp(s + len - n, end) == 0;
}

/* An address alone is an incoming webhook. Beside a token it is the base of another Slack's
 * interface, and then no secret. */
static void check_slack(struct reader *r, const struct cfg_channel *ch)
{
	bool token = secret_given(&ch->token);
	bool base = token && ch->url.text.s && ends_with(ch->url.text.s, "/api");

	if (token != (ch->channel.s != NULL) || (token == url_given(ch) && !base))
		reader_problem(r, ch->pos, "token: { file: /path }, channel: C0PARTNERS",
		    "a slack channel needs a \"url\", or a \"token\" and a \"channel\"");
	if (ch->channel.s &&
	    (!*ch->channel.s ||
		ch->channel.s[strspn(ch->channel.s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")]))
		reader_problem(r, ch->channel.pos, "its id, such as C0PARTNERS, not its name",
		    "\"%s\" is no id of a Slack channel", ch->channel.s);
}

static void check_ids(struct reader *r, const struct cfg_channel *ch, const struct map *components)
{
	for (size_t i = 0; i < ch->components.count; i++) {
		const struct cfg_pair *p = &ch->components.items[i];

		config_refer(r, components, "component", &p->key);
		if (p->values.count != 1 || !isalnum((unsigned char)p->values.items[0].s[0]))
			reader_problem(r, p->key.pos, "{ data: kctbh9vrtdwd }",
			    "a component has one id at the other end");
	}
	if (ch->page.s && !ch->page.s[strspn(ch->page.s, " ")])
		reader_problem(r, ch->page.pos, NULL, "the page's id is empty");
	for (const char *p = ch->page.s; p && *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '-' && *p != '_') {
			reader_problem(r, ch->page.pos, "letters and digits",
			    "\"%s\" is no id of a page", ch->page.s);
			break;
		}
}

/* Whether an internal audience uses the channel, and whether another does; and who reads a mail of
 * a channel must be certain. */
static void check_shared(struct reader *r, const struct config *c, const struct cfg_channel *ch)
{
	const struct cfg_audience *inside = NULL, *outside = NULL;
	size_t readers = 0;

	for (size_t i = 0; i < c->audiences.count; i++)
		for (size_t j = 0; j < c->audiences.items[i].channels.count; j++)
			if (ch->id.s &&
			    strcmp(c->audiences.items[i].channels.items[j].s, ch->id.s) == 0) {
				*(c->audiences.items[i].internal ? &inside : &outside) =
				    &c->audiences.items[i];
				readers++;
			}
	if (inside && outside)
		reader_problem(r, ch->pos, "give each its own channel",
		    "channel \"%s\" is used by the internal audience \"%s\" and by \"%s\"",
		    ch->id.s, inside->id.s, outside->id.s);
	else if (is(ch, "email") && readers > 1)
		reader_problem(r, ch->pos, "give each its own channel, \"smtp\" can be the same",
		    "email channel \"%s\" is used by several audiences", ch->id.s);
}

void config_check_channels(struct reader *r, struct config *c, const struct map *component_ids,
    const struct map *channel_ids)
{
	for (size_t i = 0; i < c->channels.count; i++) {
		struct cfg_channel *ch = &c->channels.items[i];

		config_check_url(r, &ch->url.text);
		config_check_zone(r, &ch->timezone);
		check_needs(r, ch);
		check_ids(r, ch, component_ids);
		if (is(ch, "email"))
			check_mail(r, ch);
		if (is(ch, "exec"))
			check_exec(r, ch);
		if (is(ch, "file"))
			check_file(r, ch);
		if (is(ch, "slack"))
			check_slack(r, ch);
		check_heartbeat(r, ch);
		check_shared(r, c, ch);
	}
	for (size_t i = 0; i < c->audiences.count; i++) {
		struct cfg_audience *a = &c->audiences.items[i];

		config_refer_all(r, channel_ids, "channel", &a->channels);
		a->channel_ids =
		    arena_alloc(r->arena, (a->channels.count + 1) * sizeof *a->channel_ids);
		for (size_t j = 0; j < a->channels.count; j++)
			a->channel_ids[j] = a->channels.items[j].s;
	}
}

/* ---- subscribers ---- */

static bool all(const struct cfg_texts *l)
{
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->items[i].s, "*") == 0)
			return true;
	return false;
}

/* How many channels of the audience send mail: more than one would tell everybody twice. */
static size_t mail_channels(const struct config *c, const struct cfg_audience *a)
{
	size_t n = 0;

	for (size_t i = 0; a && i < a->channels.count; i++) {
		const struct cfg_channel *ch = config_channel(c, a->channels.items[i].s);

		n += ch && is(ch, "email");
	}
	return n;
}

void config_check_subscribers(struct reader *r, struct config *c, const struct map *region_ids,
    const struct map *component_ids, const struct map *audience_ids)
{
	for (size_t i = 0; i < c->subscribers.count; i++) {
		struct cfg_subscriber *s = &c->subscribers.items[i];
		const struct cfg_audience *a =
		    s->audience.s ? map_get(audience_ids, s->audience.s) : NULL;

		if (!s->name.s)
			s->name = s->id;
		config_refer(r, audience_ids, "audience", &s->audience);
		if (!all(&s->regions))
			config_refer_all(r, region_ids, "region", &s->regions);
		if (!all(&s->components))
			config_refer_all(r, component_ids, "component", &s->components);
		check_address(r, &s->email);
		for (size_t k = 0; k < s->contacts.count; k++)
			check_address(r, &s->contacts.items[k].email);
		if (!a)
			continue;
		a = config_audience(c, s->audience.s);
		if (s->email.s && mail_channels(c, a) == 0)
			reader_problem(r, s->email.pos, "give the audience an email channel",
			    "no channel of audience \"%s\" sends e-mail", s->audience.s);
		if (s->email.s && mail_channels(c, a) > 1)
			reader_problem(r, s->pos, "keep one of them",
			    "audience \"%s\" has several email channels: everybody would be told "
			    "twice",
			    s->audience.s);
	}
}

static bool hit(const struct cfg_texts *wanted, char *const *items, size_t count)
{
	if (all(wanted) || count == 0) /* of an unknown scope everybody is told */
		return true;
	for (size_t i = 0; i < wanted->count; i++)
		for (size_t j = 0; j < count; j++)
			if (strcmp(wanted->items[i].s, items[j]) == 0)
				return true;
	return false;
}

size_t config_subscribed(const struct config *c, const char *audience, char *const *regions,
    size_t region_count, char *const *components, size_t component_count,
    const struct cfg_subscriber **out)
{
	size_t n = 0;

	for (int key = 1; key >= 0; key--)
		for (size_t i = 0; i < c->subscribers.count; i++) {
			const struct cfg_subscriber *s = &c->subscribers.items[i];

			if (s->high_value == (key == 1) && strcmp(s->audience.s, audience) == 0 &&
			    hit(&s->regions, regions, region_count) &&
			    hit(&s->components, components, component_count))
				out[n++] = s;
		}
	return n;
}
