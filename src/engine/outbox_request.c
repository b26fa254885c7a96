/* What one try of a delivery needs: the channel's configuration by a table, the secrets as they are
 * at this moment, and the message. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "os/clock.h"
#include "os/zone.h"
#include "outbox_priv.h"

#define FROM(member) offsetof(struct cfg_channel, member)
#define TO(member) offsetof(struct delivery_request, member)

static const struct {
	size_t from, to;
} texts[] = {
	{ FROM(id), TO(destination) },
	{ FROM(kind), TO(kind) },
	{ FROM(path), TO(path) },
	{ FROM(channel), TO(channel) },
	{ FROM(page), TO(page) },
	{ FROM(smtp), TO(smtp) },
	{ FROM(user), TO(user) },
	{ FROM(from), TO(from) },
	{ FROM(host), TO(host) },
	{ FROM(unsubscribe), TO(unsubscribe) },
	{ FROM(command), TO(command) },
	{ FROM(network), TO(network) },
	{ FROM(ca), TO(ca_file) },
}, secrets[] = {
	{ FROM(url.secret), TO(url) },
	{ FROM(secret), TO(secret) },
	{ FROM(old_secret), TO(old_secret) },
	{ FROM(token), TO(token) },
	{ FROM(password), TO(password) },
}, lists[] = {
	{ FROM(arguments), TO(arguments) },
	{ FROM(environment), TO(environment) },
};

static const void *at(const struct cfg_channel *ch, size_t offset)
{
	return (const char *)ch + offset;
}

static char **text_at(struct delivery_request *r, size_t offset)
{
	return (char **)(void *)((char *)r + offset);
}

static bool fill_channel(struct outbox_request *q, struct err *e)
{
	const struct cfg_channel *ch = q->channel;
	struct delivery_request *r = &q->r;

	for (size_t i = 0; i < countof(texts); i++)
		*text_at(r, texts[i].to) = ((const struct cfg_text *)at(ch, texts[i].from))->s;
	for (size_t i = 0; i < countof(lists); i++) {
		const struct cfg_texts *from = at(ch, lists[i].from);
		struct chan_texts *to = (void *)((char *)r + lists[i].to);

		to->items = arena_alloc(q->arena, (from->count + 1) * sizeof *to->items);
		for (to->count = 0; to->count < from->count; to->count++)
			to->items[to->count] = from->items[to->count].s;
	}
	for (size_t i = 0; i < countof(secrets); i++) {
		const struct cfg_secret *s = at(ch, secrets[i].from);

		if ((s->file || s->env) && !(*text_at(r, secrets[i].to) = setup_secret(s, e)))
			return err_in(e, "channel %s", ch->id.s);
	}
	if (ch->url.text.s)
		r->url = xstrdup(ch->url.text.s);
	r->plain = ch->plain;
	r->version = (int)ch->version;
	if (ch->timezone.s && !(r->zone = zone_load(ch->timezone.s, e)))
		return err_in(e, "channel %s", ch->id.s);
	r->timeout_ms = (int)ch->timeout_ms;
	/* The mail server is ours; all others are somebody else's. */
	r->klass = ch->smtp.s ? NET_INTERNAL : NET_EXTERNAL;
	return true;
}

/* ---- the message ---- */

static void put_incident(cJSON *o, const struct incident *inc, const struct posted_update *u)
{
	json_put_int(o, "severity", inc->severity);
	json_put_str(o, "phase", phase_names[inc->phase]);
	json_put_utc(o, "started_at", inc->started_at);
	json_put_utc(o, "next_update_at", u->next_update_at);
}

/* The window that this notice names (a later plan has a notice of its own), and how it went as far
 * as the notice says so; what is internal of a plan stays here. */
static void put_maintenance(
    cJSON *o, const struct maintenance *m, const struct posted_update *u, const char *told)
{
	const struct event *notice = NULL;
	bool ahead = strcmp(told, maintenance_status_names[MAINTENANCE_SCHEDULED]) == 0,
	     begun = strcmp(told, maintenance_status_names[MAINTENANCE_IN_PROGRESS]) == 0;

	for (size_t i = 0; i < m->events.count; i++)
		if (m->events.items[i]->version == u->version)
			notice = m->events.items[i];
	json_put_bool(o, "maintenance", true);
	json_put_str(o, "risk", risk_names[m->plan.risk]);
	json_put_utc(o, "starts_at", notice ? json_utc(notice->body, "starts_at") : UTC_NONE);
	json_put_utc(o, "ends_at", notice ? json_utc(notice->body, "ends_at") : UTC_NONE);
	if (!ahead && utc_is_set(m->started_at))
		json_put_utc(o, "started_at", m->started_at);
	if (!ahead && !begun && utc_is_set(m->ended_at))
		json_put_utc(o, "ended_at", m->ended_at);
	if (!ahead && !begun && utc_is_set(m->cancelled_at))
		json_put_utc(o, "cancelled_at", m->cancelled_at);
}

