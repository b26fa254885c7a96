/* nocboard maintenance: planned work, from the plan to the customer. */
#include "cmd_maintenance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/host.h"
#include "base/mem.h"
#include "domain/maintenance_command.h"
#include "print.h"
#include "spawn.h"
#include "verbs.h"

static struct verbs verbs;

void maintenance_say(const struct args *a, const cJSON *answer)
{
	const cJSON *events = json_get(answer, "events"), *held = json_get(answer, "held"), *item;

	if (arg_given(a, "json")) {
		verbs_print(cJSON_Duplicate(answer, 1));
		return;
	}
	cJSON_ArrayForEach(item, json_get(answer, "findings"))
	{
		fprintf(stderr, "%s: %s\n", json_str_or(item, "rule", "?"),
		    json_str_or(item, "text", ""));
	}
	cJSON_ArrayForEach(item, events)
	{
		printf("%s version %lld\n", json_str_or(item, "incident", "?"),
		    (long long)json_int(item, "version", 0));
	}
	if (held)
		printf("held: it goes out at %s unless somebody stops it\n",
		    json_str_or(held, "release_at", "?"));
	else if (!events || !events->child)
		puts("nothing to do: it is so already");
}

bool maintenance_send(struct args *a, struct session *s, cJSON *take_request, struct err *e)
{
	cJSON *answer = session_ask(s, take_request, e);
	bool ok = answer && session_check(answer, e);

	if (ok)
		maintenance_say(a, answer);
	cJSON_Delete(answer);
	return ok;
}

const struct snap_maintenance *maintenance_named(struct session *s, const char *id, struct err *e)
{
	const struct snap_maintenance *m = s ? snap_maintenance(session_snapshot(s), id) : NULL;

	if (s && !m)
		err_set(e, ERR_REFUSED,
		    "%s: there is no such maintenance (`nocboard maintenance list` shows them)",
		    id);
	return m;
}

static const struct command_info *info_of(const struct args *a)
{
	char name[64];

	snprintf(name, sizeof name, MAINTENANCE_PREFIX "%s", a->cmd->name);
	return maintenance_info_find(name);
}

/* What customers are told after a command, if they were told of the work before; NULL: nothing. */
static const char *stage_after(const struct command_info *info)
{
	static const struct {
		const char *command, *stage;
	} stages[] = { { "maintenance-start", "start" }, { "maintenance-end", "end" },
		{ "maintenance-cancel", "cancelled" } };

	for (size_t i = 0; i < countof(stages); i++)
		if (strcmp(info->name, stages[i].command) == 0)
			return stages[i].stage;
	return NULL;
}

struct awaited {
	const char *id;
	int version;
};

static bool has_come(void *ctx, const struct snapshot *s)
{
	const struct awaited *w = ctx;
	const struct snap_maintenance *m = snap_maintenance(s, w->id);

	return m && m->version > w->version;
}

/* Customers who were told of the work are told what became of it. */
static bool tell_after(
    struct args *a, struct session *s, const char *id, int before, const char *stage, struct err *e)
{
	struct awaited w = { id, before };
	char *again = arg_value(a, "id") ? xasprintf("%s.notice", arg_value(a, "id")) : NULL;
	bool ok =
	    session_wait(s, has_come, &w, 5000, e) &&
	    maintenance_tell(a, s, snap_maintenance(session_snapshot(s), id), stage, again, e);

	free(again);
	return ok || err_in(e,
			 "recorded, but customers were not told (`nocboard maintenance notice "
			 "%s --stage %s`)",
			 id, stage);
}

static int run_verb(struct args *a)
{
	const struct command_info *info = info_of(a);
	const char *stage = stage_after(info);
	const struct snap_maintenance *m = NULL;
	struct session *s;
	struct err e = { 0 };
	bool ok, told = false;
	int before = 0;
	cJSON *request = verbs_request(a, info, &ok);

	if (!ok) {
		cJSON_Delete(request);
		return EXIT_USAGE;
	}
	s = engine_session(a, true, &e);
	if (s && !info->creates && (m = snap_maintenance(session_snapshot(s), a->operands[0]))) {
		before = m->version;
		told = m->notices_total > 0;
	}
	ok = s && maintenance_send(a, s, request, &e);
	if (!s)
		cJSON_Delete(request);
	if (ok && stage && told)
		ok = tell_after(a, s, a->operands[0], before, stage, &e);
	session_close(s);
	return ok ? EXIT_DONE : cmd_fail(&e);
}

/* ---- looking ---- */

