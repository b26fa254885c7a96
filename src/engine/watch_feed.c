/* Carrier feeds: what each said last, what its carrier is then, and what follows for our own
 * components. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "engine_priv.h"

#define FEED_FRESH_INTERVALS 3 /* older than so many intervals it says nothing */
#define FEED_FRESH_LEAST_MS 600000

int64_t watch_feed_fresh_ms(const struct cfg_feed *f)
{
	int64_t ms = FEED_FRESH_INTERVALS * f->interval_ms;

	return ms < FEED_FRESH_LEAST_MS ? FEED_FRESH_LEAST_MS : ms;
}

void watch_feed_free(void *p)
{
	struct feed_state *s = p;

	feed_doc_free(s->doc);
	free(s->detail);
	free(s->moved_to);
	free(s->text);
	free(s);
}

void watch_carrier_free(void *p)
{
	struct carrier_state *s = p;

	free(s->detail);
	free(s);
}

struct feed_state *watch_feed_state(struct engine *g, const char *id)
{
	struct feed_state *s = map_get(g->feeds, id);

	if (!s) {
		s = xcalloc(1, sizeof *s);
		s->fetched_at = s->tried_at = s->next_at = s->since = s->text_at = UTC_NONE;
		s->latency_ms = -1;
		map_set(g->feeds, id, s);
	}
	return s;
}

struct carrier_state *watch_carrier_state(struct engine *g, const char *id)
{
	struct carrier_state *s = map_get(g->carriers, id);

	if (!s) {
		s = xcalloc(1, sizeof *s);
		s->status = STATUS_UNKNOWN;
		s->since = s->data_at = UTC_NONE;
		map_set(g->carriers, id, s);
	}
	return s;
}

const struct carrier_state *watch_carrier(const struct engine *g, const char *id)
{
	return map_get(g->carriers, id);
}

const struct cfg_feed *watch_find_feed(
    const struct engine *g, const char *id, const struct cfg_carrier **carrier)
{
	for (size_t i = 0; i < g->config->carriers.count; i++)
		for (size_t f = 0; f < g->config->carriers.items[i].feeds.count; f++)
			if (strcmp(g->config->carriers.items[i].feeds.items[f].id.s, id) == 0) {
				*carrier = &g->config->carriers.items[i];
				return &g->config->carriers.items[i].feeds.items[f];
			}
	return NULL;
}

/* What the document says about one of our components: the worst of theirs that map to it. */
static enum status mapped_status(
    const struct cfg_feed *f, const struct feed_doc *d, const char *component, const char **detail)
{
	enum status worst = STATUS_OPERATIONAL;

	*detail = "operational";
	for (size_t m = 0; m < f->map.count; m++)
		for (size_t v = 0; v < f->map.items[m].values.count; v++) {
			if (strcmp(f->map.items[m].values.items[v].s, component) != 0)
				continue;
			for (size_t k = 0; k < d->component_count; k++)
				if (strcmp(d->components[k].name, f->map.items[m].key.s) == 0 &&
				    d->components[k].status > worst) {
					worst = d->components[k].status;
					*detail = status_names[worst];
				}
		}
	for (size_t i = 0; i < d->incident_count; i++)
		if (worst != STATUS_OPERATIONAL && strcmp(d->incidents[i].status, "resolved") != 0)
			*detail = d->incidents[i].title;
	return worst;
}

/* What the feed says about each of our components that it is mapped to; `d` NULL: it could not be
 * read, and says nothing because of `why`. */
static void feed_observations(struct engine *g, const struct cfg_carrier *carrier,
    const struct cfg_feed *f, const struct feed_doc *d, const char *why, struct utc at)
{
	struct arena *a = arena_new();
	struct detect_observation *batch;
	size_t n = 0, most = 0;

	for (size_t m = 0; m < f->map.count; m++)
		most += f->map.items[m].values.count * carrier->regions.count;
	batch = arena_alloc(a, (most + 1) * sizeof *batch);
	for (size_t m = 0; m < f->map.count; m++)
		for (size_t v = 0; v < f->map.items[m].values.count; v++)
			for (size_t r = 0; r < carrier->regions.count; r++) {
				const char *component = f->map.items[m].values.items[v].s,
					   *detail = why;
				enum status s =
				    d ? mapped_status(f, d, component, &detail) : STATUS_UNKNOWN;

				batch[n++] = (struct detect_observation){
					.target = arena_printf(a, "feed:%s:%s/%s", f->id.s,
					    component, carrier->regions.items[r].s),
					.at = at,
					.status = s,
					.latency_ms = -1,
					.detail = detail,
				};
			}
	watch_run(g, batch, n);
	arena_free(a);
}

/* That it is well when it is first read, or that nothing was heard, is no news. */
static void tell_carrier(struct engine *g, const struct cfg_carrier *k, enum status before,
    enum status now, const char *detail)
{
	bool bad = now >= STATUS_DEGRADED;
	const char *words = bad				? status_words[now]
			    : now == STATUS_UNKNOWN	? "nothing is heard of its fault any more"
			    : now == STATUS_MAINTENANCE ? "maintenance, the fault is over"
							: "all is well again";

