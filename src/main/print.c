#include "print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"

void print_out(const struct buf *text)
{
	struct buf clean;

	buf_init(&clean, 0);
	utf8_clean(&clean, buf_str(text), text->len, UTF8_LINES, 0);
	fputs(buf_str(&clean), stdout);
	buf_fini(&clean);
}

void print_countdown(struct buf *out, const struct clock *c, struct utc now)
{
	int64_t s = clock_remaining_s(c, now);
	bool over = clock_state_at(c, now) == CLOCK_BREACHED;

	if (over)
		s = utc_diff(now, c->due) / 1000;
	buf_adds(out, over ? "+" : "");
	if (s < 3600)
		buf_addf(out, "%02lld:%02lld", (long long)(s / 60), (long long)(s % 60));
	else if (s < 36000)
		buf_addf(out, "%lld:%02lld:%02lld", (long long)(s / 3600), (long long)(s / 60 % 60),
		    (long long)(s % 60));
	else
		buf_addf(out, "%lldd %02lldh", (long long)(s / 86400), (long long)(s / 3600 % 24));
	if (clock_state_at(c, now) == CLOCK_WARNING)
		buf_addc(out, '!');
	if (c->paused)
		buf_adds(out, " paused");
}

static int by_due(const void *a, const void *b)
{
	const struct clock *x = *(const struct clock *const *)a,
			   *y = *(const struct clock *const *)b;

	return (x->due.ms > y->due.ms) - (x->due.ms < y->due.ms);
}

void print_clocks(struct buf *out, const struct snap_incident *inc, struct utc now)
{
	const struct clock **live = xcalloc(inc->clocks.count, sizeof *live);
	size_t n = 0;
	char label[80];

	for (size_t i = 0; i < inc->clocks.count; i++)
		if (clock_live(&inc->clocks.items[i]))
			live[n++] = &inc->clocks.items[i];
	if (n > 1)
		qsort(live, n, sizeof *live, by_due);
	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "%s%s ", i ? "  " : "", clock_label(live[i], label));
		print_countdown(out, live[i], now);
	}
	for (size_t i = 0; i < inc->clocks.count; i++) {
		const struct clock *c = &inc->clocks.items[i];

		if (c->state == CLOCK_MET || c->state == CLOCK_MET_LATE)
			buf_addf(out, "  %s %s", clock_label(c, label),
			    c->state == CLOCK_MET ? "met" : "met late");
	}
	free(live);
}

void print_ids(struct buf *out, char *const *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_addf(out, "%s%s", i ? "," : "", items[i]);
}

void print_incident(
    struct buf *out, const struct snapshot *s, const struct snap_incident *inc, struct utc now)
{
	char at[UTC_TEXT];

	(void)s;
	buf_addf(out, "%-8s SEV%d %-9s ", inc->id, inc->severity, phase_names[inc->phase]);
	print_ids(out, inc->regions, inc->region_count);
	buf_adds(out, " / ");
	print_ids(out, inc->components, inc->component_count);
	buf_addf(out, "  %s\n         ", inc->title);
	if (snap_snoozed(inc, now))
		buf_addf(out, "put aside until %s  ", utc_format(inc->snoozed_until, at));
	print_clocks(out, inc, now);
	buf_adds(out, "\n         ");
	for (int r = 0; r < ROLES; r++)
		buf_addf(out, "%s%s %s", r ? "  " : "", role_infos[r].label,
		    inc->role[r].person ? inc->role[r].person : "-");
	buf_adds(out, "\n");
}

static void print_engagements(struct buf *out, const struct snap_incident *inc)
{
	char at[UTC_TEXT];

	for (size_t i = 0; i < inc->engagement_count; i++) {
		const struct engagement *g = &inc->engagements[i];

		buf_addf(out, "engaged   %s%s %s by %s, %s%s%s%s\n",
		    g->carrier ? g->carrier : "tier ",
		    g->carrier	   ? ""
		    : g->tier == 2 ? "2"
				   : "3",
		    utc_format(g->at, at), g->by ? g->by : "?", g->via ? g->via : "?",
		    g->contact ? " to " : "", g->contact ? g->contact : "",
		    utc_is_set(g->answered_at) ? ", answered" : "");
	}
}

void print_incident_whole(
    struct buf *out, const struct snapshot *s, const struct snap_incident *inc, struct utc now)
{
	char at[UTC_TEXT], label[80];

