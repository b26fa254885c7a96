#include "engine/target.h"

#include <stdlib.h>
#include <string.h>

#include "engine/setup.h"
#include "os/log.h"

#define DAY_MS 86400000
#define TLS_DAYS 30 /* warning before a certificate ends, where nothing is said */

static void headers_of(
    const struct cfg_headers *from, struct net_header **out, size_t *count, struct arena *a)
{
	*out = arena_alloc(a, (from->count + 1) * sizeof **out);
	*count = 0;
	for (size_t i = 0; i < from->count; i++) {
		struct err e;
		char *value = setup_secret(&from->items[i].value, &e);

		if (!value) {
			log_say(LOG_SAY_ERROR, "secret", "header", from->items[i].name.s, "why",
			    e.msg, NULL);
			continue;
		}
		(*out)[(*count)++] =
		    (struct net_header){ from->items[i].name.s, arena_strdup(a, value) };
		explicit_bzero(value, strlen(value));
		free(value);
	}
}

static void expect_of(const struct cfg_probe *p, struct probe_expect *x, struct arena *a)
{
	x->codes = arena_alloc(a, (p->status.count + 1) * sizeof *x->codes);
	for (size_t i = 0; i < p->status.count; i++) {
		char *end;
		long from = strtol(p->status.items[i].s, &end, 10),
		     to = *end == '-' ? strtol(end + 1, NULL, 10) : from;

		x->codes[x->code_count++] = (struct expect_range){ (int)from, (int)to };
	}
	x->json = arena_alloc(a, (p->json.count + 1) * sizeof *x->json);
	for (size_t i = 0; i < p->json.count; i++) {
		const struct cfg_pair *pair = &p->json.items[i];
		struct expect_json *j = &x->json[x->json_count++];

		j->pointer = pair->key.s;
		j->allowed = arena_alloc(a, (pair->values.count + 1) * sizeof *j->allowed);
		for (size_t v = 0; v < pair->values.count; v++)
			j->allowed[j->allowed_count++] = pair->values.items[v].s;
	}
	x->contains = p->contains.s ? p->contains.s : p->banner.s;
	x->degraded_ms = (int)p->degraded_ms;
	x->partial_ms = (int)p->partial_ms;
	x->major_ms = (int)p->major_ms;
	x->certificate_days = (int)(p->certificate_warn_ms / DAY_MS);
	if (p->tls.s && !x->certificate_days)
		x->certificate_days = TLS_DAYS;
}

char *target_address(const struct cfg_probe *p)
{
	char *const all[] = { p->http.s, p->tcp.s, p->tls.s, p->dns_name.s, p->icmp.s,
		p->beat_file.s };

	for (size_t i = 0; i < countof(all); i++)
		if (all[i])
			return all[i];
	return NULL;
}

void target_of_probe(const struct cfg_probe *p, struct probe_target *t, struct arena *a)
{
	*t = (struct probe_target){
		.id = arena_printf(a, "probe:%s", p->id.s),
		.kind = arena_strdup(a, p->kind),
		.url = target_address(p),
		.method = p->method.s,
		.body = p->body.s,
		.interval_ms = p->interval_ms,
		.timeout_ms = (int)p->timeout_ms,
		.klass = NET_INTERNAL,
		.resolve = p->resolve.s,
		.ca_file = p->ca.s,
		.cert_file = p->cert.s,
		.key_file = p->key.s,
		.record = p->dns_type.s,
		.server = p->dns_server.s,
		.value = p->dns_value.s,
		.line = p->beat_line.s,
		.max_age_ms = p->beat_max_age_ms,
	};
	headers_of(&p->headers, &t->headers, &t->header_count, a);
	expect_of(p, &t->expect, a);
}

static void put_pairs(cJSON *o, const char *key, const struct cfg_pairs *p)
{
	cJSON *map = cJSON_CreateObject();

	for (size_t i = 0; i < p->count; i++) {
		cJSON *list = cJSON_CreateArray();
		for (size_t k = 0; k < p->items[i].values.count; k++)
			cJSON_AddItemToArray(
			    list, cJSON_CreateString(p->items[i].values.items[k].s));
		json_put(map, p->items[i].key.s, list);
	}
	json_put(o, key, map);
}

/* As feed_frame takes it; NULL: the feed has none. */
static char *mapping_of(const struct cfg_feed *f, struct arena *a)
{
	cJSON *o = cJSON_CreateObject(), *dates = cJSON_CreateObject(), *months;

	if (f->fields.count) {
		put_pairs(o, "fields", &f->fields);
		put_pairs(o, "values", &f->values);
	}
	if (f->date_pattern.s)
		json_put_str(dates, "pattern", f->date_pattern.s);
	if (f->date_timezone.s)
		json_put_str(dates, "timezone", f->date_timezone.s);
	if (f->date_months.count) {
		months = cJSON_CreateArray();
		for (size_t i = 0; i < f->date_months.count; i++)
			cJSON_AddItemToArray(months, cJSON_CreateString(f->date_months.items[i].s));
		json_put(dates, "months", months);
	}
	json_put(o, "dates", dates);
	char *text = json_text(o), *out = f->fields.count ? arena_strdup(a, text) : NULL;
	free(text);
	cJSON_Delete(o);
	return out;
}

void target_of_feed(const struct cfg_feed *f, struct feed_source *s, struct arena *a)
{
	*s = (struct feed_source){
		.id = f->id.s,
		.format = f->format.s,
		.mapping = mapping_of(f, a),
		.url = f->url.s ? f->url.s : f->folder.s,
		.folder = f->folder.s,
		.interval_ms = f->interval_ms,
		.klass = NET_EXTERNAL,
		.network = f->network.s,
		.ca_file = f->ca.s,
	};
	headers_of(&f->headers, &s->headers, &s->header_count, a);
}
