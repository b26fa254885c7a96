/* Probes: exactly one kind each, what goes with that kind, and one for each region. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/host.h"
#include "base/map.h"
#include "config_priv.h"

#define HTTP 1u
#define TCP 2u
#define TLS 4u
#define DNS 8u
#define ICMP 16u
#define BEAT 32u

/* What is asked, and the keys that may hold {region}. */
static const struct {
	const char *name;
	unsigned bit;
	size_t address;
} kinds[] = {
	{ "http", HTTP, offsetof(struct cfg_probe, http) },
	{ "tcp", TCP, offsetof(struct cfg_probe, tcp) },
	{ "tls", TLS, offsetof(struct cfg_probe, tls) },
	{ "dns", DNS, offsetof(struct cfg_probe, dns_name) },
	{ "icmp", ICMP, offsetof(struct cfg_probe, icmp) },
	{ "heartbeat", BEAT, offsetof(struct cfg_probe, beat_file) },
};

/* Keys that are for some kinds only. */
static const struct {
	const char *key;
	unsigned kinds;
	size_t text;
} only[] = {
	{ "body", HTTP, offsetof(struct cfg_probe, body) },
	{ "contains", HTTP, offsetof(struct cfg_probe, contains) },
	{ "banner", TCP, offsetof(struct cfg_probe, banner) },
	{ "resolve", HTTP | TCP | TLS, offsetof(struct cfg_probe, resolve) },
	{ "ca", HTTP | TLS, offsetof(struct cfg_probe, ca) },
	{ "cert", HTTP | TLS, offsetof(struct cfg_probe, cert) },
	{ "key", HTTP | TLS, offsetof(struct cfg_probe, key) },
};

static struct cfg_text *text_at(const struct cfg_probe *p, size_t offset)
{
	return (struct cfg_text *)((uintptr_t)p + offset);
}

/* The kind's row; the first one's when there is none, which is told once. */
static size_t kind_of(struct reader *r, struct cfg_probe *p)
{
	size_t found = 0, count = 0;

	for (size_t i = 0; i < countof(kinds); i++) {
		if (!text_at(p, kinds[i].address)->s)
			continue;
		if (count++)
			reader_problem(r, text_at(p, kinds[i].address)->pos,
			    "make two probes of it",
			    "a probe asks one thing, and here is %s and %s", kinds[found].name,
			    kinds[i].name);
		else
			found = i;
	}
	if (!count)
		reader_problem(r, p->pos, "http: https://host.example/health",
		    "this probe has none of http, tcp, tls, dns, icmp and heartbeat");
	p->kind = kinds[found].name;
	return found;
}

/* {region} replaced by the region's id in lower case. */
static char *for_region(struct reader *r, const char *text, const char *region)
{
	const char *mark = strstr(text, "{region}");
	char *out, *p;

	if (!mark)
		return arena_strdup(r->arena, text);
	out = arena_printf(
	    r->arena, "%.*s%s%s", (int)(mark - text), text, region, mark + strlen("{region}"));
	for (p = out + (mark - text); p < out + (mark - text) + strlen(region); p++)
		*p = (char)tolower((unsigned char)*p);
	return out;
}

static void spread(struct reader *r, const struct config *c, struct cfg_component *k)
{
	struct cfg_probe *out;
	size_t n = 0, total = 0;
	bool any = false;

	for (size_t i = 0; i < k->probes.count; i++) {
		bool all =
		    k->probes.items[i].region.s && strcmp(k->probes.items[i].region.s, "*") == 0;

		total += all ? c->regions.count : 1;
		any = any || all;
	}
	if (!any) { /* they stay where they are */
		for (size_t i = 0; i < k->probes.count; i++)
			kind_of(r, &k->probes.items[i]);
		return;
	}
	out = arena_alloc(r->arena, (total + 1) * sizeof *out);
	for (size_t i = 0; i < k->probes.count; i++) {
		struct cfg_probe *p = &k->probes.items[i];
		size_t address = kinds[kind_of(r, p)].address;
		const struct cfg_text *text = text_at(p, address);

		if (!p->region.s || strcmp(p->region.s, "*") != 0) {
			out[n++] = *p;
			continue;
		}
		if (text->s && !strstr(text->s, "{region}") && c->regions.count > 1)
			reader_problem(r, text->pos, "put {region} into it, or name one region",
			    "every region would ask the same address");
		for (size_t g = 0; g < c->regions.count; g++) {
			out[n] = *p;
			out[n].region.s = c->regions.items[g].id.s;
			if (text->s)
				text_at(&out[n], address)->s =
				    for_region(r, text->s, c->regions.items[g].id.s);
			n++;
		}
	}
	k->probes.items = out;
	k->probes.count = n;
}

