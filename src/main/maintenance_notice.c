/* nocboard maintenance notice: what customers are told, written from the template of its stage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd_maintenance.h"
#include "main_compose.h"
#include "spawn.h"
#include "verbs.h"

static const struct cmd_option options[] = {
	{ "stage", 's', "STAGE", "notice, start, end or cancelled; by what is so when left out",
	    false },
	{ "template", 't', "NAME", "one of `nocboard template list`; by the stage when left out",
	    false },
	{ "field", 'f', "NAME=TEXT",
	    "sets a field of the template; a text of - is read from standard input", true },
	{ "audience", 'a', "ID",
	    "who reads it; who was told before, or all that are not internal, when left out",
	    true },
	{ "override", 0, "NAME=TEXT", "the rule notice, and why customers are told so late", true },
	{ "preview", 'p', NULL, "prints what each audience would read, and posts nothing", false },
	{ "json", 0, NULL, "one JSON document", false },
	{ "socket", 0, "PATH", "of the engine, instead of the configuration's", false },
	{ "seen", 0, "VERSION", "refuse if another person changed it since this version", false },
	{ "id", 0, "ID", "of this command: repeated with the same one it is recorded once", false },
	{ 0 },
};

static const char *stage_now(const struct snap_maintenance *m)
{
	switch (m->status) {
	case MAINTENANCE_IN_PROGRESS:
		return "start";
	case MAINTENANCE_COMPLETED:
		return "end";
	case MAINTENANCE_CANCELLED:
		return "cancelled";
	default:
		return "notice";
	}
}

/* Each field is a fact of the plan, or empty: then somebody has to write it. */
static void fill(struct main_compose *c, const struct snap_maintenance *m, const char *stage)
{
	static const char *const risks[RISKS] = { "Low", "Medium", "High" };
	bool moved = utc_is_set(m->told_from) && m->told_from.ms != m->starts_at.ms &&
		     strcmp(stage, "notice") == 0;
	struct buf change;

	buf_init(&change, 0);
	if (moved) {
		buf_adds(&change, "The time has changed: it was to begin at ");
		template_time_utc(&change, m->told_from);
		buf_addc(&change, '.');
	}
	compose_set(c->compose, "summary", m->title ? m->title : "");
	compose_set(c->compose, "impact", m->impact ? m->impact : "");
	compose_set(c->compose, "customer_actions", m->customer_actions ? m->customer_actions : "");
	compose_set(c->compose, "risk", risks[m->risk]);
	compose_set(c->compose, "rollback", m->rollback ? "Yes" : "No");
	compose_set(c->compose, "contact", m->contact ? m->contact : "");
	compose_set(c->compose, "change", buf_str(&change));
	compose_set(c->compose, "reason", "The work has been called off.");
	compose_set(c->compose, "next", "No new date has been set.");
	compose_set(c->compose, "result", "The planned work is complete.");
	buf_fini(&change);
}

static bool audience_there(const struct snapshot *s, const char *id)
{
	for (size_t i = 0; s->noc && i < s->noc->audience_count; i++)
		if (strcmp(s->noc->audiences[i].id, id) == 0)
			return true;
	return false;
}

/* Who was named, or who was told last (that is everybody who ever was), or all that are not
 * internal. */
static void choose_audiences(struct main_compose *c, const struct args *a, const struct snapshot *s,
    const struct snap_maintenance *m)
{
	const struct posted_update *last =
	    m->notice_count ? &m->notices[m->notice_count - 1] : NULL;

	bool named = arg_given(a, "audience");

	for (size_t i = 0; arg_nth(a, "audience", i); i++)
		main_compose_audience(c, arg_nth(a, "audience", i));
	for (size_t i = 0; !named && last && i < last->audience_count; i++)
		if (audience_there(s, last->audiences[i]))
			main_compose_audience(c, last->audiences[i]);
}

