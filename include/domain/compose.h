/* An update being written: the template's fields filled from what the incident knows, what is still
 * missing, the promise of the next one, and the text for each audience. Pure; the board, the
 * command line and the engine use the same functions, over facts that each takes from what it has.
 */
#ifndef DOMAIN_COMPOSE_H
#define DOMAIN_COMPOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/time.h"
#include "domain/calendar.h"
#include "domain/incident.h"
#include "domain/template.h"

/* Somebody who was called for the incident. */
struct compose_engaged {
	const char *name;	    /* a carrier, as customers may read it; NULL: people of ours */
	struct utc at, answered_at; /* answered_at UTC_NONE: not yet */
};

/* A carrier that the incident depends on, or whose own page tells of a fault where we use it. */
struct compose_carrier {
	const char *name;     /* as customers may read it */
	const char *timeline; /* what it says about when; NULL or blank: nothing */
	const char *reports;  /* its page's words, and nobody has said that we depend on it; NULL */
	struct utc at;
};

/* Facts of one incident; all borrowed. Texts may be NULL. */
struct compose_facts {
	const char *incident; /* "INC-7" */
	int severity;
	const char *severity_name; /* "Critical" */
	const char *title;	   /* the short description */
	const char *impact;	   /* as the incident was opened with */
	struct utc started_at, acknowledged_at, restored_at, resolved_at; /* UTC_NONE: not yet */
	struct utc starts_at, ends_at; /* of planned work; UTC_NONE: there is none */
	bool checks_fail;	       /* checks of ours found it, and fail still */
	const char *told_by;	       /* the carrier whose own page told us first */
	const char *report; /* how soon a report is owed: "5 business days"; NULL: none is */
	const char *const *regions;    /* names, as customers know them */
	const char *const *components; /* names */
	size_t region_count, component_count;
	struct template_places places; /* zones of the regions */
	const char *hypothesis;	       /* the newest */
	const struct action_item *actions;
	size_t action_count;
	bool workaround; /* restored by one */
	const char *residual, *customer_actions, *fix;
	const struct compose_engaged *engaged;
	size_t engaged_count;
	const struct compose_carrier *carriers; /* not cleared again */
	size_t carrier_count;
	const char *region_workarounds;	  /* the regions' own texts for customers, joined */
	const char *portfolios;		  /* names of those whose customers travel there, joined */
	const struct posted_update *last; /* NULL: none was posted */
	/* Since then, in names; NULL: the same. */
	const char *severity_before;	     /* "Major" */
	const char *scope_more, *scope_less; /* "Italy, SMS" */
	struct utc cadence_due; /* compose_cadence: the latest promise; UTC_NONE: no cadence */
};

/* Fills what an incident itself can tell. What needs the configuration is the caller's: names,
 * zones, who was engaged, carriers, portfolios, workarounds, report and cadence_due. */
void compose_facts_of(struct compose_facts *out, const struct incident *inc);

/* The latest next update that a cadence allows at `now`; UTC_NONE: no cadence. Without calendars a
 * cadence in business time gives its length in elapsed time, which is never later than the rule. */
struct utc compose_cadence(struct duration cadence, const struct calendar *const *calendars,
    size_t calendar_count, int64_t business_day_ms, struct utc now);

struct compose_field {
	const struct template_field *about;
	char *value;  /* never NULL */
	bool touched; /* set by a person since it was filled */
};

struct compose {
	const struct template *template; /* borrowed */
	char *stage, *status;
	struct compose_field *fields;
	size_t count;
	struct utc next_update_at; /* UTC_NONE: none is promised */
};

/* Opens one, filled (compose_fill.c): every text is a fact of the incident, or what customers read
 * last, or says that the fact is not known. The next update is promised for cadence_due, to the
 * whole minute before it. */
struct compose *compose_new(
    const struct template *t, const struct compose_facts *facts, struct utc now);
void compose_free(struct compose *c); /* NULL is fine */
/* Promises the next update anew, by what the cadence allows now. */
void compose_promise(struct compose *c, const struct compose_facts *facts, struct utc now);

/* False: the template has no such field. The text is cleaned and cut at COMPOSE_FIELD_MAX. */
#define COMPOSE_FIELD_MAX ((size_t)8 << 10)
bool compose_set(struct compose *c, const char *field, const char *text);
const char *compose_get(const struct compose *c, const char *field); /* "" when not there */

/* Required and blank. */
bool compose_missing(const struct compose_field *f);
size_t compose_missing_count(const struct compose *c);

/* Appends what this audience would read. False: too long for `out`. */
bool compose_render(const struct compose *c, const struct compose_facts *facts,
    const char *audience, struct utc now, struct buf *out);

/* The arguments of the command "update": stage, status, template, fields, text per audience,
 * audiences, next_update_at. The caller frees. */
cJSON *compose_args(const struct compose *c, const struct compose_facts *facts,
    const char *const *audiences, size_t audience_count, struct utc now);

/* The members of an update that may never be blank, whatever the template: impact, known, unknown,
 * next, customer_actions. NULL at the end. */
extern const char *const compose_minimum[];

/* Whether an update of this stage can be posted in this phase; `told`: one was before. NULL: it
 * can. Else what to do instead, and in `why` the reason, one sentence. */
#define COMPOSE_WHY 160
const char *compose_stage_refused(
    const char *incident, enum phase phase, bool told, const char *stage, char why[COMPOSE_WHY]);
/* The same of a status that it would show: it contradicts neither the stage nor what is recorded.
 */
const char *compose_status_refused(const char *incident, enum phase phase, const char *stage,
    const char *status, char why[COMPOSE_WHY]);
/* "investigating", "identified", "monitoring" or "resolved": what an update of this stage says by
 * default. NULL: no such stage. */
const char *compose_status(const char *stage, const struct compose_facts *facts);
/* Says another one of these words than the default. */
void compose_say(struct compose *c, const char *status);

#endif
