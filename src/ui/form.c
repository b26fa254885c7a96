#include "ui/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "form_priv.h"
#include "ui/draw.h"

/* ---- choosing ---- */

static bool several(const struct field *f)
{
	return f->arg->type == ARG_REGIONS || f->arg->type == ARG_COMPONENTS;
}

/* The part of the text that filters: all of it, or the word behind the last comma. */
static const char *filter_of(const struct field *f)
{
	const char *s = f->edit.text, *comma;

	if (!f->typed)
		return "";
	if (several(f)) {
		comma = strrchr(s, ',');
		s = comma ? comma + 1 : s;
		while (*s == ' ')
			s++;
	}
	return s;
}

static bool choice_matches(const struct choice *k, const char *filter)
{
	return !*filter || strcasestr(k->value, filter) || strcasestr(k->label, filter);
}

/* The n-th choice that matches; NULL behind the last. */
const struct choice *form_match(const struct field *f, int n)
{
	const char *filter = filter_of(f);

	for (size_t i = 0; i < f->choices.count; i++)
		if (choice_matches(&f->choices.items[i], filter) && n-- == 0)
			return &f->choices.items[i];
	return NULL;
}

int form_match_count(const struct field *f)
{
	int n = 0;

	while (form_match(f, n))
		n++;
	return n;
}

static const struct choice *exact(const struct field *f, const char *value)
{
	for (size_t i = 0; i < f->choices.count; i++)
		if (strcasecmp(f->choices.items[i].value, value) == 0)
			return &f->choices.items[i];
	return NULL;
}

/* Takes the marked choice into the text. */
static void take_choice(struct field *f)
{
	const struct choice *k = form_match(f, f->at);
	struct buf b;

	if (!k)
		return;
	buf_init(&b, LINEEDIT_MAX);
	if (several(f)) {
		size_t keep = (size_t)(filter_of(f) - f->edit.text);

		if (!f->typed)
			keep = f->edit.len;
		buf_add(&b, f->edit.text, keep);
		while (b.len > 0 && (b.data[b.len - 1] == ' ' || b.data[b.len - 1] == ','))
			b.data[--b.len] = '\0';
		buf_addf(&b, "%s%s", b.len ? ", " : "", k->value);
	} else {
		buf_adds(&b, k->value);
	}
	lineedit_set(&f->edit, buf_str(&b));
	buf_fini(&b);
	f->typed = false;
	f->moved = false;
}

/* ---- life ---- */

/* What a person would most likely mean. */
static void prefill(struct field *f, const struct scene *s, const struct snap_incident *inc)
{
	struct buf b;

	buf_init(&b, LINEEDIT_MAX);
	if (f->arg->type == ARG_REGIONS && inc)
		for (size_t i = 0; i < inc->region_count; i++)
			buf_addf(&b, "%s%s", i ? ", " : "", inc->regions[i]);
	if (f->arg->type == ARG_COMPONENTS && inc)
		for (size_t i = 0; i < inc->component_count; i++)
			buf_addf(&b, "%s%s", i ? ", " : "", inc->components[i]);
	/* The first vacant role; the choice stands at it, nothing is filled in. */
	if (f->arg->type == ARG_ROLE && inc)
		for (int i = ROLES - 1; i >= 0; i--)
			if (!inc->role[i].person)
				f->at = i;
	if (f->arg->type == ARG_SEVERITY && inc && inc->severity >= 1)
		f->at = inc->severity - 1;
	if (f->arg->type == ARG_TEXT && f->arg->choices)
		buf_adds(&b, f->arg->choices);
	if (b.len)
		lineedit_set(&f->edit, buf_str(&b));
	(void)s;
	buf_fini(&b);
}