/* What the message says of planned work: as it was told, but where it stands with a status, and no
 * later notice says more, as it is. */
static const char *status_told(const struct outbox_request *q)
{
	const struct maintenance *m = q->live->mnt;
	const struct posted_update *u = q->update;
	const struct chan_kind *kind = chan_kind_find(q->channel->kind.s);

	if (m && kind && kind->planned == CHAN_PLANNED_STANDS &&
	    u == &m->notices[m->notice_count - 1] &&
	    (m->status == MAINTENANCE_IN_PROGRESS || m->status == MAINTENANCE_COMPLETED))
		return maintenance_status_names[m->status];
	return u->status ? u->status : "";
}

static bool has_arrived(const struct outbox_request *q)
{
	const struct event_list *events = q->told.events;

	for (size_t i = 0; i < events->count; i++) {
		const struct event *ev = events->items[i];

		if (ev->kind == EVENT_DELIVERY &&
		    json_int(ev->body, "update", 0) == q->update->version &&
		    strcmp(json_str_or(ev->body, "destination", ""), q->channel->id.s) == 0 &&
		    strcmp(json_str_or(ev->body, "state", ""), "accepted") == 0)
			return true;
	}
	return false;
}

static cJSON *data_of(const struct outbox_request *q, const char *title, const char *text)
{
	const struct posted_update *u = q->update;
	cJSON *o = cJSON_CreateObject();

	json_put_str(o, "incident", q->told.id);
	json_put_str(o, "title", title);
	if (q->live->mnt)
		put_maintenance(o, q->live->mnt, u, status_told(q));
	else
		put_incident(o, q->live->inc, u);
	json_put_str(o, "stage", u->stage);
	json_put_str(o, "status", status_told(q));
	json_put_strs(o, "regions", q->told.regions, q->told.region_count);
	json_put_strs(o, "components", q->told.components, q->told.component_count);
	json_put_utc(o, "posted_at", u->at);
	json_put_str(o, "text", text);
	return o;
}

static bool is_hit(const struct incident *inc, const char *component)
{
	return inc->phase == PHASE_OPEN && inc->update_count > 0 &&
	       among(inc->components, inc->component_count, component);
}

/* Work goes on at it, and customers were told so. */
static bool is_worked_on(const struct maintenance *m, const char *component)
{
	return m->status == MAINTENANCE_IN_PROGRESS && m->notice_count > 0 &&
	       among(m->plan.components, m->plan.component_count, component);
}

/* How a component is to be shown: by the worst open incident that customers know of, or by planned
 * work. */
static const char *component_status(struct engine *g, const char *component)
{
	static const char *const words[] = { "operational", "major_outage", "partial_outage",
		"degraded", "degraded" };
	const struct live *l;
	int worst = 0;
	size_t it = 0;

	while ((l = map_next(g->live, &it, NULL)))
		if (is_hit(l->inc, component) && l->inc->severity >= 1 && l->inc->severity <= 4 &&
		    (!worst || l->inc->severity < worst))
			worst = l->inc->severity;
	for (it = 0; !worst && (l = map_next(g->planned, &it, NULL));)
		if (is_worked_on(l->mnt, component))
			return "maintenance";
	return words[worst];
}

/* Work that has not begun says nothing about how they are. */
static void fill_components(struct engine *g, struct outbox_request *q)
{
	const struct cfg_pairs *pairs = &q->channel->components;
	bool begun = !q->live->mnt || utc_is_set(q->live->mnt->started_at);
	struct delivery_request *r = &q->r;

	r->components = arena_alloc(q->arena, (pairs->count + 1) * sizeof *r->components);
	for (size_t i = 0; i < pairs->count; i++) {
		char *ours = pairs->items[i].key.s;

		if (pairs->items[i].values.count && telling_concerns(&q->told, ours))
			r->components[r->component_count++] = (struct chan_component){ ours,
				pairs->items[i].values.items[0].s,
				begun ? arena_strdup(q->arena, component_status(g, ours)) : NULL };
	}
}

