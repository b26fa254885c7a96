/* Update templates: a strict subset of mustache with declared fields. A template that names what it
 * does not declare is an error when it is loaded, never a hole in a message to customers.
 *
 * A file is a head, a line "---", and a body:
 *
 *	name: First word to customers
 *	stage: initial
 *	severity: 1-4
 *	fields:
 *	  impact: Impact, required, lines: Who is hit and how, as a customer would say it.
 *	  eta: ETA: A range such as 15:00 - 15:30 UTC.
 *	---
 *	[Sev {{severity}}] {{regions}} / {{components}} – {{summary}}
 *	{{#workaround}}
 *	Workaround: {{workaround}}
 *	{{/workaround}}
 *
 * Tags: {{name}}, {{name|filter}}, {{#name}}…{{/name}} when it has a text, {{^name}}…{{/name}} when
 *it has none, {{> name}} puts in the partial name.part, {{! remark }}. A section, partial or remark
 *alone on its line takes the line with it. Values are put in as they are and are never read for
 *tags. Names are the declared fields, the facts of template_facts[], and audience_ID, which has a
 * text for the audience that is rendered. */
#ifndef DOMAIN_TEMPLATE_H
#define DOMAIN_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/time.h"
#include "domain/calendar.h"

#define TEMPLATE_MAX ((size_t)64 << 10) /* bytes of a file */
#define TEMPLATE_DEPTH 8		/* sections within sections */

struct template_field {
	char *name;  /* "impact" */
	char *label; /* "Impact" */
	char *help;  /* one line, may be empty */
	bool required;
	bool lines; /* several lines */
};

/* What every template may use beside its fields. */
struct template_fact {
	const char *name, *help;
	bool instant; /* its text is RFC 3339, for the filters time and local */
};

extern const struct template_fact template_facts[]; /* ends with a row whose name is NULL */

struct template_error {
	char *partial;	  /* the file that it is in, "reach.part"; NULL: the template itself */
	int line, column; /* from 1 */
	char *message;
};

struct template_errors {
	struct template_error *items;
	size_t count, cap;
};

void template_errors_fini(struct template_errors *e);

struct template;

/* NULL: not usable, `errors` has every reason. `id` is the file's name without its ending; copied.
 */
struct template *template_parse(
    const char *id, const char *text, size_t len, struct template_errors *errors);
void template_free(struct template *t); /* NULL is fine */

/* The text of a partial by its name ("reach"), borrowed while the template is read; NULL: none. */
typedef const char *(*template_partial_fn)(void *ctx, const char *name, size_t *len);

/* Who may read what a template says. */
struct template_reader {
	const char *id; /* of the audience; NULL ends a list */
	bool internal;
};

/* The audiences that there are, for the names audience_ID of a file (`partial`: its name without
 * ".part"; NULL: the template itself), borrowed while it is read. NULL: any may be named there. */
typedef const struct template_reader *(*template_readers_fn)(void *ctx, const char *partial);

/* What a template is read beside; each function may be NULL. */
struct template_around {
	template_partial_fn partial;
	template_readers_fn readers;
	void *ctx;
};

/* The same for a template that may have partials. One whose readers are known and that is for
 * updates of an incident says the least that an update says (compose_minimum) to every one of them
 * that is not internal. */
struct template *template_parse_with(const char *id, const char *text, size_t len,
    const struct template_around *around, struct template_errors *errors);

/* Stages of an incident's updates, and of maintenance notices: blank-separated words. */
extern const char template_incident_stages[], template_maintenance_stages[];
bool template_of_incidents(const struct template *t);

const char *template_id(const struct template *t);
const char *template_name(const struct template *t);
const char *template_stage(const struct template *t); /* one of the words above */
bool template_suits(const struct template *t, int severity);
/* How many severities it is for: the fewer, the nearer it fits. */
int template_breadth(const struct template *t);
const struct template_field *template_fields(const struct template *t, size_t *count);

/* The zones of the regions in scope, for the filter `local`; those that show the same time are told
 * once. */
struct template_places {
	const struct zone *const *zones; /* a NULL among them is skipped */
	size_t count;
};

/* The text of a field or fact; NULL: none. */
typedef const char *(*template_value_fn)(void *ctx, const char *name);

/* Appends the rendered body: no blanks at line ends, never two blank lines together, one line end
 * at the end. False: it did not fit into `out`. */
bool template_render(const struct template *t, template_value_fn value, void *ctx,
    const struct template_places *places, struct buf *out);

/* "2025-03-10 14:20 UTC", as the filter time:UTC writes it; appends. UTC_NONE: nothing. */
void template_time_utc(struct buf *out, struct utc t);
/* "15:20 Paris, 09:20 New York", with the date before it where the day is another than in UTC. */
void template_time_local(struct buf *out, struct utc t, const struct template_places *places);

#endif
