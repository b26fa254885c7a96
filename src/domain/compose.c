#include "compose_priv.h"

#include <stddef.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

#define MINUTE_MS 60000

const char *const compose_minimum[] = { "impact", "known", "unknown", "next", "customer_actions",
	NULL };

void compose_facts_of(struct compose_facts *out, const struct incident *inc)
{
	*out = (struct compose_facts){
		.incident = inc->id,
		.severity = inc->severity,
		.title = inc->title,
		.impact = inc->impact,
		.started_at = inc->started_at,
		.acknowledged_at = inc->acknowledged_at,
		.restored_at = inc->restored_at,
		.resolved_at = inc->resolved_at,
		.hypothesis =
		    inc->hypothesis_count ? inc->hypotheses[inc->hypothesis_count - 1].text : NULL,
		.actions = inc->actions,
		.action_count = inc->action_count,
		.workaround = inc->workaround,
		.residual = inc->residual,
		.customer_actions = inc->customer_actions,
		.fix = inc->fix,
		.last = incident_last_update(inc),
		.cadence_due = UTC_NONE,
		.starts_at = UTC_NONE,
		.ends_at = UTC_NONE,
	};
}

static struct utc business_due(
    int64_t ms, const struct calendar *const *calendars, size_t count, struct utc now)
{
	struct utc due = UTC_NONE;

	for (size_t i = 0; i < count; i++) {
		struct utc one = calendar_due(calendars[i], now, ms);

		if (utc_is_set(one) && (!utc_is_set(due) || utc_before(one, due)))
			due = one;
	}
	return count ? due : utc_add(now, ms);
}

struct utc compose_cadence(struct duration cadence, const struct calendar *const *calendars,
    size_t calendar_count, int64_t business_day_ms, struct utc now)
{
	switch (cadence.unit) {
	case DURATION_NONE:
		break;
	case DURATION_ELAPSED:
		return utc_add(now, cadence.ms);
	case DURATION_BUSINESS:
		return business_due(cadence.ms, calendars, calendar_count, now);
	case DURATION_BUSINESS_DAYS:
		return business_due(cadence.days * business_day_ms, calendars, calendar_count, now);
	}
	return UTC_NONE;
}

const char *compose_stage_refused(
    const char *incident, enum phase phase, bool told, const char *stage, char why[COMPOSE_WHY])
{
	bool initial = strcmp(stage, "initial") == 0, resolved = phase == PHASE_RESOLVED;

	if (!told && !initial) {
		snprintf(why, COMPOSE_WHY, "the first update of %.64s is an initial one", incident);
		return "post the initial one";
	}
	if (told && initial) {
		snprintf(why, COMPOSE_WHY, "%.64s has had its initial update", incident);
		return "post a progress update";
	}
	if (strcmp(stage, "restored") == 0 && phase != PHASE_RESTORED && !resolved) {
		snprintf(why, COMPOSE_WHY, "%.64s is not restored", incident);
		return "mark it as restored first: restore";
	}
	if (strcmp(stage, "resolved") == 0 && !resolved) {
		snprintf(why, COMPOSE_WHY, "%.64s is not resolved", incident);
		return "mark it as resolved first: resolve";
	}
	if (strcmp(stage, "progress") == 0 && resolved) {
		snprintf(
		    why, COMPOSE_WHY, "%.64s is resolved: there is no progress to tell", incident);
		return "post the resolved one, or a correction";
	}
	return NULL;
}

const char *compose_status_refused(const char *incident, enum phase phase, const char *stage,
    const char *status, char why[COMPOSE_WHY])
{
	bool says_over = strcmp(status, "resolved") == 0;

	if (says_over && phase != PHASE_RESOLVED) {
		snprintf(why, COMPOSE_WHY, "%.64s is not resolved", incident);
		return "mark it as resolved first: resolve";
	}
	if (!says_over && strcmp(stage, "resolved") == 0) {
		snprintf(why, COMPOSE_WHY, "an update of stage resolved says resolved, not %.20s",
		    status);
		return "leave the status out, or choose another stage";
	}
	return NULL;
}