static void check_status(struct reader *r, const struct cfg_texts *l)
{
	for (size_t i = 0; i < l->count; i++) {
		int from, to, end = 0;
		const char *s = l->items[i].s;

		if (sscanf(s, "%3d-%3d%n", &from, &to, &end) == 2 && !s[end] && from >= 100 &&
		    to <= 599 && from <= to)
			continue;
		end = 0;
		if (sscanf(s, "%3d%n", &from, &end) == 1 && !s[end] && from >= 100 && from <= 599)
			continue;
		reader_problem(
		    r, l->items[i].pos, "write 200 or 200-299", "\"%s\" is no HTTP status", s);
	}
}

static void check_host(struct reader *r, const struct cfg_text *t, int port)
{
	char host[HOST_MAX];
	struct err e = { 0 };
	int out;

	if (t->s && !host_port(t->s, port, host, &out, &e))
		reader_problem(r, t->pos, NULL, "%s", e.msg);
}

static void check_dns(struct reader *r, const struct cfg_probe *p)
{
	char host[HOST_MAX];
	int port;

	if (p->dns_type.s && dns_type(p->dns_type.s) < 0)
		reader_problem(r, p->dns_type.pos, "A, AAAA, MX, …, or TYPE and its number",
		    "\"%s\" is no type of DNS record", p->dns_type.s);
	if (p->dns_server.s &&
	    (!host_port(p->dns_server.s, 53, host, &port, NULL) || !host_is_address(host)))
		reader_problem(r, p->dns_server.pos, "write 192.0.2.53 or 192.0.2.53:5353",
		    "\"%s\" is no address of a DNS server", p->dns_server.s);
}

static void check_paths(struct reader *r, const struct cfg_probe *p)
{
	const struct cfg_text *const paths[] = { &p->beat_file, &p->ca, &p->cert, &p->key };

	for (size_t i = 0; i < countof(paths); i++)
		if (paths[i]->s && *paths[i]->s != '/')
			reader_problem(r, paths[i]->pos, "it starts with /",
			    "\"%s\" is no absolute path", paths[i]->s);
	if (p->key.s && !p->cert.s)
		reader_problem(r, p->key.pos, "cert: /path", "a \"key\" needs its \"cert\"");
}

static void check_kind(struct reader *r, const struct cfg_probe *p)
{
	unsigned bit = 0;

	for (size_t i = 0; i < countof(kinds); i++)
		if (strcmp(kinds[i].name, p->kind) == 0)
			bit = kinds[i].bit;
	for (size_t i = 0; i < countof(only); i++) {
		const struct cfg_text *t = text_at(p, only[i].text);
		if (t->s && !(only[i].kinds & bit))
			reader_problem(r, t->pos, NULL, "\"%s\" has no meaning for a probe of %s",
			    only[i].key, p->kind);
	}
	if (bit != HTTP && (p->headers.count || p->json.count))
		reader_problem(r, p->pos, NULL, "\"%s\" has no meaning for a probe of %s",
		    p->headers.count ? "headers" : "json", p->kind);
	if (!(bit & (HTTP | TLS)) && p->certificate_warn_ms)
		reader_problem(
		    r, p->pos, NULL, "\"certificate\" has no meaning for a probe of %s", p->kind);
}

static void check_probe(struct reader *r, const struct cfg_probe *p)
{
	config_check_url(r, &p->http);
	check_host(r, &p->tcp, 0);
	check_host(r, &p->tls, 443);
	check_host(r, &p->icmp, 1);
	check_dns(r, p);
	check_paths(r, p);
	check_kind(r, p);
	check_status(r, &p->status);
	for (size_t j = 0; j < p->json.count; j++)
		if (p->json.items[j].key.s[0] != '/')
			reader_problem(r, p->json.items[j].key.pos,
			    "such as /status or /checks/0/status", "\"%s\" is no JSON pointer",
			    p->json.items[j].key.s);
}

void config_check_probes(struct reader *r, const struct config *c, struct cfg_component *k,
    const struct map *regions, struct map *probe_ids)
{
	spread(r, c, k);
	for (size_t i = 0; i < k->probes.count; i++) {
		struct cfg_probe *p = &k->probes.items[i];
		char *id;

		config_refer(r, regions, "region", &p->region);
		check_probe(r, p);
		id = arena_printf(
		    r->arena, "%s/%s", k->id.s ? k->id.s : "?", p->region.s ? p->region.s : "?");
		for (int n = 2; map_get(probe_ids, id); n++)
			id = arena_printf(r->arena, "%s/%s#%d", k->id.s, p->region.s, n);
		p->id = (struct cfg_text){ id, p->pos };
		map_set(probe_ids, id, p);
	}
}