	print_incident(out, s, inc, now);
	buf_addf(out, "\nimpact    %s\nstarted   %s\n", inc->impact ? inc->impact : "",
	    utc_format(inc->started_at, at));
	for (size_t i = 0; i < inc->clocks.count; i++) {
		const struct clock *c = &inc->clocks.items[i];

		buf_addf(out, "clock     %-20s %-9s due %s", clock_label(c, label),
		    clock_state_names[clock_state_at(c, now)], utc_format(c->due, at));
		if (utc_is_set(c->met_at))
			buf_addf(out, " met %s", utc_format(c->met_at, at));
		buf_addc(out, '\n');
	}
	print_engagements(out, inc);
	for (size_t i = 0; i < inc->update_count; i++) {
		const struct posted_update *u = &inc->updates[i];

		buf_addf(out, "update    %s %s by %s:", u->stage, utc_format(u->at, at), u->by);
		for (size_t d = 0; d < u->delivery_count; d++)
			buf_addf(
			    out, " %s %s", u->deliveries[d].destination, u->deliveries[d].state);
		buf_addc(out, '\n');
	}
	if (inc->evidence)
		buf_addf(out, "\n%s\n", inc->evidence);
	if (s->timeline_of && strcmp(s->timeline_of, inc->id) == 0) {
		buf_addc(out, '\n');
		for (size_t i = 0; i < s->timeline_count; i++)
			buf_addf(out, "%s %-10s %s\n", utc_format(s->timeline[i].at, at),
			    s->timeline[i].actor, s->timeline[i].text);
	}
}

cJSON *json_of_incident(const struct snap_incident *inc, struct utc now)
{
	cJSON *o = cJSON_CreateObject(), *roles = cJSON_CreateObject(),
	      *clocks = clocks_to_json(&inc->clocks, now);

	json_put_str(o, "id", inc->id);
	json_put_str(o, "title", inc->title);
	json_put_int(o, "severity", inc->severity);
	json_put_str(o, "phase", phase_names[inc->phase]);
	json_put_int(o, "version", inc->version);
	json_put_strs(o, "regions", inc->regions, inc->region_count);
	json_put_strs(o, "components", inc->components, inc->component_count);
	json_put_utc(o, "started_at", inc->started_at);
	json_put_utc(o, "opened_at", inc->opened_at);
	json_put_utc(o, "snoozed_until", inc->snoozed_until);
	for (int r = 0; r < ROLES; r++)
		json_put_str(roles, role_infos[r].id, inc->role[r].person);
	json_put(o, "roles", roles);
	json_put(o, "clocks", cJSON_DetachItemFromObjectCaseSensitive(clocks, "clocks"));
	cJSON_Delete(clocks);
	return o;
}

static cJSON *json_of_region(const struct snapshot *s, const struct snap_region *r, struct utc now)
{
	cJSON *o = cJSON_CreateObject(), *components = cJSON_CreateArray();
	size_t count;
	const struct snap_component **all = snap_components(s, &count);
	int worst = 0;

	for (size_t i = 0; i < count; i++) {
		const struct snap_cell *cell = snap_cell(s, all[i]->id, r->id);
		int severity = snap_cell_severity(s, all[i]->id, r->id);
		cJSON *k;

		if (severity && (!worst || severity < worst))
			worst = severity;
		if (!cell)
			continue;
		k = cJSON_CreateObject();
		json_put_str(k, "id", all[i]->id);
		json_put_str(k, "status", status_names[snap_cell_status(cell, now)]);
		json_put_utc(k, "since", cell->since);
		json_put(k, "latency_ms",
		    cell->latency_ms < 0 ? cJSON_CreateNull()
					 : cJSON_CreateNumber(cell->latency_ms));
		json_put_str(k, "detail", cell->detail);
		cJSON_AddItemToArray(components, k);
	}
	free(all);
	json_put_str(o, "id", r->id);
	json_put_str(o, "name", r->name);
	json_put(o, "severity", worst ? cJSON_CreateNumber(worst) : cJSON_CreateNull());
	json_put(o, "components", components);
	return o;
}

