#include "net/chan.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/mem.h"
#include "chan_priv.h"
#include "net_priv.h"

#define RETRY_AFTER_MAX_MS 3600000
#define OPEN_MAX_MS 60000 /* longest pause while an open incident waits for a delivery */

#define ROW(name, help, gap, planned)                                                              \
	{                                                                                          \
#name, help, chan_##name##_build, chan_##name##_judge, gap, false,                 \
		    CHAN_PLANNED_##planned                                                         \
	}

const struct chan_kind chan_kinds[] = {
	ROW(file, "a file that another program reads: JSON or text", 0, TOLD),
	ROW(webhook, "an HTTP POST, signed as Standard Webhooks 1.0 has it", 0, TOLD),
	ROW(email, "a thread of mails to subscribers, by SMTP with TLS", 0, TOLD),
	ROW(slack, "a Slack channel: a thread for each incident with a token", 1000, TOLD),
	ROW(teams, "a Teams workflow: an adaptive card", 1000, TOLD),
	ROW(pagerduty, "PagerDuty Events v2: one alert for each incident", 0, NOWHERE),
	ROW(statuspage, "a page at Atlassian Statuspage", 2000, STANDS),
	ROW(cachet, "a Cachet status page, version 2 or 3", 0, STANDS),
	ROW(exec, "a program that gets the message as JSON on standard input", 0, TOLD),
	{ "page", "a status page that a web server serves", NULL, NULL, 0, true,
	    CHAN_PLANNED_TOLD },
	{ NULL, NULL, NULL, NULL, 0, false, CHAN_PLANNED_TOLD },
};

const struct chan_kind *chan_kind_find(const char *name)
{
	for (const struct chan_kind *k = chan_kinds; k->name; k++)
		if (name && strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

/* ---- requests ---- */

#define AT(member) offsetof(struct delivery_request, member)

static const size_t plain_texts[] = { AT(id), AT(destination), AT(kind), AT(path), AT(format),
	AT(channel), AT(page), AT(smtp), AT(user), AT(from), AT(host), AT(unsubscribe), AT(command),
	AT(network), AT(ca_file), AT(resolve), AT(type), AT(data), AT(text), AT(sender),
	AT(subject), AT(first), AT(previous), AT(reference) };
/* Addresses of webhooks are secrets too. */
static const size_t secret_texts[] = { AT(url), AT(secret), AT(old_secret), AT(token),
	AT(password) };
static const size_t lists[] = { AT(arguments), AT(environment), AT(recipients) };

static char **text_at(struct delivery_request *r, size_t offset)
{
	return (char **)(void *)((char *)r + offset);
}

static struct chan_texts *list_at(struct delivery_request *r, size_t offset)
{
	return (struct chan_texts *)(void *)((char *)r + offset);
}

static struct chan_texts texts_copy(struct chan_texts t)
{
	struct chan_texts c = { xcalloc(t.count + 1, sizeof *c.items), t.count };

	for (size_t i = 0; i < t.count; i++)
		c.items[i] = xstrdup(t.items[i]);
	return c;
}

static void texts_free(struct chan_texts t)
{
	for (size_t i = 0; i < t.count; i++)
		free(t.items[i]);
	free(t.items);
}

struct delivery_request *delivery_request_copy(const struct delivery_request *r)
{
	struct delivery_request *c = xmalloc(sizeof *c);

	*c = *r;
	for (size_t i = 0; i < countof(plain_texts); i++)
		*text_at(c, plain_texts[i]) = xstrdup_null(*text_at(c, plain_texts[i]));
	for (size_t i = 0; i < countof(secret_texts); i++)
		*text_at(c, secret_texts[i]) = xstrdup_null(*text_at(c, secret_texts[i]));
	for (size_t i = 0; i < countof(lists); i++)
		*list_at(c, lists[i]) = texts_copy(*list_at(c, lists[i]));
	c->components = xcalloc(r->component_count + 1, sizeof *c->components);
	for (size_t i = 0; i < r->component_count; i++)
		c->components[i] = (struct chan_component){ xstrdup(r->components[i].ours),
			xstrdup(r->components[i].theirs), xstrdup_null(r->components[i].status) };
	return c;
}

void delivery_request_free(struct delivery_request *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < countof(secret_texts); i++)
		net_wipe(*text_at(r, secret_texts[i]));
	for (size_t i = 0; i < countof(plain_texts); i++)
		free(*text_at(r, plain_texts[i]));
	for (size_t i = 0; i < countof(lists); i++)
		texts_free(*list_at(r, lists[i]));
	for (size_t i = 0; i < r->component_count; i++) {
		free(r->components[i].ours);
		free(r->components[i].theirs);
		free(r->components[i].status);
	}
	free(r->components);
	free(r);
}

void chan_send_fini(struct chan_send *s)
{
	net_headers_free(s->headers, s->header_count);
	net_wipe(s->url);
	free(s->path);
	free(s->to.items);
	buf_fini(&s->body);
	*s = (struct chan_send){ 0 };
}

/* ---- talks ---- */

void chan_talk_init(struct chan_talk *t, const struct delivery_request *r, struct utc now)
{
	*t = (struct chan_talk){ .r = r, .now = now };
	if (r->reference)
		snprintf(t->reference, sizeof t->reference, "%s", r->reference);
}

void chan_talk_fini(struct chan_talk *t)
{
	for (size_t i = 0; i < t->told_count; i++) {
		free(t->told[i].address);
		free(t->told[i].detail);
	}
	free(t->told);
	*t = (struct chan_talk){ 0 };
}

void chan_tell(struct chan_talk *t, const char *address, enum chan_state state, const char *detail)
{
	t->told = xreallocarray(t->told, t->told_count + 1, sizeof *t->told);
	t->told[t->told_count++] =
	    (struct chan_told){ xstrdup(address), state, xstrdup(detail ? detail : "") };
}

/* ---- when to try again ---- */

int64_t delivery_retry_after(int attempts, bool open_incident, int jitter)
{
	static const int64_t pause_s[] = { 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400 };
	int last = (int)countof(pause_s);

	if (attempts < 1)
		return 0;
	if (attempts > last && !open_incident)
		return -1;
	int64_t ms = pause_s[attempts > last ? last - 1 : attempts - 1] * 1000;
	jitter = jitter < 0 ? 0 : jitter > 1000 ? 1000 : jitter;
	ms += ms / 5 * (jitter - 500) / 500;
	return open_incident && ms > OPEN_MAX_MS ? OPEN_MAX_MS : ms;
}

int64_t retry_after_ms(const char *value, struct utc now)
{
	int64_t ms;

	if (!value || !*value)
		return -1;
	size_t digits = strspn(value, "0123456789");
	if (value[digits] == 0) {
		ms = digits > 9 ? RETRY_AFTER_MAX_MS : (int64_t)strtol(value, NULL, 10) * 1000;
	} else {
		if (!isalpha((unsigned char)value[0]))
			return -1;
		time_t t = curl_getdate(value, NULL);
		if (t == -1)
			return -1;
		ms = (int64_t)t * 1000 - now.ms;
	}
	return ms < 0 ? 0 : ms > RETRY_AFTER_MAX_MS ? RETRY_AFTER_MAX_MS : ms;
}