/* "tier=2 via=phone" into the fields. */
static void fill_args(struct form *f, const char *args)
{
	for (args = args ? args : ""; *args; args += strspn(args, " ")) {
		size_t word = strcspn(args, " "), name = strcspn(args, "=");
		char value[256];

		for (size_t i = 0; name < word && i < f->count; i++)
			if (strlen(f->fields[i].arg->name) == name &&
			    strncmp(f->fields[i].arg->name, args, name) == 0) {
				snprintf(value, sizeof value, "%.*s", (int)(word - name - 1),
				    args + name + 1);
				lineedit_set(&f->fields[i].edit, value);
			}
		args += word;
	}
}

struct form *form_new(const struct action *a, const struct scene *s,
    const struct snap_incident *inc, const char *args)
{
	struct form *f = xcalloc(1, sizeof *f);
	char scope[80] = "";

	f->action = a;
	if (inc) {
		snprintf(f->incident, sizeof f->incident, "%s", inc->id);
		f->seen = inc->version;
		incident_scope(inc, (int)sizeof scope - 1, scope, sizeof scope);
	}
	snprintf(f->title, sizeof f->title, "%s %s %s", a->command->verb, f->incident, scope);
	if (f->title[0] >= 'a' && f->title[0] <= 'z')
		f->title[0] = (char)(f->title[0] - 'a' + 'A');
	for (size_t i = 0; i < COMMAND_ARGS && a->command->args[i].name; i++) {
		struct field *field = &f->fields[f->count++];

		field->arg = &a->command->args[i];
		lineedit_init(&field->edit, "");
		choices_for(&field->choices, field->arg, s, inc);
		prefill(field, s, inc);
	}
	fill_args(f, args);
	while (f->focus < f->count && f->fields[f->focus].edit.len > 0 && args)
		f->focus++;
	return f;
}

void form_free(struct form *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->count; i++) {
		lineedit_fini(&f->fields[i].edit);
		choices_fini(&f->fields[i].choices);
	}
	free(f);
}

/* ---- keys ---- */

static bool in_range(struct field *f, int by)
{
	int n = form_match_count(f);

	if (n == 0)
		return false;
	f->moved = choices_bind(f->arg->type);
	f->at += by;
	f->at = f->at < 0 ? 0 : f->at >= n ? n - 1 : f->at;
	return true;
}

/* What was marked on purpose is chosen, however the field is left. */
static void leave_field(struct form *f)
{
	if (f->focus < f->count && f->fields[f->focus].moved)
		take_choice(&f->fields[f->focus]);
}

static void go_on(struct form *f)
{
	if (f->focus < f->count)
		f->focus++;
}

/* Enter in a field takes the marked choice where the text is none yet, then goes on; in a list of
 * several it goes on when nothing is being typed. */
static void enter(struct form *f, bool *submit)
{
	struct field *field;

	if (f->focus == f->count) {
		*submit = true;
		return;
	}
	field = &f->fields[f->focus];
	field->error[0] = '\0';
	if (choices_bind(field->arg->type)) {
		if (field->moved || (!exact(field, field->edit.text) &&
					(field->edit.len > 0 || field->arg->required)))
			take_choice(field);
	} else if (several(field) && field->choices.count > 0) {
		bool blank = *filter_of(field) == '\0';

		if (field->typed ? !blank : field->edit.len == 0) {
			take_choice(field);
			return;
		}
	}
	go_on(f);
}

static bool form_move(struct form *f, const char *action)
{
	int n = (int)f->count + 1, step;

	if (strcmp(action, "form.next") == 0)
		step = 1;
	else if (strcmp(action, "form.prev") == 0)
		step = n - 1;
	else
		return false;
	leave_field(f);
	f->focus = (size_t)(((int)f->focus + step) % n);
	return true;
}