const char *compose_status(const char *stage, const struct compose_facts *facts)
{
	const char *last = facts->last ? facts->last->status : NULL;

	if (last && strcmp(last, "resolved") == 0 && !utc_is_set(facts->resolved_at))
		last = NULL; /* reopened since */
	if (strcmp(stage, "restored") == 0)
		return "monitoring";
	if (strcmp(stage, "resolved") == 0)
		return "resolved";
	if (strcmp(stage, "correction") == 0)
		return last ? last : "investigating";
	if ((strcmp(stage, "initial") == 0 || strcmp(stage, "progress") == 0) &&
	    utc_is_set(facts->restored_at))
		return "monitoring";
	if (strcmp(stage, "initial") == 0)
		return "investigating";
	if (strcmp(stage, "progress") == 0)
		return last && strcmp(last, "identified") == 0 ? "identified" : "investigating";
	return NULL;
}

/* The whole minute before what the cadence allows, or that itself when it is so near. */
static struct utc promise(const struct compose_facts *f, const char *stage, struct utc now)
{
	struct utc due = f->cadence_due;

	if (!utc_is_set(due) || strcmp(stage, "resolved") == 0)
		return UTC_NONE;
	due.ms -= due.ms % MINUTE_MS;
	return utc_before(now, due) ? due : f->cadence_due;
}

struct compose *compose_new(
    const struct template *t, const struct compose_facts *facts, struct utc now)
{
	struct compose *c = xcalloc(1, sizeof *c);
	const struct template_field *fields = template_fields(t, &c->count);
	const char *status;

	c->template = t;
	c->stage = xstrdup(template_stage(t));
	status = compose_status(c->stage, facts);
	c->status = xstrdup(status ? status : "investigating");
	c->fields = xcalloc(c->count, sizeof *c->fields);
	for (size_t i = 0; i < c->count; i++) {
		struct buf value;

		buf_init(&value, COMPOSE_FIELD_MAX);
		compose_fill(&value, t, fields[i].name, facts, now);
		c->fields[i].about = &fields[i];
		c->fields[i].value = buf_take(&value);
	}
	c->next_update_at = promise(facts, c->stage, now);
	return c;
}

void compose_say(struct compose *c, const char *status)
{
	free(c->status);
	c->status = xstrdup(status);
}

void compose_promise(struct compose *c, const struct compose_facts *facts, struct utc now)
{
	c->next_update_at = promise(facts, c->stage, now);
}

void compose_free(struct compose *c)
{
	if (!c)
		return;
	free(c->stage);
	free(c->status);
	for (size_t i = 0; i < c->count; i++)
		free(c->fields[i].value);
	free(c->fields);
	free(c);
}

static struct compose_field *field_of(const struct compose *c, const char *name)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->fields[i].about->name, name) == 0)
			return &c->fields[i];
	return NULL;
}

bool compose_set(struct compose *c, const char *field, const char *text)
{
	struct compose_field *f = field_of(c, field);
	char *clean;

	if (!f)
		return false;
	clean = utf8_cleaned(text, f->about->lines ? UTF8_LINES : UTF8_ONE_LINE, COMPOSE_FIELD_MAX);
	free(f->value);
	f->value = clean;
	f->touched = true;
	return true;
}

const char *compose_get(const struct compose *c, const char *field)
{
	const struct compose_field *f = field_of(c, field);

	return f ? f->value : "";
}

bool compose_missing(const struct compose_field *f)
{
	return f->about->required && !f->value[strspn(f->value, " \n")];
}

size_t compose_missing_count(const struct compose *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->count; i++)
		n += compose_missing(&c->fields[i]);
	return n;
}

/* What the template's names stand for while one audience's text is made. */
struct values {
	const struct compose *c;
	const struct compose_facts *f;
	const char *audience;
	struct utc now;
	struct arena *arena;
};

static const char *instant(struct values *v, struct utc t)
{
	char text[UTC_TEXT];

	return utc_is_set(t) ? arena_strdup(v->arena, utc_format(t, text)) : NULL;
}

