/* What the policy asks of planned work (docs/maintenance.md): one table, a row for each rule. Pure;
 * the configuration comes in as values. */
#ifndef DOMAIN_MAINTENANCE_RULES_H
#define DOMAIN_MAINTENANCE_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "domain/maintenance.h"

enum rule_force {
	RULE_HINT,   /* said, and nothing more */
	RULE_REASON, /* goes on with a reason, which is recorded */
	RULE_FIRM,   /* there is no way around it */
};

struct maintenance_rule {
	const char *id;	     /* "window" */
	const char *summary; /* one line, for help and documents */
	enum rule_force force;
};

enum maintenance_rule_id {
	RULE_WINDOW,
	RULE_FREEZE,
	RULE_ROLLBACK,
	RULE_ALONE,
	RULE_NOTICE,
	RULE_BUNDLE,
	MAINTENANCE_RULES,
};

extern const struct maintenance_rule maintenance_rules[MAINTENANCE_RULES];
int maintenance_rule_of(const char *id); /* -1: no such rule */

/* A region of the plan; all borrowed. */
struct maintenance_place {
	const char *id, *name;
	const struct zone *const *zones; /* at least one */
	size_t zone_count;
};

/* What is checked, against what. All borrowed. */
struct maintenance_check {
	const struct maintenance_policy *policy;
	const struct maintenance_plan *plan;
	const struct maintenance_place *places; /* of the plan's regions, in their order */
	size_t place_count;
	const char *const *classes; /* of the plan's components, in their order */
	size_t class_count;
	const struct maintenance *const
	    *others; /* all there are; one of the id `self` is skipped */
	size_t other_count;
	const char *self; /* NULL: the plan is new */
	struct utc now;
	bool posting; /* a notice is posted now; else the plan itself is checked */
};

struct maintenance_finding {
	enum maintenance_rule_id rule;
	enum rule_force force; /* of the rule; a hint where it is only told beforehand */
	char text[400];	       /* one sentence, with the figures */
};

/* Fills out[MAINTENANCE_RULES] with what the plan (or the notice) breaks, at most one finding for
 * each rule, those that refuse first; returns how many. */
size_t maintenance_check(const struct maintenance_check *c, struct maintenance_finding *out);

/* Whole calendar days from `now` to the start of the window, by the local date of each region, the
 * fewest of them. */
int maintenance_notice_days(const struct maintenance_check *c);

#endif
