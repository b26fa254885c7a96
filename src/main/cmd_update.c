/* nocboard update: what the composer does, for scripts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cmd.h"
#include "cmd_incident.h"
#include "domain/compose.h"
#include "domain/lint.h"
#include "main_compose.h"
#include "spawn.h"

static const struct cmd_option options[] = {
	{ "stage", 's', "STAGE",
	    "initial, progress, restored, resolved or correction; by the phase when left out",
	    false },
	{ "template", 't', "NAME",
	    "initial, progress, no-change, restored, resolved, correction; by the stage when left "
	    "out",
	    false },
	{ "field", 'f', "NAME=TEXT", "sets a field of the template", true },
	{ "next", 'n', "30m", "time to the next update; by the cadence when left out", false },
	{ "audience", 'a', "ID", "who reads it; all that are not internal when left out", true },
	{ "preview", 'p', NULL,
	    "prints what each audience would read, with what is wrong, and posts nothing", false },
	{ "json", 0, NULL, "one JSON document", false },
	{ "socket", 0, "PATH", "of the engine, instead of the configuration's", false },
	{ "id", 0, "ID", "of this command: repeated with the same one it is recorded once", false },
	{ 0 },
};

/* "name=text" into the composer. */
static bool set_fields(const struct args *a, struct compose *c, struct err *e)
{
	const char *pair, *equals;

	for (size_t i = 0; (pair = arg_nth(a, "field", i)); i++) {
		char *name;
		bool ok;

		equals = strchr(pair, '=');
		if (!equals)
			return err_set(e, ERR_USAGE,
			    "--field: \"%.80s\" has no = (write --field impact=\"Who is hit\")",
			    pair);
		name = xstrndup(pair, (size_t)(equals - pair));
		ok = compose_set(c, name, equals + 1);
		if (!ok)
			err_set(e, ERR_USAGE, "--field: template \"%s\" has no field \"%.60s\"",
			    template_id(c->template), name);
		free(name);
		if (!ok)
			return false;
	}
	return true;
}

static bool set_next(const struct args *a, struct compose *c, struct utc now, struct err *e)
{
	const char *next = arg_value(a, "next");
	struct duration d;

	if (!next)
		return true;
	if (!duration_parse(next, &d) || d.unit != DURATION_ELAPSED || d.ms <= 0)
		return err_set(
		    e, ERR_USAGE, "--next: \"%.40s\" is no length of time (write 30m)", next);
	c->next_update_at = utc_add(now, d.ms);
	return true;
}

/* What stops it, and what a reader would stumble over. */
static void lint(const struct compose *c, const struct compose_facts *f, char *const *audiences,
    size_t count, struct utc now)
{
	const char **names = xcalloc(count, sizeof *names);
	struct jargon *jargon = jargon_default();
	struct lint_findings found = { 0 };

	for (size_t i = 0; i < count; i++)
		names[i] = audiences[i];
	lint_compose(c, f, names, count, jargon, now, &found);
	for (size_t i = 0; i < found.count; i++) {
		const struct lint_finding *one = &found.items[i];

		printf("%s: %s%s%s%s (%s)\n", one->severity == LINT_ERROR ? "error" : "warning",
		    one->field ? "--field " : "", one->field ? one->field : "",
		    one->field ? ": " : "", one->message, one->help);
	}
	lint_findings_fini(&found);
	jargon_free(jargon);
	free(names);
}

static void preview(const struct compose *c, const struct compose_facts *f, char *const *audiences,
    size_t count, struct utc now)
{
	for (size_t i = 0; i < count; i++) {
		struct buf text;

		buf_init(&text, 65536);
		compose_render(c, f, audiences[i], now, &text);
		printf("--- %s\n%s\n", audiences[i], buf_str(&text));
		buf_fini(&text);
	}
	lint(c, f, audiences, count, now);
}

static int post(struct args *a, const struct snap_incident *inc, const struct compose *c,
    const struct compose_facts *f, char *const *audiences, size_t count, struct utc now)
{
	cJSON *o = cJSON_CreateObject();
	const char **names = xcalloc(count, sizeof *names);

	for (size_t i = 0; i < count; i++)
		names[i] = audiences[i];
	json_put_str(o, "cmd", "update");
	json_put_str(o, "incident", inc->id);
	json_put_int(o, "seen", inc->version);
	if (arg_value(a, "id"))
		json_put_str(o, "id", arg_value(a, "id"));
	json_put(o, "args", compose_args(c, f, names, count, now));
	free(names);
	return incident_command(a, o);
}

static int run(struct args *a)
{
	struct err e = { 0 };
	struct session *s = engine_session(a, true, &e);
	const struct snap_incident *inc =
	    s ? snap_incident(session_snapshot(s), a->operands[0]) : NULL;
	struct main_compose m;
	int status;

	if (s && !inc)
		err_set(&e, ERR_REFUSED,
		    "%s: there is no such incident (`nocboard incident list` shows them)",
		    a->operands[0]);
	if (!inc ||
	    !main_compose_open(&m, s, inc, arg_value(a, "stage"), arg_value(a, "template"), &e)) {
		session_close(s);
		return cmd_fail(&e);
	}
	for (size_t i = 0; arg_nth(a, "audience", i); i++)
		main_compose_audience(&m, arg_nth(a, "audience", i));
	if (!set_fields(a, m.compose, &e) || !set_next(a, m.compose, m.now, &e)) {
		status = cmd_fail(&e);
	} else if (arg_given(a, "preview")) {
		preview(m.compose, &m.facts, m.audiences, m.audience_count, m.now);
		status = EXIT_DONE;
	} else {
		status = post(a, inc, m.compose, &m.facts, m.audiences, m.audience_count, m.now);
	}
	main_compose_close(&m);
	session_close(s);
	return status;
}

const struct cmd cmd_update = {
	.name = "update",
	.summary = "writes an update from its template and posts it",
	.operands = "ID",
	.least = 1,
	.most = 1,
	.options = options,
	.run = run,
};