static const char *joined(struct values *v, const char *const *names, size_t count)
{
	struct buf out;
	const char *text;

	buf_init(&out, 0);
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_adds(&out, ", ");
		buf_adds(&out, names[i]);
	}
	text = arena_strdup(v->arena, buf_str(&out));
	buf_fini(&out);
	return text;
}

/* Facts that stand in struct compose_facts as they are. */
static const struct {
	const char *name;
	size_t offset;
	bool instant; /* a struct utc, else a text */
} plain_facts[] = {
	{ "incident", offsetof(struct compose_facts, incident), false },
	{ "title", offsetof(struct compose_facts, title), false },
	{ "severity_name", offsetof(struct compose_facts, severity_name), false },
	{ "region_workarounds", offsetof(struct compose_facts, region_workarounds), false },
	{ "portfolios", offsetof(struct compose_facts, portfolios), false },
	{ "started", offsetof(struct compose_facts, started_at), true },
	{ "restored", offsetof(struct compose_facts, restored_at), true },
	{ "starts", offsetof(struct compose_facts, starts_at), true },
	{ "ends", offsetof(struct compose_facts, ends_at), true },
};

static const char *plain_fact(struct values *v, size_t i)
{
	const char *at = (const char *)v->f + plain_facts[i].offset;
	const char *text;
	struct utc t;

	if (plain_facts[i].instant) {
		memcpy(&t, at, sizeof t);
		return instant(v, t);
	}
	memcpy(&text, at, sizeof text);
	return text;
}

static const char *fact_value(struct values *v, const char *name)
{
	const struct compose_facts *f = v->f;

	for (size_t i = 0; i < countof(plain_facts); i++)
		if (strcmp(plain_facts[i].name, name) == 0)
			return plain_fact(v, i);
	if (strcmp(name, "severity") == 0)
		return arena_printf(v->arena, "%d", f->severity);
	if (strcmp(name, "regions") == 0)
		return joined(v, f->regions, f->region_count);
	if (strcmp(name, "components") == 0)
		return joined(v, f->components, f->component_count);
	if (strcmp(name, "now") == 0)
		return instant(v, v->now);
	if (strcmp(name, "next_update") == 0)
		return instant(v, v->c->next_update_at);
	return NULL;
}

static const char *value_of(void *ctx, const char *name)
{
	struct values *v = ctx;
	const struct compose_field *field = field_of(v->c, name);

	if (field)
		return field->value;
	if (strncmp(name, "audience_", 9) == 0)
		return strcmp(name + 9, v->audience) == 0 ? "yes" : NULL;
	return fact_value(v, name);
}

bool compose_render(const struct compose *c, const struct compose_facts *facts,
    const char *audience, struct utc now, struct buf *out)
{
	struct values v = { c, facts, audience, now, arena_new() };
	bool ok = template_render(c->template, value_of, &v, &facts->places, out);

	arena_free(v.arena);
	return ok;
}

#define AUDIENCE_TEXT_MAX ((size_t)16 << 10)

cJSON *compose_args(const struct compose *c, const struct compose_facts *facts,
    const char *const *audiences, size_t audience_count, struct utc now)
{
	cJSON *args = cJSON_CreateObject(), *fields = cJSON_CreateObject();
	cJSON *texts = cJSON_CreateObject(), *ids = cJSON_CreateArray();

	json_put_str(args, "stage", c->stage);
	json_put_str(args, "status", c->status);
	json_put_str(args, "template", template_id(c->template));
	for (size_t i = 0; i < c->count; i++)
		json_put_str(fields, c->fields[i].about->name, c->fields[i].value);
	json_put(args, "fields", fields);
	for (size_t i = 0; i < audience_count; i++) {
		struct buf text;

		buf_init(&text, AUDIENCE_TEXT_MAX);
		if (!compose_render(c, facts, audiences[i], now, &text))
			buf_clear(&text); /* the command then says that it is missing */
		json_put_str(texts, audiences[i], buf_str(&text));
		cJSON_AddItemToArray(ids, cJSON_CreateString(audiences[i]));
		buf_fini(&text);
	}
	json_put(args, "text", texts);
	json_put(args, "audiences", ids);
	if (utc_is_set(c->next_update_at))
		json_put_utc(args, "next_update_at", c->next_update_at);
	return args;
}