static bool choice_move(struct form *f, const char *action)
{
	static const struct {
		const char *id;
		int by;
	} moves[] = {
		{ "list.next", 1 },
		{ "list.prev", -1 },
		{ "list.page-down", FORM_CHOICES },
		{ "list.page-up", -FORM_CHOICES },
	};

	for (size_t i = 0; i < countof(moves); i++)
		if (strcmp(moves[i].id, action) == 0) {
			if (f->focus == f->count || !in_range(&f->fields[f->focus], moves[i].by))
				form_move(f, moves[i].by > 0 ? "form.next" : "form.prev");
			return true;
		}
	return false;
}

bool form_act(struct form *f, const char *action, bool *submit)
{
	*submit = false;
	if (form_move(f, action) || choice_move(f, action))
		return true;
	if (strcmp(action, "form.enter") == 0) {
		enter(f, submit);
		return true;
	}
	if (strcmp(action, "form.submit") == 0) {
		leave_field(f);
		*submit = true;
		return true;
	}
	if (f->focus < f->count && lineedit_act(&f->fields[f->focus].edit, action)) {
		f->fields[f->focus].typed = true;
		f->fields[f->focus].moved = false;
		f->fields[f->focus].at = 0;
		return true;
	}
	return strncmp(action, "edit.", 5) == 0;
}

void form_text(struct form *f, const char *text, bool pasted)
{
	struct field *field;

	if (f->focus == f->count)
		return;
	field = &f->fields[f->focus];
	/* A picked choice is replaced by what is typed over it, not appended to. */
	if (choices_bind(field->arg->type) && !field->typed && exact(field, field->edit.text))
		lineedit_set(&field->edit, "");
	if (!lineedit_insert(&field->edit, text, pasted))
		snprintf(
		    field->error, sizeof field->error, "cut: a field takes %d bytes", LINEEDIT_MAX);
	else
		field->error[0] = '\0';
	field->typed = true;
	field->moved = false;
	field->at = 0;
}

/* ---- checking ---- */

static bool blank(const char *s)
{
	return s[strspn(s, " \n")] == '\0';
}

static void check_field(struct field *f)
{
	const char *text = f->edit.text;

	f->error[0] = '\0';
	if (blank(text)) {
		if (f->arg->required)
			snprintf(f->error, sizeof f->error, "%s is needed: %s", f->arg->label,
			    f->arg->help);
		return;
	}
	if (!choices_bind(f->arg->type) || exact(f, text))
		return;
	/* What was typed names one choice alone: take it. */
	if (f->typed && form_match_count(f) == 1) {
		f->at = 0;
		take_choice(f);
		return;
	}
	snprintf(f->error, sizeof f->error, "\"%.40s\" is none of the choices", text);
}

bool form_check(struct form *f)
{
	bool good = true;

	f->error[0] = '\0';
	for (size_t i = f->count; i-- > 0;) {
		check_field(&f->fields[i]);
		if (f->fields[i].error[0]) {
			f->focus = i;
			good = false;
		}
	}
	return good;
}

cJSON *form_args(const struct form *f)
{
	cJSON *args = cJSON_CreateObject();

	for (size_t i = 0; i < f->count; i++) {
		const struct field *field = &f->fields[i];
		char *clean;

		if (blank(field->edit.text))
			continue;
		clean = utf8_cleaned(field->edit.text,
		    field->arg->type == ARG_LONG_TEXT ? UTF8_LINES : UTF8_ONE_LINE, LINEEDIT_MAX);
		json_put_str(args, field->arg->name, clean);
		free(clean);
	}
	return args;
}

void form_refuse(struct form *f, const char *argument, const char *reason, const char *help)
{
	f->sent[0] = '\0';
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->fields[i].arg->name, argument) == 0) {
			snprintf(f->fields[i].error, sizeof f->fields[i].error, "%s%s%s", reason,
			    help[0] ? " — " : "", help);
			f->focus = i;
			return;
		}
	snprintf(f->error, sizeof f->error, "%s%s%s", reason, help[0] ? " — " : "", help);
}

const char *form_value(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->fields[i].arg->name, name) == 0)
			return f->fields[i].edit.text;
	return NULL;
}