static cJSON *json_of_feeds(const struct snapshot *s, struct utc now)
{
	cJSON *feeds = cJSON_CreateArray();
	const struct snap_feed *f;
	size_t it = 0;

	while ((f = map_next(s->feeds, &it, NULL))) {
		cJSON *o = cJSON_CreateObject(), *problems = cJSON_CreateArray();

		for (size_t i = 0; i < f->problem_count; i++)
			cJSON_AddItemToArray(problems, cJSON_CreateString(f->problems[i]));
		json_put_str(o, "id", f->id);
		json_put_str(o, "carrier", f->carrier);
		json_put_str(o, "url", f->url);
		json_put_bool(o, "ok", f->ok);
		json_put_str(o, "status", status_names[snap_feed_status(f, now)]);
		json_put_utc(o, "since", f->since);
		json_put_utc(o, "fetched_at", f->fetched_at);
		json_put_utc(o, "tried_at", f->tried_at);
		json_put_utc(o, "next_at", f->next_at);
		json_put_int(o, "open_incidents", f->open_incidents);
		json_put(o, "code", f->code ? cJSON_CreateNumber(f->code) : cJSON_CreateNull());
		json_put_str(o, "fault", f->fault);
		json_put_int(o, "size", f->size);
		json_put(o, "latency_ms",
		    f->latency_ms >= 0 ? cJSON_CreateNumber(f->latency_ms) : cJSON_CreateNull());
		json_put_str(o, "moved_to", f->moved_to);
		json_put_int(o, "flaps", f->flaps);
		json_put_int(o, "problems_total", f->problems_total);
		json_put(o, "problems", problems);
		json_put_str(o, "detail", f->detail);
		cJSON_AddItemToArray(feeds, o);
	}
	return feeds;
}

cJSON *json_of_status(const struct snapshot *s, struct utc now)
{
	cJSON *o = cJSON_CreateObject(), *regions = cJSON_CreateArray(),
	      *incidents = cJSON_CreateArray(), *engine = cJSON_CreateObject();
	size_t count;
	const struct snap_region **r = snap_regions(s, &count);
	const struct snap_incident **inc;

	json_put_utc(o, "at", now);
	if (s->engine) {
		json_put_str(engine, "version", s->engine->version);
		json_put_int(engine, "pid", s->engine->pid);
		json_put_utc(engine, "started_at", s->engine->started_at);
		json_put_str(engine, "journal", s->engine->journal);
		json_put_bool(engine, "journal_ok", s->engine->journal_ok);
		json_put_str(engine, "journal_why", s->engine->journal_why);
		json_put_bool(engine, "impaired", s->engine->impaired);
		json_put_int(engine, "targets", s->engine->targets);
		json_put_int(engine, "late_ms", s->engine->late_ms);
		json_put_str(engine, "config_error", s->engine->config_error);
		json_put_int(engine, "seq", s->seq);
	}
	json_put(o, "engine", engine);
	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToArray(regions, json_of_region(s, r[i], now));
	free(r);
	json_put(o, "regions", regions);
	inc = snap_incidents(s, now, &count);
	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToArray(incidents, json_of_incident(inc[i], now));
	free(inc);
	json_put(o, "incidents", incidents);
	json_put(o, "feeds", json_of_feeds(s, now));
	return o;
}

static const char *const status_letters[STATUSES] = { ".", "?", "m", "degr", "PART", "DOWN" };

static void print_matrix(struct buf *out, const struct snapshot *s, struct utc now)
{
	size_t regions, components;
	const struct snap_region **r = snap_regions(s, &regions);
	const struct snap_component **k = snap_components(s, &components);

	buf_addf(out, "%-8s", "");
	for (size_t i = 0; i < components; i++)
		buf_addf(out, " %-6s", k[i]->label);
	buf_addc(out, '\n');
	for (size_t i = 0; i < regions; i++) {
		buf_addf(out, "%-8s", r[i]->id);
		for (size_t j = 0; j < components; j++) {
			const struct snap_cell *cell = snap_cell(s, k[j]->id, r[i]->id);
			int severity = snap_cell_severity(s, k[j]->id, r[i]->id);
			char text[16];

			snprintf(text, sizeof text, "%s%s%.0d",
			    cell ? status_letters[snap_cell_status(cell, now)] : " ",
			    severity ? " S" : "", severity);
			buf_addf(out, " %-6s", text);
		}
		buf_addc(out, '\n');
	}
	free(r);
	free(k);
}

void print_status(struct buf *out, const struct snapshot *s, struct utc now)
{
	char at[UTC_TEXT];
	size_t count;
	const struct snap_incident **inc = snap_incidents(s, now, &count);

	buf_addf(out, "%s  %s  engine %s", s->noc ? s->noc->name : "", utc_format(now, at),
	    s->engine && s->engine->journal_ok ? "ok" : "CANNOT WRITE ITS JOURNAL");
	if (s->engine && s->engine->impaired)
		buf_addf(out, "  own connectivity in doubt: %s",
		    s->engine->impaired_why ? s->engine->impaired_why : "");
	buf_adds(out, "\n\n");
	print_matrix(out, s, now);
	buf_addc(out, '\n');
	for (size_t i = 0; i < count; i++)
		print_incident(out, s, inc[i], now);
	if (!count)
		buf_adds(out, "no incident\n");
	free(inc);
}
