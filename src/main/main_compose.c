#include "main_compose.h"

#include <stdlib.h>
#include <string.h>

#include "ui/facts.h"

/* Those that it is written for unless somebody says otherwise; `inc` NULL: a notice of planned
 * work. */
static void default_audiences(struct main_compose *m, const struct snapshot *s,
    const struct snap_incident *inc, const char *stage)
{
	for (size_t i = 0;
	     s->noc && i < s->noc->audience_count && m->audience_count < MAIN_AUDIENCES; i++)
		if (inc ? facts_reads(inc, stage, &s->noc->audiences[i])
			: s->noc->audiences[i].by_default)
			m->audiences[m->audience_count++] =
			    arena_strdup(m->arena, s->noc->audiences[i].id);
}

static void open_at(
    struct main_compose *m, const struct session *s, const struct snap_incident *inc)
{
	const struct snapshot *snap = session_snapshot(s);

	*m = (struct main_compose){ .arena = arena_new(), .now = session_now(s) };
	facts_of(snap, inc, m->now, m->arena, &m->facts);
	m->texts = facts_texts(snap);
	facts_lint(snap, inc, m->texts, m->arena, &m->world);
}

static bool opened(struct main_compose *m, const char *name, struct err *e)
{
	if (m->template) {
		m->compose = compose_new(m->template, &m->facts, m->now);
		return true;
	}
	err_set(e, ERR_USAGE,
	    "there is no template \"%.60s\" for this (`nocboard template list` shows all)", name);
	main_compose_close(m);
	return false;
}

bool main_compose_open(struct main_compose *m, const struct session *s,
    const struct snap_incident *inc, const char *stage, const char *name, struct err *e)
{
	if (!stage)
		stage = facts_stage(inc);
	open_at(m, s, inc);
	m->template = facts_template(m->texts, name, stage, inc->severity);
	default_audiences(
	    m, session_snapshot(s), inc, m->template ? template_stage(m->template) : stage);
	return opened(m, name ? name : stage, e);
}

bool main_compose_render(struct main_compose *m, const struct session *s,
    const struct snap_incident *inc, const char *name, struct err *e)
{
	open_at(m, s, inc);
	m->template = texts_template(m->texts, name);
	default_audiences(
	    m, session_snapshot(s), inc, m->template ? template_stage(m->template) : "");
	return opened(m, name, e);
}

bool main_compose_planned(struct main_compose *m, const struct session *s,
    const struct snap_maintenance *of, const char *stage, const char *name, struct err *e)
{
	const struct snapshot *snap = session_snapshot(s);
	char wanted[64];

	snprintf(wanted, sizeof wanted, "maintenance-%.40s", stage);
	*m = (struct main_compose){ .arena = arena_new(), .now = session_now(s) };
	facts_of_maintenance(snap, of, m->arena, &m->facts);
	m->texts = facts_texts(snap);
	facts_lint_planned(snap, of, m->texts, m->arena, &m->world);
	default_audiences(m, snap, NULL, stage);
	m->template = name ? texts_template(m->texts, name) : texts_for(m->texts, wanted, 4);
	if (m->template && strcmp(template_stage(m->template), wanted) != 0)
		m->template = NULL;
	return opened(m, name ? name : wanted, e);
}

void main_compose_close(struct main_compose *m)
{
	compose_free(m->compose);
	texts_free(m->texts);
	arena_free(m->arena);
	memset(m, 0, sizeof *m);
}

void main_compose_audience(struct main_compose *m, const char *id)
{
	if (!m->named)
		m->audience_count = 0;
	m->named = true;
	if (m->audience_count < MAIN_AUDIENCES)
		m->audiences[m->audience_count++] = arena_strdup(m->arena, id);
}

