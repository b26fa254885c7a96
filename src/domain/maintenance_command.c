#include "domain/maintenance_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "maintenance_priv.h"

#define STATUS(s) (1u << MAINTENANCE_##s)
#define AHEAD (STATUS(SCHEDULED) | STATUS(TENTATIVE))
#define NOT_OVER (AHEAD | STATUS(IN_PROGRESS))
#define ANY (NOT_OVER | STATUS(COMPLETED) | STATUS(CANCELLED))
#define LONGEST_MS (31 * INT64_C(86400000))

/* ---- plans ---- */

static void put_if(cJSON *body, const char *member, const char *text)
{
	if (text)
		json_put_str(body, member, text);
}

cJSON *plan_body(const struct maintenance_plan *plan)
{
	cJSON *body = cJSON_CreateObject();

	json_put_str(body, "title", plan->title);
	json_put_strs(body, "regions", plan->regions, plan->region_count);
	json_put_strs(body, "components", plan->components, plan->component_count);
	json_put_utc(body, "starts_at", plan->starts_at);
	json_put_utc(body, "ends_at", plan->ends_at);
	json_put_str(body, "risk", risk_names[plan->risk]);
	json_put_str(body, "class", notice_class_names[plan->klass]);
	put_if(body, "impact", plan->impact);
	put_if(body, "customer_actions", plan->customer_actions);
	put_if(body, "rollback", plan->rollback);
	json_put_bool(body, "rollback_tested", plan->rollback_tested);
	put_if(body, "contact", plan->contact);
	put_if(body, "carrier", plan->carrier);
	if (plan->tentative)
		json_put_bool(body, "tentative", true);
	if (plan->manual)
		json_put_bool(body, "manual", true);
	put_if(body, "provider", plan->provider);
	put_if(body, "reference", plan->reference);
	if (plan->sequence >= 0)
		json_put_int(body, "sequence", plan->sequence);
	if (utc_is_set(plan->stamp))
		json_put_utc(body, "stamp", plan->stamp);
	return body;
}

bool plan_is_whole(struct planning *p, const struct maintenance_plan *plan)
{
	struct deciding *d = &p->d;

	if (!plan->title || !plan->region_count || !plan->component_count)
		return refuse(d, "argument", !plan->title ? "title" : "regions", "",
		    "planned work has a title, regions and components");
	if (!utc_is_set(plan->starts_at) || !utc_is_set(plan->ends_at) ||
	    !utc_before(plan->starts_at, plan->ends_at))
		return refuse(d, "time", "ends_at", "give a later end",
		    "the work has to end after it begins");
	if (utc_diff(plan->ends_at, plan->starts_at) > LONGEST_MS)
		return refuse(d, "time", "ends_at", "plan the parts one by one",
		    "planned work lasts 31 days at most");
	return true;
}

/* The arguments laid over the plan as it is; `class` follows a new risk unless it is given too. */
static cJSON *plan_asked(const struct planning *p)
{
	const struct maintenance *m = p->d.mnt;
	cJSON *body = m ? plan_body(&m->plan) : cJSON_CreateObject();
	const cJSON *item;

	if (json_get(p->d.args, "risk") || !m)
		cJSON_DeleteItemFromObjectCaseSensitive(body, "class");
	cJSON_ArrayForEach(item, p->d.args)
	{
		if (strcmp(item->string, "override") == 0 || strcmp(item->string, "reason") == 0)
			continue;
		cJSON_DeleteItemFromObjectCaseSensitive(body, item->string);
		json_put(body, item->string, cJSON_Duplicate(item, true));
	}
	return body;
}

static bool decide_planned(struct planning *p, enum event_kind kind)
{
	struct deciding *d = &p->d;
	cJSON *asked = plan_asked(p), *overrides = cJSON_CreateArray(), *body;
	struct maintenance_plan plan;
	bool ok;

	maintenance_plan_read(&plan, asked);
	cJSON_Delete(asked);
	ok = plan_is_whole(p, &plan);
	if (ok && kind == EVENT_PLANNED && !utc_before(d->now, plan.ends_at))
		ok = refuse(d, "time", "ends_at", "", "the window has gone by");
	ok = ok && rules_allow(p, &plan, false, overrides);
	if (ok) {
		body = plan_body(&plan);
		if (json_str(d->args, "reason"))
			json_put_str(body, "reason", json_str(d->args, "reason"));
		emit(d, kind, body);
		emit_overrides(p, overrides);
	}
	cJSON_Delete(overrides);
	maintenance_plan_fini(&plan);
	return ok;
}

static bool decide_plan(struct planning *p)
{
	return decide_planned(p, EVENT_PLANNED);
}