static bool nothing_missing(const struct main_compose *c, struct err *e)
{
	for (size_t i = 0; i < c->compose->count; i++)
		if (compose_missing(&c->compose->fields[i]))
			return err_set(e, ERR_REFUSED,
			    "%s is missing (--field %s=TEXT, or the plan's)",
			    c->compose->fields[i].about->label, c->compose->fields[i].about->name);
	return true;
}

/* As for an update: an error stops it, a warning is told, and sent all the same. */
static bool lint_passes(const struct main_compose *c, struct err *e)
{
	size_t errors = main_compose_lint(c, stderr);

	return !errors ||
	       err_set(e, ERR_REFUSED, "nothing was posted: %zu error%s in the notice above",
		   errors, errors == 1 ? "" : "s");
}

static cJSON *request_of(const struct main_compose *c, const struct args *a,
    const struct snap_maintenance *m, const char *stage, const char *id, cJSON *take_overrides)
{
	cJSON *o = cJSON_CreateObject(),
	      *args = compose_args(c->compose, &c->facts, c->audiences, c->audience_count, c->now);

	cJSON_DeleteItemFromObjectCaseSensitive(args, "status");
	cJSON_DeleteItemFromObjectCaseSensitive(args, "next_update_at");
	cJSON_DeleteItemFromObjectCaseSensitive(args, "stage");
	json_put_str(args, "stage", stage);
	json_put(args, "override", take_overrides);
	json_put_str(o, "cmd", "maintenance-notice");
	json_put_str(o, "incident", m->id);
	json_put_int(
	    o, "seen", arg_value(a, "seen") ? strtol(arg_value(a, "seen"), NULL, 10) : m->version);
	if (id)
		json_put_str(o, "id", id);
	json_put(o, "args", args);
	return o;
}

bool maintenance_tell(struct args *a, struct session *s, const struct snap_maintenance *m,
    const char *stage, const char *id, struct err *e)
{
	cJSON *overrides = verbs_pairs(a, "override", e);
	struct main_compose c;
	bool ok = true;

	if (!overrides)
		return false;
	if (!main_compose_planned(&c, s, m, stage, arg_value(a, "template"), e)) {
		cJSON_Delete(overrides);
		return false;
	}
	fill(&c, m, stage);
	choose_audiences(&c, a, session_snapshot(s), m);
	if (!main_compose_fields(&c, a, e)) {
		ok = false;
	} else if (arg_given(a, "preview")) {
		main_compose_print(&c);
		main_compose_lint(&c, stdout);
	} else if ((ok = nothing_missing(&c, e) && lint_passes(&c, e))) {
		ok = maintenance_send(a, s, request_of(&c, a, m, stage, id, overrides), e);
		overrides = NULL;
	}
	cJSON_Delete(overrides);
	main_compose_close(&c);
	return ok;
}

static int run(struct args *a)
{
	struct err e = { 0 };
	struct session *s = engine_session(a, true, &e);
	const struct snap_maintenance *m = maintenance_named(s, a->operands[0], &e);
	const char *stage = arg_value(a, "stage");
	bool ok;

	if (m && !stage)
		stage = m->status == MAINTENANCE_IN_PROGRESS && m->owes_notice ? "notice"
									       : stage_now(m);
	ok = m && maintenance_tell(a, s, m, stage, arg_value(a, "id"), &e);
	session_close(s);
	return ok ? EXIT_DONE : cmd_fail(&e);
}

const struct cmd maintenance_notice_verb = {
	.name = "notice",
	.summary =
	    "tells customers: that work is planned or moved, starts, has ended, is cancelled",
	.operands = "ID",
	.least = 1,
	.most = 1,
	.about =
	    "Fields that are not given are filled from the plan: --preview shows it. Who was "
	    "told first is told of everything that follows. An error that lint finds stops the "
	    "notice; warnings are told, and it is posted.",
	.options = options,
	.run = run,
};