	if (bad || before >= STATUS_DEGRADED)
		recent_say(g, "engine", "",
		    xasprintf("%s: %s%s%s", k->name.s ? k->name.s : k->id.s, words,
			bad && *detail ? " — " : "", bad ? detail : ""));
}

/* A carrier's status is the worst that its feeds say. One that cannot be read says unknown,
 * whatever it said before: its age goes on from its last good document. One that has been read and
 * says nothing (a history, a folder of notices) leaves it to the others. */
static void look_at_carrier(struct engine *g, const struct cfg_carrier *k, struct utc at)
{
	struct carrier_state *c = watch_carrier_state(g, k->id.s);
	enum status worst = STATUS_OPERATIONAL;
	const char *detail = "";
	bool any = false, said = false;

	for (size_t f = 0; f < k->feeds.count; f++) {
		const struct feed_state *s = watch_feed_state(g, k->feeds.items[f].id.s);

		if (!s->seen)
			continue;
		any = true;
		if (!s->ok || !s->doc) {
			worst = worst > STATUS_UNKNOWN ? worst : STATUS_UNKNOWN;
			said = true;
			detail = *detail ? detail : s->detail;
			continue;
		}
		said = said || s->doc->status != STATUS_UNKNOWN;
		if (s->doc->status != STATUS_UNKNOWN && s->doc->status > worst)
			worst = s->doc->status;
		for (size_t i = 0; i < s->doc->incident_count; i++)
			if (strcmp(s->doc->incidents[i].status, "resolved") != 0)
				detail = s->doc->incidents[i].title;
		if (!utc_is_set(c->data_at) || utc_before(c->data_at, s->fetched_at))
			c->data_at = s->fetched_at;
	}
	if (!said)
		worst = STATUS_UNKNOWN;
	if (any && (c->status != worst || !utc_is_set(c->since))) {
		tell_carrier(g, k, c->status, worst, detail);
		c->status = worst;
		c->since = at;
	}
	free(c->detail);
	c->detail = xstrdup(detail);
	serve_changed(g, WIRE_CARRIER, k->id.s);
}

/* What the other end said last, whether it was a document or not. */
static void take_answer(struct feed_state *s, const struct feed_result *r)
{
	s->tried_at = r->at;
	s->code = r->code;
	s->fault = r->fault;
	s->size = r->size;
	s->latency_ms = r->latency_ms;
	if (s->latency_count == countof(s->latencies))
		memmove(s->latencies, s->latencies + 1, --s->latency_count * sizeof *s->latencies);
	s->latencies[s->latency_count++] =
	    (int16_t)(r->latency_ms > INT16_MAX ? INT16_MAX : r->latency_ms);
	free(s->moved_to);
	s->moved_to = r->moved_to ? utf8_cleaned(r->moved_to, UTF8_ONE_LINE, 300) : NULL;
	if (!r->text)
		return;
	free(s->text);
	s->text = xstrdup(r->text);
	s->text_at = r->at;
}

static void take_doc(struct feed_state *s, struct feed_doc *take)
{
	feed_doc_free(s->doc);
	s->doc = take;
	s->open_incidents = 0;
	for (size_t i = 0; i < s->doc->incident_count; i++)
		s->open_incidents += strcmp(s->doc->incidents[i].status, "resolved") != 0;
}

static void note_edge(struct engine *g, const char *id, const struct feed_state *s, struct utc at)
{
	char *key = xasprintf("feed:%s", id);
	enum status says = s->ok && s->doc ? s->doc->status : STATUS_UNKNOWN;

	source_edge(g, key,
	    &(struct source_edge){
		.at = at, .status = says, .up = s->ok, .detail = s->ok ? NULL : s->detail });
	free(key);
}

void watch_fed(void *ctx, struct feed_result *r)
{
	struct engine *g = ctx;
	const struct cfg_carrier *carrier = NULL;
	const struct cfg_feed *f = watch_find_feed(g, r->id, &carrier);
	struct feed_state *s;

	if (!f) {
		feed_doc_free(r->doc);
		return;
	}
	s = watch_feed_state(g, r->id);
	if (!s->seen || s->ok != r->ok)
		s->since = r->at;
	s->seen = true;
	s->ok = r->ok;
	take_answer(s, r);
	s->next_at = r->next_at;
	if (r->ok)
		s->fetched_at = r->at;
	free(s->detail);
	s->detail = xstrdup(r->detail ? r->detail : "");
	if (r->doc)
		take_doc(s, r->doc);
	note_edge(g, r->id, s, r->at);
	if (s->doc)
		feed_observations(g, carrier, f, r->ok ? s->doc : NULL, s->detail, r->at);
	look_at_carrier(g, carrier, r->at);
	serve_changed(g, WIRE_FEED, r->id);
	once_seen(g, r->id);
}