static bool decide_replan(struct planning *p)
{
	return decide_planned(p, EVENT_REPLANNED);
}

/* ---- notices ---- */

static bool stage_fits(struct planning *p, const char *stage)
{
	static const struct {
		const char *stage;
		unsigned in;
		const char *needs;
	} stages[] = {
		{ "notice", AHEAD, "lies ahead" },
		{ "start", STATUS(IN_PROGRESS), "is in progress" },
		{ "end", STATUS(COMPLETED), "is completed" },
		{ "cancelled", STATUS(CANCELLED), "is cancelled" },
	};
	struct deciding *d = &p->d;
	unsigned now = 1u << d->mnt->status;
	bool moved = d->mnt->status == MAINTENANCE_IN_PROGRESS && maintenance_owes_notice(d->mnt);

	for (size_t i = 0; i < countof(stages); i++) {
		if (strcmp(stages[i].stage, stage) != 0)
			continue;
		if ((stages[i].in & now) || (i == 0 && moved))
			return true;
		return refuse(d, "stage", "stage", "tell customers what is so",
		    "%s is %s: \"%s\" is told when it %s", d->id,
		    maintenance_status_names[d->mnt->status], stage, stages[i].needs);
	}
	return false;
}

/* A notice of another window may come while the work goes on. */
static const char *status_told(const struct maintenance *m, const char *stage)
{
	bool begun = m->status == MAINTENANCE_IN_PROGRESS;

	return strcmp(stage, "notice") == 0  ? (begun ? "in_progress" : "scheduled")
	       : strcmp(stage, "start") == 0 ? "in_progress"
	       : strcmp(stage, "end") == 0   ? "completed"
					     : "cancelled";
}

/* Customers who were told of a later or other start are told in time again; who knows the window,
 * or sees it begin no earlier than told and end no later, is not told too late. */
static bool notice_in_time(struct planning *p, const char *stage, cJSON *overrides)
{
	const struct maintenance *m = p->d.mnt;
	const struct maintenance_plan *plan = &m->plan;
	bool within = utc_is_set(m->told_from) && !utc_before(plan->starts_at, m->told_from) &&
		      !utc_before(m->told_to, plan->ends_at);

	if (strcmp(stage, "notice") != 0 || within)
		return true;
	return rules_allow(p, plan, true, overrides);
}

static cJSON *notice_body(struct planning *p, const char *stage)
{
	struct deciding *d = &p->d;
	cJSON *fields = clean_object(d, "fields", COMMAND_TEXT_MAX);
	cJSON *texts = fields ? clean_object(d, "text", COMMAND_AUDIENCE_TEXT_MAX) : NULL;
	cJSON *body = cJSON_CreateObject();

	json_put_str(body, "stage", stage);
	json_put_str(body, "status", status_told(d->mnt, stage));
	json_put_utc(body, "starts_at", d->mnt->plan.starts_at);
	json_put_utc(body, "ends_at", d->mnt->plan.ends_at);
	json_put_str(body, "template", json_str_or(d->args, "template", ""));
	if (fields)
		json_put(body, "fields", fields);
	if (texts)
		json_put(body, "text", texts);
	if (texts && texts_fit(d, texts) && put_addresses(d, body))
		return body;
	cJSON_Delete(body);
	return NULL;
}

static bool decide_notice(struct planning *p)
{
	struct deciding *d = &p->d;
	const char *stage = json_str(d->args, "stage");
	cJSON *overrides = cJSON_CreateArray(), *body = NULL;
	bool ok = stage_fits(p, stage) && audiences_fit(d) &&
		  nobody_forgotten(d, d->mnt->notices, d->mnt->notice_count);

	if (ok && d->mnt->notice_count == 0 && strcmp(stage, "notice") != 0)
		ok = refuse(d, "stage", "stage", "", "nobody was told of %s before", d->id);
	if (ok && d->mnt->plan.tentative && strcmp(stage, "notice") == 0)
		ok = refuse(d, "stage", "stage", "settle it first: replan with tentative no",
		    "%s is tentative", d->id);
	ok = ok && notice_in_time(p, stage, overrides);
	body = ok ? notice_body(p, stage) : NULL;
	if (body) {
		emit(d, EVENT_NOTICE_POSTED, body);
		emit_overrides(p, overrides);
	}
	cJSON_Delete(overrides);
	return body != NULL;
}

/* ---- as it goes ---- */

