/* Telling: updates wait out their send delay in `held`, and what is posted is owed to each channel
 * until a final `delivery` event says otherwise. */
#include <stdlib.h>
#include <string.h>

#include "engine_priv.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"

#define IN_FLIGHT_MAX 64

static void owed_free(void *p)
{
	struct owed *o = p;

	free(o->id);
	free(o->incident);
	free(o->destination);
	free(o->detail);
	free(o);
}

/* ---- what is owed ---- */

static bool final_state(const char *state)
{
	return strcmp(state, "accepted") == 0 || strcmp(state, "given_up") == 0 ||
	       strcmp(state, "superseded") == 0;
}

void notify_owed_of(struct engine *g, const struct incident *inc)
{
	for (size_t u = 0; u < inc->update_count; u++)
		for (size_t d = 0; d < inc->updates[u].delivery_count; d++) {
			const struct delivery_state *s = &inc->updates[u].deliveries[d];
			struct owed *o;
			char *id;

			if (final_state(s->state))
				continue;
			id =
			    xasprintf("%s.%d/%s", inc->id, inc->updates[u].version, s->destination);
			if (map_get(g->owed, id)) {
				free(id);
				continue;
			}
			o = xcalloc(1, sizeof *o);
			o->id = id;
			o->incident = xstrdup(inc->id);
			o->destination = xstrdup(s->destination);
			o->version = inc->updates[u].version;
			o->attempts = s->attempts;
			o->next_at = clock_utc();
			map_set(g->owed, id, o);
		}
}

void notify_posted(struct engine *g, const struct incident *inc)
{
	notify_owed_of(g, inc);
	notify_send_due(g);
}

/* An earlier update to the same destination of the same incident goes first. */
static bool blocked(const struct engine *g, const struct owed *o)
{
	const struct owed *other;
	size_t it = 0;

	while ((other = map_next(g->owed, &it, NULL)))
		if (other != o && other->version < o->version &&
		    strcmp(other->incident, o->incident) == 0 &&
		    strcmp(other->destination, o->destination) == 0)
			return true;
	return false;
}

static const struct posted_update *update_of(
    const struct engine *g, const struct owed *o, const struct incident **inc)
{
	const struct live *l = engine_live(g, o->incident);

	*inc = l ? l->inc : NULL;
	for (size_t u = 0; l && u < l->inc->update_count; u++)
		if (l->inc->updates[u].version == o->version)
			return &l->inc->updates[u];
	return NULL;
}

/* The text that the first audience with this channel reads. */
static const char *text_for(
    const struct engine *g, const struct posted_update *u, const char *channel)
{
	for (size_t i = 0; i < u->audience_count; i++) {
		const struct cfg_audience *a = config_audience(g->config, u->audiences[i]);

		for (size_t c = 0; a && c < a->channels.count; c++)
			if (strcmp(a->channels.items[c].s, channel) == 0)
				return json_str(u->text, a->id.s);
	}
	return NULL;
}

static char *data_for(const struct incident *inc, const struct posted_update *u, const char *text)
{
	cJSON *o = cJSON_CreateObject();
	char *out;

	json_put_str(o, "incident", inc->id);
	json_put_str(o, "title", inc->title);
	json_put_int(o, "severity", inc->severity);
	json_put_str(o, "phase", phase_names[inc->phase]);
	json_put_str(o, "stage", u->stage);
	json_put_str(o, "status", u->status);
	json_put_strs(o, "regions", inc->regions, inc->region_count);
	json_put_strs(o, "components", inc->components, inc->component_count);
	json_put_utc(o, "started_at", inc->started_at);
	json_put_utc(o, "posted_at", u->at);
	json_put_utc(o, "next_update_at", u->next_update_at);
	json_put_str(o, "text", text);
	out = json_text(o);
	cJSON_Delete(o);
	return out;
}

static void record_delivery(
    struct engine *g, const struct owed *o, const char *state, const char *detail)
{
	cJSON *body = cJSON_CreateObject();

	json_put_int(body, "update", o->version);
	json_put_str(body, "destination", o->destination);
	json_put_str(body, "state", state);
	json_put_int(body, "attempts", o->attempts);
	json_put_str(body, "detail", detail);
	engine_append(g, o->incident, EVENT_DELIVERY, body);
}

static void give_up(struct engine *g, struct owed *o, const char *why)
{
	char *id = xstrdup(o->id);

	record_delivery(g, o, "given_up", why);
	serve_gone(g, WIRE_DELIVERY, id);
	map_del(g->owed, id);
	free(id);
}

