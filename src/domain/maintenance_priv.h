/* Shared by the files that decide about planned work. */
#ifndef DOMAIN_MAINTENANCE_PRIV_H
#define DOMAIN_MAINTENANCE_PRIV_H

#include "command_priv.h"
#include "domain/maintenance_command.h"

enum maintenance_command_id {
	MAINTENANCE_PLAN,
	MAINTENANCE_REPLAN,
	MAINTENANCE_NOTICE,
	MAINTENANCE_START,
	MAINTENANCE_END,
	MAINTENANCE_CANCEL,
	MAINTENANCE_NOTE,
	MAINTENANCE_IMPORT,
	MAINTENANCE_COMMANDS,
};

/* One decision in progress. */
struct planning {
	struct deciding d;
	cJSON *findings; /* a list */
};

/* Holds a plan, or (`posting`) its notice, against the rules: refused, or what is overridden is
 * added to `overrides` (a list of bodies of `overridden`). */
bool rules_allow(
    struct planning *p, const struct maintenance_plan *plan, bool posting, cJSON *overrides);
/* Records the bodies. */
void emit_overrides(struct planning *p, cJSON *overrides);

/* A window and a scope that can be one; else refused. */
bool plan_is_whole(struct planning *p, const struct maintenance_plan *plan);
/* The body of `planned` that a plan reads. The caller frees. */
cJSON *plan_body(const struct maintenance_plan *plan);

bool decide_import(struct planning *p);

#endif
