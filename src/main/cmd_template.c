/* nocboard template: which ones are in force, and what one would read for an incident. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cmd.h"
#include "engine/setup.h"
#include "main_compose.h"
#include "spawn.h"
#include "ui/facts.h"

/* The file of a site's own template, as it is in force. */
static const char *file_of(const struct setup *s, const char *id)
{
	for (size_t i = 0; s && i < s->texts_in_force.count; i++) {
		const char *name = s->texts_in_force.items[i].name;
		size_t len = strlen(id);

		if (strncmp(name, id, len) == 0 && strcmp(name + len, ".tmpl") == 0)
			return s->texts_in_force.items[i].path;
	}
	return NULL;
}

static void severities(const struct template *t, char out[16])
{
	int from = 1, to = 4;

	while (from < 4 && !template_suits(t, from))
		from++;
	while (to > from && !template_suits(t, to))
		to--;
	if (from == to)
		snprintf(out, 16, "%d", from);
	else
		snprintf(out, 16, "%d-%d", from, to);
}

static void print_fields(const struct template *t)
{
	size_t n;
	const struct template_field *f = template_fields(t, &n);

	for (size_t i = 0; i < n; i++)
		printf("    %-18s %s%s%s\n", f[i].name, f[i].label,
		    f[i].required ? " (required)" : "", f[i].lines ? " (lines)" : "");
}

static cJSON *json_of(const struct template *t, const char *file)
{
	cJSON *o = cJSON_CreateObject(), *list = cJSON_CreateArray();
	size_t n;
	const struct template_field *f = template_fields(t, &n);
	char range[16];

	severities(t, range);
	json_put_str(o, "template", template_id(t));
	json_put_str(o, "name", template_name(t));
	json_put_str(o, "stage", template_stage(t));
	json_put_str(o, "severity", range);
	json_put(o, "file", file ? cJSON_CreateString(file) : cJSON_CreateNull());
	for (size_t i = 0; i < n; i++) {
		cJSON *one = cJSON_CreateObject();

		json_put_str(one, "name", f[i].name);
		json_put_str(one, "label", f[i].label);
		json_put_bool(one, "required", f[i].required);
		json_put_bool(one, "lines", f[i].lines);
		cJSON_AddItemToArray(list, one);
	}
	json_put(o, "fields", list);
	return o;
}

/* Without a configuration: what is shipped. */
static struct setup *site(const struct args *a, struct err *e)
{
	struct cfg_problems problems = { 0 };
	struct setup *s = setup_load(a->config, &problems, e);

	cfg_problems_fini(&problems);
	if (!s && !a->config && !getenv("NOCBOARD_CONFIG"))
		e->kind = ERR_NONE;
	return s;
}

static int run_list(struct args *a)
{
	struct err e = { 0 };
	struct setup *s = site(a, &e);
	struct text_file *files;
	struct cfg_problems problems = { 0 };
	struct texts *t;
	const struct template *one;
	cJSON *list = cJSON_CreateArray();
	bool own;

	if (!s && e.kind != ERR_NONE) {
		cJSON_Delete(list);
		return cmd_fail(&e);
	}
	files = s ? setup_text_files(&s->texts_in_force) : NULL;
	t = texts_new(files, s ? s->texts_in_force.count : 0, &problems);
	for (size_t i = 0; (one = texts_nth(t, i, &own)); i++) {
		const char *file = own ? file_of(s, template_id(one)) : NULL;
		char range[16];

		severities(one, range);
		if (arg_given(a, "json")) {
			cJSON_AddItemToArray(list, json_of(one, file));
			continue;
		}
		printf("%-22s %-22s Sev %-4s %s%s%s\n", template_id(one), template_stage(one),
		    range, template_name(one), file ? "  " : "", file ? file : "");
		if (arg_given(a, "fields"))
			print_fields(one);
	}
	if (arg_given(a, "json")) {
		char *text = json_text(list);

		puts(text);
		free(text);
	}
	cJSON_Delete(list);
	cfg_problems_fini(&problems);
	texts_free(t);
	free(files);
	setup_free(s);
	return EXIT_DONE;
}

static bool set_instant(const struct args *a, const char *name, struct utc *out, struct err *e)
{
	const char *text = arg_value(a, name);

	if (!text || utc_parse(text, out))
		return true;
	return err_set(
	    e, ERR_USAGE, "--%s: \"%.40s\" is no time (write 2026-03-10T01:00Z)", name, text);
}

static int run_render(struct args *a)
{
	struct err e = { 0 };
	const char *id = arg_value(a, "incident");
	struct session *s;
	const struct snap_incident *inc;
	struct main_compose m;
	bool ok;

	if (!id)
		return cmd_refuse(
		    ERR_USAGE, "render: --incident ID is needed: its scope and facts");
	s = engine_session(a, true, &e);
	inc = s ? snap_incident(session_snapshot(s), id) : NULL;
	if (s && !inc)
		err_set(&e, ERR_REFUSED,
		    "%s: there is no such incident (`nocboard incident list` shows them)", id);
	if (!inc || !main_compose_render(&m, s, inc, a->operands[0], &e)) {
		session_close(s);
		return cmd_fail(&e);
	}
	for (size_t i = 0; arg_nth(a, "audience", i); i++)
		main_compose_audience(&m, arg_nth(a, "audience", i));
	ok = main_compose_fields(&m, a, &e) && set_instant(a, "starts", &m.facts.starts_at, &e) &&
	     set_instant(a, "ends", &m.facts.ends_at, &e);
	if (ok)
		main_compose_print(&m);
	main_compose_close(&m);
	session_close(s);
	return ok ? EXIT_DONE : cmd_fail(&e);
}

static const struct cmd_option list_options[] = {
	{ "fields", 0, NULL, "with the fields of each", false },
	{ "json", 0, NULL, "one JSON document", false },
	{ 0 },
};

static const struct cmd_option render_options[] = {
	{ "incident", 'i', "ID", "whose scope and facts it is filled with", false },
	{ "field", 'f', "NAME=TEXT",
	    "sets a field of the template; a text of - is read from standard input", true },
	{ "audience", 'a', "ID", "who would read it; all that are not internal when left out",
	    true },
	{ "starts", 0, "TIME", "when planned work begins, in RFC 3339", false },
	{ "ends", 0, "TIME", "when it ends at the latest", false },
	{ "socket", 0, "PATH", "of the engine, instead of the configuration's", false },
	{ 0 },
};

static const struct cmd list_verb = {
	.name = "list",
	.summary = "all templates in force, and where a site's own ones lie",
	.options = list_options,
	.run = run_list,
};

static const struct cmd render_verb = {
	.name = "render",
	.summary = "prints what each audience would read, and posts nothing",
	.operands = "NAME",
	.least = 1,
	.most = 1,
	.options = render_options,
	.run = run_render,
};

static const struct cmd *const verbs[] = { &list_verb, &render_verb, NULL };

const struct cmd cmd_template = {
	.name = "template",
	.summary = "lists the templates of updates, and renders one",
	.verbs = verbs,
};