/* Fills what the channel's kind needs; the secrets belong to the caller's arena. */
static bool request_of(const struct cfg_channel *ch, struct delivery_request *r, char **url,
    char **secret, struct err *e)
{
	*url = *secret = NULL;
	if (ch->url.text.s)
		*url = xstrdup(ch->url.text.s);
	else if ((ch->url.secret.file || ch->url.secret.env) &&
		 !(*url = setup_secret(&ch->url.secret, e)))
		return false;
	if ((ch->secret.file || ch->secret.env) && !(*secret = setup_secret(&ch->secret, e)))
		return false;
	r->destination = ch->id.s;
	r->kind = ch->kind.s;
	r->url = *url;
	r->secret = *secret;
	r->path = ch->path.s;
	r->klass = NET_EXTERNAL;
	r->network = ch->network.s;
	r->ca_file = ch->ca.s;
	return true;
}

static void wipe(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

/* Starts one attempt. False: this delivery is over (it was given up). */
static bool send_one(struct engine *g, struct owed *o)
{
	const struct cfg_channel *ch = config_channel(g->config, o->destination);
	const struct incident *inc;
	const struct posted_update *u = update_of(g, o, &inc);
	const char *text = u ? text_for(g, u, o->destination) : NULL, *dot;
	struct delivery_request r = { .id = o->id, .at = u ? u->at : UTC_NONE };
	char *url = NULL, *secret = NULL, *data, *plain;
	static char type[] = "incident.updated", as_text[] = "text";
	struct err e;

	if (!ch || !u || !text) {
		give_up(g, o,
		    !ch ? "the channel is not configured any more"
			: "no audience of it reads this channel");
		return false;
	}
	if (!request_of(ch, &r, &url, &secret, &e)) {
		free(o->detail);
		o->detail = xstrdup(e.msg);
		o->next_at = utc_add(clock_utc(), 60000);
		wipe(url);
		wipe(secret);
		serve_changed(g, WIRE_DELIVERY, o->id);
		return true;
	}
	dot = r.path ? strrchr(r.path, '.') : NULL;
	if (r.path && (!dot || strcmp(dot, ".json") != 0))
		r.format = as_text;
	data = data_for(inc, u, text);
	plain = xstrdup(text);
	r.type = type;
	r.data = data;
	r.text = plain;
	o->in_flight = true;
	o->attempts++;
	net_deliver(g->net, &r);
	free(data);
	free(plain);
	wipe(url);
	wipe(secret);
	serve_changed(g, WIRE_DELIVERY, o->id);
	return true;
}

void notify_send_due(struct engine *g)
{
	struct utc now = clock_utc(), next = UTC_NONE;
	struct owed *o;
	size_t it = 0, flying = 0;

	if (!g->net)
		return;
	while ((o = map_next(g->owed, &it, NULL))) {
		if (o->in_flight) {
			flying++;
			continue;
		}
		if (blocked(g, o))
			continue;
		if (utc_before(now, o->next_at)) {
			next = utc_is_set(next) ? utc_min(next, o->next_at) : o->next_at;
			continue;
		}
		if (flying < IN_FLIGHT_MAX && send_one(g, o))
			flying++;
	}
	if (utc_is_set(next))
		loop_timer_at(g->outbox_timer, next);
}

static void outbox_due(void *ctx)
{
	notify_send_due(ctx);
}

/* Spreads retries without a source of chance of its own: by the id and the attempt. */
static int jitter(const struct owed *o)
{
	unsigned h = 2166136261u;

	for (const char *p = o->id; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	return (int)((h + (unsigned)o->attempts * 2654435761u) % 1001);
}

void notify_delivered(struct engine *g, const struct delivery_result *r)
{
	struct owed *o = map_get(g->owed, r->id);
	const struct live *l = o ? engine_live(g, o->incident) : NULL;
	const struct chan_verdict *v = &r->verdict;
	int64_t wait;
	char *id;

	if (!o || !l)
		return;
	o->in_flight = false;
	free(o->detail);
	o->detail = xstrdup(v->detail);
	if (v->alarm)
		log_say(LOG_SAY_ERROR, "destination-gone", "destination", o->destination, "why",
		    v->detail, NULL);
	wait = v->state == CHAN_RETRY
		   ? delivery_retry_after(o->attempts, incident_active(l->inc), jitter(o))
		   : 0;
	if (v->state == CHAN_ACCEPTED || v->state == CHAN_GIVE_UP || wait < 0) {
		record_delivery(
		    g, o, v->state == CHAN_ACCEPTED ? "accepted" : "given_up", v->detail);
		id = xstrdup(o->id);
		serve_gone(g, WIRE_DELIVERY, id);
		map_del(g->owed, id);
		free(id);
	} else {
		if (wait < v->not_before_ms)
			wait = v->not_before_ms;
		o->next_at = utc_add(clock_utc(), wait);
		record_delivery(g, o, "failed", v->detail);
		serve_changed(g, WIRE_DELIVERY, o->id);
	}
	serve_changed(g, WIRE_INCIDENT, l->inc->id);
	notify_send_due(g);
}

/* ---- templates ---- */

static void load_templates(struct engine *g)
{
	static const char dir[] = "share/templates/";
	struct template_errors errors = { 0 };

	for (const struct embedded *f = embedded_files; f->name; f++) {
		const char *name = f->name + sizeof dir - 1, *dot;
		struct template *t;
		char *id;

		if (strncmp(f->name, dir, sizeof dir - 1) != 0 || !(dot = strstr(name, ".tmpl")))
			continue;
		id = xstrndup(name, (size_t)(dot - name));
		t = template_parse(id, (const char *)f->data, f->len, &errors);
		free(id);
		if (!t)
			continue;
		g->templates =
		    xreallocarray(g->templates, g->template_count + 1, sizeof(struct template *));
		g->templates[g->template_count++] = t;
	}
	template_errors_fini(&errors);
}

const struct template *notify_template(const struct engine *g, const char *id)
{
	for (size_t i = 0; i < g->template_count; i++)
		if (strcmp(template_id(g->templates[i]), id) == 0)
			return g->templates[i];
	return NULL;
}

const struct template *notify_template_for(const struct engine *g, const char *stage, int severity)
{
	const struct template *best = NULL;

	for (size_t i = 0; i < g->template_count; i++)
		if (strcmp(template_stage(g->templates[i]), stage) == 0 &&
		    template_suits(g->templates[i], severity) &&
		    (!best || strcmp(template_id(g->templates[i]), stage) == 0))
			best = g->templates[i];
	return best;
}

static struct utc cadence_due(struct engine *g, const struct incident *inc, struct utc now)
{
	const struct policy *p = g->config->policy;
	const struct calendar *calendars[16];
	size_t n =
	    policy_calendars(p, inc->regions, inc->region_count, calendars, countof(calendars));

	return compose_cadence(policy_severity(p, inc->severity)->target[TARGET_UPDATE], calendars,
	    n, p->business_day_ms, now);
}

void notify_facts(
    struct engine *g, const struct incident *inc, struct compose_facts *f, struct arena *a)
{
	const char **regions = arena_alloc(a, (inc->region_count + 1) * sizeof *regions);
	const char **components = arena_alloc(a, (inc->component_count + 1) * sizeof *components);
	const struct zone **zones = arena_alloc(a, (inc->region_count * 8 + 1) * sizeof *zones);
	struct buf workarounds;
	struct err e;

	compose_facts_of(f, inc);
	buf_init(&workarounds, 16384);
	f->places.zones = zones;
	for (size_t i = 0; i < inc->region_count; i++) {
		const struct cfg_region *r = config_region(g->config, inc->regions[i]);

		regions[i] = r ? r->name.s : inc->regions[i];
		if (r && r->workaround.s)
			buf_addf(
			    &workarounds, "%s%s", workarounds.len ? "\n" : "", r->workaround.s);
		for (size_t z = 0; r && z < r->timezones.count && z < 8; z++)
			zones[f->places.count++] = zone_load(r->timezones.items[z].s, &e);
	}
	for (size_t i = 0; i < inc->component_count; i++) {
		const struct cfg_component *k = config_component(g->config, inc->components[i]);

		components[i] = k ? k->name.s : inc->components[i];
	}
	f->regions = regions;
	f->region_count = inc->region_count;
	f->components = components;
	f->component_count = inc->component_count;
	f->severity_name = policy_severity(g->config->policy, inc->severity)->name;
	f->region_workarounds = workarounds.len ? arena_strdup(a, buf_str(&workarounds)) : NULL;
	f->cadence_due = cadence_due(g, inc, clock_utc());
	buf_fini(&workarounds);
}

void notify_start(struct engine *g)
{
	g->owed = map_new(owed_free);
	g->outbox_timer = loop_timer_new(g->loop, outbox_due, g);
	load_templates(g);
	held_start(g);
}

void notify_stop(struct engine *g)
{
	map_free(g->owed);
	held_stop(g);
	for (size_t i = 0; i < g->template_count; i++)
		template_free(g->templates[i]);
	free(g->templates);
}