static int run_list(struct args *a)
{
	struct err e = { 0 };
	struct session *s = engine_session(a, false, &e);
	const struct snap_maintenance **all;
	cJSON *list = cJSON_CreateArray();
	struct buf out;
	size_t count;

	if (!s) {
		cJSON_Delete(list);
		return cmd_fail(&e);
	}
	buf_init(&out, 0);
	all = snap_maintenances(session_snapshot(s), &count);
	for (size_t i = 0; i < count; i++) {
		cJSON_AddItemToArray(list, json_of_maintenance(all[i]));
		print_maintenance(&out, all[i]);
	}
	if (arg_given(a, "json"))
		verbs_print(cJSON_Duplicate(list, 1));
	else if (!count)
		buf_adds(&out, "no maintenance\n");
	print_out(&out);
	cJSON_Delete(list);
	free(all);
	buf_fini(&out);
	session_close(s);
	return EXIT_DONE;
}

static int run_show(struct args *a)
{
	struct err e = { 0 };
	struct session *s = engine_session(a, false, &e);
	const struct snap_maintenance *m = maintenance_named(s, a->operands[0], &e);
	struct buf out;

	if (!m || !session_timeline(s, a->operands[0], &e) ||
	    !(m = maintenance_named(s, a->operands[0], &e))) {
		session_close(s);
		return cmd_fail(&e);
	}
	buf_init(&out, 0);
	if (arg_given(a, "json"))
		verbs_print(json_of_maintenance(m));
	else
		print_maintenance_whole(&out, session_snapshot(s), m);
	print_out(&out);
	buf_fini(&out);
	session_close(s);
	return EXIT_DONE;
}

/* A calendar entry is a fold as well: what the board knows of it is enough for one. */
static void entry_of(struct maintenance *to, const struct snap_maintenance *m)
{
	*to = (struct maintenance){ .id = m->id,
		.status = m->status,
		.last_at = m->last_at,
		.started_at = m->started_at,
		.ended_at = m->ended_at };
	to->plan = (struct maintenance_plan){ .title = m->title,
		.regions = m->regions,
		.region_count = m->region_count,
		.components = m->components,
		.component_count = m->component_count,
		.starts_at = m->starts_at,
		.ends_at = m->ends_at,
		.risk = m->risk,
		.impact = m->impact };
}

static int run_calendar(struct args *a)
{
	struct err e = { 0 };
	struct session *s = engine_session(a, false, &e);
	const struct snap_maintenance **all;
	struct maintenance_entry *entries;
	const struct snapshot *snap;
	struct buf out;
	size_t count;

	if (!s)
		return cmd_fail(&e);
	snap = session_snapshot(s);
	all = snap_maintenances(snap, &count);
	entries = xcalloc(count + 1, sizeof *entries);
	for (size_t i = 0; i < count; i++) {
		entry_of(&entries[i].m, all[i]);
		entries[i].sequence = all[i]->changes;
	}
	buf_init(&out, 0);
	maintenance_calendar(&out, entries, count,
	    snap->noc && snap->noc->name ? snap->noc->name : "Planned work",
	    snap->engine && snap->engine->host ? snap->engine->host : "nocboard");
	fputs(buf_str(&out), stdout);
	buf_fini(&out);
	free(entries);
	free(all);
	session_close(s);
	return EXIT_DONE;
}

static int run_rules(struct args *a)
{
	static const char *const forces[] = { [RULE_HINT] = "hint",
		[RULE_REASON] = "--override RULE=REASON",
		[RULE_FIRM] = "no way around" };

	(void)a;
	for (int i = 0; i < MAINTENANCE_RULES; i++)
		printf("%-9s %-24s %s\n", maintenance_rules[i].id,
		    forces[maintenance_rules[i].force], maintenance_rules[i].summary);
	return EXIT_DONE;
}

static const struct cmd calendar_verb = { .name = "calendar",
	.summary = "the same as an iCalendar, for other programs",
	.options = verbs_common,
	.run = run_calendar };
static const struct cmd rules_verb = { .name = "rules",
	.summary = "what a plan is held to, and which of it can be overridden",
	.run = run_rules };

void cmd_maintenance_init(void)
{
	if (verbs.count)
		return;
	verbs_look(&verbs, "all that is planned, under way, or over since 30 days at most",
	    run_list, run_show);
	for (const struct command_info *info = maintenance_infos; info->name; info++) {
		const char *name = info->name + strlen(MAINTENANCE_PREFIX);

		if (strcmp(name, "notice") == 0)
			verbs_add(&verbs, &maintenance_notice_verb);
		else if (strcmp(name, "import") == 0)
			verbs_add(&verbs, &maintenance_import_verb);
		else
			verbs_make(&verbs, info, name, run_verb);
	}
	verbs_add(&verbs, &calendar_verb);
	verbs_add(&verbs, &rules_verb);
}

const struct cmd cmd_maintenance = {
	.name = "maintenance",
	.summary = "planned work: plans, notices to customers, carriers' own notices",
	.about =
	    "A plan that breaks a rule is refused, with the rule's name: --override RULE=REASON "
	    "goes on, and the reason is recorded. Customers who were told of work are told "
	    "when it starts, ends or is cancelled.",
	.verbs = verbs.list,
};