/* All of standard input, as far as a field takes it. NULL: *e. The caller frees. */
static char *read_input(struct err *e)
{
	struct buf b;
	char part[4096];
	size_t n;

	buf_init(&b, COMPOSE_FIELD_MAX);
	while ((n = fread(part, 1, sizeof part, stdin)) > 0)
		if (!buf_add(&b, part, n)) {
			buf_fini(&b);
			err_set(e, ERR_USAGE, "--field: standard input has more than %zu bytes",
			    COMPOSE_FIELD_MAX);
			return NULL;
		}
	while (b.len && b.data[b.len - 1] == '\n')
		b.data[--b.len] = '\0';
	return buf_take(&b);
}

static bool set_field(
    struct main_compose *m, const char *name, const char *text, bool *read, struct err *e)
{
	char *input = NULL;
	bool ok;

	if (strcmp(text, "-") == 0) {
		if (*read)
			return err_set(
			    e, ERR_USAGE, "--field: standard input can be one field's text only");
		*read = true;
		input = read_input(e);
		if (!input)
			return false;
	}
	ok = compose_set(m->compose, name, input ? input : text);
	free(input);
	return ok || err_set(e, ERR_USAGE, "--field: template \"%s\" has no field \"%.60s\"",
			 template_id(m->template), name);
}

bool main_compose_fields(struct main_compose *m, const struct args *a, struct err *e)
{
	const char *pair;
	bool read = false;

	for (size_t i = 0; (pair = arg_nth(a, "field", i)); i++) {
		const char *equals = strchr(pair, '=');

		if (!equals)
			return err_set(e, ERR_USAGE,
			    "--field: \"%.80s\" has no = (write --field impact=\"Who is hit\")",
			    pair);
		if (!set_field(m, arena_strndup(m->arena, pair, (size_t)(equals - pair)),
			equals + 1, &read, e))
			return false;
	}
	return true;
}

void main_compose_print(const struct main_compose *m)
{
	for (size_t i = 0; i < m->audience_count; i++) {
		struct buf text;

		buf_init(&text, 65536);
		compose_render(m->compose, &m->facts, m->audiences[i], m->now, &text);
		printf("--- %s\n%s\n", m->audiences[i], buf_str(&text));
		buf_fini(&text);
	}
}

cJSON *main_compose_json(const struct main_compose *m)
{
	cJSON *o = cJSON_CreateObject(), *texts = cJSON_CreateObject(), *list = cJSON_CreateArray();
	struct lint_findings found = { 0 };

	for (size_t i = 0; i < m->audience_count; i++) {
		struct buf text;

		buf_init(&text, 65536);
		compose_render(m->compose, &m->facts, m->audiences[i], m->now, &text);
		json_put_str(texts, m->audiences[i], buf_str(&text));
		buf_fini(&text);
	}
	lint_compose(
	    m->compose, &m->facts, m->audiences, m->audience_count, &m->world, m->now, &found);
	for (size_t i = 0; i < found.count; i++) {
		const struct lint_finding *one = &found.items[i];
		cJSON *f = cJSON_CreateObject();

		json_put_str(f, "severity", one->severity == LINT_ERROR ? "error" : "warning");
		json_put_str(f, "rule", one->rule);
		json_put_str(f, "field", one->field);
		json_put_str(f, "message", one->message);
		json_put_str(f, "help", one->help);
		cJSON_AddItemToArray(list, f);
	}
	lint_findings_fini(&found);
	json_put(o, "text", texts);
	json_put(o, "findings", list);
	return o;
}

size_t main_compose_lint(const struct main_compose *m, FILE *out)
{
	struct lint_findings found = { 0 };
	size_t errors;

	lint_compose(
	    m->compose, &m->facts, m->audiences, m->audience_count, &m->world, m->now, &found);
	for (size_t i = 0; i < found.count; i++) {
		const struct lint_finding *one = &found.items[i];

		fprintf(out, "%s: %s%s%s%s (%s)\n",
		    one->severity == LINT_ERROR ? "error" : "warning", one->field ? "--field " : "",
		    one->field ? one->field : "", one->field ? ": " : "", one->message, one->help);
	}
	errors = lint_errors(&found);
	lint_findings_fini(&found);
	return errors;
}
