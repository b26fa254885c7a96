#include "domain/template.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/utf8.h"

#include "template_priv.h"

#define FIELDS_MAX 32
#define ERRORS_MAX 50

const struct template_fact template_facts[] = {
	{ "incident", "id of the incident", false },
	{ "title", "its short description", false },
	{ "severity", "1 to 4", false },
	{ "severity_name", "such as Critical", false },
	{ "regions", "names of the regions in scope", false },
	{ "components", "names of the components in scope", false },
	{ "started", "when it began", true },
	{ "restored", "when it was restored; empty before", true },
	{ "now", "when this update is written", true },
	{ "next_update", "when the next update is promised; empty if it is not", true },
	{ "starts", "when planned work begins", true },
	{ "ends", "when planned work ends at the latest", true },
	{ "zones", "has a text when the regions have local times", false },
	{ "region_workarounds", "what the regions advise customers", false },
	{ "portfolios", "names of the portfolios whose customers travel there", false },
	{ NULL, NULL, false },
};

const char template_incident_stages[] = "initial progress restored resolved correction";
const char template_maintenance_stages[] =
    "maintenance-notice maintenance-start maintenance-end maintenance-cancelled";

const struct template_fact *template_fact(const char *name)
{
	for (const struct template_fact *f = template_facts; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

void template_error_at(struct reading *r, const char *at, const char *fmt, ...)
{
	struct template_errors *e = r->errors;
	struct template_error *item;
	char message[320];
	const char *line = r->text;
	va_list ap;

	if (e->count >= ERRORS_MAX)
		return;
	e->items = xgrow(e->items, e->count, &e->cap);
	item = &e->items[e->count++];
	item->partial = xstrdup_null(r->partial);
	item->line = 1;
	for (const char *p = r->text; p < at; p++) {
		if (*p == '\n') {
			item->line++;
			line = p + 1;
		}
	}
	item->column = 1 + (int)(at - line);
	va_start(ap, fmt);
	vsnprintf(message, sizeof message, fmt, ap);
	va_end(ap);
	item->message = utf8_cleaned(message, UTF8_ONE_LINE, 0);
}

void template_errors_fini(struct template_errors *e)
{
	for (size_t i = 0; i < e->count; i++) {
		free(e->items[i].partial);
		free(e->items[i].message);
	}
	free(e->items);
	*e = (struct template_errors){ 0 };
}

/* A piece of the text. */
struct span {
	const char *start, *end;
};

static struct span trimmed(struct span s)
{
	while (s.start < s.end && strchr(" \t\r", *s.start))
		s.start++;
	while (s.end > s.start && strchr(" \t\r", s.end[-1]))
		s.end--;
	return s;
}

static struct span up_to(struct span s, char c)
{
	const char *p = memchr(s.start, c, (size_t)(s.end - s.start));

	return (struct span){ s.start, p ? p : s.end };
}

static bool span_is(struct span s, const char *word)
{
	return strlen(word) == (size_t)(s.end - s.start) &&
	       memcmp(s.start, word, strlen(word)) == 0;
}

static char *span_text(struct span s)
{
	return xstrndup(s.start, (size_t)(s.end - s.start));
}

static bool is_name(struct span s)
{
	if (s.start == s.end || s.end - s.start > 40 || *s.start < 'a' || *s.start > 'z')
		return false;
	for (const char *p = s.start; p < s.end; p++)
		if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && *p != '_')
			return false;
	return true;
}

static bool name_is_free(struct reading *r, const struct template *t, struct span name)
{
	if (!is_name(name)) {
		template_error_at(
		    r, name.start, "a field's name is of a-z, 0-9 and _, and begins with a letter");
		return false;
	}
	for (const struct template_fact *f = template_facts; f->name; f++) {
		if (span_is(name, f->name)) {
			template_error_at(
			    r, name.start, "%s is a fact: a field needs another name", f->name);
			return false;
		}
	}
	for (size_t i = 0; i < t->field_count; i++) {
		if (span_is(name, t->fields[i].name)) {
			template_error_at(
			    r, name.start, "the field %s is declared twice", t->fields[i].name);
			return false;
		}
	}
	return true;
}

/* "Label, required, lines" */
static void read_label(struct reading *r, struct template_field *f, struct span s)
{
	struct span part = up_to(s, ',');

	f->label = span_text(trimmed(part));
	if (!f->label[0])
		template_error_at(r, s.start, "the field %s needs a label", f->name);
	while (part.end < s.end) {
		part = up_to((struct span){ part.end + 1, s.end }, ',');
		if (span_is(trimmed(part), "required"))
			f->required = true;
		else if (span_is(trimmed(part), "lines"))
			f->lines = true;
		else
			template_error_at(r, trimmed(part).start,
			    "behind a label only \"required\" and \"lines\" may stand");
	}
}

/* "  name: Label, required, lines: Help" */
static void read_field(struct reading *r, struct template *t, struct span line)
{
	struct span name = up_to(line, ':'), label, help;
	struct template_field *f;

	if (name.end == line.end) {
		template_error_at(
		    r, trimmed(line).start, "a field is written \"name: Label: help\"");
		return;
	}
	label = up_to((struct span){ name.end + 1, line.end }, ':');
	help = label.end == line.end ? (struct span){ line.end, line.end }
				     : (struct span){ label.end + 1, line.end };
	name = trimmed(name);
	if (!name_is_free(r, t, name))
		return;
	if (t->field_count == FIELDS_MAX) {
		template_error_at(r, name.start, "%d fields are the most", FIELDS_MAX);
		return;
	}
	f = &t->fields[t->field_count++];
	f->name = span_text(name);
	f->help = span_text(trimmed(help));
	read_label(r, f, label);
}

/* The word is one of a blank-separated list. */
static bool is_one_of(const char *word, const char *list)
{
	size_t len = strlen(word);

	for (const char *p = list; len && *p;) {
		size_t n = strcspn(p, " ");

		if (n == len && strncmp(p, word, n) == 0)
			return true;
		p += n + strspn(p + n, " ");
	}
	return false;
}

static void read_stage(struct reading *r, struct template *t, struct span value)
{
	t->stage = span_text(value);
	if (!is_one_of(t->stage, template_incident_stages) &&
	    !is_one_of(t->stage, template_maintenance_stages))
		template_error_at(r, value.start, "stage: one of %s %s", template_incident_stages,
		    template_maintenance_stages);
}

bool template_of_incidents(const struct template *t)
{
	return is_one_of(t->stage, template_incident_stages);
}

/* "1-4", or one of them */
static void read_severity(struct reading *r, struct template *t, struct span value)
{
	size_t len = (size_t)(value.end - value.start);
	const char *s = value.start;
	char last = len == 1 ? s[0] : len == 3 && s[1] == '-' ? s[2] : '0';

	if (len == 0 || s[0] < '1' || s[0] > '4' || last < s[0] || last > '4') {
		template_error_at(r, s, "severity: a range such as 1-4, or one of them");
		return;
	}
	t->severity_from = s[0] - '0';
	t->severity_to = last - '0';
}

static void read_key(struct reading *r, struct template *t, struct span line, bool *in_fields)
{
	static const char *const keys[] = { "name", "stage", "severity", "fields" };
	struct span key = up_to(line, ':'), value;
	char *word = span_text(trimmed(key));
	const char *meant = nearest_word(word, keys, countof(keys));

	value = trimmed((struct span){ key.end < line.end ? key.end + 1 : line.end, line.end });
	*in_fields = strcmp(word, "fields") == 0;
	if (key.end == line.end)
		template_error_at(r, line.start, "the head of a template has lines \"key: value\"");
	else if (*in_fields && value.start < value.end)
		template_error_at(r, value.start, "the fields stand on the lines below, indented");
	else if (strcmp(word, "name") == 0 && !t->name)
		t->name = span_text(value);
	else if (strcmp(word, "stage") == 0 && !t->stage)
		read_stage(r, t, value);
	else if (strcmp(word, "severity") == 0 && !t->severity_from)
		read_severity(r, t, value);
	else if (strcmp(word, "name") == 0 || strcmp(word, "stage") == 0 ||
		 strcmp(word, "severity") == 0)
		template_error_at(r, line.start, "%s is said twice", word);
	else if (!*in_fields)
		template_error_at(r, line.start, "unknown key \"%s\"%s%s%s", word,
		    meant ? ": did you mean \"" : "", meant ? meant : "", meant ? "\"?" : "");
	free(word);
}

/* Reads up to the line "---"; returns the start of the body, or NULL. */
static const char *read_head(struct reading *r, struct template *t)
{
	bool in_fields = false;

	for (const char *p = r->text; p < r->end;) {
		struct span line = up_to((struct span){ p, r->end }, '\n');
		struct span inside = trimmed(line);

		p = line.end < r->end ? line.end + 1 : r->end;
		if (span_is(inside, "---"))
			return p;
		if (inside.start == inside.end || *inside.start == '#')
			continue;
		if (*line.start != ' ' && *line.start != '\t')
			read_key(r, t, (struct span){ line.start, inside.end }, &in_fields);
		else if (in_fields)
			read_field(r, t, line);
		else
			template_error_at(r, inside.start, "only fields are indented");
	}
	template_error_at(r, r->end, "there is no line \"---\" between head and body");
	return NULL;
}

bool template_plain(struct reading *r)
{
	for (const char *p = r->text; p < r->end; p++) {
		if ((unsigned char)*p < ' ' && !strchr("\n\r\t", *p)) {
			template_error_at(r, p, "a control character (0x%02x)", (unsigned)*p);
			return false;
		}
		if (*p == '\0') {
			template_error_at(r, p, "a NUL byte");
			return false;
		}
	}
	if (!utf8_valid(r->text, (size_t)(r->end - r->text))) {
		template_error_at(r, r->text, "the file is not UTF-8");
		return false;
	}
	return true;
}

struct template *template_parse(
    const char *id, const char *text, size_t len, struct template_errors *errors)
{
	return template_parse_with(id, text, len, &(struct template_around){ 0 }, errors);
}

struct template *template_parse_with(const char *id, const char *text, size_t len,
    const struct template_around *around, struct template_errors *errors)
{
	struct reading r = { .text = text, .end = text + len, .errors = errors, .around = around };
	const struct template_reader *readers =
	    around->readers ? around->readers(around->ctx, NULL) : NULL;
	struct template *t;
	const char *body;
	size_t before = errors->count;

	if (len > TEMPLATE_MAX) {
		template_error_at(&r, text, "a template has %zu bytes at most", TEMPLATE_MAX);
		return NULL;
	}
	if (!template_plain(&r))
		return NULL;
	t = xcalloc(1, sizeof *t);
	t->id = xstrdup(id);
	t->fields = xcalloc(FIELDS_MAX, sizeof *t->fields);
	body = read_head(&r, t);
	if (!t->stage)
		template_error_at(&r, text, "the head says no stage");
	if (!t->name)
		t->name = xstrdup(id);
	if (!t->severity_from) {
		t->severity_from = 1;
		t->severity_to = 4;
	}
	if (body)
		template_read_body(&r, t, body);
	if (readers && errors->count == before && template_of_incidents(t))
		template_says_least(&r, t, readers, body);
	if (errors->count == before)
		return t;
	template_free(t);
	return NULL;
}

void template_free(struct template *t)
{
	if (!t)
		return;
	free(t->id);
	free(t->name);
	free(t->stage);
	for (size_t i = 0; i < t->field_count; i++) {
		free(t->fields[i].name);
		free(t->fields[i].label);
		free(t->fields[i].help);
	}
	free(t->fields);
	for (size_t i = 0; i < t->node_count; i++)
		free(t->nodes[i].text);
	free(t->nodes);
	free(t);
}

const char *template_id(const struct template *t)
{
	return t->id;
}

const char *template_name(const struct template *t)
{
	return t->name;
}

const char *template_stage(const struct template *t)
{
	return t->stage;
}

bool template_suits(const struct template *t, int severity)
{
	return severity >= t->severity_from && severity <= t->severity_to;
}

int template_breadth(const struct template *t)
{
	return t->severity_to - t->severity_from + 1;
}

const struct template_field *template_fields(const struct template *t, size_t *count)
{
	*count = t->field_count;
	return t->fields;
}