/* An instant that has happened, now when it was not given. NULL: refused. */
static cJSON *happened(struct planning *p, const char *member, struct utc not_before)
{
	struct deciding *d = &p->d;
	struct utc t = json_utc(d->args, member);
	cJSON *body;

	if (!utc_is_set(t))
		t = d->now;
	if (utc_before(d->now, t) || (utc_is_set(not_before) && utc_before(t, not_before))) {
		refuse(d, "time", member, "give the time at which it happened",
		    utc_before(d->now, t) ? "that time has not come yet"
					  : "that is before it had begun");
		return NULL;
	}
	body = cJSON_CreateObject();
	json_put_utc(body, member, t);
	return body;
}

static bool decide_start(struct planning *p)
{
	cJSON *body = happened(p, "started_at", UTC_NONE);

	return body && emit(&p->d, EVENT_STARTED, body);
}

static bool decide_end(struct planning *p)
{
	cJSON *body = happened(p, "ended_at", p->d.mnt->started_at);

	if (body && json_str(p->d.args, "result"))
		json_put_str(body, "result", json_str(p->d.args, "result"));
	return body && emit(&p->d, EVENT_ENDED, body);
}

static bool decide_cancel(struct planning *p)
{
	return emit(&p->d, EVENT_CANCELLED, body_of_args(&p->d));
}

static bool decide_note_on(struct planning *p)
{
	return emit(&p->d, EVENT_NOTE, body_of_args(&p->d));
}

/* ---- the table ---- */

static const struct {
	bool (*decide)(struct planning *p);
	unsigned in;	/* which status it needs; 0: none is there yet */
	bool overtakes; /* it is refused when another person changed something meanwhile */
} rules[MAINTENANCE_COMMANDS] = {
	[MAINTENANCE_PLAN] = { decide_plan, 0, false },
	[MAINTENANCE_REPLAN] = { decide_replan, NOT_OVER, true },
	[MAINTENANCE_NOTICE] = { decide_notice, ANY, true },
	[MAINTENANCE_START] = { decide_start, AHEAD, true },
	[MAINTENANCE_END] = { decide_end, STATUS(IN_PROGRESS), true },
	[MAINTENANCE_CANCEL] = { decide_cancel, NOT_OVER, true },
	[MAINTENANCE_NOTE] = { decide_note_on, ANY, false },
	[MAINTENANCE_IMPORT] = { decide_import, ANY, false },
};

static bool nothing_overtaken(struct planning *p)
{
	const struct event_list *events = &p->d.mnt->events;

	if (p->d.cmd->seen <= 0)
		return true;
	for (size_t i = events->count; i-- > 0 && events->items[i]->version > p->d.cmd->seen;)
		if (events->items[i]->kind != EVENT_NOTE && by_another(&p->d, events->items[i]))
			return refuse_overtaken(&p->d, events->items[i]);
	return true;
}

static bool decide(struct planning *p, const struct command_info *info)
{
	struct deciding *d = &p->d;
	size_t id = (size_t)(info - maintenance_infos);

	if (!info->creates && !d->mnt)
		return refuse(d, "unknown", NULL, "", "%s needs a maintenance", info->name);
	if (d->mnt && !(rules[id].in & (1u << d->mnt->status)))
		return refuse(d, "phase", NULL, "plan another one",
		    "%s is %s: you cannot %s it now", d->id,
		    maintenance_status_names[d->mnt->status], info->verb);
	return command_read_args(d, info) &&
	       (!d->mnt || !rules[id].overtakes || nothing_overtaken(p)) && rules[id].decide(p);
}

bool maintenance_decide(const struct world *w, const struct maintenance *m, const char *new_id,
    const struct command *cmd, struct utc now, struct event_list *out, cJSON **findings,
    struct refusal *why)
{
	const struct command_info *info = maintenance_info_find(cmd->name);
	struct planning p = { .d = { .w = w, .cmd = cmd, .now = now, .out = out, .why = why } };
	size_t before = out->count;
	bool ok;

	*why = (struct refusal){ 0 };
	*findings = NULL;
	if (!info)
		return refuse(&p.d, "unknown", NULL, "help lists the commands",
		    "there is no such command about planned work");
	p.d.mnt = strcmp(info->name, MAINTENANCE_PREFIX "plan") == 0 ? NULL : m;
	p.d.id = p.d.mnt ? m->id : new_id ? new_id : "";
	if (p.d.mnt && utc_is_set(m->last_at))
		p.d.now = utc_max(now, m->last_at);
	p.d.args = cJSON_CreateObject();
	p.findings = cJSON_CreateArray();
	ok = decide(&p, info);
	cJSON_Delete(p.d.args);
	while (!ok && out->count > before)
		event_free(out->items[--out->count]);
	if (p.findings->child)
		*findings = p.findings;
	else
		cJSON_Delete(p.findings);
	return ok;
}