static void fill_thread(struct outbox_request *q)
{
	const char *channel = q->channel->id.s, *incident = q->told.id;
	struct telling_thread t = telling_thread(&q->told, q->update, channel);

	if (t.first)
		q->r.first =
		    arena_printf(q->arena, "%s.%d/%s", incident, t.first->version, channel);
	if (t.previous)
		q->r.previous =
		    arena_printf(q->arena, "%s.%d/%s", incident, t.previous->version, channel);
	q->r.reference = arena_strdup(q->arena, t.reference);
}

static void fill_message(struct engine *g, struct outbox_request *q)
{
	struct delivery_request *r = &q->r;
	const char *text = json_str(q->update->text, q->audience->id.s), *dot;
	char *headline = telling_headline(g->config, &q->told, q->channel->id.s), *json;
	const char *inside = q->live->mnt ? q->live->mnt->plan.title : q->live->inc->title;
	cJSON *data = data_of(q, q->audience->internal ? inside : headline, text);

	json = json_text(data);
	r->id = arena_strdup(q->arena, q->id);
	r->type = arena_strdup(q->arena, q->live->mnt ? "maintenance.updated" : "incident.updated");
	r->at = q->update->at;
	r->arrived = has_arrived(q);
	r->data = arena_strdup(q->arena, json);
	r->text = arena_strdup(q->arena, text);
	r->sender = g->config->name.s;
	r->subject = arena_printf(q->arena, "[%s] %s: %s",
	    g->config->name.s ? g->config->name.s : "NOC", q->told.id, headline);
	dot = r->path ? strrchr(r->path, '.') : NULL;
	if (r->path && (!dot || strcmp(dot, ".json") != 0))
		r->format = arena_strdup(q->arena, "text");
	fill_thread(q);
	fill_components(g, q);
	if (q->channel->smtp.s) {
		r->recipients.count = telling_recipients(
		    g->config, &q->told, q->update, q->channel, q->arena, &r->recipients.items);
		q->nobody = r->recipients.count == 0;
	}
	cJSON_Delete(data);
	free(headline);
	free(json);
}

/* What no customer is to read: e-mail goes to ourselves. */
static void fill_heartbeat(struct engine *g, struct outbox_request *q)
{
	const char *noc = g->config->name.s ? g->config->name.s : "NOC";
	struct delivery_request *r = &q->r;
	struct utc now = clock_utc(), next = utc_add(now, q->channel->heartbeat_ms);
	cJSON *data = cJSON_CreateObject();
	char *json, at[UTC_TEXT];

	json_put_str(data, "noc", noc);
	json_put_utc(data, "next_at", next);
	json = json_text(data);
	utc_format(next, at);
	r->heartbeat = true;
	r->id = arena_strdup(q->arena, q->id);
	r->type = arena_strdup(q->arena, "heartbeat");
	r->at = now;
	r->data = arena_strdup(q->arena, json);
	r->text = arena_printf(q->arena,
	    "A message of %s to itself: this way out works. The next one comes by %.10s %.5s UTC.",
	    noc, at, at + 11);
	r->sender = g->config->name.s;
	r->subject = arena_printf(q->arena, "[%s] heartbeat of %s", noc, q->channel->id.s);
	if (q->channel->smtp.s) {
		r->recipients.items = arena_alloc(q->arena, sizeof *r->recipients.items);
		r->recipients.items[0] = q->channel->from.s;
		r->recipients.count = 1;
	}
	cJSON_Delete(data);
	free(json);
}

bool outbox_heartbeat(struct engine *g, struct outbox_request *q, struct err *e)
{
	q->arena = arena_new();
	if (!fill_channel(q, e))
		return false;
	fill_heartbeat(g, q);
	return true;
}

bool outbox_request(struct engine *g, struct outbox_request *q, struct err *e)
{
	q->arena = arena_new();
	if (!fill_channel(q, e))
		return false;
	fill_message(g, q);
	return true;
}

void outbox_request_fini(struct outbox_request *q)
{
	for (size_t i = 0; i < countof(secrets); i++) {
		char *secret = *text_at(&q->r, secrets[i].to);

		if (secret)
			explicit_bzero(secret, strlen(secret));
		free(secret);
	}
	arena_free(q->arena);
	q->arena = NULL;
}
